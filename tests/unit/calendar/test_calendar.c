#include "fixture.h"

static int32_t add(const struct calendar *cal, const char *from, const char *span)
{
	int32_t end = 0;
	anju_error err = {0};
	assert_ok(calendar_add(cal, day_of(from), span_of(span), &end, NULL, &err), err);
	return end;
}

static bool provisional(const struct calendar *cal, const char *from, const char *span)
{
	int32_t end = 0;
	bool flag = false;
	anju_error err = {0};
	assert_ok(calendar_add(cal, day_of(from), span_of(span), &end, &flag, &err), err);
	return flag;
}

ANJU_TEST(calendar, ten_working_days_over_the_national_day)
{
	/* BJ-H-12: filed on Friday 2017-09-29; the Saturday after it is worked, 1–8 October is not. */
	ANJU_AUTO(calendar) cal = load_calendar(2017, 2017);
	cr_assert(calendar_is_workday(cal, day_of("2017-09-30")));
	for (int32_t d = day_of("2017-10-01"); d <= day_of("2017-10-08"); d++)
		cr_assert_not(calendar_is_workday(cal, d));
	assert_day(add(cal, "2017-09-29", "10wd"), "2017-10-19");
	assert_day(add(cal, "2017-10-19", "-10wd"), "2017-09-29");
	cr_assert_eq(
		calendar_workdays_between(cal, day_of("2017-09-29"), day_of("2017-10-19")), 10);
	cr_assert_not(provisional(cal, "2017-09-29", "10wd"));
	/* Without the notice it would be the wrong day, and marked. */
	ANJU_AUTO(calendar) empty = calendar_new();
	assert_day(add(empty, "2017-09-29", "10wd"), "2017-10-13");
	cr_assert(provisional(empty, "2017-09-29", "10wd"));
}

ANJU_TEST(calendar, year_status_and_source)
{
	ANJU_AUTO(calendar) cal = load_calendar(FIRST_NOTICE, LAST_NOTICE);
	for (int y = FIRST_NOTICE; y <= LAST_NOTICE; y++) {
		cr_assert_eq(calendar_year_status(cal, y), CALENDAR_ANNOUNCED);
		cr_assert_eq(
			json_integer_value(json_object_get(calendar_year_notice(cal, y), "year")),
			y);
	}
	cr_assert_eq(calendar_year_status(cal, 2015), CALENDAR_PROVISIONAL);
	cr_assert_eq(calendar_year_status(cal, 2027), CALENDAR_PROVISIONAL);
	cr_assert_eq(calendar_year_status(cal, -4), CALENDAR_PROVISIONAL);
	cr_assert_eq(calendar_year_status(cal, 99999), CALENDAR_PROVISIONAL);
	cr_assert_null(calendar_year_notice(cal, 2027));
	cr_assert_null(calendar_year_notice(cal, 0));
}

ANJU_TEST(calendar, days_of_a_year)
{
	/* Moving days about changes no sum: a year has its days less weekends less the statutory
	 * holidays, 11, from 2025 on 13. Only 2020 lost two more, the longer Spring Festival. */
	static const int want[] = {250, 249, 250, 250, 249, 250, 249, 249, 251, 248, 248};
	ANJU_AUTO(calendar) cal = load_calendar(FIRST_NOTICE, LAST_NOTICE);
	for (int y = FIRST_NOTICE; y <= LAST_NOTICE; y++) {
		int n = calendar_workdays_between(
			cal, date_plan_year(y, -1, 12), date_plan_year(y, 0, 12));
		cr_assert_eq(n, want[y - FIRST_NOTICE], "%d has %d", y, n);
	}
}

