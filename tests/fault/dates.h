/**
 * Downtime in a life (life.h), and what must hold of dates and reminders at any moment.
 */
#ifndef TESTS_FAULT_DATES_H
#define TESTS_FAULT_DATES_H

#include "life.h"

/** anju is down, and the clock goes on to `to_ms` meanwhile; then it starts. The power does not fail while the clock
 *  is set. */
void be_absent(struct world *w, int64_t to_ms);

/** What the clock should have done is done: nothing is due any more. */
void check_clock(struct world *w);
/** Deadlines and reminders, row by row. */
void check_rows(struct world *w);
/** Counting every open date again moves none: each is what its rule says. While a job counts: of the cases that it has
 *  come past. */
void check_dates(struct world *w);
/** Rows that no dump shows: lines that wait for a morning, how far obligations have come. Added to `out`. */
void add_rows(struct world *w, struct buf *out);

#endif
