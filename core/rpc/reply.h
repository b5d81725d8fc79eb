/** The text of answers: results, and errors with their code and what explains them. */
#ifndef CORE_RPC_REPLY_H
#define CORE_RPC_REPLY_H

#include <jansson.h>

#include "anju/error.h"
#include "base/buf.h"

/* Codes of JSON-RPC 2.0; the rest follow from the status, see reply_code(). */
#define RPC_PARSE_ERROR      (-32700)
#define RPC_INVALID_REQUEST  (-32600)
#define RPC_METHOD_NOT_FOUND (-32601)
#define RPC_INVALID_PARAMS   (-32602)

/** JSON-RPC code of a status. */
int reply_code(anju_status status);

/** Append {"jsonrpc","id","result"} without newline. `id` and `result` are JSON texts. */
void reply_result(struct buf *out, const char *id, size_t id_len, const char *result, size_t len);

/**
 * Append {"jsonrpc","id","error":{code, message, data}} without newline.
 *
 * code  0 = by err->status
 * data  object whose members are merged into error.data, or NULL
 */
void reply_error(struct buf *out, const char *id, size_t id_len, int code, const anju_error *err,
	const json_t *data);

/** `,"name":` or `"name":` when it is the first member after `{`; then the value by the caller. */
void out_member(struct buf *out, const char *name);
/** A member with a string value (null when s is NULL), an integer, a boolean, or an instant (null when 0). */
void out_string(struct buf *out, const char *name, const char *s);
void out_int(struct buf *out, const char *name, int64_t v);
void out_bool(struct buf *out, const char *name, bool v);
void out_time(struct buf *out, const char *name, int64_t ms);
/** A member whose value is JSON text already (null when NULL or ""). */
void out_json(struct buf *out, const char *name, const char *text);
/** A member {"zh","en"}; left out when both are NULL. */
void out_label(struct buf *out, const char *name, const char *const text[2]);
/** A member that is an array of the blank-separated words of `s`, which end at `stop` or NUL. */
void out_words(struct buf *out, const char *name, const char *s, char stop);
/** Append the compact text of a value. */
void out_value(struct buf *out, const json_t *v);

#endif
