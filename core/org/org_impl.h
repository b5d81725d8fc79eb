/** What org.c, role.c and grants.c share: the units, sorted, and their indexes. */
#ifndef CORE_ORG_ORG_IMPL_H
#define CORE_ORG_ORG_IMPL_H

#include "org/org.h"

/** Region digits that a level has; PROJECT has none of its own. */
enum level {
	LEVEL_NATION,
	LEVEL_PROVINCE,
	LEVEL_CITY,
	LEVEL_COUNTY,
	LEVEL_TOWN,
	LEVEL_VILLAGE,
	LEVEL_PROJECT,
	LEVEL_COUNT
};
#define LEVEL_NONE (-1)
/** In a role, stands for a unit of whatever kind; no unit has it. */
#define KIND_ANY "unit"

/** The units of one kind, by region, then code. */
struct kind_group {
	const char *kind;
	const struct unit **units; /* borrowed: org->by_kind */
	size_t len;
};

struct org {
	struct unit *units; /* by code once sealed */
	size_t len, cap;
	json_t *docs; /* array that keeps the strings alive */
	json_t *seen; /* code → place of definition */
	bool sealed;
	const struct unit **by_kind;
	struct kind_group *kinds; /* by kind */
	size_t kinds_len;
};

/** LEVEL_NONE for an unknown name. */
int level_of(const char *name);
const char *level_name(int level);
/** Digits of a region at that level; -1 for PROJECT, whose units may have any region. */
int level_digits(int level);
/** "nation province city …" for messages. */
const char *level_names(void);

const struct kind_group *org_kind(const struct org *org, const char *kind);
/** First unit of the group with exactly this region (`len` digits) and how many there are. */
size_t kind_group_at(const struct kind_group *group, const char *region, size_t len,
	const struct unit *const **ret);

#endif
