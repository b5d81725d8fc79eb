#include "store/sqlite.h"

#include <stdlib.h>
#include <string.h>

#define CASE_COLUMNS                                                                               \
	"id, workflow, key, definition, rev, region, phase, state, data, meta, done, opened_ms, "  \
	"updated_ms, head, last_seq, origin, idem"
#define ENTRY_COLUMNS                                                                              \
	"j.seq, j.case_id, j.rev, j.recorded_ms, ifnull(j.effective_ms, j.recorded_ms), j.event, " \
	"j.actor, j.reason, j.body, j.idem, j.hash, c.workflow, c.key"
#define DEADLINE_COLUMNS                                                                           \
	"d.id, d.name, d.timer, d.state, d.status, d.armed_ms, d.due_day, d.due_ms, "              \
	"d.provisional, d.rung, d.next_ms, d.ended_ms, d.lead, d.responsible, c.workflow, c.key, " \
	"c.phase, d.cooperating, d.suspended, d.counted"
#define MESSAGE_COLUMNS                                                                            \
	"id, claim, unit, channel, body, created_ms, status, attempts, next_ms, ended_ms, error,"  \
	" urgent, renewed"
#define ITEM_COLUMNS                                                                               \
	"id, claim, unit, case_id, deadline_id, created_ms, urgent, body, message_id, channel,"    \
	" send_ms"
#define NOTICE_COLUMNS                                                                             \
	"SELECT i.id, i.claim, i.unit, i.case_id, i.deadline_id, i.created_ms, i.urgent, i.body,"  \
	" i.message_id, i.channel, w.text, c.key, m.claim, m.channel, m.created_ms, m.status,"     \
	" m.attempts, m.next_ms, m.ended_ms, m.error, m.urgent FROM item i"                        \
	" JOIN cases c ON c.id = i.case_id JOIN word w ON w.id = c.workflow"                       \
	" LEFT JOIN message m ON m.id = i.message_id"
#define DEADLINE_FILTER                                                                            \
	" AND (?1 IS NULL OR c.workflow = ?1)"                                                     \
	" AND (?2 IS NULL OR anju_has_unit(d.lead, d.responsible, d.cooperating, ?2))"             \
	" AND (?3 IS NULL OR substr(c.region, 1, length(?3)) = ?3)"                                \
	" AND (?4 IS NULL OR d.name = ?4)"                                                         \
	" AND (?5 IS NULL OR d.status = ?5)"                                                       \
	" AND (?6 IS NULL OR d.due_ms < ?6)"                                                       \
	" AND (?12 IS NULL OR d.suspended = ?12)"                                                  \
	" AND (d.due_ms, d.id) > (?7, ?8)"                                                         \
	" AND d.timer <= ?9"                                                                       \
	" ORDER BY d.due_ms, d.id LIMIT ?10"

