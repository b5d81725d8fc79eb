/* What is written is read back, by the writer. */
#include <limits.h>
#include <stdlib.h>

#include "fixture.h"
#include "store/sqlite.h"
#include "unit/support.h"

ANJU_TEST(store, case_is_read_back_as_written)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	int64_t id = fixture_add_case(&f, "610322101-0001");
	struct store_case row;
	assert_ok(store_case_find(f.store, "household", "610322101-0001", &row, &f.err), f.err);
	cr_assert_eq(row.id, id);
	cr_assert_str_eq(row.workflow, "household");
	cr_assert_str_eq(row.key, "610322101-0001");
	cr_assert_str_eq(row.hash, "6a0f");
	cr_assert_eq(row.rev, 1);
	cr_assert_str_eq(row.region, "610322101");
	cr_assert_str_eq(row.phase, "agree");
	cr_assert_str_eq(row.state, "relocation.agree.survey old_home.occupied|h=1");
	cr_assert_str_eq(row.data, "{\"persons\":4}");
	cr_assert_str_eq(row.meta, "{\"docs\":{}}");
	cr_assert(!row.done);
	cr_assert_eq(row.opened_ms, 1502841600000);
	cr_assert_eq(row.head[31], 1);
	fixture_commit(&f);
	assert_ok(store_case_get(f.store, id, &row, &f.err), f.err);
	cr_assert_str_eq(row.key, "610322101-0001");
	fixture_done(&f);
}

ANJU_TEST(store, texts_of_a_found_row_may_be_written_back)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	fixture_add_case(&f, "a");
	struct store_case row;
	assert_ok(store_case_find(f.store, "household", "a", &row, &f.err), f.err);
	struct store_entry entry = sample_entry(row.id, 2);
	int64_t seq;
	assert_ok(store_journal_append(f.store, &entry, &seq, &f.err), f.err);
	row.rev = 2;
	row.phase = "build";
	row.done = true;
	row.updated_ms = 5;
	memcpy(row.head, entry.hash, sizeof row.head);
	assert_ok(store_case_update(f.store, &row, &f.err), f.err);
	struct store_case again;
	assert_ok(store_case_find(f.store, "household", "a", &again, &f.err), f.err);
	cr_assert_str_eq(again.state, "relocation.agree.survey old_home.occupied|h=1");
	cr_assert_str_eq(again.data, "{\"persons\":4}");
	cr_assert_str_eq(again.phase, "build");
	cr_assert(again.done);
	cr_assert_eq(again.updated_ms, 5);
	cr_assert_eq(again.head[0], 2);
	fixture_commit(&f);
	fixture_done(&f);
}

ANJU_TEST(store, null_data_and_meta_stay_unchanged)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	int64_t id = fixture_add_case(&f, "a");
	fixture_step(&f, id, 2);
	struct store_case row;
	assert_ok(store_case_get(f.store, id, &row, &f.err), f.err);
	cr_assert_str_eq(row.data, "{\"persons\":4}");
	cr_assert_str_eq(row.meta, "{\"docs\":{}}");
	row = sample_case("a");
	row.id = id;
	row.rev = 2;
	row.data = "{\"persons\":5}";
	row.meta = "{}";
	assert_ok(store_case_update(f.store, &row, &f.err), f.err);
	assert_ok(store_case_get(f.store, id, &row, &f.err), f.err);
	cr_assert_str_eq(row.data, "{\"persons\":5}");
	cr_assert_str_eq(row.meta, "{}");
	store_rollback(f.store);
	fixture_done(&f);
}

ANJU_TEST(store, missing_rows_are_not_found)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	struct store_case row;
	const char *text = "untouched";
	assert_status(store_case_find(f.store, "no", "x", &row, &f.err), ANJU_E_NOTFOUND);
	cr_assert_str_eq(f.err.id, "store.no_case");
	cr_assert_str_eq(f.err.found, "no/x");
	fixture_begin(&f);
	fixture_add_case(&f, "a");
	assert_status(store_case_find(f.store, "household", "x", &row, &f.err), ANJU_E_NOTFOUND);
	assert_status(store_case_get(f.store, 99, &row, &f.err), ANJU_E_NOTFOUND);
	assert_status(store_meta_get(f.store, "clock", &text, &f.err), ANJU_E_NOTFOUND);
	cr_assert_str_eq(text, "untouched");
	fixture_commit(&f); /* a read that finds nothing is no failure of the transaction */
	fixture_done(&f);
}

/* "seq event key\n" of each. */
static bool note_keyed(void *ctx, const struct store_entry *e)
{
	char *text = ctx;
	size_t n = strlen(text);
	snprintf(text + n, 400 - n, "%lld %s %s %s/%s %d\n", (long long)e->seq, e->event, e->idem,
		e->workflow, e->key, e->hash[5]);
	return true;
}

