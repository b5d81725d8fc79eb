/**
 * A case in memory and what may happen to it. Decides; the database, plugins and other cases are
 * reached through struct case_env. Every function here runs on the thread that owns the case.
 *
 * Changing functions work in place. When one fails after it has begun to change (it says so in
 * *ret_tainted), the caller throws the case away and loads it again: the store still has the old one.
 */
#ifndef CORE_CASE_CASE_H
#define CORE_CASE_CASE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "anju/error.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/hash.h"
#include "calendar/calendar.h"
#include "deadline/due.h"
#include "deadline/rung.h"
#include "journal/idem.h"
#include "org/org.h"
#include "pack/pack.h"
#include "pack/values.h"
#include "pack/workflow.h"

/** Numbers are stored: never renumber. */
enum duty_status {
	DUTY_OPEN = 0,
	DUTY_MET = 1,
	DUTY_MET_LATE = 2,
	DUTY_SUPERSEDED = 3, /* its state was left without meeting it */
	DUTY_WAIVED = 4,
	DUTY_WATCHED = 5, /* met, and looked at again each period (deadline_def.keep_up) */
};

#define DUTY_NEVER INT64_MAX

/** A deadline or chart timer of one case. What is only of use during a change comes last. */
struct duty {
	int64_t id;                     /* the store's; 0 = not stored yet */
	const struct deadline_def *def; /* NULL for a chart timer */
	const char *name; /* of the deadline, or the timer's event; borrowed: def or own_name */
	char *own_name;   /* owned; chart timers only */
	int64_t armed_ms; /* effective */
	struct due due;
	int64_t next_ms; /* DUTY_NEVER: nothing to wait for */
	int64_t ended_ms;
	char *lead; /* owned: one allocation with the next two. Unit codes joined by ' ', as last resolved */
	const char *responsible, *cooperating;
	size_t rung; /* rungs fired or skipped; of a watched one its checks */
	uint32_t state;
	enum duty_status status;
	bool dated;     /* false: what the date depends on is not known yet */
	bool suspended; /* its time stands still: fires nothing, is not late */
	bool dirty;     /* differs from what is stored */
	bool left;      /* during a step: its state was left and it is not met (yet) */
	bool orphan;    /* a deadline without its definition: only to be ended */
	bool moved;     /* its name or state under another definition is not stored yet */
	bool unsaid;    /* differs from what is stored in what history does not speak of */
	bool shifted;   /* counting again gave another date; the one before: */
	bool was_dated;
	struct due was;
	const char
		*op; /* what history calls the change, where the status does not say it; or NULL */
};
/** Copies; false when out of memory, unchanged then. */
bool duty_set_units(
	struct duty *d, const char *lead, const char *responsible, const char *cooperating);

struct anju_case {
	const struct workflow *wf; /* borrowed: pack set */
	char *key;                 /* owned */
	int64_t id;                /* the store's; 0 = not stored yet */
	int64_t rev;
	struct chart_snapshot *snapshot; /* owned */
	struct values values;            /* owned; of its fields, and which of them are locked */
	json_t *docs;                    /* owned; kind → details; NULL = none */
	json_t *duty_log; /* owned; deadline → what people did to it (journal/duty_log.h); NULL = none */
	const char *phase; /* borrowed: workflow */
	char region[24];
	bool done;
	int64_t opened_ms, updated_ms;
	uint8_t head[HASH_BYTES];
	struct idem_list idem; /* kept by who stores the case; case_from_row() leaves it unknown */
	struct duty
		*duties; /* owned; those open or watched, and those that ended in the last step */
	size_t duties_len, duties_cap;
};

void anju_case_free(struct anju_case *cs);
ANJU_DEFINE_AUTO(anju_case)

/** Texts of a stored case; all borrowed. */
struct case_row {
	int64_t id, rev;
	const char *key, *region, *state, *data, *meta;
	bool done;
	int64_t opened_ms, updated_ms;
	const uint8_t *head;
};
/** Rebuild a case from its row; duties are added by case_add_duty. ANJU_E_CORRUPT "case.row". */
ANJU_MUST_CHECK anju_status case_from_row(const struct workflow *wf, const struct case_row *row,
	struct anju_case **ret, anju_error *err);
/** A new duty at the end, cleared; NULL when out of memory. */
struct duty *case_add_duty(struct anju_case *cs);
struct duty *case_duty(struct anju_case *cs, int64_t id);
/** Drop duties that have ended and are stored. */
void case_sweep_duties(struct anju_case *cs);
/** Its fields as a JSON object; new reference, NULL when out of memory. */
json_t *case_data(const struct anju_case *cs);
/** "data" column: the same as text. */
void case_write_data(const struct anju_case *cs, struct buf *out);
/** "meta" column: {"docs": …, "locks": …, "duties": …}; the last one only where there is something. */
void case_write_meta(const struct anju_case *cs, struct buf *out);
/** Memory taken, for the cache. */
size_t case_bytes(const struct anju_case *cs);

