/** Deadlines of a case: armed, met, superseded, moved; and their rungs. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "case/impl.h"
#include "journal/duty_log.h"
#include "pack/plan.h"

/* --- what due_compute asks --- */

static anju_status field_unset(const char *field, anju_error *err)
{
	(void)anju_fail(err, ANJU_E_NOTFOUND, "deadline.no_date", "field %s is not set", field);
	anju_error_found(err, "%s", field);
	return ANJU_E_NOTFOUND;
}

static anju_status field_date(void *ctx, const char *field, int32_t *ret_day, anju_error *err)
{
	const struct act *act = ctx;
	const char *text = values_text(act->wf, &act->cs->values, field);
	return text != NULL ? date_parse(text, ret_day, err) : field_unset(field, err);
}

static anju_status field_integer(void *ctx, const char *field, int64_t *ret, anju_error *err)
{
	const struct act *act = ctx;
	struct value v = values_get(act->wf, &act->cs->values, workflow_field(act->wf, field));
	if (v.kind != VALUE_INT)
		return field_unset(field, err);
	*ret = v.i;
	return ANJU_OK;
}

static anju_status cond_holds(void *ctx, const void *cond, bool *ret, anju_error *err)
{
	const struct act *act = ctx;
	struct pack_vars vars;
	struct expr_value v;
	act_vars(act, &vars);
	expr_arena_reset(act->env->arena);
	anju_status st = pack_eval(cond, &vars, act->env->arena, &v, err);
	if (st == ANJU_OK)
		*ret = v.kind == EXPR_BOOL && v.b;
	return st;
}

/* --- dates and rungs --- */

static struct rungs rungs_of(const struct deadline_def *def)
{
	return (struct rungs){.items = def->rungs, .len = def->rungs_len};
}

/* Of the rungs gone by only the last one is given; others of the same instant go to others, so they are too. */
static anju_status first_of_instant(
	const struct case_env *env, const struct duty *d, size_t *index, anju_error *err)
{
	const struct deadline_def *def = d->def;
	int64_t at = 0, before = 0;
	anju_status st = rung_instant(
		&def->rungs[*index], env->calendar, &d->due, env->office_minute, &at, err);
	while (st == ANJU_OK && *index > d->rung) {
		st = rung_instant(&def->rungs[*index - 1], env->calendar, &d->due,
			env->office_minute, &before, err);
		if (before != at)
			break;
		(*index)--;
	}
	return st;
}

anju_status duty_next_rung(
	const struct case_env *env, struct duty *d, int64_t from_ms, anju_error *err)
{
	struct rungs rungs = rungs_of(d->def);
	d->next_ms = DUTY_NEVER;
	if (!d->dated || d->suspended)
		return ANJU_OK;
	size_t index;
	int64_t at;
	anju_status st = rungs_next(&rungs, env->calendar, &d->due, env->office_minute, from_ms,
		d->rung, &index, &at, err);
	if (st == ANJU_OK && index < rungs.len)
		st = first_of_instant(env, d, &index, err);
	if (st != ANJU_OK)
		return st;
	d->rung = index;
	if (index < rungs.len)
		d->next_ms = at;
	return ANJU_OK;
}

/* Conditions see the moment at which counting began, whenever it is counted again: a date that only holds while it
 * lies ahead would otherwise be given up once it has passed. */
static anju_status compute(struct act *act, struct duty *d, anju_error *err)
{
	struct case_request begun = *act->request;
	struct act then = *act;
	begun.effective_ms = d->armed_ms;
	then.request = &begun;
	struct due_inputs in = {
		.effective_ms = d->armed_ms,
		.ctx = &then,
		.date = field_date,
		.integer = field_integer,
		.holds = cond_holds,
		.deadline = act_other_deadline,
		.obligation = act_obligation_due,
	};
	anju_status st = due_compute(d->def->due, act->env->calendar, &in, &d->due, err);
	/* The date may hang on something not known yet (BJ-H-07): the duty is there without one. */
	d->dated = st == ANJU_OK;
	if (st == ANJU_E_NOTFOUND)
		d->due = (struct due){.due_ms = DUTY_NEVER};
	else if (st != ANJU_OK)
		return st;
	st = duty_apply_log(act->env, act->cs, d, err);
	if (st != ANJU_OK)
		return st;
	/* Reminders look at when anju learns of it: paper entered late must still remind. */
	return duty_next_rung(act->env, d, act->env->now_ms, err);
}

