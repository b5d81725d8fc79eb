#include "fuzz/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "cli/expr_value_json.h"
#include "org/org.h"
#include "pack/functions.h"

#define T(k)                                                                                       \
	{                                                                                          \
		.kind = EXPR_##k                                                                   \
	}
#define MAYBE(k)                                                                                   \
	{                                                                                          \
		.kind = EXPR_##k, .nullable = true                                                 \
	}
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct expr_type string_type = T(STRING), int_type = T(INT);
static const struct expr_member person_members[] = {
	{"name", T(STRING)}, {"age", MAYBE(INT)}, {"phone", MAYBE(STRING)}};
static const struct expr_shape person_shape = {"person", 3, person_members};
static const struct expr_type person_type = {.kind = EXPR_MAP, .shape = &person_shape};
static const struct expr_member case_members[] = {
	{"persons", MAYBE(INT)},
	{"kind", T(STRING)},
	{"signed", MAYBE(BOOL)},
	{"score", MAYBE(DOUBLE)},
	{"members", {.kind = EXPR_LIST, .element = &person_type}},
	{"tags", {.kind = EXPR_LIST, .nullable = true, .element = &string_type}},
	{"head", {.kind = EXPR_MAP, .nullable = true, .shape = &person_shape}},
};
static const struct expr_shape case_shape = {"case", COUNT(case_members), case_members};

static const struct {
	const char *name;
	struct expr_type type;
} variables[] = {
	{"i", T(INT)},
	{"u", T(UINT)},
	{"d", T(DOUBLE)},
	{"q", T(DECIMAL)},
	{"s", T(STRING)},
	{"b", T(BYTES)},
	{"y", T(BOOL)},
	{"t", T(TIMESTAMP)},
	{"r", T(DURATION)},
	{"l", T(LIST)},
	{"li", {.kind = EXPR_LIST, .element = &int_type}},
	{"m", T(MAP)},
	{"x", T(DYN)},
	{"z", T(DYN)},
	{"case", {.kind = EXPR_MAP, .shape = &case_shape}},
};

static bool twice(void *ctx, const struct expr_value *args, size_t n, struct expr_arena *arena,
	struct expr_value *ret)
{
	fuzz_assert(n == 1 && args[0].kind == EXPR_INT);
	*ret = (struct expr_value){.kind = EXPR_INT, .i = args[0].i / 2 * 2};
	return true;
}

static bool absent(void *ctx, const struct expr_value *args, size_t n, struct expr_arena *arena,
	struct expr_value *ret)
{
	fuzz_assert(n == 1 && (args[0].kind == EXPR_STRING || args[0].kind == EXPR_NULL));
	*ret = (struct expr_value){.kind = EXPR_BOOL, .b = args[0].kind == EXPR_NULL};
	return true;
}

static bool larger(void *ctx, const struct expr_value *args, size_t n, struct expr_arena *arena,
	struct expr_value *ret)
{
	fuzz_assert(n == 2 && args[0].kind == EXPR_DECIMAL && args[1].kind == EXPR_DECIMAL);
	*ret = args[decimal_cmp(args[0].dec, args[1].dec) < 0];
	return true;
}

static bool fails(void *ctx, const struct expr_value *args, size_t n, struct expr_arena *arena,
	struct expr_value *ret)
{
	*ret = expr_value_error("the register is closed");
	return false;
}

static void add_function(struct expr_env *env, const char *name, bool member,
	const struct expr_type *args, size_t n, struct expr_type result, expr_function_cb cb)
{
	anju_error err;
	anju_status st = expr_env_function(env, name, member, args, n, result, cb, NULL, 5, &err);
	fuzz_assert(st == ANJU_OK);
}

/* What packs have beside CEL: money, area, days, units. The units are these. */
static void add_pack_functions(struct expr_env *env)
{
	static const char text[] =
		"{\"units\": [{\"code\": \"61.poverty\", \"kind\": \"poverty\", "
		"\"level\": \"province\", \"region\": \"61\", "
		"\"title\": {\"zh\": \"a\", \"en\": \"a\"}}, "
		"{\"code\": \"610322.poverty\", \"kind\": \"poverty\", \"level\": \"county\", "
		"\"region\": \"610322\", \"parent\": \"61.poverty\", "
		"\"title\": {\"zh\": \"b\", \"en\": \"b\"}}]}";
	static struct org *org;
	anju_error err = {0};
	anju_status st = ANJU_OK;
	if (org == NULL) {
		ANJU_AUTO_JSON *units = json_loads(text, 0, NULL);
		org = org_new();
		st = org_add(org, units, "u.json", &err);
		if (st == ANJU_OK)
			st = org_seal(org, &err);
	}
	if (st == ANJU_OK)
		st = functions_case(env, &org, &err);
	if (st != ANJU_OK)
		fuzz_failed(__FILE__, __LINE__, "%s: %s", err.id, err.text);
}

