/* What was asked for, and what the chart does of its own accord: roles and explanations belong to the first. */
#include "base/json.h"
#include "base/timestamp.h"
#include "case/case.h"
#include "unit/support.h"

struct world {
	struct pack_set *packs;
	struct calendar *calendar;
	struct expr_arena *arena;
	struct case_env env;
	struct principal land;
	struct anju_case *cs;
	json_t *refusal; /* of the last send */
	int policies;    /* asked so far */
};

static void show(void *ctx, const anju_error *e)
{
	(void)ctx;
	fprintf(stderr, "# %s %s#%s: %s\n", e->id, e->file, e->where, e->text);
}

static json_t *no_relation(
	void *ctx, struct anju_case *cs, const struct relation *relation, const json_t *ids)
{
	(void)ctx, (void)cs, (void)relation, (void)ids;
	return json_array();
}

static anju_status no_case(
	void *ctx, const char *workflow, const char *key, int64_t *ret_id, anju_error *err)
{
	(void)ctx, (void)workflow, (void)key, (void)ret_id, (void)err;
	return ANJU_E_NOTFOUND;
}

static anju_status deny(void *ctx, const struct guard *guard, const json_t *input,
	json_t **ret_verdict, anju_error *err)
{
	struct world *w = ctx;
	(void)guard, (void)input, (void)err;
	w->policies++;
	*ret_verdict =
		json_pack("{s:b, s:{s:s, s:s}}", "ok", 0, "reason", "zh", "不行", "en", "no");
	return ANJU_OK;
}

static void open_world(struct world *w)
{
	anju_error err = {0};
	*w = (struct world){0};
	struct pack_options options = {.dir = TEST_DATA "/case", .report = show};
	assert_ok(pack_load(&options, &w->packs, &err), err);
	w->calendar = calendar_new();
	w->arena = expr_arena_new();
	w->land.unit = org_unit(pack_set_org(w->packs), "610322.land");
	w->env = (struct case_env){.org = pack_set_org(w->packs),
		.calendar = w->calendar,
		.rules = pack_set_rules(w->packs),
		.office_minute = 510,
		.now_ms = timestamp_of_day(17400),
		.arena = w->arena,
		.ctx = w,
		.related = no_relation,
		.policy = deny,
		.find = no_case};
	ANJU_AUTO_JSON *data = json_pack("{s:i}", "persons", 3);
	struct case_request request = {
		.who = &w->land, .event = "open", .data = data, .effective_ms = w->env.now_ms};
	struct case_effects fx = {0};
	assert_ok(case_open(&w->env, pack_set_workflow(w->packs, "family"), "1", &request, &fx,
			  &w->cs, &err),
		err);
	case_effects_done(&fx);
}

static void close_world(struct world *w)
{
	anju_case_free(w->cs);
	json_decref(w->refusal);
	expr_arena_free(w->arena);
	calendar_free(w->calendar);
	pack_set_free(w->packs);
}

static anju_status send(struct world *w, const char *event, anju_error *err)
{
	struct case_request request = {
		.who = &w->land, .event = event, .effective_ms = w->env.now_ms};
	struct case_effects fx = {0};
	bool handled, tainted;
	anju_status st = case_send(&w->env, w->cs, &request, &fx, &handled, &tainted, err);
	json_decref(w->refusal);
	w->refusal = json_incref(fx.refusal);
	case_effects_done(&fx);
	return st;
}

static size_t explained(const struct world *w)
{
	return json_array_size(json_object_get(w->refusal, "guards"));
}

ANJU_TEST(asked, a_raised_event_needs_nobodys_leave)
{
	struct world w;
	anju_error err = {0};
	open_world(&w);
	/* the event itself is the system's alone … */
	assert_status(send(&w, "gone", &err), ANJU_E_DENIED);
	cr_assert_str_eq(err.id, "case.wrong_role");
	/* … but the land department may do what raises it */
	assert_ok(send(&w, "strike", &err), err);
	cr_assert(w.cs->done);
	close_world(&w);
}

ANJU_TEST(asked, only_the_guards_of_the_event_are_explained)
{
	struct world w;
	anju_error err = {0};
	open_world(&w);
	/* after each refusal the eventless guard is asked too, and says no */
	assert_status(send(&w, "check", &err), ANJU_E_REFUSED);
	cr_assert_str_eq(err.id, "case.guard");
	cr_assert_eq(explained(&w), 1);
	assert_status(send(&w, "wait", &err), ANJU_E_REFUSED);
	cr_assert_eq(explained(&w), 1);
	assert_status(send(&w, "ask", &err), ANJU_E_REFUSED);
	cr_assert_eq(explained(&w), 1);
	cr_assert_eq(w.policies, 1);
	close_world(&w);
}
