#include "store/sqlite.h"

#include <string.h>

void case_row(struct db *db, sqlite3_stmt *stmt, struct store_case *ret)
{
	*ret = (struct store_case){
		.id = sqlite3_column_int64(stmt, 0),
		.workflow = intern_text(db, &db->words, sqlite3_column_int64(stmt, 1)),
		.key = db_text(stmt, 2),
		.hash = intern_text(db, &db->definitions, sqlite3_column_int64(stmt, 3)),
		.rev = sqlite3_column_int64(stmt, 4),
		.region = db_text(stmt, 5),
		.phase = intern_text(db, &db->words, sqlite3_column_int64(stmt, 6)),
		.state = db_text(stmt, 7),
		.data = db_text(stmt, 8),
		.meta = db_text(stmt, 9),
		.done = sqlite3_column_int(stmt, 10) != 0,
		.opened_ms = sqlite3_column_int64(stmt, 11),
		.updated_ms = sqlite3_column_int64(stmt, 12),
	};
	bool moved = sqlite3_column_type(stmt, 15) != SQLITE_NULL;
	if (sqlite3_column_type(stmt, 16) != SQLITE_NULL) {
		ret->idem = db_blob(stmt, 16);
		ret->idem_bytes = (size_t)sqlite3_column_bytes(stmt, 16);
	}
	ret->origin = moved ? intern_text(db, &db->definitions, sqlite3_column_int64(stmt, 15))
			    : ret->hash;
	if (sqlite3_column_bytes(stmt, 13) == HASH_BYTES)
		memcpy(ret->head, sqlite3_column_blob(stmt, 13), HASH_BYTES);
}

static anju_status no_case(anju_error *err, const char *workflow, const char *key, int64_t id)
{
	anju_status st = anju_fail(err, ANJU_E_NOTFOUND, "store.no_case", "no such case");
	if (key != NULL)
		anju_error_found(err, "%s/%s", workflow, key);
	else
		anju_error_found(err, "%lld", (long long)id);
	return st;
}

static anju_status keep_idem(struct db *db, struct store_case *row, anju_error *err)
{
	if (row->idem_bytes == 0)
		return ANJU_OK; /* NULL, or a list without members, which is no memory of the statement */
	buf_reset(&db->idem);
	buf_add(&db->idem, row->idem, row->idem_bytes);
	row->idem = db->idem.data;
	return db->idem.failed ? anju_fail_nomem(err) : ANJU_OK;
}

anju_status case_fetch(struct db *db, enum stmt id, sqlite3_stmt *stmt, struct store_case *ret,
	int64_t *ret_seq, anju_error *err)
{
	int rc = sqlite3_step(stmt);
	struct store_case row;
	int64_t seq = 0;
	anju_status st = ANJU_OK;
	if (rc == SQLITE_ROW) {
		case_row(db, stmt, &row);
		seq = sqlite3_column_int64(stmt, 14);
		const char **texts[] = {&row.key, &row.region, &row.state, &row.data, &row.meta};
		st = db_keep(db, texts, sizeof texts / sizeof texts[0], err);
		if (st == ANJU_OK)
			st = keep_idem(db, &row, err);
	} else if (rc == SQLITE_DONE) {
		st = ANJU_E_NOTFOUND;
	} else {
		st = sqlite_fail(err, db->handle, rc, "reading a case");
	}
	db_done(db, id, stmt);
	if (st != ANJU_OK)
		return st;
	*ret = row;
	if (ret_seq != NULL)
		*ret_seq = seq;
	return ANJU_OK;
}

anju_status case_find(struct db *db, const char *workflow, const char *key, struct store_case *ret,
	int64_t *ret_seq, anju_error *err)
{
	int64_t word;
	anju_status st = intern_find(db, &db->words, workflow, &word, err);
	if (st != ANJU_OK)
		return st;
	if (word == 0)
		return no_case(err, workflow, key, 0);
	sqlite3_stmt *stmt = db_stmt(db, STMT_CASE_FIND);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "reading a case");
	(void)sqlite3_bind_int64(stmt, 1, word);
	db_bind_text(stmt, 2, key);
	st = case_fetch(db, STMT_CASE_FIND, stmt, ret, ret_seq, err);
	return st == ANJU_E_NOTFOUND ? no_case(err, workflow, key, 0) : st;
}

