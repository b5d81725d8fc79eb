/** Checking a holiday notice: every date is looked at, for a mistyped one shifts deadlines silently. */
#include "calendar/notice.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/messages.h"
#include "base/timestamp.h"

/* The longest on record is the Spring Festival of 2020, ten days; a month means a mistyped end. */
#define SPAN_DAYS_MAX 31
#define SPANS_MAX     200

void notice_free(struct notice *n)
{
	if (n == NULL)
		return;
	json_decref(n->json);
	free(n->spans);
	free(n);
}

const struct notice_span *notice_find(const struct notice *n, int32_t day)
{
	for (size_t i = 0; n != NULL && i < n->len; i++) {
		if (day >= n->spans[i].from && day <= n->spans[i].to)
			return &n->spans[i];
	}
	return NULL;
}

static anju_status need_text(const json_t *obj, const struct json_at *at, const char *key,
	const char **ret, anju_error *err)
{
	const char *text = NULL;
	anju_status st = json_need_string(obj, at, key, &text, err);
	if (st != ANJU_OK)
		return st;
	struct json_at here = JSON_AT_KEY(at, key);
	if (text[0] == '\0')
		return json_fail_at(
			err, "calendar.empty", &here, json_object_get(obj, key), "@say.text");
	*ret = text;
	return ANJU_OK;
}

/** Member `key` of `obj`: {"zh": …, "en": …}. */
static anju_status need_label(const json_t *obj, const struct json_at *at, const char *key,
	const char **ret_zh, const char **ret_en, anju_error *err)
{
	static const char *const members[] = {"zh", "en", NULL};
	json_t *label = NULL;
	anju_status st = json_need_object(obj, at, key, &label, err);
	if (st != ANJU_OK)
		return st;
	struct json_at here = JSON_AT_KEY(at, key);
	st = json_only(label, &here, members, err);
	if (st == ANJU_OK)
		st = need_text(label, &here, "zh", ret_zh, err);
	if (st == ANJU_OK)
		st = need_text(label, &here, "en", ret_en, err);
	return st;
}

/** A date value at `at`, with the place in the error. */
static anju_status read_date(
	const json_t *v, const struct json_at *at, int32_t *ret, anju_error *err)
{
	if (json_is_string(v) && date_parse(json_string_value(v), ret, NULL) == ANJU_OK)
		return ANJU_OK;
	return json_fail_at(err, "calendar.date", at, v, "YYYY-MM-DD");
}

static anju_status need_date(
	const json_t *obj, const struct json_at *at, const char *key, int32_t *ret, anju_error *err)
{
	const char *text = NULL;
	anju_status st = json_need_string(obj, at, key, &text, err);
	if (st != ANJU_OK)
		return st;
	struct json_at here = JSON_AT_KEY(at, key);
	return read_date(json_object_get(obj, key), &here, ret, err);
}

/** One published document: title, number, day of issue. */
static anju_status check_document(
	const json_t *doc, const struct json_at *at, bool revisable, anju_error *err)
{
	static const char *const members[] = {"title", "number", "issued", "revisions", NULL};
	static const char *const revision[] = {"title", "number", "issued", NULL};
	const char *zh = NULL, *en = NULL, *number = NULL;
	int32_t issued = 0;
	if (!json_is_object(doc))
		return json_fail_at(err, "json.type", at, doc, "@say.object");
	anju_status st = json_only(doc, at, revisable ? members : revision, err);
	if (st == ANJU_OK)
		st = need_label(doc, at, "title", &zh, &en, err);
	if (st == ANJU_OK)
		st = need_text(doc, at, "number", &number, err);
	if (st == ANJU_OK)
		st = need_date(doc, at, "issued", &issued, err);
	return st;
}

