#include <stdio.h>
#include <unistd.h>

#include "store/backup.h"
#include "store/sqlite.h"

/* What the copy is and how far it goes, read from itself. */
static anju_status read_facts(sqlite3 *copy, struct backup *ret, anju_error *err)
{
	static const struct {
		const char *sql;
		int64_t max;
	} facts[] = {{"PRAGMA user_version", INT32_MAX},
		{"SELECT coalesce(max(seq), 0) FROM journal", INT64_MAX}};
	int64_t values[2] = {0};
	for (size_t i = 0; i < 2; i++) {
		sqlite3_stmt *stmt = NULL;
		int rc = sqlite3_prepare_v2(copy, facts[i].sql, -1, &stmt, NULL);
		if (rc == SQLITE_OK)
			rc = sqlite3_step(stmt);
		if (rc == SQLITE_ROW)
			values[i] = sqlite3_column_int64(stmt, 0);
		(void)sqlite3_finalize(stmt); /* repeats the failure of the step */
		if (rc != SQLITE_ROW)
			return sqlite_fail(err, copy, rc, "reading the copy");
	}
	ret->schema = (int)values[0];
	ret->last_seq = values[1];
	return ANJU_OK;
}

/* All pages in one go: in steps, each commit of the daemon would make it begin again. */
static anju_status copy_pages(sqlite3 *from, sqlite3 *to, anju_error *err)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
	if (backup == NULL)
		return sqlite_fail(err, to, sqlite3_extended_errcode(to), "copying");
	int rc = sqlite3_backup_step(backup, -1);
	int end = sqlite3_backup_finish(backup);
	if (rc == SQLITE_DONE && end == SQLITE_OK)
		return ANJU_OK;
	return sqlite_fail(err, to, end != SQLITE_OK ? end : rc, "copying");
}

anju_status store_snapshot(const char *data, const char *path, struct backup *ret, anju_error *err)
{
	ANJU_AUTO(store_reader) reader = NULL;
	sqlite3 *copy = NULL;
	/* of a store that no anjud of today has opened yet, too: before an update is when one is wanted */
	anju_status st = sqlite_reader_open(data, &reader, err);
	if (st != ANJU_OK)
		return st;
	int rc = sqlite3_open_v2(path, &copy,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXCLUSIVE |
			SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
		NULL);
	if (rc == SQLITE_OK) /* whoever cuts this short begins again */
		rc = sqlite3_exec(copy, "PRAGMA synchronous = OFF", NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		st = sqlite_fail(err, copy, rc, "creating the copy");
	if (st == ANJU_OK)
		st = copy_pages(reader->db.handle, copy, err);
	/* one file in all, and at home wherever it is put */
	if (st == ANJU_OK) {
		rc = sqlite3_exec(copy, "PRAGMA journal_mode = DELETE; " SQLITE_HOME_FORGET, NULL,
			NULL, NULL);
		st = rc == SQLITE_OK ? read_facts(copy, ret, err)
				     : sqlite_fail(err, copy, rc, "finishing the copy");
	}
	sqlite3_close(copy);
	if (st != ANJU_OK)
		(void)unlink(path); /* of no use; a leftover is removed by the next one as well */
	return st;
}
