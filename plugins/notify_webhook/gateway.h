/** Gateways for short messages and the like: their JSON is a template in the configuration. Pure but for memory. */
#ifndef NOTIFY_WEBHOOK_GATEWAY_H
#define NOTIFY_WEBHOOK_GATEWAY_H

#include <jansson.h>

#include "text.h"

/**
 * A JSON value, sent as it is but for its strings: in these, {id} {unit} {unit_title} {subject} {body} {sms} {urgent}
 * {created_at} {secret} and {contact.NAME} (a member of the unit's contacts) are replaced; "{{" is one "{". The
 * result is JSON whatever the values are. NULL, or a placeholder that is none; `out` has room for 64 bytes.
 */
const char *gateway_check(const json_t *template, char out[64]);

/**
 * Append the request's body. secret: or NULL. NULL, or what the message lacks ("contacts.mobile"); `lacks` has
 * room for 64 bytes.
 */
const char *gateway_write(const json_t *template, const json_t *message, enum text_lang lang,
	const char *secret, struct text *body, char lacks[64]);

/** Has the answer every member of `accepted` with the same value? NULL `accepted`: it has. */
int gateway_accepts(const json_t *accepted, const char *answer, size_t len);

#endif
