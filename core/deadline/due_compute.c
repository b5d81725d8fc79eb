/** From a due rule to a date. */
#include "base/error.h"
#include "base/messages.h"
#include "base/timestamp.h"
#include "deadline/due_rule.h"

#define DAY_MS INT64_C(86400000)

/** One computation. */
struct sum {
	const struct calendar *cal;
	const struct due_inputs *in;
};

static anju_status compute_list(
	const struct sum *s, const struct due_items *items, struct due *ret, anju_error *err);

static anju_status fail_no_date(anju_error *err, const char *found)
{
	char text[80];
	(void)anju_fail(err, ANJU_E_NOTFOUND, "deadline.no_date", "no due date: %s",
		message_english(found, text, sizeof text));
	anju_error_found(err, "%s", found);
	return ANJU_E_NOTFOUND;
}

static anju_status fail_range(anju_error *err, const char *field, int64_t found)
{
	(void)anju_fail(err, ANJU_E_INVALID, "calendar.range", "due date outside %d to %d: %s %lld",
		DATE_MIN_YEAR, DATE_MAX_YEAR, field, (long long)found);
	anju_error_found(err, "%s %lld", field, (long long)found);
	anju_error_allowed(err, "%d–%d", DATE_MIN_YEAR, DATE_MAX_YEAR);
	return ANJU_E_INVALID;
}

static anju_status read_date(
	const struct due_inputs *in, const char *field, int32_t *ret_day, anju_error *err)
{
	int32_t day = 0;
	anju_status st = in->date(in->ctx, field, &day, err);
	if (st == ANJU_E_NOTFOUND)
		return fail_no_date(err, field);
	if (st != ANJU_OK)
		return st;
	if (!date_in_range(day))
		return fail_range(err, field, day);
	*ret_day = day;
	return ANJU_OK;
}

/* The day on which counting starts: that of a field, of another deadline, or of what armed this one. */
static anju_status read_anchor(const struct sum *s, const struct due_item *item, int32_t *ret_day,
	bool *ret_provisional, anju_error *err)
{
	if (item->field != NULL)
		return read_date(s->in, item->field, ret_day, err);
	if (item->of == NULL) {
		*ret_day = timestamp_to_day(s->in->effective_ms);
		return date_in_range(*ret_day) ? ANJU_OK : fail_range(err, "day", *ret_day);
	}
	anju_status st = ANJU_E_NOTFOUND;
	if (s->in->deadline != NULL)
		st = s->in->deadline(
			s->in->ctx, item->of, item->of_met, ret_day, ret_provisional, err);
	return st == ANJU_E_NOTFOUND ? fail_no_date(err, item->of) : st;
}

static anju_status compute_hours(
	const struct due_item *item, const struct due_inputs *in, struct due *ret, anju_error *err)
{
	int64_t due_ms = in->effective_ms + item->after.n * INT64_C(3600000);
	/* An instant at midnight still belongs to the day that ends with it. */
	int32_t day = timestamp_to_day(due_ms - 1);
	if (!date_in_range(day))
		return fail_range(err, "day", day);
	*ret = (struct due){.day = day, .due_ms = due_ms, .exact = true};
	return ANJU_OK;
}

static anju_status compute_after(
	const struct sum *s, const struct due_item *item, struct due *ret, anju_error *err)
{
	int32_t anchor = 0;
	bool hangs = false, counted = false;
	if (item->after.unit == DURATION_HOURS)
		return compute_hours(item, s->in, ret, err);
	anju_status st = read_anchor(s, item, &anchor, &hangs, err);
	if (st == ANJU_OK)
		st = calendar_add(s->cal, anchor, item->after, &ret->day, &counted, err);
	ret->provisional = hangs || counted;
	return st;
}

static anju_status compute_plan_year(
	const struct due_item *item, const struct due_inputs *in, int32_t *ret_day, anju_error *err)
{
	int64_t year = 0;
	anju_status st = in->integer(in->ctx, item->field, &year, err);
	if (st == ANJU_E_NOTFOUND)
		return fail_no_date(err, item->field);
	if (st != ANJU_OK)
		return st;
	if (year < DATE_MIN_YEAR || year > DATE_MAX_YEAR || year + item->count < DATE_MIN_YEAR ||
		year + item->count > DATE_MAX_YEAR)
		return fail_range(err, item->field, year);
	*ret_day = date_plan_year((int)year, item->count, item->month);
	return ANJU_OK;
}

static anju_status compute_period_end(
	const struct sum *s, const struct due_item *item, struct due *ret, anju_error *err)
{
	int32_t anchor = 0;
	anju_status st = read_anchor(s, item, &anchor, &ret->provisional, err);
	return st == ANJU_OK ? date_period_end(anchor, item->period, item->count, &ret->day, err)
			     : st;
}

static anju_status compute_festival(
	const struct sum *s, const struct due_item *item, struct due *ret, anju_error *err)
{
	int year = item->year, month, dom;
	int32_t day = 0;
	if (year == 0)
		civil_from_days(timestamp_to_day(s->in->effective_ms), &year, &month, &dom);
	anju_status st = festival_day(item->festival, year, &day, err);
	return st == ANJU_OK
		       ? calendar_add(s->cal, day, item->after, &ret->day, &ret->provisional, err)
		       : st;
}

static anju_status compute_item(
	const struct sum *s, const struct due_item *item, struct due *ret, anju_error *err);

