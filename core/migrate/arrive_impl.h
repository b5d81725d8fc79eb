/** Shared by arrive*.c only. */
#ifndef CORE_MIGRATE_ARRIVE_IMPL_H
#define CORE_MIGRATE_ARRIVE_IMPL_H

#include "migrate/arrive.h"

#define ARRIVE_LEAVES_MAX 256

/** One case on its way. */
struct arrival {
	const struct migration *m;
	struct anju_case *cs;             /* owned; as it is going to be */
	struct chart_snapshot *before;    /* owned; of the old chart */
	enum case_fate *fates;            /* owned; parallel to cs->duties */
	const struct deadline_def **arms; /* owned */
	size_t arms_len;
	struct case_timer *timers; /* owned */
	size_t timers_len;
};

/** The history state of the new chart that remembers what `path` of the old one did; CHART_NONE if none does. */
uint32_t arrive_history(const struct migration *m, const char *path);
/** Does history state `h` of the new chart remember leaves? */
bool arrive_is_deep(const struct migration *m, uint32_t h);
/** Fates of what is open, and what begins. */
ANJU_MUST_CHECK anju_status arrive_duties(
	struct arrival *a, const struct arrive_duty *duties, size_t len, anju_error *err);

#endif
