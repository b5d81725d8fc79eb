#include <stdlib.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "unit/plugin/kit.h"
#include "unit/support.h"

#define LIMIT "'params': {'per_person_fen': 100000}"

ANJU_TEST(example_plugin, the_local_subsidy_is_judged)
{
	struct plugin_set *set = kit_must_load("local_subsidy", NULL);
	kit_yes(set, "moving_subsidy",
		"{'case': {'persons': 3, 'subsidy_fen': 300000, 'occupied_on': "
		"'2018-06-01'}, " LIMIT "}");
	kit_no(set, "moving_subsidy",
		"{'case': {'persons': 3, 'subsidy_fen': 300001, 'occupied_on': "
		"'2018-06-01'}, " LIMIT "}",
		"超过每人限额", "over the limit");
	kit_no(set, "moving_subsidy", "{'case': {'persons': 3, 'subsidy_fen': 1}, " LIMIT "}",
		"未认定实际入住", "before the family lives there");
	kit_no(set, "moving_subsidy", "{'case': {'persons': 3}}", "缺少", "is missing");
	plugin_set_free(set);
}

/** The code block of the guide is the file that was just built and tested. */
ANJU_TEST(example_plugin, the_guide_shows_the_real_code)
{
	static const char *const guides[] = {"plugins.md", "plugins.zh.md"};
	ANJU_AUTO_MEM char *code = kit_read(EXAMPLE_DIR, "local_subsidy.c");
	ANJU_AUTO_MEM char *manifest = kit_read(EXAMPLE_DIR, "local_subsidy.json");
	for (size_t i = 0; i < 2; i++) {
		ANJU_AUTO_MEM char *guide = kit_read(GUIDE_DIR, guides[i]);
		cr_assert_not_null(guide);
		cr_assert_not_null(strstr(guide, code), "%s shows other code", guides[i]);
		cr_assert_not_null(strstr(guide, manifest), "%s shows another manifest", guides[i]);
	}
}
