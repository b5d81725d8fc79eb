#include <stdlib.h>

#include "../support.h"
#include "base/json.h"
#include "world.h"

#define TITLE "\"title\": {\"zh\": \"一\", \"en\": \"one\"}"
#define GIVEN                                                                                      \
	"\"given\": [{\"open\": \"project/S1\", \"data\": {\"county\": \"610322\"}}, "             \
	"{\"open\": \"household/610322-0001\", \"data\": {\"persons\": 4, \"town\": "              \
	"\"610322101.town\", "                                                                     \
	"\"project\": \"project/S1\"}}]"
#define STORY(steps) "{" TITLE ", \"start\": \"2017-08-01\", " GIVEN ", \"steps\": [" steps "]}"
#define SIGN                                                                                       \
	"\"send\": \"sign\", \"as\": \"land@county\", \"data\": {\"area_m2\": \"100.00\"}, "       \
	"\"docs\": "                                                                               \
	"[\"agreement\"]"
#define TOO_LARGE                                                                                  \
	"\"send\": \"sign\", \"as\": \"land@county\", \"data\": {\"area_m2\": \"100.01\"}, "       \
	"\"docs\": "                                                                               \
	"[\"agreement\"]"

static const char *member(const json_t *v, const char *key)
{
	return json_string_value(json_object_get(v, key));
}

static struct scenario_result tell(const char *json)
{
	struct stories s;
	struct scenario_result result = {0};
	stories_open(&s);
	stories_add(&s, "x", json);
	stories_run(&s, "x", &result);
	stories_done(&s);
	return result;
}

static void holds(const char *json)
{
	struct scenario_result result = tell(json);
	ANJU_AUTO_MEM char *text = json_dumps(result.failures, 0);
	cr_assert(result.passed, "%s\n%s", text, json);
	scenario_result_done(&result);
}

ANJU_TEST(run, what_holds)
{
	holds(STORY("{" SIGN ", \"expect\": {\"states\": [\"signed\"], \"in\": [\"signed\"], "
		    "\"not_in\": [\"survey\"], "
		    "\"phase\": \"agree\", \"done\": false, \"fields\": {\"area_m2\": \"100.00\", "
		    "\"rounds\": 1, "
		    "\"signed_by\": null}, \"docs\": [\"agreement\"], \"locked\": [\"persons\"], "
		    "\"deadlines\": "
		    "{\"agreements\": {\"due\": \"2017-08-31\", \"state\": \"met\"}}, "
		    "\"possible\": [\"reopen\"], "
		    "\"impossible\": [\"sign\"], \"related\": {\"project\": [\"project/S1\"]}, "
		    "\"messages\": [], "
		    "\"cases\": {\"project/S1\": {\"states\": [\"building\"]}, \"project/S2\": "
		    "null}}}"));
	holds(STORY("{" TOO_LARGE
		    ", \"expect\": {\"refused\": {\"rule\": \"case.guard\", \"at\": \"/event\"}, "
		    "\"states\": [\"survey\"], \"deadlines\": {\"agreements\": \"open\"}}}, "
		    "{\"wait\": \"17wd\", "
		    "\"expect\": {\"messages\": [{\"to\": \"town@home\", \"on\": \"2017-08-24\", "
		    "\"about\": \"agreements\", "
		    "\"urgent\": false, \"text\": [\"签订协议\", \"sign the agreements\"]}]}}, "
		    "{\"on\": \"2017-09-04\", "
		    "\"expect\": {\"states\": [\"stale\"], \"deadlines\": {\"agreements\": "
		    "\"superseded\"}, \"messages\": "
		    "[{\"to\": \"land@county\", \"on\": \"2017-08-31\"}]}}"));
	holds(STORY("{" SIGN "}, {\"case\": \"project/S1\", \"send\": \"accept\", \"as\": "
		    "\"government@county\", "
		    "\"expect\": {\"cases\": {\"household/610322-0001\": {\"done\": true, "
		    "\"states\": [\"ready\"]}}}}"));
	holds(STORY("{\"amend\": true, \"as\": \"610322101.town/Li\", \"data\": {\"persons\": 5}, "
		    "\"reason\": \"born\", "
		    "\"expect\": {\"fields\": {\"persons\": 5}}}"));
	holds("{" TITLE ", \"start\": \"2017-08-30\", \"obligations\": true, \"steps\": [{\"on\": "
	      "\"2017-09-01\", "
	      "\"expect\": {\"cases\": {\"report/610322.land-2017-09\": {\"states\": "
	      "[\"open\"]}}}}]}");
}

