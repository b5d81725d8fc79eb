/** The configuration's "channels": how fast each may be asked, and when it is left alone. */
#ifndef CORE_DAEMON_CHANNELS_H
#define CORE_DAEMON_CHANNELS_H

#include <jansson.h>
#include <stddef.h>

#include "anju/error.h"
#include "base/json.h"
#include "notify/delivery.h"

/**
 * Read member "channels" of the document, {"<channel>": {"per_minute", "burst", "breaker": {"failures", "pause"},
 * "attempts"}}; absent: none. *ret is the caller's, its names are borrowed from the document; untouched on failure.
 * ANJU_E_INVALID "daemon.limit", "daemon.pause", "json.*".
 */
ANJU_MUST_CHECK anju_status channels_read(const json_t *document, const struct json_at *root,
	struct delivery_channel **ret, size_t *ret_len, anju_error *err);

#endif
