/**
 * Counting dates again: jobs that go through the open cases, a few in a transaction, because working days have become
 * others (a new or revised holiday notice), because the definitions' calendar or local values are not those of the
 * last run, or because someone asks for it. How far a job has come is kept in the very transaction that moves the
 * dates, so a stop or a crash neither loses nor doubles a case; it goes on by itself at the next start.
 *
 * Loaded notices are kept in the store. For each year the notice counts whose document was issued last
 * (calendar_compare_notices); of two issued on one day a loaded one comes before the plugin's.
 */
#ifndef CORE_ENGINE_RECOUNT_H
#define CORE_ENGINE_RECOUNT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "anju/error.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "calendar/calendar.h"
#include "engine/engine.h"
#include "org/org.h"
#include "pack/pack.h"

/** The jobs of one daemon. */
struct recounts;

struct recounts_options {
	struct pack_set *packs; /* borrowed */
	const char *folder;     /* data folder, for readers */
	struct engine *engine;  /* borrowed; outlives the set */
	bool no_thread;         /* nor has the engine: recounts_step() does the work */
	int page;               /* cases a transaction, 64 at most; 0 = 64 */
};

/**
 * Put the notices that were loaded earlier into `calendar`, which nobody shares yet, as far as they count.
 * folder  data folder; the store has been opened there before
 * Returns what reading the store returns; ANJU_E_CORRUPT "calendar.kept" (a kept notice is not accepted).
 */
ANJU_MUST_CHECK anju_status recount_add_loaded(
	const char *folder, struct calendar *calendar, anju_error *err);

ANJU_MUST_CHECK anju_status recounts_new(
	const struct recounts_options *options, struct recounts **ret, anju_error *err);
/** Go on with what was cut short; else begin one if calendar or local values differ from what open dates were
 *  counted with. A failure of the job is its result, not this function's. */
ANJU_MUST_CHECK anju_status recounts_resume(struct recounts *recounts, anju_error *err);
/**
 * Of a set without threads: one transaction further with the job that runs, if any.
 *
 * ret_more  it has not ended yet
 * Returns what the job failed with, which ends it.
 */
ANJU_MUST_CHECK anju_status recounts_step(
	struct recounts *recounts, bool *ret_more, anju_error *err);
/** Stop what runs, wait for it, take no more; it goes on when the daemon is started again. */
void recounts_stop(struct recounts *recounts);
/** Stops first, if that was not done. */
void recounts_free(struct recounts *recounts);
ANJU_DEFINE_AUTO(recounts)

/**
 * Load a notice: it is stored, counts from then on, and a job counts the open dates again.
 *
 * notice  as calendar_add_year()
 * file    what messages call it
 * dry     only find out which dates would move
 * Returns ANJU_OK, the year and the job's number; ANJU_E_DENIED "engine.not_admin"; ANJU_E_INVALID (the notice);
 *         ANJU_E_CONFLICT "calendar.outranked" (the year's notice was issued later); ANJU_E_BUSY "recount.busy".
 * Thread: any but the loop.
 */
ANJU_MUST_CHECK anju_status recount_load(struct recounts *recounts, const json_t *notice,
	const char *file, bool dry, const struct principal *who, int *ret_year, int64_t *ret_job,
	anju_error *err);

/** Count all open dates again, by calendar and rules as they are. As recount_load(). */
ANJU_MUST_CHECK anju_status recount_start(struct recounts *recounts, bool dry,
	const struct principal *who, int64_t *ret_job, anju_error *err);

/**
 * Where a job stands, as JSON: {"job", "state": running|done|failed, "dry_run", "actor", "reason": {zh, en}, "total",
 * "seen", "cases", "moved", "unmarked", "failed", "units": {unit: n}, "deadlines": [{"case", "deadline", "title",
 * "was", "due", "provisional", "lead"}], "failures": [{"case", "text"}], "next", "error"}.
 *
 * job    0 = the latest
 * after  moved dates to skip; at most 500 are given, and the first 10,000 kept
 * ANJU_E_NOTFOUND "recount.no_job". Any thread but the loop.
 */
ANJU_MUST_CHECK anju_status recount_status(
	struct recounts *recounts, int64_t job, int64_t after, struct buf *out, anju_error *err);

/** The years and their notices: [{"year", "status", "source", "from": plugin|loaded|none, "loaded_at", "loaded_by"}].
 *  Up to the year after `now_ms`, later ones as far as there are notices. Any thread but the loop. */
ANJU_MUST_CHECK anju_status recount_years(
	struct recounts *recounts, int64_t now_ms, struct buf *out, anju_error *err);

#endif
