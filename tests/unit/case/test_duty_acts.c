/* What people do to deadlines: waived, suspended and resumed, extended, kept up; who may, and what history says. */
#include "base/timestamp.h"
#include "case/duty_acts.h"
#include "journal/duty_log.h"
#include "world.h"

#define LAND "610322.land"
#define CITY "6103.land"
#define TOWN "610322101.town"
#define GOV  "610322.gov"

/* 2017-09-04 is a Monday; the National Day week is off, Saturday the 30th is worked. */
static void begun(struct world *w)
{
	world_open(w, "2017-09-04");
	assert_ok(world_new(w, "work", "W1", LAND,
			  "{'data':{'town':'610322101.town','promised':'2017-09-29'}}"),
		w->err);
	assert_sent(w, LAND, "begin", "{}");
}

static const char *duty(struct world *w, const char *name)
{
	static char text[160];
	const struct duty *d = world_duty(w, name);
	char day[16], when[TIMESTAMP_MAX_CHARS];
	snprintf(text, sizeof text, "%s %d%s %zu %.16s", date_format(d->due.day, day),
		(int)d->status, d->suspended ? " still" : "", d->rung,
		d->next_ms == DUTY_NEVER ? "never" : timestamp_format(d->next_ms, when));
	return text;
}

/* A member of the entry's only deadline, or of the entry added to its log. */
static const char *said(struct world *w, const char *path)
{
	static char text[200];
	ANJU_AUTO_JSON *body = json_loads(w->fx.body.data, 0, NULL);
	const json_t *v = json_array_get(json_object_get(body, "deadlines"), 0);
	if (path[0] == '.') {
		json_t *logs = json_object_get(body, "duties");
		v = json_array_get(json_object_iter_value(json_object_iter(logs)), 0);
		path++;
	}
	v = json_object_get(v, path);
	ANJU_AUTO_MEM char *s = v != NULL ? json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
	snprintf(text, sizeof text, "%s", s != NULL ? s : "-");
	return text;
}

ANJU_TEST(duty_acts, suspended_and_resumed_in_working_days)
{
	struct world w;
	begun(&w);
	cr_assert_str_eq(duty(&w, "survey"), "2017-09-18 0 0 2017-09-13T08:30");
	cr_assert_str_eq(world_duty(&w, "survey")->cooperating, "610322.poverty 610322.gov");
	world_at(&w, "2017-09-07T09:00+08:00");
	assert_sent(&w, CITY, "deadline.suspend",
		"{'data':{'deadline':'survey'},'reason':'court','docs':[{'kind':'court.notice','"
		"ref':"
		"'7'}]}");
	cr_assert_str_eq(duty(&w, "survey"), "2017-09-18 0 still 0 never");
	cr_assert_str_eq(said(&w, "op"), "\"suspended\"");
	cr_assert_str_eq(said(&w, ".by"), "\"6103.land\"");
	cr_assert_str_eq(said(&w, ".reason"), "\"court\"");
	cr_assert_str_eq(said(&w, ".docs"), "[\"court.notice\"]");
	/* Thursday to Monday stood still: two working days, then twelve of the following weeks */
	world_at(&w, "2017-09-26T16:00+08:00");
	assert_sent(
		&w, CITY, "deadline.resume", "{'data':{'deadline':'survey'},'reason':'ruling'}");
	/* 7, 8, 11 – 15, 18 – 22, 25 */
	cr_assert_str_eq(said(&w, ".length"), "\"13wd\"");
	cr_assert_str_eq(said(&w, ".was"), "\"2017-09-18\"");
	cr_assert_str_eq(said(&w, ".due"), "\"2017-10-11\"");
	cr_assert_str_eq(said(&w, "was"), "\"2017-09-18\"");
	cr_assert_str_eq(said(&w, "due"), "\"2017-10-11\"");
	cr_assert_str_eq(said(&w, "op"), "\"resumed\"");
	/* its reminders begin anew */
	cr_assert_str_eq(duty(&w, "survey"), "2017-10-11 0 0 2017-09-30T08:30");
	cr_assert_eq(json_array_size(case_duty_log(w.cs, "survey")), 2);
	world_done(&w);
}

