/**
 * A workflow as loaded: its chart and, around it, fields, roles, evidence, deadlines, relations.
 * Immutable after load; shared between threads. Names used below are those of anju-pack(5).
 *
 * On top of the XState shape, `meta.anju` may stand
 *   at the root:      title, fields, bindings, relations, delays, key, region, docs, open,
 *                     phase, deadlines, rows
 *   at a state:       title, phase, deadlines, rows
 *   at a transition:  title, by, needs, requires, reason, rows, refusal
 */
#ifndef CORE_PACK_WORKFLOW_H
#define CORE_PACK_WORKFLOW_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/messages.h"
#include "calendar/calendar.h"
#include "chart/chart.h"
#include "deadline/due.h"
#include "deadline/rung.h"
#include "expr/expr.h"
#include "org/org.h"

struct pack_set;

enum field_type {
	FIELD_STRING,
	FIELD_INT,
	FIELD_BOOL,
	FIELD_DECIMAL, /* JSON string "132.00", scale fraction digits */
	FIELD_MONEY,   /* JSON integer, fen */
	FIELD_DATE,    /* JSON string "2017-08-31" */
	FIELD_ENUM,    /* JSON string, one of options */
	FIELD_UNIT,    /* JSON string, a unit code */
	FIELD_LIST,    /* JSON array of strings */
};

struct label {
	const char *text[2]; /* indexed by enum lang */
};

struct role_list {
	struct role *roles;
	size_t len;
};

struct field {
	const char *name;
	enum field_type type;
	struct label title;
	int scale; /* DECIMAL: fraction digits */
	bool has_min, has_max;
	struct decimal min, max;     /* INT, DECIMAL, MONEY */
	size_t max_chars;            /* STRING: code points, default 200 */
	const char *pattern;         /* STRING: POSIX extended regex, anchored, or NULL */
	void *regex;                 /* compiled; owned */
	const char **options;        /* ENUM, LIST: ids, as stored */
	struct label *option_titles; /* parallel: the words for them */
	size_t options_len;
	bool sensitive;
	bool required;             /* must be given when the case is opened */
	struct role_list write_by; /* empty: only when opening the case, and by system */
	/* write.until: locked once this state has been entered (CHART_NONE = never locked); the lock opens
	 * again when one of `again` is entered. BJ-R-10. */
	uint32_t until;
	uint32_t *again;
	size_t again_len;
	const char *pointer;
};

/** Relation to cases of another workflow: either stored on this side (a field of `relate` action or given
 *  at opening) or the inverse view of a relation stored on the other side. */
struct relation {
	const char *name;
	const char *to; /* workflow id */
	const char *
		inverse; /* name of the relation on `to` that this one mirrors, or NULL if stored here */
	bool many;
	struct label title;
	const char *pointer;
};

enum guard_kind { GUARD_CEL, GUARD_POLICY, GUARD_IN };
/** What chart_call.user points to for guards. */
struct guard {
	enum guard_kind kind;
	struct expr *expr;    /* CEL; owned */
	const char *plugin;   /* POLICY: "policy_baoji" */
	const char *function; /* POLICY: "exit_conditions" */
	void *policy;         /* POLICY: filled in by the daemon after plugins are loaded */
	uint32_t state;       /* IN */
	struct label refusal; /* optional text */
	const char *pointer;
};

enum action_kind {
	ACTION_ASSIGN, /* {"field", "expr"}: set a field to a value */
	ACTION_CLEAR,  /* {"fields": [...]}: unset */
	ACTION_SEND,   /* {"relation", "event"}: give an event to related cases, same transaction */
	ACTION_OPEN, /* {"workflow", "key": "<CEL string>", "data": {field: "<CEL>"}}: open a case */
	ACTION_RAISE,  /* {"event"}: internal event */
	ACTION_NOTIFY, /* {"to": [roles], "text": "<message key>", "urgent": bool}: a message item */
};
/** What chart_call.user points to for actions. */
struct action {
	enum action_kind kind;
	const struct field *field;   /* ASSIGN */
	struct expr *expr;           /* ASSIGN; OPEN: key */
	const struct field **fields; /* CLEAR */
	size_t fields_len;
	const struct relation *relation; /* SEND; borrowed: workflow */
	const char *event;               /* SEND, RAISE */
	const char *workflow;            /* OPEN */
	const char **data_names;         /* OPEN */
	struct expr **data_exprs;        /* OPEN */
	size_t data_len;
	struct role_list to; /* NOTIFY */
	struct label text;   /* NOTIFY */
	bool urgent;
	const char *pointer;
};

/** meta.anju of a transition; index = chart transition index. */
struct transition_rule {
	struct label title;
	struct role_list by; /* empty: system only */
	const char **needs;  /* document kinds that must be held */
	size_t needs_len;
	const struct field *
		*requires; /* fields that must be set after the event's data is written */
	size_t requires_len;
	bool reason;          /* a reason is required */
	struct label refusal; /* said first when the guard is false; the explanation follows */
	const json_t *rows;   /* catalogue ids, array of strings, or NULL */
};

