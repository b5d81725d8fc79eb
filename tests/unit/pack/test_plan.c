/* When obligations begin and are due: periods of all kinds, against a calendar with the holidays of autumn 2017. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "pack/forecast.h"
#include "unit/support.h"

static struct pack_set *load(void)
{
	struct pack_options options = {.dir = getenv("ANJU_TEST_OBLIGATIONS")};
	struct pack_set *set = NULL;
	anju_error err = {0};
	assert_ok(pack_load(&options, &set, &err), err);
	return set;
}

static struct calendar *autumn(void)
{
	static const char notice[] =
		"{\"year\":2017,\"status\":\"announced\",\"source\":{\"title\":{\"zh\":\"通知\","
		"\"en\":\"notice\"},\"number\":\"1\",\"issued\":\"2016-12-01\"},\"holidays\":[{"
		"\"name\":{\"zh\":\"国庆节\",\"en\":\"National Day\"},\"from\":\"2017-10-01\","
		"\"to\":\"2017-10-08\"}],\"workdays\":[\"2017-09-30\"]}";
	struct calendar *cal = calendar_new();
	ANJU_AUTO_JSON *doc = json_loads(notice, 0, NULL);
	anju_error err = {0};
	assert_ok(calendar_add_year(cal, doc, "2017", &err), err);
	return cal;
}

static int32_t day_of(const char *text)
{
	int32_t day = 0;
	cr_assert_eq(date_parse(text, &day, NULL), ANJU_OK);
	return day;
}

/* "key begins due\n" of each case of `id` (NULL = all) that begins in that time. */
static char *planned(const struct pack_set *set, const char *id, const char *from, const char *to)
{
	ANJU_AUTO(calendar) cal = autumn();
	struct buf out = BUF_INIT;
	struct forecast_item *items = NULL;
	size_t n = 0;
	anju_error err = {0};
	assert_ok(forecast(set, cal, day_of(from), day_of(to), &items, &n, &err), err);
	for (size_t i = 0; i < n; i++) {
		const struct obligation *o = items[i].o;
		const struct plan_period *period = &items[i].period;
		if (id != NULL && strcmp(o->id, id) != 0)
			continue;
		for (size_t k = 0; k < o->obliged_len; k++) {
			struct due due;
			char begins[16], on[16];
			ANJU_AUTO_MEM char *key = plan_key(o, &o->obliged[k], period->day);
			assert_ok(plan_due(o, cal, period->begins, NULL, &due, &err), err);
			buf_addf(&out, "%s %s %s\n", key, date_format(period->begins, begins),
				date_format(due.day, on));
		}
	}
	free(items);
	char *text = buf_take(&out);
	return text != NULL ? text : strdup("");
}

static void assert_planned(const struct pack_set *set, const char *id, const char *from,
	const char *to, const char *want)
{
	ANJU_AUTO_MEM char *got = planned(set, id, from, to);
	cr_assert_str_eq(got, want);
}

ANJU_TEST(plan, half_months)
{
	ANJU_AUTO(pack_set) set = load();
	assert_planned(set, "halves", "2020-02-01", "2020-02-29",
		"halves-610322101.town-2020-02-1 2020-02-01 2020-02-15\n"
		"halves-610322103.town-2020-02-1 2020-02-01 2020-02-15\n"
		"halves-610322101.town-2020-02-2 2020-02-16 2020-02-29\n"
		"halves-610322103.town-2020-02-2 2020-02-16 2020-02-29\n");
	/* the last day counts, and nothing begins after it */
	assert_planned(set, "halves_too", "2020-12-02", "2021-06-30",
		"halves-too-610322.land-2020-12-2 2020-12-16 2020-12-31\n");
}

ANJU_TEST(plan, two_weeks_from_their_anchor_over_the_year)
{
	ANJU_AUTO(pack_set) set = load();
	assert_planned(set, "fortnight", "2018-12-01", "2019-01-20",
		"fortnight-610322.land-2018-W49 2018-12-03 2018-12-07\n"
		"fortnight-610322.land-2018-W51 2018-12-17 2018-12-21\n"
		"fortnight-610322.land-2019-W01 2018-12-31 2019-01-04\n"
		"fortnight-610322.land-2019-W03 2019-01-14 2019-01-18\n");
	/* whatever day is looked at from */
	assert_planned(set, "fortnight", "2019-12-20", "2020-01-10",
		"fortnight-610322.land-2020-W01 2019-12-30 2020-01-03\n");
}

ANJU_TEST(plan, quarters_and_windows)
{
	ANJU_AUTO(pack_set) set = load();
	assert_planned(set, "quarters", "2017-09-01", "2018-06-30",
		"quarter-610322-2017-4 2017-10-01 2017-12-31\n"
		"quarter-610322-2018-1 2018-01-01 2018-03-31\n"
		"quarter-610322-2018-2 2018-04-01 2018-06-30\n");
	/* the month after the window is for what it finds: QZ-H-01 */
	assert_planned(set, "windows", "2018-01-01", "2019-03-31",
		"window-610322.land-2018-03 2018-03-01 2018-04-30\n"
		"window-610322.land-2018-09 2018-09-01 2018-10-31\n"
		"window-610322.land-2019-03 2019-03-01 2019-04-30\n");
}

/* The key is that of the rule's day, wherever the opening moves. */
ANJU_TEST(plan, days_off_move_the_opening)
{
	ANJU_AUTO(pack_set) set = load();
	assert_planned(set, "shifted", "2017-10-01", "2018-12-31",
		"shifted-610322.land-2017-10 2017-10-09 2017-10-12\n"
		"shifted-610322.land-2017-11 2017-11-01 2017-11-06\n"
		"shifted-610322.land-2017-12 2017-12-01 2017-12-06\n"
		"shifted-610322.land-2018-01 2018-01-01 2018-01-04\n");
	/* moved into the time that is asked for */
	assert_planned(set, "shifted", "2017-10-09", "2017-10-09",
		"shifted-610322.land-2017-10 2017-10-09 2017-10-12\n");
	assert_planned(set, "shifted", "2017-10-01", "2017-10-08", "");
}

