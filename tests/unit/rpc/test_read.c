#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "pack/pack.h"
#include "rig.h"
#include "rpc/method.h"
#include "rpc/state.h"
#include "rpc/visible.h"
#include "unit/support.h"

static json_t *ask(struct client *c, const char *method, const char *params)
{
	char line[512];
	snprintf(line, sizeof line,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":%s}", method, params);
	return client_ask(c, line);
}

static const char *string_in(const json_t *v, const char *name)
{
	const char *s = json_string_value(json_object_get(v, name));
	return s != NULL ? s : "";
}

static json_t *relation_in(json_t *answer, const char *member, const char *name)
{
	return json_object_get(result_of(answer, member), name);
}

ANJU_TEST(read, case_get_shows_related_cases_and_counts_those_past_a_hundred)
{
	struct rig rig;
	struct client c;
	rig_start(&rig, NULL);
	int64_t first = rig_add_case(&rig, "first", 1);
	for (int i = 0; i < 103; i++) {
		char key[16];
		snprintf(key, sizeof key, "n-%d", i);
		int64_t id = rig_add_case(&rig, key, 1);
		assert_ok(store_begin(rig.store, &rig.err), rig.err);
		assert_ok(store_relation_add(rig.store, id, "before", first, &rig.err), rig.err);
		assert_ok(store_commit(rig.store, &rig.err), rig.err);
	}
	client_open(&c, rig.socket);
	json_t *v = ask(&c, "case.get", "{\"case\":\"visit/n-7\"}");
	cr_assert_eq(code_of(v), 0, "%s", data_of(v, "id"));
	json_t *list = relation_in(v, "relations", "before");
	cr_assert_eq(json_array_size(list), 1);
	cr_assert_str_eq(json_string_value(json_array_get(list, 0)), "visit/first");
	cr_assert_eq(json_array_size(relation_in(v, "relations", "after")), 0);
	cr_assert_eq(json_object_size(result_of(v, "relations_more")), 0);
	json_decref(v);
	v = ask(&c, "case.get", "{\"case\":\"visit/first\"}");
	cr_assert_eq(json_array_size(relation_in(v, "relations", "before")), 0);
	list = relation_in(v, "relations", "after");
	cr_assert_eq(json_array_size(list), 100);
	cr_assert_str_eq(json_string_value(json_array_get(list, 99)), "visit/n-99");
	cr_assert_eq(json_integer_value(relation_in(v, "relations_more", "after")), 3);
	cr_assert_null(relation_in(v, "relations_more", "before"));
	json_decref(v);
	client_close(&c);
	rig_stop(&rig);
}

ANJU_TEST(read, case_get_shows_all_of_it)
{
	struct rig rig;
	struct client c;
	rig_start(&rig, NULL);
	int64_t id = rig_add_case(&rig, "a-1", 1);
	struct store_deadline due = {.case_id = id,
		.name = "visit",
		.due_ms = FAKE_NOW_MS - 1,
		.due_day = 17393,
		.next_ms = INT64_MAX,
		.armed_ms = FAKE_NOW_MS - 5,
		.lead = "610322.land",
		.responsible = "610322.land 610322.poverty"};
	int64_t due_id;
	assert_ok(store_begin(rig.store, &rig.err), rig.err);
	assert_ok(store_deadline_insert(rig.store, &due, &due_id, &rig.err), rig.err);
	assert_ok(store_commit(rig.store, &rig.err), rig.err);
	client_open(&c, rig.socket);
	json_t *v = ask(&c, "case.get", "{\"case\":\"visit/a-1\"}");
	cr_assert_eq(code_of(v), 0, "%s", data_of(v, "id"));
	json_t *r = json_object_get(v, "result");
	cr_assert_str_eq(string_in(r, "case"), "visit/a-1");
	cr_assert_str_eq(string_in(r, "phase"), "identify");
	cr_assert_eq(json_integer_value(json_object_get(r, "rev")), 1);
	cr_assert_str_eq(
		json_string_value(json_array_get(json_object_get(r, "states"), 0)), "planned");
	cr_assert_str_eq(string_in(json_object_get(r, "data"), "id_number"), "610322197001010011");
	json_t *possible = json_object_get(r, "possible");
	cr_assert_eq(json_array_size(possible), 1);
	json_t *event = json_array_get(possible, 0);
	cr_assert_str_eq(string_in(event, "event"), "visit");
	cr_assert_str_eq(
		json_string_value(json_array_get(json_object_get(event, "by"), 0)), "610322.land");
	json_t *deadlines = json_object_get(r, "deadlines");
	cr_assert_eq(json_array_size(deadlines), 1);
	json_t *deadline = json_array_get(deadlines, 0);
	cr_assert(json_is_true(json_object_get(deadline, "overdue")));
	cr_assert_str_eq(string_in(json_object_get(deadline, "title"), "zh"), "按期走访");
	cr_assert_eq(json_array_size(json_object_get(deadline, "responsible")), 2);
	json_decref(v);
	v = ask(&c, "case.get", "{\"case\":\"visit/nobody\"}");
	cr_assert_eq(code_of(v), -32004);
	cr_assert_str_eq(data_of(v, "found"), "visit/nobody");
	json_decref(v);
	v = ask(&c, "deadline.list", "{\"status\":\"overdue\",\"case\":\"visit/a-1\"}");
	cr_assert_eq(json_array_size(result_of(v, "items")), 1);
	json_decref(v);
	v = ask(&c, "deadline.list", "{\"status\":\"met\"}");
	cr_assert_eq(json_array_size(result_of(v, "items")), 0);
	json_decref(v);
	v = ask(&c, "deadline.stats", "{}");
	cr_assert_eq(json_integer_value(result_of(v, "overdue")), 1);
	json_decref(v);
	client_close(&c);
	rig_stop(&rig);
}

