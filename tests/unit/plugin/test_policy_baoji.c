#include <stdlib.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "unit/plugin/kit.h"
#include "unit/support.h"

#define RULES                                                                                      \
	"'key': 'household/610322-0417', 'effective_at': '2018-06-30T09:00:00+08:00', 'rules': "   \
	"{'area_per_person_m2': {'max': '25.00'}, 'self_raised_per_person_fen': {'max': 250000}, " \
	"'stable_workers_min': {'min': 1}}"
#define IN(fields)         "{" RULES ", 'case': {" fields "}}"
#define IN_MORE(f, others) "{" RULES ", 'case': {" f "}, " others "}"

static struct plugin_set *load(void)
{
	return kit_must_load("policy_baoji", NULL);
}

ANJU_TEST(policy_baoji, area_red_line_is_exact)
{
	struct plugin_set *set = load();
	kit_yes(set, "area_red_line", IN("'persons': 3, 'area_m2': '75.00'"));
	kit_yes(set, "area_red_line", IN("'persons': 3, 'area_m2': '75'"));
	kit_no(set, "area_red_line", IN("'persons': 3, 'area_m2': '75.01'"),
		"户 610322-0417 住房面积超过红线：3 人 75.01 平方米，最多 75.00 平方米",
		"household 610322-0417 is over the floor area red line: 75.01 m² for 3 person(s), "
		"at "
		"most 75.00 m²");
	/* the rule may be tightened by a county */
	kit_no(set, "area_red_line",
		"{'case': {'persons': 3, 'area_m2': '75.00'}, 'rules': {'area_per_person_m2': "
		"{'max': '24.99'}}}",
		"74.97", "74.97");
	ANJU_AUTO_JSON *no = kit_ask(set, "area_red_line", IN("'persons': 1, 'area_m2': '25.01'"));
	ANJU_AUTO_JSON *want =
		kit_json("{'persons': 1, 'area_m2': '25.01', 'max_area_m2': '25.00'}");
	cr_assert(json_equal(json_object_get(no, "values"), want));
	plugin_set_free(set);
}

ANJU_TEST(policy_baoji, self_raised_red_line)
{
	struct plugin_set *set = load();
	kit_yes(set, "self_raised_red_line", IN("'persons': 4, 'self_raised_fen': 1000000"));
	kit_yes(set, "self_raised_red_line", IN("'persons': 4, 'self_raised_fen': 0"));
	kit_no(set, "self_raised_red_line", IN("'persons': 4, 'self_raised_fen': 1000001"),
		"10000.01 元，最多 10000.00 元", "10000.01 yuan for 4 person(s), at most 10000.00");
	kit_no(set, "self_raised_red_line",
		IN("'persons': 1000, 'self_raised_fen': 9223372036854775807"), "超过底线",
		"over the self-raised");
	plugin_set_free(set);
}

ANJU_TEST(policy_baoji, both_red_lines_in_one_reason)
{
	struct plugin_set *set = load();
	kit_yes(set, "red_lines",
		IN("'persons': 2, 'area_m2': '50.00', 'self_raised_fen': 500000"));
	const char *over = IN("'persons': 2, 'area_m2': '60', 'self_raised_fen': 500001");
	kit_no(set, "red_lines", over, "面积超过红线", "over the floor area red line");
	kit_no(set, "red_lines", over, "；户 610322-0417 自筹",
		"; household 610322-0417 is over "
		"the self-raised");
	ANJU_AUTO_JSON *v = kit_ask(set, "red_lines", IN("'area_m2': '60'"));
	ANJU_AUTO_MEM char *text = json_text(v);
	const char *first = strstr(text, "case.persons");
	cr_assert_not_null(first);
	cr_assert_null(strstr(strstr(first + 1, "case.persons") + 1, "case.persons"),
		"once in each language: %s", text);
	plugin_set_free(set);
}

