/* anjuctl.1 from the table: what the manual says and what the program does cannot part ways. */
#include <string.h>

#include "cli/cli.h"
#include "cli/help.h"

/* roff reads backslashes anywhere, and a point or a quote at the beginning of a line. */
static void add_text(struct buf *out, const char *s)
{
	if (*s == '.' || *s == '\'')
		buf_adds(out, "\\&");
	for (; *s != '\0'; s++) {
		if (*s == '\\')
			buf_adds(out, "\\e");
		else if (*s == '-')
			buf_adds(out, "\\-");
		else if (*s == '\'')
			buf_adds(out, "\\(aq");
		else
			buf_addc(out, *s);
	}
}

static void add_line(struct buf *out, const char *s)
{
	add_text(out, s);
	buf_addc(out, '\n');
}

static void section(struct buf *out, enum lang lang, const char *zh, const char *en)
{
	buf_addf(out, ".SH %s\n", tr(lang, zh, en));
}

static void add_options(struct buf *out, const struct cli_option *options, enum lang lang)
{
	for (const struct cli_option *o = options; o != NULL && o->name != NULL; o++) {
		buf_adds(out, ".TP\n\\fB\\-\\-");
		add_text(out, o->name);
		buf_adds(out, "\\fR");
		if (o->value != NULL) {
			buf_adds(out, " \\fI");
			add_text(out, o->value);
			buf_adds(out, "\\fR");
		}
		buf_addc(out, '\n');
		add_line(out, o->what.text[lang]);
	}
}

static void add_command(struct buf *out, const struct command *c, enum lang lang)
{
	buf_adds(out, ".SS \"anjuctl ");
	add_text(out, c->name);
	if (c->usage[0] != '\0') {
		buf_addc(out, ' ');
		add_text(out, c->usage);
	}
	buf_adds(out, "\"\n");
	help_sentence(out, c, lang);
	buf_addc(out, '\n');
	if (c->more.text[lang] != NULL)
		add_line(out, c->more.text[lang]);
	add_options(out, c->options, lang);
	if (c->examples != NULL)
		buf_adds(out, ".PP\n.EX\n");
	for (const char *const *e = c->examples; e != NULL && *e != NULL; e++)
		add_line(out, *e);
	if (c->examples != NULL)
		buf_adds(out, ".EE\n");
}

static void add_environment(struct buf *out, enum lang lang)
{
	section(out, lang, "环境变量", "ENVIRONMENT");
	buf_adds(out, ".TP\n\\fBANJU_SOCKET\\fR\n");
	add_line(out, tr(lang, "守护进程的套接字。", "The daemon\'s socket."));
	buf_adds(out, ".TP\n\\fBANJU_LANG\\fR, \\fBLANG\\fR\n");
	add_line(
		out, tr(lang, "语言：zh 或 en 开头。", "The language: what begins with zh or en."));
}

static const char *const busy[] = {
	[LANG_ZH] =
		"守护进程忙时立即拒绝并说明何时再来，什么也没有办。anjuctl 照它说的时间自己重试，"
		"至多八次、三十秒；超过两秒会在标准错误上说明。仍然忙就以 1 退出，可原样再来。",
	[LANG_EN] = "A busy daemon refuses at once, has done nothing, and says when to come again. "
		    "anjuctl does so by itself, up to eight times and thirty seconds, and says so "
		    "on standard error after two. If that is not enough it ends with 1; the same "
		    "command may be given again.",
};

void help_manual(struct buf *out, enum lang lang)
{
	buf_adds(out, ".\\\" Made by: anjuctl help --man\n.TH ANJUCTL 1 \"\" anju\n");
	section(out, lang, "名称", "NAME");
	buf_adds(out, tr(lang, "anjuctl \\- 安居（搬迁安置业务守护进程）的命令行工具\n",
			      "anjuctl \\- the command line of anju, the daemon of relocation "
			      "offices\n"));
	section(out, lang, "概要", "SYNOPSIS");
	buf_adds(out,
		tr(lang, "\\fBanjuctl\\fR [\\fI选项\\fR] \\fI命令\\fR [\\fI参数\\fR]\n",
			"\\fBanjuctl\\fR [\\fIOPTIONS\\fR] \\fICOMMAND\\fR [\\fIOPERANDS\\fR]\n"));
	section(out, lang, "通用选项", "OPTIONS OF EVERY COMMAND");
	add_options(out, command_global_options, lang);
	section(out, lang, "命令", "COMMANDS");
	for (size_t i = 0; i < command_count(); i++) {
		if (!command_at(i)->hidden)
			add_command(out, command_at(i), lang);
	}
	section(out, lang, "忙的时候", "WHEN THE DAEMON IS BUSY");
	add_line(out, busy[lang]);
	add_environment(out, lang);
	section(out, lang, "退出码", "EXIT STATUS");
	for (const struct exit_code *e = help_exit_codes; e->code >= 0; e++) {
		buf_addf(out, ".TP\n%d\n", e->code);
		add_line(out, e->what.text[lang]);
	}
}
