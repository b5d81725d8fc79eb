#include "base/log.h"

#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/timestamp.h"
#include "base/utf8.h"

static enum log_level least = LOG_INFO_;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long lost; /* lines since the last that was written; under lock */

void log_set_level(enum log_level level)
{
	least = level;
}

/* A pipe that nobody empties must not stop the daemon: its line is lost, and counted. One that takes anything takes a
 * line, which is why nobody may come between the look and the write. */
static void put(const char *line, size_t n, long weight)
{
	struct pollfd out = {.fd = STDERR_FILENO, .events = POLLOUT};
	pthread_mutex_lock(&lock);
	if (poll(&out, 1, 0) != 1 || write(STDERR_FILENO, line, n) != (ssize_t)n)
		lost += weight;
	pthread_mutex_unlock(&lock);
}

static long take_lost(void)
{
	pthread_mutex_lock(&lock);
	long n = lost;
	lost = 0;
	pthread_mutex_unlock(&lock);
	return n;
}

void log_line(enum log_level level, const char *part, const char *event, const char *fmt, ...)
{
	static const char *const names[] = {"debug", "info", "warn", "error"};
	if (level < least)
		return;
	char ts[TIMESTAMP_MAX_CHARS], line[2048];
	long missing = take_lost();
	if (missing > 0) {
		int n = snprintf(line, sizeof line,
			"ts=%s level=warn part=log event=lines_lost n=%ld\n",
			timestamp_format(timestamp_now(), ts), missing);
		put(line, (size_t)n, missing);
	}
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
	put(line, len + 1, 1); /* one write, so that lines of several threads do not mix */
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
