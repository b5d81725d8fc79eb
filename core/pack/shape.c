/* What a chart carries along without reading it. The engine passes over these members, and therefore a slip
 * in one of them, such as "anjou" for "anju" in meta, would go unseen. */
#include <string.h>

#include "pack/loader.h"

static void check_text(struct build *b, const json_t *obj, const struct json_at *at)
{
	(void)load_string(b->ld, obj, at, "description", false);
}

static void check_meta(struct build *b, const json_t *obj, const struct json_at *at)
{
	static const char *const known[] = {"anju", NULL};
	const json_t *meta = json_object_get(obj, "meta");
	struct json_at here = JSON_AT_KEY(at, "meta");
	if (meta != NULL)
		(void)load_object(b->ld, meta, &here, known);
}

static void check_transition(struct build *b, const json_t *def, const struct json_at *at)
{
	if (!json_is_object(def))
		return; /* a bare target, or what the chart's compiler refuses */
	check_text(b, def, at);
	check_meta(b, def, at);
}

static void check_transitions(struct build *b, const json_t *def, const struct json_at *at)
{
	if (!json_is_array(def)) {
		check_transition(b, def, at);
		return;
	}
	for (size_t i = 0; i < json_array_size(def); i++) {
		struct json_at here = JSON_AT_INDEX(at, i);
		check_transition(b, json_array_get(def, i), &here);
	}
}

/* Member `key`: an object from event or delay to transitions. */
static void check_table(
	struct build *b, const json_t *state, const struct json_at *at, const char *key)
{
	struct json_at table_at = JSON_AT_KEY(at, key);
	const char *name;
	json_t *def;
	json_object_foreach(json_object_get(state, key), name, def) {
		struct json_at here = JSON_AT_KEY(&table_at, name);
		check_transitions(b, def, &here);
	}
}

static void check_tags(struct build *b, const json_t *state, const struct json_at *at)
{
	if (!json_is_string(json_object_get(state, "tags")))
		(void)load_strings(b->ld, state, at, "tags");
}

/* Where a state begins needs no words: nobody decides it. */
static void check_initial(struct build *b, const json_t *state, const struct json_at *at)
{
	const json_t *initial = json_object_get(state, "initial");
	const json_t *meta = json_object_get(initial, "meta");
	struct json_at here = JSON_AT_KEY(at, "initial"), meta_at = JSON_AT_KEY(&here, "meta");
	check_text(b, initial, &here);
	if (meta != NULL)
		load_finding_text(b->ld, "json.unknown_member", &meta_at, "meta",
			"target actions description");
}

static void check_state(struct build *b, const json_t *state, const struct json_at *at)
{
	static const char *const single[] = {"always", "onDone"};
	check_text(b, state, at);
	check_tags(b, state, at);
	check_initial(b, state, at);
	for (size_t i = 0; i < sizeof single / sizeof single[0]; i++) {
		struct json_at here = JSON_AT_KEY(at, single[i]);
		check_transitions(b, json_object_get(state, single[i]), &here);
	}
	check_table(b, state, at, "on");
	check_table(b, state, at, "after");
	struct json_at states_at = JSON_AT_KEY(at, "states");
	const char *key;
	json_t *child;
	json_object_foreach(json_object_get(state, "states"), key, child) {
		struct json_at here = JSON_AT_KEY(&states_at, key);
		if (!json_is_object(child))
			continue; /* the chart's compiler says so */
		check_meta(b, child, &here);
		check_state(b, child, &here);
	}
}

void shape_check(struct build *b)
{
	schema_member_check(b->ld, b->wf->source, &b->root);
	/* of the root's meta the reader of meta.anju speaks when it is missing */
	if (b->anju != NULL)
		check_meta(b, b->wf->source, &b->root);
	check_state(b, b->wf->source, &b->root);
}
