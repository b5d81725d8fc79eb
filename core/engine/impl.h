/** Shared inside core/engine only. Everything here belongs to the engine thread unless said otherwise. */
#ifndef CORE_ENGINE_IMPL_H
#define CORE_ENGINE_IMPL_H

#include <pthread.h>
#include <stdatomic.h>
#include <uthash.h>

#include "case/case.h"
#include "engine/engine.h"

/** A case kept in memory; the engine is the only writer, so it is always what the store holds. */
struct cached {
	struct anju_case *cs; /* owned */
	char *name;           /* owned; "workflow/key" */
	int64_t id;
	size_t bytes;
	bool touched; /* changed by the command being carried out */
	struct cached *next_touched;
	struct cached *prev, *next; /* utlist: least recently used first */
	UT_hash_handle by_name, by_id;
};

struct cache {
	struct shelf *shelf; /* borrowed: engine; each case holds its definition there */
	struct cached *names, *ids, *lru;
	size_t bytes, limit;
};

struct engine {
	struct engine_options options;
	struct shelf *own_shelf;   /* owned; NULL when one was given */
	struct calendar *calendar; /* a reference: the one that is durable; changed under lock */
	struct calendar *
		coming; /* a reference: its successor until the batch in hand is durable; or NULL */
	struct cache cache;
	struct cached *touched;
	struct expr_arena *arena;
	struct case_env env;
	int office_minute;

	/* progress that lives in the store's meta rows and is cached here */
	int64_t next_due_ms; /* least next_ms of all duties */
	int64_t next_digest_ms;
	int64_t next_obligation_ms;
	int64_t tick_pause_ms; /* no tick before this; monotonic */
	int64_t last_seq;
	bool new_messages;
	bool writing;           /* the command in hand has written something … */
	bool guarded;           /* … inside a savepoint of its own */
	int64_t rungs, digests; /* fired, composed; copied into figures */

	/* any thread, under lock */
	pthread_t thread;
	bool thread_runs;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct command *head, **tail;
	int queued;
	bool draining;
	struct engine_figures figures;

	_Atomic int64_t clock_ms; /* manual clock */
};

/* cache.c */
struct cached *cache_by_name(struct cache *cache, const char *workflow, const char *key);
struct cached *cache_by_id(struct cache *cache, int64_t id);
/** Takes `cs` and its hold on its definition; NULL when out of memory (both are let go). */
struct cached *cache_put_take(struct cache *cache, struct anju_case *cs);
void cache_drop(struct cache *cache, struct cached *c);
/** Down to the limit; only between commands, when nothing points into the cache. */
void cache_trim(struct cache *cache);
void cache_clear(struct cache *cache);

/* load.c: cases out of the cache or the store */
anju_status engine_load(struct engine *e, const char *workflow, const char *key,
	struct cached **ret, anju_error *err);
anju_status engine_load_id(struct engine *e, int64_t id, struct cached **ret, anju_error *err);
/** The definition that a stored case lives under; to be given back to the cache's shelf. */
anju_status engine_definition(struct engine *e, const char *workflow, const char *hash,
	const struct workflow **ret, anju_error *err);
void engine_bind_env(struct engine *e);

/* rows.c: what a change leaves in the store */
/** A new case (id 0) is inserted, else updated; with its entry, deadlines, relations and notices. */
anju_status engine_persist(struct engine *e, struct anju_case *cs, struct case_effects *fx,
	const struct case_request *request, const char *idem, anju_error *err);
/** One duty whose rung moved on. */
anju_status engine_persist_duty(
	struct engine *e, const struct anju_case *cs, struct duty *d, anju_error *err);

/* engine.c */
/** Work with `cal` from here on; it is in force once the batch is durable, and forgotten if that fails. */
void engine_bring_calendar(struct engine *e, const struct calendar *cal);

/* carry.c: commands */
/** Inside a transaction: the command, all or nothing. Fills cmd's result. Other than ANJU_OK when it failed
 *  among its writes with nothing to roll back to: the whole batch must then be given up. */
ANJU_MUST_CHECK anju_status engine_carry(
	struct engine *e, struct command *cmd, anju_error *ret_broken);
void engine_touch(struct engine *e, struct cached *c);
/** After a failure: throw away what the command had changed; or, after success, just forget the list. */
void engine_untouch(struct engine *e, bool drop);
anju_status engine_send_system(struct engine *e, struct cached *c, const char *event,
	int64_t effective_ms, const char *cause, int depth, anju_error *err);
anju_status engine_open_system(struct engine *e, const char *workflow, const char *key,
	const json_t *data, const char *cause, int depth, anju_error *err);

/* migrate.c */
/** One case goes over to another definition, or would. The reply: {"before", "after"} states, or {} when it is
 *  not under the old one any more, or over. */
anju_status engine_migrate(
	struct engine *e, struct command *cmd, struct case_effects *fx, anju_error *err);
anju_status engine_note(struct engine *e, struct command *cmd, anju_error *err);

/* ticks.c: what the clock brings */
/** Load next_* from the store. */
anju_status engine_ticks_init(struct engine *e, anju_error *err);
/** Inside a transaction: fire what is due at `now`, a bounded amount; *ret_more when there is more. */
anju_status engine_tick(struct engine *e, int64_t now, bool *ret_more, anju_error *err);
int64_t engine_next_tick(const struct engine *e);

/* obligations.c */
anju_status engine_obligations_init(struct engine *e, anju_error *err);
anju_status engine_obligations(struct engine *e, int64_t now, anju_error *err);

/* outgoing.c: items and messages */
anju_status engine_item(struct engine *e, const struct unit *to, const char *claim, int64_t case_id,
	int64_t deadline_id, bool urgent, const json_t *body, anju_error *err);
anju_status engine_digest(struct engine *e, int64_t now, anju_error *err);
anju_status engine_delivered(struct engine *e, struct command *cmd, anju_error *err);
anju_status engine_notices(
	struct engine *e, struct anju_case *cs, struct case_effects *fx, anju_error *err);
int64_t engine_digest_after(const struct engine *e, int64_t now);

#endif
