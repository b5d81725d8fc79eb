/* The scene in Graphviz's language. Places are given, and the engine "nop2" keeps them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "graph/scene.h"
#include "graph/text.h"

#define FONTS                                                                                      \
	"Noto Sans CJK SC,Source Han Sans SC,Microsoft YaHei,PingFang SC,WenQuanYi Micro "         \
	"Hei,SimSun,sans-serif"
#define ARROW  6.0
#define CORNER 4.0
#define PAD    5 /* left of a text */

struct writer {
	const struct scene *s;
	struct buf *out;
	size_t nodes; /* names of what is no state */
};

struct road_look {
	const char *style, *color, *head;
	double width;
	const char *words[2];
};
static const struct road_look road_looks[ROAD_COUNT] = {
	[ROAD_ON] = {"solid", "#16324f", "normal", 1.4, {"办理后前往", "an act leads on"}},
	[ROAD_BACK] = {"solid", "#c14a00", "onormal", 1.4, {"退回、返回", "an act leads back"}},
	[ROAD_SELF] = {"solid", "#00695c", "vee", 0.7, {"系统自动", "by itself"}},
	[ROAD_AFTER] = {"dashed", "#7b1fa2", "normal", 1.2, {"期满自动", "when time is up"}},
};

/* --- numbers and texts --- */

/* Two digits after the point, whatever the locale. */
static void add_number(struct buf *out, double v)
{
	long n = lround(v * 100);
	buf_addf(out, "%s%ld", n < 0 ? "-" : "", labs(n) / 100);
	if (labs(n) % 100 != 0)
		buf_addf(out, ".%02ld", labs(n) % 100);
}

static void add_point(const struct writer *w, double x, double y)
{
	add_number(w->out, x);
	buf_addc(w->out, ',');
	add_number(w->out, w->s->height - y);
}

/* Within HTML-like labels, where Graphviz replaces backslash sequences as well. */
static void add_html(struct buf *out, const char *s)
{
	for (; *s != '\0'; s++) {
		switch (*s) {
		case '&':
			buf_adds(out, "&amp;");
			break;
		case '<':
			buf_adds(out, "&lt;");
			break;
		case '>':
			buf_adds(out, "&gt;");
			break;
		case '"':
			buf_adds(out, "&quot;");
			break;
		case '\\':
			buf_adds(out, "&#92;");
			break;
		default:
			text_plain(out, s, 1);
		}
	}
}

/* Between double quotes, where Graphviz also reads entities and backslash sequences. */
static void add_quoted(struct buf *out, const char *s)
{
	buf_addc(out, '"');
	for (; *s != '\0'; s++) {
		if (*s == '&')
			buf_adds(out, "&amp;");
		else if (*s == '"' || *s == '\\')
			buf_addf(out, "\\%c", *s);
		else
			text_plain(out, s, 1);
	}
	buf_addc(out, '"');
}

static void add_place(const struct writer *w, double x, double y, double width, double height)
{
	buf_adds(w->out, "pos=\"");
	add_point(w, x + width / 2, y + height / 2);
	/* inches, rounded up: nothing is larger than its node */
	buf_addf(w->out, "\", width=%ld.%04ld, height=%ld.%04ld",
		(long)(width * 10000 / 72 + 1) / 10000, (long)(width * 10000 / 72 + 1) % 10000,
		(long)(height * 10000 / 72 + 1) / 10000, (long)(height * 10000 / 72 + 1) % 10000);
}

/* --- boxes behind --- */

static void add_box(struct writer *w, double x, double y, double width, double height,
	const char *style, const char *fill, const char *color)
{
	buf_addf(w->out, "\tbox%zu [shape=box, label=\"\", tooltip=\" \", style=\"%s\", ",
		w->nodes++, style);
	buf_addf(w->out, "fillcolor=\"%s\", color=\"%s\", ", fill, color);
	add_place(w, x, y, width, height);
	buf_adds(w->out, "];\n");
}

