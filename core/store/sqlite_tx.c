#include "store/sqlite.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*~
 * The transaction of the writer.
 *
 *   idle --begin--> open --commit--> idle
 *                    | ^ savepoint, release, rollback_to
 *                    +--first failure--> failed --commit, rollback--> idle
 *
 * A failure of the work itself (a key taken, no such case) goes with the savepoint it happened in; a failure
 * of the machine stays until the whole batch is rolled back.
 *
 * When COMMIT itself ends in an input/output error, SQLite has taken the transaction back, but its frames
 * may stand in the log, whole and valid: a crash now would bring to life what was reported as failed. So a
 * witness of the transaction is looked for, and then a small transaction of our own is written over those
 * frames (settle). Until that has succeeded no other begins.
 */

#define TAILS_KEPT    16384
#define LOG_BYTES_MAX (4u << 20)

/* --- tails --- */

static struct tail *tail_slot(struct tail *tails, size_t cap, int64_t case_id)
{
	size_t at = ((uint64_t)case_id * UINT64_C(0x9e3779b97f4a7c15)) >> 20 & (cap - 1);
	while (tails[at].case_id != 0 && tails[at].case_id != case_id)
		at = (at + 1) & (cap - 1);
	return &tails[at];
}

static void tails_clear(struct store *store)
{
	if (store->tails_len > 0)
		memset(store->tails, 0, store->tails_cap * sizeof store->tails[0]);
	store->tails_len = 0;
}

static bool tails_grow(struct store *store)
{
	size_t cap = store->tails_cap == 0 ? 1024 : store->tails_cap * 2;
	struct tail *tails = calloc(cap, sizeof tails[0]);
	if (tails == NULL)
		return false;
	for (size_t i = 0; i < store->tails_cap; i++) {
		if (store->tails[i].case_id != 0)
			*tail_slot(tails, cap, store->tails[i].case_id) = store->tails[i];
	}
	free(store->tails);
	store->tails = tails;
	store->tails_cap = cap;
	return true;
}

/** The slot of a case, taken if new; NULL when memory is out. */
static struct tail *tail_take(struct store *store, int64_t case_id)
{
	if (store->tails_len * 2 >= store->tails_cap && !tails_grow(store))
		return NULL;
	struct tail *tail = tail_slot(store->tails, store->tails_cap, case_id);
	if (tail->case_id == 0) {
		*tail = (struct tail){.case_id = case_id};
		store->tails_len++;
	}
	return tail;
}

void tx_tail_seen(struct store *store, int64_t case_id, int64_t seq, int64_t rev)
{
	if (store->tails_cap > 0 &&
		tail_slot(store->tails, store->tails_cap, case_id)->case_id != 0)
		return; /* known, and perhaps ahead of the row */
	struct tail *tail = tail_take(store, case_id);
	if (tail == NULL)
		return; /* read again when needed */
	tail->seq = tail->stored = seq;
	tail->rev = rev;
	tail->deadlines = -1;
}

struct tail *tx_tail(struct store *store, int64_t case_id, anju_error *err)
{
	if (store->tails_cap > 0) {
		struct tail *known = tail_slot(store->tails, store->tails_cap, case_id);
		if (known->case_id != 0)
			return known;
	}
	sqlite3_stmt *stmt = db_stmt(&store->db, STMT_CASE_TAIL);
	int rc = db_code(&store->db);
	int64_t seq = 0, rev = 0;
	if (stmt != NULL) {
		(void)sqlite3_bind_int64(stmt, 1, case_id);
		rc = sqlite3_step(stmt);
		seq = rc == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;
		rev = rc == SQLITE_ROW ? sqlite3_column_int64(stmt, 1) : 0;
		db_done(&store->db, STMT_CASE_TAIL, stmt);
	}
	if (rc == SQLITE_DONE) {
		(void)anju_fail(err, ANJU_E_NOTFOUND, "store.no_case", "no case with id %lld",
			(long long)case_id);
		anju_error_found(err, "%lld", (long long)case_id);
		return NULL;
	}
	if (rc != SQLITE_ROW) {
		(void)sqlite_fail(err, store->db.handle, db_code(&store->db), "reading a case");
		return NULL;
	}
	struct tail *tail = tail_take(store, case_id);
	if (tail == NULL) {
		(void)anju_fail_nomem(err);
		return NULL;
	}
	tail->seq = tail->stored = seq;
	tail->rev = rev;
	tail->deadlines = -1;
	return tail;
}

