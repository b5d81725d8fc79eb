/** Lists for people as tables of columns: what is asked, how it is filtered, what each column shows. */
#ifndef CORE_CLI_LISTS_H
#define CORE_CLI_LISTS_H

#include <jansson.h>

#include "base/buf.h"
#include "cli/cli.h"
#include "cli/table.h"

/** Which option becomes which parameter; ends with a NULL option. */
struct list_filter {
	const char *option, *param;
	bool flag; /* "yes"/"no" become true, false */
};

enum list_cell {
	LIST_TEXT,   /* a string member as it is */
	LIST_NUMBER, /* an integer member, aligned right */
	LIST_LABEL,  /* {"zh", "en"} in the user's language */
	LIST_TIME,   /* an instant to the minute */
	LIST_OWN,    /* what `own` appends */
};

/** One column; ends with a NULL heading. */
struct list_column {
	const char *zh, *en; /* heading */
	enum list_cell kind;
	const char *member; /* of the item; unused by LIST_OWN */
	void (*own)(struct cli *cli, const json_t *item, struct buf *out);
};

struct list_view {
	const char *method;
	const struct list_filter *filters; /* or NULL */
	const struct list_column *columns;
	bool whole; /* one answer {"items"}, not pages with --limit and --all */
	bool total; /* with `whole`: a last row with the answer's own numbers */
};

/**
 * Ask with `params` (taken; NULL for none) and the filters' options, print the table, or with --json what
 * was answered. Returns enum cli_exit.
 */
int list_run(struct cli *cli, const struct list_view *view, json_t *params);

/** A table of items that are at hand already. */
void list_fill(struct cli *cli, const struct list_column *columns, const json_t *items,
	struct table *table);

/** What state it is in, in the user's language. */
const char *list_deadline_status(const struct cli *cli, const json_t *deadline);
/** The columns of a deadline; the case's key comes with list_run's lists only. */
extern const struct list_column list_deadline_columns[];

#endif