ANJU_TEST(policy_baoji, missing_and_wrong_inputs_are_refusals_that_name_them)
{
	static const struct {
		const char *function, *input, *names;
	} bad[] = {
		{"area_red_line", "{}", "case.persons"},
		{"area_red_line", "[]", "case.persons"},
		{"area_red_line", "null", "case.persons"},
		{"area_red_line", "{'case': 3}", "case.area_m2"},
		{"area_red_line", IN("'persons': 3"), "case.area_m2"},
		{"area_red_line", IN("'persons': 3, 'area_m2': null"), "case.area_m2"},
		{"area_red_line", IN("'persons': 3, 'area_m2': 75.0"), "case.area_m2"},
		{"area_red_line", IN("'persons': 3, 'area_m2': '75.001'"), "case.area_m2"},
		{"area_red_line", IN("'persons': 3, 'area_m2': '-1'"), "case.area_m2"},
		{"area_red_line", IN("'persons': 3, 'area_m2': '75.'"), "case.area_m2"},
		{"area_red_line", IN("'persons': 3, 'area_m2': ''"), "case.area_m2"},
		{"area_red_line", IN("'persons': 3, 'area_m2': '99999999999'"), "case.area_m2"},
		{"area_red_line", IN("'persons': '3', 'area_m2': '75'"), "case.persons"},
		{"area_red_line", IN("'persons': 0, 'area_m2': '75'"), "case.persons"},
		{"area_red_line", IN("'persons': 1001, 'area_m2': '75'"), "case.persons"},
		{"area_red_line", "{'case': {'persons': 3, 'area_m2': '75'}}",
			"rules.area_per_person_m2.max"},
		{"area_red_line",
			"{'case': {'persons': 3, 'area_m2': '75'}, 'rules': "
			"{'area_per_person_m2': {'max': 25}}}",
			"rules.area_per_person_m2.max"},
		{"self_raised_red_line", IN("'persons': 3"), "case.self_raised_fen"},
		{"self_raised_red_line", IN("'persons': 3, 'self_raised_fen': -1"),
			"case.self_raised_fen"},
		{"self_raised_red_line", IN("'persons': 3, 'self_raised_fen': 10.5"),
			"case.self_raised_fen"},
		{"self_raised_red_line", "{'case': {'persons': 3, 'self_raised_fen': 1}}",
			"rules.self_raised_per_person_fen.max"},
		{"house_match", IN(""), "case.settlement_mode"},
		{"house_match", IN("'settlement_mode': 'scattered'"), "case.persons"},
		{"house_match", IN("'settlement_mode': 'floating', 'persons': 3"),
			"case.settlement_mode"},
		{"house_match", IN("'settlement_mode': 'concentrated', 'persons': 3"),
			"related.project"},
		{"project_mix", IN(""), "case.house_types"},
		{"project_mix", IN(""), "related.households"},
		{"occupancy", IN("'occupied_on': 20180601"), "case.occupied_on"},
		{"occupancy", IN("'occupied_on': '2018-02-30'"), "case.occupied_on"},
		{"occupancy", IN("'keys_on': '2018-6-1'"), "case.keys_on"},
		{"occupancy", "{'case': {'occupied_on': '2018-06-01'}}", "effective_at"},
		{"exit_conditions", IN("'measures': 'many'"), "case.measures"},
		{"exit_conditions", IN("'measures': ['x']"), "case.stable_workers"},
		{"exit_conditions", "{'case': {'stable_workers': 1}}",
			"rules.stable_workers_min.min"},
	};
	struct plugin_set *set = load();
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		kit_no(set, bad[i].function, bad[i].input, bad[i].names, bad[i].names);
	plugin_set_free(set);
}

#define SITE                                                                                       \
	"'related': {'project': [{'key': 'p1', 'house_types': ['A25:1-1:25.00:10', "               \
	"'B75:3-3:75.00:40', 'C125:4-5:125.00:12', 'D90:3-4:90.00:2']}]}"
#define FAMILY(persons, type)                                                                      \
	"'settlement_mode': 'concentrated', 'persons': " #persons ", 'house_type': '" type "'"

