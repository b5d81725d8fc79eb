/**
 * One connection: bytes in, lines out of them, answers back. Loop thread only.
 *
 *            in-flight or out limit reached
 *   READING ────────────────────────────────► PAUSED
 *      │    ◄────────────────────────────────   │     waits in READING: bytes
 *      │          room again                    │     waits in PAUSED: commands, readers, the peer
 *      │ end of input, or the server stops      │
 *      └──────────────► ENDING ◄────────────────┘     waits in ENDING: open answers
 *                         │ nothing open, all written
 *                         ▼
 *                      CLOSING   (from any state on a failed read or write, and when the peer takes too
 *                                 long over a line or over what waits for it)
 */
#ifndef CORE_RPC_CONN_H
#define CORE_RPC_CONN_H

#include <stdbool.h>
#include <sys/types.h>
#include <uv.h>

#include "base/buf.h"
#include "org/org.h"
#include "rpc/pool.h"

struct rpc_server;
struct subscription;

enum conn_state { CONN_READING, CONN_PAUSED, CONN_ENDING, CONN_CLOSING };

struct conn {
	struct rpc_server *server;
	struct conn *prev, *next; /* server->conns */
	struct conn *dirty_next;  /* server->dirty */
	bool dirty;
	uv_pipe_t pipe;
	bool closed; /* the close callback has run */
	enum conn_state state;
	uid_t uid;

	/* Bytes that are no whole line yet, or wait because the connection is paused. */
	struct buf in;
	size_t in_at;     /* consumed so far */
	size_t scanned;   /* bytes after in_at known to hold no newline */
	bool skipping;    /* inside a line that was too long */
	uint64_t line_ms; /* since when there is a line without an end; 0 = there is none */

	/* Answers. `out` grows while `writing` is with libuv. */
	struct buf out, writing;
	bool write_active;
	uv_write_t write;
	uint64_t taken_ms; /* when the peer last took something of `writing` */
	size_t left_seen;  /* and what was left of it then */

	int in_flight;             /* requests without an answer yet */
	size_t work_bytes;         /* what they take, about */
	size_t held;               /* what this connection has in server->held */
	struct pool_line reads;    /* its work for the pool */
	int jobs;                  /* feed pieces on their way for this connection */
	struct subscription *subs; /* owned; list */
	int subs_len;
	int64_t next_sub;

	/* The last principal asked for, because nearly every request of a connection has the same. */
	char as[160];
	bool as_known, as_given;
	struct principal who;
};

/** Accept from the listener; answers and closes when there are too many. */
void conn_accept(struct rpc_server *server);
/** Look at the state and do what is due: pause, resume, close, free. May free `conn`. */
void conn_tick(struct conn *conn);
/** Read no more; close when everything is answered. */
void conn_end(struct conn *conn);
/** Close without waiting for anything. */
void conn_abort(struct conn *conn);
/** End of an answer line: newline, and to be flushed when the callback ends. */
void conn_line_done(struct conn *conn);
/** Bytes that the peer has not taken yet. */
size_t conn_waiting(const struct conn *conn);
/** Has the peer taken enough of its answers to get more? */
bool conn_has_room(const struct conn *conn);
/** Where answers go. */
struct buf *conn_out(struct conn *conn);
/** A request comes into work (`bytes` as it was read), or is over. */
void conn_work_begin(struct conn *conn, size_t bytes);
void conn_work_end(struct conn *conn, size_t bytes);
/** Free the buffers kept for connections to come. */
void conn_spare_free(struct rpc_server *server);
/** Write what the callbacks of this turn have put into `out`. */
void conn_flush_dirty(struct rpc_server *server);

#endif
