/* Dates counted again by another calendar: what moves, what stays, what history says of it. */
#include "base/timestamp.h"
#include "world.h"

#define LAND "610322.land"

static const struct principal office = {.admin = true};

/* The calendar with the first of January off: 2018 is announced. */
static void announce(struct world *w, const char *holidays)
{
	char text[600];
	snprintf(text, sizeof text,
		"{'year':2018,'status':'announced','source':{'title':{'zh':'t','en':'t'},'number':'"
		"n',"
		"'issued':'2017-11-30'},'holidays':[%s],'workdays':[]}",
		holidays);
	ANJU_AUTO_JSON *notice = world_json(text);
	struct calendar *next = calendar_copy(w->calendar);
	assert_ok(calendar_add_year(next, notice, "2018", &w->err), w->err);
	calendar_free(w->calendar);
	w->calendar = next;
	w->env.calendar = next;
}

#define NEW_YEAR "{'name':{'zh':'元旦','en':'New Year'},'from':'2018-01-01','to':'2018-01-01'}"
#define IN_MAY   "{'name':{'zh':'节','en':'May'},'from':'2018-05-01','to':'2018-05-01'}"

static anju_status recount(struct world *w, bool all, struct case_recount *ret)
{
	struct case_request request = {.who = &office,
		.event = CASE_RECOUNT,
		.reason = "n",
		.effective_ms = w->env.now_ms};
	case_effects_done(&w->fx);
	w->fx = (struct case_effects){0};
	return case_recount(&w->env, w->cs, all, &request, &w->fx, ret, &w->err);
}

static const char *due_of(struct world *w, const char *name)
{
	static char text[64];
	char day[16];
	const struct duty *d = world_duty(w, name);
	snprintf(text, sizeof text, "%s%s%s%s", date_format(d->due.day, day),
		d->due.provisional ? " provisional" : "", d->shifted ? " shifted" : "",
		d->unsaid ? " unsaid" : "");
	return text;
}

static void begun(struct world *w)
{
	world_open(w, "2017-12-25");
	assert_ok(world_new(w, "work", "W1", LAND,
			  "{'data':{'town':'610322101.town','promised':'2018-01-31'}}"),
		w->err);
	assert_sent(w, LAND, "begin", "{}");
	cr_assert_str_eq(due_of(w, "survey"), "2018-01-08 provisional");
}

ANJU_TEST(recount, a_working_day_deadline_moves_and_says_so)
{
	struct world w;
	struct case_recount what;
	begun(&w);
	int64_t rev = w.cs->rev, before = world_duty(&w, "survey")->next_ms;
	announce(&w, NEW_YEAR);
	assert_ok(recount(&w, false, &what), w.err);
	cr_assert_eq(what.shifted, 1);
	cr_assert(what.changed);
	cr_assert_str_eq(due_of(&w, "survey"), "2018-01-09 shifted");
	cr_assert_gt(world_duty(&w, "survey")->next_ms, before);
	cr_assert_eq(w.cs->rev, rev + 1);
	assert_has(w.fx.body.data, "{\"name\":\"survey\",\"op\":\"moved\",\"due\":\"2018-01-09\","
				   "\"was\":\"2018-01-08\"}");
	assert_lacks(w.fx.body.data, "\"report\"");
	world_done(&w);
}

ANJU_TEST(recount, the_same_date_only_loses_its_mark)
{
	struct world w;
	struct case_recount what;
	begun(&w);
	int64_t rev = w.cs->rev, next = world_duty(&w, "survey")->next_ms;
	announce(&w, IN_MAY);
	assert_ok(recount(&w, false, &what), w.err);
	cr_assert_eq(what.shifted, 0);
	cr_assert_eq(what.unmarked, 1);
	cr_assert(what.changed);
	cr_assert_str_eq(due_of(&w, "survey"), "2018-01-08 unsaid");
	cr_assert_eq(world_duty(&w, "survey")->next_ms, next);
	cr_assert_eq(w.cs->rev, rev, "nothing moved, so nothing is written into the history");
	world_done(&w);
}

ANJU_TEST(recount, counting_twice_moves_nothing_twice)
{
	struct world w;
	struct case_recount what;
	begun(&w);
	announce(&w, NEW_YEAR);
	assert_ok(recount(&w, false, &what), w.err);
	for (size_t i = 0; i < w.cs->duties_len; i++)
		w.cs->duties[i].dirty = w.cs->duties[i].shifted = w.cs->duties[i].unsaid = false;
	int64_t rev = w.cs->rev;
	assert_ok(recount(&w, true, &what), w.err);
	cr_assert_eq(what.shifted, 0);
	cr_assert_not(what.changed);
	cr_assert_eq(w.cs->rev, rev);
	world_done(&w);
}

ANJU_TEST(recount, what_was_granted_in_working_days_moves_too)
{
	struct world w;
	struct case_recount what;
	begun(&w);
	/* the survey's rule moves by a day, and so does what was granted on top */
	assert_sent(&w, LAND, "deadline.extend",
		"{'data':{'deadline':'survey','length':'10wd'},'reason':'snow'}");
	assert_sent(&w, "6103.land", "deadline.grant", "{'data':{'deadline':'survey'}}");
	cr_assert_str_eq(due_of(&w, "survey"), "2018-01-22 provisional");
	announce(&w, NEW_YEAR);
	assert_ok(recount(&w, false, &what), w.err);
	cr_assert_str_eq(due_of(&w, "survey"), "2018-01-23 shifted");
	world_done(&w);
}

ANJU_TEST(recount, what_has_ended_stays)
{
	struct world w;
	struct case_recount what;
	begun(&w);
	assert_sent(&w, LAND, "finish", "{}");
	announce(&w, NEW_YEAR);
	assert_ok(recount(&w, true, &what), w.err);
	cr_assert_eq(what.shifted, 0);
	world_done(&w);
}

ANJU_TEST(recount, a_timer_in_working_days_moves)
{
	struct world w;
	struct case_recount what;
	world_open(&w, "2017-12-28");
	assert_ok(world_new(&w, "term", "T1", LAND, "{'data':{'town':'610322101.town'}}"), w.err);
	assert_sent(&w, LAND, "wait", "{}");
	const char *timers = world_duties(&w);
	cr_assert(strstr(timers, "stale") != NULL, "%s", timers);
	announce(&w, NEW_YEAR);
	assert_ok(recount(&w, false, &what), w.err);
	bool moved = false, month_stays = true;
	for (size_t i = 0; i < w.cs->duties_len; i++) {
		const struct duty *d = &w.cs->duties[i];
		if (d->def == NULL && strstr(d->name, ".stale.") != NULL)
			moved = d->shifted && d->due.day == d->was.day + 1 &&
				d->next_ms == d->due.due_ms;
		else if (d->def == NULL)
			month_stays = month_stays && !d->shifted;
	}
	cr_assert(moved);
	cr_assert(month_stays);
	assert_has(w.fx.body.data, "xstate.after.stale.");
	world_done(&w);
}

ANJU_TEST(recount, a_date_that_cannot_be_counted_says_why)
{
	struct world w;
	struct case_recount what;
	begun(&w);
	world_duty(&w, "survey")->armed_ms = timestamp_of_day(date_month_end(84000) + 400);
	anju_status st = recount(&w, false, &what);
	cr_assert_neq(st, ANJU_OK);
	world_done(&w);
}