ANJU_TEST(read, case_of_another_definition_has_no_possible)
{
	struct rig rig;
	struct client c;
	rig_start(&rig, NULL);
	struct store_case row = {.workflow = "visit",
		.key = "old",
		.hash = "00",
		.rev = 0,
		.region = "",
		.phase = "",
		.state = "gone|!",
		.data = "{}",
		.meta = "{\"docs\":{},\"locks\":[]}"};
	int64_t id;
	assert_ok(store_begin(rig.store, &rig.err), rig.err);
	assert_ok(store_case_insert(rig.store, &row, &id, &rig.err), rig.err);
	assert_ok(store_commit(rig.store, &rig.err), rig.err);
	client_open(&c, rig.socket);
	json_t *v = ask(&c, "case.get", "{\"case\":\"visit/old\"}");
	cr_assert(json_is_null(result_of(v, "possible")));
	cr_assert_eq(json_array_size(result_of(v, "states")), 1);
	json_decref(v);
	client_close(&c);
	rig_stop(&rig);
}

/* Every case once, whatever the page size. */
ANJU_TEST(read, lists_are_paged)
{
	struct rig rig;
	struct client c;
	rig_start(&rig, NULL);
	for (int i = 0; i < 25; i++) {
		char key[16];
		snprintf(key, sizeof key, "k-%02d", i);
		rig_add_case(&rig, key, 1);
	}
	client_open(&c, rig.socket);
	char cursor[64] = "null";
	int seen = 0, pages = 0;
	while (pages < 10) {
		char params[128];
		snprintf(params, sizeof params,
			"{\"workflow\":\"visit\",\"limit\":10,\"after\":%s}", cursor);
		json_t *v = ask(&c, "case.list", params);
		json_t *items = result_of(v, "items");
		for (size_t i = 0; i < json_array_size(items); i++, seen++) {
			char key[16];
			snprintf(key, sizeof key, "k-%02d", seen);
			cr_assert_str_eq(string_in(json_array_get(items, i), "key"), key);
		}
		pages++;
		const char *next = json_string_value(result_of(v, "next"));
		bool last = next == NULL;
		if (!last)
			snprintf(cursor, sizeof cursor, "\"%s\"", next);
		json_decref(v);
		if (last)
			break;
	}
	cr_assert_eq(seen, 25);
	cr_assert_eq(pages, 3);
	json_t *v = ask(&c, "case.list", "{\"limit\":25}"); /* exactly full: no further page */
	cr_assert(json_is_null(result_of(v, "next")));
	json_decref(v);
	v = ask(&c, "case.list", "{\"workflow\":\"nope\"}");
	cr_assert_eq(code_of(v), -32004);
	cr_assert_str_eq(data_of(v, "allowed"), "visit");
	json_decref(v);
	v = ask(&c, "case.stats", "{}");
	cr_assert_eq(json_integer_value(result_of(v, "open")), 25);
	json_decref(v);
	client_close(&c);
	rig_stop(&rig);
}

