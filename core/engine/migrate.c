/** One case of a migration: read as it is stored, brought over by core/migrate, stored under its new definition. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "engine/impl.h"
#include "migrate/arrive.h"

/* A case as it is stored, kept while other rows are read. */
struct stored {
	struct buf text;
	struct case_row row;
	bool elsewhere;             /* under another definition by now, or over */
	struct arrive_duty *duties; /* owned; their texts too */
	size_t duties_len, duties_cap;
	const struct side *old; /* borrowed */
	bool failed;
};

static void stored_done(struct stored *s)
{
	for (size_t i = 0; i < s->duties_len; i++) {
		free(s->duties[i].duty.own_name);
		free(s->duties[i].duty.lead);
	}
	free(s->duties);
	buf_done(&s->text);
}

static bool add_duty(void *ctx, const struct store_deadline *row)
{
	struct stored *s = ctx;
	if (s->duties_len == s->duties_cap) {
		size_t cap = s->duties_cap + 8;
		struct arrive_duty *p = realloc(s->duties, cap * sizeof *p);
		s->failed = p == NULL;
		if (s->failed)
			return false;
		s->duties = p;
		s->duties_cap = cap;
	}
	/* by name, as when a case is loaded: the stored number is the state's place in the file */
	uint32_t state = row->timer ? chart_state_by_timer(s->old->chart, row->name)
				    : side_deadline_state(s->old, row->name, 0);
	struct duty d = {.id = row->id,
		.state = state != CHART_NONE ? state : (uint32_t)row->state,
		.status = (enum duty_status)row->status,
		.armed_ms = row->armed_ms,
		.dated = row->due_ms != DUTY_NEVER,
		.due = {.day = row->due_day,
			.due_ms = row->due_ms,
			.exact = engine_due_exact(row),
			.provisional = row->provisional},
		.rung = (size_t)row->rung,
		.next_ms = row->next_ms,
		.ended_ms = row->ended_ms,
		.suspended = row->suspended,
		.own_name = strdup(row->name)};
	d.name = d.own_name;
	s->failed = d.own_name == NULL ||
		    !duty_set_units(&d, row->lead, row->responsible, row->cooperating);
	s->duties[s->duties_len++] = (struct arrive_duty){.duty = d, .timer = row->timer};
	return !s->failed;
}

static anju_status keep_row(struct stored *s, const struct store_case *row, anju_error *err)
{
	const char *from[] = {row->key, row->region, row->state, row->data, row->meta};
	size_t at[5];
	s->row = (struct case_row){.id = row->id,
		.rev = row->rev,
		.done = row->done,
		.opened_ms = row->opened_ms,
		.updated_ms = row->updated_ms};
	for (size_t i = 0; i < 5; i++) {
		at[i] = s->text.len;
		buf_add(&s->text, from[i], strlen(from[i]) + 1);
	}
	buf_add(&s->text, row->head, HASH_BYTES);
	if (s->text.failed)
		return anju_fail_nomem(err);
	s->row.key = s->text.data + at[0];
	s->row.region = s->text.data + at[1];
	s->row.state = s->text.data + at[2];
	s->row.data = s->text.data + at[3];
	s->row.meta = s->text.data + at[4];
	s->row.head = (const uint8_t *)s->text.data + s->text.len - HASH_BYTES;
	return ANJU_OK;
}

static anju_status read_stored(
	struct engine *e, int64_t id, const struct migration *m, struct stored *s, anju_error *err)
{
	struct store_case row;
	anju_status st = store_case_get(e->options.store, id, &row, err);
	if (st != ANJU_OK)
		return st;
	s->elsewhere = row.done || strcmp(row.hash, m->old->hash) != 0;
	if (s->elsewhere)
		return ANJU_OK;
	s->old = m->old;
	st = keep_row(s, &row, err);
	if (st == ANJU_OK)
		st = store_deadlines_of(e->options.store, id, add_duty, s, err);
	return st == ANJU_OK && s->failed ? anju_fail_nomem(err) : st;
}

/* --- relations under other names --- */

struct links {
	json_t *ids; /* borrowed: effects */
	bool failed;
};

static bool add_link(void *ctx, int64_t id)
{
	struct links *links = ctx;
	links->failed = json_array_append_new(links->ids, json_integer(id)) != 0;
	return !links->failed;
}

static anju_status name_links(struct engine *e, const json_t *ids, json_t *names, anju_error *err)
{
	size_t i;
	json_t *id;
	anju_status st = ANJU_OK;
	json_array_foreach((json_t *)ids, i, id) {
		struct store_case row;
		if (st == ANJU_OK)
			st = store_case_get(e->options.store, json_integer_value(id), &row, err);
		if (st == ANJU_OK && json_array_append_new(names,
					     json_sprintf("%s/%s", row.workflow, row.key)) != 0)
			st = anju_fail_nomem(err);
	}
	return st;
}

