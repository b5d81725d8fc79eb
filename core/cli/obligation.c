/* obligation list, show, open. */
#include <string.h>

#include "base/json.h"
#include "cli/commands.h"
#include "cli/lists.h"
#include "cli/names.h"
#include "cli/show.h"

/* --- list --- */

static void lead_words(struct cli *cli, const json_t *item, struct buf *out)
{
	show_join(json_object_get(item, "lead"), " ", out);
}

static void due_word(struct cli *cli, const json_t *item, struct buf *out)
{
	const char *due = show_text(item, "due");
	buf_adds(out, due[0] != '\0' ? due : "—");
	if (json_is_true(json_object_get(item, "provisional")))
		buf_adds(out, tr(cli->lang, "（暂定）", " (provisional)"));
}

static void opened_word(struct cli *cli, const json_t *item, struct buf *out)
{
	buf_adds(out, json_is_true(json_object_get(item, "opened"))
			      ? tr(cli->lang, "已立", "opened")
			      : "");
	const json_t *waiting = json_object_get(item, "waiting");
	if (!json_is_object(waiting))
		return;
	char since[SHOW_TIME_CHARS];
	buf_addf(out, tr(cli->lang, "未能立案，自 %s：%s", "could not be opened, since %s: %s"),
		show_time(json_object_get(waiting, "since"), since),
		show_label(cli, json_object_get(waiting, "text")));
}

int run_obligation_list(struct cli *cli)
{
	static const struct list_filter filters[] = {
		{"unit", "unit"}, {"from", "from"}, {"to", "to"}, {NULL}};
	json_t *params = cli_flag(cli, "waiting") ? json_pack("{s:b}", "waiting", 1) : NULL;
	static const struct list_column columns[] = {
		{"开始", "begins", LIST_TEXT, "begins"},
		{"期限", "due", LIST_OWN, .own = due_word},
		{"任务", "obligation", LIST_TEXT, "obligation"},
		{"名称", "title", LIST_LABEL, "title"},
		{"归谁", "whose", LIST_TEXT, "unit"},
		{"牵头", "lead", LIST_OWN, .own = lead_words},
		{"个案", "case", LIST_TEXT, "case"},
		{"", "", LIST_OWN, .own = opened_word},
		{NULL},
	};
	static const struct list_view view = {"obligation.list", filters, columns};
	return list_run(cli, &view, params);
}

/* --- show --- */

static void line(struct cli *cli, const char *zh, const char *en, const char *value)
{
	if (value != NULL && value[0] != '\0')
		fprintf(cli->out, tr(cli->lang, "%s：%s\n", "%s: %s\n"), tr(cli->lang, zh, en),
			value);
}

static void show_beginning(struct cli *cli, const json_t *o)
{
	const char *how = show_text(o, "begins");
	if (strcmp(how, "trigger") == 0) {
		line(cli, "由事由开始", "begins when",
			show_label(cli, json_object_get(o, "trigger")));
	} else if (strcmp(how, "blank") == 0) {
		line(cli, "周期待当地填写，原文", "period to be filled in locally; the text says",
			show_label(cli, json_object_get(o, "says")));
	} else {
		line(cli, "周期", "recurs", show_text(o, "recur"));
		line(cli, "遇非工作日", "on a day off", show_text(o, "shift"));
	}
	line(cli, "第一天", "first day", show_text(o, "start"));
	line(cli, "最后一天", "last day", show_text(o, "until"));
	line(cli, "已立到", "begun up to", show_text(o, "done"));
	line(cli, "下一次", "next", show_text(o, "next"));
}

