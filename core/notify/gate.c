#include "notify/gate.h"

#define MINUTE_US INT64_C(60000000)

void gate_init(struct gate *gate, const struct gate_options *options)
{
	*gate = (struct gate){.options = *options};
	if (gate->options.burst <= 0)
		gate->options.burst = 1;
}

static int64_t interval_us(const struct gate *gate)
{
	return MINUTE_US / gate->options.per_minute;
}

/* Spread evenly, and so many ahead of that as make a burst. */
static int64_t rate_next(const struct gate *gate)
{
	if (gate->options.per_minute <= 0)
		return INT64_MIN;
	int64_t us = gate->due_us - interval_us(gate) * (gate->options.burst - 1);
	return us > 0 ? (us + 999) / 1000 : 0;
}

int64_t gate_next(const struct gate *gate, int64_t now_ms)
{
	int64_t next = rate_next(gate);
	if (gate->state == GATE_OPEN && gate->open_till_ms > next)
		next = gate->open_till_ms;
	return next > now_ms ? next : now_ms;
}

void gate_enter(struct gate *gate, int64_t now_ms)
{
	if (gate->state == GATE_OPEN)
		gate->state = GATE_HALF_OPEN;
	if (gate->options.per_minute <= 0)
		return;
	int64_t now_us = now_ms * 1000;
	gate->due_us = (gate->due_us > now_us ? gate->due_us : now_us) + interval_us(gate);
}

bool gate_leave(struct gate *gate, bool works, int64_t now_ms)
{
	enum gate_state before = gate->state;
	if (works) {
		gate->failures = 0;
		gate->state = GATE_CLOSED;
		return before != GATE_CLOSED;
	}
	gate->failures++;
	bool opens = gate->options.failures > 0 && gate->failures >= gate->options.failures;
	if (opens || before == GATE_HALF_OPEN) {
		gate->state = GATE_OPEN;
		gate->open_till_ms = now_ms + gate->options.pause_ms;
	}
	/* a probe that failed: open it was, open it stays */
	return before == GATE_CLOSED && gate->state == GATE_OPEN;
}

const char *gate_state_name(enum gate_state state)
{
	static const char *const names[] = {"closed", "open", "half_open"};
	return names[state];
}
