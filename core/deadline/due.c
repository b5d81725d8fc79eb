/** Due rules: from JSON to a small union, from the union to a date. */
#include "deadline/due.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/messages.h"
#include "base/timestamp.h"

#define ITEMS_MAX      16
#define MONTHS_MAX     1200
#define YEAR_SHIFT_MAX 50

#define ALLOWED_KINDS "on | after [from] | plan_year month [field] | field | month_end"

enum due_kind { DUE_ON, DUE_AFTER, DUE_PLAN_YEAR, DUE_FIELD, DUE_MONTH_END };

struct due_item {
	void *cond; /* owned through rule->release; NULL = holds always */
	enum due_kind kind;
	int32_t day;           /* DUE_ON */
	struct duration after; /* DUE_AFTER */
	int32_t shift;         /* DUE_PLAN_YEAR: years, DUE_MONTH_END: months */
	int32_t month;         /* DUE_PLAN_YEAR */
	char *field;           /* owned; DUE_AFTER may have none */
};

struct due_rule {
	void (*release)(void *cond);
	size_t len;
	struct due_item items[];
};

void due_rule_free(struct due_rule *rule)
{
	if (rule == NULL)
		return;
	for (size_t i = 0; i < rule->len; i++) {
		if (rule->items[i].cond != NULL && rule->release != NULL)
			rule->release(rule->items[i].cond);
		free(rule->items[i].field);
	}
	free(rule);
}

/** Parsing state of one item. */
struct parse {
	const json_t *def;
	const struct json_at *at;
	const struct due_hooks *hooks;
	struct due_item *item;
};

static anju_status take_field(const struct parse *p, const char *member, const char *fallback,
	enum due_field_kind kind, anju_error *err)
{
	const char *name = fallback;
	anju_status st = json_opt_string(p->def, p->at, member, &name, err);
	if (st != ANJU_OK || name == NULL)
		return st;
	struct json_at here = JSON_AT_KEY(p->at, member);
	if (name[0] == '\0')
		return json_fail_at(err, "deadline.due", &here, json_object_get(p->def, member),
			"@say.field_name");
	if (p->hooks->field != NULL) {
		st = p->hooks->field(p->hooks->ctx, name, kind, &here, err);
		if (st != ANJU_OK)
			return st;
	}
	p->item->field = strdup(name);
	return p->item->field != NULL ? ANJU_OK : anju_fail_nomem(err);
}

static anju_status take_int(const struct parse *p, const char *member, int32_t min, int32_t max,
	int32_t *ret, anju_error *err)
{
	const json_t *v = json_object_get(p->def, member);
	struct json_at here = JSON_AT_KEY(p->at, member);
	if (!json_is_integer(v) || json_integer_value(v) < min || json_integer_value(v) > max)
		return json_fail_at(err, "deadline.due", &here, v, "%d – %d", min, max);
	*ret = (int32_t)json_integer_value(v);
	return ANJU_OK;
}

static anju_status parse_on(const struct parse *p, anju_error *err)
{
	static const char *const members[] = {"when", "on", NULL};
	const char *text = NULL;
	anju_status st = json_only(p->def, p->at, members, err);
	if (st == ANJU_OK)
		st = json_need_string(p->def, p->at, "on", &text, err);
	if (st != ANJU_OK)
		return st;
	struct json_at here = JSON_AT_KEY(p->at, "on");
	if (date_parse(text, &p->item->day, NULL) != ANJU_OK)
		return json_fail_at(
			err, "calendar.date", &here, json_object_get(p->def, "on"), "YYYY-MM-DD");
	return ANJU_OK;
}

static anju_status parse_after(const struct parse *p, anju_error *err)
{
	static const char *const members[] = {"when", "after", "from", NULL};
	const char *text = NULL;
	anju_status st = json_only(p->def, p->at, members, err);
	if (st == ANJU_OK)
		st = json_need_string(p->def, p->at, "after", &text, err);
	if (st != ANJU_OK)
		return st;
	struct json_at here = JSON_AT_KEY(p->at, "after");
	const json_t *v = json_object_get(p->def, "after");
	if (duration_parse(text, false, &p->item->after, NULL) != ANJU_OK)
		return json_fail_at(err, "calendar.duration", &here, v, "10wd 30d 6mo 1y 12h");
	st = take_field(p, "from", NULL, DUE_FIELD_DATE, err);
	if (st != ANJU_OK)
		return st;
	/* A date has no hour to count from. */
	if (p->item->field != NULL && p->item->after.unit == DURATION_HOURS)
		return json_fail_at(err, "deadline.hours_from", &here, v, "10wd 30d 6mo 1y");
	return ANJU_OK;
}

