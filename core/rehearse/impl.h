/** Shared inside core/rehearse only. */
#ifndef CORE_REHEARSE_IMPL_H
#define CORE_REHEARSE_IMPL_H

#include "rehearse/rehearse.h"
#include "sandbox/sandbox.h"

struct rehearsal {
	struct rehearse_options options;
	struct sandbox *sandbox; /* owned */
	int64_t end_ms;
	int64_t first_message;
	struct rehearse_counts counts;
	json_t *troubles; /* owned; array */
	json_t *reasons;  /* owned; object */
};

/** One thing that went otherwise. Texts are borrowed and may be NULL. */
struct trouble {
	const char *what;
	const char *file;
	int64_t line;
	int64_t at_ms; /* SCRIPT_NO_TIME: not said */
	const char *name, *event;
	const anju_error *err;
};
ANJU_MUST_CHECK anju_status rehearse_note(
	struct rehearsal *r, const struct trouble *trouble, anju_error *err);

/** roster.c: open the cases of one roster; faulty rows are noted. */
ANJU_MUST_CHECK anju_status rehearse_roster(
	struct rehearsal *r, const struct rehearse_roster *roster, anju_error *err);
/** snapshot.c: bring the open cases of a data folder's copy to the packs' definitions; those that do not fit are
 *  noted and stay. */
ANJU_MUST_CHECK anju_status rehearse_snapshot(struct rehearsal *r, anju_error *err);
/** The rehearsal begins now: messages that are there do not belong to it. */
ANJU_MUST_CHECK anju_status rehearse_mark(struct rehearsal *r, anju_error *err);
/** The last part of a path. */
const char *rehearse_base_name(const char *path);
/** ANJU_E_NOMEM and the like: the rehearsal as a whole cannot go on. */
bool rehearse_is_fatal(anju_status st);

#endif
