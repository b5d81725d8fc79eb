/* Conditions that cannot hold, or cannot but hold. */
#include <string.h>

#include "lint/fold.h"

static void check(struct lint *l, const struct lint_flow *flow, const struct lint_expr *x)
{
	struct fold f = {.l = l, .flow = flow, .x = x};
	const struct node *root = x->expr->root;
	struct fold_value v = fold_node(&f, root);
	if (x->use == USE_VALUE || f.told > 0)
		return;
	const char *text = expr_text(x->expr);
	if ((v.truth & FOLD_TRUE) == 0)
		lint_find_expr(l, "lint.never_true", flow, x, root->pos, root->end, text, "");
	else if (v.truth == FOLD_TRUE)
		lint_find_expr(l, "lint.always_true", flow, x, root->pos, root->end, text, "");
}

/* {"type": "in"} says what In() says, in a state of its own. */
static void check_in(struct lint *l, const struct lint_flow *flow, uint32_t edge)
{
	const struct chart *chart = flow->chart;
	const struct chart_edge *e = &chart->edges[edge];
	const struct guard *g = e->guard != NULL ? e->guard->user : NULL;
	if (g == NULL || g->kind != GUARD_IN || g->state == CHART_NONE || e->source == 0)
		return;
	const char *pointer = lint_printf(l, "%s/params/state", g->pointer);
	const char *found = chart->states[g->state].path, *here = chart->states[e->source].path;
	if (e->source == g->state || chart_below(chart, e->source, g->state)) {
		lint_find(l, "lint.always_true", flow->wf->file, pointer, found, "%s", here);
		return;
	}
	uint32_t top = chart->nodes[g->state].parent;
	while (top != CHART_NONE && e->source != top && !chart_below(chart, e->source, top))
		top = chart->nodes[top].parent;
	if (top != CHART_NONE && e->source != top && chart->nodes[top].type != CHART_PARALLEL)
		lint_find(l, "lint.never_true", flow->wf->file, pointer, found, "%s", here);
}

void lint_conditions(struct lint *l, const struct lint_flow *flow)
{
	for (size_t i = 0; i < flow->exprs_len; i++)
		check(l, flow, &flow->exprs[i]);
	for (uint32_t i = 0; i < flow->chart->transitions_len; i++)
		check_in(l, flow, i);
}
