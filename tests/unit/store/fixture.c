#include "fixture.h"

#include <dirent.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#include "unit/support.h"

void fixture_init(struct fixture *f)
{
	memset(f, 0, sizeof *f);
	snprintf(f->folder, sizeof f->folder, "/tmp/anju-store-XXXXXX");
	cr_assert_not_null(mkdtemp(f->folder));
}

void fixture_open(struct fixture *f)
{
	struct store_options options = {.folder = f->folder};
	assert_ok(store_open(&options, &f->store, &f->err), f->err);
}

void fixture_close(struct fixture *f)
{
	store_free(f->store);
	f->store = NULL;
}

void fixture_done(struct fixture *f)
{
	fixture_close(f);
	DIR *dir = opendir(f->folder);
	cr_assert_not_null(dir);
	for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir))
		(void)unlink(fixture_path(f, e->d_name)); /* "." and ".." refuse */
	closedir(dir);
	cr_assert_eq(rmdir(f->folder), 0);
}

const char *fixture_path(const struct fixture *f, const char *name)
{
	static char path[512];
	snprintf(path, sizeof path, "%s/%s", f->folder, name);
	return path;
}

struct store_case sample_case(const char *key)
{
	struct store_case row = {
		.workflow = "household",
		.key = key,
		.hash = "6a0f",
		.rev = 1,
		.region = "610322101",
		.phase = "agree",
		.state = "relocation.agree.survey old_home.occupied|h=1",
		.data = "{\"persons\":4}",
		.meta = "{\"docs\":{}}",
		.opened_ms = 1502841600000,
		.updated_ms = 1502841600000,
	};
	memset(row.head, 1, sizeof row.head);
	return row;
}

struct store_entry sample_entry(int64_t case_id, int64_t rev)
{
	struct store_entry entry = {
		.case_id = case_id,
		.rev = rev,
		.recorded_ms = 1502841600000 + rev,
		.effective_ms = 1502841600000 + rev,
		.event = rev == 1 ? "case.open" : "sign_agreements",
		.actor = "610322.land",
		.body = "{\"to\":\"signed\"}",
	};
	memset(entry.hash, (int)rev, sizeof entry.hash);
	return entry;
}

struct store_deadline sample_deadline(int64_t case_id, const char *name, int64_t next_ms)
{
	return (struct store_deadline){
		.case_id = case_id,
		.name = name,
		.state = 7,
		.armed_ms = 1502841600000,
		.due_day = 17409,
		.due_ms = next_ms < INT64_MAX - 1000 ? next_ms + 1000 : next_ms,
		.rung = 1,
		.next_ms = next_ms,
		.lead = "610322.land",
		.responsible = "610322101.town 610322101203.village",
	};
}

int64_t fixture_add_case(struct fixture *f, const char *key)
{
	struct store_case row = sample_case(key);
	int64_t id = 0, seq = 0;
	assert_ok(store_case_insert(f->store, &row, &id, &f->err), f->err);
	struct store_entry entry = sample_entry(id, 1);
	assert_ok(store_journal_append(f->store, &entry, &seq, &f->err), f->err);
	return id;
}

void fixture_step(struct fixture *f, int64_t case_id, int64_t rev)
{
	struct store_entry entry = sample_entry(case_id, rev);
	struct store_case row = sample_case("");
	int64_t seq = 0;
	assert_ok(store_journal_append(f->store, &entry, &seq, &f->err), f->err);
	row.id = case_id;
	row.rev = rev;
	row.data = row.meta = NULL;
	memcpy(row.head, entry.hash, sizeof row.head);
	assert_ok(store_case_update(f->store, &row, &f->err), f->err);
}

void fixture_begin(struct fixture *f)
{
	assert_ok(store_begin(f->store, &f->err), f->err);
}

void fixture_commit(struct fixture *f)
{
	assert_ok(store_commit(f->store, &f->err), f->err);
}

void fixture_sql(const struct fixture *f, const char *sql)
{
	sqlite3 *db = NULL;
	cr_assert_eq(sqlite3_open(fixture_path(f, "anju.db"), &db), SQLITE_OK);
	int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
	cr_assert_eq(rc, SQLITE_OK, "%s: %s", sql, sqlite3_errmsg(db));
	sqlite3_close(db);
}

struct seen {
	char *ids;
	size_t size;
	int n;
};

static void trouble(void *ctx, const anju_error *err)
{
	struct seen *seen = ctx;
	size_t used = strlen(seen->ids);
	cr_assert_eq(err->status, ANJU_E_CORRUPT);
	snprintf(seen->ids + used, seen->size - used, "%s%s", used > 0 ? " " : "", err->id);
	seen->n++;
}

int fixture_check(const struct fixture *f, char *ids, size_t size)
{
	ANJU_AUTO(store_reader) reader = NULL;
	anju_error err;
	struct seen seen = {.ids = ids, .size = size};
	ids[0] = '\0';
	assert_ok(store_reader_open(f->folder, &reader, &err), err);
	anju_status st = store_check(reader, trouble, &seen, &err);
	cr_assert_eq(st, seen.n == 0 ? ANJU_OK : ANJU_E_CORRUPT, "%s", err.text);
	return seen.n;
}
