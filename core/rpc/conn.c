#include "rpc/conn.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/error.h"
#include "base/log.h"
#include "engine/engine.h"
#include "rpc/feed.h"
#include "rpc/reply.h"
#include "rpc/request.h"
#include "rpc/state.h"

/* An idle connection has no buffers: empty ones go to the next that needs one, if they are no greater than this. */
#define SPARE_BYTES ((size_t)32 * 1024)
/* Held-back lines are moved to the front of their buffer when so much before them is used up. */
#define MOVE_BYTES ((size_t)128 * 1024)
/* What any connection may hold, however full the others' buffers are. */
#define SHARE_BYTES ((size_t)64 * 1024)
/* Beside its text, a request in work takes about this. */
#define REQUEST_BYTES ((size_t)3072)
/* While the engine is pressed, a connection gets no more in work than this: those with few go on as before. */
#define MODEST   8
#define WATCH_MS 1000

/* Where a state may go. */
static const struct {
	const char *name;
	unsigned next; /* bits of enum conn_state */
} states[] = {
	[CONN_READING] = {"reading", 1u << CONN_PAUSED | 1u << CONN_ENDING | 1u << CONN_CLOSING},
	[CONN_PAUSED] = {"paused", 1u << CONN_READING | 1u << CONN_ENDING | 1u << CONN_CLOSING},
	[CONN_ENDING] = {"ending", 1u << CONN_CLOSING},
	[CONN_CLOSING] = {"closing", 0},
};

static void conn_move(struct conn *conn, enum conn_state to)
{
	anju_assert((states[conn->state].next & 1u << to) != 0);
	conn->state = to;
}

size_t conn_waiting(const struct conn *conn)
{
	size_t left = conn->write_active
			      ? uv_stream_get_write_queue_size((const uv_stream_t *)&conn->pipe)
			      : 0;
	return conn->out.len + left;
}

/* --- what it may hold --- */

/* What all hold together is bounded: a connection may have a part of what is left, so that those who take much of it,
 * however many they are, leave something for the others. */
static size_t fair_bytes(const struct rpc_server *server)
{
	size_t held = atomic_load_explicit(&server->held, memory_order_relaxed);
	size_t most = server->options.buffer_limit;
	size_t part = held < most ? (most - held) / 4 : 0;
	return part > SHARE_BYTES ? part : SHARE_BYTES;
}

static size_t out_bytes(const struct conn *conn)
{
	size_t fair = fair_bytes(conn->server), limit = conn->server->options.out_limit;
	return fair < limit ? fair : limit;
}

bool conn_has_room(const struct conn *conn)
{
	return conn_waiting(conn) <= out_bytes(conn);
}

static int in_flight_limit(const struct rpc_server *server)
{
	int limit = server->options.in_flight_limit;
	bool modest = limit > MODEST && server->engine != NULL && engine_pressed(server->engine);
	return modest ? MODEST : limit;
}

static bool is_full(const struct conn *conn)
{
	if (conn->in_flight >= in_flight_limit(conn->server))
		return true;
	/* Once paused, wait until half of it is gone: no stop and go at the edge. */
	return conn_waiting(conn) > out_bytes(conn) / (conn->state == CONN_PAUSED ? 2 : 1);
}

/* It may get no more to hold. Lines that are there are taken all the same: that is how it comes to hold less. */
static bool is_heavy(const struct conn *conn)
{
	return conn->held > fair_bytes(conn->server);
}

static void hold(struct conn *conn, size_t bytes)
{
	struct rpc_server *server = conn->server;
	size_t all = atomic_load_explicit(&server->held, memory_order_relaxed);
	atomic_store_explicit(&server->held, all - conn->held + bytes, memory_order_relaxed);
	conn->held = bytes;
}

static void hold_again(struct conn *conn)
{
	hold(conn,
		conn->in.len - conn->in_at + conn->out.len + conn->writing.len + conn->work_bytes);
}

