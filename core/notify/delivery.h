/**
 * Carrying messages to their channels. A thread for each channel that a plugin offers, so that a mail server that
 * is slow does not hold up the rest, and one more for messages whose channel nobody offers: each has one
 * message in hand. It reads what is pending for its channel, the urgent ones first, asks the plugin, and
 * reports each outcome, which the engine makes durable.
 *
 * A message that fails for the moment is tried again after a back-off on the monotonic clock, as often as the
 * channel's `attempts`; an earlier life's failures are waited for as well, so that a start is no storm. How
 * fast a channel is asked, and that one that is down is left alone for a while, gate.h says; ANJU_E_BUSY is of one
 * address and does not count there, so a mailbox that is full stops nobody else's mail. What a probe finds
 * out then counts for the channel and not as an attempt of the message that it was made with, so a server
 * that is down for a day kills no message. When a message was delivered but the outcome was lost in a crash
 * it is delivered again under the same id, which a channel must take for one.
 */
#ifndef CORE_NOTIFY_DELIVERY_H
#define CORE_NOTIFY_DELIVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "anju/error.h"
#include "base/cleanup.h"
#include "notify/gate.h"
#include "plugin/plugin.h"

#define DELIVERY_ATTEMPTS 12
#define DELIVERY_FAILURES 5
#define DELIVERY_PAUSE_MS 300000

struct delivery;

/** How one channel is to be treated. */
struct delivery_channel {
	const char *name;
	struct gate_options gate;
	int attempts; /* then a message is dead; 0 = DELIVERY_ATTEMPTS */
};

/** An attempt ended. */
struct delivery_outcome {
	int64_t message_id;
	int attempts;            /* that count, this one included */
	bool again;              /* it failed for the moment and will be tried again */
	const anju_error *error; /* status ANJU_OK when it was delivered */
	void *reporter;          /* for delivery_settled() */
};

struct delivery_options {
	struct plugin_set *plugins; /* borrowed */
	const char *folder;         /* data folder, for store_readers of its own */
	int timeout_ms;             /* per delivery; 0 = 10,000 */
	int retry_first_ms; /* first back-off; 0 = 1,000; doubled up to 10 minutes, with jitter */
	/* Channels that are told how; the others have no rate, and open after DELIVERY_FAILURES for
	 * DELIVERY_PAUSE_MS. Borrowed for the call, but for the names. */
	const struct delivery_channel *channels;
	size_t channels_len;
	/* Returns false when it could not be taken (engine busy): it is reported again later. One that was taken
	 * is followed by delivery_settled(), now or later. Thread: the channel's, so several at once. */
	bool (*outcome)(void *ctx, const struct delivery_outcome *outcome);
	void *ctx;
};

/** What an outcome said is durable, or given up. A channel goes on only while few of its outcomes wait for this, so that
 *  a crash makes it repeat few messages. Any thread. */
void delivery_settled(void *reporter);

ANJU_MUST_CHECK anju_status delivery_start(
	const struct delivery_options *options, struct delivery **ret, anju_error *err);
/** There may be new messages. Any thread. */
void delivery_wake(struct delivery *delivery);
/** These are pending anew, or may have gone to another channel: they go next, whatever was to be waited for. */
void delivery_renew(struct delivery *delivery, const int64_t *ids, size_t n);
/** Ends the threads after the deliveries in hand, whose outcomes must still be settled. Accepts NULL. */
void delivery_free(struct delivery *delivery);
ANJU_DEFINE_AUTO(delivery)

/** How a channel is doing. */
struct delivery_figures {
	const char *channel; /* NULL: messages for channels that nobody offers */
	enum gate_state state;
	struct gate_options gate;
	int attempts;         /* then a message is dead */
	int failures;         /* in a row */
	int waiting;          /* messages that failed and will be tried again */
	int64_t reopen_in_ms; /* until an open one is tried again; 0 = now */
	int64_t delivered, failed;
	char error[256]; /* of the last failure, "" after a delivery */
};
typedef void (*delivery_figures_cb)(void *ctx, const struct delivery_figures *figures);
/** Any thread; `cb` must not block. */
void delivery_figures(struct delivery *delivery, delivery_figures_cb cb, void *ctx);

#endif
