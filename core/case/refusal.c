/**
 * Refusals that explain themselves: who could, from which state, which values failed. Each builds
 * fx->refusal, {"case", "event", "states", "text": {"zh", "en"}, …}, and the short error beside it.
 */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "case/impl.h"

static const char *event_title(const struct act *act, enum lang lang)
{
	/* not of any workflow: they have their words here */
	static const char *const amending[2] = {[LANG_ZH] = "更正", [LANG_EN] = "amend"};
	static const char *const opening[2] = {[LANG_ZH] = "建立", [LANG_EN] = "open"};
	const char *event = act->request->event;
	enum duty_act duty;
	if (act->opening)
		return opening[lang];
	if (duty_act_of(event, &duty))
		return duty_act_title(duty, lang);
	if (strcmp(event, CASE_AMEND) == 0)
		return amending[lang];
	for (uint32_t i = 0; i < chart_transition_count(act->wf->chart); i++) {
		const struct chart_transition *t = chart_transition_at(act->wf->chart, i);
		const char *title = act->wf->transitions[i].title.text[lang];
		if (title != NULL && strcmp(t->descriptor, event) == 0)
			return title;
	}
	return event;
}

/* Consumes nothing; `extra` members are added to the refusal. */
static anju_status refuse(struct act *act, anju_status status, const char *id, const char *zh,
	const char *en, const char *found, const char *allowed, anju_error *err)
{
	json_t *r = act->fx->refusal;
	if (r == NULL)
		r = act->fx->refusal = json_object();
	char name[160];
	snprintf(name, sizeof name, "%s/%s", act->wf->id, act->cs->key);
	json_object_set_new(r, "case", json_string(name));
	json_object_set_new(r, "event", json_string(act->request->event));
	if (act->cs->snapshot != NULL && !act->opening)
		json_object_set_new(r, "states", case_states(act->cs));
	json_object_set_new(r, "text", json_pack("{s:s, s:s}", "zh", zh, "en", en));
	(void)anju_fail(err, status, id, "%s: %s", name, en);
	anju_error_where(err, "/event");
	anju_error_found(err, "%s", found);
	anju_error_allowed(err, "%s", allowed);
	return status;
}

static void put(struct act *act, const char *member, json_t *value)
{
	if (act->fx->refusal == NULL)
		act->fx->refusal = json_object();
	json_object_set_new(act->fx->refusal, member, value);
}

static const char *text_of(const struct buf *b)
{
	return b->data != NULL ? b->data : "";
}

/* One more in a list of words, unless it is there: several ways of one event mostly name the same roles. */
static bool add_word(struct buf *words, const char *word)
{
	size_t n = strlen(word);
	for (const char *p = text_of(words); *p != '\0'; p += strspn(p, " ")) {
		size_t len = strcspn(p, " ");
		if (len == n && strncmp(p, word, n) == 0)
			return false;
		p += len;
	}
	buf_addf(words, "%s%s", words->len > 0 ? " " : "", word);
	return true;
}

/* The part of a path before its first "."; states of one region share it. */
static bool same_region(const char *a, const char *b)
{
	size_t n = strcspn(a, ".");
	return strcspn(b, ".") == n && strncmp(a, b, n) == 0;
}

/*
 * Where the case is, as far as it matters: of a case that is in several regions at once only the leaves
 * beside the states in `from`, an array of paths; all leaves when none is beside.
 */
static void where_now(const struct act *act, const json_t *from, struct buf *zh, struct buf *en,
	struct buf *paths)
{
	uint32_t leaves[32];
	size_t n = chart_snapshot_leaves(act->wf->chart, act->cs->snapshot, leaves, 32);
	for (int all = 0; all < 2 && paths->len == 0; all++) {
		for (size_t i = 0; i < n && i < 32; i++) {
			const char *path = chart_state_at(act->wf->chart, leaves[i])->path;
			bool beside = all == 1;
			size_t k;
			json_t *v;
			json_array_foreach((json_t *)from, k, v)
				beside = beside || same_region(path, json_string_value(v));
			if (!beside)
				continue;
			buf_addf(zh, "%s%s", zh->len > 0 ? "、" : "",
				state_title(act->wf, leaves[i], LANG_ZH));
			buf_addf(en, "%s%s", en->len > 0 ? ", " : "",
				state_title(act->wf, leaves[i], LANG_EN));
			buf_addf(paths, "%s%s", paths->len > 0 ? " " : "", path);
		}
	}
}

