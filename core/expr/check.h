/** The checker's parts. Internal to core/expr. */
#ifndef CORE_EXPR_CHECK_H
#define CORE_EXPR_CHECK_H

#include "expr/ast.h"

/** A macro's variable while its body is checked. */
struct scope {
	const struct scope *up;
	const struct expr_value *name;
	uint32_t slot;
	struct expr_type type;
};

struct checker {
	struct compile *c;
	const struct scope *scope;
	uint32_t slots; /* in use at this depth */
};

/** Each gives the node its type; false on failure (c->status). */
bool check_node(struct checker *k, struct node *n);
bool check_call(struct checker *k, struct node *n);
bool check_logic(struct checker *k, struct node *n);
bool check_negate(struct checker *k, struct node *n);
bool check_conditional(struct checker *k, struct node *n);
/** Comparisons, `in`, arithmetic. */
bool check_binary(struct checker *k, struct node *n);

struct expr_type check_type(enum expr_kind kind);
bool check_is_dyn(const struct node *n);
/** The type of either; dyn when they differ. */
struct expr_type check_join(struct expr_type a, struct expr_type b);
/** Fail with "expr.type" at byte `pos`; true in an unchecked environment, where it does not matter. */
bool check_wrong(struct checker *k, uint32_t pos, const char *found, const char *allowed);
bool check_want(struct checker *k, const struct node *n, enum expr_kind kind);
/** The type in words, in the arena. */
const char *check_type_text(struct checker *k, const struct expr_type *type);
bool check_unknown_name(struct checker *k, struct node *n, const char *what);
/** a.b.c as a dotted name, if that is all `n` is and `a` is no macro's variable. */
bool check_dotted(
	const struct checker *k, const struct node *n, char *out, size_t size, size_t *len);
/** Whoever reads `n` accepts that it, or what it is selected from, is not set. */
void check_null_ok(struct node *n);

#define CHECK_NAME_CHARS 128

#endif
