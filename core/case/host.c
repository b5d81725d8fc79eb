/** What the chart asks of a case during a step: guards, and what happens on the way. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "case/impl.h"

struct asking {
	struct act *act;
	struct chart_step *step;
	bool explain; /* a no is said in words */
};

static bool is_in(void *ctx, uint32_t state)
{
	const struct act *act = ctx;
	/* a case being opened has no snapshot before the step is over */
	if (act->step != NULL)
		return chart_step_in(act->step, state);
	return act->cs->snapshot != NULL && chart_snapshot_in(act->cs->snapshot, state);
}

static bool is_in_step(void *ctx, uint32_t state)
{
	const struct asking *asking = ctx;
	return chart_step_in(asking->step, state);
}

static json_t *related_of_act(void *ctx, const struct relation *relation)
{
	struct act *act = ctx;
	/* what the event itself says counts, as it does for fields and documents */
	const json_t *ids = relation->inverse == NULL && act->fx != NULL
				    ? json_object_get(act->fx->relations, relation->name)
				    : NULL;
	return act->env->related(act->env->ctx, act->cs, relation, ids);
}

static json_t *related_of_asking(void *ctx, const struct relation *relation)
{
	return related_of_act(((struct asking *)ctx)->act, relation);
}

void act_vars(const struct act *act, struct pack_vars *ret)
{
	*ret = (struct pack_vars){
		.wf = act->wf,
		.key = act->cs->key,
		.values = &act->cs->values,
		.event = act->request->data,
		.rules = act->env->rules,
		.calendar = act->env->calendar,
		.docs = act->cs->docs,
		.effective_ms = act->request->effective_ms,
		.ctx = (void *)act,
		.in = is_in,
		.related = related_of_act,
	};
}

static void step_vars(struct asking *asking, struct pack_vars *ret)
{
	act_vars(asking->act, ret);
	ret->ctx = asking;
	ret->in = is_in_step;
	ret->related = related_of_asking;
}

static enum chart_verdict keep_failure(struct act *act, const anju_error *err)
{
	act->failure = *err;
	act->has_failure = true;
	return CHART_CANNOT;
}

static void say_no(struct act *act, const struct guard *g, const char *zh, const char *en)
{
	const char *explained[2] = {[LANG_ZH] = zh, [LANG_EN] = en};
	static const char *const joint[2] = {[LANG_ZH] = "；", [LANG_EN] = "; "};
	for (int i = 0; i < 2; i++) {
		const char *own = g->refusal.text[i];
		if (own != NULL && own[0] != '\0')
			buf_addf(&act->why[i], "%s%s", act->why[i].len > 0 ? joint[i] : "", own);
		buf_addf(&act->why[i], "%s%s", act->why[i].len > 0 ? joint[i] : "", explained[i]);
	}
	if (act->failed == NULL)
		act->failed = json_array();
	json_t *both = json_pack("{s:s, s:s}", "zh", zh, "en", en);
	if (both != NULL)
		(void)json_array_append_new(act->failed, both);
}

/* --- guards --- */

static enum chart_verdict ask_cel(struct asking *asking, const struct guard *g)
{
	struct act *act = asking->act;
	struct pack_vars vars;
	struct expr_value v;
	anju_error err = {0};
	step_vars(asking, &vars);
	expr_arena_reset(act->env->arena);
	if (pack_eval(g->expr, &vars, act->env->arena, &v, &err) != ANJU_OK)
		return keep_failure(act, &err);
	if (v.kind == EXPR_BOOL && v.b)
		return CHART_TRUE;
	if (!asking->explain)
		return CHART_FALSE;
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT;
	pack_explain(g->expr, &vars, LANG_ZH, &zh);
	pack_explain(g->expr, &vars, LANG_EN, &en);
	say_no(act, g, zh.data != NULL ? zh.data : "", en.data != NULL ? en.data : "");
	return CHART_FALSE;
}

/* NULL when one of them cannot be read: a policy must not take that for "there is none". */
static json_t *related_all(struct asking *asking)
{
	const struct workflow *wf = asking->act->wf;
	ANJU_AUTO_JSON *all = json_object();
	for (size_t i = 0; i < wf->relations_len; i++) {
		json_t *list = related_of_asking(asking, &wf->relations[i]);
		if (list == NULL || json_object_set_new(all, wf->relations[i].name, list) != 0)
			return NULL;
	}
	return ANJU_TAKE(all);
}

static json_t *states_in_step(const struct asking *asking)
{
	const struct chart *chart = asking->act->wf->chart;
	json_t *list = json_array();
	for (uint32_t i = 1; i < chart_state_count(chart); i++) {
		if (chart_step_in(asking->step, i))
			json_array_append_new(list, json_string(chart_state_at(chart, i)->path));
	}
	return list;
}

