#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "unit/plugin/kit.h"
#include "unit/support.h"

ANJU_TEST(plugin_loader, each_fault_is_refused_with_its_own_message)
{
	static const struct {
		const char *name, *id;
		anju_status status;
	} faults[] = {
		{"bad_magic", "plugin.bad_magic", ANJU_E_UNSUPPORTED},
		{"bad_abi", "plugin.bad_abi", ANJU_E_UNSUPPORTED},
		{"bad_size", "plugin.bad_size", ANJU_E_UNSUPPORTED},
		{"too_big", "plugin.bad_size", ANJU_E_UNSUPPORTED},
		{"unknown_kind", "plugin.unknown_kind", ANJU_E_UNSUPPORTED},
		{"wrong_kinds", "plugin.offer_mismatch", ANJU_E_INVALID},
		{"wrong_name", "plugin.wrong_name", ANJU_E_INVALID},
		{"wrong_version", "plugin.wrong_version", ANJU_E_INVALID},
		{"no_symbol", "plugin.no_symbol", ANJU_E_UNSUPPORTED},
		{"missing_function", "plugin.missing_function", ANJU_E_INVALID},
		{"manifest_differs", "plugin.manifest_differs", ANJU_E_INVALID},
		{"unresolved", "plugin.open", ANJU_E_PLUGIN},
		{"not_there", "plugin.not_found", ANJU_E_NOTFOUND},
		{"good good", "plugin.duplicate", ANJU_E_EXISTS},
		{"good second", "plugin.duplicate_offer", ANJU_E_EXISTS},
		{"../good", "plugin.bad_name", ANJU_E_INVALID},
		{"Good", "plugin.bad_name", ANJU_E_INVALID},
	};
	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
		struct plugin_set *set = NULL;
		anju_error err = {0};
		anju_status st = kit_load(faults[i].name, NULL, &set, &err);
		cr_expect_eq(st, faults[i].status, "%s: status %d", faults[i].name, (int)st);
		cr_expect_eq(err.status, st, "%s", faults[i].name);
		cr_expect_str_eq(err.id, faults[i].id, "%s: %s", faults[i].name, err.text);
		cr_expect_null(set);
		cr_expect_neq(err.found[0], '\0', "%s", faults[i].name);
		kit_has_sentences(faults[i].id);
	}
}

ANJU_TEST(plugin_loader, names_that_are_no_strings_are_refused)
{
	static const char *const dirs[] = {TEST_PLUGINS_DIR, NULL};
	struct plugin_options options = {.dirs = dirs};
	ANJU_AUTO_JSON *names = json_pack("[i]", 3);
	struct plugin_set *set = NULL;
	anju_error err = {0};
	assert_status(plugin_set_load(&options, names, &set, &err), ANJU_E_INVALID);
	cr_assert_str_eq(err.id, "plugin.bad_name");
}

ANJU_TEST(plugin_loader, starts_and_ends_in_order_with_config)
{
	char *folder = kit_folder();
	char trace[256];
	snprintf(trace, sizeof trace, "%s/trace", folder);
	ANJU_AUTO_JSON *configs = json_pack("{s:{s:s}}", "good", "trace", trace);
	struct plugin_set *set = kit_must_load("good slow", configs);
	cr_assert_eq(plugin_set_count(set), 2);
	const struct plugin *p = plugin_set_find(set, "good");
	cr_assert_not_null(p);
	cr_assert_eq(p, plugin_set_at(set, 0));
	cr_assert_null(plugin_set_at(set, 2));
	cr_assert_null(plugin_set_find(set, "second"));
	cr_assert_str_eq(plugin_name(p), "good");
	cr_assert_str_eq(plugin_version(p), "1.0.0");
	cr_assert_eq(plugin_kinds(p), ANJU_KIND_POLICY | ANJU_KIND_CHANNEL | ANJU_KIND_CALENDAR);
	cr_assert(plugin_offers_policy(p, "echo"));
	cr_assert_not(plugin_offers_policy(p, "mem"));
	cr_assert(plugin_offers_calendar(p, "days"));
	cr_assert_eq(plugin_set_channel(set, "mem"), p);
	cr_assert_null(plugin_set_channel(set, "sms"));
	cr_assert_str_eq(json_string_value(json_object_get(plugin_manifest(p), "name")), "good");
	plugin_set_free(set);
	ANJU_AUTO_MEM char *told = kit_read(folder, "trace");
	cr_assert_str_eq(told, "init\n" TEST_PLUGINS_DIR "\nstop\nfini\n");
	cr_assert_null(json_object_get(json_object_get(configs, "good"), "dir"),
		"the caller's configuration is not ours to change");
	kit_remove(folder);
	free(folder);
}

