/**
 * What a condition can come to, whatever the case: folding of literals, of the bounds and options that
 * fields declare, and of rule values. Sound: "never" and "always" hold for every case that fits its fields.
 *
 * Of rules, "value" counts as fixed where its force is MUST, for no county may change it; "max" may fall
 * and "min" may rise, so that they bound from one side only.
 */
#ifndef CORE_LINT_FOLD_H
#define CORE_LINT_FOLD_H

#include "base/decimal.h"
#include "expr/ast.h"
#include "lint/impl.h"

/** What a boolean may come to; or-ed. */
enum fold_truth { FOLD_TRUE = 1, FOLD_FALSE = 2, FOLD_UNDECIDED = 4, FOLD_ANY = 7 };

/** What is known of a value. */
struct fold_value {
	unsigned truth; /* enum fold_truth; FOLD_ANY unless a boolean */
	bool number;    /* min and max are about it */
	bool has_min, has_max;
	struct decimal min, max;
	const char *text;            /* a text that is known, NUL-terminated */
	const struct field *options; /* a field that is one of its options */
	bool may_fail;               /* may be not set, or fail */
	bool null;                   /* the literal */
	const struct node *path;     /* case.field, for what two conditions say of the same field */
};

struct fold {
	struct lint *l;
	const struct lint_flow *flow;
	const struct lint_expr *x;
	size_t told; /* findings made for parts of this expression */
};

/** Fold `n`; reports parts that are never or always true. */
struct fold_value fold_node(struct fold *f, const struct node *n);
/** "case.<field>", or NULL. */
const struct field *fold_field(const struct workflow *wf, const struct node *n);
/** Compare two folded values; a set of enum fold_truth. */
unsigned fold_compare(enum node_op op, const struct fold_value *a, const struct fold_value *b);
/** A literal text in the pool, or NULL. */
const char *node_text(struct lint *l, const struct node *n);
/** Is it the variable `name` of the environment? */
bool node_is_var(const struct node *n, const char *name);
/** "<name>.<member>" of a variable; the member, or NULL. */
const char *node_member_of(const struct node *n, const char *name);

#endif
