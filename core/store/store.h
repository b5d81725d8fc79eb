/**
 * Where cases, journal, deadlines, relations and messages are kept. Speaks of those things only; that SQLite
 * is underneath shows in sqlite*.c alone, so that another database can take its place. Knows nothing
 * of workflows: states, data and bodies are opaque texts here.
 *
 * One `struct store` writes, owned by one thread (the engine). Any number of `struct store_reader`
 * read, one thread each at a time, on snapshots.
 *
 * Texts in row structs given to the store are borrowed for the call; texts in rows it gives out are valid
 * until the next call on the same handle, unless said otherwise.
 */
#ifndef CORE_STORE_STORE_H
#define CORE_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "anju/error.h"
#include "base/cleanup.h"
#include "base/hash.h"

struct store;
struct store_reader;

struct store_options {
	const char *folder; /* data folder; created 0700 if missing; anju.db inside */
	/* Tests: "after:commit:12", "before:commit:3": _exit(137) there; "hold:commit:FILE": commits wait as
	 * long as FILE is there. Or NULL. */
	const char *fault;
	int cache_kib; /* page cache of the writer, 0 = 4 to 32 MiB, by the size of the file */
	bool scratch; /* need not outlive the process: nothing is synced, and no thread is started */
	/* Tests: bring the log home on the writer's own thread, once it has so many pages; 0 = a thread of
	 * its own does it, at 32,000. */
	int inline_log_pages;
};

/**
 * Open for writing: takes the folder's lock (ANJU_E_BUSY "store.locked" names the holder's pid), runs
 * migrations inside a transaction after a backup file, WAL, synchronous=FULL, foreign_keys off.
 * ANJU_E_CORRUPT "store.corrupt"; "store.copied" for a copy of a folder made while it was in use, which may lack what
 * was acknowledged; ANJU_E_UNSUPPORTED "store.newer" when written by a newer anju.
 */
ANJU_MUST_CHECK anju_status store_open(
	const struct store_options *options, struct store **ret, anju_error *err);
void store_free(struct store *store);
ANJU_DEFINE_AUTO(store)

/** Migrate a folder that is not in use, as store_open would, and nothing else: also one that is a copy, or was restored.
 *  Fails as store_open does. */
ANJU_MUST_CHECK anju_status store_bring_up(const char *folder, anju_error *err);

/** Take a copied folder for what it is from now on; whoever calls has looked whether it is sound (store_check). Fails as
 *  store_open does while a daemon uses it. */
ANJU_MUST_CHECK anju_status store_adopt(const char *folder, anju_error *err);

/* --- the transaction: one a batch, a savepoint for a command that may have to be undone alone ---
 *
 * Inside, the store keeps a sticky status: the first failure since begin/savepoint makes every later write
 * a no-op, and store_savepoint/store_release/store_commit report it. store_rollback_to clears it if the work
 * itself failed (EXISTS, NOTFOUND, CONFLICT, LIMIT); a failure of the machine (FULL, IO, NOMEM, …) may
 * have taken the whole batch along and stays until store_rollback or store_commit. That holds for a failed
 * read too. */
ANJU_MUST_CHECK anju_status store_begin(struct store *store, anju_error *err);
/**
 * Durable when it returns ANJU_OK; the transaction is over either way.
 *
 * A sticky failure is returned and everything since begin rolled back. When the disk fails in the commit
 * itself it is unknown whether it took place, and a crash might bring to life what was taken back. The
 * database is then not opened anew: the store looks, in place, whether the transaction is there, and
 * commits a small one of its own, which makes durable what is there and writes over what is not. While that
 * fails, store_begin tries it again first and returns its failure. So what was reported as failed does
 * not come back, with one exception: it is there, but could not be made durable; then the failure of the
 * commit is returned and the rows stay.
 */
ANJU_MUST_CHECK anju_status store_commit(struct store *store, anju_error *err);
/**
 * As store_commit, but for the sync, which store_sync() does: until that has returned ANJU_OK nobody may be told. Readers
 * of this process that see the transaction wait for it at the end of their read. On a scratch store, and
 * where there is no log, it is durable at once as usual.
 */
