/* A rehearsal in words and figures: a text, a page, JSON. */
#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "base/timestamp.h"
#include "base/utf8.h"
#include "base/xml.h"
#include "calendar/calendar.h"
#include "rehearse/impl.h"
#include "rehearse/report.h"

static const char *say(enum lang lang, const char *zh, const char *en)
{
	return lang == LANG_EN ? en : zh;
}

static const char *const kinds[TALLY_KINDS][3] = {
	[TALLY_BEGUN] = {"begun", "起算", "begun"},
	[TALLY_DUE] = {"due", "到期", "due"},
	[TALLY_MET] = {"met", "按期办成", "met"},
	[TALLY_MET_LATE] = {"met_late", "逾期办成", "met late"},
	[TALLY_MISSED] = {"overdue", "逾期", "overdue"},
	[TALLY_MESSAGES] = {"messages", "消息", "messages"},
};

/* --- words --- */

static void add_line(struct buf *out, enum lang lang, const char *zh, const char *en, int64_t n)
{
	if (n > 0)
		buf_addf(out, "  %s%s%" PRId64 "\n", say(lang, zh, en), say(lang, "：", ": "), n);
}

static void add_inputs(const struct rehearsal *r, enum lang lang, struct buf *out)
{
	const struct rehearse_counts *c = &r->counts;
	add_line(out, lang, "名册行数", "rows of rosters", c->rows);
	add_line(out, lang, "其中立案", "of them opened as cases", c->opened);
	add_line(out, lang, "其中有误", "of them faulty", c->faulty);
	add_line(out, lang, "数据中的在办个案", "open cases taken from the data", c->taken);
	add_line(out, lang, "其中迁移到这些包的定义", "of them brought to these definitions",
		c->moved);
	add_line(out, lang, "其中不能迁移", "of them that could not be brought over", c->unfit);
	add_line(out, lang, "脚本行数", "lines of the script", c->lines);
	add_line(out, lang, "其中办成", "of them done", c->done);
	add_line(out, lang, "按预期被拒绝", "refused as expected", c->refused_wanted);
	add_line(out, lang, "意外被拒绝", "refused, not as expected", c->refused);
	add_line(out, lang, "本应被拒绝却办成", "done, though a refusal was expected", c->accepted);
	add_line(out, lang, "次序颠倒（轮到时才办）", "out of order (done when their turn came)",
		c->out_of_order);
	add_line(out, lang, "不能执行的行", "lines that cannot be carried out", c->unreadable);
	add_line(out, lang, "终止日之后的行（未办）", "lines after the last day (left out)",
		c->after_end);
}

static void add_result(
	const struct rehearsal *r, const struct tallies *t, enum lang lang, struct buf *out)
{
	for (int k = 0; k < TALLY_MESSAGES; k++)
		buf_addf(out, "  %s%s%" PRId64 "\n", kinds[k][lang == LANG_EN ? 2 : 1],
			say(lang, "：", ": "), t->total[k]);
	add_line(out, lang, "到终止日仍逾期", "still overdue on the last day", t->overdue);
	add_line(out, lang, "未了、终止日之后到期", "open, due after the last day", t->later);
	add_line(out, lang, "未了、没有日期", "open, without a date", t->undated);
	add_line(out, lang, "到期日按未公布的放假安排推算", "due in a year with guessed holidays",
		t->provisional);
	buf_addf(out, "  %s%s%" PRId64, say(lang, "消息", "messages"), say(lang, "：", ": "),
		t->total[TALLY_MESSAGES]);
	if (t->urgent > 0)
		buf_addf(out,
			lang == LANG_EN ? ", %" PRId64 " of them urgent" : "，其中急件 %" PRId64,
			t->urgent);
	buf_addc(out, '\n');
	(void)r;
}

static void add_reasons(const struct rehearsal *r, enum lang lang, struct buf *out)
{
	const char *id;
	json_t *n;
	if (json_object_size(r->reasons) == 0)
		return;
	buf_addf(
		out, "\n%s\n", say(lang, "未按所写办理的原因", "Why things did not go as written"));
	json_object_foreach(r->reasons, id, n) {
		buf_addf(out, "  %6lld  %s\n", (long long)json_integer_value(n), id);
	}
}

