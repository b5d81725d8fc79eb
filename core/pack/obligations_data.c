/* What an obligation's case is called and what it begins with. */
#include <regex.h>
#include <string.h>

#include "base/error.h"
#include "pack/obligations.h"

/* Enough for two years of half months, and for days to run into the next month. */
#define PERIODS_TRIED 50

static bool check_template(struct loader *ld, const struct json_at *at, const char *text)
{
	if (plan_placeholders_ok(text))
		return true;
	load_finding_text(ld, "pack.placeholder", at, text, PLAN_PLACEHOLDERS);
	return false;
}

/* Without its period or unit in it, the second case would have the first one's key. */
static bool check_key(const struct duty_reading *r, const struct json_at *at)
{
	const struct obligation *o = r->o;
	bool again = o->triggered || json_object_get(r->def, "recur") != NULL;
	bool known = check_template(r->ld, at, o->key);
	bool unit = strstr(o->key, "{unit}") != NULL || strstr(o->key, "{region}") != NULL;
	bool period = !again || plan_names_period(o->key);
	if (!unit || !period)
		load_finding_text(r->ld, "pack.obligation_key", at, o->key, "%s%s",
			period ? "@say.key_with" : "@say.key_with_more|",
			period ? "" : "{year} / {week} / {date}");
	return known && unit && period;
}

/* Who has no units yet is tried with one that could be. */
static const struct obliged *someone(const struct obligation *o)
{
	static const struct unit nobody = {.code = "610322.unit", .region = "610322"};
	static const struct obliged sample = {"610322.unit", &nobody, "610322"};
	return o->obliged_len > 0 ? &o->obliged[0] : &sample;
}

/* Puts the key into `seen`; false if it was there. */
static bool is_new(const struct duty_reading *r, const struct obliged *whom, int32_t day,
	const struct json_at *at, json_t *seen)
{
	ANJU_AUTO_MEM char *key = plan_key(r->o, whom, day);
	if (key == NULL) {
		r->ld->set->pool.failed = true;
		return true;
	}
	if (json_object_get(seen, key) != NULL) {
		load_finding_text(r->ld, "pack.obligation_repeats", at, r->o->key,
			"@say.key_each_own|%s", key);
		return false;
	}
	if (json_object_set_new(seen, key, json_true()) != 0)
		r->ld->set->pool.failed = true;
	return true;
}

/* Tried out: whether "{year}" is enough depends on the rule, whether "{region}" is on the units. */
static void check_repeats(const struct duty_reading *r, const struct json_at *at)
{
	const struct obligation *o = r->o;
	ANJU_AUTO_JSON *units = json_object(), *days = json_object();
	int32_t day = o->rrule != NULL ? o->start - 1 : 0;
	for (size_t i = 0; i < o->obliged_len; i++) {
		if (!is_new(r, &o->obliged[i], o->triggered ? 0 : o->start, at, units))
			return;
	}
	for (int i = 0; i < PERIODS_TRIED && o->rrule != NULL; i++) {
		if (recurrence_next(o->rrule, o->start, day, &day, NULL) != ANJU_OK ||
			day > o->until || !is_new(r, someone(o), day, at, days))
			return;
	}
}

static void check_pattern(const struct duty_reading *r, const struct json_at *at)
{
	const struct workflow *wf = r->wf;
	for (size_t i = 0; i < r->o->obliged_len && wf->key_regex != NULL; i++) {
		ANJU_AUTO_MEM char *key =
			plan_key(r->o, &r->o->obliged[i], r->o->triggered ? 0 : r->o->start);
		if (key == NULL) {
			r->ld->set->pool.failed = true;
		} else if (regexec(wf->key_regex, key, 0, NULL, 0) != 0) {
			load_finding_text(r->ld, "pack.key_pattern", at, key, "@say.key_of|%s|%s",
				wf->id, wf->key_pattern != NULL ? wf->key_pattern : KEY_PATTERN);
			return;
		}
	}
}

void obligation_read_key(const struct duty_reading *r)
{
	struct json_at at = JSON_AT_KEY(r->at, "key");
	r->o->key = load_string(r->ld, r->def, r->at, "key", true);
	if (r->o->key == NULL || !check_key(r, &at))
		return;
	check_repeats(r, &at);
	if (r->wf != NULL)
		check_pattern(r, &at);
}

/* --- data --- */

