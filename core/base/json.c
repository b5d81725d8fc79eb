#include "base/json.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/messages.h"
#include "base/utf8.h"

static void add_pointer(const struct json_at *at, struct buf *out)
{
	if (at->up == NULL)
		return;
	add_pointer(at->up, out);
	if (at->key == NULL) {
		buf_addf(out, "/%zu", at->index);
		return;
	}
	buf_addc(out, '/');
	for (const char *p = at->key; *p != '\0'; p++) {
		if (*p == '~')
			buf_adds(out, "~0");
		else if (*p == '/')
			buf_adds(out, "~1");
		else
			buf_addc(out, *p);
	}
}

char *json_at_pointer(const struct json_at *at, char *out, size_t size)
{
	ANJU_AUTO_BUF b = BUF_INIT;
	add_pointer(at, &b);
	const char *whole = b.data != NULL ? b.data : "";
	if ((size_t)snprintf(out, size, "%s", whole) >= size) {
		utf8_trim_tail(out);
		anju_error_keep_pointer(whole);
	}
	return out;
}

const char *json_at_file(const struct json_at *at)
{
	while (at->up != NULL)
		at = at->up;
	return at->file != NULL ? at->file : "";
}

const char *json_type_text(const json_t *v)
{
	if (v == NULL)
		return "@say.nothing";
	switch (json_typeof(v)) {
	case JSON_OBJECT:
		return "@say.object";
	case JSON_ARRAY:
		return "@say.array";
	case JSON_STRING:
		return "@say.string";
	case JSON_INTEGER:
		return "@say.integer";
	case JSON_REAL:
		return "@say.number";
	case JSON_TRUE:
	case JSON_FALSE:
		return "@say.boolean";
	case JSON_NULL:
		return "@say.null";
	}
	return "@say.nothing";
}

anju_status json_fail_at(anju_error *err, const char *id, const struct json_at *at,
	const json_t *found, const char *allowed_fmt, ...)
{
	if (err == NULL)
		return ANJU_E_INVALID;
	char pointer[sizeof err->where], allowed[sizeof err->allowed];
	json_at_pointer(at, pointer, sizeof pointer);
	va_list ap;
	va_start(ap, allowed_fmt);
	vsnprintf(allowed, sizeof allowed, allowed_fmt, ap);
	va_end(ap);
	ANJU_AUTO_MEM char *text = found != NULL ? json_text(found) : NULL;
	const char *shown = text != NULL ? text : "@say.nothing";
	char en_found[80], en_allowed[120];
	(void)anju_fail(err, ANJU_E_INVALID, id, "%s%s%s: found %s, allowed: %s", json_at_file(at),
		pointer[0] != '\0' ? "#" : "", pointer,
		message_english(shown, en_found, sizeof en_found),
		message_english(allowed, en_allowed, sizeof en_allowed));
	anju_error_file(err, json_at_file(at));
	anju_error_where(err, "%s", pointer);
	anju_error_found(err, "%s", shown);
	anju_error_allowed(err, "%s", allowed);
	return ANJU_E_INVALID;
}

static anju_status member(const json_t *obj, const struct json_at *at, const char *key,
	bool required, const char *want, bool (*is)(const json_t *), json_t **ret, anju_error *err)
{
	json_t *v = json_object_get(obj, key);
	struct json_at here = JSON_AT_KEY(at, key);
	if (v == NULL) {
		if (!required) {
			*ret = NULL;
			return ANJU_OK;
		}
		return json_fail_at(
			err, "json.missing", &here, NULL, "@say.member|%s|%s", key, want);
	}
	if (!is(v))
		return json_fail_at(err, "json.type", &here, v, "%s", want);
	*ret = v;
	return ANJU_OK;
}

static bool is_string(const json_t *v)
{
	return json_is_string(v);
}
static bool is_object(const json_t *v)
{
	return json_is_object(v);
}
static bool is_array(const json_t *v)
{
	return json_is_array(v);
}
static bool is_int(const json_t *v)
{
	return json_is_integer(v);
}
static bool is_bool(const json_t *v)
{
	return json_is_boolean(v);
}

