/* Notices loaded into a running engine, and the jobs that count dates again. */
#include <unistd.h>

#include "base/json.h"
#include "engine/recount_impl.h"
#include "world.h"

#define PACKS TEST_DATA "/calendar"

static const struct principal admin = {.admin = true}, clerk = {0};

static json_t *notice(const char *file)
{
	anju_error err = {0};
	json_t *v = NULL;
	char path[300];
	snprintf(path, sizeof path, "%s/%s", PACKS, file);
	assert_ok(json_load_path(path, file, 1 << 20, &v, &err), err);
	return v;
}

static struct recounts *jobs(struct world *w)
{
	struct recounts_options options = {
		.packs = w->packs, .folder = w->folder, .engine = w->engine};
	struct recounts *set = NULL;
	anju_error err = {0};
	assert_ok(recounts_new(&options, &set, &err), err);
	return set;
}

/* The latest job once it has ended; the caller's. */
static json_t *ended(struct recounts *set)
{
	for (;;) {
		anju_error err = {0};
		ANJU_AUTO_BUF text = BUF_INIT;
		assert_ok(recount_status(set, 0, 0, &text, &err), err);
		json_t *v = json_loads(text.data, 0, NULL);
		const char *state = json_string_value(json_object_get(v, "state"));
		if (strcmp(state, "running") != 0)
			return v;
		json_decref(v);
		(void)usleep(1000); /* until it is over, however long that takes */
	}
}

static void assert_job(struct recounts *set, const char *state, int cases, int moved, int unmarked)
{
	ANJU_AUTO_JSON *v = ended(set);
	cr_assert_str_eq(json_string_value(json_object_get(v, "state")), state);
	cr_assert_eq(json_integer_value(json_object_get(v, "cases")), cases);
	cr_assert_eq(json_integer_value(json_object_get(v, "moved")), moved);
	cr_assert_eq(json_integer_value(json_object_get(v, "unmarked")), unmarked);
	cr_assert_eq(json_integer_value(json_object_get(v, "failed")), 0);
}

static void open_cases(struct world *w, int n)
{
	for (int i = 0; i < n; i++) {
		char params[300];
		snprintf(params, sizeof params,
			"{\"workflow\":\"matter\",\"key\":\"%d\",\"data\":{\"subject\":\"s\","
			"\"town\":\"610322101.town\",\"begins_on\":\"2027-03-01\"}}",
			i);
		cr_assert_eq(world_do(w, COMMAND_OPEN, "610322.land", params, NULL), ANJU_OK);
	}
}

static enum calendar_status status_2027(struct world *w)
{
	ANJU_AUTO(calendar) cal = engine_calendar(w->engine);
	return calendar_year_status(cal, 2027);
}

ANJU_TEST(recount, a_loaded_notice_moves_dates_for_everyone_at_once)
{
	struct world w;
	anju_error err = {0};
	int year;
	int64_t job;
	world_open_packs(&w, PACKS, "2026-12-21T08:30:00+08:00");
	/* its own clock is manual, and it is a later year than the notice of the test world */
	open_cases(&w, 130); /* more than two pages */
	struct recounts *set = jobs(&w);
	ANJU_AUTO(calendar) before = engine_calendar(w.engine);
	ANJU_AUTO_JSON *next = notice("2027.json");
	assert_ok(recount_load(set, next, "2027.json", true, &admin, &year, &job, &err), err);
	assert_job(set, "done", 130, 260, 130);
	cr_assert_eq(status_2027(&w), CALENDAR_PROVISIONAL, "a dry run loads nothing");
	assert_ok(recount_load(set, next, "2027.json", false, &admin, &year, &job, &err), err);
	cr_assert_eq(year, 2027);
	assert_job(set, "done", 130, 260, 130);
	cr_assert_eq(status_2027(&w), CALENDAR_ANNOUNCED);
	/* who had the old one still has it, whole */
	cr_assert_eq(calendar_year_status(before, 2027), CALENDAR_PROVISIONAL);
	assert_ok(recount_start(set, false, &admin, &job, &err), err);
	assert_job(set, "done", 0, 0, 0);
	recounts_free(set);
	calendar_free(ANJU_TAKE(before));
	json_decref(ANJU_TAKE(next));
	world_done(&w);
}

ANJU_TEST(recount, who_may_not_and_what_is_refused)
{
	struct world w;
	anju_error err = {0};
	int year;
	int64_t job;
	world_open_packs(&w, PACKS, "2026-12-21T08:30:00+08:00");
	struct recounts *set = jobs(&w);
	json_t *first = notice("2027.json"), *revised = notice("2027-revised.json");
	assert_status(
		recount_load(set, first, "f", false, &clerk, &year, &job, &err), ANJU_E_DENIED);
	assert_status(recount_start(set, false, &clerk, &job, &err), ANJU_E_DENIED);
	assert_ok(recount_load(set, revised, "r", false, &admin, &year, &job, &err), err);
	json_decref(ended(set));
	assert_status(recount_load(set, first, "2027.json", false, &admin, &year, &job, &err),
		ANJU_E_CONFLICT);
	cr_assert_str_eq(err.id, "calendar.outranked");
	cr_assert_str_eq(err.file, "2027.json");
	cr_assert_str_eq(err.where, "/source/issued");
	cr_assert_str_eq(err.found, "2026-12-25");
	cr_assert_str_eq(err.allowed, ">= 2027-01-02");
	json_t *guess = json_pack("{s:i, s:s}", "year", 2027, "status", "provisional");
	assert_status(
		recount_load(set, guess, "g", false, &admin, &year, &job, &err), ANJU_E_CONFLICT);
	cr_assert_str_eq(err.where, "/status");
	json_object_set_new(guess, "year", json_string("2028"));
	assert_status(
		recount_load(set, guess, "g", false, &admin, &year, &job, &err), ANJU_E_INVALID);
	cr_assert_str_eq(err.where, "/year");
	ANJU_AUTO_BUF out = BUF_INIT;
	assert_status(recount_status(set, 99, 0, &out, &err), ANJU_E_NOTFOUND);
	json_decref(first);
	json_decref(revised);
	json_decref(guess);
	buf_done(&out);
	recounts_free(set);
	world_done(&w);
}

