#include "cli/client.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/messages.h"
#include "base/timestamp.h"

#define READ_BYTES   65536
#define RECONNECT_MS 100
#define MS_PER_S     1000
#define NS_PER_MS    1000000

struct client {
	char *path; /* owned */
	int fd;     /* -1 = not connected */
	int64_t last_id;
	struct buf in;
	size_t at;      /* read so far of `in` */
	size_t scanned; /* no newline in in[at … scanned) */
};

struct client *client_new(const char *path)
{
	struct client *client = calloc(1, sizeof *client);
	if (client == NULL)
		return NULL;
	client->fd = -1;
	client->path = strdup(path);
	if (client->path != NULL)
		return client;
	client_free(client);
	return NULL;
}

static void drop(struct client *client)
{
	if (client->fd >= 0)
		(void)close(client->fd); /* nothing to be done about it */
	client->fd = -1;
	buf_reset(&client->in);
	client->at = client->scanned = 0;
}

void client_free(struct client *client)
{
	if (client == NULL)
		return;
	drop(client);
	buf_done(&client->in);
	free(client->path);
	free(client);
}

static anju_status fail_connect(struct client *client, int errnum, anju_error *err)
{
	drop(client);
	(void)anju_fail(err, ANJU_E_IO, "cli.connect", "connecting to %s: %s", client->path,
		strerror(errnum));
	anju_error_file(err, client->path);
	anju_error_found(err, "%s", message_errno(errnum));
	return ANJU_E_IO;
}

static anju_status fail_lost(struct client *client, int errnum, anju_error *err)
{
	drop(client);
	(void)anju_fail(err, ANJU_E_IO, "cli.lost", "connection lost: %s", strerror(errnum));
	anju_error_found(err, "%s", message_errno(errnum));
	return ANJU_E_IO;
}

anju_status client_connect(struct client *client, anju_error *err)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	drop(client);
	size_t n = strlen(client->path);
	if (n >= sizeof address.sun_path) {
		(void)anju_fail(err, ANJU_E_INVALID, "cli.socket_path", "socket path too long");
		anju_error_found(err, "%s", client->path);
		anju_error_allowed(err, "%zu", sizeof address.sun_path - 1);
		return ANJU_E_INVALID;
	}
	memcpy(address.sun_path, client->path, n);
	client->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (client->fd < 0)
		return fail_connect(client, errno, err);
	if (connect(client->fd, (const struct sockaddr *)&address, sizeof address) != 0)
		return fail_connect(client, errno, err);
	return ANJU_OK;
}

anju_status client_reconnect(struct client *client, int seconds, anju_error *err)
{
	const struct timespec pause = {.tv_nsec = (long)RECONNECT_MS * NS_PER_MS};
	int64_t end = timestamp_monotonic() + (int64_t)seconds * MS_PER_S;
	for (;;) {
		anju_status st = client_connect(client, err);
		if (st != ANJU_E_IO || timestamp_monotonic() >= end)
			return st;
		(void)nanosleep(&pause, NULL); /* woken early: tries earlier */
	}
}

int64_t client_next_id(struct client *client)
{
	return ++client->last_id;
}

static anju_status send_all(struct client *client, const struct buf *line, anju_error *err)
{
	size_t sent = 0;
	if (client->fd < 0)
		return fail_lost(client, EPIPE, err);
	while (sent < line->len) {
		ssize_t n = send(client->fd, line->data + sent, line->len - sent, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_lost(client, errno, err);
		sent += (size_t)n;
	}
	return ANJU_OK;
}

static int dump_to(const char *data, size_t n, void *line)
{
	buf_add(line, data, n);
	return 0;
}

anju_status client_send(struct client *client, int64_t id, const char *method, const json_t *params,
	anju_error *err)
{
	ANJU_AUTO_BUF line = BUF_INIT;
	buf_addf(&line, "{\"jsonrpc\":\"2.0\",\"id\":%lld,\"method\":", (long long)id);
	buf_add_json_string(&line, method, strlen(method));
	if (params != NULL) {
		buf_adds(&line, ",\"params\":");
		if (json_dump_callback(params, dump_to, &line, JSON_COMPACT) != 0)
			line.failed = true;
	}
	buf_adds(&line, "}\n");
	return line.failed ? anju_fail_nomem(err) : send_all(client, &line, err);
}

/* One read() more into the buffer. */
static anju_status fill(struct client *client, int timeout_ms, anju_error *err)
{
	struct pollfd ready = {.fd = client->fd, .events = POLLIN};
	int n = poll(&ready, 1, timeout_ms);
	if (n == 0)
		return anju_fail(err, ANJU_E_BUSY, "cli.lost", "nothing came in %d ms", timeout_ms);
	if (n < 0 && errno != EINTR)
		return fail_lost(client, errno, err);
	if (n < 0)
		return ANJU_OK;
	char piece[READ_BYTES];
	ssize_t got = recv(client->fd, piece, sizeof piece, 0);
	if (got == 0)
		return fail_lost(client, EPIPE, err);
	if (got < 0 && errno != EINTR)
		return fail_lost(client, errno, err);
	if (got > 0)
		buf_add(&client->in, piece, (size_t)got);
	return client->in.failed ? anju_fail_nomem(err) : ANJU_OK;
}

/* Lines taken are forgotten once all of the buffer has been, so that nothing is moved for each. */
static void forget_read(struct client *client)
{
	if (client->at < client->in.len)
		return;
	buf_reset(&client->in);
	client->at = client->scanned = 0;
}

static char *find_newline(struct client *client)
{
	if (client->scanned < client->at)
		client->scanned = client->at;
	if (client->scanned == client->in.len)
		return NULL;
	char *end =
		memchr(client->in.data + client->scanned, '\n', client->in.len - client->scanned);
	client->scanned = client->in.len;
	return end;
}

anju_status client_read(struct client *client, int timeout_ms, json_t **ret, anju_error *err)
{
	char *end;
	if (client->fd < 0)
		return fail_lost(client, EPIPE, err);
	while ((end = find_newline(client)) == NULL) {
		anju_status st = fill(client, timeout_ms, err);
		if (st != ANJU_OK)
			return st;
	}
	json_error_t bad;
	char *line = client->in.data + client->at;
	json_t *v = json_loadb(line, (size_t)(end - line), 0, &bad);
	client->at = client->scanned = (size_t)(end + 1 - client->in.data);
	forget_read(client);
	if (!json_is_object(v)) {
		json_decref(v);
		drop(client);
		return anju_fail(err, ANJU_E_CORRUPT, "cli.answer", "an answer is no JSON object");
	}
	*ret = v;
	return ANJU_OK;
}

anju_status client_call(struct client *client, const char *method, const json_t *params,
	json_t **ret, anju_error *err)
{
	int64_t id = client_next_id(client);
	anju_status st = client_send(client, id, method, params, err);
	while (st == ANJU_OK) {
		json_t *answer;
		st = client_read(client, -1, &answer, err);
		if (st != ANJU_OK)
			return st;
		const json_t *its = json_object_get(answer, "id");
		/* A null id: the daemon could not even read the request. */
		if ((json_is_integer(its) && json_integer_value(its) == id) || json_is_null(its)) {
			*ret = answer;
			return ANJU_OK;
		}
		json_decref(answer);
	}
	return st;
}
