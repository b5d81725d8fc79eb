/* The shape of a chart: where a case could stay for ever, and transitions that are never taken. */
#include <string.h>

#include "lint/impl.h"

static const char *pointer_of(const struct lint_flow *flow, uint32_t edge)
{
	return flow->chart->transitions[edge].pointer;
}

/* --- two candidates --- */

static bool same_guard(const struct chart_edge *a, const struct chart_edge *b)
{
	if (a->guard == NULL || b->guard == NULL || strcmp(a->guard->type, b->guard->type) != 0)
		return false;
	return a->guard->params == b->guard->params ||
	       (a->guard->params != NULL && b->guard->params != NULL &&
		       json_equal((json_t *)a->guard->params, (json_t *)b->guard->params));
}

static void check_candidates(struct lint *l, const struct lint_flow *flow, uint32_t later)
{
	const struct chart *chart = flow->chart;
	const struct chart_edge *e = &chart->edges[later];
	const char *event = chart->transitions[later].descriptor;
	for (uint32_t i = later; i-- > 0 && chart->edges[i].source == e->source;) {
		const struct chart_edge *first = &chart->edges[i];
		if (strcmp(chart->transitions[i].descriptor, event) != 0)
			continue;
		if (first->guard == NULL) {
			lint_find(l, "lint.never_taken", flow->wf->file, pointer_of(flow, later),
				event[0] != '\0' ? event : "always", "%s", pointer_of(flow, i));
			return;
		}
		if (same_guard(first, e)) {
			lint_find(l, "lint.same_guard", flow->wf->file,
				lint_printf(l, "%s/guard", pointer_of(flow, later)),
				event[0] != '\0' ? event : "always", "%s", pointer_of(flow, i));
			return;
		}
	}
}

/* --- always without end --- */

static uint32_t leaf_of(const struct chart *chart, uint32_t state)
{
	while (chart->nodes[state].type == CHART_COMPOUND)
		state = chart->nodes[state].initial;
	return state;
}

/* The eventless transition that `state` takes whenever it is there: its own first one without a guard, or an
 * ancestor's if none below has any. CHART_NONE if that depends. */
static uint32_t certain_always(const struct chart *chart, uint32_t state)
{
	for (uint32_t s = state; s != CHART_NONE; s = chart->nodes[s].parent) {
		const struct chart_node *n = &chart->nodes[s];
		if (n->always_len == 0)
			continue;
		uint32_t edge = chart->candidates[n->always];
		const struct chart_edge *e = &chart->edges[edge];
		bool plain = e->guard == NULL && e->targets_len == 1;
		return plain ? edge : CHART_NONE;
	}
	return CHART_NONE;
}

/* Follow what is certain from `start`; a way back to it never ends. */
static void check_always(struct lint *l, const struct lint_flow *flow, uint32_t start)
{
	const struct chart *chart = flow->chart;
	uint32_t state = start, first = CHART_NONE, lowest = start;
	ANJU_AUTO_BUF way = BUF_INIT;
	for (uint32_t n = 0; n <= chart->states_len; n++) {
		uint32_t edge = certain_always(chart, state);
		if (edge == CHART_NONE)
			return;
		if (first == CHART_NONE)
			first = edge;
		buf_addf(&way, "%s%s", way.len > 0 ? " → " : "", chart->states[state].path);
		state = leaf_of(chart, chart->edges[edge].targets[0]);
		if (state < lowest)
			lowest = state;
		if (state != start)
			continue;
		/* said once, at the state of the circle that stands first */
		if (lowest == start && !lint_found(l, flow->wf->file, pointer_of(flow, first)))
			lint_find(l, "lint.always_loop", flow->wf->file, pointer_of(flow, first),
				way.data != NULL ? way.data : "", " ");
		return;
	}
}

/* --- where nothing leads on --- */

