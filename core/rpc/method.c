#include "rpc/method.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/timestamp.h"

#define INDEX_SLOTS   256 /* power of two, far above the number of methods */
#define LIMIT_DEFAULT 100
#define LIMIT_MAX     1000

static const struct method_table *const tables[] = {
	&methods_write,
	&methods_case,
	&methods_deadline,
	&methods_list,
	&methods_message,
	&methods_pack,
	&methods_calendar,
	&methods_recount,
	&methods_import,
	&methods_migration,
	&methods_obligation,
	&methods_daemon,
};

static const struct method *slots[INDEX_SLOTS];
static size_t slot_lengths[INDEX_SLOTS];

static size_t hash_of(const char *name, size_t n)
{
	uint32_t h = 2166136261u; /* FNV-1a */
	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)name[i]) * 16777619u;
	return h & (INDEX_SLOTS - 1);
}

size_t method_count(void)
{
	size_t n = 0;
	for (size_t t = 0; t < METHOD_COUNT(tables); t++)
		n += tables[t]->len;
	return n;
}

const struct method *method_at(size_t i)
{
	for (size_t t = 0; t < METHOD_COUNT(tables); t++) {
		if (i < tables[t]->len)
			return &tables[t]->methods[i];
		i -= tables[t]->len;
	}
	return NULL;
}

void method_index_build(void)
{
	memset(slots, 0, sizeof slots);
	size_t n = method_count();
	anju_assert(n < INDEX_SLOTS / 2);
	for (size_t i = 0; i < n; i++) {
		const struct method *m = method_at(i);
		anju_assert(m->params_len <= METHOD_PARAMS_MAX);
		size_t at = hash_of(m->name, strlen(m->name));
		while (slots[at] != NULL) {
			anju_assert(strcmp(slots[at]->name, m->name) != 0);
			at = (at + 1) & (INDEX_SLOTS - 1);
		}
		slots[at] = m;
		slot_lengths[at] = strlen(m->name);
	}
}

const struct method *method_find(const char *name, size_t n)
{
	size_t at = hash_of(name, n);
	while (slots[at] != NULL) {
		if (slot_lengths[at] == n && memcmp(slots[at]->name, name, n) == 0)
			return slots[at];
		at = (at + 1) & (INDEX_SLOTS - 1);
	}
	return NULL;
}

const char *param_type_text(enum param_type type)
{
	switch (type) {
	case PARAM_STRING:
		return "@say.string";
	case PARAM_INT:
		return "@say.integer";
	case PARAM_BOOL:
		return "@say.boolean";
	case PARAM_OBJECT:
		return "@say.object";
	case PARAM_ARRAY:
		return "@say.array";
	case PARAM_CURSOR:
		return "@say.string_or_integer";
	case PARAM_ANY:
		break;
	}
	return "@say.anything";
}

static bool type_fits(enum param_type type, const json_t *v)
{
	switch (type) {
	case PARAM_STRING:
		return json_is_string(v);
	case PARAM_INT:
		return json_is_integer(v);
	case PARAM_BOOL:
		return json_is_boolean(v);
	case PARAM_OBJECT:
		return json_is_object(v);
	case PARAM_ARRAY:
		return json_is_array(v);
	case PARAM_CURSOR:
		return json_is_string(v) || json_is_integer(v);
	case PARAM_ANY:
		break;
	}
	return true;
}

static anju_status fail_unknown(
	const struct method *method, const char *key, const json_t *value, anju_error *err)
{
	struct json_at root = JSON_AT_ROOT(NULL);
	struct json_at at = JSON_AT_KEY(&root, key);
	ANJU_AUTO_BUF names = BUF_INIT;
	for (size_t i = 0; i < method->params_len; i++)
		buf_addf(&names, "%s%s", i > 0 ? ", " : "", method->params[i].name);
	(void)json_fail_at(err, "rpc.param_unknown", &at, value, "%s",
		names.data != NULL ? names.data : "@say.no_parameters");
	anju_error_found(err, "%s", key);
	return ANJU_E_INVALID;
}

static anju_status fail_value(
	const struct param *param, const char *id, const json_t *value, anju_error *err)
{
	struct json_at root = JSON_AT_ROOT(NULL);
	struct json_at at = JSON_AT_KEY(&root, param->name);
	if (param->options == NULL)
		return json_fail_at(err, id, &at, value, "%s", param_type_text(param->type));
	ANJU_AUTO_BUF names = BUF_INIT;
	for (size_t i = 0; param->options[i] != NULL; i++)
		buf_addf(&names, "%s%s", i > 0 ? ", " : "", param->options[i]);
	return json_fail_at(err, id, &at, value, "%s", names.data != NULL ? names.data : "");
}

