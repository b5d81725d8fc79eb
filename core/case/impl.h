/** Shared inside core/case only. */
#ifndef CORE_CASE_IMPL_H
#define CORE_CASE_IMPL_H

#include "case/case.h"
#include "case/duty_acts.h"

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
/** What every change ends with: deadlines settle, the entry is written and chained. */
anju_status act_conclude(struct act *act, anju_error *err);
/** The entry is written and chained. */
anju_status act_record(struct act *act, anju_error *err);
/** A condition or date that could not be computed is put into words; any other status is passed on. */
anju_status act_undecided(struct act *act, anju_status st, anju_error *err);

/* write.c: fields, documents, relations */
anju_status act_write(struct act *act, anju_error *err);
/** The documents that come with the request, without its fields. */
anju_status act_write_docs(struct act *act, anju_error *err);
/** Set (value) or unset (NULL or null) a field without asking for permission. */
anju_status act_set(struct act *act, const struct field *f, json_t *value, anju_error *err);
/** A required field is not set, or would no longer be: ANJU_E_INVALID "case.field_missing". */
anju_status act_missing(const struct field *f, anju_error *err);
/** Does bringing `kind` without an event belong to transition `i`: it needs it, or none does. */
bool act_doc_concerns(const struct act *act, const struct doc_kind *kind, uint32_t i);
bool case_field_locked(const struct anju_case *cs, const struct field *f);
ANJU_MUST_CHECK anju_status case_lock(
	struct act *act, const struct field *f, bool lock, anju_error *err);

/* duties.c: deadlines */
anju_status act_arm(struct act *act, const struct deadline_def *def, anju_error *err);
anju_status act_timer(
	struct act *act, uint32_t state, const char *delay, const char *event, anju_error *err);
void act_cancel_timers(struct act *act, uint32_t state);
void act_meet(struct act *act, const struct deadline_def *def);
void act_leave(struct act *act, uint32_t state);
/* follow.c: deadlines that count from one another */
/** What due_compute() asks of the case's other deadlines; ctx is the act. */
anju_status act_other_deadline(void *ctx, const char *name, bool met, int32_t *ret_day,
	bool *ret_provisional, anju_error *err);
/** Those that count from others are computed again; of one that has ended what they need is kept. */
anju_status act_follow(struct act *act, anju_error *err);

/** After the step: those left and not met are superseded; those whose date depends on a field that has
 *  changed are computed again. */
anju_status act_settle_duties(struct act *act, anju_error *err);

/** Is there an open one of the same definition beside `d`? */
bool act_runs_anew(const struct act *act, const struct duty *d);
/** It is over, as of the request's effective time. */
void act_end_duty(struct act *act, struct duty *d, enum duty_status status);
/** Its reminders begin anew. */
anju_status act_rearm(struct act *act, struct duty *d, anju_error *err);
/** The unit in which its rule, or that of the case's obligation, counts: hours, working days, else days. */
enum duration_unit act_duty_unit(const struct anju_case *cs, const struct duty *d);

/* duty_dates.c: what was done to a deadline, applied to its date */
/** Move a date on; hours move the instant. ANJU_E_INVALID "calendar.range". */
anju_status duty_move(
	const struct calendar *cal, struct duration by, struct due *due, anju_error *err);
/** To a day. */
void duty_move_to(struct due *due, int32_t day);
/** How much of a deadline counted in `unit` lies between two instants. */
struct duration duty_between(
	const struct calendar *cal, enum duration_unit unit, int64_t from_ms, int64_t to_ms);
/** Apply what the case's log says of it to d->due as the rule gives it; what was opened again has the date set then. */
anju_status duty_apply_log(
	const struct case_env *env, const struct anju_case *cs, struct duty *d, anju_error *err);
/** The instant of an entry. */
int64_t duty_log_ms(const json_t *entry);
/** Remember what the date was, for the entry. */
void duty_note_was(struct duty *d, const struct duty *before);

/* duty_acts.c */
anju_status act_on_duty(struct act *act, enum duty_act what, bool *ret_tainted, anju_error *err);
/** Forget what was done to an earlier deadline of that name. */
anju_status act_forget_log(struct act *act, const char *name, anju_error *err);

/* duty_watch.c */
/** Met, and to be kept up: watch it from the request's effective time on. */
anju_status act_watch(struct act *act, struct duty *d, anju_error *err);
/** Is the watching of `d` over: the case has ended, or is where its watching ends? */
bool act_watch_over(const struct act *act, const struct duty *d);
/** Met, or met late, once nobody looks at it any more. */
void act_unwatch(struct act *act, struct duty *d);
/** The next check after now, counted from when it was met. */
anju_status duty_next_check(const struct case_env *env, struct duty *d, anju_error *err);

/** The units that its roles mean now; noted when they are others. */
anju_status act_units_again(struct act *act, struct duty *d, anju_error *err);
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

/* obliged.c: for role_context.obliged (ctx: the case) and due_inputs.obligation (ctx: the act) */
size_t act_obliged(void *ctx, const char *part, const struct unit **ret, size_t max);
anju_status act_obligation_due(void *ctx, const struct due_rule **ret, anju_error *err);

/* host.c: what the chart asks during a step */
struct chart_host act_host(struct act *act);
void act_vars(const struct act *act, struct pack_vars *ret);
/** A value as a case that is opened wants it: an instant means its day. New reference. */
json_t *case_opening_value(const struct expr_value *v, struct expr_arena *arena);

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
/** None of `units` has asked; `what`: the act, in both languages. */
anju_status refuse_units(struct act *act, const struct unit *const *units, size_t n,
	const char *const what[2], anju_error *err);
/** Any other, said in whole sentences. */
anju_status refuse_because(struct act *act, anju_status st, const char *id,
	const char *const text[2], const char *where, const char *found, const char *allowed,
	anju_error *err);
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
