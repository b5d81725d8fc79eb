/* Every folder of tests/data/packs is the sound pack with a mistake planted: all findings, and no others. */
#include <dirent.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/messages.h"
#include "pack/pack.h"
#include "unit/support.h"

struct seen {
	json_t *list; /* array of "rule file#pointer" */
	const char *dir;
};

/* Of what is found wrong each language is told in its own words. */
static void check_sentences(const anju_error *err)
{
	static const char *const english[] = {" of ", " the ", " an ", " or ", " is ", " such ",
		" with ", " that ", " one ", " nothing ", "@say."};
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT;
	message_render_error(&zh, err, LANG_ZH);
	message_render_error(&en, err, LANG_EN);
	for (size_t i = 0; i < sizeof english / sizeof english[0]; i++)
		cr_expect_null(strstr(zh.data, english[i]), "%s", zh.data);
	cr_expect_null(strstr(en.data, "@say."), "%s", en.data);
	cr_expect_null(strstr(err->text, "@say."), "%s", err->text);
	if (getenv("ANJU_TEST_SHOW") != NULL)
		fprintf(stderr, "# %s\n#   %s\n", zh.data, en.data);
}

static void note(void *ctx, const anju_error *err)
{
	struct seen *seen = ctx;
	check_sentences(err);
	const char *file = strcmp(err->file, seen->dir) == 0 ? "." : err->file;
	json_array_append_new(seen->list, json_sprintf("%s %s#%s", err->id, file, err->where));
	cr_assert_not_null(message_template(err->id, LANG_ZH), "%s has no sentence", err->id);
	cr_assert_not_null(message_template(err->id, LANG_EN), "%s has no sentence", err->id);
	cr_assert(err->allowed[0] != '\0' || strncmp(err->id, "chart.", 6) == 0,
		"%s %s: nothing allowed", err->id, err->where);
}

static bool policy_known(void *ctx, const char *plugin, const char *function)
{
	return strcmp(plugin, "policy_demo") == 0 && strcmp(function, "may_annul") == 0;
}

static bool take(json_t *list, const char *text)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (strcmp(json_string_value(json_array_get(list, i)), text) == 0)
			return json_array_remove(list, i) == 0;
	}
	return false;
}

static size_t compare(const char *name, const json_t *expected, json_t *found)
{
	size_t wrong = 0, i;
	json_t *item;
	json_array_foreach(json_object_get(expected, "findings"), i, item) {
		char text[512];
		snprintf(text, sizeof text, "%s %s#%s",
			json_string_value(json_object_get(item, "rule")),
			json_string_value(json_object_get(item, "file")),
			json_string_value(json_object_get(item, "where")));
		if (take(found, text))
			continue;
		fprintf(stderr, "%s: not found: %s\n", name, text);
		wrong++;
	}
	json_array_foreach(found, i, item) {
		fprintf(stderr, "%s: not expected: %s\n", name, json_string_value(item));
		wrong++;
	}
	return wrong;
}

static void write_text(const char *path, const char *text, size_t n)
{
	FILE *f = fopen(path, "w");
	cr_assert(f != NULL && fwrite(text, 1, n, f) == n && fclose(f) == 0, "%s", path);
}

static void copy_file(const char *from, const char *to)
{
	static char text[1 << 18];
	FILE *f = fopen(from, "r");
	cr_assert_not_null(f, "%s", from);
	size_t n = fread(text, 1, sizeof text, f);
	cr_assert(n < sizeof text && fclose(f) == 0);
	write_text(to, text, n);
}

static void copy_tree(const char *from, const char *to)
{
	DIR *dir = opendir(from);
	cr_assert_not_null(dir, "%s", from);
	(void)mkdir(to, 0700);
	for (struct dirent *e; (e = readdir(dir)) != NULL;) {
		char a[600], b[600];
		struct stat st;
		snprintf(a, sizeof a, "%s/%s", from, e->d_name);
		snprintf(b, sizeof b, "%s/%s", to, e->d_name);
		if (e->d_name[0] == '.' || strcmp(e->d_name, "expected.json") == 0)
			continue;
		cr_assert_eq(stat(a, &st), 0);
		if (S_ISDIR(st.st_mode))
			copy_tree(a, b);
		else
			copy_file(a, b);
	}
	closedir(dir);
}

