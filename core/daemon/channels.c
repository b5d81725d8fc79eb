#include "daemon/channels.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

#define PER_MINUTE_MOST 60000
#define BURST_DEFAULT   10
#define FAILURES_MOST   1000
#define ATTEMPTS_MOST   1000
#define PAUSE_MOST_MS   INT64_C(86400000)

/* An integer within its limits; *ret stays when it is absent. */
static anju_status read_int(const json_t *obj, const struct json_at *at, const char *name,
	int64_t least, int64_t most, int *ret, anju_error *err)
{
	int64_t v = *ret;
	struct json_at here = JSON_AT_KEY(at, name);
	anju_status st = json_opt_int(obj, at, name, &v, err);
	if (st == ANJU_OK && (v < least || v > most))
		st = json_fail_at(err, "daemon.limit", &here, json_object_get(obj, name),
			"%lld … %lld", (long long)least, (long long)most);
	if (st == ANJU_OK)
		*ret = (int)v;
	return st;
}

/* "30s", "5m", "2h"; at most a day. */
static bool parse_pause(const char *text, int64_t *ret_ms)
{
	static const struct {
		char unit;
		int64_t ms;
	} units[] = {{'s', 1000}, {'m', 60000}, {'h', 3600000}};
	size_t digits = strspn(text, "0123456789");
	if (digits == 0 || digits > 5 || strlen(text) != digits + 1)
		return false;
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		int64_t ms = strtoll(text, NULL, 10) * units[i].ms;
		if (text[digits] == units[i].unit && ms > 0 && ms <= PAUSE_MOST_MS) {
			*ret_ms = ms;
			return true;
		}
	}
	return false;
}

static anju_status read_breaker(
	const json_t *obj, const struct json_at *at, struct gate_options *gate, anju_error *err)
{
	static const char *const known[] = {"failures", "pause", NULL};
	const char *pause = NULL;
	struct json_at pause_at = JSON_AT_KEY(at, "pause");
	anju_status st = json_only(obj, at, known, err);
	if (st == ANJU_OK)
		st = read_int(obj, at, "failures", 0, FAILURES_MOST, &gate->failures, err);
	if (st == ANJU_OK)
		st = json_opt_string(obj, at, "pause", &pause, err);
	if (st == ANJU_OK && pause != NULL && !parse_pause(pause, &gate->pause_ms))
		st = json_fail_at(err, "daemon.pause", &pause_at, json_object_get(obj, "pause"),
			"30s, 5m, 2h … 24h");
	return st;
}

static anju_status read_channel(
	const json_t *obj, const struct json_at *at, struct delivery_channel *ret, anju_error *err)
{
	static const char *const known[] = {"per_minute", "burst", "breaker", "attempts", NULL};
	json_t *breaker = NULL;
	struct json_at breaker_at = JSON_AT_KEY(at, "breaker");
	ret->gate = (struct gate_options){.burst = BURST_DEFAULT,
		.failures = DELIVERY_FAILURES,
		.pause_ms = DELIVERY_PAUSE_MS};
	ret->attempts = DELIVERY_ATTEMPTS;
	if (!json_is_object(obj))
		return json_fail_at(err, "json.type", at, obj, "@say.object");
	anju_status st = json_only(obj, at, known, err);
	if (st == ANJU_OK)
		st = read_int(
			obj, at, "per_minute", 0, PER_MINUTE_MOST, &ret->gate.per_minute, err);
	if (st == ANJU_OK)
		st = read_int(obj, at, "burst", 1, PER_MINUTE_MOST, &ret->gate.burst, err);
	if (st == ANJU_OK)
		st = read_int(obj, at, "attempts", 1, ATTEMPTS_MOST, &ret->attempts, err);
	if (st == ANJU_OK)
		st = json_opt_object(obj, at, "breaker", &breaker, err);
	return st == ANJU_OK && breaker != NULL
		       ? read_breaker(breaker, &breaker_at, &ret->gate, err)
		       : st;
}

anju_status channels_read(const json_t *document, const struct json_at *root,
	struct delivery_channel **ret, size_t *ret_len, anju_error *err)
{
	json_t *all = NULL, *one;
	const char *name;
	struct json_at at = JSON_AT_KEY(root, "channels");
	anju_status st = json_opt_object(document, root, "channels", &all, err);
	if (st != ANJU_OK || json_object_size(all) == 0)
		return st;
	ANJU_AUTO_MEM struct delivery_channel *list = calloc(json_object_size(all), sizeof *list);
	size_t n = 0;
	if (list == NULL)
		return anju_fail_nomem(err);
	json_object_foreach(all, name, one) {
		struct json_at here = JSON_AT_KEY(&at, name);
		if (st == ANJU_OK)
			st = read_channel(one, &here, &list[n], err);
		list[n++].name = name;
	}
	if (st != ANJU_OK)
		return st;
	*ret = ANJU_TAKE(list);
	*ret_len = n;
	return ANJU_OK;
}
