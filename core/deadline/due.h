/**
 * From the definition of a deadline to its date: the due rule. (Reminders: deadline/rung.h.) Pure: no clock,
 * no store; fields, conditions and other deadlines are asked of the caller through callbacks.
 *
 * A due rule, the member "due" of a deadline, is one of
 *   {"on": "2017-08-31"}                        that day; "2020-08" its last day, "2019" 31 December
 *   {"after": "10wd"}                           counted from the effective time of what armed it
 *   {"plan_year": 1, "month": 11}               end of November of the year after the plan year;
 *                                               "field" names the int field, "plan_year" if absent
 *   {"field": "move_in_limit"}                  the date typed into that field
 *   {"month_end": 0}                            end of the month, n months after the one in which counting
 *                                               begins; likewise "half_month_end", "quarter_end", "year_end"
 *   {"festival": "spring", "year": 2019, "offset": "-15d"}   without "year": that of what armed it
 *   {"earliest": [rules]}, {"latest": [rules]}  of those that have a date and whose "when" holds
 *   {"local": "GX-D-20", "says": {"zh", "en"}}  a blank that a pack fills in; no date until then
 *   {"obligation": "due"}                       the rule of the obligation that the case's field "obligation"
 *                                               names, counted from its field "begun_on"
 * or a list of them, each but the last with {"when": "<condition>"}: the first that holds is taken.
 * A last item without "when" holds always.
 *
 * "after" and the ends of periods count from a date field with "from": "filed_on", or from another deadline of the
 * same case with "of": "name", "at": "due" (its date, default) or "met" (the day it was met).
 * On every rule may stand "edge": "exclusive" (the day before is the last permissible one; asks for a "reading"),
 * then "shift": "next_workday" or "previous_workday", and "reading": {"zh", "en"}, how an unclear text was read.
 *
 * The last permissible day counts whole: the deadline is missed once the next day has begun in legal
 * time. Counts in hours are exact to the instant.
 * Source: BJ-H-06, BJ-H-07, BJ-D-02, BJ-D-29, GX-H-10, XC-H-02, SX-H-01, SX-H-05, SX-D-03.
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

enum due_field_kind { DUE_FIELD_DATE, DUE_FIELD_INT, DUE_FIELD_STRING };

/** Fields that {"obligation": "due"} reads. */
#define DUE_OBLIGATION_FIELD "obligation"
#define DUE_BEGUN_FIELD      "begun_on"

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
	/** Is there a deadline of that name to count from? NULL: "of" is refused. */
	anju_status (*deadline)(
		void *ctx, const char *name, const struct json_at *at, anju_error *err);
	/** What is filled in for the blank `id`; *ret_fill stays NULL if nothing is. `says` is its {"zh","en"}, `at`
	 *  the rule's place; *ret_at that of the filling, borrowed like it. NULL: nothing is filled in. */
	anju_status (*local)(void *ctx, const char *id, const json_t *says,
		const struct json_at *at, const json_t **ret_fill, const struct json_at **ret_at,
		anju_error *err);
	bool obligation; /* {"obligation": "due"} is a rule here */
	bool filling; /* what is read fills in a blank itself: it leaves none and sends nowhere else */
};

/**
 * Parse and check the value of "due".
 *
 * at     place of `def` in its document, for errors
 * hooks  borrowed for the call (`release` is kept); NULL = no conditions, fields not checked
 * Returns ANJU_OK; ANJU_E_INVALID (err names file, pointer, found, allowed: "json.*",
 *         "deadline.*", "calendar.*", or what a hook says); ANJU_E_NOMEM.
 */
ANJU_MUST_CHECK anju_status due_rule_parse(const json_t *def, const struct json_at *at,
	const struct due_hooks *hooks, struct due_rule **ret, anju_error *err);
void due_rule_free(struct due_rule *rule);
ANJU_DEFINE_AUTO(due_rule)

/** Member "shift" of `def`: 0 if absent, 1 for "next_workday", -1 for "previous_workday"; as calendar_shift()
 *  takes it. ANJU_E_INVALID "deadline.due", "json.type". */
ANJU_MUST_CHECK anju_status due_shift_parse(
	const json_t *def, const struct json_at *at, int *ret, anju_error *err);
/** A catalogue row's id, as blanks are named by: "GX-D-20", or with a name behind it, "GX-D-20.visit". */
bool due_local_id_ok(const char *id);

/** May the date depend on the calendar of working days? Only such deadlines are computed again when
 *  a holiday notice is loaded. True for what hangs on another deadline or on an obligation, whose rule may. */
bool due_rule_uses_workdays(const struct due_rule *rule);
/** Is some part of it counted in working days? Time that a deadline stood still is then given back in these. */
bool due_rule_counts_workdays(const struct due_rule *rule);
/** Does the rule read the case field `name`? (Conditions are not looked into.)
 *  If so, the deadline is computed again when that field changes. */
bool due_rule_reads(const struct due_rule *rule, const char *name);
/** Has some part of it a condition? Then any change of the case may move the date. */
bool due_rule_conditional(const struct due_rule *rule);
/** Does it count from the deadline `name`? If so, it is computed again when that one moves or is met. */
bool due_rule_counts_from(const struct due_rule *rule, const char *name);
/** Does it count from any deadline? */
bool due_rule_counts_from_any(const struct due_rule *rule);

/** What computing asks of the engine; a callback may be NULL if no rule needs it. */
struct due_inputs {
	int64_t effective_ms; /* Unix ms, UTC: when what armed the deadline took place */
	void *ctx;
	/** The value of a case field; ANJU_E_NOTFOUND when it is not set, other failures pass through. */
	anju_status (*date)(void *ctx, const char *field, int32_t *ret_day, anju_error *err);
	anju_status (*integer)(void *ctx, const char *field, int64_t *ret, anju_error *err);
	/** Does a compiled condition hold now? Its failures pass through. */
	anju_status (*holds)(void *ctx, const void *cond, bool *ret, anju_error *err);
	/** The date of another deadline of the case, or the day on which it was met; ANJU_E_NOTFOUND while it has
	 *  none. *ret_provisional: that date is. */
	anju_status (*deadline)(void *ctx, const char *name, bool met, int32_t *ret_day,
		bool *ret_provisional, anju_error *err);
	/** The due rule of the obligation that the case's field "obligation" names, borrowed until computing ends;
	 *  ANJU_E_NOTFOUND when the field is unset, the obligation is gone or it has no due rule. */
	anju_status (*obligation)(void *ctx, const struct due_rule **ret, anju_error *err);
};

struct due {
	int64_t due_ms; /* overdue from this instant on: start of the next day, or exact for hours */
	int32_t day;    /* last permissible day, legal time */
	bool exact;     /* counted in hours */
	bool provisional; /* working days were counted in a year without a notice */
};

/**
 * Compute the due date.
 *
 * Returns ANJU_OK; ANJU_E_NOTFOUND "deadline.no_date" (a field is unset: err->found names it; or
 *         no item's condition holds; or a blank is not filled in); ANJU_E_INVALID "calendar.range" (before 1900
 *         or after 2200, as a plan year typed wrongly gives); what the callbacks return.
 */
ANJU_MUST_CHECK anju_status due_compute(const struct due_rule *rule, const struct calendar *cal,
	const struct due_inputs *in, struct due *ret, anju_error *err);

#endif
