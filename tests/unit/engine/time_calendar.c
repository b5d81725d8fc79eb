/* Dates by the calendar: legal time is UTC+08:00 wherever the host stands, leap days, the turn of a year whose holidays
 * nobody has announced. */
#include <stdlib.h>
#include <time.h>

#include "base/json.h"
#include "base/timestamp.h"
#include "world.h"

#define SLIP(key) "{\"workflow\":\"slip\",\"key\":\"" key "\",\"data\":{}}"
#define LEAP      TEST_DATA "/time"
#define SMALL     TEST_DATA "/rehearse/packs"

/* --- zones of the host --- */

/* All that a household's story leaves, over both changes of American clocks. */
static char *story(const char *zone)
{
	struct world w;
	struct buf out = BUF_INIT;
	cr_assert_eq(setenv("TZ", zone, 1), 0);
	tzset();
	world_open_packs(&w, SMALL, "2017-08-16T00:30+08:00"); /* the 15th in UTC and New York */
	cr_assert_eq(world_do(&w, COMMAND_OPEN, "610322.land",
			     "{\"workflow\":\"household\",\"key\":\"A1\",\"data\":{\"head\":\"x\","
			     "\"persons\":3,\"county\":\"610322\"}}",
			     NULL),
		ANJU_OK);
	world_advance(&w, "2017-11-05T14:30+08:00"); /* an hour that New York has twice */
	world_advance(&w, "2018-03-11T15:30+08:00"); /* one that it has not */
	world_advance(&w, "2018-04-01T00:00+08:00");
	ANJU_AUTO_MEM char *messages = world_messages(&w);
	ANJU_AUTO_MEM char *household = world_deadlines(&w, "household", "A1");
	ANJU_AUTO_MEM char *autumn = world_deadlines(&w, "report", "610322.land-2017-11");
	ANJU_AUTO_MEM char *spring = world_deadlines(&w, "report", "610322.land-2018-03");
	buf_addf(&out, "%s%s%s%s", messages, household, autumn, spring);
	world_verify(&w);
	world_done(&w);
	return buf_take(&out);
}

ANJU_TEST(time, the_host_s_zone_changes_nothing)
{
	static const char *const zones[] = {"Asia/Shanghai", "UTC", "America/New_York",
		"Pacific/Kiritimati", "Asia/Kathmandu", "EST5EDT,M3.2.0,M11.1.0"};
	ANJU_AUTO_MEM char *want = story(zones[0]);
	cr_assert(strstr(want, "|610322.land|2017-08-24: 1 due, 0 overdue") != NULL, "%s", want);
	cr_assert(strstr(want, "agreements|0|2017-08-31|610322.land\n") != NULL, "%s", want);
	cr_assert(strstr(want, "sent|0|2017-11-08|610322.land\n") != NULL, "%s", want);
	cr_assert(strstr(want, "sent|0|2018-03-08|610322.land\n") != NULL, "%s", want);
	for (size_t i = 1; i < sizeof zones / sizeof zones[0]; i++) {
		ANJU_AUTO_MEM char *found = story(zones[i]);
		cr_assert_str_eq(found, want, "%s: %s", zones[i], found);
	}
}

/* --- leap days --- */

static void deadlines_are(struct world *w, const char *key, const char *const *want)
{
	ANJU_AUTO_MEM char *found = world_deadlines(w, "slip", key);
	for (size_t i = 0; want[i] != NULL; i++)
		cr_assert(strstr(found, want[i]) != NULL, "%s not in\n%s", want[i], found);
}

ANJU_TEST(time, counted_from_a_leap_day)
{
	static const char *const from_leap[] = {"day|0|2020-03-01|", "month|0|2020-03-29|",
		"workdays|0|2020-03-13|", "year|0|2021-02-28|", "years|0|2024-02-29|", NULL};
	static const char *const from_28th[] = {"day|0|2020-02-29|", "month|0|2020-03-28|",
		"workdays|0|2020-03-13|", "year|0|2021-02-28|", NULL};
	static const char *const from_jan_31[] = {
		"month|0|2020-02-29|", "year|0|2021-01-31|", NULL};
	struct world w;
	world_open_packs(&w, LEAP, "2020-01-31T09:00+08:00");
	assert_status(world_do(&w, COMMAND_OPEN, "610322.land", SLIP("jan"), NULL), ANJU_OK);
	world_advance(&w, "2020-02-28T23:59+08:00");
	assert_status(world_do(&w, COMMAND_OPEN, "610322.land", SLIP("a28"), NULL), ANJU_OK);
	world_advance(&w, "2020-02-29T00:00+08:00"); /* still the 28th in UTC */
	assert_status(world_do(&w, COMMAND_OPEN, "610322.land", SLIP("a29"), NULL), ANJU_OK);
	deadlines_are(&w, "jan", from_jan_31);
	deadlines_are(&w, "a28", from_28th);
	deadlines_are(&w, "a29", from_leap);
	world_verify(&w);
	world_done(&w);
}

