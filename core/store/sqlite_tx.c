#include "store/sqlite.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/*~
 * The transaction of the writer.
 *
 *   idle --begin--> open --commit--> idle
 *                    | ^ savepoint, release, rollback_to
 *                    +--first failure--> failed --commit, rollback--> idle
 *
 * A failure of the work itself (a key taken, no such case) goes with the savepoint it happened in; a failure
 * of the machine stays until the whole batch is rolled back. SQLite answers some of those (disk full,
 * input/output, no memory) by taking the whole transaction back at once, even when a mere read fails: what
 * came after would be written and committed statement by statement, so alive() is asked before each.
 *
 * A failed COMMIT leaves two things unknown. Whether it took place: SQLite as a rule takes the transaction
 * back, but may also fail after the last step that counts. And what a crash would make of it: the frames may
 * stand in the log whole, valid and not counted, and whoever reads the log anew would find them there. So the
 * files are not closed and opened again, which would bring to life what SQLite took back, and would have to
 * succeed on a disk that just failed. Instead look() asks the same connection, in place, for a witness of the
 * transaction: its last journal entry or, where it has none, the counter of such transactions (leave_mark).
 * Then settle() commits a small transaction of our own. If ours was taken back, this one is written where its
 * frames stand, and what is left of them no longer follows on in checksums; if ours is there, syncing
 * this one makes it durable, the log having been written once more where it was a sync that failed.
 * ANJU_OK is answered only when the witness was seen and settle() went through; when settle() fails, the next begin tries it again first, and no transaction is opened before it succeeds. One case
 * remains: witness seen, settle() failed. It is answered as a failure although the entries stay; an
 * idempotency key, or the revision expected, tells the one who tries again.
 *
 * A commit may leave its sync to store_sync(), which another thread calls while the writer goes on with the next
 * transaction: then nothing but the sync is missing, so where it fails there is nothing to look for, and
 * settle() alone decides.
 */

#define TAILS_KEPT 65536

/* --- failures --- */

static bool belongs_to_the_work(anju_status st)
{
	return st == ANJU_E_EXISTS || st == ANJU_E_NOTFOUND || st == ANJU_E_LIMIT ||
	       st == ANJU_E_CONFLICT;
}

anju_status tx_fail(struct store *store, const anju_error *local, anju_error *err)
{
	anju_assert(local->status != ANJU_OK);
	if (store->sticky.status == ANJU_OK)
		store->sticky = *local;
	if (err != NULL)
		*err = *local;
	return local->status;
}

anju_status tx_fail_sqlite(struct store *store, int rc, const char *what, anju_error *err)
{
	anju_error local;
	(void)sqlite_fail(&local, store->db.handle, rc, what);
	return tx_fail(store, &local, err);
}

static anju_status pass_sticky(const struct store *store, anju_error *err)
{
	if (store->sticky.status != ANJU_OK && err != NULL)
		*err = store->sticky;
	return store->sticky.status;
}

/** The sticky failure, if there is one; SQLite having taken the transaction back is one. */
static anju_status alive(struct store *store, anju_error *err)
{
	if (store->sticky.status != ANJU_OK)
		return pass_sticky(store, err);
	if (!sqlite3_get_autocommit(store->db.handle))
		return ANJU_OK;
	anju_error local;
	(void)sqlite_fail(&local, NULL, SQLITE_ABORT_ROLLBACK, "transaction");
	return tx_fail(store, &local, err);
}

/* --- writes --- */

anju_status tx_write(struct store *store, anju_error *err)
{
	anju_assert(store->in_tx);
	anju_status st = alive(store, err);
	if (st == ANJU_OK)
		store->wrote = true;
	return st;
}

void tx_op(struct store *store, enum stmt id)
{
	store->write = (struct write){.id = id, .stmt = db_stmt(&store->db, id)};
}

void tx_int(struct store *store, int64_t value)
{
	struct write *w = &store->write;
	(void)sqlite3_bind_int64(w->stmt, ++w->at, value);
}

void tx_text(struct store *store, const char *text)
{
	struct write *w = &store->write;
	size_t n = text != NULL ? strlen(text) : 0;
	(void)sqlite3_bind_text64(w->stmt, ++w->at, text, n, SQLITE_STATIC, SQLITE_UTF8);
}

void tx_blob(struct store *store, const void *data, size_t n)
{
	struct write *w = &store->write;
	(void)sqlite3_bind_blob64(w->stmt, ++w->at, data, n, SQLITE_STATIC);
}

int tx_run(struct store *store)
{
	struct write *w = &store->write;
	return w->stmt == NULL ? db_code(&store->db) : db_run(&store->db, w->id, w->stmt);
}

int64_t tx_word(struct store *store, struct intern *in, const char *text, anju_error *err)
{
	int64_t id = intern_known(in, text);
	if (id != 0)
		return id;
	tx_op(store, in->insert);
	tx_int(store, (int64_t)in->len + 1);
	tx_text(store, text);
	int rc = tx_run(store);
	if (rc != SQLITE_OK) {
		(void)sqlite_fail(err, store->db.handle, rc, "writing a word");
		return 0;
	}
	if (!intern_push(in, text)) {
		(void)anju_fail_nomem(err);
		return 0;
	}
	return (int64_t)in->len;
}

