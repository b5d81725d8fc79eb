#include "house.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/json.h"

static struct pack_set *packs;

struct pack_set *house_packs(void)
{
	anju_error err;
	const struct pack_options options = {.dir = FUZZ_SOURCE "/tests/data/engine"};
	if (packs == NULL && pack_load(&options, &packs, &err) != ANJU_OK)
		fuzz_failed(__FILE__, __LINE__, "%s: %s", err.id, err.text);
	return packs;
}

static void finished(void *ctx, struct command *list, int64_t last_seq, bool messages)
{
	struct house *house = ctx;
	for (const struct command *c = list; c != NULL; c = c->next)
		house->changed = house->changed || (c->status == ANJU_OK && !c->dry_run);
	if (house->finished != NULL)
		house->finished(house->ctx, list, last_seq, messages);
}

anju_status house_open(struct house *house, anju_error *err)
{
	static struct calendar *calendar;
	if (calendar == NULL)
		calendar = calendar_new();
	const struct store_options so = {.folder = house->folder, .scratch = true};
	anju_status st = store_open(&so, &house->store, err);
	if (st != ANJU_OK)
		return st;
	const struct engine_options eo = {.store = house->store,
		.packs = house_packs(),
		.calendar = calendar,
		.channel = "spool",
		.manual_clock = true,
		.manual_start_ms = HOUSE_START_MS,
		.no_thread = true,
		.finished = finished,
		.ctx = house};
	house->changed = false;
	st = engine_start(&eo, &house->engine, err);
	if (st != ANJU_OK)
		house_close(house);
	return st;
}

void house_close(struct house *house)
{
	engine_free(house->engine);
	store_free(house->store);
	house->engine = NULL;
	house->store = NULL;
}

static void fill_command(struct command *c, const char *unit)
{
	const json_t *p = c->params;
	c->who.unit = org_unit(pack_set_org(packs), unit);
	c->who.admin = unit[0] == '\0';
	c->workflow = json_string_value(json_object_get(p, "workflow"));
	c->key = json_string_value(json_object_get(p, "key"));
	c->event = json_string_value(json_object_get(p, "event"));
	c->data = json_object_get(p, "data");
	c->docs = json_object_get(p, "docs");
	c->reason = json_string_value(json_object_get(p, "reason"));
	c->idem = json_string_value(json_object_get(p, "idem"));
	c->to_ms = json_integer_value(json_object_get(p, "to_ms"));
}

anju_status house_run(struct house *house, enum command_kind kind, const char *unit,
	const char *params, anju_error *err)
{
	struct command *c = command_new(kind);
	c->params = json_loads(params, 0, NULL);
	fuzz_assert(c->params != NULL);
	fill_command(c, unit);
	engine_run(house->engine, c);
	anju_status st = c->status;
	*err = c->err;
	command_free(c);
	return st;
}

/* --- the database that all begin with --- */

#define HOUSEHOLD(key) "{\"workflow\":\"household\",\"key\":\"610322-" key "\","

static const struct {
	enum command_kind kind;
	const char *unit, *params;
} beginnings[] = {
	{COMMAND_OPEN, "610322.land",
		"{\"workflow\":\"project\",\"key\":\"S1\",\"data\":{\"county\":\"610322\"}}"},
	{COMMAND_OPEN, "610322.poverty",
		HOUSEHOLD("0001") "\"data\":{\"persons\":3,\"town\":\"610322101.town\"},\"idem\":"
				  "\"o1\"}"},
	{COMMAND_OPEN, "610322.poverty",
		HOUSEHOLD("0002") "\"data\":{\"persons\":2,\"town\":\"610322101.town\"}}"},
	{COMMAND_OPEN, "610322.poverty",
		HOUSEHOLD("0003") "\"data\":{\"persons\":5,\"town\":\"610322101.town\"}}"},
	{COMMAND_SEND, "610322.poverty",
		HOUSEHOLD("0001") "\"event\":\"amend\",\"data\":{\"project\":\"project/S1\"},"
				  "\"reason\":\"assigned\"}"},
	{COMMAND_SEND, "610322.land",
		HOUSEHOLD("0002") "\"event\":\"sign\",\"data\":{\"area_m2\":\"50.00\"},"
				  "\"docs\":[{\"kind\":\"agreement\"}],\"idem\":\"s2\"}"},
	/* over reminders of the deadline, into the next morning's messages */
	{COMMAND_ADVANCE, "", "{\"to_ms\":1503800000000}"},
};

