/**
 * A database that something has happened to, by changes of cells or of bytes: a start, what is then asked of it and
 * anjuctl's own readers refuse it or go on, and never break. After a change of bytes that left it sound, work goes on.
 */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/json.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "fuzz/house.h"

#define CHANGES_MAX 4
#define DAY_MS      INT64_C(86400000)

static const char *const tables[] = {"cases", "journal", "deadline", "definition", "item",
	"message", "meta", "relation", "word", "mark", "deadline_moved"};
#define TABLES (sizeof tables / sizeof tables[0])

/* --- what happens to it --- */

static char *column_name(sqlite3 *db, const char *table, uint32_t which, uint32_t *ret_rows)
{
	char sql[128];
	sqlite3_stmt *stmt = NULL;
	char *name = NULL;
	snprintf(sql, sizeof sql, "SELECT *, count(*) OVER () FROM %s LIMIT 1", table);
	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK &&
		sqlite3_step(stmt) == SQLITE_ROW) {
		int n = sqlite3_column_count(stmt) - 1;
		name = strdup(sqlite3_column_name(stmt, (int)(which % (uint32_t)n)));
		*ret_rows = (uint32_t)sqlite3_column_int(stmt, n);
	}
	sqlite3_finalize(stmt);
	return name;
}

/* The text of a cell with some of it replaced: small changes keep it nearly right. */
static void replace_some(struct fuzz_bytes *b, const char *old, struct buf *out)
{
	size_t len = old != NULL ? strlen(old) : 0;
	size_t at = len > 0 ? fuzz_below(b, 65536) % len : 0;
	size_t cut = fuzz_byte(b) % 32, add = fuzz_byte(b) % 48;
	cut = at + cut < len ? cut : len - at;
	add = add < b->n ? add : b->n;
	buf_add(out, old != NULL ? old : "", at);
	buf_add(out, b->p, add);
	buf_adds(out, old != NULL ? old + at + cut : "");
	buf_addc(out, '\0');
	b->p += add;
	b->n -= add;
}

static char *cell(sqlite3 *db, const char *table, const char *column, uint32_t row)
{
	char *sql = sqlite3_mprintf("SELECT %w FROM %w LIMIT 1 OFFSET %u", column, table, row);
	sqlite3_stmt *stmt = NULL;
	char *text = NULL;
	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK &&
		sqlite3_step(stmt) == SQLITE_ROW && sqlite3_column_text(stmt, 0) != NULL)
		text = strdup((const char *)sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	sqlite3_free(sql);
	return text;
}

static void change_cell(sqlite3 *db, struct fuzz_bytes *b)
{
	const char *table = tables[fuzz_below(b, TABLES)];
	uint32_t rows = 1, kind;
	ANJU_AUTO_MEM char *column = column_name(db, table, fuzz_byte(b), &rows);
	uint32_t row = fuzz_byte(b) % (rows > 0 ? rows : 1);
	if (column == NULL)
		return;
	bool keyed = strcmp(table, "meta") == 0 || strcmp(table, "relation") == 0;
	char *sql = sqlite3_mprintf("UPDATE %w SET %w = ?1 WHERE %s = (SELECT %s FROM %w LIMIT 1 "
				    "OFFSET %u)",
		table, column, keyed ? (table[0] == 'm' ? "name" : "from_case") : "rowid",
		keyed ? (table[0] == 'm' ? "name" : "from_case") : "rowid", table, row);
	sqlite3_stmt *stmt = NULL;
	fuzz_assert(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK);
	ANJU_AUTO_MEM char *old = cell(db, table, column, row);
	ANJU_AUTO_BUF text = BUF_INIT;
	kind = fuzz_below(b, 8);
	if (kind == 0)
		(void)sqlite3_bind_null(stmt, 1);
	else if (kind == 1)
		(void)sqlite3_bind_int64(stmt, 1, (sqlite3_int64)fuzz_word(b));
	else if (kind == 2)
		(void)sqlite3_bind_int64(stmt, 1, (int8_t)fuzz_byte(b));
	else {
		replace_some(b, old, &text);
		(void)sqlite3_bind_text(stmt, 1, text.data, (int)strlen(text.data), SQLITE_STATIC);
	}
	(void)sqlite3_step(
		stmt); /* of another type than the column, or there already: not changed */
	sqlite3_finalize(stmt);
	sqlite3_free(sql);
}

