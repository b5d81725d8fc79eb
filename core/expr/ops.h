/** Equality, order, arithmetic. Internal to core/expr. */
#ifndef CORE_EXPR_OPS_H
#define CORE_EXPR_OPS_H

#include "expr/run.h"

/** a == b across kinds as CEL has it: numbers by value, other kinds that differ are unequal.
 *  1 equal, 0 not, -1 fault (the budget). */
int ops_equal(struct run *r, const struct expr_value *a, const struct expr_value *b);

enum ops_order { OPS_LESS = -1, OPS_SAME = 0, OPS_GREATER = 1, OPS_UNORDERED = 2, OPS_KINDS = 3 };
/** UNORDERED with a NaN; KINDS when the two have no order. */
enum ops_order ops_compare(const struct expr_value *a, const struct expr_value *b);

/** + - * / % by node->op. */
bool ops_arithmetic(struct run *r, const struct node *n, const struct expr_value *a,
	const struct expr_value *b, struct expr_value *ret);
bool ops_negate(
	struct run *r, const struct node *n, const struct expr_value *a, struct expr_value *ret);
/** a in b. */
bool ops_in(struct run *r, const struct node *n, const struct expr_value *a,
	const struct expr_value *b, struct expr_value *ret);

#endif
