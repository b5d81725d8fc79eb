/*
 * Lines between cards. Columns stand apart by channels; a line leaves its row sideways into a channel,
 * runs up or down there on a track of its own and enters the head of its target; where columns lie
 * between, it crosses them at a height where none of them has a card. Lines with one target and one
 * look join on the last track. Forward lines use the right side of a column, those that lead back the
 * left.
 */
#include <math.h>
#include <stdlib.h>

#include "graph/scene.h"

#define APART    3.9 /* lines side by side */
#define TRACK    6.0
#define CLEAR    4.5  /* from a card that is passed */
#define CHANNEL  10.0 /* room beside the tracks of a channel */
#define BAND_GAP 26.0
#define TOP      58.0 /* of the page: its title */
#define BOTTOM   46.0 /* legend */

enum side { LEFT, RIGHT };

/* A level stretch that is taken: channels are even, columns odd. */
struct lane {
	size_t lo, hi, bus;
	double y;
};

/* An upright stretch in a channel. */
struct upright {
	size_t channel; /* of the band */
	double y1, y2;
	enum side side; /* which tracks it prefers */
	size_t track;
	double x;
};

struct bus {
	size_t to;
	enum side side;
	enum road road;
	double y;
	size_t upright;
};

struct plan {
	enum side out;
	size_t bus;
	size_t leave, enter; /* channels */
	double out_y, pass_y;
	size_t upright; /* where it leaves; that of the bus when it need not pass columns */
};

struct router {
	struct scene *s;
	size_t band, first_edge;
	struct plan *plans; /* one an edge of the scene */
	struct lane *lanes;
	size_t lanes_len, lanes_cap;
	struct upright *uprights;
	size_t uprights_len, uprights_cap;
	struct bus *buses;
	size_t buses_len, buses_cap;
};