ANJU_TEST(read, history_and_memory_lists)
{
	struct rig rig;
	struct client c;
	rig_start(&rig, NULL);
	rig_add_case(&rig, "a", 5);
	client_open(&c, rig.socket);
	json_t *v = ask(&c, "case.history", "{\"case\":\"visit/a\",\"after\":2,\"limit\":2}");
	json_t *items = result_of(v, "items");
	cr_assert_eq(json_array_size(items), 2, "%s", json_dumps(v, 0));
	cr_assert_eq(json_integer_value(json_object_get(json_array_get(items, 0), "rev")), 3);
	cr_assert_str_eq(string_in(json_array_get(items, 0), "actor"), "610322.land/王");
	cr_assert_str_eq(json_string_value(result_of(v, "next")), "4");
	json_decref(v);
	v = ask(&c, "unit.list", "{\"level\":\"county\",\"limit\":1}");
	cr_assert_str_eq(json_string_value(result_of(v, "next")), "610322.land");
	json_decref(v);
	v = ask(&c, "unit.list", "{\"level\":\"county\",\"after\":\"610322.land\"}");
	cr_assert_eq(json_array_size(result_of(v, "items")), 1);
	cr_assert(json_is_null(result_of(v, "next")));
	json_decref(v);
	v = ask(&c, "workflow.get", "{\"workflow\":\"visit\"}");
	cr_assert_str_eq(string_in(result_of(v, "source"), "id"), "visit");
	json_decref(v);
	v = ask(&c, "workflow.list", "{}");
	cr_assert_eq(json_array_size(result_of(v, "items")), 1);
	json_decref(v);
	v = ask(&c, "plugin.list", "{}");
	cr_assert_eq(json_array_size(result_of(v, "items")), 0);
	json_decref(v);
	v = ask(&c, "message.list", "{\"status\":\"dead\"}");
	cr_assert_eq(json_array_size(result_of(v, "items")), 0);
	json_decref(v);
	v = ask(&c, "daemon.status", "{}");
	cr_assert_str_eq(json_string_value(result_of(v, "trouble")), "disk full");
	cr_assert_eq(json_integer_value(json_object_get(result_of(v, "store"), "entries")), 5);
	cr_assert_eq(json_integer_value(result_of(v, "connections")), 1);
	json_decref(v);
	client_close(&c);
	rig_stop(&rig);
}

/* --- who may see what --- */

static void call_as(
	struct rig *rig, const char *method, const char *params, const char *unit, struct buf *out)
{
	struct rpc_call call = {.server = rig->server};
	anju_error err;
	const char *as;
	json_t *v = json_loads(params, 0, NULL);
	call.method = method_find(method, strlen(method));
	call.params = v;
	assert_ok(method_check(call.method, v, call.arg, &as, &err), err);
	call.who.unit = org_unit(pack_set_org(rig->packs), unit);
	struct store_reader *reader;
	assert_ok(readers_take(rig->server->readers, &reader, &err), err);
	assert_ok(call.method->read(&call, reader, out, &err), err);
	readers_give(rig->server->readers, reader);
	json_decref(v);
}

/* What message.resend makes of its parameters; NULL: a command. */
static void resend(struct rig *rig, bool admin, const char *params, const char *want)
{
	struct rpc_call call = {.server = rig->server};
	struct command *cmd = command_new(COMMAND_RESEND);
	anju_error err = {0};
	const char *as;
	json_t *v = json_loads(params, 0, NULL);
	call.method = method_find("message.resend", strlen("message.resend"));
	call.params = v;
	assert_ok(method_check(call.method, v, call.arg, &as, &err), err);
	call.who.admin = admin;
	anju_status st = call.method->write(&call, cmd, &err);
	cr_assert_str_eq(st == ANJU_OK ? "" : err.id, want, "%s: %s", params, err.id);
	command_free(cmd);
	json_decref(v);
}

