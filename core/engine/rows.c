/** What a change leaves in the store: case row, journal entry, deadlines, relations, items. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "engine/impl.h"

anju_status engine_persist_duty(
	struct engine *e, const struct anju_case *cs, struct duty *d, anju_error *err)
{
	struct store_deadline row = {
		.id = d->id,
		.case_id = cs->id,
		.name = d->name,
		.timer = d->def == NULL,
		.state = (int32_t)d->state,
		.status = (enum store_deadline_status)d->status,
		.armed_ms = d->armed_ms,
		.due_day = d->due.day,
		.due_ms = d->due.due_ms,
		.provisional = d->due.provisional,
		.rung = (int32_t)d->rung,
		.next_ms = d->next_ms,
		.ended_ms = d->ended_ms,
		.lead = d->lead,
		.responsible = d->responsible,
		.cooperating = d->cooperating,
		.suspended = d->suspended,
		.counted = d->due.exact ? STORE_COUNTED_HOURS : STORE_COUNTED_DAYS,
	};
	anju_status st = d->id == 0 ? store_deadline_insert(e->options.store, &row, &d->id, err)
				    : store_deadline_update(e->options.store, &row, err);
	if (st == ANJU_OK && d->moved)
		st = store_deadline_rename(
			e->options.store, d->id, d->name, (int32_t)d->state, err);
	if (st != ANJU_OK)
		return st;
	d->dirty = d->moved = d->unsaid = d->shifted = false;
	if (d->next_ms < e->next_due_ms)
		e->next_due_ms = d->next_ms;
	return ANJU_OK;
}

static anju_status write_duties(struct engine *e, struct anju_case *cs, anju_error *err)
{
	for (size_t i = 0; i < cs->duties_len; i++) {
		const struct duty *d = &cs->duties[i];
		if (!d->dirty && !d->moved && !d->unsaid)
			continue;
		anju_status st = engine_persist_duty(e, cs, &cs->duties[i], err);
		if (st != ANJU_OK)
			return st;
	}
	case_sweep_duties(cs);
	return ANJU_OK;
}

static anju_status write_relations(struct engine *e, const struct anju_case *cs,
	const struct case_effects *fx, anju_error *err)
{
	const char *name;
	json_t *ids;
	json_object_foreach(fx->relations, name, ids) {
		anju_status st = store_relation_clear(e->options.store, cs->id, name, err);
		size_t i;
		json_t *id;
		json_array_foreach(ids, i, id) {
			if (st == ANJU_OK)
				st = store_relation_add(e->options.store, cs->id, name,
					json_integer_value(id), err);
		}
		if (st != ANJU_OK)
			return st;
	}
	return ANJU_OK;
}

static anju_status write_entry(struct engine *e, const struct anju_case *cs,
	const struct case_effects *fx, const struct case_request *request, const char *idem,
	anju_error *err)
{
	char actor[CASE_ACTOR_CHARS];
	struct store_entry entry = {
		.case_id = cs->id,
		.rev = cs->rev,
		.recorded_ms = e->env.now_ms,
		.effective_ms = request->effective_ms,
		.event = request->event,
		.actor = case_actor(request->who, actor),
		.reason = request->reason,
		.body = fx->body.data,
		.idem = idem,
	};
	memcpy(entry.hash, cs->head, HASH_BYTES);
	return store_journal_append(e->options.store, &entry, &e->last_seq, err);
}

struct case_texts {
	struct buf meta, data;
};

static void case_texts_done(struct case_texts *t)
{
	buf_done(&t->meta);
	buf_done(&t->data);
}

/* What the row says of idempotency keys; NULL: what it said before. */
static const void *idem_of(const struct anju_case *cs, bool changed)
{
	if (!changed && cs->id != 0)
		return NULL;
	return cs->idem.prints != NULL ? (const void *)cs->idem.prints : "";
}

static anju_status fill_row(struct anju_case *cs, const struct case_effects *fx, const char *idem,
	struct case_texts *t, struct store_case *row, anju_error *err)
{
	bool remember = idem != NULL && cs->idem.known;
	if (remember && !idem_add(&cs->idem, idem_print(idem)))
		return anju_fail_nomem(err);
	if (fx->meta_changed)
		case_write_meta(cs, &t->meta);
	if (fx->data_changed)
		case_write_data(cs, &t->data);
	if (t->meta.failed || t->data.failed)
		return anju_fail_nomem(err);
	*row = (struct store_case){
		.id = cs->id,
		.workflow = cs->wf->id,
		.key = cs->key,
		.hash = cs->wf->hash_hex,
		.rev = cs->rev,
		.region = cs->region,
		.phase = cs->phase,
		.state = fx->state.data != NULL ? fx->state.data : "",
		.data = fx->data_changed ? t->data.data : NULL,
		.meta = fx->meta_changed ? t->meta.data : NULL,
		.done = cs->done,
		.opened_ms = cs->opened_ms,
		.updated_ms = cs->updated_ms,
		.idem = idem_of(cs, remember),
		.idem_bytes = cs->idem.len * sizeof cs->idem.prints[0],
	};
	memcpy(row->head, cs->head, HASH_BYTES);
	return ANJU_OK;
}

/* A new case has to be there before its entry. Else the entry goes first: the row then names it as its last. */
static anju_status write_case(struct engine *e, struct anju_case *cs, const struct store_case *row,
	const struct case_effects *fx, const struct case_request *request, const char *idem,
	anju_error *err)
{
	struct store *store = e->options.store;
	bool is_new = cs->id == 0;
	anju_status st = is_new ? store_case_insert(store, row, &cs->id, err)
				: write_entry(e, cs, fx, request, idem, err);
	if (st != ANJU_OK)
		return st;
	e->writing = true;
	return is_new ? write_entry(e, cs, fx, request, idem, err)
		      : store_case_update(store, row, err);
}

anju_status engine_persist(struct engine *e, struct anju_case *cs, struct case_effects *fx,
	const struct case_request *request, const char *idem, anju_error *err)
{
	struct case_texts texts = {0};
	struct store_case row;
	anju_status st = fill_row(cs, fx, idem, &texts, &row, err);
	if (st == ANJU_OK)
		st = write_case(e, cs, &row, fx, request, idem, err);
	case_texts_done(&texts);
	if (st == ANJU_OK)
		st = write_duties(e, cs, err);
	if (st == ANJU_OK)
		st = write_relations(e, cs, fx, err);
	if (st == ANJU_OK && fx->notices_len > 0)
		st = engine_notices(e, cs, fx, err);
	if (st == ANJU_OK && fx->duties != NULL)
		st = engine_duty_words(e, cs, fx, request, err);
	return st;
}
