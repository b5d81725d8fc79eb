#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "chart/model.h"

enum chart_transition_kind chart_transition_kind(
	const struct chart *chart, uint32_t index, const char **ret_delay)
{
	const struct chart_transition *t = &chart->transitions[index];
	const struct chart_node *node = &chart->nodes[t->source];
	if (ret_delay != NULL)
		*ret_delay = NULL;
	if (t->descriptor[0] == '\0')
		return CHART_ALWAYS;
	/* the very texts, not equal ones: `on` may name the same events */
	if (t->descriptor == node->done_event)
		return CHART_ON_DONE;
	for (uint32_t i = 0; i < node->timers_len; i++) {
		if (t->descriptor != node->timers[i].event)
			continue;
		if (ret_delay != NULL)
			*ret_delay = node->timers[i].delay;
		return CHART_AFTER;
	}
	return CHART_ON;
}

bool chart_transition_reenters(const struct chart *chart, uint32_t index)
{
	return chart->edges[index].reenter;
}

const struct chart_call *chart_transition_actions(
	const struct chart *chart, uint32_t index, uint32_t *ret_len)
{
	*ret_len = chart->edges[index].actions.len;
	return chart->edges[index].actions.at;
}

/* the first transition whose source is `state` or a later one: they stand in the order of their sources */
static uint32_t first_of(const struct chart *chart, uint32_t state)
{
	uint32_t low = 0, high = chart->transitions_len;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		if (chart->transitions[mid].source < state)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

uint32_t chart_transitions_from(const struct chart *chart, uint32_t state, uint32_t *ret_first)
{
	*ret_first = first_of(chart, state);
	return first_of(chart, state + 1) - *ret_first;
}

const struct chart_call *chart_state_actions(
	const struct chart *chart, uint32_t state, enum chart_moment moment, uint32_t *ret_len)
{
	const struct chart_node *node = &chart->nodes[state];
	const struct chart_calls *calls = moment == CHART_ENTRY  ? &node->entry
					  : moment == CHART_EXIT ? &node->exit
								 : &node->initial_actions;
	*ret_len = calls->len;
	return calls->at;
}

uint32_t chart_state_initial(const struct chart *chart, uint32_t state)
{
	return chart->nodes[state].initial;
}

const uint32_t *chart_history_targets(const struct chart *chart, uint32_t state, uint32_t *ret_len)
{
	const struct chart_node *node = &chart->nodes[state];
	*ret_len = 0;
	if (node->type != CHART_HISTORY)
		return NULL;
	*ret_len = chart->histories[node->history].targets_len;
	return chart->histories[node->history].targets;
}

bool chart_history_deep(const struct chart *chart, uint32_t state)
{
	const struct chart_node *node = &chart->nodes[state];
	return node->type == CHART_HISTORY && chart->histories[node->history].deep;
}

/* Reaching ------------------------------------------------------------------------------------ */

struct reach {
	const struct chart *chart;
	bool *seen;
	bool *entered; /* by default, or as a target: then what is below it is entered too */
	bool *passed;  /* its transitions are followed already */
	uint32_t *todo;
	uint32_t todo_len;
	bool more; /* something new was seen in this round */
};

static void enter(struct reach *r, uint32_t state)
{
	if (r->entered[state])
		return;
	r->entered[state] = r->more = true;
	r->todo[r->todo_len++] = state; /* once each, so there is room */
}

/* `state` is active, hence those above it, and in parallel ones the other regions */
static void activate(struct reach *r, uint32_t state)
{
	const struct chart_node *nodes = r->chart->nodes;
	r->more |= !r->seen[state];
	r->seen[state] = true;
	for (uint32_t up = nodes[state].parent; up != CHART_NONE;
		state = up, up = nodes[up].parent) {
		r->more |= !r->seen[up];
		r->seen[up] = true;
		for (uint32_t i = 0; nodes[up].type == CHART_PARALLEL && i < nodes[up].children_len;
			i++) {
			if (nodes[up].children[i] != state)
				enter(r, nodes[up].children[i]);
		}
	}
}

/* entered as such: not from a state above it, which would have seen to the regions beside it */
static void target(struct reach *r, uint32_t state)
{
	activate(r, state);
	enter(r, state);
}

static void enter_below(struct reach *r, uint32_t state)
{
	const struct chart *chart = r->chart;
	const struct chart_node *node = &chart->nodes[state];
	r->seen[state] = true;
	if (node->type == CHART_HISTORY) {
		const struct chart_history *h = &chart->histories[node->history];
		for (uint32_t i = 0; i < h->targets_len; i++)
			target(r, h->targets[i]);
		if (h->targets_len == 0)
			enter(r, h->parent);
		return;
	}
	if (node->type == CHART_COMPOUND)
		enter(r, node->initial);
	for (uint32_t i = 0; node->type == CHART_PARALLEL && i < node->children_len; i++)
		enter(r, node->children[i]);
}

/* what leads on from `state`: its transitions, and, from a shallow history state, what it may remember */
static void follow(struct reach *r, uint32_t state)
{
	const struct chart *chart = r->chart;
	const struct chart_node *node = &chart->nodes[state];
	if (node->type == CHART_HISTORY && !chart->histories[node->history].deep) {
		const struct chart_node *parent = &chart->nodes[node->parent];
		for (uint32_t i = 0; i < parent->children_len; i++) {
			if (r->seen[parent->children[i]])
				enter(r, parent->children[i]);
		}
	}
	if (r->passed[state])
		return;
	r->passed[state] = true;
	uint32_t first, n = chart_transitions_from(chart, state, &first);
	for (uint32_t e = first; e < first + n; e++) {
		for (uint32_t i = 0; i < chart->edges[e].targets_len; i++)
			target(r, chart->edges[e].targets[i]);
	}
}

anju_status chart_reach(const struct chart *chart, uint32_t from, bool *seen, anju_error *err)
{
	uint32_t n = chart->states_len;
	ANJU_AUTO_MEM bool *flags = calloc(2u * (size_t)n, sizeof *flags);
	ANJU_AUTO_MEM uint32_t *todo = calloc(n, sizeof *todo);
	if (flags == NULL || todo == NULL)
		return anju_fail_nomem(err);
	memset(seen, 0, n * sizeof *seen);
	struct reach r = {.chart = chart,
		.seen = seen,
		.entered = flags,
		.passed = flags + n,
		.todo = todo,
		.more = true};
	target(&r, from);
	while (r.more) {
		r.more = false;
		while (r.todo_len > 0)
			enter_below(&r, todo[--r.todo_len]);
		for (uint32_t s = 0; s < n; s++) {
			if (seen[s])
				follow(&r, s);
		}
	}
	return ANJU_OK;
}
