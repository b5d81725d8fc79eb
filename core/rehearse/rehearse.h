/**
 * A whole programme gone through in a sandbox, from one day to another: rosters are opened as cases, officers act
 * as a script says, and the clock brings what it brings. What came of it (who would have been told what, what
 * would have been overdue, how much each unit would have had to do in each month) is then read out.
 *
 * Nothing of it touches a daemon or its data.
 */
#ifndef CORE_REHEARSE_REHEARSE_H
#define CORE_REHEARSE_REHEARSE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "anju/error.h"
#include "base/cleanup.h"
#include "sandbox/world.h"

struct rehearsal;
struct sandbox;

struct rehearse_roster {
	const char *file;    /* CSV */
	const char *mapping; /* "household"; NULL = the one whose columns the file has */
};

#define REHEARSE_FROM_DATA INT32_MIN

struct rehearse_options {
	const struct sandbox_world
		*world;        /* borrowed, as all else here, until the rehearsal is freed */
	const char *packs_dir; /* where "<pack>/<mapping>.import.json" stands */
	const struct rehearse_roster *rosters;
	size_t rosters_len;
	const char *script; /* *.script.jsonl; NULL = nobody does anything */
	const char *data;   /* data folder whose open cases are there when it begins; NULL = none */
	/* Plans by which they come to the packs' definitions (*.migration.json). Where there is none, one is made of what
	 * can be said without its author, and dates whose rules have changed are counted again. */
	const char *const *plans;
	size_t plans_len;
	bool strict; /* a faulty row of a roster ends it before anything is done */
	/* First and last day, both whole. With `data`: not before the day where that stands; REHEARSE_FROM_DATA = that. */
	int32_t from, to;
};

/** What became of rows and lines. */
struct rehearse_counts {
	int64_t rows, opened, faulty; /* of rosters */
	int64_t taken, moved,
		unfit;       /* open cases of `data`; brought to the packs' definitions, or not */
	int64_t lines, done; /* of the script, up to the last day */
	int64_t refused;     /* against what the script expects */
	int64_t refused_wanted; /* "expect": "refused" */
	int64_t accepted;       /* though a refusal was expected */
	int64_t unreadable;     /* no line of a script, or a method that does nothing here */
	int64_t out_of_order;   /* done when their turn came, later than they say */
	int64_t after_end;      /* lines of later days, left out */
};

/**
 * Go through it. Rows and lines that are no good are kept with their reasons and are no failure.
 *
 * *ret is the caller's. As sandbox_open() and, for files that cannot be used at all: ANJU_E_INVALID "import.*",
 * "rehearse.no_mapping" (no mapping fits the file, or several), "rehearse.span" (to before from),
 * "rehearse.from" (`data` stands at a later day); ANJU_E_NOTFOUND, ANJU_E_IO with the file.
 */
ANJU_MUST_CHECK anju_status rehearse_run(
	const struct rehearse_options *options, struct rehearsal **ret, anju_error *err);
void rehearsal_free(struct rehearsal *rehearsal);
ANJU_DEFINE_AUTO(rehearsal)

struct rehearse_counts rehearsal_counts(const struct rehearsal *rehearsal);
/** Is everything as the inputs promise: no faulty row, no line that went otherwise than it says? */
bool rehearsal_is_well(const struct rehearsal *rehearsal);
struct sandbox *rehearsal_sandbox(const struct rehearsal *rehearsal);
/** The instant at which it ended: the last moment of the last day. */
int64_t rehearsal_end(const struct rehearsal *rehearsal);

/**
 * What did not go as written, in the order in which it came up, the first 10,000: [{"what": "row" | "line" |
 * "refused" | "accepted" | "out_of_order" | "unfit", "file", "line", "at", "case", "event", "id", "text": {zh, en}}].
 * Borrowed.
 */
const json_t *rehearsal_troubles(const struct rehearsal *rehearsal);
/** Message key → how often, of all of them. Borrowed. */
const json_t *rehearsal_reasons(const struct rehearsal *rehearsal);

#endif
