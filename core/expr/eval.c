#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "expr/arena.h"
#include "expr/array.h"
#include "expr/describe.h"
#include "expr/env.h"
#include "expr/funcs.h"
#include "expr/ops.h"
#include "expr/regex.h"
#include "expr/run.h"

bool run_fault_value(
	struct run *r, enum fault_code code, const struct node *n, struct expr_value value)
{
	r->fault = (struct fault){.code = code, .node = n, .value = value};
	return false;
}

bool run_fault(struct run *r, enum fault_code code, const struct node *n)
{
	return run_fault_value(r, code, n, (struct expr_value){.kind = EXPR_DYN});
}

void *run_alloc(struct run *r, size_t n)
{
	void *p = expr_arena_alloc(r->arena, n);
	if (p == NULL)
		run_fault(r, arena_over_limit(r->arena) ? FAULT_MEMORY_LIMIT : FAULT_NOMEM, NULL);
	return p;
}

static bool fatal(const struct run *r)
{
	return r->fault.code <= FAULT_LAST_FATAL;
}

bool run_list_at(struct run *r, const struct node *n, const struct expr_list *list, size_t i,
	struct expr_value *ret)
{
	ret->kind = EXPR_DYN;
	if (!list->at(list, i, r->arena, ret) || ret->kind == EXPR_ERROR)
		return run_fault_value(r, FAULT_FUNCTION, n, *ret);
	return true;
}

int run_map_get(struct run *r, const struct node *n, const struct expr_map *map,
	const struct expr_value *key, struct expr_value *ret)
{
	if (key->kind == EXPR_STRING && !run_charge(r, key->str.len / EXPR_BYTES_A_STEP))
		return -1;
	if (!map->get(map, key, r->arena, ret))
		return 0;
	if (ret->kind != EXPR_ERROR)
		return 1;
	run_fault_value(r, FAULT_FUNCTION, n, *ret);
	return -1;
}

static inline bool give_bool(struct expr_value *ret, bool b)
{
	ret->kind = EXPR_BOOL;
	ret->b = b;
	return true;
}

static bool eval_variable(struct run *r, const struct node *n, struct expr_value *ret)
{
	struct expr_value *cell = &r->cells[n->slot];
	if (cell->kind == EXPR_DYN) {
		if (r->vars == NULL ||
			!r->vars->lookup(r->vars->ctx, n->value.str.s, r->arena, cell)) {
			cell->kind = EXPR_DYN;
			return run_fault(r, FAULT_NO_VARIABLE, n);
		}
		if (cell->kind == EXPR_ERROR) {
			struct expr_value error = *cell;
			cell->kind = EXPR_DYN;
			return run_fault_value(r, FAULT_FUNCTION, n, error);
		}
	}
	*ret = *cell;
	return true;
}

/* A declared member that has no value. */
static bool not_set(struct run *r, const struct node *n, struct expr_value *ret)
{
	if (!(n->flags & NODE_NULL_OK))
		return run_fault(r, FAULT_NOT_SET, n);
	ret->kind = EXPR_NULL;
	return true;
}

static bool eval_select(struct run *r, const struct node *n, struct expr_value *ret)
{
	struct expr_value of;
	const struct node *from = n->args[0];
	if (!run_node(r, from, &of))
		return false;
	if (of.kind == EXPR_NULL && (n->flags & NODE_SHAPED))
		return n->flags & NODE_NULL_OK ? not_set(r, n, ret)
					       : run_fault(r, FAULT_NOT_SET, from);
	if (of.kind != EXPR_MAP)
		return run_fault(r, FAULT_KINDS, n);
	if (!of.map->get(of.map, &n->value, r->arena, ret)) {
		if (n->flags & NODE_SHAPED)
			return not_set(r, n, ret);
		return run_fault_value(r, FAULT_NO_KEY, n, n->value);
	}
	if (ret->kind == EXPR_NULL && (n->flags & NODE_SHAPED))
		return not_set(r, n, ret);
	if (ret->kind == EXPR_ERROR)
		return run_fault_value(r, FAULT_FUNCTION, n, *ret);
	return true;
}

