/* Deadlines that count from one another: they move along, and remember what has ended. */
#include "base/timestamp.h"
#include "case/duty_acts.h"
#include "world.h"

#define LAND "610322.land"
#define CITY "6103.land"

static void begun(struct world *w)
{
	world_open(w, "2017-09-29");
	assert_ok(world_new(w, "linked", "L1", LAND, "{'data':{'town':'610322101.town'}}"), w->err);
}

static const char *due(struct world *w, const char *name)
{
	static char text[11];
	const struct duty *d = world_duty(w, name);
	return d->dated ? date_format(d->due.day, text) : "none";
}

/* Whichever stands first in the file. */
ANJU_TEST(follow, dates_are_there_from_the_beginning)
{
	struct world w;
	begun(&w);
	cr_assert_str_eq(due(&w, "survey"), "2017-10-19"); /* BJ-H-12 */
	cr_assert_str_eq(due(&w, "plan"), "2017-10-29");
	cr_assert_str_eq(due(&w, "last"), "2017-11-03");
	cr_assert_str_eq(due(&w, "report"), "none");
	world_done(&w);
}

ANJU_TEST(follow, a_date_that_moves_takes_the_others_along)
{
	struct world w;
	begun(&w);
	assert_sent(&w, LAND, "amend", "{'reason':'r','data':{'days':'2017-12-01'}}");
	assert_has(w.changes, "survey moved 2017-12-01\n");
	assert_has(w.changes, "plan moved 2017-12-11\n");
	assert_has(w.changes, "last moved 2017-12-16\n");
	assert_lacks(w.changes, "report");
	/* time that it stood still is given to all of them */
	assert_sent(&w, CITY, "deadline.suspend", "{'data':{'deadline':'survey'},'reason':'r'}");
	world_at(&w, "2017-10-10T12:00+08:00");
	assert_sent(&w, CITY, "deadline.resume", "{'data':{'deadline':'survey'},'reason':'r'}");
	const char *moved = due(&w, "survey");
	int32_t survey = 0, plan = 0;
	cr_assert_eq(date_parse(moved, &survey, NULL), ANJU_OK);
	cr_assert_eq(date_parse(due(&w, "plan"), &plan, NULL), ANJU_OK);
	cr_assert_eq(plan, survey + 10);
	cr_assert_gt(survey, 17501); /* 2017-12-01 */
	world_done(&w);
}

ANJU_TEST(follow, met_and_long_gone)
{
	struct world w;
	begun(&w);
	world_at(&w, "2017-10-12T09:00+08:00");
	assert_sent(&w, LAND, "surveyed", "{}");
	assert_has(w.changes, "survey met 2017-10-19\n");
	assert_has(w.changes, "report moved 2017-11-12\n");
	assert_lacks(w.changes, "plan");
	const json_t *log = case_duty_log(w.cs, "survey");
	cr_assert_eq(json_array_size(log), 1);
	cr_assert_str_eq(json_string_value(json_object_get(json_array_get(log, 0), "op")), "met");
	/* the case is read back; what has ended is no longer listed */
	world_at(&w, "2017-11-20T09:00+08:00");
	assert_sent(&w, LAND, "next", "{}");
	cr_assert_str_eq(due(&w, "after_met"), "2017-10-14");
	cr_assert_str_eq(due(&w, "after_due"), "2017-10-21");
	cr_assert_str_eq(due(&w, "plan"), "2017-10-29");
	/* a field that it no longer looks at moves nothing */
	assert_sent(&w, LAND, "amend", "{'reason':'r','data':{'days':'2017-12-01'}}");
	cr_assert_str_eq(w.changes, "");
	cr_assert_str_eq(due(&w, "plan"), "2017-10-29");
	world_done(&w);
}

ANJU_TEST(follow, begun_anew_it_forgets)
{
	struct world w;
	begun(&w);
	world_at(&w, "2017-10-12T09:00+08:00");
	assert_sent(&w, LAND, "surveyed", "{}");
	assert_sent(&w, LAND, "next", "{}");
	world_at(&w, "2017-12-01T09:00+08:00");
	assert_sent(&w, LAND, "back", "{}");
	cr_assert_str_eq(due(&w, "survey"), "2017-12-15");
	cr_assert_str_eq(due(&w, "plan"), "2017-12-25");
	cr_assert_str_eq(due(&w, "report"), "none");
	cr_assert_eq(json_array_size(case_duty_log(w.cs, "survey")), 0);
	world_at(&w, "2017-12-04T09:00+08:00");
	assert_sent(&w, LAND, "surveyed", "{}");
	cr_assert_str_eq(due(&w, "report"), "2018-01-04");
	assert_sent(&w, LAND, "close", "{}");
	assert_has(w.changes, "report met 2018-01-04\n");
	world_done(&w);
}
