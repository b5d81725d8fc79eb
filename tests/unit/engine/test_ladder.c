/* Rungs as a whole: whom they reach, on which channels, at which minute, and what they set going. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/timestamp.h"
#include "world.h"

#define PACKS TEST_DATA "/ladder"

static void open_promise(struct world *w, const char *key, const char *by, int divisor)
{
	char params[200];
	struct command *c;
	snprintf(params, sizeof params,
		"{\"workflow\":\"promise\",\"key\":\"%s\",\"data\":{\"town\":\"610322101.town\","
		"\"by\":\"%s\",\"divisor\":%d}}",
		key, by, divisor);
	cr_assert_eq(
		world_do(w, COMMAND_OPEN, "610322.land", params, &c), ANJU_OK, "%s", c->err.text);
	command_free(c);
}

static void keep(struct world *w, const char *key)
{
	char params[100];
	snprintf(params, sizeof params,
		"{\"workflow\":\"promise\",\"key\":\"%s\",\"event\":\"keep\"}", key);
	assert_status(world_do(w, COMMAND_SEND, "610322.land", params, NULL), ANJU_OK);
}

/* "08-23T09:00 610322.land smtp", a line each, "!" after urgent ones, and the count of reminders in it. */
static bool add_sent(void *ctx, const struct store_message *row)
{
	char when[TIMESTAMP_MAX_CHARS];
	ANJU_AUTO_JSON *body = json_loads(row->body, 0, NULL);
	const char *text = json_string_value(json_object_get(json_object_get(body, "body"), "en"));
	int n = 0;
	for (const char *p = text; (p = strstr(p, "keep it, due")) != NULL; p++)
		n++;
	buf_addf(ctx, "%.11s %s %s %d%s%s\n", timestamp_format(row->created_ms, when) + 5,
		row->unit, row->channel, n, row->urgent ? "!" : "",
		strstr(text, "It is due today") != NULL ? " today" : "");
	return true;
}

static void assert_sent_to(struct world *w, const char *unit, const char *wanted)
{
	struct store_reader *r;
	anju_error err = {0};
	ANJU_AUTO_BUF out = BUF_INIT;
	assert_ok(store_reader_open(w->folder, &r, &err), err);
	assert_ok(store_read_messages(r, unit, -1, 0, 1000, add_sent, &out, &err), err);
	store_reader_free(r);
	cr_assert_str_eq(out.data != NULL ? out.data : "", wanted);
}

static void assert_sent(struct world *w, const char *wanted)
{
	assert_sent_to(w, NULL, wanted);
}

/* The clock stands elsewhere when anju starts again: it was down, or somebody has set it. */
static void restart_at(struct world *w, const char *at)
{
	int64_t ms;
	char text[24];
	struct store *store;
	anju_error err = {0};
	world_close(w);
	assert_ok(timestamp_parse(at, &ms, &err), err);
	snprintf(text, sizeof text, "%lld", (long long)ms);
	struct store_options so = {.folder = w->folder};
	assert_ok(store_open(&so, &store, &err), err);
	assert_ok(store_begin(store, &err), err);
	assert_ok(store_meta_put(store, "clock", text, &err), err);
	assert_ok(store_commit(store, &err), err);
	store_free(store);
	world_reopen(w, NULL);
}

static bool add_case(void *ctx, const struct store_case *row)
{
	buf_addf(ctx, "%s %s\n", row->key, row->data);
	return true;
}

static void assert_notes(struct world *w, const char *wanted)
{
	struct store_reader *r;
	anju_error err = {0};
	ANJU_AUTO_BUF out = BUF_INIT;
	struct store_case_filter filter = {.workflow = "note", .done = -1, .limit = 100};
	assert_ok(store_reader_open(w->folder, &r, &err), err);
	assert_ok(store_read_cases(r, &filter, add_case, &out, &err), err);
	store_reader_free(r);
	cr_assert_str_eq(out.data != NULL ? out.data : "", wanted);
}

#define NOTE(key, number)                                                                          \
	key " {\"about\":\"promise/p keep " number                                                 \
	    "\",\"who\":\"610322.land\",\"above\":\"61.land\",\"due\":\"2017-08-24\"}\n"
#define NOTE_KEY "keep-2017-08-24-1.1-5"

static bool add_line(void *ctx, const struct store_notice *row)
{
	buf_addf(ctx, "%s %s %s %lld %d %s\n", row->item.claim, row->item.unit, row->item.channel,
		(long long)row->item.deadline_id, row->item.urgent, row->item.body);
	return true;
}

