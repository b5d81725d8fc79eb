#include "mail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "anju/error.h"

#define WORD_OPEN  "=?UTF-8?B?"
#define WORD_CLOSE "?="
/* An encoded word has at most 75 characters, its line 76 (RFC 2047 2): room for bytes of text in a word on a
 * line that begins with one blank. */
#define WORD_BYTES ((75 - (sizeof(WORD_OPEN WORD_CLOSE) - 1)) / 4 * 3)

static bool plain(const char *s, size_t room)
{
	size_t n = strlen(s);
	for (size_t i = 0; i < n; i++) {
		if (s[i] < ' ' || s[i] > '~')
			return false;
	}
	return n <= room && strstr(s, "=?") == NULL;
}

/**
 * Text in a header after `used` characters of its line: as it is when it is short ASCII, else encoded words
 * folded at code points. Control characters become blanks, so nothing can start a header of its own.
 * `phrase`: a name before an address, where ASCII would need quoting, so it is always encoded.
 */
static void add_words(struct text *t, const char *s, size_t used, bool phrase)
{
	if (!phrase && plain(s, 76 - used)) {
		text_adds(t, s);
		return;
	}
	char *clean = strdup(s);
	if (clean == NULL) {
		t->failed = true;
		return;
	}
	for (char *p = clean; *p != '\0'; p++) {
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = ' ';
	}
	const char *p = clean;
	size_t left = strlen(clean);
	/* the first word shares its line with the header's name */
	size_t first = (76 - used - (sizeof(WORD_OPEN WORD_CLOSE) - 1)) / 4 * 3;
	size_t max = first < WORD_BYTES ? first : WORD_BYTES;
	while (left > 0) {
		size_t n = text_cut(p, left, max);
		text_adds(t, WORD_OPEN);
		text_add_base64(t, p, n);
		text_adds(t, WORD_CLOSE);
		p += n;
		left -= n;
		max = WORD_BYTES;
		if (left > 0)
			text_adds(t, "\r\n ");
	}
	free(clean);
}

/** "2017-08-16T08:00:00+08:00" → "Wed, 16 Aug 2017 08:00:00 +0800"; false if it is no such instant. */
static bool add_date(struct text *t, const char *created)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct tm tm = {0};
	const char *p = strptime(created, "%Y-%m-%dT%H:%M:%S", &tm);
	if (p == NULL)
		return false;
	if (*p == '.')
		p += 1 + strspn(p + 1, "0123456789");
	char sign = '+';
	int hours = 0, minutes = 0, end = 0;
	if (strcmp(p, "Z") != 0 && (sscanf(p, "%c%2d:%2d%n", &sign, &hours, &minutes, &end) != 3 ||
					   p[end] != '\0' || (sign != '+' && sign != '-') ||
					   hours < 0 || hours > 14 || minutes < 0 || minutes > 59))
		return false;
	int day = tm.tm_mday;
	(void)timegm(&tm); /* for the day of the week, and to notice the 31st of April */
	if (tm.tm_mday != day)
		return false;
	text_addf(t, "Date: %.3s, %d %.3s %d %02d:%02d:%02d %c%02d%02d\r\n", days + 3 * tm.tm_wday,
		day, months + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec,
		sign, hours, minutes);
	return true;
}

const char *mail_address(
	const json_t *message, const struct mail_options *options, char out[MAIL_ADDRESS_CHARS])
{
	const json_t *to = json_object_get(message, "to");
	const char *unit = json_string_value(json_object_get(to, "unit"));
	const char *email =
		json_string_value(json_object_get(json_object_get(to, "contacts"), "email"));
	char token[TOKEN_CHARS];
	if (unit == NULL || unit[0] == '\0')
		return "to.unit";
	if (email == NULL || email[0] == '\0')
		email = options->fallback;
	if (email != NULL && !text_address_ok(email))
		return "to.contacts.email";
	if (email != NULL)
		snprintf(out, MAIL_ADDRESS_CHARS, "%s", email);
	else
		snprintf(out, MAIL_ADDRESS_CHARS, "%s@localhost", text_token(unit, token));
	return NULL;
}

static const char *add_recipient(
	struct text *t, const json_t *message, const struct mail_options *options)
{
	char address[MAIL_ADDRESS_CHARS];
	const json_t *titles = json_object_get(json_object_get(message, "to"), "title");
	const char *title =
		json_string_value(json_object_get(titles, options->lang == TEXT_EN ? "en" : "zh"));
	const char *lacks = mail_address(message, options, address);
	if (lacks != NULL)
		return lacks;
	text_adds(t, "To: ");
	if (title != NULL && title[0] != '\0') {
		add_words(t, title, sizeof "To: " - 1, true);
		text_adds(t, "\r\n ");
	}
	text_addf(t, "<%s>\r\n", address);
	return NULL;
}

static const char *add_subject(struct text *t, const json_t *message, enum text_lang lang)
{
	char *subject = text_of(message, "subject", lang, " / ");
	if (subject == NULL)
		return "subject";
	text_adds(t, "Subject: ");
	add_words(t, subject, sizeof "Subject: " - 1, false);
	text_adds(t, "\r\n");
	free(subject);
	return NULL;
}

/* The headers up to those of the body. */
static const char *add_headers(
	struct text *out, const json_t *message, const struct mail_options *options)
{
	static const char *const content_language[] = {"zh-CN", "en", "zh-CN, en"};
	const char *id = json_string_value(json_object_get(message, "id"));
	const char *created = json_string_value(json_object_get(message, "created_at"));
	if (id == NULL || id[0] == '\0')
		return "id";
	char token[TOKEN_CHARS];
	text_addf(out, "From: <%s>\r\n", options->from);
	const char *lacks = add_recipient(out, message, options);
	if (lacks != NULL)
		return lacks;
	if (created == NULL || !add_date(out, created))
		return "created_at";
	/* the same id gives the same Message-ID: a mail system may drop the second of two */
	text_addf(out, "Message-ID:\r\n <%s@%s>\r\n", text_token(id, token),
		strchr(options->from, '@') + 1);
	lacks = add_subject(out, message, options->lang);
	if (lacks != NULL)
		return lacks;
	if (json_is_true(json_object_get(message, "urgent")))
		text_adds(out, "Importance: high\r\n");
	text_addf(out, "Auto-Submitted: auto-generated\r\nContent-Language: %s\r\n",
		content_language[options->lang]);
	text_adds(out, "MIME-Version: 1.0\r\n");
	return NULL;
}

const char *mail_write(struct text *out, const json_t *message, const struct mail_options *options)
{
	const char *lacks = add_headers(out, message, options);
	if (lacks != NULL)
		return lacks;
	char *body = text_of(message, "body", options->lang, "\n\n");
	if (body == NULL)
		return "body";
	/* escaped by whoever composed it; older messages have none */
	char *html = options->html ? text_of(message, "html", options->lang, "<hr>\n") : NULL;
	if (options->html)
		mail_add_alternatives(
			out, body, html, json_string_value(json_object_get(message, "id")));
	else
		mail_add_part(out, "text/plain", body);
	free(html);
	free(body);
	return NULL;
}
