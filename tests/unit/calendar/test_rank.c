/* Which of two notices for one year counts; calendars that are shared and copied. */
#include "calendar/calendar.h"
#include "unit/support.h"

static json_t *notice(const char *status, const char *issued, const char *revised)
{
	json_t *v = json_pack("{s:i, s:s, s:{s:{s:s, s:s}, s:s, s:s}}", "year", 2027, "status",
		status, "source", "title", "zh", "t", "en", "t", "number", "n", "issued", issued);
	if (revised != NULL)
		json_object_set_new(json_object_get(v, "source"), "revisions",
			json_pack("[{s:{s:s, s:s}, s:s, s:s}]", "title", "zh", "r", "en", "r",
				"number", "r", "issued", revised));
	return v;
}

ANJU_TEST(rank, what_was_issued_later_counts)
{
	static const struct {
		const char *status, *issued, *revised;
	} rising[] = {
		{"provisional", "2026-12-01", NULL},
		{"provisional", "2027-12-01", NULL},
		{"announced", "2026-11-01", NULL},
		{"announced", "2026-11-02", NULL},
		{"announced", "2026-11-01", "2026-11-03"},
		{"announced", "2026-11-04", "2026-11-02"},
	};
	size_t n = sizeof rising / sizeof rising[0];
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < n; k++) {
			json_t *a = notice(rising[i].status, rising[i].issued, rising[i].revised);
			json_t *b = notice(rising[k].status, rising[k].issued, rising[k].revised);
			int got = calendar_compare_notices(a, b);
			cr_assert_eq((got > 0) - (got < 0), (i > k) - (i < k), "%zu %zu", i, k);
			json_decref(a);
			json_decref(b);
		}
	}
}

ANJU_TEST(rank, the_document_in_the_end)
{
	json_t *v = notice("announced", "2026-11-01", "2027-01-02");
	cr_assert_str_eq(
		json_string_value(json_object_get(calendar_notice_document(v), "number")), "r");
	json_decref(v);
	v = json_pack("{s:i, s:s}", "year", 2027, "status", "provisional");
	cr_assert_null(calendar_notice_document(v));
	cr_assert_eq(calendar_compare_notices(v, v), 0);
	json_decref(v);
}

ANJU_TEST(rank, a_copy_changes_alone)
{
	anju_error err = {0};
	struct calendar *cal = calendar_new(), *shared = calendar_ref(cal);
	struct calendar *copy = calendar_copy(cal);
	json_t *guess = json_pack("{s:i, s:s, s:[{s:{s:s, s:s}, s:s, s:s}]}", "year", 2027,
		"status", "provisional", "holidays", "name", "zh", "h", "en", "h", "from",
		"2027-01-01", "to", "2027-01-01");
	int32_t day;
	assert_ok(date_parse("2027-01-01", &day, &err), err);
	assert_ok(calendar_add_year(copy, guess, "f", &err), err);
	cr_assert(calendar_is_workday(cal, day));
	cr_assert_not(calendar_is_workday(copy, day));
	struct calendar *again = calendar_copy(copy);
	cr_assert_not(calendar_is_workday(again, day));
	calendar_free(cal);
	cr_assert(calendar_is_workday(shared, day), "the last reference keeps it");
	calendar_free(shared);
	calendar_free(copy);
	calendar_free(again);
	json_decref(guess);
}
