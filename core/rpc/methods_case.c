/* Reading cases: one with all that hangs on it, lists, history, figures. Thread pool. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "calendar/calendar.h"
#include "case/case.h"
#include "engine/engine.h"
#include "pack/pack.h"
#include "rpc/common.h"
#include "rpc/deadline_view.h"
#include "rpc/entry.h"
#include "rpc/method.h"
#include "rpc/readers.h"
#include "rpc/reminder.h"
#include "rpc/reply.h"
#include "rpc/state.h"
#include "rpc/visible.h"

#define CASE_DEADLINES_MAX 200
#define CASE_RELATED_MAX   100
#define CASE_REMINDERS_MAX 50

/* --- case.get --- */

enum { GET_CASE, GET_AS };
static const struct param get_params[] = {
	[GET_CASE] = RPC_PARAM_CASE,
	[GET_AS] = RPC_PARAM_AS,
};
#define CASE_SUMMARY_RESULT                                                                        \
	{"case", PARAM_STRING, true, "个案", "the case"},                                          \
		{"workflow", PARAM_STRING, true, "流程", "its workflow"},                          \
		{"key", PARAM_STRING, true, "编号", "its key"},                                    \
		{"rev", PARAM_INT, true, "版本号", "revision"},                                    \
		{"region", PARAM_STRING, true, "区划", "region"},                                  \
		{"phase", PARAM_STRING, true, "阶段", "phase"},                                    \
		{"states", PARAM_ARRAY, true, "当前状态", "active states"},                        \
		{"done", PARAM_BOOL, true, "是否办结", "whether it is over"},                      \
		{"opened_at", PARAM_STRING, true, "立案时间", "when it was opened"},               \
	{                                                                                          \
		"updated_at", PARAM_STRING, true, "最近变动时间", "when it last changed"           \
	}
static const struct param get_result[] = {
	CASE_SUMMARY_RESULT,
	{"definition", PARAM_STRING, true, "所依流程定义的散列值", "hash of its definition"},
	{"version", PARAM_STRING, false, "所依流程定义的版本", "version of its definition"},
	{"newest", PARAM_BOOL, true, "所依定义是否就是现行的",
		"whether its definition is the one in force"},
	{"data", PARAM_OBJECT, true, "字段；敏感字段对无权者显示为 ***",
		"fields; sensitive ones read *** to those who may not see them"},
	{"docs", PARAM_OBJECT, true, "已收材料", "documents held"},
	{"locks", PARAM_ARRAY, true, "已锁定的字段", "locked fields"},
	{"possible", PARAM_ARRAY, true, "现在能办的事件及谁能办；所依定义已不能用时为 null",
		"events possible now and who may; null when its definition cannot be used any "
		"more"},
	{"deadlines", PARAM_ARRAY, true, "未了的和持续核查的期限", "deadlines open or watched"},
	{"duties", PARAM_OBJECT, false, "对各期限办理过什么：中止、延期、核查等",
		"what was done to deadlines: suspended, extended, confirmed …"},
	{"relations", PARAM_OBJECT, true,
		"各关系所连的个案（流程/编号）；反向关系也在内，每项至多列 100 个",
		"by relation, the cases it leads to (workflow/key); inverse ones too, at most 100 "
		"each"},
	{"reminders", PARAM_ARRAY, true,
		"提醒及其送达情况，新的在前，至多 50 条，其余见 case.reminders",
		"reminders and what became of them, newest first, at most 50; case.reminders has "
		"all"},
	{"relations_more", PARAM_OBJECT, true, "列不下的关系各还有多少个个案",
		"for relations cut short, how many more cases there are"},
};

