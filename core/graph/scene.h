/**
 * The drawing before it is written down: cards, one a state; columns and bands that hold them; lines
 * from a row of one card to the head of another. Points, y grows downwards.
 *
 *   band    a region: its own card at the left, then its columns
 *   column  a phase (a child with children, under its own card) or a stack of plain states
 *   card    head: title, key, deadlines; below it a row for each transition
 */
#ifndef CORE_GRAPH_SCENE_H
#define CORE_GRAPH_SCENE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "graph/graph.h"
#include "graph/words.h"

#define SCENE_NONE SIZE_MAX

/** How a line of text is written; dot.c has size and colour of each. */
enum ink { INK_TITLE, INK_HEAD, INK_KEY, INK_ACT, INK_SMALL, INK_IF, INK_DUE, INK_MET, INK_COUNT };
struct ink_look {
	double size, height; /* of the letters, of the line */
	bool bold;
	const char *color;
};
extern const struct ink_look ink_looks[INK_COUNT];

struct scene_line {
	char *text; /* owned */
	enum ink ink;
};

/** What a line means, and so how it looks. */
enum road { ROAD_ON, ROAD_BACK, ROAD_SELF, ROAD_AFTER, ROAD_COUNT };

struct scene_row {
	uint32_t transition;
	size_t line, lines;
	double top, height; /* from the card's top */
	enum road road;
	char *tip; /* owned; the whole text */
};

enum card_kind { CARD_STATE, CARD_GROUP, CARD_PHASE, CARD_REGION };
struct scene_card {
	uint32_t state;
	enum card_kind kind;
	size_t band, column; /* of the scene */
	size_t line, lines;  /* the head's */
	size_t row, rows;
	double x, y, width, height, head_height;
	bool at;   /* stands out */
	char *tip; /* owned */
};

/** A box behind cards: a group within a column. */
struct scene_frame {
	size_t column;
	size_t depth;
	double x, y, width, height;
};

struct scene_column {
	size_t band;
	bool phase; /* is drawn as a stripe */
	double x, bottom;
};

struct scene_band {
	uint32_t state;
	size_t column, columns; /* first and how many */
	double x, y, width, height;
};

struct scene_point {
	double x, y;
};

#define EDGE_POINTS 6
struct scene_edge {
	size_t from, row, to; /* cards; the row of the scene */
	enum road road;
	struct scene_point points[EDGE_POINTS];
	size_t points_len;
};

struct scene {
	struct words words;
	const struct graph_options *options;
	struct scene_line *lines;
	size_t lines_len, lines_cap;
	struct scene_row *rows;
	size_t rows_len, rows_cap;
	struct scene_card *cards;
	size_t cards_len, cards_cap;
	struct scene_frame *frames;
	size_t frames_len, frames_cap;
	struct scene_column *columns;
	size_t columns_len, columns_cap;
	struct scene_band *bands;
	size_t bands_len, bands_cap;
	struct scene_edge *edges;
	size_t edges_len, edges_cap;
	size_t *card_of; /* state → card or SCENE_NONE */
	double width, height;
	bool failed; /* out of memory: sticky, checked at the end */
};

#define CARD_WIDTH   176.0
#define COLUMN_PAD   7.0
#define COLUMN_WIDTH (CARD_WIDTH + 2 * COLUMN_PAD)

/** Cards with their texts and heights, placed in columns; columns and bands have no place yet. The
 *  workflow and options are borrowed. NULL when out of memory. */
struct scene *scene_new(
	const struct pack_set *set, const struct workflow *wf, const struct graph_options *options);
void scene_free(struct scene *s);
ANJU_DEFINE_AUTO(scene)

/** Lead the lines, then give columns and bands their places. false when out of memory. */
bool scene_route(struct scene *s);

/** Room for one more item in a list of the scene; NULL (and s->failed) when out of memory. */
void *scene_more(struct scene *s, void **list, size_t *len, size_t *cap, size_t size);
#define SCENE_MORE(s, list)                                                                        \
	((__typeof__((s)->list))scene_more(                                                        \
		s, (void **)&(s)->list, &(s)->list##_len, &(s)->list##_cap, sizeof *(s)->list))

#endif
