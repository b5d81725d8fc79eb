#include "pack/values.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "pack/workflow.h"

/* What only stands among the members: a locked field; a member that the workflow does not know, as "name" NUL JSON. */
#define KIND_LOCK    14u
#define KIND_FOREIGN 15u

/* Before each payload. Payloads of text end with a NUL, and are rounded up so that heads lie even. */
struct head {
	uint32_t field : 28, kind : 4;
	uint32_t len; /* of the text; the NUL is one more */
};

static size_t member_bytes(const struct head *h)
{
	size_t n = 0;
	if (h->kind == VALUE_INT)
		n = sizeof(int64_t);
	else if (h->kind == VALUE_TEXT || h->kind == VALUE_JSON || h->kind == KIND_FOREIGN)
		n = (size_t)h->len + 1;
	return sizeof *h + ((n + 3) & ~(size_t)3);
}

static struct head head_at(const struct values *v, size_t at)
{
	struct head h;
	memcpy(&h, v->at + at, sizeof h);
	return h;
}

static uint32_t index_of(const struct workflow *wf, const struct field *f)
{
	return (uint32_t)(f - wf->fields);
}

/* Where the member stands; v->len: nowhere. */
static size_t find(const struct values *v, uint32_t field, bool lock)
{
	size_t at = 0;
	while (at < v->len) {
		struct head h = head_at(v, at);
		if (h.field == field && (h.kind == KIND_LOCK) == lock && h.kind != KIND_FOREIGN)
			break;
		at += member_bytes(&h);
	}
	return at;
}

void values_done(struct values *v)
{
	free(v->at);
	*v = (struct values){0};
}

/* Make `n` bytes of the `old` ones at `at`; false when out of memory. */
static bool splice(struct values *v, size_t at, size_t old, size_t n)
{
	size_t rest = v->len - at - old, len = v->len - old + n;
	if (len > UINT32_MAX)
		return false;
	unsigned char *p = v->at;
	if (n > old && (p = realloc(p, len)) == NULL)
		return false;
	if (rest > 0)
		memmove(p + at + n, p + at + old, rest);
	/* what is less may stay larger than it need be */
	if (n < old && len > 0) {
		unsigned char *less = realloc(p, len);
		p = less != NULL ? less : p;
	} else if (len == 0) {
		free(p);
		p = NULL;
	}
	v->at = p;
	v->len = (uint32_t)len;
	return true;
}

/* Put a member in place of the one of `old` bytes at `at`. */
static bool put(struct values *v, size_t at, size_t old, struct head h, const void *payload)
{
	size_t n = member_bytes(&h), bytes = h.kind == VALUE_INT ? sizeof(int64_t) : h.len;
	if (!splice(v, at, old, n))
		return false;
	unsigned char *p = v->at + at;
	memcpy(p, &h, sizeof h);
	memset(p + sizeof h, 0, n - sizeof h);
	if (bytes > 0)
		memcpy(p + sizeof h, payload, bytes);
	return true;
}

static bool put_json(struct values *v, size_t at, size_t old, uint32_t field, const json_t *value)
{
	struct head h = {.field = field & 0x0fffffffu};
	int64_t i;
	switch (json_typeof(value)) {
	case JSON_STRING:
		if (json_string_length(value) > UINT32_MAX - 16)
			return false;
		h.kind = VALUE_TEXT;
		h.len = (uint32_t)json_string_length(value);
		return put(v, at, old, h, json_string_value(value));
	case JSON_INTEGER:
		h.kind = VALUE_INT;
		i = json_integer_value(value);
		return put(v, at, old, h, &i);
	case JSON_TRUE:
	case JSON_FALSE:
		h.kind = json_is_true(value) ? VALUE_TRUE : VALUE_FALSE;
		return put(v, at, old, h, NULL);
	case JSON_OBJECT:
	case JSON_ARRAY:
	case JSON_REAL:
	case JSON_NULL:
		break;
	}
	ANJU_AUTO_MEM char *text = json_text(value);
	if (text == NULL || strlen(text) > UINT32_MAX - 16)
		return false;
	h.kind = VALUE_JSON;
	h.len = (uint32_t)strlen(text);
	return put(v, at, old, h, text);
}

