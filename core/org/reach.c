#include "org/reach.h"

#include <string.h>

#include "base/error.h"

static const char office_form[] = "08:30-12:00,14:30-18:00", quiet_form[] = "22:00-07:00";

bool span_holds(struct span span, int minute)
{
	if (span.from < span.to)
		return minute >= span.from && minute < span.to;
	return minute >= span.from || minute < span.to;
}

static bool is_open(const struct reach *r, int minute)
{
	bool office = r->office_len == 0;
	for (size_t i = 0; i < r->office_len; i++)
		office = office || span_holds(r->office[i], minute);
	return office && !(r->has_quiet && span_holds(r->quiet, minute));
}

/* It opens where a span begins or the quiet ends, if not now. */
static int open_minute(const struct reach *r, int minute)
{
	int best = -1, starts[REACH_SPANS_MAX + 2] = {minute};
	size_t n = 1;
	for (size_t i = 0; i < r->office_len; i++)
		starts[n++] = r->office[i].from;
	if (r->has_quiet)
		starts[n++] = r->quiet.to % REACH_DAY_MINUTES;
	for (size_t i = 0; i < n; i++) {
		int wait = (starts[i] - minute + REACH_DAY_MINUTES) % REACH_DAY_MINUTES;
		if (is_open(r, starts[i]) && (best < 0 || wait < best))
			best = wait;
	}
	return best < 0 ? -1 : (minute + best) % REACH_DAY_MINUTES;
}

int reach_open_minute(const struct reach *reach, int minute)
{
	int open = open_minute(reach, minute);
	return open >= 0 ? open : minute; /* refused when it was read */
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "08:30"; "24:00" is the end of the day. */
static bool read_minute(const char **s, int16_t *ret)
{
	const char *p = *s;
	for (int i = 0; i < 5; i++) {
		if (i == 2 ? p[i] != ':' : !digit(p[i]))
			return false;
	}
	int hour = (p[0] - '0') * 10 + p[1] - '0', minute = (p[3] - '0') * 10 + p[4] - '0';
	if (minute > 59 || hour * 60 + minute > REACH_DAY_MINUTES)
		return false;
	*ret = (int16_t)(hour * 60 + minute);
	*s = p + 5;
	return true;
}

static bool read_span(const char **s, struct span *ret)
{
	if (!read_minute(s, &ret->from) || *(*s)++ != '-' || !read_minute(s, &ret->to))
		return false;
	return ret->from != ret->to && ret->from < REACH_DAY_MINUTES;
}

/* Spans of one day, one after the other. */
static bool read_office(const char *s, struct reach *r)
{
	int16_t after = 0;
	for (;; s++) {
		struct span *span = &r->office[r->office_len];
		if (r->office_len == REACH_SPANS_MAX || !read_span(&s, span) ||
			span->from > span->to || span->from < after)
			return false;
		after = span->to;
		r->office_len++;
		if (*s == '\0')
			return true;
		if (*s != ',')
			return false;
	}
}

static bool read_quiet(const char *s, struct reach *r)
{
	r->has_quiet = read_span(&s, &r->quiet) && *s == '\0';
	return r->has_quiet;
}

static anju_status parse_hours(
	const json_t *contacts, const struct json_at *at, struct reach *r, anju_error *err)
{
	const char *office = NULL, *quiet = NULL;
	struct json_at office_at = JSON_AT_KEY(at, "office_hours"),
		       quiet_at = JSON_AT_KEY(at, "quiet_hours");
	anju_status st = json_opt_string(contacts, at, "office_hours", &office, err);
	if (st == ANJU_OK)
		st = json_opt_string(contacts, at, "quiet_hours", &quiet, err);
	if (st != ANJU_OK)
		return st;
	if (office != NULL && !read_office(office, r))
		return json_fail_at(err, "org.hours", &office_at,
			json_object_get(contacts, "office_hours"), "%s", office_form);
	if (quiet != NULL && !read_quiet(quiet, r))
		return json_fail_at(err, "org.hours", &quiet_at,
			json_object_get(contacts, "quiet_hours"), "%s", quiet_form);
	if (open_minute(r, 0) < 0)
		return json_fail_at(err, "org.quiet", &quiet_at,
			json_object_get(contacts, "quiet_hours"), "@say.leaving_office|%s", office);
	return ANJU_OK;
}

static anju_status add_channel(
	struct reach *r, const json_t *v, const struct json_at *at, anju_error *err)
{
	const char *name = json_string_value(v);
	if (name == NULL)
		return json_fail_at(err, "json.type", at, v, "@say.string");
	bool twice = name[0] == '\0';
	for (size_t i = 0; i < r->channels_len; i++)
		twice = twice || strcmp(r->channels[i], name) == 0;
	if (twice)
		return json_fail_at(err, "org.channels", at, v, "@say.a_name");
	r->channels[r->channels_len++] = name;
	return ANJU_OK;
}

static anju_status parse_channels(
	const json_t *contacts, const struct json_at *at, struct reach *r, anju_error *err)
{
	const json_t *one = json_object_get(contacts, "channel"),
		     *list = json_object_get(contacts, "channels");
	struct json_at one_at = JSON_AT_KEY(at, "channel"), list_at = JSON_AT_KEY(at, "channels");
	if (one != NULL && list != NULL)
		return json_fail_at(err, "org.channels", &one_at, one, "channels");
	if (one != NULL)
		return add_channel(r, one, &one_at, err);
	if (list == NULL)
		return ANJU_OK;
	size_t n = json_array_size(list);
	if (!json_is_array(list) || n == 0 || n > REACH_CHANNELS_MAX)
		return json_fail_at(err, json_is_array(list) ? "org.channels" : "json.type",
			&list_at, list, "@say.array_at_most|%d", REACH_CHANNELS_MAX);
	anju_status st = ANJU_OK;
	for (size_t i = 0; i < n && st == ANJU_OK; i++) {
		struct json_at here = JSON_AT_INDEX(&list_at, i);
		st = add_channel(r, json_array_get(list, i), &here, err);
	}
	return st;
}

anju_status reach_parse(
	const json_t *contacts, const struct json_at *at, struct reach *ret, anju_error *err)
{
	struct reach r = {0};
	anju_status st = ANJU_OK;
	if (contacts != NULL)
		st = parse_channels(contacts, at, &r, err);
	if (st == ANJU_OK && contacts != NULL)
		st = parse_hours(contacts, at, &r, err);
	if (st == ANJU_OK)
		*ret = r;
	return st;
}
