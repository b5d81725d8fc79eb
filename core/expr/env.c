#include "expr/env.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "expr/ast.h"

struct expr_env *expr_env_new(void)
{
	return calloc(1, sizeof(struct expr_env));
}

void expr_env_free(struct expr_env *env)
{
	if (env == NULL)
		return;
	for (size_t i = 0; i < env->variables_len; i++)
		free(env->variables[i].name);
	for (size_t i = 0; i < env->functions_len; i++) {
		free(env->functions[i].name);
		free(env->functions[i].args);
	}
	free(env->variables);
	free(env->functions);
	free(env);
}

void expr_env_unchecked(struct expr_env *env)
{
	env->unchecked = true;
}

/* Room for one more element of `size` bytes. */
static bool room(void **items, size_t len, size_t *cap, size_t size)
{
	if (len < *cap)
		return true;
	size_t more = *cap == 0 ? 8 : *cap * 2;
	void *p = realloc(*items, more * size);
	if (p == NULL)
		return false;
	*items = p;
	*cap = more;
	return true;
}

anju_status expr_env_variable(
	struct expr_env *env, const char *name, struct expr_type type, anju_error *err)
{
	if (env_find_variable(env, name) != NULL) {
		(void)anju_fail(
			err, ANJU_E_EXISTS, "expr.declared", "variable '%s' declared twice", name);
		anju_error_found(err, "%s", name);
		return ANJU_E_EXISTS;
	}
	void *items = env->variables;
	char *copy = strdup(name);
	if (copy == NULL ||
		!room(&items, env->variables_len, &env->variables_cap, sizeof *env->variables)) {
		free(copy);
		return anju_fail_nomem(err);
	}
	env->variables = items;
	env->variables[env->variables_len++] = (struct env_variable){copy, type};
	return ANJU_OK;
}

anju_status expr_env_function(struct expr_env *env, const char *name, bool member,
	const struct expr_type *args, size_t n, struct expr_type result, expr_function_cb cb,
	void *ctx, uint32_t cost, anju_error *err)
{
	if (n > AST_MAX_ARGS || (member && n == 0)) {
		(void)anju_fail(err, ANJU_E_INVALID, "expr.declared",
			"function '%s' has %zu arguments", name, n);
		anju_error_found(err, "%s", name);
		anju_error_allowed(err, "%d", AST_MAX_ARGS);
		return ANJU_E_INVALID;
	}
	struct env_function f = {.name = strdup(name),
		.member = member,
		.n = n,
		.result = result,
		.cb = cb,
		.ctx = ctx,
		.cost = cost};
	f.args = malloc((n + 1) * sizeof *f.args);
	void *items = env->functions;
	if (f.name == NULL || f.args == NULL ||
		!room(&items, env->functions_len, &env->functions_cap, sizeof *env->functions)) {
		free(f.name);
		free(f.args);
		return anju_fail_nomem(err);
	}
	if (n > 0)
		memcpy(f.args, args, n * sizeof *f.args);
	env->functions = items;
	env->functions[env->functions_len++] = f;
	return ANJU_OK;
}

const struct env_variable *env_find_variable(const struct expr_env *env, const char *name)
{
	for (size_t i = 0; i < env->variables_len; i++) {
		if (strcmp(env->variables[i].name, name) == 0)
			return &env->variables[i];
	}
	return NULL;
}

bool env_has_function(const struct expr_env *env, const char *name, bool member)
{
	for (size_t i = 0; i < env->functions_len; i++) {
		if (env->functions[i].member == member && strcmp(env->functions[i].name, name) == 0)
			return true;
	}
	return false;
}

bool env_type_fits(const struct expr_type *want, const struct expr_type *have)
{
	if (want->kind == EXPR_DYN || have->kind == EXPR_DYN)
		return true;
	if (have->kind == EXPR_NULL)
		return want->nullable;
	if (want->kind == EXPR_DECIMAL && have->kind == EXPR_INT)
		return true;
	if (want->kind != have->kind)
		return false;
	if (want->shape != NULL && have->shape != NULL && want->shape != have->shape)
		return false;
	if (want->element != NULL && have->element != NULL)
		return env_type_fits(want->element, have->element);
	return true;
}

bool env_value_fits(const struct expr_type *want, const struct expr_value *have)
{
	if (want->kind == EXPR_DYN || want->kind == have->kind)
		return true;
	if (have->kind == EXPR_NULL)
		return want->nullable;
	return want->kind == EXPR_DECIMAL && have->kind == EXPR_INT;
}

const char *env_kind_text(enum expr_kind kind)
{
	static const char *const texts[] = {
		[EXPR_DYN] = "dyn",
		[EXPR_ERROR] = "error",
		[EXPR_NULL] = "null_type",
		[EXPR_BOOL] = "bool",
		[EXPR_INT] = "int",
		[EXPR_UINT] = "uint",
		[EXPR_DOUBLE] = "double",
		[EXPR_DECIMAL] = "decimal",
		[EXPR_STRING] = "string",
		[EXPR_BYTES] = "bytes",
		[EXPR_LIST] = "list",
		[EXPR_MAP] = "map",
		[EXPR_TYPE] = "type",
		[EXPR_TIMESTAMP] = "google.protobuf.Timestamp",
		[EXPR_DURATION] = "google.protobuf.Duration",
	};
	return texts[kind];
}

void env_type_text(const struct expr_type *type, struct buf *out)
{
	if (type->kind == EXPR_MAP && type->shape != NULL) {
		buf_adds(out, type->shape->name);
		return;
	}
	if (type->kind == EXPR_TIMESTAMP || type->kind == EXPR_DURATION)
		buf_adds(out, type->kind == EXPR_TIMESTAMP ? "timestamp" : "duration");
	else
		buf_adds(out, env_kind_text(type->kind));
	if ((type->kind == EXPR_LIST || type->kind == EXPR_MAP) && type->element != NULL) {
		buf_addc(out, '(');
		env_type_text(type->element, out);
		buf_addc(out, ')');
	}
}
