#include "case/case.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "case/impl.h"

static void duty_done(struct duty *d)
{
	free(d->own_name);
	free(d->lead);
}

bool duty_set_units(
	struct duty *d, const char *lead, const char *responsible, const char *cooperating)
{
	size_t a = strlen(lead) + 1, b = strlen(responsible) + 1, c = strlen(cooperating) + 1;
	char *all = malloc(a + b + c);
	if (all == NULL)
		return false;
	memcpy(all, lead, a);
	d->responsible = memcpy(all + a, responsible, b);
	d->cooperating = memcpy(all + a + b, cooperating, c);
	free(d->lead);
	d->lead = all;
	return true;
}

void anju_case_free(struct anju_case *cs)
{
	if (cs == NULL)
		return;
	for (size_t i = 0; i < cs->duties_len; i++)
		duty_done(&cs->duties[i]);
	free(cs->duties);
	chart_snapshot_free(cs->snapshot);
	values_done(&cs->values);
	json_decref(cs->docs);
	json_decref(cs->duty_log);
	idem_done(&cs->idem);
	free(cs->key);
	free(cs);
}

static anju_status bad_row(anju_error *err, const struct workflow *wf, const char *key)
{
	(void)anju_fail(
		err, ANJU_E_CORRUPT, "case.row", "stored case %s/%s cannot be read", wf->id, key);
	anju_error_found(err, "%s/%s", wf->id, key);
	return ANJU_E_CORRUPT;
}

const char *case_phase(const struct anju_case *cs)
{
	uint32_t leaves[64];
	size_t n = chart_snapshot_leaves(cs->wf->chart, cs->snapshot, leaves, 64);
	for (size_t i = 0; i < n && i < 64; i++) {
		const char *phase = cs->wf->states[leaves[i]].phase;
		if (phase != NULL && phase[0] != '\0')
			return phase;
	}
	return "";
}

static anju_status read_data(struct anju_case *cs, const char *text, anju_error *err)
{
	ANJU_AUTO_JSON *data = json_loads(text, 0, NULL);
	if (!json_is_object(data))
		return bad_row(err, cs->wf, cs->key);
	return values_read(cs->wf, data, &cs->values) ? ANJU_OK : anju_fail_nomem(err);
}

/* What most cases have to say. */
#define META_NOTHING "{\"docs\":{},\"locks\":[]}"

static anju_status read_meta(struct anju_case *cs, const char *text, anju_error *err)
{
	if (strcmp(text, META_NOTHING) == 0)
		return ANJU_OK;
	ANJU_AUTO_JSON *meta = json_loads(text, 0, NULL);
	json_t *docs = json_object_get(meta, "docs"), *locks = json_object_get(meta, "locks");
	json_t *duties = json_object_get(meta, "duties");
	if (!json_is_object(docs) || !json_is_array(locks) ||
		(duties != NULL && !json_is_object(duties)))
		return bad_row(err, cs->wf, cs->key);
	/* empty ones are not kept: many cases have none, and each would cost as much as all fields together */
	cs->docs = json_object_size(docs) > 0 ? json_incref(docs) : NULL;
	cs->duty_log = json_object_size(duties) > 0 ? json_incref(duties) : NULL;
	size_t i;
	json_t *name;
	json_array_foreach(locks, i, name) {
		const struct field *f = json_is_string(name)
						? workflow_field(cs->wf, json_string_value(name))
						: NULL;
		if (f != NULL && !values_lock(cs->wf, &cs->values, f, true))
			return anju_fail_nomem(err);
	}
	return ANJU_OK;
}

anju_status case_from_row(const struct workflow *wf, const struct case_row *row,
	struct anju_case **ret, anju_error *err)
{
	ANJU_AUTO(anju_case) cs = calloc(1, sizeof *cs);
	if (cs == NULL)
		return anju_fail_nomem(err);
	cs->wf = wf;
	cs->key = strdup(row->key);
	if (cs->key == NULL)
		return anju_fail_nomem(err);
	anju_status st = chart_snapshot_read(wf->chart, row->state, &cs->snapshot, err);
	if (st != ANJU_OK)
		return anju_wrap(err, st, "case %s/%s", wf->id, row->key);
	st = read_data(cs, row->data, err);
	if (st == ANJU_OK)
		st = read_meta(cs, row->meta, err);
	if (st != ANJU_OK)
		return st;
	cs->id = row->id;
	cs->rev = row->rev;
	cs->done = row->done;
	cs->opened_ms = row->opened_ms;
	cs->updated_ms = row->updated_ms;
	if (strlen(row->region) >= sizeof cs->region)
		return bad_row(err, wf, row->key);
	memcpy(cs->region, row->region, strlen(row->region) + 1);
	memcpy(cs->head, row->head, HASH_BYTES);
	cs->phase = case_phase(cs);
	*ret = ANJU_TAKE(cs);
	return ANJU_OK;
}

