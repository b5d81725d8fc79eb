#include <string.h>

#include "base/error.h"
#include "chart/run.h"

static anju_status tell(struct chart_step *step, const struct chart_effect *effect)
{
	const struct chart_host *host = step->host;
	if (host == NULL || host->effect == NULL)
		return ANJU_OK;
	return host->effect(host->ctx, step, effect, step->event, step->err);
}

static anju_status tell_state(struct chart_step *step, enum chart_effect_kind kind, uint32_t state)
{
	struct chart_effect e = {.kind = kind, .state = state, .transition = CHART_NONE};
	return tell(step, &e);
}

static anju_status run_calls(struct chart_step *step, const struct chart_calls *calls,
	uint32_t state, uint32_t transition)
{
	for (uint32_t i = 0; i < calls->len; i++) {
		struct chart_effect e = {.kind = CHART_EFFECT_ACTION,
			.state = state,
			.transition = transition,
			.call = &calls->at[i]};
		anju_status st = tell(step, &e);
		if (st != ANJU_OK)
			return st;
	}
	return ANJU_OK;
}

/* The active proper descendants of a domain, in reverse document order: from each leaf upward until
 * the next state is shared with the leaf before it. */
struct exits {
	const struct chart_step *step;
	uint32_t domain;
	uint32_t leaf;  /* how many leaves are left, the current one included */
	uint32_t state; /* the next one, if `inside` */
	bool inside;
};

static struct exits exits_of(const struct chart_step *step, uint32_t domain)
{
	struct exits x = {.step = step, .domain = domain, .leaf = step->leaves_len};
	while (x.leaf > 0 && !chart_below(step->chart, step->leaves[x.leaf - 1], domain))
		x.leaf--;
	return x;
}

static uint32_t exits_next(struct exits *x)
{
	const uint32_t *leaves = x->step->leaves;
	while (x->leaf > 0) {
		if (!x->inside) {
			x->state = leaves[x->leaf - 1];
			x->inside = true;
			if (!chart_below(x->step->chart, x->state, x->domain))
				return CHART_NONE;
		}
		bool shared = x->leaf > 1 && x->state <= leaves[x->leaf - 2];
		if (x->state == x->domain || x->state == CHART_NONE || shared) {
			x->leaf--;
			x->inside = false;
			continue;
		}
		uint32_t s = x->state;
		x->state = x->step->chart->nodes[s].parent;
		return s;
	}
	return CHART_NONE;
}

/* what history state `h` is to remember of its parent, which is active now */
static uint32_t remember(
	const struct chart_step *step, const struct chart_history *h, uint32_t *out)
{
	const struct chart_node *nodes = step->chart->nodes;
	uint32_t n = 0;
	for (uint32_t i = 0; i < step->leaves_len; i++) {
		uint32_t s = step->leaves[i];
		if (!chart_below(step->chart, s, h->parent))
			continue;
		while (!h->deep && nodes[s].parent != h->parent)
			s = nodes[s].parent;
		if (n == 0 || out[n - 1] != s)
			out[n++] = s;
	}
	return n;
}

static void record(struct chart_step *step, const struct chart_history *h)
{
	uint32_t *fresh = step->resolved; /* free at this moment, and large enough */
	uint32_t n = remember(step, h, fresh);
	uint32_t *slot = step->snap->history + h->slot;
	anju_assert(n <= h->room);
	if (slot[0] == n && memcmp(slot + 1, fresh, n * sizeof *fresh) == 0)
		return;
	/* kept until the step is through, one by one: charts may have very many of them */
	uint32_t index = (uint32_t)(h - step->chart->histories);
	if (!chart_bit(step->history_kept, index)) {
		chart_bit_set(step->history_kept, index);
		step->saved[step->saved_len++] = index;
		memcpy(step->old_history + h->slot, slot, (1 + h->room) * sizeof *slot);
	}
	slot[0] = n;
	memcpy(slot + 1, fresh, n * sizeof *fresh);
	step->history_changed = true;
}

/* history is recorded before anything is left or entered */
static void record_below(struct chart_step *step, uint32_t domain)
{
	const struct chart *chart = step->chart;
	struct exits x = exits_of(step, domain);
	for (uint32_t s; (s = exits_next(&x)) != CHART_NONE;) {
		const struct chart_node *node = &chart->nodes[s];
		for (uint32_t i = 0; i < node->histories_len; i++)
			record(step, &chart->histories[node->histories[i]]);
	}
}

