/** Values left open, and filled in by a later pack: pack.json's member "local", id of the catalogue row → value. */
#ifndef CORE_PACK_LOCAL_H
#define CORE_PACK_LOCAL_H

#include "pack/loader.h"

/** Is `id` the form of such an id? Reports at `at` if not. */
bool local_id_check(struct loader *ld, const struct json_at *at, const char *id);
/** Member "local" of a pack.json. */
void locals_load(struct loader *ld, const struct source *src);
/**
 * What fills in the blank `id`, or NULL; and the blank is noted, for pack_set_blank_at().
 *
 * says  {"zh", "en"}, checked; borrowed as long as the set
 * at    the rule that leaves it open
 */
const struct local *local_use(struct loader *ld, const char *id, const json_t *says,
	enum blank_kind kind, const struct json_at *at);
/** The value becomes part of what the workflow is, like its rules; false when out of memory. */
bool build_keep_local(struct build *b, const struct local *local);

#endif
