/*~ Expressions see a case's JSON in place: a member is made into a value when it is read, and what
 * costs something (related cases) is fetched only if the expression comes to it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/timestamp.h"
#include "pack/functions.h"
#include "pack/loader.h"
#include "pack/values.h"

/* One evaluation. */
struct eval {
	const struct pack_vars *vars;
	json_t **related; /* owned; by relation index, fetched so far */
	json_t *lists;    /* owned; of the case's values, read so far; NULL = none */
};

struct json_map {
	struct expr_map map;
	const json_t *json;
	struct eval *eval;
};

/* In("…") is called back with what was given when the environment was made; the case of this moment is
 * known to the thread alone. */
static _Thread_local struct eval *running;

enum expr_kind field_kind(const struct field *f)
{
	switch (f->type) {
	case FIELD_STRING:
	case FIELD_ENUM:
	case FIELD_UNIT:
		return EXPR_STRING;
	case FIELD_INT:
	case FIELD_MONEY:
		return EXPR_INT;
	case FIELD_BOOL:
		return EXPR_BOOL;
	case FIELD_DECIMAL:
		return EXPR_DECIMAL;
	case FIELD_DATE:
		return EXPR_TIMESTAMP;
	case FIELD_LIST:
		return EXPR_LIST;
	}
	return EXPR_DYN;
}

static bool give_text(const char *text, size_t len, struct expr_value *ret)
{
	ret->kind = EXPR_STRING;
	ret->str.s = text;
	ret->str.len = len;
	return true;
}

static bool give_decimal(const char *text, struct expr_value *ret)
{
	ret->kind = EXPR_DECIMAL;
	if (!decimal_parse(text, 9, &ret->dec))
		*ret = expr_value_error("@say.no_decimal");
	return true;
}

static bool give_date(const char *text, struct expr_value *ret)
{
	int32_t day;
	if (date_parse(text, &day, NULL) != ANJU_OK) {
		*ret = expr_value_error("@say.no_date");
		return true;
	}
	ret->kind = EXPR_TIMESTAMP;
	ret->time.seconds = timestamp_of_day(day) / 1000;
	ret->time.nanos = 0;
	return true;
}

static bool give_field_text(
	const struct field *f, const char *text, size_t len, struct expr_value *ret)
{
	enum expr_kind kind = field_kind(f);
	if (kind == EXPR_DECIMAL)
		return give_decimal(text, ret);
	if (kind == EXPR_TIMESTAMP)
		return give_date(text, ret);
	return give_text(text, len, ret);
}

/* Lists and the like; the tree lives as long as the evaluation. */
static bool give_packed_json(
	struct eval *eval, const struct value *v, struct expr_arena *arena, struct expr_value *ret)
{
	json_t *tree = value_json(v);
	if (eval->lists == NULL)
		eval->lists = json_array();
	if (tree == NULL || json_array_append_new(eval->lists, tree) != 0) {
		*ret = expr_value_error("@say.enomem");
		return true;
	}
	return !json_is_null(tree) && expr_value_from_json(tree, arena, ret);
}

static bool give_value(struct eval *eval, const struct field *f, const struct value *v,
	struct expr_arena *arena, struct expr_value *ret)
{
	switch (v->kind) {
	case VALUE_NONE:
		break;
	case VALUE_TEXT:
		return give_field_text(f, v->text, v->len, ret);
	case VALUE_INT:
		ret->kind = EXPR_INT;
		ret->i = v->i;
		return true;
	case VALUE_FALSE:
	case VALUE_TRUE:
		ret->kind = EXPR_BOOL;
		ret->b = v->kind == VALUE_TRUE;
		return true;
	case VALUE_JSON:
		return give_packed_json(eval, v, arena, ret);
	}
	return false;
}

static bool is_set(const struct json_map *m, const struct field *f)
{
	const struct pack_vars *vars = m->eval->vars;
	if (vars->values != NULL)
		return values_has(vars->wf, vars->values, f);
	const json_t *v = json_object_get(m->json, f->name);
	return v != NULL && !json_is_null(v);
}

static size_t case_len(const struct expr_map *map)
{
	const struct json_map *m = map->ctx;
	const struct workflow *wf = m->eval->vars->wf;
	size_t n = 0;
	for (size_t i = 0; i < wf->fields_len; i++)
		n += is_set(m, &wf->fields[i]);
	return n;
}