static bool option_known(const struct param *param, const char *text)
{
	if (param->options == NULL)
		return true;
	for (size_t i = 0; param->options[i] != NULL; i++) {
		if (strcmp(param->options[i], text) == 0)
			return true;
	}
	return false;
}

static size_t param_index(const struct method *method, const char *key)
{
	size_t i = 0;
	while (i < method->params_len && strcmp(method->params[i].name, key) != 0)
		i++;
	return i;
}

anju_status method_check(const struct method *method, json_t *params, json_t **arg,
	const char **ret_as, anju_error *err)
{
	const char *key, *as = NULL;
	json_t *value;
	for (size_t i = 0; i < METHOD_PARAMS_MAX; i++)
		arg[i] = NULL;
	json_object_foreach(params, key, value) {
		size_t i = param_index(method, key);
		if (i == method->params_len)
			return fail_unknown(method, key, value, err);
		const struct param *param = &method->params[i];
		if (json_is_null(value))
			continue; /* the same as not given */
		if (!type_fits(param->type, value))
			return fail_value(param, "rpc.param_type", value, err);
		if (param->type == PARAM_STRING && !option_known(param, json_string_value(value)))
			return fail_value(param, "rpc.param_value", value, err);
		arg[i] = value;
		if (key[0] == 'a' && strcmp(key, "as") == 0)
			as = json_string_value(value);
	}
	for (size_t i = 0; i < method->params_len; i++) {
		if (method->params[i].required && arg[i] == NULL)
			return fail_value(&method->params[i], "rpc.param_missing", NULL, err);
	}
	*ret_as = as;
	return ANJU_OK;
}

anju_status arg_cursor(const json_t *arg, int64_t *ret, int n, anju_error *err)
{
	int64_t v[4] = {0};
	anju_assert(n >= 1 && n <= 4);
	if (json_is_integer(arg)) {
		v[0] = json_integer_value(arg);
	} else if (arg != NULL) {
		const char *s = json_string_value(arg);
		char *end = NULL;
		for (int i = 0; i < n; i++) {
			v[i] = strtoll(s, &end, 10);
			bool last = i == n - 1;
			if (end == s || *end != (last ? '\0' : ':'))
				goto bad;
			s = end + 1;
		}
	}
	if (v[0] < 0)
		goto bad;
	memcpy(ret, v, (size_t)n * sizeof *ret);
	return ANJU_OK;
bad:
	(void)anju_fail(err, ANJU_E_INVALID, "rpc.cursor", "not a cursor");
	anju_error_where(err, "/after");
	anju_error_allowed(err, "@say.cursor_next");
	return ANJU_E_INVALID;
}

anju_status arg_limit(const json_t *arg, int *ret, anju_error *err)
{
	int64_t v = arg_int(arg, LIMIT_DEFAULT);
	if (v < 1 || v > LIMIT_MAX) {
		(void)anju_fail(err, ANJU_E_INVALID, "rpc.limit", "limit out of range");
		anju_error_where(err, "/limit");
		anju_error_found(err, "%lld", (long long)v);
		anju_error_allowed(err, "1 … %d", LIMIT_MAX);
		return ANJU_E_INVALID;
	}
	*ret = (int)v;
	return ANJU_OK;
}

anju_status arg_case(
	const json_t *arg, char *workflow, size_t size, const char **ret_key, anju_error *err)
{
	const char *text = arg_string(arg);
	const char *slash = text != NULL ? strchr(text, '/') : NULL;
	size_t n = slash != NULL ? (size_t)(slash - text) : 0;
	if (n == 0 || n >= size || slash[1] == '\0') {
		(void)anju_fail(err, ANJU_E_INVALID, "rpc.case_ref", "not a case name");
		anju_error_where(err, "/case");
		anju_error_found(err, "%s", text != NULL ? text : "");
		anju_error_allowed(err, "workflow/key");
		return ANJU_E_INVALID;
	}
	memcpy(workflow, text, n);
	workflow[n] = '\0';
	*ret_key = slash + 1;
	return ANJU_OK;
}

anju_status arg_time(const json_t *arg, const char *name, int64_t *ret_ms, anju_error *err)
{
	if (arg == NULL)
		return ANJU_OK;
	anju_status st = timestamp_parse(json_string_value(arg), ret_ms, err);
	if (st != ANJU_OK)
		anju_error_where(err, "/%s", name);
	return st;
}