static void add_boxes(struct writer *w)
{
	const struct scene *s = w->s;
	for (size_t i = 0; i < s->bands_len; i++) {
		const struct scene_band *b = &s->bands[i];
		add_box(w, b->x, b->y, b->width, b->height, "filled,rounded", "#fbfbfa", "#8a8a8a");
	}
	for (size_t i = 0; i < s->columns_len; i++) {
		const struct scene_column *c = &s->columns[i];
		const struct scene_band *b = &s->bands[c->band];
		if (c->phase)
			add_box(w, c->x, b->y + 2, COLUMN_WIDTH, b->height - 4, "filled", "#e9eef3",
				"#e9eef3");
	}
	for (size_t depth = 0; depth < 8; depth++) {
		for (size_t i = 0; i < s->frames_len; i++) {
			const struct scene_frame *f = &s->frames[i];
			if (f->depth == depth)
				add_box(w, f->x, f->y, f->width, f->height, "filled",
					depth % 2 == 0 ? "#f6f1e4" : "#fbf8f0", "#a89b7a");
		}
	}
}

/* --- cards --- */

static void add_space(const struct writer *w, int width, int height)
{
	buf_addf(w->out, "<TD FIXEDSIZE=\"TRUE\" WIDTH=\"%d\" HEIGHT=\"%d\"></TD>", width, height);
}

static void add_line(struct writer *w, const struct scene_line *line, int width)
{
	const struct ink_look *look = &ink_looks[line->ink];
	buf_adds(w->out, "<TR>");
	add_space(w, PAD, 1);
	buf_addf(w->out,
		"<TD FIXEDSIZE=\"TRUE\" WIDTH=\"%d\" HEIGHT=\"%d\" ALIGN=\"LEFT\">"
		"<FONT POINT-SIZE=\"",
		width - PAD, (int)look->height);
	add_number(w->out, look->size);
	buf_addf(w->out, "\" COLOR=\"%s\">%s", look->color, look->bold ? "<B>" : "");
	add_html(w->out, line->text);
	buf_addf(w->out, "%s</FONT></TD></TR>", look->bold ? "</B>" : "");
}

/* A head or a row: one filled cell, so that no seams show, and in it a table of its very size (Graphviz
 * would stretch a smaller one) with the lines, off the borders. A rule above it takes a point on all
 * sides. */
static void add_lines(struct writer *w, size_t first, size_t len, double width, double height,
	const char *fill, bool ruled)
{
	int inner = (int)width - (ruled ? 2 : 0), space = ruled ? 2 : 3;
	buf_addf(w->out, "<TR><TD FIXEDSIZE=\"TRUE\" WIDTH=\"%d\" HEIGHT=\"%d\" BGCOLOR=\"%s\"%s>",
		(int)width, (int)height, fill,
		ruled ? " SIDES=\"T\" BORDER=\"1\" COLOR=\"#b5b5b5\"" : "");
	buf_adds(w->out, "<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" "
			 "CELLPADDING=\"0\"><TR>");
	add_space(w, PAD, space);
	buf_adds(w->out, "</TR>");
	for (size_t i = 0; i < len; i++)
		add_line(w, &w->s->lines[first + i], inner);
	buf_adds(w->out, "<TR>");
	add_space(w, PAD, space);
	buf_adds(w->out, "</TR></TABLE></TD></TR>");
}

static const char *head_fill(const struct scene *s, const struct scene_card *c)
{
	static const char *const fills[] = {[CARD_STATE] = "#f1f3f5",
		[CARD_GROUP] = "#ece2c6",
		[CARD_PHASE] = "#c9dbea",
		[CARD_REGION] = "#d8d3e3"};
	if (c->at)
		return "#ffdf6b";
	if (chart_state_at(s->words.wf->chart, c->state)->type == CHART_FINAL)
		return "#d9d9d9";
	return fills[c->kind];
}

static void add_card_text(struct writer *w, const struct scene_card *c, double width)
{
	const struct scene *s = w->s;
	add_lines(w, c->line, c->lines, width, c->head_height, head_fill(s, c), false);
	for (size_t k = 0; k < c->rows; k++) {
		const struct scene_row *row = &s->rows[c->row + k];
		add_lines(w, row->line, row->lines, width, row->height, "#ffffff", true);
	}
}

static void add_name(const struct writer *w, uint32_t state)
{
	const struct chart_state *cs = chart_state_at(w->s->words.wf->chart, state);
	add_quoted(w->out, cs->path[0] != '\0' ? cs->path : w->s->words.wf->id);
}