static void write_summary(struct buf *out, const struct store_case *row)
{
	ANJU_AUTO_BUF name = BUF_INIT;
	buf_addf(&name, "%s/%s", row->workflow, row->key);
	out_string(out, "case", name.data);
	out_string(out, "workflow", row->workflow);
	out_string(out, "key", row->key);
	out_int(out, "rev", row->rev);
	out_string(out, "region", row->region);
	out_string(out, "phase", row->phase);
	out_words(out, "states", row->state, '|');
	out_bool(out, "done", row->done);
	out_time(out, "opened_at", row->opened_ms);
	out_time(out, "updated_at", row->updated_ms);
}

static anju_status fail_stored(const struct store_case *row, const char *why, anju_error *err)
{
	(void)anju_fail(err, ANJU_E_CORRUPT, "rpc.stored_json",
		"stored text of %s/%s is no JSON: %s", row->workflow, row->key, why);
	anju_error_found(err, "%s/%s", row->workflow, row->key);
	return ANJU_E_CORRUPT;
}

static anju_status write_data(struct rpc_call *call, const struct workflow *wf,
	const struct store_case *row, struct buf *out, anju_error *err)
{
	if (wf == NULL || !visible_needs_mask(wf, &call->who)) {
		out_json(out, "data", row->data);
		return ANJU_OK;
	}
	json_error_t bad;
	ANJU_AUTO_JSON *data = json_loads(row->data, 0, &bad);
	if (data == NULL)
		return fail_stored(row, bad.text, err);
	struct case_roles roles;
	ANJU_AUTO_JSON *plain = json_deep_copy(data); /* roles look at what the mask hides */
	case_roles_init(&roles, wf, row->region, plain);
	visible_mask(call->server->org, &roles, &call->who, data);
	out_member(out, "data");
	out_value(out, data);
	return ANJU_OK;
}

static anju_status write_meta(const struct store_case *row, struct buf *out, anju_error *err)
{
	json_error_t bad;
	ANJU_AUTO_JSON *meta = json_loads(row->meta, 0, &bad);
	if (meta == NULL)
		return fail_stored(row, bad.text, err);
	const char *key;
	json_t *value;
	json_object_foreach(meta, key, value) {
		out_member(out, key);
		out_value(out, value);
	}
	return ANJU_OK;
}

/* What the chart allows now. Only by the definition that the case follows. */
static anju_status write_possible(struct rpc_call *call, const struct workflow *wf,
	const struct store_case *row, struct buf *out, anju_error *err)
{
	out_member(out, "possible");
	if (wf == NULL) {
		buf_adds(out, "null");
		return ANJU_OK;
	}
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
	ANJU_AUTO(anju_case) cs = NULL;
	anju_status st = case_from_row(wf, &texts, &cs, err);
	if (st != ANJU_OK)
		return st;
	ANJU_AUTO(calendar) calendar = engine_calendar(call->server->engine);
	struct case_env env = {.org = call->server->org,
		.calendar = calendar,
		.rules = pack_set_rules(call->server->options.packs),
		.now_ms = engine_now(call->server->engine)};
	ANJU_AUTO_JSON *possible = case_possible(&env, cs);
	if (possible == NULL)
		return anju_fail_nomem(err);
	out_value(out, possible);
	return ANJU_OK;
}

struct deadline_list {
	struct buf *out;
	const struct pack_set *packs;
	int64_t now_ms;
	int n;
};

static bool add_deadline(void *ctx, const struct store_deadline *row)
{
	struct deadline_list *list = ctx;
	if (list->n++ > 0)
		buf_addc(list->out, ',');
	deadline_write(list->out, list->packs, row, list->now_ms, false);
	return true;
}

static anju_status write_deadlines(struct rpc_call *call, struct store_reader *reader,
	int64_t case_id, struct buf *out, anju_error *err)
{
	struct deadline_list list = {.out = out,
		.packs = call->server->options.packs,
		.now_ms = engine_now(call->server->engine)};
	struct store_deadline_filter filter = {
		.case_id = case_id, .status = STORE_DEADLINE_OPEN, .limit = CASE_DEADLINES_MAX};
	out_member(out, "deadlines");
	buf_addc(out, '[');
	anju_status st = store_read_deadlines(reader, &filter, add_deadline, &list, err);
	filter.status = STORE_DEADLINE_WATCHED;
	if (st == ANJU_OK)
		st = store_read_deadlines(reader, &filter, add_deadline, &list, err);
	buf_addc(out, ']');
	return st;
}

