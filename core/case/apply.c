/*~
 * Opening a case and giving it events.
 *
 * The order is fixed: may they, and is it possible from here (no expression is evaluated for someone who may
 * not ask), then what they bring is written, then guards and the step, then deadlines settle, then the entry.
 */
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "case/duty_acts.h"
#include "case/impl.h"
#include "journal/journal.h"

#define MAX_CANDIDATES 32

static void add_json(struct buf *out, const char *name, const json_t *v)
{
	if (v == NULL)
		return;
	buf_adds(out, ",\"");
	buf_adds(out, name);
	buf_adds(out, "\":");
	json_write(out, v);
}

static const char *duty_change(const struct duty *d)
{
	if (d->op != NULL)
		return d->op;
	switch (d->status) {
	case DUTY_OPEN:
		return d->id == 0 ? "armed" : "moved";
	case DUTY_MET:
		return "met";
	case DUTY_MET_LATE:
		return "late";
	case DUTY_SUPERSEDED:
		return "superseded";
	case DUTY_WAIVED:
		return "waived";
	case DUTY_WATCHED:
		return "watched";
	}
	return "";
}

static void add_was(struct buf *out, const struct duty *d)
{
	char date[16];
	if (d->was_dated)
		buf_addf(out, ",\"was\":\"%s\"", date_format(d->was.day, date));
	else
		buf_adds(out, ",\"was\":null");
}

static void add_duties(struct buf *out, const struct anju_case *cs)
{
	bool any = false;
	for (size_t i = 0; i < cs->duties_len; i++) {
		const struct duty *d = &cs->duties[i];
		if (!d->dirty || (d->def == NULL && !d->orphan && !d->shifted))
			continue;
		char date[16] = "";
		if (d->dated)
			date_format(d->due.day, date);
		buf_adds(out, any ? "," : ",\"deadlines\":[");
		buf_adds(out, "{\"name\":\"");
		buf_adds(out, d->name);
		buf_adds(out, "\",\"op\":\"");
		buf_adds(out, duty_change(d));
		buf_adds(out, d->dated ? "\",\"due\":\"" : "\",\"due\":null");
		buf_adds(out, date);
		buf_adds(out, d->dated ? "\"" : "");
		if (d->shifted)
			add_was(out, d);
		buf_addc(out, '}');
		any = true;
	}
	if (any)
		buf_addc(out, ']');
}

/* A case that is opened without any says nothing of them. */
static void add_locks(const struct act *act, struct buf *out)
{
	size_t before = out->len;
	buf_adds(out, ",\"locks\":");
	if (!values_write_locks(act->wf, &act->cs->values, out) && act->opening && !out->failed)
		out->len = before;
}

/* The journal entry's body; its members in a fixed order, since it is hashed. */
static anju_status write_body(struct act *act, anju_error *err)
{
	struct buf *out = &act->fx->body;
	struct buf *state = &act->fx->state;
	chart_snapshot_write(act->wf->chart, act->cs->snapshot, state);
	buf_room(out, 250);
	buf_adds(out, "{\"state\":");
	buf_add_json_string(out, state->data != NULL ? state->data : "", state->len);
	add_json(out, "data", act->fx->patch);
	add_json(out, "docs", act->fx->docs);
	if (act->fx->locks_changed)
		add_locks(act, out);
	add_duties(out, act->cs);
	add_json(out, "duties", act->fx->duties);
	add_json(out, "relations", act->fx->relation_names);
	add_json(out, "definition", act->definition);
	if (act->request->cause != NULL)
		buf_addf(out, ",\"cause\":\"%s\"", act->request->cause);
	buf_addc(out, '}');
	return out->failed || state->failed ? anju_fail_nomem(err) : ANJU_OK;
}

