/* What there is to look at in a workflow: its expressions and actions, with their places. */
#include <string.h>

#include "lint/impl.h"

static void add_expr(struct lint *l, struct lint_flow *f, const struct lint_expr *x)
{
	if (x->expr == NULL)
		return;
	if (f->exprs_len == f->exprs_cap) {
		size_t cap = f->exprs_cap * 2 + 32;
		struct lint_expr *more = pool_alloc(&l->pool, cap * sizeof *more);
		if (more == NULL)
			return;
		if (f->exprs_len > 0)
			memcpy(more, f->exprs, f->exprs_len * sizeof *more);
		f->exprs = more;
		f->exprs_cap = cap;
	}
	f->exprs[f->exprs_len++] = *x;
}

/* `params`: where its members are, below its place. */
static void add_action(
	struct lint *l, struct lint_flow *f, const struct lint_action *a, const char *params)
{
	if (f->actions_len == f->actions_cap) {
		size_t cap = f->actions_cap * 2 + 32;
		struct lint_action *more = pool_alloc(&l->pool, cap * sizeof *more);
		if (more == NULL)
			return;
		if (f->actions_len > 0)
			memcpy(more, f->actions, f->actions_len * sizeof *more);
		f->actions = more;
		f->actions_cap = cap;
	}
	f->actions[f->actions_len++] = *a;
	struct lint_expr x = {a->action->expr, USE_VALUE, NULL, CHART_NONE, CHART_NONE};
	x.pointer = lint_printf(l, "%s%s/%s", a->action->pointer, params,
		a->action->kind == ACTION_OPEN ? "key" : "expr");
	add_expr(l, f, &x);
	for (size_t i = 0; i < a->action->data_len; i++) {
		x.expr = a->action->data_exprs[i];
		x.pointer = lint_printf(
			l, "%s%s/data/%s", a->action->pointer, params, a->action->data_names[i]);
		add_expr(l, f, &x);
	}
}

static void add_calls(struct lint *l, struct lint_flow *f, const struct chart_calls *calls,
	uint32_t state, uint32_t edge)
{
	for (uint32_t i = 0; i < calls->len; i++) {
		struct lint_action a = {calls->at[i].user, edge, state};
		if (a.action != NULL)
			add_action(l, f, &a, "/params");
	}
}

static void gather_chart(struct lint *l, struct lint_flow *f)
{
	for (uint32_t i = 0; i < f->chart->transitions_len; i++) {
		const struct chart_edge *e = &f->chart->edges[i];
		const struct guard *g = e->guard != NULL ? e->guard->user : NULL;
		if (g != NULL && g->expr != NULL) {
			struct lint_expr x = {g->expr, USE_GUARD, NULL, e->source, i};
			x.pointer = lint_printf(l, "%s/params/expr", g->pointer);
			add_expr(l, f, &x);
		}
		add_calls(l, f, &e->actions, e->source, i);
	}
	for (uint32_t s = 0; s < f->chart->states_len; s++) {
		const struct chart_node *n = &f->chart->nodes[s];
		add_calls(l, f, &n->entry, s, CHART_NONE);
		add_calls(l, f, &n->exit, s, CHART_NONE);
		add_calls(l, f, &n->initial_actions, s, CHART_NONE);
	}
}

/* What a rung does, it does while its deadline's state is there: like an action of that state. */
static void gather_rungs(struct lint *l, struct lint_flow *f, const struct deadline_def *d)
{
	for (size_t i = 0; d->rung_calls != NULL && i < d->rungs_len; i++) {
		struct lint_action open = {d->rung_calls[i].open, CHART_NONE, d->state};
		if (open.action != NULL)
			add_action(l, f, &open, "");
		struct action *raise =
			d->rungs[i].send != NULL ? pool_alloc(&l->pool, sizeof *raise) : NULL;
		if (raise == NULL)
			continue;
		raise->kind = ACTION_RAISE;
		raise->event = d->rungs[i].send;
		raise->pointer = lint_printf(l, "%s/rungs/%zu", d->pointer, i);
		struct lint_action sent = {raise, CHART_NONE, d->state};
		add_action(l, f, &sent, "");
	}
}

static void gather_deadlines(struct lint *l, struct lint_flow *f)
{
	for (size_t i = 0; i < f->wf->deadlines_len; i++) {
		const struct deadline_def *d = &f->wf->deadlines[i];
		struct lint_expr x = {d->when, USE_WHEN, NULL, d->state, CHART_NONE};
		x.pointer = lint_printf(l, "%s/when", d->pointer);
		add_expr(l, f, &x);
		/* asked again whenever a field changes: by then the case may be anywhere */
		x.state = CHART_NONE;
		for (size_t k = 0; k < d->due_when_len; k++) {
			if (strcmp(d->due_when[k].file, f->wf->file) != 0)
				continue; /* a pack.json's, read in the place of a blank */
			x.expr = d->due_when[k].expr;
			x.pointer = d->due_when[k].pointer;
			add_expr(l, f, &x);
		}
		gather_rungs(l, f, d);
	}
}

void lint_gather(struct lint *l)
{
	size_t n = pack_set_workflow_count(l->set);
	l->flows = pool_alloc(&l->pool, (n + 1) * sizeof *l->flows);
	for (size_t i = 0; l->flows != NULL && i < n; i++) {
		const struct workflow *wf = pack_set_workflow_at(l->set, i);
		if (wf->chart == NULL || wf->mended || wf->states == NULL ||
			wf->transitions == NULL)
			continue;
		struct lint_flow *f = &l->flows[l->flows_len++];
		*f = (struct lint_flow){.wf = wf, .chart = wf->chart};
		gather_chart(l, f);
		gather_deadlines(l, f);
	}
}
