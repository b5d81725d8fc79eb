/**
 * What the SQLite files of this folder share; nobody else includes it (tests of the folder excepted).
 *
 * One struct db is one connection with its prepared statements and its copy of the interned texts.
 * A struct store adds the lock, the transaction and the tails of the journal; a struct store_reader
 * adds nothing but a read-only connection.
 *
 * A journal entry points to the previous entry of its case and the case to its last one, so that no index
 * over (case, rev) has to be kept: an index whose pages lie scattered would double what a commit writes.
 */
#ifndef CORE_STORE_SQLITE_H
#define CORE_STORE_SQLITE_H

#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "store/store.h"

#define SQLITE_FILE_NAME "anju.db"
#define SQLITE_LOCK_NAME "anju.lock"

enum stmt {
	/* transaction */
	STMT_BEGIN,
	STMT_COMMIT,
	STMT_ROLLBACK,
	STMT_SAVEPOINT,
	STMT_RELEASE,
	STMT_ROLLBACK_TO,
	STMT_READ_BEGIN,
	STMT_MARK_PUT,
	STMT_MARK_GET,
	/* interned texts */
	STMT_WORD_INSERT,
	STMT_WORD_LOAD,
	STMT_DEFINITION_INSERT,
	STMT_DEFINITION_LOAD,
	STMT_DEFINITION_PUT,
	STMT_DEFINITION_GET,
	STMT_DEFINITION_COUNT,
	/* cases */
	STMT_CASE_INSERT,
	STMT_CASE_UPDATE,
	STMT_CASE_REDEFINE,
	STMT_CASE_TAIL,
	STMT_CASE_TAIL_PUT,
	STMT_CASE_FIND,
	STMT_CASE_GET,
	STMT_CASE_LIST,
	STMT_CASE_COUNT,
	STMT_RELATION_ADD,
	STMT_RELATION_CLEAR,
	STMT_RELATION_OUT,
	STMT_RELATION_IN,
	STMT_RELATED_OUT,
	STMT_RELATED_IN,
	STMT_META_PUT,
	STMT_META_DELETE,
	STMT_META_GET,
	/* journal */
	STMT_JOURNAL_APPEND,
	STMT_JOURNAL_LAST,
	STMT_JOURNAL_KEYED,
	STMT_JOURNAL_HISTORY,
	STMT_JOURNAL_FEED,
	/* deadlines */
	STMT_DEADLINE_INSERT,
	STMT_DEADLINE_LAST,
	STMT_DEADLINE_UPDATE,
	STMT_DEADLINE_PUT_OFF,
	STMT_DEADLINE_RENAME,
	STMT_DEADLINE_OF,
	STMT_DEADLINE_DUE,
	STMT_RUNG_GET,
	STMT_RUNG_PUT,
	STMT_CASE_DATA,
	STMT_DEADLINE_NEXT,
	STMT_DEADLINE_LIST_OPEN,
	STMT_DEADLINE_LIST_CASE,
	STMT_DEADLINE_LIST_ANY,
	STMT_DEADLINE_COUNT,
	/* items and messages */
	STMT_ITEM_ADD,
	STMT_ITEM_ASSIGN,
	STMT_ITEM_WAITING,
	STMT_ITEM_NEXT,
	STMT_ITEM_PLACE,
	STMT_ITEM_DUE,
	STMT_ITEM_PUT_OFF,
	STMT_ITEM_PUT_OFF_ONE,
	STMT_DEADLINE_GET,
	STMT_DEADLINE_AGENDA,
	STMT_MESSAGE_ADD,
	STMT_MESSAGE_ID,
	STMT_MESSAGE_UPDATE,
	STMT_MESSAGE_PENDING,
	STMT_MESSAGE_LIST,
	STMT_MESSAGE_RENEW,
	STMT_MESSAGE_GET,
	STMT_MESSAGE_DEAD,
	STMT_MESSAGE_CHANNEL,
	STMT_MESSAGE_AFTER,
	STMT_ITEM_UNIT,
	STMT_ITEM_MESSAGE,
	STMT_NOTICE_CASE,
	STMT_NOTICE_MESSAGE,
	STMT_STATS,
	STMT_COUNT_,
};

