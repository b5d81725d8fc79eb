/** Rungs of a deadline: whom they speak to, and what they open. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "case/impl.h"

#define UNITS_MAX 32

struct targets {
	struct rung_target *items;
	size_t len, max;
};

static void add_target(struct targets *t, const struct unit *u, enum rung_to to)
{
	for (size_t i = 0; i < t->len; i++) {
		if (t->items[i].unit == u)
			return;
	}
	if (u != NULL && t->len < t->max)
		t->items[t->len++] = (struct rung_target){.unit = u, .to = to};
}

/* So many levels above `u`; the highest there is where the tree is not as high. NULL: nobody is above. */
static const struct unit *above(const struct org *org, const struct unit *u, int levels)
{
	const struct unit *top = NULL;
	for (int i = 0; i < levels && u != NULL; i++) {
		u = org_supervisor(org, u);
		top = u != NULL ? u : top;
	}
	return top;
}

/* The leads; where nobody leads, the responsible units. */
static size_t leading(const struct case_env *env, const struct anju_case *cs,
	const struct deadline_def *def, const struct unit **ret)
{
	size_t n = case_units(env, cs, &def->lead, ret, UNITS_MAX);
	return n > 0 ? n : case_units(env, cs, &def->responsible, ret, UNITS_MAX);
}

/* Resolved now, so that a reorganised office gets its reminders. */
static void add_targets(const struct case_env *env, const struct anju_case *cs,
	const struct deadline_def *def, const struct rung *rung, enum rung_to to,
	struct targets *ret)
{
	const struct unit *units[UNITS_MAX];
	size_t n = 0;
	switch (to) {
	case RUNG_LEAD:
		n = case_units(env, cs, &def->lead, units, UNITS_MAX);
		break;
	case RUNG_RESPONSIBLE:
		n = case_units(env, cs, &def->responsible, units, UNITS_MAX);
		break;
	case RUNG_COOPERATING:
		n = case_units(env, cs, &def->cooperating, units, UNITS_MAX);
		break;
	case RUNG_SUPERVISOR:
		n = leading(env, cs, def, units);
		for (size_t i = 0; i < n; i++)
			units[i] = above(env->org, units[i], rung->levels);
		break;
	}
	for (size_t i = 0; i < n; i++)
		add_target(ret, units[i], to);
}

/* Looked at from just before it was due: rungs of the same instant, and those missed during downtime or while this one
 * was put off, each get their turn. */
static anju_status step_on(
	const struct case_env *env, const struct rung *rung, struct duty *d, anju_error *err)
{
	int64_t fired_ms = d->next_ms, from_ms = 0;
	anju_status st =
		rung_instant(rung, env->calendar, &d->due, env->office_minute, &from_ms, err);
	if (st != ANJU_OK)
		return st;
	d->rung++;
	st = duty_next_rung(env, d, (from_ms < fired_ms ? from_ms : fired_ms) - 1, err);
	if (st != ANJU_OK)
		return st;
	if (d->next_ms < fired_ms)
		d->next_ms = fired_ms;
	d->dirty = true;
	return ANJU_OK;
}

anju_status case_fire_rung(const struct case_env *env, struct anju_case *cs, struct duty *d,
	const struct rung **ret_rung, struct rung_target *ret, size_t max, size_t *ret_len,
	anju_error *err)
{
	const struct deadline_def *def = d->def;
	const struct rung *rung = d->rung < def->rungs_len ? &def->rungs[d->rung] : NULL;
	struct targets targets = {.items = ret, .max = max};
	for (size_t i = 0; rung != NULL && i < rung->to_len; i++)
		add_targets(env, cs, def, rung, rung->to[i], &targets);
	if (rung != NULL) {
		anju_status st = step_on(env, rung, d, err);
		if (st != ANJU_OK)
			return st;
	}
	*ret_rung = rung;
	*ret_len = targets.len;
	return ANJU_OK;
}

/* --- what a rung opens --- */

