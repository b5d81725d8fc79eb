/* Putting a case into given states without a step: for one that comes over from another chart. */
#include <stdlib.h>

#include "base/error.h"
#include "chart/run.h"

struct placing {
	const struct chart *chart;
	struct chart_snapshot *snap;
	bool *wanted; /* owned; states that must be active */
	anju_error *err;
};

static void want(struct placing *p, uint32_t state)
{
	for (uint32_t s = state; s != CHART_NONE && !p->wanted[s]; s = p->chart->nodes[s].parent)
		p->wanted[s] = true;
}

static anju_status conflict(struct placing *p, uint32_t a, uint32_t b)
{
	const struct chart_state *states = p->chart->states;
	(void)anju_fail(p->err, ANJU_E_INVALID, "chart.conflict",
		"states %s and %s cannot be active together", states[a].path, states[b].path);
	anju_error_found(p->err, "%s %s", states[a].path, states[b].path);
	anju_error_allowed(p->err, "%s", chart_id(p->chart));
	return ANJU_E_INVALID;
}

/* The child through which a compound state is entered when nobody asks for another. */
static uint32_t default_child(struct placing *p, uint32_t state)
{
	const struct chart *chart = p->chart;
	const struct chart_node *node = &chart->nodes[state];
	if (chart->nodes[node->initial].type != CHART_HISTORY)
		return node->initial;
	const struct chart_history *h = &chart->histories[chart->nodes[node->initial].history];
	uint32_t child = node->children[0];
	for (uint32_t i = 0; i < h->targets_len; i++) {
		want(p, h->targets[i]);
		for (child = h->targets[i]; chart->nodes[child].parent != state;)
			child = chart->nodes[child].parent;
	}
	return child;
}

static anju_status fill(struct placing *p, uint32_t state)
{
	const struct chart_node *node = &p->chart->nodes[state];
	if (node->children_len == 0) {
		p->snap->leaves[p->snap->leaves_len++] = state;
		return ANJU_OK;
	}
	uint32_t chosen = CHART_NONE;
	anju_status st = ANJU_OK;
	for (uint32_t i = 0; i < node->children_len && st == ANJU_OK; i++) {
		uint32_t child = node->children[i];
		if (node->type == CHART_PARALLEL)
			st = fill(p, child);
		else if (p->wanted[child] && chosen != CHART_NONE)
			st = conflict(p, chosen, child);
		else if (p->wanted[child])
			chosen = child;
	}
	if (st != ANJU_OK || node->type == CHART_PARALLEL)
		return st;
	return fill(p, chosen != CHART_NONE ? chosen : default_child(p, state));
}

anju_status chart_snapshot_place(const struct chart *chart, const uint32_t *states, size_t n,
	struct chart_snapshot **ret, anju_error *err)
{
	struct placing p = {.chart = chart, .err = err};
	ANJU_AUTO(chart_snapshot) snap = chart_snapshot_new(chart);
	p.snap = snap;
	p.wanted = calloc(chart->states_len, sizeof *p.wanted);
	anju_status st = snap != NULL && p.wanted != NULL ? ANJU_OK : anju_fail_nomem(err);
	for (size_t i = 0; i < n && st == ANJU_OK; i++) {
		anju_assert(chart->nodes[states[i]].type != CHART_HISTORY);
		want(&p, states[i]);
	}
	if (st == ANJU_OK)
		st = fill(&p, 0);
	free(p.wanted);
	if (st != ANJU_OK)
		return st;
	chart_snapshot_activate(snap);
	snap->done = chart_snapshot_ended(snap, 0);
	*ret = ANJU_TAKE(snap);
	return ANJU_OK;
}
