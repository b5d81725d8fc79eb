/* The command line: options, commands, operands; field=value by type; what complaints name. */
#include <jansson.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/json.h"
#include "cli/args.h"
#include "cli/command.h"
#include "unit/support.h"

#define ARGV(...) ((const char *const[]){"anjuctl", __VA_ARGS__})
#define PARSE(cli, err, ...)                                                                       \
	args_parse(                                                                                \
		(cli), (int)(sizeof ARGV(__VA_ARGS__) / sizeof(char *)), ARGV(__VA_ARGS__), (err))

static void clean_environment(void)
{
	unsetenv("ANJU_SOCKET");
	unsetenv("ANJU_LANG");
	setenv("LANG", "C.UTF-8", 1);
}

ANJU_TEST(args, options_stand_anywhere, .init = clean_environment)
{
	struct cli cli = {0};
	anju_error err = {0};
	assert_ok(PARSE(&cli, &err, "--lang", "en", "case", "--json", "send", "household/1", "go",
			  "--as=610322.land/li", "persons=4", "--doc", "a:1", "--doc", "b", "--",
			  "--x"),
		err);
	cr_assert_str_eq(cli.command->name, "case send");
	cr_assert_eq(cli.lang, LANG_EN);
	cr_assert(cli.json);
	cr_assert_str_eq(cli.as, "610322.land/li");
	cr_assert_eq(cli.args_len, 4);
	cr_assert_str_eq(cli.args[2], "persons=4");
	cr_assert_str_eq(cli.args[3], "--x");
	cr_assert_str_eq(cli_value_at(&cli, "doc", 0), "a:1");
	cr_assert_str_eq(cli_value_at(&cli, "doc", 1), "b");
	cr_assert_null(cli_value_at(&cli, "doc", 2));
	cr_assert_str_eq(cli.socket, "/run/anju/anju.sock");
}

ANJU_TEST(args, environment_gives_defaults, .init = clean_environment)
{
	struct cli cli = {0};
	anju_error err = {0};
	setenv("ANJU_SOCKET", "/tmp/s", 1);
	setenv("LANG", "en_US.UTF-8", 1);
	assert_ok(PARSE(&cli, &err, "status"), err);
	cr_assert_str_eq(cli.socket, "/tmp/s");
	cr_assert_eq(cli.lang, LANG_EN);
	setenv("ANJU_LANG", "zh", 1);
	cli = (struct cli){0};
	assert_ok(PARSE(&cli, &err, "status", "--socket", "/tmp/t"), err);
	cr_assert_eq(cli.lang, LANG_ZH);
	cr_assert_str_eq(cli.socket, "/tmp/t");
}

static void refuse(int line, struct cli *cli, anju_status st, const anju_error *err, const char *id,
	const char *found, const char *allowed)
{
	cr_assert_eq(st, ANJU_E_INVALID, "line %d: %d", line, (int)st);
	cr_assert_str_eq(err->id, id, "line %d: %s", line, err->id);
	cr_assert_not_null(strstr(err->found, found), "line %d: found %s", line, err->found);
	cr_assert_not_null(
		strstr(err->allowed, allowed), "line %d: allowed %s", line, err->allowed);
	cr_assert_not_null(message_template(err->id, LANG_ZH), "%s", err->id);
	cr_assert_not_null(message_template(err->id, LANG_EN), "%s", err->id);
}
#define REFUSED(id, found, allowed, ...)                                                           \
	do {                                                                                       \
		struct cli c = {0};                                                                \
		anju_error e = {0};                                                                \
		anju_status s = PARSE(&c, &e, __VA_ARGS__);                                        \
		refuse(__LINE__, &c, s, &e, id, found, allowed);                                   \
	} while (0)

ANJU_TEST(args, complaints_name_what_is_wrong, .init = clean_environment)
{
	REFUSED("cli.command_near", "cse", "case", "cse");
	REFUSED("cli.command_near", "case gte", "case get", "case", "gte");
	REFUSED("cli.command", "xyzzy", "deadline list", "xyzzy");
	REFUSED("cli.command", "case", "case send", "case");
	REFUSED("cli.option", "--region", "--limit", "case", "history", "x", "--region", "1");
	REFUSED("cli.option", "--nope", "--socket", "--nope");
	REFUSED("cli.option_empty", "", "TEXT", "case", "send", "a", "b", "--reason");
	REFUSED("cli.option_flag", "yes", "", "case", "list", "--all=yes");
	REFUSED("cli.option_twice", "", "", "case", "list", "--phase", "a", "--phase", "b");
	REFUSED("cli.option_value", "fr", "zh|en", "--lang", "fr", "status");
	REFUSED("cli.args_few", "", "anjuctl case get CASE", "case", "get");
	REFUSED("cli.args_many", "b", "anjuctl case get CASE", "case", "get", "a", "b");
}

ANJU_TEST(args, language_is_known_before_a_complaint, .init = clean_environment)
{
	struct cli cli = {0};
	anju_error err = {0};
	assert_status(PARSE(&cli, &err, "bogus", "--lang=en"), ANJU_E_INVALID);
	cr_assert_eq(cli.lang, LANG_EN);
}

ANJU_TEST(args, help_needs_no_operands, .init = clean_environment)
{
	struct cli cli = {0};
	anju_error err = {0};
	assert_ok(PARSE(&cli, &err, "case", "get", "--help"), err);
	cr_assert(cli.help);
	cli = (struct cli){0};
	assert_ok(PARSE(&cli, &err, "case", "-h"), err);
	cr_assert_null(cli.command);
	cr_assert_str_eq(cli.args[0], "case");
}