void conn_work_begin(struct conn *conn, size_t bytes)
{
	conn->in_flight++;
	conn->work_bytes += REQUEST_BYTES + bytes;
	hold(conn, conn->held + REQUEST_BYTES + bytes);
}

void conn_work_end(struct conn *conn, size_t bytes)
{
	conn->in_flight--;
	conn->work_bytes -= REQUEST_BYTES + bytes;
	hold(conn, conn->held - REQUEST_BYTES - bytes);
}

/* --- buffers go round --- */

static void borrow(struct rpc_server *server, struct buf *b)
{
	if (b->cap == 0 && server->spare_bufs_len > 0)
		*b = server->spare_bufs[--server->spare_bufs_len];
}

static void give_back(struct rpc_server *server, struct buf *b)
{
	if (b->cap == 0 || b->cap > SPARE_BYTES || server->spare_bufs_len == RPC_SPARE_BUFS) {
		buf_done(b);
	} else {
		buf_reset(b);
		server->spare_bufs[server->spare_bufs_len++] = *b;
	}
	*b = BUF_INIT;
}

void conn_spare_free(struct rpc_server *server)
{
	while (server->spare_bufs_len > 0)
		buf_done(&server->spare_bufs[--server->spare_bufs_len]);
}

struct buf *conn_out(struct conn *conn)
{
	borrow(conn->server, &conn->out);
	return &conn->out;
}

/* --- the end of it --- */

static void free_conn(struct conn *conn)
{
	struct rpc_server *server = conn->server;
	if (conn->prev != NULL)
		conn->prev->next = conn->next;
	else
		server->conns = conn->next;
	if (conn->next != NULL)
		conn->next->prev = conn->prev;
	give_back(server, &conn->in);
	give_back(server, &conn->out);
	give_back(server, &conn->writing);
	hold(conn, 0);
	free(conn);
	atomic_fetch_sub(&server->connections, 1);
	server_conn_gone(server);
}

static void free_if_unused(struct conn *conn)
{
	if (conn->closed && conn->in_flight == 0 && conn->jobs == 0 && !conn->dirty)
		free_conn(conn);
}

static void on_closed(uv_handle_t *handle)
{
	struct conn *conn = handle->data;
	conn->closed = true;
	free_if_unused(conn);
}

void conn_abort(struct conn *conn)
{
	if (conn->state == CONN_CLOSING)
		return;
	conn_move(conn, CONN_CLOSING);
	feed_drop(conn);
	pool_drop(conn);
	uv_close((uv_handle_t *)&conn->pipe, on_closed);
}

/* --- writing --- */

static void flush(struct conn *conn);

static void on_written(uv_write_t *req, int status)
{
	struct conn *conn = req->data;
	struct rpc_server *server = conn->server;
	conn->write_active = false;
	give_back(server, &conn->writing);
	if (status < 0)
		conn_abort(conn);
	flush(conn);
	conn_tick(conn);
	conn_flush_dirty(server);
}

static void write_rest(struct conn *conn, size_t written)
{
	conn->writing = conn->out;
	conn->out = BUF_INIT;
	conn->taken_ms = uv_now(conn->server->options.loop);
	conn->left_seen = conn->writing.len - written;
	uv_buf_t b =
		uv_buf_init(conn->writing.data + written, (unsigned)(conn->writing.len - written));
	conn->write.data = conn;
	conn->write_active = true;
	if (uv_write(&conn->write, (uv_stream_t *)&conn->pipe, &b, 1, on_written) != 0) {
		conn->write_active = false;
		conn_abort(conn);
	}
}

static void flush(struct conn *conn)
{
	if (conn->state == CONN_CLOSING || conn->write_active || conn->out.len == 0)
		return;
	if (conn->out.failed) { /* part of an answer is lost: nothing after it can be trusted */
		conn_abort(conn);
		return;
	}
	uv_buf_t b = uv_buf_init(conn->out.data, (unsigned)conn->out.len);
	int n = uv_try_write((uv_stream_t *)&conn->pipe, &b, 1);
	if (n < 0 && n != UV_EAGAIN)
		conn_abort(conn);
	else if (n == (int)conn->out.len)
		give_back(conn->server, &conn->out);
	else
		write_rest(conn, n > 0 ? (size_t)n : 0);
}

