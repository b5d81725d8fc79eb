/** What begins in the time to come, as far as the calendar says it. Pure. */
#ifndef CORE_PACK_FORECAST_H
#define CORE_PACK_FORECAST_H

#include <stddef.h>
#include <stdint.h>

#include "anju/error.h"
#include "calendar/calendar.h"
#include "pack/plan.h"

struct forecast_item {
	const struct obligation *o; /* borrowed: the set */
	struct plan_period period;
};
#define FORECAST_MAX 20000

/**
 * The periods that begin from day `from` to day `to`, in order of their days, then as the packs have them. Those that
 * wait for somebody's word or for a value to be filled in are not among them.
 * *ret is the caller's, free() it. ANJU_E_LIMIT "obligation.forecast" for more than FORECAST_MAX.
 */
ANJU_MUST_CHECK anju_status forecast(const struct pack_set *set, const struct calendar *cal,
	int32_t from, int32_t to, struct forecast_item **ret, size_t *ret_len, anju_error *err);

#endif