/* Returns where in `out` the list begins; it is ended by a NUL. */
static size_t join_units(const struct act *act, const struct role_list *roles, struct buf *out)
{
	const struct unit *units[32];
	size_t n = case_units(act->env, act->cs, roles, units, 32), at = out->len;
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_addc(out, ' ');
		buf_adds(out, units[i]->code);
	}
	buf_addc(out, '\0');
	return at;
}

/* *ret_changed: the units are others than before. */
static anju_status set_units(struct act *act, struct duty *d, bool *ret_changed, anju_error *err)
{
	ANJU_AUTO_BUF all = BUF_INIT;
	size_t lead = join_units(act, &d->def->lead, &all);
	size_t responsible = join_units(act, &d->def->responsible, &all);
	size_t cooperating = join_units(act, &d->def->cooperating, &all);
	if (all.failed)
		return anju_fail_nomem(err);
	const char *to[] = {all.data + lead, all.data + responsible, all.data + cooperating};
	if (d->lead != NULL && strcmp(d->lead, to[0]) == 0 && strcmp(d->responsible, to[1]) == 0 &&
		strcmp(d->cooperating, to[2]) == 0) {
		*ret_changed = false;
		return ANJU_OK;
	}
	if (!duty_set_units(d, to[0], to[1], to[2]))
		return anju_fail_nomem(err);
	*ret_changed = true;
	return ANJU_OK;
}

anju_status act_units_again(struct act *act, struct duty *d, anju_error *err)
{
	bool changed = false;
	anju_status st = set_units(act, d, &changed, err);
	d->unsaid = d->unsaid || changed;
	return st;
}

/* One that is watched, or was opened again, outlives its state; armed anew it begins anew. */
static anju_status end_earlier(struct act *act, const struct deadline_def *def, anju_error *err)
{
	for (size_t i = 0; i < act->cs->duties_len; i++) {
		struct duty *d = &act->cs->duties[i];
		if (d->def == def && d->status == DUTY_WATCHED)
			act_unwatch(act, d);
		else if (d->def == def && d->status == DUTY_OPEN && !d->left)
			act_end_duty(act, d, DUTY_SUPERSEDED);
	}
	return act_forget_log(act, def->name, err);
}

anju_status act_arm(struct act *act, const struct deadline_def *def, anju_error *err)
{
	if (def->when != NULL) {
		bool holds = false;
		anju_status st = cond_holds(act, def->when, &holds, err);
		if (st != ANJU_OK)
			return anju_wrap(err, st, "condition of deadline %s", def->name);
		if (!holds)
			return ANJU_OK;
	}
	anju_status st = end_earlier(act, def, err);
	if (st != ANJU_OK)
		return st;
	struct duty *d = case_add_duty(act->cs);
	if (d == NULL)
		return anju_fail_nomem(err);
	d->def = def;
	d->state = def->state;
	d->armed_ms = act->request->effective_ms;
	d->dirty = true;
	d->name = def->name;
	bool changed;
	st = set_units(act, d, &changed, err);
	return st == ANJU_OK ? compute(act, d, err) : st;
}

static anju_status delay_end(const struct act *act, const char *delay, int64_t from, int64_t *ret,
	bool *ret_provisional, anju_error *err)
{
	const struct delay *named = workflow_delay(act->wf, delay);
	if (named == NULL) {
		*ret = from +
		       strtoll(delay, NULL, 10); /* the chart accepts nothing else but digits */
		return ANJU_OK;
	}
	struct duration d = named->duration;
	if (d.unit == DURATION_HOURS) {
		*ret = from + d.n * INT64_C(3600000);
		return ANJU_OK;
	}
	int32_t day;
	anju_status st = calendar_add(
		act->env->calendar, timestamp_to_day(from), d, &day, ret_provisional, err);
	if (st == ANJU_OK)
		*ret = timestamp_of_day(day + 1);
	return st;
}

anju_status act_timer(
	struct act *act, uint32_t state, const char *delay, const char *event, anju_error *err)
{
	int64_t at;
	bool provisional = false;
	anju_status st = delay_end(act, delay, act->request->effective_ms, &at, &provisional, err);
	if (st != ANJU_OK)
		return st;
	struct duty *d = case_add_duty(act->cs);
	if (d == NULL)
		return anju_fail_nomem(err);
	d->state = state;
	d->armed_ms = act->request->effective_ms;
	d->dated = true;
	d->due = (struct due){.day = timestamp_to_day(at - 1),
		.due_ms = at,
		.exact = true,
		.provisional = provisional};
	d->next_ms = at;
	d->dirty = true;
	d->name = d->own_name = strdup(event);
	return d->name != NULL && duty_set_units(d, "", "", "") ? ANJU_OK : anju_fail_nomem(err);
}

