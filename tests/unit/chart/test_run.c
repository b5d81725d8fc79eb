#include "cli/chart_run.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "unit/support.h"

static FILE *corpus(const char *name, const char *ending)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s%s", DATA_DIR, name, ending);
	FILE *f = fopen(path, "r");
	cr_assert_not_null(f, "%s", path);
	return f;
}

/* an "error" is expected as such, whatever it says; all else must be equal */
static void compare(const char *name, const char *request, const char *got, const char *want)
{
	json_t *g = json_loads(got, 0, NULL), *w = json_loads(want, 0, NULL);
	cr_assert(g != NULL && w != NULL, "%s: %s for %s", name, got, request);
	if (json_object_get(w, "error") != NULL) {
		const char *error = json_string_value(json_object_get(g, "error"));
		cr_assert(error != NULL && error[0] != '\0', "%s: %s for %s", name, got, request);
		cr_assert_null(json_object_get(g, "results"));
		cr_assert(json_equal(json_object_get(g, "id"), json_object_get(w, "id")),
			"%s: %s for %s", name, got, request);
	} else {
		cr_assert(json_equal(g, w), "%s:\nrequest %sanswer  %sexpected %s", name, request,
			got, want);
	}
	json_decref(g);
	json_decref(w);
}

/* Each line of NAME.jsonl is answered like the same line of NAME.expected.jsonl. */
static void check_corpus(const char *name)
{
	ANJU_AUTO_FILE in = corpus(name, ".jsonl");
	ANJU_AUTO_FILE expected = corpus(name, ".expected.jsonl");
	ANJU_AUTO_FILE out = tmpfile();
	cr_assert_eq(chart_run_main(in, out), 0);
	rewind(in);
	rewind(out);
	ANJU_AUTO_MEM char *request = NULL, *got = NULL, *want = NULL;
	size_t caps[3] = {0};
	int lines = 0;
	while (getline(&request, &caps[0], in) >= 0) {
		cr_assert(getline(&got, &caps[1], out) >= 0, "%s: line %d unanswered", name, lines);
		cr_assert(getline(&want, &caps[2], expected) >= 0);
		compare(name, request, got, want);
		lines++;
	}
	cr_assert(lines > 10);
	cr_assert(getline(&got, &caps[1], out) < 0, "%s: more answers than requests", name);
}

ANJU_TEST(chart_run, features)
{
	check_corpus("features");
}

ANJU_TEST(chart_run, constructs)
{
	check_corpus("constructs");
}

ANJU_TEST(chart_run, refused)
{
	check_corpus("refused");
}

ANJU_TEST(chart_run, random_machines)
{
	check_corpus("random");
}

/* Restarting before every step must not be observable. */
static void check_restarts(const char *name)
{
	static const struct chart_run_names names = {"event", "context"};
	ANJU_AUTO_FILE in = corpus(name, ".jsonl");
	ANJU_AUTO_MEM char *line = NULL;
	size_t cap = 0;
	while (getline(&line, &cap, in) >= 0) {
		json_t *request = json_loads(line, 0, NULL), *step;
		json_t *often = json_array();
		size_t i;
		json_array_foreach(json_object_get(request, "steps"), i, step) {
			json_array_append_new(often, json_pack("{s:b}", "restart", 1));
			json_array_append(often, step);
		}
		ANJU_AUTO_BUF once = BUF_INIT, many = BUF_INIT;
		chart_run_answer(line, strlen(line), &names, &once);
		json_object_set_new(request, "steps", often);
		ANJU_AUTO_MEM char *text = json_text(request);
		chart_run_answer(text, strlen(text), &names, &many);
		json_t *x = json_loads(once.data, 0, NULL), *y = json_loads(many.data, 0, NULL);
		json_t *a = json_object_get(x, "results"), *b = json_object_get(y, "results");
		cr_assert_eq(json_array_size(b), 2 * json_array_size(a) - 1);
		for (i = 0; i < json_array_size(a); i++)
			cr_assert(json_equal(json_array_get(a, i), json_array_get(b, 2 * i)),
				"step %zu of %s", i, line);
		json_decref(x);
		json_decref(y);
		json_decref(request);
	}
}

ANJU_TEST(chart_run, restarts_are_not_observable)
{
	check_restarts("constructs");
	check_restarts("features");
	check_restarts("random");
}

ANJU_TEST(chart_run, other_names_for_event_and_context)
{
	static const struct chart_run_names names = {"e", "c"};
	static const char line[] =
		"{\"id\":\"n\",\"machine\":{\"id\":\"m\",\"context\":{\"v\":2},\"initial\":\"a\","
		"\"states\":{"
		"\"a\":{\"on\":{\"E\":{\"target\":\"b\",\"guard\":{\"type\":\"cel\",\"params\":{"
		"\"expr\":"
		"\"e.n == c.v\"}}}}},\"b\":{}}},\"steps\":[{\"event\":{\"type\":\"E\",\"n\":2}}]}";
	ANJU_AUTO_BUF out = BUF_INIT;
	chart_run_answer(line, sizeof line - 1, &names, &out);
	cr_assert(strstr(out.data, "\"states\":[\"b\"]") != NULL, "%s", out.data);
}

ANJU_TEST(chart_run, output_that_cannot_be_written)
{
	ANJU_AUTO_FILE in = corpus("features", ".jsonl");
	ANJU_AUTO_FILE full = fopen("/dev/full", "w");
	cr_assert_eq(chart_run_main(in, full), 1);
}
