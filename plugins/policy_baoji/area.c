#include "area.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DIGITS "0123456789"

bool area_parse(const char *s, int64_t *ret_hundredths)
{
	size_t whole = strspn(s, DIGITS);
	if (whole == 0 || whole > 10)
		return false;
	size_t fraction = 0;
	if (s[whole] == '.') {
		fraction = strspn(s + whole + 1, DIGITS);
		if (fraction == 0 || fraction > 2 || s[whole + 1 + fraction] != '\0')
			return false;
	} else if (s[whole] != '\0') {
		return false;
	}
	int64_t v = 0;
	for (size_t i = 0; i < whole; i++)
		v = v * 10 + (s[i] - '0');
	for (size_t i = 0; i < 2; i++)
		v = v * 10 + (i < fraction ? s[whole + 1 + i] - '0' : 0);
	*ret_hundredths = v;
	return true;
}

char *area_format(int64_t hundredths, char out[AREA_MAX_CHARS])
{
	snprintf(out, AREA_MAX_CHARS, "%" PRId64 ".%02" PRId64, hundredths / 100, hundredths % 100);
	return out;
}
