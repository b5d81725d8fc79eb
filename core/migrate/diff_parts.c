/* Fields, documents, relations, deadlines and delays. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "migrate/diff_impl.h"

/* Of what is new, that which is most likely `name` under another name; NULL if nothing is like it. */
static const char *likely_name(
	const json_t *before, const json_t *after, const char *name, const json_t *value)
{
	const char *other, *best = NULL;
	json_t *v;
	double score = 0.8;
	const json_t *title = json_object_get(value, "title");
	json_object_foreach((json_t *)after, other, v) {
		if (json_object_get(before, other) != NULL)
			continue;
		bool same_kind =
			diff_same(json_object_get(value, "type"), json_object_get(v, "type"));
		const json_t *other_title = json_object_get(v, "title");
		double s = diff_likeness(name, other);
		/* documents are their own titles */
		if (diff_same_title(
			    title != NULL ? title : value, other_title != NULL ? other_title : v))
			s += 0.8;
		s = same_kind ? s : s / 2;
		if (s >= score) {
			score = s;
			best = other;
		}
	}
	return best;
}

/* --- fields --- */

static const json_t *member(const json_t *field, const char *name)
{
	return json_object_get(field, name);
}

static double number(const json_t *v)
{
	return json_is_string(v) ? strtod(json_string_value(v), NULL) : json_number_value(v);
}

static bool lost_option(const json_t *a, const json_t *b)
{
	size_t i, k;
	json_t *v, *w;
	const char *key;
	if (json_is_object(a)) {
		json_object_foreach((json_t *)a, key, v) {
			if (json_object_get(b, key) == NULL)
				return true;
		}
		return false;
	}
	json_array_foreach((json_t *)a, i, v) {
		bool there = false;
		json_array_foreach((json_t *)b, k, w)
			there = there || diff_same(v, w);
		const char *id = json_string_value(json_object_get(v, "id"));
		json_array_foreach((json_t *)b, k, w) {
			const char *other = json_string_value(json_object_get(w, "id"));
			there = there || (id != NULL && other != NULL && strcmp(id, other) == 0);
		}
		if (!there)
			return true;
	}
	return false;
}

/* Might a value that was right no longer be? */
static bool is_tighter(const json_t *a, const json_t *b)
{
	static const struct {
		const char *name;
		int sign; /* 1: less is tighter */
	} bounds[] = {{"max", 1}, {"min", -1}, {"max_chars", 1}, {"scale", 1}};
	for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++) {
		const json_t *x = member(a, bounds[i].name), *y = member(b, bounds[i].name);
		if (y != NULL && (x == NULL || (number(x) - number(y)) * bounds[i].sign > 0))
			return true;
	}
	if (member(b, "pattern") != NULL && !diff_same(member(a, "pattern"), member(b, "pattern")))
		return true;
	return lost_option(member(a, "options"), member(b, "options"));
}

/* "max "500.00" → "400.00", write …" */
static const char *what_changed(const json_t *a, const json_t *b, char *out, size_t size)
{
	ANJU_AUTO_JSON *all = json_object();
	ANJU_AUTO_BUF text = BUF_INIT;
	const char *key;
	json_t *v;
	(void)json_object_update_missing(all, (json_t *)a);
	(void)json_object_update_missing(all, (json_t *)b);
	json_object_foreach(all, key, v) {
		char x[DIFF_VALUE_MAX], y[DIFF_VALUE_MAX];
		if (diff_same(member(a, key), member(b, key)))
			continue;
		buf_addf(&text, "%s%s %s → %s", text.len > 0 ? ", " : "", key,
			diff_value(member(a, key), x, sizeof x),
			diff_value(member(b, key), y, sizeof y));
	}
	snprintf(out, size, "%s", text.data != NULL ? text.data : "");
	return out;
}

static void compare_field(
	struct diff *d, const char *name, const char *to, const json_t *a, const json_t *b)
{
	char x[4 * DIFF_VALUE_MAX], y[DIFF_VALUE_MAX];
	if (!diff_same(member(a, "type"), member(b, "type")))
		diff_add(d, "values", "field.type", name, to,
			"字段 %s 的类型由 %s 变为 %s：已填的值要换掉",
			"the type of field %s was %s and is %s: values that are there must be "
			"replaced",
			to, diff_value(member(a, "type"), x, sizeof x),
			diff_value(member(b, "type"), y, sizeof y));
	else if (is_tighter(a, b))
		diff_add(d, "values", "field.tighter", name, to,
			"字段 %s 收紧（%s）：已填的值可能不再合格",
			"field %s is tighter (%s): values that are there may not fit", to,
			what_changed(a, b, x, sizeof x));
	else if (!diff_same(a, b))
		diff_add(d, "unaffected", "field.changed", name, to, "字段 %s 有变：%s",
			"field %s changed: %s", to, what_changed(a, b, x, sizeof x));
	if (!json_is_true(member(a, "required")) && json_is_true(member(b, "required")))
		diff_add(d, "values", "field.required", name, to,
			"字段 %s 变为必填：没有填的事项要给默认值",
			"field %s is required now: cases without it need a default", to);
}

