#include "message.h"

#include <nettle/base64.h>
#include <nettle/sha2.h>
#include <stdarg.h>
#include <stdint.h>
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

void text_done(struct text *t)
{
	free(t->data);
	*t = (struct text){0};
}

static void add(struct text *t, const void *data, size_t n)
{
	if (!t->failed && t->len + n + 1 > t->cap) {
		size_t cap = (t->len + n + 1) * 2;
		char *grown = realloc(t->data, cap);
		if (grown == NULL)
			t->failed = true;
		else {
			t->data = grown;
			t->cap = cap;
		}
	}
	if (t->failed)
		return;
	memcpy(t->data + t->len, data, n);
	t->len += n;
	t->data[t->len] = '\0';
}

static void adds(struct text *t, const char *s)
{
	add(t, s, strlen(s));
}

ANJU_PRINTF(2, 3)
static void addf(struct text *t, const char *fmt, ...)
{
	char line[512];
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof line)
		t->failed = true;
	else
		add(t, line, (size_t)n);
}

static void add_base64(struct text *t, const char *data, size_t n)
{
	char out[BASE64_ENCODE_RAW_LENGTH(57) + 1];
	/* callers give one line's worth: 57 bytes make 76 characters */
	base64_encode_raw(out, n, (const uint8_t *)data);
	add(t, out, BASE64_ENCODE_RAW_LENGTH(n));
}

/* isalnum() would ask the locale */
static bool alphanumeric(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

char *message_token(const char *id, char out[TOKEN_CHARS])
{
	size_t len = 0, room = TOKEN_CHARS - 1 - 3;
	const unsigned char *p = (const unsigned char *)id;
	for (; *p != '\0' && len < room; p++) {
		if (alphanumeric((char)*p) || *p == '-' || *p == '_')
			out[len++] = (char)*p;
		else
			len += (size_t)snprintf(out + len, 4, "%%%02X", *p);
	}
	out[len] = '\0';
	if (*p == '\0' && len < 100)
		return out;
	struct sha256_ctx ctx;
	uint8_t digest[SHA256_DIGEST_SIZE];
	sha256_init(&ctx);
	sha256_update(&ctx, strlen(id), (const uint8_t *)id);
	sha256_digest(&ctx, sizeof digest, digest);
	len = 40;
	out[len++] = '~';
	for (size_t i = 0; i < sizeof digest; i++)
		len += (size_t)snprintf(out + len, 3, "%02x", digest[i]);
	return out;
}

/** Dot-separated runs of `also` and alphanumerics, none empty. */
static bool dotted(const char *s, size_t n, const char *also)
{
	bool after_dot = true;
	for (size_t i = 0; i < n; i++) {
		bool dot = s[i] == '.';
		if (dot ? after_dot : !alphanumeric(s[i]) && strchr(also, s[i]) == NULL)
			return false;
		after_dot = dot;
	}
	return !after_dot;
}

bool message_address_ok(const char *s)
{
	const char *at = strchr(s, '@');
	if (at == NULL || at - s > 64 || strlen(at + 1) > 200)
		return false;
	return dotted(s, (size_t)(at - s), "!#$%&'*+-/=?^_`{|}~") &&
	       dotted(at + 1, strlen(at + 1), "-");
}

/** The longest prefix of at most `max` bytes that ends between code points; `s` is valid UTF-8. */
static size_t cut(const char *s, size_t n, size_t max)
{
	if (n <= max)
		return n;
	while (max > 0 && ((unsigned char)s[max] & 0xc0) == 0x80)
		max--;
	return max;
}

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
		adds(t, s);
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
		size_t n = cut(p, left, max);
		adds(t, WORD_OPEN);
		add_base64(t, p, n);
		adds(t, WORD_CLOSE);
		p += n;
		left -= n;
		max = WORD_BYTES;
		if (left > 0)
			adds(t, "\r\n ");
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
	addf(t, "Date: %.3s, %d %.3s %d %02d:%02d:%02d %c%02d%02d\r\n", days + 3 * tm.tm_wday, day,
		months + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec, sign,
		hours, minutes);
	return true;
}

