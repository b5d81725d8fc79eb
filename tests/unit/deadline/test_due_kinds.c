/** Worked values of the kinds that the catalogues ask for. */
#include "fixture.h"

/* The case: fields by name, other deadlines, and what the packs fill in. */
struct world {
	const char *fields;    /* JSON: name → date */
	const char *due, *met; /* of the deadline "other"; NULL = none */
	int64_t plan_year;     /* 0 = unset */
	bool provisional;
	const char *fill;       /* JSON: what fills in "GX-D-20" */
	const char *obligation; /* JSON: due rule of the obligation */
	json_t *filled;
	struct json_at fill_at;
	struct due_rule *obliged;
};

static anju_status field_of(void *ctx, const char *name, enum due_field_kind kind,
	const struct json_at *at, anju_error *err)
{
	if (strcmp(name, "nowhere") != 0)
		return ANJU_OK;
	return json_fail_at(err, "test.field", at, NULL, "another");
}

static anju_status compile(
	void *ctx, const char *text, const struct json_at *at, void **ret_cond, anju_error *err)
{
	static char yes, no;
	*ret_cond = strcmp(text, "yes") == 0 ? &yes : &no;
	return strcmp(text, "oops") == 0 ? json_fail_at(err, "test.syntax", at, NULL, "yes no")
					 : ANJU_OK;
}

static anju_status deadline_of(
	void *ctx, const char *name, const struct json_at *at, anju_error *err)
{
	if (strcmp(name, "other") == 0)
		return ANJU_OK;
	return json_fail_at(err, "test.deadline", at, NULL, "other");
}

static anju_status fill_of(void *ctx, const char *id, const json_t *says, const struct json_at *at,
	const json_t **ret_fill, const struct json_at **ret_at, anju_error *err)
{
	struct world *w = ctx;
	cr_assert_not_null(json_object_get(says, "zh"));
	if (w->fill == NULL || strcmp(id, "GX-D-20") != 0)
		return ANJU_OK;
	json_decref(w->filled);
	w->filled = json_of(w->fill);
	w->fill_at = JSON_AT_ROOT("local/pack.json");
	*ret_fill = w->filled;
	*ret_at = &w->fill_at;
	return ANJU_OK;
}

static anju_status parse(struct world *w, const char *text, struct due_rule **ret, anju_error *err)
{
	ANJU_AUTO_JSON *def = json_of(text);
	struct json_at root = JSON_AT_ROOT("w.json"), at = JSON_AT_KEY(&root, "due");
	struct due_hooks hooks = {.ctx = w,
		.field = field_of,
		.compile = compile,
		.deadline = deadline_of,
		.local = fill_of,
		.obligation = true};
	anju_status st = due_rule_parse(def, &at, &hooks, ret, err);
	json_decref(w->filled);
	w->filled = NULL;
	return st;
}

static anju_status date_of(void *ctx, const char *field, int32_t *ret_day, anju_error *err)
{
	struct world *w = ctx;
	ANJU_AUTO_JSON *fields = json_of(w->fields != NULL ? w->fields : "{}");
	const char *v = json_string_value(json_object_get(fields, field));
	if (v == NULL)
		return anju_fail(err, ANJU_E_NOTFOUND, "test.unset", "%s", field);
	*ret_day = day_of(v);
	return ANJU_OK;
}

static anju_status integer_of(void *ctx, const char *field, int64_t *ret, anju_error *err)
{
	struct world *w = ctx;
	if (w->plan_year == 0)
		return ANJU_E_NOTFOUND;
	*ret = w->plan_year;
	return ANJU_OK;
}

static anju_status holds(void *ctx, const void *cond, bool *ret, anju_error *err)
{
	void *yes = NULL;
	(void)compile(NULL, "yes", NULL, &yes, NULL);
	*ret = cond == yes;
	return ANJU_OK;
}

static anju_status other_of(void *ctx, const char *name, bool met, int32_t *ret_day,
	bool *ret_provisional, anju_error *err)
{
	struct world *w = ctx;
	const char *v = met ? w->met : w->due;
	if (v == NULL)
		return ANJU_E_NOTFOUND;
	*ret_day = day_of(v);
	*ret_provisional = w->provisional;
	return ANJU_OK;
}

