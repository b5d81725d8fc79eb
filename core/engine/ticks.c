/** What the clock brings: reminder rungs, chart timers, digests, obligations. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "engine/impl.h"

/* Per transaction: other commands keep their turn while a hundred thousand fall due in one minute. */
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

static json_t *both(const struct label *label, const char *fallback)
{
	const char *zh = label->text[LANG_ZH], *en = label->text[LANG_EN];
	return json_pack(
		"{s:s, s:s}", "zh", zh != NULL ? zh : fallback, "en", en != NULL ? en : fallback);
}

static json_t *reminder_body(
	const struct anju_case *cs, const struct duty *d, const struct rung *rung)
{
	char due[16] = "", offset[24] = "due";
	date_format(d->due.day, due);
	if (!rung->at_due)
		duration_format(rung->offset, offset);
	return json_pack("{s:s, s:{s:s, s:o}, s:s, s:s, s:o, s:s, s:s, s:s, s:s}", "kind",
		"deadline", "workflow", "id", cs->wf->id, "title", both(&cs->wf->title, cs->wf->id),
		"key", cs->key, "name", d->name, "title", both(&d->def->title, d->name), "due", due,
		"role", rung_to_text(rung->to), "lead", d->lead, "rung", offset);
}

static anju_status remind(struct engine *e, struct anju_case *cs, struct duty *d, anju_error *err)
{
	const struct rung *rung;
	const struct unit *units[32];
	size_t n, index = d->rung;
	anju_status st = case_fire_rung(&e->env, cs, d, &rung, units, 32, &n, err);
	if (st != ANJU_OK || rung == NULL)
		return st;
	ANJU_AUTO_JSON *body = reminder_body(cs, d, rung);
	if (body == NULL)
		return anju_fail_nomem(err);
	for (size_t i = 0; i < n && st == ANJU_OK; i++) {
		char claim[160];
		/* with the date: a deadline that has moved reminds again, of the new one */
		snprintf(claim, sizeof claim, "%lld/%d/%zu/%s", (long long)d->id, d->due.day, index,
			units[i]->code);
		st = engine_item(e, units[i], claim, cs->id, d->id, rung->urgent, body, err);
	}
	return st;
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

static anju_status fire(struct engine *e, const struct due_row *row, int64_t now, anju_error *err)
{
	struct cached *c = NULL;
	anju_status st = engine_load_id(e, row->case_id, &c, err);
	if (st != ANJU_OK)
		return st;
	struct duty *d = case_duty(c->cs, row->id);
	if (d == NULL || d->status != DUTY_OPEN || d->next_ms > now)
		return fail_row(row, c, "differs from what is in memory", err);
	engine_touch(e, c);
	if (d->def == NULL && d->due.exact)
		return fire_timer(e, c, d, err);
	if (d->def == NULL)
		return fail_row(row, c, "has no definition", err);
	st = remind(e, c->cs, d, err);
	if (st == ANJU_OK)
		st = engine_persist_duty(e, c->cs, d, err);
	if (st == ANJU_OK)
		e->rungs++;
	return st;
}

/*
 * One that cannot be fired must not hold up the others: it is looked at again on the next working morning. Its
 * case need not be loaded for that, since that may be what fails (a definition that is no longer there).
 */
static anju_status put_off(struct engine *e, const struct due_row *row, int64_t now,
	const anju_error *why, bool first, anju_error *err)
{
	if (first) /* mostly all for one reason */
		log_error("engine", "deadline_put_off", why);
	return store_deadline_put_off(e->options.store, row->id, engine_digest_after(e, now), err);
}

static anju_status fire_due(struct engine *e, int64_t now, bool *ret_more, anju_error *err)
{
	struct due_list list = {.len = 0};
	int failed = 0;
	anju_status st =
		store_deadlines_due(e->options.store, now, DUE_AT_ONCE, add_due, &list, err);
	for (size_t i = 0; i < list.len && st == ANJU_OK; i++) {
		anju_error why = {0};
		st = store_savepoint(e->options.store, err);
		if (st != ANJU_OK)
			return st;
		bool fired = fire(e, &list.rows[i], now, &why) == ANJU_OK;
		if (!fired)
			store_rollback_to(e->options.store);
		engine_untouch(e, !fired);
		if (!fired)
			st = put_off(e, &list.rows[i], now, &why, failed++ == 0, err);
		if (st == ANJU_OK && fired)
			st = store_release(e->options.store, err);
	}
	*ret_more = list.len == DUE_AT_ONCE;
	return st == ANJU_OK ? store_next_due(e->options.store, &e->next_due_ms, err) : st;
}

anju_status engine_ticks_init(struct engine *e, anju_error *err)
{
	const char *text;
	e->next_digest_ms = 0;
	anju_status st = store_meta_get(e->options.store, "digest_next", &text, err);
	if (st == ANJU_OK)
		e->next_digest_ms = strtoll(text, NULL, 10);
	else if (st == ANJU_E_NOTFOUND)
		e->next_digest_ms = engine_digest_after(e, e->env.now_ms - 1);
	else
		return st;
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
	*ret_more = false;
	if (e->next_obligation_ms <= now)
		st = engine_obligations(e, now, err);
	if (st == ANJU_OK && e->next_due_ms <= now)
		st = fire_due(e, now, ret_more, err);
	/* after the rungs of the same minute, so that they are in this morning's digest */
	if (st == ANJU_OK && !*ret_more && e->next_digest_ms <= now)
		st = engine_digest(e, now, err);
	return st;
}
