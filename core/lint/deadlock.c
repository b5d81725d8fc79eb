/*~ Two workflows, or two regions of one, that wait for each other. All workflows are walked at once, from
 * their beginnings and as generously as can be: a transition can be taken once its state was reached in any
 * case and every state it asks for, in whatever related case, was reached by some case. What is still not
 * reached then is not reached by any order of events; where the walk stands still, somebody waits. A state
 * that no walk reaches for other reasons was found by others. */
#include <stdlib.h>
#include <string.h>

#include "lint/fold.h"

/* One state that would do. */
struct want {
	uint32_t flow, state;
};

/* Any one of these; len 0: nothing is asked for. */
struct wants {
	struct want at[64];
	size_t len;
	bool open; /* something else would do as well, or what is asked for is not understood */
};

struct progress {
	struct lint *l;
	bool **seen;         /* by flow, by state: reached */
	bool **possible;     /* reached if nobody had to wait */
	struct want waiting; /* the first thing wanted and not there */
};

static uint32_t flow_number(const struct lint *l, const char *workflow)
{
	const struct lint_flow *f = lint_flow(l, workflow);
	return f != NULL ? (uint32_t)(f - l->flows) : UINT32_MAX;
}

static void add_want(struct wants *w, uint32_t flow, uint32_t state)
{
	if (w->len < sizeof w->at / sizeof w->at[0] && state != CHART_NONE)
		w->at[w->len++] = (struct want){flow, state};
	else
		w->open = true;
}

static void want_phase(struct lint *l, struct wants *w, uint32_t to, const struct node *n)
{
	const char *phase = node_text(l, n);
	const struct lint_flow *flow = &l->flows[to];
	if (phase == NULL)
		w->open = true;
	for (uint32_t s = 0; phase != NULL && s < flow->chart->states_len; s++) {
		if (flow->chart->nodes[s].children_len == 0 &&
			strcmp(flow->wf->states[s].phase, phase) == 0)
			add_want(w, to, s);
	}
}

static bool is_member(const struct node *n, uint32_t slot, const char *name)
{
	return n->op == NODE_SELECT && n->args[0]->op == NODE_LOCAL && n->args[0]->slot == slot &&
	       strcmp(n->value.str.s, name) == 0;
}

/* What the body of exists() asks of the related case. */
static void want_body(
	struct lint *l, struct wants *w, uint32_t to, uint32_t slot, const struct node *n)
{
	if (n->op == NODE_OR) {
		for (uint32_t i = 0; i < n->n; i++)
			want_body(l, w, to, slot, n->args[i]);
	} else if (n->op == NODE_AND) {
		/* one of the parts is enough to wait for: the first that is understood */
		struct wants best = {.open = true};
		for (uint32_t i = 0; i < n->n && best.open; i++) {
			best = (struct wants){0};
			want_body(l, &best, to, slot, n->args[i]);
		}
		for (size_t i = 0; i < best.len; i++)
			add_want(w, best.at[i].flow, best.at[i].state);
		w->open = w->open || best.open;
	} else if (n->op == NODE_IN && is_member(n->args[1], slot, "states")) {
		const char *path = node_text(l, n->args[0]);
		add_want(w, to,
			path != NULL ? chart_state_by_path(l->flows[to].chart, path) : CHART_NONE);
	} else if (n->op == NODE_EQ && is_member(n->args[0], slot, "phase")) {
		want_phase(l, w, to, n->args[1]);
	} else if (n->op == NODE_IN && is_member(n->args[0], slot, "phase") &&
		   n->args[1]->op == NODE_LIST) {
		for (uint32_t i = 0; i < n->args[1]->n; i++)
			want_phase(l, w, to, n->args[1]->args[i]);
	} else {
		w->open = true;
	}
}

