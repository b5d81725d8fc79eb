#include "cli/chart_calls.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

#define MAX_TEST_DEPTH 100

/* In("key.path"): is that state active */
static bool state_in(void *ctx, const struct expr_value *args, size_t n, struct expr_arena *arena,
	struct expr_value *ret)
{
	struct chart_calls_env *env = ctx;
	if (args[0].kind != EXPR_STRING) {
		*ret = expr_value_error("In() takes a string");
		return false;
	}
	char *path = expr_arena_alloc(arena, args[0].str.len + 1);
	if (path == NULL) {
		*ret = expr_value_error("out of memory");
		return false;
	}
	memcpy(path, args[0].str.s, args[0].str.len);
	path[args[0].str.len] = '\0';
	uint32_t state = chart_state_by_path(env->chart, path);
	*ret = (struct expr_value){
		.kind = EXPR_BOOL, .b = state != CHART_NONE && chart_step_in(env->step, state)};
	return true;
}

anju_status chart_calls_init(
	struct chart_calls_env *env, const struct chart_run_names *names, anju_error *err)
{
	static const struct expr_type path = {.kind = EXPR_STRING};
	static const struct expr_type dyn = {.kind = EXPR_DYN};
	static const struct expr_type truth = {.kind = EXPR_BOOL};
	*env = (struct chart_calls_env){.names = *names};
	env->env = expr_env_new();
	env->arena = expr_arena_new();
	if (env->env == NULL || env->arena == NULL)
		return anju_fail_nomem(err);
	expr_env_unchecked(env->env);
	anju_status st = expr_env_variable(env->env, names->event, dyn, err);
	if (st == ANJU_OK)
		st = expr_env_variable(env->env, names->context, dyn, err);
	if (st == ANJU_OK)
		st = expr_env_function(
			env->env, "In", false, &path, 1, truth, state_in, env, 1, err);
	return st;
}

void chart_calls_done(struct chart_calls_env *env)
{
	for (size_t i = 0; i < env->exprs_len; i++)
		expr_free(env->exprs[i]);
	free(env->exprs);
	expr_arena_free(env->arena);
	expr_env_free(env->env);
	json_decref(env->context);
	json_decref(env->bare_event);
	*env = (struct chart_calls_env){0};
}

/* Resolving ----------------------------------------------------------------------------------- */

static anju_status bad_params(const struct chart_call *call, const char *allowed, anju_error *err)
{
	(void)anju_fail(err, ANJU_E_INVALID, "chart.bad_params",
		"%s: bad params of %s, allowed: %s", call->pointer, call->type, allowed);
	anju_error_found(err, "%s", call->type);
	anju_error_allowed(err, "%s", allowed);
	return ANJU_E_INVALID;
}

static anju_status resolve_expr(
	struct chart_calls_env *env, struct chart_call *call, anju_error *err)
{
	const char *text = json_string_value(json_object_get(call->params, "expr"));
	if (text == NULL)
		return bad_params(call, "{\"expr\"}", err);
	if (env->exprs_len == env->exprs_cap) {
		size_t cap = env->exprs_cap == 0 ? 16 : env->exprs_cap * 2;
		void *p = realloc(env->exprs, cap * sizeof(struct expr *));
		if (p == NULL)
			return anju_fail_nomem(err);
		env->exprs = p;
		env->exprs_cap = cap;
	}
	struct expr *expr = NULL;
	anju_status st = expr_compile(env->env, text, EXPR_DYN, &expr, err);
	if (st == ANJU_OK) {
		env->exprs[env->exprs_len++] = expr;
		call->user = expr;
	}
	return st;
}

static const char *op_of(const json_t *test)
{
	const json_t *op = json_object_get(test, "op");
	if (json_is_boolean(op))
		return json_is_true(op) ? "true" : "false";
	return json_string_value(op);
}

