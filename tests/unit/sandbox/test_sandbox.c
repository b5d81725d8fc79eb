#include "sandbox/sandbox.h"

#include <unistd.h>

#include "../support.h"
#include "base/json.h"
#include "base/timestamp.h"

struct box {
	struct sandbox_world world;
	struct sandbox *sb;
	struct case_observer observer;
	int guards, taken, entered;
};

static void saw_guard(void *ctx, const struct workflow *wf, const struct chart_call *guard,
	enum chart_verdict verdict)
{
	(void)wf;
	(void)guard;
	((struct box *)ctx)->guards += verdict == CHART_TRUE ? 1 : 100;
}

static void saw_taken(void *ctx, const struct workflow *wf, uint32_t transition)
{
	(void)wf;
	(void)transition;
	((struct box *)ctx)->taken++;
}

static void saw_entered(void *ctx, const struct workflow *wf, uint32_t state)
{
	(void)wf;
	(void)state;
	((struct box *)ctx)->entered++;
}

static void load(struct box *b)
{
	static const char *const dirs[] = {NULL};
	anju_error err = {0};
	*b = (struct box){0};
	struct sandbox_world_options options = {.dir = TEST_DATA "/engine", .plugin_dirs = dirs};
	assert_ok(sandbox_world_load(&options, &b->world, &err), err);
	b->observer = (struct case_observer){
		.ctx = b, .guard = saw_guard, .taken = saw_taken, .entered = saw_entered};
}

static void start(struct box *b, const char *at, bool obligations)
{
	anju_error err = {0};
	load(b);
	struct sandbox_options options = {
		.world = &b->world, .obligations = obligations, .observer = &b->observer};
	assert_ok(timestamp_parse(at, &options.start_ms, &err), err);
	assert_ok(sandbox_open(&options, &b->sb, &err), err);
}

static void end(struct box *b)
{
	sandbox_free(b->sb);
	sandbox_world_done(&b->world);
}

static anju_status act(struct box *b, const char *name, const char *as, const char *event,
	const char *data, const char *docs, json_t **ret_refusal, anju_error *err)
{
	ANJU_AUTO_JSON *data_json = data != NULL ? json_loads(data, 0, NULL) : NULL;
	ANJU_AUTO_JSON *docs_json = docs != NULL ? json_loads(docs, 0, NULL) : NULL;
	json_t *refusal = NULL;
	struct sandbox_act a = {.name = name,
		.as = as,
		.event = event,
		.data = data_json,
		.docs = docs_json,
		.effective_ms = SANDBOX_NOW};
	anju_status st = sandbox_do(b->sb, &a, &refusal, err);
	if (ret_refusal != NULL)
		*ret_refusal = refusal;
	else
		json_decref(refusal);
	return st;
}

static void household(struct box *b, const char *name)
{
	anju_error err = {0};
	assert_ok(act(b, name, "610322.poverty", NULL,
			  "{\"persons\": 4, \"town\": \"610322101.town\"}", NULL, NULL, &err),
		err);
}

static void advance(struct box *b, const char *to)
{
	anju_error err = {0};
	int64_t ms;
	assert_ok(timestamp_parse(to, &ms, &err), err);
	assert_ok(sandbox_advance(b->sb, ms, &err), err);
	cr_assert_eq(sandbox_now(b->sb), ms);
}

/* The JSON text of a member, in a buffer of its own. */
static const char *shown(const json_t *obj, const char *member)
{
	static char text[4096];
	char *dump = json_dumps(json_object_get(obj, member), JSON_ENCODE_ANY | JSON_COMPACT);
	snprintf(text, sizeof text, "%s", dump != NULL ? dump : "");
	free(dump);
	return text;
}

