/**
 * A plan, the file *.migration.json: how cases go from one definition of a workflow to another. Its form is
 * described in anju-pack(5), CHANGING A WORKFLOW.
 */
#ifndef CORE_MIGRATE_PLAN_H
#define CORE_MIGRATE_PLAN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "anju/error.h"
#include "base/cleanup.h"
#include "migrate/side.h"
#include "org/org.h"
#include "pack/workflow.h"

struct plan {
	json_t *doc; /* owned; what all else points into */
	char *file;  /* owned; for messages */
	const char *workflow, *from_hash, *from_version, *to_hash, *to_version, *reason;
	const json_t *states; /* path → path, array of paths, or null; NULL = none */
	const json_t *rename, *fill, *replace, *drop;  /* fields */
	const json_t *doc_rename, *doc_drop;           /* documents */
	const json_t *relation_rename, *relation_drop; /* stored relations */
	const json_t *deadline_rename, *policies;      /* deadlines */
	const char *otherwise;                         /* policy of those not named */
	bool restart_timers;
};

/**
 * Read strictly. doc is referenced; file is for messages.
 * ANJU_E_INVALID json.*, "migrate.value", with file, pointer, found, allowed.
 */
ANJU_MUST_CHECK anju_status plan_read(
	json_t *doc, const char *file, struct plan **ret, anju_error *err);
void plan_free(struct plan *plan);
ANJU_DEFINE_AUTO(plan)

/**
 * Does the plan lead from `old` to `to`, and say all that must be said before any case is looked at?
 *
 * to, next  the definition in force, and the same as a side
 * ANJU_E_INVALID: "migrate.workflow", "migrate.wrong_hash", "migrate.same", "migrate.unknown_state", "migrate.unmapped",
 * "migrate.unknown_name", "migrate.gone" (a field, document, relation or deadline that is neither renamed nor
 * given up), "migrate.no_default", field.* (a default that does not fit).
 */
ANJU_MUST_CHECK anju_status plan_check(const struct plan *plan, const struct side *old,
	const struct side *next, const struct workflow *to, const struct org *org, anju_error *err);

/** Is `name` in this array of strings? */
bool plan_lists(const json_t *array, const char *name);
/** What `name` is called in the new definition: the new name, the same, or NULL when it is dropped. */
const char *plan_name(const json_t *rename, const json_t *drop, const char *name);
/** keep, recompute, waive; arm, skip for deadlines that begin. `fallback` if the plan names none. */
const char *plan_policy(const struct plan *plan, const char *name, const char *fallback);

enum landing { LANDING_OK, LANDING_REFUSED, LANDING_UNMAPPED };
#define PLAN_TARGETS_MAX 32
/**
 * Where an old state leads: the states it stands for in the new chart, at most PLAN_TARGETS_MAX; none for a region
 * that is given up.
 */
enum landing plan_land(const struct plan *plan, const struct chart *old, const struct chart *to,
	uint32_t state, uint32_t ret[PLAN_TARGETS_MAX], size_t *ret_len);

#endif
