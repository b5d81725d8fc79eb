/**
 * What became of messages, and sending them once more.
 *
 * A message knows its cases by its items; what became of it is seen from there (store_read_notices). That it was
 * delivered is no entry in the history: an entry moves the case's revision, and would do so whenever a mail server
 * answers. Somebody who has just looked at the case would be refused by `expect_rev`, the same acts would not give
 * the same history twice, and each morning would bury what people did. Entries are what somebody may have to answer
 * for: that a message was given up, in every case that it spoke of, that it was sent again by hand, and that it then
 * arrived.
 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "engine/impl.h"
#include "journal/journal.h"

/* Dead ones taken up by one command: a batch is not to be held up by a year's. */
#define RENEWED_MOST 500

/* --- entries in the cases of a message --- */

/* An item of the message, by case. */
struct about {
	int64_t case_id;
	size_t at;    /* among the message's items */
	json_t *body; /* owned */
};

struct abouts {
	struct about *list;
	size_t len, cap;
	bool failed;
};

static void abouts_done(struct abouts *all)
{
	for (size_t i = 0; i < all->len; i++)
		json_decref(all->list[i].body);
	free(all->list);
}

static bool add_about(void *ctx, const struct store_item *row)
{
	struct abouts *all = ctx;
	if (all->len == all->cap) {
		size_t cap = all->cap == 0 ? 16 : all->cap * 2;
		struct about *list = realloc(all->list, cap * sizeof *list);
		all->failed = list == NULL;
		if (all->failed)
			return false;
		all->list = list;
		all->cap = cap;
	}
	all->list[all->len] = (struct about){
		.case_id = row->case_id, .at = all->len, .body = json_loads(row->body, 0, NULL)};
	all->len++;
	return true;
}

static int by_case(const void *a, const void *b)
{
	const struct about *x = a, *y = b;
	if (x->case_id != y->case_id)
		return x->case_id < y->case_id ? -1 : 1;
	/* qsort keeps no order of its own, and what is said of a case stays in its history */
	return x->at < y->at ? -1 : x->at > y->at;
}

/* What the message said of one case: deadlines by name and date, notices by their text. */
static json_t *what_it_said(const struct about *list, size_t n)
{
	static const char *const members[] = {"kind", "name", "title", "due", "role", "text"};
	json_t *said = json_array();
	for (size_t i = 0; i < n; i++) {
		json_t *one = json_object();
		for (size_t k = 0; k < sizeof members / sizeof members[0]; k++) {
			json_t *v = json_object_get(list[i].body, members[k]);
			if (v != NULL)
				(void)json_object_set(one, members[k], v);
		}
		(void)json_array_append_new(said, one);
	}
	return said;
}

static const char *status_name(enum store_message_status status)
{
	static const char *const names[] = {"pending", "delivered", "dead"};
	return names[status];
}

struct note {
	const char *event, *actor;
	const struct store_message *message;
};

static char *entry_body(const struct note *note, const struct about *list, size_t n)
{
	const struct store_message *m = note->message;
	ANJU_AUTO_JSON *body =
		json_pack("{s:{s:I, s:s, s:s, s:s, s:i, s:o}}", "message", "id", (json_int_t)m->id,
			"unit", m->unit, "channel", m->channel, "status", status_name(m->status),
			"attempts", (int)m->attempts, "about", what_it_said(list, n));
	if (body != NULL && m->error != NULL)
		(void)json_object_set_new(
			json_object_get(body, "message"), "error", json_string(m->error));
	return body != NULL ? json_text(body) : NULL;
}

/* The case's row and, if it is in memory, the case follow their new last entry; nothing else changes. */
static anju_status move_head(struct engine *e, const struct store_case *row,
	const uint8_t head[HASH_BYTES], anju_error *err)
{
	struct store_case moved = *row;
	moved.rev++;
	moved.data = moved.meta = NULL;
	memcpy(moved.head, head, HASH_BYTES);
	struct cached *c = cache_by_id(&e->cache, row->id);
	if (c != NULL) {
		engine_touch(e, c);
		c->cs->rev = moved.rev;
		memcpy(c->cs->head, head, HASH_BYTES);
	}
	return store_case_update(e->options.store, &moved, err);
}