void conn_line_done(struct conn *conn)
{
	buf_addc(&conn->out, '\n');
	if (conn->dirty)
		return;
	conn->dirty = true;
	conn->dirty_next = conn->server->dirty;
	conn->server->dirty = conn;
}

void conn_flush_dirty(struct rpc_server *server)
{
	while (server->dirty != NULL) {
		struct conn *conn = server->dirty;
		server->dirty = conn->dirty_next;
		conn->dirty = false;
		flush(conn);
		conn_tick(conn);
	}
}

/* --- reading --- */

/* The end of the next line in [data, data+n), or NULL. */
static const char *find_end(const char *data, size_t n)
{
	return n > 0 ? memchr(data, '\n', n) : NULL;
}

static void take_line(struct conn *conn, const char *line, size_t n)
{
	conn->line_ms = 0;
	if (conn->skipping) { /* the tail of a line that has been answered already */
		conn->skipping = false;
		return;
	}
	if (n > conn->server->options.line_limit)
		request_line_too_long(conn, conn->server->options.line_limit);
	else
		request_line(conn, line, n);
}

/* Lines of `data` while there is room for more; returns the bytes used. */
static size_t take_lines(struct conn *conn, const char *data, size_t n, size_t scanned)
{
	size_t used = 0;
	while (conn->state != CONN_CLOSING && !is_full(conn)) {
		const char *end = find_end(data + used + scanned, n - used - scanned);
		if (end == NULL)
			break;
		size_t len = (size_t)(end - data) - used;
		take_line(conn, data + used, len);
		used += len + 1;
		scanned = 0;
	}
	return used;
}

/* What stays is one line without an end, or lines held back. Too long a line is answered now, and what
 * follows of it is thrown away as it comes. */
static void keep_rest(struct conn *conn, const char *data, size_t n)
{
	if (conn->skipping && find_end(data, n) == NULL)
		return;
	borrow(conn->server, &conn->in);
	buf_add(&conn->in, data, n);
}

static void check_too_long(struct conn *conn)
{
	size_t n = conn->in.len - conn->in_at;
	if (is_full(conn) || n <= conn->server->options.line_limit)
		return;
	if (!conn->skipping)
		request_line_too_long(conn, conn->server->options.line_limit);
	conn->skipping = true;
	conn->in_at = conn->in.len;
}

/* Work off what is in `in`. */
static void take_kept(struct conn *conn)
{
	struct buf *in = &conn->in;
	size_t n = in->len - conn->in_at;
	if (n == 0)
		return;
	size_t used = take_lines(conn, in->data + conn->in_at, n, conn->scanned);
	conn->in_at += used;
	/* When it stopped for want of an end of line, all the rest has been looked at. */
	if (!is_full(conn))
		conn->scanned = in->len - conn->in_at;
	else if (used > 0)
		conn->scanned = 0;
	check_too_long(conn);
	if (conn->in_at == in->len) {
		give_back(conn->server, in);
		conn->in_at = conn->scanned = 0;
	} else if (conn->in_at > MOVE_BYTES) {
		memmove(in->data, in->data + conn->in_at, in->len - conn->in_at);
		in->len -= conn->in_at;
		conn->in_at = 0;
	}
}

