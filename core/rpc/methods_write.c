/* Methods that change something: each makes a command out of its arguments, in place. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/timestamp.h"
#include "calendar/calendar.h"
#include "engine/engine.h"
#include "pack/pack.h"
#include "rpc/common.h"
#include "rpc/method.h"
#include "rpc/reply.h"
#include "rpc/state.h"
#include "rpc/write.h"

enum { OPEN_WORKFLOW, OPEN_KEY, SEND_CASE = OPEN_WORKFLOW, SEND_EVENT };
enum {
	WRITE_DATA = 2,
	WRITE_DOCS,
	WRITE_AS,
	WRITE_IDEM,
	WRITE_REV,
	WRITE_DRY,
	WRITE_AT,
	WRITE_WHY
};

#define WRITE_PARAMS                                                                               \
	[WRITE_DATA] = {"data", PARAM_OBJECT, false, "要写入的字段", "fields to write"},           \
	[WRITE_DOCS] = RPC_PARAM_DOCS, [WRITE_AS] = RPC_PARAM_AS, [WRITE_IDEM] = RPC_PARAM_IDEM,   \
	[WRITE_REV] = RPC_PARAM_REV, [WRITE_DRY] = RPC_PARAM_DRY,                                  \
	[WRITE_AT] = RPC_PARAM_EFFECTIVE,                                                          \
	[WRITE_WHY] = {"reason", PARAM_STRING, false, "理由", "reason"}

static const struct param open_params[] = {
	[OPEN_WORKFLOW] = {"workflow", PARAM_STRING, true, "流程名", "name of the workflow"},
	[OPEN_KEY] = {"key", PARAM_STRING, true, "个案编号", "key of the new case"},
	WRITE_PARAMS,
};

static const struct param send_params[] = {
	[SEND_CASE] = RPC_PARAM_CASE,
	[SEND_EVENT] = {"event", PARAM_STRING, true, "事件名", "name of the event"},
	WRITE_PARAMS,
};

const struct param write_result[WRITE_RESULT_LEN] = {
	{"case", PARAM_STRING, true, "个案", "the case"},
	{"rev", PARAM_INT, true, "办理后的版本号", "revision after it"},
	{"states", PARAM_ARRAY, true, "办理后的状态", "active states after it"},
};

static anju_status need_workflow(
	struct rpc_call *call, const char *id, const char *where, const char **ret, anju_error *err)
{
	const struct workflow *wf = pack_set_workflow(call->server->options.packs, id);
	if (wf == NULL)
		return rpc_fail_workflow(call->server, id, where, err);
	*ret = wf->id; /* outlives the command */
	return ANJU_OK;
}

static anju_status fail_negative(anju_error *err, int64_t found)
{
	(void)anju_fail(err, ANJU_E_INVALID, "rpc.param_value", "negative revision");
	anju_error_where(err, "/expect_rev");
	anju_error_found(err, "%lld", (long long)found);
	anju_error_allowed(err, "≥ 0");
	return ANJU_E_INVALID;
}

anju_status write_common(const struct write_args *args, struct command *cmd, anju_error *err)
{
	cmd->data = args->data;
	cmd->docs = args->docs;
	cmd->reason = arg_string(args->why);
	cmd->idem = arg_string(args->idem);
	cmd->expect_rev = arg_int(args->rev, -1);
	cmd->dry_run = arg_bool(args->dry);
	cmd->effective_ms = COMMAND_NO_TIME;
	if (cmd->expect_rev < 0 && args->rev != NULL)
		return fail_negative(err, cmd->expect_rev);
	return arg_time(args->at, "effective_at", &cmd->effective_ms, err);
}

static anju_status fill_common(struct rpc_call *call, struct command *cmd, anju_error *err)
{
	struct write_args args = {.data = call->arg[WRITE_DATA],
		.docs = call->arg[WRITE_DOCS],
		.idem = call->arg[WRITE_IDEM],
		.rev = call->arg[WRITE_REV],
		.dry = call->arg[WRITE_DRY],
		.at = call->arg[WRITE_AT],
		.why = call->arg[WRITE_WHY]};
	return write_common(&args, cmd, err);
}

static anju_status build_open(struct rpc_call *call, struct command *cmd, anju_error *err)
{
	anju_status st = need_workflow(
		call, arg_string(call->arg[OPEN_WORKFLOW]), "/workflow", &cmd->workflow, err);
	if (st != ANJU_OK)
		return st;
	cmd->key = arg_string(call->arg[OPEN_KEY]);
	return fill_common(call, cmd, err);
}

