#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/json.h"
#include "world.h"

#define OPEN_1                                                                                     \
	"{\"workflow\":\"household\",\"key\":\"610322-0001\",\"data\":{\"persons\":5,\"town\":"    \
	"\"610322101.town\"}}"
#define SEND(event, more)                                                                          \
	"{\"workflow\":\"household\",\"key\":\"610322-0001\",\"event\":\"" event "\"" more "}"
#define AGREEMENT ",\"docs\":[{\"kind\":\"agreement\",\"ref\":\"A-1\"}]"

static const char *text(const struct command *c, const char *lang)
{
	const char *s =
		json_string_value(json_object_get(json_object_get(c->err_data, "text"), lang));
	return s != NULL ? s : "";
}

ANJU_TEST(engine, an_event_moves_a_case_and_is_in_its_journal)
{
	struct world w;
	struct command *c;
	world_open(&w, "2017-08-16T08:00+08:00", NULL);
	cr_assert_eq(world_do(&w, COMMAND_OPEN, "610322.poverty", OPEN_1, &c), ANJU_OK, "%s",
		c->err.text);
	cr_assert(strstr(c->reply.data, "\"rev\":1,\"states\":[\"survey\"],\"phase\":\"agree\"") !=
			  NULL,
		"%s", c->reply.data);
	command_free(c);
	cr_assert_eq(world_do(&w, COMMAND_SEND, "610322.land",
			     SEND("sign", AGREEMENT ",\"data\":{\"area_m2\":\"120.00\"}"), &c),
		ANJU_OK, "%s", c->err.text);
	cr_assert(strstr(c->reply.data, "\"rev\":2,\"states\":[\"signed\"]") != NULL, "%s",
		c->reply.data);
	command_free(c);
	world_verify(&w);
	world_done(&w);
}

ANJU_TEST(engine, refusals_explain_themselves_and_change_nothing)
{
	struct world w;
	struct command *c;
	world_open(&w, "2017-08-16T08:00+08:00", NULL);
	/* wrong opener, then right */
	assert_status(world_do(&w, COMMAND_OPEN, "610322.land", OPEN_1, NULL), ANJU_E_DENIED);
	assert_status(world_do(&w, COMMAND_OPEN, "610322.poverty", OPEN_1, NULL), ANJU_OK);
	assert_status(world_do(&w, COMMAND_OPEN, "610322.poverty", OPEN_1, NULL), ANJU_E_EXISTS);

	assert_status(
		world_do(&w, COMMAND_SEND, "610322.poverty", SEND("sign", ""), &c), ANJU_E_DENIED);
	cr_assert_str_eq(c->err.id, "case.wrong_role");
	cr_assert(strstr(text(c, "zh"), "县国土局") != NULL &&
			  strstr(text(c, "zh"), "610322.land") != NULL,
		"%s", text(c, "zh"));
	command_free(c);

	assert_status(world_do(&w, COMMAND_SEND, "610322.land", SEND("site_accepted", ""), &c),
		ANJU_E_REFUSED);
	cr_assert_str_eq(c->err.id, "case.wrong_state");
	cr_assert_str_eq(c->err.allowed, "signed");
	cr_assert(strstr(text(c, "en"), "only from \"Signed\"") != NULL, "%s", text(c, "en"));
	command_free(c);

	assert_status(
		world_do(&w, COMMAND_SEND, "610322.land", SEND("fly", ""), &c), ANJU_E_REFUSED);
	cr_assert_str_eq(c->err.id, "case.unknown_event");
	command_free(c);

	assert_status(world_do(&w, COMMAND_SEND, "610322.land",
			      SEND("sign", AGREEMENT ",\"data\":{\"area_m2\":\"132.00\"}"), &c),
		ANJU_E_REFUSED);
	cr_assert_str_eq(c->err.id, "case.guard");
	cr_assert(
		strstr(text(c, "en"), "132.00") != NULL && strstr(text(c, "en"), "125.00") != NULL,
		"%s", text(c, "en"));
	command_free(c);

	assert_status(world_do(&w, COMMAND_SEND, "610322.land",
			      SEND("sign", ",\"data\":{\"area_m2\":\"100.00\"}"), &c),
		ANJU_E_REFUSED);
	cr_assert_str_eq(c->err.id, "case.needs");
	command_free(c);

	assert_status(world_do(&w, COMMAND_SEND, "610322.land", SEND("sign", AGREEMENT), &c),
		ANJU_E_REFUSED);
	command_free(c);
	assert_status(world_do(&w, COMMAND_SEND, "610322.land",
			      SEND("sign", ",\"data\":{\"persons\":4}"), &c),
		ANJU_E_DENIED);
	cr_assert_str_eq(c->err.id, "case.field_role");
	command_free(c);
	assert_status(world_do(&w, COMMAND_SEND, "610322.land",
			      SEND("sign", ",\"data\":{\"area_m2\":\"100.005\"}"), &c),
		ANJU_E_INVALID);
	cr_assert_str_eq(c->err.where, "/data/area_m2");
	command_free(c);
	assert_status(world_do(&w, COMMAND_SEND, "610322.land",
			      SEND("sign", ",\"at\":\"2017-08-17T08:00+08:00\""), &c),
		ANJU_E_INVALID);
	cr_assert_str_eq(c->err.id, "case.future");
	command_free(c);
	/* nothing of all that is left */
	assert_status(
		world_do(&w, COMMAND_SEND, "610322.land",
			SEND("sign", AGREEMENT ",\"rev\":1,\"data\":{\"area_m2\":\"100.00\"}"),
			NULL),
		ANJU_OK);
	world_verify(&w);
	world_done(&w);
}

