#include "expr/macro.h"

#include "expr/array.h"

bool walk_init(struct walk *w, struct run *r, const struct node *n)
{
	w->r = r;
	w->n = n;
	for (uint32_t i = 0; i < n->macro->vars; i++)
		w->cells[i] = &r->cells[r->expr->vars_len + n->macro->slot[i]];
	if (!run_node(r, n->args[0], &w->range))
		return false;
	if (w->range.kind == EXPR_LIST)
		w->len = w->range.list->len;
	else if (w->range.kind == EXPR_MAP)
		w->len = w->range.map->len(w->range.map);
	else
		return run_fault(r, FAULT_KINDS, n);
	return true;
}

bool walk_to(struct walk *w, size_t i)
{
	struct run *r = w->r;
	if (!run_charge(r, 1))
		return false;
	bool two = w->n->macro->vars == 2;
	if (w->range.kind == EXPR_LIST) {
		if (!run_list_at(r, w->n, w->range.list, i, &w->element))
			return false;
		*w->cells[two] = w->element;
		if (two)
			*w->cells[0] = (struct expr_value){.kind = EXPR_INT, .i = (int64_t)i};
		return true;
	}
	if (!w->range.map->key_at(w->range.map, i, r->arena, &w->element))
		return run_fault(r, FAULT_FUNCTION, w->n);
	*w->cells[0] = w->element;
	if (!two)
		return true;
	int found = run_map_get(r, w->n, w->range.map, &w->element, w->cells[1]);
	return found == 1 || (found == 0 && run_fault(r, FAULT_FUNCTION, w->n));
}

static bool predicate(struct run *r, const struct node *n, bool *ret)
{
	struct expr_value v;
	if (!run_node(r, n, &v))
		return false;
	if (v.kind != EXPR_BOOL)
		return run_fault(r, FAULT_KINDS, n);
	*ret = v.b;
	return true;
}

/* all and exists: an element that decides outweighs another's failure. */
static bool quantify(struct walk *w, struct expr_value *ret)
{
	struct run *r = w->r;
	bool decides = w->n->macro->kind == MACRO_EXISTS;
	struct fault first = {.code = FAULT_NONE};
	for (size_t i = 0; i < w->len; i++) {
		bool is = false;
		if (!walk_to(w, i))
			return false;
		if (predicate(r, w->n->args[1], &is)) {
			if (is != decides)
				continue;
			*ret = (struct expr_value){.kind = EXPR_BOOL, .b = decides};
			return true;
		}
		if (r->fault.code <= FAULT_LAST_FATAL)
			return false;
		if (first.code == FAULT_NONE)
			first = r->fault;
	}
	if (first.code != FAULT_NONE) {
		r->fault = first;
		return false;
	}
	*ret = (struct expr_value){.kind = EXPR_BOOL, .b = !decides};
	return true;
}

static bool exists_one(struct walk *w, struct expr_value *ret)
{
	size_t count = 0;
	for (size_t i = 0; i < w->len; i++) {
		bool is = false;
		if (!walk_to(w, i) || !predicate(w->r, w->n->args[1], &is))
			return false;
		count += is;
	}
	*ret = (struct expr_value){.kind = EXPR_BOOL, .b = count == 1};
	return true;
}

/* Does element i pass, and what does it become? */
static bool transform(struct walk *w, bool *pass, struct expr_value *ret)
{
	const struct macro *m = w->n->macro;
	*pass = true;
	if (m->kind == MACRO_FILTER) {
		*ret = w->element;
		return predicate(w->r, w->n->args[1], pass);
	}
	if (m->has_filter && !predicate(w->r, w->n->args[1], pass))
		return false;
	return !*pass || run_node(w->r, w->n->args[m->has_filter ? 2 : 1], ret);
}

static bool collect(struct walk *w, struct expr_value *ret)
{
	struct run *r = w->r;
	bool to_map = w->n->macro->kind == MACRO_TRANSFORM_MAP;
	size_t each = to_map ? 2 : 1, count = 0, duplicate;
	struct expr_value *v = run_alloc(r, w->len * each * sizeof *v);
	if (v == NULL)
		return false;
	for (size_t i = 0; i < w->len; i++) {
		bool pass;
		if (!walk_to(w, i) || !transform(w, &pass, &v[count * each + each - 1]))
			return false;
		if (pass && to_map)
			v[count * 2] = *w->cells[0];
		count += pass;
	}
	bool done = to_map ? pair_map(r->arena, v, count, ret, &duplicate) == 1
			   : array_list(r->arena, v, count, ret);
	return done || run_fault(r, FAULT_NOMEM, w->n);
}

bool run_macro(struct run *r, const struct node *n, struct expr_value *ret)
{
	struct walk w;
	if (!walk_init(&w, r, n))
		return false;
	switch (n->macro->kind) {
	case MACRO_ALL:
	case MACRO_EXISTS:
		return quantify(&w, ret);
	case MACRO_EXISTS_ONE:
		return exists_one(&w, ret);
	case MACRO_MAP:
	case MACRO_FILTER:
	case MACRO_TRANSFORM_LIST:
	case MACRO_TRANSFORM_MAP:
		break;
	}
	return collect(&w, ret);
}
