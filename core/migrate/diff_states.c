/* States and transitions: which is which, and what differs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "migrate/diff_impl.h"

/* What two states must share to be taken for the same one under another name. */
#define LIKELY 1.2

static const json_t *title_of(const struct side *side, uint32_t state)
{
	return json_object_get(side_anju(side_state(side, state)), "title");
}

/* Of the events that either takes, how many both take. */
static double shared_events(const json_t *a, const json_t *b)
{
	const json_t *x = json_object_get(a, "on"), *y = json_object_get(b, "on");
	size_t both = 0, all = json_object_size(y);
	const char *name;
	json_t *v;
	json_object_foreach((json_t *)x, name, v) {
		if (json_object_get(y, name) != NULL)
			both++;
		else
			all++;
	}
	return all > 0 ? (double)both / (double)all : 0;
}

static double likeness(const struct diff *d, uint32_t a, uint32_t b)
{
	const struct chart_state *x = chart_state_at(d->old->chart, a);
	const struct chart_state *y = chart_state_at(d->next->chart, b);
	double score = diff_likeness(x->key, y->key) +
		       shared_events(side_state(d->old, a), side_state(d->next, b));
	if (diff_same_title(title_of(d->old, a), title_of(d->next, b)))
		score += 1;
	if (x->parent != CHART_NONE && d->where[x->parent] == y->parent)
		score += 0.3;
	return x->type == y->type ? score : score / 2;
}

static bool can_be(const struct chart_state *s)
{
	return s->type != CHART_HISTORY;
}

/* By its own path, or along with its parent; CHART_NONE when it is neither. */
static uint32_t by_path(const struct diff *d, uint32_t state)
{
	const struct chart_state *s = chart_state_at(d->old->chart, state);
	uint32_t up = s->parent != CHART_NONE ? d->where[s->parent] : CHART_NONE;
	uint32_t found = CHART_NONE;
	if (up != CHART_NONE) {
		char path[1024];
		const char *base = chart_state_at(d->next->chart, up)->path;
		snprintf(path, sizeof path, "%s%s%s", base, base[0] != '\0' ? "." : "", s->key);
		found = chart_state_by_path(d->next->chart, path);
	}
	if (found == CHART_NONE)
		found = chart_state_by_path(d->next->chart, s->path);
	if (found == CHART_NONE)
		return found;
	bool history = chart_state_at(d->next->chart, found)->type == CHART_HISTORY;
	return history == (s->type == CHART_HISTORY) ? found : CHART_NONE;
}

static uint32_t best_guess(const struct diff *d, uint32_t state)
{
	uint32_t best = CHART_NONE;
	double score = LIKELY;
	for (uint32_t b = 1; b < chart_state_count(d->next->chart); b++) {
		const struct chart_state *y = chart_state_at(d->next->chart, b);
		double s;
		/* one that the old definition has too is no new name */
		if (d->taken[b] || !can_be(y) ||
			chart_state_by_path(d->old->chart, y->path) != CHART_NONE ||
			(s = likeness(d, state, b)) < score)
			continue;
		score = s;
		best = b;
	}
	return best;
}

static void find_places(struct diff *d)
{
	const struct chart *old = d->old->chart;
	d->where[0] = 0;
	d->taken[0] = true;
	for (uint32_t s = 1; s < chart_state_count(old); s++) {
		d->where[s] = by_path(d, s);
		if (d->where[s] == CHART_NONE && can_be(chart_state_at(old, s))) {
			d->where[s] = best_guess(d, s);
			d->guessed[s] = d->where[s] != CHART_NONE;
		}
		if (d->where[s] != CHART_NONE)
			d->taken[d->where[s]] = true;
	}
}