static bool eval_has(struct run *r, const struct node *n, struct expr_value *ret)
{
	struct expr_value of, value;
	if (!run_node(r, n->args[0], &of))
		return false;
	if (of.kind == EXPR_NULL && (n->flags & NODE_SHAPED))
		return give_bool(ret, false);
	if (of.kind != EXPR_MAP)
		return run_fault(r, FAULT_KINDS, n);
	int found = run_map_get(r, n, of.map, &n->value, &value);
	if (found == 1 && (n->flags & NODE_SHAPED) && value.kind == EXPR_NULL)
		found = 0;
	return found >= 0 && give_bool(ret, found == 1);
}

/* A list index, which CEL lets be any whole number; false past the end. */
static bool list_index(const struct expr_value *v, size_t len, size_t *ret)
{
	if (v->kind == EXPR_INT || v->kind == EXPR_UINT) {
		*ret = (size_t)v->u;
		return (v->kind == EXPR_UINT || v->i >= 0) && v->u < len;
	}
	*ret = v->d >= 0 && v->d < (double)len ? (size_t)v->d : len;
	return *ret < len && (double)*ret == v->d;
}

static bool eval_index(struct run *r, const struct node *n, struct expr_value *ret)
{
	struct expr_value of, key;
	if (!run_node(r, n->args[0], &of) || !run_node(r, n->args[1], &key))
		return false;
	if (of.kind == EXPR_MAP) {
		if (!map_key_ok(&key) && key.kind != EXPR_DOUBLE)
			return run_fault(r, FAULT_KEY_KIND, n);
		int found = run_map_get(r, n, of.map, &key, ret);
		if (found == 0)
			run_fault_value(r, FAULT_NO_KEY, n, key);
		return found == 1;
	}
	bool whole = key.kind == EXPR_INT || key.kind == EXPR_UINT || key.kind == EXPR_DOUBLE;
	if (of.kind != EXPR_LIST || !whole)
		return run_fault(r, FAULT_KINDS, n);
	size_t i;
	if (!list_index(&key, of.list->len, &i))
		return run_fault_value(r, FAULT_INDEX, n, key);
	return run_list_at(r, n, of.list, i, ret);
}

static bool eval_all(struct run *r, const struct node *n, struct expr_value **ret)
{
	*ret = run_alloc(r, n->n * sizeof **ret);
	for (uint32_t i = 0; *ret != NULL && i < n->n; i++) {
		if (!run_node(r, n->args[i], *ret + i))
			return false;
	}
	return *ret != NULL;
}

static bool eval_map(struct run *r, const struct node *n, struct expr_value *ret)
{
	struct expr_value *pairs;
	if (!eval_all(r, n, &pairs))
		return false;
	for (uint32_t i = 0; i < n->n; i += 2) {
		if (!map_key_ok(&pairs[i]))
			return run_fault(r, FAULT_KEY_KIND, n->args[i]);
	}
	size_t duplicate;
	int done = pair_map(r->arena, pairs, n->n / 2, ret, &duplicate);
	if (done == 0)
		run_fault_value(r, FAULT_DUPLICATE, n, pairs[2 * duplicate]);
	else if (done < 0)
		run_fault(r, arena_over_limit(r->arena) ? FAULT_MEMORY_LIMIT : FAULT_NOMEM, n);
	return done == 1;
}

static bool eval_list(struct run *r, const struct node *n, struct expr_value *ret)
{
	struct expr_value *values;
	return eval_all(r, n, &values) &&
	       (array_list(r->arena, values, n->n, ret) || run_fault(r, FAULT_NOMEM, n));
}

static bool eval_bool(struct run *r, const struct node *n, struct expr_value *ret)
{
	if (!run_node(r, n, ret))
		return false;
	return ret->kind == EXPR_BOOL || run_fault(r, FAULT_KINDS, n);
}

/* && and ||: one operand that decides outweighs the failure of any other. */
static bool eval_logic(struct run *r, const struct node *n, struct expr_value *ret)
{
	bool decides = n->op == NODE_OR;
	struct fault first = {.code = FAULT_NONE};
	for (uint32_t i = 0; i < n->n; i++) {
		if (eval_bool(r, n->args[i], ret)) {
			if (ret->b == decides)
				return true;
			continue;
		}
		if (fatal(r))
			return false;
		if (first.code == FAULT_NONE)
			first = r->fault;
	}
	if (first.code != FAULT_NONE) {
		r->fault = first;
		return false;
	}
	return give_bool(ret, !decides);
}

