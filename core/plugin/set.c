#include "plugin/plugin.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "base/utf8.h"
#include "plugin/manifest.h"
#include "plugin/record.h"

#define STOP_WAIT_S 10

struct plugin_set {
	struct plugin **list; /* owned, in order of loading */
	size_t len;
};

/* Plugins that could not be unloaded: their code may still run and answer, so record and requests must
 * outlive the set. The only mutable global of this part; reachable, so that nothing counts as leaked. */
static pthread_mutex_t abandoned_lock = PTHREAD_MUTEX_INITIALIZER;
static struct plugin *abandoned;

anju_status plugin_new(const char *name, struct plugin **ret, anju_error *err)
{
	struct plugin *p = calloc(1, sizeof *p);
	if (p == NULL)
		return anju_fail_nomem(err);
	snprintf(p->name, sizeof p->name, "%s", name);
	plugin_host_init(&p->host);
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->stopped_cond, &attr);
	pthread_condattr_destroy(&attr);
	*ret = p;
	return ANJU_OK;
}

static void stopped_cb(void *data)
{
	struct plugin *p = data;
	pthread_mutex_lock(&p->lock);
	p->stopped = true;
	pthread_cond_signal(&p->stopped_cond);
	pthread_mutex_unlock(&p->lock);
}

/** False: the plugin did not stop in time or still owes answers. */
static bool stop(struct plugin *p)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += STOP_WAIT_S;
	if (p->api.stop != NULL)
		p->api.stop(p->self, stopped_cb, p);
	pthread_mutex_lock(&p->lock);
	int rc = 0;
	while (p->api.stop != NULL && !p->stopped && rc == 0)
		rc = pthread_cond_timedwait(&p->stopped_cond, &p->lock, &until);
	bool in_time = p->api.stop == NULL || p->stopped;
	bool owes = plugin_owes(p);
	pthread_mutex_unlock(&p->lock);
	if (!in_time || owes)
		log_line(LOG_ERROR_, "plugin", "not_unloaded", "plugin=%s why=%s", p->name,
			in_time ? "owes_answers" : "does_not_stop");
	return in_time && !owes;
}

