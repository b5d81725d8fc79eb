#include "rehearse/csv.h"

#include <csv.h>
#include <string.h>

static void put(FILE *out, const char *text)
{
	char first[2] = {'\'', '\0'};
	if (text == NULL)
		return;
	if (text[0] == '\0' || strchr("=+-@\t\r", text[0]) == NULL) {
		(void)csv_fwrite(out, text, strlen(text)); /* ferror() says it in the end */
		return;
	}
	size_t n = strlen(text);
	(void)fputc('"', out);
	(void)fputs(first, out);
	for (size_t i = 0; i < n; i++) {
		if (text[i] == '"')
			(void)fputc('"', out);
		(void)fputc(text[i], out);
	}
	(void)fputc('"', out);
}

void csv_cell(FILE *out, const char *text)
{
	put(out, text);
	(void)fputc(',', out);
}

void csv_last(FILE *out, const char *text)
{
	put(out, text);
	(void)fputs("\r\n", out);
}

void csv_number(FILE *out, int64_t n)
{
	fprintf(out, "%lld,", (long long)n);
}

void csv_last_number(FILE *out, int64_t n)
{
	fprintf(out, "%lld\r\n", (long long)n);
}

void csv_header(FILE *out, const char *const *names)
{
	(void)fputs("\xef\xbb\xbf", out);
	for (size_t i = 0; names[i] != NULL; i++)
		(names[i + 1] != NULL ? csv_cell : csv_last)(out, names[i]);
}
