#include "journal/journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/json.h"
#include "journal/duty_log.h"

static struct hash_part text_part(const char *s)
{
	/* with its NUL, which no stored text can contain, as separator */
	return (struct hash_part){.data = s, .len = strlen(s) + 1};
}

void journal_genesis(
	const char *workflow, const char *key, const char *definition_hash, uint8_t out[HASH_BYTES])
{
	struct hash_part parts[] = {
		text_part("anju"), text_part(workflow), text_part(key), text_part(definition_hash)};
	hash_sha256(parts, 4, out);
}

static char *put_number(char *to, int64_t v, char end)
{
	to += buf_int(v, to);
	*to = end;
	return to + 1;
}

void journal_hash(
	const uint8_t prev[HASH_BYTES], const struct journal_entry *entry, uint8_t out[HASH_BYTES])
{
	char numbers[80];
	char *at = put_number(numbers, entry->rev, ' ');
	at = put_number(at, entry->recorded_ms, ' ');
	(void)put_number(at, entry->effective_ms, '\0');
	struct hash_part parts[] = {
		{.data = prev, .len = HASH_BYTES},
		text_part(numbers),
		text_part(entry->event),
		text_part(entry->actor),
		text_part(entry->reason != NULL ? entry->reason : ""),
		text_part(entry->body),
	};
	uint8_t digest[HASH_BYTES];
	hash_sha256(parts, sizeof parts / sizeof parts[0], digest);
	memcpy(out, digest, HASH_BYTES);
}

anju_status journal_fold_init(struct journal_fold *fold, const char *workflow, const char *key,
	const char *definition_hash, anju_error *err)
{
	*fold = (struct journal_fold){
		.state = strdup(""),
		.data = json_object(),
		.docs = json_object(),
		.locks = json_array(),
		.duties = json_object(),
	};
	if (fold->state == NULL || fold->data == NULL || fold->docs == NULL ||
		fold->locks == NULL || fold->duties == NULL) {
		journal_fold_done(fold);
		return anju_fail_nomem(err);
	}
	snprintf(fold->definition, sizeof fold->definition, "%s", definition_hash);
	journal_genesis(workflow, key, definition_hash, fold->head);
	return ANJU_OK;
}

void journal_fold_done(struct journal_fold *fold)
{
	free(fold->state);
	json_decref(fold->data);
	json_decref(fold->docs);
	json_decref(fold->locks);
	json_decref(fold->duties);
	*fold = (struct journal_fold){0};
}

static int merge(json_t *into, json_t *patch)
{
	const char *key;
	json_t *v;
	json_object_foreach(patch, key, v) {
		if (json_is_null(v))
			(void)json_object_del(into, key); /* absent already is fine */
		else if (json_object_set(into, key, v) != 0)
			return -1;
	}
	return 0;
}

static anju_status corrupt(anju_error *err, const char *id, int64_t rev)
{
	(void)anju_fail(err, ANJU_E_CORRUPT, id, "journal entry %lld does not fit its predecessors",
		(long long)rev);
	anju_error_found(err, "rev %lld", (long long)rev);
	return ANJU_E_CORRUPT;
}

/* The case goes from the definition that it had to another; false when it says so of a third one. */
static bool redefine(struct journal_fold *fold, const json_t *change)
{
	const char *from = json_string_value(json_object_get(change, "from"));
	const char *to = json_string_value(json_object_get(change, "to"));
	if (from == NULL || to == NULL || strcmp(from, fold->definition) != 0 ||
		strlen(to) >= sizeof fold->definition)
		return false;
	memcpy(fold->definition, to, strlen(to) + 1);
	return true;
}

anju_status journal_fold_add(struct journal_fold *fold, const struct journal_entry *entry,
	const uint8_t hash[HASH_BYTES], anju_error *err)
{
	if (entry->rev != fold->rev + 1)
		return corrupt(err, "journal.gap", entry->rev);
	uint8_t head[HASH_BYTES];
	journal_hash(fold->head, entry, head);
	if (memcmp(head, hash, HASH_BYTES) != 0)
		return corrupt(err, "journal.chain", entry->rev);
	ANJU_AUTO_JSON *body = json_loads(entry->body, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(body))
		return corrupt(err, "journal.body", entry->rev);
	json_t *state = json_object_get(body, "state");
	json_t *locks = json_object_get(body, "locks");
	const json_t *change = json_object_get(body, "definition");
	if (change != NULL && !redefine(fold, change))
		return corrupt(err, "journal.body", entry->rev);
	if (state != NULL) {
		char *copy = json_is_string(state) ? strdup(json_string_value(state)) : NULL;
		if (copy == NULL)
			return corrupt(err, "journal.body", entry->rev);
		free(fold->state);
		fold->state = copy;
	}
	if (merge(fold->data, json_object_get(body, "data")) != 0 ||
		merge(fold->docs, json_object_get(body, "docs")) != 0)
		return anju_fail_nomem(err);
	if (locks != NULL) {
		json_decref(fold->locks);
		fold->locks = json_incref(locks);
	}
	anju_status st = duty_log_merge(fold->duties, json_object_get(body, "duties"));
	if (st != ANJU_OK)
		return st == ANJU_E_NOMEM ? anju_fail_nomem(err)
					  : corrupt(err, "journal.body", entry->rev);
	fold->rev = entry->rev;
	memcpy(fold->head, head, HASH_BYTES);
	return ANJU_OK;
}
