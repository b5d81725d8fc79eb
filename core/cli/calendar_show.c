/* calendar show: which days are worked, from the daemon, or without one from the calendar plugin itself. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/json.h"
#include "bind/bind.h"
#include "cli/commands.h"
#include "cli/plugin_dirs.h"
#include "cli/show.h"
#include "plugin/plugin.h"

#define PLUGIN "calendar_cn"
/* as many as the daemon gives at once */
#define PAGE 4000

struct day {
	int32_t day;
	bool workday, announced;
	char name[128]; /* in the user's language; "" = no holiday */
};

enum form { FORM_TABLE, FORM_CSV, FORM_JSON };

struct show {
	struct cli *cli;
	enum form form;
	bool all; /* also plain weekends and plain working days */
	struct table table;
	json_t *days; /* owned; FORM_JSON */
	size_t shown;
};

/* --- one day --- */

static bool is_special(const struct day *d)
{
	bool weekend = ((d->day % 7) + 7) % 7 == 2 || ((d->day % 7) + 7) % 7 == 3;
	return d->name[0] != '\0' || d->workday == weekend;
}

static const char *kind_of(const struct show *s, const struct day *d)
{
	enum lang lang = s->cli->lang;
	if (d->workday)
		return is_special(d) ? tr(lang, "调休上班", "make-up working day")
				     : tr(lang, "上班", "working day");
	return d->name[0] != '\0' ? tr(lang, "放假", "holiday") : tr(lang, "休息", "day off");
}

static const char *status_of(const struct show *s, const struct day *d)
{
	return d->announced ? tr(s->cli->lang, "已公布", "announced")
			    : tr(s->cli->lang, "暂定", "provisional");
}

static void show_day(struct show *s, const struct day *d)
{
	char date[16];
	(void)date_format(d->day, date);
	s->shown++;
	switch (s->form) {
	case FORM_CSV:
		fprintf(s->cli->out, "%s,%d,%s,%s\n", date, d->workday, d->name,
			d->announced ? "announced" : "provisional");
		break;
	case FORM_JSON:
		json_array_append_new(
			s->days, json_pack("{s:s, s:b, s:s, s:s}", "date", date, "is_workday",
					 d->workday, "name", d->name, "status",
					 d->announced ? "announced" : "provisional"));
		break;
	case FORM_TABLE:
		if (!s->all && !is_special(d)) {
			s->shown--;
			break;
		}
		table_cell(&s->table, date);
		table_cell(&s->table, kind_of(s, d));
		table_cell(&s->table, d->name);
		table_cell(&s->table, status_of(s, d));
		break;
	}
}

/* --- from the plugin --- */

static int from_plugin(struct show *s, int32_t from, int32_t to)
{
	struct cli_plugin_dirs dirs;
	anju_error err = {0};
	ANJU_AUTO(plugin_set) set = NULL;
	ANJU_AUTO(calendar) cal = NULL;
	ANJU_AUTO_JSON *names = json_pack("[s]", PLUGIN);
	cli_plugin_dirs(s->cli, &dirs);
	struct plugin_options options = {.dirs = dirs.list};
	anju_status st = plugin_set_load(&options, names, &set, &err);
	if (st == ANJU_OK)
		st = bind_calendar(set, &cal, &err);
	if (st != ANJU_OK)
		return cli_fail(s->cli, CLI_USAGE, &err);
	for (int32_t day = from; day <= to; day++) {
		char date[16];
		struct day d = {.day = day, .workday = calendar_is_workday(cal, day)};
		int year = (int)strtol(date_format(day, date), NULL, 10);
		d.announced = calendar_year_status(cal, year) == CALENDAR_ANNOUNCED;
		snprintf(d.name, sizeof d.name, "%s",
			calendar_day_name(cal, day, (int)s->cli->lang));
		show_day(s, &d);
	}
	return CLI_OK;
}

/* --- from the daemon --- */

