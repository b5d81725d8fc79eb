#include "judge.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "area.h"

void judge_init(struct judge *j, const json_t *input)
{
	*j = (struct judge){.input = input, .values = json_object()};
	j->failed = j->values == NULL;
}

void judge_done(struct judge *j)
{
	json_decref(j->values);
	free(j->said[0].text);
	free(j->said[1].text);
	*j = (struct judge){0};
}

json_t *judge_verdict(struct judge *j)
{
	if (j->failed)
		return NULL;
	if (!j->refused)
		return json_pack("{s:b, s:O}", "ok", 1, "values", j->values);
	return json_pack("{s:b, s:{s:s, s:s}, s:O}", "ok", 0, "reason", "zh", j->said[0].text, "en",
		j->said[1].text, "values", j->values);
}

/** Append to one language's reasons; takes `more`. */
static bool say(struct sentence *s, const char *between, char *more)
{
	size_t n = more != NULL ? strlen(more) : 0, gap = s->len > 0 ? strlen(between) : 0;
	char *grown = more != NULL ? realloc(s->text, s->len + gap + n + 1) : NULL;
	if (grown == NULL) {
		free(more);
		return false;
	}
	memcpy(grown + s->len, between, gap);
	memcpy(grown + s->len + gap, more, n + 1);
	s->text = grown;
	s->len += gap + n;
	free(more);
	return true;
}

ANJU_PRINTF(1, 0)
static char *format(const char *fmt, va_list ap)
{
	char *text = NULL;
	return vasprintf(&text, fmt, ap) >= 0 ? text : NULL;
}

/** Takes both sentences; NULL means that memory is out. */
static void refuse_with(struct judge *j, char *zh, char *en)
{
	bool ok = say(&j->said[0], "；", zh);
	ok = say(&j->said[1], "; ", en) && ok;
	j->refused = true;
	j->failed = j->failed || !ok;
}

void judge_refuse(struct judge *j, const char *zh, const char *en, ...)
{
	va_list ap, again;
	va_start(ap, en);
	va_copy(again, ap);
	char *in_zh = format(zh, ap);
	refuse_with(j, in_zh, format(en, again));
	va_end(again);
	va_end(ap);
}

ANJU_PRINTF(1, 2)
static char *sentence_of(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	char *text = format(fmt, ap);
	va_end(ap);
	return text;
}

void judge_value(struct judge *j, const char *name, json_t *value)
{
	if (value == NULL || json_object_set_new(j->values, name, value) != 0)
		j->failed = true;
}

const json_t *judge_case(const struct judge *j, const char *name)
{
	return json_object_get(json_object_get(j->input, "case"), name);
}

bool judge_has(const struct judge *j, const char *name)
{
	const json_t *v = judge_case(j, name);
	return v != NULL && !json_is_null(v);
}

/** The member, copied into values; NULL after a reason has been added. */
static const json_t *need(struct judge *j, const struct named *field)
{
	const json_t *v = judge_case(j, field->name);
	if (v == NULL || json_is_null(v)) {
		refuse_with(j, sentence_of("缺少“%s”（case.%s）", field->zh, field->name),
			sentence_of("%s is missing (case.%s)", field->en, field->name));
		return NULL;
	}
	judge_value(j, field->name, json_deep_copy(v));
	return v;
}

static bool wrong(struct judge *j, const struct named *field, const char *zh, const char *en)
{
	refuse_with(j, sentence_of("“%s”（case.%s）的值不对，应为%s", field->zh, field->name, zh),
		sentence_of(
			"%s (case.%s) has a wrong value; expected %s", field->en, field->name, en));
	return false;
}

bool judge_int(struct judge *j, const struct named *field, int64_t min, int64_t *ret)
{
	const json_t *v = need(j, field);
	if (v == NULL)
		return false;
	if (!json_is_integer(v) || json_integer_value(v) < min) {
		char zh[64], en[64];
		snprintf(zh, sizeof zh, "不小于 %lld 的整数", (long long)min);
		snprintf(en, sizeof en, "a whole number of at least %lld", (long long)min);
		return wrong(j, field, zh, en);
	}
	*ret = json_integer_value(v);
	return true;
}

