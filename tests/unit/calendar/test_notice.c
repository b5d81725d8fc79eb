/* Every way in which a notice can be wrong; the calendar stays as it was. */
#include "fixture.h"

struct fault {
	const char *pointer; /* RFC 6901 place expected in the error */
	const char *id;
	const char *path;  /* where `value` is put, as "a/b/0"; "" replaces the whole */
	const char *value; /* JSON, NULL = delete */
};

static const struct fault faults[] = {
	{"", "json.type", "", "[]"},
	{"/extra", "json.unknown_member", "extra", "1"},
	{"/year", "calendar.notice_year", "year", NULL},
	{"/year", "calendar.notice_year", "year", "\"2017\""},
	{"/year", "calendar.notice_year", "year", "1900"},
	{"/year", "calendar.notice_year", "year", "99999999999"},
	{"/status", "json.missing", "status", NULL},
	{"/status", "calendar.notice_status", "status", "\"guessed\""},
	{"/source", "json.missing", "source", NULL},
	{"/source", "json.type", "source", "\"gov.cn\""},
	{"/source/url", "json.unknown_member", "source/url", "\"x\""},
	{"/source/title/en", "json.missing", "source/title/en", NULL},
	{"/source/title/fr", "json.unknown_member", "source/title/fr", "\"Avis\""},
	{"/source/title/zh", "calendar.empty", "source/title/zh", "\"\""},
	{"/source/number", "json.missing", "source/number", NULL},
	{"/source/issued", "calendar.date", "source/issued", "\"2016-12-1\""},
	{"/source/issued", "json.type", "source/issued", "20161201"},
	{"/source/revisions", "json.type", "source/revisions", "{}"},
	{"/source/revisions/0", "json.type", "source/revisions", "[7]"},
	{"/source/revisions/0/title", "json.missing", "source/revisions", "[{}]"},
	{"/source/revisions/0/revisions", "json.unknown_member", "source/revisions",
		"[{\"revisions\":[]}]"},
	{"/holidays", "json.missing", "holidays", NULL},
	{"/holidays", "json.missing", "holidays", "[]"},
	{"/holidays", "json.type", "holidays", "{}"},
	{"/holidays/1", "json.type", "holidays/1", "\"2017-01-27\""},
	{"/holidays/1/days", "json.unknown_member", "holidays/1/days", "7"},
	{"/holidays/1/name", "json.missing", "holidays/1/name", NULL},
	{"/holidays/1/name/en", "calendar.empty", "holidays/1/name/en", "\"\""},
	{"/holidays/1/from", "json.missing", "holidays/1/from", NULL},
	{"/holidays/1/from", "calendar.date", "holidays/1/from", "\"2017-02-30\""},
	{"/holidays/1/to", "calendar.holiday_span", "holidays/1/to", "\"2017-01-26\""},
	{"/holidays/1/to", "calendar.holiday_span", "holidays/1/to", "\"2017-02-27\""},
	{"/holidays/3/from", "calendar.overlap", "holidays/3/from", "\"2017-04-04\""},
	{"/holidays/0/from", "calendar.outside_year", "holidays/0/from", "\"2016-12-24\""},
	{"/holidays/5/to", "calendar.outside_year", "holidays/5/to", "\"2018-01-08\""},
	{"/workdays", "json.type", "workdays", "\"2017-01-22\""},
	{"/workdays/0", "calendar.date", "workdays/0", "20170122"},
	{"/workdays/0", "calendar.not_weekend", "workdays/0", "\"2017-01-23\""},
	{"/workdays/0", "calendar.both", "workdays/0", "\"2017-01-28\""},
	{"/workdays/1", "calendar.workday_twice", "workdays/1", "\"2017-01-22\""},
	{"/workdays/0", "calendar.outside_year", "workdays/0", "\"2018-01-13\""},
};

static json_t *step(json_t *at, const char *key)
{
	return json_is_array(at) ? json_array_get(at, (size_t)strtol(key, NULL, 10))
				 : json_object_get(at, key);
}

