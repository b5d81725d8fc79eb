#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "rig.h"
#include "unit/support.h"

#define DISCOVER "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"rpc.discover\"}\n"
#define SEND(id)                                                                                   \
	"{\"jsonrpc\":\"2.0\",\"id\":" #id                                                         \
	",\"method\":\"case.send\",\"params\":{\"case\":\"visit/a\",\"event\":\"visit\"}}\n"

static void expect(struct client *c, const char *text, int code, const char *id)
{
	json_t *v = client_ask(c, text);
	cr_assert_eq(code_of(v), code, "%s: %d %s", text, code_of(v), data_of(v, "id"));
	cr_assert_str_eq(data_of(v, "id"), id, "%s", text);
	if (code != 0) {
		const json_t *data = json_object_get(json_object_get(v, "error"), "data");
		const json_t *both = json_object_get(data, "text");
		cr_assert(json_is_string(json_object_get(both, "zh")) &&
			  json_is_string(json_object_get(both, "en")));
	}
	json_decref(v);
}

ANJU_TEST(conn, faulty_lines_are_answered_and_the_connection_lives)
{
	struct rig rig;
	struct client c;
	rig_start(&rig, NULL);
	client_open(&c, rig.socket);
	expect(&c, "{", -32700, "rpc.parse");
	expect(&c, "\"\xff\xfe\"", -32700, "rpc.parse");
	expect(&c, "17", -32700, "rpc.parse");
	expect(&c, "{\"id\":1}", -32600, "rpc.request");
	expect(&c, "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"clock.get\"}", -32600,
		"rpc.request");
	expect(&c, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":7}", -32600, "rpc.request");
	expect(&c, "{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"clock.get\"}", -32600,
		"rpc.request");
	expect(&c, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"clock.get\",\"params\":7}", -32600,
		"rpc.request");
	expect(&c, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"clock.get\",\"params\":[1]}", -32602,
		"rpc.by_position");
	expect(&c, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"no.such\"}", -32601, "rpc.method");
	expect(&c, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"case.send\",\"params\":{\"x\":1}}",
		-32602, "rpc.param_unknown");
	expect(&c, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"clock.get\",\"params\":{}}", 0, "");
	client_close(&c);
	rig_stop(&rig);
}

ANJU_TEST(conn, ids_come_back_as_they_were)
{
	static const char *const ids[] = {"1", "-9007199254740993", "\"a\\\"b\\\\字\"", "null",
		"\"0123456789012345678901234567890123456789012345678901234567890123456789\"",
		"1.5"};
	struct rig rig;
	struct client c;
	rig_start(&rig, NULL);
	client_open(&c, rig.socket);
	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
		char line[256];
		snprintf(line, sizeof line,
			"{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"clock.get\"}", ids[i]);
		json_t *v = client_ask(&c, line);
		json_t *want = json_loads(ids[i], JSON_DECODE_ANY, NULL);
		cr_assert(json_equal(json_object_get(v, "id"), want), "%s", ids[i]);
		json_decref(want);
		json_decref(v);
	}
	client_close(&c);
	rig_stop(&rig);
}

ANJU_TEST(conn, lines_come_in_any_pieces)
{
	struct rig rig;
	struct client c;
	rig_start(&rig, NULL);
	client_open(&c, rig.socket);
	const char *line = "\n  \r\n{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"clock.get\"}\r\n";
	for (const char *p = line; *p != '\0'; p++)
		client_send_bytes(&c, p, 1);
	json_t *v = client_read(&c);
	cr_assert_str_eq(json_string_value(result_of(v, "now")), "2017-08-16T00:00:00+08:00");
	json_decref(v);
	for (int i = 0; i < 20; i++)
		client_send(&c, "{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"clock.get\"}\n{\"json");
	/* Each piece after the first completes a broken line: {"json{"jsonrpc"… */
	for (int i = 0; i < 20; i++) {
		v = client_read(&c);
		cr_assert_eq(code_of(v), i == 0 ? 0 : -32700);
		json_decref(v);
	}
	client_close(&c);
	rig_stop(&rig);
}

