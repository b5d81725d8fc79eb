#include "expr/instant.h"

#include <stdio.h>
#include <string.h>

#include "base/timestamp.h"
#include "expr/zone.h"

#define NANOS            INT64_C(1000000000)
#define TIMESTAMP_LEAST  INT64_C(-62135596800)   /* 0001-01-01T00:00:00Z */
#define TIMESTAMP_LAST   INT64_C(253402300799)   /* 9999-12-31T23:59:59Z */
#define DURATION_SECONDS (INT64_MAX / NANOS + 1) /* nanoseconds of 64 bits, some 292 years */
#define LEGAL_OFFSET_S   (TIMESTAMP_LEGAL_OFFSET_MIN * 60)

bool instant_make(enum expr_kind kind, int64_t seconds, int64_t nanos, struct expr_value *ret)
{
	seconds += nanos / NANOS;
	nanos %= NANOS;
	bool duration = kind == EXPR_DURATION;
	/* a timestamp's nanos count forward; a duration's have the sign of its seconds */
	if (nanos < 0 && (!duration || seconds > 0)) {
		seconds--;
		nanos += NANOS;
	} else if (duration && nanos > 0 && seconds < 0) {
		seconds++;
		nanos -= NANOS;
	}
	int64_t whole;
	bool ok = duration ? !__builtin_mul_overflow(seconds, NANOS, &whole) &&
				     !__builtin_add_overflow(whole, nanos, &whole)
			   : seconds >= TIMESTAMP_LEAST && seconds <= TIMESTAMP_LAST;
	if (!ok)
		return false;
	*ret = (struct expr_value){.kind = kind, .time = {seconds, (int32_t)nanos}};
	return true;
}

/* Exactly `n` digits. */
static bool digits(const char **s, const char *end, int n, int *ret)
{
	int v = 0;
	for (int i = 0; i < n; i++, (*s)++) {
		if (*s >= end || **s < '0' || **s > '9')
			return false;
		v = v * 10 + (**s - '0');
	}
	*ret = v;
	return true;
}

static bool literal(const char **s, const char *end, char c)
{
	if (*s >= end || **s != c)
		return false;
	(*s)++;
	return true;
}

static bool date(const char **s, const char *end, int64_t *ret_days)
{
	int y, m, d;
	if (!digits(s, end, 4, &y) || !literal(s, end, '-') || !digits(s, end, 2, &m) ||
		!literal(s, end, '-') || !digits(s, end, 2, &d))
		return false;
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	if (m < 1 || m > 12 || d < 1)
		return false;
	bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
	if (d > lengths[m - 1] + (m == 2 && leap))
		return false;
	*ret_days = civil_to_days(y, m, d);
	return true;
}

/* [.digits] as nanoseconds */
static bool fraction(const char **s, const char *end, int64_t *ret)
{
	*ret = 0;
	if (!literal(s, end, '.'))
		return true;
	int n = 0;
	for (; *s < end && **s >= '0' && **s <= '9' && n < 9; (*s)++, n++)
		*ret = *ret * 10 + (**s - '0');
	if (n == 0)
		return false;
	for (; n < 9; n++)
		*ret *= 10;
	return true;
}

static bool zone_digits(const char **s, const char *end, int32_t *ret)
{
	int h, m;
	if (!digits(s, end, 2, &h) || !literal(s, end, ':') || !digits(s, end, 2, &m) || h > 23 ||
		m > 59)
		return false;
	*ret = h * 3600 + m * 60;
	return true;
}

bool instant_parse_timestamp(const char *s, size_t len, struct expr_value *ret)
{
	const char *end = s + len;
	int64_t days, nanos;
	int h, m, sec;
	if (!date(&s, end, &days))
		return false;
	if (s == end)
		return instant_make(EXPR_TIMESTAMP, days * 86400 - LEGAL_OFFSET_S, 0, ret);
	if (!literal(&s, end, 'T') || !digits(&s, end, 2, &h) || !literal(&s, end, ':') ||
		!digits(&s, end, 2, &m) || !literal(&s, end, ':') || !digits(&s, end, 2, &sec) ||
		h > 23 || m > 59 || sec > 59 || !fraction(&s, end, &nanos))
		return false;
	int32_t offset = 0;
	if (!literal(&s, end, 'Z')) {
		bool west = s < end && *s == '-';
		if (!west && (s >= end || *s != '+'))
			return false;
		s++;
		if (!zone_digits(&s, end, &offset))
			return false;
		offset = west ? -offset : offset;
	}
	return s == end && instant_make(EXPR_TIMESTAMP,
				   days * 86400 + h * 3600 + m * 60 + sec - offset, nanos, ret);
}

