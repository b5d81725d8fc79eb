#include <dirent.h>
#include <nettle/base64.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/json.h"
#include "base/utf8.h"
#include "unit/plugin/kit.h"
#include "unit/plugin/mail_kit.h"
#include "unit/support.h"

#define LONG_ZH                                                                                                                          \
	"关于请凤翔县国土资源局会同扶贫发改部门于二〇一七年八月三十一日前逐户签订三项协议并将" \
	"结果及时报送市移民办的第二次催办通知"

struct spool {
	char *folder;
	struct plugin_set *set;
};

static struct spool spool_open(const char *lang)
{
	struct spool s = {.folder = kit_folder()};
	ANJU_AUTO_JSON *configs = json_pack("{s:{s:s, s:s, s:s}}", "notify_spool", "folder",
		s.folder, "from", "anju@baoji.example", "lang", lang);
	s.set = kit_must_load("notify_spool", configs);
	return s;
}

static void spool_close(struct spool *s)
{
	plugin_set_free(s->set);
	kit_remove(s->folder);
	free(s->folder);
}

static anju_status deliver(struct spool *s, const char *message, anju_error *err)
{
	ANJU_AUTO_JSON *m = kit_json(message);
	return plugin_deliver(plugin_set_channel(s->set, "spool"), "spool", m, WAIT_MS, err);
}

ANJU_TEST(notify_spool, a_message_is_one_mail_file)
{
	struct spool s = spool_open("zh");
	anju_error err = {0};
	assert_ok(deliver(&s, MAIL_MESSAGE("m-17", "签订三项协议"), &err), err);
	cr_assert_eq(kit_count(s.folder), 1);
	ANJU_AUTO_MEM char *mail = kit_read(s.folder, "m-17.eml");
	cr_assert_not_null(mail);
	mail_lines(mail);
	ANJU_AUTO_MEM char *from = mail_header(mail, "From");
	cr_assert_str_eq(from, " <anju@baoji.example>");
	ANJU_AUTO_MEM char *to = mail_header(mail, "To");
	cr_assert_str_eq(to, " 凤翔县国土资源局 <land@fengxiang.example>");
	ANJU_AUTO_MEM char *date = mail_header(mail, "Date");
	cr_assert_str_eq(date, " Wed, 16 Aug 2017 08:00:00 +0800");
	ANJU_AUTO_MEM char *message_id = mail_header(mail, "Message-ID");
	cr_assert_str_eq(message_id, " <m-17@baoji.example>");
	ANJU_AUTO_MEM char *subject = mail_header(mail, "Subject");
	cr_assert_str_eq(subject, " 签订三项协议");
	ANJU_AUTO_MEM char *importance = mail_header(mail, "Importance");
	cr_assert_str_eq(importance, " high");
	ANJU_AUTO_MEM char *text = mail_body(mail);
	cr_assert_str_eq(text, "户 610322-0417\r\n请签订协议。\r\n");
	cr_assert_not_null(strstr(mail, "\r\nMIME-Version: 1.0\r\n"));
	cr_assert_not_null(strstr(mail, "\r\nContent-Type: text/plain; charset=utf-8\r\n"));
	spool_close(&s);
}

ANJU_TEST(notify_spool, long_chinese_subjects_fold_between_characters)
{
	struct spool s = spool_open("zh");
	anju_error err = {0};
	/* each of the three ways a three-byte character can fall on the limit */
	static const char *const leads[] = {"", "a", "ab"};
	for (size_t i = 0; i < 3; i++) {
		ANJU_AUTO_JSON *m = kit_json(MAIL_MESSAGE("long", "x"));
		char subject[512], name[16];
		snprintf(subject, sizeof subject, "%s" LONG_ZH, leads[i]);
		snprintf(name, sizeof name, "long%zu", i);
		json_object_set_new(m, "id", json_string(name));
		json_object_set_new(json_object_get(m, "subject"), "zh", json_string(subject));
		assert_ok(plugin_deliver(plugin_set_at(s.set, 0), "spool", m, WAIT_MS, &err), err);
		char file[32];
		snprintf(file, sizeof file, "%s.eml", name);
		ANJU_AUTO_MEM char *mail = kit_read(s.folder, file);
		mail_lines(mail);
		ANJU_AUTO_MEM char *read_back = mail_header(mail, "Subject");
		cr_assert_str_eq(read_back + 1, subject);
	}
	spool_close(&s);
}