ANJU_TEST(outbox, who_may_send_again_and_what)
{
	struct rig rig;
	rig_start(&rig, NULL);
	resend(&rig, false, "{\"ids\":[1]}", "rpc.admin_only");
	resend(&rig, false, "{\"all_dead\":true}", "rpc.admin_only");
	resend(&rig, true, "{\"ids\":[1]}", "");
	resend(&rig, true, "{\"all_dead\":true}", "");
	resend(&rig, true, "{}", "rpc.one_of");
	resend(&rig, true, "{\"ids\":[1],\"all_dead\":true}", "rpc.one_of");
	resend(&rig, true, "{\"ids\":[]}", "rpc.param_value");
	resend(&rig, true, "{\"ids\":[1,\"2\"]}", "rpc.param_value");
	resend(&rig, true, "{\"ids\":[0]}", "rpc.param_value");
	resend(&rig, true, "{\"ids\":[1],\"channel\":\"pigeon\"}", "rpc.channel");
	rig_stop(&rig);
}

ANJU_TEST(visible, sensitive_fields_are_for_those_who_write_them)
{
	struct rig rig;
	rig_start(&rig, NULL);
	rig_add_case(&rig, "a", 2);
	ANJU_AUTO_BUF land = BUF_INIT, poverty = BUF_INIT, nobody = BUF_INIT, history = BUF_INIT;
	call_as(&rig, "case.get", "{\"case\":\"visit/a\"}", "610322.land", &land);
	call_as(&rig, "case.get", "{\"case\":\"visit/a\"}", "610322.poverty", &poverty);
	call_as(&rig, "case.get", "{\"case\":\"visit/a\"}", "no such unit", &nobody);
	call_as(&rig, "case.history", "{\"case\":\"visit/a\"}", "610322.poverty", &history);
	cr_assert_not_null(strstr(land.data, "610322197001010011"));
	cr_assert_null(strstr(poverty.data, "610322197001010011"));
	cr_assert_not_null(strstr(poverty.data, "\"id_number\":\"***\""));
	cr_assert_null(strstr(nobody.data, "610322197001010011"));
	cr_assert_null(strstr(history.data, "610322197001010011"));
	cr_assert_not_null(strstr(history.data, "\"id_number\":\"***\""));
	rig_stop(&rig);
}

ANJU_TEST(visible, masks_at_any_depth_but_not_null)
{
	struct rig rig;
	rig_load(&rig);
	const struct workflow *wf = pack_set_workflow(rig.packs, "visit");
	struct principal who = {.unit = org_unit(pack_set_org(rig.packs), "610322.poverty")};
	struct case_roles roles;
	json_t *v = json_pack("{s:[{s:s,s:s}], s:{s:n}}", "list", "id_number", "1", "note", "n",
		"x", "id_number");
	cr_assert(visible_needs_mask(wf, &who));
	case_roles_init(&roles, wf, "610322", NULL);
	visible_mask(pack_set_org(rig.packs), &roles, &who, v);
	char *text = json_dumps(v, JSON_COMPACT | JSON_SORT_KEYS);
	cr_assert_str_eq(text,
		"{\"list\":[{\"id_number\":\"***\",\"note\":\"n\"}],\"x\":{\"id_number\":null}}");
	free(text);
	json_decref(v);
	who = (struct principal){.admin = true};
	cr_assert_not(visible_needs_mask(wf, &who));
	rig_unload(&rig);
}

/* --- the feed --- */

static void expect_seq(struct client *c, int64_t seq)
{
	json_t *v = client_read(c);
	cr_assert_str_eq(string_in(v, "method"), "feed.entry");
	json_t *params = json_object_get(v, "params");
	cr_assert_eq(json_integer_value(json_object_get(params, "seq")), seq, "%lld, expected %lld",
		(long long)json_integer_value(json_object_get(params, "seq")), (long long)seq);
	cr_assert_str_eq(string_in(params, "case"), "visit/a");
	json_decref(v);
}