ANJU_TEST(store, entries_with_an_idempotency_key_are_found_in_their_case)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	int64_t id = fixture_add_case(&f, "a"), other = fixture_add_case(&f, "b"), seq = 0;
	struct store_entry entry = sample_entry(id, 2);
	entry.idem = "u1:42";
	assert_ok(store_journal_append(f.store, &entry, &seq, &f.err), f.err);
	entry = sample_entry(other, 2);
	entry.idem = "u1:42"; /* of another case: not its business */
	assert_ok(store_journal_append(f.store, &entry, &seq, &f.err), f.err);
	entry = sample_entry(id, 3);
	assert_ok(store_journal_append(f.store, &entry, &seq, &f.err), f.err);
	entry = sample_entry(id, 4);
	entry.idem = "u1:43";
	assert_ok(store_journal_append(f.store, &entry, &seq, &f.err), f.err);
	char text[400] = "";
	assert_ok(store_journal_keyed(f.store, id, note_keyed, text, &f.err), f.err);
	cr_assert_str_eq(text, "6 sign_agreements u1:43 household/a 4\n"
			       "3 sign_agreements u1:42 household/a 2\n");
	assert_status(store_journal_keyed(f.store, 99, note_keyed, text, &f.err), ANJU_E_NOTFOUND);
	cr_assert_str_eq(f.err.id, "store.no_case");
	store_rollback(f.store);
	fixture_done(&f);
}

ANJU_TEST(store, what_is_remembered_of_keys_comes_back)
{
	struct fixture f;
	struct store_case row, got;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	int64_t id = fixture_add_case(&f, "a"), empty = 0;
	assert_ok(store_case_get(f.store, id, &got, &f.err), f.err);
	cr_assert_null(got.idem);
	row = sample_case("b");
	row.idem = "";
	assert_ok(store_case_insert(f.store, &row, &empty, &f.err), f.err);
	assert_ok(store_case_get(f.store, empty, &got, &f.err), f.err);
	cr_assert_not_null(got.idem);
	cr_assert_eq(got.idem_bytes, 0);
	row = sample_case("a");
	row.id = id;
	row.idem = "\1\0\0\2\3\4\5\6";
	row.idem_bytes = 8;
	assert_ok(store_case_update(f.store, &row, &f.err), f.err);
	row.idem = NULL; /* as it was */
	assert_ok(store_case_update(f.store, &row, &f.err), f.err);
	assert_ok(store_case_get(f.store, id, &got, &f.err), f.err);
	cr_assert_eq(got.idem_bytes, 8);
	cr_assert_arr_eq(got.idem, "\1\0\0\2\3\4\5\6", 8);
	store_rollback(f.store);
	fixture_done(&f);
}

ANJU_TEST(store, keys_of_cases_are_unique)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	int64_t other = -1;
	fixture_add_case(&f, "a");
	fixture_commit(&f);
	fixture_begin(&f);
	struct store_case row = sample_case("a");
	assert_status(store_case_insert(f.store, &row, &other, &f.err), ANJU_E_EXISTS);
	cr_assert_str_eq(f.err.id, "store.key_taken");
	cr_assert_str_eq(f.err.found, "household/a");
	cr_assert_eq(other, -1);
	store_rollback(f.store);
	fixture_done(&f);
}

ANJU_TEST(store, entries_are_numbered_without_gaps)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	int64_t id = fixture_add_case(&f, "a"), seq = 0;
	struct store_entry entry = sample_entry(id, 3);
	assert_status(store_journal_append(f.store, &entry, &seq, &f.err), ANJU_E_CONFLICT);
	cr_assert_str_eq(f.err.id, "store.rev");
	cr_assert_str_eq(f.err.found, "3");
	cr_assert_str_eq(f.err.allowed, "2");
	store_rollback(f.store);
	fixture_begin(&f);
	entry = sample_entry(12345, 1);
	assert_status(store_journal_append(f.store, &entry, &seq, &f.err), ANJU_E_NOTFOUND);
	store_rollback(f.store);
	fixture_done(&f);
}

static bool count_deadline(void *ctx, const struct store_deadline *row)
{
	char *names = ctx;
	size_t n = strlen(names);
	snprintf(names + n, 200 - n, "%s;", row->name);
	return true;
}

ANJU_TEST(store, deadline_is_read_back_and_updated)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	int64_t a = fixture_add_case(&f, "a"), b = fixture_add_case(&f, "b"), id = 0, id2 = 0;
	struct store_deadline row = sample_deadline(a, "three_agreements", 500);
	row.provisional = true;
	assert_ok(store_deadline_insert(f.store, &row, &id, &f.err), f.err);
	row = sample_deadline(b, "old_home", 300);
	row.timer = true;
	row.lead = row.responsible = NULL;
	assert_ok(store_deadline_insert(f.store, &row, &id2, &f.err), f.err);
	row = sample_deadline(a, "register", INT64_MAX);
	row.due_ms = 9;
	assert_ok(store_deadline_insert(f.store, &row, &id2, &f.err), f.err);
	cr_assert_eq(id2, id + 1);

	char names[200] = "";
	assert_ok(store_deadlines_of(f.store, a, count_deadline, names, &f.err), f.err);
	cr_assert_str_eq(names, "three_agreements;register;");
	struct store_due due[10];
	size_t n = 0;
	assert_ok(store_deadlines_due(f.store, 500, 10, due, &n, &f.err), f.err);
	cr_assert(n == 2 && due[0].case_id == b && due[1].case_id == a && due[1].id == id);
	assert_ok(store_deadlines_due(f.store, 500, 1, due, &n, &f.err), f.err);
	cr_assert(n == 1 && due[0].case_id == b);
	int64_t next = 0;
	assert_ok(store_next_due(f.store, &next, &f.err), f.err);
	cr_assert_eq(next, 300);

	row = sample_deadline(a, "three_agreements", 250);
	row.id = id;
	row.rung = 2;
	assert_ok(store_deadline_update(f.store, &row, &f.err), f.err);
	assert_ok(store_next_due(f.store, &next, &f.err), f.err);
	cr_assert_eq(next, 250);
	row.status = STORE_DEADLINE_MET;
	row.ended_ms = 99;
	assert_ok(store_deadline_update(f.store, &row, &f.err), f.err);
	names[0] = '\0';
	assert_ok(store_deadlines_of(f.store, a, count_deadline, names, &f.err), f.err);
	cr_assert_str_eq(names, "register;");
	row.id = 77;
	assert_status(store_deadline_update(f.store, &row, &f.err), ANJU_E_NOTFOUND);
	store_rollback(f.store);
	fixture_done(&f);
}

