/** Keeps a folder of agendas as fresh as the store, on a thread of its own. */
#ifndef CORE_AGENDA_KEEPER_H
#define CORE_AGENDA_KEEPER_H

#include "agenda/agenda.h"

struct agenda_keeper;

struct agenda_keeper_options {
	const struct pack_set *packs; /* borrowed */
	const char *data;             /* data folder, for a reader; copied, like the next */
	const char *folder;           /* of the files */
	enum lang lang;
	int every_s;               /* at most so often; 0 = 60 */
	int64_t (*now)(void *ctx); /* any thread */
	void *ctx;
};

/** Write the files for the first time soon, on the thread. Failures are logged and tried again. */
ANJU_MUST_CHECK anju_status agenda_keeper_start(
	const struct agenda_keeper_options *options, struct agenda_keeper **ret, anju_error *err);
/** Something has been written to the store. Any thread; cheap. */
void agenda_keeper_wake(struct agenda_keeper *keeper);
/** Ends the thread. */
void agenda_keeper_free(struct agenda_keeper *keeper);
ANJU_DEFINE_AUTO(agenda_keeper)

#endif
