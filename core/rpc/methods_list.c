/* Lists of deadlines and units. Thread pool. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "engine/engine.h"
#include "org/org.h"
#include "pack/pack.h"
#include "rpc/common.h"
#include "rpc/deadline_view.h"
#include "rpc/method.h"
#include "rpc/reply.h"
#include "rpc/state.h"

static const struct param page_result[] = {RPC_RESULT_PAGE};

/* --- deadline.list --- */

enum {
	DUE_UNIT,
	DUE_WORKFLOW,
	DUE_CASE,
	DUE_REGION,
	DUE_NAME,
	DUE_STATUS,
	DUE_BEFORE,
	DUE_AFTER,
	DUE_LIMIT,
	DUE_AS,
};
static const char *const deadline_statuses[] = {
	"open", "overdue", "suspended", "met", "met_late", "superseded", "waived", "watched", NULL};
static const struct param deadline_params[] = {
	[DUE_UNIT] = {"unit", PARAM_STRING, false, "牵头、责任或配合单位",
		"leading, responsible or cooperating unit"},
	[DUE_WORKFLOW] = {"workflow", PARAM_STRING, false, "流程", "workflow"},
	[DUE_CASE] = {"case", PARAM_STRING, false, "个案名：流程/编号", "the case: workflow/key"},
	[DUE_REGION] = {"region", PARAM_STRING, false, "区划代码前缀", "region, as a prefix"},
	[DUE_NAME] = {"name", PARAM_STRING, false, "期限名", "name of the deadline"},
	[DUE_STATUS] = {"status", PARAM_STRING, false, "状态，默认 open",
		"status, open if not given", deadline_statuses},
	[DUE_BEFORE] = {"due_before", PARAM_STRING, false, "在此之前到期（RFC 3339）",
		"due before this instant (RFC 3339)"},
	[DUE_AFTER] = RPC_PARAM_AFTER,
	[DUE_LIMIT] = RPC_PARAM_LIMIT,
	[DUE_AS] = RPC_PARAM_AS,
};

struct deadline_page {
	struct page page;
	const struct pack_set *packs;
	int64_t now_ms;
};

static bool add_deadline(void *ctx, const struct store_deadline *row)
{
	struct deadline_page *list = ctx;
	if (!page_item(&list->page))
		return false;
	deadline_write(list->page.out, list->packs, row, list->now_ms, true);
	snprintf(list->page.next, sizeof list->page.next, "%lld:%lld", (long long)row->due_ms,
		(long long)row->id);
	return true;
}

static int status_number(const char *name)
{
	if (name == NULL)
		return STORE_DEADLINE_OPEN;
	if (strcmp(name, "overdue") == 0)
		return STORE_DEADLINES_OVERDUE;
	if (strcmp(name, "suspended") == 0)
		return STORE_DEADLINES_SUSPENDED;
	for (int i = STORE_DEADLINE_OPEN; i <= STORE_DEADLINE_WATCHED; i++) {
		if (strcmp(name, deadline_status_name((enum store_deadline_status)i)) == 0)
			return i;
	}
	return -1;
}

static anju_status find_case(
	struct rpc_call *call, struct store_reader *reader, int64_t *ret_id, anju_error *err)
{
	if (call->arg[DUE_CASE] == NULL)
		return ANJU_OK;
	char workflow[RPC_WORKFLOW_MAX];
	const char *key;
	struct store_case row;
	anju_status st = arg_case(call->arg[DUE_CASE], workflow, sizeof workflow, &key, err);
	if (st == ANJU_OK)
		st = store_read_case(reader, workflow, key, &row, err);
	if (st == ANJU_OK)
		*ret_id = row.id;
	if (st != ANJU_E_NOTFOUND)
		return st;
	(void)anju_fail(err, st, "rpc.case", "no case %s/%s", workflow, key);
	anju_error_where(err, "/case");
	anju_error_found(err, "%s/%s", workflow, key);
	return st;
}

static anju_status read_deadlines(
	struct rpc_call *call, struct store_reader *reader, struct buf *out, anju_error *err)
{
	int limit;
	int64_t cursor[2];
	struct deadline_page list = {
		.packs = call->server->options.packs, .now_ms = engine_now(call->server->engine)};
	struct store_deadline_filter filter = {.workflow = arg_string(call->arg[DUE_WORKFLOW]),
		.unit = arg_string(call->arg[DUE_UNIT]),
		.region = arg_string(call->arg[DUE_REGION]),
		.name = arg_string(call->arg[DUE_NAME]),
		.status = status_number(arg_string(call->arg[DUE_STATUS])),
		.now_ms = list.now_ms};
	anju_status st = arg_limit(call->arg[DUE_LIMIT], &limit, err);
	if (st == ANJU_OK)
		st = arg_cursor(call->arg[DUE_AFTER], cursor, 2, err);
	if (st == ANJU_OK)
		st = arg_time(call->arg[DUE_BEFORE], "due_before", &filter.due_before_ms, err);
	if (st == ANJU_OK)
		st = find_case(call, reader, &filter.case_id, err);
	if (st != ANJU_OK)
		return st;
	filter.after_due_ms = cursor[0];
	filter.after_id = cursor[1];
	filter.limit = limit + 1;
	page_open(&list.page, out, limit);
	st = store_read_deadlines(reader, &filter, add_deadline, &list, err);
	page_close(&list.page);
	return st;
}

/* --- deadline.stats --- */

