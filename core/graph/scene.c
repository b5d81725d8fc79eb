#include "graph/scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "graph/text.h"

#define GAP       13.0 /* between cards: lines pass here */
#define INDENT    6.0  /* of a group within its column */
#define STACK_MAX 7    /* plain states in one column, and such columns before they are stacked */
#define LINES_MAX 4
/* Left, right, the thickest border, and what fonts are wider than was estimated. */
#define MARGIN 20.0

const struct ink_look ink_looks[INK_COUNT] = {
	[INK_TITLE] = {19, 25, true, "#111111"},
	[INK_HEAD] = {11.5, 16, true, "#111111"},
	[INK_KEY] = {7, 10, false, "#595959"},
	[INK_ACT] = {10, 14, false, "#111111"},
	[INK_SMALL] = {8, 11, false, "#333333"},
	[INK_IF] = {8, 11, false, "#5b2c83"},
	[INK_DUE] = {8, 11, true, "#8a3200"},
	[INK_MET] = {8, 11, false, "#00543f"},
};

void *scene_more(struct scene *s, void **list, size_t *len, size_t *cap, size_t size)
{
	if (*len == *cap) {
		size_t want = *cap > 0 ? *cap * 2 : 16;
		void *more = reallocarray(*list, want, size);
		if (more == NULL) {
			s->failed = true;
			return NULL;
		}
		*list = more;
		*cap = want;
	}
	void *item = (char *)*list + *len * size;
	memset(item, 0, size);
	(*len)++;
	return item;
}

void scene_free(struct scene *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->lines_len; i++)
		free(s->lines[i].text);
	for (size_t i = 0; i < s->rows_len; i++)
		free(s->rows[i].tip);
	for (size_t i = 0; i < s->cards_len; i++)
		free(s->cards[i].tip);
	free(s->lines);
	free(s->rows);
	free(s->cards);
	free(s->frames);
	free(s->columns);
	free(s->bands);
	free(s->edges);
	free(s->card_of);
	free(s);
}

/* --- texts of a card --- */

/* Wraps `text` to the card; returns the height. An empty text takes no room. */
static double add_lines(
	struct scene *s, double width, enum ink ink, size_t max, const char *text, size_t *count)
{
	const struct ink_look *look = &ink_looks[ink];
	struct text_line found[LINES_MAX];
	size_t n = text_wrap(text, look->size, look->bold, width - MARGIN, found, max);
	for (size_t i = 0; i < n; i++) {
		ANJU_AUTO_BUF out = BUF_INIT;
		text_plain(&out, found[i].start, found[i].len);
		if (found[i].cut)
			buf_adds(&out, "…");
		struct scene_line *line = SCENE_MORE(s, lines);
		if (line == NULL)
			return 0;
		line->ink = ink;
		line->text = buf_take(&out);
		s->failed = s->failed || line->text == NULL;
	}
	*count += n;
	return (double)n * look->height;
}

static double add_words(
	struct scene *s, double width, enum ink ink, size_t max, struct buf *words, size_t *count)
{
	s->failed = s->failed || words->failed;
	double height = words->len > 0 && !words->failed
				? add_lines(s, width, ink, max, words->data, count)
				: 0;
	buf_reset(words);
	return height;
}

static void add_deadlines(struct scene *s, struct scene_card *card, struct buf *out)
{
	const struct words *w = &s->words;
	const struct state_rule *rule = &w->wf->states[card->state];
	for (size_t i = 0; i < rule->arms_len; i++) {
		buf_adds(out, words_tr(w, "期限　", "Due  "));
		words_deadline(w, &w->wf->deadlines[rule->arms[i]], out);
		card->head_height += add_words(s, card->width, INK_DUE, 3, out, &card->lines);
	}
	for (size_t i = 0; i < rule->meets_len; i++) {
		const struct deadline_def *d = &w->wf->deadlines[rule->meets[i]];
		const char *title = d->title.text[w->lang];
		buf_addf(out, words_tr(w, "到此即按期：%s", "in time once here: %s"),
			title != NULL ? title : d->name);
		card->head_height += add_words(s, card->width, INK_MET, 2, out, &card->lines);
	}
}

