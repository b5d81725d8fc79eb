/** Packs and plugins for the commands that try workflows out, without a daemon. */
#ifndef CORE_CLI_WORLD_H
#define CORE_CLI_WORLD_H

#include "cli/cli.h"
#include "sandbox/world.h"

/**
 * Load the packs of folder `dir`, with the options --pack and --plugins; plugins are also looked for beside this
 * program, when it runs from where it was built, and where they are installed.
 * CLI_OK, or CLI_USAGE after saying what is wrong. *ret is the caller's.
 */
int cli_world_load(struct cli *cli, const char *dir, struct sandbox_world *ret);
/** The same with this pack in place of --pack; NULL: the only one nobody extends. */
int cli_world_load_leaf(
	struct cli *cli, const char *dir, const char *leaf, struct sandbox_world *ret);
/** The folder of packs as given, else "workflows" here, else the one installed. */
const char *cli_packs_dir(const char *given);
/** finding_cb for a struct cli: file, place and sentence on standard error. */
void cli_print_finding(void *ctx, const anju_error *finding);

#endif
