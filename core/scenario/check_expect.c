/* Reading strictly: what is expected after a step. */
#include <string.h>

#include "base/buf.h"
#include "base/messages.h"
#include "case/duty_acts.h"
#include "scenario/impl.h"

static const char *const duty_states[] = {
	"open", "overdue", "suspended", "met", "met_late", "superseded", "waived", "watched", NULL};
#define DUTY_STATES "open overdue suspended met met_late superseded waived watched"

static const char *text_of(const struct buf *list)
{
	return list->data != NULL ? list->data : "";
}

static void unknown(
	struct checker *c, const struct json_at *at, const json_t *found, const struct buf *allowed)
{
	check_finding(c, "scenario.unknown", at, found, "%s", text_of(allowed));
}

/* --- lists of names --- */

/* May `name` stand here? Else the names that may are added to `list`. */
typedef bool (*known_cb)(const struct workflow *wf, const char *name, struct buf *list);

static void add(struct buf *list, const char *name)
{
	buf_addf(list, "%s%s", list->len > 0 ? " " : "", name);
}

static bool known_state(const struct workflow *wf, const char *name, struct buf *list)
{
	uint32_t state = chart_state_by_path(wf->chart, name);
	if (state != CHART_NONE && state != 0)
		return true;
	for (uint32_t i = 1; i < chart_state_count(wf->chart); i++)
		add(list, chart_state_at(wf->chart, i)->path);
	return false;
}

static bool known_leaf(const struct workflow *wf, const char *name, struct buf *list)
{
	uint32_t state = chart_state_by_path(wf->chart, name);
	for (uint32_t i = 1; i < chart_state_count(wf->chart); i++) {
		enum chart_state_type type = chart_state_at(wf->chart, i)->type;
		if (type != CHART_ATOMIC && type != CHART_FINAL)
			continue;
		if (i == state)
			return true;
		add(list, chart_state_at(wf->chart, i)->path);
	}
	return false;
}

static bool known_field(const struct workflow *wf, const char *name, struct buf *list)
{
	for (size_t i = 0; i < wf->fields_len; i++)
		add(list, wf->fields[i].name);
	return workflow_field(wf, name) != NULL;
}

static bool known_doc(const struct workflow *wf, const char *name, struct buf *list)
{
	for (size_t i = 0; i < wf->docs_len; i++)
		add(list, wf->docs[i].kind);
	return workflow_doc(wf, name) != NULL;
}

static bool known_relation(const struct workflow *wf, const char *name, struct buf *list)
{
	for (size_t i = 0; i < wf->relations_len; i++)
		add(list, wf->relations[i].name);
	return workflow_relation(wf, name) != NULL;
}

static bool known_deadline(const struct workflow *wf, const char *name, struct buf *list)
{
	bool found = false;
	for (size_t i = 0; i < wf->deadlines_len; i++) {
		add(list, wf->deadlines[i].name);
		found = found || strcmp(wf->deadlines[i].name, name) == 0;
	}
	return found;
}

static bool known_event(const struct workflow *wf, const char *name, struct buf *list)
{
	bool found = false;
	for (uint32_t i = 0; i < chart_transition_count(wf->chart); i++) {
		const char *event = chart_transition_at(wf->chart, i)->descriptor;
		if (event[0] == '\0' || strncmp(event, "xstate.", 7) == 0)
			continue;
		found = found || strcmp(event, name) == 0;
		if (strstr(text_of(list), event) == NULL)
			add(list, event);
	}
	return found;
}

static void check_names(struct checker *c, const json_t *expect, const struct json_at *at,
	const char *key, known_cb known)
{
	const json_t *list = check_strings(c, expect, at, key);
	struct json_at place = JSON_AT_KEY(at, key);
	size_t i;
	json_t *v;
	json_array_foreach((json_t *)list, i, v) {
		struct json_at here = JSON_AT_INDEX(&place, i);
		ANJU_AUTO_BUF names = BUF_INIT;
		if (c->wf != NULL && !known(c->wf, json_string_value(v), &names))
			unknown(c, &here, v, &names);
	}
}

/* An object whose members are such names; NULL after a finding or if it is absent. */
static json_t *check_members(struct checker *c, const json_t *expect, const struct json_at *at,
	const char *key, known_cb known)
{
	anju_error err;
	json_t *obj = NULL, *v;
	const char *name;
	if (!check_ok(c, json_opt_object(expect, at, key, &obj, &err), &err))
		return NULL;
	struct json_at place = JSON_AT_KEY(at, key);
	json_object_foreach(obj, name, v) {
		struct json_at here = JSON_AT_KEY(&place, name);
		ANJU_AUTO_BUF names = BUF_INIT;
		ANJU_AUTO_JSON *found = json_string(name);
		if (c->wf != NULL && !known(c->wf, name, &names))
			unknown(c, &here, found, &names);
	}
	return obj;
}

