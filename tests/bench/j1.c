/**
 * J1: open N cases, then give each of them six events, over `--clients` connections with `--window` requests in
 * flight each; every one is acknowledged when it is durable. Drives anjud or the bare reference.
 *
 *   j1 --socket PATH [--cases 20000] [--clients 64] [--window 1] [--order rounds|shuffled] [--towns 1] [--first 0]
 *      [--only open|events] [--events 6] [--existing N [--cycles 1 | --until-term]] [--rate N] [--seed N]
 *      [--no-idem] [--quick] [--json]
 *
 * Cases take their events in rounds, first event of all, then the second …; "shuffled" visits them in a random
 * order, the same in every round, so that neighbours in time are not neighbours on disk.
 *
 * --events N sends only the first N of the six.
 *
 * --existing N opens nothing: of the N cases that are there, `--cases` are drawn and led once round, by six events
 * and a seventh that brings them back to where they were opened; then others are drawn, as often as --cycles says or
 * until SIGTERM has come. Cases are left as they were found, so this can be repeated.
 */
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "load.h"

#define EVENTS    6
#define CYCLE     (EVENTS + 1) /* with the one that leads back */
#define TOWNS_MAX 20
#define CASES_MAX 9999999
#define TOWN      "town" /* whoever is the case's town */

/* event, unit that may send it, fields that come with it; see pack/bench */
static const struct {
	const char *event, *as, *data;
} script[CYCLE] = {
	{"survey", "610322.land", "{\"area_m2\":\"96.50\"}"},
	{"sign_agreements", "610322.land", NULL},
	{"start_building", "610322.housing", NULL},
	{"accept_home", "610322.housing", NULL},
	{"hand_over", TOWN, NULL},
	{"move_in", TOWN, "{\"moved_on\":\"2018-05-01\"}"},
	{"start_over", "610322.land", NULL},
};

static struct {
	const char *socket, *order, *only;
	long cases, clients, window, towns, first, existing, cycles, events;
	double rate;
	uint64_t seed;
	const char *name; /* of what is driven, for the JSON line */
	bool idem, json, until_term;
} opt = {.order = "shuffled",
	.only = "",
	.cases = 20000,
	.clients = 64,
	.window = 1,
	.towns = 1,
	.cycles = 1,
	.events = EVENTS,
	.seed = 20170816,
	.idem = true};

static uint32_t *order;
static volatile sig_atomic_t stop;

static void on_term(int number)
{
	(void)number;
	stop = 1;
}

static uint32_t draw(uint32_t below)
{
	opt.seed = opt.seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((opt.seed >> 33) % below);
}

/* of all `n` numbers the first `wanted` are drawn by chance */
static void shuffle(long n, long wanted)
{
	for (long i = 0; i < wanted; i++) {
		long j = i + draw((uint32_t)(n - i));
		uint32_t t = order[i];
		order[i] = order[j];
		order[j] = t;
	}
}

static void make_order(void)
{
	long n = opt.existing > 0 ? opt.existing : opt.cases;
	order = malloc(sizeof order[0] * (size_t)n);
	if (order == NULL)
		exit(1);
	for (long i = 0; i < n; i++)
		order[i] = (uint32_t)(opt.first + i);
	if (opt.existing == 0 && strcmp(opt.order, "shuffled") == 0)
		shuffle(n, n);
}

/* Keys of one run; those of another one on the same cases are others. */
static void idem_member(char *to, size_t size, char kind, long job)
{
	static unsigned run;
	to[0] = '\0';
	if (run == 0 && opt.existing > 0) {
		struct timespec t;
		clock_gettime(CLOCK_REALTIME, &t);
		run = (unsigned)t.tv_sec * 1000u + (unsigned)t.tv_nsec / 1000000u;
	}
	if (opt.idem && run != 0)
		snprintf(to, size, ",\"idempotency_key\":\"%c%x-%ld\"", kind, run, job);
	else if (opt.idem)
		snprintf(to, size, ",\"idempotency_key\":\"%c%ld\"", kind, job);
}

static unsigned town_of(uint32_t number)
{
	return 101 + number % (unsigned)opt.towns;
}

static int open_line(void *ctx, char *to, size_t size, long job)
{
	char idem[64];
	uint32_t number = (uint32_t)(opt.first + job);
	(void)ctx;
	idem_member(idem, sizeof idem, 'o', opt.first + job);
	return snprintf(to, size,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"case.open\",\"params\":{"
		"\"workflow\":\"household\",\"key\":\"610322101-%06u\",\"as\":\"610322.land\","
		"\"data\":{\"persons\":4,\"registration_town\":\"610322%u.town\"}%s}}\n",
		number, town_of(number), idem);
}

static int send_line(void *ctx, char *to, size_t size, long job)
{
	char idem[64], town[32];
	long events = opt.existing > 0 ? CYCLE : EVENTS, step = job / opt.cases % events;
	uint32_t number = order[job % opt.cases];
	const char *data = script[step].data, *as = script[step].as;
	(void)ctx;
	if (strcmp(as, TOWN) == 0) {
		snprintf(town, sizeof town, "610322%u.town", town_of(number));
		as = town;
	}
	idem_member(idem, sizeof idem, 's', opt.first * EVENTS + job);
	return snprintf(to, size,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"case.send\",\"params\":{"
		"\"case\":\"household/610322101-%06u\",\"event\":\"%s\",\"as\":\"%s\"%s%s%s}}\n",
		number, script[step].event, as, data != NULL ? ",\"data\":" : "",
		data != NULL ? data : "", idem);
}