static bool keep_deadline(void *ctx, const struct store_deadline *row)
{
	struct store_deadline *out = ctx;
	*out = *row;
	cr_assert_str_eq(row->key, "a");
	cr_assert_str_eq(row->workflow, "household");
	cr_assert_str_eq(row->phase, "agree");
	cr_assert_str_eq(row->name, "three_agreements");
	cr_assert_str_eq(row->lead, "610322.land");
	cr_assert_str_eq(row->responsible, "610322101.town 610322101203.village");
	return true;
}

ANJU_TEST(store, deadline_keeps_every_member)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	int64_t a = fixture_add_case(&f, "a"), id = 0;
	struct store_deadline row = sample_deadline(a, "three_agreements", 500), got = {0};
	row.provisional = true;
	assert_ok(store_deadline_insert(f.store, &row, &id, &f.err), f.err);
	assert_ok(store_deadlines_of(f.store, a, keep_deadline, &got, &f.err), f.err);
	cr_assert_eq(got.id, id);
	cr_assert_eq(got.case_id, a);
	cr_assert(!got.timer);
	cr_assert_eq(got.state, 7);
	cr_assert_eq(got.status, STORE_DEADLINE_OPEN);
	cr_assert_eq(got.armed_ms, 1502841600000);
	cr_assert_eq(got.due_day, 17409);
	cr_assert_eq(got.due_ms, 1500);
	cr_assert(got.provisional);
	cr_assert_eq(got.rung, 1);
	cr_assert_eq(got.next_ms, 500);
	cr_assert_eq(got.ended_ms, 0);
	store_rollback(f.store);
	int64_t next = 0;
	assert_ok(store_next_due(f.store, &next, &f.err), f.err);
	cr_assert_eq(next, INT64_MAX);
	fixture_done(&f);
}

ANJU_TEST(store, a_case_cannot_have_deadlines_of_its_neighbour)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	int64_t a = fixture_add_case(&f, "a"), id = 0;
	struct store_deadline row = sample_deadline(a, "d", 1);
	assert_ok(store_deadline_insert(f.store, &row, &id, &f.err), f.err);
	fixture_commit(&f);
	fixture_close(&f);
	char sql[120];
	snprintf(sql, sizeof sql, "UPDATE deadline SET id = (%lld << 20) + 1048575", (long long)a);
	fixture_sql(&f, sql);
	fixture_open(&f);
	fixture_begin(&f);
	assert_status(store_deadline_insert(f.store, &row, &id, &f.err), ANJU_E_LIMIT);
	cr_assert_str_eq(f.err.id, "store.deadlines");
	store_rollback(f.store);
	fixture_done(&f);
}

struct ids {
	int64_t at[8];
	int n, stop;
};

static bool take_id(void *ctx, int64_t id)
{
	struct ids *ids = ctx;
	ids->at[ids->n++] = id;
	return ids->n != ids->stop;
}

ANJU_TEST(store, relations_both_ways)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	int64_t a = fixture_add_case(&f, "a"), b = fixture_add_case(&f, "b");
	int64_t c = fixture_add_case(&f, "c");
	assert_ok(store_relation_add(f.store, b, "project", c, &f.err), f.err);
	assert_ok(store_relation_add(f.store, a, "project", c, &f.err), f.err);
	assert_ok(store_relation_add(f.store, a, "project", c, &f.err), f.err);
	assert_ok(store_relation_add(f.store, a, "builder", b, &f.err), f.err);
	struct ids ids = {0};
	assert_ok(store_related(f.store, c, "project", true, take_id, &ids, &f.err), f.err);
	cr_assert_eq(ids.n, 2);
	cr_assert_eq(ids.at[0], a);
	cr_assert_eq(ids.at[1], b);
	ids = (struct ids){.stop = 1};
	assert_ok(store_related(f.store, c, "project", true, take_id, &ids, &f.err), f.err);
	cr_assert_eq(ids.n, 1);
	assert_ok(store_relation_clear(f.store, a, "project", &f.err), f.err);
	assert_ok(store_relation_clear(f.store, a, "never", &f.err), f.err);
	ids = (struct ids){0};
	assert_ok(store_related(f.store, a, "project", false, take_id, &ids, &f.err), f.err);
	assert_ok(store_related(f.store, a, "unknown", false, take_id, &ids, &f.err), f.err);
	cr_assert_eq(ids.n, 0);
	assert_ok(store_related(f.store, a, "builder", false, take_id, &ids, &f.err), f.err);
	cr_assert_eq(ids.n, 1);
	cr_assert_eq(ids.at[0], b);
	fixture_commit(&f);
	fixture_done(&f);
}

static bool take_item(void *ctx, const struct store_item *row)
{
	struct ids *ids = ctx;
	ids->at[ids->n++] = row->id;
	cr_assert_eq(row->message_id, 0);
	cr_assert_str_eq(row->body, "{}");
	return true;
}

