#include "store/sqlite.h"

#include <string.h>

void entry_row(struct db *db, sqlite3_stmt *stmt, struct store_entry *ret)
{
	*ret = (struct store_entry){
		.seq = sqlite3_column_int64(stmt, 0),
		.case_id = sqlite3_column_int64(stmt, 1),
		.rev = sqlite3_column_int64(stmt, 2),
		.recorded_ms = sqlite3_column_int64(stmt, 3),
		.effective_ms = sqlite3_column_int64(stmt, 4),
		.event = intern_text(db, &db->words, sqlite3_column_int64(stmt, 5)),
		.actor = db_text(stmt, 6),
		.reason = (const char *)sqlite3_column_text(stmt, 7),
		.body = db_text(stmt, 8),
		.idem = (const char *)sqlite3_column_text(stmt, 9),
		.workflow = intern_text(db, &db->words, sqlite3_column_int64(stmt, 11)),
		.key = db_text(stmt, 12),
	};
	if (sqlite3_column_bytes(stmt, 10) == HASH_BYTES)
		memcpy(ret->hash, sqlite3_column_blob(stmt, 10), HASH_BYTES);
}

/** Entries of a case are numbered without gaps; another number means that the caller's case is stale. */
static anju_status check_rev(
	const struct store_entry *entry, const struct tail *tail, anju_error *err)
{
	if (entry->rev == tail->rev + 1)
		return ANJU_OK;
	anju_status st = anju_fail(err, ANJU_E_CONFLICT, "store.rev",
		"entry %lld of case %lld, expected %lld", (long long)entry->rev,
		(long long)entry->case_id, (long long)tail->rev + 1);
	anju_error_found(err, "%lld", (long long)entry->rev);
	anju_error_allowed(err, "%lld", (long long)tail->rev + 1);
	return st;
}

anju_status store_journal_append(
	struct store *store, const struct store_entry *entry, int64_t *ret_seq, anju_error *err)
{
	anju_status st = tx_write(store, err);
	if (st != ANJU_OK)
		return st;
	struct db *db = &store->db;
	anju_error local;
	int64_t event = tx_word(store, &db->words, entry->event, &local);
	struct tail *tail = event == 0 ? NULL : tx_tail(store, entry->case_id, &local);
	if (tail == NULL || check_rev(entry, tail, &local) != ANJU_OK ||
		tx_tail_touch(store, tail, &local) != ANJU_OK)
		return tx_fail(store, &local, err);
	tx_op(store, STMT_JOURNAL_APPEND);
	tx_int(store, entry->case_id);
	tx_int(store, entry->rev);
	tx_int(store, tail->seq);
	tx_int(store, entry->recorded_ms);
	if (entry->effective_ms != entry->recorded_ms)
		tx_int(store, entry->effective_ms);
	else
		tx_text(store, NULL);
	tx_int(store, event);
	tx_text(store, entry->actor);
	tx_blob(store, entry->hash, HASH_BYTES);
	tx_text(store, entry->reason);
	tx_text(store, entry->idem);
	tx_text(store, entry->body);
	int rc = tx_run(store);
	if (rc != SQLITE_OK)
		return tx_fail_sqlite(store, rc, "writing the journal", err);
	store->last_seq = sqlite3_last_insert_rowid(db->handle);
	tail->seq = store->last_seq;
	tail->rev = entry->rev;
	*ret_seq = store->last_seq;
	return ANJU_OK;
}

/** Give each row of the statement, which is given back. */
static anju_status entries(struct db *db, enum stmt id, sqlite3_stmt *stmt, store_entry_cb cb,
	void *ctx, anju_error *err)
{
	int rc;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		struct store_entry row;
		entry_row(db, stmt, &row);
		if (!cb(ctx, &row))
			break;
	}
	return db_end(db, id, stmt, rc, "reading the journal", err);
}

anju_status store_journal_keyed(
	struct store *store, int64_t case_id, store_entry_cb cb, void *ctx, anju_error *err)
{
	struct db *db = &store->db;
	anju_error local;
	const struct tail *tail = tx_tail(store, case_id, &local);
	if (tail == NULL) {
		if (err != NULL)
			*err = local;
		return local.status;
	}
	sqlite3_stmt *stmt = db_stmt(db, STMT_JOURNAL_KEYED);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "reading the journal");
	(void)sqlite3_bind_int64(stmt, 1, case_id);
	(void)sqlite3_bind_int64(stmt, 2, tail->seq);
	return entries(db, STMT_JOURNAL_KEYED, stmt, cb, ctx, err);
}

/* --- readers --- */

anju_status store_read_history(struct store_reader *reader, int64_t case_id, int64_t after_rev,
	int limit, store_entry_cb cb, void *ctx, anju_error *err)
{
	struct db *db = &reader->db;
	sqlite3_stmt *stmt = db_stmt(db, STMT_JOURNAL_HISTORY);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "reading the journal");
	(void)sqlite3_bind_int64(stmt, 1, case_id);
	(void)sqlite3_bind_int64(stmt, 2, after_rev > 0 ? after_rev : 0);
	(void)sqlite3_bind_int64(stmt, 3, limit);
	return entries(db, STMT_JOURNAL_HISTORY, stmt, cb, ctx, err);
}

anju_status store_read_feed(struct store_reader *reader, int64_t after, int limit,
	store_entry_cb cb, void *ctx, anju_error *err)
{
	struct db *db = &reader->db;
	sqlite3_stmt *stmt = db_stmt(db, STMT_JOURNAL_FEED);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "reading the journal");
	(void)sqlite3_bind_int64(stmt, 1, after);
	(void)sqlite3_bind_int64(stmt, 2, limit);
	return entries(db, STMT_JOURNAL_FEED, stmt, cb, ctx, err);
}
