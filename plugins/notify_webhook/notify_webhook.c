/**
 * Delivers each message as one HTTP POST: as signed JSON for a system of the county's own, or in the shape that
 * the group robots of WeCom, DingTalk and Feishu take. A receiver of JSON knows a message that comes twice by
 * its Idempotency-Key; a robot has no such thing and shows it twice.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "anju/plugin.h"

#include "gateway.h"
#include "shape.h"
#include "transfer.h"

#define CONFIG_ID  "notify_webhook.config"
#define ANSWER_MAX 4096

struct webhook {
	struct transfer transfer;
	struct shape_options shape;
	char *url, *contact, *secret, *ca_file; /* owned; NULL if not given */
};

static const char manifest[] =
#include "notify_webhook_manifest.h"
	;

/* https, or http to this machine: a robot's address is its password. */
static bool address_ok(const char *url)
{
	return (strncasecmp(url, "https://", 8) == 0 && url[8] != '\0') ||
	       transfer_is_local(url, "http://");
}

static anju_status check_text(const char *key, const char *s, anju_error *err)
{
	enum text_lang lang;
	enum shape shape;
	if (strcmp(key, "url") == 0 && !address_ok(s))
		return text_fail(err, ANJU_E_INVALID, CONFIG_ID,
			"\"url\" must begin with https:// (or http:// to localhost)");
	if (strcmp(key, "shape") == 0 && !shape_parse(s, &shape))
		return text_fail(err, ANJU_E_INVALID, CONFIG_ID,
			"\"shape\" must be json, wecom, dingtalk, feishu or template");
	if ((strcmp(key, "ca_file") == 0 || strcmp(key, "secret_file") == 0) && s[0] != '/')
		return text_fail(
			err, ANJU_E_INVALID, CONFIG_ID, "\"%s\" must be an absolute path", key);
	if (strcmp(key, "lang") == 0 && !text_lang_parse(s, &lang))
		return text_fail(err, ANJU_E_INVALID, CONFIG_ID, "\"lang\" must be zh, en or both");
	return ANJU_OK;
}

static anju_status check_member(const char *key, const json_t *v, anju_error *err)
{
	static const char *const texts[] = {
		"ca_file", "contact", "lang", "secret_file", "shape", "url", NULL};
	if (strcmp(key, "dir") == 0)
		return ANJU_OK;
	if (strcmp(key, "template") == 0 || strcmp(key, "accepted") == 0)
		return json_object_size(v) > 0 ? ANJU_OK
					       : text_fail(err, ANJU_E_INVALID, CONFIG_ID,
							 "\"%s\" must be an object", key);
	for (int i = 0; texts[i] != NULL; i++) {
		if (strcmp(key, texts[i]) != 0)
			continue;
		if (json_string_length(v) == 0)
			return text_fail(err, ANJU_E_INVALID, CONFIG_ID,
				"\"%s\" must be a string that is not empty", key);
		return check_text(key, json_string_value(v), err);
	}
	return text_fail(err, ANJU_E_INVALID, CONFIG_ID,
		"unknown member \"%s\"; allowed: accepted ca_file contact lang secret_file "
		"shape template url",
		key);
}

/* The template and its shape go together, and its placeholders are known. */
static anju_status check_template(const json_t *config, const char *shape, anju_error *err)
{
	const json_t *template = json_object_get(config, "template");
	bool wanted = shape != NULL && strcmp(shape, "template") == 0;
	char room[64];
	if (wanted != (template != NULL))
		return text_fail(err, ANJU_E_INVALID, CONFIG_ID,
			"\"shape\": \"template\" and \"template\" go together");
	if (!wanted && json_object_get(config, "accepted") != NULL)
		return text_fail(err, ANJU_E_INVALID, CONFIG_ID,
			"\"accepted\" goes with \"shape\": \"template\"");
	const char *bad = template != NULL ? gateway_check(template, room) : NULL;
	if (bad == NULL)
		return ANJU_OK;
	return text_fail(err, ANJU_E_INVALID, CONFIG_ID,
		"unknown placeholder {%s}; allowed: id unit unit_title subject body sms urgent "
		"created_at secret contact.NAME",
		bad);
}

