#include "pack/pool.h"

#include <stdlib.h>
#include <string.h>

struct pool_item {
	struct pool_item *next;
	void *thing;
	void (*free_cb)(void *thing);
	max_align_t room[];
};

static struct pool_item *add(struct pool *pool, size_t n)
{
	struct pool_item *item = calloc(1, sizeof *item + n);
	if (item == NULL) {
		pool->failed = true;
		return NULL;
	}
	item->next = pool->items;
	pool->items = item;
	return item;
}

void *pool_alloc(struct pool *pool, size_t n)
{
	struct pool_item *item = add(pool, n);
	return item != NULL ? item->room : NULL;
}

char *pool_strdup(struct pool *pool, const char *s)
{
	size_t n = strlen(s) + 1;
	char *copy = pool_alloc(pool, n);
	return copy != NULL ? memcpy(copy, s, n) : NULL;
}

bool pool_own_take(struct pool *pool, void *thing, void (*free_cb)(void *thing))
{
	struct pool_item *item = add(pool, 0);
	if (item == NULL) {
		free_cb(thing);
		return false;
	}
	item->thing = thing;
	item->free_cb = free_cb;
	return true;
}

void pool_done(struct pool *pool)
{
	while (pool->items != NULL) {
		struct pool_item *item = pool->items;
		pool->items = item->next;
		if (item->free_cb != NULL)
			item->free_cb(item->thing);
		free(item);
	}
}