static anju_status parse_plan_year(const struct parse *p, anju_error *err)
{
	static const char *const members[] = {"when", "plan_year", "month", "field", NULL};
	anju_status st = json_only(p->def, p->at, members, err);
	if (st == ANJU_OK)
		st = take_int(
			p, "plan_year", -YEAR_SHIFT_MAX, YEAR_SHIFT_MAX, &p->item->shift, err);
	if (st == ANJU_OK)
		st = take_int(p, "month", 1, 12, &p->item->month, err);
	if (st == ANJU_OK)
		st = take_field(p, "field", "plan_year", DUE_FIELD_INT, err);
	return st;
}

static anju_status parse_field(const struct parse *p, anju_error *err)
{
	static const char *const members[] = {"when", "field", NULL};
	const char *name = NULL;
	anju_status st = json_only(p->def, p->at, members, err);
	if (st == ANJU_OK)
		st = json_need_string(p->def, p->at, "field", &name, err);
	if (st == ANJU_OK)
		st = take_field(p, "field", NULL, DUE_FIELD_DATE, err);
	return st;
}

static anju_status parse_month_end(const struct parse *p, anju_error *err)
{
	static const char *const members[] = {"when", "month_end", NULL};
	anju_status st = json_only(p->def, p->at, members, err);
	if (st == ANJU_OK)
		st = take_int(p, "month_end", 0, MONTHS_MAX, &p->item->shift, err);
	return st;
}

/* In the order in which they are looked for: "field" last, for a plan year may name one as well. */
static const struct {
	const char *member;
	anju_status (*parse)(const struct parse *p, anju_error *err);
	enum due_kind kind;
} kinds[] = {
	{"on", parse_on, DUE_ON},
	{"after", parse_after, DUE_AFTER},
	{"plan_year", parse_plan_year, DUE_PLAN_YEAR},
	{"month_end", parse_month_end, DUE_MONTH_END},
	{"field", parse_field, DUE_FIELD},
};

static anju_status parse_when(const struct parse *p, anju_error *err)
{
	const char *text = NULL;
	anju_status st = json_opt_string(p->def, p->at, "when", &text, err);
	if (st != ANJU_OK || text == NULL)
		return st;
	struct json_at here = JSON_AT_KEY(p->at, "when");
	if (p->hooks->compile == NULL)
		return json_fail_at(err, "deadline.condition", &here,
			json_object_get(p->def, "when"), ALLOWED_KINDS);
	void *cond = NULL;
	st = p->hooks->compile(p->hooks->ctx, text, &here, &cond, err);
	if (st == ANJU_OK)
		p->item->cond = cond;
	return st;
}

static anju_status parse_item(const struct parse *p, anju_error *err)
{
	if (!json_is_object(p->def))
		return json_fail_at(err, "json.type", p->at, p->def, "@say.object");
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (json_object_get(p->def, kinds[i].member) == NULL)
			continue;
		p->item->kind = kinds[i].kind;
		anju_status st = kinds[i].parse(p, err);
		return st == ANJU_OK ? parse_when(p, err) : st;
	}
	return json_fail_at(err, "deadline.due", p->at, p->def, ALLOWED_KINDS);
}

anju_status due_rule_parse(const json_t *def, const struct json_at *at,
	const struct due_hooks *hooks, struct due_rule **ret, anju_error *err)
{
	static const struct due_hooks none = {0};
	bool list = json_is_array(def);
	size_t len = list ? json_array_size(def) : 1;
	if (len == 0 || len > ITEMS_MAX)
		return json_fail_at(err, "deadline.due", at, def, "@say.items|1 – %d", ITEMS_MAX);
	ANJU_AUTO(due_rule) rule = calloc(1, sizeof *rule + len * sizeof rule->items[0]);
	if (rule == NULL)
		return anju_fail_nomem(err);
	struct parse p = {.hooks = hooks != NULL ? hooks : &none};
	rule->release = p.hooks->release;
	for (size_t i = 0; i < len; i++) {
		struct json_at item_at = JSON_AT_INDEX(at, i);
		p.def = list ? json_array_get(def, i) : def;
		p.at = list ? &item_at : at;
		p.item = &rule->items[i];
		rule->len = i + 1; /* before parsing, so that a failure frees what the item got */
		anju_status st = parse_item(&p, err);
		if (st != ANJU_OK)
			return st;
		if (p.item->cond == NULL && i + 1 < len)
			return json_fail_at(err, "deadline.unreachable", p.at, p.def, "\"when\"");
	}
	*ret = ANJU_TAKE(rule);
	return ANJU_OK;
}

