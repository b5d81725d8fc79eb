/*
 * Recursive descent over CEL's grammar. Chains of && and || become one node each, macros become
 * NODE_MACRO here, so that nothing behind the parser sees them as calls.
 */
#include <string.h>

#include "base/error.h"
#include "base/utf8.h"
#include "expr/ast.h"
#include "expr/lex.h"

struct parser {
	struct compile *c;
	struct lexer lex;
	struct token tok;
	uint32_t last_end; /* end of the token before `tok` */
	unsigned nesting;
};

static struct node *parse_expr(struct parser *p);

static bool advance(struct parser *p)
{
	p->last_end = p->tok.end;
	return lex_next(&p->lex, &p->tok);
}

static struct node *syntax(struct parser *p, const char *wanted)
{
	char text[40];
	compile_fail(p->c, "expr.syntax", p->tok.pos,
		p->tok.kind == TOK_END ? "the expression ends, expected %s" : "expected %s",
		message_english(wanted, text, sizeof text));
	anju_error_allowed(p->c->err, "%s", wanted);
	return NULL;
}

static bool expect(struct parser *p, enum tok kind, const char *wanted)
{
	if (p->tok.kind == kind)
		return advance(p);
	syntax(p, wanted);
	return false;
}

static struct node *make(
	struct parser *p, enum node_op op, struct node_list *list, uint32_t pos, uint32_t at)
{
	struct node *n = ast_node(p->c, op, pos, p->last_end);
	if (n == NULL)
		return NULL;
	n->at = at;
	return ast_children(p->c, n, list);
}

static struct node *make2(
	struct parser *p, enum node_op op, struct node *a, struct node *b, uint32_t at)
{
	struct node_list list = {0};
	if (!ast_push(p->c, &list, a) || (b != NULL && !ast_push(p->c, &list, b)))
		return NULL;
	return make(p, op, &list, a->pos, at);
}

/* Arguments up to `close`, which is consumed. */
static bool parse_list(struct parser *p, struct node_list *list, enum tok close, const char *wanted,
	bool trailing_comma)
{
	if (trailing_comma && p->tok.kind == TOK_COMMA) /* CEL's grammar has "[,]" */
		return advance(p) && expect(p, close, wanted);
	while (p->tok.kind != close) {
		if (!ast_push(p->c, list, parse_expr(p)))
			return false;
		if (p->tok.kind != TOK_COMMA)
			break;
		if (!advance(p))
			return false;
		if (p->tok.kind == close && !trailing_comma) {
			syntax(p, "@say.expression_here");
			return false;
		}
	}
	return expect(p, close, wanted);
}

/* Macros */

static const struct {
	const char *name;
	enum macro_kind kind;
	uint32_t vars, args; /* args without the range */
} macro_forms[] = {
	{"all", MACRO_ALL, 1, 2},
	{"all", MACRO_ALL, 2, 3},
	{"exists", MACRO_EXISTS, 1, 2},
	{"exists", MACRO_EXISTS, 2, 3},
	{"exists_one", MACRO_EXISTS_ONE, 1, 2},
	{"exists_one", MACRO_EXISTS_ONE, 2, 3},
	{"existsOne", MACRO_EXISTS_ONE, 1, 2},
	{"existsOne", MACRO_EXISTS_ONE, 2, 3},
	{"filter", MACRO_FILTER, 1, 2},
	{"map", MACRO_MAP, 1, 2},
	{"map", MACRO_MAP, 1, 3},
	{"transformList", MACRO_TRANSFORM_LIST, 2, 3},
	{"transformList", MACRO_TRANSFORM_LIST, 2, 4},
	{"transformMap", MACRO_TRANSFORM_MAP, 2, 3},
	{"transformMap", MACRO_TRANSFORM_MAP, 2, 4},
};

static bool macro_variables(struct parser *p, struct macro *m, const struct node *call)
{
	for (uint32_t i = 0; i < m->vars; i++) {
		const struct node *v = call->args[1 + i];
		if (v->op != NODE_IDENT || (v->flags & (NODE_ROOTED | NODE_PAREN))) {
			return compile_fail(p->c, "expr.syntax", v->pos,
				"the macro %s wants a variable name here", call->value.str.s);
		}
		m->name[i] = v->value;
		if (i > 0 && strcmp(m->name[0].str.s, v->value.str.s) == 0)
			return compile_fail(p->c, "expr.syntax", v->pos, "variable named twice");
	}
	return true;
}

