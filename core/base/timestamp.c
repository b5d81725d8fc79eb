#include "base/timestamp.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/error.h"

/* Days from civil and back: the well-known era arithmetic; timegm()/gmtime_r() do the same work but
 * consult the time zone machinery under a lock. */
int32_t civil_to_days(int year, int month, int day)
{
	int y = month <= 2 ? year - 1 : year;
	int era = (y >= 0 ? y : y - 399) / 400;
	int yoe = y - era * 400;
	int doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + doe - 719468;
}

void civil_from_days(int32_t days, int *year, int *month, int *day)
{
	int z = days + 719468;
	int era = (z >= 0 ? z : z - 146096) / 146097;
	int doe = z - era * 146097;
	int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int mp = (5 * doy + 2) / 153;
	*day = doy - (153 * mp + 2) / 5 + 1;
	*month = mp < 10 ? mp + 3 : mp - 9;
	*year = yoe + era * 400 + (*month <= 2 ? 1 : 0);
}

static bool digits(const char **p, int n, int *ret)
{
	int v = 0;
	for (int i = 0; i < n; i++) {
		if (!isdigit((unsigned char)(*p)[i]))
			return false;
		v = v * 10 + ((*p)[i] - '0');
	}
	*p += n;
	*ret = v;
	return true;
}

static bool skip(const char **p, char c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

static bool parse_offset(const char **p, int *ret_min)
{
	if (skip(p, 'Z') || skip(p, 'z')) {
		*ret_min = 0;
		return true;
	}
	int sign = **p == '-' ? -1 : 1;
	int h, m;
	if (!skip(p, '+') && !skip(p, '-'))
		return false;
	if (!digits(p, 2, &h) || !skip(p, ':') || !digits(p, 2, &m) || h > 14 || m > 59)
		return false;
	*ret_min = sign * (h * 60 + m);
	return true;
}

static bool parse_clock(const char **p, int64_t *ret_ms)
{
	int h, m, s = 0, ms = 0;
	if (!digits(p, 2, &h) || !skip(p, ':') || !digits(p, 2, &m))
		return false;
	if (skip(p, ':') && !digits(p, 2, &s))
		return false;
	if (skip(p, '.')) {
		int scale = 100;
		if (!isdigit((unsigned char)**p))
			return false;
		for (; isdigit((unsigned char)**p); (*p)++, scale /= 10)
			ms += (**p - '0') * scale;
	}
	if (h > 23 || m > 59 || s > 59)
		return false;
	*ret_ms = ((h * INT64_C(60) + m) * 60 + s) * 1000 + ms;
	return true;
}

static bool parse(const char *s, int64_t *ret_ms)
{
	const char *p = s;
	int y, mo, d;
	if (!digits(&p, 4, &y) || !skip(&p, '-') || !digits(&p, 2, &mo) || !skip(&p, '-') ||
		!digits(&p, 2, &d))
		return false;
	if (y < 1900 || y > 2200 || mo < 1 || mo > 12 || d < 1)
		return false;
	int32_t day = civil_to_days(y, mo, d);
	int y2, mo2, d2;
	civil_from_days(day, &y2, &mo2, &d2);
	if (mo2 != mo || d2 != d)
		return false;
	int64_t clock = 0;
	int offset = TIMESTAMP_LEGAL_OFFSET_MIN;
	if (*p != '\0') {
		if (!skip(&p, 'T') && !skip(&p, 't') && !skip(&p, ' '))
			return false;
		if (!parse_clock(&p, &clock) || !parse_offset(&p, &offset) || *p != '\0')
			return false;
	}
	*ret_ms = day * TIMESTAMP_DAY_MS + clock - offset * INT64_C(60000);
	return true;
}

anju_status timestamp_parse(const char *s, int64_t *ret_ms, anju_error *err)
{
	if (parse(s, ret_ms))
		return ANJU_OK;
	(void)anju_fail(err, ANJU_E_INVALID, "time.invalid", "invalid time '%.60s'", s);
	anju_error_found(err, "%s", s);
	anju_error_allowed(err, "2017-08-16 / 2017-08-16T08:00:00+08:00 (RFC 3339)");
	return ANJU_E_INVALID;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0 ? 1 : 0);
}

/* Digits by hand: every reply carries two of these, and printf was a tenth of what a reply costs. */
char *timestamp_digits(char *to, unsigned v, int n)
{
	for (int i = n - 1; i >= 0; i--, v /= 10)
		to[i] = (char)('0' + v % 10);
	return to + n;
}

static char *put_pair(char *to, char sep, unsigned v)
{
	*to = sep;
	return timestamp_digits(to + 1, v, 2);
}

char *timestamp_format(int64_t ms, char out[TIMESTAMP_MAX_CHARS])
{
	int64_t local = ms + TIMESTAMP_LEGAL_OFFSET_MIN * INT64_C(60000);
	int32_t day = (int32_t)floor_div(local, TIMESTAMP_DAY_MS);
	unsigned rest = (unsigned)(local - day * TIMESTAMP_DAY_MS);
	int y, mo, d;
	civil_from_days(day, &y, &mo, &d);
	unsigned frac = rest % 1000, s = rest / 1000;
	char *p = timestamp_digits(out, (unsigned)y % 10000, 4);
	p = put_pair(p, '-', (unsigned)mo);
	p = put_pair(p, '-', (unsigned)d);
	p = put_pair(p, 'T', s / 3600);
	p = put_pair(p, ':', s / 60 % 60);
	p = put_pair(p, ':', s % 60);
	if (frac != 0) {
		*p++ = '.';
		p = timestamp_digits(p, frac, 3);
	}
	memcpy(p, "+08:00", 7);
	return out;
}

int32_t timestamp_to_day(int64_t ms)
{
	return (int32_t)floor_div(
		ms + TIMESTAMP_LEGAL_OFFSET_MIN * INT64_C(60000), TIMESTAMP_DAY_MS);
}

int64_t timestamp_of_day(int32_t day)
{
	return day * TIMESTAMP_DAY_MS - TIMESTAMP_LEGAL_OFFSET_MIN * INT64_C(60000);
}

int64_t timestamp_now(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t timestamp_monotonic_us(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail with a clock that exists */
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t timestamp_monotonic(void)
{
	return timestamp_monotonic_us() / 1000;
}
