/**
 * Guards and actions of the batch runner (`anjuctl chart run`): both spellings of guards, compiled
 * once with the machine. Actions: trace, raise, send, cancel, assign.
 */
#ifndef CORE_CLI_CHART_CALLS_H
#define CORE_CLI_CHART_CALLS_H

#include <jansson.h>

#include "chart/chart.h"
#include "expr/expr.h"

/** Names under which CEL guards see the event and the context. */
struct chart_run_names {
	const char *event, *context;
};

/** What guards and actions of one machine share. */
struct chart_calls_env {
	struct chart_run_names names;
	const struct chart *chart; /* set once compiled; In() and `in` look states up */
	struct expr_env *env;      /* owned */
	struct expr_arena *arena;  /* owned */
	struct expr **exprs;       /* owned, each of them too */
	size_t exprs_len, exprs_cap;
	json_t *context;                 /* owned */
	const struct chart_event *event; /* during one evaluation */
	struct chart_step *step;         /* during one evaluation */
	json_t *bare_event;              /* owned: {"type"} of an event without payload */
};

ANJU_MUST_CHECK anju_status chart_calls_init(
	struct chart_calls_env *env, const struct chart_run_names *names, anju_error *err);
void chart_calls_done(struct chart_calls_env *env);

/** For chart_options.resolve: refuses unknown types and malformed params, compiles expressions. */
anju_status chart_calls_resolve(void *ctx, struct chart_call *call, bool is_guard, anju_error *err);
/** For chart_host.guard. What cannot be evaluated is CHART_CANNOT. */
enum chart_verdict chart_calls_guard(struct chart_calls_env *env, struct chart_step *step,
	const struct chart_call *guard, const struct chart_event *event);
/** Run an `assign`; a value that cannot be computed leaves the context as it was. */
ANJU_MUST_CHECK anju_status chart_calls_assign(struct chart_calls_env *env, struct chart_step *step,
	const struct chart_call *call, const struct chart_event *event, anju_error *err);

/** The event an action's params name, as an object with "type": a new reference, NULL = no memory. */
json_t *chart_calls_event(const struct chart_call *call);

#endif