ANJU_TEST(engine, annotated_data_is_locked_until_the_case_is_sent_back)
{
	struct world w;
	struct command *c;
	world_open(&w, "2017-08-16T08:00+08:00", NULL);
	assert_status(world_do(&w, COMMAND_OPEN, "610322.poverty", OPEN_1, NULL), ANJU_OK);
	assert_status(world_do(&w, COMMAND_SEND, "610322101.town",
			      SEND("amend", ",\"data\":{\"persons\":6}"), &c),
		ANJU_E_REFUSED);
	cr_assert_str_eq(c->err.id, "case.reason");
	command_free(c);
#define AMEND(n) SEND("amend", ",\"reason\":\"born\",\"data\":{\"persons\":" n "}")
	assert_status(world_do(&w, COMMAND_SEND, "610322101.town", AMEND("6"), NULL), ANJU_OK);
	assert_status(world_do(&w, COMMAND_SEND, "610322.land",
			      SEND("sign", AGREEMENT ",\"data\":{\"area_m2\":\"120.00\"}"), NULL),
		ANJU_OK);
	assert_status(world_do(&w, COMMAND_SEND, "610322101.town", AMEND("7"), &c), ANJU_E_REFUSED);
	cr_assert_str_eq(c->err.id, "case.locked");
	command_free(c);
	assert_status(world_do(&w, COMMAND_SEND, "610322.poverty",
			      SEND("reopen", ",\"reason\":\"miscounted\""), NULL),
		ANJU_OK);
	assert_status(world_do(&w, COMMAND_SEND, "610322101.town", AMEND("7"), NULL), ANJU_OK);
	world_verify(&w);
	world_done(&w);
}

