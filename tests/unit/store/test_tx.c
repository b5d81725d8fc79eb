/* Transactions, savepoints, the sticky status, opening and migrating. */
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"
#include "store/sqlite.h"
#include "unit/support.h"

static bool has_case(struct fixture *f, const char *key)
{
	struct store_case row;
	anju_status st = store_case_find(f->store, "household", key, &row, &f->err);
	cr_assert(st == ANJU_OK || st == ANJU_E_NOTFOUND);
	return st == ANJU_OK;
}

ANJU_TEST(store, rollback_takes_everything_back)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	fixture_add_case(&f, "a");
	store_rollback(f.store);
	cr_assert(!has_case(&f, "a"));
	fixture_begin(&f);
	int64_t id = fixture_add_case(&f, "b");
	cr_assert_eq(id, 1);
	fixture_step(&f, id, 2);
	fixture_commit(&f);
	cr_assert(has_case(&f, "b"));
	char ids[500];
	cr_assert_eq(fixture_check(&f, ids, sizeof ids), 0, "%s", ids);
	fixture_done(&f);
}

ANJU_TEST(store, savepoint_undoes_one_command_of_a_batch)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	assert_ok(store_savepoint(f.store, &f.err), f.err);
	int64_t a = fixture_add_case(&f, "a");
	assert_ok(store_release(f.store, &f.err), f.err);

	assert_ok(store_savepoint(f.store, &f.err), f.err);
	fixture_step(&f, a, 2);
	fixture_add_case(&f, "lost");
	struct store_case row = sample_case("x");
	row.workflow = "a_new_word";
	int64_t id;
	assert_ok(store_case_insert(f.store, &row, &id, &f.err), f.err);
	store_rollback_to(f.store);

	assert_ok(store_savepoint(f.store, &f.err), f.err);
	fixture_step(&f, a, 2);
	fixture_step(&f, a, 3);
	int64_t b = fixture_add_case(&f, "b");
	assert_ok(store_release(f.store, &f.err), f.err);
	fixture_commit(&f);
	cr_assert(has_case(&f, "a"));
	cr_assert(has_case(&f, "b"));
	cr_assert(!has_case(&f, "lost"));
	fixture_begin(&f);
	fixture_step(&f, a, 4);
	fixture_step(&f, b, 2);
	fixture_commit(&f);
	char ids[500];
	cr_assert_eq(fixture_check(&f, ids, sizeof ids), 0, "%s", ids);
	fixture_done(&f);
}

ANJU_TEST(store, empty_and_nested_savepoints)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	assert_ok(store_savepoint(f.store, &f.err), f.err);
	assert_ok(store_release(f.store, &f.err), f.err);
	assert_ok(store_savepoint(f.store, &f.err), f.err);
	store_rollback_to(f.store);
	assert_ok(store_savepoint(f.store, &f.err), f.err);
	fixture_add_case(&f, "outer");
	assert_ok(store_savepoint(f.store, &f.err), f.err);
	fixture_add_case(&f, "inner");
	store_rollback_to(f.store);
	assert_ok(store_savepoint(f.store, &f.err), f.err);
	fixture_add_case(&f, "kept");
	assert_ok(store_release(f.store, &f.err), f.err);
	assert_ok(store_release(f.store, &f.err), f.err);
	fixture_commit(&f);
	cr_assert(has_case(&f, "outer"));
	cr_assert(!has_case(&f, "inner"));
	cr_assert(has_case(&f, "kept"));
	char ids[500];
	cr_assert_eq(fixture_check(&f, ids, sizeof ids), 0, "%s", ids);
	fixture_done(&f);
}