static void want_expr(struct lint *l, struct wants *w, uint32_t flow, const struct node *n)
{
	const struct workflow *wf = l->flows[flow].wf;
	bool some = n->op == NODE_MACRO &&
		    (n->macro->kind == MACRO_EXISTS || n->macro->kind == MACRO_EXISTS_ONE);
	const char *name = some ? node_member_of(n->args[0], "related") : NULL;
	const struct relation *r = name != NULL ? workflow_relation(wf, name) : NULL;
	uint32_t to = r != NULL ? flow_number(l, r->to) : UINT32_MAX;
	if (n->op == NODE_OR) {
		for (uint32_t i = 0; i < n->n; i++)
			want_expr(l, w, flow, n->args[i]);
	} else if (to != UINT32_MAX) {
		want_body(l, w, to, n->macro->slot[n->macro->vars - 1], n->args[1]);
	} else if (n->op == NODE_ENV_CALL && strcmp(n->value.str.s, "In") == 0) {
		const char *path = node_text(l, n->args[0]);
		add_want(w, flow,
			path != NULL ? chart_state_by_path(l->flows[flow].chart, path)
				     : CHART_NONE);
	} else {
		w->open = true;
	}
}

static bool is_there(struct progress *p, const struct wants *w)
{
	if (w->open || w->len == 0)
		return true;
	for (size_t i = 0; i < w->len; i++) {
		if (p->seen[w->at[i].flow][w->at[i].state])
			return true;
	}
	p->waiting = w->at[0];
	return false;
}

static bool guard_may_hold(struct progress *p, uint32_t flow, const struct chart_edge *e)
{
	const struct guard *g = e->guard != NULL ? e->guard->user : NULL;
	struct wants w = {0};
	if (g == NULL || g->kind == GUARD_POLICY)
		return true;
	if (g->kind == GUARD_IN) {
		add_want(&w, flow, g->state);
		return is_there(p, &w);
	}
	const struct node *root = g->expr != NULL ? g->expr->root : NULL;
	if (root == NULL)
		return true;
	if (root->op != NODE_AND) {
		want_expr(p->l, &w, flow, root);
		return is_there(p, &w);
	}
	for (uint32_t i = 0; i < root->n; i++) {
		w = (struct wants){0};
		want_expr(p->l, &w, flow, root->args[i]);
		if (!is_there(p, &w))
			return false;
	}
	return true;
}

static bool only_system(const struct transition_rule *rule)
{
	for (size_t i = 0; i < rule->by.len; i++) {
		if (rule->by.roles[i].scope != ROLE_SYSTEM)
			return false;
	}
	return true;
}

/* An event that nobody but other cases gives: has one of those who send it come so far? */
static bool may_be_sent(struct progress *p, uint32_t flow, uint32_t edge)
{
	const struct lint_flow *to = &p->l->flows[flow];
	const struct chart_transition *t = &to->chart->transitions[edge];
	bool sent = false;
	if (t->descriptor[0] == '\0' || strncmp(t->descriptor, "xstate.", 7) == 0 ||
		!only_system(&to->wf->transitions[edge]))
		return true;
	for (uint32_t i = 0; i < p->l->flows_len; i++) {
		const struct lint_flow *from = &p->l->flows[i];
		for (size_t k = 0; k < from->actions_len; k++) {
			const struct lint_action *a = &from->actions[k];
			bool here =
				a->action->kind == ACTION_RAISE ? i == flow
				: a->action->kind == ACTION_SEND
					? a->action->relation != NULL &&
						  strcmp(a->action->relation->to, to->wf->id) == 0
					: false;
			if (!here || !chart_descriptor_matches(t->descriptor, a->action->event))
				continue;
			sent = true;
			bool here_now = p->seen[i][a->state];
			if (here_now && (a->edge == CHART_NONE ||
						guard_may_hold(p, i, &from->chart->edges[a->edge])))
				return true;
			if (here_now)
				continue;
			p->waiting = (struct want){i, a->state};
		}
	}
	return !sent; /* that nobody sends it at all is said by another rule */
}

