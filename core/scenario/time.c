#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/timestamp.h"
#include "scenario/impl.h"

#define HOUR_MS INT64_C(3600000)

static int64_t morning(int32_t day)
{
	return timestamp_of_day(day) + SCENARIO_HOUR * HOUR_MS;
}

anju_status scenario_time(const char *text, int64_t *ret_ms, anju_error *err)
{
	int32_t day;
	if (strchr(text, 'T') != NULL)
		return timestamp_parse(text, ret_ms, err);
	anju_status st = date_parse(text, &day, err);
	if (st == ANJU_OK)
		*ret_ms = morning(day);
	return st;
}

anju_status scenario_wait(const struct calendar *calendar, int64_t now_ms, const char *text,
	int64_t *ret_ms, anju_error *err)
{
	struct duration d;
	int32_t day;
	bool provisional;
	anju_status st = duration_parse(text, false, &d, err);
	if (st != ANJU_OK)
		return st;
	if (d.unit == DURATION_HOURS) {
		*ret_ms = now_ms + d.n * HOUR_MS;
		return ANJU_OK;
	}
	st = calendar_add(calendar, timestamp_to_day(now_ms), d, &day, &provisional, err);
	if (st == ANJU_OK)
		*ret_ms = morning(day);
	return st;
}