/* Planted: each expectation wrong in its own way, and what must be said about it. */
static const struct {
	const char *steps, *pointer, *expected, *actual;
} wrong[] = {
	{"{" SIGN ", \"expect\": {\"states\": [\"survey\"]}}", "/steps/0/expect/states",
		"[\"survey\"]", "[\"signed\"]"},
	{"{" SIGN ", \"expect\": {\"states\": []}}", "/steps/0/expect/states", "[]",
		"[\"signed\"]"},
	{"{" SIGN ", \"expect\": {\"in\": [\"ready\"]}}", "/steps/0/expect/in", "[\"ready\"]",
		"[\"signed\"]"},
	{"{" SIGN ", \"expect\": {\"not_in\": [\"survey\", \"signed\"]}}", "/steps/0/expect/not_in",
		"[\"survey\",\"signed\"]", "[\"signed\"]"},
	{"{" SIGN ", \"expect\": {\"phase\": \"build\"}}", "/steps/0/expect/phase", "\"build\"",
		"\"agree\""},
	{"{" SIGN ", \"expect\": {\"done\": true}}", "/steps/0/expect/done", "true", "false"},
	{"{" SIGN ", \"expect\": {\"fields\": {\"rounds\": 2, \"persons\": 4}}}",
		"/steps/0/expect/fields/rounds", "2", "1"},
	{"{" SIGN ", \"expect\": {\"fields\": {\"signed_by\": \"2017-08-31\"}}}",
		"/steps/0/expect/fields/signed_by", "\"2017-08-31\"", "null"},
	{"{" SIGN ", \"expect\": {\"fields\": {\"area_m2\": null}}}",
		"/steps/0/expect/fields/area_m2", "null", "\"100.00\""},
	{"{" TOO_LARGE
	 ", \"expect\": {\"refused\": {\"rule\": \"case.guard\"}, \"docs\": [\"agreement\"]}}",
		"/steps/0/expect/docs", "[\"agreement\"]", "[]"},
	{"{" SIGN ", \"expect\": {\"locked\": []}}", "/steps/0/expect/locked", "[]",
		"[\"persons\"]"},
	{"{" SIGN ", \"expect\": {\"deadlines\": {\"agreements\": \"open\"}}}",
		"/steps/0/expect/deadlines/agreements", "\"open\"",
		"{\"due\":\"2017-08-31\",\"state\":\"met\"}"},
	{"{" SIGN ", \"expect\": {\"deadlines\": {\"agreements\": null}}}",
		"/steps/0/expect/deadlines/agreements", "null",
		"{\"due\":\"2017-08-31\",\"state\":\"met\"}"},
	{"{" SIGN ", \"expect\": {\"deadlines\": {\"agreements\": {\"due\": \"2017-09-01\"}}}}",
		"/steps/0/expect/deadlines/agreements", "{\"due\":\"2017-09-01\"}",
		"{\"due\":\"2017-08-31\",\"state\":\"met\"}"},
	{"{\"case\": \"household/610322-0001\", \"on\": \"2017-08-30\", \"expect\": "
	 "{\"deadlines\": {\"agreements\": "
	 "\"overdue\"}}}",
		"/steps/0/expect/deadlines/agreements", "\"overdue\"",
		"{\"due\":\"2017-08-31\",\"state\":\"open\"}"},
	{"{" SIGN ", \"expect\": {\"possible\": [\"reopen\", \"sign\"]}}",
		"/steps/0/expect/possible", "[\"reopen\",\"sign\"]", "[\"reopen\"]"},
	{"{" SIGN ", \"expect\": {\"impossible\": [\"reopen\"]}}", "/steps/0/expect/impossible",
		"[\"reopen\"]", "[\"reopen\"]"},
	{"{" SIGN ", \"expect\": {\"related\": {\"project\": []}}}",
		"/steps/0/expect/related/project", "[]", "[\"project/S1\"]"},
	{"{" SIGN ", \"expect\": {\"cases\": {\"project/S1\": null}}}",
		"/steps/0/expect/cases/project~1S1", "null", "\"project/S1\""},
	{"{" SIGN ", \"expect\": {\"cases\": {\"project/S2\": {\"done\": true}}}}",
		"/steps/0/expect/cases/project~1S2", "\"project/S2\"", "null"},
	{"{" SIGN ", \"expect\": {\"cases\": {\"project/S1\": {\"states\": [\"accepted\"]}}}}",
		"/steps/0/expect/cases/project~1S1/states", "[\"accepted\"]", "[\"building\"]"},
	/* outcome and refusal */
	{"{" TOO_LARGE "}", "/steps/0", "\"ok\"", "\"case.guard\""},
	{"{" SIGN ", \"expect\": {\"refused\": {\"rule\": \"case.guard\"}}}",
		"/steps/0/expect/refused", "{\"rule\":\"case.guard\"}", "\"ok\""},
	{"{" TOO_LARGE ", \"expect\": {\"refused\": {\"rule\": \"case.needs\"}}}",
		"/steps/0/expect/refused/rule", "\"case.needs\"", "\"case.guard\""},
	{"{" TOO_LARGE
	 ", \"expect\": {\"refused\": {\"rule\": \"case.guard\", \"at\": \"/data/area_m2\"}}}",
		"/steps/0/expect/refused/at", "\"/data/area_m2\"", "\"/event\""},
	{"{\"send\": \"sign\", \"as\": \"land@county\", \"data\": {\"area_m2\": \"1.00\"}, "
	 "\"expect\": {\"refused\": "
	 "{\"rule\": \"case.needs\", \"needs\": []}}}",
		"/steps/0/expect/refused/needs", "[]", "[\"agreement\"]"},
	{"{\"send\": \"sign\", \"as\": \"610322.gov\", \"expect\": {\"refused\": {\"rule\": "
	 "\"case.wrong_role\", \"who\": "
	 "[\"610322.gov\"]}}}",
		"/steps/0/expect/refused/who", "[\"610322.gov\"]", "[\"610322.land\"]"},
	/* time */
	{"{\"on\": \"2017-07-31\"}", "/steps/0/on", "\"2017-07-31\"", "null"},
	/* messages */
	{"{\"case\": \"household/610322-0001\", \"on\": \"2017-08-23\", \"expect\": {\"messages\": "
	 "[{\"to\": "
	 "\"town@home\"}]}}",
		"/steps/0/expect/messages/0", "{\"to\":\"town@home\"}", "[]"},
};