/* Turn receiver.name(…) into a macro if it is one; a call otherwise. */
static struct node *expand_macro(struct parser *p, struct node *call)
{
	for (size_t i = 0; i < sizeof macro_forms / sizeof *macro_forms; i++) {
		if (strcmp(macro_forms[i].name, call->value.str.s) != 0 ||
			macro_forms[i].args != call->n - 1)
			continue;
		struct macro *m = expr_arena_alloc(p->c->arena, sizeof *m);
		if (m == NULL) {
			compile_nomem(p->c);
			return NULL;
		}
		*m = (struct macro){.kind = macro_forms[i].kind, .vars = macro_forms[i].vars};
		if (!macro_variables(p, m, call))
			return NULL;
		call->op = NODE_MACRO;
		call->macro = m;
		call->args[m->vars] = call->args[0];
		call->args += m->vars;
		call->n -= m->vars;
		m->has_filter = call->n == 3;
		return call;
	}
	return call;
}

static struct node *expand_has(struct parser *p, struct node *call)
{
	struct node *of = call->args[0];
	if (call->n != 1 || of->op != NODE_SELECT) {
		compile_fail(p->c, "expr.syntax", call->at,
			"has() wants one selected member, as in has(a.b)");
		anju_error_allowed(p->c->err, "has(a.b)");
		return NULL;
	}
	of->op = NODE_HAS;
	of->pos = call->pos;
	of->end = call->end;
	return of;
}

/* Primary expressions */

static struct node *parse_call(struct parser *p, struct node *receiver, const struct token *name,
	uint32_t pos, uint16_t flags)
{
	struct node_list list = {0};
	if (receiver != NULL && !ast_push(p->c, &list, receiver))
		return NULL;
	if (!advance(p) || !parse_list(p, &list, TOK_RPAREN, ")", false))
		return NULL;
	struct node *n = make(p, NODE_CALL, &list, pos, name->pos);
	if (n == NULL)
		return NULL;
	n->value = name->value;
	n->flags = flags;
	if (n->n > AST_MAX_ARGS) {
		compile_fail(p->c, "expr.syntax", n->at, "too many arguments");
		return NULL;
	}
	if (receiver != NULL) {
		n->flags |= NODE_MEMBER_CALL;
		return expand_macro(p, n);
	}
	if (strcmp(name->value.str.s, "has") == 0 && n->n > 0)
		return expand_has(p, n);
	return n;
}

static struct node *parse_name(struct parser *p)
{
	uint32_t pos = p->tok.pos;
	uint16_t flags = 0;
	if (p->tok.kind == TOK_DOT) {
		flags = NODE_ROOTED;
		if (!advance(p))
			return NULL;
	}
	struct token name = p->tok;
	if (name.kind == TOK_RESERVED) {
		compile_fail(
			p->c, "expr.syntax", name.pos, "%s is a reserved word", name.value.str.s);
		return NULL;
	}
	if (name.kind != TOK_IDENT)
		return syntax(p, "@say.expression_here");
	if (!advance(p))
		return NULL;
	if (p->tok.kind == TOK_LPAREN)
		return parse_call(p, NULL, &name, pos, flags);
	struct node *n = ast_node(p->c, NODE_IDENT, pos, p->last_end);
	if (n == NULL)
		return NULL;
	n->value = name.value;
	n->flags = flags;
	return n;
}

static struct node *parse_map(struct parser *p)
{
	uint32_t pos = p->tok.pos;
	struct node_list list = {0};
	if (!advance(p))
		return NULL;
	bool bare_comma = p->tok.kind == TOK_COMMA; /* "{,}" is CEL too */
	if (bare_comma && !advance(p))
		return NULL;
	while (p->tok.kind != TOK_RBRACE && !bare_comma) {
		if (!ast_push(p->c, &list, parse_expr(p)) || !expect(p, TOK_COLON, ":") ||
			!ast_push(p->c, &list, parse_expr(p)))
			return NULL;
		if (p->tok.kind != TOK_COMMA)
			break;
		if (!advance(p))
			return NULL;
	}
	if (!expect(p, TOK_RBRACE, "}"))
		return NULL;
	return make(p, NODE_MAP, &list, pos, pos);
}

