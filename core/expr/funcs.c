#include "expr/funcs.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "expr/arena.h"
#include "expr/instant.h"
#include "expr/regex.h"
#include "expr/zone.h"

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

static bool call_size(
	struct run *r, const struct node *n, const struct expr_value *v, struct expr_value *ret)
{
	switch ((int)v->kind) {
	case EXPR_STRING:
		return give_int(ret, (int64_t)utf8_length(v->str.s, v->str.len));
	case EXPR_BYTES:
		return give_int(ret, (int64_t)v->str.len);
	case EXPR_LIST:
		return give_int(ret, (int64_t)v->list->len);
	case EXPR_MAP:
		return give_int(ret, (int64_t)v->map->len(v->map));
	default:
		return run_fault(r, FAULT_KINDS, n);
	}
}

static bool two_strings(struct run *r, const struct node *n, const struct expr_value *v)
{
	if (v[0].kind != EXPR_STRING || v[1].kind != EXPR_STRING)
		return run_fault(r, FAULT_KINDS, n);
	return true;
}

static bool call_contains(
	struct run *r, const struct node *n, const struct expr_value *v, struct expr_value *ret)
{
	return two_strings(r, n, v) &&
	       give_bool(ret, v[1].str.len == 0 || memmem(v[0].str.s, v[0].str.len, v[1].str.s,
							   v[1].str.len) != NULL);
}

static bool call_starts_with(
	struct run *r, const struct node *n, const struct expr_value *v, struct expr_value *ret)
{
	if (!two_strings(r, n, v))
		return false;
	size_t part = v[1].str.len;
	return give_bool(ret,
		part <= v[0].str.len && (part == 0 || memcmp(v[0].str.s, v[1].str.s, part) == 0));
}

static bool call_ends_with(
	struct run *r, const struct node *n, const struct expr_value *v, struct expr_value *ret)
{
	if (!two_strings(r, n, v))
		return false;
	size_t part = v[1].str.len, len = v[0].str.len;
	return give_bool(ret, part <= len && (part == 0 || memcmp(v[0].str.s + len - part,
								   v[1].str.s, part) == 0));
}

const char *funcs_pattern_fault(int fault)
{
	static const char *const phrases[] = {
		[REGEX_FINE] = "@say.re_other",
		[REGEX_ESCAPE] = "@say.re_escape",
		[REGEX_CLASS] = "@say.re_class",
		[REGEX_BRACKET] = "@say.re_bracket",
		[REGEX_PAREN] = "@say.re_paren",
		[REGEX_REPEAT] = "@say.re_repeat",
		[REGEX_REPEAT_COUNT] = "@say.re_repeat_count",
		[REGEX_GROUP] = "@say.re_group",
		[REGEX_TOO_LARGE] = "@say.re_too_large",
		[REGEX_OTHER] = "@say.re_other",
		[REGEX_NOMEM] = "@say.enomem",
	};
	return phrases[fault];
}

/* Steps to compile a pattern, as measured: "\\pL" alone has some hundred ranges, and one that turns out to be
 * too large has taken milliseconds by then. */
#define PATTERN_COST             1024
#define PATTERN_COST_BYTE        512
#define PATTERN_COST_INSTRUCTION 16
#define PATTERN_COST_LARGE       1000000

static bool bad_pattern(struct run *r, const struct node *n, const struct expr_value *pattern,
	struct regex_error why)
{
	if (why.fault == REGEX_NOMEM)
		return run_fault(r, FAULT_NOMEM, n);
	if (why.fault == REGEX_TOO_LARGE && !run_charge(r, PATTERN_COST_LARGE))
		return false;
	struct expr_value part = *pattern;
	part.str.s += why.at;
	part.str.len = why.len;
	run_fault_value(r, FAULT_PATTERN, n, part);
	r->fault.detail = why.fault;
	return false;
}

/* RE2 may fall back from its automaton to one that looks at each instruction for each byte: that is
 * what is charged. */