ANJU_TEST(plugin_loader, failed_init_leaves_nothing_behind)
{
	char *folder = kit_folder();
	char trace[256];
	snprintf(trace, sizeof trace, "%s/trace", folder);
	ANJU_AUTO_JSON *configs = json_pack("{s:{s:s}}", "good", "trace", trace);
	struct plugin_set *set = NULL;
	anju_error err = {0};
	assert_status(kit_load("good fail_init", configs, &set, &err), ANJU_E_BUSY);
	cr_assert_str_eq(err.id, "test.init");
	cr_assert_str_eq(err.text, "plugin fail_init: init: as asked");
	cr_assert_null(set);
	ANJU_AUTO_MEM char *told = kit_read(folder, "trace");
	cr_assert_not_null(
		strstr(told, "stop\nfini\n"), "what was loaded before is ended: %s", told);
	ANJU_AUTO_JSON *in_check = json_pack("{s:{s:b}}", "fail_init", "in_check", 1);
	assert_status(kit_load("fail_init", in_check, &set, &err), ANJU_E_BUSY);
	cr_assert_str_eq(err.id, "test.check");
	kit_remove(folder);
	free(folder);
}

ANJU_TEST(plugin_loader, config_must_be_an_object)
{
	ANJU_AUTO_JSON *configs = json_pack("{s:[]}", "good");
	struct plugin_set *set = NULL;
	anju_error err = {0};
	assert_status(kit_load("good", configs, &set, &err), ANJU_E_INVALID);
	cr_assert_str_eq(err.id, "plugin.config");
	cr_assert_str_eq(err.where, "/plugins/good");
}

/** A folder with the shared object of `name` (a copy) and its manifest. */
static char *folder_with(const char *name)
{
	char *folder = kit_folder();
	char command[1024];
	snprintf(command, sizeof command, "cp %s/%s.so %s/%s.json %s/", TEST_PLUGINS_DIR, name,
		TEST_PLUGINS_DIR, name, folder);
	cr_assert_eq(system(command), 0); /* allowed: test */
	return folder;
}

static void set_mode(const char *folder, const char *file, mode_t mode)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s", folder, file);
	cr_assert_eq(chmod(path, mode), 0);
}

static void expect_insecure(const char *folder, const char *blamed)
{
	struct plugin_set *set = NULL;
	anju_error err = {0};
	assert_status(kit_load_from(folder, "good", &set, &err), ANJU_E_DENIED);
	cr_assert_str_eq(err.id, "plugin.insecure");
	cr_assert_not_null(strstr(err.file, blamed), "%s blamed, not %s", err.file, blamed);
}

ANJU_TEST(plugin_loader, writable_by_others_is_refused)
{
	char *folder = folder_with("good");
	struct plugin_set *set = NULL;
	anju_error err = {0};
	assert_ok(kit_load_from(folder, "good", &set, &err), err);
	plugin_set_free(set);
	set_mode(folder, "good.so", 0757);
	expect_insecure(folder, "good.so");
	set_mode(folder, "good.so", 0755);
	set_mode(folder, "good.json", 0646);
	expect_insecure(folder, "good.json");
	set_mode(folder, "good.json", 0644);
	set_mode(folder, ".", 0707);
	expect_insecure(folder, folder);
	set_mode(folder, ".", 0700);
	set = NULL;
	assert_ok(kit_load_from(folder, "good", &set, &err), err);
	plugin_set_free(set);
	kit_remove(folder);
	free(folder);
}

