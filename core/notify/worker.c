#include "notify/worker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <utlist.h>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "base/thread.h"
#include "base/timestamp.h"

#define RETRY_MOST_MS 600000
/* Messages that failed and wait. Past that no new ones are taken up: they are as well off in the store. */
#define RETRIES_MOST 1024
/* Outcomes that are not durable yet: a crash repeats these messages and no more. */
#define UNSETTLED_MOST 8

/* A message that is to be looked at again. */
struct retry {
	int64_t id;
	int attempts;
	int64_t not_before_ms; /* monotonic */
	bool report_only;      /* delivered, but the outcome could not be handed over */
	bool settling;         /* handed over, and the cursor will come by */
	struct retry *next;
};

/* One message, copied out of the reader. */
struct job {
	const struct worker *worker;
	int64_t id;
	int attempts;
	char *channel; /* owned */
	json_t *body;  /* owned */
	bool found;
};

static void job_done(struct job *job)
{
	free(job->channel);
	json_decref(job->body);
}

static bool is_mine(const struct worker *w, const char *channel)
{
	if (w->channel != NULL)
		return strcmp(channel, w->channel) == 0;
	return plugin_set_channel(w->options->plugins, channel) == NULL;
}

static bool take_job(void *ctx, const struct store_message *row)
{
	struct job *job = ctx;
	job->id = row->id;
	if (!is_mine(job->worker, row->channel))
		return true; /* on to the next one */
	job->found = true;
	job->attempts = row->attempts;
	job->channel = strdup(row->channel);
	job->body = json_loads(row->body, 0, NULL);
	return false;
}

/* --- the store --- */

static bool read_failed(struct worker *w, const anju_error *err)
{
	log_error("notify", "read_failed", err);
	w->unread = true;
	return false;
}

/* The next one past the cursor; false when there is none, and when it cannot be told: then w->unread says so. */
static bool read_next(struct worker *w, bool urgent, struct job *job)
{
	anju_error err = {0};
	*job = (struct job){.worker = w, .id = w->cursor[urgent]};
	/* without a channel: of all, those that somebody offers are passed over */
	anju_status st = store_read_pending(w->reader, w->channel, urgent, w->cursor[urgent],
		w->channel != NULL ? 1 : INT32_MAX, take_job, job, &err);
	if (st != ANJU_OK)
		return read_failed(w, &err);
	w->cursor[urgent] = job->id;
	return job->found;
}

static bool read_again(struct worker *w, int64_t id, struct job *job)
{
	anju_error err = {0};
	struct store_message row;
	*job = (struct job){.worker = w};
	anju_status st = store_read_message(w->reader, id, &row, &err);
	if (st == ANJU_OK && row.status == STORE_MESSAGE_PENDING)
		(void)take_job(job, &row);
	else if (st != ANJU_OK && st != ANJU_E_NOTFOUND)
		return read_failed(w, &err);
	return job->found;
}

/* --- attempts --- */

static void try_channel(const struct worker *w, const struct job *job, anju_error *outcome)
{
	if (job->body == NULL || job->channel == NULL) {
		(void)anju_fail(outcome, ANJU_E_CORRUPT, "notify.message",
			"message %lld cannot be read", (long long)job->id);
		anju_error_found(outcome, "%lld", (long long)job->id);
	} else if (w->channel == NULL) {
		/* the administrator may add the plugin: worth trying again */
		(void)anju_fail(outcome, ANJU_E_IO, "notify.no_channel",
			"no plugin offers channel %s", job->channel);
		anju_error_found(outcome, "%s", job->channel);
	} else {
		struct plugin *p = plugin_set_channel(w->options->plugins, w->channel);
		outcome->status =
			plugin_deliver(p, w->channel, job->body, w->options->timeout_ms, outcome);
	}
}

/* Of the moment; all else is of this message, and final. */
static bool is_passing(anju_status st)
{
	return st == ANJU_E_BUSY || st == ANJU_E_IO || st == ANJU_E_FULL || st == ANJU_E_PLUGIN ||
	       st == ANJU_E_NOMEM;
}

/* That one address takes nothing at present, its mailbox being full, is no reason to leave the others alone. */
static bool is_of_channel(anju_status st)
{
	return is_passing(st) && st != ANJU_E_BUSY;
}

