#include "unit/expr/fixture.h"

#include <jansson.h>

#include "base/error.h"

#define T(k)                                                                                       \
	{                                                                                          \
		.kind = EXPR_##k                                                                   \
	}

static const struct expr_type string_type = T(STRING);
static const struct expr_member member_members[] = {
	{"name", T(STRING)}, {"age", T(INT)}, {"phone", {.kind = EXPR_STRING, .nullable = true}}};
static const struct expr_shape member_shape = {"member", 3, member_members};
static const struct expr_type member_type = {.kind = EXPR_MAP, .shape = &member_shape};
static const struct expr_member address_members[] = {{"town", T(STRING)}, {"village", T(STRING)}};
static const struct expr_shape address_shape = {"address", 2, address_members};

static const struct expr_member case_members[] = {
	{"area_m2", {.kind = EXPR_DECIMAL, .nullable = true}},
	{"persons", {.kind = EXPR_INT, .nullable = true}},
	{"kind", T(STRING)},
	{"signed", T(BOOL)},
	{"members", {.kind = EXPR_LIST, .element = &member_type}},
	{"tags", {.kind = EXPR_LIST, .element = &string_type}},
	{"address", {.kind = EXPR_MAP, .nullable = true, .shape = &address_shape}},
};
static const struct expr_shape case_shape = {"case", 7, case_members};
static const struct expr_member rule_members[] = {{"max", T(DECIMAL)}};
static const struct expr_shape rule_shape = {"rule", 1, rule_members};
static const struct expr_member rules_members[] = {
	{"area", {.kind = EXPR_MAP, .shape = &rule_shape}}};
static const struct expr_shape rules_shape = {"rules", 1, rules_members};

static const char *case_text;

void fixture_case(const char *json)
{
	case_text = json;
}

/* rules.area.allows(decimal) */
static bool allows(void *ctx, const struct expr_value *args, size_t n, struct expr_arena *arena,
	struct expr_value *ret)
{
	struct expr_value key = expr_value_string("max"), max;
	if (!args[0].map->get(args[0].map, &key, arena, &max)) {
		*ret = expr_value_error("no maximum");
		return false;
	}
	*ret = (struct expr_value){.kind = EXPR_BOOL, .b = decimal_cmp(args[1].dec, max.dec) <= 0};
	return true;
}

static bool absent(void *ctx, const struct expr_value *args, size_t n, struct expr_arena *arena,
	struct expr_value *ret)
{
	*ret = (struct expr_value){.kind = EXPR_BOOL, .b = args[0].kind == EXPR_NULL};
	return true;
}

static bool twice_int(void *ctx, const struct expr_value *args, size_t n, struct expr_arena *arena,
	struct expr_value *ret)
{
	*ret = (struct expr_value){.kind = EXPR_INT, .i = 2 * args[0].i};
	return true;
}

static bool twice_string(void *ctx, const struct expr_value *args, size_t n,
	struct expr_arena *arena, struct expr_value *ret)
{
	char *s = expr_arena_alloc(arena, 2 * args[0].str.len);
	memcpy(s, args[0].str.s, args[0].str.len);
	memcpy(s + args[0].str.len, args[0].str.s, args[0].str.len);
	*ret = (struct expr_value){.kind = EXPR_STRING, .str = {s, 2 * args[0].str.len}};
	return true;
}

static bool fails(void *ctx, const struct expr_value *args, size_t n, struct expr_arena *arena,
	struct expr_value *ret)
{
	*ret = expr_value_error("the register is closed");
	return false;
}

static void functions(struct expr_env *env)
{
	anju_error err;
	struct expr_type rule = {.kind = EXPR_MAP, .shape = &rule_shape}, dec = T(DECIMAL),
			 boolean = T(BOOL), integer = T(INT), string = T(STRING),
			 maybe = {.kind = EXPR_STRING, .nullable = true};
	assert_ok(expr_env_function(env, "allows", true, (struct expr_type[]){rule, dec}, 2,
			  boolean, allows, NULL, 10, &err),
		err);
	assert_ok(
		expr_env_function(env, "absent", false, &maybe, 1, boolean, absent, NULL, 1, &err),
		err);
	assert_ok(expr_env_function(
			  env, "twice", false, &integer, 1, integer, twice_int, NULL, 1, &err),
		err);
	assert_ok(expr_env_function(
			  env, "twice", false, &string, 1, string, twice_string, NULL, 1, &err),
		err);
	assert_ok(expr_env_function(env, "fails", false, NULL, 0, boolean, fails, NULL, 1, &err),
		err);
	assert_ok(expr_env_function(env, "math.twice", false, &integer, 1, integer, twice_int, NULL,
			  50000, &err),
		err);
}

