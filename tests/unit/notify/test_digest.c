/* What a unit reads in the morning. */
#include <stdlib.h>

#include "base/json.h"
#include "base/timestamp.h"
#include "calendar/calendar.h"
#include "notify/digest.h"
#include "unit/support.h"

static const struct unit land = {.code = "610322.land", .title = {"县国土局", "County land"}};

struct morning {
	json_t *items[32];
	size_t len;
	json_t *message;
};

static void due(struct morning *m, const char *key, const char *name, const char *day,
	const char *role, const char *workflow)
{
	m->items[m->len++] = json_pack(
		"{s:s, s:{s:s, s:{s:s, s:s}}, s:s, s:s, s:{s:s, s:s}, s:s, s:s, "
		"s:s, s:s}",
		"kind", "deadline", "workflow", "id", workflow, "title", "zh",
		workflow[0] == 'h' ? "搬迁户" : "安置点", "en",
		workflow[0] == 'h' ? "Household" : "Site", "key", key, "name", name, "title", "zh",
		name[0] == 'a' ? "签订协议" : "验收", "en", name[0] == 'a' ? "sign" : "accept",
		"due", day, "role", role, "lead", "610322.land", "rung", "due");
}

static void notice(struct morning *m, const char *key, const char *en)
{
	m->items[m->len++] = json_pack("{s:s, s:{s:s, s:{s:s, s:s}}, s:s, s:{s:s, s:s}}", "kind",
		"notice", "workflow", "id", "household", "title", "zh", "搬迁户", "en", "Household",
		"key", key, "text", "zh", "已移出", "en", en);
}

static const char *compose(struct morning *m, bool urgent, const char *part, const char *lang)
{
	int32_t today = 0;
	int64_t now = 0;
	anju_error err = {0};
	assert_ok(date_parse("2017-08-31", &today, &err), err);
	assert_ok(timestamp_parse("2017-08-31T08:30+08:00", &now, &err), err);
	json_decref(m->message);
	ANJU_AUTO(wording) wording = wording_new();
	struct digest d = {.wording = wording,
		.to = &land,
		.id = "digest/610322.land/2017-08-31",
		.items = (const json_t *const *)m->items,
		.n = m->len,
		.today = today,
		.created_ms = now,
		.urgent = urgent};
	m->message = digest_message(&d);
	cr_assert_not_null(m->message);
	return json_string_value(json_object_get(json_object_get(m->message, part), lang));
}

static void done(struct morning *m)
{
	for (size_t i = 0; i < m->len; i++)
		json_decref(m->items[i]);
	json_decref(m->message);
}

ANJU_TEST(digest, groups_counts_and_order)
{
	struct morning m = {0};
	notice(&m, "0009", "struck off");
	due(&m, "0002", "agreements", "2017-09-15", "lead", "household");
	due(&m, "0001", "agreements", "2017-09-15", "lead", "household");
	due(&m, "S1", "review", "2017-08-31", "responsible", "site");
	due(&m, "0003", "agreements", "2017-08-30", "supervisor", "household");
	due(&m, "0004", "agreements", "2017-09-15", "responsible", "household");
	cr_assert_str_eq(compose(&m, false, "body", "en"),
		"County land:\n\n"
		"- 1 x Household: sign, due 2017-08-30, OVERDUE by 1 d (you supervise)\n"
		"    0003\n"
		"    anjuctl deadline list --unit 610322.land --name agreements\n"
		"- 1 x Site: accept, due 2017-08-31, today (you are responsible)\n"
		"    S1\n"
		"    anjuctl deadline list --unit 610322.land --name review\n"
		"- 2 x Household: sign, due 2017-09-15 (you lead)\n"
		"    0001 0002\n"
		"    anjuctl deadline list --unit 610322.land --name agreements\n"
		"- 1 x Household: sign, due 2017-09-15 (you are responsible)\n"
		"    0004\n"
		"    anjuctl deadline list --unit 610322.land --name agreements\n"
		"- Household 0009: struck off\n");
	cr_assert_str_eq(compose(&m, false, "subject", "en"),
		"2017-08-31: 4 due, 1 overdue, 1 notice; first: 1 x Household: sign, OVERDUE since "
		"2017-08-30");
	cr_assert_str_eq(compose(&m, false, "subject", "zh"),
		"2017-08-31 待办 4 件，逾期 1 件，通知 1 件；最急：搬迁户 1 件签订协议，2017-08-30 "
		"已逾期");
	const char *zh = compose(&m, false, "body", "zh");
	cr_assert(strstr(zh, "县国土局：\n\n- 搬迁户 1 件：签订协议，期限 "
			     "2017-08-30，已逾期 1 天（督办）\n    0003\n") == zh,
		"%s", zh);
	cr_assert(
		strstr(zh, "- 搬迁户 2 件：签订协议，期限 2017-09-15（牵头）\n") != NULL, "%s", zh);
	cr_assert(strstr(zh, "（责任）") != NULL, "%s", zh);
	cr_assert(strstr(zh, "- 搬迁户 0009：已移出\n") != NULL, "%s", zh);
	done(&m);
}