static void add_card(struct writer *w, const struct scene_card *c)
{
	bool final = chart_state_at(w->s->words.wf->chart, c->state)->type == CHART_FINAL;
	int border = c->at ? 3 : final ? 2 : 1;
	buf_adds(w->out, "\t");
	add_name(w, c->state);
	buf_adds(w->out, " [");
	add_place(w, c->x, c->y - border, c->width, c->height + 2 * border);
	buf_adds(w->out, ", tooltip=");
	add_quoted(w->out, c->tip);
	buf_addf(w->out,
		", label=<<TABLE BORDER=\"%d\" COLOR=\"%s\" CELLBORDER=\"0\" CELLSPACING=\"0\" "
		"CELLPADDING=\"0\">",
		border, c->at ? "#b00020" : "#333333");
	add_card_text(w, c, c->width - 2 * border);
	buf_adds(w->out, "</TABLE>>];\n");
}

/* --- lines --- */

static struct scene_point towards(struct scene_point from, struct scene_point to, double distance)
{
	double dx = to.x - from.x, dy = to.y - from.y, length = hypot(dx, dy);
	if (length < 0.001)
		return from;
	return (struct scene_point){
		from.x + dx * distance / length, from.y + dy * distance / length};
}

static void add_straight(const struct writer *w, struct scene_point a, struct scene_point b)
{
	buf_addc(w->out, ' ');
	add_point(w, a.x + (b.x - a.x) / 3, a.y + (b.y - a.y) / 3);
	buf_addc(w->out, ' ');
	add_point(w, b.x - (b.x - a.x) / 3, b.y - (b.y - a.y) / 3);
	buf_addc(w->out, ' ');
	add_point(w, b.x, b.y);
}

/* From `a` around the corner: two control points in the corner itself. */
static void add_corner(const struct writer *w, struct scene_point corner, struct scene_point to)
{
	for (int i = 0; i < 2; i++) {
		buf_addc(w->out, ' ');
		add_point(w, corner.x, corner.y);
	}
	buf_addc(w->out, ' ');
	add_point(w, to.x, to.y);
}

/* A path with rounded corners that ends where the arrowhead begins. */
static void add_path(const struct writer *w, const struct scene_point *p, size_t n)
{
	struct scene_point here = p[0];
	buf_adds(w->out, "pos=\"e,");
	add_point(w, p[n - 1].x, p[n - 1].y);
	buf_addc(w->out, ' ');
	add_point(w, here.x, here.y);
	for (size_t i = 1; i + 1 < n; i++) {
		double before = hypot(p[i].x - p[i - 1].x, p[i].y - p[i - 1].y);
		double after = hypot(p[i + 1].x - p[i].x, p[i + 1].y - p[i].y);
		double r = fmin(CORNER, fmin(before, after) / 2);
		struct scene_point in = towards(p[i], p[i - 1], r),
				   out = towards(p[i], p[i + 1], r);
		add_straight(w, here, in);
		add_corner(w, p[i], out);
		here = out;
	}
	add_straight(w, here, towards(p[n - 1], p[n - 2], ARROW));
	buf_addc(w->out, '"');
}

static void add_look(const struct writer *w, enum road road)
{
	const struct road_look *look = &road_looks[road];
	buf_addf(w->out, "style=\"%s\", color=\"%s\", arrowhead=%s, penwidth=", look->style,
		look->color, look->head);
	add_number(w->out, look->width);
}

static void add_edge(struct writer *w, const struct scene_edge *e)
{
	const struct scene *s = w->s;
	ANJU_AUTO_BUF tip = BUF_INIT;
	buf_addf(&tip, "%s → ", s->rows[e->row].tip);
	words_path(&s->words, s->cards[e->to].state, &tip);
	buf_adds(w->out, "\t");
	add_name(w, s->cards[e->from].state);
	buf_adds(w->out, " -> ");
	add_name(w, s->cards[e->to].state);
	buf_adds(w->out, " [");
	add_look(w, e->road);
	buf_adds(w->out, ", tooltip=");
	add_quoted(w->out, tip.data != NULL ? tip.data : "");
	buf_adds(w->out, ", ");
	add_path(w, e->points, e->points_len);
	buf_adds(w->out, "];\n");
}

/* --- around it --- */

