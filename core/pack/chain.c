/* Which packs make up the set: the leaf and all it extends, what is extended first. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "pack/loader.h"

static const char *const pack_members[] = {"$schema", "pack", "version", "extends", "regions",
	"title", "source", "plugins", "rules", "digest_at", "rows", "lint", "example", "local",
	NULL};

static json_t *read_head(struct loader *ld, const char *name, const char *file)
{
	anju_error err;
	json_t *doc = NULL;
	ANJU_AUTO_BUF path = BUF_INIT;
	buf_addf(&path, "%s/%s/pack.json", ld->options->dir, name);
	if (path.failed) {
		ld->set->pool.failed = true;
		return NULL;
	}
	return load_ok(ld, json_load_path(path.data, file, PACK_FILE_MAX, &doc, &err), &err) ? doc
											     : NULL;
}

static char *joined(struct pool *pool, const char *a, const char *b)
{
	char *s = pool_alloc(pool, strlen(a) + strlen(b) + 2);
	if (s != NULL)
		sprintf(s, "%s/%s", a, b); /* allowed: sized above */
	return s;
}

/* Puts `name` in front of those that extend it; false after a finding. */
static bool add(
	struct loader *ld, const char *name, const struct json_at *asked, const char **ret_up)
{
	struct pack_set *set = ld->set;
	for (size_t i = 0; i < set->chain_len; i++) {
		if (strcmp(set->chain[i].name, name) == 0) {
			load_finding_text(ld, "pack.cycle", asked, name, "@say.pack_not_above");
			return false;
		}
	}
	if (set->chain_len == CHAIN_MAX) {
		load_finding_text(
			ld, "pack.cycle", asked, name, "@say.packs_at_most|%d", CHAIN_MAX);
		return false;
	}
	struct source src = {.name = pool_strdup(&set->pool, name),
		.path = joined(&set->pool, ld->options->dir, name),
		.file = joined(&set->pool, name, "pack.json")};
	if (set->pool.failed)
		return false;
	struct stat st;
	if (stat(src.path, &st) != 0 || !S_ISDIR(st.st_mode)) {
		load_finding_text(ld, "pack.unknown_pack", asked, name, "@say.folder_in|%s",
			ld->options->dir);
		return false;
	}
	src.doc = read_head(ld, name, src.file);
	if (src.doc == NULL)
		return false;
	struct json_at root = JSON_AT_ROOT(src.file);
	if (!json_is_object(src.doc)) {
		load_finding(ld, "json.type", &root, src.doc, "@say.object");
		json_decref(src.doc);
		return false;
	}
	memmove(&set->chain[1], &set->chain[0], set->chain_len * sizeof set->chain[0]);
	set->chain[0] = src;
	set->chain_len++;
	*ret_up = load_string(ld, src.doc, &root, "extends", false);
	return true;
}

static void check_regions(struct loader *ld, const struct source *src)
{
	struct json_at root = JSON_AT_ROOT(src->file), list_at = JSON_AT_KEY(&root, "regions");
	const json_t *list = load_strings(ld, src->doc, &root, "regions");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *region = json_string_value(json_array_get(list, i));
		size_t n = strlen(region);
		struct json_at at = JSON_AT_INDEX(&list_at, i);
		if (strspn(region, "0123456789") != n ||
			strchr("\x02\x04\x06\x09\x0c", (int)n) == NULL)
			load_finding_text(
				ld, "org.region", &at, region, "@say.region_digits|2/4/6/9/12");
	}
}

static void check_plugins(struct loader *ld, const struct source *src)
{
	struct json_at root = JSON_AT_ROOT(src->file), list_at = JSON_AT_KEY(&root, "plugins");
	const json_t *list = load_strings(ld, src->doc, &root, "plugins");
	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *v = json_array_get(list, i);
		struct json_at at = JSON_AT_INDEX(&list_at, i);
		if (!load_name(ld, &at, json_string_value(v)))
			continue;
		bool known = false;
		for (size_t k = 0; k < json_array_size(ld->set->plugins); k++)
			known = known || json_equal(json_array_get(ld->set->plugins, k), v);
		if (!known && json_array_append(ld->set->plugins, v) != 0)
			ld->set->pool.failed = true;
	}
}