anju_status case_get(
	struct db *db, int64_t case_id, struct store_case *ret, int64_t *ret_seq, anju_error *err)
{
	sqlite3_stmt *stmt = db_stmt(db, STMT_CASE_GET);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "reading a case");
	(void)sqlite3_bind_int64(stmt, 1, case_id);
	anju_status st = case_fetch(db, STMT_CASE_GET, stmt, ret, ret_seq, err);
	return st == ANJU_E_NOTFOUND ? no_case(err, NULL, NULL, case_id) : st;
}

anju_status store_case_find(struct store *store, const char *workflow, const char *key,
	struct store_case *ret, anju_error *err)
{
	int64_t seq = 0;
	anju_status st = case_find(&store->db, workflow, key, ret, &seq, err);
	if (st == ANJU_OK && store->in_tx)
		tx_tail_seen(store, ret->id, seq, ret->rev);
	return st;
}

anju_status store_case_get(struct store *store, int64_t id, struct store_case *ret, anju_error *err)
{
	int64_t seq = 0;
	anju_status st = case_get(&store->db, id, ret, &seq, err);
	if (st == ANJU_OK && store->in_tx)
		tx_tail_seen(store, ret->id, seq, ret->rev);
	return st;
}

static anju_status key_taken(
	struct store *store, const struct store_case *row, int rc, anju_error *err)
{
	anju_error local;
	(void)anju_fail(&local, ANJU_E_EXISTS, "store.key_taken", "case %s/%s exists",
		row->workflow, row->key);
	anju_error_found(&local, "%s/%s", row->workflow, row->key);
	local.origin = ANJU_ORIGIN_SQLITE;
	local.cause = rc;
	return tx_fail(store, &local, err);
}

anju_status store_case_insert(
	struct store *store, const struct store_case *row, int64_t *ret_id, anju_error *err)
{
	anju_status st = tx_write(store, err);
	if (st != ANJU_OK)
		return st;
	struct db *db = &store->db;
	anju_error local;
	int64_t workflow = tx_word(store, &db->words, row->workflow, &local);
	int64_t phase = workflow == 0 ? 0 : tx_word(store, &db->words, row->phase, &local);
	int64_t hash = phase == 0 ? 0 : tx_word(store, &db->definitions, row->hash, &local);
	if (hash == 0)
		return tx_fail(store, &local, err);
	tx_op(store, STMT_CASE_INSERT);
	/* its first entry follows, most likely next: foreseeing its number spares writing the row twice */
	int64_t stored = row->rev > 0 ? store->last_seq + 1 : 0;
	tx_int(store, workflow);
	tx_text(store, row->key);
	tx_int(store, hash);
	tx_int(store, row->rev);
	tx_text(store, row->region);
	tx_int(store, phase);
	tx_text(store, row->state);
	tx_text(store, row->data);
	tx_text(store, row->meta);
	tx_int(store, row->done);
	tx_int(store, row->opened_ms);
	tx_int(store, row->updated_ms);
	tx_blob(store, row->head, HASH_BYTES);
	tx_int(store, stored);
	tx_blob(store, row->idem, row->idem_bytes);
	int rc = tx_run(store);
	if ((rc & 0xff) == SQLITE_CONSTRAINT)
		return key_taken(store, row, rc, err);
	if (rc != SQLITE_OK)
		return tx_fail_sqlite(store, rc, "writing a case", err);
	int64_t id = sqlite3_last_insert_rowid(db->handle);
	st = tx_tail_new(store, id, stored, &local);
	if (st != ANJU_OK)
		return tx_fail(store, &local, err);
	*ret_id = id;
	return ANJU_OK;
}

