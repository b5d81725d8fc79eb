/**
 * What the files of the loader share. Reading goes on after a finding: a reader reports what is wrong
 * and leaves the thing out, so that one run names as many mistakes as it can. Memory running out is
 * seen in the pool's flag at the end.
 */
#ifndef CORE_PACK_LOADER_H
#define CORE_PACK_LOADER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/json.h"
#include "pack/pack.h"
#include "pack/pool.h"

#define PACK_FILE_MAX (4u << 20)
#define TEMPLATE_MAX  16384 /* bytes */
#define CHAIN_MAX     16
/** Keys of workflows that say nothing of theirs. */
#define KEY_PATTERN "[A-Za-z0-9._-]{1,64}"

/** One pack of the chain. */
struct source {
	char *name;
	char *path; /* folder */
	char *file; /* "<pack>/pack.json" */
	json_t *doc;
};

struct pack_set {
	struct pool pool;
	struct source chain[CHAIN_MAX]; /* what is extended comes first */
	size_t chain_len;
	const char *name; /* of the leaf */
	struct org *org;
	struct workflow **workflows; /* pool */
	size_t workflows_len, workflows_cap;
	json_t *rules;      /* owned; in force */
	json_t *rule_files; /* owned; rule → file that set it last */
	json_t *plugins;    /* owned */
	json_t *messages;   /* owned; key → {"zh","en"} */
	struct expr_shape rules_shape;
	struct obligation *obligations; /* pool */
	size_t obligations_len;
	json_t *docs;              /* owned; files whose strings are borrowed */
	struct wording *wording;   /* owned */
	struct local *locals;      /* pool; those of later packs first */
	struct blank_note *blanks; /* pool; in the order of loading */
	size_t blanks_len;
	int digest_minute;
};

/** A value that a pack.json fills in. */
struct local {
	struct local *next;
	const char *id, *pack;
	const json_t *value; /* borrowed: pack.json */
	struct json_at root, list_at, at;
	bool used; /* some rule asks for it */
};

/** A place that asks for one. */
struct blank_note {
	struct blank_note *next;
	struct blank blank;
};

struct loader {
	const struct pack_options *options;
	struct pack_set *set;
	size_t findings;
	anju_error first;
	bool unread;    /* a file could not be: what it would hold is not missed */
	bool units_bad; /* a unit was refused: who is missing is not a mistake of others */
	bool stored;    /* the set is in use: it is read, and does not change */
	struct blank_note **blanks_end;
	json_t *obligation_ids;                   /* owned; id → file */
	json_t *obligation_defs;                  /* owned; id → definition, of all packs */
	struct obligation_file *obligation_files; /* pool; as the chain has them */
	json_t *faulty;                           /* owned; files with findings */
};

/** A guard or action as met while the chart was compiled, looked into afterwards. */
struct call_note {
	struct call_note *next;
	bool is_guard;
	const char *type;
	const json_t *params;
	const char *pointer; /* pool */
	void *user;          /* struct guard or struct action */
};

/** A deadline that counts from another one, checked when all are known. */
struct due_from {
	struct due_from *next;
	const struct deadline_def *d;
	const char *name, *file, *pointer; /* pool */
};

/** One workflow while it is read. */
struct build {
	struct loader *ld;
	struct workflow *wf;
	struct pool *pool; /* the workflow's */
	struct json_at root;
	const json_t *anju; /* meta.anju of the root; NULL if it is missing */
	struct call_note *calls, **calls_end;
	struct due_from *due_froms; /* pool */
	json_t *locals; /* pool; values filled in, id → value: they count into the hash */
	struct expr_env *env;
};

/** wf->priv */
struct wf_priv {
	struct pool pool;
	struct build *build; /* until loading ends */
	struct expr_env *env;
	struct expr_env *rung_env; /* for what rungs open; NULL until one does */
	struct expr_shape case_shape, related_shape;
	uint16_t *index; /* open addressing by name: field number + 1 */
	uint32_t index_mask;
};

