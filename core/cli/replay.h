/** What replay.c and replay_report.c share. */
#ifndef CORE_CLI_REPLAY_H
#define CORE_CLI_REPLAY_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "cli/cli.h"

#define REPLAY_WINDOW 32

/** A request on its way. */
struct replay_line {
	int64_t no;         /* of the script */
	int64_t id;         /* of the request sent last */
	const char *method; /* borrowed: params' document */
	json_t *doc;        /* owned: the line */
	json_t *params;     /* borrowed: doc */
	bool refusal_wanted;
	bool clock; /* moves the clock; not a line of the script */
	bool again; /* the daemon was busy: to be sent once more */
};

struct replay_report {
	bool wanted;
	bool begun;
	const char *workflow; /* whose phases are the columns */
	json_t *phases;       /* owned; names */
	int widths[16];
	int64_t month_end_ms; /* next row's instant */
};

struct replay {
	struct cli *cli;
	int64_t line_no;
	int64_t now_ms; /* the daemon's clock */
	struct replay_line window[REPLAY_WINDOW];
	size_t window_len;
	int64_t ok, refused, unexpected, reconnects;
	int64_t busy_ms; /* the longest that a busy daemon asked for since then */
	bool refusal_shown;
	bool progress;
	int64_t began_ms, shown_ms; /* monotonic */
	struct replay_report report;
};

/**
 * The request that a line of the script makes; *ret_at is its instant, INT64_MIN if it names none.
 * line->doc is the caller's, also on failure. ANJU_E_INVALID "cli.script".
 */
ANJU_MUST_CHECK anju_status replay_parse(struct replay *replay, const char *text, size_t n,
	struct replay_line *line, int64_t *ret_at, anju_error *err);

/** The first row's instant. */
void report_begin(struct replay *replay);
/** A row for the present, called `label`; asks the daemon. enum cli_exit. */
int report_row(struct replay *replay, const char *label);
/** "2017-08": the month that ends at report.month_end_ms; and move on to the next one. */
void report_next(struct replay *replay, char label[16]);
void report_done(struct replay *replay);

#endif
