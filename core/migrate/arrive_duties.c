/* What becomes of deadlines and timers when a case arrives at another definition. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "migrate/arrive_impl.h"

/* Where one state leads, if it leads to one. */
static uint32_t one_target(const struct migration *m, uint32_t state)
{
	uint32_t targets[PLAN_TARGETS_MAX];
	size_t n;
	if (state == 0)
		return 0;
	if (plan_land(m->plan, m->old->chart, m->next->chart, state, targets, &n) != LANDING_OK ||
		n != 1)
		return CHART_NONE;
	return targets[0];
}

/* The same name below where its parent leads; else the parent's only history state. */
uint32_t arrive_history(const struct migration *m, const char *path)
{
	const struct chart *old = m->old->chart, *next = m->next->chart;
	uint32_t h = chart_state_by_path(old, path);
	if (h == CHART_NONE || chart_state_at(old, h)->type != CHART_HISTORY)
		return CHART_NONE;
	uint32_t parent = one_target(m, chart_state_at(old, h)->parent), only = CHART_NONE;
	size_t n = 0;
	for (uint32_t s = 1; parent != CHART_NONE && s < chart_state_count(next); s++) {
		const struct chart_state *state = chart_state_at(next, s);
		if (state->type != CHART_HISTORY || state->parent != parent)
			continue;
		if (strcmp(state->key, chart_state_at(old, h)->key) == 0)
			return s;
		only = s;
		n++;
	}
	return n == 1 ? only : CHART_NONE;
}

bool arrive_is_deep(const struct migration *m, uint32_t h)
{
	const char *depth = json_string_value(json_object_get(side_state(m->next, h), "history"));
	return depth != NULL && strcmp(depth, "deep") == 0;
}

/* --- deadlines --- */

static const char *new_name(const struct migration *m, const char *name)
{
	return plan_name(m->plan->deadline_rename, NULL, name);
}

/* The new definition's deadline of that name whose state the case is in; that of the old state's place first. What is
 * watched, or was opened again, has outlived its state: it keeps its name alone. */
static const struct deadline_def *find_def(
	const struct arrival *a, const char *name, uint32_t old_state)
{
	const struct workflow *to = a->m->to;
	const struct deadline_def *found = NULL;
	uint32_t place = one_target(a->m, old_state);
	bool outlived = !chart_snapshot_in(a->before, old_state);
	for (size_t i = 0; i < to->deadlines_len; i++) {
		const struct deadline_def *def = &to->deadlines[i];
		if (strcmp(def->name, name) != 0 ||
			(!outlived && !chart_snapshot_in(a->cs->snapshot, def->state)))
			continue;
		if (found == NULL || def->state == place)
			found = def;
	}
	return found;
}

static bool same_rungs(const struct arrival *a, const struct deadline_def *def, const char *name,
	uint32_t old_state)
{
	const json_t *before = json_object_get(
		json_object_get(side_deadlines(a->m->old, old_state), name), "rungs");
	const json_t *after = json_object_get(
		json_object_get(side_deadlines(a->m->next, def->state), def->name), "rungs");
	return before == after || (before != NULL && json_equal((json_t *)before, (json_t *)after));
}

static anju_status gone(const char *name, anju_error *err)
{
	(void)anju_fail(err, ANJU_E_INVALID, "migrate.deadline_gone",
		"deadline %s has no place in the new states", name);
	anju_error_where(err, "/deadlines/%s", name);
	anju_error_found(err, "%s", name);
	anju_error_allowed(err, "waive");
	return ANJU_E_INVALID;
}

static anju_status fate_of_deadline(
	const struct arrival *a, struct duty *d, enum case_fate *fate, anju_error *err)
{
	const char *name = new_name(a->m, d->own_name);
	const struct plan *plan = a->m->plan;
	const char *policy =
		plan_policy(plan, d->own_name, plan_policy(plan, name, plan->otherwise));
	const struct deadline_def *def = find_def(a, name, d->state);
	if (strcmp(policy, "waive") == 0) {
		d->orphan = true;
		*fate = FATE_END;
		return ANJU_OK;
	}
	if (def == NULL && d->status == DUTY_WATCHED) {
		*fate = FATE_END;
		return ANJU_OK;
	}
	if (def == NULL)
		return gone(d->own_name, err);
	bool again = strcmp(policy, "recompute") == 0;
	*fate = again ? FATE_AGAIN
		      : (same_rungs(a, def, d->own_name, d->state) ? FATE_KEEP : FATE_RUNGS);
	d->def = def;
	d->name = def->name;
	d->state = def->state;
	d->moved = true;
	return ANJU_OK;
}

/* --- timers --- */

static bool is_timer(const struct chart_transition *t)
{
	return strncmp(t->descriptor, "xstate.after.", 13) == 0;
}

/* The event by which `state` of the new chart waits as long, or NULL. */
static const char *timer_event(
	const struct chart *chart, uint32_t state, const char *delay, size_t len)
{
	for (uint32_t i = 0; i < chart_transition_count(chart); i++) {
		const struct chart_transition *t = chart_transition_at(chart, i);
		const char *other;
		size_t n;
		if (t->source == state && is_timer(t) &&
			side_timer_delay(chart, state, t->descriptor, &other, &n) && n == len &&
			memcmp(other, delay, n) == 0)
			return t->descriptor;
	}
	return NULL;
}

