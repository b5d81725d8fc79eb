/*
 * The queue: who is let in, and what the engine takes out of it.
 *
 * A command is refused when what is ahead of it would take longer than it should have to wait, or when the queue is
 * full, so that whoever comes at a bad time knows it at once and the others are served as usual.
 */
#include "base/error.h"
#include "base/timestamp.h"
#include "engine/impl.h"

#define LET_IN 16 /* commands that are never too many, whatever the clock says */

struct command *engine_take(struct engine *e, int most)
{
	struct command *list = e->head, *c = list, *last = NULL;
	int n = 0;
	for (; c != NULL && n < most; c = c->next, n++)
		last = c;
	if (last == NULL)
		return NULL;
	last->next = NULL;
	e->head = c;
	if (c == NULL)
		e->tail = &e->head;
	e->queued -= n;
	if (e->under_way == 0)
		e->progress_us = timestamp_monotonic_us();
	e->under_way += n;
	return list;
}

int64_t engine_wait_us(const struct engine *e, int64_t now_us)
{
	int64_t rest = e->under_way > 0 && !e->clock_moves
			       ? pace_rest_us(&e->pace, e->under_way, now_us - e->progress_us)
			       : 0;
	return rest + pace_wait_us(&e->pace, e->queued, e->options.batch_limit);
}

static bool is_full(const struct engine *e)
{
	return e->queued + e->under_way >= e->options.queue_limit;
}

static bool is_half_full(const struct engine *e, int64_t wait_us)
{
	return e->queued + e->under_way > e->options.queue_limit / 2 ||
	       (e->queued >= LET_IN && wait_us > e->options.max_wait_ms * INT64_C(500));
}

void engine_progress(struct engine *e, int n, int64_t carry_us)
{
	pthread_mutex_lock(&e->lock);
	int64_t now_us = timestamp_monotonic_us(), took_us = now_us - e->progress_us;
	if (n > 0 && carry_us >= 0)
		pace_learn(&e->pace, n, carry_us, took_us > carry_us ? took_us - carry_us : 0);
	e->under_way -= n;
	e->progress_us = now_us;
	if (atomic_load(&e->pressed))
		atomic_store(&e->pressed, is_half_full(e, engine_wait_us(e, now_us)));
	pthread_mutex_unlock(&e->lock);
}

/* Under lock: 0, or after how many ms to come again. What was delivered is to be written down, and never much. */
static int refuse(struct engine *e, const struct command *cmd, int64_t *ret_wait_us)
{
	*ret_wait_us = 0;
	if (e->draining)
		return ANJU_RETRY_DEFAULT_MS;
	if (e->queued < LET_IN && !is_full(e))
		return 0;
	int64_t limit_us = e->options.max_wait_ms * INT64_C(1000),
		now_us = timestamp_monotonic_us();
	*ret_wait_us = engine_wait_us(e, now_us);
	if (!atomic_load(&e->pressed) && is_half_full(e, *ret_wait_us))
		atomic_store(&e->pressed, true);
	if (cmd->kind == COMMAND_DELIVERED || (!is_full(e) && *ret_wait_us <= limit_us))
		return 0;
	e->figures.busy++;
	return pace_again_ms(&e->pace, now_us, *ret_wait_us, limit_us);
}

anju_status engine_submit(struct engine *engine, struct command *cmd, anju_error *err)
{
	int64_t wait_us;
	pthread_mutex_lock(&engine->lock);
	int again_ms = refuse(engine, cmd, &wait_us);
	if (again_ms == 0) {
		cmd->next = NULL;
		*engine->tail = cmd;
		engine->tail = &cmd->next;
		if (engine->queued++ == 0)
			pthread_cond_signal(&engine->wake);
	}
	pthread_mutex_unlock(&engine->lock);
	if (again_ms == 0)
		return ANJU_OK;
	(void)anju_fail(err, ANJU_E_BUSY, "engine.busy", "would wait %lld ms, come again in %d",
		(long long)(wait_us / 1000), again_ms);
	anju_error_found(err, "%lld ms", (long long)(wait_us / 1000));
	anju_error_allowed(err, "%d ms", engine->options.max_wait_ms);
	anju_error_retry(err, again_ms);
	return ANJU_E_BUSY;
}

bool engine_pressed(const struct engine *engine)
{
	return atomic_load_explicit(&engine->pressed, memory_order_relaxed);
}
