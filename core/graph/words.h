/** What a workflow's parts are called, in the words of one language. Each function appends to `out`. */
#ifndef CORE_GRAPH_WORDS_H
#define CORE_GRAPH_WORDS_H

#include "base/buf.h"
#include "base/messages.h"
#include "pack/pack.h"

struct words {
	const struct pack_set *set;
	const struct workflow *wf;
	enum lang lang;
};

/** One of two texts. Both may be formats: the compiler checks them. */
static inline const char *words_tr(const struct words *w, const char *zh, const char *en)
	__attribute__((format_arg(2))) __attribute__((format_arg(3)));
static inline const char *words_tr(const struct words *w, const char *zh, const char *en)
{
	return w->lang == LANG_EN ? en : zh;
}

/** A name within quotation marks: Chinese ones are as wide as a character and would tear English apart. */
static inline void words_quote(const struct words *w, const char *name, struct buf *out)
{
	buf_addf(out, words_tr(w, "“%s”", "\"%s\""), name);
}
/** Title of a state, its key where it has none. Borrowed. */
const char *words_state(const struct words *w, uint32_t state);
/** Is this the state in which its region begins? */
bool words_initial(const struct words *w, uint32_t state);
/** The titles from below the root down to a state. */
void words_path(const struct words *w, uint32_t state, struct buf *out);
/** Title of a transition, else its event; for those that come by themselves, what makes them come. */
void words_act(const struct words *w, uint32_t transition, struct buf *out);
/** Who does it, or what makes it happen by itself; with what is asked besides (a reason). */
void words_who(const struct words *w, uint32_t transition, struct buf *out);
/** "if …" of a guard; nothing where there is none. */
void words_condition(const struct words *w, uint32_t transition, struct buf *out);
/** The documents that must be held; nothing where there are none. */
void words_needs(const struct words *w, uint32_t transition, bool all, struct buf *out);
/** Titles of the offices that roles mean in this pack. */
void words_roles(const struct words *w, const struct role_list *roles, struct buf *out);
/** "title: date or rule (lead)". */
void words_deadline(const struct words *w, const struct deadline_def *d, struct buf *out);
/** An expression as words, as far as its names have titles. */
void words_expr(const struct words *w, const char *text, struct buf *out);

enum words_cause { CAUSE_ACT, CAUSE_SYSTEM, CAUSE_ALWAYS, CAUSE_AFTER, CAUSE_DONE };
/** What makes a transition happen. */
enum words_cause words_cause(const struct words *w, uint32_t transition);
/** Is the event's name one that people send? NULL otherwise. */
const char *words_event(const struct words *w, uint32_t transition);

#endif
