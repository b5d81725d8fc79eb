/* Migrations as jobs: what they refuse, how they end, and that they go on after a stop. */
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "engine/moving.h"
#include "migrate/diff.h"
#include "world.h"

#define CASES 300

struct move {
	struct world w;
	struct movings *set;
	json_t *plan; /* owned */
	struct principal admin;
	anju_error err;
};

static void begin_set(struct move *m)
{
	struct movings_options options = {
		.packs = m->w.packs, .folder = m->w.folder, .engine = m->w.engine};
	assert_ok(movings_new(&options, &m->set, &m->err), m->err);
	m->admin = (struct principal){
		.admin = true, .unit = org_unit(pack_set_org(m->w.packs), "610322.land")};
}

static json_t *make_plan(struct move *m, const struct side *old)
{
	struct side next;
	struct workflow *to = pack_set_workflow(m->w.packs, "plot");
	assert_ok(side_init(&next, to->source, to->file, to->hash_hex, &m->err), m->err);
	ANJU_AUTO_JSON *differences = diff_definitions(old, &next);
	json_t *plan = diff_plan(old, &next, differences),
	       *fields = json_object_get(plan, "fields");
	json_object_set_new(plan, "reason", json_string("a new form"));
	json_object_set_new(json_object_get(fields, "default"), "grade", json_string("B"));
	json_object_set_new(json_object_get(fields, "replace"), "area_m2", json_string("1.00"));
	side_done(&next);
	return plan;
}

/* Cases in `survey` under the packs before, then the packs after. */
static void open_cases(struct move *m)
{
	struct command *cmds[CASES];
	struct side old;
	*m = (struct move){0};
	world_open(&m->w, "2017-08-16T08:00+08:00", NULL);
	world_close(&m->w);
	m->w.packs_dir = TEST_DATA "/migrate/old";
	world_reopen(&m->w, NULL);
	for (int i = 0; i < CASES; i++) {
		char params[200];
		snprintf(params, sizeof params,
			"{\"workflow\":\"plot\",\"key\":\"%d\",\"data\":{\"owner\":\"o\",\"town\":"
			"\"610322101.town\"}}",
			i);
		cmds[i] = world_command(&m->w, COMMAND_OPEN, "610322.land", params);
	}
	world_run(&m->w, cmds, CASES);
	for (int i = 0; i < CASES; i++) {
		cr_assert_eq(cmds[i]->status, ANJU_OK, "%s", cmds[i]->err.text);
		command_free(cmds[i]);
	}
	struct workflow *from = pack_set_workflow(m->w.packs, "plot");
	assert_ok(side_init(&old, from->source, from->file, from->hash_hex, &m->err), m->err);
	world_close(&m->w);
	m->w.packs_dir = TEST_DATA "/migrate/new";
	world_reopen(&m->w, NULL);
	begin_set(m);
	m->plan = make_plan(m, &old);
	side_done(&old);
}

static void end_all(struct move *m)
{
	movings_free(m->set);
	json_decref(m->plan);
	world_done(&m->w);
}

static json_t *status_of(struct move *m, int64_t job)
{
	ANJU_AUTO_BUF out = BUF_INIT;
	assert_ok(moving_status(m->set, job, 0, &out, &m->err), m->err);
	json_t *status = json_loads(out.data, 0, NULL);
	cr_assert_not_null(status, "%s", out.data);
	return status;
}

static bool is(const json_t *status, const char *state)
{
	return strcmp(json_string_value(json_object_get(status, "state")), state) == 0;
}

static json_t *wait_for(struct move *m, int64_t job)
{
	const struct timespec pause = {.tv_nsec = 2000000};
	for (;;) {
		json_t *status = status_of(m, job);
		if (!is(status, "running"))
			return status;
		json_decref(status);
		(void)nanosleep(&pause, NULL);
	}
}

static void expect_numbers(const json_t *status, int moved, int unfit)
{
	cr_assert_eq(json_integer_value(json_object_get(status, "total")), CASES);
	cr_assert_eq(json_integer_value(json_object_get(status, "moved")), moved);
	cr_assert_eq(json_integer_value(json_object_get(status, "unfit")), unfit);
}

ANJU_TEST(moving, tried_then_carried_out_then_nothing_left)
{
	struct move m;
	int64_t job, again;
	open_cases(&m);
	assert_ok(moving_start(m.set, m.plan, "p", true, &m.admin, &job, &m.err), m.err);
	ANJU_AUTO_JSON *tried = wait_for(&m, job);
	cr_assert(is(tried, "done"));
	expect_numbers(tried, CASES, 0);
	cr_assert_eq(
		json_integer_value(json_object_get(json_object_get(tried, "before"), "survey")),
		CASES);
	cr_assert_eq(
		json_integer_value(json_object_get(json_object_get(tried, "after"), "inspection")),
		CASES);
	assert_ok(moving_start(m.set, m.plan, "p", false, &m.admin, &job, &m.err), m.err);
	ANJU_AUTO_JSON *moved = wait_for(&m, job);
	expect_numbers(moved, CASES, 0);
	cr_assert_str_eq(json_string_value(json_object_get(moved, "actor")), "610322.land");
	assert_ok(moving_start(m.set, m.plan, "p", false, &m.admin, &again, &m.err), m.err);
	ANJU_AUTO_JSON *nothing = wait_for(&m, again);
	cr_assert_eq(json_integer_value(json_object_get(nothing, "total")), 0);
	world_verify(&m.w);
	end_all(&m);
}

