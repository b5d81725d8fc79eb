/**
 * Recurrence rules through libical. What is handed to it has been checked here first: it takes empty
 * parts, numbers with letters behind them and rules that RFC 5545 does not allow, and some of these it
 * then computes wrongly. Source: RFC 5545 section 3.3.10.
 */
#include "calendar/calendar.h"

#include <libical/ical.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/timestamp.h"

#define RULE_BYTES_MAX 250
#define RULE_ALLOWED                                                                               \
	"FREQ=DAILY|WEEKLY|MONTHLY|YEARLY;INTERVAL;COUNT|UNTIL=YYYYMMDD;BYMONTH;"                  \
	"BYMONTHDAY;BYDAY;BYSETPOS;WKST"

enum part { FREQ, INTERVAL, COUNT, UNTIL, BYMONTH, BYMONTHDAY, BYDAY, BYSETPOS, WKST, PARTS };
static const char *const part_names[PARTS] = {
	"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS", "WKST"};

enum freq { DAILY, WEEKLY, MONTHLY, YEARLY, FREQS };
static const char *const freq_names[FREQS] = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"};
static const char *const weekdays[7] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};

struct shape {
	bool has[PARTS];
	bool numbered_day; /* BYDAY=2MO */
	enum freq freq;
};

static int index_of(const char *const *names, int n, const char *s, size_t len)
{
	for (int i = 0; i < n; i++) {
		if (strlen(names[i]) == len && memcmp(names[i], s, len) == 0)
			return i;
	}
	return -1;
}

/** The number in s[0..len): digits, with a sign if `min` is negative; zero only if allowed by both. */
static bool number(const char *s, size_t len, int min, int max, int *ret)
{
	int sign = 1, v = 0;
	if (len > 0 && min < 0 && (*s == '-' || *s == '+')) {
		sign = *s == '-' ? -1 : 1;
		s++, len--;
	}
	if (len == 0 || len > 8)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		v = v * 10 + (s[i] - '0');
	}
	*ret = sign * v;
	return v != 0 && *ret >= min && *ret <= max;
}

static bool weekday(const char *s, size_t len, struct shape *shape)
{
	int n;
	if (len < 2 || index_of(weekdays, 7, s + len - 2, 2) < 0)
		return false;
	if (len == 2)
		return true;
	shape->numbered_day = true;
	return number(s, len - 2, -53, 53, &n);
}

static bool until(const char *s, size_t len)
{
	if (len != 8)
		return false;
	char text[11] = {s[0], s[1], s[2], s[3], '-', s[4], s[5], '-', s[6], s[7], '\0'};
	int32_t day;
	return date_parse(text, &day, NULL) == ANJU_OK;
}

/** One value of a part; lists come in one item at a time. */
static bool value_ok(enum part part, const char *s, size_t len, struct shape *shape)
{
	int n;
	switch (part) {
	case FREQ:
		n = index_of(freq_names, FREQS, s, len);
		shape->freq = n >= 0 ? (enum freq)n : DAILY;
		return n >= 0;
	case INTERVAL:
		return number(s, len, 1, 999, &n);
	case COUNT:
		return number(s, len, 1, 9999, &n);
	case UNTIL:
		return until(s, len);
	case BYMONTH:
		return number(s, len, 1, 12, &n);
	case BYMONTHDAY:
		return number(s, len, -31, 31, &n);
	case BYDAY:
		return weekday(s, len, shape);
	case BYSETPOS:
		return number(s, len, -366, 366, &n);
	case WKST:
		return index_of(weekdays, 7, s, len) >= 0;
	case PARTS:
		break;
	}
	return false;
}

static bool part_ok(const char *s, size_t len, struct shape *shape)
{
	const char *eq = memchr(s, '=', len);
	if (eq == NULL)
		return false;
	int part = index_of(part_names, PARTS, s, (size_t)(eq - s));
	if (part < 0 || shape->has[part])
		return false;
	shape->has[part] = true;
	bool list = part >= BYMONTH && part <= BYSETPOS;
	const char *end = s + len;
	for (const char *v = eq + 1;;) {
		const char *comma = list ? memchr(v, ',', (size_t)(end - v)) : NULL;
		const char *stop = comma != NULL ? comma : end;
		if (!value_ok((enum part)part, v, (size_t)(stop - v), shape))
			return false;
		if (comma == NULL)
			return true;
		v = comma + 1;
	}
}

