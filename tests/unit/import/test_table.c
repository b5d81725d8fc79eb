/* CSV as spreadsheets write it. */
#include "desk.h"

#include <stdlib.h>
#include <unistd.h>

/* Header and rows as "a|b\n3: 1|2\n". */
static const char *shown(const struct desk *d)
{
	static char text[1024];
	size_t n = 0;
	for (size_t i = 0; i < d->table.header_len; i++)
		n += (size_t)snprintf(
			text + n, sizeof text - n, "%s%s", i > 0 ? "|" : "", d->table.header[i]);
	for (size_t i = 0; i < d->table.rows_len; i++) {
		const struct row *row = &d->table.rows[i];
		n += (size_t)snprintf(text + n, sizeof text - n, "\n%d: ", (int)row->line);
		for (size_t k = 0; k < row->cells_len; k++)
			n += (size_t)snprintf(
				text + n, sizeof text - n, "%s%s", k > 0 ? "|" : "", row->cells[k]);
	}
	return text;
}

#define assert_table(d, text, want)                                                                \
	do {                                                                                       \
		assert_ok(desk_table(d, text), (d)->err);                                          \
		cr_assert_str_eq(shown(d), want);                                                  \
	} while (0)

ANJU_TEST(table, plain_rows)
{
	struct desk d;
	desk_open(&d);
	assert_table(&d, "a,b\n1,2\n3,4\n", "a|b\n2: 1|2\n3: 3|4");
	/* the last line may lack its end, a cell its content */
	assert_table(&d, "a,b\n1,2\n3,", "a|b\n2: 1|2\n3: 3|");
	assert_table(&d, "a,b", "a|b");
	/* blanks around a cell do not count, inside they do */
	assert_table(&d, "a,b\n  1 1 ,\t2\n", "a|b\n2: 1 1|2");
	desk_done(&d);
}

ANJU_TEST(table, quotes)
{
	struct desk d;
	desk_open(&d);
	assert_table(&d, "a,b\n\"1,1\",\"say \"\"hi\"\"\"\n", "a|b\n2: 1,1|say \"hi\"");
	assert_table(&d, "\"a\",\"b\"\n\"\",\" x \"\n", "a|b\n2: | x ");
	desk_done(&d);
}

ANJU_TEST(table, rows_know_the_line_they_begin_on)
{
	struct desk d;
	desk_open(&d);
	assert_table(
		&d, "a,b\n\"one\ntwo\n\nthree\",2\n3,4\n", "a|b\n2: one\ntwo\n\nthree|2\n6: 3|4");
	assert_table(&d, "a,b\r\n\"one\r\ntwo\",2\r\n3,4\r\n", "a|b\n2: one\r\ntwo|2\n4: 3|4");
	desk_done(&d);
}

ANJU_TEST(table, line_ends_of_all_kinds)
{
	struct desk d;
	desk_open(&d);
	assert_table(&d, "a,b\r\n1,2\r\n3,4", "a|b\n2: 1|2\n3: 3|4");
	assert_table(&d, "a,b\r1,2\r3,4\r", "a|b\n2: 1|2\n3: 3|4");
	assert_table(&d, "a,b\r\n1,2\n3,4\r5,6", "a|b\n2: 1|2\n3: 3|4\n4: 5|6");
	desk_done(&d);
}

ANJU_TEST(table, a_byte_order_mark_is_skipped)
{
	struct desk d;
	desk_open(&d);
	assert_table(&d, "\xef\xbb\xbf编号,b\n1,2\n", "编号|b\n2: 1|2");
	assert_table(&d, "\xef\xbb\xbf\"编号\",b\n", "编号|b");
	desk_done(&d);
}

