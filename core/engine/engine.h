/**
 * The single writer. One thread takes whatever has queued up while the last commit was syncing, carries it
 * out inside one store transaction (a savepoint each), commits once, and hands the finished commands back.
 * It also fires deadlines and composes digests as the clock reaches them.
 *
 *   submit ─► queue ─► batch: load case ► may they? ► guards ► chart step ► rows ─► commit ─► finished
 */
#ifndef CORE_ENGINE_ENGINE_H
#define CORE_ENGINE_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "anju/error.h"
#include "base/cleanup.h"
#include "calendar/calendar.h"
#include "case/case.h"
#include "engine/command.h"
#include "pack/pack.h"
#include "pack/shelf.h"
#include "plugin/plugin.h"
#include "store/store.h"

struct engine;

struct engine_options {
	struct store *store;    /* borrowed; used by the engine thread alone from start on */
	struct pack_set *packs; /* borrowed */
	struct shelf
		*shelf; /* borrowed: definitions that cases live under; NULL = one of its own */
	const struct calendar *calendar; /* of the start; a reference is taken */
	struct plugin_set *plugins;      /* borrowed; may be NULL */
	const char *channel;             /* where messages go: "spool" */
	bool manual_clock;
	int64_t manual_start_ms; /* used when the store has no clock position yet */
	int queue_limit;         /* commands let in and not yet handed back; 0 = 8,192 */
	int max_wait_ms;         /* who would wait longer is refused; 0 = 500 */
	int batch_limit;         /* 0 = 512 commands a transaction */
	size_t cache_bytes;      /* 0 = 32 MiB of cases kept in memory: from 0.6 kB each on */
	int policy_timeout_ms;   /* 0 = 1,000 */
	bool no_thread;          /* engine_run() does the work; the clock is then manual */
	bool no_obligations;     /* duties do not begin by the calendar */
	const struct case_observer *observer; /* borrowed; or NULL */

	/* Called after the batch is durable (or has failed as a whole), on the engine's thread or the one that syncs
	 * for it, never on both at once: the list is the receiver's, in queue order. last_seq = feed position reached; messages = there are new ones
	 * to deliver. Must not block. */
	void (*finished)(void *ctx, struct command *list, int64_t last_seq, bool messages);
	void *ctx;
};

/** Load what must be known (clock, definitions in use), start the thread. */
ANJU_MUST_CHECK anju_status engine_start(
	const struct engine_options *options, struct engine **ret, anju_error *err);

/**
 * Queue a command; takes it. Any thread.
 *
 * ANJU_E_BUSY "engine.busy" when the queue is full, when it would wait longer than max_wait_ms, or when draining; the
 * command is then still the caller's, and anju_error_retry_ms() says when to come again. A few are always let in, and
 * so is COMMAND_DELIVERED, of which there are never many.
 */
ANJU_MUST_CHECK anju_status engine_submit(
	struct engine *engine, struct command *cmd, anju_error *err);

/** Of an engine without a thread: carry out one command here and now, a batch of its own. `finished` has
 *  been called when it returns; the command is still the caller's. */
void engine_run(struct engine *engine, struct command *cmd);

/** Carry out what is queued, then end the thread. Later submits are refused. */
void engine_drain(struct engine *engine);
void engine_free(struct engine *engine);
ANJU_DEFINE_AUTO(engine)

/** The daemon's clock, ms; manual or wall. Any thread. */
int64_t engine_now(const struct engine *engine);
bool engine_clock_is_manual(const struct engine *engine);

/** The calendar in force, a reference for the caller (calendar_free). One call or one read works with one
 *  calendar, whatever is loaded meanwhile. Any thread. */
struct calendar *engine_calendar(struct engine *engine);

struct engine_figures {
	int64_t commands, refused, batches, failed_batches, rungs, digests;
	int64_t queue_length, cached_cases, cached_bytes;
	int64_t queue_limit;
	int64_t busy;             /* commands refused because they would have waited too long */
	int64_t wait_us;          /* what a newcomer would wait now */
	int64_t obligations_left; /* cases that could not be opened (obligation_left.h) */
	bool store_failing;       /* the last batch failed in the store */
	char trouble[256];        /* why */
};
void engine_figures(const struct engine *engine, struct engine_figures *ret);
/** Has half of what may wait come together? Who has much in work already does best to hold back. Any thread. */
bool engine_pressed(const struct engine *engine);

#endif
