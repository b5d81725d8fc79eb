/**
 * What came of a rehearsal, as files: tables for spreadsheets, the calendar as a picture, a summary in words. The same
 * rehearsal gives the same bytes.
 */
#ifndef CORE_REHEARSE_REPORT_H
#define CORE_REHEARSE_REPORT_H

#include <stdio.h>

#include "base/buf.h"
#include "base/messages.h"
#include "rehearse/rehearse.h"
#include "rehearse/tally.h"

/* Rows go straight to `out`, which is borrowed; its own failures show in ferror(). */
/** When, to whom, by which channel, about what, how many items. */
ANJU_MUST_CHECK anju_status report_messages(
	const struct rehearsal *rehearsal, enum lang lang, FILE *out, anju_error *err);
/** Deadlines that were not met by their last permissible day, by that day. */
ANJU_MUST_CHECK anju_status report_overdue(
	const struct rehearsal *rehearsal, enum lang lang, FILE *out, anju_error *err);
/** A line for each unit and month. */
void report_workload(const struct rehearsal *rehearsal, const struct tallies *tallies,
	enum lang lang, FILE *out);
/** What did not go as written, and why. */
void report_refused(const struct rehearsal *rehearsal, enum lang lang, FILE *out);

/** The picture of the days; `region` "" = all, else a county's. */
ANJU_MUST_CHECK anju_status report_heatmap(const struct rehearsal *rehearsal, const char *region,
	enum lang lang, struct buf *out, anju_error *err);
/** Counties that have any deadline: an array of their regions, the caller's. */
ANJU_MUST_CHECK anju_status report_counties(
	const struct rehearsal *rehearsal, json_t **ret, anju_error *err);

/** In words and figures, for people. */
void report_summary(const struct rehearsal *rehearsal, const struct tallies *tallies,
	enum lang lang, struct buf *out);
/** The same as JSON, new reference; NULL when out of memory: {"from", "to", "counts", "reasons", "total", "open",
 *  "units", "deadlines"}. */
json_t *report_json(const struct rehearsal *rehearsal, const struct tallies *tallies);
/** One page that holds the summary, the tables of units and deadlines, and the picture `svg`. */
void report_page(const struct rehearsal *rehearsal, const struct tallies *tallies,
	const struct buf *svg, enum lang lang, struct buf *out);

/** A unit's title, its code if there is none such; borrowed. */
const char *report_unit(const struct rehearsal *rehearsal, const char *code, enum lang lang);
/** A deadline's title, its name if it has none; borrowed. */
const char *report_deadline(
	const struct rehearsal *rehearsal, const char *workflow, const char *name, enum lang lang);
const char *report_workflow(
	const struct rehearsal *rehearsal, const char *workflow, enum lang lang);

#endif
