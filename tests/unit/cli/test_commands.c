/* Commands from the command line to the request, and from the answer to what is shown. */
#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/json.h"
#include "cli/cli.h"
#include "unit/cli/fake.h"
#include "unit/support.h"

static const char definition[] =
	"{\"id\":\"household\",\"meta\":{\"anju\":{\"fields\":{"
	"\"persons\":{\"type\":\"int\",\"title\":{\"zh\":\"人口\",\"en\":\"Persons\"}},"
	"\"cost\":{\"type\":\"money\",\"title\":{\"zh\":\"造价\",\"en\":\"Cost\"}},"
	"\"code\":{\"type\":\"string\"}},"
	"\"docs\":{\"survey.record\":{\"zh\":\"调查表\",\"en\":\"Survey record\"}}}},"
	"\"states\":{\"agree\":{\"meta\":{\"anju\":{\"phase\":\"agree\",\"title\":{\"zh\":\"签约\","
	"\"en\":"
	"\"Agreement\"}}},\"states\":{\"survey\":{\"meta\":{\"anju\":{\"title\":{\"zh\":\"调查\","
	"\"en\":"
	"\"Survey\"}}}}}}}}";

static const char one_case[] =
	"{\"case\":\"household/"
	"1\",\"workflow\":\"household\",\"key\":\"1\",\"rev\":3,\"region\":\"610322\","
	"\"phase\":\"agree\",\"states\":[\"agree.survey\"],\"done\":false,"
	"\"opened_at\":\"2017-08-16T09:00:00+08:00\",\"updated_at\":\"2017-08-17T09:00:00+08:00\","
	"\"data\":{\"code\":\"007\",\"cost\":-123456,\"persons\":4,\"other\":true},"
	"\"docs\":{\"survey.record\":{\"ref\":\"DC-1\",\"form\":\"paper\",\"at\":"
	"\"2017-08-17T09:00:00+08:00\",\"by\":\"610322.land\"}},\"locks\":[\"persons\"],"
	"\"possible\":[{\"event\":\"go\",\"title\":{\"zh\":\"走\",\"en\":\"Go\"},\"by\":[\"610322."
	"land\"],"
	"\"needs\":[\"survey.record\"]},{\"event\":\"stay\",\"title\":{\"zh\":\"留\",\"en\":"
	"\"Stay\"},\"by\":[],"
	"\"needs\":[]}],\"deadlines\":[{\"id\":1,\"name\":\"sign\",\"title\":{\"zh\":\"签\",\"en\":"
	"\"Sign\"},"
	"\"status\":\"open\",\"overdue\":true,\"due\":\"2017-08-31\",\"provisional\":false,"
	"\"lead\":[\"610322.land\"],\"responsible\":[]}]}";

static json_t *parsed(const char *text)
{
	json_error_t bad;
	json_t *v = json_loads(text, 0, &bad);
	cr_assert_not_null(v, "%s at %d", bad.text, bad.position);
	return v;
}

static json_t *page_of_cases(const json_t *params)
{
	/* 250 cases in all */
	int from = (int)json_integer_value(json_object_get(params, "after"));
	int limit = (int)json_integer_value(json_object_get(params, "limit"));
	limit = limit < 100 ? limit : 100; /* a page may be shorter than asked for */
	int to = from + limit < 250 ? from + limit : 250;
	json_t *items = json_array();
	for (int i = from; i < to; i++) {
		json_t *cs = parsed(one_case);
		char name[32];
		snprintf(name, sizeof name, "household/n%d", i + 1);
		json_object_set_new(cs, "case", json_string(name));
		json_array_append_new(items, cs);
	}
	return json_pack(
		"{s:o, s:o}", "items", items, "next", to < 250 ? json_integer(to) : json_null());
}

