/**
 * The socket of the daemon: JSON-RPC 2.0, one object a line, over a Unix stream socket.
 *
 * All of it runs on the loop thread but two things: read methods, which run in libuv's thread pool on a
 * reader of their own, and rpc_server_finished(), which the engine thread calls.
 */
#ifndef CORE_RPC_SERVER_H
#define CORE_RPC_SERVER_H

#include <uv.h>

#include "anju/error.h"
#include "base/cleanup.h"
#include "engine/engine.h"
#include "org/org.h"
#include "pack/pack.h"
#include "plugin/plugin.h"

struct imports;
struct movings;
struct recounts;
struct rpc_server;
struct shelf;

struct rpc_options {
	uv_loop_t *loop; /* borrowed, like all below */
	struct pack_set *packs;
	struct shelf *shelf;        /* of them; NULL: older definitions are not looked at */
	struct plugin_set *plugins; /* may be NULL */
	const struct grants *grants;
	const char *folder; /* data folder: readers open it */
	const char *version;
	int64_t last_seq;     /* feed position at start */
	int connection_limit; /* 0 = 1,024 */
	int in_flight_limit;  /* requests of one connection being worked on; 0 = 64 */
	int batch_limit;      /* requests in one array; 0 = 100 */
	size_t line_limit;    /* bytes of a line; 0 = 1 MiB */
	size_t out_limit;     /* bytes waiting for a slow reader; 0 = 8 MiB */
	size_t buffer_limit; /* bytes of all connections: lines, requests in work, answers; 0 = 64 MiB */
	int reads_limit; /* reads waiting for the pool; 0 = 1,024 */
	int max_wait_ms; /* a read that would wait longer is refused; 0 = 500 */
	int threads;     /* of the pool; 0 = 4 */
	int line_s;      /* a line must be whole by then; 0 = 60 */
	int stall_s;     /* who takes nothing of what waits for so long is dropped; 0 = 300 */
};

/** Everything but the listening socket. The texts of `options` are copied. ANJU_E_NOMEM, ANJU_E_IO. */
ANJU_MUST_CHECK anju_status rpc_server_new(
	const struct rpc_options *options, struct rpc_server **ret, anju_error *err);

/**
 * Accept connections on `fd`, a listening Unix stream socket, which becomes the server's (also when
 * this fails). `engine` takes the writes and is borrowed until rpc_server_close() has called back.
 */
ANJU_MUST_CHECK anju_status rpc_server_listen(
	struct rpc_server *server, struct engine *engine, int fd, anju_error *err);

/** Offer import.* through `imports`, borrowed until rpc_server_close() has called back. Before listening. */
void rpc_server_set_imports(struct rpc_server *server, struct imports *imports);

/** Offer migration.* likewise. */
void rpc_server_set_movings(struct rpc_server *server, struct movings *movings);

/** How the channels are, as a JSON array: appended by `write`, from any thread. Before listening. */
void rpc_server_set_channels(
	struct rpc_server *server, void (*write)(void *ctx, struct buf *out), void *ctx);

/** Offer calendar.load and deadline.recompute likewise. */
void rpc_server_set_recounts(struct rpc_server *server, struct recounts *recounts);

/**
 * Take finished commands (the list becomes the server's; may be NULL) and the feed position reached.
 * Thread: engine. Wakes the loop once, however long the list is.
 */
void rpc_server_finished(struct rpc_server *server, struct command *list, int64_t last_seq);

/** Accept and read no more; what has been asked is still answered. */
void rpc_server_stop(struct rpc_server *server);

/**
 * After rpc_server_stop() and once the engine has drained: flush what is left, wait for readers, close all
 * connections, but no longer than `grace_ms`; then call `closed`, once, from the loop.
 */
void rpc_server_close(
	struct rpc_server *server, unsigned grace_ms, void (*closed)(void *data), void *data);

/** Only after `closed` was called, or when never listening and the loop has run out. */
void rpc_server_free(struct rpc_server *server);
ANJU_DEFINE_AUTO(rpc_server)

/**
 * Make a listening socket at `path`, mode 0660. A socket file that nobody answers on is replaced.
 * ANJU_E_BUSY "rpc.socket_in_use" when somebody does; ANJU_E_INVALID "rpc.socket_path" when too long or
 * something else stands there; ANJU_E_IO.
 */
ANJU_MUST_CHECK anju_status rpc_socket_bind(const char *path, int *ret_fd, anju_error *err);

#endif
