/* A folder of files that any web server can offer for subscription. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agenda/agenda.h"
#include "base/error.h"
#include "org/org.h"

/* Is that what the file says already? */
static bool is_same(const char *path, const struct buf *text)
{
	struct stat st;
	FILE *f = fopen(path, "re");
	if (f == NULL)
		return false;
	bool same = fstat(fileno(f), &st) == 0 && (size_t)st.st_size == text->len;
	char chunk[8192];
	for (size_t at = 0, n; same && at < text->len; at += n) {
		n = fread(chunk, 1, sizeof chunk, f);
		same = n > 0 && at + n <= text->len && memcmp(chunk, text->data + at, n) == 0;
	}
	(void)fclose(f); /* read only: nothing to lose */
	return same;
}

static bool write_all(int fd, const struct buf *text)
{
	for (size_t at = 0; at < text->len;) {
		ssize_t n = write(fd, text->data + at, text->len - at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += (size_t)n;
	}
	return fsync(fd) == 0;
}

/* Whoever reads meanwhile sees all of the old one or all of the new one. */
static anju_status replace(const char *path, const struct buf *text, anju_error *err)
{
	char next[PATH_MAX + 8];
	snprintf(next, sizeof next, "%s.next", path);
	int fd = open(next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return anju_fail_errno(err, errno, "@say.writing|%s", next);
	/* whatever the daemon's umask: they are for others to read */
	bool ok = fchmod(fd, 0644) == 0 && write_all(fd, text);
	int bad = errno;
	(void)close(fd); /* synced */
	if (ok && rename(next, path) == 0)
		return ANJU_OK;
	bad = ok ? errno : bad;
	(void)unlink(next); /* already failing */
	return anju_fail_errno(err, bad, "@say.writing|%s", path);
}

static anju_status keep(const char *folder, const char *unit, const struct buf *text,
	size_t *written, anju_error *err)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof path, "%s/%s.ics", folder, unit);
	if (n < 0 || (size_t)n >= sizeof path)
		return anju_fail_errno(err, ENAMETOOLONG, "@say.writing|%s", folder);
	if (is_same(path, text))
		return ANJU_OK;
	anju_status st = replace(path, text, err);
	*written += st == ANJU_OK;
	return st;
}

static const struct agenda_unit *find(const struct agenda *agenda, const char *code)
{
	for (size_t i = 0; i < agenda->len; i++) {
		if (strcmp(agenda->units[i].code, code) == 0)
			return &agenda->units[i];
	}
	return NULL;
}

/* Subscribers of a unit that has nothing left to do are to see that. */
static anju_status keep_empty(const struct agenda_options *options, const char *folder,
	const char *unit, size_t *written, anju_error *err)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof path, "%s/%s.ics", folder, unit);
	if (n < 0 || (size_t)n >= sizeof path || access(path, F_OK) != 0)
		return ANJU_OK;
	ANJU_AUTO_BUF text = BUF_INIT;
	anju_status st = agenda_empty(options, unit, &text, err);
	return st == ANJU_OK ? keep(folder, unit, &text, written, err) : st;
}

anju_status agenda_write_folder(struct store_reader *reader, const struct agenda_options *options,
	const char *folder, size_t *ret_written, anju_error *err)
{
	ANJU_AUTO(agenda) agenda = NULL;
	size_t written = 0;
	bool is_new = mkdir(folder, 0755) == 0;
	if ((!is_new && errno != EEXIST) || (is_new && chmod(folder, 0755) != 0))
		return anju_fail_errno(err, errno, "@say.creating|%s", folder);
	anju_status st = agenda_make(reader, options, &agenda, err);
	if (st != ANJU_OK)
		return st;
	const struct org *org = pack_set_org(options->packs);
	for (size_t i = 0; i < agenda->len && st == ANJU_OK; i++)
		st = keep(folder, agenda->units[i].code, &agenda->units[i].text, &written, err);
	for (size_t i = 0; i < org_count(org) && st == ANJU_OK; i++) {
		const char *code = org_at(org, i)->code;
		if (find(agenda, code) == NULL)
			st = keep_empty(options, folder, code, &written, err);
	}
	if (st == ANJU_OK)
		*ret_written = written;
	return st;
}
