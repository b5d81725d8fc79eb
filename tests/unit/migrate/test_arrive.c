#include <string.h>

#include "base/json.h"
#include "base/timestamp.h"
#include "world.h"

#define DATA                                                                                       \
	"{\"owner\":\"o\",\"town\":\"610322101.town\",\"area_m2\":\"450.00\",\"note\":\"n\","      \
	"\"colour\":\"red\"}"
#define META "{\"docs\":{\"deed\":{\"ref\":\"d\"},\"sketch\":{\"ref\":\"s\"}},\"locks\":[\"note\"]}"

static int64_t at(const char *text)
{
	int64_t ms = 0;
	cr_assert_eq(timestamp_parse(text, &ms, NULL), ANJU_OK);
	return ms;
}

static void expect_state(struct world *w, const char *from, const char *to)
{
	struct case_effects fx = {0};
	struct anju_case *cs = NULL;
	anju_status st = world_bring(w, from, DATA, META, NULL, 0, &fx, &cs);
	cr_assert_eq(st, ANJU_OK, "%s: %s", from, w->err.text);
	cr_assert_str_eq(fx.state.data, to, "%s", from);
	anju_case_free(cs);
	case_effects_done(&fx);
}

ANJU_TEST(arrive, every_state_has_its_place)
{
	struct world w;
	world_init(&w);
	assert_ok(world_plan(&w), w.err);
	expect_state(&w, "survey", "inspection");
	expect_state(&w, "parked", "parked");
	expect_state(&w, "review.papers.open review.ground.checked",
		"review.papers.pending review.ground.checked review.photos.missing");
	expect_state(&w, "registered.waiting", "archive.waiting");
	expect_state(&w, "paused|review.back=review.papers.open,review.ground.checked",
		"paused|review.back=review.papers.pending,review.ground.checked,review.photos."
		"missing");
	expect_state(&w, "registered.waiting|review.back=review.papers.checked,review.ground.open",
		"archive.waiting|review.back=review.papers.checked,review.ground.open,"
		"review.photos.missing");
	world_done(&w);
}

ANJU_TEST(arrive, lists_of_states_and_states_that_are_not_moved)
{
	struct world w;
	struct case_effects fx = {0};
	struct anju_case *cs = NULL;
	world_init(&w);
	world_set(&w, "states/survey", "[\"review.papers.checked\",\"review.photos.there\"]");
	world_set(&w, "states/paused", "null");
	assert_ok(world_plan(&w), w.err);
	expect_state(&w, "survey", "review.papers.checked review.ground.open review.photos.there");
	assert_status(world_bring(&w, "paused", DATA, META, NULL, 0, &fx, &cs), ANJU_E_INVALID);
	cr_assert_str_eq(w.err.id, "migrate.state_refused");
	cr_assert_str_eq(w.err.found, "paused");
	case_effects_done(&fx);
	world_set(&w, "states/survey", "[\"parked\",\"paused\"]");
	assert_ok(world_plan(&w), w.err);
	fx = (struct case_effects){0};
	assert_status(world_bring(&w, "survey", DATA, META, NULL, 0, &fx, &cs), ANJU_E_INVALID);
	cr_assert_str_eq(w.err.id, "migrate.state");
	case_effects_done(&fx);
	world_done(&w);
}

ANJU_TEST(arrive, fields_documents_and_locks_go_along)
{
	struct world w;
	struct case_effects fx = {0};
	struct anju_case *cs = NULL;
	world_init(&w);
	assert_ok(world_plan(&w), w.err);
	assert_ok(world_bring(&w, "parked", DATA, META, NULL, 0, &fx, &cs), w.err);
	ANJU_AUTO_JSON *held = case_data(cs);
	ANJU_AUTO_MEM char *data = json_canonical(held);
	cr_assert_str_eq(data, "{\"area_m2\":\"400.00\",\"grade\":\"B\",\"owner\":\"o\","
			       "\"remark\":\"n\",\"town\":\"610322101.town\"}");
	ANJU_AUTO_JSON *body = json_loads(fx.body.data, 0, NULL);
	ANJU_AUTO_MEM char *patch = json_canonical(json_object_get(body, "data"));
	cr_assert_str_eq(patch, "{\"area_m2\":\"400.00\",\"colour\":null,\"grade\":\"B\","
				"\"note\":null,\"remark\":\"n\"}");
	ANJU_AUTO_MEM char *docs = json_canonical(json_object_get(body, "docs"));
	cr_assert_str_eq(docs, "{\"sketch\":null}");
	ANJU_AUTO_MEM char *locks = json_canonical(json_object_get(body, "locks"));
	cr_assert_str_eq(locks, "[\"remark\"]");
	const json_t *definition = json_object_get(body, "definition");
	cr_assert_str_eq(json_string_value(json_object_get(definition, "from_version")), "1.0.0");
	cr_assert_str_eq(json_string_value(json_object_get(definition, "to")), w.to->hash_hex);
	cr_assert_eq(cs->rev, 5);
	anju_case_free(cs);
	case_effects_done(&fx);
	world_done(&w);
}

