#include "rpc/entry.h"

#include "base/error.h"
#include "base/json.h"
#include "pack/pack.h"
#include "rpc/reply.h"
#include "rpc/state.h"
#include "rpc/visible.h"

static anju_status write_masked(const struct entry_view *view, const struct workflow *wf,
	const struct store_entry *row, struct buf *out, anju_error *err)
{
	struct store_case cs;
	anju_status st = store_read_case_by_id(view->reader, row->case_id, &cs, err);
	if (st != ANJU_OK)
		return st;
	json_error_t bad;
	ANJU_AUTO_JSON *data = json_loads(cs.data, 0, &bad);
	ANJU_AUTO_JSON *body = json_loads(row->body, 0, &bad);
	if (data == NULL || body == NULL) {
		(void)anju_fail(err, ANJU_E_CORRUPT, "rpc.stored_json",
			"stored text of %s/%s is no JSON: %s", row->workflow, row->key, bad.text);
		anju_error_found(err, "%s/%s", row->workflow, row->key);
		return ANJU_E_CORRUPT;
	}
	struct case_roles roles;
	case_roles_init(&roles, wf, cs.region, data);
	visible_mask(view->server->org, &roles, view->who, body);
	out_member(out, "body");
	out_value(out, body);
	return ANJU_OK;
}

anju_status entry_write(const struct entry_view *view, const struct store_entry *row,
	struct buf *out, anju_error *err)
{
	ANJU_AUTO_BUF name = BUF_INIT;
	buf_addf(&name, "%s/%s", row->workflow, row->key);
	out_string(out, "case", name.data);
	out_int(out, "rev", row->rev);
	out_string(out, "event", row->event);
	out_string(out, "actor", row->actor);
	if (row->reason != NULL)
		out_string(out, "reason", row->reason);
	out_time(out, "recorded_at", row->recorded_ms);
	out_time(out, "effective_at", row->effective_ms);
	const struct workflow *wf = pack_set_workflow(view->server->options.packs, row->workflow);
	if (wf != NULL && visible_needs_mask(wf, view->who))
		return write_masked(view, wf, row, out, err);
	out_json(out, "body", row->body);
	return ANJU_OK;
}
