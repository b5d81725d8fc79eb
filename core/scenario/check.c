/* Reading strictly: the form of a scenario file, and whether all that it names exists. */
#include <stdarg.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/timestamp.h"
#include "case/duty_acts.h"
#include "scenario/impl.h"

void check_finding(struct checker *c, const char *id, const struct json_at *at, const json_t *found,
	const char *allowed_fmt, ...)
{
	anju_error err;
	ANJU_AUTO_BUF allowed = BUF_INIT;
	va_list ap;
	va_start(ap, allowed_fmt);
	buf_addv(&allowed, allowed_fmt, ap);
	va_end(ap);
	(void)json_fail_at(&err, id, at, found, "%s", allowed.data != NULL ? allowed.data : "");
	c->findings++;
	c->report(c->ctx, &err);
}

bool check_ok(struct checker *c, anju_status st, const anju_error *err)
{
	if (st == ANJU_OK)
		return true;
	c->findings++;
	c->report(c->ctx, err);
	return false;
}

bool check_object(
	struct checker *c, const json_t *v, const struct json_at *at, const char *const *allowed)
{
	anju_error err;
	if (!json_is_object(v)) {
		check_finding(c, "json.type", at, v, "@say.object");
		return false;
	}
	return check_ok(c, json_only(v, at, allowed, &err), &err);
}

void check_bool(struct checker *c, const json_t *obj, const struct json_at *at, const char *key)
{
	anju_error err;
	bool value;
	(void)check_ok(c, json_opt_bool(obj, at, key, &value, &err), &err);
}

static const char *opt_string(
	struct checker *c, const json_t *obj, const struct json_at *at, const char *key)
{
	anju_error err;
	const char *text = NULL;
	if (!check_ok(c, json_opt_string(obj, at, key, &text, &err), &err))
		return NULL;
	return text;
}

const json_t *check_strings(
	struct checker *c, const json_t *obj, const struct json_at *at, const char *key)
{
	anju_error err;
	json_t *list = NULL, *v;
	size_t i;
	if (!check_ok(c, json_opt_array(obj, at, key, &list, &err), &err) || list == NULL)
		return NULL;
	struct json_at place = JSON_AT_KEY(at, key);
	json_array_foreach(list, i, v) {
		struct json_at here = JSON_AT_INDEX(&place, i);
		if (json_is_string(v))
			continue;
		check_finding(c, "json.type", &here, v, "@say.string");
		return NULL;
	}
	return list;
}

void check_texts(struct checker *c, const json_t *obj, const struct json_at *at, const char *key)
{
	const json_t *v = json_object_get(obj, key);
	struct json_at place = JSON_AT_KEY(at, key);
	if (json_is_array(v)) {
		(void)check_strings(c, obj, at, key);
		return;
	}
	if (v != NULL && json_string_length(v) == 0)
		check_finding(c, "json.type", &place, v, "@say.text");
}

static void check_label(struct checker *c, const json_t *obj, const struct json_at *at,
	const char *key, bool needed)
{
	static const char *const langs[] = {"zh", "en", NULL};
	const json_t *label = json_object_get(obj, key);
	struct json_at place = JSON_AT_KEY(at, key);
	if (label == NULL && needed)
		check_finding(c, "json.missing", &place, NULL, "%s", key);
	if (label == NULL || !check_object(c, label, &place, langs))
		return;
	for (size_t i = 0; langs[i] != NULL; i++) {
		struct json_at here = JSON_AT_KEY(&place, langs[i]);
		const json_t *text = json_object_get(label, langs[i]);
		if (json_string_length(text) == 0)
			check_finding(c, "json.type", &here, text, "@say.text_this_language");
	}
}

/* --- names --- */

static void list_workflows(const struct pack_set *packs, struct buf *out)
{
	for (size_t i = 0; i < pack_set_workflow_count(packs); i++)
		buf_addf(out, "%s%s/KEY", i > 0 ? " " : "", pack_set_workflow_at(packs, i)->id);
}