ANJU_TEST(moving, cases_that_do_not_fit_are_listed_and_stay)
{
	struct move m;
	int64_t job;
	open_cases(&m);
	json_object_set_new(json_object_get(m.plan, "states"), "survey", json_null());
	assert_ok(moving_start(m.set, m.plan, "p", false, &m.admin, &job, &m.err), m.err);
	ANJU_AUTO_JSON *status = wait_for(&m, job);
	expect_numbers(status, 0, CASES);
	const json_t *first = json_array_get(json_object_get(status, "cases"), 0);
	cr_assert_str_eq(json_string_value(json_object_get(first, "case")), "plot/0");
	cr_assert_str_eq(json_string_value(json_object_get(first, "state")), "survey");
	cr_assert_str_eq(json_string_value(json_object_get(first, "id")), "migrate.state_refused");
	/* and still live under the old one */
	assert_status(world_do(&m.w, COMMAND_SEND, "610322.land",
			      "{\"workflow\":\"plot\",\"key\":\"7\",\"event\":\"measured\"}", NULL),
		ANJU_OK);
	world_verify(&m.w);
	end_all(&m);
}

ANJU_TEST(moving, only_administrators_and_only_right_plans)
{
	struct move m;
	int64_t job;
	ANJU_AUTO_BUF out = BUF_INIT;
	open_cases(&m);
	struct principal clerk = {.unit = m.admin.unit};
	assert_status(moving_start(m.set, m.plan, "p", false, &clerk, &job, &m.err), ANJU_E_DENIED);
	cr_assert_str_eq(m.err.id, "engine.not_admin");
	json_object_set_new(json_object_get(m.plan, "from"), "hash", json_string("00"));
	assert_status(
		moving_start(m.set, m.plan, "p", false, &m.admin, &job, &m.err), ANJU_E_NOTFOUND);
	cr_assert_str_eq(m.err.id, "rpc.definition");
	assert_status(moving_status(m.set, 9, 0, &out, &m.err), ANJU_E_NOTFOUND);
	assert_status(moving_cancel(m.set, 9, &m.err), ANJU_E_NOTFOUND);
	cr_assert_str_eq(m.err.id, "migrate.no_job");
	end_all(&m);
}

ANJU_TEST(moving, a_second_plan_waits_and_the_same_one_joins)
{
	struct move m;
	int64_t job, same, other;
	open_cases(&m);
	ANJU_AUTO_JSON *changed = json_deep_copy(m.plan);
	json_object_set_new(changed, "timers", json_string("restart"));
	assert_ok(moving_start(m.set, m.plan, "p", false, &m.admin, &job, &m.err), m.err);
	anju_status joined = moving_start(m.set, m.plan, "p", false, &m.admin, &same, &m.err);
	anju_status refused = moving_start(m.set, changed, "p", false, &m.admin, &other, &m.err);
	ANJU_AUTO_JSON *status = wait_for(&m, job);
	/* unless the first was over before the others asked */
	cr_assert_eq(joined, ANJU_OK);
	cr_assert(refused == ANJU_E_BUSY || refused == ANJU_OK);
	cr_assert(is(status, "done"));
	world_verify(&m.w);
	end_all(&m);
}

/* Stopped at once, a job has moved some cases at most; the next run of the daemon moves the rest. */
ANJU_TEST(moving, goes_on_by_itself_after_a_stop)
{
	struct move m;
	int64_t job;
	open_cases(&m);
	assert_ok(moving_start(m.set, m.plan, "p", false, &m.admin, &job, &m.err), m.err);
	/* what is to be done is kept before anything is moved */
	for (int i = 0; i < 2000; i++) {
		ANJU_AUTO_JSON *status = status_of(&m, job);
		if (json_integer_value(json_object_get(status, "moved")) > 0)
			break;
		(void)nanosleep(&(struct timespec){.tv_nsec = 500000}, NULL);
	}
	movings_free(m.set);
	world_close(&m.w);
	world_reopen(&m.w, NULL);
	begin_set(&m);
	assert_ok(movings_resume(m.set, &m.err), m.err);
	ANJU_AUTO_JSON *status = wait_for(&m, job);
	cr_assert(is(status, "done"));
	expect_numbers(status, CASES, 0);
	world_verify(&m.w);
	/* over, it is told of by the next run too */
	movings_free(m.set);
	world_close(&m.w);
	world_reopen(&m.w, NULL);
	begin_set(&m);
	assert_ok(movings_resume(m.set, &m.err), m.err);
	ANJU_AUTO_JSON *kept = status_of(&m, job);
	cr_assert(is(kept, "done"));
	cr_assert_null(json_object_get(kept, "plan"));
	ANJU_AUTO_BUF list = BUF_INIT;
	assert_ok(moving_list(m.set, &list, &m.err), m.err);
	cr_assert_not_null(strstr(list.data, "\"state\":\"done\""));
	end_all(&m);
}

ANJU_TEST(moving, cancelled_it_stays_where_it_is)
{
	struct move m;
	int64_t job;
	open_cases(&m);
	assert_ok(moving_start(m.set, m.plan, "p", false, &m.admin, &job, &m.err), m.err);
	assert_ok(moving_cancel(m.set, job, &m.err), m.err);
	ANJU_AUTO_JSON *status = wait_for(&m, job);
	cr_assert(is(status, "canceled") || is(status, "done"));
	movings_free(m.set);
	begin_set(&m);
	assert_ok(movings_resume(m.set, &m.err), m.err);
	ANJU_AUTO_JSON *later = status_of(&m, job);
	cr_assert(is(later, json_string_value(json_object_get(status, "state"))));
	world_verify(&m.w);
	end_all(&m);
}
