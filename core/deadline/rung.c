/** Reminder rungs: parsing, and which one fires next. */
#include "deadline/rung.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/timestamp.h"

static const char *const targets[] = {
	[RUNG_LEAD] = "lead",
	[RUNG_RESPONSIBLE] = "responsible",
	[RUNG_COOPERATING] = "cooperating",
	[RUNG_SUPERVISOR] = "supervisor",
};

const char *rung_to_text(enum rung_to to)
{
	return targets[to];
}

void rungs_done(struct rungs *rungs)
{
	for (size_t i = 0; i < rungs->len; i++) {
		free(rungs->items[i].text);
		for (size_t k = 0; k < rungs->items[i].channels_len; k++)
			free(rungs->items[i].channels[k]);
	}
	free(rungs->items);
	*rungs = (struct rungs){0};
}

static anju_status parse_at(
	const json_t *def, const struct json_at *at, struct rung *rung, anju_error *err)
{
	const char *text = NULL;
	anju_status st = json_need_string(def, at, "at", &text, err);
	if (st != ANJU_OK)
		return st;
	struct json_at here = JSON_AT_KEY(at, "at");
	if (strcmp(text, "due") == 0) {
		rung->at_due = true;
		rung->offset = (struct duration){0, DURATION_DAYS};
		return ANJU_OK;
	}
	/* The sign is asked for: "10wd" could be meant either way. Zero is written "due". */
	bool has_sign = text[0] == '-' || text[0] == '+';
	if (!has_sign || duration_parse(text, true, &rung->offset, NULL) != ANJU_OK ||
		rung->offset.n == 0)
		return json_fail_at(err, "deadline.rung", &here, json_object_get(def, "at"),
			"due | -10wd | +1wd | +3d | -2h");
	return ANJU_OK;
}

/* One text, or a list of at most `max` different ones. */
typedef anju_status (*one_cb)(
	struct rung *rung, const json_t *v, const struct json_at *at, anju_error *err);

static anju_status parse_each(struct rung *rung, const json_t *v, const struct json_at *at,
	size_t max, one_cb one, anju_error *err)
{
	if (!json_is_array(v))
		return one(rung, v, at, err);
	size_t n = json_array_size(v);
	if (n == 0 || n > max)
		return json_fail_at(err, "deadline.rung", at, v, "@say.array_at_most|%zu", max);
	anju_status st = ANJU_OK;
	for (size_t i = 0; i < n && st == ANJU_OK; i++) {
		struct json_at here = JSON_AT_INDEX(at, i);
		st = one(rung, json_array_get(v, i), &here, err);
	}
	return st;
}

static anju_status one_target(
	struct rung *rung, const json_t *v, const struct json_at *at, anju_error *err)
{
	static const char allowed[] = "lead, responsible, cooperating, supervisor";
	size_t i = 0, n = sizeof targets / sizeof targets[0];
	const char *text = json_string_value(v);
	if (text == NULL)
		return json_fail_at(err, "json.type", at, v, "@say.string");
	while (i < n && strcmp(text, targets[i]) != 0)
		i++;
	bool twice = false;
	for (size_t k = 0; k < rung->to_len; k++)
		twice = twice || rung->to[k] == (enum rung_to)i;
	if (i == n || twice)
		return json_fail_at(err, "deadline.rung", at, v, "%s", allowed);
	rung->to[rung->to_len++] = (enum rung_to)i;
	return ANJU_OK;
}

static anju_status one_channel(
	struct rung *rung, const json_t *v, const struct json_at *at, anju_error *err)
{
	const char *text = json_string_value(v);
	if (text == NULL)
		return json_fail_at(err, "json.type", at, v, "@say.string");
	bool twice = text[0] == '\0';
	for (size_t k = 0; k < rung->channels_len; k++)
		twice = twice || strcmp(rung->channels[k], text) == 0;
	if (twice)
		return json_fail_at(err, "deadline.rung", at, v, "@say.a_name");
	char *copy = strdup(text);
	if (copy == NULL)
		return anju_fail_nomem(err);
	rung->channels[rung->channels_len++] = copy;
	return ANJU_OK;
}

static anju_status parse_to(
	const json_t *def, const struct json_at *at, struct rung *rung, anju_error *err)
{
	const json_t *to = json_object_get(def, "to"), *levels = json_object_get(def, "levels");
	struct json_at to_at = JSON_AT_KEY(at, "to"), levels_at = JSON_AT_KEY(at, "levels");
	if (to == NULL)
		return json_fail_at(
			err, "json.missing", &to_at, NULL, "@say.member|to|@say.string");
	anju_status st = parse_each(rung, to, &to_at, RUNG_TO_MAX, one_target, err);
	rung->levels = 1;
	if (st != ANJU_OK || levels == NULL)
		return st;
	bool upwards = false;
	for (size_t i = 0; i < rung->to_len; i++)
		upwards = upwards || rung->to[i] == RUNG_SUPERVISOR;
	json_int_t n = json_integer_value(levels);
	if (!upwards || n < 1 || n > RUNG_LEVELS_MAX)
		return json_fail_at(
			err, "deadline.rung", &levels_at, levels, "1 … 6, \"to\": \"supervisor\"");
	rung->levels = (int)n;
	return ANJU_OK;
}

