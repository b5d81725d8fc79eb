/** Shared by diff*.c only. */
#ifndef CORE_MIGRATE_DIFF_IMPL_H
#define CORE_MIGRATE_DIFF_IMPL_H

#include "base/buf.h"
#include "migrate/diff.h"

struct diff {
	const struct side *old, *next;
	json_t *list;    /* owned by the caller of diff_definitions() */
	uint32_t *where; /* owned: old state → the new one it is, or likely is; CHART_NONE */
	bool *guessed;   /* owned: that was a guess */
	bool *taken;     /* owned: new states that an old one leads to */
	bool failed;
};

/** A difference; zh and en are formats of the same arguments. */
void diff_add(struct diff *d, const char *group, const char *kind, const char *old,
	const char *next, const char *zh, const char *en, ...) ANJU_PRINTF(6, 8) ANJU_PRINTF(7, 8);
/** As diff_add, the sentences being ready. */
void diff_say(struct diff *d, const char *group, const char *kind, const char *old,
	const char *next, const char *zh, const char *en);
/** Compact JSON of a value in `out`, cut to fit; "–" for none. Returns out. */
const char *diff_value(const json_t *v, char *out, size_t size);
#define DIFF_VALUE_MAX 120

/** How alike two names are, 0 … 1. */
double diff_likeness(const char *a, const char *b);
/** Do both bear the same title in some language? */
bool diff_same_title(const json_t *a, const json_t *b);

/** Are two values the same, absent ones included? */
bool diff_same(const json_t *a, const json_t *b);

void diff_states(struct diff *d);
void diff_transitions(struct diff *d);
void diff_fields(struct diff *d);
void diff_names(struct diff *d);
void diff_deadlines(struct diff *d);

#endif