static anju_status obligation_of(void *ctx, const struct due_rule **ret, anju_error *err)
{
	struct world *w = ctx;
	if (w->obligation == NULL)
		return ANJU_E_NOTFOUND;
	ANJU_AUTO_JSON *def = json_of(w->obligation);
	struct json_at root = JSON_AT_ROOT("obligations.json");
	due_rule_free(w->obliged);
	w->obliged = NULL;
	anju_status st = due_rule_parse(def, &root, NULL, &w->obliged, err);
	*ret = w->obliged;
	return st;
}

static anju_status compute(
	struct world *w, const char *text, const char *armed, struct due *ret, anju_error *err)
{
	ANJU_AUTO(calendar) cal = calendar_of_2017();
	struct due_rule *rule = NULL;
	assert_ok(parse(w, text, &rule, err), *err);
	struct due_inputs in = {.effective_ms = ms_of(armed),
		.ctx = w,
		.date = date_of,
		.integer = integer_of,
		.holds = holds,
		.deadline = other_of,
		.obligation = obligation_of};
	anju_status st = due_compute(rule, cal, &in, ret, err);
	due_rule_free(rule);
	due_rule_free(w->obliged);
	w->obliged = NULL;
	return st;
}

static void assert_due(struct world *w, const char *text, const char *armed, const char *want)
{
	struct due due = {0};
	char day[11];
	anju_error err = {0};
	anju_status st = compute(w, text, armed, &due, &err);
	cr_assert_eq(st, ANJU_OK, "%s: %s", text, err.text);
	cr_assert_str_eq(date_format(due.day, day), want, "%s from %s: %s", text, armed, day);
	if (!due.exact)
		cr_assert_eq(due.due_ms, timestamp_of_day(due.day + 1), "%s", text);
}

static void assert_no_date(struct world *w, const char *text, const char *found)
{
	struct due due = {.day = 4};
	anju_error err = {0};
	assert_status(compute(w, text, "2017-06-01", &due, &err), ANJU_E_NOTFOUND);
	cr_assert_str_eq(err.id, "deadline.no_date");
	cr_assert_str_eq(err.found, found);
	cr_assert_eq(due.day, 4, "written on failure");
}

ANJU_TEST(due_kinds, partial_dates)
{
	struct world w = {0};
	assert_due(&w, "{\"on\":\"2020-08\"}", "2020-03-01", "2020-08-31"); /* XC-D-01 */
	assert_due(&w, "{\"on\":\"2020-02\"}", "2020-01-01", "2020-02-29");
	assert_due(&w, "{\"on\":\"2019\"}", "2019-03-01", "2019-12-31"); /* SX-D-15 */
}

ANJU_TEST(due_kinds, relative_to_the_plan_year)
{
	static const char concentrated[] = "{\"plan_year\":1,\"month\":11}";
	static const char scattered[] = "{\"plan_year\":0,\"month\":10}";
	struct world w = {.plan_year = 2017};
	assert_due(&w, concentrated, "2017-06-01", "2018-11-30"); /* BJ-D-29 */
	assert_due(&w, scattered, "2017-06-01", "2017-10-31");    /* BJ-D-31 */
	w.plan_year = 2018;
	assert_due(&w, concentrated, "2017-06-01", "2019-11-30"); /* BJ-D-30 */
	assert_due(&w, scattered, "2017-06-01", "2018-10-31");    /* BJ-D-32 */
	/* BJ-H-07: a date that another paper sets is typed into a field, and until then there is none */
	assert_no_date(&w, "{\"field\":\"rectify_by\"}", "rectify_by");
	w.fields = "{\"rectify_by\":\"2017-11-15\"}";
	assert_due(&w, "{\"field\":\"rectify_by\"}", "2017-10-30", "2017-11-15");
}

