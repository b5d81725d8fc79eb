/**
 * Carrying messages to their channels. One thread: it reads pending messages, asks the channel's plugin,
 * and reports each outcome, which the engine makes durable. A message that fails for the moment is tried again
 * after a back-off on the monotonic clock; when it was delivered but the outcome was lost in a crash it is
 * delivered again under the same id, which a channel must take for one.
 */
#ifndef CORE_NOTIFY_DELIVERY_H
#define CORE_NOTIFY_DELIVERY_H

#include <stdbool.h>
#include <stdint.h>

#include "anju/error.h"
#include "base/cleanup.h"
#include "plugin/plugin.h"

struct delivery;

struct delivery_options {
	struct plugin_set *plugins; /* borrowed */
	const char *folder;         /* data folder, for a store_reader of its own */
	int timeout_ms;             /* per delivery; 0 = 10,000 */
	int retry_first_ms; /* first back-off; 0 = 1,000; doubled up to 10 minutes, with jitter */
	/* An attempt ended: outcome->status is ANJU_OK when delivered. Returns false when it could not be
	 * taken (engine busy): it is reported again later. Thread: delivery. */
	bool (*outcome)(void *ctx, int64_t message_id, int attempts, const anju_error *outcome);
	void *ctx;
};

ANJU_MUST_CHECK anju_status delivery_start(
	const struct delivery_options *options, struct delivery **ret, anju_error *err);
/** There may be new messages. Any thread. */
void delivery_wake(struct delivery *delivery);
/** Ends the thread after the delivery in hand. Accepts NULL. */
void delivery_free(struct delivery *delivery);
ANJU_DEFINE_AUTO(delivery)

#endif