static anju_status check(const json_t *config, anju_error *err)
{
	const char *key;
	json_t *v;
	json_object_foreach((json_t *)config, key, v) {
		anju_status st = check_member(key, v, err);
		if (st != ANJU_OK)
			return st;
	}
	const char *shape = json_string_value(json_object_get(config, "shape"));
	anju_status st = check_template(config, shape, err);
	if (st != ANJU_OK)
		return st;
	if (shape != NULL && strcmp(shape, "wecom") == 0 &&
		json_object_get(config, "secret_file") != NULL)
		return text_fail(err, ANJU_E_INVALID, CONFIG_ID,
			"a WeCom robot has no key to sign with; leave out \"secret_file\"");
	return ANJU_OK;
}

static void fini(void *data)
{
	struct webhook *self = data;
	transfer_fini(&self->transfer);
	if (self->secret != NULL)
		explicit_bzero(self->secret, strlen(self->secret));
	free(self->secret);
	free(self->url);
	free(self->contact);
	free(self->ca_file);
	json_decref((json_t *)self->shape.template);
	json_decref((json_t *)self->shape.accepted);
	free(self);
}

static anju_status configure(struct webhook *self, const json_t *config, anju_error *err)
{
	const char *lang = json_string_value(json_object_get(config, "lang"));
	const char *shape = json_string_value(json_object_get(config, "shape"));
	const char *secret = json_string_value(json_object_get(config, "secret_file"));
	bool failed = false;
	self->url = text_member(config, "url", NULL, &failed);
	self->contact = text_member(config, "contact", "webhook", &failed);
	self->ca_file = text_member(config, "ca_file", NULL, &failed);
	if (lang != NULL)
		(void)text_lang_parse(lang, &self->shape.lang); /* checked before */
	if (shape != NULL)
		(void)shape_parse(shape, &self->shape.shape);
	if (json_object_get(config, "template") != NULL)
		self->shape.template = json_deep_copy(json_object_get(config, "template"));
	if (json_object_get(config, "accepted") != NULL)
		self->shape.accepted = json_deep_copy(json_object_get(config, "accepted"));
	if (failed)
		return text_fail(err, ANJU_E_NOMEM, "mem.out", "out of memory");
	if (secret == NULL)
		return ANJU_OK;
	anju_status st = transfer_secret(secret, CONFIG_ID, &self->secret, err);
	self->shape.secret = self->secret;
	return st;
}

static anju_status init(
	const anju_host *host, const json_t *config, void **ret_self, anju_error *err)
{
	(void)host;
	struct webhook *self = calloc(1, sizeof *self);
	if (self == NULL)
		return text_fail(err, ANJU_E_NOMEM, "mem.out", "out of memory");
	anju_status st = transfer_init(&self->transfer, err);
	if (st != ANJU_OK) {
		free(self);
		return st;
	}
	st = configure(self, config, err);
	if (st != ANJU_OK) {
		fini(self);
		return st;
	}
	*ret_self = self;
	return ANJU_OK;
}

static void stop(void *data, anju_stopped_cb done, void *user)
{
	struct webhook *self = data;
	transfer_stop(&self->transfer);
	done(user);
}

/* The unit's own address, or the common one. */
static anju_status address_of(
	const struct webhook *self, const json_t *message, struct text *out, anju_error *err)
{
	const json_t *contacts = json_object_get(json_object_get(message, "to"), "contacts");
	const char *own = json_string_value(json_object_get(contacts, self->contact));
	if (own != NULL && !address_ok(own))
		return text_fail(err, ANJU_E_INVALID, "notify_webhook.no_address",
			"contacts.%s must begin with https://", self->contact);
	if (own == NULL)
		own = self->url;
	if (own == NULL)
		return text_fail(err, ANJU_E_INVALID, "notify_webhook.no_address",
			"the unit has no contacts.%s, and no \"url\" is configured", self->contact);
	text_adds(out, own);
	return ANJU_OK;
}

static void add_query(struct text *url, const struct text *query)
{
	if (query->len == 0)
		return;
	text_adds(url, url->data != NULL && strchr(url->data, '?') != NULL ? "&" : "?");
	text_adds(url, query->data);
}