ANJU_TEST(store, items_wait_until_assigned_and_claims_hold)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	struct store_item item = {.claim = "1/0/u2", .unit = "u2", .case_id = 1, .body = "{}"};
	bool fresh = false;
	assert_ok(store_item_add(f.store, &item, &fresh, &f.err), f.err); /* id 1 */
	cr_assert(fresh);
	item.claim = "2/0/u1";
	item.unit = "u1";
	assert_ok(store_item_add(f.store, &item, &fresh, &f.err), f.err); /* id 2 */
	item.claim = "3/0/u1";
	item.urgent = true;
	assert_ok(store_item_add(f.store, &item, &fresh, &f.err), f.err); /* id 3 */
	item.claim = "1/0/u2";
	assert_ok(store_item_add(f.store, &item, &fresh, &f.err), f.err);
	cr_assert(!fresh);
	struct ids ids = {0};
	assert_ok(store_items_waiting(f.store, take_item, &ids, &f.err), f.err);
	cr_assert_eq(ids.n, 3);
	cr_assert_eq(ids.at[0], 3);
	cr_assert_eq(ids.at[1], 2);
	cr_assert_eq(ids.at[2], 1);
	assert_ok(store_item_assign(f.store, 3, 10, &f.err), f.err);
	assert_ok(store_item_assign(f.store, 1, -1, &f.err), f.err);
	ids = (struct ids){0};
	assert_ok(store_items_waiting(f.store, take_item, &ids, &f.err), f.err);
	cr_assert_eq(ids.n, 1);
	cr_assert_eq(ids.at[0], 2);
	assert_status(store_item_assign(f.store, 50, 1, &f.err), ANJU_E_NOTFOUND);
	store_rollback(f.store);
	fixture_done(&f);
}

static bool take_message(void *ctx, const struct store_message *row)
{
	struct ids *ids = ctx;
	ids->at[ids->n++] = row->id;
	cr_assert_str_eq(row->channel, "notify_spool");
	return true;
}

ANJU_TEST(store, messages_are_claimed_tried_and_ended)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	struct store_message m = {.claim = "digest/u1/notify_spool/2017-08-21",
		.unit = "u1",
		.channel = "notify_spool",
		.body = "{}",
		.created_ms = 1,
		.next_ms = 100};
	int64_t id = 0, again = 0;
	bool fresh = false;
	assert_ok(store_message_add(f.store, &m, &id, &fresh, &f.err), f.err);
	cr_assert(fresh);
	assert_ok(store_message_add(f.store, &m, &again, &fresh, &f.err), f.err);
	cr_assert(!fresh);
	cr_assert_eq(again, id);
	struct ids ids = {0};
	assert_ok(store_messages_pending(f.store, 99, 10, take_message, &ids, &f.err), f.err);
	cr_assert_eq(ids.n, 0);
	assert_ok(store_messages_pending(f.store, 100, 10, take_message, &ids, &f.err), f.err);
	cr_assert_eq(ids.n, 1);
	m.id = id;
	m.status = STORE_MESSAGE_DEAD;
	m.attempts = 8;
	m.error = "refused";
	assert_ok(store_message_update(f.store, &m, &f.err), f.err);
	ids = (struct ids){0};
	assert_ok(store_messages_pending(f.store, 1000, 10, take_message, &ids, &f.err), f.err);
	cr_assert_eq(ids.n, 0);
	m.id = 4711;
	assert_status(store_message_update(f.store, &m, &f.err), ANJU_E_NOTFOUND);
	store_rollback(f.store);
	fixture_done(&f);
}

ANJU_TEST(store, meta_and_definitions)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	const char *value = NULL;
	assert_ok(store_meta_put(f.store, "clock", "1", &f.err), f.err);
	assert_ok(store_meta_put(f.store, "clock", "22", &f.err), f.err);
	assert_ok(store_meta_get(f.store, "clock", &value, &f.err), f.err);
	cr_assert_str_eq(value, "22");
	assert_ok(store_meta_put(f.store, "clock", NULL, &f.err), f.err);
	assert_status(store_meta_get(f.store, "clock", &value, &f.err), ANJU_E_NOTFOUND);
	assert_ok(store_workflow_put(f.store, "6a0f", "household", "1", "{}", &f.err), f.err);
	assert_ok(store_workflow_put(f.store, "6a0f", "household", "2", "{x}", &f.err), f.err);
	fixture_add_case(&f, "a");
	fixture_commit(&f);
	fixture_close(&f);
	fixture_sql(&f, "CREATE TABLE t AS SELECT 1 / (count(*) = 1) AS ok FROM definition"
			" WHERE version = '1' AND source = '{}'");
	fixture_done(&f);
}

ANJU_TEST(store, many_words_survive_growth_and_reopening)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	int64_t id = fixture_add_case(&f, "a");
	for (int64_t rev = 2; rev <= 400; rev++) {
		char event[32];
		struct store_entry entry = sample_entry(id, rev);
		int64_t seq;
		snprintf(event, sizeof event, "event_%d", (int)rev);
		entry.event = event;
		assert_ok(store_journal_append(f.store, &entry, &seq, &f.err), f.err);
	}
	struct store_case row = sample_case("a");
	row.id = id;
	row.rev = 400;
	memset(row.head, (int)(400 & 0xff), sizeof row.head);
	assert_ok(store_case_update(f.store, &row, &f.err), f.err);
	fixture_commit(&f);
	fixture_close(&f);
	fixture_open(&f);
	fixture_begin(&f);
	struct store_entry entry = sample_entry(id, 401);
	entry.event = "event_400";
	entry.idem = "k";
	int64_t seq;
	assert_ok(store_journal_append(f.store, &entry, &seq, &f.err), f.err);
	cr_assert_eq(seq, 401);
	char text[400] = "";
	assert_ok(store_journal_keyed(f.store, id, note_keyed, text, &f.err), f.err);
	cr_assert(strncmp(text, "401 event_400 k ", 16) == 0, "%s", text);
	fixture_commit(&f);
	fixture_done(&f);
}

