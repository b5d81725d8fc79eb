#include "sandbox/world.h"

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"

#define CALENDAR_NAME       "cn"
#define CALENDAR_TIMEOUT_MS 10000

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

static anju_status fail_policy(const struct workflow *wf, const struct guard *g, anju_error *err)
{
	(void)anju_fail(err, ANJU_E_INVALID, "daemon.policy", "%s#%s: nobody offers %s.%s",
		wf->file, g->pointer, g->plugin, g->function);
	anju_error_file(err, wf->file);
	anju_error_where(err, "%s", g->pointer);
	anju_error_found(err, "%s.%s", g->plugin, g->function);
	anju_error_allowed(err, "-");
	return ANJU_E_INVALID;
}

static anju_status check_guards(
	const struct sandbox_world *w, const struct workflow *wf, anju_error *err)
{
	for (uint32_t i = 0; i < chart_transition_count(wf->chart); i++) {
		const struct chart_call *call = chart_transition_at(wf->chart, i)->guard;
		const struct guard *g = call != NULL ? call->user : NULL;
		if (g == NULL || g->kind != GUARD_POLICY)
			continue;
		const struct plugin *p = plugin_set_find(w->plugins, g->plugin);
		if (p == NULL || !plugin_offers_policy(p, g->function))
			return fail_policy(wf, g, err);
	}
	return ANJU_OK;
}

static anju_status add_years(struct calendar *calendar, struct plugin *p, anju_error *err)
{
	ANJU_AUTO_JSON *notices = NULL;
	anju_status st = plugin_calendar(p, CALENDAR_NAME, CALENDAR_TIMEOUT_MS, &notices, err);
	size_t i;
	json_t *notice;
	json_array_foreach(notices, i, notice) {
		if (st == ANJU_OK)
			st = calendar_add_year(calendar, notice, plugin_name(p), err);
	}
	return st;
}

static anju_status load_calendar(struct sandbox_world *w, anju_error *err)
{
	w->calendar = calendar_new();
	if (w->calendar == NULL)
		return anju_fail_nomem(err);
	anju_status st = ANJU_OK;
	for (size_t i = 0; i < plugin_set_count(w->plugins) && st == ANJU_OK; i++) {
		struct plugin *p = plugin_set_at(w->plugins, i);
		if (plugin_offers_calendar(p, CALENDAR_NAME))
			st = add_years(w->calendar, p, err);
	}
	return st;
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
	for (size_t i = 0; st == ANJU_OK && i < pack_set_workflow_count(w.packs); i++)
		st = check_guards(&w, pack_set_workflow_at(w.packs, i), err);
	if (st == ANJU_OK)
		st = load_calendar(&w, err);
	if (st != ANJU_OK) {
		sandbox_world_done(&w);
		return st;
	}
	*ret = w;
	return ANJU_OK;
}