anju_status store_case_update(struct store *store, const struct store_case *row, anju_error *err)
{
	anju_status st = tx_write(store, err);
	if (st != ANJU_OK)
		return st;
	struct db *db = &store->db;
	anju_error local;
	int64_t phase = tx_word(store, &db->words, row->phase, &local);
	struct tail *tail = phase == 0 ? NULL : tx_tail(store, row->id, &local);
	if (tail == NULL || tx_tail_touch(store, tail, &local) != ANJU_OK)
		return tx_fail(store, &local, err);
	tx_op(store, STMT_CASE_UPDATE);
	/* a row written before its entry: foresee the entry's number */
	tail->stored = row->rev > tail->rev ? store->last_seq + 1 : tail->seq;
	tx_int(store, row->id);
	tx_int(store, row->rev);
	tx_text(store, row->region);
	tx_int(store, phase);
	tx_text(store, row->state);
	tx_text(store, row->data);
	tx_text(store, row->meta);
	tx_int(store, row->done);
	tx_int(store, row->updated_ms);
	tx_blob(store, row->head, HASH_BYTES);
	tx_int(store, tail->stored);
	tx_blob(store, row->idem, row->idem_bytes);
	int rc = tx_run(store);
	if (rc != SQLITE_OK)
		return tx_fail_sqlite(store, rc, "writing a case", err);
	if (sqlite3_changes(db->handle) != 1) {
		(void)no_case(&local, NULL, NULL, row->id);
		return tx_fail(store, &local, err);
	}
	return ANJU_OK;
}

anju_status store_case_redefine(struct store *store, int64_t id, const char *hash, anju_error *err)
{
	anju_status st = tx_write(store, err);
	if (st != ANJU_OK)
		return st;
	anju_error local;
	int64_t number = tx_word(store, &store->db.definitions, hash, &local);
	if (number == 0)
		return tx_fail(store, &local, err);
	tx_op(store, STMT_CASE_REDEFINE);
	tx_int(store, id);
	tx_int(store, number);
	int rc = tx_run(store);
	return rc == SQLITE_OK ? ANJU_OK : tx_fail_sqlite(store, rc, "writing a case", err);
}

/* --- relations --- */

anju_status store_relation_add(
	struct store *store, int64_t from_case, const char *name, int64_t to_case, anju_error *err)
{
	anju_status st = tx_write(store, err);
	if (st != ANJU_OK)
		return st;
	anju_error local;
	int64_t word = tx_word(store, &store->db.words, name, &local);
	if (word == 0)
		return tx_fail(store, &local, err);
	tx_op(store, STMT_RELATION_ADD);
	tx_int(store, from_case);
	tx_int(store, word);
	tx_int(store, to_case);
	int rc = tx_run(store);
	return rc == SQLITE_OK ? ANJU_OK : tx_fail_sqlite(store, rc, "writing a relation", err);
}

anju_status store_relation_clear(
	struct store *store, int64_t from_case, const char *name, anju_error *err)
{
	anju_status st = tx_write(store, err);
	if (st != ANJU_OK)
		return st;
	anju_error local;
	int64_t word;
	if (intern_find(&store->db, &store->db.words, name, &word, &local) != ANJU_OK)
		return tx_fail(store, &local, err);
	if (word == 0)
		return ANJU_OK; /* no relation ever had that name */
	tx_op(store, STMT_RELATION_CLEAR);
	tx_int(store, from_case);
	tx_int(store, word);
	int rc = tx_run(store);
	return rc == SQLITE_OK ? ANJU_OK : tx_fail_sqlite(store, rc, "clearing a relation", err);
}

anju_status store_related(struct store *store, int64_t case_id, const char *name, bool inverse,
	store_id_cb cb, void *ctx, anju_error *err)
{
	return related(&store->db, case_id, name, inverse, cb, ctx, err);
}

anju_status related(struct db *db, int64_t case_id, const char *name, bool inverse, store_id_cb cb,
	void *ctx, anju_error *err)
{
	int64_t word;
	anju_status st = intern_find(db, &db->words, name, &word, err);
	if (st != ANJU_OK || word == 0)
		return st;
	enum stmt id = inverse ? STMT_RELATION_IN : STMT_RELATION_OUT;
	sqlite3_stmt *stmt = db_stmt(db, id);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "reading relations");
	(void)sqlite3_bind_int64(stmt, 1, case_id);
	(void)sqlite3_bind_int64(stmt, 2, word);
	int rc;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		if (!cb(ctx, sqlite3_column_int64(stmt, 0)))
			break;
	}
	return db_end(db, id, stmt, rc, "reading relations", err);
}