ANJU_TEST(plugin_loader, group_write_and_foreign_owners_are_refused)
{
	if (geteuid() != 0)
		cr_skip_test("needs root to give files away");
	char *folder = folder_with("good");
	char so[512];
	snprintf(so, sizeof so, "%s/good.so", folder);
	cr_assert_eq(chown(so, 0, 12345), 0);
	set_mode(folder, "good.so", 0775);
	expect_insecure(folder, "good.so");
	set_mode(folder, "good.so", 0755);
	cr_assert_eq(chown(so, 12345, 0), 0);
	expect_insecure(folder, "good.so");
	kit_remove(folder);
	free(folder);
}

ANJU_TEST(plugin_loader, a_folder_in_place_of_a_file_is_refused)
{
	char *folder = kit_folder();
	char so[512];
	snprintf(so, sizeof so, "%s/good.so", folder);
	cr_assert_eq(mkdir(so, 0700), 0);
	struct plugin_set *set = NULL;
	anju_error err = {0};
	assert_status(kit_load_from(folder, "good", &set, &err), ANJU_E_DENIED);
	cr_assert_str_eq(err.id, "plugin.not_regular");
	kit_has_sentences(err.id);
	kit_remove(folder);
	free(folder);
}

ANJU_TEST(plugin_loader, a_folder_of_its_own_is_found)
{
	char *outer = kit_folder();
	char *inner = folder_with("good");
	char nested[512];
	snprintf(nested, sizeof nested, "%s/good", outer);
	cr_assert_eq(rename(inner, nested), 0);
	struct plugin_set *set = NULL;
	anju_error err = {0};
	assert_ok(kit_load_from(outer, "good", &set, &err), err);
	plugin_set_free(set);
	kit_remove(outer);
	free(outer);
	free(inner);
}

ANJU_TEST(plugin_loader, the_manifest_is_read_before_code_runs)
{
	char *folder = folder_with("constructor");
	struct plugin_set *set = NULL;
	anju_error err = {0};
	unsetenv("ANJU_TEST_OPENED");
	kit_write(folder, "constructor.json", "{}");
	assert_status(kit_load_from(folder, "constructor", &set, &err), ANJU_E_INVALID);
	cr_assert_null(getenv("ANJU_TEST_OPENED"), "code ran before its manifest was accepted");
	char path[512];
	snprintf(path, sizeof path, "%s/constructor.json", folder);
	cr_assert_eq(unlink(path), 0);
	assert_status(kit_load_from(folder, "constructor", &set, &err), ANJU_E_NOTFOUND);
	cr_assert_str_eq(err.id, "plugin.no_manifest");
	cr_assert_null(getenv("ANJU_TEST_OPENED"));
	kit_has_sentences(err.id);
	set = kit_must_load("constructor", NULL);
	cr_assert_not_null(getenv("ANJU_TEST_OPENED"), "the test itself can see code running");
	plugin_set_free(set);
	kit_remove(folder);
	free(folder);
}

ANJU_TEST(plugin_loader, manifests_only_opens_nothing)
{
	static const char *const dirs[] = {TEST_PLUGINS_DIR, NULL};
	struct plugin_options options = {.dirs = dirs, .manifests_only = true};
	ANJU_AUTO_JSON *names = json_pack("[s, s]", "constructor", "fail_init");
	struct plugin_set *set = NULL;
	anju_error err = {0};
	unsetenv("ANJU_TEST_OPENED");
	assert_ok(plugin_set_load(&options, names, &set, &err), err);
	cr_assert_null(getenv("ANJU_TEST_OPENED"));
	struct plugin *p = plugin_set_at(set, 0);
	cr_assert(plugin_offers_policy(p, "yes"));
	cr_assert_eq(plugin_kinds(p), ANJU_KIND_POLICY);
	ANJU_AUTO_JSON *input = json_object();
	json_t *verdict = NULL;
	assert_status(plugin_policy(p, "yes", input, 10, &verdict, &err), ANJU_E_UNSUPPORTED);
	cr_assert_str_eq(err.id, "plugin.not_running");
	kit_has_sentences(err.id);
	plugin_set_free(set);
}

#define T   "'title': {'zh': '测', 'en': 't'}"
#define TOP "'name': 'good', 'version': '1', 'abi': 1, " T ", "
#define FN  "'policies': [{'function': 'yes', " T "}]"

