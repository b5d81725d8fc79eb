/**
 * What a deadline does when its time has come: its rung speaks, opens a case, sends an event; a chart timer sends its
 * own.
 *
 * Most rungs only speak. Such a one needs of its case what it says of it and whom that concerns, so a case that is not
 * in memory anyway is not brought there for it: thousands fall due in the same minute, and each would push one out that
 * somebody works on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "engine/impl.h"

/* --- what it says --- */

static void add_string(struct buf *b, const char *s)
{
	buf_add_json_string(b, s, strlen(s));
}

static void add_member(struct buf *b, const char *name, const char *s)
{
	buf_adds(b, name);
	add_string(b, s);
}

static void add_label(struct buf *b, const char *name, const struct label *label, const char *other)
{
	const char *zh = label->text[LANG_ZH], *en = label->text[LANG_EN];
	buf_adds(b, name);
	add_member(b, "{\"zh\":", zh != NULL ? zh : other);
	add_member(b, ",\"en\":", en != NULL ? en : other);
	buf_addc(b, '}');
}

/* What a rung did, when its turn has come. */
struct fired {
	const struct rung *rung;
	size_t index;
	int64_t at_ms; /* when it was to fire */
	struct rung_target targets[32];
	size_t len;
};

/* What all are told; they differ in who they are to the deadline. */
static void write_body(const struct anju_case *cs, const struct duty *d, const struct fired *f,
	enum rung_to to, struct buf *b)
{
	char text[24] = "due";
	const struct rung *rung = f->rung;
	buf_reset(b);
	buf_adds(b, "{\"kind\":\"deadline\",\"workflow\":");
	add_member(b, "{\"id\":", cs->wf->id);
	add_label(b, ",\"title\":", &cs->wf->title, cs->wf->id);
	add_member(b, "},\"key\":", cs->key);
	add_member(b, ",\"name\":", d->name);
	add_label(b, ",\"title\":", &d->def->title, d->name);
	char due[16];
	add_member(b, ",\"due\":", date_format(d->due.day, due));
	buf_adds(b, d->due.provisional ? ",\"provisional\":true" : ",\"provisional\":false");
	add_member(b, ",\"role\":", rung_to_text(to));
	add_member(b, ",\"lead\":", d->lead);
	if (!rung->at_due)
		duration_format(rung->offset, text);
	add_member(b, ",\"rung\":", text);
	if (rung->text != NULL)
		add_label(b, ",\"text\":", &d->def->rung_calls[f->index].text, "");
	buf_addc(b, '}');
}

static anju_status tell(struct engine *e, const struct anju_case *cs, const struct duty *d,
	const struct fired *f, anju_error *err)
{
	char claim[64];
	ANJU_AUTO_BUF body = BUF_INIT;
	anju_status st = ANJU_OK;
	/* with the date: a deadline that has moved reminds again, of the new one */
	snprintf(claim, sizeof claim, "%lld/%d/%zu", (long long)d->id, d->due.day, f->index);
	for (size_t i = 0; i < f->len && st == ANJU_OK; i++) {
		const struct rung_target *to = &f->targets[i];
		if (i == 0 || to->to != f->targets[i - 1].to)
			write_body(cs, d, f, to->to, &body);
		if (body.failed)
			return anju_fail_nomem(err);
		struct engine_item item = {.to = to->unit,
			.claim = claim,
			.case_id = cs->id,
			.deadline_id = d->id,
			.arose_ms = f->at_ms,
			.urgent = f->rung->urgent,
			.text = body.data,
			.channels = f->rung->channels,
			.channels_len = f->rung->channels_len};
		st = engine_item(e, &item, err);
	}
	return st;
}

/* --- what it does besides --- */

/* One that is there already was opened by this rung before, or by somebody for the same reason. */
static anju_status open_case(struct engine *e, const struct cached *c, const struct duty *d,
	const struct fired *f, anju_error *err)
{
	struct case_open open = {0};
	char cause[192];
	anju_status st = case_rung_open(&e->env, c->cs, d, f->index, &open, err);
	if (st != ANJU_OK)
		return st;
	snprintf(cause, sizeof cause, "%s@%lld", c->name, (long long)c->cs->rev);
	st = engine_open_system(e, open.workflow, open.key, open.data, cause, 0, err);
	bool there = engine_is_there(st, err, open.workflow, open.key);
	free(open.key);
	json_decref(open.data);
	return there ? ANJU_OK : st;
}

