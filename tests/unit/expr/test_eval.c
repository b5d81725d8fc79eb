#include "unit/expr/fixture.h"

ANJU_TEST(eval, literals)
{
	is("42", "int 42");
	is("-9223372036854775808", "int -9223372036854775808");
	is("0x10", "int 16");
	is("-0xA", "int -10");
	is("18446744073709551615u", "uint 18446744073709551615");
	is("0xFFU", "uint 255");
	is("1.5e3", "double 1500.0");
	is(".5", "double 0.5");
	is("1e2", "double 100.0");
	is("true", "bool true");
	is("null", "null null");
	is("[1, 'a', [true],]", "[1,\"a\",[true]]");
	is("{'a': 1, 2: 'b', true: 3u,}", "{\"a\":1,\"2\":\"b\",\"true\":3}");
}

ANJU_TEST(eval, strings)
{
	is("'a\"b'", "string a\"b");
	is("\"\\x41\\u00e9\\U0001F600\\101\"", "string Aé😀A");
	is("r'\\n'", "string \\n");
	is("'''a\n'b''' + \"\"\"c\"d\"\"\"", "string a\n'bc\"d");
	is("R\"a\\\"", "string a\\");
	is("b'\\xff\\101z'", "bytes /0F6");
	is("br'\\x'", "bytes XHg=");
	is("b'é'", "bytes w6k=");
	is("'a' // comment\n + 'b'", "string ab");
}

ANJU_TEST(eval, arithmetic)
{
	is("1 + 2 * 3 - 4 / 2", "int 5");
	is("-7 / 2", "int -3");
	is("-7 % 2", "int -1");
	is("2 - 3 - 4", "int -5");
	is("1u + 2u", "uint 3");
	is("7u % 4u", "uint 3");
	is("1.5 + 2.25", "double 3.75");
	is("1.0 / 0.0 > 1e308", "bool true");
	is("--3", "int 3");
	is("-(-3)", "int 3");
	is("'a' + 'b'", "string ab");
	is("b'a' + b'b'", "bytes YWI=");
	is("[1] + [2, 3]", "[1,2,3]");
}

ANJU_TEST(eval, overflow_is_an_error)
{
	is("9223372036854775807 + 1", "refused expr.eval_overflow: 9223372036854775807 + 1");
	is("-9223372036854775808 - 1", "refused expr.eval_overflow: -9223372036854775808 − 1");
	is("9223372036854775807 * 2", "refused expr.eval_overflow: 9223372036854775807 × 2");
	is("-9223372036854775808 / -1", "refused expr.eval_overflow: -9223372036854775808 ÷ -1");
	is("-9223372036854775808 % -1", "refused expr.eval_overflow: -9223372036854775808 % -1");
	is("-(-9223372036854775808)", "refused expr.eval_overflow: −-9223372036854775808");
	is("0u - 1u", "refused expr.eval_overflow: 0 − 1");
	is("18446744073709551615u + 1u", "refused expr.eval_overflow: 18446744073709551615 + 1");
	is("1 / 0", "refused expr.eval_zero: 1 ÷ 0");
	is("x % (x - x)", "refused expr.eval_zero: x % (x − x)");
	is("1u / 0u", "refused expr.eval_zero: 1 ÷ 0");
}

ANJU_TEST(eval, decimals)
{
	is("decimal('25.00') * 5", "decimal 125");
	is("decimal('132.00') / 5", "decimal 26.4");
	is("decimal('100') / 3 * 3 == 100", "bool true");
	is("decimal('0.1') + decimal('0.2') == decimal('0.3')", "bool true");
	is("2 - decimal('0.5')", "decimal 1.5");
	is("-decimal('1.25')", "decimal -1.25");
	is("case.area_m2 / case.persons > rules.area.max", "bool true");
	is("decimal('1.5') < 2 && 2 > decimal('1.5') && decimal('2.0') == 2", "bool true");
	is("decimal('2.5') == 2.5 && decimal('2.5') > 2u", "bool true");
	is("decimal('1') / 0", "refused expr.eval_zero: 1.00 ÷ 0");
	is("decimal('9223372036854775807') * 3",
		"refused expr.eval_overflow: 9223372036854775807.00 × 3");
	is("decimal(string(x))", "decimal 3");
	is("decimal(m.n.c)", "refused expr.eval_convert: \"d\"");
	is("decimal('1.5') % 2", "invalid expr.type: decimal % int");
	is("type(decimal('1')) == decimal", "bool true");
}