ANJU_TEST(store, a_case_changes_its_definition_and_keeps_its_origin)
{
	struct fixture f;
	struct store_case row;
	struct store_definition definition;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	int64_t id = fixture_add_case(&f, "a"), other = fixture_add_case(&f, "b");
	assert_ok(
		store_workflow_put(f.store, "6a0f", "household", "1", "{\"b\":1,\"a\":2}", &f.err),
		f.err);
	assert_ok(store_workflow_put(f.store, "7b", "household", "2", "{}", &f.err), f.err);
	assert_ok(store_case_redefine(f.store, id, "7b", &f.err), f.err);
	assert_ok(store_case_redefine(f.store, id, "8c", &f.err), f.err);
	fixture_commit(&f);
	assert_ok(store_case_get(f.store, id, &row, &f.err), f.err);
	cr_assert_str_eq(row.hash, "8c");
	cr_assert_str_eq(row.origin, "6a0f");
	assert_ok(store_case_get(f.store, other, &row, &f.err), f.err);
	cr_assert_str_eq(row.hash, "6a0f");
	cr_assert_str_eq(row.origin, "6a0f");
	assert_ok(store_definition_get(f.store, "6a0f", &definition, &f.err), f.err);
	cr_assert_str_eq(definition.source, "{\"b\":1,\"a\":2}"); /* in the order it was written */
	cr_assert_str_eq(definition.version, "1");
	/* known by its hash, but its text never was */
	assert_status(store_definition_get(f.store, "8c", &definition, &f.err), ANJU_E_NOTFOUND);
	cr_assert_str_eq(f.err.id, "store.no_definition");
	fixture_done(&f);
}

struct found {
	int64_t ids[4];
	size_t len;
};

static bool add_found(void *ctx, const struct store_case *row)
{
	struct found *found = ctx;
	found->ids[found->len++] = row->id;
	return true;
}

static bool add_count(void *ctx, const char *workflow, const char *hash, int64_t n, int64_t m)
{
	struct buf *out = ctx;
	buf_addf(out, "%s %s %lld %lld;", workflow, hash, (long long)n, (long long)m);
	return true;
}

ANJU_TEST(store, cases_are_found_by_their_definition)
{
	struct fixture f;
	struct found found = {.len = 0};
	ANJU_AUTO_BUF counts = BUF_INIT;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	int64_t id = fixture_add_case(&f, "a");
	fixture_add_case(&f, "b");
	assert_ok(store_case_redefine(f.store, id, "7b", &f.err), f.err);
	fixture_commit(&f);
	ANJU_AUTO(store_reader) reader = NULL;
	assert_ok(store_reader_open(f.folder, &reader, &f.err), f.err);
	struct store_case_filter filter = {.definition = "7b", .done = -1, .limit = 4};
	assert_ok(store_read_cases(reader, &filter, add_found, &found, &f.err), f.err);
	cr_assert_eq(found.len, 1);
	cr_assert_eq(found.ids[0], id);
	filter.definition = "ff";
	assert_ok(store_read_cases(reader, &filter, add_found, &found, &f.err), f.err);
	cr_assert_eq(found.len, 1);
	assert_ok(store_count_definitions(reader, add_count, &counts, &f.err), f.err);
	cr_assert_str_eq(counts.data, "household 6a0f 1 0;household 7b 1 0;");
	fixture_done(&f);
}

ANJU_TEST(store, rung_moves_on_and_knows_its_case)
{
	struct fixture f;
	struct store_rung rung;
	const char *data = NULL;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	int64_t a = fixture_add_case(&f, "a"), id = 0;
	struct store_deadline row = sample_deadline(a, "three_agreements", 500);
	row.provisional = row.suspended = true;
	row.counted = STORE_COUNTED_HOURS;
	assert_ok(store_deadline_insert(f.store, &row, &id, &f.err), f.err);
	assert_ok(store_rung_put(f.store, id, 3, 700, &f.err), f.err);
	fixture_commit(&f);
	assert_ok(store_rung_get(f.store, id, &rung, &f.err), f.err);
	const struct store_deadline *d = &rung.deadline;
	cr_assert(d->id == id && d->case_id == a && d->rung == 3 && d->next_ms == 700);
	cr_assert(d->status == STORE_DEADLINE_OPEN && !d->timer && d->provisional && d->suspended);
	cr_assert(d->due_day == row.due_day && d->due_ms == row.due_ms);
	cr_assert_eq(d->counted, STORE_COUNTED_HOURS);
	cr_assert_str_eq(d->name, "three_agreements");
	cr_assert_str_eq(d->lead, row.lead);
	cr_assert_str_eq(d->workflow, "household");
	cr_assert_str_eq(d->key, "a");
	cr_assert_str_eq(rung.hash, "6a0f");
	struct store_case whole;
	assert_ok(store_case_get(f.store, a, &whole, &f.err), f.err);
	char *fields = strdup(whole.data), *region = strdup(whole.region);
	assert_ok(store_rung_get(f.store, id, &rung, &f.err), f.err);
	cr_assert_str_eq(rung.region, region);
	assert_ok(store_case_data(f.store, a, &data, &f.err), f.err);
	cr_assert_str_eq(data, fields);
	free(fields);
	free(region);
	assert_status(store_rung_get(f.store, id + 1, &rung, &f.err), ANJU_E_NOTFOUND);
	assert_status(store_case_data(f.store, a + 1, &data, &f.err), ANJU_E_NOTFOUND);
	fixture_begin(&f);
	assert_status(store_rung_put(f.store, id + 1, 1, 1, &f.err), ANJU_E_NOTFOUND);
	cr_assert_str_eq(f.err.id, "store.no_deadline");
	store_rollback(f.store);
	fixture_done(&f);
}

