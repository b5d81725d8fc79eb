#include <string.h>

#include "base/error.h"
#include "chart/compile.h"

static char *join_text(struct compiler *c, const char *a, const char *b)
{
	ANJU_AUTO_BUF text = BUF_INIT;
	buf_adds(&text, a);
	buf_adds(&text, b);
	return text.failed ? NULL : chart_arena_text(&c->chart->arena, text.data, text.len);
}

/* the keys of an object, for "allowed" */
static void list_keys(json_t *object, struct buf *out)
{
	const char *key;
	json_t *v;
	json_object_foreach(object, key, v) {
		if (out->len > 0)
			buf_adds(out, ", ");
		buf_adds(out, key);
	}
}

static anju_status fail_initial(struct compiler *c, json_t *state, const struct json_at *at,
	const char *id, const char *found)
{
	ANJU_AUTO_BUF keys = BUF_INIT;
	list_keys(json_object_get(state, "states"), &keys);
	struct json_at here = JSON_AT_KEY(at, "initial");
	return compile_fail_at(c, id, &here, found, keys.data != NULL ? keys.data : "");
}

static anju_status define_initial(
	struct compiler *c, uint32_t state, json_t *json, const struct json_at *at)
{
	static const char *const members[] = {"target", "actions", "meta", "description", NULL};
	struct chart_node *node = &c->chart->nodes[state];
	json_t *initial = json_object_get(json, "initial");
	struct json_at here = JSON_AT_KEY(at, "initial");
	if (initial == NULL)
		return fail_initial(c, json, at, "chart.initial_missing", "@say.nothing");
	const char *target = json_string_value(initial);
	if (json_is_object(initial)) {
		anju_status st = json_only(initial, &here, members, c->err);
		if (st == ANJU_OK)
			st = json_need_string(initial, &here, "target", &target, c->err);
		struct json_at actions_at = JSON_AT_KEY(&here, "actions");
		if (st == ANJU_OK)
			st = compile_actions(c, json_object_get(initial, "actions"), &actions_at,
				&node->initial_actions);
		if (st != ANJU_OK)
			return st;
	}
	if (target == NULL)
		return json_fail_at(c->err, "json.type", &here, initial, "@say.string_or_object");
	/* a key of a child; nothing deeper, so that each state says itself where it begins */
	for (uint32_t s = state + 1; s < node->end; s = c->chart->nodes[s].end) {
		if (strcmp(c->chart->states[s].key, target) == 0) {
			node->initial = s;
			return ANJU_OK;
		}
	}
	return fail_initial(c, json, at, "chart.initial_unknown", target);
}

static anju_status define_history(
	struct compiler *c, uint32_t state, json_t *json, const struct json_at *at)
{
	struct chart *chart = c->chart;
	struct chart_history *h = &chart->histories[chart->histories_len];
	json_t *kind = json_object_get(json, "history");
	const char *text = json_string_value(kind);
	h->state = state;
	h->parent = chart->nodes[state].parent;
	h->deep = text != NULL && strcmp(text, "deep") == 0;
	struct json_at here = JSON_AT_KEY(at, "history");
	if (kind != NULL && !h->deep && !json_is_true(kind) &&
		(text == NULL || strcmp(text, "shallow") != 0))
		return json_fail_at(
			c->err, "chart.bad_history", &here, kind, "shallow, deep, true");
	chart->nodes[state].history = chart->histories_len++;
	json_t *target = json_object_get(json, "target");
	struct json_at target_at = JSON_AT_KEY(at, "target");
	if (target == NULL)
		return ANJU_OK;
	return compile_targets(c, state, target, &target_at, &h->targets, &h->targets_len);
}

static anju_status define_on(
	struct compiler *c, uint32_t state, json_t *on, const struct json_at *at)
{
	const char *key;
	json_t *v;
	if (!json_is_object(on))
		return json_fail_at(c->err, "json.type", at, on, "@say.object");
	json_object_foreach(on, key, v) {
		struct json_at here = JSON_AT_KEY(at, key);
		const char *star = strchr(key, '*');
		size_t n = strlen(key);
		/* "*" alone or as the last part after a dot, nowhere else */
		bool ok = n > 0 &&
			  (star == NULL ||
				  (star[1] == '\0' && (n == 1 || (n > 2 && key[n - 2] == '.'))));
		if (!ok)
			return compile_fail_at(
				c, "chart.bad_descriptor", &here, key, "a.b, a.*, *");
		struct chart_origin origin = {state, key};
		anju_status st = compile_transitions(c, &origin, v, &here);
		if (st != ANJU_OK)
			return st;
	}
	return ANJU_OK;
}

