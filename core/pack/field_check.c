#include <regex.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/utf8.h"
#include "pack/loader.h"

#define LIST_MAX 1000

static anju_status fail(const struct field *f, const char *id, const json_t *value, anju_error *err,
	const char *allowed)
{
	struct json_at root = JSON_AT_ROOT(""), data = JSON_AT_KEY(&root, "data"),
		       at = JSON_AT_KEY(&data, f->name);
	/* what is sensitive is not repeated into messages and logs */
	ANJU_AUTO_JSON *hidden = f->sensitive ? json_string("***") : NULL;
	return json_fail_at(err, id, &at, hidden != NULL ? hidden : value, "%s", allowed);
}

static void add_number(struct buf *out, struct decimal d, const struct field *f)
{
	char text[DECIMAL_MAX_CHARS];
	buf_adds(out, decimal_format(d, f->type == FIELD_DECIMAL ? f->scale : 0, text));
}

static anju_status check_range(
	const struct field *f, struct decimal d, const json_t *value, anju_error *err)
{
	bool low = f->has_min && decimal_cmp(d, f->min) < 0;
	bool high = f->has_max && decimal_cmp(d, f->max) > 0;
	if (!low && !high)
		return ANJU_OK;
	ANJU_AUTO_BUF allowed = BUF_INIT;
	if (f->has_min) {
		buf_adds(&allowed, "≥ ");
		add_number(&allowed, f->min, f);
	}
	if (f->has_max) {
		buf_adds(&allowed, f->has_min ? ", ≤ " : "≤ ");
		add_number(&allowed, f->max, f);
	}
	return fail(f, "field.range", value, err, allowed.data != NULL ? allowed.data : "");
}

static anju_status check_decimal(const struct field *f, const json_t *value, anju_error *err)
{
	struct decimal d;
	char allowed[64];
	const char *text = json_string_value(value);
	if (text == NULL || !decimal_parse(text, 9, &d))
		return fail(f, "field.type", value, err, "@say.decimal_string");
	if (!decimal_parse(text, f->scale, &d)) {
		snprintf(allowed, sizeof allowed, "@say.digits_after_point|%d", f->scale);
		return fail(f, "field.scale", value, err, allowed);
	}
	return check_range(f, d, value, err);
}

static anju_status check_text(const struct field *f, const json_t *value, anju_error *err)
{
	char allowed[64];
	size_t n = json_string_length(value);
	const char *text = json_string_value(value);
	if (strlen(text) != n || utf8_length(text, n) > f->max_chars) {
		snprintf(allowed, sizeof allowed, "@say.characters|%zu", f->max_chars);
		return fail(f, "field.range", value, err, allowed);
	}
	if (f->regex != NULL && regexec(f->regex, text, 0, NULL, 0) != 0)
		return fail(f, "field.pattern", value, err, f->pattern);
	return ANJU_OK;
}

/* "concentrated (Concentrated) scattered (Scattered)"; cut between options where there is no more room. */
static void add_options(const struct field *f, size_t room, struct buf *out)
{
	for (size_t i = 0; i < f->options_len; i++) {
		ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT, one = BUF_INIT;
		buf_addf(&zh, "（%s）", f->option_titles[i].text[LANG_ZH]);
		buf_addf(&en, " (%s)", f->option_titles[i].text[LANG_EN]);
		buf_addf(&one, "%s%s", i > 0 ? " " : "", f->options[i]);
		message_add_words(
			&one, zh.data != NULL ? zh.data : "", en.data != NULL ? en.data : "");
		if (out->len + one.len + sizeof " …" > room) {
			buf_adds(out, " …");
			return;
		}
		buf_add(out, one.data != NULL ? one.data : "", one.len);
	}
}

static anju_status check_option(
	const struct field *f, const char *text, const json_t *value, anju_error *err)
{
	if (field_option_title(f, text) != NULL)
		return ANJU_OK;
	ANJU_AUTO_BUF allowed = BUF_INIT;
	add_options(f, sizeof err->allowed, &allowed);
	return fail(f, "field.option", value, err, allowed.data != NULL ? allowed.data : "");
}

static anju_status check_list(const struct field *f, const json_t *value, anju_error *err)
{
	size_t n = json_array_size(value);
	if (!json_is_array(value))
		return fail(f, "field.type", value, err, "@say.strings");
	if (n > LIST_MAX)
		return fail(f, "field.range", value, err, "@say.items_at_most|1000");
	for (size_t i = 0; i < n; i++) {
		const json_t *item = json_array_get(value, i);
		if (!json_is_string(item))
			return fail(f, "field.type", value, err, "@say.strings");
		anju_status st = check_text(f, item, err);
		if (st == ANJU_OK && f->options_len > 0)
			st = check_option(f, json_string_value(item), item, err);
		/* with options a list is a set */
		for (size_t k = 0; st == ANJU_OK && f->options_len > 0 && k < i; k++) {
			if (json_equal(json_array_get(value, k), (json_t *)item))
				st = fail(f, "field.option", item, err, "@say.options_once");
		}
		if (st != ANJU_OK)
			return st;
	}
	return ANJU_OK;
}

anju_status field_check(
	const struct field *f, const struct org *org, const json_t *value, anju_error *err)
{
	const char *text = json_string_value(value);
	int32_t day;
	switch (f->type) {
	case FIELD_STRING:
		return text != NULL ? check_text(f, value, err)
				    : fail(f, "field.type", value, err, "@say.string");
	case FIELD_INT:
	case FIELD_MONEY:
		if (!json_is_integer(value))
			return fail(f, "field.type", value, err,
				f->type == FIELD_MONEY ? "@say.fen" : "@say.integer");
		return check_range(f, decimal_of_int(json_integer_value(value)), value, err);
	case FIELD_BOOL:
		return json_is_boolean(value) ? ANJU_OK
					      : fail(f, "field.type", value, err, "@say.boolean");
	case FIELD_DECIMAL:
		return check_decimal(f, value, err);
	case FIELD_DATE:
		if (text == NULL || date_parse(text, &day, NULL) != ANJU_OK)
			return fail(f, "field.type", value, err, "@say.date_such|2017-08-31");
		return ANJU_OK;
	case FIELD_ENUM:
		return text != NULL ? check_option(f, text, value, err)
				    : fail(f, "field.type", value, err, "@say.string");
	case FIELD_UNIT:
		if (text == NULL)
			return fail(f, "field.type", value, err, "@say.unit_code");
		return org_unit(org, text) != NULL
			       ? ANJU_OK
			       : fail(f, "field.unit", value, err, "@say.unit_code");
	case FIELD_LIST:
		return check_list(f, value, err);
	}
	return anju_fail(err, ANJU_E_INTERNAL, "field.type", "field type %d", (int)f->type);
}