ANJU_TEST(engine, idempotency_dry_run_and_revisions)
{
	struct world w;
	struct command *a, *b;
	world_open(&w, "2017-08-16T08:00+08:00", NULL);
	assert_status(world_do(&w, COMMAND_OPEN, "610322.poverty", OPEN_1, NULL), ANJU_OK);
#define SIGN_ONCE SEND("sign", AGREEMENT ",\"idem\":\"k1\",\"data\":{\"area_m2\":\"100.00\"}")
#define SIGN_DRY  SEND("sign", AGREEMENT ",\"dry_run\":true,\"data\":{\"area_m2\":\"100.00\"}")
	assert_status(world_do(&w, COMMAND_SEND, "610322.land", SIGN_DRY, &a), ANJU_OK);
	cr_assert(strstr(a->reply.data, "\"dry_run\":true") != NULL);
	command_free(a);
	assert_status(world_do(&w, COMMAND_SEND, "610322.land", SIGN_ONCE, &a), ANJU_OK);
	assert_status(world_do(&w, COMMAND_SEND, "610322.land", SIGN_ONCE, &b), ANJU_OK);
	cr_assert(strstr(b->reply.data, "\"rev\":2,\"states\":[\"signed\"]") != NULL, "%s",
		b->reply.data);
	command_free(a);
	command_free(b);
	assert_status(world_do(&w, COMMAND_SEND, "610322.poverty",
			      SEND("reopen", ",\"idem\":\"k1\",\"reason\":\"x\""), &a),
		ANJU_E_CONFLICT);
	command_free(a);
	assert_status(world_do(&w, COMMAND_SEND, "610322.poverty",
			      SEND("reopen", ",\"rev\":1,\"reason\":\"x\""), &a),
		ANJU_E_CONFLICT);
	cr_assert_str_eq(a->err.id, "engine.rev");
	command_free(a);
	world_verify(&w);
	world_done(&w);
}

static void forget_keys(const struct world *w)
{
	char path[100];
	sqlite3 *db;
	snprintf(path, sizeof path, "%s/anju.db", w->folder);
	cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
	cr_assert_eq(sqlite3_exec(db, "UPDATE cases SET idem = NULL", NULL, NULL, NULL), SQLITE_OK);
	cr_assert_eq(sqlite3_close(db), SQLITE_OK);
}

/* An event that may come again and again: only its key tells a repeat from another one. */
ANJU_TEST(engine, a_key_is_remembered_with_its_case)
{
	struct world w;
	struct command *a;
	world_open(&w, "2017-08-16T08:00+08:00", NULL);
#define OPEN_ONCE(key, idem)                                                                       \
	"{\"workflow\":\"household\",\"key\":\"" key "\",\"idem\":\"" idem                         \
	"\",\"data\":{\"persons\":5,\"town\":\"610322101.town\"}}"
#define AMEND_ONCE(n, idem)                                                                        \
	"{\"workflow\":\"household\",\"key\":\"610322-0001\",\"event\":\"amend\",\"idem\":\"" idem \
	"\",\"reason\":\"counted again\",\"data\":{\"persons\":" n "}}"
	assert_status(
		world_do(&w, COMMAND_OPEN, "610322.poverty", OPEN_ONCE("610322-0001", "o"), NULL),
		ANJU_OK);
	/* the same again; the same key for another case is another matter; without it there is one already */
	assert_status(
		world_do(&w, COMMAND_OPEN, "610322.poverty", OPEN_ONCE("610322-0001", "o"), &a),
		ANJU_OK);
	cr_assert(strstr(a->reply.data, "610322-0001\",\"rev\":1,") != NULL, "%s", a->reply.data);
	command_free(a);
	assert_status(
		world_do(&w, COMMAND_OPEN, "610322.poverty", OPEN_ONCE("610322-0002", "o"), NULL),
		ANJU_OK);
	assert_status(
		world_do(&w, COMMAND_OPEN, "610322.poverty", OPEN_ONCE("610322-0001", "p"), NULL),
		ANJU_E_EXISTS);
	for (int turn = 0; turn < 3; turn++) {
		assert_status(
			world_do(&w, COMMAND_SEND, "610322101.town", AMEND_ONCE("6", "k6"), &a),
			ANJU_OK);
		cr_assert(
			strstr(a->reply.data, "\"rev\":2,") != NULL, "%d: %s", turn, a->reply.data);
		command_free(a);
		assert_status(
			world_do(&w, COMMAND_SEND, "610322101.town", AMEND_ONCE("7", "k7"), &a),
			ANJU_OK);
		cr_assert(
			strstr(a->reply.data, "\"rev\":3,") != NULL, "%d: %s", turn, a->reply.data);
		command_free(a);
		world_close(&w);
		if (turn == 1) /* as a database was before lists of keys were kept */
			forget_keys(&w);
		world_reopen(&w, NULL);
	}
	world_verify(&w);
	world_done(&w);
}

