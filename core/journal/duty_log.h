/**
 * What people did to the deadlines of a case, beside what its states do to them: an object, deadline → list of
 * entries, oldest first. It lies in the case's "meta" and grows by what journal entries carry as "duties". An entry:
 *   "op"       suspend | resume | extend | grant | refuse | keep | lapse | waive; and of one that others count
 *              from, when it ends: met | end, with the "due" date that it had, which may be "provisional"
 *   "at"       when it took effect, RFC 3339; "by" the actor; "reason", "docs" (kinds) where there are any
 *   "length"   "10wd": extend wants, grant gives that much; resume: how long it stood still
 *   "until"    "2018-05-01": in place of a length, the last permissible day that is wanted, given or set (lapse)
 *   "was","due" the date before and after, of those that move it
 *   "next"     keep: when it is looked at again
 * A deadline that is armed anew begins without entries. Pure.
 */
#ifndef CORE_JOURNAL_DUTY_LOG_H
#define CORE_JOURNAL_DUTY_LOG_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "anju/error.h"

/**
 * Add `patch`, deadline → list of entries or null (forget them), to `logs`; a null within the list forgets what was
 * there before (a deadline that takes over the name of another). Of confirmations (keep) that follow one
 * another the last is kept, so that years of them do not pile up.
 * ANJU_E_INVALID (no text) when the patch is not of that shape; ANJU_E_NOMEM.
 */
ANJU_MUST_CHECK anju_status duty_log_merge(json_t *logs, const json_t *patch);

/** The entry's "op", or "". */
const char *duty_log_op(const json_t *entry);
/** The last entry with this op, or NULL; `log` may be NULL. */
const json_t *duty_log_last(const json_t *log, const char *op);
/** Does its time stand still? The entry that says since when, or NULL. */
const json_t *duty_log_suspended(const json_t *log);
/** The request for more time that nobody has answered yet, or NULL. */
const json_t *duty_log_asked(const json_t *log);
/** How many extensions were granted since it was last armed or opened again. */
int duty_log_granted(const json_t *log);

#endif