static json_t *with_fault(const struct fault *f)
{
	json_t *value = f->value != NULL ? json_loads(f->value, JSON_DECODE_ANY, NULL) : NULL;
	if (f->path[0] == '\0')
		return value;
	json_t *notice = load_notice(2017), *at = notice;
	char path[64];
	(void)snprintf(path, sizeof path, "%s", f->path);
	char *key = path;
	for (char *slash; (slash = strchr(key, '/')) != NULL; key = slash + 1) {
		*slash = '\0';
		at = step(at, key);
	}
	if (value == NULL)
		cr_assert_eq(json_object_del(at, key), 0, "%s", f->path);
	else if (json_is_array(at))
		cr_assert_eq(json_array_set_new(at, (size_t)strtol(key, NULL, 10), value), 0);
	else
		cr_assert_eq(json_object_set_new(at, key, value), 0);
	return notice;
}

ANJU_TEST(notice, faults_are_named_and_change_nothing)
{
	ANJU_AUTO(calendar) cal = load_calendar(2017, 2017);
	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
		ANJU_AUTO_JSON *notice = with_fault(&faults[i]);
		anju_error err = {0};
		anju_status st = calendar_add_year(cal, notice, "2017.json", &err);
		cr_assert_eq(st, ANJU_E_INVALID, "fault %zu: %s", i, faults[i].path);
		cr_assert_str_eq(err.id, faults[i].id, "fault %zu: %s", i, faults[i].path);
		cr_assert_str_eq(err.where, faults[i].pointer, "fault %zu: %s", i, faults[i].path);
		cr_assert_str_eq(err.file, "2017.json");
		cr_assert_str_neq(err.allowed, "", "fault %zu: %s", i, faults[i].path);
		cr_assert(calendar_is_workday(cal, day_of("2017-09-30")));
		cr_assert_str_eq(calendar_day_name(cal, day_of("2017-01-28"), 0), "春节");
	}
}

ANJU_TEST(notice, too_many_dates)
{
	ANJU_AUTO(calendar) cal = calendar_new();
	ANJU_AUTO_JSON *notice = load_notice(2017);
	json_t *workdays = json_object_get(notice, "workdays");
	for (int i = 0; i < 300; i++)
		json_array_append_new(workdays, json_string("2017-01-22"));
	anju_error err = {0};
	assert_status(calendar_add_year(cal, notice, "n", &err), ANJU_E_INVALID);
	cr_assert_str_eq(err.id, "calendar.too_many");
}

ANJU_TEST(notice, provisional_needs_no_source)
{
	anju_error err = {0};
	ANJU_AUTO(calendar) cal = calendar_new();
	ANJU_AUTO_JSON *guess = json_pack("{s:i, s:s, s:[{s:{s:s,s:s}, s:s, s:s}]}", "year", 2027,
		"status", "provisional", "holidays", "name", "zh", "春节", "en", "Spring Festival",
		"from", "2027-02-05", "to", "2027-02-12");
	assert_ok(calendar_add_year(cal, guess, "guess", &err), err);
	cr_assert_not(calendar_is_workday(cal, day_of("2027-02-08")));
	cr_assert_eq(calendar_year_status(cal, 2027), CALENDAR_PROVISIONAL);
	ANJU_AUTO_JSON *bare = json_pack("{s:i, s:s}", "year", 2027, "status", "provisional");
	assert_ok(calendar_add_year(cal, bare, "bare", &err), err);
	cr_assert(calendar_is_workday(cal, day_of("2027-02-08")));
}

ANJU_TEST(notice, shipped_notices_are_whole)
{
	static const char *const names[] = {
		"元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节"};
	for (int y = FIRST_NOTICE; y <= LAST_NOTICE; y++) {
		ANJU_AUTO_JSON *notice = load_notice(y);
		json_t *holidays = json_object_get(notice, "holidays");
		for (size_t n = 0; n < sizeof names / sizeof names[0]; n++) {
			int found = 0;
			for (size_t i = 0; i < json_array_size(holidays); i++) {
				json_t *name = json_object_get(json_array_get(holidays, i), "name");
				found += strstr(json_string_value(json_object_get(name, "zh")),
						 names[n]) != NULL;
			}
			cr_assert_eq(found, 1, "%s in %d", names[n], y);
		}
	}
}
