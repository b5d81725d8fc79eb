#include "expr/lex.h"

#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "expr/arena.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_ident_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_ident(char c)
{
	return is_ident_start(c) || is_digit(c);
}

static int hex_digit(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static const char *text_of(const struct lexer *lx)
{
	return lx->c->expr->text;
}

static bool bad(struct lexer *lx, uint32_t pos, const char *what)
{
	return compile_fail(lx->c, "expr.syntax", pos, "%s", what);
}

static void skip_blank(struct lexer *lx)
{
	const char *s = text_of(lx) + lx->pos, *end = text_of(lx) + lx->c->expr->len;
	for (;;) {
		while (*s == ' ' || *s == '\t' || *s == '\n' || *s == '\r' || *s == '\f')
			s++;
		if (s[0] != '/' || s[1] != '/')
			break;
		while (s < end && *s != '\n')
			s++;
	}
	lx->pos = (uint32_t)(s - text_of(lx));
}

/* Numbers */

static bool finish_number(struct lexer *lx, struct token *t, const char *end)
{
	t->end = lx->pos = (uint32_t)(end - text_of(lx));
	if (is_ident(*end))
		return bad(lx, lx->pos, "letters behind a number");
	return true;
}

static bool lex_double(struct lexer *lx, struct token *t, const char *end)
{
	const char *s = text_of(lx) + t->pos;
	char *copy = arena_copy(lx->c->arena, s, (size_t)(end - s));
	if (copy == NULL)
		return compile_nomem(lx->c);
	double d = strtod(copy, NULL);
	if (isinf(d))
		return bad(lx, t->pos, "number out of range");
	t->value = (struct expr_value){.kind = EXPR_DOUBLE, .d = d};
	return finish_number(lx, t, end);
}

static bool lex_integer(struct lexer *lx, struct token *t, const char *s, unsigned base)
{
	uint64_t v = 0;
	for (int d; (d = hex_digit(*s)) >= 0 && (unsigned)d < base; s++) {
		if (__builtin_mul_overflow(v, base, &v) ||
			__builtin_add_overflow(v, (uint64_t)d, &v))
			return bad(lx, t->pos, "number out of range");
	}
	if (*s == 'u' || *s == 'U') {
		t->value = (struct expr_value){.kind = EXPR_UINT, .u = v};
		return finish_number(lx, t, s + 1);
	}
	if (v > (uint64_t)INT64_MAX + 1)
		return bad(lx, t->pos, "number out of range");
	t->value = (struct expr_value){.kind = EXPR_INT, .u = v};
	return finish_number(lx, t, s);
}

static bool lex_number(struct lexer *lx, struct token *t)
{
	t->kind = TOK_LITERAL;
	const char *s = text_of(lx) + t->pos;
	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X') && hex_digit(s[2]) >= 0)
		return lex_integer(lx, t, s + 2, 16);
	const char *p = s;
	bool real = false;
	while (is_digit(*p))
		p++;
	if (p[0] == '.' && is_digit(p[1])) {
		real = true;
		for (p++; is_digit(*p); p++)
			;
	}
	if (*p == 'e' || *p == 'E') {
		const char *e = p + 1 + (p[1] == '+' || p[1] == '-');
		if (is_digit(*e)) {
			real = true;
			for (p = e; is_digit(*p); p++)
				;
		}
	}
	return real ? lex_double(lx, t, p) : lex_integer(lx, t, s, 10);
}

/* Strings and bytes */

struct literal {
	bool bytes;
	char *out; /* arena; never longer than the source */
	size_t len;
};

static void put_code_point(struct literal *lit, uint32_t cp)
{
	char *o = lit->out + lit->len;
	if (cp < 0x80) {
		o[0] = (char)cp;
		lit->len += 1;
	} else if (cp < 0x800) {
		o[0] = (char)(0xc0 | (cp >> 6));
		o[1] = (char)(0x80 | (cp & 0x3f));
		lit->len += 2;
	} else if (cp < 0x10000) {
		o[0] = (char)(0xe0 | (cp >> 12));
		o[1] = (char)(0x80 | ((cp >> 6) & 0x3f));
		o[2] = (char)(0x80 | (cp & 0x3f));
		lit->len += 3;
	} else {
		o[0] = (char)(0xf0 | (cp >> 18));
		o[1] = (char)(0x80 | ((cp >> 12) & 0x3f));
		o[2] = (char)(0x80 | ((cp >> 6) & 0x3f));
		o[3] = (char)(0x80 | (cp & 0x3f));
		lit->len += 4;
	}
}

/* `n` digits of `base` at s as one code point, or one byte in a bytes literal. */
static const char *numeric_escape(struct lexer *lx, struct literal *lit, const char *s, int n,
	unsigned base, const char *backslash)
{
	uint32_t pos = (uint32_t)(backslash - text_of(lx));
	uint32_t cp = 0;
	for (int i = 0; i < n; i++) {
		int d = hex_digit(s[i]);
		if (d < 0 || (unsigned)d >= base) {
			bad(lx, pos, "malformed escape");
			return NULL;
		}
		cp = cp * base + (uint32_t)d;
	}
	if (lit->bytes && cp <= 0xff) {
		lit->out[lit->len++] = (char)cp;
		return s + n;
	}
	if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff) || lit->bytes) {
		bad(lx, pos, "escape is not a character");
		return NULL;
	}
	put_code_point(lit, cp);
	return s + n;
}

