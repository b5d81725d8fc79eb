/*~ The edge. What comes over the socket becomes a struct command or a read job here, and what comes back
 * becomes a line of JSON. The parts, in the order in which a request meets them:
 *
 *   server.c   listening, the hand-over from the engine thread, the end of it all
 *   conn.c     one connection: lines out of bytes, limits, back-pressure
 *   request.c  the JSON-RPC envelope, batches, dispatch to one of three kinds of method
 *   method.c   the table: names, parameters and their checks; methods_*.c are its rows
 *   reply.c    results and errors as text
 *   feed.c     subscriptions to committed entries
 *
 * Two rules keep the loop quick. A read never runs on it: it goes to libuv's pool with a reader of its own.
 * And nothing is built that nobody reads: a write's answer is the engine's text, spliced in between an id
 * and a brace. Read on in conn.h. */
#include "rpc/server.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "base/messages.h"
#include "base/timestamp.h"
#include "rpc/feed.h"
#include "rpc/method.h"
#include "rpc/request.h"
#include "rpc/state.h"

#define BACKLOG 1024

static anju_status fail_uv(anju_error *err, int code, const char *what)
{
	(void)anju_fail(err, ANJU_E_IO, "sys.failed", "%s: %s", what, uv_strerror(code));
	anju_error_found(err, "@say.failed|%s|@say.calling|%s", message_errno(-code), what);
	if (err != NULL) {
		err->origin = ANJU_ORIGIN_UV;
		err->cause = code;
	}
	return ANJU_E_IO;
}

/* --- the socket file --- */

static bool somebody_answers(const struct sockaddr_un *addr)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return false;
	int rc = connect(fd, (const struct sockaddr *)addr, sizeof *addr);
	/* EAGAIN: a full backlog, so there is a listener. */
	bool answers = rc == 0 || errno == EAGAIN;
	(void)close(fd);
	return answers;
}

static anju_status clear_path(const struct sockaddr_un *addr, anju_error *err)
{
	struct stat st;
	if (lstat(addr->sun_path, &st) != 0)
		return errno == ENOENT
			       ? ANJU_OK
			       : anju_fail_errno(err, errno, "@say.looking_at|%s", addr->sun_path);
	if (!S_ISSOCK(st.st_mode)) {
		(void)anju_fail(
			err, ANJU_E_INVALID, "rpc.socket_path", "%s is no socket", addr->sun_path);
		anju_error_found(err, "%s", addr->sun_path);
		anju_error_allowed(err, "@say.a_socket");
		return ANJU_E_INVALID;
	}
	if (somebody_answers(addr)) {
		(void)anju_fail(
			err, ANJU_E_BUSY, "rpc.socket_in_use", "%s is in use", addr->sun_path);
		anju_error_found(err, "%s", addr->sun_path);
		return ANJU_E_BUSY;
	}
	if (unlink(addr->sun_path) != 0)
		return anju_fail_errno(err, errno, "@say.removing|%s", addr->sun_path);
	return ANJU_OK;
}

anju_status rpc_socket_bind(const char *path, int *ret_fd, anju_error *err)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	if (path[0] == '\0' || strlen(path) >= sizeof addr.sun_path) {
		(void)anju_fail(err, ANJU_E_INVALID, "rpc.socket_path", "socket path unusable");
		anju_error_found(err, "%s", path);
		anju_error_allowed(err, "@say.bytes|1 – %zu", sizeof addr.sun_path - 1);
		return ANJU_E_INVALID;
	}
	memcpy(addr.sun_path, path, strlen(path) + 1);
	anju_status st = clear_path(&addr, err);
	if (st != ANJU_OK)
		return st;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return anju_fail_errno(err, errno, "@say.calling|socket");
	/* The daemon's umask lets nobody in between bind and chmod. */
	if (bind(fd, (struct sockaddr *)&addr, sizeof addr) != 0 || chmod(path, 0660) != 0) {
		st = anju_fail_errno(err, errno, "@say.binding|%s", path);
		(void)close(fd);
		return st;
	}
	*ret_fd = fd;
	return ANJU_OK;
}

