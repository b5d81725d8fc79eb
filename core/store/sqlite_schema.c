#include "store/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/*
 * Small numbers stand for texts that repeat (word, definition). Times are Unix milliseconds.
 * Columns that lists and counts look at come before the long texts.
 * Numbers stored here (status, states) are never given a new meaning.
 */
static const char schema_1[] =
	"CREATE TABLE word(id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;"
	"CREATE TABLE definition("
	"  id INTEGER PRIMARY KEY,"
	"  hash TEXT NOT NULL,"
	"  workflow TEXT, version TEXT, source TEXT" /* NULL until store_workflow_put */
	") STRICT;"
	"CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"
	/* one row: counts transactions that append no entry, so that each can be looked for */
	"CREATE TABLE mark(id INTEGER PRIMARY KEY, n INTEGER NOT NULL) STRICT;"
	"INSERT INTO mark VALUES(1, 0);"
	"CREATE TABLE cases("
	"  id INTEGER PRIMARY KEY,"
	"  workflow INTEGER NOT NULL," /* word */
	"  definition INTEGER NOT NULL,"
	"  done INTEGER NOT NULL,"
	"  phase INTEGER NOT NULL," /* word */
	"  region TEXT NOT NULL,"
	"  key TEXT NOT NULL,"
	"  rev INTEGER NOT NULL,"
	"  last_seq INTEGER NOT NULL," /* journal.seq of entry `rev` */
	"  opened_ms INTEGER NOT NULL,"
	"  updated_ms INTEGER NOT NULL,"
	"  head BLOB NOT NULL,"
	"  state TEXT NOT NULL,"
	"  meta TEXT NOT NULL,"
	"  data TEXT NOT NULL"
	") STRICT;"
	"CREATE UNIQUE INDEX cases_key ON cases(workflow, key);"
	"CREATE TABLE journal("
	"  seq INTEGER PRIMARY KEY,"
	"  case_id INTEGER NOT NULL,"
	"  rev INTEGER NOT NULL,"
	"  prev INTEGER NOT NULL," /* seq of the case's entry before, 0 for the first */
	"  recorded_ms INTEGER NOT NULL,"
	"  effective_ms INTEGER,"   /* NULL = recorded_ms */
	"  event INTEGER NOT NULL," /* word */
	"  actor TEXT NOT NULL,"
	"  hash BLOB NOT NULL,"
	"  reason TEXT,"
	"  idem TEXT,"
	"  body TEXT NOT NULL"
	") STRICT;"
	"CREATE UNIQUE INDEX journal_idem ON journal(idem) WHERE idem IS NOT NULL;"
	"CREATE TABLE deadline("
	"  id INTEGER PRIMARY KEY," /* case << 20 + number within the case */
	"  status INTEGER NOT NULL,"
	"  timer INTEGER NOT NULL,"
	"  name INTEGER NOT NULL," /* word */
	"  state INTEGER NOT NULL,"
	"  armed_ms INTEGER NOT NULL,"
	"  due_day INTEGER NOT NULL,"
	"  due_ms INTEGER NOT NULL,"
	"  provisional INTEGER NOT NULL,"
	"  rung INTEGER NOT NULL,"
	"  next_ms INTEGER NOT NULL,"
	"  ended_ms INTEGER NOT NULL,"
	"  lead INTEGER NOT NULL,"       /* word */
	"  responsible INTEGER NOT NULL" /* word */
	") STRICT;"
	"CREATE INDEX deadline_open ON deadline(next_ms) WHERE status = 0;"
	"CREATE TABLE relation("
	"  from_case INTEGER NOT NULL, name INTEGER NOT NULL, to_case INTEGER NOT NULL,"
	"  PRIMARY KEY(from_case, name, to_case)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX relation_back ON relation(to_case, name, from_case);"
	"CREATE TABLE item("
	"  id INTEGER PRIMARY KEY,"
	"  claim TEXT NOT NULL,"
	"  unit TEXT NOT NULL,"
	"  urgent INTEGER NOT NULL,"
	"  case_id INTEGER NOT NULL,"
	"  deadline_id INTEGER NOT NULL,"
	"  created_ms INTEGER NOT NULL,"
	"  message_id INTEGER NOT NULL,"
	"  body TEXT NOT NULL"
	") STRICT;"
	"CREATE UNIQUE INDEX item_claim ON item(claim);"
	"CREATE INDEX item_waiting ON item(unit, urgent DESC, id) WHERE message_id = 0;"
	"CREATE TABLE message("
	"  id INTEGER PRIMARY KEY,"
	"  claim TEXT NOT NULL,"
	"  unit TEXT NOT NULL,"
	"  channel TEXT NOT NULL,"
	"  status INTEGER NOT NULL,"
	"  attempts INTEGER NOT NULL,"
	"  next_ms INTEGER NOT NULL,"
	"  created_ms INTEGER NOT NULL,"
	"  ended_ms INTEGER NOT NULL,"
	"  error TEXT,"
	"  body TEXT NOT NULL"
	") STRICT;"
	"CREATE UNIQUE INDEX message_claim ON message(claim);"
	/* delivered ones are of no interest to anyone who is in a hurry */
	"CREATE INDEX message_live ON message(status) WHERE status <> 1;"
	"PRAGMA application_id = 1634626165;"; /* "anju" */

