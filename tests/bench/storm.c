/**
 * A storm of deadlines: opens N cases whose deadlines all fall due within a while from now, measures `case.send` at a
 * steady rate on other cases before, and again while the deadlines fall due. Drives anjud on the wall clock.
 *
 *   storm --socket PATH [--deadlines 100000] [--within 60] [--rate 2000] [--clients 16] [--quiet 15]
 *         [--lead SECONDS] [--only-open [--prefix TEXT]]
 *
 * --within 0 lets all be due at one instant. --lead is how long after the start the first one is due; by default
 * enough for opening them and for the quiet measurement. --only-open opens cases whose deadlines are due in an hour, or
 * after --lead, and ends; their keys begin with --prefix.
 * Prints one JSON line.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "load.h"

#define HOUR_MS    INT64_C(3600000)
#define BUSY_CASES 1000 /* that the steady load goes to */
#define AFTER_S    5    /* the load goes on so long after the last one was due */

static struct {
	const char *socket, *prefix;
	long deadlines, within, clients, quiet, lead;
	double rate;
	bool only_open;
} opt = {.prefix = "far-",
	.deadlines = 100000,
	.within = 60,
	.rate = 2000,
	.clients = 16,
	.quiet = 15};

static int64_t wall_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void sleep_until(int64_t at_ms)
{
	for (int64_t left; (left = at_ms - wall_ms()) > 0;) {
		struct timespec t = {left / 1000, left % 1000 * 1000000};
		nanosleep(&t, NULL);
	}
}

static int open_case(char *to, size_t size, const char *prefix, long job, int64_t effective_ms)
{
	char at[40];
	time_t s = (time_t)(effective_ms / 1000);
	struct tm tm;
	strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%S", gmtime_r(&s, &tm));
	return snprintf(to, size,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"case.open\",\"params\":{"
		"\"workflow\":\"promise\",\"key\":\"%s%ld\",\"as\":\"610322.land\","
		"\"data\":{\"unit\":\"610322.land\"},\"effective_at\":\"%s.%03dZ\"}}\n",
		prefix, job, at, (int)(effective_ms % 1000));
}

static int busy_line(void *ctx, char *to, size_t size, long job)
{
	(void)ctx;
	return open_case(to, size, "busy-", job, wall_ms());
}

/* ctx: when the first one is due */
static int storm_line(void *ctx, char *to, size_t size, long job)
{
	const int64_t *start = ctx;
	int64_t due = *start + opt.within * 1000 * job / opt.deadlines;
	return open_case(to, size, "due-", job, due - HOUR_MS);
}

static int far_line(void *ctx, char *to, size_t size, long job)
{
	const int64_t *due = ctx;
	return open_case(to, size, opt.prefix, job, *due > 0 ? *due - HOUR_MS : wall_ms());
}

static int touch_line(void *ctx, char *to, size_t size, long job)
{
	(void)ctx;
	return snprintf(to, size,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"case.send\",\"params\":{"
		"\"case\":\"promise/busy-%ld\",\"event\":\"touch\",\"as\":\"610322.land\"}}\n",
		job * 7919 % BUSY_CASES);
}

static void read_options(int argc, char **argv)
{
	static const struct option longs[] = {{"socket", 1, NULL, 's'}, {"deadlines", 1, NULL, 'n'},
		{"within", 1, NULL, 'w'}, {"rate", 1, NULL, 'r'}, {"clients", 1, NULL, 'c'},
		{"quiet", 1, NULL, 'q'}, {"lead", 1, NULL, 'l'}, {"only-open", 0, NULL, 'o'},
		{"prefix", 1, NULL, 'p'}, {0}};
	for (int c; (c = getopt_long(argc, argv, "", longs, NULL)) != -1;) {
		long number = optarg != NULL ? strtol(optarg, NULL, 10) : 0;
		if (c == 's')
			opt.socket = optarg;
		else if (c == 'n')
			opt.deadlines = number;
		else if (c == 'w')
			opt.within = number;
		else if (c == 'r')
			opt.rate = (double)number;
		else if (c == 'c')
			opt.clients = number;
		else if (c == 'q')
			opt.quiet = number;
		else if (c == 'l')
			opt.lead = number;
		else if (c == 'o')
			opt.only_open = true;
		else if (c == 'p')
			opt.prefix = optarg;
		else
			exit(2);
	}
	if (opt.socket == NULL || opt.deadlines < 1 || opt.within < 0 || opt.rate < 1 ||
		opt.clients < 1 || opt.quiet < 1 || opt.lead < 0) {
		fprintf(stderr,
			"usage: storm --socket PATH [--deadlines N] [--within S] [--rate N] "
			"[--clients N] [--quiet S] [--lead S] [--only-open]\n");
		exit(2);
	}
	/* opening goes at some ten thousand a second; four thousand are counted on */
	if (opt.lead == 0 && !opt.only_open)
		opt.lead = opt.deadlines / 4000 + opt.quiet + 5;
}

static void storm(struct load *load)
{
	int64_t start = wall_ms() + opt.lead * 1000;
	static struct phase busy = {.name = "busy", .line = busy_line, .total = BUSY_CASES};
	static struct phase opening = {.name = "open", .line = storm_line};
	static struct phase quiet = {.name = "quiet", .line = touch_line};
	static struct phase stormy = {.name = "storm", .line = touch_line};
	opening.ctx = &start;
	opening.total = opt.deadlines;
	quiet.rate = stormy.rate = opt.rate;
	quiet.total = (long)((double)opt.quiet * opt.rate);
	stormy.total = (long)((double)(opt.within + AFTER_S) * opt.rate);
	load_run(load, &busy);
	load_run(load, &opening);
	load_run(load, &quiet);
	if (wall_ms() >= start) {
		fprintf(stderr, "storm: the first deadline was due before the quiet time was over: "
				"give a longer --lead\n");
		exit(1);
	}
	sleep_until(start);
	load_run(load, &stormy);
	printf("{\"deadlines\":%ld,\"within_s\":%ld,\"rate\":%.0f,", opt.deadlines, opt.within,
		opt.rate);
	load_print_json(&opening);
	printf(",");
	load_print_json(&quiet);
	printf(",");
	load_print_json(&stormy);
	printf("}\n");
	if (busy.errors + opening.errors + quiet.errors + stormy.errors > 0)
		exit(1);
}

static void arm(struct load *load)
{
	static struct phase far = {.name = "open", .line = far_line};
	int64_t due = opt.lead > 0 ? wall_ms() + opt.lead * 1000 : 0;
	far.ctx = &due;
	far.total = opt.deadlines;
	load_run(load, &far);
	printf("{");
	load_print_json(&far);
	printf("}\n");
	if (far.errors > 0)
		exit(1);
}

int main(int argc, char **argv)
{
	read_options(argc, argv);
	struct load *load = load_connect(opt.socket, opt.clients, 1);
	if (opt.only_open)
		arm(load);
	else
		storm(load);
	load_close(load);
	return 0;
}