static bool search(struct run *r, const struct regex *re, const struct expr_value *text, bool *ret)
{
	if (!run_charge(r, 1 + text->str.len * regex_size(re) / 64))
		return false;
	*ret = regex_search(re, text->str.s, text->str.len);
	return true;
}

/* Into r->pattern; the same as last time needs no work, as in a macro. */
static bool pattern_at_run_time(struct run *r, const struct node *n, const struct expr_value *text)
{
	const struct expr_value *last = &r->pattern_text;
	if (r->pattern != NULL && last->str.len == text->str.len &&
		memcmp(last->str.s, text->str.s, text->str.len) == 0)
		return true;
	struct regex_error why;
	if (!run_charge(r, PATTERN_COST + text->str.len * PATTERN_COST_BYTE))
		return false;
	struct regex *re = regex_new(text->str.s, text->str.len, &why);
	if (re == NULL)
		return bad_pattern(r, n, text, why);
	regex_free(r->pattern);
	r->pattern = re;
	r->pattern_text = *text;
	return run_charge(r, regex_size(re) * PATTERN_COST_INSTRUCTION);
}

static bool call_matches(
	struct run *r, const struct node *n, const struct expr_value *v, struct expr_value *ret)
{
	bool is = false;
	if (v[0].kind != EXPR_STRING || v[1].kind != EXPR_STRING)
		return run_fault(r, FAULT_KINDS, n);
	if (n->regex != NULL)
		return search(r, n->regex, &v[0], &is) && give_bool(ret, is);
	return pattern_at_run_time(r, n, &v[1]) && search(r, r->pattern, &v[0], &is) &&
	       give_bool(ret, is);
}

static bool call_type(
	struct run *r, const struct node *n, const struct expr_value *v, struct expr_value *ret)
{
	*ret = (struct expr_value){.kind = EXPR_TYPE, .type = v->kind};
	return true;
}

static bool call_dyn(
	struct run *r, const struct node *n, const struct expr_value *v, struct expr_value *ret)
{
	*ret = *v;
	return true;
}

void funcs_double_text(double d, char out[40])
{
	if (isnan(d) || isinf(d)) {
		snprintf(out, 40, "%s", isnan(d) ? "NaN" : d < 0 ? "-Infinity" : "+Infinity");
		return;
	}
	for (int precision = 15; precision <= 17; precision++) {
		snprintf(out, 40, "%.*g", precision, d);
		if (strtod(out, NULL) == d)
			return;
	}
}

/* The text of a number, timestamp or duration; false for other kinds. */
static bool scalar_text(const struct expr_value *v, char out[DECIMAL_MAX_CHARS])
{
	_Static_assert(DECIMAL_MAX_CHARS >= INSTANT_CHARS && DECIMAL_MAX_CHARS >= 40, "all fit");
	switch ((int)v->kind) {
	case EXPR_BOOL:
		snprintf(out, DECIMAL_MAX_CHARS, "%s", v->b ? "true" : "false");
		return true;
	case EXPR_INT:
		snprintf(out, DECIMAL_MAX_CHARS, "%lld", (long long)v->i);
		return true;
	case EXPR_UINT:
		snprintf(out, DECIMAL_MAX_CHARS, "%llu", (unsigned long long)v->u);
		return true;
	case EXPR_DOUBLE:
		funcs_double_text(v->d, out);
		return true;
	case EXPR_DECIMAL:
		decimal_format(v->dec, 0, out);
		return true;
	case EXPR_TIMESTAMP:
	case EXPR_DURATION:
		instant_format(v, 0, out);
		return true;
	default:
		return false;
	}
}

bool funcs_to_string(
	struct run *r, const struct node *n, const struct expr_value *v, struct expr_value *ret)
{
	char text[DECIMAL_MAX_CHARS];
	if (v->kind == EXPR_STRING) {
		*ret = *v;
		return true;
	}
	if (v->kind == EXPR_BYTES) {
		if (!utf8_valid(v->str.s, v->str.len))
			return run_fault_value(r, FAULT_CONVERT, n, *v);
		*ret = *v;
		ret->kind = EXPR_STRING;
		return true;
	}
	if (!scalar_text(v, text))
		return run_fault(r, FAULT_KINDS, n);
	size_t len = strlen(text);
	char *s = run_alloc(r, len + 1);
	if (s == NULL)
		return false;
	memcpy(s, text, len + 1);
	*ret = (struct expr_value){.kind = EXPR_STRING, .str = {s, len}};
	return true;
}

