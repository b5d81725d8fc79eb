#include "graph/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"

#define AFTER "xstate.after."
#define DONE  "xstate.done."

const char *words_state(const struct words *w, uint32_t state)
{
	const char *title = w->wf->states[state].title.text[w->lang];
	const struct chart_state *s = chart_state_at(w->wf->chart, state);
	if (title != NULL && title[0] != '\0')
		return title;
	return s->key != NULL && s->key[0] != '\0' ? s->key : w->wf->id;
}

void words_path(const struct words *w, uint32_t state, struct buf *out)
{
	const struct chart_state *s = chart_state_at(w->wf->chart, state);
	if (s->parent != CHART_NONE && s->parent != 0) {
		words_path(w, s->parent, out);
		buf_adds(out, " › ");
	}
	buf_adds(out, words_state(w, state));
}

bool words_initial(const struct words *w, uint32_t state)
{
	const struct chart *chart = w->wf->chart;
	uint32_t parent = chart_state_at(chart, state)->parent;
	if (parent == CHART_NONE || chart_state_at(chart, parent)->type != CHART_COMPOUND)
		return false;
	const json_t *def = w->wf->source;
	const struct chart_state *p = chart_state_at(chart, parent);
	const char *path = p->path;
	while (*path != '\0') {
		char key[128];
		size_t n = strcspn(path, ".");
		snprintf(key, sizeof key, "%.*s", (int)n, path);
		def = json_object_get(json_object_get(def, "states"), key);
		path += n + (path[n] == '.' ? 1 : 0);
	}
	const json_t *initial = json_object_get(def, "initial");
	if (json_is_object(initial))
		initial = json_object_get(initial, "target");
	if (json_is_array(initial))
		initial = json_array_get(initial, 0);
	const char *name = json_string_value(initial);
	if (name == NULL)
		return false;
	if (name[0] == '#')
		return chart_state_by_target(chart, parent, name) == state;
	name += name[0] == '.' ? 1 : 0;
	return strcmp(name, chart_state_at(chart, state)->key) == 0;
}

/* --- what makes a transition happen --- */

static bool begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

static bool only_system(const struct role_list *by)
{
	for (size_t i = 0; i < by->len; i++) {
		if (by->roles[i].scope != ROLE_SYSTEM)
			return false;
	}
	return true;
}

enum words_cause words_cause(const struct words *w, uint32_t transition)
{
	const char *event = chart_transition_at(w->wf->chart, transition)->descriptor;
	if (event[0] == '\0')
		return CAUSE_ALWAYS;
	if (begins(event, AFTER))
		return CAUSE_AFTER;
	if (begins(event, DONE))
		return CAUSE_DONE;
	return only_system(&w->wf->transitions[transition].by) ? CAUSE_SYSTEM : CAUSE_ACT;
}

const char *words_event(const struct words *w, uint32_t transition)
{
	const char *event = chart_transition_at(w->wf->chart, transition)->descriptor;
	return event[0] == '\0' || begins(event, AFTER) || begins(event, DONE) ? NULL : event;
}

static void add_duration(const struct words *w, struct duration d, struct buf *out)
{
	static const char *const zh[] = {" 小时", " 天", " 个工作日", " 个月", " 年"};
	static const char *const en[] = {" hours", " days", " working days", " months", " years"};
	buf_addf(out, "%d%s", (int)d.n, (w->lang == LANG_EN ? en : zh)[d.unit]);
}

/* Of "xstate.after.<delay>.<state id>": the delay's name is what is before the state's id. */
static void add_delay(const struct words *w, const struct chart_transition *t, struct buf *out)
{
	char name[128];
	const char *rest = t->descriptor + strlen(AFTER);
	const char *id = chart_state_at(w->wf->chart, t->source)->id;
	size_t n = strlen(rest), id_len = strlen(id);
	if (n > id_len + 1 && strcmp(rest + n - id_len, id) == 0)
		n -= id_len + 1;
	snprintf(name, sizeof name, "%.*s", (int)n, rest);
	const struct delay *delay = workflow_delay(w->wf, name);
	if (delay != NULL)
		add_duration(w, delay->duration, out);
	else
		buf_addf(out, words_tr(w, "%s 毫秒", "%s ms"), name);
}

