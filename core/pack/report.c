#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "pack/loader.h"

const struct json_at *place_init(struct place *place, const char *file, const char *pointer)
{
	const size_t places = sizeof place->at / sizeof place->at[0];
	char *out = place->text, *end = place->text + sizeof place->text - 1;
	size_t depth = 0;
	place->at[0] = JSON_AT_ROOT(file);
	while (*pointer == '/' && depth + 1 < places && out < end) {
		place->at[depth + 1] = JSON_AT_KEY(&place->at[depth], out);
		depth++;
		for (pointer++; *pointer != '\0' && *pointer != '/' && out < end; pointer++) {
			char c = *pointer;
			if (c == '~' && (pointer[1] == '0' || pointer[1] == '1'))
				c = *++pointer == '0' ? '~' : '/';
			*out++ = c;
		}
		*out++ = '\0';
	}
	return &place->at[depth];
}

void load_report(struct loader *ld, const anju_error *err)
{
	if (ld->findings++ == 0)
		ld->first = *err;
	if (ld->faulty != NULL && json_object_set_new(ld->faulty, err->file, json_true()) != 0)
		ld->set->pool.failed = true;
	if (ld->options->report != NULL)
		ld->options->report(ld->options->report_ctx, err);
}

bool load_ok(struct loader *ld, anju_status st, const anju_error *err)
{
	if (st == ANJU_OK)
		return true;
	load_report(ld, err);
	return false;
}

ANJU_PRINTF(5, 0)
static void finding(struct loader *ld, const char *id, const struct json_at *at,
	const json_t *found, const char *fmt, va_list ap)
{
	anju_error err;
	char allowed[512];
	vsnprintf(allowed, sizeof allowed, fmt, ap);
	(void)json_fail_at(&err, id, at, found, "%s", allowed);
	load_report(ld, &err);
}

void load_finding(struct loader *ld, const char *id, const struct json_at *at, const json_t *found,
	const char *allowed_fmt, ...)
{
	va_list ap;
	va_start(ap, allowed_fmt);
	finding(ld, id, at, found, allowed_fmt, ap);
	va_end(ap);
}

void load_finding_text(struct loader *ld, const char *id, const struct json_at *at,
	const char *found, const char *allowed_fmt, ...)
{
	ANJU_AUTO_JSON *v = json_string(found);
	va_list ap;
	va_start(ap, allowed_fmt);
	finding(ld, id, at, v, allowed_fmt, ap);
	va_end(ap);
}

bool load_object(
	struct loader *ld, const json_t *v, const struct json_at *at, const char *const *allowed)
{
	if (!json_is_object(v)) {
		if (v != NULL)
			load_finding(ld, "json.type", at, v, "@say.object");
		else
			load_finding(ld, "json.missing", at, v, "@say.member|%s|@say.object",
				at->key != NULL ? at->key : "");
		return false;
	}
	anju_error err;
	/* an unknown member is said once and the known ones are read all the same */
	(void)load_ok(ld, json_only(v, at, allowed, &err), &err);
	return true;
}

void load_label(struct loader *ld, const json_t *obj, const struct json_at *at, const char *key,
	bool required, struct label *ret)
{
	static const char *const langs[] = {"zh", "en", NULL};
	const json_t *v = json_object_get(obj, key);
	struct json_at here = JSON_AT_KEY(at, key);
	*ret = (struct label){{"", ""}};
	if (v == NULL) {
		if (required)
			load_finding(ld, "pack.label", &here, NULL, "{\"zh\": …, \"en\": …}");
		return;
	}
	if (!load_object(ld, v, &here, langs))
		return;
	for (int i = 0; i < 2; i++) {
		const json_t *text = json_object_get(v, langs[i]);
		struct json_at text_at = JSON_AT_KEY(&here, langs[i]);
		if (json_string_length(text) == 0)
			load_finding(ld, "pack.label", &text_at, text, "@say.text_this_language");
		else
			ret->text[i] = json_string_value(text);
	}
}

