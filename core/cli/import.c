/* import: start the job, watch it, write what was faulty beside the file. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/json.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/show.h"

#define POLL_MS   100
#define NS_PER_MS 1000000
#define BAR_COLS  30

static int64_t number(const json_t *status, const char *member)
{
	return json_integer_value(json_object_get(status, member));
}

static bool is_running(const json_t *status)
{
	const char *state = show_text(status, "state");
	return strcmp(state, "done") != 0 && strcmp(state, "failed") != 0 &&
	       strcmp(state, "canceled") != 0;
}

/* Checking is the first half of the bar, opening the second. */
static void show_bar(struct cli *cli, const json_t *status, bool more)
{
	int64_t total = number(status, "total");
	int64_t stored = number(status, "opened") + number(status, "unchanged");
	int64_t done = (number(status, "checked") + stored) / 2;
	if (cli->width == 0 || cli->json || total <= 0)
		return;
	int64_t filled = done * BAR_COLS / total;
	char bar[BAR_COLS + 1];
	for (int i = 0; i < BAR_COLS; i++)
		bar[i] = i < filled ? '#' : '.';
	bar[BAR_COLS] = '\0';
	fprintf(cli->err,
		tr(cli->lang, "\r[%s] 共 %lld 行，已查 %lld，已入库 %lld，有误 %lld ",
			"\r[%s] %lld rows, %lld checked, %lld stored, %lld faulty "),
		bar, (long long)total, (long long)number(status, "checked"), (long long)stored,
		(long long)number(status, "faulty"));
	if (!is_running(status) && !more)
		fputc('\n', cli->err);
}

static int watch(struct cli *cli, const json_t *job, json_t *errors, json_t **ret_status)
{
	const struct timespec pause = {.tv_nsec = (long)POLL_MS * NS_PER_MS};
	for (;;) {
		ANJU_AUTO_JSON *status = NULL;
		json_t *params = json_pack(
			"{s:O, s:I}", "job", job, "after", (json_int_t)json_array_size(errors));
		int code = cli_call(cli, "import.status", params, &status);
		if (code != CLI_OK)
			return code;
		const json_t *next = json_object_get(status, "next");
		bool more = next != NULL && !json_is_null(next);
		json_array_extend(errors, json_object_get(status, "errors"));
		show_bar(cli, status, more);
		if (!is_running(status) && !more) {
			*ret_status = json_incref(status);
			return CLI_OK;
		}
		if (is_running(status))
			(void)nanosleep(&pause, NULL); /* woken early: asks earlier */
	}
}

/* --- the file of faulty rows --- */

static void csv_text(FILE *out, const char *s, bool last)
{
	fputc('"', out);
	/* A spreadsheet takes a cell that begins like this for a formula; the roster's own text must not run. */
	if (s[0] == '=' || s[0] == '+' || s[0] == '-' || s[0] == '@')
		fputc('\'', out);
	for (; *s != '\0'; s++) {
		if (*s == '"')
			fputc('"', out);
		fputc(*s, out);
	}
	fputs(last ? "\"\r\n" : "\",", out);
}

static void csv_row(FILE *out, const json_t *error)
{
	static const char *const members[] = {"name", "found", "allowed"};
	const json_t *text = json_object_get(error, "text");
	fprintf(out, "%lld,%lld,", (long long)number(error, "line"),
		(long long)number(error, "column"));
	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
		csv_text(out, show_text(error, members[i]), false);
	csv_text(out, show_text(text, "zh"), false);
	csv_text(out, show_text(text, "en"), true);
}

static int write_errors(struct cli *cli, const char *path, const json_t *errors)
{
	FILE *out = fopen(path, "we");
	bool failed = out == NULL;
	if (out != NULL) {
		/* The mark tells spreadsheet programs that this is UTF-8. */
		fputs("\xef\xbb\xbf行/line,列/column,列名/name,现为/found,应为/"
		      "allowed,说明,text\r\n",
			out);
		size_t i;
		json_t *v;
		json_array_foreach((json_t *)errors, i, v) {
			csv_row(out, v);
		}
		failed = ferror(out) != 0;
		failed = fclose(out) != 0 || failed;
	}
	if (!failed)
		return CLI_OK;
	anju_error err = {0};
	(void)anju_fail_errno(&err, errno, "@say.writing|%s", path);
	return cli_fail(cli, CLI_USAGE, &err);
}

