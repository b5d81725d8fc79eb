#include "expr/ops.h"

#include <math.h>
#include <string.h>

#include "expr/array.h"
#include "expr/instant.h"

static bool is_number(const struct expr_value *v)
{
	return v->kind == EXPR_INT || v->kind == EXPR_UINT || v->kind == EXPR_DOUBLE ||
	       v->kind == EXPR_DECIMAL;
}

#define ORDER(a, b) ((enum ops_order)(((a) > (b)) - ((a) < (b))))

/* As CEL prescribes: the integer becomes a double, with what that loses beyond 2^53. */
static enum ops_order order_doubles(double a, double b)
{
	return isnan(a) || isnan(b) ? OPS_UNORDERED : ORDER(a, b);
}

static double double_of(const struct expr_value *v)
{
	if (v->kind == EXPR_DECIMAL)
		return (double)v->dec.num / (double)v->dec.den;
	return v->kind == EXPR_INT ? (double)v->i : v->kind == EXPR_UINT ? (double)v->u : v->d;
}

static enum ops_order flip(enum ops_order o)
{
	return o == OPS_LESS ? OPS_GREATER : o == OPS_GREATER ? OPS_LESS : o;
}

static __int128 integer_of(const struct expr_value *v)
{
	return v->kind == EXPR_INT ? (__int128)v->i : (__int128)v->u;
}

static enum ops_order order_decimal(const struct decimal *a, const struct expr_value *b)
{
	if (b->kind == EXPR_DECIMAL)
		return ORDER(decimal_cmp(*a, b->dec), 0);
	/* |u * den| < 2^127 */
	return ORDER((__int128)a->num, integer_of(b) * a->den);
}

static enum ops_order order_numbers(const struct expr_value *a, const struct expr_value *b)
{
	if (a->kind == EXPR_DOUBLE || b->kind == EXPR_DOUBLE)
		return order_doubles(double_of(a), double_of(b));
	if (a->kind == EXPR_DECIMAL)
		return order_decimal(&a->dec, b);
	if (b->kind == EXPR_DECIMAL)
		return flip(order_decimal(&b->dec, a));
	return ORDER(integer_of(a), integer_of(b));
}

/* UTF-8 sorts by code point when it sorts by byte. */
static enum ops_order order_bytes(const struct expr_value *a, const struct expr_value *b)
{
	size_t n = a->str.len < b->str.len ? a->str.len : b->str.len;
	int d = n == 0 ? 0 : memcmp(a->str.s, b->str.s, n);
	return d != 0 ? ORDER(d, 0) : ORDER(a->str.len, b->str.len);
}

enum ops_order ops_compare(const struct expr_value *a, const struct expr_value *b)
{
	if (a->kind == EXPR_INT && b->kind == EXPR_INT)
		return ORDER(a->i, b->i);
	if (is_number(a) && is_number(b))
		return order_numbers(a, b);
	if (a->kind != b->kind)
		return OPS_KINDS;
	switch ((int)a->kind) {
	case EXPR_BOOL:
		return ORDER(a->b, b->b);
	case EXPR_STRING:
	case EXPR_BYTES:
		return order_bytes(a, b);
	case EXPR_TIMESTAMP:
	case EXPR_DURATION:
		if (a->time.seconds != b->time.seconds)
			return ORDER(a->time.seconds, b->time.seconds);
		return ORDER(a->time.nanos, b->time.nanos);
	default:
		return OPS_KINDS;
	}
}

static int equal_lists(struct run *r, const struct expr_list *a, const struct expr_list *b)
{
	if (a->len != b->len)
		return 0;
	for (size_t i = 0; i < a->len; i++) {
		struct expr_value x, y;
		if (!run_list_at(r, NULL, a, i, &x) || !run_list_at(r, NULL, b, i, &y))
			return -1;
		int same = ops_equal(r, &x, &y);
		if (same != 1)
			return same;
	}
	return 1;
}

static int equal_maps(struct run *r, const struct expr_map *a, const struct expr_map *b)
{
	size_t n = a->len(a);
	if (n != b->len(b))
		return 0;
	for (size_t i = 0; i < n; i++) {
		struct expr_value key, x, y;
		if (!a->key_at(a, i, r->arena, &key))
			return 0;
		int found = run_map_get(r, NULL, a, &key, &x);
		if (found == 1)
			found = run_map_get(r, NULL, b, &key, &y);
		if (found != 1)
			return found;
		int same = ops_equal(r, &x, &y);
		if (same != 1)
			return same;
	}
	return 1;
}

/* Containers nest no deeper than the values a caller hands in; JSON is bounded by jansson's own
 * parser, literals by the parser here. */