static anju_status leave(struct chart_step *step, uint32_t state)
{
	const struct chart_node *node = &step->chart->nodes[state];
	anju_status st = run_calls(step, &node->exit, state, CHART_NONE);
	if (st == ANJU_OK && node->timers_len > 0)
		st = tell_state(step, CHART_EFFECT_TIMER_CANCEL, state);
	return st == ANJU_OK ? tell_state(step, CHART_EFFECT_EXIT, state) : st;
}

static anju_status exit_below(struct chart_step *step, uint32_t domain)
{
	struct exits x = exits_of(step, domain);
	for (uint32_t s; (s = exits_next(&x)) != CHART_NONE;) {
		anju_status st = leave(step, s);
		if (st != ANJU_OK)
			return st;
		chart_bit_clear(step->active, s);
	}
	return ANJU_OK;
}

static void push_resolved(struct chart_step *step, uint32_t state)
{
	for (uint32_t i = 0; i < step->resolved_len; i++) {
		if (step->resolved[i] == state)
			return;
	}
	/* targets are compatible with each other, so all fit into one configuration */
	anju_assert(step->resolved_len < step->chart->nodes[0].max_active);
	step->resolved[step->resolved_len++] = state;
}

static void resolve(struct chart_step *step, uint32_t target)
{
	const struct chart *chart = step->chart;
	if (chart->nodes[target].type != CHART_HISTORY) {
		push_resolved(step, target);
		return;
	}
	const struct chart_history *h = &chart->histories[chart->nodes[target].history];
	const uint32_t *slot = step->snap->history + h->slot;
	for (uint32_t i = 1; i <= slot[0]; i++)
		push_resolved(step, slot[i]);
	if (slot[0] > 0)
		return;
	for (uint32_t i = 0; i < h->targets_len; i++)
		resolve(step, h->targets[i]);
	if (h->targets_len > 0)
		return;
	if (chart->nodes[h->parent].type == CHART_COMPOUND)
		resolve(step, chart->nodes[h->parent].initial);
	else
		push_resolved(step, h->parent);
}

void chart_effective_targets(struct chart_step *step, const uint32_t *targets, uint32_t len)
{
	step->resolved_len = 0;
	for (uint32_t i = 0; i < len; i++)
		resolve(step, targets[i]);
}

void chart_clear_marks(struct chart_step *step)
{
	for (uint32_t i = 0; i < step->marks_len; i++)
		chart_bit_clear(step->marked, step->marks[i]);
	step->marks_len = 0;
}

/* `state` and its ancestors below `top` must be entered */
static void mark(struct chart_step *step, uint32_t state, uint32_t top)
{
	const struct chart *chart = step->chart;
	while (state != top && state != CHART_NONE && !chart_bit(step->marked, state)) {
		chart_bit_set(step->marked, state);
		anju_assert(step->marks_len < chart->nodes[0].max_active);
		step->marks[step->marks_len++] = state;
		uint32_t parent = chart->nodes[state].parent;
		if (parent != CHART_NONE)
			step->chosen[parent] = state;
		state = parent;
	}
}

/* A history state without record and default target is its parent's default entry. If the parent is to be
 * entered, say just that: then the actions of its `initial` run too. If the parent stays, what it would enter
 * by default may still lie below `top`, when its `initial` is a history state with a target further in. */
static void mark_target(struct chart_step *step, uint32_t target, uint32_t top)
{
	const struct chart *chart = step->chart;
	if (chart->nodes[target].type == CHART_HISTORY) {
		const struct chart_history *h = &chart->histories[chart->nodes[target].history];
		if (step->snap->history[h->slot] == 0 && h->targets_len == 0 &&
			chart_below(chart, h->parent, top)) {
			mark(step, h->parent, top);
			return;
		}
	}
	chart_effective_targets(step, &target, 1);
	for (uint32_t i = 0; i < step->resolved_len; i++) {
		if (chart_below(chart, step->resolved[i], top))
			mark(step, step->resolved[i], top);
	}
}

