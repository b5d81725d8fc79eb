/**
 * When and where a unit can be reached: the members "channel", "channels", "office_hours" and "quiet_hours" of
 * its contacts. Pure; part of struct unit, filled in while units are read.
 */
#ifndef CORE_ORG_REACH_H
#define CORE_ORG_REACH_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "anju/error.h"
#include "base/json.h"

#define REACH_CHANNELS_MAX 4
#define REACH_SPANS_MAX    4
#define REACH_DAY_MINUTES  1440

/** Part of a day, in minutes after legal midnight: `from` belongs to it, `to` does not. With `to` at or before `from`
 *  it goes on past midnight. */
struct span {
	int16_t from, to;
};

struct reach {
	const char *channels[REACH_CHANNELS_MAX]; /* borrowed: the contacts */
	size_t channels_len;                      /* 0 = the daemon's usual one */
	struct span office[REACH_SPANS_MAX];      /* of one day, rising */
	size_t office_len;                        /* 0 = not said */
	struct span quiet;
	bool has_quiet;
};

/**
 * Read them out of `contacts`, an object, or NULL: then nothing is said.
 *   {"channels": ["smtp", "webhook"], "office_hours": "08:30-12:00,14:30-18:00", "quiet_hours": "22:00-07:00"}
 * "channel" is one channel, and not given together with "channels". Other members are not looked at.
 * Returns ANJU_OK; ANJU_E_INVALID "json.type", "org.channels", "org.hours", "org.quiet" (the quiet hours leave no minute
 *         of the office hours: a digest would never find its hour).
 */
ANJU_MUST_CHECK anju_status reach_parse(
	const json_t *contacts, const struct json_at *at, struct reach *ret, anju_error *err);

/** Does a minute of the day, 0 to 1439, lie in it? */
bool span_holds(struct span span, int minute);

/** The first minute at or after `minute` in the office hours, or of the day without them, that is not quiet; where none
 *  is left the first of the (next) day. */
int reach_open_minute(const struct reach *reach, int minute);

#endif