/* --- deadlines --- */

static void check_duty_state(struct checker *c, const json_t *v, const struct json_at *at)
{
	for (size_t i = 0; json_is_string(v) && duty_states[i] != NULL; i++) {
		if (strcmp(duty_states[i], json_string_value(v)) == 0)
			return;
	}
	check_finding(c, "scenario.unknown", at, v, DUTY_STATES);
}

/* What was done to it, by name and in order. */
static void check_duty_log(struct checker *c, const json_t *v, const struct json_at *at)
{
	const json_t *list = check_strings(c, v, at, "log");
	struct json_at place = JSON_AT_KEY(at, "log");
	size_t i;
	json_t *op;
	json_array_foreach((json_t *)list, i, op) {
		struct json_at here = JSON_AT_INDEX(&place, i);
		bool known = false;
		for (int k = 0; k < DUTY_ACT_COUNT; k++)
			known = known ||
				strcmp(duty_act_name((enum duty_act)k), json_string_value(op)) == 0;
		if (!known)
			check_finding(c, "scenario.unknown", &here, op,
				"waive suspend resume extend grant refuse keep lapse");
	}
}

static void check_deadline(struct checker *c, const json_t *v, const struct json_at *at)
{
	static const char *const members[] = {"due", "state", "log", NULL};
	if (json_is_null(v))
		return;
	if (json_is_string(v)) {
		check_duty_state(c, v, at);
		return;
	}
	if (!check_object(c, v, at, members))
		return;
	const json_t *due = json_object_get(v, "due"), *state = json_object_get(v, "state");
	struct json_at due_at = JSON_AT_KEY(at, "due"), state_at = JSON_AT_KEY(at, "state");
	int32_t day;
	if (state != NULL)
		check_duty_state(c, state, &state_at);
	check_duty_log(c, v, at);
	if (due == NULL || json_is_null(due))
		return;
	if (!json_is_string(due) || date_parse(json_string_value(due), &day, NULL) != ANJU_OK)
		check_finding(c, "calendar.date", &due_at, due, "@say.date_such|2017-08-31");
}

/* --- refusals --- */

static void check_refused(struct checker *c, const json_t *expect, const struct json_at *at)
{
	static const char *const members[] = {
		"rule", "text", "at", "needs", "requires", "who", NULL};
	const json_t *refused = json_object_get(expect, "refused");
	struct json_at place = JSON_AT_KEY(at, "refused"), rule_at = JSON_AT_KEY(&place, "rule");
	if (refused == NULL || !check_object(c, refused, &place, members))
		return;
	anju_error err;
	const char *rule = NULL, *where = NULL;
	if (check_ok(c, json_need_string(refused, &place, "rule", &rule, &err), &err) &&
		message_template(rule, LANG_ZH) == NULL)
		check_finding(c, "scenario.unknown", &rule_at, json_object_get(refused, "rule"),
			"case.guard case.guard_cannot case.needs case.requires case.reason "
			"case.wrong_state case.wrong_role case.field_role case.locked case.done");
	(void)check_ok(c, json_opt_string(refused, &place, "at", &where, &err), &err);
	check_texts(c, refused, &place, "text");
	check_names(c, refused, &place, "needs", known_doc);
	check_names(c, refused, &place, "requires", known_field);
	(void)check_strings(c, refused, &place, "who");
}

/* --- messages --- */

static bool is_subject(const struct checker *c, const char *about, struct buf *list)
{
	return (c->wf != NULL && known_deadline(c->wf, about, list)) ||
	       pack_set_message(c->packs, about, LANG_ZH) != NULL;
}

static void check_message(struct checker *c, const json_t *v, const struct json_at *at)
{
	static const char *const members[] = {"to", "on", "about", "text", "urgent", NULL};
	if (!check_object(c, v, at, members))
		return;
	struct json_at to_at = JSON_AT_KEY(at, "to"), on_at = JSON_AT_KEY(at, "on"),
		       about_at = JSON_AT_KEY(at, "about");
	const json_t *on = json_object_get(v, "on"), *about = json_object_get(v, "about");
	int32_t day;
	if (json_object_get(v, "to") == NULL)
		check_finding(c, "json.missing", &to_at, NULL, "to");
	else
		check_actor(c, json_object_get(v, "to"), &to_at, false);
	if (on != NULL &&
		(!json_is_string(on) || date_parse(json_string_value(on), &day, NULL) != ANJU_OK))
		check_finding(c, "calendar.date", &on_at, on, "@say.date_such|2017-08-31");
	ANJU_AUTO_BUF names = BUF_INIT;
	if (about != NULL && !json_is_string(about))
		check_finding(c, "json.type", &about_at, about, "@say.string");
	else if (about != NULL && c->packs != NULL &&
		 !is_subject(c, json_string_value(about), &names))
		unknown(c, &about_at, about, &names);
	check_texts(c, v, at, "text");
	check_bool(c, v, at, "urgent");
}

