/** Shared inside core/case only. */
#ifndef CORE_CASE_IMPL_H
#define CORE_CASE_IMPL_H

#include "case/case.h"

/** One request being carried out on one case. */
struct act {
	const struct case_env *env;
	struct anju_case *cs;
	const struct workflow *wf;
	const struct case_request *request;
	struct case_effects *fx;
	bool opening;
	bool taken;            /* a transition was taken */
	const uint32_t *asked; /* transitions of the event asked for; borrowed: send() */
	size_t asked_len;
	json_t *failed; /* owned; explanations of guards that said no: [{"zh", "en"}] */
	anju_error
		failure; /* why a host callback failed, when the chart passes only the status on */
	bool has_failure;
};

/* write.c: fields, documents, relations */
anju_status act_write(struct act *act, anju_error *err);
/** Set (value) or unset (NULL or null) a field without asking for permission. */
anju_status act_set(struct act *act, const struct field *f, json_t *value, anju_error *err);
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

/* host.c: what the chart asks during a step */
struct chart_host act_host(struct act *act);
void act_vars(const struct act *act, struct pack_vars *ret);

/* refusal.c: each fills fx->refusal and err, and returns the status */
anju_status refuse_state(struct act *act, anju_error *err);
anju_status refuse_role(struct act *act, const uint32_t *candidates, size_t n, anju_error *err);
anju_status refuse_transition_role(struct act *act, uint32_t transition, anju_error *err);
anju_status refuse_guard(struct act *act, const uint32_t *candidates, size_t n, anju_error *err);
anju_status refuse_needs(struct act *act, const struct transition_rule *rule, anju_error *err);
anju_status refuse_requires(struct act *act, const struct transition_rule *rule, anju_error *err);
anju_status refuse_reason(struct act *act, anju_error *err);
anju_status refuse_field(struct act *act, const struct field *f, bool locked, anju_error *err);

/* shared helpers */
/* Phase of the first active leaf, in document order, that has one; "" if none. */
const char *case_phase(const struct anju_case *cs);
void case_role_context(const struct anju_case *cs, struct role_context *ret);
bool act_may(const struct act *act, const struct role_list *roles);
const char *state_title(const struct workflow *wf, uint32_t state, enum lang lang);

#endif