/* All that the rungs of one deadline write; `restart`: its case is not in memory when they fire. */
static char *lines_of(bool restart)
{
	struct world w;
	struct store_reader *r;
	anju_error err = {0};
	struct buf out = BUF_INIT;
	world_open_packs(&w, PACKS, "2017-08-16T08:00+08:00");
	open_promise(&w, "p", "2017-08-24", 2);
	for (int day = 17; day < 30; day++) {
		char to[40];
		snprintf(to, sizeof to, "2017-08-%dT00:00+08:00", day);
		if (restart) {
			world_close(&w);
			world_reopen(&w, NULL);
		}
		world_advance(&w, to);
	}
	assert_ok(store_reader_open(w.folder, &r, &err), err);
	assert_ok(store_read_notices(r, 1, 0, 1000, add_line, &out, &err), err);
	store_reader_free(r);
	world_done(&w);
	return buf_take(&out);
}

ANJU_TEST(ladder, rungs_say_the_same_whether_or_not_their_case_is_in_memory)
{
	char *kept = lines_of(false), *read = lines_of(true);
	cr_assert_str_eq(kept, read);
	cr_assert_not_null(strstr(kept,
		"1048577/17402/1/610322101.town/pager 610322101.town pager 1048577 0 "
		"{\"kind\":\"deadline\",\"workflow\":{\"id\":\"promise\",\"title\":{\"zh\":"
		"\"承诺\",\"en\":\"Promise\"}},\"key\":\"p\",\"name\":\"keep\",\"title\":{"
		"\"zh\":\"兑现\",\"en\":\"keep it\"},\"due\":\"2017-08-24\","
		"\"provisional\":false,\"role\":\"responsible\",\"lead\":\"610322.land\","
		"\"rung\":\"due\",\"text\":{\"zh\":\"今天到期\",\"en\":\"It is due today\"}}\n"));
	free(kept);
	free(read);
}

/* The 23rd is a Wednesday. */
ANJU_TEST(ladder, each_rung_reaches_its_units_on_their_channels_in_their_hours)
{
	struct world w;
	world_open_packs(&w, PACKS, "2017-08-16T08:00+08:00");
	open_promise(&w, "p", "2017-08-24", 2);
	world_advance(&w, "2017-08-29T00:00+08:00");
	assert_sent(&w, "08-23T08:30 610322.drc spool 1\n"
			"08-23T09:00 610322.land smtp 1\n"
			"08-23T09:00 610322.land webhook 1\n"
			"08-24T08:30 610322101.town pager 1 today\n"
			"08-24T08:30 610322101.town smtp 1 today\n"
			"08-25T07:00 610322.land smtp 1!\n"
			"08-25T07:00 610322.land webhook 1!\n"
			"08-25T08:30 61.land spool 1\n");
	/* the last one fell on a Saturday, and by Monday morning the deadline is no longer open: its own event has
	 * seen to that */
	assert_notes(&w, NOTE(NOTE_KEY, "3"));
	char *d = world_deadlines(&w, "promise", "p");
	cr_assert_str_eq(d, "keep|3|2017-08-24|610322.land\n");
	free(d);
	world_verify(&w);
	world_done(&w);
}

ANJU_TEST(ladder, what_is_done_while_the_unit_sleeps_is_not_told)
{
	struct world w;
	world_open_packs(&w, PACKS, "2017-08-16T08:00+08:00");
	open_promise(&w, "p", "2017-08-24", 2);
	open_promise(&w, "q", "2017-08-24", 2);
	world_advance(&w, "2017-08-23T08:45+08:00"); /* fired; the office opens at nine */
	keep(&w, "p");
	world_advance(&w, "2017-08-25T03:00+08:00"); /* fired at two, for seven */
	keep(&w, "q");
	world_advance(&w, "2017-08-29T00:00+08:00");
	assert_sent(&w, "08-23T08:30 610322.drc spool 1\n"
			"08-23T09:00 610322.land smtp 1\n"
			"08-23T09:00 610322.land webhook 1\n"
			"08-24T08:30 610322101.town pager 1 today\n"
			"08-24T08:30 610322101.town smtp 1 today\n");
	assert_notes(&w, "");
	world_done(&w);
}

