#include "rpc/pool.h"

#include "base/error.h"
#include "base/timestamp.h"
#include "rpc/conn.h"
#include "rpc/state.h"

/* So many a thread are handed to libuv at once: the next one is there when a thread becomes free, and no more wait
 * where nobody can take turns. */
#define AHEAD 2
/* Reads that are never too many, whatever the clock says. */
#define LET_IN 16

/* --- the ring --- */

static void ring_add(struct pool *pool, struct conn *conn)
{
	struct pool_line *line = &conn->reads;
	line->in_ring = true;
	pool->ring++;
	if (pool->turn == NULL) {
		pool->turn = line->prev = line->next = conn;
		return;
	}
	line->next = pool->turn; /* last in turn */
	line->prev = pool->turn->reads.prev;
	line->prev->reads.next = conn;
	line->next->reads.prev = conn;
}

static void ring_remove(struct pool *pool, struct conn *conn)
{
	struct pool_line *line = &conn->reads;
	if (!line->in_ring)
		return;
	line->in_ring = false;
	pool->ring--;
	if (pool->ring == 0) {
		pool->turn = NULL;
		return;
	}
	line->prev->reads.next = line->next;
	line->next->reads.prev = line->prev;
	if (pool->turn == conn)
		pool->turn = line->next;
}

static struct pool_job *take(struct pool *pool, struct conn *conn)
{
	struct pool_line *line = &conn->reads;
	struct pool_job *job = line->head;
	line->head = job->next;
	if (line->head == NULL)
		line->tail = &line->head;
	line->waiting--;
	pool->waiting--;
	return job;
}

/* --- how it stands --- */

/* Of one that comes on a connection with `mine` waiting: connections take turns, so no other one gets more of them
 * in before it. Where nothing comes back, because the disk stands still, that is expected to last as long again. */
static int64_t wait_us(const struct pool *pool, int mine)
{
	int64_t turns = (int64_t)(mine + 1) * pool->ring;
	int ahead = turns < pool->waiting ? (int)turns : pool->waiting;
	int64_t since_us = pool->running > 0 ? timestamp_monotonic_us() - pool->progress_us : 0;
	int64_t late_us = since_us - pace_wait_us(&pool->pace, 1, 0);
	return pace_wait_us(&pool->pace, ahead, 0) + (late_us > 0 ? late_us : 0);
}

static void show(struct pool *pool)
{
	atomic_store_explicit(&pool->waiting_seen, pool->waiting, memory_order_relaxed);
	atomic_store_explicit(&pool->wait_us_seen, wait_us(pool, 0), memory_order_relaxed);
}

/* --- running --- */

static void pump(struct rpc_server *server);

static void on_work(uv_work_t *work)
{
	struct pool_job *job = work->data;
	int64_t since_us = timestamp_monotonic_us();
	job->run(job);
	job->took_us = timestamp_monotonic_us() - since_us;
}

static void on_done(uv_work_t *work, int status)
{
	struct pool_job *job = work->data;
	struct rpc_server *server = job->conn->server;
	anju_assert(status == 0); /* nobody cancels it */
	server->pool.running--;
	server->pool.progress_us = timestamp_monotonic_us();
	pace_learn(&server->pool.pace, 1, job->took_us / server->options.threads, 0);
	job->done(job);
	pump(server);
}

static void pump(struct rpc_server *server)
{
	struct pool *pool = &server->pool;
	while (pool->turn != NULL && pool->running < AHEAD * server->options.threads) {
		struct conn *conn = pool->turn;
		if (!conn_has_room(conn)) {
			ring_remove(pool, conn); /* until pool_wake() */
			continue;
		}
		struct pool_job *job = take(pool, conn);
		pool->turn = conn->reads.next;
		if (conn->reads.waiting == 0)
			ring_remove(pool, conn);
		if (pool->running++ == 0)
			pool->progress_us = timestamp_monotonic_us();
		int rc = uv_queue_work(server->options.loop, &job->work, on_work, on_done);
		anju_assert(rc == 0); /* it refuses only what has no work to do */
	}
	show(pool);
}

/* --- in and out --- */

anju_status pool_admit(struct conn *conn, anju_error *err)
{
	struct pool *pool = &conn->server->pool;
	const struct rpc_options *o = &conn->server->options;
	if (pool->waiting < LET_IN && pool->waiting < o->reads_limit)
		return ANJU_OK;
	int64_t us = wait_us(pool, conn->reads.waiting), limit_us = o->max_wait_ms * INT64_C(1000);
	/* one that has nothing waiting is let in: there are only so many connections */
	if ((pool->waiting < o->reads_limit || conn->reads.waiting == 0) && us <= limit_us)
		return ANJU_OK;
	atomic_fetch_add(&pool->busy, 1);
	int again_ms = pace_again_ms(&pool->pace, timestamp_monotonic_us(), us, limit_us);
	(void)anju_fail(err, ANJU_E_BUSY, "rpc.busy", "would wait %lld ms, come again in %d",
		(long long)(us / 1000), again_ms);
	anju_error_found(err, "%lld ms", (long long)(us / 1000));
	anju_error_allowed(err, "%d ms", o->max_wait_ms);
	anju_error_retry(err, again_ms);
	return ANJU_E_BUSY;
}

void pool_put(struct conn *conn, struct pool_job *job)
{
	struct pool_line *line = &conn->reads;
	job->conn = conn;
	job->work.data = job;
	job->next = NULL;
	if (line->head == NULL)
		line->tail = &line->head;
	*line->tail = job;
	line->tail = &job->next;
	line->waiting++;
	conn->server->pool.waiting++;
	if (!line->in_ring)
		ring_add(&conn->server->pool, conn);
	pump(conn->server);
}

void pool_wake(struct conn *conn)
{
	if (conn->reads.waiting == 0 || conn->reads.in_ring || !conn_has_room(conn))
		return;
	ring_add(&conn->server->pool, conn);
	pump(conn->server);
}

void pool_drop(struct conn *conn)
{
	ring_remove(&conn->server->pool, conn);
	while (conn->reads.waiting > 0) {
		struct pool_job *job = take(&conn->server->pool, conn);
		job->dropped(job);
	}
}
