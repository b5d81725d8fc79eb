/* Acts on one deadline: what is asked, and the order in which it is looked at. */
#include "case/duty_acts.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "case/duty_impl.h"
#include "journal/duty_log.h"

#define PREFIX "deadline."

static const struct {
	const char *name;
	bool reason, takes_length, needs_length;
	struct label title;
} acts[DUTY_ACT_COUNT] = {
	[DUTY_ACT_WAIVE] = {"waive", true, false, false, {{"免除期限", "waive the deadline"}}},
	[DUTY_ACT_SUSPEND] = {"suspend", true, false, false,
		{{"中止期限", "suspend the deadline"}}},
	[DUTY_ACT_RESUME] = {"resume", true, false, false, {{"恢复期限", "resume the deadline"}}},
	[DUTY_ACT_EXTEND] = {"extend", true, true, true, {{"申请延期", "ask for more time"}}},
	[DUTY_ACT_GRANT] = {"grant", false, true, false, {{"准予延期", "grant more time"}}},
	[DUTY_ACT_REFUSE] = {"refuse", true, false, false, {{"不准延期", "refuse more time"}}},
	[DUTY_ACT_KEEP] = {"keep", false, false, false,
		{{"确认持续达标", "confirm that it is kept up"}}},
	[DUTY_ACT_LAPSE] = {"lapse", true, true, true,
		{{"认定未能持续", "say that it is not kept up"}}},
};

const char *duty_act_name(enum duty_act act)
{
	return acts[act].name;
}

const char *duty_act_title(enum duty_act act, enum lang lang)
{
	return acts[act].title.text[lang];
}

bool duty_act_of(const char *event, enum duty_act *ret)
{
	if (strncmp(event, PREFIX, sizeof PREFIX - 1) != 0)
		return false;
	for (int i = 0; i < DUTY_ACT_COUNT; i++) {
		if (strcmp(event + sizeof PREFIX - 1, acts[i].name) != 0)
			continue;
		*ret = (enum duty_act)i;
		return true;
	}
	return false;
}

const json_t *case_duty_log(const struct anju_case *cs, const char *name)
{
	return json_object_get(cs->duty_log, name);
}

/* --- what is kept of it --- */

/* `entries` is an array or null; both the case and the journal entry get it. */
static anju_status add_to_log(struct act *act, const char *name, json_t *entries, anju_error *err)
{
	ANJU_AUTO_JSON *patch = json_pack("{s:O}", name, entries);
	if (act->cs->duty_log == NULL)
		act->cs->duty_log = json_object();
	if (act->fx->duties == NULL)
		act->fx->duties = json_object();
	if (patch == NULL || act->fx->duties == NULL ||
		duty_log_merge(act->cs->duty_log, patch) != ANJU_OK ||
		json_object_set(act->fx->duties, name, entries) != 0)
		return anju_fail_nomem(err);
	act->fx->meta_changed = true;
	return ANJU_OK;
}

anju_status act_forget_log(struct act *act, const char *name, anju_error *err)
{
	ANJU_AUTO_JSON *none = json_null();
	if (case_duty_log(act->cs, name) == NULL)
		return ANJU_OK;
	return add_to_log(act, name, none, err);
}

anju_status duty_log_take(struct asked *a, json_t *taken, anju_error *err)
{
	ANJU_AUTO_JSON *entry = taken;
	ANJU_AUTO_JSON *entries = json_pack("[O]", entry);
	return entries != NULL ? add_to_log(a->act, a->d->name, entries, err)
			       : anju_fail_nomem(err);
}

/* --- refusals --- */

/* "期限“…”已中止" and the like come before the given words. */
anju_status duty_refuse(const struct asked *a, const char *id, const char *zh, const char *en,
	const char *found, const char *allowed, anju_error *err)
{
	ANJU_AUTO_BUF all_zh = BUF_INIT, all_en = BUF_INIT;
	const char *const *title = a->d->def->title.text;
	buf_addf(&all_zh, "不能“%s”：期限“%s”%s", duty_act_title(a->what, LANG_ZH), title[LANG_ZH],
		zh);
	buf_addf(&all_en, "cannot %s: \"%s\" %s", duty_act_title(a->what, LANG_EN), title[LANG_EN],
		en);
	const char *const text[2] = {[LANG_ZH] = all_zh.data, [LANG_EN] = all_en.data};
	anju_status st = refuse_because(
		a->act, ANJU_E_REFUSED, id, text, "/data/deadline", found, allowed, err);
	if (found[0] == '\0')
		message_found_words(err, zh, en);
	return st;
}

/* --- the request --- */

static anju_status read_length(struct asked *a, const struct json_at *at, anju_error *err)
{
	const json_t *data = a->act->request->data;
	struct json_at length_at = JSON_AT_KEY(at, "length"), until_at = JSON_AT_KEY(at, "until");
	anju_status st = json_opt_string(data, at, "length", &a->length_text, err);
	if (st == ANJU_OK)
		st = json_opt_string(data, at, "until", &a->until_text, err);
	if (st != ANJU_OK)
		return st;
	bool either = (a->length_text != NULL) != (a->until_text != NULL);
	bool neither = a->length_text == NULL && a->until_text == NULL;
	if (!either && (acts[a->what].needs_length || !neither))
		return json_fail_at(err, "case.duty_length", at, data, "length, until");
	if (a->length_text != NULL &&
		(duration_parse(a->length_text, false, &a->length, NULL) != ANJU_OK ||
			a->length.n == 0))
		return json_fail_at(err, "calendar.duration", &length_at,
			json_object_get(data, "length"), "10wd 30d 6mo 1y 12h");
	if (a->until_text != NULL && date_parse(a->until_text, &a->until, NULL) != ANJU_OK)
		return json_fail_at(err, "calendar.date", &until_at, json_object_get(data, "until"),
			"@say.date_such|2018-05-01");
	return ANJU_OK;
}