/* Complete what is below `state` to a legal configuration: top down, so it comes in document order. */
static void fill(struct chart_step *step, uint32_t state, bool enter)
{
	const struct chart *chart = step->chart;
	const struct chart_node *node = &chart->nodes[state];
	uint32_t child = CHART_NONE, by_default = 0;
	if (node->type == CHART_COMPOUND) {
		child = step->chosen[state];
		if (chart->nodes[child].parent != state || !chart_bit(step->marked, child)) {
			by_default = ENTER_DEFAULT;
			child = node->initial;
			if (chart->nodes[child].type == CHART_HISTORY) {
				mark_target(step, child, state);
				child = step->chosen[state];
			}
		}
	}
	if (enter) {
		anju_assert(step->entering_len < chart->nodes[0].max_active);
		step->entering[step->entering_len++] = state | by_default;
	}
	if (node->type == CHART_COMPOUND)
		fill(step, child, true);
	for (uint32_t i = 0; node->type == CHART_PARALLEL && i < node->children_len; i++)
		fill(step, node->children[i], true);
}

static bool in_final(const struct chart_step *step, uint32_t state)
{
	const struct chart_node *node = &step->chart->nodes[state];
	if (node->type == CHART_COMPOUND) {
		for (uint32_t i = 0; i < node->finals_len; i++) {
			if (chart_bit(step->active, node->finals[i]))
				return true;
		}
		return false;
	}
	if (node->type != CHART_PARALLEL)
		return node->type == CHART_FINAL;
	for (uint32_t i = 0; i < node->children_len; i++) {
		if (!in_final(step, node->children[i]))
			return false;
	}
	return true;
}

static bool complete_first_time(struct chart_step *step, uint32_t state)
{
	for (uint32_t i = 0; i < step->completed_len; i++) {
		if (step->completed[i] == state)
			return false;
	}
	if (!in_final(step, state))
		return false;
	step->completed[step->completed_len++] = state;
	return true;
}

/* done events of the parent and of every parallel state above that is complete by this;
 * finalInParallel */
static anju_status reach_final(struct chart_step *step, uint32_t state)
{
	const struct chart_node *nodes = step->chart->nodes;
	uint32_t up = nodes[state].parent;
	if (nodes[up].type == CHART_COMPOUND) {
		anju_status st = chart_raise_take(step, nodes[up].done_event, NULL, NULL);
		if (st != ANJU_OK)
			return st;
		up = nodes[up].parent;
	}
	while (up != CHART_NONE && nodes[up].type == CHART_PARALLEL &&
		complete_first_time(step, up)) {
		anju_status st = chart_raise_take(step, nodes[up].done_event, NULL, NULL);
		if (st != ANJU_OK)
			return st;
		up = nodes[up].parent;
	}
	if (up == CHART_NONE)
		step->done = true;
	return ANJU_OK;
}

static anju_status enter(struct chart_step *step, uint32_t state, bool by_default)
{
	const struct chart_node *node = &step->chart->nodes[state];
	chart_bit_set(step->active, state);
	anju_status st = tell_state(step, CHART_EFFECT_ENTER, state);
	if (st == ANJU_OK)
		st = run_calls(step, &node->entry, state, CHART_NONE);
	for (uint32_t i = 0; i < node->timers_len && st == ANJU_OK; i++) {
		struct chart_effect e = {.kind = CHART_EFFECT_TIMER_SET,
			.state = state,
			.transition = CHART_NONE,
			.delay = node->timers[i].delay,
			.event = node->timers[i].event};
		st = tell(step, &e);
	}
	if (st == ANJU_OK && by_default)
		st = run_calls(step, &node->initial_actions, state, CHART_NONE);
	if (st == ANJU_OK && node->type == CHART_FINAL)
		st = reach_final(step, state);
	return st;
}

/* Leaves after the microstep: old ones still active, and entered ones; both in document order, and a
 * state that was left and entered again is in both. */
static void update_leaves(struct chart_step *step)
{
	const struct chart_node *nodes = step->chart->nodes;
	uint32_t *out = step->spare_leaves[step->leaves == step->spare_leaves[0] ? 1 : 0];
	uint32_t n = 0, old = 0, fresh = 0;
	while (old < step->leaves_len || fresh < step->entering_len) {
		uint32_t a = old < step->leaves_len ? step->leaves[old] : CHART_NONE;
		uint32_t b = fresh < step->entering_len ? step->entering[fresh] & ~ENTER_DEFAULT
							: CHART_NONE;
		if (a < b) {
			old++;
			if (chart_bit(step->active, a))
				out[n++] = a;
			continue;
		}
		fresh++;
		old += a == b;
		if (nodes[b].children_len == 0)
			out[n++] = b;
	}
	anju_assert(n <= nodes[0].max_leaves);
	step->leaves = out;
	step->leaves_len = n;
}