/* 20 = DEADLINE_ID_BITS, 1048575 = the numbers below it */
static const char *const sql[STMT_COUNT_] = {
	[STMT_BEGIN] = "BEGIN IMMEDIATE",
	[STMT_COMMIT] = "COMMIT",
	[STMT_ROLLBACK] = "ROLLBACK",
	[STMT_SAVEPOINT] = "SAVEPOINT s",
	[STMT_RELEASE] = "RELEASE s",
	[STMT_ROLLBACK_TO] = "ROLLBACK TO s",
	[STMT_READ_BEGIN] = "BEGIN",
	[STMT_MARK_PUT] = "UPDATE mark SET n = ?1 WHERE id = 1",
	[STMT_MARK_GET] = "SELECT n FROM mark WHERE id = 1",
	[STMT_WORD_INSERT] = "INSERT INTO word(id, text) VALUES(?1, ?2)",
	[STMT_WORD_LOAD] = "SELECT id, text FROM word WHERE id > ?1 ORDER BY id",
	[STMT_DEFINITION_INSERT] = "INSERT INTO definition(id, hash) VALUES(?1, ?2)",
	[STMT_DEFINITION_LOAD] = "SELECT id, hash FROM definition WHERE id > ?1 ORDER BY id",
	[STMT_DEFINITION_PUT] = "UPDATE definition SET workflow = ?2, version = ?3, text = ?4"
				" WHERE id = ?1 AND text IS NULL",
	[STMT_DEFINITION_GET] = "SELECT hash, workflow, version, text FROM definition"
				" WHERE hash = ?1 AND text IS NOT NULL",
	[STMT_DEFINITION_COUNT] = "SELECT workflow, definition, sum(1 - done), sum(done) FROM cases"
				  " GROUP BY workflow, definition",
	[STMT_CASE_INSERT] = "INSERT INTO cases(workflow, key, definition, rev, region, phase, "
			     "state, data, meta,"
			     " done, opened_ms, updated_ms, head, last_seq, idem)"
			     " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14,"
			     " ?15)",
	[STMT_CASE_UPDATE] = "UPDATE cases SET rev = ?2, region = ?3, phase = ?4, state = ?5,"
			     " data = ifnull(?6, data), meta = ifnull(?7, meta), done = ?8,"
			     " updated_ms = ?9, head = ?10, last_seq = ?11,"
			     " idem = ifnull(?12, idem) WHERE id = ?1",
	[STMT_CASE_REDEFINE] = "UPDATE cases SET origin = ifnull(origin, definition),"
			       " definition = ?2 WHERE id = ?1",
	[STMT_CASE_TAIL] = "SELECT last_seq, rev FROM cases WHERE id = ?1",
	[STMT_CASE_TAIL_PUT] = "UPDATE cases SET last_seq = ?2 WHERE id = ?1",
	[STMT_CASE_FIND] = "SELECT " CASE_COLUMNS " FROM cases WHERE workflow = ?1 AND key = ?2",
	[STMT_CASE_GET] = "SELECT " CASE_COLUMNS " FROM cases WHERE id = ?1",
	[STMT_CASE_LIST] = "SELECT " CASE_COLUMNS " FROM cases WHERE id > ?1"
			   " AND (?2 IS NULL OR workflow = ?2)"
			   " AND (?3 IS NULL OR substr(region, 1, length(?3)) = ?3)"
			   " AND (?4 IS NULL OR phase = ?4)"
			   " AND (?5 IS NULL OR done = ?5)"
			   " AND (?6 IS NULL OR anju_in_state(state, ?6))"
			   " AND (?8 IS NULL OR definition = ?8)"
			   " ORDER BY id LIMIT ?7",
	[STMT_CASE_COUNT] = "SELECT workflow, phase, sum(1 - done), sum(done) FROM cases"
			    " WHERE (?1 IS NULL OR workflow = ?1)"
			    " AND (?2 IS NULL OR substr(region, 1, length(?2)) = ?2)"
			    " GROUP BY workflow, phase",
	[STMT_RELATION_ADD] = "INSERT INTO relation VALUES(?1, ?2, ?3) ON CONFLICT DO NOTHING",
	[STMT_RELATION_CLEAR] = "DELETE FROM relation WHERE from_case = ?1 AND name = ?2",
	[STMT_RELATION_OUT] = "SELECT to_case FROM relation WHERE from_case = ?1 AND name = ?2"
			      " ORDER BY to_case",
	[STMT_RELATION_IN] = "SELECT from_case FROM relation WHERE to_case = ?1 AND name = ?2"
			     " ORDER BY from_case",
	[STMT_RELATED_OUT] =
		"SELECT c.id, c.workflow, c.key FROM relation r CROSS JOIN cases c"
		" ON c.id = r.to_case WHERE r.from_case = ?1 AND r.name = ?2 ORDER BY r.to_case",
	[STMT_RELATED_IN] =
		"SELECT c.id, c.workflow, c.key FROM relation r CROSS JOIN cases c"
		" ON c.id = r.from_case WHERE r.to_case = ?1 AND r.name = ?2 ORDER BY r.from_case",
	[STMT_META_PUT] = "INSERT INTO meta VALUES(?1, ?2)"
			  " ON CONFLICT(name) DO UPDATE SET value = excluded.value",
	[STMT_META_DELETE] = "DELETE FROM meta WHERE name = ?1",
	[STMT_META_GET] = "SELECT value FROM meta WHERE name = ?1",
	[STMT_JOURNAL_APPEND] =
		"INSERT INTO journal(case_id, rev, prev, recorded_ms, effective_ms, event, actor,"
		" hash, reason, idem, body) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
	[STMT_JOURNAL_LAST] = "SELECT seq FROM journal ORDER BY seq DESC LIMIT 1",
	[STMT_JOURNAL_KEYED] =
		"WITH RECURSIVE h(seq) AS (SELECT ?2 UNION ALL"
		" SELECT j.prev FROM h JOIN journal j ON j.seq = h.seq WHERE j.prev > 0)"
		" SELECT " ENTRY_COLUMNS " FROM h CROSS JOIN journal j ON j.seq = h.seq"
		" CROSS JOIN cases c ON c.id = ?1 WHERE j.idem IS NOT NULL",
	[STMT_JOURNAL_HISTORY] =
		"WITH RECURSIVE h(seq, rev) AS (SELECT last_seq, rev FROM cases WHERE id = ?1"
		" UNION ALL SELECT j.prev, j.rev - 1 FROM h JOIN journal j ON j.seq = h.seq"
		" WHERE h.rev > ?2 + 1)"
		" SELECT " ENTRY_COLUMNS " FROM h CROSS JOIN journal j ON j.seq = h.seq"
		" CROSS JOIN cases c ON c.id = j.case_id"
		" WHERE h.rev > ?2 AND h.rev - ?2 <= ?3 ORDER BY h.rev",
	[STMT_JOURNAL_FEED] =
		"SELECT " ENTRY_COLUMNS " FROM journal j CROSS JOIN cases c ON c.id = j.case_id"
		" WHERE j.seq > ?1 ORDER BY j.seq LIMIT ?2",
	[STMT_DEADLINE_INSERT] =
		"INSERT INTO deadline(id, status, timer, name, state, armed_ms, due_day, due_ms,"
		" provisional, rung, next_ms, ended_ms, lead, responsible, cooperating, suspended,"
		" counted)"
		" VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,"
		" ?17)",
	[STMT_DEADLINE_LAST] = "SELECT id FROM deadline WHERE id BETWEEN ?1 << 20"
			       " AND (?1 << 20) + 1048575 ORDER BY id DESC LIMIT 1",
	[STMT_DEADLINE_UPDATE] =
		"UPDATE deadline SET status = ?2, due_day = ?3, due_ms = ?4, provisional = ?5,"
		" rung = ?6, next_ms = ?7, ended_ms = ?8, lead = ?9, responsible = ?10,"
		" cooperating = ?11, suspended = ?12, counted = ?13 WHERE id = ?1",
	[STMT_DEADLINE_PUT_OFF] = "UPDATE deadline SET next_ms = ?2 WHERE id = ?1",
	[STMT_DEADLINE_RENAME] = "UPDATE deadline SET name = ?2, state = ?3 WHERE id = ?1",
	[STMT_DEADLINE_OF] =
		"SELECT " DEADLINE_COLUMNS " FROM deadline d CROSS JOIN cases c ON c.id = ?1"
		" WHERE d.id BETWEEN ?1 << 20 AND (?1 << 20) + 1048575 AND d.status + 0 IN (0, 5)"
		" ORDER BY d.id",
	/* out of the indexes alone */
	[STMT_DEADLINE_DUE] =
		"SELECT id, next_ms FROM deadline INDEXED BY deadline_open"
		" WHERE status = 0 AND next_ms <= ?1"
		" UNION ALL SELECT id, next_ms FROM deadline INDEXED BY deadline_watched"
		" WHERE status = 5 AND next_ms <= ?1 ORDER BY 2, 1 LIMIT ?2",
	[STMT_RUNG_GET] =
		"SELECT d.status, d.timer, d.name, d.due_day, d.due_ms, d.provisional, d.rung,"
		" d.next_ms, d.lead, d.suspended, d.counted, c.workflow, c.key, c.definition,"
		" c.region FROM deadline d CROSS JOIN cases c ON c.id = d.id >> 20 WHERE d.id = ?1",
	[STMT_RUNG_PUT] = "UPDATE deadline SET rung = ?2, next_ms = ?3 WHERE id = ?1",
	[STMT_CASE_DATA] = "SELECT data FROM cases WHERE id = ?1",
	[STMT_DEADLINE_NEXT] =
		"SELECT min(ifnull((SELECT next_ms FROM deadline INDEXED BY deadline_open"
		" WHERE status = 0 ORDER BY next_ms LIMIT 1), 9223372036854775807),"
		" ifnull((SELECT next_ms FROM deadline INDEXED BY deadline_watched"
		" WHERE status = 5 ORDER BY next_ms LIMIT 1), 9223372036854775807))",
	[STMT_DEADLINE_LIST_OPEN] =
		"SELECT " DEADLINE_COLUMNS " FROM deadline d INDEXED BY deadline_open"
		" CROSS JOIN cases c ON c.id = d.id >> 20 WHERE d.status = 0" DEADLINE_FILTER,
	[STMT_DEADLINE_LIST_CASE] =
		"SELECT " DEADLINE_COLUMNS " FROM deadline d CROSS JOIN cases c ON c.id = ?11"
		" WHERE d.id BETWEEN ?11 << 20 AND (?11 << 20) + 1048575" DEADLINE_FILTER,
	[STMT_DEADLINE_LIST_ANY] = "SELECT " DEADLINE_COLUMNS " FROM deadline d CROSS JOIN cases c"
				   " ON c.id = d.id >> 20 WHERE 1" DEADLINE_FILTER,
	[STMT_DEADLINE_COUNT] =
		"SELECT lead, name, count(*), sum(due_ms <= ?1 AND suspended = 0) FROM deadline"
		" INDEXED BY deadline_open WHERE status = 0 AND timer = 0 GROUP BY lead, name",
	[STMT_ITEM_ADD] = "INSERT INTO item(claim, unit, case_id, deadline_id, created_ms, urgent,"
			  " body, message_id, channel, send_ms)"
			  " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
			  " ON CONFLICT(case_id, claim) DO NOTHING",
	[STMT_ITEM_ASSIGN] = "UPDATE item SET message_id = ?2 WHERE id = ?1",
	[STMT_ITEM_WAITING] =
		"SELECT " ITEM_COLUMNS " FROM item INDEXED BY item_waiting WHERE message_id = 0"
		" ORDER BY unit, channel, urgent DESC, id",
	[STMT_ITEM_NEXT] = "SELECT send_ms FROM item INDEXED BY item_send WHERE message_id = 0"
			   " ORDER BY send_ms LIMIT 1",
	[STMT_ITEM_PLACE] =
		"SELECT unit, channel FROM item INDEXED BY item_send"
		" WHERE message_id = 0 AND send_ms <= ?1 ORDER BY send_ms, unit, channel LIMIT 1",
	[STMT_ITEM_DUE] =
		"SELECT " ITEM_COLUMNS " FROM item INDEXED BY item_waiting WHERE message_id = 0"
		" AND unit = ?1 AND channel IS ?2 AND send_ms <= ?3 ORDER BY urgent DESC, id"
		" LIMIT ?4",
	[STMT_ITEM_PUT_OFF_ONE] = "UPDATE item SET send_ms = ?2 WHERE id = ?1",
	[STMT_ITEM_PUT_OFF] = "UPDATE item INDEXED BY item_waiting SET send_ms = ?4"
			      " WHERE message_id = 0 AND unit = ?1 AND channel IS ?2"
			      " AND send_ms <= ?3",
	[STMT_DEADLINE_AGENDA] =
		"SELECT " DEADLINE_COLUMNS ", ifnull(m.n, 0), ifnull(m.at_ms, 0) FROM deadline d"
		" CROSS JOIN cases c ON c.id = d.id >> 20 LEFT JOIN deadline_moved m ON m.id = d.id"
		" WHERE d.timer = 0 AND (d.status = 0 OR d.ended_ms >= ?1) ORDER BY d.id",
	[STMT_DEADLINE_GET] =
		"SELECT status, suspended, due_day, next_ms FROM deadline WHERE id = ?1",
	[STMT_MESSAGE_ADD] = "INSERT INTO message(claim, unit, channel, body, created_ms, status,"
			     " attempts, next_ms, ended_ms, error, urgent)"
			     " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
			     " ON CONFLICT(claim) DO NOTHING",
	[STMT_MESSAGE_ID] = "SELECT id FROM message WHERE claim = ?1",
	[STMT_MESSAGE_UPDATE] = "UPDATE message SET status = ?2, attempts = ?3, next_ms = ?4,"
				" ended_ms = ?5, error = ?6 WHERE id = ?1",
	[STMT_MESSAGE_PENDING] =
		"SELECT " MESSAGE_COLUMNS " FROM message INDEXED BY message_live"
		" WHERE status = 0 AND status <> 1 AND next_ms <= ?1 ORDER BY id LIMIT ?2",
	[STMT_MESSAGE_LIST] = "SELECT " MESSAGE_COLUMNS " FROM message WHERE id > ?1"
			      " AND (?2 IS NULL OR unit = ?2) AND (?3 IS NULL OR status = ?3)"
			      " ORDER BY id LIMIT ?4",
	[STMT_MESSAGE_RENEW] = "UPDATE message SET status = 0, attempts = 0, next_ms = ?3,"
			       " ended_ms = 0, error = NULL, channel = ifnull(?2, channel),"
			       " renewed = 1"
			       " WHERE id = ?1",
	[STMT_MESSAGE_GET] = "SELECT " MESSAGE_COLUMNS " FROM message WHERE id = ?1",
	[STMT_MESSAGE_DEAD] = "SELECT " MESSAGE_COLUMNS " FROM message INDEXED BY message_live"
			      " WHERE status = 2 AND status <> 1 AND id > ?1 ORDER BY id LIMIT ?2",
	[STMT_MESSAGE_CHANNEL] =
		"SELECT " MESSAGE_COLUMNS " FROM message INDEXED BY message_channel"
		" WHERE status = 0 AND channel = ?2 AND urgent = ?4 AND id > ?1"
		" ORDER BY id LIMIT ?3",
	[STMT_MESSAGE_AFTER] = "SELECT " MESSAGE_COLUMNS " FROM message INDEXED BY message_live"
			       " WHERE status = 0 AND status <> 1 AND id > ?1 ORDER BY id LIMIT ?3",
	[STMT_ITEM_UNIT] = "SELECT " ITEM_COLUMNS " FROM item INDEXED BY item_waiting"
			   " WHERE message_id = 0 AND unit = ?1"
			   " ORDER BY unit, channel, urgent DESC, id",
	[STMT_ITEM_MESSAGE] = "SELECT " ITEM_COLUMNS " FROM item INDEXED BY item_message"
			      " WHERE message_id = ?1 AND message_id > 0 ORDER BY id",
	[STMT_NOTICE_CASE] =
		NOTICE_COLUMNS " WHERE i.case_id = ?1 AND i.id < ?2 ORDER BY i.id DESC LIMIT ?3",
	[STMT_NOTICE_MESSAGE] =
		NOTICE_COLUMNS " WHERE i.message_id = ?1 AND i.message_id > 0 ORDER BY i.id",
	/* cases and entries are never deleted, so the largest id counts them */
	[STMT_STATS] = "SELECT ifnull((SELECT max(id) FROM cases), 0),"
		       " ifnull((SELECT max(seq) FROM journal), 0),"
		       " (SELECT count(*) FROM deadline INDEXED BY deadline_open WHERE status = 0),"
		       " (SELECT count(*) FROM message INDEXED BY message_live"
		       " WHERE status = 0 AND status <> 1),"
		       " (SELECT count(*) FROM message INDEXED BY message_live"
		       " WHERE status = 2 AND status <> 1),"
		       " (SELECT user_version FROM pragma_user_version)",
};

