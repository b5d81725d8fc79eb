/**
 * The plugin API of anju, and all that a plugin sees of it.
 *
 * A plugin is a shared object `<name>.so` that exports one symbol, `anju_plugin_v1`, through ANJU_PLUGIN(),
 * and beside it `<name>.json`, its manifest. The host reads the manifest before it opens the shared object,
 * because opening already runs constructors; the descriptor carries the same manifest, and the two must be
 * equal. Both lie in a plugin folder or in `<name>/` below one; neither may be writable by others.
 *
 * A plugin links with -Wl,--no-undefined, keeps no mutable globals, and never calls exit, fork or signal
 * functions. Everything crosses the boundary as JSON values: nothing here assumes that plugin and daemon
 * share an address space. No call may block longer than its time limit allows. policy, deliver and
 * calendar may be called from several threads at once, between init and stop.
 *
 * Evolution: abi must be equal; structs grow at the end only, and `size` says how far a build knows them.
 * Plain C11, valid C++.
 */
#ifndef ANJU_PLUGIN_H
#define ANJU_PLUGIN_H

#include <jansson.h>
#include <stdint.h>

#include "anju/error.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ANJU_PLUGIN_MAGIC UINT32_C(0x756a6e61) /* "anju" */
#define ANJU_PLUGIN_ABI   UINT32_C(1)

/** Kinds, a bit each; a bit this daemon does not know refuses the plugin. */
#define ANJU_KIND_POLICY   UINT32_C(1)
#define ANJU_KIND_CHANNEL  UINT32_C(2)
#define ANJU_KIND_CALENDAR UINT32_C(4)

/** Services of the host; valid from init until fini. Functions may be called from any call below. */
typedef struct anju_host {
	uint32_t abi;
	uint32_t size;
	/** One structured log line; level 0 debug … 3 error. */
	void (*log)(const struct anju_host *host, int level, const char *event, const char *text);
	/* Fields below added later. Append only. */
} anju_host;

/** Returned by asynchronous handlers: only done/fail/pending functions of the request give one. */
typedef struct anju_answered {
	int handled;
} anju_answered;

/** A request to the plugin; answered exactly once, now or later, from any thread. */
typedef struct anju_request {
	uint32_t size;
	/** How long the host waits; an answer that comes later is dropped. */
	uint32_t timeout_ms;
	/** Success; `result` is a borrowed JSON value (NULL = null). */
	anju_answered (*done)(struct anju_request *request, const json_t *result);
	/** Failure; ANJU_E_BUSY and ANJU_E_IO are retried, the rest is final. */
	anju_answered (*fail)(struct anju_request *request, const anju_error *error);
	/** "I shall answer later": keeps the request alive. */
	anju_answered (*pending)(struct anju_request *request);
} anju_request;

typedef void (*anju_stopped_cb)(void *data);

typedef struct anju_plugin {
	/* These three never move: nothing else is read before they are accepted. */
	uint32_t magic;
	uint32_t abi;
	uint32_t size;
	uint32_t kinds;
	const char *name;
	const char *version;
	/**
	 * JSON, equal to the file `<name>.json`:
	 *   {"name", "version", "abi": 1, "kinds": ["policy" | "channel" | "calendar"], "title": {"zh","en"},
	 *    "config": {member: {"type", "title", "required"}},
	 *    "policies": [{"function", "title", "params": {name: {"type", "title"}}, "fields": {name: type},
	 *                  "rules": ["name.min"], "rows": ["BJ-R-01"]}],
	 *    "channels": [{"name","title"}], "calendars": [{"name","title"}]}
	 * name, version, kinds must be those of this descriptor; params, fields, rules, rows tell what a
	 * function reads and which rows it carries out.
	 */
	const char *manifest;
	/** Check a configuration without side effects. May be NULL. */
	anju_status (*check)(const json_t *config, anju_error *err);
	/** Start. config: the administrator's object, with "dir" (the plugin's folder) added by the host.
	 *  *ret_self goes to every later call. A failure leaves nothing behind: fini is not called. */
	anju_status (*init)(
		const anju_host *host, const json_t *config, void **ret_self, anju_error *err);
	/** Answer or cancel every pending request, end every thread, then call done(data) once. May be NULL:
	 *  nothing runs. A plugin that still owes an answer afterwards is never unloaded. */
	void (*stop)(void *self, anju_stopped_cb done, void *data);
	/** Release self. */
	void (*fini)(void *self);

	/**
	 * POLICY. A pure function of its input:
	 *   {"function", "case": {fields…}, "event": {…}, "params": {…}, "rules": {…}, "docs": {…},
	 *    "related": {relation: [{key, states, fields…}]}, "states": [active paths],
	 *    "effective_at": RFC 3339, "workflow": "household", "key": "610322-0417"}
	 * Result: {"ok": true} or {"ok": false, "reason": {"zh": "…", "en": "…"}, "values": {…}}.
	 */
	anju_answered (*policy)(
		void *self, const char *function, const json_t *input, anju_request *request);
	/**
	 * CHANNEL. Deliver one message:
	 *   {"id", "to": {"unit", "title": {zh,en}, "contacts": {…}}, "subject": {"zh","en"}, "body": {"zh","en"},
	 *    "html": {"zh","en"}, "sms": {"zh","en"}, "urgent": bool, "created_at": RFC 3339}
	 * html is a fragment with its values escaped, sms one line of at most 70 characters; older messages
	 * have neither.
	 * The same id may come twice after a crash; delivering it twice must have the effect of once.
	 */
	anju_answered (*deliver)(
		void *self, const char *channel, const json_t *message, anju_request *request);
	/** CALENDAR. Result: an array of year notices (see anju-pack(5), "calendar"). */
	anju_answered (*calendar)(void *self, const char *calendar, anju_request *request);
	/* Fields below added in later versions. Append only; NULL = not offered. */
} anju_plugin;

/** Define the exported descriptor: ANJU_PLUGIN(.kinds = …, .name = "…", …). */
#ifdef __cplusplus
#define ANJU_PLUGIN_LINKAGE extern "C"
#else
#define ANJU_PLUGIN_LINKAGE extern
#endif
#define ANJU_PLUGIN(...)                                                                           \
	ANJU_PLUGIN_LINKAGE ANJU_API const anju_plugin anju_plugin_v1;                             \
	const anju_plugin anju_plugin_v1 = {.magic = ANJU_PLUGIN_MAGIC,                            \
		.abi = ANJU_PLUGIN_ABI,                                                            \
		.size = sizeof(anju_plugin),                                                       \
		__VA_ARGS__}

#ifdef __cplusplus
}
#endif

#endif