ANJU_TEST(store, a_claim_is_of_one_case)
{
	struct fixture f;
	bool fresh = false;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	struct store_item item = {
		.claim = "1/2/u", .unit = "u", .channel = "spool", .case_id = 1, .body = "{}"};
	assert_ok(store_item_add(f.store, &item, &fresh, &f.err), f.err);
	cr_assert(fresh);
	assert_ok(store_item_add(f.store, &item, &fresh, &f.err), f.err);
	cr_assert_not(fresh);
	item.case_id = 2;
	assert_ok(store_item_add(f.store, &item, &fresh, &f.err), f.err);
	cr_assert(fresh);
	fixture_commit(&f);
	fixture_done(&f);
}

/* What schema 3 added taken away again, so that a database is one of schema 2. */
#define UNDO_SCHEMA_4                                                                              \
	"ALTER TABLE cases DROP COLUMN idem; ALTER TABLE deadline DROP COLUMN counted;"            \
	"DROP INDEX item_claim; CREATE UNIQUE INDEX item_claim ON item(claim);"                    \
	"CREATE INDEX item_case ON item(case_id, id);"
#define UNDO_SCHEMA_3                                                                              \
	UNDO_SCHEMA_4                                                                              \
	"DROP INDEX item_case; DROP INDEX item_message; DROP INDEX item_waiting;"                  \
	"DROP INDEX item_send; ALTER TABLE item DROP COLUMN send_ms;"                              \
	"DROP INDEX message_channel; ALTER TABLE item DROP COLUMN channel;"                        \
	"ALTER TABLE message DROP COLUMN renewed;"                                                 \
	"ALTER TABLE message DROP COLUMN urgent; DROP INDEX deadline_watched;"                     \
	"DROP TRIGGER deadline_moves; DROP TABLE deadline_moved;"                                  \
	"ALTER TABLE deadline DROP COLUMN suspended;"                                              \
	"ALTER TABLE deadline DROP COLUMN cooperating;"                                            \
	"CREATE INDEX item_waiting ON item(unit, urgent DESC, id) WHERE message_id = 0;"

ANJU_TEST(store, a_database_of_the_first_schema_opens)
{
	struct fixture f;
	struct store_case row;
	struct store_definition definition;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	int64_t id = fixture_add_case(&f, "a");
	fixture_commit(&f);
	fixture_close(&f);
	fixture_sql(&f,
		UNDO_SCHEMA_3 "ALTER TABLE cases DROP COLUMN origin;"
			      "ALTER TABLE definition DROP COLUMN text;"
			      "UPDATE definition SET source = '{\"a\":2,\"b\":1}', version = '1';"
			      "PRAGMA user_version = 1");
	fixture_open(&f);
	assert_ok(store_case_get(f.store, id, &row, &f.err), f.err);
	cr_assert_str_eq(row.origin, "6a0f");
	/* its text was kept with its members sorted: that is not what was written */
	assert_status(store_definition_get(f.store, "6a0f", &definition, &f.err), ANJU_E_NOTFOUND);
	fixture_begin(&f);
	assert_ok(
		store_workflow_put(f.store, "6a0f", "household", "1", "{\"b\":1,\"a\":2}", &f.err),
		f.err);
	fixture_commit(&f);
	assert_ok(store_definition_get(f.store, "6a0f", &definition, &f.err), f.err);
	fixture_done(&f);
}

ANJU_TEST(store, items_of_the_second_schema_wait_for_the_usual_channel)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	fixture_add_case(&f, "a");
	fixture_commit(&f);
	fixture_close(&f);
	fixture_sql(&f, UNDO_SCHEMA_3 "INSERT INTO item(claim, unit, urgent, case_id, deadline_id,"
				      " created_ms, message_id, body)"
				      " VALUES('1/0/u1', 'u1', 0, 1, 0, 5, 0, '{}');"
				      "INSERT INTO meta VALUES('digest_next', '1503880200000');"
				      "PRAGMA user_version = 2");
	fixture_open(&f);
	struct ids ids = {0};
	assert_ok(store_items_waiting(f.store, take_item, &ids, &f.err), f.err);
	cr_assert_eq(ids.n, 1);
	/* and for the morning that all waited for */
	int64_t next = 0;
	const char *text;
	assert_ok(store_items_next(f.store, &next, &f.err), f.err);
	cr_assert_eq(next, 1503880200000);
	assert_status(store_meta_get(f.store, "digest_next", &text, &f.err), ANJU_E_NOTFOUND);
	fixture_done(&f);
}

