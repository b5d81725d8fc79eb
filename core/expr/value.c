#include "expr/value.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "expr/array.h"
#include "expr/env.h"
#include "expr/instant.h"

#define JSON_DEPTH 64 /* of values turned into JSON */

struct expr_value expr_value_string(const char *s)
{
	return (struct expr_value){.kind = EXPR_STRING, .str = {s, strlen(s)}};
}

struct expr_value expr_value_error(const char *message)
{
	return (struct expr_value){.kind = EXPR_ERROR, .str = {message, strlen(message)}};
}

/* JSON read in place */

static bool json_list_at(
	const struct expr_list *list, size_t i, struct expr_arena *arena, struct expr_value *ret)
{
	const json_t *item = json_array_get(list->ctx, i);
	return item != NULL && expr_value_from_json(item, arena, ret);
}

/* `cursor` follows key_at() from one key to the next; the map belongs to one evaluation. */
struct json_map {
	struct expr_map base;
	void *cursor;
	size_t cursor_at;
};

static size_t json_map_len(const struct expr_map *map)
{
	return json_object_size(map->ctx);
}

static bool json_map_get(const struct expr_map *map, const struct expr_value *key,
	struct expr_arena *arena, struct expr_value *ret)
{
	if (key->kind != EXPR_STRING)
		return false;
	const json_t *v = json_object_getn(map->ctx, key->str.s, key->str.len);
	return v != NULL && expr_value_from_json(v, arena, ret);
}

static bool json_map_key_at(
	const struct expr_map *map, size_t i, struct expr_arena *arena, struct expr_value *ret)
{
	struct json_map *m = (struct json_map *)(void *)map;
	if (m->cursor == NULL || i < m->cursor_at) {
		m->cursor = json_object_iter(map->ctx);
		m->cursor_at = 0;
	}
	for (; m->cursor != NULL && m->cursor_at < i; m->cursor_at++)
		m->cursor = json_object_iter_next(map->ctx, m->cursor);
	if (m->cursor == NULL)
		return false;
	*ret = (struct expr_value){.kind = EXPR_STRING,
		.str = {json_object_iter_key(m->cursor), json_object_iter_key_len(m->cursor)}};
	return true;
}

static bool json_container(const json_t *json, struct expr_arena *arena, struct expr_value *ret)
{
	if (json_is_array(json)) {
		struct expr_list *list = expr_arena_alloc(arena, sizeof *list);
		if (list == NULL)
			return false;
		*list = (struct expr_list){
			.len = json_array_size(json), .ctx = (void *)json, .at = json_list_at};
		*ret = (struct expr_value){.kind = EXPR_LIST, .list = list};
		return true;
	}
	struct json_map *map = expr_arena_alloc(arena, sizeof *map);
	if (map == NULL)
		return false;
	*map = (struct json_map){.base = {.ctx = (void *)json,
					 .len = json_map_len,
					 .get = json_map_get,
					 .key_at = json_map_key_at}};
	*ret = (struct expr_value){.kind = EXPR_MAP, .map = &map->base};
	return true;
}

bool expr_value_from_json(const json_t *json, struct expr_arena *arena, struct expr_value *ret)
{
	switch (json_typeof(json)) {
	case JSON_OBJECT:
	case JSON_ARRAY:
		return json_container(json, arena, ret);
	case JSON_STRING:
		ret->kind = EXPR_STRING;
		ret->str.s = json_string_value(json);
		ret->str.len = json_string_length(json);
		return true;
	case JSON_INTEGER:
		ret->kind = EXPR_INT;
		ret->i = json_integer_value(json);
		return true;
	case JSON_REAL:
		ret->kind = EXPR_DOUBLE;
		ret->d = json_real_value(json);
		return true;
	case JSON_TRUE:
	case JSON_FALSE:
		ret->kind = EXPR_BOOL;
		ret->b = json_is_true(json);
		return true;
	case JSON_NULL:
		break;
	}
	ret->kind = EXPR_NULL;
	return true;
}

/* Values to JSON */

static json_t *to_json(const struct expr_value *v, struct expr_arena *arena, unsigned depth);