ANJU_TEST(conn, too_long_a_line_is_answered_once)
{
	struct rig rig;
	struct client c;
	rig_start(&rig, NULL);
	client_open(&c, rig.socket);
	char *big = malloc(3 << 20);
	memset(big, 'x', 3 << 20);
	client_send_bytes(&c, big, 3 << 20);
	json_t *v = client_read(&c);
	cr_assert_eq(code_of(v), -32600);
	cr_assert_str_eq(data_of(v, "id"), "rpc.line");
	cr_assert_str_eq(data_of(v, "allowed"), "1048576");
	json_decref(v);
	cr_assert(client_silent(&c, 100), "answered more than once");
	client_send(&c, "tail of it\n");
	expect(&c, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"clock.get\"}", 0, "");
	/* The longest line that is allowed is taken. */
	snprintf(big, 128, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"clock.get\"}");
	size_t n = strlen(big);
	memset(big + n, ' ', (1 << 20) - n);
	big[1 << 20] = '\0';
	expect(&c, big, 0, "");
	free(big);
	client_close(&c);
	rig_stop(&rig);
}

/* A long line that comes whole with its newline, between good ones, in one write. */
ANJU_TEST(conn, too_long_a_line_between_others)
{
	struct rpc_options limits = {.line_limit = 100};
	struct rig rig;
	struct client c;
	rig_start(&rig, &limits);
	client_open(&c, rig.socket);
	char text[600];
	int n = snprintf(text, sizeof text, "%s", DISCOVER);
	memset(text + n, 'y', 200);
	snprintf(text + n + 200, sizeof text - n - 200, "\n%s", DISCOVER);
	client_send(&c, text);
	for (int i = 0; i < 3; i++) {
		json_t *v = client_read(&c);
		cr_assert_eq(code_of(v), i == 1 ? -32600 : 0);
		json_decref(v);
	}
	client_close(&c);
	rig_stop(&rig);
}

ANJU_TEST(conn, batches)
{
	struct rig rig;
	struct client c;
	rig_start(&rig, NULL);
	client_open(&c, rig.socket);
	expect(&c, "[]", -32600, "rpc.batch");
	json_t *v = client_ask(&c, "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"clock.get\"},"
				   "{\"jsonrpc\":\"2.0\",\"method\":\"clock.get\"}, 7,"
				   "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"unit.list\"}]");
	cr_assert(json_is_array(v));
	cr_assert_eq(json_array_size(v), 3, "%zu", json_array_size(v));
	cr_assert_eq(code_of(json_array_get(v, 1)), -32600);
	json_decref(v);
	/* Only notifications: nothing at all. */
	client_send(&c, "[{\"jsonrpc\":\"2.0\",\"method\":\"clock.get\"}]\n");
	client_send(&c, "{\"jsonrpc\":\"2.0\",\"method\":\"no.such\"}\n");
	cr_assert(client_silent(&c, 100));
	ANJU_AUTO_BUF big = BUF_INIT;
	for (int i = 0; i < 101; i++)
		buf_adds(&big, i > 0 ? ",{\"jsonrpc\":\"2.0\"}" : "[{\"jsonrpc\":\"2.0\"}");
	buf_addc(&big, ']');
	expect(&c, big.data, -32600, "rpc.batch");
	client_close(&c);
	rig_stop(&rig);
}

/* A connection looks after itself when one is done, as after an answer. */
ANJU_TEST(conn, notifications_of_reads_hold_nothing_up)
{
	struct rig rig;
	struct client c;
	struct rpc_options limits = {.in_flight_limit = 4};
	rig_start(&rig, &limits);
	client_open(&c, rig.socket);
	for (int i = 0; i < 40; i++)
		client_send(&c, "{\"jsonrpc\":\"2.0\",\"method\":\"case.list\"}\n");
	json_t *v = client_ask(&c, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"clock.get\"}");
	cr_assert_eq(code_of(v), 0);
	json_decref(v);
	client_send(&c, "{\"jsonrpc\":\"2.0\",\"method\":\"case.list\"}\n");
	shutdown(c.fd, SHUT_WR);
	cr_assert(client_at_end(&c));
	client_close(&c);
	rig_stop(&rig);
}

