#include "cli/world.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"

#ifndef ANJU_PLUGINDIR
#define ANJU_PLUGINDIR "/usr/lib/anju/plugins"
#endif
#define DIRS_MAX 16

void cli_print_finding(void *ctx, const anju_error *finding)
{
	struct cli *cli = ctx;
	anju_error plain = *finding;
	const char *template = message_template(finding->id, cli->lang);
	if (template == NULL || strstr(template, "{file}") == NULL)
		plain.file[0] = '\0'; /* the place stands before the sentence already */
	ANJU_AUTO_BUF text = BUF_INIT;
	message_render_error(&text, &plain, cli->lang);
	fprintf(cli->err, "%s%s%s: %s [%s]\n", finding->file, finding->where[0] != '\0' ? "#" : "",
		finding->where, text.data != NULL ? text.data : finding->text, finding->id);
}

/* Where plugins lie when this runs from its build folder; false if it does not. */
static bool built_plugins(char *out, size_t size)
{
	char exe[PATH_MAX];
	struct stat st;
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	if (n <= 0)
		return false;
	exe[n] = '\0';
	char *slash = strrchr(exe, '/');
	if (slash == NULL)
		return false;
	*slash = '\0';
	return (size_t)snprintf(out, size, "%s/plugins", exe) < size && stat(out, &st) == 0 &&
	       S_ISDIR(st.st_mode);
}

struct findings {
	struct cli *cli;
	size_t n;
};

static void on_finding(void *ctx, const anju_error *finding)
{
	struct findings *findings = ctx;
	findings->n++;
	cli_print_finding(findings->cli, finding);
}

int cli_world_load(struct cli *cli, const char *dir, struct sandbox_world *ret)
{
	char built[PATH_MAX];
	const char *dirs[DIRS_MAX + 3], *given;
	size_t n = 0;
	while (n < DIRS_MAX && (given = cli_value_at(cli, "plugins", n)) != NULL)
		dirs[n++] = given;
	if (built_plugins(built, sizeof built))
		dirs[n++] = built;
	dirs[n++] = ANJU_PLUGINDIR;
	dirs[n] = NULL;
	struct findings findings = {.cli = cli};
	struct sandbox_world_options options = {.dir = dir,
		.leaf = cli_value(cli, "pack"),
		.plugin_dirs = dirs,
		.report = on_finding,
		.report_ctx = &findings};
	anju_error err = {0};
	log_set_level(LOG_ERROR_);
	if (sandbox_world_load(&options, ret, &err) == ANJU_OK)
		return CLI_OK;
	return findings.n > 0 ? CLI_USAGE : cli_fail(cli, CLI_USAGE, &err);
}