ANJU_TEST(engine, reminders_digest_and_escalation)
{
	struct world w;
	world_open(&w, "2017-08-16T08:00+08:00", NULL);
	assert_status(world_do(&w, COMMAND_OPEN, "610322.poverty", OPEN_1, NULL), ANJU_OK);
	assert_status(world_do(&w, COMMAND_OPEN, "610322.poverty",
			      "{\"workflow\":\"household\",\"key\":\"610322-0002\",\"data\":{"
			      "\"persons\":3,"
			      "\"town\":\"610322101.town\"}}",
			      NULL),
		ANJU_OK);
	char *d = world_deadlines(&w, "household", "610322-0001");
	cr_assert_str_eq(d, "agreements|0|2017-08-31|610322.land\n");
	free(d);
	/* five working days before Thursday the 31st is Thursday the 24th: one message for both */
	world_advance(&w, "2017-08-24T12:00+08:00");
	char *m = world_messages(&w);
	cr_assert_str_eq(m, "digest/610322101.town/spool/2017-08-24|610322101.town|2017-08-24: 2 "
			    "due, 0 overdue; first: 2 x Household: sign the agreements, due "
			    "2017-08-31\n");
	free(m);
	/* one signs in time; the other is reminded of, and goes one level up as urgent */
	assert_status(world_do(&w, COMMAND_SEND, "610322.land",
			      SEND("sign", AGREEMENT ",\"data\":{\"area_m2\":\"100.00\"}"), NULL),
		ANJU_OK);
	world_advance(&w, "2017-09-02T00:00+08:00");
	m = world_messages(&w);
	cr_assert(strstr(m, "digest/610322.land/spool/2017-08-31|610322.land|2017-08-31: 1 due, 0 "
			    "overdue; first: ") != NULL,
		"%s", m);
	cr_assert(strstr(m, "|6103.land|[urgent] Household 610322-0002") != NULL, "%s", m);
	free(m);
	d = world_deadlines(&w, "household", "610322-0001");
	cr_assert_str_eq(d, "agreements|1|2017-08-31|610322.land\n");
	free(d);
	world_verify(&w);
	world_done(&w);
}

ANJU_TEST(engine, what_is_done_before_the_digest_is_not_reminded_of)
{
	struct world w;
	world_open(&w, "2017-08-16T08:00+08:00", NULL);
	assert_status(world_do(&w, COMMAND_OPEN, "610322.poverty", OPEN_1, NULL), ANJU_OK);
	world_advance(&w, "2017-08-24T08:29+08:00");
	assert_status(world_do(&w, COMMAND_SEND, "610322.land",
			      SEND("sign", AGREEMENT ",\"data\":{\"area_m2\":\"100.00\"}"), NULL),
		ANJU_OK);
	world_advance(&w, "2017-09-05T00:00+08:00");
	char *m = world_messages(&w);
	cr_assert(strstr(m, "town") == NULL && strstr(m, "Household") == NULL, "%s", m);
	free(m);
	world_done(&w);
}

ANJU_TEST(engine, a_date_typed_in_later_moves_the_deadline)
{
	struct world w;
	world_open(&w, "2017-08-16T08:00+08:00", NULL);
	assert_status(world_do(&w, COMMAND_OPEN, "610322.poverty", OPEN_1, NULL), ANJU_OK);
	assert_status(
		world_do(&w, COMMAND_SEND, "610322.land",
			SEND("amend",
				",\"reason\":\"extended\",\"data\":{\"signed_by\":\"2017-09-29\"}"),
			NULL),
		ANJU_OK);
	char *d = world_deadlines(&w, "household", "610322-0001");
	cr_assert_str_eq(d, "agreements|0|2017-09-29|610322.land\n");
	free(d);
	world_verify(&w);
	world_done(&w);
}

