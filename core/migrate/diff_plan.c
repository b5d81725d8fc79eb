/* A plan made from differences. */
#include <string.h>

#include "base/json.h"
#include "migrate/diff.h"

/* doc[part][member], made when it is not there; borrowed. */
static json_t *inside(json_t *doc, const char *part, const char *member, bool array)
{
	json_t *outer = json_object_get(doc, part);
	if (outer == NULL) {
		(void)json_object_set_new(doc, part, json_object());
		outer = json_object_get(doc, part);
	}
	json_t *inner = json_object_get(outer, member);
	if (inner == NULL) {
		(void)json_object_set_new(outer, member, array ? json_array() : json_object());
		inner = json_object_get(outer, member);
	}
	return inner;
}

static bool is(const char *kind, const char *what)
{
	return strcmp(kind, what) == 0;
}

static void plan_state(json_t *doc, const char *old, const char *next)
{
	json_t *states = json_object_get(doc, "states");
	(void)json_object_set_new(states, old, next != NULL ? json_string(next) : json_null());
}

/* Renames and what is given up, of fields, documents and relations alike. */
static void plan_rename(json_t *doc, const char *part, const char *old, const char *next)
{
	if (next != NULL)
		(void)json_object_set_new(
			inside(doc, part, "rename", false), old, json_string(next));
	else
		(void)json_array_append_new(inside(doc, part, "drop", true), json_string(old));
}

static void plan_value(json_t *doc, const char *kind, const char *old, const char *next)
{
	if (is(kind, "field.added") || is(kind, "field.required"))
		(void)json_object_set_new(
			inside(doc, "fields", "default", false), next, json_null());
	else if (is(kind, "field.type") || is(kind, "field.tighter"))
		(void)json_object_set_new(
			inside(doc, "fields", "replace", false), next, json_null());
	else if (strncmp(kind, "field.", 6) == 0)
		plan_rename(doc, "fields", old, next);
	else if (strncmp(kind, "doc.", 4) == 0)
		plan_rename(doc, "docs", old, next);
	else if (strncmp(kind, "relation.", 9) == 0)
		plan_rename(doc, "relations", old, next);
}

static void plan_deadline(json_t *doc, const char *kind, const char *old, const char *next)
{
	const char *policy = is(kind, "deadline.removed") ? "waive"
			     : is(kind, "deadline.added") ? "arm"
							  : "keep";
	if (is(kind, "delay.changed")) {
		(void)json_object_set_new(doc, "timers", json_string("keep"));
		return;
	}
	if (is(kind, "deadline.renamed"))
		(void)json_object_set_new(
			inside(doc, "deadlines", "rename", false), old, json_string(next));
	(void)json_object_set_new(inside(doc, "deadlines", "policy", false),
		next != NULL ? next : old, json_string(policy));
}

json_t *diff_plan(const struct side *old, const struct side *next, const json_t *differences)
{
	json_t *doc = json_pack("{s:i, s:s, s:{s:s, s:s}, s:{s:s, s:s}, s:s, s:{}}", "migration", 1,
		"workflow", next->id, "from", "version", old->version, "hash", old->hash, "to",
		"version", next->version, "hash", next->hash, "reason", "", "states");
	size_t i;
	json_t *v;
	json_array_foreach((json_t *)differences, i, v) {
		const char *group = json_string_value(json_object_get(v, "group"));
		const char *kind = json_string_value(json_object_get(v, "kind"));
		const char *from = json_string_value(json_object_get(v, "old"));
		const char *to = json_string_value(json_object_get(v, "new"));
		if (is(group, "states"))
			plan_state(doc, from, to);
		else if (is(group, "values"))
			plan_value(doc, kind, from, to);
		else if (is(group, "deadlines"))
			plan_deadline(doc, kind, from, to);
	}
	return doc;
}
