#include "plugin/manifest.h"

#include <string.h>

#include "anju/plugin.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/json.h"

static const struct kind {
	const char *name, *list, *key;
	uint32_t bit;
} kinds[] = {
	{"policy", "policies", "function", ANJU_KIND_POLICY},
	{"channel", "channels", "name", ANJU_KIND_CHANNEL},
	{"calendar", "calendars", "name", ANJU_KIND_CALENDAR},
};
#define KINDS (sizeof kinds / sizeof kinds[0])

bool manifest_name_ok(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_");
	return n > 0 && n < 64 && s[n] == '\0' && s[0] >= 'a' && s[0] <= 'z';
}

bool manifest_offers(const json_t *doc, const char *list, const char *key, const char *value)
{
	size_t i;
	json_t *entry;
	json_array_foreach(json_object_get(doc, list), i, entry) {
		const char *s = json_string_value(json_object_get(entry, key));
		if (s != NULL && strcmp(s, value) == 0)
			return true;
	}
	return false;
}

static anju_status check_title(const json_t *obj, const struct json_at *at, anju_error *err)
{
	static const char *const langs[] = {"zh", "en", NULL};
	json_t *title = NULL;
	anju_status st = json_need_object(obj, at, "title", &title, err);
	if (st != ANJU_OK)
		return st;
	struct json_at here = JSON_AT_KEY(at, "title");
	st = json_only(title, &here, langs, err);
	for (size_t i = 0; st == ANJU_OK && langs[i] != NULL; i++) {
		const char *text = NULL;
		st = json_need_string(title, &here, langs[i], &text, err);
		if (st == ANJU_OK && text[0] == '\0') {
			struct json_at place = JSON_AT_KEY(&here, langs[i]);
			st = json_fail_at(err, "json.type", &place,
				json_object_get(title, langs[i]), "@say.text");
		}
	}
	return st;
}

/** An array of strings, or absent. */
static anju_status check_strings(
	const json_t *obj, const struct json_at *at, const char *key, anju_error *err)
{
	json_t *list = NULL;
	anju_status st = json_opt_array(obj, at, key, &list, err);
	if (st != ANJU_OK)
		return st;
	struct json_at here = JSON_AT_KEY(at, key);
	size_t i;
	json_t *v;
	json_array_foreach(list, i, v) {
		struct json_at place = JSON_AT_INDEX(&here, i);
		if (!json_is_string(v))
			return json_fail_at(err, "json.type", &place, v, "@say.string");
	}
	return ANJU_OK;
}

/** {"persons": "int", …}: what a function reads. */
static anju_status check_fields(const json_t *obj, const struct json_at *at, anju_error *err)
{
	json_t *fields = NULL;
	anju_status st = json_opt_object(obj, at, "fields", &fields, err);
	if (st != ANJU_OK)
		return st;
	struct json_at here = JSON_AT_KEY(at, "fields");
	const char *name;
	json_t *v;
	json_object_foreach(fields, name, v) {
		struct json_at place = JSON_AT_KEY(&here, name);
		if (!json_is_string(v))
			return json_fail_at(err, "json.type", &place, v, "@say.string");
	}
	return ANJU_OK;
}

/** {"folder": {"type", "title", "required"}, …}: configuration members or parameters. */
static anju_status check_described(
	const json_t *obj, const struct json_at *at, const char *key, anju_error *err)
{
	static const char *const allowed[] = {"type", "title", "required", NULL};
	json_t *map = NULL;
	anju_status st = json_opt_object(obj, at, key, &map, err);
	if (st != ANJU_OK)
		return st;
	struct json_at here = JSON_AT_KEY(at, key);
	const char *name;
	json_t *entry;
	json_object_foreach(map, name, entry) {
		struct json_at place = JSON_AT_KEY(&here, name);
		const char *type = NULL;
		bool required = false;
		if (!json_is_object(entry))
			return json_fail_at(err, "json.type", &place, entry, "@say.object");
		st = json_only(entry, &place, allowed, err);
		if (st == ANJU_OK)
			st = json_need_string(entry, &place, "type", &type, err);
		if (st == ANJU_OK)
			st = json_opt_bool(entry, &place, "required", &required, err);
		if (st == ANJU_OK)
			st = check_title(entry, &place, err);
		if (st != ANJU_OK)
			return st;
	}
	return ANJU_OK;
}