static const char *mark_of(const struct scene *s, uint32_t state)
{
	switch (chart_state_at(s->words.wf->chart, state)->type) {
	case CHART_FINAL:
		return "◎ ";
	case CHART_HISTORY:
		return "Ⓗ ";
	case CHART_ATOMIC:
	case CHART_COMPOUND:
	case CHART_PARALLEL:
		break;
	}
	return words_initial(&s->words, state) ? "● " : "";
}

static void add_head(struct scene *s, struct scene_card *card)
{
	static const enum ink inks[] = {[CARD_STATE] = INK_HEAD,
		[CARD_GROUP] = INK_HEAD,
		[CARD_PHASE] = INK_TITLE,
		[CARD_REGION] = INK_TITLE};
	const struct chart_state *state = chart_state_at(s->words.wf->chart, card->state);
	ANJU_AUTO_BUF out = BUF_INIT;
	card->line = s->lines_len;
	card->head_height = 6; /* above and below */
	buf_adds(&out, mark_of(s, card->state));
	buf_adds(&out, words_state(&s->words, card->state));
	card->head_height += add_words(s, card->width, inks[card->kind], 3, &out, &card->lines);
	buf_adds(&out, state->path[0] != '\0' ? state->key : s->words.wf->id);
	card->head_height += add_words(s, card->width, INK_KEY, 1, &out, &card->lines);
	if (!s->options->no_deadlines)
		add_deadlines(s, card, &out);
	words_path(&s->words, card->state, &out);
	buf_addf(&out, " [%s]", state->path);
	card->tip = buf_take(&out);
	s->failed = s->failed || card->tip == NULL;
}

/* --- rows --- */

static void add_tip(struct scene *s, struct scene_row *row, struct buf *out)
{
	const struct words *w = &s->words;
	const char *event = words_event(w, row->transition);
	words_act(w, row->transition, out);
	if (event != NULL)
		buf_addf(out, " [%s]", event);
	buf_adds(out, words_tr(w, "；", "; "));
	words_who(w, row->transition, out);
	for (int part = 0; part < 2; part++) {
		size_t before = out->len;
		buf_adds(out, words_tr(w, "；", "; "));
		size_t with = out->len;
		if (part == 0)
			words_condition(w, row->transition, out);
		else
			words_needs(w, row->transition, true, out);
		if (out->len == with)
			out->len = before;
	}
	if (out->data != NULL && !out->failed)
		out->data[out->len] = '\0';
	row->tip = buf_take(out);
	buf_reset(out);
	s->failed = s->failed || row->tip == NULL;
}

/* The band that a state is drawn in, by its state; CHART_NONE when it is not drawn. */
static uint32_t band_of(const struct scene *s, uint32_t state)
{
	const struct chart *chart = s->words.wf->chart;
	uint32_t part = s->options->part;
	const struct chart_state *top = chart_state_at(chart, part);
	if (state < part || state >= top->end)
		return CHART_NONE;
	if (state == part || top->type != CHART_PARALLEL)
		return part;
	uint32_t i = part + 1;
	while (state >= chart_state_at(chart, i)->end)
		i = chart_state_at(chart, i)->end;
	return i;
}

/* No line goes from band to band or out of the picture: then words say where it leads. */
static bool leads_out(const struct scene *s, const struct chart_transition *t)
{
	for (uint32_t i = 0; i < t->targets_len; i++) {
		if (band_of(s, t->targets[i]) != band_of(s, t->source))
			return true;
	}
	return false;
}