/** Someone who counts what charts do, for coverage. Not told of what was refused, but for its guards. */
struct case_observer {
	void *ctx;
	/* A guard was asked, also by a step that is refused in the end. */
	void (*guard)(void *ctx, const struct workflow *wf, const struct chart_call *guard,
		enum chart_verdict verdict);
	/* After a step that held, in its order. */
	void (*taken)(void *ctx, const struct workflow *wf, uint32_t transition);
	void (*entered)(void *ctx, const struct workflow *wf, uint32_t state);
};

/** The world around a decision. Borrowed for the call. */
struct case_env {
	const struct org *org;
	const struct calendar *calendar;
	const json_t *rules;
	int office_minute;
	int64_t now_ms;
	struct expr_arena *arena; /* reset by the callee */
	void *ctx;
	/* Cases at the other end of a relation: array of {key, states, phase, fields…}; new reference,
	 * NULL on failure. `ids`: the cases that the request puts there, in place of the stored ones; or
	 * NULL. */
	json_t *(*related)(void *ctx, struct anju_case *cs, const struct relation *relation,
		const json_t *ids);
	/* Ask a policy plugin; *ret_verdict is the caller's. */
	anju_status (*policy)(void *ctx, const struct guard *guard, const json_t *input,
		json_t **ret_verdict, anju_error *err);
	/* ANJU_E_NOTFOUND when there is no such case. */
	anju_status (*find)(
		void *ctx, const char *workflow, const char *key, int64_t *ret_id, anju_error *err);
	const struct case_observer *observer; /* or NULL */
};

/** What someone asks of a case. */
struct case_request {
	const struct principal *who;
	const char *event;
	const json_t *data; /* object or NULL */
	const json_t *docs; /* array or NULL */
	const char *reason; /* or NULL */
	int64_t effective_ms;
	const char *cause; /* "household/1@7" or NULL */
	bool permitted;    /* that it may be opened has been decided already, by other rules */
};

/** What the transition wants done outside of the case itself; zero-initialised by the caller. */
struct case_effects {
	bool data_changed, meta_changed; /* columns to rewrite */
	bool locks_changed;
	json_t *patch;          /* owned; fields set, null = unset */
	json_t *docs;           /* owned; documents received */
	json_t *duties;         /* owned; what the entry adds to duty_log */
	json_t *relations;      /* owned; relation → array of case ids (integers), replacing */
	json_t *relation_names; /* owned; relation → array of "workflow/key" */
	struct case_send {
		const struct relation *relation;
		const char *event;
	} * sends; /* owned */
	size_t sends_len;
	struct case_open {
		const char *workflow;
		char *key;    /* owned */
		json_t *data; /* owned */
	} * opens;            /* owned */
	size_t opens_len;
	struct case_notice {
		const struct action *action;
	} * notices; /* owned */
	size_t notices_len;
	struct buf state; /* the snapshot after it, as text */
	struct buf body;  /* the journal entry's body, complete */
	/* Refusals explain themselves here: JSON object or NULL; owned */
	json_t *refusal;
};
void case_effects_done(struct case_effects *fx);

/**
 * Make a case of `wf` and enter its initial state.
 *
 * key   checked against the workflow's pattern: "case.key"
 * Fills *fx, also on refusal (fx->refusal). rev is 1, head is the chain's.
 * Returns ANJU_OK; ANJU_E_INVALID (field.*, case.*), ANJU_E_DENIED (case.wrong_role), ANJU_E_REFUSED
 * (a guard or action failed), ANJU_E_NOTFOUND (a related case).
 */
ANJU_MUST_CHECK anju_status case_open(const struct case_env *env, const struct workflow *wf,
	const char *key, const struct case_request *request, struct case_effects *fx,
	struct anju_case **ret, anju_error *err);

/** May a case of `wf` have this key? ANJU_E_INVALID "case.key". */
ANJU_MUST_CHECK anju_status case_check_key(
	const struct workflow *wf, const char *key, anju_error *err);

/**
 * Give an event to a case: role and state first, then data and documents, then guards and the step. The
 * built-in event "amend" writes fields without a transition and needs a reason; those of case/duty_acts.h do something
 * to one deadline.
 *
 * *ret_handled  false when a system event found no taker; then nothing has changed
 * *ret_tainted  true when it failed after it had begun to change the case
 * Returns ANJU_OK; ANJU_E_REFUSED (case.wrong_state, case.guard, case.needs, case.requires,
 * case.reason, case.locked …), ANJU_E_DENIED (case.wrong_role, case.field_role), ANJU_E_INVALID,
 * ANJU_E_NOTFOUND, what env gives.
 */
