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

/* Title of the deadline that is counted from; its definition may stand at any state. */
static const char *deadline_title(const struct words *w, const char *name)
{
	for (size_t i = 0; i < w->wf->deadlines_len; i++) {
		const struct deadline_def *d = &w->wf->deadlines[i];
		if (strcmp(d->name, name) == 0 && d->title.text[w->lang] != NULL)
			return d->title.text[w->lang];
	}
	return name;
}

/* What is counted from: a field, another deadline; false if it is the entry of the state. */
static bool add_anchor(const struct words *w, const json_t *item, struct buf *out)
{
	const char *from = json_string_value(json_object_get(item, "from"));
	const char *of = json_string_value(json_object_get(item, "of"));
	const char *at = json_string_value(json_object_get(item, "at"));
	bool met = at != NULL && strcmp(at, "met") == 0;
	if (of != NULL && !met)
		buf_adds(out, words_tr(w, "", "the date of "));
	if (from != NULL)
		words_quote(w, field_title(w, from), out);
	else if (of != NULL)
		words_quote(w, deadline_title(w, of), out);
	if (of != NULL)
		buf_adds(
			out, met ? words_tr(w, "完成日", " being met") : words_tr(w, "到期日", ""));
	return from != NULL || of != NULL;
}

static void add_duration(const struct words *w, struct duration d, struct buf *out)
{
	static const char *const zh[] = {"小时", "天", "个工作日", "个月", "年"};
	static const char *const en[] = {"hours", "days", "working days", "months", "years"};
	int n = d.n < 0 ? -d.n : d.n;
	if (w->lang == LANG_EN)
		buf_addf(out, "%d %s", n, en[d.unit]);
	else
		buf_addf(out, "%d %s", n, zh[d.unit]);
}

