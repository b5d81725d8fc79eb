#include "rpc/entry.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "pack/pack.h"
#include "rpc/common.h"
#include "rpc/reply.h"
#include "rpc/state.h"
#include "rpc/visible.h"

/* Fields that the case had under an earlier definition, of which this one does not say who may see them. */
static void mask_forgotten(const struct workflow *wf, json_t *body)
{
	const char *name;
	json_t *v;
	void *next;
	json_t *data = json_object_get(body, "data");
	json_object_foreach_safe(data, next, name, v) {
		if (workflow_field(wf, name) == NULL && !json_is_null(v))
			(void)json_object_set_new(data, name, json_string(VISIBLE_MASK));
	}
}

static anju_status write_masked(const struct entry_view *view, const struct workflow *wf,
	const struct store_case *cs, bool moved, const struct store_entry *row, struct buf *out,
	anju_error *err)
{
	json_error_t bad;
	ANJU_AUTO_JSON *data = json_loads(cs->data, 0, &bad);
	ANJU_AUTO_JSON *body = json_loads(row->body, 0, &bad);
	if (data == NULL || body == NULL) {
		(void)anju_fail(err, ANJU_E_CORRUPT, "rpc.stored_json",
			"stored text of %s/%s is no JSON: %s", row->workflow, row->key, bad.text);
		anju_error_found(err, "%s/%s", row->workflow, row->key);
		return ANJU_E_CORRUPT;
	}
	struct case_roles roles;
	case_roles_init(&roles, wf, cs->region, data);
	visible_mask(view->server->org, &roles, view->who, body);
	if (moved)
		mask_forgotten(wf, body);
	out_member(out, "body");
	out_value(out, body);
	return ANJU_OK;
}

/* By the definition that the case lives under now. */
static anju_status write_body(const struct entry_view *view, const struct store_entry *row,
	struct buf *out, anju_error *err)
{
	const struct workflow *wf, *held;
	struct store_case cs;
	if (view->who->admin || view->who->system) {
		out_json(out, "body", row->body);
		return ANJU_OK;
	}
	anju_status st = store_read_case_by_id(view->reader, row->case_id, &cs, err);
	if (st != ANJU_OK)
		return st;
	bool moved = strcmp(cs.hash, cs.origin) != 0;
	held = rpc_definition(view->server, row->workflow, cs.hash);
	wf = held != NULL ? held : pack_set_workflow(view->server->options.packs, row->workflow);
	if (wf != NULL && (moved || visible_needs_mask(wf, view->who)))
		st = write_masked(view, wf, &cs, moved, row, out, err);
	else
		out_json(out, "body", row->body);
	rpc_definition_give(view->server, held);
	return st;
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
	return write_body(view, row, out, err);
}
