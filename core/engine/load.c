/** Cases out of the cache or the store, and the surroundings that core/case asks for. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "engine/impl.h"
#include "plugin/plugin.h"

_Static_assert((int)DUTY_OPEN == STORE_DEADLINE_OPEN && (int)DUTY_MET == STORE_DEADLINE_MET &&
		       (int)DUTY_MET_LATE == STORE_DEADLINE_MET_LATE &&
		       (int)DUTY_SUPERSEDED == STORE_DEADLINE_SUPERSEDED &&
		       (int)DUTY_WAIVED == STORE_DEADLINE_WAIVED &&
		       (int)DUTY_WATCHED == STORE_DEADLINE_WATCHED,
	"a duty's status is stored as it is");

/* The stored number is the state's place in the file, and the same definition may come back with its states in
 * another order; what the thing is called says which state it belongs to. */
static uint32_t declaring_state(
	const struct workflow *wf, const struct deadline_def *def, const struct store_deadline *row)
{
	if (def != NULL)
		return def->state;
	uint32_t state = chart_state_by_timer(wf->chart, row->name);
	return state != CHART_NONE ? state : (uint32_t)row->state;
}

struct loading {
	struct anju_case *cs;
	bool failed;
};

bool engine_due_exact(const struct store_deadline *row)
{
	if (row->counted != STORE_COUNTED_UNSAID)
		return row->counted == STORE_COUNTED_HOURS;
	/* an older version did not say: the end of a day looks like the end of one */
	return row->timer ||
	       (row->due_ms != DUTY_NEVER && row->due_ms != timestamp_of_day(row->due_day + 1));
}

static bool add_duty(void *ctx, const struct store_deadline *row)
{
	struct loading *l = ctx;
	struct duty *d = case_add_duty(l->cs);
	if (d == NULL) {
		l->failed = true;
		return false;
	}
	d->id = row->id;
	d->def = row->timer ? NULL : workflow_deadline(l->cs->wf, row->name);
	d->state = declaring_state(l->cs->wf, d->def, row);
	d->status = (enum duty_status)row->status;
	d->armed_ms = row->armed_ms;
	d->dated = row->due_ms != DUTY_NEVER;
	d->due = (struct due){.day = row->due_day,
		.due_ms = row->due_ms,
		.exact = engine_due_exact(row),
		.provisional = row->provisional};
	d->rung = (size_t)row->rung;
	d->next_ms = row->next_ms;
	if (d->def == NULL)
		d->own_name = strdup(row->name);
	d->name = d->def != NULL ? d->def->name : d->own_name;
	d->ended_ms = row->ended_ms;
	d->suspended = row->suspended;
	l->failed = d->name == NULL ||
		    !duty_set_units(d, row->lead, row->responsible, row->cooperating);
	return !l->failed;
}

static anju_status stored_source(void *ctx, const char *hash, json_t **ret, anju_error *err)
{
	struct engine *e = ctx;
	struct store_definition row;
	anju_status st = store_definition_get(e->options.store, hash, &row, err);
	if (st != ANJU_OK)
		return st;
	*ret = json_loads(row.source, 0, NULL);
	return *ret != NULL ? ANJU_OK : anju_fail_nomem(err);
}

anju_status engine_definition(struct engine *e, const char *workflow, const char *hash,
	const struct workflow **ret, anju_error *err)
{
	return shelf_take(e->cache.shelf, workflow, hash, stored_source, e, ret, err);
}

/* The row's texts end with the next read. */
struct row_copy {
	struct buf text;
	size_t at[8];
};

static void copy_text(struct row_copy *copy, int i, const char *s)
{
	copy->at[i] = copy->text.len;
	buf_add(&copy->text, s, strlen(s) + 1);
}