struct related_list {
	struct buf *out;
	const char *workflow; /* one relation name may serve several */
	int64_t n;
};

static bool add_related(void *ctx, int64_t id, const char *workflow, const char *key)
{
	struct related_list *list = ctx;
	if (strcmp(workflow, list->workflow) != 0 || list->n++ >= CASE_RELATED_MAX)
		return true; /* the rest is counted */
	if (list->n > 1)
		buf_addc(list->out, ',');
	ANJU_AUTO_BUF name = BUF_INIT;
	buf_addf(&name, "%s/%s", workflow, key);
	if (name.failed)
		list->out->failed = true;
	else
		buf_add_json_string(list->out, name.data, name.len);
	return true;
}

static anju_status write_relations(struct store_reader *reader, const struct workflow *wf,
	int64_t case_id, struct buf *out, anju_error *err)
{
	ANJU_AUTO_BUF more = BUF_INIT;
	anju_status st = ANJU_OK;
	buf_addc(&more, '{');
	out_member(out, "relations");
	buf_addc(out, '{');
	for (size_t i = 0; wf != NULL && i < wf->relations_len && st == ANJU_OK; i++) {
		const struct relation *rel = &wf->relations[i];
		const char *stored = rel->inverse != NULL ? rel->inverse : rel->name;
		struct related_list list = {.out = out, .workflow = rel->to};
		out_member(out, rel->name);
		buf_addc(out, '[');
		st = store_read_related(
			reader, case_id, stored, rel->inverse != NULL, add_related, &list, err);
		buf_addc(out, ']');
		if (list.n > CASE_RELATED_MAX)
			out_int(&more, rel->name, list.n - CASE_RELATED_MAX);
	}
	buf_addc(out, '}');
	buf_addc(&more, '}');
	if (st == ANJU_OK && more.failed)
		st = anju_fail_nomem(err);
	if (st == ANJU_OK)
		out_json(out, "relations_more", more.data);
	return st;
}

static anju_status write_reminders(
	struct store_reader *reader, int64_t case_id, struct buf *out, anju_error *err)
{
	struct reminder_list list = {.out = out};
	out_member(out, "reminders");
	buf_addc(out, '[');
	anju_status st = store_read_notices(
		reader, case_id, 0, CASE_REMINDERS_MAX, reminder_add, &list, err);
	buf_addc(out, ']');
	return st;
}

anju_status rpc_read_case(struct rpc_call *call, const json_t *arg, struct store_reader *reader,
	struct store_case *row, anju_error *err)
{
	char workflow[RPC_WORKFLOW_MAX];
	const char *key;
	anju_status st = arg_case(arg, workflow, sizeof workflow, &key, err);
	if (st != ANJU_OK)
		return st;
	if (pack_set_workflow(call->server->options.packs, workflow) == NULL)
		return rpc_fail_workflow(call->server, workflow, "/case", err);
	st = store_read_case(reader, workflow, key, row, err);
	if (st != ANJU_E_NOTFOUND)
		return st;
	(void)anju_fail(err, st, "rpc.case", "no case %s/%s", workflow, key);
	anju_error_where(err, "/case");
	anju_error_found(err, "%s/%s", workflow, key);
	return st;
}

