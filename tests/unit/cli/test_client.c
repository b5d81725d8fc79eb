/* The client: answers by id, lost connections, a daemon that is not there. */
#include <jansson.h>

#include "base/json.h"
#include "cli/client.h"
#include "unit/cli/fake.h"
#include "unit/support.h"

static json_t *echo(void *ctx, int n, const json_t *request)
{
	return json_pack("{s:i, s:O?}", "n", n, "params", json_object_get(request, "params"));
}

/* Hangs up on every third request. */
static json_t *moody(void *ctx, int n, const json_t *request)
{
	return n % 3 == 2 ? NULL : echo(ctx, n, request);
}

ANJU_TEST(client, asks_and_gets_answers, .timeout = 60)
{
	struct fake fake = {.answer = echo};
	fake_start(&fake);
	anju_error err = {0};
	struct client *client = client_new(fake.path);
	assert_ok(client_connect(client, &err), err);
	for (int i = 0; i < 3; i++) {
		json_t *answer = NULL;
		ANJU_AUTO_JSON *params = json_pack("{s:s}", "name", "张三\n");
		assert_ok(client_call(client, "case.get", params, &answer, &err), err);
		json_t *result = json_object_get(answer, "result");
		cr_assert_eq(json_integer_value(json_object_get(result, "n")), i);
		cr_assert(json_equal(json_object_get(result, "params"), params));
		json_decref(answer);
	}
	client_free(client);
	fake_stop(&fake);
	const json_t *first = json_array_get(fake.requests, 0);
	cr_assert_str_eq(json_string_value(json_object_get(first, "jsonrpc")), "2.0");
	cr_assert_str_eq(json_string_value(json_object_get(first, "method")), "case.get");
	json_decref(fake.requests);
}

ANJU_TEST(client, a_lost_connection_is_said_and_made_again, .timeout = 60)
{
	struct fake fake = {.answer = moody};
	fake_start(&fake);
	anju_error err = {0};
	int lost = 0, answered = 0;
	struct client *client = client_new(fake.path);
	assert_ok(client_connect(client, &err), err);
	while (answered < 6) {
		json_t *answer = NULL;
		anju_status st = client_call(client, "x", NULL, &answer, &err);
		if (st == ANJU_OK) {
			answered++;
			json_decref(answer);
			continue;
		}
		cr_assert_eq(st, ANJU_E_IO);
		cr_assert_str_eq(err.id, "cli.lost");
		lost++;
		assert_status(client_send(client, 1, "x", NULL, &err), ANJU_E_IO);
		assert_ok(client_reconnect(client, 5, &err), err);
	}
	cr_assert_eq(lost, 2);
	client_free(client);
	fake_stop(&fake);
	json_decref(fake.requests);
}

ANJU_TEST(client, nobody_there, .timeout = 60)
{
	anju_error err = {0};
	struct client *client = client_new("/tmp/anjuctl-nobody-listens-here");
	assert_status(client_connect(client, &err), ANJU_E_IO);
	cr_assert_str_eq(err.id, "cli.connect");
	cr_assert_str_eq(err.file, "/tmp/anjuctl-nobody-listens-here");
	assert_status(client_reconnect(client, 0, &err), ANJU_E_IO);
	json_t *answer = NULL;
	assert_status(client_call(client, "x", NULL, &answer, &err), ANJU_E_IO);
	client_free(client);
}

ANJU_TEST(client, a_path_that_is_too_long, .timeout = 60)
{
	anju_error err = {0};
	char path[300];
	memset(path, 'a', sizeof path - 1);
	path[sizeof path - 1] = '\0';
	struct client *client = client_new(path);
	assert_status(client_reconnect(client, 5, &err), ANJU_E_INVALID);
	cr_assert_str_eq(err.id, "cli.socket_path");
	client_free(client);
}

ANJU_TEST(client, waiting_has_an_end, .timeout = 60)
{
	struct fake fake = {.answer = echo};
	fake_start(&fake);
	anju_error err = {0};
	struct client *client = client_new(fake.path);
	assert_ok(client_connect(client, &err), err);
	json_t *line = NULL;
	assert_status(client_read(client, 20, &line, &err), ANJU_E_BUSY);
	assert_ok(client_send(client, 7, "x", NULL, &err), err);
	assert_ok(client_read(client, 5000, &line, &err), err);
	cr_assert_eq(json_integer_value(json_object_get(line, "id")), 7);
	json_decref(line);
	client_free(client);
	fake_stop(&fake);
	json_decref(fake.requests);
}
