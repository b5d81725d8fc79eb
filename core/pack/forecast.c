#include "pack/forecast.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* No row of days off is as long: so far can a day move from where the rule puts it. */
#define SHIFT_DAYS 20

struct gathered {
	struct forecast_item *items;
	size_t len, cap;
};

static anju_status too_many(anju_error *err)
{
	(void)anju_fail(err, ANJU_E_LIMIT, "obligation.forecast", "too many periods begin");
	anju_error_where(err, "/to");
	anju_error_allowed(err, "%d", FORECAST_MAX);
	return ANJU_E_LIMIT;
}

static anju_status add(struct gathered *all, const struct obligation *o,
	const struct plan_period *period, anju_error *err)
{
	if (all->len == FORECAST_MAX)
		return too_many(err);
	if (all->len == all->cap) {
		size_t cap = all->cap > 0 ? all->cap * 2 : 64;
		struct forecast_item *items = realloc(all->items, cap * sizeof *items);
		if (items == NULL)
			return anju_fail_nomem(err);
		all->items = items;
		all->cap = cap;
	}
	all->items[all->len++] = (struct forecast_item){.o = o, .period = *period};
	return ANJU_OK;
}

static anju_status gather(const struct obligation *o, const struct calendar *cal, int32_t from,
	int32_t to, struct gathered *all, anju_error *err)
{
	int32_t done = o->rrule != NULL ? from - SHIFT_DAYS : PLAN_NONE;
	for (;;) {
		struct plan_period period;
		anju_status st = plan_next(o, cal, done, &period, err);
		if (st == ANJU_E_NOTFOUND)
			return ANJU_OK;
		if (st == ANJU_OK && period.begins >= from && period.begins <= to)
			st = add(all, o, &period, err);
		if (st != ANJU_OK || period.day > to + SHIFT_DAYS)
			return st;
		done = period.day;
	}
}

/* Those of one day stay as the packs have them: the obligations are elements of one array. */
static int by_day(const void *a, const void *b)
{
	const struct forecast_item *x = a, *y = b;
	if (x->period.begins != y->period.begins)
		return x->period.begins < y->period.begins ? -1 : 1;
	return x->o < y->o ? -1 : x->o > y->o;
}

anju_status forecast(const struct pack_set *set, const struct calendar *cal, int32_t from,
	int32_t to, struct forecast_item **ret, size_t *ret_len, anju_error *err)
{
	struct gathered all = {0};
	anju_status st = ANJU_OK;
	for (size_t i = 0; i < pack_set_obligation_count(set) && st == ANJU_OK; i++)
		st = gather(pack_set_obligation_at(set, i), cal, from, to, &all, err);
	if (st != ANJU_OK) {
		free(all.items);
		return st;
	}
	if (all.len > 1)
		qsort(all.items, all.len, sizeof *all.items, by_day);
	*ret = all.items;
	*ret_len = all.len;
	return ANJU_OK;
}
