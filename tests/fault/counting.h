/**
 * The daemon's own job that counts dates again (engine/recount.h), in a life on a disk that fails: it begins because of a
 * holiday notice or because somebody asks for it, and goes on page by page between everything else that happens. A life
 * that is lived again in trouble is brought as far, after each act, as it was in calm.
 */
#ifndef TESTS_FAULT_COUNTING_H
#define TESTS_FAULT_COUNTING_H

#include "life.h"

/** Where the job stands that the store speaks of. */
struct counting {
	int64_t job;   /* 0: there was none */
	int64_t after; /* the last case that is done */
	int64_t seen, cases, failed;
	bool done;
};

/** False while the disk is in trouble. */
bool counting_read(struct world *w, struct counting *ret);

/** In calm. `notice`: JSON text; "": all dates by the calendar in force. None may be under way. */
void counting_begin(struct world *w, const char *notice);
/** In calm: so many pages further, -1: to the end. */
void counting_go(struct world *w, int pages, struct counting *ret);
/** In trouble: until it stands where it stood in calm; `notice`: what it begins with if it has not begun. */
void counting_until(struct world *w, const struct counting *goal, const char *notice);

/** What the jobs say that they moved is what stands in the cases' journals. */
void counting_check(struct world *w);

/** How often it was cut short, and how many pages were counted, in all lives. */
extern int counting_cuts, counting_pages;

#endif