/** Texts kept once under a small number: ids run from 1 without gaps, `texts[id - 1]`. */
struct intern {
	enum stmt insert, load;
	char **texts; /* owned, each */
	size_t len, cap;
	uint32_t *slots; /* open addressing by text: id or 0; slots_cap is a power of two */
	size_t slots_cap;
};

struct db {
	sqlite3 *handle;
	sqlite3_stmt *stmts[STMT_COUNT_];
	struct intern
		words; /* workflows, events, phases, relation and deadline names, unit lists */
	struct intern definitions; /* hashes of workflow definitions */
	struct buf scratch;        /* texts of the last row given out by a find … */
	struct buf idem;           /* … and its fingerprints */
	char *path;
	struct durable *
		durable; /* of a reader: whose commits it waits for at the end of a read; or NULL */
};

/** The last entry of a case as known to the writer. `stored` is what the case's row says: it runs ahead when
 *  the row is written before its entry, and is put right at the commit where it guessed wrong. */
struct tail {
	int64_t case_id; /* 0 = empty slot */
	int64_t seq, rev, stored;
	int64_t deadlines; /* how many the case has had; -1 = not looked up yet */
};

#define SAVEPOINTS_MAX 8

/** What the memory of the writer goes back to together with a savepoint of SQLite. */
struct savepoint {
	size_t undo_len, words_len, definitions_len;
	int64_t last_seq;
};

/** The write being put together: statement and parameters bound so far. */
struct write {
	enum stmt id;
	sqlite3_stmt *stmt;
	int at;
};

enum fault_when { FAULT_NONE, FAULT_BEFORE, FAULT_AFTER, FAULT_HOLD };

struct checkpointer {
	/* the writer's */
	sqlite3 *handle; /* owned; used by the thread while it runs */
	pthread_t thread;
	bool started;
	int pages, at; /* the log's length; the length at which something is done about it */
	/* under the lock */
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stop, wanted, asked, done;
};

struct store {
	struct db db;
	int lock_fd;
	enum fault_when fault;
	long fault_commit, commits;
	char *fault_hold; /* owned; a commit waits as long as this file is there */
	bool claimed;     /* the file says that it is in use */
	/* the transaction */
	bool in_tx, wrote;
	bool in_doubt;     /* a failed commit may have left its frames in the log */
	anju_error sticky; /* first failure; status ANJU_OK = none */
	struct savepoint points[SAVEPOINTS_MAX];
	int depth;
	size_t words_len, definitions_len; /* at begin */
	int64_t last_seq, begin_seq, mark;
	struct write write;
	struct durable *durable; /* a reference */
	int cache_kib;           /* of the options; 0: by the size of the file */
	struct checkpointer checkpointer;
	/* tails of cases touched lately; all equal to the database outside transactions */
	struct tail *tails;
	size_t tails_cap, tails_len;
	struct tail *undo;
	size_t undo_len, undo_cap;
};

struct store_reader {
	struct db db;
};

/* --- sqlite_stmt.c --- */

/** Translate a result code of SQLite; `what` names the act. Returns the status. */
anju_status sqlite_fail(anju_error *err, sqlite3 *handle, int rc, const char *what);
/** The code of the last failure on this connection. */
int db_code(const struct db *db);
/** The cached statement, or a fresh one while the cached one is in use; NULL on failure. */
sqlite3_stmt *db_stmt(struct db *db, enum stmt id);
/** Give back what db_stmt gave. */
void db_done(struct db *db, enum stmt id, sqlite3_stmt *stmt);
/** Step a statement that gives no rows and give it back; a result code of SQLite. */
int db_run(struct db *db, enum stmt id, sqlite3_stmt *stmt);
/** Give back a statement after its rows were read; `rc` is the last code, SQLITE_ROW when stopped early. */
anju_status db_end(
	struct db *db, enum stmt id, sqlite3_stmt *stmt, int rc, const char *what, anju_error *err);
/** Run a statement without parameters. */
int db_exec(struct db *db, enum stmt id);
void db_bind_text(sqlite3_stmt *stmt, int at, const char *text);
const char *db_text(sqlite3_stmt *stmt, int column);
/** Never NULL. */
const void *db_blob(sqlite3_stmt *stmt, int column);
/** Copy `n` texts into the scratch memory and point at the copies; NULL texts stay NULL. */
anju_status db_keep(struct db *db, const char **texts[], size_t n, anju_error *err);

