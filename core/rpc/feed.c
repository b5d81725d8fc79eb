#include "rpc/feed.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/log.h"
#include "rpc/conn.h"
#include "rpc/entry.h"
#include "rpc/readers.h"
#include "rpc/reply.h"
#include "rpc/state.h"

#define PIECE_ENTRIES 256
#define RETRY_MS      500

struct subscription {
	struct subscription *next;
	int64_t id;
	int64_t after; /* sent so far */
	bool running;  /* a feed_job is on its way for it */
	struct principal who;
};

/* One piece being read. */
struct feed_job {
	struct pool_job job;
	struct rpc_server *server;
	struct conn *conn;
	int64_t sub; /* its id: the subscription may be gone meanwhile */
	int64_t after;
	int64_t upto; /* committed when the job was started */
	int count;
	struct principal who;
	struct store_reader *roles_reader; /* cases of entries, while the feed's rows are open */
	struct buf out;
	anju_status status;
	anju_error err;
};

static struct subscription **find(struct conn *conn, int64_t id)
{
	struct subscription **at = &conn->subs;
	while (*at != NULL && (*at)->id != id)
		at = &(*at)->next;
	return at;
}

/* --- in the pool --- */

static bool add_entry(void *ctx, const struct store_entry *row)
{
	struct feed_job *job = ctx;
	struct buf *out = &job->out;
	buf_adds(out, "{\"jsonrpc\":\"2.0\",\"method\":\"feed.entry\",\"params\":{");
	out_int(out, "subscription", job->sub);
	out_int(out, "seq", row->seq);
	struct entry_view view = {
		.server = job->server, .reader = job->roles_reader, .who = &job->who};
	job->status = entry_write(&view, row, out, &job->err);
	buf_adds(out, "}}\n");
	job->after = row->seq;
	job->count++;
	return job->status == ANJU_OK && !out->failed;
}

static void feed_run(struct pool_job *work)
{
	struct feed_job *job = (struct feed_job *)work;
	struct readers *pool = job->server->readers;
	struct store_reader *reader = NULL;
	job->status = readers_take(pool, &reader, &job->err);
	if (job->status != ANJU_OK)
		return;
	job->status = readers_take(pool, &job->roles_reader, &job->err);
	if (job->status == ANJU_OK) {
		anju_status st = store_read_feed(
			reader, job->after, PIECE_ENTRIES, add_entry, job, &job->err);
		if (job->status == ANJU_OK)
			job->status = st;
	}
	if (job->status == ANJU_OK && job->out.failed)
		job->status = anju_fail_nomem(&job->err);
	readers_give(pool, job->roles_reader);
	readers_give(pool, reader);
}

/* --- on the loop --- */

static void on_retry(uv_timer_t *timer)
{
	feed_pump_all(timer->data);
}

/* The piece is thrown away whole, so nothing is skipped; try again soon. */
static void handle_failure(struct feed_job *job)
{
	struct rpc_server *server = job->server;
	log_error("rpc", "feed_failed", &job->err);
	if (!server->closing)
		(void)uv_timer_start(&server->timer, on_retry, RETRY_MS, 0);
}

static void take_piece(struct conn *conn, struct subscription *sub, struct feed_job *job)
{
	sub->after = job->after;
	/* A short piece has seen all there was, also when the last seq is no row of its own. */
	if (job->count < PIECE_ENTRIES && sub->after < job->upto)
		sub->after = job->upto;
	if (job->out.len == 0)
		return;
	/* The lines end themselves; the last newline is conn_line_done()'s. */
	buf_add(conn_out(conn), job->out.data, job->out.len - 1);
	conn_line_done(conn);
}

static void feed_dropped(struct pool_job *work)
{
	work->conn->jobs--;
	free(work);
}

static void feed_done(struct pool_job *work)
{
	struct feed_job *job = (struct feed_job *)work;
	struct conn *conn = job->conn;
	struct rpc_server *server = job->server;
	struct subscription *sub = *find(conn, job->sub);
	conn->jobs--;
	if (sub != NULL) {
		sub->running = false;
		if (job->status != ANJU_OK) {
			handle_failure(job);
		} else {
			take_piece(conn, sub, job);
			feed_pump(conn);
		}
	}
	buf_done(&job->out);
	free(job);
	conn_flush_dirty(server);
	if (conn->state == CONN_CLOSING)
		conn_tick(conn);
}

static void start(struct conn *conn, struct subscription *sub)
{
	struct feed_job *job = calloc(1, sizeof *job);
	if (job == NULL)
		return; /* the next commit tries again */
	job->server = conn->server;
	job->conn = conn;
	job->sub = sub->id;
	job->after = sub->after;
	job->upto = conn->server->last_seq;
	job->who = sub->who;
	job->job.run = feed_run;
	job->job.done = feed_done;
	job->job.dropped = feed_dropped;
	sub->running = true;
	conn->jobs++;
	pool_put(conn, &job->job);
}

void feed_pump(struct conn *conn)
{
	if (conn->state != CONN_READING && conn->state != CONN_PAUSED)
		return;
	for (struct subscription *sub = conn->subs; sub != NULL; sub = sub->next) {
		bool room = conn_waiting(conn) <= conn->server->options.out_limit / 2;
		if (!sub->running && room && sub->after < conn->server->last_seq)
			start(conn, sub);
	}
}

void feed_pump_all(struct rpc_server *server)
{
	for (struct conn *conn = server->conns; conn != NULL; conn = conn->next) {
		if (conn->subs != NULL)
			feed_pump(conn);
	}
}

anju_status feed_subscribe(struct conn *conn, int64_t after, const struct principal *who,
	int64_t *ret_id, anju_error *err)
{
	if (conn->subs_len >= FEED_SUBSCRIPTIONS_MAX) {
		(void)anju_fail(err, ANJU_E_LIMIT, "rpc.subscriptions", "too many subscriptions");
		anju_error_allowed(err, "%d", FEED_SUBSCRIPTIONS_MAX);
		return ANJU_E_LIMIT;
	}
	struct subscription *sub = calloc(1, sizeof *sub);
	if (sub == NULL)
		return anju_fail_nomem(err);
	sub->id = ++conn->next_sub;
	sub->after = after >= 0 ? after : conn->server->last_seq;
	sub->who = *who;
	sub->next = conn->subs;
	conn->subs = sub;
	conn->subs_len++;
	atomic_fetch_add(&conn->server->subscriptions, 1);
	*ret_id = sub->id;
	feed_pump(conn); /* its lines come after the answer: they are added by a later callback */
	return ANJU_OK;
}

static void remove_at(struct conn *conn, struct subscription **at)
{
	struct subscription *sub = *at;
	*at = sub->next;
	free(sub);
	conn->subs_len--;
	atomic_fetch_sub(&conn->server->subscriptions, 1);
}

anju_status feed_unsubscribe(struct conn *conn, int64_t id, anju_error *err)
{
	struct subscription **at = find(conn, id);
	if (*at == NULL) {
		(void)anju_fail(err, ANJU_E_NOTFOUND, "rpc.subscription", "no such subscription");
		anju_error_found(err, "%lld", (long long)id);
		return ANJU_E_NOTFOUND;
	}
	remove_at(conn, at);
	return ANJU_OK;
}

void feed_drop(struct conn *conn)
{
	while (conn->subs != NULL)
		remove_at(conn, &conn->subs);
}
