#include <string.h>

#include "base/error.h"
#include "chart/run.h"

static enum chart_verdict ask(struct chart_step *step, const struct chart_call *guard)
{
	const struct chart_host *host = step->host;
	if (guard == NULL || host == NULL || host->guard == NULL)
		return CHART_TRUE;
	return host->guard(host->ctx, step, guard, step->event);
}

/* the first of `n` candidates whose guard holds; CHART_NONE if there is none */
static anju_status first_enabled(
	struct chart_step *step, const uint32_t *candidates, uint32_t n, uint32_t *ret)
{
	const struct chart *chart = step->chart;
	for (uint32_t i = 0; i < n; i++) {
		enum chart_verdict v = ask(step, chart->edges[candidates[i]].guard);
		if (v == CHART_CANNOT && step->host->strict) {
			const struct chart_transition *t = &chart->transitions[candidates[i]];
			(void)anju_fail(step->err, ANJU_E_REFUSED, "chart.guard_cannot",
				"guard %s cannot be evaluated", t->guard->type);
			anju_error_where(step->err, "%s", t->guard->pointer);
			anju_error_found(step->err, "%s", t->guard->type);
			return ANJU_E_REFUSED;
		}
		if (v == CHART_TRUE) {
			*ret = candidates[i];
			return ANJU_OK;
		}
	}
	return ANJU_OK;
}

/* exact name first, then wildcards from the longest to "*" */
static anju_status ask_state(struct chart_step *step, const struct chart_node *node,
	const struct chart_event_ref *ref, uint32_t *ret)
{
	const struct chart *chart = step->chart;
	uint32_t d = ref->exact != CHART_NONE ? ref->exact : ref->wild;
	for (; d != CHART_NONE && *ret == CHART_NONE; d = chart->descriptors[d].shorter) {
		const struct chart_group *g = chart_group_of(node, d);
		if (g == NULL)
			continue;
		anju_status st = first_enabled(step, chart->candidates + g->first, g->len, ret);
		if (st != ANJU_OK)
			return st;
	}
	return ANJU_OK;
}

/*
 * Each leaf looks upward until a state takes the event. A region that found nothing stops below its
 * parallel state; the last region goes on upward for all of them, and only if none found anything:
 * that is shadowRegions. Since leaves come in document order, "some region below P found something"
 * is "the last hit came from a leaf behind P".
 */
anju_status chart_select_event(struct chart_step *step)
{
	const struct chart *chart = step->chart;
	struct chart_event_ref ref = chart_event_ref(chart, step->event->type);
	uint32_t last_hit = CHART_NONE; /* leaf */
	step->taken_len = 0;
	if (ref.mask == 0)
		return ANJU_OK;
	for (uint32_t i = 0; i < step->leaves_len; i++) {
		uint32_t found = CHART_NONE;
		for (uint32_t s = step->leaves[i]; s != CHART_NONE;) {
			const struct chart_node *node = &chart->nodes[s];
			if ((node->mask & ref.mask) != 0) {
				anju_status st = ask_state(step, node, &ref, &found);
				if (st != ANJU_OK)
					return st;
			}
			if (found != CHART_NONE)
				break;
			s = node->parent;
			if (s == CHART_NONE || chart->nodes[s].type != CHART_PARALLEL)
				continue;
			if (!node->last_region || (last_hit != CHART_NONE && last_hit > s))
				break;
		}
		if (found != CHART_NONE) {
			last_hit = step->leaves[i];
			step->taken[step->taken_len++] = found;
		}
	}
	return ANJU_OK;
}

static bool already_taken(const struct chart_step *step, uint32_t transition)
{
	for (uint32_t i = 0; i < step->taken_len; i++) {
		if (step->taken[i] == transition)
			return true;
	}
	return false;
}

/* Unlike with events each leaf looks upward on its own: an ancestor of several regions is asked even
 * if one of them found something further in. */
anju_status chart_select_always(struct chart_step *step)
{
	const struct chart *chart = step->chart;
	step->taken_len = 0;
	for (uint32_t i = 0; i < step->leaves_len; i++) {
		uint32_t s = step->leaves[i], found = CHART_NONE;
		if (!chart->nodes[s].asks_always)
			continue;
		for (; s != CHART_NONE && found == CHART_NONE; s = chart->nodes[s].parent) {
			const struct chart_node *node = &chart->nodes[s];
			anju_status st = first_enabled(
				step, chart->candidates + node->always, node->always_len, &found);
			if (st != ANJU_OK)
				return st;
		}
		if (found != CHART_NONE && !already_taken(step, found))
			step->taken[step->taken_len++] = found;
	}
	return ANJU_OK;
}