/** The unit's mail address, or unit@localhost so that a local relay can sort it out. */
static const char *add_recipient(struct text *t, const json_t *message, enum text_lang lang)
{
	const json_t *to = json_object_get(message, "to");
	const char *unit = json_string_value(json_object_get(to, "unit"));
	const char *email =
		json_string_value(json_object_get(json_object_get(to, "contacts"), "email"));
	const char *title = json_string_value(
		json_object_get(json_object_get(to, "title"), lang == TEXT_EN ? "en" : "zh"));
	if (unit == NULL || unit[0] == '\0')
		return "to.unit";
	adds(t, "To: ");
	if (title != NULL && title[0] != '\0') {
		add_words(t, title, sizeof "To: " - 1, true);
		adds(t, "\r\n ");
	}
	if (email != NULL && email[0] != '\0') {
		if (!message_address_ok(email))
			return "to.contacts.email";
		addf(t, "<%s>\r\n", email);
		return NULL;
	}
	char token[TOKEN_CHARS];
	addf(t, "<%s@localhost>\r\n", message_token(unit, token));
	return NULL;
}

/** The texts of `member` in the order of the languages wanted, joined by `between`; malloc'd. */
static char *texts_of(
	const json_t *message, const char *member, enum text_lang lang, const char *between)
{
	const json_t *both = json_object_get(message, member);
	const char *zh = json_string_value(json_object_get(both, "zh"));
	const char *en = json_string_value(json_object_get(both, "en"));
	if ((lang != TEXT_EN && zh == NULL) || (lang != TEXT_ZH && en == NULL))
		return NULL;
	struct text t = {0};
	adds(&t, lang == TEXT_EN ? en : zh);
	if (lang == TEXT_BOTH) {
		adds(&t, between);
		adds(&t, en);
	}
	if (t.failed)
		text_done(&t);
	return t.data;
}

/** Base64 of the text with its line ends made CRLF, 76 characters a line. */
static void add_body(struct text *t, const char *body)
{
	struct text canonical = {0};
	for (const char *p = body; *p != '\0'; p++) {
		if (*p == '\n')
			adds(&canonical, "\r\n");
		else if (*p != '\r')
			add(&canonical, p, 1);
	}
	adds(&canonical, "\r\n");
	for (size_t at = 0; at < canonical.len; at += 57) {
		size_t n = canonical.len - at < 57 ? canonical.len - at : 57;
		add_base64(t, canonical.data + at, n);
		adds(t, "\r\n");
	}
	t->failed = t->failed || canonical.failed;
	text_done(&canonical);
}

static const char *add_subject(struct text *t, const json_t *message, enum text_lang lang)
{
	char *subject = texts_of(message, "subject", lang, " / ");
	if (subject == NULL)
		return "subject";
	adds(t, "Subject: ");
	add_words(t, subject, sizeof "Subject: " - 1, false);
	adds(t, "\r\n");
	free(subject);
	return NULL;
}

const char *message_write(
	struct text *out, const json_t *message, const char *from, enum text_lang lang)
{
	static const char *const content_language[] = {"zh-CN", "en", "zh-CN, en"};
	const char *id = json_string_value(json_object_get(message, "id"));
	const char *created = json_string_value(json_object_get(message, "created_at"));
	if (id == NULL || id[0] == '\0')
		return "id";
	char token[TOKEN_CHARS];
	addf(out, "From: <%s>\r\n", from);
	const char *lacks = add_recipient(out, message, lang);
	if (lacks != NULL)
		return lacks;
	if (created == NULL || !add_date(out, created))
		return "created_at";
	/* the same id gives the same Message-ID: a mail system may drop the second of two */
	addf(out, "Message-ID:\r\n <%s@%s>\r\n", message_token(id, token), strchr(from, '@') + 1);
	lacks = add_subject(out, message, lang);
	if (lacks != NULL)
		return lacks;
	char *body = texts_of(message, "body", lang, "\n\n");
	if (body == NULL)
		return "body";
	if (json_is_true(json_object_get(message, "urgent")))
		adds(out, "Importance: high\r\n");
	addf(out, "Auto-Submitted: auto-generated\r\nContent-Language: %s\r\n",
		content_language[lang]);
	adds(out, "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
		  "Content-Transfer-Encoding: base64\r\n\r\n");
	add_body(out, body);
	free(body);
	return NULL;
}
