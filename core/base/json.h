/**
 * What the parts need on top of jansson: JSON pointers, typed member access whose errors name file,
 * pointer, found and allowed, and loading a file with a size limit.
 */
#ifndef CORE_BASE_JSON_H
#define CORE_BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "anju/error.h"
#include "base/buf.h"

/** A place in a document, linked up to the root; lives on the stack while descending. */
struct json_at {
	const struct json_at *up; /* NULL at the root */
	const char *key;          /* member name, or NULL for an array element */
	size_t index;             /* array index when key is NULL */
	const char *file;         /* set at the root only */
};

#define JSON_AT_ROOT(file_)    ((struct json_at){.file = (file_)})
#define JSON_AT_KEY(up_, key_) ((struct json_at){.up = (up_), .key = (key_)})
#define JSON_AT_INDEX(up_, i_) ((struct json_at){.up = (up_), .index = (i_)})

/** RFC 6901 pointer of a place ("" for the root); escapes ~ and /. Truncates. Returns `out`. */
char *json_at_pointer(const struct json_at *at, char *out, size_t size);
const char *json_at_file(const struct json_at *at);

/** Fill err with file and pointer of `at` and the given found/allowed; returns ANJU_E_INVALID.
 *  `found` is shown as compact JSON, cut short; NULL means absent. What allowed may hold: base/messages.h. */
anju_status json_fail_at(anju_error *err, const char *id, const struct json_at *at,
	const json_t *found, const char *allowed_fmt, ...) ANJU_PRINTF(5, 6);

/** "@say.object", "@say.string" …: a kind of JSON as a value of found or allowed (base/messages.h). */
const char *json_type_text(const json_t *v);

/**
 * Typed member access. Required forms fail with "json.missing" or "json.type" when the member is
 * absent or of another type; optional forms leave *ret untouched when it is absent. Null is no value: whoever
 * writes it may mean anything. The returned values are borrowed from `obj`.
 */
ANJU_MUST_CHECK anju_status json_need_string(const json_t *obj, const struct json_at *at,
	const char *key, const char **ret, anju_error *err);
ANJU_MUST_CHECK anju_status json_need_object(const json_t *obj, const struct json_at *at,
	const char *key, json_t **ret, anju_error *err);
ANJU_MUST_CHECK anju_status json_opt_string(const json_t *obj, const struct json_at *at,
	const char *key, const char **ret, anju_error *err);
ANJU_MUST_CHECK anju_status json_opt_object(const json_t *obj, const struct json_at *at,
	const char *key, json_t **ret, anju_error *err);
ANJU_MUST_CHECK anju_status json_opt_array(const json_t *obj, const struct json_at *at,
	const char *key, json_t **ret, anju_error *err);
ANJU_MUST_CHECK anju_status json_opt_int(const json_t *obj, const struct json_at *at,
	const char *key, int64_t *ret, anju_error *err);
ANJU_MUST_CHECK anju_status json_opt_bool(
	const json_t *obj, const struct json_at *at, const char *key, bool *ret, anju_error *err);

/** Refuse members of `obj` that are not in the NULL-terminated list ("json.unknown_member"). */
ANJU_MUST_CHECK anju_status json_only(
	const json_t *obj, const struct json_at *at, const char *const *allowed, anju_error *err);

/** Read and parse a file of at most `max_bytes`; duplicate members are refused; on a syntax error the
 *  text names line and column. `name` is what messages call it. *ret is the caller's. */
ANJU_MUST_CHECK anju_status json_load_path(
	const char *path, const char *name, size_t max_bytes, json_t **ret, anju_error *err);

/** Append the compact text of `v`, members in stored order. `v` must not contain itself. */
void json_write(struct buf *out, const json_t *v);
/** The same text, malloc'd; NULL if out of memory, or if `v` is NULL. */
char *json_text(const json_t *v);
/** Compact text with sorted keys: the form that is hashed. */
char *json_canonical(const json_t *v);

static inline void json_decref_at(json_t **v)
{
	json_decref(*v);
}
#define ANJU_AUTO_JSON __attribute__((cleanup(json_decref_at))) json_t

#endif
