/* calendar load and list, deadline recompute: the notice that deadlines are counted by, and what it moves. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/json.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "cli/table.h"

#define FILE_MAX  (1u << 20)
#define POLL_MS   100
#define NS_PER_MS 1000000
#define SHOWN_MAX 40

static int64_t number(const json_t *status, const char *member)
{
	return json_integer_value(json_object_get(status, member));
}

static bool is_running(const json_t *status)
{
	return strcmp(show_text(status, "state"), "running") == 0;
}

/* All of a job's status: the pages of its dates put together. */
static int read_status(struct cli *cli, int64_t job, json_t **ret)
{
	ANJU_AUTO_JSON *all = NULL;
	for (;;) {
		ANJU_AUTO_JSON *page = NULL;
		json_int_t after = (json_int_t)json_array_size(json_object_get(all, "deadlines"));
		int code = cli_call(cli, "deadline.recomputed",
			json_pack("{s:I, s:I}", "job", (json_int_t)job, "after", after), &page);
		if (code != CLI_OK)
			return code;
		bool more = json_is_integer(json_object_get(page, "next"));
		if (all == NULL)
			all = json_incref(page);
		else
			json_array_extend(json_object_get(all, "deadlines"),
				json_object_get(page, "deadlines"));
		if (!more)
			break;
	}
	json_object_set_new(all, "next", json_null());
	*ret = json_incref(all);
	return CLI_OK;
}

static void show_progress(struct cli *cli, const json_t *status)
{
	if (cli->width == 0 || cli->json || number(status, "total") <= 0)
		return;
	fprintf(cli->err,
		tr(cli->lang, "\r在办 %lld 件，已算 %lld 件，改期 %lld 个 ",
			"\r%lld open cases, %lld counted, %lld dates moved "),
		(long long)number(status, "total"), (long long)number(status, "seen"),
		(long long)number(status, "moved"));
	if (!is_running(status))
		fputc('\n', cli->err);
}

static int watch(struct cli *cli, int64_t job, json_t **ret)
{
	const struct timespec pause = {.tv_nsec = (long)POLL_MS * NS_PER_MS};
	for (;;) {
		ANJU_AUTO_JSON *status = NULL;
		int code = read_status(cli, job, &status);
		if (code != CLI_OK)
			return code;
		show_progress(cli, status);
		if (!is_running(status)) {
			*ret = json_incref(status);
			return CLI_OK;
		}
		(void)nanosleep(&pause, NULL); /* woken early: asks earlier */
	}
}

/* --- what is shown --- */

static void date_cell(struct cli *cli, struct table *t, const json_t *row, const char *member)
{
	const char *date = json_string_value(json_object_get(row, member));
	table_cell(t, date != NULL ? date : tr(cli->lang, "未定", "none"));
}

static void show_dates(struct cli *cli, const json_t *status)
{
	const json_t *rows = json_object_get(status, "deadlines");
	if (json_array_size(rows) == 0)
		return;
	ANJU_AUTO_TABLE t = TABLE_INIT;
	table_column(&t, tr(cli->lang, "个案", "case"));
	table_column(&t, tr(cli->lang, "期限", "deadline"));
	table_column(&t, tr(cli->lang, "原为", "was"));
	table_column(&t, tr(cli->lang, "现为", "due"));
	table_column(&t, tr(cli->lang, "牵头", "lead"));
	size_t i;
	json_t *row;
	json_array_foreach((json_t *)rows, i, row) {
		if (i == SHOWN_MAX)
			break;
		const json_t *title = json_object_get(row, "title");
		bool provisional = json_is_true(json_object_get(row, "provisional"));
		const char *due = json_string_value(json_object_get(row, "due"));
		table_cell(&t, show_text(row, "case"));
		table_cell(&t, json_is_object(title) ? show_label(cli, title)
						     : show_text(row, "deadline"));
		date_cell(cli, &t, row, "was");
		if (provisional && due != NULL)
			table_cellf(&t, tr(cli->lang, "%s（暂定）", "%s (provisional)"), due);
		else
			date_cell(cli, &t, row, "due");
		table_cell(&t, show_text(row, "lead"));
	}
	table_print(&t, 0, cli->width, cli->out);
	if (json_array_size(rows) > SHOWN_MAX)
		fprintf(cli->out,
			tr(cli->lang, "……另有 %zu 个（--json 列出全部）\n",
				"… and %zu more (--json gives all)\n"),
			json_array_size(rows) - SHOWN_MAX);
}

static void show_units(struct cli *cli, const json_t *status)
{
	const char *unit;
	json_t *n;
	bool any = false;
	json_object_foreach(json_object_get(status, "units"), unit, n) {
		fprintf(cli->out, "%s%s %lld",
			any ? tr(cli->lang, "，", ", ") : tr(cli->lang, "各单位：", "by unit: "),
			unit, (long long)json_integer_value(n));
		any = true;
	}
	if (any)
		fputc('\n', cli->out);
}

static void show_failures(struct cli *cli, const json_t *status)
{
	size_t i;
	json_t *row;
	json_array_foreach(json_object_get(status, "failures"), i, row)
		fprintf(cli->out, tr(cli->lang, "算不出 %s：%s\n", "not counted %s: %s\n"),
			show_text(row, "case"), show_label(cli, json_object_get(row, "text")));
}

