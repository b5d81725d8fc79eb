/**
 * Any line on the socket: what the quick scanner takes, the full parser takes too and reads the same in it; the
 * parameters of every method are checked with a place; whatever is wrong becomes an answer that is JSON.
 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "fuzz/fuzz.h"
#include "rpc/method.h"
#include "rpc/quick.h"
#include "rpc/reply.h"

static void same_string(const json_t *params, const char *name, const char *got)
{
	const char *want = json_string_value(json_object_get(params, name));
	if ((want == NULL) != (got == NULL) || (want != NULL && strcmp(want, got) != 0))
		fuzz_failed(
			__FILE__, __LINE__, "%s is %s, and %s by the quick way", name, want, got);
}

static void check_quick(const struct quick *q, const char *line, size_t n)
{
	ANJU_AUTO_JSON *full = json_loadb(line, n, 0, NULL);
	fuzz_assert(json_is_object(full));
	const json_t *params = json_object_get(full, "params");
	same_string(full, "jsonrpc", "2.0");
	same_string(full, "method", q->method);
	same_string(params, "case", q->case_name);
	same_string(params, "event", q->event);
	same_string(params, "workflow", q->workflow);
	same_string(params, "key", q->key);
	same_string(params, "as", q->as);
	same_string(params, "idempotency_key", q->idem);
	same_string(params, "reason", q->reason);
	same_string(params, "effective_at", q->effective_at);
	const json_t *rev = json_object_get(params, "expect_rev");
	fuzz_assert(q->expect_rev == (rev != NULL ? json_integer_value(rev) : -1));
	fuzz_assert(q->dry_run == json_is_true(json_object_get(params, "dry_run")));
	const json_t *data = json_object_get(params, "data"),
		     *docs = json_object_get(params, "docs");
	fuzz_assert((data == NULL && q->data == NULL) || json_equal(data, q->data));
	fuzz_assert((docs == NULL && q->docs == NULL) || json_equal(docs, q->docs));
	/* what the full way would have refused */
	const struct method *method = method_find(q->method, strlen(q->method));
	json_t *arg[METHOD_PARAMS_MAX];
	const char *as;
	anju_error err;
	anju_status st = method_check(method, (json_t *)(uintptr_t)params, arg, &as, &err);
	if (st != ANJU_OK)
		fuzz_failed(__FILE__, __LINE__, "the full way: %s %s", err.id, err.where);
	ANJU_AUTO_MEM char *id = strndup(q->id, q->id_len);
	ANJU_AUTO_JSON *text = json_loads(id, JSON_DECODE_ANY, NULL);
	fuzz_assert(json_equal(text, json_object_get(full, "id")));
	fuzz_assert(q->id_len <= QUICK_ID_MAX);
}

/* The answer of an error is a line of JSON that says so. */
static void check_answer(anju_status st, const anju_error *err, const uint8_t *data, size_t n)
{
	fuzz_error(st, err, data, n);
	ANJU_AUTO_BUF out = BUF_INIT;
	reply_error(&out, "7", 1, 0, err, NULL);
	fuzz_assert(out.data != NULL && memchr(out.data, '\n', out.len) == NULL);
	ANJU_AUTO_JSON *answer = json_loadb(out.data, out.len, JSON_REJECT_DUPLICATES, NULL);
	if (answer == NULL)
		fuzz_failed(__FILE__, __LINE__, "no JSON: %s", out.data);
	const json_t *error = json_object_get(answer, "error");
	fuzz_assert(json_is_integer(json_object_get(error, "code")));
	fuzz_assert(json_is_string(json_object_get(error, "message")));
}

static void check_params(const struct method *method, json_t *params, const uint8_t *data, size_t n)
{
	json_t *arg[METHOD_PARAMS_MAX];
	const char *as = NULL, *key = NULL;
	anju_error err;
	anju_status st = method_check(method, params, arg, &as, &err);
	if (st != ANJU_OK) {
		check_answer(st, &err, data, n);
		return;
	}
	for (size_t i = 0; i < method->params_len; i++) {
		const char *name = method->params[i].name;
		int64_t cursor[2], ms;
		char workflow[32];
		int limit;
		st = ANJU_OK;
		if (strcmp(name, "after") == 0)
			st = arg_cursor(arg[i], cursor, 2, &err);
		else if (strcmp(name, "limit") == 0)
			st = arg_limit(arg[i], &limit, &err);
		else if (strcmp(name, "case") == 0 && arg[i] != NULL)
			st = arg_case(arg[i], workflow, sizeof workflow, &key, &err);
		else if (strcmp(name, "effective_at") == 0)
			st = arg_time(arg[i], name, &ms, &err);
		if (st != ANJU_OK)
			check_answer(st, &err, data, n);
	}
}

static void check_request(const json_t *request, const uint8_t *data, size_t n)
{
	const char *name = json_string_value(json_object_get(request, "method"));
	json_t *params = json_object_get(request, "params");
	if (name == NULL || (params != NULL && !json_is_object(params)))
		return;
	const struct method *method = method_find(name, strlen(name));
	if (method != NULL) {
		check_params(method, params, data, n);
		return;
	}
	for (size_t i = 0; i < method_count(); i++)
		check_params(method_at(i), params, data, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static bool ready;
	if (!ready)
		method_index_build();
	ready = true;
	const char *line = (const char *)data;
	struct quick q;
	if (memchr(data, '\n', n) != NULL)
		return 0; /* then it is two lines */
	if (quick_scan(line, n, &q)) {
		check_quick(&q, line, n);
		quick_done(&q);
	}
	ANJU_AUTO_JSON *request = json_loadb(line, n, 0, NULL);
	const json_t *one;
	size_t i;
	check_request(request, data, n);
	json_array_foreach(request, i, one)
		check_request(one, data, n);
	return 0;
}
