/** Growing text, and names and addresses made of it. What the plugins that carry messages share. */
#ifndef PLUGINS_MAIL_TEXT_H
#define PLUGINS_MAIL_TEXT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "anju/error.h"

/** A growing string; `failed` sticks once memory is out. */
struct text {
	char *data; /* owned; NUL-terminated when not NULL */
	size_t len, cap;
	bool failed;
};
void text_add(struct text *t, const void *data, size_t n);
void text_adds(struct text *t, const char *s);
/** At most 511 bytes; more counts as a failure. */
ANJU_PRINTF(2, 3) void text_addf(struct text *t, const char *fmt, ...);
void text_add_base64(struct text *t, const void *data, size_t n);
void text_done(struct text *t);

/** The longest prefix of at most `max` bytes that ends between code points; `s` is valid UTF-8. */
size_t text_cut(const char *s, size_t n, size_t max);

enum text_lang { TEXT_ZH, TEXT_EN, TEXT_BOTH };
/** "zh", "en" or "both". */
bool text_lang_parse(const char *s, enum text_lang *ret);
/** The texts of a message's `member` in the order of the languages wanted, joined by `between`; malloc'd.
 *  NULL if one is missing. */
char *text_of(const json_t *message, const char *member, enum text_lang lang, const char *between);

/** String member `key` of a configuration, else `missing`, malloc'd; NULL if there is neither. *failed is set when
 *  memory is out. */
char *text_member(const json_t *config, const char *key, const char *missing, bool *failed);

#define TOKEN_CHARS 160
/**
 * A message id as a name that is safe for files and for the left side of an address: letters, digits, "-" and
 * "_" stay, every other byte becomes %XX, so different ids stay different; what would be too long ends in
 * its SHA-256. Returns `out`.
 */
char *text_token(const char *id, char out[TOKEN_CHARS]);

/** "local@domain" of plain characters, at most 64 + 1 + 200 bytes. */
bool text_address_ok(const char *s);

/** Fill *err and return `st`; err may be NULL. */
ANJU_PRINTF(4, 5)
anju_status text_fail(anju_error *err, anju_status st, const char *id, const char *fmt, ...);

#endif
