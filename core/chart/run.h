/** The running form: a snapshot, and the memory that a step needs. Shared by select, step and snapshot. */
#ifndef CORE_CHART_RUN_H
#define CORE_CHART_RUN_H

#include "chart/model.h"

/** An event on the internal queue. A name that the host raises is copied: most are short enough to stand in
 *  here, so that raising an event allocates nothing. */
struct chart_raised {
	const char *type; /* NULL: it is `text` */
	char *owned;      /* `type` if it was copied */
	json_t *data;     /* owned reference or NULL */
	char text[40];
};

#define CHART_TRAIL 8u
#define CHART_QUEUE 4u /* raised events that have room in the step itself */

/** Everything a step needs besides the snapshot; it lives as long as the step. */
struct chart_step {
	const struct chart *chart;
	struct chart_snapshot *snap;
	const struct chart_host *host;
	const struct chart_event *event; /* the event now looked at; `always` guards see it too */
	struct chart_event internal;     /* what `event` points at once it came from the queue */
	struct chart_raised current;     /* keeps `internal` alive */
	anju_error *err;
	uint64_t
		*active; /* the snapshot's: changed in place, and put right again after a failure */
	uint64_t *marked;    /* states that must be entered; cleared after each microstep */
	uint32_t *chosen;    /* child of a marked compound state through which it is entered */
	uint32_t *marks;     /* what is in `marked` */
	uint32_t *entering;  /* document order; ENTER_DEFAULT: run the actions of `initial` */
	uint32_t *completed; /* parallel states found complete in this microstep */
	uint32_t *taken,
		*domains;   /* transitions of this microstep; domain of each one with targets */
	uint32_t *resolved; /* effective targets of one transition */
	uint32_t marks_len, entering_len, completed_len, taken_len, resolved_len;
	uint32_t *leaves; /* the snapshot's until the first microstep, then one of the spare ones */
	uint32_t leaves_len;
	uint32_t *spare_leaves[2];
	uint32_t *old_history;  /* the slots of `saved` as they were */
	uint64_t *history_kept; /* a bit for each of `saved` */
	uint32_t *
		saved; /* history states recorded anew in this step: what they said is in old_history */
	uint32_t saved_len;
	struct chart_raised *queue; /* `first`, or owned */
	struct chart_raised first[CHART_QUEUE];
	uint32_t queue_head, queue_len, queue_cap;
	uint32_t rounds;
	uint32_t trail[CHART_TRAIL]; /* sources of the last transitions, for the loop's error */
	uint32_t trail_len;
	bool done;
	bool touched; /* the host said that its data changed */
	bool history_changed;
};

/** Kept by the hundred thousand: what a step needs on the way is not part of it, unless the chart is so large
 *  that the stack has no room. */
struct chart_snapshot {
	const struct chart *chart; /* borrowed */
	uint64_t *active;          /* one bit a state; says what the leaves say */
	uint32_t *leaves;          /* active atomic and final states, document order */
	void *large;               /* owned: arrays of a step, from the first one on; or NULL */
	uint32_t *history;         /* per history state: length (0 = nothing recorded), states */
	uint32_t leaves_len;
	bool done;
	bool running; /* a step is under way */
};

#define ENTER_DEFAULT (UINT32_C(1) << 31)

static inline bool chart_bit(const uint64_t *bits, uint32_t i)
{
	return (bits[i >> 6] >> (i & 63u)) & 1u;
}
static inline void chart_bit_set(uint64_t *bits, uint32_t i)
{
	bits[i >> 6] |= UINT64_C(1) << (i & 63u);
}
static inline void chart_bit_clear(uint64_t *bits, uint32_t i)
{
	bits[i >> 6] &= ~(UINT64_C(1) << (i & 63u));
}

/** An inactive snapshot; NULL when out of memory. */
struct chart_snapshot *chart_snapshot_new(const struct chart *chart);
/** Make `active` say what the leaves say. */
void chart_snapshot_activate(struct chart_snapshot *snap);
/** Has `state` come to its end? */
bool chart_snapshot_ended(const struct chart_snapshot *snap, uint32_t state);

/** Collect the transitions that an event enables (shadowRegions) into step->taken. */
anju_status chart_select_event(struct chart_step *step);
/** Collect the enabled eventless transitions. */
anju_status chart_select_always(struct chart_step *step);
/** Drop what conflicts: an inner source wins, then document order. Fills step->domains. */
void chart_resolve_conflicts(struct chart_step *step);

/** Take step->taken: exit, act, enter. */
anju_status chart_microstep(struct chart_step *step);
/** Enter the initial configuration. */
anju_status chart_enter_initial(struct chart_step *step);
/** Put an event on the internal queue; `owned` is NULL or `type`, and taken even on failure. `type` lives until
 *  the event is taken. */
anju_status chart_raise_take(
	struct chart_step *step, const char *type, char *owned, const json_t *data);
/** Forget which states had to be entered. */
void chart_clear_marks(struct chart_step *step);

/** Effective targets of a transition now, into step->resolved. */
void chart_effective_targets(struct chart_step *step, const uint32_t *targets, uint32_t len);

#endif