anju_status sqlite_fail(anju_error *err, sqlite3 *handle, int rc, const char *what)
{
	anju_status st = ANJU_E_IO;
	const char *id = "store.io";
	switch (rc & 0xff) {
	case SQLITE_FULL:
		st = ANJU_E_FULL;
		id = "store.full";
		break;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		st = ANJU_E_CORRUPT;
		id = "store.corrupt";
		break;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		st = ANJU_E_BUSY;
		id = "store.busy";
		break;
	case SQLITE_NOMEM:
		st = ANJU_E_NOMEM;
		id = "mem.out";
		break;
	case SQLITE_INTERRUPT:
		st = ANJU_E_CANCELED;
		id = "store.canceled";
		break;
	case SQLITE_CONSTRAINT:
		st = ANJU_E_EXISTS;
		id = "store.exists";
		break;
	case SQLITE_TOOBIG:
		st = ANJU_E_LIMIT;
		id = "store.too_big";
		break;
	case SQLITE_ERROR:
	case SQLITE_MISUSE:
		st = ANJU_E_INTERNAL;
		id = "store.internal";
		break;
	default:
		break;
	}
	const char *text = handle != NULL ? sqlite3_errmsg(handle) : sqlite3_errstr(rc);
	(void)anju_fail(err, st, id, "%s: %s (%d)", what, text, rc);
	anju_error_found(err, "@say.sqlite|%d|%s", rc, sqlite3_errstr(rc));
	if (err != NULL) {
		err->origin = ANJU_ORIGIN_SQLITE;
		err->cause = rc;
	}
	return st;
}