/* Of one date, what counts through a year without a notice stands apart; what moved says from when and why. */
ANJU_TEST(digest, provisional_dates_and_those_that_moved)
{
	struct morning m = {0};
	due(&m, "0001", "agreements", "2018-01-15", "lead", "household");
	due(&m, "0002", "agreements", "2018-01-15", "lead", "household");
	due(&m, "0003", "agreements", "2018-01-15", "lead", "household");
	json_object_set_new(m.items[1], "provisional", json_true());
	json_object_set_new(m.items[2], "kind", json_string("moved"));
	json_object_set_new(m.items[2], "text",
		json_pack("{s:s, s:s}", "zh", "期限由甲改为乙", "en", "moved from a to b"));
	const char *text = compose(&m, false, "body", "en");
	cr_assert_not_null(
		strstr(text, "- 1 x Household: sign, due 2018-01-15 (you lead)\n"), "%s", text);
	cr_assert_not_null(
		strstr(text, "- 1 x Household: sign, due 2018-01-15 (provisional) (you lead)\n"),
		"%s", text);
	cr_assert_not_null(
		strstr(text, "sign, due 2018-01-15 (you lead): moved from a to b\n"), "%s", text);
	text = compose(&m, false, "body", "zh");
	cr_assert_not_null(strstr(text, "期限 2018-01-15（暂定）（牵头）"), "%s", text);
	done(&m);
}

ANJU_TEST(digest, the_due_day_itself_is_not_overdue)
{
	struct morning m = {0};
	due(&m, "1", "agreements", "2017-08-31", "lead", "household");
	cr_assert(strstr(compose(&m, false, "body", "en"), "OVERDUE") == NULL);
	cr_assert_str_eq(compose(&m, false, "subject", "en"),
		"2017-08-31: 1 due, 0 overdue; first: 1 x Household: sign, due 2017-08-31");
	done(&m);
}

ANJU_TEST(digest, ten_keys_and_how_many_more)
{
	struct morning m = {0};
	char key[8];
	for (int i = 10; i < 20; i++) {
		snprintf(key, sizeof key, "%04d", i);
		due(&m, key, "agreements", "2017-09-15", "lead", "household");
	}
	const char *en = compose(&m, false, "body", "en");
	cr_assert(strstr(en, " 0018 0019\n") != NULL, "%s", en);
	due(&m, "0003", "agreements", "2017-09-15", "lead", "household");
	due(&m, "0004", "agreements", "2017-09-15", "lead", "household");
	en = compose(&m, false, "body", "en");
	cr_assert(strstr(en, "- 12 x Household: sign") != NULL, "%s", en);
	cr_assert(
		strstr(en, "    0003 0004 0010 0011 0012 0013 0014 0015 0016 0017 and 2 more\n") !=
			NULL,
		"%s", en);
	const char *zh = compose(&m, false, "body", "zh");
	cr_assert(strstr(zh, " 0017 另有 2 件\n") != NULL, "%s", zh);
	done(&m);
}