ANJU_TEST(engine, a_moved_deadline_reminds_again_and_not_of_its_old_date)
{
	struct world w;
	world_open(&w, "2017-08-16T08:00+08:00", NULL);
	assert_status(world_do(&w, COMMAND_OPEN, "610322.poverty", OPEN_1, NULL), ANJU_OK);
	world_advance(&w, "2017-08-24T12:00+08:00"); /* reminded of the 31st */
	assert_status(
		world_do(&w, COMMAND_SEND, "610322.land",
			SEND("amend",
				",\"reason\":\"extended\",\"data\":{\"signed_by\":\"2017-09-14\"}"),
			NULL),
		ANJU_OK);
	world_advance(&w, "2017-09-08T12:00+08:00");
	char *m = world_messages(&w);
	cr_assert(strstr(m, "digest/610322101.town/spool/2017-09-07|") != NULL, "%s", m);
	free(m);
	/* the reminder of the 14th waits for the morning; by then the date has moved once more */
	world_advance(&w, "2017-09-14T08:29+08:00");
	assert_status(world_do(&w, COMMAND_SEND, "610322.land",
			      SEND("amend", ",\"reason\":\"once "
					    "more\",\"data\":{\"signed_by\":\"2017-10-27\"}"),
			      NULL),
		ANJU_OK);
	world_advance(&w, "2017-09-15T12:00+08:00");
	m = world_messages(&w);
	cr_assert(strstr(m, "2017-09-14|610322.land") == NULL, "%s", m);
	free(m);
	world_done(&w);
}

ANJU_TEST(engine, a_restart_does_not_move_the_manual_clock_s_work)
{
	struct world w;
	world_open(&w, "2017-08-16T09:00+08:00", NULL);
	cr_assert_eq(world_do(&w, COMMAND_OPEN, "610322.poverty", OPEN_1, NULL), ANJU_OK);
	/* overdue at once, and its supervisor would be told without waiting for the morning */
	cr_assert_eq(
		world_do(&w, COMMAND_SEND, "610322.land",
			SEND("amend", ",\"data\":{\"signed_by\":\"2017-08-01\"},\"reason\":\"x\""),
			NULL),
		ANJU_OK);
	world_close(&w);
	world_reopen(&w, NULL);
	ANJU_AUTO_MEM char *before = world_messages(&w);
	cr_assert_str_empty(before != NULL ? before : "", "%s", before);
	world_advance(&w, "2017-08-16T09:00+08:00");
	ANJU_AUTO_MEM char *after = world_messages(&w);
	cr_assert(after != NULL && strstr(after, "6103.land") != NULL, "%s", after);
	world_verify(&w);
	world_done(&w);
}

ANJU_TEST(engine, timers_fire_at_their_own_time)
{
	struct world w;
	struct command *c;
	world_open(&w, "2017-08-16T08:00+08:00", NULL);
	assert_status(world_do(&w, COMMAND_OPEN, "610322.poverty", OPEN_1, NULL), ANJU_OK);
	world_advance(&w, "2017-09-15T23:59+08:00");
	assert_status(world_do(&w, COMMAND_SEND, "610322.land", SEND("resume", ",\"reason\":\"r\""),
			      NULL),
		ANJU_E_REFUSED);
	world_advance(&w, "2017-09-16T00:00+08:00"); /* 30 days after the 16th, the 15th whole */
	assert_status(
		world_do(&w, COMMAND_SEND, "610322.land", SEND("resume", ",\"reason\":\"r\""), &c),
		ANJU_OK);
	cr_assert(strstr(c->reply.data, "\"survey\"") != NULL, "%s", c->reply.data);
	command_free(c);
	world_verify(&w);
	world_done(&w);
}

