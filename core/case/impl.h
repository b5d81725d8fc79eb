/** Shared inside core/case only. */
#ifndef CORE_CASE_IMPL_H
#define CORE_CASE_IMPL_H

#include "case/case.h"

/** The built-in event that writes without a transition. */
#define CASE_AMEND "amend"

/** One request being carried out on one case. */
struct act {
	const struct case_env *env;
	struct anju_case *cs;
	const struct workflow *wf;
	const struct case_request *request;
	struct case_effects *fx;
	const json_t *definition; /* of a case that changes it; borrowed: case_move() */
	bool opening;
	bool amending;
	bool wrote;                    /* act_set has changed something since this was cleared */
	const struct chart_step *step; /* while the chart is under way, else NULL */
	bool taken;                    /* a transition was taken */
	const uint32_t *asked;         /* transitions of the event asked for; borrowed: send() */
	size_t asked_len;
	json_t *failed; /* owned; explanations of guards that said no: [{"zh", "en"}] */
	struct buf why
		[2]; /* owned; the same as one text a language, the author's own words before each */
	struct seen {
		bool state; /* entered; else a transition taken */
		uint32_t index;
	} * seen; /* owned; only for an observer */
	size_t seen_len;
	anju_error
		failure; /* why a host callback failed, when the chart passes only the status on */
	bool has_failure;
};

void act_done(struct act *act);

/* apply.c */
/** The entry is written and chained. */
anju_status act_record(struct act *act, anju_error *err);
/** A condition or date that could not be computed is put into words; any other status is passed on. */
anju_status act_undecided(struct act *act, anju_status st, anju_error *err);

/* write.c: fields, documents, relations */
anju_status act_write(struct act *act, anju_error *err);
/** Set (value) or unset (NULL or null) a field without asking for permission. */
anju_status act_set(struct act *act, const struct field *f, json_t *value, anju_error *err);
/** A required field is not set, or would no longer be: ANJU_E_INVALID "case.field_missing". */
anju_status act_missing(const struct field *f, anju_error *err);
/** Does bringing `kind` without an event belong to transition `i`: it needs it, or none does. */
bool act_doc_concerns(const struct act *act, const struct doc_kind *kind, uint32_t i);
bool case_field_locked(const struct anju_case *cs, const struct field *f);
void case_lock(struct act *act, const struct field *f, bool lock);

/* duties.c: deadlines */
anju_status act_arm(struct act *act, const struct deadline_def *def, anju_error *err);
anju_status act_timer(
	struct act *act, uint32_t state, const char *delay, const char *event, anju_error *err);
void act_cancel_timers(struct act *act, uint32_t state);
void act_meet(struct act *act, const struct deadline_def *def);
void act_leave(struct act *act, uint32_t state);
/** After the step: those left and not met are superseded; those whose date depends on a field that has
 *  changed are computed again. */
anju_status act_settle_duties(struct act *act, anju_error *err);

/** The date once more. Its reminders begin again only if it is another one. */
anju_status act_compute_again(struct act *act, struct duty *d, anju_error *err);
/** The instants of the reminders still to come once more, the date being what it was. */
anju_status act_rungs_again(struct act *act, struct duty *d, anju_error *err);
/** The end of a chart timer once more, counted from `from_ms`. */
anju_status act_timer_again(struct act *act, struct duty *d, int64_t from_ms, anju_error *err);
/** Is a chart timer counted in working days? */
bool act_timer_uses_workdays(const struct act *act, const struct duty *d);

/** Set when the duty's next rung fires, looked at from `from_ms`: of those gone by only the last one. */
anju_status duty_next_rung(
	const struct case_env *env, struct duty *d, int64_t from_ms, anju_error *err);
/** Start the timer whose event this is; the event names the delay. */
anju_status act_begin_timer(struct act *act, uint32_t state, const char *event, anju_error *err);
/** Carry out a fate on one open duty. */
anju_status act_fate(struct act *act, struct duty *d, enum case_fate fate, anju_error *err);

/* host.c: what the chart asks during a step */
struct chart_host act_host(struct act *act);
void act_vars(const struct act *act, struct pack_vars *ret);

/* refusal.c: each fills fx->refusal and err, and returns the status */
anju_status refuse_state(struct act *act, anju_error *err);
anju_status refuse_role(struct act *act, const uint32_t *candidates, size_t n, anju_error *err);
anju_status refuse_transition_role(struct act *act, uint32_t transition, anju_error *err);
anju_status refuse_guard(struct act *act, anju_error *err);
anju_status refuse_needs(struct act *act, const struct transition_rule *rule, anju_error *err);
anju_status refuse_requires(struct act *act, const struct transition_rule *rule, anju_error *err);
anju_status refuse_reason(struct act *act, anju_error *err);
anju_status refuse_field(struct act *act, const struct field *f, bool locked, anju_error *err);
anju_status refuse_relation(struct act *act, const struct relation *rel, anju_error *err);
/** Document `kind`, number `i` of those that came. */
anju_status refuse_doc(struct act *act, const struct doc_kind *kind, size_t i, anju_error *err);
anju_status refuse_done(struct act *act, anju_error *err);
/** A condition, value or date that cannot be computed, and why. */
anju_status refuse_cannot(struct act *act, const anju_error *why, anju_error *err);

/* shared helpers */
/* Phase of the first active leaf, in document order, that has one; "" if none. */
const char *case_phase(const struct anju_case *cs);
void case_role_context(const struct anju_case *cs, struct role_context *ret);
bool act_may(const struct act *act, const struct role_list *roles);
/** A reason that says something, or a request that needs none. */
bool act_has_reason(const struct act *act);
const char *state_title(const struct workflow *wf, uint32_t state, enum lang lang);

#endif
