/**
 * Questions, one after the other over one connection, while others may be writing: how long each takes.
 *
 *   ask --socket PATH --kind get|history|list|deadlines|stats|board [--cases 100000] [--towns 20]
 *       [--seconds 2] [--rate N]
 *
 * get        one case by its key, with all that hangs on it
 * history    what happened to one case
 * list       a page of a hundred: the households of one town in one state
 * deadlines  a page of a hundred: what one unit has still to do, or has done in time
 * stats      how many households of the county are in which phase
 * board      a county's board in one batch: that for each town, and for each unit its deadlines, open and overdue
 *
 * With a rate, each is counted from the moment it should have gone out. Prints one JSON line.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"

#define ALL 1000000000 /* more than there is time for */

static struct {
	const char *socket, *kind;
	long cases, towns;
	double seconds, rate;
} opt = {.cases = 100000, .towns = 20, .seconds = 2};

static uint32_t draw(uint32_t below)
{
	static uint64_t seed = 20180501;
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((seed >> 33) % below);
}

static unsigned any_town(void)
{
	return 101 + draw((uint32_t)opt.towns);
}

/* ctx: the method */
static int one_line(void *ctx, char *to, size_t size, long job)
{
	return snprintf(to, size,
		"{\"jsonrpc\":\"2.0\",\"id\":%ld,\"method\":\"%s\",\"params\":{"
		"\"case\":\"household/610322101-%06u\"}}\n",
		job, (const char *)ctx, draw((uint32_t)opt.cases));
}

static int list_line(void *ctx, char *to, size_t size, long job)
{
	static const char *const states[] = {"relocation.agree", "relocation.build"};
	(void)ctx;
	return snprintf(to, size,
		"{\"jsonrpc\":\"2.0\",\"id\":%ld,\"method\":\"case.list\",\"params\":{"
		"\"workflow\":\"household\",\"region\":\"610322%u\",\"state\":\"%s\"}}\n",
		job, any_town(), states[draw(2)]);
}

static int deadlines_line(void *ctx, char *to, size_t size, long job)
{
	(void)ctx;
	return snprintf(to, size,
		"{\"jsonrpc\":\"2.0\",\"id\":%ld,\"method\":\"deadline.list\",\"params\":{"
		"\"unit\":\"610322%u.town\",\"status\":\"%s\"}}\n",
		job, any_town(), draw(2) == 0 ? "open" : "met");
}

static int stats_line(void *ctx, char *to, size_t size, long job)
{
	(void)ctx;
	return snprintf(to, size,
		"{\"jsonrpc\":\"2.0\",\"id\":%ld,\"method\":\"case.stats\",\"params\":{"
		"\"workflow\":\"household\",\"region\":\"610322\"}}\n",
		job);
}

static int board_line(void *ctx, char *to, size_t size, long job)
{
	(void)ctx;
	(void)job;
	int n = snprintf(to, size,
		"[{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"deadline.stats\",\"params\":{}}");
	for (long t = 0; t < opt.towns && n > 0 && (size_t)n < size; t++)
		n += snprintf(to + n, size - (size_t)n,
			",{\"jsonrpc\":\"2.0\",\"id\":%ld,\"method\":\"case.stats\",\"params\":{"
			"\"workflow\":\"household\",\"region\":\"610322%ld\"}}",
			t + 1, 101 + t);
	if (n > 0 && (size_t)n < size)
		n += snprintf(to + n, size - (size_t)n, "]\n");
	return n;
}

static const struct kind {
	const char *name;
	int (*line)(void *ctx, char *to, size_t size, long job);
	const char *method;
} kinds[] = {{"get", one_line, "case.get"}, {"history", one_line, "case.history"},
	{"list", list_line, NULL}, {"deadlines", deadlines_line, NULL}, {"stats", stats_line, NULL},
	{"board", board_line, NULL}};

static const struct kind *find_kind(void)
{
	for (size_t i = 0; opt.kind != NULL && i < sizeof kinds / sizeof kinds[0]; i++) {
		if (strcmp(kinds[i].name, opt.kind) == 0)
			return &kinds[i];
	}
	return NULL;
}

static void read_options(int argc, char **argv)
{
	static const struct option longs[] = {{"socket", 1, NULL, 's'}, {"kind", 1, NULL, 'k'},
		{"cases", 1, NULL, 'n'}, {"towns", 1, NULL, 't'}, {"seconds", 1, NULL, 'S'},
		{"rate", 1, NULL, 'r'}, {0}};
	for (int c; (c = getopt_long(argc, argv, "", longs, NULL)) != -1;) {
		if (c == 's')
			opt.socket = optarg;
		else if (c == 'k')
			opt.kind = optarg;
		else if (c == 'n')
			opt.cases = strtol(optarg, NULL, 10);
		else if (c == 't')
			opt.towns = strtol(optarg, NULL, 10);
		else if (c == 'S')
			opt.seconds = strtod(optarg, NULL);
		else if (c == 'r')
			opt.rate = strtod(optarg, NULL);
		else
			exit(2);
	}
	if (opt.socket == NULL || find_kind() == NULL || opt.cases < 1 || opt.towns < 1 ||
		opt.towns > 20 || opt.seconds <= 0 || opt.rate < 0) {
		fprintf(stderr, "usage: ask --socket PATH --kind "
				"get|history|list|deadlines|stats|board\n"
				"           [--cases N] [--towns N] [--seconds S] [--rate N]\n");
		exit(2);
	}
}

int main(int argc, char **argv)
{
	read_options(argc, argv);
	const struct kind *kind = find_kind();
	static struct phase asking;
	asking.name = kind->name;
	asking.line = kind->line;
	asking.ctx = (void *)kind->method;
	asking.total = ALL;
	asking.rate = opt.rate;
	asking.seconds_max = opt.seconds;
	struct load *load = load_connect(opt.socket, 1, 1);
	load_run(load, &asking);
	load_close(load);
	printf("{");
	load_print_json(&asking);
	printf("}\n");
	return asking.errors == 0 ? 0 : 1;
}
