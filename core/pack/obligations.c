/* obligations.json: which there are, and what one takes over from another. */
#include <string.h>

#include "base/error.h"
#include "pack/obligations.h"

#define LIKE_DEPTH 8

static const char *const members[] = {"id", "title", "workflow", "for", "each", "lead",
	"responsible", "cooperating", "reviewer", "recur", "shift", "start", "until", "due",
	"trigger", "like", "key", "data", "rows", NULL};

struct obligation_file {
	const char *file;
	const json_t *list; /* borrowed: the set's docs */
	struct obligation_file *next;
};

/* --- like --- */

static bool any_of(const json_t *def, const char *const *keys)
{
	bool any = false;
	for (; *keys != NULL; keys++)
		any = any || json_object_get(def, *keys) != NULL;
	return any;
}

/* Whom it concerns, and what makes it begin, are said in one of several ways: who says it one way does not take over
 * another. */
static bool hidden(const json_t *own, const char *key)
{
	static const char *const whom[] = {"for", "each", NULL};
	static const char *const calendar[] = {"recur", "start", NULL};
	static const char *const trigger[] = {"trigger", NULL};
	if (strcmp(key, "for") == 0 || strcmp(key, "each") == 0)
		return any_of(own, whom);
	if (strcmp(key, "trigger") == 0)
		return any_of(own, calendar);
	if (strcmp(key, "recur") == 0 || strcmp(key, "shift") == 0 || strcmp(key, "start") == 0 ||
		strcmp(key, "until") == 0)
		return any_of(own, trigger);
	return strcmp(key, "rows") == 0 || strcmp(key, "key") == 0 || strcmp(key, "id") == 0;
}

static const json_t *liked(struct loader *ld, const json_t *def, const struct json_at *at)
{
	const json_t *v = json_object_get(def, "like");
	struct json_at here = JSON_AT_KEY(at, "like");
	if (v == NULL)
		return NULL;
	if (!json_is_string(v)) {
		load_finding(ld, "json.type", &here, v, "@say.string");
		return NULL;
	}
	const json_t *other = json_object_get(ld->obligation_defs, json_string_value(v));
	if (other == NULL || other == def)
		load_finding(ld, "pack.unknown_obligation", &here, v, "@say.other_obligation");
	return other == def ? NULL : other;
}

/* The definition with all that it takes over; kept by the set. */
static const json_t *merged(struct loader *ld, const json_t *def, const struct json_at *at)
{
	const json_t *other = liked(ld, def, at);
	if (other == NULL)
		return def;
	json_t *all = json_copy((json_t *)def);
	if (all == NULL || json_array_append_new(ld->set->docs, all) != 0) {
		ld->set->pool.failed = true;
		return def;
	}
	for (int depth = 0; other != NULL; depth++) {
		const char *key;
		json_t *v;
		ANJU_AUTO_JSON *own = json_copy(all);
		json_object_foreach((json_t *)other, key, v) {
			if (json_object_get(own, key) == NULL && !hidden(own, key) &&
				json_object_set(all, key, v) != 0)
				ld->set->pool.failed = true;
		}
		const char *up = json_string_value(json_object_get(other, "like"));
		other = up != NULL ? json_object_get(ld->obligation_defs, up) : NULL;
		if (other != NULL && (other == def || depth == LIKE_DEPTH)) {
			struct json_at here = JSON_AT_KEY(at, "like");
			load_finding(ld, "pack.unknown_obligation", &here,
				json_object_get(def, "like"), "@say.other_obligation");
			break;
		}
	}
	return all;
}

/* What must be there, be it taken over; said at "like", for that is where it was looked for. */
static bool is_whole(struct loader *ld, const json_t *def, const struct json_at *at)
{
	struct json_at here = JSON_AT_KEY(at, "like");
	const char *lacks = NULL;
	if (json_object_get(def, "title") == NULL)
		lacks = "title";
	else if (json_object_get(def, "workflow") == NULL)
		lacks = "workflow";
	else if (json_object_get(def, "for") == NULL && json_object_get(def, "each") == NULL)
		lacks = "for";
	else if (json_object_get(def, "each") != NULL && json_object_get(def, "lead") == NULL)
		lacks = "lead";
	else if (json_object_get(def, "start") == NULL && json_object_get(def, "trigger") == NULL)
		lacks = "start";
	if (lacks != NULL)
		load_finding(
			ld, "pack.like_lacks", &here, json_object_get(def, "like"), "%s", lacks);
	return lacks == NULL;
}