ANJU_TEST(policy_baoji, house_match_people_before_houses)
{
	struct plugin_set *set = load();
	kit_yes(set, "house_match", IN_MORE(FAMILY(3, "B75"), SITE));
	kit_yes(set, "house_match", IN_MORE(FAMILY(5, "C125"), SITE));
	kit_yes(set, "house_match", IN_MORE(FAMILY(1, "A25"), SITE));
	kit_no(set, "house_match", IN_MORE(FAMILY(3, "E200"), SITE),
		"不在项目户型之列（A25, B75, C125, D90）",
		"none of the project's (A25, B75, C125, D90)");
	kit_no(set, "house_match", IN_MORE(FAMILY(2, "B75"), SITE), "供 3 至 3 人",
		"is for 3 to 3");
	/* fits by persons, but 90 m² for three are over 25 each */
	kit_no(set, "house_match", IN_MORE(FAMILY(3, "D90"), SITE),
		"90.00 平方米超过红线，3 人最多 75.00",
		"90.00 m² is over the red line of 75.00 m²");
	kit_no(set, "house_match", IN_MORE("'settlement_mode': 'concentrated', 'persons': 3", SITE),
		"case.house_type", "case.house_type");
	kit_yes(set, "house_match", IN("'settlement_mode': 'scattered', 'persons': 3"));
	kit_yes(set, "house_match",
		IN("'settlement_mode': 'commodity', 'persons': 3, 'area_m2': '75'"));
	kit_no(set, "house_match",
		IN("'settlement_mode': 'scattered', 'persons': 3, 'area_m2': '75.01'"), "红线",
		"red line");
	plugin_set_free(set);
}

ANJU_TEST(policy_baoji, house_match_counts_what_is_left)
{
	struct plugin_set *set = load();
#define LISTED(n)                                                                                  \
	"'related': {'project': [{'house_types': ['B75:3-3:75.00:40'], 'house_matched': "          \
	"['A25:99', 'B75:" n "']}]}"
	kit_yes(set, "house_match", IN_MORE(FAMILY(3, "B75"), LISTED("39")));
	kit_no(set, "house_match", IN_MORE(FAMILY(3, "B75"), LISTED("40")), "已对接 40 户",
		"none is left");
	kit_no(set, "house_match", IN_MORE(FAMILY(3, "B75"), LISTED("many")), "已对接户数格式不对",
		"is malformed");
#define GIVEN(n) SITE ", 'params': {'matched': {'B75': " n "}}"
	kit_yes(set, "house_match", IN_MORE(FAMILY(3, "B75"), GIVEN("39")));
	kit_no(set, "house_match", IN_MORE(FAMILY(3, "B75"), GIVEN("41")), "已对接 41 户",
		"none is left");
	kit_no(set, "house_match", IN_MORE(FAMILY(3, "B75"), GIVEN("'x'")), "格式不对",
		"is malformed");
	ANJU_AUTO_JSON *v = kit_ask(set, "house_match", IN_MORE(FAMILY(3, "B75"), SITE));
	cr_assert(json_is_false(json_object_get(json_object_get(v, "values"), "count_checked")));
	plugin_set_free(set);
}

ANJU_TEST(policy_baoji, single_persons_need_a_solution)
{
	struct plugin_set *set = load();
#define SMALL(more) "'related': {'project': [{'house_types': ['S25:1-2:25.00:9']" more "}]}"
	kit_no(set, "house_match", IN_MORE(FAMILY(1, "S25"), SMALL("")), "没有单人户安置办法",
		"no solution for such households");
	kit_yes(set, "house_match",
		IN_MORE(FAMILY(1, "S25"), SMALL(", 'single_person_solution': 'apartment'")));
	kit_yes(set, "house_match", IN_MORE(FAMILY(2, "S25"), SMALL("")));
	plugin_set_free(set);
}

ANJU_TEST(policy_baoji, house_types_must_be_well_formed)
{
	static const char *const bad[] = {"B75", "B75:3-3:75.00", "B75:3:75.00:40",
		"B75:0-3:75.00:40", "B75:4-3:75.00:40", "B75:3-3:75,00:40", "B75:3-3:75.00:x",
		"B75:3-3:75.00:40 ", ":3-3:75.00:40", "B 75:3-3:75.00:40", "B75:3-3:0.00:40",
		"B75:3-3:75.00:-1", "B75:3-3:75.00:9999999",
		"Babcdefghijklmnopqrstuvwxyz0123456789:3-3:75.00:40", ""};
	struct plugin_set *set = load();
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char input[1024];
		snprintf(input, sizeof input,
			IN_MORE(FAMILY(3, "B75"),
				"'related': {'project': [{'house_types': ['%s']}]}"),
			bad[i]);
		kit_no(set, "house_match", input, "格式不对", "is malformed");
	}
	kit_no(set, "house_match",
		IN_MORE(FAMILY(3, "B75"), "'related': {'project': [{'house_types': []}]}"),
		"没有户型清单", "lists no house types");
	kit_no(set, "house_match",
		IN_MORE(FAMILY(3, "B75"),
			"'related': {'project': [{'house_types': ['B75:3-3:75.00:1', "
			"'B75:3-3:75.00:1']}]}"),
		"重复", "twice");
	plugin_set_free(set);
}