ANJU_TEST(engine, related_cases_wait_on_each_other)
{
	struct world w;
	struct command *c;
	world_open(&w, "2017-08-16T08:00+08:00", NULL);
	assert_status(world_do(&w, COMMAND_OPEN, "610322.land",
			      "{\"workflow\":\"project\",\"key\":\"S1\",\"data\":{\"county\":"
			      "\"610322\"}}",
			      NULL),
		ANJU_OK);
#define ACCEPT "{\"workflow\":\"project\",\"key\":\"S1\",\"event\":\"accept\"}"
	assert_status(world_do(&w, COMMAND_SEND, "610322.gov", ACCEPT, &c), ANJU_E_REFUSED);
	command_free(c);
	assert_status(world_do(&w, COMMAND_OPEN, "610322.poverty",
			      "{\"workflow\":\"household\",\"key\":\"610322-0001\",\"data\":{"
			      "\"persons\":5,\"town\":"
			      "\"610322101.town\",\"project\":\"project/S1\"}}",
			      NULL),
		ANJU_OK);
	assert_status(world_do(&w, COMMAND_OPEN, "610322.poverty",
			      "{\"workflow\":\"household\",\"key\":\"610322-0002\",\"data\":{"
			      "\"persons\":5,\"town\":"
			      "\"610322101.town\",\"project\":\"project/S9\"}}",
			      &c),
		ANJU_E_NOTFOUND);
	cr_assert_str_eq(c->err.where, "/data/project");
	command_free(c);
	assert_status(world_do(&w, COMMAND_SEND, "610322.land",
			      SEND("sign", AGREEMENT ",\"data\":{\"area_m2\":\"100.00\"}"), NULL),
		ANJU_OK);
	assert_status(world_do(&w, COMMAND_SEND, "610322.gov", ACCEPT, NULL), ANJU_OK);
	/* the household moved in the same transaction */
	assert_status(
		world_do(&w, COMMAND_SEND, "610322.land", SEND("amend", ",\"reason\":\"r\""), &c),
		ANJU_E_REFUSED);
	command_free(c);
	world_verify(&w);
	world_done(&w);
}

ANJU_TEST(engine, obligations_open_once_per_period)
{
	struct world w;
	world_open(&w, "2017-08-16T08:00+08:00", NULL);
	world_advance(&w, "2017-09-01T09:00+08:00");
	char *d = world_deadlines(&w, "report", "610322.land-2017-09");
	cr_assert_str_eq(d, "monthly|0|2017-09-08|610322.land\n");
	free(d);
	world_close(&w);
	world_reopen(&w, NULL);
	world_advance(&w, "2017-11-03T09:00+08:00");
	free(world_deadlines(&w, "report", "610322.land-2017-10"));
	d = world_deadlines(&w, "report", "610322.land-2017-11");
	cr_assert_str_eq(d, "monthly|0|2017-11-08|610322.land\n");
	free(d);
	world_verify(&w);
	world_done(&w);
}

/* The county's packs once more, in the test's folder, changed by a script for sed. */
static void change_packs(struct world *w, char packs[96], const char *script)
{
	char cmd[500];
	snprintf(packs, 96, "%s/packs", w->folder);
	snprintf(cmd, sizeof cmd,
		"rm -rf %s && mkdir %s && cp -r %s/engine/county %s/ && sed -i '%s' "
		"%s/county/household.workflow.json %s/county/pack.json",
		packs, packs, TEST_DATA, packs, script, packs, packs);
	cr_assert_eq(system(cmd), 0); /* allowed: the test's own folder */
	w->packs_dir = packs;
}

#define MEASURED ",\"reason\":\"measured\",\"data\":{\"area_m2\":\"80.00\"}"

ANJU_TEST(engine, cases_live_on_under_the_definition_they_were_opened_under)
{
	struct world w;
	char packs[96];
	world_open(&w, "2017-08-16T08:00+08:00", NULL);
	assert_status(world_do(&w, COMMAND_OPEN, "610322.poverty", OPEN_1, NULL), ANJU_OK);
	world_close(&w);
	/* in the new one the event is called otherwise, and there is no such deadline */
	change_packs(&w, packs,
		"s/\"version\": \"1\"/\"version\": \"2\"/; s/\"sign\":/\"conclude\":/; "
		"s/\"agreements\":/\"papers\":/");
	world_reopen(&w, NULL);
	assert_status(
		world_do(&w, COMMAND_SEND, "610322.land", SEND("amend", MEASURED), NULL), ANJU_OK);
	world_advance(&w, "2017-09-09T00:00+08:00");
	char *m = world_messages(&w);
	cr_assert(strstr(m, "610322101.town") != NULL && strstr(m, "|6103.land|[urgent]") != NULL,
		"%s", m);
	free(m);
	assert_status(
		world_do(&w, COMMAND_SEND, "610322.land", SEND("sign", AGREEMENT), NULL), ANJU_OK);
	char *d = world_deadlines(&w, "household", "610322-0001");
	cr_assert(strstr(d, "agreements|2|") != NULL, "%s", d);
	free(d);
	world_verify(&w);
	world_done(&w);
}