ANJU_TEST(eval, comparison_across_kinds)
{
	is("1 == 1u && 1u == 1.0 && 1 == 1.0", "bool true");
	is("1 < 1u", "bool false");
	is("-1 < 0u", "bool true");
	is("9223372036854775807 < 9223372036854775808.0", "bool false");
	is("9223372036854775807 < 9223372036854777857.0", "bool true");
	is("9007199254740993 == 9007199254740992.0", "bool true");
	is("9007199254740992.0 in {9007199254740993: 1}", "bool false");
	is("[1.5 in {1: 1}, -1.0 in {-1: 1}, 1.0 in {1u: 1}, 0.0/0.0 in {0: 1}]",
		"[false,true,true,false]");
	is("18446744073709551615u < 18446744073709551616.0", "bool false");
	is("dyn(1) == 'a'", "bool false");
	is("dyn(1) != 'a'", "bool true");
	is("0.0/0.0 == 0.0/0.0", "bool false");
	is("0.0/0.0 < 1.0 || 0.0/0.0 >= 1.0", "bool false");
	is("'a' < 'b' && 'ab' < 'b' && 'a' < 'ab' && 'é' > 'z'", "bool true");
	is("false < true", "bool true");
	is("b'a' <= b'a'", "bool true");
	is("[1, 2] == [1.0, 2u]", "bool true");
	is("[1] == [1, 2]", "bool false");
	is("{'a': 1, 'b': [2]} == {'b': [2.0], 'a': 1u}", "bool true");
	is("{'a': 1} == {'b': 1}", "bool false");
	is("null == null", "bool true");
	is("m.b == null", "bool true");
	is("dyn([1]) < dyn([2])", "refused expr.eval_kinds: dyn([1]) < dyn([2])");
}

ANJU_TEST(eval, errors_are_absorbed_by_logic)
{
	is("1 / 0 > 0 || true", "bool true");
	is("true || 1 / 0 > 0", "bool true");
	is("1 / 0 > 0 && false", "bool false");
	is("false && 1 / 0 > 0", "bool false");
	is("1 / 0 > 0 && true", "refused expr.eval_zero: 1 ÷ 0");
	is("1 / 0 > 0 || false || [][0]", "refused expr.eval_zero: 1 ÷ 0");
	is("x && false", "bool false");
	is("x || false", "refused expr.eval_kinds: x");
	is("missing || true", "bool true");
	is("missing && true", "refused expr.eval_no_name: missing");
	is("[0, 1].exists(i, 1 / i == 1)", "bool true");
	is("[1, 0].exists(i, 1 / i == 2)", "refused expr.eval_zero: 1 ÷ i");
	is("[0, 2].all(i, 1 / i == 1)", "bool false");
	is("[0, 1].all(i, 1 / i == 1)", "refused expr.eval_zero: 1 ÷ i");
	is("[0, 1].exists_one(i, 1 / i == 1)", "refused expr.eval_zero: 1 ÷ i");
	is("false ? 1 / 0 : 2", "int 2");
	is("true ? 1 : 1 / 0", "int 1");
	is("1 / 0 > 0 ? 1 : 2", "refused expr.eval_zero: 1 ÷ 0");
}

