/** A daemon made of lines: it answers requests one by one as a script says, hangs up where told, and listens
 *  again. Runs in a thread. */
#ifndef TESTS_UNIT_CLI_FAKE_H
#define TESTS_UNIT_CLI_FAKE_H

#include <jansson.h>
#include <pthread.h>
#include <stdbool.h>

#define FAKE_REQUESTS_MAX 4096

struct fake {
	char dir[64], path[96];
	pthread_t thread;
	int listener;
	/* The answer to the n-th request (from 0, over all connections): a result, or {"error": …}; NULL hangs
	 * up. Reference taken by the server. */
	json_t *(*answer)(void *ctx, int n, const json_t *request);
	void *ctx;
	json_t *requests; /* all that came, in order; read after fake_stop() */
	int count;
};

void fake_start(struct fake *fake);
void fake_stop(struct fake *fake);

#endif
