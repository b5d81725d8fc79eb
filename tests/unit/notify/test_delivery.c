/* Delivery on a real store and through the real loader; the test settles outcomes as the engine would. */
#include <sqlite3.h>
#include <unistd.h>

#include "base/error.h"
#include "post.h"
#include "unit/support.h"

#define BUSY_TWICE "{\"id\":\"m1\",\"fail_times\":2,\"status\":-8}"

ANJU_TEST(delivery, messages_go_out_once)
{
	struct post p;
	post_open(&p);
	int64_t first = post_message(&p, "c1", "moody", "{\"id\":\"m1\"}");
	int64_t second = post_message(&p, "c2", "moody", "{\"id\":\"m2\"}");
	post_start(&p, 20);
	struct post_outcome o = post_wait(&p, 0);
	cr_assert_eq(o.message_id, first);
	cr_assert_eq(o.attempts, 1);
	cr_assert_eq(o.err.status, ANJU_OK);
	o = post_wait(&p, 1);
	cr_assert_eq(o.message_id, second);
	/* although the engine has not got to them yet, they do not go out again */
	delivery_wake(p.delivery);
	int64_t third = post_message(&p, "c3", "moody", "{\"id\":\"m3\"}");
	cr_assert_eq(post_wait(&p, 2).message_id, third);
	delivery_wake(p.delivery);
	cr_assert_eq(post_count(&p, 60), 3);
	cr_assert_eq(post_asked(&p, "m1"), 1);
	cr_assert_eq(post_asked(&p, "m3"), 1);
	post_done(&p);
}

ANJU_TEST(delivery, one_that_fails_for_the_moment_is_tried_again)
{
	struct post p;
	post_open(&p);
	post_start(&p, 40);
	int64_t id = post_message(&p, "c1", "moody", BUSY_TWICE);
	struct post_outcome a = post_wait(&p, 0), b, c;
	cr_assert_eq(a.err.status, ANJU_E_BUSY);
	cr_assert_str_eq(a.err.text, "channel moody of moody: in a mood");
	post_settle(&p, id, STORE_MESSAGE_PENDING, 1);
	/* another one does not wait for it */
	post_message(&p, "c2", "moody", "{\"id\":\"m2\"}");
	cr_assert_eq(post_wait(&p, 1).err.status, ANJU_OK);
	b = post_wait(&p, 2);
	cr_assert_eq(b.message_id, id);
	cr_assert_eq(b.attempts, 2);
	cr_assert_eq(b.err.status, ANJU_E_BUSY);
	c = post_wait(&p, 3);
	cr_assert_eq(c.attempts, 3);
	cr_assert_eq(c.err.status, ANJU_OK);
	/* a back-off of 40 ms, then of 80, each with a quarter more at most; not the next whole second */
	cr_assert_geq(b.at_ms - a.at_ms, 40);
	cr_assert_geq(c.at_ms - b.at_ms, 80);
	cr_assert_lt(c.at_ms - a.at_ms, 800, "took %d ms", (int)(c.at_ms - a.at_ms));
	cr_assert_eq(post_asked(&p, "m1"), 3);
	cr_assert_eq(post_count(&p, 100), 4);
	post_done(&p);
}

ANJU_TEST(delivery, attempts_of_an_earlier_life_count)
{
	struct post p;
	post_open(&p);
	int64_t id = post_message(&p, "c1", "moody", "{\"id\":\"m1\"}");
	post_settle(&p, id, STORE_MESSAGE_PENDING, 4);
	post_start(&p, 20);
	cr_assert_eq(post_wait(&p, 0).attempts, 5);
	post_done(&p);
}

ANJU_TEST(delivery, what_is_dead_is_left_alone)
{
	struct post p;
	post_open(&p);
	post_start(&p, 200);
	int64_t id =
		post_message(&p, "c1", "moody", "{\"id\":\"m1\",\"fail_times\":99,\"status\":-5}");
	struct post_outcome o = post_wait(&p, 0);
	cr_assert_eq(o.err.status, ANJU_E_DENIED);
	cr_assert_str_eq(o.err.id, "test.moody");
	post_settle(&p, id, STORE_MESSAGE_DEAD, 1);
	cr_assert_eq(post_count(&p, 600), 1);
	cr_assert_eq(post_asked(&p, "m1"), 1);
	post_done(&p);
}