anju_status refuse_state(struct act *act, anju_error *err)
{
	const struct chart *chart = act->wf->chart;
	const char *event = act->request->event;
	ANJU_AUTO_BUF from_zh = BUF_INIT, from_en = BUF_INIT, paths = BUF_INIT, now_zh = BUF_INIT,
		      now_en = BUF_INIT, now = BUF_INIT, zh = BUF_INIT, en = BUF_INIT;
	json_t *from = json_array();
	for (uint32_t i = 0; i < chart_transition_count(chart); i++) {
		const struct chart_transition *t = chart_transition_at(chart, i);
		if (t->forbidden || t->descriptor[0] == '\0' ||
			!chart_descriptor_matches(t->descriptor, event))
			continue;
		const char *path = chart_state_at(chart, t->source)->path;
		bool first = json_array_size(from) == 0;
		/* several guarded ways out of one state */
		if (!add_word(&paths, path))
			continue;
		json_array_append_new(from, json_string(path));
		buf_addf(&from_zh, "%s“%s”", first ? "" : "、",
			state_title(act->wf, t->source, LANG_ZH));
		buf_addf(&from_en, "%s\"%s\"", first ? "" : ", ",
			state_title(act->wf, t->source, LANG_EN));
	}
	where_now(act, from, &now_zh, &now_en, &now);
	bool known = json_array_size(from) > 0;
	put(act, "from", from);
	if (known) {
		buf_addf(&zh, "现在处于“%s”，不能“%s”；只能在%s时进行", text_of(&now_zh),
			event_title(act, LANG_ZH), text_of(&from_zh));
		buf_addf(&en, "\"%s\" is not possible now (in %s); only from %s",
			event_title(act, LANG_EN), text_of(&now_en), text_of(&from_en));
		return refuse(act, ANJU_E_REFUSED, "case.wrong_state", text_of(&zh), text_of(&en),
			text_of(&now), text_of(&paths), err);
	}
	ANJU_AUTO_JSON *possible = case_possible(act->env, act->cs);
	size_t i;
	json_t *v;
	json_array_foreach(possible, i, v) {
		buf_addf(&paths, "%s%s", i > 0 ? " " : "",
			json_string_value(json_object_get(v, "event")));
	}
	buf_addf(&zh, "流程“%s”没有事件 %s；现在可用：%s", act->wf->title.text[LANG_ZH], event,
		text_of(&paths));
	buf_addf(&en, "workflow \"%s\" knows no event %s; possible now: %s",
		act->wf->title.text[LANG_EN], event, text_of(&paths));
	return refuse(act, ANJU_E_REFUSED, "case.unknown_event", text_of(&zh), text_of(&en), event,
		text_of(&paths), err);
}

/* "国土局（610322.land）" for each unit that a role list means here; the role itself where there is none. */
static void who_could(struct act *act, const struct role_list *roles, json_t *who, struct buf *zh,
	struct buf *en, struct buf *codes)
{
	const struct unit *units[16];
	size_t n = case_units(act->env, act->cs, roles, units, 16);
	for (size_t i = 0; i < n; i++) {
		if (!add_word(codes, units[i]->code))
			continue;
		buf_addf(zh, "%s%s（%s）", zh->len > 0 ? "、" : "", units[i]->title[LANG_ZH],
			units[i]->code);
		buf_addf(en, "%s%s (%s)", en->len > 0 ? ", " : "", units[i]->title[LANG_EN],
			units[i]->code);
		json_array_append_new(who, json_string(units[i]->code));
	}
	for (size_t i = 0; n == 0 && i < roles->len; i++) {
		const struct role *role = &roles->roles[i];
		if (!add_word(codes, role->text))
			continue;
		bool system = role->scope == ROLE_SYSTEM;
		buf_addf(zh, "%s%s", zh->len > 0 ? "、" : "", system ? "系统" : role->text);
		buf_addf(en, "%s%s", en->len > 0 ? ", " : "", system ? "anju itself" : role->text);
	}
	if (n == 0 && roles->len == 0 && add_word(codes, "system")) {
		buf_addf(zh, "%s系统", zh->len > 0 ? "、" : "");
		buf_addf(en, "%sanju itself", en->len > 0 ? ", " : "");
	}
}

