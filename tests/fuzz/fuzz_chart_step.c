/**
 * A machine and events: its states enter and leave as told, whatever happens can be written, read and gone on from
 * unnoticed, and a step that fails has not happened. The input is a line of `anjuctl chart run`, or else the bytes of
 * a random machine with its events.
 */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "chart/chart.h"
#include "fuzz/fuzz.h"
#include "fuzz/machine.h"

#define STEPS_MAX  24
#define TIMERS_MAX 64
#define RAISES_MAX 20 /* in one step: a machine may raise for ever */

/* One way of running the machine: as it is, or stored and loaded before each step. */
struct track {
	const struct chart *chart;
	struct chart_snapshot *snap;
	bool *active;   /* as the effects tell it */
	uint32_t world; /* what guards read and actions change */
	uint32_t raises;
	struct buf log; /* effects of one step */
	const char *timers[TIMERS_MAX];
	uint32_t timer_states[TIMERS_MAX];
	size_t timers_len;
};

static unsigned param(const struct chart_call *call)
{
	return (unsigned)json_integer_value(call->params);
}

/* 0 … 15: bits of the world; above them: is a state active, cannot be told */
static enum chart_verdict guard(void *ctx, struct chart_step *step, const struct chart_call *call,
	const struct chart_event *event)
{
	struct track *t = ctx;
	unsigned n = param(call);
	fuzz_assert(event != NULL && event->type != NULL);
	buf_addf(&t->log, " ?%u", n);
	if (n == 19)
		return CHART_CANNOT;
	if (n >= 16)
		return chart_step_in(step, n % chart_state_count(t->chart)) ? CHART_TRUE
									    : CHART_FALSE;
	return t->world >> n & 1 ? CHART_TRUE : CHART_FALSE;
}

static anju_status act(struct track *t, struct chart_step *step, unsigned n, anju_error *err)
{
	static const char *const raised[] = {"a", "b", "c", "a.b", "a.b.c", "b.a", "none", "a"};
	if (n < 16) {
		t->world ^= 1u << n;
		chart_touched(step);
	} else if (n < 24 && t->raises++ < RAISES_MAX) {
		return chart_raise(step, raised[n - 16], NULL, err);
	} else if (n == 31) {
		*err = (anju_error){.status = ANJU_E_REFUSED, .id = "chart.guard_cannot"};
		return ANJU_E_REFUSED;
	}
	return ANJU_OK;
}

static void set_timer(struct track *t, const struct chart_effect *e)
{
	fuzz_assert(t->active[e->state] && strncmp(e->event, "xstate.after.", 13) == 0);
	if (t->timers_len < TIMERS_MAX) {
		t->timer_states[t->timers_len] = e->state;
		t->timers[t->timers_len++] = e->event;
	}
}

static void cancel_timers(struct track *t, uint32_t state)
{
	size_t kept = 0;
	for (size_t i = 0; i < t->timers_len; i++) {
		if (t->timer_states[i] == state)
			continue;
		t->timers[kept] = t->timers[i];
		t->timer_states[kept++] = t->timer_states[i];
	}
	t->timers_len = kept;
}

static anju_status effect(void *ctx, struct chart_step *step, const struct chart_effect *e,
	const struct chart_event *event, anju_error *err)
{
	struct track *t = ctx;
	fuzz_assert(e->kind == CHART_EFFECT_DONE || e->state < chart_state_count(t->chart));
	buf_addf(&t->log, " %d:%u", (int)e->kind, e->state);
	switch (e->kind) {
	case CHART_EFFECT_ENTER:
		fuzz_assert(!t->active[e->state]);
		fuzz_assert(e->state == 0 || t->active[chart_state_at(t->chart, e->state)->parent]);
		t->active[e->state] = true;
		break;
	case CHART_EFFECT_EXIT:
		fuzz_assert(t->active[e->state]);
		for (uint32_t i = e->state + 1; i < chart_state_at(t->chart, e->state)->end; i++)
			fuzz_assert(!t->active[i]);
		t->active[e->state] = false;
		break;
	case CHART_EFFECT_TAKEN:
		fuzz_assert(e->transition < chart_transition_count(t->chart));
		fuzz_assert(chart_transition_at(t->chart, e->transition)->source == e->state);
		buf_addf(&t->log, "/%u", e->transition);
		break;
	case CHART_EFFECT_ACTION:
		buf_addf(&t->log, "=%u", param(e->call));
		return act(t, step, param(e->call), err);
	case CHART_EFFECT_TIMER_SET:
		set_timer(t, e);
		break;
	case CHART_EFFECT_TIMER_CANCEL:
		cancel_timers(t, e->state);
		break;
	case CHART_EFFECT_DONE:
		for (uint32_t i = 0; i < chart_state_count(t->chart); i++)
			fuzz_assert(!t->active[i]);
		break;
	}
	return ANJU_OK;
}

