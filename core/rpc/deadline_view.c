#include "rpc/deadline_view.h"

#include <string.h>

#include "calendar/calendar.h"
#include "rpc/reply.h"

const char *deadline_status_name(enum store_deadline_status status)
{
	switch (status) {
	case STORE_DEADLINE_OPEN:
		return "open";
	case STORE_DEADLINE_MET:
		return "met";
	case STORE_DEADLINE_MET_LATE:
		return "met_late";
	case STORE_DEADLINE_SUPERSEDED:
		return "superseded";
	case STORE_DEADLINE_WAIVED:
		return "waived";
	case STORE_DEADLINE_WATCHED:
		return "watched";
	}
	return "open";
}

static void add_title(
	struct buf *out, const struct pack_set *packs, const struct store_deadline *row)
{
	const struct workflow *wf =
		row->workflow != NULL ? pack_set_workflow(packs, row->workflow) : NULL;
	for (size_t i = 0; wf != NULL && i < wf->deadlines_len; i++) {
		if (strcmp(wf->deadlines[i].name, row->name) == 0) {
			out_label(out, "title", wf->deadlines[i].title.text);
			return;
		}
	}
}

void deadline_write(struct buf *out, const struct pack_set *packs, const struct store_deadline *row,
	int64_t now_ms, bool with_case)
{
	buf_addc(out, '{');
	out_int(out, "id", row->id);
	if (with_case) {
		ANJU_AUTO_BUF name = BUF_INIT;
		buf_addf(&name, "%s/%s", row->workflow, row->key);
		out_string(out, "case", name.data);
	}
	out_string(out, "name", row->name);
	add_title(out, packs, row);
	out_string(out, "status", deadline_status_name(row->status));
	/* What the date depends on may not be known yet. */
	bool dated = row->due_ms > 0 && row->due_ms < INT64_MAX;
	char day[16];
	out_bool(out, "overdue",
		row->status == STORE_DEADLINE_OPEN && !row->suspended && dated &&
			row->due_ms <= now_ms);
	out_bool(out, "suspended", row->suspended);
	out_string(out, "due", dated ? date_format(row->due_day, day) : NULL);
	out_time(out, "due_at", dated ? row->due_ms : 0);
	out_bool(out, "provisional", row->provisional);
	out_time(out, "armed_at", row->armed_ms);
	out_time(out, "ended_at", row->ended_ms);
	out_int(out, "rung", row->rung);
	if (row->phase != NULL)
		out_string(out, "phase", row->phase);
	out_words(out, "lead", row->lead, '\0');
	out_words(out, "responsible", row->responsible, '\0');
	out_words(out, "cooperating", row->cooperating != NULL ? row->cooperating : "", '\0');
	buf_addc(out, '}');
}
