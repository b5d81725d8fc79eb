/** What has fallen due, and rungs moving on: a backlog or a storm of them is to cost others little. */
#include "store/sqlite.h"

anju_status store_deadlines_due(struct store *store, int64_t until, size_t limit,
	struct store_due *ret, size_t *ret_len, anju_error *err)
{
	struct db *db = &store->db;
	sqlite3_stmt *stmt = db_stmt(db, STMT_DEADLINE_DUE);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "reading deadlines");
	(void)sqlite3_bind_int64(stmt, 1, until);
	(void)sqlite3_bind_int64(stmt, 2, (int64_t)limit);
	int rc;
	size_t n = 0;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		int64_t id = sqlite3_column_int64(stmt, 0);
		ret[n++] = (struct store_due){.id = id, .case_id = id >> DEADLINE_ID_BITS};
	}
	anju_status st = db_end(db, STMT_DEADLINE_DUE, stmt, rc, "reading deadlines", err);
	if (st == ANJU_OK)
		*ret_len = n;
	return st;
}

anju_status store_next_due(struct store *store, int64_t *ret, anju_error *err)
{
	struct db *db = &store->db;
	sqlite3_stmt *stmt = db_stmt(db, STMT_DEADLINE_NEXT);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "reading deadlines");
	int rc = sqlite3_step(stmt);
	int64_t next = rc == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : INT64_MAX;
	anju_status st = db_end(db, STMT_DEADLINE_NEXT, stmt, rc, "reading deadlines", err);
	if (st == ANJU_OK)
		*ret = next;
	return st;
}

/* --- one rung --- */

static void rung_row(struct db *db, sqlite3_stmt *stmt, int64_t id, struct store_rung *ret)
{
	*ret = (struct store_rung){
		.deadline = {.id = id,
			.case_id = id >> DEADLINE_ID_BITS,
			.status = (enum store_deadline_status)sqlite3_column_int(stmt, 0),
			.timer = sqlite3_column_int(stmt, 1) != 0,
			.name = intern_text(db, &db->words, sqlite3_column_int64(stmt, 2)),
			.due_day = sqlite3_column_int(stmt, 3),
			.due_ms = sqlite3_column_int64(stmt, 4),
			.provisional = sqlite3_column_int(stmt, 5) != 0,
			.rung = sqlite3_column_int(stmt, 6),
			.next_ms = sqlite3_column_int64(stmt, 7),
			.lead = intern_text(db, &db->words, sqlite3_column_int64(stmt, 8)),
			.suspended = sqlite3_column_int(stmt, 9) != 0,
			.counted = (enum store_counted)sqlite3_column_int(stmt, 10),
			.workflow = intern_text(db, &db->words, sqlite3_column_int64(stmt, 11)),
			.key = db_text(stmt, 12)},
		.hash = intern_text(db, &db->definitions, sqlite3_column_int64(stmt, 13)),
		.region = db_text(stmt, 14),
	};
}

static anju_status no_deadline(anju_error *err, int64_t id)
{
	anju_status st = anju_fail(
		err, ANJU_E_NOTFOUND, "store.no_deadline", "no deadline %lld", (long long)id);
	anju_error_found(err, "%lld", (long long)id);
	return st;
}

anju_status store_rung_get(struct store *store, int64_t id, struct store_rung *ret, anju_error *err)
{
	struct db *db = &store->db;
	sqlite3_stmt *stmt = db_stmt(db, STMT_RUNG_GET);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "reading a deadline");
	(void)sqlite3_bind_int64(stmt, 1, id);
	struct store_rung row;
	anju_status st = ANJU_OK;
	int rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW) {
		rung_row(db, stmt, id, &row);
		const char **texts[] = {&row.deadline.key, &row.region};
		st = db_keep(db, texts, sizeof texts / sizeof texts[0], err);
	} else if (rc == SQLITE_DONE) {
		st = no_deadline(err, id);
	} else {
		st = sqlite_fail(err, db->handle, rc, "reading a deadline");
	}
	db_done(db, STMT_RUNG_GET, stmt);
	if (st == ANJU_OK)
		*ret = row;
	return st;
}

anju_status store_rung_put(
	struct store *store, int64_t id, int32_t rung, int64_t next_ms, anju_error *err)
{
	anju_status st = tx_write(store, err);
	if (st != ANJU_OK)
		return st;
	tx_op(store, STMT_RUNG_PUT);
	tx_int(store, id);
	tx_int(store, rung);
	tx_int(store, next_ms);
	int rc = tx_run(store);
	if (rc != SQLITE_OK)
		return tx_fail_sqlite(store, rc, "writing a deadline", err);
	if (sqlite3_changes(store->db.handle) == 1)
		return ANJU_OK;
	anju_error local;
	(void)no_deadline(&local, id);
	return tx_fail(store, &local, err);
}

anju_status store_case_data(struct store *store, int64_t case_id, const char **ret, anju_error *err)
{
	struct db *db = &store->db;
	sqlite3_stmt *stmt = db_stmt(db, STMT_CASE_DATA);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "reading a case");
	(void)sqlite3_bind_int64(stmt, 1, case_id);
	const char *data = NULL;
	anju_status st = ANJU_OK;
	int rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW) {
		data = db_text(stmt, 0);
		const char **texts[] = {&data};
		st = db_keep(db, texts, 1, err);
	} else if (rc == SQLITE_DONE) {
		st = anju_fail(err, ANJU_E_NOTFOUND, "store.no_case", "no case with id %lld",
			(long long)case_id);
		anju_error_found(err, "%lld", (long long)case_id);
	} else {
		st = sqlite_fail(err, db->handle, rc, "reading a case");
	}
	db_done(db, STMT_CASE_DATA, stmt);
	if (st == ANJU_OK)
		*ret = data;
	return st;
}
