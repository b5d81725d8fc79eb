/** Shared by moving*.c only. */
#ifndef CORE_ENGINE_MOVING_IMPL_H
#define CORE_ENGINE_MOVING_IMPL_H

#include <pthread.h>

#include "engine/moving.h"
#include "migrate/arrive.h"
#include "store/store.h"

#define MOVING_KEPT   32 /* jobs that can still be asked for */
#define UNFIT_MAX     10000
#define UNFIT_PAGE    500
#define NOTE_LAST     "migration"
#define NOTE_NAME_MAX 40

enum moving_state { MOVING_RUNNING, MOVING_DONE, MOVING_FAILED, MOVING_CANCELED };

struct unfit {
	int64_t case_id;
	char *name;  /* owned; "workflow/key" */
	char *state; /* owned */
	anju_error err;
};

struct moving {
	struct movings *set; /* borrowed */
	struct moving *next;
	int64_t id;
	bool dry;
	struct principal who;
	char actor[CASE_ACTOR_CHARS];
	struct plan *plan; /* owned */
	struct side old, next_side;
	struct migration migration;
	int64_t before; /* moved by earlier runs of the same job */
	pthread_t thread;
	bool thread_runs;

	/* under lock */
	pthread_mutex_t lock;
	pthread_cond_t cond;
	enum moving_state state;
	bool cancel; /* for good … */
	bool stop;   /* … or until the daemon is back */
	int in_flight;
	int64_t total, moved, elsewhere, unfit;
	json_t *states_before, *states_after; /* owned; leaf → n */
	struct unfit *list;                   /* owned */
	size_t list_len, list_cap;
	anju_error failure;
	anju_error note_failure; /* of the note last written */
};

struct movings {
	struct movings_options options;
	char *folder; /* owned */
	pthread_mutex_t lock;
	struct moving *jobs; /* owned; newest first */
	int64_t last_id;
	bool stopped;
};

/** "migration/<id>". */
const char *moving_note_name(int64_t id, char out[NOTE_NAME_MAX]);
/** Everything but the cases that do not fit, as members; under the job's lock. */
void moving_write(struct moving *job, struct buf *out);
/** The whole status; under the job's lock. */
void moving_write_page(struct moving *job, int64_t after, struct buf *out);
/** What the store keeps of a job: its status and all that is needed to go on. Under the job's lock. */
void moving_write_note(struct moving *job, struct buf *out);

#endif
