/** Dates counted again, when working days have become others (a new holiday notice) or rules were filled in. */
#include <stdlib.h>

#include "base/error.h"
#include "case/duty_acts.h"
#include "case/impl.h"

static bool counts(const struct act *act, const struct duty *d, bool all)
{
	if (d->status != DUTY_OPEN || d->orphan)
		return false;
	/* what was granted or stood still may have been counted in working days too */
	if (d->def != NULL)
		return all || due_rule_uses_workdays(d->def->due) ||
		       case_duty_log(act->cs, d->name) != NULL;
	/* a timer whose time has come is about to fire */
	return d->due.exact && d->next_ms > act->env->now_ms && act_timer_uses_workdays(act, d);
}

static bool same_date(const struct duty *d, const struct duty *before)
{
	return d->dated == before->dated && d->due.day == before->due.day &&
	       d->due.due_ms == before->due.due_ms;
}

static anju_status count_again(struct act *act, struct duty *d, anju_error *err)
{
	struct duty before = *d;
	anju_status st = d->def != NULL ? act_compute_again(act, d, err)
					: act_timer_again(act, d, d->armed_ms, err);
	if (st != ANJU_OK)
		return st;
	if (!same_date(d, &before)) {
		duty_note_was(d, &before);
		d->dirty = true;
		return ANJU_OK;
	}
	d->unsaid = d->unsaid || d->due.provisional != before.due.provisional;
	return d->def != NULL ? act_rungs_again(act, d, err) : ANJU_OK;
}

/* Offices may have been reorganised meanwhile. */
static anju_status units_again(struct act *act, anju_error *err)
{
	anju_status st = ANJU_OK;
	for (size_t i = 0; i < act->cs->duties_len && st == ANJU_OK; i++) {
		struct duty *d = &act->cs->duties[i];
		if (d->def != NULL && (d->status == DUTY_OPEN || d->status == DUTY_WATCHED))
			st = act_units_again(act, d, err);
	}
	return st;
}

static size_t count_shifted(const struct anju_case *cs)
{
	size_t n = 0;
	for (size_t i = 0; i < cs->duties_len; i++)
		n += cs->duties[i].shifted;
	return n;
}

static anju_status count_all(struct act *act, bool all, anju_error *err)
{
	struct anju_case *cs = act->cs;
	anju_status st = ANJU_OK;
	for (size_t i = 0; i < cs->duties_len && st == ANJU_OK; i++) {
		struct duty *d = &cs->duties[i];
		if (counts(act, d, all))
			st = count_again(act, d, err);
		else if (d->status == DUTY_OPEN && d->def != NULL)
			st = act_rungs_again(act, d, err);
	}
	return st == ANJU_OK ? act_follow(act, err) : st;
}

/* What was moved and is back where it was has not moved. */
static void drop_returned(struct anju_case *cs)
{
	for (size_t i = 0; i < cs->duties_len; i++) {
		struct duty *d = &cs->duties[i];
		if (!d->shifted || d->was_dated != d->dated || d->was.due_ms != d->due.due_ms)
			continue;
		d->shifted = d->dirty = false;
		d->unsaid = true;
	}
}

static void sum_up(const struct anju_case *cs, const bool *marked, struct case_recount *ret)
{
	*ret = (struct case_recount){.shifted = count_shifted(cs)};
	for (size_t i = 0; i < cs->duties_len; i++) {
		const struct duty *d = &cs->duties[i];
		ret->unmarked += marked[i] && !d->shifted && !d->due.provisional;
		ret->changed = ret->changed || d->dirty || d->unsaid;
	}
}

anju_status case_recount(const struct case_env *env, struct anju_case *cs, bool all,
	const struct case_request *request, struct case_effects *fx, struct case_recount *ret,
	anju_error *err)
{
	struct act act = {.env = env, .cs = cs, .wf = cs->wf, .request = request, .fx = fx};
	ANJU_AUTO_MEM bool *marked =
		calloc(cs->duties_len > 0 ? cs->duties_len : 1, sizeof *marked);
	if (marked == NULL)
		return anju_fail_nomem(err);
	for (size_t i = 0; i < cs->duties_len; i++)
		marked[i] = cs->duties[i].status == DUTY_OPEN && cs->duties[i].due.provisional;
	anju_status st = units_again(&act, err);
	if (st == ANJU_OK)
		st = count_all(&act, all, err);
	drop_returned(cs);
	if (st == ANJU_OK && count_shifted(cs) > 0)
		st = act_record(&act, err);
	else if (st != ANJU_OK)
		st = act_undecided(&act, st, err);
	if (st == ANJU_OK)
		sum_up(cs, marked, ret);
	act_done(&act);
	return st;
}