ANJU_TEST(arrive, a_value_that_does_not_fit_keeps_its_case)
{
	struct world w;
	struct case_effects fx = {0};
	struct anju_case *cs = NULL;
	world_init(&w);
	world_set(&w, "fields/replace", NULL);
	assert_ok(world_plan(&w), w.err);
	assert_status(world_bring(&w, "parked", DATA, META, NULL, 0, &fx, &cs), ANJU_E_INVALID);
	cr_assert_str_eq(w.err.id, "field.range");
	cr_assert_str_eq(w.err.where, "/data/area_m2");
	cr_assert_null(cs);
	case_effects_done(&fx);
	world_done(&w);
}

/* --- deadlines --- */

static struct arrive_duty open_duty(struct world *w, int64_t id, const char *name,
	const char *state, const char *due, const char *next)
{
	return (struct arrive_duty){
		.duty = {.id = id,
			.name = name,
			.state = chart_state_by_path(w->old.chart, state),
			.armed_ms = at("2017-09-01T08:00:00+08:00"),
			.dated = due != NULL,
			.due = {.day = due != NULL ? timestamp_to_day(at(due)) : 0,
				.due_ms = due != NULL ? at(due) : DUTY_NEVER},
			.next_ms = next != NULL ? at(next) : DUTY_NEVER,
			.lead = (char *)"610322.land",
			.responsible = (char *)""}};
}

static const struct duty *named(const struct anju_case *cs, const char *name)
{
	for (size_t i = 0; i < cs->duties_len; i++) {
		if (strcmp(cs->duties[i].name, name) == 0)
			return &cs->duties[i];
	}
	cr_assert_fail("no %s", name);
	return NULL;
}

#define DUE  "2017-10-31T00:00:00+08:00"
#define NEXT "2017-10-26T08:30:00+08:00"

static struct anju_case *bring_survey(struct world *w, struct case_effects *fx)
{
	struct anju_case *cs = NULL;
	struct arrive_duty duties[3] = {open_duty(w, 11, "measure", "survey", DUE, NEXT),
		open_duty(w, 12, "visit", "survey", DUE, NEXT),
		open_duty(w, 13, "xstate.after.stale.plot.survey", "survey", DUE, DUE)};
	duties[2].timer = duties[2].duty.due.exact = true;
	anju_status st = world_bring(w, "survey", DATA, META, duties, 3, fx, &cs);
	cr_assert_eq(st, ANJU_OK, "%s %s", w->err.id, w->err.text);
	return cs;
}

ANJU_TEST(arrive, deadlines_are_kept_waived_and_begun)
{
	struct world w;
	struct case_effects fx = {0};
	world_init(&w);
	assert_ok(world_plan(&w), w.err);
	struct anju_case *cs = bring_survey(&w, &fx);
	const struct duty *d = named(cs, "measure");
	cr_assert_eq(d->id, 11);
	cr_assert_eq(d->due.due_ms, at(DUE));
	cr_assert_eq(d->next_ms, at(NEXT));
	cr_assert(d->moved && d->def != NULL && d->status == DUTY_OPEN);
	cr_assert_eq(d->state, chart_state_by_path(w.next.chart, "inspection"));
	cr_assert_eq(named(cs, "visit")->status, DUTY_WAIVED);
	d = named(cs, "boundary");
	cr_assert_eq(d->id, 0);
	cr_assert_eq(d->due.day, timestamp_to_day(at("2017-10-05T12:00:00+08:00")));
	d = named(cs, "xstate.after.stale.plot.inspection");
	cr_assert_eq(d->next_ms, at(DUE));
	cr_assert_not_null(strstr(fx.body.data, "\"op\":\"waived\""));
	cr_assert_not_null(strstr(fx.body.data, "\"op\":\"armed\""));
	cr_assert_null(strstr(fx.body.data, "measure"));
	anju_case_free(cs);
	case_effects_done(&fx);
	world_done(&w);
}

