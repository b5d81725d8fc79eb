/* Turns in the pool, on a loop in the test's own thread. */
#include <stdlib.h>
#include <string.h>

#include "rig.h"
#include "rpc/pool.h"
#include "rpc/state.h"
#include "unit/support.h"

struct bench {
	uv_loop_t loop;
	struct rpc_server server;
	struct conn conns[3];
	char order[128]; /* whose jobs were done, in order: 'a', 'b', 'c' */
	char dropped[128];
};

struct note {
	struct pool_job job;
	struct bench *bench;
	char name;
};

static void nothing(struct pool_job *job)
{
}

static void note(char *list, char name)
{
	list[strlen(list)] = name;
}

static void done(struct pool_job *job)
{
	struct note *n = (struct note *)job;
	note(n->bench->order, n->name);
	free(n);
}

static void dropped(struct pool_job *job)
{
	struct note *n = (struct note *)job;
	note(n->bench->dropped, n->name);
	free(n);
}

static void bench_open(struct bench *b)
{
	memset(b, 0, sizeof *b);
	setenv("UV_THREADPOOL_SIZE", "1", 1); /* each test is a process of its own */
	cr_assert_eq(uv_loop_init(&b->loop), 0);
	b->server.options = (struct rpc_options){.loop = &b->loop,
		.threads = 1,
		.reads_limit = 20,
		.max_wait_ms = 500,
		.out_limit = 1000,
		.buffer_limit = (size_t)64 << 20};
	for (int i = 0; i < 3; i++)
		b->conns[i].server = &b->server;
}

static void bench_close(struct bench *b)
{
	cr_assert_eq(uv_run(&b->loop, UV_RUN_DEFAULT), 0);
	cr_assert_eq(b->server.pool.waiting, 0);
	cr_assert_eq(b->server.pool.running, 0);
	cr_assert_null(b->server.pool.turn);
	cr_assert_eq(uv_loop_close(&b->loop), 0);
}

static void put(struct bench *b, int conn, int n)
{
	for (int i = 0; i < n; i++) {
		struct note *job = calloc(1, sizeof *job);
		job->bench = b;
		job->name = (char)('a' + conn);
		job->job.run = nothing;
		job->job.done = done;
		job->job.dropped = dropped;
		pool_put(&b->conns[conn], &job->job);
	}
}

ANJU_TEST(pool, connections_take_turns)
{
	struct bench b;
	bench_open(&b);
	put(&b, 0, 8);
	put(&b, 1, 1);
	put(&b, 2, 3);
	/* nothing has been looked at yet: two are with libuv, all others here */
	cr_assert_eq(b.server.pool.running, 2);
	cr_assert_eq(b.server.pool.waiting, 10);
	cr_assert_eq(uv_run(&b.loop, UV_RUN_DEFAULT), 0);
	cr_assert_str_eq(b.order, "aaabcacacaaa", "%s", b.order);
	bench_close(&b);
}

ANJU_TEST(pool, who_does_not_read_waits)
{
	struct bench b;
	bench_open(&b);
	buf_adds(&b.conns[0].out, "x");
	b.conns[0].out.len = (size_t)80 << 10; /* as if so much were there */
	b.server.options.out_limit = 1000;
	put(&b, 0, 3);
	put(&b, 1, 2);
	cr_assert_eq(uv_run(&b.loop, UV_RUN_DEFAULT), 0);
	cr_assert_str_eq(b.order, "bb");
	pool_wake(&b.conns[0]); /* nothing has changed */
	cr_assert_eq(uv_run(&b.loop, UV_RUN_DEFAULT), 0);
	cr_assert_str_eq(b.order, "bb");
	buf_done(&b.conns[0].out);
	pool_wake(&b.conns[0]);
	cr_assert_eq(uv_run(&b.loop, UV_RUN_DEFAULT), 0);
	cr_assert_str_eq(b.order, "bbaaa");
	bench_close(&b);
}

ANJU_TEST(pool, what_waits_for_one_that_has_gone_is_dropped)
{
	struct bench b;
	bench_open(&b);
	put(&b, 0, 1);
	put(&b, 1, 4);
	put(&b, 2, 2);
	pool_drop(&b.conns[1]); /* one of it is with libuv already */
	cr_assert_str_eq(b.dropped, "bbb");
	cr_assert_eq(uv_run(&b.loop, UV_RUN_DEFAULT), 0);
	cr_assert_str_eq(b.order, "abcc");
	pool_drop(&b.conns[1]);
	bench_close(&b);
}

ANJU_TEST(pool, too_many_are_refused_and_others_let_in)
{
	struct bench b;
	anju_error err = {0};
	bench_open(&b);
	put(&b, 0, 22); /* two are on their way */
	cr_assert_eq(b.server.pool.waiting, 20);
	assert_status(pool_admit(&b.conns[0], &err), ANJU_E_BUSY);
	cr_assert_str_eq(err.id, "rpc.busy");
	cr_assert_geq(anju_error_retry_ms(&err), PACE_AGAIN_LEAST_MS);
	cr_assert_eq(b.server.pool.busy, 1);
	/* one that has none waiting is no cause of it */
	assert_ok(pool_admit(&b.conns[1], &err), err);
	/* … unless it would have to wait too long */
	b.server.pool.pace.each_us = 200000;
	put(&b, 1, 1);
	assert_ok(pool_admit(&b.conns[2], &err), err); /* its turn comes after two others */
	b.server.pool.pace.each_us = 600000;
	assert_status(pool_admit(&b.conns[2], &err), ANJU_E_BUSY);
	bench_close(&b);
}
