#include "fuzz/machine.h"

#include <stdio.h>

#include "base/error.h"

#define STATES_MAX 40

enum kind { ATOMIC, COMPOUND, PARALLEL, FINAL, SHALLOW, DEEP };

struct state {
	enum kind kind;
	int parent;
	int children[6];
	int children_len;
	json_t *json;
};

struct maker {
	struct fuzz_bytes *b;
	struct state states[STATES_MAX];
	int len;
};

static const char *const types[] = {"a", "b", "c", "a.b", "a.b.c", "b.a"};
static const char *const descriptors[] = {
	"a", "b", "c", "a.b", "a.*", "a.b.*", "*", "xstate.done.state.s1", "xstate.done.state.s3"};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *machine_event(struct fuzz_bytes *b)
{
	return types[fuzz_below(b, COUNT(types))];
}

/* The tree: what has children gets them as long as there is room. */
static void add_children(struct maker *m, int up, int depth)
{
	int n = 1 + (int)fuzz_below(m->b, 4);
	bool real = false;
	for (int i = 0; i < n && m->len < STATES_MAX; i++) {
		static const enum kind kinds[] = {
			ATOMIC, ATOMIC, COMPOUND, COMPOUND, PARALLEL, FINAL, SHALLOW, DEEP};
		enum kind kind = kinds[fuzz_below(m->b, COUNT(kinds))];
		bool inner = kind == COMPOUND || kind == PARALLEL;
		if ((inner && (depth > 4 || m->len > STATES_MAX - 6)) ||
			(i == n - 1 && !real && kind >= SHALLOW))
			kind = ATOMIC;
		real = real || kind < SHALLOW;
		int at = m->len++;
		m->states[at] = (struct state){.kind = kind, .parent = up, .json = json_object()};
		m->states[up].children[m->states[up].children_len++] = at;
		if (kind == COMPOUND || kind == PARALLEL)
			add_children(m, at, depth + 1);
	}
}

static int below(const struct maker *m, int state, int of)
{
	while (state >= 0 && m->states[state].parent != of)
		state = m->states[state].parent;
	return state;
}

/* In two regions of one parallel state: only then can both be active. */
static bool go_together(const struct maker *m, int a, int b)
{
	int up = a;
	while (up > 0 && (up == a || up == b || below(m, b, up) < 0))
		up = m->states[up].parent;
	return m->states[up].kind == PARALLEL && below(m, a, up) != below(m, b, up);
}

static json_t *target_text(struct maker *m, int from, int to)
{
	const struct state *s = &m->states[to];
	if (s->parent == from && fuzz_one_in(m->b, 2))
		return json_sprintf(".s%d", to);
	if (s->parent >= 0 && s->parent == m->states[from].parent)
		return json_sprintf("s%d", to);
	return json_sprintf("#s%d", to);
}

static json_t *target(struct maker *m, int from)
{
	int to = (int)fuzz_below(m->b, (uint32_t)m->len);
	if (!fuzz_one_in(m->b, 3))
		return target_text(m, from, to);
	int other = (int)fuzz_below(m->b, (uint32_t)m->len);
	return go_together(m, to, other)
		       ? json_pack("[o, o]", target_text(m, from, to), target_text(m, from, other))
		       : target_text(m, from, to);
}

static json_t *calls(struct maker *m)
{
	json_t *list = json_array();
	do {
		json_array_append_new(list,
			json_pack("{s:s, s:i}", "type", "a", "params", (int)fuzz_below(m->b, 32)));
	} while (fuzz_one_in(m->b, 3));
	return list;
}

static json_t *guard(struct maker *m)
{
	return json_pack("{s:s, s:i}", "type", "g", "params", (int)fuzz_below(m->b, 20));
}

static json_t *transition(struct maker *m, int from)
{
	json_t *t = json_object();
	uint32_t what = fuzz_byte(m->b);
	if ((what & 7) == 7)
		return t; /* swallows the event */
	if ((what & 3) != 3)
		json_object_set_new(t, "target", target(m, from));
	if (what & 8)
		json_object_set_new(t, "guard", guard(m));
	if ((what & 3) == 3 || fuzz_one_in(m->b, 3))
		json_object_set_new(t, "actions", calls(m));
	if (what & 128)
		json_object_set_new(t, "reenter", json_boolean(fuzz_byte(m->b) & 1));
	return t;
}

