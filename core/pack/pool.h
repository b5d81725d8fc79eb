/** Memory and owned things that live as long as a pack set: freed all at once, last taken first. */
#ifndef CORE_PACK_POOL_H
#define CORE_PACK_POOL_H

#include <stdbool.h>
#include <stddef.h>

struct pool_item;
struct pool {
	struct pool_item *items; /* owned */
	bool failed;             /* an allocation failed; look once at the end */
};

/** Zeroed; NULL (pool->failed set) when out of memory. */
void *pool_alloc(struct pool *pool, size_t n);
char *pool_strdup(struct pool *pool, const char *s);
/** `pool` takes `thing` and calls free_cb(thing) at its end; on failure it does so at once. */
bool pool_own_take(struct pool *pool, void *thing, void (*free_cb)(void *thing));
void pool_done(struct pool *pool);

#endif
