#include "wording/check.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"

#define DEPTH_MAX 16
#define NAME_MAX_ 64

/* --- what a view has --- */

struct scope;

struct name {
	const char *name;
	const struct scope *scope; /* of an object or of each of a list; NULL: a plain value */
};

struct scope {
	const struct name *names;
	size_t len;
};

#define SCOPE(list)                                                                                \
	{                                                                                          \
		list, sizeof(list) / sizeof(list[0])                                               \
	}

static const struct name unit_names[] = {{"code", NULL}, {"title", NULL}};
static const struct scope unit_scope = SCOPE(unit_names);

static const struct name notice_names[] = {{"workflow", NULL}, {"key", NULL}, {"text", NULL}};
static const struct scope notice_scope = SCOPE(notice_names);

static const struct name group_names[] = {{"count", NULL}, {"many", NULL}, {"workflow", NULL},
	{"title", NULL}, {"name", NULL}, {"text", NULL}, {"due", NULL}, {"provisional", NULL},
	{"overdue", NULL}, {"days", NULL}, {"today", NULL}, {"role", NULL}, {"key", NULL},
	{"keys", NULL}, {"more", NULL}, {"command", NULL}};
static const struct scope group_scope = SCOPE(group_names);

static const struct name top_names[] = {{"unit", &unit_scope}, {"date", NULL}, {"time", NULL},
	{"urgent", NULL}, {"single", NULL}, {"total", NULL}, {"due_count", NULL},
	{"overdue_count", NULL}, {"notice_count", NULL}, {"any_due", NULL}, {"any_overdue", NULL},
	{"any_notices", NULL}, {"many_notices", NULL}, {"first", &group_scope},
	{"groups", &group_scope}, {"first_notice", &notice_scope}, {"notices", &notice_scope}};
static const struct scope top_scope = SCOPE(top_names);

static const struct name *find_in(const struct scope *scope, const char *name, size_t len)
{
	for (size_t i = 0; scope != NULL && i < scope->len; i++) {
		if (strlen(scope->names[i].name) == len &&
			strncmp(scope->names[i].name, name, len) == 0)
			return &scope->names[i];
	}
	return NULL;
}

/* --- a walk over the tags --- */

struct walk {
	const char *text, *file;
	bool html;
	anju_error *err;
	struct section {
		char name[NAME_MAX_];
		const struct scope *scope; /* NULL: what was there before */
		const char *at;
	} open[DEPTH_MAX];
	size_t depth;
};

static int line_of(const struct walk *w, const char *at)
{
	int line = 1;
	for (const char *p = w->text; p < at; p++)
		line += *p == '\n';
	return line;
}

static anju_status fail(
	struct walk *w, const char *id, const char *at, const char *found, const char *allowed)
{
	(void)anju_fail(w->err, ANJU_E_INVALID, id, "%s:%d: %s", w->file, line_of(w, at), found);
	anju_error_file(w->err, w->file);
	anju_error_where(w->err, "%d", line_of(w, at));
	anju_error_found(w->err, "%s", found);
	anju_error_allowed(w->err, "%s", allowed);
	return ANJU_E_INVALID;
}

static const struct name *look_up(const struct walk *w, const char *name)
{
	size_t head = strcspn(name, ".");
	const struct name *found = NULL;
	for (size_t i = w->depth; i > 0 && found == NULL; i--)
		found = find_in(w->open[i - 1].scope, name, head);
	if (found == NULL)
		found = find_in(&top_scope, name, head);
	while (found != NULL && name[head] == '.') {
		name += head + 1;
		head = strcspn(name, ".");
		found = find_in(found->scope, name, head);
	}
	return found;
}

static void add_names(struct buf *out, const struct scope *scope)
{
	for (size_t i = 0; scope != NULL && i < scope->len; i++)
		buf_addf(out, "%s%s", out->len > 0 ? " " : "", scope->names[i].name);
}

