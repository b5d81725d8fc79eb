#include "rpc/common.h"

#include <string.h>

#include "base/error.h"
#include "pack/pack.h"
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
