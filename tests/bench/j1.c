/**
 * J1: open N cases, then give each of them six events, over `--clients` connections with `--window` requests in
 * flight each; every one is acknowledged when it is durable. Drives anjud or the bare reference.
 *
 *   j1 --socket PATH [--cases 20000] [--clients 64] [--window 1] [--order rounds|shuffled]
 *      [--no-idem] [--quick] [--json]
 *
 * Cases take their events in rounds, first event of all, then the second …; "shuffled" visits them in a random
 * order, the same in every round, so that neighbours in time are not neighbours on disk.
 */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"

#define EVENTS 6

/* event, unit that may send it, fields that come with it; see pack/bench */
static const struct {
	const char *event, *as, *data;
} script[EVENTS] = {
	{"survey", "610322.land", "{\"area_m2\":\"96.50\"}"},
	{"sign_agreements", "610322.land", NULL},
	{"start_building", "610322.housing", NULL},
	{"accept_home", "610322.housing", NULL},
	{"hand_over", "610322101.town", NULL},
	{"move_in", "610322101.town", "{\"moved_on\":\"2018-05-01\"}"},
};

static struct {
	const char *socket, *order;
	long cases, clients, window;
	const char *name; /* of what is driven, for the JSON line */
	bool idem, json;
} opt = {.order = "shuffled", .cases = 20000, .clients = 64, .window = 1, .idem = true};

static uint32_t *order;

static void make_order(void)
{
	order = malloc(sizeof order[0] * (size_t)opt.cases);
	for (long i = 0; i < opt.cases; i++)
		order[i] = (uint32_t)i;
	if (strcmp(opt.order, "shuffled") != 0)
		return;
	uint64_t seed = 20170816;
	for (long i = opt.cases - 1; i > 0; i--) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		long j = (long)((seed >> 33) % (uint64_t)(i + 1));
		uint32_t t = order[i];
		order[i] = order[j];
		order[j] = t;
	}
}

static void idem_member(char *to, size_t size, char kind, long job)
{
	to[0] = '\0';
	if (opt.idem)
		snprintf(to, size, ",\"idempotency_key\":\"%c%ld\"", kind, job);
}

static int open_line(void *ctx, char *to, size_t size, long job)
{
	char idem[64];
	(void)ctx;
	idem_member(idem, sizeof idem, 'o', job);
	return snprintf(to, size,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"case.open\",\"params\":{"
		"\"workflow\":\"household\",\"key\":\"610322101-%06ld\",\"as\":\"610322.land\","
		"\"data\":{\"persons\":4,\"registration_town\":\"610322101.town\"}%s}}\n",
		job, idem);
}

static int send_line(void *ctx, char *to, size_t size, long job)
{
	char idem[64];
	const char *data = script[job / opt.cases].data;
	(void)ctx;
	idem_member(idem, sizeof idem, 's', job);
	return snprintf(to, size,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"case.send\",\"params\":{"
		"\"case\":\"household/610322101-%06u\",\"event\":\"%s\",\"as\":\"%s\"%s%s%s}}\n",
		order[job % opt.cases], script[job / opt.cases].event, script[job / opt.cases].as,
		data != NULL ? ",\"data\":" : "", data != NULL ? data : "", idem);
}

static void read_options(int argc, char **argv)
{
	static const struct option longs[] = {{"socket", 1, NULL, 's'}, {"name", 1, NULL, 'b'},
		{"cases", 1, NULL, 'n'}, {"clients", 1, NULL, 'c'}, {"window", 1, NULL, 'w'},
		{"order", 1, NULL, 'o'}, {"no-idem", 0, NULL, 'I'}, {"quick", 0, NULL, 'q'},
		{"json", 0, NULL, 'j'}, {0}};
	for (int c; (c = getopt_long(argc, argv, "", longs, NULL)) != -1;) {
		switch (c) {
		case 's':
			opt.socket = optarg;
			break;
		case 'b':
			opt.name = optarg;
			break;
		case 'n':
			opt.cases = strtol(optarg, NULL, 10);
			break;
		case 'c':
			opt.clients = strtol(optarg, NULL, 10);
			break;
		case 'w':
			opt.window = strtol(optarg, NULL, 10);
			break;
		case 'o':
			opt.order = optarg;
			break;
		case 'I':
			opt.idem = false;
			break;
		case 'q':
			opt.cases = 500;
			break;
		case 'j':
			opt.json = true;
			break;
		default:
			exit(2);
		}
	}
	if (opt.socket == NULL || opt.cases < 1 || opt.cases > 999999 || opt.clients < 1 ||
		opt.window < 1 || opt.window > LOAD_WINDOW_MAX ||
		opt.cases < opt.clients * opt.window) {
		fprintf(stderr, "usage: j1 --socket PATH [--cases N] [--clients N] "
				"[--window N] [--order rounds|shuffled] [--no-idem] [--quick] "
				"[--json]\n(no more in flight than cases)\n");
		exit(2);
	}
}

int main(int argc, char **argv)
{
	read_options(argc, argv);
	make_order();
	struct load *load = load_connect(opt.socket, opt.clients, opt.window);
	static struct phase opening = {.name = "open", .line = open_line};
	static struct phase sending = {.name = "transitions", .line = send_line};
	opening.total = opt.cases;
	sending.total = opt.cases * EVENTS;
	load_run(load, &opening);
	load_run(load, &sending);
	load_close(load);
	free(order);
	if (opt.json) {
		printf("{\"target\":\"%s\",\"cases\":%ld,\"clients\":%ld,\"window\":%ld,"
		       "\"order\":\"%s\",",
			opt.name != NULL ? opt.name : "", opt.cases, opt.clients, opt.window,
			opt.order);
		load_print_json(&opening);
		printf(",");
		load_print_json(&sending);
		printf("}\n");
	} else {
		load_print_line(&opening);
		load_print_line(&sending);
	}
	return opening.errors + sending.errors == 0 ? 0 : 1;
}