/* The definition that a case was opened under, with which its chain begins; NULL while it still has it. */
static const char schema_2[] =
	"ALTER TABLE cases ADD COLUMN origin INTEGER;"
	/* as authored: `source` was written with its members sorted, and the order of states means something */
	"ALTER TABLE definition ADD COLUMN text TEXT;"
	/* history only grows, whoever has the file in hand */
	"CREATE TRIGGER IF NOT EXISTS journal_stays BEFORE UPDATE ON journal"
	"  BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;"
	"CREATE TRIGGER IF NOT EXISTS journal_keeps BEFORE DELETE ON journal"
	"  BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;";

/* What became of a case's reminders, and what waits for one channel. */
static const char schema_3[] =
	"ALTER TABLE item ADD COLUMN channel TEXT;" /* NULL: the daemon's usual one */
	/* all went on one morning, which stood in meta */
	"ALTER TABLE item ADD COLUMN send_ms INTEGER NOT NULL DEFAULT 0;"
	"UPDATE item SET send_ms = coalesce((SELECT CAST(value AS INTEGER) FROM meta"
	"  WHERE name = 'digest_next'), 0) WHERE message_id = 0;"
	"DELETE FROM meta WHERE name = 'digest_next';"
	"CREATE INDEX item_send ON item(send_ms, unit, channel) WHERE message_id = 0;"
	"DROP INDEX item_waiting;"
	"CREATE INDEX item_waiting ON item(unit, channel, urgent DESC, id) WHERE message_id = 0;"
	"CREATE INDEX item_case ON item(case_id, id);"
	"CREATE INDEX item_message ON item(message_id) WHERE message_id > 0;"
	"ALTER TABLE message ADD COLUMN urgent INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE message ADD COLUMN renewed INTEGER NOT NULL DEFAULT 0;"
	"CREATE INDEX message_channel ON message(channel, urgent, id) WHERE status = 0;"
	"ALTER TABLE deadline ADD COLUMN suspended INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE deadline ADD COLUMN cooperating INTEGER NOT NULL DEFAULT 0;" /* word; 0: nobody */
	"CREATE INDEX deadline_watched ON deadline(next_ms) WHERE status = 5;"
	/* how often an open date has changed, and when last: whoever keeps a copy of it asks */
	"CREATE TABLE deadline_moved("
	"  id INTEGER PRIMARY KEY, n INTEGER NOT NULL, at_ms INTEGER NOT NULL"
	") STRICT;"
	"CREATE TRIGGER deadline_moves AFTER UPDATE OF due_ms, status, suspended, provisional"
	"  ON deadline WHEN NEW.timer = 0 AND NEW.status = 0 AND (NEW.due_ms <> OLD.due_ms OR"
	"    OLD.status <> 0 OR NEW.suspended <> OLD.suspended OR NEW.provisional <> "
	"OLD.provisional)"
	"  BEGIN INSERT INTO deadline_moved VALUES(NEW.id, 1,"
	"    ifnull((SELECT updated_ms FROM cases WHERE id = NEW.id >> 20), 0))"
	"    ON CONFLICT(id) DO UPDATE SET n = n + 1, at_ms = excluded.at_ms; END;";

/* Idempotency keys are looked for among the entries of their case: an index over all of them, in no order that
 * anything else has, was a page to write at every event. */
static const char schema_4[] =
	"DROP INDEX IF EXISTS journal_idem;"
	/* fingerprints (journal/idem.h) of the keys of its entries; NULL: never gathered */
	"ALTER TABLE cases ADD COLUMN idem BLOB;"
	/* enum store_counted; 0: written before it was kept */
	"ALTER TABLE deadline ADD COLUMN counted INTEGER NOT NULL DEFAULT 0;"
	/* a claim says whose case it is of: by case, what a rung writes lies together, and one index does for both */
	"DROP INDEX item_claim;"
	"DROP INDEX item_case;"
	"CREATE UNIQUE INDEX item_claim ON item(case_id, claim);";

