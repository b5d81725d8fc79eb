/** A plugin's manifest, `<name>.json`: what it is and what it offers, known before its code is opened. */
#ifndef CORE_PLUGIN_MANIFEST_H
#define CORE_PLUGIN_MANIFEST_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "anju/error.h"

#define MANIFEST_MAX_BYTES 262144

/**
 * Read and check the manifest file of plugin `name`; *ret_doc is the caller's.
 * Returns ANJU_E_NOTFOUND "plugin.no_manifest"; "plugin.wrong_name"; ANJU_E_UNSUPPORTED "plugin.bad_abi",
 * "plugin.unknown_kind"; ANJU_E_INVALID "plugin.offer_mismatch" (an offer without its kind or the reverse),
 * "plugin.duplicate_offer" and json.*, with file and pointer.
 */
ANJU_MUST_CHECK anju_status manifest_load(
	const char *path, const char *name, json_t **ret_doc, uint32_t *ret_kinds, anju_error *err);

/** Is `value` offered: the member `key` ("function" or "name") of an entry of `list` ("policies", …)? */
bool manifest_offers(const json_t *doc, const char *list, const char *key, const char *value);

/** [a-z][a-z0-9_]*, at most 63 bytes: names of plugins, functions, channels, calendars. */
bool manifest_name_ok(const char *s);

#endif
