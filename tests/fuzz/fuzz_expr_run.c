/** Any line for `anjuctl expr run`: one line of JSON comes back, with a value that can be bound again. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/json.h"
#include "cli/expr_run.h"
#include "fuzz/fuzz.h"

static json_t *answer_to(const char *line, size_t n)
{
	ANJU_AUTO_BUF out = BUF_INIT;
	expr_run_answer(line, n, &out);
	fuzz_assert(!out.failed && out.data != NULL && memchr(out.data, '\n', out.len) == NULL);
	json_t *json = json_loadb(out.data, out.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
	if (json == NULL)
		fuzz_failed(__FILE__, __LINE__, "no JSON: %s", out.data);
	return json;
}

/* "x" with x bound to the value is the value. */
static void check_bound(json_t *value)
{
	ANJU_AUTO_JSON *request = json_pack(
		"{s:s, s:s, s:{s:O}}", "id", "again", "expr", "x", "bindings", "x", value);
	ANJU_AUTO_MEM char *line = json_dumps(request, JSON_COMPACT);
	ANJU_AUTO_JSON *answer = answer_to(line, strlen(line));
	if (!json_equal(json_object_get(answer, "value"), value))
		fuzz_failed(__FILE__, __LINE__, "bound again it is another: %s", line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *line = (const char *)data;
	ANJU_AUTO_JSON *request = json_loadb(line, n, JSON_ALLOW_NUL, NULL);
	ANJU_AUTO_JSON *answer = answer_to(line, n);
	ANJU_AUTO_JSON *again = answer_to(line, n);
	fuzz_assert(json_is_object(answer) && json_equal(answer, again));
	const json_t *id = json_object_get(request, "id");
	fuzz_assert(!json_is_string(id) || json_equal(json_object_get(answer, "id"), id));
	json_t *value = json_object_get(answer, "value");
	const char *error = json_string_value(json_object_get(answer, "error"));
	fuzz_assert((value != NULL) != (error != NULL && error[0] != '\0'));
	if (value != NULL)
		check_bound(value);
	return 0;
}
