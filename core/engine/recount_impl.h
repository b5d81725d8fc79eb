/** Shared by recount*.c only. */
#ifndef CORE_ENGINE_RECOUNT_IMPL_H
#define CORE_ENGINE_RECOUNT_IMPL_H

#include <pthread.h>

#include "case/case.h"
#include "engine/command.h"
#include "engine/recount.h"
#include "store/store.h"

#define RECOUNT_NOTE    "recount" /* meta: the job that runs or ran last */
#define RECOUNT_NOTICES "notices" /* meta: {"2027": {"notice", "at", "by"}} */
#define RECOUNT_PAGE    64        /* cases a transaction: others hardly notice */
#define RECOUNT_KEPT    8         /* jobs that can still be asked for */
#define MOVED_KEPT      10000
#define MOVED_PAGE      500
#define FAILURES_KEPT   200

enum recount_state { RECOUNT_RUNNING, RECOUNT_DONE, RECOUNT_FAILED };

/** What a job has come to. The page in hand has a sum of its own, which is added when it is durable. */
struct recount_sum {
	int64_t seen;     /* cases looked at */
	int64_t cases;    /* cases with a date that moved */
	int64_t moved;    /* dates that moved */
	int64_t unmarked; /* same date, no longer provisional */
	int64_t failed;   /* cases that could not be counted */
	json_t *units;    /* owned; leading unit → dates that moved */
	json_t *rows;     /* owned; the moved dates */
	json_t *failures; /* owned */
};

/** Some cases for the engine to count, and what came of it. */
struct recount_page {
	int64_t ids[RECOUNT_PAGE];
	size_t len;
	bool all;                        /* also rules without working days */
	const struct calendar *calendar; /* borrowed; of a dry run; NULL: the one in force */
	const char *reason[2];           /* borrowed; zh, en */
	struct recount_sum sum;
	/* Engine thread: how far the job has come when this page is done, for the store. */
	void (*note)(void *ctx, const struct recount_page *page, struct buf *out);
	void *ctx;
};

struct recount {
	struct recounts *set; /* borrowed */
	struct recount *next;
	int64_t id;
	bool dry, all;
	struct principal who;
	char actor[CASE_ACTOR_CHARS];
	char *reason[2];           /* owned; zh, en */
	struct calendar *calendar; /* a reference: of a dry run, or NULL */
	json_t *counted, *target;  /* owned; what dates were counted with before, and will be */
	pthread_t thread;
	bool thread_runs;
	int64_t after; /* the last case that is done */
	bool begun;    /* its total is known */

	/* under lock */
	pthread_mutex_t lock;
	enum recount_state state;
	bool stop;
	int64_t total;
	struct recount_sum sum;
	anju_error failure;
};

struct recounts {
	struct recounts_options options;
	char *folder; /* owned */
	pthread_mutex_t lock;
	struct recount *jobs; /* owned; newest first */
	int64_t last_id;
	bool stopped;
};

/* recount_job.c */
/** A job that has not begun; NULL when out of memory. */
struct recount *recount_job_new(struct recounts *set, const struct principal *who, bool dry);
/** Waits for its thread. */
void recount_job_free(struct recount *job);
/** Give a command to the engine as the job's and wait for it; it stays the caller's. */
anju_status recount_ask(struct recount *job, struct command *cmd, anju_error *err);
/** One transaction, of a set without threads. *ret_more: there is a further one. What it fails with ends the job. */
anju_status recount_job_step(struct recount *job, bool *ret_more, anju_error *err);
/** Under the set's lock: the job that has not ended, or NULL. Forgets those that ended long ago. */
struct recount *recount_running(struct recounts *set);
/** Under the set's lock: none runs, and the daemon does not stop. */
anju_status recount_may_begin(struct recounts *set, anju_error *err);
/** Under the set's lock. Takes *job when it begins. */
anju_status recount_begin(struct recounts *set, struct recount **job, anju_error *err);

/* recount_sum.c: what is said of a job */
bool recount_sum_init(struct recount_sum *sum);
void recount_sum_done(struct recount_sum *sum);
/** Adds what `more` has come to; rows up to what is kept. */
void recount_sum_add(struct recount_sum *sum, const struct recount_sum *more);
/** All but rows and failures, as members; under the job's lock. `page`: counted with it, or NULL. */
void recount_write(const struct recount *job, const struct recount_sum *page, struct buf *out);
/** The whole status; under the job's lock. */
void recount_write_page(const struct recount *job, int64_t after, struct buf *out);
/** What the store keeps, with all that is needed to go on. Under the job's lock. */
void recount_write_note(const struct recount *job, const struct recount_page *page,
	enum recount_state state, struct buf *out);

/* recount_notices.c: loaded notices, and what dates are counted with */
/** {"years": {"2017": hash}, "local": hash}; NULL when out of memory. */
json_t *recount_fingerprint(const struct calendar *calendar, const struct pack_set *packs);
/** The document of `notice`, in words. False when out of memory. */
bool recount_notice_words(const json_t *notice, char *ret[2]);
/** What differs between two fingerprints, in words; *ret_all: not only working days. */
bool recount_difference(const json_t *before, const json_t *now, const struct calendar *calendar,
	char *ret[2], bool *ret_all);
/** The kept notices: an object, the caller's; empty when there are none. */
anju_status recount_read_notices(const char *folder, json_t **ret, anju_error *err);

#endif