/** A condition somewhere in a due rule; where it stands may be a pack.json that fills in a blank. */
struct due_cond {
	struct expr *expr; /* borrowed: the workflow */
	const char *file, *pointer;
};

/** One deadline definition; armed when `state` is entered. */
struct deadline_def {
	const char *name;
	struct label title;
	uint32_t index; /* within the workflow */
	uint32_t state; /* declaring state */
	uint32_t met;   /* met when this state is entered; CHART_NONE = when `state` is left */
	struct due_rule *due;      /* owned */
	struct expr *when;         /* NULL = always */
	bool counted_from;         /* by another deadline of the workflow */
	struct due_cond *due_when; /* the conditions in `due`, in the order of the file */
	size_t due_when_len;
	struct rung *rungs; /* owned; see deadline/rung.h */
	size_t rungs_len;
	struct rung_calls {
		struct label text;         /* the words of its message key, or NULLs */
		const struct action *open; /* kind OPEN, expr NULL: a key is made; or NULL */
	} * rung_calls;                    /* parallel to rungs */
	struct role_list lead, responsible, cooperating;
	/* Who may waive it, and suspend and resume it; empty: the units above those who lead. */
	struct role_list waive_by, suspend_by;
	struct {
		int32_t times;        /* how often it may be extended; 0 = not at all */
		struct duration most; /* an extension's greatest length */
	} extend;
	struct {
		struct duration
			every; /* once met it is looked at again after each of these; n 0 = never */
		uint32_t until;     /* entering this state ends it; CHART_NONE = the case's end */
		struct label title; /* what is looked at; may be "" */
	} keep_up;
	const json_t *rows;
	const char *pointer;
};

struct state_rule {
	struct label title;
	const char *phase; /* inherited from the nearest ancestor that names one; "" if none */
	uint32_t *arms;    /* deadline indexes armed on entry */
	size_t arms_len;
	uint32_t *meets; /* deadline indexes met on entry */
	size_t meets_len;
	uint32_t *locks; /* field indexes locked on entry */
	size_t locks_len;
	uint32_t *unlocks;
	size_t unlocks_len;
};

/** A named delay of `after`. */
struct delay {
	const char *name;
	struct duration duration;
};

struct doc_kind {
	const char *kind; /* "agreement.relocation" */
	struct label title;
};

struct workflow {
	const char *id, *version, *pack;
	struct label title;
	uint8_t hash[HASH_BYTES]; /* of the canonical definition, rules included */
	char hash_hex[HASH_HEX_CHARS];
	json_t *source; /* owned */
	char *file;
	struct chart *chart;
	struct field *fields;
	size_t fields_len;
	struct relation *relations;
	size_t relations_len;
	struct transition_rule *transitions; /* chart_transition_count() */
	struct state_rule *states;           /* chart_state_count() */
	struct deadline_def *deadlines;
	size_t deadlines_len;
	struct doc_kind *docs;
	size_t docs_len;
	bool deadlines_linked;  /* some count from others */
	const json_t *bindings; /* {"registration": "registration_town"} or NULL */
	const char
		*region_field; /* field whose value (unit code or region) gives the case's region */
	const char *key_pattern; /* POSIX regex for keys; NULL = [A-Za-z0-9._-]{1,64} */
	void *key_regex;
	/* open rights: who may open a case */
	struct role_list open_by;
	struct delay *delays;
	size_t delays_len;
	/* of pack_inspect() only */
	bool faulty; /* its file has findings */
	bool mended; /* the chart was compiled from a copy without some faulty parts */
	const struct pack_set *set; /* borrowed: that it was linked against */
	/* private to pack: arenas, environments */
	void *priv;
};

const struct field *workflow_field(const struct workflow *wf, const char *name);
/** A name is used once in a workflow. */
const struct deadline_def *workflow_deadline(const struct workflow *wf, const char *name);
const struct relation *workflow_relation(const struct workflow *wf, const char *name);
const struct doc_kind *workflow_doc(const struct workflow *wf, const char *kind);
const struct delay *workflow_delay(const struct workflow *wf, const char *name);
/** The option that is meant by its id or by its word in either language; NULL if there is none. */
const char *field_option(const struct field *f, const char *text);
/** The words for an option, or NULL if `id` is none of this field's. */
const struct label *field_option_title(const struct field *f, const char *id);
/** Check one value against its field; the error names found and allowed, `where` is "/data/<field>".
 *  "field.type", "field.range", "field.scale", "field.option", "field.pattern", "field.unit". */
ANJU_MUST_CHECK anju_status field_check(
	const struct field *f, const struct org *org, const json_t *value, anju_error *err);

#endif
