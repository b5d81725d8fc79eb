#include "engine/obligation_left.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/messages.h"
#include "engine/impl.h"

static void meta_name(const char *id, char out[160])
{
	snprintf(out, 160, "obligation.left/%s", id);
}

static anju_status parse(anju_status st, const char *text, json_t **ret, anju_error *err)
{
	if (st != ANJU_OK && st != ANJU_E_NOTFOUND)
		return st;
	json_t *list = st == ANJU_OK ? json_loads(text, 0, NULL) : json_array();
	if (list == NULL)
		return anju_fail_nomem(err);
	*ret = list;
	return ANJU_OK;
}

anju_status obligation_left_read(
	struct store_reader *reader, const char *id, json_t **ret, anju_error *err)
{
	char name[160];
	const char *text = NULL;
	meta_name(id, name);
	anju_status st = store_read_meta(reader, name, &text, err);
	return parse(st, text, ret, err);
}

anju_status engine_left_load(
	struct engine *e, const char *id, struct obligation_left *ret, anju_error *err)
{
	char name[160];
	const char *text = NULL;
	*ret = (struct obligation_left){0};
	meta_name(id, name);
	anju_status st = store_meta_get(e->options.store, name, &text, err);
	return parse(st, text, &ret->list, err);
}

anju_status engine_left_save(
	struct engine *e, const char *id, struct obligation_left *left, anju_error *err)
{
	char name[160];
	if (!left->dirty)
		return ANJU_OK;
	meta_name(id, name);
	ANJU_AUTO_MEM char *text = NULL;
	if (json_array_size(left->list) > 0 && (text = json_text(left->list)) == NULL)
		return anju_fail_nomem(err);
	anju_status st = store_meta_put(e->options.store, name, text, err);
	left->dirty = st != ANJU_OK;
	return st;
}

static json_t *words(const anju_error *why)
{
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT;
	message_render_error(&zh, why, LANG_ZH);
	message_render_error(&en, why, LANG_EN);
	return json_pack("{s:s, s:s}", "zh", zh.data != NULL ? zh.data : "", "en",
		en.data != NULL ? en.data : "");
}

anju_status engine_left_add(struct obligation_left *left, const struct left_case *one,
	const anju_error *why, anju_error *err)
{
	json_t *row = json_pack("{s:i, s:s, s:I, s:b, s:o}", "day", (int)one->day, "unit",
		one->unit, "since", (json_int_t)one->since_ms, "joined", (int)one->joined, "text",
		words(why));
	if (json_array_append_new(left->list, row) != 0)
		return anju_fail_nomem(err);
	left->dirty = true;
	return ANJU_OK;
}

void engine_left_get(const struct obligation_left *left, size_t i, struct left_case *ret)
{
	const json_t *row = json_array_get(left->list, i);
	*ret = (struct left_case){
		.unit = json_string_value(json_object_get(row, "unit")),
		.day = (int32_t)json_integer_value(json_object_get(row, "day")),
		.since_ms = json_integer_value(json_object_get(row, "since")),
		.joined = json_is_true(json_object_get(row, "joined")),
	};
	if (ret->unit == NULL)
		ret->unit = "";
}

anju_status engine_left_still(struct obligation_left *left, size_t i, const anju_error *why,
	bool *ret_news, anju_error *err)
{
	json_t *row = json_array_get(left->list, i);
	ANJU_AUTO_JSON *text = words(why);
	if (text == NULL)
		return anju_fail_nomem(err);
	*ret_news = !json_equal(json_object_get(row, "text"), text);
	if (!*ret_news)
		return ANJU_OK;
	if (json_object_set(row, "text", text) != 0)
		return anju_fail_nomem(err);
	left->dirty = true;
	return ANJU_OK;
}

void engine_left_drop(struct obligation_left *left, size_t i)
{
	(void)json_array_remove(left->list, i); /* it is there */
	left->dirty = true;
}
