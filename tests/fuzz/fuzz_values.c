/** Any text as an instant, a date, a duration, a decimal, a recurrence: refused, or the same when written again. */
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/error.h"
#include "base/timestamp.h"
#include "calendar/calendar.h"
#include "fuzz/fuzz.h"

static void check_timestamp(const char *text, const uint8_t *data, size_t n)
{
	anju_error err;
	int64_t ms = 0, again = 1;
	char out[TIMESTAMP_MAX_CHARS];
	anju_status st = timestamp_parse(text, &ms, &err);
	if (st != ANJU_OK) {
		fuzz_error(st, &err, data, n);
		return;
	}
	st = timestamp_parse(timestamp_format(ms, out), &again, &err);
	if (st != ANJU_OK || again != ms)
		fuzz_failed(__FILE__, __LINE__, "%s is %lld and then %s", text, (long long)ms, out);
}

static void check_date(const char *text, const uint8_t *data, size_t n)
{
	anju_error err;
	int32_t day = 0;
	char out[16];
	anju_status st = date_parse(text, &day, &err);
	if (st != ANJU_OK)
		fuzz_error(st, &err, data, n);
	else
		fuzz_same_text(date_format(day, out), text);
}

static void check_duration(const char *text, const uint8_t *data, size_t n)
{
	anju_error err;
	ANJU_AUTO(calendar) cal = calendar_new();
	struct duration d, again;
	char out[16];
	anju_status st = duration_parse(text, true, &d, &err);
	if (st != ANJU_OK) {
		fuzz_error(st, &err, data, n);
		fuzz_assert(duration_parse(text, false, &d, &err) != ANJU_OK);
		return;
	}
	st = duration_parse(duration_format(d, out), true, &again, &err);
	fuzz_assert(st == ANJU_OK && again.n == d.n && again.unit == d.unit);
	int32_t day = 0;
	bool provisional;
	st = calendar_add(cal, 17000, d, &day, &provisional, &err);
	if (st != ANJU_OK)
		fuzz_error(st, &err, data, n);
	else
		fuzz_assert(date_in_range(day) && (d.n < 0 ? day <= 17000 : day >= 17000));
}

static void check_decimal(const char *text)
{
	struct decimal d, again, sum;
	char out[DECIMAL_MAX_CHARS];
	if (!decimal_parse(text, 9, &d))
		return;
	fuzz_assert(d.den > 0);
	if (!decimal_parse(decimal_format(d, 0, out), 9, &again) || decimal_cmp(d, again) != 0)
		fuzz_failed(__FILE__, __LINE__, "%s is written %s", text, out);
	if (decimal_sub(d, d, &sum))
		fuzz_assert(sum.num == 0 && sum.den == 1);
	if (d.num != 0 && decimal_div(d, d, &sum))
		fuzz_assert(sum.num == 1 && sum.den == 1);
}

static void check_rrule(const char *text, const uint8_t *data, size_t n)
{
	anju_error err;
	int32_t after = 17400;
	for (int i = 0; i < 4; i++) {
		int32_t day = 0;
		anju_status st = recurrence_next(text, 17400, after, &day, &err);
		if (st != ANJU_OK) {
			fuzz_error(st, &err, data, n);
			return;
		}
		fuzz_assert(day > after && date_in_range(day));
		after = day;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	ANJU_AUTO_MEM char *text = fuzz_string(data, n);
	check_timestamp(text, data, n);
	check_date(text, data, n);
	check_duration(text, data, n);
	check_decimal(text);
	check_rrule(text, data, n);
	return 0;
}
