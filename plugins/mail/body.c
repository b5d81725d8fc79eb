/* The body of a mail: plain, or plain and HTML side by side. */
#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>

#include "mail.h"

/* 57 bytes make a line of 76 characters */
#define LINE_BYTES 57

void mail_add_part(struct text *out, const char *type, const char *body)
{
	struct text canonical = {0};
	text_addf(out,
		"Content-Type: %s; charset=utf-8\r\n"
		"Content-Transfer-Encoding: base64\r\n\r\n",
		type);
	for (const char *p = body; *p != '\0'; p++) {
		if (*p == '\n')
			text_adds(&canonical, "\r\n");
		else if (*p != '\r')
			text_add(&canonical, p, 1);
	}
	text_adds(&canonical, "\r\n");
	for (size_t at = 0; at < canonical.len; at += LINE_BYTES) {
		size_t n = canonical.len - at < LINE_BYTES ? canonical.len - at : LINE_BYTES;
		text_add_base64(out, canonical.data + at, n);
		text_adds(out, "\r\n");
	}
	out->failed = out->failed || canonical.failed;
	text_done(&canonical);
}

static void add_escaped(struct text *out, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		switch (s[i]) {
		case '&':
			text_adds(out, "&amp;");
			break;
		case '<':
			text_adds(out, "&lt;");
			break;
		case '>':
			text_adds(out, "&gt;");
			break;
		case '"':
			text_adds(out, "&quot;");
			break;
		default:
			text_add(out, s + i, 1);
		}
	}
}

/* What a line is in the texts anju composes: "- " opens an item, what is indented belongs to it. */
enum line_kind { LINE_TEXT, LINE_ITEM, LINE_DETAIL, LINE_EMPTY };

static enum line_kind line_kind(const char *s, size_t n)
{
	if (n == 0)
		return LINE_EMPTY;
	if (n >= 2 && s[0] == '-' && s[1] == ' ')
		return LINE_ITEM;
	return n >= 4 && strncmp(s, "    ", 4) == 0 ? LINE_DETAIL : LINE_TEXT;
}

static void close_list(struct text *out, bool *in_list)
{
	if (*in_list)
		text_adds(out, "</li>\n</ul>\n");
	*in_list = false;
}

static void add_line(struct text *out, const char *s, size_t n, bool *in_list)
{
	switch (line_kind(s, n)) {
	case LINE_EMPTY:
		break;
	case LINE_ITEM:
		text_adds(out, *in_list ? "</li>\n<li>" : "<ul>\n<li>");
		add_escaped(out, s + 2, n - 2);
		*in_list = true;
		break;
	case LINE_DETAIL:
		text_adds(out, "<br><code>");
		add_escaped(out, s + 4, n - 4);
		text_adds(out, "</code>");
		break;
	case LINE_TEXT:
		close_list(out, in_list);
		text_adds(out, "<p>");
		add_escaped(out, s, n);
		text_adds(out, "</p>\n");
		break;
	}
}

static void add_html(struct text *out, const char *body, const char *html)
{
	bool in_list = false;
	text_adds(out, "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"></head><body>\n");
	if (html != NULL)
		text_adds(out, html);
	while (html == NULL && *body != '\0') {
		size_t n = strcspn(body, "\r\n");
		add_line(out, body, n, &in_list);
		body += n;
		body += *body != '\0' ? 1 : 0;
	}
	close_list(out, &in_list);
	text_adds(out, "</body></html>\n");
}

/* No base64 line holds "=_", so no line of a part can be taken for the boundary. */
static void boundary_of(const char *id, char out[36])
{
	struct sha256_ctx ctx;
	uint8_t digest[SHA256_DIGEST_SIZE];
	sha256_init(&ctx);
	sha256_update(&ctx, strlen(id), (const uint8_t *)id);
	sha256_digest(&ctx, sizeof digest, digest);
	size_t len = (size_t)snprintf(out, 36, "=_");
	for (size_t i = 0; i < 16; i++)
		len += (size_t)snprintf(out + len, 36 - len, "%02x", digest[i]);
}

void mail_add_alternatives(
	struct text *out, const char *body, const char *html_body, const char *id)
{
	char boundary[36];
	struct text html = {0};
	boundary_of(id, boundary);
	add_html(&html, body, html_body);
	text_addf(out, "Content-Type: multipart/alternative;\r\n boundary=\"%s\"\r\n\r\n--%s\r\n",
		boundary, boundary);
	mail_add_part(out, "text/plain", body);
	text_addf(out, "--%s\r\n", boundary);
	if (!html.failed)
		mail_add_part(out, "text/html", html.data);
	text_addf(out, "--%s--\r\n", boundary);
	out->failed = out->failed || html.failed;
	text_done(&html);
}
