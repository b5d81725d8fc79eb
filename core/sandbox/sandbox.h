/**
 * The engine and the store of the daemon in a throw-away folder, with a clock that only moves when told, driven
 * step by step on the caller's thread. Nothing leaves it: messages are composed and can be read, never sent.
 * For trying workflows out, for scenarios, for rehearsals.
 *
 * The folder lies in memory where there is such a place, and is unlinked as soon as it is open.
 *
 * What is read comes as JSON objects of the caller's own, so that it stays when the sandbox goes on.
 */
#ifndef CORE_SANDBOX_SANDBOX_H
#define CORE_SANDBOX_SANDBOX_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "anju/error.h"
#include "base/cleanup.h"
#include "case/case.h"
#include "sandbox/world.h"

struct sandbox;
struct store_reader;

struct sandbox_options {
	const struct sandbox_world *world; /* borrowed */
	int64_t start_ms;
	/* Begin with a copy of this data folder, which is only read, whether or not a daemon is at work there; NULL: with
	 * nothing. The clock then goes on where a manual one stood, or else at the last entry of the journal, and not at
	 * start_ms; there, when it has none (SANDBOX_NOW: ANJU_E_INVALID "sandbox.no_time"). */
	const char *data;
	bool obligations;                     /* duties begin by the calendar, as in the daemon */
	const struct case_observer *observer; /* borrowed; or NULL. Not told of dry runs. */
};

ANJU_MUST_CHECK anju_status sandbox_open(
	const struct sandbox_options *options, struct sandbox **ret, anju_error *err);
void sandbox_free(struct sandbox *sb);
ANJU_DEFINE_AUTO(sandbox)

int64_t sandbox_now(const struct sandbox *sb);
/** For reading what is stored, row by row; borrowed. */
struct store_reader *sandbox_reader(const struct sandbox *sb);
const struct sandbox_world *sandbox_world_of(const struct sandbox *sb);

/** One thing that somebody does. All borrowed. */
struct sandbox_act {
	const char *name; /* of the case, "workflow/key" */
	/* "610322.land", "610322.land/officer", or a role of the case that means one unit: "land@county";
	 * NULL when a case is opened: whoever may */
	const char *as;
	const char *event;    /* NULL: open the case */
	const json_t *data;   /* object or NULL */
	const json_t *docs;   /* array or NULL */
	const char *reason;   /* or NULL */
	int64_t effective_ms; /* SANDBOX_NOW = now */
	bool dry_run;
};
#define SANDBOX_NOW INT64_MIN

/**
 * Do it. The daemon's own answer: ANJU_OK, or its refusal in err with *ret_refusal what error.data of the
 * socket would be (object or NULL, the caller's; set on every return). Besides, ANJU_E_INVALID "sandbox.case" (no
 * "workflow/key") and what sandbox_units gives.
 */
ANJU_MUST_CHECK anju_status sandbox_do(
	struct sandbox *sb, const struct sandbox_act *act, json_t **ret_refusal, anju_error *err);

/** An obligation that waits for someone's word begins. All borrowed. */
struct sandbox_begin {
	const char *obligation; /* its id */
	const char *whom;       /* a unit's code, or a region */
	const char *as;         /* a unit's code, or that and an officer; NULL: anju itself */
	const char *ref;        /* or NULL */
	int64_t effective_ms;   /* the day on which it happened; SANDBOX_NOW = today */
};
/**
 * As sandbox_do(). *ret_name  on success the case, "workflow/key", the caller's
 */
ANJU_MUST_CHECK anju_status sandbox_begin(struct sandbox *sb, const struct sandbox_begin *begin,
	char **ret_name, json_t **ret_refusal, anju_error *err);

/** Move the clock; fires what falls due on the way. ANJU_E_INVALID "engine.clock_back". */
ANJU_MUST_CHECK anju_status sandbox_advance(struct sandbox *sb, int64_t to_ms, anju_error *err);

struct migration;
/** Bring one case to another definition, as a migration of the daemon would; `id` as stored. Its own refusals. */
ANJU_MUST_CHECK anju_status sandbox_migrate(
	struct sandbox *sb, const struct migration *migration, int64_t id, anju_error *err);

/**
 * The units that a text means: a unit's code, or a role as seen from the case `name`. When the case is not there
 * yet, its data are `data`.
 * ret  at most `max`, *ret_n how many; none is a success here
 * ANJU_E_NOTFOUND when neither case nor data are there, "sandbox.unit" no such unit or role.
 */
ANJU_MUST_CHECK anju_status sandbox_units(struct sandbox *sb, const char *name, const json_t *data,
	const char *text, const struct unit **ret, size_t max, size_t *ret_n, anju_error *err);

/**
 * {"case", "workflow", "key", "rev", "region", "phase", "done", "states": [leaf paths], "active": [paths of all
 * active states], "data", "docs", "locks", "updated_at"}.
 * ANJU_E_NOTFOUND "sandbox.no_case".
 */
ANJU_MUST_CHECK anju_status sandbox_case(
	struct sandbox *sb, const char *name, json_t **ret, anju_error *err);
/** As case_possible(). */
ANJU_MUST_CHECK anju_status sandbox_possible(
	struct sandbox *sb, const char *name, json_t **ret, anju_error *err);
/** All deadlines the case has had, oldest first: [{"name", "title": {zh, en}, "due": "2017-08-31" or null,
 *  "status": "open" | "met" | "met_late" | "superseded" | "waived" | "watched", "overdue", "suspended",
 *  "provisional", "log": ["suspend", …]}]; the log is that of the last one of its name. */
ANJU_MUST_CHECK anju_status sandbox_deadlines(
	struct sandbox *sb, const char *name, json_t **ret, anju_error *err);
/** Relation → ["workflow/key", …], inverse ones too. */
ANJU_MUST_CHECK anju_status sandbox_related(
	struct sandbox *sb, const char *name, json_t **ret, anju_error *err);
/** Names of all cases, in the order in which they were opened. */
ANJU_MUST_CHECK anju_status sandbox_cases(struct sandbox *sb, json_t **ret, anju_error *err);
/** Messages with a greater id: [{"id", "to", "on": "2017-08-18", "urgent", "subject": {zh, en}, "body": {zh,
 *  en}}]. */
ANJU_MUST_CHECK anju_status sandbox_messages(
	struct sandbox *sb, int64_t after_id, json_t **ret, anju_error *err);

#endif
