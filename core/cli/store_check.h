/** Is a data folder sound? Shared by the commands that check one. */
#ifndef CORE_CLI_STORE_CHECK_H
#define CORE_CLI_STORE_CHECK_H

#include "cli/cli.h"

/** Check rows and folds of `folder`, print what was found. Returns enum cli_exit: CLI_FINDINGS when not sound. */
int store_check_folder(struct cli *cli, const char *folder);

#endif
