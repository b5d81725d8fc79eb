/* Working days, units and documents: functions that look at the case or at the packs. */
#include "pack/functions.h"

#include <string.h>

#include "base/timestamp.h"
#include "calendar/calendar.h"
#include "org/org.h"
#include "pack/pack.h"

#define T(k)                                                                                       \
	{                                                                                          \
		.kind = EXPR_##k                                                                   \
	}
#define CALENDAR_COST 64 /* of counting through years of working days */

static bool fail(struct expr_value *ret, const char *phrase)
{
	*ret = expr_value_error(phrase);
	return false;
}

static bool give_int(struct expr_value *ret, int64_t i)
{
	*ret = (struct expr_value){.kind = EXPR_INT, .i = i};
	return true;
}

static bool give_bool(struct expr_value *ret, bool b)
{
	*ret = (struct expr_value){.kind = EXPR_BOOL, .b = b};
	return true;
}

/* Days */

/* The legal-time day of an instant; false outside the years that are counted. */
static bool day_of(const struct expr_value *v, int32_t *ret, struct expr_value *error)
{
	int64_t seconds = v->time.seconds + TIMESTAMP_LEGAL_OFFSET_MIN * 60;
	int64_t day = seconds / 86400 - (seconds % 86400 < 0);
	if (day < INT32_MIN || day > INT32_MAX || !date_in_range((int32_t)day))
		return fail(error, "@say.fn_day");
	*ret = (int32_t)day;
	return true;
}

static bool give_day(struct expr_value *ret, int32_t day)
{
	*ret = (struct expr_value){
		.kind = EXPR_TIMESTAMP, .time = {timestamp_of_day(day) / 1000, 0}};
	return true;
}

static bool calendar_here(const struct calendar **ret, struct expr_value *error)
{
	const struct pack_vars *vars = vars_running();
	*ret = vars != NULL ? vars->calendar : NULL;
	return *ret != NULL || fail(error, "@say.fn_no_calendar");
}

static bool call_day(void *ctx, const struct expr_value *v, size_t n, struct expr_arena *arena,
	struct expr_value *ret)
{
	int32_t day;
	return day_of(&v[0], &day, ret) && give_day(ret, day);
}

static bool call_is_workday(void *ctx, const struct expr_value *v, size_t n,
	struct expr_arena *arena, struct expr_value *ret)
{
	const struct calendar *cal;
	int32_t day;
	return calendar_here(&cal, ret) && day_of(&v[0], &day, ret) &&
	       give_bool(ret, calendar_is_workday(cal, day));
}

/* later(date, "10wd"): counted as deadlines are. */
static bool call_later(void *ctx, const struct expr_value *v, size_t n, struct expr_arena *arena,
	struct expr_value *ret)
{
	const struct calendar *cal;
	struct duration d;
	char text[24];
	int32_t day;
	anju_error err;
	if (!calendar_here(&cal, ret) || !day_of(&v[0], &day, ret))
		return false;
	if (v[1].str.len >= sizeof text)
		return fail(ret, "@say.fn_duration");
	memcpy(text, v[1].str.s, v[1].str.len);
	text[v[1].str.len] = '\0';
	if (strlen(text) != v[1].str.len || duration_parse(text, true, &d, &err) != ANJU_OK ||
		d.unit == DURATION_HOURS)
		return fail(ret, "@say.fn_duration");
	if (calendar_add(cal, day, d, &day, NULL, &err) != ANJU_OK)
		return fail(ret, "@say.fn_day");
	return give_day(ret, day);
}

static bool call_days_between(void *ctx, const struct expr_value *v, size_t n,
	struct expr_arena *arena, struct expr_value *ret)
{
	int32_t from, to;
	return day_of(&v[0], &from, ret) && day_of(&v[1], &to, ret) && give_int(ret, to - from);
}

static bool call_workdays_between(void *ctx, const struct expr_value *v, size_t n,
	struct expr_arena *arena, struct expr_value *ret)
{
	const struct calendar *cal;
	int32_t from, to;
	return calendar_here(&cal, ret) && day_of(&v[0], &from, ret) && day_of(&v[1], &to, ret) &&
	       give_int(ret, calendar_workdays_between(cal, from, to));
}

/* Units */

static const struct unit *find_unit(void *ctx, const struct expr_value *code)
{
	struct org *const *units = ctx;
	char text[128];
	if (code->str.len >= sizeof text || memchr(code->str.s, '\0', code->str.len) != NULL)
		return NULL;
	memcpy(text, code->str.s, code->str.len);
	text[code->str.len] = '\0';
	return *units != NULL ? org_unit(*units, text) : NULL;
}

/* A unit's region, or a region itself: digits. */
static bool region_of(
	void *ctx, const struct expr_value *v, struct expr_value *ret, struct expr_value *error)
{
	const struct unit *u = find_unit(ctx, v);
	*ret = u != NULL ? expr_value_string(u->region) : *v;
	for (size_t i = 0; i < ret->str.len; i++) {
		if (ret->str.s[i] < '0' || ret->str.s[i] > '9')
			return fail(error, "@say.fn_unit");
	}
	return true;
}