ANJU_TEST(plan, leap_days_and_the_end_of_the_year)
{
	ANJU_AUTO(pack_set) set = load();
	assert_planned(set, "leap", "2016-01-01", "2024-12-31",
		"leap-610322.land-2016-02-29 2016-02-29 2017-02-28\n"
		"leap-610322.land-2020-02-29 2020-02-29 2021-02-28\n"
		"leap-610322.land-2024-02-29 2024-02-29 2025-02-28\n");
	assert_planned(set, "year_end", "2017-12-01", "2018-12-31",
		"year-610322.land-2017 2017-12-31 2018-01-01\n"
		"year-610322.land-2018 2018-12-31 2019-01-01\n");
}

ANJU_TEST(plan, what_is_once_and_what_waits)
{
	ANJU_AUTO(pack_set) set = load();
	ANJU_AUTO(calendar) cal = autumn();
	assert_planned(set, "once", "2017-01-01", "2019-01-01",
		"once-610322.land 2017-09-10 2017-10-10\n");
	assert_planned(set, "asked", "2016-01-01", "2026-01-01", "");
	assert_planned(set, "periodic", "2016-01-01", "2026-01-01", "");
	/* done once, wherever a later version puts the day */
	struct plan_period period;
	cr_assert_eq(plan_next(pack_set_obligation(set, "once"), cal, day_of("2017-01-01"), &period,
			     NULL),
		ANJU_E_NOTFOUND);
	ANJU_AUTO_MEM char *all = planned(set, NULL, "2018-01-01", "2018-01-01");
	cr_assert_str_eq(all,
		"halves-610322101.town-2018-01-1 2018-01-01 2018-01-15\n"
		"halves-610322103.town-2018-01-1 2018-01-01 2018-01-15\n"
		"halves-too-610322.land-2018-01-1 2018-01-01 2018-01-15\n"
		"quarter-610322-2018-1 2018-01-01 2018-03-31\n"
		"shifted-610322.land-2018-01 2018-01-01 2018-01-04\n",
		"in the order of the packs");
}

/* --- who --- */

static void assert_units(const struct pack_set *set, const char *id, enum plan_part part,
	const struct plan_place *place, const char *want)
{
	const struct unit *units[8];
	const struct obligation *o = id != NULL ? pack_set_obligation(set, id) : NULL;
	size_t n = plan_units(pack_set_org(set), o, part, place, units, 8);
	ANJU_AUTO_BUF got = BUF_INIT;
	for (size_t i = 0; i < n; i++)
		buf_addf(&got, "%s%s", i > 0 ? " " : "", units[i]->code);
	cr_assert_str_eq(got.data != NULL ? got.data : "", want);
}

ANJU_TEST(plan, who_takes_which_part)
{
	ANJU_AUTO(pack_set) set = load();
	const struct plan_place county = {.region = "610322", .owner = "610322.finance"};
	assert_units(set, "quarters", PLAN_LEAD, &county, "610322.finance 610322.land");
	assert_units(set, "quarters", PLAN_RESPONSIBLE, &county, "610322.finance 610322.land");
	assert_units(set, "quarters", PLAN_REVIEWER, &county, "6103.land");
	/* without roles the case's own fields say who; and so they do when the obligation is gone */
	const struct plan_place town = {.region = "610322101", .owner = "610322101.town"};
	assert_units(set, "halves", PLAN_LEAD, &town, "610322101.town");
	assert_units(set, "halves", PLAN_COOPERATING, &town, "");
	assert_units(set, "halves", PLAN_REVIEWER, &town, "610322.gov");
	assert_units(set, NULL, PLAN_LEAD, &county, "610322.finance");
	const struct plan_place named = {
		.region = "610322", .owner = "610322.finance", .reviewer = "610322.gov"};
	assert_units(set, NULL, PLAN_REVIEWER, &named, "610322.gov");
	assert_units(set, "quarters", PLAN_REVIEWER, &named, "6103.land");
}

ANJU_TEST(plan, a_like_one_takes_over_what_it_does_not_say)
{
	ANJU_AUTO(pack_set) set = load();
	const struct obligation *o = pack_set_obligation(set, "halves_too");
	cr_assert_str_eq(o->like, "halves");
	cr_assert_str_eq(o->rrule, "FREQ=MONTHLY;BYMONTHDAY=1,16");
	cr_assert_str_eq(o->title.text[LANG_EN], "Like the half-monthly", "its own");
	cr_assert_eq(o->obliged_len, 1, "its own");
	cr_assert_eq(json_array_size(o->rows), 1);
	cr_assert_null(pack_set_obligation(set, "halves")->rows);
}

ANJU_TEST(plan, what_a_case_begins_with)
{
	ANJU_AUTO(pack_set) set = load();
	const struct obligation *o = pack_set_obligation(set, "quarters");
	const struct plan_period period = {day_of("2017-10-01"), day_of("2017-10-09")};
	ANJU_AUTO_JSON *data =
		plan_data(o, pack_set_workflow(set, "task"), &o->obliged[0], &period, true);
	ANJU_AUTO_JSON *want = json_loads(
		"{\"obligation\":\"quarters\",\"begun_on\":\"2017-10-09\",\"caught_up\":true,"
		"\"owner\":\"610322.finance\",\"subject\":\"季度 / Quarterly\"}",
		0, NULL);
	cr_assert(json_equal(data, want));
}
