/* The table of commands is whole in both languages, and help, completion and manual say what it says. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/nearest.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/help.h"
#include "unit/support.h"

static bool is_chinese(const char *s)
{
	for (; *s != '\0'; s++) {
		if ((unsigned char)*s >= 0xe3)
			return true;
	}
	return false;
}

static void check_words(const char *of, const struct words *words)
{
	cr_assert_not_null(words->text[LANG_ZH], "%s", of);
	cr_assert_not_null(words->text[LANG_EN], "%s", of);
	cr_assert_neq(words->text[LANG_ZH][0], '\0', "%s", of);
	cr_assert_neq(words->text[LANG_EN][0], '\0', "%s", of);
	cr_assert_not(is_chinese(words->text[LANG_EN]), "%s: %s", of, words->text[LANG_EN]);
}

static void check_options(const char *of, const struct cli_option *options)
{
	for (const struct cli_option *o = options; o != NULL && o->name != NULL; o++) {
		check_words(of, &o->what);
		cr_assert(o->value != NULL || !o->many, "%s --%s", of, o->name);
		for (const struct cli_option *p = options; p != o; p++)
			cr_assert_str_neq(p->name, o->name, "%s", of);
	}
}

ANJU_TEST(help, every_command_is_whole)
{
	check_options("general", command_global_options);
	for (size_t i = 0; i < command_count(); i++) {
		const struct command *c = command_at(i);
		check_words(c->name, &c->what);
		cr_assert_eq(c->more.text[LANG_ZH] == NULL, c->more.text[LANG_EN] == NULL, "%s",
			c->name);
		if (c->more.text[LANG_ZH] != NULL)
			check_words(c->name, &c->more);
		check_options(c->name, c->options);
		cr_assert_not_null(c->run, "%s", c->name);
		cr_assert_not_null(c->usage, "%s", c->name);
		cr_assert_leq(c->args_min, c->args_max, "%s", c->name);
		cr_assert(c->hidden || c->examples != NULL, "%s has no example", c->name);
		cr_assert_eq(command_find(c->name), c, "%s stands twice", c->name);
		cr_assert(!command_is_group(c->name), "%s is a command and a group", c->name);
	}
	for (const struct exit_code *e = help_exit_codes; e->code >= 0; e++)
		check_words("exit code", &e->what);
}

ANJU_TEST(help, examples_name_their_own_command)
{
	for (size_t i = 0; i < command_count(); i++) {
		const struct command *c = command_at(i);
		char begin[64];
		snprintf(begin, sizeof begin, "anjuctl %s", c->name);
		for (const char *const *e = c->examples; e != NULL && *e != NULL; e++)
			cr_assert_eq(strncmp(*e, begin, strlen(begin)), 0, "%s: %s", c->name, *e);
	}
}

ANJU_TEST(help, lists_all_but_the_hidden)
{
	for (int lang = LANG_ZH; lang <= LANG_EN; lang++) {
		ANJU_AUTO_BUF out = BUF_INIT;
		help_program(&out, (enum lang)lang);
		for (size_t i = 0; i < command_count(); i++) {
			const struct command *c = command_at(i);
			char begin[64];
			snprintf(begin, sizeof begin, "\n  %s ", c->name);
			cr_assert_eq(strstr(out.data, begin) != NULL, !c->hidden, "%s", c->name);
		}
	}
}

ANJU_TEST(help, of_each_command_has_its_options)
{
	for (size_t i = 0; i < command_count(); i++) {
		const struct command *c = command_at(i);
		ANJU_AUTO_BUF out = BUF_INIT;
		help_command(&out, c, LANG_EN);
		cr_assert_not_null(strstr(out.data, c->name));
		for (const struct cli_option *o = c->options; o != NULL && o->name != NULL; o++)
			cr_assert_not_null(strstr(out.data, o->name), "%s --%s", c->name, o->name);
	}
	ANJU_AUTO_BUF group = BUF_INIT;
	help_group(&group, "deadline", LANG_EN);
	cr_assert_not_null(strstr(group.data, "deadline stats"));
	cr_assert_null(strstr(group.data, "case get"));
}

static void complete(const char *want, size_t n, const char *const *words)
{
	ANJU_AUTO_BUF out = BUF_INIT;
	help_complete(&out, words, n);
	cr_assert_str_eq(out.data != NULL ? out.data : "", want, "%s: %s", words[n - 1],
		out.data != NULL ? out.data : "");
}
#define COMPLETE(want, ...)                                                                        \
	complete(want, sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *),                     \
		(const char *[]){__VA_ARGS__})

ANJU_TEST(help, completion_follows_the_table)
{
	COMPLETE("case\ncalendar\ncall\n", "ca");
	COMPLETE("get\n", "clock", "g");
	COMPLETE("get\nadvance\n", "clock", "");
	COMPLETE("stats\n", "--json", "deadline", "st");
	COMPLETE("--reason\n", "case", "send", "x", "y", "--re");
	COMPLETE("--json\n", "case", "get", "--j");
	COMPLETE("", "complet");
	COMPLETE("replay\n", "help", "rep");
	COMPLETE("", "case", "get", "hous");
}

static char *read_all(const char *path)
{
	static const size_t max = 1 << 20;
	FILE *f = fopen(path, "r");
	cr_assert_not_null(f, "%s", path);
	char *text = calloc(1, max);
	size_t n = fread(text, 1, max - 1, f);
	cr_assert_lt(n, max - 1);
	fclose(f);
	return text;
}

ANJU_TEST(help, the_manual_is_what_the_table_gives)
{
	static const char *const paths[] = {
		[LANG_ZH] = DOCS_DIR "/zh_CN/anjuctl.1", [LANG_EN] = DOCS_DIR "/anjuctl.1"};
	for (int lang = LANG_ZH; lang <= LANG_EN; lang++) {
		ANJU_AUTO_BUF out = BUF_INIT;
		ANJU_AUTO_MEM char *written = read_all(paths[lang]);
		help_manual(&out, (enum lang)lang);
		cr_assert(strcmp(out.data, written) == 0, "%s is old: anjuctl help --man --lang %s",
			paths[lang], lang == LANG_EN ? "en" : "zh");
	}
}

ANJU_TEST(help, the_manual_has_each_command_once)
{
	ANJU_AUTO_BUF out = BUF_INIT;
	help_manual(&out, LANG_EN);
	size_t sections = 0, shown = 0;
	for (const char *p = out.data; (p = strstr(p, "\n.SS \"anjuctl ")) != NULL; p++)
		sections++;
	for (size_t i = 0; i < command_count(); i++)
		shown += !command_at(i)->hidden;
	cr_assert_eq(sections, shown);
	cr_assert_null(strstr(out.data, "anjuctl complete"));
}

ANJU_TEST(nearest, suggests_what_is_near)
{
	cr_assert_str_eq(command_nearest(NULL, "sttaus"), "status");
	cr_assert_str_eq(command_nearest(NULL, "deadlines"), "deadline");
	cr_assert_str_eq(command_nearest("case", "sned"), "send");
	cr_assert_str_eq(command_nearest("store", "dum"), "dump");
	cr_assert_null(command_nearest(NULL, "xyzzy"));
	cr_assert_null(command_nearest("case", "elephant"));
	cr_assert_null(command_nearest(NULL, "complete"), "what is hidden is not suggested");
}

ANJU_TEST(nearest, distance_counts_swaps_once)
{
	cr_assert_eq(edit_distance("", "abc"), 3);
	cr_assert_eq(edit_distance("abc", "abc"), 0);
	cr_assert_eq(edit_distance("ab", "ba"), 1);
	cr_assert_eq(edit_distance("kitten", "sitting"), 3);
	cr_assert_eq(edit_distance("a", "0123456789012345678901234567890123456789"), 40);
}
