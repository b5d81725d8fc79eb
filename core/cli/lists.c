/* case list, history, stats; deadline, message, unit, workflow and plugin lists. */
#include "cli/lists.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/names.h"
#include "cli/show.h"

#define LIMIT_DEFAULT 100

static int fail_yes_no(struct cli *cli, const char *option, const char *value)
{
	anju_error err = {0};
	(void)anju_fail(&err, ANJU_E_INVALID, "cli.option_value", "neither yes nor no");
	anju_error_where(&err, "--%s", option);
	anju_error_found(&err, "%s", value);
	anju_error_allowed(&err, "yes|no");
	return cli_fail_usage(cli, &err);
}

static int add_filters(struct cli *cli, const struct list_filter *filters, json_t *params)
{
	for (; filters != NULL && filters->option != NULL; filters++) {
		const char *value = cli_value(cli, filters->option);
		if (value == NULL)
			continue;
		bool yes = strcmp(value, "yes") == 0;
		if (filters->flag && !yes && strcmp(value, "no") != 0)
			return fail_yes_no(cli, filters->option, value);
		json_object_set_new(params, filters->param,
			filters->flag ? json_boolean(yes) : json_string(value));
	}
	return CLI_OK;
}

int list_items(struct cli *cli, const char *method, const struct list_filter *filters,
	json_t *params, json_t **ret_items, bool *ret_more)
{
	int64_t limit = LIMIT_DEFAULT;
	*ret_items = NULL;
	int code = add_filters(cli, filters, params);
	if (code == CLI_OK && !cli_number(cli, "limit", 1, &limit))
		code = CLI_USAGE;
	if (code != CLI_OK) {
		json_decref(params);
		return code;
	}
	if (cli_flag(cli, "all"))
		limit = 0;
	ANJU_AUTO_JSON *items = NULL;
	code = cli_pages(cli, method, params, limit, &items, ret_more);
	if (code == CLI_OK && cli->json) {
		ANJU_AUTO_JSON *shown = json_pack("{s:O, s:b}", "items", items, "more", *ret_more);
		show_json(cli, shown);
	} else if (code == CLI_OK) {
		*ret_items = json_incref(items);
	}
	return code;
}

/* --- cases --- */

static void case_row(struct cli *cli, struct table *t, const json_t *cs)
{
	char updated[SHOW_TIME_CHARS];
	const json_t *definition = names_workflow(cli, show_text(cs, "workflow"));
	ANJU_AUTO_BUF states = BUF_INIT;
	size_t i;
	json_t *v;
	json_array_foreach(json_object_get(cs, "states"), i, v) {
		buf_adds(&states, i > 0 ? tr(cli->lang, "；", "; ") : "");
		names_leaf(cli, definition, json_string_value(v), &states);
	}
	table_cell(t, show_text(cs, "case"));
	table_cell(t, names_phase(cli, definition, show_text(cs, "phase")));
	table_cellf(t, "%lld", (long long)json_integer_value(json_object_get(cs, "rev")));
	table_cell(t, show_yes(cli, json_is_true(json_object_get(cs, "done"))));
	table_cell(t, show_time(json_object_get(cs, "updated_at"), updated));
	table_cell(t, show_text(cs, "region"));
	table_cell(t, states.data);
}

int run_case_list(struct cli *cli)
{
	static const struct list_filter filters[] = {{"workflow", "workflow"}, {"region", "region"},
		{"phase", "phase"}, {"state", "state"}, {"done", "done", .flag = true}, {NULL}};
	ANJU_AUTO_JSON *items = NULL;
	bool more = false;
	int code = list_items(cli, "case.list", filters, json_object(), &items, &more);
	if (items == NULL)
		return code;
	enum lang lang = cli->lang;
	ANJU_AUTO_TABLE t = TABLE_INIT;
	table_column(&t, tr(lang, "个案", "case"));
	table_column(&t, tr(lang, "阶段", "phase"));
	table_number(&t, tr(lang, "版本", "rev"));
	table_column(&t, tr(lang, "办结", "over"));
	table_column(&t, tr(lang, "最近变动", "changed"));
	table_column(&t, tr(lang, "区划", "region"));
	table_column(&t, tr(lang, "状态", "state"));
	size_t i;
	json_t *v;
	json_array_foreach(items, i, v) {
		case_row(cli, &t, v);
	}
	show_table(cli, &t, json_array_size(items), more);
	return CLI_OK;
}

