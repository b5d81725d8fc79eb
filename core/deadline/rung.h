/**
 * Reminder rungs of a deadline: what they say, and which one fires next. Pure.
 *
 * {"at": "-10wd" | "due" | "+1wd" | "+3d",
 *  "to": "lead" | "responsible" | "cooperating" | "supervisor", or a list of them,
 *  "levels": 2,                  how far above the lead a supervisor stands; 1 if absent
 *  "channel": "smtp" or a list,  in place of the units' own
 *  "urgent": true, "text": "message.key",
 *  "open": {"workflow", "key", "data"},  opens a case; conditions and values are the pack's to read
 *  "send": "event"}              gives the case an event of the system
 */
#ifndef CORE_DEADLINE_RUNG_H
#define CORE_DEADLINE_RUNG_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "anju/error.h"
#include "base/json.h"
#include "calendar/calendar.h"
#include "deadline/due.h"

enum rung_to { RUNG_LEAD, RUNG_RESPONSIBLE, RUNG_COOPERATING, RUNG_SUPERVISOR };
#define RUNG_TO_MAX       4
#define RUNG_CHANNELS_MAX 4
#define RUNG_LEVELS_MAX   6 /* from a village to the nation */

struct rung {
	bool at_due;            /* on the due day itself; offset is then 0d */
	struct duration offset; /* from the due day; hours: from due_ms */
	enum rung_to
		to[RUNG_TO_MAX]; /* in the order written: who is meant twice is told as the first */
	size_t to_len;
	int levels;
	char *channels[RUNG_CHANNELS_MAX]; /* owned */
	size_t channels_len;               /* 0 = those of the unit */
	bool urgent;
	char *text;         /* owned; message key or NULL */
	const json_t *open; /* borrowed: the definition; object or NULL */
	const char *send;   /* borrowed: the definition; event or NULL */
};

/** The rungs of one deadline in the order in which they fire. */
struct rungs {
	struct rung *items; /* owned */
	size_t len;
};
#define RUNGS_MAX 32

/** "lead", "responsible", "cooperating", "supervisor". */
const char *rung_to_text(enum rung_to to);

/**
 * Parse the list "rungs"; NULL or absent gives an empty list. Rungs stand in the order in which they
 * fire: before the due date, on it, after it, and rising where units are the same. `list` must outlive
 * the rungs.
 * Returns ANJU_OK; ANJU_E_INVALID ("json.*", "calendar.duration", "deadline.rung",
 * "deadline.rung_order"); ANJU_E_NOMEM. *ret is the caller's, release with rungs_done().
 */
ANJU_MUST_CHECK anju_status rungs_parse(
	const json_t *list, const struct json_at *at, struct rungs *ret, anju_error *err);
void rungs_done(struct rungs *rungs);

/**
 * When a rung fires: at `office_minute` (minutes after legal midnight, 510 = 08:30) of its day; for
 * rungs in hours, and for "due" of an exact deadline, at the instant itself.
 * Returns ANJU_OK or ANJU_E_INVALID "calendar.range".
 */
ANJU_MUST_CHECK anju_status rung_instant(const struct rung *rung, const struct calendar *cal,
	const struct due *due, int office_minute, int64_t *ret_ms, anju_error *err);

/**
 * The next rung to fire.
 *
 * armed_ms  when the deadline was armed (or its date was last computed again): of the rungs whose time
 *           had passed by then only the latest fires, at once, the earlier ones are skipped
 * fired     0 at first, afterwards the index of the last one fired plus 1
 * ret_index rungs->len when none is left; *ret_ms is then untouched
 * ret_ms    when it fires, never before armed_ms
 */
ANJU_MUST_CHECK anju_status rungs_next(const struct rungs *rungs, const struct calendar *cal,
	const struct due *due, int office_minute, int64_t armed_ms, size_t fired, size_t *ret_index,
	int64_t *ret_ms, anju_error *err);

#endif