static void check_value(const struct duty_reading *r, const struct field *f, const json_t *v,
	const struct json_at *at)
{
	const char *text = json_string_value(v);
	ANJU_AUTO_BUF filled = BUF_INIT;
	ANJU_AUTO_JSON *sample = NULL;
	if (text != NULL && strchr(text, '{') != NULL) {
		if (!check_template(r->ld, at, text) || r->o->obliged_len == 0)
			return; /* what it becomes is checked when the case is opened */
		plan_fill(text, &r->o->obliged[0], r->o->triggered ? 0 : r->o->start, &filled);
		sample = json_string(filled.data != NULL ? filled.data : "");
		v = sample;
	}
	anju_error err;
	if (field_check(f, r->ld->set->org, v, &err) == ANJU_OK)
		return;
	char pointer[sizeof err.where];
	anju_error_file(&err, json_at_file(at));
	anju_error_where(&err, "%s", json_at_pointer(at, pointer, sizeof pointer));
	load_report(r->ld, &err);
}

/* A relation is named by "workflow/key", or by a list of these. */
static bool names_cases(const struct relation *rel, const json_t *v)
{
	size_t n = strlen(rel->to);
	if (rel->many && json_is_array(v)) {
		for (size_t i = 0; i < json_array_size(v); i++) {
			if (json_is_array(json_array_get(v, i)) ||
				!names_cases(rel, json_array_get(v, i)))
				return false;
		}
		return true;
	}
	const char *text = json_string_value(v);
	return text != NULL && strncmp(text, rel->to, n) == 0 && text[n] == '/' &&
	       text[n + 1] != '\0';
}

static void check_target(
	struct loader *ld, const struct relation *rel, const json_t *v, const struct json_at *at)
{
	if (!names_cases(rel, v))
		load_finding(ld, "case.relation", at, v,
			rel->many ? "[\"%s/KEY\", …]" : "\"%s/KEY\"", rel->to);
	else if (json_is_string(v))
		(void)check_template(ld, at, json_string_value(v));
}

static void check_member(
	const struct duty_reading *r, const char *name, const json_t *v, const struct json_at *at)
{
	const struct field *f = workflow_field(r->wf, name);
	const struct relation *rel = f == NULL ? workflow_relation(r->wf, name) : NULL;
	if (f != NULL)
		check_value(r, f, v, at);
	else if (rel != NULL && rel->inverse == NULL)
		check_target(r->ld, rel, v, at);
	else
		load_finding_text(r->ld, "pack.unknown_field", at, name,
			"@say.field_or_relation|%s", r->wf->id);
}

/* The title may be longer than the field that it fills. */
static void check_subject(const struct duty_reading *r)
{
	const struct field *f = workflow_field(r->wf, plan_field_name(PLAN_SUBJECT));
	struct json_at at = JSON_AT_KEY(r->at, "title");
	if (!plan_fills(r->o, r->wf, PLAN_SUBJECT))
		return;
	ANJU_AUTO_JSON *text =
		json_sprintf("%s / %s", r->o->title.text[LANG_ZH], r->o->title.text[LANG_EN]);
	anju_error err;
	if (field_check(f, r->ld->set->org, text, &err) != ANJU_OK)
		load_finding(r->ld, "pack.obligation_title", &at, text, "@say.characters|%zu",
			f->max_chars);
}

void obligation_read_data(const struct duty_reading *r)
{
	struct json_at here = JSON_AT_KEY(r->at, "data");
	json_t *data = NULL;
	anju_error err;
	if (!load_ok(r->ld, json_opt_object(r->def, r->at, "data", &data, &err), &err) ||
		r->wf == NULL)
		return;
	r->o->data = data;
	const char *name;
	json_t *v;
	json_object_foreach(data, name, v) {
		struct json_at at = JSON_AT_KEY(&here, name);
		check_member(r, name, v, &at);
	}
	check_subject(r);
	for (size_t i = 0; i < r->wf->fields_len; i++) {
		const struct field *f = &r->wf->fields[i];
		if (f->required && json_object_get(data, f->name) == NULL &&
			(strcmp(f->name, PLAN_REF) == 0 || !plan_names(r->o, r->wf, f->name)))
			load_finding(r->ld, "pack.missing_field", &here, data,
				"@say.value_required|%s|%s", f->name, r->wf->id);
	}
}