void act_end_duty(struct act *act, struct duty *d, enum duty_status status)
{
	d->suspended = false;
	d->status = status;
	d->ended_ms = act->request->effective_ms;
	d->next_ms = DUTY_NEVER;
	d->left = false;
	d->dirty = true;
}

void act_cancel_timers(struct act *act, uint32_t state)
{
	for (size_t i = 0; i < act->cs->duties_len; i++) {
		struct duty *d = &act->cs->duties[i];
		if (d->def == NULL && d->state == state && d->status == DUTY_OPEN)
			act_end_duty(act, d, DUTY_SUPERSEDED);
	}
}

static void meet(struct act *act, struct duty *d)
{
	bool late = d->dated && !d->suspended && act->request->effective_ms >= d->due.due_ms;
	act_end_duty(act, d, late ? DUTY_MET_LATE : DUTY_MET);
}

void act_meet(struct act *act, const struct deadline_def *def)
{
	for (size_t i = 0; i < act->cs->duties_len; i++) {
		struct duty *d = &act->cs->duties[i];
		if (d->def == def && d->status == DUTY_OPEN)
			meet(act, d);
	}
}

void act_leave(struct act *act, uint32_t state)
{
	for (size_t i = 0; i < act->cs->duties_len; i++) {
		struct duty *d = &act->cs->duties[i];
		if (d->def == NULL || d->state != state || d->status != DUTY_OPEN)
			continue;
		if (d->def->met == CHART_NONE)
			meet(act, d);
		else
			d->left =
				true; /* the state that meets it may be entered in the same step */
	}
}

/* Conditions are not looked into: any change may be one that they look at. */
static bool depends_on_patch(const struct act *act, const struct duty *d)
{
	const char *name;
	json_t *v;
	if (act->fx->patch != NULL && due_rule_conditional(d->def->due))
		return true;
	json_object_foreach(act->fx->patch, name, v) {
		if (due_rule_reads(d->def->due, name))
			return true;
	}
	return false;
}

anju_status act_rungs_again(struct act *act, struct duty *d, anju_error *err)
{
	int64_t before = d->next_ms;
	size_t rung = d->rung;
	/* one whose time has come is about to be given */
	if (d->def->rungs_len == 0 || before <= act->env->now_ms)
		return ANJU_OK;
	anju_status st = duty_next_rung(act->env, d, act->env->now_ms, err);
	if (st == ANJU_OK)
		d->unsaid = d->unsaid || d->next_ms != before || d->rung != rung;
	return st;
}

anju_status act_compute_again(struct act *act, struct duty *d, anju_error *err)
{
	struct duty before = *d;
	d->rung = 0;
	anju_status st = compute(act, d, err);
	if (st != ANJU_OK)
		return anju_wrap(err, st, "deadline %s", d->name);
	if (d->dated == before.dated && d->due.day == before.due.day &&
		d->due.due_ms == before.due.due_ms) {
		d->rung = before.rung;
		d->next_ms = before.next_ms;
		d->unsaid = d->unsaid || d->due.provisional != before.due.provisional;
	} else {
		duty_note_was(d, &before);
		d->dirty = true;
	}
	return ANJU_OK;
}

anju_status act_rearm(struct act *act, struct duty *d, anju_error *err)
{
	d->rung = 0;
	return duty_next_rung(act->env, d, act->env->now_ms, err);
}

enum duration_unit act_duty_unit(const struct anju_case *cs, const struct duty *d)
{
	const struct due_rule *rule = d->def->due;
	if (d->due.exact)
		return DURATION_HOURS;
	if (due_rule_reads(rule, plan_field_name(PLAN_OBLIGATION))) {
		const struct plan_said said = plan_said_by(cs->wf, &cs->values);
		const struct obligation *o = plan_said_obligation(cs->wf, &said);
		rule = o != NULL && o->due != NULL ? o->due : rule;
	}
	return due_rule_counts_workdays(rule) ? DURATION_WORKDAYS : DURATION_DAYS;
}

bool act_runs_anew(const struct act *act, const struct duty *d)
{
	for (size_t i = 0; i < act->cs->duties_len; i++) {
		const struct duty *other = &act->cs->duties[i];
		if (other != d && other->def == d->def && other->status == DUTY_OPEN)
			return true;
	}
	return false;
}

/* Opened again because it was not kept up, it runs on without its state; not beyond the time it was to be kept up. */
static bool lapsed_for_good(const struct act *act, const struct duty *d)
{
	bool over = act->cs->done || (d->def->keep_up.every.n > 0 && act_watch_over(act, d));
	return over && d->status == DUTY_OPEN &&
	       duty_log_last(case_duty_log(act->cs, d->name), "lapse") != NULL;
}