/* "head_name persons" of what an entry set, so that a history can be skimmed. */
static void changed_fields(const json_t *body, struct buf *out)
{
	const char *name;
	json_t *v;
	json_object_foreach(json_object_get(body, "data"), name, v) {
		buf_addf(out, "%s%s", out->len > 0 ? " " : "", name);
	}
	json_object_foreach(json_object_get(body, "docs"), name, v) {
		buf_addf(out, "%s+%s", out->len > 0 ? " " : "", name);
	}
}

static void history_row(struct cli *cli, struct table *t, const json_t *entry)
{
	char recorded[SHOW_TIME_CHARS], effective[SHOW_TIME_CHARS];
	ANJU_AUTO_BUF changed = BUF_INIT;
	changed_fields(json_object_get(entry, "body"), &changed);
	table_cellf(t, "%lld", (long long)json_integer_value(json_object_get(entry, "rev")));
	table_cell(t, show_time(json_object_get(entry, "recorded_at"), recorded));
	table_cell(t, show_time(json_object_get(entry, "effective_at"), effective));
	table_cell(t, show_text(entry, "actor"));
	table_cell(t, show_text(entry, "event"));
	table_cell(t, show_text(entry, "reason"));
	table_cell(t, changed.data);
}

int run_case_history(struct cli *cli)
{
	ANJU_AUTO_JSON *items = NULL;
	bool more = false;
	int code = list_items(
		cli, "case.history", NULL, json_pack("{s:s}", "case", cli->args[0]), &items, &more);
	if (items == NULL)
		return code;
	enum lang lang = cli->lang;
	ANJU_AUTO_TABLE t = TABLE_INIT;
	table_number(&t, tr(lang, "版本", "rev"));
	table_column(&t, tr(lang, "记录时间", "recorded"));
	table_column(&t, tr(lang, "发生时间", "effective"));
	table_column(&t, tr(lang, "经办", "by"));
	table_column(&t, tr(lang, "事件", "event"));
	table_column(&t, tr(lang, "理由", "reason"));
	table_column(&t, tr(lang, "写入", "written"));
	size_t i;
	json_t *v;
	json_array_foreach(items, i, v) {
		history_row(cli, &t, v);
	}
	show_table(cli, &t, json_array_size(items), more);
	return CLI_OK;
}

int run_case_stats(struct cli *cli)
{
	static const struct list_filter filters[] = {
		{"workflow", "workflow"}, {"region", "region"}, {NULL}};
	ANJU_AUTO_JSON *stats = NULL;
	json_t *params = json_object();
	(void)add_filters(cli, filters, params); /* none of them is a flag */
	int code = cli_call(cli, "case.stats", params, &stats);
	if (code != CLI_OK)
		return code;
	if (cli->json) {
		show_json(cli, stats);
		return CLI_OK;
	}
	enum lang lang = cli->lang;
	ANJU_AUTO_TABLE t = TABLE_INIT;
	table_column(&t, tr(lang, "流程", "workflow"));
	table_column(&t, tr(lang, "阶段", "phase"));
	table_number(&t, tr(lang, "在办", "open"));
	table_number(&t, tr(lang, "办结", "over"));
	size_t i;
	json_t *v;
	json_array_foreach(json_object_get(stats, "items"), i, v) {
		const char *workflow = show_text(v, "workflow");
		table_cell(&t, workflow);
		table_cell(
			&t, names_phase(cli, names_workflow(cli, workflow), show_text(v, "phase")));
		table_cellf(&t, "%lld", (long long)json_integer_value(json_object_get(v, "open")));
		table_cellf(&t, "%lld", (long long)json_integer_value(json_object_get(v, "done")));
	}
	table_cell(&t, tr(lang, "合计", "all"));
	table_cell(&t, "");
	table_cellf(&t, "%lld", (long long)json_integer_value(json_object_get(stats, "open")));
	table_cellf(&t, "%lld", (long long)json_integer_value(json_object_get(stats, "done")));
	show_table(cli, &t, 1, false);
	return CLI_OK;
}

/* --- deadlines --- */