bool structure_together(const struct chart *chart, uint32_t a, uint32_t b)
{
	if (a == b || chart_below(chart, a, b) || chart_below(chart, b, a))
		return true;
	uint32_t top = chart->nodes[a].parent;
	while (!chart_below(chart, b, top))
		top = chart->nodes[top].parent;
	return chart->nodes[top].type == CHART_PARALLEL;
}

static bool leaves(const struct chart *chart, const struct chart_edge *e, uint32_t state)
{
	if (e->targets_len == 0 || !structure_together(chart, e->source, state))
		return false;
	if (e->by_history || e->domain == CHART_NONE)
		return state == e->source || chart_below(chart, state, e->source);
	if (!chart_below(chart, state, e->domain))
		return false;
	return e->targets_len > 1 || e->targets[0] != state;
}

/* Can anything at all happen in `state`, its ancestors' transitions counted? */
static bool is_alive(const struct chart *chart, uint32_t state)
{
	for (uint32_t i = 0; i < chart->transitions_len; i++) {
		const struct chart_edge *e = &chart->edges[i];
		bool own = e->source == state ||
			   (e->source != 0 && chart_below(chart, state, e->source));
		if ((own && !e->forbidden) || leaves(chart, e, state))
			return true;
	}
	return false;
}

/* The outermost compound state around `state`: the region whose end it should come to. */
static uint32_t region_of(const struct chart *chart, uint32_t state)
{
	uint32_t region = CHART_NONE;
	for (uint32_t s = chart->nodes[state].parent; s != CHART_NONE; s = chart->nodes[s].parent) {
		if (chart->nodes[s].type == CHART_COMPOUND)
			region = s;
	}
	return region;
}

struct walk {
	const struct chart *chart;
	bool *seen;
	uint32_t *todo;
	uint32_t len;
};

static void reach(struct walk *w, uint32_t state)
{
	for (; state != CHART_NONE && !w->seen[state]; state = w->chart->nodes[state].parent) {
		w->seen[state] = true;
		w->todo[w->len++] = state;
	}
}

static void reach_below(struct walk *w, uint32_t state)
{
	const struct chart_node *n = &w->chart->nodes[state];
	if (n->type == CHART_COMPOUND)
		reach(w, n->initial);
	for (uint32_t i = 0; n->type == CHART_PARALLEL && i < n->children_len; i++)
		reach(w, n->children[i]);
	if (n->type == CHART_HISTORY) {
		/* whatever was active below its parent */
		for (uint32_t s = n->parent + 1; s < w->chart->nodes[n->parent].end; s++)
			reach(w, s);
	}
}

/* What can be active once `from` is. Transitions of other regions may always come. */
static void reach_from(struct walk *w, uint32_t from, uint32_t region)
{
	const struct chart *chart = w->chart;
	reach(w, from);
	for (bool more = true; more;) {
		more = false;
		while (w->len > 0) {
			uint32_t s = w->todo[--w->len];
			if (s == from || !chart_below(chart, from, s))
				reach_below(w, s);
			more = true;
		}
		for (uint32_t i = 0; i < chart->transitions_len; i++) {
			const struct chart_edge *e = &chart->edges[i];
			bool outside =
				e->source != region && !chart_below(chart, e->source, region);
			if (!w->seen[e->source] && !outside)
				continue;
			for (uint32_t k = 0; k < e->targets_len; k++)
				reach(w, e->targets[k]);
		}
		more = w->len > 0;
	}
}

static bool takes_done(const struct chart *chart, uint32_t state)
{
	const char *event = chart->nodes[state].done_event;
	for (uint32_t i = 0; event != NULL && i < chart->transitions_len; i++) {
		if (chart->edges[i].source == state &&
			strcmp(chart->transitions[i].descriptor, event) == 0)
			return true;
	}
	return false;
}

/* Is this a final state at which a case is meant to rest, and not a step that an onDone waits for? */
static bool is_end(const struct chart *chart, uint32_t state, uint32_t region)
{
	if (chart->nodes[state].type != CHART_FINAL)
		return false;
	for (uint32_t s = chart->nodes[state].parent; s != region; s = chart->nodes[s].parent) {
		if (takes_done(chart, s))
			return false;
	}
	return true;
}

