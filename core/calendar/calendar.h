/**
 * Dates, working days and durations. Pure. A date is a number of days since 1970-01-01 in legal time.
 *
 * A calendar is a set of years, each with its holidays and make-up working days, its source notice
 * and a status: announced (a notice exists) or provisional (weekends only, marked wherever it shows).
 */
#ifndef CORE_CALENDAR_CALENDAR_H
#define CORE_CALENDAR_CALENDAR_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "anju/error.h"
#include "base/cleanup.h"

struct calendar;

enum calendar_status { CALENDAR_PROVISIONAL, CALENDAR_ANNOUNCED };

/** An empty calendar: every year provisional. The caller holds the one reference to it. */
struct calendar *calendar_new(void);
/** Let go of one reference; the last one frees. Any thread. */
void calendar_free(struct calendar *cal);
ANJU_DEFINE_AUTO(calendar)
/**
 * One reference more. Whoever shares a calendar does not change it any more: a new notice goes into a copy, and the
 * copy takes its place, so that everyone sees all of the old one or all of the new one. Returns cal. Any thread.
 */
struct calendar *calendar_ref(const struct calendar *cal);
/** The same years in a calendar of one's own; NULL when out of memory. */
struct calendar *calendar_copy(const struct calendar *cal);

/**
 * Add or replace one year from a notice:
 *   {"year": 2017, "status": "announced", "source": {"title": {"zh","en"}, "number": "国办发明电〔2016〕17号",
 *    "issued": "2016-12-01", "revisions": [later notices that changed it, of the same shape]},
 *    "holidays": [{"name": {"zh": "国庆节、中秋节", "en": "…"}, "from": "2017-10-01", "to": "2017-10-08"}],
 *    "workdays": ["2017-09-30"]}
 * Returns ANJU_E_INVALID with pointer, found, allowed (dates outside the year ±7 days, a work day that
 * is no weekend, a day both holiday and work day, …); ANJU_E_NOMEM. The calendar is then as before. It must not
 * be shared yet (calendar_ref).
 * A notice may name days of the neighbouring years (2018-12-31 in that of 2019); where two notices
 * speak of one day, that of the later year counts. A provisional year may have days as well (a guess
 * made by hand) and needs no source then.
 */
ANJU_MUST_CHECK anju_status calendar_add_year(
	struct calendar *cal, const json_t *notice, const char *file, anju_error *err);

/** Monday to Friday where no notice says otherwise. Constant time. */
bool calendar_is_workday(const struct calendar *cal, int32_t day);
/** Name of the holiday or ""; borrowed until its year is replaced. lang 0 = zh, 1 = en. */
const char *calendar_day_name(const struct calendar *cal, int32_t day, int lang);
enum calendar_status calendar_year_status(const struct calendar *cal, int year);
/** The notice of a year as it was added, or NULL; borrowed until that year is replaced. */
const json_t *calendar_year_notice(const struct calendar *cal, int year);

/** The document that a notice rests on in the end: its source, or the revision issued last. NULL without a source.
 *  Borrowed from `notice`, which calendar_add_year() has accepted. */
const json_t *calendar_notice_document(const json_t *notice);
/**
 * Which of two notices for one year counts: an announced one before a provisional one, then the one whose document
 * was issued later (none at all is earliest). Greater than 0: `a`; 0: neither before the other.
 */
int calendar_compare_notices(const json_t *a, const json_t *b);

enum duration_unit {
	DURATION_HOURS,
	DURATION_DAYS,
	DURATION_WORKDAYS,
	DURATION_MONTHS,
	DURATION_YEARS
};
struct duration {
	int32_t n; /* may be negative for rungs before a due date */
	enum duration_unit unit;
};

/** "10wd", "30d", "6mo", "1y", "12h", with optional sign when `signed_ok`; at most 99999 and without
 *  leading zeros; a bare number is refused ("calendar.duration"). */
ANJU_MUST_CHECK anju_status duration_parse(
	const char *s, bool signed_ok, struct duration *ret, anju_error *err);
/** Into at least 16 bytes. Returns out. */
char *duration_format(struct duration d, char *out);

/** "2017-08-31" → day; years 1900 to 2200 ("calendar.date"). */
ANJU_MUST_CHECK anju_status date_parse(const char *s, int32_t *ret, anju_error *err);
/** Into at least 11 bytes. Returns out. */
char *date_format(int32_t day, char *out);

