#include "store/sqlite.h"

void deadline_row(struct db *db, sqlite3_stmt *stmt, struct store_deadline *ret)
{
	int64_t id = sqlite3_column_int64(stmt, 0);
	*ret = (struct store_deadline){
		.id = id,
		.case_id = id >> DEADLINE_ID_BITS,
		.name = intern_text(db, &db->words, sqlite3_column_int64(stmt, 1)),
		.timer = sqlite3_column_int(stmt, 2) != 0,
		.state = sqlite3_column_int(stmt, 3),
		.status = (enum store_deadline_status)sqlite3_column_int(stmt, 4),
		.armed_ms = sqlite3_column_int64(stmt, 5),
		.due_day = sqlite3_column_int(stmt, 6),
		.due_ms = sqlite3_column_int64(stmt, 7),
		.provisional = sqlite3_column_int(stmt, 8) != 0,
		.rung = sqlite3_column_int(stmt, 9),
		.next_ms = sqlite3_column_int64(stmt, 10),
		.ended_ms = sqlite3_column_int64(stmt, 11),
		.lead = intern_text(db, &db->words, sqlite3_column_int64(stmt, 12)),
		.responsible = intern_text(db, &db->words, sqlite3_column_int64(stmt, 13)),
		.workflow = intern_text(db, &db->words, sqlite3_column_int64(stmt, 14)),
		.key = db_text(stmt, 15),
		.phase = intern_text(db, &db->words, sqlite3_column_int64(stmt, 16)),
		.cooperating = "",
		.suspended = sqlite3_column_int(stmt, 18) != 0,
		.counted = (enum store_counted)sqlite3_column_int(stmt, 19),
	};
	int64_t cooperating = sqlite3_column_int64(stmt, 17);
	if (cooperating != 0)
		ret->cooperating = intern_text(db, &db->words, cooperating);
}

/** Unit lists of a row as words. */
struct unit_words {
	int64_t lead, responsible;
	int64_t cooperating; /* 0: nobody */
};

/** False on failure. A timer has no units. */
static bool unit_words(struct store *store, const struct store_deadline *row,
	struct unit_words *ret, anju_error *err)
{
	struct intern *words = &store->db.words;
	const char *others = row->cooperating != NULL ? row->cooperating : "";
	*ret = (struct unit_words){0};
	ret->lead = tx_word(store, words, row->lead != NULL ? row->lead : "", err);
	if (ret->lead != 0)
		ret->responsible = tx_word(
			store, words, row->responsible != NULL ? row->responsible : "", err);
	if (ret->responsible == 0 || others[0] == '\0')
		return ret->responsible != 0;
	ret->cooperating = tx_word(store, words, others, err);
	return ret->cooperating != 0;
}

/** How many deadlines the case has had, looked up once a case. */
static anju_status count(struct store *store, struct tail *tail, anju_error *err)
{
	if (tail->deadlines >= 0)
		return ANJU_OK;
	struct db *db = &store->db;
	sqlite3_stmt *stmt = db_stmt(db, STMT_DEADLINE_LAST);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "reading deadlines");
	(void)sqlite3_bind_int64(stmt, 1, tail->case_id);
	int rc = sqlite3_step(stmt);
	int64_t last = rc == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;
	anju_status st = db_end(db, STMT_DEADLINE_LAST, stmt, rc, "reading deadlines", err);
	if (st == ANJU_OK)
		tail->deadlines = last == 0 ? 0 : last - deadline_first(tail->case_id);
	return st;
}

/** The id of the case's next deadline; 0 on failure. */
static int64_t next_id(struct store *store, int64_t case_id, anju_error *err)
{
	struct tail *tail = tx_tail(store, case_id, err);
	if (tail == NULL || count(store, tail, err) != ANJU_OK ||
		tx_tail_touch(store, tail, err) != ANJU_OK)
		return 0;
	if (tail->deadlines + 1 < INT64_C(1) << DEADLINE_ID_BITS)
		return deadline_first(case_id) + ++tail->deadlines;
	(void)anju_fail(err, ANJU_E_LIMIT, "store.deadlines",
		"case %lld has had too many deadlines", (long long)case_id);
	anju_error_found(err, "%lld", (long long)case_id);
	anju_error_allowed(err, "%d", (1 << DEADLINE_ID_BITS) - 1);
	return 0;
}

