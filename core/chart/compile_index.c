#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "chart/compile.h"

static anju_status add_descriptor(struct compiler *c, const char *text, uint32_t *ret)
{
	struct chart *chart = c->chart;
	size_t n = strlen(text);
	struct chart_descriptor d = {.text = text, .len = (uint32_t)n, .shorter = CHART_NONE};
	bool wild = text[n - 1] == '*';
	if (wild)
		d.kind = n == 1 ? DESCRIPTOR_ANY : DESCRIPTOR_PREFIX;
	if (d.kind == DESCRIPTOR_PREFIX)
		d.len = (uint32_t)n - 2;
	if (chart->descriptors_len == c->descriptors_cap) {
		uint32_t cap = c->descriptors_cap == 0 ? 32 : c->descriptors_cap * 2;
		void *p = realloc(chart->descriptors, cap * sizeof d);
		if (p == NULL)
			return anju_fail_nomem(c->err);
		chart->descriptors = p;
		c->descriptors_cap = cap;
	}
	uint32_t next = chart->descriptors_len;
	if (d.kind == DESCRIPTOR_ANY) {
		*ret = chart->any != CHART_NONE ? chart->any : next;
		chart->any = *ret;
	} else if (!chart_names_put(d.kind == DESCRIPTOR_PREFIX ? &chart->prefixes : &chart->exact,
			   text, d.len, next, ret)) {
		return anju_fail_nomem(c->err);
	}
	if (*ret == next)
		chart->descriptors[chart->descriptors_len++] = d;
	return ANJU_OK;
}

/* the wildcard to ask after `d`: the longest one that matches everything `d` matches */
static uint32_t shorter_of(const struct chart *chart, const struct chart_descriptor *d)
{
	if (d->kind == DESCRIPTOR_ANY)
		return CHART_NONE;
	/* "a.b.*" also matches "a.b": an exact name asks its own length too */
	for (size_t k = d->len; k > 0; k--) {
		bool edge = k == d->len ? d->kind == DESCRIPTOR_EXACT : d->text[k] == '.';
		uint32_t found = edge ? chart_names_get(&chart->prefixes, d->text, k) : CHART_NONE;
		if (found != CHART_NONE)
			return found;
	}
	return chart->any;
}

static uint64_t mask_of(const struct chart *chart, uint32_t descriptor)
{
	uint64_t mask = 0;
	for (uint32_t d = descriptor; d != CHART_NONE; d = chart->descriptors[d].shorter)
		mask |= UINT64_C(1) << (d & 63u);
	return mask;
}

/* A transition and its descriptor, to be sorted into groups. */
struct entry {
	uint32_t descriptor; /* CHART_NONE: always */
	uint32_t edge;
};

static int by_descriptor(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	if (x->descriptor != y->descriptor)
		return x->descriptor < y->descriptor ? -1 : 1;
	return x->edge < y->edge ? -1 : x->edge > y->edge;
}

/* entries[0 … n-1] are one state's, sorted; candidates start at `first` */
static anju_status group_state(
	struct compiler *c, uint32_t state, const struct entry *entries, uint32_t first, uint32_t n)
{
	struct chart *chart = c->chart;
	struct chart_node *node = &chart->nodes[state];
	node->groups = chart_arena_alloc(&chart->arena, n * sizeof *node->groups);
	if (node->groups == NULL)
		return anju_fail_nomem(c->err);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t d = entries[i].descriptor;
		chart->candidates[first + i] = entries[i].edge;
		if (d == CHART_NONE) {
			if (node->always_len++ == 0)
				node->always = first + i;
			continue;
		}
		struct chart_group *last =
			node->groups_len > 0 ? &node->groups[node->groups_len - 1] : NULL;
		if (last == NULL || last->descriptor != d)
			node->groups[node->groups_len++] =
				(struct chart_group){.descriptor = d, .first = first + i, .len = 1};
		else
			last->len++;
		node->mask |= UINT64_C(1) << (d & 63u);
	}
	return ANJU_OK;
}

