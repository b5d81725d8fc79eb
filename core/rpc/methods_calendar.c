/* The calendar that deadlines are counted with. */
#include <stdlib.h>
#include <string.h>

#include "agenda/agenda.h"
#include "base/error.h"
#include "calendar/calendar.h"
#include "rpc/common.h"
#include "rpc/method.h"
#include "rpc/reply.h"
#include "rpc/state.h"

/* Twelve years and more in one answer of a few hundred kilobytes. */
#define DAYS_MAX 4500
/* A few thousand deadlines. */
#define EXPORT_MAX (4u << 20)

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

/* --- as a file --- */

enum { EXPORT_UNIT, EXPORT_FROM, EXPORT_TO, EXPORT_LANG, EXPORT_AS };
static const char *const languages[] = {"zh", "en", NULL};
static const struct param export_params[] = {
	[EXPORT_UNIT] = {"unit", PARAM_STRING, true, "牵头、责任或配合单位",
		"leading, responsible or cooperating unit"},
	[EXPORT_FROM] = {"from", PARAM_STRING, false, "期限不早于此日", "due on this day or later"},
	[EXPORT_TO] = {"to", PARAM_STRING, false, "期限不晚于此日", "due on this day or earlier"},
	[EXPORT_LANG] = {"lang", PARAM_STRING, false, "文字：zh（默认）或 en",
		"language: zh (if not given) or en", languages},
	[EXPORT_AS] = RPC_PARAM_AS,
};
static const struct param export_result[] = {
	{"unit", PARAM_STRING, true, "单位", "the unit"},
	{"events", PARAM_INT, true, "期限个数", "how many deadlines"},
	{"text", PARAM_STRING, true, "iCalendar 文件的内容", "content of the iCalendar file"},
};

static anju_status check_unit(struct rpc_call *call, const char *code, anju_error *err)
{
	if (org_unit(call->server->org, code) != NULL)
		return ANJU_OK;
	(void)anju_fail(err, ANJU_E_NOTFOUND, "rpc.no_unit", "there is no unit %s", code);
	anju_error_where(err, "/unit");
	anju_error_found(err, "%s", code);
	return ANJU_E_NOTFOUND;
}

/* One answer has to go through a connection's buffer. */
static anju_status check_size(const struct agenda_unit *file, anju_error *err)
{
	if (file->text.len <= EXPORT_MAX)
		return ANJU_OK;
	(void)anju_fail(
		err, ANJU_E_LIMIT, "rpc.agenda_long", "%zu deadlines are too many", file->events);
	anju_error_found(err, "%zu", file->events);
	anju_error_allowed(err, "from, to");
	return ANJU_E_LIMIT;
}

static anju_status calendar_export(
	struct rpc_call *call, struct store_reader *reader, struct buf *out, anju_error *err)
{
	const char *lang = arg_string(call->arg[EXPORT_LANG]);
	struct agenda_options options = {.packs = call->server->options.packs,
		.unit = arg_string(call->arg[EXPORT_UNIT]),
		.from = INT32_MIN,
		.to = INT32_MAX,
		.now_ms = engine_now(call->server->engine),
		.lang = lang != NULL && strcmp(lang, "en") == 0 ? LANG_EN : LANG_ZH};
	ANJU_AUTO(agenda) agenda = NULL;
	anju_status st = check_unit(call, options.unit, err);
	if (st == ANJU_OK && call->arg[EXPORT_FROM] != NULL)
		st = read_day(call, EXPORT_FROM, &options.from, err);
	if (st == ANJU_OK && call->arg[EXPORT_TO] != NULL)
		st = read_day(call, EXPORT_TO, &options.to, err);
	if (st == ANJU_OK)
		st = agenda_make(reader, &options, &agenda, err);
	if (st == ANJU_OK)
		st = check_size(&agenda->units[0], err);
	if (st != ANJU_OK)
		return st;
	buf_addc(out, '{');
	out_string(out, "unit", options.unit);
	out_int(out, "events", (int64_t)agenda->units[0].events);
	out_string(out, "text", agenda->units[0].text.data);
	buf_addc(out, '}');
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
	{.name = "calendar.export",
		.kind = METHOD_READ,
		.zh = "单位的期限，iCalendar 格式，供日历软件导入或订阅",
		.en = "a unit's deadlines as iCalendar, for calendars to import or subscribe to",
		.params = export_params,
		.params_len = METHOD_COUNT(export_params),
		.result = export_result,
		.result_len = METHOD_COUNT(export_result),
		.read = calendar_export},
};
const struct method_table methods_calendar = {methods, METHOD_COUNT(methods)};