/* A timer is spent by firing, whether or not a transition takes its event. */
static anju_status fire_timer(struct engine *e, struct cached *c, struct duty *d, anju_error *err)
{
	ANJU_AUTO_MEM char *event = strdup(d->name);
	int64_t due_ms = d->due.due_ms;
	if (event == NULL)
		return anju_fail_nomem(err);
	d->status = DUTY_MET;
	d->ended_ms = due_ms;
	d->next_ms = DUTY_NEVER;
	anju_status st = engine_persist_duty(e, c->cs, d, err);
	return st == ANJU_OK ? engine_send_system(e, c, event, due_ms, NULL, 0, err) : st;
}

/* The rung and when the next one is due is all that is new, unless something else waited to be stored. */
static anju_status move_on(
	struct engine *e, const struct anju_case *cs, struct duty *d, bool alone, anju_error *err)
{
	if (!alone)
		return engine_persist_duty(e, cs, d, err);
	anju_status st = store_rung_put(e->options.store, d->id, (int32_t)d->rung, d->next_ms, err);
	if (st != ANJU_OK)
		return st;
	d->dirty = false;
	if (d->next_ms < e->next_due_ms)
		e->next_due_ms = d->next_ms;
	return ANJU_OK;
}

static anju_status fire_rung(struct engine *e, struct anju_case *cs, struct duty *d,
	enum engine_extent extent, struct fired *f, anju_error *err)
{
	bool alone = !d->dirty && !d->moved && !d->unsaid;
	f->index = d->rung;
	f->at_ms = d->next_ms;
	anju_status st = case_fire_rung(&e->env, cs, d, &f->rung, f->targets,
		sizeof f->targets / sizeof f->targets[0], &f->len, err);
	if (st == ANJU_OK && f->rung != NULL)
		st = tell(e, cs, d, f, err);
	if (st == ANJU_OK && extent == EXTENT_TELL) {
		d->rung = f->index;
		d->next_ms = engine_digest_at(e, NULL, e->env.now_ms + 1);
	}
	return st == ANJU_OK ? move_on(e, cs, d, alone, err) : st;
}

/* --- its case in memory --- */

static anju_status fail_row(
	const struct store_due *row, const char *name, const char *why, anju_error *err)
{
	(void)anju_fail(err, ANJU_E_CORRUPT, "engine.deadline_row", "deadline %lld of %s %s",
		(long long)row->id, name, why);
	anju_error_found(err, "%s %lld", name, (long long)row->id);
	return ANJU_E_CORRUPT;
}

/* Memory and store should agree on what is due; what came before in this very list may have ended it. */
static anju_status not_due(struct engine *e, const struct store_due *row, const struct cached *c,
	int64_t now, anju_error *err)
{
	struct store_deadline stored;
	anju_status st = store_deadline_get(e->options.store, row->id, &stored, err);
	if (st != ANJU_OK)
		return st;
	bool live = stored.status == STORE_DEADLINE_OPEN || stored.status == STORE_DEADLINE_WATCHED;
	if (!live || stored.next_ms > now)
		return ANJU_OK;
	return fail_row(row, c->name, "differs from what is in memory", err);
}

static anju_status fire_cached(struct engine *e, struct cached *c, struct duty *d,
	enum engine_extent extent, bool *ret_told, anju_error *err)
{
	struct fired f = {0};
	anju_status st = fire_rung(e, c->cs, d, extent, &f, err);
	*ret_told = st == ANJU_OK;
	if (st != ANJU_OK || f.rung == NULL || extent == EXTENT_TELL)
		return st;
	if (f.rung->open != NULL)
		st = open_case(e, c, d, &f, err);
	/* last: the event may end the duty, or move it in memory */
	if (st == ANJU_OK && f.rung->send != NULL)
		st = engine_send_system(e, c, f.rung->send, e->env.now_ms, NULL, 0, err);
	return st;
}

static anju_status fire_loaded(struct engine *e, const struct store_due *row, struct cached *c,
	int64_t now, enum engine_extent extent, bool *ret_told, anju_error *err)
{
	struct duty *d = case_duty(c->cs, row->id);
	if (d != NULL && d->status == DUTY_WATCHED && d->next_ms <= now) {
		engine_touch(e, c);
		return engine_check(e, c, d, err);
	}
	if (d == NULL || d->status != DUTY_OPEN || d->next_ms > now)
		return not_due(e, row, c, now, err);
	engine_touch(e, c);
	if (d->def == NULL && d->due.exact)
		return fire_timer(e, c, d, err);
	if (d->def == NULL)
		return fail_row(row, c->name, "has no definition", err);
	return fire_cached(e, c, d, extent, ret_told, err);
}

/* --- its case in the store --- */

/* As much of a case as a reminder speaks of: definition, key, region and, where a role hangs on them, fields. */
struct outline {
	struct anju_case cs;
	struct duty duty;
};

static bool reads_fields(const struct role_list *list)
{
	for (size_t i = 0; i < list->len; i++) {
		enum role_scope scope = list->roles[i].scope;
		if (scope == ROLE_BINDING || scope == ROLE_OBLIGATION)
			return true;
	}
	return false;
}

