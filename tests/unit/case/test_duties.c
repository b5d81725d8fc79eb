/* Deadlines: armed, met, superseded, moved; rungs and whom they reach; timers of the chart. */
#include "base/timestamp.h"
#include "world.h"

#define LAND "610322.land"

static void opened(struct world *w, const char *at)
{
	world_open(w, at);
	assert_ok(world_new(w, "term", "T1", LAND, "{'data':{'town':'610322101.town'}}"), w->err);
}

/* "overall" was armed first, at opening: it heads every list. */
#define OVERALL   "overall 2017-10-31 0 -\n"
#define OVERALL_2 "overall 2017-11-30 0 -\n"

ANJU_TEST(duty, armed_when_its_state_is_entered)
{
	struct world w;
	opened(&w, "2017-08-16");
	/* its condition looks at a state entered in the same breath */
	cr_assert_str_eq(w.changes, "overall armed 2017-10-31\n");
	assert_sent(&w, LAND, "fixed", "{}");
	cr_assert_str_eq(w.changes,
		"agreements armed 2017-08-31\norphan armed 2017-08-31\nleaderless armed "
		"2017-08-31\n");
	/* ten working days before Thursday the 31st is Thursday the 17th */
	cr_assert_str_eq(world_duties(&w), OVERALL "agreements 2017-08-31 0 2017-08-17T08:30\n"
						   "orphan 2017-08-31 0 2017-09-01T08:30\n"
						   "leaderless 2017-08-31 0 2017-09-01T08:30\n");
	const struct duty *d = world_duty(&w, "agreements");
	cr_assert_str_eq(d->lead, "610322.land");
	cr_assert_str_eq(d->responsible, "610322101.town");
	cr_assert_eq(d->armed_ms, w.env.now_ms);
	cr_assert_eq(d->due.due_ms, timestamp_of_day(d->due.day + 1));
	cr_assert_str_eq(world_duty(&w, "leaderless")->lead, "");
	world_done(&w);
}

ANJU_TEST(duty, met_in_time_or_late_by_when_it_happened)
{
	struct world w;
	opened(&w, "2017-08-16");
	assert_sent(&w, LAND, "fixed", "{}");
	/* entered on the 4th, but it took place in the last minute of the due day */
	world_at(&w, "2017-09-04T09:00+08:00");
	assert_sent(&w, LAND, "settle", "{'at':'2017-08-31T23:59:59+08:00'}");
	cr_assert_str_eq(w.changes,
		"agreements met 2017-08-31\norphan met 2017-08-31\nleaderless met 2017-08-31\n");
	cr_assert_str_eq(world_duties(&w), OVERALL);
	world_done(&w);
}

ANJU_TEST(duty, met_late)
{
	struct world w;
	opened(&w, "2017-08-16");
	assert_sent(&w, LAND, "fixed", "{}");
	world_at(&w, "2017-09-01T00:00+08:00");
	assert_sent(&w, LAND, "settle", "{}");
	cr_assert_str_eq(w.changes,
		"agreements late 2017-08-31\norphan late 2017-08-31\nleaderless late "
		"2017-08-31\n");
	world_done(&w);
}

ANJU_TEST(duty, superseded_when_its_state_is_left_without)
{
	struct world w;
	opened(&w, "2017-08-16");
	assert_sent(&w, LAND, "fixed", "{}");
	assert_sent(&w, LAND, "drop", "{}");
	cr_assert_str_eq(w.changes,
		"agreements superseded 2017-08-31\norphan superseded 2017-08-31\nleaderless "
		"superseded 2017-08-31\n");
	cr_assert_str_eq(world_duties(&w), OVERALL);
	/* armed anew when it is entered anew */
	assert_sent(&w, LAND, "fixed", "{}");
	cr_assert_neq(world_duty(&w, "agreements")->id, 0);
	assert_sent(&w, LAND, "again", "{}");
	assert_has(w.changes, "agreements superseded 2017-08-31\n");
	assert_has(w.changes, "agreements armed 2017-08-31\n");
	world_done(&w);
}

