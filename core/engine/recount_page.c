/* Counting dates again, the engine's side: some cases in one command, what moved told to the units, and the new notice
 * that is the cause of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "base/messages.h"
#include "engine/impl.h"
#include "engine/recount_impl.h"

#define UNITS_MAX 64

static const char *date_or_empty(bool dated, const struct due *due, char out[16])
{
	out[0] = '\0';
	return dated ? date_format(due->day, out) : out;
}

/* --- told to the units --- */

/* "moved from 2027-01-04 to 2027-01-05 because of: …" */
static json_t *moved_text(const struct recount_page *page, const struct duty *d)
{
	char due[16], was[16];
	date_or_empty(d->dated, &d->due, due);
	date_or_empty(d->was_dated, &d->was, was);
	return json_pack("{s:o, s:o}", "zh",
		json_sprintf("期限由 %s 改为 %s，依据：%s", d->was_dated ? was : "未定",
			d->dated ? due : "未定", page->reason[LANG_ZH]),
		"en",
		json_sprintf("moved from %s to %s because of: %s", d->was_dated ? was : "no date",
			d->dated ? due : "no date", page->reason[LANG_EN]));
}

static json_t *item_body(const struct recount_page *page, const struct anju_case *cs,
	const struct duty *d, const char *role)
{
	char due[16];
	return json_pack("{s:s, s:{s:s, s:o}, s:s, s:s, s:o, s:s, s:b, s:s, s:s, s:o}", "kind",
		"moved", "workflow", "id", cs->wf->id, "title",
		engine_label(&cs->wf->title, cs->wf->id), "key", cs->key, "name", d->name, "title",
		engine_label(&d->def->title, d->name), "due", date_or_empty(d->dated, &d->due, due),
		"provisional", (int)d->due.provisional, "role", role, "lead", d->lead, "text",
		moved_text(page, d));
}

/* A unit that both leads and is responsible hears of it once. */
static size_t units_of(struct engine *e, const struct anju_case *cs, const struct duty *d,
	const struct unit *ret[UNITS_MAX], size_t *ret_lead)
{
	const struct unit *others[UNITS_MAX / 2];
	size_t n = case_units(&e->env, cs, &d->def->lead, ret, UNITS_MAX / 2);
	size_t m = case_units(&e->env, cs, &d->def->responsible, others, UNITS_MAX / 2);
	*ret_lead = n;
	for (size_t i = 0; i < m; i++) {
		size_t k = 0;
		while (k < n && ret[k] != others[i])
			k++;
		if (k == n)
			ret[n++] = others[i];
	}
	return n;
}

static anju_status tell(struct engine *e, const struct recount_page *page,
	const struct anju_case *cs, const struct duty *d, anju_error *err)
{
	const struct unit *units[UNITS_MAX];
	size_t lead, n = units_of(e, cs, d, units, &lead);
	anju_status st = ANJU_OK;
	for (size_t i = 0; i < n && st == ANJU_OK; i++) {
		char claim[80];
		ANJU_AUTO_JSON *body = item_body(page, cs, d, i < lead ? "lead" : "responsible");
		if (body == NULL)
			return anju_fail_nomem(err);
		snprintf(claim, sizeof claim, "m%lld/%lld", (long long)d->id, (long long)cs->rev);
		/* without a date there is nothing that could be out of date by the morning */
		struct engine_item item = {.to = units[i],
			.claim = claim,
			.case_id = cs->id,
			.deadline_id = d->dated ? d->id : 0,
			.arose_ms = e->env.now_ms,
			.body = body};
		st = engine_item(e, &item, err);
	}
	return st;
}

/* --- one case --- */

static void count_units(json_t *units, const char *codes)
{
	while (*codes != '\0') {
		char code[64];
		size_t n = strcspn(codes, " ");
		snprintf(code, sizeof code, "%.*s", (int)n, codes);
		json_int_t before = json_integer_value(json_object_get(units, code));
		(void)json_object_set_new(units, code, json_integer(before + 1));
		codes += n + (codes[n] == ' ');
	}
}

/* A timer has no title: its delay's name stands in its event, "xstate.after.<delay>.<id of the state>". */
static json_t *timer_title(const char *event)
{
	static const char prefix[] = "xstate.after.";
	const char *delay = event + sizeof prefix - 1;
	int n = (int)strcspn(delay, ".");
	return json_pack("{s:o, s:o}", "zh", json_sprintf("定时 %.*s", n, delay), "en",
		json_sprintf("timer %.*s", n, delay));
}

static void add_row(struct recount_page *page, const struct anju_case *cs, const struct duty *d)
{
	char due[16], was[16];
	const char *units = d->lead[0] != '\0' ? d->lead : d->responsible;
	json_t *title =
		d->def != NULL ? engine_label(&d->def->title, d->name) : timer_title(d->name);
	json_t *row = json_pack("{s:o, s:s, s:o, s:o, s:o, s:b, s:s}", "case",
		json_sprintf("%s/%s", cs->wf->id, cs->key), "deadline", d->name, "title", title,
		"was", d->was_dated ? json_string(date_or_empty(true, &d->was, was)) : json_null(),
		"due", d->dated ? json_string(date_or_empty(true, &d->due, due)) : json_null(),
		"provisional", (int)d->due.provisional, "lead", units);
	(void)json_array_append_new(page->sum.rows, row); /* a row less in what is shown */
	count_units(page->sum.units, units);
	page->sum.moved++;
}

