/** Showing results and refusals to people. */
#ifndef CORE_CLI_SHOW_H
#define CORE_CLI_SHOW_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/buf.h"
#include "cli/cli.h"
#include "cli/table.h"

#define SHOW_TIME_CHARS 24

/** The raw result: indented on a terminal, else one line. */
void show_json(struct cli *cli, const json_t *v);
/**
 * A JSON-RPC error: the sentence in the user's language, then found, allowed, who could, and what to do
 * next.
 */
void show_error(struct cli *cli, FILE *out, const json_t *error);
/** Does one of the two sentences hold this detail already? True for "". */
bool show_is_said(const json_t *text, const char *detail);
/** What to do about an error of this id, or NULL. */
const char *show_next_step(enum lang lang, const char *id);

/** "2017-08-16T08:00:00+08:00" → "2017-08-16 08:00"; "" when absent. Returns `out`. */
const char *show_time(const json_t *v, char out[SHOW_TIME_CHARS]);
/** The text of {"zh", "en"} in the user's language, or NULL. */
const char *show_label(const struct cli *cli, const json_t *label);
/** Strings of an array, joined. */
void show_join(const json_t *list, const char *separator, struct buf *out);
/** A member's text; "" unless it is a string. */
const char *show_text(const json_t *object, const char *member);
/** Any value in short: strings as they are, all else as JSON. */
void show_value(struct cli *cli, const json_t *v, struct buf *out);
const char *show_yes(const struct cli *cli, bool yes);

/** Print a list's table, or with --json {"items": …, "next": null}; tells when there are more. */
void show_table(struct cli *cli, const struct table *table, size_t items, bool more);

#endif