ANJU_TEST(arrive, deadlines_are_recomputed_and_timers_restarted)
{
	struct world w;
	struct case_effects fx = {0};
	world_init(&w);
	world_set(&w, "deadlines/policy/measure", "\"recompute\"");
	world_set(&w, "deadlines/policy/boundary", "\"skip\"");
	world_set(&w, "timers", "\"restart\"");
	assert_ok(world_plan(&w), w.err);
	struct anju_case *cs = bring_survey(&w, &fx);
	/* 45 days from when it was armed */
	cr_assert_eq(
		named(cs, "measure")->due.day, timestamp_to_day(at("2017-10-16T12:00:00+08:00")));
	cr_assert_not_null(strstr(fx.body.data, "\"op\":\"moved\""));
	cr_assert_eq(cs->duties_len, 3);
	/* 60 days from now */
	cr_assert_eq(named(cs, "xstate.after.stale.plot.inspection")->due.day,
		timestamp_to_day(at("2017-11-19T12:00:00+08:00")));
	anju_case_free(cs);
	case_effects_done(&fx);
	world_done(&w);
}

/* What was done to deadlines goes along: what stands still stays so, what was given is counted on top of the new
 * rule's date; what is watched and has no successor is met, not waived. */
ANJU_TEST(arrive, what_was_done_to_deadlines_goes_along)
{
	static const char meta[] =
		"{\"docs\":{},\"locks\":[],\"duties\":{\"measure\":[{\"op\":\"suspend\",\"at\":"
		"\"2017-09-02T00:00:00+08:00\"},{\"op\":\"resume\",\"at\":\"2017-09-05T00:00:00+08:"
		"00\"},"
		"{\"op\":\"suspend\",\"at\":\"2017-09-06T00:00:00+08:00\"}],\"visit\":[{\"op\":"
		"\"keep\","
		"\"at\":\"2017-09-01T00:00:00+08:00\"}]}}";
	struct world w;
	struct case_effects fx = {0};
	struct anju_case *cs = NULL;
	world_init(&w);
	world_set(&w, "deadlines/policy/measure", "\"recompute\"");
	assert_ok(world_plan(&w), w.err);
	struct arrive_duty duties[2] = {open_duty(&w, 11, "measure", "survey", DUE, NEXT),
		open_duty(&w, 12, "visit", "survey", DUE, NEXT)};
	duties[0].duty.suspended = true;
	duties[1].duty.status = DUTY_WATCHED;
	duties[1].duty.ended_ms = at(DUE) - 1;
	assert_ok(world_bring(&w, "survey", DATA, meta, duties, 2, &fx, &cs), w.err);
	const struct duty *d = named(cs, "measure");
	/* 45 days from when it was armed, and three that it stood still before */
	cr_assert_eq(d->due.day, timestamp_to_day(at("2017-10-19T12:00:00+08:00")));
	cr_assert(d->suspended);
	cr_assert_eq(d->next_ms, DUTY_NEVER);
	cr_assert_eq(named(cs, "visit")->status, DUTY_MET);
	cr_assert_eq(json_array_size(json_object_get(cs->duty_log, "measure")), 3);
	cr_assert_null(json_object_get(cs->duty_log, "visit"));
	cr_assert_not_null(strstr(fx.body.data, "\"duties\":{\"visit\":null}"), "%s", fx.body.data);
	anju_case_free(cs);
	case_effects_done(&fx);
	world_done(&w);
}

ANJU_TEST(arrive, a_deadline_without_a_place_keeps_its_case)
{
	struct world w;
	struct case_effects fx = {0};
	struct anju_case *cs = NULL;
	world_init(&w);
	world_set(&w, "states/survey", "\"parked\"");
	assert_ok(world_plan(&w), w.err);
	struct arrive_duty duty = open_duty(&w, 11, "measure", "survey", DUE, NEXT);
	assert_status(world_bring(&w, "survey", DATA, META, &duty, 1, &fx, &cs), ANJU_E_INVALID);
	cr_assert_str_eq(w.err.id, "migrate.deadline_gone");
	cr_assert_str_eq(w.err.found, "measure");
	case_effects_done(&fx);
	world_done(&w);
}

ANJU_TEST(arrive, other_reminders_begin_anew_under_a_kept_date)
{
	struct world w;
	struct case_effects fx = {0};
	struct anju_case *cs = NULL;
	world_init(&w);
	assert_ok(world_plan(&w), w.err);
	struct arrive_duty duty = open_duty(&w, 11, "review", "review", "2017-09-30T00:00:00+08:00",
		"2017-09-27T08:30:00+08:00");
	assert_ok(world_bring(&w, "review.papers.open review.ground.open", DATA, META, &duty, 1,
			  &fx, &cs),
		w.err);
	const struct duty *d = named(cs, "review");
	cr_assert_eq(d->due.due_ms, at("2017-09-30T00:00:00+08:00"));
	cr_assert_eq(d->next_ms, at("2017-09-29T08:30:00+08:00"));
	anju_case_free(cs);
	case_effects_done(&fx);
	world_done(&w);
}
