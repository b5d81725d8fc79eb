/**
 * The table of methods: one row says everything about a method. The dispatcher, the checks on
 * parameters, rpc.discover and the manual all read the same row.
 */
#ifndef CORE_RPC_METHOD_H
#define CORE_RPC_METHOD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "anju/error.h"
#include "base/buf.h"
#include "engine/command.h"
#include "org/org.h"

struct conn;
struct rpc_server;
struct store_reader;

enum method_kind {
	METHOD_WRITE, /* builds a command for the engine */
	METHOD_READ,  /* runs in the thread pool with a reader */
	METHOD_LOCAL, /* answers at once on the loop; must not block */
};

enum param_type {
	PARAM_STRING,
	PARAM_INT,
	PARAM_BOOL,
	PARAM_OBJECT,
	PARAM_ARRAY,
	PARAM_CURSOR, /* a string or an integer: "next" of the page before */
	PARAM_ANY,    /* results only */
};

/** A parameter, or a member of a result. */
struct param {
	const char *name;
	enum param_type type;
	bool required;
	const char *zh, *en;
	const char *const *options; /* NULL-terminated allowed values of a string, or NULL */
};

#define METHOD_PARAMS_MAX 16

/** One request as its handler sees it. */
struct rpc_call {
	struct rpc_server *server;
	struct conn *conn; /* METHOD_LOCAL only, else NULL */
	const struct method *method;
	json_t *params;                 /* borrowed; NULL when none were given */
	json_t *arg[METHOD_PARAMS_MAX]; /* borrowed: by index of method->params; NULL = not given */
	struct principal who;
};

struct method {
	const char *name;
	enum method_kind kind;
	bool anyone; /* answered even to peers without a grant */
	bool always; /* a read that is let in however many wait */
	const char *zh, *en;
	const struct param *params;
	size_t params_len;
	const struct param *result; /* members of the result object */
	size_t result_len;
	/* One of these, by kind. Output is JSON text; on failure it is thrown away. */
	enum command_kind command;
	anju_status (*write)(struct rpc_call *call, struct command *cmd, anju_error *err);
	anju_status (*read)(struct rpc_call *call, struct store_reader *reader, struct buf *out,
		anju_error *err);
	anju_status (*local)(struct rpc_call *call, struct buf *out, anju_error *err);
};

/** A file's methods. To add some: declare the table here and list it in method.c. */
struct method_table {
	const struct method *methods;
	size_t len;
};
extern const struct method_table methods_write, methods_calendar, methods_recount, methods_case,
	methods_deadline, methods_list, methods_message, methods_pack, methods_import,
	methods_migration, methods_obligation, methods_daemon;

#define METHOD_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/** By name (`n` bytes), or NULL. Thread: any, after method_index_build(). */
const struct method *method_find(const char *name, size_t n);
/** Build the name index; once before the first method_find(). */
void method_index_build(void);
size_t method_count(void);
/** In the order of the tables. */
const struct method *method_at(size_t i);

/**
 * Check `params` (object or NULL) against the row and sort them into call->arg. *ret_as is the text
 * of "as" or NULL.
 * ANJU_E_INVALID "rpc.param_unknown", "rpc.param_missing", "rpc.param_type", "rpc.param_value";
 * `where` is the pointer within params.
 */
ANJU_MUST_CHECK anju_status method_check(const struct method *method, json_t *params, json_t **arg,
	const char **ret_as, anju_error *err);

/** "@say.string", "@say.integer" …: a value of allowed (base/messages.h). */
const char *param_type_text(enum param_type type);

/** Values of arguments that are there; NULL or the fallback otherwise. */
static inline const char *arg_string(const json_t *arg)
{
	return arg != NULL ? json_string_value(arg) : NULL;
}
static inline int64_t arg_int(const json_t *arg, int64_t fallback)
{
	return arg != NULL ? (int64_t)json_integer_value(arg) : fallback;
}
static inline bool arg_bool(const json_t *arg)
{
	return json_is_true(arg);
}

/**
 * The integers of a cursor "12" or "12:34" (or a bare integer) into ret[0 … n-1]; zeros when absent.
 * ANJU_E_INVALID "rpc.cursor".
 */
ANJU_MUST_CHECK anju_status arg_cursor(const json_t *arg, int64_t *ret, int n, anju_error *err);
/** The page size: 100 when absent. ANJU_E_INVALID "rpc.limit" outside 1 … 1000. */
ANJU_MUST_CHECK anju_status arg_limit(const json_t *arg, int *ret, anju_error *err);
/** "workflow/key" → its two halves; the workflow's name goes into `workflow`. ANJU_E_INVALID "rpc.case_ref". */
ANJU_MUST_CHECK anju_status arg_case(
	const json_t *arg, char *workflow, size_t size, const char **ret_key, anju_error *err);
/** An instant. ANJU_E_INVALID "time.invalid" with the parameter's pointer. */
ANJU_MUST_CHECK anju_status arg_time(
	const json_t *arg, const char *name, int64_t *ret_ms, anju_error *err);

#endif