struct expr_env *world_env(bool unchecked)
{
	static const struct expr_type i = T(INT), maybe = MAYBE(STRING),
				      two[] = {T(DECIMAL), T(DECIMAL)};
	anju_error err;
	struct expr_env *env = expr_env_new();
	for (size_t k = 0; k < COUNT(variables); k++) {
		anju_status st = expr_env_variable(env, variables[k].name, variables[k].type, &err);
		fuzz_assert(st == ANJU_OK);
	}
	add_function(env, "twice", false, &i, 1, i, twice);
	add_function(env, "absent", false, &maybe, 1, (struct expr_type)T(BOOL), absent);
	add_function(env, "larger", true, two, 2, two[0], larger);
	add_function(env, "fails", false, NULL, 0, (struct expr_type)T(BOOL), fails);
	add_pack_functions(env);
	if (unchecked)
		expr_env_unchecked(env);
	return env;
}

/* Values. Those that break things come up more often than chance would have it. */

static json_t *text_of(struct fuzz_bytes *b)
{
	static const char *const known[] = {"", "a", "é", "居", "a.b", "2017-08-31", "true", "-5",
		"1.50", "Asia/Shanghai", "2017-08-31T10:00:00Z", "610322.poverty",
		"\xf0\x9f\x8f\xa0\n\"'\\"};
	uint32_t n = fuzz_below(b, COUNT(known) + 4);
	if (n < COUNT(known))
		return json_string(known[n]);
	char text[64];
	uint32_t len = fuzz_below(b, sizeof text);
	for (uint32_t i = 0; i < len; i++)
		text[i] = (char)(fuzz_byte(b) & 127);
	return json_stringn(text, len);
}

static json_t *whole_of(struct fuzz_bytes *b, bool is_signed)
{
	static const char *const known[] = {"0", "1", "2", "3", "10", "1000000007",
		"9223372036854775807", "18446744073709551615", "-1", "-2", "-9223372036854775808"};
	uint32_t n = fuzz_below(b, 14);
	if (is_signed ? n < 11 && n != 7 : n < 8)
		return json_string(known[n]);
	char text[32];
	uint64_t v = fuzz_word(b);
	if (is_signed)
		snprintf(text, sizeof text, "%lld", (long long)v);
	else
		snprintf(text, sizeof text, "%llu", (unsigned long long)v);
	return json_string(text);
}

static json_t *double_of(struct fuzz_bytes *b)
{
	static const char *const known[] = {"NaN", "Infinity", "-Infinity", "-0"};
	static const double numbers[] = {0, 1, -1, 0.5, 1e300, 5e-324, 9223372036854775807.0, 0.1};
	uint32_t n = fuzz_below(b, 16);
	if (n < 4)
		return json_string(known[n]);
	return n < 12 ? json_real(numbers[n - 4])
		      : json_real((double)(int64_t)fuzz_word(b) / (1 + fuzz_byte(b)));
}

static json_t *time_of(struct fuzz_bytes *b, bool duration)
{
	static const int64_t known[] = {
		0, 1, -1, 1503136800, 253402300799, -62135596800, 315576000000, -315576000000};
	uint32_t n = fuzz_below(b, COUNT(known) + 4);
	int64_t s = n < COUNT(known) ? known[n] : (int64_t)fuzz_word(b) >> fuzz_below(b, 64);
	int nanos = (int)(fuzz_below(b, 1000) * 999999);
	if (nanos > 999999999)
		nanos = 999999999;
	if (duration && s < 0)
		nanos = -nanos;
	char text[32];
	snprintf(text, sizeof text, "%lld", (long long)s);
	return json_pack("{s:s, s:i}", "seconds", text, "nanos", nanos);
}

static json_t *value_of(struct fuzz_bytes *b, enum expr_kind kind, int depth);

static json_t *items_of(struct fuzz_bytes *b, enum expr_kind kind, int depth, bool pairs)
{
	json_t *list = json_array();
	for (uint32_t n = fuzz_below(b, 6); n > 0; n--) {
		json_t *v = value_of(b, kind, depth + 1);
		json_array_append_new(list,
			pairs ? json_pack("[o, o]", json_pack("{s:o}", "string", text_of(b)), v)
			      : v);
	}
	return list;
}

