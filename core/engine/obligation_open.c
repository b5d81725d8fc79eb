/* An obligation that begins when something happens: someone says so, and its case is opened, once for each day and
 * reference. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "engine/impl.h"
#include "pack/plan.h"

#define UNITS_MAX 32
#define REF_BYTES 4 /* of its hash, in the key */

static anju_status find_obligation(
	struct engine *e, const char *id, const struct obligation **ret, anju_error *err)
{
	const struct pack_set *packs = e->options.packs;
	const struct obligation *o = pack_set_obligation(packs, id);
	ANJU_AUTO_BUF list = BUF_INIT;
	if (o != NULL && o->triggered) {
		*ret = o;
		return ANJU_OK;
	}
	for (size_t i = 0; i < pack_set_obligation_count(packs); i++) {
		const struct obligation *other = pack_set_obligation_at(packs, i);
		if (other->triggered)
			buf_addf(&list, "%s%s", list.len > 0 ? " " : "", other->id);
	}
	anju_status st = o == NULL ? ANJU_E_NOTFOUND : ANJU_E_REFUSED;
	(void)anju_fail(err, st, o == NULL ? "engine.no_obligation" : "engine.obligation_calendar",
		"obligation %.60s is not opened by hand", id);
	anju_error_where(err, "/id");
	anju_error_found(err, "%s", id);
	anju_error_allowed(err, "%s", list.len > 0 ? list.data : "@say.no_obligations");
	return st;
}

/* By the name of the obliged: a unit, or a region; or by the unit that leads in it. */
static anju_status find_obliged(
	const struct obligation *o, const char *name, const struct obliged **ret, anju_error *err)
{
	ANJU_AUTO_BUF list = BUF_INIT;
	for (size_t i = 0; i < o->obliged_len; i++) {
		const struct obliged *whom = &o->obliged[i];
		if (strcmp(whom->name, name) == 0 || strcmp(whom->owner->code, name) == 0) {
			*ret = whom;
			return ANJU_OK;
		}
		buf_addf(&list, "%s%s", i > 0 ? " " : "", whom->name);
	}
	(void)anju_fail(
		err, ANJU_E_INVALID, "engine.not_obliged", "%s does not concern %s", o->id, name);
	anju_error_where(err, "/unit");
	anju_error_found(err, "%s", name);
	anju_error_allowed(err, "%s", list.len > 0 ? list.data : "@say.nobody");
	return ANJU_E_INVALID;
}

static anju_status check_day(
	const struct engine *e, const struct obligation *o, int32_t day, anju_error *err)
{
	char text[16], first[16], last[16];
	int32_t today = timestamp_to_day(e->env.now_ms);
	int32_t until = o->until < today ? o->until : today;
	if (day >= o->start && day <= until)
		return ANJU_OK;
	(void)anju_fail(
		err, ANJU_E_INVALID, "engine.obligation_day", "%s cannot begin then", o->id);
	anju_error_where(err, "/on");
	anju_error_found(err, "%s", date_format(day, text));
	if (o->start != INT32_MIN)
		anju_error_allowed(
			err, "%s … %s", date_format(o->start, first), date_format(until, last));
	else
		anju_error_allowed(err, "<= %s", date_format(until, last));
	return ANJU_E_INVALID;
}

/* --- who may --- */

struct openers {
	const struct unit *units[UNITS_MAX * 2];
	size_t len;
};

/* A part and those above them. */
static void add_part(const struct org *org, const struct obligation *o, enum plan_part part,
	const struct plan_place *place, struct openers *ret)
{
	const struct unit *units[UNITS_MAX / 2];
	size_t n = plan_units(org, o, part, place, units, UNITS_MAX / 2);
	for (size_t i = 0; i < n; i++) {
		const struct unit *above = org_supervisor(org, units[i]);
		ret->units[ret->len++] = units[i];
		if (above != NULL)
			ret->units[ret->len++] = above;
	}
}

static anju_status check_who(const struct engine *e, const struct obligation *o,
	const struct obliged *whom, const json_t *data, const struct principal *who,
	anju_error *err)
{
	const struct plan_place place = {.region = whom->region,
		.owner = whom->owner->code,
		.reviewer = json_string_value(json_object_get(data, "reviewer"))};
	struct openers may = {.len = 0};
	ANJU_AUTO_BUF list = BUF_INIT;
	add_part(e->env.org, o, PLAN_LEAD, &place, &may);
	add_part(e->env.org, o, PLAN_REVIEWER, &place, &may);
	if (who->system)
		return ANJU_OK;
	for (size_t i = 0; i < may.len; i++) {
		if (may.units[i] == who->unit)
			return ANJU_OK;
		bool seen = false;
		for (size_t k = 0; k < i; k++)
			seen = seen || may.units[k] == may.units[i];
		if (!seen)
			buf_addf(&list, "%s%s", i > 0 ? " " : "", may.units[i]->code);
	}
	(void)anju_fail(err, ANJU_E_DENIED, "engine.obligation_role", "%s may not open %s",
		who->unit != NULL ? who->unit->code : "this peer", o->id);
	anju_error_where(err, "/id");
	anju_error_found(err, "%s", who->unit != NULL ? who->unit->code : "@say.nobody");
	anju_error_allowed(err, "%s", list.data != NULL ? list.data : "system");
	return ANJU_E_DENIED;
}