ANJU_TEST(calendar, neighbouring_years_merge)
{
	/* 29 to 31 December 2018 are ruled by the notice of 2019. */
	ANJU_AUTO(calendar) before = load_calendar(2018, 2018);
	cr_assert_not(calendar_is_workday(before, day_of("2018-12-29")));
	cr_assert(calendar_is_workday(before, day_of("2018-12-31")));
	ANJU_AUTO(calendar) cal = load_calendar(2018, 2019);
	cr_assert(calendar_is_workday(cal, day_of("2018-12-29")));
	cr_assert_not(calendar_is_workday(cal, day_of("2018-12-31")));
	cr_assert_str_eq(calendar_day_name(cal, day_of("2018-12-31"), 0), "元旦");
	cr_assert_str_eq(calendar_day_name(cal, day_of("2018-12-31"), 1), "New Year's Day");
	cr_assert_str_eq(calendar_day_name(cal, day_of("2018-12-29"), 0), "");
	cr_assert_str_eq(calendar_day_name(cal, day_of("2018-12-28"), 0), "");
	/* The notice of the later year reaches a year that has none itself. */
	ANJU_AUTO(calendar) alone = load_calendar(2019, 2019);
	cr_assert(calendar_is_workday(alone, day_of("2018-12-29")));
	cr_assert_eq(calendar_year_status(alone, 2018), CALENDAR_PROVISIONAL);
}

ANJU_TEST(calendar, of_two_notices_the_later_year_counts)
{
	anju_error err = {0};
	ANJU_AUTO(calendar) cal = load_calendar(2023, 2023);
	cr_assert_not(calendar_is_workday(cal, day_of("2022-12-31")));
	ANJU_AUTO_JSON *old = json_pack("{s:i, s:s, s:[], s:[s]}", "year", 2022, "status",
		"provisional", "holidays", "workdays", "2022-12-31");
	assert_ok(calendar_add_year(cal, old, "old", &err), err);
	cr_assert_not(calendar_is_workday(cal, day_of("2022-12-31")));
	cr_assert_str_eq(calendar_day_name(cal, day_of("2022-12-31"), 0), "元旦");
}

ANJU_TEST(calendar, revisions_are_in_the_data)
{
	ANJU_AUTO(calendar) cal = load_calendar(FIRST_NOTICE, LAST_NOTICE);
	/* 2020: 1 February was to be worked, then the Spring Festival was made longer. */
	cr_assert_not(calendar_is_workday(cal, day_of("2020-01-31")));
	cr_assert_not(calendar_is_workday(cal, day_of("2020-02-01")));
	cr_assert(calendar_is_workday(cal, day_of("2020-02-03")));
	/* 2019: Labour Day grew from one day to four. */
	cr_assert_not(calendar_is_workday(cal, day_of("2019-05-03")));
	cr_assert(calendar_is_workday(cal, day_of("2019-05-05")));
	for (int y = 2019; y <= 2020; y++) {
		const json_t *source = json_object_get(calendar_year_notice(cal, y), "source");
		cr_assert_eq(json_array_size(json_object_get(source, "revisions")), 1);
	}
}

ANJU_TEST(calendar, replacing_a_year)
{
	anju_error err = {0};
	ANJU_AUTO(calendar) cal = load_calendar(2019, 2019);
	ANJU_AUTO_JSON *other = load_notice(2019);
	json_array_clear(json_object_get(other, "workdays"));
	json_object_set_new(json_array_get(json_object_get(other, "holidays"), 0), "from",
		json_string("2019-01-01"));
	assert_ok(calendar_add_year(cal, other, "other", &err), err);
	cr_assert_not(
		calendar_is_workday(cal, day_of("2018-12-29")), "reach of the old one is gone");
	cr_assert(calendar_is_workday(cal, day_of("2018-12-31")));
	cr_assert_not(calendar_is_workday(cal, day_of("2019-05-05")));
	/* The calendar keeps a copy: what happens to the caller's notice does not matter. */
	json_object_clear(other);
	cr_assert_str_eq(calendar_day_name(cal, day_of("2019-05-01"), 0), "劳动节");
}