struct duty *case_add_duty(struct anju_case *cs)
{
	if (cs->duties_len == cs->duties_cap) {
		size_t cap = cs->duties_cap + 1; /* few, and kept for long: no spare room */
		struct duty *p = realloc(cs->duties, cap * sizeof *p);
		if (p == NULL)
			return NULL;
		cs->duties = p;
		cs->duties_cap = cap;
	}
	struct duty *d = &cs->duties[cs->duties_len++];
	*d = (struct duty){.next_ms = DUTY_NEVER};
	return d;
}

struct duty *case_duty(struct anju_case *cs, int64_t id)
{
	for (size_t i = 0; i < cs->duties_len; i++) {
		if (cs->duties[i].id == id)
			return &cs->duties[i];
	}
	return NULL;
}

void case_sweep_duties(struct anju_case *cs)
{
	size_t kept = 0;
	for (size_t i = 0; i < cs->duties_len; i++) {
		struct duty *d = &cs->duties[i];
		if (d->status != DUTY_OPEN && d->status != DUTY_WATCHED && !d->dirty)
			duty_done(d);
		else
			cs->duties[kept++] = *d;
	}
	cs->duties_len = kept;
	if (kept == cs->duties_cap)
		return;
	/* for most of its life a case has one or none */
	struct duty *p = kept > 0 ? realloc(cs->duties, kept * sizeof *p) : NULL;
	if (kept > 0 && p == NULL)
		return; /* what is there does as well */
	if (kept == 0)
		free(cs->duties);
	cs->duties = p;
	cs->duties_cap = kept;
}

json_t *case_data(const struct anju_case *cs)
{
	return values_json(cs->wf, &cs->values);
}

void case_write_data(const struct anju_case *cs, struct buf *out)
{
	values_write(cs->wf, &cs->values, out);
}

void case_write_meta(const struct anju_case *cs, struct buf *out)
{
	buf_adds(out, "{\"docs\":");
	if (cs->docs != NULL)
		json_write(out, cs->docs);
	else
		buf_adds(out, "{}");
	buf_adds(out, ",\"locks\":");
	values_write_locks(cs->wf, &cs->values, out);
	if (json_object_size(cs->duty_log) > 0) {
		buf_adds(out, ",\"duties\":");
		json_write(out, cs->duty_log);
	}
	buf_addc(out, '}');
}

/* What malloc gave out, with its own word. */
static size_t taken(const void *p)
{
	return p != NULL ? malloc_usable_size((void *)(uintptr_t)p) + sizeof(size_t) : 0;
}

size_t case_bytes(const struct anju_case *cs)
{
	size_t n = taken(cs) + taken(cs->key) + taken(cs->snapshot) + taken(cs->duties) +
		   taken(cs->values.at) + taken(cs->idem.prints);
	for (size_t i = 0; i < cs->duties_len; i++)
		n += taken(cs->duties[i].own_name) + taken(cs->duties[i].lead);
	/* jansson's are not to be looked into: an object takes 250 bytes, a member of it 130 */
	return n + json_object_size(cs->docs) * 900 + json_object_size(cs->duty_log) * 2000;
}

json_t *case_states(const struct anju_case *cs)
{
	json_t *list = json_array();
	uint32_t n = chart_state_count(cs->wf->chart);
	for (uint32_t i = 1; i < n; i++) {
		if (chart_snapshot_in(cs->snapshot, i))
			json_array_append_new(
				list, json_string(chart_state_at(cs->wf->chart, i)->path));
	}
	return list;
}

void case_effects_done(struct case_effects *fx)
{
	json_decref(fx->patch);
	json_decref(fx->docs);
	json_decref(fx->duties);
	json_decref(fx->relations);
	json_decref(fx->relation_names);
	free(fx->sends);
	for (size_t i = 0; i < fx->opens_len; i++) {
		free(fx->opens[i].key);
		json_decref(fx->opens[i].data);
	}
	free(fx->opens);
	free(fx->notices);
	buf_done(&fx->state);
	buf_done(&fx->body);
	json_decref(fx->refusal);
	*fx = (struct case_effects){0};
}

/* --- roles --- */

static const char *bound(void *ctx, const char *binding)
{
	const struct anju_case *cs = ctx;
	const json_t *field = json_object_get(cs->wf->bindings, binding);
	if (!json_is_string(field))
		return NULL;
	return values_text(cs->wf, &cs->values, json_string_value(field));
}

void case_role_context(const struct anju_case *cs, struct role_context *ret)
{
	*ret = (struct role_context){
		.region = cs->region, .ctx = (void *)cs, .bound = bound, .obliged = act_obliged};
}

bool act_may(const struct act *act, const struct role_list *roles)
{
	const struct principal *who = act->request->who;
	if (who->system)
		return true;
	struct role_context context;
	case_role_context(act->cs, &context);
	for (size_t i = 0; i < roles->len && who->unit != NULL; i++) {
		if (role_includes(act->env->org, &roles->roles[i], &context, who->unit))
			return true;
	}
	return false;
}

