/*~
 * The morning: what waits for a unit on a channel goes out as one message.
 *
 * Each line says itself when it is to go (store_item.send_ms), so there is no other progress to keep: what has a
 * message is done, what has none is not, whatever the clock did in between. A clock that leaps a day makes one
 * message of two mornings; one that goes back finds nothing waiting.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "engine/impl.h"

/* Lines of one message. A unit that has more in a morning gets another message: it reads the counts, and composing all
 * at once would keep everybody waiting. */
#define DIGEST_MOST 5000

/* Urgent lines go each by itself, when it is not quiet; plain ones in the digest, while the office is open. */
enum kind { PLAIN, URGENT, KINDS };

struct waiting {
	struct waiting_item {
		int64_t id, deadline_id, created_ms, send_ms;
		bool urgent;
		bool stays;   /* it is not its kind's hour */
		char *claim;  /* owned */
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
		.deadline_id = row->deadline_id,
		.created_ms = row->created_ms,
		.send_ms = row->send_ms,
		.urgent = row->urgent,
		.claim = strdup(row->claim),
		.body = json_loads(row->body, 0, NULL)};
	w->failed = item->claim == NULL || item->body == NULL;
	return !w->failed;
}

static void waiting_done(struct waiting *w)
{
	for (size_t i = 0; i < w->len; i++) {
		free(w->items[i].claim);
		json_decref(w->items[i].body);
	}
	free(w->items);
}

/* A unit that has done it before the digest goes out is not reminded of it; nor of a date that has moved. The row is
 * asked, not the case: a definition that is gone is no reason to forget the duty. */
static anju_status still_open(
	struct engine *e, const struct waiting_item *item, bool *ret, anju_error *err)
{
	*ret = true;
	if (item->deadline_id == 0)
		return ANJU_OK;
	struct store_deadline row;
	anju_status st = store_deadline_get(e->options.store, item->deadline_id, &row, err);
	if (st == ANJU_E_NOTFOUND) {
		*ret = false;
		return ANJU_OK;
	}
	if (st != ANJU_OK)
		return st;
	char date[16];
	const char *said = json_string_value(json_object_get(item->body, "due"));
	if (said == NULL) /* of no date: what is watched, say */
		*ret = row.status == STORE_DEADLINE_OPEN || row.status == STORE_DEADLINE_WATCHED;
	else
		*ret = row.status == STORE_DEADLINE_OPEN && !row.suspended &&
		       strcmp(date_format(row.due_day, date), said) == 0;
	return ANJU_OK;
}

/* The id by which a channel knows the message: named after the morning, and after its first line as well when the unit
 * has had one of this morning (the clock was set back, or anju was down when it was due). */
static anju_status write_digest(struct engine *e, struct engine_letter *letter,
	const json_t *const *bodies, size_t n, int64_t first_id, int64_t *ret, anju_error *err)
{
	char date[16], claim[256];
	bool is_new = false;
	date_format(timestamp_to_day(e->env.now_ms), date);
	snprintf(claim, sizeof claim, "digest/%s/%s/%s", letter->to->code, letter->channel, date);
	letter->claim = claim;
	anju_status st = engine_message(e, letter, bodies, n, ret, &is_new, err);
	if (st != ANJU_OK || is_new)
		return st;
	snprintf(claim, sizeof claim, "digest/%s/%s/%s/%lld", letter->to->code, letter->channel,
		date, (long long)first_id);
	return engine_message(e, letter, bodies, n, ret, &is_new, err);
}

/* What becomes of each waiting line: its message, -1 (dropped), 0 (with the digest). */
struct sorted {
	int64_t *message;      /* owned */
	const json_t **bodies; /* owned; of the digest */
	size_t len;
	int64_t first_id;
};

/* An urgent line that has waited for days is news of the morning like the rest. */
static enum kind kind_of(const struct engine *e, const struct waiting_item *item)
{
	bool fresh = e->env.now_ms - item->created_ms < ENGINE_URGENT_STALE_MS;
	return item->urgent && fresh ? URGENT : PLAIN;
}

static anju_status sort_item(struct engine *e, const struct engine_letter *letter,
	const struct waiting_item *item, struct sorted *s, int64_t *ret_message, anju_error *err)
{
	bool keep = letter->to != NULL;
	anju_status st = keep ? still_open(e, item, &keep, err) : ANJU_OK;
	*ret_message = keep ? 0 : -1;
	if (st != ANJU_OK || !keep)
		return st;
	if (kind_of(e, item) == URGENT)
		return engine_urgent_message(
			e, letter->to, letter->channel, item->claim, item->body, ret_message, err);
	if (s->len == 0)
		s->first_id = item->id;
	s->bodies[s->len++] = item->body;
	return ANJU_OK;
}

