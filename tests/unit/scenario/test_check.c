#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../support.h"
#include "base/json.h"
#include "world.h"

/* --- one mistake, one finding --- */

struct found {
	size_t n;
	char id[52], where[256], what[192];
};

static void on_finding(void *ctx, const anju_error *e)
{
	struct found *f = ctx;
	if (f->n++ > 0)
		return;
	snprintf(f->id, sizeof f->id, "%s", e->id);
	snprintf(f->where, sizeof f->where, "%s", e->where);
	snprintf(f->what, sizeof f->what, "%s", e->found);
	cr_assert_str_eq(e->file, "county/scenarios/x.scenario.json");
}

static struct found check(const struct pack_set *packs, const char *json)
{
	json_error_t bad;
	struct found f = {0};
	ANJU_AUTO_JSON *doc = json_loads(json, 0, &bad);
	cr_assert(doc != NULL, "%s: %s", bad.text, json);
	size_t n = scenario_check(doc, "county/scenarios/x.scenario.json", packs, on_finding, &f);
	cr_assert_eq(n, f.n, "%s", json);
	return f;
}

#define TITLE "\"title\": {\"zh\": \"一\", \"en\": \"one\"}"
#define OPEN                                                                                       \
	"{\"open\": \"household/610322-0001\", \"data\": {\"persons\": 4, \"town\": "              \
	"\"610322101.town\"}}"
#define WITH(members, steps)                                                                       \
	"{" TITLE ", \"start\": \"2017-08-01\", " members "\"given\": [" OPEN                      \
	"], \"steps\": [" steps "]}"
#define STEP(members)   WITH("", "{" members "}")
#define SIGN            "\"send\": \"sign\", \"as\": \"land@county\""
#define EXPECT(members) STEP(SIGN ", \"expect\": {" members "}")

ANJU_TEST(check, what_is_sound)
{
	static const char *const sound[] = {
		EXPECT("\"states\": [\"signed\"]"),
		EXPECT("\"in\": [\"survey\"], \"not_in\": [\"ready\"], \"phase\": \"agree\", "
		       "\"done\": false"),
		EXPECT("\"refused\": {\"rule\": \"case.needs\", \"needs\": [\"agreement\"], "
		       "\"text\": \"协议\"}"),
		EXPECT("\"deadlines\": {\"agreements\": \"met\"}, \"locked\": [\"persons\"]"),
		EXPECT("\"deadlines\": {\"agreements\": {\"due\": \"2017-08-31\", \"state\": "
		       "\"overdue\"}}"),
		EXPECT("\"deadlines\": {\"agreements\": null}, \"possible\": [\"sign\"], "
		       "\"impossible\": [\"resume\"]"),
		EXPECT("\"related\": {\"project\": [\"project/S1\"]}, \"fields\": {\"area_m2\": "
		       "null}"),
		EXPECT("\"messages\": [], \"cases\": {\"project/S1\": null, \"report/x\": "
		       "{\"states\": [\"open\"]}}"),
		EXPECT("\"messages\": [{\"to\": \"town@home\", \"on\": \"2017-08-24\", \"about\": "
		       "\"agreements\", "
		       "\"text\": [\"签订\", \"sign\"], \"urgent\": true}]"),
		STEP("\"on\": \"2017-08-31T16:30:00+08:00\""),
		STEP("\"wait\": \"10wd\", " SIGN
		     ", \"docs\": [\"agreement\", {\"kind\": \"agreement\", \"ref\": \"1\", "
		     "\"form\": \"paper\"}], \"data\": {\"area_m2\": \"1.00\", \"project\": "
		     "\"project/S1\"}, "
		     "\"effective\": \"2017-08-01\", \"reason\": \"so\", " TITLE),
		STEP("\"amend\": true, \"as\": \"610322101.town/Li\", \"data\": {\"persons\": 5}, "
		     "\"reason\": \"so\""),
		/* who expects a refusal may mean what is not there */
		STEP("\"send\": \"dance\", \"as\": \"610322.land\", \"expect\": {\"refused\": "
		     "{\"rule\": "
		     "\"case.unknown_event\"}}"),
		STEP(SIGN ", \"data\": {\"shoes\": 2}, \"docs\": [\"song\"], \"expect\": "
			  "{\"refused\": {\"rule\": "
			  "\"case.unknown_field\"}}"),
		"{" TITLE ", \"continues\": \"x\", \"rows\": [\"BJ-R-01\"], \"steps\": [{\"case\": "
		"\"household/1\", " SIGN "}]}",
		/* of another jurisdiction only the form counts */
		"{" TITLE ", \"start\": \"2017-08-01\", \"pack\": \"elsewhere\", \"steps\": "
		"[{\"open\": \"castle/1\", "
		"\"as\": \"king\"}]}",
	};
	struct stories s;
	stories_open(&s);
	for (size_t i = 0; i < sizeof sound / sizeof sound[0]; i++) {
		struct found f = check(s.world.packs, sound[i]);
		cr_assert_eq(f.n, 0, "%s at %s found %s: %s", f.id, f.where, f.what, sound[i]);
		f = check(NULL, sound[i]);
		cr_assert_eq(f.n, 0, "form: %s at %s: %s", f.id, f.where, sound[i]);
	}
	stories_done(&s);
}

