#include "cli/args.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "cli/command.h"

#define SOCKET_DEFAULT "/run/anju/anju.sock"

const char *cli_value_at(const struct cli *cli, const char *name, size_t i)
{
	for (size_t k = 0; k < cli->values_len; k++) {
		if (strcmp(cli->values[k].name, name) == 0 && i-- == 0)
			return cli->values[k].value;
	}
	return NULL;
}

const char *cli_value(const struct cli *cli, const char *name)
{
	const char *last = NULL;
	for (size_t k = 0; k < cli->values_len; k++) {
		if (strcmp(cli->values[k].name, name) == 0)
			last = cli->values[k].value;
	}
	return last;
}

bool cli_flag(const struct cli *cli, const char *name)
{
	for (size_t k = 0; k < cli->values_len; k++) {
		if (strcmp(cli->values[k].name, name) == 0)
			return true;
	}
	return false;
}

static bool to_integer(const char *text, int64_t *ret)
{
	const char *digits = text[0] == '-' ? text + 1 : text;
	if (digits[0] == '\0' || strspn(digits, "0123456789") != strlen(digits))
		return false;
	errno = 0;
	long long v = strtoll(text, NULL, 10);
	if (errno != 0)
		return false;
	*ret = v;
	return true;
}

bool cli_number(struct cli *cli, const char *name, int64_t min, int64_t *ret)
{
	const char *text = cli_value(cli, name);
	int64_t v;
	if (text == NULL)
		return true;
	if (to_integer(text, &v) && v >= min) {
		*ret = v;
		return true;
	}
	anju_error err = {0};
	(void)anju_fail(&err, ANJU_E_INVALID, "cli.number", "--%s is no such number", name);
	anju_error_where(&err, "--%s", name);
	anju_error_found(&err, "%s", text);
	anju_error_allowed(&err, "%lld …", (long long)min);
	(void)cli_fail_usage(cli, &err);
	return false;
}

/* --- options --- */

static const struct cli_option *option_in(
	const struct cli_option *options, const char *name, size_t n)
{
	for (; options != NULL && options->name != NULL; options++) {
		if (strlen(options->name) == n && memcmp(options->name, name, n) == 0)
			return options;
	}
	return NULL;
}

static const struct cli_option *option_find(const struct cli *cli, const char *name, size_t n)
{
	const struct cli_option *own =
		cli->command != NULL ? option_in(cli->command->options, name, n) : NULL;
	return own != NULL ? own : option_in(command_global_options, name, n);
}

static anju_status fail_option(const struct cli *cli, const char *name, size_t n, anju_error *err)
{
	ANJU_AUTO_BUF known = BUF_INIT;
	const struct cli_option *lists[] = {
		cli->command != NULL ? cli->command->options : NULL, command_global_options};
	for (size_t i = 0; i < 2; i++) {
		for (const struct cli_option *o = lists[i]; o != NULL && o->name != NULL; o++)
			buf_addf(&known, "%s--%s", known.len > 0 ? " " : "", o->name);
	}
	(void)anju_fail(err, ANJU_E_INVALID, "cli.option", "unknown option");
	anju_error_found(err, "--%.*s", (int)n, name);
	anju_error_allowed(err, "%s", known.data != NULL ? known.data : "");
	return ANJU_E_INVALID;
}

static anju_status fail_value(
	const char *id, const struct cli_option *option, const char *found, anju_error *err)
{
	(void)anju_fail(err, ANJU_E_INVALID, id, "option --%s", option->name);
	anju_error_where(err, "--%s", option->name);
	anju_error_found(err, "%s", found);
	anju_error_allowed(err, "%s", option->value != NULL ? option->value : "");
	return ANJU_E_INVALID;
}

static anju_status set_lang(
	struct cli *cli, const struct cli_option *o, const char *value, anju_error *err)
{
	enum lang lang;
	if (!lang_parse(value, &lang))
		return fail_value("cli.option_value", o, value, err);
	cli->lang = lang;
	return ANJU_OK;
}

static anju_status take_option(
	struct cli *cli, const struct cli_option *o, const char *value, anju_error *err)
{
	if (strcmp(o->name, "json") == 0)
		cli->json = true;
	else if (strcmp(o->name, "help") == 0)
		cli->help = true;
	else if (strcmp(o->name, "socket") == 0)
		cli->socket = value;
	else if (strcmp(o->name, "as") == 0)
		cli->as = value;
	else if (strcmp(o->name, "lang") == 0)
		return set_lang(cli, o, value, err);
	else if (!o->many && cli_flag(cli, o->name))
		return fail_value("cli.option_twice", o, "", err);
	else if (cli->values_len == CLI_VALUES_MAX)
		return fail_value("cli.option_twice", o, "", err);
	else
		cli->values[cli->values_len++] = (struct cli_value){o->name, value};
	return ANJU_OK;
}

