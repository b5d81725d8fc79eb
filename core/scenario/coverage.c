#include "scenario/coverage.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"

void coverage_free(struct coverage *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->len; i++) {
		free(c->workflows[i].states);
		free(c->workflows[i].transitions);
		free(c->workflows[i].guards_true);
		free(c->workflows[i].guards_false);
	}
	free(c->workflows);
	free(c);
}

static struct coverage_workflow *of(struct coverage *c, const struct workflow *wf)
{
	for (size_t i = 0; i < c->len; i++) {
		if (c->workflows[i].wf == wf)
			return &c->workflows[i];
	}
	return NULL;
}

static void saw_guard(void *ctx, const struct workflow *wf, const struct chart_call *guard,
	enum chart_verdict verdict)
{
	struct coverage_workflow *w = of(ctx, wf);
	for (uint32_t i = 0; w != NULL && i < chart_transition_count(wf->chart); i++) {
		if (chart_transition_at(wf->chart, i)->guard != guard)
			continue;
		/* one that cannot be decided is neither */
		w->guards_true[i] += verdict == CHART_TRUE;
		w->guards_false[i] += verdict == CHART_FALSE;
		return;
	}
}

static void saw_taken(void *ctx, const struct workflow *wf, uint32_t transition)
{
	struct coverage_workflow *w = of(ctx, wf);
	if (w != NULL)
		w->transitions[transition]++;
}

static void saw_entered(void *ctx, const struct workflow *wf, uint32_t state)
{
	struct coverage_workflow *w = of(ctx, wf);
	if (w != NULL)
		w->states[state]++;
}

static bool make(struct coverage_workflow *w, const struct workflow *wf)
{
	size_t states = chart_state_count(wf->chart);
	size_t transitions = chart_transition_count(wf->chart) + 1; /* calloc(0) may be NULL */
	w->wf = wf;
	w->states = calloc(states, sizeof *w->states);
	w->transitions = calloc(transitions, sizeof *w->transitions);
	w->guards_true = calloc(transitions, sizeof *w->guards_true);
	w->guards_false = calloc(transitions, sizeof *w->guards_false);
	return w->states != NULL && w->transitions != NULL && w->guards_true != NULL &&
	       w->guards_false != NULL;
}

anju_status coverage_new(const struct pack_set *packs, struct coverage **ret, anju_error *err)
{
	ANJU_AUTO(coverage) c = calloc(1, sizeof *c);
	size_t n = pack_set_workflow_count(packs);
	if (c != NULL)
		c->workflows = calloc(n + 1, sizeof *c->workflows);
	if (c == NULL || c->workflows == NULL)
		return anju_fail_nomem(err);
	for (size_t i = 0; i < n; i++) {
		c->len++;
		if (!make(&c->workflows[i], pack_set_workflow_at(packs, i)))
			return anju_fail_nomem(err);
	}
	c->observer = (struct case_observer){
		.ctx = c, .guard = saw_guard, .taken = saw_taken, .entered = saw_entered};
	*ret = ANJU_TAKE(c);
	return ANJU_OK;
}

static struct coverage_workflow *of_file(struct coverage *c, const struct workflow *wf)
{
	for (size_t i = 0; i < c->len; i++) {
		const struct workflow *known = c->workflows[i].wf;
		if (strcmp(known->file, wf->file) == 0 &&
			chart_transition_count(known->chart) == chart_transition_count(wf->chart) &&
			chart_state_count(known->chart) == chart_state_count(wf->chart))
			return &c->workflows[i];
	}
	return NULL;
}

static void sum(struct coverage_workflow *into, const struct coverage_workflow *w)
{
	for (uint32_t i = 0; i < chart_state_count(w->wf->chart); i++)
		into->states[i] += w->states[i];
	for (uint32_t i = 0; i < chart_transition_count(w->wf->chart); i++) {
		into->transitions[i] += w->transitions[i];
		into->guards_true[i] += w->guards_true[i];
		into->guards_false[i] += w->guards_false[i];
	}
}

