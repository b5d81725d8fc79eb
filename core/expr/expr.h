/**
 * Expressions: the Common Expression Language without protobuf messages, plus exact decimals. Parsed
 * and type-checked when a pack loads, evaluated under a step budget. Pure: no I/O, no clock.
 * A compiled expression is immutable and may be shared between threads.
 */
#ifndef CORE_EXPR_EXPR_H
#define CORE_EXPR_EXPR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "anju/error.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/decimal.h"
#include "base/messages.h"
#include "expr/value.h"

struct expr;     /* one compiled expression */
struct expr_env; /* declared variables and functions */

/** Static types. A list or map carries its element type; NULL element = dyn. */
struct expr_type {
	enum expr_kind kind; /* EXPR_DYN when unknown until run time */
	bool nullable;       /* the value may be null (an optional field that is not set) */
	const struct expr_type *element; /* list element or map value */
	const struct expr_shape *shape;  /* maps with known members; NULL = open map */
};

/** A map whose members are known, such as a case with its declared fields. */
struct expr_shape {
	const char *name; /* for messages: "case" */
	size_t len;
	const struct expr_member {
		const char *name;
		struct expr_type type;
	} * members;
};

/**
 * An environment for type checking. Declarations are copied by reference: types and shapes must
 * outlive the expressions compiled against it.
 */
struct expr_env *expr_env_new(void);
void expr_env_free(struct expr_env *env);
/** Leave kinds and unknown names to the run time, as CEL does when the check is skipped: for batch runs of
 *  foreign expressions, never for packs. */
void expr_env_unchecked(struct expr_env *env);
ANJU_DEFINE_AUTO(expr_env)
ANJU_MUST_CHECK anju_status expr_env_variable(
	struct expr_env *env, const char *name, struct expr_type type, anju_error *err);

/** A pure function given by anju: called with evaluated arguments, returns false with an error value
 *  in *ret (expr_value_error) on failure. `member` = called as receiver.name(args), args[0] = receiver.
 *  `cost` steps are charged for each call. An int given for a declared decimal arrives as one; an
 *  argument declared nullable arrives as null when it is not set. Declaring one name several times
 *  makes overloads. Returns ANJU_OK; ANJU_E_INVALID (more than 8 arguments); ANJU_E_NOMEM. */
typedef bool (*expr_function_cb)(void *ctx, const struct expr_value *args, size_t n,
	struct expr_arena *arena, struct expr_value *ret);
ANJU_MUST_CHECK anju_status expr_env_function(struct expr_env *env, const char *name, bool member,
	const struct expr_type *args, size_t n, struct expr_type result, expr_function_cb cb,
	void *ctx, uint32_t cost, anju_error *err);

/**
 * Parse and check `text` (at most 8 KiB). `want` is the required result kind, EXPR_DYN for any.
 * Returns ANJU_OK; ANJU_E_NOMEM; ANJU_E_INVALID: id "expr.syntax", "expr.type", "expr.unknown_name",
 * "expr.unknown_member", "expr.literal", "expr.unsupported", "expr.too_deep", "expr.too_long";
 * found/allowed set; err->text holds line, column and the line with a ^ before the place.
 */
ANJU_MUST_CHECK anju_status expr_compile(const struct expr_env *env, const char *text,
	enum expr_kind want, struct expr **ret, anju_error *err);
/** The same for a text of `len` bytes that may hold NUL. */
ANJU_MUST_CHECK anju_status expr_compile_bytes(const struct expr_env *env, const char *text,
	size_t len, enum expr_kind want, struct expr **ret, anju_error *err);
void expr_free(struct expr *expr);
ANJU_DEFINE_AUTO(expr)

const char *expr_text(const struct expr *expr);
/** Does the expression read variable `name`, or member `name.member` (member may be NULL)? Lets the
 *  caller load only what is read. */
bool expr_reads(const struct expr *expr, const char *name, const char *member);

/** Variables at run time: the callback fills *ret or returns false if there is no such variable. */
struct expr_vars {
	void *ctx;
	bool (*lookup)(
		void *ctx, const char *name, struct expr_arena *arena, struct expr_value *ret);
};

#define EXPR_BUDGET_DEFAULT 100000u

/**
 * Evaluate. Values live in `arena` until it is reset.
 * Returns ANJU_OK; ANJU_E_REFUSED (id "expr.eval" or "expr.eval_…": not set, no such member, overflow,
 * division by zero …, found/text set); ANJU_E_LIMIT ("expr.budget", "expr.memory"); ANJU_E_NOMEM.
 *
 * A declared member that is absent or null is "not set": reading it fails and names it, except in
 * has(), in a comparison with the literal null, and as a nullable argument of a function.
 */
ANJU_MUST_CHECK anju_status expr_eval(const struct expr *expr, const struct expr_vars *vars,
	uint32_t budget, struct expr_arena *arena, struct expr_value *ret, anju_error *err);

/**
 * Why is it false: append one sentence naming the smallest set of sub-expressions, with their values,
 * that made the boolean expression false ("case.area_m2 = 132.00 > rules.area.max × case.persons =
 * 125.00"). `label` maps a variable path ("case.area_m2") to the words people know, or, with a `value`,
 * a string which that path has or is compared with; NULL: shown as it is.
 */
typedef const char *(*expr_label_cb)(
	void *ctx, const char *path, const char *value, enum lang lang);
void expr_explain(const struct expr *expr, const struct expr_vars *vars, uint32_t budget,
	enum lang lang, expr_label_cb label, void *label_ctx, struct buf *out);

#endif
