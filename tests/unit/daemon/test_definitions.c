#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "daemon/definitions.h"
#include "unit/support.h"

/* A pack of one workflow whose guard asks a plugin; `plugins` and `function` as given. */
static void write_pack(const char *folder, const char *plugins, const char *function)
{
	char path[160];
	snprintf(path, sizeof path, "%s/p", folder);
	cr_assert_eq(mkdir(path, 0700), 0);
	snprintf(path, sizeof path, "%s/p/pack.json", folder);
	ANJU_AUTO_FILE pack = fopen(path, "w");
	fprintf(pack,
		"{\"pack\":\"p\",\"version\":\"1\",\"regions\":[\"610322\"],\"plugins\":%s,"
		"\"title\":{\"zh\":\"包\",\"en\":\"Pack\"}}",
		plugins);
	snprintf(path, sizeof path, "%s/p/units.json", folder);
	ANJU_AUTO_FILE units = fopen(path, "w");
	fputs("{\"units\":[{\"code\":\"610322.land\",\"kind\":\"land\",\"level\":\"county\","
	      "\"region\":\"610322\","
	      "\"title\":{\"zh\":\"国土局\",\"en\":\"Land\"}}]}",
		units);
	snprintf(path, sizeof path, "%s/p/w.workflow.json", folder);
	ANJU_AUTO_FILE workflow = fopen(path, "w");
	fprintf(workflow,
		"{\"id\":\"w\",\"version\":\"1\",\"initial\":\"a\",\"meta\":{\"anju\":{\"title\":{"
		"\"zh\":\"流程\",\"en\":\"W\"},"
		"\"open\":{\"by\":[\"land@county\"]}}},\"states\":{"
		"\"a\":{\"meta\":{\"anju\":{\"title\":{\"zh\":\"甲\",\"en\":\"A\"}}},\"on\":{"
		"\"go\":{\"target\":\"b\","
		"\"guard\":{\"type\":\"policy_baoji.%s\"},\"meta\":{\"anju\":{\"title\":{\"zh\":"
		"\"去\",\"en\":\"Go\"},"
		"\"by\":[\"land@county\"]}}}}},\"b\":{\"type\":\"final\",\"meta\":{\"anju\":{"
		"\"title\":"
		"{\"zh\":\"乙\",\"en\":\"B\"}}}}}}",
		function);
}

struct rig {
	char folder[64], data[96];
	struct settings settings;
	struct definitions definitions;
	int findings;
	anju_error first, err;
};

static void note(void *ctx, const anju_error *finding)
{
	struct rig *rig = ctx;
	if (rig->findings++ == 0)
		rig->first = *finding;
}

static void start(struct rig *rig, const char *plugins, const char *function)
{
	memset(rig, 0, sizeof *rig);
	snprintf(rig->folder, sizeof rig->folder, "/tmp/anju-defs-XXXXXX");
	cr_assert_not_null(mkdtemp(rig->folder));
	snprintf(rig->data, sizeof rig->data, "%s/data", rig->folder);
	write_pack(rig->folder, plugins, function);
	rig->settings.packs = rig->folder;
	rig->settings.data = rig->data;
	rig->settings.plugin_dirs[0] = PLUGINS_DIR;
	rig->settings.plugin_dirs_len = 1;
}

static anju_status load(struct rig *rig)
{
	return definitions_load(&rig->settings, note, rig, &rig->definitions, &rig->err);
}

static void end(struct rig *rig)
{
	definitions_done(&rig->definitions);
	char cmd[128];
	snprintf(cmd, sizeof cmd, "rm -rf %s", rig->folder);
	cr_assert_eq(system(cmd), 0); /* allowed: a test's own folder */
}

ANJU_TEST(definitions, guards_find_their_plugin)
{
	struct rig rig;
	start(&rig, "[\"calendar_cn\",\"notify_spool\",\"policy_baoji\"]", "area_red_line");
	assert_ok(load(&rig), rig.err);
	const struct workflow *wf = pack_set_workflow(rig.definitions.packs, "w");
	struct guard *guard = chart_transition_at(wf->chart, 0)->guard->user;
	cr_assert_not_null(guard->policy);
	cr_assert_eq(guard->policy, plugin_set_find(rig.definitions.plugins, "policy_baoji"));
	cr_assert_eq(calendar_year_status(rig.definitions.calendar, 2017), CALENDAR_ANNOUNCED);
	struct stat st;
	char spool[128];
	snprintf(spool, sizeof spool, "%s/spool", rig.data);
	cr_assert_eq(stat(spool, &st), 0);
	cr_assert_eq(st.st_mode & 0777, 0700);
	end(&rig);
}

/* A check reads manifests only: nothing is made, no plugin code runs, and no calendar is read. */
ANJU_TEST(definitions, check_leaves_nothing_behind)
{
	struct rig rig;
	start(&rig, "[\"calendar_cn\",\"notify_spool\",\"policy_baoji\"]", "area_red_line");
	rig.settings.task = TASK_CHECK;
	assert_ok(load(&rig), rig.err);
	cr_assert_eq(access(rig.data, F_OK), -1);
	cr_assert_eq(calendar_year_status(rig.definitions.calendar, 2017), CALENDAR_PROVISIONAL);
	end(&rig);
}

ANJU_TEST(definitions, function_that_nobody_offers)
{
	struct rig rig;
	start(&rig, "[\"policy_baoji\"]", "no_such_function");
	rig.settings.task = TASK_CHECK;
	assert_status(load(&rig), ANJU_E_INVALID);
	cr_assert_eq(rig.findings, 1);
	cr_assert_str_eq(rig.first.id, "bind.policy");
	cr_assert_str_eq(rig.first.found, "policy_baoji.no_such_function");
	cr_assert_not_null(strstr(rig.first.where, "/guard"));
	cr_assert_not_null(strstr(rig.first.file, "w.workflow.json"));
	cr_assert_null(rig.definitions.packs);
	end(&rig);
}

ANJU_TEST(definitions, plugin_that_is_not_there)
{
	struct rig rig;
	start(&rig, "[\"policy_baoji\",\"nowhere\"]", "area_red_line");
	rig.settings.task = TASK_CHECK;
	cr_assert_neq(load(&rig), ANJU_OK);
	cr_assert_eq(rig.findings, 1);
	cr_assert_not_null(strstr(rig.first.text, "nowhere"));
	end(&rig);
}

ANJU_TEST(definitions, grants_are_checked)
{
	struct rig rig;
	start(&rig, "[\"policy_baoji\"]", "area_red_line");
	rig.settings.task = TASK_CHECK;
	json_t *principals = json_pack("[{s:i,s:s}]", "uid", 5, "unit", "nobody");
	rig.settings.principals = principals;
	rig.settings.config = "anju.json";
	assert_status(load(&rig), ANJU_E_INVALID);
	cr_assert_str_eq(rig.first.file, "anju.json");
	cr_assert_str_eq(rig.first.where, "/principals/0/unit");
	json_decref(principals);
	end(&rig);
}

ANJU_TEST(definitions, packs_that_are_not_there)
{
	struct rig rig;
	start(&rig, "[\"policy_baoji\"]", "area_red_line");
	rig.settings.packs = "/nonexistent";
	cr_assert_neq(load(&rig), ANJU_OK);
	end(&rig);
}
