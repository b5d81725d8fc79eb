/* Obligations: what begins when, what one says, and opening one that waits for somebody's word. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/timestamp.h"
#include "engine/engine.h"
#include "engine/obligation_left.h"
#include "pack/forecast.h"
#include "rpc/common.h"
#include "rpc/method.h"
#include "rpc/reply.h"
#include "rpc/state.h"

#define UNITS_MAX    32
#define DAYS_DEFAULT 92 /* a quarter to come */
#define DAYS_MAX     3700

static anju_status read_day(
	const struct rpc_call *call, size_t i, int32_t absent, int32_t *ret, anju_error *err)
{
	const char *text = arg_string(call->arg[i]);
	if (text == NULL) {
		*ret = absent;
		return ANJU_OK;
	}
	anju_status st = date_parse(text, ret, err);
	if (st != ANJU_OK)
		anju_error_where(err, "/%s", call->method->params[i].name);
	return st;
}

/* --- obligation.list --- */

enum { LIST_UNIT, LIST_FROM, LIST_TO, LIST_WAITING, LIST_AFTER, LIST_LIMIT, LIST_AS };
static const struct param list_params[] = {
	[LIST_UNIT] = {"unit", PARAM_STRING, false, "只列某单位参与的（牵头、责任、配合或验收）",
		"only where this unit leads, is responsible, cooperates or reviews"},
	[LIST_FROM] = {"from", PARAM_STRING, false, "起始日期，默认今天",
		"first day, today if not given"},
	[LIST_TO] = {"to", PARAM_STRING, false, "终止日期（含），默认往后 92 天",
		"last day, 92 days on if not given"},
	[LIST_WAITING] = {"waiting", PARAM_BOOL, false,
		"只列到了时候未能立案、每小时再试的，不论日期",
		"only those whose case could not be opened in time and is tried again each hour, "
		"of any day"},
	[LIST_AFTER] = RPC_PARAM_AFTER,
	[LIST_LIMIT] = RPC_PARAM_LIMIT,
	[LIST_AS] = RPC_PARAM_AS,
};
static const struct param list_result[] = {
	{"items", PARAM_ARRAY, true,
		"每件：obligation、title、workflow、begins、due、provisional、case、opened、unit（"
		"归谁）"
		"、lead、responsible、cooperating、reviewer、waiting（未能立案：since、text；否则为"
		" "
		"null）",
		"each case: obligation, title, workflow, begins, due, provisional, case, opened, "
		"unit "
		"(whose it is), lead, responsible, cooperating, reviewer, waiting (the case could "
		"not be opened: since, text; else null)"},
	{"next", PARAM_CURSOR, true, "下一页从这里开始；null 表示没有了",
		"where the next page begins; null when there is none"},
};

/* One case that an obligation opens, and who takes which part in it. */
struct one_case {
	const struct obligation *o;
	const struct obliged *whom;
	json_t *data; /* owned */
	struct {
		const struct unit *units[UNITS_MAX];
		size_t len;
	} parts[PLAN_PARTS];
};

static anju_status look_at(const struct pack_set *packs, const struct obligation *o,
	const struct obliged *whom, const struct plan_period *period, struct one_case *ret,
	anju_error *err)
{
	const struct workflow *wf = pack_set_workflow((struct pack_set *)packs, o->workflow);
	json_t *data = plan_data(o, wf, whom, period, false);
	if (data == NULL)
		return anju_fail_nomem(err);
	const char *owner = json_string_value(json_object_get(data, "owner"));
	const struct plan_place place = {.region = whom->region,
		.owner = owner != NULL ? owner : whom->owner->code,
		.reviewer = json_string_value(json_object_get(data, "reviewer"))};
	*ret = (struct one_case){.o = o, .whom = whom, .data = data};
	for (int i = 0; i < PLAN_PARTS; i++)
		ret->parts[i].len = plan_units(pack_set_org(packs), o, (enum plan_part)i, &place,
			ret->parts[i].units, UNITS_MAX);
	return ANJU_OK;
}

static bool takes_part(const struct one_case *one, const char *unit)
{
	if (unit == NULL || strcmp(one->whom->owner->code, unit) == 0)
		return true;
	for (int i = 0; i < PLAN_PARTS; i++) {
		for (size_t k = 0; k < one->parts[i].len; k++) {
			if (strcmp(one->parts[i].units[k]->code, unit) == 0)
				return true;
		}
	}
	return false;
}

