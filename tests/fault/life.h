/**
 * anjud's life on a disk that fails (power.h): the real engine and store between two failures, the outside that was told
 * things, a channel that remembers, and the checks. Shared by power_loss and simulation. One thread.
 */
#ifndef TESTS_FAULT_LIFE_H
#define TESTS_FAULT_LIFE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "cli/cli.h"
#include "engine/engine.h"
#include "engine/recount.h"

#define START     "2017-08-16T08:00:00+08:00"
#define TRIES     20
#define CASES_MAX 4096
#define MAILS_MAX 32768

/* What the outside has been told: nothing may go behind it. */
struct told {
	struct {
		char name[64];
		int64_t rev;
	} cases[CASES_MAX];
	size_t cases_len;
	/* the channel's side: ids it has taken, and what they said */
	struct {
		int64_t id;
		char *text; /* owned */
	} mails[MAILS_MAX];
	size_t mails_len;
};

/** What the channel does with a message. */
enum channel {
	CHANNEL_UP,
	CHANNEL_DOWN,    /* cannot be reached */
	CHANNEL_REFUSES, /* for good */
};

struct world {
	char folder[64];
	struct pack_set *packs;
	struct calendar *calendar;
	struct store *store;
	struct engine *engine;
	struct recounts *recounts;
	struct told told;
	enum channel channel;
	bool troubled; /* not in calm */
	/* counting.h: what the jobs so far have come to */
	int64_t counted_job, counted, counted_before;
	void (*done)(struct world *w, const char *what); /* a command was carried out; or NULL */
	char wrong[2048];                                /* the first violation; "" = none */
};

/** Random numbers of the run; the same seed gives the same ones. */
void seed_random(uint64_t seed);
uint64_t random_next(void);
int below(int n);

/** The first violation is kept. */
void violation(struct world *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** Packs, an empty calendar, a folder. Ends the program when they cannot be loaded. */
void load_definitions(struct world *w, const char *packs);
void free_definitions(struct world *w);

/** SQL carried out after each failure of the power, before the start: a planted fault; NULL = none. */
extern const char *planted;

/** Open store and engine until they run, as a start may meet the next failure; what was told must be there. */
void start(struct world *w);
void close_world(struct world *w);
/** The power is off: it comes back, everything starts again and is looked through. */
void black_out(struct world *w);

/** Run a command of anjuctl on the folder; *ret what it said, the caller's. Returns its exit code. */
int run_tool(struct world *w, int (*run)(struct cli *), char **ret);
void check_sound(struct world *w);

/**
 * Send a command until it is answered, as a client does that wants it done, through failures of the power; then hand
 * every pending message to the channel and write down what became of it.
 *
 * unit    "": an administrator
 * params  {"workflow", "key", "event", "data", "docs", "reason", "at", "effective", "obligation", "unit", "on", "ref",
 *         "idem"}
 */
void carry_out(struct world *w, enum command_kind kind, const char *unit, const char *params);
/** Move the clock as carry_out() does, but hand no message to the channel: it stops on its way. */
void move_part(struct world *w, int64_t to_ms);

/** Everything there is at the end: the folder's dump and what the channel got; the caller's. */
char *outcome(struct world *w);
/** A violation when the two differ, with the first difference. */
void compare(struct world *w, const char *calm, const char *got);
void free_told(struct told *told);

#endif
