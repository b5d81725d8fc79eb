#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/timestamp.h"
#include "pack/loader.h"

static const char *const members[] = {
	"id", "title", "workflow", "for", "recur", "start", "until", "key", "data", "rows", NULL};
static const char *const holes[] = {"{year}", "{month}", "{unit}", "{region}"};
#define HOLES (sizeof holes / sizeof holes[0])

/* Every "{…}" of a template is one we can fill. */
static bool check_template(struct loader *ld, const struct json_at *at, const char *text)
{
	for (const char *p = strchr(text, '{'); p != NULL; p = strchr(p + 1, '{')) {
		bool known = false;
		for (size_t i = 0; i < HOLES; i++)
			known = known || strncmp(p, holes[i], strlen(holes[i])) == 0;
		if (known)
			continue;
		load_finding_text(
			ld, "pack.placeholder", at, text, "{year} {month} {unit} {region}");
		return false;
	}
	return true;
}

static int32_t read_day(struct loader *ld, const json_t *def, const struct json_at *at,
	const char *key, bool required, int32_t absent)
{
	const char *text = load_string(ld, def, at, key, required);
	struct json_at here = JSON_AT_KEY(at, key);
	int32_t day = absent;
	if (text != NULL && date_parse(text, &day, NULL) != ANJU_OK)
		load_finding_text(ld, "pack.date", &here, text, "@say.date_such|2017-09-01");
	return day;
}

static void read_for(
	struct loader *ld, const json_t *def, const struct json_at *at, struct obligation *o)
{
	static const char *const known[] = {"kind", "level", NULL};
	const json_t *who = json_object_get(def, "for");
	struct json_at here = JSON_AT_KEY(at, "for");
	if (!load_object(ld, who, &here, known))
		return;
	o->unit_kind = load_string(ld, who, &here, "kind", true);
	o->unit_level = load_string(ld, who, &here, "level", true);
	if (o->unit_kind == NULL || o->unit_level == NULL)
		return;
	/* said as a role, so that it is checked like one */
	ANJU_AUTO_BUF text = BUF_INIT;
	buf_addf(&text, "%s@%s", o->unit_kind, o->unit_level);
	struct role role;
	anju_error err;
	anju_status st = text.failed
				 ? anju_fail_nomem(&err)
				 : role_parse(ld->set->org, text.data, NULL, &here, &role, &err);
	if (!ld->units_bad)
		(void)load_ok(ld, st, &err);
}

static void read_times(
	struct loader *ld, const json_t *def, const struct json_at *at, struct obligation *o)
{
	struct json_at recur_at = JSON_AT_KEY(at, "recur"), until_at = JSON_AT_KEY(at, "until");
	size_t before = ld->findings;
	o->start = read_day(ld, def, at, "start", true, 0);
	o->until = read_day(ld, def, at, "until", false, INT32_MAX);
	o->rrule = load_string(ld, def, at, "recur", false);
	if (ld->findings > before)
		return;
	if (o->until < o->start)
		load_finding(ld, "pack.date_order", &until_at, json_object_get(def, "until"),
			"@say.day_from_start");
	anju_error err;
	int32_t day;
	if (o->rrule == NULL)
		return;
	anju_status st = recurrence_next(o->rrule, o->start, o->start - 1, &day, &err);
	if (st != ANJU_OK && st != ANJU_E_NOTFOUND)
		load_finding_text(ld, "pack.recur", &recur_at, o->rrule,
			"@say.rrule_such|FREQ=MONTHLY;BYMONTHDAY=1");
}