int db_code(const struct db *db)
{
	return sqlite3_extended_errcode(db->handle);
}

sqlite3_stmt *db_stmt(struct db *db, enum stmt id)
{
	sqlite3_stmt *cached = db->stmts[id];
	if (cached != NULL && !sqlite3_stmt_busy(cached))
		return cached;
	sqlite3_stmt *stmt = NULL;
	unsigned flags = cached == NULL ? SQLITE_PREPARE_PERSISTENT : 0;
	if (sqlite3_prepare_v3(db->handle, sql[id], -1, flags, &stmt, NULL) != SQLITE_OK)
		return NULL;
	/* a second one, because a callback reads while its own row is on the table, is not kept */
	if (cached == NULL)
		db->stmts[id] = stmt;
	return stmt;
}

void db_done(struct db *db, enum stmt id, sqlite3_stmt *stmt)
{
	if (stmt == db->stmts[id])
		(void)sqlite3_reset(stmt); /* repeats the code that step gave */
	else
		(void)sqlite3_finalize(stmt);
	if (db->durable != NULL && sqlite3_get_autocommit(db->handle))
		durable_wait(db->durable);
}

int db_run(struct db *db, enum stmt id, sqlite3_stmt *stmt)
{
	int rc = sqlite3_step(stmt);
	db_done(db, id, stmt);
	return rc == SQLITE_DONE || rc == SQLITE_ROW ? SQLITE_OK : rc;
}

