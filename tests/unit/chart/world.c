#include "unit/chart/world.h"

#include <string.h>

#include "base/error.h"
#include "unit/support.h"

static void note(struct world *w, const char *fmt, const char *what)
{
	if (w->trace.len > 0)
		buf_addc(&w->trace, ' ');
	buf_adds(&w->trace, fmt);
	buf_adds(&w->trace, what);
}

static enum chart_verdict guard(void *ctx, struct chart_step *step, const struct chart_call *call,
	const struct chart_event *event)
{
	struct world *w = ctx;
	if (strcmp(call->type, "yes") == 0)
		return CHART_TRUE;
	if (strcmp(call->type, "no") == 0)
		return CHART_FALSE;
	if (strcmp(call->type, "cannot") == 0)
		return CHART_CANNOT;
	if (strncmp(call->type, "type:", 5) == 0)
		return strcmp(event->type, call->type + 5) == 0 ? CHART_TRUE : CHART_FALSE;
	if (strncmp(call->type, "in:", 3) == 0)
		return chart_step_in(step, chart_state_by_path(w->chart, call->type + 3))
			       ? CHART_TRUE
			       : CHART_FALSE;
	if (strncmp(call->type, "n:", 2) == 0)
		return json_integer_value(json_object_get(event->data, "n")) ==
				       strtol(call->type + 2, NULL, 10)
			       ? CHART_TRUE
			       : CHART_FALSE;
	cr_assert_fail("no such guard: %s", call->type);
	return CHART_CANNOT;
}

static anju_status effect(void *ctx, struct chart_step *step, const struct chart_effect *e,
	const struct chart_event *event, anju_error *err)
{
	struct world *w = ctx;
	const char *path = e->state != CHART_NONE ? chart_state_at(w->chart, e->state)->path : "";
	if (e->kind == CHART_EFFECT_ACTION) {
		note(w, "", e->call->type);
		if (strncmp(e->call->type, "raise:", 6) == 0)
			return chart_raise(step, e->call->type + 6, e->call->params, err);
		if (strcmp(e->call->type, "touch") == 0)
			chart_touched(step);
		if (strcmp(e->call->type, "event") == 0)
			note(w, "", event->type);
		if (strcmp(e->call->type, "fail") == 0)
			return anju_fail(err, ANJU_E_DENIED, "test.fail", "as asked");
		return ANJU_OK;
	}
	if (!w->all_effects)
		return ANJU_OK;
	static const char *const names[] = {[CHART_EFFECT_EXIT] = "exit:",
		[CHART_EFFECT_ENTER] = "enter:",
		[CHART_EFFECT_TIMER_SET] = "set:",
		[CHART_EFFECT_TIMER_CANCEL] = "cancel:",
		[CHART_EFFECT_TAKEN] = "taken:",
		[CHART_EFFECT_DONE] = "done"};
	note(w, names[e->kind],
		e->kind == CHART_EFFECT_TIMER_SET ? e->event
		: e->kind == CHART_EFFECT_TAKEN
			? chart_transition_at(w->chart, e->transition)->descriptor
			: path);
	return ANJU_OK;
}

json_t *world_json(const char *text)
{
	char *copy = strdup(text);
	for (char *p = copy; *p != '\0'; p++)
		*p = *p == '\'' ? '"' : *p;
	json_error_t je;
	json_t *v = json_loads(copy, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &je);
	cr_assert_not_null(v, "%s at %d in %s", je.text, je.position, text);
	free(copy);
	return v;
}

anju_status world_compile(const char *machine, const struct chart_options *options,
	struct chart **ret, anju_error *err)
{
	json_t *json = world_json(machine);
	anju_status st = chart_compile(json, options, ret, err);
	json_decref(json);
	return st;
}

static void start(struct world *w, const char *machine)
{
	static const struct chart_options options = {.file = "test.json"};
	w->host = (struct chart_host){.ctx = w, .guard = guard, .effect = effect};
	assert_ok(world_compile(machine, &options, &w->chart, &w->err), w->err);
	assert_ok(chart_start(w->chart, &w->host, &w->snap, &w->err), w->err);
}

void world_open(struct world *w, const char *machine)
{
	*w = (struct world){.all_effects = false};
	start(w, machine);
}

void world_open_all(struct world *w, const char *machine)
{
	*w = (struct world){.all_effects = true};
	start(w, machine);
}

void world_close(struct world *w)
{
	chart_snapshot_free(w->snap);
	chart_free(w->chart);
	buf_done(&w->trace);
	buf_done(&w->text);
}

anju_status world_try(struct world *w, const char *type, const char *data)
{
	json_t *json = data != NULL ? world_json(data) : NULL;
	struct chart_event event = {.type = type, .data = json};
	anju_status st = chart_step(w->chart, w->snap, &event, &w->host, &w->handled, &w->err);
	json_decref(json);
	return st;
}

void world_send(struct world *w, const char *type)
{
	assert_ok(world_try(w, type, NULL), w->err);
}

const char *world_states(struct world *w)
{
	uint32_t leaves[64];
	size_t n = chart_snapshot_leaves(w->chart, w->snap, leaves, 64);
	buf_reset(&w->text);
	buf_adds(&w->text, chart_snapshot_done(w->snap) ? "!" : "");
	for (size_t i = 0; i < n; i++) {
		buf_adds(&w->text, i > 0 ? " " : "");
		buf_adds(&w->text, chart_state_at(w->chart, leaves[i])->path);
	}
	return w->text.data;
}

const char *world_trace(struct world *w)
{
	buf_reset(&w->text);
	buf_adds(&w->text, w->trace.data != NULL ? w->trace.data : "");
	buf_reset(&w->trace);
	return w->text.data;
}
