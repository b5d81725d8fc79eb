/**
 * Statecharts: compile the authored JSON, step it. Pure: no I/O, no clock, no globals.
 *
 * Authored shape: XState v5 (id initial states type on always after entry exit onDone history target
 * tags meta guard actions reenter). Algorithm: W3C SCXML Appendix D with XState's reenter and the four
 * behaviours parallelLca, shadowRegions, quietAlways, finalInParallel. A compiled chart is immutable
 * and may be shared between threads; a snapshot belongs to one owner.
 *
 * The chart knows nothing of guards and actions but their type names: it asks the host. Time is the
 * host's too: `after` becomes TIMER_SET / TIMER_CANCEL effects, and the host sends the timer's event
 * back when it is due.
 */
#ifndef CORE_CHART_CHART_H
#define CORE_CHART_CHART_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "anju/error.h"
#include "base/buf.h"
#include "base/cleanup.h"

struct chart;          /* compiled, immutable */
struct chart_snapshot; /* active states, history, done flag */

#define CHART_NONE UINT32_MAX

/** One guard or action as authored. `user` is what the resolver of chart_options gave. */
struct chart_call {
	const char *type;     /* borrowed: chart */
	const json_t *params; /* borrowed: chart; NULL if none */
	void *user;
	char *pointer; /* JSON pointer of the call in its file; owned by the chart */
};

/** One transition candidate, for tools and for the layer that knows `meta.anju`. */
struct chart_transition {
	uint32_t index;  /* 0 … chart_transition_count()-1, document order */
	uint32_t source; /* state */
	const char *
		descriptor; /* event descriptor; "" for always; the generated event for after/onDone */
	const json_t *meta;      /* "meta" as authored or NULL */
	const uint32_t *targets; /* states; targets_len 0 = targetless */
	uint32_t targets_len;
	const struct chart_call *guard; /* NULL if none */
	bool forbidden;                 /* `{}`: swallows the event */
	const char *pointer;            /* JSON pointer of the transition */
};

enum chart_state_type { CHART_ATOMIC, CHART_COMPOUND, CHART_PARALLEL, CHART_FINAL, CHART_HISTORY };

struct chart_state {
	const char *key;
	const char *path; /* keys from below the root joined by "."; "" for the root */
	const char *id;   /* explicit id or machine.key.key */
	enum chart_state_type type;
	uint32_t parent;    /* CHART_NONE for the root */
	uint32_t end;       /* states index+1 … end-1 are the descendants (document order) */
	const json_t *meta; /* as authored or NULL */
	const json_t *tags;
	const char *pointer;
};

struct chart_event {
	const char *type;
	const json_t *data; /* payload, an object or NULL; borrowed */
};

enum chart_verdict { CHART_FALSE = 0, CHART_TRUE = 1, CHART_CANNOT = -1 };

/**
 * Order within a microstep: TAKEN of every transition; for each state left its exit actions,
 * TIMER_CANCEL, EXIT; transition actions; for each state entered ENTER, entry actions, TIMER_SETs,
 * actions of `initial`. At the end all states are left in this way too, though the snapshot goes on
 * reporting them, and DONE is last. A `{}` that swallowed the event is not told of.
 */
enum chart_effect_kind {
	CHART_EFFECT_ACTION,       /* call: an entry, exit or transition action in its order */
	CHART_EFFECT_EXIT,         /* state left */
	CHART_EFFECT_ENTER,        /* state entered */
	CHART_EFFECT_TIMER_SET,    /* state's `after`: delay + event; cancelled by TIMER_CANCEL */
	CHART_EFFECT_TIMER_CANCEL, /* all timers of `state` */
	CHART_EFFECT_TAKEN,        /* transition taken */
	CHART_EFFECT_DONE,         /* top-level final state reached */
};

struct chart_effect {
	enum chart_effect_kind kind;
	uint32_t state;      /* for ENTER, EXIT, TIMER_*; for ACTION and TAKEN the source */
	uint32_t transition; /* for TAKEN; for ACTION the transition or CHART_NONE */
	const struct chart_call *call; /* for ACTION */
	const char *delay; /* for TIMER_SET: the authored name or number of ms as text */
	const char *event; /* for TIMER_SET: event to send back, "xstate.after.<delay>.<id>" */
};