ANJU_TEST(digest, an_urgent_one_says_what_it_is_about)
{
	struct morning m = {0};
	due(&m, "0001", "agreements", "2017-08-30", "supervisor", "household");
	cr_assert_str_eq(compose(&m, true, "subject", "en"), "[urgent] Household 0001: sign");
	cr_assert_str_eq(compose(&m, true, "subject", "zh"), "【紧急】搬迁户 0001：签订协议");
	cr_assert(json_is_true(json_object_get(m.message, "urgent")));
	done(&m);
	m = (struct morning){0};
	notice(&m, "0002", "struck off");
	cr_assert_str_eq(compose(&m, true, "subject", "en"), "[urgent] Household 0002: struck off");
	cr_assert_str_eq(compose(&m, true, "subject", "zh"), "【紧急】搬迁户 0002：已移出");
	notice(&m, "0003", "struck off");
	cr_assert_str_eq(compose(&m, true, "subject", "en"),
		"[urgent] 2017-08-31: 0 due, 0 overdue, 2 notices");
	done(&m);
}

ANJU_TEST(digest, the_message_has_its_shape)
{
	struct morning m = {0};
	due(&m, "0001", "agreements", "2017-08-31", "lead", "household");
	compose(&m, false, "body", "en");
	ANJU_AUTO_JSON *to = json_pack("{s:s, s:{s:s, s:s}, s:n}", "unit", "610322.land", "title",
		"zh", "县国土局", "en", "County land", "contacts");
	json_t *got = json_object_get(m.message, "to");
	ANJU_AUTO_MEM char *text = json_text(got);
	cr_assert(json_equal(got, to), "%s", text);
	cr_assert_str_eq(json_string_value(json_object_get(m.message, "id")),
		"digest/610322.land/2017-08-31");
	cr_assert_str_eq(json_string_value(json_object_get(m.message, "created_at")),
		"2017-08-31T08:30:00+08:00");
	cr_assert(json_is_false(json_object_get(m.message, "urgent")));
	done(&m);
	/* nothing to say still gives a message that can be read */
	m = (struct morning){0};
	cr_assert_str_eq(compose(&m, false, "subject", "en"), "2017-08-31: 0 due, 0 overdue");
	done(&m);
	m = (struct morning){0};
	ANJU_AUTO_JSON *contacts = json_pack("{s:s}", "email", "land@county.example");
	struct unit reached = land;
	reached.contacts = contacts;
	ANJU_AUTO(wording) wording = wording_new();
	struct digest d = {.wording = wording, .to = &reached, .id = "x"};
	ANJU_AUTO_JSON *message = digest_message(&d);
	cr_assert(
		json_equal(json_object_get(json_object_get(message, "to"), "contacts"), contacts));
}

/* --- out of memory --- */

static int allocations_left;

static void *failing_malloc(size_t size)
{
	return allocations_left-- == 0 ? NULL : malloc(size);
}

/* One that is composed is whole, or there is none. */
ANJU_TEST(digest, without_memory_it_is_not_sent_in_part)
{
	struct morning m = {0};
	due(&m, "610322-0417", "agreements", "2017-08-31", "lead", "household");
	due(&m, "610322-0418", "agreements", "2017-08-31", "lead", "household");
	notice(&m, "610322-0419", "has moved away");
	ANJU_AUTO(wording) wording = wording_new();
	struct digest d = {.wording = wording,
		.to = &land,
		.id = "digest/610322.land/2017-08-31",
		.items = (const json_t *const *)m.items,
		.n = m.len,
		.today = civil_to_days(2017, 8, 31)};
	ANJU_AUTO_JSON *whole = digest_message(&d);
	cr_assert_not_null(whole);
	int n = 0;
	for (bool made = false; !made; n++) {
		allocations_left = n;
		json_set_alloc_funcs(failing_malloc, free);
		ANJU_AUTO_JSON *got = digest_message(&d);
		json_set_alloc_funcs(malloc, free);
		made = got != NULL;
		if (made)
			cr_assert(json_equal(got, whole), "allocation %d fails, and it is sent", n);
	}
	cr_assert_gt(n, 100, "it took %d", n);
	done(&m);
}
