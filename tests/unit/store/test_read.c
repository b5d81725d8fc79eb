/* Readers: lists, filters, cursors, snapshots, counts, the check. */
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#include "fixture.h"
#include "unit/support.h"

struct keys {
	char text[400];
	int stop, n;
	struct store_reader *reader; /* read from inside too, if set */
};

static void add(struct keys *k, const char *s)
{
	size_t n = strlen(k->text);
	snprintf(k->text + n, sizeof k->text - n, "%s%s", n > 0 ? " " : "", s);
	k->n++;
}

static bool case_key(void *ctx, const struct store_case *row)
{
	struct keys *k = ctx;
	if (k->reader != NULL) {
		struct store_case other;
		anju_error err;
		cr_assert_eq(store_read_case(k->reader, "household", "a", &other, &err), ANJU_OK);
		struct keys inner = {0};
		struct store_case_filter all = {.done = -1, .limit = 2};
		cr_assert_eq(store_read_cases(k->reader, &all, case_key, &inner, &err), ANJU_OK);
		cr_assert_eq(inner.n, 2);
	}
	add(k, row->key);
	return k->n != k->stop;
}

static int64_t add_case(struct fixture *f, struct store_case row)
{
	int64_t id = 0, seq = 0;
	assert_ok(store_case_insert(f->store, &row, &id, &f->err), f->err);
	struct store_entry entry = sample_entry(id, 1);
	assert_ok(store_journal_append(f->store, &entry, &seq, &f->err), f->err);
	return id;
}

static void fill(struct fixture *f)
{
	fixture_begin(f);
	struct store_case row = sample_case("a");
	add_case(f, row);
	row = sample_case("b");
	row.state = "relocation.agreement old_home.vacated|h=relocation.agree";
	row.region = "610323";
	row.phase = "build";
	add_case(f, row);
	row = sample_case("c");
	row.workflow = "project";
	row.state = "agree";
	row.done = true;
	add_case(f, row);
	row = sample_case("d");
	row.state = "old_home.occupied.again";
	row.region = "6103";
	add_case(f, row);
	fixture_commit(f);
}

static const char *list(
	struct store_reader *reader, struct store_case_filter filter, struct keys *keys)
{
	anju_error err;
	*keys = (struct keys){0};
	assert_ok(store_read_cases(reader, &filter, case_key, keys, &err), err);
	return keys->text;
}

ANJU_TEST(store, cases_by_filter)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fill(&f);
	ANJU_AUTO(store_reader) r = NULL;
	assert_ok(store_reader_open(f.folder, &r, &f.err), f.err);
	struct keys k;
	struct store_case_filter any = {.done = -1, .limit = 100};
	cr_assert_str_eq(list(r, any, &k), "a b c d");
	struct store_case_filter x = any;
	x.workflow = "household";
	cr_assert_str_eq(list(r, x, &k), "a b d");
	x.workflow = "nothing";
	cr_assert_str_eq(list(r, x, &k), "");
	x = any;
	x.region = "61032";
	cr_assert_str_eq(list(r, x, &k), "a b c");
	x.region = "610322101203";
	cr_assert_str_eq(list(r, x, &k), "");
	x = any;
	x.phase = "build";
	cr_assert_str_eq(list(r, x, &k), "b");
	x.phase = "nothing";
	cr_assert_str_eq(list(r, x, &k), "");
	x = any;
	x.done = 1;
	cr_assert_str_eq(list(r, x, &k), "c");
	x.done = 0;
	cr_assert_str_eq(list(r, x, &k), "a b d");
	x = any;
	x.limit = 2;
	cr_assert_str_eq(list(r, x, &k), "a b");
	x.after_id = 2;
	cr_assert_str_eq(list(r, x, &k), "c d");
	fixture_done(&f);
}