ANJU_TEST(conn, batch_waits_for_its_last)
{
	struct rig rig;
	struct client c;
	rig_start(&rig, NULL);
	client_open(&c, rig.socket);
	client_send(&c,
		"[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"case.send\",\"params\":{\"case\":"
		"\"visit/"
		"a\",\"event\":\"visit\"}},{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"case.send\","
		"\"params\":{\"case\":\"visit/b\",\"event\":\"visit\"}}]\n");
	cr_assert(fake_wait(2));
	fake_finish(&rig, 1);
	cr_assert(client_silent(&c, 50));
	fake_finish(&rig, 1);
	json_t *v = client_read(&c);
	cr_assert_eq(json_array_size(v), 2);
	cr_assert_eq(json_integer_value(result_of(json_array_get(v, 1), "rev")), 1);
	json_decref(v);
	client_close(&c);
	rig_stop(&rig);
}

ANJU_TEST(conn, commands_carry_what_was_asked)
{
	struct rig rig;
	struct client c;
	rig_start(&rig, NULL);
	client_open(&c, rig.socket);
	client_send(&c,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"case.send\",\"params\":{\"case\":"
		"\"visit/a/b\","
		"\"event\":\"visit\",\"data\":{\"note\":\"n\"},\"docs\":[{\"kind\":\"photo\"}],"
		"\"as\":\"610322.land/"
		"王\",\"idempotency_key\":\"k\",\"expect_rev\":3,\"dry_run\":true,"
		"\"effective_at\":\"2017-08-15T09:00:00+08:00\",\"reason\":\"r\"}}\n");
	cr_assert(fake_wait(1));
	const struct command *cmd = fake_first();
	cr_assert_eq(cmd->kind, COMMAND_SEND);
	cr_assert_str_eq(cmd->workflow, "visit");
	cr_assert_str_eq(cmd->key, "a/b");
	cr_assert_str_eq(cmd->event, "visit");
	cr_assert_str_eq(json_string_value(json_object_get(cmd->data, "note")), "n");
	cr_assert_eq(json_array_size(cmd->docs), 1);
	cr_assert_str_eq(cmd->who.unit->code, "610322.land");
	cr_assert_str_eq(cmd->who.officer, "王");
	cr_assert_str_eq(cmd->idem, "k");
	cr_assert_eq(cmd->expect_rev, 3);
	cr_assert(cmd->dry_run);
	cr_assert_eq(cmd->effective_ms, FAKE_NOW_MS - 15 * 3600 * 1000);
	cr_assert_str_eq(cmd->reason, "r");
	anju_error err = {.status = ANJU_E_CONFLICT, .id = "engine.rev", .found = "4"};
	fake_fail(&rig, &err, json_pack("{s:i}", "rev", 4));
	json_t *v = client_read(&c);
	cr_assert_eq(code_of(v), -32008);
	const json_t *data = json_object_get(json_object_get(v, "error"), "data");
	cr_assert_eq(json_integer_value(json_object_get(data, "rev")), 4);
	json_decref(v);
	client_close(&c);
	rig_stop(&rig);
}

ANJU_TEST(conn, faulty_writes_never_reach_the_engine)
{
#define WRITE(params)                                                                              \
	"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"case.send\",\"params\":{" params "}}"
#define GOOD "\"case\":\"visit/a\",\"event\":\"e\","
	struct rig rig;
	struct client c;
	rig_start(&rig, NULL);
	client_open(&c, rig.socket);
	expect(&c, WRITE("\"case\":\"visit\",\"event\":\"e\""), -32602, "rpc.case_ref");
	expect(&c, WRITE("\"case\":\"nope/a\",\"event\":\"e\""), -32004, "rpc.workflow");
	expect(&c, WRITE(GOOD "\"effective_at\":\"soon\""), -32602, "time.invalid");
	expect(&c, WRITE(GOOD "\"expect_rev\":-1"), -32602, "rpc.param_value");
	expect(&c, WRITE(GOOD "\"as\":\"nobody\""), -32004, "org.no_unit");
	expect(&c,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"clock.advance\",\"params\":{\"by\":"
		"\"1d\"}}",
		-32007, "rpc.clock_wall");
	fake_set_manual(true);
	expect(&c, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"clock.advance\",\"params\":{}}",
		-32602, "rpc.one_of");
	expect(&c,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"clock.advance\",\"params\":{\"by\":"
		"\"10\"}}",
		-32602, "calendar.duration");
	cr_assert_eq(fake_waiting(), 0);
	fake_set_busy(true);
	expect(&c, WRITE("\"case\":\"visit/a\",\"event\":\"e\""), -32009, "engine.busy");
	client_close(&c);
	rig_stop(&rig);
}