/* --- small named texts, definitions --- */

anju_status store_meta_put(
	struct store *store, const char *name, const char *value, anju_error *err)
{
	anju_status st = tx_write(store, err);
	if (st != ANJU_OK)
		return st;
	tx_op(store, value != NULL ? STMT_META_PUT : STMT_META_DELETE);
	tx_text(store, name);
	if (value != NULL)
		tx_text(store, value);
	int rc = tx_run(store);
	return rc == SQLITE_OK ? ANJU_OK : tx_fail_sqlite(store, rc, "writing meta", err);
}

anju_status meta_get(struct db *db, const char *name, const char **ret, anju_error *err)
{
	sqlite3_stmt *stmt = db_stmt(db, STMT_META_GET);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "reading meta");
	db_bind_text(stmt, 1, name);
	int rc = sqlite3_step(stmt);
	anju_status st = ANJU_OK;
	const char *value = NULL;
	if (rc == SQLITE_ROW) {
		const char **texts[] = {&value};
		value = db_text(stmt, 0);
		st = db_keep(db, texts, 1, err);
	} else if (rc == SQLITE_DONE) {
		st = anju_fail(err, ANJU_E_NOTFOUND, "store.no_meta", "no value named %s", name);
		anju_error_found(err, "%s", name);
	} else {
		st = sqlite_fail(err, db->handle, rc, "reading meta");
	}
	db_done(db, STMT_META_GET, stmt);
	if (st == ANJU_OK)
		*ret = value;
	return st;
}

anju_status store_meta_get(struct store *store, const char *name, const char **ret, anju_error *err)
{
	return meta_get(&store->db, name, ret, err);
}

anju_status store_workflow_put(struct store *store, const char *hash, const char *id,
	const char *version, const char *source, anju_error *err)
{
	anju_status st = tx_write(store, err);
	if (st != ANJU_OK)
		return st;
	struct db *db = &store->db;
	anju_error local;
	int64_t number = tx_word(store, &db->definitions, hash, &local);
	if (number == 0)
		return tx_fail(store, &local, err);
	tx_op(store, STMT_DEFINITION_PUT);
	tx_int(store, number);
	tx_text(store, id);
	tx_text(store, version);
	tx_text(store, source);
	int rc = tx_run(store);
	return rc == SQLITE_OK ? ANJU_OK : tx_fail_sqlite(store, rc, "writing a definition", err);
}

anju_status definition_get(
	struct db *db, const char *hash, struct store_definition *ret, anju_error *err)
{
	sqlite3_stmt *stmt = db_stmt(db, STMT_DEFINITION_GET);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "reading a definition");
	db_bind_text(stmt, 1, hash);
	int rc = sqlite3_step(stmt);
	anju_status st = ANJU_OK;
	struct store_definition row = {0};
	if (rc == SQLITE_ROW) {
		row = (struct store_definition){.hash = db_text(stmt, 0),
			.workflow = db_text(stmt, 1),
			.version = db_text(stmt, 2),
			.source = db_text(stmt, 3)};
		const char **texts[] = {&row.hash, &row.workflow, &row.version, &row.source};
		st = db_keep(db, texts, sizeof texts / sizeof texts[0], err);
	} else if (rc == SQLITE_DONE) {
		st = anju_fail(
			err, ANJU_E_NOTFOUND, "store.no_definition", "no definition %.12s", hash);
		anju_error_found(err, "%.12s", hash);
	} else {
		st = sqlite_fail(err, db->handle, rc, "reading a definition");
	}
	db_done(db, STMT_DEFINITION_GET, stmt);
	if (st == ANJU_OK)
		*ret = row;
	return st;
}

anju_status store_definition_get(
	struct store *store, const char *hash, struct store_definition *ret, anju_error *err)
{
	return definition_get(&store->db, hash, ret, err);
}