bool due_rule_uses_workdays(const struct due_rule *rule)
{
	for (size_t i = 0; i < rule->len; i++) {
		const struct due_item *item = &rule->items[i];
		if (item->kind == DUE_AFTER && item->after.unit == DURATION_WORKDAYS)
			return true;
	}
	return false;
}

bool due_rule_reads(const struct due_rule *rule, const char *name)
{
	for (size_t i = 0; i < rule->len; i++) {
		if (rule->items[i].field != NULL && strcmp(rule->items[i].field, name) == 0)
			return true;
	}
	return false;
}

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

static anju_status compute_plan_year(
	const struct due_item *item, const struct due_inputs *in, int32_t *ret_day, anju_error *err)
{
	int64_t year = 0;
	anju_status st = in->integer(in->ctx, item->field, &year, err);
	if (st == ANJU_E_NOTFOUND)
		return fail_no_date(err, item->field);
	if (st != ANJU_OK)
		return st;
	if (year < DATE_MIN_YEAR || year > DATE_MAX_YEAR || year + item->shift < DATE_MIN_YEAR ||
		year + item->shift > DATE_MAX_YEAR)
		return fail_range(err, item->field, year);
	*ret_day = date_plan_year((int)year, item->shift, item->month);
	return ANJU_OK;
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

static anju_status compute_month_end(const struct due_item *item, const struct calendar *cal,
	int32_t anchor, int32_t *ret_day, anju_error *err)
{
	struct duration months = {item->shift, DURATION_MONTHS};
	int32_t day = 0; /* adding months cuts to the month's end, so the 31st stays in its month */
	anju_status st = calendar_add(cal, anchor, months, &day, NULL, err);
	if (st == ANJU_OK)
		*ret_day = date_month_end(day);
	return st;
}

static anju_status compute_item(const struct due_item *item, const struct calendar *cal,
	const struct due_inputs *in, struct due *ret, anju_error *err)
{
	struct due due = {0};
	anju_status st = ANJU_OK;
	int32_t anchor = timestamp_to_day(in->effective_ms);
	if (!date_in_range(anchor))
		return fail_range(err, "day", anchor);
	switch (item->kind) {
	case DUE_ON:
		due.day = item->day;
		break;
	case DUE_AFTER:
		if (item->after.unit == DURATION_HOURS)
			return compute_hours(item, in, ret, err);
		if (item->field != NULL)
			st = read_date(in, item->field, &anchor, err);
		if (st == ANJU_OK)
			st = calendar_add(
				cal, anchor, item->after, &due.day, &due.provisional, err);
		break;
	case DUE_PLAN_YEAR:
		st = compute_plan_year(item, in, &due.day, err);
		break;
	case DUE_FIELD:
		st = read_date(in, item->field, &due.day, err);
		break;
	case DUE_MONTH_END:
		st = compute_month_end(item, cal, anchor, &due.day, err);
		break;
	}
	if (st != ANJU_OK)
		return st;
	due.due_ms = timestamp_of_day(due.day + 1);
	*ret = due;
	return ANJU_OK;
}

anju_status due_compute(const struct due_rule *rule, const struct calendar *cal,
	const struct due_inputs *in, struct due *ret, anju_error *err)
{
	for (size_t i = 0; i < rule->len; i++) {
		const struct due_item *item = &rule->items[i];
		bool holds = true;
		if (item->cond != NULL) {
			anju_status st = in->holds(in->ctx, item->cond, &holds, err);
			if (st != ANJU_OK)
				return st;
		}
		if (holds)
			return compute_item(item, cal, in, ret, err);
	}
	return fail_no_date(err, "@say.due_condition");
}