ANJU_TEST(conn, clock_moves_by_days_and_working_days)
{
	struct rig rig;
	struct client c;
	rig_start(&rig, NULL);
	fake_set_manual(true);
	client_open(&c, rig.socket);
	static const struct {
		const char *by;
		int64_t days;
	} cases[] = {{"10d", 10}, {"48h", 2}, {"3wd", 5}, {"1mo", 31}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char line[160];
		snprintf(line, sizeof line,
			"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"clock.advance\",\"params\":{"
			"\"by\":\"%s\"}}\n",
			cases[i].by);
		client_send(&c, line);
		cr_assert(fake_wait(1));
		cr_assert_eq(fake_first()->kind, COMMAND_ADVANCE);
		cr_assert_eq(fake_first()->to_ms, FAKE_NOW_MS + cases[i].days * 86400000, "%s",
			cases[i].by);
		fake_finish(&rig, 1);
		json_decref(client_read(&c));
	}
	client_close(&c);
	rig_stop(&rig);
}

/* Back-pressure: no more commands of one connection than the limit, the rest waits unread or unparsed. */
ANJU_TEST(conn, in_flight_limit_holds)
{
	struct rpc_options limits = {.in_flight_limit = 4};
	struct rig rig;
	struct client c, other;
	rig_start(&rig, &limits);
	client_open(&c, rig.socket);
	client_open(&other, rig.socket);
	for (int i = 0; i < 50; i++)
		client_send(&c, SEND(9));
	cr_assert(fake_wait(4));
	usleep(50000);
	cr_assert_eq(fake_waiting(), 4);
	expect(&other, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"clock.get\"}", 0, "");
	for (int left = 50; left > 0;) {
		int n = fake_waiting();
		cr_assert(n <= 4);
		fake_finish(&rig, n);
		for (int i = 0; i < n; i++, left--)
			json_decref(client_read(&c));
		cr_assert(left == 0 || fake_wait(1));
	}
	client_close(&c);
	client_close(&other);
	rig_stop(&rig);
}

/* With half of what may wait together, who has many in work gets no more of them; who has few goes on. */
ANJU_TEST(conn, who_has_much_in_work_holds_back_under_pressure)
{
	struct rig rig;
	struct client c, other;
	rig_start(&rig, NULL);
	client_open(&c, rig.socket);
	client_open(&other, rig.socket);
	fake_set_pressed(true);
	for (int i = 0; i < 40; i++)
		client_send(&c, SEND(9));
	cr_assert(fake_wait(8));
	usleep(50000);
	cr_assert_eq(fake_waiting(), 8);
	client_send(&other, SEND(1));
	cr_assert(fake_wait(9));
	fake_set_pressed(false);
	fake_finish(&rig, 1);
	cr_assert(fake_wait(40), "it goes on when that is over");
	fake_finish(&rig, 40);
	for (int i = 0; i < 40; i++)
		json_decref(client_read(&c));
	json_decref(client_read(&other));
	client_close(&c);
	client_close(&other);
	rig_stop(&rig);
}

/* What is sent before anything can be read is looked at in one go: two run, four wait, the rest is refused. */
ANJU_TEST(conn, reads_are_refused_when_too_many_wait)
{
	struct rpc_options limits = {.threads = 1, .reads_limit = 4};
	struct rig rig;
	struct client c;
	char lines[8192] = "";
	rig_start(&rig, &limits);
	client_open(&c, rig.socket);
	for (int i = 0; i < 40; i++)
		strcat(lines, /* allowed: ample */
			"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"workflow.list\"}\n");
	strcat(lines, /* allowed: ample */
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"daemon.status\"}\n");
	client_send(&c, lines);
	int done = 0, refused = 0;
	json_t *counted = NULL;
	for (int i = 0; i < 41; i++) {
		json_t *v = client_read(&c);
		if (code_of(v) != 0) {
			cr_assert_str_eq(data_of(v, "id"), "rpc.busy");
			cr_assert_geq(json_integer_value(json_object_get(
					      json_object_get(json_object_get(v, "error"), "data"),
					      "retry_after_ms")),
				10);
			refused++;
		} else if (result_of(v, "reads") != NULL) {
			counted = json_incref(result_of(v, "reads"));
		} else {
			done++;
		}
		json_decref(v);
	}
	cr_assert_eq(done, 6);
	cr_assert_eq(refused, 34);
	cr_assert_eq(json_integer_value(json_object_get(counted, "busy")), 34);
	json_decref(counted);
	client_close(&c);
	rig_stop(&rig);
}

