#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "unit/plugin/kit.h"
#include "unit/support.h"

static anju_status ask(
	struct plugin_set *set, const char *function, int timeout_ms, json_t **ret, anju_error *err)
{
	ANJU_AUTO_JSON *input = json_object();
	return plugin_policy(plugin_set_at(set, 0), function, input, timeout_ms, ret, err);
}

ANJU_TEST(plugin_call, verdicts_come_through)
{
	struct plugin_set *set = kit_must_load("good", NULL);
	ANJU_AUTO_JSON *yes = kit_ask(set, "yes", "{}");
	ANJU_AUTO_JSON *want = kit_json("{'ok': true, 'values': {}}");
	cr_assert(json_equal(yes, want));
	kit_no(set, "no", "{}", "不行", "no");
	ANJU_AUTO_JSON *echo = kit_ask(set, "echo", "{'case': {'persons': 3}}");
	ANJU_AUTO_JSON *values = kit_json("{'case': {'persons': 3}}");
	cr_assert(json_equal(json_object_get(echo, "values"), values));
	ANJU_AUTO_JSON *limit = kit_ask(set, "limit", "{}");
	cr_assert_eq(
		json_integer_value(json_object_get(json_object_get(limit, "values"), "timeout_ms")),
		WAIT_MS);
	plugin_set_free(set);
}

ANJU_TEST(plugin_call, what_is_not_offered_is_not_asked)
{
	struct plugin_set *set = kit_must_load("good", NULL);
	struct plugin *p = plugin_set_at(set, 0);
	anju_error err = {0};
	json_t *ret = NULL;
	assert_status(ask(set, "mem", WAIT_MS, &ret, &err), ANJU_E_NOTFOUND);
	cr_assert_str_eq(err.id, "plugin.unknown_function");
	kit_has_sentences(err.id);
	ANJU_AUTO_JSON *message = json_object();
	assert_status(plugin_deliver(p, "sms", message, WAIT_MS, &err), ANJU_E_NOTFOUND);
	assert_status(plugin_calendar(p, "moon", WAIT_MS, &ret, &err), ANJU_E_NOTFOUND);
	cr_assert_null(ret);
	plugin_set_free(set);
}

ANJU_TEST(plugin_call, answers_later_from_another_thread)
{
	struct plugin_set *set = kit_must_load("slow", NULL);
	json_t *ret = NULL;
	anju_error err = {0};
	assert_ok(ask(set, "soon", WAIT_MS, &ret, &err), err);
	cr_assert(json_is_true(json_object_get(ret, "ok")));
	json_decref(ret);
	assert_ok(ask(set, "early", WAIT_MS, &ret, &err), err);
	json_decref(ret);
	assert_ok(ask(set, "twice", WAIT_MS, &ret, &err), err);
	cr_assert(json_is_true(json_object_get(ret, "ok")), "the first answer counts");
	json_decref(ret);
	plugin_set_free(set);
}

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

ANJU_TEST(plugin_call, a_late_answer_is_dropped_safely)
{
	struct plugin_set *set = kit_must_load("slow", NULL);
	json_t *ret = NULL;
	anju_error err = {0};
	int64_t before = now_ms();
	assert_status(ask(set, "late", 30, &ret, &err), ANJU_E_PLUGIN);
	cr_assert_lt(now_ms() - before, 190, "it waits for its time limit, not for the answer");
	cr_assert_str_eq(err.id, "plugin.timeout");
	cr_assert_str_eq(err.found, "slow.late");
	cr_assert_str_eq(err.allowed, "@say.milliseconds|30");
	kit_has_sentences(err.id);
	cr_assert_null(ret);
	/* stop joins the thread, whose answer then finds nobody waiting */
	plugin_set_free(set);
}

ANJU_TEST(plugin_call, an_answer_that_never_comes_times_out)
{
	struct plugin_set *set = kit_must_load("slow", NULL);
	json_t *ret = NULL;
	anju_error err = {0};
	assert_status(ask(set, "hang", 20, &ret, &err), ANJU_E_PLUGIN);
	cr_assert_str_eq(err.id, "plugin.timeout");
	assert_status(ask(set, "hang", 0, &ret, &err), ANJU_E_PLUGIN);
	assert_status(ask(set, "forgotten", WAIT_MS, &ret, &err), ANJU_E_PLUGIN);
	cr_assert_str_eq(err.id, "plugin.no_answer");
	kit_has_sentences(err.id);
	/* others are not held up */
	assert_ok(ask(set, "soon", WAIT_MS, &ret, &err), err);
	json_decref(ret);
	/* it still owes answers: it stays mapped, and a new set can load it again */
	plugin_set_free(set);
	set = kit_must_load("slow", NULL);
	plugin_set_free(set);
}

