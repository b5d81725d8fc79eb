/** Cases in memory: two tables with open addressing, by name and by id, and a list from the least to the most recently
 *  used. */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "engine/impl.h"

#define FIRST_CAP    256u /* a power of two, like all that follow */
#define ALLOCATED(p) (malloc_usable_size(p) + sizeof(size_t))

static uint64_t mixed(uint64_t h)
{
	h *= UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 32;
}

/* Eight bytes at a time: it is computed for every command. */
static uint64_t hash_text(uint64_t h, const char *s, size_t n)
{
	uint64_t word = 0;
	for (; n >= sizeof word; s += sizeof word, n -= sizeof word) {
		memcpy(&word, s, sizeof word);
		h = mixed(h ^ word);
	}
	word = n;
	memcpy((char *)&word + 1, s, n);
	return mixed(h ^ word);
}

static uint32_t hash_name(const char *workflow, size_t a, const char *key, size_t b)
{
	return (uint32_t)hash_text(hash_text(0, workflow, a), key, b);
}

static uint32_t hash_id(int64_t id)
{
	return (uint32_t)mixed((uint64_t)id);
}

static uint32_t hash_of(
	const struct cache *cache, const struct cache_table *table, const struct cached *c)
{
	return table == &cache->ids ? hash_id(c->id) : c->hash;
}

/* --- tables --- */

static void table_put(const struct cache *cache, struct cache_table *table, struct cached *c)
{
	size_t mask = table->cap - 1, at = hash_of(cache, table, c) & mask;
	while (table->slots[at] != NULL)
		at = (at + 1) & mask;
	table->slots[at] = c;
}

/* At most three quarters full, so that a search ends soon. */
static bool table_reserve(const struct cache *cache, struct cache_table *table)
{
	if ((cache->len + 1) * 4 <= table->cap * 3)
		return true;
	struct cache_table grown = {.cap = table->cap == 0 ? FIRST_CAP : table->cap * 2};
	grown.slots = calloc(grown.cap, sizeof *grown.slots);
	if (grown.slots == NULL)
		return false;
	struct cache_table old = *table;
	*table = grown;
	for (size_t i = 0; i < old.cap; i++) {
		if (old.slots[i] != NULL)
			table_put(cache, table, old.slots[i]);
	}
	free(old.slots);
	return true;
}

/* What had to give way to `c` moves back, so that no search meets a gap. */
static void table_remove(const struct cache *cache, struct cache_table *table, struct cached *c)
{
	size_t mask = table->cap - 1, gap = hash_of(cache, table, c) & mask;
	while (table->slots[gap] != c)
		gap = (gap + 1) & mask;
	for (size_t at = (gap + 1) & mask; table->slots[at] != NULL; at = (at + 1) & mask) {
		size_t home = hash_of(cache, table, table->slots[at]) & mask;
		if (((at - home) & mask) < ((at - gap) & mask))
			continue;
		table->slots[gap] = table->slots[at];
		gap = at;
	}
	table->slots[gap] = NULL;
}

/* --- the cache --- */

static void touch_lru(struct cache *cache, struct cached *c)
{
	if (c->next == NULL)
		return; /* already the most recent */
	DL_DELETE(cache->lru, c);
	DL_APPEND(cache->lru, c);
}

struct cached *cache_by_name(struct cache *cache, const char *workflow, const char *key)
{
	size_t a = strlen(workflow), b = strlen(key), mask = cache->names.cap - 1;
	uint32_t hash = hash_name(workflow, a, key, b);
	if (cache->len == 0)
		return NULL;
	for (size_t at = hash & mask; cache->names.slots[at] != NULL; at = (at + 1) & mask) {
		struct cached *c = cache->names.slots[at];
		if (c->hash != hash || c->name_len != a + 1 + b || c->name[a] != '/' ||
			memcmp(c->name, workflow, a) != 0 || memcmp(c->name + a + 1, key, b) != 0)
			continue;
		touch_lru(cache, c);
		return c;
	}
	return NULL;
}

struct cached *cache_by_id(struct cache *cache, int64_t id)
{
	size_t mask = cache->ids.cap - 1;
	if (cache->len == 0)
		return NULL;
	for (size_t at = hash_id(id) & mask; cache->ids.slots[at] != NULL; at = (at + 1) & mask) {
		struct cached *c = cache->ids.slots[at];
		if (c->id != id)
			continue;
		touch_lru(cache, c);
		return c;
	}
	return NULL;
}

static struct cached *new_cached(struct anju_case *cs)
{
	size_t a = strlen(cs->wf->id), b = strlen(cs->key);
	struct cached *c = malloc(sizeof *c + a + 1 + b + 1);
	if (c == NULL)
		return NULL;
	*c = (struct cached){.cs = cs, .id = cs->id};
	c->name_len = (uint32_t)(a + 1 + b);
	memcpy(c->name, cs->wf->id, a);
	c->name[a] = '/';
	memcpy(c->name + a + 1, cs->key, b + 1);
	c->hash = hash_name(cs->wf->id, a, cs->key, b);
	return c;
}

static size_t bytes_of(const struct cached *c)
{
	/* and two places in tables that are between three eighths and three quarters full */
	return ALLOCATED((void *)(uintptr_t)c) + 4 * sizeof(void *) + case_bytes(c->cs);
}

struct cached *cache_put_take(struct cache *cache, struct anju_case *cs)
{
	bool room = table_reserve(cache, &cache->names) && table_reserve(cache, &cache->ids);
	struct cached *c = room ? new_cached(cs) : NULL;
	if (c == NULL) {
		shelf_give(cache->shelf, cs->wf);
		anju_case_free(cs);
		return NULL;
	}
	c->bytes = bytes_of(c);
	cache->bytes += c->bytes;
	table_put(cache, &cache->names, c);
	table_put(cache, &cache->ids, c);
	cache->len++;
	DL_APPEND(cache->lru, c);
	return c;
}

void cache_weigh(struct cache *cache, struct cached *c)
{
	size_t now = bytes_of(c);
	cache->bytes += now - c->bytes;
	c->bytes = now;
}

void cache_drop(struct cache *cache, struct cached *c)
{
	table_remove(cache, &cache->names, c);
	table_remove(cache, &cache->ids, c);
	cache->len--;
	DL_DELETE(cache->lru, c);
	cache->bytes -= c->bytes;
	shelf_give(cache->shelf, c->cs->wf);
	anju_case_free(c->cs);
	free(c);
}

void cache_trim(struct cache *cache)
{
	/* cases of many old definitions at once: those in memory must not keep all of them */
	if (shelf_crowded(cache->shelf))
		cache_clear(cache);
	while (cache->bytes > cache->limit && cache->lru != NULL)
		cache_drop(cache, cache->lru);
}

void cache_clear(struct cache *cache)
{
	while (cache->lru != NULL)
		cache_drop(cache, cache->lru);
}

void cache_done(struct cache *cache)
{
	cache_clear(cache);
	free(cache->names.slots);
	free(cache->ids.slots);
	cache->names = cache->ids = (struct cache_table){0};
}
