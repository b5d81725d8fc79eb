/* test: do the workflows behave as their scenarios say? Offline, each in a sandbox of its own. Without --pack all
 * leaves of the folder have their turn; a scenario of a pack that several extend runs with the first that suits. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "cli/test_report.h"
#include "cli/world.h"
#include "scenario/scenario.h"

/* A pack that no other one extends, with all it extends. */
struct leaf {
	struct sandbox_world world;
	struct scenario_list list;
};

struct test {
	struct cli *cli;
	struct leaf *leaves; /* owned */
	size_t leaves_len;
	struct coverage *coverage; /* owned; of all leaves together; NULL before the first */
	json_t *scenarios;         /* owned; report */
	json_t *ran, *left;        /* owned; files run; files left out with every leaf so far */
	size_t findings;           /* in scenario files */
	json_int_t passed, failed, skipped;
};

static void on_finding(void *ctx, const anju_error *finding)
{
	struct test *test = ctx;
	test->findings++;
	cli_print_finding(test->cli, finding);
}

/* Named by --scenario "name" or "pack/name", or nothing was named. */
static bool is_wanted(const struct cli *cli, const struct scenario *s)
{
	const char *wanted;
	ANJU_AUTO_BUF whole = BUF_INIT;
	buf_addf(&whole, "%s/%s", s->pack, s->name);
	for (size_t i = 0; (wanted = cli_value_at(cli, "scenario", i)) != NULL; i++) {
		if (strcmp(wanted, s->name) == 0 || strcmp(wanted, whole.data) == 0)
			return true;
	}
	return cli_value(cli, "scenario") == NULL;
}

static bool is_known(const struct test *test, const char *name)
{
	for (size_t i = 0; i < test->leaves_len; i++) {
		if (scenario_find(&test->leaves[i].list, NULL, name) != NULL)
			return true;
	}
	return false;
}

static bool check_wanted(struct test *test)
{
	const char *wanted;
	for (size_t i = 0; (wanted = cli_value_at(test->cli, "scenario", i)) != NULL; i++) {
		const char *slash = strchr(wanted, '/');
		if (is_known(test, slash != NULL ? slash + 1 : wanted))
			continue;
		anju_error err = {0};
		(void)anju_fail(&err, ANJU_E_INVALID, "cli.no_scenario", "no scenario %s", wanted);
		anju_error_found(&err, "%s", wanted);
		(void)cli_fail_usage(test->cli, &err);
		return false;
	}
	return true;
}

static void add_result(struct test *test, const struct scenario *s, const char *status,
	const struct scenario_result *result, int64_t ms)
{
	json_t *v = json_pack("{s:s, s:s, s:s, s:O?, s:s, s:O*, s:I, s:I}", "name", s->name, "pack",
		s->pack, "file", s->file, "title", json_object_get(s->doc, "title"), "status",
		status, "rows", json_object_get(s->doc, "rows"), "steps",
		(json_int_t)(result != NULL ? result->steps : 0), "ms", (json_int_t)ms);
	if (result != NULL)
		(void)json_object_set(v, "failures", result->failures);
	if (s->other)
		(void)json_object_set(v, "needs", json_object_get(s->doc, "pack"));
	(void)json_array_append_new(test->scenarios, v);
}

static anju_status run_one(struct test *test, const struct leaf *leaf, struct coverage *coverage,
	const struct scenario *s, anju_error *err)
{
	struct scenario_result result = {0};
	int64_t began = timestamp_monotonic();
	if (json_object_get(test->ran, s->file) != NULL)
		return ANJU_OK;
	if (s->other)
		return json_object_set(test->left, s->file, s->doc) == 0 ? ANJU_OK
									 : anju_fail_nomem(err);
	(void)json_object_set_new(test->ran, s->file, json_true());
	anju_status st = scenario_run(&leaf->list, s, &leaf->world, coverage, &result, err);
	if (st != ANJU_OK)
		return anju_wrap(err, st, "%s", s->file);
	test->passed += result.passed;
	test->failed += !result.passed;
	add_result(test, s, result.passed ? "passed" : "failed", &result,
		timestamp_monotonic() - began);
	scenario_result_done(&result);
	return ANJU_OK;
}

static anju_status run_leaf(struct test *test, const struct leaf *leaf, anju_error *err)
{
	ANJU_AUTO(coverage) coverage = NULL;
	anju_status st = coverage_new(leaf->world.packs, &coverage, err);
	for (size_t i = 0; i < leaf->list.len && st == ANJU_OK; i++) {
		if (is_wanted(test->cli, &leaf->list.items[i]))
			st = run_one(test, leaf, coverage, &leaf->list.items[i], err);
	}
	if (st == ANJU_OK && test->coverage != NULL)
		return coverage_merge(test->coverage, coverage, err);
	if (st == ANJU_OK)
		test->coverage = ANJU_TAKE(coverage);
	return st;
}

/* Those that no leaf had the pack for. */
static void add_skipped(struct test *test)
{
	for (size_t i = 0; i < test->leaves_len; i++) {
		const struct scenario_list *list = &test->leaves[i].list;
		for (size_t k = 0; k < list->len; k++) {
			const char *file = list->items[k].file;
			if (json_object_get(test->left, file) == NULL ||
				json_object_get(test->ran, file) != NULL)
				continue;
			(void)json_object_del(test->left, file);
			test->skipped++;
			add_result(test, &list->items[k], "skipped", NULL, 0);
		}
	}
}

