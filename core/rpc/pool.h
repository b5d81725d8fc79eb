/**
 * Work for libuv's pool, held back until a thread is nearly free. Each connection has a queue of its own and they take
 * turns, so that one with many reads does not hold up another with one. What a peer does not take the answers of waits.
 * Loop thread, but for `run`.
 */
#ifndef CORE_RPC_POOL_H
#define CORE_RPC_POOL_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "anju/error.h"
#include "base/pace.h"

struct conn;
struct rpc_server;

/** Embedded first in the job's own struct. */
struct pool_job {
	uv_work_t work;
	struct pool_job *next;
	struct conn *conn;
	int64_t took_us;
	void (*run)(struct pool_job *job); /* in the pool */
	void (*done)(
		struct pool_job *job); /* on the loop; frees the job, may free the connection */
	void (*dropped)(struct pool_job
			*job); /* in place of both, when the connection ends; may not free it */
};

/** A connection's part. */
struct pool_line {
	struct pool_job *head, **tail;
	int waiting;
	bool in_ring;
	struct conn *prev, *next; /* the ring */
};

/** The server's part; all zero to begin with. */
struct pool {
	struct conn *
		turn; /* whose turn it is, in the ring of connections with work that may go; or NULL */
	int ring;
	int waiting, running;
	int64_t progress_us; /* monotonic: when one was done last, or the first was begun */
	struct pace pace;

	/* Counted on the loop, read anywhere. */
	_Atomic int64_t busy; /* reads refused */
	_Atomic int waiting_seen;
	_Atomic int64_t wait_us_seen; /* of one that came on a connection of its own */
};

/** May another read of `conn` come? ANJU_E_BUSY "rpc.busy" when too many wait, or it would wait too long. */
ANJU_MUST_CHECK anju_status pool_admit(struct conn *conn, anju_error *err);
/** conn, run, done and dropped are set; from here on it is the pool's until one of the latter is called. */
void pool_put(struct conn *conn, struct pool_job *job);
/** There may be room again for the answers of `conn`. */
void pool_wake(struct conn *conn);
/** The connection ends: what waits is dropped. */
void pool_drop(struct conn *conn);

#endif