static bool case_get(const struct expr_map *map, const struct expr_value *key,
	struct expr_arena *arena, struct expr_value *ret)
{
	const struct json_map *m = map->ctx;
	if (key->kind != EXPR_STRING)
		return false;
	const struct pack_vars *vars = m->eval->vars;
	const struct field *f = field_find(vars->wf, key->str.s, key->str.len);
	if (f == NULL)
		return false;
	if (vars->values != NULL) {
		struct value v = values_get(vars->wf, vars->values, f);
		return give_value(m->eval, f, &v, arena, ret);
	}
	const json_t *v = json_object_get(m->json, f->name);
	if (json_is_string(v))
		return give_field_text(f, json_string_value(v), json_string_length(v), ret);
	return v != NULL && !json_is_null(v) && expr_value_from_json(v, arena, ret);
}

static bool case_key_at(
	const struct expr_map *map, size_t i, struct expr_arena *arena, struct expr_value *ret)
{
	const struct json_map *m = map->ctx;
	const struct workflow *wf = m->eval->vars->wf;
	for (size_t k = 0; k < wf->fields_len; k++) {
		if (is_set(m, &wf->fields[k]) && i-- == 0) {
			*ret = expr_value_string(wf->fields[k].name);
			return true;
		}
	}
	return false;
}

static size_t object_len(const struct expr_map *map)
{
	return json_object_size(((const struct json_map *)map->ctx)->json);
}

static bool object_key_at(
	const struct expr_map *map, size_t i, struct expr_arena *arena, struct expr_value *ret)
{
	const char *key;
	json_t *v;
	json_object_foreach((json_t *)((const struct json_map *)map->ctx)->json, key, v) {
		if (i-- == 0) {
			*ret = expr_value_string(key);
			return true;
		}
	}
	return false;
}

static bool give_map(const struct expr_map *like, const json_t *json, struct eval *eval,
	struct expr_arena *arena, struct expr_value *ret)
{
	struct json_map *m = expr_arena_alloc(arena, sizeof *m);
	if (m == NULL) {
		*ret = expr_value_error("@say.enomem");
		return true;
	}
	m->map = *like;
	m->map.ctx = m;
	m->json = json;
	m->eval = eval;
	ret->kind = EXPR_MAP;
	ret->map = &m->map;
	return true;
}

/* One rule: max, min, value. Texts that are decimal numbers are numbers. */
static bool rule_get(const struct expr_map *map, const struct expr_value *key,
	struct expr_arena *arena, struct expr_value *ret)
{
	const struct json_map *m = map->ctx;
	const json_t *v = key->kind == EXPR_STRING
				  ? json_object_getn(m->json, key->str.s, key->str.len)
				  : NULL;
	if (v == NULL)
		return false;
	if (!json_is_string(v))
		return expr_value_from_json(v, arena, ret);
	ret->kind = EXPR_DECIMAL;
	return decimal_parse(json_string_value(v), 9, &ret->dec) ||
	       give_text(json_string_value(v), json_string_length(v), ret);
}

static bool rules_get(const struct expr_map *map, const struct expr_value *key,
	struct expr_arena *arena, struct expr_value *ret)
{
	static const struct expr_map rule = {
		.len = object_len, .get = rule_get, .key_at = object_key_at};
	const struct json_map *m = map->ctx;
	const json_t *v = key->kind == EXPR_STRING
				  ? json_object_getn(m->json, key->str.s, key->str.len)
				  : NULL;
	return json_is_object(v) && give_map(&rule, v, m->eval, arena, ret);
}

/* Of the deadline whose rung opens something: its date, and texts. */
static bool deadline_get(const struct expr_map *map, const struct expr_value *key,
	struct expr_arena *arena, struct expr_value *ret)
{
	const struct json_map *m = map->ctx;
	const json_t *v = key->kind == EXPR_STRING
				  ? json_object_getn(m->json, key->str.s, key->str.len)
				  : NULL;
	if (v == NULL)
		return false;
	if (key->str.len == 3 && memcmp(key->str.s, "due", 3) == 0)
		return give_date(json_string_value(v), ret);
	return give_text(json_string_value(v), json_string_length(v), ret);
}

static size_t related_len(const struct expr_map *map)
{
	return ((const struct json_map *)map->ctx)->eval->vars->wf->relations_len;
}

static bool related_key_at(
	const struct expr_map *map, size_t i, struct expr_arena *arena, struct expr_value *ret)
{
	const struct workflow *wf = ((const struct json_map *)map->ctx)->eval->vars->wf;
	if (i >= wf->relations_len)
		return false;
	*ret = expr_value_string(wf->relations[i].name);
	return true;
}

