/* When an obligation begins and when it is due. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "pack/local.h"
#include "pack/obligations.h"

/* --- due --- */

static anju_status due_field(void *ctx, const char *name, enum due_field_kind kind,
	const struct json_at *at, anju_error *err)
{
	const struct duty_reading *r = ctx;
	const enum field_type want = kind == DUE_FIELD_DATE ? FIELD_DATE : FIELD_INT;
	const struct field *f = r->wf != NULL ? workflow_field(r->wf, name) : NULL;
	if (r->wf == NULL || (f != NULL && f->type == want))
		return ANJU_OK;
	ANJU_AUTO_JSON *found = json_string(name);
	return json_fail_at(err, "pack.due_field", at, found, "@say.field_of_types|%s",
		want == FIELD_DATE ? "date" : "int");
}

static anju_status due_local(void *ctx, const char *id, const json_t *says,
	const struct json_at *at, const json_t **ret_fill, const struct json_at **ret_at,
	anju_error *err)
{
	const struct duty_reading *r = ctx;
	const struct local *local = local_use(r->ld, id, says, BLANK_DUE, at);
	(void)err;
	if (local != NULL) {
		*ret_fill = local->value;
		*ret_at = &local->at;
	}
	return ANJU_OK;
}

static void free_due(void *thing)
{
	due_rule_free(thing);
}

static void take_due(const struct duty_reading *r, const json_t *def, const struct json_at *at)
{
	struct due_hooks hooks = {.ctx = (void *)r, .field = due_field, .local = due_local};
	struct due_rule *rule = NULL;
	anju_error err;
	if (!load_ok(r->ld, due_rule_parse(def, at, &hooks, &rule, &err), &err))
		return;
	r->o->due_text = def;
	if (pool_own_take(&r->ld->set->pool, rule, free_due))
		r->o->due = rule;
}

/* --- when it begins --- */

static int32_t read_day(
	const struct duty_reading *r, const char *key, bool required, int32_t absent)
{
	const char *text = load_string(r->ld, r->def, r->at, key, required);
	struct json_at here = JSON_AT_KEY(r->at, key);
	int32_t day = absent;
	if (text != NULL && date_parse(text, &day, NULL) != ANJU_OK)
		load_finding_text(r->ld, "pack.date", &here, text, "@say.date_such|2017-09-01");
	return day;
}

static void read_shift(const struct duty_reading *r)
{
	anju_error err;
	(void)load_ok(r->ld, due_shift_parse(r->def, r->at, &r->o->shift, &err), &err);
}

static void check_rule(const struct duty_reading *r, const struct json_at *at)
{
	struct obligation *o = r->o;
	anju_error err;
	int32_t day;
	anju_status st = recurrence_next(o->rrule, o->start, o->start - 1, &day, &err);
	if (st == ANJU_OK || st == ANJU_E_NOTFOUND)
		return;
	load_finding_text(
		r->ld, "pack.recur", at, o->rrule, "@say.rrule_such|FREQ=MONTHLY;BYMONTHDAY=1");
	o->rrule = NULL; /* nobody is to run it: a pack that is only looked at */
}

/* Whoever fills in a period may say as well when it is due; the obligation's own "due" goes before that. */
static void read_filled_due(const struct duty_reading *r, const struct local *local)
{
	const json_t *due = json_object_get(local->value, "due");
	struct json_at at = JSON_AT_KEY(&local->at, "due");
	if (due != NULL && json_object_get(r->def, "due") == NULL)
		take_due(r, due, &at);
}

/* The period is to be filled in locally; until then the obligation waits. */
static void read_blank(const struct duty_reading *r, const json_t *def, const struct json_at *at)
{
	static const char *const known[] = {"local", "says", NULL};
	if (!load_object(r->ld, def, at, known))
		return;
	struct json_at id_at = JSON_AT_KEY(at, "local");
	size_t before = r->ld->findings;
	const char *id = load_string(r->ld, def, at, "local", true);
	load_label(r->ld, def, at, "says", true, &r->o->says);
	if (id == NULL || !local_id_check(r->ld, &id_at, id) || r->ld->findings > before)
		return;
	r->o->blank = id;
	const struct local *local =
		local_use(r->ld, id, json_object_get(def, "says"), BLANK_RECUR, at);
	if (local == NULL)
		return;
	struct json_at rule_at = JSON_AT_KEY(&local->at, "recur");
	r->o->rrule = json_string_value(json_object_get(local->value, "recur"));
	if (r->o->rrule == NULL)
		load_finding(r->ld, "pack.recur", &local->at, local->value,
			"@say.rrule_such|FREQ=MONTHLY;BYMONTHDAY=1");
	else
		check_rule(r, &rule_at);
	read_filled_due(r, local);
}

static void read_recur(const struct duty_reading *r)
{
	const json_t *recur = json_object_get(r->def, "recur");
	struct json_at here = JSON_AT_KEY(r->at, "recur");
	if (json_is_object(recur)) {
		read_blank(r, recur, &here);
		return;
	}
	r->o->rrule = load_string(r->ld, r->def, r->at, "recur", false);
	if (r->o->rrule != NULL)
		check_rule(r, &here);
}

static void read_trigger(const struct duty_reading *r)
{
	static const char *const others[] = {"recur", "shift", NULL};
	r->o->triggered = true;
	load_label(r->ld, r->def, r->at, "trigger", true, &r->o->trigger);
	for (const char *const *key = others; *key != NULL; key++) {
		const json_t *v = json_object_get(r->def, *key);
		struct json_at here = JSON_AT_KEY(r->at, *key);
		if (v != NULL)
			load_finding(
				r->ld, "pack.obligation_begins", &here, v, "@say.recur_or_trigger");
	}
}

void obligation_read_times(const struct duty_reading *r)
{
	struct obligation *o = r->o;
	struct json_at until_at = JSON_AT_KEY(r->at, "until");
	size_t before = r->ld->findings;
	bool triggered = json_object_get(r->def, "trigger") != NULL;
	o->start = read_day(r, "start", !triggered, triggered ? INT32_MIN : 0);
	o->until = read_day(r, "until", false, INT32_MAX);
	if (r->ld->findings == before && o->until < o->start)
		load_finding(r->ld, "pack.date_order", &until_at, json_object_get(r->def, "until"),
			"@say.day_from_start");
	if (triggered) {
		read_trigger(r);
		return;
	}
	read_shift(r);
	read_recur(r);
}

void obligation_read_due(const struct duty_reading *r)
{
	const json_t *def = json_object_get(r->def, "due");
	struct json_at here = JSON_AT_KEY(r->at, "due");
	if (def != NULL)
		take_due(r, def, &here);
}
