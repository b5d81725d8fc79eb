/* The daemon itself: clock, status, discover, raw calls, version. */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/reminders.h"
#include "cli/show.h"

#ifndef ANJU_VERSION
#define ANJU_VERSION "unknown"
#endif

static void pair(struct table *t, const char *name, const char *value)
{
	table_cell(t, name);
	table_cell(t, value);
}

static void pair_int(struct table *t, const char *name, const json_t *object, const char *member)
{
	table_cell(t, name);
	table_cellf(t, "%lld", (long long)json_integer_value(json_object_get(object, member)));
}

static void show_clock(struct cli *cli, const json_t *clock)
{
	if (cli->json) {
		show_json(cli, clock);
		return;
	}
	const json_t *manual = json_object_get(clock, "manual");
	fprintf(cli->out, "%s%s\n", show_text(clock, "now"),
		json_is_true(manual) ? tr(cli->lang, "（手动）", " (manual)") : "");
}

int run_clock_get(struct cli *cli)
{
	ANJU_AUTO_JSON *clock = NULL;
	int code = cli_call(cli, "clock.get", NULL, &clock);
	if (code == CLI_OK)
		show_clock(cli, clock);
	return code;
}

int run_clock_advance(struct cli *cli)
{
	const char *to = cli_value(cli, "to"), *by = cli_value(cli, "by");
	if ((to == NULL) == (by == NULL)) {
		anju_error err = {0};
		(void)anju_fail(&err, ANJU_E_INVALID, "cli.one_of", "either --to or --by");
		anju_error_allowed(&err, "--to, --by");
		return cli_fail_usage(cli, &err);
	}
	ANJU_AUTO_JSON *clock = NULL;
	json_t *params = to != NULL ? json_pack("{s:s}", "to", to) : json_pack("{s:s}", "by", by);
	int code = cli_call(cli, "clock.advance", params, &clock);
	if (code == CLI_OK)
		show_clock(cli, clock);
	return code;
}

static void status_rows(struct cli *cli, struct table *t, const json_t *status)
{
	enum lang lang = cli->lang;
	char started[SHOW_TIME_CHARS];
	const json_t *clock = json_object_get(status, "clock");
	const json_t *engine = json_object_get(status, "engine");
	const json_t *store = json_object_get(status, "store");
	ANJU_AUTO_BUF plugins = BUF_INIT;
	show_join(json_object_get(status, "plugins"), " ", &plugins);
	pair(t, tr(lang, "版本", "version"), show_text(status, "version"));
	pair(t, tr(lang, "所用的包", "pack"), show_text(status, "pack"));
	pair(t, tr(lang, "启动时间", "started"),
		show_time(json_object_get(status, "started_at"), started));
	pair_int(t, tr(lang, "已运行（秒）", "up (seconds)"), status, "uptime_s");
	table_cell(t, tr(lang, "时钟", "clock"));
	table_cellf(t, "%s%s", show_text(clock, "now"),
		json_is_true(json_object_get(clock, "manual")) ? tr(lang, "（手动）", " (manual)")
							       : "");
	pair_int(t, tr(lang, "个案", "cases"), store, "cases");
	pair_int(t, tr(lang, "办理记录", "journal entries"), store, "entries");
	pair_int(t, tr(lang, "未了期限", "open deadlines"), store, "deadlines_open");
	pair_int(t, tr(lang, "待送消息", "messages pending"), store, "messages_pending");
	pair_int(t, tr(lang, "送不到的消息", "messages dead"), store, "messages_dead");
	table_cell(t, tr(lang, "数据库（KiB）", "database (KiB)"));
	table_cellf(t, "%lld",
		(long long)json_integer_value(json_object_get(store, "file_bytes")) / 1024);
	pair_int(t, tr(lang, "办过的请求", "commands"), engine, "commands");
	pair_int(t, tr(lang, "其中拒绝", "refused"), engine, "refused");
	pair_int(t, tr(lang, "事务批次", "batches"), engine, "batches");
	pair_int(t, tr(lang, "失败批次", "failed batches"), engine, "failed_batches");
	pair_int(t, tr(lang, "触发的提醒", "reminders fired"), engine, "rungs");
	pair_int(t, tr(lang, "汇总消息", "digests"), engine, "digests");
	pair_int(t, tr(lang, "未能立案的任务", "obligations not opened"), engine,
		"obligations_waiting");
	table_cell(t, tr(lang, "排队 / 上限", "queued / at most"));
	table_cellf(t, "%lld / %lld",
		(long long)json_integer_value(json_object_get(engine, "queue_length")),
		(long long)json_integer_value(json_object_get(engine, "queue_limit")));
	pair_int(t, tr(lang, "预计等候（毫秒）", "expected wait (ms)"), engine, "wait_ms");
	pair_int(t, tr(lang, "因忙拒绝", "refused as busy"), engine, "busy");
	const json_t *reads = json_object_get(status, "reads");
	pair_int(t, tr(lang, "查询排队", "reads queued"), reads, "waiting");
	pair_int(t, tr(lang, "查询因忙拒绝", "reads refused as busy"), reads, "busy");
	ANJU_AUTO_BUF channels = BUF_INIT;
	outbox_channels_line(cli, json_object_get(status, "channels"), &channels);
	pair(t, tr(lang, "发信通道", "channels"), channels.data);
	pair_int(t, tr(lang, "连接", "connections"), status, "connections");
	table_cell(t, tr(lang, "连接缓冲（KiB）", "buffers of connections (KiB)"));
	table_cellf(t, "%lld",
		(long long)json_integer_value(json_object_get(status, "buffered_bytes")) / 1024);
	pair_int(t, tr(lang, "订阅", "subscriptions"), status, "subscriptions");
	pair(t, tr(lang, "插件", "plugins"), plugins.data);
	const char *trouble = show_text(status, "trouble");
	pair(t, tr(lang, "故障", "trouble"), trouble[0] != '\0' ? trouble : tr(lang, "无", "none"));
}

