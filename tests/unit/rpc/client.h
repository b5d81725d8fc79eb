/** A client of the socket for tests; every failure of its own fails the test. */
#ifndef TESTS_UNIT_RPC_CLIENT_H
#define TESTS_UNIT_RPC_CLIENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct client {
	int fd;
	char *in;
	size_t in_len, in_cap;
};
void client_open(struct client *c, const char *path);
void client_close(struct client *c);
void client_send(struct client *c, const char *text);
void client_send_bytes(struct client *c, const void *data, size_t n);
/** The next line as JSON, new reference; NULL at the end of the stream or after `ms`. */
json_t *client_read_ms(struct client *c, int ms);
json_t *client_read(struct client *c);
/** Send and read one. */
json_t *client_ask(struct client *c, const char *text);
/** True when the server has closed its side (waits up to two seconds). */
bool client_at_end(struct client *c);
/** True when nothing comes for `ms`. */
bool client_silent(struct client *c, int ms);

/** error.code of an answer, 0 if it is a result. */
int code_of(const json_t *answer);
/** error.data.<name> or "". */
const char *data_of(const json_t *answer, const char *name);
/** result.<name> */
json_t *result_of(const json_t *answer, const char *name);

#endif