static void check_digest(struct loader *ld, const struct source *src)
{
	struct json_at root = JSON_AT_ROOT(src->file), at = JSON_AT_KEY(&root, "digest_at");
	const char *text = load_string(ld, src->doc, &root, "digest_at", false);
	if (text == NULL)
		return;
	int hour = -1, minute = -1, end = -1;
	if (sscanf(text, "%2d:%2d%n", &hour, &minute, &end) < 2 || end != 5 || text[5] != '\0' ||
		strspn(text, "0123456789:") != 5 || hour > 23 || minute > 59)
		load_finding_text(ld, "pack.digest_at", &at, text, "@say.day_time");
	else
		ld->set->digest_minute = hour * 60 + minute;
}

static void check_head(struct loader *ld, const struct source *src)
{
	struct json_at root = JSON_AT_ROOT(src->file), at = JSON_AT_KEY(&root, "pack");
	(void)load_object(ld, src->doc, &root, pack_members);
	const char *name = load_string(ld, src->doc, &root, "pack", true);
	if (name != NULL && strcmp(name, src->name) != 0)
		load_finding_text(
			ld, "pack.wrong_name", &at, name, "@say.folder_name|%s", src->name);
	(void)load_text(ld, src->doc, &root, "version");
	schema_member_check(ld, src->doc, &root);
	const json_t *origin = json_object_get(src->doc, "source");
	struct json_at origin_at = JSON_AT_KEY(&root, "source");
	if (origin != NULL && !json_is_object(origin))
		load_finding(ld, "json.type", &origin_at, origin, "@say.object");
	struct label title;
	load_label(ld, src->doc, &root, "title", true, &title);
	(void)load_rows(ld, src->doc, &root);
	(void)load_bool(ld, src->doc, &root, "example");
	check_regions(ld, src);
	check_plugins(ld, src);
	check_digest(ld, src);
	lint_member_check(ld, src);
}

/* All packs in the folder: name → {"up": the pack it extends, or "", "example"}. */
static json_t *survey(struct loader *ld)
{
	DIR *dir = opendir(ld->options->dir);
	if (dir == NULL) {
		anju_error err;
		anju_status st = anju_fail_errno(&err, errno, "@say.opening|%s", ld->options->dir);
		(void)load_ok(ld, st, &err);
		return NULL;
	}
	json_t *all = json_object();
	if (all == NULL)
		ld->set->pool.failed = true;
	for (struct dirent *e; (e = readdir(dir)) != NULL;) {
		ANJU_AUTO_BUF path = BUF_INIT, file = BUF_INIT;
		buf_addf(&path, "%s/%s/pack.json", ld->options->dir, e->d_name);
		buf_addf(&file, "%s/pack.json", e->d_name);
		if (path.failed || file.failed) {
			ld->set->pool.failed = true;
			break;
		}
		if (e->d_name[0] == '.' || access(path.data, F_OK) != 0)
			continue;
		anju_error err;
		ANJU_AUTO_JSON *doc = NULL;
		if (!load_ok(ld, json_load_path(path.data, file.data, PACK_FILE_MAX, &doc, &err),
			    &err))
			continue;
		const char *up = json_string_value(json_object_get(doc, "extends"));
		json_t *head = json_pack("{s:s, s:b}", "up", up != NULL ? up : "", "example",
			json_is_true(json_object_get(doc, "example")));
		if (json_object_set_new(all, e->d_name, head) != 0)
			ld->set->pool.failed = true;
	}
	(void)closedir(dir);
	return all;
}