ANJU_TEST(recount, a_calendar_that_is_another_at_the_start_counts_again)
{
	struct world w;
	anju_error err = {0};
	int year;
	int64_t job;
	world_open_packs(&w, PACKS, "2026-12-21T08:30:00+08:00");
	open_cases(&w, 3);
	struct recounts *set = jobs(&w);
	json_t *next = notice("2027.json");
	assert_ok(recount_load(set, next, "2027.json", false, &admin, &year, &job, &err), err);
	assert_job(set, "done", 3, 6, 3);
	recounts_free(set);
	world_close(&w);

	/* what was loaded is put back into the calendar of a start: nothing to do */
	struct calendar *fresh = calendar_new();
	assert_ok(recount_add_loaded(w.folder, fresh, &err), err);
	cr_assert_eq(calendar_year_status(fresh, 2027), CALENDAR_ANNOUNCED);
	calendar_free(fresh);

	/* a start that has lost it: the dates go back, and the job says which year */
	world_reopen(&w, NULL);
	set = jobs(&w);
	assert_ok(recounts_resume(set, &err), err);
	json_t *v = ended(set);
	cr_assert_eq(json_integer_value(json_object_get(v, "moved")), 6);
	cr_assert_str_eq(json_string_value(json_object_get(json_object_get(v, "reason"), "en")),
		"the holidays of 2027 have changed");
	cr_assert_str_eq(json_string_value(json_object_get(v, "actor")), "system");
	json_decref(v);
	recounts_free(set);

	/* and the next one finds all as it was counted */
	set = jobs(&w);
	assert_ok(recounts_resume(set, &err), err);
	v = ended(set);
	cr_assert_eq(json_integer_value(json_object_get(v, "job")), 2);
	json_decref(v);
	json_decref(next);
	recounts_free(set);
	world_done(&w);
}

/* Local values were others, and counting failed half way: the next notice's job counts by them too. */
ANJU_TEST(recount, what_failed_is_done_by_the_next_one)
{
	struct world w;
	anju_error err = {0};
	int year;
	int64_t job;
	world_open_packs(&w, PACKS, "2026-12-21T08:30:00+08:00");
	open_cases(&w, 3);
	struct recounts *set = jobs(&w);
	ANJU_AUTO_JSON *next = notice("2027.json");
	assert_ok(recount_start(set, false, &admin, &job, &err), err);
	assert_job(set, "done", 0, 0, 0);
	set->jobs->state = RECOUNT_FAILED;
	json_decref(set->jobs->counted);
	set->jobs->counted = json_pack("{s:s}", "local", "before");
	assert_ok(recount_load(set, next, "2027.json", true, &admin, &year, &job, &err), err);
	assert_job(set, "done", 3, 6, 3);
	assert_ok(recount_load(set, next, "2027.json", false, &admin, &year, &job, &err), err);
	assert_job(set, "done", 3, 6, 3);
	cr_assert(set->jobs->all);
	cr_assert_str_eq(json_string_value(json_object_get(set->jobs->counted, "local")), "before");
	/* and the one after it has nothing left to do */
	json_decref(next);
	next = notice("2027-revised.json");
	assert_ok(recount_load(set, next, "2027.json", false, &admin, &year, &job, &err), err);
	json_decref(ended(set));
	cr_assert_not(set->jobs->all);
	recounts_free(set);
	json_decref(ANJU_TAKE(next));
	world_done(&w);
}

ANJU_TEST(recount, a_date_set_for_an_answer_stays_when_it_has_passed)
{
	struct world w;
	int64_t job;
	anju_error err = {0};
	world_open_packs(&w, TEST_DATA "/simulation", "2017-08-16T08:00:00+08:00");
	cr_assert_eq(world_do(&w, COMMAND_OPEN, "610322.gov",
			     "{\"workflow\":\"slip\",\"key\":\"1\",\"data\":{\"owner\":"
			     "\"610322.land\",\"issuer\":\"610322.gov\",\"subject\":\"s\","
			     "\"answer_by\":\"2017-09-20\"}}",
			     NULL),
		ANJU_OK);
	/* its time is over, and the reminder that makes it yellow has not come */
	world_advance(&w, "2017-09-21T01:00:00+08:00");
	struct recounts *set = jobs(&w);
	assert_ok(recount_start(set, false, &admin, &job, &err), err);
	assert_job(set, "done", 0, 0, 0);
	recounts_free(set);
	world_done(&w);
}
