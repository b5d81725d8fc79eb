/**
 * Units (offices) in the administrative tree, role references and principals. Pure data after load:
 * immutable, may be shared between threads.
 *
 * A region is a GB/T 2260 prefix: "61" province, "6103" city, "610322" county; towns and villages add
 * three digits each: "610322101", "610322101203". Region A contains region B when A is a prefix of B;
 * "" (the nation) contains all.
 */
#ifndef CORE_ORG_ORG_H
#define CORE_ORG_ORG_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "anju/error.h"
#include "base/cleanup.h"
#include "base/json.h"
#include "org/reach.h"

struct org;

struct unit {
	const char *code;  /* "610322.land" */
	const char *kind;  /* "land", "poverty", "drc", "town", "village", "builder", … */
	const char *level; /* nation province city county town village project */
	const char *region;
	const char *parent;     /* code or NULL */
	const char *title[2];   /* zh, en */
	const json_t *contacts; /* {"email": …, "phone": …, "channels": ["spool"], …} or NULL */
	struct reach reach;     /* what they say of channels and hours */
	const char *pointer;    /* place of definition, "file#/units/3" */
};

struct org *org_new(void);
void org_free(struct org *org);
ANJU_DEFINE_AUTO(org)

/**
 * Add the units of one file: {"units": [{"code","kind","level","region","parent","title":{"zh","en"},
 * "contacts":{…}}]}. Refuses unknown members, malformed regions, level/region length mismatch,
 * duplicate codes, a missing language.
 */
ANJU_MUST_CHECK anju_status org_add(
	struct org *org, const json_t *doc, const char *file, anju_error *err);
/** One unit, `at` being its place; org keeps a reference. On failure nothing was added. */
ANJU_MUST_CHECK anju_status org_add_unit(
	struct org *org, json_t *def, const struct json_at *at, anju_error *err);
/** After the last org_add: parents exist and form a tree; indexes are built. */
ANJU_MUST_CHECK anju_status org_seal(struct org *org, anju_error *err);

size_t org_count(const struct org *org);
const struct unit *org_at(const struct org *org, size_t i);           /* by code order */
const struct unit *org_unit(const struct org *org, const char *code); /* NULL if there is none */
bool org_region_contains(const char *outer, const char *inner);
/** The unit one level up that supervises `u`: same kind at the next higher level whose region contains
 *  u's, else its parent; NULL at the top. */
const struct unit *org_supervisor(const struct org *org, const struct unit *u);

/**
 * A role reference, parsed: "land@county" (unit of that kind and level whose region contains the case),
 * "town@registration" (a binding: the unit of that kind whose region a field of the case names),
 * "village" (bare kind: the unit of that kind with the longest region containing the case's region),
 * "builder@project" (binding to a unit code in a field), "unit@owner" (the very unit that a field of
 * the case names, whatever its kind), "lead@obligation" (or responsible, cooperating, reviewer: whoever
 * takes that part in the obligation that the case comes from), "system" (anju itself), "any".
 */
enum role_scope {
	ROLE_LEVEL,
	ROLE_BINDING,
	ROLE_NEAREST,
	ROLE_SYSTEM,
	ROLE_ANY,
	ROLE_OBLIGATION, /* kind is the part */
};
struct role {
	enum role_scope scope;
	const char *text; /* as authored; borrowed from the definition */
	char kind[32];
	char where[32]; /* level or binding name */
};

/**
 * Parse a role text. `bindings` is the workflow's object {"registration": "registration_town", …} or NULL.
 * ANJU_E_INVALID "org.role": unknown kind (no unit in the org has it), unknown level or binding; allowed
 * lists what there is. `text` is borrowed by *ret. A binding hides a level of the same name; an org
 * without any unit knows every kind, so that a pack meant to be extended can be checked alone.
 */
ANJU_MUST_CHECK anju_status role_parse(const struct org *org, const char *text,
	const json_t *bindings, const struct json_at *at, struct role *ret, anju_error *err);

/** Where a role is resolved: the case's region and its bound fields (unit code or region text). */
struct role_context {
	const char *region;
	void *ctx;
	/* value of a binding's field: a unit code (that unit, or the nearest of the role's kind) or a
	 * region (the nearest of the role's kind); NULL if not set */
	const char *(*bound)(void *ctx, const char *binding);
	/* the units, at most `max` and each once, that take a part ("lead" …) in the case's obligation; NULL:
	 * nobody */
	size_t (*obliged)(void *ctx, const char *part, const struct unit **ret, size_t max);
};

/** The units a role means for this case, at most `max`; returns how many (0 = nobody, for SYSTEM and
 *  ANY as well). */
size_t role_resolve(const struct org *org, const struct role *role,
	const struct role_context *context, const struct unit **ret, size_t max);
/** Is `u` among the units of `role`? ANY is true for every unit. */
bool role_includes(const struct org *org, const struct role *role,
	const struct role_context *context, const struct unit *u);

/** Who is on the socket, or anju itself. */
struct principal {
	const struct unit *unit; /* NULL: the system, or a peer without a unit */
	bool system;
	bool admin;       /* may act for any unit, may move a manual clock, may import */
	char officer[64]; /* free name within the unit, or "" */
	uid_t uid;
};

/**
 * Grants: {"principals": [{"uid": 1000 | "user": "name", "unit": "610322.land" } |
 *   {"uid": 0, "admin": true, "acts_for": ["*"] | ["610322.land", …]}]}. The daemon's own uid is admin.
 */
struct grants;
ANJU_MUST_CHECK anju_status grants_load(const struct org *org, const json_t *doc, const char *file,
	struct grants **ret, anju_error *err);
void grants_free(struct grants *grants);
ANJU_DEFINE_AUTO(grants)

/**
 * The principal of a peer. `as` is NULL, "unit" or "unit/officer": acting for a named officer is
 * refused ("org.not_granted") unless the peer's own unit is that unit or a grant allows it.
 * ANJU_E_DENIED "org.unknown_peer" when the uid has no grant; ANJU_E_NOTFOUND "org.no_unit".
 */
ANJU_MUST_CHECK anju_status principal_of(const struct org *org, const struct grants *grants,
	uid_t peer, const char *as, struct principal *ret, anju_error *err);

#endif
