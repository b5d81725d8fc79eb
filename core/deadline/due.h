/**
 * From the definition of a deadline to its date: the due rule. (Reminders: deadline/rung.h.) Pure: no clock,
 * no store; fields and conditions are asked of the caller through callbacks.
 *
 * A due rule, the member "due" of a deadline, is one of
 *   {"on": "2017-08-31"}                        that day
 *   {"after": "10wd"}                           counted from the effective time of what armed it
 *   {"after": "10wd", "from": "filed_on"}       counted from a date field of the case
 *   {"plan_year": 1, "month": 11}               end of November of the year after the plan year;
 *                                               "field" names the int field, "plan_year" if absent
 *   {"field": "move_in_limit"}                  the date typed into that field
 *   {"month_end": 0}                            end of the month, n months after what armed it
 * or a list of them, each but the last with {"when": "<condition>"}: the first that holds is taken.
 * A last item without "when" holds always.
 *
 * The last permissible day counts whole: the deadline is missed once the next day has begun in legal
 * time. Counts in hours are exact to the instant.
 * Source: BJ-H-06, BJ-H-07, BJ-D-02, BJ-D-29.
 */
#ifndef CORE_DEADLINE_DUE_H
#define CORE_DEADLINE_DUE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "anju/error.h"
#include "base/cleanup.h"
#include "base/json.h"
#include "calendar/calendar.h"

struct due_rule; /* immutable once parsed; may be shared between threads */

enum due_field_kind { DUE_FIELD_DATE, DUE_FIELD_INT };

/** What parsing asks of the loader; each callback may be NULL. */
struct due_hooks {
	void *ctx;
	/** Is there a case field of that name and kind? Fails with its own error at `at`. */
	anju_status (*field)(void *ctx, const char *name, enum due_field_kind kind,
		const struct json_at *at, anju_error *err);
	/** Compile a condition; *ret_cond then belongs to the rule, which gives it back to `release`.
	 *  NULL: conditions are refused. */
	anju_status (*compile)(void *ctx, const char *text, const struct json_at *at,
		void **ret_cond, anju_error *err);
	void (*release)(void *cond);
};

/**
 * Parse and check the value of "due".
 *
 * at     place of `def` in its document, for errors
 * hooks  borrowed for the call (`release` is kept); NULL = no conditions, fields not checked
 * Returns ANJU_OK; ANJU_E_INVALID (err names file, pointer, found, allowed: "json.*",
 *         "deadline.due", "calendar.*", or what a hook says); ANJU_E_NOMEM.
 */
ANJU_MUST_CHECK anju_status due_rule_parse(const json_t *def, const struct json_at *at,
	const struct due_hooks *hooks, struct due_rule **ret, anju_error *err);
void due_rule_free(struct due_rule *rule);
ANJU_DEFINE_AUTO(due_rule)

/** Does the date depend on the calendar of working days? Only such deadlines are computed again when
 *  a holiday notice is loaded. A list depends if one of its items does. */
bool due_rule_uses_workdays(const struct due_rule *rule);
/** Does the rule read the case field `name` as a date or number? (Conditions are not looked into.)
 *  If so, the deadline is computed again when that field changes. */
bool due_rule_reads(const struct due_rule *rule, const char *name);

/** What computing asks of the engine. */
struct due_inputs {
	int64_t effective_ms; /* Unix ms, UTC: when what armed the deadline took place */
	void *ctx;
	/** The value of a case field; ANJU_E_NOTFOUND when it is not set, other failures pass through. */
	anju_status (*date)(void *ctx, const char *field, int32_t *ret_day, anju_error *err);
	anju_status (*integer)(void *ctx, const char *field, int64_t *ret, anju_error *err);
	/** Does a compiled condition hold now? Its failures pass through. */
	anju_status (*holds)(void *ctx, const void *cond, bool *ret, anju_error *err);
};

struct due {
	int32_t day;    /* last permissible day, legal time */
	int64_t due_ms; /* overdue from this instant on: start of the next day, or exact for hours */
	bool exact;     /* counted in hours */
	bool provisional; /* working days were counted in a year without a notice */
};

/**
 * Compute the due date.
 *
 * Returns ANJU_OK; ANJU_E_NOTFOUND "deadline.no_date" (a field is unset: err->found names it; or no
 *         item's condition holds); ANJU_E_INVALID "calendar.range" (before 1900 or after 2200, as a
 *         plan year typed wrongly gives); what the callbacks return.
 */
ANJU_MUST_CHECK anju_status due_compute(const struct due_rule *rule, const struct calendar *cal,
	const struct due_inputs *in, struct due *ret, anju_error *err);

#endif