static void add_after(const struct words *w, const json_t *item, struct buf *out)
{
	struct duration d;
	ANJU_AUTO_BUF anchor = BUF_INIT;
	if (duration_parse(json_string_value(json_object_get(item, "after")), true, &d, NULL) !=
		ANJU_OK)
		return;
	bool anchored = add_anchor(w, item, &anchor);
	if (anchored && d.n == 0) {
		buf_addf(out, words_tr(w, "与%s同日", "on the day of %s"),
			anchor.data != NULL ? anchor.data : "");
		return;
	}
	if (w->lang == LANG_EN) {
		buf_adds(out, "within ");
		add_duration(w, d, out);
		if (anchored)
			buf_addf(out, " of %s", anchor.data != NULL ? anchor.data : "");
		return;
	}
	if (anchored)
		buf_addf(out, "自%s起 ", anchor.data != NULL ? anchor.data : "");
	add_duration(w, d, out);
	buf_adds(out, "内");
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

/* "当月底", "2 个月后的月底"; English likewise. */
static const struct {
	const char *member, *zh, *zh_later, *en, *en_later;
} ends[] = {
	{"half_month_end", "当前半月末", "%d 个半月后的半月末", "end of the half month",
		"end of the half month, %d halves on"},
	{"month_end", "当月底", "%d 个月后的月底", "end of the month",
		"end of the month, %d months on"},
	{"quarter_end", "当季末", "%d 个季度后的季末", "end of the quarter",
		"end of the quarter, %d quarters on"},
	{"year_end", "当年底", "%d 年后的年底", "end of the year", "end of the year, %d years on"},
};

static bool add_period_end(const struct words *w, const json_t *item, struct buf *out)
{
	size_t i = 0;
	while (i < sizeof ends / sizeof ends[0] && json_object_get(item, ends[i].member) == NULL)
		i++;
	if (i == sizeof ends / sizeof ends[0])
		return false;
	int n = (int)json_integer_value(json_object_get(item, ends[i].member));
	const char *form = w->lang == LANG_EN ? (n == 0 ? ends[i].en : ends[i].en_later)
					      : (n == 0 ? ends[i].zh : ends[i].zh_later);
	const char *hole = strstr(form, "%d");
	ANJU_AUTO_BUF anchor = BUF_INIT;
	bool anchored = add_anchor(w, item, &anchor);
	if (anchored && w->lang == LANG_ZH)
		buf_addf(out, "自%s起 ", anchor.data != NULL ? anchor.data : "");
	if (hole == NULL)
		buf_adds(out, form);
	else
		buf_addf(out, "%.*s%d%s", (int)(hole - form), form, n, hole + 2);
	if (anchored && w->lang == LANG_EN)
		buf_addf(out, ", counted from %s", anchor.data != NULL ? anchor.data : "");
	return true;
}

static void add_festival(const struct words *w, const json_t *item, struct buf *out)
{
	static const char *const zh[] = {"春节", "元宵节", "端午节", "中秋节", "重阳节"};
	static const char *const en[] = {"Spring Festival", "the Lantern Festival",
		"the Dragon Boat Festival", "the Mid-Autumn Festival", "the Double Ninth"};
	const char *offset = json_string_value(json_object_get(item, "offset"));
	int year = (int)json_integer_value(json_object_get(item, "year"));
	enum festival f = FESTIVAL_SPRING;
	struct duration d = {0};
	(void)festival_parse(json_string_value(json_object_get(item, "festival")), &f);
	if (offset != NULL && duration_parse(offset, true, &d, NULL) != ANJU_OK)
		d.n = 0;
	if (w->lang == LANG_EN) {
		if (d.n != 0) {
			add_duration(w, d, out);
			buf_adds(out, d.n < 0 ? " before " : " after ");
		}
		buf_adds(out, en[f]);
		if (year != 0)
			buf_addf(out, " %d", year);
		return;
	}
	if (year != 0)
		buf_addf(out, "%d 年", year);
	buf_adds(out, zh[f]);
	if (d.n != 0) {
		buf_adds(out, d.n < 0 ? "前 " : "后 ");
		add_duration(w, d, out);
	}
}

static void add_due(const struct words *w, const json_t *due, struct buf *out);

static bool add_pick(const struct words *w, const json_t *item, struct buf *out)
{
	bool latest = json_object_get(item, "latest") != NULL;
	const json_t *list = json_object_get(item, latest ? "latest" : "earliest");
	if (list == NULL)
		return false;
	buf_adds(out, latest ? words_tr(w, "最晚的：", "the latest of ")
			     : words_tr(w, "最早的：", "the earliest of "));
	size_t i;
	json_t *one;
	json_array_foreach(list, i, one) {
		if (i > 0)
			buf_adds(out, words_tr(w, "、", ", "));
		add_due(w, one, out);
	}
	return true;
}

/* A blank as the text says it, or as it was filled in. */
static bool add_blank(const struct words *w, const json_t *item, struct buf *out)
{
	const char *id = json_string_value(json_object_get(item, "local"));
	const struct blank *b;
	if (id == NULL)
		return false;
	for (size_t i = 0; (b = pack_set_blank_at(w->set, i)) != NULL; i++) {
		if (strcmp(b->id, id) == 0 && b->value != NULL) {
			add_due(w, b->value, out);
			return true;
		}
	}
	const json_t *says = json_object_get(item, "says");
	const char *text =
		json_string_value(json_object_get(says, w->lang == LANG_EN ? "en" : "zh"));
	words_quote(w, text != NULL ? text : id, out);
	buf_adds(out, words_tr(w, "，待本地填定", ", to be filled in locally"));
	return true;
}

static void add_kind(const struct words *w, const json_t *item, struct buf *out)
{
	if (json_is_string(json_object_get(item, "on"))) {
		buf_adds(out, json_string_value(json_object_get(item, "on")));
	} else if (json_is_string(json_object_get(item, "after"))) {
		add_after(w, item, out);
	} else if (json_is_integer(json_object_get(item, "plan_year"))) {
		add_plan_year(w, item, out);
	} else if (json_is_string(json_object_get(item, "festival"))) {
		add_festival(w, item, out);
	} else if (json_is_string(json_object_get(item, "obligation"))) {
		buf_adds(out, words_tr(w, "按任务的期限", "as the obligation says"));
	} else if (json_is_string(json_object_get(item, "field"))) {
		buf_addf(out, words_tr(w, "按“%s”", "by \"%s\""),
			field_title(w, json_string_value(json_object_get(item, "field"))));
	} else if (!add_period_end(w, item, out) && !add_pick(w, item, out)) {
		(void)add_blank(w, item, out);
	}
}

static void add_item(const struct words *w, const json_t *item, struct buf *out)
{
	const char *edge = json_string_value(json_object_get(item, "edge"));
	const char *shift = json_string_value(json_object_get(item, "shift"));
	add_kind(w, item, out);
	if (edge != NULL && strcmp(edge, "exclusive") == 0)
		buf_adds(out, words_tr(w, "前，不含当日", ", that day excluded"));
	if (shift != NULL)
		buf_adds(out,
			strcmp(shift, "next_workday") == 0
				? words_tr(w, "，遇休息日顺延", ", or the next working day")
				: words_tr(w, "，遇休息日提前", ", or the working day before"));
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
