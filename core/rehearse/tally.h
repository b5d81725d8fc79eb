/** Counts of what a rehearsal brought: per unit and month, per kind of deadline, per day. */
#ifndef CORE_REHEARSE_TALLY_H
#define CORE_REHEARSE_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "rehearse/rehearse.h"
#include "store/store.h"

enum tally_kind {
	TALLY_BEGUN,    /* began to run */
	TALLY_DUE,      /* had their last permissible day, met or not */
	TALLY_MET,      /* were met in time */
	TALLY_MET_LATE, /* were met after it */
	TALLY_MISSED,   /* had their last permissible day and were not met by then */
	TALLY_MESSAGES, /* were sent to the unit */
	TALLY_KINDS
};

struct tally_row {
	const char *a, *b; /* unit and "2017-08"; or workflow and deadline */
	int64_t n[TALLY_KINDS];
};

/** Rows sorted by (a, b). */
struct tally {
	struct tally_row *rows; /* owned */
	size_t len;
};

struct tallies {
	struct tally months;    /* by leading unit and month */
	struct tally units;     /* by leading unit; b is "" */
	struct tally deadlines; /* by workflow and deadline; no messages */
	int64_t total[TALLY_KINDS];
	int64_t later;       /* open, due after the last day */
	int64_t undated;     /* open, without a date */
	int64_t overdue;     /* open and past their day at the end */
	int64_t provisional; /* due within, in a year whose holidays are not announced */
	int64_t urgent;      /* of the messages */
};

/**
 * Go through all deadlines and messages once. Only what lies within the days of the rehearsal counts; what was
 * superseded or waived is begun, and else nothing. *ret is the caller's, tallies_done().
 */
ANJU_MUST_CHECK anju_status rehearse_tally(
	const struct rehearsal *rehearsal, struct tallies *ret, anju_error *err);
void tallies_done(struct tallies *tallies);

/**
 * How many deadlines are due on each of `n` days from `first` on, in cases whose region begins with `region`.
 * What lies outside of the rehearsal's days counts too, so far as it is known at the end.
 */
ANJU_MUST_CHECK anju_status rehearse_days(const struct rehearsal *rehearsal, const char *region,
	int32_t first, size_t n, uint32_t *counts, anju_error *err);

/** Is it still wanted, or was it met: neither superseded nor waived? */
bool rehearse_counts_as_due(const struct store_deadline *row);
/** Was it not met by its last permissible day, seen from the instant `end_ms`? */
bool rehearse_is_missed(const struct store_deadline *row, int64_t end_ms);

#endif
