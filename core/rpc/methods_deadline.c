/* One deadline of a case: what there is to know of it, and what people do to it. */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "case/duty_acts.h"
#include "engine/engine.h"
#include "journal/duty_log.h"
#include "pack/pack.h"
#include "rpc/common.h"
#include "rpc/deadline_view.h"
#include "rpc/method.h"
#include "rpc/reply.h"
#include "rpc/state.h"
#include "rpc/write.h"

/* --- deadline.get --- */

enum { GET_CASE, GET_DEADLINE, GET_AS };
#define PARAM_NAME                                                                                 \
	{                                                                                          \
		"deadline", PARAM_STRING, true, "期限名", "name of the deadline"                   \
	}
static const struct param get_params[] = {
	[GET_CASE] = RPC_PARAM_CASE,
	[GET_DEADLINE] = PARAM_NAME,
	[GET_AS] = RPC_PARAM_AS,
};
static const struct param get_result[] = {
	{"deadline", PARAM_OBJECT, true, "最近一次布置的这个期限，同 deadline.list 的一条",
		"the deadline as armed last; as a row of deadline.list"},
	{"log", PARAM_ARRAY, true, "对它办理过什么：op、at、by、reason、was、due 等，先后为序",
		"what was done to it, in order: op, at, by, reason, was, due …"},
	{"suspended_at", PARAM_STRING, true, "从何时起中止；没有中止为 null",
		"since when its time stands still; null when it does not"},
	{"asked", PARAM_OBJECT, true, "等待答复的延期申请；没有为 null",
		"a request for more time that waits for its answer; null when there is none"},
	{"next_check_at", PARAM_STRING, true, "下次核查是否持续达标；不在核查为 null",
		"when it is looked at again whether it is kept up; null when it is not watched"},
	{"possible", PARAM_OBJECT, true, "现在能办的及谁能办：waive、suspend 等到单位编码",
		"what can be done to it now, and by whom: waive, suspend … → unit codes"},
};

/* The last one of that name: a row's texts are gone with the next. */
struct found {
	struct rpc_call *call;
	struct buf out;
	struct duty duty;
	int64_t next_ms;
};

static bool keep_row(void *ctx, const struct store_deadline *row)
{
	struct found *f = ctx;
	if (row->id <= f->duty.id)
		return true;
	buf_reset(&f->out);
	deadline_write(&f->out, f->call->server->options.packs, row,
		engine_now(f->call->server->engine), true);
	f->duty = (struct duty){.id = row->id,
		.status = (enum duty_status)row->status,
		.suspended = row->suspended,
		.dated = row->due_ms < INT64_MAX};
	f->next_ms = row->next_ms;
	return true;
}

static anju_status fail_unknown(const struct workflow *wf, const char *name, anju_error *err)
{
	ANJU_AUTO_BUF list = BUF_INIT;
	for (size_t i = 0; wf != NULL && i < wf->deadlines_len; i++)
		buf_addf(&list, "%s%s", i > 0 ? " " : "", wf->deadlines[i].name);
	(void)anju_fail(
		err, ANJU_E_NOTFOUND, "case.duty_unknown", "the case has had no deadline %s", name);
	anju_error_where(err, "/deadline");
	anju_error_found(err, "%s", name);
	anju_error_allowed(err, "%s", list.data != NULL ? list.data : "@say.nothing");
	return ANJU_E_NOTFOUND;
}

static void out_possible(struct found *f, const struct workflow *wf, struct anju_case *cs,
	const char *name, struct buf *out)
{
	const struct rpc_server *server = f->call->server;
	const struct deadline_def *def = wf != NULL ? workflow_deadline(wf, name) : NULL;
	struct case_env env = {.org = server->org,
		.rules = pack_set_rules(server->options.packs),
		.now_ms = engine_now(server->engine)};
	ANJU_AUTO_JSON *possible = def != NULL && cs != NULL
					   ? case_duty_possible(&env, cs, def, &f->duty)
					   : json_object();
	out_member(out, "possible");
	out_value(out, possible);
}

