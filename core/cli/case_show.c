/* case get: one case with all that hangs on it. */
#include <string.h>

#include "base/json.h"
#include "cli/commands.h"
#include "cli/lists.h"
#include "cli/names.h"
#include "cli/reminders.h"
#include "cli/show.h"

static void heading(struct cli *cli, const char *text)
{
	fprintf(cli->out, "%s\n", text);
}

static void add_states(
	struct cli *cli, struct table *t, const json_t *definition, const json_t *states)
{
	size_t i;
	json_t *v;
	json_array_foreach((json_t *)states, i, v) {
		ANJU_AUTO_BUF text = BUF_INIT;
		names_state(cli, definition, json_string_value(v), &text);
		buf_addf(&text, "  [%s]", json_string_value(v));
		table_cell(t, i == 0 ? tr(cli->lang, "状态", "state") : "");
		table_cell(t, text.data);
	}
}

static void show_summary(struct cli *cli, const json_t *definition, const json_t *cs)
{
	enum lang lang = cli->lang;
	char opened[SHOW_TIME_CHARS], updated[SHOW_TIME_CHARS];
	const char *title = show_label(cli, json_object_get(names_meta(definition), "title"));
	fprintf(cli->out, "%s  %s\n", show_text(cs, "case"), title != NULL ? title : "");
	ANJU_AUTO_TABLE t = TABLE_INIT;
	table_column(&t, NULL);
	table_column(&t, NULL);
	table_cell(&t, tr(lang, "阶段", "phase"));
	table_cellf(&t, "%s%s", names_phase(cli, definition, show_text(cs, "phase")),
		json_is_true(json_object_get(cs, "done")) ? tr(lang, "（已办结）", " (over)") : "");
	add_states(cli, &t, definition, json_object_get(cs, "states"));
	table_cell(&t, tr(lang, "区划", "region"));
	table_cell(&t, show_text(cs, "region"));
	table_cell(&t, tr(lang, "版本", "revision"));
	table_cellf(&t, tr(lang, "%lld  立案 %s  变动 %s", "%lld  opened %s  changed %s"),
		(long long)json_integer_value(json_object_get(cs, "rev")),
		show_time(json_object_get(cs, "opened_at"), opened),
		show_time(json_object_get(cs, "updated_at"), updated));
	if (json_is_false(json_object_get(cs, "newest"))) {
		table_cell(&t, tr(lang, "定义", "definition"));
		table_cellf(&t,
			tr(lang, "%s（%.12s），不是现行的", "%s (%.12s), not the one in force"),
			show_text(cs, "version"), show_text(cs, "definition"));
	}
	table_print(&t, 2, cli->width, cli->out);
}

static void add_value(struct cli *cli, const json_t *field, const json_t *v, struct buf *out)
{
	if (strcmp(show_text(field, "type"), "money") != 0 || !json_is_integer(v)) {
		show_value(cli, v, out);
		return;
	}
	long long fen = json_integer_value(v);
	buf_addf(out, tr(cli->lang, "%s%lld.%02lld 元", "%s%lld.%02lld yuan"), fen < 0 ? "-" : "",
		fen < 0 ? -(fen / 100) : fen / 100, fen < 0 ? -(fen % 100) : fen % 100);
}

static bool is_locked(const json_t *locks, const char *name)
{
	size_t i;
	json_t *v;
	json_array_foreach((json_t *)locks, i, v) {
		if (json_is_string(v) && strcmp(json_string_value(v), name) == 0)
			return true;
	}
	return false;
}

static void add_field(struct cli *cli, struct table *t, const json_t *definition, const json_t *cs,
	const char *name)
{
	const json_t *v = json_object_get(json_object_get(cs, "data"), name);
	const json_t *field = json_object_get(names_fields(definition), name);
	ANJU_AUTO_BUF text = BUF_INIT;
	add_value(cli, field, v, &text);
	table_cell(t, names_member(cli, definition, "fields", name));
	table_cell(t, name);
	table_cellf(t, "%s%s", text.data != NULL ? text.data : "",
		is_locked(json_object_get(cs, "locks"), name)
			? tr(cli->lang, "（已锁定）", " (locked)")
			: "");
}

/* In the order of the definition, then what it does not know (a definition that was replaced). */
static void show_fields(struct cli *cli, const json_t *definition, const json_t *cs)
{
	json_t *data = json_object_get(cs, "data");
	json_t *fields = (json_t *)names_fields(definition);
	const char *name;
	json_t *v;
	if (json_object_size(data) == 0)
		return;
	ANJU_AUTO_TABLE t = TABLE_INIT;
	for (int i = 0; i < 3; i++)
		table_column(&t, NULL);
	json_object_foreach(fields, name, v) {
		if (json_object_get(data, name) != NULL)
			add_field(cli, &t, definition, cs, name);
	}
	json_object_foreach(data, name, v) {
		if (json_object_get(fields, name) == NULL)
			add_field(cli, &t, definition, cs, name);
	}
	heading(cli, tr(cli->lang, "字段", "Fields"));
	table_print(&t, 2, cli->width, cli->out);
}