static anju_status write_case(
	struct rpc_call *call, struct store_reader *reader, struct buf *out, anju_error *err)
{
	struct store_case row;
	anju_status st = rpc_read_case(call, call->arg[GET_CASE], reader, &row, err);
	if (st != ANJU_OK)
		return st;
	const struct workflow *newest =
		pack_set_workflow(call->server->options.packs, row.workflow);
	const struct workflow *held = rpc_definition(call->server, row.workflow, row.hash);
	const struct workflow *wf = held != NULL ? held : newest;
	buf_addc(out, '{');
	write_summary(out, &row);
	out_string(out, "definition", row.hash);
	if (held != NULL)
		out_string(out, "version", held->version);
	out_bool(out, "newest", held == newest);
	st = write_data(call, wf, &row, out, err);
	if (st == ANJU_OK)
		st = write_meta(&row, out, err);
	if (st == ANJU_OK)
		st = write_possible(call, held, &row, out, err);
	if (st == ANJU_OK) /* last: the row's texts end here */
		st = write_deadlines(call, reader, row.id, out, err);
	if (st == ANJU_OK)
		st = write_relations(reader, wf, row.id, out, err);
	if (st == ANJU_OK)
		st = write_reminders(reader, row.id, out, err);
	rpc_definition_give(call->server, held);
	buf_addc(out, '}');
	return st;
}

static anju_status read_get(
	struct rpc_call *call, struct store_reader *reader, struct buf *out, anju_error *err)
{
	anju_status st = store_read_begin(reader, err);
	if (st != ANJU_OK)
		return st;
	st = write_case(call, reader, out, err);
	store_read_end(reader);
	return st;
}

/* --- case.list --- */

enum {
	LIST_WORKFLOW,
	LIST_REGION,
	LIST_PHASE,
	LIST_STATE,
	LIST_DONE,
	LIST_AFTER,
	LIST_LIMIT,
	LIST_AS
};
static const struct param list_params[] = {
	[LIST_WORKFLOW] = {"workflow", PARAM_STRING, false, "流程", "workflow"},
	[LIST_REGION] = {"region", PARAM_STRING, false, "区划代码前缀", "region, as a prefix"},
	[LIST_PHASE] = {"phase", PARAM_STRING, false, "阶段", "phase"},
	[LIST_STATE] = {"state", PARAM_STRING, false, "状态或其上级",
		"a state or an ancestor of it"},
	[LIST_DONE] = {"done", PARAM_BOOL, false, "是否办结", "whether over"},
	[LIST_AFTER] = RPC_PARAM_AFTER,
	[LIST_LIMIT] = RPC_PARAM_LIMIT,
	[LIST_AS] = RPC_PARAM_AS,
};
static const struct param page_result[] = {RPC_RESULT_PAGE};

static bool add_case(void *ctx, const struct store_case *row)
{
	struct page *page = ctx;
	if (!page_item(page))
		return false;
	buf_addc(page->out, '{');
	write_summary(page->out, row);
	buf_addc(page->out, '}');
	snprintf(page->next, sizeof page->next, "%lld", (long long)row->id);
	return true;
}

static anju_status read_list(
	struct rpc_call *call, struct store_reader *reader, struct buf *out, anju_error *err)
{
	const char *workflow = arg_string(call->arg[LIST_WORKFLOW]);
	if (workflow != NULL && pack_set_workflow(call->server->options.packs, workflow) == NULL)
		return rpc_fail_workflow(call->server, workflow, "/workflow", err);
	struct page page;
	int limit;
	struct store_case_filter filter = {.workflow = workflow,
		.region = arg_string(call->arg[LIST_REGION]),
		.phase = arg_string(call->arg[LIST_PHASE]),
		.state = arg_string(call->arg[LIST_STATE]),
		.done = call->arg[LIST_DONE] == NULL ? -1 : arg_bool(call->arg[LIST_DONE])};
	anju_status st = arg_limit(call->arg[LIST_LIMIT], &limit, err);
	if (st == ANJU_OK)
		st = arg_cursor(call->arg[LIST_AFTER], &filter.after_id, 1, err);
	if (st != ANJU_OK)
		return st;
	filter.limit = limit + 1;
	page_open(&page, out, limit);
	st = store_read_cases(reader, &filter, add_case, &page, err);
	page_close(&page);
	return st;
}