ANJU_TEST(duty, without_a_goal_met_by_leaving)
{
	struct world w;
	opened(&w, "2017-09-27");
	assert_sent(&w, LAND, "left", "{}");
	/* the National Day week is skipped, its make-up Saturday counts (BJ-H-12) */
	assert_has(world_duties(&w), "leaving 2017-10-17 0 2017-10-17T08:30\n");
	world_at(&w, "2017-09-27T23:59+08:00");
	assert_sent(&w, LAND, "settle", "{}");
	assert_has(w.changes, "leaving met 2017-10-17\n");
	assert_has(w.changes, "swift met 2017-09-27\n");
	world_done(&w);
}

ANJU_TEST(duty, hours_count_to_the_instant)
{
	struct world w;
	opened(&w, "2017-08-16T09:15+08:00");
	assert_sent(&w, LAND, "left", "{}");
	/* 12 hours from 09:15, a reminder two hours before */
	assert_has(world_duties(&w), "swift 2017-08-16 0 2017-08-16T19:15\n");
	cr_assert_str_eq(world_fire(&w, "swift"), "2017-08-16T19:15 lead 610322.land");
	cr_assert_str_eq(world_fire(&w, "swift"), "2017-08-16T21:15 lead 610322.land");
	cr_assert_str_eq(world_fire(&w, "swift"), "none");
	assert_sent(&w, LAND, "settle", "{}");
	assert_has(w.changes, "swift late 2017-08-16\n");
	world_done(&w);
}

ANJU_TEST(duty, armed_only_where_its_condition_holds)
{
	struct world w;
	opened(&w, "2017-08-16");
	assert_sent(&w, LAND, "left", "{}");
	/* kind is not set, the side region is on */
	assert_lacks(w.changes, "maybe");
	assert_has(w.changes, "beside armed 2017-08-18\n");
	world_done(&w);
	opened(&w, "2017-08-16");
	assert_sent(&w, LAND, "off", "{}");
	assert_sent(&w, LAND, "left", "{'data':{'kind':'b'}}");
	assert_has(w.changes, "maybe armed 2017-08-17\n");
	assert_lacks(w.changes, "beside");
	world_done(&w);
}

ANJU_TEST(duty, without_a_date_until_the_field_is_set)
{
	struct world w;
	opened(&w, "2017-08-16");
	assert_sent(&w, LAND, "typed", "{}");
	cr_assert_str_eq(w.changes, "promise armed -\nplan armed -\n");
	assert_has(world_duties(&w), "promise - 0 -\nplan - 0 -\n");
	assert_sent(&w, LAND, "amend", "{'reason':'r','data':{'promised':'2017-09-15'}}");
	cr_assert_str_eq(w.changes, "promise moved 2017-09-15\n");
	assert_has(world_duties(&w), "promise 2017-09-15 0 2017-09-10T08:30\nplan - 0 -\n");
	assert_sent(&w, LAND, "amend", "{'reason':'r','data':{'plan_year':2017}}");
	cr_assert_str_eq(w.changes, "plan moved 2018-11-30\n");
	/* taken away again */
	assert_sent(&w, LAND, "amend", "{'reason':'r','data':{'promised':null}}");
	cr_assert_str_eq(w.changes, "promise moved -\n");
	assert_has(world_duties(&w), "promise - 0 -\n");
	/* what has no date is never late */
	world_at(&w, "2019-01-01");
	assert_sent(&w, LAND, "settle", "{}");
	cr_assert_str_eq(w.changes, "promise met -\nplan late 2018-11-30\n");
	world_done(&w);
}

ANJU_TEST(duty, with_a_date_at_once_when_the_event_brings_it)
{
	struct world w;
	opened(&w, "2017-08-16");
	assert_sent(&w, LAND, "typed", "{'data':{'promised':'2017-09-15'}}");
	cr_assert_str_eq(w.changes, "promise armed 2017-09-15\nplan armed -\n");
	world_done(&w);
}

