#include <stdlib.h>
#include <string.h>

#include "rpc/quick.h"
#include "unit/support.h"

/* Lines that are taken: order, blanks, every member. */
static const char *const plain[] = {
	"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"case.send\",\"params\":{\"case\":\"visit/"
	"a\",\"event\":\"e\"}}",
	" { \"params\" : { \"event\" : \"e\" , \"case\":\"visit/a/b\" } , "
	"\"method\":\"case.send\",\"id\" : \"x-1\","
	"\"jsonrpc\":\"2.0\"}\r",
	"{\"jsonrpc\":\"2.0\",\"id\":999999999999999999,\"method\":\"case.open\",\"params\":{"
	"\"workflow\":\"visit\","
	"\"key\":\"k\",\"data\":{\"a\":[1,{\"b\":\"}]\\\"\\\\\"}],\"名\":\"值\"},\"docs\":[{"
	"\"kind\":\"x\"}],"
	"\"as\":\"610322.land/王\",\"idempotency_key\":\"i\",\"expect_rev\":0,\"dry_run\":true,"
	"\"effective_at\":\"2017-08-16\",\"reason\":\"理由\"}}",
	"{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"case.send\",\"params\":{\"case\":\"\","
	"\"event\":\"\",\"data\":{},"
	"\"docs\":[],\"dry_run\":false,\"expect_rev\":12}}",
};
#define PLAIN_COUNT (sizeof plain / sizeof plain[0])

/* Lines that are left to the full parser, valid or not. */
#define SEND(id, more)                                                                             \
	"{\"jsonrpc\":\"2.0\"," id                                                                 \
	"\"method\":\"case.send\",\"params\":{\"case\":\"v/a\",\"event\":\"e\"" more "}}"
static const char *const left[] = {
	"",
	"{",
	"{}",
	"[]",
	SEND("", ""),
	SEND("\"id\":null,", ""),
	SEND("\"id\":01,", ""),
	SEND("\"id\":-1,", ""),
	SEND("\"id\":1.0,", ""),
	SEND("\"id\":1e3,", ""),
	SEND("\"id\":\"a\\n\",", ""),
	SEND("\"id\":\"0123456789012345678901234567890123456789\",", ""),
	SEND("\"id\":1,\"id\":2,", ""),
	SEND("\"id\":1,\"more\":2,", ""),
	SEND("\"id\":1,", ",\"event\":\"f\""),
	SEND("\"id\":1,", ",\"key\":\"k\""),
	SEND("\"id\":1,", ",\"as\":null"),
	SEND("\"id\":1,", ",\"as\":\"\\u0041\""),
	SEND("\"id\":1,", ",\"as\":\"\xff\""),
	SEND("\"id\":1,", ",\"as\":7"),
	SEND("\"id\":1,", ",\"data\":[]"),
	SEND("\"id\":1,", ",\"data\":{]"),
	SEND("\"id\":1,", ",\"data\":{\"a\":}"),
	SEND("\"id\":1,", ",\"data\":{},\"data\":{}"),
	SEND("\"id\":1,", ",\"data\":{\"a\":\"b\\"),
	SEND("\"id\":1,", ",\"docs\":{}"),
	SEND("\"id\":1,", ",\"expect_rev\":-1"),
	SEND("\"id\":1,", ",\"dry_run\":truer"),
	SEND("\"id\":1,", ",\"dry_run\":1"),
	SEND("\"id\":1,", ",\"unknown\":1"),
	SEND("\"id\":1,", ","),
	SEND("\"id\":1,", "") "x",
	SEND("\"id\":1,", "") "{}",
	("{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"case.send\",\"params\":{\"case\":\"v/"
	 "a\",\"event\":\"e\"}}"),
	"{\"id\":1,\"method\":\"case.send\",\"params\":{\"case\":\"v/a\",\"event\":\"e\"}}",
	"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"case.get\",\"params\":{\"case\":\"v/a\"}}",
	"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"case.send\",\"params\":{\"case\":\"v/a\"}}",
	"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"case.open\",\"params\":{\"key\":\"k\"}}",
	"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"case.send\"}",
};

static void same_string(const json_t *params, const char *name, const char *got, const char *line)
{
	const char *want = json_string_value(json_object_get(params, name));
	cr_assert((want == NULL) == (got == NULL), "%s of %s", name, line);
	if (want != NULL)
		cr_assert_str_eq(got, want, "%s of %s", name, line);
}

