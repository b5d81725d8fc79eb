#include "store/backup_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"

#define CHUNKS "chunks"

anju_status folder_make(const char *path, anju_error *err)
{
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return anju_fail_errno(err, errno, "@say.creating|%s", path);
	return ANJU_OK;
}

anju_status folder_sync(const char *path, anju_error *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return anju_fail_errno(err, errno, "@say.opening|%s", path);
	anju_status st = ANJU_OK;
	if (syncfs(fd) != 0)
		st = anju_fail_errno(err, errno, "@say.syncing|%s", path);
	(void)close(fd); /* nothing was written through it */
	return st;
}

anju_status fd_write(int fd, const void *data, size_t n, anju_error *err)
{
	const uint8_t *at = data;
	while (n > 0) {
		ssize_t done = write(fd, at, n);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return anju_fail_errno(err, errno, "@say.writing|%s", "");
		at += done;
		n -= (size_t)done;
	}
	return ANJU_OK;
}

anju_status file_put(const char *path, const void *data, size_t n, bool sync, anju_error *err)
{
	ANJU_AUTO_MEM char *part = NULL;
	if (asprintf(&part, "%s.part", path) < 0)
		return anju_fail_nomem(err);
	int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return anju_fail_errno(err, errno, "@say.creating|%s", part);
	anju_status st = fd_write(fd, data, n, err);
	if (st == ANJU_OK && sync && fsync(fd) != 0)
		st = anju_fail_errno(err, errno, "@say.syncing|%s", part);
	if (close(fd) != 0 && st == ANJU_OK)
		st = anju_fail_errno(err, errno, "@say.writing|%s", part);
	if (st == ANJU_OK && rename(part, path) != 0)
		st = anju_fail_errno(err, errno, "@say.writing|%s", path);
	if (st != ANJU_OK) {
		(void)unlink(part);
		return st;
	}
	if (!sync)
		return ANJU_OK;
	/* the name as well */
	ANJU_AUTO_MEM char *folder = strdup(path);
	if (folder == NULL)
		return anju_fail_nomem(err);
	char *slash = strrchr(folder, '/');
	if (slash != NULL)
		*slash = '\0';
	return folder_sync(slash != NULL ? folder : ".", err);
}

anju_status chunk_each(const char *path,
	anju_status (*cb)(void *ctx, const uint8_t *data, size_t n, anju_error *err), void *ctx,
	anju_error *err)
{
	uint8_t data[CHUNK_BYTES];
	ANJU_AUTO_FILE file = fopen(path, "re");
	if (file == NULL)
		return anju_fail_errno(err, errno, "@say.opening|%s", path);
	anju_status st = ANJU_OK;
	size_t n;
	while (st == ANJU_OK && (n = fread(data, 1, sizeof data, file)) > 0)
		st = cb(ctx, data, n, err);
	if (st == ANJU_OK && ferror(file))
		st = anju_fail_errno(err, EIO, "@say.reading|%s", path);
	return st;
}

static void name_of(const uint8_t *data, size_t n, char hex[HASH_HEX_CHARS])
{
	uint8_t digest[HASH_BYTES];
	hash_sha256(&(struct hash_part){data, n}, 1, digest);
	hash_hex(digest, hex);
}

static char *path_of(const char *folder, const char *hex)
{
	char *path = NULL;
	if (asprintf(&path, "%s/" CHUNKS "/%.2s/%s", folder, hex, hex + 2) < 0)
		return NULL;
	return path;
}

anju_status chunk_bad(const char *folder, const char *hex, anju_error *err)
{
	(void)anju_fail(err, ANJU_E_CORRUPT, "store.backup_chunk", "%s of %s", hex, folder);
	anju_error_file(err, folder);
	anju_error_found(err, "%s", hex);
	return ANJU_E_CORRUPT;
}

anju_status chunk_get(const char *folder, const char *hex, uint8_t data[CHUNK_BYTES], size_t *ret_n,
	anju_error *err)
{
	char is[HASH_HEX_CHARS];
	if (hex == NULL || strspn(hex, "0123456789abcdef") != HASH_HEX_CHARS - 1 ||
		hex[HASH_HEX_CHARS - 1] != '\0')
		return chunk_bad(folder, hex != NULL ? hex : "", err);
	ANJU_AUTO_MEM char *path = path_of(folder, hex);
	if (path == NULL)
		return anju_fail_nomem(err);
	ANJU_AUTO_FILE file = fopen(path, "re");
	if (file == NULL)
		return chunk_bad(folder, hex, err);
	size_t n = fread(data, 1, CHUNK_BYTES, file);
	bool more = fgetc(file) != EOF;
	name_of(data, n, is);
	if (more || ferror(file) || strcmp(is, hex) != 0)
		return chunk_bad(folder, hex, err);
	*ret_n = n;
	return ANJU_OK;
}

anju_status chunk_put(const char *folder, const uint8_t *data, size_t n, char hex[HASH_HEX_CHARS],
	bool *ret_new, anju_error *err)
{
	uint8_t there[CHUNK_BYTES];
	size_t len;
	anju_error ignored = {0};
	name_of(data, n, hex);
	*ret_new = chunk_get(folder, hex, there, &len, &ignored) != ANJU_OK;
	if (!*ret_new)
		return ANJU_OK;
	ANJU_AUTO_MEM char *path = path_of(folder, hex);
	if (path == NULL)
		return anju_fail_nomem(err);
	/* the two folders above it, from the outside in: cut the path at its last two slashes */
	char *name = strrchr(path, '/');
	*name = '\0';
	char *sub = strrchr(path, '/');
	*sub = '\0';
	anju_status st = folder_make(path, err);
	*sub = '/';
	if (st == ANJU_OK)
		st = folder_make(path, err);
	*name = '/';
	return st == ANJU_OK ? file_put(path, data, n, false, err) : st;
}

/* Pieces of one subfolder; its name is the first two digits of theirs. */
static anju_status drop_in(const char *path, const char *two, const json_t *needed,
	int64_t *ret_freed, anju_error *err)
{
	DIR *dir = opendir(path);
	if (dir == NULL)
		return anju_fail_errno(err, errno, "@say.reading|%s", path);
	anju_status st = ANJU_OK;
	for (struct dirent *d; st == ANJU_OK && (d = readdir(dir)) != NULL;) {
		char hex[2 + sizeof d->d_name];
		struct stat s;
		snprintf(hex, sizeof hex, "%s%s", two, d->d_name);
		if (d->d_name[0] == '.' || json_object_get(needed, hex) != NULL)
			continue;
		if (fstatat(dirfd(dir), d->d_name, &s, 0) != 0 ||
			unlinkat(dirfd(dir), d->d_name, 0) != 0)
			st = anju_fail_errno(err, errno, "@say.removing|%s/%s", path, d->d_name);
		else
			*ret_freed += s.st_size;
	}
	closedir(dir);
	return st;
}

anju_status chunks_drop_others(
	const char *folder, const json_t *needed, int64_t *ret_freed, anju_error *err)
{
	*ret_freed = 0;
	for (int i = 0; i < 256; i++) {
		char two[3];
		ANJU_AUTO_MEM char *path = NULL;
		snprintf(two, sizeof two, "%02x", (unsigned)i);
		if (asprintf(&path, "%s/" CHUNKS "/%s", folder, two) < 0)
			return anju_fail_nomem(err);
		if (access(path, F_OK) != 0)
			continue;
		anju_status st = drop_in(path, two, needed, ret_freed, err);
		if (st != ANJU_OK)
			return st;
	}
	return ANJU_OK;
}
