#include "store/sqlite.h"

void message_row(struct db *db, sqlite3_stmt *stmt, struct store_message *ret)
{
	*ret = (struct store_message){
		.id = sqlite3_column_int64(stmt, 0),
		.claim = db_text(stmt, 1),
		.unit = db_text(stmt, 2),
		.channel = db_text(stmt, 3),
		.body = db_text(stmt, 4),
		.created_ms = sqlite3_column_int64(stmt, 5),
		.status = (enum store_message_status)sqlite3_column_int(stmt, 6),
		.attempts = sqlite3_column_int(stmt, 7),
		.next_ms = sqlite3_column_int64(stmt, 8),
		.ended_ms = sqlite3_column_int64(stmt, 9),
		.error = (const char *)sqlite3_column_text(stmt, 10),
		.urgent = sqlite3_column_int(stmt, 11) != 0,
		.renewed = sqlite3_column_int(stmt, 12) != 0,
	};
}

anju_status store_item_add(
	struct store *store, const struct store_item *row, bool *ret_new, anju_error *err)
{
	anju_status st = tx_write(store, err);
	if (st != ANJU_OK)
		return st;
	struct db *db = &store->db;
	tx_op(store, STMT_ITEM_ADD);
	tx_text(store, row->claim);
	tx_text(store, row->unit);
	tx_int(store, row->case_id);
	tx_int(store, row->deadline_id);
	tx_int(store, row->created_ms);
	tx_int(store, row->urgent);
	tx_text(store, row->body);
	tx_int(store, row->message_id);
	tx_text(store, row->channel);
	tx_int(store, row->send_ms);
	int rc = tx_run(store);
	if (rc != SQLITE_OK)
		return tx_fail_sqlite(store, rc, "writing an item", err);
	*ret_new = sqlite3_changes(db->handle) == 1;
	return ANJU_OK;
}

static anju_status changed_one(struct store *store, int64_t id, anju_error *err)
{
	if (sqlite3_changes(store->db.handle) == 1)
		return ANJU_OK;
	anju_error local;
	(void)anju_fail(&local, ANJU_E_NOTFOUND, "store.no_message", "no item or message %lld",
		(long long)id);
	anju_error_found(&local, "%lld", (long long)id);
	return tx_fail(store, &local, err);
}

anju_status store_item_assign(struct store *store, int64_t item, int64_t message, anju_error *err)
{
	anju_status st = tx_write(store, err);
	if (st != ANJU_OK)
		return st;
	tx_op(store, STMT_ITEM_ASSIGN);
	tx_int(store, item);
	tx_int(store, message);
	int rc = tx_run(store);
	if (rc != SQLITE_OK)
		return tx_fail_sqlite(store, rc, "writing an item", err);
	return changed_one(store, item, err);
}

/** Id of the message that holds a claim. */
static anju_status claimed(struct store *store, const char *claim, int64_t *ret, anju_error *err)
{
	struct db *db = &store->db;
	sqlite3_stmt *stmt = db_stmt(db, STMT_MESSAGE_ID);
	if (stmt == NULL)
		return tx_fail_sqlite(store, db_code(db), "reading a message", err);
	db_bind_text(stmt, 1, claim);
	int rc = sqlite3_step(stmt);
	int64_t id = rc == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;
	db_done(db, STMT_MESSAGE_ID, stmt);
	if (rc != SQLITE_ROW)
		return tx_fail_sqlite(store, rc, "reading a message", err);
	*ret = id;
	return ANJU_OK;
}

anju_status store_message_add(struct store *store, const struct store_message *row, int64_t *ret_id,
	bool *ret_new, anju_error *err)
{
	anju_status st = tx_write(store, err);
	if (st != ANJU_OK)
		return st;
	struct db *db = &store->db;
	tx_op(store, STMT_MESSAGE_ADD);
	tx_text(store, row->claim);
	tx_text(store, row->unit);
	tx_text(store, row->channel);
	tx_text(store, row->body);
	tx_int(store, row->created_ms);
	tx_int(store, row->status);
	tx_int(store, row->attempts);
	tx_int(store, row->next_ms);
	tx_int(store, row->ended_ms);
	tx_text(store, row->error);
	tx_int(store, row->urgent);
	int rc = tx_run(store);
	if (rc != SQLITE_OK)
		return tx_fail_sqlite(store, rc, "writing a message", err);
	bool added = sqlite3_changes(db->handle) == 1;
	int64_t id = sqlite3_last_insert_rowid(db->handle);
	if (!added)
		st = claimed(store, row->claim, &id, err);
	if (st != ANJU_OK)
		return st;
	*ret_id = id;
	*ret_new = added;
	return ANJU_OK;
}

