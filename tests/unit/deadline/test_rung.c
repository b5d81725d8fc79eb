#include <string.h>

#include "fixture.h"

#define OFFICE 510 /* 08:30 */

#define USUAL                                                                                      \
	"[{\"at\":\"-10wd\",\"to\":\"responsible\"},{\"at\":\"-1d\",\"to\":\"lead\"},"             \
	"{\"at\":\"due\",\"to\":\"lead\",\"text\":\"reminder.due\"},"                              \
	"{\"at\":\"+1wd\",\"to\":\"supervisor\",\"urgent\":true},{\"at\":\"+3d\",\"to\":"          \
	"\"supervisor\"}]"

static struct rungs rungs_of(const char *text)
{
	ANJU_AUTO_JSON *list = json_of(text);
	struct json_at root = JSON_AT_ROOT("w.json"), at = JSON_AT_KEY(&root, "rungs");
	struct rungs rungs = {0};
	anju_error err = {0};
	assert_ok(rungs_parse(list, &at, &rungs, &err), err);
	return rungs;
}

static struct due due_on(const char *day)
{
	int32_t d = day_of(day);
	return (struct due){.day = d, .due_ms = timestamp_of_day(d + 1)};
}

ANJU_TEST(rung, members)
{
	struct rungs rungs = rungs_of(USUAL);
	cr_assert_eq(rungs.len, 5);
	cr_assert_eq(rungs.items[0].to_len, 1);
	cr_assert_eq(rungs.items[0].to[0], RUNG_RESPONSIBLE);
	cr_assert_eq(rungs.items[0].offset.n, -10);
	cr_assert_eq(rungs.items[0].offset.unit, DURATION_WORKDAYS);
	cr_assert_not(rungs.items[0].at_due);
	cr_assert_null(rungs.items[0].text);
	cr_assert(rungs.items[2].at_due);
	cr_assert_str_eq(rungs.items[2].text, "reminder.due");
	cr_assert_not(rungs.items[2].urgent);
	cr_assert(rungs.items[3].urgent);
	cr_assert_str_eq(rung_to_text(rungs.items[3].to[0]), "supervisor");
	rungs_done(&rungs);
	cr_assert_eq(rungs.len, 0);
	rungs_done(&rungs);
}

ANJU_TEST(rung, several_at_once_levels_channels_and_what_it_sets_going)
{
	ANJU_AUTO_JSON *list =
		json_of("[{\"at\":\"due\",\"to\":[\"supervisor\",\"cooperating\"],\"levels\":2,"
			"\"channel\":[\"smtp\",\"sms\"],\"open\":{\"workflow\":\"slip\"},\"send\":"
			"\"late\"},"
			"{\"at\":\"+1d\",\"to\":\"lead\",\"channel\":\"sms\"}]");
	struct json_at root = JSON_AT_ROOT("w.json"), at = JSON_AT_KEY(&root, "rungs");
	struct rungs rungs = {0};
	anju_error err = {0};
	assert_ok(rungs_parse(list, &at, &rungs, &err), err);
	const struct rung *r = rungs.items;
	cr_assert(r[0].to_len == 2 && r[0].to[0] == RUNG_SUPERVISOR &&
		  r[0].to[1] == RUNG_COOPERATING);
	cr_assert_eq(r[0].levels, 2);
	cr_assert(r[0].channels_len == 2 && strcmp(r[0].channels[1], "sms") == 0);
	cr_assert_str_eq(json_string_value(json_object_get(r[0].open, "workflow")), "slip");
	cr_assert_str_eq(r[0].send, "late");
	cr_assert(r[1].levels == 1 && r[1].channels_len == 1 && r[1].open == NULL &&
		  r[1].send == NULL);
	rungs_done(&rungs);
}

