/* One scenario, act by act. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/messages.h"
#include "base/timestamp.h"
#include "scenario/impl.h"

void scenario_result_done(struct scenario_result *result)
{
	json_decref(result->failures);
	*result = (struct scenario_result){0};
}

/* --- failures --- */

static const char *text(const json_t *obj, const char *key)
{
	return json_string_value(json_object_get(obj, key));
}

/* What the step does, in a few words, unless its author says it. */
static json_t *step_words(const struct run *run)
{
	const json_t *title = json_object_get(run->step, "title");
	if (title != NULL)
		return json_incref((json_t *)title);
	ANJU_AUTO_BUF words = BUF_INIT;
	const char *on = text(run->step, "on"), *wait = text(run->step, "wait");
	const char *as = text(run->step, "as"), *send = text(run->step, "send");
	if (on != NULL || wait != NULL)
		buf_addf(&words, "%s ", on != NULL ? on : wait);
	if (as != NULL)
		buf_addf(&words, "%s ", as);
	if (text(run->step, "open") != NULL)
		buf_addf(&words, "open %s", text(run->step, "open"));
	else if (send != NULL)
		buf_addf(&words, "%s %s", send, run->name);
	else if (json_object_get(run->step, "amend") != NULL)
		buf_addf(&words, "amend %s", run->name);
	const char *all = words.data != NULL ? words.data : "";
	return json_pack("{s:s, s:s}", "zh", all, "en", all);
}

void run_failed(struct run *run, const struct json_at *at, const char *zh, const char *en,
	json_t *expected, json_t *actual, json_t *more)
{
	char pointer[512];
	json_t *failure = json_pack("{s:s, s:s, s:o, s:{s:s, s:s}, s:o, s:o, s:o*}", "file",
		run->scenario->file, "pointer", json_at_pointer(at, pointer, sizeof pointer),
		"step", step_words(run), "what", "zh", zh, "en", en, "expected",
		expected != NULL ? expected : json_null(), "actual",
		actual != NULL ? actual : json_null(), "text", more);
	(void)json_array_append_new(run->result->failures, failure);
}

static json_t *words_of(const anju_error *err, const json_t *refusal)
{
	json_t *said = json_object_get(refusal, "text");
	if (said != NULL)
		return json_incref(said);
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT;
	message_render_error(&zh, err, LANG_ZH);
	message_render_error(&en, err, LANG_EN);
	return json_pack("{s:s, s:s}", "zh", zh.data != NULL ? zh.data : "", "en",
		en.data != NULL ? en.data : "");
}

/* --- acts --- */

static anju_status move_clock(struct sandbox *sb, const json_t *act, anju_error *err)
{
	const char *on = text(act, "on"), *wait = text(act, "wait");
	int64_t to = 0, now = sandbox_now(sb);
	if (on == NULL && wait == NULL)
		return ANJU_OK;
	anju_status st =
		on != NULL ? scenario_time(on, &to, err)
			   : scenario_wait(sandbox_world_of(sb)->calendar, now, wait, &to, err);
	if (st != ANJU_OK)
		return st;
	/* later on the same day: it is that day already */
	if (on != NULL && to < now && strchr(on, 'T') == NULL &&
		timestamp_to_day(to) == timestamp_to_day(now))
		return ANJU_OK;
	return sandbox_advance(sb, to, err);
}

/* "kind" → {"kind": kind} */
static json_t *whole_docs(const json_t *docs)
{
	json_t *all = json_array(), *v;
	size_t i;
	json_array_foreach((json_t *)docs, i, v) {
		if (json_is_string(v))
			json_array_append_new(all, json_pack("{s:O}", "kind", v));
		else
			json_array_append(all, v);
	}
	return all;
}

static anju_status carry_out(struct sandbox *sb, const char *name, const json_t *act,
	json_t **ret_refusal, anju_error *err)
{
	ANJU_AUTO_JSON *docs = whole_docs(json_object_get(act, "docs"));
	struct sandbox_act a = {.name = name,
		.as = text(act, "as"),
		.event = text(act, "send"),
		.data = json_object_get(act, "data"),
		.docs = docs,
		.reason = text(act, "reason"),
		.effective_ms = SANDBOX_NOW};
	if (json_object_get(act, "amend") != NULL)
		a.event = "amend";
	if (text(act, "effective") != NULL) {
		anju_status st = scenario_time(text(act, "effective"), &a.effective_ms, err);
		if (st != ANJU_OK)
			return st;
	}
	return sandbox_do(sb, &a, ret_refusal, err);
}