ANJU_TEST(store, savepoints_nest_eight_deep_and_undo_in_order)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	int64_t a = fixture_add_case(&f, "a");
	for (int i = 2; i <= 9; i++) {
		assert_ok(store_savepoint(f.store, &f.err), f.err);
		fixture_step(&f, a, i);
	}
	/* 9, 8 and 7 go one by one; 6 comes again and stays with 5; 4 goes and takes them along */
	store_rollback_to(f.store);
	store_rollback_to(f.store);
	store_rollback_to(f.store);
	fixture_step(&f, a, 7);
	store_rollback_to(f.store);
	assert_ok(store_savepoint(f.store, &f.err), f.err);
	fixture_step(&f, a, 6);
	assert_ok(store_release(f.store, &f.err), f.err);
	assert_ok(store_release(f.store, &f.err), f.err);
	store_rollback_to(f.store);
	fixture_step(&f, a, 4);
	assert_ok(store_release(f.store, &f.err), f.err);
	assert_ok(store_release(f.store, &f.err), f.err);
	fixture_commit(&f);
	struct store_case row;
	assert_ok(store_case_get(f.store, a, &row, &f.err), f.err);
	cr_assert_eq(row.rev, 4);
	char ids[500];
	cr_assert_eq(fixture_check(&f, ids, sizeof ids), 0, "%s", ids);
	fixture_done(&f);
}

ANJU_TEST(store, inner_undo_clears_an_inner_failure_and_keeps_the_outer_work)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	assert_ok(store_savepoint(f.store, &f.err), f.err);
	fixture_add_case(&f, "outer");
	assert_ok(store_savepoint(f.store, &f.err), f.err);
	fixture_add_case(&f, "inner");
	struct store_case row = sample_case("outer");
	int64_t id = -1;
	assert_status(store_case_insert(f.store, &row, &id, NULL), ANJU_E_EXISTS);
	assert_status(store_savepoint(f.store, &f.err), ANJU_E_EXISTS);
	/* a failed release leaves the savepoint: it is the one undone */
	assert_status(store_release(f.store, &f.err), ANJU_E_EXISTS);
	store_rollback_to(f.store);
	fixture_add_case(&f, "later");
	assert_ok(store_release(f.store, &f.err), f.err);
	fixture_commit(&f);
	cr_assert(has_case(&f, "outer"));
	cr_assert(!has_case(&f, "inner"));
	cr_assert(has_case(&f, "later"));
	char ids[500];
	cr_assert_eq(fixture_check(&f, ids, sizeof ids), 0, "%s", ids);
	fixture_done(&f);
}

ANJU_TEST(store, first_failure_sticks_until_the_savepoint_is_undone)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	fixture_add_case(&f, "a");
	assert_ok(store_savepoint(f.store, &f.err), f.err);
	struct store_case row = sample_case("a");
	int64_t id = -1;
	assert_status(store_case_insert(f.store, &row, &id, NULL), ANJU_E_EXISTS);
	/* later writes are not made, and say why */
	anju_error err = {0};
	row = sample_case("after");
	assert_status(store_case_insert(f.store, &row, &id, &err), ANJU_E_EXISTS);
	cr_assert_str_eq(err.id, "store.key_taken");
	assert_status(store_meta_put(f.store, "x", "y", &err), ANJU_E_EXISTS);
	assert_status(store_release(f.store, &err), ANJU_E_EXISTS);
	store_rollback_to(f.store);
	fixture_add_case(&f, "b");
	fixture_commit(&f);
	cr_assert(has_case(&f, "a"));
	cr_assert(has_case(&f, "b"));
	cr_assert(!has_case(&f, "after"));
	fixture_done(&f);
}

ANJU_TEST(store, commit_reports_the_sticky_failure_and_rolls_back)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	fixture_add_case(&f, "a");
	struct store_case row = sample_case("a");
	int64_t id = -1;
	assert_status(store_case_insert(f.store, &row, &id, NULL), ANJU_E_EXISTS);
	assert_status(store_commit(f.store, &f.err), ANJU_E_EXISTS);
	cr_assert_str_eq(f.err.id, "store.key_taken");
	cr_assert(!has_case(&f, "a"));
	fixture_begin(&f);
	fixture_add_case(&f, "a");
	fixture_commit(&f);
	cr_assert(has_case(&f, "a"));
	fixture_done(&f);
}