static anju_status check_delay(struct compiler *c, const char *delay, const struct json_at *at)
{
	size_t digits = strspn(delay, "0123456789"), n = strlen(delay);
	if (n > 0 && digits == n) {
		if (n > 15 || (n > 1 && delay[0] == '0'))
			return compile_fail_at(
				c, "chart.bad_delay", at, delay, "0 … 999999999999999");
		return ANJU_OK;
	}
	size_t word =
		strspn(delay, "0123456789_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
	if (digits > 0 || word != n || n == 0 || c->options->delay == NULL)
		return compile_fail_at(c, "chart.bad_delay", at, delay, "0 … 999999999999999");
	anju_status st = c->options->delay(c->options->ctx, delay, c->err);
	if (st == ANJU_OK || c->err == NULL)
		return st;
	char pointer[sizeof c->err->where];
	if (c->err->where[0] == '\0')
		anju_error_where(c->err, "%s", json_at_pointer(at, pointer, sizeof pointer));
	if (c->err->file[0] == '\0' && c->options->file != NULL)
		anju_error_file(c->err, c->options->file);
	return st;
}

static anju_status define_after(
	struct compiler *c, uint32_t state, json_t *after, const struct json_at *at)
{
	struct chart *chart = c->chart;
	struct chart_node *node = &chart->nodes[state];
	if (!json_is_object(after))
		return json_fail_at(c->err, "json.type", at, after, "@say.object");
	node->timers =
		chart_arena_alloc(&chart->arena, json_object_size(after) * sizeof *node->timers);
	if (node->timers == NULL)
		return anju_fail_nomem(c->err);
	const char *key;
	json_t *v;
	json_object_foreach(after, key, v) {
		struct json_at here = JSON_AT_KEY(at, key);
		anju_status st = check_delay(c, key, &here);
		if (st != ANJU_OK)
			return st;
		struct chart_timer *t = &node->timers[node->timers_len++];
		const char *prefix = join_text(c, "xstate.after.", key);
		const char *id = join_text(c, ".", chart->states[state].id);
		t->delay = chart_arena_text(&chart->arena, key, strlen(key));
		t->event = prefix != NULL && id != NULL ? join_text(c, prefix, id) : NULL;
		if (t->event == NULL || t->delay == NULL)
			return anju_fail_nomem(c->err);
		struct chart_origin origin = {state, t->event};
		if ((st = compile_transitions(c, &origin, v, &here)) != ANJU_OK)
			return st;
	}
	return ANJU_OK;
}

static anju_status define_on_done(
	struct compiler *c, uint32_t state, json_t *json, const struct json_at *at)
{
	struct chart_node *node = &c->chart->nodes[state];
	node->done_event = join_text(c, "xstate.done.state.", c->chart->states[state].id);
	if (node->done_event == NULL)
		return anju_fail_nomem(c->err);
	json_t *v = json_object_get(json, "onDone");
	struct json_at here = JSON_AT_KEY(at, "onDone");
	struct chart_origin origin = {state, node->done_event};
	return v != NULL ? compile_transitions(c, &origin, v, &here) : ANJU_OK;
}

/* onDone stands before `on` so that it also comes first if `on` names the same event */
static anju_status define_reactions(
	struct compiler *c, uint32_t state, json_t *json, const struct json_at *at)
{
	struct chart_node *node = &c->chart->nodes[state];
	json_t *on = json_object_get(json, "on"), *always = json_object_get(json, "always");
	json_t *after = json_object_get(json, "after");
	struct json_at on_at = JSON_AT_KEY(at, "on"), always_at = JSON_AT_KEY(at, "always");
	struct json_at after_at = JSON_AT_KEY(at, "after"), entry_at = JSON_AT_KEY(at, "entry");
	struct json_at exit_at = JSON_AT_KEY(at, "exit");
	struct chart_origin eventless = {state, ""};

	anju_status st =
		compile_actions(c, json_object_get(json, "entry"), &entry_at, &node->entry);
	if (st == ANJU_OK)
		st = compile_actions(c, json_object_get(json, "exit"), &exit_at, &node->exit);
	if (st == ANJU_OK && (node->type == CHART_COMPOUND || node->type == CHART_PARALLEL))
		st = define_on_done(c, state, json, at);
	if (st == ANJU_OK && on != NULL)
		st = define_on(c, state, on, &on_at);
	if (st == ANJU_OK && always != NULL)
		st = compile_transitions(c, &eventless, always, &always_at);
	if (st == ANJU_OK && after != NULL)
		st = define_after(c, state, after, &after_at);
	return st;
}

static anju_status define(
	struct compiler *c, uint32_t state, json_t *json, const struct json_at *at)
{
	struct chart *chart = c->chart;
	anju_status st = ANJU_OK;
	if (chart->nodes[state].type == CHART_COMPOUND)
		st = define_initial(c, state, json, at);
	if (st == ANJU_OK && chart->nodes[state].type == CHART_HISTORY)
		st = define_history(c, state, json, at);
	if (st == ANJU_OK)
		st = define_reactions(c, state, json, at);
	if (st != ANJU_OK)
		return st;

	struct json_at states_at = JSON_AT_KEY(at, "states");
	uint32_t child = state + 1;
	const char *key;
	json_t *v;
	json_object_foreach(json_object_get(json, "states"), key, v) {
		struct json_at here = JSON_AT_KEY(&states_at, key);
		if ((st = define(c, child, v, &here)) != ANJU_OK)
			return st;
		child = chart->nodes[child].end;
	}
	return ANJU_OK;
}

anju_status compile_define(struct compiler *c)
{
	struct chart *chart = c->chart;
	struct json_at at = JSON_AT_ROOT(c->options->file);
	uint32_t histories = 0;
	for (uint32_t s = 0; s < chart->states_len; s++)
		histories += chart->nodes[s].type == CHART_HISTORY;
	chart->histories = chart_arena_alloc(&chart->arena, histories * sizeof *chart->histories);
	if (chart->histories == NULL)
		return anju_fail_nomem(c->err);
	return define(c, 0, chart->json, &at);
}
