/* Deadlines that cannot be met, reminders that come late, and what a pack asks of its deadlines. */
#include <stdlib.h>
#include <string.h>

#include "lint/impl.h"

/* --- met --- */

/* Does entering `target` enter `state`: by being it, lying below it, or by default entry? */
static bool enters(const struct chart *chart, uint32_t target, uint32_t state)
{
	if (target == state || chart_below(chart, target, state))
		return true;
	for (uint32_t s = target; chart_below(chart, state, s);) {
		const struct chart_node *n = &chart->nodes[s];
		if (n->type == CHART_PARALLEL)
			return true; /* one of its regions; how far down does not matter here */
		if (n->type != CHART_COMPOUND)
			return n->type == CHART_HISTORY;
		s = n->initial;
		if (s == state)
			return true;
		if (chart->nodes[s].type == CHART_HISTORY)
			return true;
	}
	return false;
}

/* Eventless transitions and onDone go on in the same step; wherever they lead may be where it is met. */
static bool goes_on(const struct chart *chart, uint32_t target)
{
	for (uint32_t s = target; s < chart->nodes[target].end; s++) {
		if (chart->nodes[s].asks_always || chart->nodes[s].type == CHART_FINAL)
			return true;
	}
	return chart->nodes[target].type == CHART_HISTORY;
}

/* Met when `met` is entered while `from` is active or in the very step that leaves it. */
static bool can_be_met(const struct chart *chart, uint32_t from, uint32_t met)
{
	if (chart_below(chart, from, met))
		return false; /* it is active already, and cannot be entered without leaving `from` */
	if (from == 0 || chart_below(chart, met, from))
		return true;
	uint32_t top = chart->nodes[met].parent;
	while (!chart_below(chart, from, top))
		top = chart->nodes[top].parent;
	if (chart->nodes[top].type == CHART_PARALLEL)
		return true;
	for (uint32_t i = 0; i < chart->transitions_len; i++) {
		const struct chart_edge *e = &chart->edges[i];
		bool leaves = structure_together(chart, e->source, from) &&
			      (e->domain == CHART_NONE || e->by_history ||
				      chart_below(chart, from, e->domain));
		for (uint32_t k = 0; leaves && k < e->targets_len; k++) {
			if (enters(chart, e->targets[k], met) || goes_on(chart, e->targets[k]))
				return true;
		}
	}
	return false;
}

/* Without `met` it is met when its state is left. */
static bool can_be_left(const struct chart *chart, uint32_t state)
{
	for (uint32_t i = 0; i < chart->transitions_len; i++) {
		const struct chart_edge *e = &chart->edges[i];
		bool leaves = structure_together(chart, e->source, state) &&
			      (e->domain == CHART_NONE || e->by_history ||
				      chart_below(chart, state, e->domain));
		if (e->targets_len > 0 && leaves)
			return true;
	}
	/* with the case all its states end */
	return state == 0 || structure_can_be_done(chart, 0);
}

static void check_met(struct lint *l, const struct lint_flow *flow, const struct deadline_def *d)
{
	const struct chart *chart = flow->chart;
	const char *here = d->state > 0 ? chart->states[d->state].path : flow->wf->id;
	if (d->met == CHART_NONE && !can_be_left(chart, d->state))
		lint_find(l, "lint.met_never", flow->wf->file, d->pointer, here, "%s", d->name);
	if (d->met != CHART_NONE && !can_be_met(chart, d->state, d->met))
		lint_find(l, "lint.met_never", flow->wf->file, lint_printf(l, "%s/met", d->pointer),
			chart->states[d->met].path, "%s", here);
}

/* --- rungs --- */

/* The earliest and latest day, from the due day, on which a rung can fire. */
static void span_of(const struct rung *r, int32_t *first, int32_t *last)
{
	int32_t n = r->at_due ? 0 : r->offset.n;
	*first = *last = n;
	int32_t sign = n < 0 ? -1 : 1, size = n * sign, more = size;
	switch (r->offset.unit) {
	case DURATION_HOURS:
		size = size / 24;
		more = size + 1;
		break;
	case DURATION_DAYS:
		break;
	case DURATION_WORKDAYS:
		more = size * 2 + 12; /* weekends and the longest holidays */
		break;
	case DURATION_MONTHS:
		more = size * 31;
		size = size * 28;
		break;
	case DURATION_YEARS:
		more = size * 366;
		size = size * 365;
		break;
	}
	*first = sign < 0 ? -more : size;
	*last = sign < 0 ? -size : more;
}