ANJU_TEST(feed, brings_entries_in_order_and_goes_on)
{
	struct rig rig;
	struct client c;
	rig_start(&rig, NULL);
	rig_add_case(&rig, "a", 700); /* more than one piece */
	rig_committed(&rig, 700);
	client_open(&c, rig.socket);
	json_t *v = ask(&c, "feed.subscribe", "{\"after\":3}");
	cr_assert_eq(json_integer_value(result_of(v, "subscription")), 1);
	json_decref(v);
	for (int64_t seq = 4; seq <= 700; seq++)
		expect_seq(&c, seq);
	cr_assert(client_silent(&c, 50));
	int64_t seq, id;
	struct store_case cs;
	assert_ok(store_case_find(rig.store, "visit", "a", &cs, &rig.err), rig.err);
	id = cs.id;
	struct store_entry entry = {
		.case_id = id, .rev = 701, .event = "x", .actor = "system", .body = "{}"};
	assert_ok(store_begin(rig.store, &rig.err), rig.err);
	assert_ok(store_journal_append(rig.store, &entry, &seq, &rig.err), rig.err);
	assert_ok(store_commit(rig.store, &rig.err), rig.err);
	rig_committed(&rig, seq);
	expect_seq(&c, seq);
	v = ask(&c, "feed.unsubscribe", "{\"subscription\":1}");
	cr_assert_eq(code_of(v), 0);
	json_decref(v);
	v = ask(&c, "feed.unsubscribe", "{\"subscription\":1}");
	cr_assert_eq(code_of(v), -32004);
	json_decref(v);
	rig_committed(&rig, seq + 1);
	cr_assert(client_silent(&c, 50));
	client_close(&c);
	rig_stop(&rig);
}

ANJU_TEST(feed, without_after_starts_now)
{
	struct rig rig;
	struct client c;
	rig_start(&rig, NULL);
	rig_add_case(&rig, "a", 5);
	rig_committed(&rig, 5);
	client_open(&c, rig.socket);
	json_t *v = ask(&c, "clock.get", "{}"); /* the loop has seen the commit */
	json_decref(v);
	v = ask(&c, "feed.subscribe", "{}");
	cr_assert_eq(json_integer_value(result_of(v, "last_seq")), 5);
	json_decref(v);
	cr_assert(client_silent(&c, 50));
	v = ask(&c, "feed.subscribe", "{\"after\":-1}");
	cr_assert_eq(code_of(v), -32602);
	json_decref(v);
	for (int i = 0; i < 8; i++) {
		v = ask(&c, "feed.subscribe", "{}");
		cr_assert_eq(code_of(v), i < 7 ? 0 : -32000);
		json_decref(v);
	}
	client_close(&c);
	rig_stop(&rig);
}

/* A subscriber that does not read costs no more than the limit and misses nothing. */
ANJU_TEST(feed, slow_subscriber_is_waited_for)
{
	struct rpc_options limits = {.out_limit = 32 * 1024};
	struct rig rig;
	struct client c;
	rig_start(&rig, &limits);
	rig_add_case(&rig, "a", 6000);
	rig_committed(&rig, 6000);
	client_open(&c, rig.socket);
	client_send(&c, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"feed.subscribe\",\"params\":{"
			"\"after\":0}}\n");
	usleep(200000);
	size_t waiting = 0;
	for (struct conn *conn = rig.server->conns; conn != NULL; conn = conn->next)
		waiting += conn_waiting(conn);
	cr_assert_lt(waiting, 256 * 1024, "%zu bytes waiting", waiting);
	cr_assert_gt(waiting, 0, "the feed has stalled");
	json_t *v = client_read(&c);
	cr_assert_eq(code_of(v), 0);
	json_decref(v);
	for (int64_t seq = 1; seq <= 6000; seq++)
		expect_seq(&c, seq);
	client_close(&c);
	rig_stop(&rig);
}

/* The peer goes while a piece is being read, again and again. */
ANJU_TEST(feed, subscriber_may_leave_at_any_time)
{
	struct rig rig;
	struct client c;
	rig_start(&rig, NULL);
	rig_add_case(&rig, "a", 300);
	rig_committed(&rig, 300);
	for (int i = 0; i < 30; i++) {
		client_open(&c, rig.socket);
		client_send(&c, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"feed.subscribe\","
				"\"params\":{\"after\":0}}\n");
		if (i % 3 == 0)
			json_decref(client_read(&c));
		client_close(&c);
	}
	rig_stop(&rig);
}