anju_status db_end(
	struct db *db, enum stmt id, sqlite3_stmt *stmt, int rc, const char *what, anju_error *err)
{
	anju_status st = ANJU_OK;
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		st = sqlite_fail(err, db->handle, rc, what);
	db_done(db, id, stmt);
	return st;
}

int db_exec(struct db *db, enum stmt id)
{
	sqlite3_stmt *stmt = db_stmt(db, id);
	return stmt == NULL ? db_code(db) : db_run(db, id, stmt);
}

void db_bind_text(sqlite3_stmt *stmt, int at, const char *text)
{
	/* borrowed for the call, which is as long as the statement runs; NULL binds NULL */
	(void)sqlite3_bind_text(stmt, at, text, -1, SQLITE_STATIC);
}

const char *db_text(sqlite3_stmt *stmt, int column)
{
	const char *text = (const char *)sqlite3_column_text(stmt, column);
	return text != NULL ? text : "";
}

const void *db_blob(sqlite3_stmt *stmt, int column)
{
	const void *data = sqlite3_column_blob(stmt, column); /* NULL for an empty one, too */
	return data != NULL ? data : "";
}

anju_status db_keep(struct db *db, const char **texts[], size_t n, anju_error *err)
{
	size_t at[16];
	anju_assert(n <= 16);
	buf_reset(&db->scratch);
	for (size_t i = 0; i < n; i++) {
		at[i] = db->scratch.len;
		if (*texts[i] != NULL)
			buf_add(&db->scratch, *texts[i], strlen(*texts[i]) + 1);
	}
	if (db->scratch.failed)
		return anju_fail_nomem(err);
	for (size_t i = 0; i < n; i++) {
		if (*texts[i] != NULL)
			*texts[i] = db->scratch.data + at[i];
	}
	return ANJU_OK;
}

