/**
 * How messages are worded: a template for each part of a message in each language, built in, and some of them
 * replaced by packs. What a template may name is the view of notify/digest.h; see anju-pack(5), "templates".
 */
#ifndef CORE_WORDING_WORDING_H
#define CORE_WORDING_WORDING_H

#include <jansson.h>

#include "anju/error.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/messages.h"

struct template_view;

enum wording_part {
	WORDING_SUBJECT, /* one line */
	WORDING_BODY,    /* plain text */
	WORDING_HTML,    /* the same as HTML, a fragment without <html> and <body> */
	WORDING_SMS,     /* one line of at most WORDING_SMS_CHARS */
	WORDING_PARTS,
};
/** UTF-16 units of one short message that is not plain ASCII. */
#define WORDING_SMS_CHARS 70

/** "subject", "body", "html", "sms". */
const char *wording_part_name(enum wording_part part);

struct wording;
/** The built-in ones. NULL without memory. */
struct wording *wording_new(void);
void wording_free(struct wording *wording);
ANJU_DEFINE_AUTO(wording)

/**
 * Replace one, from a file named `<part>.<lang>.mustache` (`name`; `file` is for messages).
 * ANJU_E_INVALID "wording.file" (no such part or language), "wording.tag", "wording.kind", "wording.name", with
 * the line in err->where.
 */
ANJU_MUST_CHECK anju_status wording_set(struct wording *wording, const char *name, const char *file,
	const char *text, anju_error *err);
/** The source of a template, to begin one's own from. */
const char *wording_source(const struct wording *wording, enum wording_part part, enum lang lang);

/** Append a part; `view` is template_view_new()'s. Lines of one are made one: no line breaks, cut with "…". */
void wording_render(const struct wording *wording, enum wording_part part, enum lang lang,
	const struct template_view *view, struct buf *out);

#endif