anju_status store_message_update(
	struct store *store, const struct store_message *row, anju_error *err)
{
	anju_status st = tx_write(store, err);
	if (st != ANJU_OK)
		return st;
	tx_op(store, STMT_MESSAGE_UPDATE);
	tx_int(store, row->id);
	tx_int(store, row->status);
	tx_int(store, row->attempts);
	tx_int(store, row->next_ms);
	tx_int(store, row->ended_ms);
	tx_text(store, row->error);
	int rc = tx_run(store);
	if (rc != SQLITE_OK)
		return tx_fail_sqlite(store, rc, "writing a message", err);
	return changed_one(store, row->id, err);
}

anju_status store_message_renew(
	struct store *store, int64_t id, const char *channel, int64_t next_ms, anju_error *err)
{
	anju_status st = tx_write(store, err);
	if (st != ANJU_OK)
		return st;
	tx_op(store, STMT_MESSAGE_RENEW);
	tx_int(store, id);
	tx_text(store, channel);
	tx_int(store, next_ms);
	int rc = tx_run(store);
	if (rc != SQLITE_OK)
		return tx_fail_sqlite(store, rc, "writing a message", err);
	return changed_one(store, id, err);
}

static void item_row(sqlite3_stmt *stmt, struct store_item *ret)
{
	*ret = (struct store_item){
		.id = sqlite3_column_int64(stmt, 0),
		.claim = db_text(stmt, 1),
		.unit = db_text(stmt, 2),
		.case_id = sqlite3_column_int64(stmt, 3),
		.deadline_id = sqlite3_column_int64(stmt, 4),
		.created_ms = sqlite3_column_int64(stmt, 5),
		.urgent = sqlite3_column_int(stmt, 6) != 0,
		.body = db_text(stmt, 7),
		.message_id = sqlite3_column_int64(stmt, 8),
		.channel = (const char *)sqlite3_column_text(stmt, 9),
	};
}

static anju_status items(struct db *db, enum stmt id, sqlite3_stmt *stmt, store_item_cb cb,
	void *ctx, anju_error *err)
{
	int rc;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		struct store_item row;
		item_row(stmt, &row);
		row.send_ms = sqlite3_column_int64(stmt, 10);
		if (!cb(ctx, &row))
			break;
	}
	return db_end(db, id, stmt, rc, "reading items", err);
}

anju_status store_items_waiting(struct store *store, store_item_cb cb, void *ctx, anju_error *err)
{
	struct db *db = &store->db;
	sqlite3_stmt *stmt = db_stmt(db, STMT_ITEM_WAITING);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "reading items");
	return items(db, STMT_ITEM_WAITING, stmt, cb, ctx, err);
}

anju_status store_items_next(struct store *store, int64_t *ret, anju_error *err)
{
	struct db *db = &store->db;
	sqlite3_stmt *stmt = db_stmt(db, STMT_ITEM_NEXT);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "reading items");
	int rc = sqlite3_step(stmt);
	int64_t next = rc == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : INT64_MAX;
	anju_status st = db_end(db, STMT_ITEM_NEXT, stmt, rc, "reading items", err);
	if (st == ANJU_OK)
		*ret = next;
	return st;
}

anju_status store_items_next_place(
	struct store *store, int64_t until, struct store_place *ret, anju_error *err)
{
	struct db *db = &store->db;
	sqlite3_stmt *stmt = db_stmt(db, STMT_ITEM_PLACE);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "reading items");
	(void)sqlite3_bind_int64(stmt, 1, until);
	struct store_place place = {0};
	anju_status st = ANJU_OK;
	int rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW) {
		place.unit = db_text(stmt, 0);
		place.channel = (const char *)sqlite3_column_text(stmt, 1);
		const char **texts[] = {&place.unit, &place.channel};
		st = db_keep(db, texts, sizeof texts / sizeof texts[0], err);
	} else if (rc == SQLITE_DONE) {
		st = anju_fail(err, ANJU_E_NOTFOUND, "store.no_message", "no item is due");
	} else {
		st = sqlite_fail(err, db->handle, rc, "reading items");
	}
	db_done(db, STMT_ITEM_PLACE, stmt);
	if (st == ANJU_OK)
		*ret = place;
	return st;
}

anju_status store_items_due(struct store *store, const struct store_place *at, int64_t until,
	int limit, store_item_cb cb, void *ctx, anju_error *err)
{
	struct db *db = &store->db;
	sqlite3_stmt *stmt = db_stmt(db, STMT_ITEM_DUE);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "reading items");
	db_bind_text(stmt, 1, at->unit);
	db_bind_text(stmt, 2, at->channel);
	(void)sqlite3_bind_int64(stmt, 3, until);
	(void)sqlite3_bind_int(stmt, 4, limit);
	return items(db, STMT_ITEM_DUE, stmt, cb, ctx, err);
}

