#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "chart/run.h"

#define MAX_ROUNDS 1000u

static void forget(struct chart_raised *r)
{
	free(r->owned);
	json_decref(r->data);
	r->type = NULL;
	r->owned = NULL;
	r->data = NULL;
}

static bool grow_queue(struct chart_step *step)
{
	if (step->queue_len < step->queue_cap)
		return true;
	uint32_t cap = step->queue_cap * 2;
	struct chart_raised *q = calloc(cap, sizeof *q);
	if (q == NULL)
		return false;
	for (uint32_t i = 0; i < step->queue_len; i++)
		q[i] = step->queue[(step->queue_head + i) % step->queue_cap];
	if (step->queue != step->first)
		free(step->queue);
	step->queue = q;
	step->queue_cap = cap;
	step->queue_head = 0;
	return true;
}

anju_status chart_raise_take(
	struct chart_step *step, const char *type, char *owned, const json_t *data)
{
	if (!grow_queue(step)) {
		free(owned);
		return anju_fail_nomem(step->err);
	}
	struct chart_raised *r =
		&step->queue[(step->queue_head + step->queue_len++) % step->queue_cap];
	r->type = type;
	r->owned = owned;
	/* only the reference count is touched */
	r->data = json_incref((json_t *)(uintptr_t)data);
	return ANJU_OK;
}

anju_status chart_raise(
	struct chart_step *step, const char *type, const json_t *data, anju_error *err)
{
	size_t n = strlen(type);
	if (n >= sizeof step->current.text) {
		char *copy = strdup(type);
		return copy != NULL ? chart_raise_take(step, copy, copy, data)
				    : anju_fail_nomem(err);
	}
	uint32_t at = step->queue_len;
	anju_status st = chart_raise_take(step, NULL, NULL, data);
	if (st == ANJU_OK)
		memcpy(step->queue[(step->queue_head + at) % step->queue_cap].text, type, n + 1);
	return st;
}

void chart_touched(struct chart_step *step)
{
	step->touched = true;
}

static bool next_internal(struct chart_step *step)
{
	if (step->queue_len == 0)
		return false;
	forget(&step->current);
	step->current = step->queue[step->queue_head];
	step->queue_head = (step->queue_head + 1) % step->queue_cap;
	step->queue_len--;
	const char *type = step->current.type != NULL ? step->current.type : step->current.text;
	step->internal = (struct chart_event){type, step->current.data};
	step->event = &step->internal;
	return true;
}

static anju_status fail_loop(struct chart_step *step)
{
	const struct chart *chart = step->chart;
	ANJU_AUTO_BUF names = BUF_INIT;
	uint32_t n = step->trail_len < CHART_TRAIL ? step->trail_len : CHART_TRAIL;
	for (uint32_t i = 0; i < n; i++) {
		bool seen = false;
		for (uint32_t k = 0; k < i; k++)
			seen |= step->trail[k] == step->trail[i];
		const struct chart_state *s = &chart->states[step->trail[i]];
		if (!seen)
			buf_addf(&names, "%s%s", names.len > 0 ? ", " : "",
				s->path[0] != '\0' ? s->path : s->id);
	}
	const char *text = names.data != NULL ? names.data : "";
	(void)anju_fail(step->err, ANJU_E_LIMIT, "chart.always_loop",
		"no end after %u microsteps, last in: %.200s", MAX_ROUNDS, text);
	anju_error_found(step->err, "%s", text);
	anju_error_allowed(step->err, "%u", MAX_ROUNDS);
	return ANJU_E_LIMIT;
}

static bool changed(const struct chart_step *step, const uint32_t *old_leaves, uint32_t old_len)
{
	if (step->touched || step->history_changed)
		return true;
	return step->leaves_len != old_len ||
	       (step->leaves != old_leaves &&
		       memcmp(step->leaves, old_leaves, old_len * sizeof *old_leaves) != 0);
}

