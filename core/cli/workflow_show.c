/* workflow show: a definition's fields, documents and events as people read them. */
#include "base/json.h"
#include "cli/commands.h"
#include "cli/names.h"
#include "cli/show.h"

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