static anju_status keep_case(struct engine *e, struct recount_page *page, struct anju_case *cs,
	const struct case_recount *what, const struct case_request *request,
	struct case_effects *fx, anju_error *err)
{
	anju_status st = ANJU_OK;
	for (size_t i = 0; i < cs->duties_len && st == ANJU_OK; i++) {
		if (cs->duties[i].shifted && cs->duties[i].def != NULL)
			st = tell(e, page, cs, &cs->duties[i], err);
	}
	if (st == ANJU_OK && what->shifted > 0)
		return engine_persist(e, cs, fx, request, NULL, err);
	for (size_t i = 0; i < cs->duties_len && st == ANJU_OK; i++) {
		if (cs->duties[i].unsaid)
			st = engine_persist_duty(e, cs, &cs->duties[i], err);
	}
	return st;
}

static anju_status count_case(struct engine *e, struct command *cmd, struct recount_page *page,
	struct anju_case *cs, bool *ret_writing, anju_error *err)
{
	struct case_request request = {.who = &cmd->who,
		.event = CASE_RECOUNT,
		.reason = page->reason[LANG_ZH],
		.effective_ms = e->env.now_ms};
	struct case_effects fx = {0};
	struct case_recount what = {0};
	anju_status st = case_recount(&e->env, cs, page->all, &request, &fx, &what, err);
	if (st == ANJU_OK) {
		page->sum.cases += what.shifted > 0;
		page->sum.unmarked += (int64_t)what.unmarked;
		for (size_t i = 0; i < cs->duties_len; i++) {
			if (cs->duties[i].shifted)
				add_row(page, cs, &cs->duties[i]);
		}
		*ret_writing = what.changed && !cmd->dry_run;
		if (*ret_writing)
			st = keep_case(e, page, cs, &what, &request, &fx, err);
	}
	case_effects_done(&fx);
	return st;
}

/* That a case cannot be counted is its own matter; that the store fails is the page's. */
static bool is_its_own(anju_status st)
{
	return st == ANJU_E_INVALID || st == ANJU_E_REFUSED || st == ANJU_E_CORRUPT ||
	       st == ANJU_E_LIMIT || st == ANJU_E_PLUGIN || st == ANJU_E_UNSUPPORTED ||
	       st == ANJU_E_NOTFOUND;
}

static void add_failure(struct recount_page *page, const char *name, const anju_error *why)
{
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT;
	message_render_error(&zh, why, LANG_ZH);
	message_render_error(&en, why, LANG_EN);
	json_t *row = json_pack("{s:s, s:{s:s, s:s}}", "case", name, "text", "zh",
		zh.data != NULL ? zh.data : "", "en", en.data != NULL ? en.data : "");
	(void)json_array_append_new(page->sum.failures, row); /* a row less in what is shown */
	if (page->sum.failed++ == 0)                          /* mostly all for one reason */
		log_error("recount", "case_not_counted", why);
}

/* Cases that nobody had asked for lately do not drive out those that somebody has. */
static anju_status count_id(struct engine *e, struct command *cmd, struct recount_page *page,
	int64_t id, anju_error *err)
{
	char name[192];
	anju_error why = {0};
	bool writing = false, was_cached = cache_by_id(&e->cache, id) != NULL;
	struct cached *c = NULL;
	anju_status st = engine_load_id(e, id, &c, &why);
	snprintf(name, sizeof name, "%s", c != NULL ? c->name : "-");
	page->sum.seen++;
	if (st == ANJU_OK && !c->cs->done)
		st = count_case(e, cmd, page, c->cs, &writing, &why);
	if (c != NULL && was_cached && st == ANJU_OK)
		engine_touch(e, c);
	else if (c != NULL)
		cache_drop(&e->cache, c);
	if (st == ANJU_OK)
		return st;
	if (!writing && is_its_own(st)) {
		add_failure(page, name, &why);
		return ANJU_OK;
	}
	if (err != NULL)
		*err = why;
	return st;
}

/* --- commands --- */

static anju_status may(const struct command *cmd, anju_error *err)
{
	return cmd->who.admin || cmd->who.system ? ANJU_OK
						 : anju_fail(err, ANJU_E_DENIED, "engine.not_admin",
							   "only an administrator may");
}

anju_status engine_recount(struct engine *e, struct command *cmd, anju_error *err)
{
	struct recount_page *page = cmd->recount;
	const struct calendar *in_force = e->env.calendar;
	anju_status st = may(cmd, err);
	if (st == ANJU_OK && !cmd->dry_run) {
		st = store_savepoint(e->options.store, err);
		e->guarded = st == ANJU_OK;
	}
	if (page->calendar != NULL)
		e->env.calendar = page->calendar;
	for (size_t i = 0; i < page->len && st == ANJU_OK; i++)
		st = count_id(e, cmd, page, page->ids[i], err);
	e->env.calendar = in_force;
	if (st != ANJU_OK || cmd->dry_run)
		return st;
	ANJU_AUTO_BUF note = BUF_INIT;
	page->note(page->ctx, page, &note);
	e->writing = true;
	return note.failed ? anju_fail_nomem(err)
			   : store_meta_put(e->options.store, RECOUNT_NOTE, note.data, err);
}

anju_status engine_load_calendar(struct engine *e, struct command *cmd, anju_error *err)
{
	anju_status st = may(cmd, err);
	if (st != ANJU_OK)
		return st;
	e->writing = true;
	st = store_meta_put(e->options.store, RECOUNT_NOTICES, cmd->reason, err);
	if (st == ANJU_OK)
		st = store_meta_put(e->options.store, RECOUNT_NOTE, cmd->event, err);
	if (st != ANJU_OK)
		return st;
	engine_bring_calendar(e, cmd->calendar);
	return engine_obligations_again(e, err);
}
