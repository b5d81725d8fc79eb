/*~
 * The engine: the one thread that changes anything.
 *
 * Commands queue up (queue.c) while the disk is at the batch before; it takes them all, carries each out in
 * one transaction (carry.c), commits once, and hands them back when that is synced (handover.c). So a sync is
 * paid once a batch, nothing is acknowledged before it is durable, and the queue's order is the order of history:
 * no locks on cases. Between batches it does what the clock brings (ticks.c). From here the tour goes
 * on to case/apply.c, where one event is decided.
 */
#include "engine/engine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "base/thread.h"
#include "base/timestamp.h"
#include "engine/impl.h"

#define QUEUE_LIMIT_DEFAULT 8192
#define BATCH_LIMIT_DEFAULT 512
#define MAX_WAIT_DEFAULT_MS 500
#define TICK_RETRY_MS       1000  /* a full disk must not become a busy loop */
#define TICK_EVERY_MS       10    /* what falls due in between goes into one transaction */
#define TICK_LOOK_MS        60000 /* so that a wall clock that is set is noticed */
#define CACHE_BYTES_DEFAULT (32u << 20)
#define SHELF_DEFAULT       32

/* --- clock --- */

int64_t engine_now(const struct engine *engine)
{
	return engine->options.manual_clock ? atomic_load(&engine->clock_ms) : timestamp_now();
}

bool engine_clock_is_manual(const struct engine *engine)
{
	return engine->options.manual_clock;
}

static anju_status put_clock(struct engine *e, int64_t now, anju_error *err)
{
	char text[24];
	snprintf(text, sizeof text, "%lld", (long long)now);
	return store_meta_put(e->options.store, "clock", text, err);
}

static anju_status init_clock(struct engine *e, anju_error *err)
{
	const char *text;
	int64_t at = e->options.manual_start_ms;
	anju_status st = store_meta_get(e->options.store, "clock", &text, err);
	if (st == ANJU_OK)
		at = strtoll(text, NULL, 10);
	else if (st != ANJU_E_NOTFOUND)
		return st;
	atomic_store(&e->clock_ms, at);
	return ANJU_OK;
}

/* --- the calendar in force --- */

struct calendar *engine_calendar(struct engine *engine)
{
	pthread_mutex_lock(&engine->lock);
	struct calendar *cal = calendar_ref(engine->calendar);
	pthread_mutex_unlock(&engine->lock);
	return cal;
}

void engine_bring_calendar(struct engine *e, const struct calendar *cal)
{
	calendar_free(e->coming);
	e->coming = calendar_ref(cal);
	e->env.calendar = e->coming;
}

/* What the batch brought is durable: from now on others see it too. */
static void keep_calendar(struct engine *e)
{
	struct calendar *before = e->calendar;
	if (e->coming == NULL)
		return;
	pthread_mutex_lock(&e->lock);
	e->calendar = e->coming;
	pthread_mutex_unlock(&e->lock);
	e->coming = NULL;
	calendar_free(before);
}

static void forget_calendar(struct engine *e)
{
	calendar_free(e->coming);
	e->coming = NULL;
	e->env.calendar = e->calendar;
}

/* --- a transaction around some work --- */

static void store_trouble(struct engine *e, const anju_error *err)
{
	pthread_mutex_lock(&e->lock);
	bool news = !e->figures.store_failing;
	e->figures.store_failing = true;
	e->figures.failed_batches++;
	snprintf(e->figures.trouble, sizeof e->figures.trouble, "%s", err->text);
	pthread_mutex_unlock(&e->lock);
	if (news)
		log_error("engine", "store_failing", err);
}

static void store_well(struct engine *e)
{
	pthread_mutex_lock(&e->lock);
	bool news = e->figures.store_failing;
	e->figures.store_failing = false;
	e->figures.trouble[0] = '\0';
	pthread_mutex_unlock(&e->lock);
	if (news)
		log_line(
			LOG_INFO_, "engine", "store_recovered", "seq=%lld", (long long)e->last_seq);
}

void engine_store_is(struct engine *e, const anju_error *why)
{
	if (why != NULL)
		store_trouble(e, why);
	else
		store_well(e);
}