/** Id of a text, 0 if it was never stored. Loads what other connections added. */
anju_status intern_find(
	struct db *db, struct intern *in, const char *text, int64_t *ret, anju_error *err);
/** As intern_find for a filter: NULL gives 0; *ret_none when no row can have that text. */
anju_status intern_filter(
	struct db *db, const char *text, int64_t *ret, bool *ret_none, anju_error *err);
/** Text of an id; "" if there is none, or when it cannot be loaded: for rows, whose statement fails then too. */
const char *intern_text(struct db *db, struct intern *in, int64_t id);
/** Id of a text among those loaded, else 0. */
int64_t intern_known(const struct intern *in, const char *text);
/** Add the text of the next id; false when memory is out. */
bool intern_push(struct intern *in, const char *text);
void intern_cut(struct intern *in, size_t len);

/* --- sqlite_vfs.c --- */
#define SQLITE_VFS_NAME "anju"
/** Make the layer that gathers writes of the log known to SQLite. */
void sqlite_vfs_register(void);
/** The connection's log; NULL when there is none yet. */
sqlite3_file *log_of(sqlite3 *handle);
/** From now on the sync that ends a commit only writes out what was gathered (`later`), or does its work again.
 *  The sync of a new log's header is never put off: frames must not overtake it. */
void log_put_off(sqlite3_file *log, bool later);
/** What was put off. Any thread; a result code of SQLite. */
int log_sync_now(sqlite3_file *log);
/** After a sync that failed: write what the log reads as once more, for the next one. The system takes pages whose
 *  writing failed for written, so that a second sync alone would say that they are safe, and they would not be. */
int log_write_again(sqlite3_file *log);
/** Has a sync failed since? */
bool log_is_lost(sqlite3_file *log);

/* --- sqlite_sync.c: which commits are durable --- */
/** The writer's record of a database file; NULL when out of memory. */
struct durable *durable_open(const char *path);
/** A reference to it for a reader of the same process; NULL when nobody here writes to the file. */
struct durable *durable_of(const char *path);
void durable_close(struct durable *d);
/** Before a COMMIT; after one that failed; after one whose sync is put off; after one with its sync, which takes
 *  earlier ones along. */
void durable_begin(struct durable *d);
void durable_refused(struct durable *d);
void durable_written(struct durable *d, sqlite3_file *log);
void durable_done(struct durable *d);
/** Has a commit or a sync failed since the last durable_done()? */
bool durable_failed(struct durable *d);
/** Until all that has begun is durable, or the disk has refused. */
void durable_wait(struct durable *d);

/* --- sqlite_open.c, sqlite_schema.c --- */
/** DB_STILL: read from a place that nobody can write to, without a lock. */
enum db_mode { DB_WRITER, DB_SCRATCH, DB_READER, DB_STILL };
anju_status db_open(
	struct db *db, const char *path, enum db_mode mode, int cache_kib, anju_error *err);
void db_close(struct db *db);

/** A page cache that fits what the file has grown to. */
void store_fit_cache(struct store *store);

/** One step of the schema, from version `to - 1`. Released steps are never edited. */
struct migration {
	int to;
	const char *sql;
};
extern const struct migration sqlite_migrations[];
extern const size_t sqlite_migrations_len;
/** Bring a database to the newest version of `list`, each step in a transaction of its own; a database that
 *  already holds cases is copied to a backup file beside it first. */
anju_status sqlite_migrate(struct db *db, const struct migration *list, size_t n, anju_error *err);

/** As store_reader_open, of a database of any schema: only what every schema has may be asked. */
anju_status sqlite_reader_open(const char *folder, struct store_reader **ret, anju_error *err);

/** Take the folder's lock, which goes with the process: ANJU_E_BUSY "store.locked". */
anju_status store_lock(struct store *store, const char *folder, anju_error *err);

/* --- sqlite_home.c --- */
/** Mark the database as in use in this very place: ANJU_E_CORRUPT "store.copied" when it says that it was in use
 *  somewhere else. */
anju_status home_claim(struct store *store, anju_error *err);
/** A clean end. */
void home_leave(struct store *store);
#define SQLITE_HOME_FORGET "DELETE FROM meta WHERE name = 'home'"

