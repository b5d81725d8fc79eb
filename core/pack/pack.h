/**
 * Packs: folders of definitions, one jurisdiction each, extending one another. Loading proves that the
 * whole is sound, or says where it is not; nothing half loaded is ever used.
 */
#ifndef CORE_PACK_PACK_H
#define CORE_PACK_PACK_H

#include "anju/error.h"
#include "base/cleanup.h"
#include "org/org.h"
#include "pack/workflow.h"
#include "wording/wording.h"

struct pack_set; /* a leaf pack with all it extends */

/** One finding of the linter or loader. */
struct finding {
	char rule[52]; /* = anju_error.id */
	anju_error error;
};
typedef void (*finding_cb)(void *ctx, const anju_error *finding);

/** What plugins offer, asked while guards are resolved: true if plugin offers policy `function`. Without
 *  plugins at hand (offline lint) the manifests beside the plugins answer. */
typedef bool (*policy_known_cb)(void *ctx, const char *plugin, const char *function);

struct pack_options {
	const char *dir;   /* folder that holds pack folders */
	const char *leaf;  /* name of the pack to use; NULL = the only leaf, examples apart */
	finding_cb report; /* each finding; loading goes on to find as many as it can */
	void *report_ctx;
	policy_known_cb
		policy_known; /* NULL: any function of a plugin the pack lists is accepted */
	void *policy_ctx;
};

/**
 * Load and check. On failure err is the first finding, and every finding has gone to `report`.
 * Source: anju-pack(5).
 */
ANJU_MUST_CHECK anju_status pack_load(
	const struct pack_options *options, struct pack_set **ret, anju_error *err);
void pack_set_free(struct pack_set *set);
ANJU_DEFINE_AUTO(pack_set)

/**
 * The packs of a folder that no other one extends, examples included: what can be run, by name.
 * *ret  array of strings, the caller's
 * Returns what reading the first pack.json that cannot be read returned; ANJU_E_NOMEM.
 */
ANJU_MUST_CHECK anju_status pack_leaves(const char *dir, json_t **ret, anju_error *err);
/** How many packs of the folder extend this one themselves; 0 if that cannot be told. */
size_t pack_extenders(const char *dir, const char *name);

/**
 * Load to look at, as the linter does: *ret_set is what could be made of the packs although findings were
 * reported; NULL if there is nothing to look at. A workflow whose file has findings says so in `faulty`; its
 * chart may be NULL, or, if `mended`, be compiled without the parts that could not be.
 * Never to be run: pack_load() is for that. *ret_findings counts what was reported.
 * Returns ANJU_OK; ANJU_E_NOMEM.
 */
ANJU_MUST_CHECK anju_status pack_inspect(const struct pack_options *options,
	struct pack_set **ret_set, size_t *ret_findings, anju_error *err);

/** One pack of the chain; borrowed: set. */
struct pack_source {
	const char *name;
	const char *path;  /* folder */
	const char *file;  /* "<pack>/pack.json" */
	const json_t *doc; /* pack.json */
};
/** Pack `i` of the chain, what is extended first; false past the last. */
bool pack_set_source(const struct pack_set *set, size_t i, struct pack_source *ret);
/** Every key of the packs' messages.json, as an object {key: {"zh","en"}}. */
const json_t *pack_set_messages(const struct pack_set *set);
/** The file that set a rule last, or NULL. */
const char *pack_set_rule_file(const struct pack_set *set, const char *rule);

const char *pack_set_name(const struct pack_set *set);
const struct org *pack_set_org(const struct pack_set *set);
size_t pack_set_workflow_count(const struct pack_set *set);
struct workflow *pack_set_workflow_at(const struct pack_set *set, size_t i);
struct workflow *pack_set_workflow(const struct pack_set *set, const char *id);
/**
 * A definition that the packs no longer hold, as it was stored: read and linked against the set in force, so
 * that units, rules and other workflows are those of today. The set itself is not changed: any thread.
 *
 * source   the definition; kept by reference
 * hash     its hash as stored, 64 hex digits: it is given to the workflow, not computed
 * options  policy_known is asked; the rest is not looked at
 * Returns the caller's, release with stored_workflow_free() before the set; what pack_load() would find
 * wrong with it, the file being "<id>@<hash's beginning>".
 */
ANJU_MUST_CHECK anju_status pack_load_stored(struct pack_set *set, json_t *source, const char *hash,
	const struct pack_options *options, struct workflow **ret, anju_error *err);
void stored_workflow_free(struct workflow *wf);

