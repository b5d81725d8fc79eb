/**
 * What changed from one definition of a workflow to another, in words, by what it means for open cases; and the plan
 * that says as much of it as can be said without its author.
 */
#ifndef CORE_MIGRATE_DIFF_H
#define CORE_MIGRATE_DIFF_H

#include <jansson.h>

#include "migrate/side.h"

/**
 * Differences: [{"group", "kind", "old", "new", "text": {"zh", "en"}}], new reference; NULL when out of memory.
 *   group  "unaffected": open cases go on as they are; "states": a state must be mapped; "values": a field or
 *          document needs a default, a new name or to be given up; "deadlines": keep, recompute or waive
 *   kind   "state.removed", "field.type" …
 *   old, new  names or paths on either side; null where there is none; a likely new name stands in new
 */
json_t *diff_definitions(const struct side *old, const struct side *next);

/**
 * A plan that covers what the differences need: suggestions filled in, null where only its author can tell. New
 * reference; NULL when out of memory.
 */
json_t *diff_plan(const struct side *old, const struct side *next, const json_t *differences);

#endif