ANJU_TEST(duty_acts, time_is_given_back_in_the_deadlines_own_unit)
{
	struct world w;
	begun(&w);
	assert_sent(&w, TOWN, "deadline.suspend", "{'data':{'deadline':'report'},'reason':'r'}");
	assert_sent(&w, CITY, "deadline.suspend", "{'data':{'deadline':'swift'},'reason':'r'}");
	world_at(&w, "2017-09-09T13:30+08:00");
	assert_sent(&w, LAND, "deadline.resume", "{'data':{'deadline':'report'},'reason':'r'}");
	cr_assert_str_eq(said(&w, ".length"), "\"5d\"");
	cr_assert_str_eq(duty(&w, "report"), "2017-09-29 0 0 never");
	assert_sent(&w, CITY, "deadline.resume", "{'data':{'deadline':'swift'},'reason':'r'}");
	/* five days, an hour and a half: 122 hours begun */
	cr_assert_str_eq(said(&w, ".length"), "\"122h\"");
	cr_assert_eq(world_duty(&w, "swift")->due.due_ms,
		world_duty(&w, "swift")->armed_ms + 134 * INT64_C(3600000));
	world_done(&w);
}

ANJU_TEST(duty_acts, met_while_it_stands_still_is_in_time)
{
	struct world w;
	begun(&w);
	assert_sent(&w, CITY, "deadline.suspend", "{'data':{'deadline':'survey'},'reason':'r'}");
	world_at(&w, "2018-03-01T09:00+08:00");
	assert_sent(&w, LAND, "finish", "{}");
	assert_has(w.changes, "survey met 2017-09-18\n");
	assert_has(w.changes, "report late 2017-09-24\n");
	world_done(&w);
}

/* Computed again, because a field or the calendar has changed, the date keeps what was given. */
ANJU_TEST(duty_acts, what_was_given_outlives_another_date)
{
	struct world w;
	begun(&w);
	assert_sent(&w, CITY, "deadline.suspend", "{'data':{'deadline':'promise'},'reason':'r'}");
	world_at(&w, "2017-09-14T12:00+08:00");
	assert_sent(&w, CITY, "deadline.resume", "{'data':{'deadline':'promise'},'reason':'r'}");
	assert_sent(&w, LAND, "deadline.extend",
		"{'data':{'deadline':'promise','length':'1mo'},'reason':'rain'}");
	assert_sent(&w, CITY, "deadline.grant", "{'data':{'deadline':'promise'}}");
	cr_assert_str_eq(duty(&w, "promise"), "2017-11-09 0 0 2017-11-09T08:30");
	assert_sent(&w, LAND, "amend", "{'reason':'r','data':{'promised':'2017-10-20'}}");
	/* ten days and a month on */
	cr_assert_str_eq(w.changes, "promise moved 2017-11-30\n");
	cr_assert_str_eq(said(&w, "was"), "\"2017-11-09\"");
	/* a shorter calendar: the working days that stood still are counted with the new one */
	assert_sent(&w, CITY, "deadline.suspend", "{'data':{'deadline':'survey'},'reason':'r'}");
	world_at(&w, "2017-09-19T12:00+08:00");
	assert_sent(&w, CITY, "deadline.resume", "{'data':{'deadline':'survey'},'reason':'r'}");
	cr_assert_str_eq(said(&w, ".length"), "\"3wd\"");
	cr_assert_str_eq(duty(&w, "survey"), "2017-09-21 0 0 2017-09-19T12:00");
	ANJU_AUTO(calendar) other = calendar_new();
	ANJU_AUTO_JSON *notice =
		world_json("{'year':2017,'status':'announced','source':{'title':{'zh':'通知','en':'"
			   "n'},'number':"
			   "'国办发明电〔2016〕17号','issued':'2016-12-01'},'holidays':[{'name':{'"
			   "zh':'假','en':'h'},"
			   "'from':'2017-09-15','to':'2017-09-15'}],'workdays':[]}");
	assert_ok(calendar_add_year(other, notice, "2017", &w.err), w.err);
	w.env.calendar = other;
	struct principal self = {.system = true};
	struct case_request request = {.who = &self,
		.event = CASE_RECOUNT,
		.reason = "notice",
		.effective_ms = w.env.now_ms};
	struct case_recount recount;
	case_effects_done(&w.fx);
	assert_ok(case_recount(&w.env, w.cs, false, &request, &w.fx, &recount, &w.err), w.err);
	/* one more day off for the term (the 19th), one less that stood still (two days given back) */
	cr_assert_str_eq(duty(&w, "survey"), "2017-09-21 0 0 2017-09-19T12:00");
	w.env.calendar = w.calendar;
	world_done(&w);
}