ANJU_TEST(store, cases_by_state_without_false_hits)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fill(&f);
	ANJU_AUTO(store_reader) r = NULL;
	assert_ok(store_reader_open(f.folder, &r, &f.err), f.err);
	struct {
		const char *state, *want;
	} rows[] = {
		{"relocation", "a b"},
		{"relocation.agree", "a"}, /* not agreement, not what follows '|' */
		{"relocation.agree.survey", "a"},
		{"relocation.agree.surve", ""},
		{"relocation.agreement", "b"},
		{"old_home.occupied", "a d"},
		{"occupied", ""},
		{"agree", "c"},
		{"old_home", "a b d"},
		{"h", ""},
		{"", ""},
		{".", ""},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct keys k;
		struct store_case_filter x = {.done = -1, .limit = 100, .state = rows[i].state};
		cr_assert_str_eq(list(r, x, &k), rows[i].want, "%s: %s", rows[i].state, k.text);
	}
	fixture_done(&f);
}

ANJU_TEST(store, a_callback_may_stop_and_may_read)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fill(&f);
	ANJU_AUTO(store_reader) r = NULL;
	assert_ok(store_reader_open(f.folder, &r, &f.err), f.err);
	struct store_case_filter any = {.done = -1, .limit = 100};
	struct keys k = {.stop = 2};
	assert_ok(store_read_cases(r, &any, case_key, &k, &f.err), f.err);
	cr_assert_str_eq(k.text, "a b");
	k = (struct keys){.reader = r};
	assert_ok(store_read_cases(r, &any, case_key, &k, &f.err), f.err);
	cr_assert_str_eq(k.text, "a b c d");
	fixture_done(&f);
}

static bool entry_text(void *ctx, const struct store_entry *e)
{
	char text[64];
	snprintf(text, sizeof text, "%s:%d", e->key, (int)e->rev);
	add(ctx, text);
	cr_assert_str_eq(e->actor, "610322.land");
	cr_assert_null(e->reason);
	cr_assert_null(e->idem);
	cr_assert_eq(e->effective_ms, e->recorded_ms);
	cr_assert_eq(e->hash[0], (uint8_t)e->rev);
	return true;
}

ANJU_TEST(store, history_and_feed_in_order_and_in_pages)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	int64_t a = fixture_add_case(&f, "a"), b = fixture_add_case(&f, "b");
	for (int rev = 2; rev <= 5; rev++) {
		fixture_step(&f, a, rev);
		if (rev < 4)
			fixture_step(&f, b, rev);
	}
	fixture_commit(&f);
	ANJU_AUTO(store_reader) r = NULL;
	assert_ok(store_reader_open(f.folder, &r, &f.err), f.err);
	struct keys k = {0};
	assert_ok(store_read_history(r, a, 0, 100, entry_text, &k, &f.err), f.err);
	cr_assert_str_eq(k.text, "a:1 a:2 a:3 a:4 a:5");
	k = (struct keys){0};
	assert_ok(store_read_history(r, a, 2, 2, entry_text, &k, &f.err), f.err);
	cr_assert_str_eq(k.text, "a:3 a:4");
	k = (struct keys){0};
	assert_ok(store_read_history(r, a, 5, 2, entry_text, &k, &f.err), f.err);
	assert_ok(store_read_history(r, 99, 0, 2, entry_text, &k, &f.err), f.err);
	cr_assert_str_eq(k.text, "");
	assert_ok(store_read_feed(r, 0, 100, entry_text, &k, &f.err), f.err);
	cr_assert_str_eq(k.text, "a:1 b:1 a:2 b:2 a:3 b:3 a:4 a:5");
	k = (struct keys){0};
	assert_ok(store_read_feed(r, 3, 2, entry_text, &k, &f.err), f.err);
	cr_assert_str_eq(k.text, "b:2 a:3");
	fixture_done(&f);
}

ANJU_TEST(store, snapshot_stands_still_and_readers_see_no_half_batch)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fill(&f);
	ANJU_AUTO(store_reader) r = NULL;
	assert_ok(store_reader_open(f.folder, &r, &f.err), f.err);
	struct store_case row;
	fixture_begin(&f);
	fixture_add_case(&f, "new");
	assert_status(store_read_case(r, "household", "new", &row, &f.err), ANJU_E_NOTFOUND);
	assert_ok(store_read_begin(r, &f.err), f.err);
	fixture_commit(&f);
	assert_status(store_read_case(r, "household", "new", &row, &f.err), ANJU_E_NOTFOUND);
	store_read_end(r);
	assert_ok(store_read_case(r, "household", "new", &row, &f.err), f.err);
	assert_ok(store_read_case_by_id(r, row.id, &row, &f.err), f.err);
	cr_assert_str_eq(row.key, "new");
	fixture_done(&f);
}

