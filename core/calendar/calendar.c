/*~ The calendar keeps, for every year it deals with, one bit a day: is it a working day. With the
 * number of set bits before each word, counting working days over any distance is a matter of a few
 * words a year, and no notice is looked at while counting. The bits of a year are made again when its
 * notice, or that of a neighbour which reaches into it, is added.
 */
#include "calendar/calendar.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/timestamp.h"
#include "calendar/notice.h"

#define YEARS (DATE_MAX_YEAR - DATE_MIN_YEAR + 1)
#define WORDS 6 /* of 64 days */

struct year_bits {
	int32_t first; /* its 1 January */
	int16_t days;
	int16_t before[WORDS +
		       1]; /* working days in the words before; the last = of the whole year */
	uint64_t work[WORDS];
};

struct calendar {
	_Atomic int refs;
	struct notice *notices[YEARS]; /* owned; NULL = provisional without days */
	struct year_bits years[YEARS];
};

/** The notice whose word counts for `day`: that of the later year was issued later. */
static const struct notice_span *deciding_span(const struct calendar *cal, int y, int32_t day)
{
	for (int i = y + 1; i >= y - 1; i--) {
		const struct notice_span *span =
			i >= 0 && i < YEARS ? notice_find(cal->notices[i], day) : NULL;
		if (span != NULL)
			return span;
	}
	return NULL;
}

static void make_year(struct calendar *cal, int y)
{
	if (y < 0 || y >= YEARS)
		return;
	struct year_bits *b = &cal->years[y];
	*b = (struct year_bits){.first = civil_to_days(DATE_MIN_YEAR + y, 1, 1)};
	b->days = (int16_t)(civil_to_days(DATE_MIN_YEAR + y + 1, 1, 1) - b->first);
	bool plain = true; /* of three years without a notice only the weekday speaks */
	for (int i = y - 1; i <= y + 1; i++)
		plain = plain && (i < 0 || i >= YEARS || cal->notices[i] == NULL);
	int weekday = date_weekday(b->first);
	int count = 0;
	for (int d = 0; d < b->days; d++) {
		if (d % 64 == 0)
			b->before[d / 64] = (int16_t)count;
		const struct notice_span *span = plain ? NULL : deciding_span(cal, y, b->first + d);
		bool work = span != NULL ? span->work : weekday != 0 && weekday != 6;
		if (work) {
			b->work[d / 64] |= UINT64_C(1) << (d % 64);
			count++;
		}
		weekday = weekday == 6 ? 0 : weekday + 1;
	}
	b->before[WORDS] = (int16_t)count;
}

struct calendar *calendar_new(void)
{
	struct calendar *cal = calloc(1, sizeof *cal);
	if (cal == NULL)
		return NULL;
	atomic_init(&cal->refs, 1);
	for (int y = 0; y < YEARS; y++)
		make_year(cal, y);
	return cal;
}

struct calendar *calendar_ref(const struct calendar *cal)
{
	struct calendar *shared = (struct calendar *)cal; /* the count is no part of its content */
	if (shared != NULL)
		atomic_fetch_add(&shared->refs, 1);
	return shared;
}

struct calendar *calendar_copy(const struct calendar *cal)
{
	ANJU_AUTO(calendar) copy = calendar_new();
	for (int y = 0; copy != NULL && y < YEARS; y++) {
		const struct notice *n = cal->notices[y];
		/* what has been accepted once is accepted again, unless memory runs out */
		if (n != NULL && calendar_add_year(copy, n->json, "", NULL) != ANJU_OK)
			return NULL;
	}
	return ANJU_TAKE(copy);
}

void calendar_free(struct calendar *cal)
{
	if (cal == NULL || atomic_fetch_sub(&cal->refs, 1) > 1)
		return;
	for (int y = 0; y < YEARS; y++)
		notice_free(cal->notices[y]);
	free(cal);
}

