#include "base/pace.h"
#include "unit/support.h"

ANJU_TEST(pace, nothing_known_nobody_waits)
{
	struct pace p = {0};
	cr_assert_eq(pace_wait_us(&p, 1000000, 512), 0);
	/* … but for what is in hand and does not come to its end */
	cr_assert_eq(pace_rest_us(&p, 3, 250), 250);
}

ANJU_TEST(pace, a_round_costs_once_however_many_are_in_it)
{
	struct pace p = {0};
	pace_learn(&p, 1, 20, 5000);
	/* a burst on a slow disk goes in one round: that one came alone is no reason to refuse it */
	cr_assert_eq(pace_wait_us(&p, 500, 512), 500 * 20);
	cr_assert_eq(pace_wait_us(&p, 1024, 512), 1024 * 20 + 2 * 5000);
	cr_assert_eq(pace_wait_us(&p, 1024, 0), 1024 * 20);
}

ANJU_TEST(pace, follows_what_is_measured)
{
	struct pace p = {0};
	pace_learn(&p, 512, 512 * 20, 1000);
	pace_learn(&p, 0, 77, 77); /* no round at all */
	cr_assert_eq(pace_wait_us(&p, 100, 0), 2000);
	/* one slow command says little, a slow batch much */
	pace_learn(&p, 1, 20000, 1000);
	cr_assert_lt(pace_wait_us(&p, 1, 0), 1000);
	for (int i = 0; i < 10; i++)
		pace_learn(&p, 512, 512 * 1000, 1000);
	cr_assert_geq(pace_wait_us(&p, 100, 0), 99000);
	cr_assert_leq(pace_wait_us(&p, 100, 0), 101000);
}

ANJU_TEST(pace, what_is_late_takes_as_long_again)
{
	struct pace p = {0};
	pace_learn(&p, 10, 1000, 500);
	cr_assert_eq(pace_rest_us(&p, 10, 0), 1500);
	cr_assert_eq(pace_rest_us(&p, 10, 1400), 100);
	cr_assert_eq(pace_rest_us(&p, 10, 3500), 2000);
}

ANJU_TEST(pace, refused_ones_come_back_one_after_the_other)
{
	struct pace p = {0};
	pace_learn(&p, 10, 10 * 5000, 0); /* 5 ms each */
	int first = pace_again_ms(&p, 0, 800000, 500000);
	cr_assert_eq(first, 550); /* half of what is allowed is left then */
	for (int i = 1; i <= 10; i++)
		cr_assert_eq(pace_again_ms(&p, 0, 800000, 500000), 550 + 5 * i);
	/* never at once, never in a far future */
	struct pace q = {0};
	cr_assert_eq(pace_again_ms(&q, 0, 0, 500000), PACE_AGAIN_LEAST_MS);
	cr_assert_eq(pace_again_ms(&q, 0, INT64_C(3600000000), 500000), PACE_AGAIN_MOST_MS);
	/* that was long ago; the queue is full, though it would not take long */
	cr_assert_eq(pace_again_ms(&p, INT64_C(60000000), 300000, 500000), 150);
}
