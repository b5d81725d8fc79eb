/* message list, unit list, workflow list and show, plugin list. */
#include <string.h>

#include "base/json.h"
#include "cli/commands.h"
#include "cli/lists.h"
#include "cli/names.h"
#include "cli/show.h"

static void message_row(struct cli *cli, struct table *t, const json_t *message)
{
	char created[SHOW_TIME_CHARS];
	ANJU_AUTO_BUF unit = BUF_INIT;
	const char *status = show_text(message, "status");
	names_unit(cli, show_text(message, "unit"), &unit);
	table_cellf(t, "%lld", (long long)json_integer_value(json_object_get(message, "id")));
	table_cell(t, show_time(json_object_get(message, "created_at"), created));
	table_cell(t, unit.data);
	table_cell(t, strcmp(status, "delivered") == 0 ? tr(cli->lang, "已送达", "delivered")
		      : strcmp(status, "dead") == 0    ? tr(cli->lang, "送不到", "DEAD")
						       : tr(cli->lang, "待送", "pending"));
	table_cellf(t, "%lld", (long long)json_integer_value(json_object_get(message, "attempts")));
	table_cell(
		t, show_label(cli, json_object_get(json_object_get(message, "body"), "subject")));
	table_cell(t, show_text(message, "error"));
}

int run_message_list(struct cli *cli)
{
	static const struct list_filter filters[] = {
		{"unit", "unit"}, {"status", "status"}, {NULL}};
	ANJU_AUTO_JSON *items = NULL;
	bool more = false;
	int code = list_items(cli, "message.list", filters, json_object(), &items, &more);
	if (items == NULL)
		return code;
	enum lang lang = cli->lang;
	ANJU_AUTO_TABLE t = TABLE_INIT;
	table_number(&t, tr(lang, "编号", "id"));
	table_column(&t, tr(lang, "生成", "created"));
	table_column(&t, tr(lang, "收件单位", "unit"));
	table_column(&t, tr(lang, "状态", "status"));
	table_number(&t, tr(lang, "次数", "tries"));
	table_column(&t, tr(lang, "标题", "subject"));
	table_column(&t, tr(lang, "失败原因", "last failure"));
	size_t i;
	json_t *v;
	json_array_foreach(items, i, v) {
		message_row(cli, &t, v);
	}
	show_table(cli, &t, json_array_size(items), more);
	return CLI_OK;
}

int run_unit_list(struct cli *cli)
{
	static const struct list_filter filters[] = {
		{"kind", "kind"}, {"level", "level"}, {"region", "region"}, {NULL}};
	ANJU_AUTO_JSON *items = NULL;
	bool more = false;
	int code = list_items(cli, "unit.list", filters, json_object(), &items, &more);
	if (items == NULL)
		return code;
	enum lang lang = cli->lang;
	ANJU_AUTO_TABLE t = TABLE_INIT;
	table_column(&t, tr(lang, "编码", "code"));
	table_column(&t, tr(lang, "名称", "title"));
	table_column(&t, tr(lang, "类别", "kind"));
	table_column(&t, tr(lang, "层级", "level"));
	table_column(&t, tr(lang, "区划", "region"));
	table_column(&t, tr(lang, "上级", "parent"));
	size_t i;
	json_t *v;
	json_array_foreach(items, i, v) {
		table_cell(&t, show_text(v, "code"));
		table_cell(&t, show_label(cli, json_object_get(v, "title")));
		table_cell(&t, show_text(v, "kind"));
		table_cell(&t, show_text(v, "level"));
		table_cell(&t, show_text(v, "region"));
		table_cell(&t, show_text(v, "parent"));
	}
	show_table(cli, &t, json_array_size(items), more);
	return CLI_OK;
}

int run_workflow_list(struct cli *cli)
{
	ANJU_AUTO_JSON *list = NULL;
	int code = cli_call(cli, "workflow.list", NULL, &list);
	if (code != CLI_OK)
		return code;
	if (cli->json) {
		show_json(cli, list);
		return CLI_OK;
	}
	enum lang lang = cli->lang;
	ANJU_AUTO_TABLE t = TABLE_INIT;
	table_column(&t, tr(lang, "流程", "workflow"));
	table_column(&t, tr(lang, "名称", "title"));
	table_column(&t, tr(lang, "版本", "version"));
	table_column(&t, tr(lang, "包", "pack"));
	table_column(&t, tr(lang, "定义散列值", "hash"));
	const json_t *items = json_object_get(list, "items");
	size_t i;
	json_t *v;
	json_array_foreach((json_t *)items, i, v) {
		table_cell(&t, show_text(v, "id"));
		table_cell(&t, show_label(cli, json_object_get(v, "title")));
		table_cell(&t, show_text(v, "version"));
		table_cell(&t, show_text(v, "pack"));
		table_cellf(&t, "%.12s", show_text(v, "hash"));
	}
	show_table(cli, &t, json_array_size(items), false);
	return CLI_OK;
}