anju_status tx_tail_new(struct store *store, int64_t case_id, int64_t stored, anju_error *err)
{
	struct tail *tail = tail_take(store, case_id);
	if (tail == NULL)
		return anju_fail_nomem(err);
	*tail = (struct tail){.case_id = case_id};
	anju_status st = tx_tail_touch(store, tail, err);
	tail->stored = stored;
	return st;
}

anju_status tx_tail_touch(struct store *store, const struct tail *tail, anju_error *err)
{
	if (store->undo_len == store->undo_cap) {
		size_t cap = store->undo_cap == 0 ? 256 : store->undo_cap * 2;
		struct tail *undo = realloc(store->undo, cap * sizeof undo[0]);
		if (undo == NULL)
			return anju_fail_nomem(err);
		store->undo = undo;
		store->undo_cap = cap;
	}
	store->undo[store->undo_len++] = *tail;
	return ANJU_OK;
}

static void tails_undo(struct store *store, size_t until)
{
	while (store->undo_len > until) {
		struct tail old = store->undo[--store->undo_len];
		*tail_slot(store->tails, store->tails_cap, old.case_id) = old;
	}
}

/** Put right the rows whose last entry was not the one foreseen. */
static anju_status tails_flush(struct store *store, anju_error *err)
{
	for (size_t i = 0; i < store->undo_len; i++) {
		struct tail *tail =
			tail_slot(store->tails, store->tails_cap, store->undo[i].case_id);
		if (tail->stored == tail->seq)
			continue;
		sqlite3_stmt *stmt = db_stmt(&store->db, STMT_CASE_TAIL_PUT);
		int rc = db_code(&store->db);
		if (stmt != NULL) {
			(void)sqlite3_bind_int64(stmt, 1, tail->case_id);
			(void)sqlite3_bind_int64(stmt, 2, tail->seq);
			rc = db_run(&store->db, STMT_CASE_TAIL_PUT, stmt);
		}
		if (rc != SQLITE_OK)
			return sqlite_fail(err, store->db.handle, rc, "writing a case");
		if (sqlite3_changes(store->db.handle) != 1) {
			(void)anju_fail(err, ANJU_E_INTERNAL, "store.internal",
				"entry of a case that does not exist: %lld",
				(long long)tail->case_id);
			anju_error_found(err, "%lld", (long long)tail->case_id);
			return ANJU_E_INTERNAL;
		}
		tail->stored = tail->seq;
	}
	return ANJU_OK;
}

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

