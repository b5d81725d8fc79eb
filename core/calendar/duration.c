/** Durations as text: a number and a unit, never a bare number. */
#include "calendar/calendar.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"

#define DURATION_MAX 99999

static const char *const units[] = {
	[DURATION_HOURS] = "h",
	[DURATION_DAYS] = "d",
	[DURATION_WORKDAYS] = "wd",
	[DURATION_MONTHS] = "mo",
	[DURATION_YEARS] = "y",
};

static bool parse(const char *s, bool signed_ok, struct duration *ret)
{
	bool negative = false;
	if (signed_ok && (*s == '-' || *s == '+'))
		negative = *s++ == '-';
	if (*s < '0' || *s > '9' || (*s == '0' && s[1] >= '0' && s[1] <= '9'))
		return false;
	int32_t n = 0;
	for (; *s >= '0' && *s <= '9'; s++) {
		n = n * 10 + (*s - '0');
		if (n > DURATION_MAX)
			return false;
	}
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		if (strcmp(s, units[i]) == 0) {
			*ret = (struct duration){negative ? -n : n, (enum duration_unit)i};
			return true;
		}
	}
	return false;
}

anju_status duration_parse(const char *s, bool signed_ok, struct duration *ret, anju_error *err)
{
	if (parse(s, signed_ok, ret))
		return ANJU_OK;
	(void)anju_fail(err, ANJU_E_INVALID, "calendar.duration", "invalid duration '%.40s'", s);
	anju_error_found(err, "%s", s);
	anju_error_allowed(err, "%s", signed_ok ? "-10wd +3d 6mo 1y 12h" : "10wd 30d 6mo 1y 12h");
	return ANJU_E_INVALID;
}

char *duration_format(struct duration d, char *out)
{
	(void)snprintf(out, 16, "%d%s", (int)d.n, units[d.unit]);
	return out;
}
