#include "fixture.h"

/* The loader of the test: knows the fields below, compiles "yes" and "no" and counts what lives. */
struct loader {
	int alive;
};
struct cond {
	struct loader *loader;
	char text[16];
};

static anju_status field_of(void *ctx, const char *name, enum due_field_kind kind,
	const struct json_at *at, anju_error *err)
{
	bool number = strcmp(name, "plan_year") == 0 || strcmp(name, "year") == 0;
	bool date = strcmp(name, "filed_on") == 0 || strcmp(name, "move_in_limit") == 0;
	if (kind == DUE_FIELD_INT ? number : date)
		return ANJU_OK;
	return json_fail_at(err, "test.field", at, NULL, "plan_year filed_on");
}

static anju_status compile(
	void *ctx, const char *text, const struct json_at *at, void **ret_cond, anju_error *err)
{
	struct loader *loader = ctx;
	if (strcmp(text, "oops") == 0)
		return json_fail_at(err, "test.syntax", at, NULL, "yes no");
	struct cond *cond = calloc(1, sizeof *cond);
	cr_assert_not_null(cond);
	cond->loader = loader;
	(void)snprintf(cond->text, sizeof cond->text, "%s", text);
	loader->alive++;
	*ret_cond = cond;
	return ANJU_OK;
}

static void release(void *data)
{
	struct cond *cond = data;
	cond->loader->alive--;
	free(cond);
}

static struct due_hooks hooks_of(struct loader *loader)
{
	return (struct due_hooks){loader, field_of, compile, release};
}

static struct due_rule *rule_of(const char *text, struct loader *loader)
{
	ANJU_AUTO_JSON *def = json_of(text);
	struct json_at root = JSON_AT_ROOT("w.json"), at = JSON_AT_KEY(&root, "due");
	struct due_hooks hooks = hooks_of(loader);
	struct due_rule *rule = NULL;
	anju_error err = {0};
	assert_ok(due_rule_parse(def, &at, &hooks, &rule, &err), err);
	return rule;
}

/* The case of the test. */
struct fields {
	const char *filed_on, *move_in_limit;
	int64_t plan_year; /* 0 = not set */
	anju_status fail;  /* of every callback, when not ANJU_OK */
};

static anju_status date_of(void *ctx, const char *field, int32_t *ret_day, anju_error *err)
{
	struct fields *f = ctx;
	if (f->fail != ANJU_OK)
		return anju_fail(err, f->fail, "test.failed", "as asked");
	const char *v = strcmp(field, "filed_on") == 0 ? f->filed_on : f->move_in_limit;
	if (v == NULL)
		return anju_fail(err, ANJU_E_NOTFOUND, "test.unset", "%s", field);
	*ret_day = day_of(v);
	return ANJU_OK;
}

static anju_status integer_of(void *ctx, const char *field, int64_t *ret, anju_error *err)
{
	struct fields *f = ctx;
	if (f->fail != ANJU_OK)
		return anju_fail(err, f->fail, "test.failed", "as asked");
	if (f->plan_year == 0)
		return ANJU_E_NOTFOUND;
	*ret = f->plan_year;
	return ANJU_OK;
}

static anju_status holds(void *ctx, const void *data, bool *ret, anju_error *err)
{
	struct fields *f = ctx;
	const struct cond *cond = data;
	if (f->fail != ANJU_OK)
		return anju_fail(err, f->fail, "test.failed", "as asked");
	*ret = strcmp(cond->text, "yes") == 0;
	return ANJU_OK;
}

static anju_status compute(const char *text, const char *effective, struct fields *fields,
	struct due *ret, anju_error *err)
{
	struct loader loader = {0};
	ANJU_AUTO(calendar) cal = calendar_of_2017();
	ANJU_AUTO(due_rule) rule = rule_of(text, &loader);
	struct due_inputs in = {ms_of(effective), fields, date_of, integer_of, holds};
	return due_compute(rule, cal, &in, ret, err);
}

#define EFFECTIVE "2017-09-29T16:30:00+08:00"

