/* What was met and is to be kept up: looked at again each period. XC-H-01 */
#include "base/error.h"
#include "base/timestamp.h"
#include "case/impl.h"
#include "journal/duty_log.h"

anju_status duty_next_check(const struct case_env *env, struct duty *d, anju_error *err)
{
	const struct duration every = d->def->keep_up.every;
	int32_t met = timestamp_to_day(d->ended_ms);
	anju_assert(every.n > 0);
	/* Counted from the day it was met each time, so that a month's end stays one. Those that have gone by while
	 * nobody looked (paper entered late, downtime) are not made up for: the next one says the same. */
	for (;;) {
		int32_t day;
		struct duration by = {.n = every.n * (int32_t)(d->rung + 1), .unit = every.unit};
		anju_status st = calendar_add(env->calendar, met, by, &day, NULL, err);
		if (st != ANJU_OK)
			return st;
		int64_t at = timestamp_of_day(day) + env->office_minute * INT64_C(60000);
		if (at > env->now_ms) {
			d->next_ms = at;
			return ANJU_OK;
		}
		d->rung++;
	}
}

anju_status act_watch(struct act *act, struct duty *d, anju_error *err)
{
	if (d->op == NULL)
		d->op = d->status == DUTY_MET_LATE ? "late" : "met";
	d->status = DUTY_WATCHED;
	d->rung = 0;
	d->dirty = true;
	return duty_next_check(act->env, d, err);
}

bool act_watch_over(const struct act *act, const struct duty *d)
{
	uint32_t until = d->def->keep_up.until;
	return act->cs->done || d->def->keep_up.every.n == 0 ||
	       (until != CHART_NONE && chart_snapshot_in(act->cs->snapshot, until));
}

void act_unwatch(struct act *act, struct duty *d)
{
	/* one that was met while it stood still was met in time */
	bool stood = duty_log_suspended(case_duty_log(act->cs, d->name)) != NULL;
	bool late = d->dated && !stood && d->ended_ms >= d->due.due_ms;
	d->status = late ? DUTY_MET_LATE : DUTY_MET;
	d->op = "watched_enough";
	d->next_ms = DUTY_NEVER;
	d->dirty = true;
}

anju_status case_fire_check(const struct case_env *env, struct anju_case *cs, struct duty *d,
	const struct unit **ret, size_t max, size_t *ret_len, anju_error *err)
{
	size_t n = case_units(env, cs, &d->def->responsible, ret, max);
	if (n == 0)
		n = case_units(env, cs, &d->def->lead, ret, max);
	d->rung++;
	anju_status st = duty_next_check(env, d, err);
	if (st != ANJU_OK)
		return st;
	d->dirty = true;
	*ret_len = n;
	return ANJU_OK;
}
