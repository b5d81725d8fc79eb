#include "migrate/arrive.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "migrate/arrive_impl.h"

/* --- states --- */

static anju_status refuse_state(
	const struct arrival *a, const char *id, const char *found, anju_error *err)
{
	(void)anju_fail(err, ANJU_E_INVALID, id, "state %s does not fit the new definition", found);
	anju_error_where(err, "/states");
	anju_error_found(err, "%s", found);
	anju_error_allowed(err, "%s", a->m->to->version);
	return ANJU_E_INVALID;
}

static anju_status land(
	struct arrival *a, uint32_t state, uint32_t *out, size_t *len, size_t max, anju_error *err)
{
	uint32_t targets[PLAN_TARGETS_MAX];
	size_t n;
	enum landing landing =
		plan_land(a->m->plan, a->m->old->chart, a->m->next->chart, state, targets, &n);
	if (landing != LANDING_OK || *len + n > max)
		return refuse_state(a, "migrate.state_refused",
			chart_state_at(a->m->old->chart, state)->path, err);
	for (size_t i = 0; i < n; i++)
		out[(*len)++] = targets[i];
	return ANJU_OK;
}

/* What is remembered must be whole: regions that are new are remembered as they begin. */
static anju_status complete_memory(struct arrival *a, uint32_t h, const uint32_t *found,
	size_t found_len, struct buf *out, anju_error *err)
{
	const struct chart *next = a->m->next->chart;
	const struct chart_state *history = chart_state_at(next, h);
	ANJU_AUTO(chart_snapshot) placed = NULL;
	uint32_t leaves[ARRIVE_LEAVES_MAX], last = CHART_NONE;
	if (chart_snapshot_place(next, found, found_len, &placed, NULL) != ANJU_OK)
		return refuse_state(a, "migrate.history", history->path, err);
	size_t n = chart_snapshot_leaves(next, placed, leaves, ARRIVE_LEAVES_MAX);
	bool deep = arrive_is_deep(a->m, h);
	for (size_t i = 0; i < n && i < ARRIVE_LEAVES_MAX; i++) {
		uint32_t s = leaves[i], parent = history->parent;
		if (s <= parent || s >= chart_state_at(next, parent)->end)
			continue;
		while (!deep && chart_state_at(next, s)->parent != parent)
			s = chart_state_at(next, s)->parent;
		if (s == last)
			continue;
		if (last == CHART_NONE)
			buf_addf(out, "|%s=", history->path);
		else
			buf_addc(out, ',');
		buf_adds(out, chart_state_at(next, s)->path);
		last = s;
	}
	return ANJU_OK;
}

/* "a.hist=a.x,a.y", without the bar; what cannot be remembered any more is forgotten. */
static anju_status land_memory(
	struct arrival *a, const char *text, size_t n, struct buf *out, anju_error *err)
{
	const struct chart *old = a->m->old->chart;
	ANJU_AUTO_MEM char *copy = strndup(text, n);
	char *list = copy != NULL ? strchr(copy, '=') : NULL;
	if (copy == NULL)
		return anju_fail_nomem(err);
	if (list == NULL)
		return ANJU_OK;
	*list++ = '\0';
	uint32_t h = arrive_history(a->m, copy), found[ARRIVE_LEAVES_MAX];
	size_t len = 0;
	if (h == CHART_NONE)
		return ANJU_OK;
	anju_status st = ANJU_OK;
	for (char *path = list, *end; path != NULL && st == ANJU_OK; path = end) {
		end = strchr(path, ',');
		if (end != NULL)
			*end++ = '\0';
		st = land(a, chart_state_by_path(old, path), found, &len, ARRIVE_LEAVES_MAX, err);
	}
	if (st != ANJU_OK || len == 0)
		return st;
	return complete_memory(a, h, found, len, out, err);
}

static anju_status land_memories(
	struct arrival *a, const char *state, struct buf *out, anju_error *err)
{
	const char *bar = strchr(state, '|');
	anju_status st = ANJU_OK;
	while (bar != NULL && st == ANJU_OK) {
		const char *next = strchr(bar + 1, '|');
		size_t n = next != NULL ? (size_t)(next - bar - 1) : strlen(bar + 1);
		st = land_memory(a, bar + 1, n, out, err);
		bar = next;
	}
	return st;
}