/**
 * What the chart asks of its surroundings during one step; all calls happen inside chart_step, on the
 * caller's thread, in order.
 *
 * guard   evaluates; CHART_CANNOT makes the step fail (strict) or counts as false (lenient); the host
 *         keeps its own account of why.
 * effect  told of each effect the moment it happens, so that a guard asked later in the same macrostep
 *         sees what earlier actions changed. Returning a failure aborts the step. A host that wants to
 *         raise an internal event calls chart_raise() from here.
 */
struct chart_step;
/* A host, or one of its callbacks, may be NULL: then every guard holds and nobody is told. */
struct chart_host {
	void *ctx;
	enum chart_verdict (*guard)(void *ctx, struct chart_step *step,
		const struct chart_call *guard, const struct chart_event *event);
	anju_status (*effect)(void *ctx, struct chart_step *step, const struct chart_effect *effect,
		const struct chart_event *event, anju_error *err);
	bool strict;
};

struct chart_options {
	const char *file; /* for messages */
	/* Called for each guard and action at compile time; may set call->user; a failure is a compile
	 * error whose file and pointer are filled in if empty. NULL accepts everything. */
	anju_status (*resolve)(void *ctx, struct chart_call *call, bool is_guard, anju_error *err);
	void *ctx;
	/* Called for each named delay; a failure is a compile error. NULL accepts numbers only. */
	anju_status (*delay)(void *ctx, const char *name, anju_error *err);
	bool require_reachable; /* refuse unreachable states ("chart.unreachable") */
	uint32_t max_states;    /* 0 = 10,000 */
};

/**
 * Compile `machine`. The JSON is kept by reference until chart_free().
 * Returns ANJU_OK; ANJU_E_INVALID or ANJU_E_UNSUPPORTED with file, where (JSON pointer), found and
 * allowed; ANJU_E_NOMEM.
 */
ANJU_MUST_CHECK anju_status chart_compile(const json_t *machine,
	const struct chart_options *options, struct chart **ret_chart, anju_error *err);
void chart_free(struct chart *chart);
ANJU_DEFINE_AUTO(chart)

const char *chart_id(const struct chart *chart);
uint32_t chart_state_count(const struct chart *chart);
const struct chart_state *chart_state_at(const struct chart *chart, uint32_t state);
/** By path from the root ("a.b"); CHART_NONE if there is none. */
uint32_t chart_state_by_path(const struct chart *chart, const char *path);
/** By explicit or generated id (without '#'); CHART_NONE if there is none. */
uint32_t chart_state_by_id(const struct chart *chart, const char *id);
/** The state whose `after` has this event ("xstate.after.<delay>.<id>"); CHART_NONE if none. */
uint32_t chart_state_by_timer(const struct chart *chart, const char *event);
/** Resolve a target text ("sibling", ".child", "#id", "sibling.child") as seen from `from`. */
uint32_t chart_state_by_target(const struct chart *chart, uint32_t from, const char *target);
uint32_t chart_transition_count(const struct chart *chart);
const struct chart_transition *chart_transition_at(const struct chart *chart, uint32_t index);
/** Whether a descriptor ("a.b", "a.*", "*") matches an event type. */
bool chart_descriptor_matches(const char *descriptor, const char *type);

/* Looking around without stepping, for tools that draw, check or explain a chart. */

enum chart_transition_kind { CHART_ON, CHART_ALWAYS, CHART_AFTER, CHART_ON_DONE };
/** Which member of its source a transition stands in. `ret_delay` (may be NULL) gets the authored name or number
 *  of an `after`, else NULL. */
enum chart_transition_kind chart_transition_kind(
	const struct chart *chart, uint32_t index, const char **ret_delay);
/** Whether it leaves and enters its source again although all targets are inside. */
bool chart_transition_reenters(const struct chart *chart, uint32_t index);
/** Its actions, *ret_len of them. */
const struct chart_call *chart_transition_actions(
	const struct chart *chart, uint32_t index, uint32_t *ret_len);
/** How many transitions stand at a state, always, after and onDone included; they follow one another from
 *  *ret_first on. */
uint32_t chart_transitions_from(const struct chart *chart, uint32_t state, uint32_t *ret_first);
enum chart_moment { CHART_ENTRY, CHART_EXIT, CHART_INITIAL };
/** The actions of a state's entry, exit or initial, *ret_len of them. */
const struct chart_call *chart_state_actions(
	const struct chart *chart, uint32_t state, enum chart_moment moment, uint32_t *ret_len);
