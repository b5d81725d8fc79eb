/** Tables for spreadsheet programs: RFC 4180, UTF-8 with its mark, CR LF. */
#ifndef CORE_REHEARSE_CSV_H
#define CORE_REHEARSE_CSV_H

#include <stdint.h>
#include <stdio.h>

/** The mark and the header line; NULL-terminated. */
void csv_header(FILE *out, const char *const *names);
/** One cell and what parts it from the next. NULL is an empty one. A text that a spreadsheet would take for a formula gets
 *  a leading "'". */
void csv_cell(FILE *out, const char *text);
void csv_number(FILE *out, int64_t n);
/** Instead of csv_cell, for the last cell of a line. */
void csv_last(FILE *out, const char *text);
void csv_last_number(FILE *out, int64_t n);

#endif
