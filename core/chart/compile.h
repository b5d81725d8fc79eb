/** Shared by the files that make a chart from its JSON; nobody else includes this. */
#ifndef CORE_CHART_COMPILE_H
#define CORE_CHART_COMPILE_H

#include "base/json.h"
#include "chart/model.h"

struct compiler {
	struct chart *chart;
	const struct chart_options *options;
	uint32_t edges_cap;
	uint32_t descriptors_cap;
	anju_error *err;
};

/** Where a list of transitions stands. */
struct chart_origin {
	uint32_t source;
	const char *descriptor; /* "" for always; owned by the arena or the JSON */
};

/** Pass 1: states, their kinds, keys, ids and order. */
anju_status compile_declare(struct compiler *c);
/** Pass 2: initial, history, actions, transitions, timers. */
anju_status compile_define(struct compiler *c);
/** Transitions as authored under `at`: a target, an object, or a list of them. */
anju_status compile_transitions(struct compiler *c, const struct chart_origin *origin, json_t *json,
	const struct json_at *at);
/** One action or a list of them. */
anju_status compile_actions(
	struct compiler *c, json_t *json, const struct json_at *at, struct chart_calls *ret);
/** One target or a list of them, as seen from `from`. */
anju_status compile_targets(struct compiler *c, uint32_t from, json_t *json,
	const struct json_at *at, uint32_t **ret, uint32_t *ret_len);
/** Pass 3: what holds between states: target sets, history, domains. */
anju_status compile_check(struct compiler *c);
/** Pass 4: descriptor tables, sizes, flags. */
anju_status compile_index(struct compiler *c);
/** Last, if asked for: every state can be reached. */
anju_status compile_reachable(struct compiler *c);

/** Fail at a place that is known by its pointer only. */
anju_status chart_compile_fail(struct compiler *c, const char *id, const char *pointer,
	const char *found, const char *allowed);
anju_status compile_fail_at(struct compiler *c, const char *id, const struct json_at *at,
	const char *found, const char *allowed);
/** The pointer of `at` as text of the chart, NULL when out of memory. */
char *compile_pointer(struct compiler *c, const struct json_at *at);

#endif
