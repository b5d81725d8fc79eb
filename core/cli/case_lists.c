/* case list, history, stats; deadline list, stats. */
#include <string.h>

#include "base/json.h"
#include "cli/commands.h"
#include "cli/lists.h"
#include "cli/names.h"
#include "cli/reminders.h"
#include "cli/show.h"

/* --- cases --- */

static void case_phase(struct cli *cli, const json_t *cs, struct buf *out)
{
	const json_t *definition = names_workflow(cli, show_text(cs, "workflow"));
	buf_adds(out, names_phase(cli, definition, show_text(cs, "phase")));
}

static void case_over(struct cli *cli, const json_t *cs, struct buf *out)
{
	buf_adds(out, show_yes(cli, json_is_true(json_object_get(cs, "done"))));
}

static void case_states(struct cli *cli, const json_t *cs, struct buf *out)
{
	const json_t *definition = names_workflow(cli, show_text(cs, "workflow"));
	size_t i;
	json_t *v;
	json_array_foreach(json_object_get(cs, "states"), i, v) {
		buf_adds(out, i > 0 ? tr(cli->lang, "；", "; ") : "");
		names_leaf(cli, definition, json_string_value(v), out);
	}
}

int run_case_list(struct cli *cli)
{
	static const struct list_filter filters[] = {{"workflow", "workflow"}, {"region", "region"},
		{"phase", "phase"}, {"state", "state"}, {"done", "done", .flag = true}, {NULL}};
	static const struct list_column columns[] = {
		{"个案", "case", LIST_TEXT, "case"},
		{"阶段", "phase", LIST_OWN, .own = case_phase},
		{"版本", "rev", LIST_NUMBER, "rev"},
		{"办结", "over", LIST_OWN, .own = case_over},
		{"最近变动", "changed", LIST_TIME, "updated_at"},
		{"区划", "region", LIST_TEXT, "region"},
		{"状态", "state", LIST_OWN, .own = case_states},
		{NULL},
	};
	static const struct list_view view = {"case.list", filters, columns};
	return list_run(cli, &view, NULL);
}

/* "answer 2027-01-04 → 2027-01-05" of dates that were counted again. */
static void moved_dates(struct cli *cli, const json_t *body, struct buf *out)
{
	size_t i;
	json_t *v;
	json_array_foreach(json_object_get(body, "deadlines"), i, v) {
		const char *was = json_string_value(json_object_get(v, "was"));
		const char *due = json_string_value(json_object_get(v, "due"));
		const char *none = tr(cli->lang, "未定", "no date");
		if (json_object_get(v, "was") == NULL)
			continue;
		buf_addf(out, "%s%s %s → %s", out->len > 0 ? ", " : "", show_text(v, "name"),
			was != NULL ? was : none, due != NULL ? due : none);
	}
}

/* "head_name persons" of what an entry set, so that a history can be skimmed. */
static void changed_fields(struct cli *cli, const json_t *entry, struct buf *out)
{
	const json_t *body = json_object_get(entry, "body");
	const char *name;
	json_t *v;
	json_object_foreach(json_object_get(body, "data"), name, v) {
		buf_addf(out, "%s%s", out->len > 0 ? " " : "", name);
	}
	json_object_foreach(json_object_get(body, "docs"), name, v) {
		buf_addf(out, "%s%s%s", out->len > 0 ? " " : "", json_is_null(v) ? "-" : "+", name);
	}
	moved_dates(cli, body, out);
	const json_t *message = json_object_get(body, "message");
	if (message != NULL)
		reminder_entry(cli, message, out);
	const json_t *moved = json_object_get(body, "definition");
	if (moved != NULL)
		buf_addf(out,
			tr(cli->lang, "%s（从定义 %s 迁移到 %s）",
				"%s(moved from definition %s to %s)"),
			out->len > 0 ? " " : "", show_text(moved, "from_version"),
			show_text(moved, "to_version"));
}

/* Reminders are no entries, but for those that were given up: what became of them stands in the outbox. */
static int show_reminders(struct cli *cli)
{
	int64_t limit = 100;
	ANJU_AUTO_JSON *items = NULL;
	bool more = false;
	(void)cli_number(cli, "limit", 1, &limit); /* looked at before */
	int code = cli_pages(cli, "case.reminders", json_pack("{s:s}", "case", cli->args[0]),
		cli_flag(cli, "all") ? 0 : limit, &items, &more);
	if (code == CLI_OK)
		reminders_show(cli, items);
	return code;
}