/* --- case.history --- */

enum { HISTORY_CASE, HISTORY_AFTER, HISTORY_LIMIT, HISTORY_AS };
static const struct param history_params[] = {
	[HISTORY_CASE] = RPC_PARAM_CASE,
	[HISTORY_AFTER] = RPC_PARAM_AFTER,
	[HISTORY_LIMIT] = RPC_PARAM_LIMIT,
	[HISTORY_AS] = RPC_PARAM_AS,
};

struct history {
	struct page page;
	struct entry_view view;
	anju_status status;
	anju_error *err;
};

static bool add_history(void *ctx, const struct store_entry *row)
{
	struct history *history = ctx;
	struct page *page = &history->page;
	if (!page_item(page))
		return false;
	buf_addc(page->out, '{');
	out_int(page->out, "seq", row->seq);
	history->status = entry_write(&history->view, row, page->out, history->err);
	char hex[HASH_HEX_CHARS];
	out_string(page->out, "hash", hash_hex(row->hash, hex));
	buf_addc(page->out, '}');
	snprintf(page->next, sizeof page->next, "%lld", (long long)row->rev);
	return history->status == ANJU_OK;
}

static anju_status read_history(
	struct rpc_call *call, struct store_reader *reader, struct buf *out, anju_error *err)
{
	int limit;
	int64_t after_rev;
	struct store_case row;
	anju_status st = arg_limit(call->arg[HISTORY_LIMIT], &limit, err);
	if (st == ANJU_OK)
		st = arg_cursor(call->arg[HISTORY_AFTER], &after_rev, 1, err);
	if (st == ANJU_OK)
		st = rpc_read_case(call, call->arg[HISTORY_CASE], reader, &row, err);
	struct history history = {.view = {.server = call->server, .who = &call->who}, .err = err};
	if (st == ANJU_OK) /* entries need their case while the rows are open */
		st = readers_take(call->server->readers, &history.view.reader, err);
	if (st != ANJU_OK)
		return st;
	page_open(&history.page, out, limit);
	st = store_read_history(reader, row.id, after_rev, limit + 1, add_history, &history, err);
	page_close(&history.page);
	readers_give(call->server->readers, history.view.reader);
	return history.status != ANJU_OK ? history.status : st;
}

/* --- case.reminders --- */

enum { REMINDERS_CASE, REMINDERS_AFTER, REMINDERS_LIMIT, REMINDERS_AS };
static const struct param reminders_params[] = {
	[REMINDERS_CASE] = RPC_PARAM_CASE,
	[REMINDERS_AFTER] = RPC_PARAM_AFTER,
	[REMINDERS_LIMIT] = RPC_PARAM_LIMIT,
	[REMINDERS_AS] = RPC_PARAM_AS,
};

static bool add_reminder(void *ctx, const struct store_notice *row)
{
	struct page *page = ctx;
	if (!page_item(page))
		return false;
	reminder_write(page->out, row);
	snprintf(page->next, sizeof page->next, "%lld", (long long)row->item.id);
	return true;
}

static anju_status read_reminders(
	struct rpc_call *call, struct store_reader *reader, struct buf *out, anju_error *err)
{
	int limit;
	int64_t before;
	struct page page;
	struct store_case row;
	anju_status st = arg_limit(call->arg[REMINDERS_LIMIT], &limit, err);
	if (st == ANJU_OK)
		st = arg_cursor(call->arg[REMINDERS_AFTER], &before, 1, err);
	if (st == ANJU_OK)
		st = rpc_read_case(call, call->arg[REMINDERS_CASE], reader, &row, err);
	if (st != ANJU_OK)
		return st;
	page_open(&page, out, limit);
	st = store_read_notices(reader, row.id, before, limit + 1, add_reminder, &page, err);
	page_close(&page);
	return st;
}

/* --- case.stats --- */

