/* Imports: jobs that turn a spreadsheet into cases. In the pool because starting one looks at files. */
#include "base/error.h"
#include "import/import.h"
#include "rpc/common.h"
#include "rpc/method.h"
#include "rpc/reply.h"
#include "rpc/state.h"

static anju_status need_imports(const struct rpc_call *call, anju_error *err)
{
	if (call->server->imports != NULL)
		return ANJU_OK;
	return anju_fail(err, ANJU_E_UNSUPPORTED, "rpc.no_imports", "this daemon takes no imports");
}

enum { START_PATH, START_MAPPING, START_AS };
static const struct param start_params[] = {
	[START_PATH] = {"path", PARAM_STRING, true, "CSV 文件的绝对路径",
		"absolute path of the CSV file"},
	[START_MAPPING] = {"mapping", PARAM_STRING, true, "列映射的名字（<名字>.import.json）",
		"name of the column mapping (<name>.import.json)"},
	[START_AS] = RPC_PARAM_AS,
};
static const struct param start_result[] = {
	{"job", PARAM_INT, true, "导入任务号", "number of the import"},
};

static anju_status start(
	struct rpc_call *call, struct store_reader *reader, struct buf *out, anju_error *err)
{
	int64_t job;
	anju_status st = need_imports(call, err);
	if (st == ANJU_OK)
		st = import_start(call->server->imports, arg_string(call->arg[START_PATH]),
			arg_string(call->arg[START_MAPPING]), &call->who, &job, err);
	if (st != ANJU_OK)
		return st;
	buf_addc(out, '{');
	out_int(out, "job", job);
	buf_addc(out, '}');
	return ANJU_OK;
}

enum { STATUS_JOB, STATUS_AFTER, STATUS_AS };
static const struct param status_params[] = {
	[STATUS_JOB] = {"job", PARAM_INT, true, "导入任务号", "number of the import"},
	[STATUS_AFTER] = {"after", PARAM_INT, false, "跳过前面多少条错误",
		"how many errors to skip"},
	[STATUS_AS] = RPC_PARAM_AS,
};
static const struct param status_result[] = {
	{"job", PARAM_INT, true, "导入任务号", "number of the import"},
	{"state", PARAM_STRING, true, "checking、opening、done 或 failed",
		"checking, opening, done or failed"},
	{"total", PARAM_INT, true, "总行数", "rows"},
	{"checked", PARAM_INT, true, "已检查", "rows checked"},
	{"opened", PARAM_INT, true, "已建立", "cases opened"},
	{"unchanged", PARAM_INT, true, "原已存在", "cases that were there already"},
	{"faulty", PARAM_INT, true, "有错的行数", "faulty rows"},
	{"errors", PARAM_ARRAY, true, "有错的行：行、列、所见、应为",
		"faulty rows: line, column, found, allowed"},
	{"next", PARAM_ANY, true, "下一页要跳过的条数；null 表示没有了",
		"errors to skip for the next page; null when there are none"},
};

static anju_status status(
	struct rpc_call *call, struct store_reader *reader, struct buf *out, anju_error *err)
{
	anju_status st = need_imports(call, err);
	if (st != ANJU_OK)
		return st;
	return import_status(call->server->imports, arg_int(call->arg[STATUS_JOB], 0),
		arg_int(call->arg[STATUS_AFTER], 0), out, err);
}

static const struct param cancel_params[] = {
	{"job", PARAM_INT, true, "导入任务号", "number of the import"}, RPC_PARAM_AS};

static anju_status cancel(
	struct rpc_call *call, struct store_reader *reader, struct buf *out, anju_error *err)
{
	anju_status st = need_imports(call, err);
	if (st == ANJU_OK)
		st = import_cancel(call->server->imports, arg_int(call->arg[0], 0), err);
	if (st == ANJU_OK)
		buf_adds(out, "{}");
	return st;
}

static const struct method methods[] = {
	{.name = "import.start",
		.kind = METHOD_READ,
		.zh = "开始导入一个表格：先检查全部行，再建立无误的",
		.en = "Begin an import: all rows are checked first, then the good ones are opened",
		.params = start_params,
		.params_len = METHOD_COUNT(start_params),
		.result = start_result,
		.result_len = METHOD_COUNT(start_result),
		.read = start},
	{.name = "import.status",
		.kind = METHOD_READ,
		.zh = "导入进展和有错的行",
		.en = "How far an import has come, and its faulty rows",
		.params = status_params,
		.params_len = METHOD_COUNT(status_params),
		.result = status_result,
		.result_len = METHOD_COUNT(status_result),
		.read = status},
	{.name = "import.cancel",
		.kind = METHOD_READ,
		.zh = "取消导入；已建立的保留",
		.en = "Cancel an import; what has been opened stays",
		.params = cancel_params,
		.params_len = METHOD_COUNT(cancel_params),
		.read = cancel},
};
const struct method_table methods_import = {methods, METHOD_COUNT(methods)};