#define PLAN      "'house_types': ['A25:1-1:25.00:1', 'B75:3-3:75.00:2']"
#define MIX(list) "'related': {'households': [" list "]}"
#define HH(key, persons, type)                                                                     \
	"{'key': '" key "', 'persons': " #persons ", 'house_type': '" type                         \
	"', 'settlement_mode': 'concentrated'}"

ANJU_TEST(policy_baoji, project_mix_houses_follow_households)
{
	struct plugin_set *set = load();
	const char *equal = IN_MORE(
		PLAN, MIX(HH("h1", 1, "A25") ", " HH("h2", 3, "B75") ", " HH("h3", 3, "B75")));
	kit_yes(set, "project_mix", equal);
	/* a scattered household takes no house of the site */
	kit_yes(set, "project_mix",
		IN_MORE(PLAN, MIX(HH("h1", 1, "A25") ", " HH("h2", 3, "B75") ", " HH(
				      "h3", 3, "B75") ", {'key': 'h4', 'persons': 3, "
						      "'settlement_mode': 'scattered'}")));
	const char *surplus = IN_MORE(PLAN, MIX(HH("h1", 1, "A25") ", " HH("h2", 3, "B75")));
	kit_no(set, "project_mix", surplus, "户型 B75 计划 2 套，对接 1 户",
		"house type B75: 2 houses planned for 1 households");
	kit_yes(set, "project_mix",
		IN_MORE(PLAN, MIX(HH("h1", 1, "A25") ", " HH("h2", 3, "B75")) ", 'params': "
									      "{'surplus': 1}"));
	kit_no(set, "project_mix",
		IN_MORE(PLAN, MIX(HH("h1", 1, "A25") ", " HH("h2", 1, "A25") ", " HH(
				      "h3", 3, "B75") ", " HH("h4", 3, "B75"))),
		"户型 A25 计划 1 套，对接 2 户", "house type A25: 1 houses planned for 2");
	kit_no(set, "project_mix", IN_MORE(PLAN, MIX(HH("h1", 3, "X"))), "户 h1 的户型 X",
		"h1: house type X");
	kit_no(set, "project_mix", IN_MORE(PLAN, MIX(HH("h1", 4, "B75"))), "户 h1 有 4 人",
		"h1 has 4");
	kit_no(set, "project_mix", IN_MORE(PLAN, MIX("{'key': 'h1', 'persons': 3}")), "缺少“户型”",
		"h1 lacks its house type");
	kit_no(set, "project_mix", IN_MORE(PLAN, MIX("{'key': 'h1', 'house_type': 'B75'}")),
		"persons", "h1 lacks its number");
	kit_no(set, "project_mix", IN_MORE(PLAN, MIX("7, null")), "家庭人口", "lacks its number");
	kit_no(set, "project_mix", IN_MORE(PLAN, MIX("")), "尚无对接", "no matched households");
	plugin_set_free(set);
}