static void add_text(struct writer *w, double x, double y, double size, bool bold,
	const char *color, const char *s)
{
	/* fonts are a little wider than was estimated */
	double width = ceil(text_width(s, strlen(s), size, bold) * 1.06) + 8,
	       height = ceil(size * 1.4);
	buf_addf(w->out, "\ttext%zu [tooltip=\" \", ", w->nodes++);
	add_place(w, x, y - height / 2, width, height);
	buf_addf(w->out,
		", label=<<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"0\">"
		"<TR><TD FIXEDSIZE=\"TRUE\" WIDTH=\"%d\" HEIGHT=\"%d\" ALIGN=\"LEFT\">"
		"<FONT POINT-SIZE=\"",
		(int)width, (int)height);
	add_number(w->out, size);
	buf_addf(w->out, "\" COLOR=\"%s\">%s", color, bold ? "<B>" : "");
	add_html(w->out, s);
	buf_addf(w->out, "%s</FONT></TD></TR></TABLE>>];\n", bold ? "</B>" : "");
}

static void add_title(struct writer *w)
{
	const struct words *words = &w->s->words;
	const char *title = words->wf->title.text[words->lang];
	ANJU_AUTO_BUF out = BUF_INIT;
	buf_adds(&out, title != NULL ? title : words->wf->id);
	if (w->s->options->part != 0) {
		buf_adds(&out, " › ");
		words_path(words, w->s->options->part, &out);
	}
	if (out.failed)
		return;
	double width = text_width(out.data, out.len, 30, true);
	add_text(w, 4, 24, 30, true, "#111111", out.data);
	buf_reset(&out);
	buf_addf(&out, "%s %s · %s", words->wf->id, words->wf->version, pack_set_name(words->set));
	if (!out.failed)
		add_text(w, 30 + width, 28, 13, false, "#595959", out.data);
}

static double add_sample(struct writer *w, double x, double y, enum road road)
{
	const struct words *words = &w->s->words;
	const char *text = road_looks[road].words[words->lang];
	for (int end = 0; end < 2; end++) {
		buf_addf(w->out, "\tend%d%d [label=\"\", tooltip=\" \", ", (int)road, end);
		add_place(w, x + 40 * end, y, 0.1, 0.1);
		buf_adds(w->out, "];\n");
	}
	buf_addf(w->out, "\tend%d0 -> end%d1 [tooltip=\" \", ", (int)road, (int)road);
	add_look(w, road);
	buf_adds(w->out, ", ");
	add_path(w, (const struct scene_point[]){{x, y}, {x + 40, y}}, 2);
	buf_adds(w->out, "];\n");
	add_text(w, x + 44, y, 11, false, "#111111", text);
	return x + 44 + text_width(text, strlen(text), 11, false) + 24;
}

static void add_legend(struct writer *w)
{
	const struct words *words = &w->s->words;
	double y = w->s->height - 18, x = 6;
	static const char *const marks[][2] = {{"● 起点", "● begins here"},
		{"◎ 终点", "◎ ends here"}, {"▸ 办理事项", "▸ what can be done"},
		{"· 不改变状态", "· changes no state"}};
	for (int road = 0; road < ROAD_COUNT; road++)
		x = add_sample(w, x, y, (enum road)road);
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		const char *text = marks[i][words->lang];
		if (x > w->s->width - 60 && i < 2) {
			y += 16;
			x = 6;
		}
		add_text(w, x, y, 11, false, "#111111", text);
		x += text_width(text, strlen(text), 11, false) + 24;
	}
}

static void write_scene(const struct scene *s, struct buf *out)
{
	struct writer w = {.s = s, .out = out};
	buf_adds(out, "digraph ");
	add_quoted(out, s->words.wf->id);
	buf_adds(out, " {\n\tgraph [layout=nop2, outputorder=nodesfirst, pad=0.125, bb=\"0,0,");
	add_number(out, s->width);
	buf_addc(out, ',');
	add_number(out, s->height);
	buf_adds(out, "\"];\n\tnode [shape=none, margin=0, fixedsize=true, fontname=\"" FONTS
		      "\"];\n\tedge [arrowsize=0.6];\n");
	add_title(&w);
	add_boxes(&w);
	for (size_t i = 0; i < s->cards_len; i++)
		add_card(&w, &s->cards[i]);
	add_legend(&w);
	for (size_t i = 0; i < s->edges_len; i++)
		add_edge(&w, &s->edges[i]);
	buf_adds(out, "}\n");
}

anju_status graph_dot(const struct pack_set *set, const struct workflow *wf,
	const struct graph_options *options, struct buf *out, anju_error *err)
{
	ANJU_AUTO(scene) s = scene_new(set, wf, options);
	if (s == NULL || !scene_route(s))
		return anju_fail_nomem(err);
	write_scene(s, out);
	return out->failed ? anju_fail_nomem(err) : ANJU_OK;
}
