/** Declared names, as the checker and the evaluator see them. Internal to core/expr. */
#ifndef CORE_EXPR_ENV_H
#define CORE_EXPR_ENV_H

#include "expr/expr.h"

struct env_variable {
	char *name; /* owned */
	struct expr_type type;
};

struct env_function {
	char *name; /* owned by the env; by the arena in an expression's own copy */
	bool member;
	struct expr_type *args; /* as name */
	size_t n;
	struct expr_type result;
	expr_function_cb cb;
	void *ctx;
	uint32_t cost;
};

struct expr_env {
	struct env_variable *variables; /* owned */
	size_t variables_len, variables_cap;
	struct env_function *functions; /* owned */
	size_t functions_len, functions_cap;
	bool unchecked;
};

const struct env_variable *env_find_variable(const struct expr_env *env, const char *name);
bool env_has_function(const struct expr_env *env, const char *name, bool member);

/** Could a value of static type `have` be given where `want` is declared? int passes for decimal. */
bool env_type_fits(const struct expr_type *want, const struct expr_type *have);
/** The same at run time. */
bool env_value_fits(const struct expr_type *want, const struct expr_value *have);

/** "int", "list(string)", the name of a shape … */
void env_type_text(const struct expr_type *type, struct buf *out);
const char *env_kind_text(enum expr_kind kind);

#endif