ANJU_TEST(due_kinds, ambiguous_edge) /* SX-D-03: before 25 February */
{
	struct world w = {0};
	const char *said = "\"reading\":{\"zh\":\"不含当日\",\"en\":\"the day itself is late\"}";
	char rule[300];
	snprintf(rule, sizeof rule, "{\"on\":\"2019-02-25\",\"edge\":\"exclusive\",%s}", said);
	assert_due(&w, rule, "2019-01-02", "2019-02-24");
	snprintf(rule, sizeof rule, "{\"on\":\"2019-02-25\",\"edge\":\"inclusive\",%s}", said);
	assert_due(&w, rule, "2019-01-02", "2019-02-25");
	snprintf(rule, sizeof rule, "{\"on\":\"2019-02-25\",%s}", said);
	assert_due(&w, rule, "2019-01-02", "2019-02-25");
	/* first the edge, then the shift: the 24th was a Sunday */
	snprintf(rule, sizeof rule,
		"{\"on\":\"2019-02-25\",\"edge\":\"exclusive\",\"shift\":\"previous_workday\",%s}",
		said);
	assert_due(&w, rule, "2019-01-02", "2019-02-22");
}

ANJU_TEST(due_kinds, from_another_deadline) /* BJ-D-02 with BJ-H-12 */
{
	struct world w = {.due = "2017-09-29", .met = "2017-09-20"};
	assert_due(&w, "{\"after\":\"10wd\",\"of\":\"other\"}", "2017-06-01", "2017-10-19");
	assert_due(&w, "{\"after\":\"10wd\",\"of\":\"other\",\"at\":\"due\"}", "2017-06-01",
		"2017-10-19");
	assert_due(&w, "{\"after\":\"0d\",\"of\":\"other\"}", "2017-06-01", "2017-09-29");
	assert_due(&w, "{\"after\":\"1mo\",\"of\":\"other\",\"at\":\"met\"}", "2017-06-01",
		"2017-10-20");
	assert_due(&w, "{\"quarter_end\":0,\"of\":\"other\"}", "2017-01-01", "2017-09-30");
	w.met = NULL;
	assert_no_date(&w, "{\"after\":\"1mo\",\"of\":\"other\",\"at\":\"met\"}", "other");
	struct due due = {0};
	anju_error err = {0};
	w.provisional = true;
	assert_ok(
		compute(&w, "{\"after\":\"1d\",\"of\":\"other\"}", "2017-06-01", &due, &err), err);
	cr_assert(due.provisional, "the date it hangs on is");
}

ANJU_TEST(due_kinds, ends_of_periods)
{
	struct world w = {
		.fields = "{\"moved_on\":\"2017-05-03\",\"demolished_on\":\"2020-08-31\"}"};
	/* GX-H-10 */
	assert_due(&w, "{\"half_month_end\":0}", "2017-02-15", "2017-02-15");
	assert_due(&w, "{\"half_month_end\":0}", "2017-02-16", "2017-02-28");
	assert_due(&w, "{\"half_month_end\":0}", "2016-02-16", "2016-02-29");
	assert_due(&w, "{\"half_month_end\":1}", "2017-12-31", "2018-01-15");
	/* XC-H-03: the 31st leaves no day more */
	assert_due(&w, "{\"month_end\":0,\"from\":\"demolished_on\"}", "2020-08-31", "2020-08-31");
	/* QZ-D-12; QZ-H-01: a window that is a whole month, then the one in which to update */
	assert_due(&w, "{\"quarter_end\":1}", "2017-11-20", "2018-03-31");
	assert_due(&w, "{\"month_end\":0}", "2017-03-01", "2017-03-31");
	assert_due(&w, "{\"month_end\":1}", "2017-09-01", "2017-10-31");
	/* JX-D-01 */
	assert_due(&w, "{\"year_end\":0,\"from\":\"moved_on\"}", "2018-01-10", "2017-12-31");
	assert_no_date(&w, "{\"year_end\":0,\"from\":\"left_on\"}", "left_on");
	/* CK-H-08: two weeks from their anchor, whatever the month */
	assert_due(&w, "{\"after\":\"13d\"}", "2020-06-22", "2020-07-05");
}

