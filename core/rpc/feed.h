/**
 * feed.subscribe: committed entries in order, as notifications, from any position on. Each subscription
 * remembers what it has sent; a reader in the thread pool fetches the next piece when there is more and the
 * peer has room. Delivered at least once: whoever reconnects says after which seq.
 */
#ifndef CORE_RPC_FEED_H
#define CORE_RPC_FEED_H

#include <stdint.h>

#include "anju/error.h"
#include "org/org.h"

struct conn;
struct rpc_server;

#define FEED_SUBSCRIPTIONS_MAX 8

/** ANJU_E_LIMIT "rpc.subscriptions" when the connection has too many. */
ANJU_MUST_CHECK anju_status feed_subscribe(struct conn *conn, int64_t after,
	const struct principal *who, int64_t *ret_id, anju_error *err);
/** ANJU_E_NOTFOUND "rpc.subscription". */
ANJU_MUST_CHECK anju_status feed_unsubscribe(struct conn *conn, int64_t id, anju_error *err);
/** There may be something to send on this connection. */
void feed_pump(struct conn *conn);
/** On all connections. */
void feed_pump_all(struct rpc_server *server);
/** The connection ends. */
void feed_drop(struct conn *conn);

#endif
