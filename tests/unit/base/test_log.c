#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "unit/support.h"

static size_t drain(int fd, char *out, size_t size)
{
	size_t n = 0;
	char piece[4096];
	ssize_t got;
	while ((got = read(fd, piece, sizeof piece)) > 0) {
		size_t keep = (size_t)got < size - 1 - n ? (size_t)got : size - 1 - n;
		memcpy(out + n, piece, keep);
		n += keep;
	}
	out[n] = '\0';
	return n;
}

/* Nobody reads standard error: the line is lost, not the daemon; it is said how many were. */
ANJU_TEST(log, a_full_pipe_stops_nobody, .timeout = 20)
{
	int ends[2], saved = dup(STDERR_FILENO);
	static char text[1 << 18];
	cr_assert_eq(pipe(ends), 0);
	cr_assert_eq(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
	cr_assert_geq(dup2(ends[1], STDERR_FILENO), 0);
	for (int i = 0; i < 20000; i++)
		log_line(LOG_INFO_, "test", "flood", "i=%d", i);
	drain(ends[0], text, sizeof text);
	bool began = strstr(text, "event=flood i=0\n") != NULL,
	     all = strstr(text, "i=19999\n") != NULL;
	log_line(LOG_INFO_, "test", "again", "i=1");
	drain(ends[0], text, sizeof text);
	cr_assert_geq(dup2(saved, STDERR_FILENO), 0);
	close(ends[0]);
	close(ends[1]);
	close(saved);
	cr_assert(began && !all);
	cr_assert_not_null(strstr(text, "level=warn part=log event=lines_lost n="), "%s", text);
	cr_assert_not_null(strstr(text, "event=again i=1\n"), "%s", text);
}