bool judge_area(struct judge *j, const struct named *field, int64_t *ret_hundredths)
{
	const json_t *v = need(j, field);
	if (v == NULL)
		return false;
	if (!json_is_string(v) || !area_parse(json_string_value(v), ret_hundredths))
		return wrong(j, field, "面积，如 \"75.00\"", "an area such as \"75.00\"");
	return true;
}

bool judge_string(struct judge *j, const struct named *field, const char **ret)
{
	const json_t *v = need(j, field);
	if (v == NULL)
		return false;
	if (json_string_length(v) == 0)
		return wrong(j, field, "非空文字", "a text that is not empty");
	*ret = json_string_value(v);
	return true;
}

/** A real day, written so that text order is time order. */
static bool is_day(const char *s)
{
	struct tm tm = {0};
	if (strlen(s) != 10)
		return false;
	const char *end = strptime(s, "%Y-%m-%d", &tm);
	if (end == NULL || *end != '\0')
		return false;
	char again[40];
	int day = tm.tm_mday;
	(void)timegm(&tm);
	snprintf(again, sizeof again, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1,
		tm.tm_mday);
	return day == tm.tm_mday && strcmp(s, again) == 0;
}

bool judge_date(struct judge *j, const struct named *field, bool required, const char **ret)
{
	if (!required && !judge_has(j, field->name)) {
		*ret = NULL;
		return true;
	}
	const json_t *v = need(j, field);
	if (v == NULL)
		return false;
	if (!json_is_string(v) || !is_day(json_string_value(v)))
		return wrong(j, field, "日期，如 \"2018-05-01\"", "a date such as \"2018-05-01\"");
	*ret = json_string_value(v);
	return true;
}

static const json_t *rule_bound(const struct judge *j, const char *rule, const char *bound)
{
	return json_object_get(json_object_get(json_object_get(j->input, "rules"), rule), bound);
}

static bool no_rule(struct judge *j, const char *rule, const char *bound)
{
	judge_refuse(j, "规则包没有可用的 rules.%s.%s", "the packs give no usable rules.%s.%s",
		rule, bound);
	return false;
}

bool judge_rule_area(struct judge *j, const char *rule, const char *bound, int64_t *ret_hundredths)
{
	const json_t *v = rule_bound(j, rule, bound);
	if (!json_is_string(v) || !area_parse(json_string_value(v), ret_hundredths))
		return no_rule(j, rule, bound);
	return true;
}

bool judge_rule_int(struct judge *j, const char *rule, const char *bound, int64_t *ret)
{
	const json_t *v = rule_bound(j, rule, bound);
	if (!json_is_integer(v) || json_integer_value(v) < 0)
		return no_rule(j, rule, bound);
	*ret = json_integer_value(v);
	return true;
}

const char *judge_param(const struct judge *j, const char *name, const char *otherwise)
{
	const char *s =
		json_string_value(json_object_get(json_object_get(j->input, "params"), name));
	return s != NULL && s[0] != '\0' ? s : otherwise;
}

const char *judge_key(const struct judge *j)
{
	const char *key = json_string_value(json_object_get(j->input, "key"));
	const char *slash = key != NULL ? strrchr(key, '/') : NULL;
	if (slash != NULL)
		return slash + 1;
	return key != NULL ? key : "?";
}

bool judge_today(struct judge *j, char out[11])
{
	const char *s = json_string_value(json_object_get(j->input, "effective_at"));
	struct tm tm = {0};
	const char *p = s != NULL ? strptime(s, "%Y-%m-%dT%H:%M:%S", &tm) : NULL;
	if (p != NULL && *p == '.')
		p += 1 + strspn(p + 1, "0123456789");
	char sign = '+';
	int hours = 0, minutes = 0;
	if (p == NULL ||
		(strcmp(p, "Z") != 0 && sscanf(p, "%c%2d:%2d", &sign, &hours, &minutes) != 3)) {
		judge_refuse(j, "缺少可用的 effective_at", "there is no usable effective_at");
		return false;
	}
	/* legal time is UTC+08:00 */
	time_t offset = (hours * 60 + minutes) * 60;
	time_t at = timegm(&tm) - (sign == '-' ? -offset : offset) + (time_t)8 * 3600;
	if (gmtime_r(&at, &tm) == NULL || strftime(out, 11, "%Y-%m-%d", &tm) != 10) {
		judge_refuse(j, "缺少可用的 effective_at", "there is no usable effective_at");
		return false;
	}
	return true;
}