static bool is_extended(const json_t *all, const char *name)
{
	const char *by;
	json_t *head;
	json_object_foreach((json_t *)all, by, head) {
		if (strcmp(json_string_value(json_object_get(head, "up")), name) == 0)
			return true;
	}
	return false;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The packs that nobody extends, by name; new reference, NULL after a finding. With a pack that cannot be
 * read, who extends whom is not known. */
static json_t *list_leaves(struct loader *ld, bool examples)
{
	size_t before = ld->findings;
	ANJU_AUTO_JSON *all = survey(ld);
	if (all == NULL || ld->findings > before || ld->set->pool.failed)
		return NULL;
	json_t *leaves = json_array();
	size_t n = json_object_size(all), len = 0;
	const char **names = pool_alloc(&ld->set->pool, (n + 1) * sizeof *names);
	const char *name;
	json_t *head;
	json_object_foreach(all, name, head) {
		bool example = json_is_true(json_object_get(head, "example"));
		if (names != NULL && (examples || !example) && !is_extended(all, name))
			names[len++] = name;
	}
	if (len > 1)
		qsort(names, len, sizeof *names, by_name);
	for (size_t i = 0; i < len; i++) {
		if (json_array_append_new(leaves, json_string(names[i])) != 0)
			ld->set->pool.failed = true;
	}
	return leaves;
}

/* The one pack that nobody extends, or NULL after a finding. Examples count where there is nothing else. */
static const char *find_leaf(struct loader *ld)
{
	ANJU_AUTO_JSON *leaves = list_leaves(ld, false), *all = NULL;
	if (leaves == NULL)
		return NULL;
	if (json_array_size(leaves) == 0)
		all = list_leaves(ld, true);
	const json_t *list = all != NULL ? all : leaves;
	if (json_array_size(list) == 1)
		return pool_strdup(&ld->set->pool, json_string_value(json_array_get(list, 0)));
	ANJU_AUTO_BUF shown = BUF_INIT;
	for (size_t i = 0; i < json_array_size(list); i++)
		buf_addf(&shown, "%s ", json_string_value(json_array_get(list, i)));
	struct json_at root = JSON_AT_ROOT(ld->options->dir);
	load_finding_text(
		ld, "pack.which", &root, shown.data != NULL ? shown.data : "", "@say.one_leaf");
	return NULL;
}

size_t pack_extenders(const char *dir, const char *name)
{
	struct pack_options options = {.dir = dir};
	struct pack_set set = {0};
	struct loader ld = {.options = &options, .set = &set};
	ANJU_AUTO_JSON *all = survey(&ld);
	const char *by;
	json_t *head;
	size_t n = 0;
	json_object_foreach(all, by, head) {
		n += strcmp(json_string_value(json_object_get(head, "up")), name) == 0;
	}
	pool_done(&set.pool);
	return ld.findings == 0 ? n : 0;
}

anju_status pack_leaves(const char *dir, json_t **ret, anju_error *err)
{
	struct pack_options options = {.dir = dir};
	struct pack_set set = {0};
	struct loader ld = {.options = &options, .set = &set};
	json_t *leaves = list_leaves(&ld, true);
	bool failed = set.pool.failed;
	pool_done(&set.pool);
	if (leaves == NULL && ld.findings > 0) {
		if (err != NULL)
			*err = ld.first;
		return ld.first.status;
	}
	if (leaves == NULL || failed) {
		json_decref(leaves);
		return anju_fail_nomem(err);
	}
	*ret = leaves;
	return ANJU_OK;
}

bool chain_load(struct loader *ld)
{
	const char *name = ld->options->leaf != NULL ? ld->options->leaf : find_leaf(ld);
	if (name == NULL)
		return false;
	struct json_at root = JSON_AT_ROOT(ld->options->dir), asked = root;
	if (!name_ok(name)) {
		load_finding_text(ld, "pack.unknown_pack", &root, name, "@say.pack_name");
		return false;
	}
	while (name != NULL) {
		const char *up = NULL;
		if (!add(ld, name, &asked, &up))
			return false;
		root = JSON_AT_ROOT(ld->set->chain[0].file);
		asked = JSON_AT_KEY(&root, "extends");
		if (up != NULL && !name_ok(up)) {
			load_finding_text(ld, "pack.unknown_pack", &asked, up, "@say.pack_name");
			return false;
		}
		name = up;
	}
	ld->set->name = ld->set->chain[ld->set->chain_len - 1].name;
	for (size_t i = 0; i < ld->set->chain_len; i++)
		check_head(ld, &ld->set->chain[i]);
	return true;
}
