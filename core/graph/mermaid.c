/* The same states and acts as text for Mermaid, which many viewers draw by themselves. */
#include <string.h>

#include "base/error.h"
#include "graph/graph.h"
#include "graph/text.h"
#include "graph/words.h"

struct writer {
	struct words words;
	const struct graph_options *options;
	struct buf *out;
	uint32_t part, end;
	int depth;
};

static void indent(const struct writer *w, int more)
{
	for (int i = 0; i < w->depth + more; i++)
		buf_addc(w->out, '\t');
}

/* Mermaid's own signs (quotes, ; : # < > & { } and so on) as numbered entities. */
static void add_text(struct buf *out, const char *s)
{
	ANJU_AUTO_BUF plain = BUF_INIT;
	text_plain(&plain, s, strlen(s));
	for (size_t i = 0; i < plain.len && !plain.failed; i++) {
		char c = plain.data[i];
		bool line = (c == '-' || c == '_') && i > 0 && plain.data[i - 1] == c;
		if (line || strchr("\"#;:<>&{}[]\\`%|~*$", c) != NULL)
			buf_addf(out, "#%d;", (int)c);
		else
			buf_addc(out, c);
	}
	out->failed = out->failed || plain.failed;
}

/* Ids are numbered: keys may be words that Mermaid knows, or hold signs that it does not. */
static void add_id(const struct writer *w, uint32_t state)
{
	buf_addf(w->out, "s%u", (unsigned)state);
}

static bool drawn(const struct writer *w, uint32_t state)
{
	return state >= w->part && state < w->end;
}

static void add_state(struct writer *w, uint32_t state);

static void add_children(struct writer *w, uint32_t state)
{
	const struct chart *chart = w->words.wf->chart;
	const struct chart_state *s = chart_state_at(chart, state);
	for (uint32_t i = state + 1; i < s->end; i = chart_state_at(chart, i)->end) {
		if (i > state + 1 && s->type == CHART_PARALLEL) {
			indent(w, 0);
			buf_adds(w->out, "--\n");
		}
		add_state(w, i);
	}
}

/* What stands in a plain state below its title; a state with children has nothing but its title there. */
static void add_detail(const struct writer *w, uint32_t state, struct buf *text, bool composite)
{
	if (text->len > 0 && !text->failed) {
		if (composite) {
			buf_adds(w->out, words_tr(&w->words, "　", " – "));
		} else {
			buf_addc(w->out, '\n');
			indent(w, 0);
			add_id(w, state);
			buf_adds(w->out, " : ");
		}
		add_text(w->out, text->data);
	}
	buf_reset(text);
}

static void add_details(const struct writer *w, uint32_t state, bool composite)
{
	const struct words *words = &w->words;
	const struct state_rule *rule = &words->wf->states[state];
	ANJU_AUTO_BUF text = BUF_INIT;
	for (size_t i = 0; i < rule->arms_len && !w->options->no_deadlines; i++) {
		buf_adds(&text, words_tr(words, "期限 ", "Due "));
		words_deadline(words, &words->wf->deadlines[rule->arms[i]], &text);
		add_detail(w, state, &text, composite);
	}
	for (uint32_t i = 0; i < chart_transition_count(words->wf->chart); i++) {
		const struct chart_transition *t = chart_transition_at(words->wf->chart, i);
		if (t->source != state || t->targets_len > 0 || t->forbidden)
			continue;
		buf_adds(&text, "· ");
		words_act(words, i, &text);
		add_detail(w, state, &text, composite);
	}
}

static void add_entry(const struct writer *w, uint32_t state)
{
	const struct chart_state *s = chart_state_at(w->words.wf->chart, state);
	if (words_initial(&w->words, state)) {
		indent(w, 0);
		buf_adds(w->out, "[*] --> ");
		add_id(w, state);
		buf_addc(w->out, '\n');
	}
	if (s->type == CHART_FINAL) {
		indent(w, 0);
		add_id(w, state);
		buf_adds(w->out, " --> [*]\n");
	}
}

static void add_state(struct writer *w, uint32_t state)
{
	const struct chart_state *s = chart_state_at(w->words.wf->chart, state);
	bool composite = s->end > state + 1;
	indent(w, 0);
	buf_adds(w->out, "state \"");
	add_text(w->out, words_state(&w->words, state));
	if (composite)
		add_details(w, state, true);
	buf_adds(w->out, "\" as ");
	add_id(w, state);
	if (composite) {
		buf_adds(w->out, " {\n");
		w->depth++;
		add_children(w, state);
		w->depth--;
		indent(w, 0);
		buf_adds(w->out, "}\n");
	} else {
		add_details(w, state, false);
		buf_addc(w->out, '\n');
	}
	add_entry(w, state);
}

static void add_transition(const struct writer *w, uint32_t index)
{
	const struct words *words = &w->words;
	const struct chart_transition *t = chart_transition_at(words->wf->chart, index);
	ANJU_AUTO_BUF text = BUF_INIT;
	words_act(words, index, &text);
	if (!w->options->brief) {
		buf_adds(&text, words_tr(words, "（", " ("));
		words_who(words, index, &text);
		buf_adds(&text, words_tr(words, "）", ")"));
	}
	for (uint32_t i = 0; i < t->targets_len && !text.failed; i++) {
		if (!drawn(w, t->source) || !drawn(w, t->targets[i]))
			continue;
		buf_addc(w->out, '\t');
		add_id(w, t->source);
		buf_adds(w->out, " --> ");
		add_id(w, t->targets[i]);
		buf_adds(w->out, " : ");
		add_text(w->out, text.data);
		buf_addc(w->out, '\n');
	}
	w->out->failed = w->out->failed || text.failed;
}

anju_status graph_mermaid(const struct pack_set *set, const struct workflow *wf,
	const struct graph_options *options, struct buf *out, anju_error *err)
{
	struct writer w = {.words = {.set = set, .wf = wf, .lang = options->lang},
		.options = options,
		.out = out,
		.part = options->part,
		.end = chart_state_at(wf->chart, options->part)->end,
		.depth = 1};
	buf_adds(out, "stateDiagram-v2\n\tdirection LR\n");
	add_state(&w, options->part);
	for (uint32_t i = 0; i < chart_transition_count(wf->chart); i++)
		add_transition(&w, i);
	if (options->at_len > 0)
		buf_adds(out, "\tclassDef here fill:#ffdf6b,stroke:#b00020,stroke-width:3px\n");
	for (size_t i = 0; i < options->at_len; i++) {
		if (!drawn(&w, options->at[i]))
			continue;
		buf_adds(out, "\tclass ");
		add_id(&w, options->at[i]);
		buf_adds(out, " here\n");
	}
	return out->failed ? anju_fail_nomem(err) : ANJU_OK;
}