ANJU_TEST(calendar, months_and_years_cut_to_the_month_end)
{
	ANJU_AUTO(calendar) cal = calendar_new();
	assert_day(add(cal, "2017-01-31", "1mo"), "2017-02-28");
	assert_day(add(cal, "2016-01-31", "1mo"), "2016-02-29");
	assert_day(add(cal, "2017-08-31", "6mo"), "2018-02-28");
	assert_day(add(cal, "2017-03-31", "-1mo"), "2017-02-28");
	assert_day(add(cal, "2017-01-15", "-1mo"), "2016-12-15");
	assert_day(add(cal, "2016-02-29", "1y"), "2017-02-28");
	assert_day(add(cal, "2016-02-29", "4y"), "2020-02-29");
	assert_day(add(cal, "2016-02-29", "-1y"), "2015-02-28");
	assert_day(add(cal, "2017-12-31", "2mo"), "2018-02-28");
	assert_day(add(cal, "2016-02-28", "2d"), "2016-03-01");
	assert_day(add(cal, "2017-02-28", "1d"), "2017-03-01");
	assert_day(add(cal, "2017-01-01", "-1d"), "2016-12-31");
	cr_assert_not(provisional(cal, "2017-01-31", "3y"), "plain counts need no notice");
}

ANJU_TEST(calendar, zero_is_the_day_itself)
{
	ANJU_AUTO(calendar) cal = load_calendar(2017, 2017);
	const char *const spans[] = {"0wd", "0d", "0mo", "0y"};
	for (size_t i = 0; i < 4; i++)
		assert_day(add(cal, "2017-10-01", spans[i]), "2017-10-01");
	cr_assert_not(provisional(cal, "2016-10-01", "0wd"));
}

ANJU_TEST(calendar, counts_out_of_range_are_refused)
{
	ANJU_AUTO(calendar) cal = calendar_new();
	static const struct {
		const char *from;
		struct duration d;
	} bad[] = {
		{"2200-12-31", {1, DURATION_DAYS}},
		{"1900-01-01", {-1, DURATION_DAYS}},
		{"2200-12-30", {2, DURATION_WORKDAYS}},
		{"1900-01-01", {-1, DURATION_WORKDAYS}},
		{"2200-12-01", {1, DURATION_MONTHS}},
		{"1900-01-31", {-1, DURATION_MONTHS}},
		{"2017-01-01", {INT32_MAX, DURATION_DAYS}},
		{"2017-01-01", {INT32_MIN, DURATION_DAYS}},
		{"2017-01-01", {INT32_MAX, DURATION_WORKDAYS}},
		{"2017-01-01", {INT32_MIN, DURATION_WORKDAYS}},
		{"2017-01-01", {INT32_MAX, DURATION_MONTHS}},
		{"2017-01-01", {INT32_MIN, DURATION_YEARS}},
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		int32_t end = 5;
		bool flag = true;
		anju_error err = {0};
		anju_status st =
			calendar_add(cal, day_of(bad[i].from), bad[i].d, &end, &flag, &err);
		cr_assert_eq(st, ANJU_E_INVALID, "case %zu", i);
		cr_assert_str_eq(err.id, "calendar.range");
		cr_assert_eq(end, 5, "written on failure");
		cr_assert(flag, "written on failure");
	}
	int32_t end = 5;
	anju_error err = {0};
	assert_status(
		calendar_add(cal, INT32_MAX, span_of("1d"), &end, NULL, &err), ANJU_E_INVALID);
	assert_status(calendar_add(cal, 0, span_of("12h"), &end, NULL, &err), ANJU_E_INVALID);
	cr_assert_str_eq(err.id, "calendar.hours");
}

ANJU_TEST(calendar, crossing_into_a_provisional_year_is_marked)
{
	ANJU_AUTO(calendar) cal = load_calendar(FIRST_NOTICE, LAST_NOTICE);
	cr_assert_not(provisional(cal, "2026-12-01", "22wd"), "ends on 31 December");
	cr_assert(provisional(cal, "2026-12-01", "23wd"));
	cr_assert(provisional(cal, "2026-12-31", "1wd"));
	cr_assert(provisional(cal, "2016-01-04", "-1wd"));
	cr_assert_not(provisional(cal, "2016-01-05", "-1wd"));
	cr_assert_not(provisional(cal, "2015-12-31", "1wd"), "counting begins the day after");
	cr_assert(provisional(cal, "2015-06-01", "2000wd"), "a provisional year on the way");
}