ANJU_TEST(duty_acts, more_time_is_asked_for_and_granted_one_level_up)
{
	struct world w;
	begun(&w);
	world_at(&w, "2017-09-15T09:00+08:00");
	assert_sent(&w, TOWN, "deadline.extend",
		"{'data':{'deadline':'survey','until':'2017-09-25'},'reason':'rain'}");
	cr_assert_str_eq(w.changes, "");
	cr_assert_str_eq(said(&w, ".until"), "\"2017-09-25\"");
	assert_refused(&w, TOWN, "deadline.extend",
		"{'data':{'deadline':'survey','length':'1wd'},'reason':'x'}", ANJU_E_REFUSED,
		"case.duty_state");
	assert_refused(&w, LAND, "deadline.grant", "{'data':{'deadline':'survey'}}", ANJU_E_DENIED,
		"case.wrong_role");
	assert_has(world_text(&w, LANG_ZH), "准予延期（查勘）");
	assert_has(world_text(&w, LANG_ZH), "市国土局（6103.land）");
	assert_has(world_text(&w, LANG_EN), "City land (6103.land)");
	assert_sent(
		&w, CITY, "deadline.grant", "{'data':{'deadline':'survey'},'reason':'all right'}");
	cr_assert_str_eq(said(&w, ".was"), "\"2017-09-18\"");
	cr_assert_str_eq(said(&w, ".due"), "\"2017-09-25\"");
	cr_assert_str_eq(said(&w, ".by"), "\"6103.land\"");
	cr_assert_str_eq(said(&w, "op"), "\"extended\"");
	cr_assert_str_eq(duty(&w, "survey"), "2017-09-25 0 0 2017-09-20T08:30");
	/* less than was asked for */
	assert_sent(&w, LAND, "deadline.extend",
		"{'data':{'deadline':'survey','length':'9wd'},'reason':'rain'}");
	assert_sent(&w, CITY, "deadline.grant", "{'data':{'deadline':'survey','length':'2wd'}}");
	cr_assert_str_eq(duty(&w, "survey"), "2017-09-27 0 0 2017-09-22T08:30");
	assert_refused(&w, LAND, "deadline.extend",
		"{'data':{'deadline':'survey','length':'1wd'},'reason':'x'}", ANJU_E_REFUSED,
		"case.duty_times");
	cr_assert_str_eq(
		world_text(&w, LANG_ZH), "不能“申请延期”：期限“查勘”最多延期 2 次，已经延期 2 次");
	world_done(&w);
}