void diff_fields(struct diff *d)
{
	const json_t *before = d->old->fields, *after = d->next->fields;
	ANJU_AUTO_JSON *known = json_object();
	const char *name;
	json_t *v;
	json_object_foreach((json_t *)before, name, v) {
		const json_t *same = json_object_get(after, name);
		const char *to = same != NULL ? name : likely_name(before, after, name, v);
		if (to != NULL)
			(void)json_object_set_new(known, to, json_true());
		if (to == NULL)
			diff_add(d, "values", "field.removed", name, NULL,
				"字段 %s 取消：值只留在办理记录里",
				"field %s is gone: its value stays in the journal only", name);
		else if (same == NULL)
			diff_add(d, "values", "field.renamed", name, to, "字段 %s 看来改名为 %s",
				"field %s seems to be called %s now", name, to);
		if (to != NULL)
			compare_field(d, name, to, v, json_object_get(after, to));
	}
	json_object_foreach((json_t *)after, name, v) {
		bool required = json_is_true(json_object_get(v, "required"));
		if (json_object_get(known, name) == NULL)
			diff_add(d, required ? "values" : "unaffected", "field.added", NULL, name,
				required ? "新增必填字段 %s：在办的事项要给默认值" : "新增字段 %s",
				required ? "field %s is new and required: open cases need a default"
					 : "field %s is new",
				name);
	}
}

/* --- documents and relations --- */

struct names {
	const char *kind; /* "doc" */
	const char *zh, *en;
};

static void tell_name(struct diff *d, const struct names *n, const char *what, const char *group,
	const char *name, const char *to, const char *zh, const char *en)
{
	char kind[32], zh_all[200], en_all[200];
	snprintf(kind, sizeof kind, "%s.%s", n->kind, what);
	snprintf(zh_all, sizeof zh_all, "%s %s %s%s", n->zh, name != NULL ? name : to, zh,
		name != NULL && to != NULL && strcmp(name, to) != 0 ? to : "");
	snprintf(en_all, sizeof en_all, "%s %s %s%s", n->en, name != NULL ? name : to, en,
		name != NULL && to != NULL && strcmp(name, to) != 0 ? to : "");
	diff_say(d, group, kind, name, to, zh_all, en_all);
}

static void compare_names(struct diff *d, const struct names *n, const json_t *before,
	const json_t *after, bool stored_only)
{
	ANJU_AUTO_JSON *known = json_object();
	const char *name;
	json_t *v;
	json_object_foreach((json_t *)before, name, v) {
		const json_t *same = json_object_get(after, name);
		const char *to = same != NULL ? name : likely_name(before, after, name, v);
		bool view = stored_only && json_object_get(v, "inverse") != NULL;
		const char *group = view ? "unaffected" : "values";
		if (to != NULL)
			(void)json_object_set_new(known, to, json_true());
		if (to == NULL)
			tell_name(d, n, "removed", group, name, NULL, "取消", "is gone");
		else if (same == NULL)
			tell_name(d, n, "renamed", group, name, to, "看来改名为 ",
				"seems to be called ");
		else if (!diff_same(v, same))
			tell_name(d, n, "changed", "unaffected", name, name, "有变", "changed");
	}
	json_object_foreach((json_t *)after, name, v) {
		if (json_object_get(known, name) == NULL)
			tell_name(d, n, "added", "unaffected", NULL, name, "新增", "is new");
	}
}

void diff_names(struct diff *d)
{
	static const struct names docs = {"doc", "材料", "document"};
	static const struct names relations = {"relation", "关系", "relation"};
	compare_names(d, &docs, d->old->docs, d->next->docs, false);
	compare_names(d, &relations, d->old->relations, d->next->relations, true);
}

/* --- deadlines --- */

static const json_t *deadline(const struct side *side, uint32_t state, const char *name)
{
	return json_object_get(side_deadlines(side, state), name);
}

