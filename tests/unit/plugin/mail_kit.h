/** Reading mails back: headers and bodies as a mail program sees them. */
#ifndef TESTS_UNIT_PLUGIN_MAIL_KIT_H
#define TESTS_UNIT_PLUGIN_MAIL_KIT_H

#include "base/buf.h"

/** A message for plugin_deliver(), with ' for ". */
#define MAIL_MESSAGE(id, subject_zh)                                                                  \
	"{'id': '" id "', 'to': {'unit': 'land@610322', 'title': {'zh': '凤翔县国土资源局', " \
	"'en': 'Land bureau of Fengxiang'}, 'contacts': {'email': 'land@fengxiang.example'}}, "       \
	"'subject': {'zh': '" subject_zh "', 'en': 'Sign the agreements'}, "                          \
	"'body': {'zh': '户 610322-0417\\n请签订协议。', 'en': 'Please sign.'}, "              \
	"'urgent': true, 'created_at': '2017-08-16T08:00:00+08:00'}"

/** Base64, line ends allowed. */
void mail_decode(const char *text, size_t n, struct buf *out);
/** Every line ends in CRLF and is at most 76 characters; no bare CR or LF, no byte above 126. */
void mail_lines(const char *mail);
/** Value of a header with its folding undone and encoded words decoded; each word is checked. The caller's. */
char *mail_header(const char *mail, const char *name);
/** The decoded text after the first empty line of `mail`, which may be one part of a mail. The caller's. */
char *mail_body(const char *mail);

#endif
