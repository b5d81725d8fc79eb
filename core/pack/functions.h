/** The functions that expressions have beside those of CEL. All are pure: the same arguments, case and
 *  packs give the same answer. */
#ifndef CORE_PACK_FUNCTIONS_H
#define CORE_PACK_FUNCTIONS_H

#include "expr/expr.h"

struct org;
struct pack_vars;

/** One function as it is declared. A `dyn` argument takes anything. */
struct pack_function {
	const char *name;
	struct expr_type args[3];
	size_t n;
	struct expr_type result;
	expr_function_cb cb;
	uint32_t cost;
};

/** Declare those on numbers and lists, which need no case. */
ANJU_MUST_CHECK anju_status functions_numbers(struct expr_env *env, anju_error *err);
/** Those on days, units and documents as well; `units` points to the units in force and is read when
 *  the function is called. It outlives the environment and what is compiled against it. */
ANJU_MUST_CHECK anju_status functions_case(
	struct expr_env *env, struct org *const *units, anju_error *err);

/** Declare `n` of them with `ctx`. */
ANJU_MUST_CHECK anju_status functions_declare(struct expr_env *env,
	const struct pack_function *functions, size_t n, void *ctx, anju_error *err);
/** What the evaluation under way in this thread sees, or NULL. */
const struct pack_vars *vars_running(void);

#endif