static void add_row_lines(struct scene *s, double width, struct scene_row *row)
{
	const struct words *w = &s->words;
	const struct chart_transition *t = chart_transition_at(w->wf->chart, row->transition);
	const char *event = words_event(w, row->transition);
	ANJU_AUTO_BUF out = BUF_INIT;
	add_tip(s, row, &out);
	buf_adds(&out, t->targets_len == 0 ? "· " : "▸ ");
	words_act(w, row->transition, &out);
	row->height += add_words(s, width, INK_ACT, 3, &out, &row->lines);
	if (leads_out(s, t)) {
		buf_adds(&out, "→ ");
		words_path(w, t->targets[0], &out);
		row->height += add_words(s, width, INK_SMALL, 2, &out, &row->lines);
	}
	if (s->options->brief)
		return;
	words_who(w, row->transition, &out);
	row->height += add_words(s, width, INK_SMALL, 3, &out, &row->lines);
	words_condition(w, row->transition, &out);
	row->height += add_words(s, width, INK_IF, 3, &out, &row->lines);
	words_needs(w, row->transition, false, &out);
	row->height += add_words(s, width, INK_SMALL, 2, &out, &row->lines);
	if (event != NULL)
		buf_adds(&out, event);
	row->height += add_words(s, width, INK_KEY, 1, &out, &row->lines);
}

static enum road road_of(const struct scene *s, uint32_t transition)
{
	switch (words_cause(&s->words, transition)) {
	case CAUSE_AFTER:
		return ROAD_AFTER;
	case CAUSE_ALWAYS:
	case CAUSE_SYSTEM:
	case CAUSE_DONE:
		return ROAD_SELF;
	case CAUSE_ACT:
		break;
	}
	return ROAD_ON;
}

static void add_row(struct scene *s, struct scene_card *card, uint32_t transition)
{
	struct scene_row row = {
		.transition = transition, .line = s->lines_len, .top = card->height, .height = 6};
	row.road = road_of(s, transition);
	add_row_lines(s, card->width, &row);
	card->height += row.height;
	struct scene_row *more = SCENE_MORE(s, rows);
	if (more == NULL) {
		free(row.tip);
		return;
	}
	*more = row;
	card->rows++;
}

/* Those that lead somewhere first, those that change no state gathered below them. */
static void add_rows(struct scene *s, struct scene_card *card)
{
	const struct chart *chart = s->words.wf->chart;
	card->row = s->rows_len;
	for (int staying = 0; staying < 2; staying++) {
		for (uint32_t i = 0; i < chart_transition_count(chart); i++) {
			const struct chart_transition *t = chart_transition_at(chart, i);
			if (t->source == card->state && !t->forbidden &&
				(t->targets_len == 0) == (staying == 1))
				add_row(s, card, i);
		}
	}
}

static size_t add_card(struct scene *s, uint32_t state, enum card_kind kind, size_t depth)
{
	struct scene_card card = {.state = state,
		.kind = kind,
		.band = s->bands_len - 1,
		.column = s->columns_len - 1};
	struct scene_column *column = &s->columns[card.column];
	card.width = CARD_WIDTH - 2 * INDENT * (double)depth;
	card.y = column->bottom;
	for (size_t i = 0; i < s->options->at_len; i++)
		card.at = card.at || s->options->at[i] == state;
	add_head(s, &card);
	card.height = card.head_height;
	add_rows(s, &card);
	column->bottom += card.height + GAP;
	struct scene_card *more = SCENE_MORE(s, cards);
	if (more == NULL) {
		free(card.tip);
		return SCENE_NONE;
	}
	*more = card;
	s->card_of[state] = s->cards_len - 1;
	return s->cards_len - 1;
}

/* --- columns and bands --- */

static bool is_leaf(const struct chart *chart, uint32_t state)
{
	return chart_state_at(chart, state)->end == state + 1;
}

static bool add_column(struct scene *s, bool phase)
{
	struct scene_column *column = SCENE_MORE(s, columns);
	if (column == NULL)
		return false;
	column->band = s->bands_len - 1;
	column->phase = phase;
	column->bottom = COLUMN_PAD;
	s->bands[s->bands_len - 1].columns++;
	return true;
}

static void add_stack(struct scene *s, uint32_t parent, size_t depth);

static void add_group(struct scene *s, uint32_t state, size_t depth)
{
	size_t column = s->columns_len - 1;
	struct scene_frame frame = {.column = column, .depth = depth};
	frame.y = s->columns[column].bottom - 3;
	frame.width = CARD_WIDTH - 2 * INDENT * (double)depth + 2 * INDENT - 4;
	size_t at = s->frames_len;
	if (SCENE_MORE(s, frames) == NULL)
		return;
	if (add_card(s, state, CARD_GROUP, depth) == SCENE_NONE)
		return;
	s->columns[column].bottom -= GAP - 8;
	add_stack(s, state, depth + 1);
	frame.height = s->columns[column].bottom - GAP + 5 - frame.y;
	s->columns[column].bottom += 4;
	s->frames[at] = frame;
}

