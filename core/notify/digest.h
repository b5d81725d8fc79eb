/**
 * From items to a message: what one unit reads in the morning, or at once when urgent. Pure text work.
 *
 * An item's body, a JSON object, is one of
 *   {"kind": "deadline", "workflow": {"id", "title": {zh, en}}, "key", "name", "title": {zh, en}, "due":
 *    "2017-08-31" , "role": "lead"|"responsible"|"cooperating"|"supervisor", "lead": "unit codes", "rung": "-10wd",
 *    "text": {zh, en} or absent}
 *   {"kind": "moved", as "deadline" without "rung", "text": from when to when it moved, and why}
 *   {"kind": "notice", "workflow": {…}, "key", "text": {zh, en}}
 */
#ifndef CORE_NOTIFY_DIGEST_H
#define CORE_NOTIFY_DIGEST_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/messages.h"
#include "org/org.h"
#include "wording/wording.h"

struct digest {
	const struct wording *wording; /* borrowed, as all of it */
	const struct unit *to;
	const char *id; /* of the message: unique, stable over restarts */
	const json_t *const *items;
	size_t n;
	int32_t today; /* legal-time day, decides what is overdue */
	int64_t created_ms;
	bool urgent;
};

/**
 * The message: {"id", "to": {"unit", "title": {zh,en}, "contacts"}, "subject": {zh,en}, "body": {zh,en}, "html":
 * {zh,en}, "sms": {zh,en}, "urgent", "created_at"}, new reference, NULL when out of memory. By the built-in wording:
 * deadline items are grouped by (workflow, deadline, due date, role), overdue and nearest first, with counts;
 * each group lists at most ten keys and the command that shows the rest (`anjuctl deadline list --unit U --name
 * N`). Notices come last. The subject counts and names the first group; that of an urgent one alone names what it
 * is about.
 */
json_t *digest_message(const struct digest *digest);

/** What a template may name, in one language (anju-pack(5), "templates"); new reference, NULL without memory. */
json_t *digest_view(const struct digest *digest, enum lang lang);

/** Items to try templates with, made up, around the day `today`: an array of item bodies. */
json_t *digest_samples(int32_t today);

#endif