/* One that was met is watched where it is to be kept up, until that is over. */
static anju_status settle_watched(struct act *act, struct duty *d, anju_error *err)
{
	bool over = act_watch_over(act, d);
	if (lapsed_for_good(act, d))
		act_end_duty(act, d, DUTY_SUPERSEDED);
	bool met = d->status == DUTY_MET || d->status == DUTY_MET_LATE;
	if (d->status == DUTY_WATCHED && over)
		act_unwatch(act, d);
	bool begins = met && d->dirty && !over && d->op == NULL && !act_runs_anew(act, d);
	return begins ? act_watch(act, d, err) : ANJU_OK;
}

anju_status act_settle_duties(struct act *act, anju_error *err)
{
	for (size_t i = 0; i < act->cs->duties_len; i++) {
		struct duty *d = &act->cs->duties[i];
		if (d->left)
			act_end_duty(act, d, DUTY_SUPERSEDED);
		anju_status st = d->def != NULL ? settle_watched(act, d, err) : ANJU_OK;
		if (st != ANJU_OK)
			return st;
		/* also one armed in this step: an action after its state was entered may have set the field */
		if (d->def == NULL || d->status != DUTY_OPEN || !depends_on_patch(act, d))
			continue;
		st = act_compute_again(act, d, err);
		if (st != ANJU_OK)
			return st;
	}
	return act_follow(act, err);
}

/* The delay's name stands in the event: "xstate.after.<delay>.<id of the state>". */
static void delay_of(const struct act *act, uint32_t state, const char *event, char out[64])
{
	static const char prefix[] = "xstate.after.";
	const char *from = event + sizeof prefix - 1;
	size_t n = strlen(from), tail = strlen(chart_state_at(act->wf->chart, state)->id) + 1;
	anju_assert(n > tail && n - tail < 64);
	memcpy(out, from, n - tail);
	out[n - tail] = '\0';
}

anju_status act_begin_timer(struct act *act, uint32_t state, const char *event, anju_error *err)
{
	char delay[64];
	delay_of(act, state, event, delay);
	return act_timer(act, state, delay, event, err);
}

bool act_timer_uses_workdays(const struct act *act, const struct duty *d)
{
	char delay[64];
	delay_of(act, d->state, d->name, delay);
	const struct delay *named = workflow_delay(act->wf, delay);
	return named != NULL && named->duration.unit == DURATION_WORKDAYS;
}

anju_status act_timer_again(struct act *act, struct duty *d, int64_t from_ms, anju_error *err)
{
	char delay[64];
	int64_t at;
	bool provisional = false;
	delay_of(act, d->state, d->name, delay);
	anju_status st = delay_end(act, delay, from_ms, &at, &provisional, err);
	if (st != ANJU_OK)
		return st;
	d->armed_ms = from_ms;
	d->due = (struct due){.day = timestamp_to_day(at - 1),
		.due_ms = at,
		.exact = true,
		.provisional = provisional};
	d->next_ms = at;
	return ANJU_OK;
}

/* What is watched has no date to be counted again; the grid of its checks may be another. */
static anju_status watched_fate(
	struct act *act, struct duty *d, enum case_fate fate, anju_error *err)
{
	if (fate == FATE_END || d->def == NULL || act_watch_over(act, d)) {
		act_unwatch(act, d);
		return ANJU_OK;
	}
	bool changed;
	anju_status st = set_units(act, d, &changed, err);
	if (st != ANJU_OK || fate == FATE_KEEP)
		return st;
	d->rung = 0;
	return duty_next_check(act->env, d, err);
}

anju_status act_fate(struct act *act, struct duty *d, enum case_fate fate, anju_error *err)
{
	if (d->status == DUTY_WATCHED)
		return watched_fate(act, d, fate, err);
	if (fate == FATE_END) {
		act_end_duty(act, d, d->orphan ? DUTY_WAIVED : DUTY_SUPERSEDED);
		return ANJU_OK;
	}
	if (d->def == NULL)
		return fate == FATE_AGAIN ? act_timer_again(act, d, act->request->effective_ms, err)
					  : ANJU_OK;
	bool changed;
	anju_status st = set_units(act, d, &changed, err);
	if (st != ANJU_OK || fate == FATE_KEEP)
		return st;
	if (fate == FATE_AGAIN)
		return act_compute_again(act, d, err);
	return act_rearm(act, d, err);
}