static void show_first(struct cli *cli, const json_t *errors)
{
	size_t i;
	json_t *v;
	json_array_foreach((json_t *)errors, i, v) {
		if (i == 5)
			break;
		const char *text = show_label(cli, json_object_get(v, "text"));
		fprintf(cli->out, tr(cli->lang, "  第 %lld 行“%s”：%s\n", "  line %lld, %s: %s\n"),
			(long long)number(v, "line"), show_text(v, "name"),
			text != NULL ? text : "");
	}
}

static int fail_job(struct cli *cli, const json_t *error)
{
	/* import.status gives what a refusal's data would be */
	ANJU_AUTO_JSON *shown = json_object_get(error, "data") != NULL
					? json_incref((json_t *)error)
					: json_pack("{s:O}", "data", error);
	show_error(cli, cli->err, shown);
	return CLI_REFUSED;
}

static int finish(struct cli *cli, const char *path, const json_t *status, const json_t *errors)
{
	int64_t faulty = number(status, "faulty");
	const json_t *error = json_object_get(status, "error");
	bool failed = error != NULL && !json_is_null(error);
	ANJU_AUTO_MEM char *beside = NULL;
	if (asprintf(&beside, "%s.errors.csv", path) < 0)
		return CLI_USAGE;
	int code = faulty > 0 ? write_errors(cli, beside, errors) : CLI_OK;
	if (cli->json) {
		ANJU_AUTO_JSON *shown = json_copy((json_t *)status);
		json_object_set(shown, "errors", (json_t *)errors);
		show_json(cli, shown);
		if (failed)
			return CLI_REFUSED;
		return code == CLI_OK && faulty > 0 ? CLI_FINDINGS : code;
	}
	if (failed)
		return fail_job(cli, error);
	fprintf(cli->out,
		tr(cli->lang, "新立 %lld 件，已有不变 %lld，有误 %lld%s%s\n",
			"%lld imported, %lld unchanged, %lld faulty%s%s\n"),
		(long long)number(status, "opened"), (long long)number(status, "unchanged"),
		(long long)faulty, faulty > 0 ? " → " : "", faulty > 0 ? beside : "");
	show_first(cli, errors);
	return code == CLI_OK && faulty > 0 ? CLI_FINDINGS : code;
}

/* "workflows/baoji/household.import.json" means the mapping called household. */
static const char *mapping_name(const char *given, char *out, size_t size)
{
	static const char ending[] = ".import.json";
	const char *base = strrchr(given, '/');
	snprintf(out, size, "%s", base != NULL ? base + 1 : given);
	size_t n = strlen(out), m = sizeof ending - 1;
	if (n > m && strcmp(out + n - m, ending) == 0)
		out[n - m] = '\0';
	return out;
}

int run_import(struct cli *cli)
{
	const char *path = cli->args[0], *mapping = cli_needed(cli, "mapping");
	anju_error err = {0};
	char absolute[PATH_MAX], name[NAME_MAX + 1];
	if (mapping == NULL)
		return CLI_USAGE;
	if (realpath(path, absolute) == NULL) {
		(void)anju_fail_errno(&err, errno, "@say.opening|%s", path);
		return cli_fail(cli, CLI_USAGE, &err);
	}
	ANJU_AUTO_JSON *started = NULL;
	json_t *params = json_pack("{s:s, s:s}", "path", absolute, "mapping",
		mapping_name(mapping, name, sizeof name));
	int code = cli_call(cli, "import.start", params, &started);
	if (code != CLI_OK)
		return code;
	ANJU_AUTO_JSON *errors = json_array();
	ANJU_AUTO_JSON *status = NULL;
	code = watch(cli, json_object_get(started, "job"), errors, &status);
	return code == CLI_OK ? finish(cli, path, status, errors) : code;
}
