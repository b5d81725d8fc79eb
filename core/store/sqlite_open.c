#include "store/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* A commit that rebalanced a tree makes SQLite walk its whole page cache, so a small one is quicker, as long as it
 * holds the trees' inner pages, which are a hundredth of a file or less: else each event reads those as well. */
#define CACHE_KIB_LEAST  (4 * 1024)
#define CACHE_KIB_MOST   (32 * 1024)
#define CACHE_SHARE      64
#define CACHE_KIB_READER (4 * 1024)
#define BUSY_MS          5000

static void set_up_library(void)
{
	/* memory accounting takes a lock at every allocation, and nobody reads the account */
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/** Does `list` (words joined by ' ', ended by NUL or '|') hold `word` itself or, if `below`, a word that
 *  begins with `word` and a '.'? */
static bool has_word(const char *list, const char *word, bool below)
{
	size_t n = strlen(word);
	if (n == 0)
		return false;
	while (*list != '\0' && *list != '|') {
		size_t len = strcspn(list, " |");
		if (len >= n && memcmp(list, word, n) == 0 &&
			(len == n || (below && list[n] == '.')))
			return true;
		list += len;
		if (*list == ' ')
			list++;
	}
	return false;
}

static void in_state(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	const char *state = (const char *)sqlite3_value_text(argv[0]);
	const char *path = (const char *)sqlite3_value_text(argv[1]);
	sqlite3_result_int(ctx, state != NULL && path != NULL && has_word(state, path, true));
}

static void has_unit(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	struct db *db = sqlite3_user_data(ctx);
	const char *unit = (const char *)sqlite3_value_text(argv[argc - 1]);
	bool yes = false;
	for (int i = 0; i < argc - 1 && !yes && unit != NULL; i++) {
		int64_t word = sqlite3_value_int64(argv[i]);
		yes = word != 0 && has_word(intern_text(db, &db->words, word), unit, false);
	}
	sqlite3_result_int(ctx, yes);
}

static int pragma(struct db *db, const char *text)
{
	return sqlite3_exec(db->handle, text, NULL, NULL, NULL);
}

static int set_up(struct db *db, enum db_mode mode, int cache_kib)
{
	char cache[48];
	snprintf(cache, sizeof cache, "PRAGMA cache_size = -%d", cache_kib);
	int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
	int rc = sqlite3_busy_timeout(db->handle, BUSY_MS);
	if (rc == SQLITE_OK)
		rc = sqlite3_create_function(
			db->handle, "anju_in_state", 2, flags, NULL, in_state, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_create_function(
			db->handle, "anju_has_unit", 4, flags, db, has_unit, NULL, NULL);
	/* savepoints keep page images in temporary files unless told otherwise */
	if (rc == SQLITE_OK)
		rc = pragma(db, "PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF");
	/* Of a new file only. A batch changes rows all over the place, and the log takes each page whole: half
	 * of SQLite's page is a tenth more events a second. A quarter is as quick, and fills up worse. */
	if (rc == SQLITE_OK)
		rc = pragma(db, "PRAGMA page_size = 2048");
	if (rc == SQLITE_OK)
		rc = pragma(db, cache);
	if (rc == SQLITE_OK && mode == DB_WRITER)
		rc = pragma(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
				"PRAGMA foreign_keys = OFF; PRAGMA wal_autocheckpoint = 0");
	if (rc == SQLITE_OK && mode == DB_SCRATCH)
		rc = pragma(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;"
				"PRAGMA foreign_keys = OFF; PRAGMA wal_autocheckpoint = 0");
	/* the first look at the file itself: says whether it is a database at all */
	if (rc == SQLITE_OK)
		rc = pragma(db, "SELECT count(*) FROM sqlite_schema");
	return rc;
}

/* Of a database on a read-only disk, where SQLite could make no file for its locks; NULL when out of memory. */
static char *still_uri(const char *path)
{
	struct buf uri = BUF_INIT;
	buf_adds(&uri, "file:");
	for (const char *p = path; *p != '\0'; p++) {
		if (strchr("%?#", *p) != NULL)
			buf_addf(&uri, "%%%02x", (unsigned)*p);
		else
			buf_addc(&uri, *p);
	}
	buf_adds(&uri, "?immutable=1");
	return buf_take(&uri);
}

static int open_handle(struct db *db, const char *path, enum db_mode mode)
{
	bool writes = mode == DB_WRITER || mode == DB_SCRATCH;
	int flags = writes ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
	ANJU_AUTO_MEM char *uri = mode == DB_STILL ? still_uri(path) : NULL;
	if (mode == DB_STILL && uri == NULL)
		return SQLITE_NOMEM;
	/* One thread at a time uses a connection, so it needs no lock of its own. The layer keeps back what
	 * belongs to the log until the sync, which a scratch database never has. */
	return sqlite3_open_v2(uri != NULL ? uri : path, &db->handle,
		flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
			(uri != NULL ? SQLITE_OPEN_URI : 0),
		mode == DB_WRITER ? SQLITE_VFS_NAME : NULL);
}

anju_status db_open(
	struct db *db, const char *path, enum db_mode mode, int cache_kib, anju_error *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	(void)pthread_once(&once, set_up_library);
	sqlite_vfs_register();
	memset(db, 0, sizeof *db);
	db->words.insert = STMT_WORD_INSERT;
	db->words.load = STMT_WORD_LOAD;
	db->definitions.insert = STMT_DEFINITION_INSERT;
	db->definitions.load = STMT_DEFINITION_LOAD;
	db->path = strdup(path);
	if (db->path == NULL)
		return anju_fail_nomem(err);
	int rc = open_handle(db, path, mode);
	if (rc == SQLITE_OK)
		rc = set_up(db, mode, cache_kib);
	if (rc == SQLITE_OK)
		return ANJU_OK;
	anju_status st = sqlite_fail(err, db->handle, rc, "opening the database");
	anju_error_file(err, path);
	db_close(db);
	return st;
}

static void intern_done(struct intern *in)
{
	for (size_t i = 0; i < in->len; i++)
		free(in->texts[i]);
	free(in->texts);
	free(in->slots);
}

void db_close(struct db *db)
{
	for (int i = 0; i < STMT_COUNT_; i++)
		(void)sqlite3_finalize(db->stmts[i]); /* repeats old failures */
	int rc = sqlite3_close(db->handle);
	anju_assert(rc == SQLITE_OK); /* else a statement was not given back */
	intern_done(&db->words);
	intern_done(&db->definitions);
	buf_done(&db->scratch);
	buf_done(&db->idem);
	free(db->path);
	memset(db, 0, sizeof *db);
}

/* --- the writer --- */

static anju_status parse_fault(struct store *store, const char *text, anju_error *err)
{
	if (text == NULL)
		return ANJU_OK;
	char *end = NULL;
	const char *number = NULL;
	if (strncmp(text, "hold:commit:", 12) == 0 && text[12] != '\0') {
		store->fault = FAULT_HOLD;
		store->fault_hold = strdup(text + 12);
		return store->fault_hold != NULL ? ANJU_OK : anju_fail_nomem(err);
	}
	if (strncmp(text, "before:commit:", 14) == 0) {
		store->fault = FAULT_BEFORE;
		number = text + 14;
	} else if (strncmp(text, "after:commit:", 13) == 0) {
		store->fault = FAULT_AFTER;
		number = text + 13;
	}
	if (number != NULL) {
		errno = 0;
		store->fault_commit = strtol(number, &end, 10);
		if (errno == 0 && end != number && *end == '\0' && store->fault_commit > 0)
			return ANJU_OK;
	}
	anju_status st = anju_fail(err, ANJU_E_INVALID, "store.fault", "bad fault point %s", text);
	anju_error_found(err, "%s", text);
	anju_error_allowed(err, "before:commit:N, after:commit:N, hold:commit:FILE");
	return st;
}

/** The lock is flock's, so it goes with the process however that ends; the pid is for people. */
anju_status store_lock(struct store *store, const char *folder, anju_error *err)
{
	ANJU_AUTO_MEM char *path = NULL;
	if (asprintf(&path, "%s/%s", folder, SQLITE_LOCK_NAME) < 0)
		return anju_fail_nomem(err);
	store->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (store->lock_fd < 0)
		return anju_fail_errno(err, errno, "@say.opening|%s", path);
	char pid[32] = "";
	if (flock(store->lock_fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK)
			return anju_fail_errno(err, errno, "@say.locking|%s", path);
		ssize_t n = pread(store->lock_fd, pid, sizeof pid - 1, 0);
		pid[n > 0 ? strcspn(pid, "\n") : 0] = '\0';
		anju_status st = anju_fail(
			err, ANJU_E_BUSY, "store.locked", "data folder in use by process %s", pid);
		anju_error_file(err, path);
		anju_error_found(err, "%s", pid);
		return st;
	}
	int n = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
	if (ftruncate(store->lock_fd, 0) != 0 || pwrite(store->lock_fd, pid, (size_t)n, 0) != n)
		return anju_fail_errno(err, errno, "@say.writing|%s", path);
	return ANJU_OK;
}

static anju_status make_folder(const char *folder, anju_error *err)
{
	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		return anju_fail_errno(err, errno, "@say.creating|%s", folder);
	return ANJU_OK;
}

/** SQLite would create it readable by everybody, as the umask has it. */
static anju_status make_file(const char *path, anju_error *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return anju_fail_errno(err, errno, "@say.opening|%s", path);
	(void)close(fd); /* nothing was written */
	return ANJU_OK;
}

void store_fit_cache(struct store *store)
{
	struct stat st;
	char text[48];
	if (store->cache_kib > 0 || stat(store->db.path, &st) != 0)
		return;
	int64_t kib = st.st_size / 1024 / CACHE_SHARE;
	kib = kib < CACHE_KIB_LEAST ? CACHE_KIB_LEAST : kib;
	kib = kib > CACHE_KIB_MOST ? CACHE_KIB_MOST : kib;
	snprintf(text, sizeof text, "PRAGMA cache_size = -%d", (int)kib);
	(void)pragma(&store->db, text); /* else it stays as it is */
}

anju_status store_open(const struct store_options *options, struct store **ret, anju_error *err)
{
	ANJU_AUTO(store) store = calloc(1, sizeof *store);
	ANJU_AUTO_MEM char *path = NULL;
	if (store == NULL || asprintf(&path, "%s/%s", options->folder, SQLITE_FILE_NAME) < 0)
		return anju_fail_nomem(err);
	store->lock_fd = -1;
	int cache_kib = options->cache_kib > 0 ? options->cache_kib : CACHE_KIB_LEAST;
	store->cache_kib = options->cache_kib;
	anju_status st = make_folder(options->folder, err);
	if (st == ANJU_OK)
		st = store_lock(store, options->folder, err);
	if (st == ANJU_OK)
		st = make_file(path, err);
	if (st == ANJU_OK)
		st = db_open(&store->db, path, options->scratch ? DB_SCRATCH : DB_WRITER, cache_kib,
			err);
	store->durable = st == ANJU_OK ? durable_open(path) : NULL;
	if (st == ANJU_OK && store->durable == NULL)
		st = anju_fail_nomem(err);
	if (st == ANJU_OK)
		st = sqlite_migrate(&store->db, sqlite_migrations, sqlite_migrations_len, err);
	if (st == ANJU_OK)
		st = tx_attach(store, err);
	if (st == ANJU_OK)
		store_fit_cache(store);
	if (st == ANJU_OK && !options->scratch)
		st = home_claim(store, err);
	/* from here on: fault points count the caller's commits */
	store->commits = 0;
	if (st == ANJU_OK)
		st = parse_fault(store, options->fault, err);
	bool alone = options->scratch || options->inline_log_pages > 0;
	if (st == ANJU_OK && alone)
		checkpoint_inline(store, options->inline_log_pages);
	else if (st == ANJU_OK)
		st = checkpoint_start(store, err);
	if (st == ANJU_OK)
		*ret = ANJU_TAKE(store);
	return st;
}

void store_free(struct store *store)
{
	if (store == NULL)
		return;
	if (store->in_tx)
		store_rollback(store);
	home_leave(store);
	checkpoint_stop(store);
	db_close(&store->db); /* the last connection brings the log into the file */
	if (store->lock_fd >= 0)
		(void)close(store->lock_fd); /* gives up the lock; the file stays */
	durable_close(store->durable);
	free(store->tails);
	free(store->undo);
	free(store->fault_hold);
	free(store);
}

/* --- readers --- */

/* On a read-only disk, and ended cleanly: all is in the one file. */
static bool lies_still(const char *folder)
{
	ANJU_AUTO_MEM char *log = NULL;
	if (access(folder, W_OK) == 0 || errno != EROFS)
		return false;
	return asprintf(&log, "%s/" SQLITE_FILE_NAME "-wal", folder) >= 0 && access(log, F_OK) != 0;
}

anju_status sqlite_reader_open(const char *folder, struct store_reader **ret, anju_error *err)
{
	ANJU_AUTO(store_reader) reader = calloc(1, sizeof *reader);
	ANJU_AUTO_MEM char *path = NULL;
	if (reader == NULL || asprintf(&path, "%s/%s", folder, SQLITE_FILE_NAME) < 0)
		return anju_fail_nomem(err);
	if (access(path, R_OK) != 0)
		return anju_fail_errno(err, errno, "@say.opening|%s", path);
	anju_status st = db_open(&reader->db, path, lies_still(folder) ? DB_STILL : DB_READER,
		CACHE_KIB_READER, err);
	if (st == ANJU_OK)
		reader->db.durable = durable_of(path);
	if (st == ANJU_OK)
		*ret = ANJU_TAKE(reader);
	return st;
}

void store_reader_free(struct store_reader *reader)
{
	if (reader == NULL)
		return;
	durable_close(reader->db.durable);
	db_close(&reader->db);
	free(reader);
}

void store_reader_interrupt(struct store_reader *reader)
{
	sqlite3_interrupt(reader->db.handle);
}
