/* workflow migrate and migration …: bring open cases to a changed definition, and watch it. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/json.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "cli/table.h"

#define FILE_MAX  (4u << 20)
#define POLL_MS   100
#define NS_PER_MS 1000000
#define BAR_COLS  30
#define SHOWN_MAX 20

static int64_t number(const json_t *status, const char *member)
{
	return json_integer_value(json_object_get(status, member));
}

static bool is_running(const json_t *status)
{
	return strcmp(show_text(status, "state"), "running") == 0;
}

static void show_bar(struct cli *cli, const json_t *status)
{
	int64_t total = number(status, "total");
	int64_t seen =
		number(status, "moved") + number(status, "elsewhere") + number(status, "unfit");
	char bar[BAR_COLS + 1];
	if (cli->width == 0 || cli->json || total <= 0)
		return;
	int64_t filled = seen * BAR_COLS / total;
	for (int i = 0; i < BAR_COLS; i++)
		bar[i] = i < filled ? '#' : '.';
	bar[BAR_COLS] = '\0';
	fprintf(cli->err,
		tr(cli->lang, "\r[%s] 共 %lld 件，已迁移 %lld，不合 %lld ",
			"\r[%s] %lld cases, %lld moved, %lld do not fit "),
		bar, (long long)total, (long long)number(status, "moved"),
		(long long)number(status, "unfit"));
	if (!is_running(status))
		fputc('\n', cli->err);
}

/* All of a job's status: the pages of its cases put together. */
static int read_status(struct cli *cli, int64_t job, json_t **ret)
{
	ANJU_AUTO_JSON *all = NULL;
	for (;;) {
		ANJU_AUTO_JSON *page = NULL;
		json_int_t after = (json_int_t)json_array_size(json_object_get(all, "cases"));
		int code = cli_call(cli, "migration.status",
			json_pack("{s:I, s:I}", "job", (json_int_t)job, "after", after), &page);
		if (code != CLI_OK)
			return code;
		bool more = json_is_integer(json_object_get(page, "next"));
		if (all == NULL)
			all = json_incref(page);
		else
			json_array_extend(
				json_object_get(all, "cases"), json_object_get(page, "cases"));
		if (!more)
			break;
	}
	json_object_set_new(all, "next", json_null());
	*ret = json_incref(all);
	return CLI_OK;
}

static int watch(struct cli *cli, int64_t job, json_t **ret)
{
	const struct timespec pause = {.tv_nsec = (long)POLL_MS * NS_PER_MS};
	for (;;) {
		ANJU_AUTO_JSON *status = NULL;
		int code = read_status(cli, job, &status);
		if (code != CLI_OK)
			return code;
		show_bar(cli, status);
		if (!is_running(status)) {
			*ret = json_incref(status);
			return CLI_OK;
		}
		(void)nanosleep(&pause, NULL); /* woken early: asks earlier */
	}
}

/* --- what is shown --- */

static const char *state_word(struct cli *cli, const char *state)
{
	static const struct {
		const char *state, *zh, *en;
	} words[] = {{"running", "进行中", "running"},
		{"waiting", "待续（包已换）", "waiting for its packs"}, {"done", "完成", "done"},
		{"failed", "失败", "failed"}, {"canceled", "已取消", "canceled"}};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strcmp(words[i].state, state) == 0)
			return tr(cli->lang, words[i].zh, words[i].en);
	}
	return state;
}

static void show_states(struct cli *cli, const json_t *status)
{
	json_t *before = json_object_get(status, "before"),
	       *after = json_object_get(status, "after");
	ANJU_AUTO_JSON *all = json_object();
	json_object_update_missing(all, before);
	json_object_update_missing(all, after);
	if (json_object_size(all) == 0)
		return;
	ANJU_AUTO_TABLE t = TABLE_INIT;
	table_column(&t, tr(cli->lang, "状态", "state"));
	table_number(&t, tr(cli->lang, "迁移前", "before"));
	table_number(&t, tr(cli->lang, "迁移后", "after"));
	const char *state;
	json_t *v;
	json_object_foreach(all, state, v) {
		table_cell(&t, state);
		table_cellf(&t, "%lld", (long long)number(before, state));
		table_cellf(&t, "%lld", (long long)number(after, state));
	}
	table_print(&t, 0, cli->width, cli->out);
}

static void show_cases(struct cli *cli, const json_t *status)
{
	const json_t *cases = json_object_get(status, "cases");
	size_t i;
	json_t *v;
	json_array_foreach((json_t *)cases, i, v) {
		if (i == SHOWN_MAX) {
			fprintf(cli->out,
				tr(cli->lang, "  ……另有 %zu 件（--json 列出全部）\n",
					"  … and %zu more (--json gives all)\n"),
				json_array_size(cases) - i);
			break;
		}
		fprintf(cli->out, tr(cli->lang, "  %s（%s）：%s\n", "  %s (%s): %s\n"),
			show_text(v, "case"), show_text(v, "state"),
			show_label(cli, json_object_get(v, "text")));
	}
}

