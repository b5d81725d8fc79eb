/**
 * From a line to its answer: the JSON-RPC envelope, batches, dispatch, and the way back. Loop thread.
 */
#ifndef CORE_RPC_REQUEST_H
#define CORE_RPC_REQUEST_H

#include <stddef.h>

#include "engine/command.h"

struct conn;
struct rpc_server;

/** Take one line without its newline: answered at once, or later when the work is done. */
void request_line(struct conn *conn, const char *line, size_t n);
/** Answer for a line that never became one: too long. */
void request_line_too_long(struct conn *conn, size_t limit);
/** Answer the commands that the engine has finished; frees the list. */
void request_finished(struct rpc_server *server, struct command *list);
/** Memory kept for requests to come. */
void request_pool_free(struct rpc_server *server);

#endif