static bool deadline_name(void *ctx, const struct store_deadline *row)
{
	add(ctx, row->name);
	return true;
}

static const char *deadlines(
	struct store_reader *reader, struct store_deadline_filter x, struct keys *keys)
{
	anju_error err;
	*keys = (struct keys){0};
	assert_ok(store_read_deadlines(reader, &x, deadline_name, keys, &err), err);
	return keys->text;
}

static void fill_deadlines(struct fixture *f)
{
	fill(f);
	fixture_begin(f);
	int64_t id = 0;
	struct store_deadline d = sample_deadline(1, "d1", 1000); /* due 2000 */
	assert_ok(store_deadline_insert(f->store, &d, &id, &f->err), f->err);
	d = sample_deadline(1, "d2", 500); /* due 1500 */
	d.lead = "610322.land_use";
	d.responsible = "610322.landing 610322.town";
	assert_ok(store_deadline_insert(f->store, &d, &id, &f->err), f->err);
	d = sample_deadline(2, "d3", 1000); /* due 2000 as well */
	d.status = STORE_DEADLINE_MET;
	assert_ok(store_deadline_insert(f->store, &d, &id, &f->err), f->err);
	d = sample_deadline(3, "d4", 3000);
	d.lead = "610322.drc";
	assert_ok(store_deadline_insert(f->store, &d, &id, &f->err), f->err);
	d = sample_deadline(3, "t5", 100);
	d.timer = true;
	d.lead = d.responsible = "";
	assert_ok(store_deadline_insert(f->store, &d, &id, &f->err), f->err);
	fixture_commit(f);
}

ANJU_TEST(store, deadlines_by_filter)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fill_deadlines(&f);
	ANJU_AUTO(store_reader) r = NULL;
	assert_ok(store_reader_open(f.folder, &r, &f.err), f.err);
	struct keys k;
	struct store_deadline_filter any = {.status = -1, .limit = 100}, x = any;
	cr_assert_str_eq(deadlines(r, any, &k), "d2 d1 d3 d4");
	x.timers = true;
	cr_assert_str_eq(deadlines(r, x, &k), "t5 d2 d1 d3 d4");
	x = any;
	x.status = STORE_DEADLINE_OPEN;
	cr_assert_str_eq(deadlines(r, x, &k), "d2 d1 d4");
	x.status = STORE_DEADLINE_MET;
	cr_assert_str_eq(deadlines(r, x, &k), "d3");
	x.status = -2;
	x.now_ms = 1999;
	cr_assert_str_eq(deadlines(r, x, &k), "d2");
	x.now_ms = 2000;
	cr_assert_str_eq(deadlines(r, x, &k), "d2 d1");
	x.due_before_ms = 2000;
	cr_assert_str_eq(deadlines(r, x, &k), "d2");
	x = any;
	x.due_before_ms = 2001;
	cr_assert_str_eq(deadlines(r, x, &k), "d2 d1 d3");
	x = any;
	x.case_id = 1;
	cr_assert_str_eq(deadlines(r, x, &k), "d2 d1");
	x = any;
	x.workflow = "project";
	cr_assert_str_eq(deadlines(r, x, &k), "d4");
	x = any;
	x.region = "610323";
	cr_assert_str_eq(deadlines(r, x, &k), "d3");
	x = any;
	x.name = "d4";
	cr_assert_str_eq(deadlines(r, x, &k), "d4");
	x.name = "never";
	cr_assert_str_eq(deadlines(r, x, &k), "");
	fixture_done(&f);
}

static struct store_deadline deadline_like(
	const char *name, enum store_deadline_status status, bool suspended, int64_t next_ms)
{
	struct store_deadline d = sample_deadline(1, name, next_ms);
	d.status = status;
	d.suspended = suspended;
	d.cooperating = "610322.forest 610322.water";
	return d;
}