/* The deadline as expressions see it. */
static anju_status deadline_facts(const struct case_env *env, const struct anju_case *cs,
	const struct duty *d, const struct rung *rung, json_t **ret, anju_error *err)
{
	const struct unit *lead[UNITS_MAX], *responsible[UNITS_MAX];
	size_t n = leading(env, cs, d->def, lead);
	size_t k = case_units(env, cs, &d->def->responsible, responsible, UNITS_MAX);
	if (n == 0) {
		(void)anju_fail(err, ANJU_E_NOTFOUND, "case.rung_nobody",
			"nobody leads or is responsible for %s", d->name);
		anju_error_found(err, "%s", d->name);
		return ANJU_E_NOTFOUND;
	}
	char due[16];
	const struct unit *top = above(env->org, lead[0], rung->levels);
	*ret = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "name", d->name,
		"title", d->def->title.text[LANG_ZH], "title_en", d->def->title.text[LANG_EN],
		"workflow_title", cs->wf->title.text[LANG_ZH], "workflow_title_en",
		cs->wf->title.text[LANG_EN], "due", date_format(d->due.day, due), "lead",
		lead[0]->code, "responsible", k > 0 ? responsible[0]->code : lead[0]->code,
		"supervisor", top != NULL ? top->code : lead[0]->code, "case",
		json_sprintf("%s/%s", cs->wf->id, cs->key));
	return *ret != NULL ? ANJU_OK : anju_fail_nomem(err);
}

/* Made of what stays the same however often it is tried; another date is another occasion. */
static char *usual_key(const struct anju_case *cs, const struct duty *d, size_t index)
{
	char due[16], key[64];
	snprintf(key, sizeof key, "%.20s-%s-%lld.%lld-%zu", d->name, date_format(d->due.day, due),
		(long long)cs->id, (long long)(d->id & 0xfffff), index + 1);
	return strdup(key);
}

static char *text_of(const struct expr_value *v)
{
	/* not a C string: no NUL at its end, perhaps one inside, which no key has */
	char *text = v->kind == EXPR_STRING ? malloc(v->str.len + 1) : NULL;
	if (text != NULL) {
		memcpy(text, v->str.s, v->str.len);
		text[v->str.len] = '\0';
	}
	return text;
}

static anju_status eval_open(const struct case_env *env, const struct action *a,
	const struct pack_vars *vars, char **key, json_t *data, anju_error *err)
{
	struct expr_value v;
	anju_status st = ANJU_OK;
	if (a->expr != NULL) {
		expr_arena_reset(env->arena);
		st = pack_eval(a->expr, vars, env->arena, &v, err);
		if (st == ANJU_OK)
			*key = text_of(&v);
	}
	for (size_t i = 0; i < a->data_len && st == ANJU_OK; i++) {
		expr_arena_reset(env->arena);
		st = pack_eval(a->data_exprs[i], vars, env->arena, &v, err);
		json_t *value = st == ANJU_OK ? case_opening_value(&v, env->arena) : NULL;
		if (st == ANJU_OK && json_object_set_new(data, a->data_names[i], value) != 0)
			st = anju_fail_nomem(err);
	}
	return st;
}

anju_status case_rung_open(const struct case_env *env, struct anju_case *cs,
	const struct duty *duty, size_t index, struct case_open *ret, anju_error *err)
{
	const struct action *a = duty->def->rung_calls[index].open;
	ANJU_AUTO_JSON *facts = NULL;
	anju_status st = deadline_facts(env, cs, duty, &duty->def->rungs[index], &facts, err);
	if (st != ANJU_OK)
		return st;
	struct case_request request = {.event = "", .effective_ms = env->now_ms};
	struct act act = {.env = env, .cs = cs, .wf = cs->wf, .request = &request};
	struct pack_vars vars;
	act_vars(&act, &vars);
	vars.deadline = facts;
	ANJU_AUTO_MEM char *key = a->expr == NULL ? usual_key(cs, duty, index) : NULL;
	ANJU_AUTO_JSON *data = json_object();
	if (data == NULL)
		return anju_fail_nomem(err);
	st = eval_open(env, a, &vars, &key, data, err);
	if (st != ANJU_OK)
		return anju_wrap(err, st, "what rung %zu of %s opens", index + 1, duty->name);
	if (key == NULL)
		return anju_fail_nomem(err);
	*ret = (struct case_open){
		.workflow = a->workflow, .key = ANJU_TAKE(key), .data = ANJU_TAKE(data)};
	return ANJU_OK;
}
