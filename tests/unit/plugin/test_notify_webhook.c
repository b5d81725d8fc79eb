#include <nettle/base64.h>
#include <nettle/hmac.h>
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

#define SECRET "SEC-1234"

struct hook {
	char *folder;
	struct server server;
	struct plugin_set *set;
};

static struct hook hook_open(const char *server_options, const char *more, bool sign)
{
	struct hook h = {.folder = kit_folder()};
	char path[300];
	ANJU_AUTO_BUF text = BUF_INIT;
	h.server = kit_serve("http_server.py", h.folder, server_options);
	kit_write(h.folder, "secret", SECRET "\n");
	snprintf(path, sizeof path, "%s/secret", h.folder);
	chmod(path, 0600);
	buf_addf(&text, "{'notify_webhook': {'url': 'http://127.0.0.1:%d/hook?key=1'",
		h.server.port);
	if (sign)
		buf_addf(&text, ", 'secret_file': '%s'", path);
	buf_addf(&text, "%s}}", more);
	ANJU_AUTO_JSON *configs = kit_json(text.data);
	h.set = kit_must_load("notify_webhook", configs);
	return h;
}

static void hook_close(struct hook *h)
{
	plugin_set_free(h->set);
	kit_serve_end(&h->server);
	kit_remove(h->folder);
	free(h->folder);
}

static anju_status hook_send(struct hook *h, const char *message, int timeout_ms, anju_error *err)
{
	ANJU_AUTO_JSON *m = kit_json(message);
	return plugin_deliver(plugin_set_channel(h->set, "webhook"), "webhook", m, timeout_ms, err);
}

/* The first request the server took. */
static json_t *hook_request(struct hook *h)
{
	ANJU_AUTO_MEM char *text = kit_read(h->folder, "1.json");
	cr_assert_not_null(text, "no request came");
	return json_loads(text, 0, NULL);
}

static const char *member(const json_t *v, const char *name)
{
	const char *s = json_string_value(json_object_get(v, name));
	cr_assert_not_null(s, "no %s", name);
	return s;
}

static json_t *body_of(const json_t *request)
{
	json_t *v = json_loads(member(request, "body"), 0, NULL);
	cr_assert_not_null(v);
	return v;
}

static void hmac(const char *key, const char *data, uint8_t out[SHA256_DIGEST_SIZE])
{
	struct hmac_sha256_ctx ctx;
	hmac_sha256_set_key(&ctx, strlen(key), (const uint8_t *)key);
	hmac_sha256_update(&ctx, strlen(data), (const uint8_t *)data);
	hmac_sha256_digest(&ctx, SHA256_DIGEST_SIZE, out);
}

static void hmac_base64(const char *key, const char *data, char out[64])
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	hmac(key, data, digest);
	base64_encode_raw(out, sizeof digest, digest);
	out[BASE64_ENCODE_RAW_LENGTH(sizeof digest)] = '\0';
}

ANJU_TEST(notify_webhook, json_is_the_message_signed)
{
	struct hook h = hook_open("", "", true);
	anju_error err = {0};
	assert_ok(hook_send(&h, MAIL_MESSAGE("m/17", "签订三项协议"), WAIT_MS, &err), err);
	ANJU_AUTO_JSON *request = hook_request(&h), *body = body_of(request);
	const json_t *headers = json_object_get(request, "headers");
	cr_assert_str_eq(member(request, "path"), "/hook?key=1");
	cr_assert_str_eq(member(headers, "idempotency-key"), "m%2F17");
	cr_assert_str_eq(member(headers, "content-type"), "application/json; charset=utf-8");
	cr_assert_str_eq(member(json_object_get(body, "subject"), "zh"), "签订三项协议");
	cr_assert_str_eq(member(json_object_get(body, "to"), "unit"), "land@610322");
	long long t = 0;
	char got[80] = "", want[80];
	cr_assert_eq(sscanf(member(headers, "anju-signature"), "t=%lld,v1=%64s", &t, got), 2);
	ANJU_AUTO_BUF signed_text = BUF_INIT;
	buf_addf(&signed_text, "%lld.%s", t, member(request, "body"));
	uint8_t digest[SHA256_DIGEST_SIZE];
	hmac(SECRET, signed_text.data, digest);
	for (size_t i = 0; i < sizeof digest; i++)
		snprintf(want + 2 * i, 3, "%02x", digest[i]);
	cr_assert_str_eq(got, want);
	hook_close(&h);
}

