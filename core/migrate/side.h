/**
 * A definition as the tools of a migration look at it: its JSON and the bare chart. It need not fit any packs, so
 * that a case can leave a definition that the packs of today no longer accept.
 */
#ifndef CORE_MIGRATE_SIDE_H
#define CORE_MIGRATE_SIDE_H

#include <jansson.h>
#include <stdbool.h>

#include "anju/error.h"
#include "base/hash.h"
#include "chart/chart.h"

struct side {
	json_t *source;            /* owned */
	struct chart *chart;       /* owned; guards, actions and delays by name only */
	const char *id, *version;  /* borrowed: source */
	char hash[HASH_HEX_CHARS]; /* "" when not known */
	const json_t *fields, *docs, *relations, *delays; /* borrowed: source; NULL = none */
};

/**
 * source  a workflow's definition; referenced
 * file    for messages
 * hash    hex, or NULL
 * Returns ANJU_OK; ANJU_E_INVALID (json.*, chart.*), ANJU_E_UNSUPPORTED; ANJU_E_NOMEM.
 */
ANJU_MUST_CHECK anju_status side_init(
	struct side *side, json_t *source, const char *file, const char *hash, anju_error *err);
void side_done(struct side *side);

/** meta.anju of the root, a state or a transition; NULL if there is none. */
const json_t *side_anju(const json_t *node);
/** A state as written; NULL when out of range. */
const json_t *side_state(const struct side *side, uint32_t state);
/** The deadlines that a state declares, an object; NULL if none. */
const json_t *side_deadlines(const struct side *side, uint32_t state);
/** The first state that declares deadline `name`, from `from` on; CHART_NONE if none does. */
uint32_t side_deadline_state(const struct side *side, const char *name, uint32_t from);
/** The delay of a timer's event "xstate.after.<delay>.<id>" of `state` as offset and length; false if it is
 *  none of this state's. */
bool side_timer_delay(const struct chart *chart, uint32_t state, const char *event,
	const char **ret, size_t *ret_len);

#endif