/** A JSON pointer taken apart into places, so that members below it can be named. */
struct place {
	char text[768];
	struct json_at at[96];
};
const struct json_at *place_init(struct place *place, const char *file, const char *pointer);

/* report.c: findings, and members read with them */
void load_report(struct loader *ld, const anju_error *err);
/** True if `st` is ANJU_OK; reports otherwise. */
bool load_ok(struct loader *ld, anju_status st, const anju_error *err);
/** Report found/allowed at a place. */
void load_finding(struct loader *ld, const char *id, const struct json_at *at, const json_t *found,
	const char *allowed_fmt, ...) ANJU_PRINTF(5, 6);
/** As above, the found value being a text. */
void load_finding_text(struct loader *ld, const char *id, const struct json_at *at,
	const char *found, const char *allowed_fmt, ...) ANJU_PRINTF(5, 6);
/** Is `v` an object with these members only? */
bool load_object(
	struct loader *ld, const json_t *v, const struct json_at *at, const char *const *allowed);
/** Member `key` = {"zh","en"}; *ret keeps "" for what is missing. */
void load_label(struct loader *ld, const json_t *obj, const struct json_at *at, const char *key,
	bool required, struct label *ret);
/** Member `key`: an array of strings, or NULL if it is absent or wrong. */
const json_t *load_strings(
	struct loader *ld, const json_t *obj, const struct json_at *at, const char *key);
/** Member `key`, required: an array; NULL after a finding. */
const json_t *load_list(
	struct loader *ld, const json_t *obj, const struct json_at *at, const char *key);
/** Member `$schema` of a file: a string for editors, or absent. */
void schema_member_check(struct loader *ld, const json_t *doc, const struct json_at *root);
/** Member `rows`: catalogue ids. */
const json_t *load_rows(struct loader *ld, const json_t *obj, const struct json_at *at);
bool load_bool(struct loader *ld, const json_t *obj, const struct json_at *at, const char *key);
const char *load_string(struct loader *ld, const json_t *obj, const struct json_at *at,
	const char *key, bool required);
/** Member `key`, required: a text that is not empty; NULL if there is no string. */
const char *load_text(
	struct loader *ld, const json_t *obj, const struct json_at *at, const char *key);
/** [a-z][a-z0-9_]*, at most 63: names of workflows, fields, relations, rules. */
bool name_ok(const char *s);
/** Names joined by ".": kinds of documents, keys of messages. */
bool words_ok(const char *s);
/** "BJ-R-01": ids of the catalogue's rows. */
bool row_ok(const char *s);
/** Report a name that is not one. */
bool load_name(struct loader *ld, const struct json_at *at, const char *name);

/* due.c: the due rules of deadlines */
/** Member "due" of the deadline `def` at `at`. */
void due_load(struct build *b, struct deadline_def *d, const json_t *def, const struct json_at *at);
/** When all deadlines of the workflow are known: those that others count from exist, and no circle. */
void due_check(struct build *b);

/* chain.c */
bool chain_load(struct loader *ld);
/* lint_member.c: pack.json's "lint", what a pack asks of its authors beyond being sound */
void lint_member_check(struct loader *ld, const struct source *src);
/* meta_state.c */
bool phase_known(const char *name);
/** All phases, separated by blanks. */
#define PHASES_TEXT "identify agree build accept handover move-in exit follow-up report govern plan"
/* files.c: the files of one pack, by kind */
struct pack_files {
	char **workflows; /* owned, sorted */
	size_t workflows_len;
	bool units, messages, obligations, templates;
};
bool files_list(struct loader *ld, const struct source *src, struct pack_files *ret);
void files_done(struct pack_files *files);
/** Parse `<pack>/<name>`; NULL after a finding. *ret_file, the name for messages, is the set's. */
json_t *files_parse(
	struct loader *ld, const struct source *src, const char *name, const char **ret_file);

