/** Areas as whole hundredths of a square metre: "75.00" is 7500. Exact; nothing here is a float. */
#ifndef POLICY_BAOJI_AREA_H
#define POLICY_BAOJI_AREA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AREA_MAX_CHARS 24

/** digits[.d[d]], no sign, no blanks, at most 10 digits before the point. */
bool area_parse(const char *s, int64_t *ret_hundredths);
/** "75.00". Returns out. */
char *area_format(int64_t hundredths, char out[AREA_MAX_CHARS]);

#endif
