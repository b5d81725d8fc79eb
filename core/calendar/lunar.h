/**
 * The traditional Chinese calendar, from the astronomy in ICU. Internal to core/calendar: lunar.cc calls ICU's
 * C++ interface with the zone named in the locale, so that the machine's own is not read from /etc, and nothing
 * of that is seen outside. Any thread.
 */
#ifndef CORE_CALENDAR_LUNAR_H
#define CORE_CALENDAR_LUNAR_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Day `day` of month `month` (1 to 12, never the leap month of that number) of the Chinese year that begins
 * within the Gregorian `year`, as days since 1970-01-01. False when out of memory.
 */
bool lunar_to_day(int year, int month, int day, int32_t *ret_day);

#ifdef __cplusplus
}
#endif

#endif