/* A definition that is not in force may have to be read from the store before the case can be built. */
static anju_status take_definition(struct engine *e, struct store_case *row, struct row_copy *copy,
	const struct workflow **ret, anju_error *err)
{
	const char **texts[] = {&row->workflow, &row->key, &row->hash, &row->region, &row->state,
		&row->data, &row->meta};
	const struct workflow *wf = pack_set_workflow(e->options.packs, row->workflow);
	if (wf != NULL && strcmp(wf->hash_hex, row->hash) == 0) {
		*ret = wf;
		return ANJU_OK;
	}
	for (int i = 0; i < 7; i++)
		copy_text(copy, i, *texts[i]);
	copy->at[7] = copy->text.len;
	if (row->idem != NULL)
		buf_add(&copy->text, row->idem, row->idem_bytes);
	if (copy->text.failed)
		return anju_fail_nomem(err);
	for (int i = 0; i < 7; i++)
		*texts[i] = copy->text.data + copy->at[i];
	if (row->idem != NULL)
		row->idem = copy->text.data + copy->at[7];
	return engine_definition(e, row->workflow, row->hash, ret, err);
}

static anju_status build_case(struct engine *e, const struct workflow *wf,
	const struct store_case *row, struct anju_case **ret, anju_error *err)
{
	struct case_row texts = {
		.id = row->id,
		.rev = row->rev,
		.key = row->key,
		.region = row->region,
		.state = row->state,
		.data = row->data,
		.meta = row->meta,
		.done = row->done,
		.opened_ms = row->opened_ms,
		.updated_ms = row->updated_ms,
		.head = row->head,
	};
	ANJU_AUTO(anju_case) cs = NULL;
	anju_status st = case_from_row(wf, &texts, &cs, err);
	if (st != ANJU_OK)
		return st;
	if (!idem_load(&cs->idem, row->idem, row->idem_bytes))
		return anju_fail_nomem(err);
	struct loading l = {.cs = cs};
	st = store_deadlines_of(e->options.store, cs->id, add_duty, &l, err);
	if (st == ANJU_OK && l.failed)
		st = anju_fail_nomem(err);
	if (st == ANJU_OK)
		*ret = ANJU_TAKE(cs);
	return st;
}

static anju_status from_store(
	struct engine *e, struct store_case *row, struct cached **ret, anju_error *err)
{
	struct row_copy copy = {.text = BUF_INIT};
	const struct workflow *wf = NULL;
	struct anju_case *cs = NULL;
	anju_status st = take_definition(e, row, &copy, &wf, err);
	if (st == ANJU_OK)
		st = build_case(e, wf, row, &cs, err);
	buf_done(&copy.text);
	if (st != ANJU_OK) {
		shelf_give(e->cache.shelf, wf);
		return st;
	}
	struct cached *c = cache_put_take(&e->cache, cs);
	if (c == NULL)
		return anju_fail_nomem(err);
	*ret = c;
	return ANJU_OK;
}

anju_status engine_load(struct engine *e, const char *workflow, const char *key,
	struct cached **ret, anju_error *err)
{
	struct cached *c = cache_by_name(&e->cache, workflow, key);
	if (c != NULL) {
		*ret = c;
		return ANJU_OK;
	}
	struct store_case row;
	anju_status st = store_case_find(e->options.store, workflow, key, &row, err);
	if (st == ANJU_E_NOTFOUND) {
		(void)anju_fail(err, st, "engine.no_case", "there is no case %s/%s", workflow, key);
		anju_error_where(err, "/case");
		anju_error_found(err, "%s/%s", workflow, key);
	}
	return st == ANJU_OK ? from_store(e, &row, ret, err) : st;
}

anju_status engine_load_id(struct engine *e, int64_t id, struct cached **ret, anju_error *err)
{
	struct cached *c = cache_by_id(&e->cache, id);
	if (c != NULL) {
		*ret = c;
		return ANJU_OK;
	}
	struct store_case row;
	anju_status st = store_case_get(e->options.store, id, &row, err);
	return st == ANJU_OK ? from_store(e, &row, ret, err) : st;
}

