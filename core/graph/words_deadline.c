/* Deadlines in words: a date as it stands, a rule as a phrase. */
#include <stdio.h>
#include <string.h>

#include "graph/words.h"

static const char *field_title(const struct words *w, const char *name)
{
	const struct field *field = workflow_field(w->wf, name);
	const char *title = field != NULL ? field->title.text[w->lang] : NULL;
	return title != NULL ? title : name;
}

static void add_after(const struct words *w, const json_t *item, struct buf *out)
{
	static const char *const zh[] = {"小时", "天", "个工作日", "个月", "年"};
	static const char *const en[] = {"hours", "days", "working days", "months", "years"};
	const char *from = json_string_value(json_object_get(item, "from"));
	struct duration d;
	if (duration_parse(json_string_value(json_object_get(item, "after")), true, &d, NULL) !=
		ANJU_OK)
		return;
	if (w->lang == LANG_EN) {
		buf_addf(out, "within %d %s", (int)d.n, en[d.unit]);
		if (from != NULL)
			buf_addf(out, " of \"%s\"", field_title(w, from));
		return;
	}
	if (from != NULL)
		buf_addf(out, "自“%s”起 ", field_title(w, from));
	buf_addf(out, "%d %s内", (int)d.n, zh[d.unit]);
}

static void add_plan_year(const struct words *w, const json_t *item, struct buf *out)
{
	int year = (int)json_integer_value(json_object_get(item, "plan_year"));
	int month = (int)json_integer_value(json_object_get(item, "month"));
	const char *field = json_string_value(json_object_get(item, "field"));
	const char *title = field_title(w, field != NULL ? field : "plan_year");
	if (w->lang == LANG_EN) {
		buf_addf(out, "end of month %d of the %s", month, title);
		if (year != 0)
			buf_addf(out, " %+d", year);
		return;
	}
	buf_adds(out, title);
	if (year == 1)
		buf_adds(out, "次年");
	else if (year != 0)
		buf_addf(out, "后第 %d 年", year);
	buf_addf(out, " %d 月底", month);
}

static void add_item(const struct words *w, const json_t *item, struct buf *out)
{
	const json_t *month_end = json_object_get(item, "month_end");
	if (json_is_string(json_object_get(item, "on"))) {
		buf_adds(out, json_string_value(json_object_get(item, "on")));
	} else if (json_is_string(json_object_get(item, "after"))) {
		add_after(w, item, out);
	} else if (json_is_integer(json_object_get(item, "plan_year"))) {
		add_plan_year(w, item, out);
	} else if (json_is_integer(month_end)) {
		int n = (int)json_integer_value(month_end);
		if (n == 0)
			buf_adds(out, words_tr(w, "当月底", "end of the month"));
		else
			buf_addf(out,
				words_tr(w, "%d 个月后的月底", "end of the month, %d months on"),
				n);
	} else if (json_is_string(json_object_get(item, "field"))) {
		buf_addf(out, words_tr(w, "按“%s”", "by \"%s\""),
			field_title(w, json_string_value(json_object_get(item, "field"))));
	}
}

/* A list of cases: each date once, in the order in which they are looked at. */
static void add_due(const struct words *w, const json_t *due, struct buf *out)
{
	if (!json_is_array(due)) {
		add_item(w, due, out);
		return;
	}
	size_t i;
	json_t *item;
	json_array_foreach(due, i, item) {
		if (i > 0)
			buf_adds(out, words_tr(w, " 或 ", " or "));
		add_item(w, item, out);
	}
}

void words_deadline(const struct words *w, const struct deadline_def *d, struct buf *out)
{
	const json_t *meta = chart_state_at(w->wf->chart, d->state)->meta;
	const json_t *def = json_object_get(
		json_object_get(json_object_get(meta, "anju"), "deadlines"), d->name);
	const char *title = d->title.text[w->lang];
	buf_addf(out, words_tr(w, "%s：", "%s: "), title != NULL ? title : d->name);
	add_due(w, json_object_get(def, "due"), out);
	if (d->lead.len > 0) {
		buf_adds(out, words_tr(w, "（", " ("));
		words_roles(w, &d->lead, out);
		buf_adds(out, words_tr(w, "）", ")"));
	}
}
