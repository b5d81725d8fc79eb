/* The machine fails: a process killed around a commit, a full disk, a sync that fails. */
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "unit/support.h"

static bool has_case(struct fixture *f, const char *key)
{
	struct store_case row;
	anju_status st = store_case_find(f->store, "household", key, &row, &f->err);
	cr_assert(st == ANJU_OK || st == ANJU_E_NOTFOUND, "%s", f->err.text);
	return st == ANJU_OK;
}

/** In a child: commit cases c1, c2 … until the fault ends the process. */
static void run_until_killed(const struct fixture *f, const char *fault)
{
	pid_t pid = fork();
	cr_assert(pid >= 0);
	if (pid == 0) {
		struct store_options options = {.folder = f->folder, .fault = fault};
		struct store *store = NULL;
		anju_error err;
		if (store_open(&options, &store, &err) != ANJU_OK)
			_exit(1);
		for (int i = 1; i < 10; i++) {
			char key[16];
			snprintf(key, sizeof key, "c%d", i);
			struct store_case row = sample_case(key);
			int64_t id = 0, seq = 0;
			if (store_begin(store, &err) != ANJU_OK ||
				store_case_insert(store, &row, &id, &err) != ANJU_OK)
				_exit(2);
			struct store_entry entry = sample_entry(id, 1);
			if (store_journal_append(store, &entry, &seq, &err) != ANJU_OK ||
				store_commit(store, &err) != ANJU_OK)
				_exit(3);
		}
		_exit(0);
	}
	int status = 0;
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert(WIFEXITED(status));
	cr_assert_eq(WEXITSTATUS(status), 137);
}

/* c1 to c`n` must be there and no more. */
static void crash_and_look(const char *fault, int n)
{
	struct fixture f;
	fixture_init(&f);
	run_until_killed(&f, fault);
	fixture_open(&f); /* the lock went with the process */
	for (int i = 1; i <= 4; i++) {
		char key[16];
		snprintf(key, sizeof key, "c%d", i);
		cr_assert_eq(has_case(&f, key), i <= n, "%s", key);
	}
	fixture_begin(&f);
	fixture_add_case(&f, "c9");
	fixture_commit(&f);
	char ids[500];
	cr_assert_eq(fixture_check(&f, ids, sizeof ids), 0, "%s", ids);
	fixture_done(&f);
}

ANJU_TEST(store, killed_before_a_commit_nothing_of_it_is_there)
{
	crash_and_look("before:commit:3", 2);
}

ANJU_TEST(store, killed_after_a_commit_all_of_it_is_there)
{
	crash_and_look("after:commit:3", 3);
}

ANJU_TEST(store, fault_points_count_the_callers_commits)
{
	crash_and_look("after:commit:1", 1);
}

ANJU_TEST(store, a_file_that_may_not_grow_fails_the_batch_and_recovers)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	fixture_add_case(&f, "before");
	fixture_commit(&f);
	(void)signal(SIGXFSZ, SIG_IGN);
	struct rlimit old, tight = {.rlim_cur = 100000, .rlim_max = RLIM_INFINITY};
	cr_assert_eq(getrlimit(RLIMIT_FSIZE, &old), 0);
	tight.rlim_max = old.rlim_max;
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &tight), 0);
	ANJU_AUTO_MEM char *big = malloc(200001);
	memset(big, 'x', 200000);
	big[200000] = '\0';
	fixture_begin(&f);
	fixture_add_case(&f, "lost");
	anju_status st = store_meta_put(f.store, "big", big, &f.err);
	if (st == ANJU_OK)
		st = store_commit(f.store, &f.err);
	else
		store_rollback(f.store);
	cr_assert(st == ANJU_E_IO || st == ANJU_E_FULL, "%d %s", (int)st, f.err.text);
	cr_assert_eq(f.err.origin, ANJU_ORIGIN_SQLITE);
	cr_assert_neq(f.err.cause, 0);
	/* reads go on while it lasts, and so does what still fits */
	cr_assert(has_case(&f, "before"));
	cr_assert(!has_case(&f, "lost"));
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &old), 0);
	fixture_begin(&f);
	int64_t id = fixture_add_case(&f, "after");
	cr_assert_eq(id, 2);
	fixture_commit(&f);
	char ids[500];
	cr_assert_eq(fixture_check(&f, ids, sizeof ids), 0, "%s", ids);
	fixture_close(&f);
	fixture_open(&f);
	cr_assert(has_case(&f, "after"));
	cr_assert(!has_case(&f, "lost"));
	fixture_done(&f);
}