int run_case_history(struct cli *cli)
{
	static const struct list_column columns[] = {
		{"版本", "rev", LIST_NUMBER, "rev"},
		{"记录时间", "recorded", LIST_TIME, "recorded_at"},
		{"发生时间", "effective", LIST_TIME, "effective_at"},
		{"经办", "by", LIST_TEXT, "actor"},
		{"事件", "event", LIST_TEXT, "event"},
		{"理由", "reason", LIST_TEXT, "reason"},
		{"写入", "written", LIST_OWN, .own = changed_fields},
		{NULL},
	};
	static const struct list_view view = {"case.history", NULL, columns};
	int code = list_run(cli, &view, json_pack("{s:s}", "case", cli->args[0]));
	return code == CLI_OK && !cli->json ? show_reminders(cli) : code;
}

int run_case_stats(struct cli *cli)
{
	static const struct list_filter filters[] = {
		{"workflow", "workflow"}, {"region", "region"}, {NULL}};
	static const struct list_column columns[] = {
		{"流程", "workflow", LIST_TEXT, "workflow"},
		{"阶段", "phase", LIST_OWN, .own = case_phase},
		{"在办", "open", LIST_NUMBER, "open"},
		{"办结", "over", LIST_NUMBER, "done"},
		{NULL},
	};
	static const struct list_view view = {
		"case.stats", filters, columns, .whole = true, .total = true};
	return list_run(cli, &view, NULL);
}

/* --- deadlines --- */

const char *list_deadline_status(const struct cli *cli, const json_t *deadline)
{
	static const struct {
		const char *name, *zh, *en;
	} titles[] = {
		{"open", "未了", "open"},
		{"met", "按期", "met"},
		{"met_late", "逾期完成", "met late"},
		{"superseded", "不再适用", "superseded"},
		{"waived", "豁免", "waived"},
		{"watched", "持续核查", "watched"},
	};
	if (json_is_true(json_object_get(deadline, "overdue")))
		return tr(cli->lang, "逾期", "OVERDUE");
	if (json_is_true(json_object_get(deadline, "suspended")))
		return tr(cli->lang, "中止", "suspended");
	const char *status = show_text(deadline, "status");
	for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++) {
		if (strcmp(titles[i].name, status) == 0)
			return cli->lang == LANG_EN ? titles[i].en : titles[i].zh;
	}
	return status;
}

static void deadline_status(struct cli *cli, const json_t *deadline, struct buf *out)
{
	buf_adds(out, list_deadline_status(cli, deadline));
}

static void deadline_due(struct cli *cli, const json_t *deadline, struct buf *out)
{
	const char *due = show_text(deadline, "due");
	bool provisional = json_is_true(json_object_get(deadline, "provisional"));
	buf_adds(out, due[0] != '\0' ? due : tr(cli->lang, "未定", "not known"));
	buf_adds(out, provisional ? tr(cli->lang, "（暂定）", " (provisional)") : "");
}

static void deadline_lead(struct cli *cli, const json_t *deadline, struct buf *out)
{
	names_units(cli, json_object_get(deadline, "lead"), out);
}

static void deadline_responsible(struct cli *cli, const json_t *deadline, struct buf *out)
{
	names_units(cli, json_object_get(deadline, "responsible"), out);
}

/* clang-format off */
#define DEADLINE_WHEN {"到期", "due", LIST_OWN, .own = deadline_due}, \
		{"状态", "status", LIST_OWN, .own = deadline_status}
#define DEADLINE_WHAT {"期限", "deadline", LIST_TEXT, "name"}, \
		{"名称", "title", LIST_LABEL, "title"}, \
		{"牵头", "lead", LIST_OWN, .own = deadline_lead}, \
		{"责任", "responsible", LIST_OWN, .own = deadline_responsible}
/* clang-format on */

const struct list_column list_deadline_columns[] = {DEADLINE_WHEN, DEADLINE_WHAT, {NULL}};

int run_deadline_list(struct cli *cli)
{
	static const struct list_filter filters[] = {{"unit", "unit"}, {"name", "name"},
		{"workflow", "workflow"}, {"case", "case"}, {"region", "region"},
		{"status", "status"}, {"due-before", "due_before"}, {NULL}};
	static const struct list_column columns[] = {
		DEADLINE_WHEN, {"个案", "case", LIST_TEXT, "case"}, DEADLINE_WHAT, {NULL}};
	static const struct list_view view = {"deadline.list", filters, columns};
	return list_run(cli, &view, NULL);
}

int run_deadline_stats(struct cli *cli)
{
	static const struct list_column columns[] = {
		{"牵头单位", "leading unit", LIST_OWN, .own = deadline_lead},
		{"期限", "deadline", LIST_TEXT, "name"},
		{"未了", "open", LIST_NUMBER, "open"},
		{"其中逾期", "overdue", LIST_NUMBER, "overdue"},
		{NULL},
	};
	static const struct list_view view = {
		"deadline.stats", NULL, columns, .whole = true, .total = true};
	return list_run(cli, &view, NULL);
}
