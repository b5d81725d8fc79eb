/** One loaded plugin, shared by loader, calls and set. Private to core/plugin. */
#ifndef CORE_PLUGIN_RECORD_H
#define CORE_PLUGIN_RECORD_H

#include <jansson.h>
#include <pthread.h>
#include <stdbool.h>

#include "anju/plugin.h"
#include "base/cleanup.h"

struct request;

struct plugin {
	anju_host host; /* first: the plugin holds its address, host.c finds us by it */
	char name[64];
	char *so_path;    /* owned; absolute */
	char *dir;        /* owned; absolute folder of the shared object */
	json_t *manifest; /* owned */
	uint32_t kinds;
	void *handle;    /* dlopen; NULL with manifests_only */
	anju_plugin api; /* our copy: what the plugin's build did not know is NULL */
	void *self;
	bool running; /* init has succeeded */

	pthread_mutex_t lock;        /* guards what follows, and every request of this plugin */
	pthread_cond_t stopped_cond; /* monotonic clock */
	bool stopped;
	struct request *owed; /* requests that the plugin has not answered yet */
	struct plugin *next_abandoned;
};

/** A record without a shared object yet. */
ANJU_MUST_CHECK anju_status plugin_new(const char *name, struct plugin **ret, anju_error *err);
/** Stop, fini, close and release; see plugin_set_free() about those that do not stop. */
void plugin_free(struct plugin *p);
ANJU_DEFINE_AUTO(plugin)

/** Fill in the host table. */
void plugin_host_init(anju_host *host);

/** Find <name>.so in `dirs`, check permissions, read the manifest; runs no plugin code. */
ANJU_MUST_CHECK anju_status plugin_find(struct plugin *p, const char *const *dirs, anju_error *err);
/** dlopen and check the descriptor against the manifest; runs the shared object's constructors. */
ANJU_MUST_CHECK anju_status plugin_open(struct plugin *p, anju_error *err);

/** A plugin's error made safe: strings end, the status is one of ours and not ANJU_OK. */
void plugin_error_clean(anju_error *err, const char *plugin);

/** Does the plugin still owe an answer? Caller holds p->lock. */
static inline bool plugin_owes(const struct plugin *p)
{
	return p->owed != NULL;
}

#endif
