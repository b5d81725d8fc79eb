#include "world.h"

#include <stdlib.h>

#include "../support.h"
#include "base/json.h"

void stories_open(struct stories *s)
{
	static const char *const dirs[] = {NULL};
	anju_error err = {0};
	*s = (struct stories){0};
	struct sandbox_world_options options = {.dir = TEST_DATA "/engine", .plugin_dirs = dirs};
	assert_ok(sandbox_world_load(&options, &s->world, &err), err);
	assert_ok(coverage_new(s->world.packs, &s->coverage, &err), err);
}

void stories_done(struct stories *s)
{
	scenario_list_done(&s->list);
	coverage_free(s->coverage);
	sandbox_world_done(&s->world);
}

void stories_add(struct stories *s, const char *name, const char *json)
{
	json_error_t bad;
	char file[128];
	snprintf(file, sizeof file, "county/scenarios/%s.scenario.json", name);
	s->list.items = realloc(s->list.items, (s->list.len + 1) * sizeof *s->list.items);
	cr_assert(s->list.items != NULL);
	s->list.items[s->list.len++] = (struct scenario){.name = strdup(name),
		.pack = strdup("county"),
		.file = strdup(file),
		.doc = json_loads(json, 0, &bad),
		.sound = true};
	cr_assert(s->list.items[s->list.len - 1].doc != NULL, "%s: %s", bad.text, json);
}

void stories_run(struct stories *s, const char *name, struct scenario_result *ret)
{
	anju_error err = {0};
	const struct scenario *scenario = scenario_find(&s->list, "county", name);
	cr_assert(scenario != NULL);
	assert_ok(scenario_run(&s->list, scenario, &s->world, s->coverage, ret, &err), err);
}
