/**
 * The socket from the other side: one JSON object a line, blocking. A connection that is lost can be made
 * again; what had not been answered by then is the caller's to send again.
 */
#ifndef CORE_CLI_CLIENT_H
#define CORE_CLI_CLIENT_H

#include <jansson.h>
#include <stdint.h>

#include "anju/error.h"
#include "base/cleanup.h"

struct client;

/** Not connected yet; `path` is copied. NULL when out of memory. */
struct client *client_new(const char *path);
void client_free(struct client *client);
ANJU_DEFINE_AUTO(client)

/** (Re)connect; what was received before is forgotten. ANJU_E_IO "cli.connect", ANJU_E_INVALID
 *  "cli.socket_path" when it is too long. */
ANJU_MUST_CHECK anju_status client_connect(struct client *client, anju_error *err);
/** client_connect again and again for `seconds`; for a daemon that is being restarted. */
ANJU_MUST_CHECK anju_status client_reconnect(struct client *client, int seconds, anju_error *err);

/** An id that was not used on this client before. */
int64_t client_next_id(struct client *client);
/** Send a request. `params` is borrowed, NULL = none. ANJU_E_IO "cli.lost". */
ANJU_MUST_CHECK anju_status client_send(struct client *client, int64_t id, const char *method,
	const json_t *params, anju_error *err);
/** The next line as an object, the caller's. ANJU_E_IO "cli.lost"; ANJU_E_BUSY when `timeout_ms`
 *  (-1 = none) has passed; ANJU_E_CORRUPT "cli.answer" when it is no JSON object. */
ANJU_MUST_CHECK anju_status client_read(
	struct client *client, int timeout_ms, json_t **ret, anju_error *err);
/** Send and wait for the answer with the request's id; notifications in between are dropped.
 *  *ret is the whole answer: it has "result" or "error". */
ANJU_MUST_CHECK anju_status client_call(struct client *client, const char *method,
	const json_t *params, json_t **ret, anju_error *err);

#endif
