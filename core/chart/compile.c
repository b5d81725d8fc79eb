/*~ A chart is compiled in four passes over its JSON: declare (states in document order, their ids),
 * define (what each of them says), check (what must hold between states), index (tables that make a
 * step's cost independent of the chart's size). Each refusal names file, place, what was found and
 * what is allowed. */
#include "chart/compile.h"

#include <string.h>

#include "base/error.h"
#include "base/messages.h"

#define MAX_DEPTH          1000u
#define MAX_STATES_DEFAULT 10000u

static const char *const type_names[] = {"atomic", "compound", "parallel", "final", "history"};

anju_status chart_compile_fail(struct compiler *c, const char *id, const char *pointer,
	const char *found, const char *allowed)
{
	const char *file = c->options->file != NULL ? c->options->file : "";
	if (found[0] == '\0')
		found = "\"\"";
	char en_found[80], en_allowed[120];
	(void)anju_fail(c->err, ANJU_E_INVALID, id, "%s#%s: found %s, allowed: %s", file, pointer,
		message_english(found, en_found, sizeof en_found),
		message_english(allowed, en_allowed, sizeof en_allowed));
	anju_error_file(c->err, file);
	anju_error_where(c->err, "%s", pointer);
	anju_error_found(c->err, "%s", found);
	anju_error_allowed(c->err, "%s", allowed);
	return ANJU_E_INVALID;
}

anju_status compile_fail_at(struct compiler *c, const char *id, const struct json_at *at,
	const char *found, const char *allowed)
{
	char pointer[sizeof c->err->where];
	return chart_compile_fail(
		c, id, json_at_pointer(at, pointer, sizeof pointer), found, allowed);
}

char *compile_pointer(struct compiler *c, const struct json_at *at)
{
	char text[4096];
	json_at_pointer(at, text, sizeof text);
	return chart_arena_text(&c->chart->arena, text, strlen(text));
}

static anju_status count_states(
	struct compiler *c, json_t *json, const struct json_at *at, uint32_t depth, uint32_t *n)
{
	uint32_t max = c->options->max_states != 0 ? c->options->max_states : MAX_STATES_DEFAULT;
	if (++*n > max)
		return json_fail_at(c->err, "chart.too_many_states", at, NULL, "%u", max);
	if (depth > MAX_DEPTH)
		return json_fail_at(c->err, "chart.too_deep", at, NULL, "%u", MAX_DEPTH);
	struct json_at states_at = JSON_AT_KEY(at, "states");
	const char *key;
	json_t *child;
	json_object_foreach(json_object_get(json, "states"), key, child) {
		struct json_at child_at = JSON_AT_KEY(&states_at, key);
		anju_status st = count_states(c, child, &child_at, depth + 1, n);
		if (st != ANJU_OK)
			return st;
	}
	return ANJU_OK;
}