ANJU_MUST_CHECK anju_status store_commit_unsynced(struct store *store, anju_error *err);
/**
 * Make durable all that was committed before the call. On one thread at a time, which need not be the writer's, while the
 * writer goes on. On failure all commits not durable yet are in doubt: the next store_begin() settles
 * them (then they are durable) or fails, and tries again the next time.
 */
ANJU_MUST_CHECK anju_status store_sync(struct store *store, anju_error *err);
void store_rollback(struct store *store);
/** Up to eight deep. Only for what may have to be undone alone: each page is copied before its first
 *  change, a fifth of what a plain command costs. Fails without opening one when a failure is pending. */
ANJU_MUST_CHECK anju_status store_savepoint(struct store *store, anju_error *err);
/** Keep the innermost savepoint's work and leave it. Returns the pending failure if there is one; on
 *  any failure the savepoint is still open, to be left by store_rollback_to (or with the whole batch by
 *  store_rollback; store_commit wants none open). */
ANJU_MUST_CHECK anju_status store_release(struct store *store, anju_error *err);
/** Undo the innermost savepoint and leave it. Cannot be told a failure: that is sticky. */
void store_rollback_to(struct store *store);

/* --- rows --- */

struct store_case {
	int64_t id; /* given by store_case_insert */
	const char *workflow;
	const char *key;
	const char *hash;   /* hex hash of the definition the case is pinned to */
	const char *origin; /* of the one it was opened under; given out only */
	int64_t rev;        /* = rev of the last journal entry */
	const char *region;
	const char *phase;
	const char *state; /* chart snapshot text */
	const char *data;  /* JSON object: fields */
	const char *meta;  /* JSON object: docs, locks */
	bool done;
	int64_t opened_ms, updated_ms; /* recorded */
	uint8_t head[HASH_BYTES];      /* chain head = hash of the last entry */
	const void *idem; /* what its owner remembers of idempotency keys; NULL: nothing was kept */
	size_t idem_bytes; /* 0 with an `idem` other than NULL: kept, and empty */
};

struct store_entry {
	int64_t seq; /* position in the feed; given by the store */
	int64_t case_id;
	int64_t rev;
	int64_t recorded_ms, effective_ms;
	const char *event;  /* "case.open", event name, or "deadline.…" */
	const char *actor;  /* "610322.land", "610322.land/officer", "system" */
	const char *reason; /* or NULL */
	const char *body;   /* JSON object: what changed */
	const char *
		idem; /* idempotency key, or NULL; that it is new to its case is the caller's to see to */
	uint8_t hash[HASH_BYTES];
	const char *workflow, *key; /* filled in when read */
};

enum store_deadline_status {
	STORE_DEADLINE_OPEN = 0,
	STORE_DEADLINE_MET = 1,
	STORE_DEADLINE_MET_LATE = 2,
	STORE_DEADLINE_SUPERSEDED = 3, /* its state was left without meeting it */
	STORE_DEADLINE_WAIVED = 4,
	STORE_DEADLINE_WATCHED = 5, /* met, and looked at again each period: not over yet */
};

/** In what a date was counted. */
enum store_counted {
	STORE_COUNTED_UNSAID = 0, /* a row of before this was kept */
	STORE_COUNTED_DAYS = 1,
	STORE_COUNTED_HOURS = 2,
};

struct store_deadline {
	int64_t id; /* given by store_deadline_insert */
	int64_t case_id;
	const char *name; /* definition's name; for a chart timer the event to send */
	bool timer;       /* a chart timer: no rungs, no units */
	int32_t state;    /* declaring state's index in the chart */
	enum store_deadline_status status;
	int64_t armed_ms; /* effective */
	int32_t due_day;
	int64_t due_ms;
	bool provisional;
	int32_t rung;     /* rungs fired or skipped so far */
	int64_t next_ms;  /* when the engine must look again; INT64_MAX = never */
	int64_t ended_ms; /* effective; 0 while open */
	const char *lead; /* unit codes joined by ' ', as resolved when armed */
	const char *responsible;
	const char *workflow, *key; /* filled in when read */
	const char *phase;
	const char *cooperating; /* as lead; NULL: nobody */
	bool suspended;          /* open, and its time stands still: not overdue */
	enum store_counted counted;
};

