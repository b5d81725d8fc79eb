/** Shared by duty_acts.c, duty_steps.c and duty_who.c only. */
#ifndef CORE_CASE_DUTY_IMPL_H
#define CORE_CASE_DUTY_IMPL_H

#include "case/impl.h"

#define DUTY_UNITS_MAX 32

/** One act under way. */
struct asked {
	struct act *act;
	enum duty_act what;
	const char *name;
	struct duty *d;
	const json_t *log; /* borrowed: the case; NULL = nothing yet */
	const char *length_text, *until_text;
	struct duration length;
	int32_t until;
	struct duty before; /* borrows of *d */
};

/** Check whether it can be done now, and do it. */
struct duty_step {
	anju_status (*check)(const struct asked *a, anju_error *err);
	anju_status (*carry)(struct asked *a, anju_error *err);
};
/* duty_steps.c */
extern const struct duty_step duty_steps[DUTY_ACT_COUNT];

/* duty_who.c */
anju_status duty_check_who(const struct asked *a, anju_error *err);

/* duty_acts.c */
/** Add an entry to what is kept of the deadline; takes it. */
anju_status duty_log_take(struct asked *a, json_t *entry, anju_error *err);
/** A refusal that begins with the act and the deadline's name; found "" = the words themselves. */
anju_status duty_refuse(const struct asked *a, const char *id, const char *zh, const char *en,
	const char *found, const char *allowed, anju_error *err);

#endif