static void write_parts(struct buf *out, const struct one_case *one)
{
	out_string(out, "unit", one->whom->owner->code);
	for (int i = 0; i < PLAN_PARTS; i++) {
		out_member(out, plan_part_name((enum plan_part)i));
		buf_addc(out, '[');
		for (size_t k = 0; k < one->parts[i].len; k++) {
			const char *code = one->parts[i].units[k]->code;
			if (k > 0)
				buf_addc(out, ',');
			buf_add_json_string(out, code, strlen(code));
		}
		buf_addc(out, ']');
	}
}

static void write_due(
	struct buf *out, const struct calendar *cal, const struct one_case *one, int32_t begins)
{
	struct due due;
	char date[16];
	bool dated = plan_due(one->o, cal, begins, one->data, &due, NULL) == ANJU_OK;
	out_string(out, "due", dated ? date_format(due.day, date) : NULL);
	out_bool(out, "provisional", dated && due.provisional);
}

/* Why the case is not there yet, of those that could not be opened. */
static void write_waiting(
	struct buf *out, const json_t *left, const char *unit, const struct plan_period *period)
{
	size_t i;
	const json_t *row;
	out_member(out, "waiting");
	json_array_foreach((json_t *)left, i, row) {
		const char *name = json_string_value(json_object_get(row, "unit"));
		if (json_integer_value(json_object_get(row, "day")) != period->day ||
			name == NULL || strcmp(name, unit) != 0)
			continue;
		buf_addc(out, '{');
		out_time(out, "since", json_integer_value(json_object_get(row, "since")));
		out_member(out, "text");
		out_value(out, json_object_get(row, "text"));
		buf_addc(out, '}');
		return;
	}
	buf_adds(out, "null");
}

static void write_case(struct buf *out, struct store_reader *reader, const struct calendar *cal,
	const struct one_case *one, const struct plan_period *period, const json_t *left)
{
	char date[16];
	ANJU_AUTO_MEM char *key = plan_key(one->o, one->whom, period->day);
	ANJU_AUTO_BUF name = BUF_INIT;
	struct store_case row;
	buf_addf(&name, "%s/%s", one->o->workflow, key != NULL ? key : "");
	bool opened = key != NULL &&
		      store_read_case(reader, one->o->workflow, key, &row, NULL) == ANJU_OK;
	buf_addc(out, '{');
	out_string(out, "obligation", one->o->id);
	out_label(out, "title", one->o->title.text);
	out_string(out, "workflow", one->o->workflow);
	out_string(out, "begins", date_format(period->begins, date));
	write_due(out, cal, one, period->begins);
	out_string(out, "case", name.data);
	out_bool(out, "opened", opened);
	write_parts(out, one);
	write_waiting(out, opened ? NULL : left, one->whom->name, period);
	buf_addc(out, '}');
}

/* The cursor counts cases, those that the unit takes no part in too. */
struct listing {
	struct page page;
	struct store_reader *reader;
	const struct pack_set *packs;
	const struct calendar *cal;
	const char *unit;
	int64_t skip, at;
	const struct obligation *left_of;
	json_t *left; /* owned; obligation_left_read() of that one */
};

static anju_status read_left(struct listing *list, const struct obligation *o, anju_error *err)
{
	if (list->left_of == o)
		return ANJU_OK;
	json_decref(list->left);
	list->left = NULL;
	list->left_of = o;
	return obligation_left_read(list->reader, o->id, &list->left, err);
}

static anju_status list_one(struct listing *list, const struct obligation *o,
	const struct obliged *whom, const struct plan_period *period, anju_error *err)
{
	struct one_case one;
	if (list->at++ < list->skip)
		return ANJU_OK;
	anju_status st = look_at(list->packs, o, whom, period, &one, err);
	if (st != ANJU_OK)
		return st;
	if (takes_part(&one, list->unit) && page_item(&list->page)) {
		write_case(list->page.out, list->reader, list->cal, &one, period, list->left);
		snprintf(list->page.next, sizeof list->page.next, "%lld", (long long)list->at);
	}
	json_decref(one.data);
	return ANJU_OK;
}

