#include "cli/chart_batch.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"

/* A machine can send to itself for ever; a step of the batch must end. Without a tick of the clock that
 * is seen soon; a long `advance` may see many delays end. */
#define MAX_EVENTS_AT_ONCE 10000u
#define MAX_EVENTS         1000000u
#define MAX_TIMERS         20000u

struct timer {
	int64_t due_ms;
	uint32_t state; /* whose `after` it is; CHART_NONE for a delayed send */
	json_t *event;  /* owned; {"type", …} */
	char *id;       /* owned; NULL if it cannot be cancelled by id */
};

struct chart_batch {
	struct chart_calls_env calls;
	struct chart_host host;
	struct chart *chart;         /* owned */
	struct chart_snapshot *snap; /* owned; NULL if the start failed */
	int64_t now_ms;
	struct timer *timers; /* in the order in which they were set */
	size_t timers_len, timers_cap;
	json_t *queue;    /* events sent without delay */
	json_t *trace;    /* of the current step */
	uint32_t events;  /* taken in the current step */
	uint32_t at_once; /* those of them taken since the clock moved */
	bool failed;
	anju_error why; /* if it failed */
};

static void drop_timer(struct chart_batch *b, size_t i)
{
	json_decref(b->timers[i].event);
	free(b->timers[i].id);
	memmove(&b->timers[i], &b->timers[i + 1], (--b->timers_len - i) * sizeof *b->timers);
}

static bool timer_room(struct chart_batch *b)
{
	if (b->timers_len < b->timers_cap)
		return true;
	size_t cap = b->timers_cap == 0 ? 8 : b->timers_cap * 2;
	void *p = realloc(b->timers, cap * sizeof *b->timers);
	if (p == NULL)
		return false;
	b->timers = p;
	b->timers_cap = cap;
	return true;
}

/* takes `event`; `id` is copied */
static anju_status add_timer(struct chart_batch *b, int64_t delay_ms, uint32_t state,
	json_t *event_take, const char *id, anju_error *err)
{
	struct timer t = {
		.state = state, .event = event_take, .id = id != NULL ? strdup(id) : NULL};
	if (__builtin_add_overflow(b->now_ms, delay_ms, &t.due_ms))
		t.due_ms = INT64_MAX;
	bool full = b->timers_len >= MAX_TIMERS;
	if (!full && t.event != NULL && (id == NULL || t.id != NULL) && timer_room(b)) {
		b->timers[b->timers_len++] = t;
		return ANJU_OK;
	}
	json_decref(t.event);
	free(t.id);
	return full ? anju_fail(err, ANJU_E_LIMIT, "chart.too_many_timers", "too many timers")
		    : anju_fail_nomem(err);
}

static void cancel_timers(struct chart_batch *b, uint32_t state, const char *id)
{
	for (size_t i = b->timers_len; i-- > 0;) {
		const struct timer *t = &b->timers[i];
		if (id != NULL ? t->id != NULL && strcmp(t->id, id) == 0 : t->state == state)
			drop_timer(b, i);
	}
}

static anju_status send(struct chart_batch *b, const struct chart_call *call, anju_error *err)
{
	const json_t *delay = json_object_get(call->params, "delay");
	json_t *event = chart_calls_event(call);
	if (delay != NULL)
		return add_timer(b, json_integer_value(delay), CHART_NONE, event,
			json_string_value(json_object_get(call->params, "id")), err);
	return json_array_append_new(b->queue, event) == 0 ? ANJU_OK : anju_fail_nomem(err);
}

static anju_status raise_event(
	struct chart_step *step, const struct chart_call *call, anju_error *err)
{
	json_t *event = chart_calls_event(call);
	if (event == NULL)
		return anju_fail_nomem(err);
	const char *type = json_string_value(json_object_get(event, "type"));
	anju_status st = chart_raise(step, type, event, err);
	json_decref(event);
	return st;
}

static anju_status act(struct chart_batch *b, struct chart_step *step,
	const struct chart_call *call, const struct chart_event *event, anju_error *err)
{
	switch (call->type[0]) {
	case 't': /* trace */
		return json_array_append(b->trace, json_object_get(call->params, "name")) == 0
			       ? ANJU_OK
			       : anju_fail_nomem(err);
	case 'r': /* raise */
		return raise_event(step, call, err);
	case 's': /* send */
		return send(b, call, err);
	case 'c': /* cancel */
		cancel_timers(
			b, CHART_NONE, json_string_value(json_object_get(call->params, "id")));
		return ANJU_OK;
	default: /* assign; the resolver let no others pass */
		return chart_calls_assign(&b->calls, step, call, event, err);
	}
}