static struct node *parse_literal(struct parser *p)
{
	struct token t = p->tok;
	struct node *n = ast_node(p->c, NODE_CONST, t.pos, t.end);
	if (n == NULL || !advance(p))
		return NULL;
	n->value = t.value;
	if (t.value.kind == EXPR_INT && t.value.u > (uint64_t)INT64_MAX)
		n->flags = NODE_HUGE;
	return n;
}

static struct node *parse_primary(struct parser *p)
{
	uint32_t pos = p->tok.pos;
	struct node_list list = {0};
	switch ((int)p->tok.kind) {
	case TOK_LITERAL:
		return parse_literal(p);
	case TOK_LPAREN: {
		if (!advance(p))
			return NULL;
		struct node *n = parse_expr(p);
		if (n == NULL || !expect(p, TOK_RPAREN, ")"))
			return NULL;
		n->flags |= NODE_PAREN;
		n->pos = pos;
		n->end = p->last_end;
		return n;
	}
	case TOK_LBRACKET:
		if (!advance(p) || !parse_list(p, &list, TOK_RBRACKET, "]", true))
			return NULL;
		return make(p, NODE_LIST, &list, pos, pos);
	case TOK_LBRACE:
		return parse_map(p);
	default:
		return parse_name(p);
	}
}

static struct node *parse_selection(struct parser *p, struct node *of)
{
	if (!advance(p))
		return NULL;
	struct token name = p->tok;
	if (name.kind != TOK_IDENT && name.kind != TOK_RESERVED && name.kind != TOK_ESC_IDENT)
		return syntax(p, "@say.member_name");
	if (!advance(p))
		return NULL;
	if (p->tok.kind == TOK_LPAREN && name.kind != TOK_ESC_IDENT)
		return parse_call(p, of, &name, of->pos, 0);
	struct node *n = make2(p, NODE_SELECT, of, NULL, name.pos);
	if (n != NULL)
		n->value = name.value;
	return n;
}

static struct node *parse_member(struct parser *p)
{
	struct node *n = parse_primary(p);
	while (n != NULL) {
		uint32_t at = p->tok.pos;
		if ((n->flags & NODE_HUGE) &&
			(p->tok.kind == TOK_DOT || p->tok.kind == TOK_LBRACKET))
			break;
		if (p->tok.kind == TOK_DOT) {
			n = parse_selection(p, n);
		} else if (p->tok.kind == TOK_LBRACKET) {
			if (!advance(p))
				return NULL;
			struct node *i = parse_expr(p);
			if (i == NULL || !expect(p, TOK_RBRACKET, "]"))
				return NULL;
			n = make2(p, NODE_INDEX, n, i, at);
		} else if (p->tok.kind == TOK_LBRACE && !(n->flags & NODE_PAREN) &&
			   (n->op == NODE_IDENT || n->op == NODE_SELECT)) {
			compile_fail(p->c, "expr.unsupported", at, "messages are not supported");
			anju_error_allowed(p->c->err, "{\"key\": value}");
			return NULL;
		} else {
			break;
		}
	}
	return n;
}

/* -literal is a literal: the smallest int has no positive counterpart. */
static bool fold_minus(struct node *n, uint32_t pos)
{
	if (n->op != NODE_CONST || (n->flags & NODE_PAREN))
		return false;
	if (n->value.kind == EXPR_INT)
		n->value.u = -n->value.u;
	else if (n->value.kind == EXPR_DOUBLE)
		n->value.d = -n->value.d;
	else
		return false;
	n->flags &= (uint16_t)~NODE_HUGE;
	n->pos = n->at = pos;
	return true;
}

static struct node *parse_unary(struct parser *p)
{
	enum tok kind = p->tok.kind;
	if (kind != TOK_NOT && kind != TOK_MINUS) {
		struct node *n = parse_member(p);
		if (n != NULL && (n->flags & NODE_HUGE)) {
			compile_fail(p->c, "expr.syntax", n->pos, "number out of range");
			return NULL;
		}
		return n;
	}
	uint32_t first = p->tok.pos, last = first, count = 0;
	for (; p->tok.kind == kind; count++) {
		last = p->tok.pos;
		if (!advance(p))
			return NULL;
	}
	struct node *n = parse_member(p);
	if (n == NULL)
		return NULL;
	if (kind == TOK_MINUS && fold_minus(n, last))
		count--;
	if (n->flags & NODE_HUGE) {
		compile_fail(p->c, "expr.syntax", n->pos, "number out of range");
		return NULL;
	}
	for (; count > 0 && n != NULL; count--) {
		n = make2(p, kind == TOK_NOT ? NODE_NOT : NODE_NEG, n, NULL, first);
		if (n != NULL)
			n->pos = first;
	}
	return n;
}

