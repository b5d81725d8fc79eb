/** Any line for `anjuctl chart run`: one line of JSON comes back, and restarting between steps changes nothing. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "cli/chart_run.h"
#include "fuzz/fuzz.h"

static json_t *answer_to(const char *line, size_t n)
{
	static const struct chart_run_names names = {.event = "event", .context = "context"};
	ANJU_AUTO_BUF out = BUF_INIT;
	chart_run_answer(line, n, &names, &out);
	fuzz_assert(out.data != NULL && memchr(out.data, '\n', out.len) == NULL);
	json_t *json = json_loadb(out.data, out.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
	if (json == NULL)
		fuzz_failed(__FILE__, __LINE__, "no JSON: %s", out.data);
	return json;
}

static void check_result(const json_t *result)
{
	const json_t *states = json_object_get(result, "states");
	const char *status = json_string_value(json_object_get(result, "status"));
	fuzz_assert(json_is_array(states) && json_is_array(json_object_get(result, "trace")));
	fuzz_assert(status != NULL);
	bool error = strcmp(status, "error") == 0;
	fuzz_assert(error || strcmp(status, "active") == 0 || strcmp(status, "done") == 0);
	fuzz_assert(error || json_array_size(states) > 0);
}

/* The same request with a restart before each step and after the last. */
static void check_restarts(const json_t *request, const json_t *results)
{
	ANJU_AUTO_JSON *other = json_copy((json_t *)(uintptr_t)request);
	ANJU_AUTO_JSON *restart = json_pack("{s:b}", "restart", 1);
	json_t *steps = json_array(), *step;
	size_t i;
	json_array_append(steps, restart);
	json_array_foreach(json_object_get(request, "steps"), i, step) {
		json_array_append(steps, step);
		json_array_append(steps, restart);
	}
	json_object_set_new(other, "steps", steps);
	ANJU_AUTO_MEM char *line = json_dumps(other, JSON_COMPACT | JSON_REAL_PRECISION(17));
	ANJU_AUTO_JSON *answer = answer_to(line, strlen(line));
	const json_t *all = json_object_get(answer, "results");
	fuzz_assert(json_array_size(all) == 2 * json_array_size(results));
	for (i = 0; i < json_array_size(results); i++) {
		const json_t *result = json_array_get(results, i);
		if (!json_equal(result, json_array_get(all, 2 * i)))
			fuzz_failed(__FILE__, __LINE__, "result %zu is another after a restart", i);
		fuzz_assert(json_equal(json_object_get(result, "states"),
			json_object_get(json_array_get(all, 2 * i + 1), "states")));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *line = (const char *)data;
	ANJU_AUTO_JSON *request = json_loadb(line, n, JSON_REJECT_DUPLICATES, NULL);
	ANJU_AUTO_JSON *answer = answer_to(line, n);
	ANJU_AUTO_JSON *again = answer_to(line, n);
	fuzz_assert(json_is_object(answer) && json_equal(answer, again));
	const json_t *id = json_object_get(request, "id");
	fuzz_assert(json_equal(json_object_get(answer, "id"), id) || !json_is_string(id));
	const json_t *results = json_object_get(answer, "results"), *result;
	const char *error = json_string_value(json_object_get(answer, "error"));
	fuzz_assert((results != NULL) != (error != NULL && error[0] != '\0'));
	if (results == NULL)
		return 0;
	size_t i;
	fuzz_assert(
		json_array_size(results) == json_array_size(json_object_get(request, "steps")) + 1);
	json_array_foreach(results, i, result)
		check_result(result);
	check_restarts(request, results);
	return 0;
}
