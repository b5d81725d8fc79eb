/** What the files of the linter share; nobody else includes this. */
#ifndef CORE_LINT_IMPL_H
#define CORE_LINT_IMPL_H

#include "chart/model.h"
#include "lint/lint.h"
#include "pack/pool.h"

/** A file of the packs as it was read. */
struct lint_text {
	const char *file; /* "<pack>/<name>" */
	char *data;       /* owned; NULL if it could not be read */
	size_t len;
};

enum lint_use { USE_GUARD, USE_WHEN, USE_VALUE };

/** An expression of a workflow and where it stands. */
struct lint_expr {
	const struct expr *expr;
	enum lint_use use;
	const char *pointer; /* pool */
	uint32_t state;      /* in which it is asked; CHART_NONE: anywhere */
	uint32_t edge;       /* of a guard; else CHART_NONE */
};

/** An action and where it stands. */
struct lint_action {
	const struct action *action;
	uint32_t edge;  /* or CHART_NONE: entry, exit, initial */
	uint32_t state; /* its source */
};

/** A workflow that can be looked at: its chart is what its file says. */
struct lint_flow {
	const struct workflow *wf;
	const struct chart *chart;
	struct lint_expr *exprs; /* pool */
	size_t exprs_len, exprs_cap;
	struct lint_action *actions; /* pool */
	size_t actions_len, actions_cap;
};

struct lint {
	const struct pack_set *set;
	const char *dir;
	struct pool pool;
	struct lint_report *report;
	size_t cap;
	struct lint_text *texts; /* pool */
	size_t texts_len, texts_cap;
	struct lint_flow *flows; /* pool */
	size_t flows_len;
	bool whole; /* nothing is wrong with loading: what is used where is known */
};

/** priv of a report */
struct lint_room {
	struct pool pool;
	struct pack_set *set;
};

/* lint.c */
/** A finding; `pointer` and `found` are copied, `allowed` is a format. */
void lint_find(struct lint *l, const char *id, const char *file, const char *pointer,
	const char *found, const char *allowed_fmt, ...) ANJU_PRINTF(6, 7);
/** The same at the member's name, whatever its value. */
void lint_find_name(struct lint *l, const char *id, const char *file, const char *pointer,
	const char *found, const char *allowed);
/** The same at bytes [from, to) of the expression whose text stands at `pointer`. */
void lint_find_expr(struct lint *l, const char *id, const struct lint_flow *flow,
	const struct lint_expr *x, uint32_t from, uint32_t to, const char *found,
	const char *allowed);
const struct lint_flow *lint_flow(const struct lint *l, const char *workflow);
/** "<base><more>", formatted, in the pool; "" when out of memory. */
const char *lint_printf(struct lint *l, const char *fmt, ...) ANJU_PRINTF(2, 3);
/** The whole text of a file; NULL if it is not there. */
const struct lint_text *lint_text(struct lint *l, const char *file);
/** A file parsed anew; a new reference or NULL. */
json_t *lint_json(struct lint *l, const char *file);
/** Findings made so far, to take those of one place for one. */
bool lint_found(const struct lint *l, const char *file, const char *pointer);

/** The same at or below a place. */
bool lint_found_below(const struct lint *l, const char *file, const char *pointer);

/* suggest.c: what may have been meant; "" if nothing is near. In the pool. */
const char *suggest(struct lint *l, const struct lint_finding *finding);

/* allow.c: take away what the packs accept */
void lint_accept(struct lint *l);

/* gather.c */
void lint_gather(struct lint *l);

/* The rules, by what they look at. */
void lint_conditions(struct lint *l, const struct lint_flow *flow); /* conditions.c */
void lint_related(struct lint *l, const struct lint_flow *flow);    /* related.c */
void lint_structure(struct lint *l, const struct lint_flow *flow);  /* structure.c */
/** Can onDone of `state` ever happen? */
bool structure_can_be_done(const struct chart *chart, uint32_t state);
/** Can both states be active at once? */
bool structure_together(const struct chart *chart, uint32_t a, uint32_t b);
void lint_events(struct lint *l, const struct lint_flow *flow);    /* events.c */
void lint_deadlines(struct lint *l, const struct lint_flow *flow); /* deadlines.c */
void lint_fields(struct lint *l, const struct lint_flow *flow);    /* fields.c */
/** Is that file of a pack that others build on as well? Then something may be there for them. */
bool lint_shared(const struct lint *l, const char *file);
void lint_uses(struct lint *l);      /* uses.c */
void lint_words(struct lint *l);     /* words.c */
void lint_locals(struct lint *l);    /* local.c */
void lint_deadlocks(struct lint *l); /* deadlock.c */

#endif
