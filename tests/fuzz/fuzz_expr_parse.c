/** Any text as an expression: refused with its place in the line, or the same by every way of asking. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "expr/expr.h"
#include "fuzz/fuzz.h"
#include "fuzz/world.h"

struct input {
	const uint8_t *data;
	size_t n;
	const char *text;
};

static anju_status compile(const struct expr_env *env, const struct input *in, enum expr_kind want,
	struct expr **ret, anju_error *err)
{
	*err = (anju_error){0};
	anju_status st = expr_compile(env, in->text, want, ret, err);
	fuzz_assert((st == ANJU_OK) == (*ret != NULL));
	if (st == ANJU_OK) {
		fuzz_same_text(expr_text(*ret), in->text);
		return st;
	}
	if (st != ANJU_E_INVALID || strncmp(err->id, "expr.", 5) != 0)
		fuzz_failed(__FILE__, __LINE__, "status %d, %s: %s", st, err->id, err->text);
	fuzz_error(st, err, in->data, in->n);
	return st;
}

/* In parentheses it is what it was. */
static void check_wrapped(const struct expr_env *env, const struct input *in)
{
	anju_error err;
	ANJU_AUTO(expr) expr = NULL;
	ANJU_AUTO_BUF text = BUF_INIT;
	buf_addf(&text, "(%s\n)", in->text);
	anju_status st = expr_compile(env, text.data, EXPR_DYN, &expr, &err);
	bool too_large =
		strcmp(err.id, "expr.too_deep") == 0 || strcmp(err.id, "expr.too_long") == 0;
	if (st != ANJU_OK && !too_large)
		fuzz_failed(__FILE__, __LINE__, "%s in parentheses: %s", in->text, err.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const enum expr_kind wants[] = {EXPR_BOOL, EXPR_INT, EXPR_DECIMAL, EXPR_STRING};
	static struct expr_env *checked, *unchecked, *bare;
	if (checked == NULL) {
		checked = world_env(false);
		unchecked = world_env(true);
		bare = expr_env_new();
	}
	ANJU_AUTO_MEM char *text = fuzz_string(data, n);
	const struct input in = {data, n, text};
	anju_error err, again;
	struct expr *exprs[8] = {NULL};
	anju_status strict = compile(checked, &in, EXPR_DYN, &exprs[0], &err);
	fuzz_assert(compile(checked, &in, EXPR_DYN, &exprs[1], &again) == strict);
	fuzz_same_text(err.text, again.text);
	anju_status loose = compile(unchecked, &in, EXPR_DYN, &exprs[2], &err);
	if (strict == ANJU_OK && loose != ANJU_OK)
		fuzz_failed(__FILE__, __LINE__, "%s: unchecked is stricter: %s", text, err.text);
	(void)compile(bare, &in, EXPR_DYN, &exprs[3], &err);
	for (size_t i = 0; i < sizeof wants / sizeof *wants; i++) {
		anju_status st = compile(checked, &in, wants[i], &exprs[4 + i], &err);
		fuzz_assert(st != ANJU_OK || strict == ANJU_OK);
	}
	if (strict == ANJU_OK)
		check_wrapped(checked, &in);
	for (size_t i = 0; i < sizeof exprs / sizeof *exprs; i++)
		expr_free(exprs[i]);
	return 0;
}