ANJU_TEST(table, blank_lines_are_skipped_but_counted)
{
	struct desk d;
	desk_open(&d);
	assert_table(&d, "a,b\n\n1,2\n\n\n3,4\n\n", "a|b\n3: 1|2\n6: 3|4");
	assert_table(&d, "a,b\r\n\r\n1,2\r\n  \r\n3,4\r\n", "a|b\n3: 1|2\n5: 3|4");
	assert_table(&d, "\n\na,b\n1,2\n", "a|b\n4: 1|2");
	/* spreadsheets write their empty rows so */
	assert_table(&d, "a,b\n,\n1,2\n,\n\"\",\"\"\n", "a|b\n3: 1|2");
	desk_done(&d);
}

ANJU_TEST(table, rows_of_another_width_are_kept_for_who_judges_them)
{
	struct desk d;
	desk_open(&d);
	assert_table(&d, "a,b\n1\n1,2,3\n", "a|b\n2: 1\n3: 1|2|3");
	desk_done(&d);
}

ANJU_TEST(table, what_is_no_csv_says_where)
{
	struct desk d;
	desk_open(&d);
	static const struct {
		const char *text, *line;
	} bad[] = {
		{"a,b\n1,2\n3,x\"y\n5,6\n", "3"}, {"a,b\n\"1\"x,2\n", "2"},
		{"a,b\n1,2\n\"3,4\n5,6\n", "4"}, /* never closed */
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_status(desk_read(&d, bad[i].text, strlen(bad[i].text)), ANJU_E_INVALID);
		cr_assert_str_eq(d.err.id, "import.csv");
		cr_assert_str_eq(d.err.found, bad[i].line);
	}
	assert_status(desk_table(&d, "a,b\n1,2\0x\n"), ANJU_E_INVALID);
	cr_assert_str_eq(d.err.id, "import.csv");
	cr_assert_str_eq(d.err.found, "2");
	desk_done(&d);
}

ANJU_TEST(table, what_is_no_utf8_is_told_by_its_header)
{
	struct desk d;
	desk_open(&d);
	/* 编号 as GBK, which spreadsheet programs like to write */
	assert_status(desk_table(&d, "\xb1\xe0\xba\xc5,b\n1,2\n"), ANJU_E_INVALID);
	cr_assert_str_eq(d.err.id, "import.utf8");
	/* in UTF-16 every other byte is NUL */
	assert_status(desk_table(&d, "\xff\xfe"
				     "a\0,\0b\0\n\0"),
		ANJU_E_INVALID);
	cr_assert_str_eq(d.err.id, "import.csv");
	desk_done(&d);
}

ANJU_TEST(table, without_a_header_or_too_wide)
{
	struct desk d;
	desk_open(&d);
	static const char *const empty[] = {"", "\n\n", "\xef\xbb\xbf", ",,\n"};
	for (size_t i = 0; i < 4; i++) {
		assert_status(desk_read(&d, empty[i], strlen(empty[i])), ANJU_E_INVALID);
		cr_assert_str_eq(d.err.id, "import.empty", "%zu", i);
	}
	char wide[600];
	memset(wide, ',', sizeof wide);
	wide[0] = 'a';
	wide[255] = '\n';
	assert_ok(desk_read(&d, wide, 256), d.err);
	cr_assert_eq(d.table.header_len, 255);
	wide[255] = wide[256] = ',';
	wide[257] = '\n';
	assert_status(desk_read(&d, wide, 258), ANJU_E_INVALID);
	cr_assert_str_eq(d.err.id, "import.empty");
	cr_assert_str_eq(d.err.allowed, "256");
	desk_done(&d);
}

ANJU_TEST(table, too_large_is_seen_before_it_is_read)
{
	struct desk d;
	desk_open(&d);
	const char *path = desk_file(&d, "large.csv", "a,b\n1,2\n", 8);
	cr_assert_eq(truncate(path, (INT64_C(256) << 20) + 1), 0); /* a hole: takes no room */
	ANJU_AUTO_FILE f = fopen(path, "r");
	assert_status(table_read(f, &d.table, &d.err), ANJU_E_INVALID);
	cr_assert_str_eq(d.err.id, "import.too_large");
	desk_done(&d);
}