anju_status coverage_merge(struct coverage *into, struct coverage *from, anju_error *err)
{
	struct coverage_workflow *more =
		realloc(into->workflows, (into->len + from->len + 1) * sizeof *more);
	if (more == NULL)
		return anju_fail_nomem(err);
	into->workflows = more;
	for (size_t i = 0; i < from->len; i++) {
		struct coverage_workflow *w = &from->workflows[i], *same = of_file(into, w->wf);
		if (same != NULL) {
			sum(same, w);
			continue;
		}
		more[into->len++] = *w;
		*w = (struct coverage_workflow){.wf = w->wf};
	}
	return ANJU_OK;
}

static bool state_counts(const struct chart_state *s)
{
	return s->type != CHART_HISTORY && s->parent != CHART_NONE;
}

static void count(struct coverage_count *c, bool seen)
{
	c->all++;
	c->seen += seen;
}

void coverage_counts(const struct coverage_workflow *w, struct coverage_counts *ret)
{
	const struct chart *chart = w->wf->chart;
	*ret = (struct coverage_counts){0};
	for (uint32_t i = 0; i < chart_state_count(chart); i++) {
		if (state_counts(chart_state_at(chart, i)))
			count(&ret->states, w->states[i] > 0);
	}
	for (uint32_t i = 0; i < chart_transition_count(chart); i++) {
		const struct chart_transition *t = chart_transition_at(chart, i);
		if (t->forbidden)
			continue;
		count(&ret->transitions, w->transitions[i] > 0);
		if (t->guard == NULL)
			continue;
		count(&ret->guards_true, w->guards_true[i] > 0);
		count(&ret->guards_false, w->guards_false[i] > 0);
	}
}

unsigned coverage_percent(struct coverage_count c)
{
	return c.all == 0 ? 100 : (unsigned)(c.seen * 100 / c.all);
}

/* --- as JSON --- */

static json_t *count_json(struct coverage_count c)
{
	return json_pack("{s:I, s:I, s:I}", "seen", (json_int_t)c.seen, "all", (json_int_t)c.all,
		"percent", (json_int_t)coverage_percent(c));
}

static void add_missing(json_t *list, const struct workflow *wf, const char *kind,
	const char *pointer, const struct label *title, const char *fallback)
{
	const char *zh = title->text[LANG_ZH], *en = title->text[LANG_EN];
	(void)json_array_append_new(
		list, json_pack("{s:s, s:s, s:s, s:{s:s, s:s}}", "kind", kind, "file", wf->file,
			      "pointer", pointer, "title", "zh", zh != NULL && *zh ? zh : fallback,
			      "en", en != NULL && *en ? en : fallback));
}

static void missing_of_transition(const struct coverage_workflow *w, uint32_t i, json_t *list)
{
	const struct chart_transition *t = chart_transition_at(w->wf->chart, i);
	const struct label *title = &w->wf->transitions[i].title;
	const char *name = t->descriptor[0] != '\0' ? t->descriptor : "always";
	if (t->forbidden)
		return;
	if (w->transitions[i] == 0)
		add_missing(list, w->wf, "transition", t->pointer, title, name);
	if (t->guard != NULL && w->guards_true[i] == 0)
		add_missing(list, w->wf, "guard_true", t->guard->pointer, title, name);
	if (t->guard != NULL && w->guards_false[i] == 0)
		add_missing(list, w->wf, "guard_false", t->guard->pointer, title, name);
}

json_t *coverage_json(const struct coverage_workflow *w)
{
	const struct chart *chart = w->wf->chart;
	struct coverage_counts c;
	json_t *missing = json_array();
	coverage_counts(w, &c);
	for (uint32_t i = 0; i < chart_state_count(chart); i++) {
		const struct chart_state *s = chart_state_at(chart, i);
		if (state_counts(s) && w->states[i] == 0)
			add_missing(missing, w->wf, "state", s->pointer, &w->wf->states[i].title,
				s->path);
	}
	for (uint32_t i = 0; i < chart_transition_count(chart); i++)
		missing_of_transition(w, i, missing);
	return json_pack("{s:s, s:{s:s, s:s}, s:o, s:o, s:o, s:o, s:o}", "workflow", w->wf->id,
		"title", "zh", w->wf->title.text[LANG_ZH], "en", w->wf->title.text[LANG_EN],
		"states", count_json(c.states), "transitions", count_json(c.transitions),
		"guards_true", count_json(c.guards_true), "guards_false",
		count_json(c.guards_false), "missing", missing);
}
