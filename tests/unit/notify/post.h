/** A store with messages, a channel that does as it is told, and what delivery reports of it. */
#ifndef TESTS_UNIT_NOTIFY_POST_H
#define TESTS_UNIT_NOTIFY_POST_H

#include <pthread.h>

#include "notify/delivery.h"
#include "store/store.h"

struct post_outcome {
	int64_t message_id;
	int attempts;
	bool again;
	anju_error err;
	int64_t at_ms; /* monotonic */
};

struct post {
	char folder[64];
	struct store *store; /* the test's thread only */
	struct plugin_set *plugins;
	struct delivery *delivery;

	pthread_mutex_t lock;
	pthread_cond_t cond;
	struct post_outcome outcomes[64];
	int len;
	int refuse; /* so many outcomes are not taken, as by a busy engine */
};

void post_open(struct post *p);
void post_done(struct post *p);
void post_start(struct post *p, int retry_first_ms);
/** With one channel configured. */
void post_start_with(struct post *p, int retry_first_ms, const struct delivery_channel *channel);
/** Add a pending message, committed; returns its id. */
int64_t post_message(struct post *p, const char *claim, const char *channel, const char *body);
/** As post_message, one that goes before others. */
int64_t post_urgent(struct post *p, const char *claim, const char *channel, const char *body);
/** Pending anew, as by `outbox resend`. */
void post_renew(struct post *p, int64_t id, const char *channel);
/** What the engine does with an outcome: delivered, dead, or pending still. */
void post_settle(struct post *p, int64_t id, enum store_message_status status, int attempts);
/** Wait for outcome number `i` (from 0); fails the test after ten seconds. */
struct post_outcome post_wait(struct post *p, int i);
/** Outcomes so far, after a pause. */
int post_count(struct post *p, int pause_ms);
/** How often the channel was asked to deliver `id`. */
int post_asked(const struct post *p, const char *id);
int64_t post_now(void);

#endif
