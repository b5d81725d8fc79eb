/** When a unit is told: working mornings, office hours, quiet hours. */
#include "base/timestamp.h"
#include "engine/impl.h"

#define MINUTE_MS INT64_C(60000)

static int minute_of(int64_t ms)
{
	return (int)((ms - timestamp_of_day(timestamp_to_day(ms))) / MINUTE_MS);
}

int64_t engine_quiet_end(const struct unit *u, int64_t ms)
{
	const struct reach *r = &u->reach;
	int minute = minute_of(ms);
	if (!r->has_quiet || !span_holds(r->quiet, minute))
		return ms;
	int32_t day = timestamp_to_day(ms);
	return timestamp_of_day(minute < r->quiet.to ? day : day + 1) + r->quiet.to * MINUTE_MS;
}

int64_t engine_digest_at(const struct engine *e, const struct unit *u, int64_t from_ms)
{
	int minute = e->office_minute;
	if (u != NULL)
		minute = reach_open_minute(&u->reach, minute);
	int32_t day = timestamp_to_day(from_ms);
	if (timestamp_of_day(day) + minute * MINUTE_MS < from_ms)
		day++;
	day = calendar_shift(e->env.calendar, day, 1);
	return timestamp_of_day(day) + minute * MINUTE_MS;
}

int64_t engine_open_at(const struct engine *e, const struct unit *u, int64_t now)
{
	int32_t day = timestamp_to_day(now);
	int minute = minute_of(now), first = reach_open_minute(&u->reach, e->office_minute);
	if (!calendar_is_workday(e->env.calendar, day) || minute < first)
		return engine_digest_at(e, u, now);
	int open = reach_open_minute(&u->reach, minute);
	if (open == minute)
		return now;
	/* past the day's last one it is the next working morning's */
	return open > minute ? timestamp_of_day(day) + open * MINUTE_MS
			     : engine_digest_at(e, u, now);
}