static json_t *base64(const struct expr_value *v)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	ANJU_AUTO_BUF b = BUF_INIT;
	const unsigned char *s = (const unsigned char *)v->str.s;
	for (size_t i = 0; i < v->str.len; i += 3) {
		size_t left = v->str.len - i;
		uint32_t bits = (uint32_t)s[i] << 16;
		bits |= left > 1 ? (uint32_t)s[i + 1] << 8 : 0;
		bits |= left > 2 ? s[i + 2] : 0;
		buf_addc(&b, digits[bits >> 18]);
		buf_addc(&b, digits[(bits >> 12) & 63]);
		buf_addc(&b, left > 1 ? digits[(bits >> 6) & 63] : '=');
		buf_addc(&b, left > 2 ? digits[bits & 63] : '=');
	}
	return b.failed ? NULL : json_stringn(b.data != NULL ? b.data : "", b.len);
}

static json_t *list_to_json(const struct expr_list *list, struct expr_arena *arena, unsigned depth)
{
	json_t *array = json_array();
	for (size_t i = 0; array != NULL && i < list->len; i++) {
		struct expr_value item;
		json_t *j = list->at(list, i, arena, &item) ? to_json(&item, arena, depth) : NULL;
		if (j == NULL || json_array_append_new(array, j) != 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static bool put_member(json_t *object, const struct expr_value *key, json_t *value)
{
	if (value == NULL)
		return false;
	/* jansson writes a member with a NUL in its name, but never reads one */
	if (key->kind == EXPR_STRING && key->str.len > 0 &&
		memchr(key->str.s, '\0', key->str.len) != NULL) {
		json_decref(value);
		return false;
	}
	if (key->kind == EXPR_STRING)
		return json_object_setn_new(object, key->str.s, key->str.len, value) == 0;
	char text[24];
	if (key->kind == EXPR_BOOL)
		snprintf(text, sizeof text, "%s", key->b ? "true" : "false");
	else if (key->kind == EXPR_INT)
		snprintf(text, sizeof text, "%lld", (long long)key->i);
	else
		snprintf(text, sizeof text, "%llu", (unsigned long long)key->u);
	return json_object_set_new(object, text, value) == 0;
}

static json_t *map_to_json(const struct expr_map *map, struct expr_arena *arena, unsigned depth)
{
	json_t *object = json_object();
	size_t n = map->len(map);
	for (size_t i = 0; object != NULL && i < n; i++) {
		struct expr_value key, value;
		if (!map->key_at(map, i, arena, &key) || !map->get(map, &key, arena, &value) ||
			!put_member(object, &key, to_json(&value, arena, depth))) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}

static json_t *uint_to_json(uint64_t u)
{
	if (u <= INT64_MAX)
		return json_integer((json_int_t)u);
	char text[24];
	snprintf(text, sizeof text, "%llu", (unsigned long long)u);
	return json_string(text);
}

static json_t *to_json(const struct expr_value *v, struct expr_arena *arena, unsigned depth)
{
	char text[DECIMAL_MAX_CHARS];
	if (depth >= JSON_DEPTH)
		return NULL;
	switch (v->kind) {
	case EXPR_NULL:
		return json_null();
	case EXPR_BOOL:
		return json_boolean(v->b);
	case EXPR_INT:
		return json_integer(v->i);
	case EXPR_UINT:
		return uint_to_json(v->u);
	case EXPR_DOUBLE:
		return json_real(v->d); /* NULL for NaN and the infinities */
	case EXPR_DECIMAL:
		return json_string(decimal_format(v->dec, 0, text));
	case EXPR_STRING:
		return json_stringn(v->str.s, v->str.len);
	case EXPR_BYTES:
		return base64(v);
	case EXPR_LIST:
		return list_to_json(v->list, arena, depth + 1);
	case EXPR_MAP:
		return map_to_json(v->map, arena, depth + 1);
	case EXPR_TYPE:
		return json_string(env_kind_text(v->type));
	case EXPR_TIMESTAMP:
	case EXPR_DURATION:
		instant_format(v, 0, text);
		return json_string(text);
	case EXPR_DYN:
	case EXPR_ERROR:
		break;
	}
	return NULL;
}

json_t *expr_value_to_json(const struct expr_value *v, struct expr_arena *arena)
{
	return to_json(v, arena, 0);
}
