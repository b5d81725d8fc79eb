#include "shape.h"

#include <nettle/base64.h>
#include <nettle/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway.h"

#define DIGEST SHA256_DIGEST_SIZE

/* Bytes of text that a robot takes, with room to spare for its own framing. Source: the robots' manuals
 * (WeCom 2,048 bytes of content, DingTalk and Feishu 20,000 of request). */
static const struct {
	const char *name;
	size_t text_max;
} shapes[] = {
	[SHAPE_JSON] = {"json", 0},
	[SHAPE_WECOM] = {"wecom", 2000},
	[SHAPE_DINGTALK] = {"dingtalk", 15000},
	[SHAPE_FEISHU] = {"feishu", 15000},
	[SHAPE_TEMPLATE] = {"template", 0},
};

bool shape_parse(const char *s, enum shape *ret)
{
	for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
		if (strcmp(shapes[i].name, s) == 0) {
			*ret = (enum shape)i;
			return true;
		}
	}
	return false;
}

static void hmac(const char *key, size_t key_len, const char *data, size_t len, uint8_t out[DIGEST])
{
	struct hmac_sha256_ctx ctx;
	hmac_sha256_set_key(&ctx, key_len, (const uint8_t *)key);
	hmac_sha256_update(&ctx, len, (const uint8_t *)data);
	hmac_sha256_digest(&ctx, DIGEST, out);
}

/* --- json: whoever holds the secret can tell that it came from here, and when --- */

static void sign_json(
	const char *secret, int64_t now_ms, const struct text *body, struct text *signature)
{
	uint8_t digest[DIGEST];
	struct text signed_text = {0};
	text_addf(&signed_text, "%lld.", (long long)(now_ms / 1000));
	text_add(&signed_text, body->data, body->len);
	if (!signed_text.failed)
		hmac(secret, strlen(secret), signed_text.data, signed_text.len, digest);
	signature->failed = signature->failed || signed_text.failed;
	text_addf(signature, "t=%lld,v1=", (long long)(now_ms / 1000));
	for (size_t i = 0; i < DIGEST && !signed_text.failed; i++)
		text_addf(signature, "%02x", digest[i]);
	text_done(&signed_text);
}

