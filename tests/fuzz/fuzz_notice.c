/** Any JSON as a holiday notice: refused with a place and nothing changed, or days that are what it says. */
#include <string.h>

#include "base/json.h"
#include "base/timestamp.h"
#include "calendar/notice.h"
#include "fuzz/fuzz.h"

static void check_spans(const struct calendar *cal, const struct notice *n)
{
	for (size_t i = 0; i < n->len; i++) {
		const struct notice_span *s = &n->spans[i];
		fuzz_assert(s->from <= s->to);
		for (int32_t day = s->from; day <= s->to; day++) {
			fuzz_assert(notice_find(n, day) == s);
			if (date_year(day) < DATE_MIN_YEAR || date_year(day) > DATE_MAX_YEAR)
				continue;
			fuzz_assert(calendar_is_workday(cal, day) == s->work);
			const char *name = calendar_day_name(cal, day, 0);
			fuzz_assert(s->work || strcmp(name, s->zh) == 0);
		}
	}
}

/* Counting forth and back meets. */
static void check_counting(const struct calendar *cal, int year)
{
	anju_error err;
	for (int32_t n = -40; n <= 40; n += 7) {
		int32_t from = civil_to_days(year, 1, 1) + n, to = 0;
		const struct duration d = {.n = n, .unit = DURATION_WORKDAYS};
		if (calendar_add(cal, from, d, &to, NULL, &err) != ANJU_OK)
			continue; /* before 1900, after 2200 */
		fuzz_assert(calendar_workdays_between(cal, from, to) == n);
		fuzz_assert(n == 0 || calendar_is_workday(cal, to));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	anju_error err;
	ANJU_AUTO_JSON *doc =
		json_loadb((const char *)data, n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
	if (doc == NULL)
		return 0;
	ANJU_AUTO(notice) notice = NULL;
	ANJU_AUTO(calendar) cal = calendar_new();
	anju_status st = notice_parse(doc, "n.json", &notice, &err);
	anju_status added = calendar_add_year(cal, doc, "n.json", &err);
	fuzz_assert(st == added && (st == ANJU_OK) == (notice != NULL));
	if (st != ANJU_OK) {
		fuzz_error(st, &err, data, n);
		fuzz_same_text(err.file, "n.json");
		fuzz_pointer(doc, err.where);
		for (int year = 2015; year < 2020; year++)
			fuzz_assert(calendar_year_notice(cal, year) == NULL);
		return 0;
	}
	fuzz_assert(json_equal(calendar_year_notice(cal, notice->year), doc));
	fuzz_assert(calendar_year_status(cal, notice->year) == notice->status);
	check_spans(cal, notice);
	check_counting(cal, notice->year);
	return 0;
}