/* --- what core/case asks --- */

struct ids {
	int64_t *items;
	size_t len, cap;
	bool failed;
};

static bool add_id(void *ctx, int64_t id)
{
	struct ids *ids = ctx;
	if (ids->len == ids->cap) {
		size_t cap = ids->cap == 0 ? 16 : ids->cap * 2;
		int64_t *p = realloc(ids->items, cap * sizeof *p);
		if (p == NULL) {
			ids->failed = true;
			return false;
		}
		ids->items = p;
		ids->cap = cap;
	}
	ids->items[ids->len++] = id;
	return true;
}

static json_t *case_view(const struct anju_case *cs)
{
	json_t *v = case_data(cs);
	if (v == NULL)
		return NULL;
	json_object_set_new(v, "key", json_string(cs->key));
	json_object_set_new(v, "phase", json_string(cs->phase));
	json_object_set_new(v, "states", case_states(cs));
	return v;
}

static anju_status related_ids(struct engine *e, const struct anju_case *cs,
	const struct relation *rel, const json_t *given, struct ids *ret)
{
	size_t i;
	json_t *v;
	if (given == NULL) {
		const char *name = rel->inverse != NULL ? rel->inverse : rel->name;
		return store_related(
			e->options.store, cs->id, name, rel->inverse != NULL, add_id, ret, NULL);
	}
	json_array_foreach((json_t *)given, i, v) {
		if (!add_id(ret, json_integer_value(v)))
			break;
	}
	return ANJU_OK;
}

static json_t *related(
	void *ctx, struct anju_case *cs, const struct relation *rel, const json_t *given)
{
	struct engine *e = ctx;
	struct ids ids = {0};
	json_t *list = json_array();
	if (cs->id == 0 && given == NULL)
		return list; /* being opened: nothing points to it yet */
	anju_status st = related_ids(e, cs, rel, given, &ids);
	for (size_t i = 0; i < ids.len && st == ANJU_OK && !ids.failed; i++) {
		struct cached *c = NULL;
		st = engine_load_id(e, ids.items[i], &c, NULL);
		/* one relation name may serve several workflows */
		if (st == ANJU_OK && strcmp(c->cs->wf->id, rel->to) == 0)
			json_array_append_new(list, case_view(c->cs));
	}
	free(ids.items);
	if (st == ANJU_OK && !ids.failed)
		return list;
	json_decref(list);
	return NULL;
}

static anju_status policy(void *ctx, const struct guard *guard, const json_t *input,
	json_t **ret_verdict, anju_error *err)
{
	struct engine *e = ctx;
	struct plugin *p = guard->policy;
	if (p == NULL && e->options.plugins != NULL)
		p = plugin_set_find(e->options.plugins, guard->plugin);
	if (p != NULL)
		return plugin_policy(
			p, guard->function, input, e->options.policy_timeout_ms, ret_verdict, err);
	(void)anju_fail(
		err, ANJU_E_PLUGIN, "engine.no_plugin", "plugin %s is not loaded", guard->plugin);
	anju_error_found(err, "%s.%s", guard->plugin, guard->function);
	return ANJU_E_PLUGIN;
}

static anju_status find(
	void *ctx, const char *workflow, const char *key, int64_t *ret_id, anju_error *err)
{
	struct cached *c = NULL;
	anju_status st = engine_load(ctx, workflow, key, &c, err);
	if (st == ANJU_OK)
		*ret_id = c->id;
	return st;
}

void engine_bind_env(struct engine *e)
{
	e->env = (struct case_env){
		.org = pack_set_org(e->options.packs),
		.calendar = e->calendar,
		.rules = pack_set_rules(e->options.packs),
		.office_minute = e->office_minute,
		.arena = e->arena,
		.ctx = e,
		.related = related,
		.policy = policy,
		.find = find,
		.observer = e->options.observer,
	};
}