ANJU_TEST(policy_baoji, a_key_is_not_moving_in)
{
	struct plugin_set *set = load();
	kit_yes(set, "occupancy",
		IN("'settlement_mode': 'concentrated', 'keys_on': '2018-05-01', 'occupied_on': "
		   "'2018-06-01'"));
	kit_yes(set, "occupancy",
		IN("'settlement_mode': 'scattered', 'occupied_on': '2018-06-30', "
		   "'occupancy_checked': true"));
	kit_no(set, "occupancy", IN("'keys_on': '2018-05-01'"),
		"入住未经县国土部门认定：户 610322-0417 已于 2018-05-01 领取钥匙，但未见实际入住",
		"occupancy not determined by land@county: household 610322-0417 has a key since "
		"2018-05-01 but was not seen living in");
	kit_no(set, "occupancy", IN(""), "未见实际入住",
		"household 610322-0417 was not seen living in");
	kit_no(set, "occupancy", IN("'occupied_on': '2018-06-01', 'occupancy_checked': false"),
		"入住未经", "not determined");
	kit_no(set, "occupancy", IN("'occupied_on': '2018-07-01'"), "晚于 2018-06-30",
		"lies after 2018-06-30");
	kit_no(set, "occupancy", IN("'keys_on': '2018-05-02', 'occupied_on': '2018-05-01'"),
		"早于领钥匙日期", "lies before that of the keys");
	kit_no(set, "occupancy",
		IN("'settlement_mode': 'concentrated', 'occupied_on': '2018-06-01'"),
		"不在交钥匙名单", "not on its key list");
	/* 17:00 UTC is the next day in legal time */
	kit_yes(set, "occupancy",
		"{'case': {'occupied_on': '2018-07-01'}, 'effective_at': '2018-06-30T17:00:00Z'}");
	kit_no(set, "occupancy",
		"{'case': {'occupied_on': '2018-07-01'}, 'effective_at': '2018-06-30T15:59:59Z'}",
		"晚于", "after");
	plugin_set_free(set);
}

#define LIVES                                                                                      \
	"'settlement_mode': 'concentrated', 'keys_on': '2018-05-01', 'occupied_on': '2018-06-01'"

ANJU_TEST(policy_baoji, exit_names_all_that_is_unmet)
{
	struct plugin_set *set = load();
	kit_yes(set, "exit_conditions",
		IN_MORE(LIVES ", 'measures': ['社区工厂'], 'main_workers': 2, 'stable_workers': 1",
			"'docs': {'exit_card': {'n': 1}}"));
	kit_yes(set, "exit_conditions",
		IN_MORE(LIVES ", 'measures': ['社区工厂'], 'stable_workers': 1",
			"'docs': ['card'], 'params': {'card': 'card'}"));
	const char *nothing = IN(
		"'keys_on': '2018-05-01', 'measures': [], 'main_workers': 2, 'stable_workers': 0");
	kit_no(set, "exit_conditions", nothing, "未见实际入住", "not seen living in");
	kit_no(set, "exit_conditions", nothing, "没有具体的帮扶措施", "no concrete measure");
	kit_no(set, "exit_conditions", nothing, "稳定就业的主要劳动力 0 人，至少 1 人",
		"0 main labourer(s) in stable work, at least 1");
	kit_no(set, "exit_conditions", nothing, "材料 exit_card", "document exit_card");
#define REST_OK(f) IN_MORE(LIVES ", " f ", 'stable_workers': 1", "'docs': {'exit_card': 1}")
	kit_no(set, "exit_conditions", REST_OK("'measures': ['a', ' \\n']"), "帮扶措施", "measure");
	kit_no(set, "exit_conditions", REST_OK("'measures': ['a', 3]"), "帮扶措施", "measure");
	kit_no(set, "exit_conditions", REST_OK("'measures': ['a'], 'main_workers': 0"),
		"多于主要劳动力 0", "only 0 main labourer(s)");
	kit_no(set, "exit_conditions",
		IN_MORE(LIVES ", 'measures': ['a'], 'stable_workers': 1",
			"'docs': {'exit_card': null}"),
		"缺少明白卡", "holds no card");
	plugin_set_free(set);
}

ANJU_TEST(policy_baoji, every_function_of_the_manifest_is_there)
{
	struct plugin_set *set = load();
	size_t i;
	json_t *entry;
	json_array_foreach(
		json_object_get(plugin_manifest(plugin_set_at(set, 0)), "policies"), i, entry) {
		const char *function = json_string_value(json_object_get(entry, "function"));
		ANJU_AUTO_JSON *v = kit_ask(set, function, "{}");
		cr_assert(json_is_false(json_object_get(v, "ok")), "%s", function);
	}
	cr_assert_eq(i, 7);
	ANJU_AUTO_JSON *configs = kit_json("{'policy_baoji': {'x': 1}}");
	struct plugin_set *other = NULL;
	anju_error err = {0};
	assert_status(kit_load("policy_baoji", configs, &other, &err), ANJU_E_INVALID);
	cr_assert_str_eq(err.id, "policy_baoji.config");
	plugin_set_free(set);
}
