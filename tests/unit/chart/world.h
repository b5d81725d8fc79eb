/**
 * A small host for charts under test: actions write their type into a trace, guards answer by name.
 *
 * actions  "raise:E" raises E, "touch" says that data changed, "fail" fails; all are traced
 * guards   "yes", "no", "cannot", "in:path", "type:E" (the event's type is E), "n:3" (event.n is 3)
 */
#ifndef TESTS_UNIT_CHART_WORLD_H
#define TESTS_UNIT_CHART_WORLD_H

#include "base/buf.h"
#include "chart/chart.h"

struct world {
	struct chart *chart;
	struct chart_snapshot *snap;
	struct chart_host host;
	struct buf trace; /* since the last call of world_trace() */
	struct buf text;
	bool all_effects; /* trace entries, exits, timers and so on too */
	bool handled;
	anju_error err;
};

/** JSON with ' for ". */
json_t *world_json(const char *text);
anju_status world_compile(const char *machine, const struct chart_options *options,
	struct chart **ret, anju_error *err);
/** Compile and start; fails the test if that fails. */
void world_open(struct world *w, const char *machine);
/** The same with effects traced from the start. */
void world_open_all(struct world *w, const char *machine);
void world_close(struct world *w);
anju_status world_try(struct world *w, const char *type, const char *data);
/** Send; fails the test on error. */
void world_send(struct world *w, const char *type);
/** Active leaves as paths joined by ' '; "!" in front when done. */
const char *world_states(struct world *w);
/** The trace since the last call, joined by ' '. */
const char *world_trace(struct world *w);

#define expect_states(w, want) cr_assert_str_eq(world_states(w), want)
#define expect_trace(w, want)  cr_assert_str_eq(world_trace(w), want)

#endif