static anju_status check_source(
	const json_t *json, const struct json_at *root, bool required, anju_error *err)
{
	json_t *source = NULL, *revisions = NULL;
	anju_status st = required ? json_need_object(json, root, "source", &source, err)
				  : json_opt_object(json, root, "source", &source, err);
	if (st != ANJU_OK || source == NULL)
		return st;
	struct json_at at = JSON_AT_KEY(root, "source");
	st = check_document(source, &at, true, err);
	if (st == ANJU_OK)
		st = json_opt_array(source, &at, "revisions", &revisions, err);
	struct json_at list = JSON_AT_KEY(&at, "revisions");
	for (size_t i = 0; st == ANJU_OK && i < json_array_size(revisions); i++) {
		struct json_at item = JSON_AT_INDEX(&list, i);
		st = check_document(json_array_get(revisions, i), &item, false, err);
	}
	return st;
}

static anju_status check_reach(const struct notice *n, int32_t day, const json_t *v,
	const struct json_at *at, anju_error *err)
{
	int32_t first = civil_to_days(n->year, 1, 1) - NOTICE_MARGIN_DAYS;
	int32_t last = civil_to_days(n->year, 12, 31) + NOTICE_MARGIN_DAYS;
	if (day >= first && day <= last)
		return ANJU_OK;
	char a[11], b[11];
	return json_fail_at(err, "calendar.outside_year", at, v, "%s – %s", date_format(first, a),
		date_format(last, b));
}

static anju_status read_holiday(
	struct notice *n, const json_t *v, const struct json_at *at, anju_error *err)
{
	static const char *const members[] = {"name", "from", "to", NULL};
	struct notice_span span = {0};
	if (!json_is_object(v))
		return json_fail_at(err, "json.type", at, v, "@say.object");
	anju_status st = json_only(v, at, members, err);
	if (st == ANJU_OK)
		st = need_label(v, at, "name", &span.zh, &span.en, err);
	if (st == ANJU_OK)
		st = need_date(v, at, "from", &span.from, err);
	if (st == ANJU_OK)
		st = need_date(v, at, "to", &span.to, err);
	struct json_at from = JSON_AT_KEY(at, "from"), to = JSON_AT_KEY(at, "to");
	if (st == ANJU_OK)
		st = check_reach(n, span.from, json_object_get(v, "from"), &from, err);
	if (st == ANJU_OK)
		st = check_reach(n, span.to, json_object_get(v, "to"), &to, err);
	if (st != ANJU_OK)
		return st;
	char a[11], b[11];
	if (span.to < span.from || span.to - span.from >= SPAN_DAYS_MAX)
		return json_fail_at(err, "calendar.holiday_span", &to, json_object_get(v, "to"),
			"%s – %s", date_format(span.from, a),
			date_format(span.from + SPAN_DAYS_MAX - 1, b));
	for (size_t i = 0; i < n->len; i++) {
		const struct notice_span *other = &n->spans[i];
		if (span.from <= other->to && span.to >= other->from)
			return json_fail_at(err, "calendar.overlap", &from,
				json_object_get(v, "from"), "%s – %s", date_format(other->from, a),
				date_format(other->to, b));
	}
	n->spans[n->len++] = span;
	return ANJU_OK;
}

static anju_status fail_both(const struct notice_span *holiday, const struct json_at *at,
	const json_t *v, anju_error *err)
{
	ANJU_AUTO_BUF name = BUF_INIT;
	message_add_words(&name, holiday->zh, holiday->en);
	return json_fail_at(err, "calendar.both", at, v, "@say.closed_day|%s",
		name.data != NULL ? name.data : "");
}

static anju_status read_workday(
	struct notice *n, const json_t *v, const struct json_at *at, anju_error *err)
{
	int32_t day = 0;
	anju_status st = read_date(v, at, &day, err);
	if (st == ANJU_OK)
		st = check_reach(n, day, v, at, err);
	if (st != ANJU_OK)
		return st;
	int weekday = date_weekday(day);
	if (weekday != 0 && weekday != 6)
		return json_fail_at(err, "calendar.not_weekend", at, v, "@say.weekend");
	const struct notice_span *other = notice_find(n, day);
	if (other != NULL && other->work)
		return json_fail_at(err, "calendar.workday_twice", at, v, "@say.day_once");
	if (other != NULL)
		return fail_both(other, at, v, err);
	n->spans[n->len++] = (struct notice_span){.from = day, .to = day, .work = true};
	return ANJU_OK;
}

