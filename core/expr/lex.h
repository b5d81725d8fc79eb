/** Text → tokens, by CEL's lexical grammar. Internal to core/expr. */
#ifndef CORE_EXPR_LEX_H
#define CORE_EXPR_LEX_H

#include "expr/ast.h"

enum tok {
	TOK_END,
	TOK_IDENT,
	TOK_RESERVED,  /* may name a member, not a variable */
	TOK_ESC_IDENT, /* `quoted member` */
	TOK_LITERAL,   /* value set; INT holds its magnitude in value.u */
	TOK_IN,
	TOK_QUESTION,
	TOK_COLON,
	TOK_OR,
	TOK_AND,
	TOK_LT,
	TOK_LE,
	TOK_GT,
	TOK_GE,
	TOK_EQ,
	TOK_NE,
	TOK_PLUS,
	TOK_MINUS,
	TOK_STAR,
	TOK_SLASH,
	TOK_PERCENT,
	TOK_NOT,
	TOK_LPAREN,
	TOK_RPAREN,
	TOK_LBRACKET,
	TOK_RBRACKET,
	TOK_LBRACE,
	TOK_RBRACE,
	TOK_DOT,
	TOK_COMMA,
};

struct token {
	enum tok kind;
	uint32_t pos, end;
	struct expr_value value; /* literal, or the name */
};

struct lexer {
	struct compile *c;
	uint32_t pos;
};

/** The next token; false on failure. */
bool lex_next(struct lexer *lx, struct token *ret);

#endif
