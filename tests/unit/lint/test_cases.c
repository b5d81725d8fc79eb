/* Every folder of tests/data/lint is the sound pack with mistakes planted: each is found with its rule, file,
 * pointer, line and column, and nothing else is. The folders named ok_… are near misses. */
#include <dirent.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/json.h"
#include "lint/lint.h"
#include "unit/support.h"

#define FILES 7
static const char *const files[FILES] = {"p/pack.json", "p/units.json", "p/messages.json",
	"p/obligations.json", "p/home.workflow.json", "p/site.workflow.json",
	"p/report.workflow.json"};

static bool policy_known(void *ctx, const char *plugin, const char *function)
{
	return strcmp(plugin, "policy_demo") == 0 && strcmp(function, "may_annul") == 0;
}

static void read_file(const char *root, const char *name, struct buf *out)
{
	char path[600], chunk[4096];
	size_t n;
	snprintf(path, sizeof path, "%s/%s", root, name);
	ANJU_AUTO_FILE f = fopen(path, "r");
	cr_assert_not_null(f, "%s", path);
	buf_reset(out);
	while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_add(out, chunk, n);
	cr_assert(!out->failed && out->data != NULL);
}

/* Put `put` in the place of `find`, which stands there once. */
static void replace(struct buf *text, const char *name, const char *find, const char *put)
{
	ANJU_AUTO_BUF out = BUF_INIT;
	char *at = strstr(text->data, find);
	cr_assert_not_null(at, "%s: not there: %s", name, find);
	cr_assert_null(strstr(at + 1, find), "%s: there twice: %s", name, find);
	buf_add(&out, text->data, (size_t)(at - text->data));
	buf_adds(&out, put);
	buf_adds(&out, at + strlen(find));
	cr_assert_not(out.failed);
	buf_reset(text);
	buf_add(text, out.data, out.len);
}

static void write_case(const char *root, const char *dir, const char *name, const json_t *edits)
{
	char path[600];
	snprintf(path, sizeof path, "%s/p", dir);
	cr_assert_eq(mkdir(path, 0700), 0);
	snprintf(path, sizeof path, "%s/sound", root);
	for (size_t i = 0; i < FILES; i++) {
		ANJU_AUTO_BUF text = BUF_INIT;
		read_file(path, files[i], &text);
		for (size_t k = 0; k < json_array_size(edits); k++) {
			const json_t *edit = json_array_get(edits, k);
			const char *file = json_string_value(json_object_get(edit, "file"));
			if (strcmp(file, files[i]) == 0)
				replace(&text, name,
					json_string_value(json_object_get(edit, "find")),
					json_string_value(json_object_get(edit, "put")));
		}
		char to[600];
		snprintf(to, sizeof to, "%s/%s", dir, files[i]);
		FILE *f = fopen(to, "w");
		cr_assert(f != NULL && fwrite(text.data, 1, text.len, f) == text.len &&
				  fclose(f) == 0,
			"%s", to);
	}
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	return remove(path);
}

static bool take(json_t *list, const char *text)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (strcmp(json_string_value(json_array_get(list, i)), text) == 0)
			return json_array_remove(list, i) == 0;
	}
	return false;
}

/* Sentences are whole in both languages, and the line shown is the file's. */
static void check_words(const char *name, const struct lint_finding *f)
{
	for (int lang = 0; lang < 2; lang++) {
		ANJU_AUTO_BUF what = BUF_INIT, mend = BUF_INIT;
		lint_sentence(&what, f, (enum lang)lang);
		lint_mend(&mend, f, (enum lang)lang);
		cr_assert(what.data != NULL && mend.data != NULL, "%s: %s", name, f->error.id);
		cr_expect(strlen(what.data) > 6, "%s: %s: %s", name, f->error.id, what.data);
		cr_expect(strlen(mend.data) > 6, "%s: %s: %s", name, f->error.id, mend.data);
		cr_expect_null(strstr(what.data, "@say"), "%s", what.data);
		cr_expect_null(strstr(mend.data, "{allowed}"), "%s", mend.data);
	}
	cr_expect(f->source[0] != '\0' && f->len > 0, "%s: %s", name, f->error.id);
}

