/** Latencies in buckets of about 1.5 %, for percentiles without keeping every value. */
#ifndef TESTS_BENCH_HISTOGRAM_H
#define TESTS_BENCH_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_BUCKETS (64 * 64)

struct histogram {
	uint64_t n, max;
	uint64_t buckets[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *h, uint64_t value);
/** The value below which `percent` of all lie. */
uint64_t histogram_at(const struct histogram *h, double percent);

#endif