/* What stands still is open and not overdue; what is watched is looked at again, and is not open. */
ANJU_TEST(store, deadlines_suspended_watched_and_cooperating)
{
	struct fixture f;
	int64_t id, next = 0;
	struct keys k;
	fixture_init(&f);
	fixture_open(&f);
	fill_deadlines(&f);
	fixture_begin(&f);
	struct store_deadline d = deadline_like("still", STORE_DEADLINE_OPEN, true, INT64_MAX);
	assert_ok(store_deadline_insert(f.store, &d, &id, &f.err), f.err);
	d = deadline_like("kept", STORE_DEADLINE_WATCHED, false, 40);
	assert_ok(store_deadline_insert(f.store, &d, &id, &f.err), f.err);
	struct store_due due[10];
	size_t n = 0;
	assert_ok(store_deadlines_due(f.store, 500, 10, due, &n, &f.err), f.err);
	cr_assert(n == 3 && due[0].id == id);
	assert_ok(store_next_due(f.store, &next, &f.err), f.err);
	cr_assert_eq(next, 40);
	k = (struct keys){0};
	assert_ok(store_deadlines_of(f.store, 1, deadline_name, &k, &f.err), f.err);
	cr_assert_str_eq(k.text, "d1 d2 still kept");
	d.id = id;
	d.suspended = true;
	d.cooperating = "610322.water";
	assert_ok(store_deadline_update(f.store, &d, &f.err), f.err);
	fixture_commit(&f);
	ANJU_AUTO(store_reader) r = NULL;
	assert_ok(store_reader_open(f.folder, &r, &f.err), f.err);
	struct store_deadline_filter any = {.status = -1, .limit = 100}, x = any;
	x.unit = "610322.water";
	cr_assert_str_eq(deadlines(r, x, &k), "kept still");
	x.unit = "610322.forest";
	cr_assert_str_eq(deadlines(r, x, &k), "still");
	x = any;
	x.status = STORE_DEADLINES_SUSPENDED;
	cr_assert_str_eq(deadlines(r, x, &k), "still");
	x.status = STORE_DEADLINE_WATCHED;
	cr_assert_str_eq(deadlines(r, x, &k), "kept");
	x.status = STORE_DEADLINES_OVERDUE;
	x.now_ms = INT64_C(1) << 50;
	x.timers = true;
	cr_assert_str_eq(deadlines(r, x, &k), "t5 d2 d1 d4");
	fixture_done(&f);
}

ANJU_TEST(store, deadlines_by_whole_unit_codes_and_cursor)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fill_deadlines(&f);
	ANJU_AUTO(store_reader) r = NULL;
	assert_ok(store_reader_open(f.folder, &r, &f.err), f.err);
	struct keys k;
	struct store_deadline_filter any = {.status = -1, .limit = 100}, x = any;
	x.unit = "610322.land";
	cr_assert_str_eq(deadlines(r, x, &k), "d1 d3");
	x.unit = "610322.town";
	cr_assert_str_eq(deadlines(r, x, &k), "d2");
	x.unit = "610322101203.village";
	cr_assert_str_eq(deadlines(r, x, &k), "d1 d3 d4");
	x.unit = "610322";
	cr_assert_str_eq(deadlines(r, x, &k), "");
	x.unit = "land";
	cr_assert_str_eq(deadlines(r, x, &k), "");
	x = any;
	x.limit = 2;
	cr_assert_str_eq(deadlines(r, x, &k), "d2 d1");
	x.after_due_ms = 2000;
	x.after_id = (INT64_C(1) << 20) + 1;
	cr_assert_str_eq(deadlines(r, x, &k), "d3 d4");
	fixture_done(&f);
}

static bool count_text(void *ctx, const char *a, const char *b, int64_t n, int64_t m)
{
	char text[100];
	snprintf(text, sizeof text, "%s/%s:%d,%d", a, b, (int)n, (int)m);
	add(ctx, text);
	return true;
}

