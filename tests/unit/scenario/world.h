/** Scenarios from texts, on the small county of the engine's tests. */
#ifndef TESTS_UNIT_SCENARIO_WORLD_H
#define TESTS_UNIT_SCENARIO_WORLD_H

#include "scenario/scenario.h"

struct stories {
	struct sandbox_world world;
	struct scenario_list list;
	struct coverage *coverage;
};
void stories_open(struct stories *s);
void stories_done(struct stories *s);
/** Add one called `name` to the pack "county". */
void stories_add(struct stories *s, const char *name, const char *json);
/** Run the one called `name`. */
void stories_run(struct stories *s, const char *name, struct scenario_result *ret);

#endif
