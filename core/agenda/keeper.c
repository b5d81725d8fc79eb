#include "agenda/keeper.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/log.h"
#include "base/thread.h"
#include "base/timestamp.h"

#define EVERY_DEFAULT_S 60
/* Also when nothing is written: what has ended long ago goes out of the files. */
#define LOOK_AGAIN_S 3600

struct agenda_keeper {
	struct agenda_keeper_options options;
	char *data, *folder; /* owned */
	pthread_t thread;
	bool thread_runs;

	/* under lock */
	pthread_mutex_t lock;
	pthread_cond_t cond;
	bool stale, stop;
};

static void refresh(struct agenda_keeper *k)
{
	ANJU_AUTO(store_reader) reader = NULL;
	anju_error err = {0};
	size_t written = 0;
	struct agenda_options options = {.packs = k->options.packs,
		.from = INT32_MIN,
		.to = INT32_MAX,
		.now_ms = k->options.now(k->options.ctx),
		.lang = k->options.lang};
	anju_status st = store_reader_open(k->data, &reader, &err);
	if (st == ANJU_OK)
		st = agenda_write_folder(reader, &options, k->folder, &written, &err);
	if (st != ANJU_OK)
		log_error("agenda", "not_written", &err);
	else if (written > 0)
		log_line(LOG_DEBUG_, "agenda", "written", "files=%zu", written);
	if (st == ANJU_OK)
		return;
	pthread_mutex_lock(&k->lock);
	k->stale = true;
	pthread_mutex_unlock(&k->lock);
}

static void wait_s(struct agenda_keeper *k, int seconds)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += seconds;
	(void)pthread_cond_timedwait(&k->cond, &k->lock, &until);
}

static int64_t now_s(void)
{
	return timestamp_monotonic() / 1000;
}

static void *keeper_main(void *arg)
{
	struct agenda_keeper *k = arg;
	thread_name("anju-agenda");
	pthread_mutex_lock(&k->lock);
	while (!k->stop) {
		k->stale = false;
		pthread_mutex_unlock(&k->lock);
		refresh(k);
		int64_t done_s = now_s();
		pthread_mutex_lock(&k->lock);
		/* woken at every commit: the next look is not before its time */
		for (int64_t left = k->options.every_s; left > 0 && !k->stop;
			left = done_s + k->options.every_s - now_s())
			wait_s(k, (int)left);
		while (!k->stop && !k->stale && now_s() - done_s < LOOK_AGAIN_S)
			wait_s(k, (int)(done_s + LOOK_AGAIN_S - now_s()));
	}
	pthread_mutex_unlock(&k->lock);
	return NULL;
}

void agenda_keeper_wake(struct agenda_keeper *k)
{
	pthread_mutex_lock(&k->lock);
	if (!k->stale) {
		k->stale = true;
		pthread_cond_signal(&k->cond);
	}
	pthread_mutex_unlock(&k->lock);
}

void agenda_keeper_free(struct agenda_keeper *k)
{
	if (k == NULL)
		return;
	pthread_mutex_lock(&k->lock);
	k->stop = true;
	pthread_cond_signal(&k->cond);
	pthread_mutex_unlock(&k->lock);
	if (k->thread_runs)
		pthread_join(k->thread, NULL);
	pthread_cond_destroy(&k->cond);
	pthread_mutex_destroy(&k->lock);
	free(k->data);
	free(k->folder);
	free(k);
}

anju_status agenda_keeper_start(
	const struct agenda_keeper_options *options, struct agenda_keeper **ret, anju_error *err)
{
	ANJU_AUTO(agenda_keeper) k = calloc(1, sizeof *k);
	pthread_condattr_t attr;
	if (k == NULL)
		return anju_fail_nomem(err);
	pthread_mutex_init(&k->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&k->cond, &attr);
	pthread_condattr_destroy(&attr);
	k->options = *options;
	k->options.every_s = options->every_s > 0 ? options->every_s : EVERY_DEFAULT_S;
	k->data = strdup(options->data);
	k->folder = strdup(options->folder);
	if (k->data == NULL || k->folder == NULL)
		return anju_fail_nomem(err);
	int bad = pthread_create(&k->thread, NULL, keeper_main, k);
	if (bad != 0)
		return anju_fail_errno(err, bad, "@say.starting_thread|agenda");
	k->thread_runs = true;
	*ret = ANJU_TAKE(k);
	return ANJU_OK;
}