/* within(inner, outer): is the region of the one in that of the other? */
static bool call_within(void *ctx, const struct expr_value *v, size_t n, struct expr_arena *arena,
	struct expr_value *ret)
{
	struct expr_value inner, outer;
	return region_of(ctx, &v[0], &inner, ret) && region_of(ctx, &v[1], &outer, ret) &&
	       give_bool(ret, outer.str.len <= inner.str.len &&
				      memcmp(inner.str.s, outer.str.s, outer.str.len) == 0);
}

static bool give_unit(struct expr_value *ret, const struct unit *u, const char *text)
{
	if (u == NULL)
		return fail(ret, "@say.fn_unit");
	*ret = expr_value_string(text);
	return true;
}

static bool call_unit_kind(void *ctx, const struct expr_value *v, size_t n,
	struct expr_arena *arena, struct expr_value *ret)
{
	const struct unit *u = find_unit(ctx, &v[0]);
	return give_unit(ret, u, u != NULL ? u->kind : NULL);
}

static bool call_unit_level(void *ctx, const struct expr_value *v, size_t n,
	struct expr_arena *arena, struct expr_value *ret)
{
	const struct unit *u = find_unit(ctx, &v[0]);
	return give_unit(ret, u, u != NULL ? u->level : NULL);
}

static bool call_unit_region(void *ctx, const struct expr_value *v, size_t n,
	struct expr_arena *arena, struct expr_value *ret)
{
	const struct unit *u = find_unit(ctx, &v[0]);
	return give_unit(ret, u, u != NULL ? u->region : NULL);
}

static bool call_supervisor(void *ctx, const struct expr_value *v, size_t n,
	struct expr_arena *arena, struct expr_value *ret)
{
	struct org *const *units = ctx;
	const struct unit *u = find_unit(ctx, &v[0]);
	if (u == NULL)
		return fail(ret, "@say.fn_unit");
	u = org_supervisor(*units, u);
	if (u != NULL)
		return give_unit(ret, u, u->code);
	ret->kind = EXPR_NULL;
	return true;
}

/* Documents */

static bool is_held(const struct expr_value *kind)
{
	const struct pack_vars *vars = vars_running();
	return vars != NULL && json_object_getn(vars->docs, kind->str.s, kind->str.len) != NULL;
}

static bool call_held(void *ctx, const struct expr_value *v, size_t n, struct expr_arena *arena,
	struct expr_value *ret)
{
	return give_bool(ret, is_held(&v[0]));
}

struct kinds {
	struct expr_list list;
	struct expr_value items[];
};

static bool kind_at(
	const struct expr_list *list, size_t i, struct expr_arena *arena, struct expr_value *ret)
{
	*ret = ((const struct kinds *)list->ctx)->items[i];
	return true;
}

/* missing(kinds): those of which no document is held */
static bool call_missing(void *ctx, const struct expr_value *v, size_t n, struct expr_arena *arena,
	struct expr_value *ret)
{
	const struct expr_list *wanted = v[0].list;
	struct kinds *k = expr_arena_alloc(arena, sizeof *k + wanted->len * sizeof k->items[0]);
	if (k == NULL)
		return fail(ret, "@say.enomem");
	k->list = (struct expr_list){.ctx = k, .at = kind_at};
	for (size_t i = 0; i < wanted->len; i++) {
		struct expr_value *item = &k->items[k->list.len];
		if (!wanted->at(wanted, i, arena, item))
			return fail(ret, "@say.enomem");
		if (item->kind != EXPR_STRING)
			return fail(ret, "@say.fn_kinds");
		k->list.len += !is_held(item);
	}
	*ret = (struct expr_value){.kind = EXPR_LIST, .list = &k->list};
	return true;
}

static const struct expr_type text = T(STRING);

static const struct pack_function of_case[] = {
	{"day", {T(TIMESTAMP)}, 1, T(TIMESTAMP), call_day, 1},
	{"is_workday", {T(TIMESTAMP)}, 1, T(BOOL), call_is_workday, 4},
	{"later", {T(TIMESTAMP), T(STRING)}, 2, T(TIMESTAMP), call_later, CALENDAR_COST},
	{"days_between", {T(TIMESTAMP), T(TIMESTAMP)}, 2, T(INT), call_days_between, 1},
	{"workdays_between", {T(TIMESTAMP), T(TIMESTAMP)}, 2, T(INT), call_workdays_between,
		CALENDAR_COST},
	{"within", {T(STRING), T(STRING)}, 2, T(BOOL), call_within, 4},
	{"unit_kind", {T(STRING)}, 1, T(STRING), call_unit_kind, 4},
	{"unit_level", {T(STRING)}, 1, T(STRING), call_unit_level, 4},
	{"unit_region", {T(STRING)}, 1, T(STRING), call_unit_region, 4},
	{"supervisor", {T(STRING)}, 1, {.kind = EXPR_STRING, .nullable = true}, call_supervisor, 8},
	{"held", {T(STRING)}, 1, T(BOOL), call_held, 2},
	{"missing", {{.kind = EXPR_LIST, .element = &text}}, 1,
		{.kind = EXPR_LIST, .element = &text}, call_missing, 4},
};

anju_status functions_case(struct expr_env *env, struct org *const *units, anju_error *err)
{
	anju_status st = functions_numbers(env, err);
	return st == ANJU_OK ? functions_declare(env, of_case, sizeof of_case / sizeof of_case[0],
				       (void *)(uintptr_t)units, err)
			     : st;
}