static char *text_of(const struct track *t)
{
	struct buf b = BUF_INIT;
	chart_snapshot_write(t->chart, t->snap, &b);
	char *text = buf_take(&b);
	fuzz_assert(text != NULL && text[0] != '\0');
	return text;
}

/* What is active is what has been entered and not left; leaves are the innermost of it. */
static void check_track(const struct track *t)
{
	bool done = chart_snapshot_done(t->snap);
	uint32_t leaves[512];
	size_t n = chart_snapshot_leaves(t->chart, t->snap, leaves, 512);
	fuzz_assert(n > 0);
	for (size_t i = 0; i < n && i < 512; i++) {
		const struct chart_state *s = chart_state_at(t->chart, leaves[i]);
		fuzz_assert(i == 0 || leaves[i] > leaves[i - 1]);
		fuzz_assert(s->type != CHART_HISTORY && s->end == leaves[i] + 1);
		for (uint32_t up = leaves[i]; up != CHART_NONE;
			up = chart_state_at(t->chart, up)->parent)
			fuzz_assert(chart_snapshot_in(t->snap, up));
	}
	for (uint32_t i = 0; i < chart_state_count(t->chart); i++)
		fuzz_assert(t->active[i] == (!done && chart_snapshot_in(t->snap, i)));
}

static void reload(struct track *t)
{
	anju_error err;
	ANJU_AUTO_MEM char *text = text_of(t);
	struct chart_snapshot *back = NULL;
	if (chart_snapshot_read(t->chart, text, &back, &err) != ANJU_OK)
		fuzz_failed(__FILE__, __LINE__, "\"%s\" is not read back: %s", text, err.text);
	chart_snapshot_free(t->snap);
	t->snap = back;
	ANJU_AUTO_MEM char *again = text_of(t);
	fuzz_same_text(text, again);
}

static void check_candidates(const struct track *t, const char *type)
{
	uint32_t found[256];
	size_t n = chart_candidates(t->chart, t->snap, type, found, 256);
	fuzz_assert(n <= (size_t)chart_transition_count(t->chart) * chart_state_count(t->chart));
	for (size_t i = 0; i < n && i < 256; i++) {
		const struct chart_transition *tr = chart_transition_at(t->chart, found[i]);
		fuzz_assert(chart_snapshot_in(t->snap, tr->source));
		fuzz_assert(chart_descriptor_matches(tr->descriptor, type));
	}
}

struct input {
	const uint8_t *data;
	size_t n;
	bool strict;
};

static void check_failure(const struct input *in, anju_status st, const anju_error *err)
{
	fuzz_assert(st == ANJU_E_LIMIT || st == ANJU_E_REFUSED);
	fuzz_assert((st == ANJU_E_LIMIT) == (strcmp(err->id, "chart.always_loop") == 0));
	fuzz_error(st, err, in->data, in->n);
}

static struct chart_host host_of(struct track *t, const struct input *in)
{
	return (struct chart_host){t, guard, effect, in->strict};
}

/* One step of one way; a failure must leave all as it was. */
static anju_status take(
	struct track *t, const struct input *in, const struct chart_event *event, bool *ret_handled)
{
	anju_error err = {0};
	struct track before = *t;
	uint32_t n = chart_state_count(t->chart);
	ANJU_AUTO_MEM char *text = text_of(t);
	ANJU_AUTO_MEM bool *active = malloc(n);
	memcpy(active, t->active, n);
	struct chart_host host = host_of(t, in);
	bool done = chart_snapshot_done(t->snap);
	buf_reset(&t->log);
	t->raises = 0;
	*ret_handled = false;
	anju_status st = chart_step(t->chart, t->snap, event, &host, ret_handled, &err);
	fuzz_assert(!done || (st == ANJU_OK && t->log.len == 0 && !*ret_handled));
	if (st == ANJU_OK)
		return st;
	check_failure(in, st, &err);
	ANJU_AUTO_MEM char *after = text_of(t);
	fuzz_same_text(text, after);
	memcpy(t->active, active, n);
	t->world = before.world;
	memcpy(t->timers, before.timers, sizeof t->timers);
	memcpy(t->timer_states, before.timer_states, sizeof t->timer_states);
	t->timers_len = before.timers_len;
	return st;
}

