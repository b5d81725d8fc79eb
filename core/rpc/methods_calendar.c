/* The calendar that deadlines are counted with. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "calendar/calendar.h"
#include "rpc/common.h"
#include "rpc/method.h"
#include "rpc/reply.h"
#include "rpc/state.h"

/* Twelve years and more in one answer of a few hundred kilobytes. */
#define DAYS_MAX 4500

enum { DAYS_FROM, DAYS_TO, DAYS_AS };
static const struct param days_params[] = {
	[DAYS_FROM] = {"from", PARAM_STRING, true, "起始日期", "first day"},
	[DAYS_TO] = {"to", PARAM_STRING, true, "终止日期（含）", "last day"},
	[DAYS_AS] = RPC_PARAM_AS,
};
static const struct param days_result[] = {
	{"days", PARAM_ARRAY, true,
		"每天：date、workday、name（假日名称 {zh, en}）、status（announced "
		"已公布，provisional 尚无通知）",
		"each day: date, workday, name (of the holiday, {zh, en}), status (announced, or "
		"provisional: no notice for its year yet)"},
};

static void write_day(const struct calendar *cal, int32_t day, struct buf *out)
{
	char date[16];
	const char *name[2] = {
		calendar_day_name(cal, day, LANG_ZH), calendar_day_name(cal, day, LANG_EN)};
	(void)date_format(day, date);
	int year = (int)strtol(date, NULL, 10);
	bool announced = calendar_year_status(cal, year) == CALENDAR_ANNOUNCED;
	buf_addc(out, '{');
	out_string(out, "date", date);
	out_bool(out, "workday", calendar_is_workday(cal, day));
	if (name[0][0] != '\0')
		out_label(out, "name", name);
	out_string(out, "status", announced ? "announced" : "provisional");
	buf_addc(out, '}');
}

static anju_status read_day(struct rpc_call *call, int i, int32_t *ret, anju_error *err)
{
	anju_status st = date_parse(arg_string(call->arg[i]), ret, err);
	if (st != ANJU_OK)
		anju_error_where(err, "/%s", call->method->params[i].name);
	return st;
}

static anju_status calendar_days(
	struct rpc_call *call, struct store_reader *reader, struct buf *out, anju_error *err)
{
	int32_t from, to;
	anju_status st = read_day(call, DAYS_FROM, &from, err);
	if (st == ANJU_OK)
		st = read_day(call, DAYS_TO, &to, err);
	if (st != ANJU_OK)
		return st;
	if (to < from || to - from >= DAYS_MAX) {
		char first[16], last[16];
		int32_t most = from + DAYS_MAX - 1;
		(void)anju_fail(err, ANJU_E_INVALID, "rpc.param_value", "too many days, or none");
		anju_error_where(err, "/to");
		anju_error_found(err, "%s", arg_string(call->arg[DAYS_TO]));
		anju_error_allowed(
			err, "%s … %s", date_format(from, first), date_format(most, last));
		return ANJU_E_INVALID;
	}
	ANJU_AUTO(calendar) calendar = engine_calendar(call->server->engine);
	buf_adds(out, "{\"days\":[");
	for (int32_t day = from; day <= to; day++) {
		if (day > from)
			buf_addc(out, ',');
		write_day(calendar, day, out);
	}
	buf_adds(out, "]}");
	return ANJU_OK;
}

static const struct method methods[] = {
	{.name = "calendar.days",
		.kind = METHOD_READ,
		.zh = "一段时间里哪天上班、哪天放假",
		.en = "which days of a span are working days, and which are holidays",
		.params = days_params,
		.params_len = METHOD_COUNT(days_params),
		.result = days_result,
		.result_len = METHOD_COUNT(days_result),
		.read = calendar_days},
};
const struct method_table methods_calendar = {methods, METHOD_COUNT(methods)};
