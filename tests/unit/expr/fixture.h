/** A world to evaluate in: a case with declared fields, rules, and a few loose variables. */
#ifndef TESTS_UNIT_EXPR_FIXTURE_H
#define TESTS_UNIT_EXPR_FIXTURE_H

#include "expr/expr.h"
#include "unit/support.h"

/** The declared environment; `unchecked` leaves all to the run time. */
struct expr_env *fixture_env(bool unchecked);
/** The case's fields as JSON text; the default has area_m2 132.00, persons 5 and more. */
void fixture_case(const char *json);

/** Compile and evaluate: "int 3", "bool true", "decimal 26.40", "string é", JSON for containers,
 *  "refused <id>: <found>" for a failure at run time, "invalid <id>: <found>" for one before. */
const char *eval(const char *text);
const char *eval_unchecked(const char *text);
/** Why it is false. */
const char *explain(const char *text, enum lang lang);
/** The error of compiling, which must fail. */
anju_error compile_error(const char *text, enum expr_kind want);
struct expr_vars fixture_vars(void);

#define is(text, want)                                                                             \
	cr_expect_str_eq(eval(text), want, "%s\n   is %s\n want %s", text, eval(text), want)
#define is_unchecked(text, want)                                                                   \
	cr_expect_str_eq(eval_unchecked(text), want, "%s\n   is %s\n want %s", text,               \
		eval_unchecked(text), want)
#define why(text, zh, en)                                                                          \
	do {                                                                                       \
		cr_expect_str_eq(explain(text, LANG_ZH), zh, "%s\n   is %s\n want %s", text,       \
			explain(text, LANG_ZH), zh);                                               \
		cr_expect_str_eq(explain(text, LANG_EN), en, "%s\n   is %s\n want %s", text,       \
			explain(text, LANG_EN), en);                                               \
	} while (0)

#endif
