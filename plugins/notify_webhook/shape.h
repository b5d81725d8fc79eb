/** What goes over the wire for each kind of receiver, and what its answer means. Pure but for memory. */
#ifndef NOTIFY_WEBHOOK_SHAPE_H
#define NOTIFY_WEBHOOK_SHAPE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "text.h"

enum shape { SHAPE_JSON, SHAPE_WECOM, SHAPE_DINGTALK, SHAPE_FEISHU, SHAPE_TEMPLATE };
/** "json", "wecom", "dingtalk", "feishu" or "template". */
bool shape_parse(const char *s, enum shape *ret);

struct shape_options {
	enum shape shape;
	enum text_lang lang;
	const char *secret;     /* or NULL: nothing is signed */
	const json_t *template; /* SHAPE_TEMPLATE: see gateway.h */
	const json_t *accepted; /* SHAPE_TEMPLATE: or NULL */
};

/**
 * Append the body of the request and, to `query`, what its address needs besides (DingTalk signs there);
 * `signature`, the value of a header or empty (json). `now_ms` is wall-clock time, which receivers compare
 * with their own. NULL, or in English what the message lacks.
 */
const char *shape_write(const struct shape_options *options, const json_t *message, int64_t now_ms,
	struct text *body, struct text *query, struct text *signature);

/** What an answer with this HTTP status and body means; *err is filled in unless it is ANJU_OK. */
anju_status shape_judge(const struct shape_options *options, long status, const char *answer,
	size_t len, anju_error *err);

#endif