static json_t *transitions(struct maker *m, int from)
{
	json_t *list = json_array();
	do {
		json_array_append_new(list, transition(m, from));
	} while (fuzz_one_in(m->b, 3));
	return list;
}

/* Eventless transitions without a guard mostly run in a ring, which takes long and shows little. */
static json_t *guarded(struct maker *m, json_t *list)
{
	json_t *t;
	size_t i;
	json_array_foreach(list, i, t) {
		if (json_object_size(t) > 0 && !fuzz_one_in(m->b, 6))
			json_object_set_new(t, "guard", guard(m));
	}
	return list;
}

static void add_on(struct maker *m, int i, json_t *json)
{
	json_t *on = json_object();
	do {
		json_object_set_new(
			on, descriptors[fuzz_below(m->b, COUNT(descriptors))], transitions(m, i));
	} while (fuzz_one_in(m->b, 2));
	json_object_set_new(json, "on", on);
}

static void add_inner(struct maker *m, int i)
{
	struct state *s = &m->states[i];
	json_t *states = json_object();
	for (int k = 0; k < s->children_len; k++) {
		char key[16];
		snprintf(key, sizeof key, "s%d", s->children[k]);
		json_object_set(states, key, m->states[s->children[k]].json);
	}
	json_object_set_new(s->json, "states", states);
	if (s->kind == PARALLEL) {
		json_object_set_new(s->json, "type", json_string("parallel"));
	} else {
		bool rare = fuzz_one_in(m->b, 8);
		int to = s->children[fuzz_below(m->b, (uint32_t)s->children_len)];
		/* a history state may be one, but without a target of its own that never ends */
		for (int k = 0; m->states[to].kind >= SHALLOW && !rare; k++)
			to = s->children[k];
		json_t *key = json_sprintf("s%d", to);
		json_object_set_new(s->json, "initial",
			fuzz_one_in(m->b, 3)
				? json_pack("{s:o, s:o}", "target", key, "actions", calls(m))
				: key);
	}
	if (fuzz_one_in(m->b, 3))
		json_object_set_new(s->json, "onDone", transitions(m, i));
}

static void add_rest(struct maker *m, int i)
{
	struct state *s = &m->states[i];
	json_object_set_new(s->json, "id", json_sprintf("s%d", i));
	if (s->kind >= SHALLOW) {
		json_object_set_new(s->json, "type", json_string("history"));
		if (s->kind == DEEP)
			json_object_set_new(s->json, "history", json_string("deep"));
		if (fuzz_one_in(m->b, 2)) {
			const struct state *up = &m->states[s->parent];
			int to = up->children[fuzz_below(m->b, (uint32_t)up->children_len)];
			if (m->states[to].kind < SHALLOW || fuzz_one_in(m->b, 8))
				json_object_set_new(s->json, "target", json_sprintf("s%d", to));
		}
		return;
	}
	if (fuzz_one_in(m->b, 4))
		json_object_set_new(s->json, "entry", calls(m));
	if (fuzz_one_in(m->b, 4))
		json_object_set_new(s->json, "exit", calls(m));
	if (s->kind == FINAL) {
		json_object_set_new(s->json, "type", json_string("final"));
		return;
	}
	if (s->kind != ATOMIC)
		add_inner(m, i);
	if (!fuzz_one_in(m->b, 3))
		add_on(m, i, s->json);
	if (fuzz_one_in(m->b, 4))
		json_object_set_new(s->json, "always", guarded(m, transitions(m, i)));
	if (fuzz_one_in(m->b, 4))
		json_object_set_new(s->json, "after",
			json_pack("{s:o, s:o}", "10", transitions(m, i), "20", transitions(m, i)));
}

json_t *machine_make(struct fuzz_bytes *b)
{
	struct maker m = {.b = b, .len = 1};
	m.states[0] = (struct state){.kind = fuzz_one_in(b, 4) ? PARALLEL : COMPOUND,
		.parent = -1,
		.json = json_object()};
	add_children(&m, 0, 0);
	for (int i = 0; i < m.len; i++)
		add_rest(&m, i);
	for (int i = 1; i < m.len; i++)
		json_decref(m.states[i].json);
	return m.states[0].json;
}