ANJU_TEST(due_kinds, festivals) /* SX-H-05 */
{
	struct world w = {0};
	assert_due(&w, "{\"festival\":\"spring\",\"year\":2019}", "2018-06-01", "2019-02-05");
	assert_due(&w, "{\"festival\":\"spring\",\"year\":2019,\"offset\":\"-15d\"}", "2018-06-01",
		"2019-01-21");
	assert_due(&w, "{\"festival\":\"lantern\"}", "2017-01-03", "2017-02-11");
	assert_due(
		&w, "{\"festival\":\"mid_autumn\",\"offset\":\"-1d\"}", "2017-12-31", "2017-10-03");
	/* five working days before Spring Festival 2018, with its make-up days */
	assert_due(&w, "{\"festival\":\"spring\",\"year\":2018,\"offset\":\"-5wd\"}", "2018-01-01",
		"2018-02-09");
}

ANJU_TEST(due_kinds, earliest_and_latest)
{
	/* SX-H-01, SX-D-07: six months after moving in, at most to the end of the year */
	static const char vacate[] =
		"{\"earliest\":[{\"after\":\"6mo\",\"from\":\"moved_in_on\"},{\"when\":\"yes\","
		"\"on\":\"2019-12\"},{\"when\":\"no\",\"on\":\"2019-01-01\"}]}";
	struct world w = {.fields = "{\"moved_in_on\":\"2018-12-31\"}"};
	assert_due(&w, vacate, "2018-12-31", "2019-06-30");
	w.fields = "{\"moved_in_on\":\"2019-10-20\"}";
	assert_due(&w, vacate, "2019-10-20", "2019-12-31");
	w.fields = NULL; /* an item without a date is left out */
	assert_due(&w, vacate, "2019-10-20", "2019-12-31");
	/* XC-H-02: a house of two classes takes the earlier date */
	static const char house[] = "{\"earliest\":[{\"when\":\"yes\",\"on\":\"2020-09\"},"
				    "{\"when\":\"yes\",\"on\":\"2020-04\"}]}";
	assert_due(&w, house, "2020-01-01", "2020-04-30");
	static const char later[] = "{\"latest\":[{\"on\":\"2020-09\"},{\"earliest\":[{\"on\":"
				    "\"2021\"},{\"field\":\"moved_in_on\"}]}]}";
	assert_due(&w, later, "2020-01-01", "2021-12-31");
	w.fields = "{\"moved_in_on\":\"2020-10-01\"}";
	assert_due(&w, later, "2020-01-01", "2020-10-01");
	assert_no_date(&w, "{\"latest\":[{\"when\":\"no\",\"on\":\"2020\"}]}", "@say.due_none");
	assert_no_date(&w, "{\"earliest\":[{\"field\":\"x\"},{\"field\":\"y\"}]}", "@say.due_none");
	struct due due = {0};
	anju_error err = {0};
	assert_ok(compute(&w, "{\"earliest\":[{\"on\":\"2017-03-01\"},{\"after\":\"900wd\"}]}",
			  "2017-01-01", &due, &err),
		err);
	cr_assert(due.provisional, "a notice may make the other one the earliest");
	assert_status(compute(&w, "{\"earliest\":[{\"on\":\"2017\"},{\"after\":\"99999y\"}]}",
			      "2017-01-01", &due, &err),
		ANJU_E_INVALID);
	cr_assert_str_eq(err.id, "calendar.range");
}

