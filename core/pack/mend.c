/* A chart stops compiling at its first mistake. So that one run finds the others too, and what expressions
 * and fields have wrong besides, the part at fault is left out of a copy and the copy is tried. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "pack/loader.h"

/* Mistakes that lie in one member alone: without it the rest means what it meant. */
static const char *const separable[] = {"chart.unknown_target", "chart.target_from_root",
	"chart.bad_delay", "pack.unknown_delay", "json.unknown_member", "chart.misplaced",
	"chart.bad_history", "chart.initial_unknown", "chart.initial_missing",
	"chart.impossible_targets", "chart.unsupported", "chart.bad_descriptor", "json.type", NULL};

static json_t *child_of(json_t *v, const struct json_at *at)
{
	return at->key == NULL    ? json_array_get(v, at->index)
	       : json_is_array(v) ? json_array_get(v, strtoul(at->key, NULL, 10))
				  : json_object_get(v, at->key);
}

static json_t *value_at(json_t *root, const struct json_at *at)
{
	if (at->up == NULL)
		return root;
	json_t *up = value_at(root, at->up);
	return up != NULL ? child_of(up, at) : NULL;
}

/* Where a compound state begins is a matter of its first child, for want of anything better. */
static bool set_initial(json_t *state)
{
	void *first = json_object_iter(json_object_get(state, "states"));
	return first != NULL &&
	       json_object_set_new(state, "initial", json_string(json_object_iter_key(first))) == 0;
}

/* Every {"type": "cel", "params": {"expr": …}} below `v`, in whatever it stands. */
static void scan(struct build *b, const json_t *v, const struct json_at *at, unsigned depth)
{
	if (depth > 200)
		return;
	struct json_at params_at = JSON_AT_KEY(at, "params"),
		       expr_at = JSON_AT_KEY(&params_at, "expr");
	const char *type = json_string_value(json_object_get(v, "type"));
	const char *text = json_string_value(json_object_get(json_object_get(v, "params"), "expr"));
	if (type != NULL && text != NULL && strcmp(type, "cel") == 0)
		(void)build_expr(b, &expr_at, text, EXPR_BOOL);
	const char *key;
	json_t *item;
	size_t i;
	json_object_foreach((json_t *)v, key, item) {
		struct json_at here = JSON_AT_KEY(at, key);
		scan(b, item, &here, depth + 1);
	}
	json_array_foreach((json_t *)v, i, item) {
		struct json_at here = JSON_AT_INDEX(at, i);
		scan(b, item, &here, depth + 1);
	}
}

void mend_scan_guards(struct build *b)
{
	scan(b, b->wf->source, &b->root, 0);
}

/* An item that nothing can stand for takes its list along; an empty transition is no transition. */
static bool goes_with_list(const char *list)
{
	static const char *const lists[] = {"target", "actions", "entry", "exit"};
	for (size_t i = 0; list != NULL && i < sizeof lists / sizeof lists[0]; i++) {
		if (strcmp(lists[i], list) == 0)
			return true;
	}
	return false;
}

bool mend_leave_out(json_t *doc, const anju_error *err)
{
	struct place place;
	size_t i = 0;
	while (separable[i] != NULL && strcmp(separable[i], err->id) != 0)
		i++;
	const struct json_at *at = place_init(&place, err->file, anju_error_pointer(err));
	if (separable[i] == NULL || at->up == NULL ||
		strcmp(at->up->key != NULL ? at->up->key : "", "states") == 0)
		return false;
	json_t *holder = value_at(doc, at->up);
	if (strncmp(err->id, "chart.initial", strlen("chart.initial")) == 0)
		return set_initial(holder);
	if (json_is_array(holder) && goes_with_list(at->up->key))
		return json_object_del(value_at(doc, at->up->up), at->up->key) == 0;
	if (json_is_array(holder))
		return json_array_set_new(holder, strtoul(at->key, NULL, 10), json_object()) == 0;
	return json_object_del(holder, at->key) == 0;
}
