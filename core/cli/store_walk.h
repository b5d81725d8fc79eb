/** All cases of a data folder, read from one snapshot, for store check and store dump. */
#ifndef CORE_CLI_STORE_WALK_H
#define CORE_CLI_STORE_WALK_H

#include "anju/error.h"
#include "store/store.h"

/** Called for each case in order of (workflow, key); the reader may be used. Texts of `row` are valid until
 *  it returns. A failure ends the walk. */
typedef anju_status (*store_walk_cb)(
	void *ctx, struct store_reader *reader, const struct store_case *row, anju_error *err);
ANJU_MUST_CHECK anju_status store_walk(
	struct store_reader *reader, store_walk_cb cb, void *ctx, anju_error *err);

#endif