void words_act(const struct words *w, uint32_t transition, struct buf *out)
{
	const struct chart_transition *t = chart_transition_at(w->wf->chart, transition);
	const char *title = w->wf->transitions[transition].title.text[w->lang];
	const char *event = words_event(w, transition);
	if (title != NULL && title[0] != '\0')
		buf_adds(out, title);
	else if (event != NULL)
		buf_adds(out, event);
	else if (begins(t->descriptor, AFTER))
		buf_adds(out, words_tr(w, "期满", "time is up"));
	else
		buf_adds(out, words_tr(w, "自动", "by itself"));
}

void words_who(const struct words *w, uint32_t transition, struct buf *out)
{
	const struct chart_transition *t = chart_transition_at(w->wf->chart, transition);
	const struct transition_rule *rule = &w->wf->transitions[transition];
	switch (words_cause(w, transition)) {
	case CAUSE_ALWAYS:
		buf_adds(out, words_tr(w, "条件成立时自动", "by itself"));
		break;
	case CAUSE_DONE:
		buf_adds(out,
			words_tr(w, "其下全部完成后自动", "by itself, once all below is done"));
		break;
	case CAUSE_SYSTEM:
		buf_adds(out, words_tr(w, "系统（由其他流程或分支引起）", "anju itself"));
		break;
	case CAUSE_AFTER:
		buf_adds(out, words_tr(w, "满 ", "by itself, after "));
		add_delay(w, t, out);
		buf_adds(out, words_tr(w, " 自动", ""));
		break;
	case CAUSE_ACT:
		words_roles(w, &rule->by, out);
		break;
	}
	if (rule->reason)
		buf_adds(out, words_tr(w, "（写明理由）", " (with a reason)"));
}

/* --- conditions and documents --- */

static const char *refusal_of(const struct words *w, const struct guard *g, uint32_t transition)
{
	const char *text = g->refusal.text[w->lang];
	if (text == NULL || text[0] == '\0')
		text = w->wf->transitions[transition].refusal.text[w->lang];
	return text != NULL && text[0] != '\0' ? text : NULL;
}

static const char *expr_of(const struct guard *g)
{
	return g->kind == GUARD_CEL && g->expr != NULL ? expr_text(g->expr) : "";
}

/* The expression where it reads well, else what a refusal says. */
void words_condition(const struct words *w, uint32_t transition, struct buf *out)
{
	const struct chart_transition *t = chart_transition_at(w->wf->chart, transition);
	const struct guard *g = t->guard != NULL ? t->guard->user : NULL;
	if (g == NULL)
		return;
	const char *refusal = refusal_of(w, g, transition);
	ANJU_AUTO_BUF words = BUF_INIT;
	words_expr(w, expr_of(g), &words);
	if (g->kind == GUARD_IN)
		words_path(w, g->state, &words);
	bool plain = words.len <= 150 && strstr(expr_of(g), ".exists(") == NULL;
	if (words.len > 0 && (plain || refusal == NULL)) {
		buf_adds(out, words_tr(w, "若 ", "if "));
		if (g->kind == GUARD_IN)
			buf_adds(out, words_tr(w, "已到 ", "in "));
		buf_add(out, words.data, words.len);
	} else if (refusal != NULL) {
		buf_addf(out, words_tr(w, "否则：%s", "else: %s"), refusal);
	} else if (g->kind == GUARD_POLICY && g->function != NULL) {
		buf_addf(out, words_tr(w, "若 符合规则 %s", "if rule %s holds"), g->function);
	}
}

void words_needs(const struct words *w, uint32_t transition, bool all, struct buf *out)
{
	const struct transition_rule *rule = &w->wf->transitions[transition];
	size_t shown = all || rule->needs_len <= 2 ? rule->needs_len : 1;
	for (size_t i = 0; i < shown; i++) {
		const struct doc_kind *doc = workflow_doc(w->wf, rule->needs[i]);
		buf_adds(out, i == 0 ? words_tr(w, "材料：", "papers: ") : words_tr(w, "、", ", "));
		buf_adds(out, doc != NULL ? doc->title.text[w->lang] : rule->needs[i]);
	}
	if (shown < rule->needs_len)
		buf_addf(out, words_tr(w, "等 %zu 件", " and %zu more"),
			w->lang == LANG_EN ? rule->needs_len - shown : rule->needs_len);
}

/* --- roles --- */

static const char *level_word(const struct words *w, const char *level)
{
	static const char *const words[][3] = {{"nation", "国家", "national"},
		{"province", "省", "provincial"}, {"city", "市", "city"},
		{"county", "县", "county"}, {"town", "镇", "town"}, {"village", "村", "village"},
		{"project", "项目", "project"}};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strcmp(words[i][0], level) == 0)
			return words[i][w->lang == LANG_EN ? 2 : 1];
	}
	return NULL;
}

