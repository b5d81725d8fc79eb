/**
 * Loading plugins and calling them. The manifest beside a plugin, `<name>.json`, is read and checked before
 * the shared object is opened, since opening runs constructors: no plugin code runs before that.
 *
 * Refused, each with its own message: file or folder writable by others, no symbol, wrong magic, abi, size or
 * kinds, name not the file's, duplicate name, a kind without its function, manifest that is no JSON, that
 * offers what the kind lacks, or that is not the one inside.
 *
 * Calls run on the caller's thread: a plugin that answers later is waited for with a time limit, but one that
 * never returns from its function holds its caller. Only plugins that the administrator trusts belong
 * inside the daemon.
 */
#ifndef CORE_PLUGIN_PLUGIN_H
#define CORE_PLUGIN_PLUGIN_H

#include <jansson.h>
#include <stdbool.h>

#include "anju/error.h"
#include "anju/plugin.h"
#include "base/cleanup.h"

struct plugin;
struct plugin_set;

struct plugin_options {
	/* NULL-terminated; searched in order for <name>.so and <name>/<name>.so. The folder that holds the
	 * shared object is handed to the plugin as "dir". */
	const char *const *dirs;
	const json_t *configs; /* {"<plugin>": {…}} or NULL */
	bool manifests_only;   /* lint: nothing is opened, no plugin code runs */
};

/** Load the plugins named in `names` (array of strings) and init them in that order.
 *  On failure nothing stays loaded. */
/** Where plugins lie when this program runs from its build folder: plugins/ beside it. False if there is none. */
bool plugin_dir_built(char *out, size_t size);

ANJU_MUST_CHECK anju_status plugin_set_load(const struct plugin_options *options,
	const json_t *names, struct plugin_set **ret, anju_error *err);
/**
 * Stop (waiting for each plugin's stop), fini, close; last loaded first. A plugin that does not stop, or still
 * owes answers, stays mapped for good and is logged. No call may be running.
 */
void plugin_set_free(struct plugin_set *set);
ANJU_DEFINE_AUTO(plugin_set)

size_t plugin_set_count(const struct plugin_set *set);
struct plugin *plugin_set_at(const struct plugin_set *set, size_t i);
struct plugin *plugin_set_find(const struct plugin_set *set, const char *name);
const char *plugin_name(const struct plugin *p);
const char *plugin_version(const struct plugin *p);
uint32_t plugin_kinds(const struct plugin *p);
const json_t *plugin_manifest(const struct plugin *p);
bool plugin_offers_policy(const struct plugin *p, const char *function);
/** The plugin that offers a channel name, or NULL. */
struct plugin *plugin_set_channel(const struct plugin_set *set, const char *channel);
bool plugin_offers_channel(const struct plugin *p, const char *channel);
bool plugin_offers_calendar(const struct plugin *p, const char *calendar);

/**
 * Ask a policy function; waits for the answer at most `timeout_ms`. Any thread; several at once.
 * *ret_verdict is the caller's: {"ok": bool, "reason": {"zh","en"}, "values": {…}}; its shape has been
 * checked. ANJU_E_PLUGIN "plugin.failed", "plugin.timeout", "plugin.bad_verdict" (text names plugin
 * and function).
 */
ANJU_MUST_CHECK anju_status plugin_policy(struct plugin *p, const char *function,
	const json_t *input, int timeout_ms, json_t **ret_verdict, anju_error *err);
/** Deliver a message through a channel; waits. Failure keeps the plugin's error; ANJU_E_BUSY and
 *  ANJU_E_IO may be tried again. No answer in time is ANJU_E_BUSY "plugin.timeout". */
ANJU_MUST_CHECK anju_status plugin_deliver(struct plugin *p, const char *channel,
	const json_t *message, int timeout_ms, anju_error *err);
/** All year notices of a calendar plugin: array of objects, the caller's. Errors as plugin_policy, and
 *  "plugin.bad_notices". */
ANJU_MUST_CHECK anju_status plugin_calendar(struct plugin *p, const char *calendar, int timeout_ms,
	json_t **ret_notices, anju_error *err);

#endif
