#include "expr/ast.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/utf8.h"
#include "expr/arena.h"

#define SNIPPET_SIDE 40 /* bytes of the line shown before and after the caret */

static const char *boundary_back(const char *p, const char *start)
{
	while (p > start && ((unsigned char)*p & 0xc0) == 0x80)
		p--;
	return p;
}

/* The line around `pos` with a ^ before the place: one line, as logs and error values need it. */
static void snippet(const char *text, size_t len, uint32_t pos, char *out, size_t size)
{
	const char *at = text + pos;
	const char *from = at, *to = at;
	while (from > text && from[-1] != '\n' && at - from < SNIPPET_SIDE)
		from--;
	while (to < text + len && *to != '\n' && to - at < SNIPPET_SIDE)
		to++;
	from = boundary_back(from, text);
	to = to < text + len ? boundary_back(to, at) : to;
	bool cut_front = from > text && from[-1] != '\n';
	bool cut_back = to < text + len && *to != '\n';
	snprintf(out, size, "%s%.*s^%.*s%s", cut_front ? "…" : "", (int)(at - from), from,
		(int)(to - at), at, cut_back ? "…" : "");
}

static void line_column(const char *text, uint32_t pos, size_t *line, size_t *column)
{
	const char *start = text;
	*line = 1;
	for (const char *p = text; p < text + pos; p++) {
		if (*p == '\n') {
			(*line)++;
			start = p + 1;
		}
	}
	*column = utf8_length(start, (size_t)(text + pos - start)) + 1;
}

bool compile_fail(struct compile *c, const char *id, uint32_t pos, const char *fmt, ...)
{
	if (c->status != ANJU_OK)
		return false;
	c->status = ANJU_E_INVALID;
	char what[160], marked[2 * SNIPPET_SIDE + 16];
	va_list ap;
	va_start(ap, fmt);
	if ((size_t)vsnprintf(what, sizeof what, fmt, ap) >= sizeof what)
		utf8_trim_tail(what);
	va_end(ap);
	size_t line, column;
	line_column(c->expr->text, pos, &line, &column);
	snippet(c->expr->text, c->expr->len, pos, marked, sizeof marked);
	(void)anju_fail(c->err, ANJU_E_INVALID, id, "line %zu, column %zu: %s: %s", line, column,
		what, marked);
	anju_error_found(c->err, "%s", marked);
	return false;
}

bool compile_nomem(struct compile *c)
{
	if (c->status == ANJU_OK)
		c->status = anju_fail_nomem(c->err);
	return false;
}

struct node *ast_node(struct compile *c, enum node_op op, uint32_t pos, uint32_t end)
{
	struct node *n = expr_arena_alloc(c->arena, sizeof *n);
	if (n == NULL) {
		compile_nomem(c);
		return NULL;
	}
	memset(n, 0, sizeof *n);
	n->op = op;
	n->depth = 1;
	n->pos = n->at = pos;
	n->end = end;
	return n;
}

bool ast_push(struct compile *c, struct node_list *list, struct node *node)
{
	if (node == NULL)
		return false;
	if (list->n == list->cap) {
		uint32_t cap = list->cap == 0 ? 4 : list->cap * 2;
		struct node **v = expr_arena_alloc(c->arena, cap * sizeof *v);
		if (v == NULL)
			return compile_nomem(c);
		if (list->n > 0)
			memcpy(v, list->v, list->n * sizeof *v);
		list->v = v;
		list->cap = cap;
	}
	list->v[list->n++] = node;
	return true;
}

struct node *ast_children(struct compile *c, struct node *node, struct node_list *list)
{
	node->args = list->v;
	node->n = list->n;
	for (uint32_t i = 0; i < list->n; i++) {
		if (list->v[i]->depth >= node->depth)
			node->depth = (uint16_t)(list->v[i]->depth + 1);
	}
	if (node->depth <= AST_MAX_DEPTH)
		return node;
	compile_fail(c, "expr.too_deep", node->at, "nested too deeply");
	anju_error_allowed(c->err, "%d", AST_MAX_DEPTH);
	return NULL;
}