anju_status tx_write(struct store *store, anju_error *err)
{
	anju_assert(store->in_tx);
	if (store->sticky.status != ANJU_OK)
		return pass_sticky(store, err);
	for (int i = 0; i < store->depth && !store->log.on; i++) {
		if (store->points[i].opened)
			continue;
		int rc = db_exec(&store->db, STMT_SAVEPOINT);
		if (rc != SQLITE_OK)
			return tx_fail_sqlite(store, rc, "savepoint", err);
		store->points[i].opened = true;
	}
	store->wrote = true;
	return ANJU_OK;
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

anju_status tx_attach(struct store *store, anju_error *err)
{
	int64_t seq = 0, mark = 0;
	anju_status st = read_number(&store->db, STMT_JOURNAL_LAST, &seq, err);
	if (st == ANJU_OK)
		st = read_number(&store->db, STMT_MARK_GET, &mark, err);
	if (st != ANJU_OK)
		return st;
	store->last_seq = seq;
	store->mark = mark;
	(void)sqlite3_wal_hook(store->db.handle, wal_written, store);
	/* ids are given by position, so all that exist must be known before the first is added */
	(void)intern_find(&store->db, &store->db.words, "");
	(void)intern_find(&store->db, &store->db.definitions, "");
	return ANJU_OK;
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

/** Write over what a failed commit may have left in the log. */
static anju_status settle(struct store *store, anju_error *err)
{
	int rc = db_exec(&store->db, STMT_BEGIN);
	anju_status st = ANJU_OK;
	if (rc == SQLITE_OK)
		st = leave_mark(store, err);
	if (rc == SQLITE_OK && st == ANJU_OK)
		rc = db_exec(&store->db, STMT_COMMIT);
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
	if (store->in_doubt) {
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
	log_start(&store->log);
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

/** After an input/output error in COMMIT: is the transaction there or not? What is there is made durable
 *  by the commit of settle(), which syncs the log up to itself. */
static anju_status look(struct store *store, const anju_error *cause, anju_error *err)
{
	int64_t seq = store->last_seq, mark = store->mark + 1, seen = 0;
	bool entries = store->last_seq != store->begin_seq, there = false;
	store_rollback(store);
	store->in_doubt = true;
	if (read_number(&store->db, entries ? STMT_JOURNAL_LAST : STMT_MARK_GET, &seen, NULL) ==
		ANJU_OK)
		there = seen == (entries ? seq : mark);
	if (there) {
		store->last_seq = entries ? seq : store->last_seq;
		store->mark = entries ? store->mark : mark;
	}
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
}

anju_status store_commit(struct store *store, anju_error *err)
{
	anju_assert(store->in_tx && store->depth == 0);
	anju_error local = {0};
	anju_status st = pass_sticky(store, &local);
	if (st == ANJU_OK)
		st = tails_flush(store, &local);
	bool entries = store->last_seq != store->begin_seq;
	if (st == ANJU_OK && store->wrote && !entries)
		st = leave_mark(store, &local);
	int rc = SQLITE_OK;
	if (st == ANJU_OK) {
		store->commits++;
		fault(store, FAULT_BEFORE);
		rc = db_exec(&store->db, STMT_COMMIT);
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
	if ((rc & 0xff) == SQLITE_IOERR)
		return look(store, &local, err);
	store_rollback(store);
	if (err != NULL)
		*err = local;
	return st;
}

/* --- savepoints --- */

anju_status store_savepoint(struct store *store, anju_error *err)
{
	anju_assert(store->in_tx && store->depth < SAVEPOINTS_MAX);
	if (store->sticky.status != ANJU_OK)
		return pass_sticky(store, err);
	/* only here, outside all others: a savepoint cannot be opened after its writes */
	if (store->depth == 0 && (store->log.replayed || store->log.len > LOG_BYTES_MAX))
		store->log.on = false;
	store->points[store->depth++] = (struct savepoint){
		.undo_len = store->undo_len,
		.log_len = store->log.len,
		.words_len = store->db.words.len,
		.definitions_len = store->db.definitions.len,
		.last_seq = store->last_seq,
	};
	return ANJU_OK;
}

anju_status store_release(struct store *store, anju_error *err)
{
	anju_assert(store->in_tx && store->depth > 0);
	if (store->sticky.status != ANJU_OK)
		return pass_sticky(store, err);
	if (store->points[store->depth - 1].opened) {
		int rc = db_exec(&store->db, STMT_RELEASE);
		if (rc != SQLITE_OK)
			return tx_fail_sqlite(store, rc, "release", err);
	}
	store->depth--;
	return ANJU_OK;
}

void store_rollback_to(struct store *store)
{
	anju_assert(store->in_tx && store->depth > 0);
	struct savepoint *point = &store->points[--store->depth];
	bool machine =
		store->sticky.status != ANJU_OK && !belongs_to_the_work(store->sticky.status);
	tails_undo(store, point->undo_len);
	intern_cut(&store->db.words, point->words_len);
	intern_cut(&store->db.definitions, point->definitions_len);
	store->last_seq = point->last_seq;
	if (machine)
		return; /* the batch is lost; its rollback cleans up */
	store->sticky = (anju_error){0};
	int rc = SQLITE_OK;
	if (store->log.on && store->log.len > point->log_len)
		rc = log_replay(store, point->log_len);
	if (point->opened)
		rc = db_exec(&store->db, STMT_ROLLBACK_TO);
	if (point->opened && rc == SQLITE_OK)
		rc = db_exec(&store->db, STMT_RELEASE);
	if (rc != SQLITE_OK)
		(void)tx_fail_sqlite(store, rc, "rollback", NULL); /* reported by the commit */
}