static anju_status check_offer(const json_t *entry, const struct json_at *at,
	const struct kind *kind, const char **ret_name, anju_error *err)
{
	static const char *const policy[] = {
		"function", "title", "params", "fields", "rules", "rows", NULL};
	static const char *const named[] = {"name", "title", NULL};
	if (!json_is_object(entry))
		return json_fail_at(err, "json.type", at, entry, "@say.object");
	bool is_policy = kind->bit == ANJU_KIND_POLICY;
	const char *name = NULL;
	anju_status st = json_only(entry, at, is_policy ? policy : named, err);
	if (st == ANJU_OK)
		st = json_need_string(entry, at, kind->key, &name, err);
	if (st == ANJU_OK && !manifest_name_ok(name)) {
		struct json_at here = JSON_AT_KEY(at, kind->key);
		st = json_fail_at(err, "plugin.bad_name", &here, json_object_get(entry, kind->key),
			"[a-z][a-z0-9_]*");
	}
	if (st == ANJU_OK)
		st = check_title(entry, at, err);
	if (st == ANJU_OK && is_policy) {
		st = check_described(entry, at, "params", err);
		if (st == ANJU_OK)
			st = check_fields(entry, at, err);
		if (st == ANJU_OK)
			st = check_strings(entry, at, "rules", err);
		if (st == ANJU_OK)
			st = check_strings(entry, at, "rows", err);
	}
	if (st == ANJU_OK)
		*ret_name = name;
	return st;
}

static bool named_before(const json_t *list, size_t i, const char *key, const char *name)
{
	for (size_t k = 0; k < i; k++) {
		const char *s = json_string_value(json_object_get(json_array_get(list, k), key));
		if (s != NULL && strcmp(s, name) == 0)
			return true;
	}
	return false;
}

/** A kind offers at least one thing, and nothing is offered without its kind. */
static anju_status check_offers(const json_t *doc, const struct json_at *root, uint32_t bits,
	const struct kind *kind, anju_error *err)
{
	json_t *list = NULL;
	anju_status st = json_opt_array(doc, root, kind->list, &list, err);
	if (st != ANJU_OK)
		return st;
	struct json_at at = JSON_AT_KEY(root, kind->list);
	bool has = (bits & kind->bit) != 0;
	if (has != (json_array_size(list) > 0))
		return json_fail_at(err, "plugin.offer_mismatch", &at, list,
			has ? "@say.kinds_named|%s" : "@say.kinds_lack|%s", kind->name);
	size_t i;
	json_t *entry;
	json_array_foreach(list, i, entry) {
		struct json_at here = JSON_AT_INDEX(&at, i);
		const char *name = NULL;
		st = check_offer(entry, &here, kind, &name, err);
		if (st != ANJU_OK)
			return st;
		if (named_before(list, i, kind->key, name))
			return json_fail_at(err, "plugin.duplicate_offer", &here,
				json_object_get(entry, kind->key), "@say.each_name_once");
	}
	return ANJU_OK;
}

