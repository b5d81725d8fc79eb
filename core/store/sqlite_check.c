#include "store/sqlite.h"

#include <string.h>

#include "base/error.h"
#include "base/messages.h"

/*
 * Each question selects what should not be there: one row a trouble, column 0 what is meant (shown as
 * found), column 1 what should be (shown as allowed). The hashes themselves are the journal's business.
 */
static const struct question {
	const char *id, *text, *sql;
} questions[] = {
	{"store.check_page", "database page damaged",
		"SELECT integrity_check, 'ok' FROM pragma_integrity_check WHERE integrity_check <> "
		"'ok'"},
	{"store.check_case", "case of an unknown workflow or definition",
		"SELECT c.id || ' ' || c.key, '@say.workflow_definition|' || c.workflow || '|' ||"
		" c.definition FROM cases c LEFT JOIN word w ON w.id = c.workflow"
		" LEFT JOIN definition d ON d.id = c.definition WHERE w.id IS NULL OR d.id IS "
		"NULL"},
	{"store.check_head", "case does not end in its last journal entry",
		"SELECT c.id || ' ' || c.key, '@say.entry_at|' || c.rev || '|' || c.last_seq"
		" FROM cases c LEFT JOIN journal j ON j.seq = c.last_seq"
		" WHERE j.seq IS NULL OR j.case_id <> c.id OR j.rev <> c.rev OR j.hash <> c.head"},
	{"store.check_chain", "journal entry without its predecessor",
		"SELECT '@say.entry_of|' || j.seq || '|' || j.case_id || '|' || j.rev, j.prev"
		" FROM journal j LEFT JOIN journal p ON p.seq = j.prev"
		" WHERE CASE WHEN j.rev = 1 THEN j.prev <> 0"
		" ELSE p.seq IS NULL OR p.case_id <> j.case_id OR p.rev <> j.rev - 1 END"},
	{"store.check_count", "journal entries that no case leads to",
		"SELECT j.case_id || ': ' || count(*), ifnull(c.rev, 0)"
		" FROM journal j LEFT JOIN cases c ON c.id = j.case_id"
		" WHERE (SELECT count(*) FROM journal) <> (SELECT ifnull(sum(rev), 0) FROM cases)"
		" GROUP BY j.case_id HAVING count(*) <> ifnull(c.rev, 0)"},
	{"store.check_deadline", "open deadline of a case that does not exist",
		"SELECT d.id, d.id >> 20 FROM deadline d LEFT JOIN cases c ON c.id = d.id >> 20"
		" WHERE d.status = 0 AND c.id IS NULL"},
	{"store.check_relation", "relation to or from a case that does not exist",
		"SELECT r.from_case || ' ' || ifnull(w.text, '?') || ' ' || r.to_case, ''"
		" FROM relation r LEFT JOIN cases a ON a.id = r.from_case"
		" LEFT JOIN cases b ON b.id = r.to_case LEFT JOIN word w ON w.id = r.name"
		" WHERE a.id IS NULL OR b.id IS NULL OR w.id IS NULL"},
	{"store.check_item", "item in a message that does not exist",
		"SELECT i.id, i.message_id FROM item i LEFT JOIN message m ON m.id = i.message_id"
		" WHERE i.message_id > 0 AND m.id IS NULL"},
};

static void tell(
	struct db *db, const struct question *q, sqlite3_stmt *stmt, store_trouble_cb cb, void *ctx)
{
	anju_error trouble;
	const char *found = db_text(stmt, 0);
	char text[120];
	(void)anju_fail(&trouble, ANJU_E_CORRUPT, q->id, "%s: %s", q->text,
		message_english(found, text, sizeof text));
	anju_error_file(&trouble, db->path);
	anju_error_found(&trouble, "%s", found);
	anju_error_allowed(&trouble, "%s", db_text(stmt, 1));
	cb(ctx, &trouble);
}

/** Ask one; a file too damaged to be asked is a trouble too. */
static anju_status ask(struct db *db, const struct question *q, store_trouble_cb cb, void *ctx,
	int64_t *troubles, anju_error *err)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(db->handle, q->sql, -1, &stmt, NULL);
	while (rc == SQLITE_OK && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		tell(db, q, stmt, cb, ctx);
		++*troubles;
		rc = SQLITE_OK;
	}
	anju_status st = ANJU_OK;
	anju_error local;
	if (rc != SQLITE_DONE)
		st = sqlite_fail(&local, db->handle, rc, q->text);
	sqlite3_finalize(stmt);
	if (st == ANJU_E_CORRUPT) {
		anju_error_file(&local, db->path);
		cb(ctx, &local);
		++*troubles;
		return ANJU_OK;
	}
	if (st != ANJU_OK && err != NULL)
		*err = local;
	return st;
}

anju_status store_check(
	struct store_reader *reader, store_trouble_cb cb, void *ctx, anju_error *err)
{
	bool own = sqlite3_get_autocommit(reader->db.handle) != 0;
	anju_status st = own ? store_read_begin(reader, err) : ANJU_OK;
	if (st != ANJU_OK)
		return st;
	int64_t troubles = 0;
	for (size_t i = 0; i < sizeof questions / sizeof questions[0] && st == ANJU_OK; i++)
		st = ask(&reader->db, &questions[i], cb, ctx, &troubles, err);
	if (own)
		store_read_end(reader);
	if (st != ANJU_OK || troubles == 0)
		return st;
	st = anju_fail(err, ANJU_E_CORRUPT, "store.check_failed", "%lld troubles found",
		(long long)troubles);
	anju_error_file(err, reader->db.path);
	anju_error_found(err, "%lld", (long long)troubles);
	return st;
}

/* Of a file too damaged to say it nothing is said here: what is asked of it next fails, and tells. */
static int64_t schema_of(struct db *db, int64_t otherwise)
{
	sqlite3_stmt *stmt = NULL;
	int64_t version = otherwise;
	if (sqlite3_prepare_v2(db->handle, "PRAGMA user_version", -1, &stmt, NULL) == SQLITE_OK &&
		sqlite3_step(stmt) == SQLITE_ROW)
		version = sqlite3_column_int64(stmt, 0);
	(void)sqlite3_finalize(stmt); /* repeats the failure of the step */
	return version;
}

anju_status store_reader_open(const char *folder, struct store_reader **ret, anju_error *err)
{
	ANJU_AUTO(store_reader) reader = NULL;
	int newest = sqlite_migrations[sqlite_migrations_len - 1].to;
	anju_status st = sqlite_reader_open(folder, &reader, err);
	if (st != ANJU_OK)
		return st;
	int64_t version = schema_of(&reader->db, newest);
	if (version == newest) {
		*ret = ANJU_TAKE(reader);
		return ANJU_OK;
	}
	st = anju_fail(err, ANJU_E_UNSUPPORTED, version < newest ? "store.older" : "store.newer",
		"schema %lld, not %d", (long long)version, newest);
	anju_error_file(err, reader->db.path);
	anju_error_found(err, "%lld", (long long)version);
	anju_error_allowed(err, "%d", newest);
	return st;
}
