#include "notify/delivery.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <utlist.h>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "store/store.h"

#define TIMEOUT_DEFAULT_MS 10000
#define RETRY_FIRST_MS     1000
#define RETRY_MOST_MS      600000

/* A message that is to be looked at again. */
struct retry {
	int64_t id;
	int attempts;
	int64_t not_before_ms; /* monotonic */
	bool report_only;      /* delivered, but the outcome could not be handed over */
	struct retry *next;
};

struct delivery {
	struct delivery_options options;
	struct store_reader *reader; /* owned */
	int64_t cursor;              /* messages up to this id have had their first attempt */
	struct retry *retries;       /* owned */
	unsigned seed;               /* jitter */

	pthread_t thread;
	bool thread_runs;
	pthread_mutex_t lock;
	pthread_cond_t cond;
	bool woken, stop; /* under lock */
	bool unread; /* the store could not be read: look again soon, nobody else will say so */
};

static int64_t monotonic_ms(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* One message, copied out of the reader. */
struct job {
	int64_t id;
	int attempts;
	char *channel; /* owned */
	json_t *body;  /* owned */
	bool found;
};

static bool take_job(void *ctx, const struct store_message *row)
{
	struct job *job = ctx;
	job->found = true;
	job->id = row->id;
	job->attempts = row->attempts;
	job->channel = strdup(row->channel);
	job->body = json_loads(row->body, 0, NULL);
	return false;
}

static void job_done(struct job *job)
{
	free(job->channel);
	json_decref(job->body);
}

static void try_channel(struct delivery *d, const struct job *job, anju_error *outcome)
{
	struct plugin *p =
		job->channel != NULL ? plugin_set_channel(d->options.plugins, job->channel) : NULL;
	if (job->body == NULL || job->channel == NULL) {
		(void)anju_fail(outcome, ANJU_E_CORRUPT, "notify.message",
			"message %lld cannot be read", (long long)job->id);
		anju_error_found(outcome, "%lld", (long long)job->id);
	} else if (p == NULL) {
		/* the administrator may add the plugin: worth trying again */
		(void)anju_fail(outcome, ANJU_E_IO, "notify.no_channel",
			"no plugin offers channel %s", job->channel);
		anju_error_found(outcome, "%s", job->channel);
	} else {
		anju_status st =
			plugin_deliver(p, job->channel, job->body, d->options.timeout_ms, outcome);
		outcome->status = st;
	}
}

static struct retry *add_retry(struct delivery *d, int64_t id)
{
	struct retry *r = calloc(1, sizeof *r);
	if (r == NULL)
		return NULL; /* it stays pending in the store: the next start tries it again */
	r->id = id;
	LL_PREPEND(d->retries, r);
	return r;
}

static int64_t back_off(struct delivery *d, int attempts)
{
	int64_t ms = d->options.retry_first_ms;
	for (int i = 1; i < attempts && ms < RETRY_MOST_MS; i++)
		ms *= 2;
	if (ms > RETRY_MOST_MS)
		ms = RETRY_MOST_MS;
	/* a quarter of jitter, so that a thousand that failed together do not come back together */
	return ms + (int64_t)(rand_r(&d->seed) % (unsigned)(ms / 4 + 1));
}

/* One attempt, or one more report of it; `r` is NULL the first time. */
static void attempt(struct delivery *d, const struct job *job, struct retry *r)
{
	anju_error outcome = {0};
	int attempts = job->attempts + 1;
	bool report_only = r != NULL && r->report_only;
	if (report_only)
		attempts = r->attempts;
	else if (r != NULL && r->attempts >= attempts)
		attempts = r->attempts + 1;
	if (!report_only)
		try_channel(d, job, &outcome);
	bool delivered = outcome.status == ANJU_OK;
	bool taken = d->options.outcome(d->options.ctx, job->id, attempts, &outcome);
	if (!delivered)
		log_error("notify", "delivery_failed", &outcome);
	if (delivered && taken) {
		if (r != NULL) {
			LL_DELETE(d->retries, r);
			free(r);
		}
		return;
	}
	if (r == NULL)
		r = add_retry(d, job->id);
	if (r == NULL)
		return;
	r->attempts = attempts;
	r->report_only = delivered;
	r->not_before_ms = monotonic_ms() + back_off(d, delivered ? 1 : attempts);
}

/* False when there is none, and when it cannot be told: then d->unread says so. */
static bool read_one(struct delivery *d, int64_t after_id, struct job *job)
{
	anju_error err = {0};
	anju_status st = store_read_messages(
		d->reader, NULL, STORE_MESSAGE_PENDING, after_id, 1, take_job, job, &err);
	if (st != ANJU_OK) {
		log_error("notify", "read_failed", &err);
		d->unread = true;
	}
	return st == ANJU_OK && job->found;
}

static bool stopping(struct delivery *d)
{
	pthread_mutex_lock(&d->lock);
	bool stop = d->stop;
	pthread_mutex_unlock(&d->lock);
	return stop;
}

static void deliver_new(struct delivery *d)
{
	while (!stopping(d)) {
		struct job job = {0};
		bool found = read_one(d, d->cursor, &job);
		if (found) {
			attempt(d, &job, NULL);
			d->cursor = job.id;
		}
		job_done(&job);
		if (!found)
			return;
	}
}

static void deliver_again(struct delivery *d)
{
	struct retry *r, *next;
	int64_t now = monotonic_ms();
	LL_FOREACH_SAFE(d->retries, r, next) {
		if (r->not_before_ms > now || stopping(d))
			continue;
		struct job job = {0};
		bool found = read_one(d, r->id - 1, &job) && job.id == r->id;
		if (found) {
			attempt(d, &job, r);
		} else if (!d->unread) {
			/* no longer pending: dead, or settled meanwhile */
			LL_DELETE(d->retries, r);
			free(r);
		}
		job_done(&job);
	}
}

/* When to look again without being woken; INT64_MAX: never. Monotonic. */
static int64_t next_look(const struct delivery *d)
{
	int64_t next = INT64_MAX;
	const struct retry *r;
	if (d->unread)
		return monotonic_ms() + d->options.retry_first_ms;
	LL_FOREACH(d->retries, r) {
		if (r->not_before_ms < next)
			next = r->not_before_ms;
	}
	return next;
}

static void wait_for_news(struct delivery *d)
{
	int64_t next = next_look(d);
	struct timespec until = {.tv_sec = next / 1000, .tv_nsec = next % 1000 * 1000000};
	int rc = 0;
	pthread_mutex_lock(&d->lock);
	while (!d->woken && !d->stop && rc != ETIMEDOUT) {
		if (next != INT64_MAX)
			rc = pthread_cond_timedwait(&d->cond, &d->lock, &until);
		else
			rc = pthread_cond_wait(&d->cond, &d->lock);
	}
	d->woken = false;
	d->unread = false;
	pthread_mutex_unlock(&d->lock);
}

/*~ A reminder goes out. The store is the queue: what is pending there is read once in the order of its
 * ids, and what failed comes again after growing pauses. A channel is asked outside of every transaction,
 * and what became of it goes back to the engine, which alone writes. After a crash between the two the same
 * message is handed over again: channels know it by its id. */
static void *delivery_main(void *arg)
{
	struct delivery *d = arg;
	while (!stopping(d)) {
		deliver_new(d);
		deliver_again(d);
		wait_for_news(d);
	}
	return NULL;
}

anju_status delivery_start(
	const struct delivery_options *options, struct delivery **ret, anju_error *err)
{
	ANJU_AUTO(delivery) d = calloc(1, sizeof *d);
	if (d == NULL)
		return anju_fail_nomem(err);
	d->options = *options;
	if (d->options.timeout_ms <= 0)
		d->options.timeout_ms = TIMEOUT_DEFAULT_MS;
	if (d->options.retry_first_ms <= 0)
		d->options.retry_first_ms = RETRY_FIRST_MS;
	d->seed = (unsigned)monotonic_ms();
	pthread_mutex_init(&d->lock, NULL);
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	/* a wall clock that is set must not make messages wait */
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&d->cond, &attr);
	pthread_condattr_destroy(&attr);
	anju_status st = store_reader_open(options->folder, &d->reader, err);
	if (st != ANJU_OK)
		return anju_wrap(err, st, "delivery");
	int bad = pthread_create(&d->thread, NULL, delivery_main, d);
	if (bad != 0)
		return anju_fail_errno(err, bad, "@say.starting_thread|delivery");
	d->thread_runs = true;
	*ret = ANJU_TAKE(d);
	return ANJU_OK;
}

void delivery_wake(struct delivery *d)
{
	pthread_mutex_lock(&d->lock);
	d->woken = true;
	pthread_cond_signal(&d->cond);
	pthread_mutex_unlock(&d->lock);
}

void delivery_free(struct delivery *d)
{
	if (d == NULL)
		return;
	if (d->thread_runs) {
		pthread_mutex_lock(&d->lock);
		d->stop = true;
		pthread_cond_signal(&d->cond);
		pthread_mutex_unlock(&d->lock);
		pthread_join(d->thread, NULL);
	}
	struct retry *r, *next;
	LL_FOREACH_SAFE(d->retries, r, next)
		free(r);
	store_reader_free(d->reader);
	pthread_cond_destroy(&d->cond);
	pthread_mutex_destroy(&d->lock);
	free(d);
}
