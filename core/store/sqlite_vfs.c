#include "store/sqlite.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/*
 * Fewer system calls for the write-ahead log. SQLite writes each frame with two calls, one for its header and
 * one for its page, and a batch has a hundred frames, all one after the other. Under this layer they
 * are gathered and go out in a few large writes, the last at the sync that makes the commit durable.
 *
 * Nobody can miss what is still gathered: other connections read only frames that the shared index names,
 * and SQLite names them after the sync. Whatever else touches the file writes it out first. A write that
 * fails is reported where it goes out, and that is before the commit returns.
 */

/* SQLite's file layer takes the length of one write modulo 128 KiB */
#define GATHER_BYTES (120 * 1024)

static sqlite3_vfs layer;
static sqlite3_vfs *below;

struct log_file {
	sqlite3_file base;
	sqlite3_file *real; /* in the same block, behind this */
	char *data;         /* owned; GATHER_BYTES */
	int len;
	sqlite3_int64 at; /* where data[0] belongs */
	bool put_off;
	atomic_bool
		lost; /* a sync failed: not all that the file reads as may ever reach the disk */
};

/* A log begins with this many bytes, written alone when it begins anew. */
#define LOG_HEADER_BYTES 32

static int write_out(struct log_file *f)
{
	int n = f->len;
	f->len =
		0; /* also when it fails: then the transaction does, and nobody wants it any more */
	return n == 0 ? SQLITE_OK : f->real->pMethods->xWrite(f->real, f->data, n, f->at);
}

static int log_close(sqlite3_file *file)
{
	struct log_file *f = (struct log_file *)file;
	int rc = write_out(f);
	int rc_close = f->real->pMethods->xClose(f->real);
	free(f->data);
	return rc != SQLITE_OK ? rc : rc_close;
}

static int log_read(sqlite3_file *file, void *to, int n, sqlite3_int64 at)
{
	struct log_file *f = (struct log_file *)file;
	if (f->len > 0 && at < f->at + f->len && at + n > f->at) {
		int rc = write_out(f);
		if (rc != SQLITE_OK)
			return rc;
	}
	return f->real->pMethods->xRead(f->real, to, n, at);
}

static int log_write(sqlite3_file *file, const void *from, int n, sqlite3_int64 at)
{
	struct log_file *f = (struct log_file *)file;
	if (f->len > 0 && (at != f->at + f->len || f->len + n > GATHER_BYTES)) {
		int rc = write_out(f);
		if (rc != SQLITE_OK)
			return rc;
	}
	if (n > GATHER_BYTES) /* no page is that large */
		return f->real->pMethods->xWrite(f->real, from, n, at);
	if (f->len == 0)
		f->at = at;
	memcpy(f->data + f->len, from, (size_t)n);
	f->len += n;
	return SQLITE_OK;
}

static int log_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct log_file *f = (struct log_file *)file;
	int rc = write_out(f);
	return rc != SQLITE_OK ? rc : f->real->pMethods->xTruncate(f->real, size);
}

static int log_sync(sqlite3_file *file, int flags)
{
	struct log_file *f = (struct log_file *)file;
	bool header = f->at == 0 && f->len == LOG_HEADER_BYTES;
	int rc = write_out(f);
	if (rc != SQLITE_OK || (f->put_off && !header))
		return rc;
	rc = f->real->pMethods->xSync(f->real, flags);
	if (rc != SQLITE_OK)
		atomic_store(&f->lost, true);
	return rc;
}

static int log_size(sqlite3_file *file, sqlite3_int64 *ret)
{
	struct log_file *f = (struct log_file *)file;
	int rc = write_out(f);
	return rc != SQLITE_OK ? rc : f->real->pMethods->xFileSize(f->real, ret);
}

/* A log is never locked; the database beside it is. */
static int log_lock(sqlite3_file *file, int level)
{
	return SQLITE_OK;
}

static int log_reserved(sqlite3_file *file, int *ret)
{
	*ret = 0;
	return SQLITE_OK;
}