ANJU_TEST(args, too_many_operands_are_refused, .init = clean_environment)
{
	const char *argv[CLI_ARGS_MAX + 8] = {"anjuctl", "case", "send"};
	struct cli cli = {0};
	anju_error err = {0};
	for (size_t i = 3; i < sizeof argv / sizeof argv[0]; i++)
		argv[i] = "a=b";
	assert_status(args_parse(&cli, sizeof argv / sizeof argv[0], argv, &err), ANJU_E_INVALID);
	cr_assert_str_eq(err.id, "cli.args_many");
}

ANJU_TEST(args, numbers, .init = clean_environment)
{
	struct cli cli = {.err = fopen("/dev/null", "w")};
	anju_error err = {0};
	int64_t n = 5;
	assert_ok(PARSE(&cli, &err, "case", "list", "--limit", "12"), err);
	cr_assert(cli_number(&cli, "limit", 1, &n));
	cr_assert_eq(n, 12);
	cr_assert(cli_number(&cli, "absent", 1, &n));
	cr_assert_eq(n, 12);
	static const char *const bad[] = {"0", "x", "", "1x", "99999999999999999999", "-"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		cli.values[0].value = bad[i];
		cr_assert_not(cli_number(&cli, "limit", 1, &n), "%s", bad[i]);
		cr_assert_eq(n, 12);
	}
	fclose(cli.err);
}

static void field(const char *text, const char *fields, const char *want)
{
	anju_error err = {0};
	ANJU_AUTO_JSON *types = fields != NULL ? json_loads(fields, 0, NULL) : NULL;
	ANJU_AUTO_JSON *data = json_object();
	assert_ok(args_field(text, types, data, &err), err);
	char *got = json_text(data);
	cr_assert_str_eq(got, want, "%s: %s", text, got);
	free(got);
}

ANJU_TEST(field, declared_types_decide)
{
	static const char types[] =
		"{\"n\":{\"type\":\"int\"},\"m\":{\"type\":\"money\"},\"b\":{\"type\":\"bool\"},"
		"\"d\":{\"type\":\"decimal\"},\"s\":{\"type\":\"string\"},\"l\":{\"type\":\"list\"}"
		"}";
	field("n=12", types, "{\"n\":12}");
	field("n=-3", types, "{\"n\":-3}");
	field("m=250000", types, "{\"m\":250000}");
	field("n=12.5", types, "{\"n\":\"12.5\"}"); /* the daemon says what is wrong with it */
	field("b=true", types, "{\"b\":true}");
	field("b=1", types, "{\"b\":\"1\"}");
	field("d=132.00", types, "{\"d\":\"132.00\"}");
	field("d=132", types, "{\"d\":\"132\"}");
	field("s=12", types, "{\"s\":\"12\"}");
	field("s=true", types, "{\"s\":\"true\"}");
	field("l=a,b", types, "{\"l\":[\"a\",\"b\"]}");
	field("l=a", types, "{\"l\":[\"a\"]}");
	field("s=a=b", types, "{\"s\":\"a=b\"}");
	field("s=", types, "{\"s\":null}");
}

ANJU_TEST(field, undeclared_ones_go_by_their_look)
{
	field("x=12", NULL, "{\"x\":12}");
	field("x=0", NULL, "{\"x\":0}");
	field("x=0012", NULL, "{\"x\":\"0012\"}");
	field("x=132.00", NULL, "{\"x\":\"132.00\"}");
	field("x=false", NULL, "{\"x\":false}");
	field("x=张三", NULL, "{\"x\":\"张三\"}");
	field("x=99999999999999999999", NULL, "{\"x\":\"99999999999999999999\"}");
}

ANJU_TEST(field, what_is_no_field)
{
	anju_error err = {0};
	ANJU_AUTO_JSON *data = json_object();
	char longer[200];
	memset(longer, 'a', sizeof longer);
	memcpy(longer + 190, "=1", 3);
	assert_status(args_field("persons", NULL, data, &err), ANJU_E_INVALID);
	cr_assert_str_eq(err.id, "cli.field");
	assert_status(args_field("=4", NULL, data, &err), ANJU_E_INVALID);
	assert_status(args_field("x=\xff", NULL, data, &err), ANJU_E_INVALID);
	assert_status(args_field(longer, NULL, data, &err), ANJU_E_INVALID);
	cr_assert_eq(json_object_size(data), 0);
}

static void doc(const char *text, const char *want)
{
	anju_error err = {0};
	ANJU_AUTO_JSON *docs = json_array();
	assert_ok(args_doc(text, docs, &err), err);
	char *got = json_text(docs);
	cr_assert_str_eq(got, want, "%s: %s", text, got);
	free(got);
}

ANJU_TEST(doc, kind_reference_and_form)
{
	doc("survey.record", "[{\"kind\":\"survey.record\"}]");
	doc("a:DC-001", "[{\"kind\":\"a\",\"ref\":\"DC-001\"}]");
	doc("a:DC-001:electronic", "[{\"kind\":\"a\",\"ref\":\"DC-001\",\"form\":\"electronic\"}]");
	doc("a:凤国土:2017:12", "[{\"kind\":\"a\",\"ref\":\"凤国土:2017:12\"}]");
	doc("a:凤:2017:paper", "[{\"kind\":\"a\",\"ref\":\"凤:2017\",\"form\":\"paper\"}]");
	anju_error err = {0};
	ANJU_AUTO_JSON *docs = json_array();
	assert_status(args_doc(":x", docs, &err), ANJU_E_INVALID);
	cr_assert_str_eq(err.id, "cli.doc");
	assert_status(args_doc("\xff", docs, &err), ANJU_E_INVALID);
	cr_assert_eq(json_array_size(docs), 0);
}
