/** Transfers by libcurl: handles kept for the connections they hold. What the network channels share. */
#ifndef PLUGINS_TRANSFER_TRANSFER_H
#define PLUGINS_TRANSFER_TRANSFER_H

#include <curl/curl.h>
#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "anju/error.h"

#define TRANSFER_IDLE 4

struct transfer {
	pthread_mutex_t lock;
	CURL *idle[TRANSFER_IDLE]; /* owned; under lock */
	size_t idle_len;
	atomic_bool stopping;
};

/** ANJU_OK or ANJU_E_NOMEM, and then nothing is left behind. */
anju_status transfer_init(struct transfer *t, anju_error *err);
/** Transfers under way end soon, and none begins. Any thread. */
void transfer_stop(struct transfer *t);
void transfer_fini(struct transfer *t);

/**
 * A handle with the options that all transfers share: no signals, no redirects, an end before the host's
 * `timeout_ms` is over, `ca_file` (may be NULL) beside the system's authorities. NULL without memory.
 */
CURL *transfer_take(struct transfer *t, uint32_t timeout_ms, const char *ca_file);
/** Back for the next one. */
void transfer_give(struct transfer *t, CURL *curl);
/** Run it. ANJU_OK also for an answer of the server that means no; what failed is in err->text. Failures of
 *  the network and of encryption are ANJU_E_IO: the same message may go later. */
anju_status transfer_run(CURL *curl, const char *id, anju_error *err, CURLcode *ret_code);

/** Is the address `scheme`… (such as "http://", any case) with a host that cannot lead off this machine? Plain
 *  text goes nowhere else. */
bool transfer_is_local(const char *url, const char *scheme);

/**
 * The first line of a file that must be a regular file of at most 4 KiB and closed to others; malloc'd. For
 * passwords and keys, which so never stand in a configuration that people mail around.
 * ANJU_E_IO, ANJU_E_INVALID.
 */
anju_status transfer_secret(const char *path, const char *id, char **ret, anju_error *err);

#endif
