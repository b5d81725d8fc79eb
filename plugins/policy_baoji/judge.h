/**
 * What the policy functions share: reading their input, and gathering reasons in two languages. A function
 * reads what it needs, adds a reason for each thing that speaks against, and is done; no reason means yes.
 * A field that is missing or of another type is a reason too, and names the field.
 */
#ifndef POLICY_BAOJI_JUDGE_H
#define POLICY_BAOJI_JUDGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "anju/error.h"

struct sentence {
	char *text; /* owned */
	size_t len;
};

struct judge {
	const json_t *input;     /* borrowed for the call */
	json_t *values;          /* owned: what was read, for the refusal */
	struct sentence said[2]; /* zh, en: the reasons so far */
	bool refused;
	bool failed; /* out of memory: there is no verdict */
};

void judge_init(struct judge *j, const json_t *input);
void judge_done(struct judge *j);
/** The verdict as plugin.h wants it; the caller's. NULL if out of memory. */
json_t *judge_verdict(struct judge *j);

/** Add a reason; both formats take the same arguments (positional where the order differs). */
void judge_refuse(struct judge *j, const char *zh, const char *en, ...)
	__attribute__((format(printf, 2, 4), format(printf, 3, 4)));

/** A field as people call it. */
struct named {
	const char *name, *zh, *en;
};

/** Members of "case", also put into values; false: a reason has been added. */
bool judge_int(struct judge *j, const struct named *field, int64_t min, int64_t *ret);
bool judge_area(struct judge *j, const struct named *field, int64_t *ret_hundredths);
bool judge_string(struct judge *j, const struct named *field, const char **ret);
/** "YYYY-MM-DD" of a real day; *ret is borrowed. `required` false: absent or null gives NULL and true. */
bool judge_date(struct judge *j, const struct named *field, bool required, const char **ret);
/** Is the member of "case" there and not null? */
bool judge_has(const struct judge *j, const char *name);
const json_t *judge_case(const struct judge *j, const char *name);

/** rules.<rule>.<bound>, as an area or as a whole number. */
bool judge_rule_area(struct judge *j, const char *rule, const char *bound, int64_t *ret_hundredths);
bool judge_rule_int(struct judge *j, const char *rule, const char *bound, int64_t *ret);

/** A string of "params", or `otherwise`. */
const char *judge_param(const struct judge *j, const char *name, const char *otherwise);
/** The key of the case without its workflow. */
const char *judge_key(const struct judge *j);
/** The legal-time day of "effective_at" as "YYYY-MM-DD". */
bool judge_today(struct judge *j, char out[11]);
/** Put a value for the refusal; takes `value`. */
void judge_value(struct judge *j, const char *name, json_t *value);

#endif
