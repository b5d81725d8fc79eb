#include "migrate/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"

void plan_free(struct plan *plan)
{
	if (plan == NULL)
		return;
	json_decref(plan->doc);
	free(plan->file);
	free(plan);
}

/* --- reading --- */

/* An object whose values are all strings. */
static anju_status read_names(const json_t *obj, const struct json_at *at, const char *key,
	const json_t **ret, anju_error *err)
{
	json_t *v = NULL, *value;
	const char *name;
	anju_status st = json_opt_object(obj, at, key, &v, err);
	struct json_at here = JSON_AT_KEY(at, key);
	json_object_foreach(v, name, value) {
		struct json_at item = JSON_AT_KEY(&here, name);
		if (st == ANJU_OK && !json_is_string(value))
			st = json_fail_at(err, "json.type", &item, value, "@say.string");
	}
	if (st == ANJU_OK)
		*ret = v;
	return st;
}

static anju_status read_list(const json_t *obj, const struct json_at *at, const char *key,
	const json_t **ret, anju_error *err)
{
	json_t *v = NULL, *value;
	size_t i;
	anju_status st = json_opt_array(obj, at, key, &v, err);
	struct json_at here = JSON_AT_KEY(at, key);
	json_array_foreach(v, i, value) {
		struct json_at item = JSON_AT_INDEX(&here, i);
		if (st == ANJU_OK && !json_is_string(value))
			st = json_fail_at(err, "json.type", &item, value, "@say.string");
	}
	if (st == ANJU_OK)
		*ret = v;
	return st;
}

/* Values to give: null is what a skeleton leaves for its author to say. */
static anju_status read_values(const json_t *obj, const struct json_at *at, const char *key,
	const json_t **ret, anju_error *err)
{
	json_t *v = NULL, *value;
	const char *name;
	anju_status st = json_opt_object(obj, at, key, &v, err);
	struct json_at here = JSON_AT_KEY(at, key);
	json_object_foreach(v, name, value) {
		struct json_at item = JSON_AT_KEY(&here, name);
		if (st == ANJU_OK && json_is_null(value))
			st = json_fail_at(err, "migrate.value", &item, value, "@say.migrate_value");
	}
	if (st == ANJU_OK)
		*ret = v;
	return st;
}

static anju_status read_states(struct plan *plan, const struct json_at *root, anju_error *err)
{
	json_t *v = NULL, *value, *one;
	const char *name;
	size_t i;
	anju_status st = json_opt_object(plan->doc, root, "states", &v, err);
	struct json_at here = JSON_AT_KEY(root, "states");
	json_object_foreach(v, name, value) {
		struct json_at item = JSON_AT_KEY(&here, name);
		if (st != ANJU_OK)
			return st;
		bool right = json_is_string(value) || json_is_null(value) ||
			     (json_is_array(value) && json_array_size(value) <= PLAN_TARGETS_MAX);
		json_array_foreach(value, i, one)
			right = right && json_is_string(one);
		if (!right)
			st = json_fail_at(
				err, "migrate.value", &item, value, "@say.migrate_states");
	}
	plan->states = v;
	return st;
}

static anju_status read_end(struct plan *plan, const struct json_at *root, const char *key,
	const char **ret_version, const char **ret_hash, anju_error *err)
{
	static const char *const known[] = {"version", "hash", NULL};
	json_t *v;
	struct json_at at = JSON_AT_KEY(root, key);
	anju_status st = json_need_object(plan->doc, root, key, &v, err);
	if (st == ANJU_OK)
		st = json_only(v, &at, known, err);
	if (st == ANJU_OK)
		st = json_need_string(v, &at, "hash", ret_hash, err);
	return st == ANJU_OK ? json_opt_string(v, &at, "version", ret_version, err) : st;
}

static anju_status part(const struct plan *plan, const struct json_at *root, const char *key,
	const char *const *known, json_t **ret, anju_error *err)
{
	struct json_at at = JSON_AT_KEY(root, key);
	anju_status st = json_opt_object(plan->doc, root, key, ret, err);
	return st == ANJU_OK && *ret != NULL ? json_only(*ret, &at, known, err) : st;
}

