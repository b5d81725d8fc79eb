/** One machine of `anjuctl chart run` with its virtual clock, timers and external queue. */
#ifndef CORE_CLI_CHART_BATCH_H
#define CORE_CLI_CHART_BATCH_H

#include <jansson.h>

#include "anju/error.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "cli/chart_calls.h"

struct chart_batch;

/** Compile `machine`; refused as chart_compile() and chart_calls_resolve() refuse it. Not started. */
ANJU_MUST_CHECK anju_status chart_batch_new(const json_t *machine,
	const struct chart_run_names *names, struct chart_batch **ret, anju_error *err);
void chart_batch_free(struct chart_batch *batch);
ANJU_DEFINE_AUTO(chart_batch)

/** Start, and take what the entry actions sent. A run that fails ends in status "error". */
void chart_batch_start(struct chart_batch *batch);
/** Is this one of the three kinds of step, well formed? */
ANJU_MUST_CHECK anju_status chart_batch_check(const json_t *step, anju_error *err);
/** Carry out a checked step. */
void chart_batch_step(struct chart_batch *batch, const json_t *step);
/** Why the run has the status "error", or NULL. */
const anju_error *chart_batch_failure(const struct chart_batch *batch);
/** {"states", "trace", "status"} of the last start or step. */
void chart_batch_answer(const struct chart_batch *batch, struct buf *out);

#endif
