/** Days on which offices of the story work: no weekends, no long holidays. Not the calendar of the law. */
#ifndef CONTRIB_ROSTER_DAYS_H
#define CONTRIB_ROSTER_DAYS_H

#include <stdint.h>

int32_t day_of(int year, int month, int day);
/** `day`, or the next day on which people are in their offices. */
int32_t day_open(int32_t day);
/** n such days later; n = 0 gives day_open(day). */
int32_t day_after(int32_t day, int n);
/** "2017-08-16", into at least 11 bytes. */
char *day_text(int32_t day, char *out);

#endif