static anju_status parse_message(
	const json_t *def, const struct json_at *at, struct rung *rung, anju_error *err)
{
	const char *text = NULL;
	const json_t *channel = json_object_get(def, "channel");
	struct json_at channel_at = JSON_AT_KEY(at, "channel");
	anju_status st = json_opt_bool(def, at, "urgent", &rung->urgent, err);
	if (st == ANJU_OK)
		st = json_opt_string(def, at, "text", &text, err);
	if (st == ANJU_OK && channel != NULL)
		st = parse_each(rung, channel, &channel_at, RUNG_CHANNELS_MAX, one_channel, err);
	if (st != ANJU_OK || text == NULL)
		return st;
	rung->text = strdup(text);
	return rung->text != NULL ? ANJU_OK : anju_fail_nomem(err);
}

static anju_status parse_rung(
	const json_t *def, const struct json_at *at, struct rung *rung, anju_error *err)
{
	static const char *const members[] = {
		"at", "to", "levels", "channel", "urgent", "text", "open", "send", NULL};
	if (!json_is_object(def))
		return json_fail_at(err, "json.type", at, def, "@say.object");
	json_t *open = NULL;
	anju_status st = json_only(def, at, members, err);
	if (st == ANJU_OK)
		st = parse_at(def, at, rung, err);
	if (st == ANJU_OK)
		st = parse_to(def, at, rung, err);
	if (st == ANJU_OK)
		st = parse_message(def, at, rung, err);
	if (st == ANJU_OK)
		st = json_opt_object(def, at, "open", &open, err);
	if (st == ANJU_OK)
		st = json_opt_string(def, at, "send", &rung->send, err);
	rung->open = open;
	return st;
}

/** -1 before the due date, 0 on it, 1 after it. */
static int side(const struct rung *r)
{
	return r->at_due ? 0 : r->offset.n < 0 ? -1 : 1;
}

/** Can `b` be told to fire before `a`, or together with it on the same terms? Different units are
 *  compared when dates are known. */
static bool out_of_order(const struct rung *a, const struct rung *b)
{
	if (side(a) != side(b))
		return side(a) > side(b);
	if (side(a) == 0)
		return false;
	return a->offset.unit == b->offset.unit && a->offset.n > b->offset.n;
}

anju_status rungs_parse(
	const json_t *list, const struct json_at *at, struct rungs *ret, anju_error *err)
{
	size_t len = json_array_size(list);
	if (list == NULL || (json_is_array(list) && len == 0)) {
		*ret = (struct rungs){0};
		return ANJU_OK;
	}
	if (!json_is_array(list) || len > RUNGS_MAX)
		return json_fail_at(err, json_is_array(list) ? "deadline.rung" : "json.type", at,
			list, "@say.array_at_most|%d", RUNGS_MAX);
	struct rungs rungs = {.items = calloc(len, sizeof *rungs.items)};
	if (rungs.items == NULL)
		return anju_fail_nomem(err);
	anju_status st = ANJU_OK;
	for (size_t i = 0; st == ANJU_OK && i < len; i++) {
		struct json_at here = JSON_AT_INDEX(at, i);
		const json_t *def = json_array_get(list, i);
		rungs.len = i + 1;
		st = parse_rung(def, &here, &rungs.items[i], err);
		struct json_at at_key = JSON_AT_KEY(&here, "at");
		if (st == ANJU_OK && i > 0 && out_of_order(&rungs.items[i - 1], &rungs.items[i]))
			st = json_fail_at(err, "deadline.rung_order", &at_key,
				json_object_get(def, "at"), "-10wd … due … +1wd …");
	}
	if (st != ANJU_OK) {
		rungs_done(&rungs);
		return st;
	}
	*ret = rungs;
	return ANJU_OK;
}

anju_status rung_instant(const struct rung *rung, const struct calendar *cal, const struct due *due,
	int office_minute, int64_t *ret_ms, anju_error *err)
{
	if (rung->offset.unit == DURATION_HOURS) {
		*ret_ms = due->due_ms + rung->offset.n * INT64_C(3600000);
		return ANJU_OK;
	}
	if (rung->at_due && due->exact) {
		*ret_ms = due->due_ms;
		return ANJU_OK;
	}
	int32_t day = 0;
	anju_status st = calendar_add(cal, due->day, rung->offset, &day, NULL, err);
	if (st == ANJU_OK)
		*ret_ms = timestamp_of_day(day) + office_minute * INT64_C(60000);
	return st;
}

anju_status rungs_next(const struct rungs *rungs, const struct calendar *cal, const struct due *due,
	int office_minute, int64_t armed_ms, size_t fired, size_t *ret_index, int64_t *ret_ms,
	anju_error *err)
{
	size_t pick = rungs->len;
	int64_t pick_ms = 0;
	for (size_t i = fired; i < rungs->len; i++) {
		int64_t ms = 0;
		anju_status st = rung_instant(&rungs->items[i], cal, due, office_minute, &ms, err);
		if (st != ANJU_OK)
			return st;
		if (i > fired && ms > armed_ms)
			break;
		pick = i;
		pick_ms = ms;
		if (ms > armed_ms)
			break;
	}
	*ret_index = pick;
	if (pick < rungs->len)
		*ret_ms = pick_ms > armed_ms ? pick_ms : armed_ms;
	return ANJU_OK;
}
