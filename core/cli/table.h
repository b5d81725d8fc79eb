/** Tables for people: columns aligned by terminal width, Chinese and Latin text mixed. */
#ifndef CORE_CLI_TABLE_H
#define CORE_CLI_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "anju/error.h"
#include "base/buf.h"

#define TABLE_COLUMNS_MAX 16

struct table {
	struct table_column {
		const char *title; /* borrowed; NULL in all columns: no header */
		bool right;        /* numbers */
	} columns[TABLE_COLUMNS_MAX];
	size_t columns_len;
	char **cells; /* owned */
	size_t cells_len, cells_cap;
	bool failed; /* out of memory: cells are missing */
};
#define TABLE_INIT ((struct table){0})

void table_column(struct table *table, const char *title);
void table_number(struct table *table, const char *title);
/** The next cell of the current row; NULL counts as "". Control characters become blanks. */
void table_cell(struct table *table, const char *text);
void table_cellf(struct table *table, const char *fmt, ...) ANJU_PRINTF(2, 3);
/**
 * Append all of it to `out`. Each line begins with `indent` blanks; columns are two blanks apart; a line
 * wider than `width` columns (0 = any) is cut and ends with "…". A last row that is not full is padded.
 */
void table_render(const struct table *table, int indent, int width, struct buf *out);
/** table_render to a file. */
void table_print(const struct table *table, int indent, int width, FILE *out);
void table_done(struct table *table);

static inline void table_done_at(struct table *table)
{
	table_done(table);
}
#define ANJU_AUTO_TABLE __attribute__((cleanup(table_done_at))) struct table

/** Append `text`, cut to `width` columns with "…" if it is wider. Returns the columns appended. */
size_t text_cut(struct buf *out, const char *text, size_t width);

#endif
