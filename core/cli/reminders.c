#include "cli/reminders.h"

#include <string.h>

#include "cli/lists.h"
#include "cli/names.h"
#include "cli/show.h"
#include "cli/table.h"

const char *reminder_status(const struct cli *cli, const char *status)
{
	static const struct {
		const char *name, *zh, *en;
	} titles[] = {
		{"waiting", "待汇总", "waits for the digest"},
		{"dropped", "不必再发", "no longer needed"},
		{"pending", "待送", "pending"},
		{"delivered", "已送达", "delivered"},
		{"dead", "送不到", "DEAD"},
	};
	for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++) {
		if (strcmp(titles[i].name, status) == 0)
			return cli->lang == LANG_EN ? titles[i].en : titles[i].zh;
	}
	return status;
}

/* What was said: a deadline's title and date, or the text of a notice. */
static void add_said(struct cli *cli, const json_t *said, struct buf *out)
{
	const char *title = show_label(cli, json_object_get(said, "title"));
	const char *text = show_label(cli, json_object_get(said, "text"));
	const char *due = show_text(said, "due");
	const char *what = title != NULL ? title : text;
	buf_adds(out, what != NULL ? what : "");
	if (due[0] != '\0')
		buf_addf(out, tr(cli->lang, "（期限 %s）", " (due %s)"), due);
}

static void add_unit(struct cli *cli, const json_t *reminder, struct buf *out)
{
	names_unit(cli, show_text(reminder, "unit"), out);
}

static void add_status(struct cli *cli, const json_t *reminder, struct buf *out)
{
	char ended[SHOW_TIME_CHARS];
	buf_addf(out, "%s %s", reminder_status(cli, show_text(reminder, "status")),
		show_time(json_object_get(reminder, "ended_at"), ended));
	if (show_text(reminder, "error")[0] != '\0')
		buf_addf(out, tr(cli->lang, "：%s", ": %s"), show_text(reminder, "error"));
}

void reminders_show(struct cli *cli, const json_t *reminders)
{
	static const struct list_column columns[] = {
		{"时间", "when", LIST_TIME, "at"},
		{"内容", "about", LIST_OWN, .own = add_said},
		{"收件单位", "unit", LIST_OWN, .own = add_unit},
		{"通道", "channel", LIST_TEXT, "channel"},
		{"送达情况", "what became of it", LIST_OWN, .own = add_status},
		{NULL},
	};
	if (json_array_size(reminders) == 0)
		return;
	ANJU_AUTO_TABLE t = TABLE_INIT;
	list_fill(cli, columns, reminders, &t);
	fprintf(cli->out, "%s\n", tr(cli->lang, "提醒", "Reminders"));
	table_print(&t, 2, cli->width, cli->out);
}

void reminders_show_cases(struct cli *cli, const json_t *items)
{
	static const struct list_column columns[] = {
		{"个案", "case", LIST_TEXT, "case"},
		{"内容", "about", LIST_OWN, .own = add_said},
		{NULL},
	};
	if (json_array_size(items) == 0)
		return;
	ANJU_AUTO_TABLE t = TABLE_INIT;
	list_fill(cli, columns, items, &t);
	fprintf(cli->out, "%s\n", tr(cli->lang, "所说的个案", "Cases it speaks of"));
	table_print(&t, 2, cli->width, cli->out);
}

void reminder_entry(struct cli *cli, const json_t *message, struct buf *out)
{
	size_t i;
	json_t *v;
	const char *status = show_text(message, "status");
	json_array_foreach(json_object_get(message, "about"), i, v) {
		buf_adds(out, i > 0 ? tr(cli->lang, "；", "; ") : "");
		add_said(cli, v, out);
	}
	buf_adds(out, tr(cli->lang, " → ", " to "));
	names_unit(cli, show_text(message, "unit"), out);
	buf_addf(out, tr(cli->lang, "，%s：%s", " by %s: %s"), show_text(message, "channel"),
		reminder_status(cli, status));
	if (show_text(message, "error")[0] != '\0')
		buf_addf(out, tr(cli->lang, "，%s", ", %s"), show_text(message, "error"));
}