ANJU_TEST(duty_acts, a_request_may_be_refused_or_be_too_much_or_too_late)
{
	struct world w;
	begun(&w);
	assert_refused(&w, LAND, "deadline.extend",
		"{'data':{'deadline':'survey','length':'11wd'},'reason':'x'}", ANJU_E_REFUSED,
		"case.duty_most");
	assert_has(world_text(&w, LANG_EN), "may be extended by 10wd at most (to 2017-09-30)");
	assert_refused(&w, LAND, "deadline.extend",
		"{'data':{'deadline':'survey','until':'2017-09-18'},'reason':'x'}", ANJU_E_REFUSED,
		"case.duty_until");
	assert_refused(&w, LAND, "deadline.extend",
		"{'data':{'deadline':'survey','length':'5h'},'reason':'x'}", ANJU_E_REFUSED,
		"case.duty_until");
	assert_refused(&w, LAND, "deadline.extend",
		"{'data':{'deadline':'report','length':'1d'},'reason':'x'}", ANJU_E_REFUSED,
		"case.duty_state");
	assert_has(world_text(&w, LANG_ZH), "期限“报告”不得延期");
	assert_refused(&w, LAND, "deadline.extend", "{'data':{'deadline':'survey'},'reason':'x'}",
		ANJU_E_INVALID, "case.duty_length");
	assert_refused(&w, LAND, "deadline.extend", "{'data':{'deadline':'survey','length':'1wd'}}",
		ANJU_E_REFUSED, "case.reason");
	assert_refused(&w, CITY, "deadline.refuse", "{'data':{'deadline':'survey'},'reason':'x'}",
		ANJU_E_REFUSED, "case.duty_state");
	assert_sent(&w, LAND, "deadline.extend",
		"{'data':{'deadline':'survey','length':'3wd'},'reason':'rain'}");
	assert_sent(&w, CITY, "deadline.refuse", "{'data':{'deadline':'survey'},'reason':'no'}");
	cr_assert_str_eq(duty(&w, "survey"), "2017-09-18 0 0 2017-09-13T08:30");
	world_at(&w, "2017-09-19T00:00+08:00");
	assert_refused(&w, LAND, "deadline.extend",
		"{'data':{'deadline':'survey','length':'3wd'},'reason':'rain'}", ANJU_E_REFUSED,
		"case.duty_expired");
	cr_assert_str_eq(world_text(&w, LANG_ZH),
		"不能“申请延期”：期限“查勘”已于 2017-09-18 届满，只能在届满之前提出");
	assert_refused(&w, CITY, "deadline.suspend", "{'data':{'deadline':'survey'},'reason':'x'}",
		ANJU_E_REFUSED, "case.duty_expired");
	world_done(&w);
}

ANJU_TEST(duty_acts, waived_by_whom_and_why)
{
	struct world w;
	begun(&w);
	assert_refused(&w, CITY, "deadline.waive", "{'data':{'deadline':'report'},'reason':'x'}",
		ANJU_E_DENIED, "case.wrong_role");
	assert_has(world_text(&w, LANG_EN), "County government (610322.gov)");
	assert_refused(&w, GOV, "deadline.waive", "{'data':{'deadline':'report'}}", ANJU_E_REFUSED,
		"case.reason");
	assert_sent(&w, GOV, "deadline.waive", "{'data':{'deadline':'report'},'reason':'moot'}");
	cr_assert_str_eq(w.changes, "report waived 2017-09-24\n");
	cr_assert_str_eq(said(&w, ".reason"), "\"moot\"");
	cr_assert_str_eq(said(&w, ".by"), "\"610322.gov\"");
	assert_refused(&w, GOV, "deadline.waive", "{'data':{'deadline':'report'},'reason':'x'}",
		ANJU_E_NOTFOUND, "case.duty_ended");
	assert_refused(&w, GOV, "deadline.waive", "{'data':{'deadline':'none'},'reason':'x'}",
		ANJU_E_NOTFOUND, "case.duty_unknown");
	assert_refused(&w, GOV, "deadline.waive", "{'reason':'x'}", ANJU_E_INVALID, "json.missing");
	assert_refused(&w, GOV, "deadline.waive",
		"{'data':{'deadline':'swift','length':'1d'},'reason':'x'}", ANJU_E_INVALID,
		"json.unknown_member");
	assert_refused(&w, GOV, "deadline.forget", "{'data':{'deadline':'swift'},'reason':'x'}",
		ANJU_E_REFUSED, "case.unknown_event");
	/* in order: not before what came last */
	world_at(&w, "2017-09-06T09:00+08:00");
	assert_sent(&w, CITY, "deadline.suspend", "{'data':{'deadline':'survey'},'reason':'r'}");
	assert_refused(&w, CITY, "deadline.resume",
		"{'data':{'deadline':'survey'},'reason':'r','at':'2017-09-05T09:00:00+08:00'}",
		ANJU_E_REFUSED, "case.duty_order");
	assert_refused(&w, CITY, "deadline.suspend", "{'data':{'deadline':'survey'},'reason':'r'}",
		ANJU_E_REFUSED, "case.duty_state");
	world_done(&w);
}

