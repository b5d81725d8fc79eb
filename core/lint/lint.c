/*~ Linting is loading, and then looking at what was loaded: each file of this folder looks at one kind of
 * thing and calls lint_find(). A rule speaks only where it is sure: an author who was warned twice for
 * nothing does not read the third warning. What loading has found in a workflow is said first; rules that
 * would only say the same in other words keep quiet about it. */
#include "lint/lint.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/json_locate.h"
#include "base/utf8.h"
#include "lint/impl.h"
#include "scenario/scenario.h"

#define FILE_MAX (4u << 20)

static char *read_text(const char *path, size_t *ret_len)
{
	ANJU_AUTO_FILE f = fopen(path, "re");
	ANJU_AUTO_BUF text = BUF_INIT;
	char chunk[16384];
	size_t n;
	while (f != NULL && text.len <= FILE_MAX && (n = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_add(&text, chunk, n);
	*ret_len = text.len;
	return f != NULL && !text.failed ? buf_take(&text) : NULL;
}

static void free_text(void *text)
{
	free(text);
}

const struct lint_text *lint_text(struct lint *l, const char *file)
{
	for (size_t i = 0; i < l->texts_len; i++) {
		if (strcmp(l->texts[i].file, file) == 0)
			return l->texts[i].data != NULL ? &l->texts[i] : NULL;
	}
	if (l->texts_len == l->texts_cap) {
		size_t cap = l->texts_cap * 2 + 16;
		struct lint_text *more = pool_alloc(&l->pool, cap * sizeof *more);
		if (more == NULL)
			return NULL;
		if (l->texts_len > 0)
			memcpy(more, l->texts, l->texts_len * sizeof *more);
		l->texts = more;
		l->texts_cap = cap;
	}
	struct lint_text *t = &l->texts[l->texts_len];
	ANJU_AUTO_BUF path = BUF_INIT;
	buf_addf(&path, "%s/%s", l->dir, file);
	*t = (struct lint_text){.file = pool_strdup(&l->pool, file)};
	if (t->file == NULL || path.failed)
		return NULL;
	l->texts_len++;
	t->data = read_text(path.data, &t->len);
	if (t->data == NULL || !pool_own_take(&l->pool, t->data, free_text)) {
		t->data = NULL;
		return NULL;
	}
	return t;
}

json_t *lint_json(struct lint *l, const char *file)
{
	const struct lint_text *t = lint_text(l, file);
	return t != NULL ? json_loadb(t->data, t->len, JSON_REJECT_DUPLICATES, NULL) : NULL;
}

const char *lint_printf(struct lint *l, const char *fmt, ...)
{
	ANJU_AUTO_BUF text = BUF_INIT;
	va_list ap;
	va_start(ap, fmt);
	buf_addv(&text, fmt, ap);
	va_end(ap);
	char *s = text.data != NULL ? pool_strdup(&l->pool, text.data) : NULL;
	return s != NULL ? s : "";
}

const struct lint_flow *lint_flow(const struct lint *l, const char *workflow)
{
	for (size_t i = 0; i < l->flows_len; i++) {
		if (strcmp(l->flows[i].wf->id, workflow) == 0)
			return &l->flows[i];
	}
	return NULL;
}

bool lint_found(const struct lint *l, const char *file, const char *pointer)
{
	for (size_t i = 0; i < l->report->len; i++) {
		const struct lint_finding *f = &l->report->items[i];
		if (strcmp(f->error.file, file) == 0 && strcmp(f->pointer, pointer) == 0)
			return true;
	}
	return false;
}

bool lint_found_below(const struct lint *l, const char *file, const char *pointer)
{
	size_t n = strlen(pointer);
	for (size_t i = 0; i < l->report->len; i++) {
		const struct lint_finding *f = &l->report->items[i];
		if (strcmp(f->error.file, file) == 0 && strncmp(f->pointer, pointer, n) == 0 &&
			(f->pointer[n] == '/' || f->pointer[n] == '\0'))
			return true;
	}
	return false;
}

/* Line, column and the line's text; `place` may have been moved inside a string. */
static void put_place(struct lint *l, struct lint_finding *f, const struct lint_text *t,
	const struct json_place *place)
{
	size_t start = place->offset;
	while (start > 0 && t->data[start - 1] != '\n')
		start--;
	size_t n = 0, max = t->len - start;
	while (n < max && t->data[start + n] != '\n' && t->data[start + n] != '\r')
		n++;
	size_t room = start + n > place->offset ? start + n - place->offset : 0;
	f->line = place->line;
	f->column = place->column;
	f->len = utf8_length(t->data + place->offset, place->len < room ? place->len : room);
	if (f->len == 0)
		f->len = 1;
	f->source = lint_printf(l, "%.*s", (int)n, t->data + start);
}

static struct lint_finding *add(struct lint *l, const anju_error *err, const char *pointer)
{
	struct lint_report *r = l->report;
	if (r->len == l->cap) {
		size_t cap = l->cap * 2 + 32;
		struct lint_finding *more = realloc(r->items, cap * sizeof *more);
		if (more == NULL) {
			l->pool.failed = true;
			return NULL;
		}
		r->items = more;
		l->cap = cap;
	}
	struct lint_finding *f = &r->items[r->len];
	*f = (struct lint_finding){.error = *err,
		.pointer = lint_printf(l, "%s", pointer),
		.severity = lint_severity_of(err->id),
		.source = "",
		.meant = ""};
	r->len++;
	return f;
}

static void fill(anju_error *err, const char *id, const char *file, const char *pointer,
	const char *found, const char *allowed)
{
	(void)anju_fail(err, ANJU_E_INVALID, id, "%s#%s: found %s", file, pointer, found);
	anju_error_file(err, file);
	anju_error_where(err, "%s", pointer);
	anju_error_found(err, "%s", found);
	anju_error_allowed(err, "%s", allowed);
}

static void put(struct lint *l, const char *id, const char *file, const char *pointer, bool name,
	const char *found, const char *allowed)
{
	anju_error err;
	struct json_place place;
	fill(&err, id, file, pointer, found, allowed);
	struct lint_finding *f = add(l, &err, pointer);
	const struct lint_text *t = lint_text(l, file);
	if (f == NULL || t == NULL)
		return;
	if (name ? json_locate_name(t->data, t->len, pointer, &place)
		 : json_locate(t->data, t->len, pointer, &place))
		put_place(l, f, t, &place);
	f->meant = suggest(l, f);
}

void lint_find(struct lint *l, const char *id, const char *file, const char *pointer,
	const char *found, const char *allowed_fmt, ...)
{
	char allowed[sizeof((anju_error *)0)->allowed];
	va_list ap;
	va_start(ap, allowed_fmt);
	vsnprintf(allowed, sizeof allowed, allowed_fmt, ap);
	va_end(ap);
	put(l, id, file, pointer, false, found, allowed);
}

void lint_find_name(struct lint *l, const char *id, const char *file, const char *pointer,
	const char *found, const char *allowed)
{
	put(l, id, file, pointer, true, found, allowed);
}

void lint_find_expr(struct lint *l, const char *id, const struct lint_flow *flow,
	const struct lint_expr *x, uint32_t from, uint32_t to, const char *found,
	const char *allowed)
{
	anju_error err;
	struct json_place place;
	fill(&err, id, flow->wf->file, x->pointer, found, allowed);
	struct lint_finding *f = add(l, &err, x->pointer);
	const struct lint_text *t = lint_text(l, flow->wf->file);
	if (f == NULL || t == NULL || !json_locate(t->data, t->len, x->pointer, &place))
		return;
	json_locate_within(t->data, t->len, &place, from, to - from);
	put_place(l, f, t, &place);
	f->meant = suggest(l, f);
}

/* --- what loading finds --- */

/* Line and column that the error itself knows: of a syntax error in the file, or in an expression. */
static void move_to_fault(
	const struct lint_text *t, const anju_error *err, struct json_place *place)
{
	unsigned line, column;
	bool syntax = strcmp(err->id, "json.syntax") == 0;
	if (sscanf(err->text, "line %u, column %u", &line, &column) != 2)
		return;
	if (syntax) {
		/* the column is that of the token's last sign */
		const char *near = strstr(err->text, "near '");
		size_t token = near != NULL ? utf8_length(near + 6, strlen(near + 6)) - 1 : 1;
		if (column >= token && token > 0)
			column = column - (unsigned)token + 1;
		size_t at = json_place_offset(t->data, t->len, line, column > 0 ? column : 1);
		json_place_at(t->data, t->len, at, place);
		place->len = 1;
	} else if (strncmp(err->id, "expr.", 5) == 0 && t->data[place->offset] == '"') {
		ANJU_AUTO_JSON *v =
			json_loadb(t->data + place->offset, place->len, JSON_DECODE_ANY, NULL);
		size_t n = json_string_length(v);
		if (v != NULL)
			json_locate_within(t->data, t->len, place,
				json_place_offset(json_string_value(v), n, line, column), 1);
	}
}

static void on_load(void *ctx, const anju_error *err)
{
	struct lint *l = ctx;
	struct json_place place = {0};
	struct lint_finding *f = add(l, err, anju_error_pointer(err));
	const struct lint_text *t = err->file[0] != '\0' ? lint_text(l, err->file) : NULL;
	if (f == NULL || t == NULL)
		return;
	bool found = json_locate(t->data, t->len, f->pointer, &place);
	if (!found && strcmp(err->id, "json.syntax") != 0)
		return;
	move_to_fault(t, err, &place);
	put_place(l, f, t, &place);
}

/* --- the run --- */

static size_t file_rank(const struct lint *l, const char *file)
{
	struct pack_source src;
	size_t n = strcspn(file, "/");
	for (size_t i = 0; l->set != NULL && pack_set_source(l->set, i, &src); i++) {
		if (strlen(src.name) == n && strncmp(src.name, file, n) == 0)
			return i;
	}
	return SIZE_MAX;
}

static int by_place(const void *a, const void *b, void *ctx)
{
	const struct lint_finding *x = a, *y = b;
	size_t p = file_rank(ctx, x->error.file), q = file_rank(ctx, y->error.file);
	if (p != q)
		return p < q ? -1 : 1;
	int c = strcmp(x->error.file, y->error.file);
	if (c != 0)
		return c;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	return strcmp(x->error.id, y->error.id);
}

static void look(struct lint *l)
{
	lint_gather(l);
	for (size_t i = 0; i < l->flows_len; i++) {
		lint_structure(l, &l->flows[i]);
		lint_events(l, &l->flows[i]);
		lint_conditions(l, &l->flows[i]);
		lint_related(l, &l->flows[i]);
		lint_deadlines(l, &l->flows[i]);
		lint_fields(l, &l->flows[i]);
	}
	lint_words(l);
	if (l->whole) {
		lint_uses(l);
		lint_locals(l);
		lint_deadlocks(l);
	}
}

/* Only of packs that load: else what a scenario names would be missing for other reasons. */
static anju_status look_at_scenarios(struct lint *l, anju_error *err)
{
	struct scenario_list list;
	anju_status st = scenario_list_load(l->set, on_load, l, &list, err);
	if (st == ANJU_OK)
		scenario_list_done(&list);
	return st;
}

static void finish(struct lint *l)
{
	struct lint_report *r = l->report;
	for (size_t i = 0; i < r->len; i++) {
		if (r->items[i].meant[0] == '\0')
			r->items[i].meant = suggest(l, &r->items[i]);
	}
	lint_accept(l);
	if (r->len > 1)
		qsort_r(r->items, r->len, sizeof *r->items, by_place, l);
	for (size_t i = 0; i < r->len; i++)
		r->count[r->items[i].severity]++;
	r->pack = l->set != NULL ? pack_set_name(l->set) : "";
}

anju_status lint_run(const struct pack_options *options, struct lint_report **ret, anju_error *err)
{
	ANJU_AUTO(lint_report) report = calloc(1, sizeof *report);
	struct lint_room *room = calloc(1, sizeof *room);
	if (report == NULL || room == NULL) {
		free(room);
		return anju_fail_nomem(err);
	}
	report->priv = room;
	struct lint l = {.dir = options->dir, .report = report};
	struct pack_options look_at = *options;
	size_t findings = 0;
	look_at.report = on_load;
	look_at.report_ctx = &l;
	anju_status st = pack_inspect(&look_at, &room->set, &findings, err);
	l.set = room->set;
	l.whole = findings == 0;
	if (st == ANJU_OK && l.set != NULL)
		look(&l);
	if (st == ANJU_OK && l.whole)
		st = look_at_scenarios(&l, err);
	if (st == ANJU_OK)
		finish(&l);
	room->pool = l.pool; /* what findings borrow */
	if (st == ANJU_OK && l.pool.failed)
		st = anju_fail_nomem(err);
	if (st == ANJU_OK)
		*ret = ANJU_TAKE(report);
	return st;
}

bool lint_report_add(struct lint_report *report, const anju_error *err)
{
	struct lint_finding *more =
		realloc(report->items, (report->len + 1) * sizeof *report->items);
	if (more == NULL)
		return false;
	report->items = more;
	more[report->len++] = (struct lint_finding){
		.error = *err, .pointer = "", .severity = LINT_ERROR, .source = "", .meant = ""};
	report->count[LINT_ERROR]++;
	return true;
}

static bool has_finding(const struct lint_report *report, const struct lint_finding *f)
{
	for (size_t i = 0; i < report->len; i++) {
		const struct lint_finding *g = &report->items[i];
		if (strcmp(g->error.id, f->error.id) == 0 &&
			strcmp(g->error.file, f->error.file) == 0 &&
			strcmp(g->pointer, f->pointer) == 0)
			return true;
	}
	return false;
}

bool lint_report_merge_take(struct lint_report *into, struct lint_report *from)
{
	struct lint_room *room = into->priv;
	/* kept whole: what its findings borrow is in there */
	from->next = into->next;
	into->next = from;
	struct lint_finding *more =
		realloc(into->items, (into->len + from->len + 1) * sizeof *into->items);
	if (more == NULL)
		return false;
	into->items = more;
	size_t before = into->len;
	for (size_t i = 0; i < from->len; i++) {
		into->len = before;
		if (has_finding(into, &from->items[i]))
			continue;
		more[before++] = from->items[i];
		into->count[from->items[i].severity]++;
	}
	into->len = before;
	into->accepted += from->accepted;
	char *packs = pool_alloc(&room->pool, strlen(into->pack) + strlen(from->pack) + 3);
	if (packs == NULL)
		return false;
	sprintf(packs, "%s, %s", into->pack, from->pack); /* allowed: sized above */
	into->pack = packs;
	return true;
}

void lint_report_free(struct lint_report *report)
{
	if (report == NULL)
		return;
	lint_report_free(report->next);
	struct lint_room *room = report->priv;
	if (room != NULL) {
		pool_done(&room->pool);
		pack_set_free(room->set);
		free(room);
	}
	free(report->items);
	free(report);
}