/* Deeper than this the cards would get too narrow; further levels are not indented. */
#define DEPTH_MAX 5

static void add_stack(struct scene *s, uint32_t parent, size_t depth)
{
	const struct chart *chart = s->words.wf->chart;
	uint32_t end = chart_state_at(chart, parent)->end;
	if (depth > DEPTH_MAX)
		depth = DEPTH_MAX;
	for (uint32_t i = parent + 1; i < end && !s->failed; i = chart_state_at(chart, i)->end) {
		if (is_leaf(chart, i))
			(void)add_card(s, i, CARD_STATE, depth);
		else
			add_group(s, i, depth);
	}
}

static size_t count_leaves(const struct chart *chart, uint32_t parent, bool *ret_all)
{
	size_t n = 0;
	*ret_all = true;
	for (uint32_t i = parent + 1; i < chart_state_at(chart, parent)->end;
		i = chart_state_at(chart, i)->end) {
		if (is_leaf(chart, i))
			n++;
		else
			*ret_all = false;
	}
	return n;
}

static void add_band(struct scene *s, uint32_t state, bool with_children)
{
	const struct chart *chart = s->words.wf->chart;
	struct scene_band *band = SCENE_MORE(s, bands);
	if (band == NULL)
		return;
	band->state = state;
	band->column = s->columns_len;
	if (!add_column(s, false) || add_card(s, state, CARD_REGION, 0) == SCENE_NONE ||
		!with_children)
		return;
	bool all_leaves;
	size_t leaves = count_leaves(chart, state, &all_leaves);
	size_t stack = all_leaves ? (leaves + STACK_MAX - 1) / STACK_MAX : STACK_MAX;
	size_t in_column = SIZE_MAX;
	for (uint32_t i = state + 1; i < chart_state_at(chart, state)->end && !s->failed;
		i = chart_state_at(chart, i)->end) {
		bool leaf = is_leaf(chart, i);
		if (!leaf || in_column >= stack) {
			if (!add_column(s, !all_leaves))
				return;
			in_column = 0;
		}
		(void)add_card(s, i, leaf ? CARD_STATE : CARD_PHASE, 0);
		in_column = leaf ? in_column + 1 : SIZE_MAX;
		if (!leaf)
			add_stack(s, i, 0);
	}
}

static bool has_transitions(const struct chart *chart, uint32_t state)
{
	for (uint32_t i = 0; i < chart_transition_count(chart); i++) {
		if (chart_transition_at(chart, i)->source == state)
			return true;
	}
	return false;
}

static void add_bands(struct scene *s)
{
	const struct chart *chart = s->words.wf->chart;
	uint32_t part = s->options->part;
	const struct chart_state *top = chart_state_at(chart, part);
	if (top->type != CHART_PARALLEL) {
		add_band(s, part, true);
		return;
	}
	if (has_transitions(chart, part) || s->words.wf->states[part].arms_len > 0)
		add_band(s, part, false);
	for (uint32_t i = part + 1; i < top->end && !s->failed; i = chart_state_at(chart, i)->end)
		add_band(s, i, true);
}

struct scene *scene_new(
	const struct pack_set *set, const struct workflow *wf, const struct graph_options *options)
{
	ANJU_AUTO(scene) s = calloc(1, sizeof *s);
	if (s == NULL)
		return NULL;
	s->words = (struct words){.set = set, .wf = wf, .lang = options->lang};
	s->options = options;
	uint32_t states = chart_state_count(wf->chart);
	s->card_of = calloc(states, sizeof *s->card_of);
	if (s->card_of == NULL)
		return NULL;
	for (uint32_t i = 0; i < states; i++)
		s->card_of[i] = SCENE_NONE;
	add_bands(s);
	return s->failed ? NULL : ANJU_TAKE(s);
}
