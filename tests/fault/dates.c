#include "dates.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "counting.h"
#include "engine/recount_impl.h"
#include "power.h"

static const struct principal admin = {.admin = true};

static anju_status ask(struct world *w, struct command *cmd)
{
	cmd->who = admin;
	engine_run(w->engine, cmd);
	anju_status st = cmd->status;
	if (st != ANJU_OK && st != ANJU_E_IO && st != ANJU_E_FULL)
		violation(w, "counting again: %s %s", cmd->err.id, cmd->err.text);
	command_free(cmd);
	return st;
}

static bool add_id(void *ctx, const struct store_case *row)
{
	struct recount_page *page = ctx;
	page->ids[page->len++] = row->id;
	return page->len < RECOUNT_PAGE;
}

static bool read_page(struct world *w, int64_t after, struct recount_page *page)
{
	ANJU_AUTO(store_reader) reader = NULL;
	anju_error err = {0};
	struct store_case_filter filter = {.done = 0, .after_id = after, .limit = RECOUNT_PAGE};
	return store_reader_open(w->folder, &reader, &err) == ANJU_OK &&
	       store_read_cases(reader, &filter, add_id, page, &err) == ANJU_OK;
}

static void check_counted(struct world *w, const struct recount_page *page)
{
	if (page->sum.failed == 0)
		return;
	ANJU_AUTO_MEM char *why = json_text(page->sum.failures);
	violation(w, "dates cannot be counted: %s", why);
}

/* --- downtime --- */