/* --- a file system that fails at the Nth write or sync of the log --- */

static struct shim {
	sqlite3_vfs vfs, *real;
	sqlite3_io_methods methods;
	int writes, syncs; /* countdown; 0 = fail now and from now on; negative = never */
	int code;
	bool sync_once; /* fail the next sync alone */
	bool reads;     /* fail every read */
} shim;

struct shim_file {
	sqlite3_file base;
	bool log;
	sqlite3_file *real;
};

static sqlite3_file *real_of(sqlite3_file *file)
{
	return ((struct shim_file *)file)->real;
}

static int shim_close(sqlite3_file *file)
{
	sqlite3_file *real = real_of(file);
	int rc = real->pMethods != NULL ? real->pMethods->xClose(real) : SQLITE_OK;
	free(real);
	return rc;
}
static int shim_read(sqlite3_file *file, void *to, int n, sqlite3_int64 at)
{
	if (shim.reads)
		return SQLITE_IOERR_READ;
	return real_of(file)->pMethods->xRead(real_of(file), to, n, at);
}
static int shim_write(sqlite3_file *file, const void *from, int n, sqlite3_int64 at)
{
	if (((struct shim_file *)file)->log && shim.writes >= 0) {
		if (shim.writes == 0)
			return shim.code;
		shim.writes--;
	}
	return real_of(file)->pMethods->xWrite(real_of(file), from, n, at);
}
static int shim_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	return real_of(file)->pMethods->xTruncate(real_of(file), size);
}
static int shim_sync(sqlite3_file *file, int flags)
{
	if (shim.sync_once) {
		shim.sync_once = false;
		return SQLITE_IOERR_FSYNC;
	}
	if (((struct shim_file *)file)->log && shim.syncs >= 0) {
		if (shim.syncs == 0)
			return SQLITE_IOERR_FSYNC;
		shim.syncs--;
	}
	return real_of(file)->pMethods->xSync(real_of(file), flags);
}
static int shim_size(sqlite3_file *file, sqlite3_int64 *size)
{
	return real_of(file)->pMethods->xFileSize(real_of(file), size);
}
static int shim_lock(sqlite3_file *file, int level)
{
	return real_of(file)->pMethods->xLock(real_of(file), level);
}
static int shim_unlock(sqlite3_file *file, int level)
{
	return real_of(file)->pMethods->xUnlock(real_of(file), level);
}
static int shim_reserved(sqlite3_file *file, int *out)
{
	return real_of(file)->pMethods->xCheckReservedLock(real_of(file), out);
}
static int shim_control(sqlite3_file *file, int op, void *arg)
{
	return real_of(file)->pMethods->xFileControl(real_of(file), op, arg);
}
static int shim_sector(sqlite3_file *file)
{
	return real_of(file)->pMethods->xSectorSize(real_of(file));
}
static int shim_traits(sqlite3_file *file)
{
	return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}
static int shim_map(sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
	return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, out);
}
static int shim_shm_lock(sqlite3_file *file, int at, int n, int flags)
{
	return real_of(file)->pMethods->xShmLock(real_of(file), at, n, flags);
}
static void shim_barrier(sqlite3_file *file)
{
	real_of(file)->pMethods->xShmBarrier(real_of(file));
}
static int shim_unmap(sqlite3_file *file, int del)
{
	return real_of(file)->pMethods->xShmUnmap(real_of(file), del);
}

