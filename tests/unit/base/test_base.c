#include <stdlib.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/decimal.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/messages.h"
#include "base/timestamp.h"
#include "base/utf8.h"
#include "unit/support.h"

ANJU_TEST(timestamp, round_trip_and_offsets)
{
	anju_error err = {0};
	int64_t ms, ms2;
	char out[TIMESTAMP_MAX_CHARS];
	assert_ok(timestamp_parse("2017-08-16T08:00:00+08:00", &ms, &err), err);
	cr_assert_str_eq(timestamp_format(ms, out), "2017-08-16T08:00:00+08:00");
	assert_ok(timestamp_parse("2017-08-16T00:00Z", &ms2, &err), err);
	cr_assert_eq(ms, ms2);
	assert_ok(timestamp_parse("2017-08-16", &ms2, &err), err);
	cr_assert_eq(ms2, ms - 8 * 3600000);
	cr_assert_eq(timestamp_of_day(timestamp_to_day(ms)), ms2);
	assert_ok(timestamp_parse("2016-02-29T23:59:59.125+08:00", &ms, &err), err);
	cr_assert_str_eq(timestamp_format(ms, out), "2016-02-29T23:59:59.125+08:00");
}

ANJU_TEST(timestamp, refuses_nonsense)
{
	static const char *const bad[] = {"", "2017", "2017-02-29", "2017-13-01", "2017-08-16T08",
		"2017-08-16T08:00", "2017-08-16T24:00Z", "2017-08-16T08:00:00+0800", "1017-01-01",
		"2017-08-16x", "16.08.2017", "2017-08-16T08:00:00.Z"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		anju_error err = {0};
		int64_t ms;
		cr_assert_eq(timestamp_parse(bad[i], &ms, &err), ANJU_E_INVALID, "%s", bad[i]);
		cr_assert_str_eq(err.id, "time.invalid");
		cr_assert_str_eq(err.found, bad[i]);
	}
}

ANJU_TEST(timestamp, civil_days_agree_over_centuries)
{
	int y, m, d;
	for (int32_t day = -40000; day < 80000; day++) {
		civil_from_days(day, &y, &m, &d);
		cr_assert_eq(civil_to_days(y, m, d), day);
	}
	cr_assert_eq(civil_to_days(1970, 1, 1), 0);
	cr_assert_eq(civil_to_days(2017, 8, 16), 17394);
}

ANJU_TEST(decimal, exact_arithmetic)
{
	struct decimal a, b, c;
	char out[DECIMAL_MAX_CHARS];
	cr_assert(decimal_parse("132.00", 2, &a));
	cr_assert(decimal_div(a, decimal_of_int(5), &b));
	cr_assert_str_eq(decimal_format(b, 2, out), "26.40");
	cr_assert(decimal_parse("0.1", 2, &a) && decimal_parse("0.2", 2, &b));
	cr_assert(decimal_add(a, b, &c));
	cr_assert_str_eq(decimal_format(c, 2, out), "0.30");
	cr_assert(decimal_div(decimal_of_int(-100), decimal_of_int(3), &c));
	cr_assert_str_eq(decimal_format(c, 2, out), "≈-33.3333");
	cr_assert(decimal_mul(c, decimal_of_int(3), &c));
	cr_assert_eq(decimal_cmp(c, decimal_of_int(-100)), 0);
}