ANJU_TEST(store, row_may_be_written_before_or_after_its_entry)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	int64_t a = fixture_add_case(&f, "a"), seq = 0;
	struct store_case second = sample_case("b");
	int64_t b = 0;
	assert_ok(store_case_insert(f.store, &second, &b, &f.err), f.err);
	struct store_entry entry = sample_entry(a, 2);
	struct store_case row = sample_case("a");
	row.id = a;
	row.rev = 2;
	memcpy(row.head, entry.hash, sizeof row.head);
	assert_ok(store_case_update(f.store, &row, &f.err), f.err);
	/* the first entry of b comes between, so what both rows foresaw is wrong */
	struct store_entry first = sample_entry(b, 1);
	assert_ok(store_journal_append(f.store, &first, &seq, &f.err), f.err);
	assert_ok(store_journal_append(f.store, &entry, &seq, &f.err), f.err);
	fixture_commit(&f);
	char ids[500];
	cr_assert_eq(fixture_check(&f, ids, sizeof ids), 0, "%s", ids);
	fixture_close(&f);
	fixture_open(&f);
	fixture_begin(&f);
	fixture_step(&f, a, 3);
	fixture_commit(&f);
	cr_assert_eq(fixture_check(&f, ids, sizeof ids), 0, "%s", ids);
	fixture_done(&f);
}

ANJU_TEST(store, many_cases_in_many_transactions)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	for (int batch = 0; batch < 40; batch++) {
		fixture_begin(&f);
		for (int i = 0; i < 50; i++) {
			char key[32];
			snprintf(key, sizeof key, "%d-%d", batch, i);
			assert_ok(store_savepoint(f.store, &f.err), f.err);
			int64_t id = fixture_add_case(&f, key);
			if (i % 7 == 3)
				store_rollback_to(f.store);
			else
				assert_ok(store_release(f.store, &f.err), f.err);
			if (i % 7 != 3)
				fixture_step(&f, id, 2);
		}
		if (batch % 5 == 4)
			store_rollback(f.store);
		else
			fixture_commit(&f);
	}
	char ids[500];
	cr_assert_eq(fixture_check(&f, ids, sizeof ids), 0, "%s", ids);
	fixture_done(&f);
}

/** Case `a` takes every kind of write, commands after it are undone, and it must come out the same. */
ANJU_TEST(store, writes_before_an_undone_command_stay)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	int64_t a = fixture_add_case(&f, "a"), b = fixture_add_case(&f, "b"), id = 0, other = 0;
	bool fresh = false;
	fixture_step(&f, a, 2);
	struct store_deadline d = sample_deadline(a, "d1", 500);
	assert_ok(store_deadline_insert(f.store, &d, &id, &f.err), f.err);
	d.id = id;
	d.rung = 3;
	assert_ok(store_deadline_update(f.store, &d, &f.err), f.err);
	assert_ok(store_relation_add(f.store, a, "project", b, &f.err), f.err);
	assert_ok(store_relation_add(f.store, b, "project", a, &f.err), f.err);
	assert_ok(store_relation_clear(f.store, b, "project", &f.err), f.err);
	assert_ok(store_meta_put(f.store, "clock", "时钟", &f.err), f.err);
	assert_ok(store_meta_put(f.store, "gone", "x", &f.err), f.err);
	assert_ok(store_meta_put(f.store, "gone", NULL, &f.err), f.err);
	assert_ok(store_workflow_put(f.store, "h", "household", "1", "{}", &f.err), f.err);
	struct store_item item = {.claim = "c", .unit = "u", .case_id = a, .body = "{}"};
	assert_ok(store_item_add(f.store, &item, &fresh, &f.err), f.err);
	assert_ok(store_item_assign(f.store, 1, 7, &f.err), f.err);
	struct store_message m = {.claim = "m", .unit = "u", .channel = "c", .body = "{}"};
	assert_ok(store_message_add(f.store, &m, &other, &fresh, &f.err), f.err);
	m.id = other;
	m.attempts = 2;
	assert_ok(store_message_update(f.store, &m, &f.err), f.err);

	for (int undo = 0; undo < 3; undo++) {
		assert_ok(store_savepoint(f.store, &f.err), f.err);
		fixture_step(&f, a, 3);
		d = sample_deadline(a, "a new name", 100);
		assert_ok(store_deadline_insert(f.store, &d, &other, &f.err), f.err);
		cr_assert_eq(other, id + 1);
		assert_ok(store_meta_put(f.store, "clock", "late", &f.err), f.err);
		store_rollback_to(f.store);
	}
	fixture_commit(&f);
	fixture_close(&f);
	char ids[500];
	cr_assert_eq(fixture_check(&f, ids, sizeof ids), 1, "%s", ids);
	cr_assert_str_eq(ids, "store.check_item"); /* the message 7 of above */
	fixture_sql(&f, "CREATE TABLE ok AS SELECT 1 /"
			" ((SELECT count(*) FROM journal) = 3 AND"
			" (SELECT rev FROM cases WHERE key = 'a') = 2 AND"
			" (SELECT rung FROM deadline) = 3 AND"
			" (SELECT count(*) FROM relation) = 1 AND"
			" (SELECT value FROM meta) = '时钟' AND"
			" (SELECT version FROM definition WHERE hash = 'h') = '1' AND"
			" (SELECT message_id FROM item) = 7 AND"
			" (SELECT typeof(head) FROM cases WHERE key = 'a') = 'blob' AND"
			" (SELECT typeof(reason) FROM journal) = 'null' AND"
			" (SELECT attempts FROM message) = 2 AND"
			" (SELECT count(*) FROM word WHERE text = 'a new name') = 0) AS x");
	fixture_open(&f);
	cr_assert(has_case(&f, "a"));
	fixture_done(&f);
}

