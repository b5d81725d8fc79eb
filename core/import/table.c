/** Reading CSV with libcsv. */
#include <csv.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "import/table.h"

#define MAX_BYTES   (INT64_C(256) << 20)
#define MAX_ROWS    2000000
#define MAX_COLUMNS 256

struct reading {
	struct table *t;
	char *cells[MAX_COLUMNS]; /* of the row being read; owned */
	size_t n;
	int64_t line, row_line; /* now, and where the row began */
	bool failed, too_wide;
};

static void on_cell(void *s, size_t len, void *ctx)
{
	struct reading *r = ctx;
	if (r->n == MAX_COLUMNS) {
		r->too_wide = true;
		return;
	}
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

static void on_row(int c, void *ctx)
{
	struct reading *r = ctx;
	(void)c;
	bool blank = r->n == 0 || (r->n == 1 && r->cells[0][0] == '\0');
	if (blank) {
		free(r->n == 1 ? r->cells[0] : NULL);
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
		(long long)r->line, csv_strerror(csv_error(p)));
	anju_error_found(err, "%lld", (long long)r->line);
	anju_error_allowed(err, "CSV (RFC 4180), UTF-8");
	return ANJU_E_INVALID;
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
		r->line++;
		if (r->line == 1 && n >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0) {
			s += 3;
			n -= 3;
		}
		bytes += n;
		if (bytes > MAX_BYTES || r->t->rows_len > MAX_ROWS) {
			(void)anju_fail(
				err, ANJU_E_INVALID, "import.too_large", "the file is too large");
			anju_error_allowed(err, "@say.csv_limits|%lld|%d",
				(long long)(MAX_BYTES >> 20), MAX_ROWS);
			return ANJU_E_INVALID;
		}
		if (r->row_line == 0)
			r->row_line = r->line;
		if (csv_parse(p, s, (size_t)n, on_cell, on_row, r) != (size_t)n || r->failed)
			return csv_failed(p, r, err);
	}
	if (ferror(f))
		return anju_fail_errno(err, errno, "@say.reading|CSV");
	if (csv_fini(p, on_cell, on_row, r) != 0 || r->failed)
		return csv_failed(p, r, err);
	return ANJU_OK;
}

anju_status table_read(const char *path, struct table *ret, anju_error *err)
{
	ANJU_AUTO_FILE f = fopen(path, "re");
	if (f == NULL)
		return anju_fail_errno(err, errno, "@say.opening|%s", path);
	struct csv_parser p;
	if (csv_init(&p, CSV_STRICT | CSV_STRICT_FINI) != 0)
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
	if (st != ANJU_OK) {
		table_done(&t);
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

void table_done(struct table *t)
{
	free_cells(t->header, t->header_len);
	for (size_t i = 0; i < t->rows_len; i++)
		free_cells(t->rows[i].cells, t->rows[i].cells_len);
	free(t->rows);
	*t = (struct table){0};
}
