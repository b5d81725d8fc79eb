/* test: do the workflows behave as their scenarios say? Offline, each in a sandbox of its own. */
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "cli/test_report.h"
#include "cli/world.h"
#include "scenario/scenario.h"

struct test {
	struct cli *cli;
	struct sandbox_world world;
	struct scenario_list list;
	struct coverage *coverage; /* owned */
	json_t *scenarios;         /* owned; report */
	size_t findings;           /* in scenario files */
	json_int_t passed, failed, skipped;
};

static int64_t monotonic_ms(void)
{
	struct timespec ts;
	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

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

static bool check_wanted(struct test *test)
{
	const char *wanted;
	for (size_t i = 0; (wanted = cli_value_at(test->cli, "scenario", i)) != NULL; i++) {
		const char *slash = strchr(wanted, '/');
		const char *name = slash != NULL ? slash + 1 : wanted;
		if (scenario_find(&test->list, NULL, name) != NULL)
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

static anju_status run_one(struct test *test, const struct scenario *s, anju_error *err)
{
	struct scenario_result result = {0};
	int64_t began = monotonic_ms();
	if (s->other) {
		test->skipped++;
		add_result(test, s, "skipped", NULL, 0);
		return ANJU_OK;
	}
	anju_status st = scenario_run(&test->list, s, &test->world, test->coverage, &result, err);
	if (st != ANJU_OK)
		return anju_wrap(err, st, "%s", s->file);
	test->passed += result.passed;
	test->failed += !result.passed;
	add_result(test, s, result.passed ? "passed" : "failed", &result, monotonic_ms() - began);
	scenario_result_done(&result);
	return ANJU_OK;
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
	int64_t began = monotonic_ms();
	anju_status st = scenario_list_load(test->world.packs, on_finding, test, &test->list, &err);
	if (st != ANJU_OK)
		return cli_fail(test->cli, CLI_USAGE, &err);
	if (test->findings > 0 || !check_wanted(test))
		return CLI_USAGE;
	for (size_t i = 0; i < test->list.len && st == ANJU_OK; i++) {
		if (is_wanted(test->cli, &test->list.items[i]))
			st = run_one(test, &test->list.items[i], &err);
	}
	if (st != ANJU_OK)
		return cli_fail(test->cli, CLI_USAGE, &err);
	return conclude(test, format, required, monotonic_ms() - began);
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

int run_test(struct cli *cli)
{
	struct test test = {.cli = cli};
	enum test_format format;
	int64_t required = 0;
	anju_error err = {0};
	int code = read_format(cli, &format);
	if (code == CLI_OK && !cli_number(cli, "require-coverage", 0, &required))
		code = CLI_USAGE;
	if (code == CLI_OK)
		code = cli_world_load(cli, cli->args[0], &test.world);
	if (code == CLI_OK && coverage_new(test.world.packs, &test.coverage, &err) != ANJU_OK)
		code = cli_fail(cli, CLI_USAGE, &err);
	test.scenarios = json_array();
	if (code == CLI_OK)
		code = run_all(&test, format, required);
	json_decref(test.scenarios);
	scenario_list_done(&test.list);
	coverage_free(test.coverage);
	sandbox_world_done(&test.world);
	return code;
}