/* --- the hand-over --- */

void rpc_server_finished(struct rpc_server *server, struct command *list, int64_t last_seq)
{
	struct command *last = list;
	while (last != NULL && last->next != NULL)
		last = last->next;
	pthread_mutex_lock(&server->lock);
	bool news = list != NULL || last_seq > server->done_seq;
	if (list != NULL) {
		*server->done_tail = list;
		server->done_tail = &last->next;
	}
	if (last_seq > server->done_seq)
		server->done_seq = last_seq;
	pthread_mutex_unlock(&server->lock);
	if (news)
		(void)uv_async_send(&server->wake);
}

static void take_finished(struct rpc_server *server)
{
	pthread_mutex_lock(&server->lock);
	struct command *list = server->done_head;
	server->done_head = NULL;
	server->done_tail = &server->done_head;
	int64_t seq = server->done_seq;
	pthread_mutex_unlock(&server->lock);
	request_finished(server, list);
	if (seq > server->last_seq) {
		server->last_seq = seq;
		feed_pump_all(server);
	}
}

static void on_wake(uv_async_t *wake)
{
	take_finished(wake->data);
}

/* --- life --- */

static void default_limits(struct rpc_options *o)
{
	o->connection_limit = o->connection_limit > 0 ? o->connection_limit : 1024;
	o->in_flight_limit = o->in_flight_limit > 0 ? o->in_flight_limit : 64;
	o->batch_limit = o->batch_limit > 0 ? o->batch_limit : 100;
	o->line_limit = o->line_limit > 0 ? o->line_limit : (size_t)1 << 20;
	o->out_limit = o->out_limit > 0 ? o->out_limit : (size_t)8 << 20;
	o->buffer_limit = o->buffer_limit > 0 ? o->buffer_limit : (size_t)64 << 20;
	o->reads_limit = o->reads_limit > 0 ? o->reads_limit : 1024;
	o->max_wait_ms = o->max_wait_ms > 0 ? o->max_wait_ms : 500;
	o->threads = o->threads > 0 ? o->threads : 4;
	o->line_s = o->line_s > 0 ? o->line_s : 60;
	o->stall_s = o->stall_s > 0 ? o->stall_s : 300;
}

static anju_status init_handles(struct rpc_server *server, anju_error *err)
{
	int rc = uv_async_init(server->options.loop, &server->wake, on_wake);
	if (rc != 0)
		return fail_uv(err, rc, "uv_async_init");
	server->wake.data = server;
	server->handles++;
	(void)uv_timer_init(server->options.loop, &server->timer); /* cannot fail */
	server->timer.data = server;
	server->handles++;
	(void)uv_timer_init(server->options.loop, &server->watch);
	server->watch.data = server;
	server->handles++;
	rc = uv_pipe_init(server->options.loop, &server->listener, 0);
	if (rc != 0)
		return fail_uv(err, rc, "uv_pipe_init");
	server->listener.data = server;
	server->handles++;
	return ANJU_OK;
}

anju_status rpc_server_new(
	const struct rpc_options *options, struct rpc_server **ret, anju_error *err)
{
	ANJU_AUTO(rpc_server) server = calloc(1, sizeof *server);
	if (server == NULL)
		return anju_fail_nomem(err);
	pthread_mutex_init(&server->lock, NULL);
	server->done_tail = &server->done_head;
	server->options = *options;
	server->options.folder = strdup(options->folder);
	server->options.version = strdup(options->version);
	server->readers = readers_new(options->folder);
	server->chunk = malloc(RPC_CHUNK_BYTES);
	if (server->options.folder == NULL || server->options.version == NULL ||
		server->readers == NULL || server->chunk == NULL)
		return anju_fail_nomem(err);
	default_limits(&server->options);
	server->org = options->packs != NULL ? pack_set_org(options->packs) : NULL;
	server->last_seq = server->done_seq = options->last_seq;
	server->started_ms = timestamp_now();
	server->started_ns = uv_hrtime();
	method_index_build();
	anju_status st = init_handles(server, err);
	if (st != ANJU_OK)
		return st;
	*ret = ANJU_TAKE(server);
	return ANJU_OK;
}

