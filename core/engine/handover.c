/*
 * From the commit to those who wait for it.
 *
 * While there is more to do the engine does not wait for the disk: what a batch has committed goes, with its
 * commands, to a thread that syncs and then hands the commands back, and the engine begins the next batch. That one is
 * committed when the disk is free again, so whatever comes during one sync shares the next, and never more than two
 * batches are under way. With nothing more to do the engine syncs by itself, which spares a change of threads to
 * the one who is waiting.
 *
 *   engine: batch ─► commit ─┬─► flight ─► sync ─► finished      (this thread)
 *                            └─► sync ─► finished                (nothing queued, none in flight)
 *
 * A sync that fails leaves its commands in doubt. They come back to the engine, which is the one to settle the store
 * (store_begin); only then they are answered, one way or the other.
 */
#include "base/error.h"
#include "base/log.h"
#include "base/thread.h"
#include "engine/impl.h"

#define MANY 4

static void join(struct flight *to, struct flight *more)
{
	if (!to->any || to->head == NULL)
		to->tail = &to->head;
	if (more->head != NULL) {
		*to->tail = more->head;
		to->tail = more->tail;
	}
	bool known = (!to->any || to->carry_us >= 0) && more->carry_us >= 0;
	to->carry_us = known ? to->carry_us + more->carry_us : -1;
	to->n += more->n;
	to->any = true;
	to->last_seq = more->last_seq > to->last_seq ? more->last_seq : to->last_seq;
	to->messages = to->messages || more->messages;
	*more = (struct flight){0};
}

/* Those with a taker of their own go there; the rest, in order, is returned. */
static struct command *settle(struct command *list)
{
	struct command *rest = NULL, **tail = &rest;
	while (list != NULL) {
		struct command *c = list;
		list = c->next;
		c->next = NULL;
		if (c->settled != NULL) {
			c->settled(c);
			continue;
		}
		*tail = c;
		tail = &c->next;
	}
	return rest;
}

static void finish(struct engine *e, const struct flight *f)
{
	engine_progress(e, f->n, f->carry_us);
	e->options.finished(e->options.ctx, settle(f->head), f->last_seq, f->messages);
}

/* On the engine's thread, or when it is the only one: the store tries once more. */
static void settle_doubt(struct engine *e, struct flight *f)
{
	anju_error err = {0};
	anju_status st = store_begin(e->options.store, &err);
	if (st == ANJU_OK)
		store_rollback(e->options.store); /* it was for what it does first */
	else
		engine_fail_all(f->head, &err);
	engine_store_is(e, st == ANJU_OK ? NULL : &err);
	finish(e, f);
}

/* --- the syncing thread --- */

static void *sync_main(void *arg)
{
	struct engine *e = arg;
	struct handover *h = &e->handover;
	thread_name("anju-sync");
	pthread_mutex_lock(&e->lock);
	for (;;) {
		while (!h->waiting.any && !h->stop)
			pthread_cond_wait(&h->wake, &e->lock);
		if (!h->waiting.any)
			break;
		struct flight f = h->waiting;
		if (f.head == NULL)
			f.tail = &f.head;
		h->waiting = (struct flight){0};
		h->syncing = true;
		pthread_mutex_unlock(&e->lock);
		anju_error err;
		bool good = store_sync(e->options.store, &err) == ANJU_OK;
		if (good)
			finish(e, &f);
		pthread_mutex_lock(&e->lock);
		h->syncing = false;
		if (!good)
			join(&h->doubtful, &f);
		pthread_cond_signal(&e->wake);
	}
	pthread_mutex_unlock(&e->lock);
	return NULL;
}

anju_status engine_handover_start(struct engine *e, anju_error *err)
{
	struct handover *h = &e->handover;
	pthread_cond_init(&h->wake, NULL);
	int bad = pthread_create(&h->thread, NULL, sync_main, e);
	if (bad != 0) {
		pthread_cond_destroy(&h->wake);
		return anju_fail_errno(err, bad, "@say.starting_thread|sync");
	}
	h->runs = true;
	return ANJU_OK;
}

void engine_handover_stop(struct engine *e)
{
	struct handover *h = &e->handover;
	if (!h->runs)
		return;
	pthread_mutex_lock(&e->lock);
	h->stop = true;
	pthread_cond_signal(&h->wake);
	pthread_mutex_unlock(&e->lock);
	pthread_join(h->thread, NULL);
	h->runs = false;
	pthread_cond_destroy(&h->wake);
	if (h->doubtful.any)
		settle_doubt(e, &h->doubtful);
}

/* --- the engine's side --- */

anju_status engine_commit(struct engine *e, anju_error *err)
{
	struct store *store = e->options.store;
	return e->handover.runs ? store_commit_unsynced(store, err) : store_commit(store, err);
}

bool engine_at_disk(const struct engine *e)
{
	return e->handover.waiting.any || e->handover.syncing;
}

bool engine_in_doubt(const struct engine *e)
{
	return e->handover.doubtful.any;
}

void engine_settle_doubt(struct engine *e)
{
	pthread_mutex_lock(&e->lock);
	struct flight f = e->handover.doubtful;
	e->handover.doubtful = (struct flight){0};
	pthread_mutex_unlock(&e->lock);
	if (f.any)
		settle_doubt(e, &f);
}

/* True: the thread has it from here. */
static bool leave_to_thread(struct engine *e, struct flight *f)
{
	struct handover *h = &e->handover;
	pthread_mutex_lock(&e->lock);
	/* nobody waits for what the clock brought, and it has more: a backlog goes on while the disk is busy */
	bool backlog = f->head == NULL && e->tick_pause_ms == 0;
	bool many = f->n >= MANY; /* who send as many at once send the next soon */
	bool leave = many || backlog || engine_at_disk(e) || h->doubtful.any || e->head != NULL;
	if (leave) {
		join(&h->waiting, f);
		pthread_cond_signal(&h->wake);
	}
	pthread_mutex_unlock(&e->lock);
	return leave;
}

void engine_hand_over(struct engine *e, struct command *list, bool messages)
{
	struct flight f = {.any = true,
		.head = list,
		.last_seq = e->last_seq,
		.messages = messages,
		.carry_us = list != NULL ? e->carry_us : 0};
	e->carry_us = -1;
	f.tail = &f.head;
	for (; *f.tail != NULL; f.n++)
		f.tail = &(*f.tail)->next;
	if (!e->handover.runs) {
		finish(e, &f);
		return;
	}
	if (leave_to_thread(e, &f))
		return;
	anju_error err;
	if (store_sync(e->options.store, &err) == ANJU_OK)
		finish(e, &f);
	else
		settle_doubt(e, &f);
}
