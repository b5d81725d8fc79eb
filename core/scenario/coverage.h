/**
 * Which states, transitions and guards of the workflows have been exercised: counted where the engine takes its steps.
 */
#ifndef CORE_SCENARIO_COVERAGE_H
#define CORE_SCENARIO_COVERAGE_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "anju/error.h"
#include "base/cleanup.h"
#include "case/case.h"
#include "pack/pack.h"

/** Of one workflow. */
struct coverage_workflow {
	const struct workflow *wf; /* borrowed */
	uint32_t *states;          /* owned; times entered, by state */
	uint32_t *transitions;     /* owned; times taken, by transition */
	uint32_t *guards_true;     /* owned; times, by transition */
	uint32_t *guards_false;    /* owned */
};

struct coverage {
	struct coverage_workflow *workflows; /* owned; in the order of the packs */
	size_t len;
	struct case_observer observer; /* for the sandbox */
};

/** packs  borrowed until coverage_free() */
ANJU_MUST_CHECK anju_status coverage_new(
	const struct pack_set *packs, struct coverage **ret, anju_error *err);
void coverage_free(struct coverage *c);
ANJU_DEFINE_AUTO(coverage)

/**
 * Add what was counted with another leaf: workflows of the same file become one, others are moved over. The packs of
 * both stay borrowed. Returns ANJU_OK; ANJU_E_NOMEM.
 */
ANJU_MUST_CHECK anju_status coverage_merge(
	struct coverage *into, struct coverage *from, anju_error *err);

struct coverage_count {
	size_t seen, all;
};
struct coverage_counts {
	struct coverage_count states, transitions, guards_true, guards_false;
};
/** History states, and `{}` that only swallows an event, do not count. */
void coverage_counts(const struct coverage_workflow *w, struct coverage_counts *ret);
/** Percent, rounded down; 100 of nothing. */
unsigned coverage_percent(struct coverage_count count);

/**
 * {"workflow", "title", "states": {"seen", "all", "percent"}, "transitions", "guards_true", "guards_false", "missing":
 * [{"kind": "state" | "transition" | "guard_true" | "guard_false", "file", "pointer", "title": {zh, en}}]};
 * new reference.
 */
json_t *coverage_json(const struct coverage_workflow *w);

#endif
