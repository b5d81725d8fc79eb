#include "unit/expr/fixture.h"

#include <stdlib.h>

static void syntax_at(const char *text, const char *text_of_error, const char *found)
{
	anju_error err = compile_error(text, EXPR_DYN);
	cr_expect_str_eq(err.id, "expr.syntax", "%s: %s", text, err.id);
	cr_expect_str_eq(
		err.text, text_of_error, "%s\n   is %s\n want %s", text, err.text, text_of_error);
	cr_expect_str_eq(err.found, found, "%s\n   is %s\n want %s", text, err.found, found);
}

ANJU_TEST(compile, syntax_errors_name_line_column_and_place)
{
	syntax_at(
		"1 +", "line 1, column 4: the expression ends, expected expression: 1 +^", "1 +^");
	syntax_at("", "line 1, column 1: the expression ends, expected expression: ^", "^");
	syntax_at(
		"(1 + 2", "line 1, column 7: the expression ends, expected ): (1 + 2^", "(1 + 2^");
	syntax_at("1 + )", "line 1, column 5: expected expression: 1 + ^)", "1 + ^)");
	syntax_at("[1, 2", "line 1, column 6: the expression ends, expected ]: [1, 2^", "[1, 2^");
	syntax_at("1 2", "line 1, column 3: expected operator or end: 1 ^2", "1 ^2");
	syntax_at("true\n  && 面积", "line 2, column 6: unexpected character:   && ^面积",
		"  && ^面积");
	syntax_at(
		"'面积' + $", "line 1, column 8: unexpected character: '面积' + ^$", "'面积' + ^$");
	syntax_at("a ? b", "line 1, column 6: the expression ends, expected :: a ? b^", "a ? b^");
	syntax_at("{1: }", "line 1, column 5: expected expression: {1: ^}", "{1: ^}");
	syntax_at("f(1,)", "line 1, column 5: expected expression: f(1,^)", "f(1,^)");
	syntax_at("a.1b", "line 1, column 4: letters behind a number: a.1^b", "a.1^b");
	syntax_at("a.in", "line 1, column 3: expected member name: a.^in", "a.^in");
	syntax_at("for", "line 1, column 1: for is a reserved word: ^for", "^for");
	syntax_at("a & b", "line 1, column 3: unexpected character: a ^& b", "a ^& b");
}

ANJU_TEST(compile, long_lines_are_cut_around_the_place)
{
	char text[600];
	size_t n = 0;
	for (int i = 0; i < 60; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "面 ");
	memcpy(text, "1 +'", 4);
	memcpy(text + n - 1, "' $ + 1", 8);
	anju_error err = compile_error(text, EXPR_DYN);
	cr_assert_str_eq(err.id, "expr.syntax");
	cr_assert(strlen(err.found) < 120);
	cr_assert_eq(strncmp(err.found, "…", 3), 0, "%s", err.found);
	cr_assert_not_null(strstr(err.found, "^"));
}

ANJU_TEST(compile, literals_out_of_range)
{
	syntax_at("9223372036854775808",
		"line 1, column 1: number out of range: ^9223372036854775808",
		"^9223372036854775808");
	compile_error("18446744073709551616u", EXPR_DYN);
	compile_error("-9223372036854775809", EXPR_DYN);
	compile_error("9223372036854775808.size()", EXPR_DYN);
	compile_error("1e999", EXPR_DYN);
	compile_error("0x1FFFFFFFFFFFFFFFF", EXPR_DYN);
	compile_error("1.5u", EXPR_DYN);
	compile_error("12abc", EXPR_DYN);
}

ANJU_TEST(compile, malformed_strings)
{
	static const char *const texts[] = {"'abc", "'a\nb'", "'\\q'", "'\\x4'", "'\\u12'",
		"'\\ud800'", "'\\U00110000'", "'\\400'", "b'\\u0041'", "'''abc''", "`a b",
		"a.`b c!`", "'abc\\'", "'\xff'"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		anju_error err = compile_error(texts[i], EXPR_DYN);
		cr_expect_str_eq(err.id, "expr.syntax", "%s: %s", texts[i], err.id);
	}
}

