/** The file a peer names, the CSV table in memory, and the mapping of its columns. For core/import
 *  and core/rehearse. */
#ifndef CORE_IMPORT_TABLE_H
#define CORE_IMPORT_TABLE_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "anju/error.h"
#include "pack/pack.h"

enum column_kind { COLUMN_KEY, COLUMN_FIELD, COLUMN_RELATION };

struct column {
	const char *name; /* header text; borrowed: doc */
	enum column_kind kind;
	const struct field *field;
	const struct relation *relation;
	int position; /* in the file, from 0 */
};

/** "<name>.import.json": {"workflow", "key_column", "columns": [{"name", "key": true | "field" | "relation"}]} */
struct mapping {
	json_t *doc; /* owned */
	const struct workflow *wf;
	struct column *columns; /* owned */
	size_t columns_len;
};
ANJU_MUST_CHECK anju_status mapping_load(const char *packs_dir, const char *name,
	struct pack_set *packs, struct mapping *ret, anju_error *err);
void mapping_done(struct mapping *m);
/** Names of the mappings of all pack folders in `packs_dir`, sorted, each once: an array, the caller's. */
ANJU_MUST_CHECK anju_status mapping_names(const char *packs_dir, json_t **ret, anju_error *err);

/**
 * Open `path` for `peer`: a file that the peer could not read itself must not be read for it. What is looked at
 * is the open file, since another may stand under the name by the time it is read.
 *
 * *ret is the caller's. ANJU_E_NOTFOUND "import.no_file" (also when it is not absolute); ANJU_E_DENIED
 * "import.not_yours"; ANJU_E_IO.
 */
ANJU_MUST_CHECK anju_status file_open(const char *path, uid_t peer, FILE **ret, anju_error *err);

struct row {
	int64_t line; /* of its first character in the file, the header being line 1 */
	char **cells; /* owned */
	size_t cells_len;
};

struct table {
	char **header; /* owned */
	size_t header_len;
	struct row *rows; /* owned */
	size_t rows_len, rows_cap;
};
/** Parse a file of at most 256 MiB and 2,000,000 rows from where it stands; a byte order mark and lines
 *  with nothing in them are skipped. ANJU_E_INVALID "import.csv" (found: the line), "import.too_large",
 *  "import.empty", "import.utf8" (the header); ANJU_E_IO. */
ANJU_MUST_CHECK anju_status table_read(FILE *f, struct table *ret, anju_error *err);
void table_release(struct table *t);

/** Find each mapped column in the header. ANJU_E_INVALID "import.column_missing"; "import.column_twice" when
 *  it cannot be told which of two is meant. */
ANJU_MUST_CHECK anju_status mapping_bind(struct mapping *m, const struct table *t, anju_error *err);

/**
 * One row → key and opening data. The error's `where` is the column's name ("" for the line as a whole).
 * *ret_data is the caller's.
 */
ANJU_MUST_CHECK anju_status mapping_row(const struct mapping *m, const struct org *org,
	const struct table *t, const struct row *row, const char **ret_key, json_t **ret_data,
	anju_error *err);

#endif