static anju_status denied(struct act *act, const char *id, json_t *who, const char *zh_act,
	const char *en_act, const struct buf *zh_who, const struct buf *en_who,
	const struct buf *codes, anju_error *err)
{
	const struct unit *unit = act->request->who->unit;
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT;
	put(act, "who", who);
	buf_addf(&zh, "%s无权“%s”；有权的是%s",
		unit != NULL ? unit->title[LANG_ZH] : "未登记的来访者", zh_act, text_of(zh_who));
	buf_addf(&en, "%s may not \"%s\"; %s may",
		unit != NULL ? unit->title[LANG_EN] : "an unregistered peer", en_act,
		text_of(en_who));
	return refuse(act, ANJU_E_DENIED, id, text_of(&zh), text_of(&en),
		unit != NULL ? unit->code : "@say.nobody", text_of(codes), err);
}

anju_status refuse_units(struct act *act, const struct unit *const *units, size_t n,
	const char *const what[2], anju_error *err)
{
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT, codes = BUF_INIT;
	json_t *who = json_array();
	for (size_t i = 0; i < n; i++) {
		if (!add_word(&codes, units[i]->code))
			continue;
		buf_addf(&zh, "%s%s（%s）", zh.len > 0 ? "、" : "", units[i]->title[LANG_ZH],
			units[i]->code);
		buf_addf(&en, "%s%s (%s)", en.len > 0 ? ", " : "", units[i]->title[LANG_EN],
			units[i]->code);
		json_array_append_new(who, json_string(units[i]->code));
	}
	if (n == 0 && add_word(&codes, "system")) {
		buf_adds(&zh, "系统");
		buf_adds(&en, "anju itself");
	}
	return denied(
		act, "case.wrong_role", who, what[LANG_ZH], what[LANG_EN], &zh, &en, &codes, err);
}

anju_status refuse_because(struct act *act, anju_status st, const char *id,
	const char *const text[2], const char *where, const char *found, const char *allowed,
	anju_error *err)
{
	(void)refuse(act, st, id, text[LANG_ZH], text[LANG_EN], found, allowed, err);
	anju_error_where(err, "%s", where);
	return st;
}

anju_status refuse_role(struct act *act, const uint32_t *candidates, size_t n, anju_error *err)
{
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT, codes = BUF_INIT;
	json_t *who = json_array();
	for (size_t i = 0; i < n; i++)
		who_could(act, &act->wf->transitions[candidates[i]].by, who, &zh, &en, &codes);
	return denied(act, "case.wrong_role", who, event_title(act, LANG_ZH),
		event_title(act, LANG_EN), &zh, &en, &codes, err);
}

anju_status refuse_transition_role(struct act *act, uint32_t transition, anju_error *err)
{
	return refuse_role(act, &transition, 1, err);
}

/* `verb`: "填写" and "write"; of what is named by `title`. */
static anju_status denied_writing(struct act *act, const char *id, const char *const verb[2],
	const struct label *title, json_t *who, const struct buf words[2], const struct buf *codes,
	anju_error *err)
{
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT;
	buf_addf(&zh, "%s“%s”", verb[LANG_ZH], title->text[LANG_ZH]);
	buf_addf(&en, "%s \"%s\"", verb[LANG_EN], title->text[LANG_EN]);
	return denied(act, id, who, text_of(&zh), text_of(&en), &words[LANG_ZH], &words[LANG_EN],
		codes, err);
}

static anju_status refuse_data(struct act *act, const char *name, const struct label *title,
	const struct role_list *by, anju_error *err)
{
	static const char *const verb[2] = {[LANG_ZH] = "填写", [LANG_EN] = "write"};
	struct buf words[2] = {0};
	ANJU_AUTO_BUF codes = BUF_INIT;
	json_t *who = json_array();
	who_could(act, by, who, &words[LANG_ZH], &words[LANG_EN], &codes);
	anju_status st =
		denied_writing(act, "case.field_role", verb, title, who, words, &codes, err);
	anju_error_where(err, "/data/%s", name);
	buf_done(&words[LANG_ZH]);
	buf_done(&words[LANG_EN]);
	return st;
}

