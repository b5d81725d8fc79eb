/** Shared inside core/engine only. Everything here belongs to the engine thread unless said otherwise. */
#ifndef CORE_ENGINE_IMPL_H
#define CORE_ENGINE_IMPL_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/pace.h"
#include "case/case.h"
#include "engine/engine.h"

/** A case kept in memory; the engine is the only writer, so it is always what the store holds. One of the bench's
 *  households takes some 600 bytes with everything. */
struct cached {
	struct anju_case *cs; /* owned */
	int64_t id;
	struct cached *next_touched;
	struct cached *prev, *next; /* utlist: least recently used first */
	size_t bytes;
	uint32_t hash; /* of the name */
	uint32_t name_len;
	bool touched; /* changed by the command being carried out */
	char name[];  /* "workflow/key" */
};

struct cache_table {
	struct cached **slots; /* owned; NULL: free */
	size_t cap;            /* a power of two, or 0 */
};

struct cache {
	struct shelf *shelf; /* borrowed: engine; each case holds its definition there */
	struct cache_table names, ids;
	struct cached *lru;
	size_t len;
	size_t bytes, limit; /* what malloc gave out for the cases and what belongs to them */
};

/** Commands that are committed and wait for the disk. */
struct flight {
	bool any; /* also true for what only the clock brought */
	struct command *head, **tail;
	int64_t last_seq;
	bool messages;
	int n;            /* commands */
	int64_t carry_us; /* what they took; -1: cannot be told */
};

struct handover {
	pthread_t thread;
	bool runs; /* the engine's; false: everything is durable at once */
	/* under the engine's lock */
	pthread_cond_t wake;
	struct flight waiting, doubtful;
	bool syncing, stop;
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
	struct beginning *beginnings; /* owned; parallel to the packs' obligations */
	size_t beginnings_len;
	int64_t tick_pause_ms; /* no tick before this; monotonic */
	int64_t last_seq;
	bool new_messages;
	bool writing;           /* the command in hand has written something … */
	bool guarded;           /* … inside a savepoint of its own */
	bool put_off_said;      /* of the rungs under way, that one could not be carried out */
	int64_t rungs, digests; /* fired, composed; copied into figures */
	int64_t carry_us; /* what carrying out the last batch took, without waiting; -1 = it was none */

	/* any thread, under lock */
	pthread_t thread;
	bool thread_runs;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct command *head, **tail;
	int queued;
	int under_way;       /* taken from the queue, and not handed back yet */
	int64_t progress_us; /* monotonic: when some of them came back last, or the first was taken */
	bool clock_moves;    /* over what is due: takes as long as it takes */
	struct pace pace;
	bool draining;
	struct engine_figures figures;

	_Atomic int64_t clock_ms; /* manual clock */
	_Atomic bool pressed;     /* changed under lock */
	struct handover handover;
};

/* cache.c */
struct cached *cache_by_name(struct cache *cache, const char *workflow, const char *key);
struct cached *cache_by_id(struct cache *cache, int64_t id);
/** Takes `cs` and its hold on its definition; NULL when out of memory (both are let go). */
struct cached *cache_put_take(struct cache *cache, struct anju_case *cs);
/** Count again what the case takes, after it has changed. */
void cache_weigh(struct cache *cache, struct cached *c);
void cache_drop(struct cache *cache, struct cached *c);
/** Down to the limit; only between commands, when nothing points into the cache. */
void cache_trim(struct cache *cache);
void cache_clear(struct cache *cache);
void cache_done(struct cache *cache);

/* load.c: cases out of the cache or the store */
anju_status engine_load(struct engine *e, const char *workflow, const char *key,
	struct cached **ret, anju_error *err);
anju_status engine_load_id(struct engine *e, int64_t id, struct cached **ret, anju_error *err);
/** The definition that a stored case lives under; to be given back to the cache's shelf. */
anju_status engine_definition(struct engine *e, const char *workflow, const char *hash,
	const struct workflow **ret, anju_error *err);
/** Was the date of a stored row counted in hours? It may have none. Rows of before schema 4 do not say, and one that
 *  ends at midnight then passes for one counted in days. */
bool engine_due_exact(const struct store_deadline *row);
void engine_bind_env(struct engine *e);

/* rows.c: what a change leaves in the store */
/** A new case (id 0) is inserted, else updated; with its entry, deadlines, relations and notices. */
anju_status engine_persist(struct engine *e, struct anju_case *cs, struct case_effects *fx,
	const struct case_request *request, const char *idem, anju_error *err);
/** One duty whose rung moved on. */
anju_status engine_persist_duty(
	struct engine *e, const struct anju_case *cs, struct duty *d, anju_error *err);

