#include "base/error.h"
#include "chart/compile.h"

/* Can both be targets at once: one above the other, or in different regions of a parallel state. A
 * history state stands for whatever is below its parent. */
static bool compatible(const struct chart *chart, uint32_t a, uint32_t b)
{
	if (a == b || chart_below(chart, a, b) || chart_below(chart, b, a))
		return true;
	uint32_t top = chart->nodes[a].parent;
	while (!chart_below(chart, b, top))
		top = chart->nodes[top].parent;
	if (chart->nodes[top].type != CHART_PARALLEL)
		return false;
	bool a_is_all = chart->nodes[a].type == CHART_HISTORY && chart->nodes[a].parent == top;
	bool b_is_all = chart->nodes[b].type == CHART_HISTORY && chart->nodes[b].parent == top;
	return !a_is_all && !b_is_all;
}

static anju_status check_targets(
	struct compiler *c, const char *pointer, const uint32_t *targets, uint32_t len)
{
	const struct chart *chart = c->chart;
	for (uint32_t i = 0; i < len; i++) {
		for (uint32_t k = i + 1; k < len; k++) {
			if (!compatible(chart, targets[i], targets[k]))
				return chart_compile_fail(c, "chart.impossible_targets", pointer,
					chart->states[targets[k]].path,
					chart->states[targets[i]].path);
		}
	}
	return ANJU_OK;
}

enum visit { NEW, OPEN, CLOSED };

/* A history state without default target stands for its parent's default entry; its default may be
 * another history state. Following that must come to an end. */
static anju_status follow_history(struct compiler *c, uint32_t index, enum visit *visits)
{
	const struct chart *chart = c->chart;
	const struct chart_history *h = &chart->histories[index];
	if (visits[index] == CLOSED)
		return ANJU_OK;
	if (visits[index] == OPEN)
		return chart_compile_fail(c, "chart.history_loop", chart->states[h->state].pointer,
			chart->states[h->state].path, "target");
	visits[index] = OPEN;
	const uint32_t *targets = h->targets;
	uint32_t len = h->targets_len;
	if (len == 0 && chart->nodes[h->parent].type == CHART_COMPOUND) {
		targets = &chart->nodes[h->parent].initial;
		len = 1;
	}
	for (uint32_t i = 0; i < len; i++) {
		if (chart->nodes[targets[i]].type != CHART_HISTORY)
			continue;
		anju_status st = follow_history(c, chart->nodes[targets[i]].history, visits);
		if (st != ANJU_OK)
			return st;
	}
	visits[index] = CLOSED;
	return ANJU_OK;
}

static anju_status check_histories(struct compiler *c)
{
	const struct chart *chart = c->chart;
	ANJU_AUTO_MEM enum visit *visits = calloc(chart->histories_len + 1, sizeof *visits);
	if (visits == NULL)
		return anju_fail_nomem(c->err);
	for (uint32_t i = 0; i < chart->histories_len; i++) {
		const struct chart_history *h = &chart->histories[i];
		const char *pointer = chart->states[h->state].pointer;
		for (uint32_t k = 0; k < h->targets_len; k++) {
			if (!chart_below(chart, h->targets[k], h->parent))
				return chart_compile_fail(c, "chart.history_outside", pointer,
					chart->states[h->targets[k]].path,
					chart->states[h->parent].path);
		}
		anju_status st = check_targets(c, pointer, h->targets, h->targets_len);
		if (st == ANJU_OK)
			st = follow_history(c, i, visits);
		if (st != ANJU_OK)
			return st;
	}
	return ANJU_OK;
}

anju_status compile_check(struct compiler *c)
{
	struct chart *chart = c->chart;
	for (uint32_t i = 0; i < chart->transitions_len; i++) {
		struct chart_edge *e = &chart->edges[i];
		anju_status st =
			check_targets(c, chart->transitions[i].pointer, e->targets, e->targets_len);
		if (st != ANJU_OK)
			return st;
		for (uint32_t k = 0; k < e->targets_len; k++)
			e->by_history |= chart->nodes[e->targets[k]].type == CHART_HISTORY;
		if (e->targets_len > 0 && !e->by_history)
			e->domain = chart_domain(
				chart, e->source, e->reenter, e->targets, e->targets_len);
	}
	return check_histories(c);
}

/* Work list of states that can be entered; a state is put on it once. */
struct reach {
	const struct chart *chart;
	bool *seen; /* the state can become active (or, history, a target) */
	uint32_t *todo;
	uint32_t todo_len;
};

static void reach_state(struct reach *r, uint32_t state)
{
	for (; state != CHART_NONE && !r->seen[state]; state = r->chart->nodes[state].parent) {
		r->seen[state] = true;
		r->todo[r->todo_len++] = state;
	}
}

/* what becomes reachable because `state` is */
static void reach_from(struct reach *r, uint32_t state, const uint32_t *first_edge)
{
	const struct chart *chart = r->chart;
	const struct chart_node *node = &chart->nodes[state];
	if (node->type == CHART_COMPOUND)
		reach_state(r, node->initial);
	if (node->type == CHART_PARALLEL) {
		for (uint32_t i = 0; i < node->children_len; i++)
			reach_state(r, node->children[i]);
	}
	if (node->type == CHART_HISTORY) {
		const struct chart_history *h = &chart->histories[node->history];
		for (uint32_t i = 0; i < h->targets_len; i++)
			reach_state(r, h->targets[i]);
	}
	for (uint32_t e = first_edge[state]; e < first_edge[state + 1]; e++) {
		for (uint32_t i = 0; i < chart->edges[e].targets_len; i++)
			reach_state(r, chart->edges[e].targets[i]);
	}
}

static anju_status fail_unreachable(struct compiler *c, const bool *seen)
{
	const struct chart *chart = c->chart;
	ANJU_AUTO_BUF paths = BUF_INIT;
	const char *pointer = NULL;
	for (uint32_t s = 0; s < chart->states_len; s++) {
		if (seen[s])
			continue;
		buf_addf(&paths, "%s%s", pointer != NULL ? ", " : "", chart->states[s].path);
		if (pointer == NULL)
			pointer = chart->states[s].pointer;
	}
	if (pointer == NULL)
		return ANJU_OK;
	return chart_compile_fail(c, "chart.unreachable", pointer,
		paths.data != NULL ? paths.data : "", "initial, target");
}

anju_status compile_reachable(struct compiler *c)
{
	const struct chart *chart = c->chart;
	ANJU_AUTO_MEM bool *seen = calloc(chart->states_len, sizeof *seen);
	ANJU_AUTO_MEM uint32_t *todo = calloc(chart->states_len, sizeof *todo);
	ANJU_AUTO_MEM uint32_t *first_edge = calloc(chart->states_len + 1, sizeof *first_edge);
	if (seen == NULL || todo == NULL || first_edge == NULL)
		return anju_fail_nomem(c->err);
	/* transitions stand in the order of their sources */
	for (uint32_t i = 0; i < chart->transitions_len; i++)
		first_edge[chart->edges[i].source + 1] = i + 1;
	for (uint32_t s = 1; s <= chart->states_len; s++) {
		if (first_edge[s] < first_edge[s - 1])
			first_edge[s] = first_edge[s - 1];
	}
	struct reach r = {.chart = chart, .seen = seen, .todo = todo};
	reach_state(&r, 0);
	while (r.todo_len > 0)
		reach_from(&r, todo[--r.todo_len], first_edge);
	return fail_unreachable(c, seen);
}