/*~ The rest of a macrostep: eventless transitions, then one internal event, until nothing is left.
 * quietAlways: after an eventless microstep that changed nothing they rest until the next event. */
static anju_status settle(struct chart_step *step)
{
	bool ask = step->chart->has_always;
	while (!step->done) {
		anju_status st = ANJU_OK;
		step->taken_len = 0;
		if (ask)
			st = chart_select_always(step);
		bool eventless = step->taken_len > 0;
		if (st == ANJU_OK && !eventless) {
			if (!next_internal(step))
				return ANJU_OK;
			st = chart_select_event(step);
		}
		if (st == ANJU_OK && ++step->rounds > MAX_ROUNDS)
			st = fail_loop(step);
		if (st != ANJU_OK)
			return st;
		const uint32_t *old_leaves = step->leaves;
		uint32_t old_len = step->leaves_len;
		step->touched = step->history_changed = false;
		if (step->taken_len > 0 && (st = chart_microstep(step)) != ANJU_OK)
			return st;
		ask = step->chart->has_always && (!eventless || changed(step, old_leaves, old_len));
	}
	return ANJU_OK;
}

/* Enough for charts of some hundred states. */
#define ROOM_BYTES 4096u

/* A step and its arrays: on the stack where they fit, so that a snapshot does not carry them about between its
 * steps; else kept with the snapshot, so that a step allocates nothing. */
struct work {
	struct chart_step step;
	uint64_t room[ROOM_BYTES / sizeof(uint64_t)];
};

struct layout {
	unsigned char *at; /* NULL: only measure */
	size_t used;
};

static void *carve(struct layout *l, size_t n)
{
	void *p = l->at != NULL ? l->at + l->used : NULL;
	l->used += (n + 7u) & ~(size_t)7u;
	return p;
}

static size_t bit_bytes(uint32_t n)
{
	return (n + 63u) / 64u * sizeof(uint64_t);
}

static size_t lay_out(const struct chart *chart, struct chart_step *step, void *at)
{
	struct layout l = {.at = at};
	size_t leaves = chart->nodes[0].max_leaves * sizeof(uint32_t);
	size_t active = chart->nodes[0].max_active * sizeof(uint32_t);
	step->marked = carve(&l, bit_bytes(chart->states_len));
	step->history_kept = carve(&l, bit_bytes(chart->histories_len));
	step->old_history = carve(&l, chart->history_words * sizeof(uint32_t));
	step->saved = carve(&l, chart->histories_len * sizeof(uint32_t));
	step->spare_leaves[0] = carve(&l, leaves);
	step->spare_leaves[1] = carve(&l, leaves);
	step->taken = carve(&l, leaves);
	step->domains = carve(&l, leaves);
	step->marks = carve(&l, active);
	step->entering = carve(&l, active);
	step->completed = carve(&l, active);
	step->resolved = carve(&l, active);
	step->chosen = carve(&l, chart->states_len * sizeof(uint32_t));
	return l.used;
}

/* Only what is read before it is written is cleared. */
static bool lay_out_all(struct work *work, struct chart_snapshot *snap)
{
	const struct chart *chart = snap->chart;
	struct chart_step *step = &work->step;
	size_t need = lay_out(chart, step, work->room);
	if (need <= sizeof work->room) {
		memset(step->chosen, 0, chart->states_len * sizeof *step->chosen);
	} else {
		/* `chosen` may say what it said in an earlier step: that is looked at with `marked` alone */
		if (snap->large == NULL)
			snap->large = calloc(1, need);
		if (snap->large == NULL)
			return false;
		(void)lay_out(chart, step, snap->large);
	}
	memset(step->marked, 0, bit_bytes(chart->states_len));
	memset(step->history_kept, 0, bit_bytes(chart->histories_len));
	return true;
}

