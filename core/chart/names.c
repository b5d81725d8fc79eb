#include "chart/names.h"

#include <stdlib.h>
#include <string.h>

void chart_names_done(struct chart_names *names)
{
	free(names->slots);
	*names = (struct chart_names){0};
}

/* A text in up to two pieces with a dot between them. */
struct pieces {
	const char *a, *b;
	size_t a_len, b_len;
};

/* FNV-1a: names are short and chosen by authors, lookups of foreign names never grow the table */
static uint64_t hash_next(uint64_t h, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * UINT64_C(0x100000001b3);
	return h;
}

static uint64_t hash_of(const struct pieces *p)
{
	uint64_t h = hash_next(UINT64_C(0xcbf29ce484222325), p->a, p->a_len);
	if (p->a_len > 0)
		h = hash_next(h, ".", 1);
	return hash_next(h, p->b, p->b_len);
}

static bool same(const struct chart_name *slot, uint64_t h, const struct pieces *p)
{
	size_t dot = p->a_len > 0 ? 1 : 0;
	return slot->hash == h && slot->len == p->a_len + dot + p->b_len &&
	       memcmp(slot->s, p->a, p->a_len) == 0 && (dot == 0 || slot->s[p->a_len] == '.') &&
	       memcmp(slot->s + p->a_len + dot, p->b, p->b_len) == 0;
}

static struct chart_name *slot_for(
	const struct chart_names *names, uint64_t h, const struct pieces *p)
{
	uint32_t mask = names->cap - 1;
	uint32_t i = (uint32_t)(h ^ (h >> 32)) & mask;
	while (names->slots[i].s != NULL && !same(&names->slots[i], h, p))
		i = (i + 1) & mask;
	return &names->slots[i];
}

static bool grow(struct chart_names *names)
{
	struct chart_names bigger = {.cap = names->cap == 0 ? 16 : names->cap * 2};
	bigger.slots = calloc(bigger.cap, sizeof *bigger.slots);
	if (bigger.slots == NULL)
		return false;
	for (uint32_t i = 0; i < names->cap; i++) {
		const struct chart_name *old = &names->slots[i];
		struct pieces p = {.a = "", .b = old->s, .b_len = old->len};
		if (old->s != NULL)
			*slot_for(&bigger, old->hash, &p) = *old;
	}
	bigger.count = names->count;
	free(names->slots);
	*names = bigger;
	return true;
}

bool chart_names_put(
	struct chart_names *names, const char *s, size_t n, uint32_t value, uint32_t *ret_value)
{
	if (names->count * 2 >= names->cap && !grow(names))
		return false;
	struct pieces p = {.a = "", .b = s, .b_len = n};
	uint64_t h = hash_of(&p);
	struct chart_name *slot = slot_for(names, h, &p);
	if (slot->s == NULL) {
		*slot = (struct chart_name){.s = s, .len = (uint32_t)n, .value = value, .hash = h};
		names->count++;
	}
	*ret_value = slot->value;
	return true;
}

uint32_t chart_names_get_joined(
	const struct chart_names *names, const char *a, size_t a_len, const char *b, size_t b_len)
{
	if (names->cap == 0)
		return UINT32_MAX;
	struct pieces p = {.a = a, .a_len = a_len, .b = b, .b_len = b_len};
	const struct chart_name *slot = slot_for(names, hash_of(&p), &p);
	return slot->s != NULL ? slot->value : UINT32_MAX;
}

uint32_t chart_names_get(const struct chart_names *names, const char *s, size_t n)
{
	return chart_names_get_joined(names, "", 0, s, n);
}
