#include "store/sqlite.h"

#include <stdio.h>
#include <sys/stat.h>

anju_status store_read_begin(struct store_reader *reader, anju_error *err)
{
	struct db *db = &reader->db;
	int rc = db_exec(db, STMT_READ_BEGIN);
	if (rc != SQLITE_OK)
		return sqlite_fail(err, db->handle, rc, "beginning to read");
	/* the snapshot is taken at the first read; take it here, where it is asked for */
	rc = db_exec(db, STMT_MARK_GET);
	if (rc == SQLITE_OK)
		return ANJU_OK;
	anju_status st = sqlite_fail(err, db->handle, rc, "beginning to read");
	store_read_end(reader);
	return st;
}

void store_read_end(struct store_reader *reader)
{
	/* an interrupt that comes late hits the ROLLBACK, and the reader would stay on its old snapshot and
	 * could begin no other; each interrupt spoils one try at most */
	for (int i = 0; i < 100 && !sqlite3_get_autocommit(reader->db.handle); i++)
		(void)db_exec(&reader->db, STMT_ROLLBACK); /* nothing was written */
}

anju_status store_read_case(struct store_reader *reader, const char *workflow, const char *key,
	struct store_case *ret, anju_error *err)
{
	return case_find(&reader->db, workflow, key, ret, NULL, err);
}

anju_status store_read_case_by_id(
	struct store_reader *reader, int64_t id, struct store_case *ret, anju_error *err)
{
	return case_get(&reader->db, id, ret, NULL, err);
}

anju_status store_read_meta(
	struct store_reader *reader, const char *name, const char **ret, anju_error *err)
{
	return meta_get(&reader->db, name, ret, err);
}

anju_status store_read_definition(struct store_reader *reader, const char *hash,
	struct store_definition *ret, anju_error *err)
{
	return definition_get(&reader->db, hash, ret, err);
}

anju_status store_count_definitions(
	struct store_reader *reader, store_count_cb cb, void *ctx, anju_error *err)
{
	struct db *db = &reader->db;
	sqlite3_stmt *stmt = db_stmt(db, STMT_DEFINITION_COUNT);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "counting definitions");
	int rc;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		if (!cb(ctx, intern_text(db, &db->words, sqlite3_column_int64(stmt, 0)),
			    intern_text(db, &db->definitions, sqlite3_column_int64(stmt, 1)),
			    sqlite3_column_int64(stmt, 2), sqlite3_column_int64(stmt, 3)))
			break;
	}
	return db_end(db, STMT_DEFINITION_COUNT, stmt, rc, "counting definitions", err);
}

static void bind_word(sqlite3_stmt *stmt, int at, int64_t word)
{
	if (word != 0)
		(void)sqlite3_bind_int64(stmt, at, word);
	else
		(void)sqlite3_bind_null(stmt, at);
}

anju_status store_read_cases(struct store_reader *reader, const struct store_case_filter *filter,
	store_case_cb cb, void *ctx, anju_error *err)
{
	struct db *db = &reader->db;
	int64_t workflow, phase;
	bool none;
	anju_status st = intern_filter(db, filter->workflow, &workflow, &none, err);
	if (st == ANJU_OK && !none)
		st = intern_filter(db, filter->phase, &phase, &none, err);
	int64_t definition = 0;
	if (st == ANJU_OK && !none && filter->definition != NULL) {
		st = intern_find(db, &db->definitions, filter->definition, &definition, err);
		none = definition == 0;
	}
	if (st != ANJU_OK || none)
		return st;
	sqlite3_stmt *stmt = db_stmt(db, STMT_CASE_LIST);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "reading cases");
	(void)sqlite3_bind_int64(stmt, 1, filter->after_id);
	bind_word(stmt, 2, workflow);
	db_bind_text(stmt, 3, filter->region);
	bind_word(stmt, 4, phase);
	if (filter->done < 0)
		(void)sqlite3_bind_null(stmt, 5);
	else
		(void)sqlite3_bind_int(stmt, 5, filter->done);
	db_bind_text(stmt, 6, filter->state);
	(void)sqlite3_bind_int(stmt, 7, filter->limit);
	bind_word(stmt, 8, definition);
	int rc;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		struct store_case row;
		case_row(db, stmt, &row);
		if (!cb(ctx, &row))
			break;
	}
	return db_end(db, STMT_CASE_LIST, stmt, rc, "reading cases", err);
}