ANJU_TEST(compile, macros_want_their_form)
{
	syntax_at("[1].all(1, true)",
		"line 1, column 9: the macro all wants a variable name here: [1].all(^1, true)",
		"[1].all(^1, true)");
	syntax_at("[1].all(i, i, true)",
		"line 1, column 12: variable named twice: [1].all(i, ^i, true)",
		"[1].all(i, ^i, true)");
	syntax_at("has(x)",
		"line 1, column 1: has() wants one selected member, as in has(a.b): ^has(x)",
		"^has(x)");
	cr_assert_str_eq(compile_error("[1].all(i)", EXPR_DYN).id, "expr.unknown_name");
}

static void fails_with(const char *text, const char *id, const char *found, const char *allowed)
{
	anju_error err = compile_error(text, EXPR_DYN);
	cr_expect_str_eq(err.id, id, "%s: %s", text, err.id);
	cr_expect_str_eq(err.found, found, "%s\n   is %s\n want %s", text, err.found, found);
	cr_expect_str_eq(
		err.allowed, allowed, "%s\n   is %s\n want %s", text, err.allowed, allowed);
}

ANJU_TEST(compile, unknown_members_list_what_there_is)
{
	const char *all = "area_m2, persons, kind, signed, members, tags, address";
	fails_with("case.area <= 5", "expr.unknown_member", "case.area", all);
	fails_with("has(case.area)", "expr.unknown_member", "case.area", all);
	fails_with("case['area']", "expr.unknown_member", "case.area", all);
	fails_with("case.members.all(p, p.agee > 3)", "expr.unknown_member", "member.agee",
		"name, age, phone");
	fails_with(
		"case.members[0].agee", "expr.unknown_member", "member.agee", "name, age, phone");
	fails_with("case.members.filter(p, true).map(q, q.nam)", "expr.unknown_member",
		"member.nam", "name, age, phone");
	fails_with("rules.area.min", "expr.unknown_member", "rule.min", "max");
	anju_error err = compile_error("1 < 2 &&\n\tcase.area <= 5", EXPR_BOOL);
	cr_assert_str_eq(err.text, "line 2, column 7: case has no member area: \tcase.^area <= 5");
}

ANJU_TEST(compile, unknown_names)
{
	fails_with("cas.x", "expr.unknown_name", "cas", "x, l, m, missing, y.z, case, rules");
	fails_with("l.all(i, j > i)", "expr.unknown_name", "j",
		"i, x, l, m, missing, y.z, case, rules");
	fails_with("l.all(i, true) && i", "expr.unknown_name", "i",
		"x, l, m, missing, y.z, case, rules");
	fails_with("sizeof(l)", "expr.unknown_name", "sizeof", "-");
	fails_with("contains('a', 'b')", "expr.unknown_name", "contains", "-");
}