static bool key_ok(const char *key)
{
	const char *p = key;
	for (; *p != '\0'; p++) {
		bool letter = (*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z') || *p == '_';
		if (!letter && !(p > key && *p >= '0' && *p <= '9'))
			return false;
	}
	return p > key;
}

static anju_status check_members(
	struct compiler *c, json_t *json, const struct json_at *at, bool is_root)
{
	static const char *const members[] = {"id", "type", "initial", "states", "on", "always",
		"after", "entry", "exit", "onDone", "history", "target", "tags", "meta",
		"description", NULL};
	static const char *const root_members[] = {"id", "type", "initial", "states", "on",
		"always", "after", "entry", "exit", "onDone", "tags", "meta", "description",
		"context", "version", "$schema", NULL};
	static const char *const elsewhere[] = {"invoke", "spawn", "output", "input", "src", NULL};

	if (!json_is_object(json))
		return json_fail_at(c->err, "json.type", at, json, "@say.object");
	for (size_t i = 0; elsewhere[i] != NULL; i++) {
		if (json_object_get(json, elsewhere[i]) == NULL)
			continue;
		struct json_at here = JSON_AT_KEY(at, elsewhere[i]);
		(void)compile_fail_at(
			c, "chart.unsupported", &here, elsewhere[i], "on, entry, exit, actions");
		if (c->err != NULL)
			c->err->status = ANJU_E_UNSUPPORTED;
		return ANJU_E_UNSUPPORTED;
	}
	return json_only(json, at, is_root ? root_members : members, c->err);
}

static anju_status find_type(
	struct compiler *c, json_t *json, const struct json_at *at, enum chart_state_type *ret)
{
	const char *text = NULL;
	anju_status st = json_opt_string(json, at, "type", &text, c->err);
	if (st != ANJU_OK)
		return st;
	if (text == NULL) {
		if (json_object_size(json_object_get(json, "states")) > 0)
			*ret = CHART_COMPOUND;
		else
			*ret = json_object_get(json, "history") != NULL ? CHART_HISTORY
									: CHART_ATOMIC;
		return ANJU_OK;
	}
	for (int i = CHART_ATOMIC; i <= CHART_HISTORY; i++) {
		if (strcmp(text, type_names[i]) == 0) {
			*ret = (enum chart_state_type)i;
			return ANJU_OK;
		}
	}
	struct json_at here = JSON_AT_KEY(at, "type");
	return json_fail_at(c->err, "chart.bad_type", &here, json_object_get(json, "type"),
		"atomic, compound, parallel, final, history");
}

/* members that make no sense on this type of state */
static anju_status check_misplaced(
	struct compiler *c, json_t *json, const struct json_at *at, enum chart_state_type type)
{
	static const char *const not_childless[] = {"initial", "onDone", "history", "target", NULL};
	static const char *const not_parent[] = {"history", "target", NULL};
	static const char *const not_parallel[] = {"initial", "history", "target", NULL};
	static const char *const not_history[] = {
		"initial", "on", "always", "after", "entry", "exit", "onDone", NULL};
	static const char *const *const lists[] = {[CHART_ATOMIC] = not_childless,
		[CHART_COMPOUND] = not_parent,
		[CHART_PARALLEL] = not_parallel,
		[CHART_FINAL] = not_childless,
		[CHART_HISTORY] = not_history};

	const char *bad = NULL;
	for (const char *const *m = lists[type]; *m != NULL && bad == NULL; m++) {
		if (json_object_get(json, *m) != NULL)
			bad = *m;
	}
	bool childless = type != CHART_COMPOUND && type != CHART_PARALLEL;
	if (childless && json_object_size(json_object_get(json, "states")) > 0)
		bad = "states";
	if (bad == NULL)
		return ANJU_OK;
	struct json_at here = JSON_AT_KEY(at, bad);
	return compile_fail_at(c, "chart.misplaced", &here, bad, type_names[type]);
}

static anju_status check_children(
	struct compiler *c, json_t *json, const struct json_at *at, enum chart_state_type type)
{
	json_t *states = NULL;
	anju_status st = json_opt_object(json, at, "states", &states, c->err);
	if (st != ANJU_OK || (type != CHART_COMPOUND && type != CHART_PARALLEL))
		return st;
	const char *key;
	json_t *child;
	struct json_at here = JSON_AT_KEY(at, "states");
	json_object_foreach(states, key, child) {
		enum chart_state_type found;
		struct json_at child_at = JSON_AT_KEY(&here, key);
		if (!json_is_object(child))
			return json_fail_at(c->err, "json.type", &child_at, child, "@say.object");
		if ((st = find_type(c, child, &child_at, &found)) != ANJU_OK)
			return st;
		if (found != CHART_HISTORY)
			return ANJU_OK;
	}
	return json_fail_at(c->err, "chart.no_children", &here, states, "%s", type_names[type]);
}

static anju_status name_state(
	struct compiler *c, uint32_t index, json_t *json, const struct json_at *at)
{
	struct chart *chart = c->chart;
	struct chart_state *s = &chart->states[index];
	const char *id = NULL;
	anju_status st = json_opt_string(json, at, "id", &id, c->err);
	if (st != ANJU_OK)
		return st;
	struct json_at id_at = JSON_AT_KEY(at, "id");
	if (id != NULL && (id[0] == '\0' || id[0] == '#'))
		return json_fail_at(
			c->err, "chart.bad_id", &id_at, json_object_get(json, "id"), "id");

	ANJU_AUTO_BUF text = BUF_INIT;
	if (id != NULL)
		buf_adds(&text, id);
	else if (index == 0)
		buf_adds(&text, "(machine)");
	else
		buf_addf(&text, "%s.%s", chart->states[0].id, s->path);
	if (text.failed || (s->id = chart_arena_text(&chart->arena, text.data, text.len)) == NULL)
		return anju_fail_nomem(c->err);

	uint32_t first, same;
	if (!chart_names_put(&chart->ids, s->id, text.len, index, &first) ||
		!chart_names_put(&chart->paths, s->path, strlen(s->path), index, &same))
		return anju_fail_nomem(c->err);
	if (first != index)
		return chart_compile_fail(
			c, "chart.duplicate_id", s->pointer, s->id, chart->states[first].pointer);
	return ANJU_OK;
}

static char *path_of(struct chart *chart, uint32_t parent, const char *key)
{
	ANJU_AUTO_BUF text = BUF_INIT;
	if (parent != CHART_NONE && chart->states[parent].path[0] != '\0')
		buf_addf(&text, "%s.", chart->states[parent].path);
	buf_adds(&text, parent == CHART_NONE ? "" : key);
	return text.failed ? NULL : chart_arena_text(&chart->arena, text.data, text.len);
}

static anju_status declare(struct compiler *c, json_t *json, const struct json_at *at,
	const char *key, uint32_t parent)
{
	struct chart *chart = c->chart;
	enum chart_state_type type;
	anju_status st = check_members(c, json, at, parent == CHART_NONE);
	if (st != ANJU_OK || (st = find_type(c, json, at, &type)) != ANJU_OK ||
		(st = check_misplaced(c, json, at, type)) != ANJU_OK ||
		(st = check_children(c, json, at, type)) != ANJU_OK)
		return st;

	uint32_t index = chart->states_len++;
	struct chart_state *s = &chart->states[index];
	*s = (struct chart_state){.key = chart_arena_text(&chart->arena, key, strlen(key)),
		.path = path_of(chart, parent, key),
		.type = type,
		.parent = parent,
		.end = index + 1,
		.meta = json_object_get(json, "meta"),
		.tags = json_object_get(json, "tags"),
		.pointer = compile_pointer(c, at)};
	if (s->key == NULL || s->path == NULL || s->pointer == NULL)
		return anju_fail_nomem(c->err);
	if ((st = name_state(c, index, json, at)) != ANJU_OK)
		return st;

	struct json_at states_at = JSON_AT_KEY(at, "states");
	json_t *child;
	json_object_foreach(json_object_get(json, "states"), key, child) {
		struct json_at child_at = JSON_AT_KEY(&states_at, key);
		if (!key_ok(key))
			return compile_fail_at(
				c, "chart.bad_key", &child_at, key, "[A-Za-z_][A-Za-z0-9_]*");
		if ((st = declare(c, child, &child_at, key, index)) != ANJU_OK)
			return st;
	}
	chart->states[index].end = chart->states_len;
	return ANJU_OK;
}

anju_status compile_declare(struct compiler *c)
{
	struct chart *chart = c->chart;
	struct json_at at = JSON_AT_ROOT(c->options->file);
	uint32_t n = 0;
	anju_status st = count_states(c, chart->json, &at, 0, &n);
	if (st != ANJU_OK)
		return st;
	chart->states = chart_arena_alloc(&chart->arena, n * sizeof *chart->states);
	chart->nodes = chart_arena_alloc(&chart->arena, n * sizeof *chart->nodes);
	if (chart->states == NULL || chart->nodes == NULL)
		return anju_fail_nomem(c->err);
	const char *id = json_string_value(json_object_get(chart->json, "id"));
	st = declare(c, chart->json, &at, id != NULL ? id : "(machine)", CHART_NONE);
	if (st != ANJU_OK)
		return st;
	enum chart_state_type type = chart->states[0].type;
	if (type == CHART_FINAL || type == CHART_HISTORY)
		return chart_compile_fail(c, "chart.bad_type", "/type", type_names[type],
			"atomic, compound, parallel");
	for (uint32_t s = 0; s < chart->states_len; s++) {
		chart->nodes[s].parent = chart->states[s].parent;
		chart->nodes[s].end = chart->states[s].end;
		chart->nodes[s].type = chart->states[s].type;
		chart->nodes[s].initial = CHART_NONE;
	}
	return ANJU_OK;
}

anju_status chart_compile(const json_t *machine, const struct chart_options *options,
	struct chart **ret_chart, anju_error *err)
{
	static const struct chart_options none;
	ANJU_AUTO(chart) chart = calloc(1, sizeof *chart);
	if (chart == NULL)
		return anju_fail_nomem(err);
	/* only the reference count is touched */
	chart->json = json_incref((json_t *)(uintptr_t)machine);
	chart->any = CHART_NONE;
	struct compiler c = {
		.chart = chart, .options = options != NULL ? options : &none, .err = err};
	anju_status st = compile_declare(&c);
	if (st == ANJU_OK)
		st = compile_define(&c);
	if (st == ANJU_OK)
		st = compile_check(&c);
	if (st == ANJU_OK)
		st = compile_index(&c);
	if (st == ANJU_OK && c.options->require_reachable)
		st = compile_reachable(&c);
	if (st == ANJU_OK)
		*ret_chart = ANJU_TAKE(chart);
	return st;
}

void chart_free(struct chart *chart)
{
	if (chart == NULL)
		return;
	chart_names_done(&chart->ids);
	chart_names_done(&chart->paths);
	chart_names_done(&chart->exact);
	chart_names_done(&chart->prefixes);
	free(chart->transitions);
	free(chart->edges);
	free(chart->descriptors);
	chart_arena_done(&chart->arena);
	json_decref(chart->json);
	free(chart);
}