static struct retry *find_retry(const struct worker *w, int64_t id)
{
	struct retry *r;
	LL_SEARCH_SCALAR(w->retries, r, id, id);
	return r;
}

/* NULL without memory: it stays pending in the store, and the next start tries it again. */
static struct retry *add_retry(struct worker *w, int64_t id, int attempts)
{
	struct retry *r = calloc(1, sizeof *r);
	if (r == NULL)
		return NULL;
	r->id = id;
	r->attempts = attempts;
	LL_PREPEND(w->retries, r);
	w->retries_len++;
	return r;
}

static void drop_retry(struct worker *w, struct retry *r)
{
	if (r == NULL)
		return;
	LL_DELETE(w->retries, r);
	w->retries_len--;
	free(r);
}

static int64_t back_off(struct worker *w, int attempts)
{
	int64_t ms = w->options->retry_first_ms;
	for (int i = 1; i < attempts && ms < RETRY_MOST_MS; i++)
		ms *= 2;
	if (ms > RETRY_MOST_MS)
		ms = RETRY_MOST_MS;
	/* a quarter of jitter, so that a thousand that failed together do not come back together */
	return ms + (int64_t)(rand_r(&w->seed) % (unsigned)(ms / 4 + 1));
}

/* Under lock. */
static void show_gate(struct worker *w)
{
	struct delivery_figures *f = &w->figures;
	f->state = w->gate.state;
	f->failures = w->gate.failures;
	f->waiting = w->retries_len;
	f->reopen_in_ms = w->gate.state == GATE_OPEN ? w->gate.open_till_ms : 0;
}

static void note_attempt(struct worker *w, const anju_error *outcome)
{
	struct delivery_figures *f = &w->figures;
	pthread_mutex_lock(&w->lock);
	show_gate(w);
	f->delivered += outcome->status == ANJU_OK;
	f->failed += outcome->status != ANJU_OK;
	snprintf(f->error, sizeof f->error, "%s", outcome->status != ANJU_OK ? outcome->text : "");
	pthread_mutex_unlock(&w->lock);
}

static void log_gate(const struct worker *w)
{
	if (w->gate.state == GATE_OPEN)
		log_line(LOG_WARN_, "notify", "channel_open",
			"channel=%s failures=%d pause_ms=%lld", w->channel, w->gate.failures,
			(long long)w->gate.options.pause_ms);
	else
		log_line(LOG_INFO_, "notify", "channel_closed", "channel=%s", w->channel);
}

/* Ask the channel. Returns true when this was a probe that failed. */
static bool ask(struct worker *w, const struct job *job, anju_error *outcome)
{
	gate_enter(&w->gate, timestamp_monotonic());
	bool probe = w->gate.state == GATE_HALF_OPEN;
	try_channel(w, job, outcome);
	bool works = !is_of_channel(outcome->status);
	if (gate_leave(&w->gate, works, timestamp_monotonic()))
		log_gate(w);
	note_attempt(w, outcome);
	if (outcome->status != ANJU_OK)
		log_error("notify", "delivery_failed", outcome);
	return probe && !works;
}

static void add_unsettled(struct worker *w, int n)
{
	pthread_mutex_lock(&w->lock);
	w->unsettled += n;
	if (n < 0)
		pthread_cond_broadcast(&w->settled);
	pthread_mutex_unlock(&w->lock);
}

static bool report(struct worker *w, const struct delivery_outcome *outcome)
{
	add_unsettled(w, 1);
	if (w->options->outcome(w->options->ctx, outcome))
		return true;
	add_unsettled(w, -1);
	return false;
}

void delivery_settled(void *reporter)
{
	add_unsettled(reporter, -1);
}

static void wait_settled(struct worker *w, int most)
{
	pthread_mutex_lock(&w->lock);
	while (w->unsettled > most)
		pthread_cond_wait(&w->settled, &w->lock);
	pthread_mutex_unlock(&w->lock);
}