ANJU_TEST(store, counts_and_stats)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fill_deadlines(&f);
	ANJU_AUTO(store_reader) r = NULL;
	assert_ok(store_reader_open(f.folder, &r, &f.err), f.err);
	struct keys k = {0};
	assert_ok(store_count_phases(r, NULL, NULL, count_text, &k, &f.err), f.err);
	cr_assert_str_eq(k.text, "household/agree:2,0 household/build:1,0 project/agree:0,1");
	k = (struct keys){0};
	assert_ok(store_count_phases(r, "household", "610323", count_text, &k, &f.err), f.err);
	cr_assert_str_eq(k.text, "household/build:1,0");
	k = (struct keys){0};
	assert_ok(store_count_phases(r, "never", NULL, count_text, &k, &f.err), f.err);
	cr_assert_str_eq(k.text, "");
	assert_ok(store_count_deadlines(r, 2000, count_text, &k, &f.err), f.err);
	cr_assert_str_eq(k.text, "610322.land/d1:1,1 610322.land_use/d2:1,1 610322.drc/d4:1,0");
	struct store_stats stats = {0};
	assert_ok(store_read_stats(r, &stats, &f.err), f.err);
	cr_assert_eq(stats.cases, 4);
	cr_assert_eq(stats.entries, 4);
	cr_assert_eq(stats.last_seq, 4);
	int64_t last = -1;
	assert_ok(store_read_last_seq(r, &last, &f.err), f.err);
	cr_assert_eq(last, 4);
	cr_assert_eq(stats.deadlines_open, 4);
	cr_assert_eq(stats.schema, 4);
	cr_assert_gt(stats.file_bytes, 4096);
	fixture_done(&f);
}

static bool message_text(void *ctx, const struct store_message *row)
{
	add(ctx, row->claim);
	return true;
}

ANJU_TEST(store, messages_and_meta_for_readers)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	ANJU_AUTO(store_reader) r = NULL;
	assert_ok(store_reader_open(f.folder, &r, &f.err), f.err);
	const char *value = NULL;
	assert_status(store_read_meta(r, "clock", &value, &f.err), ANJU_E_NOTFOUND);
	fixture_begin(&f);
	assert_ok(store_meta_put(f.store, "clock", "7", &f.err), f.err);
	for (int i = 0; i < 4; i++) {
		char claim[8];
		snprintf(claim, sizeof claim, "m%d", i);
		struct store_message m = {.claim = claim,
			.unit = i % 2 == 0 ? "even" : "odd",
			.channel = "c",
			.body = "{}",
			.status = i == 2 ? STORE_MESSAGE_DEAD : STORE_MESSAGE_PENDING};
		int64_t id;
		bool fresh;
		assert_ok(store_message_add(f.store, &m, &id, &fresh, &f.err), f.err);
	}
	fixture_commit(&f);
	assert_ok(store_read_meta(r, "clock", &value, &f.err), f.err);
	cr_assert_str_eq(value, "7");
	struct keys k = {0};
	assert_ok(store_read_messages(r, NULL, -1, 0, 100, message_text, &k, &f.err), f.err);
	cr_assert_str_eq(k.text, "m0 m1 m2 m3");
	k = (struct keys){0};
	assert_ok(store_read_messages(r, "even", -1, 1, 100, message_text, &k, &f.err), f.err);
	cr_assert_str_eq(k.text, "m2");
	k = (struct keys){0};
	assert_ok(
		store_read_messages(r, NULL, STORE_MESSAGE_PENDING, 0, 2, message_text, &k, &f.err),
		f.err);
	cr_assert_str_eq(k.text, "m0 m1");
	struct store_stats stats;
	assert_ok(store_read_stats(r, &stats, &f.err), f.err);
	cr_assert_eq(stats.messages_pending, 3);
	cr_assert_eq(stats.messages_dead, 1);
	fixture_done(&f);
}

ANJU_TEST(store, reader_needs_a_database)
{
	struct fixture f;
	fixture_init(&f);
	struct store_reader *r = NULL;
	assert_status(store_reader_open(f.folder, &r, &f.err), ANJU_E_NOTFOUND);
	cr_assert_null(r);
	fixture_done(&f);
}