static bool add_notice_id(void *ctx, const struct store_notice *row)
{
	buf_addf(ctx, "%lld ", (long long)row->item.id);
	return true;
}

static bool count_item(void *ctx, const struct store_item *row)
{
	++*(int *)ctx;
	return true;
}

/* Items that wait, of two cases, in a database of schema 3: claims were unique over all, and an index led from a case to
 * its items. */
ANJU_TEST(store, items_of_the_third_schema_go_on_waiting)
{
	struct fixture f;
	bool fresh = true;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	int64_t a = fixture_add_case(&f, "a"), b = fixture_add_case(&f, "b");
	cr_assert(a == 1 && b == 2);
	fixture_commit(&f);
	fixture_close(&f);
	fixture_sql(&f, UNDO_SCHEMA_4
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
		"INSERT INTO item(claim, unit, urgent, case_id, deadline_id, created_ms,"
		" message_id, body, channel, send_ms)"
		" SELECT i || '/0/u/spool', 'u', 0, 1 + i % 2, i, 5, 0, '{}', 'spool', 7 FROM n;"
		"PRAGMA user_version = 3");
	fixture_open(&f);
	int n = 0;
	assert_ok(store_items_waiting(f.store, count_item, &n, &f.err), f.err);
	cr_assert_eq(n, 3000);
	int64_t next = 0;
	assert_ok(store_items_next(f.store, &next, &f.err), f.err);
	cr_assert_eq(next, 7);
	fixture_begin(&f);
	struct store_item item = {.claim = "3000/0/u/spool",
		.unit = "u",
		.channel = "spool",
		.case_id = 1,
		.body = "{}"};
	assert_ok(store_item_add(f.store, &item, &fresh, &f.err), f.err);
	cr_assert_not(fresh);
	fixture_commit(&f);
	char ids_text[64];
	cr_assert_eq(fixture_check(&f, ids_text, sizeof ids_text), 0, "%s", ids_text);
	ANJU_AUTO(store_reader) reader = NULL;
	ANJU_AUTO_BUF out = BUF_INIT;
	assert_ok(store_reader_open(f.folder, &reader, &f.err), f.err);
	assert_ok(store_read_notices(reader, b, 9, 3, add_notice_id, &out, &f.err), f.err);
	cr_assert_str_eq(out.data, "7 5 3 ");
	fixture_done(&f);
}

static bool add_claim(void *ctx, const struct store_item *row)
{
	buf_addf(ctx, "%s@%s ", row->claim, row->channel != NULL ? row->channel : "-");
	return true;
}

ANJU_TEST(store, items_wait_by_unit_and_channel)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	bool fresh;
	ANJU_AUTO_BUF out = BUF_INIT;
	struct store_item item = {
		.claim = "a", .unit = "u1", .channel = "webhook", .case_id = 1, .body = "{}"};
	assert_ok(store_item_add(f.store, &item, &fresh, &f.err), f.err);
	item.claim = "b";
	item.channel = NULL;
	assert_ok(store_item_add(f.store, &item, &fresh, &f.err), f.err);
	item.claim = "c";
	item.channel = "smtp";
	item.urgent = true;
	assert_ok(store_item_add(f.store, &item, &fresh, &f.err), f.err);
	item.claim = "d";
	item.unit = "u0";
	assert_ok(store_item_add(f.store, &item, &fresh, &f.err), f.err);
	assert_ok(store_items_waiting(f.store, add_claim, &out, &f.err), f.err);
	cr_assert_str_eq(out.data, "d@smtp b@- c@smtp a@webhook ");
	buf_reset(&out);
	assert_ok(store_item_assign(f.store, 1, 7, &f.err), f.err);
	assert_ok(store_items_of(f.store, 7, add_claim, &out, &f.err), f.err);
	cr_assert_str_eq(out.data, "a@webhook ");
	fixture_commit(&f);
	ANJU_AUTO(store_reader) reader = NULL;
	assert_ok(store_reader_open(f.folder, &reader, &f.err), f.err);
	buf_reset(&out);
	assert_ok(store_read_waiting(reader, "u1", add_claim, &out, &f.err), f.err);
	cr_assert_str_eq(out.data, "b@- c@smtp ");
	fixture_done(&f);
}