/* would both leave a common state: one domain holds the other, and that one has something inside */
static bool conflict(const struct chart *chart, uint32_t a, uint32_t b)
{
	uint32_t inner;
	if (a == b || chart_below(chart, b, a))
		inner = b;
	else if (chart_below(chart, a, b))
		inner = a;
	else
		return false;
	return inner == CHART_NONE || chart->nodes[inner].children_len > 0;
}

static uint32_t domain_of(struct chart_step *step, const struct chart_edge *e)
{
	if (!e->by_history)
		return e->domain;
	chart_effective_targets(step, e->targets, e->targets_len);
	return chart_domain(step->chart, e->source, e->reenter, step->resolved, step->resolved_len);
}

/* SCXML removeConflictingTransitions. With one transition there is nothing to compare. */
void chart_resolve_conflicts(struct chart_step *step)
{
	const struct chart *chart = step->chart;
	uint32_t kept = 0;
	for (uint32_t i = 0; i < step->taken_len; i++) {
		uint32_t t1 = step->taken[i];
		const struct chart_edge *e1 = &chart->edges[t1];
		uint32_t d1 = e1->targets_len > 0 ? domain_of(step, e1) : CHART_NONE;
		bool preempted = false;
		for (uint32_t k = 0; k < kept && !preempted && e1->targets_len > 0; k++) {
			const struct chart_edge *e2 = &chart->edges[step->taken[k]];
			preempted = e2->targets_len > 0 && conflict(chart, d1, step->domains[k]) &&
				    !chart_below(chart, e1->source, e2->source);
		}
		if (preempted)
			continue;
		/* t1 stands further in than what it conflicts with: that goes */
		uint32_t out = 0;
		for (uint32_t k = 0; k < kept; k++) {
			const struct chart_edge *e2 = &chart->edges[step->taken[k]];
			if (e1->targets_len > 0 && e2->targets_len > 0 &&
				conflict(chart, d1, step->domains[k]))
				continue;
			step->taken[out] = step->taken[k];
			step->domains[out++] = step->domains[k];
		}
		step->taken[out] = t1;
		step->domains[out] = d1;
		kept = out + 1;
	}
	step->taken_len = kept;
}

bool chart_step_in(const struct chart_step *step, uint32_t state)
{
	return state < step->chart->states_len && chart_bit(step->active, state);
}

/* Filling of the answer of chart_candidates. */
struct wanted {
	const struct chart *chart;
	uint32_t *ret;
	size_t max, len;
};

/* true if the search ends here: a transition without guard would be taken */
static bool list_state(
	struct wanted *w, const struct chart_node *node, const struct chart_event_ref *ref)
{
	uint32_t d = ref->exact != CHART_NONE ? ref->exact : ref->wild;
	for (; d != CHART_NONE; d = w->chart->descriptors[d].shorter) {
		const struct chart_group *g = chart_group_of(node, d);
		for (uint32_t i = 0; g != NULL && i < g->len; i++) {
			uint32_t t = w->chart->candidates[g->first + i];
			if (w->len < w->max)
				w->ret[w->len] = t;
			w->len++;
			if (w->chart->edges[t].guard == NULL)
				return true;
		}
	}
	return false;
}

size_t chart_candidates(const struct chart *chart, const struct chart_snapshot *snap,
	const char *type, uint32_t *ret, size_t max)
{
	struct chart_event_ref ref = chart_event_ref(chart, type);
	struct wanted w = {.chart = chart, .ret = ret, .max = max};
	uint32_t last_hit = CHART_NONE;
	for (uint32_t i = 0; i < snap->leaves_len && !snap->done && ref.mask != 0; i++) {
		uint32_t s = snap->leaves[i];
		while (s != CHART_NONE) {
			const struct chart_node *node = &chart->nodes[s];
			if ((node->mask & ref.mask) != 0 && list_state(&w, node, &ref)) {
				last_hit = snap->leaves[i];
				break;
			}
			s = node->parent;
			if (s != CHART_NONE && chart->nodes[s].type == CHART_PARALLEL &&
				(!node->last_region || (last_hit != CHART_NONE && last_hit > s)))
				break;
		}
	}
	return w.len;
}