static const char *check(struct world *w)
{
	static char text[120];
	struct duty *d = world_duty(w, "tidy");
	const struct unit *units[4];
	size_t n = 0;
	w->env.now_ms = d->next_ms;
	assert_ok(case_fire_check(&w->env, w->cs, d, units, 4, &n, &w->err), w->err);
	d->dirty = false;
	char when[TIMESTAMP_MAX_CHARS];
	snprintf(text, sizeof text, "%zu %s %.16s", n, n > 0 ? units[0]->code : "",
		timestamp_format(d->next_ms, when));
	return text;
}

ANJU_TEST(duty_acts, what_is_met_is_watched_until_it_is_closed)
{
	struct world w;
	begun(&w);
	world_at(&w, "2017-09-30T15:00+08:00");
	assert_sent(&w, LAND, "finish", "{}");
	assert_has(w.changes, "tidy met 2017-10-04\n");
	cr_assert_str_eq(duty(&w, "tidy"), "2017-10-04 5 0 2017-10-30T08:30");
	cr_assert_str_eq(check(&w), "1 610322101.town 2017-11-30T08:30");
	assert_refused(&w, CITY, "deadline.keep", "{'data':{'deadline':'tidy'}}", ANJU_E_DENIED,
		"case.wrong_role");
	assert_sent(&w, TOWN, "deadline.keep",
		"{'data':{'deadline':'tidy'},'docs':[{'kind':'photo','ref':'1'}]}");
	cr_assert_str_eq(said(&w, ".docs"), "[\"photo\"]");
	cr_assert_str_eq(said(&w, ".next"), "\"2017-11-30\"");
	cr_assert_str_eq(check(&w), "1 610322101.town 2017-12-30T08:30");
	/* it has come back */
	assert_refused(&w, CITY, "deadline.lapse",
		"{'data':{'deadline':'tidy','until':'2017-11-01'},'reason':'dumped'}",
		ANJU_E_REFUSED, "case.duty_until");
	assert_sent(&w, CITY, "deadline.lapse",
		"{'data':{'deadline':'tidy','length':'10wd'},'reason':'dumped'}");
	cr_assert_str_eq(said(&w, ".was"), "\"2017-10-04\"");
	cr_assert_str_eq(said(&w, ".due"), "\"2017-12-14\"");
	cr_assert_str_eq(said(&w, "op"), "\"reopened\"");
	cr_assert_str_eq(duty(&w, "tidy"), "2017-12-14 0 0 2017-12-14T08:30");
	cr_assert_str_eq(world_fire(&w, "tidy"), "2017-12-14T08:30 responsible 610322101.town");
	world_at(&w, "2017-12-15T09:00+08:00");
	assert_sent(&w, TOWN, "deadline.keep", "{'data':{'deadline':'tidy'}}");
	cr_assert_str_eq(duty(&w, "tidy"), "2017-12-14 5 0 2018-01-15T08:30");
	assert_sent(&w, LAND, "close", "{}");
	assert_has(w.changes, "tidy watched_enough 2017-12-14\n");
	cr_assert_str_eq(world_duties(&w), "");
	world_done(&w);
}

