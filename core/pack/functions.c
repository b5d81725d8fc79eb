/* Money and area in exact decimals; counts and sums over lists. */
#include "pack/functions.h"

#include <string.h>

#define T(k)                                                                                       \
	{                                                                                          \
		.kind = EXPR_##k                                                                   \
	}

static bool fail(struct expr_value *ret, const char *phrase)
{
	*ret = expr_value_error(phrase);
	return false;
}

static bool too_large(struct expr_value *ret)
{
	return fail(ret, "@say.fn_range");
}

static bool give_int(struct expr_value *ret, int64_t i)
{
	*ret = (struct expr_value){.kind = EXPR_INT, .i = i};
	return true;
}

static bool give_decimal(struct expr_value *ret, bool ok, struct decimal d)
{
	if (!ok)
		return too_large(ret);
	*ret = (struct expr_value){.kind = EXPR_DECIMAL, .dec = d};
	return true;
}

/* Money and area */

static bool call_yuan(void *ctx, const struct expr_value *v, size_t n, struct expr_arena *arena,
	struct expr_value *ret)
{
	struct decimal d;
	bool ok = decimal_div(decimal_of_int(v[0].i), decimal_of_int(100), &d);
	return give_decimal(ret, ok, d);
}

static bool call_fen(void *ctx, const struct expr_value *v, size_t n, struct expr_arena *arena,
	struct expr_value *ret)
{
	struct decimal d;
	if (!decimal_mul(v[0].dec, decimal_of_int(100), &d))
		return too_large(ret);
	return d.den == 1 ? give_int(ret, d.num) : fail(ret, "@say.fn_fen");
}

/* 1 mu is 2000/3 square metres. */
static bool call_mu(void *ctx, const struct expr_value *v, size_t n, struct expr_arena *arena,
	struct expr_value *ret)
{
	struct decimal d;
	bool ok = decimal_mul(v[0].dec, (struct decimal){3, 2000}, &d);
	return give_decimal(ret, ok, d);
}

static bool call_floor(void *ctx, const struct expr_value *v, size_t n, struct expr_arena *arena,
	struct expr_value *ret)
{
	struct decimal d = v[0].dec;
	return give_int(ret, d.num / d.den - (d.num % d.den < 0));
}

static bool call_ceil(void *ctx, const struct expr_value *v, size_t n, struct expr_arena *arena,
	struct expr_value *ret)
{
	struct decimal d = v[0].dec;
	return give_int(ret, d.num / d.den + (d.num % d.den > 0));
}

/* round(x, digits): half away from zero, as amounts of money are. */
static bool call_round(void *ctx, const struct expr_value *v, size_t n, struct expr_arena *arena,
	struct expr_value *ret)
{
	struct decimal d = v[0].dec;
	int64_t scale = 1;
	if (v[1].i < 0 || v[1].i > 9)
		return fail(ret, "@say.fn_digits");
	for (int64_t i = 0; i < v[1].i; i++)
		scale *= 10;
	if (scale % d.den == 0) /* no more digits than that */
		return give_decimal(ret, true, d);
	__int128 scaled = (__int128)d.num * scale;
	__int128 twice = 2 * (scaled % d.den);
	scaled = scaled / d.den + (twice >= d.den) - (twice <= -(__int128)d.den);
	if (scaled > INT64_MAX || scaled < -INT64_MAX)
		return too_large(ret);
	bool ok = decimal_div(decimal_of_int((int64_t)scaled), decimal_of_int(scale), &d);
	return give_decimal(ret, ok, d);
}

static bool call_abs(void *ctx, const struct expr_value *v, size_t n, struct expr_arena *arena,
	struct expr_value *ret)
{
	*ret = v[0];
	int64_t *number = ret->kind == EXPR_INT ? &ret->i : &ret->dec.num;
	if (*number == INT64_MIN)
		return too_large(ret);
	*number = *number < 0 ? -*number : *number;
	return true;
}

static int order(const struct expr_value *a, const struct expr_value *b)
{
	if (a->kind == EXPR_INT)
		return (a->i > b->i) - (a->i < b->i);
	return decimal_cmp(a->dec, b->dec);
}

static bool call_min(void *ctx, const struct expr_value *v, size_t n, struct expr_arena *arena,
	struct expr_value *ret)
{
	*ret = order(&v[0], &v[1]) <= 0 ? v[0] : v[1];
	return true;
}

static bool call_max(void *ctx, const struct expr_value *v, size_t n, struct expr_arena *arena,
	struct expr_value *ret)
{
	*ret = order(&v[0], &v[1]) >= 0 ? v[0] : v[1];
	return true;
}

/* Lists */

/* Related cases are seen as they are stored, with decimals as texts. */
static bool number_of(const struct expr_value *v, struct decimal *ret, bool *whole)
{
	char text[DECIMAL_MAX_CHARS];
	switch ((int)v->kind) {
	case EXPR_INT:
		*ret = decimal_of_int(v->i);
		return true;
	case EXPR_DECIMAL:
		*ret = v->dec;
		*whole = false;
		return true;
	case EXPR_STRING:
		if (v->str.len >= sizeof text)
			return false;
		memcpy(text, v->str.s, v->str.len);
		text[v->str.len] = '\0';
		*whole = false;
		return decimal_parse(text, 9, ret);
	default:
		return false;
	}
}

static bool present(const struct expr_value *of, const struct expr_value *field,
	struct expr_arena *arena, struct expr_value *ret)
{
	return of->kind == EXPR_MAP && of->map->get(of->map, field, arena, ret) &&
	       ret->kind != EXPR_NULL;
}