static void change_cells(const char *path, struct fuzz_bytes *b)
{
	sqlite3 *db = NULL;
	fuzz_assert(sqlite3_open(path, &db) == SQLITE_OK);
	(void)sqlite3_exec(db,
		"PRAGMA synchronous = OFF; DROP TRIGGER journal_stays; DROP TRIGGER journal_keeps",
		NULL, NULL, NULL);
	for (int i = 0; i < CHANGES_MAX && b->n > 0; i++)
		change_cell(db, b);
	fuzz_assert(sqlite3_close(db) == SQLITE_OK);
}

static void change_bytes(const char *path, struct fuzz_bytes *b)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	fuzz_assert(fd >= 0);
	off_t size = lseek(fd, 0, SEEK_END);
	for (int i = 0; i < CHANGES_MAX && b->n > 0; i++) {
		uint32_t at = fuzz_below(b, 65536) << 8 | fuzz_byte(b);
		size_t n = 1 + fuzz_below(b, 8);
		n = n < b->n ? n : b->n;
		fuzz_assert(pwrite(fd, b->p, n, (off_t)at % size) == (ssize_t)n);
		b->p += n;
		b->n -= n;
	}
	fuzz_assert(close(fd) == 0);
}

/* --- what is asked of it --- */

static void say(anju_status st, const anju_error *err)
{
	fuzz_assert(st == ANJU_OK || (err->status == st && err->id[0] != '\0'));
	/* what is stored is no input of a peer, but our own mistake it is not either */
	if (st == ANJU_E_INTERNAL)
		fuzz_failed(__FILE__, __LINE__, "internal: %s %s", err->id, err->text);
}

static bool works(struct house *house)
{
	static const struct {
		enum command_kind kind;
		const char *unit, *params;
	} asked[] = {
		{COMMAND_SEND, "610322.land",
			"{\"workflow\":\"household\",\"key\":\"610322-0001\",\"event\":\"sign\","
			"\"data\":{\"area_m2\":\"60.00\"},\"docs\":[{\"kind\":\"agreement\"}]}"},
		{COMMAND_SEND, "610322.gov",
			"{\"workflow\":\"project\",\"key\":\"S1\",\"event\":\"accept\"}"},
		{COMMAND_SEND, "610322.poverty",
			"{\"workflow\":\"household\",\"key\":\"610322-0002\",\"event\":\"reopen\","
			"\"reason\":\"mistake\"}"},
	};
	anju_error err = {0};
	char advance[64];
	bool all = true;
	for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
		anju_status st =
			house_run(house, asked[i].kind, asked[i].unit, asked[i].params, &err);
		say(st, &err);
		all = all && st == ANJU_OK;
	}
	int64_t now = engine_now(house->engine);
	if (now < 0 || now > INT64_C(4102444800000))
		return false; /* a clock that was changed may be anywhere */
	snprintf(advance, sizeof advance, "{\"to_ms\":%lld}", (long long)(now + 40 * DAY_MS));
	anju_status st = house_run(house, COMMAND_ADVANCE, "", advance, &err);
	say(st, &err);
	return all && st == ANJU_OK;
}

static int run_tool(const char *folder, int (*run)(struct cli *))
{
	char *said = NULL;
	size_t n = 0;
	struct cli cli = {.lang = LANG_ZH, .values = {{"data", folder}}, .values_len = 1};
	cli.out = cli.err = open_memstream(&said, &n);
	int code = run(&cli);
	fclose(cli.out);
	free(said);
	return code;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fuzz_bytes b = {data, n};
	struct house house;
	anju_error err = {0};
	char path[128];
	house_fresh(&house, "stored");
	snprintf(path, sizeof path, "%s/anju.db", house.folder);
	bool cells = fuzz_below(&b, 4) != 0, changed = b.n > 0;
	if (cells)
		change_cells(path, &b);
	else
		change_bytes(path, &b);
	int sound = run_tool(house.folder, run_store_check);
	(void)run_tool(house.folder, run_store_dump);
	anju_status st = house_open(&house, &err);
	if (st != ANJU_OK) {
		say(st, &err);
		fuzz_assert(changed);
		return 0;
	}
	bool all = works(&house);
	fuzz_assert(changed || (all && sound == CLI_OK));
	house_close(&house);
	(void)run_tool(house.folder, run_store_check);
	return 0;
}
