#include "base/pace.h"

/* How many pieces of work outweigh what was known before: a single slow one says little. */
#define PIECES_WEIGHT 32
#define ROUND_WEIGHT  0.2

void pace_learn(struct pace *pace, int n, int64_t each_us, int64_t round_us)
{
	if (n <= 0)
		return;
	double one = (double)each_us / n, round = (double)round_us;
	if (pace->each_us <= 0 && pace->round_us <= 0) {
		pace->each_us = one;
		pace->round_us = round;
		return;
	}
	pace->each_us += (one - pace->each_us) * n / (n + PIECES_WEIGHT);
	pace->round_us += (round - pace->round_us) * ROUND_WEIGHT;
}

int64_t pace_wait_us(const struct pace *pace, int ahead, int per_round)
{
	int rounds = per_round > 0 ? ahead / per_round : 0;
	return (int64_t)(ahead * pace->each_us + rounds * pace->round_us);
}

int64_t pace_rest_us(const struct pace *pace, int n, int64_t spent_us)
{
	int64_t whole = (int64_t)(n * pace->each_us + pace->round_us);
	return spent_us < whole ? whole - spent_us : spent_us - whole;
}

int pace_again_ms(struct pace *pace, int64_t now_us, int64_t wait_us, int64_t limit_us)
{
	int64_t least = now_us + PACE_AGAIN_LEAST_MS * 1000;
	int64_t most = now_us + PACE_AGAIN_MOST_MS * 1000;
	int64_t over = wait_us - limit_us / 2;
	int64_t at = now_us + (over > wait_us / 2 ? over : wait_us / 2);
	int64_t next = pace->again_us + (int64_t)pace->each_us;
	if (at < next)
		at = next;
	if (at < least)
		at = least;
	if (at > most)
		at = most;
	pace->again_us = at;
	return (int)((at - now_us + 999) / 1000);
}