ANJU_TEST(rung, no_list_is_an_empty_one)
{
	struct json_at root = JSON_AT_ROOT("w.json");
	struct rungs rungs = {.len = 9};
	anju_error err = {0};
	assert_ok(rungs_parse(NULL, &root, &rungs, &err), err);
	cr_assert_eq(rungs.len, 0);
	struct due due = due_on("2017-10-19");
	size_t index = 7;
	int64_t ms = 5;
	ANJU_AUTO(calendar) cal = calendar_of_2017();
	assert_ok(rungs_next(&rungs, cal, &due, OFFICE, 0, 0, &index, &ms, &err), err);
	cr_assert_eq(index, 0);
	cr_assert_eq(ms, 5);
}

ANJU_TEST(rung, wrong_rungs_are_named)
{
	static const struct {
		const char *list, *where, *id;
	} cases[] = {
		{"{}", "/rungs", "json.type"},
		{"[7]", "/rungs/0", "json.type"},
		{"[{}]", "/rungs/0/at", "json.missing"},
		{"[{\"at\":\"due\"}]", "/rungs/0/to", "json.missing"},
		{"[{\"at\":\"due\",\"to\":\"boss\"}]", "/rungs/0/to", "deadline.rung"},
		{"[{\"at\":\"due\",\"to\":[]}]", "/rungs/0/to", "deadline.rung"},
		{"[{\"at\":\"due\",\"to\":7}]", "/rungs/0/to", "json.type"},
		{"[{\"at\":\"due\",\"to\":[\"lead\",\"boss\"]}]", "/rungs/0/to/1", "deadline.rung"},
		{"[{\"at\":\"due\",\"to\":[\"lead\",\"lead\"]}]", "/rungs/0/to/1", "deadline.rung"},
		{"[{\"at\":\"due\",\"to\":\"lead\",\"levels\":2}]", "/rungs/0/levels",
			"deadline.rung"},
		{"[{\"at\":\"due\",\"to\":\"supervisor\",\"levels\":0}]", "/rungs/0/levels",
			"deadline.rung"},
		{"[{\"at\":\"due\",\"to\":\"supervisor\",\"levels\":7}]", "/rungs/0/levels",
			"deadline.rung"},
		{"[{\"at\":\"due\",\"to\":\"lead\",\"channel\":\"\"}]", "/rungs/0/channel",
			"deadline.rung"},
		{"[{\"at\":\"due\",\"to\":\"lead\",\"channel\":[\"a\",\"a\"]}]",
			"/rungs/0/channel/1", "deadline.rung"},
		{"[{\"at\":\"due\",\"to\":\"lead\",\"channel\":[\"a\",7]}]", "/rungs/0/channel/1",
			"json.type"},
		{"[{\"at\":\"due\",\"to\":\"lead\",\"open\":\"slip\"}]", "/rungs/0/open",
			"json.type"},
		{"[{\"at\":\"due\",\"to\":\"lead\",\"send\":[]}]", "/rungs/0/send", "json.type"},
		{"[{\"at\":\"10wd\",\"to\":\"lead\"}]", "/rungs/0/at", "deadline.rung"},
		{"[{\"at\":\"+10\",\"to\":\"lead\"}]", "/rungs/0/at", "deadline.rung"},
		{"[{\"at\":\"-0d\",\"to\":\"lead\"}]", "/rungs/0/at", "deadline.rung"},
		{"[{\"at\":-10,\"to\":\"lead\"}]", "/rungs/0/at", "json.type"},
		{"[{\"at\":\"due\",\"to\":\"lead\",\"urgent\":1}]", "/rungs/0/urgent", "json.type"},
		{"[{\"at\":\"due\",\"to\":\"lead\",\"text\":{}}]", "/rungs/0/text", "json.type"},
		{"[{\"at\":\"due\",\"to\":\"lead\",\"sms\":true}]", "/rungs/0/sms",
			"json.unknown_member"},
		{"[{\"at\":\"due\",\"to\":\"lead\",\"text\":\"kept\"},{\"at\":\"-1d\",\"to\":"
		 "\"lead\"}]",
			"/rungs/1/at", "deadline.rung_order"},
		{"[{\"at\":\"+1d\",\"to\":\"lead\"},{\"at\":\"due\",\"to\":\"lead\"}]",
			"/rungs/1/at", "deadline.rung_order"},
		{"[{\"at\":\"-1wd\",\"to\":\"lead\"},{\"at\":\"-2wd\",\"to\":\"lead\"}]",
			"/rungs/1/at", "deadline.rung_order"},
		{"[{\"at\":\"+3d\",\"to\":\"lead\"},{\"at\":\"+1d\",\"to\":\"lead\"}]",
			"/rungs/1/at", "deadline.rung_order"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		ANJU_AUTO_JSON *list = json_of(cases[i].list);
		struct json_at root = JSON_AT_ROOT("w.json"), at = JSON_AT_KEY(&root, "rungs");
		struct rungs rungs = {.len = 9};
		anju_error err = {0};
		anju_status st = rungs_parse(list, &at, &rungs, &err);
		cr_assert_eq(st, ANJU_E_INVALID, "%s passed", cases[i].list);
		cr_assert_str_eq(err.id, cases[i].id, "%s: %s", cases[i].list, err.id);
		cr_assert_str_eq(err.where, cases[i].where, "%s: %s", cases[i].list, err.where);
		cr_assert_eq(rungs.len, 9, "written on failure");
	}
	/* The same offset to two addressees is in order; so are units that only dates can compare. */
	struct rungs both = rungs_of(
		"[{\"at\":\"-1d\",\"to\":\"lead\"},{\"at\":\"-1d\",\"to\":\"responsible\"},"
		"{\"at\":\"-20h\",\"to\":\"lead\"},{\"at\":\"due\",\"to\":\"lead\"},"
		"{\"at\":\"due\",\"to\":\"responsible\"}]");
	cr_assert_eq(both.len, 5);
	rungs_done(&both);
	ANJU_AUTO_JSON *many = json_array();
	for (int i = 0; i <= RUNGS_MAX; i++)
		json_array_append_new(many, json_of("{\"at\":\"due\",\"to\":\"lead\"}"));
	struct json_at root = JSON_AT_ROOT("w.json");
	anju_error err = {0};
	assert_status(rungs_parse(many, &root, &both, &err), ANJU_E_INVALID);
	cr_assert_str_eq(err.id, "deadline.rung");
}

ANJU_TEST(rung, instants)
{
	static const struct {
		const char *at, *want, *want_exact;
	} cases[] = {
		{"-10wd", "2017-09-29T08:30:00+08:00", "2017-09-29T08:30:00+08:00"},
		{"-1d", "2017-10-18T08:30:00+08:00", "2017-10-18T08:30:00+08:00"},
		{"-1mo", "2017-09-19T08:30:00+08:00", "2017-09-19T08:30:00+08:00"},
		{"due", "2017-10-19T08:30:00+08:00", "2017-10-19T15:00:00+08:00"},
		{"+1wd", "2017-10-20T08:30:00+08:00", "2017-10-20T08:30:00+08:00"},
		{"+2wd", "2017-10-23T08:30:00+08:00", "2017-10-23T08:30:00+08:00"},
		{"-2h", "2017-10-19T22:00:00+08:00", "2017-10-19T13:00:00+08:00"},
		{"+1h", "2017-10-20T01:00:00+08:00", "2017-10-19T16:00:00+08:00"},
	};
	ANJU_AUTO(calendar) cal = calendar_of_2017();
	struct due due = due_on("2017-10-19");
	struct due exact = {
		.day = due.day, .due_ms = ms_of("2017-10-19T15:00:00+08:00"), .exact = true};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char list[64];
		(void)snprintf(list, sizeof list, "[{\"at\":\"%s\",\"to\":\"lead\"}]", cases[i].at);
		struct rungs rungs = rungs_of(list);
		anju_error err = {0};
		int64_t ms = 0;
		assert_ok(rung_instant(&rungs.items[0], cal, &due, OFFICE, &ms, &err), err);
		assert_instant(ms, cases[i].want);
		assert_ok(rung_instant(&rungs.items[0], cal, &exact, OFFICE, &ms, &err), err);
		assert_instant(ms, cases[i].want_exact);
		rungs_done(&rungs);
	}
}