ANJU_TEST(ladder, a_restart_between_rung_and_digest_neither_loses_nor_doubles)
{
	struct world w;
	world_open_packs(&w, PACKS, "2017-08-16T08:00+08:00");
	open_promise(&w, "p", "2017-08-24", 2);
	world_advance(&w, "2017-08-23T08:45+08:00");
	world_close(&w);
	world_reopen(&w, NULL);
	world_advance(&w, "2017-08-23T09:00+08:00");
	world_close(&w);
	world_reopen(&w, NULL);
	world_advance(&w, "2017-08-24T08:00+08:00");
	assert_sent(&w, "08-23T08:30 610322.drc spool 1\n"
			"08-23T09:00 610322.land smtp 1\n"
			"08-23T09:00 610322.land webhook 1\n");
	/* somebody sets the clock back by a day: nothing is said again */
	restart_at(&w, "2017-08-22T08:00+08:00");
	world_advance(&w, "2017-08-24T08:00+08:00");
	assert_sent(&w, "08-23T08:30 610322.drc spool 1\n"
			"08-23T09:00 610322.land smtp 1\n"
			"08-23T09:00 610322.land webhook 1\n");
	world_done(&w);
}

ANJU_TEST(ladder, after_days_of_downtime_a_unit_reads_one_digest)
{
	struct world w;
	world_open_packs(&w, PACKS, "2017-08-16T08:00+08:00");
	open_promise(&w, "p", "2017-08-24", 2);
	open_promise(&w, "q", "2017-09-14", 2);
	/* down until long after; the urgent rung of the 25th is five days old, and so no longer news by itself.
	 * The office is open. */
	restart_at(&w, "2017-08-30T15:00+08:00");
	world_advance(&w, "2017-08-30T15:01+08:00");
	/* the last rung's event has ended the deadline meanwhile: nobody is reminded of it */
	assert_sent(&w, "");
	assert_notes(&w, NOTE(NOTE_KEY, "3"));
	/* down over the first three rungs of the other one, until late in the evening */
	restart_at(&w, "2017-09-14T23:00+08:00");
	world_advance(&w, "2017-09-15T00:00+08:00");
	assert_sent(&w, "09-14T23:00 610322.drc spool 1\n"
			"09-14T23:00 610322101.town pager 1 today\n"
			"09-14T23:00 610322101.town smtp 1 today\n");
	world_advance(&w, "2017-09-15T12:00+08:00");
	assert_sent(&w, "09-14T23:00 610322.drc spool 1\n"
			"09-14T23:00 610322101.town pager 1 today\n"
			"09-14T23:00 610322101.town smtp 1 today\n"
			"09-15T07:00 610322.land smtp 1!\n"
			"09-15T07:00 610322.land webhook 1!\n"
			"09-15T08:30 61.land spool 1\n"
			"09-15T09:00 610322.land smtp 1\n"
			"09-15T09:00 610322.land webhook 1\n");
	world_done(&w);
}

ANJU_TEST(ladder, after_downtime_a_digest_does_not_go_along_with_urgent_lines)
{
	struct world w;
	world_open_packs(&w, PACKS, "2017-08-16T08:00+08:00");
	open_promise(&w, "p", "2017-08-24", 2);
	open_promise(&w, "q", "2017-08-23", 2);
	world_advance(&w, "2017-08-23T08:45+08:00"); /* p's line is for nine */
	restart_at(&w, "2017-08-23T20:00+08:00");
	/* it waits for the next morning, and q's urgent one of two o'clock for the end of the quiet hours */
	world_advance(&w, "2017-08-24T03:00+08:00");
	restart_at(&w, "2017-08-24T12:30+08:00");
	world_advance(&w, "2017-08-24T12:31+08:00");
	assert_sent_to(&w, "610322.land",
		"08-22T09:00 610322.land smtp 1\n"
		"08-22T09:00 610322.land webhook 1\n"
		"08-24T12:30 610322.land smtp 1!\n"
		"08-24T12:30 610322.land webhook 1!\n");
	world_advance(&w, "2017-08-24T15:00+08:00");
	assert_sent_to(&w, "610322.land",
		"08-22T09:00 610322.land smtp 1\n"
		"08-22T09:00 610322.land webhook 1\n"
		"08-24T12:30 610322.land smtp 1!\n"
		"08-24T12:30 610322.land webhook 1!\n"
		"08-24T14:30 610322.land smtp 1\n"
		"08-24T14:30 610322.land webhook 1\n");
	world_done(&w);
}

ANJU_TEST(ladder, an_old_urgent_line_goes_with_the_digest)
{
	struct world w;
	world_open_packs(&w, PACKS, "2017-08-16T08:00+08:00");
	open_promise(
		&w, "p", "2017-08-24", 0); /* its last rung cannot be carried out: it stays open */
	restart_at(&w, "2017-08-30T15:00+08:00");
	world_advance(&w, "2017-08-30T15:01+08:00");
	assert_sent(&w, "08-30T15:00 61.land spool 1\n"
			"08-30T15:00 610322.drc spool 1\n"
			"08-30T15:00 610322.land smtp 1\n"
			"08-30T15:00 610322.land webhook 1\n"
			"08-30T15:00 610322101.town pager 1 today\n"
			"08-30T15:00 610322101.town smtp 1 today\n");
	world_done(&w);
}

