/** What the clock brings, in transactions of bounded size: rungs and timers, digests, obligations. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "base/timestamp.h"
#include "engine/impl.h"

/* Read at once: two groups, since the rest is read again when somebody waits. */
#define DUE_AT_ONCE 64

struct due_list {
	struct store_due rows[DUE_AT_ONCE];
	size_t len;
};

/* --- many at once --- */

/* A group of duties in a savepoint of its own; all are fired, or none. */
static anju_status fire_group(struct engine *e, const struct store_due *rows, size_t n, int64_t now,
	enum engine_extent extent, bool *ret_told, anju_error *err)
{
	anju_error broken = {0};
	anju_status st = store_savepoint(e->options.store, &broken), fired = st;
	for (size_t i = 0; i < n && fired == ANJU_OK; i++)
		fired = engine_fire(e, &rows[i], now, extent, ret_told, err);
	if (st == ANJU_OK && fired != ANJU_OK)
		store_rollback_to(e->options.store);
	engine_untouch(e, fired != ANJU_OK);
	if (st == ANJU_OK && fired == ANJU_OK)
		fired = st = store_release(e->options.store, &broken);
	if (st != ANJU_OK)
		*err = broken;
	else if (fired == ANJU_OK)
		e->rungs += (int64_t)n;
	return fired;
}

/*
 * One that cannot be fired must not hold up the others: it is looked at again on the next working morning. Its
 * case need not be loaded for that, since that may be what fails (a definition that is no longer there).
 */
static anju_status fire_alone(struct engine *e, const struct store_due *row, int64_t now,
	bool *ret_failed, anju_error *err)
{
	anju_error why = {0}, again = {0};
	bool told = false;
	*ret_failed = fire_group(e, row, 1, now, EXTENT_ALL, &told, &why) != ANJU_OK;
	if (!*ret_failed)
		return ANJU_OK;
	if (!e->put_off_said) /* mostly all for one reason */
		log_error("engine", "deadline_put_off", &why);
	e->put_off_said = true;
	if (told && fire_group(e, row, 1, now, EXTENT_TELL, &told, &again) == ANJU_OK)
		return ANJU_OK;
	return store_deadline_put_off(
		e->options.store, row->id, engine_digest_at(e, NULL, now + 1), err);
}

/* A savepoint costs as much as a rung does, so they share one as long as all goes well; somebody who waits for the
 * engine waits for a group at least. */
#define GROUP 32

static anju_status fire_list(struct engine *e, const struct due_list *list, int64_t now,
	int64_t since_us, anju_error *err)
{
	for (size_t i = 0; i < list->len && (i == 0 || !engine_spent(e, since_us)); i += GROUP) {
		size_t n = list->len - i < GROUP ? list->len - i : GROUP;
		anju_error why = {0};
		bool told, failed;
		if (fire_group(e, &list->rows[i], n, now, EXTENT_ALL, &told, &why) == ANJU_OK)
			continue;
		for (size_t k = i; k < i + n; k++) {
			anju_status st = fire_alone(e, &list->rows[k], now, &failed, err);
			if (st != ANJU_OK)
				return st;
		}
	}
	return ANJU_OK;
}

static anju_status fire_due(
	struct engine *e, int64_t now, int64_t since_us, bool *ret_more, anju_error *err)
{
	struct due_list list;
	e->put_off_said = false;
	/* until there is none: one that was missed with others before it comes again at once */
	do {
		anju_status st = store_deadlines_due(
			e->options.store, now, DUE_AT_ONCE, list.rows, &list.len, err);
		if (st == ANJU_OK)
			st = fire_list(e, &list, now, since_us, err);
		if (st != ANJU_OK)
			return st;
		cache_trim(&e->cache);
	} while (list.len > 0 && !engine_spent(e, since_us));
	anju_status st = store_next_due(e->options.store, &e->next_due_ms, err);
	*ret_more = st == ANJU_OK && e->next_due_ms <= now;
	return st;
}

/* --- the tick --- */

/* How long one transaction of the clock may take. With somebody waiting for the engine, no longer than a few commands
 * would; without, somebody may still come while a backlog is fired, and then waits for the commit as well, which takes
 * half as long again. Rungs in smaller transactions cost a twentieth more. */
#define TICK_BUSY_US INT64_C(500)
#define TICK_IDLE_US INT64_C(20000)

bool engine_spent(struct engine *e, int64_t since_us)
{
	int64_t spent = timestamp_monotonic_us() - since_us;
	pthread_mutex_lock(&e->lock);
	bool waiting = e->head != NULL;
	pthread_mutex_unlock(&e->lock);
	return spent >= (waiting ? TICK_BUSY_US : TICK_IDLE_US);
}

anju_status engine_ticks_init(struct engine *e, anju_error *err)
{
	anju_status st = store_items_next(e->options.store, &e->next_digest_ms, err);
	if (st == ANJU_OK)
		st = store_next_due(e->options.store, &e->next_due_ms, err);
	return st == ANJU_OK ? engine_obligations_init(e, err) : st;
}

int64_t engine_next_tick(const struct engine *e)
{
	int64_t next = e->next_due_ms;
	if (e->next_digest_ms < next)
		next = e->next_digest_ms;
	return e->next_obligation_ms < next ? e->next_obligation_ms : next;
}

anju_status engine_tick(struct engine *e, int64_t now, bool *ret_more, anju_error *err)
{
	anju_status st = ANJU_OK;
	int64_t since_us = timestamp_monotonic_us();
	bool begin = false, due = false;
	*ret_more = false;
	if (e->next_obligation_ms <= now)
		st = engine_obligations(e, now, &begin, err);
	if (st == ANJU_OK && e->next_due_ms <= now)
		st = fire_due(e, now, since_us, &due, err);
	*ret_more = begin || due;
	/* after the rungs of the same minute, so that they are in this morning's digest */
	if (st == ANJU_OK && !*ret_more && e->next_digest_ms <= now)
		st = engine_digests(e, since_us, ret_more, err);
	return st;
}