static void make_seed(struct house *house)
{
	anju_error err = {0};
	if (house_open(house, &err) != ANJU_OK)
		fuzz_failed(__FILE__, __LINE__, "%s: %s", err.id, err.text);
	for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++) {
		if (house_run(house, beginnings[i].kind, beginnings[i].unit, beginnings[i].params,
			    &err) != ANJU_OK)
			fuzz_failed(__FILE__, __LINE__, "%s: %s %s", beginnings[i].params, err.id,
				err.text);
	}
	house_sound(house);
	house_close(house);
}

const char *house_seed(void)
{
	static char path[128];
	struct house house = {.folder = ""};
	if (path[0] == '\0') {
		snprintf(house.folder, sizeof house.folder, "%s", fuzz_path("seed"));
		make_seed(&house);
		snprintf(path, sizeof path, "%s/anju.db", house.folder);
	}
	return path;
}

static void copy_file(const char *from, const char *to)
{
	struct stat st;
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	fuzz_assert(in >= 0 && out >= 0 && fstat(in, &st) == 0);
	fuzz_assert(sendfile(out, in, NULL, (size_t)st.st_size) == st.st_size);
	fuzz_assert(close(in) == 0 && close(out) == 0);
}

void house_fresh(struct house *house, const char *name)
{
	static const char *const more[] = {"-wal", "-shm", "-journal"};
	const char *seed = house_seed();
	char path[128];
	*house = (struct house){.folder = ""};
	snprintf(house->folder, sizeof house->folder, "%s", fuzz_path(name));
	fuzz_assert(mkdir(house->folder, 0700) == 0 || errno == EEXIST);
	for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) {
		snprintf(path, sizeof path, "%s/anju.db%s", house->folder, more[i]);
		(void)unlink(path);
	}
	snprintf(path, sizeof path, "%s/anju.db", house->folder);
	copy_file(seed, path);
}

/* --- what is in it --- */

static void add_table(sqlite3 *db, const char *table, struct buf *out)
{
	char sql[96];
	sqlite3_stmt *stmt = NULL;
	snprintf(sql, sizeof sql, "SELECT * FROM %s ORDER BY 1, 2", table);
	fuzz_assert(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		buf_addf(out, "%s", table);
		for (int i = 0; i < sqlite3_column_count(stmt); i++) {
			const unsigned char *p = sqlite3_column_blob(stmt, i);
			int n = sqlite3_column_bytes(stmt, i);
			bool blob = sqlite3_column_type(stmt, i) == SQLITE_BLOB;
			buf_addc(out, '|');
			for (int k = 0; blob && k < n; k++)
				buf_addf(out, "%02x", p[k]);
			if (!blob && n > 0)
				buf_add(out, p, (size_t)n);
		}
		buf_addc(out, '\n');
	}
	sqlite3_finalize(stmt);
}

char *house_rows(const struct house *house)
{
	static const char *const tables[] = {
		"word", "cases", "journal", "deadline", "relation", "item", "message"};
	char path[128];
	sqlite3 *db = NULL;
	struct buf out = BUF_INIT;
	snprintf(path, sizeof path, "%s/anju.db", house->folder);
	fuzz_assert(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK);
	for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
		add_table(db, tables[i], &out);
	fuzz_assert(sqlite3_close(db) == SQLITE_OK && !out.failed);
	return buf_take(&out);
}

static void tell(void *ctx, const anju_error *trouble)
{
	fuzz_failed(__FILE__, __LINE__, "%s: %s", trouble->id, trouble->text);
}

void house_sound(const struct house *house)
{
	anju_error err = {0};
	ANJU_AUTO(store_reader) reader = NULL;
	if (store_reader_open(house->folder, &reader, &err) != ANJU_OK ||
		store_check(reader, tell, NULL, &err) != ANJU_OK)
		fuzz_failed(__FILE__, __LINE__, "%s: %s", err.id, err.text);
}
