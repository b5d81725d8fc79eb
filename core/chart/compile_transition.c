#include <string.h>

#include "base/error.h"
#include "chart/compile.h"

static anju_status resolve_call(struct compiler *c, struct chart_call *call, bool is_guard)
{
	const struct chart_options *o = c->options;
	if (o->resolve == NULL)
		return ANJU_OK;
	anju_status st = o->resolve(o->ctx, call, is_guard, c->err);
	if (st == ANJU_OK || c->err == NULL)
		return st;
	if (c->err->file[0] == '\0' && o->file != NULL)
		anju_error_file(c->err, o->file);
	if (c->err->where[0] == '\0')
		anju_error_where(c->err, "%s", call->pointer);
	return st;
}

/* "type" or {"type", "params"} */
static anju_status define_call(struct compiler *c, json_t *json, const struct json_at *at,
	bool is_guard, struct chart_call *call)
{
	static const char *const members[] = {"type", "params", NULL};
	call->type = json_string_value(json);
	if (json_is_object(json)) {
		anju_status st = json_need_string(json, at, "type", &call->type, c->err);
		if (st == ANJU_OK)
			st = json_only(json, at, members, c->err);
		if (st != ANJU_OK)
			return st;
		call->params = json_object_get(json, "params");
	}
	if (call->type == NULL || call->type[0] == '\0')
		return json_fail_at(
			c->err, "json.type", at, json, "\"type\", {\"type\", \"params\"}");
	call->pointer = compile_pointer(c, at);
	if (call->pointer == NULL)
		return anju_fail_nomem(c->err);
	return resolve_call(c, call, is_guard);
}

anju_status compile_actions(
	struct compiler *c, json_t *json, const struct json_at *at, struct chart_calls *ret)
{
	if (json == NULL)
		return ANJU_OK;
	size_t n = json_is_array(json) ? json_array_size(json) : 1;
	struct chart_call *calls = chart_arena_alloc(&c->chart->arena, n * sizeof *calls);
	if (calls == NULL)
		return anju_fail_nomem(c->err);
	for (size_t i = 0; i < n; i++) {
		struct json_at item_at = JSON_AT_INDEX(at, i);
		bool list = json_is_array(json);
		anju_status st = define_call(c, list ? json_array_get(json, i) : json,
			list ? &item_at : at, false, &calls[i]);
		if (st != ANJU_OK)
			return st;
	}
	*ret = (struct chart_calls){calls, (uint32_t)n};
	return ANJU_OK;
}

/* what could have been meant: the keys beside `from`, and below it with a dot */
static anju_status fail_target(
	struct compiler *c, uint32_t from, const char *target, const struct json_at *at)
{
	struct chart *chart = c->chart;
	ANJU_AUTO_BUF names = BUF_INIT;
	uint32_t parent = chart->nodes[from].parent;
	if (parent != CHART_NONE) {
		for (uint32_t s = parent + 1; s < chart->nodes[parent].end; s = chart->nodes[s].end)
			buf_addf(&names, "%s, ", chart->states[s].key);
	}
	for (uint32_t s = from + 1; s < chart->nodes[from].end; s = chart->nodes[s].end)
		buf_addf(&names, ".%s, ", chart->states[s].key);
	buf_adds(&names, "#id");
	const char *id = parent == CHART_NONE && target[0] != '.' && target[0] != '#'
				 ? "chart.target_from_root"
				 : "chart.unknown_target";
	return compile_fail_at(c, id, at, target, names.data != NULL ? names.data : "");
}

static anju_status one_target(
	struct compiler *c, uint32_t from, json_t *json, const struct json_at *at, uint32_t *ret)
{
	const char *target = json_string_value(json);
	if (target == NULL)
		return json_fail_at(c->err, "json.type", at, json, "@say.string");
	*ret = chart_state_by_target(c->chart, from, target);
	return *ret != CHART_NONE ? ANJU_OK : fail_target(c, from, target, at);
}

anju_status compile_targets(struct compiler *c, uint32_t from, json_t *json,
	const struct json_at *at, uint32_t **ret, uint32_t *ret_len)
{
	bool list = json_is_array(json);
	size_t n = list ? json_array_size(json) : 1;
	if (n == 0)
		return json_fail_at(c->err, "json.type", at, json, "@say.string");
	uint32_t *targets = chart_arena_alloc(&c->chart->arena, n * sizeof *targets);
	if (targets == NULL)
		return anju_fail_nomem(c->err);
	for (size_t i = 0; i < n; i++) {
		struct json_at item_at = JSON_AT_INDEX(at, i);
		anju_status st = one_target(c, from, list ? json_array_get(json, i) : json,
			list ? &item_at : at, &targets[i]);
		if (st != ANJU_OK)
			return st;
	}
	*ret = targets;
	*ret_len = (uint32_t)n;
	return ANJU_OK;
}

