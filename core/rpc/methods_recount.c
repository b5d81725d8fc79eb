/* Loading a holiday notice, and counting open dates again. In the pool because the store is read and the engine waited
 * for. */
#include "base/error.h"
#include "engine/engine.h"
#include "engine/recount.h"
#include "rpc/common.h"
#include "rpc/method.h"
#include "rpc/reply.h"
#include "rpc/state.h"

static anju_status need_recounts(const struct rpc_call *call, bool admin, anju_error *err)
{
	if (call->server->recounts == NULL)
		return anju_fail(err, ANJU_E_UNSUPPORTED, "recount.not_here",
			"this daemon does not count dates again");
	if (admin && !call->who.admin)
		return anju_fail(
			err, ANJU_E_DENIED, "engine.not_admin", "only an administrator may");
	return ANJU_OK;
}

enum { LOAD_NOTICE, LOAD_FILE, LOAD_DRY, LOAD_AS };
static const struct param load_params[] = {
	[LOAD_NOTICE] = {"notice", PARAM_OBJECT, true, "节假日通知（文件内容，见 anju-pack(5)）",
		"the notice: content of its file, see anju-pack(5)"},
	[LOAD_FILE] = {"file", PARAM_STRING, false, "文件名，用于报错",
		"name of its file, for messages"},
	[LOAD_DRY] = {"dry_run", PARAM_BOOL, false, "只试算，不改动",
		"only find out, change nothing"},
	[LOAD_AS] = RPC_PARAM_AS,
};
static const struct param load_result[] = {
	{"year", PARAM_INT, true, "通知的年份", "the notice's year"},
	{"job", PARAM_INT, true, "重新计算期限的任务号，用 deadline.recomputed 查看",
		"number of the job that counts dates again, see deadline.recomputed"},
};

static anju_status load(
	struct rpc_call *call, struct store_reader *reader, struct buf *out, anju_error *err)
{
	int year;
	int64_t job;
	const char *file = arg_string(call->arg[LOAD_FILE]);
	anju_status st = need_recounts(call, true, err);
	if (st == ANJU_OK)
		st = recount_load(call->server->recounts, call->arg[LOAD_NOTICE],
			file != NULL ? file : "notice", arg_bool(call->arg[LOAD_DRY]), &call->who,
			&year, &job, err);
	if (st != ANJU_OK)
		return st;
	buf_addc(out, '{');
	out_int(out, "year", year);
	out_int(out, "job", job);
	buf_addc(out, '}');
	return ANJU_OK;
}

static const struct param as_params[] = {RPC_PARAM_AS};
static const struct param list_result[] = {
	{"items", PARAM_ARRAY, true,
		"各年：year、status（announced 已公布，provisional "
		"暂定）、source（通知的标题、文号、日期、"
		"修订）、from（plugin 插件，loaded 载入，none 无）、loaded_at、loaded_by",
		"the years: year, status (announced, provisional), source (title, number, issued, "
		"revisions of the notice), from (plugin, loaded, none), loaded_at, loaded_by"},
};

static anju_status list(
	struct rpc_call *call, struct store_reader *reader, struct buf *out, anju_error *err)
{
	anju_status st = need_recounts(call, false, err);
	if (st != ANJU_OK)
		return st;
	buf_adds(out, "{\"items\":");
	st = recount_years(call->server->recounts, engine_now(call->server->engine), out, err);
	buf_addc(out, '}');
	return st;
}

enum { RECOMPUTE_DRY, RECOMPUTE_AS };
static const struct param recompute_params[] = {
	[RECOMPUTE_DRY] = {"dry_run", PARAM_BOOL, false, "只试算，不改动",
		"only find out, change nothing"},
	[RECOMPUTE_AS] = RPC_PARAM_AS,
};
static const struct param recompute_result[] = {
	{"job", PARAM_INT, true, "任务号", "number of the job"},
};

static anju_status recompute(
	struct rpc_call *call, struct store_reader *reader, struct buf *out, anju_error *err)
{
	int64_t job;
	anju_status st = need_recounts(call, true, err);
	if (st == ANJU_OK)
		st = recount_start(call->server->recounts, arg_bool(call->arg[RECOMPUTE_DRY]),
			&call->who, &job, err);
	if (st != ANJU_OK)
		return st;
	buf_addc(out, '{');
	out_int(out, "job", job);
	buf_addc(out, '}');
	return ANJU_OK;
}

