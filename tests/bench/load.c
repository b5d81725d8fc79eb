#include "load.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define IN_BYTES   262144 /* no answer is longer */
#define NS         1000000000u
#define PATIENCE_S 60

struct conn {
	int fd;
	char in[IN_BYTES];
	size_t in_len;
	char *out; /* owned: room for a window of requests */
	size_t out_len;
	uint64_t sent_ns[LOAD_WINDOW_MAX]; /* ring: replies come in order */
	unsigned first, flying;
};

struct load {
	struct conn *conns; /* owned */
	long clients, window;
	int epoll;
	long turn;     /* connection to be tried next when paced */
	long from;     /* the job that this run began with */
	uint64_t over; /* when it sends nothing more */
};

uint64_t load_now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * NS + (uint64_t)t.tv_nsec;
}

static void die(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

struct load *load_connect(const char *path, long clients, long window)
{
	struct load *l = calloc(1, sizeof *l);
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof to.sun_path) {
		fprintf(stderr, "bench: socket path too long\n");
		exit(2);
	}
	memcpy(to.sun_path, path, strlen(path));
	l->conns = calloc((size_t)clients, sizeof l->conns[0]);
	if (l->conns == NULL)
		die("memory");
	l->clients = clients;
	l->window = window;
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	for (long i = 0; i < clients; i++) {
		struct conn *c = &l->conns[i];
		c->out = malloc((size_t)window * LOAD_LINE_BYTES);
		if (c->out == NULL)
			die("memory");
		c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (connect(c->fd, (struct sockaddr *)&to, sizeof to) != 0)
			die(path);
		struct epoll_event ev = {.events = EPOLLIN, .data.ptr = c};
		if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, c->fd, &ev) != 0)
			die("epoll_ctl");
	}
	return l;
}

void load_close(struct load *l)
{
	for (long i = 0; i < l->clients; i++) {
		close(l->conns[i].fd);
		free(l->conns[i].out);
	}
	close(l->epoll);
	free(l->conns);
	free(l);
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

static void add(struct conn *c, struct phase *p, uint64_t counted_from)
{
	char *to = c->out + c->out_len;
	int n = p->line(p->ctx, to, LOAD_LINE_BYTES, p->next);
	if (n < 0 || n >= LOAD_LINE_BYTES) {
		fprintf(stderr, "bench: a request of %s is longer than %d\n", p->name,
			LOAD_LINE_BYTES);
		exit(1);
	}
	c->out_len += (size_t)n;
	c->sent_ns[(c->first + c->flying) % LOAD_WINDOW_MAX] = counted_from;
	c->flying++;
	p->next++;
}

/** Fill the connection's window with what is left to do. */
static void fill(struct load *l, struct conn *c, struct phase *p)
{
	uint64_t now = load_now_ns();
	while (p->rate == 0 && c->flying < l->window && p->next < p->total && now < l->over)
		add(c, p, now);
	if (c->out_len > 0)
		flush(c);
}

static uint64_t due_ns(const struct load *l, const struct phase *p, uint64_t start)
{
	return start + (uint64_t)((double)(p->next - l->from) * NS / p->rate);
}

/* What should have gone out by now, as far as there are windows open; the others go late and show it. */
static void send_due(struct load *l, struct phase *p, uint64_t start)
{
	uint64_t now = load_now_ns();
	for (long tried = 0; tried < l->clients && p->next < p->total;) {
		uint64_t due = due_ns(l, p, start);
		if (due > now || now >= l->over)
			return;
		struct conn *c = &l->conns[l->turn++ % l->clients];
		if (c->flying >= l->window) {
			tried++;
			continue;
		}
		tried = 0;
		add(c, p, due);
		flush(c);
	}
}

static void take_reply(struct conn *c, struct phase *p, const char *line, size_t n, uint64_t now)
{
	bool ok = memmem(line, n, "\"result\"", 8) != NULL &&
		  memmem(line, n, "\"error\":{", 9) == NULL; /* one of a batch */
	if (!ok && p->errors++ == 0)
		fprintf(stderr, "bench: first refusal: %.*s\n", (int)n, line);
	histogram_add(&p->latency, now - c->sent_ns[c->first]);
	c->first = (c->first + 1) % LOAD_WINDOW_MAX;
	c->flying--;
	p->answered++;
}

static void receive(struct load *l, struct conn *c, struct phase *p)
{
	if (c->in_len == sizeof c->in) {
		fprintf(stderr, "bench: an answer is longer than %d\n", IN_BYTES);
		exit(1);
	}
	ssize_t n = recv(c->fd, c->in + c->in_len, sizeof c->in - c->in_len, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0)
		die("recv");
	if (n == 0) {
		fprintf(stderr, "bench: the daemon closed the connection\n");
		exit(1);
	}
	uint64_t now = load_now_ns();
	c->in_len += (size_t)n;
	char *at = c->in, *end = c->in + c->in_len, *nl;
	while ((nl = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		take_reply(c, p, at, (size_t)(nl - at), now);
		at = nl + 1;
	}
	c->in_len = (size_t)(end - at);
	if (at != c->in)
		memmove(c->in, at, c->in_len);
	fill(l, c, p);
}

/* Until the next request is due, or for as long as an answer may take. */
static int wait_some(
	struct load *l, const struct phase *p, uint64_t start, struct epoll_event *events, int max)
{
	struct timespec most = {.tv_sec = PATIENCE_S};
	bool paced = p->rate > 0 && p->next < p->total && load_now_ns() < l->over;
	if (paced) {
		uint64_t due = due_ns(l, p, start), now = load_now_ns();
		uint64_t left = due > now ? due - now : 100000; /* late: windows are full */
		most = (struct timespec){(time_t)(left / NS), (long)(left % NS)};
	}
	int n = epoll_pwait2(l->epoll, events, max, &most, NULL);
	if (n == 0 && !paced) {
		fprintf(stderr, "bench: no answer for %d s\n", PATIENCE_S);
		exit(1);
	}
	return n;
}

void load_run(struct load *l, struct phase *p)
{
	uint64_t start = load_now_ns();
	l->from = p->next;
	l->over = p->seconds_max > 0 ? start + (uint64_t)(p->seconds_max * NS) : UINT64_MAX;
	for (long i = 0; i < l->clients; i++)
		fill(l, &l->conns[i], p);
	while (p->answered < p->next || (p->next < p->total && load_now_ns() < l->over)) {
		struct epoll_event events[256];
		if (p->rate > 0)
			send_due(l, p, start);
		int n = wait_some(l, p, start, events, 256);
		for (int i = 0; i < n; i++)
			receive(l, events[i].data.ptr, p);
	}
	p->seconds += (double)(load_now_ns() - start) / 1e9;
}

void load_print_json(const struct phase *p)
{
	printf("\"%s\":{\"n\":%ld,\"errors\":%ld,\"seconds\":%.3f,\"per_second\":%.1f,"
	       "\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f}",
		p->name, p->answered, p->errors, p->seconds, (double)p->answered / p->seconds,
		(double)histogram_at(&p->latency, 50) / 1e6,
		(double)histogram_at(&p->latency, 99) / 1e6, (double)p->latency.max / 1e6);
}

void load_print_line(const struct phase *p)
{
	printf("%-12s %8ld  %9.0f/s  p50 %7.3f ms  p99 %7.3f ms  max %7.3f ms  errors %ld\n",
		p->name, p->answered, (double)p->answered / p->seconds,
		(double)histogram_at(&p->latency, 50) / 1e6,
		(double)histogram_at(&p->latency, 99) / 1e6, (double)p->latency.max / 1e6,
		p->errors);
}