ANJU_TEST(delivery, an_outcome_not_taken_is_reported_again_without_another_delivery)
{
	struct post p;
	post_open(&p);
	p.refuse = 2;
	post_start(&p, 20);
	int64_t id = post_message(&p, "c1", "moody", "{\"id\":\"m1\"}");
	for (int i = 0; i < 3; i++) {
		struct post_outcome o = post_wait(&p, i);
		cr_assert_eq(o.message_id, id);
		cr_assert_eq(o.err.status, ANJU_OK);
		/* the same attempt, however often it is told */
		cr_assert_eq(o.attempts, 1);
	}
	cr_assert_eq(post_count(&p, 100), 3);
	cr_assert_eq(post_asked(&p, "m1"), 1);
	post_done(&p);
}

ANJU_TEST(delivery, a_failure_not_taken_is_tried_again)
{
	struct post p;
	post_open(&p);
	p.refuse = 1;
	post_start(&p, 20);
	post_message(&p, "c1", "moody", "{\"id\":\"m1\",\"fail_times\":1,\"status\":-9}");
	cr_assert_eq(post_wait(&p, 0).err.status, ANJU_E_IO);
	struct post_outcome o = post_wait(&p, 1);
	cr_assert_eq(o.err.status, ANJU_OK);
	cr_assert_eq(o.attempts, 2);
	post_done(&p);
}

ANJU_TEST(delivery, a_channel_nobody_offers)
{
	struct post p;
	post_open(&p);
	post_start(&p, 20);
	int64_t id = post_message(&p, "c1", "pigeon", "{\"id\":\"m1\"}");
	struct post_outcome o = post_wait(&p, 0);
	cr_assert_eq(o.err.status, ANJU_E_IO);
	cr_assert_str_eq(o.err.id, "notify.no_channel");
	cr_assert_str_eq(o.err.found, "pigeon");
	/* the plugin may be added: tried again */
	cr_assert_eq(post_wait(&p, 1).attempts, 2);
	post_settle(&p, id, STORE_MESSAGE_DEAD, 2);
	post_done(&p);
}

ANJU_TEST(delivery, a_message_that_cannot_be_read)
{
	struct post p;
	post_open(&p);
	post_start(&p, 20);
	int64_t id = post_message(&p, "c1", "moody", "not JSON");
	struct post_outcome o = post_wait(&p, 0);
	cr_assert_eq(o.err.status, ANJU_E_CORRUPT);
	cr_assert_str_eq(o.err.id, "notify.message");
	post_settle(&p, id, STORE_MESSAGE_DEAD, 1);
	post_done(&p);
}

ANJU_TEST(delivery, stops_at_once_while_it_waits)
{
	struct post p;
	post_open(&p);
	int64_t begun = post_now();
	post_start(&p, 60000);
	delivery_free(p.delivery); /* nothing to do at all */
	post_start(&p, 60000);
	post_message(&p, "c1", "moody", BUSY_TWICE);
	post_wait(&p, 0);
	delivery_free(p.delivery); /* a minute to wait for */
	p.delivery = NULL;
	cr_assert_lt(post_now() - begun, 3000);
	cr_assert_eq(post_asked(&p, "m1"), 1);
	post_done(&p);
}

ANJU_TEST(delivery, stops_after_the_delivery_in_hand)
{
	struct post p;
	post_open(&p);
	post_message(&p, "c1", "moody", "{\"id\":\"m1\",\"sleep_ms\":200}");
	post_message(&p, "c2", "moody", "{\"id\":\"m2\"}");
	post_start(&p, 20);
	for (int i = 0; i < 1000 && post_asked(&p, "m1") == 0; i++)
		(void)usleep(1000);
	delivery_free(p.delivery);
	p.delivery = NULL;
	/* its outcome was told, and the next one was not begun */
	cr_assert_eq(post_count(&p, 0), 1);
	cr_assert_eq(post_wait(&p, 0).err.status, ANJU_OK);
	cr_assert_eq(post_asked(&p, "m2"), 0);
	/* the next start goes on; what was delivered but never settled comes again under its id */
	post_start(&p, 20);
	cr_assert_eq(post_wait(&p, 1).err.status, ANJU_OK);
	cr_assert_eq(post_wait(&p, 2).err.status, ANJU_OK);
	cr_assert_eq(post_asked(&p, "m1"), 2);
	cr_assert_eq(post_asked(&p, "m2"), 1);
	post_done(&p);
}

