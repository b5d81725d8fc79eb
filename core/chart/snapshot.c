#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "chart/run.h"

struct chart_snapshot *chart_snapshot_new(const struct chart *chart)
{
	size_t words = (chart->states_len + 63u) / 64u;
	size_t leaves = chart->nodes[0].max_leaves;
	struct chart_snapshot *s =
		calloc(1, sizeof *s + words * sizeof *s->active + leaves * sizeof *s->leaves +
				  chart->history_words * sizeof *s->history);
	if (s == NULL)
		return NULL;
	s->chart = chart;
	s->active = (uint64_t *)(s + 1);
	s->leaves = (uint32_t *)(s->active + words);
	s->history = s->leaves + leaves;
	return s;
}

void chart_snapshot_free(struct chart_snapshot *snap)
{
	if (snap != NULL)
		free(snap->large);
	free(snap);
}

void chart_snapshot_activate(struct chart_snapshot *snap)
{
	const struct chart *chart = snap->chart;
	uint64_t *active = snap->active;
	memset(active, 0, (chart->states_len + 63u) / 64u * sizeof *active);
	for (uint32_t i = 0; i < snap->leaves_len; i++) {
		for (uint32_t s = snap->leaves[i]; s != CHART_NONE && !chart_bit(active, s);
			s = chart->nodes[s].parent)
			chart_bit_set(active, s);
	}
}

struct chart_snapshot *chart_snapshot_dup(const struct chart_snapshot *snap)
{
	const struct chart *chart = snap->chart;
	struct chart_snapshot *s = chart_snapshot_new(chart);
	if (s == NULL)
		return NULL;
	memcpy(s->leaves, snap->leaves, snap->leaves_len * sizeof *s->leaves);
	memcpy(s->history, snap->history, chart->history_words * sizeof *s->history);
	s->leaves_len = snap->leaves_len;
	s->done = snap->done;
	chart_snapshot_activate(s);
	return s;
}

bool chart_snapshot_in(const struct chart_snapshot *snap, uint32_t state)
{
	return state < snap->chart->states_len && chart_bit(snap->active, state);
}

bool chart_snapshot_done(const struct chart_snapshot *snap)
{
	return snap->done;
}

size_t chart_snapshot_leaves(
	const struct chart *chart, const struct chart_snapshot *snap, uint32_t *ret, size_t max)
{
	anju_assert(chart == snap->chart);
	for (uint32_t i = 0; i < snap->leaves_len && i < max; i++)
		ret[i] = snap->leaves[i];
	return snap->leaves_len;
}

void chart_snapshot_write(
	const struct chart *chart, const struct chart_snapshot *snap, struct buf *out)
{
	for (uint32_t i = 0; i < snap->leaves_len; i++) {
		if (i > 0)
			buf_addc(out, ' ');
		buf_adds(out, chart->states[snap->leaves[i]].path);
	}
	for (uint32_t i = 0; i < chart->histories_len; i++) {
		const struct chart_history *h = &chart->histories[i];
		const uint32_t *slot = snap->history + h->slot;
		for (uint32_t k = 1; k <= slot[0]; k++) {
			if (k == 1)
				buf_addf(out, "|%s=", chart->states[h->state].path);
			else
				buf_addc(out, ',');
			buf_adds(out, chart->states[slot[k]].path);
		}
	}
	if (snap->done)
		buf_adds(out, "|!");
}

/* Reading ------------------------------------------------------------------------------------- */

struct reader {
	const struct chart *chart;
	const char *at; /* what is left */
	anju_error *err;
};

static anju_status corrupt(struct reader *r, const char *found, size_t n)
{
	(void)anju_fail(r->err, ANJU_E_CORRUPT, "chart.corrupt",
		"stored state does not fit chart %s at \"%.*s\"", chart_id(r->chart), (int)n,
		found);
	anju_error_found(r->err, "%.*s", (int)n, found);
	anju_error_allowed(r->err, "%s", chart_id(r->chart));
	return ANJU_E_CORRUPT;
}

/* paths separated by `separator` up to '|' or the end */
static anju_status read_states(
	struct reader *r, char separator, uint32_t *out, uint32_t room, uint32_t *ret_len)
{
	const char stops[] = {separator, '|', '\0'};
	uint32_t len = 0;
	for (;;) {
		size_t n = strcspn(r->at, stops);
		uint32_t s = chart_names_get(&r->chart->paths, r->at, n);
		/* in document order, none twice */
		if (s == CHART_NONE || len >= room || (len > 0 && s <= out[len - 1]))
			return corrupt(r, r->at, strlen(r->at));
		out[len++] = s;
		r->at += n;
		if (*r->at != separator)
			break;
		r->at++;
	}
	*ret_len = len;
	return ANJU_OK;
}