/* --- begin and end --- */

static anju_status read_number(struct db *db, enum stmt id, int64_t *ret, anju_error *err)
{
	sqlite3_stmt *stmt = db_stmt(db, id);
	int rc = stmt == NULL ? SQLITE_ERROR : sqlite3_step(stmt);
	int64_t value = rc == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;
	if (stmt != NULL)
		db_done(db, id, stmt);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return sqlite_fail(err, db->handle, db_code(db), "reading");
	*ret = value;
	return ANJU_OK;
}

static int wal_written(void *ctx, sqlite3 *handle, const char *name, int pages)
{
	checkpoint_log_grew(ctx, pages);
	return SQLITE_OK;
}

/** What the writer keeps in memory of the database: where the journal and the counter stand, and all words,
 *  as ids are given by position and all that exist must be known before one is added. */
static anju_status learn(struct store *store, anju_error *err)
{
	struct db *db = &store->db;
	int64_t seq = 0, mark = 0, none;
	anju_status st = read_number(db, STMT_JOURNAL_LAST, &seq, err);
	if (st == ANJU_OK)
		st = read_number(db, STMT_MARK_GET, &mark, err);
	if (st == ANJU_OK)
		st = intern_find(db, &db->words, "", &none, err);
	if (st == ANJU_OK)
		st = intern_find(db, &db->definitions, "", &none, err);
	if (st != ANJU_OK)
		return st;
	store->last_seq = seq;
	store->mark = mark;
	return ANJU_OK;
}

anju_status tx_attach(struct store *store, anju_error *err)
{
	(void)sqlite3_wal_hook(store->db.handle, wal_written, store);
	return learn(store, err);
}

/** SQLite rolls back by itself after some failures. */
static void back(struct store *store)
{
	if (!sqlite3_get_autocommit(store->db.handle))
		(void)db_exec(&store->db, STMT_ROLLBACK); /* else the next begin says so */
}

/** A transaction without entries leaves its trace in a counter instead. */
static anju_status leave_mark(struct store *store, anju_error *err)
{
	sqlite3_stmt *stmt = db_stmt(&store->db, STMT_MARK_PUT);
	int rc = db_code(&store->db);
	if (stmt != NULL) {
		(void)sqlite3_bind_int64(stmt, 1, store->mark + 1);
		rc = db_run(&store->db, STMT_MARK_PUT, stmt);
	}
	return rc == SQLITE_OK ? ANJU_OK : sqlite_fail(err, store->db.handle, rc, "commit");
}

/* COMMIT, its sync now or later. */
static int commit_now(struct store *store, bool later)
{
	sqlite3_file *log = later ? log_of(store->db.handle) : NULL;
	durable_begin(store->durable);
	log_put_off(log, true);
	int rc = db_exec(&store->db, STMT_COMMIT);
	log_put_off(log, false);
	if (rc != SQLITE_OK)
		durable_refused(store->durable);
	else if (log != NULL)
		durable_written(store->durable, log);
	else
		durable_done(store->durable);
	return rc;
}

/** Write over what a failed commit may have left in the log, or make durable what is there of it. */
static anju_status settle(struct store *store, anju_error *err)
{
	int rc = log_write_again(log_of(store->db.handle));
	anju_status st = ANJU_OK;
	if (rc == SQLITE_OK)
		rc = db_exec(&store->db, STMT_BEGIN);
	if (rc == SQLITE_OK)
		st = learn(store, err); /* memory was taken back with the transaction */
	if (rc == SQLITE_OK && st == ANJU_OK)
		st = leave_mark(store, err);
	if (rc == SQLITE_OK && st == ANJU_OK)
		rc = commit_now(store, false);
	/* one on the other thread, of what had just been written again */
	if (rc == SQLITE_OK && st == ANJU_OK && log_is_lost(log_of(store->db.handle))) {
		durable_refused(store->durable);
		rc = SQLITE_IOERR_FSYNC;
	}
	if (rc != SQLITE_OK)
		st = sqlite_fail(err, store->db.handle, rc, "settling a failed commit");
	if (st == ANJU_OK) {
		store->mark++;
		store->in_doubt = false;
	} else {
		back(store);
	}
	return st;
}

static void end(struct store *store)
{
	store->in_tx = false;
	store->depth = 0;
	store->undo_len = 0;
	store->sticky = (anju_error){0};
	if (store->tails_len > TAILS_KEPT)
		tails_clear(store);
}

anju_status store_begin(struct store *store, anju_error *err)
{
	anju_assert(!store->in_tx);
	if (store->in_doubt || durable_failed(store->durable)) {
		anju_status st = settle(store, err);
		if (st != ANJU_OK)
			return st;
	}
	/* here rather than after the commit: those who wait for that commit have their answer by now */
	checkpoint_between(store);
	int rc = db_exec(&store->db, STMT_BEGIN);
	if (rc != SQLITE_OK)
		return sqlite_fail(err, store->db.handle, rc, "begin");
	store->in_tx = true;
	store->wrote = false;
	store->depth = 0;
	store->undo_len = 0;
	store->sticky = (anju_error){0};
	store->begin_seq = store->last_seq;
	store->words_len = store->db.words.len;
	store->definitions_len = store->db.definitions.len;
	return ANJU_OK;
}

