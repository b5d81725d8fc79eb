/**
 * The holiday notices of the State Council as a calendar: one JSON file a year in the folder `notices`
 * beside the plugin, or where the configuration says. A new year's notice is a new file, no new build.
 * What a notice must say is checked by whoever asks for the calendar.
 */
#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "anju/plugin.h"

#define NOTICE_MAX_BYTES 262144

struct calendar_cn {
	char *folder; /* owned */
};

static const char manifest[] =
#include "calendar_cn_manifest.h"
	;

ANJU_PRINTF(4, 5)
static anju_status fail(anju_error *err, anju_status st, const char *id, const char *fmt, ...)
{
	if (err == NULL)
		return st;
	memset(err, 0, sizeof *err);
	err->status = st;
	snprintf(err->id, sizeof err->id, "%s", id);
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof err->text, fmt, ap);
	va_end(ap);
	return st;
}

/** Same, about a file of the folder. */
ANJU_PRINTF(4, 5)
static anju_status fail_file(
	anju_error *err, const char *id, const char *file, const char *fmt, ...)
{
	char text[200];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	(void)fail(err, ANJU_E_INVALID, id, "%s: %s", file, text);
	snprintf(err->file, sizeof err->file, "%s", file);
	return ANJU_E_INVALID;
}

static anju_status check(const json_t *config, anju_error *err)
{
	const char *key;
	json_t *v;
	json_object_foreach((json_t *)config, key, v) {
		if (strcmp(key, "dir") == 0)
			continue;
		if (strcmp(key, "notices") != 0)
			return fail(err, ANJU_E_INVALID, "calendar_cn.config",
				"unknown member \"%s\"; allowed: notices", key);
		if (!json_is_string(v) || json_string_value(v)[0] != '/')
			return fail(err, ANJU_E_INVALID, "calendar_cn.config",
				"\"notices\" must be an absolute path");
	}
	return ANJU_OK;
}

static anju_status init(
	const anju_host *host, const json_t *config, void **ret_self, anju_error *err)
{
	(void)host;
	const char *dir = json_string_value(json_object_get(config, "dir"));
	const char *notices = json_string_value(json_object_get(config, "notices"));
	if (dir == NULL && notices == NULL)
		return fail(err, ANJU_E_INVALID, "calendar_cn.config", "neither dir nor notices");
	struct calendar_cn *self = calloc(1, sizeof *self);
	if (self == NULL)
		return fail(err, ANJU_E_NOMEM, "mem.out", "out of memory");
	int n = notices != NULL ? asprintf(&self->folder, "%s", notices)
				: asprintf(&self->folder, "%s/notices", dir);
	if (n < 0) {
		free(self);
		return fail(err, ANJU_E_NOMEM, "mem.out", "out of memory");
	}
	*ret_self = self;
	return ANJU_OK;
}

static void fini(void *data)
{
	struct calendar_cn *self = data;
	free(self->folder);
	free(self);
}

static int is_notice(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);
	return entry->d_name[0] != '.' && n > 5 && strcmp(entry->d_name + n - 5, ".json") == 0;
}

static anju_status read_notice(const char *folder, const char *file, json_t **ret, anju_error *err)
{
	char path[4096];
	struct stat sb;
	if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, file) >= sizeof path)
		return fail_file(err, "calendar_cn.read", file, "path is too long");
	if (stat(path, &sb) != 0)
		return fail_file(err, "calendar_cn.read", file, "%s", strerror(errno));
	if (!S_ISREG(sb.st_mode) || sb.st_size > NOTICE_MAX_BYTES)
		return fail_file(err, "calendar_cn.read", file,
			"not a regular file of at most %d bytes", NOTICE_MAX_BYTES);
	json_error_t je;
	json_t *notice = json_load_file(path, JSON_REJECT_DUPLICATES, &je);
	if (notice == NULL)
		return fail_file(err, "calendar_cn.syntax", file, "line %d, column %d: %s", je.line,
			je.column, je.text);
	if (!json_is_object(notice) || !json_is_integer(json_object_get(notice, "year"))) {
		json_decref(notice);
		return fail_file(
			err, "calendar_cn.shape", file, "not an object with an integer \"year\"");
	}
	*ret = notice;
	return ANJU_OK;
}

/** The file that gave `year` before; files and notices run in parallel. NULL: none. */
static const char *given_by(const json_t *notices, struct dirent **files, const json_t *notice)
{
	json_int_t year = json_integer_value(json_object_get(notice, "year"));
	size_t i;
	json_t *other;
	json_array_foreach((json_t *)notices, i, other) {
		if (json_integer_value(json_object_get(other, "year")) == year)
			return files[i]->d_name;
	}
	return NULL;
}

static anju_status read_all(
	const char *folder, struct dirent **files, int n, json_t *notices, anju_error *err)
{
	for (int i = 0; i < n; i++) {
		const char *file = files[i]->d_name;
		json_t *notice = NULL;
		anju_status st = read_notice(folder, file, &notice, err);
		if (st != ANJU_OK)
			return st;
		const char *before = given_by(notices, files, notice);
		if (before != NULL)
			st = fail_file(err, "calendar_cn.twice", file, "year %d is in %s already",
				(int)json_integer_value(json_object_get(notice, "year")), before);
		if (st != ANJU_OK) {
			json_decref(notice);
			return st;
		}
		if (json_array_append_new(notices, notice) != 0)
			return fail(err, ANJU_E_NOMEM, "mem.out", "out of memory");
	}
	return ANJU_OK;
}

static anju_answered calendar(void *data, const char *name, anju_request *request)
{
	struct calendar_cn *self = data;
	(void)name; /* the manifest offers one */
	anju_error err = {0};
	struct dirent **files = NULL;
	int n = scandir(self->folder, &files, is_notice, alphasort);
	if (n <= 0) {
		(void)fail(&err, ANJU_E_NOTFOUND, "calendar_cn.folder", "no notices in %s: %s",
			self->folder, n < 0 ? strerror(errno) : "no *.json file");
		free(files);
		return request->fail(request, &err);
	}
	json_t *notices = json_array();
	anju_status st = notices != NULL ? read_all(self->folder, files, n, notices, &err)
					 : fail(&err, ANJU_E_NOMEM, "mem.out", "out of memory");
	anju_answered answered =
		st == ANJU_OK ? request->done(request, notices) : request->fail(request, &err);
	json_decref(notices);
	for (int i = 0; i < n; i++)
		free(files[i]);
	free(files);
	return answered;
}

ANJU_PLUGIN(.kinds = ANJU_KIND_CALENDAR, .name = "calendar_cn", .version = "1.0.0",
	.manifest = manifest, .check = check, .init = init, .stop = NULL, .fini = fini,
	.policy = NULL, .deliver = NULL, .calendar = calendar);
