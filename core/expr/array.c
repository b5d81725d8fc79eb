#include "expr/array.h"

#include <math.h>
#include <string.h>

#include "expr/ops.h"

static bool array_at(
	const struct expr_list *list, size_t i, struct expr_arena *arena, struct expr_value *ret)
{
	if (i >= list->len)
		return false;
	*ret = ((const struct expr_value *)list->ctx)[i];
	return true;
}

bool array_list(
	struct expr_arena *arena, const struct expr_value *values, size_t n, struct expr_value *ret)
{
	struct expr_list *list = expr_arena_alloc(arena, sizeof *list);
	if (list == NULL)
		return false;
	*list = (struct expr_list){.len = n, .ctx = (void *)values, .at = array_at};
	*ret = (struct expr_value){.kind = EXPR_LIST, .list = list};
	return true;
}

const struct expr_value *array_values(const struct expr_list *list)
{
	return list->at == array_at ? list->ctx : NULL;
}

/* Maps: entries in order, and an open hash over them when they are many. */

#define PAIRS_HASHED 8

struct pairs {
	struct expr_map base;
	const struct expr_value *pairs;
	size_t n;
	uint32_t *table; /* entry + 1, 0 = free; NULL for few entries */
	size_t mask;
	uint64_t seed; /* so that nobody can choose keys that collide */
};

bool map_key_ok(const struct expr_value *key)
{
	return key->kind == EXPR_STRING || key->kind == EXPR_INT || key->kind == EXPR_UINT ||
	       key->kind == EXPR_BOOL;
}

static uint64_t mix(uint64_t h)
{
	h ^= h >> 33;
	h *= UINT64_C(0xff51afd7ed558ccd);
	return h ^ (h >> 33);
}

/* Keys that compare equal hash alike: 1, 1u and 1.0 are one key. */
static uint64_t key_hash(const struct expr_value *key, uint64_t seed)
{
	if (key->kind == EXPR_STRING) {
		uint64_t h = UINT64_C(0xcbf29ce484222325) ^ seed;
		for (size_t i = 0; i < key->str.len; i++)
			h = (h ^ (unsigned char)key->str.s[i]) * UINT64_C(0x100000001b3);
		return mix(h);
	}
	if (key->kind == EXPR_DOUBLE) {
		if (key->d >= 0 && key->d < 0x1p64)
			return mix((uint64_t)key->d ^ seed);
		return key->d < 0 && key->d >= -0x1p63 ? mix((uint64_t)(int64_t)key->d ^ seed) : 0;
	}
	return mix((key->kind == EXPR_BOOL ? key->b : key->u) ^ seed);
}

/* Exact, where == would convert a large integer to a double and lose some of it. */
static bool key_same_double(const struct expr_value *integer, double d)
{
	if (integer->kind == EXPR_INT)
		return d >= -0x1p63 && d < 0x1p63 && (int64_t)d == integer->i && trunc(d) == d;
	return d >= 0 && d < 0x1p64 && (uint64_t)d == integer->u && trunc(d) == d;
}

/* `a` is a key of the map, `b` what is looked for. */
static bool key_same(const struct expr_value *a, const struct expr_value *b)
{
	if (a->kind == EXPR_STRING || b->kind == EXPR_STRING) {
		return a->kind == b->kind && a->str.len == b->str.len &&
		       memcmp(a->str.s, b->str.s, a->str.len) == 0;
	}
	if (a->kind == EXPR_BOOL || b->kind == EXPR_BOOL)
		return a->kind == b->kind && a->b == b->b;
	if (b->kind == EXPR_DOUBLE)
		return key_same_double(a, b->d);
	return ops_compare(a, b) == OPS_SAME;
}

/* The entry of `key`, or n. */
static size_t pairs_find(const struct pairs *m, const struct expr_value *key)
{
	if (m->table == NULL) {
		size_t i = 0;
		while (i < m->n && !key_same(&m->pairs[2 * i], key))
			i++;
		return i;
	}
	for (size_t at = key_hash(key, m->seed) & m->mask; m->table[at] != 0;
		at = (at + 1) & m->mask) {
		if (key_same(&m->pairs[2 * (m->table[at] - 1)], key))
			return m->table[at] - 1;
	}
	return m->n;
}

static size_t pairs_len(const struct expr_map *map)
{
	return ((const struct pairs *)map)->n;
}

static bool pairs_get(const struct expr_map *map, const struct expr_value *key,
	struct expr_arena *arena, struct expr_value *ret)
{
	const struct pairs *m = (const struct pairs *)map;
	size_t i = pairs_find(m, key);
	if (i == m->n)
		return false;
	*ret = m->pairs[2 * i + 1];
	return true;
}

static bool pairs_key_at(
	const struct expr_map *map, size_t i, struct expr_arena *arena, struct expr_value *ret)
{
	const struct pairs *m = (const struct pairs *)map;
	if (i >= m->n)
		return false;
	*ret = m->pairs[2 * i];
	return true;
}

static void pairs_add(struct pairs *m)
{
	if (m->table != NULL) {
		size_t at = key_hash(&m->pairs[2 * m->n], m->seed) & m->mask;
		while (m->table[at] != 0)
			at = (at + 1) & m->mask;
		m->table[at] = (uint32_t)m->n + 1;
	}
	m->n++;
}

int pair_map(struct expr_arena *arena, const struct expr_value *pairs, size_t n,
	struct expr_value *ret, size_t *duplicate)
{
	struct pairs *m = expr_arena_alloc(arena, sizeof *m);
	if (m == NULL)
		return -1;
	*m = (struct pairs){.base = {.len = pairs_len, .get = pairs_get, .key_at = pairs_key_at},
		.pairs = pairs,
		.seed = mix((uintptr_t)m ^ (uintptr_t)pair_map)};
	if (n > PAIRS_HASHED) {
		size_t size = 16;
		while (size < 2 * n)
			size *= 2;
		m->table = expr_arena_alloc(arena, size * sizeof *m->table);
		if (m->table == NULL)
			return -1;
		memset(m->table, 0, size * sizeof *m->table);
		m->mask = size - 1;
	}
	while (m->n < n) {
		if (pairs_find(m, &pairs[2 * m->n]) != m->n) {
			*duplicate = m->n;
			return 0;
		}
		pairs_add(m);
	}
	*ret = (struct expr_value){.kind = EXPR_MAP, .map = &m->base};
	return 1;
}
