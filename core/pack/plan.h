/**
 * When obligations begin, and with what. Pure: no clock, no store; what has been done is told by the caller.
 *
 * A period is known by its nominal day, the one that the rule yields. The day on which it begins is that day
 * moved by "shift": it may change with a holiday notice, the nominal one does not, so progress and keys
 * speak of nominal days.
 */
#ifndef CORE_PACK_PLAN_H
#define CORE_PACK_PLAN_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "anju/error.h"
#include "base/buf.h"
#include "calendar/calendar.h"
#include "deadline/due.h"
#include "pack/pack.h"
#include "pack/values.h"

#define PLAN_NONE INT32_MIN /* nothing done yet */

struct plan_period {
	int32_t day;    /* nominal */
	int32_t begins; /* moved by shift */
};

/**
 * The first period after the nominal day `done`.
 *
 * done  PLAN_NONE, or the last nominal day that was begun: a single date is over then, wherever a later version of
 *       the pack puts it
 * Returns ANJU_OK; ANJU_E_NOTFOUND when it has ended, waits for someone's word, or has a blank for a period;
 *         what recurrence_next() gives.
 */
ANJU_MUST_CHECK anju_status plan_next(const struct obligation *o, const struct calendar *cal,
	int32_t done, struct plan_period *ret, anju_error *err);

/** {year} {month} {day} {half} {quarter} {week} {date} {unit} {region} filled in: 2019, 10, 20, half of the month 1 or
 *  2, quarter 1 to 4, ISO week "2019-W42", "2019-10-20", the owner's code, its region. */
void plan_fill(const char *text, const struct obliged *whom, int32_t day, struct buf *out);
/** Every "{…}" of `text` is one of these. */
bool plan_placeholders_ok(const char *text);
#define PLAN_PLACEHOLDERS "{year} {month} {day} {half} {quarter} {week} {date} {unit} {region}"
/** Does `text` tell any two periods apart that have different {year}s at least? */
bool plan_names_period(const char *text);

/** What a case can be told by the machinery itself: fields that are filled in if the workflow has them, with the type that
 *  fits, and "data" does not speak of them. */
enum plan_field {
	PLAN_OBLIGATION, /* "obligation", string: the id */
	PLAN_BEGUN_ON,   /* "begun_on", date */
	PLAN_CAUGHT_UP,  /* "caught_up", bool: it was opened later than on that day */
	PLAN_OWNER,      /* "owner", unit */
	PLAN_SUBJECT,    /* "subject", string: the title in both languages */
	PLAN_FIELDS
};
const char *plan_field_name(enum plan_field field);
/** Is it filled in for that obligation? */
bool plan_fills(const struct obligation *o, const struct workflow *wf, enum plan_field field);
/** Does the case begin with the field `name` although "data" does not speak of it? Also "ref" (string), which who opens
 *  an obligation with a trigger may give. */
bool plan_names(const struct obligation *o, const struct workflow *wf, const char *name);
#define PLAN_REF "ref"

/** Key of the case; the caller's, NULL when out of memory. */
char *plan_key(const struct obligation *o, const struct obliged *whom, int32_t day);
/** Data of the case; new reference, NULL when out of memory. */
json_t *plan_data(const struct obligation *o, const struct workflow *wf, const struct obliged *whom,
	const struct plan_period *period, bool caught_up);

/**
 * When it is due: the field "due_on" of `data` if that is given, else the rule of the obligation.
 * Returns ANJU_OK; ANJU_E_NOTFOUND when neither gives a date; what due_compute() gives.
 */
ANJU_MUST_CHECK anju_status plan_due(const struct obligation *o, const struct calendar *cal,
	int32_t begins, const json_t *data, struct due *ret, anju_error *err);

enum plan_part { PLAN_LEAD, PLAN_RESPONSIBLE, PLAN_COOPERATING, PLAN_REVIEWER, PLAN_PARTS };
/** "lead", "responsible", "cooperating", "reviewer". */
const char *plan_part_name(enum plan_part part);
/** What the case says of itself; each may be NULL. */
struct plan_place {
	const char *region;
	const char *owner;    /* code of the unit whose case it is */
	const char *reviewer; /* code of a unit */
};
/**
 * The units that take that part, in order of precedence, each once. As the obligation's roles mean them in the region;
 * where it names none (or `o` is NULL, being gone) the owner leads, who leads is responsible, the field `reviewer`
 * says who reviews, or else the supervisors of those who lead.
 */
size_t plan_units(const struct org *org, const struct obligation *o, enum plan_part part,
	const struct plan_place *place, const struct unit **ret, size_t max);

/** The obligation that a case names in its field `obligation`, in the packs in force; NULL when it names none, or it is
 *  gone. */
const struct obligation *plan_of_case(const struct workflow *wf, const json_t *data);
/** The same units for a case; `part` by name, role_context.obliged. */
size_t plan_case_units(const struct workflow *wf, const char *region, const json_t *data,
	const char *part, const struct unit **ret, size_t max);

/** What a case's own fields say of it; each may be NULL. */
struct plan_said {
	const char *obligation, *owner, *reviewer;
};
struct plan_said plan_said_by(const struct workflow *wf, const struct values *values);
const struct obligation *plan_said_obligation(
	const struct workflow *wf, const struct plan_said *said);
size_t plan_said_units(const struct workflow *wf, const char *region, const struct plan_said *said,
	const char *part, const struct unit **ret, size_t max);

#endif