/** A line for a unit, waiting for its digest or sent alone when urgent. */
struct store_item {
	int64_t id;
	const char *
		claim; /* "<deadline id>/<date>/<rung>/<unit>/<channel>" …; twice in a case keeps the first */
	const char *unit;
	const char *channel; /* or NULL: the daemon's usual one */
	int64_t case_id;
	int64_t deadline_id; /* 0 = none */
	int64_t created_ms;
	bool urgent;
	const char *body;   /* JSON object: text zh/en or key, due, lead … */
	int64_t message_id; /* 0 = not in a message yet; -1 = dropped, no longer of interest */
	int64_t send_ms;    /* while message_id is 0: when it is to go */
};

/** Where items wait: for one unit, on one channel. */
struct store_place {
	const char *unit;
	const char *channel; /* or NULL: the daemon's usual one */
};

enum store_message_status {
	STORE_MESSAGE_PENDING = 0,
	STORE_MESSAGE_DELIVERED = 1,
	STORE_MESSAGE_DEAD = 2,
};

struct store_message {
	int64_t id;
	const char *claim; /* unique: "digest/<unit>/<channel>/2017-08-21" */
	const char *unit;
	const char *channel;
	bool urgent;      /* goes before those that are not */
	bool renewed;     /* sent once more by hand; given out only */
	const char *body; /* JSON object handed to the channel */
	int64_t created_ms;
	enum store_message_status status;
	int32_t attempts;
	int64_t next_ms; /* monotonic-free wall ms of the next try */
	int64_t ended_ms;
	const char *error; /* last failure or NULL */
};

/* Writes; inside a transaction, else an assertion. Failures are sticky (see above) and also returned. */
/** ANJU_E_EXISTS "store.key_taken" when the workflow has a case with this key; found: "workflow/key". With
 *  rev > 0 its first entry is expected in the same transaction. */
ANJU_MUST_CHECK anju_status store_case_insert(
	struct store *store, const struct store_case *row, int64_t *ret_id, anju_error *err);
/** Updates rev, region, phase, state, done, updated_ms, head; data, meta, idem unless they are NULL. */
ANJU_MUST_CHECK anju_status store_case_update(
	struct store *store, const struct store_case *row, anju_error *err);
/** Pin the case to another definition; the one it was opened under stays known. */
ANJU_MUST_CHECK anju_status store_case_redefine(
	struct store *store, int64_t id, const char *hash, anju_error *err);
/** Before or after the update of its case's row, in the same transaction: the row's pointer to its last entry
 *  is put right at the commit when other entries came between. Entries first, then the row once, is
 *  cheapest when a command has several. The row's rev and head are the caller's to keep equal to the last
 *  entry's. ANJU_E_NOTFOUND "store.no_case"; ANJU_E_CONFLICT "store.rev" unless rev is one more than the rev of
 *  the case's last entry (not of its row), found: rev, allowed: the one expected. */
ANJU_MUST_CHECK anju_status store_journal_append(
	struct store *store, const struct store_entry *entry, int64_t *ret_seq, anju_error *err);
/** After store_case_insert of its case: ANJU_E_NOTFOUND "store.no_case" when there is no row, as the id is made
 *  from the case's; ANJU_E_LIMIT "store.deadlines" past a million in one case. */
ANJU_MUST_CHECK anju_status store_deadline_insert(
	struct store *store, const struct store_deadline *row, int64_t *ret_id, anju_error *err);
/** Updates status, due, provisional, rung, next, ended, the units, suspended, counted. */
ANJU_MUST_CHECK anju_status store_deadline_update(
	struct store *store, const struct store_deadline *row, anju_error *err);
/** Only that rungs up to `rung` are over, and when the next one is due. */
ANJU_MUST_CHECK anju_status store_rung_put(
	struct store *store, int64_t id, int32_t rung, int64_t next_ms, anju_error *err);
