/* Tables: alignment of mixed Chinese and Latin text, cutting at the terminal's width. */
#include "base/buf.h"
#include "base/utf8.h"
#include "cli/table.h"
#include "unit/support.h"

static void fill(struct table *t)
{
	*t = TABLE_INIT;
	table_column(t, "个案");
	table_number(t, "n");
	table_column(t, "title");
	table_cell(t, "a");
	table_cell(t, "1");
	table_cell(t, "签约");
	table_cell(t, "户二");
	table_cell(t, "123");
	table_cell(t, "x");
}

ANJU_TEST(table, aligns_by_columns_not_bytes)
{
	ANJU_AUTO_TABLE t;
	ANJU_AUTO_BUF out = BUF_INIT;
	fill(&t);
	table_render(&t, 0, 0, &out);
	cr_assert_str_eq(out.data, "个案    n  title\n"
				   "a       1  签约\n"
				   "户二  123  x\n");
}

ANJU_TEST(table, indents_and_pads_a_short_last_row)
{
	ANJU_AUTO_TABLE t;
	ANJU_AUTO_BUF out = BUF_INIT;
	fill(&t);
	table_cell(&t, "末");
	table_render(&t, 2, 0, &out);
	cr_assert_str_eq(out.data, "  个案    n  title\n"
				   "  a       1  签约\n"
				   "  户二  123  x\n"
				   "  末\n");
}

ANJU_TEST(table, cuts_lines_at_the_width)
{
	ANJU_AUTO_TABLE t;
	ANJU_AUTO_BUF out = BUF_INIT;
	fill(&t);
	table_render(&t, 0, 14, &out);
	cr_assert_str_eq(out.data, "个案    n  ti…\n"
				   "a       1  签…\n"
				   "户二  123  x\n");
	for (const char *p = out.data; *p != '\0';) {
		size_t n = strcspn(p, "\n");
		cr_assert_leq(utf8_columns(p, n), 14);
		p += n + 1;
	}
}

ANJU_TEST(table, without_titles_there_is_no_header)
{
	ANJU_AUTO_TABLE t = TABLE_INIT;
	ANJU_AUTO_BUF out = BUF_INIT;
	table_column(&t, NULL);
	table_column(&t, NULL);
	table_cell(&t, "k");
	table_cellf(&t, "%d", 7);
	table_cell(&t, "时钟");
	table_cell(&t, NULL);
	table_render(&t, 0, 0, &out);
	cr_assert_str_eq(out.data, "k     7\n时钟\n");
}

ANJU_TEST(table, controls_do_not_reach_the_terminal)
{
	ANJU_AUTO_TABLE t = TABLE_INIT;
	ANJU_AUTO_BUF out = BUF_INIT;
	table_column(&t, NULL);
	table_cell(&t, "a\033[31mb\nc");
	table_render(&t, 0, 0, &out);
	cr_assert_str_eq(out.data, "a [31mb c\n");
}

ANJU_TEST(table, no_rows)
{
	ANJU_AUTO_TABLE t = TABLE_INIT;
	ANJU_AUTO_BUF out = BUF_INIT;
	table_render(&t, 0, 0, &out);
	table_column(&t, "x");
	table_render(&t, 0, 0, &out);
	cr_assert_str_eq(out.data, "x\n");
}

ANJU_TEST(text_cut, counts_wide_characters_twice)
{
	ANJU_AUTO_BUF out = BUF_INIT;
	cr_assert_eq(text_cut(&out, "安居工程", 8), 8);
	cr_assert_str_eq(out.data, "安居工程");
	buf_reset(&out);
	cr_assert_eq(text_cut(&out, "安居工程", 7), 7);
	cr_assert_str_eq(out.data, "安居工…");
	buf_reset(&out);
	cr_assert_eq(text_cut(&out, "安居工程", 6), 5, "half a character does not fit");
	cr_assert_str_eq(out.data, "安居…");
	buf_reset(&out);
	cr_assert_eq(text_cut(&out, "安", 0), 0);
	cr_assert_eq(out.len, 0);
}