static enum chart_verdict ask_policy(
	struct asking *asking, const struct guard *g, const json_t *params)
{
	struct act *act = asking->act;
	char when[TIMESTAMP_MAX_CHARS];
	ANJU_AUTO_JSON *related = related_all(asking);
	if (related == NULL) {
		anju_error unread = {0};
		(void)anju_fail(&unread, ANJU_E_IO, "case.related", "related cases cannot be read");
		return keep_failure(act, &unread);
	}
	ANJU_AUTO_JSON *input = json_pack("{s:s, s:o, s:o, s:o, s:O, s:o, s:O, s:o, s:s, s:s, s:s}",
		"function", g->function, "case", case_data(act->cs), "event",
		act->request->data != NULL ? json_incref((json_t *)act->request->data)
					   : json_object(),
		"params", params != NULL ? json_incref((json_t *)params) : json_object(), "rules",
		act->env->rules, "docs",
		act->cs->docs != NULL ? json_incref(act->cs->docs) : json_object(), "related",
		related, "states", states_in_step(asking), "effective_at",
		timestamp_format(act->request->effective_ms, when), "key", act->cs->key, "workflow",
		act->wf->id);
	ANJU_AUTO_JSON *verdict = NULL;
	anju_error err = {0};
	if (input == NULL) {
		(void)anju_fail_nomem(&err);
		return keep_failure(act, &err);
	}
	if (act->env->policy(act->env->ctx, g, input, &verdict, &err) != ANJU_OK)
		return keep_failure(act, &err);
	if (json_is_true(json_object_get(verdict, "ok")))
		return CHART_TRUE;
	if (!asking->explain)
		return CHART_FALSE;
	const json_t *reason = json_object_get(verdict, "reason");
	const char *zh = json_string_value(json_object_get(reason, "zh"));
	const char *en = json_string_value(json_object_get(reason, "en"));
	say_no(act, g, zh != NULL ? zh : g->function, en != NULL ? en : g->function);
	return CHART_FALSE;
}

/* Only the guards of what was asked for are worth words: an eventless transition that stays where it is
 * refuses nobody. */
static bool is_asked(const struct act *act, const struct chart_call *call)
{
	for (size_t i = 0; i < act->asked_len; i++) {
		if (chart_transition_at(act->wf->chart, act->asked[i])->guard == call)
			return true;
	}
	return false;
}

static enum chart_verdict ask_in(struct asking *asking, const struct guard *g)
{
	if (chart_step_in(asking->step, g->state))
		return CHART_TRUE;
	if (!asking->explain)
		return CHART_FALSE;
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT;
	buf_addf(&zh, "尚未处于“%s”", state_title(asking->act->wf, g->state, LANG_ZH));
	buf_addf(&en, "not in \"%s\"", state_title(asking->act->wf, g->state, LANG_EN));
	say_no(asking->act, g, zh.data != NULL ? zh.data : "", en.data != NULL ? en.data : "");
	return CHART_FALSE;
}

static enum chart_verdict ask(struct asking *asking, const struct guard *g, const json_t *params)
{
	switch (g->kind) {
	case GUARD_CEL:
		return ask_cel(asking, g);
	case GUARD_POLICY:
		return ask_policy(asking, g, params);
	case GUARD_IN:
		return ask_in(asking, g);
	}
	return CHART_CANNOT;
}

static enum chart_verdict guard(void *ctx, struct chart_step *step, const struct chart_call *call,
	const struct chart_event *event)
{
	struct asking asking = {.act = ctx, .step = step, .explain = is_asked(ctx, call)};
	const struct case_observer *observer = asking.act->env->observer;
	(void)event; /* the request's data is the event's for the whole macrostep */
	enum chart_verdict verdict = ask(&asking, call->user, call->params);
	if (observer != NULL)
		observer->guard(observer->ctx, asking.act->wf, call, verdict);
	return verdict;
}

/* --- actions --- */

/* A value of the expression language as the field wants it stored. */
static json_t *field_value(
	const struct field *f, const struct expr_value *v, struct expr_arena *arena)
{
	char text[DECIMAL_MAX_CHARS];
	if (v->kind == EXPR_DECIMAL && f->type == FIELD_DECIMAL)
		return json_string(decimal_format(v->dec, f->scale, text));
	if (v->kind == EXPR_INT && f->type == FIELD_DECIMAL)
		return json_string(decimal_format(decimal_of_int(v->i), f->scale, text));
	if (v->kind == EXPR_DECIMAL && v->dec.den == 1)
		return json_integer(v->dec.num);
	if (v->kind == EXPR_TIMESTAMP && f->type == FIELD_DATE)
		return json_string(date_format(timestamp_to_day(v->time.seconds * 1000), text));
	return expr_value_to_json(v, arena);
}