/* `name` is what argv[*at] says without its dashes, or in long. */
static anju_status parse_option(struct cli *cli, const char *name, int argc,
	const char *const *argv, int *at, anju_error *err)
{
	size_t n = strcspn(name, "=");
	const char *value = name[n] == '=' ? name + n + 1 : NULL;
	const struct cli_option *o = option_find(cli, name, n);
	if (o == NULL)
		return fail_option(cli, name, n, err);
	if (o->value == NULL && value != NULL)
		return fail_value("cli.option_flag", o, value, err);
	if (o->value != NULL && value == NULL) {
		if (*at + 1 >= argc)
			return fail_value("cli.option_empty", o, "", err);
		value = argv[++*at];
	}
	return take_option(cli, o, value, err);
}

/* --- which command --- */

static anju_status fail_command(const char *group, const char *typed, anju_error *err)
{
	const char *near = command_nearest(group, typed);
	const char *id = near != NULL ? "cli.command_near" : "cli.command";
	(void)anju_fail(err, ANJU_E_INVALID, id, "unknown command");
	anju_error_found(
		err, "%s%s%s", group != NULL ? group : "", group != NULL ? " " : "", typed);
	ANJU_AUTO_BUF list = BUF_INIT;
	if (near != NULL)
		buf_addf(&list, "%s%s%s", group != NULL ? group : "", group != NULL ? " " : "",
			near);
	for (size_t i = 0; near == NULL && i < command_count(); i++) {
		const struct command *c = command_at(i);
		size_t n = group != NULL ? strlen(group) : 0;
		bool fits = group == NULL || (strncmp(c->name, group, n) == 0 && c->name[n] == ' ');
		if (!c->hidden && fits)
			buf_addf(&list, "%s%s", list.len > 0 ? ", " : "", c->name);
	}
	anju_error_allowed(err, "%s", list.data != NULL ? list.data : "");
	return ANJU_E_INVALID;
}

/* The first word, perhaps with the second; what is left over are operands. */
static anju_status take_word(struct cli *cli, const char **group, const char *word, anju_error *err)
{
	if (cli->command != NULL) {
		if (cli->args_len == CLI_ARGS_MAX)
			return anju_fail(err, ANJU_E_INVALID, "cli.args_many", "too many operands");
		cli->args[cli->args_len++] = word;
		return ANJU_OK;
	}
	if (*group != NULL) {
		char name[128];
		snprintf(name, sizeof name, "%s %s", *group, word);
		cli->command = command_find(name);
		return cli->command != NULL ? ANJU_OK : fail_command(*group, word, err);
	}
	cli->command = command_find(word);
	if (cli->command != NULL)
		return ANJU_OK;
	if (!command_is_group(word))
		return fail_command(NULL, word, err);
	*group = word;
	return ANJU_OK;
}

static anju_status check_count(const struct cli *cli, anju_error *err)
{
	const struct command *c = cli->command;
	bool few = cli->args_len < c->args_min;
	if (!few && cli->args_len <= c->args_max)
		return ANJU_OK;
	(void)anju_fail(err, ANJU_E_INVALID, few ? "cli.args_few" : "cli.args_many",
		"wrong number of operands for %s", c->name);
	anju_error_found(err, "%s", few ? "" : cli->args[c->args_max]);
	anju_error_allowed(err, "anjuctl %s %s", c->name, c->usage);
	return ANJU_E_INVALID;
}

static void set_defaults(struct cli *cli)
{
	const char *socket = getenv("ANJU_SOCKET"), *lang = getenv("ANJU_LANG");
	cli->socket = socket != NULL && socket[0] != '\0' ? socket : SOCKET_DEFAULT;
	(void)lang_parse(lang != NULL && lang[0] != '\0' ? lang : getenv("LANG"), &cli->lang);
}

/* Before anything can fail: the complaint comes in the language asked for. */
static void look_for_lang(struct cli *cli, int argc, const char *const *argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		const char *value = strncmp(argv[i], "--lang=", 7) == 0              ? argv[i] + 7
				    : strcmp(argv[i], "--lang") == 0 && i + 1 < argc ? argv[i + 1]
										     : NULL;
		enum lang lang;
		if (value != NULL && lang_parse(value, &lang))
			cli->lang = lang;
	}
}