const struct workflow *check_case_name(struct checker *c, const json_t *v, const struct json_at *at)
{
	char id[72];
	const char *name = json_string_value(v), *slash = name != NULL ? strchr(name, '/') : NULL;
	const struct workflow *wf = NULL;
	if (slash != NULL && slash[1] != '\0' && (size_t)(slash - name) < sizeof id) {
		memcpy(id, name, (size_t)(slash - name));
		id[slash - name] = '\0';
		wf = c->packs != NULL ? pack_set_workflow(c->packs, id) : NULL;
		if (c->packs == NULL)
			return NULL;
	}
	if (wf == NULL) {
		ANJU_AUTO_BUF list = BUF_INIT;
		if (c->packs != NULL)
			list_workflows(c->packs, &list);
		check_finding(c, "scenario.case", at, v, "%s",
			list.data != NULL ? list.data : "WORKFLOW/KEY");
	}
	return wf;
}

void check_actor(struct checker *c, const json_t *v, const struct json_at *at, bool officer)
{
	char text[128];
	const char *all = json_string_value(v);
	size_t len = all != NULL ? strcspn(all, "/") : 0;
	if (len == 0 || len >= sizeof text || (all[len] == '/' && (!officer || !all[len + 1]))) {
		check_finding(c, "json.type", at, v, "@say.unit_or_officer");
		return;
	}
	memcpy(text, all, len);
	text[len] = '\0';
	struct role role;
	anju_error err;
	if (c->packs == NULL || org_unit(pack_set_org(c->packs), text) != NULL)
		return;
	anju_status st = role_parse(pack_set_org(c->packs), text,
		c->wf != NULL ? c->wf->bindings : NULL, at, &role, &err);
	if (st == ANJU_OK && (role.scope == ROLE_SYSTEM || role.scope == ROLE_ANY))
		check_finding(c, "scenario.actor", at, v, "610322.land, land@county");
	else if (st != ANJU_OK)
		check_finding(c, "scenario.actor", at, v, "%s",
			err.allowed[0] != '\0' ? err.allowed : "610322.land, land@county");
}

/* --- rows --- */

static bool is_row(const char *s)
{
	size_t a = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	return a > 0 && s[a] == '-' && s[strlen(s) - 1] >= '0' && s[strlen(s) - 1] <= '9' &&
	       strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == strlen(s);
}

static void check_rows(struct checker *c, const json_t *doc, const struct json_at *root)
{
	const json_t *rows = check_strings(c, doc, root, "rows");
	struct json_at place = JSON_AT_KEY(root, "rows");
	size_t i;
	json_t *v;
	json_array_foreach((json_t *)rows, i, v) {
		struct json_at here = JSON_AT_INDEX(&place, i);
		if (!is_row(json_string_value(v)))
			check_finding(c, "pack.row", &here, v, "@say.row_such");
	}
}

/* --- acts --- */

static void check_time(
	struct checker *c, const json_t *obj, const struct json_at *at, const char *key)
{
	const char *text = opt_string(c, obj, at, key);
	struct json_at here = JSON_AT_KEY(at, key);
	int64_t ms;
	if (text != NULL && scenario_time(text, &ms, NULL) != ANJU_OK)
		check_finding(c, "scenario.time", &here, json_object_get(obj, key),
			"2017-08-31, 2017-08-31T16:30:00+08:00");
}

static void check_when(struct checker *c, const json_t *act, const struct json_at *at)
{
	struct json_at here = JSON_AT_KEY(at, "wait");
	const char *wait = opt_string(c, act, at, "wait");
	struct duration d;
	if (wait != NULL && duration_parse(wait, false, &d, NULL) != ANJU_OK)
		check_finding(c, "calendar.duration", &here, json_object_get(act, "wait"),
			"@say.duration");
	check_time(c, act, at, "on");
	check_time(c, act, at, "effective");
	if (wait != NULL && json_object_get(act, "on") != NULL)
		check_finding(
			c, "scenario.one_of", &here, json_object_get(act, "wait"), "on, wait");
}

static bool is_outside_event(const struct workflow *wf, const char *event)
{
	for (uint32_t i = 0; i < chart_transition_count(wf->chart); i++) {
		const struct chart_transition *t = chart_transition_at(wf->chart, i);
		if (t->descriptor[0] != '\0' && chart_descriptor_matches(t->descriptor, event))
			return true;
	}
	return false;
}

static void list_events(const struct workflow *wf, struct buf *out)
{
	for (uint32_t i = 0; i < chart_transition_count(wf->chart); i++) {
		const char *event = chart_transition_at(wf->chart, i)->descriptor;
		if (event[0] == '\0' || strncmp(event, "xstate.", 7) == 0)
			continue;
		if (out->data == NULL || strstr(out->data, event) == NULL)
			buf_addf(out, "%s%s", out->len > 0 ? " " : "", event);
	}
}