/* Where the common end of two titles begins in `b`, at a whole character or word. */
static const char *common_end(enum lang lang, const char *a, const char *b)
{
	const char *p = a + strlen(a), *q = b + strlen(b);
	while (p > a && q > b && p[-1] == q[-1]) {
		p--;
		q--;
	}
	while (((unsigned char)*q & 0xc0) == 0x80)
		q++;
	if (lang == LANG_EN && q > b && q[-1] != ' ') {
		const char *space = strchr(q, ' ');
		q = space != NULL ? space + 1 : q + strlen(q);
	}
	return q;
}

/* The title that all units of this kind (and level) share: whole when there is one such unit. */
static const char *shared_title(const struct words *w, const struct role *role, size_t *ret_units)
{
	const struct org *org = pack_set_org(w->set);
	const char *shared = NULL;
	*ret_units = 0;
	for (size_t i = 0; i < org_count(org); i++) {
		const struct unit *u = org_at(org, i);
		if (strcmp(u->kind, role->kind) != 0)
			continue;
		if (role->scope == ROLE_LEVEL && strcmp(u->level, role->where) != 0)
			continue;
		const char *title = u->title[w->lang];
		shared = shared == NULL ? title : common_end(w->lang, shared, title);
		(*ret_units)++;
	}
	return shared;
}

static void add_kind(const struct words *w, const struct role *role, struct buf *out)
{
	size_t units;
	const char *shared = shared_title(w, role, &units);
	const char *level = level_word(w, role->scope == ROLE_LEVEL ? role->where : role->kind);
	if (units == 1) {
		buf_adds(out, shared);
	} else if (units > 1 && utf8_length(shared, strlen(shared)) > 2) {
		bool said = level != NULL && strncasecmp(shared, level, strlen(level)) == 0;
		if (role->scope == ROLE_LEVEL && level != NULL && !said)
			buf_addf(out, "%s%s", level, words_tr(w, "", " "));
		buf_adds(out, shared);
	} else {
		buf_adds(out, role->scope != ROLE_LEVEL && level != NULL ? level : role->text);
	}
}

/* The unit that a field of the case names: the field's own title says it best. */
static void add_bound(const struct words *w, const struct role *role, struct buf *out)
{
	const char *name = json_string_value(json_object_get(w->wf->bindings, role->where));
	const struct field *field = name != NULL ? workflow_field(w->wf, name) : NULL;
	const char *title = field != NULL ? field->title.text[w->lang] : NULL;
	if (title == NULL) {
		buf_adds(out, role->text);
		return;
	}
	if (strcmp(role->kind, "unit") == 0 || strstr(name, role->kind) != NULL) {
		buf_adds(out, title);
		return;
	}
	add_kind(w, role, out);
	buf_addf(out, words_tr(w, "（%s）", " (%s)"), title);
}

/* Whoever takes that part in the obligation. */
static void add_part(const struct words *w, const struct role *role, struct buf *out)
{
	switch (role->kind[0]) {
	case 'l':
		buf_adds(out, words_tr(w, "任务牵头单位", "lead of the obligation"));
		break;
	case 'c':
		buf_adds(out, words_tr(w, "任务配合单位", "who cooperates in the obligation"));
		break;
	default:
		buf_adds(out, strcmp(role->kind, "reviewer") == 0
				      ? words_tr(w, "任务验收单位", "reviewer of the obligation")
				      : words_tr(w, "任务责任单位",
						"who is responsible for the obligation"));
	}
}

static void add_role(const struct words *w, const struct role *role, struct buf *out)
{
	switch (role->scope) {
	case ROLE_SYSTEM:
		buf_adds(out, words_tr(w, "系统", "anju itself"));
		break;
	case ROLE_ANY:
		buf_adds(out, words_tr(w, "任何单位", "any office"));
		break;
	case ROLE_BINDING:
		add_bound(w, role, out);
		break;
	case ROLE_LEVEL:
	case ROLE_NEAREST:
		add_kind(w, role, out);
		break;
	case ROLE_OBLIGATION:
		add_part(w, role, out);
		break;
	}
}

void words_roles(const struct words *w, const struct role_list *roles, struct buf *out)
{
	for (size_t i = 0; i < roles->len; i++) {
		if (i > 0)
			buf_adds(out, words_tr(w, "、", ", "));
		add_role(w, &roles->roles[i], out);
	}
}