anju_status calendar_add_year(
	struct calendar *cal, const json_t *notice, const char *file, anju_error *err)
{
	struct notice *n = NULL;
	anju_assert(atomic_load(&cal->refs) == 1);
	anju_status st = notice_parse(notice, file, &n, err);
	if (st != ANJU_OK)
		return st;
	int y = n->year - DATE_MIN_YEAR;
	notice_free(cal->notices[y]);
	cal->notices[y] = n;
	for (int i = y - 1; i <= y + 1; i++)
		make_year(cal, i);
	return ANJU_OK;
}

bool calendar_is_workday(const struct calendar *cal, int32_t day)
{
	if (!date_in_range(day)) {
		int weekday = date_weekday(day);
		return weekday != 0 && weekday != 6;
	}
	const struct year_bits *b = &cal->years[date_year(day) - DATE_MIN_YEAR];
	int32_t d = day - b->first;
	return (b->work[d / 64] >> (d % 64) & 1) != 0;
}

const char *calendar_day_name(const struct calendar *cal, int32_t day, int lang)
{
	if (!date_in_range(day))
		return "";
	const struct notice_span *span = deciding_span(cal, date_year(day) - DATE_MIN_YEAR, day);
	if (span == NULL || span->work)
		return "";
	return lang == 1 ? span->en : span->zh;
}

const json_t *calendar_year_notice(const struct calendar *cal, int year)
{
	if (year < DATE_MIN_YEAR || year > DATE_MAX_YEAR)
		return NULL;
	const struct notice *n = cal->notices[year - DATE_MIN_YEAR];
	return n != NULL ? n->json : NULL;
}

enum calendar_status calendar_year_status(const struct calendar *cal, int year)
{
	if (year < DATE_MIN_YEAR || year > DATE_MAX_YEAR)
		return CALENDAR_PROVISIONAL;
	const struct notice *n = cal->notices[year - DATE_MIN_YEAR];
	return n != NULL ? n->status : CALENDAR_PROVISIONAL;
}

/** Working days from the first day of the range up to and including `day`, which is in range or the
 *  day before. */
static int32_t rank_of(const struct calendar *cal, int32_t day)
{
	if (day < cal->years[0].first)
		return 0;
	int y = date_year(day) - DATE_MIN_YEAR;
	int32_t rank = 0;
	for (int i = 0; i < y; i++)
		rank += cal->years[i].before[WORDS];
	const struct year_bits *b = &cal->years[y];
	int32_t d = day - b->first;
	uint64_t upto = d % 64 == 63 ? UINT64_MAX : (UINT64_C(1) << (d % 64 + 1)) - 1;
	return rank + b->before[d / 64] + __builtin_popcountll(b->work[d / 64] & upto);
}

/** The `rank`-th working day of the range, counted from 1; false if there are not so many. */
static bool day_of_rank(const struct calendar *cal, int32_t rank, int32_t *ret_day)
{
	if (rank < 1)
		return false;
	int y = 0;
	for (; y < YEARS && rank > cal->years[y].before[WORDS]; y++)
		rank -= cal->years[y].before[WORDS];
	if (y == YEARS)
		return false;
	const struct year_bits *b = &cal->years[y];
	int w = 0;
	while (w + 1 < WORDS && rank > b->before[w + 1])
		w++;
	uint64_t bits = b->work[w];
	for (int32_t skip = rank - b->before[w]; skip > 1; skip--)
		bits &= bits - 1;
	*ret_day = b->first + w * 64 + __builtin_ctzll(bits);
	return true;
}

static bool any_provisional(const struct calendar *cal, int32_t from, int32_t to)
{
	for (int y = date_year(from); y <= date_year(to); y++) {
		if (calendar_year_status(cal, y) == CALENDAR_PROVISIONAL)
			return true;
	}
	return false;
}