/* The place that a plan without a word about this state would give it. */
static bool needs_map(const struct diff *d, uint32_t state)
{
	const struct chart_state *s = chart_state_at(d->old->chart, state);
	uint32_t up = s->parent;
	bool leaf = s->type == CHART_ATOMIC || s->type == CHART_FINAL;
	if (d->where[state] == CHART_NONE)
		return leaf;
	const char *path = chart_state_at(d->next->chart, d->where[state])->path;
	if (strcmp(path, s->path) == 0)
		return false;
	/* an ancestor that is mapped takes it along */
	if (up != CHART_NONE && up != 0 && d->where[up] != CHART_NONE) {
		const char *base = chart_state_at(d->next->chart, d->where[up])->path;
		size_t n = strlen(base);
		return strncmp(path, base, n) != 0 || path[n] != '.' ||
		       strcmp(path + n + 1, s->key) != 0;
	}
	return true;
}

static void tell_gone(struct diff *d, uint32_t state)
{
	const struct chart_state *s = chart_state_at(d->old->chart, state);
	if (s->type == CHART_HISTORY)
		diff_add(d, "unaffected", "state.removed", s->path, NULL,
			"历史状态 %s 取消：不再记住",
			"history state %s is gone: nothing is remembered", s->path);
	else
		diff_add(d, needs_map(d, state) ? "states" : "unaffected", "state.removed", s->path,
			NULL, "状态 %s 取消", "state %s is gone", s->path);
}

static void tell_moved(struct diff *d, uint32_t state)
{
	const struct chart_state *s = chart_state_at(d->old->chart, state);
	const struct chart_state *t = chart_state_at(d->next->chart, d->where[state]);
	bool moved = strcmp(s->key, t->key) == 0;
	const char *kind = moved ? "state.moved" : "state.renamed";
	if (!needs_map(d, state))
		diff_add(d, "unaffected", kind, s->path, t->path, "状态 %s 随上级成为 %s",
			"state %s goes along with its parent: %s", s->path, t->path);
	else if (moved)
		diff_add(d, "states", kind, s->path, t->path, "状态 %s 看来移到了 %s",
			"state %s seems to have moved to %s", s->path, t->path);
	else
		diff_add(d, "states", kind, s->path, t->path, "状态 %s 看来改名为 %s",
			"state %s seems to be called %s now", s->path, t->path);
}

static const char *type_name(enum chart_state_type type, bool zh)
{
	static const char *const names[][2] = {{"简单", "atomic"}, {"复合", "compound"},
		{"并行", "parallel"}, {"终止", "final"}, {"历史", "history"}};
	return names[type][zh ? 0 : 1];
}

static void tell_changed(struct diff *d, uint32_t state)
{
	const struct chart_state *s = chart_state_at(d->old->chart, state);
	const struct chart_state *t = chart_state_at(d->next->chart, d->where[state]);
	if (s->type != t->type) {
		char zh[700], en[700];
		snprintf(zh, sizeof zh, "状态 %s 由%s变为%s；处于其中的事项按默认进入其下级",
			t->path, type_name(s->type, true), type_name(t->type, true));
		snprintf(en, sizeof en,
			"state %s was %s and is %s; cases in it enter what is below it by default",
			t->path, type_name(s->type, false), type_name(t->type, false));
		diff_say(d, "unaffected", "state.type", s->path, t->path, zh, en);
	}
	const json_t *a = side_anju(side_state(d->old, state)),
		     *b = side_anju(side_state(d->next, d->where[state]));
	if (!diff_same(json_object_get(a, "title"), json_object_get(b, "title")))
		diff_add(d, "unaffected", "state.title", s->path, t->path, "状态 %s 的名称有变",
			"the title of state %s changed", t->path);
	if (!diff_same(json_object_get(a, "phase"), json_object_get(b, "phase"))) {
		char x[DIFF_VALUE_MAX], y[DIFF_VALUE_MAX];
		diff_add(d, "unaffected", "state.phase", s->path, t->path,
			"状态 %s 的阶段由 %s 变为 %s", "the phase of state %s was %s and is %s",
			t->path, diff_value(json_object_get(a, "phase"), x, sizeof x),
			diff_value(json_object_get(b, "phase"), y, sizeof y));
	}
}