static anju_status unknown_deadline(const struct asked *a, bool known, anju_error *err)
{
	const struct act *act = a->act;
	ANJU_AUTO_BUF list = BUF_INIT;
	for (size_t i = 0; !known && i < act->wf->deadlines_len; i++)
		buf_addf(&list, "%s%s", i > 0 ? " " : "", act->wf->deadlines[i].name);
	for (size_t i = 0; known && i < act->cs->duties_len; i++) {
		const struct duty *d = &act->cs->duties[i];
		if (d->def != NULL)
			buf_addf(&list, "%s%s", list.len > 0 ? " " : "", d->name);
	}
	(void)anju_fail(err, ANJU_E_NOTFOUND, known ? "case.duty_ended" : "case.duty_unknown",
		"%s/%s: no open deadline %.60s", act->wf->id, act->cs->key, a->name);
	anju_error_where(err, "/data/deadline");
	anju_error_found(err, "%s", a->name);
	anju_error_allowed(err, "%s", list.len > 0 ? list.data : "@say.nothing");
	return ANJU_E_NOTFOUND;
}

static anju_status find_duty(struct asked *a, anju_error *err)
{
	const struct act *act = a->act;
	bool known = false;
	for (size_t i = 0; i < act->wf->deadlines_len; i++)
		known = known || strcmp(act->wf->deadlines[i].name, a->name) == 0;
	for (size_t i = 0; i < act->cs->duties_len; i++) {
		struct duty *d = &act->cs->duties[i];
		if (d->def == NULL || strcmp(d->name, a->name) != 0)
			continue;
		a->d = d;
		a->log = case_duty_log(act->cs, a->name);
		a->before = *d;
		return ANJU_OK;
	}
	return unknown_deadline(a, known, err);
}

static anju_status read_request(struct asked *a, anju_error *err)
{
	static const char *const with_length[] = {"deadline", "length", "until", NULL};
	static const char *const plain[] = {"deadline", NULL};
	const json_t *data = a->act->request->data;
	struct json_at root = JSON_AT_ROOT(""), at = JSON_AT_KEY(&root, "data"),
		       name_at = JSON_AT_KEY(&at, "deadline");
	if (data == NULL)
		return json_fail_at(err, "json.missing", &name_at, NULL, "deadline");
	anju_status st =
		json_only(data, &at, acts[a->what].takes_length ? with_length : plain, err);
	if (st == ANJU_OK)
		st = json_need_string(data, &at, "deadline", &a->name, err);
	if (st == ANJU_OK && acts[a->what].takes_length)
		st = read_length(a, &at, err);
	return st == ANJU_OK ? find_duty(a, err) : st;
}

/* Not before what was recorded last, nor before it was armed: a date that is moved twice is moved in order. */
static anju_status check_order(const struct asked *a, anju_error *err)
{
	int64_t at = a->act->request->effective_ms, least = a->d->armed_ms;
	size_t n = json_array_size(a->log);
	int64_t last = n > 0 ? duty_log_ms(json_array_get(a->log, n - 1)) : 0;
	if (a->d->status == DUTY_WATCHED && a->d->ended_ms > least)
		least = a->d->ended_ms;
	least = last > least ? last : least;
	if (at >= least)
		return ANJU_OK;
	char found[TIMESTAMP_MAX_CHARS], allowed[TIMESTAMP_MAX_CHARS];
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT;
	(void)timestamp_format(at, found);
	(void)timestamp_format(least, allowed);
	buf_addf(&zh, "上一步在 %s，这一步不能早于它（%s）", allowed, found);
	buf_addf(&en, "was last changed at %s, this cannot be earlier (%s)", allowed, found);
	anju_status st = duty_refuse(a, "case.duty_order", zh.data, en.data, found, allowed, err);
	anju_error_where(err, "/effective_at");
	return st;
}

anju_status act_on_duty(struct act *act, enum duty_act what, bool *ret_tainted, anju_error *err)
{
	struct asked a = {.act = act, .what = what};
	anju_status st = read_request(&a, err);
	if (st == ANJU_OK)
		st = duty_check_who(&a, err);
	if (st == ANJU_OK && acts[what].reason && !act_has_reason(act))
		st = refuse_reason(act, err);
	if (st == ANJU_OK)
		st = check_order(&a, err);
	if (st == ANJU_OK)
		st = duty_steps[what].check(&a, err);
	if (st != ANJU_OK)
		return st;
	*ret_tainted = true;
	st = act_write_docs(act, err);
	if (st == ANJU_OK)
		st = duty_steps[what].carry(&a, err);
	return st == ANJU_OK ? act_conclude(act, err) : st;
}
