#include "base/decimal.h"

#include <stdio.h>
#include <string.h>

typedef __int128 wide;

static bool make(wide num, wide den, struct decimal *ret)
{
	if (den < 0) {
		num = -num;
		den = -den;
	}
	wide a = num < 0 ? -num : num, b = den;
	while (b != 0) {
		wide r = a % b;
		a = b;
		b = r;
	}
	if (a > 1) {
		num /= a;
		den /= a;
	}
	if (num > INT64_MAX || num < INT64_MIN || den > INT64_MAX)
		return false;
	*ret = (struct decimal){.num = (int64_t)num, .den = (int64_t)den};
	return true;
}

bool decimal_parse(const char *s, int max_scale, struct decimal *ret)
{
	bool negative = *s == '-';
	s += negative;
	wide num = 0, den = 1;
	int whole = 0, scale = 0;
	for (; *s >= '0' && *s <= '9'; s++, whole++) {
		num = num * 10 + (*s - '0');
		if (num > INT64_MAX)
			return false;
	}
	if (whole == 0)
		return false;
	if (*s == '.') {
		for (s++; *s >= '0' && *s <= '9'; s++, scale++) {
			num = num * 10 + (*s - '0');
			den *= 10;
			if (num > INT64_MAX || scale >= max_scale || scale >= 9)
				return false;
		}
		if (scale == 0)
			return false;
	}
	if (*s != '\0')
		return false;
	return make(negative ? -num : num, den, ret);
}

struct decimal decimal_of_int(int64_t v)
{
	return (struct decimal){.num = v, .den = 1};
}

bool decimal_add(struct decimal a, struct decimal b, struct decimal *ret)
{
	return make((wide)a.num * b.den + (wide)b.num * a.den, (wide)a.den * b.den, ret);
}

bool decimal_sub(struct decimal a, struct decimal b, struct decimal *ret)
{
	return make((wide)a.num * b.den - (wide)b.num * a.den, (wide)a.den * b.den, ret);
}

bool decimal_mul(struct decimal a, struct decimal b, struct decimal *ret)
{
	return make((wide)a.num * b.num, (wide)a.den * b.den, ret);
}

bool decimal_div(struct decimal a, struct decimal b, struct decimal *ret)
{
	if (b.num == 0)
		return false;
	return make((wide)a.num * b.den, (wide)a.den * b.num, ret);
}

int decimal_cmp(struct decimal a, struct decimal b)
{
	wide l = (wide)a.num * b.den, r = (wide)b.num * a.den;
	return (l > r) - (l < r);
}

char *decimal_format(struct decimal d, int min_scale, char out[DECIMAL_MAX_CHARS])
{
	int scale = 0;
	int64_t pow10 = 1;
	while (scale < 9 && pow10 % d.den != 0) {
		pow10 *= 10;
		scale++;
	}
	const char *about = "";
	wide abs_num = d.num < 0 ? -(wide)d.num : d.num;
	wide units;
	if (pow10 % d.den == 0) {
		units = abs_num * (pow10 / d.den);
	} else {
		about = "≈";
		scale = 4;
		pow10 = 10000;
		units = (abs_num * pow10 * 2 + d.den) / ((wide)d.den * 2);
	}
	while (scale < min_scale && scale < 9) {
		units *= 10;
		pow10 *= 10;
		scale++;
	}
	unsigned long long whole = (unsigned long long)(units / pow10);
	unsigned long long frac = (unsigned long long)(units % pow10);
	int n = snprintf(out, DECIMAL_MAX_CHARS, "%s%s%llu", about, d.num < 0 ? "-" : "", whole);
	if (scale > 0)
		snprintf(out + n, DECIMAL_MAX_CHARS - (size_t)n, ".%0*llu", scale, frac);
	return out;
}
