/** A small pool of store readers: one for each running job, opened when first needed. Any thread. */
#ifndef CORE_RPC_READERS_H
#define CORE_RPC_READERS_H

#include "anju/error.h"
#include "base/cleanup.h"
#include "store/store.h"

struct readers;

struct readers *readers_new(const char *folder);
/** All must have been given back. */
void readers_free(struct readers *pool);
ANJU_DEFINE_AUTO(readers)
ANJU_MUST_CHECK anju_status readers_take(
	struct readers *pool, struct store_reader **ret, anju_error *err);
void readers_give(struct readers *pool, struct store_reader *reader);

#endif