/* --- one --- */

static void read_id(const struct duty_reading *r)
{
	struct loader *ld = r->ld;
	struct json_at here = JSON_AT_KEY(r->at, "id");
	r->o->id = load_string(ld, r->def, r->at, "id", true);
	if (r->o->id == NULL || !load_name(ld, &here, r->o->id))
		return;
	const char *first = json_string_value(json_object_get(ld->obligation_ids, r->o->id));
	if (first != NULL)
		load_finding_text(ld, "pack.duplicate", &here, r->o->id, "@say.id_free|%s", first);
	else if (json_object_set_new(
			 ld->obligation_ids, r->o->id, json_string(json_at_file(r->at))) != 0)
		ld->set->pool.failed = true;
}

static const struct workflow *read_workflow(const struct duty_reading *r)
{
	struct json_at here = JSON_AT_KEY(r->at, "workflow");
	const char *id = load_string(r->ld, r->def, r->at, "workflow", true);
	const struct workflow *wf = id != NULL ? pack_set_workflow(r->ld->set, id) : NULL;
	r->o->workflow = id;
	if (id != NULL && wf == NULL && !r->ld->unread)
		load_finding_text(r->ld, "pack.unknown_workflow", &here, id, "@say.workflow_id");
	return wf;
}

static void read_one(
	struct loader *ld, const json_t *def, const struct json_at *at, struct obligation *o)
{
	if (!load_object(ld, def, at, members))
		return;
	struct duty_reading r = {.ld = ld, .def = merged(ld, def, at), .at = at, .o = o};
	char pointer[64];
	o->file = json_at_file(at);
	o->pointer = pool_strdup(&ld->set->pool, json_at_pointer(at, pointer, sizeof pointer));
	o->like = json_string_value(json_object_get(def, "like"));
	read_id(&r);
	if (o->like != NULL && !is_whole(ld, r.def, at))
		return;
	load_label(ld, r.def, at, "title", true, &o->title);
	o->rows = load_rows(ld, r.def, at);
	r.wf = read_workflow(&r);
	obligation_read_whom(&r);
	obligation_read_times(&r);
	obligation_read_due(&r);
	obligation_read_key(&r);
	obligation_read_data(&r);
}

/* --- files --- */

static void note_definitions(struct loader *ld, const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *def = json_array_get(list, i);
		const char *id = json_string_value(json_object_get(def, "id"));
		if (id != NULL && json_object_get(ld->obligation_defs, id) == NULL &&
			json_object_set(ld->obligation_defs, id, def) != 0)
			ld->set->pool.failed = true;
	}
}

void obligations_load(struct loader *ld, const struct source *src)
{
	static const char *const known[] = {"$schema", "obligations", NULL};
	const char *file;
	json_t *doc = files_parse(ld, src, "obligations.json", &file);
	if (doc == NULL)
		return;
	struct json_at root = JSON_AT_ROOT(file);
	if (!load_object(ld, doc, &root, known))
		return;
	schema_member_check(ld, doc, &root);
	const json_t *list = load_list(ld, doc, &root, "obligations");
	struct obligation_file *f = pool_alloc(&ld->set->pool, sizeof *f);
	if (list == NULL || f == NULL)
		return;
	*f = (struct obligation_file){.file = file, .list = list};
	struct obligation_file **end = &ld->obligation_files;
	while (*end != NULL)
		end = &(*end)->next;
	*end = f;
	note_definitions(ld, list);
}

void obligations_read(struct loader *ld)
{
	struct pack_set *set = ld->set;
	size_t n = 0;
	for (const struct obligation_file *f = ld->obligation_files; f != NULL; f = f->next)
		n += json_array_size(f->list);
	set->obligations = pool_alloc(&set->pool, (n + 1) * sizeof *set->obligations);
	if (set->obligations == NULL)
		return;
	for (const struct obligation_file *f = ld->obligation_files; f != NULL; f = f->next) {
		struct json_at root = JSON_AT_ROOT(f->file),
			       list_at = JSON_AT_KEY(&root, "obligations");
		for (size_t i = 0; i < json_array_size(f->list); i++) {
			struct json_at at = JSON_AT_INDEX(&list_at, i);
			struct obligation *o = &set->obligations[set->obligations_len++];
			o->until = INT32_MAX;
			read_one(ld, json_array_get(f->list, i), &at, o);
		}
	}
}