anju_status json_need_string(const json_t *obj, const struct json_at *at, const char *key,
	const char **ret, anju_error *err)
{
	json_t *v = NULL;
	anju_status st = member(obj, at, key, true, "@say.string", is_string, &v, err);
	if (st == ANJU_OK)
		*ret = json_string_value(v);
	return st;
}

anju_status json_need_object(
	const json_t *obj, const struct json_at *at, const char *key, json_t **ret, anju_error *err)
{
	return member(obj, at, key, true, "@say.object", is_object, ret, err);
}

anju_status json_opt_string(const json_t *obj, const struct json_at *at, const char *key,
	const char **ret, anju_error *err)
{
	json_t *v = NULL;
	anju_status st = member(obj, at, key, false, "@say.string", is_string, &v, err);
	if (st == ANJU_OK && v != NULL)
		*ret = json_string_value(v);
	return st;
}

static anju_status opt_node(const json_t *obj, const struct json_at *at, const char *key,
	const char *want, bool (*is)(const json_t *), json_t **ret, anju_error *err)
{
	json_t *v = NULL;
	anju_status st = member(obj, at, key, false, want, is, &v, err);
	if (st == ANJU_OK && v != NULL)
		*ret = v;
	return st;
}

anju_status json_opt_object(
	const json_t *obj, const struct json_at *at, const char *key, json_t **ret, anju_error *err)
{
	return opt_node(obj, at, key, "@say.object", is_object, ret, err);
}

anju_status json_opt_array(
	const json_t *obj, const struct json_at *at, const char *key, json_t **ret, anju_error *err)
{
	return opt_node(obj, at, key, "@say.array", is_array, ret, err);
}

anju_status json_opt_int(
	const json_t *obj, const struct json_at *at, const char *key, int64_t *ret, anju_error *err)
{
	json_t *v = NULL;
	anju_status st = opt_node(obj, at, key, "@say.integer", is_int, &v, err);
	if (st == ANJU_OK && v != NULL)
		*ret = json_integer_value(v);
	return st;
}

anju_status json_opt_bool(
	const json_t *obj, const struct json_at *at, const char *key, bool *ret, anju_error *err)
{
	json_t *v = NULL;
	anju_status st = opt_node(obj, at, key, "@say.boolean", is_bool, &v, err);
	if (st == ANJU_OK && v != NULL)
		*ret = json_is_true(v);
	return st;
}

anju_status json_only(
	const json_t *obj, const struct json_at *at, const char *const *allowed, anju_error *err)
{
	const char *key;
	json_t *v;
	json_object_foreach((json_t *)obj, key, v) {
		size_t i = 0;
		while (allowed[i] != NULL && strcmp(allowed[i], key) != 0)
			i++;
		if (allowed[i] != NULL)
			continue;
		ANJU_AUTO_BUF list = BUF_INIT;
		for (i = 0; allowed[i] != NULL; i++)
			buf_addf(&list, "%s%s", i > 0 ? " " : "", allowed[i]);
		struct json_at here = JSON_AT_KEY(at, key);
		ANJU_AUTO_JSON *name = json_string(key);
		return json_fail_at(err, "json.unknown_member", &here, name, "%s",
			list.data != NULL ? list.data : "");
	}
	return ANJU_OK;
}

static anju_status read_all(
	const char *path, const char *name, size_t max_bytes, struct buf *out, anju_error *err)
{
	ANJU_AUTO_FILE f = fopen(path, "re");
	if (f == NULL) {
		anju_status st = anju_fail_errno(err, errno, "@say.opening|%s", name);
		anju_error_file(err, name);
		return st;
	}
	char chunk[16384];
	size_t n;
	while ((n = fread(chunk, 1, sizeof chunk, f)) > 0) {
		buf_add(out, chunk, n);
		if (out->len > max_bytes) {
			(void)anju_fail(
				err, ANJU_E_INVALID, "json.too_large", "%s is too large", name);
			anju_error_file(err, name);
			anju_error_found(err, "@say.over_bytes|%zu", max_bytes);
			anju_error_allowed(err, "@say.bytes|%zu", max_bytes);
			return ANJU_E_INVALID;
		}
	}
	if (ferror(f)) {
		anju_status st = anju_fail_errno(err, errno, "@say.reading|%s", name);
		anju_error_file(err, name);
		return st;
	}
	return out->failed ? anju_fail_nomem(err) : ANJU_OK;
}