/* engine.c */
/** Work with `cal` from here on; it is in force once the batch is durable, and forgotten if that fails. What is cached
 *  of obligations is still counted by the one before: engine_obligations_again(). */
void engine_bring_calendar(struct engine *e, const struct calendar *cal);

/** The store failed (why), or works (NULL): said once. */
void engine_store_is(struct engine *e, const anju_error *why);
/** Refusals too: what they rest on may have been written by what failed with them. */
void engine_fail_all(struct command *list, const anju_error *err);

/** So many commands come back, which took that to carry out (-1: cannot be told). Any thread. */
void engine_progress(struct engine *e, int n, int64_t carry_us);

/* handover.c: from the commit to those who wait for it */
anju_status engine_handover_start(struct engine *e, anju_error *err);
/** After the engine's thread has ended; all are answered when it returns. */
void engine_handover_stop(struct engine *e);
/** The transaction in hand. Durable for those that engine_hand_over() gives back, not before. */
ANJU_MUST_CHECK anju_status engine_commit(struct engine *e, anju_error *err);
/** Takes the list, which may be empty: to options.finished, now or when the disk has it. */
void engine_hand_over(struct engine *e, struct command *list, bool messages);
/** Is a batch on its way to the disk? Under the lock; `wake` is signalled when it is there. */
bool engine_at_disk(const struct engine *e);
/** Has a sync failed whose commands wait for engine_settle_doubt()? Under the lock. */
bool engine_in_doubt(const struct engine *e);
void engine_settle_doubt(struct engine *e);

/* queue.c */
/** What is queued, at most so many. Under the lock. */
struct command *engine_take(struct engine *e, int most);
/** What a newcomer would wait, us. Under the lock. */
int64_t engine_wait_us(const struct engine *e, int64_t now_us);

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
/** Open a case as `request` says. *_system: as anju itself, now. */
anju_status engine_open_request(struct engine *e, const char *workflow, const char *key,
	const struct case_request *request, int depth, anju_error *err);
/** The same for a command, which gets the reply. */
anju_status engine_open_command(struct engine *e, struct command *cmd, const char *workflow,
	const char *key, const struct case_request *request, const char *idem,
	struct case_effects *fx, anju_error *err);
/** The reply of a command that changes nothing any more: the case as it is. */
void engine_reply_case(
	struct engine *e, struct command *cmd, const struct anju_case *cs, int64_t effective_ms);
/** Did opening fail because this very case is there already, and not one that it was to open in turn? */
bool engine_is_there(anju_status st, const anju_error *err, const char *workflow, const char *key);
anju_status engine_open_system(struct engine *e, const char *workflow, const char *key,
	const json_t *data, const char *cause, int depth, anju_error *err);

/* migrate.c */
/** One case goes over to another definition, or would. The reply: {"before", "after"} states, or {} when it is
 *  not under the old one any more, or over. */
anju_status engine_migrate(
	struct engine *e, struct command *cmd, struct case_effects *fx, anju_error *err);
anju_status engine_note(struct engine *e, struct command *cmd, anju_error *err);

/* recount_page.c */
anju_status engine_recount(struct engine *e, struct command *cmd, anju_error *err);
anju_status engine_load_calendar(struct engine *e, struct command *cmd, anju_error *err);

/* ticks.c: what the clock brings */
/** Load next_* from the store. */
anju_status engine_ticks_init(struct engine *e, anju_error *err);
/** Inside a transaction: fire what is due at `now`, a bounded amount; *ret_more when there is more. */
anju_status engine_tick(struct engine *e, int64_t now, bool *ret_more, anju_error *err);
int64_t engine_next_tick(const struct engine *e);
/** Has the clock's transaction that began then (monotonic) taken long enough? Not as long when somebody waits. */
bool engine_spent(struct engine *e, int64_t since_us);

/* rungs.c */
/** How much of a rung is carried out. */
enum engine_extent {
	EXTENT_ALL,
	/* What it does besides telling cannot be done at present: the reminder goes out, and the rung is tried again
	 * on the next working morning; its claims see to it that nobody is told twice. */
	EXTENT_TELL,
};
/** Fire the deadline or timer `row`, if its time has come by `now`. On failure, *ret_told: it failed in what the rung
 *  does besides telling. */
anju_status engine_fire(struct engine *e, const struct store_due *row, int64_t now,
	enum engine_extent extent, bool *ret_told, anju_error *err);

/* obligations.c */
/** Read from the store how far each has come; anew after a transaction has failed. */
anju_status engine_obligations_init(struct engine *e, anju_error *err);
void engine_obligations_done(struct engine *e);
/** The calendar is another: days that are moved to a working day may be others. */
anju_status engine_obligations_again(struct engine *e, anju_error *err);
/** Inside a transaction: what begins by `now`, a bounded number of cases; *ret_more when there is more. */
anju_status engine_obligations(struct engine *e, int64_t now, bool *ret_more, anju_error *err);
/** Someone opens an obligation that does not begin by the calendar (COMMAND_BEGIN). */
anju_status engine_obligation_open(
	struct engine *e, struct command *cmd, struct case_effects *fx, anju_error *err);

