/* Built-in functions and those of the environment. */
#include "expr/check.h"

#include <string.h>

#include "base/error.h"
#include "expr/arena.h"
#include "expr/env.h"
#include "expr/funcs.h"
#include "expr/instant.h"
#include "expr/regex.h"

static bool wrong_arguments(struct checker *k, const struct node *n, const char *allowed)
{
	ANJU_AUTO_BUF found = BUF_INIT;
	bool member = n->flags & NODE_MEMBER_CALL;
	if (member) {
		env_type_text(&n->args[0]->type, &found);
		buf_addc(&found, '.');
	}
	buf_addf(&found, "%s(", n->value.str.s);
	for (uint32_t i = member; i < n->n; i++) {
		if (i > (uint32_t)member)
			buf_adds(&found, ", ");
		env_type_text(&n->args[i]->type, &found);
	}
	buf_addc(&found, ')');
	return check_wrong(k, n->at, found.failed ? "?" : found.data, allowed);
}

static void signature(struct buf *out, const char *name, bool member, size_t n,
	struct expr_type (*arg)(const void *of, size_t i), const void *of)
{
	buf_adds(out, out->len > 0 ? ", " : "");
	struct expr_type t;
	if (member) {
		t = arg(of, 0);
		env_type_text(&t, out);
		buf_addc(out, '.');
	}
	buf_addf(out, "%s(", name);
	for (size_t i = member; i < n; i++) {
		if (i > (size_t)member)
			buf_adds(out, ", ");
		t = arg(of, i);
		env_type_text(&t, out);
	}
	buf_addc(out, ')');
}

static struct expr_type overload_arg(const void *of, size_t i)
{
	return check_type(((const struct overload *)of)->args[i]);
}

static struct expr_type function_arg(const void *of, size_t i)
{
	return ((const struct env_function *)of)->args[i];
}

static bool overload_fits(const struct overload *o, const struct node *n)
{
	if (o->n != n->n)
		return false;
	for (uint32_t i = 0; i < n->n; i++) {
		enum expr_kind kind = n->args[i]->type.kind;
		if (kind != EXPR_DYN && o->args[i] != EXPR_DYN && kind != o->args[i])
			return false;
	}
	return true;
}

/* Compute a conversion of literals now: it costs nothing later, and a mistyped one is found here. */
static bool fold(struct checker *k, struct node *n)
{
	const struct node *arg = n->args[0];
	if (!n->builtin->fold || n->n != 1 || arg->op != NODE_CONST)
		return true;
	struct run r = {.expr = k->c->expr, .arena = k->c->arena, .steps = EXPR_BUDGET_DEFAULT};
	struct expr_value v;
	if (n->builtin->cb(&r, n, &arg->value, &v)) {
		n->op = NODE_CONST;
		n->n = 0;
		n->value = v;
		return true;
	}
	if (r.fault.code <= FAULT_LAST_FATAL)
		return compile_nomem(k->c);
	if (k->c->env->unchecked)
		return true;
	compile_fail(k->c, "expr.literal", arg->pos, "not a %s", n->builtin->name);
	anju_error_allowed(k->c->err, "%s", n->builtin->wanted);
	return false;
}

/* A literal time zone is looked at now. */
static bool check_zone(struct checker *k, const struct node *n)
{
	const struct node *zone = n->n == 2 ? n->args[1] : NULL;
	if (strncmp(n->builtin->name, "get", 3) != 0 || zone == NULL || zone->op != NODE_CONST ||
		zone->value.kind != EXPR_STRING || k->c->env->unchecked ||
		instant_zone_known(zone->value.str.s, zone->value.str.len))
		return true;
	compile_fail(k->c, "expr.literal", zone->pos, "no such time zone");
	anju_error_allowed(k->c->err, "\"+08:00\", \"UTC\", \"Asia/Shanghai\"");
	return false;
}

/* The caret goes to what is wrong in the pattern, where escapes have not moved it. */
static bool bad_pattern(struct checker *k, const struct node *literal, struct regex_error why)
{
	const char *text = k->c->expr->text;
	const struct expr_value *pattern = &literal->value;
	uint32_t pos = literal->pos;
	const char *same = memmem(
		text + literal->pos, literal->end - literal->pos, pattern->str.s, pattern->str.len);
	if (same != NULL)
		pos = (uint32_t)(same - text + (ptrdiff_t)why.at);
	char reason[64];
	compile_fail(k->c, "expr.pattern", pos, "bad pattern: %s",
		message_english(funcs_pattern_fault(why.fault), reason, sizeof reason));
	anju_error_allowed(k->c->err, "%s", funcs_pattern_fault(why.fault));
	return false;
}

