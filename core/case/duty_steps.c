/* Each act on a deadline: whether it can be done now, and what it does to the date. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "case/duty_impl.h"
#include "journal/duty_log.h"

/* An entry that memory does not suffice for becomes NULL, which duty_log_take() answers: history keeps no half of one. */
static void put_new(json_t **entry, const char *key, json_t *value)
{
	if (json_object_set_new(*entry, key, value) == 0)
		return;
	json_decref(*entry);
	*entry = NULL;
}

static void put(json_t **entry, const char *key, const char *value)
{
	if (value != NULL)
		put_new(entry, key, json_string(value));
}

static void put_day(json_t **entry, const char *key, bool dated, const struct due *due)
{
	char text[16];
	put(entry, key, dated ? date_format(due->day, text) : NULL);
}

static void put_docs(json_t **entry, const json_t *docs)
{
	ANJU_AUTO_JSON *kinds = json_array();
	bool failed = kinds == NULL;
	json_t *v;
	size_t i;
	json_array_foreach((json_t *)docs, i, v)
		failed = json_array_append(kinds, json_object_get(v, "kind")) != 0 || failed;
	if (failed || json_array_size(kinds) > 0)
		put_new(entry, "docs", failed ? NULL : json_incref(kinds));
}

static json_t *new_entry(const struct asked *a)
{
	const struct case_request *request = a->act->request;
	char at[TIMESTAMP_MAX_CHARS], by[CASE_ACTOR_CHARS];
	json_t *entry = json_pack("{s:s, s:s, s:s}", "op", duty_act_name(a->what), "at",
		timestamp_format(request->effective_ms, at), "by", case_actor(request->who, by));
	put(&entry, "reason", request->reason);
	put_docs(&entry, request->docs);
	return entry;
}

static anju_status refuse_as_it_is(
	const struct asked *a, const char *zh, const char *en, anju_error *err)
{
	return duty_refuse(a, "case.duty_state", zh, en, "", "", err);
}

/* --- each act --- */

static anju_status date_moved(struct asked *a, json_t *entry, const char *op, anju_error *err)
{
	struct duty *d = a->d;
	put_day(&entry, "was", a->before.dated, &a->before.due);
	put_day(&entry, "due", true, &d->due);
	duty_note_was(d, &a->before);
	d->op = op;
	d->dirty = true;
	anju_status st = duty_log_take(a, entry, err);
	return st == ANJU_OK ? act_rearm(a->act, d, err) : st;
}

static anju_status must_be_open(const struct asked *a, anju_error *err)
{
	return a->d->status == DUTY_OPEN
		       ? ANJU_OK
		       : refuse_as_it_is(a, "已完成，正在持续核查", "is met and watched", err);
}

static anju_status must_run(const struct asked *a, anju_error *err)
{
	int64_t at = a->act->request->effective_ms;
	char day[16];
	anju_status st = must_be_open(a, err);
	if (st != ANJU_OK)
		return st;
	if (a->d->suspended)
		return refuse_as_it_is(a, "已经中止", "is suspended", err);
	if (!a->d->dated)
		return refuse_as_it_is(a, "还没有到期日", "has no date yet", err);
	if (at < a->d->due.due_ms)
		return ANJU_OK;
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT;
	buf_addf(&zh, "已于 %s 届满，只能在届满之前提出", date_format(a->d->due.day, day));
	buf_addf(&en, "ended on %s; this is possible only before it ends", day);
	return duty_refuse(a, "case.duty_expired", zh.data, en.data, day, "", err);
}

static anju_status suspend(struct asked *a, anju_error *err)
{
	struct duty *d = a->d;
	json_t *entry = new_entry(a);
	put_day(&entry, "due", true, &d->due);
	d->suspended = d->dirty = true;
	d->next_ms = DUTY_NEVER;
	d->op = "suspended";
	return duty_log_take(a, entry, err);
}

static anju_status check_resume(const struct asked *a, anju_error *err)
{
	anju_status st = must_be_open(a, err);
	if (st == ANJU_OK && !a->d->suspended)
		st = refuse_as_it_is(a, "没有中止", "is not suspended", err);
	return st;
}

static anju_status resume(struct asked *a, anju_error *err)
{
	struct duty *d = a->d;
	const struct calendar *cal = a->act->env->calendar;
	const json_t *since = duty_log_suspended(a->log);
	enum duration_unit unit = duty_log_last(a->log, "lapse") != NULL
					  ? DURATION_DAYS
					  : act_duty_unit(a->act->cs, d);
	struct duration stood =
		duty_between(cal, unit, duty_log_ms(since), a->act->request->effective_ms);
	char length[24];
	anju_status st = duty_move(cal, stood, &d->due, err);
	if (st != ANJU_OK)
		return st;
	json_t *entry = new_entry(a);
	put(&entry, "length", duration_format(stood, length));
	d->suspended = false;
	return date_moved(a, entry, "resumed", err);
}