static bool put_foreign(struct values *v, const char *name, const json_t *value)
{
	ANJU_AUTO_BUF both = BUF_INIT;
	ANJU_AUTO_MEM char *text = json_text(value);
	if (text == NULL)
		return false;
	buf_add(&both, name, strlen(name) + 1);
	buf_adds(&both, text);
	struct head h = {.kind = KIND_FOREIGN, .len = (uint32_t)both.len};
	return !both.failed && both.len < UINT32_MAX - 16 && put(v, v->len, 0, h, both.data);
}

bool values_read(const struct workflow *wf, const json_t *object, struct values *ret)
{
	struct values v = {0};
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)object, name, value) {
		const struct field *f = workflow_field(wf, name);
		if (f != NULL ? put_json(&v, v.len, 0, index_of(wf, f), value)
			      : put_foreign(&v, name, value))
			continue;
		values_done(&v);
		return false;
	}
	*ret = v;
	return true;
}

/* --- asking --- */

static struct value value_at(const struct values *v, size_t at)
{
	struct head h = head_at(v, at);
	struct value ret = {.kind = (enum value_kind)h.kind};
	if (h.kind == VALUE_INT) {
		memcpy(&ret.i, v->at + at + sizeof h, sizeof ret.i);
	} else if (h.kind == VALUE_TEXT || h.kind == VALUE_JSON) {
		ret.text = (const char *)v->at + at + sizeof h;
		ret.len = h.len;
	}
	return ret;
}

struct value values_get(const struct workflow *wf, const struct values *v, const struct field *f)
{
	size_t at = f != NULL ? find(v, index_of(wf, f), false) : v->len;
	return at < v->len ? value_at(v, at) : (struct value){.kind = VALUE_NONE};
}

bool values_has(const struct workflow *wf, const struct values *v, const struct field *f)
{
	return f != NULL && find(v, index_of(wf, f), false) < v->len;
}

const char *values_text(const struct workflow *wf, const struct values *v, const char *name)
{
	if (name == NULL || v->len == 0)
		return NULL;
	struct value value = values_get(wf, v, workflow_field(wf, name));
	return value.kind == VALUE_TEXT ? value.text : NULL;
}

json_t *value_json(const struct value *value)
{
	switch (value->kind) {
	case VALUE_NONE:
		break;
	case VALUE_TEXT:
		return json_stringn_nocheck(value->text, value->len);
	case VALUE_INT:
		return json_integer(value->i);
	case VALUE_FALSE:
		return json_false();
	case VALUE_TRUE:
		return json_true();
	case VALUE_JSON:
		return json_loadb(value->text, value->len, JSON_DECODE_ANY, NULL);
	}
	return NULL;
}

bool values_is(const struct workflow *wf, const struct values *v, const struct field *f,
	const json_t *value)
{
	struct value held = values_get(wf, v, f);
	switch (held.kind) {
	case VALUE_NONE:
		return value == NULL;
	case VALUE_TEXT:
		return json_is_string(value) && json_string_length(value) == held.len &&
		       memcmp(json_string_value(value), held.text, held.len) == 0;
	case VALUE_INT:
		return json_is_integer(value) && json_integer_value(value) == held.i;
	case VALUE_FALSE:
		return json_is_false(value);
	case VALUE_TRUE:
		return json_is_true(value);
	case VALUE_JSON:
		break;
	}
	ANJU_AUTO_JSON *tree = value != NULL ? value_json(&held) : NULL;
	return tree != NULL && json_equal(tree, value);
}

/* --- as JSON --- */

static const char *name_of(const struct workflow *wf, const struct values *v, size_t at)
{
	struct head h = head_at(v, at);
	return h.kind == KIND_FOREIGN ? (const char *)v->at + at + sizeof h
				      : wf->fields[h.field].name;
}

