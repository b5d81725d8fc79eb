#include "unit/expr/fixture.h"

ANJU_TEST(explain, comparisons)
{
	why("case.area_m2 <= rules.area.max * case.persons",
		"住房面积 = 132.00 > 人均面积上限 × 人口 = 125.00",
		"case.area_m2 = 132.00 > rules.area.max × case.persons = 125.00");
	why("case.persons >= 6", "人口 = 5 < 6", "case.persons = 5 < 6");
	why("case.persons > 5", "人口 = 5，须大于 5", "case.persons = 5, must be above 5");
	why("case.area_m2 / case.persons <= decimal('25.00')", "住房面积 ÷ 人口 = 26.40 > 25.00",
		"case.area_m2 ÷ case.persons = 26.40 > 25.00");
	why("(case.persons + 1) * 2 < case.persons * -1", "(人口 + 1) × 2 = 12 > 人口 × -1 = -5",
		"(case.persons + 1) × 2 = 12 > case.persons × -1 = -5");
	why("case.kind == 'house'", "case.kind = “tent” ≠ “house”",
		"case.kind = \"tent\" ≠ \"house\"");
	why("case.kind != 'tent'", "case.kind = “tent”，不得等于 “tent”",
		"case.kind = \"tent\", must differ from \"tent\"");
	why("timestamp('2017-08-16') < timestamp('2017-08-15T08:00:00+08:00')",
		"2017-08-16 > 2017-08-15T08:00:00+08:00", "2017-08-16 > 2017-08-15T08:00:00+08:00");
}

ANJU_TEST(explain, only_what_decided_is_named)
{
	why("case.persons > 3 && case.kind == 'house' && case.persons < 5",
		"case.kind = “tent” ≠ “house”；人口 = 5，须小于 5",
		"case.kind = \"tent\" ≠ \"house\"; case.persons = 5, must be below 5");
	why("case.persons > 6 || case.kind == 'house'",
		"人口 = 5 < 6；case.kind = “tent” ≠ “house”",
		"case.persons = 5 < 6; case.kind = \"tent\" ≠ \"house\"");
	why("case.persons > 3 && (case.persons > 6 || x == 4)", "人口 = 5 < 6；x = 3 ≠ 4",
		"case.persons = 5 < 6; x = 3 ≠ 4");
	why("!(case.persons > 3 && x == 3)", "人口 = 5 > 3；x = 3，不得等于 3",
		"case.persons = 5 > 3; x = 3, must differ from 3");
	why("!(case.persons > 9 || x == 3)", "x = 3，不得等于 3", "x = 3, must differ from 3");
	why("case.persons > 3 ? case.signed : true", "人口 = 5 > 3；case.signed 为否",
		"case.persons = 5 > 3; case.signed is false");
	why("case.persons > 3 ? false : true", "人口 = 5 > 3", "case.persons = 5 > 3");
	why("false", "恒为假", "always false");
	why("case.signed", "case.signed 为否", "case.signed is false");
	why("!has(case.kind)", "case.kind 已填写", "case.kind is set");
}

ANJU_TEST(explain, values_in_words)
{
	why("case.kind == 'yurt'", "case.kind = “tent” ≠ “毡房”",
		"case.kind = \"tent\" ≠ \"felt tent\"");
	why("'yurt' == case.kind", "“毡房” ≠ case.kind = “tent”",
		"\"felt tent\" ≠ case.kind = \"tent\"");
	why("case.kind in ['house', 'yurt']", "case.kind = “tent” 不在 [“house”、“毡房”] 之中",
		"case.kind = \"tent\" is not one of [\"house\", \"felt tent\"]");
	why("['a', 'b'].exists(i, i == 'b' && case.kind == 'yurt')",
		"[“a”、“b”] 的 2 项中没有一项满足 i = “b” 且 case.kind = “毡房”",
		"none of the 2 items of [\"a\", \"b\"] satisfies i = \"b\" and case.kind = \"felt "
		"tent\"");
	/* only as the value of what it is compared with */
	why("case.kind == 'house' || 'yurt' == 'b'", "case.kind = “tent” ≠ “house”；“yurt” ≠ “b”",
		"case.kind = \"tent\" ≠ \"house\"; \"yurt\" ≠ \"b\"");
	fixture_case("{\"kind\": \"yurt\"}");
	why("case.kind != 'yurt'", "case.kind = “毡房”，不得等于 “毡房”",
		"case.kind = \"felt tent\", must differ from \"felt tent\"");
}