/* Its case is the one at hand from then on. */
static anju_status begin(struct sandbox *sb, char name[SCENARIO_NAME_SIZE], const json_t *act,
	json_t **ret_refusal, anju_error *err)
{
	ANJU_AUTO_MEM char *opened = NULL;
	struct sandbox_begin b = {.obligation = text(act, "begin"),
		.whom = text(act, "for"),
		.as = text(act, "as"),
		.ref = text(act, "ref"),
		.effective_ms = SANDBOX_NOW};
	anju_status st = ANJU_OK;
	if (text(act, "effective") != NULL)
		st = scenario_time(text(act, "effective"), &b.effective_ms, err);
	if (st == ANJU_OK)
		st = sandbox_begin(sb, &b, &opened, ret_refusal, err);
	if (st == ANJU_OK)
		snprintf(name, SCENARIO_NAME_SIZE, "%s", opened);
	return st;
}

static bool does_something(const json_t *act)
{
	return json_object_get(act, "open") != NULL || json_object_get(act, "send") != NULL ||
	       json_object_get(act, "amend") != NULL;
}

const char *scenario_case_of(const json_t *act)
{
	return text(act, "open") != NULL ? text(act, "open") : text(act, "case");
}

anju_status scenario_act(struct sandbox *sb, char name[SCENARIO_NAME_SIZE], const json_t *act,
	bool *ret_timely, json_t **ret_refusal, anju_error *err)
{
	*ret_refusal = NULL;
	anju_status st = move_clock(sb, act, err);
	*ret_timely = st == ANJU_OK;
	if (st == ANJU_OK && json_object_get(act, "begin") != NULL)
		return begin(sb, name, act, ret_refusal, err);
	return st == ANJU_OK && does_something(act) ? carry_out(sb, name, act, ret_refusal, err)
						    : st;
}

static void name_case(struct run *run, const json_t *act)
{
	const char *name = scenario_case_of(act);
	if (name != NULL)
		snprintf(run->name, sizeof run->name, "%s", name);
}

/* Everything the machine itself fails at ends the run; a refusal is an answer. */
bool scenario_is_answer(anju_status st)
{
	return st == ANJU_E_REFUSED || st == ANJU_E_DENIED || st == ANJU_E_INVALID ||
	       st == ANJU_E_NOTFOUND || st == ANJU_E_EXISTS || st == ANJU_E_CONFLICT ||
	       st == ANJU_E_LIMIT;
}

static anju_status last_message(struct run *run, anju_error *err)
{
	ANJU_AUTO_JSON *list = NULL;
	anju_status st = sandbox_messages(run->sb, run->seen, &list, err);
	size_t n = json_array_size(list);
	if (st == ANJU_OK && n > 0)
		run->seen = json_integer_value(json_object_get(json_array_get(list, n - 1), "id"));
	return st;
}

static void failed_time(
	struct run *run, const json_t *act, const struct json_at *at, const anju_error *err)
{
	const char *key = json_object_get(act, "on") != NULL ? "on" : "wait";
	struct json_at here = JSON_AT_KEY(at, key);
	run_failed(run, &here, "时间", "time", json_incref(json_object_get(act, key)), NULL,
		words_of(err, NULL));
}

/* What was not expected to be refused, and was; or the other way round. */
static void compare_outcome(struct run *run, const json_t *act, const struct json_at *at)
{
	const json_t *expect = json_object_get(act, "expect");
	const json_t *refused = json_object_get(expect, "refused");
	struct json_at expect_at = JSON_AT_KEY(at, "expect"),
		       here = JSON_AT_KEY(&expect_at, "refused");
	if (refused == NULL && run->status != ANJU_OK)
		run_failed(run, at, "办理结果", "outcome", json_string("ok"),
			json_string(run->err->id), words_of(run->err, run->refusal));
	else if (refused != NULL && run->status == ANJU_OK)
		run_failed(run, &here, "办理结果", "outcome", json_incref((json_t *)refused),
			json_string("ok"), NULL);
	else if (refused != NULL)
		compare_refusal(run, refused, &here);
}