/* Of one that the workflow does not know: what stands behind its name. */
static struct value value_or_foreign(const struct values *v, size_t at)
{
	struct head h = head_at(v, at);
	if (h.kind != KIND_FOREIGN)
		return value_at(v, at);
	const char *name = (const char *)v->at + at + sizeof h;
	size_t n = strlen(name) + 1;
	return (struct value){.kind = VALUE_JSON, .text = name + n, .len = h.len - n};
}

static void write_value(struct buf *out, const struct value *value)
{
	switch (value->kind) {
	case VALUE_NONE:
		break;
	case VALUE_TEXT:
		buf_add_json_string(out, value->text, value->len);
		break;
	case VALUE_INT:
		buf_add_int(out, value->i);
		break;
	case VALUE_FALSE:
		buf_adds(out, "false");
		break;
	case VALUE_TRUE:
		buf_adds(out, "true");
		break;
	case VALUE_JSON:
		buf_add(out, value->text, value->len);
		break;
	}
}

void values_write(const struct workflow *wf, const struct values *v, struct buf *out)
{
	bool any = false;
	buf_addc(out, '{');
	for (size_t at = 0; at < v->len;) {
		struct head h = head_at(v, at);
		if (h.kind != KIND_LOCK) {
			const char *name = name_of(wf, v, at);
			struct value value = value_or_foreign(v, at);
			if (any)
				buf_addc(out, ',');
			buf_add_json_string(out, name, strlen(name));
			buf_addc(out, ':');
			write_value(out, &value);
			any = true;
		}
		at += member_bytes(&h);
	}
	buf_addc(out, '}');
}

json_t *values_json(const struct workflow *wf, const struct values *v)
{
	ANJU_AUTO_JSON *object = json_object();
	for (size_t at = 0; at < v->len && object != NULL;) {
		struct head h = head_at(v, at);
		struct value value = value_or_foreign(v, at);
		if (h.kind != KIND_LOCK && json_object_set_new_nocheck(object, name_of(wf, v, at),
						   value_json(&value)) != 0)
			return NULL;
		at += member_bytes(&h);
	}
	return ANJU_TAKE(object);
}

/* --- changing --- */

static size_t bytes_at(const struct values *v, size_t at)
{
	if (at == v->len)
		return 0;
	struct head h = head_at(v, at);
	return member_bytes(&h);
}

bool values_set(
	const struct workflow *wf, struct values *v, const struct field *f, const json_t *value)
{
	uint32_t field = index_of(wf, f);
	size_t at = find(v, field, false), old = bytes_at(v, at);
	if (value == NULL || json_is_null(value))
		return splice(v, at, old, 0);
	return put_json(v, at, old, field, value);
}

bool values_locked(const struct workflow *wf, const struct values *v, const struct field *f)
{
	return find(v, index_of(wf, f), true) < v->len;
}

bool values_lock(const struct workflow *wf, struct values *v, const struct field *f, bool lock)
{
	size_t at = find(v, index_of(wf, f), true), old = bytes_at(v, at);
	if (lock == (old > 0))
		return true;
	if (!lock)
		return splice(v, at, old, 0);
	struct head h = {.field = index_of(wf, f) & 0x0fffffffu, .kind = KIND_LOCK};
	return put(v, at, 0, h, NULL);
}

bool values_write_locks(const struct workflow *wf, const struct values *v, struct buf *out)
{
	bool any = false;
	buf_addc(out, '[');
	for (size_t at = 0; at < v->len;) {
		struct head h = head_at(v, at);
		if (h.kind == KIND_LOCK) {
			const char *name = wf->fields[h.field].name;
			if (any)
				buf_addc(out, ',');
			buf_add_json_string(out, name, strlen(name));
			any = true;
		}
		at += member_bytes(&h);
	}
	buf_addc(out, ']');
	return any;
}
