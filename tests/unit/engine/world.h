/** A real engine on a real store in a temporary folder, driven from the test's thread. */
#ifndef TESTS_UNIT_ENGINE_WORLD_H
#define TESTS_UNIT_ENGINE_WORLD_H

#include <pthread.h>

#include "engine/engine.h"
#include "unit/support.h"

struct world {
	char folder[64];
	const char *packs_dir; /* NULL = the shipped test pack */
	bool wall; /* the wall clock, which a test may replace by wrapping timestamp_now() */
	struct pack_set *packs;
	struct calendar *calendar;
	struct store *store;
	struct engine *engine;
	pthread_mutex_t lock;
	pthread_cond_t cond;
	int waiting; /* commands not back yet */
	bool messages;
};

void world_open(struct world *w, const char *start, const char *fault);
/** The same with other packs (NULL = the test pack); `start` NULL: on the wall clock. */
void world_open_packs(struct world *w, const char *packs_dir, const char *start);
/** Stop the engine and the store, keep the folder. */
void world_close(struct world *w);
/** Start again on the same folder. */
void world_reopen(struct world *w, const char *fault);
void world_done(struct world *w);

/** A command as `unit` from a JSON text of its params; the caller's. */
struct command *world_command(
	struct world *w, enum command_kind kind, const char *unit, const char *params);
/** Submit and wait; the commands stay the caller's. */
void world_run(struct world *w, struct command **cmds, int n);
/** Carry out one and return its status; *ret (may be NULL) is the caller's. */
anju_status world_do(struct world *w, enum command_kind kind, const char *unit, const char *params,
	struct command **ret);
void world_advance(struct world *w, const char *to);
/** Rows as texts: messages "unit|subject", deadlines "name|status|due". */
char *world_messages(struct world *w);
char *world_deadlines(struct world *w, const char *workflow, const char *key);
/** store_check and the fold of every case; asserts that all is well. */
void world_verify(struct world *w);

#endif
