/**
 * A scenario file: every finding has sentences in both languages and a place in the document; what is sound is told to a
 * sandbox, ends the same each time, and each failure has its place, too.
 */
#include "scenario/scenario.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "fuzz/fuzz.h"

struct seen {
	const uint8_t *data;
	size_t n;
	const json_t *doc;
	size_t findings;
};

static void note(void *ctx, const anju_error *err)
{
	struct seen *seen = ctx;
	seen->findings++;
	fuzz_error(err->status, err, seen->data, seen->n);
	fuzz_pointer(seen->doc, err->where);
	fuzz_assert(strcmp(err->file, "county/scenarios/x.scenario.json") == 0);
}

static void free_world(void);

static struct sandbox_world *world(void)
{
	static struct sandbox_world w;
	static const char *const dirs[] = {NULL};
	if (w.packs != NULL)
		return &w;
	struct sandbox_world_options options = {
		.dir = FUZZ_SOURCE "/tests/data/engine", .plugin_dirs = dirs};
	fuzz_assert(sandbox_world_load(&options, &w, NULL) == ANJU_OK);
	atexit(free_world);
	return &w;
}

static void free_world(void)
{
	sandbox_world_done(world());
}

/* A story that goes on for centuries says no more than one of a year, and takes its time. */
static bool is_short(const uint8_t *data, size_t n)
{
	if (n > 8192 || fuzz_holds(data, n, "\"wait\"") || fuzz_holds(data, n, "\\u"))
		return false;
	for (size_t i = 0; i + 4 < n; i++) {
		bool year = data[i + 4] == '-';
		for (size_t k = 0; k < 4; k++)
			year = year && data[i + k] >= '0' && data[i + k] <= '9';
		if (year && memcmp(data + i, "2017", 4) != 0)
			return false;
	}
	return true;
}

static json_t *told(json_t *doc)
{
	struct scenario s = {.name = (char[]){"x"},
		.pack = (char[]){"county"},
		.file = (char[]){"county/scenarios/x.scenario.json"},
		.doc = doc};
	struct scenario_list list = {.items = &s, .len = 1};
	struct scenario_result result = {0};
	anju_error err;
	anju_status st = scenario_run(&list, &s, world(), NULL, &result, &err);
	fuzz_assert(st == ANJU_OK);
	fuzz_assert(result.passed == (json_array_size(result.failures) == 0));
	json_t *failures = json_incref(result.failures);
	scenario_result_done(&result);
	return failures;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	ANJU_AUTO_JSON *doc = json_loadb((const char *)data, n, JSON_REJECT_DUPLICATES, NULL);
	struct seen seen = {.data = data, .n = n, .doc = doc};
	if (doc == NULL)
		return 0;
	const char *file = "county/scenarios/x.scenario.json";
	size_t form = scenario_check(doc, file, NULL, note, &seen);
	fuzz_assert(form == seen.findings);
	seen.findings = 0;
	size_t all = scenario_check(doc, file, world()->packs, note, &seen);
	fuzz_assert(all == seen.findings && all >= form);
	bool runs = all == 0 && json_object_get(doc, "continues") == NULL &&
		    json_object_get(doc, "pack") == NULL && is_short(data, n);
	if (!runs)
		return 0;
	ANJU_AUTO_JSON *once = told(doc);
	ANJU_AUTO_JSON *twice = told(doc);
	fuzz_assert(json_equal(once, twice));
	size_t i;
	json_t *f;
	json_array_foreach(once, i, f)
		fuzz_pointer(doc, json_string_value(json_object_get(f, "pointer")));
	return 0;
}