ANJU_TEST(conn, a_line_must_come_to_its_end)
{
	struct rpc_options limits = {.line_s = 1};
	struct rig rig;
	struct client c, idle;
	rig_start(&rig, &limits);
	client_open(&idle, rig.socket);
	expect(&idle, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"clock.get\"}", 0, "");
	client_open(&c, rig.socket);
	client_send(&c, "{\"jsonrpc\":");
	json_t *v = client_read_ms(&c, 10000);
	cr_assert_eq(code_of(v), -32600);
	cr_assert_str_eq(data_of(v, "id"), "rpc.line_slow");
	json_decref(v);
	cr_assert(client_at_end(&c));
	client_close(&c);
	/* nothing is expected of one that is idle */
	expect(&idle, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"clock.get\"}", 0, "");
	client_close(&idle);
	rig_stop(&rig);
}

/* A line may be longer than what is left for all: it comes through, one at a time. */
ANJU_TEST(conn, little_room_for_all_is_room_for_each)
{
	struct rpc_options limits = {.buffer_limit = 1, .line_limit = 200000};
	struct rig rig;
	struct client c;
	rig_start(&rig, &limits);
	client_open(&c, rig.socket);
	static const char head[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"clock.get\",";
	char *text = malloc(60000);
	memset(text, ' ', 60000);
	memcpy(text, head, sizeof head - 1);
	strcpy(text + 59900, "\"params\":{}}\n"); /* allowed: ample */
	for (int i = 0; i < 5; i++)
		client_send(&c, text);
	for (int i = 0; i < 5; i++) {
		json_t *v = client_read(&c);
		cr_assert_eq(code_of(v), 0, "%s", data_of(v, "id"));
		json_decref(v);
	}
	free(text);
	client_close(&c);
	rig_stop(&rig);
}

/* A peer that asks and never reads is not read from any more; when it reads again, all answers are there. */
ANJU_TEST(conn, slow_reader_is_held_back)
{
	struct rpc_options limits = {.out_limit = 64 * 1024};
	struct rig rig;
	struct client c;
	rig_start(&rig, &limits);
	client_open(&c, rig.socket);
	const size_t line = strlen(DISCOVER);
	size_t sent = 0, wanted = 4000 * line;
	/* Write until the socket takes no more: the server has stopped reading. */
	struct pollfd p = {.fd = c.fd, .events = POLLOUT};
	while (sent < wanted && poll(&p, 1, 300) > 0) {
		size_t at = sent % line;
		ssize_t n = send(c.fd, &DISCOVER[at], line - at, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n > 0)
			sent += (size_t)n;
	}
	cr_assert_lt(sent, wanted, "the server read all without being read from");
	for (size_t i = 0; i < sent / line; i++)
		json_decref(client_read(&c));
	expect(&c, &DISCOVER[sent % line], 0, "");
	client_close(&c);
	rig_stop(&rig);
}

ANJU_TEST(conn, half_closed_peer_gets_its_answers)
{
	struct rig rig;
	struct client c;
	rig_start(&rig, NULL);
	client_open(&c, rig.socket);
	client_send(&c, SEND(1));
	client_send(&c, "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"clock.get\"}"); /* no newline */
	shutdown(c.fd, SHUT_WR);
	json_t *v = client_read(&c);
	cr_assert_eq(json_integer_value(json_object_get(v, "id")), 2);
	json_decref(v);
	cr_assert(fake_wait(1));
	fake_finish(&rig, 1);
	v = client_read(&c);
	cr_assert_eq(json_integer_value(json_object_get(v, "id")), 1);
	json_decref(v);
	cr_assert(client_at_end(&c));
	client_close(&c);
	rig_stop(&rig);
}

ANJU_TEST(conn, peer_that_leaves_costs_nothing)
{
	struct rig rig;
	struct client c;
	rig_start(&rig, NULL);
	client_open(&c, rig.socket);
	client_send(&c, SEND(1));
	client_send(&c, "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"unit.list\"},");
	cr_assert(fake_wait(1));
	client_close(&c);
	usleep(20000);
	fake_finish(&rig, 1);
	client_open(&c, rig.socket);
	client_send(&c, SEND(1));
	client_send(&c, SEND(2));
	cr_assert(fake_wait(2));
	struct linger now = {.l_onoff = 1};
	setsockopt(c.fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	client_close(&c);
	fake_finish(&rig, 2);
	client_open(&c, rig.socket);
	expect(&c, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"clock.get\"}", 0, "");
	client_close(&c);
	rig_stop(&rig);
}

ANJU_TEST(conn, connection_limit)
{
	struct rpc_options limits = {.connection_limit = 2};
	struct rig rig;
	struct client c[3];
	rig_start(&rig, &limits);
	for (int i = 0; i < 2; i++) {
		client_open(&c[i], rig.socket);
		expect(&c[i], "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"clock.get\"}", 0, "");
	}
	client_open(&c[2], rig.socket);
	json_t *v = client_read(&c[2]);
	cr_assert_eq(code_of(v), -32009);
	cr_assert_str_eq(data_of(v, "id"), "rpc.connections");
	json_decref(v);
	cr_assert(client_at_end(&c[2]));
	client_close(&c[2]);
	client_close(&c[1]);
	usleep(20000);
	client_open(&c[1], rig.socket);
	expect(&c[1], "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"clock.get\"}", 0, "");
	client_close(&c[0]);
	client_close(&c[1]);
	rig_stop(&rig);
}

/* Stopping: what was asked is answered, what comes later is not taken. */
ANJU_TEST(conn, stop_answers_what_is_open)
{
	struct rig rig;
	struct client c;
	rig_start(&rig, NULL);
	client_open(&c, rig.socket);
	client_send(&c, SEND(3));
	cr_assert(fake_wait(1));
	rig_stop(&rig); /* finishes it first, as the drained engine would */
	json_t *v = client_read(&c);
	cr_assert_eq(json_integer_value(result_of(v, "rev")), 1);
	json_decref(v);
	cr_assert(client_at_end(&c));
	client_close(&c);
}

ANJU_TEST(socket, file_is_for_owner_and_group)
{
	struct rig rig;
	struct stat st;
	int fd = -1;
	rig_start(&rig, NULL);
	cr_assert_eq(stat(rig.socket, &st), 0);
	cr_assert_eq(st.st_mode & 0777, 0660);
	assert_status(rpc_socket_bind(rig.socket, &fd, &rig.err), ANJU_E_BUSY);
	cr_assert_str_eq(rig.err.id, "rpc.socket_in_use");
	cr_assert_eq(fd, -1);
	rig_stop(&rig);
}

ANJU_TEST(socket, stale_file_is_replaced_but_no_other)
{
	char folder[] = "/tmp/anju-rpc-XXXXXX", path[128], file[128], long_path[300];
	anju_error err;
	int fd, again;
	cr_assert_not_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/s", folder);
	assert_ok(rpc_socket_bind(path, &fd, &err), err);
	close(fd); /* nobody answers any more */
	assert_ok(rpc_socket_bind(path, &again, &err), err);
	close(again);
	snprintf(file, sizeof file, "%s/f", folder);
	fclose(fopen(file, "w"));
	assert_status(rpc_socket_bind(file, &fd, &err), ANJU_E_INVALID);
	cr_assert_eq(access(file, F_OK), 0);
	memset(long_path, 'a', sizeof long_path - 1);
	long_path[sizeof long_path - 1] = '\0';
	assert_status(rpc_socket_bind(long_path, &fd, &err), ANJU_E_INVALID);
	assert_status(rpc_socket_bind("/nonexistent/s", &fd, &err), ANJU_E_NOTFOUND);
	unlink(path);
	unlink(file);
	rmdir(folder);
}
