/** Commands that write to a case: the options they share, and what is said when it is done. */
#ifndef CORE_CLI_CASE_WRITE_H
#define CORE_CLI_CASE_WRITE_H

#include <stddef.h>

#include <jansson.h>

#include "cli/cli.h"

/**
 * Call `method` for the case that the first operand names, with the documents, reason, times and keys of the options.
 *
 * named  how the case and what is done go into the parameters; taken
 * from   the operand with which FIELD=VALUE begin; past the end: none
 * Returns enum cli_exit.
 */
int case_write(struct cli *cli, const char *method, json_t *named, size_t from);

#endif
