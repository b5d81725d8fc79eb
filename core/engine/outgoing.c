/** Items for units, and messages made of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "engine/impl.h"
#include "notify/digest.h"

json_t *engine_label(const struct label *label, const char *fallback)
{
	const char *zh = label->text[LANG_ZH], *en = label->text[LANG_EN];
	return json_pack(
		"{s:s, s:s}", "zh", zh != NULL ? zh : fallback, "en", en != NULL ? en : fallback);
}

anju_status engine_message(struct engine *e, const struct engine_letter *letter,
	const json_t *const *bodies, size_t n, int64_t *ret_id, bool *ret_new, anju_error *err)
{
	int64_t now = e->env.now_ms;
	struct digest digest = {.wording = pack_set_wording(e->options.packs),
		.to = letter->to,
		.id = letter->claim,
		.items = bodies,
		.n = n,
		.today = timestamp_to_day(now),
		.created_ms = now,
		.urgent = letter->urgent};
	ANJU_AUTO_JSON *message = digest_message(&digest);
	ANJU_AUTO_MEM char *text = message != NULL ? json_text(message) : NULL;
	if (text == NULL)
		return anju_fail_nomem(err);
	struct store_message row = {
		.claim = letter->claim,
		.unit = letter->to->code,
		.urgent = letter->urgent,
		.channel = letter->channel,
		.body = text,
		.created_ms = now,
		.next_ms = now,
	};
	anju_status st = store_message_add(e->options.store, &row, ret_id, ret_new, err);
	if (st == ANJU_OK && *ret_new)
		e->new_messages = true;
	return st;
}

anju_status engine_urgent_message(struct engine *e, const struct unit *to, const char *channel,
	const char *claim, const json_t *body, int64_t *ret_id, anju_error *err)
{
	char id[256];
	bool is_new;
	snprintf(id, sizeof id, "urgent/%s", claim);
	struct engine_letter letter = {.to = to, .channel = channel, .claim = id, .urgent = true};
	return engine_message(e, &letter, &body, 1, ret_id, &is_new, err);
}

static anju_status urgent_item(struct engine *e, const struct engine_item *item,
	const char *channel, const char *claim, int64_t *ret_id, anju_error *err)
{
	if (item->body != NULL)
		return engine_urgent_message(e, item->to, channel, claim, item->body, ret_id, err);
	ANJU_AUTO_JSON *body = json_loads(item->text, 0, NULL);
	return body == NULL ? anju_fail_nomem(err)
			    : engine_urgent_message(e, item->to, channel, claim, body, ret_id, err);
}

/* An urgent one is sent at once, but in quiet hours; and long after its time, when anju had been down for days, it
 * is news of the morning like the rest. */
static anju_status add_item(struct engine *e, const struct engine_item *item, const char *channel,
	const char *text, anju_error *err)
{
	char claim[200];
	int64_t now = e->env.now_ms, message = 0;
	bool urgent = item->urgent && now - item->arose_ms < ENGINE_URGENT_STALE_MS, is_new;
	int64_t at = urgent ? engine_quiet_end(item->to, now)
			    : engine_digest_at(e, item->to, item->arose_ms);
	if (at < now)
		at = engine_open_at(e, item->to, now);
	snprintf(claim, sizeof claim, "%s/%s/%s", item->claim, item->to->code, channel);
	anju_status st = ANJU_OK;
	if (urgent && at <= now)
		st = urgent_item(e, item, channel, claim, &message, err);
	if (st != ANJU_OK)
		return st;
	struct store_item row = {
		.claim = claim,
		.unit = item->to->code,
		.channel = channel,
		.case_id = item->case_id,
		.deadline_id = item->deadline_id,
		.created_ms = now,
		.send_ms = at,
		.urgent = urgent,
		.body = text,
		.message_id = message,
	};
	st = store_item_add(e->options.store, &row, &is_new, err);
	if (st == ANJU_OK && is_new && message == 0 && at < e->next_digest_ms)
		e->next_digest_ms = at;
	return st;
}

anju_status engine_item(struct engine *e, const struct engine_item *item, anju_error *err)
{
	const struct reach *reach = &item->to->reach;
	const char *const *channels = reach->channels;
	size_t n = item->channels_len > 0 ? item->channels_len : reach->channels_len;
	if (item->channels_len > 0)
		channels = (const char *const *)item->channels;
	ANJU_AUTO_MEM char *own = item->text == NULL ? json_text(item->body) : NULL;
	const char *text = item->text != NULL ? item->text : own;
	if (text == NULL)
		return anju_fail_nomem(err);
	if (n == 0)
		return add_item(e, item, e->options.channel, text, err);
	anju_status st = ANJU_OK;
	for (size_t i = 0; i < n && st == ANJU_OK; i++)
		st = add_item(e, item, channels[i], text, err);
	return st;
}

static json_t *notice_body(const struct anju_case *cs, const struct action *a)
{
	return json_pack("{s:s, s:{s:s, s:o}, s:s, s:o}", "kind", "notice", "workflow", "id",
		cs->wf->id, "title", engine_label(&cs->wf->title, cs->wf->id), "key", cs->key,
		"text", engine_label(&a->text, ""));
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
		char claim[100];
		snprintf(claim, sizeof claim, "n%lld/%lld/%zu", (long long)cs->id,
			(long long)cs->rev, i);
		struct engine_item item = {.claim = claim,
			.case_id = cs->id,
			.arose_ms = e->env.now_ms,
			.urgent = a->urgent,
			.body = body};
		for (size_t k = 0; k < n && st == ANJU_OK; k++) {
			item.to = units[k];
			st = engine_item(e, &item, err);
		}
	}
	return st;
}
