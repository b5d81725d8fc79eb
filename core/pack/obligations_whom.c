/* Whom an obligation concerns, and who leads, helps and reviews. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "pack/obligations.h"

/* --- roles --- */

static void read_role(const struct duty_reading *r, const struct json_at *at, const char *text,
	struct role_list *ret)
{
	struct loader *ld = r->ld;
	struct role *role = &ret->roles[ret->len];
	anju_error err;
	anju_status st = role_parse(ld->set->org, text, NULL, at, role, &err);
	bool nobody = st == ANJU_OK && role->scope != ROLE_LEVEL && role->scope != ROLE_NEAREST;
	if (nobody) /* nobody in particular; or an obligation that would ask another one */
		load_finding_text(ld, "org.role", at, text, "@say.role_such|organisation@county");
	/* of a kind whose unit was refused nothing more is to be said */
	else if (ld->units_bad || load_ok(ld, st, &err))
		ret->len += st == ANJU_OK;
}

static void read_roles(const struct duty_reading *r, const char *key, struct role_list *ret)
{
	struct json_at here = JSON_AT_KEY(r->at, key);
	const json_t *list = load_strings(r->ld, r->def, r->at, key);
	size_t n = json_array_size(list);
	if (list == NULL)
		return;
	if (n == 0 || n > OBLIGATION_ROLES_MAX) {
		load_finding(r->ld, "pack.obligation_roles", &here, list, "@say.items|1 – %d",
			OBLIGATION_ROLES_MAX);
		return;
	}
	ret->roles = pool_alloc(&r->ld->set->pool, n * sizeof *ret->roles);
	for (size_t i = 0; i < n && ret->roles != NULL; i++) {
		struct json_at at = JSON_AT_INDEX(&here, i);
		read_role(r, &at, json_string_value(json_array_get(list, i)), ret);
	}
}

/* --- whom --- */

static bool add(const struct duty_reading *r, const char *name, const char *region,
	const struct unit *owner)
{
	struct obligation *o = r->o;
	size_t most = org_count(r->ld->set->org) + 1;
	if (o->obliged == NULL)
		o->obliged = pool_alloc(&r->ld->set->pool, most * sizeof *o->obliged);
	if (o->obliged == NULL || o->obliged_len == most)
		return false;
	o->obliged[o->obliged_len++] =
		(struct obliged){.name = name, .region = region, .owner = owner};
	return true;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct obliged *)a)->name, ((const struct obliged *)b)->name);
}

static void sort(struct obligation *o)
{
	if (o->obliged_len > 1)
		qsort(o->obliged, o->obliged_len, sizeof *o->obliged, by_name);
	size_t kept = 0;
	for (size_t i = 0; i < o->obliged_len; i++) {
		if (kept == 0 || strcmp(o->obliged[kept - 1].name, o->obliged[i].name) != 0)
			o->obliged[kept++] = o->obliged[i];
	}
	o->obliged_len = kept;
}

static void every_unit(const struct duty_reading *r, const json_t *who, const struct json_at *at)
{
	const char *kind = load_string(r->ld, who, at, "kind", true);
	const char *level = load_string(r->ld, who, at, "level", true);
	const struct org *org = r->ld->set->org;
	if (kind == NULL || level == NULL)
		return;
	/* said as a role, so that it is checked like one */
	ANJU_AUTO_BUF text = BUF_INIT;
	buf_addf(&text, "%s@%s", kind, level);
	struct role role;
	anju_error err;
	anju_status st = text.failed ? anju_fail_nomem(&err)
				     : role_parse(org, text.data, NULL, at, &role, &err);
	if (!r->ld->units_bad)
		(void)load_ok(r->ld, st, &err);
	for (size_t i = 0; i < org_count(org); i++) {
		const struct unit *u = org_at(org, i);
		if (strcmp(u->kind, kind) == 0 && strcmp(u->level, level) == 0 &&
			!add(r, u->code, u->region, u))
			return;
	}
}

static void these_units(const struct duty_reading *r, const json_t *who, const struct json_at *at)
{
	const struct org *org = r->ld->set->org;
	struct json_at here = JSON_AT_KEY(at, "units");
	const json_t *list = load_strings(r->ld, who, at, "units");
	if (list != NULL && json_array_size(list) == 0)
		load_finding(r->ld, "pack.obligation_roles", &here, list, "@say.items|≥ 1");
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct json_at item = JSON_AT_INDEX(&here, i);
		const char *code = json_string_value(json_array_get(list, i));
		const struct unit *u = org_unit(org, code);
		/* a pack meant to be extended has no units of its own and is still to be checked */
		if (u == NULL && org_count(org) > 0 && !r->ld->units_bad)
			load_finding_text(r->ld, "field.unit", &item, code, "@say.unit_code");
		if (u != NULL && r->o->obliged_len < org_count(org))
			(void)add(r, u->code, u->region, u);
	}
}

static void read_for(const struct duty_reading *r, const json_t *who)
{
	static const char *const every[] = {"kind", "level", NULL};
	static const char *const these[] = {"units", NULL};
	struct json_at here = JSON_AT_KEY(r->at, "for");
	bool list = json_object_get(who, "units") != NULL;
	if (!load_object(r->ld, who, &here, list ? these : every))
		return;
	if (list)
		these_units(r, who, &here);
	else
		every_unit(r, who, &here);
}

/* --- each --- */

static const struct unit *first_lead(const struct duty_reading *r, const char *region)
{
	struct role_context context = {.region = region};
	const struct unit *found = NULL;
	for (size_t i = 0; i < r->o->lead.len; i++) {
		if (role_resolve(r->ld->set->org, &r->o->lead.roles[i], &context, &found, 1) > 0)
			return found;
	}
	return NULL;
}

/* A region without any of the leading units has nobody to do it. */
static void read_each(const struct duty_reading *r)
{
	static const char *const levels = "nation province city county town village";
	const struct org *org = r->ld->set->org;
	struct json_at here = JSON_AT_KEY(r->at, "each"), lead_at = JSON_AT_KEY(r->at, "lead");
	const char *level = load_string(r->ld, r->def, r->at, "each", true);
	if (level == NULL)
		return;
	size_t n = strlen(level);
	const char *known = n > 0 ? strstr(levels, level) : NULL;
	if (known == NULL || (known > levels && known[-1] != ' ') ||
		(known[n] != '\0' && known[n] != ' '))
		load_finding_text(r->ld, "pack.obligation_whom", &here, level, "%s", levels);
	if (json_object_get(r->def, "lead") == NULL)
		load_finding(r->ld, "json.missing", &lead_at, NULL, "@say.member|lead|@say.array");
	for (size_t i = 0; i < org_count(org); i++) {
		const struct unit *u = org_at(org, i);
		const struct unit *lead =
			strcmp(u->level, level) == 0 ? first_lead(r, u->region) : NULL;
		if (lead != NULL && !add(r, u->region, u->region, lead))
			return;
	}
}

void obligation_read_whom(const struct duty_reading *r)
{
	const json_t *who = json_object_get(r->def, "for"), *each = json_object_get(r->def, "each");
	struct json_at each_at = JSON_AT_KEY(r->at, "each");
	read_roles(r, "lead", &r->o->lead);
	read_roles(r, "responsible", &r->o->responsible);
	read_roles(r, "cooperating", &r->o->cooperating);
	read_roles(r, "reviewer", &r->o->reviewer);
	if (who != NULL && each != NULL)
		load_finding(r->ld, "pack.obligation_whom", &each_at, each, "@say.for_or_each");
	if (each == NULL)
		read_for(r, who);
	else
		read_each(r);
	sort(r->o);
}