/** Only when to look again, of a deadline whose case cannot be used at present. */
ANJU_MUST_CHECK anju_status store_deadline_put_off(
	struct store *store, int64_t id, int64_t next_ms, anju_error *err);
/** Name and declaring state, of a deadline or timer whose case got another definition. */
ANJU_MUST_CHECK anju_status store_deadline_rename(
	struct store *store, int64_t id, const char *name, int32_t state, anju_error *err);
ANJU_MUST_CHECK anju_status store_relation_add(
	struct store *store, int64_t from_case, const char *name, int64_t to_case, anju_error *err);
ANJU_MUST_CHECK anju_status store_relation_clear(
	struct store *store, int64_t from_case, const char *name, anju_error *err);
/** *ret_new = false when an item of this case has the claim. */
ANJU_MUST_CHECK anju_status store_item_add(
	struct store *store, const struct store_item *row, bool *ret_new, anju_error *err);
ANJU_MUST_CHECK anju_status store_item_assign(
	struct store *store, int64_t item, int64_t message, anju_error *err);
/** An item that waits is to go at `send_ms`. */
ANJU_MUST_CHECK anju_status store_item_put_off(
	struct store *store, int64_t item, int64_t send_ms, anju_error *err);
/** All items that wait there with send_ms <= until are to go at `send_ms`. */
ANJU_MUST_CHECK anju_status store_items_put_off(struct store *store, const struct store_place *at,
	int64_t until, int64_t send_ms, anju_error *err);
ANJU_MUST_CHECK anju_status store_message_add(struct store *store, const struct store_message *row,
	int64_t *ret_id, bool *ret_new, anju_error *err);
/** Updates status, attempts, next, ended, error. */
ANJU_MUST_CHECK anju_status store_message_update(
	struct store *store, const struct store_message *row, anju_error *err);
/** Pending anew, without attempts; `channel` NULL = the one it had. ANJU_E_NOTFOUND "store.no_message". */
ANJU_MUST_CHECK anju_status store_message_renew(
	struct store *store, int64_t id, const char *channel, int64_t next_ms, anju_error *err);
/** Small named texts: clock position, last digest … NULL value deletes. */
ANJU_MUST_CHECK anju_status store_meta_put(
	struct store *store, const char *name, const char *value, anju_error *err);
/** Definitions in use, by hash; existing ones are kept as they are. source: JSON as authored, since the order
 *  of states means something. */
ANJU_MUST_CHECK anju_status store_workflow_put(struct store *store, const char *hash,
	const char *id, const char *version, const char *source, anju_error *err);

/** A definition as it was registered. */
struct store_definition {
	const char *hash, *workflow, *version;
	const char *source; /* JSON, its members in the order in which they were written */
};

/* Reads of the writer; see its own uncommitted writes. ANJU_E_NOTFOUND when there is no row. */
ANJU_MUST_CHECK anju_status store_case_find(struct store *store, const char *workflow,
	const char *key, struct store_case *ret, anju_error *err);
ANJU_MUST_CHECK anju_status store_case_get(
	struct store *store, int64_t id, struct store_case *ret, anju_error *err);
ANJU_MUST_CHECK anju_status store_meta_get(
	struct store *store, const char *name, const char **ret, anju_error *err);
/** ANJU_E_NOTFOUND "store.no_definition" also for one whose text was never registered. */
ANJU_MUST_CHECK anju_status store_definition_get(
	struct store *store, const char *hash, struct store_definition *ret, anju_error *err);

/* Row callbacks: return false to stop. The store must not be written to from inside, except where said. */
typedef bool (*store_deadline_cb)(void *ctx, const struct store_deadline *row);
typedef bool (*store_case_cb)(void *ctx, const struct store_case *row);
typedef bool (*store_entry_cb)(void *ctx, const struct store_entry *row);
typedef bool (*store_item_cb)(void *ctx, const struct store_item *row);
typedef bool (*store_message_cb)(void *ctx, const struct store_message *row);
typedef bool (*store_id_cb)(void *ctx, int64_t id);

