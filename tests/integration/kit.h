/** The real anjud in a folder of its own, for one test. */
#ifndef TESTS_INTEGRATION_KIT_H
#define TESTS_INTEGRATION_KIT_H

#include <stdbool.h>
#include <sys/types.h>

#include "unit/rpc/client.h"

#define KIT_START "2017-08-16T08:00:00+08:00"

struct kit {
	char folder[64];
	char data[96], socket[96];
	const char *packs; /* the small pack unless changed before kit_start */
	pid_t pid;         /* 0 = not running */
	char *log;         /* standard error of the last daemon that ended; owned */
};

/** Make the folder. */
void kit_init(struct kit *kit);
/** Stop what runs, remove the folder. */
void kit_done(struct kit *kit);
/** Start with a manual clock at KIT_START and further arguments, ended by NULL; wait until it answers. */
void kit_start(struct kit *kit, ...);
/** The same with the wall clock. */
void kit_start_wall(struct kit *kit, ...);
/** Start a daemon that is to end by itself; returns its exit status. Arguments are all there is. */
int kit_run(struct kit *kit, ...);
/** Start without waiting; `fd` (or -1) is handed over as a service manager would. */
void kit_spawn(struct kit *kit, int fd, const char *const *args);
/** Wait for the end: exit status, or 128 + signal. Fails the test after 20 seconds. */
int kit_wait(struct kit *kit);
/** SIGTERM; the daemon must end with 0. */
void kit_stop(struct kit *kit);
/** SIGKILL. */
void kit_kill(struct kit *kit);

/** Ask with method and params, new reference to the answer. printf-like. */
json_t *kit_ask(struct client *c, const char *method, const char *params_fmt, ...)
	__attribute__((format(printf, 3, 4)));
/** The same, and it must be a result. */
json_t *kit_do(struct client *c, const char *method, const char *params_fmt, ...)
	__attribute__((format(printf, 3, 4)));
/** Open visit/<key> as the land bureau; must succeed. */
void kit_open_visit(struct client *c, const char *key);
/** rev of visit/<key>, 0 when there is none. */
long kit_rev(struct client *c, const char *key);

#endif
