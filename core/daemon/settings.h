/**
 * What the administrator wants: the command line over the configuration file over the defaults. Paths are
 * as given; nothing is opened here but the configuration file.
 */
#ifndef CORE_DAEMON_SETTINGS_H
#define CORE_DAEMON_SETTINGS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "anju/error.h"
#include "base/log.h"
#include "base/messages.h"
#include "notify/delivery.h"

#define SETTINGS_PLUGIN_DIRS_MAX 16

enum settings_task { TASK_RUN, TASK_CHECK, TASK_HELP, TASK_VERSION };

/** Ceilings; 0 = the part's own default. */
struct settings_limits {
	int64_t connections, in_flight, batch, line_bytes, out_bytes; /* socket */
	int64_t buffer_mib, reads, line_s, stall_s;
	int64_t queue, max_wait_ms, engine_batch, cache_mib, policy_timeout_ms; /* engine */
	int64_t ics_every_s; /* the units' calendar files are refreshed at most so often; 0 = 60 */
	int64_t threads;     /* of the pool that reads run in; 0 = 4 */
};

/** Texts are borrowed from argv and from `document`. */
struct settings {
	enum settings_task task;
	enum lang lang;
	const char *schema; /* for editors */
	const char *data, *socket, *packs, *pack;
	const char *config;                                    /* its path, or NULL */
	const char *plugin_dirs[SETTINGS_PLUGIN_DIRS_MAX + 1]; /* NULL-terminated */
	size_t plugin_dirs_len;
	const char *channel;
	const char *ics_folder; /* of the units' calendar files, or NULL */
	const char *fault;
	bool manual_clock;
	int64_t start_ms;
	bool start_given;
	enum log_level log_level;
	struct settings_limits limits;
	struct delivery_channel *channels; /* owned */
	size_t channels_len;
	json_t *document;            /* owned; the configuration file, or NULL */
	const json_t *principals;    /* array or NULL */
	const json_t *plugin_config; /* object or NULL */
};

/** Language of ANJU_LANG, else of LC_ALL, LC_MESSAGES, LANG. */
enum lang settings_lang(void);

/**
 * Read command line and, if named there, the configuration file.
 * Returns ANJU_OK; ANJU_E_INVALID "daemon.option", "daemon.option_value", "daemon.missing", "json.*" with
 *         file and pointer; ANJU_E_NOTFOUND, ANJU_E_IO (configuration file).
 */
ANJU_MUST_CHECK anju_status settings_read(
	int argc, char *const *argv, struct settings *ret, anju_error *err);
void settings_done(struct settings *settings);

#endif
