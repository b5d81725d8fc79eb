/*
 * Expressions in words. Not a second parser: the text is gone through token by token, names that have a
 * title get it, operators become signs, and whatever is not known stays as it was written.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "graph/words.h"

#define NAME_MAX_BYTES 160
#define DEPTH_MAX      32

struct reader {
	const struct words *w;
	const char *p;
	struct buf *out;
	const struct field *field;    /* the last one read: its options have words */
	char item[32];                /* variable of exists() and the like: not shown */
	const struct workflow *other; /* whose cases that variable goes through */
	bool state;                   /* the next string is a state's path */
	bool bare[DEPTH_MAX];         /* parentheses that are not shown: those of In() */
	size_t depth;
};

static const char *title_or(const struct words *w, const struct label *label, const char *name)
{
	return label != NULL && label->text[w->lang] != NULL ? label->text[w->lang] : name;
}

static void add_rule(struct reader *r, const char *name)
{
	const json_t *rule = json_object_get(pack_set_rules(r->w->set), name);
	const char *title = json_string_value(json_object_get(
		json_object_get(rule, "title"), r->w->lang == LANG_EN ? "en" : "zh"));
	words_quote(r->w, title != NULL ? title : name, r->out);
}

static void open_paren(struct reader *r, bool bare)
{
	r->p++;
	if (!bare)
		buf_adds(r->out, words_tr(r->w, "（", "("));
	if (r->depth < DEPTH_MAX)
		r->bare[r->depth] = bare;
	r->depth++;
}

static void close_paren(struct reader *r)
{
	r->p++;
	if (r->depth > 0)
		r->depth--;
	if (r->depth >= DEPTH_MAX || !r->bare[r->depth])
		buf_adds(r->out, words_tr(r->w, "）", ")"));
}

/* The parenthesis after a word, set off from it. */
static void open_call(struct reader *r)
{
	buf_adds(r->out, words_tr(r->w, "", " "));
	open_paren(r, false);
}

/* After "….exists(": its variable, which the reader does not want to see. */
static void skip_variable(struct reader *r)
{
	size_t n = 0;
	const char *p = r->p;
	while (*p == ' ')
		p++;
	while (isalnum((unsigned char)p[n]) || p[n] == '_')
		n++;
	if (n == 0 || n >= sizeof r->item || p[n] != ',')
		return;
	snprintf(r->item, sizeof r->item, "%.*s", (int)n, p);
	r->p = p + n + 1;
	while (*r->p == ' ')
		r->p++;
}

static void add_case_name(struct reader *r, const char *rest)
{
	r->field = workflow_field(r->w->wf, rest);
	buf_adds(r->out, title_or(r->w, r->field != NULL ? &r->field->title : NULL, rest));
}

static void add_rule_name(struct reader *r, char *rest)
{
	char *member = strchr(rest, '.');
	if (member != NULL)
		*member++ = '\0';
	if (member != NULL && strcmp(member, "allows") == 0 && *r->p == '(') {
		buf_adds(r->out, words_tr(r->w, "符合", "within "));
		add_rule(r, rest);
		open_call(r);
		return;
	}
	add_rule(r, rest);
}

static void add_related(struct reader *r, char *rest)
{
	char *member = strchr(rest, '.');
	if (member != NULL)
		*member++ = '\0';
	const struct relation *relation = workflow_relation(r->w->wf, rest);
	buf_adds(r->out, title_or(r->w, relation != NULL ? &relation->title : NULL, rest));
	if (member == NULL)
		return;
	r->other = relation != NULL ? pack_set_workflow(r->w->set, relation->to) : NULL;
	bool some = strcmp(member, "exists") == 0, all = strcmp(member, "all") == 0;
	if ((some || all) && *r->p == '(') {
		buf_adds(r->out,
			some ? words_tr(r->w, "有", " with") : words_tr(r->w, "都", ", all"));
		open_call(r);
		skip_variable(r);
		return;
	}
	buf_addf(r->out, ".%s", member);
}

static void add_member(struct reader *r, const char *member)
{
	if (strcmp(member, "phase") == 0)
		buf_adds(r->out, words_tr(r->w, "阶段", "phase"));
	else if (strcmp(member, "states") == 0)
		buf_adds(r->out, words_tr(r->w, "所处状态", "its states"));
	else
		buf_adds(r->out, member);
}

static bool add_word(struct reader *r, const char *name)
{
	static const char *const words[][3] = {{"true", "是", "yes"}, {"false", "否", "no"},
		{"in", "属于", "in"}, {"docs", "已有材料", "papers held"},
		{"effective", "办理日期", "the day of the act"}, {"null", "空", "nothing"}};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strcmp(words[i][0], name) == 0) {
			buf_adds(r->out, words[i][r->w->lang == LANG_EN ? 2 : 1]);
			return true;
		}
	}
	return false;
}

