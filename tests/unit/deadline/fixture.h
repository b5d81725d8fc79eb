/** Rules from JSON text, a case whose fields the test sets, and conditions that are "yes" or "no". */
#ifndef TESTS_UNIT_DEADLINE_FIXTURE_H
#define TESTS_UNIT_DEADLINE_FIXTURE_H

#include "../support.h"
#include "base/error.h"
#include "base/timestamp.h"
#include "deadline/due.h"
#include "deadline/rung.h"

#define HOUR_MS INT64_C(3600000)

static inline json_t *json_of(const char *text)
{
	json_error_t e;
	json_t *v = json_loads(text, JSON_DECODE_ANY, &e);
	cr_assert_not_null(v, "%s: %s", text, e.text);
	return v;
}

static inline struct calendar *calendar_of_2017(void)
{
	struct calendar *cal = calendar_new();
	for (int year = 2016; year <= 2018; year++) {
		char path[512];
		anju_error err = {0};
		json_t *notice = NULL;
		(void)snprintf(path, sizeof path,
			TEST_SOURCE_ROOT "/plugins/calendar_cn/notices/%d.json", year);
		assert_ok(json_load_path(path, "notice", 65536, &notice, &err), err);
		assert_ok(calendar_add_year(cal, notice, "notice", &err), err);
		json_decref(notice);
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

static inline int64_t ms_of(const char *text)
{
	int64_t ms = 0;
	anju_error err = {0};
	assert_ok(timestamp_parse(text, &ms, &err), err);
	return ms;
}

#define assert_instant(ms, want)                                                                   \
	do {                                                                                       \
		char got_[TIMESTAMP_MAX_CHARS];                                                    \
		cr_assert_str_eq(                                                                  \
			timestamp_format(ms, got_), want, "%s: %s, expected %s", #ms, got_, want); \
	} while (0)

#endif