static void region_of(struct act *act)
{
	struct anju_case *cs = act->cs;
	const char *v = values_text(act->wf, &cs->values, act->wf->region_field);
	const struct unit *u = v != NULL ? org_unit(act->env->org, v) : NULL;
	const char *region = u != NULL ? u->region : v;
	if (region == NULL && act->opening && act->request->who->unit != NULL)
		region = act->request->who->unit->region;
	if (region != NULL && strlen(region) < sizeof cs->region)
		memcpy(cs->region, region, strlen(region) + 1);
}

void act_done(struct act *act)
{
	json_decref(act->failed);
	buf_done(&act->why[LANG_ZH]);
	buf_done(&act->why[LANG_EN]);
	free(act->seen);
}

/* A condition or value that could not be computed is put into words. */
anju_status act_undecided(struct act *act, anju_status st, anju_error *err)
{
	if (st != ANJU_E_REFUSED || act->fx->refusal != NULL)
		return st;
	anju_error why = {.status = st, .id = "case.guard_cannot"};
	if (err != NULL)
		why = *err;
	return refuse_cannot(act, &why, err);
}

/* Only now: a step that is refused has taken nothing. */
static void tell_observer(struct act *act)
{
	const struct case_observer *o = act->env->observer;
	for (size_t i = 0; i < act->seen_len; i++) {
		const struct seen *seen = &act->seen[i];
		(seen->state ? o->entered : o->taken)(o->ctx, act->wf, seen->index);
	}
}

anju_status act_record(struct act *act, anju_error *err)
{
	struct anju_case *cs = act->cs;
	anju_status st = write_body(act, err);
	if (st != ANJU_OK)
		return st;
	char actor[CASE_ACTOR_CHARS];
	struct journal_entry entry = {
		.rev = cs->rev + 1,
		.recorded_ms = act->env->now_ms,
		.effective_ms = act->request->effective_ms,
		.event = act->request->event,
		.actor = case_actor(act->request->who, actor),
		.reason = act->request->reason,
		.body = act->fx->body.data,
	};
	journal_hash(cs->head, &entry, cs->head);
	cs->rev++;
	cs->updated_ms = act->env->now_ms;
	cs->phase = case_phase(cs);
	for (size_t i = 0; i < cs->duties_len; i++)
		cs->duties[i].op = NULL; /* it has been said */
	tell_observer(act);
	return ANJU_OK;
}

anju_status act_conclude(struct act *act, anju_error *err)
{
	act->step = NULL;
	anju_status st = act_settle_duties(act, err);
	return st == ANJU_OK ? act_record(act, err) : act_undecided(act, st, err);
}

static anju_status check_effective(const struct act *act, anju_error *err)
{
	if (act->request->effective_ms <= act->env->now_ms)
		return ANJU_OK;
	char found[TIMESTAMP_MAX_CHARS], now[TIMESTAMP_MAX_CHARS];
	(void)anju_fail(err, ANJU_E_INVALID, "case.future", "effective_at lies in the future");
	anju_error_where(err, "/effective_at");
	anju_error_found(err, "%s", timestamp_format(act->request->effective_ms, found));
	anju_error_allowed(err, "<= %s", timestamp_format(act->env->now_ms, now));
	return ANJU_E_INVALID;
}

/* A failed step: the host's own account of it says more than the chart's. What is nobody's fault here (a
 * plugin, memory, the store) is passed on as it is. */
static anju_status step_failed(struct act *act, anju_status st, anju_error *err)
{
	const anju_error *why = &act->failure;
	if (!act->has_failure)
		return act_undecided(act, st, err);
	if (why->status == ANJU_E_REFUSED || why->status == ANJU_E_INVALID)
		return refuse_cannot(act, why, err);
	if (act->fx->refusal == NULL)
		act->fx->refusal = json_object();
	json_object_set_new(act->fx->refusal, "event", json_string(act->request->event));
	if (err != NULL)
		*err = *why;
	return why->status;
}

/* --- opening --- */