ANJU_TEST(due_kinds, shift)
{
	struct world w = {0};
	/* 1 to 8 October 2017 were a holiday, the 30th of September was worked */
	assert_due(&w, "{\"on\":\"2017-10-01\",\"shift\":\"next_workday\"}", "2017-01-01",
		"2017-10-09");
	assert_due(&w, "{\"on\":\"2017-10-01\",\"shift\":\"previous_workday\"}", "2017-01-01",
		"2017-09-30");
	assert_due(&w, "{\"on\":\"2017-09-30\",\"shift\":\"next_workday\"}", "2017-01-01",
		"2017-09-30");
	assert_due(&w,
		"{\"earliest\":[{\"on\":\"2017-10\"},{\"on\":\"2017-10-07\"}],\"shift\":"
		"\"next_workday\"}",
		"2017-01-01", "2017-10-09");
	struct due due = {0};
	anju_error err = {0};
	/* an hour count keeps its hour */
	assert_ok(compute(&w, "{\"after\":\"12h\",\"shift\":\"next_workday\"}",
			  "2017-09-30T16:00:00+08:00", &due, &err),
		err);
	cr_assert(due.exact);
	assert_instant(due.due_ms, "2017-10-09T04:00:00+08:00");
	assert_ok(compute(&w, "{\"on\":\"2031-03-01\",\"shift\":\"next_workday\"}", "2017-09-30",
			  &due, &err),
		err);
	cr_assert(due.provisional);
	assert_status(compute(&w,
			      "{\"on\":\"1900-01-01\",\"edge\":\"exclusive\",\"reading\":{\"zh\":"
			      "\"前\",\"en\":\"before\"}}",
			      "2017-09-30", &due, &err),
		ANJU_E_INVALID);
	cr_assert_str_eq(err.id, "calendar.range");
}

#define BLANK "{\"local\":\"GX-D-20\",\"says\":{\"zh\":\"及时\",\"en\":\"promptly\"}}"

ANJU_TEST(due_kinds, blanks)
{
	struct world w = {.fields = "{\"seen_on\":\"2017-05-03\"}"};
	assert_no_date(&w, BLANK, "GX-D-20");
	w.fill = "{\"after\":\"3wd\"}";
	assert_due(&w, BLANK, "2017-09-29", "2017-10-10");
	w.fill = "[{\"when\":\"no\",\"on\":\"2017\"},{\"after\":\"1mo\",\"from\":\"seen_on\"}]";
	assert_due(&w, BLANK, "2017-09-29", "2017-06-03");
	assert_due(&w, "{\"earliest\":[{\"on\":\"2018\"}," BLANK "]}", "2017-01-01", "2017-06-03");
	w.fill = NULL;
	assert_due(&w, "{\"earliest\":[{\"on\":\"2018\"}," BLANK "]}", "2017-01-01", "2018-12-31");
	/* what is filled in is at fault, and said to be */
	static const char *const bad[][3] = {
		{"{\"after\":\"10\"}", "/after", "calendar.duration"},
		{"{\"after\":\"1d\",\"from\":\"nowhere\"}", "/from", "test.field"},
		{"{\"recur\":\"FREQ=DAILY\"}", "", "deadline.due"},
		{BLANK, "/local", "deadline.place"},
		{"{\"earliest\":[" BLANK "]}", "/earliest/0/local", "deadline.place"},
		{"{\"obligation\":\"due\"}", "/obligation", "deadline.place"},
		{"7", "", "json.type"},
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct due_rule *rule = NULL;
		anju_error err = {0};
		w.fill = bad[i][0];
		cr_assert_eq(parse(&w, BLANK, &rule, &err), ANJU_E_INVALID, "%s", bad[i][0]);
		cr_assert_str_eq(err.file, "local/pack.json", "%s", bad[i][0]);
		cr_assert_str_eq(err.where, bad[i][1], "%s: %s", bad[i][0], err.where);
		cr_assert_str_eq(err.id, bad[i][2], "%s: %s", bad[i][0], err.id);
	}
	static const char *const ids[] = {"GX-D-20", "GX-D-20.visit", "GX-D-20.a_2"};
	static const char *const not_ids[] = {"", "GX-D-2", "gx-d-20", "GX-D-20.", "GX-D-20.2",
		"GX-D-20 ", "GX-D-200", "GX-D-20.Visit", "GX_D_20"};
	for (size_t i = 0; i < 3; i++)
		cr_assert(due_local_id_ok(ids[i]));
	for (size_t i = 0; i < sizeof not_ids / sizeof not_ids[0]; i++)
		cr_assert_not(due_local_id_ok(not_ids[i]), "%s passed", not_ids[i]);
}