ANJU_TEST(duty, with_a_date_that_the_state_itself_sets)
{
	struct world w;
	opened(&w, "2017-08-16");
	/* armed on entry, and the entry's action fills in the day it hangs on */
	assert_sent(&w, LAND, "filled", "{}");
	cr_assert_str_eq(world_field(&w, "promised"), "\"2017-08-18\"");
	cr_assert_str_eq(w.changes, "own armed 2017-08-18\n");
	world_done(&w);
}

ANJU_TEST(duty, moved_when_its_day_changes_only)
{
	struct world w;
	opened(&w, "2017-08-16");
	assert_sent(&w, LAND, "typed", "{'data':{'promised':'2017-09-15'}}");
	cr_assert_str_eq(world_fire(&w, "promise"), "2017-09-10T08:30 lead 610322.land");
	assert_has(world_duties(&w), "promise 2017-09-15 1 2017-09-15T08:30\n");
	assert_sent(&w, LAND, "amend", "{'reason':'r','data':{'note':'x'}}");
	cr_assert_str_eq(w.changes, "");
	assert_sent(&w, LAND, "amend", "{'reason':'r','data':{'promised':'2017-09-15'}}");
	cr_assert_str_eq(w.changes, "");
	assert_has(world_duties(&w), "promise 2017-09-15 1 2017-09-15T08:30\n");
	/* to a later day: its reminders begin again */
	assert_sent(&w, LAND, "amend", "{'reason':'r','data':{'promised':'2017-09-29'}}");
	cr_assert_str_eq(w.changes, "promise moved 2017-09-29\n");
	assert_has(world_duties(&w), "promise 2017-09-29 0 2017-09-24T08:30\n");
	/* to a day gone by: only the last reminder, at once */
	world_at(&w, "2017-09-20T10:00+08:00");
	assert_sent(&w, LAND, "amend", "{'reason':'r','data':{'promised':'2017-09-19'}}");
	assert_has(world_duties(&w), "promise 2017-09-19 1 2017-09-20T10:00\n");
	world_done(&w);
}

ANJU_TEST(duty, another_choice_when_what_it_hangs_on_changes)
{
	struct world w;
	opened(&w, "2017-08-16");
	/* no condition holds: no date yet */
	assert_sent(&w, LAND, "choice", "{'data':{'promised':'2017-12-24'}}");
	cr_assert_str_eq(w.changes, "chosen armed -\n");
	assert_sent(&w, LAND, "amend", "{'reason':'r','data':{'kind':'a'}}");
	cr_assert_str_eq(w.changes, "chosen moved 2017-09-16\n");
	/* still counted from when it was armed, whenever that is said */
	world_at(&w, "2017-08-30");
	assert_sent(&w, LAND, "amend", "{'reason':'r','data':{'kind':'b'}}");
	cr_assert_str_eq(w.changes, "chosen moved 2017-12-24\n");
	assert_sent(&w, LAND, "amend", "{'reason':'r','data':{'note':'nothing to do with it'}}");
	cr_assert_str_eq(w.changes, "");
	assert_sent(&w, LAND, "amend", "{'reason':'r','data':{'kind':null}}");
	cr_assert_str_eq(w.changes, "chosen moved -\n");
	world_done(&w);
}

ANJU_TEST(duty, a_date_outside_the_calendar_refuses_the_event)
{
	struct world w;
	opened(&w, "2017-08-16");
	assert_refused(&w, LAND, "typed", "{'data':{'plan_year':20170}}", ANJU_E_INVALID,
		"calendar.range");
	assert_sent(&w, LAND, "typed", "{}");
	assert_refused(&w, LAND, "amend", "{'reason':'r','data':{'plan_year':1}}", ANJU_E_INVALID,
		"calendar.range");
	assert_has(w.err.text, "plan");
	world_done(&w);
}

/* --- rungs --- */

