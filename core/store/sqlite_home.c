/*
 * Where a database is at home. A running daemon's folder copied file by file is a database and a log of different
 * moments, which may open without complaint and lack what was acknowledged. So a store in use carries the number and
 * birth of its own file, in the file itself, brought home from the log at once; a clean end takes the mark away. After
 * a power failure the file is still the same one; a copy is another, and refused.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/sqlite.h"

#define HOME_NAME  "home"
#define HOME_CHARS 64

/* False when there is no such file to look at (a file system of SQLite's own, in tests). Device numbers may change from
 * one start of the machine to the next; number and birth do not. */
static bool own_home(const char *path, char out[HOME_CHARS])
{
	struct statx s;
	if (statx(AT_FDCWD, path, 0, STATX_INO | STATX_BTIME, &s) != 0 || !(s.stx_mask & STATX_INO))
		return false;
	long long born = 0, part = 0;
	if (s.stx_mask & STATX_BTIME) {
		born = s.stx_btime.tv_sec;
		part = s.stx_btime.tv_nsec;
	}
	snprintf(out, HOME_CHARS, "%llu %lld.%09lld", (unsigned long long)s.stx_ino, born, part);
	return true;
}

static anju_status put(struct store *store, const char *value, anju_error *err)
{
	anju_status st = store_begin(store, err);
	if (st == ANJU_OK)
		st = store_meta_put(store, HOME_NAME, value, err);
	if (st == ANJU_OK)
		return store_commit(store, err);
	if (store->in_tx)
		store_rollback(store);
	return st;
}

anju_status home_claim(struct store *store, anju_error *err)
{
	char own[HOME_CHARS];
	const char *marked = NULL;
	if (!own_home(store->db.path, own))
		return ANJU_OK;
	anju_status st = store_meta_get(store, HOME_NAME, &marked, err);
	if (st == ANJU_OK && strcmp(marked, own) == 0) {
		store->claimed = true; /* not ended cleanly: the log is beside it */
		return ANJU_OK;
	}
	if (st == ANJU_OK) {
		(void)anju_fail(err, ANJU_E_CORRUPT, "store.copied",
			"%s is a copy of a database that was in use", store->db.path);
		anju_error_file(err, store->db.path);
		return ANJU_E_CORRUPT;
	}
	if (st != ANJU_E_NOTFOUND)
		return st;
	st = put(store, own, err);
	if (st != ANJU_OK)
		return st;
	int rc = sqlite3_wal_checkpoint_v2(
		store->db.handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	/* with a reader in the way the mark comes home with the next checkpoint */
	if (rc != SQLITE_OK && (rc & 0xff) != SQLITE_BUSY)
		return sqlite_fail(err, store->db.handle, rc, "marking the database as in use");
	store->claimed = true;
	return ANJU_OK;
}

void home_leave(struct store *store)
{
	anju_error ignored = {0};
	store->fault = FAULT_NONE;
	/* when it fails the next start finds the mark of its own file, as after a power failure */
	if (store->claimed)
		(void)put(store, NULL, &ignored);
}

/* For as long as `store` lives nobody else writes there. */
static anju_status open_alone(const char *folder, struct store *store, anju_error *err)
{
	ANJU_AUTO_MEM char *path = NULL;
	store->lock_fd = -1;
	if (asprintf(&path, "%s/%s", folder, SQLITE_FILE_NAME) < 0)
		return anju_fail_nomem(err);
	if (access(path, R_OK | W_OK) != 0)
		return anju_fail_errno(err, errno, "@say.opening|%s", path);
	anju_status st = store_lock(store, folder, err);
	return st == ANJU_OK ? db_open(&store->db, path, DB_WRITER, 0, err) : st;
}

anju_status store_bring_up(const char *folder, anju_error *err)
{
	ANJU_AUTO(store) store = calloc(1, sizeof *store);
	if (store == NULL)
		return anju_fail_nomem(err);
	anju_status st = open_alone(folder, store, err);
	return st == ANJU_OK
		       ? sqlite_migrate(&store->db, sqlite_migrations, sqlite_migrations_len, err)
		       : st;
}

anju_status store_adopt(const char *folder, anju_error *err)
{
	ANJU_AUTO(store) store = calloc(1, sizeof *store);
	if (store == NULL)
		return anju_fail_nomem(err);
	anju_status st = open_alone(folder, store, err);
	if (st != ANJU_OK)
		return st;
	int rc = sqlite3_exec(store->db.handle, SQLITE_HOME_FORGET, NULL, NULL, NULL);
	return rc == SQLITE_OK ? ANJU_OK
			       : sqlite_fail(err, store->db.handle, rc, "adopting the database");
}
