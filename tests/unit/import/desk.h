/** A folder of files, and the small pack that they are read for. */
#ifndef TESTS_UNIT_IMPORT_DESK_H
#define TESTS_UNIT_IMPORT_DESK_H

#include "import/table.h"
#include "unit/support.h"

struct desk {
	char folder[64];
	struct pack_set *packs;
	struct mapping mapping;
	struct table table;
	anju_error err;
};

void desk_open(struct desk *d);
void desk_done(struct desk *d);
/** Write a file; its path is valid until the next call. */
const char *desk_file(struct desk *d, const char *name, const char *text, size_t n);
/** Read a table from text into d->table. */
anju_status desk_read(struct desk *d, const char *text, size_t n);
#define desk_table(d, text) desk_read(d, text, sizeof(text) - 1)
/** Load the mapping "<folder>/p/try.import.json" from JSON text with ' for ". */
anju_status desk_mapping(struct desk *d, const char *text);

#endif