anju_status refuse_relation(struct act *act, const struct relation *rel, anju_error *err)
{
	return refuse_data(act, rel->name, &rel->title, &act->wf->open_by, err);
}

anju_status refuse_doc(struct act *act, const struct doc_kind *kind, size_t i, anju_error *err)
{
	static const char *const verb[2] = {[LANG_ZH] = "提交", [LANG_EN] = "file"};
	struct buf words[2] = {0};
	ANJU_AUTO_BUF codes = BUF_INIT;
	json_t *who = json_array();
	who_could(act, &act->wf->open_by, who, &words[LANG_ZH], &words[LANG_EN], &codes);
	for (uint32_t t = 0; t < chart_transition_count(act->wf->chart); t++) {
		if (act_doc_concerns(act, kind, t))
			who_could(act, &act->wf->transitions[t].by, who, &words[LANG_ZH],
				&words[LANG_EN], &codes);
	}
	anju_status st =
		denied_writing(act, "case.doc_role", verb, &kind->title, who, words, &codes, err);
	anju_error_where(err, "/docs/%zu", i);
	buf_done(&words[LANG_ZH]);
	buf_done(&words[LANG_EN]);
	return st;
}

static anju_status refuse_locked(struct act *act, const struct field *f, anju_error *err)
{
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT, again_zh = BUF_INIT, again_en = BUF_INIT,
		      paths = BUF_INIT;
	for (size_t i = 0; i < f->again_len; i++) {
		buf_addf(&again_zh, "%s“%s”", i > 0 ? "、" : "",
			state_title(act->wf, f->again[i], LANG_ZH));
		buf_addf(&again_en, "%s\"%s\"", i > 0 ? ", " : "",
			state_title(act->wf, f->again[i], LANG_EN));
		buf_addf(&paths, "%s%s", i > 0 ? " " : "",
			chart_state_at(act->wf->chart, f->again[i])->path);
	}
	buf_addf(&zh, "“%s”已锁定（进入“%s”之后不得擅自修改）", f->title.text[LANG_ZH],
		state_title(act->wf, f->until, LANG_ZH));
	buf_addf(&en, "\"%s\" is locked since \"%s\" was entered", f->title.text[LANG_EN],
		state_title(act->wf, f->until, LANG_EN));
	if (f->again_len > 0) {
		buf_addf(&zh, "；须按规定程序退回%s后再改", text_of(&again_zh));
		buf_addf(&en, "; it opens again only through %s", text_of(&again_en));
	}
	anju_status st = refuse(act, ANJU_E_REFUSED, "case.locked", text_of(&zh), text_of(&en),
		f->name, text_of(&paths), err);
	anju_error_where(err, "/data/%s", f->name);
	return st;
}

anju_status refuse_field(struct act *act, const struct field *f, bool locked, anju_error *err)
{
	return locked ? refuse_locked(act, f, err)
		      : refuse_data(act, f->name, &f->title, &f->write_by, err);
}

anju_status refuse_done(struct act *act, anju_error *err)
{
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT, now_zh = BUF_INIT, now_en = BUF_INIT,
		      now = BUF_INIT;
	where_now(act, NULL, &now_zh, &now_en, &now);
	buf_addf(&zh, "已办结（“%s”），不能再“%s”", text_of(&now_zh), event_title(act, LANG_ZH));
	buf_addf(&en, "the case has ended (in \"%s\"): no more \"%s\"", text_of(&now_en),
		event_title(act, LANG_EN));
	return refuse(act, ANJU_E_REFUSED, "case.done", text_of(&zh), text_of(&en),
		act->request->event, text_of(&now), err);
}

anju_status refuse_guard(struct act *act, anju_error *err)
{
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT;
	put(act, "guards", act->failed != NULL ? json_incref(act->failed) : json_array());
	buf_addf(&zh, "不能“%s”：%s", event_title(act, LANG_ZH), text_of(&act->why[LANG_ZH]));
	buf_addf(&en, "\"%s\" refused: %s", event_title(act, LANG_EN), text_of(&act->why[LANG_EN]));
	anju_status st =
		refuse(act, ANJU_E_REFUSED, "case.guard", text_of(&zh), text_of(&en), "", "", err);
	message_found_words(err, text_of(&act->why[LANG_ZH]), text_of(&act->why[LANG_EN]));
	return st;
}

