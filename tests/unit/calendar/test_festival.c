#include "fixture.h"

static void assert_festival(enum festival f, const char *want)
{
	int32_t day = 0;
	char text[11];
	anju_error err = {0};
	assert_ok(festival_day(f, (int)strtol(want, NULL, 10), &day, &err), err);
	cr_assert_str_eq(date_format(day, text), want);
}

/* As the almanac of the Purple Mountain Observatory and the State Council's notices have them. */
ANJU_TEST(festival, spring)
{
	static const char *const days[] = {"2016-02-08", "2017-01-28", "2018-02-16", "2019-02-05",
		"2020-01-25", "2021-02-12", "2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29",
		"2026-02-17", "2027-02-06"};
	for (size_t i = 0; i < sizeof days / sizeof days[0]; i++)
		assert_festival(FESTIVAL_SPRING, days[i]);
}

/* Years with a leap month before the festival are among them: 2017 (6), 2020 (4), 2023 (2). */
ANJU_TEST(festival, the_others)
{
	static const char *const boat[] = {"2016-06-09", "2017-05-30", "2018-06-18", "2019-06-07",
		"2020-06-25", "2021-06-14", "2022-06-03", "2023-06-22", "2024-06-10", "2025-05-31"};
	static const char *const autumn[] = {"2016-09-15", "2017-10-04", "2018-09-24", "2019-09-13",
		"2020-10-01", "2021-09-21", "2022-09-10", "2023-09-29", "2024-09-17", "2025-10-06"};
	static const char *const lantern[] = {"2017-02-11", "2019-02-19", "2023-02-05"};
	static const char *const ninth[] = {"2017-10-28", "2019-10-07", "2020-10-25", "2023-10-23"};
	for (size_t i = 0; i < sizeof boat / sizeof boat[0]; i++) {
		assert_festival(FESTIVAL_DRAGON_BOAT, boat[i]);
		assert_festival(FESTIVAL_MID_AUTUMN, autumn[i]);
	}
	for (size_t i = 0; i < sizeof lantern / sizeof lantern[0]; i++)
		assert_festival(FESTIVAL_LANTERN, lantern[i]);
	for (size_t i = 0; i < sizeof ninth / sizeof ninth[0]; i++)
		assert_festival(FESTIVAL_DOUBLE_NINTH, ninth[i]);
}

/* Whatever a notice calls a festival holds the day that is computed. */
ANJU_TEST(festival, notices_agree)
{
	static const struct {
		enum festival f;
		const char *zh;
	} named[] = {{FESTIVAL_SPRING, "春节"}, {FESTIVAL_DRAGON_BOAT, "端午节"},
		{FESTIVAL_MID_AUTUMN, "中秋节"}};
	int seen = 0;
	for (int year = 2016; year <= 2026; year++) {
		char path[512];
		anju_error err = {0};
		ANJU_AUTO_JSON *notice = NULL;
		ANJU_AUTO(calendar) cal = calendar_new();
		(void)snprintf(path, sizeof path,
			TEST_SOURCE_ROOT "/plugins/calendar_cn/notices/%d.json", year);
		if (json_load_path(path, "notice", 65536, &notice, &err) != ANJU_OK)
			continue;
		assert_ok(calendar_add_year(cal, notice, "notice", &err), err);
		for (size_t i = 0; i < 3; i++) {
			int32_t day = 0;
			assert_ok(festival_day(named[i].f, year, &day, &err), err);
			const char *name = calendar_day_name(cal, day, 0);
			cr_assert_not_null(strstr(name, named[i].zh), "%d: %s, not %s", year, name,
				named[i].zh);
			seen++;
		}
	}
	cr_assert_geq(seen, 12);
}