void store_rollback(struct store *store)
{
	anju_assert(store->in_tx);
	back(store);
	tails_clear(store);
	intern_cut(&store->db.words, store->words_len);
	intern_cut(&store->db.definitions, store->definitions_len);
	store->last_seq = store->begin_seq;
	end(store);
}

/** After a failed COMMIT: is the transaction there or not? See the head of this file. */
static anju_status look(struct store *store, const anju_error *cause, anju_error *err)
{
	int64_t seq = store->last_seq, mark = store->mark + 1, seen = 0;
	bool entries = store->last_seq != store->begin_seq, there = false;
	store_rollback(store);
	store->in_doubt = true;
	if (read_number(&store->db, entries ? STMT_JOURNAL_LAST : STMT_MARK_GET, &seen, NULL) ==
		ANJU_OK)
		there = seen == (entries ? seq : mark);
	if (settle(store, NULL) == ANJU_OK && there)
		return ANJU_OK;
	if (err != NULL)
		*err = *cause;
	return cause->status;
}

static void fault(struct store *store, enum fault_when when)
{
	if (store->fault == when && store->commits == store->fault_commit)
		_exit(137);
	if (when != FAULT_BEFORE || store->fault != FAULT_HOLD)
		return;
	const struct timespec look = {.tv_nsec = 1000000};
	while (access(store->fault_hold, F_OK) == 0) /* a disk that takes its time */
		(void)nanosleep(&look, NULL);
}

static anju_status commit(struct store *store, bool later, anju_error *err)
{
	anju_assert(store->in_tx && store->depth == 0);
	anju_error local = {0};
	anju_status st = alive(store, &local);
	if (st == ANJU_OK)
		st = tails_flush(store, &local);
	bool entries = store->last_seq != store->begin_seq;
	if (st == ANJU_OK && store->wrote && !entries)
		st = leave_mark(store, &local);
	int rc = SQLITE_OK;
	if (st == ANJU_OK) {
		store->commits++;
		fault(store, FAULT_BEFORE);
		rc = commit_now(store, later && store->fault == FAULT_NONE);
		if (rc != SQLITE_OK)
			st = sqlite_fail(&local, store->db.handle, rc, "commit");
	}
	if (st == ANJU_OK) {
		fault(store, FAULT_AFTER);
		if (store->wrote && !entries)
			store->mark++;
		end(store);
		return ANJU_OK;
	}
	if (rc != SQLITE_OK)
		return look(store, &local, err);
	store_rollback(store);
	if (err != NULL)
		*err = local;
	return st;
}

anju_status store_commit(struct store *store, anju_error *err)
{
	return commit(store, false, err);
}

anju_status store_commit_unsynced(struct store *store, anju_error *err)
{
	return commit(store, true, err);
}

/* --- savepoints; SQLite's carry the same name, which then means the innermost --- */

anju_status store_savepoint(struct store *store, anju_error *err)
{
	anju_assert(store->in_tx && store->depth < SAVEPOINTS_MAX);
	anju_status st = alive(store, err);
	if (st != ANJU_OK)
		return st;
	int rc = db_exec(&store->db, STMT_SAVEPOINT);
	if (rc != SQLITE_OK)
		return tx_fail_sqlite(store, rc, "savepoint", err);
	store->points[store->depth++] = (struct savepoint){
		.undo_len = store->undo_len,
		.words_len = store->db.words.len,
		.definitions_len = store->db.definitions.len,
		.last_seq = store->last_seq,
	};
	return ANJU_OK;
}

anju_status store_release(struct store *store, anju_error *err)
{
	anju_assert(store->in_tx && store->depth > 0);
	anju_status st = alive(store, err);
	if (st != ANJU_OK)
		return st;
	int rc = db_exec(&store->db, STMT_RELEASE);
	if (rc != SQLITE_OK)
		return tx_fail_sqlite(store, rc, "release", err);
	store->depth--;
	return ANJU_OK;
}

void store_rollback_to(struct store *store)
{
	anju_assert(store->in_tx && store->depth > 0);
	struct savepoint *point = &store->points[--store->depth];
	tails_undo(store, point->undo_len);
	intern_cut(&store->db.words, point->words_len);
	intern_cut(&store->db.definitions, point->definitions_len);
	store->last_seq = point->last_seq;
	if (belongs_to_the_work(store->sticky.status))
		store->sticky = (anju_error){0};
	if (alive(store, NULL) != ANJU_OK)
		return; /* the batch is lost; its rollback cleans up */
	int rc = db_exec(&store->db, STMT_ROLLBACK_TO);
	if (rc == SQLITE_OK)
		rc = db_exec(&store->db, STMT_RELEASE);
	if (rc != SQLITE_OK)
		(void)tx_fail_sqlite(store, rc, "rollback", NULL); /* reported by the commit */
}