static bool add_key(void *ctx, const struct store_case *row)
{
	buf_addf(ctx, "%s ", strchr(row->key, '-') != NULL ? strchr(row->key, '-') + 1 : row->key);
	return true;
}

/* Keys of all slips without the unit, in the order in which they began. */
static char *slips(struct world *w)
{
	struct store_reader *r;
	anju_error err = {0};
	struct buf out = BUF_INIT;
	struct store_case_filter filter = {.workflow = "slip", .done = -1, .limit = 1000};
	assert_ok(store_reader_open(w->folder, &r, &err), err);
	assert_ok(store_read_cases(r, &filter, add_key, &out, &err), err);
	store_reader_free(r);
	return buf_take(&out);
}

ANJU_TEST(time, what_recurs_on_days_that_some_months_lack)
{
	struct world w;
	world_open_packs(&w, LEAP, "2019-12-01T09:00+08:00");
	world_advance(&w, "2020-03-30T00:00+08:00");
	ANJU_AUTO_MEM char *leap = slips(&w);
	cr_assert_str_eq(leap,
		"29-2020-01 end-2020-01 29-2020-02 end-2020-02 leap-2020-02 29-2020-03 ", "%s",
		leap);
	/* a year without: no 29th in February, its end is the 28th, no leap day until 2024 */
	world_advance(&w, "2021-01-01T00:00+08:00");
	ANJU_AUTO_MEM char *before = slips(&w);
	world_advance(&w, "2021-02-28T00:00+08:00");
	world_advance(&w, "2021-03-01T00:00+08:00");
	ANJU_AUTO_MEM char *after = slips(&w);
	cr_assert_str_eq(after + strlen(before), "29-2021-01 end-2021-01 end-2021-02 ");
	world_advance(&w, "2024-03-01T00:00+08:00");
	ANJU_AUTO_MEM char *later = slips(&w);
	cr_assert(strstr(later, "leap-2024-02") != NULL, "%s", later);
	cr_assert(strstr(later, "leap-2021") == NULL && strstr(later, "leap-2022") == NULL, "%s",
		later);
	world_verify(&w);
	world_done(&w);
}

/* --- the turn of a year --- */

struct looking {
	const char *name;
	int provisional; /* -1: not seen */
};

static bool look(void *ctx, const struct store_deadline *row)
{
	struct looking *l = ctx;
	if (strcmp(row->name, l->name) == 0)
		l->provisional = row->provisional;
	return true;
}

static bool is_provisional(struct world *w, const char *key, const char *name)
{
	struct store_reader *r;
	struct store_case row;
	struct looking l = {.name = name, .provisional = -1};
	anju_error err = {0};
	assert_ok(store_reader_open(w->folder, &r, &err), err);
	assert_ok(store_read_case(r, "slip", key, &row, &err), err);
	struct store_deadline_filter filter = {.case_id = row.id, .status = -1, .limit = 100};
	assert_ok(store_read_deadlines(r, &filter, look, &l, &err), err);
	store_reader_free(r);
	cr_assert_geq(l.provisional, 0);
	return l.provisional == 1;
}

ANJU_TEST(time, working_days_into_a_year_without_a_notice_are_marked)
{
	static const char *const winter[] = {"workdays|0|2018-01-08|", "month|0|2018-01-25|", NULL};
	static const char *const autumn[] = {"workdays|0|2017-10-19|", NULL};
	struct world w;
	/* 2017 has its notice, 2018 has none here */
	world_open_packs(&w, LEAP, "2017-09-29T09:00+08:00");
	assert_status(world_do(&w, COMMAND_OPEN, "610322.land", SLIP("autumn"), NULL), ANJU_OK);
	deadlines_are(&w, "autumn", autumn);
	cr_assert_not(is_provisional(&w, "autumn", "workdays"));
	world_advance(&w, "2017-12-25T09:00+08:00");
	assert_status(world_do(&w, COMMAND_OPEN, "610322.land", SLIP("winter"), NULL), ANJU_OK);
	deadlines_are(&w, "winter", winter);
	cr_assert(is_provisional(&w, "winter", "workdays"));
	/* counted in days of any kind: a notice will change nothing */
	cr_assert_not(is_provisional(&w, "winter", "month"));
	world_verify(&w);
	world_done(&w);
}
