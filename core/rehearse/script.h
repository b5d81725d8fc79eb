/**
 * A line of a script (*.script.jsonl): who does what when. For `anjuctl replay`, which tells it to a daemon, and for
 * rehearsals.
 */
#ifndef CORE_REHEARSE_SCRIPT_H
#define CORE_REHEARSE_SCRIPT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "anju/error.h"

struct script_line {
	json_t *doc;        /* owned: the line, what all else points into; script_line_done */
	int64_t at_ms;      /* INT64_MIN: names no instant */
	const char *method; /* "case.send" */
	json_t *params;     /* an object, made if the line has none */
	bool refusal_wanted;
};

#define SCRIPT_NO_TIME INT64_MIN

/**
 * Read one line strictly; "as" of the line is put into the params.
 *
 * no  number of the line, for messages
 * ANJU_E_INVALID "cli.script" (where: the number). *ret is written in any case, so that it may be let go.
 */
ANJU_MUST_CHECK anju_status script_line_parse(
	const char *text, size_t n, int64_t no, struct script_line *ret, anju_error *err);
void script_line_done(struct script_line *line);

#endif
