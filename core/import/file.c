/** Opening a file on behalf of a peer. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "import/table.h"

static anju_status no_file(const char *path, int errnum, anju_error *err)
{
	if (errnum != ENOENT && errnum != ENOTDIR && path[0] == '/')
		return anju_fail_errno(err, errnum, "@say.opening|%s", path);
	(void)anju_fail(err, ANJU_E_NOTFOUND, "import.no_file", "there is no file %s", path);
	anju_error_where(err, "/path");
	anju_error_found(err, "%s", path);
	return ANJU_E_NOTFOUND;
}

/* May `peer` use an entry that has these permissions: as its owner, or as anybody? */
static bool allowed(const struct stat *sb, uid_t peer, mode_t owner, mode_t others)
{
	return peer == 0 || (sb->st_mode & (sb->st_uid == peer ? owner : others)) != 0;
}

/* Every folder on the way; `path` has no links in it. */
static bool may_pass(const char *path, uid_t peer)
{
	char folder[PATH_MAX];
	struct stat sb;
	for (const char *p = strchr(path + 1, '/'); p != NULL; p = strchr(p + 1, '/')) {
		snprintf(folder, sizeof folder, "%.*s", (int)(p - path), path);
		if (stat(folder, &sb) != 0 || !allowed(&sb, peer, S_IXUSR, S_IXOTH))
			return false;
	}
	return true;
}

anju_status file_open(const char *path, uid_t peer, FILE **ret, anju_error *err)
{
	struct stat sb;
	char *real = path[0] == '/' ? realpath(path, NULL) : NULL;
	if (real == NULL)
		return no_file(path, errno, err);
	/* not to be held up by a pipe nobody writes to */
	int fd = open(real, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	int errnum = errno;
	bool yours = fd >= 0 && fstat(fd, &sb) == 0 && S_ISREG(sb.st_mode) &&
		     allowed(&sb, peer, S_IRUSR, S_IROTH) && may_pass(real, peer);
	free(real);
	if (fd < 0 && errnum != EACCES && errnum != ENXIO)
		return no_file(path, errnum, err);
	*ret = yours ? fdopen(fd, "r") : NULL;
	if (*ret != NULL)
		return ANJU_OK;
	if (fd >= 0)
		(void)close(fd);
	(void)anju_fail(
		err, ANJU_E_DENIED, "import.not_yours", "%s may not be read for this peer", path);
	anju_error_where(err, "/path");
	anju_error_found(err, "%s", path);
	return ANJU_E_DENIED;
}