anju_status store_deadline_insert(
	struct store *store, const struct store_deadline *row, int64_t *ret_id, anju_error *err)
{
	anju_status st = tx_write(store, err);
	if (st != ANJU_OK)
		return st;
	struct db *db = &store->db;
	anju_error local;
	int64_t name = tx_word(store, &db->words, row->name, &local), id = 0;
	struct unit_words units;
	if (name != 0 && unit_words(store, row, &units, &local))
		id = next_id(store, row->case_id, &local);
	if (id == 0)
		return tx_fail(store, &local, err);
	tx_op(store, STMT_DEADLINE_INSERT);
	tx_int(store, id);
	tx_int(store, row->status);
	tx_int(store, row->timer);
	tx_int(store, name);
	tx_int(store, row->state);
	tx_int(store, row->armed_ms);
	tx_int(store, row->due_day);
	tx_int(store, row->due_ms);
	tx_int(store, row->provisional);
	tx_int(store, row->rung);
	tx_int(store, row->next_ms);
	tx_int(store, row->ended_ms);
	tx_int(store, units.lead);
	tx_int(store, units.responsible);
	tx_int(store, units.cooperating);
	tx_int(store, row->suspended);
	tx_int(store, row->counted);
	int rc = tx_run(store);
	if (rc != SQLITE_OK)
		return tx_fail_sqlite(store, rc, "writing a deadline", err);
	*ret_id = id;
	return ANJU_OK;
}

anju_status store_deadline_update(
	struct store *store, const struct store_deadline *row, anju_error *err)
{
	anju_status st = tx_write(store, err);
	if (st != ANJU_OK)
		return st;
	struct db *db = &store->db;
	anju_error local;
	struct unit_words units;
	if (!unit_words(store, row, &units, &local))
		return tx_fail(store, &local, err);
	tx_op(store, STMT_DEADLINE_UPDATE);
	tx_int(store, row->id);
	tx_int(store, row->status);
	tx_int(store, row->due_day);
	tx_int(store, row->due_ms);
	tx_int(store, row->provisional);
	tx_int(store, row->rung);
	tx_int(store, row->next_ms);
	tx_int(store, row->ended_ms);
	tx_int(store, units.lead);
	tx_int(store, units.responsible);
	tx_int(store, units.cooperating);
	tx_int(store, row->suspended);
	tx_int(store, row->counted);
	int rc = tx_run(store);
	if (rc != SQLITE_OK)
		return tx_fail_sqlite(store, rc, "writing a deadline", err);
	if (sqlite3_changes(db->handle) != 1) {
		(void)anju_fail(&local, ANJU_E_NOTFOUND, "store.no_deadline", "no deadline %lld",
			(long long)row->id);
		anju_error_found(&local, "%lld", (long long)row->id);
		return tx_fail(store, &local, err);
	}
	return ANJU_OK;
}

anju_status store_deadline_put_off(
	struct store *store, int64_t id, int64_t next_ms, anju_error *err)
{
	anju_status st = tx_write(store, err);
	if (st != ANJU_OK)
		return st;
	tx_op(store, STMT_DEADLINE_PUT_OFF);
	tx_int(store, id);
	tx_int(store, next_ms);
	int rc = tx_run(store);
	return rc == SQLITE_OK ? ANJU_OK : tx_fail_sqlite(store, rc, "writing a deadline", err);
}

anju_status store_deadline_rename(
	struct store *store, int64_t id, const char *name, int32_t state, anju_error *err)
{
	anju_status st = tx_write(store, err);
	if (st != ANJU_OK)
		return st;
	anju_error local;
	int64_t word = tx_word(store, &store->db.words, name, &local);
	if (word == 0)
		return tx_fail(store, &local, err);
	tx_op(store, STMT_DEADLINE_RENAME);
	tx_int(store, id);
	tx_int(store, word);
	tx_int(store, state);
	int rc = tx_run(store);
	return rc == SQLITE_OK ? ANJU_OK : tx_fail_sqlite(store, rc, "writing a deadline", err);
}

static anju_status deadlines(struct db *db, enum stmt id, sqlite3_stmt *stmt, store_deadline_cb cb,
	void *ctx, anju_error *err)
{
	int rc;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		struct store_deadline row;
		deadline_row(db, stmt, &row);
		if (!cb(ctx, &row))
			break;
	}
	return db_end(db, id, stmt, rc, "reading deadlines", err);
}

anju_status store_deadlines_of(
	struct store *store, int64_t case_id, store_deadline_cb cb, void *ctx, anju_error *err)
{
	struct db *db = &store->db;
	sqlite3_stmt *stmt = db_stmt(db, STMT_DEADLINE_OF);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "reading deadlines");
	(void)sqlite3_bind_int64(stmt, 1, case_id);
	return deadlines(db, STMT_DEADLINE_OF, stmt, cb, ctx, err);
}

anju_status store_deadline_get(
	struct store *store, int64_t id, struct store_deadline *ret, anju_error *err)
{
	struct db *db = &store->db;
	sqlite3_stmt *stmt = db_stmt(db, STMT_DEADLINE_GET);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "reading a deadline");
	(void)sqlite3_bind_int64(stmt, 1, id);
	int rc = sqlite3_step(stmt);
	struct store_deadline row = {.id = id, .case_id = id >> DEADLINE_ID_BITS};
	if (rc == SQLITE_ROW) {
		row.status = (enum store_deadline_status)sqlite3_column_int(stmt, 0);
		row.suspended = sqlite3_column_int(stmt, 1) != 0;
		row.due_day = sqlite3_column_int(stmt, 2);
		row.next_ms = sqlite3_column_int64(stmt, 3);
	}
	bool there = rc == SQLITE_ROW;
	anju_status st = db_end(db, STMT_DEADLINE_GET, stmt, rc, "reading a deadline", err);
	if (st != ANJU_OK)
		return st;
	if (!there) {
		(void)anju_fail(err, ANJU_E_NOTFOUND, "store.no_deadline", "no deadline %lld",
			(long long)id);
		anju_error_found(err, "%lld", (long long)id);
		return ANJU_E_NOTFOUND;
	}
	*ret = row;
	return ANJU_OK;
}