bool instant_parse_zone(const char *s, size_t len, int32_t *ret)
{
	const char *end = s + len;
	if ((len == 3 && memcmp(s, "UTC", 3) == 0) || (len == 1 && *s == 'Z')) {
		*ret = 0;
		return true;
	}
	bool west = s < end && *s == '-';
	if (west || (s < end && *s == '+'))
		s++;
	int32_t offset;
	if (!zone_digits(&s, end, &offset) || s != end)
		return false;
	*ret = west ? -offset : offset;
	return true;
}

bool instant_zone_known(const char *s, size_t len)
{
	int32_t offset;
	return instant_parse_zone(s, len, &offset) || zone_known(s, len);
}

/* A unit's nanoseconds; `s` moves behind it. */
static int64_t unit(const char **s, const char *end)
{
	static const struct {
		const char *name;
		int64_t nanos;
	} units[] = {{"ns", 1}, {"us", 1000}, {"µs", 1000}, {"ms", 1000000}, {"s", NANOS},
		{"m", 60 * NANOS}, {"h", 3600 * NANOS}};
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		size_t n = strlen(units[i].name);
		if ((size_t)(end - *s) >= n && memcmp(*s, units[i].name, n) == 0) {
			*s += n;
			return units[i].nanos;
		}
	}
	return 0;
}

/* "1.5h" → nanoseconds, added to *total */
static bool duration_term(const char **s, const char *end, __int128 *total)
{
	__int128 whole = 0, part = 0, scale = 1;
	int n = 0;
	for (; *s < end && **s >= '0' && **s <= '9'; (*s)++, n++) {
		whole = whole * 10 + (**s - '0');
		if (whole > INT64_MAX)
			return false;
	}
	if (literal(s, end, '.')) {
		for (; *s < end && **s >= '0' && **s <= '9'; (*s)++, n++) {
			if (scale < NANOS * NANOS) {
				part = part * 10 + (**s - '0');
				scale *= 10;
			}
		}
	}
	int64_t nanos = n == 0 ? 0 : unit(s, end);
	*total += whole * nanos + part * nanos / scale;
	return nanos != 0 && *total <= (__int128)(DURATION_SECONDS + 1) * NANOS;
}

bool instant_parse_duration(const char *s, size_t len, struct expr_value *ret)
{
	const char *end = s + len;
	bool negative = s < end && *s == '-';
	if (negative || (s < end && *s == '+'))
		s++;
	if (end - s == 1 && *s == '0')
		return instant_make(EXPR_DURATION, 0, 0, ret);
	if (s == end)
		return false;
	__int128 total = 0;
	while (s < end) {
		if (!duration_term(&s, end, &total))
			return false;
	}
	total = negative ? -total : total;
	return instant_make(EXPR_DURATION, (int64_t)(total / NANOS), (int64_t)(total % NANOS), ret);
}

void instant_parts(const struct expr_value *v, int32_t offset, struct instant_parts *ret)
{
	int64_t local = v->time.seconds + offset;
	int64_t days = local / 86400, rest = local % 86400;
	if (rest < 0) {
		days--;
		rest += 86400;
	}
	civil_from_days((int32_t)days, &ret->year, &ret->month, &ret->day);
	ret->hour = (int)(rest / 3600);
	ret->minute = (int)(rest / 60 % 60);
	ret->second = (int)(rest % 60);
	ret->milli = v->time.nanos / 1000000;
	ret->week_day = (int)(((days + 4) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
	ret->year_day = (int)(days - civil_to_days(ret->year, 1, 1));
}

/* ".5" without trailing zeros; "" for none */
static size_t format_fraction(int32_t nanos, char *out, size_t size)
{
	if (nanos == 0)
		return 0;
	size_t n = (size_t)snprintf(out, size, ".%09d", nanos < 0 ? -nanos : nanos);
	while (out[n - 1] == '0')
		n--;
	out[n] = '\0';
	return n;
}

size_t instant_format(const struct expr_value *v, int32_t offset, char out[INSTANT_CHARS])
{
	size_t size = INSTANT_CHARS, n;
	if (v->kind == EXPR_DURATION) {
		bool negative = v->time.seconds < 0 || v->time.nanos < 0;
		long long s = v->time.seconds < 0 ? -v->time.seconds : v->time.seconds;
		n = (size_t)snprintf(out, size, "%s%lld", negative ? "-" : "", s);
		n += format_fraction(v->time.nanos, out + n, size - n);
		return n + (size_t)snprintf(out + n, size - n, "s");
	}
	struct instant_parts p;
	instant_parts(v, offset, &p);
	n = (size_t)snprintf(out, size, "%04d-%02d-%02dT%02d:%02d:%02d", p.year, p.month, p.day,
		p.hour, p.minute, p.second);
	n += format_fraction(v->time.nanos, out + n, size - n);
	if (offset == 0)
		return n + (size_t)snprintf(out + n, size - n, "Z");
	int32_t a = offset < 0 ? -offset : offset;
	return n + (size_t)snprintf(out + n, size - n, "%c%02d:%02d", offset < 0 ? '-' : '+',
			   a / 3600, a / 60 % 60);
}