static json_t *import_status(const json_t *params)
{
	/* three errors, two a page */
	int after = (int)json_integer_value(json_object_get(params, "after"));
	json_t *errors = json_array();
	for (int i = after; i < 3 && i < after + 2; i++)
		json_array_append_new(errors,
			json_pack("{s:i, s:i, s:s, s:s, s:s, s:{s:s, s:s}}", "line", i + 2,
				"column", 4, "name", "家庭人口", "found", i == 0 ? "=1+1" : "a\"b",
				"allowed", "1 – 20", "text", "zh", "不对", "en", "wrong"));
	return json_pack("{s:s, s:i, s:i, s:i, s:i, s:i, s:o, s:o}", "state", "done", "total", 10,
		"checked", 10, "opened", 7, "unchanged", 0, "faulty", 3, "errors", errors, "next",
		after + 2 < 3 ? json_integer(after + 2) : json_null());
}

static json_t *answer(void *ctx, int n, const json_t *request)
{
	const char *method = json_string_value(json_object_get(request, "method"));
	const json_t *params = json_object_get(request, "params");
	if (strcmp(method, "workflow.get") == 0)
		return json_pack("{s:o}", "source", parsed(definition));
	if (strcmp(method, "unit.list") == 0)
		return parsed("{\"items\":[{\"code\":\"610322.land\",\"title\":{\"zh\":\"国土局\","
			      "\"en\":\"Land "
			      "Office\"}}],\"next\":null}");
	if (strcmp(method, "case.get") == 0)
		return parsed(one_case);
	if (strcmp(method, "case.list") == 0)
		return page_of_cases(params);
	if (strcmp(method, "import.start") == 0)
		return json_pack("{s:i}", "job", 1);
	if (strcmp(method, "import.status") == 0)
		return import_status(params);
	if (strcmp(method, "feed.subscribe") == 0)
		return json_pack("{s:i, s:i}", "subscription", 1, "last_seq", 4);
	return parsed("{\"case\":\"household/1\",\"rev\":4,\"states\":[\"agree.survey\"]}");
}

/* Entries after the one asked for, two a connection's breath; then the connection is lost. */
static json_t *entries(void *ctx, int n, const json_t *request)
{
	if (strcmp(json_string_value(json_object_get(request, "method")), "feed.subscribe") != 0)
		return NULL;
	json_int_t after =
		json_integer_value(json_object_get(json_object_get(request, "params"), "after"));
	json_t *list = json_array();
	for (json_int_t seq = after + 1; seq <= 4; seq++)
		json_array_append_new(
			list, json_pack("{s:s, s:s, s:{s:I, s:s, s:I, s:s, s:s, s:s}}", "jsonrpc",
				      "2.0", "method", "feed.entry", "params", "seq", seq, "case",
				      "household/1", "rev", seq, "event", "go", "actor",
				      "610322.land", "recorded_at", "2017-08-16T09:00:00+08:00"));
	return list;
}

static const json_t *params_of(const struct fake *fake, const char *method, size_t nth)
{
	size_t i;
	json_t *v;
	json_array_foreach(fake->requests, i, v) {
		if (strcmp(json_string_value(json_object_get(v, "method")), method) == 0 &&
			nth-- == 0)
			return json_object_get(v, "params");
	}
	return NULL;
}

static void check_params(const struct fake *fake, const char *method, const char *want)
{
	ANJU_AUTO_JSON *expected = parsed(want);
	const json_t *got = params_of(fake, method, 0);
	cr_assert_not_null(got, "%s was not called", method);
	char *text = json_text(got);
	cr_assert(json_equal(got, expected), "%s: %s", method, text);
	free(text);
}

