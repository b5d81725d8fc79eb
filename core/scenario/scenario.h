/**
 * Scenarios: what a workflow should do, told as a story and tried out on the real engine. One file, one
 * behaviour: <pack>/scenarios/<name>.scenario.json, described in anju-pack(5), SCENARIOS.
 *
 *   {"title": {"zh", "en"}, "rows": [catalogue ids], "pack": "fengxiang",
 *    "start": "2017-09-01", or "continues": "name of a scenario of the same folder",
 *    "obligations": false,
 *    "given": [act, …],              what went before; each must succeed
 *    "steps": [act + expect, …]}
 *
 *   act     "open": "workflow/key" | "send": "event" | "amend": true | "begin": "obligation", "for": "unit"
 *           [, "ref": text] | none (the day passes)
 *           "rows" (of a step only), "title", "on": day or time | "wait": duration, "case": "workflow/key" (else the one before),
 *           "as": "610322.land[/officer]" | "land@county", "data", "docs": ["kind" | {kind, ref, form}],
 *           "reason", "effective": day or time; "send" may also be an act on a deadline, "deadline.suspend" and the
 *           like, whose "data" is {"deadline", "length", "until"} (case/duty_acts.h)
 *   expect  "refused": {"rule", "text", "at", "needs", "requires", "who"},
 *           "states": all leaves, "in": some active ones, "not_in", "phase", "done", "fields", "docs",
 *           "locked", "deadlines": {name: "met" | null | {"due", "state", "log"}}, "possible", "impossible",
 *           "related": {relation: [cases]}, "messages": [{"to", "on", "about", "text", "urgent"}],
 *           "cases": {"workflow/key": expect without refused, messages and cases; null = there is none}
 */
#ifndef CORE_SCENARIO_SCENARIO_H
#define CORE_SCENARIO_SCENARIO_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "anju/error.h"
#include "base/cleanup.h"
#include "pack/pack.h"
#include "sandbox/sandbox.h"
#include "sandbox/world.h"
#include "scenario/coverage.h"

#define SCENARIO_FOLDER "scenarios"
#define SCENARIO_SUFFIX ".scenario.json"
/** Messages of scenarios come at nine: when those of the morning have gone out. */
#define SCENARIO_HOUR 9
/** Room for "workflow/key". */
#define SCENARIO_NAME_SIZE 160

struct scenario {
	char *name;  /* owned; file name without the suffix */
	char *pack;  /* owned; the pack whose folder it is in */
	char *file;  /* owned; "base/scenarios/duty.scenario.json" */
	json_t *doc; /* owned */
	bool sound;  /* scenario_check() found nothing */
	bool other;  /* asks for a pack that is not in the chain: not to be run */
};

struct scenario_list {
	struct scenario *items; /* owned */
	size_t len;
};

/**
 * Read and check all scenarios of the packs in the chain, by pack (what is extended first) and name. Each mistake goes
 * to `report`; a file with one is in the list, but not sound, and one that is no JSON is not in it.
 * Fails only where folders cannot be read, or without memory.
 */
ANJU_MUST_CHECK anju_status scenario_list_load(const struct pack_set *packs, finding_cb report,
	void *report_ctx, struct scenario_list *ret, anju_error *err);
void scenario_list_done(struct scenario_list *list);
/** By name; NULL if there is none. `pack` NULL: of any pack. */
const struct scenario *scenario_find(
	const struct scenario_list *list, const char *pack, const char *name);

/**
 * Is one file well formed, and does all that it names exist? Each mistake goes to `report` with file, pointer, found
 * and allowed. Of a scenario that asks for a pack outside of the chain only the form is looked at.
 * packs  NULL: the form alone
 * Returns the number of mistakes.
 */
size_t scenario_check(const json_t *doc, const char *file, const struct pack_set *packs,
	finding_cb report, void *report_ctx);

/** What came of one scenario. Zero-initialise; release with scenario_result_done(). */
struct scenario_result {
	bool passed;
	size_t steps; /* done, those of scenarios it continues included */
	/* owned; [{"file", "pointer", "step": {zh, en}, "what": {zh, en}, "expected", "actual", "text": {zh,
	 * en} or absent, "rows"}]: expected and actual are values as in the file; text says more */
	json_t *failures;
};
void scenario_result_done(struct scenario_result *result);

/**
 * Run one in a sandbox of its own. What the engine does is counted in `coverage` (or NULL).
 * Fails only where it could not be run at all; expectations that do not hold are in *ret.
 */
ANJU_MUST_CHECK anju_status scenario_run(const struct scenario_list *list,
	const struct scenario *scenario, const struct sandbox_world *world,
	struct coverage *coverage, struct scenario_result *ret, anju_error *err);

/** A day, taken at SCENARIO_HOUR, or an instant. */
ANJU_MUST_CHECK anju_status scenario_time(const char *text, int64_t *ret_ms, anju_error *err);

/* --- one act, for those who tell a story as it comes --- */

/** The case that an act opens or names; NULL: that of the act before. */
const char *scenario_case_of(const json_t *act);
/**
 * Move the clock, then do it to the case `name`; the act is one that scenario_check() has found sound. Where an
 * obligation begins, `name` becomes that of the case opened.
 * *ret_timely   false: already the time could not be reached, and nothing was done
 * *ret_refusal  as sandbox_do(); set on every return
 */
ANJU_MUST_CHECK anju_status scenario_act(struct sandbox *sb, char name[SCENARIO_NAME_SIZE],
	const json_t *act, bool *ret_timely, json_t **ret_refusal, anju_error *err);
/** Is that an answer to an act, as a refusal is; or has the machine itself failed? */
bool scenario_is_answer(anju_status st);
/** All acts of a scenario, those of what it continues first; new reference. *ret_start is borrowed from it. */
json_t *scenario_acts(
	const struct scenario_list *list, const struct scenario *scenario, const char **ret_start);

#endif