/** The entries of a case that carry an idempotency key, newest first, those of this transaction too. */
ANJU_MUST_CHECK anju_status store_journal_keyed(
	struct store *store, int64_t case_id, store_entry_cb cb, void *ctx, anju_error *err);
/** Open and watched deadlines and timers of a case. */
ANJU_MUST_CHECK anju_status store_deadlines_of(
	struct store *store, int64_t case_id, store_deadline_cb cb, void *ctx, anju_error *err);
/** Status, suspended, due_day and next_ms of a deadline or timer, the rest being 0. ANJU_E_NOTFOUND
 *  "store.no_deadline". */
ANJU_MUST_CHECK anju_status store_deadline_get(
	struct store *store, int64_t id, struct store_deadline *ret, anju_error *err);
/** A deadline or timer whose time has come. */
struct store_due {
	int64_t id, case_id;
};
/** Open and watched ones with next_ms <= until, ordered by (next_ms, id), at most `limit`, into `ret`. */
ANJU_MUST_CHECK anju_status store_deadlines_due(struct store *store, int64_t until, size_t limit,
	struct store_due *ret, size_t *ret_len, anju_error *err);
/** Least next_ms of all; INT64_MAX if none. */
ANJU_MUST_CHECK anju_status store_next_due(struct store *store, int64_t *ret, anju_error *err);
/** A deadline with as much of its case as a reminder speaks of. */
struct store_rung {
	struct store_deadline
		deadline; /* without state, armed, ended, responsible, phase, cooperating */
	const char *hash; /* definition of the case */
	const char *region;
};
/** Its key and region hold until the next read of the writer. ANJU_E_NOTFOUND "store.no_deadline". */
ANJU_MUST_CHECK anju_status store_rung_get(
	struct store *store, int64_t id, struct store_rung *ret, anju_error *err);
/** The fields of a case, JSON; holds until the next read of the writer. ANJU_E_NOTFOUND "store.no_case". */
ANJU_MUST_CHECK anju_status store_case_data(
	struct store *store, int64_t case_id, const char **ret, anju_error *err);
/** Case ids at the other end; inverse: cases whose relation `name` points to this one. By id. */
ANJU_MUST_CHECK anju_status store_related(struct store *store, int64_t case_id, const char *name,
	bool inverse, store_id_cb cb, void *ctx, anju_error *err);
/** Items without a message, ordered by unit, channel (the usual one first), urgent first, id. */
ANJU_MUST_CHECK anju_status store_items_waiting(
	struct store *store, store_item_cb cb, void *ctx, anju_error *err);
/** Least send_ms of the items without a message; INT64_MAX if none. */
ANJU_MUST_CHECK anju_status store_items_next(struct store *store, int64_t *ret, anju_error *err);
/** Where one waits whose send_ms <= until, the earliest first; ANJU_E_NOTFOUND if none. */
ANJU_MUST_CHECK anju_status store_items_next_place(
	struct store *store, int64_t until, struct store_place *ret, anju_error *err);
/** Those that wait there with send_ms <= until, urgent first, id; at most `limit`. */
ANJU_MUST_CHECK anju_status store_items_due(struct store *store, const struct store_place *at,
	int64_t until, int limit, store_item_cb cb, void *ctx, anju_error *err);
/** Pending messages with next_ms <= until, by id, at most `limit`. */
ANJU_MUST_CHECK anju_status store_messages_pending(struct store *store, int64_t until, int limit,
	store_message_cb cb, void *ctx, anju_error *err);
/** ANJU_E_NOTFOUND "store.no_message". */
ANJU_MUST_CHECK anju_status store_message_get(
	struct store *store, int64_t id, struct store_message *ret, anju_error *err);
/** Dead messages with id > after_id, by id, at most `limit`. */
ANJU_MUST_CHECK anju_status store_messages_dead(struct store *store, int64_t after_id, int limit,
	store_message_cb cb, void *ctx, anju_error *err);
/** Items that a message is made of, by id. */
ANJU_MUST_CHECK anju_status store_items_of(
	struct store *store, int64_t message_id, store_item_cb cb, void *ctx, anju_error *err);