/* Workflows with less than what --require-coverage wants. */
static json_t *too_short(const struct test *test, int64_t required)
{
	json_t *list = json_array();
	for (size_t i = 0; i < test->coverage->len; i++) {
		struct coverage_counts c;
		coverage_counts(&test->coverage->workflows[i], &c);
		if ((int64_t)coverage_percent(c.transitions) < required)
			json_array_append_new(
				list, json_string(test->coverage->workflows[i].wf->id));
	}
	return list;
}

static json_t *all_coverage(const struct test *test)
{
	json_t *list = json_array();
	bool some = cli_value(test->cli, "scenario") != NULL;
	for (size_t i = 0; i < test->coverage->len && !some; i++)
		json_array_append_new(list, coverage_json(&test->coverage->workflows[i]));
	return list;
}

static int conclude(struct test *test, enum test_format format, int64_t required, int64_t ms)
{
	json_t *below = too_short(test, required);
	bool bad = test->failed > 0 || json_array_size(below) > 0;
	ANJU_AUTO_JSON *report = json_pack("{s:O, s:I, s:I, s:I, s:I, s:o, s:I, s:o}", "scenarios",
		test->scenarios, "passed", test->passed, "failed", test->failed, "skipped",
		test->skipped, "ms", (json_int_t)ms, "coverage", all_coverage(test), "required",
		(json_int_t)required, "short", below);
	test_report(test->cli, format, report);
	return bad ? CLI_FINDINGS : CLI_OK;
}

static int run_all(struct test *test, enum test_format format, int64_t required)
{
	anju_error err = {0};
	int64_t began = timestamp_monotonic();
	anju_status st = ANJU_OK;
	if (!check_wanted(test))
		return CLI_USAGE;
	for (size_t i = 0; i < test->leaves_len && st == ANJU_OK; i++)
		st = run_leaf(test, &test->leaves[i], &err);
	if (st != ANJU_OK)
		return cli_fail(test->cli, CLI_USAGE, &err);
	add_skipped(test);
	return conclude(test, format, required, timestamp_monotonic() - began);
}

static int load_leaf(struct test *test, const char *name)
{
	struct cli *cli = test->cli;
	struct leaf *leaf = &test->leaves[test->leaves_len];
	anju_error err = {0};
	int code = cli_world_load_leaf(cli, cli->args[0], name, &leaf->world);
	if (code != CLI_OK)
		return code;
	test->leaves_len++;
	if (scenario_list_load(leaf->world.packs, on_finding, test, &leaf->list, &err) != ANJU_OK)
		return cli_fail(cli, CLI_USAGE, &err);
	return test->findings > 0 ? CLI_USAGE : CLI_OK;
}

static int load_all(struct test *test)
{
	struct cli *cli = test->cli;
	const char *named = cli_value(cli, "pack");
	ANJU_AUTO_JSON *names = NULL;
	anju_error err = {0};
	/* what keeps the leaves from being told is said when the one that was not named is loaded */
	if (named == NULL && pack_leaves(cli->args[0], &names, NULL) != ANJU_OK)
		names = NULL;
	size_t n = json_array_size(names);
	test->leaves = calloc(n + 1, sizeof *test->leaves);
	if (test->leaves == NULL) {
		(void)anju_fail_nomem(&err);
		return cli_fail(cli, CLI_USAGE, &err);
	}
	if (n == 0)
		return load_leaf(test, named);
	int code = CLI_OK;
	for (size_t i = 0; i < n && code == CLI_OK; i++)
		code = load_leaf(test, json_string_value(json_array_get(names, i)));
	return code;
}

static int read_format(struct cli *cli, enum test_format *ret)
{
	static const char *const names[] = {"text", "json", "tap", "junit"};
	const char *format = cli_value(cli, "format");
	*ret = cli->json ? TEST_JSON : TEST_TEXT;
	if (format == NULL)
		return CLI_OK;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (strcmp(names[i], format) == 0) {
			*ret = (enum test_format)i;
			return CLI_OK;
		}
	}
	anju_error err = {0};
	(void)anju_fail(&err, ANJU_E_INVALID, "cli.option_value", "no such format");
	anju_error_where(&err, "--format");
	anju_error_found(&err, "%s", format);
	anju_error_allowed(&err, "text|json|tap|junit");
	return cli_fail_usage(cli, &err);
}

static void test_done(struct test *test)
{
	json_decref(test->scenarios);
	json_decref(test->ran);
	json_decref(test->left);
	coverage_free(test->coverage);
	for (size_t i = 0; i < test->leaves_len; i++) {
		scenario_list_done(&test->leaves[i].list);
		sandbox_world_done(&test->leaves[i].world);
	}
	free(test->leaves);
}

int run_test(struct cli *cli)
{
	struct test test = {
		.cli = cli, .scenarios = json_array(), .ran = json_object(), .left = json_object()};
	enum test_format format;
	int64_t required = 0;
	int code = read_format(cli, &format);
	if (code == CLI_OK && !cli_number(cli, "require-coverage", 0, &required))
		code = CLI_USAGE;
	if (code == CLI_OK)
		code = load_all(&test);
	if (code == CLI_OK)
		code = run_all(&test, format, required);
	test_done(&test);
	return code;
}