/* Those of one obligation that could not be opened; nobody waits for a unit that it does not concern any more. */
static anju_status list_left(struct listing *list, const struct obligation *o, anju_error *err)
{
	size_t i;
	const json_t *row;
	anju_status st = read_left(list, o, err);
	json_array_foreach(list->left, i, row) {
		const char *unit = json_string_value(json_object_get(row, "unit"));
		int32_t day = (int32_t)json_integer_value(json_object_get(row, "day"));
		const struct plan_period period = {
			.day = day, .begins = calendar_shift(list->cal, day, o->shift)};
		for (size_t k = 0; k < o->obliged_len && st == ANJU_OK && !list->page.more; k++) {
			if (unit != NULL && strcmp(o->obliged[k].name, unit) == 0)
				st = list_one(list, o, &o->obliged[k], &period, err);
		}
	}
	return st;
}

static anju_status list_period(
	struct listing *list, const struct forecast_item *item, anju_error *err)
{
	const struct obligation *o = item->o;
	anju_status st = read_left(list, o, err);
	for (size_t i = 0; i < o->obliged_len && st == ANJU_OK && !list->page.more; i++)
		st = list_one(list, o, &o->obliged[i], &item->period, err);
	return st;
}

static anju_status check_span(
	const struct rpc_call *call, int32_t from, int32_t to, anju_error *err)
{
	char first[16], last[16], found[16];
	if (to >= from && to - from <= DAYS_MAX)
		return ANJU_OK;
	(void)anju_fail(err, ANJU_E_INVALID, "rpc.param_value", "too many days, or none");
	anju_error_where(err, call->arg[LIST_TO] != NULL ? "/to" : "/from");
	anju_error_found(err, "%s", date_format(to, found));
	anju_error_allowed(
		err, "%s … %s", date_format(from, first), date_format(from + DAYS_MAX, last));
	return ANJU_E_INVALID;
}

static anju_status read_list(
	struct rpc_call *call, struct store_reader *reader, struct buf *out, anju_error *err)
{
	int32_t today = timestamp_to_day(engine_now(call->server->engine)), from = 0, to = 0;
	int limit = 0;
	ANJU_AUTO(calendar) cal = engine_calendar(call->server->engine);
	struct listing list = {.reader = reader,
		.packs = call->server->options.packs,
		.cal = cal,
		.unit = arg_string(call->arg[LIST_UNIT])};
	anju_status st = read_day(call, LIST_FROM, today, &from, err);
	if (st == ANJU_OK)
		st = read_day(call, LIST_TO, from + DAYS_DEFAULT, &to, err);
	if (st == ANJU_OK)
		st = check_span(call, from, to, err);
	if (st == ANJU_OK)
		st = arg_limit(call->arg[LIST_LIMIT], &limit, err);
	if (st == ANJU_OK)
		st = arg_cursor(call->arg[LIST_AFTER], &list.skip, 1, err);
	bool waiting = arg_bool(call->arg[LIST_WAITING]);
	struct forecast_item *items = NULL;
	size_t len = 0;
	if (st == ANJU_OK && !waiting)
		st = forecast(list.packs, cal, from, to, &items, &len, err);
	if (st != ANJU_OK)
		return st;
	page_open(&list.page, out, limit);
	for (size_t i = 0; i < len && st == ANJU_OK && !list.page.more; i++)
		st = list_period(&list, &items[i], err);
	for (size_t i = 0; waiting && i < pack_set_obligation_count(list.packs); i++) {
		if (st == ANJU_OK && !list.page.more)
			st = list_left(&list, pack_set_obligation_at(list.packs, i), err);
	}
	json_decref(list.left);
	page_close(&list.page);
	free(items);
	return st;
}

/* --- obligation.get --- */

