#include "graph/text.h"

#include "unit/support.h"

/* Lines as one text, joined by '|'; "…" where a text was cut. */
static char *wrapped(const char *s, double width, size_t max)
{
	struct text_line lines[16];
	struct buf out = BUF_INIT;
	size_t n = text_wrap(s, 10, false, width, lines, max);
	cr_assert(n <= max);
	for (size_t i = 0; i < n; i++) {
		double used = text_width(lines[i].start, lines[i].len, 10, false);
		cr_assert(used <= width || lines[i].len <= 3, "line %zu is %.1f wide", i, used);
		if (i > 0)
			buf_addc(&out, '|');
		buf_add(&out, lines[i].start, lines[i].len);
		if (lines[i].cut)
			buf_adds(&out, "…");
	}
	return buf_take(&out);
}

#define assert_wrapped(s, width, max, want)                                                        \
	do {                                                                                       \
		char *got_ = wrapped(s, width, max);                                               \
		cr_assert_str_eq(got_, want, "got %s", got_);                                      \
		free(got_);                                                                        \
	} while (0)

ANJU_TEST(graph_text, width_of_chinese_and_latin)
{
	cr_assert_float_eq(text_width("安居", 6, 10, false), 20, 0.001);
	cr_assert_float_eq(text_width("i", 1, 10, false), 2.78, 0.001);
	cr_assert(text_width("mm", 2, 10, true) > text_width("mm", 2, 10, false));
	cr_assert(text_width("mm", 2, 10, false) > text_width("ii", 2, 10, false));
	cr_assert_float_eq(text_width("", 0, 10, false), 0, 0.001);
	/* malformed bytes count as something, and end */
	cr_assert(text_width("\xff\xfe", 2, 10, false) > 0);
}

ANJU_TEST(graph_text, wraps_chinese_between_characters)
{
	assert_wrapped("一二三四五六七", 30, 4, "一二三|四五六|七");
	assert_wrapped("", 30, 4, "");
	assert_wrapped("一", 30, 4, "一");
}

ANJU_TEST(graph_text, signs_stay_with_their_words)
{
	/* a closing sign does not begin a line, an opening one does not end it */
	assert_wrapped("一二三，四五", 30, 4, "一二|三，四|五");
	assert_wrapped("一二（三四）", 30, 4, "一二|（三|四）");
}

ANJU_TEST(graph_text, wraps_latin_at_spaces)
{
	assert_wrapped("sign the three agreements", 60, 4, "sign the|three|agreements");
	assert_wrapped("  led  by   spaces ", 60, 4, "led  by|spaces");
}

ANJU_TEST(graph_text, dates_stay_whole)
{
	assert_wrapped("按 2017-10-31 或 2018-06-30", 55, 4, "按|2017-10-31|或|2018-06-30");
}

ANJU_TEST(graph_text, long_words_are_cut)
{
	assert_wrapped("aaaaaaaaaaaaaaaaaaaa", 30, 8, "aaaaa|aaaaa|aaaaa|aaaaa");
	assert_wrapped("宽", 3, 2, "宽"); /* what fits nowhere still takes a line */
}

ANJU_TEST(graph_text, too_much_ends_with_an_ellipsis)
{
	assert_wrapped("一二三四五六七八九十", 40, 2, "一二三四|五六七…");
	assert_wrapped("一二三四", 40, 1, "一二三四");
	assert_wrapped("一二三四五", 40, 1, "一二三…");
}

ANJU_TEST(graph_text, plain_text_has_no_control_characters)
{
	struct buf out = BUF_INIT;
	text_plain(&out,
		"a\nb\tc\x01"
		"d\x7f"
		"e甲",
		12);
	cr_assert_str_eq(out.data, "a b c d e甲");
	buf_done(&out);
}
