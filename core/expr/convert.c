/* The conversion functions: int uint double decimal bool bytes timestamp duration. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "expr/funcs.h"
#include "expr/instant.h"

#define TEXT_MAX 64 /* no number is written longer */

static bool cannot(struct run *r, const struct node *n, const struct expr_value *v)
{
	return run_fault_value(r, FAULT_CONVERT, n, *v);
}

/* The string as a C string without NUL inside; false when too long for any number. */
static bool c_string(const struct expr_value *v, char out[TEXT_MAX])
{
	if (v->str.len == 0 || v->str.len >= TEXT_MAX || memchr(v->str.s, '\0', v->str.len) != NULL)
		return false;
	memcpy(out, v->str.s, v->str.len);
	out[v->str.len] = '\0';
	return true;
}

/* [-]digits → magnitude */
static bool parse_whole(const struct expr_value *v, bool *negative, uint64_t *ret)
{
	const char *s = v->str.s, *end = s + v->str.len;
	uint64_t u = 0;
	*negative = s < end && *s == '-';
	if (*negative || (s < end && *s == '+'))
		s++;
	if (s == end)
		return false;
	for (; s < end; s++) {
		if (*s < '0' || *s > '9' || __builtin_mul_overflow(u, UINT64_C(10), &u) ||
			__builtin_add_overflow(u, (uint64_t)(*s - '0'), &u))
			return false;
	}
	*ret = u;
	return true;
}

static bool int_of_string(const struct expr_value *v, int64_t *ret)
{
	bool negative;
	uint64_t u;
	if (!parse_whole(v, &negative, &u) || u > (uint64_t)INT64_MAX + negative)
		return false;
	*ret = (int64_t)(negative ? -u : u);
	return true;
}

bool convert_int(
	struct run *r, const struct node *n, const struct expr_value *v, struct expr_value *ret)
{
	int64_t i = 0;
	bool ok = false;
	switch ((int)v->kind) {
	case EXPR_INT:
		i = v->i;
		ok = true;
		break;
	case EXPR_UINT:
		i = (int64_t)v->u;
		ok = v->u <= INT64_MAX;
		break;
	case EXPR_DOUBLE: /* open at both ends: the bounds themselves may have been rounded */
		ok = v->d > -0x1p63 && v->d < 0x1p63;
		i = ok ? (int64_t)v->d : 0;
		break;
	case EXPR_DECIMAL:
		i = v->dec.num / v->dec.den;
		ok = true;
		break;
	case EXPR_STRING:
		ok = int_of_string(v, &i);
		break;
	case EXPR_TIMESTAMP:
		i = v->time.seconds;
		ok = true;
		break;
	default:
		return run_fault(r, FAULT_KINDS, n);
	}
	*ret = (struct expr_value){.kind = EXPR_INT, .i = i};
	return ok || cannot(r, n, v);
}

bool convert_uint(
	struct run *r, const struct node *n, const struct expr_value *v, struct expr_value *ret)
{
	uint64_t u = 0;
	bool ok = false, negative = false;
	switch ((int)v->kind) {
	case EXPR_INT:
	case EXPR_UINT:
		u = v->u;
		ok = v->kind == EXPR_UINT || v->i >= 0;
		break;
	case EXPR_DOUBLE:
		ok = v->d >= 0 && v->d < 0x1p64;
		u = ok ? (uint64_t)v->d : 0;
		break;
	case EXPR_DECIMAL:
		ok = v->dec.num >= 0;
		u = ok ? (uint64_t)(v->dec.num / v->dec.den) : 0;
		break;
	case EXPR_STRING:
		ok = parse_whole(v, &negative, &u) && !negative;
		break;
	default:
		return run_fault(r, FAULT_KINDS, n);
	}
	*ret = (struct expr_value){.kind = EXPR_UINT, .u = u};
	return ok || cannot(r, n, v);
}

static bool double_of_string(const struct expr_value *v, double *ret)
{
	char s[TEXT_MAX], *end;
	/* strtod also takes blanks and hexadecimal numbers */
	if (!c_string(v, s) || strchr(" \t\n\r\v\fxX(", s[0]) != NULL ||
		strpbrk(s, "xXpP(") != NULL)
		return false;
	*ret = strtod(s, &end);
	return *end == '\0';
}