static void compare_deadline(
	struct diff *d, const char *name, const char *to, const json_t *a, const json_t *b)
{
	static const struct {
		const char *member, *zh, *en, *group;
	} parts[] = {{"due", "到期日的算法", "how it falls due", "deadlines"},
		{"rungs", "提醒", "its reminders", "deadlines"},
		{"when", "何时起算的条件", "its condition", "unaffected"},
		{"met", "办成的标志", "what meets it", "unaffected"},
		{"lead", "牵头单位", "the leading unit", "unaffected"},
		{"responsible", "责任单位", "the responsible unit", "unaffected"},
		{"cooperating", "配合单位", "cooperating units", "unaffected"},
		{"waive", "谁可以免除", "who may waive it", "unaffected"},
		{"suspend", "谁可以中止", "who may suspend it", "unaffected"},
		{"extend", "可否延期", "its extensions", "unaffected"},
		{"keep_up", "完成后的持续核查", "how it is kept up", "deadlines"},
		{"title", "名称", "the title", "unaffected"}};
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		char kind[40], x[DIFF_VALUE_MAX], y[DIFF_VALUE_MAX], zh[500], en[500];
		const json_t *before = json_object_get(a, parts[i].member);
		const json_t *after = json_object_get(b, parts[i].member);
		if (diff_same(before, after))
			continue;
		diff_value(before, x, sizeof x);
		diff_value(after, y, sizeof y);
		snprintf(kind, sizeof kind, "deadline.%s", parts[i].member);
		snprintf(zh, sizeof zh, "期限 %s：%s由 %s 变为 %s", to, parts[i].zh, x, y);
		snprintf(en, sizeof en, "deadline %s: %s was %s and is %s", to, parts[i].en, x, y);
		diff_say(d, parts[i].group, kind, name, to, zh, en);
	}
}

/* All that the other side has under names that this one has not. */
static json_t *all_deadlines(const struct side *side)
{
	json_t *all = json_object();
	for (uint32_t s = 0; s < chart_state_count(side->chart); s++)
		(void)json_object_update_missing(all, (json_t *)side_deadlines(side, s));
	return all;
}

static void old_deadline(struct diff *d, const json_t *before, const json_t *after, uint32_t state,
	const char *name, json_t *known)
{
	const json_t *def = deadline(d->old, state, name);
	const char *to =
		json_object_get(after, name) != NULL ? name : likely_name(before, after, name, def);
	if (to == NULL) {
		diff_add(d, "deadlines", "deadline.removed", name, NULL,
			"期限 %s 取消：未了的要豁免",
			"deadline %s is gone: open ones must be waived", name);
		return;
	}
	(void)json_object_set_new(known, to, json_true());
	uint32_t place = d->where[state];
	const json_t *there = place != CHART_NONE ? deadline(d->next, place, to) : NULL;
	if (strcmp(to, name) != 0)
		diff_add(d, "deadlines", "deadline.renamed", name, to, "期限 %s 看来改名为 %s",
			"deadline %s seems to be called %s now", name, to);
	if (there == NULL) {
		place = side_deadline_state(d->next, to, 0);
		there = deadline(d->next, place, to);
		diff_add(d, "deadlines", "deadline.moved", name, to, "期限 %s 改在状态 %s 起算",
			"deadline %s is declared in state %s now", to,
			chart_state_at(d->next->chart, place)->path);
	}
	compare_deadline(d, name, to, def, there);
}

static void compare_delays(struct diff *d)
{
	const char *name;
	json_t *v;
	json_object_foreach((json_t *)d->old->delays, name, v) {
		char x[DIFF_VALUE_MAX], y[DIFF_VALUE_MAX];
		const json_t *now = json_object_get(d->next->delays, name);
		if (now != NULL && !diff_same(v, now))
			diff_add(d, "deadlines", "delay.changed", name, name,
				"时长 %s 由 %s 变为 %s：已在等待的可保持或重新起算",
				"delay %s was %s and is %s: those that wait may go on or begin "
				"anew",
				name, diff_value(v, x, sizeof x), diff_value(now, y, sizeof y));
		else if (now == NULL)
			diff_add(d, "unaffected", "delay.removed", name, NULL, "时长 %s 取消",
				"delay %s is gone", name);
	}
	json_object_foreach((json_t *)d->next->delays, name, v) {
		if (json_object_get(d->old->delays, name) == NULL)
			diff_add(d, "unaffected", "delay.added", NULL, name, "新增时长 %s",
				"delay %s is new", name);
	}
}

void diff_deadlines(struct diff *d)
{
	ANJU_AUTO_JSON *before = all_deadlines(d->old);
	ANJU_AUTO_JSON *after = all_deadlines(d->next);
	ANJU_AUTO_JSON *known = json_object();
	const char *name;
	json_t *v;
	for (uint32_t s = 0; s < chart_state_count(d->old->chart); s++) {
		json_object_foreach((json_t *)side_deadlines(d->old, s), name, v)
			old_deadline(d, before, after, s, name, known);
	}
	json_object_foreach(after, name, v) {
		if (json_object_get(known, name) == NULL)
			diff_add(d, "deadlines", "deadline.added", NULL, name,
				"新增期限 %s：处于其状态的事项从迁移之日起算，或不起算",
				"deadline %s is new: cases in its state begin it on the day they "
				"move, "
				"or not at all",
				name);
	}
	compare_delays(d);
}