static bool add_workdays(
	const struct calendar *cal, int32_t day, int32_t n, int32_t *ret_day, bool *ret_provisional)
{
	if (n > 0) {
		if (!day_of_rank(cal, rank_of(cal, day) + n, ret_day))
			return false;
		*ret_provisional = any_provisional(cal, day + 1, *ret_day);
	} else if (n < 0) {
		if (!day_of_rank(cal, rank_of(cal, day - 1) + n + 1, ret_day))
			return false;
		*ret_provisional = any_provisional(cal, *ret_day, day - 1);
	} else {
		*ret_day = day;
		*ret_provisional = false;
	}
	return true;
}

static bool add_months(int32_t day, int64_t months, int32_t *ret_day)
{
	int y, m, d;
	civil_from_days(day, &y, &m, &d);
	int64_t index = (int64_t)y * 12 + (m - 1) + months;
	if (index < (int64_t)DATE_MIN_YEAR * 12 || index >= ((int64_t)DATE_MAX_YEAR + 1) * 12)
		return false;
	int32_t first = civil_to_days((int)(index / 12), (int)(index % 12) + 1, 1);
	int32_t last = date_month_end(first);
	*ret_day = first + d - 1 <= last ? first + d - 1 : last;
	return true;
}

static anju_status fail_range(anju_error *err, int32_t day, struct duration d)
{
	char number[16];
	(void)anju_fail(err, ANJU_E_INVALID, "calendar.range",
		"day %d and %s are outside the years %d to %d", (int)day,
		duration_format(d, number), DATE_MIN_YEAR, DATE_MAX_YEAR);
	anju_error_found(err, "%s", number);
	anju_error_allowed(err, "%d–%d", DATE_MIN_YEAR, DATE_MAX_YEAR);
	return ANJU_E_INVALID;
}

anju_status calendar_add(const struct calendar *cal, int32_t day, struct duration d,
	int32_t *ret_day, bool *ret_provisional, anju_error *err)
{
	int32_t end = day;
	bool provisional = false, ok = false;
	if (!date_in_range(day))
		return fail_range(err, day, d);
	switch (d.unit) {
	case DURATION_HOURS:
		return anju_fail(err, ANJU_E_INVALID, "calendar.hours",
			"hours are counted from an instant, not from a day");
	case DURATION_DAYS: {
		int64_t sum = (int64_t)day + d.n;
		ok = sum >= INT32_MIN && sum <= INT32_MAX && date_in_range((int32_t)sum);
		end = (int32_t)(ok ? sum : day);
		break;
	}
	case DURATION_WORKDAYS:
		/* No count can exceed the days there are; the bound keeps the sums in 32 bits. */
		ok = d.n > -200000 && d.n < 200000 &&
		     add_workdays(cal, day, d.n, &end, &provisional);
		break;
	case DURATION_MONTHS:
		ok = add_months(day, d.n, &end);
		break;
	case DURATION_YEARS:
		ok = add_months(day, (int64_t)d.n * 12, &end);
		break;
	}
	if (!ok)
		return fail_range(err, day, d);
	*ret_day = end;
	if (ret_provisional != NULL)
		*ret_provisional = provisional;
	return ANJU_OK;
}

int32_t calendar_shift(const struct calendar *cal, int32_t day, int direction)
{
	int32_t to = day;
	if (direction == 0 || !date_in_range(day) || calendar_is_workday(cal, day))
		return day;
	bool provisional;
	return add_workdays(cal, day, direction > 0 ? 1 : -1, &to, &provisional) ? to : day;
}

static int32_t clamp(const struct calendar *cal, int32_t day)
{
	const struct year_bits *last = &cal->years[YEARS - 1];
	if (day < cal->years[0].first)
		return cal->years[0].first - 1;
	return day < last->first + last->days ? day : last->first + last->days - 1;
}

int32_t calendar_workdays_between(const struct calendar *cal, int32_t from, int32_t to)
{
	if (to >= from)
		return rank_of(cal, clamp(cal, to)) - rank_of(cal, clamp(cal, from));
	return rank_of(cal, clamp(cal, to) - 1) - rank_of(cal, clamp(cal, from - 1));
}