/* Time accessors: one function, told apart by name. */

static bool duration_part(
	struct run *r, const struct node *n, const struct expr_value *v, struct expr_value *ret)
{
	const char *name = n->builtin->name;
	int64_t s = v->time.seconds;
	if (strcmp(name, "getHours") == 0)
		return give_int(ret, s / 3600);
	if (strcmp(name, "getMinutes") == 0)
		return give_int(ret, s / 60);
	if (strcmp(name, "getSeconds") == 0)
		return give_int(ret, s);
	if (strcmp(name, "getMilliseconds") == 0)
		return give_int(ret, v->time.nanos / 1000000);
	return run_fault(r, FAULT_KINDS, n);
}

#define ZONE_COST 32

/* Seconds east of UTC that the zone `v` has at instant `at`. */
static bool offset_at(struct run *r, const struct node *n, const struct expr_value *v,
	const struct expr_value *at, int32_t *ret)
{
	if (instant_parse_zone(v->str.s, v->str.len, ret))
		return true;
	if (!run_charge(r, ZONE_COST))
		return false;
	int found = zone_offset(v->str.s, v->str.len, at->time.seconds, ret);
	if (found > 0)
		return true;
	return found < 0 ? run_fault(r, FAULT_NOMEM, n) : run_fault_value(r, FAULT_ZONE, n, *v);
}

static bool call_time_part(
	struct run *r, const struct node *n, const struct expr_value *v, struct expr_value *ret)
{
	if (v->kind == EXPR_DURATION && n->n == 1)
		return duration_part(r, n, v, ret);
	int32_t offset = 0;
	if (v->kind != EXPR_TIMESTAMP || (n->n == 2 && v[1].kind != EXPR_STRING))
		return run_fault(r, FAULT_KINDS, n);
	if (n->n == 2 && !offset_at(r, n, &v[1], v, &offset))
		return false;
	struct instant_parts p;
	instant_parts(v, offset, &p);
	const struct {
		const char *name;
		int value;
	} parts[] = {{"getFullYear", p.year}, {"getMonth", p.month - 1}, {"getDate", p.day},
		{"getDayOfMonth", p.day - 1}, {"getDayOfWeek", p.week_day},
		{"getDayOfYear", p.year_day}, {"getHours", p.hour}, {"getMinutes", p.minute},
		{"getSeconds", p.second}, {"getMilliseconds", p.milli}};
	size_t i = 0;
	while (strcmp(parts[i].name, n->builtin->name) != 0)
		i++;
	return give_int(ret, parts[i].value);
}

