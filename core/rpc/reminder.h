/** A line for a unit about a case, and what became of the message that it went into, as JSON. */
#ifndef CORE_RPC_REMINDER_H
#define CORE_RPC_REMINDER_H

#include "base/buf.h"
#include "store/store.h"

struct reminder_list {
	struct buf *out;
	int n;
};
/** store_notice_cb: append one to a list; `ctx` is a struct reminder_list. */
bool reminder_add(void *ctx, const struct store_notice *row);
/** The object alone: {"id", "case", "at", "unit", "channel", "urgent", "message", "status", "ended_at", "attempts",
 *  "error", and what was said: "kind", "name", "title", "due", "role", "text"}. status is "waiting" (for the
 *  digest), "dropped" (no longer of interest), "pending", "delivered" or "dead". */
void reminder_write(struct buf *out, const struct store_notice *row);

#endif