static const struct {
	const char *json, *id, *where;
	bool form; /* seen without packs, too */
} mistakes[] = {
	{"[]", "json.type", "", true},
	{"{\"start\": \"2017-08-01\", \"steps\": [{\"on\": \"2017-08-02\"}]}", "json.missing",
		"/title", true},
	{"{\"title\": {\"zh\": \"一\"}, \"start\": \"2017-08-01\", \"steps\": [{\"on\": "
	 "\"2017-08-02\"}]}",
		"json.type", "/title/en", true},
	{WITH("\"tittle\": 1, ", "{\"on\": \"2017-08-02\"}"), "json.unknown_member", "/tittle",
		true},
	{WITH("\"rows\": [\"so\"], ", "{\"on\": \"2017-08-02\"}"), "pack.row", "/rows/0", true},
	{WITH("\"obligations\": 1, ", "{\"on\": \"2017-08-02\"}"), "json.type", "/obligations",
		true},
	{WITH("\"continues\": \"y\", ", "{\"on\": \"2017-08-02\"}"), "scenario.one_of", "/start",
		true},
	{"{" TITLE ", \"steps\": [{\"on\": \"2017-08-02\"}]}", "json.missing", "/start", true},
	{"{" TITLE ", \"start\": \"August\", \"steps\": [{\"on\": \"2017-08-02\"}]}",
		"scenario.time", "/start", true},
	{WITH("", ""), "json.missing", "/steps", true},
	{WITH("", "7"), "json.type", "/steps/0", true},
	{STEP("\"says\": 1"), "json.unknown_member", "/steps/0/says", true},
	{STEP(TITLE), "scenario.empty", "/steps/0", true},
	{STEP("\"on\": \"2017-02-30\""), "scenario.time", "/steps/0/on", true},
	{STEP("\"wait\": \"ten\""), "calendar.duration", "/steps/0/wait", true},
	{STEP("\"on\": \"2017-08-02\", \"wait\": \"1d\""), "scenario.one_of", "/steps/0/wait",
		true},
	{STEP(SIGN ", \"amend\": true"), "scenario.one_of", "/steps/0", true},
	{STEP("\"amend\": false, \"as\": \"610322.land\""), "json.type", "/steps/0/amend", true},
	{STEP("\"on\": \"2017-08-02\", \"reason\": \"so\""), "scenario.no_act", "/steps/0/reason",
		true},
	{STEP("\"send\": \"sign\""), "json.missing", "/steps/0/as", true},
	{STEP("\"open\": \"household/610322-0002\", \"data\": {}"), "json.missing", "/steps/0/as",
		true},
	{STEP("\"open\": \"household\", \"as\": \"610322.land\""), "scenario.case", "/steps/0/open",
		true},
	{STEP("\"send\": \"sign\", \"as\": \"/Wang\""), "json.type", "/steps/0/as", true},
	{STEP(SIGN ", \"data\": []"), "json.type", "/steps/0/data", true},
	{STEP(SIGN ", \"docs\": [7]"), "json.type", "/steps/0/docs/0", true},
	{STEP(SIGN ", \"docs\": [{\"kind\": \"agreement\", \"weight\": 1}]"), "json.unknown_member",
		"/steps/0/docs/0/weight", true},
	{WITH("", "{\"on\": \"2017-08-02\", \"expect\": {}}"), "scenario.empty", "/steps/0/expect",
		true},
	{"{" TITLE ", \"start\": \"2017-08-01\", \"steps\": [{" SIGN "}]}", "json.missing",
		"/steps/0/case", true},
	{"{" TITLE ", \"start\": \"2017-08-01\", \"steps\": [{\"on\": \"2017-08-02\", \"expect\": "
	 "{\"done\": true}}]}",
		"json.missing", "/steps/0/case", true},
	{WITH("", "{\"on\": \"2017-08-02\"}, {\"case\": \"household/1\", \"open\": "
		  "\"household/2\", \"as\": \"610322.land\"}"),
		"scenario.one_of", "/steps/1/case", true},
	{"{" TITLE ", \"start\": \"2017-08-01\", \"given\": [{\"expect\": {\"done\": true}}], "
	 "\"steps\": [{\"on\": "
	 "\"2017-08-02\"}]}",
		"json.unknown_member", "/given/0/expect", true},
	/* what is expected */
	{EXPECT("\"state\": [\"signed\"]"), "json.unknown_member", "/steps/0/expect/state", true},
	{EXPECT("\"states\": \"signed\""), "json.type", "/steps/0/expect/states", true},
	{EXPECT("\"states\": [1]"), "json.type", "/steps/0/expect/states/0", true},
	{EXPECT("\"done\": \"yes\""), "json.type", "/steps/0/expect/done", true},
	{EXPECT("\"refused\": true"), "json.type", "/steps/0/expect/refused", true},
	{EXPECT("\"refused\": {}"), "json.missing", "/steps/0/expect/refused/rule", true},
	{EXPECT("\"refused\": {\"rule\": \"case.wrong_weather\"}"), "scenario.unknown",
		"/steps/0/expect/refused/rule", true},
	{EXPECT("\"refused\": {\"rule\": \"case.guard\", \"text\": \"\"}"), "json.type",
		"/steps/0/expect/refused/text", true},
	{EXPECT("\"deadlines\": {\"agreements\": \"done\"}"), "scenario.unknown",
		"/steps/0/expect/deadlines/agreements", true},
	{EXPECT("\"deadlines\": {\"agreements\": {\"due\": \"soon\"}}"), "calendar.date",
		"/steps/0/expect/deadlines/agreements/due", true},
	{EXPECT("\"deadlines\": {\"agreements\": {\"day\": \"2017-08-31\"}}"),
		"json.unknown_member", "/steps/0/expect/deadlines/agreements/day", true},
	{EXPECT("\"messages\": {}"), "json.type", "/steps/0/expect/messages", true},
	{EXPECT("\"messages\": [{\"on\": \"2017-08-24\"}]"), "json.missing",
		"/steps/0/expect/messages/0/to", true},
	{EXPECT("\"messages\": [{\"to\": \"610322.land\", \"on\": \"24\"}]"), "calendar.date",
		"/steps/0/expect/messages/0/on", true},
	{EXPECT("\"related\": {\"project\": \"project/S1\"}"), "json.type",
		"/steps/0/expect/related/project", true},
	{EXPECT("\"cases\": {\"project/S1\": {\"messages\": []}}"), "json.unknown_member",
		"/steps/0/expect/cases/project~1S1/messages", true},
	/* what is not there */
	{STEP("\"case\": \"castle/1\", \"on\": \"2017-08-02\""), "scenario.case", "/steps/0/case",
		false},
	{STEP("\"send\": \"dance\", \"as\": \"610322.land\""), "scenario.unknown", "/steps/0/send",
		false},
	{STEP("\"send\": \"sign\", \"as\": \"610322.fire\""), "scenario.actor", "/steps/0/as",
		false},
	{STEP("\"send\": \"sign\", \"as\": \"town@moon\""), "scenario.actor", "/steps/0/as", false},
	{STEP("\"send\": \"sign\", \"as\": \"system\""), "scenario.actor", "/steps/0/as", false},
	{STEP(SIGN ", \"data\": {\"area\": 1}"), "scenario.unknown", "/steps/0/data/area", false},
	{STEP(SIGN ", \"docs\": [\"song\"]"), "scenario.unknown", "/steps/0/docs/0", false},
	{EXPECT("\"states\": [\"sold\"]"), "scenario.unknown", "/steps/0/expect/states/0", false},
	{EXPECT("\"in\": [\"\"]"), "scenario.unknown", "/steps/0/expect/in/0", false},
	{EXPECT("\"not_in\": [\"sold\"]"), "scenario.unknown", "/steps/0/expect/not_in/0", false},
	{EXPECT("\"fields\": {\"area\": 1}"), "scenario.unknown", "/steps/0/expect/fields/area",
		false},
	{EXPECT("\"docs\": [\"song\"]"), "scenario.unknown", "/steps/0/expect/docs/0", false},
	{EXPECT("\"locked\": [\"song\"]"), "scenario.unknown", "/steps/0/expect/locked/0", false},
	{EXPECT("\"deadlines\": {\"party\": \"met\"}"), "scenario.unknown",
		"/steps/0/expect/deadlines/party", false},
	{EXPECT("\"possible\": [\"dance\"]"), "scenario.unknown", "/steps/0/expect/possible/0",
		false},
	{EXPECT("\"related\": {\"friends\": []}"), "scenario.unknown",
		"/steps/0/expect/related/friends", false},
	{EXPECT("\"refused\": {\"rule\": \"case.needs\", \"needs\": [\"song\"]}"),
		"scenario.unknown", "/steps/0/expect/refused/needs/0", false},
	{EXPECT("\"refused\": {\"rule\": \"case.requires\", \"requires\": [\"song\"]}"),
		"scenario.unknown", "/steps/0/expect/refused/requires/0", false},
	{EXPECT("\"messages\": [{\"to\": \"610322.land\", \"about\": \"weather\"}]"),
		"scenario.unknown", "/steps/0/expect/messages/0/about", false},
	{EXPECT("\"messages\": [{\"to\": \"610322.land/Wang\"}]"), "json.type",
		"/steps/0/expect/messages/0/to", true},
	{EXPECT("\"cases\": {\"castle/1\": null}"), "scenario.case",
		"/steps/0/expect/cases/castle~11", false},
};