ANJU_TEST(rung, one_after_the_other)
{
	static const char *const want[] = {"2017-09-29T08:30:00+08:00", "2017-10-18T08:30:00+08:00",
		"2017-10-19T08:30:00+08:00", "2017-10-20T08:30:00+08:00",
		"2017-10-22T08:30:00+08:00"};
	ANJU_AUTO(calendar) cal = calendar_of_2017();
	struct rungs rungs = rungs_of(USUAL);
	struct due due = due_on("2017-10-19");
	int64_t armed = ms_of("2017-09-01T10:00:00+08:00");
	for (size_t fired = 0; fired < rungs.len; fired++) {
		anju_error err = {0};
		size_t index = 99;
		int64_t ms = 0;
		assert_ok(rungs_next(&rungs, cal, &due, OFFICE, armed, fired, &index, &ms, &err),
			err);
		cr_assert_eq(index, fired);
		assert_instant(ms, want[fired]);
	}
	size_t index = 99;
	int64_t ms = 3;
	assert_status(rungs_next(&rungs, cal, &due, OFFICE, armed, 5, &index, &ms, NULL), ANJU_OK);
	cr_assert_eq(index, 5, "none is left");
	cr_assert_eq(ms, 3);
	assert_status(rungs_next(&rungs, cal, &due, OFFICE, armed, 50, &index, &ms, NULL), ANJU_OK);
	cr_assert_eq(index, 5);
	rungs_done(&rungs);
}

