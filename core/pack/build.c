#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "pack/loader.h"

void build_roles(struct build *b, const json_t *obj, const struct json_at *at, const char *key,
	struct role_list *ret)
{
	const json_t *list = load_strings(b->ld, obj, at, key);
	size_t n = json_array_size(list);
	struct json_at here = JSON_AT_KEY(at, key);
	*ret = (struct role_list){0};
	if (n == 0)
		return;
	ret->roles = pool_alloc(b->pool, n * sizeof *ret->roles);
	if (ret->roles == NULL)
		return;
	for (size_t i = 0; i < n; i++) {
		anju_error err;
		struct json_at item = JSON_AT_INDEX(&here, i);
		anju_status st =
			role_parse(b->ld->set->org, json_string_value(json_array_get(list, i)),
				b->wf->bindings, &item, &ret->roles[i], &err);
		/* of a kind whose unit was refused nothing more is to be said */
		if (!b->ld->units_bad)
			(void)load_ok(b->ld, st, &err);
		ret->len++;
	}
}

const struct field *build_field(struct build *b, const struct json_at *at, const char *name)
{
	const struct field *f = workflow_field(b->wf, name);
	if (f != NULL)
		return f;
	ANJU_AUTO_BUF names = BUF_INIT;
	for (size_t i = 0; i < b->wf->fields_len; i++)
		buf_addf(&names, "%s%s", i > 0 ? " " : "", b->wf->fields[i].name);
	load_finding_text(b->ld, "pack.unknown_field", at, name, "%s",
		names.data != NULL ? names.data : "@say.no_fields");
	return NULL;
}

uint32_t build_state(struct build *b, const struct json_at *at, const char *text)
{
	uint32_t state = text[0] == '#' ? chart_state_by_id(b->wf->chart, text + 1)
					: chart_state_by_path(b->wf->chart, text);
	if (state == CHART_NONE || (state == 0 && text[0] != '#'))
		load_finding_text(b->ld, "pack.unknown_state", at, text, "@say.state_path|%s",
			chart_state_count(b->wf->chart) > 1 ? chart_state_at(b->wf->chart, 1)->path
							    : "a.b");
	return state == 0 && text[0] != '#' ? CHART_NONE : state;
}

static void free_expr(void *thing)
{
	expr_free(thing);
}

/* In("path") is a call like any other to the type checker; here its literals are held against the chart. */
static bool check_in_calls(struct build *b, const struct json_at *at, const char *text)
{
	size_t before = b->ld->findings;
	char path[256];
	if (b->wf->chart == NULL)
		return true;
	while (in_literal(&text, path, sizeof path))
		(void)build_state(b, at, path);
	return b->ld->findings == before;
}

struct expr *build_expr(
	struct build *b, const struct json_at *at, const char *text, enum expr_kind want)
{
	struct expr *expr = NULL;
	anju_error err;
	anju_status st = expr_compile(b->env, text, want, &expr, &err);
	if (st != ANJU_OK) {
		char pointer[sizeof err.where];
		anju_error_file(&err, json_at_file(at));
		anju_error_where(&err, "%s", json_at_pointer(at, pointer, sizeof pointer));
		(void)load_ok(b->ld, st, &err);
		return NULL;
	}
	if (!pool_own_take(b->pool, expr, free_expr))
		return NULL;
	return check_in_calls(b, at, text) ? expr : NULL;
}

bool message_label(const struct pack_set *set, const char *key, struct label *ret)
{
	static const char *const langs[] = {"zh", "en"};
	const json_t *texts = json_object_get(set->messages, key);
	for (int i = 0; i < 2; i++) {
		const char *text = json_string_value(json_object_get(texts, langs[i]));
		ret->text[i] = text != NULL ? text : "";
	}
	return texts != NULL;
}

void build_text(struct build *b, const struct json_at *at, const json_t *v, struct label *ret)
{
	*ret = (struct label){{"", ""}};
	if (json_is_object(v)) {
		ANJU_AUTO_JSON *holder = json_object();
		anju_assert(at->key != NULL);
		if (holder == NULL || json_object_set(holder, at->key, (json_t *)v) != 0)
			b->pool->failed = true;
		else
			load_label(b->ld, holder, at->up, at->key, true, ret);
		return;
	}
	const char *key = json_string_value(v);
	bool known = key != NULL && message_label(b->ld->set, key, ret);
	if (!known && (key == NULL || !b->ld->unread))
		load_finding(b->ld, "pack.unknown_message", at, v, "@say.message_or_words");
}
