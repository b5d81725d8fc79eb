/** Items for units, and the messages made of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "engine/impl.h"
#include "notify/digest.h"

static anju_status add_message(struct engine *e, const struct unit *to, const char *claim,
	const json_t *const *bodies, size_t n, int64_t now, bool urgent, int64_t *ret_id,
	anju_error *err)
{
	ANJU_AUTO_JSON *message =
		digest_message(to, claim, bodies, n, timestamp_to_day(now), now, urgent);
	ANJU_AUTO_MEM char *text = message != NULL ? json_text(message) : NULL;
	if (text == NULL)
		return anju_fail_nomem(err);
	const char *own = json_string_value(json_object_get(to->contacts, "channel"));
	struct store_message row = {
		.claim = claim,
		.unit = to->code,
		.channel = own != NULL ? own : e->options.channel,
		.body = text,
		.created_ms = now,
		.next_ms = now,
	};
	bool is_new;
	anju_status st = store_message_add(e->options.store, &row, ret_id, &is_new, err);
	if (st == ANJU_OK)
		e->new_messages = true;
	return st;
}

anju_status engine_item(struct engine *e, const struct unit *to, const char *claim, int64_t case_id,
	int64_t deadline_id, bool urgent, const json_t *body, anju_error *err)
{
	int64_t message = 0;
	anju_status st = ANJU_OK;
	if (urgent) {
		char id[192];
		snprintf(id, sizeof id, "urgent/%s", claim);
		st = add_message(e, to, id, &body, 1, e->env.now_ms, true, &message, err);
	}
	ANJU_AUTO_MEM char *text = json_text(body);
	if (st == ANJU_OK && text == NULL)
		return anju_fail_nomem(err);
	struct store_item row = {
		.claim = claim,
		.unit = to->code,
		.case_id = case_id,
		.deadline_id = deadline_id,
		.created_ms = e->env.now_ms,
		.urgent = urgent,
		.body = text,
		.message_id = message,
	};
	bool is_new;
	return st == ANJU_OK ? store_item_add(e->options.store, &row, &is_new, err) : st;
}

static json_t *notice_body(const struct anju_case *cs, const struct action *a)
{
	const char *zh = a->text.text[LANG_ZH], *en = a->text.text[LANG_EN];
	return json_pack("{s:s, s:{s:s, s:{s:s, s:s}}, s:s, s:{s:s, s:s}}", "kind", "notice",
		"workflow", "id", cs->wf->id, "title", "zh", cs->wf->title.text[LANG_ZH], "en",
		cs->wf->title.text[LANG_EN], "key", cs->key, "text", "zh", zh != NULL ? zh : "",
		"en", en != NULL ? en : "");
}

anju_status engine_notices(
	struct engine *e, struct anju_case *cs, struct case_effects *fx, anju_error *err)
{
	anju_status st = ANJU_OK;
	for (size_t i = 0; i < fx->notices_len && st == ANJU_OK; i++) {
		const struct action *a = fx->notices[i].action;
		const struct unit *units[32];
		size_t n = case_units(&e->env, cs, &a->to, units, 32);
		ANJU_AUTO_JSON *body = notice_body(cs, a);
		if (body == NULL)
			return anju_fail_nomem(err);
		for (size_t k = 0; k < n && st == ANJU_OK; k++) {
			char claim[160];
			snprintf(claim, sizeof claim, "n%lld/%lld/%zu/%s", (long long)cs->id,
				(long long)cs->rev, i, units[k]->code);
			st = engine_item(e, units[k], claim, cs->id, 0, a->urgent, body, err);
		}
	}
	return st;
}

/* --- the morning --- */

struct waiting {
	struct waiting_item {
		int64_t id, case_id, deadline_id;
		char *unit;   /* owned */
		json_t *body; /* owned */
	} * items;
	size_t len, cap;
	bool failed;
};

static bool add_waiting(void *ctx, const struct store_item *row)
{
	struct waiting *w = ctx;
	if (w->len == w->cap) {
		size_t cap = w->cap == 0 ? 64 : w->cap * 2;
		struct waiting_item *p = realloc(w->items, cap * sizeof *p);
		w->failed = p == NULL;
		if (w->failed)
			return false;
		w->items = p;
		w->cap = cap;
	}
	struct waiting_item *item = &w->items[w->len++];
	*item = (struct waiting_item){.id = row->id,
		.case_id = row->case_id,
		.deadline_id = row->deadline_id,
		.unit = strdup(row->unit),
		.body = json_loads(row->body, 0, NULL)};
	w->failed = item->unit == NULL || item->body == NULL;
	return !w->failed;
}

static void waiting_done(struct waiting *w)
{
	for (size_t i = 0; i < w->len; i++) {
		free(w->items[i].unit);
		json_decref(w->items[i].body);
	}
	free(w->items);
}

