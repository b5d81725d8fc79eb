/** A calendar with the shipped notices, and dates as text. */
#ifndef TESTS_UNIT_CALENDAR_FIXTURE_H
#define TESTS_UNIT_CALENDAR_FIXTURE_H

#include "../support.h"
#include "base/json.h"
#include "calendar/calendar.h"

#define FIRST_NOTICE 2016
#define LAST_NOTICE  2026

static inline json_t *load_notice(int year)
{
	char path[512];
	json_t *notice = NULL;
	anju_error err = {0};
	(void)snprintf(
		path, sizeof path, TEST_SOURCE_ROOT "/plugins/calendar_cn/notices/%d.json", year);
	assert_ok(json_load_path(path, "notice", 65536, &notice, &err), err);
	return notice;
}

/** With the notices of `from` to `to`. */
static inline struct calendar *load_calendar(int from, int to)
{
	struct calendar *cal = calendar_new();
	cr_assert_not_null(cal);
	for (int year = from; year <= to; year++) {
		anju_error err = {0};
		ANJU_AUTO_JSON *notice = load_notice(year);
		assert_ok(calendar_add_year(cal, notice, "notice", &err), err);
	}
	return cal;
}

static inline int32_t day_of(const char *text)
{
	int32_t day = 0;
	anju_error err = {0};
	assert_ok(date_parse(text, &day, &err), err);
	return day;
}

static inline struct duration span_of(const char *text)
{
	struct duration d = {0};
	anju_error err = {0};
	assert_ok(duration_parse(text, true, &d, &err), err);
	return d;
}

#define assert_day(got, want)                                                                      \
	do {                                                                                       \
		char got_[11];                                                                     \
		cr_assert_str_eq(                                                                  \
			date_format(got, got_), want, "%s: %s, expected %s", #got, got_, want);    \
	} while (0)

#endif