static void same_value(const json_t *params, const char *name, const json_t *got, const char *line)
{
	const json_t *want = json_object_get(params, name);
	cr_assert((want == NULL && got == NULL) || json_equal(want, got), "%s of %s", name, line);
}

/* What was scanned is what the full parser reads. */
static void compare(const struct quick *q, const char *line, size_t n)
{
	json_error_t bad;
	json_t *v = json_loadb(line, n, JSON_REJECT_DUPLICATES, &bad);
	cr_assert_not_null(v, "scanned, but no JSON: %.*s (%s)", (int)n, line, bad.text);
	json_t *id = json_loadb(q->id, q->id_len, JSON_DECODE_ANY, NULL);
	cr_assert(json_equal(id, json_object_get(v, "id")), "%.*s", (int)n, line);
	cr_assert_str_eq(json_string_value(json_object_get(v, "jsonrpc")), "2.0");
	cr_assert_str_eq(json_string_value(json_object_get(v, "method")), q->method);
	cr_assert_eq(json_object_size(v), 4);
	const json_t *params = json_object_get(v, "params");
	same_string(params, "case", q->case_name, line);
	same_string(params, "event", q->event, line);
	same_string(params, "workflow", q->workflow, line);
	same_string(params, "key", q->key, line);
	same_string(params, "as", q->as, line);
	same_string(params, "idempotency_key", q->idem, line);
	same_string(params, "reason", q->reason, line);
	same_string(params, "effective_at", q->effective_at, line);
	same_value(params, "data", q->data, line);
	same_value(params, "docs", q->docs, line);
	const json_t *rev = json_object_get(params, "expect_rev");
	cr_assert_eq(rev != NULL ? json_integer_value(rev) : -1, q->expect_rev);
	cr_assert_eq(json_is_true(json_object_get(params, "dry_run")), q->dry_run);
	json_decref(id);
	json_decref(v);
}

ANJU_TEST(quick, plain_lines_are_taken_as_the_parser_reads_them)
{
	for (size_t i = 0; i < PLAIN_COUNT; i++) {
		struct quick q;
		cr_assert(quick_scan(plain[i], strlen(plain[i]), &q), "%s", plain[i]);
		compare(&q, plain[i], strlen(plain[i]));
		quick_done(&q);
	}
}

ANJU_TEST(quick, all_else_is_left)
{
	for (size_t i = 0; i < sizeof left / sizeof left[0]; i++) {
		struct quick q;
		cr_assert_not(quick_scan(left[i], strlen(left[i]), &q), "%s", left[i]);
		cr_assert(q.text == NULL && q.data == NULL && q.docs == NULL);
	}
	struct quick q;
	char nul[] = SEND("\"id\":1,", "") "\0x";
	cr_assert_not(quick_scan(nul, sizeof nul - 1, &q));
}

/* Bytes changed at random: what is still taken must be JSON and mean the same. */
ANJU_TEST(quick, agrees_with_the_parser_on_damaged_lines, .timeout = 120)
{
	static const char bytes[] = "\"\\{}[],:0129-.eE tfn/ax\x80\xc3\xe5\x01\x7f";
	srandom(20170816);
	int taken = 0;
	for (int round = 0; round < 60000; round++) {
		char line[512];
		size_t n = strlen(plain[round % PLAIN_COUNT]);
		memcpy(line, plain[round % PLAIN_COUNT], n);
		for (long k = random() % 3 + 1; k > 0; k--) {
			size_t at = (size_t)random() % n;
			char c = bytes[(size_t)random() % (sizeof bytes - 1)];
			switch (random() % 3) {
			case 0:
				line[at] = c;
				break;
			case 1: /* out */
				memmove(line + at, line + at + 1, --n - at);
				break;
			default: /* in */
				memmove(line + at + 1, line + at, n++ - at);
				line[at] = c;
				break;
			}
		}
		/* Exactly as long as it is, so that reading past the end is seen. */
		char *exact = malloc(n);
		memcpy(exact, line, n);
		struct quick q;
		if (quick_scan(exact, n, &q)) {
			compare(&q, exact, n);
			quick_done(&q);
			taken++;
		}
		free(exact);
	}
	cr_assert(taken > 1000, "%d", taken);
}