ANJU_TEST(decimal, refuses_bad_text_and_overflow)
{
	struct decimal d = {7, 1};
	static const char *const bad[] = {
		"", "-", "1.", ".5", "1.234", "+1", "1e3", " 1", "1 ", "99999999999999999999"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		cr_assert_not(decimal_parse(bad[i], 2, &d), "%s", bad[i]);
	cr_assert_not(decimal_mul(decimal_of_int(INT64_MAX), decimal_of_int(2), &d));
	cr_assert_not(decimal_div(decimal_of_int(1), decimal_of_int(0), &d));
	cr_assert_eq(d.num, 7);
}

ANJU_TEST(utf8, columns_and_validity)
{
	const char *s = "宝鸡 Baoji";
	cr_assert_eq(utf8_columns(s, strlen(s)), 10);
	cr_assert_eq(utf8_length(s, strlen(s)), 8);
	cr_assert(utf8_valid(s, strlen(s)));
	cr_assert_not(utf8_valid("\xc0\x80", 2));
	cr_assert_not(utf8_valid("\xed\xa0\x80", 3));
	char cut[] = "\xe5\xae\x9d\xe9\xb8";
	utf8_trim_tail(cut);
	cr_assert_str_eq(cut, "宝");
}

ANJU_TEST(buf, json_strings_are_escaped_and_repaired)
{
	ANJU_AUTO_BUF b = BUF_INIT;
	buf_add_json_string(&b, "a\"\\\n\x01宝\xff", 9);
	cr_assert_str_eq(b.data, "\"a\\\"\\\\\\n\\u0001宝\xef\xbf\xbd\"");
}

ANJU_TEST(error, truncates_at_characters_and_wraps)
{
	anju_error err = {0};
	char longtext[600];
	for (size_t i = 0; i + 3 < sizeof longtext; i += 3)
		memcpy(longtext + i, "宝", 4);
	(void)anju_fail(&err, ANJU_E_INVALID, "x.y", "%s", longtext);
	cr_assert(utf8_valid(err.text, strlen(err.text)));
	(void)anju_fail(&err, ANJU_E_INVALID, "x.y", "inner\nline");
	(void)anju_wrap(&err, ANJU_E_INVALID, "outer %d", 1);
	cr_assert_str_eq(err.text, "outer 1: inner line");
	cr_assert_str_eq(err.id, "x.y");
}

ANJU_TEST(error, holds_whole_characters_only)
{
	anju_error err = {0};
	anju_error_found(&err, "%.2s|%.3s\xff", "居", "居");
	cr_assert_str_eq(err.found, "??|居?");
}

ANJU_TEST(error, a_long_path_begins_with_a_whole_character)
{
	for (size_t pad = 0; pad < 3; pad++) {
		anju_error err = {0};
		char path[300] = "aaa";
		for (size_t i = pad; i + 4 < sizeof path; i += 3)
			memcpy(path + i, "居", 4);
		anju_error_file(&err, path);
		cr_expect(utf8_valid(err.file, strlen(err.file)), "%s", err.file);
		cr_expect(strlen(err.file) + 3 >= sizeof err.file, "%s", err.file);
	}
}

ANJU_TEST(json, a_pointer_is_cut_between_characters)
{
	char out[16];
	for (size_t pad = 0; pad < 3; pad++) {
		char key[64] = "aaa";
		snprintf(key + pad, sizeof key - pad, "%s", "居居居居居居居居");
		struct json_at root = JSON_AT_ROOT("f"), at = JSON_AT_KEY(&root, key);
		json_at_pointer(&at, out, sizeof out);
		cr_expect(utf8_valid(out, strlen(out)), "%s", out);
		cr_expect_geq(strlen(out), 13);
	}
}

ANJU_TEST(json, errors_name_file_pointer_found_allowed)
{
	anju_error err = {0};
	ANJU_AUTO_JSON *doc = json_loads("{\"a\":{\"b/c\":[1,{\"n\":\"x\"}]}}", 0, NULL);
	struct json_at root = JSON_AT_ROOT("w.json"), a = JSON_AT_KEY(&root, "a"),
		       bc = JSON_AT_KEY(&a, "b/c"), one = JSON_AT_INDEX(&bc, 1);
	const json_t *obj = json_array_get(json_object_get(json_object_get(doc, "a"), "b/c"), 1);
	int64_t n = 0;
	assert_status(json_opt_int(obj, &one, "n", &n, &err), ANJU_E_INVALID);
	cr_assert_str_eq(err.file, "w.json");
	cr_assert_str_eq(err.where, "/a/b~1c/1/n");
	cr_assert_str_eq(err.found, "\"x\"");
	cr_assert_str_eq(err.allowed, "@say.integer");
	static const char *const only[] = {"m", NULL};
	assert_status(json_only(obj, &one, only, &err), ANJU_E_INVALID);
	cr_assert_str_eq(err.id, "json.unknown_member");
}

ANJU_TEST(hash, known_vector)
{
	uint8_t d[HASH_BYTES];
	char hex[HASH_HEX_CHARS];
	struct hash_part parts[] = {{"a", 1}, {"bc", 2}};
	hash_sha256(parts, 2, d);
	cr_assert_str_eq(hash_hex(d, hex),
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

ANJU_TEST(messages, both_languages_and_place)
{
	anju_error err = {0};
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT;
	(void)anju_fail(&err, ANJU_E_INVALID, "json.type", "bad");
	anju_error_found(&err, "3");
	anju_error_allowed(&err, "a string");
	anju_error_file(&err, "p.json");
	anju_error_where(&err, "/a");
	message_render_error(&en, &err, LANG_EN);
	message_render_error(&zh, &err, LANG_ZH);
	cr_assert_str_eq(en.data, "wrong type: found 3, expected a string (p.json#/a)");
	cr_assert(strstr(zh.data, "类型不对") != NULL);
}