/* Without the definition that the case lives under, which may be gone: its row is enough. */
static anju_status add_entry(struct engine *e, const struct note *note, int64_t case_id,
	const char *body, anju_error *err)
{
	struct store_case row;
	uint8_t head[HASH_BYTES];
	anju_status st = store_case_get(e->options.store, case_id, &row, err);
	if (st != ANJU_OK)
		return st;
	/* the row's texts end with the next call */
	ANJU_AUTO_MEM char *region = strdup(row.region), *state = strdup(row.state);
	if (region == NULL || state == NULL)
		return anju_fail_nomem(err);
	row.region = region;
	row.state = state;
	struct journal_entry hashed = {.rev = row.rev + 1,
		.recorded_ms = e->env.now_ms,
		.effective_ms = e->env.now_ms,
		.event = note->event,
		.actor = note->actor,
		.body = body};
	journal_hash(row.head, &hashed, head);
	struct store_entry entry = {.case_id = case_id,
		.rev = hashed.rev,
		.recorded_ms = hashed.recorded_ms,
		.effective_ms = hashed.effective_ms,
		.event = hashed.event,
		.actor = hashed.actor,
		.body = body};
	memcpy(entry.hash, head, HASH_BYTES);
	e->writing = true;
	st = store_journal_append(e->options.store, &entry, &e->last_seq, err);
	return st == ANJU_OK ? move_head(e, &row, head, err) : st;
}

/* One entry in each case of the message. */
static anju_status note_in_cases(struct engine *e, const struct note *note, anju_error *err)
{
	struct abouts all = {0};
	anju_status st = store_items_of(e->options.store, note->message->id, add_about, &all, err);
	if (st == ANJU_OK && all.failed)
		st = anju_fail_nomem(err);
	if (st == ANJU_OK && all.len > 1)
		qsort(all.list, all.len, sizeof *all.list, by_case);
	for (size_t i = 0, k; i < all.len && st == ANJU_OK; i = k) {
		k = i + 1;
		while (k < all.len && all.list[k].case_id == all.list[i].case_id)
			k++;
		ANJU_AUTO_MEM char *body = entry_body(note, &all.list[i], k - i);
		st = body == NULL ? anju_fail_nomem(err)
				  : add_entry(e, note, all.list[i].case_id, body, err);
	}
	abouts_done(&all);
	return st;
}

/* --- outcomes --- */

/* Texts of a message that outlive the next call on the store. */
struct kept {
	struct store_message row;
	char *unit, *channel, *error; /* owned */
};

static void kept_done(struct kept *kept)
{
	free(kept->unit);
	free(kept->channel);
	free(kept->error);
}

static anju_status keep(struct engine *e, int64_t id, struct kept *kept, anju_error *err)
{
	*kept = (struct kept){0};
	anju_status st = store_message_get(e->options.store, id, &kept->row, err);
	if (st != ANJU_OK)
		return st;
	kept->unit = strdup(kept->row.unit);
	kept->channel = strdup(kept->row.channel);
	kept->error = kept->row.error != NULL ? strdup(kept->row.error) : NULL;
	if (kept->unit == NULL || kept->channel == NULL)
		return anju_fail_nomem(err);
	kept->row.unit = kept->unit;
	kept->row.channel = kept->channel;
	kept->row.error = kept->error;
	kept->row.claim = kept->row.body = NULL;
	return ANJU_OK;
}

static anju_status settle(
	struct engine *e, const struct command *cmd, struct store_message *row, anju_error *err)
{
	bool delivered = cmd->outcome.status == ANJU_OK;
	row->status = delivered    ? STORE_MESSAGE_DELIVERED
		      : cmd->again ? STORE_MESSAGE_PENDING
				   : STORE_MESSAGE_DEAD;
	row->attempts = cmd->attempts;
	row->next_ms = e->env.now_ms;
	row->ended_ms = row->status == STORE_MESSAGE_PENDING ? 0 : e->env.now_ms;
	row->error = delivered ? NULL : cmd->outcome.text;
	anju_status st = store_message_update(e->options.store, row, err);
	bool noted = row->status == STORE_MESSAGE_DEAD || (delivered && row->renewed);
	struct note note = {.event = delivered ? "message.delivered" : "message.dead",
		.actor = "system",
		.message = row};
	return st == ANJU_OK && noted ? note_in_cases(e, &note, err) : st;
}