static void out_log(struct found *f, const json_t *log, struct buf *out)
{
	ANJU_AUTO_JSON *none = json_array();
	bool open = f->duty.status == DUTY_OPEN;
	const json_t *since = open ? duty_log_suspended(log) : NULL;
	const json_t *asked = open ? duty_log_asked(log) : NULL;
	out_member(out, "log");
	out_value(out, log != NULL ? log : none);
	out_string(out, "suspended_at", json_string_value(json_object_get(since, "at")));
	out_member(out, "asked");
	if (asked != NULL)
		out_value(out, asked);
	else
		buf_adds(out, "null");
	bool watched = f->duty.status == DUTY_WATCHED && f->next_ms < INT64_MAX;
	out_time(out, "next_check_at", watched ? f->next_ms : 0);
}

/* A case whose definition cannot be used any more still has its dates and what was done to them. */
static anju_status build_case(const struct workflow *held, const struct store_case *row,
	struct anju_case **ret, anju_error *err)
{
	struct case_row texts = {.id = row->id,
		.rev = row->rev,
		.key = row->key,
		.region = row->region,
		.state = row->state,
		.data = row->data,
		.meta = row->meta,
		.done = row->done,
		.opened_ms = row->opened_ms,
		.updated_ms = row->updated_ms,
		.head = row->head};
	return held != NULL ? case_from_row(held, &texts, ret, err) : ANJU_OK;
}

static anju_status write_found(
	struct rpc_call *call, struct store_reader *reader, struct buf *out, anju_error *err)
{
	const char *name = arg_string(call->arg[GET_DEADLINE]);
	struct store_case row;
	anju_status st = rpc_read_case(call, call->arg[GET_CASE], reader, &row, err);
	if (st != ANJU_OK)
		return st;
	const struct workflow *held = rpc_definition(call->server, row.workflow, row.hash);
	ANJU_AUTO_JSON *meta = json_loads(row.meta, 0, NULL);
	ANJU_AUTO(anju_case) cs = NULL;
	struct found f = {.call = call, .out = BUF_INIT};
	struct store_deadline_filter filter = {
		.case_id = row.id, .name = name, .status = -1, .limit = 10000};
	st = build_case(held, &row, &cs, err);
	if (st == ANJU_OK)
		st = store_read_deadlines(reader, &filter, keep_row, &f, err);
	if (st == ANJU_OK && f.duty.id == 0)
		st = fail_unknown(held, name, err);
	if (st == ANJU_OK) {
		buf_addc(out, '{');
		out_json(out, "deadline", f.out.data);
		out_log(&f, json_object_get(json_object_get(meta, "duties"), name), out);
		out_possible(&f, held, cs, name, out);
		buf_addc(out, '}');
	}
	buf_done(&f.out);
	anju_case_free(ANJU_TAKE(cs)); /* before its definition is given back */
	rpc_definition_give(call->server, held);
	return st;
}

static anju_status read_get(
	struct rpc_call *call, struct store_reader *reader, struct buf *out, anju_error *err)
{
	anju_status st = store_read_begin(reader, err);
	if (st != ANJU_OK)
		return st;
	st = write_found(call, reader, out, err);
	store_read_end(reader);
	return st;
}

/* --- acts --- */

enum { ACT_CASE, ACT_DEADLINE, ACT_LENGTH = ACT_DEADLINE + 8, ACT_UNTIL };
#define ACT_PARAMS                                                                                 \
	[ACT_CASE] = RPC_PARAM_CASE, [ACT_DEADLINE] = PARAM_NAME,                                  \
	[ACT_DEADLINE + 1] = RPC_PARAM_DOCS, [ACT_DEADLINE + 2] = RPC_PARAM_AS,                    \
	[ACT_DEADLINE + 3] = RPC_PARAM_IDEM, [ACT_DEADLINE + 4] = RPC_PARAM_REV,                   \
	[ACT_DEADLINE + 5] = RPC_PARAM_DRY, [ACT_DEADLINE + 6] = RPC_PARAM_EFFECTIVE
#define ACT_REASON ACT_DEADLINE + 7