static void usage(void)
{
	fprintf(stderr,
		"usage: j1 --socket PATH [--cases N] [--clients N] [--window N] [--order "
		"rounds|shuffled]\n"
		"          [--towns N] [--first N] [--only open|events] [--events N] [--existing N "
		"[--cycles N "
		"| --until-term]]\n"
		"          [--rate N] [--seed N] [--no-idem] [--quick] [--json] [--name TEXT]\n"
		"(no more in flight than cases)\n");
	exit(2);
}

static void take_option(int c)
{
	long number = optarg != NULL ? strtol(optarg, NULL, 10) : 0;
	const struct {
		int c;
		long *to;
	} numbers[] = {{'n', &opt.cases}, {'c', &opt.clients}, {'w', &opt.window},
		{'t', &opt.towns}, {'E', &opt.events}, {'f', &opt.first}, {'e', &opt.existing},
		{'y', &opt.cycles}};
	const struct {
		int c;
		const char **to;
	} texts[] = {{'s', &opt.socket}, {'b', &opt.name}, {'o', &opt.order}, {'O', &opt.only}};
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		if (numbers[i].c == c)
			*numbers[i].to = number;
	}
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		if (texts[i].c == c)
			*texts[i].to = optarg;
	}
	if (c == '?')
		exit(2);
	if (c == 'r')
		opt.rate = (double)number;
	if (c == 'S')
		opt.seed = (uint64_t)number;
	if (c == 'q')
		opt.cases = 500;
	opt.idem = opt.idem && c != 'I';
	opt.json = opt.json || c == 'j';
	opt.until_term = opt.until_term || c == 'u';
}

static void read_options(int argc, char **argv)
{
	static const struct option longs[] = {{"socket", 1, NULL, 's'}, {"name", 1, NULL, 'b'},
		{"cases", 1, NULL, 'n'}, {"clients", 1, NULL, 'c'}, {"window", 1, NULL, 'w'},
		{"order", 1, NULL, 'o'}, {"towns", 1, NULL, 't'}, {"first", 1, NULL, 'f'},
		{"only", 1, NULL, 'O'}, {"existing", 1, NULL, 'e'}, {"cycles", 1, NULL, 'y'},
		{"until-term", 0, NULL, 'u'}, {"rate", 1, NULL, 'r'}, {"events", 1, NULL, 'E'},
		{"seed", 1, NULL, 'S'}, {"no-idem", 0, NULL, 'I'}, {"quick", 0, NULL, 'q'},
		{"json", 0, NULL, 'j'}, {0}};
	for (int c; (c = getopt_long(argc, argv, "", longs, NULL)) != -1;)
		take_option(c);
	bool kind = opt.only[0] == '\0' || strcmp(opt.only, "open") == 0 ||
		    strcmp(opt.only, "events") == 0;
	if (opt.socket == NULL || opt.cases < 1 || opt.first < 0 ||
		opt.first + opt.cases > CASES_MAX || opt.clients < 1 || opt.window < 1 ||
		opt.window > LOAD_WINDOW_MAX || opt.towns < 1 || opt.towns > TOWNS_MAX ||
		opt.rate < 0 || opt.events < 1 || opt.events > EVENTS || !kind ||
		opt.cases < opt.clients * opt.window)
		usage();
	if (opt.existing != 0 && (opt.existing < opt.cases || opt.existing > CASES_MAX ||
					 opt.cycles < 1 || opt.only[0] != '\0'))
		usage();
	if (opt.existing == 0 && (opt.until_term || opt.cycles != 1))
		usage();
}

static void go_round(struct load *load, struct phase *sending)
{
	for (long i = 0; (opt.until_term || i < opt.cycles) && !stop; i++) {
		shuffle(opt.existing, opt.cases);
		sending->total += opt.cases * CYCLE;
		load_run(load, sending);
	}
}

static void report(const struct phase *opening, const struct phase *sending)
{
	if (!opt.json) {
		if (opening->answered > 0)
			load_print_line(opening);
		if (sending->answered > 0)
			load_print_line(sending);
		return;
	}
	printf("{\"target\":\"%s\",\"cases\":%ld,\"clients\":%ld,\"window\":%ld,"
	       "\"order\":\"%s\"",
		opt.name != NULL ? opt.name : "", opt.cases, opt.clients, opt.window, opt.order);
	const struct phase *all[] = {opening, sending};
	for (int i = 0; i < 2; i++) {
		if (all[i]->answered == 0)
			continue;
		printf(",");
		load_print_json(all[i]);
	}
	printf("}\n");
}

int main(int argc, char **argv)
{
	read_options(argc, argv);
	make_order();
	(void)signal(SIGTERM, on_term);
	struct load *load = load_connect(opt.socket, opt.clients, opt.window);
	static struct phase opening = {.name = "open", .line = open_line};
	static struct phase sending = {.name = "transitions", .line = send_line};
	opening.total = opt.cases;
	opening.rate = sending.rate = opt.rate;
	if (opt.existing == 0 && strcmp(opt.only, "events") != 0)
		load_run(load, &opening);
	if (opt.existing > 0) {
		go_round(load, &sending);
	} else if (strcmp(opt.only, "open") != 0) {
		sending.total = opt.cases * opt.events;
		load_run(load, &sending);
	}
	load_close(load);
	free(order);
	report(&opening, &sending);
	return opening.errors + sending.errors == 0 ? 0 : 1;
}
