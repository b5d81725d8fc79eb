#include "world.h"

#include <string.h>

#include "base/json.h"
#include "base/timestamp.h"

static void load(const char *dir, struct pack_set **ret)
{
	anju_error err = {0};
	struct pack_options options = {.dir = dir};
	assert_ok(pack_load(&options, ret, &err), err);
}

void world_init(struct world *w)
{
	*w = (struct world){0};
	load(TEST_DATA "/migrate/old", &w->before);
	load(TEST_DATA "/migrate/new", &w->after);
	struct workflow *from = pack_set_workflow(w->before, "plot");
	w->to = pack_set_workflow(w->after, "plot");
	assert_ok(side_init(&w->old, from->source, from->file, from->hash_hex, &w->err), w->err);
	assert_ok(
		side_init(&w->next, w->to->source, w->to->file, w->to->hash_hex, &w->err), w->err);
	w->calendar = calendar_new();
	w->arena = expr_arena_new();
	w->env = (struct case_env){.org = pack_set_org(w->after),
		.calendar = w->calendar,
		.rules = pack_set_rules(w->after),
		.office_minute = 510,
		.arena = w->arena};
	cr_assert_eq(timestamp_parse("2017-09-20T08:30:00+08:00", &w->env.now_ms, NULL), ANJU_OK);
	ANJU_AUTO_JSON *differences = diff_definitions(&w->old, &w->next);
	w->doc = diff_plan(&w->old, &w->next, differences);
	world_set(w, "reason", "\"a new form\"");
	world_set(w, "fields/default/grade", "\"B\"");
	world_set(w, "fields/replace/area_m2", "\"400.00\"");
}

void world_done(struct world *w)
{
	plan_free(w->plan);
	json_decref(w->doc);
	side_done(&w->old);
	side_done(&w->next);
	expr_arena_free(w->arena);
	calendar_free(w->calendar);
	pack_set_free(w->before);
	pack_set_free(w->after);
}

void world_set(struct world *w, const char *path, const char *value)
{
	json_t *at = w->doc;
	for (;;) {
		char key[128];
		size_t n = strcspn(path, "/");
		snprintf(key, sizeof key, "%.*s", (int)n, path);
		path += n;
		if (*path == '\0') {
			if (value == NULL)
				cr_assert_eq(json_object_del(at, key), 0, "%s", key);
			else
				json_object_set_new(
					at, key, json_loads(value, JSON_DECODE_ANY, NULL));
			return;
		}
		path++;
		if (json_object_get(at, key) == NULL)
			json_object_set_new(at, key, json_object());
		at = json_object_get(at, key);
	}
}

anju_status world_plan(struct world *w)
{
	plan_free(w->plan);
	w->plan = NULL;
	anju_status st = plan_read(w->doc, "plot.migration.json", &w->plan, &w->err);
	return st == ANJU_OK ? plan_check(w->plan, &w->old, &w->next, w->to, w->env.org, &w->err)
			     : st;
}

anju_status world_bring(struct world *w, const char *state, const char *data, const char *meta,
	const struct arrive_duty *duties, size_t n, struct case_effects *fx, struct anju_case **ret)
{
	static const uint8_t head[HASH_BYTES] = {7};
	struct principal who = {.admin = true, .unit = org_unit(w->env.org, "610322.land")};
	struct migration migration = {
		.plan = w->plan, .old = &w->old, .next = &w->next, .to = w->to};
	struct case_row row = {.id = 3,
		.rev = 4,
		.key = "1",
		.region = "610322101",
		.state = state,
		.data = data,
		.meta = meta,
		.head = head};
	struct case_request request = {.who = &who,
		.event = CASE_MIGRATE,
		.reason = w->plan->reason,
		.effective_ms = w->env.now_ms};
	return migrate_case(&w->env, &migration, &row, duties, n, &request, fx, ret, &w->err);
}
