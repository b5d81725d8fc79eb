/* Writes anju-rpc(7) from the table of methods: rpc_manual zh|en. Part of the build, not installed. */
#include <stdio.h>
#include <string.h>

#include "base/messages.h"
#include "rpc/method.h"

static const struct {
	const char *zh, *en;
} type_names[] = {
	[PARAM_STRING] = {"字符串", "string"},
	[PARAM_INT] = {"整数", "integer"},
	[PARAM_BOOL] = {"布尔", "boolean"},
	[PARAM_OBJECT] = {"对象", "object"},
	[PARAM_ARRAY] = {"数组", "array"},
	[PARAM_CURSOR] = {"字符串或整数", "string or integer"},
	[PARAM_ANY] = {"任意", "any"},
};

static enum lang lang;

static const char *pick(const char *zh, const char *en)
{
	return lang == LANG_ZH ? zh : en;
}

/* A line of text: what roff would take for its own is escaped. */
static void put_line(const char *s)
{
	if (s[0] == '.' || s[0] == '\'')
		fputs("\\&", stdout);
	for (; *s != '\0'; s++) {
		if (*s == '\\')
			fputs("\\e", stdout);
		else
			putchar(*s);
	}
	putchar('\n');
}

static void put_member(const struct param *param, bool mark_required)
{
	printf(".It Cm %s No (%s%s)\n", param->name,
		pick(type_names[param->type].zh, type_names[param->type].en),
		!mark_required || !param->required ? "" : pick("，必须", ", required"));
	put_line(pick(param->zh, param->en));
	if (param->options == NULL)
		return;
	fputs(".br\n", stdout);
	for (size_t i = 0; param->options[i] != NULL; i++)
		printf("%s%s", i > 0 ? " | " : "", param->options[i]);
	putchar('\n');
}

static void put_members(
	const char *heading, const struct param *params, size_t n, bool mark_required)
{
	if (n == 0)
		return;
	printf(".Pp\n%s\n.Bl -tag -width \"xxxxxxxx\" -compact\n", heading);
	for (size_t i = 0; i < n; i++)
		put_member(&params[i], mark_required);
	puts(".El");
}

static void put_method(const struct method *method)
{
	printf(".Ss %s\n", method->name);
	put_line(pick(method->zh, method->en));
	put_members(pick("参数：", "Parameters:"), method->params, method->params_len, true);
	put_members(pick("结果：", "Result:"), method->result, method->result_len, false);
}

/* Requests as they go over the socket: tests/docs sends each of them. */
static void put_examples(void)
{
	static const char *const lines[] = {
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"case.list\",\"params\":"
		"{\"workflow\":\"household\",\"phase\":\"agree\",\"limit\":20}}",
		"{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"case.send\",\"params\":"
		"{\"case\":\"household/610322-0001\",\"event\":\"confirm_exit\","
		"\"as\":\"610322.land\",\"dry_run\":true}}",
		"[{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"clock.get\"},"
		"{\"jsonrpc\":\"2.0\",\"id\":4,\"method\":\"deadline.stats\"}]",
		"{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"feed.subscribe\",\"params\":{\"after\":"
		"0}}",
	};
	printf(".Sh %s\n%s\n.Bd -literal\n", pick("示例", "EXAMPLES"),
		pick("一行一个请求；第三行是一组：", "One request a line; the third is a batch:"));
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		printf("%s\n", lines[i]);
	puts(".Ed");
}

int main(int argc, char **argv)
{
	if (argc != 2 || !lang_parse(argv[1], &lang)) {
		fputs("usage: rpc_manual zh|en\n", stderr);
		return 64;
	}
	puts(".Dd November 22, 2026\n.Dt ANJU-RPC 7\n.Os anju\n.Sh NAME\n.Nm anju-rpc");
	printf(".Nd %s\n.Sh DESCRIPTION\n",
		pick("anjud 套接字上的方法", "methods on the socket of anjud"));
	puts(pick("本页由分派请求的同一张表生成。\n协议、错误和限额见\n.Xr anjud 8 。",
		"This page is made from the very table that dispatches requests.\n"
		"For protocol, errors and limits see\n.Xr anjud 8 ."));
	printf(".Sh %s\n", pick("方法", "METHODS"));
	for (size_t i = 0; i < method_count(); i++)
		put_method(method_at(i));
	put_examples();
	printf(".Sh %s\n.Xr anjuctl 1 ,\n.Xr anju-pack 5 ,\n.Xr anjud 8\n",
		pick("另见", "SEE ALSO"));
	return ferror(stdout) != 0 ? 1 : 0;
}
