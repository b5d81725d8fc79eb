/**
 * An invented county: sites, households, and which rows of its roster are faulty. Everything follows from
 * the options; nothing in it is a real person.
 */
#ifndef CONTRIB_ROSTER_WORLD_H
#define CONTRIB_ROSTER_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

#define COUNTY "610322"
/* what the pack fengxiang has units for */
#define TOWNS_MAX    9
#define SITES_MAX    14
#define VILLAGES     5
#define PERSONS_MAX  6
#define HOUSE_TYPES  5
#define CODE_MAX     32
#define NAME_MAX_LEN 40

struct world_options {
	uint64_t seed;
	int households; /* rows of the roster, faulty ones included */
	int people;     /* persons in all of them, before faults are planted */
	int sites;
	int towns;
	int faults;
};

enum mode { MODE_CONCENTRATED, MODE_SCATTERED, MODE_COMMODITY };
enum tranche { TRANCHE_NATIONAL, TRANCHE_PROVINCIAL };

struct house_type {
	const char *name;
	int persons_min, persons_max;
	int area; /* hundredths of a square metre */
};
extern const struct house_type house_types[HOUSE_TYPES];
/** The type that fits so many persons. */
int house_type_for(int persons);

struct site {
	char key[CODE_MAX], builder[CODE_MAX];
	char name[NAME_MAX_LEN * 3];
	int town;
	enum tranche tranche;
	int year;
	int houses[HOUSE_TYPES];  /* what its households need */
	int planned[HOUSE_TYPES]; /* what the plan says at first: not always the same */
	int houses_len;           /* all of them */
	const char *location, *size;
	int32_t limit; /* last day of moving in */
	bool hurried;  /* its households are not late with anything */
	bool late;     /* built after its time */
	/* filled in by the script */
	int32_t matched, started, completed, accepted, keys;
};

struct household {
	int no; /* from 1 */
	char key[CODE_MAX];
	char name[NAME_MAX_LEN];
	char id[20];
	int persons;
	int town, village; /* of registration */
	int settlement_town;
	enum mode mode;
	int site; /* index, or -1 */
	enum tranche tranche;
	int year;
	int area;                                 /* hundredths, as in the roster */
	int area_allowed;                         /* what it will be cut to */
	int64_t self_raised, self_raised_allowed; /* fen */
	int32_t limit;
	int fault;     /* kind of its fault, or -1 */
	bool excluded; /* the survey finds that it should not be on the list */
	/* filled in by the script */
	int32_t matched, keyed, occupied; /* days; 0 = not yet */
};

struct world {
	struct world_options options;
	struct site sites[SITES_MAX];
	struct household *households; /* owned */
	int people_good;
};

/** NULL if the options cannot be met (or memory is out); says so on standard error. */
struct world *world_make(const struct world_options *options);
void world_free(struct world *world);
ANJU_DEFINE_AUTO(world)

const char *town_code(int town, char out[CODE_MAX]);
const char *village_code(int town, int village, char out[CODE_MAX]);
extern const char *const mode_names[];
extern const char *const tranche_names[];
/** "132.05" of hundredths, into at least 16 bytes. */
char *hundredths(int v, char *out);

/** How many kinds of faults a row of the roster can have. */
extern const int fault_kinds_len;

/** Write sites.csv, roster.csv and faults.json into `dir`; false after a message. */
bool tables_write(const struct world *world, const char *dir);
/** Write the script; fills in the days of sites and households. False after a message. */
bool script_write(struct world *world, const char *path, size_t *ret_lines);

#endif
