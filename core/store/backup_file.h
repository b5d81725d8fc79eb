/** The pieces of backups on the disk; used by backup.c alone. */
#ifndef CORE_STORE_BACKUP_FILE_H
#define CORE_STORE_BACKUP_FILE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "anju/error.h"
#include "base/hash.h"

/* A day's work of a county changes some hundred cases, so some hundred pieces of this size. */
#define CHUNK_BYTES 65536

/** Create a folder for the owner alone unless it is there. */
ANJU_MUST_CHECK anju_status folder_make(const char *path, anju_error *err);
/** Everything written to the folder's file system so far is on the disk. */
ANJU_MUST_CHECK anju_status folder_sync(const char *path, anju_error *err);
ANJU_MUST_CHECK anju_status fd_write(int fd, const void *data, size_t n, anju_error *err);
/** Write a file whole or not at all; `sync`: it is on the disk, under its name, on return. */
ANJU_MUST_CHECK anju_status file_put(
	const char *path, const void *data, size_t n, bool sync, anju_error *err);

/** Call back with each piece of the file `path`; a failure of `cb` ends it and is returned. */
ANJU_MUST_CHECK anju_status chunk_each(const char *path,
	anju_status (*cb)(void *ctx, const uint8_t *data, size_t n, anju_error *err), void *ctx,
	anju_error *err);
/** Keep one piece; `hex` gets its name. *ret_new = false when it was there already and is sound. Not synced. */
ANJU_MUST_CHECK anju_status chunk_put(const char *folder, const uint8_t *data, size_t n,
	char hex[HASH_HEX_CHARS], bool *ret_new, anju_error *err);
/** Read one piece; ANJU_E_CORRUPT "store.backup_chunk" when it is missing or not what its name says. */
ANJU_MUST_CHECK anju_status chunk_get(const char *folder, const char *hex,
	uint8_t data[CHUNK_BYTES], size_t *ret_n, anju_error *err);
/** "store.backup_chunk" naming `hex`; returns ANJU_E_CORRUPT. */
anju_status chunk_bad(const char *folder, const char *hex, anju_error *err);
/** Remove the pieces that are no member of `needed`. */
ANJU_MUST_CHECK anju_status chunks_drop_others(
	const char *folder, const json_t *needed, int64_t *ret_freed, anju_error *err);

#endif