enum blank_kind { BLANK_DUE, BLANK_RECUR };
/** A rule that is to be filled in locally: {"local": id, "says": …}. Borrowed: set. */
struct blank {
	const char *id; /* "GX-D-20" */
	enum blank_kind kind;
	struct label says;          /* what the text says in place of a number */
	const char *file, *pointer; /* of the rule that asks for it */
	const char *pack;           /* that fills it in; NULL: nobody has */
	const json_t *value;        /* what is filled in, or NULL */
};
size_t pack_set_blank_count(const struct pack_set *set);
/** In the order of the files; a blank of several rules stands here several times. NULL past the last. */
const struct blank *pack_set_blank_at(const struct pack_set *set, size_t i);
/** Number `i` of the values that a pack.json fills in and no rule asks for; false past the last. */
bool pack_set_local_unused(
	const struct pack_set *set, size_t i, const char **ret_id, const char **ret_file);

/** Rules in force: {"area_per_person_m2": {"max": "25.00", …}, …}. */
const json_t *pack_set_rules(const struct pack_set *set);
/** Names of plugins the packs ask for; array of strings. */
const json_t *pack_set_plugins(const struct pack_set *set);
/** How messages are worded: the built-in templates with those of the packs in their place. */
const struct wording *pack_set_wording(const struct pack_set *set);
/** Minute of the day at which digests go out (default 510 = 08:30). */
int pack_set_digest_minute(const struct pack_set *set);
/** Message text of the pack ("messages.json") or NULL. */
const char *pack_set_message(const struct pack_set *set, const char *key, enum lang lang);

/** Whom an obligation concerns: a unit, or a region whose leading unit has it. */
struct obliged {
	const char *name;         /* by which progress knows it: the unit's code, or the region */
	const struct unit *owner; /* whose case it is; borrowed: org */
	const char *region;
};

#define OBLIGATION_ROLES_MAX 8

/** A duty that opens a case of its own for each unit concerned: on a day, periodically, or when told. */
struct obligation {
	const char *id;
	struct label title;
	const char *workflow; /* case to open */
	const char *file, *pointer;
	struct obliged *obliged; /* in the order of their names */
	size_t obliged_len;
	/* In order of precedence; an empty list: the case's fields say who (pack/plan.h). */
	struct role_list lead, responsible, cooperating, reviewer;
	const char *
		rrule; /* recurring: RFC 5545; NULL for a single date, a trigger, an unfilled blank */
	const char *blank;    /* id of the local value that gives the period, or NULL */
	struct label says;    /* blank: what the norm says instead of a period */
	bool triggered;       /* begins when someone says so … */
	struct label trigger; /* … because of this */
	int shift;     /* where the opening day moves if it is none of work: 1, -1; 0 = stays */
	int32_t start; /* first day (single: the day it opens); INT32_MIN: a trigger without one */
	int32_t until; /* last day or INT32_MAX */
	const struct due_rule *due; /* counted from the day it begins; NULL: the workflow knows */
	const json_t *due_text;     /* the same as written */
	const char *like;           /* the obligation whose members it has taken over, or NULL */
	/* fields and stored relations of the new case; strings may hold the placeholders of
	 * plan_fill() and stay strings when filled in */
	const json_t *data;
	const char *key; /* key template with the same placeholders, unique per period */
	const json_t *rows;
};
const struct obligation *pack_set_obligation(const struct pack_set *set, const char *id);
size_t pack_set_obligation_count(const struct pack_set *set);
const struct obligation *pack_set_obligation_at(const struct pack_set *set, size_t i);

/**
 * Values of an expression's variables for one case. `data` and the others are borrowed for the
 * evaluation. Variables: case, event, rules, docs (list of kinds held), related (map of relation →
 * list of {key, states, phase, fields…}), effective (timestamp), and the function In("state.path").
 */
struct pack_vars {
	const struct workflow *wf;
	const json_t *data;
	const struct values *values; /* of the case, in place of `data`; or NULL */
	const json_t *event;
	const json_t *rules;
	const json_t *docs; /* object: kind → details */
	int64_t effective_ms;
	void *ctx;
	bool (*in)(void *ctx, uint32_t state);
	/* array of objects for a relation, new reference or NULL; called only when the expression reads it */
	json_t *(*related)(void *ctx, const struct relation *relation);
	const char *key; /* of the case, for the variable `key`; NULL counts as "" */
	const struct calendar *calendar; /* for functions on working days; NULL: they fail */
	const json_t *deadline; /* for the variable `deadline` of what a rung opens; or NULL */
};
ANJU_MUST_CHECK anju_status pack_eval(const struct expr *expr, const struct pack_vars *vars,
	struct expr_arena *arena, struct expr_value *ret, anju_error *err);
void pack_explain(
	const struct expr *expr, const struct pack_vars *vars, enum lang lang, struct buf *out);

#endif
