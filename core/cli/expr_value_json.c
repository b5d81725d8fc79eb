#include "cli/expr_value_json.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "expr/array.h"
#include "expr/env.h"
#include "expr/instant.h"

#define MAX_DEPTH 64

/* Reading */

struct reader {
	struct expr_arena *arena;
	bool nomem;
	unsigned depth;
};

static bool read_value(struct reader *rd, const json_t *json, struct expr_value *ret);

static bool read_whole(const json_t *v, bool is_signed, struct expr_value *ret)
{
	const char *s = json_string_value(v);
	char *end = NULL;
	if (s == NULL || (*s != '-' && (*s < '0' || *s > '9')) || (*s == '-' && !is_signed))
		return false;
	errno = 0;
	if (is_signed)
		*ret = (struct expr_value){.kind = EXPR_INT, .i = strtoll(s, &end, 10)};
	else
		*ret = (struct expr_value){.kind = EXPR_UINT, .u = strtoull(s, &end, 10)};
	return errno == 0 && *end == '\0' && end > s + (*s == '-');
}

static bool read_double(const json_t *v, struct expr_value *ret)
{
	static const struct {
		const char *name;
		double value;
	} names[] = {{"NaN", NAN}, {"Infinity", INFINITY}, {"-Infinity", -INFINITY}, {"-0", -0.0}};
	ret->kind = EXPR_DOUBLE;
	if (json_is_number(v)) {
		ret->d = json_number_value(v);
		return true;
	}
	const char *s = json_string_value(v);
	for (size_t i = 0; s != NULL && i < sizeof names / sizeof *names; i++) {
		if (strcmp(names[i].name, s) == 0) {
			ret->d = names[i].value;
			return true;
		}
	}
	return false;
}

static int digit64(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *p = c == '\0' ? NULL : strchr(digits, c);
	return p == NULL ? -1 : (int)(p - digits);
}

/* base64, padded or not */
static bool read_bytes(struct reader *rd, const json_t *v, struct expr_value *ret)
{
	const char *s = json_string_value(v);
	size_t n = s == NULL ? 0 : json_string_length(v), len = 0;
	char *out = expr_arena_alloc(rd->arena, n);
	if (out == NULL)
		rd->nomem = true;
	if (s == NULL || out == NULL)
		return false;
	while (n > 0 && s[n - 1] == '=')
		n--;
	uint32_t bits = 0;
	for (size_t i = 0; i < n; i++) {
		int d = digit64(s[i]);
		if (d < 0)
			return false;
		bits = bits << 6 | (uint32_t)d;
		if (i % 4 != 0)
			out[len++] = (char)(bits >> (6 - 2 * (i % 4)));
	}
	*ret = (struct expr_value){.kind = EXPR_BYTES, .str = {out, len}};
	return n % 4 != 1;
}

static bool read_list(struct reader *rd, const json_t *v, struct expr_value *ret)
{
	size_t n = json_array_size(v);
	struct expr_value *items =
		json_is_array(v) ? expr_arena_alloc(rd->arena, n * sizeof *items) : NULL;
	rd->nomem |= json_is_array(v) && items == NULL;
	for (size_t i = 0; items != NULL && i < n; i++) {
		if (!read_value(rd, json_array_get(v, i), &items[i]))
			return false;
	}
	return items != NULL && array_list(rd->arena, items, n, ret);
}

static bool read_map(struct reader *rd, const json_t *v, struct expr_value *ret)
{
	size_t n = json_array_size(v), duplicate;
	struct expr_value *pairs =
		json_is_array(v) ? expr_arena_alloc(rd->arena, 2 * n * sizeof *pairs) : NULL;
	rd->nomem |= json_is_array(v) && pairs == NULL;
	for (size_t i = 0; pairs != NULL && i < n; i++) {
		const json_t *pair = json_array_get(v, i);
		if (json_array_size(pair) != 2 ||
			!read_value(rd, json_array_get(pair, 0), &pairs[2 * i]) ||
			!read_value(rd, json_array_get(pair, 1), &pairs[2 * i + 1]) ||
			!map_key_ok(&pairs[2 * i]))
			return false;
	}
	return pairs != NULL && pair_map(rd->arena, pairs, n, ret, &duplicate) == 1;
}

