/** New moons to the minute. Internal to core/calendar. */
#ifndef CORE_CALENDAR_MOON_H
#define CORE_CALENDAR_MOON_H

#include <stdint.h>

/**
 * The day, in the time that China keeps, of the new moon nearest to `day` (days since 1970-01-01). Right where
 * the new moon is more than a minute from midnight; within 1900 to 2200. Any thread.
 */
int32_t moon_new_near(int32_t day);

#endif
