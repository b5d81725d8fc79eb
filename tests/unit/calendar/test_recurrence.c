#include "fixture.h"

#include <pthread.h>

#define START "2017-08-16"

static void expect(const char *rule, const char *start, const char *after, const char *want)
{
	int32_t day = 0;
	anju_error err = {0};
	assert_ok(recurrence_next(rule, day_of(start), day_of(after), &day, &err), err);
	char got[11];
	cr_assert_str_eq(date_format(day, got), want, "%s after %s: %s, expected %s", rule, after,
		got, want);
}

ANJU_TEST(recurrence, next_occurrence)
{
	expect("FREQ=MONTHLY", START, "2017-08-15", "2017-08-16");
	expect("FREQ=MONTHLY", START, "2017-08-16", "2017-09-16");
	expect("FREQ=MONTHLY;BYMONTHDAY=5", START, START, "2017-09-05");
	expect("FREQ=MONTHLY;BYMONTHDAY=-1", START, START, "2017-08-31");
	expect("FREQ=MONTHLY;BYMONTHDAY=-1", START, "2018-01-31", "2018-02-28");
	expect("FREQ=MONTHLY;BYMONTHDAY=-1", START, "2020-02-28", "2020-02-29");
	expect("FREQ=MONTHLY;BYMONTHDAY=31", START, "2017-08-31", "2017-10-31");
	expect("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1", "2017-01-01", "2017-08-16", "2017-10-01");
	expect("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", START, "2017-08-31", "2017-09-29");
	expect("FREQ=MONTHLY;BYDAY=-1FR", START, START, "2017-08-25");
	expect("FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=30", START, START, "2017-11-30");
	expect("FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1", START, "2017-09-30", "2017-12-31");
	expect("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", START, START, "2020-02-29");
	expect("FREQ=WEEKLY;BYDAY=MO", START, START, "2017-08-21");
	expect("FREQ=WEEKLY;INTERVAL=2;WKST=MO;BYDAY=WE", START, START, "2017-08-30");
	expect("FREQ=DAILY;INTERVAL=10", START, "2017-08-27", "2017-09-05");
	expect("FREQ=DAILY", START, "2047-08-27", "2047-08-28");
	expect("FREQ=MONTHLY;BYMONTHDAY=5", START, "1999-01-01", "2017-09-05");
}

ANJU_TEST(recurrence, ends)
{
	static const struct {
		const char *rule, *after, *last;
	} cases[] = {
		{"FREQ=MONTHLY;COUNT=3", "2017-09-16", "2017-10-16"},
		{"FREQ=MONTHLY;UNTIL=20171116", "2017-10-16", "2017-11-16"},
		{"FREQ=MONTHLY;UNTIL=20171215;BYMONTHDAY=15", "2017-11-15", "2017-12-15"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		expect(cases[i].rule, START, cases[i].after, cases[i].last);
		int32_t day = 9;
		anju_error err = {0};
		assert_status(recurrence_next(cases[i].rule, day_of(START), day_of(cases[i].last),
				      &day, &err),
			ANJU_E_NOTFOUND);
		cr_assert_str_eq(err.id, "calendar.rrule_ended");
		cr_assert_eq(day, 9, "written on failure");
	}
}

ANJU_TEST(recurrence, what_never_comes_ends, .timeout = 60)
{
	const char *const never[] = {"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
		"FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=9",
		"FREQ=MONTHLY;BYMONTH=4;BYMONTHDAY=31", "FREQ=MONTHLY;UNTIL=20170101"};
	for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) {
		int32_t day = 9;
		anju_error err = {0};
		anju_status st =
			recurrence_next(never[i], day_of(START), day_of(START), &day, &err);
		cr_assert_eq(st, ANJU_E_NOTFOUND, "%s: %d", never[i], (int)st);
	}
	int32_t day;
	assert_status(
		recurrence_next("FREQ=YEARLY", day_of(START), day_of("2200-12-31"), &day, NULL),
		ANJU_E_NOTFOUND);
}