static anju_status place(struct arrival *a, const struct case_row *row, anju_error *err)
{
	const struct chart *old = a->m->old->chart, *next = a->m->next->chart;
	uint32_t leaves[ARRIVE_LEAVES_MAX], found[ARRIVE_LEAVES_MAX];
	size_t n, len = 0;
	anju_status st = chart_snapshot_read(old, row->state, &a->before, err);
	if (st != ANJU_OK)
		return st;
	n = chart_snapshot_leaves(old, a->before, leaves, ARRIVE_LEAVES_MAX);
	if (n > ARRIVE_LEAVES_MAX)
		return refuse_state(a, "migrate.state", row->state, err);
	for (size_t i = 0; i < n && st == ANJU_OK; i++)
		st = land(a, leaves[i], found, &len, ARRIVE_LEAVES_MAX, err);
	if (st != ANJU_OK)
		return st;
	ANJU_AUTO(chart_snapshot) placed = NULL;
	ANJU_AUTO_BUF text = BUF_INIT;
	if (len == 0 || chart_snapshot_place(next, found, len, &placed, NULL) != ANJU_OK)
		return refuse_state(a, "migrate.state", row->state, err);
	bool done = chart_snapshot_done(placed);
	chart_snapshot_write(next, placed, &text);
	if (done) /* put behind the memories again */
		text.data[text.len -= 2] = '\0';
	st = land_memories(a, row->state, &text, err);
	if (st == ANJU_OK && done)
		buf_adds(&text, "|!");
	if (st == ANJU_OK && text.failed)
		st = anju_fail_nomem(err);
	if (st != ANJU_OK)
		return st;
	/* of the case's own chart, which is the same one compiled with its guards */
	if (chart_snapshot_read(a->m->to->chart, text.data, &a->cs->snapshot, NULL) != ANJU_OK)
		return refuse_state(a, "migrate.history", row->state, err);
	a->cs->done = done;
	return ANJU_OK;
}

/* --- fields, documents, locks --- */

static anju_status rename_members(
	const json_t *from, const json_t *rename, const json_t *drop, json_t **ret, anju_error *err)
{
	const char *name;
	json_t *v;
	json_t *out = json_object();
	json_object_foreach((json_t *)from, name, v) {
		const char *to = plan_name(rename, drop, name);
		if (to != NULL && (out == NULL || json_object_set(out, to, v) != 0)) {
			json_decref(out);
			return anju_fail_nomem(err);
		}
	}
	*ret = out;
	return out != NULL ? ANJU_OK : anju_fail_nomem(err);
}

static anju_status fit_field(struct arrival *a, const struct org *org, const struct field *f,
	json_t *data, anju_error *err)
{
	const struct plan *plan = a->m->plan;
	json_t *v = json_object_get(data, f->name);
	json_t *other = json_object_get(plan->replace, f->name);
	if (v != NULL && other != NULL && field_check(f, org, v, NULL) != ANJU_OK)
		v = NULL;
	json_t *given = other != NULL ? other : json_object_get(plan->fill, f->name);
	if (v == NULL && given != NULL) {
		v = given;
		if (json_object_set(data, f->name, v) != 0)
			return anju_fail_nomem(err);
	}
	if (v != NULL)
		return field_check(f, org, v, err);
	if (!f->required)
		return ANJU_OK;
	(void)anju_fail(err, ANJU_E_INVALID, "case.field_missing", "field %s is required", f->name);
	anju_error_where(err, "/data/%s", f->name);
	message_found_words(err, f->title.text[LANG_ZH], f->title.text[LANG_EN]);
	anju_error_allowed(err, "%s", f->name);
	return ANJU_E_INVALID;
}

static anju_status unknown_member(
	const char *id, const char *where, const char *name, anju_error *err)
{
	(void)anju_fail(err, ANJU_E_INVALID, id, "%s is unknown to the new definition", name);
	anju_error_where(err, "/%s/%s", where, name);
	anju_error_found(err, "%s", name);
	return ANJU_E_INVALID;
}