ANJU_TEST(due, every_kind)
{
	static const struct {
		const char *rule, *day, *due;
		bool exact, provisional;
	} cases[] = {
		{"{\"on\":\"2017-08-31\"}", "2017-08-31", "2017-09-01T00:00:00+08:00", false,
			false},
		{"{\"after\":\"10wd\"}", "2017-10-19", "2017-10-20T00:00:00+08:00", false, false},
		{"{\"after\":\"0d\"}", "2017-09-29", "2017-09-30T00:00:00+08:00", false, false},
		{"{\"after\":\"30d\"}", "2017-10-29", "2017-10-30T00:00:00+08:00", false, false},
		{"{\"after\":\"6mo\"}", "2018-03-29", "2018-03-30T00:00:00+08:00", false, false},
		{"{\"after\":\"400wd\"}", "2019-05-03", "2019-05-04T00:00:00+08:00", false, true},
		{"{\"after\":\"3y\"}", "2020-09-29", "2020-09-30T00:00:00+08:00", false, false},
		{"{\"after\":\"12h\"}", "2017-09-30", "2017-09-30T04:30:00+08:00", true, false},
		{"{\"after\":\"2wd\",\"from\":\"filed_on\"}", "2017-08-02",
			"2017-08-03T00:00:00+08:00", false, false},
		{"{\"plan_year\":1,\"month\":11}", "2018-11-30", "2018-12-01T00:00:00+08:00", false,
			false},
		{"{\"plan_year\":0,\"month\":10,\"field\":\"year\"}", "2017-10-31",
			"2017-11-01T00:00:00+08:00", false, false},
		{"{\"field\":\"move_in_limit\"}", "2017-12-31", "2018-01-01T00:00:00+08:00", false,
			false},
		{"{\"month_end\":0}", "2017-09-30", "2017-10-01T00:00:00+08:00", false, false},
		{"{\"month_end\":5}", "2018-02-28", "2018-03-01T00:00:00+08:00", false, false},
		{"[{\"when\":\"no\",\"on\":\"2017-01-01\"},{\"when\":\"yes\",\"on\":\"2017-02-01\"}"
		 ","
		 "{\"on\":\"2017-03-01\"}]",
			"2017-02-01", "2017-02-02T00:00:00+08:00", false, false},
		{"[{\"when\":\"no\",\"on\":\"2017-01-01\"},{\"on\":\"2017-03-01\"}]", "2017-03-01",
			"2017-03-02T00:00:00+08:00", false, false},
		{"{\"when\":\"yes\",\"on\":\"2017-01-01\"}", "2017-01-01",
			"2017-01-02T00:00:00+08:00", false, false},
	};
	struct fields fields = {"2017-07-31", "2017-12-31", 2017, ANJU_OK};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct due due = {0};
		anju_error err = {0};
		assert_ok(compute(cases[i].rule, EFFECTIVE, &fields, &due, &err), err);
		char day[11];
		cr_assert_str_eq(
			date_format(due.day, day), cases[i].day, "%s: %s", cases[i].rule, day);
		assert_instant(due.due_ms, cases[i].due);
		cr_assert_eq(due.exact, cases[i].exact, "%s", cases[i].rule);
		cr_assert_eq(due.provisional, cases[i].provisional, "%s", cases[i].rule);
	}
}

ANJU_TEST(due, the_effective_day_is_in_legal_time)
{
	struct fields fields = {0};
	struct due due = {0};
	anju_error err = {0};
	/* 16:00 UTC is the next day here. */
	assert_ok(compute("{\"after\":\"1d\"}", "2017-08-16T15:59:59Z", &fields, &due, &err), err);
	cr_assert_eq(due.day, day_of("2017-08-17"));
	assert_ok(compute("{\"after\":\"1d\"}", "2017-08-16T16:00:00Z", &fields, &due, &err), err);
	cr_assert_eq(due.day, day_of("2017-08-18"));
	/* A month's end counted from the 31st must not fall a month short. */
	assert_ok(compute("{\"month_end\":1}", "2017-01-31", &fields, &due, &err), err);
	cr_assert_eq(due.day, day_of("2017-02-28"));
	assert_ok(compute("{\"month_end\":2}", "2017-01-31", &fields, &due, &err), err);
	cr_assert_eq(due.day, day_of("2017-03-31"));
	/* Hours that end at midnight end the day before. */
	assert_ok(compute("{\"after\":\"24h\"}", "2017-08-16", &fields, &due, &err), err);
	cr_assert_eq(due.day, day_of("2017-08-16"));
	assert_instant(due.due_ms, "2017-08-17T00:00:00+08:00");
}

