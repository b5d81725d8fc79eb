/** What methods that write to a case have in common. */
#ifndef CORE_RPC_WRITE_H
#define CORE_RPC_WRITE_H

#include <jansson.h>

#include "engine/command.h"
#include "rpc/method.h"

#define RPC_PARAM_DOCS                                                                             \
	{                                                                                          \
		"docs", PARAM_ARRAY, false, "随附的材料", "documents that come with it"            \
	}
#define RPC_PARAM_IDEM                                                                             \
	{                                                                                          \
		"idempotency_key", PARAM_STRING, false, "幂等键：重发同一请求不会重复办理",        \
			"key under which sending again changes nothing"                            \
	}
#define RPC_PARAM_REV                                                                              \
	{                                                                                          \
		"expect_rev", PARAM_INT, false, "预期的版本号，不符则拒绝",                        \
			"revision believed to be current; refused if it is not"                    \
	}
#define RPC_PARAM_DRY                                                                              \
	{                                                                                          \
		"dry_run", PARAM_BOOL, false, "只试办，不生效", "try it, change nothing"           \
	}
#define RPC_PARAM_EFFECTIVE                                                                        \
	{                                                                                          \
		"effective_at", PARAM_STRING, false, "事实发生的时间（RFC 3339）",                 \
			"when it happened (RFC 3339)"                                              \
	}

/** "case", "rev", "states". */
#define WRITE_RESULT_LEN 3
extern const struct param write_result[WRITE_RESULT_LEN];

/** Arguments by what they mean; each may be NULL. Borrowed. */
struct write_args {
	json_t *data, *docs;
	const json_t *idem, *rev, *dry, *at, *why;
};
/** Into the command. ANJU_E_INVALID "rpc.param_value" (a negative revision), "time.invalid". */
ANJU_MUST_CHECK anju_status write_common(
	const struct write_args *args, struct command *cmd, anju_error *err);
/** The case that a command is for. ANJU_E_INVALID "rpc.case_ref"; ANJU_E_NOTFOUND "rpc.workflow". */
ANJU_MUST_CHECK anju_status write_case_arg(
	struct rpc_call *call, const json_t *arg, struct command *cmd, anju_error *err);

#endif