anju_status case_check_key(const struct workflow *wf, const char *key, anju_error *err)
{
	const char *pattern = wf->key_pattern != NULL ? wf->key_pattern : "[A-Za-z0-9._-]{1,64}";
	size_t n = strspn(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");
	bool plain = n > 0 && n <= 64 && key[n] == '\0';
	if (plain && (wf->key_regex == NULL || regexec(wf->key_regex, key, 0, NULL, 0) == 0))
		return ANJU_OK;
	(void)anju_fail(err, ANJU_E_INVALID, "case.key", "key '%.70s' does not fit workflow %s",
		key, wf->id);
	anju_error_where(err, "/key");
	anju_error_found(err, "%s", key);
	anju_error_allowed(err, "%s", pattern);
	return ANJU_E_INVALID;
}

static anju_status check_required(struct act *act, anju_error *err)
{
	for (size_t i = 0; i < act->wf->fields_len; i++) {
		const struct field *f = &act->wf->fields[i];
		if (!f->required || values_has(act->wf, &act->cs->values, f))
			continue;
		return act_missing(f, err);
	}
	return ANJU_OK;
}

static anju_status check_opener(struct act *act, anju_error *err)
{
	if (act->request->permitted || act_may(act, &act->wf->open_by))
		return ANJU_OK;
	ANJU_AUTO_BUF list = BUF_INIT;
	for (size_t i = 0; i < act->wf->open_by.len; i++)
		buf_addf(&list, "%s%s", i > 0 ? " " : "", act->wf->open_by.roles[i].text);
	const struct unit *u = act->request->who->unit;
	(void)anju_fail(err, ANJU_E_DENIED, "case.open_role", "%s may not open a case of %s",
		u != NULL ? u->code : "this peer", act->wf->id);
	anju_error_where(err, "/workflow");
	anju_error_found(err, "%s", u != NULL ? u->code : "@say.nobody");
	anju_error_allowed(err, "%s", list.data != NULL ? list.data : "system");
	return ANJU_E_DENIED;
}

static anju_status open_case(struct act *act, anju_error *err)
{
	struct anju_case *cs = act->cs;
	anju_status st = check_effective(act, err);
	if (st == ANJU_OK)
		st = case_check_key(act->wf, cs->key, err);
	if (st == ANJU_OK)
		st = act_write(act, err);
	if (st == ANJU_OK)
		st = check_required(act, err);
	if (st != ANJU_OK)
		return st;
	region_of(act);
	/* after the data: who may open it depends on where the case belongs */
	st = check_opener(act, err);
	if (st != ANJU_OK)
		return st;
	struct chart_host host = act_host(act);
	st = chart_start(act->wf->chart, &host, &cs->snapshot, err);
	if (st != ANJU_OK)
		return step_failed(act, st, err);
	journal_genesis(act->wf->id, cs->key, act->wf->hash_hex, cs->head);
	act->fx->data_changed = act->fx->meta_changed = act->fx->locks_changed = true;
	return act_conclude(act, err);
}

anju_status case_open(const struct case_env *env, const struct workflow *wf, const char *key,
	const struct case_request *request, struct case_effects *fx, struct anju_case **ret,
	anju_error *err)
{
	ANJU_AUTO(anju_case) cs = calloc(1, sizeof *cs);
	if (cs == NULL)
		return anju_fail_nomem(err);
	cs->wf = wf;
	cs->phase = "";
	cs->key = strdup(key);
	cs->opened_ms = env->now_ms;
	if (cs->key == NULL)
		return anju_fail_nomem(err);
	struct act act = {
		.env = env, .cs = cs, .wf = wf, .request = request, .fx = fx, .opening = true};
	anju_status st = open_case(&act, err);
	act_done(&act);
	if (st != ANJU_OK)
		return st;
	*ret = ANJU_TAKE(cs);
	return ANJU_OK;
}

/* --- events --- */

static anju_status amend(struct act *act, bool *ret_tainted, anju_error *err)
{
	const struct case_request *request = act->request;
	if (act->cs->done)
		return refuse_done(act, err);
	if (!act_has_reason(act))
		return refuse_reason(act, err);
	if (json_object_size(request->data) + json_array_size(request->docs) == 0) {
		(void)anju_fail(err, ANJU_E_INVALID, "case.amend_nothing", "nothing to amend");
		anju_error_where(err, "/data");
		return ANJU_E_INVALID;
	}
	*ret_tainted = true;
	act->amending = true;
	anju_status st = act_write(act, err);
	if (st != ANJU_OK)
		return st;
	region_of(act);
	return act_conclude(act, err);
}

bool act_has_reason(const struct act *act)
{
	const char *reason = act->request->reason;
	bool said = reason != NULL && reason[strspn(reason, " \t\r\n")] != '\0';
	return said || act->request->who->system;
}

/* Those that would be asked for the event, without what swallows it; at most MAX_CANDIDATES. */
static size_t candidates_of(const struct act *act, uint32_t ret[MAX_CANDIDATES])
{
	const struct chart *chart = act->wf->chart;
	size_t kept = 0, n = chart_candidates(chart, act->cs->snapshot, act->request->event, ret,
				 MAX_CANDIDATES);
	for (size_t i = 0; i < n && i < MAX_CANDIDATES; i++) {
		if (!chart_transition_at(chart, ret[i])->forbidden)
			ret[kept++] = ret[i];
	}
	return kept;
}

static bool may_any(struct act *act, const uint32_t *candidates, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (act_may(act, &act->wf->transitions[candidates[i]].by))
			return true;
	}
	return false;
}