/* --- the case --- */

/* The reference tells cases of one day apart; being any text, it is in the key as its hash. */
static char *key_of(
	const struct obligation *o, const struct obliged *whom, int32_t day, const char *ref)
{
	struct buf key = BUF_INIT;
	ANJU_AUTO_MEM char *base = plan_key(o, whom, day);
	if (base == NULL)
		return NULL;
	buf_adds(&key, base);
	if (ref != NULL) {
		uint8_t hash[HASH_BYTES];
		struct hash_part part = {ref, strlen(ref)};
		hash_sha256(&part, 1, hash);
		buf_addc(&key, '-');
		for (int i = 0; i < REF_BYTES; i++)
			buf_addf(&key, "%02x", hash[i]);
	}
	return buf_take(&key);
}

static json_t *data_of(const struct obligation *o, const struct workflow *wf,
	const struct obliged *whom, const struct plan_period *period, const char *ref)
{
	json_t *data = plan_data(o, wf, whom, period, false);
	const struct field *f = workflow_field(wf, PLAN_REF);
	if (data != NULL && ref != NULL && f != NULL && f->type == FIELD_STRING &&
		json_object_set_new(data, PLAN_REF, json_string(ref)) != 0) {
		json_decref(data);
		return NULL;
	}
	return data;
}

static bool same_member(const struct anju_case *cs, const json_t *data, const char *name)
{
	const json_t *want = json_object_get(data, name);
	return want == NULL || values_is(cs->wf, &cs->values, workflow_field(cs->wf, name), want);
}

/* Asked again for what is there: it stays one. A key that another day has is the pack's fault, and said. */
static anju_status answer_again(struct engine *e, struct command *cmd, const struct obligation *o,
	const char *key, const json_t *data, anju_error *err)
{
	struct cached *c = NULL;
	anju_status st = engine_load(e, o->workflow, key, &c, err);
	if (st != ANJU_OK)
		return st;
	bool same = same_member(c->cs, data, plan_field_name(PLAN_OBLIGATION)) &&
		    same_member(c->cs, data, plan_field_name(PLAN_BEGUN_ON)) &&
		    same_member(c->cs, data, PLAN_REF);
	if (!same) {
		(void)anju_fail(
			err, ANJU_E_EXISTS, "engine.exists", "case %s/%s exists", o->workflow, key);
		anju_error_where(err, "/on");
		anju_error_found(err, "%s/%s", o->workflow, key);
		return ANJU_E_EXISTS;
	}
	engine_reply_case(e, cmd, c->cs, timestamp_of_day(cmd->day));
	cmd->reply.len--; /* the closing brace */
	buf_adds(&cmd->reply, ",\"existing\":true}");
	return cmd->reply.failed ? anju_fail_nomem(err) : ANJU_OK;
}

anju_status engine_obligation_open(
	struct engine *e, struct command *cmd, struct case_effects *fx, anju_error *err)
{
	const struct obligation *o = NULL;
	const struct obliged *whom = NULL;
	const struct plan_period period = {.day = cmd->day, .begins = cmd->day};
	anju_status st = find_obligation(e, cmd->obligation, &o, err);
	if (st == ANJU_OK)
		st = find_obliged(o, cmd->unit, &whom, err);
	if (st == ANJU_OK)
		st = check_day(e, o, cmd->day, err);
	if (st != ANJU_OK)
		return st;
	const struct workflow *wf = pack_set_workflow(e->options.packs, o->workflow);
	ANJU_AUTO_MEM char *key = key_of(o, whom, cmd->day, cmd->ref);
	ANJU_AUTO_JSON *data = data_of(o, wf, whom, &period, cmd->ref);
	if (key == NULL || data == NULL)
		return anju_fail_nomem(err);
	st = check_who(e, o, whom, data, &cmd->who, err);
	if (st != ANJU_OK)
		return st;
	struct case_request request = {.who = &cmd->who,
		.event = "case.open",
		.data = data,
		.reason = cmd->ref,
		.effective_ms = timestamp_of_day(cmd->day),
		.permitted = true};
	st = engine_open_command(e, cmd, o->workflow, key, &request, NULL, fx, err);
	bool there = engine_is_there(st, err, o->workflow, key);
	return there ? answer_again(e, cmd, o, key, data, err) : st;
}
