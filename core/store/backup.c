#include "store/backup.h"

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
#include "base/json.h"
#include "base/timestamp.h"
#include "store/backup_file.h"
#include "store/sqlite.h"

#define FORMAT      1
#define LIST_SUFFIX ".backup.json"
#define PART_NAME   "snapshot.part"

/* --- the list of a backup --- */

static json_t *list_of(const struct backup *b, json_t *chunks)
{
	char taken[TIMESTAMP_MAX_CHARS];
	return json_pack("{s:i, s:s, s:i, s:I, s:I, s:O}", "format", FORMAT, "taken_at",
		timestamp_format(b->taken_ms, taken), "schema", b->schema, "last_seq",
		(json_int_t)b->last_seq, "bytes", (json_int_t)b->bytes, "chunks", chunks);
}

static anju_status bad_list(const char *path, const char *found, anju_error *err)
{
	(void)anju_fail(
		err, ANJU_E_CORRUPT, "store.backup_list", "%s is no list of a backup", path);
	anju_error_file(err, path);
	anju_error_found(err, "%s", found);
	return ANJU_E_CORRUPT;
}

/* Its numbers; the chunks stay in *ret_doc, the caller's. */
static anju_status read_list(
	const char *folder, const char *name, struct backup *ret, json_t **ret_doc, anju_error *err)
{
	ANJU_AUTO_MEM char *path = NULL;
	if (asprintf(&path, "%s/%s" LIST_SUFFIX, folder, name) < 0)
		return anju_fail_nomem(err);
	json_error_t why;
	ANJU_AUTO_JSON *doc = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
	if (doc == NULL)
		return bad_list(path, why.text, err);
	const char *taken;
	json_int_t seq, bytes;
	int format, schema;
	const json_t *chunks;
	struct backup b = {0};
	if (json_unpack_ex(doc, &why, 0, "{s:i, s:s, s:i, s:I, s:I, s:o}", "format", &format,
		    "taken_at", &taken, "schema", &schema, "last_seq", &seq, "bytes", &bytes,
		    "chunks", &chunks) != 0)
		return bad_list(path, why.text, err);
	if (format != FORMAT || !json_is_array(chunks) || strlen(name) >= sizeof b.name ||
		timestamp_parse(taken, &b.taken_ms, err) != ANJU_OK)
		return bad_list(path, "format", err);
	snprintf(b.name, sizeof b.name, "%s", name);
	b.last_seq = seq;
	b.bytes = bytes;
	b.schema = schema;
	b.chunks = (int64_t)json_array_size(chunks);
	*ret = b;
	if (ret_doc != NULL)
		*ret_doc = json_incref(doc);
	return ANJU_OK;
}

static int is_list(const struct dirent *d)
{
	size_t n = strlen(d->d_name), suffix = strlen(LIST_SUFFIX);
	return n > suffix && strcmp(d->d_name + n - suffix, LIST_SUFFIX) == 0;
}

/** Names of the backups, oldest first; each and the array are the caller's. */
static anju_status names(const char *folder, char ***ret, int *ret_len, anju_error *err)
{
	struct dirent **found = NULL;
	int n = scandir(folder, &found, is_list, alphasort);
	if (n < 0)
		return anju_fail_errno(err, errno, "@say.reading|%s", folder);
	char **list = calloc((size_t)n + 1, sizeof *list);
	for (int i = 0; i < n; i++) {
		if (list != NULL)
			list[i] = strndup(
				found[i]->d_name, strlen(found[i]->d_name) - strlen(LIST_SUFFIX));
		free(found[i]);
	}
	free(found);
	if (list == NULL)
		return anju_fail_nomem(err);
	*ret = list;
	*ret_len = n;
	return ANJU_OK;
}

static void free_names(char **list, int n)
{
	for (int i = 0; i < n; i++)
		free(list[i]);
	free(list);
}

static anju_status newest(const char *folder, char out[BACKUP_NAME_CHARS], anju_error *err)
{
	char **list = NULL;
	int n = 0;
	anju_status st = names(folder, &list, &n, err);
	if (st != ANJU_OK)
		return st;
	if (n > 0)
		snprintf(out, BACKUP_NAME_CHARS, "%s", list[n - 1]);
	free_names(list, n);
	if (n > 0)
		return ANJU_OK;
	(void)anju_fail(err, ANJU_E_NOTFOUND, "store.no_backup", "no backup in %s", folder);
	anju_error_file(err, folder);
	return ANJU_E_NOTFOUND;
}