enum { STATS_WORKFLOW, STATS_REGION, STATS_AS };
static const struct param stats_params[] = {
	[STATS_WORKFLOW] = {"workflow", PARAM_STRING, false, "流程", "workflow"},
	[STATS_REGION] = {"region", PARAM_STRING, false, "区划代码前缀", "region, as a prefix"},
	[STATS_AS] = RPC_PARAM_AS,
};
static const struct param stats_result[] = {
	{"items", PARAM_ARRAY, true, "各流程各阶段：workflow、phase、open、done",
		"for each workflow and phase: workflow, phase, open, done"},
	{"open", PARAM_INT, true, "在办合计", "open in all"},
	{"done", PARAM_INT, true, "办结合计", "done in all"},
};

struct stats {
	struct buf *out;
	int n;
	int64_t open, done;
};

static bool add_phase(void *ctx, const char *workflow, const char *phase, int64_t n, int64_t m)
{
	struct stats *stats = ctx;
	if (stats->n++ > 0)
		buf_addc(stats->out, ',');
	buf_addc(stats->out, '{');
	out_string(stats->out, "workflow", workflow);
	out_string(stats->out, "phase", phase);
	out_int(stats->out, "open", n);
	out_int(stats->out, "done", m);
	buf_addc(stats->out, '}');
	stats->open += n;
	stats->done += m;
	return true;
}

static anju_status read_stats(
	struct rpc_call *call, struct store_reader *reader, struct buf *out, anju_error *err)
{
	struct stats stats = {.out = out};
	const char *workflow = arg_string(call->arg[STATS_WORKFLOW]);
	if (workflow != NULL && pack_set_workflow(call->server->options.packs, workflow) == NULL)
		return rpc_fail_workflow(call->server, workflow, "/workflow", err);
	buf_adds(out, "{\"items\":[");
	anju_status st = store_count_phases(
		reader, workflow, arg_string(call->arg[STATS_REGION]), add_phase, &stats, err);
	buf_addc(out, ']');
	out_int(out, "open", stats.open);
	out_int(out, "done", stats.done);
	buf_addc(out, '}');
	return st;
}

static const struct method methods[] = {
	{.name = "case.get",
		.kind = METHOD_READ,
		.zh = "查看一个个案：字段、状态、材料、期限、关联个案、现在能办什么",
		.en = "One case: fields, states, documents, deadlines, related cases, what is "
		      "possible now",
		.params = get_params,
		.params_len = METHOD_COUNT(get_params),
		.result = get_result,
		.result_len = METHOD_COUNT(get_result),
		.read = read_get},
	{.name = "case.list",
		.kind = METHOD_READ,
		.zh = "分页列出个案",
		.en = "Cases, page by page",
		.params = list_params,
		.params_len = METHOD_COUNT(list_params),
		.result = page_result,
		.result_len = METHOD_COUNT(page_result),
		.read = read_list},
	{.name = "case.history",
		.kind = METHOD_READ,
		.zh = "一个个案的办理经过",
		.en = "What happened to a case",
		.params = history_params,
		.params_len = METHOD_COUNT(history_params),
		.result = page_result,
		.result_len = METHOD_COUNT(page_result),
		.read = read_history},
	{.name = "case.reminders",
		.kind = METHOD_READ,
		.zh = "个案的提醒及其送达情况，新的在前",
		.en = "A case's reminders and what became of them, newest first",
		.params = reminders_params,
		.params_len = METHOD_COUNT(reminders_params),
		.result = page_result,
		.result_len = METHOD_COUNT(page_result),
		.read = read_reminders},
	{.name = "case.stats",
		.kind = METHOD_READ,
		.zh = "各流程各阶段的个案数",
		.en = "How many cases by workflow and phase",
		.params = stats_params,
		.params_len = METHOD_COUNT(stats_params),
		.result = stats_result,
		.result_len = METHOD_COUNT(stats_result),
		.read = read_stats},
};
const struct method_table methods_case = {methods, METHOD_COUNT(methods)};