/**
 * Count `d` from `day`; counting starts the day after. Working days skip what is not one, so ten
 * working days from 2017-09-29 end on 2017-10-19 (BJ-H-12). Months and years keep the day of month, cut
 * to the month's end. Negative counts go back. A count of zero is `day` itself, working day or not.
 * Returns ANJU_E_INVALID "calendar.hours" (hours are not counted here), "calendar.range" (the result
 * lies before 1900 or after 2200).
 * *ret_provisional: working days were counted in a year without a notice. May be NULL.
 */
ANJU_MUST_CHECK anju_status calendar_add(const struct calendar *cal, int32_t day, struct duration d,
	int32_t *ret_day, bool *ret_provisional, anju_error *err);

/** Days this far out are dealt with: 1900-01-01 to 2200-12-31. */
#define DATE_MIN_YEAR 1900
#define DATE_MAX_YEAR 2200
bool date_in_range(int32_t day);
int32_t date_month_end(int32_t day);
/** Last day of `month` in plan year + offset: "end of November of the following year" = (y, 1, 11). */
int32_t date_plan_year(int plan_year, int offset, int month);
/**
 * "2017-08-31", "2020-08" (its last day) or "2019" (31 December): the last day of what is named. False if it is
 * none of these.
 */
bool date_parse_partial(const char *s, int32_t *ret);

/** Half months are the days 1 to 15 and 16 to the month's end (GX-H-10). */
enum period { PERIOD_HALF_MONTH, PERIOD_MONTH, PERIOD_QUARTER, PERIOD_YEAR };
/** The last day of the period that is `n` after the one in which `day` lies. ANJU_E_INVALID "calendar.range". */
ANJU_MUST_CHECK anju_status date_period_end(
	int32_t day, enum period period, int32_t n, int32_t *ret_day, anju_error *err);

/** Festivals by the traditional calendar: 正月初一, 正月十五, 五月初五, 八月十五, 九月初九. */
enum festival {
	FESTIVAL_SPRING,
	FESTIVAL_LANTERN,
	FESTIVAL_DRAGON_BOAT,
	FESTIVAL_MID_AUTUMN,
	FESTIVAL_DOUBLE_NINTH
};
/** "spring", "lantern", "dragon_boat", "mid_autumn", "double_ninth"; false for other texts. */
bool festival_parse(const char *name, enum festival *ret);
#define FESTIVAL_NAMES "spring | lantern | dragon_boat | mid_autumn | double_ninth"
/**
 * The festival's day in the Gregorian `year`. It is computed (ICU), so no notice is needed for it. Any thread.
 * Returns ANJU_OK; ANJU_E_INVALID "calendar.range" (year); ANJU_E_NOMEM. Source: SX-H-05.
 */
ANJU_MUST_CHECK anju_status festival_day(
	enum festival f, int year, int32_t *ret_day, anju_error *err);

/** `day` itself if it is a working day, else the next (direction > 0) or previous (< 0) one; 0 leaves
 *  the day as it is. */
int32_t calendar_shift(const struct calendar *cal, int32_t day, int direction);
/** Working days after `from` up to and including `to`; if to < from, those before `from` down to and
 *  including `to`, negative. So it is n for `to` = `from` plus n working days, n of either sign. */
int32_t calendar_workdays_between(const struct calendar *cal, int32_t from, int32_t to);

/**
 * The first occurrence after `after` of an RFC 5545 RRULE anchored at `start` (libical). `start` itself
 * is an occurrence only if the rule yields it. Whole days: FREQ is DAILY to YEARLY; INTERVAL, COUNT,
 * UNTIL (a date), BYMONTH, BYMONTHDAY, BYDAY, BYSETPOS and WKST as far as RFC 5545 allows them there.
 * Returns ANJU_E_INVALID "calendar.rrule", "calendar.range" (`start`); ANJU_E_NOTFOUND
 * "calendar.rrule_ended" when there is none up to 2200; ANJU_E_NOMEM. Any thread.
 */
ANJU_MUST_CHECK anju_status recurrence_next(
	const char *rrule, int32_t start, int32_t after, int32_t *ret_day, anju_error *err);

#endif
