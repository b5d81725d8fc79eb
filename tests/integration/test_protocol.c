#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "integration/kit.h"
#include "unit/support.h"

#define CLOCK "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"clock.get\"}"

static void expect(struct client *c, const char *line, int code)
{
	json_t *v = client_ask(c, line);
	cr_assert_eq(code_of(v), code, "%.80s: %d", line, code_of(v));
	json_decref(v);
}

ANJU_TEST(protocol, nonsense_is_answered_and_survived)
{
	struct kit kit;
	struct client c;
	kit_init(&kit);
	kit_start(&kit, NULL);
	client_open(&c, kit.socket);
	expect(&c, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"clock.get\"", -32700);
	expect(&c, "\xff\xfe\x00garbage", -32700);
	expect(&c, "nil", -32700);
	expect(&c, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"no.such.method\"}", -32601);
	expect(&c, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"case.get\",\"params\":{\"case\":7}}",
		-32602);
	expect(&c, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"case.open\",\"params\":{}}", -32602);
	ANJU_AUTO_BUF deep = BUF_INIT;
	for (int i = 0; i < 100000; i++)
		buf_addc(&deep, '[');
	expect(&c, deep.data, -32700);
	expect(&c, CLOCK, 0);
	client_close(&c);
	kit_done(&kit);
}

ANJU_TEST(protocol, line_of_two_megabytes)
{
	struct kit kit;
	struct client c;
	kit_init(&kit);
	kit_start(&kit, NULL);
	client_open(&c, kit.socket);
	char *big = malloc(2 << 20);
	memset(big, '{', 2 << 20);
	big[(2 << 20) - 1] = '\n';
	client_send_bytes(&c, big, 2 << 20);
	free(big);
	json_t *v = client_read(&c);
	cr_assert_eq(code_of(v), -32600);
	cr_assert_str_eq(data_of(v, "id"), "rpc.line");
	json_decref(v);
	expect(&c, CLOCK, 0);
	client_close(&c);
	kit_done(&kit);
}

ANJU_TEST(protocol, half_closed_peer_gets_its_answer)
{
	struct kit kit;
	struct client c;
	kit_init(&kit);
	kit_start(&kit, NULL);
	client_open(&c, kit.socket);
	client_send(&c,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"case.open\",\"params\":{\"workflow\":"
		"\"visit\",\"key\":\"a\",\"as\":\"610322.land\",\"data\":{\"owner\":\"610322."
		"land\"}}}\n");
	shutdown(c.fd, SHUT_WR);
	json_t *v = client_read(&c);
	cr_assert_eq(json_integer_value(result_of(v, "rev")), 1);
	json_decref(v);
	cr_assert(client_at_end(&c));
	client_close(&c);
	kit_done(&kit);
}

ANJU_TEST(protocol, batch_and_notification)
{
	struct kit kit;
	struct client c;
	kit_init(&kit);
	kit_start(&kit, NULL);
	client_open(&c, kit.socket);
#define OPEN(id, key)                                                                              \
	"{\"jsonrpc\":\"2.0\"," id                                                                 \
	"\"method\":\"case.open\",\"params\":{\"workflow\":\"visit\",\"key\":\"" key               \
	"\",\"as\":\"610322.land\",\"data\":{\"owner\":\"610322.land\"}}}"
	json_t *v = client_ask(
		&c, "[" OPEN("\"id\":1,", "b1") "," OPEN("", "b2") "," OPEN("\"id\":2,", "b1") "]");
	cr_assert_eq(json_array_size(v), 2);
	cr_assert_eq(code_of(json_array_get(v, 0)), 0);
	cr_assert_eq(code_of(json_array_get(v, 1)), -32005);
	json_decref(v);
	client_send(&c, OPEN("", "b3") "\n"); /* no id: done, not answered */
	cr_assert(client_silent(&c, 100));
	cr_assert_eq(kit_rev(&c, "b2"), 1);
	cr_assert_eq(kit_rev(&c, "b3"), 1);
	client_close(&c);
	kit_done(&kit);
}