void be_absent(struct world *w, int64_t to_ms)
{
	char path[96], sql[160];
	sqlite3 *db = NULL;
	if (to_ms <= engine_now(w->engine))
		return;
	close_world(w);
	if (power_is_off())
		power_return();
	power_arm(POWER_FAILS, 0);
	snprintf(path, sizeof path, "%s/anju.db", w->folder);
	snprintf(sql, sizeof sql, "INSERT OR REPLACE INTO meta VALUES('clock', '%lld')",
		(long long)to_ms);
	if (sqlite3_open(path, &db) != SQLITE_OK ||
		sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		violation(w, "the clock cannot be set: %s", sqlite3_errmsg(db));
	sqlite3_close(db);
	start(w);
}

/* --- what must hold --- */

void check_clock(struct world *w)
{
	anju_error err = {0};
	int64_t now = engine_now(w->engine), due = 0, item = 0;
	if (store_next_due(w->store, &due, &err) != ANJU_OK ||
		store_items_next(w->store, &item, &err) != ANJU_OK)
		return; /* off */
	if (due <= now)
		violation(w, "at %lld a deadline is still due since %lld", (long long)now,
			(long long)due);
	if (item <= now)
		violation(w, "at %lld a line still waits since %lld", (long long)now,
			(long long)item);
}

#define NEVER "9223372036854775807"

/* Each gives no row; the first column tells what is wrong. */
static const char *const never[] = {
	"SELECT 'suspended, and looked at: ' || id FROM deadline WHERE status = 0 AND suspended = 1"
	" AND next_ms <> " NEVER,
	"SELECT 'ended, and looked at: ' || id FROM deadline WHERE status IN (1, 2, 3, 4) AND"
	" (next_ms <> " NEVER " OR suspended = 1)",
	"SELECT 'watched, and not looked at: ' || id FROM deadline WHERE status = 5 AND next_ms "
	"= " NEVER,
	"SELECT 'runs in a case that has ended: ' || c.key || ' ' || d.id || ' ' || d.status FROM "
	"deadline d JOIN cases c ON"
	" c.id = d.id >> 20 WHERE c.done = 1 AND d.status IN (0, 5)",
	"SELECT 'runs twice: ' || min(id) FROM deadline WHERE status IN (0, 5) GROUP BY id >> 20, "
	"name"
	" HAVING count(*) > 1",
	"SELECT 'told twice: ' || min(claim) || ' ' || max(claim) || ' ' || body FROM item"
	" WHERE body LIKE '%\"kind\":\"deadline\"%' GROUP BY unit, channel, deadline_id, body"
	" HAVING count(*) > 1",
	"SELECT 'its message is not there: ' || claim FROM item WHERE message_id > 0 AND message_id"
	" NOT IN (SELECT id FROM message)",
	"SELECT 'an urgent message in quiet hours: ' || id FROM message WHERE urgent = 1 AND"
	" unit = '610322.land' AND ((created_ms + 28800000) % 86400000 < 25200000 OR"
	" (created_ms + 28800000) % 86400000 >= 79200000)",
	"SELECT 'suspended by its log, and runs: ' || c.key || ' ' || w.text FROM deadline d JOIN "
	"cases c"
	" ON c.id = d.id >> 20 JOIN word w ON w.id = d.name, json_each(c.meta, '$.duties') l"
	" WHERE l.key = w.text AND d.status = 0 AND d.suspended <> ifnull((SELECT"
	" json_extract(e.value, '$.op') = 'suspend' FROM json_each(l.value) e WHERE"
	" json_extract(e.value, '$.op') IN ('suspend', 'resume', 'lapse', 'met', 'end') ORDER BY "
	"e.key"
	" DESC LIMIT 1), 0)",
};

static int found(void *ctx, int n, char **values, char **names)
{
	violation(ctx, "%s", values[0] != NULL ? values[0] : "a row without words");
	return 0;
}

void check_rows(struct world *w)
{
	char path[96];
	sqlite3 *db = NULL;
	snprintf(path, sizeof path, "%s/anju.db", w->folder);
	bool fine = sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK;
	for (size_t i = 0; fine && i < sizeof never / sizeof never[0]; i++)
		fine = sqlite3_exec(db, never[i], found, w, NULL) == SQLITE_OK;
	if (!fine)
		violation(w, "rows: %s", sqlite3_errmsg(db));
	sqlite3_close(db);
}

/* While they are being counted again, those that it has come past. */
static bool settled_until(struct world *w, int64_t *ret)
{
	struct counting at;
	if (!counting_read(w, &at))
		return false;
	*ret = at.done ? INT64_MAX : at.after;
	return true;
}

void check_dates(struct world *w)
{
	int64_t after = 0, until;
	bool more = w->engine != NULL && settled_until(w, &until);
	while (more && w->wrong[0] == '\0') {
		struct recount_page page = {.all = true, .reason = {"核对", "checked"}};
		if (!read_page(w, after, &page))
			return;
		while (page.len > 0 && page.ids[page.len - 1] > until)
			page.len--;
		if (page.len == 0)
			return;
		struct command *cmd = command_new(COMMAND_RECOUNT);
		cmd->dry_run = true;
		cmd->recount = &page;
		if (!recount_sum_init(&page.sum))
			abort();
		more = ask(w, cmd) == ANJU_OK;
		ANJU_AUTO_MEM char *rows = json_text(page.sum.rows);
		if (more)
			check_counted(w, &page);
		if (more && page.sum.moved > 0)
			violation(w, "dates that are not what their rules say: %s", rows);
		recount_sum_done(&page.sum);
		after = page.ids[page.len - 1];
	}
}

static int add_line(void *ctx, int n, char **values, char **names)
{
	struct buf *out = ctx;
	for (int i = 0; i < n; i++)
		buf_addf(out, "%s%c", values[i] != NULL ? values[i] : "-", i + 1 < n ? ' ' : '\n');
	return 0;
}

void add_rows(struct world *w, struct buf *out)
{
	static const char *const rows[] = {
		"SELECT 'waiting', unit, channel, send_ms, urgent, body FROM item WHERE message_id "
		"= 0"
		" ORDER BY unit, channel, send_ms, body",
		"SELECT 'meta', name, value FROM meta WHERE name LIKE 'obligation%' ORDER BY name",
		/* its total is what there was when it was last taken up */
		"SELECT 'counted', json_remove(value, '$.total') FROM meta WHERE name = 'recount'",
		"SELECT 'notices', value FROM meta WHERE name = 'notices'",
	};
	char path[96];
	sqlite3 *db = NULL;
	snprintf(path, sizeof path, "%s/anju.db", w->folder);
	bool fine = sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK;
	for (size_t i = 0; fine && i < sizeof rows / sizeof rows[0]; i++)
		fine = sqlite3_exec(db, rows[i], add_line, out, NULL) == SQLITE_OK;
	if (!fine)
		violation(w, "rows: %s", sqlite3_errmsg(db));
	sqlite3_close(db);
}
