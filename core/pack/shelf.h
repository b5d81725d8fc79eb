/**
 * Definitions that cases live under: those of the pack set in force, and older ones, which are compiled from
 * the text that the store kept when one of their cases is first needed. Those nobody uses are kept up to a
 * limit. Any thread.
 */
#ifndef CORE_PACK_SHELF_H
#define CORE_PACK_SHELF_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "anju/error.h"
#include "base/cleanup.h"
#include "pack/pack.h"

struct shelf;

/** `packs` is borrowed; the shelf goes first. `policy_known` as in struct pack_options, may be NULL. */
struct shelf *shelf_new(
	struct pack_set *packs, policy_known_cb policy_known, void *policy_ctx, size_t limit);
/** All must have been given back. */
void shelf_free(struct shelf *shelf);
ANJU_DEFINE_AUTO(shelf)

/** The text of a definition: *ret is the caller's. ANJU_E_NOTFOUND when it is not kept. */
typedef anju_status (*shelf_source_cb)(void *ctx, const char *hash, json_t **ret, anju_error *err);

/**
 * The definition `hash` (hex) of `workflow`, to be given back with shelf_give().
 *
 * source  asked, under the shelf's lock, when it is neither in force nor on the shelf
 * Returns ANJU_OK; ANJU_E_UNSUPPORTED "engine.definition" when its text is not kept, or "engine.definition_unfit"
 * when it no longer fits the packs in force: found is the hash, allowed says why.
 */
ANJU_MUST_CHECK anju_status shelf_take(struct shelf *shelf, const char *workflow, const char *hash,
	shelf_source_cb source, void *ctx, const struct workflow **ret, anju_error *err);
/** Accepts NULL and those in force. */
void shelf_give(struct shelf *shelf, const struct workflow *wf);
/** Are more in use than the limit? Whoever keeps cases might let some go. */
bool shelf_crowded(struct shelf *shelf);

#endif
