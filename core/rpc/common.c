#include "rpc/common.h"

#include <string.h>

#include "base/error.h"
#include "pack/pack.h"
#include "pack/shelf.h"
#include "rpc/readers.h"
#include "rpc/reply.h"
#include "rpc/state.h"

void page_open(struct page *page, struct buf *out, int limit)
{
	*page = (struct page){.out = out, .limit = limit};
	buf_adds(out, "{\"items\":[");
}

bool page_item(struct page *page)
{
	if (page->count == page->limit) {
		page->more = true;
		return false;
	}
	if (page->count > 0)
		buf_addc(page->out, ',');
	page->count++;
	return true;
}

void page_close(struct page *page)
{
	buf_adds(page->out, "],\"next\":");
	if (page->more)
		buf_add_json_string(page->out, page->next, strlen(page->next));
	else
		buf_adds(page->out, "null");
	buf_addc(page->out, '}');
}

anju_status rpc_fail_workflow(
	const struct rpc_server *server, const char *id, const char *where, anju_error *err)
{
	(void)anju_fail(err, ANJU_E_NOTFOUND, "rpc.workflow", "no workflow %s", id);
	ANJU_AUTO_BUF names = BUF_INIT;
	size_t n = pack_set_workflow_count(server->options.packs);
	for (size_t i = 0; i < n; i++)
		buf_addf(&names, "%s%s", i > 0 ? ", " : "",
			pack_set_workflow_at(server->options.packs, i)->id);
	anju_error_where(err, "%s", where);
	anju_error_found(err, "%s", id);
	anju_error_allowed(err, "%s", names.data != NULL ? names.data : "");
	return ANJU_E_NOTFOUND;
}

/* With a reader of its own: the caller's may be giving out rows, whose texts would end. */
anju_status rpc_definition_text(
	struct rpc_server *server, const char *hash, json_t **ret, anju_error *err)
{
	struct store_reader *reader = NULL;
	struct store_definition row;
	anju_status st = readers_take(server->readers, &reader, err);
	if (st != ANJU_OK)
		return st;
	st = store_read_definition(reader, hash, &row, err);
	json_t *source = st == ANJU_OK ? json_loads(row.source, 0, NULL) : NULL;
	readers_give(server->readers, reader);
	if (st != ANJU_OK)
		return st;
	if (source == NULL)
		return anju_fail_nomem(err);
	*ret = source;
	return ANJU_OK;
}

static anju_status source_of(void *ctx, const char *hash, json_t **ret, anju_error *err)
{
	return rpc_definition_text(ctx, hash, ret, err);
}

const struct workflow *rpc_definition(
	struct rpc_server *server, const char *workflow, const char *hash)
{
	const struct workflow *wf = NULL;
	if (server->options.shelf != NULL) {
		anju_status st = shelf_take(
			server->options.shelf, workflow, hash, source_of, server, &wf, NULL);
		return st == ANJU_OK ? wf : NULL;
	}
	wf = pack_set_workflow(server->options.packs, workflow);
	return wf != NULL && strcmp(wf->hash_hex, hash) == 0 ? wf : NULL;
}

void rpc_definition_give(struct rpc_server *server, const struct workflow *wf)
{
	if (server->options.shelf != NULL)
		shelf_give(server->options.shelf, wf);
}
