/**
 * The client's side of a benchmark: many connections, each with a window of requests in flight, driven through one
 * phase of load after another. One thread; whatever goes wrong ends the program with a word on stderr.
 */
#ifndef TESTS_BENCH_LOAD_H
#define TESTS_BENCH_LOAD_H

#include <stddef.h>
#include <stdint.h>

#include "histogram.h"

#define LOAD_WINDOW_MAX 256
#define LOAD_LINE_BYTES 4096 /* no request is longer */

struct load;

/** Connect `clients` times to the Unix socket at `path`. The caller's, release with load_close(). */
struct load *load_connect(const char *path, long clients, long window);
void load_close(struct load *load);

/** One kind of request, so many times. */
struct phase {
	const char *name;
	/** The line of request `job`, newline included; returns its length as snprintf does. */
	int (*line)(void *ctx, char *to, size_t size, long job);
	void *ctx;
	long total;
	/* Requests a second, each counted from the moment it should have gone out, so that a daemon that
	 * stands still shows; 0 = each connection sends as soon as it has its answer. */
	double rate;
	/* Nothing is sent later than so long after the beginning; what was sent is waited for. 0 = no end. */
	double seconds_max;
	/* Result */
	long answered, errors;
	double seconds;
	struct histogram latency; /* nanoseconds */
	long next;                /* private: the job to be sent */
};

/**
 * Until all are answered. Refusals count as errors; the first is shown. A phase may be run again with a greater
 * `total`: it goes on with the next job, and its time and latencies add up.
 */
void load_run(struct load *load, struct phase *phase);

/** "name":{"n":…,"errors":…,"seconds":…,"per_second":…,"p50_ms":…,"p99_ms":…,"max_ms":…} */
void load_print_json(const struct phase *phase);
void load_print_line(const struct phase *phase);

uint64_t load_now_ns(void); /* monotonic */

#endif