static bool read_type(const json_t *v, struct expr_value *ret)
{
	const char *s = json_string_value(v);
	for (int kind = EXPR_NULL; s != NULL && kind <= EXPR_DURATION; kind++) {
		if (strcmp(env_kind_text((enum expr_kind)kind), s) == 0) {
			*ret = (struct expr_value){.kind = EXPR_TYPE, .type = (enum expr_kind)kind};
			return true;
		}
	}
	return false;
}

static bool read_time(enum expr_kind kind, const json_t *v, struct expr_value *ret)
{
	struct expr_value seconds;
	json_int_t nanos = json_integer_value(json_object_get(v, "nanos"));
	if (!read_whole(json_object_get(v, "seconds"), true, &seconds) || nanos <= -1000000000 ||
		nanos >= 1000000000 || (kind == EXPR_TIMESTAMP && nanos < 0))
		return false;
	return instant_make(kind, seconds.i, nanos, ret);
}

/* "132.50"; "100/3" for what no decimal number of nine digits is */
static bool read_decimal(const json_t *v, struct expr_value *ret)
{
	const char *s = json_string_value(v), *bar = s != NULL ? strchr(s, '/') : NULL;
	struct decimal num, den;
	ret->kind = EXPR_DECIMAL;
	if (bar == NULL)
		return s != NULL && decimal_parse(s, 9, &ret->dec);
	char head[DECIMAL_MAX_CHARS];
	snprintf(head, sizeof head, "%.*s", (int)(bar - s), s);
	return decimal_parse(head, 0, &num) && decimal_parse(bar + 1, 0, &den) &&
	       decimal_div(num, den, &ret->dec);
}

static bool read_member(
	struct reader *rd, const char *type, const json_t *v, struct expr_value *ret)
{
	if (strcmp(type, "int") == 0)
		return read_whole(v, true, ret);
	if (strcmp(type, "uint") == 0)
		return read_whole(v, false, ret);
	if (strcmp(type, "double") == 0)
		return read_double(v, ret);
	if (strcmp(type, "decimal") == 0)
		return read_decimal(v, ret);
	if (strcmp(type, "bytes") == 0)
		return read_bytes(rd, v, ret);
	if (strcmp(type, "list") == 0)
		return read_list(rd, v, ret);
	if (strcmp(type, "map") == 0)
		return read_map(rd, v, ret);
	if (strcmp(type, "type") == 0)
		return read_type(v, ret);
	if (strcmp(type, "timestamp") == 0)
		return read_time(EXPR_TIMESTAMP, v, ret);
	if (strcmp(type, "duration") == 0)
		return read_time(EXPR_DURATION, v, ret);
	bool plain = (strcmp(type, "string") == 0 && json_is_string(v)) ||
		     (strcmp(type, "bool") == 0 && json_is_boolean(v)) ||
		     (strcmp(type, "null") == 0 && json_is_null(v));
	return plain && expr_value_from_json(v, rd->arena, ret);
}

static bool read_value(struct reader *rd, const json_t *json, struct expr_value *ret)
{
	void *it = json_object_size(json) == 1 ? json_object_iter((json_t *)json) : NULL;
	if (it == NULL || rd->depth >= MAX_DEPTH)
		return false;
	rd->depth++;
	bool ok = read_member(rd, json_object_iter_key(it), json_object_iter_value(it), ret);
	rd->depth--;
	return ok;
}

anju_status expr_value_read(
	const json_t *json, struct expr_arena *arena, struct expr_value *ret, anju_error *err)
{
	struct reader rd = {.arena = arena};
	struct expr_value v;
	if (read_value(&rd, json, &v)) {
		*ret = v;
		return ANJU_OK;
	}
	if (rd.nomem)
		return anju_fail_nomem(err);
	char *text = json_dumps(json, JSON_ENCODE_ANY | JSON_COMPACT);
	(void)anju_fail(err, ANJU_E_INVALID, "expr_run.value", "malformed value %s",
		text != NULL ? text : "");
	anju_error_found(err, "%s", text != NULL ? text : "");
	anju_error_allowed(err, "%s", "{\"int\": \"3\"}, {\"string\": \"é\"}, …");
	free(text);
	return ANJU_E_INVALID;
}