/* The date that is wanted; beyond what the definition allows it is refused. */
static anju_status check_wanted(
	const struct asked *a, const char *length, const char *until, anju_error *err)
{
	const struct deadline_def *def = a->d->def;
	const struct calendar *cal = a->act->env->calendar;
	struct due wanted = a->d->due, most = a->d->due;
	struct duration by = {0};
	int32_t day = 0;
	char found[16], limit[16], term[24];
	anju_status st = duty_move(cal, def->extend.most, &most, err);
	if (until != NULL && date_parse(until, &day, NULL) == ANJU_OK)
		duty_move_to(&wanted, day);
	else if (st == ANJU_OK && duration_parse(length, false, &by, NULL) == ANJU_OK)
		st = duty_move(cal, by, &wanted, err);
	if (st != ANJU_OK)
		return st;
	(void)date_format(wanted.day, found);
	(void)date_format(most.day, limit);
	(void)duration_format(def->extend.most, term);
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT;
	if (by.unit == DURATION_HOURS && by.n > 0 && !a->d->due.exact)
		return duty_refuse(a, "case.duty_until", "按天计算，不能按小时延长",
			"is counted in days, not in hours", length, "10wd 30d 6mo 1y", err);
	if (wanted.due_ms <= a->d->due.due_ms) {
		(void)date_format(a->d->due.day, limit);
		buf_addf(&zh, "本来到 %s，%s 并未延长", limit, found);
		buf_addf(&en, "lasts until %s anyway, %s is no more time", limit, found);
		return duty_refuse(a, "case.duty_until", zh.data, en.data, found, limit, err);
	}
	if (wanted.due_ms <= most.due_ms)
		return ANJU_OK;
	buf_addf(&zh, "一次最多延长 %s（到 %s），不能到 %s", term, limit, found);
	buf_addf(&en, "may be extended by %s at most (to %s), not to %s", term, limit, found);
	return duty_refuse(a, "case.duty_most", zh.data, en.data, found, limit, err);
}

static anju_status check_extend(const struct asked *a, anju_error *err)
{
	const struct deadline_def *def = a->d->def;
	char found[16], allowed[16];
	if (def->extend.times == 0)
		return refuse_as_it_is(a, "不得延期", "may not be extended", err);
	anju_status st = a->d->suspended ? must_be_open(a, err) : must_run(a, err);
	if (st != ANJU_OK)
		return st;
	if (duty_log_asked(a->log) != NULL)
		return refuse_as_it_is(a, "已有延期申请等待答复", "has a request waiting", err);
	int granted = duty_log_granted(a->log);
	if (granted < def->extend.times)
		return check_wanted(a, a->length_text, a->until_text, err);
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT;
	(void)snprintf(found, sizeof found, "%d", granted);
	(void)snprintf(allowed, sizeof allowed, "%d", (int)def->extend.times);
	buf_addf(&zh, "最多延期 %s 次，已经延期 %s 次", allowed, found);
	buf_addf(&en, "may be extended %s times and has been %s times", allowed, found);
	return duty_refuse(a, "case.duty_times", zh.data, en.data, found, allowed, err);
}

static anju_status extend(struct asked *a, anju_error *err)
{
	json_t *entry = new_entry(a);
	put(&entry, "length", a->length_text);
	put(&entry, "until", a->until_text);
	put_day(&entry, "due", true, &a->d->due);
	return duty_log_take(a, entry, err);
}

static anju_status check_answer(const struct asked *a, anju_error *err)
{
	anju_status st = must_be_open(a, err);
	if (st == ANJU_OK && duty_log_asked(a->log) == NULL)
		st = refuse_as_it_is(a, "没有等待答复的延期申请", "has no request waiting", err);
	return st;
}

/* As much as was wanted, unless the answer names another length or day. */
static void granted(const struct asked *a, const char **ret_length, const char **ret_until)
{
	const json_t *wanted = duty_log_asked(a->log);
	bool own = a->length_text != NULL || a->until_text != NULL;
	*ret_length = own ? a->length_text : json_string_value(json_object_get(wanted, "length"));
	*ret_until = own ? a->until_text : json_string_value(json_object_get(wanted, "until"));
}

static anju_status check_grant(const struct asked *a, anju_error *err)
{
	const char *length, *until;
	anju_status st = check_answer(a, err);
	if (st != ANJU_OK)
		return st;
	granted(a, &length, &until);
	return check_wanted(a, length, until, err);
}

