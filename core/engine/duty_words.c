/* What units hear of acts on deadlines, and of what is to be looked at again. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "case/duty_acts.h"
#include "engine/impl.h"
#include "journal/duty_log.h"

#define UNITS_MAX 32

static const char *or_empty(const char *s)
{
	return s != NULL ? s : "";
}

static json_t *words_body(const struct anju_case *cs, const struct buf *zh, const struct buf *en)
{
	return json_pack("{s:s, s:{s:s, s:o}, s:s, s:{s:s, s:s}}", "kind", "notice", "workflow",
		"id", cs->wf->id, "title", engine_label(&cs->wf->title, cs->wf->id), "key", cs->key,
		"text", "zh", or_empty(zh->data), "en", or_empty(en->data));
}

static anju_status say(struct engine *e, const struct anju_case *cs, int64_t deadline_id,
	const char *claim, const struct buf *zh, const struct buf *en,
	const struct unit *const *units, size_t n, anju_error *err)
{
	ANJU_AUTO_JSON *body = words_body(cs, zh, en);
	if (body == NULL || zh->failed || en->failed)
		return anju_fail_nomem(err);
	struct engine_item item = {.claim = claim,
		.case_id = cs->id,
		.deadline_id = deadline_id,
		.arose_ms = e->env.now_ms,
		.body = body};
	anju_status st = ANJU_OK;
	for (size_t i = 0; i < n && st == ANJU_OK; i++) {
		item.to = units[i];
		st = engine_item(e, &item, err);
	}
	return st;
}

/* --- what is watched --- */

anju_status engine_check(struct engine *e, struct cached *c, struct duty *d, anju_error *err)
{
	const struct unit *units[UNITS_MAX];
	const struct label *what = &d->def->keep_up.title;
	const json_t *kept = duty_log_last(case_duty_log(c->cs, d->name), "keep");
	const char *last = json_string_value(json_object_get(kept, "at"));
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT;
	char claim[64];
	size_t n = 0;
	snprintf(claim, sizeof claim, "k%lld/%lld", (long long)d->id, (long long)d->next_ms);
	anju_status st = case_fire_check(&e->env, c->cs, d, units, UNITS_MAX, &n, err);
	if (st != ANJU_OK)
		return st;
	const char *zh_what = or_empty(what->text[LANG_ZH]),
		   *en_what = or_empty(what->text[LANG_EN]);
	buf_addf(&zh, "“%s”已完成，请核查是否持续达标%s%s", d->def->title.text[LANG_ZH],
		zh_what[0] != '\0' ? "：" : "", zh_what);
	buf_addf(&en, "\"%s\" was met; look whether it is kept up%s%s", d->def->title.text[LANG_EN],
		en_what[0] != '\0' ? ": " : "", en_what);
	if (last != NULL) {
		buf_addf(&zh, "（上次确认 %.10s）", last);
		buf_addf(&en, " (confirmed last on %.10s)", last);
	}
	st = say(e, c->cs, d->id, claim, &zh, &en, units, n, err);
	return st == ANJU_OK ? engine_persist_duty(e, c->cs, d, err) : st;
}

/* --- acts --- */

static const char *const done[DUTY_ACT_COUNT][2] = {
	[DUTY_ACT_WAIVE] = {"已免除", "has been waived"},
	[DUTY_ACT_SUSPEND] = {"已中止", "has been suspended"},
	[DUTY_ACT_RESUME] = {"已恢复", "goes on"},
	[DUTY_ACT_EXTEND] = {"申请延期，请答复", "more time is asked for, please answer"},
	[DUTY_ACT_GRANT] = {"准予延期", "more time is granted"},
	[DUTY_ACT_REFUSE] = {"不准延期", "more time is refused"},
	[DUTY_ACT_KEEP] = {"确认持续达标", "is kept up"},
	[DUTY_ACT_LAPSE] = {"未能持续，重新办理", "is not kept up and open again"},
};

static void add_words(const struct deadline_def *def, enum duty_act act, const json_t *entry,
	enum lang lang, struct buf *out)
{
	bool zh = lang == LANG_ZH;
	const char *was = json_string_value(json_object_get(entry, "was"));
	const char *due = json_string_value(json_object_get(entry, "due"));
	const char *length = json_string_value(json_object_get(entry, "length"));
	const char *until = json_string_value(json_object_get(entry, "until"));
	const char *reason = json_string_value(json_object_get(entry, "reason"));
	buf_addf(out, zh ? "“%s”%s" : "\"%s\" %s", def->title.text[lang], done[act][lang]);
	if (act == DUTY_ACT_EXTEND && length != NULL)
		buf_addf(out, zh ? "，延长 %s" : ", %s longer", length);
	else if (act == DUTY_ACT_EXTEND && until != NULL)
		buf_addf(out, zh ? "，延到 %s" : ", until %s", until);
	if (was != NULL && due != NULL)
		buf_addf(out, zh ? "，到期日由 %s 改为 %s" : ", due %s → %s", was, due);
	if (reason != NULL && reason[0] != '\0')
		buf_addf(out, zh ? "：%s" : ": %s", reason);
	buf_addf(out, zh ? "（%s）" : " (%s)",
		or_empty(json_string_value(json_object_get(entry, "by"))));
}

/* A request goes to those who answer it, anything else to those who have the duty; not to who did it. */
static size_t hearers(const struct engine *e, const struct anju_case *cs,
	const struct deadline_def *def, enum duty_act act, const struct unit *who,
	const struct unit **ret)
{
	enum duty_act of = act == DUTY_ACT_EXTEND ? DUTY_ACT_GRANT : DUTY_ACT_KEEP;
	size_t n = case_duty_units(&e->env, cs, def, of, ret, UNITS_MAX), kept = 0;
	for (size_t i = 0; i < n; i++) {
		if (ret[i] != who)
			ret[kept++] = ret[i];
	}
	return kept;
}

anju_status engine_duty_words(struct engine *e, const struct anju_case *cs,
	const struct case_effects *fx, const struct case_request *request, anju_error *err)
{
	enum duty_act act;
	const struct unit *units[UNITS_MAX];
	const char *name = json_string_value(json_object_get(request->data, "deadline"));
	const struct deadline_def *def = name != NULL ? workflow_deadline(cs->wf, name) : NULL;
	if (!duty_act_of(request->event, &act) || act == DUTY_ACT_KEEP || def == NULL)
		return ANJU_OK;
	const json_t *entry = json_array_get(json_object_get(fx->duties, name), 0);
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT;
	char claim[64];
	add_words(def, act, entry, LANG_ZH, &zh);
	add_words(def, act, entry, LANG_EN, &en);
	snprintf(claim, sizeof claim, "a%lld/%lld", (long long)cs->id, (long long)cs->rev);
	size_t n = hearers(e, cs, def, act, request->who->unit, units);
	return say(e, cs, 0, claim, &zh, &en, units, n, err);
}