ANJU_TEST(notify_spool, languages)
{
	struct spool s = spool_open("en");
	anju_error err = {0};
	assert_ok(deliver(&s, MAIL_MESSAGE("m", "签订"), &err), err);
	ANJU_AUTO_MEM char *en = kit_read(s.folder, "m.eml");
	cr_assert_not_null(strstr(en, "\r\nSubject: Sign the agreements\r\n"));
	ANJU_AUTO_MEM char *en_body = mail_body(en);
	cr_assert_str_eq(en_body, "Please sign.\r\n");
	spool_close(&s);
	s = spool_open("both");
	assert_ok(deliver(&s, MAIL_MESSAGE("m", "签订"), &err), err);
	ANJU_AUTO_MEM char *both = kit_read(s.folder, "m.eml");
	ANJU_AUTO_MEM char *subject = mail_header(both, "Subject");
	cr_assert_str_eq(subject, " 签订 / Sign the agreements");
	ANJU_AUTO_MEM char *both_body = mail_body(both);
	cr_assert_str_eq(both_body, "户 610322-0417\r\n请签订协议。\r\n\r\nPlease sign.\r\n");
	spool_close(&s);
}

ANJU_TEST(notify_spool, the_same_id_is_the_same_file)
{
	struct spool s = spool_open("zh");
	anju_error err = {0};
	/* what a crash before the rename leaves behind */
	kit_write(s.folder, ".twice.part", "half a me");
	assert_ok(deliver(&s, MAIL_MESSAGE("twice", "一"), &err), err);
	ANJU_AUTO_MEM char *first = kit_read(s.folder, "twice.eml");
	assert_ok(deliver(&s, MAIL_MESSAGE("twice", "二"), &err), err);
	ANJU_AUTO_MEM char *second = kit_read(s.folder, "twice.eml");
	cr_assert_str_eq(first, second);
	cr_assert_eq(kit_count(s.folder), 1);
	spool_close(&s);
}

ANJU_TEST(notify_spool, hostile_ids_and_texts_stay_inside)
{
	struct spool s = spool_open("zh");
	anju_error err = {0};
	assert_ok(deliver(&s, MAIL_MESSAGE("../../etc/x", "a"), &err), err);
	assert_ok(deliver(&s, MAIL_MESSAGE("..", "a"), &err), err);
	assert_ok(deliver(&s, MAIL_MESSAGE("户/1", "a"), &err), err);
	ANJU_AUTO_MEM char *up = kit_read(s.folder, "%2E%2E%2F%2E%2E%2Fetc%2Fx.eml");
	cr_assert_not_null(up);
	ANJU_AUTO_MEM char *zh = kit_read(s.folder, "%E6%88%B7%2F1.eml");
	cr_assert_not_null(zh);
	assert_ok(deliver(&s, MAIL_MESSAGE("inject", "x\\r\\nBcc: everyone@example"), &err), err);
	ANJU_AUTO_MEM char *mail = kit_read(s.folder, "inject.eml");
	mail_lines(mail);
	cr_assert_null(strstr(mail, "\r\nBcc:"));
	assert_ok(deliver(&s, MAIL_MESSAGE("word", "=?UTF-8?B?eA==?="), &err), err);
	ANJU_AUTO_MEM char *word = kit_read(s.folder, "word.eml");
	ANJU_AUTO_MEM char *subject = mail_header(word, "Subject");
	cr_assert_str_eq(subject, " =?UTF-8?B?eA==?=", "text is not taken for an encoded word");
	spool_close(&s);
}

ANJU_TEST(notify_spool, long_ids_end_in_a_hash)
{
	struct spool s = spool_open("zh");
	anju_error err = {0};
	ANJU_AUTO_JSON *m = kit_json(MAIL_MESSAGE("x", "a"));
	char id[600];
	for (int i = 0; i < 2; i++) {
		memset(id, 'k', sizeof id);
		id[sizeof id - 2] = (char)('0' + i);
		id[sizeof id - 1] = '\0';
		json_object_set_new(m, "id", json_string(id));
		assert_ok(plugin_deliver(plugin_set_at(s.set, 0), "spool", m, WAIT_MS, &err), err);
	}
	cr_assert_eq(kit_count(s.folder), 2, "they differ in the last character only");
	spool_close(&s);
}

