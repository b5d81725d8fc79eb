#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

/* What a formatted piece rarely exceeds: then it is formatted once. */
#define LIKELY_CHARS 32

void buf_done(struct buf *b)
{
	free(b->data);
	*b = BUF_INIT;
}

void buf_reset(struct buf *b)
{
	b->len = 0;
	b->failed = false;
	if (b->data != NULL)
		b->data[0] = '\0';
}

static bool reserve(struct buf *b, size_t n)
{
	if (b->failed)
		return false;
	if (b->data != NULL && n < b->cap - b->len)
		return true;
	size_t cap = b->cap == 0 ? 64 : b->cap;
	while (cap - b->len <= n)
		cap *= 2;
	char *p = realloc(b->data, cap);
	if (p == NULL) {
		b->failed = true;
		return false;
	}
	b->data = p;
	b->cap = cap;
	return true;
}

void buf_room(struct buf *b, size_t n)
{
	(void)reserve(b, n); /* what is appended says so again */
}

void buf_add(struct buf *b, const void *data, size_t n)
{
	if (!reserve(b, n))
		return;
	if (n > 0)
		memcpy(b->data + b->len, data, n);
	b->len += n;
	b->data[b->len] = '\0';
}

void buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_addc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_addv(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	va_copy(again, ap);
	if (!reserve(b, LIKELY_CHARS)) {
		va_end(again);
		return;
	}
	size_t room = b->cap - b->len;
	int n = vsnprintf(b->data + b->len, room, fmt, ap);
	if (n >= 0 && (size_t)n >= room && reserve(b, (size_t)n))
		vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
	b->len += n >= 0 && !b->failed ? (size_t)n : 0;
	if (b->data != NULL)
		b->data[b->len] = '\0';
	va_end(again);
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	buf_addv(b, fmt, ap);
	va_end(ap);
}

size_t buf_int(int64_t v, char out[BUF_INT_CHARS])
{
	char digits[BUF_INT_CHARS], *at = digits + sizeof digits;
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	do {
		*--at = (char)('0' + u % 10);
		u /= 10;
	} while (u > 0);
	if (v < 0)
		*--at = '-';
	size_t n = (size_t)(digits + sizeof digits - at);
	memcpy(out, at, n);
	return n;
}

void buf_add_int(struct buf *b, int64_t v)
{
	char text[BUF_INT_CHARS];
	buf_add(b, text, buf_int(v, text));
}

static void add_escaped(struct buf *b, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	switch (c) {
	case '"':
		buf_add(b, "\\\"", 2);
		return;
	case '\\':
		buf_add(b, "\\\\", 2);
		return;
	case '\n':
		buf_add(b, "\\n", 2);
		return;
	case '\r':
		buf_add(b, "\\r", 2);
		return;
	case '\t':
		buf_add(b, "\\t", 2);
		return;
	default: {
		char u[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
		buf_add(b, u, sizeof u);
	}
	}
}

void buf_add_json_string(struct buf *b, const char *s, size_t n)
{
	const char *end = s + n;
	const char *run = s; /* start of the bytes that need no escape */
	buf_addc(b, '"');
	while (s < end) {
		unsigned char c = (unsigned char)*s;
		if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
			s++;
			continue;
		}
		const char *at = s;
		if (c >= 0x80) {
			if (utf8_next(&s, end) >= 0)
				continue;
			buf_add(b, run, (size_t)(at - run));
			buf_add(b, "\xef\xbf\xbd", 3);
		} else {
			s++;
			buf_add(b, run, (size_t)(at - run));
			add_escaped(b, c);
		}
		run = s;
	}
	buf_add(b, run, (size_t)(end - run));
	buf_addc(b, '"');
}

char *buf_take(struct buf *b)
{
	if (b->failed) {
		buf_done(b);
		return NULL;
	}
	char *p = b->data != NULL ? b->data : calloc(1, 1);
	*b = BUF_INIT;
	return p;
}