anju_status store_read_related(struct store_reader *reader, int64_t case_id, const char *name,
	bool inverse, store_related_cb cb, void *ctx, anju_error *err)
{
	struct db *db = &reader->db;
	int64_t word;
	anju_status st = intern_find(db, &db->words, name, &word, err);
	if (st != ANJU_OK || word == 0)
		return st;
	enum stmt id = inverse ? STMT_RELATED_IN : STMT_RELATED_OUT;
	sqlite3_stmt *stmt = db_stmt(db, id);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "reading relations");
	(void)sqlite3_bind_int64(stmt, 1, case_id);
	(void)sqlite3_bind_int64(stmt, 2, word);
	int rc;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		if (!cb(ctx, sqlite3_column_int64(stmt, 0),
			    intern_text(db, &db->words, sqlite3_column_int64(stmt, 1)),
			    db_text(stmt, 2)))
			break;
	}
	return db_end(db, id, stmt, rc, "reading relations", err);
}

anju_status store_count_phases(struct store_reader *reader, const char *workflow,
	const char *region, store_count_cb cb, void *ctx, anju_error *err)
{
	struct db *db = &reader->db;
	int64_t word;
	bool none;
	anju_status st = intern_filter(db, workflow, &word, &none, err);
	if (st != ANJU_OK || none)
		return st;
	sqlite3_stmt *stmt = db_stmt(db, STMT_CASE_COUNT);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "counting cases");
	bind_word(stmt, 1, word);
	db_bind_text(stmt, 2, region);
	int rc;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		if (!cb(ctx, intern_text(db, &db->words, sqlite3_column_int64(stmt, 0)),
			    intern_text(db, &db->words, sqlite3_column_int64(stmt, 1)),
			    sqlite3_column_int64(stmt, 2), sqlite3_column_int64(stmt, 3)))
			break;
	}
	return db_end(db, STMT_CASE_COUNT, stmt, rc, "counting cases", err);
}

static int64_t file_size(const char *path, const char *suffix)
{
	char name[4096];
	struct stat info;
	int n = snprintf(name, sizeof name, "%s%s", path, suffix);
	if (n < 0 || (size_t)n >= sizeof name || stat(name, &info) != 0)
		return 0; /* there is no log right after a clean start */
	return info.st_size;
}

anju_status store_read_last_seq(struct store_reader *reader, int64_t *ret, anju_error *err)
{
	struct db *db = &reader->db;
	sqlite3_stmt *stmt = db_stmt(db, STMT_JOURNAL_LAST);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "reading the journal");
	int rc = sqlite3_step(stmt);
	int64_t seq = rc == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;
	anju_status st = db_end(db, STMT_JOURNAL_LAST, stmt, rc, "reading the journal", err);
	if (st == ANJU_OK)
		*ret = seq;
	return st;
}

anju_status store_read_stats(struct store_reader *reader, struct store_stats *ret, anju_error *err)
{
	struct db *db = &reader->db;
	sqlite3_stmt *stmt = db_stmt(db, STMT_STATS);
	if (stmt == NULL)
		return sqlite_fail(err, db->handle, db_code(db), "counting");
	int rc = sqlite3_step(stmt);
	struct store_stats stats = {0};
	if (rc == SQLITE_ROW) {
		stats = (struct store_stats){
			.cases = sqlite3_column_int64(stmt, 0),
			.entries = sqlite3_column_int64(stmt, 1),
			.deadlines_open = sqlite3_column_int64(stmt, 2),
			.messages_pending = sqlite3_column_int64(stmt, 3),
			.messages_dead = sqlite3_column_int64(stmt, 4),
			.last_seq = sqlite3_column_int64(stmt, 1),
			.schema = sqlite3_column_int(stmt, 5),
			.file_bytes = file_size(db->path, "") + file_size(db->path, "-wal"),
		};
	}
	/* figures for those who watch, and they do when the disk hangs: these wait for no sync */
	struct durable *durable = db->durable;
	db->durable = NULL;
	anju_status st = db_end(db, STMT_STATS, stmt, rc, "counting", err);
	db->durable = durable;
	if (st == ANJU_OK)
		*ret = stats;
	return st;
}
