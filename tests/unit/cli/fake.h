/** A daemon made of lines: it answers requests one by one as a script says, hangs up where told, and listens
 *  again. Runs in a thread. */
#ifndef TESTS_UNIT_CLI_FAKE_H
#define TESTS_UNIT_CLI_FAKE_H

#include <jansson.h>
#include <pthread.h>
#include <stdbool.h>

struct fake {
	char dir[64], path[96];
	pthread_t thread;
	int listener;
	/* The answer to the n-th request (from 0, over all connections): a result, or {"error": …}; NULL hangs
	 * up; null says nothing, takes a request that is there already, and hangs up then. Reference
	 * taken by the server. */
	json_t *(*answer)(void *ctx, int n, const json_t *request);
	/* Lines that follow the answer to the n-th request: an array of objects, or NULL. May be NULL. */
	json_t *(*after)(void *ctx, int n, const json_t *request);
	void *ctx;
	bool swallowing;
	json_t *requests; /* all that came, in order; read after fake_stop() */
	int count;
};

/** Run anjuctl's command line against a fake that is started; both outputs go to `out`. Returns the exit
 *  code. `argv` ends with NULL and begins with the program's name. */
int fake_run(const struct fake *fake, const char *const *argv, char *out, size_t size);
#define FAKE_RUN(fake, out, ...)                                                                   \
	fake_run((fake), (const char *const[]){"anjuctl", __VA_ARGS__, NULL}, (out), sizeof(out))

void fake_start(struct fake *fake);
void fake_stop(struct fake *fake);

#endif