static bool related_get(const struct expr_map *map, const struct expr_value *key,
	struct expr_arena *arena, struct expr_value *ret)
{
	struct eval *eval = ((const struct json_map *)map->ctx)->eval;
	const struct pack_vars *vars = eval->vars;
	size_t n = vars->wf->relations_len, i = 0;
	while (i < n &&
		(key->kind != EXPR_STRING ||
			strncmp(vars->wf->relations[i].name, key->str.s, key->str.len) != 0 ||
			vars->wf->relations[i].name[key->str.len] != '\0'))
		i++;
	if (i == n)
		return false;
	if (eval->related == NULL)
		eval->related = calloc(n, sizeof *eval->related);
	if (eval->related != NULL && eval->related[i] == NULL && vars->related != NULL)
		eval->related[i] = vars->related(vars->ctx, &vars->wf->relations[i]);
	if (eval->related == NULL || eval->related[i] == NULL) {
		*ret = expr_value_error("@say.related_unread");
		return true;
	}
	return expr_value_from_json(eval->related[i], arena, ret);
}

struct text_list {
	struct expr_list list;
	struct expr_value items[];
};

static bool item_at(
	const struct expr_list *list, size_t i, struct expr_arena *arena, struct expr_value *ret)
{
	*ret = ((const struct text_list *)list->ctx)->items[i];
	return true;
}

static struct text_list *new_list(size_t n, struct expr_arena *arena, struct expr_value *ret)
{
	struct text_list *l = expr_arena_alloc(arena, sizeof *l + n * sizeof l->items[0]);
	if (l == NULL) {
		*ret = expr_value_error("@say.enomem");
		return NULL;
	}
	l->list = (struct expr_list){.len = n, .ctx = l, .at = item_at};
	ret->kind = EXPR_LIST;
	ret->list = &l->list;
	return l;
}

static void give_docs(const json_t *docs, struct expr_arena *arena, struct expr_value *ret)
{
	struct text_list *l = new_list(json_object_size(docs), arena, ret);
	if (l == NULL)
		return;
	const char *kind;
	json_t *v;
	size_t i = 0;
	json_object_foreach((json_t *)docs, kind, v)
		l->items[i++] = expr_value_string(kind);
}

static bool lookup(void *ctx, const char *name, struct expr_arena *arena, struct expr_value *ret)
{
	static const struct expr_map case_map = {
		.len = case_len, .get = case_get, .key_at = case_key_at};
	static const struct expr_map rules_map = {
		.len = object_len, .get = rules_get, .key_at = object_key_at};
	static const struct expr_map related_map = {
		.len = related_len, .get = related_get, .key_at = related_key_at};
	static const struct expr_map empty = {
		.len = object_len, .get = rule_get, .key_at = object_key_at};
	struct eval *eval = ctx;
	const struct pack_vars *vars = eval->vars;
	if (strcmp(name, "case") == 0)
		return give_map(&case_map, vars->data, eval, arena, ret);
	if (strcmp(name, "rules") == 0)
		return give_map(&rules_map, vars->rules, eval, arena, ret);
	static const struct expr_map deadline_map = {
		.len = object_len, .get = deadline_get, .key_at = object_key_at};
	if (strcmp(name, "deadline") == 0)
		return give_map(&deadline_map, vars->deadline, eval, arena, ret);
	if (strcmp(name, "event") == 0)
		return vars->event != NULL ? expr_value_from_json(vars->event, arena, ret)
					   : give_map(&empty, NULL, eval, arena, ret);
	if (strcmp(name, "related") == 0)
		return give_map(&related_map, NULL, eval, arena, ret);
	if (strcmp(name, "docs") == 0) {
		give_docs(vars->docs, arena, ret);
		return true;
	}
	if (strcmp(name, "key") == 0) {
		*ret = expr_value_string(vars->key != NULL ? vars->key : "");
		return true;
	}
	if (strcmp(name, "effective") != 0)
		return false;
	int64_t seconds = vars->effective_ms / 1000, rest = vars->effective_ms % 1000;
	ret->kind = EXPR_TIMESTAMP;
	ret->time.seconds = rest < 0 ? seconds - 1 : seconds;
	ret->time.nanos = (int32_t)((rest < 0 ? rest + 1000 : rest) * 1000000);
	return true;
}

/* Related cases and lists are released when the evaluation ends, so what the result borrows of them is copied. */
static void detach(struct expr_value *v, struct expr_arena *arena)
{
	if (v->kind == EXPR_STRING || v->kind == EXPR_BYTES) {
		char *copy = expr_arena_alloc(arena, v->str.len + 1);
		if (copy == NULL) {
			*v = expr_value_error("@say.enomem");
			return;
		}
		memcpy(copy, v->str.s, v->str.len);
		copy[v->str.len] = '\0';
		v->str.s = copy;
	} else if (v->kind == EXPR_LIST) {
		const struct expr_list *old = v->list;
		struct text_list *l = new_list(old->len, arena, v);
		for (size_t i = 0; l != NULL && i < old->len; i++) {
			if (!old->at(old, i, arena, &l->items[i]))
				l->items[i] = expr_value_error("@say.enomem");
			detach(&l->items[i], arena);
		}
	} else if (v->kind == EXPR_MAP) {
		*v = expr_value_error("@say.related_kept");
	}
}