/* What was stored as `name` is stored as `to` from now on; NULL: not at all. */
static anju_status move_links(struct engine *e, int64_t id, const char *name, const char *to,
	struct case_effects *fx, anju_error *err)
{
	json_t *ids = json_array(), *names = json_array();
	struct links links = {.ids = ids};
	if (fx->relations == NULL) {
		fx->relations = json_object();
		fx->relation_names = json_object();
	}
	(void)json_object_set_new(fx->relations, name, json_array());
	(void)json_object_set_new(fx->relation_names, name, json_array());
	anju_status st = store_related(e->options.store, id, name, false, add_link, &links, err);
	if (st == ANJU_OK)
		st = name_links(e, ids, names, err);
	if (st == ANJU_OK && to != NULL &&
		(json_object_set(fx->relations, to, ids) != 0 ||
			json_object_set(fx->relation_names, to, names) != 0))
		st = anju_fail_nomem(err);
	json_decref(ids);
	json_decref(names);
	return st == ANJU_OK && links.failed ? anju_fail_nomem(err) : st;
}

static anju_status move_relations(struct engine *e, int64_t id, const struct plan *plan,
	struct case_effects *fx, anju_error *err)
{
	const char *name;
	json_t *v;
	size_t i;
	anju_status st = ANJU_OK;
	json_array_foreach((json_t *)plan->relation_drop, i, v) {
		if (st == ANJU_OK)
			st = move_links(e, id, json_string_value(v), NULL, fx, err);
	}
	json_object_foreach((json_t *)plan->relation_rename, name, v) {
		if (st == ANJU_OK)
			st = move_links(e, id, name, json_string_value(v), fx, err);
	}
	return st;
}

/* --- the command --- */

static anju_status keep_case(struct engine *e, struct anju_case *cs, struct case_effects *fx,
	const struct case_request *request, anju_error *err)
{
	/* in memory it is still the old one; nobody holds it between commands */
	struct cached *c = cache_by_id(&e->cache, cs->id);
	if (c != NULL)
		cache_drop(&e->cache, c);
	anju_status st = engine_persist(e, cs, fx, request, NULL, err);
	if (st != ANJU_OK)
		return st;
	return store_case_redefine(e->options.store, cs->id, cs->wf->hash_hex, err);
}

static void reply(struct command *cmd, const struct stored *s, const struct case_effects *fx)
{
	buf_adds(&cmd->reply, "{\"before\":");
	buf_add_json_string(&cmd->reply, s->row.state, strlen(s->row.state));
	buf_adds(&cmd->reply, ",\"after\":");
	buf_add_json_string(&cmd->reply, fx->state.data, fx->state.len);
	buf_addc(&cmd->reply, '}');
}

static anju_status bring(struct engine *e, struct command *cmd, const struct stored *s,
	struct case_effects *fx, anju_error *err)
{
	const struct migration *m = cmd->migration;
	struct case_request request = {.who = &cmd->who,
		.event = CASE_MIGRATE,
		.reason = m->plan->reason,
		.effective_ms = e->env.now_ms};
	ANJU_AUTO(anju_case) cs = NULL;
	anju_status st = move_relations(e, s->row.id, m->plan, fx, err);
	if (st == ANJU_OK)
		st = migrate_case(
			&e->env, m, &s->row, s->duties, s->duties_len, &request, fx, &cs, err);
	if (st == ANJU_OK && !cmd->dry_run)
		st = keep_case(e, cs, fx, &request, err);
	if (st == ANJU_OK)
		reply(cmd, s, fx);
	return st;
}

anju_status engine_migrate(
	struct engine *e, struct command *cmd, struct case_effects *fx, anju_error *err)
{
	struct stored s = {.text = BUF_INIT};
	if (!cmd->who.admin)
		return anju_fail(
			err, ANJU_E_DENIED, "engine.not_admin", "only an administrator may");
	anju_status st = read_stored(e, cmd->case_id, cmd->migration, &s, err);
	if (st == ANJU_OK && s.elsewhere)
		buf_adds(&cmd->reply, "{}");
	else if (st == ANJU_OK)
		st = bring(e, cmd, &s, fx, err);
	stored_done(&s);
	return st;
}

anju_status engine_note(struct engine *e, struct command *cmd, anju_error *err)
{
	anju_status st = store_meta_put(e->options.store, cmd->key, cmd->reason, err);
	e->writing = st == ANJU_OK;
	return st;
}