static int shim_open(
	sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
	struct shim_file *self = (struct shim_file *)file;
	self->base.pMethods = NULL;
	self->log = (flags & SQLITE_OPEN_WAL) != 0;
	self->real = calloc(1, (size_t)shim.real->szOsFile);
	int rc = shim.real->xOpen(shim.real, name, self->real, flags, out_flags);
	if (rc != SQLITE_OK) {
		free(self->real);
		return rc;
	}
	self->base.pMethods = &shim.methods;
	return SQLITE_OK;
}

static void shim_install(void)
{
	shim.real = sqlite3_vfs_find(NULL);
	shim.vfs = *shim.real;
	shim.vfs.zName = "shim";
	shim.vfs.szOsFile = sizeof(struct shim_file);
	shim.vfs.xOpen = shim_open;
	shim.methods = (sqlite3_io_methods){.iVersion = 2,
		.xClose = shim_close,
		.xRead = shim_read,
		.xWrite = shim_write,
		.xTruncate = shim_truncate,
		.xSync = shim_sync,
		.xFileSize = shim_size,
		.xLock = shim_lock,
		.xUnlock = shim_unlock,
		.xCheckReservedLock = shim_reserved,
		.xFileControl = shim_control,
		.xSectorSize = shim_sector,
		.xDeviceCharacteristics = shim_traits,
		.xShmMap = shim_map,
		.xShmLock = shim_shm_lock,
		.xShmBarrier = shim_barrier,
		.xShmUnmap = shim_unmap};
	shim.writes = shim.syncs = -1;
	cr_assert_eq(sqlite3_vfs_register(&shim.vfs, 1), SQLITE_OK);
}

/** One command; false and f->err when its batch failed. */
static bool try_case(struct fixture *f, const char *key)
{
	struct store_case row = sample_case(key);
	int64_t id = 0, seq = 0;
	if (store_begin(f->store, &f->err) != ANJU_OK)
		return false;
	anju_status st = store_case_insert(f->store, &row, &id, &f->err);
	struct store_entry entry = sample_entry(id, 1);
	if (st == ANJU_OK)
		st = store_journal_append(f->store, &entry, &seq, &f->err);
	if (st == ANJU_OK)
		return store_commit(f->store, &f->err) == ANJU_OK;
	store_rollback(f->store);
	return false;
}

static void fail_nth_write(int nth, int code, anju_status want, bool *ret_more)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	cr_assert(try_case(&f, "first"));
	shim.code = code;
	shim.writes = nth;
	bool done = try_case(&f, "second");
	shim.writes = -1;
	if (!done)
		cr_assert_eq(f.err.status, want, "%d %s", (int)f.err.status, f.err.text);
	cr_assert_eq(has_case(&f, "second"), done);
	cr_assert(try_case(&f, "third"), "%s", f.err.text);
	fixture_close(&f);
	fixture_open(&f);
	cr_assert_eq(has_case(&f, "second"), done);
	cr_assert(has_case(&f, "third"));
	char ids[500];
	cr_assert_eq(fixture_check(&f, ids, sizeof ids), 0, "%s", ids);
	fixture_done(&f);
	*ret_more = !done;
}

ANJU_TEST(store, every_write_of_the_log_may_find_the_disk_full)
{
	shim_install();
	bool more = true;
	int nth = 0;
	while (more)
		fail_nth_write(nth++, SQLITE_FULL, ANJU_E_FULL, &more);
	cr_assert_gt(nth, 1);
}

ANJU_TEST(store, every_write_of_the_log_may_fail)
{
	shim_install();
	bool more = true;
	int nth = 0;
	while (more)
		fail_nth_write(nth++, SQLITE_IOERR_WRITE, ANJU_E_IO, &more);
	cr_assert_gt(nth, 1);
}

