#include "rehearse/compare.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/utf8.h"
#include "rehearse/csv.h"
#include "rehearse/impl.h"
#include "rehearse/report.h"
#include "store/store.h"

#define PAGE    200
#define UNDATED INT32_MIN

static const char *say(enum lang lang, const char *zh, const char *en)
{
	return lang == LANG_EN ? en : zh;
}

/* --- the deadlines of one case --- */

struct seen {
	int64_t id;
	char *name; /* owned */
	int32_t due;
	enum outcome { OPEN, OVERDUE, MET, MET_LATE, SUPERSEDED, WAIVED } outcome;
	bool paired;
};

struct seen_list {
	struct seen *items; /* owned */
	size_t len, cap;
	int64_t end_ms;
	bool failed;
};

static enum outcome outcome_of(const struct store_deadline *row, int64_t end_ms)
{
	if (row->status == STORE_DEADLINE_SUPERSEDED)
		return SUPERSEDED;
	if (row->status == STORE_DEADLINE_WAIVED)
		return WAIVED;
	if (row->status == STORE_DEADLINE_MET_LATE)
		return MET_LATE;
	if (row->status == STORE_DEADLINE_OPEN)
		return rehearse_is_missed(row, end_ms) ? OVERDUE : OPEN;
	return MET;
}

static bool keep(void *ctx, const struct store_deadline *row)
{
	struct seen_list *list = ctx;
	if (list->len == list->cap) {
		size_t cap = list->cap * 2 + 16;
		struct seen *p = realloc(list->items, cap * sizeof *p);
		list->failed = p == NULL;
		if (list->failed)
			return false;
		list->items = p;
		list->cap = cap;
	}
	struct seen *s = &list->items[list->len];
	*s = (struct seen){.id = row->id,
		.name = strdup(row->name),
		.due = row->due_ms != INT64_MAX ? row->due_day : UNDATED,
		.outcome = outcome_of(row, list->end_ms)};
	list->failed = s->name == NULL;
	list->len += !list->failed;
	return !list->failed;
}

static int by_id(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;
	return (x->id > y->id) - (x->id < y->id);
}

static anju_status read_seen(
	const struct rehearsal *r, int64_t case_id, struct seen_list *list, anju_error *err)
{
	struct store_deadline_filter filter = {.case_id = case_id, .status = -1, .limit = INT_MAX};
	list->end_ms = r->end_ms;
	for (size_t i = 0; i < list->len; i++)
		free(list->items[i].name);
	list->len = 0;
	anju_status st = store_read_deadlines(sandbox_reader(r->sandbox), &filter, keep, list, err);
	if (st == ANJU_OK && list->failed)
		return anju_fail_nomem(err);
	if (st == ANJU_OK && list->len > 0)
		qsort(list->items, list->len, sizeof *list->items, by_id);
	return st;
}

static void seen_done(struct seen_list *list)
{
	for (size_t i = 0; i < list->len; i++)
		free(list->items[i].name);
	free(list->items);
}

static const char *outcome_word(enum outcome outcome, enum lang lang)
{
	switch (outcome) {
	case OPEN:
		return say(lang, "未了", "open");
	case OVERDUE:
		return say(lang, "逾期未了", "overdue");
	case MET:
		return say(lang, "按期办成", "met");
	case MET_LATE:
		return say(lang, "逾期办成", "met late");
	case SUPERSEDED:
		return say(lang, "已被取代", "superseded");
	case WAIVED:
		return say(lang, "已免除", "waived");
	}
	return "";
}

static const char *difference_word(enum difference_kind kind, enum lang lang)
{
	switch (kind) {
	case DIFFERENCE_EARLIER:
		return say(lang, "提前", "earlier");
	case DIFFERENCE_LATER:
		return say(lang, "推后", "later");
	case DIFFERENCE_DATED:
		return say(lang, "有无日期", "dated or not");
	case DIFFERENCE_OUTCOME:
		return say(lang, "结果不同", "outcome");
	case DIFFERENCE_ONLY_ONE:
		return say(lang, "新增", "added");
	case DIFFERENCE_ONLY_OTHER:
		return say(lang, "取消", "removed");
	case DIFFERENCE_KINDS:
		break;
	}
	return "";
}

static const char *const kind_names[DIFFERENCE_KINDS] = {
	"earlier", "later", "dated", "outcome", "added", "removed"};

/* --- counting --- */

struct comparing {
	const struct rehearsal *one, *other;
	enum lang lang;
	FILE *out;
	struct differences *d;
	struct seen_list here, there;
	bool failed;
};