anju_status refuse_cannot(struct act *act, const anju_error *why, anju_error *err)
{
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT, why_zh = BUF_INIT, why_en = BUF_INIT;
	/* `why` may be what `err` points to */
	message_render_error(&why_zh, why, LANG_ZH);
	message_render_error(&why_en, why, LANG_EN);
	buf_addf(&zh, "不能“%s”：条件无法判定（%s）", event_title(act, LANG_ZH), text_of(&why_zh));
	buf_addf(&en, "\"%s\" refused: a condition cannot be decided (%s)",
		event_title(act, LANG_EN), text_of(&why_en));
	anju_status st = refuse(
		act, ANJU_E_REFUSED, "case.guard_cannot", text_of(&zh), text_of(&en), "", "", err);
	message_found_words(err, text_of(&why_zh), text_of(&why_en));
	return st;
}

anju_status refuse_needs(struct act *act, const struct transition_rule *rule, anju_error *err)
{
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT, list_zh = BUF_INIT, list_en = BUF_INIT,
		      kinds = BUF_INIT;
	json_t *needs = json_array();
	for (size_t i = 0; i < rule->needs_len; i++) {
		if (json_object_get(act->cs->docs, rule->needs[i]) != NULL)
			continue;
		const struct doc_kind *doc = workflow_doc(act->wf, rule->needs[i]);
		const char *t_zh = doc != NULL ? doc->title.text[LANG_ZH] : rule->needs[i];
		const char *t_en = doc != NULL ? doc->title.text[LANG_EN] : rule->needs[i];
		buf_addf(&list_zh, "%s%s", list_zh.len > 0 ? "、" : "", t_zh);
		buf_addf(&list_en, "%s%s", list_en.len > 0 ? ", " : "", t_en);
		buf_addf(&kinds, "%s%s", kinds.len > 0 ? " " : "", rule->needs[i]);
		json_array_append_new(needs, json_string(rule->needs[i]));
	}
	put(act, "needs", needs);
	buf_addf(&zh, "不能“%s”：缺少%s", event_title(act, LANG_ZH), text_of(&list_zh));
	buf_addf(&en, "\"%s\" refused: missing %s", event_title(act, LANG_EN), text_of(&list_en));
	return refuse(act, ANJU_E_REFUSED, "case.needs", text_of(&zh), text_of(&en), "",
		text_of(&kinds), err);
}

anju_status refuse_requires(struct act *act, const struct transition_rule *rule, anju_error *err)
{
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT, list_zh = BUF_INIT, list_en = BUF_INIT,
		      names = BUF_INIT;
	json_t *requires = json_array();
	for (size_t i = 0; i < rule->requires_len; i++) {
		const struct field *f = rule->requires[i];
		if (values_has(act->wf, &act->cs->values, f))
			continue;
		buf_addf(&list_zh, "%s%s", list_zh.len > 0 ? "、" : "", f->title.text[LANG_ZH]);
		buf_addf(&list_en, "%s%s", list_en.len > 0 ? ", " : "", f->title.text[LANG_EN]);
		buf_addf(&names, "%s%s", names.len > 0 ? " " : "", f->name);
		json_array_append_new(requires, json_string(f->name));
	}
	put(act, "requires", requires);
	buf_addf(&zh, "不能“%s”：尚未填写%s", event_title(act, LANG_ZH), text_of(&list_zh));
	buf_addf(&en, "\"%s\" refused: not filled in: %s", event_title(act, LANG_EN),
		text_of(&list_en));
	return refuse(act, ANJU_E_REFUSED, "case.requires", text_of(&zh), text_of(&en), "",
		text_of(&names), err);
}

anju_status refuse_reason(struct act *act, anju_error *err)
{
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT;
	buf_addf(&zh, "“%s”必须说明理由（reason）", event_title(act, LANG_ZH));
	buf_addf(&en, "\"%s\" needs a reason", event_title(act, LANG_EN));
	return refuse(
		act, ANJU_E_REFUSED, "case.reason", text_of(&zh), text_of(&en), "", "reason", err);
}