/* Everything since begin is gone from the store, so memory must forget it too. */
static void abandon(struct engine *e, const anju_error *err)
{
	e->touched = NULL;
	cache_clear(&e->cache);
	forget_calendar(e);
	e->new_messages = false;
	store_trouble(e, err);
	anju_error again = {0};
	if (engine_ticks_init(e, &again) != ANJU_OK)
		log_error("engine", "reload_failed", &again);
}

/* --- batches --- */

void engine_fail_all(struct command *list, const anju_error *err)
{
	for (struct command *c = list; c != NULL; c = c->next) {
		c->status = err->status;
		c->err = *err;
		json_decref(c->err_data);
		c->err_data = NULL;
		buf_reset(&c->reply);
	}
}

static anju_status check_advance(const struct engine *e, const struct command *cmd, anju_error *err)
{
	char now[TIMESTAMP_MAX_CHARS], to[TIMESTAMP_MAX_CHARS];
	if (!e->options.manual_clock)
		return anju_fail(
			err, ANJU_E_UNSUPPORTED, "engine.wall_clock", "the clock is not manual");
	if (!cmd->who.admin)
		return anju_fail(
			err, ANJU_E_DENIED, "engine.not_admin", "only an administrator may");
	if (cmd->to_ms >= e->env.now_ms)
		return ANJU_OK;
	(void)anju_fail(err, ANJU_E_INVALID, "engine.clock_back", "the clock does not go back");
	anju_error_where(err, "/to");
	anju_error_found(err, "%s", timestamp_format(cmd->to_ms, to));
	anju_error_allowed(err, ">= %s", timestamp_format(e->env.now_ms, now));
	return ANJU_E_INVALID;
}

static void reply_clock(struct command *cmd, int64_t now)
{
	char text[TIMESTAMP_MAX_CHARS];
	buf_addf(&cmd->reply, "{\"now\":\"%s\"}", timestamp_format(now, text));
}

/* The clock moves and nothing falls due on the way: part of any batch. */
static bool move_quietly(struct engine *e, struct command *cmd)
{
	cmd->status = check_advance(e, cmd, &cmd->err);
	if (cmd->status != ANJU_OK)
		return true;
	if (engine_next_tick(e) <= cmd->to_ms)
		return false;
	e->env.now_ms = cmd->to_ms;
	reply_clock(cmd, cmd->to_ms);
	return true;
}

/*
 * While the disk is at the batch before there is no hurry to commit this one: what comes in the meantime is part of
 * it. NULL: now.
 */
static struct command *take_more(struct engine *e, int n, int64_t *ret_waited_us)
{
	struct command *more = NULL;
	pthread_mutex_lock(&e->lock);
	if (engine_at_disk(e) && e->head == NULL && !e->draining) {
		int64_t since_us = timestamp_monotonic_us();
		while (engine_at_disk(e) && e->head == NULL && !e->draining)
			pthread_cond_wait(&e->wake, &e->lock);
		*ret_waited_us += timestamp_monotonic_us() - since_us;
	}
	if (engine_at_disk(e) && n < e->options.batch_limit)
		more = engine_take(e, e->options.batch_limit - n);
	pthread_mutex_unlock(&e->lock);
	if (more != NULL && !e->options.manual_clock)
		e->env.now_ms = engine_now(e);
	return more;
}

/* *ret_rest: the list from a command on that moves the clock over something due; it is cut off there. */
static anju_status carry_list(
	struct engine *e, struct command *list, struct command **ret_rest, anju_error *err)
{
	anju_status st = store_begin(e->options.store, err);
	if (st != ANJU_OK)
		return st;
	struct command *last = NULL, *c = list;
	int64_t since_us = timestamp_monotonic_us(), waited_us = 0;
	for (int n = 1; c != NULL && st == ANJU_OK; last = c, c = c->next, n++) {
		if (c->kind != COMMAND_ADVANCE) {
			st = engine_carry(e, c, err);
		} else if (!move_quietly(e, c)) {
			last->next = NULL; /* never the first: run_list sees to that */
			*ret_rest = c;
			break;
		}
		if (c->next == NULL)
			c->next = take_more(e, n, &waited_us);
	}
	if (st == ANJU_OK && e->options.manual_clock && e->env.now_ms != engine_now(e))
		st = put_clock(e, e->env.now_ms, err);
	e->carry_us = timestamp_monotonic_us() - since_us - waited_us;
	if (st == ANJU_OK)
		return engine_commit(e, err);
	store_rollback(e->options.store);
	return st;
}

