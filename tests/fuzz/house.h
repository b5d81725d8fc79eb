/**
 * A data folder with some cases in it, made once and copied for each input, and the real engine on it, without a thread
 * and on a manual clock: what an input does depends on the input alone.
 */
#ifndef TESTS_FUZZ_HOUSE_H
#define TESTS_FUZZ_HOUSE_H

#include "engine/engine.h"
#include "fuzz/fuzz.h"

/** Where the clock of every house stands at first: 2017-08-16T08:00:00+08:00. */
#define HOUSE_START_MS INT64_C(1502841600000)

struct house {
	char folder[80];
	struct store *store;
	struct engine *engine;
	/* called for what the engine hands back; NULL: it is let go */
	void (*finished)(void *ctx, struct command *list, int64_t last_seq, bool messages);
	void *ctx;
	bool changed; /* since house_open() a command was carried out that is no rehearsal */
};

/** The packs of tests/data/engine: household, project, report. */
struct pack_set *house_packs(void);

/** Path of the database made for all: three households, a site, relations, deadlines, messages, keys. */
const char *house_seed(void);

/** Make the folder `name` anew, with a copy of that database; nothing is opened. */
void house_fresh(struct house *house, const char *name);
/** Open what is in the folder; fails only where the content of the database lets it. */
ANJU_MUST_CHECK anju_status house_open(struct house *house, anju_error *err);
void house_close(struct house *house);

/**
 * Carry out one command here and now.
 *
 * unit    "": an administrator
 * params  {"workflow", "key", "event", "data", "docs", "reason", "idem", "to_ms"}
 * Returns its status, with the error in *err.
 */
anju_status house_run(struct house *house, enum command_kind kind, const char *unit,
	const char *params, anju_error *err);

/** Every row of the tables that a request may change, as text, in order; the caller's. */
char *house_rows(const struct house *house);
/** `store_check` must have nothing to say. */
void house_sound(const struct house *house);

#endif