static size_t on_answer(const char *data, size_t size, size_t n, void *ctx)
{
	struct text *answer = ctx;
	size_t len = size * n, room = ANSWER_MAX - answer->len;
	text_add(answer, data, len < room ? len : room);
	return len; /* what is too much is not read, but the transfer is whole */
}

static struct curl_slist *headers_of(const json_t *message, const struct text *signature)
{
	char token[TOKEN_CHARS], line[512];
	struct curl_slist *list =
		curl_slist_append(NULL, "Content-Type: application/json; charset=utf-8");
	const char *id = json_string_value(json_object_get(message, "id"));
	snprintf(line, sizeof line, "Idempotency-Key: %s", text_token(id, token));
	struct curl_slist *more = list != NULL ? curl_slist_append(list, line) : NULL;
	if (more != NULL && signature->len > 0) {
		snprintf(line, sizeof line, "Anju-Signature: %s", signature->data);
		more = curl_slist_append(list, line);
	}
	if (more == NULL)
		curl_slist_free_all(list);
	return more != NULL ? list : NULL;
}

static anju_status post(const struct webhook *self, CURL *curl, const char *url,
	const struct text *body, struct curl_slist *headers, bool *ret_answered, anju_error *err)
{
	struct text answer = {0};
	CURLcode code = CURLE_OK;
	long status = 0;
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body->data);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body->len);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_answer);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
	anju_status st = transfer_run(curl, "notify_webhook.failed", err, &code);
	*ret_answered = st == ANJU_OK;
	if (st == ANJU_OK) {
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
		st = shape_judge(&self->shape, status, answer.data != NULL ? answer.data : "",
			answer.len, err);
	}
	text_done(&answer);
	return st;
}

static anju_status send_message(
	struct webhook *self, const json_t *message, uint32_t timeout_ms, anju_error *err)
{
	struct timespec now;
	struct text url = {0}, body = {0}, query = {0}, signature = {0};
	clock_gettime(CLOCK_REALTIME, &now);
	int64_t now_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
	const json_t *contacts = json_object_get(json_object_get(message, "to"), "contacts");
	bool answered = false,
	     has_own = json_string_value(json_object_get(contacts, self->contact)) != NULL;
	anju_status st = address_of(self, message, &url, err);
	if (st == ANJU_OK) {
		const char *lacks =
			shape_write(&self->shape, message, now_ms, &body, &query, &signature);
		add_query(&url, &query);
		if (lacks != NULL)
			st = text_fail(err, ANJU_E_INVALID, "notify_webhook.message",
				"message member %s is missing or malformed", lacks);
	}
	struct curl_slist *headers = st == ANJU_OK ? headers_of(message, &signature) : NULL;
	CURL *curl = transfer_take(&self->transfer, timeout_ms, self->ca_file);
	bool failed = url.failed || body.failed || query.failed || signature.failed;
	if (st == ANJU_OK && (failed || headers == NULL || curl == NULL))
		st = text_fail(err, ANJU_E_NOMEM, "mem.out", "out of memory");
	if (st == ANJU_OK)
		st = post(self, curl, url.data, &body, headers, &answered, err);
	/* where all have one address, what it does not take now it takes of nobody; what a unit's own one answers is about
	 * that one */
	if (st == ANJU_E_BUSY || (st == ANJU_E_IO && answered))
		st = err->status = has_own ? ANJU_E_BUSY : ANJU_E_IO;
	if (curl != NULL)
		transfer_give(&self->transfer, curl);
	curl_slist_free_all(headers);
	text_done(&url);
	text_done(&body);
	text_done(&query);
	text_done(&signature);
	return st;
}

static anju_answered deliver(
	void *data, const char *channel, const json_t *message, anju_request *request)
{
	(void)channel; /* the manifest offers one */
	anju_error err = {0};
	anju_status st = send_message(data, message, request->timeout_ms, &err);
	return st == ANJU_OK ? request->done(request, NULL) : request->fail(request, &err);
}

ANJU_PLUGIN(.kinds = ANJU_KIND_CHANNEL, .name = "notify_webhook", .version = "1.0.0",
	.manifest = manifest, .check = check, .init = init, .stop = stop, .fini = fini,
	.policy = NULL, .deliver = deliver, .calendar = NULL);
