/** Walking what a macro ranges over, shared by evaluation and explanation. Internal to core/expr. */
#ifndef CORE_EXPR_MACRO_H
#define CORE_EXPR_MACRO_H

#include "expr/run.h"

/** A list, or the keys of a map. */
struct walk {
	struct run *r;
	const struct node *n;
	struct expr_value range;
	size_t len;
	struct expr_value element; /* of the list, or the key */
	struct expr_value *cells[2];
};

/** Evaluate the range; false on failure (r->fault). */
bool walk_init(struct walk *w, struct run *r, const struct node *n);
/** Bind the macro's variables to element i. */
bool walk_to(struct walk *w, size_t i);

#endif