static anju_status grant(struct asked *a, anju_error *err)
{
	struct duty *d = a->d;
	const char *length, *until;
	struct duration by = {0};
	int32_t day;
	anju_status st = ANJU_OK;
	granted(a, &length, &until);
	if (until != NULL && date_parse(until, &day, NULL) == ANJU_OK)
		duty_move_to(&d->due, day);
	else if (length != NULL && duration_parse(length, false, &by, NULL) == ANJU_OK)
		st = duty_move(a->act->env->calendar, by, &d->due, err);
	if (st != ANJU_OK)
		return st;
	json_t *entry = new_entry(a);
	put(&entry, "length", length);
	put(&entry, "until", until);
	return date_moved(a, entry, "extended", err);
}

static anju_status note_only(struct asked *a, anju_error *err)
{
	return duty_log_take(a, new_entry(a), err);
}

static anju_status waive(struct asked *a, anju_error *err)
{
	json_t *entry = new_entry(a);
	put_day(&entry, "was", a->d->dated, &a->d->due);
	act_end_duty(a->act, a->d, DUTY_WAIVED);
	return duty_log_take(a, entry, err);
}

/* What was opened again is closed by confirming it again. */
static anju_status check_keep(const struct asked *a, anju_error *err)
{
	const json_t *lapsed = duty_log_last(a->log, "lapse");
	if (a->d->status == DUTY_WATCHED || (lapsed != NULL && !a->d->suspended))
		return ANJU_OK;
	if (a->d->suspended)
		return refuse_as_it_is(a, "已经中止", "is suspended", err);
	return refuse_as_it_is(a, "还没有完成，谈不上持续", "is not met yet", err);
}

static anju_status keep(struct asked *a, anju_error *err)
{
	struct duty *d = a->d;
	struct act *act = a->act;
	anju_status st = ANJU_OK;
	char day[16];
	if (d->status == DUTY_OPEN) {
		bool late = d->dated && act->request->effective_ms >= d->due.due_ms;
		act_end_duty(act, d, late ? DUTY_MET_LATE : DUTY_MET);
		/* the definition that the case lives under now may no longer watch it */
		if (!act_watch_over(act, d))
			st = act_watch(act, d, err);
	}
	if (st != ANJU_OK)
		return st;
	d->op = "kept";
	d->dirty = true;
	json_t *entry = new_entry(a);
	if (d->next_ms != DUTY_NEVER)
		put(&entry, "next", date_format(timestamp_to_day(d->next_ms), day));
	return duty_log_take(a, entry, err);
}

static anju_status check_lapse(const struct asked *a, anju_error *err)
{
	int32_t today = timestamp_to_day(a->act->request->effective_ms);
	char found[16], allowed[16];
	if (a->d->status != DUTY_WATCHED)
		return refuse_as_it_is(a, "还没有完成，谈不上持续", "is not met yet", err);
	if (a->length_text != NULL && a->length.unit == DURATION_HOURS)
		return duty_refuse(a, "case.duty_until", "按天计算，不能按小时",
			"is counted in days, not in hours", a->length_text, "10wd 30d 6mo 1y", err);
	if (a->until_text == NULL || a->until >= today)
		return ANJU_OK;
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT;
	(void)date_format(a->until, found);
	(void)date_format(today, allowed);
	buf_addf(&zh, "的新到期日 %s 早于当日（%s）", found, allowed);
	buf_addf(&en, "would be due on %s, before the day itself (%s)", found, allowed);
	return duty_refuse(a, "case.duty_until", zh.data, en.data, found, allowed, err);
}

static anju_status lapse(struct asked *a, anju_error *err)
{
	struct duty *d = a->d;
	struct act *act = a->act;
	int32_t day = a->until;
	char text[16];
	anju_status st = ANJU_OK;
	if (a->until_text == NULL)
		st = calendar_add(act->env->calendar, timestamp_to_day(act->request->effective_ms),
			a->length, &day, NULL, err);
	if (st != ANJU_OK)
		return st;
	duty_move_to(&d->due, day);
	d->status = DUTY_OPEN;
	d->dated = true;
	d->ended_ms = 0;
	json_t *entry = new_entry(a);
	put(&entry, "length", a->length_text);
	put(&entry, "until", date_format(day, text));
	return date_moved(a, entry, "reopened", err);
}

const struct duty_step duty_steps[DUTY_ACT_COUNT] = {
	[DUTY_ACT_WAIVE] = {must_be_open, waive},
	[DUTY_ACT_SUSPEND] = {must_run, suspend},
	[DUTY_ACT_RESUME] = {check_resume, resume},
	[DUTY_ACT_EXTEND] = {check_extend, extend},
	[DUTY_ACT_GRANT] = {check_grant, grant},
	[DUTY_ACT_REFUSE] = {check_answer, note_only},
	[DUTY_ACT_KEEP] = {check_keep, keep},
	[DUTY_ACT_LAPSE] = {check_lapse, lapse},
};