ANJU_TEST(store, a_failed_sync_is_no_acknowledgement)
{
	shim_install();
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	cr_assert(try_case(&f, "first"));
	ANJU_AUTO(store_reader) reader = NULL; /* keeps the log from being brought home */
	assert_ok(store_reader_open(f.folder, &reader, &f.err), f.err);
	shim.syncs = 0;
	cr_assert(!try_case(&f, "second"));
	cr_assert_eq(f.err.status, ANJU_E_IO);
	cr_assert_eq(f.err.cause, SQLITE_IOERR_FSYNC);
	/* still failing: every batch says so, nothing hangs or aborts */
	cr_assert(!try_case(&f, "second"));
	struct store_case row;
	assert_ok(store_read_case(reader, "household", "first", &row, &f.err), f.err);
	assert_status(
		store_read_case(reader, "household", "second", &row, &f.err), ANJU_E_NOTFOUND);
	shim.syncs = -1;
	cr_assert(try_case(&f, "second"), "%s", f.err.text);
	cr_assert(try_case(&f, "third"), "%s", f.err.text);
	char ids[500];
	cr_assert_eq(fixture_check(&f, ids, sizeof ids), 0, "%s", ids);
	fixture_done(&f);
}

ANJU_TEST(store, a_failed_batch_without_entries_is_undone_too)
{
	shim_install();
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	assert_ok(store_meta_put(f.store, "clock", "1", &f.err), f.err);
	fixture_commit(&f);
	shim.syncs = 0;
	fixture_begin(&f);
	assert_ok(store_meta_put(f.store, "clock", "2", &f.err), f.err);
	assert_status(store_commit(f.store, &f.err), ANJU_E_IO);
	shim.syncs = -1;
	const char *value = NULL;
	fixture_begin(&f);
	assert_ok(store_meta_get(f.store, "clock", &value, &f.err), f.err);
	cr_assert_str_eq(value, "1");
	assert_ok(store_meta_put(f.store, "clock", "3", &f.err), f.err);
	fixture_commit(&f);
	assert_ok(store_meta_get(f.store, "clock", &value, &f.err), f.err);
	cr_assert_str_eq(value, "3");
	fixture_done(&f);
}

/** The batch is lost, whatever is undone: every write says `want` until the rollback. */
static void lost_until_rollback(struct fixture *f, anju_status want)
{
	anju_error err = {0};
	store_rollback_to(f->store);
	assert_status(store_meta_put(f->store, "x", "y", &err), want);
	assert_status(store_savepoint(f->store, &err), want);
	cr_assert_eq(err.status, want);
	assert_status(store_release(f->store, &err), want);
	store_rollback_to(f->store);
	struct store_case row = sample_case("stray");
	int64_t id = -1;
	assert_status(store_case_insert(f->store, &row, &id, &err), want);
	assert_status(store_commit(f->store, &err), want);
	cr_assert_eq(err.origin, ANJU_ORIGIN_SQLITE);
}

static void nothing_but_first(struct fixture *f)
{
	cr_assert(has_case(f, "first"));
	cr_assert(!has_case(f, "before"));
	cr_assert(!has_case(f, "stray"));
	cr_assert(try_case(f, "after"), "%s", f->err.text);
	char ids[500];
	cr_assert_eq(fixture_check(f, ids, sizeof ids), 0, "%s", ids);
}

static void full_in_a_savepoint(int code, anju_status want)
{
	struct fixture f;
	fixture_init(&f);
	struct store_options options = {.folder = f.folder, .cache_kib = 64};
	assert_ok(store_open(&options, &f.store, &f.err), f.err);
	cr_assert(try_case(&f, "first"));
	ANJU_AUTO_MEM char *big = malloc(4000001);
	memset(big, 'x', 4000000);
	big[4000000] = '\0';
	fixture_begin(&f);
	fixture_add_case(&f, "before");
	assert_ok(store_savepoint(f.store, &f.err), f.err);
	assert_ok(store_savepoint(f.store, &f.err), f.err);
	shim.code = code;
	shim.writes = 0; /* more than the cache holds, so it is written before the commit */
	assert_status(store_meta_put(f.store, "big", big, &f.err), want);
	shim.writes = -1;
	lost_until_rollback(&f, want);
	nothing_but_first(&f);
	fixture_done(&f);
}

