/**
 * Spreadsheets in: a CSV file and a mapping of its columns become cases. All rows are checked before
 * any is stored; the good ones are then opened, the faulty ones are listed with line, column, what was
 * found and what is allowed. A case that is there already is left alone, so a repeated import doubles nothing.
 *
 * A job runs in a thread of its own; its commands go through the engine like anybody's.
 */
#ifndef CORE_IMPORT_IMPORT_H
#define CORE_IMPORT_IMPORT_H

#include <stdint.h>

#include "anju/error.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "engine/engine.h"
#include "org/org.h"
#include "pack/pack.h"

/** The jobs of one daemon. */
struct imports;

struct imports_options {
	struct pack_set *packs; /* borrowed */
	const char *packs_dir;  /* where "<pack>/<mapping>.import.json" stands */
	const char *folder;     /* data folder, for readers */
	struct engine *engine;  /* borrowed; outlives the imports */
};

ANJU_MUST_CHECK anju_status imports_new(
	const struct imports_options *options, struct imports **ret, anju_error *err);
/** Cancel what runs, wait for it, take no more. The engine must still be taking or refusing commands. */
void imports_stop(struct imports *imports);
/** Stops first, if that was not done. */
void imports_free(struct imports *imports);
ANJU_DEFINE_AUTO(imports)

/**
 * Begin a job: read `path` as `mapping` on behalf of `who`.
 *
 * path  absolute; a regular file that the peer may read: its own or readable by all, in folders that are its
 *       own or open to all (what a peer may do as one of a group does not count)
 * Returns ANJU_OK and the job's id; ANJU_E_NOTFOUND "import.no_mapping", "import.no_file"; ANJU_E_DENIED
 * "import.not_yours"; ANJU_E_INVALID (mapping file wrong); ANJU_E_BUSY "import.busy" (four run already).
 * Thread: any, but the mapping and the file's first look are read here: call it off the loop.
 */
ANJU_MUST_CHECK anju_status import_start(struct imports *imports, const char *path,
	const char *mapping, const struct principal *who, int64_t *ret_job, anju_error *err);

/**
 * Where a job stands, as JSON: {"job", "state": "checking"|"opening"|"done"|"failed", "total", "checked",
 * "opened", "unchanged", "faulty", "errors": [{"line", "column", "name", "id", "found", "allowed",
 * "text": {zh, en}}], "next": errors to skip next time or null, "error": {…} when failed}.
 *
 * after  errors to skip; at most 500 are given. "faulty" counts all, the first 10,000 found are kept
 * ANJU_E_NOTFOUND "import.no_job". Any thread.
 */
ANJU_MUST_CHECK anju_status import_status(
	struct imports *imports, int64_t job, int64_t after, struct buf *out, anju_error *err);
/** Stop a job after the rows in hand. */
ANJU_MUST_CHECK anju_status import_cancel(struct imports *imports, int64_t job, anju_error *err);

#endif