/* False: it never comes to rest; doing that again teaches nothing and takes long. */
static bool one_step(struct track t[2], const struct input *in, const struct chart_event *event)
{
	bool handled[2];
	anju_status st[2];
	reload(&t[1]);
	check_candidates(&t[0], event->type);
	for (int i = 0; i < 2; i++) {
		st[i] = take(&t[i], in, event, &handled[i]);
		check_track(&t[i]);
	}
	ANJU_AUTO_MEM char *a = text_of(&t[0]);
	ANJU_AUTO_MEM char *b = text_of(&t[1]);
	fuzz_same_text(a, b);
	fuzz_assert(st[0] == st[1] && handled[0] == handled[1]);
	fuzz_same_text(
		t[0].log.len > 0 ? t[0].log.data : "", t[1].log.len > 0 ? t[1].log.data : "");
	fuzz_assert(t[0].world == t[1].world && t[0].timers_len == t[1].timers_len);
	return st[0] != ANJU_E_LIMIT;
}

static bool start(struct track *t, const struct chart *chart, const struct input *in)
{
	anju_error err = {0};
	struct chart_host host = host_of(t, in);
	t->chart = chart;
	t->active = calloc(chart_state_count(chart), sizeof *t->active);
	anju_status st = chart_start(chart, &host, &t->snap, &err);
	if (st != ANJU_OK) {
		check_failure(in, st, &err);
		return false;
	}
	check_track(t);
	return true;
}

static void stop(struct track *t)
{
	chart_snapshot_free(t->snap);
	free(t->active);
	buf_done(&t->log);
}

static void run_steps(struct track t[2], const struct input *in, struct fuzz_bytes *b)
{
	for (int i = 0; i < STEPS_MAX && b->n > 0; i++) {
		uint32_t what = fuzz_byte(b);
		struct chart_event event = {.type = machine_event(b)};
		if (what % 4 == 0 && t[0].timers_len > 0)
			event.type = t[0].timers[what / 4 % t[0].timers_len];
		if (!one_step(t, in, &event))
			return;
	}
}

static void run_events(struct track t[2], const struct input *in, const json_t *steps)
{
	size_t i;
	json_t *step;
	json_array_foreach(steps, i, step) {
		const json_t *data = json_object_get(step, "event");
		struct chart_event event = {json_string_value(json_object_get(data, "type")), data};
		if (event.type == NULL && t[0].timers_len > 0)
			event.type = t[0].timers[0];
		if (event.type != NULL && !one_step(t, in, &event))
			return;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fuzz_bytes b = {data, n};
	struct input in = {.data = data, .n = n, .strict = n % 2 == 1};
	ANJU_AUTO_JSON *line = json_loadb((const char *)data, n, JSON_REJECT_DUPLICATES, NULL);
	uint32_t world = line != NULL ? 0x5a5a : fuzz_below(&b, 65536);
	ANJU_AUTO_JSON *machine =
		line != NULL ? json_incref(json_object_get(line, "machine")) : machine_make(&b);
	anju_error err;
	ANJU_AUTO(chart) chart = NULL;
	const struct chart_options options = {.max_states = 500};
	anju_status st = chart_compile(machine, &options, &chart, &err);
	if (st != ANJU_OK) {
		fuzz_error(st, &err, data, n);
		return 0;
	}
	struct track t[2] = {{.world = world}, {.world = world}};
	bool started = start(&t[0], chart, &in);
	fuzz_assert(start(&t[1], chart, &in) == started);
	if (started && line != NULL)
		run_events(t, &in, json_object_get(line, "steps"));
	else if (started)
		run_steps(t, &in, &b);
	stop(&t[0]);
	stop(&t[1]);
	return 0;
}