enum { GET_ID, GET_AS };
static const struct param get_params[] = {
	[GET_ID] = {"id", PARAM_STRING, true, "任务标识", "id of the obligation"},
	[GET_AS] = RPC_PARAM_AS,
};
static const struct param get_result[] = {
	{"id", PARAM_STRING, true, "任务标识", "its id"},
	{"title", PARAM_OBJECT, true, "名称", "title"},
	{"workflow", PARAM_STRING, true, "为哪个流程立案", "the workflow of which it opens a case"},
	{"file", PARAM_STRING, true, "写在哪个文件", "where it is written"},
	{"begins", PARAM_STRING, true, "calendar 按日历，trigger 由事由，blank 周期待填",
		"calendar, trigger (somebody opens it) or blank (the period is to be filled in)"},
	{"recur", PARAM_ANY, true, "周期规则或 null", "the rule, or null"},
	{"start", PARAM_ANY, true, "第一天或 null", "first day, or null"},
	{"until", PARAM_ANY, true, "最后一天或 null", "last day, or null"},
	{"shift", PARAM_ANY, true, "开始日的移动或 null", "how the opening day moves, or null"},
	{"trigger", PARAM_OBJECT, false, "由什么事开始", "what makes it begin"},
	{"says", PARAM_OBJECT, false, "待填的周期原文怎么说", "what the text says of the period"},
	{"due", PARAM_ANY, true, "期限规则原文或 null", "the due rule as written, or null"},
	{"like", PARAM_ANY, true, "参照的任务或 null", "the obligation it is like, or null"},
	{"rows", PARAM_ARRAY, true, "依据编号", "rows of the catalogue"},
	{"done", PARAM_ANY, true, "已立到哪一期（名义日期）或 null",
		"the last period that was begun (nominal day), or null"},
	{"next", PARAM_ANY, true, "下一次开始的日期或 null", "when it begins next, or null"},
	{"units", PARAM_ARRAY, true, "归哪些单位，各自的牵头、责任、配合、验收",
		"whose it is, and for each who leads, is responsible, cooperates, reviews"},
};

static anju_status fail_unknown(const struct pack_set *packs, const char *id, anju_error *err)
{
	ANJU_AUTO_BUF list = BUF_INIT;
	for (size_t i = 0; i < pack_set_obligation_count(packs); i++)
		buf_addf(&list, "%s%s", i > 0 ? " " : "", pack_set_obligation_at(packs, i)->id);
	(void)anju_fail(err, ANJU_E_NOTFOUND, "obligation.unknown", "no obligation %.60s", id);
	anju_error_where(err, "/id");
	anju_error_found(err, "%s", id);
	anju_error_allowed(err, "%s", list.len > 0 ? list.data : "@say.no_obligations");
	return ANJU_E_NOTFOUND;
}

static void write_day(struct buf *out, const char *name, int32_t day, int32_t absent)
{
	char date[16];
	out_string(out, name, day != absent ? date_format(day, date) : NULL);
}

static void write_rules(struct buf *out, const struct obligation *o)
{
	static const char *const shifts[] = {"previous_workday", NULL, "next_workday"};
	bool blank = o->blank != NULL && o->rrule == NULL;
	out_string(out, "id", o->id);
	out_label(out, "title", o->title.text);
	out_string(out, "workflow", o->workflow);
	out_string(out, "file", o->file);
	out_string(out, "begins", o->triggered ? "trigger" : blank ? "blank" : "calendar");
	out_string(out, "recur", o->rrule);
	write_day(out, "start", o->start, INT32_MIN);
	write_day(out, "until", o->until, INT32_MAX);
	out_string(out, "shift", shifts[o->shift + 1]);
	if (o->triggered)
		out_label(out, "trigger", o->trigger.text);
	if (o->blank != NULL)
		out_label(out, "says", o->says.text);
	out_member(out, "due");
	if (o->due_text != NULL)
		out_value(out, o->due_text);
	else
		buf_adds(out, "null");
	out_string(out, "like", o->like);
	out_member(out, "rows");
	if (o->rows != NULL)
		out_value(out, o->rows);
	else
		buf_adds(out, "[]");
}

static anju_status write_progress(struct store_reader *reader, struct buf *out,
	const struct calendar *cal, const struct obligation *o, anju_error *err)
{
	char name[128];
	const char *text;
	int32_t done = PLAN_NONE;
	struct plan_period next = {.begins = PLAN_NONE};
	snprintf(name, sizeof name, "obligation/%s", o->id);
	anju_status st = store_read_meta(reader, name, &text, err);
	if (st != ANJU_OK && st != ANJU_E_NOTFOUND)
		return st;
	if (st == ANJU_OK && text[0] != '-')
		done = (int32_t)strtol(text, NULL, 10);
	st = plan_next(o, cal, done, &next, err);
	if (st != ANJU_OK && st != ANJU_E_NOTFOUND)
		return st;
	write_day(out, "done", done, PLAN_NONE);
	write_day(out, "next", next.begins, PLAN_NONE);
	return ANJU_OK;
}

static anju_status write_units(const struct pack_set *packs, struct buf *out,
	const struct obligation *o, int32_t today, anju_error *err)
{
	const struct plan_period period = {.day = today, .begins = today};
	out_member(out, "units");
	buf_addc(out, '[');
	for (size_t i = 0; i < o->obliged_len; i++) {
		struct one_case one;
		anju_status st = look_at(packs, o, &o->obliged[i], &period, &one, err);
		if (st != ANJU_OK)
			return st;
		buf_adds(out, i > 0 ? ",{" : "{");
		out_string(out, "name", one.whom->name);
		write_parts(out, &one);
		buf_addc(out, '}');
		json_decref(one.data);
	}
	buf_addc(out, ']');
	return ANJU_OK;
}