static void sql(const struct post *p, const char *text)
{
	char path[96];
	sqlite3 *db = NULL;
	snprintf(path, sizeof path, "%s/anju.db", p->folder);
	cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	cr_assert_eq(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK, "%s", sqlite3_errmsg(db));
	sqlite3_close(db);
}

ANJU_TEST(delivery, goes_on_by_itself_once_the_store_can_be_read_again)
{
	struct post p;
	post_open(&p);
	post_start(&p, 50);
	int64_t shaky =
		post_message(&p, "c1", "moody", "{\"id\":\"m1\",\"fail_times\":1,\"status\":-8}");
	cr_assert_eq(post_wait(&p, 0).err.status, ANJU_E_BUSY);
	sql(&p, "ALTER TABLE message RENAME TO hidden");
	delivery_wake(p.delivery);
	cr_assert_eq(post_count(&p, 300), 1);
	sql(&p, "ALTER TABLE hidden RENAME TO message");
	/* nobody wakes it, and the message was not forgotten over it */
	struct post_outcome o = post_wait(&p, 1);
	cr_assert_eq(o.message_id, shaky);
	cr_assert_eq(o.err.status, ANJU_OK);
	cr_assert_eq(post_asked(&p, "m1"), 2);
	post_done(&p);
}

ANJU_TEST(delivery, needs_its_store)
{
	struct delivery *d = NULL;
	anju_error err = {0};
	struct delivery_options options = {.folder = "/nonexistent/anju"};
	cr_assert_neq(delivery_start(&options, &d, &err), ANJU_OK);
	cr_assert_null(d);
	cr_assert_eq(strncmp(err.text, "delivery: ", 10), 0, "%s", err.text);
	delivery_free(NULL);
}

#define DOWN "{\"id\":\"%s\",\"fail_times\":99,\"status\":-9}"

ANJU_TEST(delivery, a_slow_channel_does_not_hold_up_another)
{
	struct post p;
	post_open(&p);
	post_message(&p, "c1", "moody", "{\"id\":\"m1\",\"sleep_ms\":1500}");
	int64_t other = post_message(&p, "c2", "merry", "{\"id\":\"m2\"}");
	int64_t begun = post_now();
	post_start(&p, 20);
	struct post_outcome o = post_wait(&p, 0);
	cr_assert_eq(o.message_id, other);
	cr_assert_lt(o.at_ms - begun, 1200);
	post_wait(&p, 1);
	post_done(&p);
}

ANJU_TEST(delivery, urgent_ones_go_first)
{
	struct post p;
	post_open(&p);
	post_message(&p, "c1", "moody", "{\"id\":\"m1\"}");
	post_message(&p, "c2", "moody", "{\"id\":\"m2\"}");
	int64_t urgent = post_urgent(&p, "c3", "moody", "{\"id\":\"m3\"}");
	post_start(&p, 20);
	cr_assert_eq(post_wait(&p, 0).message_id, urgent);
	post_wait(&p, 2);
	cr_assert_eq(post_count(&p, 50), 3);
	post_done(&p);
}

struct seen {
	struct delivery_figures figures;
};

static void look(void *ctx, const struct delivery_figures *f)
{
	struct seen *seen = ctx;
	if (f->channel != NULL && strcmp(f->channel, "moody") == 0)
		seen->figures = *f;
}