int ops_equal(struct run *r, const struct expr_value *a, const struct expr_value *b)
{
	if (!run_charge(r, 1))
		return -1;
	if (is_number(a) && is_number(b))
		return order_numbers(a, b) == OPS_SAME;
	if (a->kind != b->kind)
		return 0;
	switch ((int)a->kind) {
	case EXPR_NULL:
		return 1;
	case EXPR_TYPE:
		return a->type == b->type;
	case EXPR_STRING:
	case EXPR_BYTES:
		if (a->str.len == b->str.len && !run_charge(r, a->str.len / EXPR_BYTES_A_STEP))
			return -1;
		return a->str.len == b->str.len &&
		       (a->str.len == 0 || memcmp(a->str.s, b->str.s, a->str.len) == 0);
	case EXPR_LIST:
		return equal_lists(r, a->list, b->list);
	case EXPR_MAP:
		return equal_maps(r, a->map, b->map);
	default:
		return ops_compare(a, b) == OPS_SAME;
	}
}

/* Arithmetic */

static bool int_arithmetic(
	struct run *r, const struct node *n, int64_t a, int64_t b, struct expr_value *ret)
{
	int64_t v = 0;
	bool over = false;
	if ((n->op == NODE_DIV || n->op == NODE_MOD) && b == 0)
		return run_fault(r, FAULT_ZERO, n);
	switch ((int)n->op) {
	case NODE_ADD:
		over = __builtin_add_overflow(a, b, &v);
		break;
	case NODE_SUB:
		over = __builtin_sub_overflow(a, b, &v);
		break;
	case NODE_MUL:
		over = __builtin_mul_overflow(a, b, &v);
		break;
	default:
		over = a == INT64_MIN && b == -1;
		if (!over)
			v = n->op == NODE_DIV ? a / b : a % b;
	}
	if (over)
		return run_fault(r, FAULT_OVERFLOW, n);
	*ret = (struct expr_value){.kind = EXPR_INT, .i = v};
	return true;
}

static bool uint_arithmetic(
	struct run *r, const struct node *n, uint64_t a, uint64_t b, struct expr_value *ret)
{
	uint64_t v = 0;
	bool over = false;
	if ((n->op == NODE_DIV || n->op == NODE_MOD) && b == 0)
		return run_fault(r, FAULT_ZERO, n);
	switch ((int)n->op) {
	case NODE_ADD:
		over = __builtin_add_overflow(a, b, &v);
		break;
	case NODE_SUB:
		over = __builtin_sub_overflow(a, b, &v);
		break;
	case NODE_MUL:
		over = __builtin_mul_overflow(a, b, &v);
		break;
	default:
		v = n->op == NODE_DIV ? a / b : a % b;
	}
	if (over)
		return run_fault(r, FAULT_OVERFLOW, n);
	*ret = (struct expr_value){.kind = EXPR_UINT, .u = v};
	return true;
}

static bool double_arithmetic(
	struct run *r, const struct node *n, double a, double b, struct expr_value *ret)
{
	double v;
	switch ((int)n->op) {
	case NODE_ADD:
		v = a + b;
		break;
	case NODE_SUB:
		v = a - b;
		break;
	case NODE_MUL:
		v = a * b;
		break;
	case NODE_DIV:
		v = a / b;
		break;
	default:
		return run_fault(r, FAULT_KINDS, n);
	}
	*ret = (struct expr_value){.kind = EXPR_DOUBLE, .d = v};
	return true;
}

/* Whole numbers, the common case of rule values, without the general fraction. */
static bool decimal_whole(
	enum node_op op, const struct decimal *a, const struct decimal *b, struct decimal *ret)
{
	int64_t v;
	if (a->den != 1 || b->den != 1)
		return false;
	if (op == NODE_MUL       ? __builtin_mul_overflow(a->num, b->num, &v)
		: op == NODE_ADD ? __builtin_add_overflow(a->num, b->num, &v)
		: op == NODE_SUB ? __builtin_sub_overflow(a->num, b->num, &v)
				 : true)
		return false;
	*ret = (struct decimal){.num = v, .den = 1};
	return true;
}

static bool decimal_arithmetic(struct run *r, const struct node *n, struct decimal a,
	struct decimal b, struct expr_value *ret)
{
	struct decimal v;
	bool ok = decimal_whole(n->op, &a, &b, &v);
	switch (ok ? (int)NODE_CONST : (int)n->op) {
	case NODE_CONST:
		break;
	case NODE_ADD:
		ok = decimal_add(a, b, &v);
		break;
	case NODE_SUB:
		ok = decimal_sub(a, b, &v);
		break;
	case NODE_MUL:
		ok = decimal_mul(a, b, &v);
		break;
	case NODE_DIV:
		if (b.num == 0)
			return run_fault(r, FAULT_ZERO, n);
		ok = decimal_div(a, b, &v);
		break;
	default:
		return run_fault(r, FAULT_KINDS, n);
	}
	if (!ok)
		return run_fault(r, FAULT_OVERFLOW, n);
	*ret = (struct expr_value){.kind = EXPR_DECIMAL, .dec = v};
	return true;
}

static bool concat_bytes(struct run *r, const struct expr_value *a, const struct expr_value *b,
	struct expr_value *ret)
{
	size_t len = a->str.len + b->str.len;
	char *s = run_charge(r, len / 16) ? run_alloc(r, len) : NULL;
	if (s == NULL)
		return false;
	if (a->str.len > 0)
		memcpy(s, a->str.s, a->str.len);
	if (b->str.len > 0)
		memcpy(s + a->str.len, b->str.s, b->str.len);
	*ret = (struct expr_value){.kind = a->kind, .str = {s, len}};
	return true;
}

