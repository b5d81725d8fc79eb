/**
 * A message as the text of a mail (RFC 5322, 2045, 2046, 2047): CRLF, lines of at most 76 characters.
 *
 * Base64 is libnettle's. A MIME library was tried: GMime writes encoded words far above the 75 characters
 * that RFC 2047 allows when a text has no blanks, which is how Chinese is written.
 */
#ifndef PLUGINS_MAIL_MAIL_H
#define PLUGINS_MAIL_MAIL_H

#include <jansson.h>

#include "text.h"

#define MAIL_ADDRESS_CHARS 272

struct mail_options {
	const char *from;     /* an address that text_address_ok() accepts */
	const char *fallback; /* for units without an address; NULL: <unit>@localhost */
	enum text_lang lang;
	bool html; /* an HTML part beside the plain one */
};

/** Whom the mail goes to. NULL, or in English what the input lacks. */
const char *mail_address(
	const json_t *message, const struct mail_options *options, char out[MAIL_ADDRESS_CHARS]);

/**
 * Append the whole mail; the same message gives the same bytes. NULL, or in English what the input lacks;
 * then `out` is of no use.
 * Source: RFC 5322 3.6, RFC 2047 2 and 5, RFC 3834 5, RFC 2156 (Importance).
 */
const char *mail_write(struct text *out, const json_t *message, const struct mail_options *options);

/* body.c */
/** A part with its headers, in base64: text is UTF-8 with any line ends. */
void mail_add_part(struct text *out, const char *type, const char *body);
/** multipart/alternative of the plain text and of the same as HTML; `id` makes the boundary. html: a fragment of
 *  HTML, or NULL: it is made of the plain text. */
void mail_add_alternatives(struct text *out, const char *body, const char *html, const char *id);

#endif
