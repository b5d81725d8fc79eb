/**
 * Cases without a store: a small pack, fakes for the world around, and after every step the checks that the
 * engine relies on: the fold of the journal bodies is the case, a refusal that is not tainted changed nothing,
 * and a case read back from its row goes on like the one in memory.
 */
#ifndef TESTS_UNIT_CASE_WORLD_H
#define TESTS_UNIT_CASE_WORLD_H

#include "case/case.h"
#include "journal/journal.h"
#include "unit/support.h"

struct world {
	struct pack_set *packs;
	struct calendar *calendar;
	struct expr_arena *arena;
	struct case_env env;
	struct anju_case *cs;
	struct journal_fold fold;
	char *state, *data, *meta; /* as last stored */
	int64_t last_duty;

	/* of the last open or send */
	struct case_effects fx;
	anju_error err;
	bool handled, tainted;
	char changes[1024]; /* "name op due" of each deadline in the body, one a line */
	char ended[256];    /* "name status" of each deadline that is over now, one a line */

	int starve; /* the n-th allocation of JSON in the next world_send() fails; 0 = none */

	/* the fakes */
	json_t *related; /* relation → array; others are empty */
	bool related_fails;
	json_t *verdict; /* what the policy says; NULL: policy_status */
	anju_status policy_status;
	json_t *asked; /* what the policy was asked last */
	int policies;
};

/** At noon of "2017-08-16", or at a full time. */
void world_open(struct world *w, const char *at);
void world_done(struct world *w);
/** The clock to `at`. */
void world_at(struct world *w, const char *at);

/**
 * Open a case as `unit` ("" nobody, "system") with {"data", "docs", "reason", "at", "cause"}; ' stands for ".
 * On success w->cs is the case.
 */
anju_status world_new(struct world *w, const char *workflow, const char *key, const char *unit,
	const char *params);
anju_status world_send(struct world *w, const char *unit, const char *event, const char *params);
/** The text of the last refusal. */
const char *world_text(const struct world *w, enum lang lang);
/** A field of the case as compact JSON in a buffer that the next call reuses; "-" when unset. */
const char *world_field(const struct world *w, const char *name);
/** The open deadlines, one a line: "name due rung next"; timers: "name @instant". */
const char *world_duties(const struct world *w);
struct duty *world_duty(struct world *w, const char *name);
/** Fire the next rung of a deadline at its time: "instant role unit unit …" or "none". */
const char *world_fire(struct world *w, const char *name);
/** JSON from text with ' for ". The caller's. */
json_t *world_json(const char *text);

#define assert_sent(w, unit, event, params)                                                        \
	do {                                                                                       \
		anju_status sent_ = world_send(w, unit, event, params);                            \
		cr_assert_eq(sent_, ANJU_OK, "%s: %s (%s) %s", event, (w)->err.text, (w)->err.id,  \
			world_text(w, LANG_EN));                                                   \
		cr_assert((w)->handled);                                                           \
	} while (0)

#define assert_refused(w, unit, event, params, status, key)                                        \
	do {                                                                                       \
		anju_status sent_ = world_send(w, unit, event, params);                            \
		cr_assert_eq(sent_, status, "%s: %d %s (%s)", event, (int)sent_, (w)->err.text,    \
			(w)->err.id);                                                              \
		cr_assert_str_eq((w)->err.id, key);                                                \
	} while (0)

#define assert_has(text, part)   cr_assert(strstr(text, part) != NULL, "no '%s' in: %s", part, text)
#define assert_lacks(text, part) cr_assert(strstr(text, part) == NULL, "'%s' in: %s", part, text)

#endif
