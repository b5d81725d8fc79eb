#include <string.h>

#include "base/json.h"
#include "world.h"

static const struct {
	const char *path, *value, *id, *where;
} bad[] = {
	{"from/hash", "\"00\"", "migrate.wrong_hash", "/from/hash"},
	{"to/hash", "\"00\"", "migrate.wrong_hash", "/to/hash"},
	{"workflow", "\"house\"", "migrate.workflow", "/workflow"},
	{"states/survey", NULL, "migrate.unmapped", "/states"},
	{"states/survey", "\"nowhere\"", "migrate.unknown_state", "/states/survey"},
	{"states/survey", "[\"inspection\",\"nowhere\"]", "migrate.unknown_state",
		"/states/survey/1"},
	{"states/surprise", "\"inspection\"", "migrate.unknown_state", "/states/surprise"},
	{"states/survey", "7", "migrate.value", "/states/survey"},
	{"states/survey", "\"review.back\"", "migrate.unknown_state", "/states/survey"},
	{"fields/default/grade", NULL, "migrate.no_default", "/fields/default"},
	{"fields/default/grade", "null", "migrate.value", "/fields/default/grade"},
	{"fields/default/grade", "\"C\"", "field.option", "/fields/default/grade"},
	{"fields/replace/area_m2", "\"400.01\"", "field.range", "/fields/replace/area_m2"},
	{"fields/replace/weight", "1", "migrate.unknown_name", "/fields/replace/weight"},
	{"fields/rename/note", NULL, "migrate.gone", "/fields"},
	{"fields/rename/note", "\"words\"", "migrate.unknown_name", "/fields/rename/note"},
	{"fields/drop", "[\"colour\",\"shape\"]", "migrate.unknown_name", "/fields/drop/1"},
	{"fields/dropped", "[]", "json.unknown_member", "/fields/dropped"},
	{"docs/drop", "[]", "migrate.gone", "/docs"},
	{"deadlines/policy/visit", NULL, "migrate.gone", "/deadlines"},
	{"deadlines/policy/visit", "\"forget\"", "migrate.value", "/deadlines/policy/visit"},
	{"deadlines/policy/lunch", "\"keep\"", "migrate.unknown_name", "/deadlines/policy/lunch"},
	{"deadlines/otherwise", "\"waive\"", "migrate.value", "/deadlines/otherwise"},
	{"timers", "\"stop\"", "migrate.value", "/timers"},
	{"reason", "\" \"", "migrate.value", "/reason"},
	{"migration", "2", "migrate.value", "/migration"},
	{"color", "1", "json.unknown_member", "/color"},
};

ANJU_TEST(plan, each_mistake_is_refused_at_its_place)
{
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct world w;
		world_init(&w);
		world_set(&w, bad[i].path, bad[i].value);
		anju_status st = world_plan(&w);
		cr_assert_eq(st, ANJU_E_INVALID, "%s: %d", bad[i].path, (int)st);
		cr_assert_str_eq(w.err.id, bad[i].id, "%s", bad[i].path);
		cr_assert_str_eq(w.err.where, bad[i].where, "%s", bad[i].path);
		cr_assert_str_eq(w.err.file, "plot.migration.json", "%s", bad[i].path);
		cr_assert(w.err.allowed[0] != '\0', "%s", bad[i].path);
		world_done(&w);
	}
}

ANJU_TEST(plan, an_ancestor_takes_along_what_is_below_it)
{
	struct world w;
	uint32_t targets[PLAN_TARGETS_MAX];
	size_t n;
	world_init(&w);
	assert_ok(world_plan(&w), w.err);
	uint32_t waiting = chart_state_by_path(w.old.chart, "registered.waiting");
	cr_assert_eq(
		plan_land(w.plan, w.old.chart, w.next.chart, waiting, targets, &n), LANDING_OK);
	cr_assert_eq(n, 1);
	cr_assert_str_eq(chart_state_at(w.next.chart, targets[0])->path, "archive.waiting");
	world_done(&w);
}