ANJU_TEST(eval, containers)
{
	is("[1, 2, 3][1]", "int 2");
	is("[1, 2][1.0]", "int 2");
	is("[1, 2][1u]", "int 2");
	is("[1, 2][2]", "refused expr.eval_index: 2");
	is("[1, 2][-1]", "refused expr.eval_index: -1");
	is("[1, 2][dyn(0.5)]", "refused expr.eval_index: 0.5");
	is("{'a': 1}.a", "int 1");
	is("{'a': 1}['a']", "int 1");
	is("{1: 'a'}[1.0] + {1u: 'b'}[1]", "string ab");
	is("{'a': 1}.b", "refused expr.eval_no_key: \"b\"");
	is("{'a': 1}['b']", "refused expr.eval_no_key: \"b\"");
	is("{'a': 1, 'a': 2}", "refused expr.eval_duplicate: \"a\"");
	is("{1: 1, 1u: 2}", "refused expr.eval_duplicate: 1");
	is("{dyn(1.5): 1}", "refused expr.eval_key_kind: dyn(1.5)");
	is("{0:0,1:1,2:2,3:3,4:4,5:5,6:6,7:7,8:8,9:9}[9u]", "int 9");
	is("10 in {0:0,1:1,2:2,3:3,4:4,5:5,6:6,7:7,8:8,9:9}", "bool false");
	is("{0:0,1:1,2:2,3:3,4:4,5:5,6:6,7:7,8:8,9:9,9:1}", "refused expr.eval_duplicate: 9");
	is("2 in [1, 2.0]", "bool true");
	is("'c' in ['a', 'b']", "bool false");
	is("'a' in m && !('z' in m)", "bool true");
	is("m.n.c", "string d");
	is("m['n']['c']", "string d");
	is("{'class': 1}.class + {'a-b': 2}.`a-b`", "int 3");
	is("l[0] + l[2]", "int 4");
	is("m", "{\"a\":1,\"b\":null,\"n\":{\"c\":\"d\"}}");
}

ANJU_TEST(eval, has)
{
	is("has(m.a)", "bool true");
	is("has(m.b)", "bool true");
	is("has(m.z)", "bool false");
	is("has({'a': 1}.a) && !has({'a': 1}.b)", "bool true");
	is("has(m.z.y)", "refused expr.eval_no_key: \"z\"");
	is("has(x.a)", "refused expr.eval_kinds: has(x.a)");
}

ANJU_TEST(eval, declared_members_that_are_not_set)
{
	fixture_case("{\"persons\": null, \"kind\": \"tent\"}");
	is("case.area_m2 <= 5", "refused expr.eval_not_set: case.area_m2");
	is("case.persons + 1", "refused expr.eval_not_set: case.persons");
	is("has(case.area_m2) || has(case.persons)", "bool false");
	is("has(case.kind)", "bool true");
	is("has(case.area_m2) && case.area_m2 > 3", "bool false");
	is("case.area_m2 == null && null == case.persons", "bool true");
	is("case.kind != null", "bool true");
	is("case.kind == null", "bool false");
	is("case.area_m2 > 3 || true", "bool true");
	is("case.area_m2", "refused expr.eval_not_set: case.area_m2");
	is("[case.area_m2]", "refused expr.eval_not_set: case.area_m2");
	is("absent(case.address.town)", "bool true");
	is("has(case.address.town)", "bool false");
	is("case.address.town == null", "bool true");
	is("case.address.town == 'x'", "refused expr.eval_not_set: case.address");
	is("case['area_m2'] > 2", "refused expr.eval_not_set: case.area_m2");
	is("case.members.all(m, m.age > 3)", "refused expr.eval_not_set: case.members");
}

ANJU_TEST(eval, declared_members_that_are_set)
{
	fixture_case("{\"address\": {\"town\": \"Fengxian\"}, \"members\": [{\"age\": 4}]}");
	is("case.address.town", "string Fengxian");
	is("has(case.address.town) && !has(case.address.village)", "bool true");
	is("case.members.all(m, m.age > 3)", "bool true");
	is("case.members.all(m, m.name != '')", "refused expr.eval_not_set: m.name");
	is("case.members[0].phone == null", "bool true");
	is("absent(case.address.town)", "bool false");
}