static int log_control(sqlite3_file *file, int op, void *arg)
{
	struct log_file *f = (struct log_file *)file;
	return f->real->pMethods->xFileControl(f->real, op, arg);
}

static int log_sector(sqlite3_file *file)
{
	struct log_file *f = (struct log_file *)file;
	return f->real->pMethods->xSectorSize(f->real);
}

static int log_traits(sqlite3_file *file)
{
	struct log_file *f = (struct log_file *)file;
	return f->real->pMethods->xDeviceCharacteristics(f->real);
}

static const sqlite3_io_methods log_methods = {
	.iVersion = 1,
	.xClose = log_close,
	.xRead = log_read,
	.xWrite = log_write,
	.xTruncate = log_truncate,
	.xSync = log_sync,
	.xFileSize = log_size,
	.xLock = log_lock,
	.xUnlock = log_lock,
	.xCheckReservedLock = log_reserved,
	.xFileControl = log_control,
	.xSectorSize = log_sector,
	.xDeviceCharacteristics = log_traits,
};

static int open_file(
	sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
	if ((flags & SQLITE_OPEN_WAL) == 0)
		return below->xOpen(below, name, file, flags, ret_flags);
	struct log_file *f = (struct log_file *)file;
	memset(f, 0, sizeof *f);
	f->data = malloc(GATHER_BYTES);
	if (f->data == NULL)
		return SQLITE_NOMEM;
	f->real = (sqlite3_file *)(f + 1);
	int rc = below->xOpen(below, name, f->real, flags, ret_flags);
	if (rc == SQLITE_OK)
		f->base.pMethods = &log_methods;
	else
		free(f->data);
	return rc;
}

sqlite3_file *log_of(sqlite3 *handle)
{
	sqlite3_file *file = NULL;
	int rc = sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file);
	/* a connection may have been opened without the layer, or have no log yet */
	bool ours = rc == SQLITE_OK && file != NULL && file->pMethods == &log_methods;
	return ours ? file : NULL;
}

void log_put_off(sqlite3_file *log, bool later)
{
	if (log != NULL)
		((struct log_file *)log)->put_off = later;
}

int log_sync_now(sqlite3_file *log)
{
	struct log_file *f = (struct log_file *)log;
	/* the layer below keeps nothing between its calls, so the writer may go on appending meanwhile */
	int rc = f == NULL ? SQLITE_OK : f->real->pMethods->xSync(f->real, SQLITE_SYNC_NORMAL);
	if (rc != SQLITE_OK)
		atomic_store(&f->lost, true);
	return rc;
}

bool log_is_lost(sqlite3_file *log)
{
	return log != NULL && atomic_load(&((struct log_file *)log)->lost);
}

int log_write_again(sqlite3_file *log)
{
	struct log_file *f = (struct log_file *)log;
	sqlite3_int64 size = 0;
	/* first: a sync on the other thread may fail meanwhile, and is then another matter */
	if (f == NULL || !atomic_exchange(&f->lost, false))
		return SQLITE_OK;
	int rc = write_out(f);
	if (rc == SQLITE_OK)
		rc = f->real->pMethods->xFileSize(f->real, &size);
	for (sqlite3_int64 at = 0; at < size && rc == SQLITE_OK; at += GATHER_BYTES) {
		int n = size - at < GATHER_BYTES ? (int)(size - at) : GATHER_BYTES;
		rc = f->real->pMethods->xRead(f->real, f->data, n, at);
		if (rc == SQLITE_OK)
			rc = f->real->pMethods->xWrite(f->real, f->data, n, at);
	}
	if (rc != SQLITE_OK)
		atomic_store(&f->lost, true);
	return rc;
}

static void set_up(void)
{
	below = sqlite3_vfs_find(NULL);
	layer = *below;
	layer.zName = SQLITE_VFS_NAME;
	layer.szOsFile = (int)sizeof(struct log_file) + below->szOsFile;
	layer.xOpen = open_file;
	(void)sqlite3_vfs_register(&layer, 0); /* if it fails, opening says that there is none */
}

void sqlite_vfs_register(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	(void)pthread_once(&once, set_up);
}
