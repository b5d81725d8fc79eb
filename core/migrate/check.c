/* Whether a plan leads from the one definition to the other, before any case is looked at. */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "migrate/plan.h"

struct checking {
	const struct plan *plan;
	const struct side *old, *next;
	const struct workflow *to;
	const struct org *org;
	struct json_at root;
	anju_error *err;
};

static anju_status bad_text(struct checking *c, const char *id, const struct json_at *at,
	const char *found, const char *allowed)
{
	ANJU_AUTO_JSON *v = json_string(found);
	return json_fail_at(c->err, id, at, v, "%s", allowed);
}

static anju_status check_end(
	struct checking *c, const char *key, const char *found, const char *allowed)
{
	struct json_at end = JSON_AT_KEY(&c->root, key), at = JSON_AT_KEY(&end, "hash");
	return strcmp(found, allowed) == 0 ? ANJU_OK
					   : bad_text(c, "migrate.wrong_hash", &at, found, allowed);
}

static anju_status check_ends(struct checking *c)
{
	struct json_at at = JSON_AT_KEY(&c->root, "workflow");
	if (strcmp(c->plan->workflow, c->to->id) != 0 || strcmp(c->old->id, c->to->id) != 0)
		return bad_text(c, "migrate.workflow", &at, c->plan->workflow, c->to->id);
	struct json_at to = JSON_AT_KEY(&c->root, "to"), to_hash = JSON_AT_KEY(&to, "hash");
	if (strcmp(c->plan->from_hash, c->plan->to_hash) == 0)
		return bad_text(c, "migrate.same", &to_hash, c->plan->to_hash, c->to->hash_hex);
	anju_status st = check_end(c, "from", c->plan->from_hash, c->old->hash);
	return st == ANJU_OK ? check_end(c, "to", c->plan->to_hash, c->to->hash_hex) : st;
}

/* --- states --- */

static void add_children(const struct chart *chart, const char *path, struct buf *out)
{
	/* what can be meant: states beside the one that is not there */
	size_t n = strlen(path);
	while (n > 0 && path[n - 1] != '.')
		n--;
	for (uint32_t s = 1, k = 0; s < chart_state_count(chart) && k < 12; s++) {
		const struct chart_state *state = chart_state_at(chart, s);
		if (strncmp(state->path, path, n) == 0 && state->type != CHART_HISTORY &&
			strchr(state->path + n, '.') == NULL)
			buf_addf(out, "%s%s", k++ > 0 ? ", " : "", state->path);
	}
}

static anju_status need_state(
	struct checking *c, const struct chart *chart, const char *path, const struct json_at *at)
{
	uint32_t s = chart_state_by_path(chart, path);
	if (s != CHART_NONE && s != 0 && chart_state_at(chart, s)->type != CHART_HISTORY)
		return ANJU_OK;
	ANJU_AUTO_BUF list = BUF_INIT;
	add_children(chart, path, &list);
	return bad_text(c, "migrate.unknown_state", at, path, list.data != NULL ? list.data : "-");
}

static anju_status check_states_named(struct checking *c)
{
	const char *name;
	json_t *v, *one;
	size_t i;
	anju_status st = ANJU_OK;
	struct json_at at = JSON_AT_KEY(&c->root, "states");
	json_object_foreach((json_t *)c->plan->states, name, v) {
		struct json_at item = JSON_AT_KEY(&at, name);
		if (st == ANJU_OK)
			st = need_state(c, c->old->chart, name, &item);
		if (st == ANJU_OK && json_is_string(v))
			st = need_state(c, c->next->chart, json_string_value(v), &item);
		json_array_foreach(v, i, one) {
			struct json_at each = JSON_AT_INDEX(&item, i);
			if (st == ANJU_OK)
				st = need_state(c, c->next->chart, json_string_value(one), &each);
		}
	}
	return st;
}