static const struct param reasoned_params[] = {
	ACT_PARAMS,
	[ACT_REASON] = {"reason", PARAM_STRING, true, "理由", "reason"},
};
static const struct param confirm_params[] = {
	ACT_PARAMS,
	[ACT_REASON] = {"reason", PARAM_STRING, false, "说明", "what is to be said of it"},
};
static const struct param extend_params[] = {
	ACT_PARAMS,
	[ACT_REASON] = {"reason", PARAM_STRING, true, "理由", "reason"},
	[ACT_LENGTH] = {"length", PARAM_STRING, false, "延长多久，如 5wd、10d、1mo",
		"how much longer: 5wd, 10d, 1mo"},
	[ACT_UNTIL] = {"until", PARAM_STRING, false, "或延到哪一天", "or the day until which"},
};
static const struct param grant_params[] = {
	ACT_PARAMS,
	[ACT_REASON] = {"reason", PARAM_STRING, false, "说明", "what is to be said of it"},
	[ACT_LENGTH] = {"length", PARAM_STRING, false, "准予延长多久，不填即如所请",
		"how much longer; as was asked for if nothing is given"},
	[ACT_UNTIL] = {"until", PARAM_STRING, false, "或延到哪一天", "or the day until which"},
};
static const struct param lapse_params[] = {
	ACT_PARAMS,
	[ACT_REASON] = {"reason", PARAM_STRING, true, "理由", "reason"},
	[ACT_LENGTH] = {"length", PARAM_STRING, false, "从办理日起多久之内重新做到",
		"within how long it is to be met again, from the day of the act"},
	[ACT_UNTIL] = {"until", PARAM_STRING, false, "或到哪一天", "or the last permissible day"},
};

static anju_status build_act(struct rpc_call *call, struct command *cmd, anju_error *err)
{
	json_t *const *arg = call->arg;
	struct write_args common = {.docs = arg[ACT_DEADLINE + 1],
		.idem = arg[ACT_DEADLINE + 3],
		.rev = arg[ACT_DEADLINE + 4],
		.dry = arg[ACT_DEADLINE + 5],
		.at = arg[ACT_DEADLINE + 6],
		.why = arg[ACT_REASON]};
	anju_status st = write_case_arg(call, arg[ACT_CASE], cmd, err);
	if (st != ANJU_OK)
		return st;
	json_t *data = json_pack("{s:O}", "deadline", arg[ACT_DEADLINE]);
	bool longer = call->method->params_len > ACT_LENGTH;
	if (longer && arg[ACT_LENGTH] != NULL)
		(void)json_object_set(data, "length", arg[ACT_LENGTH]);
	if (longer && arg[ACT_UNTIL] != NULL)
		(void)json_object_set(data, "until", arg[ACT_UNTIL]);
	/* the parameters live as long as the command */
	if (data == NULL || json_object_set_new(call->params, "data", data) != 0)
		return anju_fail_nomem(err);
	common.data = data;
	cmd->event = call->method->name;
	return write_common(&common, cmd, err);
}

#define ACT(name_, zh_, en_, params_)                                                              \
	{                                                                                          \
		.name = "deadline." name_, .kind = METHOD_WRITE, .zh = zh_, .en = en_,             \
		.params = params_, .params_len = METHOD_COUNT(params_), .result = write_result,    \
		.result_len = WRITE_RESULT_LEN, .command = COMMAND_SEND, .write = build_act        \
	}

static const struct method methods[] = {
	{.name = "deadline.get",
		.kind = METHOD_READ,
		.zh = "一个期限：到期日、办理过什么、现在能办什么",
		.en = "One deadline: its date, what was done to it, what is possible now",
		.params = get_params,
		.params_len = METHOD_COUNT(get_params),
		.result = get_result,
		.result_len = METHOD_COUNT(get_result),
		.read = read_get},
	ACT("waive", "免除一个期限", "Waive a deadline", reasoned_params),
	ACT("suspend", "中止一个期限：停止计时和提醒",
		"Suspend a deadline: its time stands still, no reminders", reasoned_params),
	ACT("resume", "恢复一个期限：到期日按中止的时间顺延",
		"Let a deadline go on; it is due later by the time it stood still",
		reasoned_params),
	ACT("extend", "届满之前申请延期", "Ask for more time, before it ends", extend_params),
	ACT("grant", "准予延期", "Grant the time that was asked for", grant_params),
	ACT("refuse", "不准延期", "Refuse the time that was asked for", reasoned_params),
	ACT("keep", "确认持续达标", "Confirm that what was met is kept up", confirm_params),
	ACT("lapse", "认定未能持续，限期重新办理",
		"Say that it is not kept up: it is open again, with a new date", lapse_params),
};
const struct method_table methods_deadline = {methods, METHOD_COUNT(methods)};
