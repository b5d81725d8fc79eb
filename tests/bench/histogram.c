#include "histogram.h"

/* 64 buckets for each power of two from 64 up, and one a value below */
static unsigned bucket(uint64_t v)
{
	if (v < 64)
		return (unsigned)v;
	unsigned top = 63u - (unsigned)__builtin_clzll(v);
	return (top - 5) * 64 + (unsigned)(v >> (top - 6)) - 64;
}

static uint64_t value(unsigned b)
{
	if (b < 64)
		return b;
	return (uint64_t)(64 + b % 64) << (b / 64 - 1);
}

void histogram_add(struct histogram *h, uint64_t v)
{
	h->n++;
	h->buckets[bucket(v)]++;
	if (v > h->max)
		h->max = v;
}

uint64_t histogram_at(const struct histogram *h, double percent)
{
	uint64_t want = (uint64_t)((double)h->n * percent / 100.0), seen = 0;
	for (unsigned b = 0; b < HISTOGRAM_BUCKETS; b++) {
		seen += h->buckets[b];
		if (seen > want)
			return value(b);
	}
	return h->max;
}