/* --- readers --- */
/** ANJU_E_UNSUPPORTED "store.older", "store.newer": only a database of this very schema is read. */
ANJU_MUST_CHECK anju_status store_reader_open(
	const char *folder, struct store_reader **ret, anju_error *err);
void store_reader_free(struct store_reader *reader);
ANJU_DEFINE_AUTO(store_reader)
/** Cancel what runs on this reader (ANJU_E_CANCELED), from any thread; idle, nothing happens. */
void store_reader_interrupt(struct store_reader *reader);

/** Group several reads into one snapshot. */
ANJU_MUST_CHECK anju_status store_read_begin(struct store_reader *reader, anju_error *err);
void store_read_end(struct store_reader *reader);

ANJU_MUST_CHECK anju_status store_read_case(struct store_reader *reader, const char *workflow,
	const char *key, struct store_case *ret, anju_error *err);
ANJU_MUST_CHECK anju_status store_read_case_by_id(
	struct store_reader *reader, int64_t id, struct store_case *ret, anju_error *err);

struct store_case_filter {
	const char *workflow; /* NULL = any, in each */
	const char *region;   /* prefix */
	const char *phase;
	const char *state;      /* an active leaf or its ancestor path */
	const char *definition; /* hex hash */
	int done;               /* -1 any, 0, 1 */
	int64_t after_id;       /* cursor: rows with a greater id */
	int limit;
};
/** By id. */
ANJU_MUST_CHECK anju_status store_read_cases(struct store_reader *reader,
	const struct store_case_filter *filter, store_case_cb cb, void *ctx, anju_error *err);
/** Name of the case at the other end of a relation; texts for the call. */
typedef bool (*store_related_cb)(void *ctx, int64_t id, const char *workflow, const char *key);
/** As store_related, by id; a name that was never stored has no cases. */
ANJU_MUST_CHECK anju_status store_read_related(struct store_reader *reader, int64_t case_id,
	const char *name, bool inverse, store_related_cb cb, void *ctx, anju_error *err);
/** Entries of one case with rev > after_rev, by rev. */
ANJU_MUST_CHECK anju_status store_read_history(struct store_reader *reader, int64_t case_id,
	int64_t after_rev, int limit, store_entry_cb cb, void *ctx, anju_error *err);
/** Entries of all cases with seq > after, by seq. */
ANJU_MUST_CHECK anju_status store_read_feed(struct store_reader *reader, int64_t after, int limit,
	store_entry_cb cb, void *ctx, anju_error *err);

#define STORE_DEADLINES_OVERDUE   (-2) /* open, not suspended, and due_ms <= now_ms */
#define STORE_DEADLINES_SUSPENDED (-3) /* open, and its time stands still */

struct store_deadline_filter {
	const char *workflow;
	const char *unit;   /* lead, responsible or cooperating */
	const char *region; /* prefix of the case's */
	const char *name;
	int64_t case_id; /* 0 = any */
	int status;      /* -1 any; one of STORE_DEADLINES_…; else enum */
	int64_t now_ms;
	int64_t due_before_ms;          /* 0 = any */
	int64_t after_due_ms, after_id; /* cursor: (due_ms, id) greater than this pair */
	int limit;
	bool timers; /* include chart timers */
};
/** By (due_ms, id). */
ANJU_MUST_CHECK anju_status store_read_deadlines(struct store_reader *reader,
	const struct store_deadline_filter *filter, store_deadline_cb cb, void *ctx,
	anju_error *err);
/** Messages by id. status -1 = any. */
ANJU_MUST_CHECK anju_status store_read_messages(struct store_reader *reader, const char *unit,
	int status, int64_t after_id, int limit, store_message_cb cb, void *ctx, anju_error *err);
/** Pending messages of one channel, urgent or not, with id > after_id, by id; NULL: of every channel, both. */
ANJU_MUST_CHECK anju_status store_read_pending(struct store_reader *reader, const char *channel,
	bool urgent, int64_t after_id, int limit, store_message_cb cb, void *ctx, anju_error *err);
/** ANJU_E_NOTFOUND "store.no_message". */
ANJU_MUST_CHECK anju_status store_read_message(
	struct store_reader *reader, int64_t id, struct store_message *ret, anju_error *err);
