/* Nothing lies upon another, whatever the workflow: cards keep apart, lines pass between them. */
#include <math.h>

#include "graph/scene.h"
#include "kit.h"
#include "unit/support.h"

static const char *name_of(const struct scene *s, size_t card)
{
	return chart_state_at(s->words.wf->chart, s->cards[card].state)->path;
}

static void check_cards(const struct scene *s)
{
	for (size_t i = 0; i < s->cards_len; i++) {
		const struct scene_card *a = &s->cards[i];
		cr_assert(a->x >= 0 && a->y >= 0 && a->x + a->width <= s->width &&
				  a->y + a->height <= s->height,
			"%s is off the page", name_of(s, i));
		for (size_t k = 0; k < i; k++) {
			const struct scene_card *b = &s->cards[k];
			bool apart = a->x >= b->x + b->width || b->x >= a->x + a->width ||
				     a->y >= b->y + b->height || b->y >= a->y + a->height;
			cr_assert(apart, "%s lies upon %s", name_of(s, i), name_of(s, k));
		}
	}
}

static void check_rows(const struct scene *s)
{
	for (size_t i = 0; i < s->cards_len; i++) {
		const struct scene_card *c = &s->cards[i];
		double y = c->head_height;
		for (size_t k = 0; k < c->rows; k++) {
			const struct scene_row *row = &s->rows[c->row + k];
			cr_assert_float_eq(row->top, y, 0.01);
			cr_assert(row->lines > 0);
			y += row->height;
		}
		cr_assert_float_eq(c->height, y, 0.01);
	}
}

/* Does an upright or level stretch go through the inside of a box? */
static bool enters(struct scene_point a, struct scene_point b, const struct scene_card *c)
{
	double x1 = fmin(a.x, b.x), x2 = fmax(a.x, b.x), y1 = fmin(a.y, b.y), y2 = fmax(a.y, b.y);
	return x1 < c->x + c->width - 0.5 && x2 > c->x + 0.5 && y1 < c->y + c->height - 0.5 &&
	       y2 > c->y + 0.5;
}

static void check_edges(const struct scene *s)
{
	for (size_t e = 0; e < s->edges_len; e++) {
		const struct scene_edge *edge = &s->edges[e];
		const struct scene_card *from = &s->cards[edge->from], *to = &s->cards[edge->to];
		const struct scene_row *row = &s->rows[edge->row];
		struct scene_point first = edge->points[0],
				   last = edge->points[edge->points_len - 1];
		cr_assert(edge->points_len >= 2);
		cr_assert(
			first.y > from->y + row->top && first.y < from->y + row->top + row->height,
			"a line leaves %s beside its row", name_of(s, edge->from));
		cr_assert(last.y > to->y && last.y < to->y + to->head_height,
			"a line enters %s below its head", name_of(s, edge->to));
		for (size_t i = 1; i < edge->points_len; i++) {
			struct scene_point a = edge->points[i - 1], b = edge->points[i];
			cr_assert(fabs(a.x - b.x) < 0.01 || fabs(a.y - b.y) < 0.01, "aslant");
			for (size_t c = 0; c < s->cards_len; c++)
				cr_assert(!enters(a, b, &s->cards[c]), "%s to %s crosses %s",
					name_of(s, edge->from), name_of(s, edge->to),
					name_of(s, c));
		}
	}
}

static bool cover(double a1, double a2, double b1, double b2)
{
	return fmin(fmax(a1, a2), fmax(b1, b2)) - fmax(fmin(a1, a2), fmin(b1, b2)) > 1;
}

/* Lines to different cards do not run upon each other, or nobody could follow them. */
static void check_apart(
	const struct scene *s, const struct scene_edge *e, const struct scene_edge *f)
{
	for (size_t i = 1; i < e->points_len; i++) {
		struct scene_point a = e->points[i - 1], b = e->points[i];
		for (size_t k = 1; k < f->points_len; k++) {
			struct scene_point c = f->points[k - 1], d = f->points[k];
			bool upright = fabs(a.x - b.x) < 0.01 && fabs(c.x - d.x) < 0.01 &&
				       fabs(a.x - c.x) < 1 && cover(a.y, b.y, c.y, d.y);
			bool level = fabs(a.y - b.y) < 0.01 && fabs(c.y - d.y) < 0.01 &&
				     fabs(a.y - c.y) < 1 && cover(a.x, b.x, c.x, d.x);
			cr_assert(!upright && !level, "lines to %s and %s run upon each other",
				name_of(s, e->to), name_of(s, f->to));
		}
	}
}

