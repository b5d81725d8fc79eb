#include "rehearse/report.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "rehearse/csv.h"
#include "rehearse/heatmap.h"
#include "rehearse/impl.h"
#include "store/store.h"

static const char *say(enum lang lang, const char *zh, const char *en)
{
	return lang == LANG_EN ? en : zh;
}

/* --- names --- */

const char *report_unit(const struct rehearsal *r, const char *code, enum lang lang)
{
	const struct unit *u = org_unit(pack_set_org(r->options.world->packs), code);
	return u != NULL ? u->title[lang] : code;
}

const char *report_workflow(const struct rehearsal *r, const char *workflow, enum lang lang)
{
	const struct workflow *wf = pack_set_workflow(r->options.world->packs, workflow);
	const char *title = wf != NULL ? wf->title.text[lang] : NULL;
	return title != NULL ? title : workflow;
}

const char *report_deadline(
	const struct rehearsal *r, const char *workflow, const char *name, enum lang lang)
{
	const struct workflow *wf = pack_set_workflow(r->options.world->packs, workflow);
	const struct deadline_def *def = wf != NULL ? workflow_deadline(wf, name) : NULL;
	return def != NULL && def->title.text[lang] != NULL ? def->title.text[lang] : name;
}

/* "610322.land 610322.poverty" → their titles. */
static void add_units(const struct rehearsal *r, const char *codes, enum lang lang, struct buf *out)
{
	for (const char *p = codes; *p != '\0';) {
		char code[80];
		size_t n = strcspn(p, " ");
		snprintf(code, sizeof code, "%.*s", (int)n, p);
		if (n > 0)
			buf_addf(out, "%s%s", out->len > 0 ? say(lang, "、", ", ") : "",
				report_unit(r, code, lang));
		p += n + (p[n] == ' ');
	}
}

/* --- messages --- */

#define PAGE 500

struct sent {
	int64_t id, created_ms;
	char *unit, *channel, *subject; /* owned */
	bool urgent;
};

struct sent_page {
	struct sent *rows;
	size_t len;
	enum lang lang;
	bool failed;
};

static bool keep_message(void *ctx, const struct store_message *row)
{
	struct sent_page *page = ctx;
	ANJU_AUTO_JSON *body = json_loads(row->body, 0, NULL);
	const char *subject = json_string_value(json_object_get(
		json_object_get(body, "subject"), page->lang == LANG_EN ? "en" : "zh"));
	struct sent *sent = &page->rows[page->len++];
	*sent = (struct sent){.id = row->id,
		.created_ms = row->created_ms,
		.unit = strdup(row->unit),
		.channel = strdup(row->channel != NULL ? row->channel : ""),
		.subject = strdup(subject != NULL ? subject : ""),
		.urgent = json_is_true(json_object_get(body, "urgent"))};
	page->failed = sent->unit == NULL || sent->channel == NULL || sent->subject == NULL;
	return !page->failed;
}

static void release_page(struct sent_page *page)
{
	for (size_t i = 0; i < page->len; i++) {
		free(page->rows[i].unit);
		free(page->rows[i].channel);
		free(page->rows[i].subject);
	}
	page->len = 0;
}

static bool count_item(void *ctx, const struct store_notice *row)
{
	int64_t *n = ctx;
	(void)row;
	(*n)++;
	return true;
}

static anju_status write_page(
	const struct rehearsal *r, const struct sent_page *page, FILE *out, anju_error *err)
{
	for (size_t i = 0; i < page->len; i++) {
		const struct sent *s = &page->rows[i];
		char at[TIMESTAMP_MAX_CHARS];
		int64_t items = 0;
		anju_status st = store_read_message_items(
			sandbox_reader(r->sandbox), s->id, count_item, &items, err);
		if (st != ANJU_OK)
			return st;
		csv_cell(out, timestamp_format(s->created_ms, at));
		csv_cell(out, s->unit);
		csv_cell(out, report_unit(r, s->unit, page->lang));
		csv_cell(out, s->channel);
		csv_cell(out, say(page->lang, s->urgent ? "是" : "否", s->urgent ? "yes" : "no"));
		csv_cell(out, s->subject);
		csv_last_number(out, items);
	}
	return ANJU_OK;
}