static anju_status read_spans(struct notice *n, const struct json_at *root, anju_error *err)
{
	json_t *holidays = NULL, *workdays = NULL;
	anju_status st = json_opt_array(n->json, root, "holidays", &holidays, err);
	if (st == ANJU_OK)
		st = json_opt_array(n->json, root, "workdays", &workdays, err);
	if (st != ANJU_OK)
		return st;
	struct json_at h = JSON_AT_KEY(root, "holidays"), w = JSON_AT_KEY(root, "workdays");
	size_t holiday_len = json_array_size(holidays),
	       len = holiday_len + json_array_size(workdays);
	if (n->status == CALENDAR_ANNOUNCED && holiday_len == 0)
		return json_fail_at(
			err, "json.missing", &h, holidays, "@say.member|holidays|@say.array");
	if (len > SPANS_MAX)
		return json_fail_at(err, "calendar.too_many", root, NULL, "%d", SPANS_MAX);
	n->spans = calloc(len > 0 ? len : 1, sizeof *n->spans);
	if (n->spans == NULL)
		return anju_fail_nomem(err);
	for (size_t i = 0; st == ANJU_OK && i < holiday_len; i++) {
		struct json_at at = JSON_AT_INDEX(&h, i);
		st = read_holiday(n, json_array_get(holidays, i), &at, err);
	}
	for (size_t i = 0; st == ANJU_OK && i < len - holiday_len; i++) {
		struct json_at at = JSON_AT_INDEX(&w, i);
		st = read_workday(n, json_array_get(workdays, i), &at, err);
	}
	return st;
}

static anju_status read_head(struct notice *n, const struct json_at *root, anju_error *err)
{
	static const char *const members[] = {
		"$schema", "year", "status", "source", "holidays", "workdays", NULL};
	const char *status = NULL;
	const char *schema;
	anju_status st = json_only(n->json, root, members, err);
	if (st == ANJU_OK)
		st = json_opt_string(n->json, root, "$schema", &schema, err);
	if (st != ANJU_OK)
		return st;
	const json_t *year = json_object_get(n->json, "year");
	struct json_at at_year = JSON_AT_KEY(root, "year"), at_status = JSON_AT_KEY(root, "status");
	/* The first and the last year have no neighbour to reach into. */
	if (!json_is_integer(year) || json_integer_value(year) <= DATE_MIN_YEAR ||
		json_integer_value(year) >= DATE_MAX_YEAR)
		return json_fail_at(err, "calendar.notice_year", &at_year, year, "%d – %d",
			DATE_MIN_YEAR + 1, DATE_MAX_YEAR - 1);
	n->year = (int)json_integer_value(year);
	st = json_need_string(n->json, root, "status", &status, err);
	if (st != ANJU_OK)
		return st;
	if (strcmp(status, "announced") == 0)
		n->status = CALENDAR_ANNOUNCED;
	else if (strcmp(status, "provisional") == 0)
		n->status = CALENDAR_PROVISIONAL;
	else
		return json_fail_at(err, "calendar.notice_status", &at_status,
			json_object_get(n->json, "status"), "announced, provisional");
	return check_source(n->json, root, n->status == CALENDAR_ANNOUNCED, err);
}

anju_status notice_parse(const json_t *json, const char *file, struct notice **ret, anju_error *err)
{
	struct json_at root = JSON_AT_ROOT(file);
	if (!json_is_object(json))
		return json_fail_at(err, "json.type", &root, json, "@say.object");
	ANJU_AUTO(notice) n = calloc(1, sizeof *n);
	if (n == NULL)
		return anju_fail_nomem(err);
	n->json = json_deep_copy(json);
	if (n->json == NULL)
		return anju_fail_nomem(err);
	anju_status st = read_head(n, &root, err);
	if (st == ANJU_OK)
		st = read_spans(n, &root, err);
	if (st != ANJU_OK)
		return st;
	*ret = ANJU_TAKE(n);
	return ANJU_OK;
}