ANJU_TEST(delivery, a_channel_that_is_down_is_left_alone_and_kills_no_message)
{
	static const struct delivery_channel how = {
		.name = "moody", .gate = {.failures = 3, .pause_ms = 60}, .attempts = 2};
	struct post p;
	struct seen seen = {0};
	char body[100];
	post_open(&p);
	for (int i = 0; i < 8; i++) {
		char claim[8];
		snprintf(claim, sizeof claim, "c%d", i);
		snprintf(body, sizeof body, DOWN, claim);
		post_message(&p, claim, "moody", body);
	}
	post_start_with(&p, 5, &how);
	/* three fail and open it; from then on one probe a pause, which is not counted as an attempt */
	for (int i = 0; i < 8; i++) {
		struct post_outcome o = post_wait(&p, i);
		cr_assert_eq(o.err.status, ANJU_E_IO);
		cr_assert(o.again, "outcome %d", i);
		cr_assert_eq(o.attempts, o.message_id <= 3 ? 1 : 0);
		post_settle(&p, o.message_id, STORE_MESSAGE_PENDING, o.attempts);
	}
	cr_assert_geq(post_wait(&p, 7).at_ms - post_wait(&p, 2).at_ms, 5 * 60);
	delivery_figures(p.delivery, look, &seen);
	cr_assert_eq(seen.figures.delivered, 0);
	cr_assert_geq(seen.figures.failed, 8);
	cr_assert_geq(seen.figures.waiting, 3);
	cr_assert_eq(seen.figures.attempts, 2);
	cr_assert_str_eq(seen.figures.error, "channel moody of moody: in a mood");
	post_done(&p);
}

/* A mailbox that is full, or does not exist, is its unit's; the others' mail goes on. */
ANJU_TEST(delivery, one_dead_mailbox_stops_nobody)
{
	static const struct delivery_channel how = {
		.name = "moody", .gate = {.failures = 2, .pause_ms = 60000}, .attempts = 3};
	struct post p;
	struct seen seen = {0};
	char body[100];
	int64_t ids[7];
	post_open(&p);
	for (int i = 0; i < 6; i++) {
		char claim[8];
		snprintf(claim, sizeof claim, "c%d", i);
		/* for good, or for now */
		snprintf(body, sizeof body, "{\"id\":\"%s\",\"fail_times\":99,\"status\":%d}",
			claim, i < 3 ? ANJU_E_INVALID : ANJU_E_BUSY);
		ids[i] = post_message(&p, claim, "moody", body);
	}
	ids[6] = post_message(&p, "c6", "moody", "{\"id\":\"m\"}");
	post_start_with(&p, 5, &how);
	int delivered = 0, dead = 0;
	for (int i = 0; delivered < 1 || dead < 6; i++) {
		struct post_outcome o = post_wait(&p, i);
		delivered += o.err.status == ANJU_OK && o.message_id == ids[6];
		dead += o.err.status != ANJU_OK && !o.again;
		cr_assert_eq(o.attempts,
			o.message_id > ids[2] && !o.again && o.err.status != ANJU_OK ? 3
										     : o.attempts);
		if (!o.again)
			post_settle(&p, o.message_id,
				o.err.status == ANJU_OK ? STORE_MESSAGE_DELIVERED
							: STORE_MESSAGE_DEAD,
				o.attempts);
	}
	delivery_figures(p.delivery, look, &seen);
	cr_assert_eq(seen.figures.state, GATE_CLOSED);
	cr_assert_eq(seen.figures.failures, 0);
	post_done(&p);
}

ANJU_TEST(delivery, the_probe_that_goes_through_closes_it)
{
	static const struct delivery_channel how = {
		.name = "moody", .gate = {.failures = 2, .pause_ms = 50}, .attempts = 9};
	struct post p;
	struct seen seen = {0};
	post_open(&p);
	post_message(&p, "c1", "moody", "{\"id\":\"m1\",\"fail_times\":3,\"status\":-9}");
	post_message(&p, "c2", "moody", "{\"id\":\"m2\",\"fail_times\":1,\"status\":-9}");
	post_message(&p, "c3", "moody", "{\"id\":\"m3\"}");
	post_start_with(&p, 20, &how);
	int delivered = 0;
	for (int i = 0; delivered < 3; i++)
		delivered += post_wait(&p, i).err.status == ANJU_OK;
	(void)post_count(&p, 30);
	delivery_figures(p.delivery, look, &seen);
	cr_assert_eq(seen.figures.state, GATE_CLOSED);
	cr_assert_eq(seen.figures.delivered, 3);
	cr_assert_eq(seen.figures.failures, 0);
	cr_assert_str_eq(seen.figures.error, "");
	post_done(&p);
}