static anju_status evaluate(
	struct asking *asking, const struct expr *expr, struct expr_value *ret, anju_error *err)
{
	struct pack_vars vars;
	step_vars(asking, &vars);
	expr_arena_reset(asking->act->env->arena);
	return pack_eval(expr, &vars, asking->act->env->arena, ret, err);
}

/* Eventless transitions are asked again after it. */
static anju_status set_field(
	struct asking *asking, const struct field *f, json_t *value, anju_error *err)
{
	asking->act->wrote = false;
	anju_status st = act_set(asking->act, f, value, err);
	if (asking->act->wrote)
		chart_touched(asking->step);
	return st;
}

static anju_status do_assign(struct asking *asking, const struct action *a, anju_error *err)
{
	struct expr_value v;
	anju_status st = evaluate(asking, a->expr, &v, err);
	if (st != ANJU_OK)
		return anju_wrap(err, st, "setting %s", a->field->name);
	ANJU_AUTO_JSON *value = field_value(a->field, &v, asking->act->env->arena);
	if (value == NULL)
		return anju_fail_nomem(err);
	if (!json_is_null(value)) {
		st = field_check(a->field, asking->act->env->org, value, err);
		if (st != ANJU_OK)
			return st;
	}
	return set_field(asking, a->field, value, err);
}

static void *grow(void *list, size_t len, size_t size)
{
	/* lists of effects are short: one more each time */
	return realloc(list, (len + 1) * size);
}

static anju_status do_send(struct act *act, const struct action *a, anju_error *err)
{
	struct case_effects *fx = act->fx;
	struct case_send *p = grow(fx->sends, fx->sends_len, sizeof *p);
	if (p == NULL)
		return anju_fail_nomem(err);
	fx->sends = p;
	p[fx->sends_len++] = (struct case_send){.relation = a->relation, .event = a->event};
	return ANJU_OK;
}

static anju_status do_notice(struct act *act, const struct action *a, anju_error *err)
{
	struct case_effects *fx = act->fx;
	struct case_notice *p = grow(fx->notices, fx->notices_len, sizeof *p);
	if (p == NULL)
		return anju_fail_nomem(err);
	fx->notices = p;
	p[fx->notices_len++] = (struct case_notice){.action = a};
	return ANJU_OK;
}

/* No field holds an instant: what is one means its day. */
json_t *case_opening_value(const struct expr_value *v, struct expr_arena *arena)
{
	char text[16];
	if (v->kind == EXPR_TIMESTAMP)
		return json_string(date_format(timestamp_to_day(v->time.seconds * 1000), text));
	return expr_value_to_json(v, arena);
}

static anju_status open_data(
	struct asking *asking, const struct action *a, json_t *data, anju_error *err)
{
	for (size_t i = 0; i < a->data_len; i++) {
		struct expr_value v;
		anju_status st = evaluate(asking, a->data_exprs[i], &v, err);
		if (st != ANJU_OK)
			return st;
		json_t *value = case_opening_value(&v, asking->act->env->arena);
		if (value == NULL || json_object_set_new(data, a->data_names[i], value) != 0)
			return anju_fail_nomem(err);
	}
	return ANJU_OK;
}

static anju_status fail_key_kind(anju_error *err)
{
	(void)anju_fail(err, ANJU_E_INVALID, "case.key", "key of the case to open is no string");
	anju_error_allowed(err, "@say.string");
	return ANJU_E_INVALID;
}

static anju_status do_open(struct asking *asking, const struct action *a, anju_error *err)
{
	struct case_effects *fx = asking->act->fx;
	struct expr_value v;
	anju_status st = evaluate(asking, a->expr, &v, err);
	if (st != ANJU_OK)
		return st;
	if (v.kind != EXPR_STRING)
		return fail_key_kind(err);
	/* not a C string: no NUL at its end, perhaps one inside, which no key has */
	ANJU_AUTO_MEM char *key = malloc(v.str.len + 1);
	ANJU_AUTO_JSON *data = json_object();
	if (key == NULL || data == NULL)
		return anju_fail_nomem(err);
	memcpy(key, v.str.s, v.str.len);
	key[v.str.len] = '\0';
	st = open_data(asking, a, data, err);
	if (st != ANJU_OK)
		return st;
	struct case_open *p = grow(fx->opens, fx->opens_len, sizeof *p);
	if (p == NULL)
		return anju_fail_nomem(err);
	fx->opens = p;
	p[fx->opens_len++] = (struct case_open){
		.workflow = a->workflow, .key = ANJU_TAKE(key), .data = ANJU_TAKE(data)};
	return ANJU_OK;
}