static anju_status read_kinds(
	const json_t *doc, const struct json_at *root, uint32_t *ret_bits, anju_error *err)
{
	json_t *list = NULL;
	anju_status st = json_opt_array(doc, root, "kinds", &list, err);
	if (st != ANJU_OK)
		return st;
	struct json_at at = JSON_AT_KEY(root, "kinds");
	if (json_array_size(list) == 0)
		return json_fail_at(
			err, "json.missing", &at, list, "@say.member|kinds|@say.strings");
	uint32_t bits = 0;
	size_t i;
	json_t *v;
	json_array_foreach(list, i, v) {
		uint32_t bit = 0;
		for (size_t k = 0; k < KINDS && json_is_string(v); k++) {
			if (strcmp(json_string_value(v), kinds[k].name) == 0)
				bit = kinds[k].bit;
		}
		if (bit == 0) {
			struct json_at here = JSON_AT_INDEX(&at, i);
			(void)json_fail_at(
				err, "plugin.unknown_kind", &here, v, "policy, channel, calendar");
			if (err != NULL)
				err->status = ANJU_E_UNSUPPORTED;
			return ANJU_E_UNSUPPORTED;
		}
		bits |= bit;
	}
	*ret_bits = bits;
	return ANJU_OK;
}

/** name, version, abi: compared with the file name and this build. */
static anju_status check_identity(
	const json_t *doc, const struct json_at *root, const char *name, anju_error *err)
{
	const char *said = NULL, *version = NULL;
	int64_t abi = 0;
	anju_status st = json_need_string(doc, root, "name", &said, err);
	if (st != ANJU_OK)
		return st;
	if (strcmp(said, name) != 0) {
		struct json_at at = JSON_AT_KEY(root, "name");
		return json_fail_at(
			err, "plugin.wrong_name", &at, json_object_get(doc, "name"), "%s", name);
	}
	st = json_need_string(doc, root, "version", &version, err);
	if (st == ANJU_OK)
		st = json_opt_int(doc, root, "abi", &abi, err);
	if (st == ANJU_OK && abi != ANJU_PLUGIN_ABI) {
		struct json_at at = JSON_AT_KEY(root, "abi");
		(void)json_fail_at(err, "plugin.bad_abi", &at, json_object_get(doc, "abi"), "%u",
			ANJU_PLUGIN_ABI);
		if (err != NULL)
			err->status = ANJU_E_UNSUPPORTED;
		st = ANJU_E_UNSUPPORTED;
	}
	return st;
}

anju_status manifest_load(
	const char *path, const char *name, json_t **ret_doc, uint32_t *ret_kinds, anju_error *err)
{
	static const char *const allowed[] = {"$schema", "name", "version", "abi", "kinds", "title",
		"config", "policies", "channels", "calendars", NULL};
	ANJU_AUTO_JSON *doc = NULL;
	anju_status st = json_load_path(path, path, MANIFEST_MAX_BYTES, &doc, err);
	if (st == ANJU_E_NOTFOUND) {
		st = anju_fail(err, st, "plugin.no_manifest",
			"plugin %s: no manifest beside the shared object", name);
		anju_error_file(err, path);
		return st;
	}
	if (st != ANJU_OK)
		return st;
	struct json_at root = JSON_AT_ROOT(path);
	if (!json_is_object(doc))
		return json_fail_at(err, "json.type", &root, doc, "@say.object");
	uint32_t bits = 0;
	const char *schema;
	st = json_opt_string(doc, &root, "$schema", &schema, err);
	if (st == ANJU_OK)
		st = check_identity(doc, &root, name, err);
	if (st == ANJU_OK)
		st = json_only(doc, &root, allowed, err);
	if (st == ANJU_OK)
		st = read_kinds(doc, &root, &bits, err);
	if (st == ANJU_OK)
		st = check_title(doc, &root, err);
	if (st == ANJU_OK)
		st = check_described(doc, &root, "config", err);
	for (size_t k = 0; st == ANJU_OK && k < KINDS; k++)
		st = check_offers(doc, &root, bits, &kinds[k], err);
	if (st != ANJU_OK)
		return anju_wrap(err, st, "plugin %s", name);
	*ret_doc = ANJU_TAKE(doc);
	*ret_kinds = bits;
	return ANJU_OK;
}
