/**
 * A message as the text of a mail file (RFC 5322, 2045, 2047): CRLF, lines of at most 76 characters.
 *
 * Base64 is libnettle's. A MIME library was tried: GMime writes encoded words far above the 75 characters
 * that RFC 2047 allows when a text has no blanks, which is how Chinese is written.
 */
#ifndef NOTIFY_SPOOL_MESSAGE_H
#define NOTIFY_SPOOL_MESSAGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/** A growing string; `failed` sticks once memory is out. */
struct text {
	char *data; /* owned; NUL-terminated when not NULL */
	size_t len, cap;
	bool failed;
};
void text_done(struct text *t);

enum text_lang { TEXT_ZH, TEXT_EN, TEXT_BOTH };

#define TOKEN_CHARS 160
/**
 * A message id as a name that is safe for files and for the left side of an address: letters, digits, "-" and
 * "_" stay, every other byte becomes %XX, so different ids stay different; what would be too long ends in
 * its SHA-256. Returns `out`.
 */
char *message_token(const char *id, char out[TOKEN_CHARS]);

/** "local@domain" of plain characters, at most 64 + 1 + 200 bytes. */
bool message_address_ok(const char *s);

/**
 * Append the whole message. NULL, or in English what the input lacks; then `out` is of no use.
 * Source: RFC 5322 3.6, RFC 2047 2 and 5, RFC 3834 5, RFC 2156 (Importance).
 */
const char *message_write(
	struct text *out, const json_t *message, const char *from, enum text_lang lang);

#endif
