/**
 * The sentences people read, in Chinese and English, by message key (anju_error.id and others).
 * A template may use {found} {allowed} {where} {file} {text} {line}; what it does not know stays as
 * it is. Parts add their keys to the table in messages.c.
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

#endif