ANJU_TEST(sandbox, opens_sends_and_reads)
{
	struct box b;
	anju_error err = {0};
	ANJU_AUTO_JSON *cs = NULL;
	start(&b, "2017-08-01T09:00:00+08:00", false);
	household(&b, "household/610322-0001");
	assert_ok(act(&b, "household/610322-0001", "land@county", "sign",
			  "{\"area_m2\": \"100.00\"}", "[{\"kind\": \"agreement\"}]", NULL, &err),
		err);
	assert_ok(sandbox_case(b.sb, "household/610322-0001", &cs, &err), err);
	cr_assert_str_eq(shown(cs, "states"), "[\"signed\"]");
	cr_assert_str_eq(shown(cs, "phase"), "\"agree\"");
	cr_assert_str_eq(shown(cs, "locks"), "[\"persons\"]");
	cr_assert_eq(json_integer_value(json_object_get(json_object_get(cs, "data"), "rounds")), 1);
	/* the root, survey and signed; the guard of one transition, asked once */
	cr_assert_eq(b.entered, 3);
	cr_assert_eq(b.taken, 1);
	cr_assert_eq(b.guards, 1);
	end(&b);
}

ANJU_TEST(sandbox, a_refusal_explains_itself_and_takes_nothing)
{
	struct box b;
	anju_error err = {0};
	ANJU_AUTO_JSON *refusal = NULL;
	ANJU_AUTO_JSON *cs = NULL;
	start(&b, "2017-08-01", false);
	household(&b, "household/610322-0001");
	assert_status(
		act(&b, "household/610322-0001", "610322.land", "sign", "{\"area_m2\": \"100.01\"}",
			"[{\"kind\": \"agreement\"}]", &refusal, &err),
		ANJU_E_REFUSED);
	cr_assert_str_eq(err.id, "case.guard");
	cr_assert(json_array_size(json_object_get(refusal, "guards")) == 1);
	assert_ok(sandbox_case(b.sb, "household/610322-0001", &cs, &err), err);
	cr_assert_str_eq(shown(cs, "states"), "[\"survey\"]");
	cr_assert_eq(b.taken, 0);
	cr_assert_eq(b.guards, 100, "asked once, and it said no");
	end(&b);
}

ANJU_TEST(sandbox, a_step_refused_after_its_guard_is_not_taken)
{
	struct box b;
	anju_error err = {0};
	start(&b, "2017-08-01", false);
	household(&b, "household/610322-0001");
	assert_status(act(&b, "household/610322-0001", "610322.land", "sign",
			      "{\"area_m2\": \"50.00\"}", NULL, NULL, &err),
		ANJU_E_REFUSED);
	cr_assert_str_eq(err.id, "case.needs");
	cr_assert_eq(b.guards, 1);
	cr_assert_eq(b.taken, 0);
	cr_assert_eq(b.entered, 2);
	end(&b);
}

ANJU_TEST(sandbox, a_dry_run_changes_and_counts_nothing)
{
	struct box b;
	anju_error err = {0};
	json_t *refusal = NULL;
	ANJU_AUTO_JSON *data = json_loads("{\"area_m2\": \"50.00\"}", 0, NULL);
	ANJU_AUTO_JSON *docs = json_loads("[{\"kind\": \"agreement\"}]", 0, NULL);
	ANJU_AUTO_JSON *cs = NULL;
	start(&b, "2017-08-01", false);
	household(&b, "household/610322-0001");
	struct sandbox_act a = {.name = "household/610322-0001",
		.as = "610322.land",
		.event = "sign",
		.data = data,
		.docs = docs,
		.effective_ms = SANDBOX_NOW,
		.dry_run = true};
	assert_ok(sandbox_do(b.sb, &a, &refusal, &err), err);
	cr_assert_null(refusal);
	assert_ok(sandbox_case(b.sb, "household/610322-0001", &cs, &err), err);
	cr_assert_str_eq(shown(cs, "states"), "[\"survey\"]");
	cr_assert_eq(b.taken, 0);
	cr_assert_eq(b.guards, 0);
	end(&b);
}

