/**
 * What people do to one deadline of a case. Each act is a built-in event of the case, "deadline.suspend" and the
 * like, given with case_send() as `amend` is: same entries, idempotency, revisions, trying out. Its data:
 *   "deadline"  name of the deadline
 *   "length"    "10wd": extend, grant: how much more time; lapse: the new term, counted from the act
 *   "until"     "2018-05-01": in place of a length, the last permissible day
 *
 *            suspend/resume            waive (by, reason)
 *             (no rungs)          ┌───────────────────────▶ waived
 *               ┌──┐              │
 *   armed ────▶ open ─── state or field says so ────▶ met, met late, superseded
 *               ▲  ▲  └─ with keep_up: ─▶ watched ─── case or `until` ends it ──▶ met, met late
 *               │  │ extend+grant        │  ▲ keep (confirmed)
 *               │  └─────────────────────┘  │
 *               │   lapse (reason, new date)│
 *               └──── keep closes it again ─┘
 *
 * What was done is kept in the case beside its documents (journal/duty_log.h); a date that is computed again has it
 * applied again. While its time stands still a deadline is not overdue and fires no rungs; on resuming the date moves by
 * the time it stood still, in the deadline's own unit: working days where its rule counts them, hours where it counts
 * hours, else calendar days. An act may not be dated before the one recorded last.
 *
 * Who may: waive, suspend, resume: the deadline's own lists, else the units one level above those who lead (or are
 * responsible, where nobody leads). extend, keep: those who lead or are responsible. grant, refuse: one level above.
 * lapse: all of these.
 * Source: XC-H-01, BJ-D-38, GX-H-03.
 */
#ifndef CORE_CASE_DUTY_ACTS_H
#define CORE_CASE_DUTY_ACTS_H

#include <jansson.h>
#include <stdbool.h>

#include "base/messages.h"
#include "case/case.h"

enum duty_act {
	DUTY_ACT_WAIVE,
	DUTY_ACT_SUSPEND,
	DUTY_ACT_RESUME,
	DUTY_ACT_EXTEND, /* ask for more time */
	DUTY_ACT_GRANT,
	DUTY_ACT_REFUSE,
	DUTY_ACT_KEEP,  /* confirm that what is watched is kept up */
	DUTY_ACT_LAPSE, /* it is not: opened again */
};
#define DUTY_ACT_COUNT 8

/** "suspend" …: the event without its "deadline.". */
const char *duty_act_name(enum duty_act act);
/** The words for it: “中止”, "suspend". */
const char *duty_act_title(enum duty_act act, enum lang lang);
/** By its event, "deadline.suspend"; false: no such act. */
bool duty_act_of(const char *event, enum duty_act *ret);

/** What was done to the deadline of that name: array as in journal/duty_log.h, borrowed, or NULL. */
const json_t *case_duty_log(const struct anju_case *cs, const char *name);

/** The units that may do it to `def` in this case; returns how many, at most `max`. */
size_t case_duty_units(const struct case_env *env, const struct anju_case *cs,
	const struct deadline_def *def, enum duty_act act, const struct unit **ret, size_t max);

/**
 * Acts that fit the deadline as it stands (status, dated, suspended of `duty`), each with the units that may:
 * {"suspend": ["610322.government"], …}; whether a date has passed is not looked at. New reference.
 */
json_t *case_duty_possible(const struct case_env *env, const struct anju_case *cs,
	const struct deadline_def *def, const struct duty *duty);

/**
 * The check of a watched duty that is due at env->now_ms: whom to tell in `ret` (at most `max`), and the duty's
 * next_ms moved on.
 */
ANJU_MUST_CHECK anju_status case_fire_check(const struct case_env *env, struct anju_case *cs,
	struct duty *duty, const struct unit **ret, size_t max, size_t *ret_len, anju_error *err);

#endif