/* sum(list), sum(list, field): an int if all are, else a decimal; members that are not set count nothing. */
static bool call_sum(void *ctx, const struct expr_value *v, size_t n, struct expr_arena *arena,
	struct expr_value *ret)
{
	struct decimal total = {0, 1}, d;
	bool whole = true;
	for (size_t i = 0; i < v[0].list->len; i++) {
		struct expr_value item, member;
		if (!v[0].list->at(v[0].list, i, arena, &item))
			return fail(ret, "@say.enomem");
		if (n == 2 && item.kind != EXPR_MAP)
			return fail(ret, "@say.fn_members");
		if (n == 2 && !present(&item, &v[1], arena, &member))
			continue;
		if (!number_of(n == 2 ? &member : &item, &d, &whole))
			return fail(ret, "@say.fn_number");
		if (!decimal_add(total, d, &total))
			return too_large(ret);
	}
	return whole ? give_int(ret, total.num) : give_decimal(ret, true, total);
}

static bool same(const struct expr_value *have, const struct expr_value *want)
{
	struct decimal a, b;
	bool whole;
	if (want->kind == EXPR_STRING)
		return have->kind == EXPR_STRING && have->str.len == want->str.len &&
		       memcmp(have->str.s, want->str.s, want->str.len) == 0;
	if (want->kind == EXPR_BOOL)
		return have->kind == EXPR_BOOL && have->b == want->b;
	return number_of(have, &a, &whole) && number_of(want, &b, &whole) && decimal_cmp(a, b) == 0;
}

/* count(list, field), count(list, field, value) */
static bool call_count(void *ctx, const struct expr_value *v, size_t n, struct expr_arena *arena,
	struct expr_value *ret)
{
	int64_t count = 0;
	if (n == 3 && v[2].kind != EXPR_STRING && v[2].kind != EXPR_BOOL && v[2].kind != EXPR_INT &&
		v[2].kind != EXPR_DECIMAL)
		return fail(ret, "@say.fn_value");
	for (size_t i = 0; i < v[0].list->len; i++) {
		struct expr_value item, member;
		if (!v[0].list->at(v[0].list, i, arena, &item))
			return fail(ret, "@say.enomem");
		if (item.kind != EXPR_MAP)
			return fail(ret, "@say.fn_members");
		count += present(&item, &v[1], arena, &member) && (n == 2 || same(&member, &v[2]));
	}
	return give_int(ret, count);
}

/* Is `state` among the active states of a related case? */
static bool active(
	const struct expr_value *of, const struct expr_value *state, struct expr_arena *arena)
{
	const struct expr_value key = expr_value_string("states");
	struct expr_value states, item;
	if (!present(of, &key, arena, &states) || states.kind != EXPR_LIST)
		return false;
	for (size_t i = 0; i < states.list->len; i++) {
		if (states.list->at(states.list, i, arena, &item) && same(&item, state))
			return true;
	}
	return false;
}

static bool call_count_in(void *ctx, const struct expr_value *v, size_t n, struct expr_arena *arena,
	struct expr_value *ret)
{
	int64_t count = 0;
	for (size_t i = 0; i < v[0].list->len; i++) {
		struct expr_value item;
		if (!v[0].list->at(v[0].list, i, arena, &item))
			return fail(ret, "@say.enomem");
		if (item.kind != EXPR_MAP)
			return fail(ret, "@say.fn_members");
		count += active(&item, &v[1], arena);
	}
	return give_int(ret, count);
}

static const struct pack_function numbers[] = {
	{"yuan", {T(INT)}, 1, T(DECIMAL), call_yuan, 1},
	{"fen", {T(DECIMAL)}, 1, T(INT), call_fen, 1},
	{"mu", {T(DECIMAL)}, 1, T(DECIMAL), call_mu, 1},
	{"floor", {T(DECIMAL)}, 1, T(INT), call_floor, 1},
	{"ceil", {T(DECIMAL)}, 1, T(INT), call_ceil, 1},
	{"round", {T(DECIMAL), T(INT)}, 2, T(DECIMAL), call_round, 1},
	{"abs", {T(INT)}, 1, T(INT), call_abs, 1},
	{"abs", {T(DECIMAL)}, 1, T(DECIMAL), call_abs, 1},
	{"min", {T(INT), T(INT)}, 2, T(INT), call_min, 1},
	{"min", {T(DECIMAL), T(DECIMAL)}, 2, T(DECIMAL), call_min, 1},
	{"max", {T(INT), T(INT)}, 2, T(INT), call_max, 1},
	{"max", {T(DECIMAL), T(DECIMAL)}, 2, T(DECIMAL), call_max, 1},
	{"sum", {T(LIST)}, 1, T(DYN), call_sum, 1},
	{"sum", {T(LIST), T(STRING)}, 2, T(DYN), call_sum, 2},
	{"count", {T(LIST), T(STRING)}, 2, T(INT), call_count, 2},
	{"count", {T(LIST), T(STRING), T(DYN)}, 3, T(INT), call_count, 2},
	{"count_in", {T(LIST), T(STRING)}, 2, T(INT), call_count_in, 4},
};

anju_status functions_declare(struct expr_env *env, const struct pack_function *functions, size_t n,
	void *ctx, anju_error *err)
{
	for (size_t i = 0; i < n; i++) {
		const struct pack_function *f = &functions[i];
		anju_status st = expr_env_function(
			env, f->name, false, f->args, f->n, f->result, f->cb, ctx, f->cost, err);
		if (st != ANJU_OK)
			return st;
	}
	return ANJU_OK;
}

anju_status functions_numbers(struct expr_env *env, anju_error *err)
{
	return functions_declare(env, numbers, sizeof numbers / sizeof numbers[0], NULL, err);
}