void plugin_free(struct plugin *p)
{
	if (p == NULL)
		return;
	if (p->running) {
		if (!stop(p)) {
			pthread_mutex_lock(&abandoned_lock);
			p->next_abandoned = abandoned;
			abandoned = p;
			pthread_mutex_unlock(&abandoned_lock);
			return;
		}
		p->api.fini(p->self);
	}
	if (p->handle != NULL)
		(void)dlclose(p->handle); /* nothing to be done if it stays mapped */
	json_decref(p->manifest);
	free(p->so_path);
	free(p->dir);
	pthread_cond_destroy(&p->stopped_cond);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

/* Ends, and holds one line of whole characters. */
static void clean_text(char *s, size_t size)
{
	s[size - 1] = '\0';
	const char *end = s + strlen(s);
	for (const char *p = s; p < end;) {
		char *at = s + (p - s);
		if (utf8_next(&p, end) < 0)
			*at = '?';
		else if (*at == '\n' || *at == '\r')
			*at = ' ';
	}
}

void plugin_error_clean(anju_error *err, const char *plugin)
{
#define END(member) clean_text(err->member, sizeof err->member)
	END(id);
	END(file);
	END(where);
	END(found);
	END(allowed);
	END(text);
#undef END
	if (err->status > ANJU_E_NOMEM || err->status < ANJU_E_INTERNAL)
		err->status = ANJU_E_PLUGIN;
	if (err->id[0] == '\0')
		snprintf(err->id, sizeof err->id, "plugin.failed");
	if (err->text[0] == '\0')
		snprintf(err->text, sizeof err->text, "-");
	if (err->found[0] == '\0' && strcmp(err->id, "plugin.failed") == 0)
		snprintf(err->found, sizeof err->found, "%s", plugin);
}

/** The administrator's object for this plugin, copied, with "dir" added. */
static anju_status config_of(
	const struct plugin *p, const json_t *configs, json_t **ret, anju_error *err)
{
	const json_t *given = json_object_get(configs, p->name);
	if (given != NULL && !json_is_object(given)) {
		(void)anju_fail(err, ANJU_E_INVALID, "plugin.config",
			"configuration of plugin %s is not an object", p->name);
		anju_error_where(err, "/plugins/%s", p->name);
		anju_error_found(err, "%s", json_type_text(given));
		anju_error_allowed(err, "@say.object");
		return ANJU_E_INVALID;
	}
	ANJU_AUTO_JSON *config = given != NULL ? json_copy((json_t *)given) : json_object();
	if (config == NULL || json_object_set_new(config, "dir", json_string(p->dir)) != 0)
		return anju_fail_nomem(err);
	*ret = ANJU_TAKE(config);
	return ANJU_OK;
}

static anju_status start(struct plugin *p, const json_t *configs, anju_error *err)
{
	ANJU_AUTO_JSON *config = NULL;
	anju_status st = config_of(p, configs, &config, err);
	if (st != ANJU_OK)
		return st;
	anju_error own = {0};
	const char *step = "check";
	if (p->api.check != NULL)
		st = p->api.check(config, &own);
	if (st == ANJU_OK) {
		step = "init";
		st = p->api.init(&p->host, config, &p->self, &own);
	}
	if (st == ANJU_OK) {
		p->running = true;
		return ANJU_OK;
	}
	own.status = st;
	plugin_error_clean(&own, p->name);
	if (err != NULL)
		*err = own;
	return anju_wrap(err, own.status, "plugin %s: %s", p->name, step);
}

/** Two plugins under one channel name: nobody could say which one delivers. */
static anju_status check_channels(
	const struct plugin_set *set, const struct plugin *p, anju_error *err)
{
	size_t i;
	json_t *entry;
	json_array_foreach(json_object_get(p->manifest, "channels"), i, entry) {
		const char *name = json_string_value(json_object_get(entry, "name"));
		const struct plugin *other = plugin_set_channel(set, name);
		if (other == NULL)
			continue;
		(void)anju_fail(err, ANJU_E_EXISTS, "plugin.duplicate_offer",
			"plugin %s: channel %s is offered by %s already", p->name, name,
			other->name);
		anju_error_file(err, p->so_path);
		anju_error_found(err, "%s", name);
		anju_error_allowed(err, "@say.name_not_of|%s", other->name);
		return ANJU_E_EXISTS;
	}
	return ANJU_OK;
}

static anju_status load_one(struct plugin_set *set, const struct plugin_options *options,
	const char *name, anju_error *err)
{
	if (!manifest_name_ok(name) || plugin_set_find(set, name) != NULL) {
		bool twice = plugin_set_find(set, name) != NULL;
		anju_status st = twice ? ANJU_E_EXISTS : ANJU_E_INVALID;
		(void)anju_fail(err, st, twice ? "plugin.duplicate" : "plugin.bad_name",
			"plugin '%s': %s", name, twice ? "named twice" : "not a plugin name");
		anju_error_found(err, "%s", name);
		anju_error_allowed(err, twice ? "@say.each_plugin_once" : "[a-z][a-z0-9_]*");
		return st;
	}
	ANJU_AUTO(plugin) p = NULL;
	anju_status st = plugin_new(name, &p, err);
	if (st == ANJU_OK)
		st = plugin_find(p, options->dirs, err);
	if (st == ANJU_OK)
		st = check_channels(set, p, err);
	if (st == ANJU_OK && !options->manifests_only)
		st = plugin_open(p, err);
	if (st == ANJU_OK && !options->manifests_only)
		st = start(p, options->configs, err);
	if (st == ANJU_OK)
		set->list[set->len++] = ANJU_TAKE(p);
	return st;
}

anju_status plugin_set_load(const struct plugin_options *options, const json_t *names,
	struct plugin_set **ret, anju_error *err)
{
	size_t n = json_array_size(names);
	ANJU_AUTO(plugin_set) set = calloc(1, sizeof *set);
	if (set == NULL)
		return anju_fail_nomem(err);
	set->list = calloc(n > 0 ? n : 1, sizeof(struct plugin *));
	if (set->list == NULL)
		return anju_fail_nomem(err);
	for (size_t i = 0; i < n; i++) {
		const char *name = json_string_value(json_array_get(names, i));
		anju_status st = load_one(set, options, name != NULL ? name : "", err);
		if (st != ANJU_OK)
			return st;
	}
	*ret = ANJU_TAKE(set);
	return ANJU_OK;
}

void plugin_set_free(struct plugin_set *set)
{
	if (set == NULL)
		return;
	while (set->len > 0)
		plugin_free(set->list[--set->len]);
	free(set->list);
	free(set);
}

size_t plugin_set_count(const struct plugin_set *set)
{
	return set->len;
}

struct plugin *plugin_set_at(const struct plugin_set *set, size_t i)
{
	return i < set->len ? set->list[i] : NULL;
}

struct plugin *plugin_set_find(const struct plugin_set *set, const char *name)
{
	for (size_t i = 0; i < set->len; i++) {
		if (strcmp(set->list[i]->name, name) == 0)
			return set->list[i];
	}
	return NULL;
}

struct plugin *plugin_set_channel(const struct plugin_set *set, const char *channel)
{
	for (size_t i = 0; i < set->len; i++) {
		if (plugin_offers_channel(set->list[i], channel))
			return set->list[i];
	}
	return NULL;
}

const char *plugin_name(const struct plugin *p)
{
	return p->name;
}

const char *plugin_version(const struct plugin *p)
{
	return json_string_value(json_object_get(p->manifest, "version"));
}

uint32_t plugin_kinds(const struct plugin *p)
{
	return p->kinds;
}

const json_t *plugin_manifest(const struct plugin *p)
{
	return p->manifest;
}

bool plugin_offers_policy(const struct plugin *p, const char *function)
{
	return manifest_offers(p->manifest, "policies", "function", function);
}

bool plugin_offers_channel(const struct plugin *p, const char *channel)
{
	return manifest_offers(p->manifest, "channels", "name", channel);
}

bool plugin_offers_calendar(const struct plugin *p, const char *calendar)
{
	return manifest_offers(p->manifest, "calendars", "name", calendar);
}