static anju_status check_states(struct checking *c)
{
	anju_status st = check_states_named(c);
	struct json_at at = JSON_AT_KEY(&c->root, "states");
	for (uint32_t s = 1; s < chart_state_count(c->old->chart) && st == ANJU_OK; s++) {
		const struct chart_state *state = chart_state_at(c->old->chart, s);
		uint32_t targets[PLAN_TARGETS_MAX];
		size_t n;
		if ((state->type != CHART_ATOMIC && state->type != CHART_FINAL) ||
			plan_land(c->plan, c->old->chart, c->next->chart, s, targets, &n) !=
				LANDING_UNMAPPED)
			continue;
		ANJU_AUTO_BUF list = BUF_INIT;
		add_children(c->next->chart, state->path, &list);
		st = bad_text(c, "migrate.unmapped", &at, state->path,
			list.data != NULL ? list.data : "@say.migrate_states");
	}
	return st;
}

/* --- names: fields, documents, relations --- */

static anju_status list_names(
	struct checking *c, const struct json_at *at, const char *found, const json_t *there)
{
	ANJU_AUTO_BUF list = BUF_INIT;
	const char *name;
	json_t *v;
	json_object_foreach((json_t *)there, name, v)
		buf_addf(&list, "%s%s", list.len > 0 ? " " : "", name);
	return bad_text(c, "migrate.unknown_name", at, found, list.data != NULL ? list.data : "-");
}

/* Renames lead from what there was to what there is; what is given up was there; nothing else is lost. */
static anju_status check_names(struct checking *c, const char *member, const json_t *rename,
	const json_t *drop, const json_t *before, const json_t *after)
{
	const char *name;
	json_t *v;
	size_t i;
	anju_status st = ANJU_OK;
	struct json_at at = JSON_AT_KEY(&c->root, member), rename_at = JSON_AT_KEY(&at, "rename"),
		       drop_at = JSON_AT_KEY(&at, "drop");
	json_object_foreach((json_t *)rename, name, v) {
		struct json_at item = JSON_AT_KEY(&rename_at, name);
		if (st == ANJU_OK && json_object_get(before, name) == NULL)
			st = list_names(c, &item, name, before);
		if (st == ANJU_OK && json_object_get(after, json_string_value(v)) == NULL)
			st = list_names(c, &item, json_string_value(v), after);
	}
	json_array_foreach((json_t *)drop, i, v) {
		struct json_at item = JSON_AT_INDEX(&drop_at, i);
		if (st == ANJU_OK && json_object_get(before, json_string_value(v)) == NULL)
			st = list_names(c, &item, json_string_value(v), before);
	}
	json_object_foreach((json_t *)before, name, v) {
		const char *to = plan_name(rename, drop, name);
		if (st == ANJU_OK && to != NULL && json_object_get(after, to) == NULL)
			st = bad_text(c, "migrate.gone", &at, name, "rename, drop");
	}
	return st;
}

static json_t *stored_relations(const struct side *side)
{
	json_t *list = json_object(), *v;
	const char *name;
	json_object_foreach((json_t *)side->relations, name, v) {
		if (json_object_get(v, "inverse") == NULL)
			(void)json_object_set(list, name, v);
	}
	return list;
}

static anju_status check_values(struct checking *c, const char *member, const json_t *values)
{
	const char *name;
	json_t *v;
	anju_status st = ANJU_OK;
	struct json_at fields = JSON_AT_KEY(&c->root, "fields"), at = JSON_AT_KEY(&fields, member);
	json_object_foreach((json_t *)values, name, v) {
		char pointer[256];
		struct json_at item = JSON_AT_KEY(&at, name);
		const struct field *f = workflow_field(c->to, name);
		if (st != ANJU_OK)
			return st;
		if (f == NULL)
			return list_names(c, &item, name, c->next->fields);
		st = field_check(f, c->org, v, c->err);
		if (st != ANJU_OK) {
			anju_error_file(c->err, c->plan->file);
			anju_error_where(
				c->err, "%s", json_at_pointer(&item, pointer, sizeof pointer));
		}
	}
	return st;
}