ANJU_TEST(notify_webhook, a_unit_with_an_address_of_its_own)
{
	struct hook h = hook_open("", ", 'contact': 'robot'", false);
	char message[1024];
	anju_error err = {0};
	snprintf(message, sizeof message,
		"{'id': '1', 'to': {'unit': 'u', 'contacts': {'robot': "
		"'http://127.0.0.1:%d/own'}}, "
		"'subject': {'zh': '一', 'en': 'One'}, 'body': {'zh': '一', 'en': 'One'}}",
		h.server.port);
	assert_ok(hook_send(&h, message, WAIT_MS, &err), err);
	ANJU_AUTO_JSON *request = hook_request(&h);
	cr_assert_str_eq(member(request, "path"), "/own");
	cr_assert_null(json_object_get(json_object_get(request, "headers"), "anju-signature"));
	cr_assert_eq(hook_send(&h,
			     "{'id': '1', 'to': {'unit': 'u', 'contacts': {'robot': "
			     "'http://robot.example/own'}}, 'subject': {'zh': '一', 'en': 'One'}, "
			     "'body': {'zh': '一', 'en': 'One'}}",
			     WAIT_MS, &err),
		ANJU_E_INVALID, "plain text leaves this machine for nobody");
	hook_close(&h);
}

ANJU_TEST(notify_webhook, wecom)
{
	struct hook h = hook_open(
		"--answer '{\"errcode\":0,\"errmsg\":\"ok\"}'", ", 'shape': 'wecom'", false);
	anju_error err = {0};
	assert_ok(hook_send(&h,
			  "{'id': '1', 'to': {'unit': 'u', 'contacts': {'mobile': '13000000000'}}, "
			  "'subject': {'zh': '【紧急】一', 'en': 'One'}, 'body': {'zh': '正文', "
			  "'en': "
			  "'Text'}, 'urgent': true}",
			  WAIT_MS, &err),
		err);
	ANJU_AUTO_JSON *request = hook_request(&h), *body = body_of(request);
	const json_t *text = json_object_get(body, "text");
	cr_assert_str_eq(member(body, "msgtype"), "text");
	cr_assert_str_eq(member(text, "content"), "【紧急】一\n\n正文");
	const json_t *called = json_object_get(text, "mentioned_mobile_list");
	cr_assert_str_eq(json_string_value(json_array_get(called, 0)), "13000000000");
	hook_close(&h);
}

#define GATEWAY                                                                                    \
	", 'shape': 'template', 'template': {'phones': ['{contact.mobile}'], 'text': '{sms}', "    \
	"'ref': '{id}/{unit}', 'raw': '{{x}', 'kind': 3}, 'accepted': {'code': 0}"

ANJU_TEST(notify_webhook, a_gateways_json_is_a_template)
{
	struct hook h = hook_open("--answer '{\"code\":0,\"sid\":\"7\"}'", GATEWAY, false);
	anju_error err = {0};
	assert_ok(
		hook_send(&h,
			"{'id': 'm/1', 'to': {'unit': 'u', 'contacts': {'mobile': '13000000000'}}, "
			"'subject': {'zh': '一', 'en': 'One'}, 'body': {'zh': '正文', 'en': "
			"'Text'}, "
			"'sms': {'zh': '待办\\\"3\\\"件', 'en': '3 due'}}",
			WAIT_MS, &err),
		err);
	ANJU_AUTO_JSON *request = hook_request(&h), *body = body_of(request);
	ANJU_AUTO_JSON *want = json_pack("{s:[s], s:s, s:s, s:s, s:i}", "phones", "13000000000",
		"text", "待办\"3\"件", "ref", "m/1/u", "raw", "{x}", "kind", 3);
	cr_assert(json_equal(body, want), "%s", member(request, "body"));
	cr_assert_str_eq(member(json_object_get(request, "headers"), "idempotency-key"), "m%2F1");
	/* who has no number cannot be reached, now or later */
	cr_assert_eq(
		hook_send(&h,
			"{'id': '2', 'to': {'unit': 'u'}, 'subject': {'zh': '一', 'en': 'One'}, "
			"'body': {'zh': '一', 'en': 'One'}}",
			WAIT_MS, &err),
		ANJU_E_INVALID);
	cr_assert(strstr(err.text, "contacts.mobile") != NULL, "%s", err.text);
	hook_close(&h);
}