const struct migration sqlite_migrations[] = {
	{1, schema_1},
	{2, schema_2},
	{3, schema_3},
	{4, schema_4},
};
const size_t sqlite_migrations_len = sizeof sqlite_migrations / sizeof sqlite_migrations[0];

static anju_status exec(struct db *db, const char *sql, const char *what, anju_error *err)
{
	int rc = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
	return rc == SQLITE_OK ? ANJU_OK : sqlite_fail(err, db->handle, rc, what);
}

static anju_status ask_int(struct db *db, const char *sql, int64_t *ret, anju_error *err)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(db->handle, sql, -1, &stmt, NULL);
	int64_t value = 0;
	if (rc == SQLITE_OK) {
		rc = sqlite3_step(stmt);
		if (rc == SQLITE_ROW) {
			value = sqlite3_column_int64(stmt, 0);
			rc = SQLITE_OK;
		}
	}
	anju_status st = ANJU_OK;
	if (rc != SQLITE_OK)
		st = sqlite_fail(err, db->handle, rc, sql);
	else
		*ret = value;
	sqlite3_finalize(stmt);
	return st;
}

/** A copy beside the database that the next step cannot touch, synced before anything is changed. */
static anju_status backup(struct db *db, int from, anju_error *err)
{
	char *path = sqlite3_mprintf("%s.before-schema-%d", db->path, from + 1);
	if (path == NULL)
		return anju_fail_nomem(err);
	/* left by a run that was cut short; the database itself is still the older version */
	anju_status st = ANJU_OK;
	if (unlink(path) != 0 && errno != ENOENT)
		st = anju_fail_errno(err, errno, "@say.removing|%s", path);
	char *sql = sqlite3_mprintf("VACUUM INTO %Q", path);
	if (st == ANJU_OK)
		st = sql == NULL ? anju_fail_nomem(err)
				 : exec(db, sql, "backup before migration", err);
	if (st == ANJU_OK) {
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || fsync(fd) != 0)
			st = anju_fail_errno(err, errno, "@say.syncing|%s", path);
		if (fd >= 0)
			(void)close(fd); /* read-only: nothing to lose */
	}
	sqlite3_free(sql);
	sqlite3_free(path);
	return st;
}

static anju_status step(struct db *db, const struct migration *m, anju_error *err)
{
	char version[48];
	snprintf(version, sizeof version, "PRAGMA user_version = %d", m->to);
	anju_status st = exec(db, "BEGIN IMMEDIATE", "migration", err);
	if (st != ANJU_OK)
		return st;
	st = exec(db, m->sql, "migration", err);
	if (st == ANJU_OK)
		st = exec(db, version, "migration", err);
	if (st == ANJU_OK)
		st = exec(db, "COMMIT", "migration", err);
	if (st != ANJU_OK) {
		(void)exec(db, "ROLLBACK", "migration", NULL); /* already failing */
		return anju_wrap(err, st, "migration to schema %d", m->to);
	}
	return ANJU_OK;
}

anju_status sqlite_migrate(struct db *db, const struct migration *list, size_t n, anju_error *err)
{
	int64_t version = 0, tables = 0, app = 0;
	int newest = list[n - 1].to;
	anju_status st = ask_int(db, "PRAGMA user_version", &version, err);
	if (st == ANJU_OK)
		st = ask_int(db, "SELECT count(*) FROM sqlite_schema", &tables, err);
	if (st == ANJU_OK)
		st = ask_int(db, "PRAGMA application_id", &app, err);
	if (st != ANJU_OK)
		return st;
	if (tables > 0 && app != 1634626165) {
		st = anju_fail(err, ANJU_E_CORRUPT, "store.corrupt", "not a database of anju: %s",
			db->path);
		anju_error_file(err, db->path);
		anju_error_found(err, "application_id %lld", (long long)app);
		return st;
	}
	if (version > newest) {
		st = anju_fail(err, ANJU_E_UNSUPPORTED, "store.newer", "schema %lld, at most %d",
			(long long)version, newest);
		anju_error_file(err, db->path);
		anju_error_found(err, "%lld", (long long)version);
		anju_error_allowed(err, "%d", newest);
		return st;
	}
	if (version == newest)
		return ANJU_OK;
	if (tables > 0)
		st = backup(db, (int)version, err);
	for (size_t i = 0; i < n && st == ANJU_OK; i++) {
		if (list[i].to > version)
			st = step(db, &list[i], err);
	}
	return st;
}