/* --- sqlite_tx.c --- */

/** After opening the connection: where the journal and the counter of transactions stand. */
anju_status tx_attach(struct store *store, anju_error *err);
/** Open a write: the sticky failure if there is one. */
anju_status tx_write(struct store *store, anju_error *err);
/** Record the failure of a write as sticky and return it. `local` is the error itself. */
anju_status tx_fail(struct store *store, const anju_error *local, anju_error *err);
/** As tx_fail for a result code of SQLite. */
anju_status tx_fail_sqlite(struct store *store, int rc, const char *what, anju_error *err);
/* A write is put together parameter by parameter, then run; texts and blobs are borrowed until then. */
void tx_op(struct store *store, enum stmt id);
void tx_int(struct store *store, int64_t value);
void tx_text(struct store *store, const char *text); /* NULL binds NULL */
void tx_blob(struct store *store, const void *data, size_t n);
/** A result code of SQLite. */
int tx_run(struct store *store);
/** Id of a text, added if new; 0 and err on failure. */
int64_t tx_word(struct store *store, struct intern *in, const char *text, anju_error *err);

/* --- sqlite_tail.c --- */

/** The tail of a case, loaded if need be; NULL on failure. Valid until the next call. */
struct tail *tx_tail(struct store *store, int64_t case_id, anju_error *err);
/** Remember a tail that has just been read from the case's row. */
void tx_tail_seen(struct store *store, int64_t case_id, int64_t seq, int64_t rev);
/** The tail of a case just inserted, whose row names `stored` as its last entry. */
anju_status tx_tail_new(struct store *store, int64_t case_id, int64_t stored, anju_error *err);
/** Before changing a tail: remember how it was. */
anju_status tx_tail_touch(struct store *store, const struct tail *tail, anju_error *err);
/** Take back the changes after the first `until` of this transaction. */
void tails_undo(struct store *store, size_t until);
/** Before the commit: put right the rows whose last entry was not the one foreseen. */
anju_status tails_flush(struct store *store, anju_error *err);
void tails_clear(struct store *store);

/* --- sqlite_checkpoint.c --- */
anju_status checkpoint_start(struct store *store, anju_error *err);
/** In place of checkpoint_start(): the writer does it between two transactions, from `pages` on (0 = as
 *  usual). */
void checkpoint_inline(struct store *store, int pages);
/** Accepts one that was not started. */
void checkpoint_stop(struct store *store);
/** After a commit: the log has so many pages. */
void checkpoint_log_grew(struct store *store, int pages);
/** Between transactions: do what is to be done about the log. */
void checkpoint_between(struct store *store);

/* --- rows from statements; texts point into the statement --- */
void case_row(struct db *db, sqlite3_stmt *stmt, struct store_case *ret);
void entry_row(struct db *db, sqlite3_stmt *stmt, struct store_entry *ret);
void deadline_row(struct db *db, sqlite3_stmt *stmt, struct store_deadline *ret);
void message_row(struct db *db, sqlite3_stmt *stmt, struct store_message *ret);

/** Read one case by statement, texts kept in scratch; *ret_seq may be NULL. */
anju_status case_fetch(struct db *db, enum stmt id, sqlite3_stmt *stmt, struct store_case *ret,
	int64_t *ret_seq, anju_error *err);
anju_status case_find(struct db *db, const char *workflow, const char *key, struct store_case *ret,
	int64_t *ret_seq, anju_error *err);
anju_status case_get(
	struct db *db, int64_t case_id, struct store_case *ret, int64_t *ret_seq, anju_error *err);
anju_status related(struct db *db, int64_t case_id, const char *name, bool inverse, store_id_cb cb,
	void *ctx, anju_error *err);
anju_status meta_get(struct db *db, const char *name, const char **ret, anju_error *err);
anju_status definition_get(
	struct db *db, const char *hash, struct store_definition *ret, anju_error *err);

/** Deadline ids carry their case, so that the deadlines of a case lie together without an index. */
#define DEADLINE_ID_BITS 20
static inline int64_t deadline_first(int64_t case_id)
{
	/* an id read from a damaged file may be any number */
	return (int64_t)((uint64_t)case_id << DEADLINE_ID_BITS);
}

#endif