int run_plugin_list(struct cli *cli)
{
	ANJU_AUTO_JSON *list = NULL;
	int code = cli_call(cli, "plugin.list", NULL, &list);
	if (code != CLI_OK)
		return code;
	if (cli->json) {
		show_json(cli, list);
		return CLI_OK;
	}
	enum lang lang = cli->lang;
	ANJU_AUTO_TABLE t = TABLE_INIT;
	table_column(&t, tr(lang, "插件", "plugin"));
	table_column(&t, tr(lang, "版本", "version"));
	table_column(&t, tr(lang, "种类", "kinds"));
	table_column(&t, tr(lang, "说明", "title"));
	const json_t *items = json_object_get(list, "items");
	size_t i;
	json_t *v;
	json_array_foreach((json_t *)items, i, v) {
		ANJU_AUTO_BUF kinds = BUF_INIT;
		show_join(json_object_get(v, "kinds"), " ", &kinds);
		table_cell(&t, show_text(v, "name"));
		table_cell(&t, show_text(v, "version"));
		table_cell(&t, kinds.data);
		table_cell(&t,
			show_label(cli, json_object_get(json_object_get(v, "manifest"), "title")));
	}
	show_table(cli, &t, json_array_size(items), false);
	return CLI_OK;
}

/* --- workflow show --- */

static void show_fields(struct cli *cli, const json_t *definition)
{
	enum lang lang = cli->lang;
	json_t *fields = (json_t *)names_fields(definition);
	const char *name;
	json_t *field;
	if (json_object_size(fields) == 0)
		return;
	ANJU_AUTO_TABLE t = TABLE_INIT;
	table_column(&t, tr(lang, "字段", "field"));
	table_column(&t, tr(lang, "名称", "title"));
	table_column(&t, tr(lang, "类型", "type"));
	table_column(&t, tr(lang, "必填", "required"));
	table_column(&t, tr(lang, "谁填", "written by"));
	json_object_foreach(fields, name, field) {
		ANJU_AUTO_BUF by = BUF_INIT;
		show_join(json_object_get(json_object_get(field, "write"), "by"), " ", &by);
		table_cell(&t, name);
		table_cell(&t, show_label(cli, json_object_get(field, "title")));
		table_cell(&t, show_text(field, "type"));
		table_cell(&t, json_is_true(json_object_get(field, "required"))
				       ? show_yes(cli, true)
				       : "");
		table_cell(&t, by.data);
	}
	table_print(&t, 0, cli->width, cli->out);
	fputc('\n', cli->out);
}

static void show_docs(struct cli *cli, const json_t *definition)
{
	json_t *docs = json_object_get(names_meta(definition), "docs");
	const char *kind;
	json_t *doc;
	if (json_object_size(docs) == 0)
		return;
	ANJU_AUTO_TABLE t = TABLE_INIT;
	table_column(&t, tr(cli->lang, "材料", "document"));
	table_column(&t, tr(cli->lang, "名称", "title"));
	json_object_foreach(docs, kind, doc) {
		table_cell(&t, kind);
		table_cell(&t, names_member(cli, definition, "docs", kind));
	}
	table_print(&t, 0, cli->width, cli->out);
	fputc('\n', cli->out);
}

static void event_row(struct cli *cli, struct table *t, const char *path, const char *event,
	const json_t *transition)
{
	const json_t *meta = names_meta(transition);
	ANJU_AUTO_BUF by = BUF_INIT;
	show_join(json_object_get(meta, "by"), " ", &by);
	const char *target = show_text(transition, "target");
	table_cell(t, path);
	table_cell(t, event);
	table_cell(t, show_label(cli, json_object_get(meta, "title")));
	table_cell(t, by.data);
	table_cell(t, target);
}

static void event_rows(struct cli *cli, struct table *t, const char *path, const json_t *state)
{
	const char *event;
	json_t *v, *one;
	size_t i;
	json_object_foreach(json_object_get(state, "on"), event, v) {
		if (!json_is_array(v))
			event_row(cli, t, path, event, v);
		json_array_foreach(v, i, one) {
			event_row(cli, t, path, event, one);
		}
	}
}

/* Depth of definitions is bounded by the daemon, which compiled them. */
static void walk_events(struct cli *cli, struct table *t, const char *path, const json_t *state)
{
	event_rows(cli, t, path, state);
	const char *key;
	json_t *child;
	json_object_foreach(json_object_get(state, "states"), key, child) {
		ANJU_AUTO_BUF below = BUF_INIT;
		buf_addf(&below, "%s%s%s", path, path[0] != '\0' ? "." : "", key);
		walk_events(cli, t, below.data != NULL ? below.data : key, child);
	}
}

int run_workflow_show(struct cli *cli)
{
	ANJU_AUTO_JSON *result = NULL;
	json_t *params = json_pack("{s:s}", "workflow", cli->args[0]);
	int code = cli_call(cli, "workflow.get", params, &result);
	if (code != CLI_OK)
		return code;
	if (cli->json) {
		show_json(cli, result);
		return CLI_OK;
	}
	enum lang lang = cli->lang;
	const json_t *definition = json_object_get(result, "source");
	const char *title = show_label(cli, json_object_get(result, "title"));
	fprintf(cli->out,
		tr(lang, "%s %s，版本 %s，包 %s\n%s\n\n", "%s %s, version %s, pack %s\n%s\n\n"),
		show_text(result, "id"), title != NULL ? title : "", show_text(result, "version"),
		show_text(result, "pack"), show_text(result, "hash"));
	show_fields(cli, definition);
	show_docs(cli, definition);
	ANJU_AUTO_TABLE t = TABLE_INIT;
	table_column(&t, tr(lang, "在状态", "in state"));
	table_column(&t, tr(lang, "事件", "event"));
	table_column(&t, tr(lang, "名称", "title"));
	table_column(&t, tr(lang, "谁能办", "who may"));
	table_column(&t, tr(lang, "去向", "target"));
	walk_events(cli, &t, "", definition);
	table_print(&t, 0, cli->width, cli->out);
	return CLI_OK;
}
