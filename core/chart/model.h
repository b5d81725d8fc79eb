/**
 * The compiled form of a chart: dense arrays in document order, so that a state's descendants are the
 * numbers behind it and "is an ancestor of" is two comparisons. Written by compile*.c, read by the rest.
 */
#ifndef CORE_CHART_MODEL_H
#define CORE_CHART_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "chart/arena.h"
#include "chart/chart.h"
#include "chart/names.h"

struct chart_calls {
	struct chart_call *at;
	uint32_t len;
};

/** The transitions of one state for one descriptor: candidates[first … first + len - 1]. */
struct chart_group {
	uint32_t descriptor;
	uint32_t first, len;
};

struct chart_timer {
	const char *delay;
	const char *event;
};

/** What stepping reads of a state; names and texts are in struct chart_state. */
struct chart_node {
	uint64_t mask; /* a bit for each descriptor named here: a quick no */
	uint32_t parent, end;
	uint32_t initial; /* compound: a child, perhaps a history state */
	uint32_t history; /* history states: index into chart.histories */
	enum chart_state_type type;
	bool last_region;            /* no sibling region comes after this one */
	bool asks_always;            /* this state or an ancestor has eventless transitions */
	uint32_t always, always_len; /* into candidates */
	uint32_t groups_len;
	uint32_t children_len, finals_len, histories_len, timers_len;
	struct chart_group *groups; /* by descriptor */
	uint32_t *children;         /* without history states */
	uint32_t *finals;           /* children that are final */
	uint32_t *histories; /* children that are history states, as indexes of chart.histories */
	struct chart_timer *timers;
	struct chart_calls entry, exit, initial_actions;
	const char *done_event; /* compound and parallel */
	uint32_t max_leaves, max_active;
};

struct chart_history {
	uint32_t state, parent;
	bool deep;
	uint32_t *targets; /* default; targets_len 0 = what the parent's default entry gives */
	uint32_t targets_len;
	uint32_t slot; /* in a snapshot's history words: length, then at most `room` states */
	uint32_t room;
};

/** What stepping reads of a transition. */
struct chart_edge {
	uint32_t source;
	uint32_t domain; /* unless by_history; CHART_NONE = the root itself is left */
	bool reenter;
	bool by_history; /* a target is a history state: the domain is known at run time only */
	bool forbidden;
	const uint32_t *targets;
	uint32_t targets_len;
	const struct chart_call *guard;
	struct chart_calls actions;
};

enum chart_descriptor_kind { DESCRIPTOR_EXACT, DESCRIPTOR_PREFIX, DESCRIPTOR_ANY };
struct chart_descriptor {
	const char *text;
	uint32_t len;
	enum chart_descriptor_kind kind;
	uint32_t shorter; /* the next wildcard to ask, CHART_NONE at the end */
	uint64_t mask;    /* own bit and those of all shorter ones */
};

struct chart {
	struct chart_arena arena;
	json_t *json; /* owned reference; params, meta and tags point into it */
	uint32_t states_len;
	struct chart_state *states;
	struct chart_node *nodes;
	struct chart_transition *transitions; /* owned */
	struct chart_edge *edges;             /* owned */
	uint32_t transitions_len;
	uint32_t *candidates;
	struct chart_history *histories;
	uint32_t histories_len, history_words;
	bool has_always;
	struct chart_descriptor *descriptors; /* owned */
	uint32_t descriptors_len;
	uint32_t any; /* descriptor "*", or CHART_NONE */
	struct chart_names ids, paths, exact, prefixes;
};

/** An event type looked up once per event. */
struct chart_event_ref {
	uint32_t exact, wild;
	uint64_t mask;
};
struct chart_event_ref chart_event_ref(const struct chart *chart, const char *type);

/** The group of `state` for a descriptor, or NULL. */
const struct chart_group *chart_group_of(const struct chart_node *node, uint32_t descriptor);

/** Is `state` a proper descendant of `of`; every state is one of CHART_NONE. */
static inline bool chart_below(const struct chart *chart, uint32_t state, uint32_t of)
{
	return of == CHART_NONE || (state > of && state < chart->nodes[of].end);
}

/** The domain of a transition with these effective targets (SCXML getTransitionDomain with XState's
 *  reenter and parallelLca): CHART_NONE = everything, the root included, is left. */
uint32_t chart_domain(const struct chart *chart, uint32_t source, bool reenter,
	const uint32_t *targets, uint32_t targets_len);

#endif
