/** The published schemas, as they stand in workflows/schema; built in, so that they are at hand without installing. */
#ifndef CORE_CLI_SCHEMA_H
#define CORE_CLI_SCHEMA_H

#include <stddef.h>

struct schema_text {
	const char *kind; /* "workflow" */
	const char *text; /* the file */
};
/** By kind. */
extern const struct schema_text schema_texts[];
extern const size_t schema_texts_len;

#endif
