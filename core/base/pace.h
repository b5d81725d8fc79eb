/**
 * How fast a queue is worked off, and what follows from that: how long a newcomer would wait, and when one that was
 * refused does best to come again. Smoothed over what was measured lately. Pure; the owner guards it.
 */
#ifndef CORE_BASE_PACE_H
#define CORE_BASE_PACE_H

#include <stdint.h>

/** Between these a refused one is told to come again. */
#define PACE_AGAIN_LEAST_MS 10
#define PACE_AGAIN_MOST_MS  10000

/** All zero to begin with: nothing is known, and nobody waits. */
struct pace {
	double each_us;   /* one piece of work */
	double round_us;  /* what a round of them costs besides, however many they are */
	int64_t again_us; /* the instant that the last refused one was given */
};

/** A round of `n` took `each_us` together and `round_us` besides. */
void pace_learn(struct pace *pace, int n, int64_t each_us, int64_t round_us);

/** How long until `ahead` pieces are done, in rounds of at most `per_round`. */
int64_t pace_wait_us(const struct pace *pace, int ahead, int per_round);

/**
 * How long what is in hand may still take, when `n` pieces have been at it for `spent_us`. What takes longer than it
 * should is expected to take as long again as it is late.
 */
int64_t pace_rest_us(const struct pace *pace, int n, int64_t spent_us);

/**
 * When somebody who is refused at `now_us`, with `wait_us` to wait and `limit_us` allowed, may come again, in ms: when
 * what waits is expected to be down to half, of itself or of what is allowed, and one after the other at the pace of the work, so that those who
 * were refused together do not come back together.
 */
int pace_again_ms(struct pace *pace, int64_t now_us, int64_t wait_us, int64_t limit_us);

#endif