/** A unit's items that wait for its digest, as store_items_waiting. */
ANJU_MUST_CHECK anju_status store_read_waiting(struct store_reader *reader, const char *unit,
	store_item_cb cb, void *ctx, anju_error *err);

/** An item, and what became of the message that it went into. */
struct store_notice {
	struct store_item item;
	const char *workflow, *key; /* of the item's case */
	struct store_message
		message; /* id 0: it waits for the digest, or was dropped; body not filled in */
};
typedef bool (*store_notice_cb)(void *ctx, const struct store_notice *row);
/** A case's items, newest first; those with id < before_id, 0 = all. */
ANJU_MUST_CHECK anju_status store_read_notices(struct store_reader *reader, int64_t case_id,
	int64_t before_id, int limit, store_notice_cb cb, void *ctx, anju_error *err);
/** A message's items, by id. */
ANJU_MUST_CHECK anju_status store_read_message_items(struct store_reader *reader,
	int64_t message_id, store_notice_cb cb, void *ctx, anju_error *err);

/** A deadline with how often its date has moved (been suspended, resumed or opened again) and when last (0: never). */
typedef bool (*store_agenda_cb)(
	void *ctx, const struct store_deadline *row, int64_t moved, int64_t moved_ms);
/** All open deadlines and those that ended at `ended_since_ms` or later, timers apart. By id. */
ANJU_MUST_CHECK anju_status store_read_agenda(struct store_reader *reader, int64_t ended_since_ms,
	store_agenda_cb cb, void *ctx, anju_error *err);

/** Counts: calls back with (workflow, phase, done, n) / (lead unit, overdue n, open n). */
typedef bool (*store_count_cb)(void *ctx, const char *a, const char *b, int64_t n, int64_t m);
/** Cases by (workflow, phase): n = open, m = done. */
ANJU_MUST_CHECK anju_status store_count_phases(struct store_reader *reader, const char *workflow,
	const char *region, store_count_cb cb, void *ctx, anju_error *err);
/** Open deadlines by (lead, name): n = open, m = of those overdue at now_ms. */
ANJU_MUST_CHECK anju_status store_count_deadlines(
	struct store_reader *reader, int64_t now_ms, store_count_cb cb, void *ctx, anju_error *err);

struct store_stats {
	int64_t cases, entries, deadlines_open, messages_pending, messages_dead;
	int64_t last_seq;
	int64_t file_bytes;
	int schema;
};
/** The newest entry's, 0 when there is none; unlike counting, as fast in a store of any size. */
ANJU_MUST_CHECK anju_status store_read_last_seq(
	struct store_reader *reader, int64_t *ret, anju_error *err);
/** Counts the open deadlines, one by one. */
ANJU_MUST_CHECK anju_status store_read_stats(
	struct store_reader *reader, struct store_stats *ret, anju_error *err);
ANJU_MUST_CHECK anju_status store_read_meta(
	struct store_reader *reader, const char *name, const char **ret, anju_error *err);
/** As store_definition_get. */
ANJU_MUST_CHECK anju_status store_read_definition(struct store_reader *reader, const char *hash,
	struct store_definition *ret, anju_error *err);
/** Definitions that cases run under, by (workflow, hash): calls back with (workflow, hash, open, done). */
ANJU_MUST_CHECK anju_status store_count_definitions(
	struct store_reader *reader, store_count_cb cb, void *ctx, anju_error *err);

/**
 * Consistency of the rows themselves (not their meaning): database integrity, every case has entries 1…rev
 * without gaps, hash chain heads equal, open deadlines and relations point to cases that exist.
 * Each trouble is reported as an error value; returns ANJU_OK when none, else ANJU_E_CORRUPT.
 * Looks at the snapshot of store_read_begin if one is open, else at one of its own.
 */
typedef void (*store_trouble_cb)(void *ctx, const anju_error *trouble);
ANJU_MUST_CHECK anju_status store_check(
	struct store_reader *reader, store_trouble_cb cb, void *ctx, anju_error *err);

#endif