ANJU_TEST(commands, send_makes_the_request, .timeout = 60)
{
	struct fake fake = {.answer = answer};
	char out[8192];
	fake_start(&fake);
	int code =
		FAKE_RUN(&fake, out, "case", "send", "household/1", "go", "persons=5", "code=007",
			"cost=100", "x=", "--data", "{\"y\":[1]}", "--doc", "survey.record:DC-1",
			"--reason", "why", "--effective", "2017-08-16", "--expect-rev", "3",
			"--idempotency-key", "k", "--dry-run", "--as", "610322.land/li");
	fake_stop(&fake);
	cr_assert_eq(code, CLI_OK, "%s", out);
	check_params(&fake, "case.send",
		"{\"case\":\"household/1\",\"event\":\"go\",\"as\":\"610322.land/"
		"li\",\"reason\":\"why\","
		"\"effective_at\":\"2017-08-16\",\"expect_rev\":3,\"idempotency_key\":\"k\",\"dry_"
		"run\":true,"
		"\"data\":{\"persons\":5,\"code\":\"007\",\"cost\":100,\"x\":null,\"y\":[1]},"
		"\"docs\":[{\"kind\":\"survey.record\",\"ref\":\"DC-1\"}]}");
	cr_assert_str_eq(
		out, "(dry run, nothing changed) household/1 revision 4: Agreement › Survey\n");
	json_decref(fake.requests);
}

ANJU_TEST(commands, open_splits_the_name, .timeout = 60)
{
	struct fake fake = {.answer = answer};
	char out[8192];
	fake_start(&fake);
	cr_assert_eq(FAKE_RUN(&fake, out, "case", "open", "household/a/b"), CLI_OK, "%s", out);
	fake_stop(&fake);
	check_params(&fake, "case.open", "{\"workflow\":\"household\",\"key\":\"a/b\"}");
	json_decref(fake.requests);
}

ANJU_TEST(commands, mistakes_are_found_before_anything_is_sent, .timeout = 60)
{
	struct fake fake = {.answer = answer};
	char out[8192];
	fake_start(&fake);
	cr_assert_eq(FAKE_RUN(&fake, out, "case", "send", "household", "go"), CLI_USAGE);
	cr_assert_eq(
		FAKE_RUN(&fake, out, "case", "send", "household/1", "go", "persons"), CLI_USAGE);
	cr_assert_eq(FAKE_RUN(&fake, out, "case", "send", "household/1", "go", "--data", "[]"),
		CLI_USAGE);
	cr_assert_eq(FAKE_RUN(&fake, out, "case", "send", "household/1", "go", "--data", "@/none"),
		CLI_USAGE);
	cr_assert_eq(FAKE_RUN(&fake, out, "case", "send", "household/1", "go", "--expect-rev", "x"),
		CLI_USAGE);
	cr_assert_eq(FAKE_RUN(&fake, out, "case", "list", "--done", "perhaps"), CLI_USAGE);
	cr_assert_eq(FAKE_RUN(&fake, out, "clock", "advance"), CLI_USAGE);
	cr_assert_eq(FAKE_RUN(&fake, out, "clock", "advance", "--to", "a", "--by", "b"), CLI_USAGE);
	cr_assert_eq(FAKE_RUN(&fake, out, "call", "x", "[1]"), CLI_USAGE);
	cr_assert_eq(FAKE_RUN(&fake, out, "lint", "/none", "--format", "xml"), CLI_USAGE);
	cr_assert_eq(FAKE_RUN(&fake, out, "replay", "/none"), CLI_USAGE);
	fake_stop(&fake);
	cr_assert_null(params_of(&fake, "case.send", 0));
	cr_assert_null(params_of(&fake, "case.list", 0));
	cr_assert_null(params_of(&fake, "clock.advance", 0));
	json_decref(fake.requests);
}

