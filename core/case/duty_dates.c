/* What was done to a deadline, applied to the date that its rule gives. */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "case/impl.h"
#include "journal/duty_log.h"

#define HOUR_MS INT64_C(3600000)

anju_status duty_move(
	const struct calendar *cal, struct duration by, struct due *due, anju_error *err)
{
	int32_t day = 0;
	bool provisional = false;
	if (by.n == 0)
		return ANJU_OK;
	if (by.unit == DURATION_HOURS) {
		due->due_ms += by.n * HOUR_MS;
		due->day = timestamp_to_day(due->due_ms - 1);
		due->exact = true;
		return ANJU_OK;
	}
	anju_status st = calendar_add(cal, due->day, by, &day, &provisional, err);
	if (st != ANJU_OK)
		return st;
	due->due_ms +=
		(day - due->day) * TIMESTAMP_DAY_MS; /* one counted in hours keeps its hour */
	due->day = day;
	due->provisional = due->provisional || provisional;
	return ANJU_OK;
}

void duty_move_to(struct due *due, int32_t day)
{
	*due = (struct due){.day = day, .due_ms = timestamp_of_day(day + 1)};
}

struct duration duty_between(
	const struct calendar *cal, enum duration_unit unit, int64_t from_ms, int64_t to_ms)
{
	struct duration d = {.unit = unit};
	int32_t from = timestamp_to_day(from_ms), to = timestamp_to_day(to_ms);
	/* the day on which it began to stand still is given back whole, that of resuming counts again */
	if (unit == DURATION_HOURS)
		d.n = (int32_t)((to_ms - from_ms + HOUR_MS - 1) / HOUR_MS);
	else if (unit == DURATION_WORKDAYS)
		d.n = calendar_workdays_between(cal, from - 1, to - 1);
	else
		d = (struct duration){.n = to - from, .unit = DURATION_DAYS};
	return d;
}

int64_t duty_log_ms(const json_t *entry)
{
	const char *at = json_string_value(json_object_get(entry, "at"));
	int64_t ms = 0;
	/* written by ourselves; what cannot be read is long ago */
	return at != NULL && timestamp_parse(at, &ms, NULL) == ANJU_OK ? ms : 0;
}

static bool entry_day(const json_t *entry, int32_t *ret)
{
	const char *until = json_string_value(json_object_get(entry, "until"));
	return until != NULL && date_parse(until, ret, NULL) == ANJU_OK;
}

/* A day that was granted holds, unless the rule has come to give more than that. */
static anju_status apply_grant(
	const struct calendar *cal, const json_t *entry, struct due *due, anju_error *err)
{
	const char *length = json_string_value(json_object_get(entry, "length"));
	struct duration by = {0};
	int32_t day;
	if (entry_day(entry, &day)) {
		if (day > due->day)
			duty_move_to(due, day);
		return ANJU_OK;
	}
	if (length == NULL || duration_parse(length, false, &by, NULL) != ANJU_OK)
		return ANJU_OK;
	return duty_move(cal, by, due, err);
}

static void reopen(const json_t *entry, struct duty *d)
{
	int32_t day;
	if (!entry_day(entry, &day))
		return;
	duty_move_to(&d->due, day);
	d->dated = true;
}

anju_status duty_apply_log(
	const struct case_env *env, const struct anju_case *cs, struct duty *d, anju_error *err)
{
	const json_t *log = case_duty_log(cs, d->name);
	int64_t since_ms = 0;
	enum duration_unit unit = act_duty_unit(cs, d);
	anju_status st = ANJU_OK;
	size_t i;
	json_t *entry;
	json_array_foreach((json_t *)log, i, entry) {
		const char *op = duty_log_op(entry);
		if (strcmp(op, "suspend") == 0)
			since_ms = duty_log_ms(entry);
		if (strcmp(op, "lapse") == 0) {
			reopen(entry, d);
			unit = DURATION_DAYS;
		}
		if (st != ANJU_OK || !d->dated)
			continue;
		if (strcmp(op, "resume") == 0)
			st = duty_move(env->calendar,
				duty_between(env->calendar, unit, since_ms, duty_log_ms(entry)),
				&d->due, err);
		else if (strcmp(op, "grant") == 0)
			st = apply_grant(env->calendar, entry, &d->due, err);
	}
	return st;
}

void duty_note_was(struct duty *d, const struct duty *before)
{
	if (d->shifted)
		return; /* the first of several within one entry */
	d->was_dated = before->dated;
	d->was = before->due;
	d->shifted = true;
}
