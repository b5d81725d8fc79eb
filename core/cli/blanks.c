/* deadline blanks: what the packs leave to be filled in locally, and who has filled it in. Offline. */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "cli/world.h"
#include "pack/pack.h"

static bool add_new(json_t *list, json_t *item)
{
	return item != NULL && json_array_append_new(list, item) == 0;
}

static json_t *blank_json(const struct pack_set *set, const struct blank *b)
{
	return json_pack("{s:s, s:s, s:s, s:{s:s, s:s}, s:s, s:s, s:s?, s:O?}", "pack",
		pack_set_name(set), "id", b->id, "kind", b->kind == BLANK_DUE ? "due" : "recur",
		"says", "zh", b->says.text[LANG_ZH], "en", b->says.text[LANG_EN], "file", b->file,
		"pointer", b->pointer, "filled_by", b->pack, "value", b->value);
}

/* What one leaf leaves open, and what it fills in for nothing. */
static bool add_leaf(struct cli *cli, const struct pack_set *set, json_t *blanks, json_t *unused)
{
	const char *id, *file;
	for (size_t i = 0; i < pack_set_blank_count(set); i++) {
		const struct blank *b = pack_set_blank_at(set, i);
		if (cli_flag(cli, "open") && b->pack != NULL)
			continue;
		if (!add_new(blanks, blank_json(set, b)))
			return false;
	}
	for (size_t i = 0; pack_set_local_unused(set, i, &id, &file); i++) {
		if (!add_new(unused, json_pack("{s:s, s:s, s:s}", "pack", pack_set_name(set), "id",
					     id, "file", file)))
			return false;
	}
	return true;
}

static int read_leaf(
	struct cli *cli, const char *dir, const char *leaf, json_t *blanks, json_t *unused)
{
	struct pack_options options = {
		.dir = dir, .leaf = leaf, .report = cli_print_finding, .report_ctx = cli};
	ANJU_AUTO(pack_set) set = NULL;
	anju_error err = {0};
	if (pack_load(&options, &set, &err) != ANJU_OK)
		return CLI_USAGE;
	if (add_leaf(cli, set, blanks, unused))
		return CLI_OK;
	(void)anju_fail_nomem(&err);
	return cli_fail(cli, CLI_USAGE, &err);
}

/* The pack that was named, or each that no other one extends. */
static int read_all(struct cli *cli, json_t *blanks, json_t *unused, size_t *leaves)
{
	const char *dir = cli_packs_dir(cli->args_len > 0 ? cli->args[0] : NULL);
	const char *named = cli_value(cli, "pack");
	ANJU_AUTO_JSON *all = NULL;
	anju_error err = {0};
	*leaves = 1;
	if (named != NULL)
		return read_leaf(cli, dir, named, blanks, unused);
	if (pack_leaves(dir, &all, &err) != ANJU_OK)
		return cli_fail(cli, CLI_USAGE, &err);
	*leaves = json_array_size(all);
	int code = CLI_OK;
	for (size_t i = 0; i < *leaves && code == CLI_OK; i++)
		code = read_leaf(
			cli, dir, json_string_value(json_array_get(all, i)), blanks, unused);
	return code;
}

static size_t count_open(const json_t *blanks)
{
	size_t n = 0, i;
	json_t *b;
	json_array_foreach((json_t *)blanks, i, b)
		n += json_is_null(json_object_get(b, "filled_by"));
	return n;
}

static void print_table(struct cli *cli, const json_t *blanks, bool several)
{
	ANJU_AUTO_TABLE t = TABLE_INIT;
	size_t i;
	json_t *b;
	if (several)
		table_column(&t, tr(cli->lang, "规则包", "PACK"));
	table_column(&t, tr(cli->lang, "编号", "ID"));
	table_column(&t, tr(cli->lang, "种类", "KIND"));
	table_column(&t, tr(cli->lang, "原文", "SAYS"));
	table_column(&t, tr(cli->lang, "填定者", "FILLED BY"));
	table_column(&t, tr(cli->lang, "填定为", "WITH"));
	table_column(&t, tr(cli->lang, "位置", "USED AT"));
	json_array_foreach((json_t *)blanks, i, b) {
		const char *by = json_string_value(json_object_get(b, "filled_by"));
		const json_t *value = json_object_get(b, "value");
		ANJU_AUTO_MEM char *text = by != NULL ? json_text(value) : NULL;
		bool due = strcmp(show_text(b, "kind"), "due") == 0;
		if (several)
			table_cell(&t, show_text(b, "pack"));
		table_cell(&t, show_text(b, "id"));
		table_cell(
			&t, due ? tr(cli->lang, "期限", "due") : tr(cli->lang, "周期", "period"));
		table_cell(&t, show_label(cli, json_object_get(b, "says")));
		table_cell(&t, by != NULL ? by : tr(cli->lang, "未填", "nobody"));
		table_cell(&t, text);
		table_cellf(&t, "%s#%s", show_text(b, "file"), show_text(b, "pointer"));
	}
	table_print(&t, 0, cli->width, cli->out);
}

static void show(struct cli *cli, const json_t *blanks, const json_t *unused, bool several)
{
	size_t n = json_array_size(blanks), open = count_open(blanks), i;
	json_t *u;
	if (n > 0)
		print_table(cli, blanks, several);
	fprintf(cli->out,
		tr(cli->lang, "%zu 处留待本地填定，%zu 处未填\n",
			"%zu left to be filled in locally, %zu still open\n"),
		n, open);
	json_array_foreach((json_t *)unused, i, u)
		fprintf(cli->out,
			tr(cli->lang, "%s 填定了 %s，但没有规则要它\n",
				"%s fills in %s, and no rule asks for it\n"),
			show_text(u, "file"), show_text(u, "id"));
}

int run_deadline_blanks(struct cli *cli)
{
	ANJU_AUTO_JSON *blanks = json_array(), *unused = json_array();
	size_t leaves = 0;
	int code = read_all(cli, blanks, unused, &leaves);
	if (code != CLI_OK)
		return code;
	if (!cli->json) {
		show(cli, blanks, unused, leaves > 1);
		return CLI_OK;
	}
	ANJU_AUTO_JSON *all = json_pack("{s:O, s:O, s:I}", "blanks", blanks, "unused", unused,
		"open", (json_int_t)count_open(blanks));
	show_json(cli, all);
	return CLI_OK;
}