static void take_bytes(struct conn *conn, const char *data, size_t n)
{
	if (conn->in.len ==
		conn->in_at) { /* the usual case: whole lines, straight from the chunk */
		size_t used = take_lines(conn, data, n, 0);
		data += used;
		n -= used;
		if (n == 0)
			return;
		keep_rest(conn, data, n);
	} else {
		buf_add(&conn->in, data, n);
	}
	if (conn->in.failed) {
		conn_abort(conn);
		return;
	}
	take_kept(conn);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	struct conn *conn = handle->data;
	*buf = uv_buf_init(conn->server->chunk, RPC_CHUNK_BYTES);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct conn *conn = stream->data;
	struct rpc_server *server = conn->server;
	if (n == 0)
		return;
	if (n > 0) {
		take_bytes(conn, buf->base, (size_t)n);
	} else if (n == UV_EOF) {
		/* A last line may come without its newline. */
		struct buf *in = &conn->in;
		if (in->len > conn->in_at)
			take_line(conn, in->data + conn->in_at, in->len - conn->in_at);
		conn_end(conn);
	} else {
		conn_abort(conn);
	}
	conn_flush_dirty(server);
	/* Not reached through the dirty list when nothing was answered yet. `conn` may be closing, but its
	 * close callback comes later, so it is still there. */
	conn_tick(conn);
}

static void start_reading(struct conn *conn)
{
	if (uv_read_start((uv_stream_t *)&conn->pipe, on_alloc, on_read) != 0)
		conn_abort(conn);
}

void conn_end(struct conn *conn)
{
	if (conn->state == CONN_ENDING || conn->state == CONN_CLOSING)
		return;
	conn_move(conn, CONN_ENDING);
	feed_drop(conn);
	(void)uv_read_stop((uv_stream_t *)&conn->pipe);
	give_back(conn->server, &conn->in);
	conn->in_at = conn->scanned = 0;
	conn->line_ms = 0;
}

static bool has_lines(const struct conn *conn)
{
	return conn->in.len - conn->in_at > conn->scanned;
}

/* --- looking after those that keep us waiting --- */

static void note_line(struct conn *conn)
{
	bool begun = conn->skipping || (conn->in.len > conn->in_at && !has_lines(conn));
	/* who is not read from because of what is in work cannot end its line */
	bool held_up =
		conn->state != CONN_READING && (conn->in_flight > 0 || conn_waiting(conn) > 0);
	if (!begun || held_up)
		conn->line_ms = 0;
	else if (conn->line_ms == 0)
		conn->line_ms = uv_now(conn->server->options.loop);
}

static void drop(struct conn *conn, const char *why)
{
	log_line(LOG_INFO_, "rpc", "peer_dropped", "why=%s uid=%u waiting=%zu", why,
		(unsigned)conn->uid, conn_waiting(conn));
	conn_abort(conn);
}

static void end_slow_line(struct conn *conn)
{
	anju_error err;
	(void)anju_fail(&err, ANJU_E_LIMIT, "rpc.line_slow", "a line that does not end");
	anju_error_allowed(&err, "%d", conn->server->options.line_s);
	reply_error(conn_out(conn), "null", 4, RPC_INVALID_REQUEST, &err, NULL);
	conn_line_done(conn);
	conn_end(conn);
}

static bool is_late(const struct rpc_server *server, uint64_t since_ms, int limit_s)
{
	return uv_now(server->options.loop) - since_ms > (uint64_t)limit_s * 1000;
}

/* A peer may be slow; one that takes nothing at all holds memory for nobody. */
static void look_after(struct conn *conn)
{
	const struct rpc_server *server = conn->server;
	if (conn->write_active) {
		size_t left = uv_stream_get_write_queue_size((const uv_stream_t *)&conn->pipe);
		if (left != conn->left_seen)
			conn->taken_ms = uv_now(server->options.loop);
		conn->left_seen = left;
		if (is_late(server, conn->taken_ms, server->options.stall_s))
			drop(conn, "takes_nothing");
	}
	if (conn->line_ms != 0 && conn->state != CONN_CLOSING &&
		is_late(server, conn->line_ms, server->options.line_s))
		end_slow_line(conn);
}

static bool is_watched(const struct conn *conn)
{
	return conn->state != CONN_CLOSING &&
	       (conn->write_active || conn->line_ms != 0 || conn->state == CONN_PAUSED);
}