static bool eval_compare(struct run *r, const struct node *n, struct expr_value *ret)
{
	struct expr_value a, b;
	if (!run_node(r, n->args[0], &a) || !run_node(r, n->args[1], &b))
		return false;
	if ((a.kind == EXPR_STRING || a.kind == EXPR_BYTES) &&
		!run_charge(r, a.str.len / EXPR_BYTES_A_STEP))
		return false;
	enum ops_order o = ops_compare(&a, &b);
	if (o == OPS_KINDS)
		return run_fault(r, FAULT_KINDS, n);
	bool is = false;
	if (n->op == NODE_LT)
		is = o == OPS_LESS;
	else if (n->op == NODE_LE)
		is = o == OPS_LESS || o == OPS_SAME;
	else if (n->op == NODE_GT)
		is = o == OPS_GREATER;
	else
		is = o == OPS_GREATER || o == OPS_SAME;
	return give_bool(ret, is);
}

/* What a function may have to read: its texts and lists. */
static bool charge_arguments(struct run *r, const struct expr_value *args, uint32_t n)
{
	uint64_t cost = 0;
	for (uint32_t i = 0; i < n; i++) {
		if (args[i].kind == EXPR_STRING || args[i].kind == EXPR_BYTES)
			cost += args[i].str.len / EXPR_BYTES_A_STEP;
	}
	return run_charge(r, cost);
}

static bool eval_call(struct run *r, const struct node *n, struct expr_value *ret)
{
	struct expr_value args[BUILTIN_ARGS];
	if (n->n > BUILTIN_ARGS)
		return run_fault(r, FAULT_KINDS, n);
	for (uint32_t i = 0; i < n->n; i++) {
		if (!run_node(r, n->args[i], &args[i]))
			return false;
	}
	bool arity = false;
	for (uint32_t i = 0; i < n->builtin->n; i++)
		arity |= n->builtin->overloads[i].n == n->n;
	if (!arity)
		return run_fault(r, FAULT_KINDS, n);
	return charge_arguments(r, args, n->n) && n->builtin->cb(r, n, args, ret);
}

/* The overload whose declared types fit the values. */
static const struct env_function *pick(const struct node *n, const struct expr_value *args)
{
	for (uint32_t f = 0; f < n->n_functions; f++) {
		const struct env_function *fn = &n->function[f];
		size_t i = 0;
		while (i < fn->n && env_value_fits(&fn->args[i], &args[i]))
			i++;
		if (i == fn->n)
			return fn;
	}
	return NULL;
}

static bool eval_env_call(struct run *r, const struct node *n, struct expr_value *ret)
{
	struct expr_value args[AST_MAX_ARGS];
	for (uint32_t i = 0; i < n->n; i++) {
		if (!run_node(r, n->args[i], &args[i]))
			return false;
	}
	const struct env_function *fn = pick(n, args);
	if (fn == NULL)
		return run_fault(r, FAULT_KINDS, n);
	uint64_t elements = 0; /* a built-in one looks at none */
	for (size_t i = 0; i < fn->n; i++)
		elements += args[i].kind == EXPR_LIST ? args[i].list->len : 0;
	if (!run_charge(r, elements))
		return false;
	for (size_t i = 0; i < fn->n; i++) {
		if (fn->args[i].kind == EXPR_DECIMAL && args[i].kind == EXPR_INT) {
			args[i].dec = decimal_of_int(args[i].i);
			args[i].kind = EXPR_DECIMAL;
		}
	}
	if (!run_charge(r, fn->cost) || !charge_arguments(r, args, n->n))
		return false;
	ret->kind = EXPR_DYN;
	if (!fn->cb(fn->ctx, args, n->n, r->arena, ret) || ret->kind == EXPR_ERROR)
		return run_fault_value(r, FAULT_FUNCTION, n, *ret);
	return true;
}

