/**
 * All that is loaded before anything runs: packs, plugins, calendar, grants. Every finding goes to a
 * callback, so that an administrator sees all of them at once.
 */
#ifndef CORE_DAEMON_DEFINITIONS_H
#define CORE_DAEMON_DEFINITIONS_H

#include "anju/error.h"
#include "base/cleanup.h"
#include "calendar/calendar.h"
#include "daemon/settings.h"
#include "org/org.h"
#include "pack/pack.h"
#include "pack/shelf.h"
#include "plugin/plugin.h"

struct definitions {
	struct pack_set *packs;     /* owned */
	struct shelf *shelf;        /* owned; older definitions that cases live under */
	struct plugin_set *plugins; /* owned */
	struct calendar *calendar;  /* owned */
	struct grants *grants;      /* owned */
};

/**
 * Load. With TASK_CHECK only the manifests of plugins are read and no plugin code runs; else the data
 * folder and its spool folder are made, because a channel wants its folder to exist.
 * On failure err is the first finding and `ret` is empty.
 */
ANJU_MUST_CHECK anju_status definitions_load(const struct settings *settings, finding_cb report,
	void *ctx, struct definitions *ret, anju_error *err);
void definitions_done(struct definitions *definitions);

#endif