enum { DUE_STATS_AS };
static const struct param deadline_stats_params[] = {[DUE_STATS_AS] = RPC_PARAM_AS};
static const struct param deadline_stats_result[] = {
	{"items", PARAM_ARRAY, true, "各牵头单位各期限：lead、name、open、overdue",
		"for each leading unit and deadline: lead, name, open, overdue"},
	{"open", PARAM_INT, true, "未了合计", "open in all"},
	{"overdue", PARAM_INT, true, "逾期合计", "of those overdue"},
};

struct stats {
	struct buf *out;
	int n;
	int64_t open, overdue;
};

static bool add_stat(void *ctx, const char *lead, const char *name, int64_t open, int64_t overdue)
{
	struct stats *stats = ctx;
	if (stats->n++ > 0)
		buf_addc(stats->out, ',');
	buf_addc(stats->out, '{');
	out_words(stats->out, "lead", lead, '\0');
	out_string(stats->out, "name", name);
	out_int(stats->out, "open", open);
	out_int(stats->out, "overdue", overdue);
	buf_addc(stats->out, '}');
	stats->open += open;
	stats->overdue += overdue;
	return true;
}

static anju_status read_deadline_stats(
	struct rpc_call *call, struct store_reader *reader, struct buf *out, anju_error *err)
{
	struct stats stats = {.out = out};
	buf_adds(out, "{\"items\":[");
	anju_status st = store_count_deadlines(
		reader, engine_now(call->server->engine), add_stat, &stats, err);
	buf_addc(out, ']');
	out_int(out, "open", stats.open);
	out_int(out, "overdue", stats.overdue);
	buf_addc(out, '}');
	return st;
}

/* --- unit.list --- */

enum { UNIT_KIND, UNIT_LEVEL, UNIT_REGION, UNIT_AFTER, UNIT_LIMIT, UNIT_AS };
static const struct param unit_params[] = {
	[UNIT_KIND] = {"kind", PARAM_STRING, false, "类别，如 land", "kind, such as land"},
	[UNIT_LEVEL] = {"level", PARAM_STRING, false, "层级，如 county", "level, such as county"},
	[UNIT_REGION] = {"region", PARAM_STRING, false, "区划代码前缀", "region, as a prefix"},
	[UNIT_AFTER] = {"after", PARAM_STRING, false, "上一页给出的 next",
		"\"next\" of the page before"},
	[UNIT_LIMIT] = RPC_PARAM_LIMIT,
	[UNIT_AS] = RPC_PARAM_AS,
};

static bool unit_fits(struct rpc_call *call, const struct unit *u)
{
	const char *kind = arg_string(call->arg[UNIT_KIND]);
	const char *level = arg_string(call->arg[UNIT_LEVEL]);
	const char *region = arg_string(call->arg[UNIT_REGION]);
	const char *after = arg_string(call->arg[UNIT_AFTER]);
	return (kind == NULL || strcmp(kind, u->kind) == 0) &&
	       (level == NULL || strcmp(level, u->level) == 0) &&
	       (region == NULL || org_region_contains(region, u->region)) &&
	       (after == NULL || strcmp(u->code, after) > 0);
}

static void write_unit(struct buf *out, const struct unit *u)
{
	buf_addc(out, '{');
	out_string(out, "code", u->code);
	out_string(out, "kind", u->kind);
	out_string(out, "level", u->level);
	out_string(out, "region", u->region);
	out_string(out, "parent", u->parent);
	out_label(out, "title", u->title);
	buf_addc(out, '}');
}

static anju_status read_units(
	struct rpc_call *call, struct store_reader *reader, struct buf *out, anju_error *err)
{
	int limit;
	anju_status st = arg_limit(call->arg[UNIT_LIMIT], &limit, err);
	if (st != ANJU_OK)
		return st;
	const struct org *org = call->server->org;
	const char *last = NULL;
	int n = 0;
	bool more = false;
	buf_adds(out, "{\"items\":[");
	for (size_t i = 0; i < org_count(org) && !more; i++) {
		const struct unit *u = org_at(org, i);
		if (!unit_fits(call, u))
			continue;
		more = n == limit;
		if (more)
			break;
		if (n++ > 0)
			buf_addc(out, ',');
		write_unit(out, u);
		last = u->code;
	}
	buf_addc(out, ']');
	out_string(out, "next", more ? last : NULL);
	buf_addc(out, '}');
	return ANJU_OK;
}

static const struct method methods[] = {
	{.name = "deadline.list",
		.kind = METHOD_READ,
		.zh = "按到期先后列出期限",
		.en = "Deadlines in order of their due time",
		.params = deadline_params,
		.params_len = METHOD_COUNT(deadline_params),
		.result = page_result,
		.result_len = METHOD_COUNT(page_result),
		.read = read_deadlines},
	{.name = "deadline.stats",
		.kind = METHOD_READ,
		.zh = "各牵头单位未了与逾期的期限数",
		.en = "How many open and overdue deadlines by leading unit",
		.params = deadline_stats_params,
		.params_len = METHOD_COUNT(deadline_stats_params),
		.result = deadline_stats_result,
		.result_len = METHOD_COUNT(deadline_stats_result),
		.read = read_deadline_stats},
	{.name = "unit.list",
		.kind = METHOD_READ,
		.zh = "列出单位",
		.en = "Units (offices)",
		.params = unit_params,
		.params_len = METHOD_COUNT(unit_params),
		.result = page_result,
		.result_len = METHOD_COUNT(page_result),
		.read = read_units},
};
const struct method_table methods_list = {methods, METHOD_COUNT(methods)};
