/**
 * When a channel may be asked: at most so many messages a minute, and not while it does not work.
 *
 *            `failures` in a row                  the pause is over
 *   CLOSED ──────────────────────► OPEN ────────────────────────────► HALF_OPEN
 *     ▲                             ▲                                    │  one message goes as a probe
 *     │                             └──────────── it fails ──────────────┤
 *     └────────────────────────────────────────── it goes through ───────┘
 *
 * Pure: the monotonic clock is given.
 */
#ifndef CORE_NOTIFY_GATE_H
#define CORE_NOTIFY_GATE_H

#include <stdbool.h>
#include <stdint.h>

struct gate_options {
	int per_minute;   /* 0 = no limit */
	int burst;        /* how many may go at once before that; 0 = 1 */
	int failures;     /* in a row open it; 0 = never */
	int64_t pause_ms; /* how long it then stays open */
};

enum gate_state { GATE_CLOSED = 0, GATE_OPEN = 1, GATE_HALF_OPEN = 2 };

struct gate {
	struct gate_options options;
	enum gate_state state;
	int failures;         /* in a row, so far */
	int64_t open_till_ms; /* OPEN */
	int64_t due_us;       /* when the next would go if they were spread evenly */
};

void gate_init(struct gate *gate, const struct gate_options *options);
/** When the next message may go; not later than now: at once. */
int64_t gate_next(const struct gate *gate, int64_t now_ms);
/** One goes now, gate_next() having said so: a probe, if the gate was open. */
void gate_enter(struct gate *gate, int64_t now_ms);
/** How it went: does the channel work? A refusal of this one message, or by this one address, is no failure of the
 *  channel. True when the state changed. */
bool gate_leave(struct gate *gate, bool works, int64_t now_ms);
/** "closed", "open", "half_open". */
const char *gate_state_name(enum gate_state state);

#endif