ANJU_TEST(store, a_full_disk_in_a_savepoint_loses_the_whole_batch)
{
	shim_install();
	full_in_a_savepoint(SQLITE_FULL, ANJU_E_FULL);
	full_in_a_savepoint(SQLITE_IOERR_WRITE, ANJU_E_IO);
}

ANJU_TEST(store, a_failed_read_loses_the_whole_batch)
{
	shim_install();
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	cr_assert(try_case(&f, "first"));
	for (int i = 0; i < 300; i++) {
		char key[16];
		snprintf(key, sizeof key, "k%d", i);
		cr_assert(try_case(&f, key));
	}
	fixture_close(&f);
	fixture_open(&f); /* with nothing in the cache */
	fixture_begin(&f);
	fixture_add_case(&f, "before");
	assert_ok(store_savepoint(f.store, &f.err), f.err);
	assert_ok(store_savepoint(f.store, &f.err), f.err);
	struct store_case row;
	shim.reads = true;
	assert_status(store_case_get(f.store, 100, &row, &f.err), ANJU_E_IO);
	shim.reads = false;
	lost_until_rollback(&f, ANJU_E_IO);
	nothing_but_first(&f);
	fixture_done(&f);
}

static bool nobody(void *ctx, int64_t id, const char *workflow, const char *key)
{
	cr_assert_fail("%s/%s", workflow, key);
	return false;
}

ANJU_TEST(store, words_that_cannot_be_read_are_a_failure_not_an_empty_answer)
{
	shim_install();
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	cr_assert(try_case(&f, "first"));
	ANJU_AUTO(store_reader) r = NULL;
	assert_ok(store_reader_open(f.folder, &r, &f.err), f.err);
	struct store_case row;
	struct store_case_filter filter = {.workflow = "household", .done = -1, .limit = 1};
	shim.reads = true;
	assert_status(store_read_case(r, "household", "first", &row, &f.err), ANJU_E_IO);
	assert_status(store_read_cases(r, &filter, NULL, NULL, &f.err), ANJU_E_IO);
	assert_status(store_read_related(r, 1, "go", false, nobody, NULL, &f.err), ANJU_E_IO);
	shim.reads = false;
	assert_ok(store_read_case(r, "household", "first", &row, &f.err), f.err);
	assert_ok(store_read_related(r, 1, "go", false, nobody, NULL, &f.err), f.err);
	fixture_done(&f);
}

static void copy_file(const struct fixture *from, const struct fixture *to, const char *name)
{
	char buf[65536];
	FILE *in = fopen(fixture_path(from, name), "rb");
	cr_assert_not_null(in);
	FILE *out = fopen(fixture_path(to, name), "wb");
	cr_assert_not_null(out);
	for (size_t n = fread(buf, 1, sizeof buf, in); n > 0; n = fread(buf, 1, sizeof buf, in))
		cr_assert_eq(fwrite(buf, 1, n, out), n);
	fclose(in);
	fclose(out);
}

ANJU_TEST(store, what_was_reported_as_failed_does_not_come_back_after_a_crash)
{
	shim_install();
	struct fixture f, crashed;
	fixture_init(&f);
	fixture_init(&crashed);
	fixture_open(&f);
	cr_assert(try_case(&f, "first"));
	shim.sync_once = true;
	cr_assert(!try_case(&f, "second"));
	cr_assert_eq(f.err.cause, SQLITE_IOERR_FSYNC);
	/* the files as a crash would leave them now */
	copy_file(&f, &crashed, "anju.db");
	copy_file(&f, &crashed, "anju.db-wal");
	assert_ok(store_adopt(crashed.folder, &crashed.err), crashed.err);
	fixture_open(&crashed);
	cr_assert(has_case(&crashed, "first"));
	cr_assert(!has_case(&crashed, "second"));
	fixture_done(&crashed);
	fixture_done(&f);
}
