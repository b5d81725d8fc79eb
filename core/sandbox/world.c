#include "sandbox/world.h"

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "bind/bind.h"

void sandbox_world_done(struct sandbox_world *world)
{
	plugin_set_free(world->plugins);
	calendar_free(world->calendar);
	pack_set_free(world->packs);
	*world = (struct sandbox_world){0};
}

/* The names of those that are more than a channel. */
static anju_status needed_plugins(
	const char *const *dirs, const json_t *names, json_t **ret, anju_error *err)
{
	ANJU_AUTO(plugin_set) set = NULL;
	struct plugin_options options = {.dirs = dirs, .manifests_only = true};
	anju_status st = plugin_set_load(&options, names, &set, err);
	if (st != ANJU_OK)
		return st;
	ANJU_AUTO_JSON *needed = json_array();
	for (size_t i = 0; i < plugin_set_count(set); i++) {
		const struct plugin *p = plugin_set_at(set, i);
		if ((plugin_kinds(p) & (ANJU_KIND_POLICY | ANJU_KIND_CALENDAR)) == 0)
			continue;
		if (json_array_append_new(needed, json_string(plugin_name(p))) != 0)
			return anju_fail_nomem(err);
	}
	*ret = ANJU_TAKE(needed);
	return ANJU_OK;
}

static anju_status load_plugins(struct sandbox_world *w, const char *const *dirs, anju_error *err)
{
	ANJU_AUTO_JSON *names = NULL;
	anju_status st = needed_plugins(dirs, pack_set_plugins(w->packs), &names, err);
	if (st != ANJU_OK)
		return st;
	struct plugin_options options = {.dirs = dirs};
	return plugin_set_load(&options, names, &w->plugins, err);
}

anju_status sandbox_world_load(
	const struct sandbox_world_options *options, struct sandbox_world *ret, anju_error *err)
{
	struct sandbox_world w = {0};
	struct pack_options packs = {.dir = options->dir,
		.leaf = options->leaf,
		.report = options->report,
		.report_ctx = options->report_ctx};
	anju_status st = pack_load(&packs, &w.packs, err);
	if (st == ANJU_OK)
		st = load_plugins(&w, options->plugin_dirs, err);
	if (st == ANJU_OK)
		st = bind_policies(w.packs, w.plugins, options->report, options->report_ctx, err);
	if (st == ANJU_OK)
		st = bind_calendar(w.plugins, &w.calendar, err);
	if (st != ANJU_OK) {
		sandbox_world_done(&w);
		return st;
	}
	*ret = w;
	return ANJU_OK;
}