static const char *status_title(struct cli *cli, const json_t *deadline)
{
	static const struct {
		const char *name, *zh, *en;
	} titles[] = {
		{"open", "未了", "open"},
		{"met", "按期", "met"},
		{"met_late", "逾期完成", "met late"},
		{"superseded", "不再适用", "superseded"},
		{"waived", "豁免", "waived"},
	};
	if (json_is_true(json_object_get(deadline, "overdue")))
		return tr(cli->lang, "逾期", "OVERDUE");
	const char *status = show_text(deadline, "status");
	for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++) {
		if (strcmp(titles[i].name, status) == 0)
			return cli->lang == LANG_EN ? titles[i].en : titles[i].zh;
	}
	return status;
}

void list_deadline_columns(struct cli *cli, struct table *table, bool with_case)
{
	enum lang lang = cli->lang;
	table_column(table, tr(lang, "到期", "due"));
	table_column(table, tr(lang, "状态", "status"));
	if (with_case)
		table_column(table, tr(lang, "个案", "case"));
	table_column(table, tr(lang, "期限", "deadline"));
	table_column(table, tr(lang, "名称", "title"));
	table_column(table, tr(lang, "牵头", "lead"));
	table_column(table, tr(lang, "责任", "responsible"));
}

void list_deadline_row(struct cli *cli, struct table *table, const json_t *deadline, bool with_case)
{
	ANJU_AUTO_BUF lead = BUF_INIT, responsible = BUF_INIT;
	const char *due = show_text(deadline, "due");
	bool provisional = json_is_true(json_object_get(deadline, "provisional"));
	names_units(cli, json_object_get(deadline, "lead"), &lead);
	names_units(cli, json_object_get(deadline, "responsible"), &responsible);
	table_cellf(table, "%s%s", due[0] != '\0' ? due : tr(cli->lang, "未定", "not known"),
		provisional ? tr(cli->lang, "（暂定）", " (provisional)") : "");
	table_cell(table, status_title(cli, deadline));
	if (with_case)
		table_cell(table, show_text(deadline, "case"));
	table_cell(table, show_text(deadline, "name"));
	table_cell(table, show_label(cli, json_object_get(deadline, "title")));
	table_cell(table, lead.data);
	table_cell(table, responsible.data);
}

int run_deadline_list(struct cli *cli)
{
	static const struct list_filter filters[] = {{"unit", "unit"}, {"name", "name"},
		{"workflow", "workflow"}, {"case", "case"}, {"region", "region"},
		{"status", "status"}, {"due-before", "due_before"}, {NULL}};
	ANJU_AUTO_JSON *items = NULL;
	bool more = false;
	int code = list_items(cli, "deadline.list", filters, json_object(), &items, &more);
	if (items == NULL)
		return code;
	ANJU_AUTO_TABLE t = TABLE_INIT;
	list_deadline_columns(cli, &t, true);
	size_t i;
	json_t *v;
	json_array_foreach(items, i, v) {
		list_deadline_row(cli, &t, v, true);
	}
	show_table(cli, &t, json_array_size(items), more);
	return CLI_OK;
}

int run_deadline_stats(struct cli *cli)
{
	ANJU_AUTO_JSON *stats = NULL;
	int code = cli_call(cli, "deadline.stats", NULL, &stats);
	if (code != CLI_OK)
		return code;
	if (cli->json) {
		show_json(cli, stats);
		return CLI_OK;
	}
	enum lang lang = cli->lang;
	ANJU_AUTO_TABLE t = TABLE_INIT;
	table_column(&t, tr(lang, "牵头单位", "leading unit"));
	table_column(&t, tr(lang, "期限", "deadline"));
	table_number(&t, tr(lang, "未了", "open"));
	table_number(&t, tr(lang, "其中逾期", "overdue"));
	size_t i;
	json_t *v;
	json_array_foreach(json_object_get(stats, "items"), i, v) {
		ANJU_AUTO_BUF lead = BUF_INIT;
		names_units(cli, json_object_get(v, "lead"), &lead);
		table_cell(&t, lead.data);
		table_cell(&t, show_text(v, "name"));
		table_cellf(&t, "%lld", (long long)json_integer_value(json_object_get(v, "open")));
		table_cellf(
			&t, "%lld", (long long)json_integer_value(json_object_get(v, "overdue")));
	}
	table_cell(&t, tr(lang, "合计", "all"));
	table_cell(&t, "");
	table_cellf(&t, "%lld", (long long)json_integer_value(json_object_get(stats, "open")));
	table_cellf(&t, "%lld", (long long)json_integer_value(json_object_get(stats, "overdue")));
	show_table(cli, &t, 1, false);
	return CLI_OK;
}
