#include <stdlib.h>

#include "cli/expr_run.h"
#include "unit/support.h"

static void answers(const char *request, const char *want)
{
	ANJU_AUTO_BUF b = BUF_INIT;
	expr_run_answer(request, strlen(request), &b);
	cr_expect_str_eq(b.data, want, "%s\n   is %s\n want %s", request, b.data, want);
}

ANJU_TEST(expr_run, values_carry_their_type)
{
	answers("{\"id\":\"1\",\"expr\":\"1 + 2\",\"bindings\":{}}",
		"{\"id\":\"1\",\"value\":{\"int\":\"3\"}}");
	answers("{\"id\":\"2\",\"expr\":\"[1.5, -0.0, 0.0/0.0, -1.0/0.0, 3u, b'\\\\xff', null, "
		"true, int]\"}",
		"{\"id\":\"2\",\"value\":{\"list\":[{\"double\":1.5},{\"double\":\"-0\"},{"
		"\"double\":\"NaN\"},"
		"{\"double\":\"-Infinity\"},{\"uint\":\"3\"},{\"bytes\":\"/w==\"},{\"null\":null},"
		"{\"bool\":true},{\"type\":\"int\"}]}}");
	answers("{\"id\":\"3\",\"expr\":\"{1: duration('-1.5s'), 'b': timestamp(0)}\"}",
		"{\"id\":\"3\",\"value\":{\"map\":[[{\"int\":\"1\"},{\"duration\":{\"seconds\":\"-"
		"1\","
		"\"nanos\":-500000000}}],[{\"string\":\"b\"},{\"timestamp\":{\"seconds\":\"0\","
		"\"nanos\":0}}]]}}");
}

ANJU_TEST(expr_run, bindings)
{
	static const char *const same[] = {"{\"int\":\"-9223372036854775808\"}",
		"{\"uint\":\"18446744073709551615\"}", "{\"double\":\"Infinity\"}",
		"{\"double\":\"NaN\"}", "{\"double\":\"-0\"}", "{\"double\":2.5}",
		"{\"bytes\":\"\"}", "{\"bytes\":\"YWI=\"}", "{\"string\":\"a\\u0000b\"}",
		"{\"null\":null}", "{\"bool\":false}", "{\"type\":\"map\"}",
		"{\"list\":[{\"int\":\"1\"},{\"list\":[]}]}",
		"{\"map\":[[{\"bool\":true},{\"map\":[]}]]}",
		"{\"timestamp\":{\"seconds\":\"-5\",\"nanos\":7}}", "{\"decimal\":\"1.5\"}",
		"{\"decimal\":\"-100/3\"}", "{\"duration\":{\"seconds\":\"0\",\"nanos\":-7}}"};
	for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
		char request[300], want[300];
		snprintf(request, sizeof request,
			"{\"id\":7,\"expr\":\"x\",\"bindings\":{\"x\":%s}}", same[i]);
		snprintf(want, sizeof want, "{\"id\":7,\"value\":%s}", same[i]);
		answers(request, want);
	}
	answers("{\"id\":1,\"expr\":\"a.b.c\",\"bindings\":{\"a.b\":{\"map\":[[{\"string\":\"c\"},"
		"{\"int\":\"5\"}]]}}}",
		"{\"id\":1,\"value\":{\"int\":\"5\"}}");
}

static void fails(const char *request)
{
	ANJU_AUTO_BUF b = BUF_INIT;
	expr_run_answer(request, strlen(request), &b);
	cr_expect_not_null(strstr(b.data, "\"error\":\""), "%s: %s", request, b.data);
	cr_expect_null(strstr(b.data, "\"value\":"), "%s: %s", request, b.data);
}

ANJU_TEST(expr_run, what_fails_is_an_answer)
{
	fails("garbage");
	fails("[]");
	fails("{}");
	fails("{\"id\":1,\"expr\":5}");
	fails("{\"id\":1,\"expr\":\"1 +\"}");
	fails("{\"id\":1,\"expr\":\"1 / 0\"}");
	fails("{\"id\":1,\"expr\":\"nobody\"}");
	static const char *const bad[] = {"5", "{}", "{\"int\":3}", "{\"int\":\"3x\"}",
		"{\"int\":\"\"}", "{\"int\":\"9223372036854775808\"}", "{\"uint\":\"-1\"}",
		"{\"double\":\"x\"}", "{\"bytes\":\"a\"}", "{\"bytes\":\"a!bc\"}", "{\"list\":5}",
		"{\"map\":[[{\"int\":\"1\"}]]}", "{\"map\":[[{\"double\":1},{\"int\":\"1\"}]]}",
		"{\"type\":\"cat\"}", "{\"bool\":\"true\"}", "{\"timestamp\":{\"seconds\":5}}",
		"{\"cat\":1}", "{\"int\":\"1\",\"uint\":\"1\"}",
		"{\"map\":[[{\"int\":\"1\"},{\"int\":\"1\"}],[{\"uint\":\"1\"},{\"int\":\"1\"}]]}"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char request[300];
		snprintf(request, sizeof request,
			"{\"id\":7,\"expr\":\"1\",\"bindings\":{\"x\":%s}}", bad[i]);
		fails(request);
	}
}

ANJU_TEST(expr_run, lines_are_answered_in_order)
{
	char input[] = "{\"id\":1,\"expr\":\"1\"}\n\n?\n{\"id\":2,\"expr\":\"2\"}";
	char *text = NULL;
	size_t n = 0;
	FILE *in = fmemopen(input, sizeof input - 1, "r");
	FILE *out = open_memstream(&text, &n);
	cr_assert_eq(expr_run_main(in, out), 0);
	(void)fclose(in);
	(void)fclose(out);
	cr_assert_str_eq(text, "{\"id\":1,\"value\":{\"int\":\"1\"}}\n"
			       "{\"id\":null,\"error\":\"not a JSON object\"}\n"
			       "{\"id\":2,\"value\":{\"int\":\"2\"}}\n");
	free(text);
}
