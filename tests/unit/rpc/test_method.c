#include <string.h>

#include "base/buf.h"
#include "rpc/discover.h"
#include "rpc/method.h"
#include "rpc/reply.h"
#include "unit/support.h"

static json_t *parse(const char *text)
{
	json_error_t bad;
	json_t *v = json_loads(text, 0, &bad);
	cr_assert_not_null(v, "%s: %s", bad.text, text);
	return v;
}

ANJU_TEST(method, is_found_by_name)
{
	method_index_build();
	for (size_t i = 0; i < method_count(); i++) {
		const char *name = method_at(i)->name;
		cr_assert_eq(method_find(name, strlen(name)), method_at(i), "%s", name);
	}
	cr_assert_null(method_find("case.sen", 8));
	cr_assert_null(method_find("case.sendx", 10));
	cr_assert_null(method_find("", 0));
	cr_assert_null(method_at(method_count()));
}

/* Each row is whole: a handler of its kind, both languages, required parameters first seen. */
ANJU_TEST(method, rows_are_whole)
{
	for (size_t i = 0; i < method_count(); i++) {
		const struct method *m = method_at(i);
		cr_assert_eq(m->kind == METHOD_WRITE, m->write != NULL, "%s", m->name);
		cr_assert_eq(m->kind == METHOD_READ, m->read != NULL, "%s", m->name);
		cr_assert_eq(m->kind == METHOD_LOCAL, m->local != NULL, "%s", m->name);
		cr_assert(m->zh != NULL && m->en != NULL, "%s", m->name);
		for (size_t p = 0; p < m->params_len; p++) {
			const struct param *param = &m->params[p];
			cr_assert(param->name != NULL && param->zh != NULL && param->en != NULL,
				"%s parameter %zu", m->name, p);
			for (size_t q = 0; q < p; q++)
				cr_assert_str_neq(param->name, m->params[q].name);
		}
	}
}

static void check_fails(const char *method, const char *params, const char *id, const char *where)
{
	anju_error err = {0};
	json_t *arg[METHOD_PARAMS_MAX];
	const char *as;
	json_t *v = parse(params);
	const struct method *m = method_find(method, strlen(method));
	assert_status(method_check(m, v, arg, &as, &err), ANJU_E_INVALID);
	cr_assert_str_eq(err.id, id);
	cr_assert_str_eq(err.where, where);
	cr_assert(err.allowed[0] != '\0');
	json_decref(v);
}

ANJU_TEST(method, parameters_are_checked)
{
	method_index_build();
	check_fails("case.send", "{\"case\":\"a/b\",\"event\":\"e\",\"evnt\":1}",
		"rpc.param_unknown", "/evnt");
	check_fails("case.send", "{\"case\":\"a/b\"}", "rpc.param_missing", "/event");
	check_fails(
		"case.send", "{\"case\":\"a/b\",\"event\":null}", "rpc.param_missing", "/event");
	check_fails("case.send", "{\"case\":7,\"event\":\"e\"}", "rpc.param_type", "/case");
	check_fails("case.send", "{\"case\":\"a/b\",\"event\":\"e\",\"data\":[]}", "rpc.param_type",
		"/data");
	check_fails("case.send", "{\"case\":\"a/b\",\"event\":\"e\",\"expect_rev\":1.5}",
		"rpc.param_type", "/expect_rev");
	check_fails("case.list", "{\"done\":1}", "rpc.param_type", "/done");
	check_fails("deadline.list", "{\"status\":\"late\"}", "rpc.param_value", "/status");
}

ANJU_TEST(method, parameters_are_sorted)
{
	anju_error err;
	json_t *arg[METHOD_PARAMS_MAX];
	const char *as = "x";
	method_index_build();
	const struct method *m = method_find("case.send", 9);
	json_t *v = parse("{\"as\":\"u/o\",\"event\":\"e\",\"reason\":null,\"case\":\"a/b\"}");
	assert_ok(method_check(m, v, arg, &as, &err), err);
	cr_assert_str_eq(as, "u/o");
	cr_assert_str_eq(arg_string(arg[0]), "a/b");
	cr_assert_str_eq(arg_string(arg[1]), "e");
	json_decref(v);
	m = method_find("clock.get", 9);
	assert_ok(method_check(m, NULL, arg, &as, &err), err);
	cr_assert_null(as);
}

ANJU_TEST(method, cursors)
{
	anju_error err = {0};
	int64_t v[2] = {7, 7};
	assert_ok(arg_cursor(NULL, v, 2, &err), err);
	cr_assert(v[0] == 0 && v[1] == 0);
	json_t *arg = json_string("1504195200000:12");
	assert_ok(arg_cursor(arg, v, 2, &err), err);
	cr_assert(v[0] == 1504195200000 && v[1] == 12);
	assert_status(arg_cursor(arg, v, 1, &err), ANJU_E_INVALID);
	cr_assert_str_eq(err.id, "rpc.cursor");
	json_decref(arg);
	arg = json_integer(5);
	assert_ok(arg_cursor(arg, v, 1, &err), err);
	cr_assert_eq(v[0], 5);
	json_decref(arg);
	static const char *const bad[] = {"", "x", "12:", "-1", "1:2:3", "12 "};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		arg = json_string(bad[i]);
		cr_assert_eq(arg_cursor(arg, v, i == 2 || i == 4 ? 2 : 1, &err), ANJU_E_INVALID,
			"%s", bad[i]);
		json_decref(arg);
	}
}