static anju_status fail_name(struct walk *w, const char *at, const char *name)
{
	ANJU_AUTO_BUF known = BUF_INIT;
	for (size_t i = w->depth; i > 0; i--)
		add_names(&known, w->open[i - 1].scope);
	add_names(&known, &top_scope);
	return fail(w, "wording.name", at, name, known.data != NULL ? known.data : "");
}

static anju_status check_name(
	struct walk *w, const char *at, const char *name, const struct name **ret)
{
	static const struct name itself = {".", NULL};
	*ret = strcmp(name, ".") == 0 && w->depth > 0 ? &itself : look_up(w, name);
	return *ret != NULL ? ANJU_OK : fail_name(w, at, name);
}

static anju_status begin(struct walk *w, const char *at, const char *name, bool inverted)
{
	const struct name *found = NULL;
	anju_status st = check_name(w, at, name, &found);
	if (st != ANJU_OK)
		return st;
	if (w->depth == DEPTH_MAX)
		return fail(w, "wording.tag", at, name, "{{/…}}");
	struct section *s = &w->open[w->depth++];
	snprintf(s->name, sizeof s->name, "%s", name);
	s->scope = inverted ? NULL : found->scope;
	s->at = at;
	return ANJU_OK;
}

static anju_status end(struct walk *w, const char *at, const char *name)
{
	if (w->depth == 0)
		return fail(w, "wording.tag", at, name, "{{#…}}");
	if (strcmp(w->open[w->depth - 1].name, name) != 0)
		return fail(w, "wording.tag", at, name, w->open[w->depth - 1].name);
	w->depth--;
	return ANJU_OK;
}

/* The name within a tag, without blanks; false if it is none. */
static bool name_of(const char *p, size_t n, char out[NAME_MAX_])
{
	while (n > 0 && strchr(" \t", *p) != NULL)
		p++, n--;
	while (n > 0 && strchr(" \t", p[n - 1]) != NULL)
		n--;
	if (n == 0 || n >= NAME_MAX_)
		return false;
	memcpy(out, p, n);
	out[n] = '\0';
	return strspn(out, "abcdefghijklmnopqrstuvwxyz_.") == n;
}

/* One tag, from behind its braces: `n` bytes. */
static anju_status check_tag(struct walk *w, const char *at, const char *p, size_t n, bool triple)
{
	char name[NAME_MAX_], shown[80];
	const struct name *found;
	char sign = triple ? '&' : '\0';
	snprintf(shown, sizeof shown, "{{%.*s}}", (int)(n < 64 ? n : 64), p);
	if (!triple && n > 0 && strchr("#^/&!>=", *p) != NULL) {
		sign = *p++;
		n--;
	}
	if (sign == '!')
		return ANJU_OK;
	if (sign == '>' || sign == '=' || (sign == '&' && w->html))
		return fail(w, "wording.kind", at, shown, "{{name}} {{#name}} {{^name}} {{!…}}");
	if (!name_of(p, n, name))
		return fail_name(w, at, shown);
	if (sign == '#' || sign == '^')
		return begin(w, at, name, sign == '^');
	return sign == '/' ? end(w, at, name) : check_name(w, at, name, &found);
}

anju_status template_check(const char *text, const char *file, bool html, anju_error *err)
{
	struct walk w = {.text = text, .file = file, .html = html, .err = err};
	const char *p = text;
	while ((p = strstr(p, "{{")) != NULL) {
		bool triple = p[2] == '{';
		const char *from = p + (triple ? 3 : 2);
		const char *close = strstr(from, triple ? "}}}" : "}}");
		if (close == NULL)
			return fail(&w, "wording.tag", p, "{{", triple ? "}}}" : "}}");
		anju_status st = check_tag(&w, p, from, (size_t)(close - from), triple);
		if (st != ANJU_OK)
			return st;
		p = close + (triple ? 3 : 2);
	}
	if (w.depth == 0)
		return ANJU_OK;
	const struct section *last = &w.open[w.depth - 1];
	char allowed[NAME_MAX_ + 8];
	snprintf(allowed, sizeof allowed, "{{/%s}}", last->name);
	return fail(&w, "wording.tag", last->at, last->name, allowed);
}