ANJU_TEST(duty_acts, watching_ends_with_the_case_or_when_armed_anew)
{
	struct world w;
	begun(&w);
	assert_sent(&w, LAND, "finish", "{}");
	assert_sent(&w, TOWN, "deadline.keep", "{'data':{'deadline':'tidy'}}");
	assert_sent(&w, LAND, "back", "{}");
	assert_has(w.changes, "tidy watched_enough 2017-10-04\n");
	assert_has(w.changes, "tidy armed 2017-10-04\n");
	cr_assert_null(case_duty_log(w.cs, "tidy"));
	assert_sent(&w, LAND, "finish", "{}");
	/* armed anew while it is open again */
	assert_sent(&w, LAND, "deadline.lapse",
		"{'data':{'deadline':'tidy','until':'2017-10-10'},'reason':'r'}");
	assert_sent(&w, LAND, "back", "{}");
	assert_has(w.changes, "tidy superseded 2017-10-10\n");
	assert_sent(&w, LAND, "finish", "{}");
	assert_sent(&w, LAND, "end", "{}");
	assert_has(w.changes, "tidy watched_enough 2017-10-04\n");
	cr_assert_str_eq(world_duties(&w), "");
	world_done(&w);
}

/* Not confirmed until the case is over, or until nobody has to keep it up any more: it ends, and was not kept up. */
ANJU_TEST(duty_acts, what_lapsed_does_not_outlive_its_case)
{
	static const char *const ends[] = {"close", "end"};
	for (int i = 0; i < 2; i++) {
		struct world w;
		begun(&w);
		assert_sent(&w, LAND, "finish", "{}");
		assert_sent(&w, LAND, "deadline.lapse",
			"{'data':{'deadline':'tidy','until':'2017-10-10'},'reason':'r'}");
		assert_sent(&w, LAND, ends[i], "{}");
		assert_has(w.changes, "tidy superseded 2017-10-10\n");
		cr_assert_str_eq(world_duties(&w), "");
		world_done(&w);
	}
}

ANJU_TEST(duty_acts, watched_or_not_what_was_met_in_time_stays_so)
{
	struct world w;
	begun(&w);
	assert_sent(&w, CITY, "deadline.suspend", "{'data':{'deadline':'tidy'},'reason':'r'}");
	world_at(&w, "2017-11-05T15:00+08:00");
	assert_sent(&w, LAND, "finish", "{}");
	assert_has(w.changes, "tidy met 2017-10-04\n");
	assert_sent(&w, LAND, "close", "{}");
	cr_assert_str_eq(w.ended, "tidy 1\n");
	world_done(&w);
	/* opened again after that, it no longer stands still, and is late like any other */
	begun(&w);
	assert_sent(&w, CITY, "deadline.suspend", "{'data':{'deadline':'tidy'},'reason':'r'}");
	assert_sent(&w, LAND, "finish", "{}");
	assert_sent(&w, CITY, "deadline.lapse",
		"{'data':{'deadline':'tidy','until':'2017-09-10'},'reason':'r'}");
	cr_assert_null(duty_log_suspended(case_duty_log(w.cs, "tidy")));
	world_at(&w, "2017-11-05T15:00+08:00");
	assert_sent(&w, TOWN, "deadline.keep", "{'data':{'deadline':'tidy'}}");
	assert_sent(&w, LAND, "close", "{}");
	cr_assert_str_eq(w.ended, "tidy 2\n");
	world_done(&w);
}

/* Opened again, then moved to a definition that does not watch it: confirming it ends it. */
ANJU_TEST(duty_acts, what_is_no_longer_watched_is_over_when_confirmed, .timeout = 10)
{
	struct world w;
	begun(&w);
	ANJU_AUTO_JSON *data = world_json("{'deadline':'report'}");
	struct principal who = {.unit = org_unit(w.env.org, TOWN)};
	struct case_request request = {
		.who = &who, .event = "deadline.keep", .data = data, .effective_ms = w.env.now_ms};
	struct case_effects fx = {0};
	bool handled, tainted;
	json_decref(w.cs->duty_log);
	w.cs->duty_log = world_json("{'report':[{'op':'lapse','at':'2017-09-04T09:00+08:00',"
				    "'by':'6103.land','until':'2017-09-30'}]}");
	assert_ok(case_send(&w.env, w.cs, &request, &fx, &handled, &tainted, &w.err), w.err);
	cr_assert_eq(world_duty(&w, "report")->status, DUTY_MET);
	cr_assert_eq(world_duty(&w, "report")->next_ms, DUTY_NEVER);
	assert_lacks(fx.body.data, "\"next\"");
	case_effects_done(&fx);
	world_done(&w);
}