ANJU_TEST(notify_webhook, a_gateway_that_does_not_take_it)
{
	struct hook h = hook_open("--answer '{\"code\":7,\"msg\":\"no credit\"}'", GATEWAY, false);
	anju_error err = {0};
	cr_assert_eq(
		hook_send(&h,
			"{'id': '1', 'to': {'unit': 'u', 'contacts': {'mobile': '1'}}, "
			"'subject': {'zh': '一', 'en': 'One'}, 'body': {'zh': '一', 'en': 'One'}}",
			WAIT_MS, &err),
		ANJU_E_IO, "credit can be bought");
	cr_assert(strstr(err.text, "no credit") != NULL, "%s", err.text);
	hook_close(&h);
}

ANJU_TEST(notify_webhook, long_texts_are_cut_between_characters)
{
	struct hook h = hook_open("--answer '{\"errcode\":0}'", ", 'shape': 'wecom'", false);
	ANJU_AUTO_BUF message = BUF_INIT;
	anju_error err = {0};
	buf_adds(&message,
		"{'id': '1', 'to': {'unit': 'u'}, 'subject': {'zh': '一a', 'en': 'One'}, "
		"'body': {'en': 'x', 'zh': '");
	for (int i = 0; i < 3000; i++)
		buf_adds(&message, "户");
	buf_adds(&message, "'}}");
	assert_ok(hook_send(&h, message.data, WAIT_MS, &err), err);
	ANJU_AUTO_JSON *request = hook_request(&h), *body = body_of(request);
	const char *text = member(json_object_get(body, "text"), "content");
	cr_assert_leq(strlen(text), 2000);
	cr_assert_gt(strlen(text), 1990);
	cr_assert(utf8_valid(text, strlen(text)));
	cr_assert_str_eq(text + strlen(text) - 3, "…");
	hook_close(&h);
}

ANJU_TEST(notify_webhook, dingtalk_signs_in_the_address)
{
	struct hook h = hook_open(
		"--answer '{\"errcode\":0}'", ", 'shape': 'dingtalk', 'lang': 'both'", true);
	anju_error err = {0};
	assert_ok(hook_send(&h, MAIL_MESSAGE("1", "一"), WAIT_MS, &err), err);
	ANJU_AUTO_JSON *request = hook_request(&h), *body = body_of(request);
	cr_assert_str_eq(member(json_object_get(body, "text"), "content"),
		"一 / Sign the agreements\n\n户 610322-0417\n请签订协议。\n\nPlease sign.");
	long long ms = 0;
	char sign[128] = "", plain[128], signed_text[64], want[64];
	cr_assert_eq(
		sscanf(member(request, "path"), "/hook?key=1&timestamp=%lld&sign=%127s", &ms, sign),
		2, "%s", member(request, "path"));
	cr_assert_null(strpbrk(sign, "+/="));
	size_t n = 0;
	for (const char *p = sign; *p != '\0'; p++) {
		unsigned c = (unsigned char)*p;
		if (c == '%' && sscanf(p + 1, "%2X", &c) == 1)
			p += 2;
		plain[n++] = (char)c;
	}
	plain[n] = '\0';
	snprintf(signed_text, sizeof signed_text, "%lld\n%s", ms, SECRET);
	hmac_base64(SECRET, signed_text, want);
	cr_assert_str_eq(plain, want);
	hook_close(&h);
}

ANJU_TEST(notify_webhook, feishu_signs_in_the_body)
{
	struct hook h = hook_open("--answer '{\"code\":0}'", ", 'shape': 'feishu'", true);
	anju_error err = {0};
	assert_ok(hook_send(&h, MAIL_MESSAGE("1", "一"), WAIT_MS, &err), err);
	ANJU_AUTO_JSON *request = hook_request(&h), *body = body_of(request);
	char key[64], want[64];
	snprintf(key, sizeof key, "%s\n%s", member(body, "timestamp"), SECRET);
	hmac_base64(key, "", want);
	cr_assert_str_eq(member(body, "sign"), want);
	cr_assert_str_eq(member(body, "msg_type"), "text");
	hook_close(&h);
}