static int compare_row(const struct difference_row *row, const char *workflow, const char *name)
{
	int c = strcmp(row->workflow, workflow);
	return c != 0 ? c : strcmp(row->deadline, name);
}

/* The row, made in its place if it is new. */
static struct difference_row *find_row(
	struct differences *d, const char *workflow, const char *name)
{
	size_t lo = 0, hi = d->len;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (compare_row(&d->rows[mid], workflow, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo < d->len && compare_row(&d->rows[lo], workflow, name) == 0)
		return &d->rows[lo];
	if (d->len == d->cap) {
		size_t cap = d->cap * 2 + 16;
		struct difference_row *p = realloc(d->rows, cap * sizeof *p);
		if (p == NULL)
			return NULL;
		d->rows = p;
		d->cap = cap;
	}
	struct difference_row row = {.workflow = strdup(workflow), .deadline = strdup(name)};
	if (row.workflow == NULL || row.deadline == NULL) {
		free(row.workflow);
		free(row.deadline);
		return NULL;
	}
	memmove(&d->rows[lo + 1], &d->rows[lo], (d->len - lo) * sizeof *d->rows);
	d->rows[lo] = row;
	d->len++;
	return &d->rows[lo];
}

static void write_side(FILE *out, const struct seen *s, enum lang lang, bool last)
{
	char due[16] = "";
	if (s != NULL && s->due != UNDATED)
		date_format(s->due, due);
	csv_cell(out, due);
	(last ? csv_last : csv_cell)(out, s != NULL ? outcome_word(s->outcome, lang) : "");
}

/* `one`, `other`: NULL where there is none. */
static void differ(struct comparing *c, const struct store_case *cs, const struct seen *one,
	const struct seen *other, enum difference_kind kind)
{
	const char *name = one != NULL ? one->name : other->name;
	struct difference_row *row = find_row(c->d, cs->workflow, name);
	c->failed = c->failed || row == NULL;
	if (row == NULL)
		return;
	row->n[kind]++;
	c->d->n[kind]++;
	if (c->out == NULL)
		return;
	ANJU_AUTO_BUF whole = BUF_INIT;
	buf_addf(&whole, "%s/%s", cs->workflow, cs->key);
	csv_cell(c->out, whole.data);
	csv_cell(c->out, name);
	csv_cell(c->out,
		report_deadline(one != NULL ? c->one : c->other, cs->workflow, name, c->lang));
	csv_cell(c->out, difference_word(kind, c->lang));
	write_side(c->out, other, c->lang, false);
	write_side(c->out, one, c->lang, true);
}

static void compare_pair(struct comparing *c, const struct store_case *cs, const struct seen *one,
	const struct seen *other)
{
	if (one->due != other->due)
		differ(c, cs, one, other,
			one->due == UNDATED || other->due == UNDATED ? DIFFERENCE_DATED
			: one->due < other->due                      ? DIFFERENCE_EARLIER
								     : DIFFERENCE_LATER);
	else if (one->outcome != other->outcome)
		differ(c, cs, one, other, DIFFERENCE_OUTCOME);
	else {
		struct difference_row *row = find_row(c->d, cs->workflow, one->name);
		c->failed = c->failed || row == NULL;
		if (row != NULL)
			row->same++;
		c->d->same++;
	}
}

static void compare_lists(struct comparing *c, const struct store_case *cs)
{
	for (size_t i = 0; i < c->here.len; i++) {
		struct seen *one = &c->here.items[i], *other = NULL;
		for (size_t k = 0; k < c->there.len && other == NULL; k++) {
			struct seen *s = &c->there.items[k];
			if (!s->paired && strcmp(s->name, one->name) == 0)
				other = s;
		}
		if (other == NULL) {
			differ(c, cs, one, NULL, DIFFERENCE_ONLY_ONE);
			continue;
		}
		other->paired = true;
		compare_pair(c, cs, one, other);
	}
	for (size_t k = 0; k < c->there.len; k++) {
		if (!c->there.items[k].paired)
			differ(c, cs, NULL, &c->there.items[k], DIFFERENCE_ONLY_OTHER);
	}
}

/* --- cases, a page at a time --- */

struct named {
	int64_t id;
	char *workflow, *key; /* owned */
};

struct named_page {
	struct named rows[PAGE];
	size_t len;
	bool failed;
};

static bool keep_case(void *ctx, const struct store_case *row)
{
	struct named_page *page = ctx;
	struct named *n = &page->rows[page->len++];
	*n = (struct named){
		.id = row->id, .workflow = strdup(row->workflow), .key = strdup(row->key)};
	page->failed = n->workflow == NULL || n->key == NULL;
	return !page->failed;
}

static void release_page(struct named_page *page)
{
	for (size_t i = 0; i < page->len; i++) {
		free(page->rows[i].workflow);
		free(page->rows[i].key);
	}
	page->len = 0;
}

typedef anju_status (*each_case)(struct comparing *c, const struct named *named, anju_error *err);

static anju_status go_through(
	struct comparing *c, const struct rehearsal *r, each_case each, anju_error *err)
{
	struct named_page page = {.len = 0};
	struct store_case_filter filter = {.done = -1, .limit = PAGE};
	bool more = true;
	anju_status st = ANJU_OK;
	while (st == ANJU_OK && more) {
		st = store_read_cases(sandbox_reader(r->sandbox), &filter, keep_case, &page, err);
		if (st == ANJU_OK && page.failed)
			st = anju_fail_nomem(err);
		for (size_t i = 0; i < page.len && st == ANJU_OK; i++)
			st = each(c, &page.rows[i], err);
		more = page.len == PAGE;
		if (page.len > 0)
			filter.after_id = page.rows[page.len - 1].id;
		release_page(&page);
	}
	return st == ANJU_OK && c->failed ? anju_fail_nomem(err) : st;
}

static anju_status find_there(const struct rehearsal *r, const struct named *named, bool *ret_any,
	int64_t *ret_id, anju_error *err)
{
	struct store_case row;
	anju_status st =
		store_read_case(sandbox_reader(r->sandbox), named->workflow, named->key, &row, err);
	*ret_any = st == ANJU_OK;
	if (st == ANJU_OK)
		*ret_id = row.id;
	return st == ANJU_E_NOTFOUND ? ANJU_OK : st;
}

static anju_status compare_case(struct comparing *c, const struct named *named, anju_error *err)
{
	bool any;
	int64_t id = 0;
	anju_error local = {0};
	anju_status st = find_there(c->other, named, &any, &id, &local);
	if (st != ANJU_OK) {
		if (err != NULL)
			*err = local;
		return st;
	}
	if (!any) {
		c->d->cases_one++;
		return ANJU_OK;
	}
	struct store_case cs = {.workflow = named->workflow, .key = named->key};
	st = read_seen(c->one, named->id, &c->here, err);
	if (st == ANJU_OK)
		st = read_seen(c->other, id, &c->there, err);
	if (st == ANJU_OK)
		compare_lists(c, &cs);
	return st;
}

static anju_status count_missing(struct comparing *c, const struct named *named, anju_error *err)
{
	bool any;
	int64_t id;
	anju_error local = {0};
	anju_status st = find_there(c->one, named, &any, &id, &local);
	if (st != ANJU_OK && err != NULL)
		*err = local;
	c->d->cases_other += st == ANJU_OK && !any;
	return st;
}

anju_status rehearse_compare(const struct rehearsal *one, const struct rehearsal *other,
	enum lang lang, FILE *out, struct differences *ret, anju_error *err)
{
	static const char *const zh[] = {
		"个案", "期限名", "期限", "差别", "对照到期日", "对照结果", "到期日", "结果", NULL};
	static const char *const en[] = {"case", "name", "deadline", "difference", "due_against",
		"outcome_against", "due", "outcome", NULL};
	struct differences d = {0};
	struct comparing c = {.one = one, .other = other, .lang = lang, .out = out, .d = &d};
	if (out != NULL)
		csv_header(out, lang == LANG_EN ? en : zh);
	anju_status st = go_through(&c, one, compare_case, err);
	if (st == ANJU_OK)
		st = go_through(&c, other, count_missing, err);
	seen_done(&c.here);
	seen_done(&c.there);
	if (st == ANJU_OK)
		*ret = d;
	else
		differences_done(&d);
	return st;
}

void differences_done(struct differences *d)
{
	for (size_t i = 0; i < d->len; i++) {
		free(d->rows[i].workflow);
		free(d->rows[i].deadline);
	}
	free(d->rows);
	*d = (struct differences){0};
}

/* --- in figures --- */

#define LABEL_COLS  26
#define NUMBER_COLS 14

static void cell(struct buf *out, const char *text, size_t width, bool right)
{
	size_t columns = utf8_columns(text, strlen(text));
	for (size_t i = columns; right && i < width; i++)
		buf_addc(out, ' ');
	buf_adds(out, text);
	for (size_t i = columns; !right && i < width; i++)
		buf_addc(out, ' ');
}

static void number(struct buf *out, int64_t n, bool sign)
{
	char text[24];
	snprintf(text, sizeof text, sign && n != 0 ? "%+" PRId64 : "%" PRId64, n);
	cell(out, text, NUMBER_COLS, true);
}

static void side_by_side(struct buf *out, const char *label, int64_t other, int64_t one)
{
	cell(out, label, LABEL_COLS, false);
	number(out, other, false);
	number(out, one, false);
	number(out, one - other, true);
	buf_addc(out, '\n');
}

static void add_totals(
	const struct tallies *one, const struct tallies *other, enum lang lang, struct buf *out)
{
	static const char *const words[TALLY_KINDS][2] = {
		[TALLY_BEGUN] = {"起算的期限", "deadlines begun"},
		[TALLY_DUE] = {"到期", "due"},
		[TALLY_MET] = {"按期办成", "met"},
		[TALLY_MET_LATE] = {"逾期办成", "met late"},
		[TALLY_MISSED] = {"逾期", "overdue"},
		[TALLY_MESSAGES] = {"消息", "messages"},
	};
	cell(out, "", LABEL_COLS, false);
	cell(out, say(lang, "对照", "against"), NUMBER_COLS, true);
	cell(out, say(lang, "预演", "rehearsed"), NUMBER_COLS, true);
	cell(out, say(lang, "差", "difference"), NUMBER_COLS, true);
	buf_addc(out, '\n');
	for (int k = 0; k < TALLY_KINDS; k++)
		side_by_side(out, words[k][lang == LANG_EN], other->total[k], one->total[k]);
	side_by_side(out, say(lang, "到终止日仍逾期", "overdue on the last day"), other->overdue,
		one->overdue);
}

void compare_summary(const struct rehearsal *r, const struct tallies *one,
	const struct tallies *other, const struct differences *d, enum lang lang, struct buf *out)
{
	buf_addf(out, "%s\n", say(lang, "与对照的包比较", "Compared with the other packs"));
	add_totals(one, other, lang, out);
	if (d->cases_one + d->cases_other > 0)
		buf_addf(out,
			lang == LANG_EN
				? "\ncases only here: %" PRId64 ", only there: %" PRId64 "\n"
				: "\n仅预演有的个案：%" PRId64 "，仅对照有的：%" PRId64 "\n",
			d->cases_one, d->cases_other);
	buf_addc(out, '\n');
	for (size_t i = 0; i < d->len; i++) {
		const struct difference_row *row = &d->rows[i];
		int64_t all = 0;
		ANJU_AUTO_BUF words = BUF_INIT;
		for (int k = 0; k < DIFFERENCE_KINDS; k++) {
			if (row->n[k] > 0)
				buf_addf(&words, "%s%s %" PRId64,
					all > 0 ? say(lang, "，", ", ") : "",
					difference_word((enum difference_kind)k, lang), row->n[k]);
			all += row->n[k];
		}
		if (all == 0)
			continue;
		buf_addf(out, "  %s%s%s%s%s\n", report_workflow(r, row->workflow, lang),
			say(lang, "：", ": "),
			report_deadline(r, row->workflow, row->deadline, lang),
			say(lang, "：", ": "), words.data != NULL ? words.data : "");
	}
	buf_addf(out, lang == LANG_EN ? "  the same: %" PRId64 "\n" : "  相同：%" PRId64 "\n",
		d->same);
}

static json_t *kinds_json(const int64_t n[DIFFERENCE_KINDS], int64_t same)
{
	json_t *v = json_pack("{s:I}", "same", (json_int_t)same);
	for (int k = 0; k < DIFFERENCE_KINDS; k++)
		(void)json_object_set_new(v, kind_names[k], json_integer(n[k]));
	return v;
}

json_t *compare_json(const struct differences *d)
{
	json_t *rows = json_array();
	for (size_t i = 0; i < d->len; i++) {
		json_t *v = kinds_json(d->rows[i].n, d->rows[i].same);
		(void)json_object_set_new(v, "workflow", json_string(d->rows[i].workflow));
		(void)json_object_set_new(v, "deadline", json_string(d->rows[i].deadline));
		(void)json_array_append_new(rows, v);
	}
	return json_pack("{s:o, s:I, s:I, s:o}", "total", kinds_json(d->n, d->same), "cases_here",
		(json_int_t)d->cases_one, "cases_there", (json_int_t)d->cases_other, "deadlines",
		rows);
}