static const char *expected_rule(const json_t *act)
{
	const json_t *refused = json_object_get(json_object_get(act, "expect"), "refused");
	const char *rule = json_string_value(json_object_get(refused, "rule"));
	return rule != NULL ? rule : refused != NULL ? "?" : "";
}

/* "deadline.extend" and the like: every case takes them, and they bring members of their own. */
static bool is_duty_act(const json_t *act)
{
	enum duty_act which;
	const char *event = json_string_value(json_object_get(act, "send"));
	return event != NULL && duty_act_of(event, &which);
}

static void check_event(struct checker *c, const json_t *act, const struct json_at *at)
{
	const char *event = opt_string(c, act, at, "send");
	struct json_at here = JSON_AT_KEY(at, "send");
	if (event == NULL || c->wf == NULL || is_outside_event(c->wf, event) || is_duty_act(act) ||
		strcmp(expected_rule(act), "case.unknown_event") == 0)
		return;
	ANJU_AUTO_BUF list = BUF_INIT;
	list_events(c->wf, &list);
	check_finding(c, "scenario.unknown", &here, json_object_get(act, "send"), "%s",
		list.data != NULL ? list.data : "");
}

/* Who expects a refusal may mean the name that is not there. */
static void check_data(struct checker *c, const json_t *act, const struct json_at *at)
{
	anju_error err;
	json_t *data = NULL, *v;
	const char *name;
	if (!check_ok(c, json_opt_object(act, at, "data", &data, &err), &err) || c->wf == NULL ||
		expected_rule(act)[0] != '\0' || is_duty_act(act))
		return;
	struct json_at place = JSON_AT_KEY(at, "data");
	json_object_foreach(data, name, v) {
		struct json_at here = JSON_AT_KEY(&place, name);
		if (workflow_field(c->wf, name) != NULL || workflow_relation(c->wf, name) != NULL)
			continue;
		ANJU_AUTO_JSON *found = json_string(name);
		check_finding(c, "scenario.unknown", &here, found, "@say.field_or_relation|%s",
			c->wf->id);
	}
}

static void check_doc(struct checker *c, const json_t *doc, const struct json_at *at, bool known)
{
	static const char *const members[] = {"kind", "ref", "form", NULL};
	const json_t *kind = json_is_string(doc) ? doc : json_object_get(doc, "kind");
	if (!json_is_string(doc) && !check_object(c, doc, at, members))
		return;
	(void)(json_is_object(doc) && opt_string(c, doc, at, "ref"));
	(void)(json_is_object(doc) && opt_string(c, doc, at, "form"));
	if (!json_is_string(kind)) {
		check_finding(c, "json.type", at, doc, "@say.document_object");
	} else if (known && c->wf != NULL && workflow_doc(c->wf, json_string_value(kind)) == NULL) {
		ANJU_AUTO_BUF list = BUF_INIT;
		for (size_t i = 0; i < c->wf->docs_len; i++)
			buf_addf(&list, "%s%s", i > 0 ? " " : "", c->wf->docs[i].kind);
		check_finding(c, "scenario.unknown", at, kind, "%s",
			list.data != NULL ? list.data : "@say.no_docs");
	}
}

static void check_docs(struct checker *c, const json_t *act, const struct json_at *at)
{
	anju_error err;
	json_t *docs = NULL, *v;
	size_t i;
	if (!check_ok(c, json_opt_array(act, at, "docs", &docs, &err), &err))
		return;
	struct json_at place = JSON_AT_KEY(at, "docs");
	json_array_foreach(docs, i, v) {
		struct json_at here = JSON_AT_INDEX(&place, i);
		check_doc(c, v, &here, expected_rule(act)[0] == '\0');
	}
}

static void check_amend(struct checker *c, const json_t *act, const struct json_at *at)
{
	const json_t *v = json_object_get(act, "amend");
	struct json_at here = JSON_AT_KEY(at, "amend");
	if (v != NULL && !json_is_true(v))
		check_finding(c, "json.type", &here, v, "true");
}