struct expr_env *fixture_env(bool unchecked)
{
	anju_error err;
	struct expr_env *env = expr_env_new();
	static const char *const loose[] = {"x", "l", "m", "missing", "y.z"};
	for (size_t i = 0; i < sizeof loose / sizeof *loose; i++)
		assert_ok(expr_env_variable(env, loose[i], (struct expr_type)T(DYN), &err), err);
	assert_ok(expr_env_variable(env, "case",
			  (struct expr_type){.kind = EXPR_MAP, .shape = &case_shape}, &err),
		err);
	assert_ok(expr_env_variable(env, "rules",
			  (struct expr_type){.kind = EXPR_MAP, .shape = &rules_shape}, &err),
		err);
	functions(env);
	if (unchecked)
		expr_env_unchecked(env);
	return env;
}

/* A map over JSON whose strings named area_m2 and max are decimals, as the caller's own maps do. */
static bool field_get(const struct expr_map *map, const struct expr_value *key,
	struct expr_arena *arena, struct expr_value *ret);

static size_t field_len(const struct expr_map *map)
{
	return json_object_size(map->ctx);
}

static bool field_key(
	const struct expr_map *map, size_t i, struct expr_arena *arena, struct expr_value *ret)
{
	void *it = json_object_iter(map->ctx);
	while (it != NULL && i-- > 0)
		it = json_object_iter_next(map->ctx, it);
	if (it != NULL)
		*ret = expr_value_string(json_object_iter_key(it));
	return it != NULL;
}

static bool field_value(
	const json_t *v, const char *key, struct expr_arena *arena, struct expr_value *ret)
{
	if (json_is_string(v) && (strcmp(key, "area_m2") == 0 || strcmp(key, "max") == 0)) {
		ret->kind = EXPR_DECIMAL;
		return decimal_parse(json_string_value(v), 9, &ret->dec);
	}
	if (!json_is_object(v))
		return expr_value_from_json(v, arena, ret);
	struct expr_map *map = expr_arena_alloc(arena, sizeof *map);
	*map = (struct expr_map){(void *)v, field_len, field_get, field_key};
	*ret = (struct expr_value){.kind = EXPR_MAP, .map = map};
	return true;
}

static bool field_get(const struct expr_map *map, const struct expr_value *key,
	struct expr_arena *arena, struct expr_value *ret)
{
	const json_t *v = json_object_getn(map->ctx, key->str.s, key->str.len);
	return v != NULL && field_value(v, key->str.s, arena, ret);
}

static json_t *world;

static void build_world(void)
{
	json_decref(world);
	json_error_t e;
	world = json_loads(
		"{\"rules\": {\"area\": {\"max\": \"25.00\"}}, \"x\": 3, \"l\": [1, 2, 3],"
		"\"m\": {\"a\": 1, \"b\": null, \"n\": {\"c\": \"d\"}}, \"y.z\": 7}",
		0, &e);
	const char *text = case_text != NULL ? case_text
					     : "{\"area_m2\": \"132.00\", \"persons\": 5, "
					       "\"kind\": \"tent\", \"signed\": false,"
					       "\"members\": [{\"name\": \"Li\", \"age\": 40}, "
					       "{\"name\": \"Wang\", \"age\": 15}],"
					       "\"tags\": [\"a\", \"b\"]}";
	json_t *cs = json_loads(text, 0, &e);
	cr_assert_not_null(cs, "%s", e.text);
	json_object_set_new(world, "case", cs);
}

static bool lookup(void *ctx, const char *name, struct expr_arena *arena, struct expr_value *ret)
{
	json_t *v = json_object_get(world, name);
	return v != NULL && field_value(v, name, arena, ret);
}