/* Put a value at a pointer, or take away what is there. */
static void edit(json_t *doc, const char *pointer, json_t *value)
{
	char key[128];
	for (;;) {
		size_t n = strcspn(pointer + 1, "/");
		snprintf(key, sizeof key, "%.*s", (int)n, pointer + 1);
		pointer += n + 1;
		if (*pointer == '\0')
			break;
		doc = json_is_array(doc) ? json_array_get(doc, strtoul(key, NULL, 10))
					 : json_object_get(doc, key);
		cr_assert_not_null(doc, "%s", key);
	}
	int rc;
	if (json_is_array(doc)) {
		size_t i = strtoul(key, NULL, 10);
		rc = value == NULL              ? json_array_remove(doc, i)
		     : i < json_array_size(doc) ? json_array_set(doc, i, value)
						: json_array_append(doc, value);
	} else {
		rc = value == NULL ? json_object_del(doc, key) : json_object_set(doc, key, value);
	}
	cr_assert_eq(rc, 0, "%s", key);
}

static void apply(const char *dir, const json_t *change)
{
	char path[600];
	anju_error err = {0};
	ANJU_AUTO_JSON *doc = NULL;
	snprintf(path, sizeof path, "%s/%s", dir,
		json_string_value(json_object_get(change, "file")));
	assert_ok(json_load_path(path, path, 1 << 20, &doc, &err), err);
	edit(doc, json_string_value(json_object_get(change, "where")),
		json_object_get(change, "value"));
	ANJU_AUTO_MEM char *text = json_text(doc);
	write_text(path, text, strlen(text));
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	return remove(path);
}

static size_t run_case(const char *root, const char *name)
{
	char dir[] = "/tmp/anju-pack-XXXXXX", from[512], path[600];
	anju_error err = {0};
	ANJU_AUTO_JSON *expected = NULL;
	ANJU_AUTO_JSON *found = json_array();
	cr_assert_not_null(mkdtemp(dir));
	snprintf(from, sizeof from, "%s/sound", root);
	copy_tree(from, dir);
	snprintf(from, sizeof from, "%s/%s", root, name);
	copy_tree(from, dir);
	snprintf(path, sizeof path, "%s/expected.json", from);
	assert_ok(json_load_path(path, name, 1 << 20, &expected, &err), err);
	const json_t *edits = json_object_get(expected, "edits");
	for (size_t i = 0; i < json_array_size(edits); i++)
		apply(dir, json_array_get(edits, i));
	struct seen seen = {found, dir};
	struct pack_options options = {.dir = dir,
		.leaf = json_string_value(json_object_get(expected, "leaf")),
		.report = note,
		.report_ctx = &seen,
		.policy_known = policy_known};
	ANJU_AUTO(pack_set) set = NULL;
	anju_status st = pack_load(&options, &set, &err);
	size_t wrong = (st == ANJU_OK) != (json_array_size(found) == 0);
	wrong += (st == ANJU_OK) != (set != NULL);
	cr_assert_eq(nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
	return wrong + compare(name, expected, found);
}

ANJU_TEST(pack, planted_mistakes_are_found, .timeout = 100)
{
	const char *root = getenv("ANJU_TEST_PACKS");
	cr_assert_not_null(root);
	DIR *dir = opendir(root);
	cr_assert_not_null(dir, "%s", root);
	size_t cases = 0, wrong = 0;
	for (struct dirent *e; (e = readdir(dir)) != NULL;) {
		if (strchr(e->d_name, '.') != NULL)
			continue;
		wrong += run_case(root, e->d_name);
		cases++;
	}
	closedir(dir);
	cr_assert(cases >= 30, "only %zu cases", cases);
	cr_assert_eq(wrong, 0, "%zu differences in %zu cases", wrong, cases);
}