static void *interrupter(void *ctx)
{
	usleep(20000);
	store_reader_interrupt(ctx);
	return NULL;
}

static bool slow(void *ctx, const struct store_case *row)
{
	usleep(10000);
	(*(int *)ctx)++;
	return true;
}

ANJU_TEST(store, a_reader_is_interrupted_from_another_thread)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	for (int i = 0; i < 200; i++) {
		char key[16];
		snprintf(key, sizeof key, "%d", i);
		fixture_add_case(&f, key);
	}
	fixture_commit(&f);
	ANJU_AUTO(store_reader) r = NULL;
	assert_ok(store_reader_open(f.folder, &r, &f.err), f.err);
	pthread_t thread;
	int n = 0;
	struct store_case_filter any = {.done = -1, .limit = 1000};
	pthread_create(&thread, NULL, interrupter, r);
	assert_status(store_read_cases(r, &any, slow, &n, &f.err), ANJU_E_CANCELED);
	cr_assert_lt(n, 200);
	pthread_join(thread, NULL);
	struct store_case row;
	assert_ok(store_read_case(r, "household", "199", &row, &f.err), f.err);
	fixture_done(&f);
}

static bool related_text(void *ctx, int64_t id, const char *workflow, const char *key)
{
	struct keys *keys = ctx;
	char text[64];
	snprintf(text, sizeof text, "%d:%s/%s", (int)id, workflow, key);
	add(keys, text);
	return keys->n != keys->stop;
}

ANJU_TEST(store, related_cases_by_name)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fill(&f); /* 1 a, 2 b, 3 c of project, 4 d */
	ANJU_AUTO(store_reader) r = NULL;
	assert_ok(store_reader_open(f.folder, &r, &f.err), f.err);
	struct keys k = {0};
	assert_ok(store_read_related(r, 4, "project", false, related_text, &k, &f.err), f.err);
	cr_assert_str_eq(k.text, "");
	fixture_begin(&f);
	static const int64_t from[] = {4, 1, 2};
	for (size_t i = 0; i < sizeof from / sizeof from[0]; i++)
		assert_ok(store_relation_add(f.store, from[i], "project", 3, &f.err), f.err);
	assert_ok(store_relation_add(f.store, 4, "other", 1, &f.err), f.err);
	fixture_commit(&f);
	assert_ok(store_read_related(r, 4, "project", false, related_text, &k, &f.err), f.err);
	cr_assert_str_eq(k.text, "3:project/c");
	k = (struct keys){0};
	assert_ok(store_read_related(r, 3, "project", true, related_text, &k, &f.err), f.err);
	cr_assert_str_eq(k.text, "1:household/a 2:household/b 4:household/d");
	k = (struct keys){.stop = 2};
	assert_ok(store_read_related(r, 3, "project", true, related_text, &k, &f.err), f.err);
	cr_assert_str_eq(k.text, "1:household/a 2:household/b");
	k = (struct keys){0};
	assert_ok(store_read_related(r, 3, "project", false, related_text, &k, &f.err), f.err);
	assert_ok(store_read_related(r, 3, "never", true, related_text, &k, &f.err), f.err);
	assert_ok(store_read_related(r, 99, "project", false, related_text, &k, &f.err), f.err);
	cr_assert_str_eq(k.text, "");
	fixture_done(&f);
}

static void note_trouble(void *ctx, const anju_error *err)
{
	add(ctx, err->id);
}

ANJU_TEST(store, check_looks_at_the_snapshot_that_is_open)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fill(&f);
	ANJU_AUTO(store_reader) r = NULL;
	assert_ok(store_reader_open(f.folder, &r, &f.err), f.err);
	struct keys k = {0};
	assert_ok(store_read_begin(r, &f.err), f.err);
	fixture_sql(&f, "INSERT INTO relation VALUES(1, 1, 77)");
	assert_ok(store_check(r, note_trouble, &k, &f.err), f.err);
	struct store_case row;
	assert_ok(store_read_case(r, "household", "a", &row, &f.err), f.err);
	store_read_end(r); /* still open: the check has not ended it */
	assert_status(store_check(r, note_trouble, &k, &f.err), ANJU_E_CORRUPT);
	cr_assert_str_eq(k.text, "store.check_relation");
	assert_ok(store_read_begin(r, &f.err), f.err); /* and its own is closed */
	store_read_end(r);
	fixture_done(&f);
}