bool convert_double(
	struct run *r, const struct node *n, const struct expr_value *v, struct expr_value *ret)
{
	double d = 0;
	bool ok = true;
	switch ((int)v->kind) {
	case EXPR_INT:
		d = (double)v->i;
		break;
	case EXPR_UINT:
		d = (double)v->u;
		break;
	case EXPR_DOUBLE:
		d = v->d;
		break;
	case EXPR_DECIMAL:
		d = (double)v->dec.num / (double)v->dec.den;
		break;
	case EXPR_STRING:
		ok = double_of_string(v, &d);
		break;
	default:
		return run_fault(r, FAULT_KINDS, n);
	}
	*ret = (struct expr_value){.kind = EXPR_DOUBLE, .d = d};
	return ok || cannot(r, n, v);
}

bool convert_decimal(
	struct run *r, const struct node *n, const struct expr_value *v, struct expr_value *ret)
{
	struct decimal d = {0, 1};
	char s[TEXT_MAX];
	bool ok = true;
	switch ((int)v->kind) {
	case EXPR_INT:
		d = decimal_of_int(v->i);
		break;
	case EXPR_UINT:
		ok = v->u <= INT64_MAX;
		d = decimal_of_int(ok ? (int64_t)v->u : 0);
		break;
	case EXPR_DECIMAL:
		d = v->dec;
		break;
	case EXPR_STRING:
		ok = c_string(v, s) && decimal_parse(s, 9, &d);
		break;
	default:
		return run_fault(r, FAULT_KINDS, n);
	}
	*ret = (struct expr_value){.kind = EXPR_DECIMAL, .dec = d};
	return ok || cannot(r, n, v);
}

bool convert_bool(
	struct run *r, const struct node *n, const struct expr_value *v, struct expr_value *ret)
{
	static const char *const words[] = {
		"1", "t", "true", "TRUE", "True", "0", "f", "false", "FALSE", "False"};
	if (v->kind == EXPR_BOOL) {
		*ret = *v;
		return true;
	}
	if (v->kind != EXPR_STRING)
		return run_fault(r, FAULT_KINDS, n);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (strlen(words[i]) == v->str.len && memcmp(words[i], v->str.s, v->str.len) == 0) {
			*ret = (struct expr_value){.kind = EXPR_BOOL, .b = i < 5};
			return true;
		}
	}
	return cannot(r, n, v);
}

bool convert_bytes(
	struct run *r, const struct node *n, const struct expr_value *v, struct expr_value *ret)
{
	if (v->kind != EXPR_BYTES && v->kind != EXPR_STRING)
		return run_fault(r, FAULT_KINDS, n);
	*ret = *v;
	ret->kind = EXPR_BYTES;
	return true;
}

bool convert_timestamp(
	struct run *r, const struct node *n, const struct expr_value *v, struct expr_value *ret)
{
	bool ok = true;
	if (v->kind == EXPR_TIMESTAMP)
		*ret = *v;
	else if (v->kind == EXPR_INT)
		ok = instant_make(EXPR_TIMESTAMP, v->i, 0, ret);
	else if (v->kind == EXPR_STRING)
		ok = instant_parse_timestamp(v->str.s, v->str.len, ret);
	else
		return run_fault(r, FAULT_KINDS, n);
	return ok || cannot(r, n, v);
}

bool convert_duration(
	struct run *r, const struct node *n, const struct expr_value *v, struct expr_value *ret)
{
	bool ok = true;
	if (v->kind == EXPR_DURATION)
		*ret = *v;
	else if (v->kind == EXPR_INT)
		ok = instant_make(EXPR_DURATION, v->i, 0, ret);
	else if (v->kind == EXPR_STRING)
		ok = instant_parse_duration(v->str.s, v->str.len, ret);
	else
		return run_fault(r, FAULT_KINDS, n);
	return ok || cannot(r, n, v);
}