static bool due_as_said(const struct duty *d, const json_t *body)
{
	char date[16];
	const char *said = json_string_value(json_object_get(body, "due"));
	return said != NULL && strcmp(date_format(d->due.day, date), said) == 0;
}

/* A unit that has done it before the digest goes out is not reminded of it; nor of a date that has moved. */
static anju_status still_open(
	struct engine *e, const struct waiting_item *item, bool *ret, anju_error *err)
{
	*ret = true;
	if (item->deadline_id == 0)
		return ANJU_OK;
	struct cached *c = NULL;
	anju_status st = engine_load_id(e, item->case_id, &c, err);
	if (st == ANJU_E_UNSUPPORTED)
		return ANJU_OK; /* its definition is gone; that is no reason to forget the duty */
	if (st != ANJU_OK)
		return st;
	const struct duty *d = case_duty(c->cs, item->deadline_id);
	*ret = d != NULL && d->status == DUTY_OPEN && due_as_said(d, item->body);
	return ANJU_OK;
}

static anju_status digest_unit(
	struct engine *e, const struct waiting_item *items, size_t n, int64_t now, anju_error *err)
{
	const struct unit *to = org_unit(e->env.org, items[0].unit);
	ANJU_AUTO_MEM const json_t **bodies = calloc(n, sizeof *bodies);
	ANJU_AUTO_MEM bool *keep = calloc(n, sizeof *keep);
	if (bodies == NULL || keep == NULL)
		return anju_fail_nomem(err);
	size_t kept = 0;
	anju_status st = ANJU_OK;
	for (size_t i = 0; i < n && st == ANJU_OK; i++) {
		if (to != NULL)
			st = still_open(e, &items[i], &keep[i], err);
		if (keep[i])
			bodies[kept++] = items[i].body;
	}
	int64_t message = 0;
	if (st == ANJU_OK && kept > 0) {
		char date[16], claim[192];
		date_format(timestamp_to_day(now), date);
		snprintf(claim, sizeof claim, "digest/%s/%s", to->code, date);
		st = add_message(e, to, claim, bodies, kept, now, false, &message, err);
	}
	for (size_t i = 0; i < n && st == ANJU_OK; i++)
		st = store_item_assign(e->options.store, items[i].id, keep[i] ? message : -1, err);
	return st;
}

int64_t engine_digest_after(const struct engine *e, int64_t now)
{
	int32_t day = timestamp_to_day(now);
	int64_t minute_ms = e->office_minute * INT64_C(60000);
	if (timestamp_of_day(day) + minute_ms <= now)
		day++;
	day = calendar_shift(e->env.calendar, day, 1);
	return timestamp_of_day(day) + minute_ms;
}

anju_status engine_digest(struct engine *e, int64_t now, anju_error *err)
{
	struct waiting w = {0};
	anju_status st = store_items_waiting(e->options.store, add_waiting, &w, err);
	if (st == ANJU_OK && w.failed)
		st = anju_fail_nomem(err);
	for (size_t i = 0, k; i < w.len && st == ANJU_OK; i = k) {
		k = i + 1;
		while (k < w.len && strcmp(w.items[k].unit, w.items[i].unit) == 0)
			k++;
		st = digest_unit(e, &w.items[i], k - i, now, err);
	}
	waiting_done(&w);
	if (st != ANJU_OK)
		return st;
	e->next_digest_ms = engine_digest_after(e, now);
	e->digests++;
	char text[24];
	snprintf(text, sizeof text, "%lld", (long long)e->next_digest_ms);
	return store_meta_put(e->options.store, "digest_next", text, err);
}

/* --- what became of a message --- */

#define MAX_ATTEMPTS 12

anju_status engine_delivered(struct engine *e, struct command *cmd, anju_error *err)
{
	struct store_message row = {
		.id = cmd->message_id,
		.status = STORE_MESSAGE_DELIVERED,
		.attempts = cmd->attempts,
		.next_ms = e->env.now_ms,
		.ended_ms = e->env.now_ms,
	};
	if (cmd->outcome.status != ANJU_OK) {
		bool again =
			(cmd->outcome.status == ANJU_E_BUSY || cmd->outcome.status == ANJU_E_IO ||
				cmd->outcome.status == ANJU_E_FULL ||
				cmd->outcome.status == ANJU_E_PLUGIN) &&
			row.attempts < MAX_ATTEMPTS;
		row.status = again ? STORE_MESSAGE_PENDING : STORE_MESSAGE_DEAD;
		row.error = cmd->outcome.text;
		row.ended_ms = again ? 0 : row.ended_ms;
	}
	buf_adds(&cmd->reply, "{}");
	return store_message_update(e->options.store, &row, err);
}
