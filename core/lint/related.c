/* What an expression says of related cases. Their workflow is another file, and its names are not checked
 * when the pack loads: a wrong one makes a condition that is silently never true. */
#include <string.h>

#include "lint/fold.h"

struct about {
	struct lint *l;
	const struct lint_flow *flow;
	const struct lint_expr *x;
	const struct lint_flow *to;
	uint32_t slot; /* of the variable that stands for a related case */
};

/* related.<relation>, [0] of it, or a filter over it: the workflow at its other end. */
static const struct lint_flow *range_flow(
	const struct lint *l, const struct lint_flow *flow, const struct node *n)
{
	while ((n->op == NODE_MACRO && n->macro->kind == MACRO_FILTER) || n->op == NODE_INDEX)
		n = n->args[0];
	const char *name = node_member_of(n, "related");
	const struct relation *r = name != NULL ? workflow_relation(flow->wf, name) : NULL;
	return r != NULL ? lint_flow(l, r->to) : NULL;
}

static bool is_case(const struct about *a, const struct node *n)
{
	return n->op == NODE_LOCAL && n->slot == a->slot;
}

static const char *member_of(const struct about *a, const struct node *n)
{
	return n->op == NODE_SELECT && is_case(a, n->args[0]) ? n->value.str.s : NULL;
}

static void tell(const struct about *a, const char *id, const struct node *n, const char *found,
	const struct buf *allowed)
{
	lint_find_expr(a->l, id, a->flow, a->x, n->pos, n->end, found,
		allowed->data != NULL ? allowed->data : "");
}

static void check_state(const struct about *a, const struct node *n)
{
	const char *path = node_text(a->l, n);
	if (path == NULL || chart_state_by_path(a->to->chart, path) != CHART_NONE)
		return;
	ANJU_AUTO_BUF list = BUF_INIT;
	for (uint32_t s = 1; s < chart_state_count(a->to->chart); s++)
		buf_addf(&list, "%s%s", s > 1 ? " " : "", chart_state_at(a->to->chart, s)->path);
	tell(a, "lint.related_state", n, path, &list);
}

static void check_phase(const struct about *a, const struct node *n)
{
	const char *phase = node_text(a->l, n);
	ANJU_AUTO_BUF list = BUF_INIT;
	for (uint32_t s = 0; phase != NULL && s < chart_state_count(a->to->chart); s++) {
		const char *known = a->to->wf->states[s].phase;
		if (strcmp(known, phase) == 0)
			return;
		const char *seen = list.data != NULL ? strstr(list.data, known) : NULL;
		if (known[0] != '\0' && seen == NULL)
			buf_addf(&list, "%s%s", list.len > 0 ? " " : "", known);
	}
	if (phase != NULL)
		tell(a, "lint.related_phase", n, phase, &list);
}

static void check_member(const struct about *a, const struct node *n, const char *name)
{
	static const char *const own[] = {"key", "phase", "states", NULL};
	ANJU_AUTO_BUF list = BUF_INIT;
	for (size_t i = 0; own[i] != NULL; i++) {
		if (strcmp(own[i], name) == 0)
			return;
		buf_addf(&list, "%s%s", i > 0 ? " " : "", own[i]);
	}
	for (size_t i = 0; i < a->to->wf->fields_len; i++) {
		if (strcmp(a->to->wf->fields[i].name, name) == 0)
			return;
		buf_addf(&list, " %s", a->to->wf->fields[i].name);
	}
	tell(a, "lint.related_field", n, name, &list);
}

static void check_value(const struct about *a, const char *member, const struct node *n)
{
	if (strcmp(member, "phase") == 0) {
		check_phase(a, n);
		return;
	}
	const struct field *f = workflow_field(a->to->wf, member);
	const char *text = node_text(a->l, n);
	if (f == NULL || f->type != FIELD_ENUM || text == NULL)
		return;
	ANJU_AUTO_BUF list = BUF_INIT;
	for (size_t i = 0; i < f->options_len; i++) {
		if (strcmp(f->options[i], text) == 0)
			return;
		buf_addf(&list, "%s%s", i > 0 ? " " : "", f->options[i]);
	}
	tell(a, "lint.no_option", n, text, &list);
}

static void check_comparison(const struct about *a, const struct node *n)
{
	const char *left = member_of(a, n->args[0]), *right = member_of(a, n->args[1]);
	if (left != NULL && n->op != NODE_IN)
		check_value(a, left, n->args[1]);
	if (right != NULL && n->op != NODE_IN)
		check_value(a, right, n->args[0]);
	if (n->op == NODE_IN && right != NULL && strcmp(right, "states") == 0)
		check_state(a, n->args[0]);
	if (n->op == NODE_IN && left != NULL && n->args[1]->op == NODE_LIST) {
		for (uint32_t i = 0; i < n->args[1]->n; i++)
			check_value(a, left, n->args[1]->args[i]);
	}
}

static void walk(const struct about *a, const struct node *n)
{
	const char *member = member_of(a, n);
	if (member != NULL)
		check_member(a, n, member);
	if (n->op == NODE_EQ || n->op == NODE_NE || n->op == NODE_IN)
		check_comparison(a, n);
	for (uint32_t i = 0; i < n->n; i++)
		walk(a, n->args[i]);
}

static void find_macros(struct lint *l, const struct lint_flow *flow, const struct lint_expr *x,
	const struct node *n)
{
	const struct lint_flow *to = n->op == NODE_MACRO ? range_flow(l, flow, n->args[0]) : NULL;
	if (to != NULL) {
		struct about a = {l, flow, x, to, n->macro->slot[n->macro->vars - 1]};
		for (uint32_t i = 1; i < n->n; i++)
			walk(&a, n->args[i]);
	}
	for (uint32_t i = 0; i < n->n; i++)
		find_macros(l, flow, x, n->args[i]);
}

void lint_related(struct lint *l, const struct lint_flow *flow)
{
	for (size_t i = 0; i < flow->exprs_len; i++)
		find_macros(l, flow, &flow->exprs[i], flow->exprs[i].expr->root);
}