ANJU_TEST(check, each_mistake_has_its_place)
{
	struct stories s;
	stories_open(&s);
	for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
		struct found f = check(s.world.packs, mistakes[i].json);
		cr_assert_eq(
			f.n, 1, "%zu findings (%s %s): %s", f.n, f.id, f.where, mistakes[i].json);
		cr_assert_str_eq(f.id, mistakes[i].id, "%s: %s", f.id, mistakes[i].json);
		cr_assert_str_eq(f.where, mistakes[i].where, "%s: %s", f.where, mistakes[i].json);
		f = check(NULL, mistakes[i].json);
		cr_assert_eq(
			f.n, mistakes[i].form ? 1 : 0, "form: %zu of %s", f.n, mistakes[i].json);
	}
	stories_done(&s);
}

/* --- folders --- */

static void put(const char *folder, const char *name, const char *text)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *f = fopen(path, "w");
	cr_assert(f != NULL);
	fputs(text, f);
	fclose(f);
}

struct all {
	size_t n;
	char ids[8][52];
};

static void on_any(void *ctx, const anju_error *e)
{
	struct all *all = ctx;
	cr_assert(all->n < 8);
	snprintf(all->ids[all->n++], sizeof all->ids[0], "%s", e->id);
}

static bool has(const struct all *all, const char *id)
{
	for (size_t i = 0; i < all->n; i++) {
		if (strcmp(all->ids[i], id) == 0)
			return true;
	}
	return false;
}

