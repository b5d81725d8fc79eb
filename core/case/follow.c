/*~ Deadlines that count from one another. What such a one counts from may have ended, and left the case's list,
 * long before the date is asked for: when it ends, its date and the instant are kept in the case beside what people
 * did to it (journal/duty_log.h), and the journal entry says so. */
#include <string.h>

#include "base/error.h"
#include "base/timestamp.h"
#include "case/impl.h"
#include "journal/duty_log.h"

static bool is_met(const struct duty *d)
{
	return d->status == DUTY_MET || d->status == DUTY_MET_LATE || d->status == DUTY_WATCHED;
}

/* The one that runs, else the one that ended last and is still listed. */
static const struct duty *find(const struct anju_case *cs, const char *name)
{
	const struct duty *found = NULL;
	for (size_t i = 0; i < cs->duties_len; i++) {
		const struct duty *d = &cs->duties[i];
		if (d->def == NULL || strcmp(d->name, name) != 0)
			continue;
		if (found == NULL || found->status != DUTY_OPEN)
			found = d;
	}
	return found;
}

static anju_status nothing(const char *name, anju_error *err)
{
	(void)anju_fail(
		err, ANJU_E_NOTFOUND, "deadline.no_date", "deadline %s has no such day", name);
	anju_error_found(err, "%s", name);
	return ANJU_E_NOTFOUND;
}

static anju_status from_log(const struct anju_case *cs, const char *name, bool met,
	int32_t *ret_day, bool *ret_provisional, anju_error *err)
{
	const json_t *log = case_duty_log(cs, name);
	const json_t *end = duty_log_last(log, met ? "met" : "end");
	if (!met && end == NULL)
		end = duty_log_last(log, "met");
	if (end == NULL)
		return nothing(name, err);
	const char *due = json_string_value(json_object_get(end, "due"));
	if (met)
		*ret_day = timestamp_to_day(duty_log_ms(end));
	else if (due == NULL || date_parse(due, ret_day, NULL) != ANJU_OK)
		return nothing(name, err);
	*ret_provisional = !met && json_is_true(json_object_get(end, "provisional"));
	return ANJU_OK;
}

anju_status act_other_deadline(void *ctx, const char *name, bool met, int32_t *ret_day,
	bool *ret_provisional, anju_error *err)
{
	const struct act *act = ctx;
	const struct duty *d = find(act->cs, name);
	if (d == NULL)
		return from_log(act->cs, name, met, ret_day, ret_provisional, err);
	if (met ? !is_met(d) : !d->dated)
		return nothing(name, err);
	*ret_day = met ? timestamp_to_day(d->ended_ms) : d->due.day;
	*ret_provisional = !met && d->due.provisional;
	return ANJU_OK;
}

/* --- what ends is kept --- */

/* Said since it was armed, or opened again after a lapse? */
static bool is_kept(const json_t *log)
{
	for (size_t i = json_array_size(log); i-- > 0;) {
		const char *op = duty_log_op(json_array_get(log, i));
		if (strcmp(op, "met") == 0 || strcmp(op, "end") == 0)
			return true;
		if (strcmp(op, "lapse") == 0)
			return false;
	}
	return false;
}

/* The entry may say already that what was there before is forgotten (null): that stays, in front. */
static int say(struct act *act, const char *name, json_t *entry)
{
	if (act->fx->duties == NULL)
		act->fx->duties = json_object();
	json_t *said = json_object_get(act->fx->duties, name);
	if (json_is_array(said))
		return json_array_append(said, entry);
	json_t *list = json_is_null(said) ? json_pack("[n, O]", entry) : json_pack("[O]", entry);
	return json_object_set_new(act->fx->duties, name, list);
}

static anju_status keep(struct act *act, const struct duty *d, anju_error *err)
{
	char at[TIMESTAMP_MAX_CHARS], day[11];
	ANJU_AUTO_JSON *entry = json_pack("{s:s, s:s, s:s*}", "op", is_met(d) ? "met" : "end", "at",
		timestamp_format(d->ended_ms, at), "due",
		d->dated ? date_format(d->due.day, day) : NULL);
	if (entry != NULL && d->dated && d->due.provisional &&
		json_object_set_new(entry, "provisional", json_true()) != 0)
		return anju_fail_nomem(err);
	ANJU_AUTO_JSON *patch = json_pack("{s:[O*]}", d->name, entry);
	if (act->cs->duty_log == NULL)
		act->cs->duty_log = json_object();
	if (entry == NULL || patch == NULL || say(act, d->name, entry) != 0 ||
		duty_log_merge(act->cs->duty_log, patch) != ANJU_OK)
		return anju_fail_nomem(err);
	act->fx->meta_changed = true;
	return ANJU_OK;
}

static anju_status keep_ended(struct act *act, anju_error *err)
{
	for (size_t i = 0; i < act->cs->duties_len; i++) {
		const struct duty *d = &act->cs->duties[i];
		if (d->def == NULL || !d->def->counted_from || d->status == DUTY_OPEN || !d->dirty)
			continue;
		if (is_kept(case_duty_log(act->cs, d->name)) || act_runs_anew(act, d))
			continue;
		anju_status st = keep(act, d, err);
		if (st != ANJU_OK)
			return st;
	}
	return ANJU_OK;
}

/* --- what counts from it moves along --- */

static anju_status follow_once(struct act *act, bool *moved, anju_error *err)
{
	for (size_t i = 0; i < act->cs->duties_len; i++) {
		struct duty *d = &act->cs->duties[i];
		if (d->def == NULL || d->status != DUTY_OPEN || d->orphan ||
			!due_rule_counts_from_any(d->def->due))
			continue;
		bool dated = d->dated;
		int64_t before = d->due.due_ms;
		anju_status st = act_compute_again(act, d, err);
		if (st != ANJU_OK)
			return st;
		*moved = *moved || d->dated != dated || d->due.due_ms != before;
	}
	return ANJU_OK;
}

anju_status act_follow(struct act *act, anju_error *err)
{
	if (!act->wf->deadlines_linked)
		return ANJU_OK;
	anju_status st = keep_ended(act, err);
	bool moved = true;
	/* they count from one another without a circle, so it ends */
	for (size_t i = 0; i < act->wf->deadlines_len && moved && st == ANJU_OK; i++) {
		moved = false;
		st = follow_once(act, &moved, err);
	}
	return st;
}
