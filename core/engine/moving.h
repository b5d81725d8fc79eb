/**
 * Migrations: jobs that bring the open cases of one definition to another, case by case, through the engine like
 * anybody's commands, a few at a time so that others are not kept waiting. What a job is to do and how it ended is
 * kept in the store: one that a stop or a crash cut short goes on by itself, and cases that are there are skipped.
 */
#ifndef CORE_ENGINE_MOVING_H
#define CORE_ENGINE_MOVING_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "anju/error.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "engine/engine.h"
#include "org/org.h"
#include "pack/pack.h"

/** The migrations of one daemon. */
struct movings;

struct movings_options {
	struct pack_set *packs; /* borrowed */
	const char *folder;     /* data folder, for readers */
	struct engine *engine;  /* borrowed; outlives the set */
};

ANJU_MUST_CHECK anju_status movings_new(
	const struct movings_options *options, struct movings **ret, anju_error *err);
/** Go on with the one that was cut short, if there is one. A failure is its result, not this function's. */
ANJU_MUST_CHECK anju_status movings_resume(struct movings *movings, anju_error *err);
/** Stop what runs, wait for it, take no more; it goes on when the daemon is started again. */
void movings_stop(struct movings *movings);
/** Stops first, if that was not done. */
void movings_free(struct movings *movings);
ANJU_DEFINE_AUTO(movings)

/**
 * Begin one, or join the one that runs by the same plan.
 *
 * plan   the plan's JSON; referenced
 * file   what messages call it
 * dry    decide only, write nothing
 * Returns ANJU_OK and the job's number; ANJU_E_DENIED "engine.not_admin"; ANJU_E_INVALID (the plan, see
 * migrate/plan.h); ANJU_E_NOTFOUND "rpc.definition" (the old text is not kept); ANJU_E_BUSY "migrate.busy".
 * Thread: any but the loop, as the store is read.
 */
ANJU_MUST_CHECK anju_status moving_start(struct movings *movings, json_t *plan, const char *file,
	bool dry, const struct principal *who, int64_t *ret_job, anju_error *err);

/**
 * Where a job stands, as JSON: {"job", "workflow", "from", "to": {"hash","version"}, "actor", "reason", "dry_run",
 * "state": running|waiting|done|failed|canceled, "total", "moved", "elsewhere", "unfit", "before", "after": {state: n},
 * "cases": [{"case","state","id","where","found","allowed","text"}], "next", "error"}.
 *
 * after  cases that do not fit to skip; at most 500 are given, and the first 10,000 kept
 * ANJU_E_NOTFOUND "migrate.no_job". Any thread but the loop.
 */
ANJU_MUST_CHECK anju_status moving_status(
	struct movings *movings, int64_t job, int64_t after, struct buf *out, anju_error *err);
/** Jobs, newest first, without their cases: [{…}, …]. Any thread but the loop. */
ANJU_MUST_CHECK anju_status moving_list(struct movings *movings, struct buf *out, anju_error *err);
/** Stop a job for good after the cases in hand; those that are there stay. */
ANJU_MUST_CHECK anju_status moving_cancel(struct movings *movings, int64_t job, anju_error *err);

#endif
