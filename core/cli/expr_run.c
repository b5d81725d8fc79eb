#include "cli/expr_run.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/messages.h"
#include "cli/expr_value_json.h"
#include "expr/expr.h"

#define BUDGET 10000000u

static bool lookup(void *ctx, const char *name, struct expr_arena *arena, struct expr_value *ret)
{
	const json_t *v = json_object_get(ctx, name);
	anju_error err;
	if (v == NULL)
		return false;
	if (expr_value_read(v, arena, ret, &err) != ANJU_OK)
		*ret = expr_value_error("malformed binding");
	return true;
}

/* Kinds are left to the run time: whether a request was meant to be checked is not known. */
static anju_status compile(
	const json_t *bindings, const json_t *text, struct expr **ret, anju_error *err)
{
	ANJU_AUTO(expr_env) env = expr_env_new();
	if (env == NULL)
		return anju_fail_nomem(err);
	expr_env_unchecked(env);
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)bindings, name, value) {
		anju_status st =
			expr_env_variable(env, name, (struct expr_type){.kind = EXPR_DYN}, err);
		if (st != ANJU_OK)
			return st;
	}
	return expr_compile_bytes(
		env, json_string_value(text), json_string_length(text), EXPR_DYN, ret, err);
}

/* Bindings that no expression can use are refused too, not only those that one reads. */
static anju_status check_bindings(const json_t *bindings, struct expr_arena *arena, anju_error *err)
{
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)bindings, name, value) {
		struct expr_value v;
		anju_status st = expr_value_read(value, arena, &v, err);
		if (st != ANJU_OK)
			return st;
	}
	return ANJU_OK;
}

static anju_status run(const json_t *request, json_t **ret, anju_error *err)
{
	struct json_at at = JSON_AT_ROOT("");
	const char *text;
	json_t *bindings = NULL;
	anju_status st = json_need_string(request, &at, "expr", &text, err);
	if (st == ANJU_OK && !json_is_null(json_object_get(request, "bindings")))
		st = json_opt_object(request, &at, "bindings", &bindings, err);
	if (st != ANJU_OK)
		return st;
	ANJU_AUTO(expr_arena) arena = expr_arena_new();
	ANJU_AUTO(expr) expr = NULL;
	if (arena == NULL)
		return anju_fail_nomem(err);
	st = check_bindings(bindings, arena, err);
	if (st == ANJU_OK)
		st = compile(bindings, json_object_get(request, "expr"), &expr, err);
	if (st != ANJU_OK)
		return st;
	struct expr_vars vars = {.ctx = bindings, .lookup = lookup};
	struct expr_value v;
	st = expr_eval(expr, &vars, BUDGET, arena, &v, err);
	if (st != ANJU_OK)
		return st;
	*ret = expr_value_write(&v, arena);
	return *ret != NULL ? ANJU_OK : anju_fail_nomem(err);
}

void expr_run_answer(const char *line, size_t n, struct buf *out)
{
	json_error_t syntax;
	ANJU_AUTO_JSON *request = json_loadb(line, n, JSON_ALLOW_NUL, &syntax);
	ANJU_AUTO_JSON *value = NULL;
	ANJU_AUTO_JSON *id = json_incref(json_object_get(request, "id"));
	anju_error err;
	anju_status st = ANJU_E_INVALID;
	if (json_is_object(request))
		st = run(request, &value, &err);
	else
		(void)anju_fail(&err, st, "json.syntax", "not a JSON object");
	ANJU_AUTO_JSON *answer = json_pack("{s:O*}", "id", id);
	if (answer == NULL) {
		out->failed = true;
		return;
	}
	if (id == NULL)
		json_object_set_new(answer, "id", json_null());
	if (st == ANJU_OK)
		json_object_set(answer, "value", value);
	else
		json_object_set_new(answer, "error", json_string(err.text));
	ANJU_AUTO_MEM char *text = json_dumps(answer, JSON_COMPACT);
	if (text == NULL)
		out->failed = true;
	else
		buf_adds(out, text);
}

int expr_run_main(FILE *in, FILE *out)
{
	ANJU_AUTO_MEM char *line = NULL;
	ANJU_AUTO_BUF answer = BUF_INIT;
	size_t cap = 0;
	ssize_t n;
	while ((n = getline(&line, &cap, in)) >= 0) {
		if (n == 0 || strspn(line, " \t\r\n") == (size_t)n)
			continue;
		buf_reset(&answer);
		expr_run_answer(line, (size_t)n, &answer);
		buf_addc(&answer, '\n');
		if (answer.failed || fwrite(answer.data, 1, answer.len, out) != answer.len)
			return 1;
	}
	return fflush(out) == 0 ? 0 : 1;
}