ANJU_TEST(sandbox, the_clock_brings_timers_deadlines_and_messages)
{
	struct box b;
	anju_error err = {0};
	ANJU_AUTO_JSON *cs = NULL;
	ANJU_AUTO_JSON *deadlines = NULL;
	ANJU_AUTO_JSON *messages = NULL;
	start(&b, "2017-08-01T09:00:00+08:00", false);
	household(&b, "household/610322-0001");
	advance(&b, "2017-08-24T09:00:00+08:00");
	assert_ok(sandbox_messages(b.sb, 0, &messages, &err), err);
	cr_assert_eq(json_array_size(messages), 1);
	const json_t *m = json_array_get(messages, 0);
	cr_assert_str_eq(shown(m, "to"), "\"610322101.town\"");
	cr_assert_str_eq(shown(m, "on"), "\"2017-08-24\"");
	cr_assert_str_eq(shown(m, "urgent"), "false");
	ANJU_AUTO_JSON *later = NULL;
	assert_ok(
		sandbox_messages(b.sb, json_integer_value(json_object_get(m, "id")), &later, &err),
		err);
	cr_assert_eq(json_array_size(later), 0);
	advance(&b, "2017-09-05");
	assert_ok(sandbox_case(b.sb, "household/610322-0001", &cs, &err), err);
	cr_assert_str_eq(shown(cs, "states"), "[\"stale\"]", "after 30 days");
	assert_ok(sandbox_deadlines(b.sb, "household/610322-0001", &deadlines, &err), err);
	cr_assert_eq(json_array_size(deadlines), 1);
	cr_assert_str_eq(shown(json_array_get(deadlines, 0), "status"), "\"superseded\"");
	cr_assert_str_eq(shown(json_array_get(deadlines, 0), "due"), "\"2017-08-31\"");
	end(&b);
}

ANJU_TEST(sandbox, related_cases_take_their_events)
{
	struct box b;
	anju_error err = {0};
	ANJU_AUTO_JSON *cs = NULL;
	ANJU_AUTO_JSON *related = NULL;
	ANJU_AUTO_JSON *names = NULL;
	start(&b, "2017-08-01", false);
	assert_ok(act(&b, "project/S1", "610322.land", NULL, "{\"county\": \"610322\"}", NULL, NULL,
			  &err),
		err);
	assert_ok(act(&b, "household/610322-0001", NULL, NULL,
			  "{\"persons\": 4, \"town\": \"610322101.town\", \"project\": "
			  "\"project/S1\"}",
			  NULL, NULL, &err),
		err);
	assert_ok(act(&b, "household/610322-0001", "610322.land", "sign",
			  "{\"area_m2\": \"100.00\"}", "[{\"kind\": \"agreement\"}]", NULL, &err),
		err);
	assert_ok(
		act(&b, "project/S1", "government@county", "accept", NULL, NULL, NULL, &err), err);
	assert_ok(sandbox_case(b.sb, "household/610322-0001", &cs, &err), err);
	cr_assert_str_eq(shown(cs, "done"), "true");
	assert_ok(sandbox_related(b.sb, "project/S1", &related, &err), err);
	cr_assert_str_eq(shown(related, "households"), "[\"household/610322-0001\"]");
	assert_ok(sandbox_cases(b.sb, &names, &err), err);
	cr_assert_eq(json_array_size(names), 2);
	end(&b);
}

ANJU_TEST(sandbox, obligations_begin_only_when_asked_for)
{
	for (int on = 0; on < 2; on++) {
		struct box b;
		anju_error err = {0};
		ANJU_AUTO_JSON *names = NULL;
		start(&b, "2017-08-31", on == 1);
		advance(&b, "2017-10-02");
		assert_ok(sandbox_cases(b.sb, &names, &err), err);
		cr_assert_eq(json_array_size(names), on == 1 ? 2 : 0);
		end(&b);
	}
}

ANJU_TEST(sandbox, who_somebody_is)
{
	struct box b;
	anju_error err = {0};
	const struct unit *units[4];
	size_t n;
	start(&b, "2017-08-01", false);
	household(&b, "household/610322-0001");
	const char *name = "household/610322-0001";
	assert_ok(sandbox_units(b.sb, name, NULL, "town@home", units, 4, &n, &err), err);
	cr_assert_eq(n, 1);
	cr_assert_str_eq(units[0]->code, "610322101.town");
	assert_ok(sandbox_units(b.sb, name, NULL, "610322.gov", units, 4, &n, &err), err);
	cr_assert_eq(n, 1);
	assert_status(sandbox_units(b.sb, name, NULL, "mayor@county", units, 4, &n, &err),
		ANJU_E_NOTFOUND);
	cr_assert_str_eq(err.id, "sandbox.unit");
	assert_status(
		act(&b, name, "610322.fire", "sign", NULL, NULL, NULL, &err), ANJU_E_NOTFOUND);
	assert_status(act(&b, name, "any", "sign", NULL, NULL, NULL, &err), ANJU_E_INVALID);
	cr_assert_str_eq(err.id, "sandbox.actor");
	/* officers are people: the journal names them, roles do not */
	assert_ok(act(&b, name, "610322.land/Wang", "sign", "{\"area_m2\": \"1.00\"}",
			  "[{\"kind\": \"agreement\"}]", NULL, &err),
		err);
	end(&b);
}

