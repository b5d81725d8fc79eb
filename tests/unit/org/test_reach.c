#include "org/reach.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "unit/support.h"

static anju_status parse(const char *text, struct reach *ret, anju_error *err)
{
	struct json_at root = JSON_AT_ROOT("units.json"), at = JSON_AT_KEY(&root, "contacts");
	/* borrowed by what is read out of it: kept until the end */
	static json_t *held;
	json_decref(held);
	held = text != NULL ? json_loads(text, 0, NULL) : NULL;
	return reach_parse(held, &at, ret, err);
}

ANJU_TEST(reach, nothing_said)
{
	struct reach r = {.office_len = 3};
	anju_error err = {0};
	assert_ok(parse(NULL, &r, &err), err);
	cr_assert(r.channels_len == 0 && r.office_len == 0 && !r.has_quiet);
	cr_assert_eq(reach_open_minute(&r, 510), 510);
}

ANJU_TEST(reach, channels_and_hours)
{
	struct reach r;
	anju_error err = {0};
	assert_ok(parse("{\"channels\":[\"smtp\",\"webhook\"],\"office_hours\":\"08:30-12:00,14:30-"
			"18:00\",\"quiet_hours\":\"22:00-07:00\"}",
			  &r, &err),
		err);
	cr_assert_eq(r.channels_len, 2);
	cr_assert_str_eq(r.channels[1], "webhook");
	cr_assert_eq(reach_open_minute(&r, 0), 510);
	cr_assert_eq(reach_open_minute(&r, 510), 510);
	cr_assert_eq(reach_open_minute(&r, 719), 719);
	cr_assert_eq(reach_open_minute(&r, 720), 870);
	cr_assert_eq(reach_open_minute(&r, 1080), 510); /* the next morning's */
	cr_assert(span_holds(r.quiet, 1320) && span_holds(r.quiet, 0) && span_holds(r.quiet, 419));
	cr_assert(!span_holds(r.quiet, 420) && !span_holds(r.quiet, 1319));
	assert_ok(parse("{\"channel\":\"sms\",\"quiet_hours\":\"12:00-14:00\",\"office_hours\":"
			"\"00:00-24:00\"}",
			  &r, &err),
		err);
	cr_assert_str_eq(r.channels[0], "sms");
	cr_assert(span_holds(r.quiet, 720) && !span_holds(r.quiet, 840));
	cr_assert_eq(reach_open_minute(&r, 1439), 1439);
	cr_assert_eq(reach_open_minute(&r, 720), 840);
	(void)parse(NULL, &r, &err);
}

ANJU_TEST(reach, open_is_in_the_office_and_not_quiet)
{
	struct reach r;
	anju_error err = {0};
	assert_ok(parse("{\"quiet_hours\":\"17:00-09:00\"}", &r, &err), err);
	cr_assert_eq(reach_open_minute(&r, 510), 540);
	cr_assert_eq(reach_open_minute(&r, 1019), 1019);
	cr_assert_eq(reach_open_minute(&r, 1020), 540);
	/* the end of the quiet hours falls between two spans */
	assert_ok(parse("{\"office_hours\":\"09:00-12:00,14:00-18:00\",\"quiet_hours\":\"11:00-"
			"13:00\"}",
			  &r, &err),
		err);
	cr_assert_eq(reach_open_minute(&r, 659), 659);
	cr_assert_eq(reach_open_minute(&r, 660), 840);
	/* before the last span, and a minute of it is left */
	assert_ok(parse("{\"office_hours\":\"09:00-12:00\",\"quiet_hours\":\"11:59-11:58\"}", &r,
			  &err),
		err);
	cr_assert_eq(reach_open_minute(&r, 600), 718);
	(void)parse(NULL, &r, &err);
}

ANJU_TEST(reach, what_is_wrong_is_named)
{
	static const struct {
		const char *text, *where, *id;
	} cases[] = {
		{"{\"channel\":\"a\",\"channels\":[\"b\"]}", "/contacts/channel", "org.channels"},
		{"{\"channel\":7}", "/contacts/channel", "json.type"},
		{"{\"channel\":\"\"}", "/contacts/channel", "org.channels"},
		{"{\"channels\":\"a\"}", "/contacts/channels", "json.type"},
		{"{\"channels\":[]}", "/contacts/channels", "org.channels"},
		{"{\"channels\":[\"a\",\"b\",\"c\",\"d\",\"e\"]}", "/contacts/channels",
			"org.channels"},
		{"{\"channels\":[\"a\",\"a\"]}", "/contacts/channels/1", "org.channels"},
		{"{\"office_hours\":[]}", "/contacts/office_hours", "json.type"},
		{"{\"office_hours\":\"\"}", "/contacts/office_hours", "org.hours"},
		{"{\"office_hours\":\"8:30-12:00\"}", "/contacts/office_hours", "org.hours"},
		{"{\"office_hours\":\"08:30-24:01\"}", "/contacts/office_hours", "org.hours"},
		{"{\"office_hours\":\"08:30-12:60\"}", "/contacts/office_hours", "org.hours"},
		{"{\"office_hours\":\"12:00-08:30\"}", "/contacts/office_hours", "org.hours"},
		{"{\"office_hours\":\"08:30-12:00,\"}", "/contacts/office_hours", "org.hours"},
		{"{\"office_hours\":\"08:30-12:00,11:00-13:00\"}", "/contacts/office_hours",
			"org.hours"},
		{"{\"office_hours\":\"01:00-02:00,03:00-04:00,05:00-06:00,07:00-08:00,09:00-10:"
		 "00\"}",
			"/contacts/office_hours", "org.hours"},
		{"{\"quiet_hours\":\"22:00\"}", "/contacts/quiet_hours", "org.hours"},
		{"{\"quiet_hours\":\"22:00-22:00\"}", "/contacts/quiet_hours", "org.hours"},
		{"{\"quiet_hours\":\"24:00-07:00\"}", "/contacts/quiet_hours", "org.hours"},
		{"{\"quiet_hours\":\"22:00-07:00,12:00-13:00\"}", "/contacts/quiet_hours",
			"org.hours"},
		{"{\"office_hours\":\"09:00-12:00\",\"quiet_hours\":\"09:00-12:00\"}",
			"/contacts/quiet_hours", "org.quiet"},
		{"{\"office_hours\":\"08:30-12:00,14:30-18:00\",\"quiet_hours\":\"06:00-20:00\"}",
			"/contacts/quiet_hours", "org.quiet"},
		{"{\"office_hours\":\"00:00-07:00,22:00-24:00\",\"quiet_hours\":\"22:00-07:00\"}",
			"/contacts/quiet_hours", "org.quiet"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct reach r = {.channels_len = 9};
		anju_error err = {0};
		cr_assert_eq(parse(cases[i].text, &r, &err), ANJU_E_INVALID, "%s", cases[i].text);
		cr_assert_str_eq(err.id, cases[i].id, "%s: %s", cases[i].text, err.id);
		cr_assert_str_eq(err.where, cases[i].where);
		cr_assert_eq(r.channels_len, 9);
	}
	struct reach r;
	(void)parse(NULL, &r, NULL);
}