static void enter(const struct chart *chart, bool *seen, uint32_t state)
{
	for (; state != CHART_NONE && !seen[state]; state = chart->nodes[state].parent) {
		const struct chart_node *n = &chart->nodes[state];
		seen[state] = true;
		if (n->type == CHART_COMPOUND)
			enter(chart, seen, n->initial);
		for (uint32_t i = 0; n->type == CHART_PARALLEL && i < n->children_len; i++)
			enter(chart, seen, n->children[i]);
		for (uint32_t s = n->parent + 1;
			n->type == CHART_HISTORY && s < chart->nodes[n->parent].end; s++)
			seen[s] = true;
	}
}

/* Is there anything new after one look at every transition? */
static bool advance(struct progress *p, bool wait)
{
	bool more = false;
	for (uint32_t i = 0; i < p->l->flows_len; i++) {
		const struct chart *chart = p->l->flows[i].chart;
		for (uint32_t k = 0; k < chart->transitions_len; k++) {
			const struct chart_edge *e = &chart->edges[k];
			bool fresh = false;
			for (uint32_t t = 0; t < e->targets_len; t++)
				fresh = fresh || !p->seen[i][e->targets[t]];
			if (!fresh || !p->seen[i][e->source] ||
				(wait && (!guard_may_hold(p, i, e) || !may_be_sent(p, i, k))))
				continue;
			for (uint32_t t = 0; t < e->targets_len; t++)
				enter(chart, p->seen[i], e->targets[t]);
			more = true;
		}
	}
	return more;
}

static bool *start(struct lint *l, const struct chart *chart)
{
	bool *seen = pool_alloc(&l->pool, chart->states_len * sizeof *seen);
	if (seen != NULL)
		enter(chart, seen, 0);
	return seen;
}

/* The transitions at which the walk stands still although what they wait for could be reached by itself. */
static void tell(struct progress *p, uint32_t flow)
{
	const struct lint_flow *f = &p->l->flows[flow];
	for (uint32_t k = 0; k < f->chart->transitions_len; k++) {
		const struct chart_edge *e = &f->chart->edges[k];
		if (!p->seen[flow][e->source] || e->targets_len == 0 ||
			p->seen[flow][e->targets[0]] ||
			/* a condition that never holds was said to be one */
			lint_found_below(p->l, f->wf->file, f->chart->transitions[k].pointer) ||
			(guard_may_hold(p, flow, e) && may_be_sent(p, flow, k)))
			continue;
		const struct lint_flow *other = &p->l->flows[p->waiting.flow];
		if (!p->possible[p->waiting.flow][p->waiting.state])
			continue;
		lint_find(p->l, "lint.deadlock", f->wf->file, f->chart->transitions[k].pointer,
			f->chart->states[e->source].path, "%s: %s", other->wf->id,
			other->chart->states[p->waiting.state].path);
		return;
	}
}

void lint_deadlocks(struct lint *l)
{
	struct progress p = {.l = l};
	p.seen = pool_alloc(&l->pool, (l->flows_len + 1) * sizeof *p.seen);
	p.possible = pool_alloc(&l->pool, (l->flows_len + 1) * sizeof *p.possible);
	if (p.seen == NULL || p.possible == NULL)
		return;
	for (size_t i = 0; i < l->flows_len; i++) {
		p.seen[i] = start(l, l->flows[i].chart);
		if (p.seen[i] == NULL)
			return;
	}
	while (advance(&p, false))
		;
	for (size_t i = 0; i < l->flows_len; i++) {
		p.possible[i] = p.seen[i];
		p.seen[i] = start(l, l->flows[i].chart);
		if (p.seen[i] == NULL)
			return;
	}
	while (advance(&p, true))
		;
	for (uint32_t i = 0; i < l->flows_len; i++)
		tell(&p, i);
}