ANJU_TEST(notify_webhook, what_the_receiver_says_decides)
{
	/* of the address that all have in common, and of a unit's own */
	static const struct {
		const char *server, *shape;
		anju_status want, own;
	} cases[] = {
		{"--status 204", "json", ANJU_OK, ANJU_OK},
		{"--status 400", "json", ANJU_E_INVALID, ANJU_E_INVALID},
		{"--status 401", "json", ANJU_E_IO, ANJU_E_BUSY},
		{"--status 302", "json", ANJU_E_IO, ANJU_E_BUSY},
		{"--status 429", "json", ANJU_E_IO, ANJU_E_BUSY},
		{"--status 500", "json", ANJU_E_IO, ANJU_E_BUSY},
		{"--status 503", "json", ANJU_E_IO, ANJU_E_BUSY},
		{"--answer '<html>'", "wecom", ANJU_E_IO, ANJU_E_BUSY},
		{"--answer '{\"errcode\":93000,\"errmsg\":\"invalid webhook\"}'", "wecom",
			ANJU_E_IO, ANJU_E_BUSY},
		{"--answer '{\"errcode\":45009}'", "wecom", ANJU_E_IO, ANJU_E_BUSY},
		{"--answer '{\"errcode\":40058}'", "wecom", ANJU_E_INVALID, ANJU_E_INVALID},
		{"--answer '{\"errcode\":130101}'", "dingtalk", ANJU_E_IO, ANJU_E_BUSY},
		{"--answer '{\"errcode\":310000}'", "dingtalk", ANJU_E_IO, ANJU_E_BUSY},
		{"--answer '{\"code\":11232}'", "feishu", ANJU_E_IO, ANJU_E_BUSY},
		{"--answer '{\"code\":9499}'", "feishu", ANJU_E_INVALID, ANJU_E_INVALID},
		{"--answer '{\"errcode\":0}'", "feishu", ANJU_E_IO, ANJU_E_BUSY},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char more[64];
		snprintf(more, sizeof more, ", 'shape': '%s'", cases[i].shape);
		struct hook h = hook_open(cases[i].server, more, false);
		anju_error err = {0};
		anju_status st = hook_send(&h, MAIL_MESSAGE("1", "一"), WAIT_MS, &err);
		cr_assert_eq(st, cases[i].want, "%s %s: %d %s", cases[i].shape, cases[i].server, st,
			err.text);
		char own[400];
		snprintf(own, sizeof own,
			"{'id': '2', 'to': {'unit': 'u', 'contacts': {'webhook': "
			"'http://127.0.0.1:%d/own'}}, 'subject': {'zh': '一', 'en': 'One'}, "
			"'body': "
			"{'zh': '一', 'en': 'One'}}",
			h.server.port);
		st = hook_send(&h, own, WAIT_MS, &err);
		cr_assert_eq(st, cases[i].own, "own %s %s: %d %s", cases[i].shape, cases[i].server,
			st, err.text);
		hook_close(&h);
	}
}

ANJU_TEST(notify_webhook, a_receiver_that_is_slow_or_gone)
{
	struct hook h = hook_open("--delay 30", "", false);
	anju_error err = {0};
	anju_status st = hook_send(&h, MAIL_MESSAGE("1", "一"), 1000, &err);
	cr_assert(st == ANJU_E_IO || st == ANJU_E_BUSY, "%d %s", st, err.text);
	kit_serve_end(&h.server);
	cr_assert_eq(hook_send(&h, MAIL_MESSAGE("1", "一"), WAIT_MS, &err), ANJU_E_IO);
	plugin_set_free(h.set);
	kit_remove(h.folder);
	free(h.folder);
}

static void refused(const char *config, const char *words)
{
	ANJU_AUTO_BUF text = BUF_INIT;
	anju_error err = {0};
	struct plugin_set *set = NULL;
	buf_addf(&text, "{'notify_webhook': %s}", config);
	ANJU_AUTO_JSON *configs = kit_json(text.data);
	cr_assert_neq(kit_load("notify_webhook", configs, &set, &err), ANJU_OK, "%s", config);
	cr_assert_not_null(strstr(err.text, words), "%s: %s", config, err.text);
}

ANJU_TEST(notify_webhook, configurations_that_are_refused)
{
	refused("{'url': 'http://example.net/x'}", "https://");
	refused("{'url': 'http://127.0.0.1:80@example.net/x'}", "https://");
	refused("{'url': 'ftp://127.0.0.1/x'}", "https://");
	refused("{'shape': 'slack'}", "wecom");
	refused("{'shape': 'template'}", "go together");
	refused("{'template': {'a': 'b'}}", "go together");
	refused("{'shape': 'template', 'template': {'a': ['{contact.}']}}", "{contact.}");
	refused("{'shape': 'template', 'template': {'a': '{sms'}}", "{sms}");
	refused("{'shape': 'template', 'template': {'a': {'b': 'x {phone}'}}}", "{phone}");
	refused("{'shape': 'template', 'template': 'x'}", "object");
	refused("{'accepted': {'code': 0}}", "goes with");
	refused("{'shape': 'wecom', 'secret_file': '/x'}", "WeCom");
	refused("{'secret_file': 'x'}", "absolute");
	refused("{'lang': 'fr'}", "lang");
	refused("{'contact': ''}", "contact");
	refused("{'urls': 'https://x'}", "allowed");
}
