/** A small generator of numbers: the same seed gives the same numbers on every machine. */
#ifndef CONTRIB_ROSTER_RANDOM_H
#define CONTRIB_ROSTER_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct random {
	uint64_t state;
};

/** A stream of its own for each thing, so that one more household does not change the others. */
struct random random_of(uint64_t seed, uint32_t stream, uint32_t index);
uint64_t random_next(struct random *r);
/** 0 … n-1; n > 0. */
int random_below(struct random *r, int n);
/** from … to, both included. */
int random_between(struct random *r, int from, int to);
/** True in `permille` of a thousand cases. */
bool random_chance(struct random *r, int permille);

#endif