/* One attempt, or one more report of it; `r` is NULL the first time. */
static void attempt(struct worker *w, const struct job *job, struct retry *r)
{
	anju_error error = {0};
	wait_settled(w, UNSETTLED_MOST - 1);
	struct delivery_outcome outcome = {
		.message_id = job->id, .attempts = job->attempts, .error = &error, .reporter = w};
	if (r != NULL && r->attempts > outcome.attempts)
		outcome.attempts = r->attempts;
	/* what a probe finds out is about the channel: it does not wear out the message */
	if ((r == NULL || !r->report_only) && !ask(w, job, &error))
		outcome.attempts++;
	bool delivered = error.status == ANJU_OK;
	outcome.again = is_passing(error.status) && outcome.attempts < w->attempts;
	bool taken = report(w, &outcome);
	bool over = taken && !outcome.again;
	/* one that was renewed may be ahead of the cursor, and the engine has not written it down yet */
	bool ahead = job->id > w->cursor[false] || job->id > w->cursor[true];
	if (over && (r == NULL || !ahead)) {
		drop_retry(w, r);
		return;
	}
	if (r == NULL)
		r = add_retry(w, job->id, 0);
	if (r == NULL)
		return;
	r->attempts = outcome.attempts;
	r->report_only = delivered;
	r->settling = over;
	r->not_before_ms = timestamp_monotonic() + back_off(w, delivered ? 1 : outcome.attempts);
}

/* --- the thread --- */

static bool stopping(struct worker *w)
{
	pthread_mutex_lock(&w->lock);
	bool stop = w->stop;
	pthread_mutex_unlock(&w->lock);
	return stop;
}

static bool may_go(const struct worker *w)
{
	int64_t now = timestamp_monotonic();
	return gate_next(&w->gate, now) <= now;
}

/* What somebody wants to have sent again goes next. */
static void take_renewed(struct worker *w)
{
	pthread_mutex_lock(&w->lock);
	int64_t *ids = w->renewed;
	size_t n = w->renewed_len;
	w->renewed = NULL;
	w->renewed_len = w->renewed_cap = 0;
	pthread_mutex_unlock(&w->lock);
	for (size_t i = 0; i < n; i++) {
		struct retry *r = find_retry(w, ids[i]);
		bool reports = r != NULL && r->report_only;
		if (reports)
			continue; /* it has arrived */
		if (r == NULL)
			r = add_retry(w, ids[i], 0);
		if (r == NULL)
			continue; /* out of memory: it goes at the next start */
		r->attempts = 0;
		r->settling = false;
		r->not_before_ms = 0;
	}
	free(ids);
}

/* One that failed in an earlier life is waited for, or each start would be a storm. */
static void take_up(struct worker *w, const struct job *job)
{
	if (find_retry(w, job->id) != NULL)
		return; /* renewed before its turn came */
	if (job->attempts == 0) {
		attempt(w, job, NULL);
		return;
	}
	struct retry *r = add_retry(w, job->id, job->attempts);
	if (r != NULL)
		r->not_before_ms = timestamp_monotonic() + back_off(w, job->attempts);
}

static void deliver_new(struct worker *w)
{
	while (!stopping(w) && may_go(w) && w->retries_len < RETRIES_MOST) {
		struct job job;
		if (!(w->channel != NULL && read_next(w, true, &job)) && !read_next(w, false, &job))
			return;
		take_up(w, &job);
		job_done(&job);
	}
}

static void deliver_again(struct worker *w)
{
	struct retry *r, *next;
	int64_t now = timestamp_monotonic();
	LL_FOREACH_SAFE(w->retries, r, next) {
		bool asks = !r->report_only && !r->settling;
		if (r->not_before_ms > now || stopping(w) || (asks && !may_go(w)))
			continue;
		struct job job;
		bool pending = read_again(w, r->id, &job);
		if (pending && r->settling)
			r->not_before_ms = now + back_off(w, 1);
		else if (pending)
			attempt(w, &job, r);
		else if (!w->unread)
			drop_retry(w, r); /* no longer pending, or another channel's now */
		job_done(&job);
	}
}

/* When to look again without being woken; INT64_MAX: never. Monotonic. */
static int64_t next_look(const struct worker *w)
{
	int64_t now = timestamp_monotonic(), next = INT64_MAX, gate = gate_next(&w->gate, now);
	const struct retry *r;
	if (w->unread)
		return now + w->options->retry_first_ms;
	LL_FOREACH(w->retries, r) {
		int64_t at = r->not_before_ms;
		if (!r->report_only && !r->settling && at < gate)
			at = gate;
		if (at < next)
			next = at;
	}
	/* there may be new ones that the gate held up */
	return gate > now && gate < next ? gate : next;
}