/* --- tables --- */

static void pad(struct buf *out, const char *text, size_t width, bool right)
{
	size_t columns = utf8_columns(text, strlen(text));
	for (size_t i = columns; right && i < width; i++)
		buf_addc(out, ' ');
	buf_adds(out, text);
	for (size_t i = columns; !right && i < width; i++)
		buf_addc(out, ' ');
}

#define NUMBER_COLS 10

static void row_name(const struct rehearsal *r, const struct tally_row *row, bool deadlines,
	enum lang lang, struct buf *out)
{
	if (deadlines)
		buf_addf(out, "%s%s%s", report_workflow(r, row->a, lang), say(lang, "：", ": "),
			report_deadline(r, row->a, row->b, lang));
	else
		buf_adds(out, report_unit(r, row->a, lang));
}

static void add_table(const struct rehearsal *r, const struct tally *t, bool deadlines,
	enum lang lang, struct buf *out)
{
	int last = deadlines ? TALLY_MESSAGES : TALLY_KINDS;
	size_t width = 0;
	for (size_t i = 0; i < t->len; i++) {
		ANJU_AUTO_BUF name = BUF_INIT;
		row_name(r, &t->rows[i], deadlines, lang, &name);
		size_t n = name.data != NULL ? utf8_columns(name.data, name.len) : 0;
		width = n > width ? n : width;
	}
	buf_adds(out, "\n");
	pad(out, deadlines ? say(lang, "期限", "deadline") : say(lang, "单位", "unit"), width,
		false);
	for (int k = 0; k < last; k++)
		pad(out, kinds[k][lang == LANG_EN ? 2 : 1], NUMBER_COLS, true);
	buf_addc(out, '\n');
	for (size_t i = 0; i < t->len; i++) {
		ANJU_AUTO_BUF name = BUF_INIT;
		row_name(r, &t->rows[i], deadlines, lang, &name);
		pad(out, name.data != NULL ? name.data : "", width, false);
		for (int k = 0; k < last; k++) {
			char n[24];
			snprintf(n, sizeof n, "%" PRId64, t->rows[i].n[k]);
			pad(out, n, NUMBER_COLS, true);
		}
		buf_addc(out, '\n');
	}
}

static void add_heading(const struct rehearsal *r, enum lang lang, struct buf *out)
{
	char from[16], to[16];
	buf_addf(out, lang == LANG_EN ? "Rehearsal from %s to %s" : "预演：%s 至 %s",
		date_format(r->options.from, from), date_format(r->options.to, to));
}

void report_summary(
	const struct rehearsal *r, const struct tallies *t, enum lang lang, struct buf *out)
{
	add_heading(r, lang, out);
	buf_addf(out, "\n\n%s\n", say(lang, "输入", "Input"));
	add_inputs(r, lang, out);
	buf_addf(out, "\n%s\n", say(lang, "期限和消息", "Deadlines and messages"));
	add_result(r, t, lang, out);
	add_reasons(r, lang, out);
	add_table(r, &t->units, false, lang, out);
	add_table(r, &t->deadlines, true, lang, out);
}

/* --- a page --- */

static void page_table(const struct rehearsal *r, const struct tally *t, bool deadlines,
	enum lang lang, struct buf *out)
{
	int last = deadlines ? TALLY_MESSAGES : TALLY_KINDS;
	buf_addf(out, "<table><thead><tr><th>%s</th>",
		deadlines ? say(lang, "期限", "deadline") : say(lang, "单位", "unit"));
	for (int k = 0; k < last; k++)
		buf_addf(out, "<th>%s</th>", kinds[k][lang == LANG_EN ? 2 : 1]);
	buf_adds(out, "</tr></thead><tbody>\n");
	for (size_t i = 0; i < t->len; i++) {
		ANJU_AUTO_BUF name = BUF_INIT;
		row_name(r, &t->rows[i], deadlines, lang, &name);
		buf_adds(out, "<tr><td>");
		buf_add_xml(out, name.data != NULL ? name.data : "");
		buf_adds(out, "</td>");
		for (int k = 0; k < last; k++)
			buf_addf(out, "<td class=\"n\">%" PRId64 "</td>", t->rows[i].n[k]);
		buf_adds(out, "</tr>\n");
	}
	buf_adds(out, "</tbody></table>\n");
}