static bool grow(struct compiler *c)
{
	struct chart *chart = c->chart;
	if (chart->transitions_len < c->edges_cap)
		return true;
	uint32_t cap = c->edges_cap == 0 ? 32 : c->edges_cap * 2;
	void *t = realloc(chart->transitions, cap * sizeof *chart->transitions);
	if (t == NULL)
		return false;
	chart->transitions = t;
	void *e = realloc(chart->edges, cap * sizeof *chart->edges);
	if (e == NULL)
		return false;
	chart->edges = e;
	c->edges_cap = cap;
	return true;
}

static anju_status add_edge(struct compiler *c, const struct chart_origin *origin,
	const struct chart_edge *edge, const json_t *meta, const struct json_at *at)
{
	struct chart *chart = c->chart;
	char *pointer = compile_pointer(c, at);
	if (pointer == NULL || !grow(c))
		return anju_fail_nomem(c->err);
	uint32_t index = chart->transitions_len++;
	chart->edges[index] = *edge;
	chart->edges[index].forbidden =
		edge->targets_len == 0 && edge->actions.len == 0 && meta == NULL;
	chart->transitions[index] = (struct chart_transition){.index = index,
		.source = origin->source,
		.descriptor = origin->descriptor,
		.meta = meta,
		.targets = edge->targets,
		.targets_len = edge->targets_len,
		.guard = edge->guard,
		.forbidden = chart->edges[index].forbidden,
		.pointer = pointer};
	return ANJU_OK;
}

static anju_status define_edge_object(struct compiler *c, const struct chart_origin *origin,
	json_t *json, const struct json_at *at)
{
	static const char *const members[] = {
		"target", "guard", "actions", "reenter", "meta", "description", NULL};
	struct chart_edge edge = {.source = origin->source};
	anju_status st = json_only(json, at, members, c->err);
	if (st == ANJU_OK)
		st = json_opt_bool(json, at, "reenter", &edge.reenter, c->err);
	json_t *target = json_object_get(json, "target");
	struct json_at target_at = JSON_AT_KEY(at, "target");
	uint32_t *targets = NULL;
	if (st == ANJU_OK && target != NULL)
		st = compile_targets(
			c, origin->source, target, &target_at, &targets, &edge.targets_len);
	edge.targets = targets;
	json_t *guard = json_object_get(json, "guard");
	struct json_at guard_at = JSON_AT_KEY(at, "guard");
	if (st == ANJU_OK && guard != NULL) {
		struct chart_call *call = chart_arena_alloc(&c->chart->arena, sizeof *call);
		if (call == NULL)
			return anju_fail_nomem(c->err);
		st = define_call(c, guard, &guard_at, true, call);
		edge.guard = call;
	}
	struct json_at actions_at = JSON_AT_KEY(at, "actions");
	if (st == ANJU_OK)
		st = compile_actions(
			c, json_object_get(json, "actions"), &actions_at, &edge.actions);
	return st == ANJU_OK ? add_edge(c, origin, &edge, json_object_get(json, "meta"), at) : st;
}

static anju_status define_edge(struct compiler *c, const struct chart_origin *origin, json_t *json,
	const struct json_at *at)
{
	if (json_is_object(json))
		return define_edge_object(c, origin, json, at);
	if (!json_is_string(json))
		return json_fail_at(c->err, "json.type", at, json, "@say.string_object_array");
	struct chart_edge edge = {.source = origin->source};
	uint32_t *targets = NULL;
	anju_status st = compile_targets(c, origin->source, json, at, &targets, &edge.targets_len);
	edge.targets = targets;
	return st == ANJU_OK ? add_edge(c, origin, &edge, NULL, at) : st;
}

anju_status compile_transitions(struct compiler *c, const struct chart_origin *origin, json_t *json,
	const struct json_at *at)
{
	if (!json_is_array(json))
		return define_edge(c, origin, json, at);
	for (size_t i = 0; i < json_array_size(json); i++) {
		struct json_at here = JSON_AT_INDEX(at, i);
		anju_status st = define_edge(c, origin, json_array_get(json, i), &here);
		if (st != ANJU_OK)
			return st;
	}
	return ANJU_OK;
}
