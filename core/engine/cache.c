#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "engine/impl.h"

static void touch_lru(struct cache *cache, struct cached *c)
{
	if (c->next == NULL)
		return; /* already the most recent */
	DL_DELETE(cache->lru, c);
	DL_APPEND(cache->lru, c);
}

struct cached *cache_by_name(struct cache *cache, const char *workflow, const char *key)
{
	char name[192];
	size_t a = strlen(workflow), b = strlen(key);
	if (a + b + 2 > sizeof name)
		return NULL;
	memcpy(name, workflow, a);
	name[a] = '/';
	memcpy(name + a + 1, key, b + 1);
	struct cached *c = NULL;
	HASH_FIND(by_name, cache->names, name, a + b + 1, c);
	if (c != NULL)
		touch_lru(cache, c);
	return c;
}

struct cached *cache_by_id(struct cache *cache, int64_t id)
{
	struct cached *c = NULL;
	HASH_FIND(by_id, cache->ids, &id, sizeof id, c);
	if (c != NULL)
		touch_lru(cache, c);
	return c;
}

struct cached *cache_put_take(struct cache *cache, struct anju_case *cs)
{
	struct cached *c = calloc(1, sizeof *c);
	struct buf name = BUF_INIT;
	buf_addf(&name, "%s/%s", cs->wf->id, cs->key);
	if (c != NULL)
		c->name = buf_take(&name);
	buf_done(&name);
	if (c == NULL || c->name == NULL) {
		free(c);
		shelf_give(cache->shelf, cs->wf);
		anju_case_free(cs);
		return NULL;
	}
	c->cs = cs;
	c->id = cs->id;
	c->bytes = case_bytes(cs);
	cache->bytes += c->bytes;
	HASH_ADD_KEYPTR(by_name, cache->names, c->name, strlen(c->name), c);
	HASH_ADD(by_id, cache->ids, id, sizeof c->id, c);
	DL_APPEND(cache->lru, c);
	return c;
}

void cache_drop(struct cache *cache, struct cached *c)
{
	HASH_DELETE(by_name, cache->names, c);
	HASH_DELETE(by_id, cache->ids, c);
	DL_DELETE(cache->lru, c);
	cache->bytes -= c->bytes;
	shelf_give(cache->shelf, c->cs->wf);
	anju_case_free(c->cs);
	free(c->name);
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