anju_status args_parse(struct cli *cli, int argc, const char *const *argv, anju_error *err)
{
	const char *group = NULL;
	bool words_only = false;
	set_defaults(cli);
	look_for_lang(cli, argc, argv);
	for (int i = 1; i < argc; i++) {
		anju_status st = ANJU_OK;
		if (!words_only && strcmp(argv[i], "--") == 0)
			words_only = true;
		else if (!words_only && strcmp(argv[i], "-h") == 0)
			cli->help = true;
		else if (!words_only && strncmp(argv[i], "--", 2) == 0)
			st = parse_option(cli, argv[i] + 2, argc, argv, &i, err);
		else if (!words_only && strcmp(argv[i], "-o") == 0)
			st = parse_option(cli, "output", argc, argv, &i, err);
		else
			st = take_word(cli, &group, argv[i], err);
		if (st != ANJU_OK)
			return st;
	}
	if (cli->help && cli->command == NULL && group != NULL)
		cli->args[cli->args_len++] = group;
	if (cli->help || (cli->command == NULL && group == NULL))
		return ANJU_OK;
	if (cli->command == NULL)
		return fail_command(group, "", err);
	return check_count(cli, err);
}

/* --- operands --- */

static anju_status fail_text(
	const char *id, const char *found, const char *allowed, anju_error *err)
{
	(void)anju_fail(err, ANJU_E_INVALID, id, "cannot be read");
	anju_error_found(err, "%s", found);
	anju_error_allowed(err, "%s", allowed);
	return ANJU_E_INVALID;
}

static json_t *split_list(const char *value)
{
	json_t *list = json_array();
	while (*value != '\0') {
		size_t n = strcspn(value, ",");
		json_array_append_new(list, json_stringn(value, n));
		value += n + (value[n] == ',' ? 1 : 0);
	}
	return list;
}

static json_t *scalar(const char *value, const char *type)
{
	int64_t number;
	bool any = type == NULL;
	if (value[0] == '\0')
		return json_null();
	if ((any || strcmp(type, "bool") == 0) && strcmp(value, "true") == 0)
		return json_true();
	if ((any || strcmp(type, "bool") == 0) && strcmp(value, "false") == 0)
		return json_false();
	/* an undeclared "0012" is a code, not a number */
	bool code = any && strlen(value) > 1 && value[0] == '0';
	bool whole = any || strcmp(type, "int") == 0 || strcmp(type, "money") == 0;
	if (whole && !code && to_integer(value, &number))
		return json_integer(number);
	if (!any && strcmp(type, "list") == 0)
		return split_list(value);
	return json_string(value); /* NULL if it is not UTF-8 */
}

anju_status args_field(const char *text, const json_t *fields, json_t *data, anju_error *err)
{
	const char *eq = strchr(text, '=');
	if (eq == NULL || eq == text)
		return fail_text("cli.field", text, "field=value", err);
	char name[128];
	size_t n = (size_t)(eq - text);
	if (n >= sizeof name)
		return fail_text("cli.field", text, "field=value", err);
	memcpy(name, text, n);
	name[n] = '\0';
	const char *type =
		json_string_value(json_object_get(json_object_get(fields, name), "type"));
	json_t *value = scalar(eq + 1, type);
	if (value == NULL || json_object_set_new(data, name, value) != 0)
		return fail_text("cli.field", text, "UTF-8", err);
	return ANJU_OK;
}

anju_status args_doc(const char *text, json_t *docs, anju_error *err)
{
	size_t kind = strcspn(text, ":");
	const char *ref = text[kind] == ':' ? text + kind + 1 : NULL;
	/* The form is the last part only if it is one: references may hold colons. */
	const char *form = ref != NULL ? strrchr(ref, ':') : NULL;
	if (form != NULL && strcmp(form, ":paper") != 0 && strcmp(form, ":electronic") != 0)
		form = NULL;
	json_t *doc = json_pack("{s:o?}", "kind", kind > 0 ? json_stringn(text, kind) : NULL);
	if (ref != NULL && doc != NULL) {
		size_t n = form != NULL ? (size_t)(form - ref) : strlen(ref);
		json_object_set_new(doc, "ref", json_stringn(ref, n));
	}
	if (form != NULL && doc != NULL)
		json_object_set_new(doc, "form", json_string(form + 1));
	bool good = json_is_string(json_object_get(doc, "kind"));
	if (good)
		good = json_array_append(docs, doc) == 0;
	json_decref(doc);
	return good ? ANJU_OK : fail_text("cli.doc", text, "kind[:ref[:paper|electronic]]", err);
}