void diff_states(struct diff *d)
{
	const struct chart *next = d->next->chart;
	find_places(d);
	for (uint32_t s = 1; s < chart_state_count(d->old->chart); s++) {
		const char *path = chart_state_at(d->old->chart, s)->path;
		if (d->where[s] == CHART_NONE) {
			tell_gone(d, s);
			continue;
		}
		if (strcmp(path, chart_state_at(next, d->where[s])->path) != 0)
			tell_moved(d, s);
		tell_changed(d, s);
	}
	for (uint32_t s = 1; s < chart_state_count(next); s++) {
		const struct chart_state *t = chart_state_at(next, s);
		if (d->taken[s])
			continue;
		bool region = chart_state_at(next, t->parent)->type == CHART_PARALLEL;
		diff_add(d, "unaffected", region ? "state.region" : "state.added", NULL, t->path,
			region ? "并行状态里新增一支 %s：事项从它的起始状态开始" : "新增状态 %s",
			region ? "a new region %s: cases begin in its initial state"
			       : "state %s is new",
			t->path);
	}
}

/* --- transitions --- */

static const json_t *json_at_pointer_of(const json_t *v, const char *pointer)
{
	while (*pointer == '/' && v != NULL) {
		char key[256];
		size_t n = 0;
		for (pointer++; *pointer != '\0' && *pointer != '/'; pointer++) {
			char c = *pointer;
			if (c == '~' && (pointer[1] == '0' || pointer[1] == '1'))
				c = *++pointer == '0' ? '~' : '/';
			if (n + 1 < sizeof key)
				key[n++] = c;
		}
		key[n] = '\0';
		v = json_is_array(v) ? json_array_get(v, (size_t)strtoul(key, NULL, 10))
				     : json_object_get(v, key);
	}
	return v;
}

/* "sign", "always", "after stale": the same on both sides even when the state's id differs. */
static const char *event_of(
	const struct side *side, const struct chart_transition *t, char *out, size_t size)
{
	const char *delay;
	size_t n;
	if (side_timer_delay(side->chart, t->source, t->descriptor, &delay, &n))
		snprintf(out, size, "after %.*s", (int)n, delay);
	else if (t->descriptor[0] == '\0')
		snprintf(out, size, "always");
	else if (strncmp(t->descriptor, "xstate.done.state.", 18) == 0 ||
		 strncmp(t->descriptor, "done.state.", 11) == 0)
		snprintf(out, size, "onDone");
	else
		snprintf(out, size, "%s", t->descriptor);
	return out;
}

/* The `nth` transition of `state` for an event; NULL past the last. */
static const struct chart_transition *find_transition(
	const struct side *side, uint32_t state, const char *event, size_t nth)
{
	char name[256];
	for (uint32_t i = 0; i < chart_transition_count(side->chart); i++) {
		const struct chart_transition *t = chart_transition_at(side->chart, i);
		if (t->source == state &&
			strcmp(event_of(side, t, name, sizeof name), event) == 0 && nth-- == 0)
			return t;
	}
	return NULL;
}

static size_t place_of(const struct side *side, const struct chart_transition *t, const char *event)
{
	size_t n = 0;
	char name[256];
	for (uint32_t i = 0; i < t->index; i++) {
		const struct chart_transition *o = chart_transition_at(side->chart, i);
		n += o->source == t->source &&
		     strcmp(event_of(side, o, name, sizeof name), event) == 0;
	}
	return n;
}

static void list_targets(const struct side *side, const struct chart_transition *t, struct buf *out)
{
	for (uint32_t i = 0; i < t->targets_len; i++)
		buf_addf(out, "%s%s", i > 0 ? " " : "",
			chart_state_at(side->chart, t->targets[i])->path);
	if (t->targets_len == 0)
		buf_adds(out, "–");
}

static bool same_targets(
	const struct diff *d, const struct chart_transition *a, const struct chart_transition *b)
{
	bool same = a->targets_len == b->targets_len;
	for (uint32_t i = 0; i < a->targets_len && same; i++)
		same = d->where[a->targets[i]] == b->targets[i];
	return same;
}

