/** Dates as text and the ends of months. */
#include "calendar/calendar.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/timestamp.h"
#include "calendar/notice.h"

static bool digits(const char *s, int n, int *ret)
{
	int v = 0;
	for (int i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		v = v * 10 + (s[i] - '0');
	}
	*ret = v;
	return true;
}

static bool parse(const char *s, int32_t *ret)
{
	int y, m, d;
	if (strlen(s) != 10 || s[4] != '-' || s[7] != '-')
		return false;
	if (!digits(s, 4, &y) || !digits(s + 5, 2, &m) || !digits(s + 8, 2, &d))
		return false;
	if (y < DATE_MIN_YEAR || y > DATE_MAX_YEAR || m < 1 || m > 12 || d < 1 || d > 31)
		return false;
	int32_t day = civil_to_days(y, m, d);
	int y2, m2, d2;
	civil_from_days(day, &y2, &m2, &d2);
	if (m2 != m)
		return false;
	*ret = day;
	return true;
}

anju_status date_parse(const char *s, int32_t *ret, anju_error *err)
{
	if (parse(s, ret))
		return ANJU_OK;
	(void)anju_fail(err, ANJU_E_INVALID, "calendar.date", "invalid date '%.40s'", s);
	anju_error_found(err, "%s", s);
	anju_error_allowed(err, "YYYY-MM-DD, %d–%d", DATE_MIN_YEAR, DATE_MAX_YEAR);
	return ANJU_E_INVALID;
}

char *date_format(int32_t day, char *out)
{
	int y, m, d;
	civil_from_days(day, &y, &m, &d);
	/* Eleven bytes are promised: outside the years we deal with the year is shown modulo 10000. */
	unsigned year = (unsigned)(y < 0 ? -y : y) % 10000u;
	char *p = timestamp_digits(out, year, 4);
	*p++ = '-';
	p = timestamp_digits(p, (unsigned)m, 2);
	*p++ = '-';
	*timestamp_digits(p, (unsigned)d, 2) = '\0';
	return out;
}

bool date_in_range(int32_t day)
{
	return day >= civil_to_days(DATE_MIN_YEAR, 1, 1) &&
	       day <= civil_to_days(DATE_MAX_YEAR, 12, 31);
}

int date_year(int32_t day)
{
	int y, m, d;
	civil_from_days(day, &y, &m, &d);
	return y;
}

int date_weekday(int32_t day)
{
	int w = (day % 7 + 4) % 7; /* 1970-01-01 was a Thursday */
	return w < 0 ? w + 7 : w;
}

static int32_t end_of(int year, int month)
{
	return month == 12 ? civil_to_days(year + 1, 1, 1) - 1
			   : civil_to_days(year, month + 1, 1) - 1;
}

int32_t date_month_end(int32_t day)
{
	int y, m, d;
	civil_from_days(day, &y, &m, &d);
	return end_of(y, m);
}

int32_t date_plan_year(int plan_year, int offset, int month)
{
	return end_of(plan_year + offset, month);
}