ANJU_TEST(eval, macros)
{
	is("[1, 2, 3].all(i, i > 0)", "bool true");
	is("[].all(i, i > 0)", "bool true");
	is("[].exists(i, true)", "bool false");
	is("[1, 2, 3].exists_one(i, i > 2)", "bool true");
	is("[1, 2, 3].exists_one(i, i > 1)", "bool false");
	is("[1, 2, 3].map(i, i * 2)", "[2,4,6]");
	is("[1, 2, 3].map(i, i > 1, i * 2)", "[4,6]");
	is("[1, 2, 3].filter(i, i != 2)", "[1,3]");
	is("m.filter(k, k != 'n')", "[\"a\",\"b\"]");
	is("m.map(k, size(k))", "[1,1,1]");
	is("[[1], [2, 3]].map(a, a.map(b, b + size(a)))", "[[2],[4,5]]");
	is("[1, 2].all(x, [3].all(x, x == 3) && x < 3)", "bool true");
	is("[1, 2].all(x, .x == 3)", "bool true");
	is("[5, 6].all(i, v, v == i + 5)", "bool true");
	is("{'a': 1, 'b': 2}.exists(k, v, k == 'b' && v == 2)", "bool true");
	is("[5, 6].existsOne(i, v, i == 1)", "bool true");
	is("[5, 6].transformList(i, v, i * v)", "[0,6]");
	is("[5, 6].transformList(i, v, v > 5, i * v)", "[6]");
	is("{'a': 1, 'b': 2}.transformMap(k, v, v > 1, v * 10)", "{\"b\":20}");
	is("1.all(i, true)", "invalid expr.type: int");
	is("x.all(i, true)", "refused expr.eval_kinds: x.all(i, true)");
	is("[1].filter(i, dyn(i))", "refused expr.eval_kinds: dyn(i)");
}

ANJU_TEST(eval, names)
{
	is("y.z", "int 7");
	is("y.z + 1", "int 8");
	is("[{'z': 0}].exists(y, y.z == 0)", "bool true");
	is("[{'z': 0}].exists(y, .y.z == 7)", "bool true");
	is("missing", "refused expr.eval_no_name: missing");
	is("nobody", "invalid expr.unknown_name: nobody");
	is_unchecked("nobody", "refused expr.eval_no_name: nobody");
	is_unchecked("nobody || true", "bool true");
	is_unchecked("nobody(1) || true", "bool true");
	is_unchecked("1 == 'a'", "bool false");
	is_unchecked("1 + 'a'", "refused expr.eval_kinds: 1 + \"a\"");
	is_unchecked("1.0 == 1", "bool true");
	is_unchecked("!5", "refused expr.eval_kinds: 5");
	is_unchecked("size(1, 2)", "refused expr.eval_kinds: size(1, 2)");
}

ANJU_TEST(eval, functions_of_the_environment)
{
	is("rules.area.allows(case.area_m2 / case.persons)", "bool false");
	is("rules.area.allows(20)", "bool true");
	is("rules.allows(20)", "invalid expr.type: rules.allows(int)");
	is("twice(4)", "int 8");
	is("twice('ab')", "string abab");
	is("twice(x)", "int 6");
	is("twice(m.n.c)", "string dd");
	is("twice(m)", "refused expr.eval_kinds: twice(m)");
	is("twice(true)", "invalid expr.type: twice(bool)");
	is("fails()", "refused expr.eval: the register is closed");
	is("fails() || true", "bool true");
	is("math.twice(2)", "int 4");
	is("[1, 2].all(i, math.twice(i) > 0)",
		"limit expr.budget: [1, 2].all(i, math.twice(i) > 0)");
}

static anju_status eval_with(
	const char *text, uint32_t budget, enum expr_kind want, anju_error *err)
{
	ANJU_AUTO(expr_env) env = fixture_env(false);
	ANJU_AUTO(expr_arena) arena = expr_arena_new();
	ANJU_AUTO(expr) e = NULL;
	assert_ok(expr_compile(env, text, want, &e, err), *err);
	struct expr_vars vars = fixture_vars();
	struct expr_value v = {.kind = EXPR_ERROR};
	anju_status st = expr_eval(e, &vars, budget, arena, &v, err);
	if (st != ANJU_OK)
		cr_assert_eq(v.kind, EXPR_ERROR, "the result was written on failure");
	eval("1"); /* releases the world */
	return st;
}