/* The escape behind the backslash at `s`; returns what follows it, or NULL. */
static const char *lex_escape(struct lexer *lx, struct literal *lit, const char *s)
{
	static const char from[] = "abfnrtv\\?\"'`";
	static const char to[] = "\a\b\f\n\r\t\v\\?\"'`";
	char c = s[1];
	const char *plain = c == '\0' ? NULL : strchr(from, c);
	if (plain != NULL) {
		lit->out[lit->len++] = to[plain - from];
		return s + 2;
	}
	if (c == 'x' || c == 'X')
		return numeric_escape(lx, lit, s + 2, 2, 16, s);
	if (c >= '0' && c <= '3')
		return numeric_escape(lx, lit, s + 1, 3, 8, s);
	if (!lit->bytes && c == 'u')
		return numeric_escape(lx, lit, s + 2, 4, 16, s);
	if (!lit->bytes && c == 'U')
		return numeric_escape(lx, lit, s + 2, 8, 16, s);
	bad(lx, (uint32_t)(s - text_of(lx)), "unknown escape");
	return NULL;
}

/* Where the quotes close, or NULL. */
static const char *closing(const char *s, const char *end, char q, bool triple, bool raw)
{
	for (; s < end; s++) {
		if (!triple && (*s == '\n' || *s == '\r'))
			return NULL;
		if (*s == q && (!triple || (s[1] == q && s[2] == q)))
			return s;
		if (*s == '\\' && !raw)
			s++;
	}
	return NULL;
}

static bool lex_string(struct lexer *lx, struct token *t, const char *s, bool raw, bool bytes)
{
	char q = *s;
	bool triple = s[1] == q && s[2] == q;
	uint32_t quotes = triple ? 3 : 1;
	s += quotes;
	const char *end = closing(s, text_of(lx) + lx->c->expr->len, q, triple, raw);
	if (end == NULL)
		return bad(lx, t->pos, "string without end");
	struct literal lit = {.bytes = bytes};
	lit.out = expr_arena_alloc(lx->c->arena, (size_t)(end - s) + 1);
	if (lit.out == NULL)
		return compile_nomem(lx->c);
	while (s < end) {
		if (*s != '\\' || raw) {
			lit.out[lit.len++] = *s++;
			continue;
		}
		s = lex_escape(lx, &lit, s);
		if (s == NULL)
			return false;
	}
	lit.out[lit.len] = '\0';
	t->kind = TOK_LITERAL;
	t->value = (struct expr_value){
		.kind = bytes ? EXPR_BYTES : EXPR_STRING, .str = {lit.out, lit.len}};
	t->end = lx->pos = (uint32_t)(end - text_of(lx)) + quotes;
	return true;
}

/* Names and everything else */

static bool reserved(const char *s, size_t n)
{
	static const char *const words[] = {"as", "break", "const", "continue", "else", "for",
		"function", "if", "import", "let", "loop", "package", "namespace", "return", "var",
		"void", "while"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (strlen(words[i]) == n && memcmp(words[i], s, n) == 0)
			return true;
	}
	return false;
}

