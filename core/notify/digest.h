/**
 * From items to a message: what one unit reads in the morning, or at once when urgent. Pure text work.
 *
 * An item's body, a JSON object, is one of
 *   {"kind": "deadline", "workflow": {"id", "title": {zh, en}}, "key", "name", "title": {zh, en}, "due":
 *    "2017-08-31" , "role": "lead"|"responsible"|"supervisor", "lead": "unit codes", "rung": "-10wd"}
 *   {"kind": "moved", as "deadline" without "rung", and: "was": date before or "", "reason": {zh, en}}
 *   {"kind": "notice", "workflow": {…}, "key", "text": {zh, en}}
 */
#ifndef CORE_NOTIFY_DIGEST_H
#define CORE_NOTIFY_DIGEST_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "org/org.h"

/**
 * Compose the message for `to` out of `n` item bodies: {"id", "to": {"unit", "title": {zh,en},
 * "contacts"}, "subject": {zh,en}, "body": {zh,en}, "urgent", "created_at"}, new reference, NULL when out of
 * memory. Deadline items are grouped by (workflow, deadline, due date, role), overdue and nearest first, with
 * counts: "12 x Household: sign the three agreements, due 2017-08-31, OVERDUE (you lead)"; each group lists at
 * most ten keys and the command that shows the rest (`anjuctl deadline list --unit U --name N`). Notices
 * come last. The subject counts; that of an urgent one alone names what it is about.
 *
 * id     message id, unique, stable over restarts
 * items  borrowed
 * today  legal-time day, decides what is overdue
 */
json_t *digest_message(const struct unit *to, const char *id, const json_t *const *items, size_t n,
	int32_t today, int64_t created_ms, bool urgent);

#endif