static void show_rules(struct cli *cli, const json_t *o)
{
	ANJU_AUTO_BUF due = BUF_INIT, rows = BUF_INIT;
	const json_t *rule = json_object_get(o, "due");
	if (!json_is_null(rule))
		show_value(cli, rule, &due);
	show_join(json_object_get(o, "rows"), " ", &rows);
	fprintf(cli->out, "%s  %s\n", show_text(o, "id"),
		show_label(cli, json_object_get(o, "title")));
	line(cli, "流程", "workflow", show_text(o, "workflow"));
	line(cli, "写在", "written in", show_text(o, "file"));
	line(cli, "参照", "like", show_text(o, "like"));
	show_beginning(cli, o);
	line(cli, "期限", "due", due.data);
	line(cli, "依据", "rows", rows.data);
}

static void part_cell(struct table *t, const json_t *unit, const char *part)
{
	ANJU_AUTO_BUF text = BUF_INIT;
	show_join(json_object_get(unit, part), " ", &text);
	table_cell(t, text.data);
}

int run_obligation_show(struct cli *cli)
{
	ANJU_AUTO_JSON *o = NULL;
	int code = cli_call(cli, "obligation.get", json_pack("{s:s}", "id", cli->args[0]), &o);
	if (code != CLI_OK)
		return code;
	if (cli->json) {
		show_json(cli, o);
		return CLI_OK;
	}
	show_rules(cli, o);
	fputc('\n', cli->out);
	ANJU_AUTO_TABLE t = TABLE_INIT;
	table_column(&t, tr(cli->lang, "归谁", "whose"));
	table_column(&t, tr(cli->lang, "牵头", "lead"));
	table_column(&t, tr(cli->lang, "责任", "responsible"));
	table_column(&t, tr(cli->lang, "配合", "cooperating"));
	table_column(&t, tr(cli->lang, "验收", "reviewer"));
	size_t i;
	json_t *unit;
	json_array_foreach(json_object_get(o, "units"), i, unit) {
		table_cell(&t, show_text(unit, "unit"));
		part_cell(&t, unit, "lead");
		part_cell(&t, unit, "responsible");
		part_cell(&t, unit, "cooperating");
		part_cell(&t, unit, "reviewer");
	}
	table_print(&t, 0, cli->width, cli->out);
	return CLI_OK;
}

/* --- open --- */

static int need(struct cli *cli, const char *option, json_t *params)
{
	const char *value = cli_value(cli, option);
	if (value != NULL)
		return json_object_set_new(params, option, json_string(value)) == 0 ? CLI_OK
										    : CLI_USAGE;
	anju_error err = {0};
	(void)anju_fail(&err, ANJU_E_INVALID, "cli.option_needed", "--%s is needed", option);
	anju_error_allowed(&err, "--%s", option);
	return cli_fail_usage(cli, &err);
}

static void show_opened(struct cli *cli, const json_t *result)
{
	bool existing = json_is_true(json_object_get(result, "existing"));
	if (cli_flag(cli, "dry-run"))
		fputs(tr(cli->lang, "（试办，未生效）", "(dry run, nothing changed) "), cli->out);
	fprintf(cli->out,
		existing ? tr(cli->lang, "%s 早已开始\n", "%s had begun already\n")
			 : tr(cli->lang, "%s 已开始\n", "%s has begun\n"),
		show_text(result, "case"));
}

int run_obligation_open(struct cli *cli)
{
	ANJU_AUTO_JSON *params = json_pack("{s:s}", "id", cli->args[0]);
	const char *ref = cli_value(cli, "ref");
	int code = need(cli, "unit", params);
	if (code == CLI_OK)
		code = need(cli, "on", params);
	if (code != CLI_OK)
		return code;
	if (ref != NULL)
		json_object_set_new(params, "ref", json_string(ref));
	if (cli_flag(cli, "dry-run"))
		json_object_set_new(params, "dry_run", json_true());
	ANJU_AUTO_JSON *result = NULL;
	code = cli_call(cli, "obligation.open", json_incref(params), &result);
	if (code != CLI_OK)
		return code;
	if (cli->json)
		show_json(cli, result);
	else
		show_opened(cli, result);
	return CLI_OK;
}
