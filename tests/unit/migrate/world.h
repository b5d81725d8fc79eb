/** Two packs, before and after, and a plan from the one to the other. */
#ifndef TESTS_UNIT_MIGRATE_WORLD_H
#define TESTS_UNIT_MIGRATE_WORLD_H

#include "migrate/arrive.h"
#include "migrate/diff.h"
#include "unit/support.h"

struct world {
	struct pack_set *before, *after; /* owned */
	struct side old, next;
	struct workflow *to; /* borrowed: after */
	struct calendar *calendar;
	struct expr_arena *arena;
	struct case_env env;
	struct plan *plan; /* owned */
	json_t *doc;       /* owned; the plan's JSON, to be changed before world_plan() */
	anju_error err;
};

void world_init(struct world *w);
void world_done(struct world *w);
/** Set or, with NULL, delete a member "a/b/c" of the plan; value is JSON. */
void world_set(struct world *w, const char *path, const char *value);
/** Read and check the plan as it is now. */
anju_status world_plan(struct world *w);
/** Bring a case over; *ret is the caller's. Duties may be NULL. */
anju_status world_bring(struct world *w, const char *state, const char *data, const char *meta,
	const struct arrive_duty *duties, size_t n, struct case_effects *fx,
	struct anju_case **ret);

#endif
