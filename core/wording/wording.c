#include "wording/wording.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "wording/builtin.h"
#include "wording/check.h"
#include "wording/template.h"

#define LANGS 2

struct wording {
	struct {
		char *source;             /* owned */
		struct template_ *parsed; /* owned */
	} list[WORDING_PARTS][LANGS];
};

static const char *const part_names[WORDING_PARTS] = {"subject", "body", "html", "sms"};
static const char *const lang_names[LANGS] = {[LANG_ZH] = "zh", [LANG_EN] = "en"};

const char *wording_part_name(enum wording_part part)
{
	return part_names[part];
}

void wording_free(struct wording *wording)
{
	if (wording == NULL)
		return;
	for (int part = 0; part < WORDING_PARTS; part++) {
		for (int lang = 0; lang < LANGS; lang++) {
			free(wording->list[part][lang].source);
			template_free(wording->list[part][lang].parsed);
		}
	}
	free(wording);
}

static anju_status put(struct wording *wording, enum wording_part part, enum lang lang,
	const char *file, const char *text, anju_error *err)
{
	bool html = part == WORDING_HTML;
	anju_status st = template_check(text, file, html, err);
	if (st != ANJU_OK)
		return st;
	struct template_ *parsed = template_new(text, html);
	char *source = strdup(text);
	if (parsed == NULL || source == NULL) {
		template_free(parsed);
		free(source);
		return anju_fail_nomem(err);
	}
	template_free(wording->list[part][lang].parsed);
	free(wording->list[part][lang].source);
	wording->list[part][lang].parsed = parsed;
	wording->list[part][lang].source = source;
	return ANJU_OK;
}

struct wording *wording_new(void)
{
	ANJU_AUTO(wording) wording = calloc(1, sizeof *wording);
	anju_error err;
	for (int part = 0; wording != NULL && part < WORDING_PARTS; part++) {
		for (int lang = 0; lang < LANGS; lang++) {
			anju_status st = put(wording, (enum wording_part)part, (enum lang)lang,
				"built-in", wording_builtin[part][lang], &err);
			anju_assert(st == ANJU_OK || st == ANJU_E_NOMEM);
			if (st != ANJU_OK)
				return NULL;
		}
	}
	return ANJU_TAKE(wording);
}

static anju_status fail_file(const char *name, const char *file, anju_error *err)
{
	(void)anju_fail(err, ANJU_E_INVALID, "wording.file", "no template is called %s", name);
	anju_error_file(err, file);
	anju_error_found(err, "%s", name);
	anju_error_allowed(err, "subject body html sms .zh .en .mustache");
	return ANJU_E_INVALID;
}

anju_status wording_set(struct wording *wording, const char *name, const char *file,
	const char *text, anju_error *err)
{
	char want[64];
	for (int part = 0; part < WORDING_PARTS; part++) {
		for (int lang = 0; lang < LANGS; lang++) {
			snprintf(want, sizeof want, "%s.%s.mustache", part_names[part],
				lang_names[lang]);
			if (strcmp(want, name) == 0)
				return put(wording, (enum wording_part)part, (enum lang)lang, file,
					text, err);
		}
	}
	return fail_file(name, file, err);
}

const char *wording_source(const struct wording *wording, enum wording_part part, enum lang lang)
{
	return wording->list[part][lang].source;
}

/* --- rendering --- */

/* Line breaks and other control characters become blanks, none at either end. */
static void make_one_line(struct buf *out, const char *s, size_t n)
{
	size_t start = out->len;
	for (size_t i = 0; i < n; i++) {
		bool blank = (unsigned char)s[i] <= ' ' || s[i] == 0x7f;
		bool wanted = out->len > start && out->data[out->len - 1] != ' ';
		if (!blank)
			buf_addc(out, s[i]);
		else if (wanted)
			buf_addc(out, ' ');
	}
	if (out->len > start && out->data[out->len - 1] == ' ')
		out->data[--out->len] = '\0';
}

/* Bytes of the code point at `s`, and its UTF-16 units. */
static size_t code_point(const char *s, size_t *ret_units)
{
	unsigned char c = (unsigned char)*s;
	*ret_units = c >= 0xf0 ? 2 : 1;
	return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

static void cut(struct buf *line, size_t start, size_t most)
{
	size_t at = start, units = 0, room = start, n;
	while (at < line->len) {
		at += code_point(line->data + at, &n);
		units += n;
		if (units < most)
			room = at; /* so far, with room for the ellipsis */
	}
	if (units <= most)
		return;
	line->len = room;
	line->data[room] = '\0';
	buf_adds(line, "…");
}

/* Sections that are left out leave their lines behind: one empty line at most, and none at the end; in HTML none. */
static void add_tidy(struct buf *out, const char *s, bool html)
{
	int empty = 1; /* none at the beginning either */
	while (*s != '\0') {
		size_t n = strcspn(s, "\n");
		bool blank = strspn(s, " \t\r") >= n;
		empty = blank ? empty + 1 : 0;
		if (!blank)
			buf_add(out, s, n);
		if (!blank || (empty == 1 && !html))
			buf_addc(out, '\n');
		s += n + (s[n] == '\n' ? 1 : 0);
	}
	while (out->len > 1 && out->data[out->len - 1] == '\n' && out->data[out->len - 2] == '\n')
		out->data[--out->len] = '\0';
}

void wording_render(const struct wording *wording, enum wording_part part, enum lang lang,
	const struct template_view *view, struct buf *out)
{
	struct template_ *t = wording->list[part][lang].parsed;
	ANJU_AUTO_BUF text = BUF_INIT;
	size_t start = out->len;
	template_render(t, view, &text);
	out->failed = out->failed || text.failed;
	if (out->failed || text.len == 0)
		return;
	if (part == WORDING_BODY || part == WORDING_HTML)
		add_tidy(out, text.data, part == WORDING_HTML);
	else
		make_one_line(out, text.data, text.len);
	if (!out->failed && part == WORDING_SMS && out->len > start)
		cut(out, start, WORDING_SMS_CHARS);
}