ANJU_TEST(due, no_date)
{
	static const struct {
		const char *rule, *found;
	} cases[] = {
		{"{\"after\":\"2wd\",\"from\":\"filed_on\"}", "filed_on"},
		{"{\"field\":\"move_in_limit\"}", "move_in_limit"},
		{"{\"plan_year\":0,\"month\":1}", "plan_year"},
		{"[{\"when\":\"no\",\"on\":\"2017-01-01\"}]", "@say.due_condition"},
	};
	struct fields unset = {0}, broken = {.fail = ANJU_E_IO};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct due due = {.day = 4};
		anju_error err = {0};
		assert_status(
			compute(cases[i].rule, EFFECTIVE, &unset, &due, &err), ANJU_E_NOTFOUND);
		cr_assert_str_eq(err.id, "deadline.no_date");
		cr_assert_str_eq(err.found, cases[i].found);
		cr_assert_eq(due.day, 4, "written on failure");
		assert_status(
			compute(cases[i].rule, EFFECTIVE, &unset, &due, NULL), ANJU_E_NOTFOUND);
		assert_status(compute(cases[i].rule, EFFECTIVE, &broken, &due, &err), ANJU_E_IO);
		cr_assert_str_eq(err.id, "test.failed");
	}
}

ANJU_TEST(due, out_of_range)
{
	static const struct {
		const char *rule;
		int64_t year;
	} cases[] = {
		{"{\"plan_year\":1,\"month\":11}", 2200},
		{"{\"plan_year\":-1,\"month\":1}", 1900},
		{"{\"plan_year\":0,\"month\":1}", 201},
		{"{\"plan_year\":0,\"month\":1}", INT64_MAX},
		{"{\"plan_year\":0,\"month\":1}", INT64_MIN},
		{"{\"after\":\"999y\"}", 1},
		{"{\"after\":\"99999wd\"}", 1},
		{"{\"month_end\":1200}", 1},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct fields fields = {.plan_year = cases[i].year};
		struct due due = {.day = 4};
		anju_error err = {0};
		const char *from = cases[i].year == 1 ? "2150-01-01" : EFFECTIVE;
		assert_status(compute(cases[i].rule, from, &fields, &due, &err), ANJU_E_INVALID);
		cr_assert_str_eq(err.id, "calendar.range");
		cr_assert_eq(due.day, 4, "written on failure");
	}
}