/* obligation_left.c: whose cases could not be opened */
struct obligation_left {
	json_t *list;     /* owned; as obligation_left_read() gives it */
	size_t next;      /* which is tried next, of those that are tried once an hour */
	int64_t retry_ms; /* when that is */
	bool dirty;       /* not as it is stored */
};
struct left_case {
	const char *unit; /* borrowed */
	int32_t day;      /* nominal */
	int64_t since_ms;
	bool joined;
};
/** *ret is the caller's, its list to be released. */
ANJU_MUST_CHECK anju_status engine_left_load(
	struct engine *e, const char *id, struct obligation_left *ret, anju_error *err);
/** If it has changed. */
ANJU_MUST_CHECK anju_status engine_left_save(
	struct engine *e, const char *id, struct obligation_left *left, anju_error *err);
ANJU_MUST_CHECK anju_status engine_left_add(struct obligation_left *left,
	const struct left_case *one, const anju_error *why, anju_error *err);
void engine_left_get(const struct obligation_left *left, size_t i, struct left_case *ret);
/** It failed once more; *ret_news: for another reason. */
ANJU_MUST_CHECK anju_status engine_left_still(struct obligation_left *left, size_t i,
	const anju_error *why, bool *ret_news, anju_error *err);
void engine_left_drop(struct obligation_left *left, size_t i);

/* hours.c: when a unit is told */
/** `ms`, or the end of the unit's quiet hours if it lies in them. */
int64_t engine_quiet_end(const struct unit *u, int64_t ms);
/** The unit's first digest at or after `from_ms`: on a working day, at the first office minute from the packs'
 *  `digest_at` on that is not quiet. NULL: that of a unit that says nothing of hours. */
int64_t engine_digest_at(const struct engine *e, const struct unit *u, int64_t from_ms);
/** The first instant from `now` on at which a digest that is late already may still go out. */
int64_t engine_open_at(const struct engine *e, const struct unit *u, int64_t now);

/* outgoing.c: items and messages */
/** An urgent line this old when anju gets round to it (it had been down) goes out with the digest. */
#define ENGINE_URGENT_STALE_MS (3 * INT64_C(86400000))

/** {"zh", "en"} of a label; a language that it lacks gets `fallback`. New reference, or NULL. */
json_t *engine_label(const struct label *label, const char *fallback);
/** A line for a unit, on each of its channels. */
struct engine_item {
	const struct unit *to;
	const char *claim; /* of what is said; unit and channel are added */
	int64_t case_id, deadline_id;
	int64_t arose_ms; /* when it was to be said: now, or earlier when anju had been down */
	bool urgent;
	const json_t *body;    /* the same twice: one may be NULL */
	const char *text;      /* JSON */
	char *const *channels; /* in place of the unit's own */
	size_t channels_len;   /* 0 = those of the unit */
};
anju_status engine_item(struct engine *e, const struct engine_item *item, anju_error *err);
struct engine_letter {
	const struct unit *to;
	const char *channel, *claim;
	bool urgent;
};
/** *ret_new false: the claim was there, and *ret_id is that message. */
anju_status engine_message(struct engine *e, const struct engine_letter *letter,
	const json_t *const *bodies, size_t n, int64_t *ret_id, bool *ret_new, anju_error *err);
anju_status engine_urgent_message(struct engine *e, const struct unit *to, const char *channel,
	const char *claim, const json_t *body, int64_t *ret_id, anju_error *err);
anju_status engine_notices(
	struct engine *e, struct anju_case *cs, struct case_effects *fx, anju_error *err);

/* duty_words.c */
/** The check of a watched duty has come: those who keep it up are told. */
anju_status engine_check(struct engine *e, struct cached *c, struct duty *d, anju_error *err);
/** An act on a deadline: those concerned are told. Any other request: nothing. */
anju_status engine_duty_words(struct engine *e, const struct anju_case *cs,
	const struct case_effects *fx, const struct case_request *request, anju_error *err);

/* mornings.c: what waits becomes messages */
/** Until nothing is due now, or engine_spent(): then *ret_more. */
anju_status engine_digests(struct engine *e, int64_t since_us, bool *ret_more, anju_error *err);

/* outbox.c: what became of messages */
anju_status engine_delivered(struct engine *e, struct command *cmd, anju_error *err);
anju_status engine_resend(struct engine *e, struct command *cmd, anju_error *err);

#endif