ANJU_TEST(commands, get_shows_titles, .timeout = 60)
{
	struct fake fake = {.answer = answer};
	char out[8192];
	fake_start(&fake);
	cr_assert_eq(FAKE_RUN(&fake, out, "case", "get", "household/1"), CLI_OK, "%s", out);
	cr_assert_not_null(
		strstr(out, "state     Agreement › Survey  [agree.survey]\n"), "%s", out);
	cr_assert_not_null(strstr(out, "  Persons  persons  4 (locked)\n"), "%s", out);
	cr_assert_not_null(strstr(out, "  Cost     cost     -1234.56 yuan\n"), "%s", out);
	cr_assert_not_null(strstr(out, "  other    other    yes\n"), "%s", out);
	cr_assert_not_null(
		strstr(out, "Survey record  survey.record  DC-1  2017-08-17 09:00  Land Office "
			    "(610322.land)\n"),
		"%s", out);
	cr_assert_not_null(strstr(out, "2017-08-31  OVERDUE  sign      Sign"), "%s", out);
	cr_assert_not_null(
		strstr(out, "go     Go     Land Office (610322.land)  Survey record\n"), "%s", out);
	cr_assert_not_null(strstr(out, "stay   Stay   (no unit yet)\n"), "%s", out);
	cr_assert_eq(FAKE_RUN(&fake, out, "--lang", "zh", "case", "get", "household/1"), CLI_OK);
	cr_assert_not_null(strstr(out, "人口   persons  4（已锁定）\n"), "%s", out);
	cr_assert_eq(FAKE_RUN(&fake, out, "--json", "case", "get", "household/1"), CLI_OK);
	ANJU_AUTO_JSON *raw = parsed(out);
	ANJU_AUTO_JSON *want = parsed(one_case);
	cr_assert(json_equal(raw, want));
	fake_stop(&fake);
	json_decref(fake.requests);
}

static size_t lines(const char *s)
{
	size_t n = 0;
	for (; *s != '\0'; s++)
		n += *s == '\n';
	return n;
}

ANJU_TEST(commands, lists_go_through_pages, .timeout = 60)
{
	static char out[1 << 18];
	struct fake fake = {.answer = answer};
	fake_start(&fake);
	cr_assert_eq(FAKE_RUN(&fake, out, "case", "list"), CLI_OK);
	cr_assert_eq(lines(out), 102, "header, 100 rows, a hint");
	cr_assert_not_null(strstr(out, "--all"));
	cr_assert_eq(FAKE_RUN(&fake, out, "case", "list", "--limit", "240"), CLI_OK);
	cr_assert_eq(lines(out), 242);
	cr_assert_eq(FAKE_RUN(&fake, out, "case", "list", "--all"), CLI_OK);
	cr_assert_eq(lines(out), 251);
	cr_assert_not_null(strstr(out, "household/n250 "));
	cr_assert_eq(
		FAKE_RUN(&fake, out, "case", "list", "--done", "no", "--json", "--all"), CLI_OK);
	ANJU_AUTO_JSON *all = parsed(out);
	cr_assert_eq(json_array_size(json_object_get(all, "items")), 250);
	fake_stop(&fake);
	cr_assert(json_is_false(json_object_get(params_of(&fake, "case.list", 7), "done")));
	json_decref(fake.requests);
}

ANJU_TEST(commands, import_gathers_all_errors, .timeout = 60)
{
	struct fake fake = {.answer = answer};
	char out[8192], path[] = "/tmp/anjuctl-roster-XXXXXX", beside[64], text[2048] = "";
	close(mkstemp(path));
	snprintf(beside, sizeof beside, "%s.errors.csv", path);
	fake_start(&fake);
	int code = FAKE_RUN(&fake, out, "import", path, "--mapping", "packs/household.import.json");
	fake_stop(&fake);
	cr_assert_eq(code, CLI_FINDINGS, "%s", out);
	cr_assert_not_null(strstr(out, "7 imported, 0 unchanged, 3 faulty → "), "%s", out);
	cr_assert_str_eq(
		json_string_value(json_object_get(params_of(&fake, "import.start", 0), "mapping")),
		"household");
	FILE *f = fopen(beside, "r");
	cr_assert_not_null(f);
	cr_assert_gt(fread(text, 1, sizeof text - 1, f), 0);
	fclose(f);
	cr_assert_eq(lines(text), 4, "%s", text);
	cr_assert_not_null(
		strstr(text, "2,4,\"家庭人口\",\"'=1+1\",\"1 – 20\",\"不对\",\"wrong\"\r\n"), "%s",
		text);
	cr_assert_not_null(strstr(text, "\n4,4,\"家庭人口\",\"a\"\"b\""), "%s", text);
	unlink(beside);
	unlink(path);
	json_decref(fake.requests);
}