/* --- readers --- */

static void bind_int_or_null(sqlite3_stmt *stmt, int at, bool given, int64_t value)
{
	if (given)
		(void)sqlite3_bind_int64(stmt, at, value);
	else
		(void)sqlite3_bind_null(stmt, at);
}

static void bind_filter(sqlite3_stmt *stmt, const struct store_deadline_filter *filter,
	int64_t workflow, int64_t name)
{
	bool overdue = filter->status == STORE_DEADLINES_OVERDUE;
	int64_t before = filter->due_before_ms;
	if (overdue && (before == 0 || before > filter->now_ms))
		before = filter->now_ms < INT64_MAX ? filter->now_ms + 1 : INT64_MAX;
	bool from_start = filter->after_due_ms == 0 && filter->after_id == 0;
	bind_int_or_null(stmt, 1, workflow != 0, workflow);
	db_bind_text(stmt, 2, filter->unit);
	db_bind_text(stmt, 3, filter->region);
	bind_int_or_null(stmt, 4, name != 0, name);
	bool suspended = filter->status == STORE_DEADLINES_SUSPENDED;
	bind_int_or_null(stmt, 5, filter->status != -1, overdue || suspended ? 0 : filter->status);
	bind_int_or_null(stmt, 6, before != 0, before);
	(void)sqlite3_bind_int64(stmt, 7, from_start ? INT64_MIN : filter->after_due_ms);
	(void)sqlite3_bind_int64(stmt, 8, filter->after_id);
	(void)sqlite3_bind_int(stmt, 9, filter->timers);
	(void)sqlite3_bind_int(stmt, 10, filter->limit);
	bind_int_or_null(stmt, 12, overdue || suspended, suspended);
}

anju_status store_read_deadlines(struct store_reader *reader,
	const struct store_deadline_filter *filter, store_deadline_cb cb, void *ctx,
	anju_error *err)
{
	struct db *db = &reader->db;
	int64_t workflow, name;
	bool none;
	anju_status st = intern_filter(db, filter->workflow, &workflow, &none, err);
	if (st == ANJU_OK && !none)
		st = intern_filter(db, filter->name, &name, &none, err);
	if (st != ANJU_OK || none)
		return st;
	enum stmt id = STMT_DEADLINE_LIST_ANY;
	if (filter->case_id != 0)
		id = STMT_DEADLINE_LIST_CASE;
	else if (filter->status == STORE_DEADLINE_OPEN || filter->status < -1)
		id = STMT_DEADLINE_LIST_OPEN;
	sqlite3_stmt *stmt = db_stmt(db, id);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "reading deadlines");
	bind_filter(stmt, filter, workflow, name);
	if (filter->case_id != 0)
		(void)sqlite3_bind_int64(stmt, 11, filter->case_id);
	return deadlines(db, id, stmt, cb, ctx, err);
}

anju_status store_count_deadlines(
	struct store_reader *reader, int64_t now_ms, store_count_cb cb, void *ctx, anju_error *err)
{
	struct db *db = &reader->db;
	sqlite3_stmt *stmt = db_stmt(db, STMT_DEADLINE_COUNT);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "counting deadlines");
	(void)sqlite3_bind_int64(stmt, 1, now_ms);
	int rc;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		if (!cb(ctx, intern_text(db, &db->words, sqlite3_column_int64(stmt, 0)),
			    intern_text(db, &db->words, sqlite3_column_int64(stmt, 1)),
			    sqlite3_column_int64(stmt, 2), sqlite3_column_int64(stmt, 3)))
			break;
	}
	return db_end(db, STMT_DEADLINE_COUNT, stmt, rc, "counting deadlines", err);
}

anju_status store_read_agenda(struct store_reader *reader, int64_t ended_since_ms,
	store_agenda_cb cb, void *ctx, anju_error *err)
{
	struct db *db = &reader->db;
	sqlite3_stmt *stmt = db_stmt(db, STMT_DEADLINE_AGENDA);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "reading deadlines");
	(void)sqlite3_bind_int64(stmt, 1, ended_since_ms);
	int rc;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		struct store_deadline row;
		deadline_row(db, stmt, &row);
		if (!cb(ctx, &row, sqlite3_column_int64(stmt, 20), sqlite3_column_int64(stmt, 21)))
			break;
	}
	return db_end(db, STMT_DEADLINE_AGENDA, stmt, rc, "reading deadlines", err);
}