static anju_status send(struct act *act, bool *ret_handled, bool *ret_tainted, anju_error *err)
{
	struct anju_case *cs = act->cs;
	uint32_t candidates[MAX_CANDIDATES];
	size_t n = candidates_of(act, candidates);
	bool system = act->request->who->system;
	if (n == 0 && !system)
		return cs->done ? refuse_done(act, err) : refuse_state(act, err);
	if (n == 0)
		return ANJU_OK;
	if (!may_any(act, candidates, n))
		return refuse_role(act, candidates, n, err);
	*ret_tainted = true;
	act->asked = candidates;
	act->asked_len = n;
	anju_status st = act_write(act, err);
	if (st != ANJU_OK)
		return st;
	struct chart_host host = act_host(act);
	struct chart_event event = {.type = act->request->event, .data = act->request->data};
	bool handled = false;
	st = chart_step(cs->wf->chart, cs->snapshot, &event, &host, &handled, err);
	if (st != ANJU_OK)
		return step_failed(act, st, err);
	/* An eventless transition may have moved although nothing took the event itself: for anju's own events
	 * that is a change like any other, for someone's request it is not what they asked for. */
	if (!handled && !(system && act->taken)) {
		*ret_tainted = act->taken || act->fx->data_changed || act->fx->meta_changed;
		return system ? ANJU_OK : refuse_guard(act, err);
	}
	*ret_handled = true;
	region_of(act);
	return act_conclude(act, err);
}

anju_status case_send(const struct case_env *env, struct anju_case *cs,
	const struct case_request *request, struct case_effects *fx, bool *ret_handled,
	bool *ret_tainted, anju_error *err)
{
	struct act act = {.env = env, .cs = cs, .wf = cs->wf, .request = request, .fx = fx};
	*ret_handled = false;
	*ret_tainted = false;
	enum duty_act duty;
	anju_status st = check_effective(&act, err);
	if (st == ANJU_OK && strcmp(request->event, CASE_AMEND) == 0) {
		st = amend(&act, ret_tainted, err);
		*ret_handled = st == ANJU_OK;
	} else if (st == ANJU_OK && duty_act_of(request->event, &duty)) {
		st = act_on_duty(&act, duty, ret_tainted, err);
		*ret_handled = st == ANJU_OK;
	} else if (st == ANJU_OK) {
		st = send(&act, ret_handled, ret_tainted, err);
	}
	act_done(&act);
	return st;
}