ANJU_TEST(store, items_come_due_place_by_place)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	bool fresh;
	int64_t next;
	struct store_place at;
	ANJU_AUTO_BUF out = BUF_INIT;
	assert_ok(store_items_next(f.store, &next, &f.err), f.err);
	cr_assert_eq(next, INT64_MAX);
	static const struct {
		const char *claim, *unit, *channel;
		int64_t send_ms;
		bool urgent;
	} rows[] = {{"a", "u2", "smtp", 30, false}, {"b", "u1", NULL, 20, false},
		{"c", "u1", "smtp", 20, false}, {"d", "u1", NULL, 10, true},
		{"e", "u1", NULL, 40, false}, {"f", "u1", NULL, 15, false}};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct store_item item = {.claim = rows[i].claim,
			.unit = rows[i].unit,
			.channel = rows[i].channel,
			.send_ms = rows[i].send_ms,
			.urgent = rows[i].urgent,
			.case_id = 1,
			.body = "{}"};
		assert_ok(store_item_add(f.store, &item, &fresh, &f.err), f.err);
	}
	assert_ok(store_items_next(f.store, &next, &f.err), f.err);
	cr_assert_eq(next, 10);
	assert_status(store_items_next_place(f.store, 9, &at, &f.err), ANJU_E_NOTFOUND);
	assert_ok(store_items_next_place(f.store, 20, &at, &f.err), f.err);
	cr_assert(strcmp(at.unit, "u1") == 0 && at.channel == NULL);
	at.unit = "u1";
	assert_ok(store_items_due(f.store, &at, 20, 10, add_claim, &out, &f.err), f.err);
	cr_assert_str_eq(out.data, "d@- b@- f@- ");
	buf_reset(&out);
	assert_ok(store_items_due(f.store, &at, 20, 2, add_claim, &out, &f.err), f.err);
	cr_assert_str_eq(out.data, "d@- b@- ");
	assert_ok(store_items_put_off(f.store, &at, 20, 50, &f.err), f.err);
	assert_ok(store_items_next_place(f.store, 30, &at, &f.err), f.err);
	cr_assert(strcmp(at.unit, "u1") == 0 && strcmp(at.channel, "smtp") == 0);
	assert_ok(store_item_assign(f.store, 3, 7, &f.err), f.err);
	assert_ok(store_items_next_place(f.store, 30, &at, &f.err), f.err);
	cr_assert(strcmp(at.unit, "u2") == 0 && strcmp(at.channel, "smtp") == 0);
	fixture_commit(&f);
	fixture_done(&f);
}

static bool add_notice(void *ctx, const struct store_notice *row)
{
	buf_addf(ctx, "%s/%s:%s=%s,%d,%s ", row->workflow, row->key, row->item.claim,
		row->message.id == 0 ? "-" : row->message.channel, (int)row->message.status,
		row->message.error != NULL ? row->message.error : "-");
	return true;
}

static bool add_id(void *ctx, const struct store_message *row)
{
	buf_addf(ctx, "%lld ", (long long)row->id);
	return true;
}

ANJU_TEST(store, what_became_of_a_cases_reminders)
{
	struct fixture f;
	fixture_init(&f);
	fixture_open(&f);
	fixture_begin(&f);
	bool fresh;
	int64_t message = 0, second = 0, a = fixture_add_case(&f, "a"),
		b = fixture_add_case(&f, "b");
	ANJU_AUTO_BUF out = BUF_INIT;
	struct store_message row = {.claim = "digest/u1/2017-08-21",
		.unit = "u1",
		.channel = "smtp",
		.body = "{\"id\":\"m\"}",
		.next_ms = 5};
	assert_ok(store_message_add(f.store, &row, &message, &fresh, &f.err), f.err);
	row.claim = "digest/u2/2017-08-21";
	row.channel = "webhook";
	assert_ok(store_message_add(f.store, &row, &second, &fresh, &f.err), f.err);
	struct store_item item = {
		.claim = "1", .unit = "u1", .case_id = a, .body = "{}", .message_id = message};
	assert_ok(store_item_add(f.store, &item, &fresh, &f.err), f.err);
	item.claim = "2";
	item.case_id = b;
	assert_ok(store_item_add(f.store, &item, &fresh, &f.err), f.err);
	item.claim = "3";
	item.case_id = a;
	item.message_id = 0;
	assert_ok(store_item_add(f.store, &item, &fresh, &f.err), f.err);
	struct store_message dead = {
		.id = message, .status = STORE_MESSAGE_DEAD, .attempts = 3, .error = "550 no"};
	assert_ok(store_message_update(f.store, &dead, &f.err), f.err);
	assert_ok(store_messages_dead(f.store, 0, 9, add_id, &out, &f.err), f.err);
	cr_assert_str_eq(out.data, "1 ");
	buf_reset(&out);
	fixture_commit(&f);
	ANJU_AUTO(store_reader) reader = NULL;
	assert_ok(store_reader_open(f.folder, &reader, &f.err), f.err);
	assert_ok(store_read_notices(reader, a, 0, 9, add_notice, &out, &f.err), f.err);
	cr_assert_str_eq(out.data, "household/a:3=-,0,- household/a:1=smtp,2,550 no ");
	buf_reset(&out);
	assert_ok(store_read_message_items(reader, message, add_notice, &out, &f.err), f.err);
	cr_assert_str_eq(out.data, "household/a:1=smtp,2,550 no household/b:2=smtp,2,550 no ");
	/* once more, another way */
	fixture_begin(&f);
	assert_ok(store_message_renew(f.store, message, "webhook", 9, &f.err), f.err);
	assert_status(store_message_renew(f.store, 99, NULL, 9, &f.err), ANJU_E_NOTFOUND);
	store_rollback(f.store);
	fixture_begin(&f);
	assert_ok(store_message_renew(f.store, message, "webhook", 9, &f.err), f.err);
	fixture_commit(&f);
	buf_reset(&out);
	assert_ok(store_read_pending(reader, "webhook", false, 0, 9, add_id, &out, &f.err), f.err);
	assert_ok(store_read_pending(reader, "smtp", false, 0, 9, add_id, &out, &f.err), f.err);
	cr_assert_str_eq(out.data, "1 2 ");
	assert_ok(store_read_message(reader, message, &row, &f.err), f.err);
	cr_assert_eq(row.attempts, 0);
	cr_assert(row.renewed);
	cr_assert_null(row.error);
	cr_assert_str_eq(row.body, "{\"id\":\"m\"}");
	assert_status(store_read_message(reader, 99, &row, &f.err), ANJU_E_NOTFOUND);
	fixture_done(&f);
}