ANJU_TEST(store, a_large_batch_still_undoes_single_commands)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	ANJU_AUTO_MEM char *big = malloc(1000001);
	memset(big, 'x', 1000000);
	big[1000000] = '\0';
	fixture_begin(&f);
	for (int i = 0; i < 12; i++) {
		char key[16];
		snprintf(key, sizeof key, "k%d", i);
		assert_ok(store_savepoint(f.store, &f.err), f.err);
		fixture_add_case(&f, key);
		assert_ok(store_meta_put(f.store, key, big, &f.err), f.err);
		if (i % 3 == 2 && i > 6)
			store_rollback_to(f.store);
		else
			assert_ok(store_release(f.store, &f.err), f.err);
	}
	fixture_commit(&f);
	cr_assert(has_case(&f, "k7"));
	cr_assert(!has_case(&f, "k8"));
	cr_assert(has_case(&f, "k10"));
	cr_assert(!has_case(&f, "k11"));
	char ids[500];
	cr_assert_eq(fixture_check(&f, ids, sizeof ids), 0, "%s", ids);
	fixture_done(&f);
}

ANJU_TEST(store, second_open_is_refused_with_the_holder)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	struct store_options options = {.folder = f.folder};
	struct store *other = NULL;
	assert_status(store_open(&options, &other, &f.err), ANJU_E_BUSY);
	cr_assert_null(other);
	cr_assert_str_eq(f.err.id, "store.locked");
	cr_assert_eq(strtol(f.err.found, NULL, 10), (long)getpid());
	fixture_close(&f);
	fixture_open(&f);
	fixture_done(&f);
}

ANJU_TEST(store, folder_is_created_for_its_owner_alone)
{
	struct fixture f;
	fixture_init(&f);
	char folder[100];
	snprintf(folder, sizeof folder, "%s", fixture_path(&f, "data"));
	struct store_options options = {.folder = folder};
	assert_ok(store_open(&options, &f.store, &f.err), f.err);
	struct stat info;
	cr_assert_eq(stat(folder, &info), 0);
	cr_assert_eq(info.st_mode & 0777, 0700);
	cr_assert_eq(stat(fixture_path(&f, "data/anju.db"), &info), 0);
	cr_assert_eq(info.st_mode & 0777, 0600);
	fixture_close(&f);
	unlink(fixture_path(&f, "data/anju.db"));
	unlink(fixture_path(&f, "data/anju.lock"));
	rmdir(folder);
	options.folder = fixture_path(&f, "no/such");
	assert_status(store_open(&options, &f.store, &f.err), ANJU_E_NOTFOUND);
	fixture_done(&f);
}