ANJU_TEST(due, wrong_rules_are_named)
{
	static const struct {
		const char *rule, *where, *id;
	} cases[] = {
		{"7", "/due", "json.type"},
		{"null", "/due", "json.type"},
		{"[]", "/due", "deadline.due"},
		{"{}", "/due", "deadline.due"},
		{"{\"when\":\"yes\"}", "/due", "deadline.due"},
		{"{\"until\":\"2017-01-01\"}", "/due", "deadline.due"},
		{"[7]", "/due/0", "json.type"},
		{"{\"on\":7}", "/due/on", "json.type"},
		{"{\"on\":\"2017-02-29\"}", "/due/on", "calendar.date"},
		{"{\"on\":\"2017-02-28\",\"after\":\"1d\"}", "/due/after", "json.unknown_member"},
		{"{\"after\":10}", "/due/after", "json.type"},
		{"{\"after\":\"10\"}", "/due/after", "calendar.duration"},
		{"{\"after\":\"-10wd\"}", "/due/after", "calendar.duration"},
		{"{\"after\":\"10wd\",\"from\":7}", "/due/from", "json.type"},
		{"{\"after\":\"10wd\",\"from\":\"\"}", "/due/from", "deadline.due"},
		{"{\"after\":\"10wd\",\"from\":\"plan_year\"}", "/due/from", "test.field"},
		{"{\"after\":\"10h\",\"from\":\"filed_on\"}", "/due/after", "deadline.hours_from"},
		{"{\"plan_year\":1}", "/due/month", "deadline.due"},
		{"{\"plan_year\":1,\"month\":13}", "/due/month", "deadline.due"},
		{"{\"plan_year\":\"1\",\"month\":1}", "/due/plan_year", "deadline.due"},
		{"{\"plan_year\":2017,\"month\":1}", "/due/plan_year", "deadline.due"},
		{"{\"plan_year\":1,\"month\":1,\"field\":\"filed_on\"}", "/due/field",
			"test.field"},
		{"{\"plan_year\":1,\"month\":1,\"day\":1}", "/due/day", "json.unknown_member"},
		{"{\"field\":\"nowhere\"}", "/due/field", "test.field"},
		{"{\"field\":null}", "/due/field", "json.type"},
		{"{\"month_end\":-1}", "/due/month_end", "deadline.due"},
		{"{\"month_end\":99999999999}", "/due/month_end", "deadline.due"},
		{"{\"when\":7,\"on\":\"2017-01-01\"}", "/due/when", "json.type"},
		{"{\"when\":\"oops\",\"field\":\"filed_on\"}", "/due/when", "test.syntax"},
		{"[{\"on\":\"2017-01-01\"},{\"on\":\"2017-01-02\"}]", "/due/0",
			"deadline.unreachable"},
		{"[{\"when\":\"yes\",\"field\":\"filed_on\"},{\"when\":\"no\",\"after\":\"3\"}]",
			"/due/1/after", "calendar.duration"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct loader loader = {0};
		struct due_hooks hooks = hooks_of(&loader);
		ANJU_AUTO_JSON *def = json_of(cases[i].rule);
		struct json_at root = JSON_AT_ROOT("w.json"), at = JSON_AT_KEY(&root, "due");
		struct due_rule *rule = NULL;
		anju_error err = {0};
		anju_status st = due_rule_parse(def, &at, &hooks, &rule, &err);
		cr_assert_eq(st, ANJU_E_INVALID, "%s passed", cases[i].rule);
		cr_assert_str_eq(err.id, cases[i].id, "%s: %s", cases[i].rule, err.id);
		cr_assert_str_eq(err.where, cases[i].where, "%s: %s", cases[i].rule, err.where);
		cr_assert_str_eq(err.file, "w.json");
		cr_assert_str_neq(err.allowed, "", "%s", cases[i].rule);
		cr_assert_null(rule);
		cr_assert_eq(loader.alive, 0, "%s keeps a condition", cases[i].rule);
	}
}

ANJU_TEST(due, without_hooks)
{
	ANJU_AUTO_JSON *plain = json_of("{\"field\":\"anything\"}");
	ANJU_AUTO_JSON *when = json_of("[{\"when\":\"yes\",\"on\":\"2017-01-01\"}]");
	struct json_at root = JSON_AT_ROOT("w.json");
	anju_error err = {0};
	ANJU_AUTO(due_rule) rule = NULL;
	assert_ok(due_rule_parse(plain, &root, NULL, &rule, &err), err);
	struct due_rule *none = NULL;
	assert_status(due_rule_parse(when, &root, NULL, &none, &err), ANJU_E_INVALID);
	cr_assert_str_eq(err.id, "deadline.condition");
	cr_assert_str_eq(err.where, "/0/when");
	due_rule_free(NULL);
}

ANJU_TEST(due, too_many_items)
{
	ANJU_AUTO_JSON *def = json_array();
	for (int i = 0; i < 17; i++)
		json_array_append_new(def, json_of("{\"when\":\"yes\",\"on\":\"2017-01-01\"}"));
	struct json_at root = JSON_AT_ROOT("w.json");
	struct due_rule *rule = NULL;
	anju_error err = {0};
	assert_status(due_rule_parse(def, &root, NULL, &rule, &err), ANJU_E_INVALID);
	cr_assert_str_eq(err.id, "deadline.due");
}

ANJU_TEST(due, what_a_rule_depends_on)
{
	struct loader loader = {0};
	struct due_rule *rule = rule_of("[{\"when\":\"yes\",\"after\":\"3wd\",\"from\":\"filed_"
					"on\"},{\"plan_year\":0,\"month\":1}]",
		&loader);
	cr_assert_eq(loader.alive, 1);
	cr_assert(due_rule_uses_workdays(rule));
	cr_assert(due_rule_reads(rule, "filed_on"));
	cr_assert(due_rule_reads(rule, "plan_year"));
	cr_assert_not(due_rule_reads(rule, "move_in_limit"));
	due_rule_free(rule);
	cr_assert_eq(loader.alive, 0);
	rule = rule_of("{\"after\":\"3d\"}", &loader);
	cr_assert_not(due_rule_uses_workdays(rule));
	cr_assert_not(due_rule_reads(rule, "plan_year"));
	due_rule_free(rule);
}
