#include "cli/help.h"

#include <string.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/table.h"

const struct exit_code help_exit_codes[] = {
	{CLI_OK, {{"成功", "success"}}},
	{CLI_REFUSED, {{"守护进程拒绝：状态、权限、条件或参数不符",
			      "refused by the daemon: state, role, condition or parameter"}}},
	{CLI_USAGE, {{"命令行或输入文件有误", "the command line or an input file makes no sense"}}},
	{CLI_UNREACHABLE, {{"连不上守护进程", "no daemon answers"}}},
	{CLI_FINDINGS, {{"办完但有问题：lint、store check、import、replay",
			       "done, but not all is well: lint, store check, import, replay"}}},
	{-1, {{NULL, NULL}}},
};

static void print_pairs(struct table *t, struct buf *out)
{
	table_render(t, 2, 0, out);
	table_done(t);
}

static void pair_columns(struct table *t)
{
	*t = TABLE_INIT;
	table_column(t, NULL);
	table_column(t, NULL);
}

static void add_options(struct buf *out, const struct cli_option *options, enum lang lang)
{
	ANJU_AUTO_TABLE t;
	pair_columns(&t);
	for (const struct cli_option *o = options; o != NULL && o->name != NULL; o++) {
		table_cellf(&t, "--%s%s%s", o->name, o->value != NULL ? " " : "",
			o->value != NULL ? o->value : "");
		table_cell(&t, o->what.text[lang]);
	}
	print_pairs(&t, out);
}

static void add_commands(struct buf *out, const char *group, enum lang lang)
{
	size_t n = group != NULL ? strlen(group) : 0;
	ANJU_AUTO_TABLE t;
	pair_columns(&t);
	for (size_t i = 0; i < command_count(); i++) {
		const struct command *c = command_at(i);
		if (c->hidden ||
			(group != NULL && (strncmp(c->name, group, n) != 0 || c->name[n] != ' ')))
			continue;
		table_cellf(&t, "%s%s%s", c->name, c->usage[0] != '\0' ? " " : "", c->usage);
		table_cell(&t, c->what.text[lang]);
	}
	print_pairs(&t, out);
}

void help_program(struct buf *out, enum lang lang)
{
	buf_adds(out, tr(lang, "用法：anjuctl [选项] 命令 [参数]\n\n",
			      "Usage: anjuctl [OPTIONS] COMMAND [OPERANDS]\n\n"));
	buf_adds(out, tr(lang, "安居（搬迁安置业务守护进程）的命令行工具。\n\n命令：\n",
			      "The command line of anju, the daemon of relocation "
			      "offices.\n\nCommands:\n"));
	add_commands(out, NULL, lang);
	buf_adds(out, tr(lang, "\n通用选项：\n", "\nOptions of every command:\n"));
	add_options(out, command_global_options, lang);
	buf_adds(out, tr(lang, "\n退出码：\n", "\nExit codes:\n"));
	ANJU_AUTO_TABLE t;
	pair_columns(&t);
	for (const struct exit_code *e = help_exit_codes; e->code >= 0; e++) {
		table_cellf(&t, "%d", e->code);
		table_cell(&t, e->what.text[lang]);
	}
	print_pairs(&t, out);
	buf_adds(out, tr(lang, "\n某个命令的帮助：anjuctl help 命令\n",
			      "\nHelp on a command: anjuctl help COMMAND\n"));
}

void help_group(struct buf *out, const char *group, enum lang lang)
{
	buf_addf(out,
		tr(lang, "用法：anjuctl %s 命令 [参数]\n\n命令：\n",
			"Usage: anjuctl %s COMMAND [OPERANDS]\n\nCommands:\n"),
		group);
	add_commands(out, group, lang);
}

void help_sentence(struct buf *out, const struct command *c, enum lang lang)
{
	const char *s = c->what.text[lang];
	buf_addc(out, (char)(*s >= 'a' && *s <= 'z' ? *s - 'a' + 'A' : *s));
	buf_adds(out, s + 1);
	buf_adds(out, tr(lang, "。", "."));
}

void help_command(struct buf *out, const struct command *c, enum lang lang)
{
	buf_addf(out, tr(lang, "用法：anjuctl %s%s%s%s\n\n", "Usage: anjuctl %s%s%s%s\n\n"),
		c->name, c->options != NULL ? tr(lang, " [选项]", " [OPTIONS]") : "",
		c->usage[0] != '\0' ? " " : "", c->usage);
	help_sentence(out, c, lang);
	buf_addc(out, '\n');
	if (c->more.text[lang] != NULL)
		buf_addf(out, "%s\n", c->more.text[lang]);
	if (c->options != NULL) {
		buf_adds(out, tr(lang, "\n选项：\n", "\nOptions:\n"));
		add_options(out, c->options, lang);
	}
	buf_adds(out, tr(lang, "\n通用选项：\n", "\nOptions of every command:\n"));
	add_options(out, command_global_options, lang);
	if (c->examples != NULL)
		buf_adds(out, tr(lang, "\n示例：\n", "\nExamples:\n"));
	for (const char *const *e = c->examples; e != NULL && *e != NULL; e++)
		buf_addf(out, "  %s\n", *e);
}

