#include "base/json.h"
#include "journal/duty_log.h"
#include "journal/journal.h"
#include "unit/support.h"

static const struct journal_entry opened = {.rev = 1,
	.recorded_ms = 1000,
	.effective_ms = 900,
	.event = "case.open",
	.actor = "610322.poverty",
	.body = "{\"state\":\"a\",\"data\":{\"persons\":5,\"area_m2\":\"100.00\"},\"locks\":["
		"\"persons\"]}"};
static const struct journal_entry amended = {.rev = 2,
	.recorded_ms = 2000,
	.effective_ms = 2000,
	.event = "amend",
	.actor = "610322.land",
	.reason = "measured again",
	.body = "{\"data\":{\"area_m2\":null,\"mode\":\"scattered\"},\"docs\":{\"survey\":{\"ref\":"
		"\"1\"}}}"};

static void add(struct journal_fold *fold, const struct journal_entry *entry)
{
	anju_error err = {0};
	uint8_t hash[HASH_BYTES];
	journal_hash(fold->head, entry, hash);
	assert_ok(journal_fold_add(fold, entry, hash, &err), err);
}

ANJU_TEST(journal, folding_gives_the_case)
{
	anju_error err = {0};
	struct journal_fold fold;
	assert_ok(journal_fold_init(&fold, "household", "1", "00", &err), err);
	add(&fold, &opened);
	add(&fold, &amended);
	char *data = json_canonical(fold.data), *docs = json_canonical(fold.docs);
	cr_assert_str_eq(data, "{\"mode\":\"scattered\",\"persons\":5}");
	cr_assert_str_eq(docs, "{\"survey\":{\"ref\":\"1\"}}");
	cr_assert_str_eq(fold.state, "a");
	cr_assert_eq(fold.rev, 2);
	cr_assert_eq(json_array_size(fold.locks), 1);
	free(data);
	free(docs);
	journal_fold_done(&fold);
}

static void add_body(struct journal_fold *fold, const char *body)
{
	struct journal_entry e = amended;
	e.rev = fold->rev + 1;
	e.body = body;
	add(fold, &e);
}

/* What people did to deadlines is gathered; of confirmations in a row the last stays; a null forgets. */
ANJU_TEST(journal, folding_gives_what_was_done_to_deadlines)
{
	anju_error err = {0};
	struct journal_fold fold;
	assert_ok(journal_fold_init(&fold, "household", "1", "00", &err), err);
	add(&fold, &opened);
	add_body(&fold, "{\"duties\":{\"sign\":[{\"op\":\"suspend\",\"at\":\"a\"}]}}");
	const json_t *log = json_object_get(fold.duties, "sign");
	cr_assert_not_null(duty_log_suspended(log));
	add_body(&fold, "{\"duties\":{\"sign\":[{\"op\":\"resume\"}],\"road\":[{\"op\":\"keep\","
			"\"at\":\"1\"}]}}");
	add_body(&fold, "{\"duties\":{\"road\":[{\"op\":\"keep\",\"at\":\"2\"}]}}");
	cr_assert_null(duty_log_suspended(log));
	char *text = json_canonical(fold.duties);
	cr_assert_str_eq(text, "{\"road\":[{\"at\":\"2\",\"op\":\"keep\"}],\"sign\":[{\"at\":\"a\","
			       "\"op\":\"suspend\"},{\"op\":\"resume\"}]}");
	free(text);
	add_body(&fold, "{\"duties\":{\"sign\":null}}");
	cr_assert_null(json_object_get(fold.duties, "sign"));
	struct journal_entry bad = amended;
	uint8_t hash[HASH_BYTES];
	bad.rev = fold.rev + 1;
	bad.body = "{\"duties\":{\"sign\":[{\"at\":\"a\"}]}}";
	journal_hash(fold.head, &bad, hash);
	cr_assert_eq(journal_fold_add(&fold, &bad, hash, &err), ANJU_E_CORRUPT);
	cr_assert_str_eq(err.id, "journal.body");
	journal_fold_done(&fold);
}

ANJU_TEST(journal, requests_for_more_time_are_answered_or_open)
{
	ANJU_AUTO_JSON *log = json_pack("[{s:s},{s:s}]", "op", "extend", "op", "keep");
	cr_assert_not_null(duty_log_asked(log));
	cr_assert_eq(duty_log_granted(log), 0);
	json_array_append_new(log, json_pack("{s:s}", "op", "grant"));
	cr_assert_null(duty_log_asked(log));
	cr_assert_eq(duty_log_granted(log), 1);
	json_array_append_new(log, json_pack("{s:s}", "op", "lapse"));
	cr_assert_eq(duty_log_granted(log), 0);
	cr_assert_null(duty_log_asked(NULL));
	cr_assert_null(duty_log_last(NULL, "keep"));
}

ANJU_TEST(journal, any_changed_text_breaks_the_chain)
{
	anju_error err = {0};
	uint8_t genesis[HASH_BYTES], good[HASH_BYTES], other[HASH_BYTES];
	journal_genesis("household", "1", "00", genesis);
	journal_hash(genesis, &amended, good);
	struct journal_entry e = amended;
	e.reason = "measured agai";
	journal_hash(genesis, &e, other);
	cr_assert_neq(memcmp(good, other, HASH_BYTES), 0);
	e = amended;
	e.actor = "610322.landm";
	e.reason = "easured again"; /* texts must not run into each other */
	journal_hash(genesis, &e, other);
	cr_assert_neq(memcmp(good, other, HASH_BYTES), 0);

	struct journal_fold fold;
	assert_ok(journal_fold_init(&fold, "household", "1", "00", &err), err);
	assert_status(journal_fold_add(&fold, &amended, good, &err), ANJU_E_CORRUPT);
	cr_assert_str_eq(err.id, "journal.gap");
	assert_status(journal_fold_add(&fold, &opened, good, &err), ANJU_E_CORRUPT);
	cr_assert_str_eq(err.id, "journal.chain");
	e = opened;
	e.body = "[]";
	journal_hash(genesis, &e, other);
	assert_status(journal_fold_add(&fold, &e, other, &err), ANJU_E_CORRUPT);
	cr_assert_str_eq(err.id, "journal.body");
	cr_assert_eq(fold.rev, 0);
	journal_fold_done(&fold);
}

ANJU_TEST(journal, a_case_goes_from_the_definition_it_has)
{
	anju_error err = {0};
	struct journal_fold fold;
	struct journal_entry moved = {.rev = 2,
		.event = "case.migrate",
		.actor = "610322.land",
		.body = "{\"state\":\"b\",\"definition\":{\"from\":\"00\",\"to\":\"11\"}}"};
	assert_ok(journal_fold_init(&fold, "household", "1", "00", &err), err);
	cr_assert_str_eq(fold.definition, "00");
	add(&fold, &opened);
	add(&fold, &moved);
	cr_assert_str_eq(fold.definition, "11");
	cr_assert_str_eq(fold.state, "b");
	/* once more from the first one: it has that no longer */
	uint8_t hash[HASH_BYTES];
	moved.rev = 3;
	journal_hash(fold.head, &moved, hash);
	assert_status(journal_fold_add(&fold, &moved, hash, &err), ANJU_E_CORRUPT);
	cr_assert_str_eq(err.id, "journal.body");
	journal_fold_done(&fold);
}