ANJU_TEST(rungs, one_after_another_to_those_concerned)
{
	struct world w;
	opened(&w, "2017-08-16");
	assert_sent(&w, LAND, "fixed", "{}");
	cr_assert_str_eq(
		world_fire(&w, "agreements"), "2017-08-17T08:30 responsible 610322101.town");
	cr_assert_str_eq(
		world_fire(&w, "agreements"), "2017-08-24T08:30 responsible 610322101.town");
	/* two at the same instant: each has its turn */
	cr_assert_str_eq(world_fire(&w, "agreements"), "2017-08-31T08:30 lead 610322.land");
	cr_assert_str_eq(
		world_fire(&w, "agreements"), "2017-08-31T08:30 responsible 610322101.town");
	/* the land office one level up */
	cr_assert_str_eq(world_fire(&w, "agreements"), "2017-09-01T08:30 supervisor 6103.land");
	cr_assert_str_eq(world_fire(&w, "agreements"), "none");
	/* no poverty office above: its parent */
	cr_assert_str_eq(world_fire(&w, "orphan"), "2017-09-01T08:30 supervisor 610322.gov");
	/* nobody leads: above the responsible */
	cr_assert_str_eq(world_fire(&w, "leaderless"), "2017-09-01T08:30 supervisor 610322.gov");
	world_done(&w);
}

ANJU_TEST(rungs, gone_by_when_it_is_armed_late)
{
	struct world w;
	opened(&w, "2017-08-26");
	/* paper of the 1st: both reminders before the day have passed, one is given, now */
	assert_sent(&w, LAND, "fixed", "{'at':'2017-08-26'}");
	assert_has(world_duties(&w), "agreements 2017-08-31 1 2017-08-26T12:00\n");
	cr_assert_str_eq(
		world_fire(&w, "agreements"), "2017-08-26T12:00 responsible 610322101.town");
	cr_assert_str_eq(world_fire(&w, "agreements"), "2017-08-31T08:30 lead 610322.land");
	world_done(&w);
	/* on the day itself: both of its rungs have passed, and both are meant */
	opened(&w, "2017-08-31");
	assert_sent(&w, LAND, "fixed", "{}");
	cr_assert_str_eq(world_fire(&w, "agreements"), "2017-08-31T12:00 lead 610322.land");
	assert_has(world_fire(&w, "agreements"), "responsible 610322101.town");
	cr_assert_str_eq(world_fire(&w, "agreements"), "2017-09-01T08:30 supervisor 6103.land");
	world_done(&w);
	/* overdue when it is heard of: those above are told at once, nobody of what is long past */
	opened(&w, "2017-10-16");
	assert_sent(&w, LAND, "fixed", "{'at':'2017-08-01'}");
	assert_has(world_duties(&w), "agreements 2017-08-31 4 2017-10-16T12:00\n");
	cr_assert_str_eq(world_fire(&w, "agreements"), "2017-10-16T12:00 supervisor 6103.land");
	cr_assert_str_eq(world_fire(&w, "agreements"), "none");
	cr_assert_eq(world_duty(&w, "agreements")->armed_ms,
		timestamp_of_day(civil_to_days(2017, 8, 1)));
	world_done(&w);
}

ANJU_TEST(rungs, missed_while_anju_was_down_come_each)
{
	struct world w;
	opened(&w, "2017-08-16");
	assert_sent(&w, LAND, "fixed", "{}");
	world_at(&w, "2017-09-20T10:00+08:00");
	cr_assert_str_eq(
		world_fire(&w, "agreements"), "2017-08-17T08:30 responsible 610322101.town");
	cr_assert_str_eq(
		world_fire(&w, "agreements"), "2017-08-24T08:30 responsible 610322101.town");
	cr_assert_str_eq(world_fire(&w, "agreements"), "2017-08-31T08:30 lead 610322.land");
	cr_assert_str_eq(
		world_fire(&w, "agreements"), "2017-08-31T08:30 responsible 610322101.town");
	cr_assert_str_eq(world_fire(&w, "agreements"), "2017-09-01T08:30 supervisor 6103.land");
	cr_assert_str_eq(world_fire(&w, "agreements"), "none");
	world_done(&w);
}