static bool rule_ok(const char *rule)
{
	struct shape shape = {0};
	size_t len = strlen(rule);
	if (len > RULE_BYTES_MAX)
		return false;
	for (const char *s = rule, *end = rule + len;;) {
		const char *semicolon = memchr(s, ';', (size_t)(end - s));
		const char *stop = semicolon != NULL ? semicolon : end;
		if (!part_ok(s, (size_t)(stop - s), &shape))
			return false;
		if (semicolon == NULL)
			break;
		s = semicolon + 1;
	}
	bool monthly = shape.freq == MONTHLY || shape.freq == YEARLY;
	if (!shape.has[FREQ] || (shape.has[COUNT] && shape.has[UNTIL]))
		return false;
	if (shape.numbered_day && !monthly)
		return false;
	if (shape.has[BYMONTHDAY] && shape.freq == WEEKLY)
		return false;
	/* RFC 5545 wants another BY part beside BYSETPOS; on days and weeks libical ignores it. */
	return !shape.has[BYSETPOS] ||
	       (monthly && (shape.has[BYMONTH] || shape.has[BYMONTHDAY] || shape.has[BYDAY]));
}

/* One thread at a time: whether libical aborts on its errors is a switch for the whole process, and the
 * ICU beneath it fills tables at first use in a way that no thread checker can follow. */
static pthread_mutex_t ical_lock = PTHREAD_MUTEX_INITIALIZER;

static struct icaltimetype to_ical(int32_t day)
{
	/* Not icaltime_null_date(): its hour is -1, and occurrences then slip to the day before. */
	struct icaltimetype t = {0};
	civil_from_days(day, &t.year, &t.month, &t.day);
	t.is_date = 1;
	return t;
}

static anju_status fail_rule(anju_error *err, const char *rule)
{
	(void)anju_fail(
		err, ANJU_E_INVALID, "calendar.rrule", "invalid recurrence rule '%.100s'", rule);
	anju_error_found(err, "%s", rule);
	anju_error_allowed(err, "%s", RULE_ALLOWED);
	return ANJU_E_INVALID;
}

static anju_status fail_ended(anju_error *err, const char *rule, int32_t after)
{
	char text[11];
	(void)anju_fail(err, ANJU_E_NOTFOUND, "calendar.rrule_ended",
		"rule '%.100s' yields nothing after %s", rule, date_format(after, text));
	anju_error_found(err, "%s", rule);
	return ANJU_E_NOTFOUND;
}

/** The lock is held. */
static anju_status search(
	const char *rrule, int32_t start, int32_t after, int32_t *ret_day, anju_error *err)
{
	icalerror_set_errors_are_fatal(0);
	icalerror_clear_errno();
	struct icalrecurrencetype rule = icalrecurrencetype_from_string(rrule);
	if (rule.freq == ICAL_NO_RECURRENCE)
		return fail_rule(err, rrule);
	/* A rule that never comes true is searched up to its end, else up to the year 2582. */
	if (rule.count == 0 && icaltime_is_null_time(rule.until))
		rule.until = to_ical(civil_to_days(DATE_MAX_YEAR, 12, 31));
	icalrecur_iterator *it = icalrecur_iterator_new(rule, to_ical(start));
	if (it == NULL)
		return icalerrno == ICAL_NEWFAILED_ERROR ? anju_fail_nomem(err)
							 : fail_ended(err, rrule, after);
	/* From the start, always: skipping ahead is not possible with COUNT, and has had faults. */
	int32_t day = 0;
	bool found = false;
	while (!found) {
		struct icaltimetype t = icalrecur_iterator_next(it);
		if (icaltime_is_null_time(t) || t.year > DATE_MAX_YEAR)
			break;
		day = civil_to_days(t.year, t.month, t.day);
		found = day > after;
	}
	icalrecur_iterator_free(it);
	if (!found)
		return fail_ended(err, rrule, after);
	*ret_day = day;
	return ANJU_OK;
}

anju_status recurrence_next(
	const char *rrule, int32_t start, int32_t after, int32_t *ret_day, anju_error *err)
{
	if (!rule_ok(rrule))
		return fail_rule(err, rrule);
	if (!date_in_range(start)) {
		(void)anju_fail(err, ANJU_E_INVALID, "calendar.range", "start day %d", (int)start);
		anju_error_found(err, "%d", (int)start);
		anju_error_allowed(err, "%d–%d", DATE_MIN_YEAR, DATE_MAX_YEAR);
		return ANJU_E_INVALID;
	}
	(void)pthread_mutex_lock(&ical_lock);
	anju_status st = search(rrule, start, after, ret_day, err);
	(void)pthread_mutex_unlock(&ical_lock);
	return st;
}