/* A literal pattern is compiled now, once for all evaluations and threads. */
static bool compile_pattern(struct checker *k, struct node *n)
{
	const struct node *literal = n->n == 2 ? n->args[1] : NULL;
	if (strcmp(n->builtin->name, "matches") != 0 || literal == NULL ||
		literal->op != NODE_CONST || literal->value.kind != EXPR_STRING)
		return true;
	struct pattern *p = expr_arena_alloc(k->c->arena, sizeof *p);
	struct regex_error why = {.fault = REGEX_NOMEM};
	if (p != NULL)
		p->regex = regex_new(literal->value.str.s, literal->value.str.len, &why);
	if (p == NULL || (p->regex == NULL && why.fault == REGEX_NOMEM))
		return compile_nomem(k->c);
	if (p->regex == NULL) /* too large ones take long, so the first of them is the last */
		return (k->c->env->unchecked && why.fault != REGEX_TOO_LARGE) ||
		       bad_pattern(k, literal, why);
	k->c->expr->patterns_size += regex_size(p->regex);
	p->next = k->c->expr->patterns;
	k->c->expr->patterns = p;
	n->regex = p->regex;
	if (k->c->expr->patterns_size <= AST_MAX_PATTERNS)
		return true;
	why = (struct regex_error){REGEX_TOO_LARGE, 0, literal->value.str.len};
	return bad_pattern(k, literal, why);
}

static bool check_builtin(struct checker *k, struct node *n, const struct builtin *b)
{
	n->builtin = b;
	n->type = check_type(EXPR_DYN);
	uint32_t fits = 0;
	for (uint32_t i = 0; i < b->n; i++) {
		if (!overload_fits(&b->overloads[i], n))
			continue;
		n->type = check_type(fits == 0 || n->type.kind == b->overloads[i].result
					     ? b->overloads[i].result
					     : EXPR_DYN);
		fits++;
	}
	if (fits > 0)
		return check_zone(k, n) && compile_pattern(k, n) && fold(k, n);
	ANJU_AUTO_BUF allowed = BUF_INIT;
	for (uint32_t i = 0; i < b->n; i++)
		signature(&allowed, b->name, n->flags & NODE_MEMBER_CALL, b->overloads[i].n,
			overload_arg, &b->overloads[i]);
	return wrong_arguments(k, n, allowed.failed ? "?" : allowed.data);
}

static bool function_fits(const struct env_function *f, const struct node *n)
{
	if (f->n != n->n)
		return false;
	for (uint32_t i = 0; i < n->n; i++) {
		if (!env_type_fits(&f->args[i], &n->args[i]->type))
			return false;
	}
	return true;
}

/* The expression outlives its environment: copy what a call needs of it. */
static bool copy_function(
	struct checker *k, struct env_function *to, const struct env_function *from)
{
	*to = *from;
	to->name = arena_copy(k->c->arena, from->name, strlen(from->name));
	to->args = expr_arena_alloc(k->c->arena, from->n * sizeof *to->args);
	if (to->name == NULL || to->args == NULL)
		return compile_nomem(k->c);
	if (from->n > 0)
		memcpy(to->args, from->args, from->n * sizeof *to->args);
	return true;
}

static bool check_env_call(struct checker *k, struct node *n, const char *name)
{
	const struct expr_env *env = k->c->env;
	bool member = n->flags & NODE_MEMBER_CALL;
	struct env_function *copies =
		expr_arena_alloc(k->c->arena, env->functions_len * sizeof *copies);
	if (copies == NULL)
		return compile_nomem(k->c);
	ANJU_AUTO_BUF allowed = BUF_INIT;
	n->op = NODE_ENV_CALL;
	n->function = copies;
	n->type = check_type(EXPR_DYN);
	for (size_t i = 0; i < env->functions_len; i++) {
		const struct env_function *f = &env->functions[i];
		if (f->member != member || strcmp(f->name, name) != 0)
			continue;
		signature(&allowed, f->name, member, f->n, function_arg, f);
		if (!function_fits(f, n))
			continue;
		if (!copy_function(k, &copies[n->n_functions], f))
			return false;
		n->type = n->n_functions++ == 0 ? f->result : check_join(n->type, f->result);
		for (uint32_t a = 0; a < n->n; a++) {
			if (f->args[a].nullable)
				check_null_ok(n->args[a]);
		}
	}
	return n->n_functions > 0 || wrong_arguments(k, n, allowed.failed ? "?" : allowed.data);
}

/* a.b.f(x) where "a.b.f" is the name of a function: drop the receiver. */
static bool namespaced(struct checker *k, struct node *n, char *name, size_t size)
{
	size_t len;
	if (!(n->flags & NODE_MEMBER_CALL) || !check_dotted(k, n->args[0], name, size, &len) ||
		len + n->value.str.len + 2 > size)
		return false;
	name[len] = '.';
	memcpy(name + len + 1, n->value.str.s, n->value.str.len + 1);
	if (!env_has_function(k->c->env, name, false))
		return false;
	n->flags &= (uint16_t)~NODE_MEMBER_CALL;
	n->args++;
	n->n--;
	return true;
}

bool check_call(struct checker *k, struct node *n)
{
	char name[CHECK_NAME_CHARS];
	bool spaced = namespaced(k, n, name, sizeof name);
	for (uint32_t i = 0; i < n->n; i++) {
		if (!check_node(k, n->args[i]))
			return false;
	}
	bool member = n->flags & NODE_MEMBER_CALL;
	if (spaced)
		return check_env_call(k, n, name);
	if (env_has_function(k->c->env, n->value.str.s, member))
		return check_env_call(k, n, n->value.str.s);
	const struct builtin *b = funcs_find(n->value.str.s, member);
	if (b != NULL)
		return check_builtin(k, n, b);
	return check_unknown_name(k, n, "function");
}
