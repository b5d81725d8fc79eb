/* What the program itself says of a file of each kind: the other side of the comparison with the schemas.
 *   verdict PACKS LEAF < REQUESTS
 * PACKS are sound packs, for what refers to units and workflows. Each request is a line of words, answered by
 * a line of JSON: the findings as [{"rule", "file", "where"}], empty if there are none.
 *   pack DIR LEAF       pack.json, units.json, messages.json, obligations.json, *.workflow.json
 *   import DIR NAME     <name>.import.json in one of DIR's folders
 *   discover -          answered by what rpc.discover answers
 *   calendar|config|migration|plugin|scenario FILE
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/json.h"
#include "calendar/calendar.h"
#include "daemon/settings.h"
#include "import/table.h"
#include "migrate/plan.h"
#include "org/org.h"
#include "pack/pack.h"
#include "plugin/manifest.h"
#include "rpc/discover.h"
#include "scenario/scenario.h"

static void note(void *ctx, const anju_error *err)
{
	json_t *list = ctx;
	json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}", "rule", err->id, "file",
					    err->file, "where", err->where, "found", err->found));
}

static void judge_pack(json_t *list, const char *dir, const char *leaf)
{
	struct pack_options options = {
		.dir = dir, .leaf = leaf, .report = note, .report_ctx = list};
	ANJU_AUTO(pack_set) set = NULL;
	anju_error err = {0};
	if (pack_load(&options, &set, &err) != ANJU_OK && json_array_size(list) == 0)
		note(list, &err);
}

static anju_status judge_import(
	struct pack_set *packs, const char *dir, const char *name, anju_error *err)
{
	struct mapping mapping = {0};
	anju_status st = mapping_load(dir, name, packs, &mapping, err);
	if (st == ANJU_OK)
		mapping_done(&mapping);
	return st;
}

static anju_status judge_calendar(const char *path, anju_error *err)
{
	ANJU_AUTO(calendar) cal = calendar_new();
	ANJU_AUTO_JSON *doc = NULL;
	anju_status st = json_load_path(path, path, 1 << 20, &doc, err);
	return st == ANJU_OK ? calendar_add_year(cal, doc, path, err) : st;
}

/* As the daemon does it: the settings, then who may connect. */
static anju_status judge_config(const struct org *org, const char *path, anju_error *err)
{
	char *argv[] = {"anjud", "--config", (char *)path, "--data", "d", "--packs", "p", "--clock",
		"manual", "--start", "2017-08-16", NULL};
	struct settings settings = {0};
	struct grants *grants = NULL;
	anju_status st = settings_read(11, argv, &settings, err);
	if (st == ANJU_OK && settings.principals != NULL) {
		ANJU_AUTO_JSON *doc = json_pack("{s:O}", "principals", settings.principals);
		st = grants_load(org, doc, path, &grants, err);
	}
	grants_free(grants);
	settings_done(&settings);
	return st;
}

static anju_status judge_plugin(const char *path, anju_error *err)
{
	ANJU_AUTO_JSON *doc = NULL;
	uint32_t kinds = 0;
	const char *name = strrchr(path, '/') + 1;
	ANJU_AUTO_MEM char *word = strndup(name, strcspn(name, "."));
	return manifest_load(path, word, &doc, &kinds, err);
}

static anju_status judge_migration(const char *path, anju_error *err)
{
	ANJU_AUTO_JSON *doc = NULL;
	ANJU_AUTO(plan) plan = NULL;
	anju_status st = json_load_path(path, path, 1 << 20, &doc, err);
	return st == ANJU_OK ? plan_read(doc, path, &plan, err) : st;
}

static void judge_scenario(json_t *list, const struct pack_set *packs, const char *path)
{
	ANJU_AUTO_JSON *doc = NULL;
	anju_error err = {0};
	if (json_load_path(path, path, 1 << 20, &doc, &err) != ANJU_OK)
		note(list, &err);
	else
		(void)scenario_check(doc, path, packs, note, list);
}

static void judge(json_t *list, struct pack_set *packs, char *const word[3])
{
	const char *kind = word[0], *path = word[1];
	anju_error err = {0};
	anju_status st = ANJU_OK;
	if (strcmp(kind, "pack") == 0)
		judge_pack(list, path, word[2]);
	else if (strcmp(kind, "scenario") == 0)
		judge_scenario(list, packs, path);
	else if (strcmp(kind, "import") == 0)
		st = judge_import(packs, path, word[2], &err);
	else if (strcmp(kind, "calendar") == 0)
		st = judge_calendar(path, &err);
	else if (strcmp(kind, "config") == 0)
		st = judge_config(pack_set_org(packs), path, &err);
	else if (strcmp(kind, "migration") == 0)
		st = judge_migration(path, &err);
	else if (strcmp(kind, "plugin") == 0)
		st = judge_plugin(path, &err);
	else
		st = anju_fail(&err, ANJU_E_INTERNAL, "test.kind", "no kind %s", kind);
	if (st != ANJU_OK)
		note(list, &err);
}

static void discover(json_t **answer)
{
	ANJU_AUTO_BUF text = BUF_INIT;
	discover_write(&text, "0");
	json_decref(*answer);
	*answer = json_loadb(text.data, text.len, 0, NULL);
}

int main(int argc, char **argv)
{
	static char line[8192];
	anju_error err = {0};
	struct pack_options options = {.dir = argv[1], .leaf = argc > 2 ? argv[2] : NULL};
	ANJU_AUTO(pack_set) packs = NULL;
	if (argc != 3 || pack_load(&options, &packs, &err) != ANJU_OK) {
		fprintf(stderr, "verdict PACKS LEAF: %s\n", err.text);
		return 2;
	}
	while (fgets(line, sizeof line, stdin) != NULL) {
		char *save = NULL, *word[3] = {NULL};
		for (int i = 0; i < 3; i++)
			word[i] = strtok_r(i == 0 ? line : NULL, " \n", &save);
		ANJU_AUTO_JSON *list = json_array();
		if (word[0] == NULL || word[1] == NULL)
			return 2;
		if (strcmp(word[0], "discover") == 0)
			discover(&list);
		else
			judge(list, packs, word);
		if (json_dumpf(list, stdout, JSON_COMPACT) != 0 || putchar('\n') == EOF ||
			fflush(stdout) != 0)
			return 1;
	}
	return 0;
}