static bool eval_binary(struct run *r, const struct node *n, struct expr_value *ret)
{
	struct expr_value a, b;
	if (!run_node(r, n->args[0], &a) || !run_node(r, n->args[1], &b))
		return false;
	if (n->op == NODE_IN)
		return ops_in(r, n, &a, &b, ret);
	if (n->op != NODE_EQ && n->op != NODE_NE)
		return ops_arithmetic(r, n, &a, &b, ret);
	int same = ops_equal(r, &a, &b);
	return same >= 0 && give_bool(ret, (same == 1) == (n->op == NODE_EQ));
}

static bool eval_unary(struct run *r, const struct node *n, struct expr_value *ret)
{
	struct expr_value a;
	if (n->op == NODE_NOT)
		return eval_bool(r, n->args[0], &a) && give_bool(ret, !a.b);
	return run_node(r, n->args[0], &a) && ops_negate(r, n, &a, ret);
}

bool run_node(struct run *r, const struct node *n, struct expr_value *ret)
{
	if (__builtin_expect(r->steps == 0, 0))
		return run_fault(r, FAULT_BUDGET, n);
	r->steps--;
	switch (n->op) {
	case NODE_CONST:
		*ret = n->value;
		return true;
	case NODE_VAR:
		return eval_variable(r, n, ret);
	case NODE_LOCAL:
		*ret = r->cells[r->expr->vars_len + n->slot];
		return true;
	case NODE_SELECT:
		return eval_select(r, n, ret);
	case NODE_HAS:
		return eval_has(r, n, ret);
	case NODE_INDEX:
		return eval_index(r, n, ret);
	case NODE_LIST:
		return eval_list(r, n, ret);
	case NODE_MAP:
		return eval_map(r, n, ret);
	case NODE_NOT:
	case NODE_NEG:
		return eval_unary(r, n, ret);
	case NODE_AND:
	case NODE_OR:
		return eval_logic(r, n, ret);
	case NODE_COND: {
		struct expr_value which;
		return eval_bool(r, n->args[0], &which) &&
		       run_node(r, n->args[which.b ? 1 : 2], ret);
	}
	case NODE_LT:
	case NODE_LE:
	case NODE_GT:
	case NODE_GE:
		return eval_compare(r, n, ret);
	case NODE_EQ:
	case NODE_NE:
	case NODE_IN:
	case NODE_ADD:
	case NODE_SUB:
	case NODE_MUL:
	case NODE_DIV:
	case NODE_MOD:
		return eval_binary(r, n, ret);
	case NODE_CALL:
		return eval_call(r, n, ret);
	case NODE_ENV_CALL:
		return eval_env_call(r, n, ret);
	case NODE_MACRO:
		return run_macro(r, n, ret);
	case NODE_IDENT:
	case NODE_UNKNOWN:
		break;
	}
	return run_fault(r, FAULT_NO_VARIABLE, n);
}

bool run_init(struct run *r, const struct expr *expr, const struct expr_vars *vars, uint32_t budget,
	struct expr_arena *arena, struct expr_value room[RUN_CELLS])
{
	r->expr = expr;
	r->vars = vars;
	r->arena = arena;
	r->steps = budget;
	r->cells = room;
	r->fault.code = FAULT_NONE;
	r->pattern = NULL;
	size_t n = (size_t)expr->vars_len + expr->locals_len;
	if (n > RUN_CELLS) {
		r->cells = run_alloc(r, n * sizeof *r->cells);
		if (r->cells == NULL)
			return false;
	}
	for (uint32_t i = 0; i < expr->vars_len; i++)
		r->cells[i].kind = EXPR_DYN;
	return true;
}

void run_done(struct run *r)
{
	regex_free(r->pattern);
	r->pattern = NULL;
}

anju_status expr_eval(const struct expr *expr, const struct expr_vars *vars, uint32_t budget,
	struct expr_arena *arena, struct expr_value *ret, anju_error *err)
{
	struct run r;
	struct expr_value room[RUN_CELLS], v;
	bool ok = run_init(&r, expr, vars, budget, arena, room) && run_node(&r, expr->root, &v);
	run_done(&r);
	if (!ok)
		return run_error(&r, err);
	if (expr->want != EXPR_DYN && v.kind != expr->want) {
		run_fault(&r, FAULT_KINDS, expr->root);
		return run_error(&r, err);
	}
	*ret = v;
	return ANJU_OK;
}