ANJU_TEST(rung, armed_late)
{
	static const struct {
		const char *armed;
		size_t index;
		const char *fires;
	} cases[] = {
		{"2017-09-29T08:29:59+08:00", 0, "2017-09-29T08:30:00+08:00"},
		{"2017-09-29T08:30:00+08:00", 0, "2017-09-29T08:30:00+08:00"},
		{"2017-10-11T09:00:00+08:00", 0, "2017-10-11T09:00:00+08:00"},
		{"2017-10-18T09:00:00+08:00", 1, "2017-10-18T09:00:00+08:00"},
		{"2017-10-19T07:00:00+08:00", 1, "2017-10-19T07:00:00+08:00"},
		{"2017-10-19T17:00:00+08:00", 2, "2017-10-19T17:00:00+08:00"},
		{"2018-01-01T00:00:00+08:00", 4, "2018-01-01T00:00:00+08:00"},
	};
	ANJU_AUTO(calendar) cal = calendar_of_2017();
	struct rungs rungs = rungs_of(USUAL);
	struct due due = due_on("2017-10-19");
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		anju_error err = {0};
		size_t index = 99;
		int64_t ms = 0, armed = ms_of(cases[i].armed);
		assert_ok(rungs_next(&rungs, cal, &due, OFFICE, armed, 0, &index, &ms, &err), err);
		cr_assert_eq(index, cases[i].index, "armed %s: rung %zu", cases[i].armed, index);
		assert_instant(ms, cases[i].fires);
		/* The next one is still ahead. */
		size_t next = 99;
		int64_t next_ms = 0;
		assert_ok(rungs_next(&rungs, cal, &due, OFFICE, armed, index + 1, &next, &next_ms,
				  &err),
			err);
		cr_assert_eq(next, index + 1);
		cr_assert(next == rungs.len || next_ms > ms);
	}
	rungs_done(&rungs);
}

ANJU_TEST(rung, at_the_end_of_time)
{
	ANJU_AUTO(calendar) cal = calendar_new();
	struct rungs rungs =
		rungs_of("[{\"at\":\"due\",\"to\":\"lead\"},{\"at\":\"+1wd\",\"to\":\"lead\"}]");
	struct due due = due_on("2200-12-31");
	anju_error err = {0};
	int64_t ms = 5;
	size_t index = 9;
	assert_status(rung_instant(&rungs.items[1], cal, &due, OFFICE, &ms, &err), ANJU_E_INVALID);
	cr_assert_str_eq(err.id, "calendar.range");
	cr_assert_eq(ms, 5);
	assert_status(
		rungs_next(&rungs, cal, &due, OFFICE, 0, 1, &index, &ms, &err), ANJU_E_INVALID);
	cr_assert_eq(index, 9, "written on failure");
	rungs_done(&rungs);
}