/* Counting again looks up the units too; history does not speak of it. */
ANJU_TEST(duty_acts, a_reorganised_office_is_found_when_dates_are_counted_again)
{
	struct world w;
	begun(&w);
	struct duty *d = world_duty(&w, "survey");
	cr_assert(duty_set_units(d, d->lead, "610322101.office", d->cooperating));
	struct principal self = {.system = true};
	struct case_request request = {.who = &self,
		.event = CASE_RECOUNT,
		.reason = "units",
		.effective_ms = w.env.now_ms};
	struct case_recount recount;
	int64_t rev = w.cs->rev;
	case_effects_done(&w.fx);
	assert_ok(case_recount(&w.env, w.cs, false, &request, &w.fx, &recount, &w.err), w.err);
	cr_assert(recount.changed);
	cr_assert_eq(recount.shifted, 0);
	cr_assert_eq(w.cs->rev, rev);
	d = world_duty(&w, "survey");
	cr_assert_str_eq(d->responsible, TOWN);
	cr_assert(d->unsaid);
	cr_assert_not(world_duty(&w, "report")->unsaid);
	world_done(&w);
}

ANJU_TEST(duty_acts, what_is_possible_says_who)
{
	struct world w;
	begun(&w);
	struct duty *d = world_duty(&w, "survey");
	ANJU_AUTO_JSON *open = case_duty_possible(&w.env, w.cs, d->def, d);
	char *text = json_dumps(open, JSON_COMPACT);
	cr_assert_str_eq(text, "{\"waive\":[\"6103.land\"],\"suspend\":[\"6103.land\"],\"extend\":["
			       "\"610322.land\","
			       "\"610322101.town\"]}");
	free(text);
	assert_sent(&w, LAND, "deadline.extend",
		"{'data':{'deadline':'survey','length':'3wd'},'reason':'rain'}");
	assert_sent(&w, CITY, "deadline.suspend", "{'data':{'deadline':'survey'},'reason':'r'}");
	d = world_duty(&w, "survey");
	ANJU_AUTO_JSON *still = case_duty_possible(&w.env, w.cs, d->def, d);
	text = json_dumps(still, JSON_COMPACT);
	cr_assert_str_eq(text,
		"{\"waive\":[\"6103.land\"],\"resume\":[\"6103.land\"],\"grant\":[\"6103.land\"],"
		"\"refuse\":[\"6103.land\"]}");
	free(text);
	/* granted while it stands still: the date moves, reminders wait */
	assert_sent(&w, CITY, "deadline.grant", "{'data':{'deadline':'survey'}}");
	cr_assert_str_eq(duty(&w, "survey"), "2017-09-21 0 still 0 never");
	world_done(&w);
}

/* One that is acknowledged says all that was said to it. */
static void starve(const char *unit, const char *event, const char *params)
{
	struct world whole, w;
	begun(&whole);
	assert_sent(&whole, unit, event, params);
	begun(&w);
	int n = 0;
	anju_status st = ANJU_E_NOMEM;
	while (st != ANJU_OK) {
		w.starve = ++n;
		st = world_send(&w, unit, event, params);
		cr_assert(st == ANJU_OK || st == ANJU_E_NOMEM, "%s, %d: %s", event, n, w.err.text);
	}
	cr_assert_str_eq(w.fx.body.data, whole.fx.body.data, "%s without allocation %d", event, n);
	cr_assert_gt(n, 10, "%s took %d", event, n);
	world_done(&w);
	world_done(&whole);
}

ANJU_TEST(duty_acts, without_memory_no_half_of_an_entry_is_kept)
{
	starve(CITY, "deadline.suspend",
		"{'data':{'deadline':'survey'},'reason':'court','docs':[{'kind':'court.notice','"
		"ref':'7'}]}");
	starve(LAND, "deadline.extend",
		"{'data':{'deadline':'survey','length':'3wd'},'reason':'rain'}");
	starve(CITY, "deadline.waive", "{'data':{'deadline':'survey'},'reason':'r'}");
}
