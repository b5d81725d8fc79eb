/**
 * A server on a real socket in a thread of its own, the pack of this folder, a real store, and in the
 * engine's place a fake that keeps commands until the test finishes them.
 */
#ifndef TESTS_UNIT_RPC_RIG_H
#define TESTS_UNIT_RPC_RIG_H

#include <jansson.h>
#include <pthread.h>
#include <stdbool.h>
#include <uv.h>

#include "rpc/server.h"
#include "store/store.h"
#include "unit/rpc/client.h"

struct rig {
	char folder[64];
	char socket[96];
	struct pack_set *packs;
	struct grants *grants;
	struct calendar *calendar;
	struct store *store;
	struct rpc_server *server;
	uv_loop_t loop;
	uv_async_t quit;
	pthread_t thread;
	anju_error err;
};

/** `limits` fills in the limits of the server only; may be NULL. */
void rig_start(struct rig *rig, const struct rpc_options *limits);
/** Fails the test when the server does not come to its end. */
void rig_stop(struct rig *rig);
/** Only packs and store, no server: for calling methods directly. */
void rig_load(struct rig *rig);
void rig_unload(struct rig *rig);

/** A case with `entries` entries in the store; returns its id. */
int64_t rig_add_case(struct rig *rig, const char *key, int entries);
/** Tell the server that the store has come to `seq`, as a commit would. */
void rig_committed(struct rig *rig, int64_t seq);

/* --- the fake engine --- */

/** Commands that wait. */
int fake_waiting(void);
/** Wait until there are at least `n`; false after two seconds. */
bool fake_wait(int n);
/** Finish the first `n` with {"rev": n} (fewer if there are fewer); they come back as one list. */
void fake_finish(struct rig *rig, int n);
/** Finish the first with a failure. */
void fake_fail(struct rig *rig, const anju_error *err, json_t *err_data);
/** A look at the first. */
const struct command *fake_first(void);
/** From now on submits are refused as busy. */
void fake_set_busy(bool busy);
/** From now on half of what may wait has come together. */
void fake_set_pressed(bool pressed);
void fake_set_manual(bool manual);
#define FAKE_NOW_MS INT64_C(1502812800000) /* 2017-08-16T00:00:00+08:00 */

#endif
