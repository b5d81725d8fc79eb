#include "days.h"

#include <stdbool.h>
#include <stdio.h>

#include "base/timestamp.h"

int32_t day_of(int year, int month, int day)
{
	return civil_to_days(year, month, day);
}

static bool is_open(int32_t day)
{
	static const struct {
		int year, month, from, to;
	} holidays[] = {{2017, 10, 1, 8}, {2018, 1, 1, 1}, {2018, 2, 15, 21}, {2018, 4, 5, 7},
		{2018, 5, 1, 1}, {2018, 6, 18, 18}, {2018, 9, 24, 24}, {2018, 10, 1, 7}};
	int32_t weekday = (day + 4) % 7; /* 1970-01-01 was a Thursday; 0 = Sunday */
	if (weekday == 0 || weekday == 6)
		return false;
	for (unsigned i = 0; i < sizeof holidays / sizeof holidays[0]; i++) {
		if (day >= day_of(holidays[i].year, holidays[i].month, holidays[i].from) &&
			day <= day_of(holidays[i].year, holidays[i].month, holidays[i].to))
			return false;
	}
	return true;
}

int32_t day_open(int32_t day)
{
	while (!is_open(day))
		day++;
	return day;
}

int32_t day_after(int32_t day, int n)
{
	day = day_open(day);
	while (n-- > 0)
		day = day_open(day + 1);
	return day;
}

char *day_text(int32_t day, char *out)
{
	int y, m, d;
	civil_from_days(day, &y, &m, &d);
	snprintf(out, 16, "%04d-%02d-%02d", y, m, d);
	return out;
}
