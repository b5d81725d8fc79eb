#include "cli/table.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/utf8.h"

#define GAP      2
#define CAP_FROM 64

static size_t columns_of(const char *s)
{
	return utf8_columns(s, strlen(s));
}

void table_column(struct table *table, const char *title)
{
	anju_assert(table->columns_len < TABLE_COLUMNS_MAX);
	table->columns[table->columns_len++] = (struct table_column){.title = title};
}

void table_number(struct table *table, const char *title)
{
	table_column(table, title);
	table->columns[table->columns_len - 1].right = true;
}

/* What a case's data or a reason says must not move the cursor or colour the terminal. */
static void take_controls_away(char *s)
{
	for (; *s != '\0'; s++) {
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			*s = ' ';
	}
}

static void take_cell(struct table *table, char *text)
{
	if (table->cells_len == table->cells_cap) {
		size_t cap = table->cells_cap > 0 ? table->cells_cap * 2 : CAP_FROM;
		char **cells = realloc(table->cells, cap * sizeof *cells);
		if (cells == NULL) {
			table->failed = true;
			free(text);
			return;
		}
		table->cells = cells;
		table->cells_cap = cap;
	}
	if (text != NULL)
		take_controls_away(text);
	else
		table->failed = true;
	table->cells[table->cells_len++] = text;
}

void table_cell(struct table *table, const char *text)
{
	take_cell(table, strdup(text != NULL ? text : ""));
}

void table_cellf(struct table *table, const char *fmt, ...)
{
	va_list ap;
	struct buf text = BUF_INIT;
	va_start(ap, fmt);
	buf_addv(&text, fmt, ap);
	va_end(ap);
	take_cell(table, buf_take(&text));
	buf_done(&text);
}

void table_done(struct table *table)
{
	for (size_t i = 0; i < table->cells_len; i++)
		free(table->cells[i]);
	free(table->cells);
	*table = TABLE_INIT;
}

size_t text_cut(struct buf *out, const char *text, size_t width)
{
	size_t whole = columns_of(text);
	if (whole <= width) {
		buf_adds(out, text);
		return whole;
	}
	const char *p = text, *end = text + strlen(text);
	size_t used = 0;
	while (p < end) {
		const char *from = p;
		(void)utf8_next(&p, end);
		size_t n = utf8_columns(from, (size_t)(p - from));
		if (used + n + 1 > width)
			break;
		buf_add(out, from, (size_t)(p - from));
		used += n;
	}
	if (width > 0)
		buf_adds(out, "…");
	return used + (width > 0 ? 1 : 0);
}

static const char *cell_at(const struct table *table, size_t i)
{
	return i < table->cells_len && table->cells[i] != NULL ? table->cells[i] : "";
}

static void measure(const struct table *table, size_t rows, size_t *widths)
{
	for (size_t c = 0; c < table->columns_len; c++) {
		const char *title = table->columns[c].title;
		widths[c] = title != NULL ? columns_of(title) : 0;
		for (size_t r = 0; r < rows; r++) {
			size_t n = columns_of(cell_at(table, r * table->columns_len + c));
			widths[c] = n > widths[c] ? n : widths[c];
		}
	}
}

static void pad(struct buf *line, size_t n)
{
	while (n-- > 0)
		buf_addc(line, ' ');
}

static void add_padded(struct buf *line, const char *text, size_t width, bool right)
{
	size_t n = columns_of(text);
	if (right)
		pad(line, width - n);
	buf_adds(line, text);
	if (!right)
		pad(line, width - n);
}

static void end_line(struct buf *line, int width, struct buf *out)
{
	while (line->len > 0 && line->data[line->len - 1] == ' ')
		line->data[--line->len] = '\0';
	if (line->len > 0)
		(void)text_cut(out, line->data, width > 0 ? (size_t)width : SIZE_MAX);
	buf_addc(out, '\n');
}

void table_render(const struct table *table, int indent, int width, struct buf *out)
{
	size_t n = table->columns_len, widths[TABLE_COLUMNS_MAX];
	size_t rows = n > 0 ? (table->cells_len + n - 1) / n : 0;
	bool header = false;
	for (size_t c = 0; c < n; c++)
		header = header || table->columns[c].title != NULL;
	measure(table, rows, widths);
	for (size_t r = header ? 0 : 1; r <= rows; r++) {
		ANJU_AUTO_BUF line = BUF_INIT;
		pad(&line, (size_t)indent);
		for (size_t c = 0; c < n; c++) {
			const char *title = table->columns[c].title;
			const char *text = r > 0           ? cell_at(table, (r - 1) * n + c)
					   : title != NULL ? title
							   : "";
			pad(&line, c > 0 ? GAP : 0);
			add_padded(&line, text, widths[c], table->columns[c].right);
		}
		end_line(&line, width, out);
	}
}

void table_print(const struct table *table, int indent, int width, FILE *out)
{
	ANJU_AUTO_BUF text = BUF_INIT;
	table_render(table, indent, width, &text);
	if (text.len > 0)
		(void)fwrite(text.data, 1, text.len, out); /* main looks at ferror() at the end */
}
