#include "store/sqlite.h"

#include <stdlib.h>
#include <string.h>

#include "base/thread.h"

/*
 * Bringing the write-ahead log home (a checkpoint) without anybody waiting for it.
 *
 * It takes tens of milliseconds, most of them on the disk. A thread with a connection of its own does it
 * while the writer goes on appending; what was appended meanwhile is little, and the writer brings that
 * home itself between two transactions, after which SQLite begins the log anew. A failure does no harm: the
 * log still has everything, and the next round tries again.
 */

/* 64 MiB: pages changed again and again are then written home seldom, and a start after a crash still reads
 * it in a moment */
#define LOG_PAGES 32000
/* beyond this the writer does not wait for the thread any more */
#define LOG_PAGES_MOST (8 * LOG_PAGES)
/* A pass takes what came during the one before, and is the shorter for it. What the last one leaves the writer has to
 * bring home, and sync, while everybody waits: little of it, also where a pass goes all over a big file. */
#define PASSES_MOST 8
#define PAGES_LEFT  2000

static void bring_home(sqlite3 *handle)
{
	int pages = 0, done = 0, rc = SQLITE_OK;
	for (int i = 0; i < PASSES_MOST && rc == SQLITE_OK && (i < 2 || pages - done > PAGES_LEFT);
		i++)
		rc = sqlite3_wal_checkpoint_v2(
			handle, NULL, SQLITE_CHECKPOINT_PASSIVE, &pages, &done);
}

static void *run(void *arg)
{
	struct checkpointer *c = arg;
	thread_name("anju-checkpt");
	pthread_mutex_lock(&c->lock);
	for (;;) {
		while (!c->wanted && !c->stop)
			pthread_cond_wait(&c->wake, &c->lock);
		if (c->stop)
			break;
		c->wanted = false;
		pthread_mutex_unlock(&c->lock);
		bring_home(c->handle);
		pthread_mutex_lock(&c->lock);
		c->done = true;
	}
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

void checkpoint_inline(struct store *store, int pages)
{
	store->checkpointer.at = pages > 0 ? pages : LOG_PAGES;
}

anju_status checkpoint_start(struct store *store, anju_error *err)
{
	struct checkpointer *c = &store->checkpointer;
	c->at = LOG_PAGES;
	int rc = sqlite3_open_v2(store->db.path, &c->handle,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(c->handle,
			"PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0", NULL, NULL,
			NULL);
	if (rc != SQLITE_OK)
		return sqlite_fail(err, c->handle, rc, "opening the database once more");
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->wake, NULL);
	int bad = pthread_create(&c->thread, NULL, run, c);
	if (bad != 0) {
		pthread_cond_destroy(&c->wake);
		pthread_mutex_destroy(&c->lock);
		return anju_fail_errno(err, bad, "starting a thread");
	}
	c->started = true;
	return ANJU_OK;
}

void checkpoint_stop(struct store *store)
{
	struct checkpointer *c = &store->checkpointer;
	if (c->started) {
		pthread_mutex_lock(&c->lock);
		c->stop = true;
		pthread_cond_signal(&c->wake);
		pthread_mutex_unlock(&c->lock);
		sqlite3_interrupt(c->handle); /* what is left the writer does when it closes */
		pthread_join(c->thread, NULL);
		pthread_cond_destroy(&c->wake);
		pthread_mutex_destroy(&c->lock);
	}
	sqlite3_close(c->handle);
	c->handle = NULL;
}

void checkpoint_log_grew(struct store *store, int pages)
{
	struct checkpointer *c = &store->checkpointer;
	if (c->started && pages < c->pages)
		c->at = LOG_PAGES; /* the log began anew */
	c->pages = pages;
}

void checkpoint_between(struct store *store)
{
	struct checkpointer *c = &store->checkpointer;
	if (!c->started && c->pages >= c->at) /* a scratch store has no thread for it */
		(void)sqlite3_wal_checkpoint_v2(
			store->db.handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	if (!c->started || c->pages < c->at)
		return;
	pthread_mutex_lock(&c->lock);
	bool done = c->done;
	if (!c->asked) {
		c->asked = c->wanted = true;
		pthread_cond_signal(&c->wake);
	}
	pthread_mutex_unlock(&c->lock);
	if (!done && c->pages < LOG_PAGES_MOST)
		return;
	(void)sqlite3_wal_checkpoint_v2(
		store->db.handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	pthread_mutex_lock(&c->lock);
	c->asked = c->done = false;
	pthread_mutex_unlock(&c->lock);
	/* a reader on an old snapshot keeps the log from beginning anew: then wait for as much again rather
	 * than syncing for a few pages at every turn */
	c->at = c->pages + LOG_PAGES;
	store_fit_cache(store);
}