ANJU_TEST(list, reads_the_folders_of_the_chain)
{
	static const char *const dirs[] = {NULL};
	static const char *const files[] = {"/p/pack.json", "/p/scenarios/good.scenario.json",
		"/p/scenarios/next.scenario.json", "/p/scenarios/lost.scenario.json",
		"/p/scenarios/round.scenario.json", "/p/scenarios/broken.scenario.json",
		"/p/scenarios/notes.txt", "/p/scenarios/other.scenario.json", "/p/scenarios", "/p",
		""};
	char dir[] = "/tmp/anju-scenarios-XXXXXX", path[256];
	cr_assert(mkdtemp(dir) != NULL);
	snprintf(path, sizeof path, "%s/p", dir);
	cr_assert_eq(mkdir(path, 0700), 0);
	put(path, "pack.json",
		"{\"pack\": \"p\", \"version\": \"1\", \"regions\": [], \"title\": {\"zh\": "
		"\"一\", \"en\": \"one\"}}");
	snprintf(path, sizeof path, "%s/p/scenarios", dir);
	cr_assert_eq(mkdir(path, 0700), 0);
	put(path, "good.scenario.json",
		"{" TITLE ", \"start\": \"2017-08-01\", \"steps\": [{\"on\": \"2017-08-02\"}]}");
	put(path, "next.scenario.json",
		"{" TITLE ", \"continues\": \"good\", \"steps\": [{\"on\": \"2017-08-03\"}]}");
	put(path, "lost.scenario.json",
		"{" TITLE ", \"continues\": \"nowhere\", \"steps\": [{\"on\": \"2017-08-03\"}]}");
	put(path, "round.scenario.json",
		"{" TITLE ", \"continues\": \"round\", \"steps\": [{\"on\": \"2017-08-03\"}]}");
	put(path, "other.scenario.json",
		"{" TITLE ", \"pack\": \"q\", \"start\": \"2017-08-01\", \"steps\": [{\"open\": "
		"\"x/1\", \"as\": \"y\"}]}");
	put(path, "broken.scenario.json", "{");
	put(path, "notes.txt", "so");
	anju_error err = {0};
	struct sandbox_world world;
	struct sandbox_world_options options = {.dir = dir, .plugin_dirs = dirs};
	assert_ok(sandbox_world_load(&options, &world, &err), err);
	struct scenario_list list;
	struct all all = {0};
	assert_ok(scenario_list_load(world.packs, on_any, &all, &list, &err), err);
	cr_assert_eq(list.len, 5);
	cr_assert_eq(all.n, 4);
	cr_assert(has(&all, "scenario.continues") && has(&all, "scenario.continues_long"));
	cr_assert(has(&all, "json.syntax") && has(&all, "scenario.file"));
	cr_assert(scenario_find(&list, "p", "good")->sound);
	cr_assert(scenario_find(&list, NULL, "next")->sound);
	cr_assert_not(scenario_find(&list, "p", "lost")->sound);
	cr_assert(scenario_find(&list, "p", "other")->other);
	cr_assert_null(scenario_find(&list, "q", "good"));
	struct scenario_result result;
	assert_ok(
		scenario_run(&list, scenario_find(&list, "p", "next"), &world, NULL, &result, &err),
		err);
	cr_assert(result.passed);
	cr_assert_eq(result.steps, 2);
	scenario_result_done(&result);
	scenario_list_done(&list);
	sandbox_world_done(&world);
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		snprintf(path, sizeof path, "%s%s", dir, files[i]);
		cr_assert_eq(remove(path), 0, "%s", path);
	}
}
