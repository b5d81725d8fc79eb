#include "store/sqlite.h"

#include <stdlib.h>
#include <string.h>

/*
 * Where the journal of each case ends, kept for cases touched lately: an entry points to the one before it,
 * and looking that up would cost a read at every command. What a transaction changes is kept in a list of
 * former values, so that it can be taken back.
 */

static struct tail *tail_slot(struct tail *tails, size_t cap, int64_t case_id)
{
	size_t at = ((uint64_t)case_id * UINT64_C(0x9e3779b97f4a7c15)) >> 20 & (cap - 1);
	while (tails[at].case_id != 0 && tails[at].case_id != case_id)
		at = (at + 1) & (cap - 1);
	return &tails[at];
}

void tails_clear(struct store *store)
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

void tails_undo(struct store *store, size_t until)
{
	while (store->undo_len > until) {
		struct tail old = store->undo[--store->undo_len];
		*tail_slot(store->tails, store->tails_cap, old.case_id) = old;
	}
}

anju_status tails_flush(struct store *store, anju_error *err)
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
