/**
 * What people do in a life: random acts, made before it is lived, so that it can be lived twice. Some concern a case that
 * is only there when it is lived (a slip that a reminder opened): they say which, and it is looked up then.
 */
#ifndef TESTS_FAULT_WORK_H
#define TESTS_FAULT_WORK_H

#include "counting.h"
#include "life.h"

#define STEPS_MAX 2000
#define MORE_MAX  700 /* bytes of an act's parameters */

enum act_kind {
	ACT_COMMAND,
	ACT_CHANNEL,
	ACT_RESTART,
	ACT_LOOK,
	ACT_NOTICE, /* params: a holiday notice; or "": somebody wants all dates counted again */
	ACT_ABSENCE
};

struct act {
	enum act_kind kind;
	enum command_kind command;
	enum channel channel;
	const char *
		unit; /* a code, "" an administrator, "@owner" what the case's field says, "@above" who is
			       above the owner */
	const char *picked; /* workflow of the case that is looked up; NULL: params are whole */
	int nth;            /* which of those that are open */
	int64_t to_ms;      /* ADVANCE, ABSENCE */
	int pages;          /* then dates are counted again, if they are being, so many pages */
	struct counting counted; /* how far that came in calm */
	struct counting ended;   /* NOTICE: the job before, which ends first */
	char params[MORE_MAX];
};

struct life {
	struct act acts[STEPS_MAX];
	int len;
	double years;
};

/** At least `steps` acts; the last ones let everything go out. */
void make_life(struct life *l, uint64_t seed, int steps);

/** Unit and parameters of an act as it is lived; false: there is no such case now. */
bool resolve(struct world *w, const struct act *act, char unit[64], char params[MORE_MAX + 200]);

#endif