anju_status backup_list(const char *folder, backup_cb cb, void *ctx, anju_error *err)
{
	char **list = NULL;
	int n = 0;
	anju_status st = names(folder, &list, &n, err);
	for (int i = 0; i < n && st == ANJU_OK; i++) {
		struct backup b;
		st = read_list(folder, list[i], &b, NULL, err);
		if (st == ANJU_OK && !cb(ctx, &b))
			break;
	}
	free_names(list, n);
	return st;
}

/* --- taking one --- */

struct taking {
	const char *folder;
	struct backup *backup;
	json_t *chunks; /* owned */
};

static anju_status take_chunk(void *ctx, const uint8_t *data, size_t n, anju_error *err)
{
	struct taking *t = ctx;
	char hex[HASH_HEX_CHARS];
	bool is_new = false;
	anju_status st = chunk_put(t->folder, data, n, hex, &is_new, err);
	if (st != ANJU_OK)
		return st;
	if (is_new)
		t->backup->written += (int64_t)n;
	t->backup->bytes += (int64_t)n;
	t->backup->chunks++;
	return json_array_append_new(t->chunks, json_string(hex)) == 0 ? ANJU_OK
								       : anju_fail_nomem(err);
}

static anju_status write_list(const struct taking *t, anju_error *err)
{
	ANJU_AUTO_JSON *doc = list_of(t->backup, t->chunks);
	ANJU_AUTO_MEM char *text = doc != NULL ? json_dumps(doc, JSON_INDENT(1)) : NULL;
	ANJU_AUTO_MEM char *path = NULL;
	if (text == NULL || asprintf(&path, "%s/%s" LIST_SUFFIX, t->folder, t->backup->name) < 0)
		return anju_fail_nomem(err);
	/* the pieces first, as the list says that they are there */
	anju_status st = folder_sync(t->folder, err);
	return st == ANJU_OK ? file_put(path, text, strlen(text), true, err) : st;
}

static anju_status name_now(
	const char *folder, int64_t now_ms, char out[BACKUP_NAME_CHARS], anju_error *err)
{
	char at[TIMESTAMP_MAX_CHARS];
	int y, mo, d, h, mi, s;
	timestamp_format(now_ms, at);
	if (sscanf(at, "%4d-%2d-%2dT%2d:%2d:%2d", &y, &mo, &d, &h, &mi, &s) != 6)
		return anju_fail(err, ANJU_E_INVALID, "store.no_backup", "bad time %s", at);
	snprintf(out, BACKUP_NAME_CHARS, "%04d%02d%02d-%02d%02d%02d", y, mo, d, h, mi, s);
	ANJU_AUTO_MEM char *path = NULL;
	if (asprintf(&path, "%s/%s" LIST_SUFFIX, folder, out) < 0)
		return anju_fail_nomem(err);
	if (access(path, F_OK) != 0)
		return ANJU_OK;
	(void)anju_fail(err, ANJU_E_EXISTS, "store.backup_exists", "%s exists", out);
	anju_error_found(err, "%s", out);
	return ANJU_E_EXISTS;
}

anju_status backup_take(
	const char *data, const char *folder, int64_t now_ms, struct backup *ret, anju_error *err)
{
	struct backup b = {.taken_ms = now_ms / 1000 * 1000};
	struct taking t = {.folder = folder, .backup = &b};
	ANJU_AUTO_MEM char *part = NULL;
	anju_status st = folder_make(folder, err);
	if (st == ANJU_OK)
		st = name_now(folder, now_ms, b.name, err);
	if (st != ANJU_OK)
		return st;
	if (asprintf(&part, "%s/" PART_NAME, folder) < 0)
		return anju_fail_nomem(err);
	(void)unlink(part); /* of one that was cut short */
	st = store_snapshot(data, part, &b, err);
	if (st != ANJU_OK)
		return st;
	t.chunks = json_array();
	st = t.chunks != NULL ? chunk_each(part, take_chunk, &t, err) : anju_fail_nomem(err);
	(void)unlink(part);
	if (st == ANJU_OK)
		st = write_list(&t, err);
	json_decref(t.chunks);
	if (st == ANJU_OK)
		*ret = b;
	return st;
}

/* --- giving one back --- */