static void add_json(struct text *out, const json_t *v)
{
	char *s = v != NULL ? json_dumps(v, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
	if (s == NULL)
		out->failed = true;
	else
		text_adds(out, s);
	free(s);
}

/* --- robots: one text, cut to what they take --- */

static char *robot_text(const json_t *message, enum text_lang lang, size_t max)
{
	char *subject = text_of(message, "subject", lang, " / ");
	char *body = text_of(message, "body", lang, "\n\n");
	struct text t = {0};
	if (subject != NULL && body != NULL) {
		text_adds(&t, subject);
		text_adds(&t, "\n\n");
		text_adds(&t, body);
		if (!t.failed && t.len > max) {
			t.len = text_cut(t.data, t.len, max - 3);
			text_adds(&t, "\xe2\x80\xa6"); /* … */
		}
	}
	free(subject);
	free(body);
	if (t.failed)
		text_done(&t);
	return t.data;
}

/* The unit's mobile, to be called by name, when it is urgent: else an empty list. */
static json_t *mobiles(const json_t *message)
{
	const json_t *contacts = json_object_get(json_object_get(message, "to"), "contacts");
	json_t *list = json_array();
	json_t *mobile = json_object_get(contacts, "mobile");
	if (json_is_true(json_object_get(message, "urgent")) && json_string_length(mobile) > 0)
		json_array_append(list, mobile);
	return list;
}

static json_t *wecom_body(const json_t *message, const char *text)
{
	return json_pack("{s:s, s:{s:s, s:o}}", "msgtype", "text", "text", "content", text,
		"mentioned_mobile_list", mobiles(message));
}

static json_t *dingtalk_body(const json_t *message, const char *text)
{
	return json_pack("{s:s, s:{s:s}, s:{s:o}}", "msgtype", "text", "text", "content", text,
		"at", "atMobiles", mobiles(message));
}

static void add_base64_digest(struct text *out, const uint8_t digest[DIGEST], bool in_address)
{
	struct text plain = {0};
	text_add_base64(&plain, digest, DIGEST);
	out->failed = out->failed || plain.failed;
	for (size_t i = 0; i < plain.len && !plain.failed; i++) {
		if (in_address && strchr("+/=", plain.data[i]) != NULL)
			text_addf(out, "%%%02X", (unsigned char)plain.data[i]);
		else
			text_add(out, plain.data + i, 1);
	}
	text_done(&plain);
}

/* DingTalk: key = secret, text = "<ms>\n<secret>", in the address. */
static void sign_dingtalk(const char *secret, int64_t now_ms, struct text *query)
{
	uint8_t digest[DIGEST];
	struct text signed_text = {0};
	text_addf(&signed_text, "%lld\n", (long long)now_ms);
	text_adds(&signed_text, secret);
	query->failed = query->failed || signed_text.failed;
	if (!signed_text.failed) {
		hmac(secret, strlen(secret), signed_text.data, signed_text.len, digest);
		text_addf(query, "timestamp=%lld&sign=", (long long)now_ms);
		add_base64_digest(query, digest, true);
	}
	text_done(&signed_text);
}

/* Feishu: key = "<seconds>\n<secret>", text = nothing, in the body. */
static json_t *feishu_body(const char *secret, int64_t now_ms, const char *text)
{
	json_t *body = json_pack("{s:s, s:{s:s}}", "msg_type", "text", "content", "text", text);
	if (secret == NULL || body == NULL)
		return body;
	uint8_t digest[DIGEST];
	char seconds[24];
	struct text key = {0}, sign = {0};
	snprintf(seconds, sizeof seconds, "%lld", (long long)(now_ms / 1000));
	text_adds(&key, seconds);
	text_adds(&key, "\n");
	text_adds(&key, secret);
	if (!key.failed) {
		hmac(key.data, key.len, "", 0, digest);
		add_base64_digest(&sign, digest, false);
	}
	if (key.failed || sign.failed ||
		json_object_set_new(body, "timestamp", json_string(seconds)) != 0 ||
		json_object_set_new(body, "sign", json_string(sign.data)) != 0) {
		json_decref(body);
		body = NULL;
	}
	text_done(&key);
	text_done(&sign);
	return body;
}

static const char *write_robot(const struct shape_options *options, const json_t *message,
	int64_t now_ms, struct text *body, struct text *query)
{
	char *text = robot_text(message, options->lang, shapes[options->shape].text_max);
	if (text == NULL)
		return "subject or body";
	json_t *v = options->shape == SHAPE_WECOM      ? wecom_body(message, text)
		    : options->shape == SHAPE_DINGTALK ? dingtalk_body(message, text)
						       : feishu_body(options->secret, now_ms, text);
	add_json(body, v);
	if (options->shape == SHAPE_DINGTALK && options->secret != NULL)
		sign_dingtalk(options->secret, now_ms, query);
	json_decref(v);
	free(text);
	return NULL;
}

/* What it lacks, as one of a few words that live on. */
static const char *write_gateway(
	const struct shape_options *options, const json_t *message, struct text *body)
{
	static const char *const members[] = {"id", "to.unit", "title", "subject", "body", "sms",
		"created_at", "contacts.mobile", NULL};
	char lacks[64];
	if (gateway_write(options->template, message, options->lang, options->secret, body,
		    lacks) == NULL)
		return NULL;
	for (int i = 0; members[i] != NULL; i++) {
		if (strcmp(members[i], lacks) == 0)
			return members[i];
	}
	return "contacts";
}

const char *shape_write(const struct shape_options *options, const json_t *message, int64_t now_ms,
	struct text *body, struct text *query, struct text *signature)
{
	if (json_string_length(json_object_get(message, "id")) == 0)
		return "id";
	if (options->shape == SHAPE_TEMPLATE)
		return write_gateway(options, message, body);
	if (options->shape != SHAPE_JSON)
		return write_robot(options, message, now_ms, body, query);
	add_json(body, message);
	if (options->secret != NULL && !body->failed)
		sign_json(options->secret, now_ms, body, signature);
	return NULL;
}

/* --- answers --- */

/* Codes that say "later" and "never this text"; every other one is about the address or the key, which the
 * administrator can mend while the message waits. Source: the robots' manuals. */
static const struct {
	enum shape shape;
	int code;
	anju_status meaning;
} codes[] = {
	{SHAPE_WECOM, 45009, ANJU_E_BUSY},
	{SHAPE_WECOM, 40008, ANJU_E_INVALID},
	{SHAPE_WECOM, 40058, ANJU_E_INVALID},
	{SHAPE_WECOM, 44004, ANJU_E_INVALID},
	{SHAPE_DINGTALK, 130101, ANJU_E_BUSY},
	{SHAPE_DINGTALK, 40035, ANJU_E_INVALID},
	{SHAPE_FEISHU, 11232, ANJU_E_BUSY},
	{SHAPE_FEISHU, 9499, ANJU_E_INVALID},
};

static anju_status judge_robot(enum shape shape, const char *answer, size_t len, anju_error *err)
{
	json_t *v = json_loadb(answer, len, 0, NULL);
	const json_t *number = json_object_get(v, shape == SHAPE_FEISHU ? "code" : "errcode");
	const char *words =
		json_string_value(json_object_get(v, shape == SHAPE_FEISHU ? "msg" : "errmsg"));
	anju_status st = ANJU_E_IO;
	if (!json_is_integer(number)) {
		(void)text_fail(err, st, "notify_webhook.answer", "no robot's answer: %.*s",
			(int)(len < 200 ? len : 200), answer);
	} else if (json_integer_value(number) == 0) {
		st = ANJU_OK;
	} else {
		for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
			if (codes[i].shape == shape && codes[i].code == json_integer_value(number))
				st = codes[i].meaning;
		}
		(void)text_fail(err, st, "notify_webhook.refused", "%lld %s",
			(long long)json_integer_value(number), words != NULL ? words : "");
	}
	json_decref(v);
	return st;
}

static anju_status judge_gateway(
	const json_t *accepted, const char *answer, size_t len, anju_error *err)
{
	if (gateway_accepts(accepted, answer, len))
		return ANJU_OK;
	return text_fail(err, ANJU_E_IO, "notify_webhook.refused", "not accepted: %.*s",
		(int)(len < 200 ? len : 200), answer);
}

anju_status shape_judge(const struct shape_options *options, long status, const char *answer,
	size_t len, anju_error *err)
{
	bool taken = status >= 200 && status < 300;
	if (taken && options->shape == SHAPE_JSON)
		return ANJU_OK;
	if (taken && options->shape == SHAPE_TEMPLATE)
		return judge_gateway(options->accepted, answer, len, err);
	if (taken)
		return judge_robot(options->shape, answer, len, err);
	anju_status st = ANJU_E_IO;
	if (status == 429 || status == 503)
		st = ANJU_E_BUSY;
	else if (status == 400 || status == 413 || status == 415 || status == 422)
		st = ANJU_E_INVALID;
	return text_fail(err, st, "notify_webhook.refused", "HTTP %ld: %.*s", status,
		(int)(len < 200 ? len : 200), answer);
}
