#include "unit/expr/fixture.h"

#include <stdint.h>

ANJU_TEST(value, arena_is_aligned_bounded_and_reusable)
{
	ANJU_AUTO(expr_arena) arena = expr_arena_new();
	for (size_t n = 0; n < 5000; n += 7) {
		char *p = expr_arena_alloc(arena, n);
		cr_assert_not_null(p);
		cr_assert_eq((uintptr_t)p % 16, 0);
		memset(p, 0xaa, n);
	}
	cr_assert_null(expr_arena_alloc(arena, (size_t)17 * 1024 * 1024));
	cr_assert_null(expr_arena_alloc(arena, SIZE_MAX));
	expr_arena_reset(arena);
	size_t got = 0;
	while (expr_arena_alloc(arena, 65536) != NULL)
		got += 65536;
	cr_assert(got <= 16 * 1024 * 1024 && got > 12 * 1024 * 1024, "%zu", got);
	expr_arena_reset(arena);
	cr_assert_not_null(expr_arena_alloc(arena, 1024 * 1024));
}

static void round_trip(const char *text)
{
	json_error_t e;
	json_t *j = json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, &e);
	cr_assert_not_null(j, "%s", text);
	ANJU_AUTO(expr_arena) arena = expr_arena_new();
	struct expr_value v;
	cr_assert(expr_value_from_json(j, arena, &v));
	json_t *back = expr_value_to_json(&v, arena);
	cr_expect(json_equal(j, back), "%s", text);
	json_decref(back);
	json_decref(j);
}

ANJU_TEST(value, json_round_trip)
{
	round_trip("null");
	round_trip("true");
	round_trip("-7");
	round_trip("1.25");
	round_trip("\"a\\u0000b é\"");
	round_trip("[1, [2, {\"a\": [null]}], \"x\"]");
	round_trip("{\"a\": 1, \"b\": {\"c\": []}, \"\": false}");
}

ANJU_TEST(value, json_kinds)
{
	json_t *j = json_loads("{\"i\": 1, \"r\": 1.0, \"s\": \"2.50\"}", 0, NULL);
	ANJU_AUTO(expr_arena) arena = expr_arena_new();
	struct expr_value v, key = expr_value_string("i"), item;
	cr_assert(expr_value_from_json(j, arena, &v));
	cr_assert_eq(v.kind, EXPR_MAP);
	cr_assert(v.map->get(v.map, &key, arena, &item) && item.kind == EXPR_INT);
	key = expr_value_string("r");
	cr_assert(v.map->get(v.map, &key, arena, &item) && item.kind == EXPR_DOUBLE);
	key = expr_value_string("s");
	cr_assert(v.map->get(v.map, &key, arena, &item) && item.kind == EXPR_STRING);
	key = expr_value_string("z");
	cr_assert_not(v.map->get(v.map, &key, arena, &item));
	key = (struct expr_value){.kind = EXPR_INT, .i = 1};
	cr_assert_not(v.map->get(v.map, &key, arena, &item));
	/* keys in any order of asking */
	cr_assert(v.map->key_at(v.map, 2, arena, &item) && item.str.s[0] == 's');
	cr_assert(v.map->key_at(v.map, 0, arena, &item) && item.str.s[0] == 'i');
	cr_assert(v.map->key_at(v.map, 1, arena, &item) && item.str.s[0] == 'r');
	cr_assert_not(v.map->key_at(v.map, 3, arena, &item));
	json_decref(j);
}

ANJU_TEST(value, what_json_cannot_say)
{
	ANJU_AUTO(expr_arena) arena = expr_arena_new();
	struct expr_value nan = {.kind = EXPR_DOUBLE, .d = __builtin_nan("")};
	cr_assert_null(expr_value_to_json(&nan, arena));
	struct expr_value error = expr_value_error("no");
	cr_assert_null(expr_value_to_json(&error, arena));
	struct expr_value big = {.kind = EXPR_UINT, .u = UINT64_MAX};
	json_t *j = expr_value_to_json(&big, arena);
	cr_assert_str_eq(json_string_value(j), "18446744073709551615");
	json_decref(j);
}
