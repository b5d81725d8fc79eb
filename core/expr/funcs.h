/** The built-in functions. Internal to core/expr. */
#ifndef CORE_EXPR_FUNCS_H
#define CORE_EXPR_FUNCS_H

#include "expr/run.h"

typedef bool (*builtin_cb)(
	struct run *r, const struct node *n, const struct expr_value *args, struct expr_value *ret);

#define BUILTIN_ARGS 3

/** One overload of `n` arguments; kind EXPR_DYN takes anything. */
struct overload {
	enum expr_kind args[BUILTIN_ARGS];
	uint32_t n;
	enum expr_kind result;
};

enum builtin_style { BUILTIN_GLOBAL = 1, BUILTIN_MEMBER = 2 };

struct builtin {
	const char *name;
	unsigned style; /* enum builtin_style, or-ed */
	builtin_cb cb;
	bool fold;          /* with literals only: computed when compiled */
	const char *wanted; /* what a literal has to look like, for messages; NULL otherwise */
	struct overload overloads[12];
	uint32_t n;
};

const struct builtin *funcs_find(const char *name, bool member);
/** string(v), also used to show values. */
bool funcs_to_string(
	struct run *r, const struct node *n, const struct expr_value *v, struct expr_value *ret);
/** Why a pattern is none, as a phrase (base/messages.h). */
const char *funcs_pattern_fault(int fault);
/** Shortest text that reads back as `d`. */
void funcs_double_text(double d, char out[40]);

/** convert.c: the conversion functions of the table in funcs.c. */
bool convert_int(struct run *, const struct node *, const struct expr_value *, struct expr_value *);
bool convert_uint(
	struct run *, const struct node *, const struct expr_value *, struct expr_value *);
bool convert_double(
	struct run *, const struct node *, const struct expr_value *, struct expr_value *);
bool convert_decimal(
	struct run *, const struct node *, const struct expr_value *, struct expr_value *);
bool convert_bool(
	struct run *, const struct node *, const struct expr_value *, struct expr_value *);
bool convert_bytes(
	struct run *, const struct node *, const struct expr_value *, struct expr_value *);
bool convert_timestamp(
	struct run *, const struct node *, const struct expr_value *, struct expr_value *);
bool convert_duration(
	struct run *, const struct node *, const struct expr_value *, struct expr_value *);

#endif
