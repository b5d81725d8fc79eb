/* lint: is a folder of packs sound? Offline; reads plugins' manifests and never opens a plugin. */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/lint_show.h"
#include "cli/plugin_dirs.h"
#include "cli/show.h"
#include "pack/pack.h"
#include "plugin/plugin.h"

enum lint_format { FORMAT_TEXT, FORMAT_JSON, FORMAT_SARIF };

struct lint {
	struct cli *cli;
	enum lint_format format;
	anju_error errors[16]; /* of plugins' manifests; each is asked for once */
	size_t errors_len;
	/* Plugins asked for so far, by name: NULL set = its manifest could not be read. */
	struct {
		char name[64];
		struct plugin_set *set; /* owned */
	} plugins[32];
	size_t plugins_len;
	struct cli_plugin_dirs dirs;
};

static void on_finding(struct lint *lint, const anju_error *err)
{
	if (lint->errors_len < sizeof lint->errors / sizeof lint->errors[0])
		lint->errors[lint->errors_len++] = *err;
}

static struct plugin_set *load_manifest(struct lint *lint, const char *name)
{
	anju_error err = {0};
	ANJU_AUTO_JSON *names = json_pack("[s]", name);
	struct plugin_options options = {.dirs = lint->dirs.list, .manifests_only = true};
	struct plugin_set *set = NULL;
	if (plugin_set_load(&options, names, &set, &err) == ANJU_OK)
		return set;
	if (lint->dirs.given > 0)
		on_finding(lint, &err);
	else
		fprintf(lint->cli->err,
			tr(lint->cli->lang,
				"插件 %s 不在手边，未核对其函数（可用 --plugins 目录）\n",
				"plugin %s is not at hand, its functions were not checked "
				"(--plugins DIR)\n"),
			name);
	return NULL;
}

static struct plugin_set *manifest_of(struct lint *lint, const char *name)
{
	for (size_t i = 0; i < lint->plugins_len; i++) {
		if (strcmp(lint->plugins[i].name, name) == 0)
			return lint->plugins[i].set;
	}
	if (lint->plugins_len == sizeof lint->plugins / sizeof lint->plugins[0])
		return NULL; /* more plugins than any county has: the rest is not checked */
	size_t at = lint->plugins_len++;
	snprintf(lint->plugins[at].name, sizeof lint->plugins[at].name, "%s", name);
	lint->plugins[at].set = load_manifest(lint, name);
	return lint->plugins[at].set;
}

static bool policy_known(void *ctx, const char *plugin, const char *function)
{
	struct plugin_set *set = manifest_of(ctx, plugin);
	return set == NULL || plugin_offers_policy(plugin_set_at(set, 0), function);
}

static void report(struct lint *lint, const struct lint_report *r)
{
	struct cli *cli = lint->cli;
	if (lint->format == FORMAT_TEXT) {
		lint_show_text(cli, r);
		return;
	}
	ANJU_AUTO_JSON *shown = lint->format == FORMAT_JSON
					? lint_show_json(r)
					: lint_sarif(r, cli->args[0], cli->lang);
	show_json(cli, shown);
}

/* Of one leaf; added to *report if there is one already. */
static anju_status lint_leaf(
	struct lint *lint, const char *leaf, struct lint_report **report, anju_error *err)
{
	struct pack_options options = {.dir = lint->cli->args[0],
		.leaf = leaf,
		.policy_known = policy_known,
		.policy_ctx = lint};
	ANJU_AUTO(lint_report) r = NULL;
	anju_status st = lint_run(&options, &r, err);
	if (st != ANJU_OK)
		return st;
	if (*report == NULL) {
		*report = ANJU_TAKE(r);
		return ANJU_OK;
	}
	return lint_report_merge_take(*report, ANJU_TAKE(r)) ? ANJU_OK : anju_fail_nomem(err);
}

/* The pack that was named, or each that no other one extends. */
static anju_status lint_leaves(struct lint *lint, struct lint_report **report, anju_error *err)
{
	const char *named = cli_value(lint->cli, "pack");
	ANJU_AUTO_JSON *leaves = NULL;
	/* what keeps the leaves from being told is a finding, reported as such below */
	if (named != NULL || pack_leaves(lint->cli->args[0], &leaves, NULL) != ANJU_OK ||
		json_array_size(leaves) == 0)
		return lint_leaf(lint, named, report, err);
	anju_status st = ANJU_OK;
	for (size_t i = 0; i < json_array_size(leaves) && st == ANJU_OK; i++)
		st = lint_leaf(lint, json_string_value(json_array_get(leaves, i)), report, err);
	return st;
}

static int lint_folder(struct lint *lint)
{
	struct cli *cli = lint->cli;
	anju_error err = {0};
	ANJU_AUTO(lint_report) r = NULL;
	anju_status st = lint_leaves(lint, &r, &err);
	if (st != ANJU_OK)
		return cli_fail(cli, CLI_FINDINGS, &err);
	for (size_t i = 0; i < lint->errors_len; i++)
		(void)lint_report_add(r, &lint->errors[i]);
	report(lint, r);
	size_t counted = r->count[LINT_ERROR] + r->count[LINT_WARNING];
	if (cli_flag(cli, "strict"))
		counted += r->count[LINT_NOTE];
	return counted > 0 ? CLI_FINDINGS : CLI_OK;
}

static bool read_format(struct lint *lint)
{
	static const char *const names[] = {"text", "json", "sarif"};
	const char *format = cli_value(lint->cli, "format");
	lint->format = lint->cli->json ? FORMAT_JSON : FORMAT_TEXT;
	if (format == NULL)
		return true;
	for (int i = 0; i < 3; i++) {
		if (strcmp(names[i], format) == 0) {
			lint->format = (enum lint_format)i;
			return true;
		}
	}
	anju_error err = {0};
	(void)anju_fail(&err, ANJU_E_INVALID, "cli.option_value", "no such format");
	anju_error_where(&err, "--format");
	anju_error_found(&err, "%s", format);
	anju_error_allowed(&err, "text|json|sarif");
	(void)cli_fail_usage(lint->cli, &err);
	return false;
}

int run_lint(struct cli *cli)
{
	struct lint lint = {.cli = cli};
	if (!read_format(&lint))
		return CLI_USAGE;
	if (cli_flag(cli, "rules")) {
		lint_show_rules(cli, lint.format != FORMAT_TEXT);
		return CLI_OK;
	}
	if (cli->args_len == 0) {
		anju_error err = {0};
		(void)anju_fail(&err, ANJU_E_INVALID, "cli.args_few", "no folder");
		anju_error_allowed(&err, "DIR");
		return cli_fail_usage(cli, &err);
	}
	cli_plugin_dirs(cli, &lint.dirs);
	int code = lint_folder(&lint);
	for (size_t i = 0; i < lint.plugins_len; i++)
		plugin_set_free(lint.plugins[i].set);
	return code;
}
