#include "expr/expr.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "expr/arena.h"
#include "expr/ast.h"
#include "expr/regex.h"

void expr_free(struct expr *expr)
{
	if (expr == NULL)
		return;
	for (struct pattern *p = expr->patterns; p != NULL; p = p->next)
		regex_free(p->regex);
	expr_arena_free(expr->arena); /* `expr` itself lives there */
}

static anju_status too_long(anju_error *err, size_t len)
{
	(void)anju_fail(err, ANJU_E_INVALID, "expr.too_long", "expression of %zu bytes", len);
	anju_error_found(err, "%zu", len);
	anju_error_allowed(err, "%d", AST_MAX_TEXT);
	return ANJU_E_INVALID;
}

anju_status expr_compile(const struct expr_env *env, const char *text, enum expr_kind want,
	struct expr **ret, anju_error *err)
{
	return expr_compile_bytes(env, text, strlen(text), want, ret, err);
}

anju_status expr_compile_bytes(const struct expr_env *env, const char *text, size_t len,
	enum expr_kind want, struct expr **ret, anju_error *err)
{
	if (len > AST_MAX_TEXT)
		return too_long(err, len);
	ANJU_AUTO(expr_arena) arena = expr_arena_new();
	struct expr *e = arena != NULL ? expr_arena_alloc(arena, sizeof *e) : NULL;
	if (e == NULL)
		return anju_fail_nomem(err);
	*e = (struct expr){.text = arena_copy(arena, text, len), .len = len, .want = want};
	if (e->text == NULL)
		return anju_fail_nomem(err);
	struct compile c = {.expr = e, .arena = arena, .env = env, .err = err};
	e->root = parse_text(&c);
	bool ok = e->root != NULL && check_tree(&c, e->root, want);
	e->arena = ANJU_TAKE(arena);
	if (!ok) {
		expr_free(e);
		return c.status;
	}
	*ret = e;
	return ANJU_OK;
}

const char *expr_text(const struct expr *expr)
{
	return expr->text;
}

static bool is_name(const struct node *n, const char *name)
{
	return strcmp(n->value.str.s, name) == 0;
}

static bool reads(const struct node *n, const char *name, const char *member)
{
	if (n->op == NODE_VAR)
		return is_name(n, name);
	bool selects = n->op == NODE_SELECT || n->op == NODE_HAS;
	if (selects && n->args[0]->op == NODE_VAR && is_name(n->args[0], name))
		return member == NULL || is_name(n, member);
	for (uint32_t i = 0; i < n->n; i++) {
		if (reads(n->args[i], name, member))
			return true;
	}
	return false;
}

bool expr_reads(const struct expr *expr, const char *name, const char *member)
{
	return reads(expr->root, name, member);
}