#define MORE(r, list)                                                                              \
	((__typeof__((r)->list))scene_more((r)->s, (void **)&(r)->list, &(r)->list##_len,          \
		&(r)->list##_cap, sizeof *(r)->list))

/* --- edges of the scene --- */

static void add_edges_of(struct scene *s, size_t card, size_t row)
{
	const struct chart_transition *t =
		chart_transition_at(s->words.wf->chart, s->rows[row].transition);
	for (uint32_t i = 0; i < t->targets_len; i++) {
		size_t to = s->card_of[t->targets[i]];
		if (to == SCENE_NONE || s->cards[to].band != s->cards[card].band)
			continue;
		struct scene_edge *edge = SCENE_MORE(s, edges);
		if (edge == NULL)
			return;
		*edge = (struct scene_edge){
			.from = card, .row = row, .to = to, .road = s->rows[row].road};
		const struct scene_card *a = &s->cards[card], *b = &s->cards[to];
		bool back = b->column < a->column || (b->column == a->column && b->y < a->y);
		if (back && edge->road == ROAD_ON)
			edge->road = ROAD_BACK;
	}
}

/* --- level stretches --- */

static bool lane_free(const struct router *r, size_t lo, size_t hi, double y, size_t bus)
{
	for (size_t i = 0; i < r->lanes_len; i++) {
		const struct lane *lane = &r->lanes[i];
		if (lane->bus != bus && lane->lo <= hi && lane->hi >= lo &&
			fabs(lane->y - y) < APART)
			return false;
	}
	return true;
}

static void take_lane(struct router *r, size_t lo, size_t hi, double y, size_t bus)
{
	struct lane *lane = MORE(r, lanes);
	if (lane != NULL)
		*lane = (struct lane){lo, hi, bus, y};
}

/* The free height nearest to `want` between two others; `want` itself when all is taken. */
static double free_height(
	const struct router *r, size_t at, double from, double to, double want, size_t bus)
{
	for (double d = 0; d <= to - from; d += 1) {
		if (want + d <= to && lane_free(r, at, at, want + d, bus))
			return want + d;
		if (want - d >= from && lane_free(r, at, at, want - d, bus))
			return want - d;
	}
	return want;
}

static bool column_free(const struct router *r, size_t column, double y)
{
	const struct scene *s = r->s;
	for (size_t i = 0; i < s->cards_len; i++) {
		const struct scene_card *c = &s->cards[i];
		if (c->column == column && y > c->y - CLEAR && y < c->y + c->height + CLEAR)
			return false;
	}
	return true;
}

static bool passes(const struct router *r, size_t lo, size_t hi, double y, size_t bus)
{
	bool ok = lane_free(r, 2 * lo, 2 * hi, y, bus);
	for (size_t c = lo; ok && c < hi; c++)
		ok = column_free(r, r->s->bands[r->band].column + c, y);
	return ok;
}

/* Where to cross the columns between channels lo and hi with the least up and down: between the two
 * heights that are to be joined, else as near to them as it goes; below the band there is always room. */
static double passage(
	const struct router *r, size_t lo, size_t hi, double out_y, double in_y, size_t bus)
{
	double from = fmin(out_y, in_y), to = fmax(out_y, in_y);
	for (double y = from; y <= to; y += 1) {
		if (passes(r, lo, hi, y, bus))
			return y;
	}
	for (double d = 1;; d += 1) {
		if (from - d >= 3 && passes(r, lo, hi, from - d, bus))
			return from - d;
		if (passes(r, lo, hi, to + d, bus))
			return to + d;
	}
}

/* --- uprights --- */

static size_t add_upright(struct router *r, size_t channel, enum side side, double y1, double y2)
{
	struct upright *u = MORE(r, uprights);
	if (u != NULL)
		*u = (struct upright){
			.channel = channel, .side = side, .y1 = fmin(y1, y2), .y2 = fmax(y1, y2)};
	return r->uprights_len - 1;
}

static void stretch(struct upright *u, double y)
{
	u->y1 = fmin(u->y1, y);
	u->y2 = fmax(u->y2, y);
}

static size_t bus_to(struct router *r, size_t to, enum side side, enum road road, size_t channel)
{
	for (size_t i = 0; i < r->buses_len; i++) {
		const struct bus *bus = &r->buses[i];
		if (bus->to == to && bus->side == side && bus->road == road)
			return i;
	}
	struct bus *bus = MORE(r, buses);
	if (bus == NULL)
		return 0;
	size_t id = r->buses_len - 1;
	const struct scene_card *card = &r->s->cards[to];
	*bus = (struct bus){.to = to, .side = side, .road = road};
	bus->y = free_height(
		r, 2 * channel, card->y + 6, card->y + card->head_height - 3, card->y + 13, id);
	take_lane(r, 2 * channel, 2 * channel, bus->y, id);
	bus->upright = add_upright(r, channel, side == LEFT ? RIGHT : LEFT, bus->y, bus->y);
	return id;
}

static void plan_edge(struct router *r, size_t e)
{
	struct scene *s = r->s;
	const struct scene_edge *edge = &s->edges[e];
	const struct scene_card *a = &s->cards[edge->from], *b = &s->cards[edge->to];
	const struct scene_row *row = &s->rows[edge->row];
	size_t first = s->bands[r->band].column, ca = a->column - first, cb = b->column - first;
	struct plan *p = &r->plans[e];
	bool back = cb < ca || (cb == ca && b->y < a->y);
	enum side in = cb == ca ? (back ? LEFT : RIGHT) : (back ? RIGHT : LEFT);
	p->out = back ? LEFT : RIGHT;
	p->leave = back ? ca : ca + 1;
	p->enter = in == LEFT ? cb : cb + 1;
	p->bus = bus_to(r, edge->to, in, edge->road, p->enter);
	if (s->failed)
		return;
	struct bus *bus = &r->buses[p->bus];
	double top = a->y + row->top;
	p->out_y = free_height(r, 2 * p->leave, top + 4, top + row->height - 3, top + 9, p->bus);
	take_lane(r, 2 * p->leave, 2 * p->leave, p->out_y, p->bus);
	p->pass_y = p->out_y;
	p->upright = bus->upright;
	if (p->leave != p->enter) {
		size_t lo = p->leave < p->enter ? p->leave : p->enter;
		size_t hi = p->leave < p->enter ? p->enter : p->leave;
		p->pass_y = passage(r, lo, hi, p->out_y, bus->y, p->bus);
		take_lane(r, 2 * lo, 2 * hi, p->pass_y, p->bus);
		p->upright = add_upright(
			r, p->leave, p->out == RIGHT ? LEFT : RIGHT, p->out_y, p->pass_y);
		struct scene_band *band = &s->bands[r->band];
		band->height = fmax(band->height, p->pass_y + 6);
	}
	if (!s->failed)
		stretch(&r->uprights[bus->upright], p->pass_y);
}

/* --- tracks --- */

static double length_of(const struct upright *u)
{
	return u->y2 - u->y1;
}

/* Shorter ones first; of one length in the order in which they came. */
static int by_length(const void *a, const void *b)
{
	const struct upright *const *x = a, *const *y = b;
	double d = length_of(*x) - length_of(*y);
	return d < 0 ? -1 : d > 0 ? 1 : (*x > *y) - (*x < *y);
}

static bool track_free(struct upright *const *placed, size_t len, const struct upright *u)
{
	for (size_t i = 0; i < len; i++) {
		const struct upright *o = placed[i];
		if (o->track == u->track && o->y1 < u->y2 + APART && o->y2 > u->y1 - APART)
			return false;
	}
	return true;
}

/* Short ones lie next to their column, long ones outside of them. Returns how many tracks there are. */
static size_t lay_tracks(struct router *r, size_t channel, enum side side)
{
	ANJU_AUTO_MEM struct upright **list = calloc(r->uprights_len + 1, sizeof *list);
	size_t len = 0, tracks = 0;
	if (list == NULL) {
		r->s->failed = true;
		return 0;
	}
	for (size_t i = 0; i < r->uprights_len; i++) {
		if (r->uprights[i].channel == channel && r->uprights[i].side == side)
			list[len++] = &r->uprights[i];
	}
	qsort(list, len, sizeof *list, by_length);
	for (size_t i = 0; i < len; i++) {
		struct upright *u = list[i];
		while (!track_free(list, i, u))
			u->track++;
		if (u->track + 1 > tracks)
			tracks = u->track + 1;
	}
	return tracks;
}

/* The columns of a band from left to right; uprights get their x. Relative to the band. */
static void place_columns(struct router *r)
{
	struct scene *s = r->s;
	struct scene_band *band = &s->bands[r->band];
	double x = 0;
	for (size_t channel = 0; channel <= band->columns; channel++) {
		size_t left = lay_tracks(r, channel, LEFT), right = lay_tracks(r, channel, RIGHT);
		size_t tracks = left + right;
		double width = tracks > 0 ? (double)(tracks - 1) * TRACK + 2 * CHANNEL
					  : (channel == 0 || channel == band->columns ? 10 : 14);
		for (size_t i = 0; i < r->uprights_len; i++) {
			struct upright *u = &r->uprights[i];
			if (u->channel == channel)
				u->x = u->side == LEFT
					       ? x + CHANNEL + (double)u->track * TRACK
					       : x + width - CHANNEL - (double)u->track * TRACK;
		}
		x += width;
		if (channel < band->columns) {
			s->columns[band->column + channel].x = x;
			x += COLUMN_WIDTH;
		}
	}
	band->width = x;
}

static double edge_of(const struct scene *s, const struct scene_card *c, enum side side)
{
	double left = s->columns[c->column].x + COLUMN_PAD + (CARD_WIDTH - c->width) / 2;
	return side == LEFT ? left : left + c->width;
}

static void draw_edge(struct router *r, size_t e)
{
	struct scene *s = r->s;
	struct scene_edge *edge = &s->edges[e];
	const struct plan *p = &r->plans[e];
	const struct bus *bus = &r->buses[p->bus];
	const struct upright *out = &r->uprights[p->upright], *in = &r->uprights[bus->upright];
	const struct scene_point points[EDGE_POINTS] = {
		{edge_of(s, &s->cards[edge->from], p->out), p->out_y},
		{out->x, p->out_y},
		{out->x, p->pass_y},
		{in->x, p->pass_y},
		{in->x, bus->y},
		{edge_of(s, &s->cards[edge->to], bus->side), bus->y},
	};
	for (size_t i = 0; i < EDGE_POINTS; i++) {
		struct scene_point *last =
			edge->points_len > 0 ? &edge->points[edge->points_len - 1] : NULL;
		if (last != NULL && fabs(last->x - points[i].x) < 0.01 &&
			fabs(last->y - points[i].y) < 0.01)
			continue;
		edge->points[edge->points_len++] = points[i];
	}
}

static bool route_band(struct scene *s, size_t band)
{
	struct router r = {.s = s, .band = band, .first_edge = s->edges_len};
	struct scene_band *b = &s->bands[band];
	for (size_t i = 0; i < b->columns; i++)
		b->height = fmax(b->height, s->columns[b->column + i].bottom - 4);
	for (size_t i = 0; i < s->cards_len; i++) {
		const struct scene_card *card = &s->cards[i];
		for (size_t k = 0; card->band == band && k < card->rows; k++)
			add_edges_of(s, i, card->row + k);
	}
	r.plans = calloc(s->edges_len + 1, sizeof *r.plans);
	s->failed = s->failed || r.plans == NULL;
	for (size_t e = r.first_edge; e < s->edges_len && !s->failed; e++)
		plan_edge(&r, e);
	if (!s->failed)
		place_columns(&r);
	for (size_t e = r.first_edge; e < s->edges_len && !s->failed; e++)
		draw_edge(&r, e);
	free(r.plans);
	free(r.lanes);
	free(r.uprights);
	free(r.buses);
	return !s->failed;
}

/* --- the page --- */

static void move_band(struct scene *s, size_t band, double x, double y)
{
	struct scene_band *b = &s->bands[band];
	b->x = x;
	b->y = y;
	for (size_t i = 0; i < b->columns; i++)
		s->columns[b->column + i].x += x;
	for (size_t i = 0; i < s->frames_len; i++) {
		struct scene_frame *f = &s->frames[i];
		if (s->columns[f->column].band != band)
			continue;
		f->x = s->columns[f->column].x + (COLUMN_WIDTH - f->width) / 2;
		f->y += y;
	}
	for (size_t i = 0; i < s->cards_len; i++) {
		struct scene_card *c = &s->cards[i];
		if (c->band != band)
			continue;
		c->x = edge_of(s, c, LEFT);
		c->y += y;
	}
	for (size_t e = 0; e < s->edges_len; e++) {
		struct scene_edge *edge = &s->edges[e];
		for (size_t i = 0; s->cards[edge->from].band == band && i < edge->points_len; i++) {
			edge->points[i].x += x;
			edge->points[i].y += y;
		}
	}
}

/* Bands from top to bottom; short ones share a row where they fit beside each other. */
static void place_bands(struct scene *s)
{
	double x = 0, y = TOP, row = 0;
	for (size_t i = 0; i < s->bands_len; i++)
		s->width = fmax(s->width, s->bands[i].width);
	for (size_t i = 0; i < s->bands_len; i++) {
		const struct scene_band *band = &s->bands[i];
		if (x > 0 && x + BAND_GAP + band->width > s->width) {
			y += row + BAND_GAP;
			x = 0;
			row = 0;
		}
		move_band(s, i, x > 0 ? x + BAND_GAP : 0, y);
		row = fmax(row, band->height);
		x = band->x + band->width;
	}
	s->height = y + row + BOTTOM;
}

bool scene_route(struct scene *s)
{
	for (size_t i = 0; i < s->bands_len; i++) {
		if (!route_band(s, i))
			return false;
	}
	place_bands(s);
	return true;
}
