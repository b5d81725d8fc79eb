/* Places of JSON pointers in a text, and words that are near. */
#include "base/error.h"
#include "base/json.h"
#include "base/json_locate.h"
#include "base/nearest.h"
#include "unit/support.h"

static const char text[] =
	"{\n"
	"  \"名\": {\"a/b\": [1, {\"x\": \"二\\u4e09\\\"y\"}, true], \"m~n\": null},\n"
	"\t\"e\\u0065\": \"}]\", \"z\": -1.5e3\n"
	"}\n";

/* The place of `pointer` must be where `at` stands in the text. */
static void expect_at(const char *pointer, const char *at, size_t len, bool exact)
{
	struct json_place place, want;
	const char *there = strstr(text, at);
	cr_assert_not_null(there, "%s", at);
	cr_assert(json_locate(text, sizeof text - 1, pointer, &place), "%s", pointer);
	json_place_at(text, sizeof text - 1, (size_t)(there - text), &want);
	cr_expect_eq(place.offset, want.offset, "%s: byte %zu, not %zu", pointer, place.offset,
		want.offset);
	cr_expect_eq(place.line, want.line, "%s", pointer);
	cr_expect_eq(place.column, want.column, "%s", pointer);
	cr_expect_eq(place.len, len, "%s: %zu", pointer, place.len);
	cr_expect_eq(place.exact, exact, "%s", pointer);
}

ANJU_TEST(locate, members_elements_and_what_is_missing)
{
	expect_at("", "{\n", 1, true);
	expect_at("/名", "\"名\"", 5, true);
	expect_at("/名/a~1b", "\"a/b\"", 5, true);
	expect_at("/名/a~1b/0", "1,", 1, true);
	expect_at("/名/a~1b/1", "{\"x\"", 1, true);
	expect_at("/名/a~1b/1/x", "\"二", 14, true);
	expect_at("/名/a~1b/2", "true", 4, true);
	expect_at("/名/m~0n", "null", 4, true);
	expect_at("/ee", "\"}]\"", 4, true);
	expect_at("/z", "-1.5e3", 6, true);
	/* what lacks the member */
	expect_at("/none", "{\n", 1, false);
	expect_at("/名/none/deeper", "\"名\"", 5, false);
	expect_at("/名/a~1b/7", "\"a/b\"", 5, false);
	expect_at("/z/1", "\"z\"", 3, false);
}

ANJU_TEST(locate, names_and_insides)
{
	struct json_place place;
	cr_assert(json_locate_name(text, sizeof text - 1, "/z", &place));
	cr_assert_eq(strncmp(text + place.offset, "\"z\"", place.len), 0);
	/* 二三"y: 3 + 3 + 1 + 1 bytes, written with escapes */
	cr_assert(json_locate(text, sizeof text - 1, "/名/a~1b/1/x", &place));
	json_locate_within(text, sizeof text - 1, &place, 3, 3);
	cr_assert_eq(strncmp(text + place.offset, "\\u4e09", 6), 0);
	cr_assert_eq(place.len, 6);
	cr_assert(json_locate(text, sizeof text - 1, "/名/a~1b/1/x", &place));
	json_locate_within(text, sizeof text - 1, &place, 7, 1);
	cr_assert_eq(text[place.offset], 'y');
	cr_assert_eq(place.line, 2);
	/* past its end: the closing quote */
	cr_assert(json_locate(text, sizeof text - 1, "/名/a~1b/1/x", &place));
	json_locate_within(text, sizeof text - 1, &place, 99, 1);
	cr_assert_eq(text[place.offset], '"');
}

ANJU_TEST(locate, bears_what_is_no_json)
{
	static const char *const bad[] = {"", " ", "{", "{\"a\"", "{\"a\":", "[1,", "\"open", "}",
		"{]", "[[[[", "{\"a\":{\"b\":\"\\", "nul"};
	static const char *const pointers[] = {"", "/a", "/a/b", "/0", "/0/0", "/", "//"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		for (size_t k = 0; k < sizeof pointers / sizeof pointers[0]; k++) {
			struct json_place place;
			size_t n = strlen(bad[i]);
			(void)json_locate(bad[i], n, pointers[k], &place);
			cr_expect(
				place.line == 1 && place.offset <= n, "%s %s", bad[i], pointers[k]);
			json_locate_within(bad[i], n, &place, 1, 1);
			cr_expect(place.offset <= n, "%s %s", bad[i], pointers[k]);
		}
	}
}

ANJU_TEST(locate, lines_and_columns_lead_back)
{
	for (size_t i = 0; i < sizeof text - 1; i++) {
		struct json_place place;
		if (((unsigned char)text[i] & 0xc0) == 0x80)
			continue;
		json_place_at(text, sizeof text - 1, i, &place);
		cr_expect_eq(json_place_offset(text, sizeof text - 1, place.line, place.column), i);
	}
}

ANJU_TEST(locate, a_pointer_that_does_not_fit_is_kept)
{
	anju_error err = {0}, other = {0};
	struct json_at at[40];
	char whole[600] = "";
	at[0] = JSON_AT_ROOT("f");
	for (size_t i = 1; i < 40; i++) {
		at[i] = JSON_AT_KEY(&at[i - 1], "member");
		strcat(whole, "/member"); /* allowed: 39 × 7 bytes */
	}
	(void)json_fail_at(&err, "json.type", &at[39], NULL, "@say.string");
	cr_assert_lt(strlen(err.where), strlen(whole));
	cr_assert_str_eq(anju_error_pointer(&err), whole);
	anju_error_where(&other, "/short");
	cr_assert_str_eq(anju_error_pointer(&other), "/short");
	anju_error_where(&other, "/other%s", whole);
	cr_assert_str_eq(anju_error_pointer(&other) + 6, whole);
	cr_assert_str_eq(anju_error_pointer(&err), err.where);
}

ANJU_TEST(locate, near_words)
{
	cr_assert_eq(edit_distance("survye", "survey"), 1);
	cr_assert_eq(edit_distance("persns", "persons"), 1);
	cr_assert_eq(nearest_reach("ab"), 1);
	cr_assert_eq(nearest_reach("persons"), 3);
}