/* --- interned texts --- */

static uint32_t hash_text(const char *s)
{
	uint32_t h = 2166136261u; /* FNV-1a */
	for (; *s != '\0'; s++)
		h = (h ^ (uint8_t)*s) * 16777619u;
	return h;
}

static void slot_put(struct intern *in, const char *text, uint32_t id)
{
	size_t at = hash_text(text) & (in->slots_cap - 1);
	while (in->slots[at] != 0)
		at = (at + 1) & (in->slots_cap - 1);
	in->slots[at] = id;
}

int64_t intern_known(const struct intern *in, const char *text)
{
	if (in->slots_cap == 0)
		return 0;
	size_t at = hash_text(text) & (in->slots_cap - 1);
	while (in->slots[at] != 0) {
		if (strcmp(in->texts[in->slots[at] - 1], text) == 0)
			return in->slots[at];
		at = (at + 1) & (in->slots_cap - 1);
	}
	return 0;
}

static void slots_fill(struct intern *in)
{
	memset(in->slots, 0, in->slots_cap * sizeof in->slots[0]);
	for (size_t i = 0; i < in->len; i++)
		slot_put(in, in->texts[i], (uint32_t)(i + 1));
}

static bool intern_grow(struct intern *in)
{
	size_t cap = in->cap == 0 ? 64 : in->cap * 2;
	char **texts = realloc(in->texts, cap * sizeof texts[0]);
	if (texts == NULL)
		return false;
	in->texts = texts;
	uint32_t *slots = realloc(in->slots, cap * 2 * sizeof slots[0]);
	if (slots == NULL)
		return false;
	in->slots = slots;
	in->slots_cap = cap * 2;
	in->cap = cap;
	slots_fill(in);
	return true;
}