/* *ret is the caller's, also when it fails. */
static anju_status fit_data(
	struct arrival *a, const struct org *org, const json_t *old, json_t **ret, anju_error *err)
{
	const struct workflow *to = a->m->to;
	const char *name;
	json_t *v;
	anju_status st = rename_members(old, a->m->plan->rename, a->m->plan->drop, ret, err);
	for (size_t i = 0; i < to->fields_len && st == ANJU_OK; i++)
		st = fit_field(a, org, &to->fields[i], *ret, err);
	json_object_foreach(*ret, name, v) {
		if (st == ANJU_OK && workflow_field(to, name) == NULL)
			st = unknown_member("migrate.field", "data", name, err);
	}
	if (st == ANJU_OK && !values_read(to, *ret, &a->cs->values))
		st = anju_fail_nomem(err);
	return st;
}

/* What a journal entry says of it: members that are there no more are null. */
static json_t *difference(const json_t *before, const json_t *after)
{
	const char *name;
	json_t *v;
	json_t *patch = json_object();
	json_object_foreach((json_t *)before, name, v) {
		if (json_object_get(after, name) == NULL)
			(void)json_object_set_new(patch, name, json_null());
	}
	json_object_foreach((json_t *)after, name, v) {
		const json_t *old = json_object_get(before, name);
		if (old == NULL || !json_equal((json_t *)old, v))
			(void)json_object_set(patch, name, v);
	}
	return patch;
}

static anju_status fit_docs(
	struct arrival *a, const json_t *old, struct case_effects *fx, anju_error *err)
{
	const char *name;
	json_t *v, *docs = NULL;
	anju_status st =
		rename_members(old, a->m->plan->doc_rename, a->m->plan->doc_drop, &docs, err);
	json_object_foreach(docs, name, v) {
		if (st == ANJU_OK && workflow_doc(a->m->to, name) == NULL)
			st = unknown_member("migrate.doc", "docs", name, err);
	}
	if (st == ANJU_OK && !json_equal(docs, (json_t *)old))
		fx->docs = difference(old, docs);
	if (st == ANJU_OK && json_object_size(docs) > 0)
		a->cs->docs = json_incref(docs);
	json_decref(docs);
	return st;
}

static bool had_lock(const struct side *old, const char *field)
{
	const json_t *write = json_object_get(json_object_get(old->fields, field), "write");
	return json_object_get(write, "until") != NULL;
}

/* Locks go along; a field that the new definition locks in a state the case is in is locked too. */
static anju_status fit_locks(
	struct arrival *a, const json_t *old, bool *ret_changed, anju_error *err)
{
	const struct plan *plan = a->m->plan;
	const struct workflow *to = a->m->to;
	ANJU_AUTO_JSON *locks = json_array();
	json_t *v;
	size_t i;
	json_array_foreach((json_t *)old, i, v) {
		const char *name = plan_name(plan->rename, plan->drop, json_string_value(v));
		if (name != NULL && workflow_field(to, name) != NULL && !plan_lists(locks, name))
			(void)json_array_append_new(locks, json_string(name));
	}
	for (i = 0; i < to->fields_len; i++) {
		const struct field *f = &to->fields[i];
		if (f->until != CHART_NONE && chart_snapshot_in(a->cs->snapshot, f->until) &&
			!had_lock(a->m->old, f->name) && !plan_lists(locks, f->name))
			(void)json_array_append_new(locks, json_string(f->name));
	}
	json_array_foreach(locks, i, v) {
		if (!values_lock(
			    to, &a->cs->values, workflow_field(to, json_string_value(v)), true))
			return anju_fail_nomem(err);
	}
	*ret_changed = !json_equal(locks, (json_t *)old);
	return locks != NULL ? ANJU_OK : anju_fail_nomem(err);
}

/* What was done to deadlines goes along under their new names; what has no deadline any more is forgotten. */
static anju_status fit_duty_log(
	struct arrival *a, const json_t *old, struct case_effects *fx, anju_error *err)
{
	const char *name;
	json_t *log, *now = json_object();
	ANJU_AUTO_JSON *patch = json_object();
	a->cs->duty_log = now;
	json_object_foreach((json_t *)old, name, log) {
		const char *to = plan_name(a->m->plan->deadline_rename, NULL, name);
		bool same = strcmp(to, name) == 0, known = false;
		for (size_t i = 0; i < a->m->to->deadlines_len; i++)
			known = known || strcmp(a->m->to->deadlines[i].name, to) == 0;
		/* one that another comes to be called like is written over below */
		if ((!known || !same) && json_object_get(patch, name) == NULL)
			(void)json_object_set_new(patch, name, json_null());
		if (!known)
			continue;
		ANJU_AUTO_JSON *all = json_pack("[n]");
		(void)json_array_extend(all, log);
		if (json_object_set(now, to, log) != 0 ||
			(!same && json_object_set(patch, to, all) != 0))
			return anju_fail_nomem(err);
	}
	if (json_object_size(patch) > 0)
		fx->duties = json_incref(patch);
	return now != NULL && patch != NULL ? ANJU_OK : anju_fail_nomem(err);
}