static void wait_for_news(struct worker *w)
{
	int64_t next = next_look(w);
	struct timespec until = {.tv_sec = next / 1000, .tv_nsec = next % 1000 * 1000000};
	int rc = 0;
	pthread_mutex_lock(&w->lock);
	show_gate(w);
	while (!w->woken && !w->stop && rc != ETIMEDOUT) {
		if (next != INT64_MAX)
			rc = pthread_cond_timedwait(&w->cond, &w->lock, &until);
		else
			rc = pthread_cond_wait(&w->cond, &w->lock);
	}
	w->woken = false;
	w->unread = false;
	pthread_mutex_unlock(&w->lock);
}

/*~ A reminder goes out. The store is the queue: what is pending there is read once in the order of its
 * ids, and what failed comes again after growing pauses. A channel is asked outside of every transaction,
 * and what became of it goes back to the engine, which alone writes. After a crash between the two the same
 * message is handed over again: channels know it by its id. */
static void *worker_main(void *arg)
{
	struct worker *w = arg;
	thread_name("anju-deliver");
	while (!stopping(w)) {
		take_renewed(w);
		deliver_new(w);
		deliver_again(w);
		wait_for_news(w);
	}
	return NULL;
}

/* --- from outside --- */

anju_status worker_begin(struct worker *w, anju_error *err)
{
	w->seed = (unsigned)timestamp_monotonic() ^ (unsigned)(uintptr_t)w;
	w->figures = (struct delivery_figures){
		.channel = w->channel, .gate = w->gate.options, .attempts = w->attempts};
	pthread_mutex_init(&w->lock, NULL);
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	/* a wall clock that is set must not make messages wait */
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&w->cond, &attr);
	pthread_cond_init(&w->settled, &attr);
	pthread_condattr_destroy(&attr);
	anju_status st = store_reader_open(w->options->folder, &w->reader, err);
	if (st != ANJU_OK)
		return st;
	int bad = pthread_create(&w->thread, NULL, worker_main, w);
	if (bad != 0)
		return anju_fail_errno(err, bad, "@say.starting_thread|delivery");
	w->thread_runs = true;
	return ANJU_OK;
}

/* Under lock. Without memory they wait for the next start: they are pending in the store. */
static void add_renewed(struct worker *w, const int64_t *ids, size_t n)
{
	if (w->renewed_len + n > w->renewed_cap) {
		size_t cap = w->renewed_len + n;
		int64_t *list = realloc(w->renewed, cap * sizeof *list);
		if (list == NULL)
			return;
		w->renewed = list;
		w->renewed_cap = cap;
	}
	memcpy(w->renewed + w->renewed_len, ids, n * sizeof *ids);
	w->renewed_len += n;
}

void worker_wake(struct worker *w, const int64_t *ids, size_t n)
{
	pthread_mutex_lock(&w->lock);
	if (n > 0)
		add_renewed(w, ids, n);
	w->woken = true;
	pthread_cond_signal(&w->cond);
	pthread_mutex_unlock(&w->lock);
}

void worker_stop(struct worker *w)
{
	pthread_mutex_lock(&w->lock);
	w->stop = true;
	pthread_cond_signal(&w->cond);
	pthread_mutex_unlock(&w->lock);
}

void worker_end(struct worker *w)
{
	struct retry *r, *next;
	if (w->thread_runs)
		pthread_join(w->thread, NULL);
	wait_settled(w, 0);
	LL_FOREACH_SAFE(w->retries, r, next)
		free(r);
	free(w->renewed);
	store_reader_free(w->reader);
	pthread_cond_destroy(&w->cond);
	pthread_cond_destroy(&w->settled);
	pthread_mutex_destroy(&w->lock);
}

void worker_figures(struct worker *w, struct delivery_figures *ret)
{
	pthread_mutex_lock(&w->lock);
	*ret = w->figures;
	pthread_mutex_unlock(&w->lock);
	if (ret->reopen_in_ms == 0)
		return;
	int64_t left = ret->reopen_in_ms - timestamp_monotonic();
	ret->reopen_in_ms = left > 0 ? left : 0;
}