static void on_connection(uv_stream_t *listener, int status)
{
	if (status == 0)
		conn_accept(listener->data);
	else
		log_line(LOG_WARN_, "rpc", "accept_failed", "why=%s", uv_err_name(status));
}

void rpc_server_set_imports(struct rpc_server *server, struct imports *imports)
{
	server->imports = imports;
}

void rpc_server_set_movings(struct rpc_server *server, struct movings *movings)
{
	server->movings = movings;
}

void rpc_server_set_recounts(struct rpc_server *server, struct recounts *recounts)
{
	server->recounts = recounts;
}

void rpc_server_set_channels(
	struct rpc_server *server, void (*write)(void *ctx, struct buf *out), void *ctx)
{
	server->write_channels = write;
	server->channels_ctx = ctx;
}

void rpc_write_channels(const struct rpc_server *server, struct buf *out)
{
	if (server->write_channels != NULL)
		server->write_channels(server->channels_ctx, out);
	else
		buf_adds(out, "[]");
}

anju_status rpc_server_listen(
	struct rpc_server *server, struct engine *engine, int fd, anju_error *err)
{
	server->engine = engine;
	int rc = uv_pipe_open(&server->listener, fd);
	if (rc != 0) {
		(void)close(fd);
		return fail_uv(err, rc, "uv_pipe_open");
	}
	rc = uv_listen((uv_stream_t *)&server->listener, BACKLOG, on_connection);
	if (rc != 0)
		return fail_uv(err, rc, "uv_listen");
	server->listening = true;
	return ANJU_OK;
}

static void finish_closing(struct rpc_server *server)
{
	if (!server->closing || server->conns != NULL || server->handles > 0)
		return;
	void (*closed)(void *) = server->closed;
	server->closed = NULL;
	if (closed != NULL)
		closed(server->closed_data);
}

static void on_handle_closed(uv_handle_t *handle)
{
	struct rpc_server *server = handle->data;
	server->handles--;
	finish_closing(server);
}

static void close_handle(uv_handle_t *handle)
{
	if (!uv_is_closing(handle))
		uv_close(handle, on_handle_closed);
}

void server_conn_gone(struct rpc_server *server)
{
	if (!server->closing || server->conns != NULL)
		return;
	close_handle((uv_handle_t *)&server->wake);
	close_handle((uv_handle_t *)&server->timer);
	close_handle((uv_handle_t *)&server->watch);
}

void rpc_server_stop(struct rpc_server *server)
{
	if (server->stopping)
		return;
	server->stopping = true;
	close_handle((uv_handle_t *)&server->listener);
	for (struct conn *conn = server->conns, *next; conn != NULL; conn = next) {
		next = conn->next;
		conn_end(conn);
		conn_tick(conn);
	}
}

static void on_grace_over(uv_timer_t *timer)
{
	struct rpc_server *server = timer->data;
	for (struct conn *conn = server->conns; conn != NULL; conn = conn->next)
		conn_abort(conn);
}

void rpc_server_close(
	struct rpc_server *server, unsigned grace_ms, void (*closed)(void *data), void *data)
{
	rpc_server_stop(server);
	take_finished(server);
	server->closed = closed;
	server->closed_data = data;
	server->closing = true;
	(void)uv_timer_stop(&server->timer);
	(void)uv_timer_start(&server->timer, on_grace_over, grace_ms, 0);
	server_conn_gone(server);
}

void rpc_server_free(struct rpc_server *server)
{
	if (server == NULL)
		return;
	anju_assert(server->conns == NULL);
	request_pool_free(server);
	for (struct command *cmd = server->done_head, *next; cmd != NULL; cmd = next) {
		next = cmd->next;
		command_free(cmd);
	}
	conn_spare_free(server);
	readers_free(server->readers);
	pthread_mutex_destroy(&server->lock);
	free((char *)server->options.folder);
	free((char *)server->options.version);
	free(server->discover);
	free(server->chunk);
	free(server);
}
