/** Words for parts of an expression and for values. Internal to core/expr. */
#ifndef CORE_EXPR_DESCRIBE_H
#define CORE_EXPR_DESCRIBE_H

#include "base/buf.h"
#include "base/messages.h"
#include "expr/run.h"

struct describe {
	const struct expr *expr;
	struct expr_arena *arena; /* for the elements of containers that are shown */
	enum lang lang;
	expr_label_cb label; /* NULL: paths as written */
	void *label_ctx;
	struct buf *out;
	const struct node *topic; /* the path whose values are being named, or NULL */
};

/** Is `n` a path of names: case.address.town? */
bool describe_is_path(const struct node *n);
/** What the strings in a comparison are values of: its side that is a path, or NULL. */
const struct node *describe_topic(const struct node *n);
/** The expression in words: labels for paths, × ÷ ≤ for operators. */
void describe_node(struct describe *d, const struct node *n);
void describe_value(struct describe *d, const struct expr_value *v);
/** The fault as a message key and its subject (appended to d->out). */
const char *describe_fault(struct describe *d, const struct fault *fault);

#endif
