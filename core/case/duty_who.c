/* Who may do what to a deadline. */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "case/duty_impl.h"
#include "journal/duty_log.h"

static size_t add_unit(const struct unit **ret, size_t n, size_t max, const struct unit *u)
{
	for (size_t i = 0; i < n; i++) {
		if (ret[i] == u)
			return n;
	}
	if (u != NULL && n < max)
		ret[n++] = u;
	return n;
}

static size_t add_units(const struct case_env *env, const struct anju_case *cs,
	const struct role_list *roles, const struct unit **ret, size_t n, size_t max)
{
	const struct unit *units[DUTY_UNITS_MAX];
	size_t k = case_units(env, cs, roles, units, DUTY_UNITS_MAX);
	for (size_t i = 0; i < k; i++)
		n = add_unit(ret, n, max, units[i]);
	return n;
}

/* One level above each lead, or above the responsible units where nobody leads. */
static size_t add_supervisors(const struct case_env *env, const struct anju_case *cs,
	const struct deadline_def *def, const struct unit **ret, size_t n, size_t max)
{
	const struct unit *below[DUTY_UNITS_MAX];
	size_t k = case_units(env, cs, &def->lead, below, DUTY_UNITS_MAX);
	if (k == 0)
		k = case_units(env, cs, &def->responsible, below, DUTY_UNITS_MAX);
	for (size_t i = 0; i < k; i++)
		n = add_unit(ret, n, max, org_supervisor(env->org, below[i]));
	return n;
}

static const struct role_list *named_roles(const struct deadline_def *def, enum duty_act what)
{
	if (what == DUTY_ACT_WAIVE)
		return &def->waive_by;
	return what == DUTY_ACT_SUSPEND || what == DUTY_ACT_RESUME ? &def->suspend_by : NULL;
}

size_t case_duty_units(const struct case_env *env, const struct anju_case *cs,
	const struct deadline_def *def, enum duty_act what, const struct unit **ret, size_t max)
{
	const struct role_list *named = named_roles(def, what);
	size_t n = 0;
	if (named != NULL && named->len > 0)
		return add_units(env, cs, named, ret, n, max);
	bool own = what == DUTY_ACT_EXTEND || what == DUTY_ACT_KEEP || what == DUTY_ACT_LAPSE;
	if (own) {
		n = add_units(env, cs, &def->lead, ret, n, max);
		n = add_units(env, cs, &def->responsible, ret, n, max);
	}
	if (what == DUTY_ACT_LAPSE) {
		n = add_units(env, cs, &def->waive_by, ret, n, max);
		n = add_units(env, cs, &def->suspend_by, ret, n, max);
	}
	bool above = what != DUTY_ACT_EXTEND && what != DUTY_ACT_KEEP;
	return above ? add_supervisors(env, cs, def, ret, n, max) : n;
}

anju_status duty_check_who(const struct asked *a, anju_error *err)
{
	struct act *act = a->act;
	const struct principal *who = act->request->who;
	const struct role_list *named = named_roles(a->d->def, a->what);
	const struct unit *units[DUTY_UNITS_MAX];
	if (who->system || (named != NULL && named->len > 0 && act_may(act, named)))
		return ANJU_OK;
	size_t n = case_duty_units(act->env, act->cs, a->d->def, a->what, units, DUTY_UNITS_MAX);
	for (size_t i = 0; i < n; i++) {
		if (units[i] == who->unit)
			return ANJU_OK;
	}
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT;
	const char *const *title = a->d->def->title.text;
	buf_addf(&zh, "%s（%s）", duty_act_title(a->what, LANG_ZH), title[LANG_ZH]);
	buf_addf(&en, "%s (%s)", duty_act_title(a->what, LANG_EN), title[LANG_EN]);
	const char *const what[2] = {[LANG_ZH] = zh.data, [LANG_EN] = en.data};
	return refuse_units(act, units, n, what, err);
}

/* --- what is possible --- */

static void add_possible(const struct case_env *env, const struct anju_case *cs,
	const struct deadline_def *def, enum duty_act what, json_t *all)
{
	const struct unit *units[DUTY_UNITS_MAX];
	const struct role_list *named = named_roles(def, what);
	size_t n = case_duty_units(env, cs, def, what, units, DUTY_UNITS_MAX);
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_string(units[i]->code));
	for (size_t i = 0; named != NULL && i < named->len; i++) {
		if (named->roles[i].scope == ROLE_ANY)
			json_array_append_new(list, json_string("any"));
	}
	(void)json_object_set_new(all, duty_act_name(what), list);
}

static bool is_possible(
	enum duty_act what, const struct deadline_def *def, const struct duty *d, const json_t *log)
{
	bool open = d->status == DUTY_OPEN, asked = open && duty_log_asked(log) != NULL;
	switch (what) {
	case DUTY_ACT_WAIVE:
		return open;
	case DUTY_ACT_SUSPEND:
		return open && d->dated && !d->suspended;
	case DUTY_ACT_RESUME:
		return open && d->suspended;
	case DUTY_ACT_EXTEND:
		return open && d->dated && !asked && duty_log_granted(log) < def->extend.times;
	case DUTY_ACT_GRANT:
	case DUTY_ACT_REFUSE:
		return asked;
	case DUTY_ACT_KEEP:
		return d->status == DUTY_WATCHED ||
		       (open && !d->suspended && duty_log_last(log, "lapse") != NULL);
	case DUTY_ACT_LAPSE:
		return d->status == DUTY_WATCHED;
	}
	return false;
}

json_t *case_duty_possible(const struct case_env *env, const struct anju_case *cs,
	const struct deadline_def *def, const struct duty *d)
{
	json_t *all = json_object();
	const json_t *log = case_duty_log(cs, def->name);
	for (int i = 0; i < DUTY_ACT_COUNT && all != NULL; i++) {
		if (is_possible((enum duty_act)i, def, d, log))
			add_possible(env, cs, def, (enum duty_act)i, all);
	}
	return all;
}
