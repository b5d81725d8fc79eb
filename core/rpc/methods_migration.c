/* Migrations: jobs that bring cases to a changed definition. In the pool because the store is read. */
#include "base/error.h"
#include "engine/moving.h"
#include "rpc/common.h"
#include "rpc/method.h"
#include "rpc/reply.h"
#include "rpc/state.h"

static anju_status need_movings(const struct rpc_call *call, anju_error *err)
{
	if (call->server->movings == NULL)
		return anju_fail(err, ANJU_E_UNSUPPORTED, "rpc.no_migrations",
			"this daemon takes no migrations");
	if (!call->who.admin)
		return anju_fail(
			err, ANJU_E_DENIED, "engine.not_admin", "only an administrator may");
	return ANJU_OK;
}

enum { START_PLAN, START_FILE, START_DRY, START_AS };
static const struct param start_params[] = {
	[START_PLAN] = {"plan", PARAM_OBJECT, true, "迁移方案（*.migration.json 的内容）",
		"the plan: content of a *.migration.json"},
	[START_FILE] = {"file", PARAM_STRING, false, "方案文件名，用于报错",
		"name of the plan's file, for messages"},
	[START_DRY] = {"dry_run", PARAM_BOOL, false, "只试算，不改动",
		"only find out, change nothing"},
	[START_AS] = RPC_PARAM_AS,
};
static const struct param start_result[] = {
	{"job", PARAM_INT, true, "迁移任务号", "number of the migration"},
};

static anju_status start(
	struct rpc_call *call, struct store_reader *reader, struct buf *out, anju_error *err)
{
	int64_t job;
	const char *file = arg_string(call->arg[START_FILE]);
	anju_status st = need_movings(call, err);
	if (st == ANJU_OK)
		st = moving_start(call->server->movings, call->arg[START_PLAN],
			file != NULL ? file : "plan", arg_bool(call->arg[START_DRY]), &call->who,
			&job, err);
	if (st != ANJU_OK)
		return st;
	buf_addc(out, '{');
	out_int(out, "job", job);
	buf_addc(out, '}');
	return ANJU_OK;
}

enum { STATUS_JOB, STATUS_AFTER, STATUS_AS };
static const struct param status_params[] = {
	[STATUS_JOB] = {"job", PARAM_INT, true, "迁移任务号", "number of the migration"},
	[STATUS_AFTER] = {"after", PARAM_INT, false, "跳过前面多少个不合的个案",
		"how many cases that do not fit to skip"},
	[STATUS_AS] = RPC_PARAM_AS,
};
static const struct param status_result[] = {
	{"job", PARAM_INT, true, "迁移任务号", "number of the migration"},
	{"workflow", PARAM_STRING, true, "流程", "workflow"},
	{"from", PARAM_OBJECT, true, "旧定义：hash、version", "the old definition: hash, version"},
	{"to", PARAM_OBJECT, true, "新定义：hash、version", "the new definition: hash, version"},
	{"actor", PARAM_STRING, true, "由谁发起", "who began it"},
	{"reason", PARAM_STRING, true, "理由", "reason"},
	{"dry_run", PARAM_BOOL, true, "是否只是试算", "whether nothing is changed"},
	{"state", PARAM_STRING, true, "running、waiting、done、failed 或 canceled",
		"running, waiting, done, failed or canceled"},
	{"total", PARAM_INT, true, "应迁移的个案数", "cases to move"},
	{"moved", PARAM_INT, true, "已迁移（试算时为可迁移）", "moved, or in a dry run: that fit"},
	{"elsewhere", PARAM_INT, true, "期间已迁移或办结的",
		"those moved or ended in the meantime"},
	{"unfit", PARAM_INT, true, "不合而留在原处的", "those that do not fit and stay"},
	{"before", PARAM_OBJECT, true, "迁移前各状态的个案数", "cases by state before"},
	{"after", PARAM_OBJECT, true, "迁移后各状态的个案数", "cases by state after"},
	{"cases", PARAM_ARRAY, true, "不合的个案：个案、状态、原因；任务结束后给出",
		"cases that do not fit, and why; given once the job has ended"},
	{"next", PARAM_ANY, true, "下一页要跳过的条数；null 表示没有了",
		"cases to skip for the next page; null when there are none"},
};

static anju_status status(
	struct rpc_call *call, struct store_reader *reader, struct buf *out, anju_error *err)
{
	anju_status st = need_movings(call, err);
	if (st != ANJU_OK)
		return st;
	return moving_status(call->server->movings, arg_int(call->arg[STATUS_JOB], 0),
		arg_int(call->arg[STATUS_AFTER], 0), out, err);
}

static const struct param as_params[] = {RPC_PARAM_AS};
static const struct param list_result[] = {
	{"items", PARAM_ARRAY, true, "各次迁移，新的在前", "the migrations, newest first"},
};

static anju_status list(
	struct rpc_call *call, struct store_reader *reader, struct buf *out, anju_error *err)
{
	anju_status st = need_movings(call, err);
	if (st != ANJU_OK)
		return st;
	buf_adds(out, "{\"items\":");
	st = moving_list(call->server->movings, out, err);
	buf_addc(out, '}');
	return st;
}

static const struct param cancel_params[] = {
	{"job", PARAM_INT, true, "迁移任务号", "number of the migration"}, RPC_PARAM_AS};

static anju_status cancel(
	struct rpc_call *call, struct store_reader *reader, struct buf *out, anju_error *err)
{
	anju_status st = need_movings(call, err);
	if (st == ANJU_OK)
		st = moving_cancel(call->server->movings, arg_int(call->arg[0], 0), err);
	if (st == ANJU_OK)
		buf_adds(out, "{}");
	return st;
}

static const struct method methods[] = {
	{.name = "migration.start",
		.kind = METHOD_READ,
		.zh = "按方案把在办个案迁移到新的流程定义（限管理员）；同一方案正在进行时返回该任"
		      "务",
		.en = "Bring open cases to a new definition by a plan (administrators); when the "
		      "same "
		      "plan is being carried out, that job is returned",
		.params = start_params,
		.params_len = METHOD_COUNT(start_params),
		.result = start_result,
		.result_len = METHOD_COUNT(start_result),
		.read = start},
	{.name = "migration.status",
		.kind = METHOD_READ,
		.zh = "迁移进展、各状态的个案数和不合的个案",
		.en = "How far a migration has come, cases by state, and those that do not fit",
		.params = status_params,
		.params_len = METHOD_COUNT(status_params),
		.result = status_result,
		.result_len = METHOD_COUNT(status_result),
		.read = status},
	{.name = "migration.list",
		.kind = METHOD_READ,
		.zh = "列出各次迁移",
		.en = "The migrations there were",
		.params = as_params,
		.params_len = METHOD_COUNT(as_params),
		.result = list_result,
		.result_len = METHOD_COUNT(list_result),
		.read = list},
	{.name = "migration.cancel",
		.kind = METHOD_READ,
		.zh = "停止一次迁移；已迁移的保留",
		.en = "Stop a migration; cases that have moved stay where they are",
		.params = cancel_params,
		.params_len = METHOD_COUNT(cancel_params),
		.read = cancel},
};
const struct method_table methods_migration = {methods, METHOD_COUNT(methods)};