int run_status(struct cli *cli)
{
	ANJU_AUTO_JSON *status = NULL;
	int code = cli_call(cli, "daemon.status", NULL, &status);
	if (code != CLI_OK)
		return code;
	if (cli->json) {
		show_json(cli, status);
		return CLI_OK;
	}
	ANJU_AUTO_TABLE t = TABLE_INIT;
	table_column(&t, NULL);
	table_column(&t, NULL);
	status_rows(cli, &t, status);
	table_print(&t, 0, cli->width, cli->out);
	return CLI_OK;
}

static void method_row(struct cli *cli, struct table *t, const json_t *method)
{
	ANJU_AUTO_BUF params = BUF_INIT;
	size_t i;
	json_t *p;
	json_array_foreach(json_object_get(method, "params"), i, p) {
		bool required = json_is_true(json_object_get(p, "required"));
		buf_addf(&params, "%s%s%s%s", i > 0 ? " " : "", required ? "" : "[",
			show_text(p, "name"), required ? "" : "]");
	}
	const char *text = show_label(cli, json_object_get(method, "x-text"));
	table_cell(t, show_text(method, "name"));
	table_cell(t, text != NULL ? text : show_text(method, "summary"));
	table_cell(t, params.data);
}

int run_discover(struct cli *cli)
{
	ANJU_AUTO_JSON *doc = NULL;
	int code = cli_call(cli, "rpc.discover", NULL, &doc);
	if (code != CLI_OK)
		return code;
	if (cli->json) {
		show_json(cli, doc);
		return CLI_OK;
	}
	ANJU_AUTO_TABLE t = TABLE_INIT;
	table_column(&t, tr(cli->lang, "方法", "method"));
	table_column(&t, tr(cli->lang, "说明", "what it does"));
	table_column(&t, tr(cli->lang, "参数", "parameters"));
	const json_t *methods = json_object_get(doc, "methods");
	size_t i;
	json_t *v;
	json_array_foreach((json_t *)methods, i, v) {
		method_row(cli, &t, v);
	}
	show_table(cli, &t, json_array_size(methods), false);
	return CLI_OK;
}

int run_call(struct cli *cli)
{
	json_t *params = NULL;
	if (cli->args_len > 1) {
		params = json_loads(cli->args[1], JSON_REJECT_DUPLICATES, NULL);
		if (!json_is_object(params)) {
			anju_error err = {0};
			json_decref(params);
			(void)anju_fail(&err, ANJU_E_INVALID, "cli.json", "no JSON object");
			anju_error_where(&err, "JSON");
			anju_error_found(&err, "%s", cli->args[1]);
			anju_error_allowed(&err, "{\"name\": value, …}");
			return cli_fail_usage(cli, &err);
		}
	}
	ANJU_AUTO_JSON *result = NULL;
	int code = cli_call(cli, cli->args[0], params, &result);
	if (code == CLI_OK)
		show_json(cli, result);
	return code;
}

int run_version(struct cli *cli)
{
	if (cli->json) {
		ANJU_AUTO_JSON *v = json_pack("{s:s}", "version", ANJU_VERSION);
		show_json(cli, v);
	} else {
		fprintf(cli->out, "anjuctl %s\n", ANJU_VERSION);
	}
	return CLI_OK;
}