static anju_status fate_of_timer(
	const struct arrival *a, struct duty *d, enum case_fate *fate, anju_error *err)
{
	const char *delay, *event = NULL;
	size_t n;
	uint32_t place = one_target(a->m, d->state);
	if (place != CHART_NONE && chart_snapshot_in(a->cs->snapshot, place) &&
		side_timer_delay(a->m->old->chart, d->state, d->own_name, &delay, &n))
		event = timer_event(a->m->next->chart, place, delay, n);
	*fate = FATE_END;
	if (event == NULL)
		return ANJU_OK;
	char *own = strdup(event);
	if (own == NULL)
		return anju_fail_nomem(err);
	free(d->own_name);
	d->name = d->own_name = own;
	d->state = place;
	d->moved = true;
	*fate = a->m->plan->restart_timers ? FATE_AGAIN : FATE_KEEP;
	return ANJU_OK;
}

static anju_status carry(
	struct arrival *a, const struct arrive_duty *from, enum case_fate *fate, anju_error *err)
{
	struct duty *d = case_add_duty(a->cs);
	if (d == NULL)
		return anju_fail_nomem(err);
	*d = from->duty;
	d->def = NULL;
	d->name = d->own_name = strdup(from->duty.name);
	d->lead = NULL;
	const char *cooperating = from->duty.cooperating != NULL ? from->duty.cooperating : "";
	if (d->own_name == NULL ||
		!duty_set_units(d, from->duty.lead, from->duty.responsible, cooperating))
		return anju_fail_nomem(err);
	return from->timer ? fate_of_timer(a, d, fate, err) : fate_of_deadline(a, d, fate, err);
}

/* --- what begins --- */

/* Was there such a deadline in a state that the case was in? Then it is open, or met, or was not called for. */
static bool had_deadline(const struct arrival *a, const char *name)
{
	const struct side *old = a->m->old;
	for (uint32_t s = 0; s < chart_state_count(old->chart); s++) {
		const char *other;
		json_t *v;
		if (!chart_snapshot_in(a->before, s))
			continue;
		json_object_foreach((json_t *)side_deadlines(old, s), other, v) {
			if (strcmp(new_name(a->m, other), name) == 0)
				return true;
		}
	}
	return false;
}

static bool is_carried(const struct arrival *a, const struct deadline_def *def)
{
	for (size_t i = 0; i < a->cs->duties_len; i++) {
		if (a->cs->duties[i].def == def)
			return true;
	}
	return false;
}

static anju_status begin_deadlines(struct arrival *a, anju_error *err)
{
	const struct workflow *to = a->m->to;
	const struct chart_snapshot *now = a->cs->snapshot;
	a->arms = calloc(to->deadlines_len + 1, sizeof *a->arms);
	if (a->arms == NULL)
		return anju_fail_nomem(err);
	for (size_t i = 0; i < to->deadlines_len; i++) {
		const struct deadline_def *def = &to->deadlines[i];
		const char *policy = plan_policy(a->m->plan, def->name, "");
		bool there = def->met != CHART_NONE && chart_snapshot_in(now, def->met);
		bool asked = strcmp(policy, "arm") == 0;
		bool off = strcmp(policy, "skip") == 0 || strcmp(policy, "waive") == 0;
		if (!off && !there && chart_snapshot_in(now, def->state) && !is_carried(a, def) &&
			(asked || !had_deadline(a, def->name)))
			a->arms[a->arms_len++] = def;
	}
	return ANJU_OK;
}

/* Was the old chart waiting, or done waiting, for the same in a state that the case was in? */
static bool had_timer(const struct arrival *a, uint32_t state, const char *delay, size_t len)
{
	const struct chart *old = a->m->old->chart;
	for (uint32_t i = 0; i < chart_transition_count(old); i++) {
		const struct chart_transition *t = chart_transition_at(old, i);
		const char *other;
		size_t n;
		if (is_timer(t) && chart_snapshot_in(a->before, t->source) &&
			side_timer_delay(old, t->source, t->descriptor, &other, &n) && n == len &&
			memcmp(other, delay, n) == 0 && one_target(a->m, t->source) == state)
			return true;
	}
	return false;
}

static bool is_listed(const struct arrival *a, const char *event)
{
	for (size_t i = 0; i < a->timers_len; i++) {
		if (strcmp(a->timers[i].event, event) == 0)
			return true;
	}
	return false;
}

/* Texts of a timer that begins point into the plan's new side, which outlives the case's move. */
static anju_status begin_timers(struct arrival *a, anju_error *err)
{
	const struct chart *next = a->m->to->chart;
	uint32_t count = chart_transition_count(next);
	a->timers = calloc(count + 1, sizeof *a->timers);
	if (a->timers == NULL)
		return anju_fail_nomem(err);
	for (uint32_t i = 0; i < count; i++) {
		const struct chart_transition *t = chart_transition_at(next, i);
		const char *delay;
		size_t n;
		if (!is_timer(t) || !chart_snapshot_in(a->cs->snapshot, t->source) ||
			!side_timer_delay(next, t->source, t->descriptor, &delay, &n) ||
			had_timer(a, t->source, delay, n) || is_listed(a, t->descriptor))
			continue;
		a->timers[a->timers_len++] =
			(struct case_timer){.state = t->source, .event = t->descriptor};
	}
	return ANJU_OK;
}

anju_status arrive_duties(
	struct arrival *a, const struct arrive_duty *duties, size_t len, anju_error *err)
{
	a->fates = calloc(len + 1, sizeof *a->fates);
	anju_status st = a->fates != NULL ? ANJU_OK : anju_fail_nomem(err);
	for (size_t i = 0; i < len && st == ANJU_OK; i++)
		st = carry(a, &duties[i], &a->fates[i], err);
	if (st == ANJU_OK)
		st = begin_deadlines(a, err);
	return st == ANJU_OK ? begin_timers(a, err) : st;
}