ANJU_TEST(notify_spool, without_an_address_the_unit_is_one)
{
	struct spool s = spool_open("zh");
	anju_error err = {0};
	ANJU_AUTO_JSON *m = kit_json(MAIL_MESSAGE("m", "a"));
	json_object_del(json_object_get(m, "to"), "contacts");
	json_object_del(json_object_get(m, "to"), "title");
	json_object_del(m, "urgent");
	assert_ok(plugin_deliver(plugin_set_at(s.set, 0), "spool", m, WAIT_MS, &err), err);
	ANJU_AUTO_MEM char *mail = kit_read(s.folder, "m.eml");
	cr_assert_not_null(strstr(mail, "\r\nTo: <land%40610322@localhost>\r\n"), "%s", mail);
	cr_assert_null(strstr(mail, "Importance"));
	spool_close(&s);
}

ANJU_TEST(notify_spool, malformed_messages_are_final)
{
	static const struct {
		const char *pointer, *value, *lacks;
	} bad[] = {
		{"id", "''", "id"},
		{"id", "null", "id"},
		{"to", "{}", "to.unit"},
		{"to", "{'unit': 'u', 'contacts': {'email': 'a@b\\r\\nBcc: c@d'}}",
			"to.contacts.email"},
		{"to", "{'unit': 'u', 'contacts': {'email': 'nobody'}}", "to.contacts.email"},
		{"to", "{'unit': 'u', 'contacts': {'email': 'a..b@c'}}", "to.contacts.email"},
		{"created_at", "'2017-04-31T08:00:00Z'", "created_at"},
		{"created_at", "'2017-04-30T08:00:00'", "created_at"},
		{"created_at", "'yesterday'", "created_at"},
		{"subject", "{'en': 'x'}", "subject"},
		{"body", "null", "body"},
	};
	struct spool s = spool_open("zh");
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		ANJU_AUTO_JSON *m = kit_json(MAIL_MESSAGE("m", "a"));
		anju_error err = {0};
		json_object_set_new(m, bad[i].pointer, kit_json(bad[i].value));
		assert_status(plugin_deliver(plugin_set_at(s.set, 0), "spool", m, WAIT_MS, &err),
			ANJU_E_INVALID);
		char want[64];
		snprintf(want, sizeof want, "member %s is", bad[i].lacks);
		cr_expect_not_null(strstr(err.text, want), "%s, not %s", want, err.text);
	}
	cr_assert_eq(kit_count(s.folder), 0);
	spool_close(&s);
}

ANJU_TEST(notify_spool, a_folder_that_is_gone_is_worth_another_try)
{
	struct spool s = spool_open("zh");
	kit_remove(s.folder);
	anju_error err = {0};
	assert_status(deliver(&s, MAIL_MESSAGE("m", "a"), &err), ANJU_E_IO);
	cr_assert_eq(err.origin, ANJU_ORIGIN_ERRNO);
	spool_close(&s);
}

ANJU_TEST(notify_spool, config_is_checked)
{
	static const char *const bad[] = {
		"{'notify_spool': {}}",
		"{'notify_spool': {'folder': 'relative'}}",
		"{'notify_spool': {'folder': '/tmp', 'from': 'nobody'}}",
		"{'notify_spool': {'folder': '/tmp', 'from': 'a@b\\nc'}}",
		"{'notify_spool': {'folder': '/tmp', 'lang': 'fr'}}",
		"{'notify_spool': {'folder': '/tmp', 'more': 1}}",
	};
	struct plugin_set *set = NULL;
	anju_error err = {0};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		ANJU_AUTO_JSON *configs = kit_json(bad[i]);
		assert_status(kit_load("notify_spool", configs, &set, &err), ANJU_E_INVALID);
		cr_assert_str_eq(err.id, "notify_spool.config");
	}
	ANJU_AUTO_JSON *gone = kit_json("{'notify_spool': {'folder': '/nonexistent/folder'}}");
	assert_status(kit_load("notify_spool", gone, &set, &err), ANJU_E_IO);
	cr_assert_not_null(strstr(err.text, "/nonexistent/folder"), "%s", err.text);
}