/* --- completion --- */

static void offer(struct buf *out, const char *word, size_t n, const char *typed)
{
	if (strlen(typed) <= n && strncmp(word, typed, strlen(typed)) == 0) {
		buf_add(out, word, n);
		buf_addc(out, '\n');
	}
}

static void offer_options(struct buf *out, const struct cli_option *options, const char *typed)
{
	for (const struct cli_option *o = options; o != NULL && o->name != NULL; o++) {
		ANJU_AUTO_BUF word = BUF_INIT;
		buf_addf(&word, "--%s", o->name);
		if (word.data != NULL)
			offer(out, word.data, word.len, typed);
	}
}

/* Each first word once: the rows of a group stand together. */
static void offer_first(struct buf *out, const char *typed)
{
	const char *last = "";
	for (size_t i = 0; i < command_count(); i++) {
		const char *name = command_at(i)->name;
		size_t n = strcspn(name, " ");
		bool again =
			strlen(last) >= n && strcspn(last, " ") == n && memcmp(last, name, n) == 0;
		if (!command_at(i)->hidden && !again)
			offer(out, name, n, typed);
		last = name;
	}
}

static void offer_second(struct buf *out, const char *group, const char *typed)
{
	size_t n = strlen(group);
	for (size_t i = 0; i < command_count(); i++) {
		const char *name = command_at(i)->name;
		if (strncmp(name, group, n) == 0 && name[n] == ' ')
			offer(out, name + n + 1, strlen(name + n + 1), typed);
	}
}

void help_complete(struct buf *out, const char *const *words, size_t n)
{
	const char *typed = n > 0 ? words[n - 1] : "";
	const char *first = NULL;
	const struct command *command = NULL;
	for (size_t i = 0; i + 1 < n && command == NULL; i++) {
		char name[128];
		if (words[i][0] == '-')
			continue;
		snprintf(name, sizeof name, "%s%s%s", first != NULL ? first : "",
			first != NULL ? " " : "", words[i]);
		command = command_find(name);
		first = words[i];
	}
	if (typed[0] == '-') {
		offer_options(out, command != NULL ? command->options : NULL, typed);
		offer_options(out, command_global_options, typed);
	} else if (command == NULL && first == NULL) {
		offer_first(out, typed);
	} else if (command == NULL) {
		offer_second(out, first, typed);
	} else if (strcmp(command->name, "help") == 0) {
		offer_first(out, typed);
	}
}

/* --- the commands --- */

static int print(struct cli *cli, const struct buf *text)
{
	if (text->len > 0)
		(void)fwrite(text->data, 1, text->len, cli->out); /* main looks at ferror() */
	return text->failed ? CLI_USAGE : CLI_OK;
}

int run_help(struct cli *cli)
{
	ANJU_AUTO_BUF text = BUF_INIT;
	ANJU_AUTO_BUF name = BUF_INIT;
	if (cli_flag(cli, "man")) {
		help_manual(&text, cli->lang);
		return print(cli, &text);
	}
	for (size_t i = 0; i < cli->args_len; i++)
		buf_addf(&name, "%s%s", i > 0 ? " " : "", cli->args[i]);
	const struct command *command = name.data != NULL ? command_find(name.data) : NULL;
	if (command != NULL) {
		help_command(&text, command, cli->lang);
	} else if (name.data != NULL && command_is_group(name.data)) {
		help_group(&text, name.data, cli->lang);
	} else if (name.data == NULL) {
		help_program(&text, cli->lang);
	} else {
		const char *near = command_nearest(
			cli->args_len > 1 ? cli->args[0] : NULL, cli->args[cli->args_len - 1]);
		fprintf(cli->err,
			tr(cli->lang, "anjuctl: 没有命令“%s”%s%s\n",
				"anjuctl: no command \"%s\"%s%s\n"),
			name.data,
			near != NULL ? tr(cli->lang, "；是不是 ", "; did you mean ") : "",
			near != NULL ? near : "");
		return CLI_USAGE;
	}
	return print(cli, &text);
}

int run_complete(struct cli *cli)
{
	ANJU_AUTO_BUF text = BUF_INIT;
	help_complete(&text, cli->args, cli->args_len);
	return print(cli, &text);
}
