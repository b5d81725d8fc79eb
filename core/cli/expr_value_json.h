/** Values with their type, as `anjuctl expr run` reads and writes them: {"int": "-3"}. */
#ifndef CORE_CLI_EXPR_VALUE_JSON_H
#define CORE_CLI_EXPR_VALUE_JSON_H

#include <jansson.h>

#include "anju/error.h"
#include "expr/value.h"

/** Typed JSON → value in `arena`; strings are read in place. ANJU_OK; ANJU_E_INVALID
 *  ("expr_run.value": found is the value); ANJU_E_NOMEM. */
ANJU_MUST_CHECK anju_status expr_value_read(
	const json_t *json, struct expr_arena *arena, struct expr_value *ret, anju_error *err);
/** Value → typed JSON, a new reference; NULL when out of memory or past the depth bound. */
json_t *expr_value_write(const struct expr_value *v, struct expr_arena *arena);

#endif
