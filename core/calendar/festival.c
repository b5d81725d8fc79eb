/** Festivals of the traditional calendar, and the ends of half months, months, quarters and years. */
#include "calendar/calendar.h"

#include <string.h>

#include "base/error.h"
#include "base/timestamp.h"
#include "calendar/lunar.h"
#include "calendar/moon.h"
#include "calendar/notice.h"

static const struct {
	const char *name;
	int month, day; /* of the Chinese year */
} festivals[] = {
	[FESTIVAL_SPRING] = {"spring", 1, 1},
	[FESTIVAL_LANTERN] = {"lantern", 1, 15},
	[FESTIVAL_DRAGON_BOAT] = {"dragon_boat", 5, 5},
	[FESTIVAL_MID_AUTUMN] = {"mid_autumn", 8, 15},
	[FESTIVAL_DOUBLE_NINTH] = {"double_ninth", 9, 9},
};
#define FESTIVALS (sizeof festivals / sizeof festivals[0])

bool festival_parse(const char *name, enum festival *ret)
{
	for (size_t i = 0; i < FESTIVALS; i++) {
		if (strcmp(festivals[i].name, name) == 0) {
			*ret = (enum festival)i;
			return true;
		}
	}
	return false;
}

static anju_status fail_range(anju_error *err, int found)
{
	(void)anju_fail(err, ANJU_E_INVALID, "calendar.range", "year %d is outside %d to %d", found,
		DATE_MIN_YEAR, DATE_MAX_YEAR);
	anju_error_found(err, "%d", found);
	anju_error_allowed(err, "%d–%d", DATE_MIN_YEAR, DATE_MAX_YEAR);
	return ANJU_E_INVALID;
}

anju_status festival_day(enum festival f, int year, int32_t *ret_day, anju_error *err)
{
	if (year < DATE_MIN_YEAR || year > DATE_MAX_YEAR)
		return fail_range(err, year);
	int32_t first = 0;
	if (!lunar_to_day(year, festivals[f].month, 1, &first))
		return anju_fail_nomem(err);
	*ret_day = moon_new_near(first) + festivals[f].day - 1;
	return ANJU_OK;
}

static const int months_in[] = {
	[PERIOD_HALF_MONTH] = 1,
	[PERIOD_MONTH] = 1,
	[PERIOD_QUARTER] = 3,
	[PERIOD_YEAR] = 12,
};

anju_status date_period_end(
	int32_t day, enum period period, int32_t n, int32_t *ret_day, anju_error *err)
{
	int y, m, d;
	if (!date_in_range(day))
		return fail_range(err, day);
	civil_from_days(day, &y, &m, &d);
	/* periods since the year 0: halves of months, months, quarters or years */
	int64_t count = ((int64_t)y * 12 + (m - 1)) / months_in[period];
	if (period == PERIOD_HALF_MONTH)
		count = count * 2 + (d > 15 ? 1 : 0);
	count += n;
	bool first_half = period == PERIOD_HALF_MONTH && count % 2 == 0;
	int64_t month =
		period == PERIOD_HALF_MONTH ? count / 2 : (count + 1) * months_in[period] - 1;
	int64_t year = month / 12;
	if (count < 0 || year < DATE_MIN_YEAR || year > DATE_MAX_YEAR)
		return fail_range(err, y);
	int32_t begin = civil_to_days((int)year, (int)(month % 12) + 1, 1);
	*ret_day = first_half ? begin + 14 : date_month_end(begin);
	return ANJU_OK;
}

bool date_parse_partial(const char *s, int32_t *ret)
{
	char whole[16];
	size_t len = strlen(s);
	if (len == 10)
		return date_parse(s, ret, NULL) == ANJU_OK;
	if (len != 4 && len != 7)
		return false;
	/* the last month, and of any month the last day */
	memcpy(whole, s, len);
	strcpy(whole + len, len == 4 ? "-12-01" : "-01"); /* allowed: room for 16 */
	int32_t day;
	if (date_parse(whole, &day, NULL) != ANJU_OK)
		return false;
	*ret = date_month_end(day);
	return true;
}
