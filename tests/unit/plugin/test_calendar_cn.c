#include <stdlib.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "unit/plugin/kit.h"
#include "unit/support.h"

static json_t *with_folder(const char *folder)
{
	return json_pack("{s:{s:s}}", "calendar_cn", "notices", folder);
}

ANJU_TEST(calendar_cn, shipped_notices_lie_beside_the_plugin)
{
	struct plugin_set *set = kit_must_load("calendar_cn", NULL);
	anju_error err = {0};
	json_t *notices = NULL;
	assert_ok(plugin_calendar(plugin_set_at(set, 0), "cn", WAIT_MS, &notices, &err), err);
	bool has_2017 = false;
	size_t i;
	json_t *notice;
	json_array_foreach(notices, i, notice) {
		has_2017 = has_2017 || json_integer_value(json_object_get(notice, "year")) == 2017;
		cr_assert(json_is_array(json_object_get(notice, "holidays")));
	}
	cr_assert(has_2017);
	json_decref(notices);
	plugin_set_free(set);
}

ANJU_TEST(calendar_cn, another_folder_can_be_named)
{
	char *folder = kit_folder();
	kit_write(folder, "2017.json", "{\"year\": 2017}");
	kit_write(folder, "2018.json", "{\"year\": 2018}");
	kit_write(folder, ".2019.json", "not looked at");
	kit_write(folder, "notes.txt", "not looked at");
	ANJU_AUTO_JSON *configs = with_folder(folder);
	struct plugin_set *set = kit_must_load("calendar_cn", configs);
	anju_error err = {0};
	json_t *notices = NULL;
	assert_ok(plugin_calendar(plugin_set_at(set, 0), "cn", WAIT_MS, &notices, &err), err);
	ANJU_AUTO_JSON *want = kit_json("[{'year': 2017}, {'year': 2018}]");
	cr_assert(json_equal(notices, want));
	json_decref(notices);
	plugin_set_free(set);
	kit_remove(folder);
	free(folder);
}

ANJU_TEST(calendar_cn, bad_files_are_named)
{
	static const struct {
		const char *text, *why;
	} bad[] = {
		{"{\"year\": 2018", "line 1"},
		{"[2018]", "year"},
		{"{\"year\": \"2018\"}", "year"},
		{"{\"year\": 2018, \"year\": 2018}", "duplicate"},
		{"{\"year\": 2017}", "2017.json already"},
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char *folder = kit_folder();
		kit_write(folder, "2017.json", "{\"year\": 2017}");
		kit_write(folder, "2018.json", bad[i].text);
		ANJU_AUTO_JSON *configs = with_folder(folder);
		struct plugin_set *set = kit_must_load("calendar_cn", configs);
		anju_error err = {0};
		json_t *notices = NULL;
		assert_status(plugin_calendar(plugin_set_at(set, 0), "cn", WAIT_MS, &notices, &err),
			ANJU_E_PLUGIN);
		cr_expect_str_eq(err.file, "2018.json", "%s", err.text);
		cr_expect_not_null(strstr(err.text, bad[i].why), "%s", err.text);
		cr_expect_null(notices);
		plugin_set_free(set);
		kit_remove(folder);
		free(folder);
	}
}

ANJU_TEST(calendar_cn, no_notices_at_all_is_an_error)
{
	char *folder = kit_folder();
	ANJU_AUTO_JSON *configs = with_folder(folder);
	struct plugin_set *set = kit_must_load("calendar_cn", configs);
	anju_error err = {0};
	json_t *notices = NULL;
	assert_status(plugin_calendar(plugin_set_at(set, 0), "cn", WAIT_MS, &notices, &err),
		ANJU_E_PLUGIN);
	cr_assert_not_null(strstr(err.text, folder), "%s", err.text);
	kit_remove(folder);
	assert_status(plugin_calendar(plugin_set_at(set, 0), "cn", WAIT_MS, &notices, &err),
		ANJU_E_PLUGIN);
	plugin_set_free(set);
	free(folder);
}

ANJU_TEST(calendar_cn, config_is_checked)
{
	static const char *const bad[] = {
		"{'calendar_cn': {'notices': 'relative'}}",
		"{'calendar_cn': {'notices': 3}}",
		"{'calendar_cn': {'folder': '/x'}}",
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		ANJU_AUTO_JSON *configs = kit_json(bad[i]);
		struct plugin_set *set = NULL;
		anju_error err = {0};
		assert_status(kit_load("calendar_cn", configs, &set, &err), ANJU_E_INVALID);
		cr_assert_str_eq(err.id, "calendar_cn.config");
	}
}