static void eval_done(struct eval *eval)
{
	json_decref(eval->lists);
	if (eval->related == NULL)
		return;
	for (size_t i = 0; i < eval->vars->wf->relations_len; i++)
		json_decref(eval->related[i]);
	free(eval->related);
}

anju_status pack_eval(const struct expr *expr, const struct pack_vars *vars,
	struct expr_arena *arena, struct expr_value *ret, anju_error *err)
{
	struct eval eval = {.vars = vars}, *outer = running;
	struct expr_vars names = {.ctx = &eval, .lookup = lookup};
	struct expr_value value;
	running = &eval;
	anju_status st = expr_eval(expr, &names, EXPR_BUDGET_DEFAULT, arena, &value, err);
	running = outer;
	if (st == ANJU_OK && (eval.related != NULL || eval.lists != NULL))
		detach(&value, arena);
	eval_done(&eval);
	if (st == ANJU_OK && value.kind == EXPR_ERROR) {
		(void)anju_fail(err, ANJU_E_REFUSED, "expr.eval", "the value is an error");
		anju_error_found(err, "%.*s", (int)value.str.len, value.str.s);
		return ANJU_E_REFUSED;
	}
	if (st == ANJU_OK)
		*ret = value;
	return st;
}

static const char *label_in(const char *path, const char *prefix, char name[64])
{
	size_t n = strlen(prefix);
	if (strncmp(path, prefix, n) != 0)
		return NULL;
	snprintf(name, 64, "%.*s", (int)strcspn(path + n, ".["), path + n);
	return path + n + strlen(name);
}

/* The word for an option of "case.settlement_mode". */
static const char *option_label(
	const struct workflow *wf, const char *path, const char *value, enum lang lang)
{
	char name[64];
	const char *rest = label_in(path, "case.", name);
	const struct field *f = rest != NULL && *rest == '\0' ? workflow_field(wf, name) : NULL;
	const struct label *title = f != NULL ? field_option_title(f, value) : NULL;
	return title != NULL && title->text[lang][0] != '\0' ? title->text[lang] : NULL;
}

/* The words for "case.area_m2" or "rules.area_per_person_m2.max"; NULL: the path itself is shown. */
static const char *label_of(void *ctx, const char *path, const char *value, enum lang lang)
{
	const struct pack_vars *vars = ((const struct eval *)ctx)->vars;
	char name[64];
	const char *text = NULL;
	if (value != NULL)
		return option_label(vars->wf, path, value, lang);
	const char *rest = label_in(path, "case.", name);
	if (rest != NULL) {
		const struct field *f = workflow_field(vars->wf, name);
		text = f != NULL && *rest == '\0' ? f->title.text[lang] : NULL;
	} else if (label_in(path, "rules.", name) != NULL) {
		text = json_string_value(json_object_get(
			json_object_get(json_object_get(vars->rules, name), "title"),
			lang == LANG_EN ? "en" : "zh"));
	} else if (label_in(path, "related.", name) != NULL) {
		const struct relation *r = workflow_relation(vars->wf, name);
		text = r != NULL ? r->title.text[lang] : NULL;
	} else if (strcmp(path, "docs") == 0) {
		text = lang == LANG_EN ? "documents held" : "已有材料";
	} else if (strcmp(path, "effective") == 0) {
		text = lang == LANG_EN ? "time of the event" : "发生时间";
	} else if (strcmp(path, "key") == 0) {
		text = lang == LANG_EN ? "key" : "编号";
	}
	return text != NULL && text[0] != '\0' ? text : NULL;
}

void pack_explain(
	const struct expr *expr, const struct pack_vars *vars, enum lang lang, struct buf *out)
{
	struct eval eval = {.vars = vars}, *outer = running;
	struct expr_vars names = {.ctx = &eval, .lookup = lookup};
	running = &eval;
	expr_explain(expr, &names, EXPR_BUDGET_DEFAULT, lang, label_of, &eval, out);
	running = outer;
	eval_done(&eval);
}

const struct pack_vars *vars_running(void)
{
	return running != NULL ? running->vars : NULL;
}

bool vars_in(const char *path, const struct workflow *wf, struct expr_value *ret)
{
	uint32_t state = chart_state_by_path(wf->chart, path);
	if (state == CHART_NONE || running == NULL || running->vars->in == NULL) {
		*ret = expr_value_error("@say.in_no_state");
		return false;
	}
	ret->kind = EXPR_BOOL;
	ret->b = running->vars->in(running->vars->ctx, state);
	return true;
}