static void check_lines_apart(const struct scene *s)
{
	for (size_t e = 0; e < s->edges_len; e++) {
		for (size_t f = 0; f < e; f++) {
			if (s->edges[e].to != s->edges[f].to)
				check_apart(s, &s->edges[e], &s->edges[f]);
		}
	}
}

/* Every transition that leads to a card of its own band has its line. */
static void check_complete(const struct scene *s)
{
	const struct chart *chart = s->words.wf->chart;
	size_t edges = 0, rows = 0;
	for (uint32_t i = 0; i < chart_transition_count(chart); i++) {
		const struct chart_transition *t = chart_transition_at(chart, i);
		size_t from = s->card_of[t->source];
		if (from == SCENE_NONE || t->forbidden)
			continue;
		rows++;
		for (uint32_t k = 0; k < t->targets_len; k++) {
			size_t to = s->card_of[t->targets[k]];
			if (to != SCENE_NONE && s->cards[to].band == s->cards[from].band)
				edges++;
		}
	}
	cr_assert_eq(s->edges_len, edges);
	cr_assert_eq(s->rows_len, rows);
}

static void check(
	const struct pack_set *set, const struct workflow *wf, const struct graph_options *options)
{
	ANJU_AUTO(scene) s = scene_new(set, wf, options);
	cr_assert_not_null(s);
	cr_assert(scene_route(s));
	check_cards(s);
	check_rows(s);
	check_edges(s);
	check_lines_apart(s);
	check_complete(s);
}

static void check_all(struct pack_set *set)
{
	for (size_t i = 0; i < pack_set_workflow_count(set); i++) {
		const struct workflow *wf = pack_set_workflow_at(set, i);
		for (int way = 0; way < 4; way++) {
			struct graph_options options = {.lang = way % 2 == 0 ? LANG_ZH : LANG_EN,
				.brief = way >= 2,
				.no_deadlines = way >= 2};
			check(set, wf, &options);
		}
	}
}

ANJU_TEST(graph_place, shipped_workflows)
{
	ANJU_AUTO(pack_set) set = kit_shipped();
	check_all(set);
}

ANJU_TEST(graph_place, odd_workflow)
{
	ANJU_AUTO(pack_set) set = kit_odd();
	check_all(set);
}

ANJU_TEST(graph_place, each_part_by_itself)
{
	ANJU_AUTO(pack_set) set = kit_odd();
	const struct workflow *wf = pack_set_workflow(set, "odd");
	for (uint32_t i = 0; i < chart_state_count(wf->chart); i++) {
		struct graph_options options = {.lang = LANG_ZH, .part = i};
		check(set, wf, &options);
	}
}

ANJU_TEST(graph_place, phases_from_left_to_right)
{
	ANJU_AUTO(pack_set) set = kit_shipped();
	const struct workflow *wf = pack_set_workflow(set, "household");
	const struct graph_options options = {.lang = LANG_ZH};
	static const char *const phases[] = {
		"identify", "agree", "build", "accept", "handover", "move_in", "follow_up", "exit"};
	ANJU_AUTO(scene) s = scene_new(set, wf, &options);
	cr_assert(s != NULL && scene_route(s));
	double x = 0, y = -1;
	for (size_t i = 0; i < sizeof phases / sizeof phases[0]; i++) {
		char path[64];
		snprintf(path, sizeof path, "relocation.%s", phases[i]);
		const struct scene_card *c =
			&s->cards[s->card_of[chart_state_by_path(wf->chart, path)]];
		cr_assert_eq(c->kind, CARD_PHASE);
		cr_assert(c->x > x, "%s stands too far left", path);
		cr_assert(y < 0 || fabs(c->y - y) < 0.01);
		x = c->x;
		y = c->y;
	}
}