/* Without its period or unit in it, the second case would have the first one's key. */
static bool check_key(struct loader *ld, const struct json_at *at, const struct obligation *o)
{
	bool known = check_template(ld, at, o->key);
	bool unit = strstr(o->key, "{unit}") != NULL || strstr(o->key, "{region}") != NULL;
	bool year = o->rrule == NULL || strstr(o->key, "{year}") != NULL;
	bool month = o->rrule == NULL || strstr(o->rrule, "FREQ=MONTHLY") == NULL ||
		     strstr(o->key, "{month}") != NULL;
	if (!unit || !year || !month)
		load_finding_text(ld, "pack.obligation_key", at, o->key, "%s%s%s",
			year && month ? "@say.key_with" : "@say.key_with_more|",
			year ? "" : "{year} ", month ? "" : "{month}");
	return known && unit && year && month;
}

/* The first unit that has the duty; NULL if these packs have none. */
static const struct unit *one_unit(const struct org *org, const struct obligation *o)
{
	for (size_t i = 0; o->unit_kind != NULL && o->unit_level != NULL && i < org_count(org);
		i++) {
		const struct unit *u = org_at(org, i);
		if (strcmp(u->kind, o->unit_kind) == 0 && strcmp(u->level, o->unit_level) == 0)
			return u;
	}
	return NULL;
}

/* What a template becomes for that unit on the first day. */
static void fill(const char *text, const struct unit *u, int32_t day, struct buf *out)
{
	int year, month, dom;
	civil_from_days(day, &year, &month, &dom);
	char values[HOLES][80];
	snprintf(values[0], sizeof values[0], "%04d", year);
	snprintf(values[1], sizeof values[1], "%02d", month);
	snprintf(values[2], sizeof values[2], "%s", u->code);
	snprintf(values[3], sizeof values[3], "%s", u->region);
	while (*text != '\0') {
		size_t i = 0;
		while (i < HOLES && strncmp(text, holes[i], strlen(holes[i])) != 0)
			i++;
		if (i < HOLES) {
			buf_adds(out, values[i]);
			text += strlen(holes[i]);
		} else {
			buf_addc(out, *text++);
		}
	}
}

static void check_pattern(struct loader *ld, const struct json_at *at, const struct workflow *wf,
	const struct obligation *o)
{
	const struct unit *u = one_unit(ld->set->org, o);
	if (u == NULL || wf->key_regex == NULL)
		return;
	ANJU_AUTO_BUF key = BUF_INIT;
	fill(o->key, u, o->start, &key);
	if (key.failed)
		ld->set->pool.failed = true;
	else if (regexec(wf->key_regex, key.data != NULL ? key.data : "", 0, NULL, 0) != 0)
		load_finding_text(ld, "pack.key_pattern", at, key.data != NULL ? key.data : "",
			"@say.key_of|%s|%s", wf->id,
			wf->key_pattern != NULL ? wf->key_pattern : KEY_PATTERN);
}