static json_t *value_of(struct fuzz_bytes *b, enum expr_kind kind, int depth)
{
	static const char *const decimals[] = {
		"0", "25.00", "-0.001", "132.5", "9223372036854775807", "0.000000001"};
	static const char *const bytes[] = {"", "AA==", "/w==", "6YeR", "YWJj"};
	static const enum expr_kind any[] = {EXPR_NULL, EXPR_BOOL, EXPR_INT, EXPR_UINT, EXPR_DOUBLE,
		EXPR_DECIMAL, EXPR_STRING, EXPR_BYTES, EXPR_LIST, EXPR_MAP, EXPR_TIMESTAMP,
		EXPR_DURATION, EXPR_INT, EXPR_STRING};
	if (kind == EXPR_DYN)
		kind = any[fuzz_below(b, COUNT(any))];
	if (depth > 3 && (kind == EXPR_LIST || kind == EXPR_MAP))
		kind = EXPR_INT;
	switch ((int)kind) {
	case EXPR_BOOL:
		return json_pack("{s:b}", "bool", (int)(fuzz_byte(b) & 1));
	case EXPR_INT:
		return json_pack("{s:o}", "int", whole_of(b, true));
	case EXPR_UINT:
		return json_pack("{s:o}", "uint", whole_of(b, false));
	case EXPR_DOUBLE:
		return json_pack("{s:o}", "double", double_of(b));
	case EXPR_DECIMAL:
		return json_pack("{s:s}", "decimal", decimals[fuzz_below(b, COUNT(decimals))]);
	case EXPR_STRING:
		return json_pack("{s:o}", "string", text_of(b));
	case EXPR_BYTES:
		return json_pack("{s:s}", "bytes", bytes[fuzz_below(b, COUNT(bytes))]);
	case EXPR_LIST:
		return json_pack("{s:o}", "list", items_of(b, EXPR_DYN, depth, false));
	case EXPR_MAP:
		return json_pack("{s:o}", "map", items_of(b, EXPR_DYN, depth, true));
	case EXPR_TIMESTAMP:
		return json_pack("{s:o}", "timestamp", time_of(b, false));
	case EXPR_DURATION:
		return json_pack("{s:o}", "duration", time_of(b, true));
	default:
		return json_pack("{s:n}", "null");
	}
}

/* Absent, null, or there. */
static void set_maybe(struct fuzz_bytes *b, json_t *object, const char *key, json_t *value)
{
	uint32_t what = fuzz_below(b, 4);
	if (what == 1)
		json_object_set_new(object, key, json_null());
	else if (what != 2)
		json_object_set(object, key, value);
	json_decref(value);
}

static json_t *person_of(struct fuzz_bytes *b)
{
	json_t *person = json_pack("{s:o}", "name", text_of(b));
	set_maybe(b, person, "age", json_integer(fuzz_below(b, 120)));
	set_maybe(b, person, "phone", text_of(b));
	return person;
}

static json_t *case_of(struct fuzz_bytes *b)
{
	json_t *cs = json_object(), *members = json_array(), *tags = json_array();
	for (uint32_t n = fuzz_below(b, 4); n > 0; n--)
		json_array_append_new(members, person_of(b));
	for (uint32_t n = fuzz_below(b, 4); n > 0; n--)
		json_array_append_new(tags, text_of(b));
	json_object_set_new(cs, "members", members);
	json_object_set_new(cs, "kind", text_of(b));
	set_maybe(b, cs, "persons", json_integer((json_int_t)fuzz_below(b, 500) - 50));
	set_maybe(b, cs, "signed", json_boolean(fuzz_byte(b) & 1));
	set_maybe(b, cs, "score", json_real(fuzz_below(b, 1000) / 8.0));
	set_maybe(b, cs, "tags", tags);
	set_maybe(b, cs, "head", person_of(b));
	return cs;
}

void world_init(struct world *world, struct fuzz_bytes *b)
{
	*world = (struct world){.typed = json_object(), .cs = case_of(b)};
	for (size_t k = 0; k < COUNT(variables); k++) {
		const char *name = variables[k].name;
		json_t *v = strcmp(name, "li") == 0
				    ? json_pack("{s:o}", "list", items_of(b, EXPR_INT, 0, false))
				    : value_of(b, variables[k].type.kind, 0);
		json_object_set_new(world->typed, name, v);
	}
}

void world_done(struct world *world)
{
	json_decref(world->typed);
	json_decref(world->cs);
}

static bool lookup(void *ctx, const char *name, struct expr_arena *arena, struct expr_value *ret)
{
	struct world *world = ctx;
	const json_t *v = json_object_get(world->typed, name);
	fuzz_assert(world->asked == NULL || expr_reads(world->asked, name, NULL));
	if (strcmp(name, "case") == 0)
		return expr_value_from_json(world->cs, arena, ret);
	if (v == NULL)
		return false;
	if (expr_value_read(v, arena, ret, NULL) != ANJU_OK)
		*ret = expr_value_error("no such value"); /* a key twice, out of range */
	return true;
}

struct expr_vars world_vars(struct world *world)
{
	return (struct expr_vars){.ctx = world, .lookup = lookup};
}
