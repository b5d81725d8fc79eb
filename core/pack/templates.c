/* templates/<part>.<lang>.mustache: how a pack words its messages. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "pack/loader.h"

static char *read_text(const char *path, const char *file, anju_error *err)
{
	ANJU_AUTO_FILE f = fopen(path, "re");
	char *text = f != NULL ? malloc(TEMPLATE_MAX + 1) : NULL;
	if (f == NULL) {
		(void)anju_fail_errno(err, errno, "@say.opening|%s", file);
		return NULL;
	}
	if (text == NULL) {
		(void)anju_fail_nomem(err);
		return NULL;
	}
	size_t n = fread(text, 1, TEMPLATE_MAX + 1, f);
	if (n <= TEMPLATE_MAX && ferror(f) == 0 && memchr(text, '\0', n) == NULL) {
		text[n] = '\0';
		return text;
	}
	free(text);
	(void)anju_fail(err, ANJU_E_LIMIT, "pack.template_size", "%s is no short text", file);
	anju_error_file(err, file);
	anju_error_allowed(err, "%d", TEMPLATE_MAX);
	return NULL;
}

static void load_one(struct loader *ld, const struct source *src, const char *name)
{
	anju_error err;
	ANJU_AUTO_BUF path = BUF_INIT, file = BUF_INIT;
	buf_addf(&path, "%s/templates/%s", src->path, name);
	buf_addf(&file, "%s/templates/%s", src->name, name);
	if (path.failed || file.failed) {
		ld->set->pool.failed = true;
		return;
	}
	ANJU_AUTO_MEM char *text = read_text(path.data, file.data, &err);
	anju_status st = text != NULL ? wording_set(ld->set->wording, name, file.data, text, &err)
				      : err.status;
	(void)load_ok(ld, st, &err);
}

void templates_load(struct loader *ld, const struct source *src)
{
	ANJU_AUTO_BUF path = BUF_INIT;
	buf_addf(&path, "%s/templates", src->path);
	struct dirent **list;
	int n = path.failed ? -1 : scandir(path.data, &list, NULL, alphasort);
	if (n < 0) {
		anju_error err;
		(void)load_ok(ld,
			anju_fail_errno(&err, errno, "@say.opening|%s/templates", src->name), &err);
		return;
	}
	for (int i = 0; i < n; i++) {
		if (list[i]->d_name[0] != '.')
			load_one(ld, src, list[i]->d_name);
		free(list[i]);
	}
	free(list);
}