/* A field that no case can have had, and that each must have. */
static anju_status check_required(struct checking *c)
{
	struct json_at fields = JSON_AT_KEY(&c->root, "fields"),
		       at = JSON_AT_KEY(&fields, "default");
	for (size_t i = 0; i < c->to->fields_len; i++) {
		const struct field *f = &c->to->fields[i];
		bool had = false;
		const char *name;
		json_t *v;
		json_object_foreach((json_t *)c->old->fields, name, v) {
			const char *to = plan_name(c->plan->rename, c->plan->drop, name);
			had = had || (to != NULL && strcmp(to, f->name) == 0);
		}
		if (f->required && !had && json_object_get(c->plan->fill, f->name) == NULL &&
			json_object_get(c->plan->replace, f->name) == NULL)
			return bad_text(
				c, "migrate.no_default", &at, f->name, "@say.migrate_value");
	}
	return ANJU_OK;
}

/* --- deadlines --- */

static bool known_deadline(const struct checking *c, const char *name)
{
	return side_deadline_state(c->old, name, 0) != CHART_NONE ||
	       side_deadline_state(c->next, name, 0) != CHART_NONE;
}

static anju_status check_deadline_names(struct checking *c)
{
	const char *name;
	json_t *v;
	anju_status st = ANJU_OK;
	struct json_at at = JSON_AT_KEY(&c->root, "deadlines"),
		       rename_at = JSON_AT_KEY(&at, "rename"),
		       policy_at = JSON_AT_KEY(&at, "policy");
	json_object_foreach((json_t *)c->plan->deadline_rename, name, v) {
		struct json_at item = JSON_AT_KEY(&rename_at, name);
		const char *to = json_string_value(v);
		if (st == ANJU_OK && side_deadline_state(c->old, name, 0) == CHART_NONE)
			st = bad_text(c, "migrate.unknown_name", &item, name, c->plan->workflow);
		if (st == ANJU_OK && side_deadline_state(c->next, to, 0) == CHART_NONE)
			st = bad_text(c, "migrate.unknown_name", &item, to, c->plan->workflow);
	}
	json_object_foreach((json_t *)c->plan->policies, name, v) {
		struct json_at item = JSON_AT_KEY(&policy_at, name);
		if (st == ANJU_OK && !known_deadline(c, name))
			st = bad_text(c, "migrate.unknown_name", &item, name, c->plan->workflow);
	}
	return st;
}

static anju_status check_deadlines(struct checking *c)
{
	anju_status st = check_deadline_names(c);
	struct json_at at = JSON_AT_KEY(&c->root, "deadlines");
	for (uint32_t s = 0; s < chart_state_count(c->old->chart) && st == ANJU_OK; s++) {
		const char *name;
		json_t *v;
		json_object_foreach((json_t *)side_deadlines(c->old, s), name, v) {
			const char *to = plan_name(c->plan->deadline_rename, NULL, name);
			bool waived = strcmp(plan_policy(c->plan, name, ""), "waive") == 0;
			if (st == ANJU_OK && !waived &&
				side_deadline_state(c->next, to, 0) == CHART_NONE)
				st = bad_text(
					c, "migrate.gone", &at, name, "rename, policy: waive");
		}
	}
	return st;
}

anju_status plan_check(const struct plan *plan, const struct side *old, const struct side *next,
	const struct workflow *to, const struct org *org, anju_error *err)
{
	struct checking c = {.plan = plan,
		.old = old,
		.next = next,
		.to = to,
		.org = org,
		.root = JSON_AT_ROOT(plan->file),
		.err = err};
	anju_status st = check_ends(&c);
	if (st == ANJU_OK)
		st = check_states(&c);
	if (st == ANJU_OK)
		st = check_names(&c, "fields", plan->rename, plan->drop, old->fields, next->fields);
	if (st == ANJU_OK)
		st = check_values(&c, "default", plan->fill);
	if (st == ANJU_OK)
		st = check_values(&c, "replace", plan->replace);
	if (st == ANJU_OK)
		st = check_required(&c);
	if (st == ANJU_OK)
		st = check_names(
			&c, "docs", plan->doc_rename, plan->doc_drop, old->docs, next->docs);
	if (st == ANJU_OK) {
		ANJU_AUTO_JSON *before = stored_relations(old);
		ANJU_AUTO_JSON *after = stored_relations(next);
		st = check_names(
			&c, "relations", plan->relation_rename, plan->relation_drop, before, after);
	}
	return st == ANJU_OK ? check_deadlines(&c) : st;
}