static anju_status read_fields(struct plan *plan, const struct json_at *root, anju_error *err)
{
	static const char *const known[] = {"rename", "default", "replace", "drop", NULL};
	json_t *v = NULL;
	struct json_at at = JSON_AT_KEY(root, "fields");
	anju_status st = part(plan, root, "fields", known, &v, err);
	if (st == ANJU_OK)
		st = read_names(v, &at, "rename", &plan->rename, err);
	if (st == ANJU_OK)
		st = read_values(v, &at, "default", &plan->fill, err);
	if (st == ANJU_OK)
		st = read_values(v, &at, "replace", &plan->replace, err);
	return st == ANJU_OK ? read_list(v, &at, "drop", &plan->drop, err) : st;
}

static anju_status read_renames(struct plan *plan, const struct json_at *root, const char *key,
	const json_t **rename, const json_t **drop, anju_error *err)
{
	static const char *const known[] = {"rename", "drop", NULL};
	json_t *v = NULL;
	struct json_at at = JSON_AT_KEY(root, key);
	anju_status st = part(plan, root, key, known, &v, err);
	if (st == ANJU_OK)
		st = read_names(v, &at, "rename", rename, err);
	return st == ANJU_OK ? read_list(v, &at, "drop", drop, err) : st;
}

static anju_status one_of(const json_t *v, const struct json_at *at, const char *const *allowed,
	const char *text, anju_error *err)
{
	for (size_t i = 0; allowed[i] != NULL; i++) {
		if (v == NULL || strcmp(json_string_value(v), allowed[i]) == 0)
			return ANJU_OK;
	}
	return json_fail_at(err, "migrate.value", at, v, "%s", text);
}

static anju_status read_deadlines(struct plan *plan, const struct json_at *root, anju_error *err)
{
	static const char *const known[] = {"rename", "policy", "otherwise", NULL};
	static const char *const all[] = {"keep", "recompute", "waive", "arm", "skip", NULL};
	static const char *const general[] = {"keep", "recompute", NULL};
	json_t *v = NULL, *one;
	const char *name;
	struct json_at at = JSON_AT_KEY(root, "deadlines");
	struct json_at policy_at = JSON_AT_KEY(&at, "policy"),
		       other_at = JSON_AT_KEY(&at, "otherwise");
	anju_status st = part(plan, root, "deadlines", known, &v, err);
	if (st == ANJU_OK)
		st = read_names(v, &at, "rename", &plan->deadline_rename, err);
	if (st == ANJU_OK)
		st = read_names(v, &at, "policy", &plan->policies, err);
	if (st == ANJU_OK)
		st = json_opt_string(v, &at, "otherwise", &plan->otherwise, err);
	if (st == ANJU_OK)
		st = one_of(json_object_get(v, "otherwise"), &other_at, general, "keep, recompute",
			err);
	json_object_foreach((json_t *)plan->policies, name, one) {
		struct json_at item = JSON_AT_KEY(&policy_at, name);
		if (st == ANJU_OK)
			st = one_of(one, &item, all, "keep, recompute, waive, arm, skip", err);
	}
	return st;
}

static anju_status read_head(struct plan *plan, const struct json_at *root, anju_error *err)
{
	static const char *const known[] = {"$schema", "migration", "workflow", "from", "to",
		"reason", "states", "fields", "docs", "relations", "deadlines", "timers", NULL};
	static const char *const timers[] = {"keep", "restart", NULL};
	int64_t form = 0;
	const char *timer = "keep", *schema;
	struct json_at form_at = JSON_AT_KEY(root, "migration"),
		       reason_at = JSON_AT_KEY(root, "reason"),
		       timers_at = JSON_AT_KEY(root, "timers");
	anju_status st = json_only(plan->doc, root, known, err);
	if (st == ANJU_OK)
		st = json_opt_string(plan->doc, root, "$schema", &schema, err);
	if (st == ANJU_OK)
		st = json_opt_int(plan->doc, root, "migration", &form, err);
	if (st == ANJU_OK && form != 1)
		st = json_fail_at(err, "migrate.value", &form_at,
			json_object_get(plan->doc, "migration"), "1");
	if (st == ANJU_OK)
		st = json_need_string(plan->doc, root, "workflow", &plan->workflow, err);
	if (st == ANJU_OK)
		st = read_end(plan, root, "from", &plan->from_version, &plan->from_hash, err);
	if (st == ANJU_OK)
		st = read_end(plan, root, "to", &plan->to_version, &plan->to_hash, err);
	if (st == ANJU_OK)
		st = json_need_string(plan->doc, root, "reason", &plan->reason, err);
	if (st == ANJU_OK && plan->reason[strspn(plan->reason, " \t\r\n")] == '\0')
		st = json_fail_at(err, "migrate.value", &reason_at,
			json_object_get(plan->doc, "reason"), "@say.migrate_reason");
	if (st == ANJU_OK)
		st = json_opt_string(plan->doc, root, "timers", &timer, err);
	if (st == ANJU_OK)
		st = one_of(json_object_get(plan->doc, "timers"), &timers_at, timers,
			"keep, restart", err);
	plan->restart_timers = st == ANJU_OK && strcmp(timer, "restart") == 0;
	return st;
}

