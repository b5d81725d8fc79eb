/** A deadline row as clients see it, in deadline.list and case.get. */
#ifndef CORE_RPC_DEADLINE_VIEW_H
#define CORE_RPC_DEADLINE_VIEW_H

#include <stdint.h>

#include "base/buf.h"
#include "pack/pack.h"
#include "store/store.h"

/** Append the object. `with_case` names the case too. */
void deadline_write(struct buf *out, const struct pack_set *packs, const struct store_deadline *row,
	int64_t now_ms, bool with_case);
/** "open", "met" …; as in enum store_deadline_status. */
const char *deadline_status_name(enum store_deadline_status status);

#endif
