#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/messages.h"
#include "base/utf8.h"

_Static_assert(sizeof(anju_error) == 1024, "anju_error crosses the plugin boundary: size is fixed");

void anju_assert_failed(const char *cond, const char *file, int line)
{
	fprintf(stderr, "level=fatal part=base event=assert at=%s:%d cond=\"%s\"\n", file, line,
		cond);
	abort();
}

/* What was cut within a character on its way here (jansson does so) is shown as '?'. */
static void repair(char *s)
{
	const char *end = s + strlen(s);
	for (const char *p = s; p < end;) {
		char *at = s + (p - s);
		if (utf8_next(&p, end) < 0)
			*at = '?';
	}
}

ANJU_PRINTF(3, 0)
static void put(char *dst, size_t size, const char *fmt, va_list ap)
{
	int n = vsnprintf(dst, size, fmt, ap);
	if (n < 0) {
		dst[0] = '\0';
		return;
	}
	if ((size_t)n >= size)
		utf8_trim_tail(dst);
	bool ascii = true;
	for (char *p = dst; *p != '\0'; p++) {
		ascii = ascii && (unsigned char)*p < 0x80;
		if (*p == '\n' || *p == '\r')
			*p = ' ';
	}
	if (!ascii)
		repair(dst);
}

anju_status anju_fail(anju_error *err, anju_status status, const char *id, const char *fmt, ...)
{
	if (err == NULL)
		return status;
	memset(err, 0, sizeof *err);
	err->status = status;
	snprintf(err->id, sizeof err->id, "%s", id);
	va_list ap;
	va_start(ap, fmt);
	put(err->text, sizeof err->text, fmt, ap);
	va_end(ap);
	return status;
}

anju_status anju_fail_nomem(anju_error *err)
{
	return anju_fail(err, ANJU_E_NOMEM, "mem.out", "out of memory");
}

anju_status anju_fail_errno(anju_error *err, int errnum, const char *fmt, ...)
{
	anju_status st = ANJU_E_IO;
	if (errnum == ENOSPC || errnum == EDQUOT)
		st = ANJU_E_FULL;
	else if (errnum == ENOENT)
		st = ANJU_E_NOTFOUND;
	else if (errnum == ENOMEM)
		st = ANJU_E_NOMEM;
	if (err == NULL)
		return st;
	char what[160], act[160];
	va_list ap;
	va_start(ap, fmt);
	put(what, sizeof what, fmt, ap);
	va_end(ap);
	(void)anju_fail(err, st, "sys.failed", "%s: %s", message_english(what, act, sizeof act),
		strerror(errnum));
	anju_error_found(err, "@say.failed|%s|%s", message_errno(errnum), what);
	err->origin = ANJU_ORIGIN_ERRNO;
	err->cause = errnum;
	return st;
}

anju_status anju_wrap(anju_error *err, anju_status status, const char *fmt, ...)
{
	if (err == NULL)
		return status;
	char rest[sizeof err->text];
	memcpy(rest, err->text, sizeof rest);
	va_list ap;
	va_start(ap, fmt);
	put(err->text, sizeof err->text, fmt, ap);
	va_end(ap);
	size_t n = strlen(err->text);
	if ((size_t)snprintf(err->text + n, sizeof err->text - n, ": %s", rest) >=
		sizeof err->text - n)
		utf8_trim_tail(err->text);
	return status;
}

void anju_error_file(anju_error *err, const char *file)
{
	if (err == NULL)
		return;
	size_t n = strlen(file);
	/* the end of a long path says more than its beginning */
	if (n >= sizeof err->file)
		file += n - sizeof err->file + 1;
	while (((unsigned char)*file & 0xc0) == 0x80) /* not from within a character */
		file++;
	snprintf(err->file, sizeof err->file, "%s", file);
}

#define DEFINE_SETTER(member)                                                                      \
	void anju_error_##member(anju_error *err, const char *fmt, ...)                            \
	{                                                                                          \
		if (err == NULL)                                                                   \
			return;                                                                    \
		va_list ap;                                                                        \
		va_start(ap, fmt);                                                                 \
		put(err->member, sizeof err->member, fmt, ap);                                     \
		va_end(ap);                                                                        \
	}
DEFINE_SETTER(found)
DEFINE_SETTER(allowed)
#undef DEFINE_SETTER

static _Thread_local char whole_pointer[1024];

void anju_error_keep_pointer(const char *whole)
{
	snprintf(whole_pointer, sizeof whole_pointer, "%s", whole);
}

void anju_error_where(anju_error *err, const char *fmt, ...)
{
	char whole[sizeof whole_pointer];
	if (err == NULL)
		return;
	va_list ap;
	va_start(ap, fmt);
	put(whole, sizeof whole, fmt, ap);
	va_end(ap);
	if (strlen(whole) >= sizeof err->where)
		anju_error_keep_pointer(whole);
	if ((size_t)snprintf(err->where, sizeof err->where, "%s", whole) >= sizeof err->where)
		utf8_trim_tail(err->where);
}

const char *anju_error_pointer(const anju_error *err)
{
	size_t n = strlen(err->where);
	/* a character cut in the middle takes up to three bytes with it */
	bool cut = n + 4 >= sizeof err->where;
	return cut && strncmp(whole_pointer, err->where, n) == 0 ? whole_pointer : err->where;
}

void anju_error_retry(anju_error *err, int ms)
{
	if (err == NULL)
		return;
	err->origin = ANJU_ORIGIN_RETRY_MS;
	err->cause = ms;
}

int anju_error_retry_ms(const anju_error *err)
{
	return err->origin == ANJU_ORIGIN_RETRY_MS ? err->cause : ANJU_RETRY_DEFAULT_MS;
}

const char *anju_status_text(anju_status status)
{
	switch (status) {
#define X(name, number, text)                                                                      \
	case ANJU_##name:                                                                          \
		return text;
		ANJU_STATUS_MAP(X)
#undef X
	}
	return "unknown status";
}

const char *anju_status_name(anju_status status)
{
	switch (status) {
#define X(name, number, text)                                                                      \
	case ANJU_##name:                                                                          \
		return #name;
		ANJU_STATUS_MAP(X)
#undef X
	}
	return "UNKNOWN";
}