#define ONE(arg, result)                                                                           \
	{                                                                                          \
		{EXPR_##arg}, 1, EXPR_##result                                                     \
	}
#define TWO(arg0, arg1, result)                                                                    \
	{                                                                                          \
		{EXPR_##arg0, EXPR_##arg1}, 2, EXPR_##result                                       \
	}
#define TIMESTAMP_PART(name)                                                                       \
	{                                                                                          \
		name, BUILTIN_MEMBER, call_time_part, false, NULL,                                 \
			{ONE(TIMESTAMP, INT), TWO(TIMESTAMP, STRING, INT)}, 2                      \
	}
#define TIME_PART(name)                                                                            \
	{                                                                                          \
		name, BUILTIN_MEMBER, call_time_part, false, NULL,                                 \
			{ONE(TIMESTAMP, INT), TWO(TIMESTAMP, STRING, INT), ONE(DURATION, INT)}, 3  \
	}

static const struct builtin table[] = {
	{"bool", BUILTIN_GLOBAL, convert_bool, false, "true | false",
		{ONE(BOOL, BOOL), ONE(STRING, BOOL)}, 2},
	{"bytes", BUILTIN_GLOBAL, convert_bytes, false, NULL,
		{ONE(BYTES, BYTES), ONE(STRING, BYTES)}, 2},
	{"contains", BUILTIN_MEMBER, call_contains, false, NULL, {TWO(STRING, STRING, BOOL)}, 1},
	{"decimal", BUILTIN_GLOBAL, convert_decimal, true, "25.00",
		{ONE(DECIMAL, DECIMAL), ONE(INT, DECIMAL), ONE(UINT, DECIMAL),
			ONE(STRING, DECIMAL)},
		4},
	{"double", BUILTIN_GLOBAL, convert_double, false, "1.5",
		{ONE(DOUBLE, DOUBLE), ONE(INT, DOUBLE), ONE(UINT, DOUBLE), ONE(DECIMAL, DOUBLE),
			ONE(STRING, DOUBLE)},
		5},
	{"duration", BUILTIN_GLOBAL, convert_duration, true, "72h, 30m, 1.5s",
		{ONE(DURATION, DURATION), ONE(STRING, DURATION), ONE(INT, DURATION)}, 3},
	{"dyn", BUILTIN_GLOBAL, call_dyn, false, NULL, {ONE(DYN, DYN)}, 1},
	{"endsWith", BUILTIN_MEMBER, call_ends_with, false, NULL, {TWO(STRING, STRING, BOOL)}, 1},
	TIMESTAMP_PART("getDate"),
	TIMESTAMP_PART("getDayOfMonth"),
	TIMESTAMP_PART("getDayOfWeek"),
	TIMESTAMP_PART("getDayOfYear"),
	TIMESTAMP_PART("getFullYear"),
	TIME_PART("getHours"),
	TIME_PART("getMilliseconds"),
	TIME_PART("getMinutes"),
	TIMESTAMP_PART("getMonth"),
	TIME_PART("getSeconds"),
	{"int", BUILTIN_GLOBAL, convert_int, false, "42",
		{ONE(INT, INT), ONE(UINT, INT), ONE(DOUBLE, INT), ONE(DECIMAL, INT),
			ONE(STRING, INT), ONE(TIMESTAMP, INT)},
		6},
	{"matches", BUILTIN_GLOBAL | BUILTIN_MEMBER, call_matches, false, NULL,
		{TWO(STRING, STRING, BOOL)}, 1},
	{"size", BUILTIN_GLOBAL | BUILTIN_MEMBER, call_size, false, NULL,
		{ONE(STRING, INT), ONE(BYTES, INT), ONE(LIST, INT), ONE(MAP, INT)}, 4},
	{"startsWith", BUILTIN_MEMBER, call_starts_with, false, NULL, {TWO(STRING, STRING, BOOL)},
		1},
	{"string", BUILTIN_GLOBAL, funcs_to_string, false, NULL,
		{ONE(STRING, STRING), ONE(BOOL, STRING), ONE(INT, STRING), ONE(UINT, STRING),
			ONE(DOUBLE, STRING), ONE(DECIMAL, STRING), ONE(BYTES, STRING),
			ONE(TIMESTAMP, STRING), ONE(DURATION, STRING)},
		9},
	{"timestamp", BUILTIN_GLOBAL, convert_timestamp, true,
		"2017-08-16, 2017-08-16T08:00:00+08:00",
		{ONE(TIMESTAMP, TIMESTAMP), ONE(INT, TIMESTAMP), ONE(STRING, TIMESTAMP)}, 3},
	{"type", BUILTIN_GLOBAL, call_type, false, NULL, {ONE(DYN, TYPE)}, 1},
	{"uint", BUILTIN_GLOBAL, convert_uint, false, "42",
		{ONE(UINT, UINT), ONE(INT, UINT), ONE(DOUBLE, UINT), ONE(DECIMAL, UINT),
			ONE(STRING, UINT)},
		5},
};

const struct builtin *funcs_find(const char *name, bool member)
{
	unsigned style = member ? BUILTIN_MEMBER : BUILTIN_GLOBAL;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		if ((table[i].style & style) && strcmp(table[i].name, name) == 0)
			return &table[i];
	}
	return NULL;
}
