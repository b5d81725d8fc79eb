/**
 * Instants. Stored and computed as Unix milliseconds in UTC; written and read as RFC 3339.
 * Legal time is UTC+08:00 all year round, so no time zone database is needed.
 */
#ifndef CORE_BASE_TIMESTAMP_H
#define CORE_BASE_TIMESTAMP_H

#include <stddef.h>
#include <stdint.h>

#include "anju/error.h"

#define TIMESTAMP_LEGAL_OFFSET_MIN 480
#define TIMESTAMP_DAY_MS           INT64_C(86400000)
#define TIMESTAMP_MAX_CHARS        32 /* buffer for timestamp_format */

/** Days since 1970-01-01 of a proleptic Gregorian date, and back. */
int32_t civil_to_days(int year, int month, int day);
void civil_from_days(int32_t days, int *year, int *month, int *day);

/**
 * Parse RFC 3339 with offset ("2017-08-16T08:00:00+08:00", "Z"), seconds and fraction optional, or
 * a bare date "2017-08-16", taken as 00:00 legal time. Years 1900 to 2200.
 * Returns ANJU_OK or ANJU_E_INVALID ("time.invalid": found and allowed set).
 */
ANJU_MUST_CHECK anju_status timestamp_parse(const char *s, int64_t *ret_ms, anju_error *err);

/** `n` decimal digits of `v`, with leading zeros; returns where they end. */
char *timestamp_digits(char *to, unsigned v, int n);
/** Write "2017-08-16T08:00:00+08:00" (with .mmm only if not zero) into `out`; returns `out`. */
char *timestamp_format(int64_t ms, char out[TIMESTAMP_MAX_CHARS]);

/** The legal-time day of an instant, and the instant at which a legal-time day begins. */
int32_t timestamp_to_day(int64_t ms);
int64_t timestamp_of_day(int32_t day);

/** Wall clock now, ms. Only the daemon's clock and logging may call it. */
int64_t timestamp_now(void);
/** Milliseconds of a clock that nobody sets, from no particular moment: for waiting and measuring. */
int64_t timestamp_monotonic(void);
/** The same clock in microseconds. */
int64_t timestamp_monotonic_us(void);

#endif