static anju_status send_waiting(struct engine *e, const struct store_place *at,
	const struct waiting *w, struct sorted *s, anju_error *err)
{
	struct engine_letter letter = {
		.to = org_unit(e->env.org, at->unit), .channel = at->channel};
	int64_t digest = 0;
	anju_status st = ANJU_OK;
	for (size_t i = 0; i < w->len && st == ANJU_OK; i++) {
		if (w->items[i].stays)
			continue;
		st = sort_item(e, &letter, &w->items[i], s, &s->message[i], err);
	}
	if (st == ANJU_OK && s->len > 0) {
		st = write_digest(e, &letter, s->bodies, s->len, s->first_id, &digest, err);
		e->digests++;
	}
	for (size_t i = 0; i < w->len && st == ANJU_OK; i++) {
		if (!w->items[i].stays)
			st = store_item_assign(e->options.store, w->items[i].id,
				s->message[i] != 0 ? s->message[i] : digest, err);
	}
	return st;
}

/* After downtime it may be night, or a holiday. */
static int64_t may_go_at(const struct engine *e, const struct unit *u, enum kind kind,
	const struct waiting *w, size_t *ret_n)
{
	int64_t now = e->env.now_ms, last_ms = 0;
	*ret_n = 0;
	for (size_t i = 0; i < w->len; i++) {
		const struct waiting_item *item = &w->items[i];
		if (kind_of(e, item) != kind)
			continue;
		++*ret_n;
		last_ms = item->send_ms > last_ms ? item->send_ms : last_ms;
	}
	if (u == NULL || now - last_ms < 60000)
		return now; /* nobody is there any more: it is dropped; or planned for this minute */
	return kind == URGENT ? engine_quiet_end(u, now) : engine_open_at(e, u, now);
}

/* *ret_left: how many do not stay. */
static anju_status put_off(struct engine *e, const struct store_place *stored, struct waiting *w,
	size_t *ret_left, anju_error *err)
{
	const struct unit *u = org_unit(e->env.org, stored->unit);
	int64_t now = e->env.now_ms;
	anju_status st = ANJU_OK;
	*ret_left = w->len;
	for (enum kind kind = PLAIN; kind < KINDS && st == ANJU_OK; kind++) {
		size_t n;
		int64_t at_ms = may_go_at(e, u, kind, w, &n);
		if (n == 0 || at_ms <= now)
			continue;
		*ret_left -= n;
		/* nothing else waits there */
		if (n == w->len && n < DIGEST_MOST)
			return store_items_put_off(e->options.store, stored, now, at_ms, err);
		for (size_t i = 0; i < w->len && st == ANJU_OK; i++) {
			if (kind_of(e, &w->items[i]) != kind)
				continue;
			w->items[i].stays = true;
			st = store_item_put_off(e->options.store, w->items[i].id, at_ms, err);
		}
	}
	return st;
}

static anju_status send_or_wait(struct engine *e, const struct store_place *stored,
	const struct store_place *at, struct waiting *w, anju_error *err)
{
	size_t left;
	anju_status st = put_off(e, stored, w, &left, err);
	if (st != ANJU_OK || left == 0)
		return st;
	struct sorted s = {.message = calloc(w->len, sizeof *s.message),
		.bodies = calloc(w->len, sizeof *s.bodies)};
	st = s.message == NULL || s.bodies == NULL ? anju_fail_nomem(err)
						   : send_waiting(e, at, w, &s, err);
	free(s.message);
	free(s.bodies);
	return st;
}

static anju_status one_place(struct engine *e, const struct store_place *found, anju_error *err)
{
	char unit[128], channel[128];
	bool usual = found->channel == NULL; /* written before items knew their channel */
	snprintf(unit, sizeof unit, "%s", found->unit);
	snprintf(channel, sizeof channel, "%s", usual ? e->options.channel : found->channel);
	struct store_place stored = {.unit = unit, .channel = usual ? NULL : channel};
	struct store_place at = {.unit = unit, .channel = channel};
	struct waiting w = {0};
	anju_status st = store_items_due(
		e->options.store, &stored, e->env.now_ms, DIGEST_MOST, add_waiting, &w, err);
	if (st == ANJU_OK && w.failed)
		st = anju_fail_nomem(err);
	if (st == ANJU_OK && w.len > 0)
		st = send_or_wait(e, &stored, &at, &w, err);
	waiting_done(&w);
	return st;
}

anju_status engine_digests(struct engine *e, int64_t since_us, bool *ret_more, anju_error *err)
{
	struct store_place place;
	anju_status st;
	*ret_more = false;
	while ((st = store_items_next_place(e->options.store, e->env.now_ms, &place, err)) ==
		ANJU_OK) {
		st = one_place(e, &place, err);
		if (st != ANJU_OK)
			return st;
		*ret_more = engine_spent(e, since_us);
		if (*ret_more)
			return ANJU_OK;
	}
	if (st != ANJU_E_NOTFOUND)
		return st;
	return store_items_next(e->options.store, &e->next_digest_ms, err);
}
