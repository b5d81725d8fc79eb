/**
 * What a case holds of its workflow's fields, packed into one allocation: some ten thousand cases stay in memory, and
 * a JSON object takes a hundred and fifty bytes a member where eight and the value itself will do. A field is named by
 * its place in workflow.fields.
 */
#ifndef CORE_PACK_VALUES_H
#define CORE_PACK_VALUES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct workflow;
struct field;

/** Zeroed: nothing is set, nothing is locked. */
struct values {
	unsigned char
		*at; /* owned; one member after the other, in the order in which they were set */
	uint32_t len;
};

enum value_kind {
	VALUE_NONE, /* not set */
	VALUE_TEXT,
	VALUE_INT,
	VALUE_FALSE,
	VALUE_TRUE,
	VALUE_JSON, /* anything else, as compact text */
};
struct value {
	enum value_kind kind;
	const char *text; /* TEXT, JSON: NUL-terminated; borrowed until something is set */
	size_t len;
	int64_t i;
};

void values_done(struct values *v);
/** From a JSON object. Members that the workflow does not know are kept for values_write(), and for nothing else.
 *  False when out of memory: *ret is untouched. */
bool values_read(const struct workflow *wf, const json_t *object, struct values *ret);
/** The object, members in the order in which they were set. */
void values_write(const struct workflow *wf, const struct values *v, struct buf *out);
/** The same as a tree; new reference, NULL when out of memory. */
json_t *values_json(const struct workflow *wf, const struct values *v);

/** Of a field, or VALUE_NONE. `f` may be NULL. */
struct value values_get(const struct workflow *wf, const struct values *v, const struct field *f);
bool values_has(const struct workflow *wf, const struct values *v, const struct field *f);
/** Of the field `name`, if it holds text; else NULL. `name` may be NULL. */
const char *values_text(const struct workflow *wf, const struct values *v, const char *name);
/** Is that the value; NULL: is it not set. */
bool values_is(const struct workflow *wf, const struct values *v, const struct field *f,
	const json_t *value);
/** NULL or null unsets it. False when out of memory, unchanged then. */
bool values_set(
	const struct workflow *wf, struct values *v, const struct field *f, const json_t *value);
/** A value as JSON; new reference, NULL when out of memory or not set. */
json_t *value_json(const struct value *value);

/** Locks stand among the values: they are few, and many cases have none. */
bool values_locked(const struct workflow *wf, const struct values *v, const struct field *f);
/** False when out of memory, unchanged then. */
bool values_lock(const struct workflow *wf, struct values *v, const struct field *f, bool lock);
/** Array of their names in the order in which they were locked; are there any? */
bool values_write_locks(const struct workflow *wf, const struct values *v, struct buf *out);

#endif