static void show_docs(struct cli *cli, const json_t *definition, const json_t *cs)
{
	json_t *docs = json_object_get(cs, "docs");
	const char *kind;
	json_t *doc;
	if (json_object_size(docs) == 0)
		return;
	ANJU_AUTO_TABLE t = TABLE_INIT;
	for (int i = 0; i < 5; i++)
		table_column(&t, NULL);
	json_object_foreach(docs, kind, doc) {
		char at[SHOW_TIME_CHARS];
		ANJU_AUTO_BUF by = BUF_INIT;
		names_unit(cli, show_text(doc, "by"), &by);
		table_cell(&t, names_member(cli, definition, "docs", kind));
		table_cell(&t, kind);
		table_cell(&t, show_text(doc, "ref"));
		table_cell(&t, show_time(json_object_get(doc, "at"), at));
		table_cell(&t, by.data);
	}
	heading(cli, tr(cli->lang, "已收材料", "Documents"));
	table_print(&t, 2, cli->width, cli->out);
}

/* One row a relation that has cases, and how many more there are than were listed. */
static void show_relations(struct cli *cli, const json_t *definition, const json_t *cs)
{
	const json_t *more = json_object_get(cs, "relations_more");
	const char *name;
	json_t *list;
	bool any = false;
	ANJU_AUTO_TABLE t = TABLE_INIT;
	for (int i = 0; i < 3; i++)
		table_column(&t, NULL);
	json_object_foreach(json_object_get(cs, "relations"), name, list) {
		ANJU_AUTO_BUF cases = BUF_INIT;
		long long rest = json_integer_value(json_object_get(more, name));
		if (json_array_size(list) == 0)
			continue;
		any = true;
		show_join(list, tr(cli->lang, "、", ", "), &cases);
		if (rest > 0)
			buf_addf(&cases, tr(cli->lang, "，另有 %lld 个", ", and %lld more"), rest);
		table_cell(&t, names_member(cli, definition, "relations", name));
		table_cell(&t, name);
		table_cell(&t, cases.data);
	}
	if (!any)
		return;
	heading(cli, tr(cli->lang, "关联个案", "Related cases"));
	table_print(&t, 2, cli->width, cli->out);
}

static void show_deadlines(struct cli *cli, const json_t *cs)
{
	const json_t *list = json_object_get(cs, "deadlines");
	if (json_array_size(list) == 0)
		return;
	ANJU_AUTO_TABLE t = TABLE_INIT;
	list_fill(cli, list_deadline_columns, list, &t);
	heading(cli, tr(cli->lang, "期限", "Deadlines"));
	table_print(&t, 2, cli->width, cli->out);
}

static void show_possible(struct cli *cli, const json_t *definition, const json_t *cs)
{
	enum lang lang = cli->lang;
	const json_t *list = json_object_get(cs, "possible");
	size_t i;
	json_t *v;
	if (!json_is_array(list)) {
		heading(cli, tr(lang, "所依的旧定义已不能用，不能列出现在能办的事项",
				     "The older definition it runs under cannot be used: what is "
				     "possible "
				     "is not known"));
		return;
	}
	heading(cli, json_array_size(list) > 0
			     ? tr(lang, "现在能办", "Possible now")
			     : tr(lang, "现在没有可办的事项", "Nothing is possible now"));
	ANJU_AUTO_TABLE t = TABLE_INIT;
	table_column(&t, tr(lang, "事件", "event"));
	table_column(&t, tr(lang, "名称", "title"));
	table_column(&t, tr(lang, "谁能办", "who may"));
	table_column(&t, tr(lang, "须附材料", "needs"));
	json_array_foreach((json_t *)list, i, v) {
		ANJU_AUTO_BUF by = BUF_INIT, needs = BUF_INIT;
		names_units(cli, json_object_get(v, "by"), &by);
		size_t k;
		json_t *kind;
		json_array_foreach(json_object_get(v, "needs"), k, kind) {
			const char *name = json_string_value(kind);
			buf_addf(&needs, "%s%s", k > 0 ? tr(lang, "、", ", ") : "",
				names_member(cli, definition, "docs", name != NULL ? name : "?"));
		}
		table_cell(&t, show_text(v, "event"));
		table_cell(&t, show_label(cli, json_object_get(v, "title")));
		/* a town that is not chosen yet, or an office that the county lacks */
		table_cell(&t, by.len > 0 ? by.data : tr(lang, "（尚无单位）", "(no unit yet)"));
		table_cell(&t, needs.data);
	}
	if (json_array_size(list) > 0)
		table_print(&t, 2, cli->width, cli->out);
}

int run_case_get(struct cli *cli)
{
	ANJU_AUTO_JSON *cs = NULL;
	int code = cli_call(cli, "case.get", json_pack("{s:s}", "case", cli->args[0]), &cs);
	if (code != CLI_OK)
		return code;
	if (cli->json) {
		show_json(cli, cs);
		return CLI_OK;
	}
	const json_t *definition = names_definition(cli, cs);
	show_summary(cli, definition, cs);
	show_fields(cli, definition, cs);
	show_docs(cli, definition, cs);
	show_relations(cli, definition, cs);
	show_deadlines(cli, cs);
	reminders_show(cli, json_object_get(cs, "reminders"));
	show_possible(cli, definition, cs);
	return CLI_OK;
}