ANJU_TEST(store, bad_fault_points_are_refused)
{
	struct fixture f;
	fixture_init(&f);
	const char *bad[] = {"", "commit:1", "after:commit:", "after:commit:0", "before:commit:x",
		"before:commit:1x"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct store_options options = {.folder = f.folder, .fault = bad[i]};
		assert_status(store_open(&options, &f.store, &f.err), ANJU_E_INVALID);
		cr_assert_str_eq(f.err.id, "store.fault");
	}
	fixture_done(&f);
}

static void put_file(const struct fixture *f, const char *content, size_t n)
{
	int fd = open(fixture_path(f, "anju.db"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
	cr_assert(fd >= 0);
	cr_assert_eq(write(fd, content, n), (ssize_t)n);
	close(fd);
}

ANJU_TEST(store, files_that_are_not_ours_are_refused)
{
	struct fixture f;
	fixture_init(&f);
	char junk[8192];
	memset(junk, 'x', sizeof junk);
	put_file(&f, junk, sizeof junk);
	struct store_options options = {.folder = f.folder};
	assert_status(store_open(&options, &f.store, &f.err), ANJU_E_CORRUPT);
	cr_assert_str_eq(f.err.id, "store.corrupt");
	unlink(fixture_path(&f, "anju.db"));
	fixture_sql(&f, "CREATE TABLE other(x)");
	assert_status(store_open(&options, &f.store, &f.err), ANJU_E_CORRUPT);
	cr_assert_str_eq(f.err.id, "store.corrupt");
	cr_assert_null(f.store);
	fixture_done(&f);
}

struct looking {
	struct store_reader *reader;
	atomic_bool done;
	int64_t rev;
};

static void *look_at_a(void *arg)
{
	struct looking *l = arg;
	struct store_case row;
	anju_error err;
	assert_ok(store_read_case(l->reader, "household", "a", &row, &err), err);
	l->rev = row.rev;
	atomic_store(&l->done, true);
	return NULL;
}

ANJU_TEST(store, a_reader_waits_for_the_sync_of_what_it_has_seen)
{
	struct fixture f;
	struct store_stats stats;
	struct looking l = {.rev = 0};
	pthread_t thread;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	int64_t id = fixture_add_case(&f, "a");
	fixture_commit(&f);
	assert_ok(store_reader_open(f.folder, &l.reader, &f.err), f.err);
	fixture_begin(&f);
	fixture_step(&f, id, 2);
	assert_ok(store_commit_unsynced(f.store, &f.err), f.err);
	/* figures are for those who look what is the matter with the disk */
	assert_ok(store_read_stats(l.reader, &stats, &f.err), f.err);
	cr_assert_eq(stats.last_seq, 2);
	cr_assert_eq(pthread_create(&thread, NULL, look_at_a, &l), 0);
	usleep(50000);
	cr_assert_not(atomic_load(&l.done));
	assert_ok(store_sync(f.store, &f.err), f.err);
	cr_assert_eq(pthread_join(thread, NULL), 0);
	cr_assert_eq(l.rev, 2);
	store_reader_free(l.reader);
	fixture_done(&f);
}

ANJU_TEST(store, newer_schema_is_refused_untouched)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fixture_close(&f);
	fixture_sql(&f, "PRAGMA user_version = 99");
	struct store_options options = {.folder = f.folder};
	assert_status(store_open(&options, &f.store, &f.err), ANJU_E_UNSUPPORTED);
	cr_assert_str_eq(f.err.id, "store.newer");
	cr_assert_str_eq(f.err.found, "99");
	fixture_sql(&f, "PRAGMA user_version = 4");
	fixture_open(&f);
	fixture_done(&f);
}

static int64_t ask(const char *path, const char *sql)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *stmt = NULL;
	cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
	cr_assert_eq(
		sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK, "%s", sqlite3_errmsg(db));
	cr_assert_eq(sqlite3_step(stmt), SQLITE_ROW);
	int64_t value = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return value;
}