ANJU_TEST(calendar, shift)
{
	ANJU_AUTO(calendar) cal = load_calendar(FIRST_NOTICE, LAST_NOTICE);
	assert_day(calendar_shift(cal, day_of("2017-10-01"), 1), "2017-10-09");
	assert_day(calendar_shift(cal, day_of("2017-10-08"), -1), "2017-09-30");
	assert_day(calendar_shift(cal, day_of("2017-10-01"), 0), "2017-10-01");
	assert_day(calendar_shift(cal, day_of("2017-10-09"), 1), "2017-10-09");
	assert_day(calendar_shift(cal, day_of("2017-10-09"), -1), "2017-10-09");
	cr_assert_eq(calendar_shift(cal, INT32_MAX, 1), INT32_MAX);
}

/* The count by looking at every day, to hold the counted bits against. */
static int32_t walk(const struct calendar *cal, int32_t day, int32_t n)
{
	int32_t step = n > 0 ? 1 : -1;
	for (int32_t left = n > 0 ? n : -n; left > 0;) {
		day += step;
		if (calendar_is_workday(cal, day))
			left--;
	}
	return day;
}

ANJU_TEST(calendar, counting_agrees_with_walking, .timeout = 60)
{
	ANJU_AUTO(calendar) cal = load_calendar(FIRST_NOTICE, LAST_NOTICE);
	static const int32_t counts[] = {1, -1, 2, -2, 5, -5, 10, -10, 63, -64, 65, -250, 251, 777};
	for (int32_t day = day_of("2015-11-15"); day < day_of("2027-02-20"); day += 3) {
		for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
			int32_t n = counts[i], end = 0;
			struct duration d = {n, DURATION_WORKDAYS};
			cr_assert_eq(calendar_add(cal, day, d, &end, NULL, NULL), ANJU_OK);
			cr_assert_eq(end, walk(cal, day, n), "day %d, %d wd", day, n);
			cr_assert(calendar_is_workday(cal, end));
			cr_assert_eq(calendar_workdays_between(cal, day, end), n, "day %d, %d wd",
				day, n);
			if (calendar_is_workday(cal, day)) {
				d.n = -n;
				cr_assert_eq(calendar_add(cal, end, d, &end, NULL, NULL), ANJU_OK);
				cr_assert_eq(end, day, "%d wd and back", n);
			}
		}
	}
}

ANJU_TEST(calendar, weekdays_without_notices)
{
	ANJU_AUTO(calendar) cal = calendar_new();
	/* 1900-01-01 was a Monday. */
	int32_t monday = day_of("1900-01-01");
	for (int32_t day = monday; day <= day_of("2200-12-31"); day++)
		cr_assert_eq(calendar_is_workday(cal, day), (day - monday) % 7 < 5, "day %d", day);
	cr_assert_eq(calendar_is_workday(cal, monday - 1), false, "a Sunday before the range");
	cr_assert_eq(calendar_is_workday(cal, monday - 3), true);
	cr_assert_str_eq(calendar_day_name(cal, INT32_MAX, 0), "");
	cr_assert_eq(calendar_workdays_between(cal, monday - 100, monday - 50), 0);
	cr_assert_eq(calendar_workdays_between(cal, monday - 100, monday), 1);
	cr_assert_eq(calendar_workdays_between(cal, monday + 6, monday), -5);
	cr_assert_eq(calendar_workdays_between(cal, monday, monday), 0);
	cr_assert_eq(calendar_workdays_between(cal, INT32_MIN, INT32_MAX),
		-calendar_workdays_between(cal, INT32_MAX, INT32_MIN));
}

ANJU_TEST(calendar, free_nothing)
{
	calendar_free(NULL);
}
