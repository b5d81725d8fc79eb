/** Two rehearsals of the same inputs under different packs: which dates, outcomes and messages differ. */
#ifndef CORE_REHEARSE_COMPARE_H
#define CORE_REHEARSE_COMPARE_H

#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/messages.h"
#include "rehearse/rehearse.h"
#include "rehearse/tally.h"

enum difference_kind {
	DIFFERENCE_EARLIER, /* due earlier than under the other packs */
	DIFFERENCE_LATER,
	DIFFERENCE_DATED,      /* has a date on one side only */
	DIFFERENCE_OUTCOME,    /* the same date, but another outcome */
	DIFFERENCE_ONLY_ONE,   /* there is no such deadline under the other */
	DIFFERENCE_ONLY_OTHER, /* there is none under the first */
	DIFFERENCE_KINDS
};

/** How many deadlines of each kind differ; rows by (workflow, deadline). */
struct differences {
	struct difference_row {
		char *workflow, *deadline; /* owned */
		int64_t same, n[DIFFERENCE_KINDS];
	} * rows; /* owned; sorted */
	size_t len, cap;
	int64_t same, n[DIFFERENCE_KINDS];
	int64_t cases_one, cases_other; /* cases that only one has */
};

/**
 * Compare case by case (by workflow and key), in each the deadlines of one name in the order in which they began.
 *
 * one    what is looked at; other: what it is measured against
 * out    a line for each difference; NULL = none are written
 * *ret is the caller's.
 */
ANJU_MUST_CHECK anju_status rehearse_compare(const struct rehearsal *one,
	const struct rehearsal *other, enum lang lang, FILE *out, struct differences *ret,
	anju_error *err);
void differences_done(struct differences *differences);

/** Both in figures side by side, then what differs per deadline. */
void compare_summary(const struct rehearsal *one, const struct tallies *tallies_one,
	const struct tallies *tallies_other, const struct differences *differences, enum lang lang,
	struct buf *out);
/** As JSON, new reference; NULL when out of memory. */
json_t *compare_json(const struct differences *differences);

#endif
