/* Expected against actual: refusals, deadlines, messages. */
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/messages.h"
#include "scenario/impl.h"

static const char *text(const json_t *obj, const char *key)
{
	return json_string_value(json_object_get(obj, key));
}

/* Does one of the two languages hold it? */
static bool says(const char *const words[2], const char *part)
{
	return (words[0] != NULL && strstr(words[0], part) != NULL) ||
	       (words[1] != NULL && strstr(words[1], part) != NULL);
}

/* The first of the texts that is not said; NULL if all are. `texts` is a string or an array. */
static const char *unsaid(const json_t *texts, const char *const words[2])
{
	size_t i;
	json_t *v;
	if (json_is_string(texts))
		return says(words, json_string_value(texts)) ? NULL : json_string_value(texts);
	json_array_foreach((json_t *)texts, i, v) {
		if (!says(words, json_string_value(v)))
			return json_string_value(v);
	}
	return NULL;
}

/* --- refusals --- */

static void refusal_words(const struct run *run, struct buf out[2])
{
	const json_t *said = json_object_get(run->refusal, "text");
	static const char *const langs[2] = {"zh", "en"};
	for (int i = 0; i < 2; i++) {
		const char *words = text(said, langs[i]);
		if (words != NULL)
			buf_addf(&out[i], "%s\n", words);
		message_render_error(&out[i], run->err, (enum lang)i);
	}
}

static json_t *both(const struct buf words[2])
{
	return json_pack("{s:s, s:s}", "zh", words[0].data != NULL ? words[0].data : "", "en",
		words[1].data != NULL ? words[1].data : "");
}

static void compare_refusal_list(struct run *run, const json_t *refused, const struct json_at *at,
	const char *key, const char *zh, const char *en)
{
	const json_t *expected = json_object_get(refused, key);
	struct json_at here = JSON_AT_KEY(at, key);
	if (expected == NULL)
		return;
	const json_t *actual = json_object_get(run->refusal, key);
	ANJU_AUTO_JSON *none = json_array();
	compare_sets(run, &here, zh, en, expected, actual != NULL ? actual : none);
}

static void compare_rule(
	struct run *run, const json_t *refused, const struct json_at *at, const struct buf words[2])
{
	struct json_at rule_at = JSON_AT_KEY(at, "rule"), where_at = JSON_AT_KEY(at, "at");
	const char *where = text(refused, "at");
	if (strcmp(text(refused, "rule"), run->err->id) != 0)
		run_failed(run, &rule_at, "拒绝的依据", "rule of the refusal",
			json_incref(json_object_get(refused, "rule")), json_string(run->err->id),
			both(words));
	if (where != NULL && strcmp(where, run->err->where) != 0)
		run_failed(run, &where_at, "被拒的位置", "place of the refusal", json_string(where),
			json_string(run->err->where), both(words));
}

void compare_refusal(struct run *run, const json_t *refused, const struct json_at *at)
{
	struct buf words[2] = {0};
	struct json_at text_at = JSON_AT_KEY(at, "text");
	refusal_words(run, words);
	const char *const said[2] = {words[0].data, words[1].data};
	const char *missing = unsaid(json_object_get(refused, "text"), said);
	compare_rule(run, refused, at, words);
	if (missing != NULL)
		run_failed(run, &text_at, "拒绝的说明", "words of the refusal",
			json_string(missing), both(words), NULL);
	compare_refusal_list(run, refused, at, "needs", "缺少的材料", "missing documents");
	compare_refusal_list(
		run, refused, at, "requires", "尚未填写的字段", "fields not filled in");
	compare_refusal_list(run, refused, at, "who", "有权的单位", "units that may");
	buf_done(&words[0]);
	buf_done(&words[1]);
}

/* --- deadlines --- */

/* Where it began several times the last one counts. */
static const json_t *last_named(const json_t *list, const char *name)
{
	const json_t *found = NULL;
	size_t i;
	json_t *v;
	json_array_foreach((json_t *)list, i, v) {
		if (strcmp(text(v, "name"), name) == 0)
			found = v;
	}
	return found;
}

static const char *state_of(const json_t *deadline, const char *wanted)
{
	const char *status = text(deadline, "status");
	if (strcmp(wanted, "overdue") == 0 && json_is_true(json_object_get(deadline, "overdue")))
		return "overdue";
	if (strcmp(wanted, "suspended") == 0 &&
		json_is_true(json_object_get(deadline, "suspended")))
		return "suspended";
	return status;
}

static json_t *shown_deadline(const json_t *deadline)
{
	if (deadline == NULL)
		return json_null();
	const char *state = json_is_true(json_object_get(deadline, "overdue")) ? "overdue"
			    : json_is_true(json_object_get(deadline, "suspended"))
				    ? "suspended"
				    : text(deadline, "status");
	json_t *log = json_object_get(deadline, "log");
	return json_pack("{s:O, s:s, s:O*}", "due", json_object_get(deadline, "due"), "state",
		state, "log", json_array_size(log) > 0 ? log : NULL);
}

static bool deadline_holds(const json_t *expected, const json_t *actual)
{
	if (json_is_null(expected) || actual == NULL)
		return json_is_null(expected) && actual == NULL;
	const json_t *due = json_object_get(expected, "due");
	const char *state =
		json_is_string(expected) ? json_string_value(expected) : text(expected, "state");
	const json_t *log = json_object_get(expected, "log");
	if (due != NULL && !json_equal(due, json_object_get(actual, "due")))
		return false;
	if (log != NULL && !json_equal(log, json_object_get(actual, "log")))
		return false;
	return state == NULL || strcmp(state, state_of(actual, state)) == 0;
}