static void hand_back(struct engine *e, struct command *list)
{
	bool messages = e->new_messages;
	e->new_messages = false;
	pthread_mutex_lock(&e->lock);
	e->figures.rungs = e->rungs;
	e->figures.digests = e->digests;
	e->figures.cached_cases = (int64_t)e->cache.len;
	e->figures.cached_bytes = (int64_t)e->cache.bytes;
	pthread_mutex_unlock(&e->lock);
	cache_trim(&e->cache);
	engine_hand_over(e, list, messages);
}

static void run_batch(struct engine *e, struct command *list, struct command **ret_rest)
{
	anju_error err = {0};
	int64_t n = 0, refused = 0;
	if (carry_list(e, list, ret_rest, &err) != ANJU_OK) {
		abandon(e, &err);
		engine_fail_all(list, &err);
	} else {
		atomic_store(&e->clock_ms, e->env.now_ms); /* read for a manual clock only */
		keep_calendar(e);
		store_well(e);
	}
	for (struct command *c = list; c != NULL; c = c->next) {
		n++;
		refused += c->status != ANJU_OK;
	}
	pthread_mutex_lock(&e->lock);
	e->figures.commands += n;
	e->figures.refused += refused;
	e->figures.batches++;
	pthread_mutex_unlock(&e->lock);
	hand_back(e, list);
}

/* --- the clock's own work --- */

/* One bounded transaction at instant `now`; true when there is more at this instant. */
static anju_status tick(struct engine *e, int64_t now, bool *ret_more, anju_error *err)
{
	e->env.now_ms = now;
	anju_status st = store_begin(e->options.store, err);
	if (st != ANJU_OK)
		return st;
	st = engine_tick(e, now, ret_more, err);
	if (st == ANJU_OK && e->options.manual_clock)
		st = put_clock(e, now, err);
	if (st == ANJU_OK)
		return engine_commit(e, err);
	store_rollback(e->options.store);
	return st;
}

static void wall_tick(struct engine *e)
{
	anju_error err = {0};
	bool more = false;
	int pause = TICK_EVERY_MS;
	if (tick(e, engine_now(e), &more, &err) != ANJU_OK) {
		abandon(e, &err);
		pause = TICK_RETRY_MS;
	} else {
		store_well(e);
	}
	e->tick_pause_ms = more ? 0 : timestamp_monotonic() + pause;
	hand_back(e, NULL);
}

/* The manual clock moves from one due instant to the next, as real time would have. */
static anju_status advance(struct engine *e, int64_t to, anju_error *err)
{
	int64_t now = engine_now(e);
	bool more = false, there = false;
	while (more || !there || engine_next_tick(e) <= to) {
		int64_t next = engine_next_tick(e);
		if (!more && next > now)
			now = next < to ? next : to;
		anju_status st = tick(e, now, &more, err);
		if (st != ANJU_OK)
			return st;
		atomic_store(&e->clock_ms, now);
		there = now >= to;
		cache_trim(&e->cache);
		if (e->new_messages)
			hand_back(e, NULL);
	}
	return ANJU_OK;
}

/* A rehearsal's way of waiting: those who come meanwhile wait with it. */
static void clock_moves(struct engine *e, bool moves)
{
	pthread_mutex_lock(&e->lock);
	e->clock_moves = moves;
	e->progress_us = timestamp_monotonic_us();
	pthread_mutex_unlock(&e->lock);
}

static void run_advance(struct engine *e, struct command *cmd)
{
	clock_moves(e, true);
	cmd->status = advance(e, cmd->to_ms, &cmd->err);
	if (cmd->status != ANJU_OK)
		abandon(e, &cmd->err);
	else
		reply_clock(cmd, engine_now(e));
	clock_moves(e, false);
	hand_back(e, cmd);
}