ANJU_TEST(due_kinds, obligation)
{
	struct world w = {.fields = "{\"begun_on\":\"2017-09-29\"}"};
	assert_no_date(&w, "{\"obligation\":\"due\"}", "obligation");
	w.obligation = "{\"after\":\"10wd\"}";
	assert_due(&w, "{\"obligation\":\"due\"}", "2018-01-01", "2017-10-19");
	w.obligation = "{\"half_month_end\":0,\"shift\":\"next_workday\"}";
	assert_due(&w, "{\"obligation\":\"due\"}", "2018-01-01", "2017-09-30");
	w.obligation = BLANK;
	assert_no_date(&w, "{\"obligation\":\"due\"}", "GX-D-20");
	w.obligation = "{\"after\":\"10wd\"}";
	w.fields = NULL;
	assert_no_date(&w, "{\"obligation\":\"due\"}", "begun_on");
}

ANJU_TEST(due_kinds, wrong_rules_are_named)
{
#define READING ",\"reading\":{\"zh\":\"甲\",\"en\":\"a\"}"
	static const char *const cases[][3] = {
		{"{\"on\":\"2020-13\"}", "/due/on", "calendar.date"},
		{"{\"on\":\"20\"}", "/due/on", "calendar.date"},
		{"{\"after\":\"1d\",\"of\":\"none\"}", "/due/of", "test.deadline"},
		{"{\"after\":\"1d\",\"of\":7}", "/due/of", "json.type"},
		{"{\"after\":\"1d\",\"of\":\"other\",\"at\":\"done\"}", "/due/at", "deadline.due"},
		{"{\"after\":\"1d\",\"at\":\"met\"}", "/due/at", "deadline.due"},
		{"{\"after\":\"1d\",\"of\":\"other\",\"from\":\"x\"}", "/due/of", "deadline.due"},
		{"{\"after\":\"1h\",\"of\":\"other\"}", "/due/after", "deadline.hours_from"},
		{"{\"after\":\"1h\",\"edge\":\"exclusive\"" READING "}", "/due/after",
			"deadline.hours_from"},
		{"{\"year_end\":-1}", "/due/year_end", "deadline.due"},
		{"{\"quarter_end\":\"1\"}", "/due/quarter_end", "deadline.due"},
		{"{\"half_month_end\":1,\"from\":\"nowhere\"}", "/due/from", "test.field"},
		{"{\"half_month_end\":1,\"month_end\":1}", "/due/month_end", "json.unknown_member"},
		{"{\"festival\":\"easter\"}", "/due/festival", "deadline.due"},
		{"{\"festival\":7}", "/due/festival", "json.type"},
		{"{\"festival\":\"spring\",\"year\":19}", "/due/year", "deadline.due"},
		{"{\"festival\":\"spring\",\"offset\":\"-2h\"}", "/due/offset",
			"calendar.duration"},
		{"{\"festival\":\"spring\",\"offset\":\"15\"}", "/due/offset", "calendar.duration"},
		{"{\"festival\":\"spring\",\"from\":\"x\"}", "/due/from", "json.unknown_member"},
		{"{\"earliest\":{}}", "/due/earliest", "json.type"},
		{"{\"earliest\":[]}", "/due/earliest", "deadline.due"},
		{"{\"latest\":[{\"on\":\"2017\"},{\"after\":\"3\"}]}", "/due/latest/1/after",
			"calendar.duration"},
		{"{\"latest\":[[{\"on\":\"2017\"}]]}", "/due/latest/0", "json.type"},
		{"{\"on\":\"2017\",\"edge\":\"exclusive\"}", "/due/reading", "json.missing"},
		{"{\"on\":\"2017\",\"edge\":\"open\"" READING "}", "/due/edge", "deadline.due"},
		{"{\"on\":\"2017\",\"reading\":{\"zh\":\"甲\"}}", "/due/reading/en",
			"json.missing"},
		{"{\"on\":\"2017\",\"reading\":{\"zh\":\"甲\",\"en\":\"\"}}", "/due/reading/en",
			"deadline.due"},
		{"{\"on\":\"2017\",\"reading\":\"a\"}", "/due/reading", "json.type"},
		{"{\"on\":\"2017\",\"shift\":\"forward\"}", "/due/shift", "deadline.due"},
		{"{\"on\":\"2017\",\"shift\":1}", "/due/shift", "json.type"},
		{"{\"local\":\"GX-D-20\"}", "/due/says", "json.missing"},
		{"{\"local\":\"soon\",\"says\":{\"zh\":\"甲\",\"en\":\"a\"}}", "/due/local",
			"deadline.due"},
		{"{\"obligation\":\"end\"}", "/due/obligation", "deadline.due"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct world w = {0};
		struct due_rule *rule = NULL;
		anju_error err = {0};
		cr_assert_eq(parse(&w, cases[i][0], &rule, &err), ANJU_E_INVALID, "%s passed",
			cases[i][0]);
		cr_assert_str_eq(err.where, cases[i][1], "%s: %s", cases[i][0], err.where);
		cr_assert_str_eq(err.id, cases[i][2], "%s: %s", cases[i][0], err.id);
		cr_assert_str_neq(err.allowed, "", "%s", cases[i][0]);
		cr_assert_null(rule);
	}
}

ANJU_TEST(due_kinds, places_that_have_no_use_for_it)
{
	static const char *const cases[][2] = {
		{"{\"after\":\"1d\",\"of\":\"other\"}", "/of"},
		{"{\"obligation\":\"due\"}", "/obligation"},
	};
	for (size_t i = 0; i < 2; i++) {
		ANJU_AUTO_JSON *def = json_of(cases[i][0]);
		struct json_at root = JSON_AT_ROOT("w.json");
		struct due_rule *rule = NULL;
		anju_error err = {0};
		assert_status(due_rule_parse(def, &root, NULL, &rule, &err), ANJU_E_INVALID);
		cr_assert_str_eq(err.id, "deadline.place");
		cr_assert_str_eq(err.where, cases[i][1]);
	}
}

ANJU_TEST(due_kinds, what_a_rule_depends_on)
{
	static const struct {
		const char *rule;
		bool workdays, counts, conditional, of;
	} cases[] = {
		{"{\"on\":\"2017\"}", false, false, false, false},
		{"{\"on\":\"2017\",\"shift\":\"next_workday\"}", true, false, false, false},
		{"{\"festival\":\"spring\",\"offset\":\"-5wd\"}", true, true, false, false},
		{"{\"latest\":[{\"on\":\"2017\"},{\"when\":\"yes\",\"after\":\"5wd\"}]}", true,
			true, true, false},
		{"{\"earliest\":[{\"on\":\"2017\"},{\"after\":\"5d\",\"of\":\"other\"}]}", true,
			false, false, true},
		{"{\"obligation\":\"due\"}", true, false, false, false},
		{BLANK, true, true, true, false},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct world w = {.fill = "[{\"when\":\"no\",\"on\":\"2017\"},{\"after\":\"2wd\","
					  "\"from\":\"seen_on\"}]"};
		struct due_rule *rule = NULL;
		anju_error err = {0};
		assert_ok(parse(&w, cases[i].rule, &rule, &err), err);
		cr_assert_eq(due_rule_uses_workdays(rule), cases[i].workdays, "%zu", i);
		cr_assert_eq(due_rule_counts_workdays(rule), cases[i].counts, "%zu", i);
		cr_assert_eq(due_rule_conditional(rule), cases[i].conditional, "%zu", i);
		cr_assert_eq(due_rule_counts_from(rule, "other"), cases[i].of, "%zu", i);
		cr_assert_eq(due_rule_counts_from_any(rule), cases[i].of, "%zu", i);
		cr_assert_not(due_rule_counts_from(rule, "another"));
		cr_assert_eq(due_rule_reads(rule, "begun_on"), i == 5, "%zu", i);
		cr_assert_eq(due_rule_reads(rule, "obligation"), i == 5, "%zu", i);
		cr_assert_eq(due_rule_reads(rule, "seen_on"), i == 6, "%zu", i);
		due_rule_free(rule);
	}
}
