/** What lists have in common: filters from options, paging, deadline rows. */
#ifndef CORE_CLI_LISTS_H
#define CORE_CLI_LISTS_H

#include <jansson.h>

#include "cli/cli.h"
#include "cli/table.h"

/** Which option becomes which parameter; ends with a NULL option. */
struct list_filter {
	const char *option, *param;
	bool flag; /* "yes"/"no" become true, false */
};

/**
 * Ask for a list with --limit and --all. With --json the result is printed already and *ret_items is NULL.
 */
int list_items(struct cli *cli, const char *method, const struct list_filter *filters,
	json_t *params, json_t **ret_items, bool *ret_more);

void list_deadline_columns(struct cli *cli, struct table *table, bool with_case);
void list_deadline_row(
	struct cli *cli, struct table *table, const json_t *deadline, bool with_case);

#endif