/* What was taken from the queue, in its order: batches, and between them the clock moving over what is due. */
static void run_list(struct engine *e, struct command *list)
{
	while (list != NULL) {
		struct command *cmd = list, *rest = NULL;
		anju_error err = {0};
		e->env.now_ms = engine_now(e);
		bool advances = cmd->kind == COMMAND_ADVANCE && engine_next_tick(e) <= cmd->to_ms &&
				check_advance(e, cmd, &err) == ANJU_OK;
		if (advances) {
			list = cmd->next;
			cmd->next = NULL;
			run_advance(e, cmd);
		} else {
			run_batch(e, list, &rest);
			list = rest;
		}
	}
}

/* --- the thread --- */

/* How long until the clock may bring something, ms; 0: now. */
static int64_t until_tick(const struct engine *e)
{
	if (e->options.manual_clock)
		return DUTY_NEVER;
	int64_t next = engine_next_tick(e), now = timestamp_now();
	int64_t left = next > now ? next - now : 0;
	int64_t pause = e->tick_pause_ms - timestamp_monotonic();
	return left > pause ? left : pause;
}

/* On the monotonic clock: one that is set back must not make anybody wait. */
static void wait_for_work(struct engine *e)
{
	int64_t left = until_tick(e);
	if (left == DUTY_NEVER) {
		pthread_cond_wait(&e->wake, &e->lock);
		return;
	}
	int64_t until = timestamp_monotonic() + (left < TICK_LOOK_MS ? left : TICK_LOOK_MS);
	struct timespec ts = {.tv_sec = until / 1000, .tv_nsec = until % 1000 * 1000000};
	(void)pthread_cond_timedwait(&e->wake, &e->lock, &ts);
}

static bool tick_is_due(const struct engine *e)
{
	return until_tick(e) <= 0;
}

static void *engine_main(void *arg)
{
	struct engine *e = arg;
	thread_name("anju-engine");
	pthread_mutex_lock(&e->lock);
	for (;;) {
		while (e->head == NULL && !e->draining && !tick_is_due(e) && !engine_in_doubt(e))
			wait_for_work(e);
		if (engine_in_doubt(e)) {
			pthread_mutex_unlock(&e->lock);
			engine_settle_doubt(e);
			pthread_mutex_lock(&e->lock);
		}
		struct command *list = engine_take(e, e->options.batch_limit);
		if (list == NULL && e->draining)
			break;
		bool due = tick_is_due(e);
		pthread_mutex_unlock(&e->lock);
		run_list(e, list);
		if (due)
			wall_tick(e);
		pthread_mutex_lock(&e->lock);
	}
	pthread_mutex_unlock(&e->lock);
	return NULL;
}

/* --- starting and ending --- */

static anju_status register_definitions(struct engine *e, anju_error *err)
{
	anju_status st = store_begin(e->options.store, err);
	if (st != ANJU_OK)
		return st;
	for (size_t i = 0; i < pack_set_workflow_count(e->options.packs) && st == ANJU_OK; i++) {
		const struct workflow *wf = pack_set_workflow_at(e->options.packs, i);
		ANJU_AUTO_MEM char *source = json_text(wf->source);
		if (source == NULL)
			st = anju_fail_nomem(err);
		else
			st = store_workflow_put(
				e->options.store, wf->hash_hex, wf->id, wf->version, source, err);
	}
	if (st == ANJU_OK)
		return store_commit(e->options.store, err);
	store_rollback(e->options.store);
	return st;
}

/* What the manual clock's position makes due already (obligations that began before the start), on the first start
 * only: afterwards what falls due without the clock moving waits for the next time it moves, restart or not, so that
 * a rehearsal that was interrupted ends like one that was not. */
static anju_status settle_start(struct engine *e, anju_error *err)
{
	const char *settled = NULL;
	if (!e->options.manual_clock)
		return ANJU_OK;
	anju_status st = store_meta_get(e->options.store, "settled", &settled, err);
	if (st != ANJU_E_NOTFOUND)
		return st;
	bool more = engine_next_tick(e) <= e->env.now_ms;
	while (more) {
		st = tick(e, e->env.now_ms, &more, err);
		if (st != ANJU_OK)
			return st;
		more = more || engine_next_tick(e) <= e->env.now_ms;
	}
	st = store_begin(e->options.store, err);
	if (st != ANJU_OK)
		return st;
	st = store_meta_put(e->options.store, "settled", "1", err);
	if (st == ANJU_OK)
		return store_commit(e->options.store, err);
	store_rollback(e->options.store);
	return st;
}

