/* What `anjuctl try` shows. */
#include <string.h>

#include "base/json.h"
#include "base/timestamp.h"
#include "cli/show.h"
#include "cli/try.h"

static const char *text(const json_t *obj, const char *key)
{
	const char *s = json_string_value(json_object_get(obj, key));
	return s != NULL ? s : "";
}

void try_show_words(struct try *t, const char *before, const json_t *words)
{
	const char *s = show_label(t->cli, words);
	fprintf(t->cli->out, "%s%s\n", before, s != NULL ? s : "");
}

static const char *label(const struct try *t, const struct label *l, const char *fallback)
{
	const char *s = l->text[t->cli->lang];
	return s != NULL && s[0] != '\0' ? s : fallback;
}

/* --- states --- */

/* "Relocation › Agreement › Survey" */
static void add_titles(const struct try *t, uint32_t state, struct buf *out)
{
	const struct chart_state *s = chart_state_at(t->wf->chart, state);
	if (s->parent != CHART_NONE && s->parent != 0) {
		add_titles(t, s->parent, out);
		buf_adds(out, " › ");
	}
	buf_adds(out, label(t, &t->wf->states[state].title, s->key));
}

static void show_states(struct try *t, const json_t *cs)
{
	size_t i;
	json_t *v;
	json_array_foreach(json_object_get(cs, "states"), i, v) {
		ANJU_AUTO_BUF titles = BUF_INIT;
		uint32_t state = chart_state_by_path(t->wf->chart, json_string_value(v));
		add_titles(t, state, &titles);
		fprintf(t->cli->out, "  %s (%s)\n", titles.data, json_string_value(v));
	}
}

static void show_deadlines(struct try *t)
{
	ANJU_AUTO_JSON *list = NULL;
	enum lang lang = t->cli->lang;
	size_t i;
	json_t *v;
	if (sandbox_deadlines(t->sb, t->name, &list, NULL) != ANJU_OK)
		return;
	json_array_foreach(list, i, v) {
		const char *due = text(v, "due");
		bool watched = strcmp(text(v, "status"), "watched") == 0;
		const char *more = watched ? tr(lang, "，持续核查", ", watched") : "";
		if (json_is_true(json_object_get(v, "overdue")))
			more = tr(lang, "，已逾期", ", OVERDUE");
		else if (json_is_true(json_object_get(v, "suspended")))
			more = tr(lang, "，已中止", ", suspended");
		if (!watched && strcmp(text(v, "status"), "open") != 0)
			continue;
		fprintf(t->cli->out, tr(lang, "  期限 %s%s %s（%s）%s\n", "  due %s%s %s (%s)%s\n"),
			due[0] != '\0' ? due : tr(lang, "未定", "not yet known"),
			json_is_true(json_object_get(v, "provisional"))
				? tr(lang, "（暂定）", " (provisional)")
				: "",
			show_label(t->cli, json_object_get(v, "title")), text(v, "name"), more);
	}
}

/* --- what is possible --- */

static void add_units(struct try *t, const json_t *codes, struct buf *out)
{
	const struct org *org = pack_set_org(t->world.packs);
	size_t i;
	json_t *v;
	json_array_foreach((json_t *)codes, i, v) {
		const struct unit *u = org_unit(org, json_string_value(v));
		if (i == 3) {
			buf_adds(out, " …");
			return;
		}
		buf_addf(out, "%s%s", i > 0 ? ", " : "",
			u != NULL ? u->title[t->cli->lang] : json_string_value(v));
	}
}

/* An event that somebody could send, for whom, and what is in the way. */
static void show_possible(struct try *t, const json_t *event)
{
	enum lang lang = t->cli->lang;
	ANJU_AUTO_BUF units = BUF_INIT;
	ANJU_AUTO_JSON *words = NULL;
	char as[160] = "";
	const char *name = text(event, "event");
	add_units(t, json_object_get(event, "by"), &units);
	fprintf(t->cli->out, tr(lang, "  %s  %s  —— %s%s\n", "  %s  %s -- %s%s\n"), name,
		show_label(t->cli, json_object_get(event, "title")),
		units.len > 0 ? units.data : tr(lang, "没有单位", "nobody"),
		json_is_true(json_object_get(event, "reason"))
			? tr(lang, "（须说明理由）", " (a reason is needed)")
			: "");
	if (!try_actor(t, name, NULL, as, sizeof as) || try_would(t, name, as, &words))
		return;
	try_show_words(t, tr(lang, "      还不行：", "      not yet: "), words);
}

static json_t *possible_now(struct try *t)
{
	json_t *list = NULL;
	if (t->name[0] == '\0' || sandbox_possible(t->sb, t->name, &list, NULL) != ANJU_OK)
		return json_array();
	return list;
}

static bool is_possible(const json_t *possible, const char *event)
{
	size_t i;
	json_t *v;
	json_array_foreach((json_t *)possible, i, v) {
		if (strcmp(text(v, "event"), event) == 0)
			return true;
	}
	return false;
}

static bool seen_before(const struct chart *chart, uint32_t i)
{
	const char *event = chart_transition_at(chart, i)->descriptor;
	for (uint32_t k = 0; k < i; k++) {
		if (strcmp(chart_transition_at(chart, k)->descriptor, event) == 0)
			return true;
	}
	return event[0] == '\0' || strncmp(event, "xstate.", 7) == 0;
}

