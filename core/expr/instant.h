/** Timestamps and durations: text, range, calendar parts. Internal to core/expr. */
#ifndef CORE_EXPR_INSTANT_H
#define CORE_EXPR_INSTANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "expr/value.h"

#define INSTANT_CHARS 48

/** Seconds and nanoseconds (any nanos) → value; false outside the years 1 to 9999, or for a duration
 *  outside of what 64 bits hold in nanoseconds, some ±292 years. */
bool instant_make(enum expr_kind kind, int64_t seconds, int64_t nanos, struct expr_value *ret);
/** RFC 3339; a bare date is 00:00 legal time (UTC+08:00), as everywhere in anju. */
bool instant_parse_timestamp(const char *s, size_t len, struct expr_value *ret);
/** "1h30m", "-1.5s", "10ms", "0". */
bool instant_parse_duration(const char *s, size_t len, struct expr_value *ret);
/** "+08:00", "-02:30", "02:00", "UTC" → seconds east of UTC. */
bool instant_parse_zone(const char *s, size_t len, int32_t *ret);
/** May it be given as a time zone: such an offset, or the name of a zone? */
bool instant_zone_known(const char *s, size_t len);
/** RFC 3339 at the given offset, or "1.5s" for a duration. Returns the length. */
size_t instant_format(const struct expr_value *v, int32_t offset, char out[INSTANT_CHARS]);

struct instant_parts {
	int year, month, day; /* month and day from 1 */
	int hour, minute, second, milli;
	int week_day, year_day; /* from 0; Sunday is 0 */
};
void instant_parts(const struct expr_value *v, int32_t offset, struct instant_parts *ret);

#endif