static anju_status enter_all(struct chart_step *step)
{
	for (uint32_t i = 0; i < step->entering_len; i++) {
		uint32_t s = step->entering[i];
		anju_status st = enter(step, s & ~ENTER_DEFAULT, (s & ENTER_DEFAULT) != 0);
		if (st != ANJU_OK)
			return st;
	}
	update_leaves(step);
	chart_clear_marks(step);
	if (!step->done)
		return ANJU_OK;
	/* the end: everything is left, but what it ended in is still reported */
	struct exits x = exits_of(step, CHART_NONE);
	for (uint32_t s; (s = exits_next(&x)) != CHART_NONE;) {
		anju_status st = leave(step, s);
		if (st != ANJU_OK)
			return st;
	}
	return tell_state(step, CHART_EFFECT_DONE, CHART_NONE);
}

anju_status chart_enter_initial(struct chart_step *step)
{
	step->entering_len = 0;
	step->completed_len = 0;
	fill(step, 0, true);
	return enter_all(step);
}

static anju_status tell_taken(struct chart_step *step)
{
	for (uint32_t i = 0; i < step->taken_len; i++) {
		const struct chart_edge *e = &step->chart->edges[step->taken[i]];
		step->trail[step->trail_len++ % CHART_TRAIL] = e->source;
		if (e->forbidden)
			continue;
		struct chart_effect effect = {.kind = CHART_EFFECT_TAKEN,
			.state = e->source,
			.transition = step->taken[i]};
		anju_status st = tell(step, &effect);
		if (st != ANJU_OK)
			return st;
	}
	return ANJU_OK;
}

/* Domains are disjoint and in document order, so taking them from the last to the first leaves states
 * in reverse document order overall. */
static anju_status exit_all(struct chart_step *step)
{
	const struct chart *chart = step->chart;
	for (uint32_t i = 0; i < step->taken_len && chart->histories_len > 0; i++) {
		if (chart->edges[step->taken[i]].targets_len > 0)
			record_below(step, step->domains[i]);
	}
	for (uint32_t i = step->taken_len; i-- > 0;) {
		if (chart->edges[step->taken[i]].targets_len == 0)
			continue;
		anju_status st = exit_below(step, step->domains[i]);
		if (st != ANJU_OK)
			return st;
	}
	return ANJU_OK;
}

static void collect_entries(struct chart_step *step)
{
	const struct chart *chart = step->chart;
	step->entering_len = 0;
	step->completed_len = 0;
	for (uint32_t i = 0; i < step->taken_len; i++) {
		const struct chart_edge *e = &chart->edges[step->taken[i]];
		uint32_t domain = step->domains[i];
		/* A domain with nothing inside: nothing was left for it, so nothing is entered. It
		 * may even be gone, and the history it pointed at written anew, because of another
		 * transition of this microstep. */
		if (domain != CHART_NONE && chart->nodes[domain].children_len == 0)
			continue;
		for (uint32_t k = 0; k < e->targets_len; k++)
			mark_target(step, e->targets[k], domain);
		if (e->targets_len > 0)
			fill(step, domain != CHART_NONE ? domain : 0, domain == CHART_NONE);
	}
}

anju_status chart_microstep(struct chart_step *step)
{
	const struct chart *chart = step->chart;
	bool moves = false;
	chart_resolve_conflicts(step);
	anju_status st = tell_taken(step);
	for (uint32_t i = 0; i < step->taken_len; i++)
		moves |= chart->edges[step->taken[i]].targets_len > 0;
	if (st == ANJU_OK && moves)
		st = exit_all(step);
	for (uint32_t i = 0; i < step->taken_len && st == ANJU_OK; i++) {
		const struct chart_edge *e = &chart->edges[step->taken[i]];
		st = run_calls(step, &e->actions, e->source, step->taken[i]);
	}
	if (st != ANJU_OK || !moves)
		return st;
	collect_entries(step);
	return enter_all(step);
}
