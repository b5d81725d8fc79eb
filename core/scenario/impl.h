/** Shared inside core/scenario only. */
#ifndef CORE_SCENARIO_IMPL_H
#define CORE_SCENARIO_IMPL_H

#include "base/json.h"
#include "sandbox/sandbox.h"
#include "scenario/scenario.h"

/** One file being looked at; goes on after a finding. */
struct checker {
	const struct pack_set *packs; /* NULL: the form alone */
	finding_cb report;
	void *ctx;
	size_t findings;
	const struct workflow *wf; /* of the case at hand; NULL: unknown, or not looked for */
	bool named;                /* a case has been named */
};

/* check.c: what both files of the check use */
/** Report found/allowed at a place. */
void check_finding(struct checker *c, const char *id, const struct json_at *at, const json_t *found,
	const char *allowed_fmt, ...) ANJU_PRINTF(5, 6);
/** True if `st` is ANJU_OK; reports otherwise. */
bool check_ok(struct checker *c, anju_status st, const anju_error *err);
/** Is `v` an object with these members only? */
bool check_object(
	struct checker *c, const json_t *v, const struct json_at *at, const char *const *allowed);
/** Its workflow, or NULL after a finding or when there are no packs. */
const struct workflow *check_case_name(
	struct checker *c, const json_t *v, const struct json_at *at);
/** An array of strings; NULL after a finding, or if it is absent. */
const json_t *check_strings(
	struct checker *c, const json_t *obj, const struct json_at *at, const char *key);
/** A string or an array of strings, none empty. */
void check_texts(struct checker *c, const json_t *obj, const struct json_at *at, const char *key);
/** Unit, officer or role, as seen from the case at hand. */
void check_actor(struct checker *c, const json_t *v, const struct json_at *at, bool officer);
void check_bool(struct checker *c, const json_t *obj, const struct json_at *at, const char *key);

/* check_expect.c */
void check_expect(struct checker *c, const json_t *expect, const struct json_at *at);

/* time.c */
/** `now` and a duration on; days end at SCENARIO_HOUR. */
ANJU_MUST_CHECK anju_status scenario_wait(const struct calendar *calendar, int64_t now_ms,
	const char *text, int64_t *ret_ms, anju_error *err);

/** One scenario under way. */
struct run {
	const struct scenario_list *list;
	const struct scenario *scenario; /* whose acts these are */
	struct sandbox *sb;
	struct scenario_result *result;
	char name[SCENARIO_NAME_SIZE]; /* the case at hand */
	int64_t seen;                  /* the last message before this step */
	const json_t *step;
	const json_t *refusal; /* of the step, or NULL */
	const anju_error *err; /* of the step */
	anju_status status;    /* of the step */
};

/* run.c */
/** Note what did not hold; takes both values. `text` may be NULL. */
void run_failed(struct run *run, const struct json_at *at, const char *zh, const char *en,
	json_t *expected, json_t *actual, json_t *text);

/* compare.c */
ANJU_MUST_CHECK anju_status compare_expect(
	struct run *run, const json_t *expect, const struct json_at *at, anju_error *err);
ANJU_MUST_CHECK anju_status compare_case(struct run *run, const char *name, const json_t *expect,
	const struct json_at *at, anju_error *err);
/* compare_more.c: what is not a state or a field of the case itself */
void compare_refusal(struct run *run, const json_t *refused, const struct json_at *at);
ANJU_MUST_CHECK anju_status compare_deadlines(struct run *run, const char *name,
	const json_t *expect, const struct json_at *at, anju_error *err);
ANJU_MUST_CHECK anju_status compare_messages(
	struct run *run, const json_t *expect, const struct json_at *at, anju_error *err);
/** As sets: reports what is missing and what is too much. */
void compare_sets(struct run *run, const struct json_at *at, const char *zh, const char *en,
	const json_t *expected, const json_t *actual);
/** Are all of `expected` in `actual`? Else a failure. */
void compare_some(struct run *run, const struct json_at *at, const char *zh, const char *en,
	const json_t *expected, const json_t *actual);

#endif