ANJU_TEST(compile, types)
{
	fails_with("1 + 'a'", "expr.type", "int + string",
		"int + int, int + decimal, string + string");
	fails_with("case.kind > 5", "expr.type", "string > int", "string");
	fails_with("case.kind == 5", "expr.type", "string == int", "string");
	fails_with("case.area_m2 * 1.5", "expr.type", "decimal * double",
		"double * double, decimal * decimal, decimal * int");
	fails_with("!case.kind", "expr.type", "string", "bool");
	fails_with("case.signed && case.persons", "expr.type", "int", "bool");
	fails_with("case.persons ? 1 : 2", "expr.type", "int", "bool");
	fails_with("-case.kind", "expr.type", "string", "int, double, decimal");
	fails_with("case.kind.x", "expr.type", "string", "map");
	fails_with("case.kind[0]", "expr.type", "string", "list, map");
	fails_with("case.tags['a']", "expr.type", "string", "int");
	fails_with("case.members < case.members", "expr.type", "list(member) < list(member)",
		"int, double, decimal, string, timestamp, duration");
	fails_with("case.kind in case.kind", "expr.type", "string in string", "list, map");
	fails_with("case.signed in case.tags", "expr.type", "bool in list(string)", "string");
	fails_with("case.tags.all(t, size(t))", "expr.type", "int", "bool");
	fails_with("case.kind.all(t, true)", "expr.type", "string", "list, map");
	fails_with("size(1)", "expr.type", "size(int)",
		"size(string), size(bytes), size(list), size(map)");
	fails_with("'a'.startsWith(1)", "expr.type", "string.startsWith(int)",
		"string.startsWith(string)");
	fails_with("twice(1.5)", "expr.type", "twice(double)", "twice(int), twice(string)");
	fails_with("rules.area.allows('a')", "expr.type", "rule.allows(string)",
		"rule.allows(decimal)");
	fails_with("{1.5: 1}", "expr.type", "double", "string, int, uint, bool");
	anju_error err = compile_error("case.area_m2", EXPR_BOOL);
	cr_assert_str_eq(err.id, "expr.type");
	cr_assert_str_eq(err.found, "decimal");
	cr_assert_str_eq(err.allowed, "bool");
}

ANJU_TEST(compile, literals_of_conversions_are_checked_at_once)
{
	fails_with("decimal('25,00')", "expr.literal", "decimal(^'25,00')", "25.00");
	fails_with("timestamp('2017-02-29')", "expr.literal", "timestamp(^'2017-02-29')",
		"2017-08-16, 2017-08-16T08:00:00+08:00");
	fails_with("duration('10wd')", "expr.literal", "duration(^'10wd')", "72h, 30m, 1.5s");
}

ANJU_TEST(compile, zones_and_patterns_are_checked_at_once)
{
	fails_with("timestamp(0).getHours('Asia/Baoji')", "expr.literal",
		"timestamp(0).getHours(^'Asia/Baoji')", "\"+08:00\", \"UTC\", \"Asia/Shanghai\"");
	fails_with("case.kind.matches('te(nt')", "expr.pattern", "case.kind.matches('^te(nt')",
		"@say.re_paren");
	fails_with("case.kind.matches('a[z-a]')", "expr.pattern", "case.kind.matches('a[^z-a]')",
		"@say.re_class");
	fails_with("case.kind.matches('a**b')", "expr.pattern", "case.kind.matches('a^**b')",
		"@say.re_repeat");
	fails_with("case.kind.matches('a{1001}')", "expr.pattern", "case.kind.matches('a^{1001}')",
		"@say.re_repeat_count");
	fails_with("case.kind.matches(r'a\\8')", "expr.pattern", "case.kind.matches(r'a^\\8')",
		"@say.re_escape");
	fails_with("case.kind.matches('a(?=b)')", "expr.pattern", "case.kind.matches('a^(?=b)')",
		"@say.re_group");
	/* escapes of the literal have moved the place: the caret shows the literal */
	fails_with("case.kind.matches('\\u0061(')", "expr.pattern",
		"case.kind.matches(^'\\u0061(')", "@say.re_paren");
	fails_with("case.kind.matches('[a-z]{900}|\\\\pL{1000}')", "expr.pattern",
		"case.kind.matches(^'[a-z]{900}|\\\\pL{1000}')", "@say.re_too_large");
}

ANJU_TEST(compile, what_is_not_supported_says_so)
{
	fails_with("Foo{a: 1}", "expr.unsupported", "Foo^{a: 1}", "{\"key\": value}");
}