static void outline_duty(const struct store_deadline *row, struct duty *ret)
{
	*ret = (struct duty){
		.id = row->id,
		.status = DUTY_OPEN,
		.dated = row->due_ms != DUTY_NEVER,
		.due = {.day = row->due_day,
			.due_ms = row->due_ms,
			.exact = engine_due_exact(row),
			.provisional = row->provisional},
		.rung = (size_t)row->rung,
		.next_ms = row->next_ms,
		.lead = (char *)row->lead, /* only read; a word of the store, which stays */
		.suspended = row->suspended,
	};
}

static anju_status outline_definition(struct engine *e, const struct store_rung *row,
	const struct workflow **ret, anju_error *err)
{
	const struct workflow *wf = pack_set_workflow(e->options.packs, row->deadline.workflow);
	if (wf == NULL || strcmp(wf->hash_hex, row->hash) != 0)
		return engine_definition(e, row->deadline.workflow, row->hash, ret, err);
	*ret = wf;
	return ANJU_OK;
}

/* Does the rung do nothing but speak? *ret false also for whatever is out of order, which loading the case reports. */
static anju_status outline_read(struct engine *e, const struct store_rung *row, struct outline *o,
	bool *ret, anju_error *err)
{
	size_t n = strlen(row->region);
	const struct workflow *wf = NULL;
	*ret = false;
	o->cs = (struct anju_case){.id = row->deadline.case_id, .key = strdup(row->deadline.key)};
	outline_duty(&row->deadline, &o->duty);
	if (o->cs.key == NULL)
		return anju_fail_nomem(err);
	if (n >= sizeof o->cs.region)
		return ANJU_OK;
	memcpy(o->cs.region, row->region, n + 1);
	anju_status st = outline_definition(e, row, &wf, err);
	if (st != ANJU_OK)
		return st;
	o->cs.wf = wf;
	const struct deadline_def *def = workflow_deadline(wf, row->deadline.name);
	if (def == NULL || o->duty.rung >= def->rungs_len)
		return ANJU_OK;
	o->duty.def = def;
	o->duty.name = def->name;
	const struct rung *rung = &def->rungs[o->duty.rung];
	if (rung->open != NULL || rung->send != NULL)
		return ANJU_OK;
	*ret = true;
	if (!reads_fields(&def->lead) && !reads_fields(&def->responsible) &&
		!reads_fields(&def->cooperating))
		return ANJU_OK;
	const char *data = NULL;
	st = store_case_data(e->options.store, o->cs.id, &data, err);
	ANJU_AUTO_JSON *fields = st == ANJU_OK ? json_loads(data, 0, NULL) : NULL;
	*ret = json_is_object(fields);
	if (*ret && !values_read(wf, fields, &o->cs.values))
		return anju_fail_nomem(err);
	return st;
}

static void outline_done(struct engine *e, struct outline *o)
{
	shelf_give(e->cache.shelf, o->cs.wf);
	values_done(&o->cs.values);
	free(o->cs.key);
}

/* *ret_done false: its case has to be brought into memory for it. */
static anju_status fire_stored(
	struct engine *e, const struct store_due *row, int64_t now, bool *ret_done, anju_error *err)
{
	struct store_rung stored;
	struct outline o;
	struct fired f = {0};
	anju_status st = store_rung_get(e->options.store, row->id, &stored, err);
	if (st != ANJU_OK)
		return st;
	const struct store_deadline *d = &stored.deadline;
	bool live = d->status == STORE_DEADLINE_OPEN || d->status == STORE_DEADLINE_WATCHED;
	*ret_done = !live || d->next_ms > now; /* by what came before in this very list */
	if (*ret_done || d->timer || d->status == STORE_DEADLINE_WATCHED)
		return ANJU_OK;
	st = outline_read(e, &stored, &o, ret_done, err);
	if (st == ANJU_OK && *ret_done)
		st = fire_rung(e, &o.cs, &o.duty, EXTENT_ALL, &f, err);
	outline_done(e, &o);
	return st;
}

anju_status engine_fire(struct engine *e, const struct store_due *row, int64_t now,
	enum engine_extent extent, bool *ret_told, anju_error *err)
{
	struct cached *c = cache_by_id(&e->cache, row->case_id);
	bool done = false;
	anju_status st = ANJU_OK;
	*ret_told = false;
	if (c == NULL && extent == EXTENT_ALL)
		st = fire_stored(e, row, now, &done, err);
	if (st == ANJU_OK && c == NULL && !done)
		st = engine_load_id(e, row->case_id, &c, err);
	return st == ANJU_OK && !done ? fire_loaded(e, row, c, now, extent, ret_told, err) : st;
}
