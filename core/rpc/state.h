/** The server's own state, shared by the files of this part. */
#ifndef CORE_RPC_STATE_H
#define CORE_RPC_STATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <uv.h>

#include "rpc/conn.h"
#include "rpc/pool.h"
#include "rpc/readers.h"
#include "rpc/server.h"

#define RPC_CHUNK_BYTES 65536
#define RPC_SPARE_BUFS  64

struct request;

struct rpc_server {
	/* Fixed once listening: any thread. */
	struct rpc_options options;                         /* limits filled in; texts owned */
	struct engine *engine;                              /* borrowed */
	struct imports *imports;                            /* borrowed; NULL = not offered */
	struct movings *movings;                            /* borrowed; NULL = not offered */
	struct recounts *recounts;                          /* borrowed; NULL = not offered */
	void (*write_channels)(void *ctx, struct buf *out); /* NULL = there are none */
	void *channels_ctx;
	const struct org *org;   /* borrowed: packs */
	struct readers *readers; /* owned */
	int64_t started_ms;      /* wall clock */
	uint64_t started_ns;     /* monotonic */

	/* Loop thread. */
	uv_pipe_t listener;
	uv_async_t wake;
	uv_timer_t timer; /* feed retry; the grace period once closing */
	uv_timer_t watch; /* looks after connections that something is expected of */
	bool listening, stopping, closing;
	int handles; /* listener, wake, the timers still open */
	struct conn *conns;
	struct conn *dirty;
	struct request *spare; /* free list */
	int spare_len;
	struct buf spare_bufs
		[RPC_SPARE_BUFS]; /* owned; empty ones, for whoever reads or writes next */
	int spare_bufs_len;
	struct pool pool;
	int64_t last_seq;
	char *discover; /* text of rpc.discover, made when first asked for */
	size_t discover_len;
	char *chunk; /* what one read fills; RPC_CHUNK_BYTES */
	void (*closed)(void *data);
	void *closed_data;

	/* Counted on the loop, read anywhere. */
	_Atomic int connections, subscriptions;
	_Atomic size_t held; /* bytes of buffers and of requests in work, of all connections */

	/* Handed over by the engine thread. */
	pthread_mutex_t lock;
	struct command *done_head, **done_tail;
	int64_t done_seq;
};

/** How the channels are: a JSON array. Any thread. */
void rpc_write_channels(const struct rpc_server *server, struct buf *out);
/** A connection is gone; go on closing if that was the last. */
void server_conn_gone(struct rpc_server *server);

#endif