ANJU_TEST(plugin_loader, bad_manifests_are_refused_with_their_place)
{
	static const struct {
		const char *text, *id, *where;
	} bad[] = {
		{"{", "json.syntax", ""},
		{"[]", "json.type", ""},
		{"{}", "json.missing", "/name"},
		{"{'name': 'other'}", "plugin.wrong_name", "/name"},
		{"{'name': 'good', 'version': '1'}", "plugin.bad_abi", "/abi"},
		{"{'name': 'good', 'version': '1', 'abi': 2}", "plugin.bad_abi", "/abi"},
		{"{" TOP "'kinds': []}", "json.missing", "/kinds"},
		{"{" TOP "'kinds': ['magic']}", "plugin.unknown_kind", "/kinds/0"},
		{"{" TOP "'kinds': ['policy'], 'more': 1}", "json.unknown_member", "/more"},
		{"{" TOP "'kinds': ['policy']}", "plugin.offer_mismatch", "/policies"},
		{"{" TOP "'kinds': ['channel'], 'channels': [{'name': 'mem', " T "}], " FN "}",
			"plugin.offer_mismatch", "/policies"},
		{"{" TOP "'kinds': ['policy'], 'policies': [1]}", "json.type", "/policies/0"},
		{"{" TOP "'kinds': ['policy'], 'policies': [{'function': 'A b', " T "}]}",
			"plugin.bad_name", "/policies/0/function"},
		{"{" TOP "'kinds': ['policy'], 'policies': [{'function': 'yes'}]}", "json.missing",
			"/policies/0/title"},
		{"{" TOP "'kinds': ['policy'], 'policies': [{'function': 'yes', 'title': {'zh': "
		 "'', 'en': 'x'}}]}",
			"json.type", "/policies/0/title/zh"},
		{"{" TOP "'kinds': ['policy'], 'policies': [{'function': 'yes', " T "}, "
		 "{'function': 'yes', " T "}]}",
			"plugin.duplicate_offer", "/policies/1"},
		{"{" TOP "'kinds': ['policy'], 'policies': [{'function': 'yes', " T ", 'rows': "
		 "[1]}]}",
			"json.type", "/policies/0/rows/0"},
		{"{" TOP "'kinds': ['policy'], 'policies': [{'function': 'yes', " T ", 'params': "
		 "{'a': {'type': 'int'}}}]}",
			"json.missing", "/policies/0/params/a/title"},
		{"{" TOP "'kinds': ['policy'], 'policies': [{'function': 'yes', " T ", 'fields': "
		 "{'a': 1}}]}",
			"json.type", "/policies/0/fields/a"},
		{"{" TOP "'kinds': ['policy'], 'config': {'a': 1}, " FN "}", "json.type",
			"/config/a"},
	};
	char *folder = folder_with("good");
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		ANJU_AUTO_MEM char *text = strdup(bad[i].text);
		for (char *p = text; *p != '\0'; p++)
			*p = *p == '\'' ? '"' : *p;
		kit_write(folder, "good.json", text);
		struct plugin_set *set = NULL;
		anju_error err = {0};
		cr_expect_neq(kit_load_from(folder, "good", &set, &err), ANJU_OK, "%s", text);
		cr_expect_str_eq(err.id, bad[i].id, "%s: %s", text, err.text);
		cr_expect_str_eq(err.where, bad[i].where, "%s: %s", text, err.text);
		cr_expect_not_null(strstr(err.file, "good.json"), "%s", err.file);
		kit_has_sentences(bad[i].id);
	}
	/* a proper manifest, but not the one inside */
	ANJU_AUTO_JSON *other = kit_json("{" TOP "'kinds': ['policy'], " FN "}");
	ANJU_AUTO_MEM char *text = json_text(other);
	kit_write(folder, "good.json", text);
	struct plugin_set *set = NULL;
	anju_error err = {0};
	assert_status(kit_load_from(folder, "good", &set, &err), ANJU_E_INVALID);
	cr_assert_str_eq(err.id, "plugin.offer_mismatch");
	kit_remove(folder);
	free(folder);
}
