/* Doing things in the sandbox of `anjuctl try`, undoing them, and writing them down. */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "cli/show.h"
#include "cli/try.h"

static const char *text(const json_t *obj, const char *key)
{
	return json_string_value(json_object_get(obj, key));
}

/* --- from the beginning --- */

static void take_name(struct try *t, const json_t *act)
{
	const char *name = scenario_case_of(act);
	if (name != NULL)
		snprintf(t->name, sizeof t->name, "%s", name);
}

/* Once more, silently: whatever was refused is refused again. */
static anju_status again(struct try *t, const json_t *acts, anju_error *err)
{
	size_t i;
	json_t *act;
	json_array_foreach((json_t *)acts, i, act) {
		json_t *refusal = NULL;
		bool timely;
		take_name(t, act);
		anju_status st = scenario_act(t->sb, t->name, act, &timely, &refusal, err);
		json_decref(refusal);
		if (st != ANJU_OK && !scenario_is_answer(st))
			return st;
	}
	return ANJU_OK;
}

static void skip_messages(struct try *t)
{
	ANJU_AUTO_JSON *list = NULL;
	if (sandbox_messages(t->sb, 0, &list, NULL) != ANJU_OK || json_array_size(list) == 0)
		return;
	const json_t *last = json_array_get(list, json_array_size(list) - 1);
	t->seen = json_integer_value(json_object_get(last, "id"));
}

int try_restart(struct try *t)
{
	anju_error err = {0};
	const char *start = t->start;
	ANJU_AUTO_JSON *before =
		t->base != NULL ? scenario_acts(&t->list, t->base, &start) : json_array();
	struct sandbox_options options = {.world = &t->world};
	sandbox_free(t->sb);
	t->sb = NULL;
	t->name[0] = '\0';
	anju_status st = scenario_time(start, &options.start_ms, &err);
	if (st == ANJU_OK)
		st = sandbox_open(&options, &t->sb, &err);
	if (st == ANJU_OK)
		st = again(t, before, &err);
	if (st == ANJU_OK)
		st = again(t, t->acts, &err);
	if (st != ANJU_OK)
		return cli_fail(t->cli, CLI_USAGE, &err);
	skip_messages(t);
	return CLI_OK;
}

void try_undo(struct try *t, size_t n)
{
	size_t len = json_array_size(t->acts);
	for (; n > 0 && len > 0; n--)
		(void)json_array_remove(t->acts, --len);
	if (try_restart(t) != CLI_OK)
		t->over = true;
	else
		try_show(t);
}

/* --- who --- */

static bool one_of(
	struct try *t, const struct role_list *roles, const json_t *data, char *out, size_t size)
{
	for (size_t i = 0; i < roles->len; i++) {
		const struct unit *units[8];
		size_t n = 0;
		const char *role = roles->roles[i].text;
		if (roles->roles[i].scope == ROLE_SYSTEM || roles->roles[i].scope == ROLE_ANY)
			continue;
		if (sandbox_units(t->sb, t->name, data, role, units, 8, &n, NULL) != ANJU_OK ||
			n == 0)
			continue;
		snprintf(out, size, "%s", n == 1 ? role : units[0]->code);
		return true;
	}
	return false;
}

static bool sender_of(struct try *t, const char *event, char *out, size_t size)
{
	const struct chart *chart = t->wf->chart;
	ANJU_AUTO_JSON *cs = NULL;
	if (sandbox_case(t->sb, t->name, &cs, NULL) != ANJU_OK)
		return false;
	/* first those of where the case is, then of anywhere */
	for (int pass = 0; pass < 2; pass++) {
		for (uint32_t i = 0; i < chart_transition_count(chart); i++) {
			const struct chart_transition *tr = chart_transition_at(chart, i);
			const char *path = chart_state_at(chart, tr->source)->path;
			size_t k;
			json_t *v;
			bool here = pass == 1 || path[0] == '\0';
			json_array_foreach(json_object_get(cs, "active"), k, v)
				here = here || strcmp(json_string_value(v), path) == 0;
			if (here && strcmp(tr->descriptor, event) == 0 &&
				one_of(t, &t->wf->transitions[i].by, NULL, out, size))
				return true;
		}
	}
	return false;
}

static bool amender(struct try *t, const json_t *data, char *out, size_t size)
{
	const char *name;
	json_t *v;
	json_object_foreach((json_t *)data, name, v) {
		const struct field *f = workflow_field(t->wf, name);
		if (f != NULL && one_of(t, &f->write_by, NULL, out, size))
			return true;
	}
	return one_of(t, &t->wf->open_by, data, out, size);
}