static void deep(const char *open, const char *middle, const char *close, int n, bool ok)
{
	ANJU_AUTO_BUF b = BUF_INIT;
	for (int i = 0; i < n; i++)
		buf_adds(&b, open);
	buf_adds(&b, middle);
	for (int i = 0; i < n; i++)
		buf_adds(&b, close);
	anju_error err = {0};
	ANJU_AUTO(expr_env) env = fixture_env(false);
	ANJU_AUTO(expr) e = NULL;
	anju_status st = expr_compile(env, b.data, EXPR_DYN, &e, &err);
	cr_expect_eq(st, ok ? ANJU_OK : ANJU_E_INVALID, "%d times %s: %s", n, open, err.text);
	if (!ok)
		cr_expect_str_eq(err.id, "expr.too_deep", "%s: %s", open, err.id);
}

ANJU_TEST(compile, depth_is_bounded)
{
	deep("(", "1", ")", 200, true);
	deep("(", "1", ")", 3000, false);
	deep("[", "1", "]", 200, true);
	deep("[", "1", "]", 3000, false);
	deep("!", "true", "", 200, true);
	deep("!", "true", "", 3000, false);
	deep("1 + ", "1", "", 200, true);
	deep("1 + ", "1", "", 1500, false);
	deep("", "m", ".a", 200, true);
	deep("", "m", ".a", 2000, false);
	deep("m[", "1", "]", 2500, false);
	deep("{1: ", "1", "}", 1500, false);
	deep("true ? 1 : ", "1", "", 500, false);
	deep("true && ", "true", "", 900, true);
}

ANJU_TEST(compile, text_size_is_bounded)
{
	char *text = malloc(8194);
	memset(text, ' ', 8193);
	text[0] = '1';
	text[8193] = '\0';
	anju_error err = compile_error(text, EXPR_DYN);
	cr_assert_str_eq(err.id, "expr.too_long");
	cr_assert_str_eq(err.found, "8193");
	text[8192] = '\0';
	cr_assert_str_eq(eval(text), "int 1");
	free(text);
}

ANJU_TEST(compile, expression_outlives_its_environment)
{
	anju_error err;
	ANJU_AUTO(expr) e = NULL;
	struct expr_env *env = fixture_env(false);
	assert_ok(expr_compile(env, "twice(x) + size(l)", EXPR_INT, &e, &err), err);
	expr_env_free(env);
	ANJU_AUTO(expr_arena) arena = expr_arena_new();
	struct expr_vars vars = fixture_vars();
	struct expr_value v;
	assert_ok(expr_eval(e, &vars, 100, arena, &v, &err), err);
	cr_assert_eq(v.i, 9);
	cr_assert_str_eq(expr_text(e), "twice(x) + size(l)");
	eval("1");
}

ANJU_TEST(compile, declarations)
{
	anju_error err;
	ANJU_AUTO(expr_env) env = fixture_env(false);
	struct expr_type types[9] = {0};
	assert_status(expr_env_variable(env, "case", types[0], &err), ANJU_E_EXISTS);
	cr_assert_str_eq(err.id, "expr.declared");
	assert_status(
		expr_env_function(env, "many", false, types, 9, types[0], NULL, NULL, 0, &err),
		ANJU_E_INVALID);
	assert_status(expr_env_function(env, "none", true, types, 0, types[0], NULL, NULL, 0, &err),
		ANJU_E_INVALID);
}

ANJU_TEST(compile, every_message_has_both_languages)
{
	static const char *const ids[] = {"expr.syntax", "expr.type", "expr.unknown_name",
		"expr.unknown_member", "expr.literal", "expr.unsupported", "expr.too_deep",
		"expr.too_long", "expr.declared", "expr.eval", "expr.eval_not_set", "expr.budget",
		"expr.memory", "expr.eval_no_name", "expr.eval_no_key", "expr.eval_index",
		"expr.eval_overflow", "expr.eval_zero", "expr.eval_kinds", "expr.eval_convert",
		"expr.eval_zone", "expr.eval_duplicate", "expr.eval_key_kind"};
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
		cr_expect_not_null(message_template(ids[i], LANG_ZH), "%s", ids[i]);
		cr_expect_not_null(message_template(ids[i], LANG_EN), "%s", ids[i]);
	}
}