anju_status report_messages(const struct rehearsal *r, enum lang lang, FILE *out, anju_error *err)
{
	static const char *const zh[] = {
		"时间", "单位代码", "收件单位", "渠道", "急件", "主题", "事项数", NULL};
	static const char *const en[] = {
		"when", "unit", "to", "channel", "urgent", "subject", "items", NULL};
	struct sent_page page = {.rows = calloc(PAGE, sizeof *page.rows), .lang = lang};
	int64_t after = r->first_message;
	bool more = true;
	anju_status st = page.rows != NULL ? ANJU_OK : anju_fail_nomem(err);
	csv_header(out, lang == LANG_EN ? en : zh);
	while (st == ANJU_OK && more) {
		st = store_read_messages(sandbox_reader(r->sandbox), NULL, -1, after, PAGE,
			keep_message, &page, err);
		if (st == ANJU_OK && page.failed)
			st = anju_fail_nomem(err);
		if (st == ANJU_OK)
			st = write_page(r, &page, out, err);
		more = page.len == PAGE;
		after = page.len > 0 ? page.rows[page.len - 1].id : after;
		release_page(&page);
	}
	free(page.rows);
	return st;
}

/* --- deadlines that were missed --- */

struct writing {
	const struct rehearsal *r;
	enum lang lang;
	FILE *out;
	bool failed;
};

static bool write_missed(void *ctx, const struct store_deadline *row)
{
	struct writing *w = ctx;
	const struct rehearsal *r = w->r;
	char due[16], met[16] = "";
	ANJU_AUTO_BUF name = BUF_INIT, leads = BUF_INIT;
	if (!rehearse_is_missed(row, r->end_ms) || row->due_day < r->options.from)
		return true;
	bool open = row->status == STORE_DEADLINE_OPEN;
	int32_t ended = open ? r->options.to : timestamp_to_day(row->ended_ms);
	if (!open)
		date_format(ended, met);
	buf_addf(&name, "%s/%s", row->workflow, row->key);
	buf_adds(&leads, "");
	add_units(r, row->lead, w->lang, &leads);
	w->failed = name.failed || leads.failed;
	if (w->failed)
		return false;
	csv_cell(w->out, name.data);
	csv_cell(w->out, row->name);
	csv_cell(w->out, report_deadline(r, row->workflow, row->name, w->lang));
	csv_cell(w->out, date_format(row->due_day, due));
	csv_cell(w->out, met);
	csv_number(w->out, ended - row->due_day);
	csv_cell(w->out, row->lead);
	csv_last(w->out, leads.data);
	return true;
}

anju_status report_overdue(const struct rehearsal *r, enum lang lang, FILE *out, anju_error *err)
{
	static const char *const zh[] = {"个案", "期限名", "期限", "到期日", "办成日", "逾期天数",
		"牵头单位代码", "牵头单位", NULL};
	static const char *const en[] = {
		"case", "name", "deadline", "due", "met", "days_late", "lead", "led_by", NULL};
	struct writing w = {.r = r, .lang = lang, .out = out};
	struct store_deadline_filter filter = {.status = -1, .limit = INT_MAX};
	csv_header(out, lang == LANG_EN ? en : zh);
	anju_status st =
		store_read_deadlines(sandbox_reader(r->sandbox), &filter, write_missed, &w, err);
	return st == ANJU_OK && w.failed ? anju_fail_nomem(err) : st;
}

/* --- units and months --- */

void report_workload(const struct rehearsal *r, const struct tallies *t, enum lang lang, FILE *out)
{
	static const char *const zh[] = {"单位代码", "单位", "月份", "起算", "到期", "按期办成",
		"逾期办成", "逾期", "消息", NULL};
	static const char *const en[] = {"unit", "title", "month", "begun", "due", "met",
		"met_late", "overdue", "messages", NULL};
	csv_header(out, lang == LANG_EN ? en : zh);
	for (size_t i = 0; i < t->months.len; i++) {
		const struct tally_row *row = &t->months.rows[i];
		csv_cell(out, row->a);
		csv_cell(out, report_unit(r, row->a, lang));
		csv_cell(out, row->b);
		for (int k = 0; k < TALLY_KINDS - 1; k++)
			csv_number(out, row->n[k]);
		csv_last_number(out, row->n[TALLY_KINDS - 1]);
	}
}

/* --- what did not go as written --- */

