/** One deadline as an iCalendar event. Private to the agenda. */
#ifndef CORE_AGENDA_EVENT_H
#define CORE_AGENDA_EVENT_H

#include <libical/ical.h>

#include "agenda/agenda.h"

/** A deadline as the store has it. */
struct agenda_row {
	const struct store_deadline *deadline; /* dated */
	int64_t moved, moved_ms;               /* how often, and when last */
};

/** BEGIN:VEVENT … END:VEVENT of `row` at the end of `out`. False when out of memory. */
bool event_write(
	const struct agenda_options *options, const struct agenda_row *row, struct buf *out);

#endif