void report_page(const struct rehearsal *r, const struct tallies *t, const struct buf *svg,
	enum lang lang, struct buf *out)
{
	ANJU_AUTO_BUF words = BUF_INIT, title = BUF_INIT;
	add_heading(r, lang, &title);
	add_inputs(r, lang, &words);
	buf_addc(&words, '\n');
	add_result(r, t, lang, &words);
	add_reasons(r, lang, &words);
	buf_addf(out, "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\"><title>",
		lang == LANG_EN ? "en" : "zh-CN");
	buf_add_xml(out, title.data != NULL ? title.data : "");
	buf_adds(out, "</title><style>body{font-family:sans-serif;margin:2em;max-width:70em}"
		      "table{border-collapse:collapse;margin:1em 0}td,th{padding:.2em .7em;"
		      "border-bottom:1px solid #d8dee4;text-align:left}.n{text-align:right}"
		      "svg{max-width:100%;height:auto}</style></head><body>\n<h1>");
	buf_add_xml(out, title.data != NULL ? title.data : "");
	buf_adds(out, "</h1>\n<pre>");
	for (const char *p = words.data, *end; p != NULL && *p != '\0'; p = end) {
		size_t n = strcspn(p, "\n"); /* line breaks stay as they are */
		ANJU_AUTO_MEM char *line = strndup(p, n);
		buf_add_xml(out, line != NULL ? line : "");
		buf_addc(out, '\n');
		end = p + n + (p[n] == '\n');
	}
	buf_adds(out, "</pre>\n");
	buf_add(out, svg->data, svg->len);
	page_table(r, &t->units, false, lang, out);
	page_table(r, &t->deadlines, true, lang, out);
	buf_adds(out, "<p>");
	static const char *const files[] = {
		"messages.csv", "overdue.csv", "workload.csv", "refused.csv", "heatmap.svg"};
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
		buf_addf(out, "<a href=\"%s\">%s</a> ", files[i], files[i]);
	buf_adds(out, "</p>\n</body></html>\n");
}

/* --- JSON --- */

static json_t *numbers(const int64_t n[TALLY_KINDS], int last)
{
	json_t *v = json_object();
	for (int k = 0; k < last; k++)
		(void)json_object_set_new(v, kinds[k][0], json_integer(n[k]));
	return v;
}

static json_t *rows_json(const struct tally *t, const char *a, const char *b, int last)
{
	json_t *list = json_array();
	for (size_t i = 0; i < t->len; i++) {
		json_t *v = numbers(t->rows[i].n, last);
		(void)json_object_set_new(v, a, json_string(t->rows[i].a));
		if (b != NULL)
			(void)json_object_set_new(v, b, json_string(t->rows[i].b));
		(void)json_array_append_new(list, v);
	}
	return list;
}

static json_t *counts_json(const struct rehearse_counts *c)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
		"rows", c->rows, "opened", c->opened, "faulty", c->faulty, "taken", c->taken,
		"moved", c->moved, "unfit", c->unfit, "lines", c->lines, "done", c->done, "refused",
		c->refused, "refused_wanted", c->refused_wanted, "accepted", c->accepted,
		"unreadable", c->unreadable, "out_of_order", c->out_of_order, "after_end",
		c->after_end);
}

json_t *report_json(const struct rehearsal *r, const struct tallies *t)
{
	char from[16], to[16];
	return json_pack("{s:s, s:s, s:o, s:O, s:o, s:{s:I, s:I, s:I, s:I}, s:I, s:o, s:o, s:o}",
		"from", date_format(r->options.from, from), "to", date_format(r->options.to, to),
		"counts", counts_json(&r->counts), "reasons", r->reasons, "total",
		numbers(t->total, TALLY_KINDS), "open", "overdue", t->overdue, "later", t->later,
		"undated", t->undated, "provisional", t->provisional, "urgent", t->urgent, "units",
		rows_json(&t->units, "unit", NULL, TALLY_KINDS), "months",
		rows_json(&t->months, "unit", "month", TALLY_KINDS), "deadlines",
		rows_json(&t->deadlines, "workflow", "deadline", TALLY_MESSAGES));
}