static int show_job(struct cli *cli, const json_t *status)
{
	bool failed = strcmp(show_text(status, "state"), "failed") == 0;
	bool dry = json_is_true(json_object_get(status, "dry_run"));
	int code = failed ? CLI_REFUSED : number(status, "failed") > 0 ? CLI_FINDINGS : CLI_OK;
	if (cli->json) {
		show_json(cli, status);
		return code;
	}
	fprintf(cli->out, tr(cli->lang, "%s%s\n", "%s%s\n"),
		show_label(cli, json_object_get(status, "reason")),
		dry ? tr(cli->lang, "（试算，未改动）", " (dry run, nothing changed)") : "");
	fprintf(cli->out,
		tr(cli->lang,
			"在办 %lld 件：%lld 件的 %lld 个期限改期，%lld 个不再暂定，%lld 件算不出\n",
			"%lld open cases: %lld with %lld dates that move, %lld dates no longer "
			"provisional, "
			"%lld cases not counted\n"),
		(long long)number(status, "total"), (long long)number(status, "cases"),
		(long long)number(status, "moved"), (long long)number(status, "unmarked"),
		(long long)number(status, "failed"));
	show_dates(cli, status);
	show_units(cli, status);
	show_failures(cli, status);
	const json_t *error = json_object_get(status, "error");
	if (error != NULL) {
		ANJU_AUTO_JSON *shown = json_pack("{s:O}", "data", error);
		show_error(cli, cli->err, shown);
	}
	return code;
}

/* --- commands --- */

static int follow(struct cli *cli, const json_t *started)
{
	int64_t job = number(started, "job");
	if (cli_flag(cli, "detach")) {
		if (cli->json)
			show_json(cli, started);
		else
			fprintf(cli->out,
				tr(cli->lang, "重新计算任务 %lld 已开始\n",
					"job %lld counts the dates again\n"),
				(long long)job);
		return CLI_OK;
	}
	ANJU_AUTO_JSON *status = NULL;
	int code = watch(cli, job, &status);
	return code == CLI_OK ? show_job(cli, status) : code;
}

int run_calendar_load(struct cli *cli)
{
	const char *path = cli->args[0];
	anju_error err = {0};
	ANJU_AUTO_JSON *notice = NULL, *started = NULL;
	if (json_load_path(path, path, FILE_MAX, &notice, &err) != ANJU_OK)
		return cli_fail(cli, CLI_USAGE, &err);
	if (!json_is_object(notice)) {
		struct json_at root = JSON_AT_ROOT(path);
		(void)json_fail_at(&err, "json.type", &root, notice, "@say.object");
		return cli_fail(cli, CLI_USAGE, &err);
	}
	int code = cli_call(cli, "calendar.load",
		json_pack("{s:O, s:s, s:b}", "notice", notice, "file", path, "dry_run",
			(int)cli_flag(cli, "dry-run")),
		&started);
	return code == CLI_OK ? follow(cli, started) : code;
}

int run_deadline_recompute(struct cli *cli)
{
	ANJU_AUTO_JSON *started = NULL;
	int code = cli_call(cli, "deadline.recompute",
		json_pack("{s:b}", "dry_run", (int)cli_flag(cli, "dry-run")), &started);
	return code == CLI_OK ? follow(cli, started) : code;
}

static const char *from_word(struct cli *cli, const char *from)
{
	if (strcmp(from, "loaded") == 0)
		return tr(cli->lang, "载入", "loaded");
	return strcmp(from, "plugin") == 0 ? tr(cli->lang, "插件", "plugin") : "-";
}

/* The document that counts in the end: the revision issued last, else the notice itself. */
static const json_t *last_document(const json_t *source)
{
	const json_t *revisions = json_object_get(source, "revisions"), *last = source;
	size_t i;
	json_t *revision;
	json_array_foreach((json_t *)revisions, i, revision) {
		if (strcmp(show_text(revision, "issued"), show_text(last, "issued")) >= 0)
			last = revision;
	}
	return last;
}

int run_calendar_list(struct cli *cli)
{
	ANJU_AUTO_JSON *result = NULL;
	int code = cli_call(cli, "calendar.list", NULL, &result);
	if (code != CLI_OK)
		return code;
	if (cli->json) {
		show_json(cli, result);
		return CLI_OK;
	}
	ANJU_AUTO_TABLE t = TABLE_INIT;
	table_column(&t, tr(cli->lang, "年份", "year"));
	table_column(&t, tr(cli->lang, "状况", "status"));
	table_column(&t, tr(cli->lang, "通知", "notice"));
	table_column(&t, tr(cli->lang, "印发", "issued"));
	table_column(&t, tr(cli->lang, "来源", "from"));
	table_column(&t, tr(cli->lang, "载入", "loaded"));
	size_t i;
	json_t *row;
	json_array_foreach(json_object_get(result, "items"), i, row) {
		const json_t *source = last_document(json_object_get(row, "source"));
		bool announced = strcmp(show_text(row, "status"), "announced") == 0;
		table_cellf(&t, "%lld", (long long)number(row, "year"));
		table_cell(&t, announced ? tr(cli->lang, "已公布", "announced")
					 : tr(cli->lang, "暂定", "provisional"));
		table_cell(&t, show_text(source, "number"));
		table_cell(&t, show_text(source, "issued"));
		table_cell(&t, from_word(cli, show_text(row, "from")));
		table_cellf(
			&t, "%.10s %s", show_text(row, "loaded_at"), show_text(row, "loaded_by"));
	}
	table_print(&t, 0, cli->width, cli->out);
	return CLI_OK;
}