ANJU_TEST(run, each_wrong_expectation_is_reported_with_its_difference)
{
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		char json[4096];
		snprintf(json, sizeof json,
			"{" TITLE ", \"start\": \"2017-08-01\", " GIVEN ", \"steps\": [%s]}",
			wrong[i].steps);
		struct scenario_result result = tell(json);
		cr_assert_eq(json_array_size(result.failures), 1, "%s", wrong[i].steps);
		const json_t *f = json_array_get(result.failures, 0);
		ANJU_AUTO_MEM char *expected =
			json_dumps(json_object_get(f, "expected"), JSON_ENCODE_ANY | JSON_COMPACT);
		ANJU_AUTO_MEM char *actual =
			json_dumps(json_object_get(f, "actual"), JSON_ENCODE_ANY | JSON_COMPACT);
		cr_assert_str_eq(member(f, "pointer"), wrong[i].pointer, "%s", wrong[i].steps);
		cr_assert_str_eq(expected, wrong[i].expected, "%s", wrong[i].steps);
		cr_assert_str_eq(actual, wrong[i].actual, "%s", wrong[i].steps);
		cr_assert_str_eq(member(f, "file"), "county/scenarios/x.scenario.json");
		cr_assert_not(result.passed);
		scenario_result_done(&result);
	}
}

