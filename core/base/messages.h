/**
 * The sentences people read, in Chinese and English, by message key (anju_error.id and others).
 * A template may use {found} {allowed} {where} {file} {text}, and {retry}, the milliseconds of
 * anju_error_retry_ms(); what it does not know stays as it is.
 * Parts add their keys to the table in messages_table.h.
 *
 * What is put into found, allowed and where is the same in both languages: ids, numbers, formats,
 * JSON. Words belong into templates; where they depend on the call, such a value is either
 *
 *   "@say.key" or "@say.key|first|second"   a phrase: the line "say.key" of the table, whose {1} {2} {3}
 *                                           are the arguments. The last one takes the rest of the
 *                                           value; an argument may be a phrase itself.
 *   text with words in it                   made by message_add_words(), for words that come from a
 *                                           pack and not from the table
 *
 * and becomes a text in one language when it is rendered. Log lines and err->text are English.
 */
#ifndef CORE_BASE_MESSAGES_H
#define CORE_BASE_MESSAGES_H

#include <stdbool.h>

#include "anju/error.h"
#include "base/buf.h"
#include "base/error.h"

enum lang { LANG_ZH, LANG_EN };

/** "zh", "zh_CN.UTF-8", "en" … → language; anything else gives LANG_ZH and false. */
bool lang_parse(const char *s, enum lang *ret);

/** The template of a key, or NULL. */
const char *message_template(const char *id, enum lang lang);

/** Append the sentence for `err`; without a template, err->text and what else is set. */
void message_render_error(struct buf *out, const anju_error *err, enum lang lang);

/** Append a value of found, allowed or where as words of one language. */
void message_render_value(struct buf *out, const char *value, enum lang lang);

/** A value in English, cut to fit `out`; for err->text. Returns `out`. */
const char *message_english(const char *value, char *out, size_t size);

/** Append words to a value that is being made: each reader sees those of their language. */
void message_add_words(struct buf *value, const char *zh, const char *en);

/** err->found = nothing but words; each language keeps half of the room. Accepts err == NULL. */
void message_found_words(anju_error *err, const char *zh, const char *en);

/** An errno value as such a value: "@say.enoent"; the name alone, "EPROTO", for rare ones. */
const char *message_errno(int errnum);

/** Key and template number `i` of the table, for those who go through all of it; false past its end. */
bool message_at(size_t i, const char **ret_key, const char *ret_text[2]);

#endif
