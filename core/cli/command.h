/**
 * The table of commands: one row says everything about a command. Parsing, help, completion and the manual
 * page all read the same row.
 */
#ifndef CORE_CLI_COMMAND_H
#define CORE_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/messages.h"

struct cli;

/** A text in both languages, by enum lang. */
struct words {
	const char *text[2];
};

struct cli_option {
	const char *name;  /* without the dashes */
	const char *value; /* placeholder such as "FILE"; NULL = a flag */
	bool many;         /* may be given several times */
	struct words what;
};

#define COMMAND_ANY ((size_t)-1)

struct command {
	const char *name;  /* "case send" */
	const char *usage; /* operands as in "CASE EVENT [FIELD=VALUE…]"; "" if none */
	size_t args_min, args_max;
	struct words what;                /* one line */
	struct words more;                /* a paragraph for its own help; may be NULL */
	const struct cli_option *options; /* ends with a NULL name; or NULL */
	const char *const *examples;      /* NULL-terminated command lines; or NULL */
	bool hidden;                 /* not for people: left out of help, completion and manual */
	int (*run)(struct cli *cli); /* returns enum cli_exit */
};

size_t command_count(void);
const struct command *command_at(size_t i);
/** Options that every command takes; ends with a NULL name. */
extern const struct cli_option command_global_options[];

/** By its whole name; NULL if there is none. */
const struct command *command_find(const char *name);
/** Is `word` the first of two in some command? */
bool command_is_group(const char *word);
/** The command, or word in place, that is nearest to what was typed; NULL if nothing is near. `group` NULL:
 *  first words; else second words of that group. */
const char *command_nearest(const char *group, const char *typed);

#endif
