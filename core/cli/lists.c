/* How a list is asked for and printed. */
#include "cli/lists.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
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

static void fill_cell(
	struct cli *cli, const struct list_column *column, const json_t *item, struct table *table)
{
	char time[SHOW_TIME_CHARS];
	const json_t *v = column->member != NULL ? json_object_get(item, column->member) : NULL;
	ANJU_AUTO_BUF own = BUF_INIT;
	switch (column->kind) {
	case LIST_TEXT:
		table_cell(table, show_text(item, column->member));
		break;
	case LIST_NUMBER:
		table_cellf(table, "%lld", (long long)json_integer_value(v));
		break;
	case LIST_LABEL:
		table_cell(table, show_label(cli, v));
		break;
	case LIST_TIME:
		table_cell(table, show_time(v, time));
		break;
	case LIST_OWN:
		column->own(cli, item, &own);
		table_cell(table, own.data);
		break;
	}
}

void list_fill(struct cli *cli, const struct list_column *columns, const json_t *items,
	struct table *table)
{
	for (const struct list_column *c = columns; c->zh != NULL; c++)
		(c->kind == LIST_NUMBER ? table_number : table_column)(
			table, tr(cli->lang, c->zh, c->en));
	size_t i;
	json_t *item;
	json_array_foreach((json_t *)items, i, item) {
		for (const struct list_column *c = columns; c->zh != NULL; c++)
			fill_cell(cli, c, item, table);
	}
}

static void fill_total(struct cli *cli, const struct list_column *columns, const json_t *answer,
	struct table *table)
{
	table_cell(table, tr(cli->lang, "合计", "all"));
	for (const struct list_column *c = columns + 1; c->zh != NULL; c++) {
		if (c->kind == LIST_NUMBER)
			fill_cell(cli, c, answer, table);
		else
			table_cell(table, "");
	}
}

static int run_whole(struct cli *cli, const struct list_view *view, json_t *params)
{
	ANJU_AUTO_JSON *answer = NULL;
	int code = cli_call(cli, view->method, params, &answer);
	if (code != CLI_OK)
		return code;
	if (cli->json) {
		show_json(cli, answer);
		return CLI_OK;
	}
	const json_t *items = json_object_get(answer, "items");
	ANJU_AUTO_TABLE t = TABLE_INIT;
	list_fill(cli, view->columns, items, &t);
	if (view->total)
		fill_total(cli, view->columns, answer, &t);
	show_table(cli, &t, json_array_size(items) + (view->total ? 1 : 0), false);
	return CLI_OK;
}

static int run_pages(struct cli *cli, const struct list_view *view, json_t *params)
{
	int64_t limit = LIMIT_DEFAULT;
	if (!cli_number(cli, "limit", 1, &limit)) {
		json_decref(params);
		return CLI_USAGE;
	}
	if (cli_flag(cli, "all"))
		limit = 0;
	ANJU_AUTO_JSON *items = NULL;
	bool more = false;
	int code = cli_pages(cli, view->method, params, limit, &items, &more);
	if (code != CLI_OK)
		return code;
	if (cli->json) {
		ANJU_AUTO_JSON *shown = json_pack("{s:O, s:b}", "items", items, "more", more);
		show_json(cli, shown);
		return CLI_OK;
	}
	ANJU_AUTO_TABLE t = TABLE_INIT;
	list_fill(cli, view->columns, items, &t);
	show_table(cli, &t, json_array_size(items), more);
	return CLI_OK;
}

int list_run(struct cli *cli, const struct list_view *view, json_t *params)
{
	if (params == NULL)
		params = json_object();
	int code = add_filters(cli, view->filters, params);
	if (code != CLI_OK) {
		json_decref(params);
		return code;
	}
	return view->whole ? run_whole(cli, view, params) : run_pages(cli, view, params);
}
