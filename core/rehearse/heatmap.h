/**
 * The days of some years as a picture: a column a week, a row a weekday, a block a year; the darker a day, the more
 * falls due on it. Holidays and make-up working days are marked, years whose holidays are not announced yet are
 * hatched. SVG that stands alone; the same input gives the same bytes.
 */
#ifndef CORE_REHEARSE_HEATMAP_H
#define CORE_REHEARSE_HEATMAP_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/messages.h"
#include "calendar/calendar.h"

struct heatmap {
	int first_year, last_year;
	int32_t from, to; /* days outside of these are shown empty */
	const uint32_t
		*counts; /* of each day from 1 January of first_year to 31 December of last_year */
	const struct calendar *calendar;
	const char *title; /* "" = none but the picture's own */
};

#define HEATMAP_LEVELS 5

/**
 * From which count on a day has level 1, 2 …: rising, the days with anything due in five parts as equal as can be. A
 * level that is never reached has UINT32_MAX.
 */
void heatmap_levels(const struct heatmap *map, uint32_t ret[HEATMAP_LEVELS]);
/** Number of days that counts has to hold. */
size_t heatmap_days(int first_year, int last_year);

/** Append the whole picture. */
void heatmap_svg(const struct heatmap *map, enum lang lang, struct buf *out);

#endif