ANJU_TEST(method, limits_and_case_names)
{
	anju_error err = {0};
	int limit = 0;
	assert_ok(arg_limit(NULL, &limit, &err), err);
	cr_assert_eq(limit, 100);
	static const int bad_limits[] = {0, -1, 1001};
	for (size_t i = 0; i < 3; i++) {
		json_t *arg = json_integer(bad_limits[i]);
		assert_status(arg_limit(arg, &limit, &err), ANJU_E_INVALID);
		json_decref(arg);
	}
	char workflow[8];
	const char *key;
	json_t *arg = json_string("visit/a/b");
	assert_ok(arg_case(arg, workflow, sizeof workflow, &key, &err), err);
	cr_assert_str_eq(workflow, "visit");
	cr_assert_str_eq(key, "a/b");
	json_decref(arg);
	static const char *const bad[] = {"visit", "/a", "visit/", "toolongname/a", ""};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		arg = json_string(bad[i]);
		assert_status(arg_case(arg, workflow, sizeof workflow, &key, &err), ANJU_E_INVALID);
		cr_assert_str_eq(err.id, "rpc.case_ref");
		json_decref(arg);
	}
}

ANJU_TEST(reply, codes_follow_the_status)
{
	cr_assert_eq(reply_code(ANJU_E_INVALID), -32602);
	cr_assert_eq(reply_code(ANJU_E_NOTFOUND), -32004);
	cr_assert_eq(reply_code(ANJU_E_EXISTS), -32005);
	cr_assert_eq(reply_code(ANJU_E_DENIED), -32006);
	cr_assert_eq(reply_code(ANJU_E_REFUSED), -32007);
	cr_assert_eq(reply_code(ANJU_E_CONFLICT), -32008);
	cr_assert_eq(reply_code(ANJU_E_BUSY), -32009);
	cr_assert_eq(reply_code(ANJU_E_IO), -32010);
	cr_assert_eq(reply_code(ANJU_E_FULL), -32010);
	cr_assert_eq(reply_code(ANJU_E_PLUGIN), -32000);
}

ANJU_TEST(reply, error_merges_what_the_refusal_explains)
{
	anju_error err = {.status = ANJU_E_REFUSED, .id = "rpc.clock_wall", .found = "a \"b\""};
	json_t *data = parse(
		"{\"from\":[\"x\"],\"status\":\"forged\",\"text\":{\"zh\":\"甲\",\"en\":\"A\"}}");
	ANJU_AUTO_BUF out = BUF_INIT;
	reply_error(&out, "17", 2, 0, &err, data);
	json_t *v = parse(out.data);
	json_t *got = json_object_get(json_object_get(v, "error"), "data");
	cr_assert_eq(json_integer_value(json_object_get(v, "id")), 17);
	cr_assert_str_eq(json_string_value(json_object_get(got, "status")), "E_REFUSED");
	cr_assert_str_eq(json_string_value(json_object_get(got, "found")), "a \"b\"");
	cr_assert_eq(json_array_size(json_object_get(got, "from")), 1);
	cr_assert_str_eq(
		json_string_value(json_object_get(json_object_get(got, "text"), "zh")), "甲");
	json_decref(v);
	json_decref(data);
}

ANJU_TEST(reply, busy_says_when_to_come_again)
{
	anju_error err = {.status = ANJU_E_BUSY, .id = "engine.busy"};
	ANJU_AUTO_BUF out = BUF_INIT;
	reply_error(&out, "null", 4, 0, &err, NULL);
	json_t *v = parse(out.data);
	json_t *data = json_object_get(json_object_get(v, "error"), "data");
	cr_assert(json_integer_value(json_object_get(data, "retry_after_ms")) > 0);
	cr_assert(json_is_null(json_object_get(v, "id")));
	json_decref(v);
}

ANJU_TEST(reply, words_become_arrays)
{
	static const struct {
		const char *in, *out;
		char stop;
	} cases[] = {
		{"a.b c|h=x", "{\"w\":[\"a.b\",\"c\"]}", '|'},
		{"", "{\"w\":[]}", '|'},
		{NULL, "{\"w\":[]}", '\0'},
		{" a  b ", "{\"w\":[\"a\",\"b\"]}", '\0'},
		{"|!", "{\"w\":[]}", '|'},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		ANJU_AUTO_BUF out = BUF_INIT;
		buf_addc(&out, '{');
		out_words(&out, "w", cases[i].in, cases[i].stop);
		buf_addc(&out, '}');
		cr_assert_str_eq(out.data, cases[i].out);
	}
}

/* The document says of every method what the dispatcher knows. */
ANJU_TEST(discover, describes_every_method)
{
	ANJU_AUTO_BUF out = BUF_INIT;
	discover_write(&out, "1.2.3");
	json_t *doc = parse(out.data);
	cr_assert_str_eq(json_string_value(json_object_get(doc, "openrpc")), "1.2.6");
	json_t *list = json_object_get(doc, "methods");
	cr_assert_eq(json_array_size(list), method_count());
	for (size_t i = 0; i < method_count(); i++) {
		const struct method *m = method_at(i);
		json_t *one = json_array_get(list, i);
		cr_assert_str_eq(json_string_value(json_object_get(one, "name")), m->name);
		json_t *params = json_object_get(one, "params");
		cr_assert_eq(json_array_size(params), m->params_len);
		for (size_t p = 0; p < m->params_len; p++) {
			json_t *param = json_array_get(params, p);
			cr_assert_eq(json_is_true(json_object_get(param, "required")),
				m->params[p].required);
			cr_assert_not_null(
				json_object_get(json_object_get(param, "schema"), "type"));
		}
		cr_assert_not_null(json_object_get(json_object_get(one, "result"), "schema"));
	}
	json_decref(doc);
}