const json_t *load_strings(
	struct loader *ld, const json_t *obj, const struct json_at *at, const char *key)
{
	const json_t *list = json_object_get(obj, key);
	struct json_at here = JSON_AT_KEY(at, key);
	if (list == NULL)
		return NULL;
	if (!json_is_array(list)) {
		load_finding(ld, "json.type", &here, list, "@say.strings");
		return NULL;
	}
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *v = json_array_get(list, i);
		if (json_is_string(v))
			continue;
		struct json_at item = JSON_AT_INDEX(&here, i);
		load_finding(ld, "json.type", &item, v, "@say.string");
		return NULL;
	}
	return list;
}

bool row_ok(const char *s)
{
#define UPPER(c) ((c) >= 'A' && (c) <= 'Z')
#define DIGIT(c) ((c) >= '0' && (c) <= '9')
	return strlen(s) == 7 && UPPER(s[0]) && UPPER(s[1]) && s[2] == '-' && UPPER(s[3]) &&
	       s[4] == '-' && DIGIT(s[5]) && DIGIT(s[6]);
#undef UPPER
#undef DIGIT
}

const json_t *load_rows(struct loader *ld, const json_t *obj, const struct json_at *at)
{
	const json_t *rows = load_strings(ld, obj, at, "rows");
	struct json_at here = JSON_AT_KEY(at, "rows");
	for (size_t i = 0; i < json_array_size(rows); i++) {
		struct json_at item = JSON_AT_INDEX(&here, i);
		const json_t *v = json_array_get(rows, i);
		if (!row_ok(json_string_value(v)))
			load_finding(ld, "pack.row", &item, v, "@say.row_such");
	}
	return rows;
}

const json_t *load_list(
	struct loader *ld, const json_t *obj, const struct json_at *at, const char *key)
{
	const json_t *list = json_object_get(obj, key);
	struct json_at here = JSON_AT_KEY(at, key);
	if (json_is_array(list))
		return list;
	load_finding(ld, list != NULL ? "json.type" : "json.missing", &here, list,
		"@say.member|%s|@say.array", key);
	return NULL;
}

bool load_bool(struct loader *ld, const json_t *obj, const struct json_at *at, const char *key)
{
	anju_error err;
	bool ret = false;
	(void)load_ok(ld, json_opt_bool(obj, at, key, &ret, &err), &err);
	return ret;
}

const char *load_string(struct loader *ld, const json_t *obj, const struct json_at *at,
	const char *key, bool required)
{
	anju_error err;
	const char *ret = NULL;
	anju_status st = required ? json_need_string(obj, at, key, &ret, &err)
				  : json_opt_string(obj, at, key, &ret, &err);
	return load_ok(ld, st, &err) ? ret : NULL;
}

void schema_member_check(struct loader *ld, const json_t *doc, const struct json_at *root)
{
	(void)load_string(ld, doc, root, "$schema", false);
}

const char *load_text(
	struct loader *ld, const json_t *obj, const struct json_at *at, const char *key)
{
	const char *text = load_string(ld, obj, at, key, true);
	struct json_at here = JSON_AT_KEY(at, key);
	if (text != NULL && text[0] == '\0')
		load_finding(ld, "json.type", &here, json_object_get(obj, key), "@say.text");
	return text;
}

bool name_ok(const char *s)
{
	size_t n = strlen(s);
	return n > 0 && n <= 63 && s[0] >= 'a' && s[0] <= 'z' &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == n;
}

bool words_ok(const char *s)
{
	size_t n = strlen(s);
	return n > 0 && s[0] >= 'a' && s[0] <= 'z' && s[n - 1] != '.' && strstr(s, "..") == NULL &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_.") == n;
}

bool load_name(struct loader *ld, const struct json_at *at, const char *name)
{
	if (name_ok(name))
		return true;
	load_finding_text(ld, "pack.name", at, name, "@say.word_name");
	return false;
}
