/** Where the offline commands look for plugins. */
#ifndef CORE_CLI_PLUGIN_DIRS_H
#define CORE_CLI_PLUGIN_DIRS_H

#include <limits.h>
#include <stddef.h>

#include "cli/cli.h"

#define CLI_PLUGIN_DIRS_MAX 16

struct cli_plugin_dirs {
	const char *list[CLI_PLUGIN_DIRS_MAX + 3]; /* NULL-terminated */
	size_t given;                              /* the first so many were named by the user */
	char built[PATH_MAX];
};

/** The folders of --plugins, then beside this program when it runs from where it was built, then where plugins
 *  are installed. `dirs` must not move afterwards. */
void cli_plugin_dirs(struct cli *cli, struct cli_plugin_dirs *dirs);

#endif
