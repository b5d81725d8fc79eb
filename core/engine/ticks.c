/** What the clock brings: reminder rungs, chart timers, digests, obligations. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "base/timestamp.h"
#include "engine/impl.h"

/* Read at once. */
#define DUE_AT_ONCE 256

struct due_list {
	struct due_row {
		int64_t id, case_id;
	} rows[DUE_AT_ONCE];
	size_t len;
};

static bool add_due(void *ctx, const struct store_deadline *row)
{
	struct due_list *list = ctx;
	if (list->len == DUE_AT_ONCE)
		return false;
	list->rows[list->len++] = (struct due_row){.id = row->id, .case_id = row->case_id};
	return true;
}

static json_t *reminder_body(const struct anju_case *cs, const struct duty *d,
	const struct rung *rung, size_t index, enum rung_to to)
{
	char due[16] = "", offset[24] = "due";
	const struct label *text = &d->def->rung_calls[index].text;
	date_format(d->due.day, due);
	if (!rung->at_due)
		duration_format(rung->offset, offset);
	return json_pack("{s:s, s:{s:s, s:o}, s:s, s:s, s:o, s:s, s:b, s:s, s:s, s:s, s:o*}",
		"kind", "deadline", "workflow", "id", cs->wf->id, "title",
		engine_label(&cs->wf->title, cs->wf->id), "key", cs->key, "name", d->name, "title",
		engine_label(&d->def->title, d->name), "due", due, "provisional",
		(int)d->due.provisional, "role", rung_to_text(to), "lead", d->lead, "rung", offset,
		"text", rung->text != NULL ? engine_label(text, "") : NULL);
}

/* What a rung did, when its turn has come. */
struct fired {
	const struct rung *rung;
	size_t index;
	int64_t at_ms; /* when it was to fire */
	struct rung_target targets[32];
	size_t len;
};

static anju_status tell(struct engine *e, const struct anju_case *cs, const struct duty *d,
	const struct fired *f, anju_error *err)
{
	char claim[64];
	anju_status st = ANJU_OK;
	/* with the date: a deadline that has moved reminds again, of the new one */
	snprintf(claim, sizeof claim, "%lld/%d/%zu", (long long)d->id, d->due.day, f->index);
	for (size_t i = 0; i < f->len && st == ANJU_OK; i++) {
		const struct rung_target *to = &f->targets[i];
		ANJU_AUTO_JSON *body = reminder_body(cs, d, f->rung, f->index, to->to);
		if (body == NULL)
			return anju_fail_nomem(err);
		struct engine_item item = {.to = to->unit,
			.claim = claim,
			.case_id = cs->id,
			.deadline_id = d->id,
			.arose_ms = f->at_ms,
			.urgent = f->rung->urgent,
			.body = body,
			.channels = f->rung->channels,
			.channels_len = f->rung->channels_len};
		st = engine_item(e, &item, err);
	}
	return st;
}

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

static anju_status fail_row(
	const struct due_row *row, const struct cached *c, const char *why, anju_error *err)
{
	(void)anju_fail(err, ANJU_E_CORRUPT, "engine.deadline_row", "deadline %lld of %s %s",
		(long long)row->id, c->name, why);
	anju_error_found(err, "%s %lld", c->name, (long long)row->id);
	return ANJU_E_CORRUPT;
}

/* Memory and store should agree on what is due; what came before in this very list may have ended it. */
static anju_status not_due(struct engine *e, const struct due_row *row, const struct cached *c,
	int64_t now, anju_error *err)
{
	struct store_deadline stored;
	anju_status st = store_deadline_get(e->options.store, row->id, &stored, err);
	if (st != ANJU_OK)
		return st;
	bool live = stored.status == STORE_DEADLINE_OPEN || stored.status == STORE_DEADLINE_WATCHED;
	if (!live || stored.next_ms > now)
		return ANJU_OK;
	return fail_row(row, c, "differs from what is in memory", err);
}

/* How much of a rung is carried out. */
enum extent {
	EXTENT_ALL,
	/* What it does besides telling cannot be done at present: the reminder goes out, and the rung is tried again
	 * on the next working morning; its claims see to it that nobody is told twice. */
	EXTENT_TELL,
};