ANJU_TEST(eval, budget)
{
	anju_error err;
	assert_status(eval_with("1 + 1", 3, EXPR_DYN, &err), ANJU_OK);
	assert_status(eval_with("1 + 1", 2, EXPR_DYN, &err), ANJU_E_LIMIT);
	cr_assert_str_eq(err.id, "expr.budget");
	assert_status(eval_with("1 + 1 == 2 || true", 2, EXPR_DYN, &err), ANJU_E_LIMIT);
	assert_status(eval_with("l.map(a, l.map(b, l.map(c, a * b * c)))", 100, EXPR_DYN, &err),
		ANJU_E_LIMIT);
	assert_status(
		eval_with("l.map(a, l.map(b, l.map(c, a * b * c)))", 300, EXPR_DYN, &err), ANJU_OK);
	assert_status(
		eval_with("[[1,2],[3,4]] == [[1,2],[3,4]]", 15, EXPR_DYN, &err), ANJU_E_LIMIT);
}

ANJU_TEST(eval, memory_limit)
{
	/* a string of 1 KiB, doubled until the arena is full */
	anju_error err;
	ANJU_AUTO_BUF b = BUF_INIT;
	buf_adds(&b, "[0].map(a,'");
	for (int i = 0; i < 1024; i++)
		buf_addc(&b, 'z');
	buf_adds(&b, "')");
	for (int i = 0; i < 15; i++)
		buf_adds(&b, ".map(a, a+a)");
	buf_adds(&b, "[0].size()");
	assert_status(eval_with(b.data, 1000000000u, EXPR_DYN, &err), ANJU_E_LIMIT);
	cr_assert_str_eq(err.id, "expr.memory");
}

ANJU_TEST(eval, wanted_kind_is_checked_at_run_time)
{
	anju_error err;
	assert_status(eval_with("m.a", 100, EXPR_BOOL, &err), ANJU_E_REFUSED);
	cr_assert_str_eq(err.id, "expr.eval_kinds");
	assert_status(eval_with("m.a", 100, EXPR_INT, &err), ANJU_OK);
}

ANJU_TEST(eval, error_text_is_a_sentence)
{
	anju_error err;
	fixture_case("{}");
	assert_status(eval_with("case.area_m2 > 3", 100, EXPR_BOOL, &err), ANJU_E_REFUSED);
	cr_assert_str_eq(err.text, "case.area_m2 is not set");
	cr_assert_str_eq(err.found, "case.area_m2");
	ANJU_AUTO_BUF b = BUF_INIT;
	message_render_error(&b, &err, LANG_ZH);
	cr_assert_str_eq(b.data, "case.area_m2 未填写");
	fixture_case(NULL);
	assert_status(eval_with("1/0 > 3", 100, EXPR_BOOL, NULL), ANJU_E_REFUSED);
}

ANJU_TEST(eval, reads)
{
	anju_error err;
	ANJU_AUTO(expr_env) env = fixture_env(false);
	ANJU_AUTO(expr) e = NULL;
	assert_ok(expr_compile(env,
			  "case.area_m2 > 3 && has(case.kind) && m['a'] == 1 && "
			  "case['signed'] && size(l) > 0",
			  EXPR_BOOL, &e, &err),
		err);
	cr_assert(expr_reads(e, "case", NULL));
	cr_assert(expr_reads(e, "case", "area_m2"));
	cr_assert(expr_reads(e, "case", "kind"));
	cr_assert(expr_reads(e, "case", "signed"));
	cr_assert_not(expr_reads(e, "case", "persons"));
	cr_assert_not(expr_reads(e, "rules", NULL));
	cr_assert(expr_reads(e, "l", "anything"), "used whole");
	cr_assert(expr_reads(e, "m", "z"), "indexed");
}