static void set_defaults(struct engine *e)
{
	struct engine_options *o = &e->options;
	o->queue_limit = o->queue_limit > 0 ? o->queue_limit : QUEUE_LIMIT_DEFAULT;
	o->batch_limit = o->batch_limit > 0 ? o->batch_limit : BATCH_LIMIT_DEFAULT;
	o->max_wait_ms = o->max_wait_ms > 0 ? o->max_wait_ms : MAX_WAIT_DEFAULT_MS;
	o->policy_timeout_ms = o->policy_timeout_ms > 0 ? o->policy_timeout_ms : 1000;
	o->channel = o->channel != NULL ? o->channel : "spool";
	e->cache.limit = o->cache_bytes > 0 ? o->cache_bytes : CACHE_BYTES_DEFAULT;
	e->office_minute = pack_set_digest_minute(o->packs);
}

static anju_status prepare(struct engine *e, anju_error *err)
{
	anju_status st = init_clock(e, err);
	if (st != ANJU_OK)
		return st;
	engine_bind_env(e);
	e->env.now_ms = engine_now(e);
	st = register_definitions(e, err);
	if (st == ANJU_OK)
		st = engine_ticks_init(e, err);
	return st == ANJU_OK ? settle_start(e, err) : st;
}

anju_status engine_start(const struct engine_options *options, struct engine **ret, anju_error *err)
{
	ANJU_AUTO(engine) e = calloc(1, sizeof *e);
	if (e == NULL)
		return anju_fail_nomem(err);
	e->options = *options;
	e->calendar = calendar_ref(options->calendar);
	e->tail = &e->head;
	pthread_mutex_init(&e->lock, NULL);
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&e->wake, &attr);
	pthread_condattr_destroy(&attr);
	set_defaults(e);
	if (options->shelf == NULL)
		e->own_shelf = shelf_new(options->packs, NULL, NULL, SHELF_DEFAULT);
	e->cache.shelf = options->shelf != NULL ? options->shelf : e->own_shelf;
	e->arena = expr_arena_new();
	if (e->arena == NULL || e->cache.shelf == NULL)
		return anju_fail_nomem(err);
	anju_status st = prepare(e, err);
	if (st != ANJU_OK)
		return st;
	if (e->options.no_thread) {
		anju_assert(e->options.manual_clock);
		*ret = ANJU_TAKE(e);
		return ANJU_OK;
	}
	st = engine_handover_start(e, err);
	if (st != ANJU_OK)
		return st;
	int bad = pthread_create(&e->thread, NULL, engine_main, e);
	if (bad != 0) {
		engine_handover_stop(e);
		return anju_fail_errno(err, bad, "@say.starting_thread|engine");
	}
	e->thread_runs = true;
	*ret = ANJU_TAKE(e);
	return ANJU_OK;
}

void engine_run(struct engine *engine, struct command *cmd)
{
	anju_assert(engine->options.no_thread);
	cmd->next = NULL;
	run_list(engine, cmd);
}

void engine_drain(struct engine *engine)
{
	if (!engine->thread_runs)
		return;
	pthread_mutex_lock(&engine->lock);
	engine->draining = true;
	pthread_cond_signal(&engine->wake);
	pthread_mutex_unlock(&engine->lock);
	pthread_join(engine->thread, NULL);
	engine->thread_runs = false;
	engine_handover_stop(engine);
}

void engine_free(struct engine *engine)
{
	if (engine == NULL)
		return;
	engine_drain(engine);
	cache_done(&engine->cache);
	engine_obligations_done(engine);
	calendar_free(engine->coming);
	calendar_free(engine->calendar);
	shelf_free(engine->own_shelf);
	expr_arena_free(engine->arena);
	pthread_cond_destroy(&engine->wake);
	pthread_mutex_destroy(&engine->lock);
	free(engine);
}

void engine_figures(const struct engine *engine, struct engine_figures *ret)
{
	struct engine *e = (struct engine *)engine; /* the lock is not part of what is seen */
	pthread_mutex_lock(&e->lock);
	*ret = e->figures;
	ret->queue_length = e->queued;
	ret->queue_limit = e->options.queue_limit;
	ret->wait_us = engine_wait_us(e, timestamp_monotonic_us());
	pthread_mutex_unlock(&e->lock);
}
