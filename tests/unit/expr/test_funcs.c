#include "unit/expr/fixture.h"

ANJU_TEST(funcs, size_and_strings)
{
	is("size('搬迁户') + 'é'.size()", "int 4");
	is("size('😀')", "int 1");
	is("size(b'é') + size([1]) + size({'a': 1}) + m.size()", "int 7");
	is("'anju'.startsWith('an') && 'anju'.endsWith('ju') && 'anju'.contains('nj')",
		"bool true");
	is("'anju'.startsWith('') && ''.endsWith('') && ''.contains('')", "bool true");
	is("'a'.startsWith('ab') || 'a'.endsWith('ba') || 'a'.contains('aa')", "bool false");
	is("size(x)", "refused expr.eval_kinds: size(x)");
	is("x.startsWith('a')", "refused expr.eval_kinds: x.startsWith(\"a\")");
}

ANJU_TEST(funcs, int_conversions)
{
	is("int('-42') + int(3u) + int(2.9) + int(-2.9)", "int -39");
	is("int(decimal('-7.5'))", "int -7");
	is("int(timestamp('2009-02-13T23:31:30Z'))", "int 1234567890");
	is("int('9223372036854775808')", "refused expr.eval_convert: \"9223372036854775808\"");
	is("int('-9223372036854775808')", "int -9223372036854775808");
	is("int(9223372036854775808.0)", "refused expr.eval_convert: 9.223372036854776e+18");
	is("int(0.0/0.0)", "refused expr.eval_convert: NaN");
	is("int(9223372036854775808u)", "refused expr.eval_convert: 9223372036854775808");
	is("int('')", "refused expr.eval_convert: \"\"");
	is("int('1x')", "refused expr.eval_convert: \"1x\"");
	is("uint('7') + uint(3) + uint(2.9)", "uint 12");
	is("uint(-1)", "refused expr.eval_convert: -1");
	is("uint(-1.5)", "refused expr.eval_convert: -1.5");
	is("uint('-1')", "refused expr.eval_convert: \"-1\"");
	is("int(dyn([1]))", "refused expr.eval_kinds: int(dyn([1]))");
}

ANJU_TEST(funcs, other_conversions)
{
	is("double('1.5') + double(1) + double(2u) + double(decimal('0.5'))", "double 5.0");
	is("double('abc')", "refused expr.eval_convert: \"abc\"");
	is("double(' 1')", "refused expr.eval_convert: \" 1\"");
	is("double('0x1p3')", "refused expr.eval_convert: \"0x1p3\"");
	is("string(1) + string(2u) + string(1.5) + string(true) + string(b'z') + string('s')",
		"string 121.5truezs");
	is("string(decimal('26.40')) + string(0.1 + 0.2)", "string 26.40.30000000000000004");
	is("string(b'\\xff')", "refused expr.eval_convert: …");
	is("bytes('é') == b'\\xc3\\xa9'", "bool true");
	is("bool('true') && bool('T' == 't' ? 'f' : '1') && !bool('False')", "bool true");
	is("bool('TrUe')", "refused expr.eval_convert: \"TrUe\"");
	is("type(1) == int && type(1u) == uint && type('a') == string && type(1.5) == double",
		"bool true");
	is("type(null) == null_type && type([]) == list && type({}) == map && type(b'') == bytes",
		"bool true");
	is("type(type(1)) == type && type(true) == bool && type(int) == type", "bool true");
	is("type(timestamp(0)) == google.protobuf.Timestamp", "bool true");
	is("type(duration('1s'))", "type google.protobuf.Duration");
}

ANJU_TEST(funcs, timestamps)
{
	is("timestamp('2017-08-16T08:00:00+08:00')", "timestamp 2017-08-16T00:00:00Z");
	is("timestamp('2017-08-16')", "timestamp 2017-08-15T16:00:00Z");
	is("timestamp('2017-08-16T00:00:00.123456789Z')",
		"timestamp 2017-08-16T00:00:00.123456789Z");
	is("timestamp('0001-01-01T00:00:00Z')", "timestamp 0001-01-01T00:00:00Z");
	is("timestamp('9999-12-31T23:59:59.999999999Z')",
		"timestamp 9999-12-31T23:59:59.999999999Z");
	is("timestamp(m.n.c)", "refused expr.eval_convert: \"d\"");
	is("timestamp('2016-02-29T00:00:00Z') + duration('24h')", "timestamp 2016-03-01T00:00:00Z");
	is("duration('1.5s') + timestamp(0)", "timestamp 1970-01-01T00:00:01.5Z");
	is("timestamp(0) - duration('0.5s')", "timestamp 1969-12-31T23:59:59.5Z");
	is("timestamp(10) - timestamp(0)", "duration 10s");
	is("timestamp(0) - timestamp('1970-01-01T00:00:00.25Z')", "duration -0.25s");
	is("timestamp('9999-12-31T23:59:59Z') - timestamp('0001-01-01T00:00:00Z')",
		"refused expr.eval_overflow: 9999-12-31T23:59:59Z − 0001-01-01T08:00:00+08:00");
	is("timestamp(10) > timestamp(0) && timestamp(1) == timestamp('1970-01-01T00:00:01Z')",
		"bool true");
	is("timestamp('9999-12-31T23:59:59Z') + duration('1s')",
		"refused expr.eval_overflow: 9999-12-31T23:59:59Z + 1s");
	is("timestamp('0001-01-01T00:00:00Z') - duration('1ns')",
		"refused expr.eval_overflow: 0001-01-01T08:00:00+08:00 − 0.000000001s");
}

