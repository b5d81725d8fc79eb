/**
 * `anjuctl expr run`: CEL expressions in, values out, one JSON object a line; so that the language
 * can be held against any other implementation.
 */
#ifndef CORE_CLI_EXPR_RUN_H
#define CORE_CLI_EXPR_RUN_H

#include <stddef.h>
#include <stdio.h>

#include "base/buf.h"

/**
 * Answer each line {"id", "expr", "bindings"} of `in` on `out` with {"id", "value"} or {"id", "error"}
 * until the end of `in`. Returns 0, or 1 if `out` could not be written or memory ran out.
 */
int expr_run_main(FILE *in, FILE *out);
/** The answer to one request, without newline. */
void expr_run_answer(const char *line, size_t n, struct buf *out);

#endif