/** The child through which a compound state is entered by default (perhaps a history state), else CHART_NONE. */
uint32_t chart_state_initial(const struct chart *chart, uint32_t state);
/** The default targets of a history state, *ret_len of them; none: its parent is entered by default. */
const uint32_t *chart_history_targets(const struct chart *chart, uint32_t state, uint32_t *ret_len);
bool chart_history_deep(const struct chart *chart, uint32_t state);
/**
 * Which states can be active, now or later, once `from` is entered: it, those above it, the regions beside it, and
 * what transitions lead to from there. Guards are taken to hold sometimes; what a history state remembers is among
 * what was reached.
 *
 * seen  room for chart_state_count() flags, all set here; a history state's says whether it can be a target
 * Returns ANJU_OK; ANJU_E_NOMEM.
 */
ANJU_MUST_CHECK anju_status chart_reach(
	const struct chart *chart, uint32_t from, bool *seen, anju_error *err);

/** Start: enter the initial configuration. *ret is the caller's. */
ANJU_MUST_CHECK anju_status chart_start(const struct chart *chart, const struct chart_host *host,
	struct chart_snapshot **ret, anju_error *err);

/**
 * Take one external event: a whole macrostep. `snap` is changed in place on success and untouched on
 * failure. *ret_handled tells whether any transition was selected for the event itself (forbidden
 * `{}` counts as not handled here).
 * Returns ANJU_OK; ANJU_E_REFUSED ("chart.guard_cannot", strict hosts); ANJU_E_LIMIT
 * ("chart.always_loop": more than 1,000 microsteps, names the states); what host->effect returned; ANJU_E_NOMEM.
 * A step allocates nothing itself, but for the first one of a snapshot that was read or copied, of a chart of more
 * than some hundred states.
 */
ANJU_MUST_CHECK anju_status chart_step(const struct chart *chart, struct chart_snapshot *snap,
	const struct chart_event *event, const struct chart_host *host, bool *ret_handled,
	anju_error *err);

/** From inside host->effect: put an event on the internal queue; data is referenced until done. */
ANJU_MUST_CHECK anju_status chart_raise(
	struct chart_step *step, const char *type, const json_t *data, anju_error *err);
/**
 * From inside host->effect: the action changed data that guards read. An eventless transition that
 * changed nothing is not taken again (quietAlways): the chart sees by itself whether states or
 * recorded history changed, but of the host's data it knows only what is said here.
 */
void chart_touched(struct chart_step *step);
/** From inside host calls: is this state active at this moment. */
bool chart_step_in(const struct chart_step *step, uint32_t state);

/**
 * The transitions that would be asked for `type` in this configuration, in order, without asking any
 * guard: what is possible now, and for the refusal text. A transition without guard ends the search of
 * its region and is the last of it; forbidden ones are listed too. Fills up to `max` indexes, returns
 * how many there are.
 */
size_t chart_candidates(const struct chart *chart, const struct chart_snapshot *snap,
	const char *type, uint32_t *ret, size_t max);

/* Snapshots */
void chart_snapshot_free(struct chart_snapshot *snap);
ANJU_DEFINE_AUTO(chart_snapshot)
struct chart_snapshot *chart_snapshot_dup(const struct chart_snapshot *snap);
bool chart_snapshot_in(const struct chart_snapshot *snap, uint32_t state);
bool chart_snapshot_done(const struct chart_snapshot *snap);
/** Active atomic and final states, document order; fills up to `max`, returns how many there are. */
size_t chart_snapshot_leaves(
	const struct chart *chart, const struct chart_snapshot *snap, uint32_t *ret, size_t max);
/**
 * Text form for storing: leaf paths joined by ' ', then for each recorded history state
 * "|path=leaf,leaf", and "|!" when done. Reads well in a database shell.
 */
void chart_snapshot_write(
	const struct chart *chart, const struct chart_snapshot *snap, struct buf *out);
/**
 * The configuration in which `states` are active, without a step: their ancestors, regions nobody names and
 * what lies below a named state are as a default entry gives them. No history, no effects.
 *
 * states  none a history state
 * ANJU_E_INVALID "chart.conflict" when two of them cannot be active together.
 */
ANJU_MUST_CHECK anju_status chart_snapshot_place(const struct chart *chart, const uint32_t *states,
	size_t n, struct chart_snapshot **ret, anju_error *err);
/** The way back; ANJU_E_CORRUPT if the text does not fit the chart (unknown state, illegal
 *  configuration). */
ANJU_MUST_CHECK anju_status chart_snapshot_read(
	const struct chart *chart, const char *text, struct chart_snapshot **ret, anju_error *err);

#endif