static void on_watch(uv_timer_t *timer)
{
	struct rpc_server *server = timer->data;
	bool any = false;
	for (struct conn *conn = server->conns, *next; conn != NULL; conn = next) {
		next = conn->next;
		if (!is_watched(conn))
			continue;
		any = true;
		look_after(conn);
		/* others may have left it room meanwhile; what is closing goes in its own callback */
		if (conn->state != CONN_CLOSING)
			conn_tick(conn);
	}
	if (!any)
		(void)uv_timer_stop(timer);
	conn_flush_dirty(server);
}

static void watch(struct conn *conn)
{
	struct rpc_server *server = conn->server;
	if (!is_watched(conn) || server->closing || uv_is_active((uv_handle_t *)&server->watch))
		return;
	int least_s = server->options.line_s < server->options.stall_s ? server->options.line_s
								       : server->options.stall_s;
	uint64_t ms = (uint64_t)least_s * 1000 / 4;
	if (ms > WATCH_MS)
		ms = WATCH_MS;
	(void)uv_timer_start(&server->watch, on_watch, ms, ms);
}

/* One move of the machine; true if another may follow. */
static bool step(struct conn *conn)
{
	switch (conn->state) {
	case CONN_READING:
		if (is_full(conn) || (is_heavy(conn) && !has_lines(conn))) {
			(void)uv_read_stop((uv_stream_t *)&conn->pipe);
			conn_move(conn, CONN_PAUSED);
			return false;
		}
		if (!has_lines(conn))
			return false;
		take_kept(conn);
		flush(conn);
		return true;
	case CONN_PAUSED:
		if (is_full(conn))
			return false;
		if (has_lines(conn)) {
			take_kept(conn);
			flush(conn);
			return true;
		}
		if (is_heavy(conn))
			return false;
		conn_move(conn, CONN_READING);
		start_reading(conn);
		return true;
	case CONN_ENDING:
		if (conn->in_flight == 0 && conn_waiting(conn) == 0)
			conn_abort(conn);
		return false;
	case CONN_CLOSING:
		break;
	}
	return false;
}

void conn_tick(struct conn *conn)
{
	while (step(conn))
		;
	note_line(conn);
	hold_again(conn);
	watch(conn);
	pool_wake(conn);
	if (conn->subs != NULL) /* there may be room again for what waits in the store */
		feed_pump(conn);
	if (conn->state == CONN_CLOSING)
		free_if_unused(conn);
}

/* --- accepting --- */

static uid_t peer_uid(const uv_pipe_t *pipe)
{
	uv_os_fd_t fd;
	struct ucred cred;
	socklen_t len = sizeof cred;
	if (uv_fileno((const uv_handle_t *)pipe, &fd) != 0 ||
		getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) != 0)
		return (uid_t)-1;
	return cred.uid;
}

static void refuse(struct conn *conn)
{
	anju_error err;
	(void)anju_fail(&err, ANJU_E_BUSY, "rpc.connections", "too many connections");
	anju_error_allowed(&err, "%d", conn->server->options.connection_limit);
	reply_error(conn_out(conn), "null", 4, 0, &err, NULL);
	conn_line_done(conn);
	conn_end(conn);
	conn_flush_dirty(conn->server);
}

void conn_accept(struct rpc_server *server)
{
	struct conn *conn = calloc(1, sizeof *conn);
	if (conn == NULL || uv_pipe_init(server->options.loop, &conn->pipe, 0) != 0) {
		free(conn); /* the peer waits in the backlog */
		return;
	}
	conn->server = server;
	conn->pipe.data = conn;
	conn->next = server->conns;
	if (conn->next != NULL)
		conn->next->prev = conn;
	server->conns = conn;
	int n = atomic_fetch_add(&server->connections, 1) + 1;
	if (uv_accept((uv_stream_t *)&server->listener, (uv_stream_t *)&conn->pipe) != 0) {
		conn_abort(conn);
		return;
	}
	conn->uid = peer_uid(&conn->pipe);
	if (n > server->options.connection_limit)
		refuse(conn);
	else
		start_reading(conn);
}
