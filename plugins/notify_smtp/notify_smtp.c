/**
 * Delivers each message as one mail to the mail server. TLS is required unless the server is on this very
 * machine. The same id makes the same mail, byte for byte, with the same Message-ID, so a mail system may
 * drop the second of two.
 */
#include <stdlib.h>
#include <string.h>

#include "anju/plugin.h"

#include "mail.h"
#include "transfer.h"

struct smtp {
	struct transfer transfer;
	struct mail_options mail;              /* its texts are owned */
	char *url, *user, *password, *ca_file; /* owned; NULL if not given */
	bool tls;
};

static const char manifest[] =
#include "notify_smtp_manifest.h"
	;

#define CONFIG_ID "notify_smtp.config"

static anju_status check_url(const char *s, anju_error *err)
{
	if (strncasecmp(s, "smtp://", 7) == 0 || strncasecmp(s, "smtps://", 8) == 0)
		return ANJU_OK;
	return text_fail(
		err, ANJU_E_INVALID, CONFIG_ID, "\"url\" must begin with smtp:// or smtps://");
}

static anju_status check_text(const char *key, const char *s, anju_error *err)
{
	enum text_lang lang;
	if (strcmp(key, "url") == 0)
		return check_url(s, err);
	if ((strcmp(key, "from") == 0 || strcmp(key, "fallback") == 0) && !text_address_ok(s))
		return text_fail(err, ANJU_E_INVALID, CONFIG_ID,
			"\"%s\" must be an address such as anju@mail.example", key);
	if (strcmp(key, "tls") == 0 && strcmp(s, "required") != 0 && strcmp(s, "none") != 0)
		return text_fail(
			err, ANJU_E_INVALID, CONFIG_ID, "\"tls\" must be required or none");
	if ((strcmp(key, "ca_file") == 0 || strcmp(key, "password_file") == 0) && s[0] != '/')
		return text_fail(
			err, ANJU_E_INVALID, CONFIG_ID, "\"%s\" must be an absolute path", key);
	if (strcmp(key, "lang") == 0 && !text_lang_parse(s, &lang))
		return text_fail(err, ANJU_E_INVALID, CONFIG_ID, "\"lang\" must be zh, en or both");
	return ANJU_OK;
}

static anju_status check_member(const char *key, const json_t *v, anju_error *err)
{
	static const char *const texts[] = {
		"ca_file", "fallback", "from", "lang", "password_file", "tls", "url", "user", NULL};
	if (strcmp(key, "dir") == 0)
		return ANJU_OK;
	if (strcmp(key, "html") == 0)
		return json_is_boolean(v) ? ANJU_OK
					  : text_fail(err, ANJU_E_INVALID, CONFIG_ID,
						    "\"html\" must be true or false");
	for (int i = 0; texts[i] != NULL; i++) {
		if (strcmp(key, texts[i]) != 0)
			continue;
		if (json_string_length(v) == 0)
			return text_fail(err, ANJU_E_INVALID, CONFIG_ID,
				"\"%s\" must be a string that is not empty", key);
		return check_text(key, json_string_value(v), err);
	}
	return text_fail(err, ANJU_E_INVALID, CONFIG_ID,
		"unknown member \"%s\"; allowed: ca_file fallback from html lang password_file tls "
		"url "
		"user",
		key);
}

static anju_status check_whole(const json_t *config, anju_error *err)
{
	const char *url = json_string_value(json_object_get(config, "url"));
	const char *tls = json_string_value(json_object_get(config, "tls"));
	bool plain = tls != NULL && strcmp(tls, "none") == 0;
	if (url == NULL || json_object_get(config, "from") == NULL)
		return text_fail(err, ANJU_E_INVALID, CONFIG_ID, "\"%s\" is missing",
			url == NULL ? "url" : "from");
	if (plain && !transfer_is_local(url, "smtp://"))
		return text_fail(err, ANJU_E_INVALID, CONFIG_ID,
			"\"tls\": \"none\" is for smtp:// to localhost only");
	if ((json_object_get(config, "user") == NULL) !=
		(json_object_get(config, "password_file") == NULL))
		return text_fail(err, ANJU_E_INVALID, CONFIG_ID,
			"\"user\" and \"password_file\" go together");
	return ANJU_OK;
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
	return check_whole(config, err);
}

static void fini(void *data)
{
	struct smtp *self = data;
	transfer_fini(&self->transfer);
	free((char *)self->mail.from);
	free((char *)self->mail.fallback);
	free(self->url);
	free(self->user);
	if (self->password != NULL)
		explicit_bzero(self->password, strlen(self->password));
	free(self->password);
	free(self->ca_file);
	free(self);
}

static anju_status configure(struct smtp *self, const json_t *config, anju_error *err)
{
	const char *lang = json_string_value(json_object_get(config, "lang"));
	const char *tls = json_string_value(json_object_get(config, "tls"));
	const char *secret = json_string_value(json_object_get(config, "password_file"));
	bool failed = false;
	self->url = text_member(config, "url", NULL, &failed);
	self->user = text_member(config, "user", NULL, &failed);
	self->ca_file = text_member(config, "ca_file", NULL, &failed);
	self->mail.from = text_member(config, "from", NULL, &failed);
	self->mail.fallback = text_member(config, "fallback", NULL, &failed);
	self->mail.html = !json_is_false(json_object_get(config, "html"));
	self->tls = tls == NULL || strcmp(tls, "none") != 0;
	if (lang != NULL)
		(void)text_lang_parse(lang, &self->mail.lang); /* checked before */
	if (failed)
		return text_fail(err, ANJU_E_NOMEM, "mem.out", "out of memory");
	return secret == NULL ? ANJU_OK : transfer_secret(secret, CONFIG_ID, &self->password, err);
}