static size_t run_case(const char *root, const char *name)
{
	char dir[] = "/tmp/anju-lint-XXXXXX", path[600];
	anju_error err = {0};
	ANJU_AUTO_JSON *expected = NULL;
	ANJU_AUTO_JSON *found = json_array();
	size_t wrong = 0, i;
	json_t *item;
	cr_assert_not_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/%s/expected.json", root, name);
	assert_ok(json_load_path(path, name, 1 << 20, &expected, &err), err);
	write_case(root, dir, name, json_object_get(expected, "edits"));
	struct pack_options options = {.dir = dir, .policy_known = policy_known};
	ANJU_AUTO(lint_report) report = NULL;
	assert_ok(lint_run(&options, &report, &err), err);
	for (i = 0; i < report->len; i++) {
		const struct lint_finding *f = &report->items[i];
		check_words(name, f);
		json_array_append_new(
			found, json_sprintf("%s %s#%s %d:%d", f->error.id, f->error.file,
				       f->pointer, (int)f->line, (int)f->column));
	}
	json_array_foreach(json_object_get(expected, "findings"), i, item) {
		char text[1400];
		snprintf(text, sizeof text, "%s %s#%s %d:%d",
			json_string_value(json_object_get(item, "rule")),
			json_string_value(json_object_get(item, "file")),
			json_string_value(json_object_get(item, "where")),
			(int)json_integer_value(json_object_get(item, "line")),
			(int)json_integer_value(json_object_get(item, "column")));
		if (take(found, text))
			continue;
		fprintf(stderr, "%s: not found: %s\n", name, text);
		wrong++;
	}
	json_array_foreach(found, i, item) {
		fprintf(stderr, "%s: not expected: %s\n", name, json_string_value(item));
		wrong++;
	}
	cr_assert_eq(nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
	return wrong;
}

/* Rules of this folder that no planted mistake is found by. */
static size_t rules_without_case(const json_t *seen)
{
	struct lint_rule rule;
	size_t missing = 0;
	for (size_t i = 0; lint_rule_at(i, &rule); i++) {
		if (strncmp(rule.id, "lint.", 5) != 0 || json_object_get(seen, rule.id) != NULL)
			continue;
		fprintf(stderr, "no case for %s\n", rule.id);
		missing++;
	}
	return missing;
}

static void note_rules(const char *root, const char *name, json_t *seen)
{
	char path[600];
	anju_error err = {0};
	ANJU_AUTO_JSON *expected = NULL;
	size_t i;
	json_t *item;
	snprintf(path, sizeof path, "%s/%s/expected.json", root, name);
	assert_ok(json_load_path(path, name, 1 << 20, &expected, &err), err);
	json_array_foreach(json_object_get(expected, "findings"), i, item)
		json_object_set_new(
			seen, json_string_value(json_object_get(item, "rule")), json_true());
}

ANJU_TEST(lint, planted_mistakes_are_found, .timeout = 200)
{
	const char *root = getenv("ANJU_TEST_LINT");
	cr_assert_not_null(root);
	DIR *dir = opendir(root);
	cr_assert_not_null(dir, "%s", root);
	ANJU_AUTO_JSON *seen = json_object();
	size_t planted = 0, sound = 0, wrong = 0;
	for (struct dirent *e; (e = readdir(dir)) != NULL;) {
		if (strchr(e->d_name, '.') != NULL || strcmp(e->d_name, "sound") == 0)
			continue;
		wrong += run_case(root, e->d_name);
		note_rules(root, e->d_name, seen);
		if (strncmp(e->d_name, "ok_", 3) == 0)
			sound++;
		else
			planted++;
	}
	closedir(dir);
	cr_assert(planted >= 60 && sound >= 20, "%zu planted, %zu near misses", planted, sound);
	cr_assert_eq(wrong, 0, "%zu differences in %zu cases", wrong, planted + sound);
	cr_assert_eq(rules_without_case(seen), 0);
}

static void assert_sound(const char *dir, const char *leaf)
{
	struct pack_options options = {.dir = dir, .leaf = leaf};
	ANJU_AUTO(lint_report) report = NULL;
	anju_error err = {0};
	assert_ok(lint_run(&options, &report, &err), err);
	for (size_t i = 0; i < report->len; i++)
		fprintf(stderr, "%s:%zu:%zu %s\n", report->items[i].error.file,
			report->items[i].line, report->items[i].column, report->items[i].error.id);
	cr_assert_eq(report->len, 0);
	cr_assert_str_eq(report->pack, leaf);
}

ANJU_TEST(lint, nothing_is_found_in_the_shipped_packs, .timeout = 60)
{
	assert_sound(getenv("ANJU_WORKFLOWS"), "fengxiang");
	char path[600];
	snprintf(path, sizeof path, "%s/sound", getenv("ANJU_TEST_LINT"));
	assert_sound(path, "p");
}

ANJU_TEST(lint, a_folder_without_packs_is_a_finding)
{
	char dir[] = "/tmp/anju-lint-XXXXXX";
	cr_assert_not_null(mkdtemp(dir));
	struct pack_options options = {.dir = dir};
	ANJU_AUTO(lint_report) report = NULL;
	anju_error err = {0};
	assert_ok(lint_run(&options, &report, &err), err);
	cr_assert_eq(report->len, 1);
	cr_assert_str_eq(report->items[0].error.id, "pack.which");
	cr_assert_eq(report->items[0].severity, LINT_ERROR);
	cr_assert_eq(rmdir(dir), 0);
}