static void check_rungs(struct lint *l, const struct lint_flow *flow, const struct deadline_def *d,
	const json_t *def)
{
	const json_t *list = json_object_get(def, "rungs");
	for (size_t i = 1; i < d->rungs_len; i++) {
		int32_t first[2], last[2];
		span_of(&d->rungs[i - 1], &first[0], &last[0]);
		span_of(&d->rungs[i], &first[1], &last[1]);
		const char *at = json_string_value(json_object_get(json_array_get(list, i), "at"));
		const char *before =
			json_string_value(json_object_get(json_array_get(list, i - 1), "at"));
		if (last[1] < first[0])
			lint_find(l, "lint.rung_order", flow->wf->file,
				lint_printf(l, "%s/rungs/%zu/at", d->pointer, i),
				at != NULL ? at : "", "%s", before != NULL ? before : "");
	}
	if (d->rungs_len == 0 && json_array_size(list) == 0)
		lint_find(l, "lint.no_reminder", flow->wf->file, d->pointer, d->name, " ");
}

/* --- what the packs require --- */

static const json_t *require_of(const struct pack_source *src, const char *key)
{
	return json_object_get(json_object_get(json_object_get(src->doc, "lint"), "require"), key);
}

/* What a pack requires holds for its own workflows and for those of the packs that extend it. */
static bool next_above(
	const struct lint *l, const struct workflow *wf, size_t *i, struct pack_source *ret)
{
	struct pack_source before;
	if (*i > 0 && pack_set_source(l->set, *i - 1, &before) &&
		strcmp(before.name, wf->pack) == 0)
		return false;
	return pack_set_source(l->set, (*i)++, ret);
}

static bool required(const struct lint *l, const struct workflow *wf, const char *key)
{
	struct pack_source src;
	for (size_t i = 0; next_above(l, wf, &i, &src);) {
		if (json_is_true(require_of(&src, key)))
			return true;
	}
	return false;
}

static bool phase_required(const struct lint *l, const struct workflow *wf, const char *phase)
{
	struct pack_source src;
	for (size_t i = 0; next_above(l, wf, &i, &src);) {
		const json_t *list = require_of(&src, "deadline");
		for (size_t k = 0; k < json_array_size(list); k++) {
			const char *one = json_string_value(json_array_get(list, k));
			if (one != NULL && strcmp(one, phase) == 0)
				return true;
		}
	}
	return false;
}

/* Somebody's act, and not only what the system passes on. */
static bool is_act(const struct transition_rule *rule)
{
	for (size_t i = 0; i < rule->by.len; i++) {
		if (rule->by.roles[i].scope != ROLE_SYSTEM)
			return true;
	}
	return false;
}

static bool under_deadline(const struct lint_flow *flow, uint32_t state)
{
	for (; state != CHART_NONE; state = flow->chart->nodes[state].parent) {
		if (flow->wf->states[state].arms_len > 0)
			return true;
	}
	return false;
}

static void check_required(struct lint *l, const struct lint_flow *flow)
{
	const struct chart *chart = flow->chart;
	for (uint32_t s = 0; s < chart->states_len; s++) {
		const char *phase = flow->wf->states[s].phase;
		if (chart->nodes[s].type == CHART_ATOMIC && phase[0] != '\0' &&
			phase_required(l, flow->wf, phase) && !under_deadline(flow, s))
			lint_find(l, "lint.no_deadline", flow->wf->file, chart->states[s].pointer,
				chart->states[s].path, "%s", phase);
	}
	for (size_t i = 0; i < flow->wf->deadlines_len; i++) {
		const struct deadline_def *d = &flow->wf->deadlines[i];
		if (required(l, flow->wf, "responsible") && d->responsible.len == 0)
			lint_find(
				l, "lint.no_responsible", flow->wf->file, d->pointer, d->name, " ");
		if (required(l, flow->wf, "rows") && json_array_size(d->rows) == 0)
			lint_find(l, "lint.no_rows", flow->wf->file, d->pointer, d->name, " ");
	}
	for (uint32_t i = 0; required(l, flow->wf, "rows") && i < chart->transitions_len; i++) {
		const struct transition_rule *rule = &flow->wf->transitions[i];
		if (is_act(rule) && json_array_size(rule->rows) == 0)
			lint_find(l, "lint.no_rows", flow->wf->file, chart->transitions[i].pointer,
				chart->transitions[i].descriptor, " ");
	}
}

void lint_deadlines(struct lint *l, const struct lint_flow *flow)
{
	for (size_t i = 0; i < flow->wf->deadlines_len; i++) {
		const struct deadline_def *d = &flow->wf->deadlines[i];
		const json_t *anju = json_object_get(flow->chart->states[d->state].meta, "anju");
		check_met(l, flow, d);
		check_rungs(
			l, flow, d, json_object_get(json_object_get(anju, "deadlines"), d->name));
	}
	check_required(l, flow);
}