bool intern_push(struct intern *in, const char *text)
{
	if (in->len == in->cap && !intern_grow(in))
		return false;
	char *copy = strdup(text);
	if (copy == NULL)
		return false;
	in->texts[in->len++] = copy;
	slot_put(in, copy, (uint32_t)in->len);
	return true;
}

/** Read what was added since; a result code of SQLite. */
static int intern_load(struct db *db, struct intern *in)
{
	sqlite3_stmt *stmt = db_stmt(db, in->load);
	if (stmt == NULL)
		return db_code(db);
	(void)sqlite3_bind_int64(stmt, 1, (int64_t)in->len);
	int rc;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		if (sqlite3_column_int64(stmt, 0) != (int64_t)in->len + 1) {
			rc = SQLITE_CORRUPT;
			break;
		}
		if (!intern_push(in, db_text(stmt, 1))) {
			rc = SQLITE_NOMEM;
			break;
		}
	}
	db_done(db, in->load, stmt);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

anju_status intern_find(
	struct db *db, struct intern *in, const char *text, int64_t *ret, anju_error *err)
{
	int64_t id = intern_known(in, text);
	if (id == 0) {
		int rc = intern_load(db, in);
		if (rc != SQLITE_OK)
			return sqlite_fail(err, NULL, rc, "reading words");
		id = intern_known(in, text);
	}
	*ret = id;
	return ANJU_OK;
}

anju_status intern_filter(
	struct db *db, const char *text, int64_t *ret, bool *ret_none, anju_error *err)
{
	int64_t id = 0;
	anju_status st = text == NULL ? ANJU_OK : intern_find(db, &db->words, text, &id, err);
	if (st != ANJU_OK)
		return st;
	*ret = id;
	*ret_none = text != NULL && id == 0;
	return ANJU_OK;
}

const char *intern_text(struct db *db, struct intern *in, int64_t id)
{
	if (id > (int64_t)in->len)
		(void)intern_load(db, in); /* see the header */
	return id >= 1 && id <= (int64_t)in->len ? in->texts[id - 1] : "";
}

void intern_cut(struct intern *in, size_t len)
{
	if (len >= in->len)
		return;
	while (in->len > len)
		free(in->texts[--in->len]);
	slots_fill(in);
}
