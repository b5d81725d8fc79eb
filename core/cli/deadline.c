/* deadline show, and what people do to deadlines: waive, suspend, resume, extend, grant, refuse, keep, lapse. */
#include <string.h>

#include "base/json.h"
#include "case/duty_acts.h"
#include "cli/case_write.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/lists.h"
#include "cli/names.h"
#include "cli/show.h"

/* --- deadline show --- */

static const char *act_words(struct cli *cli, const char *name)
{
	for (int i = 0; i < DUTY_ACT_COUNT; i++) {
		if (strcmp(duty_act_name((enum duty_act)i), name) == 0)
			return duty_act_title((enum duty_act)i, cli->lang);
	}
	if (strcmp(name, "met") == 0)
		return tr(cli->lang, "完成", "met");
	if (strcmp(name, "end") == 0)
		return tr(cli->lang, "结束", "ended");
	return name;
}

/* "2018-03-01 → 2018-03-12, 5wd": the dates that an entry changes, or the length or day it is about. */
static void add_dates(const json_t *entry, struct buf *out)
{
	const char *was = json_string_value(json_object_get(entry, "was"));
	const char *due = json_string_value(json_object_get(entry, "due"));
	const char *more[] = {json_string_value(json_object_get(entry, "length")),
		was == NULL ? json_string_value(json_object_get(entry, "until")) : NULL,
		json_string_value(json_object_get(entry, "next"))};
	if (was != NULL && due != NULL)
		buf_addf(out, "%s → %s", was, due);
	else if (due != NULL || was != NULL)
		buf_adds(out, due != NULL ? due : was);
	for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) {
		if (more[i] != NULL)
			buf_addf(out, "%s%s", out->len > 0 ? ", " : "", more[i]);
	}
}

static void show_log(struct cli *cli, const json_t *log)
{
	size_t i;
	json_t *v;
	if (json_array_size(log) == 0)
		return;
	ANJU_AUTO_TABLE t = TABLE_INIT;
	for (int k = 0; k < 5; k++)
		table_column(&t, NULL);
	json_array_foreach((json_t *)log, i, v) {
		char at[SHOW_TIME_CHARS];
		ANJU_AUTO_BUF dates = BUF_INIT, docs = BUF_INIT;
		add_dates(v, &dates);
		show_join(json_object_get(v, "docs"), " +", &docs);
		table_cell(&t, show_time(json_object_get(v, "at"), at));
		table_cell(&t, act_words(cli, show_text(v, "op")));
		table_cell(&t, show_text(v, "by"));
		table_cell(&t, dates.data);
		table_cellf(&t, "%s%s%s", show_text(v, "reason"), docs.len > 0 ? " +" : "",
			docs.len > 0 ? docs.data : "");
	}
	fprintf(cli->out, "%s\n", tr(cli->lang, "办理情况", "What was done"));
	table_print(&t, 2, cli->width, cli->out);
}

static void show_possible(struct cli *cli, const json_t *possible)
{
	const char *act;
	json_t *units;
	if (json_object_size(possible) == 0)
		return;
	ANJU_AUTO_TABLE t = TABLE_INIT;
	for (int k = 0; k < 3; k++)
		table_column(&t, NULL);
	json_object_foreach((json_t *)possible, act, units) {
		ANJU_AUTO_BUF by = BUF_INIT;
		names_units(cli, units, &by);
		table_cell(&t, act);
		table_cell(&t, act_words(cli, act));
		table_cell(&t, by.len > 0 ? by.data : tr(cli->lang, "（没有单位）", "(no unit)"));
	}
	fprintf(cli->out, "%s\n", tr(cli->lang, "现在能办", "Possible now"));
	table_print(&t, 2, cli->width, cli->out);
}

static void row(struct table *t, const char *name, const char *value)
{
	table_cell(t, name);
	table_cell(t, value);
}

static void add_units(
	struct cli *cli, struct table *t, const char *name, const json_t *d, const char *member)
{
	ANJU_AUTO_BUF units = BUF_INIT;
	names_units(cli, json_object_get(d, member), &units);
	if (units.len > 0)
		row(t, name, units.data);
}

static void show_summary(struct cli *cli, const json_t *result)
{
	enum lang lang = cli->lang;
	const json_t *d = json_object_get(result, "deadline");
	const char *since = json_string_value(json_object_get(result, "suspended_at"));
	const char *next = json_string_value(json_object_get(result, "next_check_at"));
	const char *due = json_string_value(json_object_get(d, "due"));
	char time[SHOW_TIME_CHARS];
	fprintf(cli->out, "%s  %s (%s)\n", show_text(d, "case"),
		show_label(cli, json_object_get(d, "title")), show_text(d, "name"));
	ANJU_AUTO_TABLE t = TABLE_INIT;
	table_column(&t, NULL);
	table_column(&t, NULL);
	row(&t, tr(lang, "状态", "state"), list_deadline_status(cli, d));
	row(&t, tr(lang, "到期日", "due"), due != NULL ? due : tr(lang, "未定", "no date yet"));
	if (since != NULL)
		row(&t, tr(lang, "中止于", "suspended"),
			show_time(json_object_get(result, "suspended_at"), time));
	if (next != NULL)
		row(&t, tr(lang, "下次核查", "next check"),
			show_time(json_object_get(result, "next_check_at"), time));
	add_units(cli, &t, tr(lang, "牵头", "lead"), d, "lead");
	add_units(cli, &t, tr(lang, "责任", "responsible"), d, "responsible");
	add_units(cli, &t, tr(lang, "配合", "cooperating"), d, "cooperating");
	table_print(&t, 2, cli->width, cli->out);
}

int run_deadline_show(struct cli *cli)
{
	ANJU_AUTO_JSON *result = NULL;
	int code = cli_call(cli, "deadline.get",
		json_pack("{s:s, s:s}", "case", cli->args[0], "deadline", cli->args[1]), &result);
	if (code != CLI_OK)
		return code;
	if (cli->json) {
		show_json(cli, result);
		return CLI_OK;
	}
	show_summary(cli, result);
	show_log(cli, json_object_get(result, "log"));
	show_possible(cli, json_object_get(result, "possible"));
	return CLI_OK;
}

/* --- acts --- */

int run_deadline_act(struct cli *cli)
{
	static const char *const texts[] = {"length", "until"};
	char method[32];
	json_t *named = json_pack("{s:s, s:s}", "case", cli->args[0], "deadline", cli->args[1]);
	(void)snprintf(method, sizeof method, "deadline.%s", strchr(cli->command->name, ' ') + 1);
	for (size_t i = 0; i < 2; i++) {
		const char *value = cli_value(cli, texts[i]);
		if (value != NULL)
			(void)json_object_set_new(named, texts[i], json_string(value));
	}
	return case_write(cli, method, named, 2);
}