ANJU_TEST(delivery, a_refused_message_is_no_fault_of_the_channel)
{
	static const struct delivery_channel how = {
		.name = "moody", .gate = {.failures = 1, .pause_ms = 60000}};
	struct post p;
	post_open(&p);
	post_message(&p, "c1", "moody", "{\"id\":\"m1\",\"fail_times\":9,\"status\":-2}");
	post_message(&p, "c2", "moody", "{\"id\":\"m2\"}");
	post_start_with(&p, 20, &how);
	struct post_outcome o = post_wait(&p, 0);
	cr_assert_eq(o.err.status, ANJU_E_INVALID);
	cr_assert(!o.again);
	cr_assert_eq(post_wait(&p, 1).err.status, ANJU_OK);
	post_done(&p);
}

ANJU_TEST(delivery, no_faster_than_the_channel_may)
{
	/* ten a second after the first two */
	static const struct delivery_channel how = {
		.name = "moody", .gate = {.per_minute = 600, .burst = 2}};
	struct post p;
	post_open(&p);
	for (int i = 0; i < 5; i++) {
		char claim[8], body[32];
		snprintf(claim, sizeof claim, "c%d", i);
		snprintf(body, sizeof body, "{\"id\":\"m%d\"}", i);
		post_message(&p, claim, "moody", body);
	}
	int64_t begun = post_now();
	post_start_with(&p, 20, &how);
	int64_t last = post_wait(&p, 4).at_ms;
	cr_assert_geq(last - begun, 290, "took %d ms", (int)(last - begun));
	post_done(&p);
}

ANJU_TEST(delivery, the_last_attempt_says_so)
{
	static const struct delivery_channel how = {.name = "moody", .attempts = 3};
	struct post p;
	post_open(&p);
	int64_t id =
		post_message(&p, "c1", "moody", "{\"id\":\"m1\",\"fail_times\":99,\"status\":-9}");
	post_start_with(&p, 10, &how);
	cr_assert(post_wait(&p, 0).again);
	cr_assert(post_wait(&p, 1).again);
	struct post_outcome o = post_wait(&p, 2);
	cr_assert(!o.again);
	cr_assert_eq(o.attempts, 3);
	post_settle(&p, id, STORE_MESSAGE_DEAD, 3);
	cr_assert_eq(post_count(&p, 100), 3);
	/* by hand it begins anew, under the same id, though the place in the store was passed long ago */
	post_renew(&p, id, NULL);
	cr_assert_eq(post_wait(&p, 3).attempts, 1);
	cr_assert_geq(post_asked(&p, "m1"), 4);
	post_done(&p);
}

ANJU_TEST(delivery, once_more_by_another_channel)
{
	struct post p;
	post_open(&p);
	post_start(&p, 20);
	int64_t id =
		post_message(&p, "c1", "moody", "{\"id\":\"m1\",\"fail_times\":1,\"status\":-2}");
	cr_assert_eq(post_wait(&p, 0).err.status, ANJU_E_INVALID);
	post_settle(&p, id, STORE_MESSAGE_DEAD, 1);
	post_renew(&p, id, "merry");
	struct post_outcome o = post_wait(&p, 1);
	cr_assert_eq(o.err.status, ANJU_OK, "%s", o.err.text);
	delivery_free(p.delivery);
	p.delivery = NULL;
	cr_assert_eq(post_asked(&p, "m1"), 2);
	post_done(&p);
}

ANJU_TEST(delivery, a_start_is_no_storm)
{
	struct post p;
	post_open(&p);
	int64_t id = post_message(&p, "c1", "moody", "{\"id\":\"m1\"}");
	post_settle(&p, id, STORE_MESSAGE_PENDING, 3);
	int64_t begun = post_now();
	post_start(&p, 60);
	/* the fourth attempt keeps the pause that follows the third */
	cr_assert_geq(post_wait(&p, 0).at_ms - begun, 240);
	post_done(&p);
}
