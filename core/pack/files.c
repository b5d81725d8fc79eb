#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "pack/loader.h"

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);
	return n > m && strcmp(s + n - m, end) == 0;
}

/* Read by other parts, or by nobody: notes beside the pack, build files, import mappings, scenarios. */
static bool is_others(const char *name)
{
	static const char *const names[] = {
		"pack.json", "indicators.json", "scenarios", "meson.build", NULL};
	for (size_t i = 0; names[i] != NULL; i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return name[0] == '.' || ends_with(name, ".import.json") || ends_with(name, ".md");
}

static bool add_workflow(struct pack_files *files, const char *name)
{
	char **list = realloc(files->workflows, (files->workflows_len + 1) * sizeof *list);
	if (list == NULL)
		return false;
	files->workflows = list;
	list[files->workflows_len] = strdup(name);
	if (list[files->workflows_len] == NULL)
		return false;
	files->workflows_len++;
	return true;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort_in(
	struct loader *ld, const struct source *src, const char *name, struct pack_files *files)
{
	if (is_others(name))
		return;
	if (strcmp(name, "units.json") == 0)
		files->units = true;
	else if (strcmp(name, "messages.json") == 0)
		files->messages = true;
	else if (strcmp(name, "obligations.json") == 0)
		files->obligations = true;
	else if (strcmp(name, "templates") == 0)
		files->templates = true;
	else if (!ends_with(name, ".workflow.json")) {
		ANJU_AUTO_BUF file = BUF_INIT;
		buf_addf(&file, "%s/%s", src->name, name);
		struct json_at root = JSON_AT_ROOT(file.data != NULL ? file.data : name);
		load_finding_text(ld, "pack.unknown_file", &root, name,
			"pack.json units.json messages.json obligations.json indicators.json "
			"*.workflow.json *.import.json scenarios/ templates/ *.md");
	} else if (!add_workflow(files, name))
		ld->set->pool.failed = true;
}

bool files_list(struct loader *ld, const struct source *src, struct pack_files *ret)
{
	DIR *dir = opendir(src->path);
	if (dir == NULL) {
		anju_error err;
		return load_ok(
			ld, anju_fail_errno(&err, errno, "@say.opening|%s", src->name), &err);
	}
	*ret = (struct pack_files){0};
	for (struct dirent *e; (e = readdir(dir)) != NULL;)
		sort_in(ld, src, e->d_name, ret);
	(void)closedir(dir);
	if (ret->workflows_len > 0)
		qsort(ret->workflows, ret->workflows_len, sizeof *ret->workflows, by_name);
	return true;
}

void files_done(struct pack_files *files)
{
	for (size_t i = 0; i < files->workflows_len; i++)
		free(files->workflows[i]);
	free(files->workflows);
}

json_t *files_parse(
	struct loader *ld, const struct source *src, const char *name, const char **ret_file)
{
	ANJU_AUTO_BUF path = BUF_INIT, file = BUF_INIT;
	buf_addf(&path, "%s/%s", src->path, name);
	buf_addf(&file, "%s/%s", src->name, name);
	if (path.failed || file.failed) {
		ld->set->pool.failed = true;
		return NULL;
	}
	anju_error err;
	json_t *doc = NULL;
	*ret_file = pool_strdup(&ld->set->pool, file.data);
	if (*ret_file == NULL ||
		!load_ok(ld, json_load_path(path.data, *ret_file, PACK_FILE_MAX, &doc, &err),
			&err)) {
		ld->unread = ld->units_bad = true;
		return NULL;
	}
	if (json_array_append_new(ld->set->docs, doc) != 0) {
		ld->set->pool.failed = true;
		return NULL;
	}
	return doc;
}