static const char *what_word(const char *what, enum lang lang)
{
	static const char *const words[][3] = {{"row", "名册行有误", "faulty row"},
		{"line", "脚本行有误", "faulty line"}, {"refused", "被拒绝", "refused"},
		{"accepted", "本应被拒绝", "not refused"},
		{"out_of_order", "次序颠倒", "out of order"}, {"unfit", "不能迁移", "not moved"}};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strcmp(words[i][0], what) == 0)
			return words[i][lang == LANG_EN ? 2 : 1];
	}
	return what;
}

static const char *member(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

void report_refused(const struct rehearsal *r, enum lang lang, FILE *out)
{
	static const char *const zh[] = {
		"情形", "文件", "行", "时间", "个案", "事件", "原因代码", "原因", NULL};
	static const char *const en[] = {
		"what", "file", "line", "at", "case", "event", "id", "why", NULL};
	size_t i;
	json_t *v;
	csv_header(out, lang == LANG_EN ? en : zh);
	json_array_foreach(r->troubles, i, v) {
		const char *file = member(v, "file");
		csv_cell(out, what_word(member(v, "what"), lang));
		csv_cell(out, file);
		if (file != NULL)
			csv_number(out, json_integer_value(json_object_get(v, "line")));
		else
			csv_cell(out, NULL);
		csv_cell(out, member(v, "at"));
		csv_cell(out, member(v, "case"));
		csv_cell(out, member(v, "event"));
		csv_cell(out, member(v, "id"));
		csv_last(out, member(json_object_get(v, "text"), lang == LANG_EN ? "en" : "zh"));
	}
}

/* --- the picture --- */

static int year_of(int32_t day)
{
	int year, month, dom;
	civil_from_days(day, &year, &month, &dom);
	return year;
}

static const char *region_title(const struct rehearsal *r, const char *region, enum lang lang)
{
	const struct org *org = pack_set_org(r->options.world->packs);
	for (size_t i = 0; i < org_count(org) && region[0] != '\0'; i++) {
		const struct unit *u = org_at(org, i);
		if (strcmp(u->region, region) == 0 && strcmp(u->kind, "government") == 0)
			return u->title[lang];
	}
	return region;
}

anju_status report_heatmap(const struct rehearsal *r, const char *region, enum lang lang,
	struct buf *out, anju_error *err)
{
	struct heatmap map = {.first_year = year_of(r->options.from),
		.last_year = year_of(r->options.to),
		.from = r->options.from,
		.to = r->options.to,
		.calendar = r->options.world->calendar,
		.title = region_title(r, region, lang)};
	size_t n = heatmap_days(map.first_year, map.last_year);
	ANJU_AUTO_MEM uint32_t *counts = calloc(n, sizeof *counts);
	if (counts == NULL)
		return anju_fail_nomem(err);
	map.counts = counts;
	anju_status st = rehearse_days(r, region[0] != '\0' ? region : NULL,
		civil_to_days(map.first_year, 1, 1), n, counts, err);
	if (st != ANJU_OK)
		return st;
	heatmap_svg(&map, lang, out);
	return out->failed ? anju_fail_nomem(err) : ANJU_OK;
}

static bool is_any(void *ctx, const struct store_deadline *row)
{
	bool *any = ctx;
	*any = rehearse_counts_as_due(row);
	return !*any;
}

anju_status report_counties(const struct rehearsal *r, json_t **ret, anju_error *err)
{
	const struct org *org = pack_set_org(r->options.world->packs);
	ANJU_AUTO_JSON *seen = json_object(), *list = json_array();
	for (size_t i = 0; i < org_count(org); i++) {
		const struct unit *u = org_at(org, i);
		bool any = false;
		if (strcmp(u->level, "county") != 0 || json_object_get(seen, u->region) != NULL)
			continue;
		struct store_deadline_filter filter = {
			.region = u->region, .status = -1, .limit = INT_MAX};
		anju_status st = store_read_deadlines(
			sandbox_reader(r->sandbox), &filter, is_any, &any, err);
		if (st != ANJU_OK)
			return st;
		if (json_object_set_new(seen, u->region, json_true()) != 0 ||
			(any && json_array_append_new(list, json_string(u->region)) != 0))
			return anju_fail_nomem(err);
	}
	*ret = ANJU_TAKE(list);
	return ANJU_OK;
}
