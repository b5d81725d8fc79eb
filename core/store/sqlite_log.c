#include "store/sqlite.h"

#include <stdlib.h>
#include <string.h>

/*
 * Undoing one command of a batch without paying for it in every command.
 *
 * A savepoint of SQLite copies each page before its first change; most commands succeed, so nearly always
 * for nothing, and that was a quarter of all the work. Instead the batch's writes are logged, and when a
 * command is undone after it wrote something the transaction is rolled back and the writes before that
 * command are made again. They come out the same: ids are given in order. So that a batch full of such
 * commands is not replayed once for each, the rest of the batch then uses savepoints of SQLite, and so
 * does a batch whose log has grown large.
 *
 * The log is a row of writes: statement, number of parameters, then each parameter as a length and its bytes;
 * the lengths below stand for NULL and for a number.
 */

#define LENGTH_NULL (-1)
#define LENGTH_INT  (-2)
#define LENGTH_BLOB (INT64_C(1) << 48) /* added to the length of a blob */

struct log_write {
	int32_t id, parameters;
	int64_t bytes; /* of the parameters */
};

void log_start(struct write_log *log)
{
	log->len = 0;
	log->on = true;
	log->replayed = false;
}

static bool reserve(struct write_log *log, size_t n)
{
	if (log->len + n <= log->cap)
		return true;
	size_t cap = log->cap == 0 ? 65536 : log->cap * 2;
	while (cap < log->len + n)
		cap *= 2;
	char *grown = realloc(log->data, cap);
	if (grown == NULL) {
		log->no_memory = true;
		return false;
	}
	log->data = grown;
	log->cap = cap;
	return true;
}

static void put_parameter(struct write_log *log, int64_t length, const void *data, size_t n)
{
	if (!log->on || !reserve(log, sizeof length + n))
		return;
	char *to = log->data + log->len;
	memcpy(to, &length, sizeof length);
	if (n > 0)
		memcpy(to + sizeof length, data, n);
	log->len += sizeof length + n;
}

void tx_op(struct store *store, enum stmt id)
{
	struct write_log *log = &store->log;
	log->id = id;
	log->stmt = db_stmt(&store->db, id);
	log->at = 0;
	log->start = log->len;
	log->no_memory = false;
	/* the head is filled in when all parameters are there */
	if (log->on && reserve(log, sizeof(struct log_write)))
		log->len += sizeof(struct log_write);
}

void tx_int(struct store *store, int64_t value)
{
	struct write_log *log = &store->log;
	(void)sqlite3_bind_int64(log->stmt, ++log->at, value);
	put_parameter(log, LENGTH_INT, &value, sizeof value);
}

void tx_text(struct store *store, const char *text)
{
	struct write_log *log = &store->log;
	size_t n = text != NULL ? strlen(text) : 0;
	/* borrowed for the call, which is as long as the statement runs */
	(void)sqlite3_bind_text64(log->stmt, ++log->at, text, n, SQLITE_STATIC, SQLITE_UTF8);
	put_parameter(log, text != NULL ? (int64_t)n : LENGTH_NULL, text, n);
}

void tx_blob(struct store *store, const void *data, size_t n)
{
	struct write_log *log = &store->log;
	(void)sqlite3_bind_blob64(log->stmt, ++log->at, data, n, SQLITE_STATIC);
	put_parameter(log, (int64_t)n | LENGTH_BLOB, data, n);
}

int tx_run(struct store *store)
{
	struct write_log *log = &store->log;
	int rc = SQLITE_NOMEM;
	if (log->stmt == NULL)
		rc = db_code(&store->db);
	else if (!log->no_memory)
		rc = db_run(&store->db, log->id, log->stmt);
	if (!log->on)
		return rc;
	if (rc != SQLITE_OK) {
		log->len = log->start; /* a statement that fails leaves nothing */
		return rc;
	}
	struct log_write head = {.id = (int32_t)log->id,
		.parameters = log->at,
		.bytes = (int64_t)(log->len - log->start - sizeof head)};
	memcpy(log->data + log->start, &head, sizeof head);
	return SQLITE_OK;
}

static int run_again(struct db *db, const struct log_write *head, const char *at)
{
	enum stmt id = (enum stmt)head->id;
	sqlite3_stmt *stmt = db_stmt(db, id);
	if (stmt == NULL)
		return db_code(db);
	for (int i = 1; i <= head->parameters; i++) {
		int64_t length, value;
		memcpy(&length, at, sizeof length);
		at += sizeof length;
		if (length == LENGTH_NULL) {
			(void)sqlite3_bind_null(stmt, i);
		} else if (length == LENGTH_INT) {
			memcpy(&value, at, sizeof value);
			at += sizeof value;
			(void)sqlite3_bind_int64(stmt, i, value);
		} else if ((length & LENGTH_BLOB) != 0) {
			length &= ~LENGTH_BLOB;
			(void)sqlite3_bind_blob64(stmt, i, at, (uint64_t)length, SQLITE_STATIC);
			at += length;
		} else {
			(void)sqlite3_bind_text64(
				stmt, i, at, (uint64_t)length, SQLITE_STATIC, SQLITE_UTF8);
			at += length;
		}
	}
	return db_run(db, id, stmt);
}

int log_replay(struct store *store, size_t len)
{
	struct write_log *log = &store->log;
	int rc = db_exec(&store->db, STMT_ROLLBACK);
	if (rc == SQLITE_OK)
		rc = db_exec(&store->db, STMT_BEGIN);
	for (size_t at = 0; at < len && rc == SQLITE_OK;) {
		struct log_write head;
		memcpy(&head, log->data + at, sizeof head);
		rc = run_again(&store->db, &head, log->data + at + sizeof head);
		at += sizeof head + (size_t)head.bytes;
	}
	log->len = len;
	log->replayed = true;
	return rc;
}