ANJU_MUST_CHECK anju_status case_send(const struct case_env *env, struct anju_case *cs,
	const struct case_request *request, struct case_effects *fx, bool *ret_handled,
	bool *ret_tainted, anju_error *err);

/** What becomes of an open deadline or timer of a case that goes over to another definition. */
enum case_fate {
	FATE_KEEP, /* date and reminders as they were */
	FATE_RUNGS, /* the date as it was, the reminders anew: those of the new definition are others */
	FATE_AGAIN, /* the date computed once more from when it was armed; a timer's from now */
	FATE_END,   /* waived; a timer ends */
};

/** How a case arrives at another definition. */
struct case_move {
	json_t *definition;          /* borrowed: what the entry says of it (journal/journal.h) */
	const enum case_fate *fates; /* parallel to the duties that the case comes with */
	size_t fates_len;
	const struct deadline_def *
		*arms; /* deadlines to arm, as if their states were entered now */
	size_t arms_len;
	struct case_timer {
		uint32_t state;
		const char *event; /* "xstate.after.<delay>.<id of the state>" */
	} * timers;                /* chart timers to start */
	size_t timers_len;
};

#define CASE_MIGRATE "case.migrate" /* the event of its entry */

/**
 * Conclude what put `cs` under another definition: its wf, snapshot, data, docs, locks are the new ones already,
 * its duties carry their new def, name and state (`moved` set). Deadlines and timers get their fates; the entry
 * is written and chained. No action of the chart runs, no guard is asked.
 *
 * fx  patch, docs, relations and what changed are filled in by the caller; state and body are written here
 * Returns ANJU_OK; what computing a date gives (ANJU_E_REFUSED with fx->refusal). Then the case is thrown away.
 */
ANJU_MUST_CHECK anju_status case_move(const struct case_env *env, struct anju_case *cs,
	const struct case_move *move, const struct case_request *request, struct case_effects *fx,
	anju_error *err);

/** What counting dates again made of a case. */
struct case_recount {
	size_t shifted; /* duties with another date: `shifted`, `was` and `was_dated` are set there */
	size_t unmarked; /* same date, no longer provisional */
	bool changed;    /* something is to be stored, be it not for history */
};

#define CASE_RECOUNT "deadline.moved" /* the event of its entry */

/**
 * Count the open deadlines and working-day timers of `cs` again with env->calendar, and the instants of the reminders
 * still to come. If dates move, an entry `deadline.moved` says so with request->reason; without that the case
 * keeps its revision.
 *
 * all  also rules that do not look at working days (values filled in locally are others)
 * Returns ANJU_OK; what computing a date gives (ANJU_E_REFUSED with fx->refusal). Then the case is thrown away.
 */
ANJU_MUST_CHECK anju_status case_recount(const struct case_env *env, struct anju_case *cs, bool all,
	const struct case_request *request, struct case_effects *fx, struct case_recount *ret,
	anju_error *err);

/** Roles resolved for this case; returns how many. */
size_t case_units(const struct case_env *env, const struct anju_case *cs,
	const struct role_list *roles, const struct unit **ret, size_t max);

/** Someone a rung speaks to, and as what. */
struct rung_target {
	const struct unit *unit;
	enum rung_to to;
};

/**
 * The rung of `duty` that is due at env->now_ms: units to tell in `ret` (at most `max`; each once, as what the
 * rung names first), the rung in *ret_rung (NULL: none left), and the duty's next_ms moved on.
 */
ANJU_MUST_CHECK anju_status case_fire_rung(const struct case_env *env, struct anju_case *cs,
	struct duty *duty, const struct rung **ret_rung, struct rung_target *ret, size_t max,
	size_t *ret_len, anju_error *err);

/**
 * The case that rung `index` of `duty` opens; ret->key and ret->data are the caller's. A rung that names no key
 * has one made of the deadline's name, its date and numbers, the same every time.
 * Returns ANJU_OK; ANJU_E_NOTFOUND when nobody leads or is responsible; what evaluating gives.
 */
ANJU_MUST_CHECK anju_status case_rung_open(const struct case_env *env, struct anju_case *cs,
	const struct duty *duty, size_t index, struct case_open *ret, anju_error *err);

/**
 * Events that someone could send now: [{"event", "title": {zh, en}, "by": [unit codes], "needs": [documents
 * not held yet], "reason": bool}], each event once with all its ways together; new reference. For case.get
 * and for clerks.
 */
json_t *case_possible(const struct case_env *env, const struct anju_case *cs);

#define CASE_ACTOR_CHARS 128
/** Who did it, as the journal names them: "unit", "unit/officer", "system", "unknown". Returns out. */
const char *case_actor(const struct principal *who, char out[CASE_ACTOR_CHARS]);

/** All active states, ancestors included, as an array of paths; new reference. */
json_t *case_states(const struct anju_case *cs);

#endif
