#include "text.h"

#include <nettle/base64.h>
#include <nettle/sha2.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void text_done(struct text *t)
{
	free(t->data);
	*t = (struct text){0};
}

void text_add(struct text *t, const void *data, size_t n)
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

void text_adds(struct text *t, const char *s)
{
	text_add(t, s, strlen(s));
}

void text_addf(struct text *t, const char *fmt, ...)
{
	char line[512];
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof line)
		t->failed = true;
	else
		text_add(t, line, (size_t)n);
}

void text_add_base64(struct text *t, const void *data, size_t n)
{
	const uint8_t *p = data;
	while (n > 0) {
		char out[BASE64_ENCODE_RAW_LENGTH(57)];
		size_t m = n < 57 ? n : 57;
		base64_encode_raw(out, m, p);
		text_add(t, out, BASE64_ENCODE_RAW_LENGTH(m));
		p += m;
		n -= m;
	}
}

/* isalnum() would ask the locale */
static bool alphanumeric(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

char *text_token(const char *id, char out[TOKEN_CHARS])
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

bool text_address_ok(const char *s)
{
	const char *at = strchr(s, '@');
	if (at == NULL || at - s > 64 || strlen(at + 1) > 200)
		return false;
	return dotted(s, (size_t)(at - s), "!#$%&'*+-/=?^_`{|}~") &&
	       dotted(at + 1, strlen(at + 1), "-");
}

size_t text_cut(const char *s, size_t n, size_t max)
{
	if (n <= max)
		return n;
	while (max > 0 && ((unsigned char)s[max] & 0xc0) == 0x80)
		max--;
	return max;
}

bool text_lang_parse(const char *s, enum text_lang *ret)
{
	static const char *const names[] = {"zh", "en", "both"};
	for (int i = 0; i < 3; i++) {
		if (strcmp(s, names[i]) == 0) {
			*ret = (enum text_lang)i;
			return true;
		}
	}
	return false;
}

char *text_of(const json_t *message, const char *member, enum text_lang lang, const char *between)
{
	const json_t *both = json_object_get(message, member);
	const char *zh = json_string_value(json_object_get(both, "zh"));
	const char *en = json_string_value(json_object_get(both, "en"));
	if ((lang != TEXT_EN && zh == NULL) || (lang != TEXT_ZH && en == NULL))
		return NULL;
	struct text t = {0};
	text_adds(&t, lang == TEXT_EN ? en : zh);
	if (lang == TEXT_BOTH) {
		text_adds(&t, between);
		text_adds(&t, en);
	}
	if (t.failed)
		text_done(&t);
	return t.data;
}

char *text_member(const json_t *config, const char *key, const char *missing, bool *failed)
{
	const char *s = json_string_value(json_object_get(config, key));
	s = s != NULL ? s : missing;
	char *own = s != NULL ? strdup(s) : NULL;
	*failed = *failed || (s != NULL && own == NULL);
	return own;
}

anju_status text_fail(anju_error *err, anju_status st, const char *id, const char *fmt, ...)
{
	if (err == NULL)
		return st;
	memset(err, 0, sizeof *err);
	err->status = st;
	snprintf(err->id, sizeof err->id, "%s", id);
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof err->text, fmt, ap);
	va_end(ap);
	return st;
}
