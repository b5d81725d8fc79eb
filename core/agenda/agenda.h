/**
 * The deadlines of units as iCalendar files (RFC 5545), to be subscribed to by calendars of desks and phones: an
 * all-day event a deadline, with an alarm the morning before. What has moved keeps its UID and gets a greater
 * SEQUENCE; what has ended lately is there as cancelled. Only reads the store.
 */
#ifndef CORE_AGENDA_AGENDA_H
#define CORE_AGENDA_AGENDA_H

#include <stddef.h>
#include <stdint.h>

#include "anju/error.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/messages.h"
#include "pack/pack.h"
#include "store/store.h"

/** How long something that has ended is still there as cancelled. */
#define AGENDA_ENDED_DAYS 30

struct agenda_options {
	const struct pack_set *packs; /* borrowed */
	const char *unit;             /* only its deadlines; NULL = of every unit */
	int32_t from, to; /* due within these days, both included; INT32_MIN, INT32_MAX */
	int64_t now_ms;
	enum lang lang;
};

/** The file of one unit. */
struct agenda_unit {
	char code[64];
	struct buf text; /* complete */
	size_t events;
};

/** Files by unit code. */
struct agenda {
	struct agenda_unit *units; /* owned */
	size_t len, cap;
};

/**
 * Make the files of the units that lead, are responsible for or cooperate on a deadline; with options->unit that
 * unit's, even when it has none.
 * *ret is the caller's. Returns ANJU_OK; ANJU_E_NOMEM; what reading the store returns. Thread pool.
 */
ANJU_MUST_CHECK anju_status agenda_make(struct store_reader *reader,
	const struct agenda_options *options, struct agenda **ret, anju_error *err);
void agenda_free(struct agenda *agenda);
ANJU_DEFINE_AUTO(agenda)

/** A file without events, as a unit has once all is done. */
ANJU_MUST_CHECK anju_status agenda_empty(
	const struct agenda_options *options, const char *unit, struct buf *out, anju_error *err);

/**
 * Write "<unit>.ics" for every unit into `folder` (made if missing, its files readable by all), each by renaming it
 * into place, and only those that have changed.
 * *ret_written: how many. ANJU_E_IO, and what agenda_make() returns.
 */
ANJU_MUST_CHECK anju_status agenda_write_folder(struct store_reader *reader,
	const struct agenda_options *options, const char *folder, size_t *ret_written,
	anju_error *err);

#endif