static bool count_row(void *ctx, const struct store_deadline *row)
{
	++*(int *)ctx;
	return true;
}

/* The same definition with its states written in another order: its hash is the same. */
static void turn_states_round(const char *packs)
{
	char path[200];
	snprintf(path, sizeof path, "%s/county/household.workflow.json", packs);
	ANJU_AUTO_JSON *doc = json_load_file(path, 0, NULL);
	ANJU_AUTO_JSON *states = json_incref(json_object_get(doc, "states"));
	json_t *turned = json_object();
	const char *names[16], *name;
	json_t *v;
	int n = 0;
	json_object_foreach(states, name, v) {
		names[n++] = name;
	}
	while (n-- > 0)
		json_object_set(turned, names[n], json_object_get(states, names[n]));
	json_object_set_new(doc, "states", turned);
	cr_assert_eq(json_dump_file(doc, path, 0), 0);
}

ANJU_TEST(engine, the_order_in_which_states_are_written_moves_no_deadline)
{
	struct world w;
	char packs[96];
	world_open(&w, "2017-08-16T08:00+08:00", NULL);
	assert_status(world_do(&w, COMMAND_OPEN, "610322.poverty", OPEN_1, NULL), ANJU_OK);
	world_close(&w);
	change_packs(&w, packs, "");
	turn_states_round(packs);
	world_reopen(&w, NULL);
	assert_status(world_do(&w, COMMAND_SEND, "610322.land",
			      SEND("sign", AGREEMENT ",\"data\":{\"area_m2\":\"80.00\"}"), NULL),
		ANJU_OK);
	char *d = world_deadlines(&w, "household", "610322-0001");
	cr_assert_str_eq(d, "agreements|1|2017-08-31|610322.land\n");
	free(d);
	/* its timer is over, too: the case does not become stale */
	world_advance(&w, "2017-12-01T00:00+08:00");
	struct store_reader *r;
	struct store_case row;
	anju_error err = {0};
	assert_ok(store_reader_open(w.folder, &r, &err), err);
	assert_ok(store_read_case(r, "household", "610322-0001", &row, &err), err);
	cr_assert_str_eq(row.state, "signed");
	struct store_deadline_filter open = {
		.case_id = row.id, .status = STORE_DEADLINE_OPEN, .timers = true, .limit = 10};
	int n = 0;
	assert_ok(store_read_deadlines(r, &open, count_row, &n, &err), err);
	cr_assert_eq(n, 0);
	store_reader_free(r);
	world_verify(&w);
	world_done(&w);
}

ANJU_TEST(engine, a_definition_that_no_longer_fits_stops_its_cases_and_nothing_else)
{
	struct world w;
	struct command *c;
	char packs[96];
	world_open(&w, "2017-08-16T08:00+08:00", NULL);
	assert_status(world_do(&w, COMMAND_OPEN, "610322.poverty", OPEN_1, NULL), ANJU_OK);
	world_close(&w);
	change_packs(&w, packs, "s/area_per_person_m2/area_each_m2/");
	world_reopen(&w, NULL);
	assert_status(world_do(&w, COMMAND_SEND, "610322.land", SEND("sign", ""), &c),
		ANJU_E_UNSUPPORTED);
	cr_assert_str_eq(c->err.id, "engine.definition_unfit");
	cr_assert(strstr(c->err.where, "guard") != NULL, "%s", c->err.where);
	command_free(c);
	/* its reminders wait; the monthly report of others opens and is reminded of */
	world_advance(&w, "2017-09-09T00:00+08:00");
	char *m = world_messages(&w);
	cr_assert(strstr(m, "digest/610322.land/spool/2017-09-08|") != NULL, "%s", m);
	cr_assert(strstr(m, "town") == NULL, "%s", m);
	free(m);
	/* the old rule back: what was put off is caught up on */
	world_close(&w);
	w.packs_dir = NULL;
	world_reopen(&w, NULL);
	world_advance(&w, "2017-09-12T00:00+08:00");
	m = world_messages(&w);
	cr_assert(strstr(m, "610322101.town") != NULL && strstr(m, "|6103.land|[urgent]") != NULL,
		"%s", m);
	free(m);
	world_verify(&w);
	world_done(&w);
}

