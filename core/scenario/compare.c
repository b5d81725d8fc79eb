/* Expected against actual: the case. */
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "scenario/impl.h"

static bool holds(const json_t *list, const json_t *value)
{
	size_t i;
	json_t *v;
	json_array_foreach((json_t *)list, i, v) {
		if (json_equal(v, value))
			return true;
	}
	return false;
}

/* Items of `a` that are not in `b`. */
static json_t *without(const json_t *a, const json_t *b)
{
	json_t *rest = json_array(), *v;
	size_t i;
	json_array_foreach((json_t *)a, i, v) {
		if (!holds(b, v))
			json_array_append(rest, v);
	}
	return rest;
}

static void add_list(struct buf *out, const char *before, const json_t *list)
{
	size_t i;
	json_t *v;
	json_array_foreach((json_t *)list, i, v) {
		buf_adds(out, i == 0 ? before : " ");
		buf_adds(out, json_string_value(v) != NULL ? json_string_value(v) : "…");
	}
}

static json_t *difference(const json_t *missing, const json_t *extra)
{
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT;
	add_list(&zh, "缺少：", missing);
	add_list(&en, "missing: ", missing);
	if (json_array_size(missing) > 0 && json_array_size(extra) > 0) {
		buf_adds(&zh, "；");
		buf_adds(&en, "; ");
	}
	add_list(&zh, "多出：", extra);
	add_list(&en, "too much: ", extra);
	return json_pack("{s:s, s:s}", "zh", zh.data, "en", en.data);
}

void compare_sets(struct run *run, const struct json_at *at, const char *zh, const char *en,
	const json_t *expected, const json_t *actual)
{
	ANJU_AUTO_JSON *missing = without(expected, actual);
	ANJU_AUTO_JSON *extra = without(actual, expected);
	if (json_array_size(missing) + json_array_size(extra) > 0)
		run_failed(run, at, zh, en, json_incref((json_t *)expected),
			json_incref((json_t *)actual), difference(missing, extra));
}

void compare_some(struct run *run, const struct json_at *at, const char *zh, const char *en,
	const json_t *expected, const json_t *actual)
{
	ANJU_AUTO_JSON *missing = without(expected, actual);
	ANJU_AUTO_JSON *extra = json_array();
	if (json_array_size(missing) > 0)
		run_failed(run, at, zh, en, json_incref((json_t *)expected),
			json_incref((json_t *)actual), difference(missing, extra));
}

static void compare_none(struct run *run, const struct json_at *at, const char *zh, const char *en,
	const json_t *forbidden, const json_t *actual)
{
	ANJU_AUTO_JSON *missing = json_array();
	ANJU_AUTO_JSON *extra = json_array();
	size_t i;
	json_t *v;
	json_array_foreach((json_t *)forbidden, i, v) {
		if (holds(actual, v))
			json_array_append(extra, v);
	}
	if (json_array_size(extra) > 0)
		run_failed(run, at, zh, en, json_incref((json_t *)forbidden),
			json_incref((json_t *)actual), difference(missing, extra));
}

static void compare_value(struct run *run, const struct json_at *at, const char *zh, const char *en,
	const json_t *expected, json_t *actual_taken)
{
	ANJU_AUTO_JSON *actual = actual_taken != NULL ? actual_taken : json_null();
	if (!json_equal(expected, actual))
		run_failed(run, at, zh, en, json_incref((json_t *)expected), json_incref(actual),
			NULL);
}

/* --- the members --- */

static json_t *keys_of(const json_t *obj)
{
	json_t *list = json_array(), *v;
	const char *name;
	json_object_foreach((json_t *)obj, name, v)
		json_array_append_new(list, json_string(name));
	return list;
}

static void compare_states(
	struct run *run, const json_t *expect, const struct json_at *at, const json_t *cs)
{
	const json_t *states = json_object_get(expect, "states");
	const json_t *in = json_object_get(expect, "in"), *out = json_object_get(expect, "not_in");
	const json_t *active = json_object_get(cs, "active");
	struct json_at states_at = JSON_AT_KEY(at, "states"), in_at = JSON_AT_KEY(at, "in"),
		       out_at = JSON_AT_KEY(at, "not_in");
	if (states != NULL)
		compare_sets(
			run, &states_at, "状态", "states", states, json_object_get(cs, "states"));
	if (in != NULL)
		compare_some(run, &in_at, "应处于的状态", "states it is in", in, active);
	if (out != NULL)
		compare_none(run, &out_at, "不应处于的状态", "states it is not in", out, active);
}

static void compare_fields(
	struct run *run, const json_t *expect, const struct json_at *at, const json_t *cs)
{
	struct json_at place = JSON_AT_KEY(at, "fields");
	const char *name;
	json_t *v;
	json_object_foreach(json_object_get(expect, "fields"), name, v) {
		struct json_at here = JSON_AT_KEY(&place, name);
		compare_value(run, &here, "字段", "field", v,
			json_incref(json_object_get(json_object_get(cs, "data"), name)));
	}
}