static anju_status do_act(
	struct run *run, const json_t *act, const struct json_at *at, anju_error *err)
{
	ANJU_AUTO_JSON *refusal = NULL;
	anju_error why = {0};
	run->step = act;
	run->result->steps++;
	name_case(run, act);
	anju_status st = last_message(run, err);
	if (st != ANJU_OK)
		return st;
	bool timely;
	st = scenario_act(run->sb, run->name, act, &timely, &refusal, &why);
	if (!timely) {
		failed_time(run, act, at, &why);
		return ANJU_OK;
	}
	if (st != ANJU_OK && !scenario_is_answer(st)) {
		if (err != NULL)
			*err = why;
		return st;
	}
	run->status = st;
	run->err = &why;
	run->refusal = refusal;
	compare_outcome(run, act, at);
	const json_t *expect = json_object_get(act, "expect");
	struct json_at here = JSON_AT_KEY(at, "expect");
	return expect != NULL ? compare_expect(run, expect, &here, err) : ANJU_OK;
}

/* A story that has gone wrong is not told to its end: what follows would only repeat it. */
static anju_status do_acts(struct run *run, const char *key, anju_error *err)
{
	struct json_at root = JSON_AT_ROOT(run->scenario->file), place = JSON_AT_KEY(&root, key);
	anju_status st = ANJU_OK;
	size_t i;
	json_t *v;
	json_array_foreach(json_object_get(run->scenario->doc, key), i, v) {
		struct json_at here = JSON_AT_INDEX(&place, i);
		if (st != ANJU_OK || json_array_size(run->result->failures) > 0)
			return st;
		st = do_act(run, v, &here, err);
	}
	return st;
}

/* --- the whole --- */

#define CHAIN_MAX 16

/* What it continues, from the beginning on; ends with the scenario itself. */
static size_t chain_of(const struct scenario_list *list, const struct scenario *s,
	const struct scenario *ret[CHAIN_MAX])
{
	size_t n = 0;
	for (const struct scenario *at = s; at != NULL && n < CHAIN_MAX; n++) {
		const char *name = text(at->doc, "continues");
		memmove(ret + 1, ret, n * sizeof *ret);
		ret[0] = at;
		at = name != NULL ? scenario_find(list, s->pack, name) : NULL;
	}
	return n;
}

json_t *scenario_acts(
	const struct scenario_list *list, const struct scenario *scenario, const char **ret_start)
{
	const struct scenario *chain[CHAIN_MAX] = {NULL};
	size_t n = chain_of(list, scenario, chain);
	json_t *acts = json_array();
	for (size_t i = 0; i < n; i++) {
		json_array_extend(acts, json_object_get(chain[i]->doc, "given"));
		json_array_extend(acts, json_object_get(chain[i]->doc, "steps"));
	}
	*ret_start = text(chain[0]->doc, "start");
	return acts;
}

static anju_status tell(
	struct run *run, const struct scenario *const *chain, size_t n, anju_error *err)
{
	anju_status st = ANJU_OK;
	for (size_t i = 0; i < n && st == ANJU_OK; i++) {
		run->scenario = chain[i];
		st = do_acts(run, "given", err);
		if (st == ANJU_OK)
			st = do_acts(run, "steps", err);
	}
	return st;
}

anju_status scenario_run(const struct scenario_list *list, const struct scenario *scenario,
	const struct sandbox_world *world, struct coverage *coverage, struct scenario_result *ret,
	anju_error *err)
{
	const struct scenario *chain[CHAIN_MAX] = {NULL};
	size_t n = chain_of(list, scenario, chain);
	struct scenario_result result = {.failures = json_array()};
	struct sandbox_options options = {.world = world,
		.obligations = json_is_true(json_object_get(chain[0]->doc, "obligations")),
		.observer = coverage != NULL ? &coverage->observer : NULL};
	const char *start = text(chain[0]->doc, "start");
	ANJU_AUTO(sandbox) sb = NULL;
	anju_status st = scenario_time(start != NULL ? start : "", &options.start_ms, err);
	if (st == ANJU_OK)
		st = sandbox_open(&options, &sb, err);
	struct run run = {.list = list, .sb = sb, .result = &result};
	if (st == ANJU_OK)
		st = tell(&run, chain, n, err);
	if (st != ANJU_OK) {
		scenario_result_done(&result);
		return st;
	}
	result.passed = json_array_size(result.failures) == 0;
	*ret = result;
	return ANJU_OK;
}