/* Writing */

static json_t *write_value(const struct expr_value *v, struct expr_arena *arena, unsigned depth);

static json_t *write_double(double d)
{
	if (isnan(d))
		return json_string("NaN");
	if (isinf(d))
		return json_string(d < 0 ? "-Infinity" : "Infinity");
	return d == 0 && signbit(d) ? json_string("-0") : json_real(d);
}

static json_t *write_decimal(struct decimal d)
{
	char text[DECIMAL_MAX_CHARS];
	struct decimal back;
	if (decimal_parse(decimal_format(d, 0, text), 9, &back) && decimal_cmp(back, d) == 0)
		return json_string(text);
	return json_sprintf("%lld/%lld", (long long)d.num, (long long)d.den);
}

static json_t *write_list(const struct expr_list *list, struct expr_arena *arena, unsigned depth)
{
	json_t *array = json_array();
	for (size_t i = 0; array != NULL && i < list->len; i++) {
		struct expr_value item;
		if (!list->at(list, i, arena, &item) ||
			json_array_append_new(array, write_value(&item, arena, depth)) != 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static json_t *write_map(const struct expr_map *map, struct expr_arena *arena, unsigned depth)
{
	json_t *array = json_array();
	size_t n = map->len(map);
	for (size_t i = 0; array != NULL && i < n; i++) {
		struct expr_value key, value;
		bool ok = map->key_at(map, i, arena, &key) && map->get(map, &key, arena, &value);
		json_t *pair = ok ? json_pack("[o, o]", write_value(&key, arena, depth),
					    write_value(&value, arena, depth))
				  : NULL;
		if (pair == NULL || json_array_append_new(array, pair) != 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static json_t *write_content(const struct expr_value *v, struct expr_arena *arena, unsigned depth)
{
	char text[24];
	switch (v->kind) {
	case EXPR_INT:
		snprintf(text, sizeof text, "%lld", (long long)v->i);
		return json_string(text);
	case EXPR_UINT:
		snprintf(text, sizeof text, "%llu", (unsigned long long)v->u);
		return json_string(text);
	case EXPR_DOUBLE:
		return write_double(v->d);
	case EXPR_LIST:
		return write_list(v->list, arena, depth + 1);
	case EXPR_MAP:
		return write_map(v->map, arena, depth + 1);
	case EXPR_TIMESTAMP:
	case EXPR_DURATION:
		snprintf(text, sizeof text, "%lld", (long long)v->time.seconds);
		return json_pack("{s:s, s:i}", "seconds", text, "nanos", (int)v->time.nanos);
	case EXPR_DECIMAL:
		return write_decimal(v->dec);
	case EXPR_NULL:
	case EXPR_BOOL:
	case EXPR_STRING:
	case EXPR_BYTES:
	case EXPR_TYPE:
		return expr_value_to_json(v, arena);
	case EXPR_DYN:
	case EXPR_ERROR:
		break;
	}
	return NULL;
}

static json_t *write_value(const struct expr_value *v, struct expr_arena *arena, unsigned depth)
{
	static const char *const names[] = {[EXPR_NULL] = "null",
		[EXPR_BOOL] = "bool",
		[EXPR_INT] = "int",
		[EXPR_UINT] = "uint",
		[EXPR_DOUBLE] = "double",
		[EXPR_DECIMAL] = "decimal",
		[EXPR_STRING] = "string",
		[EXPR_BYTES] = "bytes",
		[EXPR_LIST] = "list",
		[EXPR_MAP] = "map",
		[EXPR_TYPE] = "type",
		[EXPR_TIMESTAMP] = "timestamp",
		[EXPR_DURATION] = "duration"};
	json_t *content = depth < MAX_DEPTH ? write_content(v, arena, depth) : NULL;
	return content != NULL ? json_pack("{s:o}", names[v->kind], content) : NULL;
}

json_t *expr_value_write(const struct expr_value *v, struct expr_arena *arena)
{
	return write_value(v, arena, 0);
}