static int show_job(struct cli *cli, const json_t *status)
{
	const json_t *from = json_object_get(status, "from"), *to = json_object_get(status, "to");
	int64_t unfit = number(status, "unfit");
	const char *state = show_text(status, "state");
	bool failed = strcmp(state, "failed") == 0 || strcmp(state, "canceled") == 0;
	int code = failed ? CLI_REFUSED : unfit > 0 ? CLI_FINDINGS : CLI_OK;
	if (cli->json) {
		show_json(cli, status);
		return code;
	}
	fprintf(cli->out,
		tr(cli->lang, "迁移 %lld%s：%s %s（%.12s）→ %s（%.12s），%s\n",
			"migration %lld%s: %s %s (%.12s) → %s (%.12s), %s\n"),
		(long long)number(status, "job"),
		json_is_true(json_object_get(status, "dry_run"))
			? tr(cli->lang, "（试算）", " (dry run)")
			: "",
		show_text(status, "workflow"), show_text(from, "version"), show_text(from, "hash"),
		show_text(to, "version"), show_text(to, "hash"), state_word(cli, state));
	fprintf(cli->out,
		tr(cli->lang, "共 %lld 件：迁移 %lld，期间已变 %lld，不合 %lld\n",
			"%lld cases: %lld moved, %lld changed meanwhile, %lld do not fit\n"),
		(long long)number(status, "total"), (long long)number(status, "moved"),
		(long long)number(status, "elsewhere"), (long long)unfit);
	show_states(cli, status);
	show_cases(cli, status);
	const json_t *error = json_object_get(status, "error");
	if (error != NULL) {
		ANJU_AUTO_JSON *shown = json_pack("{s:O}", "data", error);
		show_error(cli, cli->err, shown);
	}
	return code;
}

/* --- commands --- */

int run_workflow_migrate(struct cli *cli)
{
	const char *path = cli->args[0];
	anju_error err = {0};
	ANJU_AUTO_JSON *plan = NULL;
	if (json_load_path(path, path, FILE_MAX, &plan, &err) != ANJU_OK)
		return cli_fail(cli, CLI_USAGE, &err);
	if (!json_is_object(plan)) {
		struct json_at root = JSON_AT_ROOT(path);
		(void)json_fail_at(&err, "json.type", &root, plan, "@say.object");
		return cli_fail(cli, CLI_USAGE, &err);
	}
	ANJU_AUTO_JSON *started = NULL;
	int code = cli_call(cli, "migration.start",
		json_pack("{s:O, s:s, s:b}", "plan", plan, "file", path, "dry_run",
			(int)cli_flag(cli, "dry-run")),
		&started);
	if (code != CLI_OK)
		return code;
	int64_t job = number(started, "job");
	if (cli_flag(cli, "detach")) {
		if (cli->json)
			show_json(cli, started);
		else
			fprintf(cli->out,
				tr(cli->lang, "迁移 %lld 已开始\n", "migration %lld has begun\n"),
				(long long)job);
		return CLI_OK;
	}
	ANJU_AUTO_JSON *status = NULL;
	code = watch(cli, job, &status);
	return code == CLI_OK ? show_job(cli, status) : code;
}

int run_migration_list(struct cli *cli)
{
	ANJU_AUTO_JSON *result = NULL;
	int code = cli_call(cli, "migration.list", NULL, &result);
	if (code != CLI_OK)
		return code;
	if (cli->json) {
		show_json(cli, result);
		return CLI_OK;
	}
	ANJU_AUTO_TABLE t = TABLE_INIT;
	table_column(&t, tr(cli->lang, "任务", "job"));
	table_column(&t, tr(cli->lang, "流程", "workflow"));
	table_column(&t, tr(cli->lang, "从", "from"));
	table_column(&t, tr(cli->lang, "到", "to"));
	table_column(&t, tr(cli->lang, "状况", "state"));
	table_column(&t, tr(cli->lang, "已迁移/共", "moved/all"));
	table_column(&t, tr(cli->lang, "不合", "unfit"));
	table_column(&t, tr(cli->lang, "由", "by"));
	size_t i;
	json_t *v;
	json_array_foreach(json_object_get(result, "items"), i, v) {
		bool dry = json_is_true(json_object_get(v, "dry_run"));
		table_cellf(&t, "%lld%s", (long long)number(v, "job"),
			dry ? tr(cli->lang, "（试）", " (dry)") : "");
		table_cell(&t, show_text(v, "workflow"));
		table_cell(&t, show_text(json_object_get(v, "from"), "version"));
		table_cell(&t, show_text(json_object_get(v, "to"), "version"));
		table_cell(&t, state_word(cli, show_text(v, "state")));
		table_cellf(&t, "%lld/%lld", (long long)number(v, "moved"),
			(long long)number(v, "total"));
		table_cellf(&t, "%lld", (long long)number(v, "unfit"));
		table_cell(&t, show_text(v, "actor"));
	}
	table_print(&t, 0, cli->width, cli->out);
	return CLI_OK;
}

/* The operand JOB; 0 after complaining. */
static int64_t job_number(struct cli *cli)
{
	char *end;
	int64_t job = strtoll(cli->args[0], &end, 10);
	if (job > 0 && *end == '\0')
		return job;
	anju_error err = {0};
	(void)anju_fail(&err, ANJU_E_INVALID, "cli.option_value", "not a number");
	anju_error_where(&err, "JOB");
	anju_error_found(&err, "%s", cli->args[0]);
	anju_error_allowed(&err, "1, 2, …");
	(void)cli_fail_usage(cli, &err);
	return 0;
}

int run_migration_status(struct cli *cli)
{
	int64_t job = job_number(cli);
	ANJU_AUTO_JSON *status = NULL;
	if (job == 0)
		return CLI_USAGE;
	int code = read_status(cli, job, &status);
	return code == CLI_OK ? show_job(cli, status) : code;
}

int run_migration_cancel(struct cli *cli)
{
	int64_t job = job_number(cli);
	ANJU_AUTO_JSON *result = NULL, *status = NULL;
	if (job == 0)
		return CLI_USAGE;
	int code = cli_call(
		cli, "migration.cancel", json_pack("{s:I}", "job", (json_int_t)job), &result);
	if (code == CLI_OK)
		code = watch(cli, job, &status);
	if (code == CLI_OK)
		(void)show_job(cli, status); /* that it was canceled is what was asked for */
	return code;
}
