/* rows: which definitions carry out a row of the catalogue, and which scenarios show it. Offline. */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/rows.h"
#include "cli/show.h"
#include "cli/world.h"

enum rows_format { ROWS_TEXT, ROWS_JSON, ROWS_MD };

static bool read_format(struct cli *cli, enum rows_format *ret)
{
	static const char *const names[] = {"text", "json", "md"};
	const char *format = cli_value(cli, "format");
	*ret = cli->json ? ROWS_JSON : ROWS_TEXT;
	if (format == NULL)
		return true;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (strcmp(names[i], format) == 0) {
			*ret = (enum rows_format)i;
			return true;
		}
	}
	anju_error err = {0};
	(void)anju_fail(&err, ANJU_E_INVALID, "cli.option_value", "no such format");
	anju_error_where(&err, "--format");
	anju_error_found(&err, "%s", format);
	anju_error_allowed(&err, "text|json|md");
	(void)cli_fail_usage(cli, &err);
	return false;
}

/* "BJ-D-17" is of kind D. */
static bool is_of_kind(const char *id, const char *kind)
{
	const char *dash = strchr(id, '-');
	size_t n = kind != NULL ? strlen(kind) : 0;
	return kind == NULL ||
	       (dash != NULL && strncmp(dash + 1, kind, n) == 0 && dash[1 + n] == '-');
}

/* BJ-D-1 means that row, not those from BJ-D-10 on; BJ and BJ-D mean all below. */
static bool begins_with(const char *id, const char *prefix)
{
	size_t n = strlen(prefix);
	return strncmp(id, prefix, n) == 0 && (id[n] == '\0' || id[n] == '-');
}

static bool is_wanted(const struct cli *cli, const char *id)
{
	bool wanted = cli->args_len == 0;
	for (size_t i = 0; i < cli->args_len; i++)
		wanted = wanted || begins_with(id, cli->args[i]);
	return wanted && is_of_kind(id, cli_value(cli, "kind"));
}

static json_t *choose(const struct cli *cli, const json_t *all)
{
	json_t *chosen = json_array(), *row;
	size_t i;
	json_array_foreach((json_t *)all, i, row) {
		if (is_wanted(cli, show_text(row, "id")))
			(void)json_array_append(chosen, row);
	}
	return chosen;
}

/* An operand that no row begins with was most likely mistyped, or nothing carries the row out. */
static bool all_found(struct cli *cli, const json_t *chosen)
{
	bool all = true;
	for (size_t i = 0; i < cli->args_len; i++) {
		bool found = false;
		for (size_t k = 0; k < json_array_size(chosen); k++)
			found = found || begins_with(show_text(json_array_get(chosen, k), "id"),
						 cli->args[i]);
		if (found)
			continue;
		fprintf(cli->err,
			tr(cli->lang, "没有一处写明条目 %s\n", "nothing names a row %s\n"),
			cli->args[i]);
		all = false;
	}
	return all;
}

/* --- for people --- */

static const char *kind_word(enum lang lang, const char *kind)
{
	static const char *const words[][2] = {{"pack", "规则包"}, {"rule", "规则"},
		{"local", "本地填定"}, {"obligation", "任务"}, {"workflow", "流程"},
		{"field", "字段"}, {"relation", "关联"}, {"state", "状态"}, {"transition", "转移"},
		{"deadline", "期限"}, {"blank", "待填"}, {"other", "其他"}};
	for (size_t i = 0; lang == LANG_ZH && i < sizeof words / sizeof words[0]; i++) {
		if (strcmp(words[i][0], kind) == 0)
			return words[i][1];
	}
	return kind;
}

static void show_dues(const struct cli *cli, const json_t *place, struct buf *out)
{
	const json_t *list = json_object_get(place, "due"), *v;
	const char *on = show_text(place, "on");
	size_t i;
	if (on[0] != '\0')
		buf_addf(out, "%s", on);
	json_array_foreach((json_t *)list, i, v) {
		const char *due = json_string_value(json_object_get(v, "due"));
		buf_addf(out, "%s%s", i == 0 ? tr(cli->lang, " 至 ", " until ") : ", ",
			due != NULL ? due : tr(cli->lang, "待填", "to be filled in"));
	}
}

static void add_place(
	struct cli *cli, struct table *table, const json_t *place, const char *kind, bool dues)
{
	ANJU_AUTO_BUF when = BUF_INIT;
	const char *title = show_label(cli, json_object_get(place, "title"));
	const char *pointer = show_text(place, "pointer");
	if (dues)
		show_dues(cli, place, &when);
	table_cell(table, kind);
	table_cellf(
		table, "%s%s%s", show_text(place, "file"), pointer[0] != '\0' ? "#" : "", pointer);
	table_cell(table, title != NULL ? title : "");
	table_cell(table, when.data);
}

static void show_row(struct cli *cli, const json_t *row)
{
	struct table table __attribute__((cleanup(table_done_at))) = TABLE_INIT;
	const json_t *list = json_object_get(row, "definitions"), *place;
	size_t i;
	for (i = 0; i < 4; i++)
		table_column(&table, NULL);
	json_array_foreach((json_t *)list, i, place) {
		add_place(
			cli, &table, place, kind_word(cli->lang, show_text(place, "kind")), false);
	}
	list = json_object_get(row, "scenarios");
	json_array_foreach((json_t *)list, i, place) {
		add_place(cli, &table, place, tr(cli->lang, "情景", "scenario"), true);
	}
	fprintf(cli->out, "%s\n", show_text(row, "id"));
	table_print(&table, 2, cli->width, cli->out);
}

/* --- as a table for a document --- */

static void put_places(struct cli *cli, const json_t *list)
{
	const json_t *place;
	size_t i;
	json_array_foreach((json_t *)list, i, place) {
		const char *pointer = show_text(place, "pointer");
		fprintf(cli->out, "%s`%s%s%s`", i > 0 ? "<br>" : "", show_text(place, "file"),
			pointer[0] != '\0' ? "#" : "", pointer);
	}
}

static void show_md(struct cli *cli, const json_t *rows)
{
	const json_t *row;
	size_t i;
	fprintf(cli->out, "| %s | %s | %s |\n|---|---|---|\n", tr(cli->lang, "条目", "row"),
		tr(cli->lang, "定义", "definitions"), tr(cli->lang, "情景", "scenarios"));
	json_array_foreach((json_t *)rows, i, row) {
		fprintf(cli->out, "| %s | ", show_text(row, "id"));
		put_places(cli, json_object_get(row, "definitions"));
		fputs(" | ", cli->out);
		put_places(cli, json_object_get(row, "scenarios"));
		fputs(" |\n", cli->out);
	}
}

int run_rows(struct cli *cli)
{
	enum rows_format format;
	anju_error err = {0};
	ANJU_AUTO_JSON *all = NULL;
	if (!read_format(cli, &format))
		return CLI_USAGE;
	if (rows_collect(cli_packs_dir(cli_value(cli, "packs")), &all, &err) != ANJU_OK)
		return cli_fail(cli, CLI_USAGE, &err);
	ANJU_AUTO_JSON *chosen = choose(cli, all);
	if (format == ROWS_JSON) {
		ANJU_AUTO_JSON *shown = json_pack("{s:O}", "rows", chosen);
		show_json(cli, shown);
	} else if (format == ROWS_MD) {
		show_md(cli, chosen);
	}
	for (size_t i = 0; format == ROWS_TEXT && i < json_array_size(chosen); i++)
		show_row(cli, json_array_get(chosen, i));
	return all_found(cli, chosen) ? CLI_OK : CLI_FINDINGS;
}
