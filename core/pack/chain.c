/* Which packs make up the set: the leaf and all it extends, what is extended first. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "pack/loader.h"

static const char *const pack_members[] = {"$schema", "pack", "version", "extends", "regions",
	"title", "source", "plugins", "rules", "digest_at", "rows", "lint", NULL};

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
	check_regions(ld, src);
	check_plugins(ld, src);
	check_digest(ld, src);
	lint_member_check(ld, src);
}

/* Names of all packs in the folder → the name of the pack each extends, or "". */
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
		if (json_object_set_new(all, e->d_name, json_string(up != NULL ? up : "")) != 0)
			ld->set->pool.failed = true;
	}
	(void)closedir(dir);
	return all;
}

/* The one pack that nobody extends, or NULL after a finding. */
static const char *find_leaf(struct loader *ld)
{
	size_t before = ld->findings;
	ANJU_AUTO_JSON *all = survey(ld);
	/* with a pack that cannot be read, who extends whom is not known */
	if (all == NULL || ld->findings > before || ld->set->pool.failed)
		return NULL;
	const char *name, *leaf = NULL, *by;
	json_t *v, *up;
	size_t leaves = 0;
	ANJU_AUTO_BUF list = BUF_INIT;
	json_object_foreach(all, name, v) {
		bool extended = false;
		json_object_foreach(all, by, up)
			extended = extended || strcmp(json_string_value(up), name) == 0;
		if (extended)
			continue;
		leaf = name;
		leaves++;
		buf_addf(&list, "%s ", name);
	}
	if (leaves == 1)
		return pool_strdup(&ld->set->pool, leaf);
	struct json_at root = JSON_AT_ROOT(ld->options->dir);
	load_finding_text(
		ld, "pack.which", &root, list.data != NULL ? list.data : "", "@say.one_leaf");
	return NULL;
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