ANJU_TEST(recurrence, refuses_what_is_no_rule)
{
	const char *const bad[] = {"", "FREQ", "FREQ=", "INTERVAL=1", "RRULE:FREQ=DAILY",
		"freq=daily", "FREQ=HOURLY", "FREQ=DAILY;BYHOUR=8", "FREQ=MONTHLY;",
		"FREQ=MONTHLY;;COUNT=2", ";", "FREQ=MONTHLY;COUNT=2x", "FREQ=MONTHLY;COUNT=0",
		"FREQ=MONTHLY;COUNT=-1", "FREQ=MONTHLY;INTERVAL=0", "FREQ=MONTHLY;INTERVAL=1,2",
		"FREQ=MONTHLY;FREQ=DAILY", "FREQ=MONTHLY;COUNT=2;UNTIL=20171231",
		"FREQ=MONTHLY;UNTIL=2017", "FREQ=MONTHLY;UNTIL=20170230",
		"FREQ=MONTHLY;UNTIL=20171231T000000Z", "FREQ=MONTHLY;BYMONTHDAY=0",
		"FREQ=MONTHLY;BYMONTHDAY=32",
		"FREQ=MONTHLY;BYMONTHDAY=", "FREQ=MONTHLY;BYMONTHDAY=1,",
		"FREQ=MONTHLY;BYMONTHDAY=1,,2", "FREQ=YEARLY;BYMONTH=13", "FREQ=YEARLY;BYMONTH=-1",
		"FREQ=WEEKLY;BYDAY=XX", "FREQ=WEEKLY;BYDAY=2MO", "FREQ=WEEKLY;BYMONTHDAY=3",
		"FREQ=WEEKLY;BYDAY=MO;BYSETPOS=1", "FREQ=MONTHLY;BYSETPOS=1",
		"FREQ=MONTHLY;BYDAY=54MO", "FREQ=MONTHLY;BYDAY=0MO", "FREQ=MONTHLY;WKST=XX",
		"FREQ=YEARLY;BYWEEKNO=20", "FREQ=DAILY;FOO=1", "FREQ=DAILY\nCOUNT=1",
		"RSCALE=CHINESE;FREQ=YEARLY"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		int32_t day = 9;
		anju_error err = {0};
		anju_status st = recurrence_next(bad[i], day_of(START), day_of(START), &day, &err);
		cr_assert_eq(st, ANJU_E_INVALID, "'%s' passed", bad[i]);
		cr_assert_str_eq(err.id, "calendar.rrule", "'%s': %s", bad[i], err.id);
		cr_assert_str_neq(err.allowed, "");
		cr_assert_eq(day, 9, "written on failure");
	}
	char longest[400] = "FREQ=YEARLY;BYMONTHDAY=1";
	for (size_t n = strlen(longest); n < 300; n += 2)
		memcpy(longest + n, ",1", 3);
	int32_t day;
	assert_status(recurrence_next(longest, 0, 0, &day, NULL), ANJU_E_INVALID);
	anju_error err = {0};
	assert_status(recurrence_next("FREQ=DAILY", INT32_MAX, 0, &day, &err), ANJU_E_INVALID);
	cr_assert_str_eq(err.id, "calendar.range");
}

ANJU_TEST(recurrence, a_year_of_month_ends)
{
	ANJU_AUTO(calendar) cal = load_calendar(2017, 2018);
	int32_t day = day_of("2016-12-31");
	for (int month = 1; month <= 24; month++) {
		anju_error err = {0};
		assert_ok(recurrence_next("FREQ=MONTHLY;BYMONTHDAY=-1", day_of("2017-01-31"), day,
				  &day, &err),
			err);
		cr_assert_eq(day, date_plan_year(2017, (month - 1) / 12, (month - 1) % 12 + 1));
	}
	/* With the shift that obligations ask for: the last day of September 2017 was worked. */
	assert_day(calendar_shift(cal, day_of("2017-09-30"), -1), "2017-09-30");
	assert_day(calendar_shift(cal, day_of("2017-12-31"), -1), "2017-12-29");
}

static void *many(void *arg)
{
	bool *ok = arg;
	for (int i = 0; i < 50 && *ok; i++) {
		int32_t day = 0;
		*ok = recurrence_next("FREQ=MONTHLY;BYMONTHDAY=-1", 17394, 17394 + i * 30, &day,
			      NULL) == ANJU_OK &&
		      recurrence_next("FREQ=NONE", 17394, 17394, &day, NULL) == ANJU_E_INVALID;
	}
	return NULL;
}

ANJU_TEST(recurrence, from_several_threads)
{
	pthread_t threads[4];
	bool ok[4] = {true, true, true, true};
	for (size_t i = 0; i < 4; i++)
		cr_assert_eq(pthread_create(&threads[i], NULL, many, &ok[i]), 0);
	for (size_t i = 0; i < 4; i++) {
		(void)pthread_join(threads[i], NULL);
		cr_assert(ok[i]);
	}
}