static anju_status read_get(
	struct rpc_call *call, struct store_reader *reader, struct buf *out, anju_error *err)
{
	const struct pack_set *packs = call->server->options.packs;
	const char *id = arg_string(call->arg[GET_ID]);
	const struct obligation *o = pack_set_obligation(packs, id);
	int32_t today = timestamp_to_day(engine_now(call->server->engine));
	ANJU_AUTO(calendar) cal = engine_calendar(call->server->engine);
	if (o == NULL)
		return fail_unknown(packs, id, err);
	buf_addc(out, '{');
	write_rules(out, o);
	anju_status st = write_progress(reader, out, cal, o, err);
	if (st == ANJU_OK)
		st = write_units(packs, out, o, today, err);
	buf_addc(out, '}');
	return st;
}

/* --- obligation.open --- */

enum { BEGIN_ID, BEGIN_UNIT, BEGIN_ON, BEGIN_REF, BEGIN_DRY, BEGIN_AS };
static const struct param open_params[] = {
	[BEGIN_ID] = {"id", PARAM_STRING, true, "任务标识", "id of the obligation"},
	[BEGIN_UNIT] = {"unit", PARAM_STRING, true, "为哪个单位（或区划）",
		"for which unit, or region"},
	[BEGIN_ON] = {"on", PARAM_STRING, true, "事由发生的日期，由此起算",
		"the day on which it happened, from which is counted"},
	[BEGIN_REF] = {"ref", PARAM_STRING, false, "事由编号：同一天的几件由它区分",
		"reference that tells several of one day apart"},
	[BEGIN_DRY] = {"dry_run", PARAM_BOOL, false, "只试办，不生效", "try it, change nothing"},
	[BEGIN_AS] = RPC_PARAM_AS,
};
static const struct param open_result[] = {
	{"case", PARAM_STRING, true, "个案", "the case"},
	{"rev", PARAM_INT, true, "版本号", "its revision"},
	{"states", PARAM_ARRAY, true, "状态", "its active states"},
	{"existing", PARAM_BOOL, false, "早已开始：没有重复立案",
		"it had begun already: nothing was opened"},
};

static anju_status build_open(struct rpc_call *call, struct command *cmd, anju_error *err)
{
	cmd->obligation = arg_string(call->arg[BEGIN_ID]);
	cmd->unit = arg_string(call->arg[BEGIN_UNIT]);
	cmd->ref = arg_string(call->arg[BEGIN_REF]);
	cmd->dry_run = arg_bool(call->arg[BEGIN_DRY]);
	if (cmd->ref != NULL && cmd->ref[0] == '\0')
		cmd->ref = NULL;
	return read_day(call, BEGIN_ON, 0, &cmd->day, err);
}

static const struct method methods[] = {
	{.name = "obligation.list",
		.kind = METHOD_READ,
		.zh = "一段时间里什么任务何时开始、何时到期，按定义推算",
		.en = "which obligations begin when and are due when, forecast from the "
		      "definitions",
		.params = list_params,
		.params_len = METHOD_COUNT(list_params),
		.result = list_result,
		.result_len = METHOD_COUNT(list_result),
		.read = read_list},
	{.name = "obligation.get",
		.kind = METHOD_READ,
		.zh = "一项任务：规则、进度和单位",
		.en = "one obligation: its rules, how far it has come, and whose it is",
		.params = get_params,
		.params_len = METHOD_COUNT(get_params),
		.result = get_result,
		.result_len = METHOD_COUNT(get_result),
		.read = read_get},
	{.name = "obligation.open",
		.kind = METHOD_WRITE,
		.zh = "由事由开始一项任务（牵头、验收单位及其上级）",
		.en = "Begin an obligation that waits for something to happen (who leads, who "
		      "reviews, and "
		      "those above them)",
		.params = open_params,
		.params_len = METHOD_COUNT(open_params),
		.result = open_result,
		.result_len = METHOD_COUNT(open_result),
		.command = COMMAND_BEGIN,
		.write = build_open},
};
const struct method_table methods_obligation = {methods, METHOD_COUNT(methods)};
