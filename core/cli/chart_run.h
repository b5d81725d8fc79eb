/**
 * `anjuctl chart run`: statecharts in, what they do out, one JSON object a line; so that the engine
 * can be held against any other.
 */
#ifndef CORE_CLI_CHART_RUN_H
#define CORE_CLI_CHART_RUN_H

#include <stddef.h>
#include <stdio.h>

#include "base/buf.h"
#include "cli/chart_calls.h"

/**
 * Answer each line of `in` on `out` until the end of `in`; a line that cannot be answered gets an
 * answer with "error". Returns 0, or 1 if `out` could not be written or memory ran out.
 */
int chart_run_main(FILE *in, FILE *out);
/** The same with other names for CEL's `event` and `context`. */
int chart_run_named(FILE *in, FILE *out, const struct chart_run_names *names);
/** The answer to one request, without newline. */
void chart_run_answer(
	const char *line, size_t n, const struct chart_run_names *names, struct buf *out);

#endif
