/**
 * The tree of one expression, and what compiling it shares. Internal to core/expr.
 *
 * Everything of an expression lives in its one arena: text, nodes, names, literals, types. The parser
 * builds the tree with NODE_IDENT leaves and checked names unknown; the checker resolves names in place and gives
 * every node its type.
 */
#ifndef CORE_EXPR_AST_H
#define CORE_EXPR_AST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "expr/expr.h"
#include "expr/value.h"

#define AST_MAX_TEXT 8192
#define AST_MAX_DEPTH                                                                              \
	256 /* of the tree, and of the parser's nesting: bounds every recursion here */
#define AST_MAX_PATTERNS 20000 /* instructions of all literal patterns */
#define AST_MAX_ARGS     8     /* of a call, receiver included */

enum node_op {
	NODE_CONST,
	NODE_IDENT, /* parser only: a name not yet resolved */
	NODE_VAR,   /* variable of the environment, cell `slot` */
	NODE_LOCAL, /* variable of a macro, cell `slot` */
	NODE_SELECT,
	NODE_HAS, /* has(a.b): args[0] = a, value = "b" */
	NODE_INDEX,
	NODE_LIST,
	NODE_MAP, /* args: key, value, key, value … */
	NODE_NOT,
	NODE_NEG,
	NODE_AND, /* n-ary, as OR */
	NODE_OR,
	NODE_COND,
	NODE_EQ,
	NODE_NE,
	NODE_LT,
	NODE_LE,
	NODE_GT,
	NODE_GE,
	NODE_IN,
	NODE_ADD,
	NODE_SUB,
	NODE_MUL,
	NODE_DIV,
	NODE_MOD,
	NODE_CALL,     /* built-in function */
	NODE_ENV_CALL, /* function of the environment */
	NODE_MACRO,
	NODE_UNKNOWN, /* unchecked mode: a name nobody knows, an error when evaluated */
};

enum node_flag {
	NODE_MEMBER_CALL = 1, /* receiver.name(…): args[0] is the receiver */
	NODE_SHAPED = 2,      /* selects a declared member: absent or null reads as "not set" */
	NODE_NULL_OK = 4,     /* whoever reads this node takes null for an answer */
	NODE_ROOTED = 8,      /* ".name": never a macro's variable */
	NODE_HUGE = 16,       /* the literal 9223372036854775808, good only behind a minus */
	NODE_PAREN = 32,      /* written in parentheses */
};

enum macro_kind {
	MACRO_ALL,
	MACRO_EXISTS,
	MACRO_EXISTS_ONE,
	MACRO_MAP,
	MACRO_FILTER,
	MACRO_TRANSFORM_LIST,
	MACRO_TRANSFORM_MAP,
};

struct macro {
	enum macro_kind kind;
	bool has_filter; /* args: range, [filter,] body */
	uint32_t vars;   /* 1 or 2 */
	struct expr_value name[2];
	uint32_t slot[2];
};

struct builtin;
struct env_function;
struct regex;

/* Patterns compiled with the expression; released with it. */
struct pattern {
	struct regex *regex;  /* owned */
	struct pattern *next; /* owned: arena */
};

struct node {
	enum node_op op;
	uint16_t flags;
	uint16_t depth;
	uint32_t pos, end; /* bytes of the text this node spans */
	uint32_t at;       /* byte of the operator or name: where a caret points */
	uint32_t slot;
	uint32_t n;
	struct node **args;
	struct expr_value value; /* CONST: the value; else the name as a NUL-terminated string */
	union {
		const struct builtin *builtin;
		const struct env_function *function; /* first of `n_functions` overloads */
		struct macro *macro;
	};
	uint32_t n_functions;
	const struct regex
		*regex; /* of matches() with a literal; borrowed: the expression's patterns */
	struct expr_type type;
};

struct expr {
	struct expr_arena *arena; /* owned: holds all else */
	const char *text;
	size_t len;
	struct node *root;
	enum expr_kind want;
	const char **vars; /* names of the cells 0 … vars_len-1; the macros' variables follow */
	uint32_t vars_len;
	uint32_t locals_len;
	struct pattern *patterns;
	uint32_t patterns_size; /* instructions of all of them */
};

/** What lexer, parser and checker share. */
struct compile {
	struct expr *expr;
	struct expr_arena *arena;
	const struct expr_env *env;
	anju_error *err;
	anju_status status; /* the first failure */
};

/** A growing list of nodes in the arena. */
struct node_list {
	struct node **v;
	uint32_t n, cap;
};

/** Fail at byte `pos`: sets status, text with line, column and the line marked with ^, and `found` to
 *  the marked line. Only the first failure counts. Returns false. */
bool compile_fail(struct compile *c, const char *id, uint32_t pos, const char *fmt, ...)
	ANJU_PRINTF(4, 5);
bool compile_nomem(struct compile *c);

struct node *ast_node(struct compile *c, enum node_op op, uint32_t pos, uint32_t end);
bool ast_push(struct compile *c, struct node_list *list, struct node *node);
/** Give `node` its children and compute its depth; NULL past the bound. */
struct node *ast_children(struct compile *c, struct node *node, struct node_list *list);

/** Text → tree (c->expr->text), NULL on failure. */
struct node *parse_text(struct compile *c);
/** Resolve names and types of the tree; false on failure. */
bool check_tree(struct compile *c, struct node *root, enum expr_kind want);

#endif