static anju_status effect(void *ctx, struct chart_step *step, const struct chart_effect *e,
	const struct chart_event *event, anju_error *err)
{
	struct chart_batch *b = ctx;
	switch (e->kind) {
	case CHART_EFFECT_ACTION:
		return act(b, step, e->call, event, err);
	case CHART_EFFECT_TIMER_SET:
		return add_timer(b, strtoll(e->delay, NULL, 10), e->state,
			json_pack("{s:s}", "type", e->event), e->event, err);
	case CHART_EFFECT_TIMER_CANCEL:
		cancel_timers(b, e->state, NULL);
		return ANJU_OK;
	case CHART_EFFECT_EXIT:
	case CHART_EFFECT_ENTER:
	case CHART_EFFECT_TAKEN:
	case CHART_EFFECT_DONE:
		break;
	}
	return ANJU_OK;
}

static enum chart_verdict guard(void *ctx, struct chart_step *step, const struct chart_call *call,
	const struct chart_event *event)
{
	struct chart_batch *b = ctx;
	return chart_calls_guard(&b->calls, step, call, event);
}

anju_status chart_batch_new(const json_t *machine, const struct chart_run_names *names,
	struct chart_batch **ret, anju_error *err)
{
	ANJU_AUTO(chart_batch) b = calloc(1, sizeof *b);
	if (b == NULL)
		return anju_fail_nomem(err);
	anju_status st = chart_calls_init(&b->calls, names, err);
	if (st != ANJU_OK)
		return st;
	b->host = (struct chart_host){.ctx = b, .guard = guard, .effect = effect};
	const json_t *context = json_object_get(machine, "context");
	b->calls.context = json_is_object(context) ? json_deep_copy(context) : json_object();
	b->queue = json_array();
	b->trace = json_array();
	if (b->calls.context == NULL || b->queue == NULL || b->trace == NULL)
		return anju_fail_nomem(err);
	const struct chart_options options = {.resolve = chart_calls_resolve, .ctx = &b->calls};
	st = chart_compile(machine, &options, &b->chart, err);
	if (st != ANJU_OK)
		return st;
	b->calls.chart = b->chart;
	*ret = ANJU_TAKE(b);
	return ANJU_OK;
}

void chart_batch_free(struct chart_batch *b)
{
	if (b == NULL)
		return;
	while (b->timers_len > 0)
		drop_timer(b, b->timers_len - 1);
	free(b->timers);
	chart_snapshot_free(b->snap);
	chart_free(b->chart);
	chart_calls_done(&b->calls);
	json_decref(b->queue);
	json_decref(b->trace);
	free(b);
}

static bool over(const struct chart_batch *b)
{
	return b->failed || chart_snapshot_done(b->snap);
}

static anju_status endless(struct chart_batch *b)
{
	uint32_t most = b->events > MAX_EVENTS ? MAX_EVENTS : MAX_EVENTS_AT_ONCE;
	(void)anju_fail(
		&b->why, ANJU_E_LIMIT, "chart.too_many_events", "no end after %u events", most);
	anju_error_allowed(&b->why, "%u", most);
	return ANJU_E_LIMIT;
}

static void take(struct chart_batch *b, const json_t *event)
{
	struct chart_event e = {
		.type = json_string_value(json_object_get(event, "type")), .data = event};
	bool handled;
	anju_status st = ANJU_OK;
	if (++b->events > MAX_EVENTS || ++b->at_once > MAX_EVENTS_AT_ONCE)
		st = endless(b);
	if (st == ANJU_OK)
		st = chart_step(b->chart, b->snap, &e, &b->host, &handled, &b->why);
	b->failed = st != ANJU_OK;
}

/* what was sent without delay, one by one, until nothing more comes */
static void drain(struct chart_batch *b)
{
	for (size_t i = 0; !over(b) && i < json_array_size(b->queue); i++)
		take(b, json_array_get(b->queue, i));
	(void)json_array_clear(b->queue);
	/* whatever the machine had planned ends with it */
	while (over(b) && b->timers_len > 0)
		drop_timer(b, b->timers_len - 1);
	if (b->failed)
		(void)json_array_clear(b->trace);
}

void chart_batch_start(struct chart_batch *b)
{
	b->failed = chart_start(b->chart, &b->host, &b->snap, &b->why) != ANJU_OK;
	drain(b);
}

static void advance(struct chart_batch *b, int64_t ms)
{
	int64_t until;
	if (__builtin_add_overflow(b->now_ms, ms, &until))
		until = INT64_MAX;
	while (!over(b)) {
		size_t first = b->timers_len;
		for (size_t i = 0; i < b->timers_len; i++) {
			/* what is due after the end of time never comes */
			if (b->timers[i].due_ms <= until && b->timers[i].due_ms != INT64_MAX &&
				(first == b->timers_len ||
					b->timers[i].due_ms < b->timers[first].due_ms))
				first = i;
		}
		if (first == b->timers_len)
			break;
		if (b->timers[first].due_ms != b->now_ms)
			b->at_once = 0;
		b->now_ms = b->timers[first].due_ms;
		json_t *event = json_incref(b->timers[first].event);
		drop_timer(b, first);
		take(b, event);
		json_decref(event);
		drain(b);
	}
	b->now_ms = until;
}