anju_status store_item_put_off(struct store *store, int64_t item, int64_t send_ms, anju_error *err)
{
	anju_status st = tx_write(store, err);
	if (st != ANJU_OK)
		return st;
	tx_op(store, STMT_ITEM_PUT_OFF_ONE);
	tx_int(store, item);
	tx_int(store, send_ms);
	int rc = tx_run(store);
	return rc == SQLITE_OK ? ANJU_OK : tx_fail_sqlite(store, rc, "writing items", err);
}

anju_status store_items_put_off(struct store *store, const struct store_place *at, int64_t until,
	int64_t send_ms, anju_error *err)
{
	anju_status st = tx_write(store, err);
	if (st != ANJU_OK)
		return st;
	tx_op(store, STMT_ITEM_PUT_OFF);
	tx_text(store, at->unit);
	tx_text(store, at->channel);
	tx_int(store, until);
	tx_int(store, send_ms);
	int rc = tx_run(store);
	return rc == SQLITE_OK ? ANJU_OK : tx_fail_sqlite(store, rc, "writing items", err);
}

anju_status store_items_of(
	struct store *store, int64_t message_id, store_item_cb cb, void *ctx, anju_error *err)
{
	struct db *db = &store->db;
	sqlite3_stmt *stmt = db_stmt(db, STMT_ITEM_MESSAGE);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "reading items");
	(void)sqlite3_bind_int64(stmt, 1, message_id);
	return items(db, STMT_ITEM_MESSAGE, stmt, cb, ctx, err);
}

anju_status store_read_waiting(
	struct store_reader *reader, const char *unit, store_item_cb cb, void *ctx, anju_error *err)
{
	struct db *db = &reader->db;
	sqlite3_stmt *stmt = db_stmt(db, STMT_ITEM_UNIT);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "reading items");
	db_bind_text(stmt, 1, unit);
	return items(db, STMT_ITEM_UNIT, stmt, cb, ctx, err);
}

static void notice_row(sqlite3_stmt *stmt, struct store_notice *ret)
{
	*ret = (struct store_notice){0};
	item_row(stmt, &ret->item);
	ret->workflow = db_text(stmt, 10);
	ret->key = db_text(stmt, 11);
	if (sqlite3_column_type(stmt, 12) == SQLITE_NULL)
		return; /* no message yet */
	ret->message = (struct store_message){
		.id = ret->item.message_id,
		.claim = db_text(stmt, 12),
		.unit = ret->item.unit,
		.channel = db_text(stmt, 13),
		.created_ms = sqlite3_column_int64(stmt, 14),
		.status = (enum store_message_status)sqlite3_column_int(stmt, 15),
		.attempts = sqlite3_column_int(stmt, 16),
		.next_ms = sqlite3_column_int64(stmt, 17),
		.ended_ms = sqlite3_column_int64(stmt, 18),
		.error = (const char *)sqlite3_column_text(stmt, 19),
		.urgent = sqlite3_column_int(stmt, 20) != 0,
	};
}

static anju_status notices(struct db *db, enum stmt id, sqlite3_stmt *stmt, store_notice_cb cb,
	void *ctx, anju_error *err)
{
	int rc;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		struct store_notice row;
		notice_row(stmt, &row);
		if (!cb(ctx, &row))
			break;
	}
	return db_end(db, id, stmt, rc, "reading items", err);
}

anju_status store_read_notices(struct store_reader *reader, int64_t case_id, int64_t before_id,
	int limit, store_notice_cb cb, void *ctx, anju_error *err)
{
	struct db *db = &reader->db;
	sqlite3_stmt *stmt = db_stmt(db, STMT_NOTICE_CASE);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "reading items");
	(void)sqlite3_bind_int64(stmt, 1, case_id);
	(void)sqlite3_bind_int64(stmt, 2, before_id > 0 ? before_id : INT64_MAX);
	(void)sqlite3_bind_int(stmt, 3, limit);
	return notices(db, STMT_NOTICE_CASE, stmt, cb, ctx, err);
}

anju_status store_read_message_items(struct store_reader *reader, int64_t message_id,
	store_notice_cb cb, void *ctx, anju_error *err)
{
	struct db *db = &reader->db;
	sqlite3_stmt *stmt = db_stmt(db, STMT_NOTICE_MESSAGE);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "reading items");
	(void)sqlite3_bind_int64(stmt, 1, message_id);
	return notices(db, STMT_NOTICE_MESSAGE, stmt, cb, ctx, err);
}

