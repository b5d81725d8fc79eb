/**
 * What a journal entry says, how entries are chained, and how folding them gives the case again.
 *
 * The body of an entry is a JSON object; every member is optional and names only what changed:
 *   "state"      chart snapshot text after the entry
 *   "data"       fields set (null: unset)
 *   "docs"       documents received: kind → details
 *   "locks"      all locked fields, when the set changed
 *   "deadlines"  [{"name", "op": armed|met|late|superseded|moved|waived, "due": date,
 *                "was": date before, of event "deadline.moved"}]
 *   "duties"     what people did to deadlines: deadline → entries added, null: forgotten (journal/duty_log.h)
 *   "relations"  relation → list of "workflow/key", replacing what was there
 *   "cause"      "workflow/key@rev" of the case whose transition sent the event
 *   "definition" {"from", "to", "from_version", "to_version"}: hashes and versions, when the case went over
 *                to another definition (event "case.migrate")
 *   "message"    {"id", "unit", "channel", "status", "attempts", "about", "error"}: what became of a message
 *                about the case (events "message.delivered", "message.dead", "message.resent")
 *
 * Chain: hash(entry) = SHA-256(hash(previous) | NUL-separated texts of the entry); the first entry's
 * predecessor is the SHA-256 of the case's name and definition hash. Pure; no store.
 */
#ifndef CORE_JOURNAL_JOURNAL_H
#define CORE_JOURNAL_JOURNAL_H

#include <jansson.h>
#include <stdint.h>

#include "anju/error.h"
#include "base/hash.h"

/** The texts an entry is made of; all borrowed. */
struct journal_entry {
	int64_t rev;
	int64_t recorded_ms, effective_ms;
	const char *event, *actor;
	const char *reason; /* or NULL */
	const char *body;
};

/** Predecessor of a case's first entry. */
void journal_genesis(const char *workflow, const char *key, const char *definition_hash,
	uint8_t out[HASH_BYTES]);
/** Hash of an entry; `out` may be `prev`. */
void journal_hash(
	const uint8_t prev[HASH_BYTES], const struct journal_entry *entry, uint8_t out[HASH_BYTES]);

/** What folding has gathered. Start from zero; release with journal_fold_done(). */
struct journal_fold {
	int64_t rev;
	char *state;                     /* owned */
	json_t *data;                    /* owned, object */
	json_t *docs;                    /* owned, object */
	json_t *locks;                   /* owned, array */
	json_t *duties;                  /* owned, object */
	char definition[HASH_HEX_CHARS]; /* the one in force after it */
	uint8_t head[HASH_BYTES];
};
ANJU_MUST_CHECK anju_status journal_fold_init(struct journal_fold *fold, const char *workflow,
	const char *key, const char *definition_hash, anju_error *err);
void journal_fold_done(struct journal_fold *fold);
/**
 * Take the next entry, whose stored hash is `hash`.
 * ANJU_E_CORRUPT: "journal.gap" (rev is not the next), "journal.chain" (hash does not follow),
 * "journal.body" (not an object of the shape above).
 */
ANJU_MUST_CHECK anju_status journal_fold_add(struct journal_fold *fold,
	const struct journal_entry *entry, const uint8_t hash[HASH_BYTES], anju_error *err);

#endif