bool try_actor(struct try *t, const char *event, const json_t *data, char *out, size_t size)
{
	if (t->as[0] != '\0') {
		snprintf(out, size, "%s", t->as);
		return true;
	}
	if (event == NULL)
		return one_of(t, &t->wf->open_by, data, out, size);
	if (strcmp(event, "amend") == 0)
		return amender(t, data, out, size);
	if (sender_of(t, event, out, size))
		return true;
	/* an event that nobody sends, or that there is not: the answer says so whoever asks */
	const struct org *org = pack_set_org(t->world.packs);
	if (org_count(org) == 0)
		return false;
	snprintf(out, size, "%s", org_at(org, 0)->code);
	return true;
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

bool try_would(struct try *t, const char *event, const char *as, json_t **ret_words)
{
	anju_error err = {0};
	ANJU_AUTO_JSON *refusal = NULL;
	struct sandbox_act act = {.name = t->name,
		.as = as,
		.event = event,
		.data = json_object_get(t->next, "data"),
		.docs = json_object_get(t->next, "docs"),
		/* that a reason is wanted is no reason why not */
		.reason = "?",
		.effective_ms = SANDBOX_NOW,
		.dry_run = true};
	if (sandbox_do(t->sb, &act, &refusal, &err) == ANJU_OK)
		return true;
	*ret_words = words_of(&err, refusal);
	return false;
}

/* --- doing --- */

/* What a scenario would expect after it: the states, and the refusal. */
static json_t *outcome(struct try *t, anju_status st, const anju_error *err)
{
	json_t *expect = json_object();
	ANJU_AUTO_JSON *cs = NULL;
	if (st != ANJU_OK)
		json_object_set_new(expect, "refused", json_pack("{s:s}", "rule", err->id));
	if (t->name[0] != '\0' && sandbox_case(t->sb, t->name, &cs, NULL) == ANJU_OK)
		json_object_set(expect, "states", json_object_get(cs, "states"));
	return expect;
}

static void add_next(struct try *t, json_t *act)
{
	bool acts = text(act, "on") == NULL && text(act, "wait") == NULL;
	if (!acts)
		return;
	const char *key;
	json_t *v;
	json_object_foreach(t->next, key, v) {
		json_t *own = json_object_get(act, key);
		if (own == NULL)
			json_object_set_new(act, key, json_deep_copy(v));
		else if (json_is_object(own))
			(void)json_object_update_missing(own, v);
		else if (json_is_array(own) && json_is_array(v))
			(void)json_array_extend(own, v);
	}
}

/* Open, send and amend: who, and to which case. */
static bool complete(struct try *t, json_t *act)
{
	char as[160];
	bool amends = json_object_get(act, "amend") != NULL;
	const char *event = amends ? "amend" : text(act, "send");
	if (text(act, "open") == NULL && t->name[0] != '\0')
		json_object_set_new(act, "case", json_string(t->name));
	add_next(t, act);
	take_name(t, act);
	if (text(act, "open") == NULL && event == NULL)
		return true;
	if (!try_actor(t, event, json_object_get(act, "data"), as, sizeof as)) {
		fprintf(t->cli->out, "%s",
			tr(t->cli->lang, "没有单位可以办；用 as 指明单位\n",
				"no unit may do that; name one with as\n"));
		return false;
	}
	json_object_set_new(act, "as", json_string(as));
	return true;
}

static void report(struct try *t, const json_t *act, anju_status st, const anju_error *err,
	const json_t *refusal)
{
	enum lang lang = t->cli->lang;
	if (st != ANJU_OK) {
		ANJU_AUTO_JSON *words = words_of(err, refusal);
		try_show_words(t, tr(lang, "被拒绝：", "refused: "), words);
		fprintf(t->cli->out, "  [%s]\n", err->id);
	} else if (text(act, "as") != NULL) {
		fprintf(t->cli->out, tr(lang, "已办（%s）\n", "done, by %s\n"), text(act, "as"));
	}
}

void try_do(struct try *t, json_t *taken)
{
	ANJU_AUTO_JSON *act = taken;
	ANJU_AUTO_JSON *refusal = NULL;
	anju_error err = {0};
	char was[sizeof t->name];
	bool timely = true;
	snprintf(was, sizeof was, "%s", t->name);
	if (!complete(t, act))
		return;
	anju_status st = scenario_act(t->sb, t->name, act, &timely, &refusal, &err);
	if (!timely || (st != ANJU_OK && !scenario_is_answer(st))) {
		try_complain(t, &err);
		return;
	}
	report(t, act, st, &err, refusal);
	ANJU_AUTO_JSON *expect = outcome(t, st, &err);
	/* a case that was not opened is not at hand */
	if (st != ANJU_OK && text(act, "open") != NULL && json_object_get(expect, "states") == NULL)
		snprintf(t->name, sizeof t->name, "%s", was);
	if (json_object_size(expect) > 0)
		json_object_set(act, "expect", expect);
	(void)json_array_append(t->acts, act);
	if (st == ANJU_OK)
		json_object_clear(t->next);
	try_show_messages(t);
	if (st == ANJU_OK)
		try_show(t);
}

/* --- writing it down --- */

static json_t *as_scenario(struct try *t, const char *title)
{
	ANJU_AUTO_BUF own = BUF_INIT;
	if (title == NULL) {
		buf_addf(&own, "%s %s", t->wf->id, t->name);
		title = own.data;
	}
	json_t *doc = json_pack("{s:{s:s, s:s}, s:s}", "title", "zh", title, "en", title, "pack",
		pack_set_name(t->world.packs));
	if (t->base != NULL)
		json_object_set_new(doc, "continues", json_string(t->base->name));
	else
		json_object_set_new(doc, "start", json_string(t->start));
	json_object_set(doc, "steps", t->acts);
	return doc;
}

void try_save(struct try *t, const char *path, const char *title)
{
	anju_error err = {0};
	ANJU_AUTO_JSON *doc = as_scenario(t, title);
	if (json_array_size(t->acts) == 0) {
		fprintf(t->cli->out, "%s",
			tr(t->cli->lang, "还没有办过什么\n", "nothing has been done yet\n"));
		return;
	}
	if (json_dump_file(doc, path, JSON_INDENT(2)) != 0) {
		(void)anju_fail(&err, ANJU_E_IO, "cli.save", "cannot write %s", path);
		anju_error_found(&err, "%s", path);
		try_complain(t, &err);
		return;
	}
	fprintf(t->cli->out,
		tr(t->cli->lang, "已写入 %s，共 %zu 步\n", "written to %s, %zu steps\n"), path,
		json_array_size(t->acts));
}
