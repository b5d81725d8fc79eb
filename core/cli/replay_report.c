/* replay --report monthly: how the cases of one workflow stand at each month's end. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "base/utf8.h"
#include "cli/names.h"
#include "cli/replay.h"
#include "cli/show.h"

#define PHASES_MAX 10
#define EXTRA      4 /* open, over, deadlines open, overdue */
#define LABEL_COLS 10

static int64_t month_after(int64_t ms)
{
	int year, month, day;
	civil_from_days(timestamp_to_day(ms), &year, &month, &day);
	year += month == 12 ? 1 : 0;
	month = month == 12 ? 1 : month + 1;
	return timestamp_of_day(civil_to_days(year, month, 1));
}

void report_begin(struct replay *replay)
{
	replay->report.month_end_ms = month_after(replay->now_ms);
}

void report_next(struct replay *replay, char label[16])
{
	int year, month, day;
	civil_from_days(timestamp_to_day(replay->report.month_end_ms) - 1, &year, &month, &day);
	snprintf(label, 16, "%04d-%02d", year, month);
	replay->report.month_end_ms = month_after(replay->report.month_end_ms);
}

void report_done(struct replay *replay)
{
	json_decref(replay->report.phases);
}

static int columns_of(const char *s)
{
	return (int)utf8_columns(s, strlen(s));
}

static void put(struct buf *line, const char *text, int width)
{
	for (int n = columns_of(text); n < width; n++)
		buf_addc(line, ' ');
	buf_adds(line, text);
}

static void put_int(struct buf *line, int64_t v, int width)
{
	char text[24];
	snprintf(text, sizeof text, "%lld", (long long)v);
	put(line, text, width);
}

static void print_line(struct replay *replay, struct buf *line)
{
	fprintf(replay->cli->out, "%s\n", line->data != NULL ? line->data : "");
	(void)fflush(replay->cli->out); /* rows are read while it runs */
}

static void header(struct replay *replay)
{
	struct replay_report *report = &replay->report;
	struct cli *cli = replay->cli;
	const json_t *definition = names_workflow(cli, report->workflow);
	const char *extra[EXTRA] = {tr(cli->lang, "在办", "open"), tr(cli->lang, "办结", "over"),
		tr(cli->lang, "未了期限", "deadlines"), tr(cli->lang, "其中逾期", "overdue")};
	report->phases = names_phases(definition);
	report->begun = true;
	size_t n = json_array_size(report->phases);
	n = n < PHASES_MAX ? n : PHASES_MAX;
	ANJU_AUTO_BUF line = BUF_INIT;
	buf_adds(&line, tr(cli->lang, "月底", "end of"));
	for (int k = columns_of(line.data != NULL ? line.data : ""); k < LABEL_COLS; k++)
		buf_addc(&line, ' ');
	for (size_t i = 0; i < n + EXTRA; i++) {
		const char *title =
			i < n ? names_phase(cli, definition,
					json_string_value(json_array_get(report->phases, i)))
			      : extra[i - n];
		int width = columns_of(title);
		report->widths[i] = (width > 6 ? width : 6) + 2;
		put(&line, title, report->widths[i]);
	}
	print_line(replay, &line);
}

static int64_t phase_count(const json_t *stats, const char *phase)
{
	size_t i;
	json_t *v;
	json_array_foreach(json_object_get(stats, "items"), i, v) {
		if (strcmp(show_text(v, "phase"), phase) == 0)
			return json_integer_value(json_object_get(v, "open")) +
			       json_integer_value(json_object_get(v, "done"));
	}
	return 0;
}

static void row(
	struct replay *replay, const char *label, const json_t *cases, const json_t *deadlines)
{
	struct replay_report *report = &replay->report;
	size_t n = json_array_size(report->phases);
	n = n < PHASES_MAX ? n : PHASES_MAX;
	ANJU_AUTO_BUF line = BUF_INIT;
	buf_addf(&line, "%-*s", LABEL_COLS, label);
	for (size_t i = 0; i < n; i++) {
		const char *phase = json_string_value(json_array_get(report->phases, i));
		put_int(&line, phase_count(cases, phase), report->widths[i]);
	}
	const json_t *extra[EXTRA] = {json_object_get(cases, "open"),
		json_object_get(cases, "done"), json_object_get(deadlines, "open"),
		json_object_get(deadlines, "overdue")};
	for (size_t i = 0; i < EXTRA; i++)
		put_int(&line, json_integer_value(extra[i]), report->widths[n + i]);
	print_line(replay, &line);
}

int report_row(struct replay *replay, const char *label)
{
	struct cli *cli = replay->cli;
	ANJU_AUTO_JSON *cases = NULL, *deadlines = NULL;
	json_t *params = json_pack("{s:s}", "workflow", replay->report.workflow);
	int code = cli_call(cli, "case.stats", params, &cases);
	if (code == CLI_OK)
		code = cli_call(cli, "deadline.stats", NULL, &deadlines);
	if (code != CLI_OK)
		return code;
	if (cli->json) {
		ANJU_AUTO_JSON *v = json_pack("{s:s, s:O, s:O, s:O}", "month", label, "cases",
			json_object_get(cases, "items"), "open", json_object_get(deadlines, "open"),
			"overdue", json_object_get(deadlines, "overdue"));
		show_json(cli, v);
		return CLI_OK;
	}
	if (!replay->report.begun)
		header(replay);
	row(replay, label, cases, deadlines);
	return CLI_OK;
}