/* The instance as it would be stored. */
static char *persist(const struct chart_batch *b)
{
	ANJU_AUTO_BUF text = BUF_INIT;
	chart_snapshot_write(b->chart, b->snap, &text);
	json_t *timers = json_array();
	for (size_t i = 0; i < b->timers_len; i++) {
		const struct timer *t = &b->timers[i];
		json_t *one = json_pack("{s:I, s:i, s:O, s:s?}", "due", (json_int_t)t->due_ms,
			"state", (int)t->state, "event", t->event, "id", t->id);
		(void)json_array_append_new(timers, one);
	}
	json_t *all = json_pack("{s:s, s:I, s:O, s:o}", "snapshot",
		text.data != NULL ? text.data : "", "now", (json_int_t)b->now_ms, "context",
		b->calls.context, "timers", timers);
	char *out = all != NULL ? json_dumps(all, JSON_COMPACT) : NULL;
	json_decref(all);
	return out;
}

static anju_status load(struct chart_batch *b, const char *stored)
{
	json_t *all = json_loads(stored, 0, NULL);
	const char *text = json_string_value(json_object_get(all, "snapshot"));
	anju_status st = text != NULL ? chart_snapshot_read(b->chart, text, &b->snap, &b->why)
				      : anju_fail_nomem(&b->why);
	b->now_ms = json_integer_value(json_object_get(all, "now"));
	b->calls.context = json_incref(json_object_get(all, "context"));
	json_t *t;
	size_t i;
	json_array_foreach(json_object_get(all, "timers"), i, t) {
		int64_t due = json_integer_value(json_object_get(t, "due"));
		int64_t state = json_integer_value(json_object_get(t, "state"));
		if (st == ANJU_OK)
			st = add_timer(b, due - b->now_ms, (uint32_t)state,
				json_incref(json_object_get(t, "event")),
				json_string_value(json_object_get(t, "id")), &b->why);
	}
	json_decref(all);
	return st;
}

static void restart(struct chart_batch *b)
{
	if (b->failed)
		return;
	char *stored = persist(b);
	while (b->timers_len > 0)
		drop_timer(b, b->timers_len - 1);
	chart_snapshot_free(b->snap);
	b->snap = NULL;
	json_decref(b->calls.context);
	b->calls.context = NULL;
	anju_status st = stored != NULL ? load(b, stored) : anju_fail_nomem(&b->why);
	b->failed = st != ANJU_OK;
	free(stored);
}

anju_status chart_batch_check(const json_t *step, anju_error *err)
{
	const json_t *event = json_object_get(step, "event");
	const json_t *ms = json_object_get(step, "advance");
	const json_t *again = json_object_get(step, "restart");
	bool ok = (event != NULL) + (ms != NULL) + (again != NULL) == 1 &&
		  (event == NULL || json_is_string(json_object_get(event, "type"))) &&
		  (ms == NULL || (json_is_integer(ms) && json_integer_value(ms) >= 0)) &&
		  (again == NULL || json_is_true(again));
	if (ok)
		return ANJU_OK;
	struct json_at at = JSON_AT_ROOT(NULL);
	return json_fail_at(err, "chart.bad_step", &at, step, "event, advance, restart");
}

void chart_batch_step(struct chart_batch *b, const json_t *step)
{
	const json_t *event = json_object_get(step, "event");
	const json_t *ms = json_object_get(step, "advance");
	(void)json_array_clear(b->trace);
	b->events = b->at_once = 0;
	if (event != NULL && !over(b)) {
		take(b, event);
		drain(b);
	} else if (ms != NULL) {
		advance(b, json_integer_value(ms));
	} else if (json_object_get(step, "restart") != NULL) {
		restart(b);
	}
}

const anju_error *chart_batch_failure(const struct chart_batch *b)
{
	return b->failed ? &b->why : NULL;
}

static void add_states(const struct chart_batch *b, struct buf *out)
{
	size_t n = b->snap != NULL ? chart_snapshot_leaves(b->chart, b->snap, NULL, 0) : 0;
	ANJU_AUTO_MEM uint32_t *leaves = calloc(n + 1, sizeof *leaves);
	if (leaves == NULL) {
		out->failed = true;
		return;
	}
	if (n > 0)
		(void)chart_snapshot_leaves(b->chart, b->snap, leaves, n);
	for (size_t i = 0; i < n; i++) {
		const char *path = chart_state_at(b->chart, leaves[i])->path;
		if (i > 0)
			buf_addc(out, ',');
		buf_add_json_string(out, path, strlen(path));
	}
}

void chart_batch_answer(const struct chart_batch *b, struct buf *out)
{
	buf_adds(out, "{\"states\":[");
	add_states(b, out);
	buf_adds(out, "],\"trace\":[");
	json_t *name;
	size_t i;
	json_array_foreach(b->trace, i, name) {
		if (i > 0)
			buf_addc(out, ',');
		buf_add_json_string(out, json_string_value(name), json_string_length(name));
	}
	const char *status = b->failed ? "error" : chart_snapshot_done(b->snap) ? "done" : "active";
	buf_addf(out, "],\"status\":\"%s\"}", status);
}
