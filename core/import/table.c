/** Reading CSV with libcsv. */
#include <csv.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/utf8.h"
#include "import/table.h"

#define MAX_BYTES   (INT64_C(256) << 20)
#define MAX_ROWS    2000000
#define MAX_COLUMNS 256

struct reading {
	struct table *t;
	char *cells[MAX_COLUMNS]; /* of the row being read; owned */
	size_t n;
	int64_t line, row_line; /* now, and where the row began */
	bool failed, too_wide, binary;
};

static void on_cell(void *s, size_t len, void *ctx)
{
	struct reading *r = ctx;
	if (r->n == MAX_COLUMNS) {
		r->too_wide = true;
		return;
	}
	/* cells are C strings from here on: what stands behind a NUL would be lost without a word */
	if (len > 0 && memchr(s, '\0', len) != NULL)
		r->binary = true;
	char *copy = malloc(len + 1);
	if (copy == NULL) {
		r->failed = true;
		return;
	}
	memcpy(copy, s, len);
	copy[len] = '\0';
	r->cells[r->n++] = copy;
}

static bool add_row(struct reading *r, char **cells)
{
	struct table *t = r->t;
	if (t->header == NULL) {
		t->header = cells;
		t->header_len = r->n;
		return true;
	}
	if (t->rows_len == t->rows_cap) {
		size_t cap = t->rows_cap == 0 ? 256 : t->rows_cap * 2;
		struct row *p = realloc(t->rows, cap * sizeof *p);
		if (p == NULL)
			return false;
		t->rows = p;
		t->rows_cap = cap;
	}
	t->rows[t->rows_len++] =
		(struct row){.line = r->row_line, .cells = cells, .cells_len = r->n};
	return true;
}

/* Nothing in any cell, as spreadsheets write below the last row; such a line is passed over. */
static bool is_blank(const struct reading *r)
{
	for (size_t i = 0; i < r->n; i++) {
		if (r->cells[i][0] != '\0')
			return false;
	}
	return true;
}

static void on_row(int c, void *ctx)
{
	struct reading *r = ctx;
	(void)c;
	if (is_blank(r)) {
		for (size_t i = 0; i < r->n; i++)
			free(r->cells[i]);
		r->n = 0;
		r->row_line = 0;
		return;
	}
	char **cells = malloc(r->n * sizeof *cells);
	if (cells != NULL)
		memcpy(cells, r->cells, r->n * sizeof *cells);
	if (cells == NULL || !add_row(r, cells)) {
		free(cells);
		r->failed = true;
		return;
	}
	r->n = 0;
	r->row_line = 0;
}

static anju_status csv_failed(struct csv_parser *p, const struct reading *r, anju_error *err)
{
	if (r->failed || csv_error(p) == CSV_ENOMEM)
		return anju_fail_nomem(err);
	(void)anju_fail(err, ANJU_E_INVALID, "import.csv", "line %lld is no CSV: %s",
		(long long)r->line, r->binary ? "NUL in a cell" : csv_strerror(csv_error(p)));
	anju_error_found(err, "%lld", (long long)r->line);
	anju_error_allowed(err, "CSV (RFC 4180), UTF-8");
	return ANJU_E_INVALID;
}

/* One line, which ends with LF, CR LF, or CR alone as some old programs write it. */
static size_t line_length(const char *s, size_t n)
{
	const char *cr = memchr(s, '\r', n);
	if (cr == NULL || cr + 1 == s + n || cr[1] == '\n')
		return n;
	return (size_t)(cr - s) + 1;
}

static anju_status too_large(anju_error *err)
{
	(void)anju_fail(err, ANJU_E_INVALID, "import.too_large", "the file is too large");
	anju_error_allowed(err, "@say.csv_limits|%lld|%d", (long long)(MAX_BYTES >> 20), MAX_ROWS);
	return ANJU_E_INVALID;
}

/* What getline gave: a line, or several where CR ends them. */
static anju_status feed_lines(
	struct csv_parser *p, struct reading *r, const char *s, size_t n, anju_error *err)
{
	while (n > 0) {
		size_t len = line_length(s, n);
		r->line++;
		if (r->row_line == 0)
			r->row_line = r->line;
		if (csv_parse(p, s, len, on_cell, on_row, r) != len || r->failed || r->binary)
			return csv_failed(p, r, err);
		if (r->t->rows_len > MAX_ROWS)
			return too_large(err);
		s += len;
		n -= len;
	}
	return ANJU_OK;
}

/* Fed a line at a time, so that rows know the line they began on even when a quoted cell spans several. */
static anju_status feed(struct csv_parser *p, struct reading *r, FILE *f, anju_error *err)
{
	ANJU_AUTO_MEM char *line = NULL;
	size_t cap = 0;
	int64_t bytes = 0;
	ssize_t n;
	while ((n = getline(&line, &cap, f)) > 0) {
		const char *s = line;
		if (r->line == 0 && n >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0) {
			s += 3;
			n -= 3;
		}
		bytes += n;
		if (bytes > MAX_BYTES)
			return too_large(err);
		anju_status st = feed_lines(p, r, s, (size_t)n, err);
		if (st != ANJU_OK)
			return st;
	}
	if (ferror(f))
		return anju_fail_errno(err, errno, "@say.reading|CSV");
	if (csv_fini(p, on_cell, on_row, r) != 0 || r->failed || r->binary)
		return csv_failed(p, r, err);
	return ANJU_OK;
}

static anju_status check_header(const struct table *t, anju_error *err)
{
	for (size_t i = 0; i < t->header_len; i++) {
		if (utf8_valid(t->header[i], strlen(t->header[i])))
			continue;
		(void)anju_fail(err, ANJU_E_INVALID, "import.utf8", "the header is no valid UTF-8");
		anju_error_allowed(err, "UTF-8");
		return ANJU_E_INVALID;
	}
	return ANJU_OK;
}

anju_status table_read(FILE *f, struct table *ret, anju_error *err)
{
	struct csv_parser p;
	struct stat sb;
	/* looked at before anything is read: a line is held in memory whole */
	if (fstat(fileno(f), &sb) == 0 && sb.st_size > MAX_BYTES)
		return too_large(err);
	/* blank lines are told of too (REPALL_NL): the row after one begins on its own line */
	if (csv_init(&p, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) != 0)
		return anju_fail_nomem(err);
	struct table t = {0};
	struct reading r = {.t = &t};
	anju_status st = feed(&p, &r, f, err);
	csv_free(&p);
	for (size_t i = 0; i < r.n; i++)
		free(r.cells[i]);
	if (st == ANJU_OK && (t.header == NULL || r.too_wide)) {
		st = anju_fail(err, ANJU_E_INVALID, "import.empty",
			"no header line, or over %d columns", MAX_COLUMNS);
		anju_error_allowed(err, "%d", MAX_COLUMNS);
	}
	if (st == ANJU_OK)
		st = check_header(&t, err);
	if (st != ANJU_OK) {
		table_release(&t);
		return st;
	}
	*ret = t;
	return ANJU_OK;
}

static void free_cells(char **cells, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(cells[i]);
	free(cells);
}

void table_release(struct table *t)
{
	free_cells(t->header, t->header_len);
	for (size_t i = 0; i < t->rows_len; i++)
		free_cells(t->rows[i].cells, t->rows[i].cells_len);
	free(t->rows);
	*t = (struct table){0};
}