static bool test_ok(const json_t *test, int depth)
{
	static const char *const compare[] = {"eq", "ne", "lt", "ge"};
	const char *op = op_of(test);
	if (op == NULL || depth > MAX_TEST_DEPTH)
		return false;
	if (strcmp(op, "true") == 0 || strcmp(op, "false") == 0)
		return true;
	if (strcmp(op, "in") == 0)
		return json_is_string(json_object_get(test, "state"));
	if (strcmp(op, "not") == 0)
		return test_ok(json_object_get(test, "arg"), depth + 1);
	bool has_field = json_is_string(json_object_get(test, "field"));
	if (strcmp(op, "has") == 0)
		return has_field;
	for (size_t i = 0; i < sizeof compare / sizeof compare[0]; i++) {
		if (strcmp(op, compare[i]) == 0)
			return has_field && json_object_get(test, "value") != NULL;
	}
	const json_t *args = json_object_get(test, "args"), *arg;
	size_t i;
	if ((strcmp(op, "and") != 0 && strcmp(op, "or") != 0) || !json_is_array(args))
		return false;
	json_array_foreach(args, i, arg) {
		if (!test_ok(arg, depth + 1))
			return false;
	}
	return true;
}

static anju_status resolve_guard(
	struct chart_calls_env *env, struct chart_call *call, anju_error *err)
{
	if (strcmp(call->type, "cel") == 0 || strcmp(call->type, "expr") == 0)
		return resolve_expr(env, call, err);
	if (strcmp(call->type, "test") == 0)
		return test_ok(call->params, 0)
			       ? ANJU_OK
			       : bad_params(call,
					 "true, false, has, eq, ne, lt, ge, in, not, and, or", err);
	(void)anju_fail(err, ANJU_E_INVALID, "chart.unknown_guard", "%s: no guard of type %s",
		call->pointer, call->type);
	anju_error_found(err, "%s", call->type);
	anju_error_allowed(err, "cel, test, expr");
	return ANJU_E_INVALID;
}

static bool names_event(const struct chart_call *call)
{
	const json_t *event = json_object_get(call->params, "event");
	return json_is_string(event) || json_is_string(json_object_get(event, "type"));
}

static anju_status resolve_action(
	struct chart_calls_env *env, struct chart_call *call, anju_error *err)
{
	const json_t *p = call->params;
	if (strcmp(call->type, "trace") == 0)
		return json_is_string(json_object_get(p, "name"))
			       ? ANJU_OK
			       : bad_params(call, "{\"name\"}", err);
	if (strcmp(call->type, "raise") == 0)
		return names_event(call) ? ANJU_OK : bad_params(call, "{\"event\"}", err);
	if (strcmp(call->type, "send") == 0) {
		const json_t *delay = json_object_get(p, "delay"), *id = json_object_get(p, "id");
		bool ok = names_event(call) && (id == NULL || json_is_string(id)) &&
			  (delay == NULL ||
				  (json_is_integer(delay) && json_integer_value(delay) >= 0));
		return ok ? ANJU_OK : bad_params(call, "{\"event\", \"delay\", \"id\"}", err);
	}
	if (strcmp(call->type, "cancel") == 0)
		return json_is_string(json_object_get(p, "id")) ? ANJU_OK
								: bad_params(call, "{\"id\"}", err);
	if (strcmp(call->type, "assign") == 0)
		return json_is_string(json_object_get(p, "location"))
			       ? resolve_expr(env, call, err)
			       : bad_params(call, "{\"location\", \"expr\"}", err);
	(void)anju_fail(err, ANJU_E_INVALID, "chart.unknown_action", "%s: no action of type %s",
		call->pointer, call->type);
	anju_error_found(err, "%s", call->type);
	anju_error_allowed(err, "trace, raise, send, cancel, assign");
	return ANJU_E_INVALID;
}

anju_status chart_calls_resolve(void *ctx, struct chart_call *call, bool is_guard, anju_error *err)
{
	return is_guard ? resolve_guard(ctx, call, err) : resolve_action(ctx, call, err);
}

/* Evaluating ---------------------------------------------------------------------------------- */

static const json_t *event_object(struct chart_calls_env *env)
{
	if (env->event->data != NULL)
		return env->event->data;
	const char *known = json_string_value(json_object_get(env->bare_event, "type"));
	if (known == NULL || strcmp(known, env->event->type) != 0) {
		json_decref(env->bare_event);
		env->bare_event = json_pack("{s:s}", "type", env->event->type);
	}
	return env->bare_event;
}

static bool lookup(void *ctx, const char *name, struct expr_arena *arena, struct expr_value *ret)
{
	struct chart_calls_env *env = ctx;
	const json_t *v = NULL;
	if (strcmp(name, env->names.event) == 0)
		v = event_object(env);
	else if (strcmp(name, env->names.context) == 0)
		v = env->context;
	return v != NULL && expr_value_from_json(v, arena, ret);
}