/* The child of `state` that holds `leaf`, a proper descendant. */
static uint32_t child_above(const struct chart *chart, uint32_t state, uint32_t leaf)
{
	while (chart->nodes[leaf].parent != state)
		leaf = chart->nodes[leaf].parent;
	return leaf;
}

/* Are leaves[0 … n-1], in document order, all of a legal configuration below `state`? */
static bool legal(const struct chart *chart, uint32_t state, const uint32_t *leaves, uint32_t n)
{
	const struct chart_node *node = &chart->nodes[state];
	if (node->children_len == 0)
		return n == 1 && leaves[0] == state && node->type != CHART_HISTORY;
	for (uint32_t i = 0; i < n; i++) {
		if (!chart_below(chart, leaves[i], state))
			return false;
	}
	if (node->type == CHART_COMPOUND)
		return n > 0 && legal(chart, child_above(chart, state, leaves[0]), leaves, n);
	uint32_t used = 0;
	for (uint32_t i = 0; i < node->children_len; i++) {
		uint32_t child = node->children[i], end = used;
		while (end < n && leaves[end] >= child && leaves[end] < chart->nodes[child].end)
			end++;
		if (!legal(chart, child, leaves + used, end - used))
			return false;
		used = end;
	}
	return used == n;
}

static anju_status read_history(struct reader *r, struct chart_snapshot *snap)
{
	const struct chart *chart = r->chart;
	const char *start = r->at;
	size_t n = strcspn(r->at, "=|");
	uint32_t s = chart_names_get(&chart->paths, r->at, n);
	if (r->at[n] != '=' || s == CHART_NONE || chart->nodes[s].type != CHART_HISTORY)
		return corrupt(r, start, strlen(start));
	const struct chart_history *h = &chart->histories[chart->nodes[s].history];
	uint32_t *slot = snap->history + h->slot, len;
	if (slot[0] != 0)
		return corrupt(r, start, strlen(start));
	r->at += n + 1;
	anju_status st = read_states(r, ',', slot + 1, h->room, &len);
	if (st != ANJU_OK)
		return st;
	bool ok = h->deep ? legal(chart, h->parent, slot + 1, len) : len == h->room;
	for (uint32_t i = 0; i < len && !h->deep; i++)
		ok &= chart->nodes[slot[1 + i]].parent == h->parent &&
		      chart->nodes[slot[1 + i]].type != CHART_HISTORY;
	if (!ok)
		return corrupt(r, start, strlen(start));
	slot[0] = len;
	return ANJU_OK;
}

bool chart_snapshot_ended(const struct chart_snapshot *snap, uint32_t state)
{
	const struct chart_node *node = &snap->chart->nodes[state];
	if (node->type == CHART_FINAL)
		return true;
	bool all = node->type == CHART_PARALLEL;
	for (uint32_t i = 0; i < node->finals_len && node->type == CHART_COMPOUND; i++)
		all |= chart_bit(snap->active, node->finals[i]);
	for (uint32_t i = 0; i < node->children_len && node->type == CHART_PARALLEL; i++)
		all &= chart_snapshot_ended(snap, node->children[i]);
	return all;
}

anju_status chart_snapshot_read(
	const struct chart *chart, const char *text, struct chart_snapshot **ret, anju_error *err)
{
	struct reader r = {.chart = chart, .at = text, .err = err};
	ANJU_AUTO(chart_snapshot) snap = chart_snapshot_new(chart);
	if (snap == NULL)
		return anju_fail_nomem(err);
	anju_status st =
		read_states(&r, ' ', snap->leaves, chart->nodes[0].max_leaves, &snap->leaves_len);
	if (st != ANJU_OK)
		return st;
	if (!legal(chart, 0, snap->leaves, snap->leaves_len))
		return corrupt(&r, text, (size_t)(r.at - text));
	while (*r.at == '|' && strcmp(r.at, "|!") != 0) {
		r.at++;
		if ((st = read_history(&r, snap)) != ANJU_OK)
			return st;
	}
	snap->done = *r.at == '|';
	chart_snapshot_activate(snap);
	if (chart_snapshot_ended(snap, 0) != snap->done)
		return corrupt(&r, text, strlen(text));
	*ret = ANJU_TAKE(snap);
	return ANJU_OK;
}