anju_status write_case_arg(
	struct rpc_call *call, const json_t *arg, struct command *cmd, anju_error *err)
{
	char workflow[RPC_WORKFLOW_MAX];
	anju_status st = arg_case(arg, workflow, sizeof workflow, &cmd->key, err);
	return st == ANJU_OK ? need_workflow(call, workflow, "/case", &cmd->workflow, err) : st;
}

static anju_status build_send(struct rpc_call *call, struct command *cmd, anju_error *err)
{
	anju_status st = write_case_arg(call, call->arg[SEND_CASE], cmd, err);
	if (st != ANJU_OK)
		return st;
	cmd->event = arg_string(call->arg[SEND_EVENT]);
	return fill_common(call, cmd, err);
}

/* --- the clock --- */

enum { ADVANCE_TO, ADVANCE_BY, ADVANCE_AS };
static const struct param advance_params[] = {
	[ADVANCE_TO] = {"to", PARAM_STRING, false, "拨到的时间（RFC 3339）",
		"instant to move to (RFC 3339)"},
	[ADVANCE_BY] = {"by", PARAM_STRING, false, "前进多久，如 12h、10wd、6mo",
		"how far to move: 12h, 10wd, 6mo"},
	[ADVANCE_AS] = RPC_PARAM_AS,
};

static const struct param advance_result[] = {
	{"now", PARAM_STRING, true, "现在的时间", "the time it is now"},
};

static anju_status add_duration(
	struct rpc_call *call, const char *text, int64_t *ret_ms, anju_error *err)
{
	struct duration d;
	anju_status st = duration_parse(text, false, &d, err);
	if (st != ANJU_OK) {
		anju_error_where(err, "/by");
		return st;
	}
	int64_t now = engine_now(call->server->engine);
	if (d.unit == DURATION_HOURS) {
		*ret_ms = now + (int64_t)d.n * (TIMESTAMP_DAY_MS / 24);
		return ANJU_OK;
	}
	int32_t day = timestamp_to_day(now), to = 0;
	bool provisional;
	ANJU_AUTO(calendar) calendar = engine_calendar(call->server->engine);
	st = calendar_add(calendar, day, d, &to, &provisional, err);
	if (st == ANJU_OK) /* the same time of day */
		*ret_ms = now + (int64_t)(to - day) * TIMESTAMP_DAY_MS;
	return st;
}

static anju_status fail_one_of(anju_error *err)
{
	(void)anju_fail(err, ANJU_E_INVALID, "rpc.one_of", "either to or by");
	anju_error_allowed(err, "to, by");
	return ANJU_E_INVALID;
}

static anju_status build_advance(struct rpc_call *call, struct command *cmd, anju_error *err)
{
	if (!call->who.admin)
		return anju_fail(err, ANJU_E_DENIED, "rpc.admin_only", "for administrators only");
	if (!engine_clock_is_manual(call->server->engine))
		return anju_fail(
			err, ANJU_E_REFUSED, "rpc.clock_wall", "the clock is no manual one");
	const json_t *to = call->arg[ADVANCE_TO], *by = call->arg[ADVANCE_BY];
	if ((to == NULL) == (by == NULL))
		return fail_one_of(err);
	if (to != NULL)
		return arg_time(to, "to", &cmd->to_ms, err);
	return add_duration(call, json_string_value(by), &cmd->to_ms, err);
}

static const struct method methods[] = {
	{.name = "case.open",
		.kind = METHOD_WRITE,
		.zh = "新立一个个案",
		.en = "Open a case",
		.params = open_params,
		.params_len = METHOD_COUNT(open_params),
		.result = write_result,
		.result_len = METHOD_COUNT(write_result),
		.command = COMMAND_OPEN,
		.write = build_open},
	{.name = "case.send",
		.kind = METHOD_WRITE,
		.zh = "给个案一个事件",
		.en = "Give a case an event",
		.params = send_params,
		.params_len = METHOD_COUNT(send_params),
		.result = write_result,
		.result_len = METHOD_COUNT(write_result),
		.command = COMMAND_SEND,
		.write = build_send},
	{.name = "clock.advance",
		.kind = METHOD_WRITE,
		.zh = "拨动手动时钟（限管理员，预演用）",
		.en = "Move a manual clock on (administrators, for rehearsals)",
		.params = advance_params,
		.params_len = METHOD_COUNT(advance_params),
		.result = advance_result,
		.result_len = METHOD_COUNT(advance_result),
		.command = COMMAND_ADVANCE,
		.write = build_advance},
};
const struct method_table methods_write = {methods, METHOD_COUNT(methods)};
