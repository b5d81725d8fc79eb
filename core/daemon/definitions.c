#include "daemon/definitions.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "bind/bind.h"

#define SPOOL_PLUGIN "notify_spool"

#define SHELF_LIMIT 64

void definitions_done(struct definitions *definitions)
{
	shelf_free(definitions->shelf);
	plugin_set_free(definitions->plugins);
	grants_free(definitions->grants);
	calendar_free(definitions->calendar);
	pack_set_free(definitions->packs);
	*definitions = (struct definitions){0};
}

/* --- plugins --- */

static anju_status make_folder(const char *path, anju_error *err)
{
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return anju_fail_errno(err, errno, "@say.creating|%s", path);
	return ANJU_OK;
}

/* The spool channel writes beside the data unless told otherwise. */
static anju_status add_spool_folder(
	const struct settings *settings, json_t *configs, anju_error *err)
{
	char data[PATH_MAX], folder[PATH_MAX + 8];
	json_t *config = json_object_get(configs, SPOOL_PLUGIN);
	if (settings->task == TASK_CHECK || json_object_get(config, "folder") != NULL)
		return ANJU_OK;
	anju_status st = make_folder(settings->data, err);
	if (st != ANJU_OK)
		return st;
	if (realpath(settings->data, data) == NULL)
		return anju_fail_errno(err, errno, "@say.resolving|%s", settings->data);
	snprintf(folder, sizeof folder, "%s/spool", data);
	st = make_folder(folder, err);
	if (st != ANJU_OK)
		return st;
	json_t *own = config != NULL ? json_copy(config) : json_object();
	if (json_object_set_new(own, "folder", json_string(folder)) != 0 ||
		json_object_set_new(configs, SPOOL_PLUGIN, own) != 0)
		return anju_fail_nomem(err);
	return ANJU_OK;
}

static bool is_named(const json_t *names, const char *name)
{
	size_t i;
	json_t *v;
	json_array_foreach((json_t *)names, i, v) {
		if (json_is_string(v) && strcmp(json_string_value(v), name) == 0)
			return true;
	}
	return false;
}

/* What the packs need, and what the administrator configured besides: a way for messages to go is a matter of the
 * installation, not of a policy. */
static json_t *plugin_names(const json_t *needed, const json_t *configs)
{
	json_t *names = json_copy((json_t *)needed);
	const char *name;
	json_t *v;
	json_object_foreach((json_t *)configs, name, v) {
		if (names == NULL || is_named(names, name))
			continue;
		if (json_array_append_new(names, json_string(name)) != 0) {
			json_decref(names);
			return NULL;
		}
	}
	return names;
}

static anju_status load_plugins(
	const struct settings *settings, struct definitions *d, anju_error *err)
{
	char built[PATH_MAX];
	const char *dirs[SETTINGS_PLUGIN_DIRS_MAX + 3];
	size_t n = 0;
	for (size_t i = 0; i < settings->plugin_dirs_len; i++)
		dirs[n++] = settings->plugin_dirs[i];
	if (plugin_dir_built(built, sizeof built))
		dirs[n++] = built;
	dirs[n++] = ANJU_PLUGINS_DIR;
	dirs[n] = NULL;
	ANJU_AUTO_JSON *configs = settings->plugin_config != NULL
					  ? json_copy((json_t *)settings->plugin_config)
					  : json_object();
	ANJU_AUTO_JSON *names = plugin_names(pack_set_plugins(d->packs), configs);
	if (configs == NULL || names == NULL)
		return anju_fail_nomem(err);
	if (is_named(names, SPOOL_PLUGIN)) {
		anju_status st = add_spool_folder(settings, configs, err);
		if (st != ANJU_OK)
			return st;
	}
	struct plugin_options options = {
		.dirs = dirs, .configs = configs, .manifests_only = settings->task == TASK_CHECK};
	return plugin_set_load(&options, names, &d->plugins, err);
}

/* --- calendar and grants --- */

/* A check runs no plugin code: then every year is provisional. */
static anju_status load_calendar(
	const struct settings *settings, struct definitions *d, anju_error *err)
{
	if (settings->task == TASK_RUN)
		return bind_calendar(d->plugins, &d->calendar, err);
	d->calendar = calendar_new();
	return d->calendar != NULL ? ANJU_OK : anju_fail_nomem(err);
}

static anju_status load_grants(
	const struct settings *settings, struct definitions *d, anju_error *err)
{
	ANJU_AUTO_JSON *doc = json_object();
	json_t *list = settings->principals != NULL ? json_incref((json_t *)settings->principals)
						    : json_array();
	if (json_object_set_new(doc, "principals", list) != 0)
		return anju_fail_nomem(err);
	return grants_load(pack_set_org(d->packs), doc,
		settings->config != NULL ? settings->config : "", &d->grants, err);
}

/* --- older definitions --- */

static bool policy_known(void *ctx, const char *plugin, const char *function)
{
	const struct plugin *p = plugin_set_find(ctx, plugin);
	return p != NULL && plugin_offers_policy(p, function);
}

/* --- all of it --- */

static anju_status load_rest(const struct settings *settings, finding_cb report, void *ctx,
	struct definitions *d, anju_error *err)
{
	anju_status st = load_plugins(settings, d, err);
	if (st != ANJU_OK) {
		report(ctx, err);
		return st;
	}
	st = bind_policies(d->packs, d->plugins, report, ctx, err);
	anju_error other;
	if (load_calendar(settings, d, &other) != ANJU_OK) {
		report(ctx, &other);
		if (st == ANJU_OK)
			*err = other;
		st = other.status;
	}
	if (load_grants(settings, d, &other) != ANJU_OK) {
		report(ctx, &other);
		if (st == ANJU_OK)
			*err = other;
		st = other.status;
	}
	return st;
}

anju_status definitions_load(const struct settings *settings, finding_cb report, void *ctx,
	struct definitions *ret, anju_error *err)
{
	struct definitions d = {0};
	anju_error first;
	struct pack_options options = {.dir = settings->packs,
		.leaf = settings->pack,
		.report = report,
		.report_ctx = ctx};
	anju_status st = pack_load(&options, &d.packs, &first);
	if (st == ANJU_OK)
		st = load_rest(settings, report, ctx, &d, &first);
	if (st == ANJU_OK) {
		d.shelf = shelf_new(d.packs, policy_known, d.plugins, SHELF_LIMIT);
		st = d.shelf != NULL ? ANJU_OK : anju_fail_nomem(&first);
	}
	if (st != ANJU_OK) {
		definitions_done(&d);
		if (err != NULL)
			*err = first;
		return st;
	}
	*ret = d;
	return ANJU_OK;
}
