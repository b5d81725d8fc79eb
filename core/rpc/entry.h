/** A journal entry as clients see it, in case.history and in the feed. Thread pool. */
#ifndef CORE_RPC_ENTRY_H
#define CORE_RPC_ENTRY_H

#include "anju/error.h"
#include "base/buf.h"
#include "org/org.h"
#include "store/store.h"

struct rpc_server;

struct entry_view {
	struct rpc_server *server;
	struct store_reader *reader; /* another one than that which gives the entries */
	const struct principal *who;
};

/** Append the members (no braces): case, rev, event, actor, reason, recorded_at, effective_at, body. */
ANJU_MUST_CHECK anju_status entry_write(const struct entry_view *view,
	const struct store_entry *row, struct buf *out, anju_error *err);

#endif