struct expr_vars fixture_vars(void)
{
	build_world();
	return (struct expr_vars){.lookup = lookup};
}

static const char *kind_name(enum expr_kind kind)
{
	static const char *const names[] = {"dyn", "error", "null", "bool", "int", "uint", "double",
		"decimal", "string", "bytes", "list", "map", "type", "timestamp", "duration"};
	return names[kind];
}

static char results[4][2048];
static unsigned turn;

static const char *show(const struct expr_value *v, struct expr_arena *arena)
{
	char *out = results[turn++ & 3];
	json_t *j = expr_value_to_json(v, arena);
	if (j == NULL) {
		snprintf(out, sizeof *results, "%s -", kind_name(v->kind));
		return out;
	}
	char *text = json_dumps(j, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15));
	if (v->kind == EXPR_LIST || v->kind == EXPR_MAP)
		snprintf(out, sizeof *results, "%s", text);
	else if (json_is_string(j))
		snprintf(out, sizeof *results, "%s %s", kind_name(v->kind), json_string_value(j));
	else
		snprintf(out, sizeof *results, "%s %s", kind_name(v->kind), text);
	free(text);
	json_decref(j);
	return out;
}

static const char *failed(const char *how, const anju_error *err)
{
	char *out = results[turn++ & 3];
	snprintf(out, sizeof *results, "%s %s: %s", how, err->id, err->found);
	return out;
}

static const char *eval_in(const char *text, bool unchecked)
{
	anju_error err = {0};
	ANJU_AUTO(expr_env) env = fixture_env(unchecked);
	ANJU_AUTO(expr_arena) arena = expr_arena_new();
	ANJU_AUTO(expr) e = NULL;
	if (expr_compile(env, text, EXPR_DYN, &e, &err) != ANJU_OK)
		return failed("invalid", &err);
	struct expr_vars vars = fixture_vars();
	struct expr_value v;
	anju_status st = expr_eval(e, &vars, EXPR_BUDGET_DEFAULT, arena, &v, &err);
	const char *ret = st == ANJU_OK ? show(&v, arena)
					: failed(st == ANJU_E_LIMIT ? "limit" : "refused", &err);
	json_decref(world);
	world = NULL;
	return ret;
}

const char *eval(const char *text)
{
	return eval_in(text, false);
}

const char *eval_unchecked(const char *text)
{
	return eval_in(text, true);
}

anju_error compile_error(const char *text, enum expr_kind want)
{
	anju_error err = {0};
	ANJU_AUTO(expr_env) env = fixture_env(false);
	ANJU_AUTO(expr) e = NULL;
	assert_status(expr_compile(env, text, want, &e, &err), ANJU_E_INVALID);
	cr_assert_null(e);
	return err;
}

static const char *label(void *ctx, const char *path, const char *value, enum lang lang)
{
	if (value != NULL && (strcmp(path, "case.kind") != 0 || strcmp(value, "yurt") != 0))
		return NULL;
	if (value != NULL)
		return lang == LANG_ZH ? "毡房" : "felt tent";
	if (lang != LANG_ZH)
		return NULL;
	if (strcmp(path, "case.area_m2") == 0)
		return "住房面积";
	if (strcmp(path, "case.persons") == 0)
		return "人口";
	if (strcmp(path, "rules.area.max") == 0)
		return "人均面积上限";
	return NULL;
}

const char *explain(const char *text, enum lang lang)
{
	anju_error err = {0};
	ANJU_AUTO(expr_env) env = fixture_env(false);
	ANJU_AUTO(expr) e = NULL;
	assert_ok(expr_compile(env, text, EXPR_BOOL, &e, &err), err);
	struct expr_vars vars = fixture_vars();
	ANJU_AUTO_BUF b = BUF_INIT;
	expr_explain(e, &vars, EXPR_BUDGET_DEFAULT, lang, label, NULL, &b);
	json_decref(world);
	world = NULL;
	char *out = results[turn++ & 3];
	snprintf(out, sizeof *results, "%s", b.data != NULL ? b.data : "");
	return out;
}