static const char *const wrong_messages[] = {"\"to\": \"land@county\"",
	"\"to\": \"town@home\", \"on\": \"2017-08-25\"", "\"to\": \"town@home\", \"urgent\": true",
	"\"to\": \"town@home\", \"text\": [\"签订\", \"banana\"]"};

ANJU_TEST(run, messages_are_told_apart)
{
	for (size_t i = 0; i < sizeof wrong_messages / sizeof wrong_messages[0]; i++) {
		char json[2048];
		snprintf(json, sizeof json,
			"{" TITLE ", \"start\": \"2017-08-01\", " GIVEN ", \"steps\": [{\"case\": "
			"\"household/610322-0001\", \"on\": \"2017-08-24\", \"expect\": "
			"{\"messages\": [{%s}]}}]}",
			wrong_messages[i]);
		struct scenario_result result = tell(json);
		cr_assert_eq(json_array_size(result.failures), 1, "%s", wrong_messages[i]);
		const json_t *actual =
			json_object_get(json_array_get(result.failures, 0), "actual");
		cr_assert_eq(json_array_size(actual), 1);
		cr_assert_str_eq(member(json_array_get(actual, 0), "to"), "610322101.town");
		scenario_result_done(&result);
	}
}

ANJU_TEST(run, the_words_of_a_refusal_are_in_either_language)
{
	static const char *const said[] = {"\"人均面积\"", "[\"area per person\", \"人口\"]"};
	for (size_t i = 0; i < 2; i++) {
		char json[2048];
		snprintf(json, sizeof json,
			STORY("{" TOO_LARGE ", \"expect\": {\"refused\": {\"rule\": "
			      "\"case.guard\", \"text\": %s}}}"),
			said[i]);
		holds(json);
	}
	struct scenario_result result = tell(STORY(
		"{" TOO_LARGE
		", \"expect\": {\"refused\": {\"rule\": \"case.guard\", \"text\": \"banana\"}}}"));
	const json_t *f = json_array_get(result.failures, 0);
	cr_assert_str_eq(member(f, "pointer"), "/steps/0/expect/refused/text");
	cr_assert_str_eq(member(f, "expected"), "banana");
	cr_assert(strstr(member(json_object_get(f, "actual"), "zh"), "人均面积") != NULL);
	scenario_result_done(&result);
}

ANJU_TEST(run, a_story_ends_where_it_goes_wrong)
{
	struct scenario_result result =
		tell(STORY("{" SIGN ", \"expect\": {\"states\": [\"survey\"], \"done\": true}}, "
			   "{\"on\": \"2017-08-02\"}"));
	cr_assert_eq(json_array_size(result.failures), 2, "all of one step");
	cr_assert_eq(result.steps, 3, "two openings and one step");
	scenario_result_done(&result);
	result = tell("{" TITLE ", \"start\": \"2017-08-01\", \"given\": [{\"open\": "
		      "\"household/1\"}], \"steps\": [{\"on\": "
		      "\"2017-08-02\"}]}");
	cr_assert_str_eq(member(json_array_get(result.failures, 0), "pointer"), "/given/0");
	cr_assert_eq(result.steps, 1);
	scenario_result_done(&result);
}

