/** The policy functions, each named as the manifest names it. They add reasons to the judge, or none. */
#ifndef POLICY_BAOJI_FUNCTIONS_H
#define POLICY_BAOJI_FUNCTIONS_H

#include "judge.h"

#define MAX_PERSONS                                                                                \
	1000 /* of one household: beyond it is a typing error, and products stay small */

/* red_lines.c */
void area_red_line(struct judge *j);        /* BJ-R-01 */
void self_raised_red_line(struct judge *j); /* BJ-R-02 */
void red_lines(struct judge *j);
/** Persons of the household, 1 to MAX_PERSONS. */
bool read_persons(struct judge *j, int64_t *ret);
/** rules.area_per_person_m2.max × persons in hundredths; also hands out the bound itself. */
bool read_area_limit(struct judge *j, int64_t persons, int64_t *ret_bound, int64_t *ret_limit);

/* houses.c */
void house_match(struct judge *j); /* BJ-R-25, BJ-R-39, BJ-L-12 */
void project_mix(struct judge *j); /* BJ-X-02, BJ-R-25 */

/* exit.c */
void occupancy(struct judge *j);       /* BJ-R-28, BJ-L-27 */
void exit_conditions(struct judge *j); /* BJ-R-27, BJ-X-11, BJ-R-04, BJ-R-32 */

#endif