/* The first end below `region`; CHART_NONE if it has none. */
static uint32_t end_of(const struct chart *chart, uint32_t region)
{
	for (uint32_t s = region + 1; s < chart->nodes[region].end; s++) {
		if (is_end(chart, s, region))
			return s;
	}
	return CHART_NONE;
}

static bool comes_to_end(struct lint *l, const struct chart *chart, uint32_t state, uint32_t region)
{
	struct walk w = {.chart = chart,
		.seen = pool_alloc(&l->pool, chart->states_len * sizeof *w.seen),
		.todo = pool_alloc(&l->pool, chart->states_len * sizeof *w.todo)};
	if (end_of(chart, region) == CHART_NONE || w.seen == NULL || w.todo == NULL)
		return true;
	reach_from(&w, state, region);
	for (uint32_t s = region + 1; s < chart->nodes[region].end; s++) {
		/* a way into a trap is a matter of the trap */
		bool rest = w.seen[s] && chart->nodes[s].type == CHART_ATOMIC;
		if (w.seen[s] && (is_end(chart, s, region) || (rest && !is_alive(chart, s))))
			return true;
	}
	return false;
}

static void check_rest(struct lint *l, const struct lint_flow *flow, uint32_t state)
{
	const struct chart *chart = flow->chart;
	if (chart->nodes[state].type != CHART_ATOMIC || state == 0)
		return;
	const char *path = chart->states[state].path, *pointer = chart->states[state].pointer;
	uint32_t region = region_of(chart, state);
	if (!is_alive(chart, state))
		lint_find(l, "lint.trap", flow->wf->file, pointer, path, " ");
	else if (region != CHART_NONE && !comes_to_end(l, chart, state, region))
		lint_find(l, "lint.no_end", flow->wf->file, pointer, path, "%s",
			chart->states[end_of(chart, region)].path);
}

/* --- ends --- */

bool structure_can_be_done(const struct chart *chart, uint32_t state)
{
	const struct chart_node *n = &chart->nodes[state];
	if (n->type != CHART_PARALLEL)
		return n->type == CHART_COMPOUND && n->finals_len > 0;
	for (uint32_t i = 0; i < n->children_len; i++) {
		if (!structure_can_be_done(chart, n->children[i]))
			return false;
	}
	return true;
}

static void check_edge(struct lint *l, const struct lint_flow *flow, uint32_t i)
{
	const struct chart *chart = flow->chart;
	const struct chart_edge *e = &chart->edges[i];
	const char *event = chart->transitions[i].descriptor;
	const char *path = chart->states[e->source].path;
	const char *done = chart->nodes[e->source].done_event;
	if (chart->nodes[e->source].type == CHART_FINAL)
		lint_find(l, "lint.final_leaves", flow->wf->file, pointer_of(flow, i), path, " ");
	if (done != NULL && strcmp(done, event) == 0 && !structure_can_be_done(chart, e->source))
		lint_find(l, "lint.never_done", flow->wf->file, pointer_of(flow, i), path, " ");
	if (e->reenter && e->targets_len == 0)
		lint_find(l, "lint.idle_reenter", flow->wf->file,
			lint_printf(l, "%s/reenter", pointer_of(flow, i)), path, " ");
}

void lint_structure(struct lint *l, const struct lint_flow *flow)
{
	const struct chart *chart = flow->chart;
	for (uint32_t i = 0; i < chart->transitions_len; i++) {
		check_candidates(l, flow, i);
		check_edge(l, flow, i);
	}
	for (uint32_t s = 0; s < chart->states_len; s++) {
		check_rest(l, flow, s);
		if (chart->nodes[s].children_len == 0)
			check_always(l, flow, s);
		if (chart->nodes[s].type == CHART_PARALLEL && chart->nodes[s].children_len == 1)
			lint_find(l, "lint.lone_region", flow->wf->file, chart->states[s].pointer,
				s > 0 ? chart->states[s].path : flow->wf->id, " ");
	}
}
