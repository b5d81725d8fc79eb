#include "unit/rpc/client.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define WAIT_MS 5000

void client_open(struct client *c, const char *path)
{
	memset(c, 0, sizeof *c);
	c->fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	snprintf(addr.sun_path, sizeof addr.sun_path, "%s", path);
	cr_assert_eq(connect(c->fd, (struct sockaddr *)&addr, sizeof addr), 0, "connect: %s",
		strerror(errno));
}

void client_close(struct client *c)
{
	if (c->fd >= 0)
		close(c->fd);
	free(c->in);
	memset(c, 0, sizeof *c);
	c->fd = -1;
}

void client_send_bytes(struct client *c, const void *data, size_t n)
{
	const char *p = data;
	while (n > 0) {
		ssize_t w = send(c->fd, p, n, MSG_NOSIGNAL);
		cr_assert(w > 0, "send: %s", strerror(errno));
		p += w;
		n -= (size_t)w;
	}
}

void client_send(struct client *c, const char *text)
{
	client_send_bytes(c, text, strlen(text));
}

/* More bytes within `ms`: 1, 0 at the end of the stream, -1 when none came. */
static int fill(struct client *c, int ms)
{
	struct pollfd p = {.fd = c->fd, .events = POLLIN};
	if (poll(&p, 1, ms) <= 0)
		return -1;
	if (c->in_cap - c->in_len < 65536) {
		c->in_cap = c->in_cap * 2 + 65536;
		c->in = realloc(c->in, c->in_cap);
	}
	ssize_t n = recv(c->fd, c->in + c->in_len, c->in_cap - c->in_len, 0);
	if (n <= 0)
		return 0;
	c->in_len += (size_t)n;
	return 1;
}

json_t *client_read_ms(struct client *c, int ms)
{
	char *end;
	while ((end = c->in_len > 0 ? memchr(c->in, '\n', c->in_len) : NULL) == NULL) {
		if (fill(c, ms) <= 0)
			return NULL;
	}
	size_t n = (size_t)(end - c->in) + 1;
	json_error_t bad;
	json_t *v = json_loadb(c->in, n, JSON_REJECT_DUPLICATES, &bad);
	cr_assert_not_null(v, "no JSON: %s in %.*s", bad.text, (int)n, c->in);
	memmove(c->in, c->in + n, c->in_len - n);
	c->in_len -= n;
	return v;
}

json_t *client_read(struct client *c)
{
	json_t *v = client_read_ms(c, WAIT_MS);
	cr_assert_not_null(v, "no answer");
	return v;
}

json_t *client_ask(struct client *c, const char *text)
{
	client_send(c, text);
	client_send(c, "\n");
	return client_read(c);
}

bool client_at_end(struct client *c)
{
	return c->in_len == 0 && fill(c, WAIT_MS) == 0;
}

bool client_silent(struct client *c, int ms)
{
	return c->in_len == 0 && fill(c, ms) < 0;
}

int code_of(const json_t *answer)
{
	return (int)json_integer_value(json_object_get(json_object_get(answer, "error"), "code"));
}

const char *data_of(const json_t *answer, const char *name)
{
	const json_t *data = json_object_get(json_object_get(answer, "error"), "data");
	const char *s = json_string_value(json_object_get(data, name));
	return s != NULL ? s : "";
}

json_t *result_of(const json_t *answer, const char *name)
{
	return json_object_get(json_object_get(answer, "result"), name);
}