ANJU_TEST(protocol, peer_leaves_in_the_middle)
{
	struct kit kit;
	struct client c;
	kit_init(&kit);
	kit_start(&kit, NULL);
	client_open(&c, kit.socket);
	client_send(&c, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"case.op");
	client_close(&c);
	client_open(&c, kit.socket);
	client_send(
		&c, OPEN("\"id\":1,", "left") "\n"); /* whole, but nobody waits for the answer */
	client_close(&c);
	client_open(&c, kit.socket);
	long rev = 0;
	for (int i = 0; i < 100 && rev == 0; i++, usleep(10000))
		rev = kit_rev(&c, "left");
	cr_assert_eq(rev, 1, "what was sent whole is carried out");
	client_close(&c);
	kit_done(&kit);
}

/* One peer asks for much and reads nothing: others are served, and what is kept for it is bounded. */
ANJU_TEST(protocol, slow_reader_harms_nobody)
{
	struct kit kit;
	struct client slow, c;
	kit_init(&kit);
	kit_start(&kit, NULL);
	client_open(&slow, kit.socket);
	client_open(&c, kit.socket);
	const char *line = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"rpc.discover\"}\n";
	size_t n = strlen(line), sent = 0;
	struct pollfd p = {.fd = slow.fd, .events = POLLOUT};
	while (sent < 20000 * n && poll(&p, 1, 500) > 0) {
		ssize_t w = send(slow.fd, line + sent % n, n - sent % n, MSG_DONTWAIT);
		sent += w > 0 ? (size_t)w : 0;
		if (sent % (500 * n) == 0)
			expect(&c, CLOCK, 0);
	}
	cr_assert_lt(sent, 20000 * n, "the daemon reads on though nobody reads its answers");
	expect(&c, CLOCK, 0);
	for (size_t i = 0; i < sent / n; i++)
		json_decref(client_read(&slow));
	client_close(&slow);
	client_close(&c);
	kit_done(&kit);
}

ANJU_TEST(protocol, discover_names_what_answers)
{
	struct kit kit;
	struct client c;
	kit_init(&kit);
	kit_start(&kit, NULL);
	client_open(&c, kit.socket);
	json_t *v = kit_do(&c, "rpc.discover", "{}");
	size_t i;
	json_t *method;
	json_array_foreach(result_of(v, "methods"), i, method) {
		/* With a parameter that no method has: found, so not -32601. */
		json_t *a = kit_ask(&c, json_string_value(json_object_get(method, "name")),
			"{\"no such parameter\":1}");
		cr_assert_eq(code_of(a), -32602);
		json_decref(a);
	}
	cr_assert(i > 15);
	json_decref(v);
	client_close(&c);
	kit_done(&kit);
}

/* Runs as another user in a process of its own; the exit status tells. */
static int ask_as_nobody(const char *path)
{
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0) {
		struct client c;
		if (setgid(65534) != 0 || setuid(65534) != 0)
			_exit(77);
		client_open(&c, path);
		json_t *v = client_ask(&c, CLOCK);
		json_t *w = client_ask(
			&c, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"rpc.discover\"}");
		_exit(code_of(v) == -32006 && strcmp(data_of(v, "id"), "org.unknown_peer") == 0 &&
					code_of(w) == 0
				? 0
				: 1);
	}
	struct kit other = {.pid = pid};
	int status;
	cr_assert_eq(waitpid(other.pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

ANJU_TEST(protocol, unknown_user_is_turned_away)
{
	if (geteuid() != 0)
		return; /* only root can pose as somebody else */
	struct kit kit;
	kit_init(&kit);
	kit_start(&kit, NULL);
	cr_assert_eq(chmod(kit.folder, 0755), 0);
	cr_assert_eq(chmod(kit.socket, 0666), 0);
	cr_assert_eq(ask_as_nobody(kit.socket), 0);
	kit_done(&kit);
}
