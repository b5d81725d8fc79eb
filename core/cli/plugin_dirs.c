#include "cli/plugin_dirs.h"

#include "plugin/plugin.h"

#ifndef ANJU_PLUGINDIR
#define ANJU_PLUGINDIR "/usr/lib/anju/plugins"
#endif

void cli_plugin_dirs(struct cli *cli, struct cli_plugin_dirs *dirs)
{
	const char *given;
	size_t n = 0;
	while (n < CLI_PLUGIN_DIRS_MAX && (given = cli_value_at(cli, "plugins", n)) != NULL)
		dirs->list[n++] = given;
	dirs->given = n;
	if (plugin_dir_built(dirs->built, sizeof dirs->built))
		dirs->list[n++] = dirs->built;
	dirs->list[n++] = ANJU_PLUGINDIR;
	dirs->list[n] = NULL;
}