/* Which case it is about. */
static void check_about(struct checker *c, const json_t *act, const struct json_at *at)
{
	const json_t *open = json_object_get(act, "open"), *name = json_object_get(act, "case");
	struct json_at open_at = JSON_AT_KEY(at, "open"), name_at = JSON_AT_KEY(at, "case");
	bool needs = json_object_get(act, "send") != NULL || json_object_get(act, "amend") != NULL;
	if (open != NULL && name != NULL)
		check_finding(c, "scenario.one_of", &name_at, name, "open, case");
	if (json_object_get(act, "begin") != NULL && name != NULL)
		check_finding(c, "scenario.one_of", &name_at, name, "begin, case");
	if (open != NULL)
		c->wf = check_case_name(c, open, &open_at);
	else if (name != NULL)
		c->wf = check_case_name(c, name, &name_at);
	else if (needs && !c->named)
		check_finding(c, "json.missing", &name_at, NULL, "case");
	c->named = c->named || open != NULL || name != NULL;
}

static const char *const act_members[] = {"title", "on", "wait", "open", "send", "amend", "begin",
	"for", "ref", "case", "as", "data", "docs", "reason", "effective", NULL};
static const char *const step_members[] = {"title", "on", "wait", "open", "send", "amend", "begin",
	"for", "ref", "case", "as", "data", "docs", "reason", "effective", "expect", "rows", NULL};

static size_t count_verbs(const json_t *act)
{
	static const char *const verbs[] = {"open", "send", "amend", "begin"};
	size_t n = 0;
	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
		n += json_object_get(act, verbs[i]) != NULL;
	return n;
}

static void list_triggered(const struct pack_set *packs, struct buf *out)
{
	for (size_t i = 0; i < pack_set_obligation_count(packs); i++) {
		const struct obligation *o = pack_set_obligation_at(packs, i);
		if (o->triggered)
			buf_addf(out, "%s%s", out->len > 0 ? " " : "", o->id);
	}
}

/* The obligation that somebody says has begun; its case is the one at hand from then on. */
static void check_begin(struct checker *c, const json_t *act, const struct json_at *at)
{
	struct json_at here = JSON_AT_KEY(at, "begin"), for_at = JSON_AT_KEY(at, "for");
	const char *id = opt_string(c, act, at, "begin"), *whom = opt_string(c, act, at, "for");
	(void)opt_string(c, act, at, "ref");
	if (json_object_get(act, "begin") == NULL)
		return;
	if (whom == NULL && json_object_get(act, "for") == NULL)
		check_finding(c, "json.missing", &for_at, NULL, "for");
	const struct obligation *o =
		c->packs != NULL && id != NULL ? pack_set_obligation(c->packs, id) : NULL;
	c->wf = o != NULL ? pack_set_workflow(c->packs, o->workflow) : NULL;
	c->named = true;
	if (c->packs == NULL || id == NULL || (o != NULL && o->triggered) ||
		expected_rule(act)[0] != '\0')
		return;
	ANJU_AUTO_BUF list = BUF_INIT;
	list_triggered(c->packs, &list);
	check_finding(c, "scenario.unknown", &here, json_object_get(act, "begin"), "%s",
		list.data != NULL ? list.data : "");
}

/* Members that belong to one kind of act only. */
static void check_belongs(struct checker *c, const json_t *act, const struct json_at *at,
	const char *const *members, const char *verbs)
{
	for (; *members != NULL; members++) {
		struct json_at here = JSON_AT_KEY(at, *members);
		if (json_object_get(act, *members) != NULL)
			check_finding(c, "scenario.no_act", &here, json_object_get(act, *members),
				"%s", verbs);
	}
}

/* With none of open, send, amend and begin nobody does anything. */
static void check_verbs(struct checker *c, const json_t *act, const struct json_at *at, bool step)
{
	static const char *const of_event[] = {"data", "docs", "reason", NULL},
				 *const of_act[] = {"as", "effective", NULL},
				 *const of_begin[] = {"for", "ref", NULL};
	size_t verbs = count_verbs(act);
	struct json_at as_at = JSON_AT_KEY(at, "as");
	const json_t *as = json_object_get(act, "as");
	bool begins = json_object_get(act, "begin") != NULL;
	if (verbs > 1)
		check_finding(c, "scenario.one_of", at, act, "open, send, amend, begin");
	if (verbs == 0 || (begins && verbs == 1))
		check_belongs(c, act, at, of_event, "open, send, amend");
	if (verbs == 0)
		check_belongs(c, act, at, of_act, "open, send, amend, begin");
	if (!begins)
		check_belongs(c, act, at, of_begin, "begin");
	bool whoever = begins || (json_object_get(act, "open") != NULL && !step);
	if (verbs == 1 && as == NULL && !whoever)
		check_finding(c, "json.missing", &as_at, NULL, "as");
	if (as != NULL)
		check_actor(c, as, &as_at, true);
	if (verbs == 0 && json_object_get(act, "on") == NULL &&
		json_object_get(act, "wait") == NULL && json_object_get(act, "expect") == NULL)
		check_finding(
			c, "scenario.empty", at, act, "open, send, amend, begin, on, wait, expect");
}

