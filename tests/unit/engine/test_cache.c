#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/impl.h"
#include "unit/support.h"

#define KEYS 3000

static struct anju_case *make(const struct workflow *wf, int number)
{
	char key[32];
	snprintf(key, sizeof key, "%d", number);
	struct anju_case *cs = calloc(1, sizeof *cs);
	cr_assert_not_null(cs);
	cs->wf = wf;
	cs->key = strdup(key);
	cs->id = number + 1;
	return cs;
}

static struct cached *by_number(struct cache *cache, const struct workflow *wf, int number)
{
	char key[32];
	snprintf(key, sizeof key, "%d", number);
	return cache_by_name(cache, wf->id, key);
}

struct shelves {
	struct pack_set *packs;
	struct shelf *shelf;
	const struct workflow *wf;
};

static void open_shelf(struct shelves *s)
{
	anju_error err;
	const struct pack_options options = {.dir = TEST_DATA "/engine"};
	*s = (struct shelves){0};
	assert_ok(pack_load(&options, &s->packs, &err), err);
	s->shelf = shelf_new(s->packs, NULL, NULL, 4);
	s->wf = pack_set_workflow_at(s->packs, 0);
}

static void close_shelf(struct shelves *s)
{
	shelf_free(s->shelf);
	pack_set_free(s->packs);
}

/* What is put, found and dropped in a wild order is what an array of flags says. */
ANJU_TEST(cache, finds_what_is_there_and_nothing_else)
{
	struct shelves s;
	open_shelf(&s);
	struct cache cache = {.shelf = s.shelf, .limit = SIZE_MAX};
	static bool there[KEYS];
	uint64_t seed = 7;
	size_t n = 0;
	cr_assert_null(by_number(&cache, s.wf, 0));
	cr_assert_null(cache_by_id(&cache, 1));
	for (int i = 0; i < 40000; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		int k = (int)((seed >> 33) % KEYS);
		struct cached *c = by_number(&cache, s.wf, k);
		cr_assert_eq(c != NULL, there[k]);
		cr_assert_eq(c, cache_by_id(&cache, k + 1));
		if (c != NULL)
			cache_drop(&cache, c);
		else
			c = cache_put_take(&cache, make(s.wf, k));
		n = there[k] ? n - 1 : n + 1;
		there[k] = !there[k];
		cr_assert_eq(cache.len, n);
	}
	for (int k = 0; k < KEYS; k++)
		cr_assert_eq(by_number(&cache, s.wf, k) != NULL, there[k]);
	cr_assert_null(cache_by_name(&cache, s.wf->id, "x"));
	cr_assert_null(cache_by_name(&cache, "other", "1"));
	cache_done(&cache);
	cr_assert_eq(cache.bytes, 0);
	close_shelf(&s);
}

ANJU_TEST(cache, lets_go_of_what_was_not_used_for_longest)
{
	struct shelves s;
	open_shelf(&s);
	struct cache cache = {.shelf = s.shelf, .limit = SIZE_MAX};
	for (int k = 0; k < 10; k++)
		cr_assert_not_null(cache_put_take(&cache, make(s.wf, k)));
	size_t each = cache.bytes / 10;
	cr_assert_not_null(by_number(&cache, s.wf, 0));
	cr_assert_not_null(cache_by_id(&cache, 2));
	cache.limit = cache.bytes - 3 * each;
	cache_trim(&cache);
	cr_assert_leq(cache.bytes, cache.limit);
	for (int k = 0; k < 10; k++)
		cr_assert_eq(by_number(&cache, s.wf, k) != NULL, k < 2 || k > 4, "%d", k);
	cache_done(&cache);
	close_shelf(&s);
}

/* What a case takes is counted again once it has grown. */
ANJU_TEST(cache, weighs_a_case_anew)
{
	struct shelves s;
	open_shelf(&s);
	struct cache cache = {.shelf = s.shelf, .limit = SIZE_MAX};
	struct cached *c = cache_put_take(&cache, make(s.wf, 1));
	cr_assert_not_null(c);
	size_t before = cache.bytes;
	for (int i = 0; i < 20; i++)
		cr_assert_not_null(case_add_duty(c->cs));
	cache_weigh(&cache, c);
	cr_assert_geq(cache.bytes, before + 20 * sizeof(struct duty));
	cache_done(&cache);
	close_shelf(&s);
}