#define PAIRS 100

/* Each case is opened twice, so that one batch holds both: the second is refused on the strength of the first. */
static void open_in_pairs(struct world *w, struct command **cmds)
{
	for (int i = 0; i < 2 * PAIRS; i++) {
		char params[160];
		snprintf(params, sizeof params,
			"{\"workflow\":\"household\",\"key\":\"610322-%04d\",\"data\":{\"persons\":"
			"5,"
			"\"town\":\"610322101.town\"}}",
			i / 2);
		cmds[i] = world_command(w, COMMAND_OPEN, "610322.poverty", params);
	}
	world_run(w, cmds, 2 * PAIRS);
}

ANJU_TEST(engine, a_failed_batch_refuses_nothing_on_the_strength_of_what_is_gone)
{
	struct world w;
	struct command *cmds[2 * PAIRS];
	struct rlimit none, before;
	world_open(&w, "2017-08-16T08:00+08:00", NULL);
	signal(SIGXFSZ, SIG_IGN);
	cr_assert_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
	none = before;
	none.rlim_cur = 0; /* no file may grow: as on a full disk */
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &none), 0);
	open_in_pairs(&w, cmds);
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
	for (int i = 0; i < 2 * PAIRS; i++) {
		cr_assert_neq(cmds[i]->status, ANJU_OK, "%d acknowledged", i);
		cr_assert_neq(cmds[i]->status, ANJU_E_EXISTS, "%d: %s", i, cmds[i]->err.text);
		cr_assert_null(cmds[i]->err_data);
		command_free(cmds[i]);
	}
	/* with room again all goes on, and now the second of each pair really is one too many */
	open_in_pairs(&w, cmds);
	for (int i = 0; i < 2 * PAIRS; i++) {
		cr_assert_eq(cmds[i]->status, i % 2 == 0 ? ANJU_OK : ANJU_E_EXISTS, "%d: %s", i,
			cmds[i]->err.text);
		command_free(cmds[i]);
	}
	world_verify(&w);
	world_done(&w);
}

/* Open ten cases in one batch each, the process dying at the given commit; then look. */
static int run_until_fault(struct world *w, const char *fault)
{
	pid_t pid = fork();
	if (pid == 0) {
		world_reopen(w, fault);
		for (int i = 0; i < 10; i++) {
			char params[200];
			snprintf(params, sizeof params,
				"{\"workflow\":\"household\",\"key\":\"610322-%04d\",\"idem\":\"o%"
				"d\","
				"\"data\":{\"persons\":5,\"town\":\"610322101.town\"}}",
				i, i);
			world_do(w, COMMAND_OPEN, "610322.poverty", params, NULL);
		}
		world_close(w);
		_exit(0);
	}
	int status;
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	return WEXITSTATUS(status);
}

ANJU_TEST(engine, killed_at_any_commit_it_goes_on_where_it_was)
{
	struct world w;
	world_open(&w, "2017-08-16T08:00+08:00", NULL);
	world_close(&w);
	static const char *const faults[] = {"before:commit:1", "after:commit:1", "before:commit:4",
		"after:commit:5", "before:commit:9"};
	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
		cr_assert_eq(run_until_fault(&w, faults[i]), 137, "%s", faults[i]);
	cr_assert_eq(run_until_fault(&w, NULL), 0);
	world_reopen(&w, NULL);
	for (int i = 0; i < 10; i++) {
		char key[32];
		snprintf(key, sizeof key, "610322-%04d", i);
		char *d = world_deadlines(&w, "household", key);
		cr_assert_str_eq(d, "agreements|0|2017-08-31|610322.land\n");
		free(d);
	}
	world_verify(&w);
	world_done(&w);
}
