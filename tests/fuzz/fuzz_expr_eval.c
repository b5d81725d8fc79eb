/**
 * An expression (up to the first NUL) in a world made of the bytes behind it: a value that can be written and read
 * back, the same one each time and under each budget that is enough for it, and a reason in both languages why it
 * is false.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/json.h"
#include "base/utf8.h"
#include "cli/expr_value_json.h"
#include "expr/expr.h"
#include "fuzz/fuzz.h"
#include "fuzz/world.h"

#define BUDGET      4000u
#define CPU_SECONDS 10

struct input {
	const uint8_t *data;
	size_t n;
	struct world world;
	struct expr_arena *arena;
};

static char *typed_text(const struct expr_value *v, struct expr_arena *arena)
{
	ANJU_AUTO_JSON *json = expr_value_write(v, arena);
	return json != NULL ? json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(17)) : NULL;
}

/* What has been written reads as the same value. */
static void check_round_trip(const char *text, const struct input *in)
{
	anju_error err;
	struct expr_value v;
	ANJU_AUTO(expr_arena) arena = expr_arena_new();
	ANJU_AUTO_JSON *json = json_loads(text, JSON_ALLOW_NUL, NULL);
	fuzz_assert(json != NULL);
	anju_status st = expr_value_read(json, arena, &v, &err);
	if (st != ANJU_OK)
		fuzz_failed(__FILE__, __LINE__, "%s is not read back: %s", text, err.text);
	ANJU_AUTO_MEM char *again = typed_text(&v, arena);
	fuzz_assert(again != NULL);
	fuzz_same_text(text, again);
}

static void check_plain_json(const struct expr_value *v, struct expr_arena *arena)
{
	ANJU_AUTO_JSON *json = expr_value_to_json(v, arena);
	if (json == NULL)
		return; /* NaN, too deep … */
	ANJU_AUTO_MEM char *text = json_dumps(json, JSON_ENCODE_ANY | JSON_REAL_PRECISION(17));
	ANJU_AUTO_JSON *back =
		text != NULL ? json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL) : NULL;
	fuzz_assert(back != NULL && json_equal(json, back));
}

/* "ok VALUE", or the id of what failed with its text: malloc'd. */
static char *outcome(const struct expr *expr, struct input *in, uint32_t budget, bool *ret_false)
{
	anju_error err = {0};
	struct expr_value v;
	struct expr_vars vars = world_vars(&in->world);
	expr_arena_reset(in->arena);
	in->world.asked = expr;
	anju_status st = expr_eval(expr, &vars, budget, in->arena, &v, &err);
	struct buf out = BUF_INIT;
	if (st == ANJU_OK) {
		ANJU_AUTO_MEM char *text = typed_text(&v, in->arena);
		if (text != NULL)
			check_round_trip(text, in);
		check_plain_json(&v, in->arena);
		buf_addf(&out, "ok %d %s", (int)v.kind, text != NULL ? text : "-");
		*ret_false = v.kind == EXPR_BOOL && !v.b;
	} else {
		fuzz_assert(st == ANJU_E_REFUSED || st == ANJU_E_LIMIT);
		fuzz_assert(strncmp(err.id, "expr.", 5) == 0);
		fuzz_error(st, &err, in->data, in->n);
		buf_addf(&out, "%s %s %s", err.id, err.found, err.text);
	}
	return buf_take(&out);
}

static void check_explained(
	const struct expr *expr, struct input *in, uint32_t budget, bool is_false)
{
	struct expr_vars vars = world_vars(&in->world);
	bool whole = utf8_valid((const char *)in->data, in->n);
	for (int lang = LANG_ZH; lang <= LANG_EN; lang++) {
		ANJU_AUTO_BUF text = BUF_INIT;
		expr_explain(expr, &vars, budget, lang, NULL, NULL, &text);
		fuzz_assert(!text.failed);
		fuzz_assert(!is_false || text.len > 0);
		if (text.len > 0 && !fuzz_holds(in->data, in->n, "@say.") &&
			memchr(in->data, '\\', in->n) == NULL)
			fuzz_assert(strstr(text.data, "@say.") == NULL);
		if (whole && !utf8_valid(text.data, text.len))
			fuzz_failed(__FILE__, __LINE__, "a character is cut: %s", text.data);
	}
}

static double cpu_seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

/* The same again; less budget is the same or too little; more is the same if it was enough. */
static void check_budgets(const struct expr *expr, struct input *in, const char *first)
{
	static const uint32_t less[] = {0, 1, 7, 60, 500};
	bool ignored;
	ANJU_AUTO_MEM char *again = outcome(expr, in, BUDGET, &ignored);
	fuzz_same_text(first, again);
	bool enough = true;
	for (size_t i = sizeof less / sizeof *less; i-- > 0;) {
		ANJU_AUTO_MEM char *little = outcome(expr, in, less[i], &ignored);
		bool short_of = strncmp(little, "expr.budget", 11) == 0;
		fuzz_assert(short_of || enough); /* what is too little stays so */
		enough = !short_of;
		if (!short_of)
			fuzz_same_text(first, little);
	}
	if (in->n % 8 != 0)
		return;
	double begin = cpu_seconds();
	ANJU_AUTO_MEM char *much = outcome(expr, in, EXPR_BUDGET_DEFAULT, &ignored);
	fuzz_assert(cpu_seconds() - begin < CPU_SECONDS);
	if (strncmp(first, "expr.budget", 11) != 0)
		fuzz_same_text(first, much);
}

static char *try_out(const struct expr *expr, struct input *in)
{
	bool is_false = false;
	char *first = outcome(expr, in, BUDGET, &is_false);
	check_budgets(expr, in, first);
	check_explained(expr, in, BUDGET, is_false);
	check_explained(expr, in, 20, false);
	return first;
}

/* Promised a bool, it is one or an error. */
static void check_bool(const struct expr_env *env, const char *text, struct input *in)
{
	ANJU_AUTO(expr) expr = NULL;
	if (expr_compile(env, text, EXPR_BOOL, &expr, NULL) != ANJU_OK)
		return;
	bool is_false = false;
	ANJU_AUTO_MEM char *found = outcome(expr, in, BUDGET, &is_false);
	fuzz_assert(strncmp(found, "ok ", 3) != 0 || strstr(found, "{\"bool\":") != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct expr_env *checked, *unchecked;
	if (checked == NULL) {
		checked = world_env(false);
		unchecked = world_env(true);
	}
	ANJU_AUTO_MEM char *text = fuzz_string(data, n);
	ANJU_AUTO(expr_arena) arena = expr_arena_new();
	ANJU_AUTO(expr) strict = NULL;
	ANJU_AUTO(expr) loose = NULL;
	size_t len = strlen(text);
	struct fuzz_bytes b = {data + len, n - len};
	if (expr_compile(unchecked, text, EXPR_DYN, &loose, NULL) != ANJU_OK)
		return 0;
	(void)fuzz_byte(&b); /* the NUL */
	struct input in = {.data = data, .n = n, .arena = arena};
	world_init(&in.world, &b);
	ANJU_AUTO_MEM char *found = try_out(loose, &in);
	if (expr_compile(checked, text, EXPR_DYN, &strict, NULL) == ANJU_OK) {
		ANJU_AUTO_MEM char *typed = try_out(strict, &in);
		if (strncmp(typed, "ok", 2) == 0 && strncmp(found, "ok", 2) == 0)
			fuzz_same_text(typed, found);
		check_bool(checked, text, &in);
	}
	world_done(&in.world);
	return 0;
}