static anju_status evaluate(struct chart_calls_env *env, const struct expr *expr,
	struct expr_value *ret, anju_error *err)
{
	const struct expr_vars vars = {.ctx = env, .lookup = lookup};
	expr_arena_reset(env->arena);
	return expr_eval(expr, &vars, EXPR_BUDGET_DEFAULT, env->arena, ret, err);
}

/* -1, 0, 1, or 2 when the two cannot be compared */
static int compare(const json_t *a, const json_t *b)
{
	if (json_is_integer(a) && json_is_integer(b)) {
		json_int_t x = json_integer_value(a), y = json_integer_value(b);
		return x < y ? -1 : x > y;
	}
	if (json_is_number(a) && json_is_number(b)) {
		double x = json_number_value(a), y = json_number_value(b);
		return x < y ? -1 : x > y;
	}
	if (json_is_string(a) && json_is_string(b)) {
		int c = strcmp(json_string_value(a), json_string_value(b));
		return c < 0 ? -1 : c > 0;
	}
	if (json_is_boolean(a) && json_is_boolean(b))
		return json_is_true(a) - json_is_true(b);
	return json_is_null(a) && json_is_null(b) ? 0 : 2;
}

static bool holds(struct chart_calls_env *env, const json_t *test)
{
	const char *op = op_of(test);
	if (strcmp(op, "true") == 0 || strcmp(op, "false") == 0)
		return op[0] == 't';
	if (strcmp(op, "in") == 0) {
		uint32_t s = chart_state_by_path(
			env->chart, json_string_value(json_object_get(test, "state")));
		return s != CHART_NONE && chart_step_in(env->step, s);
	}
	if (strcmp(op, "not") == 0)
		return !holds(env, json_object_get(test, "arg"));
	if (strcmp(op, "and") == 0 || strcmp(op, "or") == 0) {
		bool all = op[0] == 'a';
		const json_t *arg;
		size_t i;
		json_array_foreach(json_object_get(test, "args"), i, arg) {
			if (holds(env, arg) != all)
				return !all;
		}
		return all;
	}
	const json_t *field = json_object_get(
		event_object(env), json_string_value(json_object_get(test, "field")));
	if (strcmp(op, "has") == 0)
		return field != NULL;
	int c = field != NULL ? compare(field, json_object_get(test, "value")) : 2;
	if (strcmp(op, "ne") == 0)
		return c != 0;
	return strcmp(op, "eq") == 0 ? c == 0 : strcmp(op, "lt") == 0 ? c == -1 : c == 0 || c == 1;
}

enum chart_verdict chart_calls_guard(struct chart_calls_env *env, struct chart_step *step,
	const struct chart_call *guard, const struct chart_event *event)
{
	struct expr_value v;
	env->step = step;
	env->event = event;
	if (guard->user == NULL)
		return holds(env, guard->params) ? CHART_TRUE : CHART_FALSE;
	if (evaluate(env, guard->user, &v, NULL) != ANJU_OK || v.kind != EXPR_BOOL)
		return CHART_CANNOT;
	return v.b ? CHART_TRUE : CHART_FALSE;
}

anju_status chart_calls_assign(struct chart_calls_env *env, struct chart_step *step,
	const struct chart_call *call, const struct chart_event *event, anju_error *err)
{
	const char *location = json_string_value(json_object_get(call->params, "location"));
	struct expr_value v;
	env->step = step;
	env->event = event;
	anju_status st = evaluate(env, call->user, &v, err);
	if (st != ANJU_OK)
		return st == ANJU_E_NOMEM ? st : ANJU_OK;
	json_t *value = expr_value_to_json(&v, env->arena);
	if (value == NULL)
		return ANJU_OK;
	/* values read in place may point into the old one, which lives until it is replaced here */
	if (json_object_set_new(env->context, location, value) != 0)
		return anju_fail_nomem(err);
	chart_touched(step);
	return ANJU_OK;
}

json_t *chart_calls_event(const struct chart_call *call)
{
	json_t *event = json_object_get(call->params, "event");
	if (json_is_string(event))
		return json_pack("{s:O}", "type", event);
	return json_incref(event);
}