static anju_status bring(struct arrival *a, const struct case_env *env, const struct case_row *row,
	struct case_effects *fx, anju_error *err)
{
	ANJU_AUTO_JSON *data = json_loads(row->data, 0, NULL);
	ANJU_AUTO_JSON *now = NULL;
	ANJU_AUTO_JSON *meta = json_loads(row->meta, 0, NULL);
	const json_t *docs = json_object_get(meta, "docs"), *locks = json_object_get(meta, "locks");
	if (!json_is_object(data) || !json_is_object(docs) || !json_is_array(locks)) {
		(void)anju_fail(err, ANJU_E_CORRUPT, "case.row", "stored case %s/%s cannot be read",
			a->m->to->id, row->key);
		anju_error_found(err, "%s/%s", a->m->to->id, row->key);
		return ANJU_E_CORRUPT;
	}
	anju_status st = place(a, row, err);
	if (st == ANJU_OK)
		st = fit_data(a, env->org, data, &now, err);
	if (st == ANJU_OK)
		st = fit_docs(a, docs, fx, err);
	if (st == ANJU_OK)
		st = fit_locks(a, locks, &fx->locks_changed, err);
	if (st == ANJU_OK)
		st = fit_duty_log(a, json_object_get(meta, "duties"), fx, err);
	if (st != ANJU_OK)
		return st;
	fx->patch = json_equal(data, now) ? NULL : difference(data, now);
	fx->data_changed = fx->meta_changed = true;
	return ANJU_OK;
}

/* --- all of it --- */

static struct anju_case *new_case(const struct workflow *to, const struct case_row *row)
{
	struct anju_case *cs = calloc(1, sizeof *cs);
	if (cs == NULL)
		return NULL;
	cs->wf = to;
	cs->phase = "";
	cs->key = strdup(row->key);
	cs->id = row->id;
	cs->rev = row->rev;
	cs->opened_ms = row->opened_ms;
	cs->updated_ms = row->updated_ms;
	memcpy(cs->head, row->head, HASH_BYTES);
	(void)snprintf(cs->region, sizeof cs->region, "%s", row->region);
	if (cs->key != NULL)
		return cs;
	anju_case_free(cs);
	return NULL;
}

static anju_status conclude(struct arrival *a, const struct case_env *env,
	const struct case_request *request, struct case_effects *fx, anju_error *err)
{
	const struct migration *m = a->m;
	ANJU_AUTO_JSON *definition = json_pack("{s:s, s:s, s:s, s:s}", "from", m->old->hash, "to",
		m->to->hash_hex, "from_version", m->old->version, "to_version", m->to->version);
	struct case_move move = {.definition = definition,
		.fates = a->fates,
		.fates_len = a->cs->duties_len,
		.arms = a->arms,
		.arms_len = a->arms_len,
		.timers = a->timers,
		.timers_len = a->timers_len};
	if (definition == NULL)
		return anju_fail_nomem(err);
	return case_move(env, a->cs, &move, request, fx, err);
}

anju_status migrate_case(const struct case_env *env, const struct migration *migration,
	const struct case_row *row, const struct arrive_duty *duties, size_t duties_len,
	const struct case_request *request, struct case_effects *fx, struct anju_case **ret,
	anju_error *err)
{
	struct arrival a = {.m = migration, .cs = new_case(migration->to, row)};
	anju_status st = a.cs != NULL ? ANJU_OK : anju_fail_nomem(err);
	if (st == ANJU_OK)
		st = bring(&a, env, row, fx, err);
	if (st == ANJU_OK)
		st = arrive_duties(&a, duties, duties_len, err);
	if (st == ANJU_OK)
		st = conclude(&a, env, request, fx, err);
	if (st == ANJU_OK)
		*ret = ANJU_TAKE(a.cs);
	anju_case_free(a.cs);
	chart_snapshot_free(a.before);
	free(a.fates);
	free(a.arms);
	free(a.timers);
	return st;
}