ANJU_TEST(plugin_call, bad_verdicts_and_failures_are_named)
{
	static const struct {
		const char *function, *id, *allowed;
	} bad[] = {
		{"text", "plugin.bad_verdict", "@say.object"},
		{"null", "plugin.bad_verdict", "@say.object"},
		{"no_ok", "plugin.bad_verdict", "ok"},
		{"no_reason", "plugin.bad_verdict", "reason"},
		{"half_reason", "plugin.bad_verdict", "reason"},
		{"bad_values", "plugin.bad_verdict", "values"},
		{"fail", "plugin.failed", ""},
		{"fail_bare", "plugin.failed", ""},
		{"fail_wild", "plugin.failed", ""},
	};
	struct plugin_set *set = kit_must_load("bad_verdict", NULL);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		json_t *ret = NULL;
		anju_error err = {0};
		assert_status(ask(set, bad[i].function, WAIT_MS, &ret, &err), ANJU_E_PLUGIN);
		cr_expect_str_eq(err.id, bad[i].id, "%s: %s", bad[i].function, err.text);
		cr_expect_not_null(strstr(err.allowed, bad[i].allowed), "%s", err.allowed);
		char who[64];
		snprintf(who, sizeof who, "bad_verdict.%s", bad[i].function);
		cr_expect_not_null(strstr(err.text, who), "%s", err.text);
		cr_expect_null(ret);
		kit_has_sentences(bad[i].id);
		/* nobody has to take the error */
		assert_status(ask(set, bad[i].function, WAIT_MS, &ret, NULL), ANJU_E_PLUGIN);
	}
	anju_error err = {0};
	json_t *ret = NULL;
	assert_status(ask(set, "fail", WAIT_MS, &ret, &err), ANJU_E_PLUGIN);
	cr_assert_not_null(strstr(err.text, "disk on fire"));
	cr_assert_eq(err.origin, ANJU_ORIGIN_PLUGIN);
	cr_assert_eq(err.cause, ANJU_E_IO);
	plugin_set_free(set);
}

ANJU_TEST(plugin_call, deliveries_keep_the_plugins_error)
{
	struct plugin_set *set = kit_must_load("good", NULL);
	struct plugin *p = plugin_set_channel(set, "mem");
	anju_error err = {0};
	ANJU_AUTO_JSON *good = json_object();
	assert_ok(plugin_deliver(p, "mem", good, WAIT_MS, &err), err);
	ANJU_AUTO_JSON *busy = json_pack("{s:i}", "fail", ANJU_E_BUSY);
	assert_status(plugin_deliver(p, "mem", busy, WAIT_MS, &err), ANJU_E_BUSY);
	cr_assert_str_eq(err.id, "test.deliver");
	ANJU_AUTO_JSON *odd = json_pack("{s:i}", "fail", -999);
	assert_status(plugin_deliver(p, "mem", odd, WAIT_MS, &err), ANJU_E_PLUGIN);
	plugin_set_free(set);
}

ANJU_TEST(plugin_call, notices_must_be_objects)
{
	struct plugin_set *set = kit_must_load("good", NULL);
	struct plugin *p = plugin_set_at(set, 0);
	anju_error err = {0};
	json_t *notices = NULL;
	assert_ok(plugin_calendar(p, "days", WAIT_MS, &notices, &err), err);
	cr_assert_eq(json_array_size(notices), 1);
	json_decref(notices);
	notices = NULL;
	assert_status(plugin_calendar(p, "broken", WAIT_MS, &notices, &err), ANJU_E_PLUGIN);
	cr_assert_str_eq(err.id, "plugin.bad_notices");
	kit_has_sentences(err.id);
	cr_assert_null(notices);
	plugin_set_free(set);
}

static void *many_calls(void *data)
{
	struct plugin_set *set = data;
	size_t failures = 0;
	for (int i = 0; i < 200; i++) {
		json_t *ret = NULL;
		if (ask(set, "yes", WAIT_MS, &ret, NULL) != ANJU_OK)
			failures++;
		json_decref(ret);
	}
	return (void *)failures; /* allowed: a count in a pointer */
}

ANJU_TEST(plugin_call, several_threads_at_once)
{
	struct plugin_set *set = kit_must_load("good", NULL);
	pthread_t threads[4];
	for (size_t i = 0; i < 4; i++)
		cr_assert_eq(pthread_create(&threads[i], NULL, many_calls, set), 0);
	for (size_t i = 0; i < 4; i++) {
		void *failures;
		pthread_join(threads[i], &failures);
		cr_assert_null(failures);
	}
	plugin_set_free(set);
}