/* Every piece in its order, hashed, to `fd` unless that is -1. */
static anju_status read_back(
	const char *folder, const char *name, int fd, struct backup *ret, anju_error *err)
{
	ANJU_AUTO_JSON *doc = NULL;
	int64_t bytes = 0;
	size_t i;
	json_t *chunk;
	anju_status st = read_list(folder, name, ret, &doc, err);
	json_array_foreach(json_object_get(doc, "chunks"), i, chunk) {
		uint8_t data[CHUNK_BYTES];
		size_t n = 0;
		st = chunk_get(folder, json_string_value(chunk), data, &n, err);
		if (st == ANJU_OK && fd >= 0)
			st = fd_write(fd, data, n, err);
		if (st != ANJU_OK)
			break;
		bytes += (int64_t)n;
	}
	if (st != ANJU_OK || bytes == ret->bytes)
		return st;
	return chunk_bad(folder, name, err);
}

anju_status backup_verify(const char *folder, const char *name, struct backup *ret, anju_error *err)
{
	char last[BACKUP_NAME_CHARS];
	anju_status st = name == NULL ? newest(folder, last, err) : ANJU_OK;
	return st == ANJU_OK ? read_back(folder, name != NULL ? name : last, -1, ret, err) : st;
}

anju_status backup_restore(
	const char *folder, const char *name, const char *data, struct backup *ret, anju_error *err)
{
	char last[BACKUP_NAME_CHARS];
	ANJU_AUTO_MEM char *path = NULL, *part = NULL;
	anju_status st = name == NULL ? newest(folder, last, err) : ANJU_OK;
	if (st == ANJU_OK)
		st = folder_make(data, err);
	if (st != ANJU_OK)
		return st;
	if (asprintf(&path, "%s/" SQLITE_FILE_NAME, data) < 0 ||
		asprintf(&part, "%s/" PART_NAME, data) < 0)
		return anju_fail_nomem(err);
	if (access(path, F_OK) == 0) {
		(void)anju_fail(err, ANJU_E_EXISTS, "store.restore_exists", "%s exists", path);
		anju_error_file(err, path);
		return ANJU_E_EXISTS;
	}
	int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return anju_fail_errno(err, errno, "@say.creating|%s", part);
	st = read_back(folder, name != NULL ? name : last, fd, ret, err);
	if (st == ANJU_OK && fsync(fd) != 0)
		st = anju_fail_errno(err, errno, "@say.syncing|%s", part);
	(void)close(fd); /* synced, or given up */
	if (st == ANJU_OK && rename(part, path) != 0)
		st = anju_fail_errno(err, errno, "@say.writing|%s", path);
	if (st == ANJU_OK)
		return folder_sync(data, err);
	(void)unlink(part);
	return st;
}

/* --- keeping the folder small --- */

static anju_status note_needed(
	const char *folder, const char *name, json_t *needed, anju_error *err)
{
	struct backup b;
	ANJU_AUTO_JSON *doc = NULL;
	size_t i;
	json_t *chunk;
	anju_status st = read_list(folder, name, &b, &doc, err);
	json_array_foreach(json_object_get(doc, "chunks"), i, chunk) {
		if (json_object_set_new(needed, json_string_value(chunk), json_true()) != 0)
			return anju_fail_nomem(err);
	}
	return st;
}

static anju_status drop_list(const char *folder, const char *name, anju_error *err)
{
	ANJU_AUTO_MEM char *path = NULL;
	if (asprintf(&path, "%s/%s" LIST_SUFFIX, folder, name) < 0)
		return anju_fail_nomem(err);
	return unlink(path) == 0 ? ANJU_OK : anju_fail_errno(err, errno, "@say.removing|%s", path);
}

anju_status backup_prune(const char *folder, int keep, int64_t *ret_freed, anju_error *err)
{
	char **list = NULL;
	int n = 0;
	ANJU_AUTO_JSON *needed = json_object();
	anju_status st = names(folder, &list, &n, err);
	int first = n > keep ? n - keep : 0;
	/* a list that cannot be read may need any piece: then nothing is removed */
	for (int i = first; i < n && st == ANJU_OK; i++)
		st = note_needed(folder, list[i], needed, err);
	for (int i = 0; i < first && st == ANJU_OK; i++)
		st = drop_list(folder, list[i], err);
	if (st == ANJU_OK)
		st = folder_sync(folder, err); /* no list may come back without its pieces */
	if (st == ANJU_OK)
		st = chunks_drop_others(folder, needed, ret_freed, err);
	free_names(list, n);
	return st;
}