static void check_value(struct loader *ld, const struct obligation *o, const struct field *f,
	const json_t *v, const struct json_at *at)
{
	const char *text = json_string_value(v);
	const struct unit *u = one_unit(ld->set->org, o);
	ANJU_AUTO_BUF filled = BUF_INIT;
	ANJU_AUTO_JSON *sample = NULL;
	if (text != NULL && strchr(text, '{') != NULL) {
		if (!check_template(ld, at, text) || u == NULL)
			return; /* what it becomes is checked when the case is opened */
		fill(text, u, o->start, &filled);
		sample = json_string(filled.data);
		v = sample;
	}
	anju_error err;
	if (field_check(f, ld->set->org, v, &err) == ANJU_OK)
		return;
	char pointer[sizeof err.where];
	anju_error_file(&err, json_at_file(at));
	anju_error_where(&err, "%s", json_at_pointer(at, pointer, sizeof pointer));
	load_report(ld, &err);
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

static void read_data(struct loader *ld, const json_t *def, const struct json_at *at,
	const struct workflow *wf, struct obligation *o)
{
	struct json_at here = JSON_AT_KEY(at, "data");
	json_t *data = NULL;
	anju_error err;
	if (!load_ok(ld, json_opt_object(def, at, "data", &data, &err), &err) || wf == NULL)
		return;
	o->data = data;
	const char *name;
	json_t *v;
	json_object_foreach(data, name, v) {
		const struct field *f = workflow_field(wf, name);
		const struct relation *rel = f == NULL ? workflow_relation(wf, name) : NULL;
		struct json_at value_at = JSON_AT_KEY(&here, name);
		if (f != NULL)
			check_value(ld, o, f, v, &value_at);
		else if (rel != NULL && rel->inverse == NULL)
			check_target(ld, rel, v, &value_at);
		else
			load_finding_text(ld, "pack.unknown_field", &value_at, name,
				"@say.field_or_relation|%s", wf->id);
	}
	for (size_t i = 0; i < wf->fields_len; i++) {
		if (wf->fields[i].required && json_object_get(data, wf->fields[i].name) == NULL)
			load_finding(ld, "pack.missing_field", &here, data,
				"@say.value_required|%s|%s", wf->fields[i].name, wf->id);
	}
}

static void read_one(
	struct loader *ld, const json_t *def, const struct json_at *at, struct obligation *o)
{
	struct json_at id_at = JSON_AT_KEY(at, "id"), workflow_at = JSON_AT_KEY(at, "workflow"),
		       key_at = JSON_AT_KEY(at, "key");
	if (!load_object(ld, def, at, members))
		return;
	o->id = load_string(ld, def, at, "id", true);
	if (o->id != NULL && load_name(ld, &id_at, o->id)) {
		const char *first = json_string_value(json_object_get(ld->obligation_ids, o->id));
		if (first != NULL)
			load_finding_text(
				ld, "pack.duplicate", &id_at, o->id, "@say.id_free|%s", first);
		else if (json_object_set_new(
				 ld->obligation_ids, o->id, json_string(json_at_file(at))) != 0)
			ld->set->pool.failed = true;
	}
	load_label(ld, def, at, "title", true, &o->title);
	o->rows = load_rows(ld, def, at);
	read_for(ld, def, at, o);
	read_times(ld, def, at, o);
	o->key = load_string(ld, def, at, "key", true);
	bool key_ok = o->key != NULL && check_key(ld, &key_at, o);
	o->workflow = load_string(ld, def, at, "workflow", true);
	const struct workflow *wf =
		o->workflow != NULL ? pack_set_workflow(ld->set, o->workflow) : NULL;
	if (o->workflow != NULL && wf == NULL && !ld->unread)
		load_finding_text(
			ld, "pack.unknown_workflow", &workflow_at, o->workflow, "@say.workflow_id");
	if (wf != NULL && key_ok)
		check_pattern(ld, &key_at, wf, o);
	read_data(ld, def, at, wf, o);
}

static bool make_room(struct pack_set *set, size_t more)
{
	size_t need = set->obligations_len + more;
	if (need <= set->obligations_cap)
		return true;
	struct obligation *list = pool_alloc(&set->pool, need * sizeof *list);
	if (list == NULL)
		return false;
	if (set->obligations_len > 0)
		memcpy(list, set->obligations, set->obligations_len * sizeof *list);
	set->obligations = list;
	set->obligations_cap = need;
	return true;
}

void obligations_load(struct loader *ld, const struct source *src)
{
	static const char *const known[] = {"$schema", "obligations", NULL};
	const char *file;
	json_t *doc = files_parse(ld, src, "obligations.json", &file);
	if (doc == NULL)
		return;
	struct json_at root = JSON_AT_ROOT(file), list_at = JSON_AT_KEY(&root, "obligations");
	if (!load_object(ld, doc, &root, known))
		return;
	schema_member_check(ld, doc, &root);
	const json_t *list = load_list(ld, doc, &root, "obligations");
	if (list == NULL || !make_room(ld->set, json_array_size(list)))
		return;
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct json_at at = JSON_AT_INDEX(&list_at, i);
		struct obligation *o = &ld->set->obligations[ld->set->obligations_len++];
		o->until = INT32_MAX;
		read_one(ld, json_array_get(list, i), &at, o);
	}
}