ANJU_TEST(explain, what_is_not_set)
{
	fixture_case("{\"kind\": \"tent\"}");
	why("has(case.area_m2) && case.area_m2 > 3", "住房面积未填写", "case.area_m2 is not set");
	why("case.area_m2 != null", "住房面积未填写", "case.area_m2 is not set");
	why("case.kind == null", "case.kind = “tent”，应为空",
		"case.kind = \"tent\", must not be set");
	why("case.area_m2 > 3", "住房面积未填写", "case.area_m2 is not set");
	why("case.area_m2 > 3 || case.kind == 'a'", "住房面积未填写", "case.area_m2 is not set");
	why("case.area_m2 > 3 && case.kind == 'a'", "case.kind = “tent” ≠ “a”",
		"case.kind = \"tent\" ≠ \"a\"");
}

ANJU_TEST(explain, membership_and_calls)
{
	why("case.kind in ['house', 'flat']", "case.kind = “tent” 不在 [“house”、“flat”] 之中",
		"case.kind = \"tent\" is not one of [\"house\", \"flat\"]");
	why("'c' in case.tags", "“c” 不在 case.tags = [“a”、“b”] 之中",
		"\"c\" is not one of case.tags = [\"a\", \"b\"]");
	why("!('a' in case.tags)", "“a” 在 case.tags = [“a”、“b”] 之中",
		"\"a\" is one of case.tags = [\"a\", \"b\"]");
	why("rules.area.allows(case.area_m2 / case.persons)",
		"rules.area.allows(住房面积 ÷ 人口 = 26.40) = 否",
		"rules.area.allows(case.area_m2 ÷ case.persons = 26.40) = false");
	why("case.kind.startsWith('ho')", "case.kind = “tent” 不以 “ho” 开头",
		"case.kind = \"tent\" does not start with \"ho\"");
	why("absent(case.kind)", "absent(case.kind = “tent”) = 否",
		"absent(case.kind = \"tent\") = false");
	why("fails()", "表达式无法计算：the register is closed",
		"the expression cannot be evaluated: the register is closed");
}

ANJU_TEST(explain, macros)
{
	why("case.members.all(p, p.age >= 16)", "case.members 第 2 项：p.age = 15 < 16",
		"case.members item 2: p.age = 15 < 16");
	why("case.members.exists(p, p.age > 60)", "case.members 的 2 项中没有一项满足 p.age > 60",
		"none of the 2 items of case.members satisfies p.age > 60");
	why("[].exists(p, p > 60)", "[] 为空", "[] is empty");
	why("l.exists_one(i, i > 1)", "l 的 3 项中有 2 项满足 i > 1，应恰好一项",
		"2 of the 3 items of l satisfy i > 1, must be exactly one");
	why("!l.exists(i, i > 1)", "l 第 2 项：i = 2 > 1", "l item 2: i = 2 > 1");
	why("!l.all(i, i > 0)", "l 的 3 项都满足 i > 0",
		"each of the 3 items of l satisfies i > 0");
	why("m.all(k, k in ['a', 'b'])", "m[“n”]：k = “n” 不在 [“a”、“b”] 之中",
		"m[\"n\"]: k = \"n\" is not one of [\"a\", \"b\"]");
}

ANJU_TEST(explain, when_it_holds_or_cannot_be_told)
{
	why("case.persons == 5", "条件成立", "the condition holds");
	why("1 / (x - 3) > 1", "除数为零：1 ÷ (x − 3)", "division by zero in 1 ÷ (x − 3)");
}