/* rules.c */
void rules_load(struct loader *ld, const struct source *src);
bool rules_shape(struct pack_set *set);

/* messages_file.c, obligations.c */
void messages_load(struct loader *ld, const struct source *src);
/** Reads the file; what it holds is looked into by obligations_read(), when the files of all packs are there. */
void obligations_load(struct loader *ld, const struct source *src);
/* templates.c */
void templates_load(struct loader *ld, const struct source *src);
void obligations_read(struct loader *ld);

/* workflow.c */
void workflow_load(struct loader *ld, const struct source *src, const char *name);
/** Second pass, when every workflow is known. */
void workflow_link(struct build *b);
void workflow_free(struct workflow *wf);
/** Empty but for its file and source; NULL when out of memory. */
struct workflow *workflow_new(const char *file, json_t *source);
/** The first pass over its source: what the file says alone. */
void workflow_read(struct build *b);
/** The second: what refers to the chain. */
void workflow_resolve(struct build *b);

/* fields.c, meta_root.c: the parts of meta.anju at the root */
void fields_load(struct build *b);
void fields_link(struct build *b);
/** The field `name` of `len` bytes, or NULL. */
const struct field *field_find(const struct workflow *wf, const char *name, size_t len);
/** Compile "^(pattern)$"; NULL after a finding. The workflow owns it. */
void *regex_load(struct build *b, const struct json_at *at, const char *pattern);
void root_load(struct build *b);
void root_link(struct build *b);
/* meta_state.c, meta_transition.c, calls.c: need the chart */
void states_link(struct build *b);
/** meta_acts.c: what people may do to a deadline: its members waive, suspend, extend, keep_up. */
void deadline_acts_read(
	struct build *b, const json_t *def, const struct json_at *at, struct deadline_def *d);
void transitions_link(struct build *b);
void calls_link(struct build *b);
/** The member "open" of a rung as an action; NULL after a finding. */
struct action *calls_rung_open(struct build *b, const json_t *params, const struct json_at *at);
/** Is some transition of `wf` there for this event? */
bool workflow_takes(const struct workflow *wf, const char *event);
/** chart_options.resolve: notes the call. */
anju_status calls_note(void *ctx, struct chart_call *call, bool is_guard, anju_error *err);

/* mend.c */
/** Take what `err` is about out of `doc`; false if that cannot be done. */
bool mend_leave_out(json_t *doc, const anju_error *err);
/** Check the conditions of a workflow whose chart cannot be compiled at all. */
void mend_scan_guards(struct build *b);

/* shape.c: what a chart carries along without reading it */
void shape_check(struct build *b);

/* build.c: what readers of a workflow ask for */
void build_roles(struct build *b, const json_t *obj, const struct json_at *at, const char *key,
	struct role_list *ret);
const struct field *build_field(struct build *b, const struct json_at *at, const char *name);
/** State by path or "#id"; CHART_NONE after a finding. */
uint32_t build_state(struct build *b, const struct json_at *at, const char *text);
/** Compile; NULL after a finding. The workflow owns the expression. */
struct expr *build_expr(
	struct build *b, const struct json_at *at, const char *text, enum expr_kind want);
/** Texts of a message key, or an object {"zh","en"}. */
void build_text(struct build *b, const struct json_at *at, const json_t *v, struct label *ret);
bool message_label(const struct pack_set *set, const char *key, struct label *ret);

/* env.c, vars.c */
bool vars_env(struct build *b);
/** The workflow's rung_env is there. */
bool vars_rung_env(struct build *b);
/** In("path") in the evaluation that is under way on this thread; false: *ret is an error value. */
bool vars_in(const char *path, const struct workflow *wf, struct expr_value *ret);
/** The next literal of a call In("…") in the text of an expression; false at its end. */
bool in_literal(const char **text, char *out, size_t size);
enum expr_kind field_kind(const struct field *f);

#endif