ANJU_TEST(store, migration_backs_up_and_moves_on)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	fixture_add_case(&f, "a");
	fixture_commit(&f);
	fixture_close(&f);
	int now = sqlite_migrations[sqlite_migrations_len - 1].to;
	struct migration list[] = {{now, "SELECT never_run"},
		{now + 1, "ALTER TABLE cases ADD COLUMN extra INTEGER; UPDATE cases SET extra = 5"},
		{now + 2, "UPDATE cases SET extra = extra + 1"}};
	struct db db;
	char path[200], copy[240];
	snprintf(path, sizeof path, "%s", fixture_path(&f, "anju.db"));
	snprintf(copy, sizeof copy, "%s.before-schema-%d", path, now + 1);
	assert_ok(db_open(&db, path, DB_WRITER, 1000, &f.err), f.err);
	assert_ok(sqlite_migrate(&db, list, 3, &f.err), f.err);
	assert_ok(sqlite_migrate(&db, list, 3, &f.err), f.err);
	db_close(&db);
	cr_assert_eq(ask(path, "SELECT extra FROM cases"), 6);
	cr_assert_eq(ask(path, "PRAGMA user_version"), now + 2);
	cr_assert_eq(ask(copy, "SELECT count(*) FROM cases"), 1);
	cr_assert_eq(ask(copy, "PRAGMA user_version"), now);
	fixture_done(&f);
}

ANJU_TEST(store, failed_migration_leaves_the_old_schema)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fixture_close(&f);
	int now = sqlite_migrations[sqlite_migrations_len - 1].to;
	struct migration list[] = {
		{now + 1, "CREATE TABLE extra(x); INSERT INTO no_such_table VALUES(1)"}};
	struct db db;
	char path[200];
	snprintf(path, sizeof path, "%s", fixture_path(&f, "anju.db"));
	assert_ok(db_open(&db, path, DB_WRITER, 1000, &f.err), f.err);
	assert_status(sqlite_migrate(&db, list, 1, &f.err), ANJU_E_INTERNAL);
	cr_assert(strstr(f.err.text, "migration to schema") != NULL);
	db_close(&db);
	cr_assert_eq(ask(path, "SELECT count(*) FROM sqlite_schema WHERE name = 'extra'"), 0);
	cr_assert_eq(ask(path, "PRAGMA user_version"), now);
	fixture_open(&f);
	fixture_done(&f);
}

ANJU_TEST(store, settings_are_the_durable_ones)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	struct {
		const char *sql, *want;
	} settings[] = {{"PRAGMA journal_mode", "wal"}, {"PRAGMA synchronous", "2"},
		{"PRAGMA foreign_keys", "0"}, {"PRAGMA temp_store", "2"}};
	for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
		sqlite3_stmt *stmt = NULL;
		sqlite3_prepare_v2(f.store->db.handle, settings[i].sql, -1, &stmt, NULL);
		cr_assert_eq(sqlite3_step(stmt), SQLITE_ROW);
		cr_assert_str_eq((const char *)sqlite3_column_text(stmt, 0), settings[i].want, "%s",
			settings[i].sql);
		sqlite3_finalize(stmt);
	}
	fixture_done(&f);
}

ANJU_TEST(store, log_is_brought_home_and_does_not_grow)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	ANJU_AUTO_MEM char *big = malloc(100001);
	memset(big, 'x', 100000);
	big[100000] = '\0';
	off_t most = 0;
	for (int i = 0; i < 1600; i++) { /* 1600 x 25 pages */
		fixture_begin(&f);
		assert_ok(store_meta_put(f.store, "big", big, &f.err), f.err);
		fixture_commit(&f);
		struct stat info;
		cr_assert_eq(stat(fixture_path(&f, "anju.db-wal"), &info), 0);
		if (info.st_size > most)
			most = info.st_size;
	}
	cr_assert_lt(most, 17000 * 4120, "%ld", (long)most);
	fixture_done(&f);
}
