/** One channel's thread. Internal to core/notify. */
#ifndef CORE_NOTIFY_WORKER_H
#define CORE_NOTIFY_WORKER_H

#include <pthread.h>

#include "notify/delivery.h"
#include "store/store.h"

struct retry;

struct worker {
	/* Fixed once the thread runs. */
	const struct delivery_options *options; /* borrowed: delivery */
	const char *channel; /* borrowed: plugin's manifest; NULL: those nobody offers */
	int attempts;

	/* The thread's. */
	struct gate gate;
	struct store_reader *reader; /* owned */
	int64_t cursor[2];           /* plain, urgent: messages up to this id have been taken up */
	struct retry *retries;       /* owned */
	int retries_len;
	unsigned seed; /* jitter */
	bool unread;   /* the store could not be read: look again soon, nobody else will say so */

	pthread_t thread;
	bool thread_runs;
	pthread_mutex_t lock;
	pthread_cond_t cond, settled;
	/* Under lock. */
	bool woken, stop;
	int unsettled;    /* outcomes that were taken and are not durable yet */
	int64_t *renewed; /* owned */
	size_t renewed_len, renewed_cap;
	struct delivery_figures figures;
};

/** The worker is zero but for options, channel, attempts, gate; it need not be moved afterwards. On failure
 *  worker_end() is still to be called. */
ANJU_MUST_CHECK anju_status worker_begin(struct worker *w, anju_error *err);
/** Any thread. `ids` may be NULL: there may be new messages. */
void worker_wake(struct worker *w, const int64_t *ids, size_t n);
/** Tell it to stop; several at once end sooner than one after the other. */
void worker_stop(struct worker *w);
/** Wait for its end and release all but the worker itself. */
void worker_end(struct worker *w);
/** How it is doing. Any thread. */
void worker_figures(struct worker *w, struct delivery_figures *ret);

#endif
