#include <string.h>

#include "base/json.h"
#include "world.h"

static const json_t *find(const json_t *list, const char *kind, const char *old, const char *next)
{
	size_t i;
	json_t *v;
	json_array_foreach((json_t *)list, i, v) {
		const char *from = json_string_value(json_object_get(v, "old"));
		const char *to = json_string_value(json_object_get(v, "new"));
		if (strcmp(json_string_value(json_object_get(v, "kind")), kind) == 0 &&
			(old == NULL || (from != NULL && strcmp(from, old) == 0)) &&
			(next == NULL || (to != NULL && strcmp(to, next) == 0)))
			return v;
	}
	return NULL;
}

static void expect(
	const json_t *list, const char *group, const char *kind, const char *old, const char *next)
{
	const json_t *v = find(list, kind, old, next);
	cr_assert(v != NULL, "%s %s %s", kind, old != NULL ? old : "-", next != NULL ? next : "-");
	cr_assert_str_eq(json_string_value(json_object_get(v, "group")), group, "%s", kind);
	const json_t *text = json_object_get(v, "text");
	cr_assert(json_string_length(json_object_get(text, "zh")) > 0);
	cr_assert(json_string_length(json_object_get(text, "en")) > 0);
}

ANJU_TEST(diff, what_changed_is_said_by_what_it_means)
{
	struct world w;
	world_init(&w);
	ANJU_AUTO_JSON *list = diff_definitions(&w.old, &w.next);
	expect(list, "states", "state.renamed", "survey", "inspection");
	expect(list, "states", "state.renamed", "review.papers.open", "review.papers.pending");
	expect(list, "states", "state.renamed", "registered", "archive");
	expect(list, "unaffected", "state.moved", "registered.waiting", "archive.waiting");
	expect(list, "unaffected", "state.region", NULL, "review.photos");
	expect(list, "values", "field.tighter", "area_m2", NULL);
	expect(list, "values", "field.renamed", "note", "remark");
	expect(list, "values", "field.removed", "colour", NULL);
	expect(list, "values", "field.added", NULL, "grade");
	expect(list, "values", "doc.removed", "sketch", NULL);
	expect(list, "deadlines", "deadline.removed", "visit", NULL);
	expect(list, "deadlines", "deadline.added", NULL, "boundary");
	expect(list, "deadlines", "deadline.due", "measure", NULL);
	expect(list, "deadlines", "deadline.rungs", "review", NULL);
	expect(list, "deadlines", "delay.changed", "stale", NULL);
	cr_assert_null(find(list, "transition.removed", NULL, NULL));
	cr_assert_null(find(list, "transition.target", NULL, NULL));
	world_done(&w);
}

ANJU_TEST(diff, the_same_has_no_differences)
{
	struct world w;
	world_init(&w);
	ANJU_AUTO_JSON *list = diff_definitions(&w.old, &w.old);
	cr_assert_eq(json_array_size(list), 0);
	world_done(&w);
}

/* A copy of the old definition with one thing set; the differences to it. */
static json_t *differences_with(struct world *w, const char *path, const char *value)
{
	struct world changed = {.doc = json_deep_copy(w->old.source)};
	struct side next;
	world_set(&changed, path, value);
	assert_ok(side_init(&next, changed.doc, "changed", NULL, &w->err), w->err);
	json_t *list = diff_definitions(&w->old, &next);
	side_done(&next);
	json_decref(changed.doc);
	return list;
}

ANJU_TEST(diff, transitions_and_what_hangs_on_them)
{
	static const struct {
		const char *path, *value, *kind;
	} rows[] = {
		{"states/survey/on/measured/target", "\"paused\"", "transition.target"},
		{"states/survey/on/measured/guard",
			"{\"type\":\"cel\",\"params\":{\"expr\":\"true\"}}", "transition.guard"},
		{"states/survey/on/measured/meta/anju/by", "[\"town@home\"]", "transition.roles"},
		{"states/survey/on/measured/meta/anju/needs", "[\"deed\"]", "transition.documents"},
		{"states/survey/on/measured/meta/anju/requires", "[\"area_m2\"]",
			"transition.requires"},
		{"states/survey/on/measured/meta/anju/reason", "true", "transition.reason"},
		{"states/survey/on/measured", NULL, "transition.removed"},
		{"states/survey/on/skip", "{\"target\":\"paused\"}", "transition.added"},
		{"states/survey/after/stale", NULL, "transition.removed"},
		{"states/survey/meta/anju/phase", "\"build\"", "state.phase"},
		{"meta/anju/open/by", "[\"town@home\"]", "workflow.open"},
		{"meta/anju/fields/note/title/zh", "\"说明\"", "field.changed"},
		{"meta/anju/fields/note/type", "\"int\"", "field.type"},
		{"meta/anju/fields/note/required", "true", "field.required"},
		{"states/survey/meta/anju/deadlines/visit/lead", "[\"town@home\"]",
			"deadline.lead"},
	};
	struct world w;
	world_init(&w);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		ANJU_AUTO_JSON *list = differences_with(&w, rows[i].path, rows[i].value);
		cr_assert_not_null(
			find(list, rows[i].kind, NULL, NULL), "%s: %s", rows[i].path, rows[i].kind);
	}
	world_done(&w);
}

ANJU_TEST(diff, the_plan_covers_all_that_is_needed)
{
	struct world w;
	world_init(&w);
	assert_ok(world_plan(&w), w.err);
	cr_assert_str_eq(w.plan->from_hash, w.old.hash);
	cr_assert_str_eq(w.plan->to_hash, w.to->hash_hex);
	world_done(&w);
}