static bool concat_lists(struct run *r, const struct node *n, const struct expr_list *a,
	const struct expr_list *b, struct expr_value *ret)
{
	size_t len = a->len + b->len;
	struct expr_value *v = run_charge(r, len) ? run_alloc(r, len * sizeof *v) : NULL;
	if (v == NULL)
		return false;
	for (size_t i = 0; i < len; i++) {
		const struct expr_list *from = i < a->len ? a : b;
		if (!run_list_at(r, n, from, i < a->len ? i : i - a->len, &v[i]))
			return false;
	}
	return array_list(r->arena, v, len, ret) || run_fault(r, FAULT_NOMEM, n);
}

static bool time_arithmetic(struct run *r, const struct node *n, const struct expr_value *a,
	const struct expr_value *b, struct expr_value *ret)
{
	bool ta = a->kind == EXPR_TIMESTAMP, tb = b->kind == EXPR_TIMESTAMP;
	bool add = n->op == NODE_ADD;
	if ((!add && n->op != NODE_SUB) || (add && ta && tb) || (!add && !ta && tb))
		return run_fault(r, FAULT_KINDS, n);
	int64_t sign = add ? 1 : -1;
	enum expr_kind kind = ta != tb ? EXPR_TIMESTAMP : EXPR_DURATION;
	if (!instant_make(kind, a->time.seconds + sign * b->time.seconds,
		    (int64_t)a->time.nanos + sign * b->time.nanos, ret))
		return run_fault(r, FAULT_OVERFLOW, n);
	return true;
}

static bool is_time(const struct expr_value *v)
{
	return v->kind == EXPR_TIMESTAMP || v->kind == EXPR_DURATION;
}

bool ops_arithmetic(struct run *r, const struct node *n, const struct expr_value *a,
	const struct expr_value *b, struct expr_value *ret)
{
	if (a->kind == EXPR_INT && b->kind == EXPR_INT)
		return int_arithmetic(r, n, a->i, b->i, ret);
	if (a->kind == EXPR_DECIMAL && b->kind == EXPR_DECIMAL)
		return decimal_arithmetic(r, n, a->dec, b->dec, ret);
	if (a->kind == EXPR_DECIMAL && b->kind == EXPR_INT)
		return decimal_arithmetic(r, n, a->dec, decimal_of_int(b->i), ret);
	if (a->kind == EXPR_INT && b->kind == EXPR_DECIMAL)
		return decimal_arithmetic(r, n, decimal_of_int(a->i), b->dec, ret);
	if (is_time(a) && is_time(b))
		return time_arithmetic(r, n, a, b, ret);
	if (a->kind != b->kind)
		return run_fault(r, FAULT_KINDS, n);
	if (a->kind == EXPR_UINT)
		return uint_arithmetic(r, n, a->u, b->u, ret);
	if (a->kind == EXPR_DOUBLE)
		return double_arithmetic(r, n, a->d, b->d, ret);
	if (n->op == NODE_ADD && (a->kind == EXPR_STRING || a->kind == EXPR_BYTES))
		return concat_bytes(r, a, b, ret);
	if (n->op == NODE_ADD && a->kind == EXPR_LIST)
		return concat_lists(r, n, a->list, b->list, ret);
	return run_fault(r, FAULT_KINDS, n);
}

bool ops_negate(
	struct run *r, const struct node *n, const struct expr_value *a, struct expr_value *ret)
{
	if (a->kind == EXPR_DOUBLE) {
		*ret = (struct expr_value){.kind = EXPR_DOUBLE, .d = -a->d};
		return true;
	}
	if (a->kind == EXPR_INT || a->kind == EXPR_DECIMAL) {
		*ret = *a;
		int64_t *v = a->kind == EXPR_INT ? &ret->i : &ret->dec.num;
		if (*v == INT64_MIN)
			return run_fault(r, FAULT_OVERFLOW, n);
		*v = -*v;
		return true;
	}
	return run_fault(r, FAULT_KINDS, n);
}

bool ops_in(struct run *r, const struct node *n, const struct expr_value *a,
	const struct expr_value *b, struct expr_value *ret)
{
	*ret = (struct expr_value){.kind = EXPR_BOOL, .b = false};
	if (b->kind == EXPR_MAP) {
		struct expr_value ignored;
		int found = run_map_get(r, n, b->map, a, &ignored);
		ret->b = found == 1;
		return found >= 0;
	}
	if (b->kind != EXPR_LIST)
		return run_fault(r, FAULT_KINDS, n);
	for (size_t i = 0; i < b->list->len && !ret->b; i++) {
		struct expr_value item;
		if (!run_list_at(r, n, b->list, i, &item))
			return false;
		int same = ops_equal(r, a, &item);
		if (same < 0)
			return false;
		ret->b = same == 1;
	}
	return true;
}