ANJU_TEST(ladder, a_leap_of_the_clock_makes_one_digest_of_two_mornings)
{
	struct world w;
	world_open_packs(&w, PACKS, "2017-08-16T08:00+08:00");
	open_promise(&w, "p", "2017-08-24", 2);
	open_promise(&w, "q", "2017-08-25", 2);
	world_advance(&w, "2017-08-23T08:45+08:00");
	restart_at(&w, "2017-08-24T10:00+08:00");
	world_advance(&w, "2017-08-24T10:01+08:00");
	assert_sent(&w, "08-23T08:30 610322.drc spool 1\n"
			"08-24T10:00 610322.land smtp 2\n"
			"08-24T10:00 610322.land webhook 2\n"
			"08-24T10:00 610322.drc spool 1\n"
			"08-24T10:00 610322101.town pager 1 today\n"
			"08-24T10:00 610322101.town smtp 1 today\n");
	world_done(&w);
}

ANJU_TEST(ladder, what_cannot_be_opened_is_tried_again_and_nobody_is_told_twice)
{
	struct world w;
	world_open_packs(&w, PACKS, "2017-08-16T08:00+08:00");
	open_promise(&w, "p", "2017-08-24", 0);
	open_promise(&w, "q", "2017-08-24", 2); /* of the same minute: not held up */
	world_advance(&w, "2017-08-28T08:29+08:00");
	assert_notes(&w, "keep-2017-08-24-2.1-5 {\"about\":\"promise/q keep 3\",\"who\":"
			 "\"610322.land\",\"above\":\"61.land\",\"due\":\"2017-08-24\"}\n");
	world_advance(&w, "2017-08-30T00:00+08:00"); /* tried on Monday and on Tuesday */
	assert_status(
		world_do(&w, COMMAND_SEND, "610322.land",
			"{\"workflow\":\"promise\",\"key\":\"p\",\"event\":\"amend\",\"reason\":"
			"\"a slip\",\"data\":{\"divisor\":3}}",
			NULL),
		ANJU_OK);
	world_advance(&w, "2017-08-31T00:00+08:00");
	assert_notes(&w, "keep-2017-08-24-2.1-5 {\"about\":\"promise/q keep 3\",\"who\":"
			 "\"610322.land\",\"above\":\"61.land\",\"due\":\"2017-08-24\"}\n" NOTE(
				 NOTE_KEY, "2"));
	assert_sent(&w, "08-23T08:30 610322.drc spool 1\n"
			"08-23T09:00 610322.land smtp 1\n"
			"08-23T09:00 610322.land webhook 1\n"
			"08-24T08:30 610322101.town pager 1 today\n"
			"08-24T08:30 610322101.town smtp 1 today\n"
			"08-25T07:00 610322.land smtp 1!\n"
			"08-25T07:00 610322.land smtp 1!\n"
			"08-25T07:00 610322.land webhook 1!\n"
			"08-25T07:00 610322.land webhook 1!\n"
			"08-25T08:30 61.land spool 1\n"
			"08-28T08:30 61.land spool 1\n"
			"08-28T08:30 610322.drc spool 1\n");
	world_verify(&w);
	world_done(&w);
}

static bool count_case(void *ctx, const struct store_case *row)
{
	(void)row;
	++*(int *)ctx;
	return true;
}

/* More of one minute than are read at once, and every hundredth cannot be carried out: the others of its group are. */
ANJU_TEST(ladder, those_of_one_minute_do_not_spoil_each_other)
{
	struct world w;
	world_open_packs(&w, PACKS, "2017-08-16T08:00+08:00");
	for (int i = 0; i < 300; i++) {
		char key[16];
		snprintf(key, sizeof key, "p%d", i);
		open_promise(&w, key, "2017-08-24", i % 100 == 50 ? 0 : 2);
	}
	world_advance(&w, "2017-08-26T08:31+08:00");
	struct store_reader *r;
	anju_error err = {0};
	int notes = 0;
	struct store_case_filter filter = {.workflow = "note", .done = -1, .limit = 1000};
	assert_ok(store_reader_open(w.folder, &r, &err), err);
	assert_ok(store_read_cases(r, &filter, count_case, &notes, &err), err);
	store_reader_free(r);
	cr_assert_eq(notes, 297);
	struct engine_figures f;
	engine_figures(w.engine, &f);
	cr_assert_eq(f.rungs, 300 * 5, "%lld", (long long)f.rungs); /* those three have told, too */
	world_verify(&w);
	world_done(&w);
}