static anju_status asks(
	const struct sum *s, const struct due_item *item, bool *ret, anju_error *err)
{
	*ret = true;
	return item->cond != NULL ? s->in->holds(s->in->ctx, item->cond, ret, err) : ANJU_OK;
}

/* Those without a date are left out: a class that a house does not belong to has none (XC-H-02). */
static anju_status compute_pick(
	const struct sum *s, const struct due_item *item, struct due *ret, anju_error *err)
{
	bool found = false, provisional = false;
	for (size_t i = 0; i < item->sub.len; i++) {
		bool holds;
		struct due one = {0};
		anju_error why;
		anju_status st = asks(s, &item->sub.at[i], &holds, &why);
		if (st == ANJU_OK && !holds)
			continue;
		if (st == ANJU_OK)
			st = compute_item(s, &item->sub.at[i], &one, &why);
		if (st == ANJU_E_NOTFOUND)
			continue;
		if (st != ANJU_OK) {
			if (err != NULL)
				*err = why;
			return st;
		}
		/* a notice may move the one that is not taken now, and then it is */
		provisional = provisional || one.provisional;
		if (!found || (item->kind == DUE_EARLIEST ? one.due_ms < ret->due_ms
							  : one.due_ms > ret->due_ms))
			*ret = one;
		found = true;
	}
	if (!found)
		return fail_no_date(err, "@say.due_none");
	ret->provisional = provisional;
	return ANJU_OK;
}

/* Counted from the beginning of the day on which the duty began. */
static anju_status compute_obligation(const struct sum *s, struct due *ret, anju_error *err)
{
	const struct due_rule *rule = NULL;
	int32_t begun = 0;
	anju_status st = ANJU_E_NOTFOUND;
	if (s->in->obligation != NULL)
		st = s->in->obligation(s->in->ctx, &rule, err);
	if (st == ANJU_E_NOTFOUND)
		return fail_no_date(err, DUE_OBLIGATION_FIELD);
	if (st == ANJU_OK)
		st = read_date(s->in, DUE_BEGUN_FIELD, &begun, err);
	if (st != ANJU_OK)
		return st;
	struct due_inputs from = *s->in;
	from.effective_ms = timestamp_of_day(begun);
	from.obligation = NULL; /* its rule cannot send on to itself */
	struct sum inner = {s->cal, &from};
	return compute_list(&inner, &rule->items, ret, err);
}

/* A whole day ends with the next one's beginning. */
static void end_day(struct due *due, int32_t day)
{
	due->due_ms =
		due->exact ? due->due_ms + (day - due->day) * DAY_MS : timestamp_of_day(day + 1);
	due->day = day;
}

static anju_status adjust(
	const struct sum *s, const struct due_item *item, struct due *due, anju_error *err)
{
	int32_t day = due->day;
	int y, m, d;
	if (item->exclusive && !due->exact)
		day--;
	if (item->shift != 0) {
		int32_t to = calendar_shift(s->cal, day, item->shift);
		int32_t ends[] = {day, to};
		for (int i = 0; i < 2; i++) {
			civil_from_days(ends[i], &y, &m, &d);
			due->provisional = due->provisional ||
					   calendar_year_status(s->cal, y) == CALENDAR_PROVISIONAL;
		}
		day = to;
	}
	if (!date_in_range(day))
		return fail_range(err, "day", day);
	end_day(due, day);
	return ANJU_OK;
}

static anju_status compute_item(
	const struct sum *s, const struct due_item *item, struct due *ret, anju_error *err)
{
	struct due due = {0};
	anju_status st = ANJU_OK;
	int32_t armed = timestamp_to_day(s->in->effective_ms);
	if (!date_in_range(armed))
		return fail_range(err, "day", armed);
	switch (item->kind) {
	case DUE_ON:
		due.day = item->day;
		break;
	case DUE_AFTER:
		st = compute_after(s, item, &due, err);
		break;
	case DUE_PLAN_YEAR:
		st = compute_plan_year(item, s->in, &due.day, err);
		break;
	case DUE_FIELD:
		st = read_date(s->in, item->field, &due.day, err);
		break;
	case DUE_PERIOD_END:
		st = compute_period_end(s, item, &due, err);
		break;
	case DUE_FESTIVAL:
		st = compute_festival(s, item, &due, err);
		break;
	case DUE_EARLIEST:
	case DUE_LATEST:
		st = compute_pick(s, item, &due, err);
		break;
	case DUE_LOCAL:
		if (item->sub.len > 0)
			st = compute_list(s, &item->sub, &due, err);
		else
			st = fail_no_date(err, item->local);
		break;
	case DUE_OBLIGATION:
		st = compute_obligation(s, &due, err);
		break;
	}
	if (st == ANJU_OK)
		st = adjust(s, item, &due, err);
	if (st == ANJU_OK)
		*ret = due;
	return st;
}

static anju_status compute_list(
	const struct sum *s, const struct due_items *items, struct due *ret, anju_error *err)
{
	for (size_t i = 0; i < items->len; i++) {
		bool holds;
		anju_status st = asks(s, &items->at[i], &holds, err);
		if (st != ANJU_OK)
			return st;
		if (holds)
			return compute_item(s, &items->at[i], ret, err);
	}
	return fail_no_date(err, "@say.due_condition");
}

anju_status due_compute(const struct due_rule *rule, const struct calendar *cal,
	const struct due_inputs *in, struct due *ret, anju_error *err)
{
	struct sum s = {cal, in};
	return compute_list(&s, &rule->items, ret, err);
}