/* NULL when out of memory. */
static struct chart_step *begin(struct work *work, struct chart_snapshot *snap,
	const struct chart_host *host, const struct chart_event *event, anju_error *err)
{
	struct chart_step *step = &work->step;
	anju_assert(!snap->running); /* a host must not step the snapshot that is asking it */
	if (!lay_out_all(work, snap)) {
		(void)anju_fail_nomem(err);
		return NULL;
	}
	step->chart = snap->chart;
	step->snap = snap;
	step->host = host;
	step->event = event;
	step->err = err;
	step->active = snap->active;
	step->leaves = snap->leaves;
	step->leaves_len = snap->leaves_len;
	step->current = (struct chart_raised){.type = NULL};
	step->queue = step->first;
	step->queue_cap = CHART_QUEUE;
	step->queue_head = step->queue_len = 0;
	step->marks_len = step->entering_len = step->completed_len = 0;
	step->taken_len = step->resolved_len = step->saved_len = 0;
	step->rounds = step->trail_len = 0;
	step->done = snap->done;
	step->touched = step->history_changed = false;
	snap->running = true;
	return step;
}

static void commit(struct chart_step *step)
{
	struct chart_snapshot *snap = step->snap;
	if (step->leaves != snap->leaves)
		memcpy(snap->leaves, step->leaves, step->leaves_len * sizeof *snap->leaves);
	snap->leaves_len = step->leaves_len;
	snap->done = step->done;
}

static void restore_history(struct chart_step *step)
{
	for (uint32_t i = 0; i < step->saved_len; i++) {
		const struct chart_history *h = &step->chart->histories[step->saved[i]];
		memcpy(step->snap->history + h->slot, step->old_history + h->slot,
			(1 + h->room) * sizeof *step->old_history);
	}
}

static anju_status finish(struct work *work, anju_status st)
{
	struct chart_step *step = &work->step;
	while (step->queue_len > 0) {
		forget(&step->queue[step->queue_head]);
		step->queue_head = (step->queue_head + 1) % step->queue_cap;
		step->queue_len--;
	}
	forget(&step->current);
	if (st == ANJU_OK) {
		commit(step);
	} else {
		restore_history(step);
		chart_snapshot_activate(step->snap);
	}
	step->snap->running = false;
	if (step->queue != step->first)
		free(step->queue);
	return st;
}

anju_status chart_start(const struct chart *chart, const struct chart_host *host,
	struct chart_snapshot **ret, anju_error *err)
{
	static const struct chart_event init = {.type = "xstate.init"};
	struct work work;
	ANJU_AUTO(chart_snapshot) snap = chart_snapshot_new(chart);
	if (snap == NULL)
		return anju_fail_nomem(err);
	struct chart_step *step = begin(&work, snap, host, &init, err);
	if (step == NULL)
		return ANJU_E_NOMEM;
	anju_status st = chart_enter_initial(step);
	if (st == ANJU_OK)
		st = settle(step);
	st = finish(&work, st);
	if (st == ANJU_OK)
		*ret = ANJU_TAKE(snap);
	return st;
}

static bool any_allowed(const struct chart_step *step)
{
	for (uint32_t i = 0; i < step->taken_len; i++) {
		if (!step->chart->edges[step->taken[i]].forbidden)
			return true;
	}
	return false;
}

anju_status chart_step(const struct chart *chart, struct chart_snapshot *snap,
	const struct chart_event *event, const struct chart_host *host, bool *ret_handled,
	anju_error *err)
{
	anju_assert(chart == snap->chart);
	if (snap->done) {
		*ret_handled = false;
		return ANJU_OK;
	}
	struct work work;
	struct chart_step *step = begin(&work, snap, host, event, err);
	if (step == NULL)
		return ANJU_E_NOMEM;
	anju_status st = chart_select_event(step);
	bool handled = any_allowed(step);
	if (st == ANJU_OK && step->taken_len > 0)
		st = chart_microstep(step);
	if (st == ANJU_OK)
		st = settle(step);
	st = finish(&work, st);
	if (st == ANJU_OK)
		*ret_handled = handled;
	return st;
}
