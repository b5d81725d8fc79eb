/**
 * What a sandbox runs on: packs, and of the plugins they name those that decide or count days. Immutable once
 * loaded; any number of sandboxes may share it, one after another or at once.
 */
#ifndef CORE_SANDBOX_WORLD_H
#define CORE_SANDBOX_WORLD_H

#include "anju/error.h"
#include "calendar/calendar.h"
#include "pack/pack.h"
#include "plugin/plugin.h"

struct sandbox_world {
	struct pack_set *packs;     /* owned */
	struct plugin_set *plugins; /* owned */
	struct calendar *calendar;  /* owned */
};

struct sandbox_world_options {
	const char *dir;                /* folder that holds pack folders */
	const char *leaf;               /* pack to use; NULL = the only one nobody extends */
	const char *const *plugin_dirs; /* NULL-terminated */
	finding_cb report;              /* each mistake in the packs; or NULL */
	void *report_ctx;
};

/**
 * Load. Channels are left out: nothing leaves a sandbox.
 * As pack_load() and plugin_set_load(); ANJU_E_INVALID "bind.policy" when a guard asks for a function that no
 * plugin offers.
 */
ANJU_MUST_CHECK anju_status sandbox_world_load(
	const struct sandbox_world_options *options, struct sandbox_world *ret, anju_error *err);
void sandbox_world_done(struct sandbox_world *world);

#endif
