/**
 * Subscribers of the feed: each gets every entry there will be, looks that they come in order and none twice, and
 * measures how long after being recorded each arrives.
 *
 *   feed_watch --socket PATH --entries N [--subscribers 50]
 *
 * Prints "ready" when all have subscribed, and one JSON line when each has had N entries. An entry's time is that
 * of the daemon's clock, in milliseconds, so a delay is up to one of them longer than the truth.
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

#define IN_BYTES   (1 << 18)
#define PATIENCE_S 120

struct subscriber {
	int fd;
	char in[IN_BYTES];
	size_t len;
	bool subscribed;
	long entries;
	long long first, last;
};

static struct {
	const char *socket;
	long subscribers, entries;
} opt = {.subscribers = 50};

static struct subscriber *all;
static long subscribed, finished;
static struct histogram delay; /* ms */
static double begun, ended;

static void die(const char *what)
{
	fprintf(stderr, "feed_watch: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double seconds(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void open_all(int epoll)
{
	static const char ask[] =
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"feed.subscribe\",\"params\":{}}\n";
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	if (strlen(opt.socket) >= sizeof to.sun_path)
		exit(2);
	memcpy(to.sun_path, opt.socket, strlen(opt.socket));
	all = calloc((size_t)opt.subscribers, sizeof all[0]);
	if (all == NULL)
		die("memory");
	for (long i = 0; i < opt.subscribers; i++) {
		struct subscriber *s = &all[i];
		struct epoll_event ev = {.events = EPOLLIN, .data.ptr = s};
		s->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (connect(s->fd, (struct sockaddr *)&to, sizeof to) != 0 ||
			epoll_ctl(epoll, EPOLL_CTL_ADD, s->fd, &ev) != 0 ||
			send(s->fd, ask, sizeof ask - 1, MSG_NOSIGNAL) != (ssize_t)sizeof ask - 1)
			die(opt.socket);
	}
}

/* What follows `name` in the line; a member's own name stands before any text of the case. */
static const char *member(const char *line, size_t n, const char *name)
{
	size_t len = strlen(name);
	const char *at = memmem(line, n, name, len);
	if (at == NULL) {
		fprintf(stderr, "feed_watch: no %s in %.*s\n", name, (int)n, line);
		exit(1);
	}
	return at + len;
}

static int number(const char *s, int digits)
{
	int v = 0;
	for (int i = 0; i < digits; i++)
		v = v * 10 + s[i] - '0';
	return v;
}

/* "2017-08-16T08:00:00.123+08:00", the offset of legal time. timegm() once a second. */
static long long recorded_ms(const char *s)
{
	static char last[20];
	static long long last_ms;
	if (memcmp(s, last, 19) != 0) {
		struct tm tm = {.tm_year = number(s, 4) - 1900,
			.tm_mon = number(s + 5, 2) - 1,
			.tm_mday = number(s + 8, 2),
			.tm_hour = number(s + 11, 2),
			.tm_min = number(s + 14, 2),
			.tm_sec = number(s + 17, 2)};
		last_ms = ((long long)timegm(&tm) - 8 * 3600) * 1000;
		memcpy(last, s, 19);
	}
	return last_ms + (s[19] == '.' ? number(s + 20, 3) : 0);
}

static void take_answer(struct subscriber *s, const char *line, size_t n)
{
	(void)member(line, n, "\"result\"");
	s->subscribed = true;
	if (++subscribed == opt.subscribers) {
		printf("ready\n");
		fflush(stdout);
	}
}

static void take_entry(struct subscriber *s, const char *line, size_t n, long long now_ms)
{
	long long seq = strtoll(member(line, n, "\"seq\":"), NULL, 10);
	long long late = now_ms - recorded_ms(member(line, n, "\"recorded_at\":\""));
	if (s->entries > 0 && seq <= s->last) {
		fprintf(stderr, "feed_watch: entry %lld came after %lld\n", seq, s->last);
		exit(1);
	}
	if (s->entries == 0)
		s->first = seq;
	s->last = seq;
	histogram_add(&delay, late > 0 ? (uint64_t)late : 0);
	if (begun == 0)
		begun = seconds(CLOCK_MONOTONIC);
	if (++s->entries == opt.entries && ++finished == opt.subscribers)
		ended = seconds(CLOCK_MONOTONIC);
}

static void receive(struct subscriber *s)
{
	ssize_t n = recv(s->fd, s->in + s->len, sizeof s->in - s->len, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0)
		die("the feed ended");
	long long now_ms = (long long)(seconds(CLOCK_REALTIME) * 1000);
	s->len += (size_t)n;
	char *at = s->in, *end = s->in + s->len, *nl;
	while ((nl = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		if (s->subscribed)
			take_entry(s, at, (size_t)(nl - at), now_ms);
		else
			take_answer(s, at, (size_t)(nl - at));
		at = nl + 1;
	}
	s->len = (size_t)(end - at);
	memmove(s->in, at, s->len);
}

/* All had as many, in order and none twice, and began and ended with the same: each had every one. */
static bool all_alike(void)
{
	for (long i = 0; i < opt.subscribers; i++) {
		if (all[i].entries != opt.entries || all[i].first != all[0].first ||
			all[i].last != all[0].last)
			return false;
	}
	return all[0].last - all[0].first + 1 == opt.entries;
}

static void read_options(int argc, char **argv)
{
	static const struct option longs[] = {{"socket", 1, NULL, 's'},
		{"subscribers", 1, NULL, 'n'}, {"entries", 1, NULL, 'e'}, {0}};
	for (int c; (c = getopt_long(argc, argv, "", longs, NULL)) != -1;) {
		if (c == 's')
			opt.socket = optarg;
		else if (c == 'n')
			opt.subscribers = strtol(optarg, NULL, 10);
		else if (c == 'e')
			opt.entries = strtol(optarg, NULL, 10);
		else
			exit(2);
	}
	if (opt.socket == NULL || opt.subscribers < 1 || opt.entries < 1) {
		fprintf(stderr, "usage: feed_watch --socket PATH --entries N [--subscribers N]\n");
		exit(2);
	}
}

int main(int argc, char **argv)
{
	read_options(argc, argv);
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	open_all(epoll);
	while (finished < opt.subscribers) {
		struct epoll_event events[64];
		int n = epoll_wait(epoll, events, 64, PATIENCE_S * 1000);
		if (n == 0) {
			fprintf(stderr, "feed_watch: nothing for %d s; %ld of %ld have all\n",
				PATIENCE_S, finished, opt.subscribers);
			return 1;
		}
		for (int i = 0; i < n; i++)
			receive(events[i].data.ptr);
	}
	printf("{\"subscribers\":%ld,\"entries\":%ld,\"seconds\":%.3f,\"each_once\":%s,"
	       "\"p50_ms\":%llu,\"p99_ms\":%llu,\"max_ms\":%llu}\n",
		opt.subscribers, opt.entries, ended - begun, all_alike() ? "true" : "false",
		(unsigned long long)histogram_at(&delay, 50),
		(unsigned long long)histogram_at(&delay, 99), (unsigned long long)delay.max);
	bool fine = all_alike();
	for (long i = 0; i < opt.subscribers; i++)
		close(all[i].fd);
	free(all);
	return fine ? 0 : 1;
}