anju_status compare_deadlines(struct run *run, const char *name, const json_t *expect,
	const struct json_at *at, anju_error *err)
{
	json_t *expected = json_object_get(expect, "deadlines"), *v;
	ANJU_AUTO_JSON *list = NULL;
	const char *deadline;
	if (expected == NULL)
		return ANJU_OK;
	anju_status st = sandbox_deadlines(run->sb, name, &list, err);
	if (st != ANJU_OK)
		return st;
	struct json_at place = JSON_AT_KEY(at, "deadlines");
	json_object_foreach(expected, deadline, v) {
		struct json_at here = JSON_AT_KEY(&place, deadline);
		const json_t *actual = last_named(list, deadline);
		if (!deadline_holds(v, actual))
			run_failed(run, &here, "期限", "deadline", json_incref(v),
				shown_deadline(actual), NULL);
	}
	return ANJU_OK;
}

/* --- messages --- */

/* The words of what a message should be about. */
static const char *subject_words(const struct run *run, const char *about)
{
	const struct pack_set *packs = sandbox_world_of(run->sb)->packs;
	const char *own = pack_set_message(packs, about, LANG_ZH);
	char id[72];
	size_t n = strcspn(run->name, "/");
	if (own != NULL || n >= sizeof id)
		return own;
	memcpy(id, run->name, n);
	id[n] = '\0';
	const struct workflow *wf = pack_set_workflow(packs, id);
	for (size_t i = 0; wf != NULL && i < wf->deadlines_len; i++) {
		if (strcmp(wf->deadlines[i].name, about) == 0)
			return wf->deadlines[i].title.text[LANG_ZH];
	}
	return about;
}

static bool is_to(const json_t *message, const struct unit *const *units, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(units[i]->code, text(message, "to")) == 0)
			return true;
	}
	return false;
}

static bool message_says(const struct run *run, const json_t *expected, const json_t *message)
{
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT;
	const json_t *subject = json_object_get(message, "subject"),
		     *body = json_object_get(message, "body");
	buf_addf(&zh, "%s\n%s", text(subject, "zh"), text(body, "zh"));
	buf_addf(&en, "%s\n%s", text(subject, "en"), text(body, "en"));
	const char *const words[2] = {zh.data, en.data};
	const char *about = text(expected, "about");
	if (about != NULL && !says(words, subject_words(run, about)))
		return false;
	return unsaid(json_object_get(expected, "text"), words) == NULL;
}

static bool is_message(const struct run *run, const json_t *expected, const json_t *message,
	const struct unit *const *units, size_t n)
{
	const char *on = text(expected, "on");
	const json_t *urgent = json_object_get(expected, "urgent");
	if (!is_to(message, units, n))
		return false;
	if (on != NULL && strcmp(on, text(message, "on")) != 0)
		return false;
	if (urgent != NULL && !json_equal(urgent, json_object_get(message, "urgent")))
		return false;
	return message_says(run, expected, message);
}

/* What was sent, short enough to be read. */
static json_t *shown_messages(const json_t *messages)
{
	json_t *list = json_array(), *v;
	size_t i;
	json_array_foreach((json_t *)messages, i, v)
		json_array_append_new(list,
			json_pack("{s:O, s:O, s:O, s:O}", "to", json_object_get(v, "to"), "on",
				json_object_get(v, "on"), "urgent", json_object_get(v, "urgent"),
				"text", json_object_get(json_object_get(v, "body"), "zh")));
	return list;
}

static anju_status compare_message(struct run *run, const json_t *expected,
	const struct json_at *at, const json_t *messages, anju_error *err)
{
	const struct unit *units[32];
	size_t n = 0, i;
	anju_status st =
		sandbox_units(run->sb, run->name, NULL, text(expected, "to"), units, 32, &n, err);
	if (st != ANJU_OK)
		return st;
	json_t *v;
	json_array_foreach((json_t *)messages, i, v) {
		if (is_message(run, expected, v, units, n))
			return ANJU_OK;
	}
	run_failed(run, at, "消息", "message", json_incref((json_t *)expected),
		shown_messages(messages), NULL);
	return ANJU_OK;
}

anju_status compare_messages(
	struct run *run, const json_t *expect, const struct json_at *at, anju_error *err)
{
	const json_t *expected = json_object_get(expect, "messages");
	ANJU_AUTO_JSON *messages = NULL;
	struct json_at place = JSON_AT_KEY(at, "messages");
	if (expected == NULL)
		return ANJU_OK;
	anju_status st = sandbox_messages(run->sb, run->seen, &messages, err);
	if (st == ANJU_OK && json_array_size(expected) == 0 && json_array_size(messages) > 0)
		run_failed(run, &place, "消息", "messages", json_array(), shown_messages(messages),
			NULL);
	size_t i;
	json_t *v;
	json_array_foreach((json_t *)expected, i, v) {
		struct json_at here = JSON_AT_INDEX(&place, i);
		if (st == ANJU_OK)
			st = compare_message(run, v, &here, messages, err);
	}
	return st;
}