static void show_impossible(struct try *t, const char *event, const struct label *title)
{
	enum lang lang = t->cli->lang;
	ANJU_AUTO_JSON *words = NULL;
	char as[160];
	fprintf(t->cli->out, "  %s  %s\n", event, label(t, title, ""));
	if (try_actor(t, event, NULL, as, sizeof as) && !try_would(t, event, as, &words))
		try_show_words(t, tr(lang, "      不能：", "      no: "), words);
}

void try_show_events(struct try *t, const char *event)
{
	const struct chart *chart = t->wf->chart;
	ANJU_AUTO_JSON *possible = possible_now(t);
	size_t i;
	json_t *v;
	bool known = event != NULL && is_possible(possible, event);
	json_array_foreach(possible, i, v) {
		if (event == NULL || strcmp(text(v, "event"), event) == 0)
			show_possible(t, v);
	}
	for (uint32_t k = 0; k < chart_transition_count(chart); k++) {
		const char *other = chart_transition_at(chart, k)->descriptor;
		if (seen_before(chart, k) || is_possible(possible, other) ||
			(event != NULL && strcmp(other, event) != 0))
			continue;
		known = true;
		show_impossible(t, other, &t->wf->transitions[k].title);
	}
	if (event != NULL && !known) {
		const struct label none = {{NULL, NULL}};
		show_impossible(t, event, &none);
	}
}

/* --- the whole --- */

static void show_opening(struct try *t)
{
	enum lang lang = t->cli->lang;
	fprintf(t->cli->out,
		tr(lang, "还没有个案。先立案：open 编号 字段=值…；必填：",
			"There is no case yet. Open one: open KEY FIELD=VALUE...; required:"));
	for (size_t i = 0; i < t->wf->fields_len; i++) {
		const struct field *f = &t->wf->fields[i];
		if (f->required)
			fprintf(t->cli->out, " %s (%s)", f->name, label(t, &f->title, f->name));
	}
	fputc('\n', t->cli->out);
}

void try_show(struct try *t)
{
	char now[TIMESTAMP_MAX_CHARS];
	enum lang lang = t->cli->lang;
	ANJU_AUTO_JSON *cs = NULL;
	timestamp_format(sandbox_now(t->sb), now);
	fprintf(t->cli->out, "%.10s %.5s  %s%s%s\n", now, now + 11, t->name,
		t->as[0] != '\0' ? "  @ " : "", t->as);
	if (t->name[0] == '\0' || sandbox_case(t->sb, t->name, &cs, NULL) != ANJU_OK) {
		show_opening(t);
		return;
	}
	show_states(t, cs);
	show_deadlines(t);
	ANJU_AUTO_JSON *possible = possible_now(t);
	size_t i;
	json_t *v;
	if (json_is_true(json_object_get(cs, "done")))
		fprintf(t->cli->out, "%s", tr(lang, "已办结。\n", "The case is over.\n"));
	else
		fprintf(t->cli->out, "%s", tr(lang, "现在能办：\n", "Possible now:\n"));
	json_array_foreach(possible, i, v)
		show_possible(t, v);
}

/* --- other things --- */

void try_show_fields(struct try *t)
{
	ANJU_AUTO_JSON *cs = NULL;
	if (t->name[0] != '\0' && sandbox_case(t->sb, t->name, &cs, NULL) != ANJU_OK)
		return;
	const json_t *data = json_object_get(cs, "data"), *next = json_object_get(t->next, "data");
	for (size_t i = 0; i < t->wf->fields_len; i++) {
		const struct field *f = &t->wf->fields[i];
		const json_t *v = json_object_get(data, f->name),
			     *staged = json_object_get(next, f->name);
		ANJU_AUTO_BUF value = BUF_INIT;
		if (staged != NULL)
			show_value(t->cli, staged, &value);
		else if (v != NULL)
			show_value(t->cli, v, &value);
		fprintf(t->cli->out, "  %s  %s%s = %s%s\n", f->name, label(t, &f->title, f->name),
			f->required ? " *" : "", value.len > 0 ? value.data : "",
			staged != NULL ? tr(t->cli->lang, "（待办）", " (for the next act)") : "");
	}
}

void try_show_messages(struct try *t)
{
	ANJU_AUTO_JSON *list = NULL;
	const struct org *org = pack_set_org(t->world.packs);
	size_t i;
	json_t *v;
	if (sandbox_messages(t->sb, t->seen, &list, NULL) != ANJU_OK)
		return;
	json_array_foreach(list, i, v) {
		const struct unit *u = org_unit(org, text(v, "to"));
		fprintf(t->cli->out,
			tr(t->cli->lang, "消息 %s → %s：%s\n", "message %s -> %s: %s\n"),
			text(v, "on"), u != NULL ? u->title[t->cli->lang] : text(v, "to"),
			show_label(t->cli, json_object_get(v, "subject")));
		t->seen = json_integer_value(json_object_get(v, "id"));
	}
}

void try_show_cases(struct try *t)
{
	ANJU_AUTO_JSON *list = NULL;
	size_t i;
	json_t *v;
	if (sandbox_cases(t->sb, &list, NULL) != ANJU_OK)
		return;
	json_array_foreach(list, i, v)
		fprintf(t->cli->out, "%s %s\n",
			strcmp(json_string_value(v), t->name) == 0 ? "*" : " ",
			json_string_value(v));
}