static anju_status index_transitions(struct compiler *c)
{
	struct chart *chart = c->chart;
	uint32_t n = chart->transitions_len;
	ANJU_AUTO_MEM struct entry *entries = calloc(n + 1u, sizeof *entries);
	chart->candidates = chart_arena_alloc(&chart->arena, n * sizeof *chart->candidates);
	if (entries == NULL || chart->candidates == NULL)
		return anju_fail_nomem(c->err);
	for (uint32_t i = 0; i < n; i++) {
		const char *text = chart->transitions[i].descriptor;
		entries[i] = (struct entry){CHART_NONE, i};
		if (text[0] == '\0')
			continue;
		anju_status st = add_descriptor(c, text, &entries[i].descriptor);
		if (st != ANJU_OK)
			return st;
	}
	for (uint32_t i = 0; i < chart->descriptors_len; i++)
		chart->descriptors[i].shorter = shorter_of(chart, &chart->descriptors[i]);
	for (uint32_t i = 0; i < chart->descriptors_len; i++)
		chart->descriptors[i].mask = mask_of(chart, i);

	/* transitions stand in the order of their sources */
	for (uint32_t first = 0; first < n;) {
		uint32_t end = first, source = chart->edges[first].source;
		while (end < n && chart->edges[end].source == source)
			end++;
		qsort(entries + first, end - first, sizeof *entries, by_descriptor);
		anju_status st = group_state(c, source, entries + first, first, end - first);
		if (st != ANJU_OK)
			return st;
		first = end;
	}
	return ANJU_OK;
}

static anju_status index_children(struct compiler *c, uint32_t state)
{
	struct chart *chart = c->chart;
	struct chart_node *node = &chart->nodes[state];
	uint32_t total = 0;
	for (uint32_t s = state + 1; s < node->end; s = chart->nodes[s].end)
		total++;
	node->children = chart_arena_alloc(&chart->arena, 3u * total * sizeof *node->children);
	if (node->children == NULL)
		return anju_fail_nomem(c->err);
	node->finals = node->children + total;
	node->histories = node->finals + total;
	for (uint32_t s = state + 1; s < node->end; s = chart->nodes[s].end) {
		if (chart->nodes[s].type == CHART_HISTORY) {
			node->histories[node->histories_len++] = chart->nodes[s].history;
			continue;
		}
		node->children[node->children_len++] = s;
		if (chart->nodes[s].type == CHART_FINAL)
			node->finals[node->finals_len++] = s;
	}
	if (node->type == CHART_PARALLEL)
		chart->nodes[node->children[node->children_len - 1]].last_region = true;
	return ANJU_OK;
}

/* how many leaves and states can be active below a state at once; children come first */
static void size_state(struct chart *chart, uint32_t state)
{
	struct chart_node *node = &chart->nodes[state];
	node->max_leaves = node->children_len == 0;
	for (uint32_t i = 0; i < node->children_len; i++) {
		const struct chart_node *child = &chart->nodes[node->children[i]];
		if (node->type == CHART_PARALLEL) {
			node->max_leaves += child->max_leaves;
			node->max_active += child->max_active;
			continue;
		}
		if (child->max_leaves > node->max_leaves)
			node->max_leaves = child->max_leaves;
		if (child->max_active > node->max_active)
			node->max_active = child->max_active;
	}
	node->max_active++;
}

static void size_histories(struct chart *chart)
{
	for (uint32_t i = 0; i < chart->histories_len; i++) {
		struct chart_history *h = &chart->histories[i];
		const struct chart_node *parent = &chart->nodes[h->parent];
		if (h->deep)
			h->room = parent->max_leaves;
		else
			h->room = parent->type == CHART_PARALLEL ? parent->children_len : 1;
		h->slot = chart->history_words;
		chart->history_words += 1 + h->room;
	}
}

anju_status compile_index(struct compiler *c)
{
	struct chart *chart = c->chart;
	for (uint32_t s = 0; s < chart->states_len; s++) {
		anju_status st = index_children(c, s);
		if (st != ANJU_OK)
			return st;
	}
	for (uint32_t s = chart->states_len; s-- > 0;)
		size_state(chart, s);
	size_histories(chart);
	anju_status st = index_transitions(c);
	if (st != ANJU_OK)
		return st;
	for (uint32_t s = 0; s < chart->states_len; s++) {
		struct chart_node *node = &chart->nodes[s];
		node->asks_always =
			node->always_len > 0 ||
			(node->parent != CHART_NONE && chart->nodes[node->parent].asks_always);
		chart->has_always |= node->asks_always;
	}
	return ANJU_OK;
}
