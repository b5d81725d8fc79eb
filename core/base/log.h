/**
 * Structured log lines on standard error, one a line, logfmt:
 *   ts=2017-08-16T08:00:00+08:00 level=info part=engine event=batch n=12 us=310
 * Values with blanks, quotes or "=" are quoted. Any thread; never waits: what standard error does not take is lost, and
 * how many lines were is said (event=lines_lost) as soon as it takes some again.
 */
#ifndef CORE_BASE_LOG_H
#define CORE_BASE_LOG_H

#include "anju/error.h"

enum log_level { LOG_DEBUG_, LOG_INFO_, LOG_WARN_, LOG_ERROR_ };

/** Lines below `level` are dropped. Call once before threads start. */
void log_set_level(enum log_level level);

/**
 * One line; `fmt` makes its tail of key=value pairs, as in
 * log_line(LOG_INFO_, "engine", "started", "cases=%d", n). Put free text through log_quote.
 */
void log_line(enum log_level level, const char *part, const char *event, const char *fmt, ...)
	ANJU_PRINTF(4, 5);

/** Log an error value: id, text, file, where. */
void log_error(const char *part, const char *event, const anju_error *err);

/** `s` as a logfmt value in a static thread-local buffer (four in rotation). */
const char *log_quote(const char *s);

#endif