anju_status plan_read(json_t *doc, const char *file, struct plan **ret, anju_error *err)
{
	ANJU_AUTO(plan) plan = calloc(1, sizeof *plan);
	struct json_at root = JSON_AT_ROOT(file);
	if (plan == NULL || (plan->file = strdup(file)) == NULL)
		return anju_fail_nomem(err);
	if (!json_is_object(doc))
		return json_fail_at(err, "json.type", &root, doc, "@say.object");
	plan->doc = json_incref(doc);
	plan->otherwise = "keep";
	plan->from_version = plan->to_version = "";
	anju_status st = read_head(plan, &root, err);
	if (st == ANJU_OK)
		st = read_states(plan, &root, err);
	if (st == ANJU_OK)
		st = read_fields(plan, &root, err);
	if (st == ANJU_OK)
		st = read_renames(plan, &root, "docs", &plan->doc_rename, &plan->doc_drop, err);
	if (st == ANJU_OK)
		st = read_renames(plan, &root, "relations", &plan->relation_rename,
			&plan->relation_drop, err);
	if (st == ANJU_OK)
		st = read_deadlines(plan, &root, err);
	if (st == ANJU_OK)
		*ret = ANJU_TAKE(plan);
	return st;
}

/* --- what it says --- */

bool plan_lists(const json_t *array, const char *name)
{
	size_t i;
	json_t *v;
	json_array_foreach((json_t *)array, i, v) {
		if (strcmp(json_string_value(v), name) == 0)
			return true;
	}
	return false;
}

const char *plan_name(const json_t *rename, const json_t *drop, const char *name)
{
	if (plan_lists(drop, name))
		return NULL;
	const char *to = json_string_value(json_object_get(rename, name));
	return to != NULL ? to : name;
}

const char *plan_policy(const struct plan *plan, const char *name, const char *fallback)
{
	const char *policy = json_string_value(json_object_get(plan->policies, name));
	return policy != NULL ? policy : fallback;
}

static enum landing add_target(
	const struct chart *to, const char *path, uint32_t ret[PLAN_TARGETS_MAX], size_t *ret_len)
{
	uint32_t state = chart_state_by_path(to, path);
	if (state == CHART_NONE || chart_state_at(to, state)->type == CHART_HISTORY)
		return LANDING_UNMAPPED;
	ret[(*ret_len)++] = state;
	return LANDING_OK;
}

static enum landing land_on(const struct chart *to, const json_t *where, const char *rest,
	uint32_t ret[PLAN_TARGETS_MAX], size_t *ret_len)
{
	size_t i;
	json_t *v;
	enum landing landing = LANDING_OK;
	if (json_is_null(where))
		return LANDING_REFUSED;
	json_array_foreach((json_t *)where, i, v) {
		if (landing == LANDING_OK)
			landing = add_target(to, json_string_value(v), ret, ret_len);
	}
	if (json_is_array(where))
		return landing;
	ANJU_AUTO_BUF path = BUF_INIT;
	buf_addf(&path, "%s%s", json_string_value(where), rest);
	return path.failed ? LANDING_UNMAPPED : add_target(to, path.data, ret, ret_len);
}

/* The nearest ancestor that the plan names takes what is below it along. */
enum landing plan_land(const struct plan *plan, const struct chart *old, const struct chart *to,
	uint32_t state, uint32_t ret[PLAN_TARGETS_MAX], size_t *ret_len)
{
	const char *path = chart_state_at(old, state)->path;
	*ret_len = 0;
	for (uint32_t s = state; s != CHART_NONE && s != 0; s = chart_state_at(old, s)->parent) {
		const char *own = chart_state_at(old, s)->path;
		const json_t *where = json_object_get(plan->states, own);
		if (where != NULL)
			return land_on(to, where, path + strlen(own), ret, ret_len);
	}
	return add_target(to, path, ret, ret_len);
}