ANJU_TEST(funcs, malformed_timestamps)
{
	static const char *const texts[] = {"2017-13-01T00:00:00Z", "2017-00-01", "2017-04-31",
		"2017-8-16", "2017-08-16T24:00:00Z", "2017-08-16T00:60:00Z", "2017-08-16T00:00:60Z",
		"2017-08-16T00:00:00", "2017-08-16T00:00:00.Z", "2017-08-16T00:00:00+0800",
		"2017-08-16T00:00:00Zx", "2017-08-16 00:00:00Z", "0000-01-01T00:00:00Z",
		"9999-12-31T23:59:59-01:00", ""};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		char text[80];
		snprintf(text, sizeof text, "timestamp('%s')", texts[i]);
		cr_expect_str_eq(compile_error(text, EXPR_DYN).id, "expr.literal", "%s", texts[i]);
	}
}

ANJU_TEST(funcs, durations)
{
	is("duration('1h30m') + duration('-90m')", "duration 0s");
	is("duration('1.5s') + duration('10ms') - duration('1us') + duration('1ns')",
		"duration 1.509999001s");
	is("duration('-1.5s')", "duration -1.5s");
	is("duration('0')", "duration 0s");
	is("duration('.5h')", "duration 1800s");
	is("duration('9223372036.854775807s')", "duration 9223372036.854775807s");
	is("duration('-9223372036.854775808s')", "duration -9223372036.854775808s");
	is("duration('1h') < duration('61m') && duration('60s') == duration('1m')", "bool true");
	is("duration(m.n.c)", "refused expr.eval_convert: \"d\"");
	is("duration('9223372036s') + duration('1s')",
		"refused expr.eval_overflow: 9223372036s + 1s");
	static const char *const bad[] = {"", "1", "s", "1d", "1h-1m", "- 1s",
		"9223372036.854775808s", "-9223372036.854775809s", "99999999999999999999s",
		"1.2.3s"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char text[80];
		snprintf(text, sizeof text, "duration('%s')", bad[i]);
		cr_expect_str_eq(compile_error(text, EXPR_DYN).id, "expr.literal", "%s", bad[i]);
	}
}

ANJU_TEST(funcs, calendar_parts)
{
#define AT "timestamp('2009-02-13T23:31:30.123Z')"
	is("[" AT ".getFullYear(), " AT ".getMonth(), " AT ".getDate(), " AT ".getDayOfMonth(), " AT
	   ".getDayOfWeek(), " AT ".getDayOfYear(), " AT ".getHours(), " AT ".getMinutes(), " AT
	   ".getSeconds(), " AT ".getMilliseconds()]",
		"[2009,1,13,12,5,43,23,31,30,123]");
	is("[" AT ".getDate('+08:00'), " AT ".getHours('08:00'), " AT ".getMinutes('-02:30'), " AT
	   ".getHours('UTC')]",
		"[14,7,1,23]");
	is("timestamp('1969-12-31T00:00:00Z').getDayOfWeek()", "int 3");
	is("timestamp('2016-12-31T23:00:00Z').getDayOfYear('+08:00')", "int 0");
	is("timestamp('2016-12-31T00:00:00Z').getDayOfYear()", "int 365");
	is("duration('2h30m1.25s').getHours()", "int 2");
	is("duration('2h30m1.25s').getMinutes()", "int 150");
	is("duration('2h30m1.25s').getSeconds()", "int 9001");
	is("timestamp(0).getHours(m.n.c)", "refused expr.eval_zone: \"d\"");
	is("duration('1s').getFullYear()", "invalid expr.type: duration.getFullYear()");
}