static void compare_plain(
	struct run *run, const json_t *expect, const struct json_at *at, const json_t *cs)
{
	const json_t *phase = json_object_get(expect, "phase"),
		     *done = json_object_get(expect, "done"),
		     *docs = json_object_get(expect, "docs"),
		     *locked = json_object_get(expect, "locked");
	struct json_at phase_at = JSON_AT_KEY(at, "phase"), done_at = JSON_AT_KEY(at, "done"),
		       docs_at = JSON_AT_KEY(at, "docs"), locked_at = JSON_AT_KEY(at, "locked");
	if (phase != NULL)
		compare_value(run, &phase_at, "阶段", "phase", phase,
			json_incref(json_object_get(cs, "phase")));
	if (done != NULL)
		compare_value(run, &done_at, "是否办结", "whether it is over", done,
			json_incref(json_object_get(cs, "done")));
	ANJU_AUTO_JSON *held = keys_of(json_object_get(cs, "docs"));
	if (docs != NULL)
		compare_some(run, &docs_at, "材料", "documents held", docs, held);
	if (locked != NULL)
		compare_sets(run, &locked_at, "已锁定的字段", "locked fields", locked,
			json_object_get(cs, "locks"));
}

/* Names of the events that somebody could send. */
static anju_status possible_now(struct run *run, const char *name, json_t **ret, anju_error *err)
{
	ANJU_AUTO_JSON *all = NULL;
	anju_status st = sandbox_possible(run->sb, name, &all, err);
	if (st != ANJU_OK)
		return st;
	json_t *list = json_array(), *v;
	size_t i;
	json_array_foreach(all, i, v)
		json_array_append(list, json_object_get(v, "event"));
	*ret = list;
	return ANJU_OK;
}

static anju_status compare_possible(struct run *run, const char *name, const json_t *expect,
	const struct json_at *at, anju_error *err)
{
	const json_t *possible = json_object_get(expect, "possible");
	const json_t *impossible = json_object_get(expect, "impossible");
	struct json_at possible_at = JSON_AT_KEY(at, "possible"),
		       impossible_at = JSON_AT_KEY(at, "impossible");
	ANJU_AUTO_JSON *now = NULL;
	if (possible == NULL && impossible == NULL)
		return ANJU_OK;
	anju_status st = possible_now(run, name, &now, err);
	if (st != ANJU_OK)
		return st;
	if (possible != NULL)
		compare_some(run, &possible_at, "能办的事件", "possible events", possible, now);
	if (impossible != NULL)
		compare_none(
			run, &impossible_at, "不能办的事件", "impossible events", impossible, now);
	return ANJU_OK;
}

static anju_status compare_related(struct run *run, const char *name, const json_t *expect,
	const struct json_at *at, anju_error *err)
{
	json_t *related = json_object_get(expect, "related"), *v;
	const char *relation;
	ANJU_AUTO_JSON *all = NULL;
	if (related == NULL)
		return ANJU_OK;
	anju_status st = sandbox_related(run->sb, name, &all, err);
	if (st != ANJU_OK)
		return st;
	struct json_at place = JSON_AT_KEY(at, "related");
	json_object_foreach(related, relation, v) {
		struct json_at here = JSON_AT_KEY(&place, relation);
		compare_sets(run, &here, "关联的个案", "related cases", v,
			json_object_get(all, relation));
	}
	return ANJU_OK;
}

/* --- a case, and others --- */

static anju_status load(
	struct run *run, const char *name, const struct json_at *at, json_t **ret, anju_error *err)
{
	anju_error why = {0};
	anju_status st = sandbox_case(run->sb, name, ret, &why);
	if (st == ANJU_E_NOTFOUND) {
		run_failed(run, at, "个案", "case", json_string(name), NULL, NULL);
		return ANJU_OK;
	}
	if (st != ANJU_OK && err != NULL)
		*err = why;
	return st;
}

anju_status compare_case(struct run *run, const char *name, const json_t *expect,
	const struct json_at *at, anju_error *err)
{
	ANJU_AUTO_JSON *cs = NULL;
	anju_status st = load(run, name, at, &cs, err);
	if (st != ANJU_OK || cs == NULL)
		return st;
	compare_states(run, expect, at, cs);
	compare_fields(run, expect, at, cs);
	compare_plain(run, expect, at, cs);
	st = compare_deadlines(run, name, expect, at, err);
	if (st == ANJU_OK)
		st = compare_possible(run, name, expect, at, err);
	return st == ANJU_OK ? compare_related(run, name, expect, at, err) : st;
}

static anju_status compare_absent(
	struct run *run, const char *name, const struct json_at *at, anju_error *err)
{
	ANJU_AUTO_JSON *cs = NULL;
	anju_status st = sandbox_case(run->sb, name, &cs, err);
	if (st == ANJU_E_NOTFOUND)
		return ANJU_OK;
	if (st == ANJU_OK)
		run_failed(run, at, "个案", "case", NULL, json_string(name), NULL);
	return st;
}

static bool names_the_case(const json_t *expect)
{
	const char *name;
	json_t *v;
	json_object_foreach((json_t *)expect, name, v) {
		if (strcmp(name, "refused") != 0 && strcmp(name, "messages") != 0 &&
			strcmp(name, "cases") != 0)
			return true;
	}
	return false;
}

anju_status compare_expect(
	struct run *run, const json_t *expect, const struct json_at *at, anju_error *err)
{
	anju_status st = ANJU_OK;
	if (names_the_case(expect))
		st = compare_case(run, run->name, expect, at, err);
	if (st == ANJU_OK)
		st = compare_messages(run, expect, at, err);
	struct json_at place = JSON_AT_KEY(at, "cases");
	const char *name;
	json_t *v;
	json_object_foreach(json_object_get(expect, "cases"), name, v) {
		struct json_at here = JSON_AT_KEY(&place, name);
		if (st == ANJU_OK)
			st = json_is_null(v) ? compare_absent(run, name, &here, err)
					     : compare_case(run, name, v, &here, err);
	}
	return st;
}
