#include <stdlib.h>

#include "../support.h"
#include "base/cleanup.h"
#include "rehearse/csv.h"
#include "rehearse/script.h"
#include "rehearse/tally.h"

/* --- cells --- */

ANJU_TEST(csv, cells_read_back_as_they_were)
{
	static const char *const names[] = {"a", "b", NULL};
	ANJU_AUTO_MEM char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	csv_header(out, names);
	csv_cell(out, "x,\"y\"\nz");
	csv_last(out, NULL);
	csv_number(out, -5);
	csv_last_number(out, 7);
	cr_assert_eq(fclose(out), 0);
	cr_assert_str_eq(text, "\xef\xbb\xbf\"a\",\"b\"\r\n\"x,\"\"y\"\"\nz\",\r\n-5,7\r\n");
}

ANJU_TEST(csv, no_text_becomes_a_formula)
{
	static const char *const bad[] = {"=1+1", "+1", "-1", "@x", "\tx", "\rx"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		ANJU_AUTO_MEM char *text = NULL;
		size_t n;
		FILE *out = open_memstream(&text, &n);
		csv_last(out, bad[i]);
		cr_assert_eq(fclose(out), 0);
		cr_assert(strncmp(text, "\"'", 2) == 0, "%s", text);
	}
	ANJU_AUTO_MEM char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	csv_last(out, "=\"x\"");
	cr_assert_eq(fclose(out), 0);
	cr_assert_str_eq(text, "\"'=\"\"x\"\"\"\r\n");
}

/* --- lines of scripts --- */

static anju_status parse(const char *text, struct script_line *ret, anju_error *err)
{
	return script_line_parse(text, strlen(text), 7, ret, err);
}

ANJU_TEST(script, a_line_is_read)
{
	struct script_line line;
	anju_error err = {0};
	assert_ok(
		parse("{\"at\":\"2017-08-16T09:00:00+08:00\",\"as\":\"610322.land\",\"method\":"
		      "\"case.send\",\"params\":{\"case\":\"household/1\"},\"expect\":\"refused\"}",
			&line, &err),
		err);
	cr_assert_eq(line.at_ms, INT64_C(1502845200000));
	cr_assert_str_eq(line.method, "case.send");
	cr_assert(line.refusal_wanted);
	cr_assert_str_eq(json_string_value(json_object_get(line.params, "as")), "610322.land");
	script_line_done(&line);
	assert_ok(parse("{\"method\":\"case.list\"}", &line, &err), err);
	cr_assert_eq(line.at_ms, SCRIPT_NO_TIME);
	cr_assert_eq(json_object_size(line.params), 0);
	script_line_done(&line);
}

ANJU_TEST(script, a_bad_line_is_told_with_its_number)
{
	static const char *const bad[] = {"", "x", "[]", "{}", "{\"method\":1}",
		"{\"method\":\"a\",\"at\":\"soon\"}", "{\"method\":\"a\",\"expct\":\"ok\"}",
		"{\"method\":\"a\",\"expect\":\"maybe\"}", "{\"method\":\"a\",\"params\":[]}",
		"{\"method\":\"a\",\"method\":\"b\"}"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct script_line line;
		anju_error err = {0};
		cr_assert_eq(parse(bad[i], &line, &err), ANJU_E_INVALID, "%s", bad[i]);
		cr_assert_str_eq(err.id, "cli.script");
		cr_assert_str_eq(err.where, "7");
		script_line_done(&line);
	}
}

/* --- what counts as missed --- */

ANJU_TEST(tally, missed_is_what_was_not_met_by_its_last_day)
{
	static const struct {
		enum store_deadline_status status;
		int64_t due_ms;
		bool due, missed;
	} rows[] = {
		{STORE_DEADLINE_OPEN, 100, true, true},
		{STORE_DEADLINE_OPEN, 101, true, false},
		{STORE_DEADLINE_OPEN, INT64_MAX, false, false},
		{STORE_DEADLINE_MET, 100, true, false},
		{STORE_DEADLINE_MET_LATE, 100, true, true},
		{STORE_DEADLINE_SUPERSEDED, 100, false, false},
		{STORE_DEADLINE_WAIVED, 100, false, false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct store_deadline row = {.status = rows[i].status, .due_ms = rows[i].due_ms};
		cr_assert_eq(rehearse_counts_as_due(&row), rows[i].due, "row %zu", i);
		cr_assert_eq(rehearse_is_missed(&row, 100), rows[i].missed, "row %zu", i);
	}
}