/* Binary operators, all left-associative; level 0 binds weakest. */
static bool binary_op(enum tok kind, int level, enum node_op *ret)
{
	static const struct {
		enum tok tok;
		int level;
		enum node_op op;
	} ops[] = {{TOK_LT, 0, NODE_LT}, {TOK_LE, 0, NODE_LE}, {TOK_GT, 0, NODE_GT},
		{TOK_GE, 0, NODE_GE}, {TOK_EQ, 0, NODE_EQ}, {TOK_NE, 0, NODE_NE},
		{TOK_IN, 0, NODE_IN}, {TOK_PLUS, 1, NODE_ADD}, {TOK_MINUS, 1, NODE_SUB},
		{TOK_STAR, 2, NODE_MUL}, {TOK_SLASH, 2, NODE_DIV}, {TOK_PERCENT, 2, NODE_MOD}};
	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
		if (ops[i].tok == kind && ops[i].level == level) {
			*ret = ops[i].op;
			return true;
		}
	}
	return false;
}

static struct node *parse_binary(struct parser *p, int level)
{
	struct node *n = level == 3 ? parse_unary(p) : parse_binary(p, level + 1);
	enum node_op op;
	while (n != NULL && level < 3 && binary_op(p->tok.kind, level, &op)) {
		uint32_t at = p->tok.pos;
		if (!advance(p))
			return NULL;
		struct node *right = parse_binary(p, level + 1);
		if (right == NULL)
			return NULL;
		n = make2(p, op, n, right, at);
	}
	return n;
}

/* a && b && c, or with || one level up, as one node. */
static struct node *parse_chain(struct parser *p, bool is_or)
{
	struct node_list list = {0};
	enum tok tok = is_or ? TOK_OR : TOK_AND;
	uint32_t pos = p->tok.pos, at = pos;
	for (;;) {
		if (!ast_push(p->c, &list, is_or ? parse_chain(p, false) : parse_binary(p, 0)))
			return NULL;
		if (p->tok.kind != tok)
			break;
		at = p->tok.pos;
		if (!advance(p))
			return NULL;
	}
	if (list.n == 1)
		return list.v[0];
	return make(p, is_or ? NODE_OR : NODE_AND, &list, pos, at);
}

static struct node *parse_conditional(struct parser *p)
{
	struct node_list list = {0};
	struct node *n = parse_chain(p, true);
	if (n == NULL || p->tok.kind != TOK_QUESTION)
		return n;
	uint32_t at = p->tok.pos;
	if (!ast_push(p->c, &list, n) || !advance(p) ||
		!ast_push(p->c, &list, parse_chain(p, true)) || !expect(p, TOK_COLON, ":") ||
		!ast_push(p->c, &list, parse_expr(p)))
		return NULL;
	return make(p, NODE_COND, &list, n->pos, at);
}

static struct node *parse_expr(struct parser *p)
{
	if (p->nesting >= AST_MAX_DEPTH) {
		compile_fail(p->c, "expr.too_deep", p->tok.pos, "nested too deeply");
		anju_error_allowed(p->c->err, "%d", AST_MAX_DEPTH);
		return NULL;
	}
	p->nesting++;
	struct node *n = parse_conditional(p);
	p->nesting--;
	return n;
}

struct node *parse_text(struct compile *c)
{
	const struct expr *e = c->expr;
	for (const char *s = e->text, *end = s + e->len; s < end;) {
		const char *at = s;
		if (utf8_next(&s, end) < 0) {
			compile_fail(c, "expr.syntax", (uint32_t)(at - e->text), "not UTF-8");
			return NULL;
		}
	}
	struct parser p = {.c = c, .lex = {.c = c}};
	if (!advance(&p))
		return NULL;
	struct node *n = parse_expr(&p);
	if (n == NULL || p.tok.kind == TOK_END)
		return n;
	return syntax(&p, "operator or end");
}
