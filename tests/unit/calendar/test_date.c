#include "fixture.h"

ANJU_TEST(date, text_goes_both_ways)
{
	const char *const days[] = {"1900-01-01", "1970-01-01", "2000-02-29", "2016-02-29",
		"2017-08-31", "2100-02-28", "2200-12-31"};
	for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
		char out[11];
		cr_assert_str_eq(date_format(day_of(days[i]), out), days[i]);
	}
	cr_assert_eq(day_of("1970-01-01"), 0);
	cr_assert_eq(day_of("1970-01-02"), 1);
}

ANJU_TEST(date, refuses_what_is_no_date)
{
	const char *const bad[] = {"", "2017", "2017-8-31", "2017-02-29", "2100-02-29",
		"2017-04-31", "2017-13-01", "2017-00-10", "2017-01-00", "1899-12-31", "2201-01-01",
		"2017/08/31", "2017-08-31 ", " 2017-08-31", "2017-08-31T00:00:00Z", "+017-08-31",
		"２０１７-08"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		anju_error err = {0};
		int32_t day = 77;
		cr_assert_eq(date_parse(bad[i], &day, &err), ANJU_E_INVALID, "'%s' passed", bad[i]);
		cr_assert_eq(day, 77, "written on failure");
		cr_assert_str_eq(err.id, "calendar.date");
		cr_assert_str_eq(err.found, bad[i]);
		cr_assert_eq(date_parse(bad[i], &day, NULL), ANJU_E_INVALID);
	}
}

ANJU_TEST(date, every_day_of_the_range)
{
	char text[11];
	for (int32_t day = day_of("1900-01-01"); day <= day_of("2200-12-31"); day++) {
		int32_t back = 0;
		cr_assert_eq(date_parse(date_format(day, text), &back, NULL), ANJU_OK, "%s", text);
		cr_assert_eq(back, day, "%s", text);
		cr_assert(date_in_range(day));
	}
	cr_assert_not(date_in_range(day_of("1900-01-01") - 1));
	cr_assert_not(date_in_range(day_of("2200-12-31") + 1));
	cr_assert_not(date_in_range(INT32_MAX));
	cr_assert_not(date_in_range(INT32_MIN));
}

ANJU_TEST(date, month_ends)
{
	assert_day(date_month_end(day_of("2016-02-10")), "2016-02-29");
	assert_day(date_month_end(day_of("2017-02-01")), "2017-02-28");
	assert_day(date_month_end(day_of("2017-08-31")), "2017-08-31");
	assert_day(date_month_end(day_of("2017-12-01")), "2017-12-31");
	/* BJ-D-29: archives of 2017 by the end of November of the following year. */
	assert_day(date_plan_year(2017, 1, 11), "2018-11-30");
	assert_day(date_plan_year(2017, 0, 10), "2017-10-31");
	assert_day(date_plan_year(2015, 1, 2), "2016-02-29");
	assert_day(date_plan_year(2017, 0, 12), "2017-12-31");
}

ANJU_TEST(duration, text_goes_both_ways)
{
	static const struct {
		const char *text;
		struct duration d;
	} cases[] = {
		{"10wd", {10, DURATION_WORKDAYS}},
		{"30d", {30, DURATION_DAYS}},
		{"6mo", {6, DURATION_MONTHS}},
		{"1y", {1, DURATION_YEARS}},
		{"12h", {12, DURATION_HOURS}},
		{"-10wd", {-10, DURATION_WORKDAYS}},
		{"0d", {0, DURATION_DAYS}},
		{"-99999wd", {-99999, DURATION_WORKDAYS}},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct duration d = span_of(cases[i].text);
		cr_assert_eq(d.n, cases[i].d.n, "%s", cases[i].text);
		cr_assert_eq(d.unit, cases[i].d.unit, "%s", cases[i].text);
		char out[16];
		cr_assert_str_eq(duration_format(d, out), cases[i].text);
	}
	cr_assert_eq(span_of("+1wd").n, 1);
	char out[16];
	cr_assert_str_eq(duration_format((struct duration){INT32_MIN, DURATION_MONTHS}, out),
		"-2147483648mo");
}

ANJU_TEST(duration, refuses_bare_numbers_and_the_rest)
{
	const char *const bad[] = {"", "10", "wd", "d", "10 wd", "10w", "10WD", "1.5d", "010d",
		"00d", "100000d", "99999999999999999999d", "10d ", "--1d", "+-1d", "-", "10月",
		"1mo2d"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct duration d = {5, DURATION_YEARS};
		anju_error err = {0};
		cr_assert_eq(
			duration_parse(bad[i], true, &d, &err), ANJU_E_INVALID, "'%s'", bad[i]);
		cr_assert_str_eq(err.id, "calendar.duration");
		cr_assert_eq(d.n, 5, "written on failure");
	}
	struct duration d;
	assert_status(duration_parse("-1d", false, &d, NULL), ANJU_E_INVALID);
	assert_status(duration_parse("+1d", false, &d, NULL), ANJU_E_INVALID);
	assert_status(duration_parse("1d", false, &d, NULL), ANJU_OK);
}