anju_status json_load_path(
	const char *path, const char *name, size_t max_bytes, json_t **ret, anju_error *err)
{
	ANJU_AUTO_BUF text = BUF_INIT;
	anju_status st = read_all(path, name, max_bytes, &text, err);
	if (st != ANJU_OK)
		return st;
	json_error_t je;
	json_t *v = json_loadb(
		text.data != NULL ? text.data : "", text.len, JSON_REJECT_DUPLICATES, &je);
	if (v == NULL) {
		(void)anju_fail(err, ANJU_E_INVALID, "json.syntax", "line %d, column %d: %s",
			je.line, je.column, je.text);
		anju_error_file(err, name);
		anju_error_found(err, "@say.line_column|%d|%d", je.line, je.column);
		anju_error_allowed(err, "JSON (RFC 8259)");
		return ANJU_E_INVALID;
	}
	*ret = v;
	return ANJU_OK;
}

static int add_chunk(const char *s, size_t n, void *ctx)
{
	struct buf *out = ctx;
	buf_add(out, s, n);
	return out->failed ? -1 : 0;
}

/* Not json_dumps(): that leaves out a key for which there is no memory, and goes on. */
static char *dumped(const json_t *v, size_t flags)
{
	struct buf out = BUF_INIT;
	bool whole = json_dump_callback(v, add_chunk, &out, flags) == 0 && !out.failed;
	if (whole)
		return buf_take(&out);
	buf_done(&out);
	return NULL;
}

static void write_members(struct buf *out, const json_t *v)
{
	json_t *obj = (json_t *)v; /* iterating takes one that may be changed */
	char before = '{';
	for (void *at = json_object_iter(obj); at != NULL; at = json_object_iter_next(obj, at)) {
		const char *key = json_object_iter_key(at);
		buf_addc(out, before);
		buf_add_json_string(out, key, strlen(key));
		buf_addc(out, ':');
		json_write(out, json_object_iter_value(at));
		before = ',';
	}
	buf_adds(out, before == '{' ? "{}" : "}");
}

static void write_elements(struct buf *out, const json_t *v)
{
	size_t n = json_array_size(v);
	buf_addc(out, '[');
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_addc(out, ',');
		json_write(out, json_array_get(v, i));
	}
	buf_addc(out, ']');
}

/* jansson's own looks at each object and array whether it contains itself, by its address printed into a table:
 * most of what dumping takes, in the engine's thread at every event. What came from a text does not. */
void json_write(struct buf *out, const json_t *v)
{
	switch (json_typeof(v)) {
	case JSON_OBJECT:
		write_members(out, v);
		break;
	case JSON_ARRAY:
		write_elements(out, v);
		break;
	case JSON_STRING:
		buf_add_json_string(out, json_string_value(v), json_string_length(v));
		break;
	case JSON_INTEGER:
		buf_add_int(out, json_integer_value(v));
		break;
	case JSON_REAL:
		if (json_dump_callback(v, add_chunk, out, JSON_ENCODE_ANY) != 0)
			out->failed = true;
		break;
	case JSON_TRUE:
		buf_adds(out, "true");
		break;
	case JSON_FALSE:
		buf_adds(out, "false");
		break;
	case JSON_NULL:
		buf_adds(out, "null");
		break;
	}
}

char *json_text(const json_t *v)
{
	struct buf out = BUF_INIT;
	if (v == NULL)
		return NULL;
	json_write(&out, v);
	char *text = buf_take(&out);
	buf_done(&out);
	return text;
}

char *json_canonical(const json_t *v)
{
	return dumped(v, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
}
