/**
 * Exact decimal numbers for area and money: a reduced fraction of two 64-bit integers, so that a
 * quotient such as 132.00 / 5 or 100 / 3 compares exactly. Overflow is an error, never a wrap.
 */
#ifndef CORE_BASE_DECIMAL_H
#define CORE_BASE_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct decimal {
	int64_t num;
	int64_t den; /* > 0, gcd(num, den) == 1 */
};

#define DECIMAL_MAX_CHARS 48

/** Parse "[-]digits[.digits]" with at most `max_scale` fraction digits (<= 9); false if malformed or
 *  out of range. Neither exponent nor sign "+" nor blanks. */
bool decimal_parse(const char *s, int max_scale, struct decimal *ret);
struct decimal decimal_of_int(int64_t v);
/** Each false on overflow (and for / on a zero divisor); *ret then untouched. */
bool decimal_add(struct decimal a, struct decimal b, struct decimal *ret);
bool decimal_sub(struct decimal a, struct decimal b, struct decimal *ret);
bool decimal_mul(struct decimal a, struct decimal b, struct decimal *ret);
bool decimal_div(struct decimal a, struct decimal b, struct decimal *ret);
/** <0, 0, >0; exact, cannot overflow. */
int decimal_cmp(struct decimal a, struct decimal b);
/** Write with at least `min_scale` fraction digits; exact if the fraction terminates within 9 digits,
 *  else rounded half away from zero to 4 digits and prefixed "≈". Returns `out`. */
char *decimal_format(struct decimal d, int min_scale, char out[DECIMAL_MAX_CHARS]);

#endif