static void check_act(struct checker *c, const json_t *act, const struct json_at *at, bool step)
{
	if (!check_object(c, act, at, step ? step_members : act_members))
		return;
	check_label(c, act, at, "title", false);
	check_when(c, act, at);
	(void)opt_string(c, act, at, "open");
	(void)opt_string(c, act, at, "case");
	(void)opt_string(c, act, at, "reason");
	check_about(c, act, at);
	check_begin(c, act, at);
	check_verbs(c, act, at, step);
	check_event(c, act, at);
	check_amend(c, act, at);
	check_data(c, act, at);
	check_docs(c, act, at);
	const json_t *expect = json_object_get(act, "expect");
	struct json_at here = JSON_AT_KEY(at, "expect");
	if (step && expect != NULL)
		check_expect(c, expect, &here);
	if (step)
		check_rows(c, act, at);
}

static void check_acts(struct checker *c, const json_t *doc, const struct json_at *root,
	const char *key, bool step)
{
	anju_error err;
	json_t *list = NULL, *v;
	size_t i;
	if (!check_ok(c, json_opt_array(doc, root, key, &list, &err), &err))
		return;
	struct json_at place = JSON_AT_KEY(root, key);
	json_array_foreach(list, i, v) {
		struct json_at here = JSON_AT_INDEX(&place, i);
		check_act(c, v, &here, step);
	}
	if (step && json_array_size(list) == 0)
		check_finding(c, "json.missing", &place, NULL, "steps");
}

/* --- the file --- */

static void check_start(struct checker *c, const json_t *doc, const struct json_at *root)
{
	const char *continues = opt_string(c, doc, root, "continues");
	struct json_at here = JSON_AT_KEY(root, "start");
	const json_t *start = json_object_get(doc, "start");
	check_time(c, doc, root, "start");
	if (start == NULL && continues == NULL)
		check_finding(c, "json.missing", &here, NULL, "start");
	if (start != NULL && continues != NULL)
		check_finding(c, "scenario.one_of", &here, start, "start, continues");
	struct json_at obligations_at = JSON_AT_KEY(root, "obligations");
	const json_t *obligations = json_object_get(doc, "obligations");
	if (obligations != NULL && continues != NULL)
		check_finding(c, "scenario.one_of", &obligations_at, obligations,
			"obligations, continues");
}

static bool is_other(const struct pack_set *packs, const json_t *doc)
{
	const char *pack = json_string_value(json_object_get(doc, "pack"));
	struct pack_source source;
	for (size_t i = 0; pack != NULL && packs != NULL && pack_set_source(packs, i, &source);
		i++) {
		if (strcmp(source.name, pack) == 0)
			return false;
	}
	return pack != NULL;
}

size_t scenario_check(const json_t *doc, const char *file, const struct pack_set *packs,
	finding_cb report, void *report_ctx)
{
	static const char *const members[] = {"$schema", "title", "rows", "pack", "start",
		"continues", "obligations", "given", "steps", NULL};
	struct checker c = {.report = report, .ctx = report_ctx};
	struct json_at root = JSON_AT_ROOT(file);
	if (!check_object(&c, doc, &root, members))
		return c.findings;
	(void)opt_string(&c, doc, &root, "$schema");
	(void)opt_string(&c, doc, &root, "pack");
	c.packs = is_other(packs, doc) ? NULL : packs;
	check_label(&c, doc, &root, "title", true);
	check_rows(&c, doc, &root);
	check_start(&c, doc, &root);
	check_bool(&c, doc, &root, "obligations");
	check_acts(&c, doc, &root, "given", false);
	check_acts(&c, doc, &root, "steps", true);
	return c.findings;
}
