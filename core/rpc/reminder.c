#include "rpc/reminder.h"

#include "base/cleanup.h"
#include "base/json.h"
#include "rpc/reply.h"

static const char *status_name(const struct store_notice *row)
{
	static const char *const names[] = {"pending", "delivered", "dead"};
	if (row->item.message_id < 0)
		return "dropped";
	return row->message.id == 0 ? "waiting" : names[row->message.status];
}

static void write_said(struct buf *out, const char *text)
{
	static const char *const members[] = {"kind", "name", "title", "due", "role", "text"};
	ANJU_AUTO_JSON *body = json_loads(text, 0, NULL);
	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
		const json_t *v = json_object_get(body, members[i]);
		if (v == NULL)
			continue;
		out_member(out, members[i]);
		out_value(out, v);
	}
}

void reminder_write(struct buf *out, const struct store_notice *row)
{
	const struct store_message *m = &row->message;
	ANJU_AUTO_BUF name = BUF_INIT;
	buf_addf(&name, "%s/%s", row->workflow, row->key);
	buf_addc(out, '{');
	out_int(out, "id", row->item.id);
	out_string(out, "case", name.data);
	out_time(out, "at", row->item.created_ms);
	out_string(out, "unit", row->item.unit);
	out_string(out, "channel", m->id != 0 ? m->channel : row->item.channel);
	out_bool(out, "urgent", row->item.urgent);
	if (m->id != 0)
		out_int(out, "message", m->id);
	else
		out_string(out, "message", NULL);
	out_string(out, "status", status_name(row));
	out_time(out, "ended_at", m->ended_ms);
	out_int(out, "attempts", m->attempts);
	out_string(out, "error", m->error);
	write_said(out, row->item.body);
	buf_addc(out, '}');
}

bool reminder_add(void *ctx, const struct store_notice *row)
{
	struct reminder_list *list = ctx;
	if (list->n++ > 0)
		buf_addc(list->out, ',');
	reminder_write(list->out, row);
	return true;
}