anju_status engine_delivered(struct engine *e, struct command *cmd, anju_error *err)
{
	struct kept kept;
	anju_status st = keep(e, cmd->message_id, &kept, err);
	/* reported twice, or settled by hand meanwhile: what is written stands */
	if (st == ANJU_OK && kept.row.status == STORE_MESSAGE_PENDING)
		st = settle(e, cmd, &kept.row, err);
	kept_done(&kept);
	buf_adds(&cmd->reply, "{}");
	return st;
}

/* --- once more --- */

static bool add_dead(void *ctx, const struct store_message *row)
{
	struct command *cmd = ctx;
	cmd->renewed[cmd->renewed_len++] = row->id;
	return true;
}

static anju_status fail_delivered(const struct store_message *row, anju_error *err)
{
	(void)anju_fail(err, ANJU_E_REFUSED, "engine.message_delivered",
		"message %lld was delivered", (long long)row->id);
	anju_error_where(err, "/ids");
	anju_error_found(err, "%lld", (long long)row->id);
	return ANJU_E_REFUSED;
}

static bool is_chosen(const struct command *cmd, int64_t id)
{
	for (size_t i = 0; i < cmd->renewed_len; i++) {
		if (cmd->renewed[i] == id)
			return true;
	}
	return false;
}

/* Which ones: those named, each once and none of them delivered, or the first dead ones. */
static anju_status choose(struct engine *e, struct command *cmd, anju_error *err)
{
	size_t n = cmd->ids != NULL ? json_array_size(cmd->ids) : RENEWED_MOST;
	cmd->renewed = calloc(n > 0 ? n : 1, sizeof *cmd->renewed);
	if (cmd->renewed == NULL)
		return anju_fail_nomem(err);
	if (cmd->ids == NULL)
		return store_messages_dead(e->options.store, 0, RENEWED_MOST, add_dead, cmd, err);
	for (size_t i = 0; i < n; i++) {
		struct store_message row;
		int64_t id = json_integer_value(json_array_get(cmd->ids, i));
		anju_status st = store_message_get(e->options.store, id, &row, err);
		if (st == ANJU_OK && row.status == STORE_MESSAGE_DELIVERED)
			st = fail_delivered(&row, err);
		if (st != ANJU_OK)
			return st;
		if (!is_chosen(cmd, id))
			cmd->renewed[cmd->renewed_len++] = id;
	}
	return ANJU_OK;
}

static anju_status renew(struct engine *e, struct command *cmd, int64_t id, anju_error *err)
{
	struct kept kept;
	char actor[CASE_ACTOR_CHARS];
	anju_status st = keep(e, id, &kept, err);
	bool was_dead = kept.row.status == STORE_MESSAGE_DEAD;
	if (st == ANJU_OK) {
		e->writing = true;
		st = store_message_renew(e->options.store, id, cmd->channel, e->env.now_ms, err);
	}
	if (st == ANJU_OK && was_dead) {
		kept.row.status = STORE_MESSAGE_PENDING;
		kept.row.attempts = 0;
		kept.row.error = NULL;
		if (cmd->channel != NULL)
			kept.row.channel = cmd->channel;
		struct note note = {.event = "message.resent",
			.actor = case_actor(&cmd->who, actor),
			.message = &kept.row};
		st = note_in_cases(e, &note, err);
	}
	kept_done(&kept);
	return st;
}

anju_status engine_resend(struct engine *e, struct command *cmd, anju_error *err)
{
	anju_status st = choose(e, cmd, err);
	for (size_t i = 0; i < cmd->renewed_len && st == ANJU_OK; i++)
		st = renew(e, cmd, cmd->renewed[i], err);
	if (st != ANJU_OK)
		return st;
	bool more = cmd->ids == NULL && cmd->renewed_len == RENEWED_MOST;
	buf_addf(&cmd->reply, "{\"resent\":%zu,\"more\":%s}", cmd->renewed_len,
		more ? "true" : "false");
	return ANJU_OK;
}
