/**
 * Backups of a data folder, taken while the daemon works on it, kept small by keeping what did not change once.
 *
 * A backup folder, on any disk:
 *   chunks/<2 hex>/<62 hex>        pieces of 64 KiB of the database, named by their SHA-256
 *   <name>.backup.json             one a backup: {"format": 1, "taken_at", "schema", "last_seq", "bytes",
 *                                  "chunks": [hashes in order]}
 * The name is the time at which it was taken, "20171020-180300" in legal time. A backup shows up, by the renaming of
 * its list, once all its pieces are on the disk; one that was cut short leaves pieces that the next one uses. Nothing
 * in it depends on the machine. Any thread; one writer a folder at a time, which is not checked.
 */
#ifndef CORE_STORE_BACKUP_H
#define CORE_STORE_BACKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "anju/error.h"

#define BACKUP_NAME_CHARS 24

struct backup {
	char name[BACKUP_NAME_CHARS];
	int64_t taken_ms;
	int64_t last_seq; /* how far the journal goes in it */
	int64_t bytes;    /* of the database */
	int64_t chunks;
	int64_t written; /* backup_take only: bytes that were not in the folder before */
	int schema;
};

/**
 * Take a backup of `data` into `folder` (created 0700 if missing): a snapshot, whether or not a daemon is at work.
 * Pieces that are there already are read again and must be what their names say, else they are written anew.
 * While it copies, the log of a busy daemon is not brought home and grows.
 *
 * Returns ANJU_OK; ANJU_E_EXISTS "store.backup_exists" (one of this very second); ANJU_E_IO, ANJU_E_FULL; what
 *         opening the store gives.
 */
ANJU_MUST_CHECK anju_status backup_take(
	const char *data, const char *folder, int64_t now_ms, struct backup *ret, anju_error *err);

/** Return false to stop. */
typedef bool (*backup_cb)(void *ctx, const struct backup *backup);
/** Oldest first. ANJU_E_CORRUPT "store.backup_list" for a list that cannot be read. */
ANJU_MUST_CHECK anju_status backup_list(
	const char *folder, backup_cb cb, void *ctx, anju_error *err);

/** Read every piece of a backup (NULL = the newest): ANJU_E_CORRUPT "store.backup_chunk" names the first one that is
 *  missing or is not what its name says; ANJU_E_NOTFOUND "store.no_backup". */
ANJU_MUST_CHECK anju_status backup_verify(
	const char *folder, const char *name, struct backup *ret, anju_error *err);

/**
 * Make a data folder out of a backup (NULL = the newest), each piece verified on the way. `data` must not hold a
 * database yet: ANJU_E_EXISTS "store.restore_exists". On failure nothing is left of it.
 */
ANJU_MUST_CHECK anju_status backup_restore(const char *folder, const char *name, const char *data,
	struct backup *ret, anju_error *err);

/** Keep the newest `keep` (at least 1) and the pieces that they need. *ret_freed: bytes. */
ANJU_MUST_CHECK anju_status backup_prune(
	const char *folder, int keep, int64_t *ret_freed, anju_error *err);

/* --- sqlite_backup.c --- */

/** Copy a snapshot of the database in `data` into the new file `path`, which is then at home nowhere (store_adopt). */
ANJU_MUST_CHECK anju_status store_snapshot(
	const char *data, const char *path, struct backup *ret, anju_error *err);

#endif