static void check_messages(struct checker *c, const json_t *expect, const struct json_at *at)
{
	anju_error err;
	json_t *list = NULL, *v;
	size_t i;
	if (!check_ok(c, json_opt_array(expect, at, "messages", &list, &err), &err))
		return;
	struct json_at place = JSON_AT_KEY(at, "messages");
	json_array_foreach(list, i, v) {
		struct json_at here = JSON_AT_INDEX(&place, i);
		check_message(c, v, &here);
	}
}

/* --- a case --- */

static void check_related(struct checker *c, const json_t *expect, const struct json_at *at)
{
	json_t *obj = check_members(c, expect, at, "related", known_relation), *v;
	const char *name;
	struct json_at place = JSON_AT_KEY(at, "related");
	json_object_foreach(obj, name, v) {
		struct json_at here = JSON_AT_KEY(&place, name);
		size_t i;
		json_t *item;
		if (!json_is_array(v))
			check_finding(c, "json.type", &here, v, "@say.strings");
		json_array_foreach(v, i, item) {
			struct json_at item_at = JSON_AT_INDEX(&here, i);
			(void)check_case_name(c, item, &item_at);
		}
	}
}

static void check_case(struct checker *c, const json_t *expect, const struct json_at *at)
{
	anju_error err;
	const char *phase = NULL;
	check_names(c, expect, at, "states", known_leaf);
	check_names(c, expect, at, "in", known_state);
	check_names(c, expect, at, "not_in", known_state);
	(void)check_ok(c, json_opt_string(expect, at, "phase", &phase, &err), &err);
	check_bool(c, expect, at, "done");
	(void)check_members(c, expect, at, "fields", known_field);
	check_names(c, expect, at, "docs", known_doc);
	check_names(c, expect, at, "locked", known_field);
	check_names(c, expect, at, "possible", known_event);
	check_names(c, expect, at, "impossible", known_event);
	check_related(c, expect, at);
	json_t *deadlines = check_members(c, expect, at, "deadlines", known_deadline), *v;
	const char *name;
	struct json_at place = JSON_AT_KEY(at, "deadlines");
	json_object_foreach(deadlines, name, v) {
		struct json_at here = JSON_AT_KEY(&place, name);
		check_deadline(c, v, &here);
	}
}

#define CASE_MEMBERS                                                                               \
	"states", "in", "not_in", "phase", "done", "fields", "docs", "locked", "deadlines",        \
		"possible", "impossible", "related"
static const char *const case_members[] = {CASE_MEMBERS, NULL};
static const char *const expect_members[] = {"refused", CASE_MEMBERS, "messages", "cases", NULL};

static void check_cases(struct checker *c, const json_t *expect, const struct json_at *at)
{
	anju_error err;
	json_t *cases = NULL, *v;
	const char *name;
	if (!check_ok(c, json_opt_object(expect, at, "cases", &cases, &err), &err))
		return;
	struct json_at place = JSON_AT_KEY(at, "cases");
	const struct workflow *here_wf = c->wf;
	json_object_foreach(cases, name, v) {
		struct json_at here = JSON_AT_KEY(&place, name);
		ANJU_AUTO_JSON *text = json_string(name);
		c->wf = check_case_name(c, text, &here);
		if (!json_is_null(v) && check_object(c, v, &here, case_members))
			check_case(c, v, &here);
	}
	c->wf = here_wf;
}

static bool about_the_case(const json_t *expect)
{
	for (size_t i = 0; case_members[i] != NULL; i++) {
		if (json_object_get(expect, case_members[i]) != NULL)
			return true;
	}
	return false;
}

void check_expect(struct checker *c, const json_t *expect, const struct json_at *at)
{
	if (!check_object(c, expect, at, expect_members))
		return;
	if (json_object_size(expect) == 0)
		check_finding(c, "scenario.empty", at, expect, "states in not_in fields …");
	struct json_at case_at = JSON_AT_KEY(at->up, "case");
	if (about_the_case(expect) && !c->named)
		check_finding(c, "json.missing", &case_at, NULL, "case");
	check_refused(c, expect, at);
	check_case(c, expect, at);
	check_messages(c, expect, at);
	check_cases(c, expect, at);
}
