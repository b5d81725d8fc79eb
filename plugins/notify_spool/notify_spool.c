/**
 * Delivers each message as one mail file in a folder, for a relay such as a sendmail pick-up to send on. A
 * file appears whole or not at all: written under a hidden name, synced, renamed, the folder synced. Its
 * name comes from the message's id, so a message that comes twice is one file.
 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "anju/plugin.h"

#include "mail.h"

#define FROM_DEFAULT "anju@localhost"

struct spool {
	int folder_fd;
	char *from; /* owned */
	enum text_lang lang;
	pthread_mutex_t
		lock; /* one delivery at a time: the hidden name is the same for the same id */
};

static const char manifest[] =
#include "notify_spool_manifest.h"
	;

/** ANJU_E_IO even for a full disk: room may come back, so the delivery is worth another try. */
static anju_status fail_io(anju_error *err, const char *what, const char *name)
{
	int errnum = errno;
	(void)text_fail(
		err, ANJU_E_IO, "notify_spool.io", "%s %s: %s", what, name, strerror(errnum));
	err->origin = ANJU_ORIGIN_ERRNO;
	err->cause = errnum;
	return ANJU_E_IO;
}

static anju_status check_member(const char *key, const json_t *v, anju_error *err)
{
	const char *s = json_string_value(v);
	enum text_lang lang;
	if (strcmp(key, "dir") == 0)
		return ANJU_OK;
	if (strcmp(key, "folder") == 0)
		return s != NULL && s[0] == '/'
			       ? ANJU_OK
			       : text_fail(err, ANJU_E_INVALID, "notify_spool.config",
					 "\"folder\" must be an absolute path");
	if (strcmp(key, "from") == 0)
		return s != NULL && text_address_ok(s)
			       ? ANJU_OK
			       : text_fail(err, ANJU_E_INVALID, "notify_spool.config",
					 "\"from\" must be an address such as " FROM_DEFAULT);
	if (strcmp(key, "lang") == 0)
		return s != NULL && text_lang_parse(s, &lang)
			       ? ANJU_OK
			       : text_fail(err, ANJU_E_INVALID, "notify_spool.config",
					 "\"lang\" must be zh, en or both");
	return text_fail(err, ANJU_E_INVALID, "notify_spool.config",
		"unknown member \"%s\"; allowed: folder from lang", key);
}

static anju_status check(const json_t *config, anju_error *err)
{
	const char *key;
	json_t *v;
	json_object_foreach((json_t *)config, key, v) {
		anju_status st = check_member(key, v, err);
		if (st != ANJU_OK)
			return st;
	}
	if (json_object_get(config, "folder") == NULL)
		return text_fail(
			err, ANJU_E_INVALID, "notify_spool.config", "\"folder\" is missing");
	return ANJU_OK;
}

static void fini(void *data)
{
	struct spool *self = data;
	if (self->folder_fd >= 0)
		close(self->folder_fd);
	free(self->from);
	pthread_mutex_destroy(&self->lock);
	free(self);
}

static anju_status init(
	const anju_host *host, const json_t *config, void **ret_self, anju_error *err)
{
	(void)host;
	const char *folder = json_string_value(json_object_get(config, "folder"));
	const char *from = json_string_value(json_object_get(config, "from"));
	const char *lang = json_string_value(json_object_get(config, "lang"));
	struct spool *self = calloc(1, sizeof *self);
	if (self == NULL)
		return text_fail(err, ANJU_E_NOMEM, "mem.out", "out of memory");
	pthread_mutex_init(&self->lock, NULL);
	if (lang != NULL)
		(void)text_lang_parse(lang, &self->lang); /* checked before */
	self->from = strdup(from != NULL ? from : FROM_DEFAULT);
	self->folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	anju_status st = ANJU_OK;
	if (self->from == NULL)
		st = text_fail(err, ANJU_E_NOMEM, "mem.out", "out of memory");
	else if (self->folder_fd < 0 || faccessat(self->folder_fd, ".", W_OK | X_OK, 0) != 0)
		st = fail_io(err, "opening folder", folder);
	if (st != ANJU_OK) {
		fini(self);
		return st;
	}
	*ret_self = self;
	return ANJU_OK;
}

static anju_status write_all(int fd, const struct text *t)
{
	for (size_t at = 0; at < t->len;) {
		ssize_t n = write(fd, t->data + at, t->len - at);
		if (n < 0 && errno != EINTR)
			return ANJU_E_IO;
		if (n > 0)
			at += (size_t)n;
	}
	return fsync(fd) == 0 ? ANJU_OK : ANJU_E_IO;
}

/** Write under the hidden name; a file that a crash left there is overwritten. */
static anju_status write_hidden(
	const struct spool *self, const char *hidden, const struct text *t, anju_error *err)
{
	int fd = openat(self->folder_fd, hidden,
		O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0640);
	if (fd < 0)
		return fail_io(err, "creating", hidden);
	anju_status st = write_all(fd, t);
	if (st != ANJU_OK)
		(void)fail_io(err, "writing", hidden);
	if (close(fd) != 0 && st == ANJU_OK)
		st = fail_io(err, "closing", hidden);
	if (st != ANJU_OK)
		(void)unlinkat(self->folder_fd, hidden, 0); /* the next try overwrites it anyway */
	return st;
}

static anju_status put(
	const struct spool *self, const char *token, const struct text *t, anju_error *err)
{
	char name[TOKEN_CHARS + 8], hidden[TOKEN_CHARS + 8];
	snprintf(name, sizeof name, "%s.eml", token);
	snprintf(hidden, sizeof hidden, ".%s.part", token);
	struct stat sb;
	/* there already: delivered before, perhaps without the last sync */
	if (fstatat(self->folder_fd, name, &sb, AT_SYMLINK_NOFOLLOW) != 0) {
		anju_status st = write_hidden(self, hidden, t, err);
		if (st != ANJU_OK)
			return st;
		if (renameat(self->folder_fd, hidden, self->folder_fd, name) != 0)
			return fail_io(err, "renaming to", name);
	}
	return fsync(self->folder_fd) == 0 ? ANJU_OK : fail_io(err, "syncing the folder of", name);
}

static anju_answered deliver(
	void *data, const char *channel, const json_t *message, anju_request *request)
{
	struct spool *self = data;
	(void)channel; /* the manifest offers one */
	anju_error err = {0};
	struct text t = {0};
	anju_status st = ANJU_OK;
	struct mail_options options = {.from = self->from, .lang = self->lang};
	const char *lacks = mail_write(&t, message, &options);
	if (t.failed)
		st = text_fail(&err, ANJU_E_NOMEM, "mem.out", "out of memory");
	else if (lacks != NULL)
		st = text_fail(&err, ANJU_E_INVALID, "notify_spool.message",
			"message member %s is missing or malformed", lacks);
	if (st == ANJU_OK) {
		char token[TOKEN_CHARS];
		text_token(json_string_value(json_object_get(message, "id")), token);
		pthread_mutex_lock(&self->lock);
		st = put(self, token, &t, &err);
		pthread_mutex_unlock(&self->lock);
	}
	text_done(&t);
	return st == ANJU_OK ? request->done(request, NULL) : request->fail(request, &err);
}

ANJU_PLUGIN(.kinds = ANJU_KIND_CHANNEL, .name = "notify_spool", .version = "1.0.0",
	.manifest = manifest, .check = check, .init = init, .stop = NULL, .fini = fini,
	.policy = NULL, .deliver = deliver, .calendar = NULL);
