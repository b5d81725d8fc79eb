/** What several methods_*.c share. */
#ifndef CORE_RPC_COMMON_H
#define CORE_RPC_COMMON_H

#include <jansson.h>

#include "anju/error.h"
#include "base/buf.h"

struct rpc_call;
struct rpc_server;
struct store_case;
struct store_reader;
struct workflow;

#define RPC_WORKFLOW_MAX 128 /* bytes of a workflow's name with its NUL */

#define RPC_PARAM_AS                                                                               \
	{                                                                                          \
		"as", PARAM_STRING, false, "以谁的名义：单位编码，可加 /姓名",                     \
			"on whose behalf: unit code, optionally /officer"                          \
	}
#define RPC_PARAM_CASE                                                                             \
	{                                                                                          \
		"case", PARAM_STRING, true, "个案名：流程/编号", "the case: workflow/key"          \
	}
#define RPC_PARAM_AFTER                                                                            \
	{                                                                                          \
		"after", PARAM_CURSOR, false, "上一页给出的 next", "\"next\" of the page before"   \
	}
#define RPC_PARAM_LIMIT                                                                            \
	{                                                                                          \
		"limit", PARAM_INT, false, "每页条数，1 到 1000，默认 100",                        \
			"rows a page, 1 to 1000, 100 if not given"                                 \
	}
#define RPC_RESULT_PAGE                                                                            \
	{"items", PARAM_ARRAY, true, "本页各条", "rows of this page"},                             \
	{                                                                                          \
		"next", PARAM_CURSOR, true, "下一页从这里开始；null 表示没有了",                   \
			"where the next page begins; null when there is none"                      \
	}

/** A page of a list: {"items":[…],"next":…}. */
struct page {
	struct buf *out;
	int limit;
	int count;
	char next[48]; /* cursor of the last row */
	bool more;
};
/** Open the page's text. */
void page_open(struct page *page, struct buf *out, int limit);
/** Begin an item; false (and nothing written) when the page is full and there is another row. Ask the
 *  store for limit + 1 rows. */
bool page_item(struct page *page);
/** Close the page. */
void page_close(struct page *page);

/** ANJU_E_NOTFOUND "rpc.workflow", naming those that there are. */
anju_status rpc_fail_workflow(
	const struct rpc_server *server, const char *id, const char *where, anju_error *err);

/** The row of the case that an argument names. ANJU_E_NOTFOUND "rpc.case", "rpc.workflow"; ANJU_E_INVALID. */
ANJU_MUST_CHECK anju_status rpc_read_case(struct rpc_call *call, const json_t *arg,
	struct store_reader *reader, struct store_case *row, anju_error *err);

/**
 * The definition that a case lives under, for reading: NULL when it cannot be had, which is no failure. Give it
 * back with rpc_definition_give(). Thread pool.
 */
const struct workflow *rpc_definition(
	struct rpc_server *server, const char *workflow, const char *hash);
void rpc_definition_give(struct rpc_server *server, const struct workflow *wf);
/** The text of a definition, from the store; the caller's. ANJU_E_NOTFOUND "store.no_definition". Thread pool. */
ANJU_MUST_CHECK anju_status rpc_definition_text(
	struct rpc_server *server, const char *hash, json_t **ret, anju_error *err);

#endif