ANJU_TEST(sandbox, what_is_not_there)
{
	struct box b;
	anju_error err = {0};
	json_t *v = NULL;
	start(&b, "2017-08-01", false);
	assert_status(sandbox_case(b.sb, "household/610322-0009", &v, &err), ANJU_E_NOTFOUND);
	cr_assert_str_eq(err.id, "sandbox.no_case");
	assert_status(sandbox_case(b.sb, "castle/1", &v, &err), ANJU_E_NOTFOUND);
	cr_assert_str_eq(err.id, "engine.no_workflow");
	assert_status(sandbox_case(b.sb, "household", &v, &err), ANJU_E_INVALID);
	cr_assert_str_eq(err.id, "sandbox.case");
	assert_status(
		act(&b, "household/610322-0009", "610322.land", "sign", NULL, NULL, NULL, &err),
		ANJU_E_NOTFOUND);
	cr_assert_null(v);
	assert_status(sandbox_advance(b.sb, sandbox_now(b.sb) - 1, &err), ANJU_E_INVALID);
	cr_assert_str_eq(err.id, "engine.clock_back");
	end(&b);
}

ANJU_TEST(sandbox, what_is_possible)
{
	struct box b;
	anju_error err = {0};
	ANJU_AUTO_JSON *possible = NULL;
	start(&b, "2017-08-01", false);
	household(&b, "household/610322-0001");
	assert_ok(sandbox_possible(b.sb, "household/610322-0001", &possible, &err), err);
	cr_assert_eq(json_array_size(possible), 1);
	cr_assert_str_eq(shown(json_array_get(possible, 0), "event"), "\"sign\"");
	cr_assert_str_eq(shown(json_array_get(possible, 0), "by"), "[\"610322.land\"]");
	end(&b);
}

ANJU_TEST(sandbox, several_stand_side_by_side)
{
	struct box a, b;
	anju_error err = {0};
	ANJU_AUTO_JSON *in_a = NULL;
	ANJU_AUTO_JSON *in_b = NULL;
	start(&a, "2017-08-01", false);
	start(&b, "2018-08-01", false);
	household(&a, "household/610322-0001");
	assert_ok(sandbox_cases(a.sb, &in_a, &err), err);
	assert_ok(sandbox_cases(b.sb, &in_b, &err), err);
	cr_assert_eq(json_array_size(in_a), 1);
	cr_assert_eq(json_array_size(in_b), 0);
	end(&a);
	end(&b);
}

ANJU_TEST(sandbox, a_plugin_that_is_missing_is_said)
{
	static const char *const dirs[] = {NULL};
	struct sandbox_world world;
	anju_error err = {0};
	struct sandbox_world_options options = {
		.dir = TEST_DATA "/../../workflows", .leaf = "fengxiang", .plugin_dirs = dirs};
	cr_assert_neq(sandbox_world_load(&options, &world, &err), ANJU_OK);
	cr_assert(strncmp(err.id, "plugin.", 7) == 0, "%s", err.id);
}

ANJU_TEST(sandbox, leaves_nothing_behind_even_if_killed)
{
	struct box b;
	char path[64], at[512];
	int open_files = 0;
	start(&b, "2017-08-01", false);
	for (int fd = 3; fd < 256; fd++) {
		snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
		ssize_t n = readlink(path, at, sizeof at - 1);
		if (n <= 0)
			continue;
		at[n] = '\0';
		if (strstr(at, "/anju-sandbox-") == NULL)
			continue;
		open_files++;
		cr_assert(strstr(at, "(deleted)") != NULL, "%s", at);
	}
	cr_assert(open_files > 0);
	end(&b);
}
