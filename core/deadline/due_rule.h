/** A due rule as parsed. Private to core/deadline. */
#ifndef CORE_DEADLINE_DUE_RULE_H
#define CORE_DEADLINE_DUE_RULE_H

#include "deadline/due.h"

enum due_kind {
	DUE_ON,
	DUE_AFTER,
	DUE_PLAN_YEAR,
	DUE_FIELD,
	DUE_PERIOD_END,
	DUE_FESTIVAL,
	DUE_EARLIEST,
	DUE_LATEST,
	DUE_LOCAL,
	DUE_OBLIGATION,
};

struct due_items {
	struct due_item *at; /* owned */
	size_t len;
};

struct due_item {
	void *cond; /* owned through rule->release; NULL = holds always */
	enum due_kind kind;
	int32_t day;           /* ON */
	struct duration after; /* AFTER; FESTIVAL: the offset */
	enum period period;    /* PERIOD_END */
	int32_t count;         /* PERIOD_END: periods; PLAN_YEAR: years */
	int32_t month;         /* PLAN_YEAR */
	enum festival festival;
	int32_t year;         /* FESTIVAL: 0 = that of what armed it */
	char *field;          /* owned; PLAN_YEAR, FIELD; AFTER and PERIOD_END may have none */
	char *of;             /* owned; a deadline to count from, or NULL */
	bool of_met;          /* from the day on which that was met */
	char *local;          /* owned; LOCAL: id of the blank */
	struct due_items sub; /* EARLIEST, LATEST; LOCAL: what is filled in, as a list of choices */
	bool exclusive;       /* the day before is the last one */
	int shift;            /* as calendar_shift() takes it */
};

struct due_rule {
	void (*release)(void *cond);
	struct due_items items; /* the first whose condition holds */
};

#endif
