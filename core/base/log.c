#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/timestamp.h"
#include "base/utf8.h"

static enum log_level least = LOG_INFO_;

void log_set_level(enum log_level level)
{
	least = level;
}

void log_line(enum log_level level, const char *part, const char *event, const char *fmt, ...)
{
	static const char *const names[] = {"debug", "info", "warn", "error"};
	if (level < least)
		return;
	char ts[TIMESTAMP_MAX_CHARS], line[2048];
	int n = snprintf(line, sizeof line - 1, "ts=%s level=%s part=%s event=%s ",
		timestamp_format(timestamp_now(), ts), names[level], part, event);
	va_list ap;
	va_start(ap, fmt);
	int m = vsnprintf(line + n, sizeof line - 1 - (size_t)n, fmt, ap);
	va_end(ap);
	if (m < 0)
		return;
	utf8_trim_tail(line);
	size_t len = strlen(line);
	line[len] = '\n';
	/* one write, so that lines of several threads do not mix; a full pipe loses the line, not us */
	ssize_t ignored = write(STDERR_FILENO, line, len + 1);
	(void)ignored;
}

void log_error(const char *part, const char *event, const anju_error *err)
{
	log_line(LOG_ERROR_, part, event, "id=%s file=%s where=%s text=%s", err->id,
		log_quote(err->file), log_quote(err->where), log_quote(err->text));
}

const char *log_quote(const char *s)
{
	static _Thread_local char out[4][512];
	static _Thread_local unsigned turn;
	char *dst = out[turn++ % 4];
	if (s[0] != '\0' && strpbrk(s, " \"=\n\t\\") == NULL && strlen(s) < sizeof out[0]) {
		strcpy(dst, s); /* allowed: length checked above */
		return dst;
	}
	ANJU_AUTO_BUF b = BUF_INIT;
	buf_add_json_string(&b, s, strlen(s));
	snprintf(dst, sizeof out[0], "%s", b.data != NULL ? b.data : "\"\"");
	utf8_trim_tail(dst);
	return dst;
}