enum { STATUS_JOB, STATUS_AFTER, STATUS_AS };
static const struct param status_params[] = {
	[STATUS_JOB] = {"job", PARAM_INT, false, "任务号；不给出时为最近一次",
		"number of the job; the latest if not given"},
	[STATUS_AFTER] = {"after", PARAM_INT, false, "跳过前面多少个改期的期限",
		"how many moved dates to skip"},
	[STATUS_AS] = RPC_PARAM_AS,
};
static const struct param status_result[] = {
	{"job", PARAM_INT, true, "任务号", "number of the job"},
	{"state", PARAM_STRING, true, "running、done 或 failed", "running, done or failed"},
	{"dry_run", PARAM_BOOL, true, "是否只是试算", "whether nothing is changed"},
	{"actor", PARAM_STRING, true, "由谁发起", "who began it"},
	{"reason", PARAM_OBJECT, true, "原因 {zh, en}", "why {zh, en}"},
	{"total", PARAM_INT, true, "在办个案数", "open cases"},
	{"seen", PARAM_INT, true, "已看过的个案数", "cases looked at"},
	{"cases", PARAM_INT, true, "有期限改期的个案数", "cases of which a date moved"},
	{"moved", PARAM_INT, true, "改期的期限数", "dates that moved"},
	{"unmarked", PARAM_INT, true, "日期不变、不再暂定的期限数",
		"dates that stay and are no longer provisional"},
	{"failed", PARAM_INT, true, "算不出的个案数", "cases that could not be counted"},
	{"units", PARAM_OBJECT, true, "各牵头单位改期的期限数", "dates that moved by leading unit"},
	{"deadlines", PARAM_ARRAY, true,
		"改期的期限：case、deadline、title、was、due、provisional、lead；任务结束后给出",
		"the dates that moved: case, deadline, title, was, due, provisional, lead; given "
		"once "
		"the job has ended"},
	{"failures", PARAM_ARRAY, true, "算不出的个案：case、text",
		"cases not counted: case, text"},
	{"next", PARAM_ANY, true, "下一页要跳过的条数；null 表示没有了",
		"dates to skip for the next page; null when there are none"},
	{"error", PARAM_OBJECT, false, "任务失败的原因", "why the job failed"},
};

static anju_status status(
	struct rpc_call *call, struct store_reader *reader, struct buf *out, anju_error *err)
{
	anju_status st = need_recounts(call, true, err);
	if (st != ANJU_OK)
		return st;
	return recount_status(call->server->recounts, arg_int(call->arg[STATUS_JOB], 0),
		arg_int(call->arg[STATUS_AFTER], 0), out, err);
}

static const struct method methods[] = {
	{.name = "calendar.load",
		.kind = METHOD_READ,
		.zh = "载入新的或修订的节假日通知，并重新计算在办的工作日期限（限管理员）",
		.en = "Load a new or revised holiday notice, and count open working-day deadlines "
		      "again (administrators)",
		.params = load_params,
		.params_len = METHOD_COUNT(load_params),
		.result = load_result,
		.result_len = METHOD_COUNT(load_result),
		.read = load},
	{.name = "calendar.list",
		.kind = METHOD_READ,
		.zh = "列出各年节假日安排的来源",
		.en = "The years of the calendar and where they come from",
		.params = as_params,
		.params_len = METHOD_COUNT(as_params),
		.result = list_result,
		.result_len = METHOD_COUNT(list_result),
		.read = list},
	{.name = "deadline.recompute",
		.kind = METHOD_READ,
		.zh = "按现行日历和规则重新计算在办的期限（限管理员）",
		.en = "Count open deadlines again by calendar and rules in force (administrators)",
		.params = recompute_params,
		.params_len = METHOD_COUNT(recompute_params),
		.result = recompute_result,
		.result_len = METHOD_COUNT(recompute_result),
		.read = recompute},
	{.name = "deadline.recomputed",
		.kind = METHOD_READ,
		.zh = "重新计算期限的进展和结果（限管理员）",
		.en = "How far counting deadlines again has come, and what moved (administrators)",
		.params = status_params,
		.params_len = METHOD_COUNT(status_params),
		.result = status_result,
		.result_len = METHOD_COUNT(status_result),
		.read = status},
};
const struct method_table methods_recount = {methods, METHOD_COUNT(methods)};
