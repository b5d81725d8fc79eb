#include "cli/world.h"

#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/log.h"
#include "cli/plugin_dirs.h"

#ifndef ANJU_PACKS_DIR
#define ANJU_PACKS_DIR "/usr/share/anju/workflows"
#endif
#define PLAIN_DIR "workflows"

const char *cli_packs_dir(const char *given)
{
	struct stat st;
	if (given != NULL)
		return given;
	return stat(PLAIN_DIR, &st) == 0 && S_ISDIR(st.st_mode) ? PLAIN_DIR : ANJU_PACKS_DIR;
}

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
	return cli_world_load_leaf(cli, dir, cli_value(cli, "pack"), ret);
}

int cli_world_load_leaf(
	struct cli *cli, const char *dir, const char *leaf, struct sandbox_world *ret)
{
	struct cli_plugin_dirs dirs;
	cli_plugin_dirs(cli, &dirs);
	struct findings findings = {.cli = cli};
	struct sandbox_world_options options = {.dir = dir,
		.leaf = leaf,
		.plugin_dirs = dirs.list,
		.report = on_finding,
		.report_ctx = &findings};
	anju_error err = {0};
	log_set_level(LOG_ERROR_);
	if (sandbox_world_load(&options, ret, &err) == ANJU_OK)
		return CLI_OK;
	return findings.n > 0 ? CLI_USAGE : cli_fail(cli, CLI_USAGE, &err);
}