static int page_from_daemon(struct show *s, int32_t from, int32_t to)
{
	char first[16], last[16];
	ANJU_AUTO_JSON *answer = NULL;
	json_t *params = json_pack(
		"{s:s, s:s}", "from", date_format(from, first), "to", date_format(to, last));
	int code = cli_call(s->cli, "calendar.days", params, &answer);
	size_t i;
	json_t *v;
	json_array_foreach(json_object_get(answer, "days"), i, v) {
		struct day d = {.workday = json_is_true(json_object_get(v, "workday")),
			.announced = strcmp(show_text(v, "status"), "announced") == 0};
		const char *name = show_label(s->cli, json_object_get(v, "name"));
		snprintf(d.name, sizeof d.name, "%s", name != NULL ? name : "");
		if (date_parse(show_text(v, "date"), &d.day, NULL) == ANJU_OK)
			show_day(s, &d);
	}
	return code;
}

static int from_daemon(struct show *s, int32_t from, int32_t to)
{
	int code = CLI_OK;
	for (int32_t at = from; at <= to && code == CLI_OK; at += PAGE)
		code = page_from_daemon(s, at, to - at < PAGE ? to : at + PAGE - 1);
	return code;
}

/* --- the command --- */

static int read_day(struct cli *cli, const char *option, const char *missing, int32_t *ret)
{
	anju_error err = {0};
	const char *given = cli_value(cli, option);
	if (date_parse(given != NULL ? given : missing, ret, &err) == ANJU_OK)
		return CLI_OK;
	anju_error_where(&err, "--%s", option);
	return cli_fail_usage(cli, &err);
}

static int read_span(struct cli *cli, int32_t *ret_from, int32_t *ret_to)
{
	char last[16];
	const char *from = cli_needed(cli, "from");
	if (from == NULL)
		return CLI_USAGE;
	int code = read_day(cli, "from", from, ret_from);
	/* without --to, the rest of that year */
	snprintf(last, sizeof last, "%.4s-12-31", from);
	if (code == CLI_OK)
		code = read_day(cli, "to", last, ret_to);
	if (code != CLI_OK || *ret_to >= *ret_from)
		return code;
	anju_error err = {0};
	(void)anju_fail(&err, ANJU_E_INVALID, "cli.option_value", "before --from");
	anju_error_where(&err, "--to");
	anju_error_found(&err, "%s", cli_value(cli, "to"));
	anju_error_allowed(&err, "≥ %s", from);
	return cli_fail_usage(cli, &err);
}

static int read_form(struct cli *cli, enum form *ret)
{
	static const char *const names[] = {"table", "csv", "json"};
	const char *given = cli_value(cli, "format");
	*ret = cli->json ? FORM_JSON : FORM_TABLE;
	for (int i = 0; i < 3; i++) {
		if (given != NULL && strcmp(given, names[i]) == 0) {
			*ret = (enum form)i;
			return CLI_OK;
		}
	}
	if (given == NULL)
		return CLI_OK;
	anju_error err = {0};
	(void)anju_fail(&err, ANJU_E_INVALID, "cli.option_value", "no such format");
	anju_error_where(&err, "--format");
	anju_error_found(&err, "%s", given);
	anju_error_allowed(&err, "table|csv|json");
	return cli_fail_usage(cli, &err);
}

static void begin(struct show *s)
{
	enum lang lang = s->cli->lang;
	if (s->form == FORM_CSV)
		fputs("date,is_workday,name,status\n", s->cli->out);
	table_column(&s->table, tr(lang, "日期", "date"));
	table_column(&s->table, tr(lang, "安排", "kind"));
	table_column(&s->table, tr(lang, "节日", "holiday"));
	table_column(&s->table, tr(lang, "依据", "status"));
}

static void end(struct show *s)
{
	ANJU_AUTO_JSON *shown = json_pack("{s:O}", "days", s->days);
	if (s->form == FORM_TABLE)
		show_table(s->cli, &s->table, s->shown, false);
	else if (s->form == FORM_JSON)
		show_json(s->cli, shown);
}

int run_calendar_show(struct cli *cli)
{
	int32_t from, to;
	struct show s = {.cli = cli, .all = cli_flag(cli, "all"), .days = json_array()};
	int code = read_form(cli, &s.form);
	if (code == CLI_OK)
		code = read_span(cli, &from, &to);
	if (code == CLI_OK) {
		bool offline = cli_value(cli, "plugins") != NULL || access(cli->socket, F_OK) != 0;
		begin(&s);
		code = offline ? from_plugin(&s, from, to) : from_daemon(&s, from, to);
	}
	if (code == CLI_OK)
		end(&s);
	table_done(&s.table);
	json_decref(s.days);
	return code;
}