static bool is_word(const char *s, size_t n, const char *word)
{
	return strlen(word) == n && memcmp(s, word, n) == 0;
}

static bool lex_name(struct lexer *lx, struct token *t)
{
	const char *s = text_of(lx) + t->pos;
	const char *p = s;
	while (is_ident(*p))
		p++;
	size_t n = (size_t)(p - s);
	t->end = lx->pos = (uint32_t)(p - text_of(lx));
	t->kind = TOK_LITERAL;
	if (is_word(s, n, "true") || is_word(s, n, "false")) {
		t->value = (struct expr_value){.kind = EXPR_BOOL, .b = s[0] == 't'};
		return true;
	}
	if (is_word(s, n, "null")) {
		t->value = (struct expr_value){.kind = EXPR_NULL};
		return true;
	}
	char *name = arena_copy(lx->c->arena, s, n);
	if (name == NULL)
		return compile_nomem(lx->c);
	t->value = (struct expr_value){.kind = EXPR_STRING, .str = {name, n}};
	t->kind = is_word(s, n, "in") ? TOK_IN : reserved(s, n) ? TOK_RESERVED : TOK_IDENT;
	return true;
}

/* `name`, for members that are no identifiers. */
static bool lex_quoted_name(struct lexer *lx, struct token *t)
{
	const char *s = text_of(lx) + t->pos + 1;
	const char *p = s;
	while (is_ident(*p) || *p == '.' || *p == '-' || *p == '/' || *p == ' ')
		p++;
	if (*p != '`' || p == s)
		return bad(lx, t->pos, "malformed quoted name");
	char *name = arena_copy(lx->c->arena, s, (size_t)(p - s));
	if (name == NULL)
		return compile_nomem(lx->c);
	t->kind = TOK_ESC_IDENT;
	t->value = (struct expr_value){.kind = EXPR_STRING, .str = {name, (size_t)(p - s)}};
	t->end = lx->pos = (uint32_t)(p + 1 - text_of(lx));
	return true;
}

static bool lex_punctuation(struct lexer *lx, struct token *t)
{
	static const struct {
		char s[3];
		enum tok kind;
	} marks[] = {/* longer ones first */
		{"||", TOK_OR}, {"&&", TOK_AND}, {"<=", TOK_LE}, {">=", TOK_GE}, {"==", TOK_EQ},
		{"!=", TOK_NE}, {"<", TOK_LT}, {">", TOK_GT}, {"!", TOK_NOT}, {"?", TOK_QUESTION},
		{":", TOK_COLON}, {"+", TOK_PLUS}, {"-", TOK_MINUS}, {"*", TOK_STAR},
		{"/", TOK_SLASH}, {"%", TOK_PERCENT}, {"(", TOK_LPAREN}, {")", TOK_RPAREN},
		{"[", TOK_LBRACKET}, {"]", TOK_RBRACKET}, {"{", TOK_LBRACE}, {"}", TOK_RBRACE},
		{".", TOK_DOT}, {",", TOK_COMMA}};
	const char *s = text_of(lx) + t->pos;
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		size_t n = strlen(marks[i].s);
		if (strncmp(s, marks[i].s, n) != 0)
			continue;
		t->kind = marks[i].kind;
		t->end = lx->pos = t->pos + (uint32_t)n;
		return true;
	}
	return bad(lx, t->pos, "unexpected character");
}

bool lex_next(struct lexer *lx, struct token *ret)
{
	skip_blank(lx);
	const char *s = text_of(lx) + lx->pos;
	*ret = (struct token){.kind = TOK_END, .pos = lx->pos, .end = lx->pos};
	if (lx->pos >= lx->c->expr->len)
		return true;
	if (is_digit(s[0]) || (s[0] == '.' && is_digit(s[1])))
		return lex_number(lx, ret);
	bool bytes = s[0] == 'b' || s[0] == 'B';
	const char *p = s + bytes;
	bool raw = p[0] == 'r' || p[0] == 'R';
	p += raw;
	if (*p == '"' || *p == '\'')
		return lex_string(lx, ret, p, raw, bytes);
	if (is_ident_start(s[0]))
		return lex_name(lx, ret);
	if (s[0] == '`')
		return lex_quoted_name(lx, ret);
	return lex_punctuation(lx, ret);
}
