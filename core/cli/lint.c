/* lint: is a folder of packs sound? Offline; reads plugins' manifests and never opens a plugin. */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "pack/pack.h"
#include "plugin/plugin.h"

#ifndef ANJU_PLUGINDIR
#define ANJU_PLUGINDIR "/usr/lib/anju/plugins"
#endif
#define DIRS_MAX 16

struct lint {
	struct cli *cli;
	json_t *findings; /* owned */
	/* Plugins asked for so far, by name: NULL set = its manifest could not be read. */
	struct {
		char name[64];
		struct plugin_set *set; /* owned */
	} plugins[32];
	size_t plugins_len;
	const char *dirs[DIRS_MAX + 1];
	bool dirs_given;
};

static void add_sentence(struct buf *out, const anju_error *err, enum lang lang)
{
	anju_error plain = *err;
	const char *template = message_template(err->id, lang);
	/* The place stands before the sentence already. */
	if (template == NULL || strstr(template, "{file}") == NULL)
		plain.file[0] = '\0';
	message_render_error(out, &plain, lang);
}

static json_t *finding_json(const anju_error *err)
{
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT, found = BUF_INIT, allowed = BUF_INIT;
	add_sentence(&zh, err, LANG_ZH);
	add_sentence(&en, err, LANG_EN);
	message_render_value(&found, err->found, LANG_EN);
	message_render_value(&allowed, err->allowed, LANG_EN);
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:{s:s, s:s}}", "file", err->file, "pointer",
		err->where, "rule", err->id, "found", found.data != NULL ? found.data : "",
		"allowed", allowed.data != NULL ? allowed.data : "", "text", "zh",
		zh.data != NULL ? zh.data : "", "en", en.data != NULL ? en.data : "");
}

static void on_finding(void *ctx, const anju_error *err)
{
	struct lint *lint = ctx;
	json_array_append_new(lint->findings, finding_json(err));
}

static struct plugin_set *load_manifest(struct lint *lint, const char *name)
{
	anju_error err = {0};
	ANJU_AUTO_JSON *names = json_pack("[s]", name);
	struct plugin_options options = {.dirs = lint->dirs, .manifests_only = true};
	struct plugin_set *set = NULL;
	if (plugin_set_load(&options, names, &set, &err) == ANJU_OK)
		return set;
	if (lint->dirs_given)
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

static void gather_dirs(struct lint *lint)
{
	size_t n = 0;
	const char *dir;
	while (n < DIRS_MAX && (dir = cli_value_at(lint->cli, "plugins", n)) != NULL)
		lint->dirs[n++] = dir;
	lint->dirs_given = n > 0;
	if (n == 0)
		lint->dirs[n] = ANJU_PLUGINDIR;
}

static void print_finding(struct cli *cli, const json_t *finding)
{
	enum lang lang = cli->lang;
	const json_t *text = json_object_get(finding, "text");
	const char *found = show_text(finding, "found"), *allowed = show_text(finding, "allowed");
	fprintf(cli->out, "%s%s%s: %s [%s]\n", show_text(finding, "file"),
		show_text(finding, "pointer")[0] != '\0' ? "#" : "", show_text(finding, "pointer"),
		show_label(cli, text), show_text(finding, "rule"));
	if (!show_is_said(text, found))
		fprintf(cli->out, tr(lang, "  现为：%s\n", "  found:   %s\n"), found);
	if (!show_is_said(text, allowed))
		fprintf(cli->out, tr(lang, "  可以：%s\n", "  allowed: %s\n"), allowed);
}

static void report(struct cli *cli, bool as_json, const json_t *findings, const char *pack)
{
	size_t i;
	json_t *v;
	if (as_json) {
		ANJU_AUTO_JSON *shown = json_pack("{s:O}", "findings", findings);
		show_json(cli, shown);
		return;
	}
	json_array_foreach((json_t *)findings, i, v) {
		print_finding(cli, v);
	}
	if (json_array_size(findings) == 0)
		fprintf(cli->out, tr(cli->lang, "%s：没有问题\n", "%s: sound\n"), pack);
	else
		fprintf(cli->out, tr(cli->lang, "%zu 处问题\n", "%zu findings\n"),
			json_array_size(findings));
}

static int lint_folder(struct lint *lint, bool as_json)
{
	struct cli *cli = lint->cli;
	anju_error err = {0};
	struct pack_options options = {.dir = cli->args[0],
		.leaf = cli_value(cli, "pack"),
		.report = on_finding,
		.report_ctx = lint,
		.policy_known = policy_known,
		.policy_ctx = lint};
	ANJU_AUTO(pack_set) set = NULL;
	anju_status st = pack_load(&options, &set, &err);
	if (st != ANJU_OK && json_array_size(lint->findings) == 0)
		on_finding(lint, &err); /* failed before it began to look */
	report(cli, as_json, lint->findings, set != NULL ? pack_set_name(set) : cli->args[0]);
	return json_array_size(lint->findings) > 0 ? CLI_FINDINGS : CLI_OK;
}

int run_lint(struct cli *cli)
{
	const char *format = cli_value(cli, "format");
	bool as_json = cli->json || (format != NULL && strcmp(format, "json") == 0);
	if (format != NULL && !as_json && strcmp(format, "text") != 0) {
		anju_error err = {0};
		(void)anju_fail(&err, ANJU_E_INVALID, "cli.option_value", "no such format");
		anju_error_where(&err, "--format");
		anju_error_found(&err, "%s", format);
		anju_error_allowed(&err, "text|json");
		return cli_fail_usage(cli, &err);
	}
	struct lint lint = {.cli = cli, .findings = json_array()};
	gather_dirs(&lint);
	int code = lint_folder(&lint, as_json);
	for (size_t i = 0; i < lint.plugins_len; i++)
		plugin_set_free(lint.plugins[i].set);
	json_decref(lint.findings);
	return code;
}