ANJU_TEST(run, one_story_continues_another)
{
	struct stories s;
	struct scenario_result result = {0};
	stories_open(&s);
	stories_add(&s, "first", STORY("{" SIGN "}"));
	stories_add(&s, "second",
		"{" TITLE ", \"continues\": \"first\", \"steps\": [{\"case\": "
		"\"household/610322-0001\", \"send\": \"reopen\", "
		"\"as\": \"610322.poverty\", \"reason\": \"so\", \"expect\": {\"states\": "
		"[\"survey\"]}}]}");
	stories_add(&s, "third",
		"{" TITLE ", \"continues\": \"second\", \"steps\": [{\"case\": "
		"\"household/610322-0001\", " SIGN
		", \"expect\": {\"fields\": {\"rounds\": 2}}}]}");
	stories_run(&s, "third", &result);
	cr_assert(result.passed);
	cr_assert_eq(result.steps, 5);
	scenario_result_done(&result);
	/* what fails before is a failure there */
	json_object_set_new(json_array_get(json_object_get(s.list.items[1].doc, "steps"), 0),
		"expect", json_pack("{s:b}", "done", true));
	stories_run(&s, "third", &result);
	cr_assert_str_eq(member(json_array_get(result.failures, 0), "file"),
		"county/scenarios/second.scenario.json");
	scenario_result_done(&result);
	stories_done(&s);
}

static const struct coverage_workflow *of(const struct stories *s, const char *id)
{
	for (size_t i = 0; i < s->coverage->len; i++) {
		if (strcmp(s->coverage->workflows[i].wf->id, id) == 0)
			return &s->coverage->workflows[i];
	}
	cr_assert(false, "%s", id);
	return NULL;
}

ANJU_TEST(coverage, counts_what_the_engine_does)
{
	struct stories s;
	struct scenario_result result = {0};
	struct coverage_counts c;
	stories_open(&s);
	coverage_counts(of(&s, "household"), &c);
	cr_assert_eq(c.transitions.all, 5);
	cr_assert_eq(c.transitions.seen, 0);
	cr_assert_eq(coverage_percent(c.transitions), 0);
	/* refused first, then the timer, resumed, signed, and the site's event */
	stories_add(&s, "x",
		STORY("{" TOO_LARGE ", \"expect\": {\"refused\": {\"rule\": \"case.guard\"}}}, "
		      "{\"wait\": \"31d\"}, {\"send\": "
		      "\"resume\", \"as\": \"land@county\", \"reason\": \"so\"}, {" SIGN
		      "}, {\"case\": \"project/S1\", \"send\": "
		      "\"accept\", \"as\": \"government@county\"}"));
	stories_run(&s, "x", &result);
	cr_assert(result.passed);
	scenario_result_done(&result);
	coverage_counts(of(&s, "household"), &c);
	cr_assert_eq(c.states.seen, 4);
	cr_assert_eq(c.states.all, 4);
	cr_assert_eq(c.transitions.seen, 4);
	cr_assert_eq(coverage_percent(c.transitions), 80);
	cr_assert_eq(c.guards_true.seen, 1);
	cr_assert_eq(c.guards_false.seen, 1);
	ANJU_AUTO_JSON *shown = coverage_json(of(&s, "household"));
	const json_t *missing = json_object_get(shown, "missing");
	cr_assert_eq(json_array_size(missing), 1);
	cr_assert_str_eq(member(json_array_get(missing, 0), "pointer"), "/states/signed/on/reopen");
	cr_assert_str_eq(member(json_array_get(missing, 0), "kind"), "transition");
	coverage_counts(of(&s, "project"), &c);
	cr_assert_eq(c.guards_true.seen, 1);
	cr_assert_eq(c.guards_false.seen, 0);
	ANJU_AUTO_JSON *project = coverage_json(of(&s, "project"));
	missing = json_object_get(project, "missing");
	cr_assert_eq(json_array_size(missing), 1);
	cr_assert_str_eq(member(json_array_get(missing, 0), "kind"), "guard_false");
	stories_done(&s);
}