ANJU_TEST(store, check_finds_planted_troubles)
{
	struct {
		const char *sql, *want;
	} rows[] = {
		{"UPDATE cases SET rev = 9 WHERE id = 1", "store.check_head"},
		{"UPDATE cases SET head = zeroblob(32) WHERE id = 1", "store.check_head"},
		{"UPDATE cases SET workflow = 99 WHERE id = 2", "store.check_case"},
		{"DROP TRIGGER journal_stays; UPDATE journal SET prev = 1 WHERE seq = 2",
			"store.check_chain"},
		{"DROP TRIGGER journal_stays; UPDATE journal SET prev = 0 WHERE seq = 5",
			"store.check_chain"},
		{"INSERT INTO journal SELECT 99, case_id, rev, prev, recorded_ms, effective_ms,"
		 " event, actor, hash, reason, idem, body FROM journal WHERE seq = 2",
			"store.check_count"},
		{"INSERT INTO relation VALUES(1, 1, 77)", "store.check_relation"},
		{"INSERT INTO deadline VALUES(77 << 20, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, "
		 "0, 0)",
			"store.check_deadline"},
		{"INSERT INTO item VALUES(1, 'c', 'u', 0, 1, 0, 0, 55, '{}', NULL, 0)",
			"store.check_item"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct fixture f;
		fixture_init(&f);
		fixture_open(&f);
		fill(&f);
		fixture_begin(&f);
		fixture_step(&f, 1, 2);
		fixture_commit(&f);
		fixture_close(&f);
		char ids[500];
		cr_assert_eq(fixture_check(&f, ids, sizeof ids), 0, "%s", ids);
		fixture_sql(&f, rows[i].sql);
		cr_assert_geq(fixture_check(&f, ids, sizeof ids), 1, "%s", rows[i].sql);
		cr_assert_not_null(strstr(ids, rows[i].want), "%s: %s", rows[i].sql, ids);
		fixture_done(&f);
	}
}

ANJU_TEST(store, history_cannot_be_changed_by_hand)
{
	static const char *const tries[] = {"UPDATE journal SET reason = 'x' WHERE seq = 1",
		"DELETE FROM journal WHERE seq = 1",
		"INSERT OR REPLACE INTO journal SELECT * FROM journal WHERE seq = 1"};
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fill(&f);
	fixture_close(&f);
	for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
		sqlite3 *db = NULL;
		cr_assert_eq(sqlite3_open(fixture_path(&f, "anju.db"), &db), SQLITE_OK);
		sqlite3_exec(db, "PRAGMA recursive_triggers = ON", NULL, NULL, NULL);
		cr_assert_neq(
			sqlite3_exec(db, tries[i], NULL, NULL, NULL), SQLITE_OK, "%s", tries[i]);
		cr_assert_not_null(strstr(sqlite3_errmsg(db), "append-only"), "%s", tries[i]);
		sqlite3_close(db);
	}
	fixture_done(&f);
}

ANJU_TEST(store, check_finds_a_damaged_page)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	for (int i = 0; i < 300; i++) {
		char key[16];
		snprintf(key, sizeof key, "%d", i);
		fixture_add_case(&f, key);
	}
	fixture_commit(&f);
	fixture_close(&f);
	int fd = open(fixture_path(&f, "anju.db"), O_RDWR);
	cr_assert(fd >= 0);
	off_t size = lseek(fd, 0, SEEK_END);
	char junk[4096];
	memset(junk, 0xa5, sizeof junk);
	cr_assert_eq(pwrite(fd, junk, sizeof junk, size - 3 * 4096), (ssize_t)sizeof junk);
	close(fd);
	char ids[20000];
	cr_assert_geq(fixture_check(&f, ids, sizeof ids), 1);
	fixture_done(&f);
}