/* What a rung opens could not be opened for days (engine/ticks.c): those that fell into them are not skipped. */
ANJU_TEST(rungs, put_off_past_others_they_come_each)
{
	struct world w;
	opened(&w, "2017-08-16");
	assert_sent(&w, LAND, "fixed", "{}");
	assert_has(world_fire(&w, "agreements"), "2017-08-17T08:30 responsible");
	world_duty(&w, "agreements")->next_ms += 11 * INT64_C(86400000);
	cr_assert_str_eq(
		world_fire(&w, "agreements"), "2017-09-04T08:30 responsible 610322101.town");
	cr_assert_str_eq(world_fire(&w, "agreements"), "2017-09-04T08:30 lead 610322.land");
	cr_assert_str_eq(
		world_fire(&w, "agreements"), "2017-09-04T08:30 responsible 610322101.town");
	cr_assert_str_eq(world_fire(&w, "agreements"), "2017-09-04T08:30 supervisor 6103.land");
	cr_assert_str_eq(world_fire(&w, "agreements"), "none");
	world_done(&w);
}

ANJU_TEST(rungs, reach_whoever_is_concerned_when_they_fire)
{
	struct world w;
	opened(&w, "2017-08-16");
	assert_sent(&w, LAND, "fixed", "{}");
	assert_sent(&w, LAND, "amend", "{'reason':'r','data':{'town':'610322102.town'}}");
	cr_assert_str_eq(
		world_fire(&w, "agreements"), "2017-08-17T08:30 responsible 610322102.town");
	world_done(&w);
}

ANJU_TEST(rungs, of_a_deadline_met_are_never_fired)
{
	struct world w;
	opened(&w, "2017-08-16");
	assert_sent(&w, LAND, "fixed", "{}");
	struct duty before = *world_duty(&w, "agreements");
	cr_assert_eq(before.status, DUTY_OPEN);
	int64_t id = before.id;
	assert_sent(&w, LAND, "settle", "{}");
	cr_assert_null(case_duty(w.cs, id));
	world_done(&w);
}

/* --- timers --- */

ANJU_TEST(timer, named_delays_in_their_own_units)
{
	struct world w;
	opened(&w, "2017-09-27T10:00+08:00");
	assert_sent(&w, LAND, "wait", "{}");
	/* hours to the instant; days, working days and months whole: they end with the day */
	cr_assert_str_eq(world_duties(&w),
		OVERALL_2 "xstate.after.soon.term.main.waiting @2017-09-27T22:00:00+08:00\n"
			  "xstate.after.stale.term.main.waiting @2017-10-11T00:00:00+08:00\n"
			  "xstate.after.month.term.main.waiting @2017-10-28T00:00:00+08:00\n"
			  "xstate.after.half.term.main.waiting @2018-03-28T00:00:00+08:00\n");
	/* timers are not deadlines: no entry speaks of them */
	cr_assert_str_eq(w.changes, "");
	assert_sent(&w, LAND, "settle", "{}");
	cr_assert_str_eq(w.changes, "");
	cr_assert_str_eq(world_duties(&w), OVERALL_2);
	world_done(&w);
}

ANJU_TEST(timer, counts_from_when_it_happened)
{
	struct world w;
	opened(&w, "2017-09-27T10:00+08:00");
	assert_sent(&w, LAND, "wait", "{'at':'2017-09-01T10:00+08:00'}");
	assert_has(world_duties(&w),
		"xstate.after.soon.term.main.waiting @2017-09-01T22:00:00+08:00\n");
	world_done(&w);
}

ANJU_TEST(timer, its_event_moves_the_case_and_cancels_the_others)
{
	struct world w;
	opened(&w, "2017-09-27T10:00+08:00");
	assert_sent(&w, LAND, "wait", "{}");
	world_at(&w, "2017-09-27T22:00+08:00");
	/* nobody else may say that time is up */
	assert_refused(&w, LAND, "xstate.after.soon.term.main.waiting", "{}", ANJU_E_DENIED,
		"case.wrong_role");
	assert_sent(&w, "system", "xstate.after.soon.term.main.waiting", "{}");
	cr_assert_str_eq(w.state, "main.ready other.on");
	cr_assert_str_eq(world_duties(&w), OVERALL_2);
	world_done(&w);
}