static void add_name(struct reader *r, char *name)
{
	size_t item = strlen(r->item);
	if (strncmp(name, "case.", 5) == 0) {
		add_case_name(r, name + 5);
	} else if (strncmp(name, "rules.", 6) == 0) {
		add_rule_name(r, name + 6);
	} else if (strncmp(name, "related.", 8) == 0) {
		add_related(r, name + 8);
	} else if (item > 0 && strncmp(name, r->item, item) == 0 && name[item] == '.') {
		add_member(r, name + item + 1);
	} else if (strcmp(name, "In") == 0 && *r->p == '(') {
		buf_adds(r->out, words_tr(r->w, "已到", "in "));
		r->state = true;
		open_paren(r, true);
	} else if (strcmp(name, "size") == 0 && *r->p == '(') {
		buf_adds(r->out, words_tr(r->w, "项数", "number of"));
		open_call(r);
	} else if (!add_word(r, name)) {
		buf_adds(r->out, name);
	}
}

static void read_name(struct reader *r)
{
	char name[NAME_MAX_BYTES];
	size_t n = 0;
	while (isalnum((unsigned char)r->p[n]) || r->p[n] == '_' ||
		(r->p[n] == '.' && (isalpha((unsigned char)r->p[n + 1]) || r->p[n + 1] == '_')))
		n++;
	snprintf(name, sizeof name, "%.*s", (int)n, r->p);
	r->p += n;
	add_name(r, name);
}

/* A state's path, or a phase, of the related cases' workflow. NULL if it is neither. */
static const char *other_title(const struct reader *r, const char *text)
{
	if (r->other == NULL)
		return NULL;
	struct words w = {.set = r->w->set, .wf = r->other, .lang = r->w->lang};
	uint32_t state = chart_state_by_path(r->other->chart, text);
	for (uint32_t i = 0; state == CHART_NONE && i < chart_state_count(r->other->chart); i++) {
		if (strcmp(r->other->states[i].phase, text) == 0)
			state = i;
	}
	return state != CHART_NONE ? words_state(&w, state) : NULL;
}

static void read_string(struct reader *r)
{
	char quote = *r->p++, text[NAME_MAX_BYTES];
	size_t n = 0;
	while (r->p[n] != '\0' && r->p[n] != quote)
		n += r->p[n] == '\\' && r->p[n + 1] != '\0' ? 2 : 1;
	snprintf(text, sizeof text, "%.*s", (int)n, r->p);
	r->p += n + (r->p[n] == quote ? 1 : 0);
	const char *shown = text, *other = other_title(r, text);
	const struct label *option = r->field != NULL ? field_option_title(r->field, text) : NULL;
	const struct doc_kind *doc = workflow_doc(r->w->wf, text);
	uint32_t state = r->state ? chart_state_by_path(r->w->wf->chart, text) : CHART_NONE;
	if (state != CHART_NONE)
		shown = words_state(r->w, state);
	else if (option != NULL)
		shown = title_or(r->w, option, text);
	else if (other != NULL)
		shown = other;
	else if (doc != NULL)
		shown = title_or(r->w, &doc->title, text);
	r->state = false;
	words_quote(r->w, shown, r->out);
}

/* " != null" and " == null" read best as one. */
static bool read_null(struct reader *r)
{
	if ((r->p[0] != '!' && r->p[0] != '=') || r->p[1] != '=')
		return false;
	size_t n = strspn(r->p + 2, " ");
	if (strncmp(r->p + 2 + n, "null", 4) != 0)
		return false;
	while (r->out->len > 0 && r->out->data[r->out->len - 1] == ' ')
		r->out->len--;
	buf_adds(r->out, r->p[0] == '!' ? words_tr(r->w, "已填", " is set")
					: words_tr(r->w, "未填", " is not set"));
	r->p += 2 + n + 4;
	return true;
}

static void read_sign(struct reader *r)
{
	static const char *const signs[][3] = {{"&&", "且", "and"}, {"||", "或", "or"},
		{"==", "=", "="}, {"!=", "≠", "≠"}, {">=", "≥", "≥"}, {"<=", "≤", "≤"},
		{"*", "×", "×"}, {"/", "÷", "÷"}};
	for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
		size_t n = strlen(signs[i][0]);
		if (strncmp(r->p, signs[i][0], n) == 0) {
			buf_adds(r->out, signs[i][r->w->lang == LANG_EN ? 2 : 1]);
			r->p += n;
			return;
		}
	}
	if (*r->p == '(') {
		open_paren(r, false);
	} else if (*r->p == ')') {
		close_paren(r);
	} else if (*r->p == '!') {
		buf_adds(r->out, words_tr(r->w, "非", "not "));
		r->p++;
	} else {
		buf_addc(r->out, *r->p++);
	}
}

void words_expr(const struct words *w, const char *text, struct buf *out)
{
	struct reader r = {.w = w, .p = text, .out = out};
	while (*r.p != '\0') {
		if (isalpha((unsigned char)*r.p) || *r.p == '_')
			read_name(&r);
		else if (*r.p == '\'' || *r.p == '"')
			read_string(&r);
		else if (!read_null(&r))
			read_sign(&r);
	}
}
