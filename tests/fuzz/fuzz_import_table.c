/**
 * Any bytes as a roster: refused with its line, or a table that comes out the same when it is written as CSV and read
 * again; and each of its rows is opening data, or says which column is wrong.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "fuzz/fuzz.h"
#include "import/table.h"
#include "pack/pack.h"

static struct pack_set *packs;
static struct mapping mapping;

static void load(void)
{
	anju_error err;
	const struct pack_options options = {.dir = FUZZ_SOURCE "/tests/data/import"};
	if (pack_load(&options, &packs, &err) != ANJU_OK ||
		mapping_load(options.dir, "household", packs, &mapping, &err) != ANJU_OK)
		fuzz_failed(__FILE__, __LINE__, "%s: %s", err.id, err.text);
}

static anju_status read_bytes(const void *data, size_t n, struct table *ret, anju_error *err)
{
	fuzz_write("table.csv", data, n);
	ANJU_AUTO_FILE f = fopen(fuzz_path("table.csv"), "r");
	fuzz_assert(f != NULL);
	return table_read(f, ret, err);
}

static void write_row(struct buf *out, char *const *cells, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_adds(out, i > 0 ? ",\"" : "\"");
		for (const char *p = cells[i]; *p != '\0'; p++) {
			if (*p == '"')
				buf_addc(out, '"');
			buf_addc(out, *p);
		}
		buf_addc(out, '"');
	}
	buf_adds(out, "\n");
}

static void same_row(char *const *a, size_t a_len, char *const *b, size_t b_len)
{
	fuzz_assert(a_len == b_len);
	for (size_t i = 0; i < a_len; i++)
		fuzz_same_text(a[i], b[i]);
}

static void check_again(const struct table *t)
{
	anju_error err;
	struct table again;
	ANJU_AUTO_BUF out = BUF_INIT;
	write_row(&out, t->header, t->header_len);
	for (size_t i = 0; i < t->rows_len; i++)
		write_row(&out, t->rows[i].cells, t->rows[i].cells_len);
	anju_status st = read_bytes(out.data, out.len, &again, &err);
	if (st != ANJU_OK)
		fuzz_failed(__FILE__, __LINE__, "%s: %s\n%s", err.id, err.text, out.data);
	fuzz_assert(again.rows_len == t->rows_len);
	same_row(t->header, t->header_len, again.header, again.header_len);
	for (size_t i = 0; i < t->rows_len; i++)
		same_row(t->rows[i].cells, t->rows[i].cells_len, again.rows[i].cells,
			again.rows[i].cells_len);
	table_release(&again);
}

static bool is_column(const char *name)
{
	for (size_t i = 0; i < mapping.columns_len; i++) {
		if (strcmp(mapping.columns[i].name, name) == 0)
			return true;
	}
	return false;
}

static void check_rows(const struct table *t, const uint8_t *data, size_t n)
{
	for (size_t i = 0; i < t->rows_len; i++) {
		anju_error err;
		const char *key = NULL;
		json_t *row = NULL;
		anju_status st = mapping_row(
			&mapping, pack_set_org(packs), t, &t->rows[i], &key, &row, &err);
		fuzz_assert((st == ANJU_OK) == (row != NULL));
		if (st == ANJU_OK) {
			fuzz_assert(key != NULL && key[0] != '\0' && json_is_object(row));
		} else {
			fuzz_error(st, &err, data, n);
			fuzz_assert(err.where[0] == '\0' || is_column(err.where));
		}
		json_decref(row);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	anju_error err;
	struct table t;
	if (packs == NULL)
		load();
	anju_status st = read_bytes(data, n, &t, &err);
	if (st != ANJU_OK) {
		fuzz_error(st, &err, data, n);
		return 0;
	}
	int64_t line = 1;
	for (size_t i = 0; i < t.rows_len; i++) {
		fuzz_assert(t.rows[i].line > line || (i == 0 && t.rows[i].line >= line));
		line = t.rows[i].line;
	}
	check_again(&t);
	st = mapping_bind(&mapping, &t, &err);
	if (st == ANJU_OK)
		check_rows(&t, data, n);
	else
		fuzz_error(st, &err, data, n);
	table_release(&t);
	return 0;
}
