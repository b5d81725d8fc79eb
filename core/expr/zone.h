/**
 * Time zones by name, from the IANA data that ICU carries in its library: no file is read. ICU's C interface
 * opens a calendar, which reads the machine's own zone from /etc and is not for two threads; so zone.cc
 * calls its C++ one, and nothing of that is seen outside. Any thread. Internal to core/expr.
 */
#ifndef CORE_EXPR_ZONE_H
#define CORE_EXPR_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** "Asia/Shanghai", "US/Central": is there such a zone? Case matters, as in the list of names itself. */
bool zone_known(const char *name, size_t len);

/** Seconds east of UTC at `seconds` since the epoch, daylight saving time included. 1 found, 0 no such
 *  zone, -1 out of memory. Takes about a microsecond. */
int zone_offset(const char *name, size_t len, int64_t seconds, int32_t *ret);

#ifdef __cplusplus
}
#endif

#endif