static anju_status fire_rung(struct engine *e, struct cached *c, struct duty *d, enum extent extent,
	bool *ret_told, anju_error *err)
{
	struct fired f = {.index = d->rung, .at_ms = d->next_ms};
	anju_status st = case_fire_rung(&e->env, c->cs, d, &f.rung, f.targets,
		sizeof f.targets / sizeof f.targets[0], &f.len, err);
	if (st == ANJU_OK && f.rung != NULL)
		st = tell(e, c->cs, d, &f, err);
	if (st == ANJU_OK && extent == EXTENT_TELL) {
		d->rung = f.index;
		d->next_ms = engine_digest_at(e, NULL, e->env.now_ms + 1);
	}
	if (st == ANJU_OK)
		st = engine_persist_duty(e, c->cs, d, err);
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

/* *ret_told: it failed in what the rung does besides. */
static anju_status fire(struct engine *e, const struct due_row *row, int64_t now,
	enum extent extent, bool *ret_told, anju_error *err)
{
	struct cached *c = NULL;
	*ret_told = false;
	anju_status st = engine_load_id(e, row->case_id, &c, err);
	if (st != ANJU_OK)
		return st;
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
		return fail_row(row, c, "has no definition", err);
	return fire_rung(e, c, d, extent, ret_told, err);
}

/* --- many at once --- */

/* A group of duties in a savepoint of its own; all are fired, or none. */
static anju_status fire_group(struct engine *e, const struct due_row *rows, size_t n, int64_t now,
	enum extent extent, bool *ret_told, anju_error *err)
{
	anju_error broken = {0};
	anju_status st = store_savepoint(e->options.store, &broken), fired = st;
	for (size_t i = 0; i < n && fired == ANJU_OK; i++)
		fired = fire(e, &rows[i], now, extent, ret_told, err);
	if (st == ANJU_OK && fired != ANJU_OK)
		store_rollback_to(e->options.store);
	engine_untouch(e, fired != ANJU_OK);
	if (st == ANJU_OK && fired == ANJU_OK)
		fired = st = store_release(e->options.store, &broken);
	if (st != ANJU_OK)
		*err = broken;
	else if (fired == ANJU_OK)
		e->rungs += (int64_t)n;
	return fired;
}

/*
 * One that cannot be fired must not hold up the others: it is looked at again on the next working morning. Its
 * case need not be loaded for that, since that may be what fails (a definition that is no longer there).
 */
static anju_status fire_alone(
	struct engine *e, const struct due_row *row, int64_t now, bool *ret_failed, anju_error *err)
{
	anju_error why = {0}, again = {0};
	bool told = false;
	*ret_failed = fire_group(e, row, 1, now, EXTENT_ALL, &told, &why) != ANJU_OK;
	if (!*ret_failed)
		return ANJU_OK;
	if (!e->put_off_said) /* mostly all for one reason */
		log_error("engine", "deadline_put_off", &why);
	e->put_off_said = true;
	if (told && fire_group(e, row, 1, now, EXTENT_TELL, &told, &again) == ANJU_OK)
		return ANJU_OK;
	return store_deadline_put_off(
		e->options.store, row->id, engine_digest_at(e, NULL, now + 1), err);
}

/* A savepoint costs as much as a rung does, so they share one as long as all goes well; somebody who waits for the
 * engine waits for a group at least. */
#define GROUP 32

static anju_status fire_list(struct engine *e, const struct due_list *list, int64_t now,
	int64_t since_us, anju_error *err)
{
	for (size_t i = 0; i < list->len && (i == 0 || !engine_spent(e, since_us)); i += GROUP) {
		size_t n = list->len - i < GROUP ? list->len - i : GROUP;
		anju_error why = {0};
		bool told, failed;
		if (fire_group(e, &list->rows[i], n, now, EXTENT_ALL, &told, &why) == ANJU_OK)
			continue;
		for (size_t k = i; k < i + n; k++) {
			anju_status st = fire_alone(e, &list->rows[k], now, &failed, err);
			if (st != ANJU_OK)
				return st;
		}
	}
	return ANJU_OK;
}

static anju_status fire_due(
	struct engine *e, int64_t now, int64_t since_us, bool *ret_more, anju_error *err)
{
	struct due_list list;
	e->put_off_said = false;
	/* until there is none: one that was missed with others before it comes again at once */
	do {
		list.len = 0;
		anju_status st = store_deadlines_due(
			e->options.store, now, DUE_AT_ONCE, add_due, &list, err);
		if (st == ANJU_OK)
			st = fire_list(e, &list, now, since_us, err);
		if (st != ANJU_OK)
			return st;
		cache_trim(&e->cache);
	} while (list.len > 0 && !engine_spent(e, since_us));
	anju_status st = store_next_due(e->options.store, &e->next_due_ms, err);
	*ret_more = st == ANJU_OK && e->next_due_ms <= now;
	return st;
}

/* --- the tick --- */

/* How long one transaction of the clock may take: with somebody waiting for the engine, and without. */
#define TICK_BUSY_US INT64_C(2000)
#define TICK_IDLE_US INT64_C(200000)

bool engine_spent(struct engine *e, int64_t since_us)
{
	int64_t spent = timestamp_monotonic_us() - since_us;
	pthread_mutex_lock(&e->lock);
	bool waiting = e->head != NULL;
	pthread_mutex_unlock(&e->lock);
	return spent >= (waiting ? TICK_BUSY_US : TICK_IDLE_US);
}

anju_status engine_ticks_init(struct engine *e, anju_error *err)
{
	anju_status st = store_items_next(e->options.store, &e->next_digest_ms, err);
	if (st == ANJU_OK)
		st = store_next_due(e->options.store, &e->next_due_ms, err);
	return st == ANJU_OK ? engine_obligations_init(e, err) : st;
}

int64_t engine_next_tick(const struct engine *e)
{
	int64_t next = e->next_due_ms;
	if (e->next_digest_ms < next)
		next = e->next_digest_ms;
	return e->next_obligation_ms < next ? e->next_obligation_ms : next;
}

anju_status engine_tick(struct engine *e, int64_t now, bool *ret_more, anju_error *err)
{
	anju_status st = ANJU_OK;
	int64_t since_us = timestamp_monotonic_us();
	bool begin = false, due = false;
	*ret_more = false;
	if (e->next_obligation_ms <= now)
		st = engine_obligations(e, now, &begin, err);
	if (st == ANJU_OK && e->next_due_ms <= now)
		st = fire_due(e, now, since_us, &due, err);
	*ret_more = begin || due;
	/* after the rungs of the same minute, so that they are in this morning's digest */
	if (st == ANJU_OK && !*ret_more && e->next_digest_ms <= now)
		st = engine_digests(e, since_us, ret_more, err);
	return st;
}