static anju_status do_action(struct asking *asking, const struct chart_call *call, anju_error *err)
{
	const struct action *a = call->user;
	anju_status st = ANJU_OK;
	switch (a->kind) {
	case ACTION_ASSIGN:
		return do_assign(asking, a, err);
	case ACTION_CLEAR:
		for (size_t i = 0; i < a->fields_len && st == ANJU_OK; i++)
			st = set_field(asking, a->fields[i], NULL, err);
		return st;
	case ACTION_SEND:
		return do_send(asking->act, a, err);
	case ACTION_OPEN:
		return do_open(asking, a, err);
	case ACTION_RAISE:
		return chart_raise(asking->step, a->event, NULL, err);
	case ACTION_NOTIFY:
		return do_notice(asking->act, a, err);
	}
	return st;
}

/* --- states --- */

static anju_status note_seen(struct act *act, bool state, uint32_t index, anju_error *err)
{
	if (act->env->observer == NULL)
		return ANJU_OK;
	struct seen *p = grow(act->seen, act->seen_len, sizeof *p);
	if (p == NULL)
		return anju_fail_nomem(err);
	act->seen = p;
	p[act->seen_len++] = (struct seen){.state = state, .index = index};
	return ANJU_OK;
}

static anju_status entered(struct act *act, uint32_t state, anju_error *err)
{
	const struct state_rule *rule = &act->wf->states[state];
	anju_status st = note_seen(act, true, state, err);
	if (st != ANJU_OK)
		return st;
	for (size_t i = 0; i < rule->unlocks_len && st == ANJU_OK; i++)
		st = case_lock(act, &act->wf->fields[rule->unlocks[i]], false, err);
	for (size_t i = 0; i < rule->locks_len && st == ANJU_OK; i++)
		st = case_lock(act, &act->wf->fields[rule->locks[i]], true, err);
	if (st != ANJU_OK)
		return st;
	for (size_t i = 0; i < rule->meets_len; i++)
		act_meet(act, &act->wf->deadlines[rule->meets[i]]);
	for (size_t i = 0; i < rule->arms_len; i++) {
		st = act_arm(act, &act->wf->deadlines[rule->arms[i]], err);
		if (st != ANJU_OK)
			return st;
	}
	return ANJU_OK;
}

/* A transition's own conditions beside its guard. Events of the chart itself (always, after, done) carry none. */
static anju_status taken(struct act *act, uint32_t index, anju_error *err)
{
	const struct transition_rule *rule = &act->wf->transitions[index];
	const struct chart_transition *t = chart_transition_at(act->wf->chart, index);
	act->taken = true;
	anju_status st = note_seen(act, false, index, err);
	if (st != ANJU_OK)
		return st;
	if (rule->by.len == 0 || strcmp(t->descriptor, "") == 0)
		return ANJU_OK;
	/* taken for an event that the chart raised on the way: nobody asked for it, so nobody has to be let */
	if (!chart_descriptor_matches(t->descriptor, act->request->event))
		return ANJU_OK;
	if (!act_may(act, &rule->by))
		return refuse_transition_role(act, index, err);
	if (rule->reason && !act_has_reason(act))
		return refuse_reason(act, err);
	for (size_t i = 0; i < rule->needs_len; i++) {
		if (json_object_get(act->cs->docs, rule->needs[i]) == NULL)
			return refuse_needs(act, rule, err);
	}
	for (size_t i = 0; i < rule->requires_len; i++) {
		if (!values_has(act->wf, &act->cs->values, rule->requires[i]))
			return refuse_requires(act, rule, err);
	}
	return ANJU_OK;
}

static anju_status effect(void *ctx, struct chart_step *step, const struct chart_effect *e,
	const struct chart_event *event, anju_error *err)
{
	struct act *act = ctx;
	struct asking asking = {.act = act, .step = step};
	act->step = step;
	(void)event;
	switch (e->kind) {
	case CHART_EFFECT_ACTION:
		return do_action(&asking, e->call, err);
	case CHART_EFFECT_EXIT:
		act_leave(act, e->state);
		return ANJU_OK;
	case CHART_EFFECT_ENTER:
		return entered(act, e->state, err);
	case CHART_EFFECT_TIMER_SET:
		return act_timer(act, e->state, e->delay, e->event, err);
	case CHART_EFFECT_TIMER_CANCEL:
		act_cancel_timers(act, e->state);
		return ANJU_OK;
	case CHART_EFFECT_TAKEN:
		return taken(act, e->transition, err);
	case CHART_EFFECT_DONE:
		act->cs->done = true;
		return ANJU_OK;
	}
	return ANJU_OK;
}

struct chart_host act_host(struct act *act)
{
	return (struct chart_host){.ctx = act, .guard = guard, .effect = effect, .strict = true};
}
