#include "rpc/readers.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

#define READERS_KEPT 8

struct readers {
	char *folder;
	pthread_mutex_t lock;
	struct store_reader *idle[READERS_KEPT];
	int idle_len;
};

struct readers *readers_new(const char *folder)
{
	struct readers *pool = calloc(1, sizeof *pool);
	if (pool == NULL)
		return NULL;
	pool->folder = strdup(folder);
	if (pool->folder == NULL) {
		free(pool);
		return NULL;
	}
	pthread_mutex_init(&pool->lock, NULL);
	return pool;
}

void readers_free(struct readers *pool)
{
	if (pool == NULL)
		return;
	for (int i = 0; i < pool->idle_len; i++)
		store_reader_free(pool->idle[i]);
	pthread_mutex_destroy(&pool->lock);
	free(pool->folder);
	free(pool);
}

anju_status readers_take(struct readers *pool, struct store_reader **ret, anju_error *err)
{
	struct store_reader *reader = NULL;
	pthread_mutex_lock(&pool->lock);
	if (pool->idle_len > 0)
		reader = pool->idle[--pool->idle_len];
	pthread_mutex_unlock(&pool->lock);
	if (reader == NULL)
		return store_reader_open(pool->folder, ret, err);
	*ret = reader;
	return ANJU_OK;
}

void readers_give(struct readers *pool, struct store_reader *reader)
{
	if (reader == NULL)
		return;
	pthread_mutex_lock(&pool->lock);
	bool keep = pool->idle_len < READERS_KEPT;
	if (keep)
		pool->idle[pool->idle_len++] = reader;
	pthread_mutex_unlock(&pool->lock);
	if (!keep)
		store_reader_free(reader);
}