static anju_status init(
	const anju_host *host, const json_t *config, void **ret_self, anju_error *err)
{
	(void)host;
	struct smtp *self = calloc(1, sizeof *self);
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
	struct smtp *self = data;
	transfer_stop(&self->transfer);
	done(user);
}

struct upload {
	const struct text *mail;
	size_t at;
};

static size_t on_read(char *out, size_t size, size_t n, void *data)
{
	struct upload *up = data;
	size_t room = size * n, left = up->mail->len - up->at;
	size_t m = left < room ? left : room;
	memcpy(out, up->mail->data + up->at, m);
	up->at += m;
	return m;
}

/* How far the talk came, by what was said to the server. */
static int on_talk(CURL *curl, curl_infotype type, char *data, size_t n, void *ctx)
{
	bool *to_recipient = ctx;
	(void)curl;
	if (type == CURLINFO_HEADER_OUT && n >= 8 && strncasecmp(data, "RCPT TO:", 8) == 0)
		*to_recipient = true;
	return 0;
}

/* What the server said decides: a no for good to this very recipient or text is final, a no for now is theirs too. What
 * is said before (at the greeting, to the login, to our own address), or 421, with which it hangs up, is about the
 * server: for the administrator to mend, and the mail can wait for it. */
static anju_status judge(CURL *curl, bool to_recipient, anju_error *err)
{
	long answer = 0;
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
	if (!to_recipient || answer == 421)
		return err->status;
	if (answer >= 500 && answer < 600)
		err->status = ANJU_E_INVALID;
	else if (answer >= 400 && answer < 500)
		err->status = ANJU_E_BUSY;
	return err->status;
}

static anju_status hand_over(
	struct smtp *self, CURL *curl, const char *to, const struct text *mail, anju_error *err)
{
	char from[MAIL_ADDRESS_CHARS + 2];
	struct upload up = {.mail = mail};
	struct curl_slist *recipients = curl_slist_append(NULL, to);
	CURLcode code = CURLE_OK;
	bool to_recipient = false;
	if (recipients == NULL)
		return text_fail(err, ANJU_E_NOMEM, "mem.out", "out of memory");
	snprintf(from, sizeof from, "<%s>", self->mail.from);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(curl, CURLOPT_URL, self->url);
	curl_easy_setopt(
		curl, CURLOPT_USE_SSL, self->tls ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_NONE);
	curl_easy_setopt(curl, CURLOPT_USERNAME, self->user);
	curl_easy_setopt(curl, CURLOPT_PASSWORD, self->password);
	curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from);
	curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
	curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(curl, CURLOPT_READDATA, &up);
	curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)mail->len);
	curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
	curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, on_talk);
	curl_easy_setopt(curl, CURLOPT_DEBUGDATA, &to_recipient);
	anju_status st = transfer_run(curl, "notify_smtp.failed", err, &code);
	if (st == ANJU_E_IO)
		st = judge(curl, to_recipient, err);
	curl_easy_setopt(curl, CURLOPT_VERBOSE, 0L); /* the handle outlives this */
	curl_slist_free_all(recipients);
	return st;
}

static anju_status send_mail(
	struct smtp *self, const json_t *message, uint32_t timeout_ms, anju_error *err)
{
	char to[MAIL_ADDRESS_CHARS];
	struct text mail = {0};
	const json_t *contacts = json_object_get(json_object_get(message, "to"), "contacts");
	if (json_string_length(json_object_get(contacts, "email")) == 0 &&
		self->mail.fallback == NULL)
		return text_fail(err, ANJU_E_INVALID, "notify_smtp.no_address",
			"the unit has no contacts.email, and no \"fallback\" is configured");
	const char *lacks = mail_address(message, &self->mail, to);
	if (lacks == NULL)
		lacks = mail_write(&mail, message, &self->mail);
	CURL *curl = transfer_take(&self->transfer, timeout_ms, self->ca_file);
	anju_status st;
	if (lacks != NULL)
		st = text_fail(err, ANJU_E_INVALID, "notify_smtp.message",
			"message member %s is missing or malformed", lacks);
	else if (mail.failed || curl == NULL)
		st = text_fail(err, ANJU_E_NOMEM, "mem.out", "out of memory");
	else
		st = hand_over(self, curl, to, &mail, err);
	if (curl != NULL)
		transfer_give(&self->transfer, curl);
	text_done(&mail);
	return st;
}

static anju_answered deliver(
	void *data, const char *channel, const json_t *message, anju_request *request)
{
	(void)channel; /* the manifest offers one */
	anju_error err = {0};
	anju_status st = send_mail(data, message, request->timeout_ms, &err);
	return st == ANJU_OK ? request->done(request, NULL) : request->fail(request, &err);
}

ANJU_PLUGIN(.kinds = ANJU_KIND_CHANNEL, .name = "notify_smtp", .version = "1.0.0",
	.manifest = manifest, .check = check, .init = init, .stop = stop, .fini = fini,
	.policy = NULL, .deliver = deliver, .calendar = NULL);
