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
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "histogram.h"

#define EVENTS     6
#define WINDOW_MAX 256
#define IN_BYTES   65536

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

struct conn {
	int fd;
	char in[IN_BYTES];
	size_t in_len;
	char out[WINDOW_MAX * 512];
	size_t out_len;
	uint64_t sent_ns[WINDOW_MAX]; /* ring: replies come in order */
	unsigned first, flying;
};

struct phase {
	const char *name;
	bool open;
	long next, total, answered, errors;
	double seconds;
	struct histogram latency; /* nanoseconds */
};

static uint32_t *order;
static struct conn *conns;

static uint64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void die(const char *what)
{
	fprintf(stderr, "j1: %s: %s\n", what, strerror(errno));
	exit(1);
}

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

static int build_line(char *to, size_t size, const struct phase *p, long job)
{
	char idem[64] = "";
	if (opt.idem)
		snprintf(idem, sizeof idem, ",\"idempotency_key\":\"%c%ld\"", p->open ? 'o' : 's',
			job);
	if (p->open)
		return snprintf(to, size,
			"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"case.open\",\"params\":{"
			"\"workflow\":\"household\",\"key\":\"610322101-%06ld\",\"as\":\"610322."
			"land\","
			"\"data\":{\"persons\":4,\"registration_town\":\"610322101.town\"}%s}}\n",
			job, idem);
	const char *data = script[job / opt.cases].data;
	return snprintf(to, size,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"case.send\",\"params\":{"
		"\"case\":\"household/610322101-%06u\",\"event\":\"%s\",\"as\":\"%s\"%s%s%s}}\n",
		order[job % opt.cases], script[job / opt.cases].event, script[job / opt.cases].as,
		data != NULL ? ",\"data\":" : "", data != NULL ? data : "", idem);
}

static void flush(struct conn *c)
{
	size_t at = 0;
	while (at < c->out_len) {
		ssize_t n = send(c->fd, c->out + at, c->out_len - at, MSG_NOSIGNAL);
		if (n < 0 && errno != EINTR)
			die("send");
		at += n > 0 ? (size_t)n : 0;
	}
	c->out_len = 0;
}

/** Fill the connection's window with what is left to do. */
static void fill(struct conn *c, struct phase *p)
{
	uint64_t now = now_ns();
	while (c->flying < opt.window && p->next < p->total) {
		char *to = c->out + c->out_len;
		size_t room = sizeof c->out - c->out_len;
		int n = build_line(to, room, p, p->next);
		if (n < 0 || (size_t)n >= room)
			break;
		c->out_len += (size_t)n;
		c->sent_ns[(c->first + c->flying) % WINDOW_MAX] = now;
		c->flying++;
		p->next++;
	}
	if (c->out_len > 0)
		flush(c);
}

static void take_reply(struct conn *c, struct phase *p, const char *line, size_t n, uint64_t now)
{
	bool ok = memmem(line, n, "\"result\"", 8) != NULL;
	if (!ok && p->errors++ == 0)
		fprintf(stderr, "j1: first refusal: %.*s\n", (int)n, line);
	histogram_add(&p->latency, now - c->sent_ns[c->first]);
	c->first = (c->first + 1) % WINDOW_MAX;
	c->flying--;
	p->answered++;
}

static void receive(struct conn *c, struct phase *p)
{
	ssize_t n = recv(c->fd, c->in + c->in_len, sizeof c->in - c->in_len, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0)
		die("recv");
	if (n == 0) {
		fprintf(stderr, "j1: the daemon closed the connection\n");
		exit(1);
	}
	uint64_t now = now_ns();
	c->in_len += (size_t)n;
	char *at = c->in, *end = c->in + c->in_len, *nl;
	while ((nl = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		take_reply(c, p, at, (size_t)(nl - at), now);
		at = nl + 1;
	}
	c->in_len = (size_t)(end - at);
	if (at != c->in)
		memmove(c->in, at, c->in_len);
	fill(c, p);
}

static void run_phase(int epoll, struct phase *p)
{
	uint64_t start = now_ns();
	for (long i = 0; i < opt.clients; i++)
		fill(&conns[i], p);
	while (p->answered < p->total) {
		struct epoll_event events[256];
		int n = epoll_wait(epoll, events, 256, 30000);
		if (n == 0) {
			fprintf(stderr, "j1: no answer for 30 s\n");
			exit(1);
		}
		for (int i = 0; i < n; i++)
			receive(events[i].data.ptr, p);
	}
	p->seconds = (double)(now_ns() - start) / 1e9;
}

static int connect_all(void)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	if (strlen(opt.socket) >= sizeof to.sun_path) {
		fprintf(stderr, "j1: socket path too long\n");
		exit(2);
	}
	memcpy(to.sun_path, opt.socket, strlen(opt.socket));
	conns = calloc((size_t)opt.clients, sizeof conns[0]);
	for (long i = 0; i < opt.clients; i++) {
		conns[i].fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (connect(conns[i].fd, (struct sockaddr *)&to, sizeof to) != 0)
			die(opt.socket);
		struct epoll_event ev = {.events = EPOLLIN, .data.ptr = &conns[i]};
		epoll_ctl(epoll, EPOLL_CTL_ADD, conns[i].fd, &ev);
	}
	return epoll;
}

static void report(const struct phase *p)
{
	double rate = (double)p->answered / p->seconds;
	double p50 = (double)histogram_at(&p->latency, 50) / 1e6;
	double p99 = (double)histogram_at(&p->latency, 99) / 1e6;
	double max = (double)p->latency.max / 1e6;
	if (opt.json)
		printf("\"%s\":{\"n\":%ld,\"errors\":%ld,\"per_second\":%.0f,\"p50_ms\":%.3f,"
		       "\"p99_ms\":%.3f,\"max_ms\":%.3f}",
			p->name, p->answered, p->errors, rate, p50, p99, max);
	else
		printf("%-12s %8ld  %9.0f/s  p50 %7.3f ms  p99 %7.3f ms  max %7.3f ms  errors "
		       "%ld\n",
			p->name, p->answered, rate, p50, p99, max, p->errors);
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
		opt.window < 1 || opt.window > WINDOW_MAX || opt.cases < opt.clients * opt.window) {
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
	int epoll = connect_all();
	static struct phase opening = {.name = "open", .open = true};
	static struct phase sending = {.name = "transitions"};
	opening.total = opt.cases;
	sending.total = opt.cases * EVENTS;
	run_phase(epoll, &opening);
	run_phase(epoll, &sending);
	if (opt.json)
		printf("{\"target\":\"%s\",\"cases\":%ld,\"clients\":%ld,\"window\":%ld,"
		       "\"order\":\"%s\",",
			opt.name != NULL ? opt.name : "", opt.cases, opt.clients, opt.window,
			opt.order);
	report(&opening);
	if (opt.json)
		printf(",");
	report(&sending);
	if (opt.json)
		printf("}\n");
	return opening.errors + sending.errors == 0 ? 0 : 1;
}