ANJU_TEST(festival, names_and_range)
{
	static const char *const names[] = {
		"spring", "lantern", "dragon_boat", "mid_autumn", "double_ninth"};
	enum festival f = FESTIVAL_SPRING;
	for (size_t i = 0; i < 5; i++) {
		cr_assert(festival_parse(names[i], &f));
		cr_assert_eq(f, (enum festival)i);
	}
	cr_assert_not(festival_parse("Spring", &f));
	cr_assert_not(festival_parse("", &f));
	for (int year = DATE_MIN_YEAR; year <= DATE_MAX_YEAR; year++) {
		int32_t day = 0, month_end;
		anju_error err = {0};
		assert_ok(festival_day(FESTIVAL_SPRING, year, &day, &err), err);
		assert_ok(date_period_end(day, PERIOD_YEAR, 0, &month_end, &err), err);
		char text[11];
		cr_assert_eq(strtol(date_format(day, text), NULL, 10), year, "%d: %s", year, text);
	}
	int32_t day = 77;
	anju_error err = {0};
	assert_status(festival_day(FESTIVAL_SPRING, 1899, &day, &err), ANJU_E_INVALID);
	assert_status(festival_day(FESTIVAL_SPRING, 2201, &day, &err), ANJU_E_INVALID);
	cr_assert_str_eq(err.id, "calendar.range");
	cr_assert_eq(day, 77);
}

ANJU_TEST(festival, ends_of_periods)
{
	static const struct {
		const char *day, *want;
		enum period period;
		int32_t n;
	} cases[] = {
		{"2017-02-01", "2017-02-15", PERIOD_HALF_MONTH, 0},
		{"2017-02-15", "2017-02-15", PERIOD_HALF_MONTH, 0},
		{"2017-02-16", "2017-02-28", PERIOD_HALF_MONTH, 0},
		{"2016-02-15", "2016-02-29", PERIOD_HALF_MONTH, 1},
		{"2016-02-29", "2016-03-15", PERIOD_HALF_MONTH, 1},
		{"2017-12-20", "2018-01-15", PERIOD_HALF_MONTH, 1},
		{"2017-01-31", "2018-01-31", PERIOD_HALF_MONTH, 24},
		{"2017-01-31", "2017-02-28", PERIOD_MONTH, 1},
		{"2015-12-31", "2016-02-29", PERIOD_MONTH, 2},
		{"2017-03-31", "2017-03-31", PERIOD_QUARTER, 0},
		{"2017-04-01", "2017-06-30", PERIOD_QUARTER, 0},
		{"2017-11-05", "2018-03-31", PERIOD_QUARTER, 1},
		{"2017-01-01", "2017-12-31", PERIOD_YEAR, 0},
		{"2017-12-31", "2018-12-31", PERIOD_YEAR, 1},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int32_t day = 0;
		char text[11];
		anju_error err = {0};
		assert_ok(date_period_end(
				  day_of(cases[i].day), cases[i].period, cases[i].n, &day, &err),
			err);
		cr_assert_str_eq(date_format(day, text), cases[i].want, "%s + %d: %s", cases[i].day,
			(int)cases[i].n, text);
	}
	int32_t day = 77;
	anju_error err = {0};
	assert_status(
		date_period_end(day_of("2200-01-01"), PERIOD_YEAR, 1, &day, &err), ANJU_E_INVALID);
	assert_status(date_period_end(day_of("1900-01-01"), PERIOD_MONTH, -1, &day, &err),
		ANJU_E_INVALID);
	assert_status(date_period_end(INT32_MAX, PERIOD_MONTH, 0, &day, &err), ANJU_E_INVALID);
	cr_assert_eq(day, 77);
}

ANJU_TEST(festival, partial_dates)
{
	static const char *const good[][2] = {{"2017-08-31", "2017-08-31"},
		{"2020-08", "2020-08-31"}, {"2020-02", "2020-02-29"}, {"2019-02", "2019-02-28"},
		{"2019", "2019-12-31"}, {"2200", "2200-12-31"}, {"1900-01", "1900-01-31"}};
	static const char *const bad[] = {"", "20", "201", "20200", "2020-0", "2020-13", "2020-00",
		"2020-8", "2020-08-", "2020-08-32", "1899", "2201", "2201-01", "abcd", "2020_08",
		" 2019", "202O"};
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		int32_t day = 0;
		char text[11];
		cr_assert(date_parse_partial(good[i][0], &day), "%s", good[i][0]);
		cr_assert_str_eq(date_format(day, text), good[i][1]);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		int32_t day = 77;
		cr_assert_not(date_parse_partial(bad[i], &day), "%s passed", bad[i]);
		cr_assert_eq(day, 77);
	}
}
