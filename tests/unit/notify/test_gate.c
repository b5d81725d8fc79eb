/* When a channel may be asked; the clock is a number. */
#include "notify/gate.h"
#include "unit/support.h"

/* As a worker does it: one goes as soon as it may. Returns when. */
static int64_t go(struct gate *g, int64_t now, bool works)
{
	int64_t at = gate_next(g, now);
	gate_enter(g, at);
	(void)gate_leave(g, works, at);
	return at;
}

ANJU_TEST(gate, without_options_nothing_waits)
{
	struct gate g;
	gate_init(&g, &(struct gate_options){0});
	for (int i = 0; i < 1000; i++)
		cr_assert_eq(go(&g, 5, i % 2 == 0), 5);
	cr_assert_eq(g.state, GATE_CLOSED);
}

ANJU_TEST(gate, a_burst_and_then_an_even_pace)
{
	struct gate g;
	gate_init(&g, &(struct gate_options){.per_minute = 60, .burst = 3});
	for (int i = 0; i < 3; i++)
		cr_assert_eq(go(&g, 10000, true), 10000);
	cr_assert_eq(go(&g, 10000, true), 11000);
	cr_assert_eq(go(&g, 11000, true), 12000);
	/* what was not used for a while is there again, but not more than the burst */
	for (int i = 0; i < 3; i++)
		cr_assert_eq(go(&g, 90000, true), 90000);
	cr_assert_eq(go(&g, 90000, true), 91000);
	/* over an hour it is sixty a minute and the burst */
	int n = 0;
	gate_init(&g, &(struct gate_options){.per_minute = 60, .burst = 3});
	for (int64_t at = 0; at < 3600000; n++)
		at = go(&g, at, true);
	cr_assert(n >= 3600 && n <= 3604, "%d", n);
}

ANJU_TEST(gate, no_rate_divides_a_minute_evenly)
{
	struct gate g;
	gate_init(&g, &(struct gate_options){.per_minute = 7});
	int n = 0;
	for (int64_t at = 0; at < 600000; n++)
		at = go(&g, at, true);
	cr_assert(n >= 70 && n <= 72, "%d", n);
}

ANJU_TEST(gate, failures_in_a_row_open_it)
{
	struct gate g;
	gate_init(&g, &(struct gate_options){.failures = 3, .pause_ms = 300000});
	go(&g, 0, false);
	go(&g, 1, false);
	go(&g, 2, true); /* not in a row */
	go(&g, 3, false);
	go(&g, 4, false);
	cr_assert_eq(gate_next(&g, 5), 5);
	gate_enter(&g, 5);
	cr_assert(gate_leave(&g, false, 8));
	cr_assert_eq(g.state, GATE_OPEN);
	cr_assert_eq(gate_next(&g, 9), 300008);
	/* the probe fails: another pause, without a new burst of attempts */
	cr_assert_eq(gate_next(&g, 300008), 300008);
	gate_enter(&g, 300008);
	cr_assert_eq(g.state, GATE_HALF_OPEN);
	cr_assert(!gate_leave(&g, false, 300010));
	cr_assert_eq(g.state, GATE_OPEN);
	cr_assert_eq(gate_next(&g, 300011), 600010);
	/* the next one goes through: closed, and the count begins anew */
	gate_enter(&g, 600010);
	cr_assert(gate_leave(&g, true, 600011));
	cr_assert_eq(g.state, GATE_CLOSED);
	go(&g, 600012, false);
	go(&g, 600013, false);
	cr_assert_eq(g.state, GATE_CLOSED);
	cr_assert_str_eq(gate_state_name(GATE_HALF_OPEN), "half_open");
}

ANJU_TEST(gate, the_later_of_rate_and_pause_counts)
{
	struct gate g;
	gate_init(&g, &(struct gate_options){.per_minute = 1, .failures = 1, .pause_ms = 1000});
	cr_assert_eq(go(&g, 0, false), 0);
	cr_assert_eq(gate_next(&g, 500), 60000);
	gate_init(&g, &(struct gate_options){.per_minute = 60, .failures = 1, .pause_ms = 9000});
	cr_assert_eq(go(&g, 0, false), 0);
	cr_assert_eq(gate_next(&g, 500), 9000);
}