static void compare_member(struct diff *d, const char *kind, const char *path, const char *event,
	const json_t *a, const json_t *b, const char *zh, const char *en)
{
	char x[DIFF_VALUE_MAX], y[DIFF_VALUE_MAX], zh_all[1000], en_all[1000];
	if (diff_same(a, b))
		return;
	diff_value(a, x, sizeof x);
	diff_value(b, y, sizeof y);
	snprintf(zh_all, sizeof zh_all, "%s 的 %s：%s由 %s 变为 %s", path, event, zh, x, y);
	snprintf(en_all, sizeof en_all, "%s in %s: %s was %s and is %s", event, path, en, x, y);
	diff_say(d, "unaffected", kind, path, event, zh_all, en_all);
}

static void compare_transition(struct diff *d, const struct chart_transition *a,
	const struct chart_transition *b, const char *path, const char *event)
{
	static const struct {
		const char *member, *kind, *zh, *en;
	} parts[] = {{"by", "transition.roles", "谁能办", "who may"},
		{"needs", "transition.documents", "所需材料", "documents needed"},
		{"requires", "transition.requires", "必填字段", "fields required"},
		{"reason", "transition.reason", "是否须写理由", "whether a reason is needed"},
		{"title", "transition.title", "名称", "the title"}};
	const json_t *x = json_at_pointer_of(d->old->source, a->pointer);
	const json_t *y = json_at_pointer_of(d->next->source, b->pointer);
	if (!same_targets(d, a, b)) {
		ANJU_AUTO_BUF from = BUF_INIT, to = BUF_INIT;
		list_targets(d->old, a, &from);
		list_targets(d->next, b, &to);
		diff_add(d, "unaffected", "transition.target", path, event,
			"%s 的 %s：去向由 %s 变为 %s", "from %s by %s: led to %s, leads to %s",
			path, event, from.data, to.data);
	}
	compare_member(d, "transition.guard", path, event, json_object_get(x, "guard"),
		json_object_get(y, "guard"), "条件", "the condition");
	compare_member(d, "transition.actions", path, event, json_object_get(x, "actions"),
		json_object_get(y, "actions"), "动作", "actions");
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		compare_member(d, parts[i].kind, path, event,
			json_object_get(side_anju(x), parts[i].member),
			json_object_get(side_anju(y), parts[i].member), parts[i].zh, parts[i].en);
}

void diff_transitions(struct diff *d)
{
	const struct chart *old = d->old->chart, *next = d->next->chart;
	char event[256];
	uint32_t *back = calloc(chart_state_count(next), sizeof *back);
	d->failed = d->failed || back == NULL;
	for (uint32_t s = 0; back != NULL && s < chart_state_count(next); s++)
		back[s] = CHART_NONE;
	for (uint32_t s = 0; back != NULL && s < chart_state_count(old); s++) {
		if (d->where[s] != CHART_NONE)
			back[d->where[s]] = s;
	}
	for (uint32_t i = 0; back != NULL && i < chart_transition_count(old); i++) {
		const struct chart_transition *a = chart_transition_at(old, i), *b;
		if (d->where[a->source] == CHART_NONE)
			continue; /* gone with its state */
		const char *path = chart_state_at(old, a->source)->path;
		event_of(d->old, a, event, sizeof event);
		b = find_transition(
			d->next, d->where[a->source], event, place_of(d->old, a, event));
		if (b != NULL)
			compare_transition(d, a, b, path, event);
		else
			diff_add(d, "unaffected", "transition.removed", path, event,
				"%s 里不再能办 %s", "in %s there is no %s any more", path, event);
	}
	for (uint32_t i = 0; back != NULL && i < chart_transition_count(next); i++) {
		const struct chart_transition *b = chart_transition_at(next, i);
		uint32_t from = back[b->source];
		if (from == CHART_NONE)
			continue; /* new with its state */
		event_of(d->next, b, event, sizeof event);
		if (find_transition(d->old, from, event, place_of(d->next, b, event)) != NULL)
			continue;
		ANJU_AUTO_BUF to = BUF_INIT;
		list_targets(d->next, b, &to);
		diff_add(d, "unaffected", "transition.added", chart_state_at(next, b->source)->path,
			event, "%s 里新增 %s，去向 %s",
			"in %s there is a new %s, which leads to %s",
			chart_state_at(next, b->source)->path, event, to.data);
	}
	free(back);
}
