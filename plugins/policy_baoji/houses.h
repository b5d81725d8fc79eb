/**
 * House types of a site, as the project's field house_types lists them, one string a type:
 *   "<type>:<fewest persons>-<most persons>:<area in m²>:<houses>", as in "B75:3-3:75.00:40".
 * Houses follow households (先人后房, 以户定建): a type says for whom it is built.
 */
#ifndef POLICY_BAOJI_HOUSES_H
#define POLICY_BAOJI_HOUSES_H

#include <jansson.h>
#include <stdint.h>

#include "judge.h"

#define HOUSE_NAME_CHARS 32
#define HOUSE_TYPES_MAX  64

struct house_type {
	char name[HOUSE_NAME_CHARS]; /* letters, digits, "_", "-", "." */
	int64_t persons_min, persons_max;
	int64_t area; /* hundredths of m² */
	int64_t count;
	int64_t matched; /* project_mix counts here */
};

struct house_types {
	struct house_type list[HOUSE_TYPES_MAX];
	size_t len;
};

/** One string; false if malformed. */
bool house_type_parse(const char *s, struct house_type *ret);
/** A whole list, found at `place`; false: a reason has been added. */
bool house_types_read(
	struct judge *j, const json_t *list, const char *place, struct house_types *ret);
struct house_type *house_types_find(struct house_types *types, const char *name);

#endif
