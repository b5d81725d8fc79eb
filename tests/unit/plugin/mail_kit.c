#include "unit/plugin/mail_kit.h"

#include <nettle/base64.h>
#include <string.h>

#include "base/utf8.h"
#include "unit/support.h"

void mail_decode(const char *text, size_t n, struct buf *out)
{
	struct base64_decode_ctx ctx;
	uint8_t bytes[4096];
	size_t len = sizeof bytes;
	cr_assert_lt(n, sizeof bytes);
	base64_decode_init(&ctx);
	cr_assert(base64_decode_update(&ctx, &len, bytes, n, text));
	cr_assert(base64_decode_final(&ctx));
	buf_add(out, bytes, len);
}

void mail_lines(const char *mail)
{
	for (const char *p = mail; *p != '\0';) {
		size_t n = strcspn(p, "\r\n");
		cr_assert_leq(n, 76, "%.*s", (int)n, p);
		cr_assert(p[n] == '\r' && p[n + 1] == '\n', "line end of %.*s", (int)n, p);
		for (size_t i = 0; i < n; i++)
			cr_assert(p[i] >= ' ' && p[i] <= '~', "plain ASCII: %.*s", (int)n, p);
		p += n + 2;
	}
}

char *mail_header(const char *mail, const char *name)
{
	char start[64];
	snprintf(start, sizeof start, "\r\n%s:", name);
	const char *p = strstr(mail, start);
	size_t prefix = strlen(start);
	if (p == NULL && strncmp(mail, start + 2, prefix - 2) == 0) {
		p = mail;
		prefix -= 2;
	}
	cr_assert_not_null(p, "no %s", name);
	const char *end = p + prefix;
	while (!(end[0] == '\r' && end[2] != ' '))
		end++;
	struct buf out = BUF_INIT;
	for (p += prefix; p < end;) {
		if (strncmp(p, "=?UTF-8?B?", 10) == 0) {
			const char *close = strstr(p + 10, "?=");
			cr_assert_leq(close + 2 - p, 75, "RFC 2047 2");
			ANJU_AUTO_BUF word = BUF_INIT;
			mail_decode(p + 10, (size_t)(close - p - 10), &word);
			cr_assert(
				utf8_valid(word.data, word.len), "a word ends inside a character");
			buf_add(&out, word.data, word.len);
			p = close + 2;
			/* blanks between two encoded words do not count */
			if (strncmp(p, "\r\n =?", 5) == 0)
				p += 3;
		} else {
			if (*p != '\r' && *p != '\n')
				buf_addc(&out, *p);
			p++;
		}
	}
	return buf_take(&out);
}

char *mail_body(const char *mail)
{
	const char *p = strstr(mail, "\r\n\r\n") + 4;
	struct buf out = BUF_INIT;
	mail_decode(p, strlen(p), &out);
	return buf_take(&out);
}
