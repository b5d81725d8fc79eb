/**
 * What a plan makes of one case: the same case under the other definition, or why it does not fit. Decides only;
 * what it gives is stored by the engine like any other change.
 */
#ifndef CORE_MIGRATE_ARRIVE_H
#define CORE_MIGRATE_ARRIVE_H

#include "case/case.h"
#include "migrate/plan.h"

/** A plan that was checked, with what it is about. */
struct migration {
	const struct plan *plan;
	const struct side *old, *next;
	const struct workflow *to;
};

/** An open deadline or timer as stored. */
struct arrive_duty {
	struct duty
		duty; /* def NULL, name borrowed, state of the old chart; lead, responsible borrowed */
	bool timer;
};

/**
 * Bring the case `row` to the new definition.
 *
 * duties   its open deadlines and timers
 * request  who, reason, effective_ms = now, event CASE_MIGRATE
 * fx       zeroed, but relations and relation_names may be filled in; done by the caller in any case
 * Returns ANJU_OK and the case, entry written (fx->body) and chained; ANJU_E_INVALID: "migrate.state_refused",
 * "migrate.state" (the states do not go together), "migrate.history", "case.field_missing", field.*,
 * "migrate.doc", "migrate.deadline_gone"; ANJU_E_REFUSED when a date cannot be computed; ANJU_E_CORRUPT (the row).
 */
ANJU_MUST_CHECK anju_status migrate_case(const struct case_env *env,
	const struct migration *migration, const struct case_row *row,
	const struct arrive_duty *duties, size_t duties_len, const struct case_request *request,
	struct case_effects *fx, struct anju_case **ret, anju_error *err);

#endif