ANJU_TEST(commands, feed_ends_at_the_last_entry, .timeout = 60)
{
	struct fake fake = {.answer = answer, .after = entries};
	char out[8192];
	fake_start(&fake);
	cr_assert_eq(FAKE_RUN(&fake, out, "feed"), CLI_OK, "%s", out);
	cr_assert_eq(lines(out), 4, "%s", out);
	cr_assert_not_null(
		strstr(out, "       4  2017-08-16 09:00  household/1@4  610322.land  go\n"), "%s",
		out);
	cr_assert_eq(FAKE_RUN(&fake, out, "feed", "--after", "2", "--json"), CLI_OK);
	cr_assert_eq(lines(out), 2, "%s", out);
	cr_assert_not_null(strstr(out, "{\"seq\":3,"), "%s", out);
	fake_stop(&fake);
	json_decref(fake.requests);
}

/* --- a busy daemon --- */

struct busy_daemon {
	int times;    /* how often it is busy before it does what it is asked */
	int after_ms; /* and when it says to come again */
	const char *id;
};

static json_t *busy_answer(void *ctx, int n, const json_t *request)
{
	const struct busy_daemon *d = ctx;
	if (n >= d->times)
		return parsed("{\"now\":\"2017-08-16T08:00:00+08:00\",\"manual\":false}");
	return json_pack("{s:{s:i, s:s, s:{s:s, s:s, s:i, s:{s:s, s:s}}}}", "error", "code", -32009,
		"message", "busy", "data", "id", d->id, "status", "E_BUSY", "retry_after_ms",
		d->after_ms, "text", "zh", "忙", "en", "busy, try again");
}

static int ask_busy(struct busy_daemon *d, char *out, size_t size, int *ret_asked)
{
	struct fake fake = {.answer = busy_answer, .ctx = d};
	fake_start(&fake);
	int code =
		fake_run(&fake, (const char *const[]){"anjuctl", "clock", "get", NULL}, out, size);
	fake_stop(&fake);
	*ret_asked = fake.count;
	json_decref(fake.requests);
	return code;
}

ANJU_TEST(commands, a_busy_daemon_is_asked_again)
{
	char out[512];
	int asked;
	struct busy_daemon d = {.times = 3, .after_ms = 10, .id = "engine.busy"};
	cr_assert_eq(ask_busy(&d, out, sizeof out, &asked), CLI_OK, "%s", out);
	cr_assert_str_eq(out, "2017-08-16T08:00:00+08:00\n");
	cr_assert_eq(asked, 4);
	d.id = "rpc.busy";
	cr_assert_eq(ask_busy(&d, out, sizeof out, &asked), CLI_OK, "%s", out);
	/* it takes a while: we say so, once */
	d = (struct busy_daemon){.times = 2, .after_ms = 1100, .id = "engine.busy"};
	cr_assert_eq(ask_busy(&d, out, sizeof out, &asked), CLI_OK, "%s", out);
	cr_assert_str_eq(out, "anjuctl: the daemon is busy, trying again\n"
			      "2017-08-16T08:00:00+08:00\n");
}

ANJU_TEST(commands, but_not_for_ever)
{
	char out[512];
	int asked;
	struct busy_daemon d = {.times = 1000, .after_ms = 1, .id = "engine.busy"};
	cr_assert_eq(ask_busy(&d, out, sizeof out, &asked), CLI_REFUSED);
	cr_assert_eq(asked, 9);
	cr_assert_not_null(strstr(out, "busy, try again"), "%s", out);
	/* longer than we wait in all, and a job that waits for another job's end */
	d.after_ms = 60000;
	cr_assert_eq(ask_busy(&d, out, sizeof out, &asked), CLI_REFUSED);
	cr_assert_eq(asked, 1);
	d = (struct busy_daemon){.times = 1000, .after_ms = 1, .id = "import.busy"};
	cr_assert_eq(ask_busy(&d, out, sizeof out, &asked), CLI_REFUSED);
	cr_assert_eq(asked, 1);
}