static anju_status messages(struct db *db, enum stmt id, sqlite3_stmt *stmt, store_message_cb cb,
	void *ctx, anju_error *err)
{
	int rc;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		struct store_message row;
		message_row(db, stmt, &row);
		if (!cb(ctx, &row))
			break;
	}
	return db_end(db, id, stmt, rc, "reading messages", err);
}

anju_status store_messages_pending(struct store *store, int64_t until, int limit,
	store_message_cb cb, void *ctx, anju_error *err)
{
	struct db *db = &store->db;
	sqlite3_stmt *stmt = db_stmt(db, STMT_MESSAGE_PENDING);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "reading messages");
	(void)sqlite3_bind_int64(stmt, 1, until);
	(void)sqlite3_bind_int(stmt, 2, limit);
	return messages(db, STMT_MESSAGE_PENDING, stmt, cb, ctx, err);
}

anju_status store_read_messages(struct store_reader *reader, const char *unit, int status,
	int64_t after_id, int limit, store_message_cb cb, void *ctx, anju_error *err)
{
	struct db *db = &reader->db;
	sqlite3_stmt *stmt = db_stmt(db, STMT_MESSAGE_LIST);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "reading messages");
	(void)sqlite3_bind_int64(stmt, 1, after_id);
	db_bind_text(stmt, 2, unit);
	if (status < 0)
		(void)sqlite3_bind_null(stmt, 3);
	else
		(void)sqlite3_bind_int(stmt, 3, status);
	(void)sqlite3_bind_int(stmt, 4, limit);
	return messages(db, STMT_MESSAGE_LIST, stmt, cb, ctx, err);
}

anju_status store_messages_dead(struct store *store, int64_t after_id, int limit,
	store_message_cb cb, void *ctx, anju_error *err)
{
	struct db *db = &store->db;
	sqlite3_stmt *stmt = db_stmt(db, STMT_MESSAGE_DEAD);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "reading messages");
	(void)sqlite3_bind_int64(stmt, 1, after_id);
	(void)sqlite3_bind_int(stmt, 2, limit);
	return messages(db, STMT_MESSAGE_DEAD, stmt, cb, ctx, err);
}

anju_status store_read_pending(struct store_reader *reader, const char *channel, bool urgent,
	int64_t after_id, int limit, store_message_cb cb, void *ctx, anju_error *err)
{
	struct db *db = &reader->db;
	enum stmt id = channel != NULL ? STMT_MESSAGE_CHANNEL : STMT_MESSAGE_AFTER;
	sqlite3_stmt *stmt = db_stmt(db, id);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "reading messages");
	(void)sqlite3_bind_int64(stmt, 1, after_id);
	(void)sqlite3_bind_int(stmt, 3, limit);
	if (channel != NULL) {
		db_bind_text(stmt, 2, channel);
		(void)sqlite3_bind_int(stmt, 4, urgent);
	}
	return messages(db, id, stmt, cb, ctx, err);
}

static anju_status no_message(anju_error *err, int64_t id)
{
	(void)anju_fail(err, ANJU_E_NOTFOUND, "store.no_message", "no message %lld", (long long)id);
	anju_error_found(err, "%lld", (long long)id);
	return ANJU_E_NOTFOUND;
}

static anju_status message_get(
	struct db *db, int64_t id, struct store_message *ret, anju_error *err)
{
	sqlite3_stmt *stmt = db_stmt(db, STMT_MESSAGE_GET);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "reading a message");
	(void)sqlite3_bind_int64(stmt, 1, id);
	struct store_message row;
	anju_status st = ANJU_OK;
	int rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW) {
		message_row(db, stmt, &row);
		const char **texts[] = {&row.claim, &row.unit, &row.channel, &row.body, &row.error};
		st = db_keep(db, texts, sizeof texts / sizeof texts[0], err);
	} else if (rc == SQLITE_DONE) {
		st = no_message(err, id);
	} else {
		st = sqlite_fail(err, db->handle, rc, "reading a message");
	}
	db_done(db, STMT_MESSAGE_GET, stmt);
	if (st == ANJU_OK)
		*ret = row;
	return st;
}

anju_status store_message_get(
	struct store *store, int64_t id, struct store_message *ret, anju_error *err)
{
	return message_get(&store->db, id, ret, err);
}

anju_status store_read_message(
	struct store_reader *reader, int64_t id, struct store_message *ret, anju_error *err)
{
	return message_get(&reader->db, id, ret, err);
}