size_t case_units(const struct case_env *env, const struct anju_case *cs,
	const struct role_list *roles, const struct unit **ret, size_t max)
{
	struct role_context context;
	case_role_context(cs, &context);
	size_t n = 0;
	for (size_t i = 0; i < roles->len; i++) {
		const struct unit *found[16];
		size_t k = role_resolve(env->org, &roles->roles[i], &context, found, 16);
		for (size_t j = 0; j < k && j < 16; j++) {
			size_t seen = 0;
			while (seen < n && ret[seen] != found[j])
				seen++;
			if (seen == n && n < max)
				ret[n++] = found[j];
		}
	}
	return n;
}

static char *add_text(char *to, const char *end, const char *text)
{
	size_t n = strlen(text), room = (size_t)(end - to);
	n = n < room ? n : room;
	memcpy(to, text, n);
	return to + n;
}

const char *case_actor(const struct principal *who, char out[CASE_ACTOR_CHARS])
{
	const char *unit = who->system ? "system" : who->unit == NULL ? "unknown" : who->unit->code;
	bool officer = !who->system && who->unit != NULL && who->officer[0] != '\0';
	const char *end = out + CASE_ACTOR_CHARS - 1;
	char *at = add_text(out, end, unit);
	if (officer)
		at = add_text(add_text(at, end, "/"), end, who->officer);
	*at = '\0';
	return out;
}

const char *state_title(const struct workflow *wf, uint32_t state, enum lang lang)
{
	const char *title = wf->states[state].title.text[lang];
	return title != NULL ? title : chart_state_at(wf->chart, state)->path;
}

/* --- what is possible --- */

static void add_once(json_t *list, const char *text)
{
	size_t i;
	json_t *v;
	json_array_foreach(list, i, v) {
		if (strcmp(json_string_value(v), text) == 0)
			return;
	}
	json_array_append_new(list, json_string(text));
}

/* The event's place in the list: one, however many ways it may go. */
static json_t *possible_event(json_t *list, const char *event, const struct transition_rule *rule)
{
	size_t i;
	json_t *v;
	json_array_foreach(list, i, v) {
		if (strcmp(json_string_value(json_object_get(v, "event")), event) == 0)
			return v;
	}
	const char *zh = rule->title.text[LANG_ZH], *en = rule->title.text[LANG_EN];
	v = json_pack("{s:s, s:{s:s, s:s}, s:[], s:[], s:b}", "event", event, "title", "zh",
		zh != NULL ? zh : event, "en", en != NULL ? en : event, "by", "needs", "reason", 0);
	return json_array_append_new(list, v) == 0 ? v : NULL;
}

static void add_possible(const struct case_env *env, const struct anju_case *cs,
	const struct chart_transition *t, json_t *list)
{
	const struct transition_rule *rule = &cs->wf->transitions[t->index];
	const struct unit *units[16];
	size_t n = case_units(env, cs, &rule->by, units, 16);
	json_t *entry = possible_event(list, t->descriptor, rule);
	json_t *by = json_object_get(entry, "by"), *needs = json_object_get(entry, "needs");
	for (size_t i = 0; i < n; i++)
		add_once(by, units[i]->code);
	for (size_t i = 0; i < rule->by.len; i++) {
		if (rule->by.roles[i].scope == ROLE_ANY)
			add_once(by, "any");
	}
	for (size_t i = 0; i < rule->needs_len; i++) {
		if (json_object_get(cs->docs, rule->needs[i]) == NULL)
			add_once(needs, rule->needs[i]);
	}
	if (rule->reason)
		json_object_set_new(entry, "reason", json_true());
}

/* Someone other than anju itself. */
static bool for_others(const struct role_list *by)
{
	size_t i = 0;
	while (i < by->len && by->roles[i].scope == ROLE_SYSTEM)
		i++;
	return i < by->len;
}

json_t *case_possible(const struct case_env *env, const struct anju_case *cs)
{
	json_t *list = json_array();
	const struct chart *chart = cs->wf->chart;
	for (uint32_t i = 0; i < chart_transition_count(chart); i++) {
		const struct chart_transition *t = chart_transition_at(chart, i);
		const struct transition_rule *rule = &cs->wf->transitions[i];
		bool outside = t->descriptor[0] != '\0' && !t->forbidden &&
			       strncmp(t->descriptor, "xstate.", 7) != 0 && for_others(&rule->by);
		if (!outside || !chart_snapshot_in(cs->snapshot, t->source))
			continue;
		uint32_t found[16];
		size_t n = chart_candidates(chart, cs->snapshot, t->descriptor, found, 16);
		for (size_t k = 0; k < n && k < 16; k++) {
			if (found[k] == i) {
				add_possible(env, cs, t, list);
				break;
			}
		}
	}
	return list;
}
